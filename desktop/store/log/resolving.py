"""The touched slots resolved anew: what is shown, what is in conflict, and the current row in the typed table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.stamps import MAX_STAMP
from desktop.store.log.versions import REPLACED
from desktop.store.tables import columns
from desktop.store.tables.columns import quoted, table_of, title_fields, title_text
from desktop.store.tables.database import Database

Note = Callable[[str, Sequence[str], str], None]
"""Gets a type, columns of its table, and the table whose columns ``c0``, ``c1`` … are about to be written there."""

_LONG = 16 << 10
"""Bytes of a value that is written by itself: what is computed of all others is in memory twice."""


def make_cells(database: Database, types: Catalogue) -> None:
    """The temporary tables for what is computed of rows: one for each number of columns that are filled at once."""
    if database.row("SELECT 1 FROM temp.sqlite_master WHERE name = ?", (f"cell_{types.widest}",)) is None:
        for width in range(1, types.widest + 1):
            names = ", ".join(_names(width))
            database.execute(
                f"CREATE TEMP TABLE IF NOT EXISTS cell_{width} (row INTEGER PRIMARY KEY, {names})"
            )


def _names(width: int) -> list[str]:
    return [f"c{n}" for n in range(width)]


def resolve(database: Database) -> None:
    """Rule 6 decides what is shown, rule 5 what is in conflict, for the touched slots."""
    database.execute(
        # The value comes from the row of the greatest place: any change stands before any birth. Of the heads there
        # may be fewer, where a birth repeats a value that was replaced; that is looked at where there are several.
        "INSERT INTO winner (record, slot, type, value, place, heads) SELECT t.record, t.slot, t.type, v.value,"
        f" max(CASE v.birth WHEN 1 THEN v.stamp - {MAX_STAMP} ELSE v.stamp END), sum(NOT {REPLACED})"
        " FROM touched t CROSS JOIN version v ON v.record = t.record AND v.slot = t.slot AND v.type = t.type"
        " GROUP BY t.record, t.slot, t.type"
    )
    database.execute(
        # One head that is a change has a stamp of its own; of others several may have the same.
        "UPDATE winner AS w SET value = (SELECT v.value FROM version v WHERE v.record = w.record AND v.slot = w.slot"
        " AND v.type = w.type ORDER BY v.birth, v.stamp DESC, v.value DESC LIMIT 1) WHERE heads <> 1 OR place <= 0"
    )
    database.execute(
        "DELETE FROM conflict WHERE (record, slot, type) IN (SELECT record, slot, type FROM touched)"
    )
    _find_conflicts(database, "winner", "t.heads > 1 AND")


def find_conflicts_again(database: Database, record: bytes, type_name: str) -> None:
    """Which slots of a record are in conflict, after it was not asked about them for a time (rule 9)."""
    database.execute(
        "INSERT INTO fresh (record, slot, type) SELECT DISTINCT record, slot, type FROM version"
        " WHERE record = ? AND type = ? ON CONFLICT DO NOTHING",
        (record, type_name),
    )
    _find_conflicts(database, "fresh")
    database.execute("DELETE FROM temp.fresh")


def _find_conflicts(database: Database, slots: str, only: str = "") -> None:
    """Rule 5, for the slots in a temporary table, or only some of them."""
    database.execute(
        # What is grouped is sorted, with all that it is made of if that is not made before.
        f"WITH logged AS MATERIALIZED (SELECT t.record, t.slot, t.type, v.birth, sha256(v.value) AS said,"
        f" {REPLACED} AS replaced FROM temp.{slots} t"
        f" CROSS JOIN version v ON v.record = t.record AND v.slot = t.slot AND v.type = t.type"
        # Whoever says that two records are one says the same: nobody asks whose word it is (rule 10).
        f" WHERE {only} t.slot <> :deleted AND NOT (t.slot = 'unit' AND t.type = 'same'))"
        f" INSERT INTO conflict (record, slot, type) SELECT record, slot, type FROM ("
        f" SELECT record, slot, type, said FROM logged"
        # A value stands as long as one change that says it does, or all births (rule 6). To sort them the engine keeps
        # all in memory.
        f" GROUP BY record, slot, type, birth, said"
        f" HAVING NOT CASE birth WHEN 1 THEN max(replaced) ELSE min(replaced) END)"
        f" GROUP BY record, slot, type HAVING min(said) <> max(said) ON CONFLICT DO NOTHING",
        {"deleted": DELETED_SLOT},
    )


def materialise(database: Database, types: Catalogue, note: Note) -> None:
    """The current row is always in the typed table. ``note`` is told what was computed before it stands there."""
    database.execute(
        "INSERT OR IGNORE INTO unit_ref (id) SELECT DISTINCT json_extract(value, '$') FROM winner"
        " WHERE slot = 'unit' AND value <> 'null'"
    )
    for type_name, slot_name in database.rows("SELECT DISTINCT type, slot FROM winner"):
        record_type = types.get(type_name)
        if slot_name == UNIT_SLOT:
            cells = {UNIT_SLOT: "(SELECT ref FROM unit_ref WHERE id = json_extract(w.value, '$'))"}
        elif record_type is not None and slot_name in record_type.slots:
            cells = columns.cells(record_type.slots[slot_name], "w.value")
        else:
            continue
        found = "winner w CROSS JOIN {} r ON r.id = w.record WHERE w.type = ? AND w.slot = ?"
        whose = type_name, slot_name
        _fill(database, type_name, cells, f"{found} AND octet_length(w.value) <= {_LONG}", whose, note)
        long = f"SELECT record FROM winner WHERE type = ? AND slot = ? AND octet_length(value) > {_LONG}"
        for (record,) in database.rows(long, whose):
            _fill(database, type_name, cells, f"{found} AND w.record = ?", (*whose, record), note)

    _sort_again(database, types, note)


def _sort_again(database: Database, types: Catalogue, note: Note) -> None:
    """The order of lists follows the words that name a record."""
    for (type_name,) in database.rows("SELECT DISTINCT type FROM touched"):
        record_type = types.get(type_name)
        if record_type is None:
            continue
        slots = {record_type.slot_of[f.name] for f in title_fields(record_type)}
        marks = ", ".join("?" * len(slots))
        found = f"{{}} r WHERE r.id IN (SELECT record FROM touched WHERE type = ? AND slot IN ({marks}))"
        key = f"sort_key({title_text(record_type, 'r.')})"
        _fill(database, type_name, {"_sort": key}, found, (type_name, *sorted(slots)), note)


def _fill(
    database: Database,
    type_name: str,
    cells: Mapping[str, str],
    found: str,
    parameters: tuple[str | bytes, ...],
    note: Note,
) -> None:
    """Writes what is computed into these columns of a table, for the rows ``r`` that are found.

    Computed first and then copied: a statement that calls a function may fail halfway, so the engine keeps each page
    that it changes until it is done, and with it all that long values of the same rows take.
    """
    table, computed = quoted(table_of(type_name)), f"cell_{len(cells)}"
    names = _names(len(cells))
    database.execute(
        f"INSERT INTO {computed} (row, {', '.join(names)})"
        f" SELECT r._row, {', '.join(cells.values())} FROM {found.format(table)}",
        parameters,
    )
    note(type_name, tuple(cells), computed)
    parts = ", ".join(
        f"{quoted(column)} = (SELECT c.{name} FROM {computed} c WHERE c.row = r._row)"
        for column, name in zip(cells, names, strict=True)
    )
    # It is one transaction with all the rest, so nothing is kept to take back this statement alone.
    database.execute(f"UPDATE OR FAIL {table} AS r SET {parts} WHERE r._row IN (SELECT row FROM {computed})")
    database.execute(f"DELETE FROM {computed}")
