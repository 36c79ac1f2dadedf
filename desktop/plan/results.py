"""An indicator as a result: exact numbers, the target and the gap, the reading in words, the lists behind it."""

from __future__ import annotations

import datetime
import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from desktop.plan.reported import Report, Target
from desktop.records.reckoning.outcomes import percentage
from desktop.store.queries.aggregates import Selection

DASH = "—"


class Status(enum.StrEnum):
    """How a number stands to its target."""

    MET = "met"
    NOT_MET = "not_met"
    NO_DATA = "no_data"
    NO_TARGET = "no_target"

    @property
    def label(self) -> str:
        """The state in words."""
        return {"met": "达标", "not_met": "未达标", "no_data": "无数据", "no_target": "未定目标"}[self.value]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number by where it comes from: counted from records, and reported."""

    computed: int = 0
    reported: Fraction = Fraction(0)

    @property
    def total(self) -> Fraction:
        """Both together."""
        return self.computed + self.reported

    @property
    def shown(self) -> str:
        """The number for people: whole numbers as such, others rounded half up to two decimals."""
        return number(self.total)

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.computed + other.computed, self.reported + other.reported)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.computed - other.computed, self.reported - other.reported)


@dataclass(frozen=True, slots=True)
class Noted:
    """A further number as a sentence, with the records behind it."""

    sentence: str
    count: int
    records: Selection


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure at one unit with all units below it (``direct``: without them).

    ``denominator`` is nothing for a count. ``hits``, ``whole`` and ``missing`` are the records of the numerator, of
    the denominator, and of what to turn to next; ``deducted`` those that a net count takes away, with their number.
    ``reports`` are the reported figures that were used.
    """

    unit: str
    name: str
    counter: str
    numerator: Amount
    denominator: Amount | None
    target: Target | None
    hits: Selection
    whole: Selection | None = None
    missing: Selection | None = None
    deducted: Selection | None = None
    deducted_count: int = 0
    notes: tuple[Noted, ...] = ()
    reports: tuple[Report, ...] = ()
    direct: bool = False

    @property
    def ratio(self) -> Fraction | None:
        """Exactly how much of the whole, or for a count how much of its target; nothing of nothing."""
        if self.denominator is not None:
            return self.numerator.total / self.denominator.total if self.denominator.total > 0 else None
        if self.target is not None and self.target.value > 0:
            return self.numerator.total / self.target.value
        return None

    @property
    def percent(self) -> str:
        """The ratio rounded half up to two decimals, or a dash."""
        return DASH if self.ratio is None else share_words(self.ratio)

    @property
    def wanted(self) -> Fraction | None:
        """The numerator that the target asks for."""
        if self.target is None:
            return None
        if not self.target.is_share:
            return self.target.value
        return None if self.denominator is None else self.target.value * self.denominator.total

    @property
    def gap(self) -> int | None:
        """How many are wanting; nothing where that cannot be said."""
        if self.wanted is None or self._nothing_of_nothing:
            return None
        return max(0, math.ceil(self.wanted - self.numerator.total))

    @property
    def gap_words(self) -> str:
        """The gap in words: 还差8家, 已达标, or a dash."""
        if self.gap is None:
            return DASH
        return f"还差{self.gap}{self.counter}" if self.gap else "已达标"

    @property
    def status(self) -> Status:
        """How the number stands to its target, compared exactly."""
        if self._nothing_of_nothing:
            return Status.NO_DATA
        if self.wanted is None:
            return Status.NO_TARGET
        return Status.MET if self.numerator.total >= self.wanted else Status.NOT_MET

    @property
    def _nothing_of_nothing(self) -> bool:
        return self.denominator is not None and self.denominator.total <= 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One chosen reading of an ambiguity: the choice's id and label, the option's code and label."""

    id: str
    label: str
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measure of the plan as of a day: the asked unit's figure and one for each unit directly below.

    ``wording`` quotes the plan, ``chapter`` is its part in which it stands, ``basis`` is the reading to be printed
    below a table, ``notes`` sentences on what else must be known. ``below`` ends with what belongs to the asked unit
    itself, where there is any.
    """

    id: str
    target_id: str
    label: str
    chapter: str
    wording: tuple[str, ...]
    numerator_words: str
    denominator_words: str
    as_of: datetime.date
    due: datetime.date | None
    readings: tuple[Reading, ...]
    basis: str
    figure: Figure
    below: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The figure in one sentence, without a full stop."""
        figure = self.figure
        if figure.denominator is None:
            words = f"{self.label}{figure.numerator.shown}{figure.counter}"
        elif figure.status is Status.NO_DATA:
            return f"{self.label}{DASH}"
        else:
            words = f"{self.label}{figure.percent}（{figure.numerator.shown}/{figure.denominator.shown}）"
        if figure.target is None:
            return words
        return f"{words}，目标{target_words(figure.target, figure.counter)}，{figure.gap_words}"


def number(value: Fraction) -> str:
    """An exact number for people: two decimals rounded half up, none where it is whole."""
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    hundredths = math.floor(abs(value) * 100 + Fraction(1, 2))
    return f"{sign}{hundredths // 100}.{hundredths % 100:02}"


def share_words(value: Fraction) -> str:
    """A share as a percentage with two decimals, rounded half up."""
    words = percentage(abs(value.numerator), value.denominator)
    return f"-{words}" if value < 0 else words


def target_words(target: Target, counter: str) -> str:
    """A target for people: 80%, 300家."""
    return f"{number(target.value * 100)}%" if target.is_share else f"{number(target.value)}{counter}"


def plain(indicator: Indicator) -> dict[str, Any]:
    """An indicator as JSON values; exact numbers as text, so that nothing is lost."""
    return {
        "id": indicator.id,
        "label": indicator.label,
        "chapter": indicator.chapter,
        "wording": list(indicator.wording),
        "as_of": indicator.as_of.isoformat(),
        "due": indicator.due.isoformat() if indicator.due else None,
        "basis": indicator.basis,
        "readings": {r.id: r.code for r in indicator.readings},
        "sentence": indicator.sentence,
        "notes": list(indicator.notes),
        **plain_figure(indicator.figure),
        "below": [plain_figure(f) for f in indicator.below],
    }


def plain_figure(figure: Figure) -> dict[str, Any]:
    """A figure as JSON values."""
    target = figure.target
    return {
        "unit": figure.unit,
        "name": figure.name,
        "direct": figure.direct,
        "numerator": _plain_amount(figure.numerator),
        "denominator": None if figure.denominator is None else _plain_amount(figure.denominator),
        "ratio": None if figure.ratio is None else str(figure.ratio),
        "percent": figure.percent,
        "target": None if target is None else target_words(target, figure.counter),
        "gap": figure.gap,
        "gap_words": figure.gap_words,
        "status": figure.status.value,
        "status_words": figure.status.label,
    }


def _plain_amount(amount: Amount) -> dict[str, Any]:
    return {"total": amount.shown, "computed": amount.computed, "reported": number(amount.reported)}


def basis_words(as_of: datetime.date, rules: Sequence[str], readings: Sequence[Reading]) -> str:
    """The reading of an indicator as one printed line."""
    chosen = (f"{r.label}：{r.words}" for r in readings)
    return f"口径（统计截至{as_of}，没有日期的内容按现在的算）：" + "；".join([*rules, *chosen]) + "。"
