"""Reads many records at once by keys: what an import compares a file with, and what an export writes.

Keys travel as one JSON array, so that a read-only connection needs no temporary table and a set of fifty thousand
costs one statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.records.declaration import DELETED_SLOT, Kind, RecordType
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.queries.reading import Query, row_numbers
from desktop.store.tables.columns import quoted, read, table_of
from desktop.store.tables.database import Database

_PAGE = 2_000
_HEAD = "coalesce((SELECT m.head FROM component m WHERE m.id = unhex(e.value) AND m.type = :type), unhex(e.value))"
"""The id under which a record of the JSON array ``e`` is shown."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of one record: the asked fields by name, whether it lives, and the slots that are in conflict."""

    id: str
    unit: str
    life: Life
    values: dict[str, Cell]
    disputed: frozenset[str] = frozenset()


def mark(database: Database) -> tuple[int, int]:
    """A mark that differs as soon as any item was added: how many are known, and the newest operation."""
    items = database.value("SELECT total(last - first + 1) FROM received")
    newest = database.value("SELECT max(stamp) FROM operation")
    return int(items or 0), int(newest or 0)


def is_empty(database: Database, record_type: RecordType) -> bool:
    """Whether there is no record of the type, deleted ones included."""
    return database.row(f"SELECT 1 FROM {quoted(table_of(record_type.name))} LIMIT 1") is None


def held(
    database: Database, record_type: RecordType, ids: Iterable[str], fields: Sequence[str]
) -> dict[str, Held]:
    """The records with these ids, deleted ones included, each with the named fields.

    Of records that are one each id leads to what they say together.
    """
    table = quoted(table_of(record_type.name))
    columns = "".join(f", {read(record_type.by_name[name], 'r.')}" for name in fields)
    disputed: dict[str, set[str]] = {}
    for record, slot in database.rows(
        "SELECT lower(hex(record)), slot FROM conflict WHERE type = ?", (record_type.name,)
    ):
        disputed.setdefault(record, set()).add(slot)
    found: dict[str, Held] = {}
    for part in _parts(sorted(set(ids))):
        for row in database.rows(
            f"SELECT e.value, lower(hex(r.id)), u.id, r._life{columns} FROM json_each(:ids) e"
            f" LEFT JOIN component m ON m.id = unhex(e.value) AND m.type = :type"
            f" CROSS JOIN {table} r ON r.id = coalesce(m.head, unhex(e.value)) JOIN unit_ref u ON u.ref = r.unit",
            {"ids": json.dumps(part), "type": record_type.name},
        ):
            values = dict(zip(fields, row[4:], strict=True))
            found[row[0]] = Held(row[1], row[2], Life(row[3]), values, frozenset(disputed.get(row[1], ())))
    return found


def values(
    database: Database, record_type: RecordType, ids: Iterable[str], fields: Sequence[str]
) -> dict[str, dict[str, Cell]]:
    """The named fields of the records with these ids, deleted ones included, by the id that was asked for.

    Of records that are one each id has what they say together; an id that is not here is left out.
    """
    columns = ", ".join(read(record_type.by_name[name], "r.") for name in fields)
    return {
        key: dict(zip(fields, cells, strict=True))
        for part in _parts(sorted(set(ids)))
        for key, *cells in database.rows(
            f"SELECT e.value, {columns} FROM json_each(:ids) e CROSS JOIN {quoted(table_of(record_type.name))} r"
            f" ON r.id = {_HEAD}",
            {"ids": json.dumps(part), "type": record_type.name},
        )
    }


