"""Sets of records by conditions on facts, counted by unit or listed; a number and its list cannot disagree."""

from __future__ import annotations

import contextlib
import datetime
import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktop.store.aggregates.facts import FACTS, Facts
from desktop.store.database import Database
from desktop.store.reading import Compare, Filter

DAY = "day"
"""The fact that says on which day a record counts, for types that are counted over a time."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days that facts ask for: the one as of which is counted, and the first and last one of the plan."""

    as_of: datetime.date
    plan_first: datetime.date
    plan_last: datetime.date

    @property
    def until(self) -> datetime.date:
        """The last day of the plan that counts."""
        return min(self.as_of, self.plan_last)

    def parameters(self) -> dict[str, str]:
        """The days by the names under which facts use them."""
        return {
            "as_of": self.as_of.isoformat(),
            "plan_first": self.plan_first.isoformat(),
            "plan_until": self.until.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included, at some units: what a reported figure speaks of and records must not count again."""

    first: datetime.date
    last: datetime.date
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Records of one kind of facts: all of ``where`` hold, and not all of ``but`` where that is given.

    ``weight`` adds up a fact instead of counting records. ``outside`` leaves out what lies in these spans.
    """

    facts: str
    where: tuple[Filter, ...]
    but: tuple[Filter, ...] = ()
    weight: str = ""
    outside: tuple[Span, ...] = ()

    @property
    def type(self) -> str:
        """The record type of the list."""
        return FACTS[self.facts].type

    def without(self, spans: tuple[Span, ...]) -> Tally:
        """The same, leaving out what lies in these spans."""
        return replace(self, outside=spans)


@dataclass(frozen=True, slots=True)
class Selection:
    """The records of a tally at some units: what a number opens into."""

    tally: Tally
    units: tuple[str, ...]
    days: Days

    @property
    def type(self) -> str:
        """The record type of the list."""
        return self.tally.type


def count_by_unit(database: Database, tallies: Iterable[Tally], days: Days) -> dict[Tally, dict[str, int]]:
    """For each tally the number of records by the unit they belong to; units with none are left out.

    One statement is run for each kind of facts, however many tallies and units there are.
    """
    result: dict[Tally, dict[str, int]] = {tally: {} for tally in tallies}
    with snapshot(database):
        for name in dict.fromkeys(t.facts for t in result):
            group = [t for t in result if t.facts == name]
            compiler = _Compiler(FACTS[name])
            sums = ", ".join(f"sum(({compiler.condition(t)}) * {t.weight or 1})" for t in group)
            rows = database.rows(
                f"{compiler.facts()} SELECT u.id, {sums} FROM f JOIN unit_ref u ON u.ref = f.unit GROUP BY f.unit",
                {**compiler.parameters, **days.parameters()},
            )
            for unit, *counts in rows:
                for tally, count in zip(group, counts, strict=True):
                    if count:
                        result[tally][unit] = int(count)
    return result


def row_numbers(database: Database, selection: Selection) -> array[int]:
    """The row numbers of a selection in the order of a Chinese dictionary, as ``reading.page`` takes them."""
    return array("q", (number for (number,) in _listed(database, selection, "f.row")))


def record_ids(database: Database, selection: Selection) -> list[str]:
    """The record ids of a selection in the order of a Chinese dictionary."""
    return [key for (key,) in _listed(database, selection, "lower(hex(f.id))")]


def _listed(database: Database, selection: Selection, shown: str) -> list[tuple[Any, ...]]:
    facts = FACTS[selection.tally.facts]
    compiler = _Compiler(facts)
    condition = compiler.condition(selection.tally)
    sql = (
        f"{compiler.facts()} SELECT {shown} FROM f JOIN r_{facts.type} t ON t._row = f.row"
        f" WHERE ({condition}) AND f.unit IN ({compiler.units(selection.units)}) ORDER BY t._sort, f.row"
    )
    return database.rows(sql, {**compiler.parameters, **selection.days.parameters()})


class _Compiler:
    """Turns tallies over one kind of facts into conditions; gathers the facts that they use and their parameters."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._used: dict[str, str] = {}
        self.parameters: dict[str, Any] = {}

    def condition(self, tally: Tally) -> str:
        """The condition of a tally on a row of facts: 0 or 1, never null."""
        parts = [self._test(f) for f in tally.where]
        if tally.but:
            parts.append(f"NOT ({' AND '.join(self._test(f) for f in tally.but)})")
        parts += [self._outside(span) for span in tally.outside]
        if tally.weight:
            self._fact(tally.weight)
        return " AND ".join(parts) or "1"

    def units(self, units: Sequence[str]) -> str:
        """The references of units, as a query."""
        listed = self._bind(json.dumps(units))
        return f"SELECT ref FROM unit_ref WHERE id IN (SELECT value FROM json_each({listed}))"

    def facts(self) -> str:
        """The table ``f`` with the facts that were used, computed once a statement."""
        shown = "".join(f", {expression} AS {name}" for name, expression in self._used.items())
        joins = " ".join(self._facts.joins_for(self._used.values()))
        return (
            f"WITH f AS MATERIALIZED (SELECT r._row AS row, r.id AS id, r.unit AS unit{shown}"
            f" FROM r_{self._facts.type} r {joins} WHERE r._life <> 1)"
        )

    def _fact(self, name: str) -> str:
        self._used[name] = self._facts.columns[name]
        return name

    def _bind(self, value: Any) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _test(self, condition: Filter) -> str:
        fact, value = self._fact(condition.field), condition.value
        match condition.compare:
            case Compare.EMPTY:
                return f"coalesce({fact}, '') = ''"
            case Compare.FILLED:
                return f"coalesce({fact}, '') <> ''"
            case Compare.AMONG:
                among = value if isinstance(value, tuple) else (value,)
                return f"coalesce({fact} IN ({', '.join(map(self._bind, among))}), 0)"
            case Compare.AT_LEAST:
                return f"coalesce({fact} >= {self._bind(value)}, 0)"
            case Compare.AT_MOST:
                return f"coalesce({fact} <= {self._bind(value)}, 0)"
            case Compare.EQUALS:
                return f"{fact} IS {self._bind(value)}"
            case Compare.STARTS:
                start = self._bind(value)
                return f"coalesce(substr({fact}, 1, length({start})) = {start}, 0)"

    def _outside(self, span: Span) -> str:
        first, last = self._bind(span.first.isoformat()), self._bind(span.last.isoformat())
        within = f"coalesce({self._fact(DAY)} BETWEEN {first} AND {last}, 0)"
        return f"NOT ({within} AND unit IN ({self.units(span.units)}))"


@contextlib.contextmanager
def snapshot(database: Database) -> Iterator[None]:
    """All statements inside see the ledger as it was at the first one."""
    if database.connection.in_transaction:
        yield
        return
    database.execute("BEGIN")
    try:
        yield
    finally:
        database.execute("COMMIT")
