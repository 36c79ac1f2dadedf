"""Records in the order of what speaks for them: the sum of the points of all reasons that hold, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktop.store.queries.aggregates.facts import FACTS
from desktop.store.queries.aggregates.tallies import Compiler, Condition, Days
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Reason:
    """All of ``where`` hold: that many ``points``."""

    where: tuple[Condition, ...]
    points: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """One record: the numbers of its reasons in the order in which they were given, and the facts asked for.

    ``alike`` is how many other records with a reason have the same ``near`` fact.
    """

    id: str
    row: int
    points: int
    reasons: tuple[int, ...]
    facts: tuple[Any, ...]
    alike: int


def ranked(
    database: Database,
    name: str,
    base: tuple[Condition, ...],
    reasons: Sequence[Reason],
    units: Sequence[str],
    days: Days,
    *,
    shown: Sequence[str],
    oldest: str,
    near: str,
    limit: int,
) -> list[Ranked]:
    """The records of these facts for which ``base`` and at least one reason hold, those with most points first.

    Among equals those come first whose fact ``oldest`` is unknown or lowest, then the order of a Chinese dictionary.
    """
    compiler = Compiler(FACTS[name])
    tests = [f"({' AND '.join(map(compiler.condition, reason.where))})" for reason in reasons]
    points = " + ".join(f"{reason.points} * (h.bits >> {bit} & 1)" for bit, reason in enumerate(reasons))
    bits = " | ".join(f"({test} << {bit})" for bit, test in enumerate(tests))
    asked = [*map(compiler.fact, shown), f"coalesce({compiler.fact(oldest)}, '')", compiler.fact(near)]
    where = [*map(compiler.condition, base), f"f.unit IN ({compiler.units(units)})"]
    facts = ", ".join(f"{expression} AS a{n}" for n, expression in enumerate(asked))
    last = len(asked) - 1
    columns = ", ".join(f"s.a{n}" for n in range(last - 1))
    with_tables = compiler.tables().removeprefix("WITH ")
    before = f"{with_tables.rstrip()}, " if with_tables else ""
    held = (
        f"SELECT f.row AS row, f.id AS id, {bits} AS bits, {facts} FROM {compiler.facts()}"
        f" WHERE {' AND '.join(where)} LIMIT -1"
    )
    sql = (
        f"WITH {before}scored AS MATERIALIZED (SELECT h.*, {points} AS points FROM ({held}) h WHERE h.bits <> 0),"
        f" around AS MATERIALIZED (SELECT a{last} AS near, count(*) AS number FROM scored GROUP BY 1)"
        f" SELECT lower(hex(s.id)), s.row, s.points, s.bits, coalesce(n.number, 1) - 1, {columns} FROM scored s"
        f" JOIN r_{FACTS[name].type} t ON t._row = s.row LEFT JOIN around n ON n.near = s.a{last}"
        f" ORDER BY s.points DESC, s.a{last - 1}, t._sort, s.row LIMIT {limit:d}"
    )
    parameters = {**compiler.parameters, **days.parameters()}
    return [
        Ranked(key, row, total, tuple(n for n in range(len(reasons)) if found >> n & 1), tuple(values), alike)
        for key, row, total, found, alike, *values in database.execute(sql, parameters)
    ]
