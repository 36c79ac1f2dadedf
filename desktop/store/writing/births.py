"""The births of one operation, laid out once: as rows of their typed table and as the lines that are sent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress

from desktop.records.declaration import RecordType
from desktop.records.versions import items
from desktop.records.versions.born import Births
from desktop.records.versions.canonical import Cell
from desktop.store.tables import schema
from desktop.store.tables.columns import quoted, table_of, wire_columns
from desktop.store.tables.database import Database

MANY = 10_000
"""From this many births on they have a shape of their own, and indexes are built after them if few were there."""

Born = tuple[str, str, Mapping[str, Cell]]
"""Id, unit and cells by field name of a record to be born."""


def shape_of(record_type: RecordType, born: Sequence[Mapping[str, Cell]] = ()) -> items.Shape:
    """The cells that this program's births of a type carry; those of a whole register only what any of them fills.

    A segment states one shape for each type and ends where it changes, so fewer births have none of their own.
    """
    fields = set().union(*born) if len(born) >= MANY else record_type.by_name.keys()
    plain: list[str] = []
    personal: list[tuple[str, ...]] = []
    for slot in record_type.slots.values():
        filled = [f.name for f in slot.fields if f.name in fields]
        names = tuple(f"{slot.name}.{name}" if slot.grouped else name for name in filled)
        if slot.personal and names:
            personal.append(names)
        else:
            plain += names
    return items.Shape(tuple(plain), tuple(personal))


def lay_out(
    record_type: RecordType,
    shape: items.Shape,
    born: Sequence[Born],
    *,
    stamp: int,
    first: int,
    operator: str,
) -> tuple[Births, list[bytes]]:
    """Rows with the columns that any of the births fills, and a line with all columns of the shape for each.

    Numbers count on from ``first``. Most columns of a form are empty, and each would cost the driver a look.
    """
    name_of = {column: f.name for column, f in wire_columns(record_type).items()}
    names = tuple(map(name_of.__getitem__, shape.columns))
    filled = [*map(set().union(*(cells for _, _, cells in born)).__contains__, names)]
    whole = all(filled)
    rows: list[tuple[object, ...]] = []

    def laid() -> Iterator[tuple[str, str, tuple[Cell, ...]]]:
        for number, (record, unit, cells) in enumerate(born, first):
            values = (*map(cells.get, names),)
            kept = values if whole else compress(values, filled)
            rows.append((record, unit, stamp, number, operator, *kept))
            yield record, unit, values

    head = items.Head(items.BIRTH, record_type.name, "", "", None, stamp, (), first, operator)
    lines = items.birth_lines(head, shape, laid())
    return Births.of_rows(record_type.name, tuple(compress(shape.columns, filled)), rows), lines


@contextlib.contextmanager
def indexed_afterwards(database: Database, record_type: RecordType, coming: int) -> Iterator[int]:
    """What speeds up lists is built at the end where most of the rows are only coming; that takes half the time.

    Gives the number of the last row that was there before.
    """
    # It is enough to tell how many there are: rows are hardly ever taken out.
    last = int(database.value(f"SELECT coalesce(max(_row), 0) FROM {quoted(table_of(record_type.name))}"))
    late = coming >= MANY and coming > last
    types = {record_type.name: record_type}
    if late:
        schema.drop_indexes(database, types)
    yield last
    if late:
        schema.make_indexes(database, types)
