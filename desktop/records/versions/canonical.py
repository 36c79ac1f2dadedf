"""The one text form of a value: what is compared, hashed, signed and kept in the log."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

Cell = str | int | None
"""What one field holds: text in Unicode NFC, a whole number (yes and no are 1 and 0), or nothing."""

Values = Mapping[str, Cell]
"""Cells by the names of their fields."""

ABSENT = "null"
"""The canonical text of nothing, which is also what an absent value counts as."""

MAX_NUMBER: Final = (1 << 53) - 1
"""The largest number of the format, and the largest that is typed in: above it not every reader is exact (RFC 7493,
section 2.2). What others have written into a cell may have 64 bits."""


def canonical(value: Cell | Mapping[str, Cell]) -> str:
    """Canonical JSON: no spaces, sorted keys, no empty members in a group, text unescaped where JSON allows.

    A group without any filled member is ``null``. Raises ``TypeError`` for floats and anything else.
    """
    if type(value) is str:
        # Most values are texts, and this is what the encoder does with one in the end.
        return _quoted(value)
    if isinstance(value, Mapping):
        filled = {k: _cell(v) for k, v in sorted(value.items()) if v is not None}
        return _dumps(filled) if filled else ABSENT
    return _dumps(_cell(value))


def parse(text: str) -> Any:
    """The value of a canonical text."""
    return json.loads(text)


def normal_text(text: str) -> str:
    """Text as it enters the ledger: Unicode NFC, no space around it; what looks alike is equal."""
    return unicodedata.normalize("NFC", text).strip()


# Made once: ``json.dumps`` with options makes an encoder for each value.
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_quoted = json.encoder.encode_basestring


def _cell(value: Cell) -> Cell:
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"a cell holds text, a whole number or nothing, not {type(value).__name__}")
