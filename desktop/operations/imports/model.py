"""What an import says about a workbook: its columns, each row's outcome with notes on its cells, and counts."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

import msgspec

from desktop.documents.workbooks.cells import Row
from desktop.errors import StateProblem
from desktop.records.versions.canonical import Cell

Progress = Callable[[int, int, str], None]
"""Called with done, total (0 when it is not known yet) and what is being done."""
Cancelled = Callable[[], bool]
"""Asked now and then whether to stop; nothing has been written then."""


TOWN = "town"


class Stopped(StateProblem):
    """The user cancelled; nothing was written."""

    next_step = "没有写入任何内容，可以重新导入。"


class Watch:
    """Tells progress and asks whether to stop."""

    def __init__(self, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self._progress = progress
        self._cancelled = cancelled

    def step(self, done: int, total: int, words: str) -> None:
        if self._cancelled is not None and self._cancelled():
            raise Stopped("已取消导入。")
        if self._progress is not None:
            self._progress(done, total, words)


class Outcome(enum.StrEnum):
    """What becomes of a row. The six add up to the rows of the table."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DUPLICATE = "duplicate"
    DELETED = "deleted"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """The word for it."""
        return _LABELS[self]


_LABELS = {
    Outcome.NEW: "新增",
    Outcome.CHANGED: "修改",
    Outcome.SAME: "没有变化",
    Outcome.DUPLICATE: "与前面的行相同",
    Outcome.DELETED: "以前删除过",
    Outcome.REJECTED: "没有导入",
}


class Weight(enum.StrEnum):
    """How a note weighs: the cell or row was left out, a check asks for a reason, or something was put right."""

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"


OF_ANOTHER = "这个证件号码在本机是"
"""Begins what is said of a row that would give the record of a document number another name."""


class Note(msgspec.Struct, frozen=True):
    """A word on a row. ``column`` is the place of the cell from 0, or -1 for the whole row."""

    text: str
    weight: Weight = Weight.NOTE
    column: int = -1
    field: str = ""

    @property
    def asks_at_cell(self) -> bool:
        """Whether it is a warning about one cell."""
        return self.weight is Weight.WARNING and self.column >= 0


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that the import would change in a record that is held."""

    type: str
    field: str
    before: Cell
    after: Cell


class Part(msgspec.Struct, eq=False):
    """What a row says of one record.

    ``values`` are read; ``words`` of links and places, with their column, are still to be found; ``weak`` values
    follow from others and only fill what is empty. ``place_reason`` says why there is no town; ``unit`` is the unit
    that the row names for the record.
    """

    values: dict[str, Cell]
    weak: dict[str, Cell] = {}
    words: dict[str, tuple[str, int]] | None = None
    place_reason: str = ""
    unit: str = ""

    def without(self, *names: str) -> Part:
        """The part without some fields; itself it stays, as the row may be matched anew."""
        values, weak = (
            {n: v for n, v in said.items() if n not in names} for said in (self.values, self.weak)
        )
        return msgspec.structs.replace(self, values=values, weak=weak)


class RowResult(msgspec.Struct, eq=False):
    """One row: its number in the sheet, what becomes of it, and the record it was matched with.

    ``parts`` follow the types that the table fills, its own type first. ``said`` are the notes of reading, ``found``
    those of matching. ``went_in`` is the reason why a row came back that is in all the same, where the table is such a
    report. ``idle`` are the columns whose cells change nothing in a record that is held. There are as many of these
    objects as rows, so what most rows do not need is shared.
    """

    number: int
    cells: Row
    parts: tuple[Part, ...]
    said: Sequence[Note] = ()
    found: Sequence[Note] = ()
    changes: Sequence[FieldChange] = ()
    outcome: Outcome = Outcome.SAME
    record: str = ""
    went_in: str = ""
    idle: Set[int] = frozenset()

    @property
    def notes(self) -> list[Note]:
        """Everything that is said about the row, beside how a cell was read that nothing is saved of."""
        nothing = self.outcome in (Outcome.REJECTED, Outcome.DELETED)
        said = [
            n for n in self.said
            if n.weight is not Weight.NOTE or n.column < 0 or not (nothing or n.column in self.idle)
        ]  # fmt: skip
        return [*said, *self.found]

    @property
    def returned(self) -> bool:
        """Whether the row, or one of its cells, was left out and is to be corrected."""
        if self.outcome is Outcome.REJECTED:
            return True
        # What matching finds is no problem unless it refuses the row; and most notes of reading are none.
        for note in self.said:  # noqa: SIM110  (asked of every row several times, and any() takes twice as long)
            if note.weight is Weight.PROBLEM:
                return True
        return False

    @property
    def asked(self) -> bool:
        """Whether all of the row goes in, and a cell of it asks for a look."""
        if self.outcome is Outcome.DELETED or self.returned:
            return False
        return any(n.asks_at_cell for notes in (self.said, self.found) for n in notes)

    @property
    def doubts(self) -> list[Note]:
        """The warnings beside that of a town which is not certain: those rows have a list of their own."""
        return [
            n for notes in (self.said, self.found) for n in notes
            if n.weight is Weight.WARNING and n.field != TOWN
        ]  # fmt: skip

    def say(self, note: Note) -> None:
        """Adds a note of reading."""
        self.said = (*self.said, note)

    def tell(self, note: Note) -> None:
        """Adds a note of matching."""
        self.found = (*self.found, note)

    def refuse(self, text: str) -> None:
        """Leaves the row out, with the reason."""
        self.outcome = Outcome.REJECTED
        self.tell(Note(text, Weight.PROBLEM))

    def forget(self) -> None:
        """Makes the row ready to be matched anew."""
        self.found, self.changes, self.outcome, self.record = (), (), Outcome.SAME, ""
        self.idle = frozenset()


class Candidate(msgspec.Struct, eq=False):
    """A row with the part of it that is to be matched."""

    row: RowResult
    part: Part

    @property
    def values(self) -> dict[str, Cell]:
        """What the row says of the record."""
        return self.part.values


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """One column of the sheet. ``target`` is the field it goes to, ``label`` that field's words.

    A column without a target was not recognised, or may not be written here (``reason``); ``proposed`` is what its
    header may mean. One of codes may only be held against a link that another column names: ``checks`` is its label.
    ``samples`` are the first values, so that a person can decide.
    """

    index: int
    header: str
    target: str | None = None
    label: str = ""
    confidence: float = 0.0
    proposed: str | None = None
    proposed_label: str = ""
    reason: str = ""
    counts_rows: bool = False
    checks: str = ""
    samples: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people call it: its header in quotes, or its place."""
        return f"“{self.header}”" if self.header else f"第{self.index + 1}列"


