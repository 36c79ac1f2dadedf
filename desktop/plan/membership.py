"""Members and the national real-name system: new members (T02), what has been entered (T10, T11)."""

from __future__ import annotations

from dataclasses import replace

from desktop.plan.founding import first_day, new_unions
from desktop.plan.measures import (
    Circumstances,
    Indication,
    Measurement,
    Remark,
    Reports,
    between,
    choice,
    empty,
    filled,
    no,
    share,
    yes,
)
from desktop.records.plan_targets import Choice, Option
from desktop.store.queries.aggregates import Tally

_START = Choice(
    "start",
    "起算日",
    (Option("2024-01-01", "2024年1月1日"), Option("2024-06-01", "2024年6月1日")),
    "2024-01-01",
)
"""T11 asks about the unions of T01, so it has the same first day to choose."""

_QUALITY = choice(
    "quality",
    "合格会员的认定",
    ("entered", "全国系统已录入的即算合格"),
    ("complete", "全国系统已录入，且本机必填项齐全、身份证号码有效"),
)
_MEMBER_COUNT = choice(
    "denominator",
    "会员数的取法",
    ("reported", "报表会员数（有上报数用上报数，没有的用工会登记的会员数，再没有的用名册人数）"),
    ("roster", "会员名册人数"),
)


def _new_members(at: Circumstances) -> Measurement:
    first, last = first_day(at), at.days.until
    left = Tally("member", (between("left_on", first, last),), dated="left_on")
    net = at.reads("counting", "net")
    return Measurement(
        numerator=Tally("member", (between("day", first, last), no("arrived"), yes("first_record"))),
        deducted=left if net else None,
        remarks=(
            Remark("另有从外转入{count}人，不算新增", Tally("member", (between("arrived_on", first, last),))),
            Remark(
                "另有{count}人没有填首次入会日期，没有计入",
                Tally("member", (empty("day"), no("arrived"), yes("member"))),
            ),
            *(() if net else (Remark("同期退会、除名{count}人，按毛数不扣减", left),)),
        ),
    )


def _unions_entered(at: Circumstances) -> Measurement:
    return share("union", (yes("standing"),), (yes("entered"),))


def _members_entered(at: Circumstances) -> Measurement:
    roster = (yes("member"), yes("one_record"))
    hit = [yes("entered")]
    if at.reads("quality", "complete"):
        hit.append(yes("complete"))
    counted = share("member", roster, tuple(hit))
    if at.reads("denominator", "roster"):
        return replace(counted, takes_reports=False)
    return Measurement(
        numerator=counted.numerator,
        denominator=Tally("union", (yes("standing"), filled("members")), weight="members"),
        further=Tally("member", (*roster, yes("no_report"))),
        missing=counted.missing,
    )


def _new_unions_entered(at: Circumstances) -> Measurement:
    base = new_unions(at)
    return share(
        "union",
        base,
        (yes("wholly_entered"),),
        (
            Remark(
                "其中{count}家工会组织已录入，从成立批复到录入平均{mean}天",
                Tally("union", (*base, yes("entered"), filled("entry_days"))),
                mean_of="entry_days",
            ),
        ),
    )


INDICATIONS = (
    Indication(
        "T02",
        "人",
        _new_members,
        rules=(
            "按首次入会日期统计，期末为统计日与2026年12月31日中较早的一天",
            "证件号码相同的几条记录算一个人，以最早的首次入会日期为准",
            "转入的不计入，转出的也不扣减",
            "上报数与记录在同一单位、同一时期重叠的，以上报数为准",
        ),
        reports=Reports.PERIOD,
    ),
    Indication(
        "T10.unions",
        "家",
        _unions_entered,
        rules=("统计日存在的工会", "有全国系统录入日期的算已录入"),
        none="没有工会记录",
    ),
    Indication(
        "T10.members",
        "人",
        _members_entered,
        rules=("有全国系统录入日期的算已录入", "证件号码相同的几条记录算一个人", "转出、除名、退会的不计入"),
        choices=(_QUALITY, _MEMBER_COUNT),
        reports=Reports.DENOMINATOR,
        none="没有会员数",
    ),
    Indication(
        "T11",
        "家",
        _new_unions_entered,
        rules=("工会组织已录入，且名册中有会员、全部会员都已录入的工会", "新建工会同“新增基层工会组织”"),
        choices=(_START,),
        none="期内没有新建工会",
    ),
)
