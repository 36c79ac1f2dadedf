"""Sets of records by conditions on facts, counted by unit or listed; a number and its list cannot disagree."""

from __future__ import annotations

import datetime
import enum
import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from desktop.store.queries.aggregates.expressions import Facts
from desktop.store.queries.aggregates.facts import FACTS
from desktop.store.queries.aggregates.moment import snapshot
from desktop.store.tables import totals
from desktop.store.tables.database import Database

_ROOM = 44
"""How many tests share one number of 63 bits with the unit."""


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


class Question(enum.StrEnum):
    """What is asked of a fact; the answer is yes or no, and no where nothing is known."""

    TRUE = "true"
    KNOWN = "known"
    AMONG = "among"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Condition:
    """A question on a fact with its ``values``, both ends included for :attr:`Question.BETWEEN`; or that it fails.

    The value of :attr:`Question.LISTED` is a JSON list, however long: what was judged record by record.
    """

    fact: str
    question: Question = Question.TRUE
    values: tuple[str | int, ...] = ()
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included, at some units: what a reported figure speaks of and records must not count again."""

    first: datetime.date
    last: datetime.date
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Records of one kind of facts: all of ``where`` hold, and not all of ``but`` where that is given.

    ``weight`` adds up a fact instead of counting records. ``outside`` leaves out records whose day, the fact ``dated``,
    lies in these spans.
    """

    facts: str
    where: tuple[Condition, ...]
    but: tuple[Condition, ...] = ()
    weight: str = ""
    outside: tuple[Span, ...] = ()
    dated: str = "day"

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

    Each kind of facts is read once, however many tallies and units there are: the engine answers all tests for a
    record in the bits of one number, and equal numbers are counted before anything is looked at one by one.
    """
    result: dict[Tally, dict[str, int]] = {tally: {} for tally in tallies}
    with snapshot(database):
        units: dict[int, str] = dict(database.rows("SELECT ref, id FROM unit_ref"))
        for name in dict.fromkeys(t.facts for t in result):
            for part in _parts([t for t in result if t.facts == name]):
                _count(database, part, days, units, result)
    return result


def _parts(tallies: list[Tally]) -> Iterator[list[Tally]]:
    """Tallies in lots whose tests have room in one number."""
    lot: list[Tally] = []
    tests = 0
    for tally in tallies:
        size = len(tally.where) + len(tally.but) + len(tally.outside)
        if lot and tests + size > _ROOM and _distinct_tests([*lot, tally]) > _ROOM:
            yield lot
            lot, tests = [], 0
        lot.append(tally)
        tests += size
    if lot:
        yield lot


def _distinct_tests(tallies: Iterable[Tally]) -> int:
    tests: set[object] = set()
    for tally in tallies:
        tests |= {replace(c, fails=False) for c in (*tally.where, *tally.but)}
        tests |= {(tally.dated, span) for span in tally.outside}
    return len(tests)


@dataclass(frozen=True, slots=True)
class _Mask:
    """What the answers to all tests must be, as bits: yes and no for ``where`` and ``but``, and no for the spans."""

    yes: int
    no: int
    but: tuple[int, int] | None

    def admits(self, answers: int) -> bool:
        if answers & self.yes != self.yes or answers & self.no:
            return False
        return self.but is None or answers & self.but[0] != self.but[0] or bool(answers & self.but[1])


def _count(
    database: Database,
    tallies: list[Tally],
    days: Days,
    units: Mapping[int, str],
    result: dict[Tally, dict[str, int]],
) -> None:
    compiler = Compiler(FACTS[tallies[0].facts])
    masks = [(tally, compiler.mask(tally)) for tally in tallies]
    weights = list(dict.fromkeys(t.weight for t in tallies if t.weight))
    packed_answers, weighed_facts = compiler.packed(), [compiler.fact(w) for w in weights]
    found: dict[int, list[tuple[dict[str, int], int]]] = {}
    parameters = {**compiler.parameters, **days.parameters()}
    for packed, number, weighed in _groups(database, compiler, packed_answers, weighed_facts, parameters):
        answers, unit = packed & ((1 << compiler.size) - 1), units[packed >> compiler.size]
        if answers not in found:
            found[answers] = [
                (result[tally], weights.index(tally.weight) if tally.weight else -1)
                for tally, mask in masks
                if mask.admits(answers)
            ]
        for by_unit, weight in found[answers]:
            by_unit[unit] = by_unit.get(unit, 0) + (number if weight < 0 else weighed[weight])


def _groups(
    database: Database, compiler: Compiler, packed: str, weights: list[str], parameters: Mapping[str, Any]
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Units with answers as one number, how many records have it, and the sums of their weights.

    Without weights Python counts equal numbers faster than the engine sorts them.
    """
    if not weights:
        sql = f"{compiler.tables()}SELECT {packed} FROM {compiler.facts()}"
        for (answers,), number in Counter(database.execute(sql, parameters)).items():
            yield answers, number, ()
        return
    sums = ", ".join(half for weight in weights for half in totals.halves(weight))
    sql = f"{compiler.tables()}SELECT {packed}, count(*), {sums} FROM {compiler.facts()} GROUP BY 1"
    for answers, number, *found in database.execute(sql, parameters):
        yield answers, number, tuple(map(totals.whole, found[::2], found[1::2]))


