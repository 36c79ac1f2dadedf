"""What the number of a person's document tells of the fields beside it: the document, the day of birth, the sex."""

from __future__ import annotations

import datetime

from desktop.records.cells import Values, is_empty
from desktop.records.declaration import Kind, RecordType
from desktop.records.typed.id_number import IdKind, check_id
from desktop.records.versions.canonical import Cell

KIND, BIRTH, SEX = "id_kind", "birth_date", "sex"


def told(number: str, today: datetime.date, kind: object = None) -> dict[str, Cell]:
    """The fields that a number without fault tells; none of a passport's, nor of one with a slip in it.

    ``kind`` is the document that somebody has named; else it is the one that the number looks like.
    """
    check = check_id(number, today, IdKind(str(kind)) if kind in list(IdKind) else None)
    if not check.ok or check.birth is None or check.sex is None:
        return {}
    return {KIND: check.kind.value, BIRTH: check.birth.isoformat(), SEX: check.sex.value}


def completed(
    record_type: RecordType, present: Values, today: datetime.date, kind: object = None
) -> dict[str, Cell]:
    """What the number of a record fills of its fields that are still empty.

    Which document it is says ``kind`` or the record; what a new record begins with is nobody's word.
    """
    field = next((f for f in record_type.fields if f.kind is Kind.ID_NUMBER), None)
    if field is None or is_empty(present.get(field.name)):
        return {}
    if (
        kind is None
        and KIND in record_type.by_name
        and present.get(KIND) != record_type.by_name[KIND].default
    ):
        kind = present.get(KIND)
    found = told(str(present[field.name]), today, kind)
    return {n: v for n, v in found.items() if n in record_type.by_name and is_empty(present.get(n))}
