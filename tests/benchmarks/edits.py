"""Later edits of the synthetic district's stations, some of fields that the desk has edited meanwhile."""

from __future__ import annotations

import dataclasses
import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.operations.session import open_session
from desktop.records.declaration import DELETED_SLOT
from desktop.records.types import catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import Cell, parse
from desktop.records.versions.items import Head, Replaced
from desktop.records.versions.resolution import canonical_tombstone
from desktop.store.ledger import SlotEdit
from tests.benchmarks import district
from tests.benchmarks.district import Row, Sender, stamp_of
from tests.operations.stations import repeatable

FIELDS = {
    "enterprise": ("grid", "industry"),
    "member": ("education", "phone"),
    "meeting": ("venue", "host"),
    "attendance": ("sequence", "phone"),
}
"""What is edited of each type; each of these fields is a slot of its own, so two changes a row."""
DELETED = 501
"""The place of the row that three stations in five delete: a member that nobody edits."""
NEW = 3


@dataclass(frozen=True, slots=True)
class Edit:
    """Another value for one field of a record; ``number`` is that of the record's birth."""

    number: int
    type: str
    record: str
    field: str
    value: Cell


def edits_of(rows: Sequence[Row], every: int, start: int) -> list[Edit]:
    """Both fields of one row in so many, beginning with the row at ``start``."""
    return [
        Edit(place + 1, name, record, field, _another(values[field], "9"))
        for place, (name, record, _, values) in list(enumerate(rows))[start::every]
        for field in FIELDS[name]
    ]


def add_edits(sender: Sender, edits: Sequence[Edit]) -> None:
    """Appends the lines of edits by one who saw the births and nothing else."""
    types = catalogue()
    for edit in edits:
        sender.last += 1
        head = _head(sender, items.CHANGE, edit.type, edit.record, edit.field, stamp_of(sender, edit.number))
        personal = types[edit.type].slots[edit.field].personal
        sender.lines.append(
            (sender.last, items.change_line(head, edit.value, items.sealed() if personal else None))
        )


def add_growth(sender: Sender, rows: Sequence[Row], number: int) -> None:
    """Appends the lines of new rows and of a deletion."""
    district.birth_lines(sender, new_rows(sender.unit, number))
    for name, record, *_ in deleted_rows(rows, number):
        sender.last += 1
        seen = parse(canonical_tombstone([], [stamp_of(sender, DELETED + 1)]))
        head = _head(sender, items.TOMBSTONE, name, record, DELETED_SLOT)
        sender.lines.append((sender.last, items.change_line(head, seen, None)))


def new_rows(unit: str, number: int) -> list[Row]:
    """Some attendances more."""
    rnd = random.Random(-number)
    course = hashlib.md5(f"c{number}".encode()).hexdigest()
    return [
        (
            "attendance",
            hashlib.md5(f"n{number}.{i}".encode()).hexdigest(),
            unit,
            district.attendance(rnd, 1_000 + i, course),
        )
        for i in range(NEW)
    ]


def deleted_rows(rows: Sequence[Row], number: int) -> Sequence[Row]:
    """What a station deletes: one row, or none."""
    return [rows[DELETED]] if number % 5 < 3 else []


def at_the_desk(folder: Path, made: Iterable[Edit]) -> list[Edit]:
    """The desk's own edits of the same fields, with other values: each becomes a conflict when the station's comes."""
    own = [dataclasses.replace(e, value=_another(e.value, "8")) for e in made]
    desk = open_session(folder / "desk", "区总", "password1", repeatable("edits of the desk"))
    desk.ledger.write(
        "核对", desk.operator.name, edits=[SlotEdit(e.type, e.record, e.field, e.value) for e in own]
    )
    desk.workspace.close()
    return own


def _another(value: Cell, digit: str) -> Cell:
    return value + 1 if isinstance(value, int) else f"{value}{digit}"


def _head(sender: Sender, kind: str, type_name: str, record: str, slot: str, *replaced: int) -> Head:
    stamp = stamp_of(sender, sender.last)
    seen = tuple(map(Replaced, replaced))
    return Head(kind, type_name, record, sender.unit, slot, stamp, seen, sender.last, "王芳")
