"""A disk without room: a ledger that does not open for it says what to do, and what to leave alone."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from desktop.operations.session import open_session
from desktop.store import workspace
from desktop.store.database import DiskTrouble
from desktop.store.places import NoRoomToOpen
from tests.cli.calling import OPERATOR, PASSWORD, make


@pytest.mark.parametrize(
    ("error", "free", "told"),
    [
        (sqlcipher.OperationalError("disk I/O error"), 0, NoRoomToOpen),
        (sqlcipher.OperationalError("database or disk is full"), 0, NoRoomToOpen),
        (OSError(errno.ENOSPC, "no space"), 0, NoRoomToOpen),
        (sqlcipher.OperationalError("disk I/O error"), 1 << 30, DiskTrouble),
        (sqlcipher.OperationalError("disk I/O error"), None, DiskTrouble),
    ],
    ids=["input and output", "full", "of the system", "room enough", "nobody knows"],
)
def test_a_full_disk_is_called_full_when_a_ledger_does_not_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, free: int | None, told: type[Exception]
) -> None:
    """The engine says "disk I/O error" then; a person has to know what to do, and what to leave alone."""
    folder = make(tmp_path / "town")

    def fail(_path: Path, _key: bytes) -> NoReturn:
        raise error

    def room(_folder: Path) -> SimpleNamespace:
        if free is None:
            raise OSError(errno.EIO, "gone")
        return SimpleNamespace(free=free)

    monkeypatch.setattr(workspace, "_open_ledger", fail)
    monkeypatch.setattr("desktop.store.places.shutil.disk_usage", room)
    with pytest.raises(told) as problem:
        open_session(folder, OPERATOR, PASSWORD)
    assert ("一个也不要删" in str(problem.value)) is (told is NoRoomToOpen)
