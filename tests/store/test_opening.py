"""A file that does not open is let go of: Windows moves none that somebody has open, and a restore has to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.store.database import Database, LedgerDamaged, WrongKey

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("kept", "key", "problem"),
    [(100, KEY, WrongKey), (2 * 4096, KEY, LedgerDamaged), (None, b"?" * 32, WrongKey)],
    ids=["no database", "cut off", "another key"],
)
def test_a_file_that_does_not_open_is_not_held_by_who_keeps_the_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int | None, key: bytes, problem: type[Exception]
) -> None:
    path, connections = tmp_path / "ledger.db", list[Any]()
    database = Database.open(path, KEY, create=True)
    database.execute("CREATE TABLE a (b)")
    database.execute("INSERT INTO a VALUES (zeroblob(20000))")
    database.close()
    path.write_bytes(path.read_bytes()[:kept])
    begin = Database.__init__

    def noted(self: Database, connection: object, path: Path | None) -> None:
        begin(self, connection, path)
        connections.append(connection)

    monkeypatch.setattr(Database, "__init__", noted)
    with pytest.raises(problem):
        Database.open(path, key)
    (connection,) = connections
    with pytest.raises(Exception, match="closed database"):
        connection.execute("SELECT 1")
