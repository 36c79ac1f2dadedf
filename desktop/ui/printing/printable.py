"""What the preview is given: how pages are made, let out and saved, and for which days."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from desktop.operations.session import Session
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database


@dataclass(frozen=True)
class Released:
    """What an operation let out to be printed or saved: the pages, and what it changed by noting that."""

    data: bytes
    changes: ChangeSet = field(default_factory=ChangeSet)


@dataclass(frozen=True)
class PrintJob:
    """Something to look at and perhaps to print.

    ``render`` makes the pages to look at. ``release`` makes the final ones and records that they were printed; it
    raises where that is not lawful. ``save`` writes them as a file into a folder and records it likewise, ``word``
    as a Word file to be edited, ``table`` as a workbook. Without ``release`` it can only be looked at, and ``why_not``
    says why. ``look`` makes the pages to look at from a reader's connection instead, where that takes long: nothing
    that is saved waits for it, and it is given up when nobody waits for it any more. ``more`` is the same with what
    belongs to it, by what a box to tick calls that. ``beside`` is the folder of the file that it is about, if any.
    """

    title: str
    render: Callable[[Session], bytes]
    release: Callable[[Session], Released] | None = None
    save: Callable[[Session, Path], tuple[Path, ChangeSet]] | None = None
    word: Callable[[Session, Path], tuple[Path, ChangeSet]] | None = None
    table: Callable[[Session, Path], tuple[Path, ChangeSet]] | None = None
    why_not: str = ""
    look: Callable[[Database], bytes] | None = None
    more: tuple[str, PrintJob] | None = None
    beside: Path | None = None


@dataclass(frozen=True)
class Periodical:
    """A job that is about days, and with ``units`` about a unit (its id, "" for the own one); both can be changed."""

    first: datetime.date
    last: datetime.date
    job: Callable[[datetime.date, datetime.date, str], PrintJob]
    units: bool = False
