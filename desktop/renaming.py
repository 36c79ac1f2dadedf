"""A file takes another's place, whole or not at all, or goes; on Windows once whoever just looked at it lets go."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

_HELD: Final = frozenset({5, 32, 33})
"""Denied, sharing violation, lock violation ("System Error Codes"): what a scanner of new files causes for a moment."""
_WAITS: Final = (0.01, 0.05, 0.1, 0.2, 0.4)
"""Seconds before each further try; a program that works on a file has it for longer."""


def write_whole(path: Path, data: bytes, *, secret: bool = False) -> None:
    """Writes a file so that a power cut leaves the old or the new one, never half of it, and an error nothing beside.

    What is ``secret`` can be read by its owner alone.
    """
    take_place(write_beside(path, data, secret=secret), path)


def write_beside(path: Path, data: bytes, *, secret: bool) -> Path:
    """The file that is to take the place of another, whole on the disk; an error leaves nothing of it."""
    beside = path.with_name(path.name + ".new")
    try:
        with open(beside, "wb", opener=_for_owner if secret else None) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        drop(beside)
        raise
    return beside


def take_place(beside: Path, path: Path) -> None:
    """What was written beside a file takes its place, which needs no room on the disk."""
    try:
        replace(beside, path)
    except OSError:
        drop(beside)
        raise
    flush_folder(path.parent)


def drop(beside: Path) -> None:
    """What was written beside a file is not wanted after all."""
    with contextlib.suppress(OSError):
        beside.unlink()


def replace(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """As ``os.replace``; raises ``OSError``."""
    _patiently(lambda: os.replace(source, target))


def remove(path: str | os.PathLike[str]) -> None:
    """As ``os.remove``; raises ``OSError``."""
    _patiently(lambda: os.remove(path))


def is_held(error: OSError) -> bool:
    """Whether Windows says that another program has the file open, or may mean that."""
    return getattr(error, "winerror", None) in _HELD


def flush_folder(folder: Path) -> None:
    """Makes a renaming last through a power cut, where the system can: Windows and some sticks cannot.

    The file has its name by then, so nothing is told.
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _patiently(step: Callable[[], None]) -> None:
    for wait in _WAITS:
        try:
            step()
        except PermissionError as error:
            if not is_held(error):
                raise
            time.sleep(wait)
        else:
            return
    step()
