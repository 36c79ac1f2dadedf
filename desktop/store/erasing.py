"""Forgets personal values: their versions leave log, rows, what waits and what was refused (rule 12).

An erased version is as if it had never been written; what replaced it stands, and so does every later one. What was
forgotten once is remembered by its place, so that a copy which comes later is blanked before it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desktop.records.canonical import ABSENT
from desktop.records.items import BIRTH
from desktop.records.types import Catalogue
from desktop.store.columns import quoted, table_of
from desktop.store.database import Database

Targets = Mapping[tuple[str, str], Mapping[str, int]]
"""Type and record, then slot and the stamp up to which it is erased."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """One slot of one record, up to a stamp; ``said`` is the id of the record that asks for it."""

    said: bytes
    type: str
    record: str
    slot: str
    upto: int


def targets(database: Database) -> Targets:
    """Everything that was ever erased here."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for name, record, slot, upto in database.rows("SELECT type, lower(hex(record)), slot, upto FROM erased"):
        found.setdefault((name, record), {})[slot] = upto
    return found


def forget(database: Database, types: Catalogue, erasures: Iterable[Erasure]) -> set[tuple[int, int]]:
    """Takes the values out of the tables; the items (origin, number) whose lines may hold them.

    The touched slots are left in ``temp.touched`` for the merge that resolves them.
    """
    holders: set[tuple[int, int]] = set()
    for erasure in erasures:
        database.execute(
            "INSERT INTO erased (type, record, slot, upto) VALUES (?, unhex(?), ?, ?)"
            " ON CONFLICT DO UPDATE SET upto = max(upto, excluded.upto)",
            (erasure.type, erasure.record, erasure.slot, erasure.upto),
        )
        database.execute(
            "INSERT INTO erasure_done (erasure) VALUES (?) ON CONFLICT DO NOTHING", (erasure.said,)
        )
        holders |= _forget_versions(database, erasure)
        holders |= _forget_row(database, types, erasure)
        for table in ("held", "refused"):
            holders |= _forget_put(database, table, erasure)
    return holders


def _forget_versions(database: Database, erasure: Erasure) -> set[tuple[int, int]]:
    said = {
        "record": erasure.record, "slot": erasure.slot, "type": erasure.type, "upto": erasure.upto, "absent": ABSENT,
    }  # fmt: skip
    where = (
        "record = unhex(:record) AND slot = :slot AND type = :type AND stamp <= :upto AND value <> :absent"
    )
    found = set(database.rows(f"SELECT origin, number FROM version WHERE {where}", said))
    database.execute(
        f"DELETE FROM replacement WHERE record = unhex(:record) AND slot = :slot AND type = :type"
        f" AND (origin, number) IN ("
        f" SELECT origin, number FROM version WHERE {where} AND NOT birth)",
        said,
    )
    database.execute(f"DELETE FROM version WHERE {where}", said)
    database.execute(
        "INSERT INTO touched (record, slot, type) VALUES (unhex(:record), :slot, :type) ON CONFLICT DO NOTHING",
        said,
    )
    return found


def _forget_row(database: Database, types: Catalogue, erasure: Erasure) -> set[tuple[int, int]]:
    """The columns, which the merge fills again from what is left, and the birth whose cells they may have been."""
    record_type = types.get(erasure.type)
    if record_type is None or erasure.slot not in record_type.slots:
        return set()
    table = quoted(table_of(erasure.type))
    where = "id = unhex(?) AND _stamp <= ?"
    found = set(
        database.rows(f"SELECT _origin, _number FROM {table} WHERE {where}", (erasure.record, erasure.upto))
    )
    columns = ", ".join(f"{quoted(f.name)} = NULL" for f in record_type.slots[erasure.slot].fields)
    database.execute(f"UPDATE {table} SET {columns} WHERE {where}", (erasure.record, erasure.upto))
    return found


def _forget_put(database: Database, table: str, erasure: Erasure) -> set[tuple[int, int]]:
    """What waits or was refused: a change leaves, a birth stays without those cells."""
    said = {
        "record": erasure.record, "slot": erasure.slot, "type": erasure.type, "upto": erasure.upto, "birth": BIRTH,
    }  # fmt: skip
    where = "record = unhex(:record) AND type = :type AND stamp <= :upto AND (slot = :slot OR kind = :birth)"
    found = set(database.rows(f"SELECT origin, number FROM {table} WHERE {where}", said))
    if table == "held":
        database.execute(f"DELETE FROM held WHERE {where} AND kind <> :birth", said)
    else:
        database.execute(f"UPDATE refused SET value = 'null' WHERE {where} AND kind <> :birth", said)
    for row, value in database.rows(
        f"SELECT rowid, value FROM {table} WHERE {where} AND kind = :birth", said
    ):
        gone = [
            path
            for (path,) in database.rows("SELECT key FROM json_each(?)", (value,))
            if path.partition(".")[0] == erasure.slot
        ]
        for column in gone:
            value = database.value("SELECT json_remove(?, ?)", (value, f'$."{column}"'))
        database.execute(f"UPDATE {table} SET value = ? WHERE rowid = ?", (value, row))
    return found
