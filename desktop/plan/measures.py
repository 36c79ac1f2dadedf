"""How an indicator is declared: which records it counts, under which readings of the plan, in which words.

To add one, declare an :class:`Indication` in the module of its field and put it into that module's tuple. It names
the measure of ``resources/plan/targets.json`` that it computes; wording, threshold, dates and most readings come
from there. Everything else (units, roll-up, targets, reports, lists behind the numbers) follows.
"""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from desktop.records.plan_targets import Choice, Option
from desktop.records.reckoning.working_days import WorkingDayTable
from desktop.store.queries.aggregates import Condition, Days, Question, Tally
from desktop.store.tables.database import Database

Cell = str | int | datetime.date
Verdicts = Mapping[str, tuple[int, ...]]
"""The row numbers of records by what was judged of each, where no expression can say it."""


def yes(fact: str) -> Condition:
    """A fact that is true or not: it is."""
    return Condition(fact)


def no(fact: str) -> Condition:
    """A fact that is true or not: it is not, or nothing is known."""
    return Condition(fact, fails=True)


def among(fact: str, *values: str) -> Condition:
    """A fact has this value, or one of several."""
    return Condition(fact, Question.AMONG, values)


def at_least(fact: str, value: Cell) -> Condition:
    """A number or day is not below this one."""
    return Condition(fact, Question.AT_LEAST, (_cell(value),))


def at_most(fact: str, value: Cell) -> Condition:
    """A number or day is not above this one."""
    return Condition(fact, Question.AT_MOST, (_cell(value),))


def between(fact: str, first: Cell, last: Cell) -> Condition:
    """A number or day lies between two, both included."""
    return Condition(fact, Question.BETWEEN, (_cell(first), _cell(last)))


def listed(fact: str, values: Iterable[int]) -> Condition:
    """A fact is one of these, which may be many."""
    return Condition(fact, Question.LISTED, (json.dumps(sorted(values)),))


def empty(fact: str) -> Condition:
    """A fact is not known."""
    return Condition(fact, Question.KNOWN, fails=True)


def filled(fact: str) -> Condition:
    """A fact is known."""
    return Condition(fact, Question.KNOWN)


def _cell(value: Cell) -> str | int:
    return value.isoformat() if isinstance(value, datetime.date) else value


class Reports(enum.Enum):
    """How reported figures complete what is computed.

    ``PERIOD``: a reported number stands for the days it speaks of, records for all other days. ``FILL``: where a unit
    has recorded nothing, its reported numerator and denominator stand. ``DENOMINATOR``: a reported denominator goes
    before the computed one. ``YEAR_END``: of a growth over a year, a number reported as of the last day of the year
    before, or of a day since, goes before what is counted for it; what is not reported completes it as ``FILL`` does.
    """

    PERIOD = "period"
    FILL = "fill"
    DENOMINATOR = "denominator"
    YEAR_END = "year_end"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The days and the chosen readings (option codes by choice) under which a measure is taken, and the verdicts."""

    days: Days
    chosen: Mapping[str, str]
    verdicts: Verdicts = field(default_factory=dict)

    @property
    def as_of(self) -> datetime.date:
        """The day as of which is counted."""
        return self.days.as_of

    def reads(self, choice: str, option: str) -> bool:
        """Whether this reading was chosen; a choice that the target does not have reads nothing."""
        return self.chosen.get(choice) == option


@dataclass(frozen=True, slots=True)
class Remark:
    """A further number worth a sentence (with ``{count}``) when it is not zero, and the records behind it.

    With ``mean_of`` the sentence has the mean ``{mean}`` of that fact too.
    """

    sentence: str
    tally: Tally
    mean_of: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """The sets of records that make up one measure.

    ``further`` is added to the denominator where it cannot be counted from one type. ``missing`` is what to turn to
    next, ``deducted`` what a net count takes away. ``remarks`` are records that could
    not be judged or are shown beside the number. Without ``takes_reports`` only records count.
    """

    numerator: Tally
    denominator: Tally | None = None
    further: Tally | None = None
    missing: Tally | None = None
    deducted: Tally | None = None
    remarks: tuple[Remark, ...] = ()
    takes_reports: bool = True


def share(
    facts: str, base: tuple[Condition, ...], hit: tuple[Condition, ...], remarks: tuple[Remark, ...] = ()
) -> Measurement:
    """Those of ``base`` for which ``hit`` holds: the numerator is always part of the denominator."""
    return Measurement(
        numerator=Tally(facts, (*base, *hit)),
        denominator=Tally(facts, base),
        missing=Tally(facts, base, but=hit),
        remarks=remarks,
    )


@dataclass(frozen=True, slots=True)
class Indication:
    """One indicator: ``id`` of the measure in the resources, counted in ``counter`` (家, 人), and how it is measured.

    ``rules`` are the fixed parts of its reading as Chinese phrases; ``choices`` are readings that the resources do
    not name. ``none`` is said where the denominator is empty. ``judge`` looks at records one by one before they are
    counted.
    """

    id: str
    counter: str
    measure: Callable[[Circumstances], Measurement]
    rules: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    reports: Reports = Reports.FILL
    none: str = "没有应计入的记录"
    judge: Callable[[Database, Days, WorkingDayTable], Verdicts] | None = None


def choice(name: str, label: str, *options: tuple[str, str]) -> Choice:
    """A reading that the resources do not name; the first option is the default, and an example, not official."""
    return Choice(name, label, tuple(Option(code, words) for code, words in options), options[0][0])
