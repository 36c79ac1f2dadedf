"""Democratic management of employers: staff congresses and other forms with a record in the cycle (T21, T22, T32)."""

from __future__ import annotations

import datetime

from desktop.plan.founding import COVERAGE, LARGE, organised
from desktop.plan.measures import (
    Circumstances,
    Indication,
    Measurement,
    Remark,
    among,
    at_least,
    at_most,
    choice,
    empty,
    filled,
    share,
    yes,
)
from desktop.records.reckoning.periods import years_later
from desktop.store.queries.aggregates import Tally

PUBLIC = ("state_owned", "collective", "institution")
"""Classes of employers that hold a congress whatever their size (T21)."""

_WINDOW = choice(
    "window",
    "一年内的算法",
    ("rolling", "统计日往前一年"),
    ("calendar", "统计日所在的自然年"),
)
_PROOF = choice(
    "proof",
    "证明材料",
    ("record", "有会议记录即可"),
    ("material", "会议记录里还要勾选留存材料"),
)
_VALID = (
    "职代会、职工大会、教职工代表大会实到满应到三分之二的才算；区域性、行业性和集团、分公司、车间的不算本级"
)


def since(at: Circumstances) -> datetime.date:
    """The first day on which a session still counts."""
    if at.reads("window", "calendar"):
        return at.as_of.replace(month=1, day=1)
    return years_later(at.as_of, -1) + datetime.timedelta(days=1)


def _public(at: Circumstances) -> Measurement:
    held = "congress_proven" if at.reads("proof", "material") else "congress_day"
    if at.reads("cycle", "half_year"):
        held += "_half_yearly"
    return share(
        "enterprise",
        (among("status", "active"), among("class", *PUBLIC)),
        (at_least(held, since(at)),),
    )


def _large_private(at: Circumstances) -> Measurement:
    form = "congress" if at.reads("forms", "congress") else "democracy"
    held = f"{form}_proven" if at.reads("proof", "material") else f"{form}_day"
    count = at.chosen["staff_count_basis"]
    base = (among("status", "active"), among("class", "non_public"), organised(at))
    return share(
        "enterprise",
        (*base, at_least(count, LARGE)),
        (at_least(held, since(at)),),
        (
            Remark(
                "另有{count}家已建会的非公企业没有填所选口径的职工数，没有计入",
                Tally("enterprise", (*base, empty(count))),
            ),
        ),
    )


def _small(at: Circumstances) -> Measurement:
    count = at.chosen["staff_count_basis"]
    base = (among("status", "active"), among("class", "non_public"), organised(at))
    held = "assembly_proven" if at.reads("proof", "material") else "assembly_day"
    hit = yes("assembly_system") if at.reads("assembly", "set_up") else at_least(held, since(at))
    unsized = Tally("enterprise", (*base, empty(count)))
    return share(
        "enterprise",
        (*base, filled(count), at_most(count, LARGE - 1)),
        (hit,),
        (Remark("另有{count}家已建会的非公企业没有填所选口径的职工数，没有计入", unsized),),
    )


def _other_forms(at: Circumstances) -> Measurement:
    held = "other_forms_proven" if at.reads("proof", "material") else "other_forms_day"
    return Measurement(numerator=Tally("enterprise", (among("status", "active"), at_least(held, since(at)))))


def _new_trade(at: Circumstances) -> Measurement:
    base = (among("status", "active"), filled("new_trade"))
    return Measurement(
        numerator=Tally("enterprise", (*base, yes("new_trade_system"))),
        missing=Tally("enterprise", base, but=(yes("new_trade_system"),)),
    )


INDICATIONS = (
    Indication(
        "T21",
        "家",
        _public,
        rules=("经营状态为存续的国有企业、集体企业和事业单位，只看本级", _VALID),
        choices=(_WINDOW, _PROOF),
        none="没有国有企业、集体企业和事业单位",
    ),
    Indication(
        "T22",
        "家",
        _large_private,
        rules=(
            "经营状态为存续",
            _VALID,
            "民主恳谈会、民主议事会、厂长（经理）信箱按会议记录统计，信箱也按已答复的来信统计",
        ),
        choices=(COVERAGE, _WINDOW, _PROOF),
        none="没有百人以上的已建会非公企业",
    ),
    Indication(
        "T32.assembly",
        "家",
        _small,
        rules=("经营状态为存续", "职工大会实到满应到三分之二的才算，只看本级；职代会不算职工大会"),
        choices=(COVERAGE, _WINDOW, _PROOF),
        none="没有职工不满百人的已建会非公企业",
    ),
    Indication(
        "T32.forms",
        "家",
        _other_forms,
        rules=("经营状态为存续", "按会议记录统计，信箱也按已答复的来信统计"),
        choices=(_WINDOW, _PROOF),
    ),
    Indication(
        "T32.new_trade",
        "家",
        _new_trade,
        rules=(
            "经营状态为存续、填了新业态行业或者平台角色的单位",
            "“民主管理建制”里登记了“新业态企业民主管理方式”",
        ),
    ),
)
