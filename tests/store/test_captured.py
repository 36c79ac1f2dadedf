"""Rows that changed are caught whatever their table and however many, and put back as they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.workspaces.captured import Capture, put_back
from tests.store.world import TYPES

MANY = 200
"""More rows than are asked for at once."""

Step = tuple[str, Sequence[object]]


def made() -> Database:
    found = Database.open(None, bytes(32))
    schema.ensure(found, TYPES)
    return found


def note(number: int, value: str) -> Step:
    return (
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (f"key {number}", value),
    )


def received(number: int, value: str) -> Step:
    return "INSERT OR REPLACE INTO received VALUES (?, ?, ?)", (number % 3, number, number + len(value))


def spaced(number: int) -> int:
    """A gap behind every sixth, so that rows stand in spans of several."""
    return number + 2 * (number // 6)


def answer(number: int, value: str) -> Step:
    return (
        "INSERT OR REPLACE INTO answer VALUES (?, 'i', ?, ?, 'reason', ?)",
        (f"station {number // 6 % 2}", spaced(number), value, f"issuer {number % 3}"),
    )


TABLES: dict[str, Callable[[int, str], Step]] = {"meta": note, "received": received, "answer": answer}
GONE = {
    "meta": lambda n: ("DELETE FROM meta WHERE key = ?", (f"key {n}",)),
    "received": lambda n: ("DELETE FROM received WHERE first = ?", (n,)),
    "answer": lambda n: ("DELETE FROM answer WHERE number = ?", (spaced(n),)),
}


def rows(database: Database, table: str) -> list[tuple[object, ...]]:
    return sorted(database.rows(f"SELECT * FROM {table} WHERE 1"), key=repr)


def replayed(before: Sequence[Step], steps: Sequence[Step]) -> tuple[Database, Database]:
    """A database after the steps, and one that stood where it began and had what was caught of them put back."""
    here, there = made(), made()
    for database in (here, there):
        for step in before:
            database.execute(*step)
    capture = Capture(here)
    capture.start()
    for step in steps:
        here.execute(*step)
    list(put_back(there, capture.texts()))
    return here, there


@pytest.mark.parametrize("table", TABLES)
def test_many_rows_are_caught_changed_and_gone(table: str) -> None:
    write, gone = TABLES[table], GONE[table]
    before = [write(n, "then") for n in range(MANY)]
    steps = [write(n, "now") for n in range(MANY // 2, 2 * MANY)] + [gone(n) for n in range(0, MANY, 2)]
    here, there = replayed(before, steps)
    assert len(rows(here, table)) >= MANY
    assert rows(here, table) == rows(there, table)


@given(
    before=st.lists(st.tuples(st.sampled_from(sorted(TABLES)), st.integers(0, 9)), max_size=12),
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(TABLES)), st.integers(0, 9), st.sampled_from(["", "a", "bb"]))
    ),
)
def test_whatever_is_done_is_put_back(
    before: list[tuple[str, int]], steps: list[tuple[str, int, str]]
) -> None:
    here, there = replayed(
        [TABLES[table](number, "then") for table, number in before],
        [TABLES[table](n, value) if value else GONE[table](n) for table, n, value in steps],
    )
    for table in TABLES:
        assert rows(here, table) == rows(there, table)
