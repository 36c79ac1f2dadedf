"""What business registers call things that the code lists call otherwise: data under ``resources/``."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from desktop.records.typed.texts import compact
from desktop.resources import resource


class _Words(msgspec.Struct):
    note: str
    fields: dict[str, tuple[tuple[str, str], ...]]
    sector_of_ownership: dict[str, str]
    sector_of_code: dict[str, str]


@cache
def _words() -> _Words:
    return msgspec.json.decode(resource("workbooks", "register_words.json").read_bytes(), type=_Words)


def meant(type_name: str, field: str, words: str) -> str | None:
    """The code that a register's words leave no doubt about; empty where they are known to fit none, else ``None``."""
    plain = compact(words)
    for pattern, code in _words().fields.get(f"{type_name}.{field}", ()):
        if re.search(pattern, plain):
            return code
    return None


def sector_of(ownership: object, code: object) -> str | None:
    """The class of employer that a kind of ownership or a credit code's prefix says, if either does."""
    known = _words()
    if isinstance(ownership, str) and ownership in known.sector_of_ownership:
        return known.sector_of_ownership[ownership]
    return known.sector_of_code.get(code[:2]) if isinstance(code, str) else None
