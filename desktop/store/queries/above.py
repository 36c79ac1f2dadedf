"""Who may say something for a unit: itself and the units above it, by the levels that a record type admits."""

from __future__ import annotations

from desktop.records.declaration import RecordType
from desktop.records.types import Catalogue
from desktop.store.queries import reading
from desktop.store.tables.database import Database


def writers_above(database: Database, types: Catalogue, record_type: RecordType, unit: str) -> dict[str, str]:
    """Of a unit and those above it, the nearest first, those whose level may write a type, with their names.

    What a parent vouched for is not judged again by level when it is merged, so that is done here.
    """
    found: dict[str, str] = {}
    seen: set[str] = set()
    at: str | None = unit
    while at and at not in seen:
        seen.add(at)
        record = reading.record(database, types, "unit", at)
        if record is not None and record.values.get("level") in record_type.written_by.levels:
            found[at] = str(record.values.get("name") or "")
        superior = record.values.get("superior") if record is not None else None
        at = superior if isinstance(superior, str) else None
    return found
