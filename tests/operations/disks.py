"""Disks that are full or gone when a ledger is to be opened."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest

from desktop.store.workspaces import unlocking


def let_fail(monkeypatch: pytest.MonkeyPatch, error: Exception, free: int | None = 0) -> None:
    """From now on a ledger does not open as usual, on a disk with so much room."""

    def fail(_path: Path, _key: bytes) -> NoReturn:
        raise error

    def room(_folder: Path) -> SimpleNamespace:
        if free is None:
            raise OSError(errno.EIO, "gone")
        return SimpleNamespace(free=free)

    monkeypatch.setattr(unlocking, "open_ledger", fail)
    monkeypatch.setattr("desktop.store.workspaces.places.shutil.disk_usage", room)
