"""Figures that units report and targets that districts set: what the program cannot count, by measure and unit."""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from desktop.plan.tree import UnitTree
from desktop.records.cells import as_day
from desktop.records.typed.typed_numbers import stored_decimal
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.store.queries import reading
from desktop.store.queries.aggregates import Days, Span
from desktop.store.queries.reading import Compare, Filter, Query, Record
from desktop.store.tables.database import Database

NUMERATOR, DENOMINATOR, STOCK = "numerator", "denominator", "stock"
_LONG = 366
"""A target for more days than these is one for the whole plan, not for a year."""


@dataclass(frozen=True, slots=True)
class Report:
    """One reported figure. ``first`` is empty for a number as of a day."""

    record: str
    unit: str
    figure: str
    value: Fraction
    first: datetime.date | None
    last: datetime.date
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached: a share of the whole or a count; ``record`` is empty where the plan itself says it."""

    value: Fraction
    is_share: bool
    source: str
    record: str = ""


Reports = Mapping[str, tuple[Report, ...]]
"""Reports by unit, the youngest first."""


def reports(
    database: Database, types: Catalogue, tree: UnitTree, as_of: datetime.date
) -> Mapping[str, Reports]:
    """The reported figures that stand on a day, by measure and unit; those for one category are left out."""
    found: dict[str, dict[str, list[Report]]] = {}
    query = Query(
        "reported_figure",
        filters=(
            Filter("as_of_date", Compare.AT_MOST, as_of.isoformat()),
            Filter("category", Compare.EMPTY),
        ),
    )
    for held in reading.records(database, types, query):
        report = _report(held, tree)
        if report is not None:
            measure = str(held.values.get("indicator") or "")
            found.setdefault(measure, {}).setdefault(report.unit, []).append(report)
    return {
        measure: {
            unit: tuple(sorted(some, key=lambda r: (r.last, r.record), reverse=True))
            for unit, some in by_unit.items()
        }
        for measure, by_unit in found.items()
    }


def _report(held: Record, tree: UnitTree) -> Report | None:
    value, last = _number(held.values.get("value")), as_day(held.values.get("as_of_date"))
    unit: str | None = held.unit
    if place := held.values.get("town"):
        # A district may report for one town under its own name.
        unit = tree.at_place(held.unit, str(place))
    if value is None or last is None or unit is None:
        return None
    return Report(
        held.id,
        unit,
        str(held.values.get("figure") or ""),
        value,
        as_day(held.values.get("period_started")),
        last,
        str(held.values.get("source") or ""),
    )


def latest(some: Iterable[Report], figure: str) -> Report | None:
    """The youngest figure of a kind."""
    return next((r for r in some if r.figure == figure), None)


def of_year(given: Reports, as_of: datetime.date) -> Reports:
    """The reports without the stocks of years that a growth up to this day does not ask about."""
    before = as_of.replace(month=1, day=1) - datetime.timedelta(days=1)
    kept = {
        unit: tuple(r for r in some if r.figure != STOCK or r.last >= before) for unit, some in given.items()
    }
    return {unit: some for unit, some in kept.items() if some}


def stocks(some: Iterable[Report], as_of: datetime.date) -> tuple[Report | None, Report | None]:
    """The youngest stock of the year of a day, and that of the last day of the year before."""
    first = as_of.replace(month=1, day=1)
    found = [r for r in some if r.figure == STOCK]
    now = next((r for r in found if r.last >= first), None)
    return now, next((r for r in found if r.last == first - datetime.timedelta(days=1)), None)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Reports over periods that stand instead of records: what they say by unit, and the days that they speak of."""

    by_unit: Mapping[str, tuple[Report, ...]] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()


def accept(
    given: Reports, tree: UnitTree, roots: Iterable[str], days: Days, start: datetime.date
) -> Accepted:
    """The reported numerators that can be added up below these units without counting a day twice.

    A figure for a unit speaks of all units below it: from above downward, and the longer period first, each is taken
    that overlaps with none taken at the unit or above. Figures for days before ``start`` cannot be used.
    """
    taken: dict[str, list[Report]] = {}
    above: dict[str, list[Report]] = {}
    for root in roots:
        above[root] = []
        for unit in tree.subtree(root):
            mine = list(above[unit])
            for report in sorted(given.get(unit, ()), key=lambda r: (_first(r, start), -r.last.toordinal())):
                if _first(report, start) < start or report.last > days.until or report.figure != NUMERATOR:
                    continue
                if not any(_overlap(report, other, start) for other in mine):
                    mine.append(report)
                    taken.setdefault(unit, []).append(report)
            for below in tree.directly_below(unit):
                above[below.id] = mine
    spans: dict[tuple[datetime.date, datetime.date], dict[str, None]] = {}
    for unit, some in taken.items():
        for report in some:
            spans.setdefault((_first(report, start), report.last), {}).update(
                dict.fromkeys(tree.subtree(unit))
            )
    return Accepted(
        {unit: tuple(some) for unit, some in taken.items()},
        tuple(Span(first, last, tuple(sorted(units))) for (first, last), units in sorted(spans.items())),
    )


def _first(report: Report, start: datetime.date) -> datetime.date:
    return report.first or start


def _overlap(one: Report, other: Report, start: datetime.date) -> bool:
    return _first(one, start) <= other.last and _first(other, start) <= one.last


Targets = Mapping[tuple[str, str], Target]
"""Targets by measure and unit."""


def targets(
    database: Database, types: Catalogue, days: Days, yearly: Container[str] = frozenset()
) -> Targets:
    """The targets in force, after the plan's end those of its last day; a yearly share goes before a longer one.

    A count for less than the whole plan is left out, because records are counted over the whole of it; for the
    measures ``yearly``, whose records are counted by the year, it is the other way round.
    """
    found: dict[tuple[str, str], tuple[tuple[int, str], Target]] = {}
    for held in reading.records(
        database, types, Query("plan_target", filters=(Filter("category", Compare.EMPTY),))
    ):
        values = held.values
        value = _number(values.get("target_value"))
        first, last = as_day(values.get("period_started")), as_day(values.get("period_ended"))
        if value is None or first is None or last is None or not first <= days.as_of or last < days.until:
            continue
        is_share, length = values.get("target_unit") == "percent", (last - first).days
        if not is_share and (length < _LONG) != (str(values.get("indicator") or "") in yearly):
            continue
        rank = (-length if is_share else length, held.id)
        target = Target(
            value / 100 if is_share else value, is_share, str(values.get("source") or ""), held.id
        )
        key = (str(values.get("indicator") or ""), held.unit)
        if key not in found or found[key][0] < rank:
            found[key] = (rank, target)
    return {key: target for key, (_, target) in found.items()}


def _number(cell: Cell) -> Fraction | None:
    number = stored_decimal(cell)
    return None if number is None else Fraction(number)
