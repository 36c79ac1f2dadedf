"""The operations of this station as they were named when they were written, and what each has changed; only read.

Every question names a range of the key or of an index and a limit: a ledger of a district has millions of versions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from desktop.records.declaration import DELETED_SLOT, RecordType
from desktop.records.types import Catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import parse
from desktop.records.versions.deciding import GRANT, UNIT
from desktop.records.versions.item_outcomes import REFUSED_SUPERIOR
from desktop.records.versions.stamps import MAX_STAMP
from desktop.store.log import pending
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its items have the numbers from ``first`` to ``last``; ``at`` is in milliseconds of 1970."""

    stamp: int
    name: str
    operator: str
    at: int
    first: int
    last: int
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a slot as it is kept: what it says, and what it replaced; several where these were in conflict."""

    number: int
    type: str
    record: str
    slot: str
    value: Any
    before: tuple[Any, ...]


def newest(database: Database, limit: int, before: int | None = None) -> list[Operation]:
    """The operations, newest first; only those older than the stamp ``before``."""
    return [
        Operation(*row)
        for row in database.rows(
            "SELECT stamp, name, operator, at, first, last, undoes FROM operation"
            f" WHERE stamp < coalesce(:before, 9223372036854775807) ORDER BY stamp DESC LIMIT {limit:d}",
            {"before": before},
        )
    ]


def operation(database: Database, stamp: int) -> Operation | None:
    """The operation with this stamp, if this station has made it."""
    row = database.row(
        "SELECT stamp, name, operator, at, first, last, undoes FROM operation WHERE stamp = ?", (stamp,)
    )
    return None if row is None else Operation(*row)


def changed(database: Database, origin: int, found: Operation) -> set[tuple[str, str]]:
    """The types and slots that an operation changed."""
    return set(
        database.rows(
            "SELECT DISTINCT type, slot FROM version WHERE origin = ? AND number BETWEEN ? AND ?"
            " AND stamp > ? AND stamp <= ? AND NOT birth",
            (origin, found.first, found.last, earlier(database, found.stamp), found.stamp),
        )
    )


def upheld(database: Database, origin: int, found: Operation) -> set[tuple[str, str]]:
    """Units and slots in which an operation has only said once more what counts no longer by it (see ``upholding``).

    In the log nothing of that is left: who takes it back would put there what stood still earlier.
    """
    within = {
        "type": UNIT, "reason": REFUSED_SUPERIOR, "origin": origin, "first": found.first, "last": found.last,
        "earlier": earlier(database, found.stamp), "stamp": found.stamp, "deleted": DELETED_SLOT,
    }  # fmt: skip
    own = (
        "v.type = +:type AND v.origin = :origin AND v.number BETWEEN :first AND :last"
        " AND v.stamp > :earlier AND v.stamp <= :stamp AND NOT v.birth"
    )
    again = set(
        database.rows(
            "SELECT lower(hex(v.record)), v.slot, v.number FROM refused s"
            " CROSS JOIN replacement p ON p.record = s.record AND p.slot = s.slot AND p.type = s.type"
            "  AND p.replaced = s.stamp AND p.origin = :origin"
            " CROSS JOIN version v ON v.record = p.record AND v.slot = p.slot AND v.number = p.number"
            # A deletion that is said once more has seen more: what is said so of the unit, and what others had seen.
            "  AND (v.value = s.value OR (v.slot = +:deleted AND 'null' NOT IN (v.value, s.value)))"
            f"  AND {own} WHERE s.type = :type AND s.reason = :reason",
            within,
        )
    )
    if not again:
        return set()
    said = set(
        database.rows(f"SELECT lower(hex(v.record)), v.slot, v.number FROM version v WHERE {own}", within)
    )
    return {(unit, slot) for unit, slot, _ in again} - {(unit, slot) for unit, slot, _ in said - again}


def undoing(database: Database, since: int) -> Mapping[int, int]:
    """Which operation took back each of those from ``since`` on; the last one where it was done again and again."""
    return dict(
        database.rows(
            "SELECT undoes, stamp FROM operation WHERE stamp > ? AND undoes IS NOT NULL ORDER BY stamp",
            (since,),
        )
    )


_NOW = "(SELECT value FROM meta WHERE key = 'incarnation')"


def incarnations(database: Database, station: str) -> list[int]:
    """The origins of this station, the present one first: a restored ledger numbers its items anew."""
    return [
        ref
        for (ref,) in database.rows(
            f"SELECT ref FROM origin WHERE station = ? ORDER BY incarnation = {_NOW} DESC, ref DESC",
            (station,),
        )
    ]


def present(database: Database, station: str) -> tuple[int | None, int]:
    """The origin under which is written now, if anything was, and the stamp of the first operation under it."""
    origin = database.value(
        f"SELECT o.ref FROM origin o JOIN received r ON r.origin = o.ref"
        f" WHERE o.station = ? AND o.incarnation = {_NOW}",
        (station,),
    )
    began = database.value("SELECT coalesce(max(stamp), 0) FROM operation WHERE first = 1")
    return (None if origin is None else int(origin)), int(began)


def earlier(database: Database, stamp: int) -> int:
    """The stamp of the operation before, 0 when there is none."""
    return int(database.value("SELECT coalesce(max(stamp), 0) FROM operation WHERE stamp < ?", (stamp,)))


@dataclass(frozen=True, slots=True)
class Place:
    """One slot of one record."""

    type: str
    record: str
    slot: str


def undone_births(database: Database, record_type: RecordType, ids: Sequence[str]) -> set[str]:
    """Those of these deleted records that this station made and undid since, be it again and again.

    What somebody has deleted in between is none of them, whatever was brought back and undone after that.
    """
    table, asked = quoted(table_of(record_type.name)), json.dumps(list(ids))
    born: dict[str, int] = dict(
        database.rows(
            f"SELECT lower(hex(id)), _stamp FROM {table} WHERE id IN (SELECT unhex(value) FROM json_each(?))",
            (asked,),
        )
    )
    deletions: dict[str, list[int]] = {}
    for record, stamp in database.rows(
        f"SELECT lower(hex(record)), stamp FROM version WHERE slot = '{DELETED_SLOT}' AND type = +:type"
        " AND value <> 'null'"
        " AND record IN (SELECT unhex(value) FROM json_each(:ids)) ORDER BY stamp DESC",
        {"type": record_type.name, "ids": asked},
    ):
        deletions.setdefault(record, []).append(stamp)
    undone = {stamp: _first_undone(database, stamp) for stamps in deletions.values() for stamp in stamps}
    found = set()
    for record, stamps in deletions.items():
        before = MAX_STAMP + 1
        for stamp in (s for s in stamps if s < before):
            before = undone[stamp]
            if before == born.get(record):
                found.add(record)
            if before in (0, born.get(record)):
                break
    return found


def _first_undone(database: Database, stamp: int) -> int:
    """What an operation took back, and be it by doing again what was taken back; 0 where it took nothing back."""
    found, first = operation(database, stamp), 0
    while found is not None and found.undoes is not None:
        first, found = found.undoes, operation(database, found.undoes)
    return first


def stands_again(database: Database, origin: int, place: Place, standing: Set[int], wanted: Set[int]) -> bool:
    """Whether what stands in a slot was put there by taking later operations back, one after the other.

    Versions are named by their stamps. Each look goes to older ones, so it comes to an end.
    """
    seen: Set[int] | None = standing
    while seen is not None and seen != wanted:
        seen = _before_what_was_undone(database, origin, place, seen)
    return seen is not None


def later(database: Database, place: Place, stamps: Set[int]) -> set[tuple[str, int]]:
    """Record and stamp of the versions of a slot that are younger than these."""
    return {
        (place.record, stamp)
        for (stamp,) in database.rows(
            "SELECT stamp FROM version WHERE record = unhex(?) AND slot = +? AND type = +? AND stamp > ?",
            (place.record, place.slot, place.type, max(stamps)),
        )
    }


def _before_what_was_undone(
    database: Database, origin: int, place: Place, standing: Set[int]
) -> Set[int] | None:
    """What stood before the operation that was taken back by writing these versions; nothing where they are others."""
    if not standing:
        return None
    row = database.row(
        "SELECT stamp, undoes FROM operation WHERE stamp >= ? ORDER BY stamp LIMIT 1", (max(standing),)
    )
    if row is None or row[1] is None:
        return None
    if _written(database, origin, place, row[0]).keys() != standing:
        return None
    undone = _written(database, origin, place, row[1])
    where = "record = unhex(:record) AND slot = +:slot AND type = +:type AND origin = :origin AND number = :number"
    replaced: set[int] = set()
    for number in undone.values():
        at = {
            "record": place.record,
            "slot": place.slot,
            "type": place.type,
            "origin": origin,
            "number": number,
        }
        if database.row(f"SELECT 1 FROM elsewhere WHERE {where}", at):
            return None
        replaced |= {s for (s,) in database.rows(f"SELECT replaced FROM replacement WHERE {where}", at)}
    return replaced if undone else None


def _written(database: Database, origin: int, place: Place, stamp: int) -> Mapping[int, int]:
    """What an operation of this station wrote into a slot: the numbers of its items by their stamps."""
    return dict(
        database.rows(
            "SELECT stamp, number FROM version WHERE record = unhex(:record) AND slot = +:slot AND type = +:type"
            " AND origin = :origin AND stamp > :earlier AND stamp <= :stamp AND NOT birth",
            {
                "record": place.record,
                "slot": place.slot,
                "type": place.type,
                "origin": origin,
                "earlier": earlier(database, stamp),
                "stamp": stamp,
            },
        )
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """How many changes an operation has made, and of how many records of each type."""

    changes: int
    records: Mapping[str, int]


def counted(database: Database, origin: int, found: Operation, since: int) -> Counted:
    """What an operation has changed after the stamp ``since``; births are not counted."""
    rows = database.rows(
        "SELECT type, count(*), count(DISTINCT record) FROM version WHERE origin = :origin"
        " AND number BETWEEN :first AND :last AND NOT birth AND stamp > :since AND stamp <= :stamp GROUP BY type",
        {"origin": origin, "first": found.first, "last": found.last, "since": since, "stamp": found.stamp},
    )
    return Counted(sum(n for _, n, _ in rows), {name: records for name, _, records in rows})


def numbers_of(database: Database, type_name: str, origin: int, first: int, last: int) -> list[int]:
    """The numbers of the births of a type of which there are few among these items, in their order."""
    return [
        number
        for (number,) in database.rows(
            f"SELECT _number FROM {quoted(table_of(type_name))} WHERE _origin = ? AND _number BETWEEN ? AND ?"
            " ORDER BY _number",
            (origin, first, last),
        )
    ]


def relied_upon(database: Database, origin: int, first: int, last: int) -> dict[int, str]:
    """The births among these items that all else here stands on, as ``unit`` the own one, as ``grant`` those of
    computers that something was received from, and their units."""
    span = {"origin": origin, "first": first, "last": last}
    heard = "station IN (SELECT o.station FROM received r JOIN origin o ON o.ref = r.origin)"
    units, grants = quoted(table_of(UNIT)), quoted(table_of(GRANT))
    its = "_origin = :origin AND _number BETWEEN :first AND :last"
    return dict(
        database.rows(
            f"SELECT _number, '{UNIT}' FROM {units} WHERE {its}"
            " AND id = unhex((SELECT value FROM meta WHERE key = 'unit_id')) UNION ALL"
            f" SELECT _number, '{GRANT}' FROM {grants} WHERE {its} AND {heard} UNION ALL"
            f" SELECT _number, '{GRANT}' FROM {units} WHERE {its}"
            f" AND id IN (SELECT holder FROM {grants} WHERE {heard})",
            span,
        )
    )


def born(database: Database, types: Catalogue, origin: int, found: Operation) -> list[tuple[str, str]]:
    """Type and id of what an operation under the present origin bore, as far as it still stands as it was born.

    Rows have no index by item number: the lines name them, and once these are in segments, only the tables in which
    this station has ever borne anything are looked through.
    """
    changes = counted(database, origin, found, earlier(database, found.stamp)).changes
    total = found.last - found.first + 1
    if changes == total:
        return []
    lines = waiting(database, found.first, found.last)
    heads = [json.loads(items.split_line(line)[0]) for _, line in lines]
    named = [(name, record) for kind, name, record, *_ in heads if kind == items.BIRTH and name in types]
    span = {"origin": origin, "first": found.first, "last": found.last, "stamp": found.stamp}
    its = "_origin = :origin AND _number BETWEEN :first AND :last AND _stamp = :stamp"
    if len(lines) == total:
        return [
            (name, record)
            for name, record in named
            if database.row(
                f"SELECT 1 FROM {quoted(table_of(name))} WHERE id = unhex(:record) AND {its}",
                {**span, "record": record},
            )
        ]
    return [
        (name, record)
        for (name,) in database.rows("SELECT DISTINCT type FROM shape ORDER BY type")
        if name in types
        for (record,) in database.rows(
            f"SELECT lower(hex(id)) FROM {quoted(table_of(name))} WHERE {its} ORDER BY _number", span
        )
    ]


def edits(database: Database, origin: int, first: int, last: int) -> dict[int, Edit]:
    """The changes among these items, by number; births are in the rows of their types and not here."""
    found: dict[int, Edit] = {}
    # The log is read by the index of its items; nothing tells the planner how few these are.
    for number, type_name, record, slot, value, before in database.rows(
        "SELECT v.number, v.type, lower(hex(v.record)), v.slot, v.value, b.value FROM version v"
        " LEFT JOIN replacement p ON p.record = v.record AND p.slot = v.slot AND p.type = v.type"
        "  AND p.origin = v.origin AND p.number = v.number"
        " LEFT JOIN version b ON b.record = p.record AND b.slot = p.slot AND b.stamp = p.replaced AND b.type = p.type"
        " WHERE v.origin = ? AND v.number BETWEEN ? AND ? AND NOT v.birth ORDER BY v.number, b.stamp",
        (origin, first, last),
    ):
        known = found.get(number)
        said = () if before is None else (parse(before),)
        if known is None:
            found[number] = Edit(number, type_name, record, slot, parse(value), said)
        elif said and said[0] not in known.before:
            found[number] = Edit(number, type_name, record, slot, known.value, (*known.before, *said))
    return found


def about(database: Database, origin: int, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Type and id of the record of each of these items that is a change; births are not in the log."""
    return {
        number: (type_name, record)
        for number, type_name, record in database.rows(
            "SELECT v.number, v.type, lower(hex(v.record)) FROM json_each(:numbers) n CROSS JOIN version v"
            " ON v.origin = :origin AND v.number = n.value WHERE NOT v.birth",
            {"numbers": json.dumps(numbers), "origin": origin},
        )
    }


def waiting(database: Database, first: int, last: int) -> list[tuple[int, bytes]]:
    """Number and line of own items that stand in no segment yet."""
    return [(found.number, found.line) for found in pending.lines(database, first, last)]
