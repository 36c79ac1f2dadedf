"""What a change costs must not grow with the ledger: counted in steps of the engine, which no noise disturbs."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from desktop.records.types import catalogue
from desktop.records.versions.born import Births
from desktop.records.versions.items import CHANGE, TOMBSTONE
from desktop.records.versions.resolution import canonical_tombstone
from desktop.store.ledger import ChangeSet, Ledger, NewRecord, SlotEdit
from desktop.store.merging import aside
from desktop.store.merging.merging import Change, Item, Merger
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.keeping import JournaledDatabase
from tests.measuring import steps_of
from tests.store.world import COLUMNS, TYPES

UNIT = "u" * 32


def record(number: int) -> str:
    return f"{number:032x}"


def ledger_with_log(edits: int) -> Database:
    """Firms of which each has been edited once, in dispute with its birth's author every tenth, deleted every fifth."""
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    merger = Merger(database, TYPES)
    rows = [(record(n), UNIT, n, n, "王芳", f"公司{n}", n, None) for n in range(1, edits + 1)]
    merger.add_births(Births.of_rows("firm", COLUMNS["firm"], rows), 7)
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
    merger = Merger(database, TYPES)
    merger.add_changes([change(1, 10 * edits, (edits + 1,))])
    steps = steps_of(database, lambda: merger.finish(0))
    assert database.value("SELECT name FROM r_firm WHERE id = unhex(?)", (record(1),)) == f"新{10 * edits}"
    database.close()
    return steps


def test_one_edit_costs_the_same_in_a_ledger_with_a_long_log() -> None:
    assert steps_of_one_edit(2_000) < 1.5 * steps_of_one_edit(50)


def steps_beside_what_waits(items: int) -> int:
    """The steps of an edit in a ledger where so many items wait for their day."""
    database = ledger_with_log(50)
    database.connection.executemany(
        "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value, reason,"
        " since) VALUES (8, ?, 'change', 'firm', x'00', '', 'name', ?, '[]', '', '1', 'future', 0)",
        [(n, n) for n in range(items)],
    )

    def edit() -> None:
        merger = Merger(database, TYPES)
        merger.add_changes([change(1, 1_000_000, (51,))])
        merger.finish(0)
        assert not aside.waits_for_births(database)

    steps = steps_of(database, edit)
    database.close()
    return steps


def test_what_waits_for_its_day_is_not_looked_through_for_what_waits_for_a_birth() -> None:
    assert steps_beside_what_waits(2_000) < 1.5 * steps_beside_what_waits(50)


def rename(ledger: Ledger) -> ChangeSet:
    return ledger.write("改名", "王芳", edits=[SlotEdit("firm", record(1), "name", "新名")])


def one_more(ledger: Ledger) -> ChangeSet:
    return ledger.write("新增", "王芳", births=[NewRecord("firm", record(0), UNIT, {"name": "新来"})])


def steps_of_taking_back(firms: int, do: Callable[[Ledger], ChangeSet]) -> int:
    ticks = itertools.count(1_795_420_800_000, 1000)
    ledger = Ledger(
        Database.open(None, bytes(32)), TYPES, Environment(lambda: next(ticks), bytes), "ab" * 16, "cd" * 16
    )
    born = [NewRecord("firm", record(n), UNIT, {"name": f"公司{n}"}) for n in range(1, firms + 1)]
    ledger.write("导入", "王芳", births=born)
    done = do(ledger)
    steps = steps_of(ledger.database, lambda: ledger.undo(done.stamp, "王芳"))
    lives: dict[str, int] = dict(
        ledger.database.rows("SELECT name, _life FROM r_firm WHERE _row = 1 OR _row > ?", (firms,))
    )
    assert lives == {"公司1": 0} | ({"新来": 1} if do is one_more else {})
    ledger.database.close()
    return steps