def facts_of(
    database: Database, name: str, wanted: Sequence[str], where: Iterable[Condition], days: Days
) -> list[tuple[Any, ...]]:
    """Some facts of each record for which all of ``where`` hold, for what no expression can judge."""
    compiler = Compiler(FACTS[name])
    shown, conditions = [compiler.fact(w) for w in wanted], [compiler.condition(c) for c in where]
    sql = f"{compiler.tables()}SELECT {', '.join(shown)} FROM {compiler.facts()} WHERE {' AND '.join(conditions)}"
    return database.rows(sql, {**compiler.parameters, **days.parameters()})


def row_numbers(database: Database, selection: Selection) -> array[int]:
    """The row numbers of a selection in the order of a Chinese dictionary, as ``reading.page`` takes them."""
    return array("q", (number for (number,) in _listed(database, selection, "f.row")))


def record_ids(database: Database, selection: Selection) -> list[str]:
    """The record ids of a selection in the order of a Chinese dictionary."""
    return [key for (key,) in _listed(database, selection, "lower(hex(f.id))")]


def _listed(database: Database, selection: Selection, shown: str) -> list[tuple[Any, ...]]:
    facts, tally = FACTS[selection.tally.facts], selection.tally
    compiler = Compiler(facts)
    conditions = [compiler.condition(c) for c in tally.where]
    if tally.but:
        conditions.append(f"NOT ({' AND '.join(map(compiler.condition, tally.but))})")
    conditions += [f"NOT {compiler.within(tally.dated, span)}" for span in tally.outside]
    conditions.append(f"f.unit IN ({compiler.units(selection.units)})")
    sql = (
        f"{compiler.tables()}SELECT {shown} FROM {compiler.facts()} JOIN r_{facts.type} t ON t._row = f.row"
        f" WHERE {' AND '.join(conditions)} ORDER BY t._sort, f.row"
    )
    return database.rows(sql, {**compiler.parameters, **selection.days.parameters()})


class Compiler:
    """Turns tallies over one kind of facts into SQL; gathers the facts and tests that they use, and the parameters."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._used: dict[str, str] = {}
        self._tests: dict[object, str] = {}
        self.parameters: dict[str, Any] = {}

    @property
    def size(self) -> int:
        """How many bits the answers to all tests take."""
        return len(self._tests)

    def mask(self, tally: Tally) -> _Mask:
        """The answers that a tally asks for."""
        yes, no = self._bits(tally.where)
        for span in tally.outside:
            no |= self._bit((tally.dated, span), partial(self.within, tally.dated, span))
        return _Mask(yes, no, self._bits(tally.but) if tally.but else None)

    def _bits(self, conditions: Iterable[Condition]) -> tuple[int, int]:
        yes = no = 0
        for condition in conditions:
            asked = replace(condition, fails=False)
            bit = self._bit(asked, partial(self.condition, asked))
            yes, no = (yes, no | bit) if condition.fails else (yes | bit, no)
        return yes, no

    def _bit(self, key: object, compiled: Callable[[], str]) -> int:
        if key not in self._tests:
            self._tests[key] = compiled()
        return 1 << list(self._tests).index(key)

    def packed(self) -> str:
        """Unit and answers in one number."""
        answers = [f"(({test}) << {bit})" for bit, test in enumerate(self._tests.values())]
        return " | ".join([f"(f.unit << {self.size})", *answers])

    def units(self, units: Sequence[str]) -> str:
        """The references of units, as a query."""
        listed = self._bind(json.dumps(units))
        return f"SELECT ref FROM unit_ref WHERE id IN (SELECT value FROM json_each({listed}))"

    def tables(self) -> str:
        """What the facts look into, as the beginning of the statement."""
        return self._facts.tables_for(list(self._used.values()))

    def facts(self) -> str:
        """The table ``f`` with the facts that were used."""
        shown = "".join(f", {expression} AS {name}" for name, expression in self._used.items())
        joins = self._facts.joins_for(self._used.values())
        # The limit keeps the engine from pasting the expressions into every test: each is computed once a record.
        return (
            f"(SELECT r._row AS row, r.id AS id, {self._facts.owner} AS unit{shown}"
            f" FROM r_{self._facts.type} r {joins} WHERE r._life <> 1 LIMIT -1) f"
        )

    def fact(self, name: str) -> str:
        """A fact, which from now on is computed."""
        self._used[name] = self._facts.columns[name]
        return f"f.{name}"

    def _bind(self, value: Any) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def condition(self, condition: Condition) -> str:
        """One condition on a fact: 0 or 1, never null."""
        fact, values = self.fact(condition.fact), [self._bind(v) for v in condition.values]
        match condition.question:
            case Question.TRUE:
                test = fact
            case Question.KNOWN:
                test = f"{fact} <> ''"
            case Question.AMONG:
                # A list would be built as a table and looked into for every record.
                test = " OR ".join(f"{fact} = {value}" for value in values)
            case Question.AT_LEAST:
                test = f"{fact} >= {values[0]}"
            case Question.AT_MOST:
                test = f"{fact} <= {values[0]}"
            case Question.LISTED:
                test = f"{fact} IN (SELECT value FROM json_each({values[0]}))"
            case Question.BETWEEN:
                test = f"{fact} BETWEEN {values[0]} AND {values[1]}"
        return f"(({test}) IS {'NOT ' if condition.fails else ''}TRUE)"

    def within(self, dated: str, span: Span) -> str:
        """Whether a record lies in a span."""
        first, last = self._bind(span.first.isoformat()), self._bind(span.last.isoformat())
        return f"(({self.fact(dated)} BETWEEN {first} AND {last}) IS TRUE AND f.unit IN ({self.units(span.units)}))"
