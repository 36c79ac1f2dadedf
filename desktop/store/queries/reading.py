"""Read-only queries: lists as row numbers and pages of rows, single records, their titles, counts and sums."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from typing import Any

from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.queries import indexing, searching
from desktop.store.queries.searching import Found
from desktop.store.tables import orders, totals
from desktop.store.tables.columns import compared, quoted, read, table_of
from desktop.store.tables.database import Database

TITLE_ORDER = "_sort"
"""The order of a Chinese dictionary over the words that name a record."""
NEWEST_ORDER = "_stamp"
ENTERED_ORDER = "_row"
"""In the order in which they came into this ledger; asking for the last few reads no more than those."""
UNIT_ORDER = "_unit"
OPERATOR_ORDER = "_operator"
_UNDER_HEAD = (
    "coalesce((SELECT m.head FROM component m WHERE m.id = unhex(:id) AND m.type = :type), unhex(:id))"
)
"""The id under which a record is shown."""
_SHOWN = "+(r._life = 1) = 0"
"""As the index of the order has it, so that a list is read from there alone; the sign keeps it from being taken for
what tells few rows from many."""


class Compare(StrEnum):
    """How a filter compares a field with its value."""

    EQUALS = "equals"
    AMONG = "among"
    STARTS = "starts"
    CONTAINS = "contains"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EMPTY = "empty"
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a field; ``value`` is a cell, or a tuple of cells for :attr:`Compare.AMONG`."""

    field: str
    compare: Compare = Compare.EQUALS
    value: Cell | tuple[Cell, ...] = None


@dataclass(frozen=True, slots=True)
class Query:
    """Which records of a type a list shows, and in which order.

    ``text`` is searched as a substring in all searchable fields and as pinyin initials of the title. ``unit`` limits
    to that unit and all below it, ``children_of`` to records whose parent link leads there. ``deleted`` shows what
    was deleted instead of what lives; ``disputed`` only what is in conflict. ``ranked`` has the codes of the field
    that is the order, as their list has them; without it they stand as they are spelled.
    """

    type: str
    text: str = ""
    filters: tuple[Filter, ...] = ()
    order: str = TITLE_ORDER
    descending: bool = False
    unit: str | None = None
    children_of: str | None = None
    deleted: bool = False
    disputed: bool = False
    ranked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands. ``disputed`` names the slots with several heads; ``unit`` is the id of its unit."""

    type: str
    id: str
    unit: str
    life: Life
    stamp: int
    operator: str
    values: Mapping[str, Cell]
    disputed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a list shows below: how many rows, and the exact sums of fields that may be added up and are filled in."""

    count: int
    sums: Mapping[str, Decimal] = field(default_factory=dict)


def row_numbers(database: Database, types: Catalogue, query: Query) -> array[int]:
    """The row numbers of a list in its order: 8 bytes a row, so 100 000 rows cost nothing."""
    record_type = types[query.type]
    sql, parameters = _selection(record_type, query, _look(database, record_type, query), ordered=True)
    order = _order(types, record_type, query)
    cursor = database.execute(f"SELECT r._row {sql} ORDER BY {order}", parameters)
    found = array("q")
    while rows := cursor.fetchmany(10_000):
        found.extend(n for (n,) in rows)
    return found


def count(database: Database, types: Catalogue, query: Query) -> int:
    """How many records a list has."""
    record_type = types[query.type]
    if _only_searched(record_type, query):
        return searching.count(database, record_type, searching.whole(database, record_type, query.text))
    sql, parameters = _selection(record_type, query, _look(database, record_type, query))
    return int(database.value(f"SELECT count(*) {sql}", parameters))


def aggregate(database: Database, types: Catalogue, query: Query, fields: Sequence[str]) -> Aggregate:
    """The number of records and the exact sums of those of the named number fields that any of them fills.

    A text that is no number adds nothing.
    """
    record_type = types[query.type]
    sql, parameters = _selection(record_type, query, _look(database, record_type, query))
    asked = [totals.parts(record_type.by_name[name], "r.") for name in fields]
    row = database.row(f"SELECT {', '.join(['count(*)', *chain.from_iterable(asked)])} {sql}", parameters)
    cells = iter(row or ())
    number = next(cells, 0)
    sums = {name: totals.joined(islice(cells, len(p))) for name, p in zip(fields, asked, strict=True)}
    return Aggregate(number, {name: total for name, total in sums.items() if total is not None})


