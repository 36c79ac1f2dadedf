"""Recognises cells that already stand in stored form, so that an import spends its time on the others only.

Each function returns the stored value, or ``None`` where the careful way of :mod:`desktop.records.typed.values` has
to look.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from desktop.records.declaration import Field, Kind
from desktop.records.typed.person_names import with_usual_dot
from desktop.records.versions.canonical import Cell

Plain = Callable[[Field, object], Cell]

_DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_USCC = re.compile(r"(?![0-9]{6}(?:19|20)[0-9]{9}[0-9X])[0-9A-HJ-NPQRTUWXY]{18}")
"""Not what may be the number of a person."""
_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SAFE_DIGITS: Final = 15
SPREAD: Final = re.compile(
    r"{0} {0}{{1,2}}|{0}{0} {0}|{0} {0} {0}".format("[\u3400-\u9fff\U00020000-\U0003ffff]")
)
"""One word of two or three characters that is set as wide as others around it, as lists of people are: 李 娜."""
_SPREAD_AT_MOST: Final = 5


def _line(field: Field, cell: object) -> Cell:
    if type(cell) is not str or not cell.isprintable() or not unicodedata.is_normalized("NFC", cell):
        return None
    text = " ".join(cell.split())
    if len(text) <= _SPREAD_AT_MOST and SPREAD.fullmatch(text):
        return None
    if field.names_person and with_usual_dot(text) != text:
        return None
    return text if text and len(text) <= field.longest else None


def _note(field: Field, cell: object) -> Cell:
    if type(cell) is not str or not cell.isprintable() or not unicodedata.is_normalized("NFC", cell):
        return None
    text = cell.strip()
    return text if text and len(text) <= field.longest else None


def _whole(field: Field, cell: object) -> Cell:
    if type(cell) is str:
        number = int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= _SAFE_DIGITS else None
    elif type(cell) is float:
        number = int(cell) if cell.is_integer() and abs(cell) < 10**_SAFE_DIGITS else None
    else:
        number = cell if type(cell) is int and abs(cell) < 10**_SAFE_DIGITS else None
    low, high = field.minimum, field.maximum
    if number is None or (low is not None and number < low) or (high is not None and number > high):
        return None
    return number


def _day(_field: Field, cell: object) -> Cell:
    if type(cell) is str and _DAY.fullmatch(cell):
        try:
            datetime.date.fromisoformat(cell)
        except ValueError:
            return None
        return cell
    return None


def _shaped(shape: re.Pattern[str]) -> Plain:
    def plain(_field: Field, cell: object) -> Cell:
        return cell if type(cell) is str and shape.fullmatch(cell) else None

    return plain


PLAIN: Final[Mapping[Kind, Plain]] = {
    Kind.TEXT: _line,
    Kind.NOTE: _note,
    Kind.INTEGER: _whole,
    Kind.DATE: _day,
    Kind.USCC: _shaped(_USCC),
    Kind.ID_NUMBER: _shaped(_RESIDENT_ID),
    Kind.PHONE: _shaped(_MOBILE),
}
