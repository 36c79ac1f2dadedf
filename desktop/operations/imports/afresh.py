"""Rows whose records were made here and undone: they come in as new ones, under the ids that they have already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from desktop.operations.imports.matching import Entry
from desktop.records.declaration import RecordType
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import Deletion, SlotEdit
from desktop.store.queries import lookup, steps
from desktop.store.tables.database import Database


def find_undone(database: Database, record_type: RecordType, entries: Iterable[Entry]) -> None:
    """Notes in those of these entries whose records were undone what stands in them, all of their fields.

    Who takes back an import to correct the table has deleted nothing, and is asked nothing when it comes again.
    """
    # What others dispute is not written over by bringing it back.
    deleted = {
        e.id: e for e in entries if e.held is not None and e.held.life is Life.DELETED and not e.held.disputed
    }
    ids = steps.undone_births(database, record_type, list(deleted))
    fields = list(record_type.by_name)
    for record, values in lookup.values(database, record_type, ids, fields).items():
        deleted[record].undone = values


def revival(record_type: RecordType, record: str) -> Deletion:
    """Brings the record back alone: what went with it is made anew where the table says it again."""
    return Deletion(record_type.name, record, revive=True)


def overwriting(
    record_type: RecordType, record: str, before: Mapping[str, Cell], after: Mapping[str, Cell]
) -> Iterator[SlotEdit]:
    """Brings a record to these values and to no others: nothing that was undone comes back by itself."""
    for slot in record_type.slots.values():
        wanted = {f.name: after.get(f.name) for f in slot.fields}
        if any(wanted[name] != before.get(name) for name in wanted):
            value = wanted if slot.grouped else wanted[slot.name]
            yield SlotEdit(record_type.name, record, slot.name, value)
