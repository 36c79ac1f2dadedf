"""A workspace that is being made: a mark stands in its folder until all is there, so that what was cut off is known."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from desktop.renaming import flush_folder, remove
from desktop.store.workspaces import openings
from desktop.store.workspaces.backups import BACKUPS
from desktop.store.workspaces.keys import FILE as KEY_SLOTS
from desktop.store.workspaces.unlocking import LEDGER, LOCK

MAKING: Final = "making"
"""An empty file."""
_OF_ENGINE: Final = (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", f"{LEDGER}-journal")


def begin(folder: Path) -> None:
    """Before anything else is written."""
    (folder / MAKING).touch()
    flush_folder(folder)


def end(folder: Path) -> None:
    """When everything stands."""
    remove(folder / MAKING)
    flush_folder(folder)


def is_unfinished(folder: Path) -> bool:
    """Whether the program ended between the two. One that was ever opened has a backup and is none, whatever stands."""
    mark = folder / MAKING
    if not mark.is_file() or mark.stat().st_size:
        # What has something in it, or is a folder, is somebody else's that is called so.
        return False
    return not ((folder / BACKUPS).exists() or (folder / openings.FILE).exists())


def take_away(folder: Path, *, but: str = "") -> None:
    """Removes the files of a workspace that could not be finished, ``but`` one that is held; the mark goes last."""
    files = (*_OF_ENGINE, KEY_SLOTS, f"{KEY_SLOTS}.new", LOCK, openings.FILE, MAKING)
    for name in (name for name in files if name != but):
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
