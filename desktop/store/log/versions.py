"""The log of versions: what was changed or disputed, and the births that were overwritten (rules 5 to 7)."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Mapping, Sequence

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, RecordType
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT, canonical
from desktop.records.versions.resolution import ItemId, Life, Version, heads_of, life_of
from desktop.store.tables import columns
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

REPLACED = """
    EXISTS (SELECT 1 FROM replacement p
            WHERE p.record = v.record AND p.slot = v.slot AND p.type = v.type AND p.replaced = v.stamp
            AND (v.birth = 1 OR p.origin <> 0 OR p.number = 0))
"""
"""Whether something replaces version ``v``."""

NOT_REPLACED = f"""
    NOT {REPLACED}
    AND NOT (v.birth = 1 AND EXISTS (
        SELECT 1 FROM replacement p CROSS JOIN version b
            ON b.record = p.record AND b.slot = p.slot AND b.type = p.type AND b.stamp = p.replaced
        WHERE p.record = v.record AND p.slot = v.slot AND p.type = v.type AND b.birth = 1 AND b.value = v.value))
"""
"""Rules 5 and 6: a head is a version that none replaces, and no birth repeats a birth's value already replaced.

For a record that somebody looks at: each birth is held against all that were replaced, of which there may be many.
"""

BY_COMPONENT = 0
"""The origin under which ``replacement`` notes what is no head only because records are one; items have others.

Its number is 1 where a birth is none: what was changed at the same moment may be a head all the same.
"""

OF_CONFLICT = """
    conflict c LEFT JOIN component m ON m.head = c.record AND m.type = c.type
    CROSS JOIN version v ON v.record = coalesce(m.id, c.record) AND v.type = c.type
"""
"""The conflicts ``c`` with the versions ``v`` of the record that each is about, and of those that are one with it."""

ITS_CONFLICT = """
    LEFT JOIN component m ON m.id = v.record AND m.type = v.type
    CROSS JOIN conflict c ON c.record = coalesce(m.head, v.record) AND c.type = v.type
"""
"""The conflicts ``c`` that are kept under the id under which the record of a version ``v`` is shown (rule 10)."""

_GONE = """
    SELECT b.record, b.slot, b.type, sha256(b.value) FROM conflict gc
    LEFT JOIN component gm ON gm.head = gc.record AND gm.type = gc.type
    CROSS JOIN version b ON b.record = coalesce(gm.id, gc.record) AND b.type = gc.type AND b.birth = 1
        AND gc.slot IN (b.slot, '_deleted')
    WHERE EXISTS (SELECT 1 FROM replacement p
        WHERE p.record = b.record AND p.slot = b.slot AND p.type = b.type AND p.replaced = b.stamp)
"""
HEAD_OF_CONFLICT = f"""
    CASE WHEN v.birth THEN CASE WHEN (v.record, v.slot, v.type, sha256(v.value)) IN ({_GONE}) THEN 0 ELSE 1 END
        ELSE NOT {REPLACED} END
"""
"""The same of a version ``v`` that a conflict is about; which births' values are replaced is gathered once for all.

Where something is not among what was gathered, ``NOT IN`` would look through all of it for something empty.
"""

_WORD = "CASE {0}.birth WHEN 1 THEN '' ELSE {0}.slot || '@' END || printf('%016x', {0}.stamp)"
"""How a tombstone names a version that its writer has seen (rule 9)."""

_LONG = 1000
"""Bytes of a value that is more than its digest."""
_DIGEST = "#"
"""What no canonical text begins with."""
_REPLACED_BY_OWN = f"""
    EXISTS (SELECT 1 FROM replacement p WHERE p.record = v.record AND p.slot = v.slot AND p.type = v.type
            AND p.replaced = v.stamp AND p.origin <> {BY_COMPONENT})
"""
"""Whether an item of the same record replaces version ``v``."""

_SHORT = "octet_length(s.replaces) < 1000"
"""Nearly all changes replace one version."""
_ENTRY = re.compile(r'(?:\["([0-9a-f]+)", ?)?(-?[0-9]+)')
"""One of what a change replaces, as it was staged: a stamp, or the id of another record and a stamp.

What has waited stands there with a space behind each comma.
"""

_SEEN = f"""
    WITH disputed (record, type) AS (SELECT coalesce(dm.id, dc.record), dc.type FROM conflict dc
            LEFT JOIN component dm ON dm.head = dc.record AND dm.type = dc.type WHERE dc.slot = '_deleted'),
        named (record, type, word) AS (SELECT s.record, s.type, {_WORD.format("s")} FROM disputed q
            CROSS JOIN version s ON s.record = q.record AND s.type = q.type)
    SELECT t.record, t.type, e.value FROM disputed q
    CROSS JOIN version t ON t.record = q.record AND t.type = q.type AND t.slot = '_deleted'
    CROSS JOIN json_each('[' || replace(
        json_quote(concat_ws(' ', t.value ->> 'births', t.value ->> 'heads')), ' ', '","') || ']') e
    WHERE (t.record, t.type, e.value) IN named
