"""A workspace that is being made: a mark stands in its folder until all is there, so that what was cut off is known."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

from desktop.errors import StateProblem
from desktop.renaming import flush_folder, remove
from desktop.store.tables.database import ReadOnlyPlace
from desktop.store.workspaces import openings
from desktop.store.workspaces.backups import BACKUPS
from desktop.store.workspaces.keys import FILE as KEY_SLOTS
from desktop.store.workspaces.places import take_lock
from desktop.store.workspaces.unlocking import LEDGER, LOCK

MAKING: Final = "making"
"""An empty file."""
_OF_ENGINE: Final = (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", f"{LEDGER}-journal")
_NOBODYS: Final = frozenset({LOCK, "desktop.ini", "thumbs.db"})


class AlreadyThere(StateProblem):
    """A workspace would be written over."""

    exit_code = 22
    next_step = "请换一个空文件夹。"


class NotEmpty(StateProblem):
    """A workspace would begin among the files of others."""

    exit_code = 22
    next_step = "台账要单独放一个文件夹：请换一个空文件夹，或者在后面写上一个新文件夹的名字。"


def clear_place(folder: Path) -> bool:
    """An empty folder in which a workspace may begin; whether it was there before.

    What was left half made there goes. Raises :class:`AlreadyThere`, :class:`NotEmpty`, ``InUse``, ``ReadOnlyPlace``.
    """
    if is_unfinished(folder):
        # Unless another program is making it at this moment, or has come to its end by now.
        with take_lock(folder / LOCK):
            if is_unfinished(folder):
                take_away(folder, but=LOCK)
    refuse_another(folder)
    if others := others_in(folder):
        more = "等" if len(others) > 1 else ""
        raise NotEmpty(f"文件夹“{folder.name or folder}”里已经有别的文件（“{others[0]}”{more}）。")
    there = folder.exists()
    try:
        # What is encrypted needs no further lock, but nobody else of this computer has to see that it is there.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ReadOnlyPlace("不能在这里建立文件夹。") from error
    return there


def refuse_another(folder: Path) -> None:
    """Raises :class:`AlreadyThere` where a workspace stands."""
    if (folder / LEDGER).exists():
        raise AlreadyThere("这个文件夹里已经有一份台账。")


def others_in(folder: Path) -> list[str]:
    """The names of what a folder holds for people: without a lock that was left and what systems leave behind."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError:
        # None is there, or it cannot be looked into: making one in it says why.
        return []
    return [name for name in names if not name.startswith(".") and name.lower() not in _NOBODYS]


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
