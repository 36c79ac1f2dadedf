"""What criteria of an assessment are worth by the records: the part of the full score that is there, and in words why.

Which fact a criterion is scored by stands in the district's template; here stands only how each fact is looked up.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from desktop.plan.indicators import plan_days
from desktop.records.typed.typed_numbers import decimal_text, stored_decimal
from desktop.store.queries.aggregates import figures_of_union
from desktop.store.tables.database import Database

Figures = Mapping[str, Any]
_HUNDREDTH = decimal.Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Worth:
    """What a criterion is worth by the records: points as a decimal is stored, and how they came about.

    Without ``points`` the records do not say it, ``words`` say what is missing, and somebody gives the score.
    """

    points: str | None
    words: str


Said = tuple[Fraction | None, str]
"""The part of the full score, and why; no part where it cannot be said."""
Judge = Callable[[Figures, datetime.date], Said]


def _election(figures: Figures, as_of: datetime.date) -> Said:
    if not figures["election_due"]:
        return None, "工会记录里没有届满日期"
    due, day = figures["election_due"], as_of.isoformat()
    if due >= day:
        return Fraction(1), f"下次换届应于{due}，还没有到期"
    if figures["election_grace"] >= day:
        return Fraction(1, 2), f"换届应于{due}，逾期不满半年"
    return Fraction(0), f"换届应于{due}，逾期半年以上"


def _parts(**labels: str) -> Judge:
    """So many things of which each is there or not, all of the same weight."""

    def judge(figures: Figures, _as_of: datetime.date) -> Said:
        there = [label for name, label in labels.items() if figures[name]]
        gone = [label for name, label in labels.items() if not figures[name]]
        told = [f"有{'、'.join(there)}"] if there else []
        told += [f"没有{'、'.join(gone)}"] if gone else []
        return Fraction(len(there), len(labels)), "，".join(told)

    return judge


def _share(part: str, whole: str, words: str, none: str, *, of_none: int | None = None) -> Judge:
    """So many of so many; ``of_none`` is what nothing of nothing is worth."""

    def judge(figures: Figures, _as_of: datetime.date) -> Said:
        done, of = int(figures[part] or 0), int(figures[whole] or 0)
        if not of:
            return (None if of_none is None else Fraction(of_none)), none
        return Fraction(min(done, of), of), words.format(of=of, done=done)

    return judge


_JUDGES: Final[Mapping[str, Judge]] = {
    "election": _election,
    "committees": _parts(committee="工会委员会", audit="经费审查委员会", women="女职工委员会"),
    "legal_person": _parts(legal_person="有效的法人资格证书", account="独立银行账户"),
    "yearly_meetings": _parts(
        assembly="当年的会员大会（会员代表大会）", congress="当年有效的职代会（职工大会）"
    ),
    "proposals": _share(
        "proposals_answered",
        "proposals",
        "当年立案的提案{of}件，已答复{done}件",
        "当年没有立案的提案",
        of_none=1,
    ),
    "contracts": _parts(contract="在期的集体合同", wages="在期的工资专项集体合同"),
    "inspector": _parts(inspector="在任的工会劳动法律监督员"),
    "sites": _parts(site="登记的活动阵地", site_open="正常运行的活动阵地"),
    "chair": _parts(chair="在任的主席", chair_trained="主席期内的培训记录"),
    "rotation": _share(
        "officers_trained", "officers", "名册上的干部{of}人，期内已轮训{done}人", "干部名册里没有本工会的人"
    ),
    "real_names": _share("members_entered", "members", "会员{of}人，已录入实名制{done}人", "没有登记会员"),
}
"""How each fact that a criterion may name is looked up, by its code in ``assessment_fact``."""

FACTS: Final = frozenset(_JUDGES)
"""The facts that can be looked up."""


def day_of(year: object, today: datetime.date) -> datetime.date:
    """The day as of which a year is assessed: its last one, or today while it goes on."""
    # What others sent may be any number.
    if isinstance(year, int) and datetime.MINYEAR <= year < today.year:
        return datetime.date(year, 12, 31)
    return today


def worth(fact: str, full: object, figures: Figures, as_of: datetime.date) -> Worth:
    """What one criterion with its full score is worth; two decimals, half a hundredth rounded up."""
    most = stored_decimal(full)
    if fact not in _JUDGES or most is None:
        return Worth(None, "本项没有可以自动取数的内容，请手工打分")
    if not figures:
        return Worth(None, "这里没有这家工会的记录，算不出来，请手工打分")
    part, why = _JUDGES[fact](figures, as_of)
    if part is None:
        return Worth(None, f"{why}，算不出来，请手工打分")
    exact = most * part.numerator / part.denominator
    points = min(most, exact.quantize(_HUNDREDTH, decimal.ROUND_HALF_UP))
    return Worth(decimal_text(points), f"截至{as_of}的记录：{why}")


def of_union(
    database: Database, union: str, criteria: Mapping[str, Figures], as_of: datetime.date
) -> dict[str, Worth]:
    """What the criteria that name a fact are worth for a union, by their ids."""
    asked = {
        key: c
        for key, c in criteria.items()
        if c.get("data_source") == "automatic" and c.get("assessment_fact")
    }
    if not asked:
        return {}
    figures = figures_of_union(database, union, plan_days(as_of))
    return {
        key: worth(str(c["assessment_fact"]), c.get("full_score"), figures, as_of) for key, c in asked.items()
    }
