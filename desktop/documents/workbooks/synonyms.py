"""What people write over the columns of their tables, beside the fields' own labels: data under ``resources/``."""

from __future__ import annotations

from functools import cache

import msgspec

from desktop.resources import resource

_USUAL = 0.96
"""How much a word weighs that is not the label itself."""
_PERSON = "person"


class _Words(msgspec.Struct):
    note: str
    row_numbers: frozenset[str]
    persons: frozenset[str]
    types: dict[str, dict[str, tuple[str, ...]]]


@cache
def _words() -> _Words:
    return msgspec.json.decode(resource("workbooks", "headers.json").read_bytes(), type=_Words)


def row_numbers() -> frozenset[str]:
    """Headers of columns that only count the rows."""
    return _words().row_numbers


@cache
def synonyms(type_name: str) -> tuple[tuple[str, str, float], ...]:
    """Words, the field that they mean and their weight, for a record type.

    A type without its own has a person's, and one whose records are persons has both. A field may be named that the
    type does not have.
    """
    types = _words().types
    fields = types.get(type_name, types[_PERSON])
    if type_name in _words().persons:
        fields = types[_PERSON] | fields
    found = []
    for name, words in fields.items():
        for word in words:
            text, _, weight = word.partition("*")
            found.append((text, name, float(weight) if weight else _USUAL))
    return tuple(found)