@dataclass(frozen=True, slots=True)
class NationalExport:
    """The file is the national real-name system's own export: its records stand there since ``date``."""

    date: datetime.date
    batch: str = ""


@dataclass(frozen=True)
class Options:
    """How an import goes about it.

    ``fixed`` gives fields of the type a value for every row (the union of a list of members, say), ``whole`` only to
    rows that say nothing there (the group and the day that a whole table is about). ``fill_only``
    leaves every value that is held as it is. ``revive`` brings back records that were deleted here. ``by_town``
    gives new records to the unit of their town where the tree has one below this unit. ``batch`` names the source
    in new records, the file's name by default. ``national`` marks records as entered in the national system.
    """

    fixed: Mapping[str, Cell] = field(default_factory=dict)
    whole: Mapping[str, Cell] = field(default_factory=dict)
    fill_only: bool = False
    revive: bool = False
    by_town: bool = True
    batch: str | None = None
    national: NationalExport | None = None


@dataclass(frozen=True)
class Counts:
    """How many rows came to which end. ``partial`` are rows that went in without one of their cells."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    duplicate: int = 0
    deleted: int = 0
    rejected: int = 0
    partial: int = 0
    without_town: int = 0

    @classmethod
    def of(cls, rows: Sequence[RowResult], without_town: int = 0) -> Counts:
        """The counts of these rows."""
        outcomes = [row.outcome for row in rows]
        partial = sum(r.returned for r in rows if r.said and r.outcome is not Outcome.REJECTED)
        ends = {outcome.value: outcomes.count(outcome) for outcome in Outcome}
        return cls(rows=len(rows), partial=partial, without_town=without_town, **ends)

    def __str__(self) -> str:
        words = [f"共{self.rows}行"]
        for outcome in Outcome:
            if count := getattr(self, outcome.value):
                words.append(f"{outcome.label}{count}行")
        if self.partial:
            words.append(f"导入的行中{self.partial}行有个别格没有导入")
        if self.without_town:
            words.append(f"{self.without_town}行没有确定镇街")
        return "，".join(words)