def page(database: Database, record_type: RecordType, rows: Sequence[int]) -> dict[int, Record]:
    """The records with these row numbers."""
    marks = ", ".join("?" * len(rows))
    return {row[0]: _record(record_type, row) for row in database.rows(
        f"SELECT {_columns(record_type)} FROM {quoted(table_of(record_type.name))} r"
        f" WHERE r._row IN ({marks})", list(rows))}  # fmt: skip


def record(database: Database, types: Catalogue, type_name: str, record_id: str) -> Record | None:
    """One record by its id, or by that of one that is one with it (rule 10)."""
    record_type = types[type_name]
    row = database.row(
        f"SELECT {_columns(record_type)} FROM {quoted(table_of(type_name))} r WHERE r.id = {_UNDER_HEAD}",
        {"id": record_id, "type": type_name},
    )
    return None if row is None else _record(record_type, row)


def records(database: Database, types: Catalogue, query: Query, limit: int = -1) -> list[Record]:
    """The records of a list in its order, all of them or the first ``limit``."""
    record_type = types[query.type]
    much = searching.MUCH if limit < 0 else searching.MUCH_FOR_A_PAGE
    return _records(database, types, query, _look(database, record_type, query, much), limit)


def first(database: Database, types: Catalogue, query: Query, limit: int) -> tuple[list[Record], int | None]:
    """The first records of a list, and how many it has where the search index tells that in the same moment."""
    record_type = types[query.type]
    found = _look(database, record_type, query, searching.MUCH_FOR_A_PAGE)
    shown = _records(database, types, query, found, limit)
    if len(shown) < limit:
        return shown, len(shown)
    if found is None or not _only_searched(record_type, query):
        return shown, None
    return shown, searching.count(database, record_type, found)


def _records(
    database: Database, types: Catalogue, query: Query, found: Found | None, limit: int
) -> list[Record]:
    record_type = types[query.type]
    sql, parameters = _selection(record_type, query, found, ordered=True)
    return [
        _record(record_type, row)
        for row in database.rows(
            f"SELECT {_columns(record_type)} {sql} ORDER BY {_order(types, record_type, query)} LIMIT {limit:d}",
            parameters,
        )
    ]


def titles(database: Database, record_type: RecordType, ids: Sequence[str]) -> dict[str, str]:
    """The words that name records, for links; an id that is not here is left out."""
    found: dict[str, str] = {}
    columns = ", ".join(read(record_type.by_name[n]) for n in record_type.title)
    for start in range(0, len(ids), 500):
        part = list(ids[start : start + 500])
        marks = ", ".join(["unhex(?)"] * len(part))
        for row in database.rows(
            f"SELECT lower(hex(id)), {columns} FROM {quoted(table_of(record_type.name))} WHERE id IN ({marks})",
            part,
        ):
            found[row[0]] = record_type.title_of(dict(zip(record_type.title, row[1:], strict=True)))
    return found


def conflicts(database: Database) -> list[tuple[str, str, str]]:
    """Type, record id and slot of every open conflict."""
    found: list[tuple[str, str, str]] = database.rows("SELECT type, lower(hex(record)), slot FROM conflict")
    return found


def _columns(record_type: RecordType) -> str:
    cells = "".join(f", {read(f, 'r.')}" for f in record_type.fields)
    conflict = f"conflict c WHERE c.record = r.id AND c.type = '{record_type.name}'"
    disputed = f"(SELECT group_concat(c.slot, ' ') FROM {conflict})"
    unit = "(SELECT u.id FROM unit_ref u WHERE u.ref = r.unit)"
    return f"r._row, lower(hex(r.id)), {unit}, r._life, r._stamp, r._operator, {disputed}{cells}"


def _record(record_type: RecordType, row: Sequence[Any]) -> Record:
    values = dict(zip((f.name for f in record_type.fields), row[7:], strict=True))
    disputed = tuple(row[6].split(" ")) if row[6] else ()
    return Record(record_type.name, row[1], row[2], Life(row[3]), row[4], row[5], values, disputed)


def _only_searched(record_type: RecordType, query: Query) -> bool:
    """Whether nothing but its text says what a list shows, so that the index alone can tell."""
    plain = not (query.filters or query.unit or query.children_of or query.deleted or query.disputed)
    return plain and bool(query.text.strip() and indexing.searchable(record_type))


def _look(
    database: Database, record_type: RecordType, query: Query, much: int = searching.MUCH
) -> Found | None:
    """What the text of a query finds; nothing where there is none."""
    return searching.look(database, record_type, query.text, much) if query.text.strip() else None


