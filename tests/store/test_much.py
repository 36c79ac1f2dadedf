"""What a transaction that writes much may take, and that nothing of it outlasts the transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.store.tables import database as module
from desktop.store.tables.database import Database


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(module, "LOG_PAGES", 20)
    found = Database.open(tmp_path / "ledger.db", bytes(32), create=True)
    found.execute("CREATE TABLE text (value TEXT)")
    yield found
    found.close()


def write(database: Database, megabytes: float, *, much: bool) -> None:
    with database.transaction():
        if much:
            database.expect_much()
        database.execute("INSERT INTO text VALUES (?)", ("字" * int(megabytes * 350_000),))


def size(database: Database) -> int:
    assert database.path is not None
    return database.path.stat().st_size


def test_what_writes_much_is_copied_into_the_file_by_whoever_comes_next(database: Database) -> None:
    before = size(database)
    write(database, 1, much=True)
    assert size(database) == before, "nobody waited for it"
    assert database.value("SELECT length(value) FROM text") == 350_000
    write(database, 0.01, much=False)
    assert size(database) > 1_000_000
    write(database, 1, much=False)
    assert size(database) > 2_000_000


def test_more_memory_is_taken_for_one_transaction_whether_it_stands_or_not(database: Database) -> None:
    usual = database.value("PRAGMA cache_size")
    taken = []
    with database.transaction():
        database.expect_much()
        taken.append(database.value("PRAGMA cache_size"))
    assert database.value("PRAGMA cache_size") == usual
    with contextlib.suppress(KeyError), database.transaction():
        database.expect_much()
        raise KeyError
    assert database.value("PRAGMA cache_size") == usual
    assert abs(taken[0]) > abs(usual)
