"""Which units have ever had a record or claimed it, and what was ever said to be one, whether that counts or not.

To whom a record has gone cannot be asked of what counts now: it goes where it is claimed, and a claim may be let not
count later.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Set

from desktop.records.declaration import UNIT_SLOT
from desktop.records.identity import is_id
from desktop.records.versions.deciding import SAME, SUPERIOR
from desktop.records.versions.items import BIRTH
from desktop.store.queries import governing, scoping
from desktop.store.queries.scoping import Record
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

_ASIDE = ("refused", "held")
_PIECE = 5_000
"""How many items are gathered at once."""
_BETWEEN = "rowid > :after AND rowid <= :last"


def note_aside(database: Database) -> None:
    """Gathers the claims that do not count, or not yet, so that :func:`units` finds them by their record.

    In the file, inside the caller's transaction: a million of them in a temporary table would lie in memory.
    """
    database.execute(
        "CREATE TABLE claim_aside (record BLOB NOT NULL, type TEXT NOT NULL, unit TEXT NOT NULL,"
        " PRIMARY KEY (record, type, unit)) WITHOUT ROWID"
    )
    for table in _ASIDE:
        after = 0
        # Not all at once: what one statement may have to put back lies in memory.
        while last := database.value(
            f"SELECT max(rowid) FROM (SELECT rowid FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT {_PIECE})",
            (after,),
        ):
            database.execute(
                "INSERT OR IGNORE INTO claim_aside (record, type, unit)"
                f" SELECT record, type, unit FROM {table} WHERE kind = :birth AND {_BETWEEN} UNION ALL"
                f" SELECT record, type, json_extract(value, '$') FROM {table}"
                f"  WHERE slot = :slot AND json_valid(value) AND json_type(value) = 'text' AND {_BETWEEN}",
                {"birth": BIRTH, "slot": UNIT_SLOT, "after": after, "last": last},
            )
            after = last


def forget_aside(database: Database) -> None:
    """They are asked for no longer."""
    if database.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'claim_aside'") is not None:
        # Emptied first: to drop a table the engine keeps in memory what stood in it, should that fail.
        database.execute("DELETE FROM claim_aside")
        database.execute("DROP TABLE claim_aside")


def units(database: Database, type_name: str, records: Collection[str]) -> Mapping[str, Set[str]]:
    """The units that have these records of a type, have had them, or claim or claimed them."""
    row = (
        f"SELECT w.id, u.id FROM wanted w CROSS JOIN {quoted(table_of(type_name))} r ON r.id = w.id"
        " JOIN unit_ref u ON u.ref = r.unit UNION ALL "
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for record, unit in database.rows(
        "WITH wanted (id) AS MATERIALIZED (SELECT unhex(value) FROM json_each(:records)),"
        f" claims (id, unit) AS ({row if type_name in scoping.types_held(database) else ''}"
        "  SELECT w.id, u.id FROM wanted w CROSS JOIN record_unit c ON c.record = w.id AND c.type = :type"
        "  JOIN unit_ref u ON u.ref = c.unit UNION ALL"
        "  SELECT w.id, c.unit FROM wanted w CROSS JOIN claim_aside c ON c.record = w.id AND c.type = :type)"
        " SELECT lower(hex(id)), unit FROM claims",
        {"records": json.dumps(list(records)), "type": type_name},
    ):
        found[record].add(unit)
    return found


def edges(database: Database) -> dict[str, tuple[Record, Record]]:
    """What each word that two records are one names, of those that were taken back as well.

    What was refused may name anything, or nothing.
    """
    found = scoping.edges(database)
    for table in _ASIDE:
        found += database.rows(
            "SELECT lower(hex(record)), value ->> 'kind', value ->> 'one', value ->> 'other'"
            f" FROM {table} WHERE type = ? AND kind = ?",
            (SAME, BIRTH),
        )
    return {
        edge: ((str(kind), one), (str(kind), other))
        for edge, kind, one, other in found
        if is_id(one) and is_id(other)
    }


def lower_units(database: Database) -> dict[str, set[str]]:
    """The units that are, or were once, directly below each unit."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for unit, superior in governing.every_superior(database).items():
        found[superior or ""].add(unit)
    for _, _, _, unit, _, _, value, _, _ in governing.changes_of_units(database, [SUPERIOR]):
        found[json.loads(value) or ""].add(unit)
    return found
