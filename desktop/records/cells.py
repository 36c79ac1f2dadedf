"""A record as rules read it: its cells by name, which of them are empty, and the text or day that one holds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]
"""What is known of one record, by the names of its fields; what others wrote is in it as it came."""


def is_empty(value: Any) -> bool:
    """Whether a cell holds nothing; a zero is something."""
    return value is None or value == ""


def text(values: Values, name: str) -> str:
    """A cell as text; empty where there is none."""
    value = values.get(name)
    return "" if value is None else str(value).strip()


def as_day(value: Any) -> datetime.date | None:
    """The day of a stored date; nothing for an empty or a foreign value."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return None
