"""The incremental computation of what ``records.resolution`` says, as set-based SQL inside one transaction.

Births go straight into the typed tables; changes are staged, counted or held, written to the log that only grows,
and the touched slots are resolved anew. Rules are those of ``sync-spec``; their numbers stand beside the steps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from desktop.records.canonical import ABSENT, canonical
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Field, RecordType
from desktop.records.resolution import ItemId, Life, Version, life_of, resolve_record
from desktop.records.types import Catalogue
from desktop.store import columns, schema
from desktop.store.columns import quoted, table_of, title_fields, title_text
from desktop.store.database import Database

HELD_NO_BIRTH = "no_birth"
HELD_UNIT = "unit"

STAGED = """
CREATE TEMP TABLE IF NOT EXISTS staged (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, type TEXT NOT NULL, record BLOB NOT NULL, unit INTEGER NOT NULL,
    slot TEXT NOT NULL, stamp INTEGER NOT NULL, replaces TEXT NOT NULL, origin INTEGER NOT NULL,
    number INTEGER NOT NULL, operator TEXT NOT NULL, value TEXT NOT NULL, counts INTEGER NOT NULL DEFAULT 0,
    retried INTEGER NOT NULL DEFAULT 0);
CREATE TEMP TABLE IF NOT EXISTS touched (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (record, slot, type));
CREATE TEMP TABLE IF NOT EXISTS fresh (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (record, slot, type));
CREATE TEMP TABLE IF NOT EXISTS winner (
    record BLOB NOT NULL, slot TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (record, slot, type));
