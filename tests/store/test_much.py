"""What a transaction that writes much may take, and that nothing of it outlasts the transaction."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.records.types import catalogue
from desktop.store.tables import database as module
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from tests.benchmarks.child import peak_mb


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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how often a file is read")
def test_who_builds_the_indexes_of_a_table_reads_it_twice_and_not_once_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("CACHE_KIB", 2_048), ("CACHE_OF_MUCH_KIB", 6_144), ("CACHE_TO_WRITE_KIB", 256)):
        monkeypatch.setattr(module, name, size)
    types = {"member": catalogue()["member"]}
    database = Database.open(tmp_path / "ledger.db", bytes(32), create=True)
    schema.ensure(database, types)
    with database.transaction():
        schema.drop_indexes(database, types)
        database.connection.executemany(
            "INSERT INTO r_member (id, unit, _stamp, _origin, _number, _operator, _sort, name, id_number)"
            " VALUES (randomblob(16), 1, ?1, 1, ?1, 'x', ?1, ?2, ?1)",
            ((number, "字" * 60) for number in range(10_000)),
        )
        pages = database.value("PRAGMA page_count")
        before = reads()
        schema.make_indexes(database, types)
        found = reads() - before
    assert database.value("SELECT count(*) FROM pragma_index_list('r_member')") > 6
    assert found < 2.5 * pages
    database.close()


def reads() -> int:
    """How often this thread has read from files until now."""
    said = dict(line.split(": ") for line in Path("/proc/thread-self/io").read_text("ascii").splitlines())
    return int(said["syscr"])


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory is held is told otherwise there")
def test_a_file_is_written_anew_without_being_in_memory(database: Database) -> None:
    """Whoever erased a phone in a ledger of a gigabyte needed 1 300 MB."""
    database.execute("PRAGMA cache_size = -1000")
    for _ in range(20):
        database.execute("INSERT INTO text VALUES (?)", ("字" * 700_000,))
    database.execute("DELETE FROM text WHERE rowid = 1")
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = peak_mb()
    assert database.shred()
    assert size(database) > 35_000_000
    assert peak_mb() - before < 20