def _selection(
    record_type: RecordType, query: Query, found: Found | None, *, ordered: bool = False
) -> tuple[str, dict[str, Any]]:
    """The FROM and WHERE of a list and its parameters.

    An ``ordered`` list of which much is found is read in its order, and what is found picked out: it comes soon enough.
    """
    parameters: dict[str, Any] = {"ranked": "\n".join(("", *query.ranked, ""))}
    conditions = ["(r._life = 1) = 1" if query.deleted else _SHOWN]
    if query.deleted:
        # What is shown under another id is not deleted.
        conditions.append(
            "NOT EXISTS (SELECT 1 FROM component m WHERE m.id = r.id AND m.id <> m.head"
            f" AND m.type = '{record_type.name}')"
        )
    if found is not None:
        parameters |= found.parameters
        # With more conditions rows are read anyway, and those that are found are fewer than the list has.
        picked = ordered and found.much and query.order == TITLE_ORDER and _only_searched(record_type, query)
        conditions.append(f"{'+' if picked else ''}r._row IN ({found.sql})")
    if query.unit is not None:
        parameters["unit"] = query.unit
        conditions.append(
            "r.unit IN (SELECT ref FROM unit_ref WHERE id IN ("
            "WITH RECURSIVE below (id) AS (SELECT unhex(:unit) UNION"
            " SELECT c.id FROM r_unit c JOIN below b ON c.superior = b.id WHERE c._life <> 1)"
            " SELECT lower(hex(id)) FROM below))"
        )
    if query.children_of is not None and record_type.parent is not None:
        parameters["parent"] = query.children_of
        parameters["parent_type"] = record_type.by_name[record_type.parent].link
        conditions.append(
            f"r.{quoted(record_type.parent)} = coalesce((SELECT m.head FROM component m"
            " WHERE m.id = unhex(:parent) AND m.type = :parent_type), unhex(:parent))"
        )
    if query.disputed:
        conditions.append(
            f"EXISTS (SELECT 1 FROM conflict c WHERE c.record = r.id AND c.type = '{record_type.name}')"
        )
    for number, condition in enumerate(query.filters):
        conditions.append(_condition(record_type, condition, f"f{number}", parameters))
    table = quoted(table_of(record_type.name))
    return f"FROM {table} r WHERE {' AND '.join(conditions)}", parameters


def _condition(record_type: RecordType, condition: Filter, name: str, parameters: dict[str, Any]) -> str:
    field = record_type.by_name[condition.field]
    column, value = read(field, "r."), condition.value
    match condition.compare:
        case Compare.EMPTY:
            return f"({column} IS NULL OR {column} = '')"
        case Compare.FILLED:
            return f"({column} IS NOT NULL AND {column} <> '')"
        case Compare.AMONG:
            among = value if isinstance(value, tuple) else (value,)
            for i, cell in enumerate(among):
                parameters[f"{name}_{i}"] = cell
            return f"{column} IN ({', '.join(f':{name}_{i}' for i in range(len(among)))})"
        case Compare.STARTS:
            parameters[name] = str(value)
            return f"substr({column}, 1, length(:{name})) = :{name}"
        case Compare.CONTAINS:
            parameters[name] = str(value)
            return f"instr({column}, :{name}) > 0"
        case Compare.AT_LEAST:
            parameters[name] = value
            return f"{compared(field, 'r.')} >= {_bound(field, name)}"
        case Compare.AT_MOST:
            parameters[name] = value
            return f"{compared(field, 'r.')} <= {_bound(field, name)}"
        case Compare.EQUALS:
            parameters[name] = value
            return f"{column} = :{name}"


def _bound(field: Field, name: str) -> str:
    """A limit as the column is compared with it."""
    return f"CAST(:{name} AS REAL)" if field.kind is Kind.DECIMAL else f":{name}"


def _order(types: Catalogue, record_type: RecordType, query: Query) -> str:
    direction = "DESC" if query.descending else "ASC"
    if query.order == TITLE_ORDER:
        # What is deleted stands at one end of the index.
        return f"r._life = 1 {direction}, r._sort {direction}, r._row {direction}"
    if query.order == ENTERED_ORDER:
        return f"r._row {direction}"
    if query.order == NEWEST_ORDER:
        return f"r._stamp {direction}, r._row {direction}"
    if query.order == UNIT_ORDER:
        keys = orders.UNIT
    elif query.order == OPERATOR_ORDER:
        keys = orders.OPERATOR
    else:
        keys = orders.keys(types, record_type.by_name[query.order], ranked=bool(query.ranked))
    # What is the same there stands by its title, whichever way round the column is.
    return ", ".join((*(f"{key} {direction}" for key in keys), "r._sort", f"r._row {direction}"))
