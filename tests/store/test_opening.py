"""What opening a ledger means on Windows: a file that does not open is let go of, and computers are told apart."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.store.tables.database import Database, LedgerDamaged, WrongKey
from desktop.store.workspaces import openings

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


class Registry:
    """What Windows knows of a computer, by the last word of the key."""

    HKEY_LOCAL_MACHINE = 0x80000002

    def __init__(self, **known: str) -> None:
        self._known = known

    @contextlib.contextmanager
    def OpenKey(self, _root: int, place: str) -> Iterator[str]:
        name = place.rpartition("\\")[2]
        if name not in self._known:
            raise FileNotFoundError(place)
        yield name

    def QueryValueEx(self, key: str, _name: str) -> tuple[str, int]:
        return self._known[key], 1


def test_computers_of_one_disk_image_are_told_apart_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")

    def computer(**known: str) -> str:
        monkeypatch.setitem(sys.modules, "winreg", Registry(**known))
        return openings.computer.__wrapped__()

    image = "11111111-2222"
    found = [computer(Cryptography=image, HardwareConfig=board) for board in ("{a}", "{b}", "{a}")]
    assert found[0] == found[2] != found[1]
    assert computer(Cryptography=image) not in found
    assert computer() not in found