def children(
    database: Database, child: RecordType, parents: Iterable[str]
) -> dict[str, list[dict[str, Cell]]]:
    """The values of the living children of one type, oldest first, by parent; a parent without any has none."""
    names = [f.name for f in child.fields]
    columns = ", ".join(read(f, "r.") for f in child.fields)
    parent = child.by_name[child.parent or ""]
    found: dict[str, list[dict[str, Cell]]] = {key: [] for key in parents}
    for part in _parts(sorted(found)):
        for key, *cells in database.rows(
            f"SELECT e.value, {columns} FROM json_each(:ids) e CROSS JOIN {quoted(table_of(child.name))} r"
            f" ON r.{quoted(parent.name)} = {_HEAD} WHERE r._life <> 1 ORDER BY r._stamp, r._row",
            {"ids": json.dumps(part), "type": parent.link},
        ):
            found[key].append(dict(zip(names, cells, strict=True)))
    return found


def existing(database: Database, record_type: RecordType, ids: Iterable[str], field: str) -> dict[str, Cell]:
    """What stands in a field of those of these ids that are held, deleted ones included."""
    table = quoted(table_of(record_type.name))
    cell = read(record_type.by_name[field])
    return {
        record: value
        for part in _parts(sorted(set(ids)))
        for record, value in database.rows(
            f"SELECT lower(hex(id)), {cell} FROM {table} WHERE id IN (SELECT unhex(value) FROM json_each(?))",
            (json.dumps(part),),
        )
    }


def by_value(
    database: Database,
    record_type: RecordType,
    field: str,
    values: Iterable[Cell],
    beside: Sequence[str] = (),
) -> list[tuple[Cell, str, Life, tuple[Cell, ...]]]:
    """(value, id, life, cells of ``beside``) of every record whose field holds one of the values, oldest first.

    A record that is shown under another id is found by what it says itself, under that id and with its life.
    """
    wanted, table = record_type.by_name[field], quoted(table_of(record_type.name))
    cells = "".join(f", {read(record_type.by_name[name], 'r.')}" for name in beside)
    value = "unhex(value)" if wanted.kind is Kind.LINK else "value"
    sql = (
        f"SELECT {read(wanted, 'r.')}, lower(hex(coalesce(m.head, r.id))), coalesce(h._life, r._life){cells}"
        f" FROM {table} r LEFT JOIN component m ON m.id = r.id AND m.type = '{record_type.name}'"
        f" LEFT JOIN {table} h ON h.id = m.head"
        f" WHERE r.{quoted(field)} IN (SELECT {value} FROM json_each(?)) ORDER BY r._row"
    )
    keys = sorted({v for v in values if v is not None}, key=str)
    if not keys:
        return []
    found = database.rows(sql, (json.dumps(keys, ensure_ascii=False),))
    return [(row[0], row[1], Life(row[2]), tuple(row[3:])) for row in found]


def deleted_at(database: Database, type_name: str, ids: Sequence[str]) -> dict[str, int]:
    """The stamp of the newest deletion of each of these records that has one."""
    return {
        record: int(stamp)
        for part in _parts(list(ids))
        for record, stamp in database.rows(
            f"SELECT lower(hex(record)), max(stamp) FROM version WHERE slot = '{DELETED_SLOT}' AND type = +:type"
            " AND value <> 'null' AND record IN (SELECT unhex(value) FROM json_each(:ids)) GROUP BY record",
            {"type": type_name, "ids": json.dumps(part)},
        )
    }


def cells(
    database: Database, types: Catalogue, query: Query, fields: Sequence[str]
) -> Iterator[tuple[Cell, ...]]:
    """Id and the named fields of every record of a list, in the order of the list."""
    record_type = types[query.type]
    columns = "".join(f", {read(record_type.by_name[name], 'r.')}" for name in fields)
    numbers = row_numbers(database, types, query)
    for start in range(0, len(numbers), _PAGE):
        part = numbers[start : start + _PAGE].tolist()
        rows = {
            row[0]: row[1:]
            for row in database.rows(
                f"SELECT r._row, lower(hex(r.id)){columns} FROM {quoted(table_of(query.type))} r"
                f" WHERE r._row IN (SELECT value FROM json_each(?))",
                (json.dumps(part),),
            )
        }
        yield from (rows[number] for number in part if number in rows)


def _parts(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _PAGE * 10):
        yield keys[start : start + _PAGE * 10]
