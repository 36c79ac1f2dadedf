"""A stored value becomes the words that lists, forms and papers show for it, whole or masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from desktop.records.codes import PLACES, TYPES, CodeList
from desktop.records.declaration import Field, Kind, Mask
from desktop.records.masking import (
    mask_account,
    mask_birth,
    mask_id,
    mask_name,
    mask_numbers_of_people,
    mask_phone,
)
from desktop.records.typed.texts import beginning, visible
from desktop.records.versions.canonical import Cell

_MASKS: Final[Mapping[Mask, Callable[[str], str]]] = {
    Mask.ID: mask_id,
    Mask.PHONE: mask_phone,
    Mask.NAME: mask_name,
    Mask.ACCOUNT: mask_account,
    Mask.BIRTH: mask_birth,
    Mask.NUMBERS: mask_numbers_of_people,
    Mask.HIDDEN: lambda _text: "（不显示）",
}


def display(field: Field, cell: Cell, *, codes: Mapping[str, CodeList], masked: bool = False) -> str:
    """The words for a stored value in lists and forms; ``masked`` hides what the declaration says is to be hidden.

    A link shows as its id: only the store knows the record that it leads to. Of a text that is longer than anybody may
    type stands its beginning: nothing bounds what others send, and lists and papers of megabytes help nobody.
    """
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str) and len(cell) > field.longest:
        shown = display(field, cell[: field.longest], codes=codes, masked=masked)
        return shown + beginning(cell, field.longest)[field.longest :]
    if masked and field.mask is not Mask.NONE:
        return _MASKS[field.mask](str(cell))
    if masked and field.names_person:
        # In lists from elsewhere the number of somebody's document may stand behind the name.
        return mask_numbers_of_people(str(cell))
    match field.kind:
        case Kind.BOOLEAN:
            return "是" if cell else "否"
        case Kind.CODE:
            return _label(codes, field.codes or "", str(cell))
        case Kind.CODES:
            listed, several = codes.get(field.codes or ""), str(cell).split()
            ordered = several if listed is None else listed.in_order(several)
            return "、".join(_label(codes, field.codes or "", code) for code in ordered)
        case Kind.PLACE:
            return _label(codes, PLACES, str(cell))
        case _:
            return _label(codes, TYPES, str(cell)) if field.names_type else visible(str(cell))


def _label(codes: Mapping[str, CodeList], name: str, code: str) -> str:
    found = codes.get(name)
    return code if found is None else found.label_of(code)
