"""Read-only queries about whose items are held, under which units, and what of them is set aside."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.records.declaration import UNIT_SLOT
from desktop.records.versions.deciding import SUPERIOR, UNIT
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Registered:
    """The birth of a record under a unit."""

    station: str
    incarnation: str
    number: int
    unit: str


def last_numbers(database: Database, station: str) -> dict[str, int]:
    """The highest number held of each incarnation of a station."""
    return dict(
        database.rows(
            "SELECT o.incarnation, max(r.last) FROM received r JOIN origin o ON o.ref = r.origin"
            " WHERE o.station = ? GROUP BY o.incarnation",
            (station,),
        )
    )


def newest_incarnation(database: Database, station: str) -> tuple[str, int]:
    """The newest incarnation held of a station and its highest number, or nothing and 0."""
    found = database.row(
        "SELECT o.incarnation, max(r.last) FROM received r JOIN origin o ON o.ref = r.origin"
        " WHERE o.station = ? GROUP BY o.ref ORDER BY o.ref DESC LIMIT 1",
        (station,),
    )
    return (str(found[0]), int(found[1])) if found is not None else ("", 0)


def held_of(database: Database, station: str) -> int:
    """How many items of a station are held, of all its incarnations: each numbers them anew."""
    found: int = database.value(
        "SELECT coalesce(sum(r.last - r.first + 1), 0) FROM received r JOIN origin o ON o.ref = r.origin"
        " WHERE o.station = ?",
        (station,),
    )
    return found


def first_since(
    database: Database, types: Iterable[str], station: str, incarnation: str, stamp: int
) -> int | None:
    """The lowest number of an incarnation's items that were written at or after a stamp; nothing if there is none."""
    births = (f"SELECT _number, _stamp, _origin FROM {quoted(table_of(name))}" for name in types)
    logged = ("SELECT number, stamp, origin FROM " + table for table in ("version", "held", "refused"))
    found: int | None = database.value(
        f"WITH item (number, stamp, origin) AS ({' UNION ALL '.join([*births, *logged])})"
        " SELECT min(i.number) FROM item i JOIN origin o ON o.ref = i.origin"
        " WHERE o.station = ? AND o.incarnation = ? AND i.stamp >= ?",
        (station, incarnation, stamp),
    )
    return found


def brought(database: Database, station: str, incarnation: str) -> list[tuple[int, int, int]]:
    """The merges that brought segments of an incarnation, each with the first and last number of a segment."""
    return database.rows(
        "SELECT s.merge, s.first, s.last FROM segment s JOIN origin o ON o.ref = s.origin"
        " WHERE o.station = ? AND o.incarnation = ? AND s.merge IS NOT NULL",
        (station, incarnation),
    )


def refused_values(
    database: Database, stations: Sequence[str], type_name: str, record: str
) -> list[tuple[int, str, str, Any]]:
    """Number, kind, slot and canonical text of what stations have said of a record in vain, in its order."""
    return database.rows(
        "SELECT r.number, r.kind, coalesce(r.slot, ''), r.value FROM refused r JOIN origin o ON o.ref = r.origin"
        " WHERE o.station IN (SELECT value FROM json_each(?)) AND r.type = ? AND r.record = unhex(?)"
        " ORDER BY r.stamp",
        (json.dumps(list(stations)), type_name, record),
    )


def registered_by_others(database: Database, unit: str, keep: str) -> list[Registered]:
    """The births of a unit under other units than ``keep``."""
    return [
        Registered(*row)
        for row in database.rows(
            "SELECT o.station, o.incarnation, v.number, u.id FROM version v JOIN origin o ON o.ref = v.origin"
            " JOIN unit_ref u ON u.ref = v.unit WHERE v.record = unhex(?) AND v.type = +? AND v.slot = +? AND v.birth"
            " AND u.id <> ?",
            (unit, UNIT, UNIT_SLOT, keep),
        )
    ]


def waiting(database: Database, reason: str) -> dict[str, int]:
    """How many items are held for this reason, by the station that has written them."""
    return dict(
        database.rows(
            "SELECT o.station, count(*) FROM held h JOIN origin o ON o.ref = h.origin WHERE h.reason = ?"
            " GROUP BY o.station",
            (reason,),
        )
    )


def is_held_above(database: Database, station: str, incarnation: str, reason: str) -> bool:
    """Whether a level above holds items of an incarnation for this reason, by its last receipt."""
    return database.row(
        "SELECT 1 FROM answer WHERE station = ? AND incarnation = ? AND reason = ? LIMIT 1",
        (station, incarnation, reason),
    ) is not None  # fmt: skip


def was_moved(database: Database, units: Collection[str]) -> bool:
    """Whether one of these units has got another superior since it was registered, or another has registered it."""
    return database.row(
        "SELECT 1 FROM version v WHERE v.record IN (SELECT unhex(value) FROM json_each(?))"
        " AND v.type = +? AND v.slot = +? AND (NOT v.birth OR v.value <> (SELECT max(b.value) FROM version b"
        "  WHERE b.record = v.record AND b.type = v.type AND b.slot = v.slot AND b.birth)) LIMIT 1",
        (json.dumps(list(units)), UNIT, SUPERIOR),
    ) is not None  # fmt: skip
