"""What follows from a value that was filled in and need not be typed again: from an ID number, from a chosen record."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from desktop.records.canonical import Cell
from desktop.records.checks import Values
from desktop.records.checks.base import is_empty
from desktop.records.declaration import Kind, RecordType
from desktop.records.id_number import check_id

_FROM_LINK: Mapping[str, Mapping[str, str]] = {
    "officer": {
        "name": "name",
        "sex": "sex",
        "birth_date": "birth_date",
        "phone": "phone",
        "post_title": "post_title",
        "unit_name": "workplace",
        "chair_name": "name",
        "chair_sex": "sex",
        "chair_birth_date": "birth_date",
        "chair_phone": "phone",
    },
    "member": {"name": "name", "sex": "sex", "birth_date": "birth_date", "phone": "phone"},
    "enterprise": {
        "workplace": "name",
        "employer_name": "name",
        "address": "address",
        "town": "town",
        "village": "village",
    },
    "union": {"union_name": "name", "superior_name": "name"},
}
"""By the type that a link leads to: own field, and the field of the chosen record that it repeats."""


def from_link(record_type: RecordType, field: str, chosen: Values, present: Values) -> dict[str, Cell]:
    """The empty fields that a chosen record fills; a place only together with the address it belongs to."""
    link = record_type.by_name[field].link or ""
    found: dict[str, Cell] = {}
    for own, other in _FROM_LINK.get(link, {}).items():
        target = record_type.by_name.get(own)
        if target is not None and is_empty(present.get(own)) and not is_empty(chosen.get(other)):
            found[own] = chosen[other]
    if any(not is_empty(present.get(name)) for name in ("town", "address", "village")):
        for name in ("town", "address", "village"):
            found.pop(name, None)
    return found


def from_id_number(record_type: RecordType, present: Values, today: datetime.date) -> dict[str, Cell]:
    """Birth and sex as a valid ID number tells them, where they are still empty."""
    field = next((f for f in record_type.fields if f.kind is Kind.ID_NUMBER), None)
    if field is None or is_empty(present.get(field.name)):
        return {}
    check = check_id(str(present[field.name]), today)
    if not check.ok or check.birth is None or check.sex is None:
        return {}
    told: dict[str, Cell] = {"birth_date": check.birth.isoformat(), "sex": check.sex.value}
    return {n: v for n, v in told.items() if n in record_type.by_name and is_empty(present.get(n))}
