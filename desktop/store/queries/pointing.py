"""Which records lead to one by any of their links; each link has an index, so few rows are read among many."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from desktop.records.declaration import RecordType
from desktop.records.types import Catalogue
from desktop.store.queries import reading
from desktop.store.queries.reading import Record
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

LEADS_HERE = (
    "FROM {table} r WHERE r.{field} = coalesce((SELECT m.head FROM component m WHERE m.id = unhex(:id)"
    " AND m.type = :type), unhex(:id)) AND +r._life <> 1"
)


@dataclass(frozen=True, slots=True)
class Pointing:
    """The living records of one type that lead to a record by one field: how many, and the newest of them."""

    record_type: RecordType
    field: str
    total: int
    first: tuple[Record, ...]


def pointing(database: Database, types: Catalogue, type_name: str, record: str, limit: int) -> list[Pointing]:
    """All types and fields by which something leads here, with at most ``limit`` records each."""
    found = []
    for record_type, field in types.links_to(type_name):
        if record_type.by_program:
            continue
        if rows := _rows(database, record_type, field, type_name, record):
            newest = sorted(rows, reverse=True)[:limit]
            held = reading.page(database, record_type, newest)
            found.append(
                Pointing(record_type, field, len(rows), tuple(held[row] for row in newest if row in held))
            )
    return found


def led_by(
    database: Database, record_type: RecordType, field: str, record: str, limit: int = 200
) -> list[Record]:
    """The living records that lead to a record by one field, the newest first, at most ``limit``."""
    rows = _rows(database, record_type, field, record_type.by_name[field].link or "", record)
    newest = sorted(rows, reverse=True)[:limit]
    held = reading.page(database, record_type, newest)
    return [held[row] for row in newest if row in held]


def _rows(database: Database, record_type: RecordType, field: str, type_name: str, record: str) -> array[int]:
    leads = LEADS_HERE.format(table=quoted(table_of(record_type.name)), field=quoted(field))
    found = database.rows(f"SELECT r._row {leads}", {"id": record, "type": type_name})
    return array("q", (n for (n,) in found))
