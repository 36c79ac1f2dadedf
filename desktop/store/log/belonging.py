"""What belongs to a record: its children, which link to it, and what is attached to it, which names it (rule 9).

An attachment may belong to a record of any type, so that it names type and id. Where records are one, it is found under
the id to which it was attached.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from desktop.records.declaration import RecordType
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import parse
from desktop.store.log.versions import NOT_REPLACED
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

Found = tuple[str, bytes]
"""Type and id."""


def naming_slot(record_type: RecordType) -> str:
    """The slot in which a record of this type names what it belongs to; empty if it belongs to nothing."""
    if record_type.parent is not None:
        return record_type.slot_of[record_type.parent]
    return "" if record_type.attached is None else record_type.slot_of[record_type.attached.record]


def named_in(types: Catalogue, record_type: RecordType, value: str) -> tuple[str, str] | None:
    """Type and id of the record to which one belongs by this canonical value of that slot."""
    cells = parse(value)
    if record_type.parent is not None:
        link = record_type.by_name[record_type.parent]
        name, record = link.link, cells.get(link.name) if isinstance(cells, dict) else cells
    else:
        attached = record_type.attached
        name, record = (
            (cells.get(attached.kind), cells.get(attached.record)) if attached and cells else ("", None)
        )
    return (str(name), str(record)) if record is not None and is_bearer(types, record_type, name) else None


def living(database: Database, types: Catalogue, type_name: str, ids: Sequence[str]) -> Iterator[Found]:
    """Type and id of what belongs to records with these ids and is not deleted, deleted against edited included."""
    return _belonging(database, types, type_name, ids, "<> 1")


def gone_with(database: Database, types: Catalogue, type_name: str, ids: Sequence[str]) -> list[Found]:
    """Type and id of what belongs to records with these ids and was deleted in one step with them, and only then."""
    steps = {step for record in ids for step in _deletions(database, type_name, bytes.fromhex(record))}
    return [
        (name, record)
        for name, record in _belonging(database, types, type_name, ids, "= 1")
        if (found := _deletions(database, name, record)) and steps.issuperset(found)
    ]


def _deletions(database: Database, type_name: str, record: bytes) -> list[tuple[int, int]]:
    """Origin and stamp of the tombstones of a record that stand: what was written in one step has them in common."""
    return database.rows(
        "SELECT v.origin, v.stamp FROM version v WHERE v.record = ? AND v.type = +? AND v.slot = '_deleted'"
        f" AND v.value <> 'null' AND {NOT_REPLACED}",
        (record, type_name),
    )


def _belonging(
    database: Database, types: Catalogue, type_name: str, ids: Sequence[str], life: str
) -> Iterator[Found]:
    keys = json.dumps(ids)
    for child in types.children(type_name):
        for (record,) in database.rows(
            f"SELECT id FROM {quoted(table_of(child.name))} WHERE {quoted(str(child.parent))}"
            f" IN (SELECT unhex(value) FROM json_each(?)) AND _life {life}",
            (keys,),
        ):
            yield child.name, record
    for other in types.attached if types.bears(type_name) else ():
        kind, record_field = _named_by(other)
        for (record,) in database.rows(
            f"SELECT id FROM {quoted(table_of(other.name))} WHERE {record_field}"
            f" IN (SELECT value FROM json_each(?)) AND {kind} = ? AND _life {life}",
            (keys, type_name),
        ):
            yield other.name, record


def bearers(database: Database, types: Catalogue, type_name: str, record: bytes) -> list[Found]:
    """Type and id of the record to which one belongs: that under which records that are one are shown."""
    record_type = types.get(type_name)
    if record_type is None:
        return []
    table = quoted(table_of(type_name))
    if record_type.parent is not None:
        link = record_type.by_name[record_type.parent]
        rows = database.rows(f"SELECT ?, {quoted(link.name)} FROM {table} WHERE id = ?", (link.link, record))
    elif record_type.attached is not None:
        kind, named = _named_by(record_type)
        rows = database.rows(
            f"SELECT c.{kind}, coalesce((SELECT m.head FROM component m WHERE m.id = unhex(c.{named})"
            f" AND m.type = c.{kind}), unhex(c.{named})) FROM {table} c WHERE c.id = ?",
            (record,),
        )
    else:
        rows = []
    return [
        (name, found) for name, found in rows if found is not None and is_bearer(types, record_type, name)
    ]


def is_bearer(types: Catalogue, record_type: RecordType, name: object) -> bool:
    """Whether records of a type may belong to one of that other type, and it is known here."""
    if record_type.attached is None:
        return name in types
    return isinstance(name, str) and name in types and types.bears(name)


def _named_by(record_type: RecordType) -> tuple[str, str]:
    """The columns with type and id of the other record."""
    attached = record_type.attached
    return (quoted(attached.kind), quoted(attached.record)) if attached is not None else ("", "")
