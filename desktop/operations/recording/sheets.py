"""A page of rows, new, changed and removed, is saved as one operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.operations.recording import admitting, records
from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.records.typed.lengths import check_lengths
from desktop.records.versions.canonical import Values
from desktop.store.ledger import ChangeSet, Deletion, NewRecord, SlotEdit


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet that is to be saved: a new record, or fields of the record that it shows."""

    type: str
    values: Values
    record: str | None = None


@dataclass(frozen=True)
class SheetSaved:
    """The records in the order of the lines, and what changed."""

    records: tuple[str, ...]
    changes: ChangeSet


def save_sheet(
    session: Session, name: str, lines: Sequence[Line], removed: Sequence[Deletion] = ()
) -> SheetSaved:
    """Saves new rows, changed rows and removed rows of one page as one operation, which one undo takes back.

    A new row belongs to its parent's unit. Raises ``NotFound`` where that is not here, ``WrongClock``, and like
    ``records.save`` for who has no right and for what is another's, deleted or finished; what the program reckons
    is among its cells, as it is shown in them.
    """
    births: list[NewRecord] = []
    edits: list[SlotEdit] = []
    ids = []
    for line in lines:
        record_type = session.types[line.type]
        values = {key: records.tidy(value) for key, value in line.values.items()}
        admitting.check_rights(session, record_type, values)
        admitting.check_parent(session, record_type, values)
        ids.append(line.record or records.new_record_id(session, record_type, values))
        if line.record is None:
            check_lengths(record_type, values)
            births.append(NewRecord(line.type, ids[-1], _unit_of(session, record_type, values), values))
        else:
            admitting.check_place(session, record_type, line.record)
            admitting.check_unlocked(session, record_type, line.record, values)
            admitting.check_named(session, record_type, line.record, values)
            admitting.check_lengths(session, record_type, line.record, values)
            edits += records.slot_edits(session, record_type, line.record, values)
    admitting.check_units(session, {birth.unit for birth in births})
    for deletion in removed:
        record_type = session.types[deletion.type]
        admitting.check_rights(session, record_type, {})
        admitting.check_place(session, record_type, deletion.record)
        admitting.check_unlocked(session, record_type, deletion.record)
    changes = session.ledger.write(
        name, session.operator.name, births=births, edits=edits, deletions=list(removed)
    )
    return SheetSaved(tuple(ids), changes)


def _unit_of(session: Session, record_type: RecordType, values: Values) -> str:
    """That of the parent, which has to be here."""
    if record_type.parent is not None:
        parent, link = values.get(record_type.parent), record_type.by_name[record_type.parent].link
        if isinstance(parent, str) and link is not None:
            return session.ledger.unit_of(link, parent)
    return session.unit.id
