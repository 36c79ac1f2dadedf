"""Takes a workspace off a disk for good: the key slots first, which makes all the rest unreadable, then every file.

Files are overwritten before they are taken away. A disk that spreads its writes (a solid-state disk, a stick) may keep
older blocks all the same; what they hold is encrypted with a key that stood in the key slots alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.renaming import remove, write_whole
from desktop.store.workspaces import attempts, openings
from desktop.store.workspaces.backups import BACKUPS
from desktop.store.workspaces.keys import FILE as KEY_SLOTS
from desktop.store.workspaces.places import take_lock
from desktop.store.workspaces.unlocking import LEDGER, LOCK
from desktop.store.workspaces.workspace import DRAFTS

BEGUN: Final = "wiping"
"""Stands in a workspace whose wiping has begun: after it nothing of it opens, and it is gone on with, not repaired.

It holds which word lies ready elsewhere to be said when nothing is left: keys and ledger cannot tell any more.
"""
NUMBERS: Final = "numbers.jsonl"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Wiped:
    """How many files were destroyed, and the names of what is somebody's else and was left in the folder."""

    destroyed: int
    left: tuple[str, ...]


def has_begun(folder: Path) -> bool:
    """Whether the wiping of this workspace was interrupted."""
    return (folder / BEGUN).exists()


def word_of(folder: Path) -> str:
    """The digest of the word that waits for the end of a wiping that was interrupted; empty where there is none."""
    return (folder / BEGUN).read_text("ascii") if has_begun(folder) else ""


def wipe(folder: Path, word: str = "") -> Wiped:
    """Destroys a workspace that nobody has open; a second call goes on where one was interrupted.

    ``word`` is the digest of the word that it was wiped. Raises ``InUse`` and ``OSError``.
    """
    destroyed = 0
    with take_lock(folder / LOCK):
        if not has_begun(folder):
            (folder / BEGUN).touch()
            # A full disk may have no room for it: better to wipe and not to know the word than not to wipe.
            with contextlib.suppress(OSError):
                write_whole(folder / BEGUN, word.encode())
        for path in list(_files(folder)):
            _destroy(path)
            destroyed += 1
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder / BACKUPS)
    for name in (LOCK, f"{BEGUN}.new", BEGUN):
        (folder / name).unlink(missing_ok=True)
    left = tuple(sorted(path.name for path in folder.iterdir()))
    if not left:
        folder.rmdir()
    return Wiped(destroyed, left)


def _files(folder: Path) -> Iterator[Path]:
    """Everything that a workspace has made, the key slots first."""
    names = [KEY_SLOTS, attempts.FILE, openings.FILE, NUMBERS]
    # A restore that was interrupted leaves a ledger beside, which may have a log of its own.
    names += [
        name + ending
        for name in (LEDGER, f"{LEDGER}.new", DRAFTS)
        for ending in ("", "-wal", "-shm", "-journal")
    ]
    for name in names:
        yield from (path for path in (folder / name, folder / f"{name}.new") if path.is_file())
    yield from (path for path in sorted((folder / BACKUPS).rglob("*")) if path.is_file())


def _destroy(path: Path) -> None:
    """Zeros over the whole file, on the disk, before its name goes."""
    path.chmod(0o600)  # what came from a disc may only be read, and Windows keeps such a file
    with open(path, "r+b") as file:
        left = file.seek(0, os.SEEK_END)
        file.seek(0)
        while left > 0:
            left -= file.write(bytes(min(left, _CHUNK)))
        file.flush()
        os.fsync(file.fileno())
    remove(path)
