"""Takes items out of what counts: their records are taken apart and put together again from what is left.

A withdrawal or a revocation may reach a birth on which changes stand, or a move under which others wrote, so nothing
is patched: the changes of every record concerned are staged anew and counted as if they came now (rules 15 and 16).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from desktop.records.types import Catalogue
from desktop.records.versions.items import CHANGE, TOMBSTONE
from desktop.store.merging.counting import HEAVIEST
from desktop.store.merging.staging import STAGED_AGAIN, Staging
from desktop.store.queries import indexing
from desktop.store.tables import schema
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS taken (
    origin INTEGER NOT NULL, number INTEGER NOT NULL, stamp INTEGER NOT NULL, PRIMARY KEY (origin, number, stamp));
CREATE TEMP TABLE IF NOT EXISTS apart (record BLOB NOT NULL, type TEXT NOT NULL, PRIMARY KEY (record, type));
"""
# The first half is what finds them: the other alone is asked of every version there is, for each piece once more.
_APART = (
    "v.record IN (SELECT record FROM apart) AND EXISTS (SELECT 1 FROM apart a"
    " WHERE a.record = v.record AND a.type = v.type)"
)
_TAKEN = (
    "EXISTS (SELECT 1 FROM taken t WHERE t.origin = v.origin AND t.number = v.number AND t.stamp = v.stamp)"
)

_record = attrgetter("record")


@dataclass(frozen=True, slots=True)
class Taken:
    """An item that counts no longer, and the record it is about."""

    origin: int
    number: int
    stamp: int
    type: str
    record: str


def light(database: Database, items: Sequence[Taken]) -> Iterator[list[Taken]]:
    """The items in pieces that can be taken out at once: all that is said of their records lies in memory meanwhile.

    That of one record does, whatever it is, so its items stand together: else each piece may name the records of all.
    """
    weights: dict[str, float] = dict(
        database.rows(
            # Grouped, the values themselves would be sorted in memory.
            "SELECT e.value, (SELECT total(octet_length(v.value)) FROM version v WHERE v.record = unhex(e.value))"
            " FROM json_each(?) e",
            (json.dumps(sorted({item.record for item in items})),),
        )
    )
    piece: list[Taken] = []
    weight = 0.0
    for record, its in groupby(sorted(items, key=_record), key=_record):
        piece += its
        weight += weights[record]
        if weight >= HEAVIEST:
            yield piece
            piece, weight = [], 0.0
    if piece:
        yield piece


def take_out(database: Database, types: Catalogue, staging: Staging, items: Sequence[Taken]) -> None:
    """Removes items that count; the merge that follows resolves their records from what is left."""
    for statement in filter(str.strip, _TABLES.split(";")):
        database.execute(statement)
    database.connection.executemany(
        "INSERT INTO taken (origin, number, stamp) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(i.origin, i.number, i.stamp) for i in items],
    )
    database.connection.executemany(
        "INSERT INTO apart (record, type) VALUES (unhex(?), ?) ON CONFLICT DO NOTHING",
        [(i.record, i.type) for i in items],
    )
    database.execute(
        f"INSERT INTO touched (record, slot, type) SELECT DISTINCT v.record, v.slot, v.type FROM version v"
        f" WHERE {_APART} ON CONFLICT DO NOTHING"
    )
    for record, type_name in database.rows("SELECT record, type FROM apart"):
        staging.note_parent_of(type_name, record)
    _stage_again(database)
    _forget_versions(database)
    _empty(database, types)
    for (type_name,) in database.rows("SELECT DISTINCT type FROM apart ORDER BY type"):
        _forget_births(database, types, type_name)
    database.execute("DELETE FROM taken")
    database.execute("DELETE FROM apart")


def _stage_again(database: Database) -> None:
    """What is left of the changes of the records concerned has to show anew that it counts."""
    database.execute(
        f"INSERT INTO staged (kind, type, record, unit, slot, stamp, replaces, origin, number, operator, value,"
        f" retried)"
        f" SELECT CASE WHEN v.slot = '_deleted' AND v.value <> 'null' THEN :tombstone ELSE :change END, v.type,"
        f"  v.record, v.unit, v.slot, v.stamp, (SELECT json_group_array(json(seen)) FROM ("
        f"   SELECT p.replaced AS seen FROM replacement p WHERE p.record = v.record AND p.slot = v.slot"
        f"   AND p.type = v.type AND p.origin = v.origin AND p.number = v.number UNION ALL"
        f"   SELECT json_array(lower(hex(e.other)), e.replaced) FROM elsewhere e WHERE e.record = v.record"
        f"   AND e.slot = v.slot AND e.type = v.type AND e.origin = v.origin AND e.number = v.number)),"
        f"  v.origin, v.number, v.operator, v.value, :again"
        f" FROM version v WHERE NOT v.birth AND {_APART} AND NOT {_TAKEN}",
        {"tombstone": TOMBSTONE, "change": CHANGE, "again": STAGED_AGAIN},
    )


