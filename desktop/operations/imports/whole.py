"""What a table says once for all of its rows, in its heading or to whoever brings it: a group of people, a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.operations.imports.model import ColumnMatch, Options, RowResult, Weight
from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.versions.canonical import Cell

_KINDS = frozenset({Kind.CODE, Kind.DATE, Kind.INTEGER})


def fields_of(record_type: RecordType) -> tuple[Field, ...]:
    """The fields that may be said once: all that names a record, where that is the same for many.

    What has a name of its own, or belongs to another record, has none.
    """
    naming = tuple(record_type.by_name[name] for name in record_type.title)
    shared = record_type.parent is None and all(field.kind in _KINDS for field in naming)
    return naming if shared else ()


def fill(row: RowResult, said: Mapping[str, Cell]) -> bool:
    """Gives a row what it does not say itself; whether there was anything. A cell that was not read stays empty."""
    part = row.parts[0]
    unread = {note.field for note in row.said if note.weight is Weight.PROBLEM}
    filled = {n: v for n, v in said.items() if n not in part.values and n not in unread}
    part.values |= filled
    return bool(filled)


def unsaid(record_type: RecordType, columns: Iterable[ColumnMatch], options: Options) -> list[str]:
    """The labels of such fields that neither a column nor anybody says."""
    told = {column.target for column in columns} | {*options.whole, *options.fixed}
    return [field.label for field in fields_of(record_type) if field.name not in told]
