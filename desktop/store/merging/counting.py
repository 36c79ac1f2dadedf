"""What counts of the changes that were staged, those that waited included, and what goes on waiting (rules 15, 16)."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.records.declaration import UNIT_SLOT
from desktop.records.versions.item_outcomes import HELD_NO_BIRTH
from desktop.store.merging.staging import RETRIED
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

MOST = 50_000
"""How many changes are staged at once: they lie in memory until they are counted."""
_TOGETHER = 100
"""More types than there are; others may make up thousands, and each is a part of a statement."""
HEAVIEST = 32 << 20
"""Bytes of changes that were held and are staged at once, but for one: a bundle of 30 KB may hold 200 MB of them."""

_Having = tuple[bytes, str, str]
"""Record, type, and a unit that it has or had."""

_WAITS = f"reason = '{HELD_NO_BIRTH}'"
"""Written out, as it is in the index: a million items may wait for something else."""


class Held:
    """Rule 15: what was held is tried again by itself, if its record is here by now, and at most so much at once."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._after = (0, 0, 0)
        self._at_once = self._no_moves = True
        self._more = False
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
        upto = self._upto(here)
        if upto == self._after:
            return
        self._db.execute(
            f"INSERT INTO staged (kind, type, record, unit, slot, stamp, replaces, origin, number, operator, value,"
            f" retried) SELECT kind, type, record, u.ref, slot, stamp, replaces, origin, number, operator, value,"
            f" :retried FROM held h CROSS JOIN unit_ref u ON u.id = h.unit WHERE kind <> 'birth' AND {_WAITS}"
            f" AND (origin, number, stamp) > (:origin, :number, :stamp) AND CASE type {here} END"
            f" AND (origin, number, stamp) <= (:last_origin, :last_number, :last_stamp)"
            f" ORDER BY origin, number, stamp",
            {"retried": RETRIED, "origin": origin, "number": number, "stamp": stamp,
             "last_origin": upto[0], "last_number": upto[1], "last_stamp": upto[2]},
        )  # fmt: skip
        self._after = upto

    def _upto(self, here: str) -> tuple[int, int, int]:
        """The last that is staged with those before it; notes whether more comes after it."""
        found, weight, self._more = self._after, 0, False
        for count, (*item, size) in enumerate(self._db.execute(
            f"SELECT origin, number, stamp, octet_length(value) + octet_length(replaces) FROM held h"
            f" WHERE kind <> 'birth' AND {_WAITS} AND (origin, number, stamp) > (?, ?, ?) AND CASE type {here} END"
            f" ORDER BY origin, number, stamp",
            self._after,
        )):  # fmt: skip
            weight += size
            if count and (count == MOST or weight > HEAVIEST):
                self._more = True
                break
            found = item[0], item[1], item[2]
        return found

    def goes_on(self) -> bool:
        """After what was staged has been counted: whether more is to be staged.

        What is staged at once is counted to the end. Of several rounds a later one may have let a move count that
        admits what was tried in an earlier one (rule 16): then all goes round once more.
        """
        if not self._types:
            return False
        self._no_moves &= not _moves(self._db)
        if self._more:
            self._at_once = False
            return True
        again = not (self._at_once or self._no_moves)
        self._after, self._at_once, self._no_moves = (0, 0, 0), True, True
        return again


def count_staged(database: Database) -> None:
    """Rule 16: a change counts when the record has or had its unit; moves that count may admit further ones."""
    found = sorted(_tables(database) & {t for (t,) in database.rows("SELECT DISTINCT type FROM staged")})
    _count(database, found)
    if _moves(database):
        _note_units(database)
        _count(database, found)


def _count(database: Database, types: Sequence[str]) -> None:
    for start in range(0, len(types), _TOGETHER):
        has_unit = " ".join(
            f"WHEN '{name}' THEN EXISTS (SELECT 1 FROM {quoted(table_of(name))} r WHERE r.id = staged.record AND ("
            # What is shown of records that are one may be the unit of another of them (rule 10).
            f" r.unit = staged.unit AND NOT EXISTS (SELECT 1 FROM component m WHERE m.id = r.id"
            f"  AND m.type = staged.type) OR EXISTS (SELECT 1 FROM record_unit u"
            f" WHERE u.record = staged.record AND u.type = staged.type AND u.unit = staged.unit)))"
            for name in types[start : start + _TOGETHER]
        )
        database.execute(f"UPDATE staged SET counts = 1 WHERE counts = 0 AND CASE type {has_unit} END")


def _tables(database: Database) -> set[str]:
    """The types of which records may be here: only births make a table, and without one no change counts."""
    found = database.rows("SELECT substr(name, 3) FROM sqlite_master WHERE name GLOB 'r_*'")
    return {name for (name,) in found}


def _moves(database: Database) -> int:
    return int(database.value("SELECT count(*) FROM staged WHERE counts = 1 AND slot = ?", (UNIT_SLOT,)))


def _note_units(database: Database) -> None:
    """The units that records have or had, for those few that have had more than one.

    A move that counts admits what was written under the unit to which it leads, a further move too. Each is looked at
    once: whoever moves a record a thousand times must not make others look through all that is staged for each.
    """
    for (type_name,) in database.rows("SELECT DISTINCT type FROM staged WHERE slot = 'unit' AND counts = 1"):
        database.execute(
            f"INSERT OR IGNORE INTO record_unit (record, type, unit) SELECT r.id, :type, r.unit"
            f" FROM {quoted(table_of(type_name))} r"
            f" WHERE r.id IN (SELECT record FROM staged WHERE slot = 'unit' AND counts = 1 AND type = :type)"
            f" AND NOT EXISTS (SELECT 1 FROM component m WHERE m.id = r.id AND m.type = :type)",
            {"type": type_name},
        )
    reached: set[_Having] = set()
    further: dict[_Having, set[_Having]] = {}
    for record, type_name, unit, to, counts in database.rows(
        "SELECT s.record, s.type, u.id, json_extract(s.value, '$'), s.counts FROM staged s"
        " JOIN unit_ref u ON u.ref = s.unit WHERE s.slot = 'unit' AND s.value <> 'null'"
    ):
        led = reached if counts else further.setdefault((record, type_name, unit), set())
        led.add((record, type_name, to))
    noted: set[_Having] = set()
    while reached:
        noted |= reached
        reached = set().union(*(further.pop(having, ()) for having in reached)) - noted
    database.connection.executemany(
        "INSERT OR IGNORE INTO unit_ref (id) VALUES (?)", sorted({(unit,) for *_, unit in noted})
    )
    database.connection.executemany(
        "INSERT OR IGNORE INTO record_unit (record, type, unit) SELECT ?, ?, ref FROM unit_ref WHERE id = ?",
        sorted(noted),
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