def _forget_versions(database: Database) -> None:
    for table in ("replacement", "elsewhere"):
        database.execute(
            f"DELETE FROM {table} WHERE (record, slot, type, origin, number) IN ("
            f" SELECT v.record, v.slot, v.type, v.origin, v.number FROM version v WHERE NOT v.birth AND {_APART})"
        )
    database.execute(f"DELETE FROM version AS v WHERE {_APART} AND (NOT v.birth OR {_TAKEN})")
    # The units that the births left gave; moves give theirs again when they count.
    database.execute(
        "DELETE FROM record_unit AS u WHERE u.record IN (SELECT record FROM apart)"
        " AND EXISTS (SELECT 1 FROM apart a WHERE a.record = u.record AND a.type = u.type)"
        " AND NOT EXISTS (SELECT 1 FROM version v WHERE v.record = u.record AND v.type = u.type AND v.birth"
        "  AND v.unit = u.unit)"
    )


def _empty(database: Database, types: Catalogue) -> None:
    """What nobody says any more is empty at once: a column that is filled is taken for the word of its birth."""
    for type_name, slot_name in database.rows("SELECT DISTINCT type, slot FROM touched"):
        record_type = types.get(type_name)
        if record_type is None or slot_name not in record_type.slots:
            continue
        parts = ", ".join(f"{quoted(f.name)} = NULL" for f in record_type.slots[slot_name].fields)
        database.execute(
            f"UPDATE {quoted(table_of(type_name))} SET {parts} WHERE id IN (SELECT t.record FROM touched t"
            f" JOIN apart a ON a.record = t.record AND a.type = t.type WHERE t.type = :type AND t.slot = :slot"
            f" AND NOT EXISTS (SELECT 1 FROM version v WHERE v.record = t.record AND v.slot = t.slot"
            f"  AND v.type = t.type))",
            {"type": type_name, "slot": slot_name},
        )


def _forget_births(database: Database, types: Catalogue, type_name: str) -> None:
    """A row whose birth is taken stands on another birth of the record, or is no more."""
    if type_name not in types:
        schema.ensure_unknown_type(database, type_name)
    table = quoted(table_of(type_name))
    gone: list[bytes] = []
    for row, record in database.rows(
        f"SELECT r._row, r.id FROM {table} r JOIN apart a ON a.record = r.id AND a.type = ?"
        f" JOIN taken t ON t.origin = r._origin AND t.number = r._number AND t.stamp = r._stamp ORDER BY r._row",
        (type_name,),
    ):
        other = database.row(
            "SELECT stamp, origin, number, operator, unit FROM version WHERE record = ? AND type = +? AND birth"
            " ORDER BY stamp, origin, number LIMIT 1",
            (record, type_name),
        )
        if other is not None:
            # All that a further birth fills stands in the log, so the columns are filled from there.
            fields = types[type_name].fields if type_name in types else ()
            columns = "".join(f", {quoted(f.name)} = NULL" for f in fields)
            database.execute(
                f"UPDATE {table} SET _stamp = ?, _origin = ?, _number = ?, _operator = ?, unit = ?{columns}"
                f" WHERE _row = ?",
                (*other, row),
            )
            continue
        gone.append(record)
        if type_name in types:
            indexing.remove(database, types[type_name], row)
        database.execute(f"DELETE FROM {table} WHERE _row = ?", (row,))
    for record in gone:
        database.execute("DELETE FROM conflict WHERE record = ? AND type = ?", (record, type_name))
        database.execute("DELETE FROM touched WHERE record = ? AND type = ?", (record, type_name))
    # Until moves count again, a record has the unit of its birth, or changes under lost units would count.
    database.execute(
        f"UPDATE {table} AS r SET unit = v.unit FROM version v WHERE v.record = r.id AND v.type = :type"
        f" AND v.slot = 'unit' AND v.birth AND v.origin = r._origin AND v.number = r._number"
        f" AND r.id IN (SELECT record FROM apart WHERE type = :type)",
        {"type": type_name},
    )
    # Whose deletion was taken out lives again.
    database.execute(
        f"INSERT INTO judged (record, type) SELECT r.id, a.type FROM apart a JOIN {table} r ON r.id = a.record"
        f" WHERE a.type = ? AND r._life <> 0 ON CONFLICT DO NOTHING",
        (type_name,),
    )