CREATE TEMP TABLE IF NOT EXISTS second_birth (
    type TEXT NOT NULL, record BLOB NOT NULL, origin INTEGER NOT NULL, number INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS judged (record BLOB NOT NULL, type TEXT NOT NULL, PRIMARY KEY (record, type));
"""
"""The type stands in every key: who makes up a record of another type under a known id must not touch that one."""

NOT_REPLACED = """
    NOT EXISTS (SELECT 1 FROM replacement p
                WHERE p.record = v.record AND p.slot = v.slot AND p.replaced = v.stamp)
    AND NOT (v.birth = 1 AND EXISTS (
        SELECT 1 FROM version b JOIN replacement p
            ON p.record = b.record AND p.slot = b.slot AND p.replaced = b.stamp
        WHERE b.record = v.record AND b.slot = v.slot AND b.birth = 1 AND b.value = v.value))
"""
"""Rules 5 and 6: a head is a version that none replaces, and no birth repeats a birth's value already replaced."""


@dataclass(frozen=True, slots=True)
class Births:
    """Births of one type from one origin. A row is record, ``as``, stamp, number, operator, then its cells.

    ``columns`` names the cells as they stand on the wire: ``slot`` or ``slot.member``.
    """

    type: str
    origin: int
    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """A change or tombstone of one slot; ``value`` is canonical text, ``replaces`` stamps of the record's versions."""

    kind: str
    type: str
    record: str
    unit: str
    slot: str
    stamp: int
    replaces: tuple[int, ...]
    origin: int
    number: int
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item whose outcome is worth a word: (origin, number) and the record it is about."""

    origin: int
    number: int
    type: str
    record: str
    slot: str


@dataclass
class Result:
    """What a merge did: held and conflicting items one by one, the rest counted; and which types changed.

    ``released`` had been held. ``newest`` is the highest stamp that has come to count, 0 when none has.
    """

    newest: int = 0
    conflict: list[Item] = field(default_factory=list)
    held: list[Item] = field(default_factory=list)
    released: list[Item] = field(default_factory=list)
    births: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)


class Merger:
    """One merge inside one transaction: add births and changes in any order, then :meth:`finish` once."""

    def __init__(self, database: Database, types: Catalogue) -> None:
        self._db = database
        self._types = types
        self._units: dict[str, int] = {u: r for r, u in database.rows("SELECT ref, id FROM unit_ref")}
        self._result = Result()
        self._parents: set[tuple[str, bytes]] = set()
        self._tombstones = bool(database.row("SELECT 1 FROM version WHERE slot = '_deleted' LIMIT 1"))
        for statement in STAGED.split(";"):
            if statement.strip():
                database.execute(statement)
        self._clear()

    def unit_ref(self, unit: str) -> int:
        """The small number that stands for a unit id in this database."""
        ref = self._units.get(unit)
        if ref is None:
            ref = int(self._db.value("INSERT INTO unit_ref (id) VALUES (?) RETURNING ref", (unit,)))
            self._units[unit] = ref
        return ref

    # -- staging ---------------------------------------------------------------------------------------------------

    def add_births(self, births: Births) -> None:
        """Writes births whose item numbers are new here; a record that exists already gets a second birth."""
        if not births.rows:
            return
        record_type = self._types.get(births.type)
        known = columns.wire_columns(record_type) if record_type else {}
        if record_type is None:
            schema.ensure_unknown_type(self._db, births.type)
        fields = [known.get(c) for c in births.columns]
        self._result.newest = max(self._result.newest, *map(_stamp_of, births.rows))
        by_unit: dict[int, list[tuple[object, ...]]] = {}
        for row in births.rows:
            by_unit.setdefault(self.unit_ref(str(row[1])), []).append(row)
        before = self._db.connection.total_changes
        for unit_ref, rows in by_unit.items():
            self._db.connection.executemany(_insertion(births, record_type, fields, unit_ref), rows)
        inserted = self._db.connection.total_changes - before
        self._result.births[births.type] = self._result.births.get(births.type, 0) + inserted
        if inserted < len(births.rows):
            self._add_second_births(births, record_type)
        if None in fields:
            self._log_unknown(births, fields)
        self._note_parents(births, record_type)

    def add_changes(self, changes: Iterable[Change]) -> None:
        """Stages changes and tombstones whose item numbers are new here."""
        self._db.connection.executemany(
            "INSERT INTO staged (kind, type, record, unit, slot, stamp, replaces, origin, number, operator, value)"
            " VALUES (?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (c.kind, c.type, c.record, self.unit_ref(c.unit), c.slot, c.stamp, json.dumps(c.replaces), c.origin,
                 c.number, c.operator, c.value)
                for c in changes
            ),
        )  # fmt: skip

    def _add_second_births(self, births: Births, record_type: RecordType | None) -> None:
        """Rule 6 and 7: of births that met a record already here, both go to the log and their slots are resolved."""
        table = quoted(table_of(births.type))
        rows = []
        for row in births.rows:
            found = self._db.row(f"SELECT _origin, _number FROM {table} WHERE id = unhex(?)", (row[0],))
            if found is not None and found != (births.origin, row[3]):
                rows.append(row)
        if not rows:
            return
        cells_of = [_slots_of(births.columns, row[5:]) | {UNIT_SLOT: canonical(str(row[1]))} for row in rows]
        self._db.connection.executemany(
            "INSERT INTO temp.fresh (record, slot, type) VALUES (unhex(?), ?, ?) ON CONFLICT DO NOTHING",
            [
                (row[0], slot, births.type)
                for row, cells in zip(rows, cells_of, strict=True)
                for slot in cells
            ],
        )
        self._copy_births("fresh")
        self._db.execute("DELETE FROM temp.fresh")
        for row, cells in zip(rows, cells_of, strict=True):
            self._log_birth(births, row, cells)
            self._db.execute(
                f"INSERT INTO record_unit (record, unit) SELECT id, unit FROM {table} WHERE id = unhex(:id)"
                f" UNION SELECT unhex(:id), :unit ON CONFLICT DO NOTHING",
                {"id": row[0], "unit": self.unit_ref(str(row[1]))},
            )
        self._db.connection.executemany(
            "INSERT INTO second_birth (type, record, origin, number) VALUES (?, unhex(?), ?, ?)",
            [(births.type, r[0], births.origin, r[3]) for r in rows],
        )

    def _log_unknown(self, births: Births, fields: Sequence[object]) -> None:
        """Rule 2: what this program does not know is kept in the log, a group with a member it does not know whole."""
        places = [place for place, known in enumerate(fields, start=5) if known is None]
        slots = {births.columns[place - 5].partition(".")[0] for place in places}
        for row in births.rows:
            if any(row[place] is not None for place in places):
                cells = _slots_of(births.columns, row[5:])
                self._log_birth(births, row, {s: v for s, v in cells.items() if s in slots})

    def _log_birth(self, births: Births, row: Sequence[object], cells: Mapping[str, str]) -> None:
        self._db.connection.executemany(
            "INSERT INTO version (type, record, slot, stamp, origin, number, unit, birth, operator, value)"
            " VALUES (?, unhex(?), ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO NOTHING",
            [
                (
                    births.type,
                    row[0],
                    slot,
                    row[2],
                    births.origin,
                    row[3],
                    self.unit_ref(str(row[1])),
                    row[4],
                    value,
                )
                for slot, value in cells.items()
            ],
        )
        self._db.connection.executemany(
            "INSERT INTO touched (record, slot, type) VALUES (unhex(?), ?, ?) ON CONFLICT DO NOTHING",
            [(row[0], slot, births.type) for slot in cells],
        )

    def _note_parents(self, births: Births, record_type: RecordType | None) -> None:
        """Rule 9: a child that comes to a deleted parent is a conflict there; only matters once anything is deleted."""
        if record_type is None or record_type.parent is None:
            return
        parent = record_type.by_name[record_type.parent]
        column = parent.name if parent.group is None else f"{parent.group}.{parent.name}"
        if column in births.columns and (self._tombstones or self._any_staged_tombstone()):
            at = 5 + births.columns.index(column)
            self._parents |= {(str(parent.link), bytes.fromhex(str(r[at]))) for r in births.rows if r[at]}

    def _any_staged_tombstone(self) -> bool:
        return self._db.row("SELECT 1 FROM staged WHERE slot = ? LIMIT 1", (DELETED_SLOT,)) is not None

    # -- counting and resolving ------------------------------------------------------------------------------------

    def finish(self, now: int) -> Result:
        """Counts, logs, resolves and materialises what was staged; ``now`` is in milliseconds since 2020."""
        self._stage_held()
        self._count_staged()
        self._db.execute(
            "INSERT INTO touched (record, slot, type) SELECT DISTINCT record, slot, type FROM staged WHERE counts = 1"
            " ON CONFLICT DO NOTHING"
        )
        self._copy_births("touched")
        self._log_changes()
        self._resolve()
        self._materialise()
        self._judge_lives()
        self._collect(now)
        self._clear()
        return self._result

    def resolve_again(self, slots: Iterable[tuple[str, str]]) -> list[str]:
        """Materialises (type, slot) pairs whose columns came with a newer program from what the log kept (rule 2).

        The names of the types of which the log kept something.
        """
        self._db.connection.executemany(
            "INSERT INTO touched (record, slot, type) SELECT DISTINCT record, slot, type FROM version"
            " WHERE type = ? AND slot = ? ON CONFLICT DO NOTHING",
            list(slots),
        )
        self._resolve()
        self._materialise()
        self._judge_lives()
        found = [name for (name,) in self._db.rows("SELECT DISTINCT type FROM touched ORDER BY type")]
        self._clear()
        return found

    def _stage_held(self) -> None:
        """Rule 15: what was held is tried again by itself."""
        self._db.execute("INSERT OR IGNORE INTO unit_ref (id) SELECT DISTINCT unit FROM held")
        self._db.execute(
            "INSERT INTO staged (kind, type, record, unit, slot, stamp, replaces, origin, number, operator, value,"
            " retried) SELECT kind, type, record, u.ref, slot, stamp, replaces, origin, number, operator, value, 1"
            " FROM held JOIN unit_ref u ON u.id = held.unit WHERE kind <> 'birth' AND reason = ?",
            (HELD_NO_BIRTH,),
        )

    def _count_staged(self) -> None:
        """Rule 16: a change counts when the record has or had its unit; moves that count may admit further ones."""
        types = [t for (t,) in self._db.rows("SELECT DISTINCT type FROM staged")]
        for type_name in types:
            if type_name not in self._types:
                schema.ensure_unknown_type(self._db, type_name)
        growing = True
        while growing:
            moves_before = self._moves()
            for type_name in types:
                self._db.execute(
                    f"UPDATE staged SET counts = 1 WHERE counts = 0 AND type = :type AND EXISTS ("
                    f" SELECT 1 FROM {quoted(table_of(type_name))} r WHERE r.id = staged.record AND ("
                    f" r.unit = staged.unit OR EXISTS (SELECT 1 FROM record_unit u"
                    f" WHERE u.record = staged.record AND u.unit = staged.unit)))",
                    {"type": type_name},
                )
            growing = self._moves() > moves_before
            if growing:
                self._note_units()

    def _moves(self) -> int:
        return int(self._db.value("SELECT count(*) FROM staged WHERE counts = 1 AND slot = ?", (UNIT_SLOT,)))

    def _note_units(self) -> None:
        """The units that records have or had, for those few that have had more than one."""
        self._db.execute(
            "INSERT OR IGNORE INTO unit_ref (id) SELECT DISTINCT json_extract(value, '$') FROM staged"
            " WHERE counts = 1 AND slot = 'unit' AND value <> 'null'"
        )
        for (type_name,) in self._db.rows(
            "SELECT DISTINCT type FROM staged WHERE slot = 'unit' AND counts = 1"
        ):
            self._db.execute(
                f"INSERT OR IGNORE INTO record_unit (record, unit) SELECT r.id, r.unit"
                f" FROM {quoted(table_of(type_name))} r"
                f" WHERE r.id IN (SELECT record FROM staged WHERE slot = 'unit' AND counts = 1 AND type = :type)",
                {"type": type_name},
            )
        self._db.execute(
            "INSERT OR IGNORE INTO record_unit (record, unit) SELECT s.record, u.ref FROM staged s"
            " JOIN unit_ref u ON u.id = json_extract(s.value, '$') WHERE s.slot = 'unit' AND s.counts = 1"
        )

    def _copy_births(self, touched: str) -> None:
        """Rule 7: the first time a birth's value is touched, it is copied to the log as a version of its own.

        A slot that has any version in the log has had its birth copied, or its birth did not fill it.
        """
        for type_name, slot_name in self._db.rows(f"SELECT DISTINCT type, slot FROM temp.{touched}"):
            record_type = self._types.get(type_name)
            if slot_name == UNIT_SLOT:
                value, is_filled = "(SELECT json_quote(id) FROM unit_ref WHERE ref = r.unit)", "1"
            elif record_type is not None and slot_name in record_type.slots:
                slot = record_type.slots[slot_name]
                value, is_filled = columns.canonical_of(slot, "r."), columns.filled(slot, "r.")
            else:
                continue
            # The unit a birth was written under is its own copy's once the record has moved.
            self._db.execute(
                f"INSERT INTO version (type, record, slot, stamp, origin, number, unit, birth, operator, value)"
                f" SELECT :type, r.id, :slot, r._stamp, r._origin, r._number, coalesce((SELECT b.unit FROM version b"
                f"   WHERE b.record = r.id AND b.slot = 'unit' AND b.origin = r._origin AND b.number = r._number),"
                f"   r.unit), 1, r._operator, {value}"
                f" FROM temp.{touched} t JOIN {quoted(table_of(type_name))} r ON r.id = t.record"
                f" WHERE t.type = :type AND t.slot = :slot AND {is_filled} AND NOT EXISTS ("
                f"   SELECT 1 FROM version v WHERE v.record = r.id AND v.slot = :slot AND v.type = :type)",
                {"type": type_name, "slot": slot_name},
            )

    def _log_changes(self) -> None:
        self._db.execute(
            "INSERT INTO version (type, record, slot, stamp, origin, number, unit, birth, operator, value)"
            " SELECT type, record, slot, stamp, origin, number, unit, 0, operator, value FROM staged"
            " WHERE counts = 1 ON CONFLICT DO NOTHING"
        )
        self._db.execute(
            "INSERT INTO replacement (record, slot, replaced, origin, number)"
            " SELECT s.record, s.slot, e.value, s.origin, s.number FROM staged s, json_each(s.replaces) e"
            " WHERE s.counts = 1 ON CONFLICT DO NOTHING"
        )

    def _resolve(self) -> None:
        """Rule 6 decides what is shown, rule 5 what is in conflict, for the touched slots."""
        self._db.execute(
            "INSERT INTO winner (record, slot, type, value) SELECT record, slot, type, value FROM ("
            " SELECT v.record, v.slot, t.type, v.value, row_number() OVER ("
            "   PARTITION BY v.record, v.slot, v.type ORDER BY v.birth, v.stamp DESC, v.value DESC) AS place"
            " FROM touched t JOIN version v ON v.record = t.record AND v.slot = t.slot AND v.type = t.type)"
            " WHERE place = 1"
        )
        self._db.execute(
            "DELETE FROM conflict WHERE EXISTS (SELECT 1 FROM touched t"
            " WHERE t.record = conflict.record AND t.slot = conflict.slot AND t.type = conflict.type)"
        )
        self._db.execute(
            f"INSERT INTO conflict (record, slot, type) SELECT t.record, t.slot, t.type"
            f" FROM touched t JOIN version v ON v.record = t.record AND v.slot = t.slot AND v.type = t.type"
            f" WHERE t.slot <> :deleted AND {NOT_REPLACED}"
            f" GROUP BY t.record, t.slot, t.type HAVING count(DISTINCT v.value) > 1 ON CONFLICT DO NOTHING",
            {"deleted": DELETED_SLOT},
        )

    def _materialise(self) -> None:
        """The current row is always in the typed table."""
        self._db.execute(
            "INSERT OR IGNORE INTO unit_ref (id) SELECT DISTINCT json_extract(value, '$') FROM winner"
            " WHERE slot = 'unit' AND value <> 'null'"
        )
        for type_name, slot_name in self._db.rows("SELECT DISTINCT type, slot FROM winner"):
            record_type = self._types.get(type_name)
            if slot_name == UNIT_SLOT:
                parts = "unit = (SELECT ref FROM unit_ref WHERE id = json_extract(w.value, '$'))"
            elif record_type is not None and slot_name in record_type.slots:
                parts = columns.assignments(record_type.slots[slot_name], "w.value")
            else:
                continue
            self._db.execute(
                f"UPDATE {quoted(table_of(type_name))} AS r SET {parts} FROM winner w"
                f" WHERE w.type = :type AND w.slot = :slot AND r.id = w.record",
                {"type": type_name, "slot": slot_name},
            )

        self._sort_again()

    def _sort_again(self) -> None:
        """The order of lists follows the words that name a record."""
        for (type_name,) in self._db.rows("SELECT DISTINCT type FROM winner"):
            record_type = self._types.get(type_name)
            if record_type is None:
                continue
            slots = {record_type.slot_of[f.name] for f in title_fields(record_type)}
            marks = ", ".join("?" * len(slots))
            self._db.execute(
                f"UPDATE {quoted(table_of(type_name))} AS r SET _sort = sort_key({title_text(record_type, 'r.')})"
                f" WHERE r.id IN (SELECT record FROM winner WHERE type = ? AND slot IN ({marks}))",
                (type_name, *sorted(slots)),
            )

    # -- tombstones ------------------------------------------------------------------------------------------------

    def _judge_lives(self) -> None:
        """Rule 9, through the pure resolution: deletions are few."""
        self._db.execute(
            "INSERT OR IGNORE INTO judged (record, type) SELECT DISTINCT t.record, t.type FROM touched t"
            " JOIN version v ON v.record = t.record AND v.slot = '_deleted' AND v.type = t.type"
        )
        self._db.connection.executemany(
            "INSERT OR IGNORE INTO judged (record, type) SELECT record, type FROM version"
            " WHERE record = ? AND slot = '_deleted' AND type = ?",
            [(record, type_name) for type_name, record in self._parents],
        )
        self._judge_relinked()
        waiting = self._db.rows("SELECT record, type FROM judged")
        judged: set[tuple[bytes, str]] = set()
        # Children before their parents: a parent asks whether a child lives.
        waiting.sort(key=lambda found: self._depth(found[1]), reverse=True)
        while waiting:
            record, type_name = waiting.pop(0)
            judged.add((record, type_name))
            life = self._life(type_name, record)
            before = self._db.value(
                f"SELECT _life FROM {quoted(table_of(type_name))} WHERE id = ?", (record,)
            )
            self._db.execute(
                f"UPDATE {quoted(table_of(type_name))} SET _life = ? WHERE id = ?", (int(life), record)
            )
            self._db.execute(
                "DELETE FROM conflict WHERE record = ? AND slot = ? AND type = ?",
                (record, DELETED_SLOT, type_name),
            )
            if life is Life.DISPUTED:
                self._db.execute(
                    "INSERT INTO conflict (record, slot, type) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (record, DELETED_SLOT, type_name),
                )
            if before != int(life):
                waiting += [p for p in self._tombstoned_parents(type_name, record) if p not in judged]

    def _judge_relinked(self) -> None:
        """A child that was linked to another parent may change the life of both."""
        for type_name, slot_name in self._db.rows("SELECT DISTINCT type, slot FROM touched"):
            record_type = self._types.get(type_name)
            if record_type is None or record_type.parent is None:
                continue
            if record_type.slot_of[record_type.parent] == slot_name:
                path = f"$.{record_type.parent}" if slot_name != record_type.parent else "$"
                self._db.execute(
                    "INSERT OR IGNORE INTO judged (record, type) SELECT p.record, p.type FROM touched t"
                    " JOIN version v ON v.record = t.record AND v.slot = t.slot AND v.type = t.type"
                    " JOIN version p ON p.record = unhex(json_extract(v.value, :path)) AND p.slot = '_deleted'"
                    " AND p.type = :parent WHERE t.type = :type AND t.slot = :slot",
                    {
                        "path": path,
                        "parent": record_type.by_name[record_type.parent].link,
                        "type": type_name,
                        "slot": slot_name,
                    },
                )

    def _depth(self, type_name: str) -> int:
        record_type = self._types.get(type_name)
        if record_type is None or record_type.parent is None:
            return 0
        return 1 + self._depth(str(record_type.by_name[record_type.parent].link))

    def _tombstoned_parents(self, type_name: str, record: bytes) -> list[tuple[bytes, str]]:
        record_type = self._types.get(type_name)
        if record_type is None or record_type.parent is None:
            return []
        parent = record_type.by_name[record_type.parent]
        return [
            (r, t)
            for r, t in self._db.rows(
                f"SELECT DISTINCT v.record, v.type FROM {quoted(table_of(type_name))} c"
                f" JOIN version v ON v.record = c.{quoted(parent.name)} AND v.slot = '_deleted' AND v.type = ?"
                f" WHERE c.id = ?",
                (parent.link, record),
            )
        ]

    def _life(self, type_name: str, record: bytes) -> Life:
        table = quoted(table_of(type_name))
        versions = load_versions(self._db, type_name, record)
        births = {b for (b,) in self._db.rows(f"SELECT _stamp FROM {table} WHERE id = ?", (record,))}
        births |= {v.stamp for v in versions if v.birth}
        return life_of(resolve_record(versions), births, live_child=self._live_child(type_name, record))

    def _live_child(self, type_name: str, record: bytes) -> bool:
        return any(
            self._db.row(
                f"SELECT 1 FROM {quoted(table_of(child.name))}"
                f" WHERE {quoted(str(child.parent))} = ? AND _life <> ? LIMIT 1",
                (record, int(Life.DELETED)),
            )
            is not None
            for child in self._types.children(type_name)
        )

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _collect(self, now: int) -> None:
        """Rule 17, for what was staged: held, in conflict, or applied and only counted."""
        result = self._result
        result.held = self._items(
            "SELECT origin, number, type, lower(hex(record)), slot FROM staged WHERE counts = 0 AND retried = 0"
        )
        result.released = self._items(
            "SELECT origin, number, type, lower(hex(record)), slot FROM staged WHERE counts = 1 AND retried = 1"
        )
        # A head in its slot, or one that no tombstone of its record has seen.
        result.conflict = self._items(
            f"SELECT v.origin, v.number, v.type, lower(hex(v.record)), max(c.slot) FROM ("
            f" SELECT origin, number FROM staged WHERE counts = 1 AND retried = 0"
            f" UNION SELECT origin, number FROM second_birth) n"
            f" JOIN version v ON v.origin = n.origin AND v.number = n.number"
            f" JOIN conflict c ON c.record = v.record AND c.type = v.type"
            f" WHERE {NOT_REPLACED} AND (c.slot = v.slot OR c.slot = '_deleted' AND NOT EXISTS ("
            f"  SELECT 1 FROM version d WHERE d.record = v.record AND d.slot = '_deleted'"
            f"  AND instr(d.value, printf('%016x', v.stamp))))"
            f" GROUP BY v.origin, v.number"
        )
        newest = self._db.value("SELECT max(stamp) FROM staged WHERE counts = 1")
        result.newest = max(result.newest, newest or 0)
        for type_name, count in self._db.rows(
            "SELECT type, count(*) FROM staged WHERE counts = 1 GROUP BY type"
        ):
            result.changes[type_name] = count
        self._db.execute(
            "DELETE FROM held WHERE EXISTS (SELECT 1 FROM staged s"
            " WHERE s.origin = held.origin AND s.number = held.number AND s.counts = 1)"
        )
        self._db.execute(
            "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value,"
            " reason, since) SELECT s.origin, s.number, s.kind, s.type, s.record, u.id, s.slot, s.stamp, s.replaces,"
            " s.operator, s.value, :reason, :now FROM staged s JOIN unit_ref u ON u.ref = s.unit"
            " WHERE s.counts = 0 AND s.retried = 0",
            {"reason": HELD_NO_BIRTH, "now": now},
        )

    def _items(self, sql: str) -> list[Item]:
        return [Item(*row) for row in self._db.rows(sql)]

    def _clear(self) -> None:
        for table in ("staged", "touched", "fresh", "winner", "second_birth", "judged"):
            self._db.execute(f"DELETE FROM temp.{table}")


def _insertion(
    births: Births, record_type: RecordType | None, fields: Sequence[Field | None], unit_ref: int
) -> str:
    """The statement that takes a row as it was decoded: numbered parameters, so that nothing is built once more.

    A row is record (1), ``as`` (2, which is ``unit_ref`` here), stamp (3), number (4), operator (5), cells (6 on).
    """
    names = [*columns.BASE_COLUMNS[:-1], "_sort"]
    bound = []
    for place, field_ in enumerate(fields, start=6):
        if field_ is None:
            continue
        names.append(field_.name)
        bound.append(columns.bind(field_).replace("?", f"?{place}"))
    wanted = title_fields(record_type) if record_type is not None else ()
    titles = [f"coalesce(?{fields.index(f) + 6}, '')" for f in wanted if f in fields]
    if fields and fields[-1] is None:
        # Every cell of a row is bound, so the last one is named even when its column is not known here.
        titles.append(f"substr(coalesce(?{5 + len(fields)}, ''), 1, 0)")
    sort = f"sort_key({' || '.join(titles)})" if titles else "''"
    values = ["unhex(?1)", str(unit_ref), "?3", str(births.origin), "?4", "?5", sort, *bound]
    return (
        f"INSERT INTO {quoted(table_of(births.type))} ({', '.join(map(quoted, names))})"
        f" VALUES ({', '.join(values)}) ON CONFLICT (id) DO NOTHING"
    )


_stamp_of = itemgetter(2)
"""The stamp in a row of births."""


def load_versions(database: Database, type_name: str, record: bytes) -> list[Version]:
    """The counted versions of a record that stand in the log, as the pure resolution wants them."""
    replaces: dict[tuple[str, int, int], set[int]] = {}
    for slot, replaced, origin, number in database.rows(
        "SELECT slot, replaced, origin, number FROM replacement WHERE record = ?", (record,)
    ):
        replaces.setdefault((slot, origin, number), set()).add(replaced)
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
        )
        for slot, stamp, value, birth, number, origin, station, incarnation, unit in database.rows(
            "SELECT v.slot, v.stamp, v.value, v.birth, v.number, v.origin, o.station, o.incarnation, u.id"
            " FROM version v JOIN origin o ON o.ref = v.origin JOIN unit_ref u ON u.ref = v.unit"
            " WHERE v.record = ? AND v.type = ? ORDER BY v.slot, v.stamp, v.origin, v.number",
            (record, type_name),
        )
    ]


def _slots_of(names: Sequence[str], cells: Sequence[object]) -> dict[str, str]:
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
    texts = {slot: canonical(value) for slot, value in found.items()}  # type: ignore[arg-type]
    return {slot: text for slot, text in texts.items() if text != ABSENT}
