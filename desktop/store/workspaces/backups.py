"""Which backups a workspace has, each a whole copy with the journal after it, and which of them have had their time."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.records.typed.dates import CHINA
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import journal

BACKUPS: Final = "backups"
KEPT_DAYS: Final = 14
KEPT_LAST: Final = 3
"""So many of the newest are kept whatever their day: after a wrong restore there is a way back."""
BEFORE_COPY: Final = "复制前"
"""The folder in which a copy keeps the backups of the workspace that it was copied from."""
REPLACED: Final = "恢复前-"
KEPT_REPLACED_MS: Final = 30 * 86_400_000
"""Ledgers that a restore has replaced are kept for so long, and the newest :data:`KEPT_LAST` for ever."""
_PAGE: Final = 4_096
_REPLACED_NAME: Final = re.compile(rf"{REPLACED}(\d{{1,15}})\.db")
_NAME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-(\d+))?\.db")


@dataclass(frozen=True, slots=True)
class Backup:
    """A whole copy of a ledger, and the journal that goes on from it where there is one."""

    path: Path
    day: datetime.date
    part: int
    number: int

    @property
    def journal(self) -> Path:
        """Where its journal stands, if it has one."""
        return self.path.with_suffix(".journal")

    @property
    def followed(self) -> bool:
        """Whether a journal goes on from it. Whose it is only the key can tell, once it is restored."""
        return self.number > 0

    @property
    def size(self) -> int:
        """Bytes of both."""
        return sum(p.stat().st_size for p in (self.path, self.journal) if p.exists())

    @property
    def until(self) -> datetime.datetime:
        """When something was last written to it."""
        newest = max(p.stat().st_mtime for p in (self.path, self.journal) if p.exists())
        return datetime.datetime.fromtimestamp(newest, CHINA)


def backups_of(workspace: Path) -> list[Backup]:
    """The backups of a workspace, newest first: by their numbers, because clocks are wrong at times.

    One that has lost its journal has lost its number with it, and stands where its name puts it.
    """
    found = []
    for path in (workspace / BACKUPS).glob("*.db"):
        match = _NAME.fullmatch(path.name)
        if match is not None:
            with contextlib.suppress(ValueError):
                day = datetime.date.fromisoformat(match[1])
                number = journal.number_of(path.with_suffix(".journal"))
                found.append(Backup(path, day, int(match[2] or 1), number))
    order = sorted((b for b in found if b.followed), key=lambda b: b.number)
    for alone in sorted((b for b in found if not b.followed), key=_named):
        older = [place for place, b in enumerate(order, 1) if _named(b) < _named(alone)]
        order.insert(max(older, default=0), alone)
    return order[::-1]


def most(found: Sequence[Backup]) -> Backup:
    """Which of the backups, newest first, brings back most: one with a journal may go on longer than the newest."""
    going = next((b for b in found if b.followed), found[0])
    return going if going.until > found[0].until else found[0]


def followed(workspace: Path) -> Backup | None:
    """The newest backup whose number is known: only with that one may be gone on, and it is never an older one."""
    return next((b for b in backups_of(workspace) if b.followed), None)


def _named(backup: Backup) -> tuple[datetime.date, int]:
    return backup.day, backup.part


def last_day(workspace: Path, today: datetime.date) -> datetime.date | None:
    """The newest day in the names of the backups, of which a day may have several; no file is opened for it.

    Days after today were named by a clock that was wrong: they count only where there is no other.
    """
    days = []
    for path in (workspace / BACKUPS).glob("*.db"):
        if (match := _NAME.fullmatch(path.name)) is not None:
            with contextlib.suppress(ValueError):
                days.append(datetime.date.fromisoformat(match[1]))
    return max((day for day in days if day <= today), default=max(days, default=None))


def mark_of(path: Path) -> bytes:
    """What tells a backup from any other file: the engine writes its first page with a random vector of its own."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read(_PAGE)).digest()


def prune(workspace: Path, now: int) -> None:
    """Takes away what is too old: the last of each day stays, and the newest whatever their day.

    One without a number whose day is still to come was named by a clock that was wrong: it is the first to go, or what
    was erased since would stay in it for years.
    """
    days: set[datetime.date] = set()
    today = Environment.day_of(now)
    known = sorted(backups_of(workspace), key=lambda b: not b.followed and b.day > today)
    kept = set()
    for place, backup in enumerate(known):
        last_of_day = backup.day not in days and len(days) < KEPT_DAYS
        days.add(backup.day)
        if last_of_day or place < KEPT_LAST:
            kept.add(backup.path.stem)
    for path in (workspace / BACKUPS).iterdir():
        stem = path.name.partition(".")[0]
        if _NAME.fullmatch(f"{stem}.db") and stem not in kept:
            # A file that another program holds open stays until the next time.
            with contextlib.suppress(OSError):
                path.unlink()
    prune_replaced(workspace, now)


def prune_replaced(workspace: Path, now: int) -> None:
    """Takes away the ledgers that were replaced long ago, by the moment in their names, with what belongs to them."""
    found = sorted(
        (int(match[1]), path.name)
        for path in (workspace / BACKUPS).glob(f"{REPLACED}*.db")
        if (match := _REPLACED_NAME.fullmatch(path.name)) is not None
    )
    for at, name in found[:-KEPT_LAST]:
        if now - at > KEPT_REPLACED_MS:
            for part in ("-wal", "-shm", ""):
                # A file that another program holds open stays until the next time.
                with contextlib.suppress(OSError):
                    (workspace / BACKUPS / f"{name}{part}").unlink(missing_ok=True)
