"""Hands and means: volunteers (T23), sites (T26), accounts (T27), supervision letters (T28), joint meetings (T29)."""

from __future__ import annotations

from collections.abc import Callable

from desktop.plan.measures import (
    Circumstances,
    Indication,
    Measurement,
    Remark,
    among,
    at_least,
    choice,
    no,
    share,
    yes,
)
from desktop.plan.new_trades import TOWN_RULE, TOWNS
from desktop.store.queries.aggregates import Tally

_ROSTER = choice(
    "roster",
    "“人员相对固定”",
    ("5", "名册上在队的志愿者5人以上"),
    ("1", "名册上有在队的志愿者"),
    ("10", "名册上在队的志愿者10人以上"),
)
_ACTIVITIES = choice(
    "activities",
    "“常态化开展工作”",
    ("4", "一年内活动4次以上"),
    ("1", "一年内有活动"),
    ("12", "一年内活动12次以上"),
)


def _teams(at: Circumstances) -> Measurement:
    tests = (
        yes("registered"),
        at_least("roster", int(at.chosen["roster"])),
        at_least("activities", int(at.chosen["activities"])),
    )
    running = (yes("running"),)
    return Measurement(
        numerator=Tally("volunteer_team", (*running, *tests)),
        missing=Tally("volunteer_team", running, but=tests),
        remarks=(
            Remark(
                "另有{count}支队伍还没有同时做到登记在册、人员相对固定、常态化开展工作",
                Tally("volunteer_team", running, but=tests),
            ),
        ),
    )


def _sites(at: Circumstances) -> Measurement:
    return Measurement(numerator=Tally("service_site", (yes("outdoor"),)))


def _sites_round_the_clock(at: Circumstances) -> Measurement:
    return Measurement(
        numerator=Tally("service_site", (yes("outdoor"), yes("round_the_clock"))),
        missing=Tally("service_site", (yes("outdoor"), no("round_the_clock"))),
    )


def _towns_with_site(at: Circumstances) -> Measurement:
    return share("unit", TOWNS, (yes("station"),))


def _accounts(at: Circumstances) -> Measurement:
    return share("union", (yes("standing"), among("kind", "independent")), (yes("has_account"),))


def _letters(kind: str) -> Callable[[Circumstances], Measurement]:
    def measure(at: Circumstances) -> Measurement:
        issued = (among("kind", kind), yes("issued"))
        if kind == "suggestion_letter":
            return Measurement(numerator=Tally("case_document", issued))
        waiting = Tally("case_document", (*issued, no("served")))
        return Measurement(
            numerator=Tally("case_document", (*issued, yes("served"))),
            missing=waiting,
            remarks=(Remark("另有{count}份已签发，还没有登记送达，没有计入", waiting),),
        )

    return measure


def _meetings(at: Circumstances) -> Measurement:
    return share("unit", TOWNS, (at_least("joint_meeting", at.as_of.replace(month=1, day=1)),))


_SITE_RULE = "在用的爱心驿家、标准站、微型站和24小时站点；文化宫、服务中心和企业开放的阵地不计"
_LETTER_RULE = "2024年1月1日以后签发、没有作废的文书"

INDICATIONS = (
    Indication(
        "T23",
        "支",
        _teams,
        rules=(
            "运行状态正常的队伍",
            "“登记在册”指有登记日期，并有登记号或者登记单位",
        ),
        choices=(_ROSTER, _ACTIVITIES),
    ),
    Indication("T26.stations", "个", _sites, rules=(_SITE_RULE,)),
    Indication(
        "T26.round_the_clock",
        "个",
        _sites_round_the_clock,
        rules=(_SITE_RULE, "类别为24小时站点，或者“24小时开放”为是"),
    ),
    Indication("T26.coverage", "个", _towns_with_site, rules=(TOWN_RULE, _SITE_RULE), none="没有登记镇街"),
    Indication(
        "T27",
        "家",
        _accounts,
        rules=("统计日存在的独立基层工会", "“有独立银行账户”为是的算已开设"),
        none="没有独立基层工会",
    ),
    Indication("T28.reminder_letter", "份", _letters("reminder_letter"), rules=(_LETTER_RULE,)),
    Indication("T28.opinion_letter", "份", _letters("opinion_letter"), rules=(_LETTER_RULE,)),
    Indication("T28.suggestion_letter", "份", _letters("suggestion_letter"), rules=(_LETTER_RULE,)),
    Indication(
        "T29",
        "个",
        _meetings,
        rules=(
            TOWN_RULE,
            "统计日所在年里，镇街单位自己登记的，或者由镇街工会召开的“政府与工会联席会议”",
        ),
        none="没有登记镇街",
    ),
)