"""
"""What the tombstones of all records in doubt have seen: gathered once, as both may be thousands of one record."""

IN_DISPUTE = f"""
    {HEAD_OF_CONFLICT}
    AND (c.slot = v.slot OR c.slot = '_deleted'
        AND CASE WHEN (v.record, v.type, {_WORD.format("v")}) IN ({_SEEN}) THEN 0 ELSE 1 END)
"""
"""Whether version ``v`` is one of those that conflict ``c`` is about: a head, or what no tombstone has seen."""


def copy_births(database: Database, types: Catalogue, touched: str) -> None:
    """Rule 7: the first time a birth's value is touched, it is copied to the log as a version of its own.

    A slot that has any version in the log has had its birth copied, or its birth did not fill it.
    """
    slots: dict[str, list[str]] = {}
    for type_name, slot_name in database.rows(f"SELECT DISTINCT type, slot FROM temp.{touched}"):
        slots.setdefault(type_name, []).append(slot_name)
    for type_name, names in slots.items():
        told = {name: _born(types.get(type_name), name) for name in names}
        values = " ".join(f"WHEN '{name}' THEN {born[0]}" for name, born in told.items() if born)
        is_filled = " ".join(f"WHEN '{name}' THEN {born[1]}" for name, born in told.items() if born)
        if not values:
            continue
        table = quoted(table_of(type_name))
        # All slots of a record are written together, next to each other. Which they are is noted first: the engine
        # would gather with their values what it reads from the table that it writes, and a few kilobytes may touch
        # births of any size.
        # The unit a birth was written under is its own copy's once the record has moved.
        database.execute(
            f"INSERT INTO unlogged (row, slot, unit) SELECT r._row, t.slot, coalesce((SELECT b.unit FROM version b"
            f"   WHERE b.record = r.id AND b.slot = 'unit' AND b.type = t.type AND b.origin = r._origin"
            f"   AND b.number = r._number), r.unit)"
            f" FROM temp.{touched} t CROSS JOIN {table} r ON r.id = t.record"
            f" WHERE t.type = ? AND CASE t.slot {is_filled} END AND NOT EXISTS ("
            f"   SELECT 1 FROM version v WHERE v.record = r.id AND v.slot = t.slot AND v.type = t.type)"
            # What records that are one show may be the word of another; all that their births said is logged.
            f" AND NOT EXISTS (SELECT 1 FROM component m WHERE m.id = r.id AND m.type = t.type)",
            (type_name,),
        )
        database.execute(
            f"INSERT INTO version (type, record, slot, stamp, origin, number, unit, birth, operator, value)"
            f" SELECT ?, r.id, u.slot, r._stamp, r._origin, r._number, u.unit, 1, r._operator, CASE u.slot {values} END"
            f" FROM temp.unlogged u CROSS JOIN {table} r ON r._row = u.row",
            (type_name,),
        )
        database.execute("DELETE FROM temp.unlogged")


def _born(record_type: RecordType | None, name: str) -> tuple[str, str] | None:
    """What a row ``r`` says in a slot as canonical text, and whether it says anything; None if it has no such slot."""
    if name == UNIT_SLOT:
        return "(SELECT json_quote(id) FROM unit_ref WHERE ref = r.unit)", "1"
    if record_type is None or name not in record_type.slots:
        return None
    slot = record_type.slots[name]
    return columns.canonical_of(slot, "r."), columns.filled(slot, "r.")


def log_changes(database: Database) -> None:
    """What counts of the changes that were staged goes to the log, with what it replaces."""
    database.execute(
        "INSERT INTO version (type, record, slot, stamp, origin, number, unit, birth, operator, value)"
        " SELECT type, record, slot, stamp, origin, number, unit, 0, operator, value FROM staged"
        " WHERE counts = 1 ON CONFLICT DO NOTHING"
    )
    database.execute(
        "INSERT INTO replacement (record, slot, type, replaced, origin, number)"
        " SELECT s.record, s.slot, s.type, e.value, s.origin, s.number FROM staged s, json_each(s.replaces) e"
        # To open a list that is empty takes longer than to see that it is.
        f" WHERE s.counts = 1 AND s.replaces <> '[]' AND {_SHORT} AND e.type = 'integer' ON CONFLICT DO NOTHING"
    )
    database.execute(
        "INSERT INTO elsewhere (record, slot, type, other, replaced, origin, number)"
        " SELECT s.record, s.slot, s.type, unhex(e.value ->> 0), e.value ->> 1, s.origin, s.number"
        " FROM staged s, json_each(s.replaces) e"
        # Only those entries name a record, in quotation marks.
        f" WHERE s.counts = 1 AND {_SHORT} AND instr(s.replaces, char(34)) AND e.type = 'array'"
        " ON CONFLICT DO NOTHING"
    )
    for record, slot, name, origin, number, replaces in database.execute(
        "SELECT s.record, s.slot, s.type, s.origin, s.number, s.replaces FROM staged s"
        f" WHERE s.counts = 1 AND NOT {_SHORT}"
    ):
        # One by one: a statement keeps in memory what it has changed, and a line may name a million and a half. Nor are
        # all of them made at once.
        database.connection.executemany(
            "INSERT INTO replacement (record, slot, type, replaced, origin, number) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (
                (record, slot, name, int(e[2]), origin, number)
                for e in _ENTRY.finditer(replaces)
                if e[1] is None
            ),
        )
        database.connection.executemany(
            "INSERT INTO elsewhere (record, slot, type, other, replaced, origin, number)"
            " VALUES (?, ?, ?, unhex(?), ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                (record, slot, name, e[1], int(e[2]), origin, number)
                for e in _ENTRY.finditer(replaces)
                if e[1] is not None
            ),
        )


def whole(database: Database, type_name: str, version: Version) -> str:
    """The value of a version, also where it stands as its digest."""
    if not version.value.startswith(_DIGEST):
        return version.value
    found = database.value(
        "SELECT v.value FROM version v JOIN origin o ON o.ref = v.origin WHERE v.record = unhex(?) AND v.slot = ?"
        " AND v.type = +? AND v.stamp = ? AND v.number = ? AND o.station = ? AND o.incarnation = ?",
        (version.record, version.slot, type_name, version.stamp, version.item.number, version.item.station,
         version.item.incarnation),
    )  # fmt: skip
    return str(found)


def load_versions(
    database: Database,
    type_name: str,
    record: bytes,
    *,
    only: str = "",
    without: Collection[int] = (),
) -> list[Version]:
    """The counted versions of a record, or of one slot of it, that stand in the log, as the pure resolution wants them.

    Those of the moments ``without`` are left out. What is replaced by several is said of one of them, and what is not
    here of none: each of thousands may name all, and hundreds of thousands that nobody has.
    """
    of_slot = " AND p.slot = +:only" if only else ""
    said = {"record": record, "type": type_name, "only": only, "without": json.dumps(sorted(without))}
    left = (
        " AND (p.origin, p.number) NOT IN (SELECT w.origin, w.number FROM version w WHERE w.record = :record"
        " AND w.type = +:type AND w.stamp IN (SELECT value FROM json_each(:without)))"
        if without
        else ""
    )
    replaces, elsewhere = _replaced(database, said, of_slot, left)
    return [
        Version(
            item=ItemId(station, incarnation, number),
            record=record.hex(),
            slot=slot,
            stamp=stamp,
            value=value,
            unit=unit,
            birth=bool(birth),
            replaces=frozenset(replaces.get((slot, origin, number), ())),
            elsewhere=frozenset(elsewhere.get((slot, origin, number), ())),
        )
        for slot, stamp, value, birth, number, origin, station, incarnation, unit in database.rows(
            f"SELECT v.slot, v.stamp, v.value, v.birth, v.number, v.origin, o.station, o.incarnation, u.id"
            " FROM version v JOIN origin o ON o.ref = v.origin JOIN unit_ref u ON u.ref = v.unit"
            f" WHERE v.record = :record AND v.type = +:type{of_slot.replace('p.', 'v.')}"
            " ORDER BY v.slot, v.stamp, v.origin, v.number",
            said,
        )
        if stamp not in without
    ]


def load_standing(database: Database, type_name: str, record: bytes, *, only: str = "") -> list[Version]:
    """The same, but for changes that others of it replace; these are hundreds of thousands, if anything is.

    Instead of a long value its digest stands: see :func:`whole`. What is replaced by anything, as far as it matters, is
    said of one version of the slot.
    """
    said = {"record": record, "type": type_name, "only": only}
    of = "v.record = :record AND v.type = +:type" + (" AND v.slot = +:only" if only else "")
    replaces: dict[str, set[int]] = {}
    for slot, stamp in database.execute(
        f"SELECT DISTINCT v.slot, v.stamp FROM version v WHERE {of} AND v.birth AND {_REPLACED_BY_OWN}",
        said,
    ):
        replaces.setdefault(slot, set()).add(stamp)
    elsewhere: dict[str, set[tuple[str, int]]] = {}
    for slot, other, stamp in database.execute(
        "SELECT DISTINCT e.slot, lower(hex(e.other)), e.replaced FROM elsewhere e CROSS JOIN version v"
        " ON v.record = e.other AND v.slot = e.slot AND v.stamp = e.replaced AND v.type = e.type"
        f" WHERE {of.replace('v.', 'e.')} AND (v.birth OR NOT {_REPLACED_BY_OWN})",
        said,
    ):
        elsewhere.setdefault(slot, set()).add((other, stamp))
    found: list[Version] = []
    record_id, same = record.hex(), dict[str, str]()
    for slot, stamp, value, birth, number, *words in database.execute(
        f"SELECT v.slot, v.stamp, CASE WHEN octet_length(v.value) <= {_LONG} OR v.slot = '{UNIT_SLOT}' THEN v.value"
        f" ELSE '{_DIGEST}' || lower(hex(sha256(v.value))) END, v.birth, v.number, o.station, o.incarnation, u.id"
        " FROM version v JOIN origin o ON o.ref = v.origin JOIN unit_ref u ON u.ref = v.unit"
        f" WHERE {of} AND (v.birth OR NOT {_REPLACED_BY_OWN})"
        " ORDER BY v.slot, v.stamp, v.origin, v.number",
        said,
    ):
        slot, value, station, incarnation, unit = (same.setdefault(w, w) for w in (slot, value, *words))
        found.append(Version(
            ItemId(station, incarnation, number), record_id, slot, stamp, value, unit, bool(birth),
            frozenset(replaces.pop(slot, ())), frozenset(elsewhere.pop(slot, ())),
        ))  # fmt: skip
    return found


_Place = tuple[str, int, int]
"""The slot, origin and number of a version of one record."""


def _replaced(
    database: Database, said: Mapping[str, object], of_slot: str, left: str
) -> tuple[dict[_Place, set[int]], dict[_Place, set[tuple[str, int]]]]:
    """What each version of a record replaces of it, and of records elsewhere, where that is here.

    ``of_slot`` and ``left`` are conditions on what it is said in, with their parameters in ``said``.
    """
    replaces: dict[_Place, set[int]] = {}
    for slot, replaced, origin, number in database.rows(
        "SELECT p.slot, p.replaced, max(p.origin), p.number FROM replacement p"
        f" WHERE p.record = :record AND p.type = +:type{of_slot} AND EXISTS (SELECT 1 FROM version n"
        "  WHERE n.record = p.record AND n.slot = p.slot AND n.stamp = p.replaced AND n.type = p.type)"
        f" AND p.origin <> {BY_COMPONENT}{left} GROUP BY p.slot, p.replaced",
        said,
    ):
        replaces.setdefault((slot, origin, number), set()).add(replaced)
    elsewhere: dict[_Place, set[tuple[str, int]]] = {}
    for slot, other, replaced, origin, number in database.rows(
        "SELECT p.slot, lower(hex(p.other)), p.replaced, max(p.origin), p.number FROM elsewhere p"
        f" WHERE p.record = :record AND p.type = +:type{of_slot} AND EXISTS (SELECT 1 FROM version n"
        "  WHERE n.record = p.other AND n.slot = p.slot AND n.stamp = p.replaced AND n.type = p.type)"
        f"{left} GROUP BY p.slot, p.other, p.replaced",
        said,
    ):
        elsewhere.setdefault((slot, origin, number), set()).add((other, replaced))
    return replaces, elsewhere


def life(
    database: Database, type_name: str, record: bytes, births: Collection[int], *, live_child: bool = False
) -> Life:
    """Whether a record lives by what the log says of it, and by the births with these stamps that stand elsewhere."""
    tombstones = heads_of(load_standing(database, type_name, record, only=DELETED_SLOT))
    said = {"record": record, "type": type_name, "deleted": DELETED_SLOT}
    born = "SELECT v.stamp FROM version v WHERE v.record = :record AND v.type = +:type AND v.birth"
    changed = (
        "SELECT v.slot, v.stamp FROM version v WHERE v.record = :record AND v.type = +:type AND NOT v.birth"
        f" AND v.slot <> +:deleted AND NOT {_REPLACED_BY_OWN}"
    )
    return life_of(
        tombstones,
        itertools.chain(births, (stamp for (stamp,) in database.execute(born, said))),
        database.execute(changed, said),
        live_child=live_child,
        said=lambda t: whole(database, type_name, t),
    )


def slots_of(names: Sequence[str], cells: Sequence[object]) -> dict[str, str]:
    """The filled slots of a birth as canonical texts."""
    found: dict[str, object] = {}
    for name, cell in zip(names, cells, strict=True):
        if cell is None:
            continue
        slot, dot, member = name.partition(".")
        if dot:
            group = found.setdefault(slot, {})
            if isinstance(group, dict):
                group[member] = cell
        else:
            found[slot] = cell
    texts = {slot: canonical(value) for slot, value in found.items()}  # type: ignore[arg-type]  # cells of JSON
    return {slot: text for slot, text in texts.items() if text != ABSENT}
