"""The columns that a list can show: the fields of a declaration, and what is known of every record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.records.declaration import Field, Kind, RecordType
from desktop.store.queries.reading import NEWEST_ORDER, OPERATOR_ORDER, TITLE_ORDER, UNIT_ORDER

UNIT = "_unit"
ADDED = "_added"
OPERATOR = "_operator"
_LINK_WIDTH = 20
_NOT_LISTED = frozenset({"reason"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``order`` is what a query sorts by."""

    name: str
    label: str
    width: int
    order: str
    numeric: bool = False
    field: Field | None = None


def columns_of(record_type: RecordType) -> list[Column]:
    """Everything that can be shown, the declaration's own columns first and in their order."""
    first = list(record_type.columns)
    rest = [f for f in record_type.shown_fields if not f.column and f.name not in _NOT_LISTED]
    return [
        *(_of(record_type, f) for f in (*first, *rest)),
        Column(UNIT, "所属单位", 20, UNIT_ORDER),
        Column(ADDED, "登记时间", 16, NEWEST_ORDER),
        Column(OPERATOR, "登记人", 9, OPERATOR_ORDER),
    ]


def shown_at_first(record_type: RecordType, several_units: bool, *, of_one_parent: bool = False) -> list[str]:
    """The names of the columns that are shown until the user chooses others; the parent comes first, unless known."""
    names = record_type.listed(of_one_parent=of_one_parent)
    return [*names, UNIT] if several_units else names


def headings(columns: Sequence[Column]) -> dict[str, str]:
    """What stands above each of these columns, by its name: the label without what explains it in brackets at its end.

    That would make a column of two words as wide as a name. It stays where another column is called the same.
    """
    short = {c.name: c.label.partition("（")[0] if c.label.endswith("）") else c.label for c in columns}
    times = Counter(short.values())
    return {c.name: short[c.name] if times[short[c.name]] == 1 else c.label for c in columns}


def _of(record_type: RecordType, field: Field) -> Column:
    numeric = field.kind in (Kind.INTEGER, Kind.DECIMAL)
    width = max(field.width, _LINK_WIDTH) if field.kind is Kind.LINK and not field.column else field.width
    return Column(field.name, field.label, width, _order(record_type, field), numeric, field)


def _order(record_type: RecordType, field: Field) -> str:
    named = field.name == record_type.title[0] and field.kind in (Kind.TEXT, Kind.NOTE)
    return TITLE_ORDER if named else field.name
