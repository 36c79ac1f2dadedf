"""All that was ever said of one record, version by version: its history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from desktop.records.types import Catalogue
from desktop.records.versions.canonical import parse
from desktop.store.log import components
from desktop.store.log.versions import NOT_REPLACED
from desktop.store.tables.columns import canonical_of, filled, quoted, table_of
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version of a slot: when (by the writer's clock), who, at which station, and what it said.

    ``item`` is the number of its origin in this ledger and its own.
    """

    slot: str
    stamp: int
    operator: str
    station: str
    value: Any
    birth: bool
    head: bool
    item: tuple[int, int]


def versions_of(
    database: Database, types: Catalogue, type_name: str, record_id: str, slot: str | None = None
) -> list[HistoryEntry]:
    """All versions of a record that count, or of one slot, newest first; the birth of untouched slots included."""
    ids = components.members(database, type_name, record_id)
    entries = [
        HistoryEntry(slot, stamp, operator, station, parse(value), bool(birth), bool(head), (origin, number))
        for slot, stamp, operator, station, value, birth, head, origin, number in database.rows(
            f"SELECT v.slot, v.stamp, v.operator, o.station, v.value, v.birth, ({NOT_REPLACED}), v.origin, v.number"
            f" FROM version v JOIN origin o ON o.ref = v.origin"
            f" WHERE v.record IN (SELECT unhex(value) FROM json_each(?))"
            f" AND v.type = +? AND coalesce(v.slot = ?, 1)",
            (json.dumps(ids or [record_id]), type_name, slot),
        )
    ]
    if ids:
        # All that the births of records that are one filled stands in the log.
        return sorted(entries, key=lambda e: (e.stamp, e.slot), reverse=True)
    logged = {e.slot for e in entries}
    record_type = types[type_name]
    for name, known in record_type.slots.items():
        if name in logged or slot not in (None, name):
            continue
        row = database.row(
            f"SELECT r._stamp, r._operator, o.station, {canonical_of(known, 'r.')}, r._origin, r._number"
            f" FROM {quoted(table_of(type_name))} r"
            f" JOIN origin o ON o.ref = r._origin WHERE r.id = unhex(?) AND {filled(known, 'r.')}",
            (record_id,),
        )
        if row is not None:
            stamp, operator, station, value, origin, number = row
            entries.append(
                HistoryEntry(
                    name, stamp, operator, station, parse(value), birth=True, head=True, item=(origin, number)
                )
            )
    return sorted(entries, key=lambda e: (e.stamp, e.slot), reverse=True)
