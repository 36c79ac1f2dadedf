"""What people call a type or a field: its permanent name, or the Chinese label that they see everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from desktop.records.declaration import Field, Level, RecordType, short_label

LEVELS = {
    "企业": Level.ENTERPRISE,
    "村社": Level.VILLAGE,
    "村": Level.VILLAGE,
    "社区": Level.VILLAGE,
    "园区": Level.PARK,
    "镇街": Level.TOWN,
    "镇": Level.TOWN,
    "乡": Level.TOWN,
    "街道": Level.TOWN,
    "区县": Level.DISTRICT,
    "区": Level.DISTRICT,
    "县": Level.DISTRICT,
    "产业工会": Level.INDUSTRY,
    "产业": Level.INDUSTRY,
    "市": Level.CITY,
}
"""What people call the levels; the first word of a level is the one that is shown."""

T = TypeVar("T", RecordType, Field)


def type_named(types: Mapping[str, RecordType], said: str) -> RecordType | None:
    """The type that is meant: by its name or label, also without what stands in brackets behind the label."""
    return types.get(said) or _labelled(types, said, lambda t: (t.label, short_label(t.label)))


def field_named(record_type: RecordType, said: str) -> Field | None:
    """The field that is meant: by its name, or by its label where only one is called so."""
    return record_type.by_name.get(said) or _labelled(record_type.by_name, said, lambda f: (f.label,))


def type_names(types: Mapping[str, RecordType]) -> list[str]:
    """All that a type can be called."""
    return [*types, *dict.fromkeys(short_label(t.label) for t in types.values())]


def field_names(record_type: RecordType) -> list[str]:
    """All that a field can be called."""
    return [*record_type.by_name, *dict.fromkeys(f.label for f in record_type.fields)]


def _labelled(named: Mapping[str, T], said: str, labels: Callable[[T], tuple[str, ...]]) -> T | None:
    found = [one for one in named.values() if said in labels(one)]
    return found[0] if len(found) == 1 else None
