"""Which values a new record takes over from another one."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.records.declaration import Kind, RecordType
from desktop.records.versions.canonical import Cell

_TAKEN_ON = (Kind.PLACE, Kind.LINK)


def values_to_copy(record_type: RecordType, values: Mapping[str, Cell]) -> dict[str, Cell]:
    """All of a record but what is its own: name, code, personal data, and reasons given for it."""
    own = {*_naming(record_type), record_type.key, "reason", "late_reason", "recorded_date"}
    return {
        f.name: values.get(f.name)
        for f in record_type.shown_fields
        if f.name not in own and not f.personal and values.get(f.name) not in (None, "")
    }


def values_to_carry(record_type: RecordType, values: Mapping[str, Cell]) -> dict[str, Cell]:
    """What the next of several records in a row has in common with this one: where it is and what it belongs to."""
    return {
        f.name: values.get(f.name)
        for f in record_type.fields
        if f.kind in _TAKEN_ON
        and not f.personal
        and f.name not in _naming(record_type)
        and values.get(f.name) not in (None, "")
    }


def _naming(record_type: RecordType) -> frozenset[str]:
    """The fields that name a record; the record that it belongs to may be among them, and is no name of its own."""
    return frozenset(record_type.title) - {record_type.parent}
