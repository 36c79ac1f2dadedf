"""Adds counts up along the tree of units: numerators and denominators by sums, never by means of shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from desktop.plan import reported
from desktop.plan.measures import Circumstances, Indication, Measurement, Remark, Reports
from desktop.plan.reported import DENOMINATOR, NUMERATOR, Accepted, Report, Target, Targets
from desktop.plan.results import Amount, Figure, Noted, Reading, number
from desktop.plan.tree import Unit, UnitTree
from desktop.records.declaration import Level
from desktop.records.plan_targets import PER_DISTRICT, Measure, MeasureKind, PlanTarget
from desktop.store.queries.aggregates import Selection, Span, Tally

Counts = Mapping[Tally, Mapping[str, int]]
"""Numbers of records by tally and unit."""

PLAN = "行动方案"


@dataclass(frozen=True)
class Task:
    """One indicator under its circumstances, with the reports accepted for the asked unit and for the rows below."""

    indication: Indication
    target: PlanTarget
    measure: Measure
    at: Circumstances
    readings: tuple[Reading, ...]
    measurement: Measurement
    given: reported.Reports
    whole: Accepted
    rows: Accepted

    def tallies(self) -> Iterator[Tally]:
        """Everything that has to be counted."""
        parts = self.measurement
        for accepted in (self.whole, self.rows):
            for tally in (parts.numerator, parts.denominator, parts.further, parts.deducted):
                if tally is not None:
                    yield tally.without(accepted.spans)
        for remark in parts.remarks:
            yield remark.tally
            if remark.mean_of:
                yield _summed(remark)


@dataclass(frozen=True, slots=True)
class _Sum:
    """Numerator and denominator of a unit, and the reports that went into them."""

    numerator: Amount
    denominator: Amount
    reports: tuple[Report, ...] = ()

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.reports + other.reports,
        )


class RollUp:
    """The figures of one task."""

    def __init__(self, task: Task, tree: UnitTree, counts: Counts, goals: Targets) -> None:
        self._task = task
        self._tree = tree
        self._counts = counts
        self._goals = goals
        self._known: dict[tuple[Span, ...], tuple[Mapping[str, int], Mapping[str, int]]] = {}

    def figure(self, unit: Unit, accepted: Accepted, *, direct: bool = False) -> Figure:
        """A unit with all below it, or ``direct`` only what is its own."""
        parts, units = self._task.measurement, (unit.id,) if direct else self._tree.subtree(unit.id)
        numerator, deducted = parts.numerator.without(accepted.spans), parts.deducted
        if deducted is not None:
            deducted = deducted.without(accepted.spans)
        found = self._own(unit.id, accepted) if direct else self._sum(unit.id, accepted, units)
        return Figure(
            unit=unit.id,
            name="本级" if direct else unit.name,
            counter=self._task.indication.counter,
            numerator=found.numerator,
            denominator=None if parts.denominator is None else found.denominator,
            target=self._target(unit, direct),
            hits=self._selection(numerator, units),
            whole=self._listed(parts.denominator, units),
            missing=self._listed(parts.missing, units),
            deducted=self._listed(deducted, units),
            deducted_count=self._counted(deducted, units),
            notes=tuple(self._noted(parts.remarks, units)),
            reports=found.reports,
            direct=direct,
        )

    def below(self, unit: Unit) -> tuple[Figure, ...]:
        """A figure for each unit directly below, then one for what is the unit's own, where there is any."""
        units = self._tree.directly_below(unit.id)
        figures = [self.figure(u, self._task.rows) for u in units]
        if units:
            own = self.figure(unit, Accepted(spans=self._task.rows.spans), direct=True)
            if own.numerator.total or (own.denominator is not None and own.denominator.total):
                figures.append(own)
        return tuple(figures)

    def _sum(self, unit: str, accepted: Accepted, units: Iterable[str]) -> _Sum:
        match self._task.indication.reports:
            case Reports.PERIOD:
                return sum((self._own(u, accepted) for u in units), _NOTHING)
            case Reports.FILL:
                return self._filled(unit)
            case Reports.DENOMINATOR:
                numerators = sum((self._own(u, accepted) for u in units), _NOTHING).numerator
                below = self._filled(unit)
                return _Sum(numerators, below.denominator, below.reports)
            case Reports.YEAR_END:
                return self._grown(unit)

    def _own(self, unit: str, accepted: Accepted) -> _Sum:
        """What is counted at a unit itself, and what it reported over periods."""
        numerators, denominators = self._totals(accepted)
        reports = accepted.by_unit.get(unit, ())
        reported_value = sum((r.value for r in reports), Fraction(0)) if reports else Fraction(0)
        return _Sum(
            Amount(numerators.get(unit, 0), reported_value), Amount(denominators.get(unit, 0)), reports
        )

    def _totals(self, accepted: Accepted) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Numerators (net where that is asked) and denominators by unit, as counted."""
        if accepted.spans not in self._known:
            parts = self._task.measurement
            numerators, denominators = Counter[str](), Counter[str]()
            numerators.update(self._counts[parts.numerator.without(accepted.spans)])
            if parts.deducted is not None:
                numerators.subtract(self._counts[parts.deducted.without(accepted.spans)])
            for tally in (parts.denominator, parts.further):
                if tally is not None:
                    denominators.update(self._counts[tally.without(accepted.spans)])
            self._known[accepted.spans] = (numerators, denominators)
        return self._known[accepted.spans]

    def _filled(self, unit: str) -> _Sum:
        """The sum over a subtree, with reported stocks where they stand instead of records."""
        found, waiting, seen = _NOTHING, [unit], set[str]()
        # Step by step: nothing says how many levels of units somebody has registered below his own.
        while waiting:
            seen.add(at := waiting.pop())
            said = self._reported(at)
            found += self._own(at, Accepted()) if said is None else said
            if said is None:
                waiting += [
                    below.id for below in reversed(self._tree.directly_below(at)) if below.id not in seen
                ]
        return found

    def _grown(self, unit: str) -> _Sum:
        """The growth of a subtree: each end of it as it was reported for all of it, else as it adds up."""
        grown: dict[str, _Sum] = {}
        for at in reversed(self._tree.subtree(unit)):
            found = [grown[below.id] for below in self._tree.directly_below(at) if below.id in grown]
            grown[at] = self._growth(at, found)
        return grown[unit]

    def _growth(self, unit: str, below: Iterable[_Sum]) -> _Sum:
        now, before = reported.stocks(self._task.given.get(unit, ()), self._task.at.as_of)
        if not self._task.measurement.takes_reports:
            now = before = None
        said = None if now or before else self._reported(unit)
        if said is not None:
            return said
        found = sum(below, self._own(unit, Accepted()))
        ends = found.numerator + found.denominator, found.denominator
        last = ends[0] if now is None else Amount(0, now.value)
        first = ends[1] if before is None else Amount(0, before.value)
        if now is None and before is None:
            return found
        used = tuple(r for r in (now, before) if r is not None)
        return _Sum(last - first, first, used if len(used) > 1 else (*used, *found.reports))

    def _reported(self, unit: str) -> _Sum | None:
        """What a unit reported for itself and all below it, if that is to stand."""
        some = self._task.given.get(unit)
        if not some or not self._task.measurement.takes_reports:
            return None
        numerator, denominator = reported.latest(some, NUMERATOR), reported.latest(some, DENOMINATOR)
        if denominator is None:
            return None
        if self._task.indication.reports is Reports.DENOMINATOR:
            return _Sum(Amount(), Amount(0, denominator.value), (denominator,))
        denominators = self._totals(Accepted())[1]
        recorded = any(denominators.get(u) for u in self._tree.subtree(unit))
        if numerator is None or recorded:
            return None
        return _Sum(Amount(0, numerator.value), Amount(0, denominator.value), (numerator, denominator))

    def _counted(self, tally: Tally | None, units: Iterable[str]) -> int:
        if tally is None:
            return 0
        by_unit = self._counts[tally]
        return sum(by_unit.get(u, 0) for u in units)

    def _selection(self, tally: Tally, units: tuple[str, ...]) -> Selection:
        return Selection(tally, units, self._task.at.days)

    def _listed(self, tally: Tally | None, units: tuple[str, ...]) -> Selection | None:
        return None if tally is None else self._selection(tally, units)

    def _noted(self, remarks: Iterable[Remark], units: tuple[str, ...]) -> Iterator[Noted]:
        for remark in remarks:
            count = self._counted(remark.tally, units)
            if count:
                mean = (
                    Fraction(self._counted(_summed(remark), units), count) if remark.mean_of else Fraction(0)
                )
                sentence = remark.sentence.format(count=count, mean=number(mean))
                yield Noted(sentence, count, self._selection(remark.tally, units))

    def _target(self, unit: Unit, direct: bool) -> Target | None:
        """The target set for the unit; else the plan's own, which for a count is the city's or one of each district."""
        measure = self._task.measure
        is_share = measure.kind is MeasureKind.SHARE
        found = None if direct else self._goals.get((measure.id, unit.id))
        if found is not None and (is_share or not found.is_share):
            return found
        if measure.threshold is None or (direct and not is_share):
            return None
        if is_share or (unit.level is Level.CITY and measure.per != PER_DISTRICT):
            return Target(measure.threshold, is_share, PLAN)
        if measure.per != PER_DISTRICT:
            return None
        below = map(self._tree.unit, self._tree.subtree(unit.id))
        districts = sum(u.level is Level.DISTRICT for u in below)
        return Target(measure.threshold * districts, is_share, PLAN) if districts else None


_NOTHING = _Sum(Amount(), Amount())


def _summed(remark: Remark) -> Tally:
    tally = remark.tally
    return Tally(tally.facts, tally.where, tally.but, remark.mean_of)
