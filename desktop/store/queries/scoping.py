"""Questions about which records a station below is to see: their units, what came since, what is one with what."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.versions.deciding import EXCLUSION, GRANT, REVOCATION, SAME, SUPERIOR, UNIT
from desktop.records.versions.items import BIRTH
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

Record = tuple[str, str]
"""Type and id."""


def units_had(database: Database, record: Record) -> Set[str]:
    """The units that a record has or had, where it was not always the one in its row."""
    return {u for (u,) in database.rows(
        "SELECT u.id FROM record_unit r JOIN unit_ref u ON u.ref = r.unit"
        " WHERE r.type = ? AND r.record = unhex(?)", record)}  # fmt: skip


def unit_of(database: Database, record: Record) -> str:
    """The unit in the row of a record."""
    return str(
        database.value(
            f"SELECT u.id FROM {quoted(table_of(record[0]))} r JOIN unit_ref u ON u.ref = r.unit"
            f" WHERE r.id = unhex(?)",
            (record[1],),
        )
    )


def is_here(database: Database, type_name: str, record: str) -> bool:
    """Whether a record has a birth that counts."""
    found = database.row(f"SELECT 1 FROM {quoted(table_of(type_name))} WHERE id = unhex(?)", (record,))
    return found is not None


def records_of(database: Database, type_name: str, unit: str) -> list[str]:
    """The records of a type whose row has a unit, and those of several units that have, or had, it as well."""
    return [
        record
        for (record,) in database.rows(
            f"SELECT lower(hex(r.id)) FROM {quoted(table_of(type_name))} r JOIN unit_ref u ON u.ref = r.unit"
            f" WHERE u.id = :unit UNION SELECT lower(hex(c.record)) FROM record_unit c"
            f" JOIN unit_ref u ON u.ref = c.unit WHERE u.id = :unit AND c.type = :type",
            {"unit": unit, "type": type_name},
        )
    ]


def types_held(database: Database) -> list[str]:
    """The types that have a table, those that this program does not know among them."""
    found = database.rows(
        "SELECT substr(name, 3) FROM sqlite_master WHERE type = 'table' AND name GLOB 'r_*'"
    )
    return [name for (name,) in found]


def positions_of(database: Database, type_name: str, after: int) -> set[int]:
    """Where segments stand, after a position, that may hold items that count of any record of a type."""
    return _positions(database, type_name, f"SELECT id FROM {quoted(table_of(type_name))}", [], after)


def positions_among(database: Database, type_name: str, records: Set[str], after: int) -> set[int]:
    """The same of these records alone."""
    sought = "SELECT unhex(value) AS id FROM json_each(:records)"
    return _positions(database, type_name, sought, [], after, sorted(records))


def positions_under(database: Database, type_name: str, units: Set[str], after: int) -> set[int]:
    """The same for records that have or had one of these units, or are one with a record that has or had."""
    under = (
        f"SELECT r.id FROM {quoted(table_of(type_name))} r WHERE r.unit IN wanted_unit UNION"
        " SELECT c.record FROM record_unit c WHERE c.type = :type AND c.unit IN wanted_unit"
    )
    records = (
        f"{under} UNION SELECT o.id FROM component o WHERE o.type = :type AND o.head IN ("
        f"SELECT m.head FROM ({under}) u CROSS JOIN component m ON m.id = u.id AND m.type = :type)"
    )
    return _positions(database, type_name, records, sorted(units), after)


def _positions(
    database: Database,
    type_name: str,
    records: str,
    units: Sequence[str],
    after: int,
    ids: Sequence[str] = (),
) -> set[int]:
    found = database.rows(
        "WITH wanted_unit(ref) AS MATERIALIZED"
        " (SELECT ref FROM unit_ref WHERE id IN (SELECT value FROM json_each(:units))),"
        f" wanted(id) AS MATERIALIZED ({records}),"
        " item(origin, number) AS ("
        f"  SELECT r._origin, r._number FROM wanted w JOIN {quoted(table_of(type_name))} r ON r.id = w.id UNION"
        "  SELECT v.origin, v.number FROM wanted w JOIN version v ON v.record = w.id AND v.type = +:type)"
        " SELECT DISTINCT s.position FROM item i CROSS JOIN segment s"
        " ON s.origin = i.origin AND i.number BETWEEN s.first AND s.last WHERE s.position > :after",
        {"units": json.dumps(units), "type": type_name, "after": after, "records": json.dumps(ids)},
    )
    return {position for (position,) in found}


def logged(database: Database, type_name: str, slot: str) -> list[tuple[int, int]]:
    """Origin and number of the items in whose log something of a slot of a type stands."""
    found: list[tuple[int, int]] = database.rows(
        "SELECT DISTINCT origin, number FROM version WHERE type = +? AND slot = +?", (type_name, slot)
    )
    return found


def items_of(database: Database, type_name: str, record: str) -> list[tuple[int, int]]:
    """Origin and number of every item of a record that counts."""
    found: list[tuple[int, int]] = database.rows(
        f"SELECT _origin, _number FROM {quoted(table_of(type_name))} WHERE id = unhex(:id)"
        f" UNION SELECT origin, number FROM version WHERE record = unhex(:id) AND type = +:type",
        {"id": record, "type": type_name},
    )
    return found


def one_with(database: Database, records: Set[Record]) -> set[Record]:
    """All records that are one with some of these, these included; none of those that stand alone."""
    heads = {
        (name, record): (name, head)
        for name, record, head in database.rows(
            "SELECT type, lower(hex(id)), lower(hex(head)) FROM component"
        )
    }
    wanted = {heads[record] for record in heads.keys() & records}
    return {record for record, head in heads.items() if head in wanted}


def has_moved(database: Database, origin: int, after: int) -> bool:
    """Whether an origin has moved a unit, or a record that an edge names, in an item after this number."""
    return bool(
        database.row(
            "SELECT 1 FROM version v WHERE v.origin = :origin AND v.number > :after AND NOT v.birth"
            " AND v.slot IN ('unit', 'superior') AND (v.type = 'unit' OR lower(hex(v.record)) IN ("
            "  SELECT one FROM r_same UNION SELECT other FROM r_same)) LIMIT 1",
            {"origin": origin, "after": after},
        )
    )


def edges(database: Database) -> list[tuple[str, str, str, str]]:
    """Record, type and both ends of every word that two records are one."""
    found: list[tuple[str, str, str, str]] = database.rows(
        f"SELECT lower(hex(id)), kind, one, other FROM {quoted(table_of(SAME))}"
    )
    return found


def edge(database: Database, record: str) -> tuple[int, str, str, str] | None:
    """Life, type and both ends of one such word."""
    found: tuple[int, str, str, str] | None = database.row(
        f"SELECT _life, kind, one, other FROM {quoted(table_of(SAME))} WHERE id = unhex(?)", (record,)
    )
    return found


# -- since a position of the journal -------------------------------------------------------------------------------


def _since(origin: str, number: str) -> str:
    return (
        f"JOIN segment s ON s.origin = {origin} AND {number} BETWEEN s.first AND s.last"
        " WHERE s.position > :position"
        " AND coalesce((SELECT c.came FROM segment_came c WHERE c.position = s.position), s.position) > :position"
    )


def claimed_since(database: Database, position: int) -> set[Record]:
    """Records of several units of which something was said of their unit since."""
    return set(
        database.rows(
            f"SELECT DISTINCT v.type, lower(hex(v.record)) FROM record_unit u JOIN version v"
            f" ON v.record = u.record AND v.type = u.type AND v.slot = '{UNIT_SLOT}' {_since('v.origin', 'v.number')}",
            {"position": position},
        )
    )


def units_born_since(database: Database, position: int) -> set[str]:
    """Units that were registered since."""
    return {
        unit
        for (unit,) in database.rows(
            f"SELECT lower(hex(r.id)) FROM {quoted(table_of(UNIT))} r {_since('r._origin', 'r._number')}",
            {"position": position},
        )
    }


def units_placed_since(database: Database, position: int) -> set[str]:
    """Units that may have got a place in the tree since: another superior, or their own again.

    That is told by what was said of whose they are and of whether they are deleted. Where somebody lets items not
    count, a deletion or a second registration may be among them.
    """
    rows = database.rows(
        f"SELECT lower(hex(r.id)) FROM {quoted(table_of(UNIT))} r JOIN version v ON v.record = r.id"
        f" AND v.slot IN ('{SUPERIOR}', '{DELETED_SLOT}') AND v.type = '{UNIT}' AND v.birth = 0"
        f" {_since('v.origin', 'v.number')}",
        {"position": position},
    )
    if _let_not_count_since(database, position):
        rows += database.rows(
            f"SELECT lower(hex(record)) FROM refused WHERE type = '{UNIT}' AND excluded"
            f" AND (kind = '{BIRTH}' OR slot IN ('{SUPERIOR}', '{DELETED_SLOT}'))"
        )
    return {unit for (unit,) in rows}


def _let_not_count_since(database: Database, position: int) -> bool:
    """Whether somebody has said since that items do not count, or that they do again."""
    said = (
        f"{of} {_since(*item)} LIMIT 1"
        for name in (EXCLUSION, REVOCATION)
        for of, item in (
            (f"SELECT 1 FROM {quoted(table_of(name))} r", ("r._origin", "r._number")),
            (
                f"SELECT 1 FROM {quoted(table_of(name))} r CROSS JOIN version v ON v.record = r.id"
                f" AND v.slot = '{DELETED_SLOT}' AND v.type = '{name}'",
                ("v.origin", "v.number"),
            ),
        )
    )
    return any(database.row(query, {"position": position}) is not None for query in said)


def was_granted_since(database: Database, position: int, station: str, unit: str) -> bool:
    """Whether a station was granted a unit since."""
    found = database.row(
        f"SELECT 1 FROM {quoted(table_of(GRANT))} r {_since('r._origin', 'r._number')} AND r.station = :station"
        f" AND lower(hex(r.holder)) = :unit LIMIT 1",
        {"position": position, "station": station, "unit": unit},
    )
    return found is not None


def named_one_since(database: Database, position: int) -> set[Record]:
    """Both ends of every word that two records are one, of which something was said since.

    They may be one by now, or have ceased to be, which brings each back to whom it had before.
    """
    same = quoted(table_of(SAME))
    said = (
        f"SELECT r.kind, r.one, r.other FROM {same} r {_since('r._origin', 'r._number')} UNION"
        f" SELECT r.kind, r.one, r.other FROM version v JOIN {same} r ON r.id = v.record AND v.type = '{SAME}'"
        f" {_since('v.origin', 'v.number')}"
    )
    rows = database.rows(said, {"position": position})
    if _let_not_count_since(database, position):
        # Which words let an edge not count that is aside by now is not asked: such edges are few.
        rows += database.rows(
            f"SELECT value ->> 'kind', value ->> 'one', value ->> 'other' FROM refused"
            f" WHERE type = '{SAME}' AND kind = '{BIRTH}' AND excluded"
            # Nor what lets the birth of one count again while that of the other does not: they are not one yet.
            f" UNION ALL SELECT r.kind, r.one, r.other FROM {same} r WHERE NOT EXISTS ("
            "  SELECT 1 FROM component c WHERE c.type = r.kind AND c.id = unhex(r.one))"
        )
    return {(kind, end) for kind, *ends in rows for end in ends}


def deleted_members_since(database: Database, position: int) -> set[Record]:
    """Records that are one with others, were deleted, and of which something was said since.

    It may have brought one to life or to an end, and with that what the others have replaced of whose it is.
    """
    rows: list[Record] = database.rows(
        f"SELECT DISTINCT m.type, lower(hex(m.id)) FROM component m JOIN version v"
        f" ON v.record = m.id AND v.type = m.type {_since('v.origin', 'v.number')} AND EXISTS ("
        f"  SELECT 1 FROM version d WHERE d.record = m.id AND d.type = m.type AND d.slot = '{DELETED_SLOT}')",
        {"position": position},
    )
    if _let_not_count_since(database, position):
        rows += database.rows(
            "SELECT DISTINCT m.type, lower(hex(m.id)) FROM component m JOIN refused r"
            " ON r.record = m.id AND r.type = m.type AND r.excluded"
        )
    return set(rows)


def members_born_since(database: Database, position: int) -> set[Record]:
    """Records that are one with others and were born since."""
    kinds = [kind for (kind,) in database.rows("SELECT DISTINCT type FROM component")]
    return {
        record
        for kind in kinds
        for record in database.rows(
            f"SELECT m.type, lower(hex(m.id)) FROM component m JOIN {quoted(table_of(kind))} r ON r.id = m.id"
            f" AND m.type = :kind {_since('r._origin', 'r._number')}",
            {"position": position, "kind": kind},
        )
    }
