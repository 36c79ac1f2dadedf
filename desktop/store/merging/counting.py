"""What counts of the changes that were staged, those that waited included, and what goes on waiting (rules 15, 16)."""

from __future__ import annotations

from desktop.records.declaration import UNIT_SLOT
from desktop.records.versions.item_outcomes import HELD_NO_BIRTH
from desktop.store.merging.staging import RETRIED
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

MOST = 50_000
"""How many changes are staged at once: they lie in memory until they are counted."""

_WAITS = f"reason = '{HELD_NO_BIRTH}'"
"""Written out, as it is in the index: a million items may wait for something else."""


class Held:
    """Rule 15: what was held is tried again by itself, if its record is here by now, and at most so much at once."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._after = (0, 0, 0)
        self._first = self._settled = True
        waiting = database.rows(f"SELECT DISTINCT type FROM held WHERE {_WAITS}")
        self._types = sorted(_tables(database) & {name for (name,) in waiting})
        if self._types:
            database.execute(
                f"INSERT OR IGNORE INTO unit_ref (id) SELECT DISTINCT unit FROM held WHERE {_WAITS}"
            )

    def stage(self) -> None:
        """Stages what comes next, in the order of the items."""
        if not self._types:
            return
        here = " ".join(
            f"WHEN '{name}' THEN EXISTS (SELECT 1 FROM {quoted(table_of(name))} r WHERE r.id = h.record)"
            for name in self._types
        )
        origin, number, stamp = self._after
        self._db.execute(
            f"INSERT INTO staged (kind, type, record, unit, slot, stamp, replaces, origin, number, operator, value,"
            f" retried) SELECT kind, type, record, u.ref, slot, stamp, replaces, origin, number, operator, value,"
            f" :retried FROM held h CROSS JOIN unit_ref u ON u.id = h.unit WHERE kind <> 'birth' AND {_WAITS}"
            f" AND (origin, number, stamp) > (:origin, :number, :stamp) AND CASE type {here} END"
            f" ORDER BY origin, number, stamp LIMIT :most",
            {"retried": RETRIED, "origin": origin, "number": number, "stamp": stamp,
             "most": MOST},
        )  # fmt: skip

    def goes_on(self) -> bool:
        """After what was staged has been counted: whether more is to be staged.

        All of it once more where a move has come to count: it may admit what was tried before (rule 16).
        """
        if not self._types:
            return False
        last = self._db.row(
            "SELECT origin, number, stamp, (SELECT count(*) FROM staged WHERE retried = :retried) FROM staged"
            " WHERE retried = :retried ORDER BY seq DESC LIMIT 1",
            {"retried": RETRIED},
        )
        self._settled &= not _moves(self._db)
        if last is not None and last[3] == MOST:
            self._after, self._first = last[:3], False
            return True
        again = not (self._first or self._settled)
        self._after, self._first, self._settled = (0, 0, 0), True, True
        return again


def count_staged(database: Database) -> None:
    """Rule 16: a change counts when the record has or had its unit; moves that count may admit further ones."""
    found = sorted(_tables(database) & {t for (t,) in database.rows("SELECT DISTINCT type FROM staged")})
    growing = True
    while growing:
        moves_before = _moves(database)
        for type_name in found:
            database.execute(
                f"UPDATE staged SET counts = 1 WHERE counts = 0 AND type = :type AND EXISTS ("
                f" SELECT 1 FROM {quoted(table_of(type_name))} r WHERE r.id = staged.record AND ("
                # What is shown of records that are one may be the unit of another of them (rule 10).
                f" r.unit = staged.unit AND NOT EXISTS (SELECT 1 FROM component m WHERE m.id = r.id"
                f"  AND m.type = staged.type) OR EXISTS (SELECT 1 FROM record_unit u"
                f" WHERE u.record = staged.record AND u.type = staged.type AND u.unit = staged.unit)))",
                {"type": type_name},
            )
        growing = _moves(database) > moves_before
        if growing:
            _note_units(database)


def _tables(database: Database) -> set[str]:
    """The types of which records may be here: only births make a table, and without one no change counts."""
    found = database.rows("SELECT substr(name, 3) FROM sqlite_master WHERE name GLOB 'r_*'")
    return {name for (name,) in found}


def _moves(database: Database) -> int:
    return int(database.value("SELECT count(*) FROM staged WHERE counts = 1 AND slot = ?", (UNIT_SLOT,)))


def _note_units(database: Database) -> None:
    """The units that records have or had, for those few that have had more than one."""
    database.execute(
        "INSERT OR IGNORE INTO unit_ref (id) SELECT DISTINCT json_extract(value, '$') FROM staged"
        " WHERE counts = 1 AND slot = 'unit' AND value <> 'null'"
    )
    for (type_name,) in database.rows("SELECT DISTINCT type FROM staged WHERE slot = 'unit' AND counts = 1"):
        database.execute(
            f"INSERT OR IGNORE INTO record_unit (record, type, unit) SELECT r.id, :type, r.unit"
            f" FROM {quoted(table_of(type_name))} r"
            f" WHERE r.id IN (SELECT record FROM staged WHERE slot = 'unit' AND counts = 1 AND type = :type)"
            f" AND NOT EXISTS (SELECT 1 FROM component m WHERE m.id = r.id AND m.type = :type)",
            {"type": type_name},
        )
    database.execute(
        "INSERT OR IGNORE INTO record_unit (record, type, unit) SELECT s.record, s.type, u.ref FROM staged s"
        " JOIN unit_ref u ON u.id = json_extract(s.value, '$') WHERE s.slot = 'unit' AND s.counts = 1"
    )


def keep_held(database: Database, now: int) -> None:
    """What has come to count waits no longer; what does not count yet waits from now on."""
    database.execute(
        # Of a fork another content with the same number may wait.
        "DELETE FROM held WHERE (origin, number, stamp) IN ("
        " SELECT origin, number, stamp FROM staged WHERE counts = 1)"
    )
    database.execute(
        "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value,"
        " reason, since) SELECT s.origin, s.number, s.kind, s.type, s.record, u.id, s.slot, s.stamp, s.replaces,"
        " s.operator, s.value, :reason, :now FROM staged s JOIN unit_ref u ON u.ref = s.unit"
        " WHERE s.counts = 0 AND s.retried <> :retried ON CONFLICT DO NOTHING",
        {"reason": HELD_NO_BIRTH, "now": now, "retried": RETRIED},
    )
