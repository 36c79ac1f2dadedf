"""The births of one operation, laid out once: as rows of their typed table and as the lines that are sent."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from desktop.records import items
from desktop.records.canonical import Cell
from desktop.records.declaration import RecordType
from desktop.store import schema
from desktop.store.columns import quoted, table_of, wire_columns
from desktop.store.database import Database
from desktop.store.staging import Births

MANY = 10_000
"""From this many births on, and when they are more than what is held, indexes are built after them."""

Born = tuple[str, str, Mapping[str, Cell]]
"""Id, unit and cells by field name of a record to be born."""


def lay_out(
    record_type: RecordType,
    shape: items.Shape,
    born: Sequence[Born],
    *,
    origin: int,
    stamp: int,
    first: int,
    operator: str,
    salt: Callable[[], str],
) -> tuple[Births, list[bytes]]:
    """Rows with the columns that any of the births fills, and a line with all columns of the shape for each.

    Numbers count on from ``first``. Most columns of a register are empty in every row; binding nothing takes the
    driver longer than binding a text, and a look at each empty cell would be most of the work.
    """
    name_of = {column: f.name for column, f in wire_columns(record_type).items()}
    by_name = items.Shape(
        tuple(map(name_of.__getitem__, shape.plain)),
        tuple(tuple(map(name_of.__getitem__, part)) for part in shape.personal),
    )
    filled = set().union(*(cells for _, _, cells in born))
    columns = tuple(column for column in shape.columns if name_of[column] in filled)
    names = tuple(map(name_of.__getitem__, columns))
    rows = [
        (record, unit, stamp, number, operator, *map(cells.get, names))
        for number, (record, unit, cells) in enumerate(born, first)
    ]
    lines = [
        items.birth_line(
            items.Head(items.BIRTH, record_type.name, record, unit, None, stamp, (), number, operator),
            by_name, cells, salt,
        )
        for number, (record, unit, cells) in enumerate(born, first)
    ]  # fmt: skip
    return Births(record_type.name, origin, columns, rows), lines


@contextlib.contextmanager
def indexed_afterwards(database: Database, record_type: RecordType, coming: int) -> Iterator[None]:
    """What speeds up lists is built at the end where most of the rows are only coming; that takes half the time."""
    table = quoted(table_of(record_type.name))
    # A look at the last row's number is enough: rows are hardly ever taken out.
    late = coming >= MANY and coming > database.value(f"SELECT coalesce(max(_row), 0) FROM {table}")
    types = {record_type.name: record_type}
    if late:
        schema.drop_indexes(database, types)
    yield
    if late:
        schema.make_indexes(database, types)
