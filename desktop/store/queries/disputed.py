"""Read-only queries about conflicts: every version of what is disputed, and of which records it is not asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desktop.records.types import Catalogue
from desktop.records.versions.canonical import parse
from desktop.store.log.versions import HEAD_OF_CONFLICT, OF_CONFLICT
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class DisputedVersion:
    """One version of a slot in conflict; a head unless something replaces it. ``item`` is as in ``arrivals``."""

    type: str
    record: str
    slot: str
    stamp: int
    operator: str
    station: str
    value: Any
    birth: bool
    head: bool
    item: tuple[int, int]


def deleted_in_dispute(database: Database, types: Catalogue) -> set[str]:
    """The records with a slot in conflict that are deleted: their fields are not asked about (rule 9)."""
    names = [t for (t,) in database.rows("SELECT DISTINCT type FROM conflict") if t in types]
    return {
        record
        for name in names
        for (record,) in database.rows(
            f"SELECT lower(hex(r.id)) FROM conflict c JOIN {quoted(table_of(name))} r ON r.id = c.record"
            f" WHERE r._life = 1 AND c.type = ?",
            (name,),
        )
    }


def disputed_versions(database: Database, record: str) -> list[DisputedVersion]:
    """Every version of every slot in conflict, newest first within a slot; of one ``record`` where one is named."""
    return [
        DisputedVersion(
            t, r, slot, stamp, operator, station, parse(value), bool(birth), bool(head), (origin, number)
        )
        for t, r, slot, stamp, operator, station, value, birth, head, origin, number in database.rows(
            f"SELECT v.type, lower(hex(c.record)), v.slot, v.stamp, v.operator, o.station, v.value, v.birth,"
            f" ({HEAD_OF_CONFLICT}), v.origin, v.number FROM {OF_CONFLICT} AND v.slot = c.slot"
            f" JOIN origin o ON o.ref = v.origin WHERE :record = '' OR c.record = unhex(:record)"
            f" ORDER BY c.record, v.slot, v.stamp DESC",
            {"record": record},
        )
    ]
