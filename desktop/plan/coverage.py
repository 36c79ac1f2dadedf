"""Who is reached: unions and members by class of employer (T05, T06), federations of areas (T19)."""

from __future__ import annotations

from collections.abc import Callable

from desktop.plan.founding import COVERAGE, ENTERPRISES, organised
from desktop.plan.measures import (
    Circumstances,
    Indication,
    Measurement,
    Remark,
    among,
    at_least,
    choice,
    empty,
    share,
    yes,
)
from desktop.store.queries.aggregates import Condition, Tally

_CLASSES: dict[str, tuple[str, tuple[Condition, ...]]] = {
    "T05.organ": ("机关", (among("class", "organ"),)),
    "T05.institution": ("事业单位", (among("class", "institution"),)),
    "T05.state_owned": ("国有企业", (among("class", "state_owned"),)),
    "T06.above_scale_industry": (
        "规上工业企业",
        (among("class", *ENTERPRISES), among("above_scale", "industry")),
    ),
    "T06.social_organisation": ("社会组织", (among("class", "social_organisation"),)),
}
"""The classes of employers that the plan gives a share of their own, and how they are told."""

AREA_KINDS = ("economic_zone", "industry_platform", "park")
"""Areas that the plan wants covered wholly; circles, buildings and streets are only to be covered widely."""

_AREA_COVER = choice(
    "area_cover",
    "算作覆盖的形式",
    ("federation", "只算已建工会联合会"),
    ("any", "联合工会、由镇街或上级工会覆盖的也算"),
)
_SURPLUS = choice(
    "surplus",
    "会员数多于职工数的单位",
    ("full", "会员数全数计入"),
    ("within", "会员数最多按职工数计入"),
)
"""Who was dispatched or has left makes more members than staff; such a surplus hides who is missing elsewhere."""
_MEMBERS_RULE = "会员数取名册人数、本单位工会登记数、被覆盖登记数中最大的一个"


def _units(conditions: tuple[Condition, ...]) -> Callable[[Circumstances], Measurement]:
    def measure(at: Circumstances) -> Measurement:
        return share("enterprise", (among("status", "active"), *conditions), (organised(at),))

    return measure


def _members(conditions: tuple[Condition, ...]) -> Callable[[Circumstances], Measurement]:
    def measure(at: Circumstances) -> Measurement:
        staff = at.chosen["staff_count_basis"]
        living = (among("status", "active"), *conditions)
        base = (*living, at_least(staff, 1))
        within = at.reads("surplus", "within")
        beyond = Tally("enterprise", (*base, yes(f"members_beyond_{staff}")))
        words = "最多按职工数计入" if within else "全数计入，请核对"
        return Measurement(
            numerator=Tally("enterprise", base, weight=f"members_within_{staff}" if within else "members"),
            denominator=Tally("enterprise", base, weight=staff),
            missing=Tally("enterprise", base, but=(at_least("members", 1),)),
            remarks=(
                Remark(
                    "另有{count}家没有填所选口径的职工数，会员和职工都没有计入",
                    Tally("enterprise", (*living, empty(staff))),
                ),
                Remark(f"其中{{count}}家的会员数比所选口径的职工数多，会员数{words}", beyond),
            ),
        )

    return measure


def _areas(at: Circumstances) -> Measurement:
    hit = yes("covered") if at.reads("area_cover", "any") else yes("federated")
    return share("area", (among("kind", *AREA_KINDS),), (hit,))


INDICATIONS = (
    *(
        Indication(
            f"{code}.{part}",
            "家" if part == "units" else "人",
            taken,
            rules=("经营状态为存续", *(() if part == "units" else (_MEMBERS_RULE,))),
            choices=(COVERAGE,) if part == "units" else (COVERAGE, _SURPLUS),
            none=f"没有{label}" if part == "units" else f"没有填了职工数的{label}",
        )
        for code, (label, conditions) in _CLASSES.items()
        for part, taken in (("units", _units(conditions)), ("members", _members(conditions)))
    ),
    Indication(
        "T19",
        "个",
        _areas,
        rules=(
            "“区域”里登记的开发区、产业平台和园区，一处计一次",
            "填了覆盖工会的，看该工会当日是否存在；有覆盖日期的，从那天起算",
        ),
        choices=(_AREA_COVER,),
        none="没有登记开发区、产业平台和园区",
    ),
)
