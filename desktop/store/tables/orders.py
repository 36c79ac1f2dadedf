"""How the rows ``r`` of a list stand in the order of what people read in one of its columns, as SQL."""

from __future__ import annotations

from typing import Final

from desktop.records.declaration import Field, Kind
from desktop.records.types import Catalogue
from desktop.store.tables.columns import compared, quoted, table_of

UNIT: Final[tuple[str, ...]] = (
    "(SELECT t._sort FROM unit_ref u JOIN r_unit t ON t.id = unhex(u.id) WHERE u.ref = r.unit)",
)
"""By the titles of the units that the records belong to."""
OPERATOR: Final[tuple[str, ...]] = ("sound_key(r._operator)", "r._operator")
"""By the names of those who registered them."""
_DEEPEST: Final = 2
"""So many links are followed to the words of a title."""


def keys(types: Catalogue, field: Field, *, ranked: bool) -> tuple[str, ...]:
    """What a column is sorted by, so that what people read stands in order; what is empty comes first.

    ``ranked`` says that the parameter of that name has the codes of the field in the order of their list.
    """
    column = f"r.{quoted(field.name)}"
    # No code is found within another between two line ends.
    place = "instr(:ranked, char(10) || {} || char(10))"
    match field.kind:
        case Kind.TEXT | Kind.NOTE:
            # Of what sounds the same each stays together.
            return f"CASE WHEN {column} <> '' THEN sound_key({column}) END", column
        case Kind.LINK if field.link is not None:
            return tuple(_title_keys(types, field.link, column))
        case Kind.CODE if ranked:
            return (f"CASE WHEN {column} <> '' THEN {place.format(column)} END",)
        case Kind.CODES if ranked:
            # Several codes are one text of words: by the first of them in the list, then by the next.
            words = f"json_each('[' || replace(json_quote({column}), ' ', '\",\"') || ']')"
            places = f"(SELECT 1 + {place.format('w.value')} AS at FROM {words} w ORDER BY at)"
            return (f"CASE WHEN {column} <> '' THEN (SELECT group_concat(char(at), '') FROM {places}) END",)
        case _:
            return (compared(field, "r.") if field.kind is Kind.DECIMAL else column,)


def _title_keys(types: Catalogue, link: str, record: str, depth: int = 0) -> list[str]:
    """The title of a linked record part by part: what it links to itself is not among the words that are kept."""
    target, name = types[link], f"t{depth}"
    own = f"(SELECT {name}.{{}} FROM {quoted(table_of(link))} {name} WHERE {name}.id = {record})"
    parts: list[str] = []
    for field in map(target.by_name.__getitem__, target.title):
        if field.kind is not Kind.LINK:
            if (words := own.format("_sort")) not in parts:
                parts.append(words)
        elif field.link is not None and depth < _DEEPEST:
            parts += _title_keys(types, field.link, own.format(quoted(field.name)), depth + 1)
    return parts
