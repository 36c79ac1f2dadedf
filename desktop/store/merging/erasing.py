"""Forgets personal values: their versions leave log, rows, what waits and what was refused (rule 12).

An erased version is as if it had never been written; what replaced it stands, and so does every later one. What was
forgotten once is remembered by its place, so that a copy which comes later is blanked before it is looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.item_outcomes import REFUSED_CLOCK
from desktop.records.versions.items import BIRTH
from desktop.store.log.versions import NOT_REPLACED
from desktop.store.queries import views
from desktop.store.queries.units import CLAIMED_TWICE, subtree
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

SHRED_DUE = "shred_due"
"""The setting that says that free pages, drafts and backups still hold what was erased."""

Targets = Mapping[tuple[str, str], Sequence["Erasure"]]
"""Type and record, then what is erased of it."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """One slot of one record, up to a stamp, as far as it was written under ``units``.

    ``unit`` is the one under which that was said.
    """

    type: str
    record: str
    slot: str
    upto: int
    unit: str
    units: frozenset[str]

    def reaches(self, slot: str | None, stamp: int, unit: str, *, is_void: bool = False) -> bool:
        """Whether a version of the record is meant: one that is void for its wrong date, whatever its stamp."""
        return slot == self.slot and (is_void or stamp <= self.upto) and unit in self.units


def covered(database: Database, unit: str) -> frozenset[str]:
    """The units for whose words a unit may speak, as far as the tree is known here: itself and all below.

    Of units whose superior is not known here, who stands above this one is believed: they were moved away, and what
    they had written is still held by those who answer for it no more.
    """
    below = frozenset(subtree(database, unit))
    if not _is_above(database, unit, below):
        return below
    moved = database.rows(
        "SELECT lower(hex(id)) FROM r_unit WHERE superior IS NOT NULL AND superior NOT IN (SELECT id FROM r_unit)"
    )
    return below.union(*(subtree(database, u) for (u,) in moved if u not in below))


def strangers(database: Database, unit: str) -> frozenset[str]:
    """The units that are not known here, if ``unit`` stands above this one: they had a record before it came here.

    Only levels above know whether they lie below that unit as well.
    """
    if not _is_above(database, unit, subtree(database, unit)):
        return frozenset()
    return frozenset(
        u for (u,) in database.rows("SELECT id FROM unit_ref WHERE unhex(id) NOT IN (SELECT id FROM r_unit)")
    )


def _is_above(database: Database, unit: str, below: Collection[str]) -> bool:
    """Whether a unit stands above that of this station."""
    own = database.value("SELECT value FROM meta WHERE key = 'unit_id'")
    return own is not None and own != unit and own in below


def is_replaced(database: Database, erasure: Erasure) -> bool:
    """Whether something was written into the slot later, and nothing that the erasure reaches stands there any more.

    A value as it was born stands in no log before somebody replaces it. What is set aside may come to stand: it waits,
    or whoever let it not count takes that back.
    """
    logged, standing = database.row(
        "SELECT count(*), coalesce(sum(v.stamp <= :upto AND v.value <> :absent"
        f" AND v.unit IN {_THEIRS} AND {NOT_REPLACED}), 0) FROM version v"
        " WHERE v.record = unhex(:record) AND v.slot = +:slot AND v.type = +:type",
        _said(erasure),
    ) or (0, 0)
    may_stand = f"{_aside('held', _HELD)} UNION ALL {_aside('refused', _MAY_COUNT)} LIMIT 1"
    return bool(logged) and not standing and database.row(may_stand, _said(erasure)) is None


def tree_mark(database: Database) -> str:
    """What tells whether units have come, were moved, or are back since; nothing where nothing was ever erased."""
    if database.row("SELECT 1 FROM erased LIMIT 1") is None:
        return ""
    rows = database.rows(
        f"SELECT hex(id), coalesce(hex(superior), ''), _life = 1 OR id IN ({CLAIMED_TWICE}) FROM r_unit ORDER BY id"
    )
    return hashlib.sha256("".join(f"{u} {above} {out}\n" for u, above, out in rows).encode()).hexdigest()


def is_left(database: Database, types: Catalogue, erasure: Erasure) -> bool:
    """Whether something that an erasure reaches still stands, in the history, in a birth or in what was set aside."""
    said = _said(erasure)
    slot = "record = unhex(:record) AND slot = +:slot AND type = +:type"
    looks = [
        f"SELECT 1 FROM version WHERE {slot} AND stamp <= :upto AND {_SAYS} AND unit IN {_THEIRS}",
        _aside("held", _HELD),
        _aside("refused", _REFUSED),
    ]
    record_type = types.get(erasure.type)
    if record_type is not None and erasure.slot in record_type.slots:
        table = quoted(table_of(erasure.type))
        filled = " OR ".join(f"{quoted(f.name)} IS NOT NULL" for f in record_type.slots[erasure.slot].fields)
        # What stands in the log as well was looked at there; so was all of records that are one, whose row shows the
        # words of others.
        looks.append(
            f"SELECT 1 FROM {table} WHERE {_birth_of(table)} AND ({filled})"
            f" AND NOT EXISTS (SELECT 1 FROM version WHERE {slot})"
            f" AND NOT EXISTS (SELECT 1 FROM component m WHERE m.id = {table}.id AND m.type = :type)"
        )
    return database.row(" UNION ALL ".join(looks) + " LIMIT 1", said) is not None


def _aside(table: str, put: str) -> str:
    """Whether something that an erasure reaches was set aside in one of two tables."""
    # The value is that of the table: json_each has a column of this name too. And to LIKE an underscore is any sign.
    cells = (
        f"EXISTS (SELECT 1 FROM json_each({table}.value) e WHERE e.key = :slot"
        " OR substr(e.key, 1, length(:slot) + 1) = :slot || '.')"
    )
    return (
        f"SELECT 1 FROM {table} WHERE {put} AND unit IN (SELECT value FROM json_each(:units))"
        f" AND CASE WHEN kind = :birth THEN {cells} ELSE value NOT IN (:absent, 'null') END"
    )


def by_record(erasures: Iterable[Erasure]) -> Targets:
    """Erasures by what they are about."""
    found: dict[tuple[str, str], list[Erasure]] = {}
    for erasure in erasures:
        found.setdefault((erasure.type, erasure.record), []).append(erasure)
    return found


def is_target(database: Database, type_name: str, record: str) -> bool:
    """Whether something of a record was ever erased here."""
    found = database.row(
        "SELECT 1 FROM erased WHERE record = unhex(?) AND type = ? LIMIT 1", (record, type_name)
    )
    return found is not None


def targets(database: Database) -> Targets:
    """Everything that was ever erased here, for what comes later.

    What comes from above was looked at there, where the units are known that are strangers here.
    """
    found: list[Erasure] = []
    units: dict[str, frozenset[str]] = {}
    for name, record, slot, unit, upto in database.rows(
        "SELECT type, lower(hex(record)), slot, unit, upto FROM erased"
    ):
        if unit not in units:
            units[unit] = covered(database, unit)
        found.append(Erasure(name, record, slot, upto, unit, units[unit]))
    return by_record(found)


def done(database: Database) -> Mapping[tuple[str, str, str, str], int]:
    """By type, record, slot and the unit under which it was said: up to which moment that was erased here."""
    return {
        (name, record, slot, unit): upto
        for name, record, slot, unit, upto in database.execute(
            "SELECT type, lower(hex(record)), slot, unit, upto FROM erased"
        )
    }


def note_undone(database: Database, records: Collection[str], after: int) -> None:
    """What was erased of these records up to a moment later than this one is asked for anew, as far as it is due."""
    database.connection.executemany(
        "DELETE FROM erased WHERE record = unhex(?) AND upto > ?",
        [(record, after) for record in sorted(records)],
    )


def forget(database: Database, types: Catalogue, erasures: Iterable[Erasure]) -> set[tuple[int, int]]:
    """Takes the values out of the tables; the items (origin, number) whose lines may hold them.

    The touched slots are left in ``temp.touched`` for the merge that resolves them.
    """
    holders: set[tuple[int, int]] = set()
    erasures = list(erasures)
    if erasures:
        database.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, '1')", (SHRED_DUE,))
        views.forget_searches(database)
    for erasure in erasures:
        said = _said(erasure)
        database.execute(
            "INSERT INTO erased (type, record, slot, unit, upto) VALUES (:type, unhex(:record), :slot, :unit, :upto)"
            " ON CONFLICT DO UPDATE SET upto = max(upto, excluded.upto)",
            said,
        )
        logged = database.row(
            "SELECT 1 FROM version WHERE record = unhex(:record) AND slot = +:slot AND type = +:type LIMIT 1",
            said,
        )
        holders |= _forget_versions(database, said)
        holders |= _forget_row(database, types, erasure, said, logged=logged is not None)
        holders |= _forget_held(database, said)
        holders |= _forget_refused(database, said)
    return holders


# That somebody emptied a slot says nothing about anybody, and later versions may stand on it: its line is kept as well.
_SAYS = "value <> :absent AND (birth OR value <> 'null')"
_THEIRS = "(SELECT ref FROM unit_ref WHERE id IN (SELECT value FROM json_each(:units)))"


def _said(erasure: Erasure) -> Mapping[str, object]:
    return {
        "record": erasure.record, "slot": erasure.slot, "type": erasure.type, "upto": erasure.upto,
        "unit": erasure.unit, "units": json.dumps(sorted(erasure.units)), "absent": ABSENT, "birth": BIRTH,
    }  # fmt: skip


def _forget_versions(database: Database, said: Mapping[str, object]) -> set[tuple[int, int]]:
    slot = "record = unhex(:record) AND slot = +:slot AND type = +:type"
    where = f"{slot} AND stamp <= :upto AND {_SAYS} AND unit IN {_THEIRS}"
    found = set(database.rows(f"SELECT origin, number FROM version WHERE {where}", said))
    for table in ("replacement", "elsewhere"):
        database.execute(
            f"DELETE FROM {table} WHERE record = unhex(:record) AND slot = :slot AND type = :type"
            f" AND (origin, number) IN (SELECT origin, number FROM version WHERE {where} AND NOT birth)",
            said,
        )
    database.execute(f"DELETE FROM version WHERE {where}", said)
    database.execute(
        "INSERT INTO touched (record, slot, type) VALUES (unhex(:record), :slot, :type) ON CONFLICT DO NOTHING",
        said,
    )
    return found


def _forget_row(
    database: Database, types: Catalogue, erasure: Erasure, said: Mapping[str, object], *, logged: bool
) -> set[tuple[int, int]]:
    """The columns, which the merge fills again from what is left, and the birth whose cells they may have been.

    A slot that stands in the log is filled again from there, whoever's birth the row stands on.
    """
    record_type = types.get(erasure.type)
    if record_type is None or erasure.slot not in record_type.slots:
        return set()
    table = quoted(table_of(erasure.type))
    birth = _birth_of(table)
    found = set(database.rows(f"SELECT _origin, _number FROM {table} WHERE {birth}", said))
    columns = ", ".join(f"{quoted(f.name)} = NULL" for f in record_type.slots[erasure.slot].fields)
    database.execute(f"UPDATE {table} SET {columns} WHERE {'id = unhex(:record)' if logged else birth}", said)
    return found


def _birth_of(table: str) -> str:
    """That the row stands on a birth which an erasure reaches."""
    return (
        f"id = unhex(:record) AND _stamp <= :upto AND coalesce((SELECT b.unit FROM version b"
        f" WHERE b.record = {table}.id AND b.type = +:type AND b.slot = 'unit' AND b.birth"
        f" AND b.origin = {table}._origin AND b.number = {table}._number), {table}.unit) IN {_THEIRS}"
    )


_PUT = "record = unhex(:record) AND type = :type AND (slot = :slot OR kind = :birth)"
_HELD = f"{_PUT} AND stamp <= :upto"
# What was written under a wrong date is void, and its words stand elsewhere: without them it would keep these until
# that day has come and somebody erases once more.
_MAY_COUNT = f"{_HELD} AND reason <> '{REFUSED_CLOCK}'"
_REFUSED = f"{_PUT} AND (stamp <= :upto OR reason = '{REFUSED_CLOCK}')"


def _forget_held(database: Database, said: Mapping[str, object]) -> set[tuple[int, int]]:
    """Of what waits a change leaves that says something, and a birth stays without those cells."""
    where = f"{_HELD} AND unit IN (SELECT value FROM json_each(:units))"
    found = set(database.rows(f"SELECT origin, number FROM held WHERE {where}", said))
    database.execute(f"DELETE FROM held WHERE {where} AND kind <> :birth AND value <> 'null'", said)
    _empty_births(database, "held", where, said)
    return found


def _forget_refused(database: Database, said: Mapping[str, object]) -> set[tuple[int, int]]:
    """Of what was refused only that remains. What others wrote stays, as it does in the segments: it may be lifted, or
    its author may fill it in once more. Of rows of earlier versions the unit is not known.
    """
    where = f"{_REFUSED} AND (unit = '' OR unit IN (SELECT value FROM json_each(:units)))"
    found = set(database.rows(f"SELECT origin, number FROM refused WHERE {where}", said))
    database.execute(
        f"UPDATE refused SET value = :absent WHERE {where} AND kind <> :birth AND value <> 'null'", said
    )
    _empty_births(database, "refused", where, said)
    return found


def _empty_births(database: Database, table: str, where: str, said: Mapping[str, object]) -> None:
    for row, value in database.rows(
        f"SELECT rowid, value FROM {table} WHERE {where} AND kind = :birth", said
    ):
        cells = {c: v for c, v in json.loads(value).items() if c.partition(".")[0] != said["slot"]}
        database.execute(
            f"UPDATE {table} SET value = ? WHERE rowid = ?", (json.dumps(cells, ensure_ascii=False), row)
        )
