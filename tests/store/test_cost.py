"""What a change costs must not grow with the ledger: counted in steps of the engine, which no noise disturbs."""

from __future__ import annotations

import itertools

from desktop.records.items import CHANGE, TOMBSTONE
from desktop.records.resolution import canonical_tombstone
from desktop.store import schema
from desktop.store.database import Database
from desktop.store.merging import Births, Change, Merger
from tests.store.world import COLUMNS, TYPES

EVERY = 20
UNIT = "u" * 32


def record(number: int) -> str:
    return f"{number:032x}"


def ledger_with_log(edits: int) -> Database:
    """Firms of which each has been edited once, in dispute with its birth's author every tenth, deleted every fifth."""
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    merger = Merger(database, TYPES)
    rows = [(record(n), UNIT, n, n, "王芳", f"公司{n}", n, None) for n in range(1, edits + 1)]
    merger.add_births(Births("firm", 7, COLUMNS["firm"], rows))
    merger.finish(0)
    merger = Merger(database, TYPES)
    merger.add_changes(change(n, edits + n, (n,) if n % 10 else ()) for n in range(1, edits + 1))
    merger.add_changes(deletion(n, 2 * edits + n) for n in range(5, edits + 1, 5))
    merger.finish(0)
    return database


def change(number: int, stamp: int, replaces: tuple[int, ...]) -> Change:
    return Change(
        CHANGE, "firm", record(number), UNIT, "name", stamp, replaces, 7, stamp, "王芳", f'"新{stamp}"'
    )


def deletion(number: int, stamp: int) -> Change:
    seen = canonical_tombstone([], [number])
    return Change(TOMBSTONE, "firm", record(number), UNIT, "_deleted", stamp, (), 7, stamp, "王芳", seen)


def steps_of_one_edit(edits: int) -> int:
    """The steps that one further edit takes."""
    database = ledger_with_log(edits)
    steps = itertools.count()
    database.on_progress(lambda: next(steps) < 0, EVERY)
    merger = Merger(database, TYPES)
    merger.add_changes([change(1, 10 * edits, (edits + 1,))])
    merger.finish(0)
    database.on_progress(None)
    assert database.value("SELECT name FROM r_firm WHERE id = unhex(?)", (record(1),)) == f"新{10 * edits}"
    database.close()
    return next(steps) * EVERY


def test_one_edit_costs_the_same_in_a_ledger_with_a_long_log() -> None:
    assert steps_of_one_edit(2_000) < 1.5 * steps_of_one_edit(50)
