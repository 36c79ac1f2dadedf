"""Staff on the boards of companies (T30), and contracts bargained for a trade or an area (T31)."""

from __future__ import annotations

import datetime
from typing import Final

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
from desktop.store.queries.aggregates import Condition, Tally

BOARD_FROM: Final = 300
"""A company with so many staff has somebody of them on its board of directors or of supervisors (公司法第六十八条)."""
_COMPANY = (among("status", "active"), yes("company"))
_POSTS = choice(
    "posts",
    "算作建立的",
    ("either", "职工董事、职工监事有一种即可"),
    ("director", "要有职工董事"),
)


def _seated(at: Circumstances) -> Condition:
    return yes("staff_director" if at.reads("posts", "director") else "staff_on_board")


def _lapsed(at: Circumstances, *more: Condition) -> Remark:
    """Nobody is off the board before somebody else is elected, but the election is due."""
    before = at.as_of - datetime.timedelta(days=1)
    over = Tally("enterprise", (*_COMPANY, *more, _seated(at), at_most("directors_until", before)))
    return Remark("其中{count}家的职工董事、监事任期已满，没有登记改选", over)


def _companies(at: Circumstances) -> Measurement:
    return Measurement(numerator=Tally("enterprise", (*_COMPANY, _seated(at))), remarks=(_lapsed(at),))


def _large(at: Circumstances) -> Measurement:
    count = at.chosen["staff_count_basis"]
    large = at_least(count, BOARD_FROM)
    return share(
        "enterprise",
        (*_COMPANY, large),
        (_seated(at),),
        (
            _lapsed(at, large),
            Remark("另有{count}家公司没有填所选口径的职工数，没有计入", Tally("enterprise", (*_COMPANY, empty(count)))),
        ),
    )  # fmt: skip


def _wide(at: Circumstances) -> tuple[Condition, ...]:
    """Contracts for a trade or an area that are in force on the day."""
    return (among("kind", "industry", "regional"), at_most("effective", at.as_of), yes("running"))


def _contracts(at: Circumstances) -> Measurement:
    signed = (among("kind", "industry", "regional"), at_most("signed", at.as_of), yes("running"))
    waiting = Tally("collective_contract", signed, but=(at_most("effective", at.as_of),))
    return Measurement(
        numerator=Tally("collective_contract", _wide(at)),
        missing=waiting,
        remarks=(Remark("另有{count}份已签字，还没有登记报送或者生效，没有计入", waiting),),
    )


def _covered(at: Circumstances) -> Measurement:
    return Measurement(
        numerator=Tally("collective_contract", (*_wide(at), filled("enterprises")), weight="enterprises"),
        remarks=(
            Remark(
                "另有{count}份没有填覆盖企业数",
                Tally("collective_contract", (*_wide(at), empty("enterprises"))),
            ),
        ),
    )


_COMPANY_RULE = "经营状态为存续、名称以“公司”结尾的单位，分公司不算"
_IN_OFFICE = "已当选、没有登记离任的算在任，任期届满没有改选的也算"
_IN_FORCE = "合同类型为行业性、区域性；已经生效、没有到期，没填生效日期的按报送人社后满15日算"

INDICATIONS = (
    Indication("T30.companies", "家", _companies, rules=(_COMPANY_RULE, _IN_OFFICE), choices=(_POSTS,)),
    Indication(
        "T30.large",
        "家",
        _large,
        rules=(_COMPANY_RULE, _IN_OFFICE),
        choices=(_POSTS,),
        none="没有300人以上的公司",
    ),
    Indication("T31.contracts", "份", _contracts, rules=(_IN_FORCE,)),
    Indication("T31.enterprises", "家", _covered, rules=(_IN_FORCE,)),
)