@pytest.mark.parametrize("do", [rename, one_more])
def test_a_step_is_taken_back_without_a_look_through_the_tables(do: Callable[[Ledger], ChangeSet]) -> None:
    assert steps_of_taking_back(2_000, do) < 1.5 * steps_of_taking_back(50, do)


def steps_of_a_save(waiting: int) -> int:
    """The steps of one further save where so many others have been made that stand in no bundle yet."""
    ticks = itertools.count(1_795_420_800_000, 1000)
    database = JournaledDatabase.open(None, bytes(32))
    ledger = Ledger(database, TYPES, Environment(lambda: next(ticks), bytes), "ab" * 16, "cd" * 16)
    database.refusal = lambda: None
    ledger.write("新增", "王芳", births=[NewRecord("firm", record(1), UNIT, {"name": "公司"})])
    for turn in range(waiting):
        ledger.write("改名", "王芳", edits=[SlotEdit("firm", record(1), "name", f"公司{turn}")])
    steps = steps_of(database, lambda: one_more(ledger))
    database.close()
    return steps


def test_a_save_does_not_look_through_what_waits_to_be_sent() -> None:
    assert steps_of_a_save(400) < 1.5 * steps_of_a_save(20)


def test_a_ledger_that_is_as_it_should_be_is_looked_at_in_few_statements() -> None:
    """However many types there are: every opening does it, and every call of the command line opens."""
    database = Database.open(None, bytes(32))
    schema.ensure(database, catalogue())
    statements: list[str] = []
    database.connection.set_trace_callback(statements.append)
    assert schema.ensure(database, catalogue()) == []
    # What a statement does within itself is traced behind two hyphens.
    assert len([s for s in statements if not s.startswith("--")]) < 10
    database.close()


def test_what_is_missing_in_a_ledger_is_made_and_what_nobody_reads_goes() -> None:
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    database.execute("DROP INDEX i_firm_unit")
    database.execute("CREATE INDEX i_firm_former ON r_firm (_number)")
    database.execute('ALTER TABLE r_firm DROP COLUMN "name"')
    assert schema.ensure(database, TYPES) == [("firm", "name")]
    indexes = {name for (name,) in database.rows("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert "i_firm_unit" in indexes
    assert "i_firm_former" not in indexes
    database.close()


def births_of_one(count: int) -> int:
    """The steps of as many births of one record, each with a name of its own; all are in dispute."""
    database = ledger_with_log(1)
    merger = Merger(database, TYPES)
    rows = [(record(1), UNIT, 100 + n, 100 + n, "王芳", f"公司{n}", n, None) for n in range(count)]
    merger.add_births(Births.of_rows("firm", COLUMNS["firm"], rows), 7)
    return steps_to_finish(database, merger, count)


def tombstones_of_one(count: int) -> int:
    """The steps of as many tombstones of one record that have seen nothing, and so are in dispute with its birth."""
    database = ledger_with_log(1)
    database.execute("INSERT INTO origin (ref, station, incarnation) VALUES (7, ?, ?)", ("a" * 64, "b" * 16))
    merger = Merger(database, TYPES)
    seen = canonical_tombstone([], [])
    merger.add_changes(
        Change(TOMBSTONE, "firm", record(1), UNIT, "_deleted", 100 + n, (), 7, 100 + n, "王芳", seen)
        for n in range(count)
    )
    return steps_to_finish(database, merger, count)


def steps_to_finish(database: Database, merger: Merger, count: int) -> int:
    """The steps of what was staged; all of it is in conflict."""
    told: list[Item] = []
    steps = steps_of(database, lambda: told.extend(merger.finish(0).conflict))
    assert len(told) == count
    database.close()
    return steps


@pytest.mark.parametrize("cost", [births_of_one, tombstones_of_one])
def test_what_is_said_of_one_record_again_and_again_is_not_compared_each_with_each(
    cost: Callable[[int], int],
) -> None:
    """Ten thousand births of one record, 100 KB on the wire, had kept their town busy for ten minutes."""
    assert cost(800) < 6 * cost(200)
