"""The touched slots resolved anew: what is shown, what is in conflict, and the current row in the typed table."""

from __future__ import annotations

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.stamps import MAX_STAMP
from desktop.store.log.versions import REPLACED
from desktop.store.tables import columns
from desktop.store.tables.columns import quoted, table_of, title_fields, title_text
from desktop.store.tables.database import Database


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


def materialise(database: Database, types: Catalogue) -> None:
    """The current row is always in the typed table."""
    database.execute(
        "INSERT OR IGNORE INTO unit_ref (id) SELECT DISTINCT json_extract(value, '$') FROM winner"
        " WHERE slot = 'unit' AND value <> 'null'"
    )
    for type_name, slot_name in database.rows("SELECT DISTINCT type, slot FROM winner"):
        record_type = types.get(type_name)
        if slot_name == UNIT_SLOT:
            parts = "unit = (SELECT ref FROM unit_ref WHERE id = json_extract(w.value, '$'))"
        elif record_type is not None and slot_name in record_type.slots:
            parts = columns.assignments(record_type.slots[slot_name], "w.value")
        else:
            continue
        database.execute(
            f"UPDATE {quoted(table_of(type_name))} AS r SET {parts} FROM winner w"
            f" WHERE w.type = :type AND w.slot = :slot AND r.id = w.record",
            {"type": type_name, "slot": slot_name},
        )

    _sort_again(database, types)


def _sort_again(database: Database, types: Catalogue) -> None:
    """The order of lists follows the words that name a record."""
    for (type_name,) in database.rows("SELECT DISTINCT type FROM touched"):
        record_type = types.get(type_name)
        if record_type is None:
            continue
        slots = {record_type.slot_of[f.name] for f in title_fields(record_type)}
        marks = ", ".join("?" * len(slots))
        database.execute(
            f"UPDATE {quoted(table_of(type_name))} AS r SET _sort = sort_key({title_text(record_type, 'r.')})"
            f" WHERE r.id IN (SELECT record FROM touched WHERE type = ? AND slot IN ({marks}))",
            (type_name, *sorted(slots)),
        )
