"""How the cells of a declaration stand in the columns of a table, and how SQL turns them into canonical text."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.records.declaration import UNIT_SLOT, Field, Kind, RecordType, Slot

BASE_COLUMNS = ("id", UNIT_SLOT, "_stamp", "_origin", "_number", "_operator", "_life")
SQL_TYPES = {Kind.INTEGER: "INTEGER", Kind.BOOLEAN: "INTEGER", Kind.LINK: "BLOB"}
NUMBERS = frozenset({Kind.INTEGER, Kind.BOOLEAN})
"""Kinds whose cells are whole numbers; all others are text."""


def table_of(type_name: str) -> str:
    """The table of a record type."""
    return f"r_{type_name}"


def quoted(name: str) -> str:
    """A name as SQL; names come from declarations and are checked when received, the quotes are for keywords."""
    return '"' + name.replace('"', '""') + '"'


def sql_type(field: Field) -> str:
    """The column type of a field: whole numbers, ids as 16 bytes, all else text."""
    return SQL_TYPES.get(field.kind, "TEXT")


def bind(field: Field) -> str:
    """The parameter of a statement that stores the cell of a field."""
    return "unhex(?)" if field.kind is Kind.LINK else "?"


def title_fields(record_type: RecordType) -> tuple[Field, ...]:
    """The fields by whose words a list is sorted; the id of a linked record says nothing to a reader."""
    return tuple(
        f for f in map(record_type.by_name.__getitem__, record_type.title) if f.kind is not Kind.LINK
    )


def title_text(record_type: RecordType, alias: str = "") -> str:
    """The words that a list is sorted by, as SQL; a line end between two keeps one from running into the next."""
    parts = [
        f"coalesce(char(10) || nullif({alias}{quoted(f.name)}, ''), '')" for f in title_fields(record_type)
    ]
    return f"substr({' || '.join(parts) or repr('')}, 2)"


def read(field: Field, alias: str = "") -> str:
    """The expression that reads a cell as it was given: ids as hexadecimal text."""
    column = f"{alias}{quoted(field.name)}"
    return f"nullif(lower(hex({column})), '')" if field.kind is Kind.LINK else column


def compared(field: Field, alias: str = "") -> str:
    """The expression by which cells are put in order: decimals as numbers, and a text that is none like nothing."""
    column = read(field, alias)
    if field.kind is not Kind.DECIMAL:
        return column
    return f"CASE WHEN {column} NOT GLOB '*[^0-9.-]*' THEN CAST({column} AS REAL) END"


def canonical_of(slot: Slot, alias: str = "") -> str:
    """The expression for the canonical text of a slot's present columns, equal to ``records.versions.canonical``."""
    if not slot.grouped:
        return f"json_quote({read(slot.fields[0], alias)})"
    members = ", ".join(f"'{f.name}', {read(f, alias)}" for f in sorted(slot.fields, key=lambda f: f.name))
    # A merge patch drops what is null, so an empty member and an absent one are the same.
    return f"coalesce(nullif(json_patch('{{}}', json_object({members})), '{{}}'), 'null')"


def filled(slot: Slot, alias: str = "") -> str:
    """The condition that a slot holds something."""
    return "(" + " OR ".join(f"{alias}{quoted(f.name)} IS NOT NULL" for f in slot.fields) + ")"


def cells(slot: Slot, source: str) -> dict[str, str]:
    """By column, the expression for what a canonical value says of it."""
    found = {}
    for f in slot.fields:
        value = f"json_extract({source}, '$.{f.name}')" if slot.grouped else f"json_extract({source}, '$')"
        found[f.name] = _led(f, value) if f.kind is Kind.LINK else value
    return found


def _led(field: Field, value: str) -> str:
    """Where a link leads: to the head of records that are one (rule 10)."""
    head = f"(SELECT m.head FROM component m WHERE m.id = unhex({value}) AND m.type = '{field.link}')"
    return f"coalesce({head}, unhex({value}))"


def wire_columns(record_type: RecordType) -> Mapping[str, Field]:
    """The columns of a birth on the wire, ``slot`` or ``slot.member``, with their fields."""
    return {f.wire: f for f in record_type.fields}
