"""Reads cells, numbers and times of day in the forms in which people type them and spreadsheets keep them."""

from __future__ import annotations

import datetime
import decimal
import re

from desktop.records.typed.texts import folded, printable

EXACT_DIGITS = 15
"""A spreadsheet keeps fifteen digits of a number; what is longer has lost its end."""

_NUMBER = re.compile(r"([+\-]?)([0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)(万?)")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_COUNTER_AT_END = re.compile(r"(?<=.)(?:人次|小时|学时|[人名位个家份票届次件户天日元页分])$")
_STORED = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?", re.ASCII)
_SIGNS = "'’¥￥"
_CLOCK = re.compile(
    r"(上午|早上|下午|晚上|中午|am|pm)?([0-9]{1,2})(?::|时|点)"
    r"(?:([0-9]{1,2})(?::[0-9]{1,2}|分)?|(半))?(am|pm)?"
)
_DIGITS_ALONE = re.compile(r"([6-9]|[0-9]{2})([0-9]{2})")
"""0930, and 930 as a spreadsheet leaves it; 130 may be half past one in the afternoon."""
_HOUR_ALONE = re.compile(r"0?[6-9]|1[0-9]|2[0-3]")
"""9 is what people type for nine o'clock; 2 may be two in the afternoon."""
_AFTERNOON = frozenset({"下午", "晚上", "pm"})
_MINUTES_A_DAY = 24 * 60


def text_of(cell: object) -> str | None:
    """A cell as the text that a person would see in it; ``None`` for what no cell holds."""
    match cell:
        case str():
            return printable(cell)
        case bool():
            return "1" if cell else "0"
        case int():
            return str(cell)
        case float():
            return _plain_number(cell)
        case datetime.datetime() | datetime.date() | datetime.time():
            return cell.isoformat()
        case decimal.Decimal():
            return format(cell, "f") if cell.is_finite() else None
        case list() | tuple() | set() | frozenset():
            return "、".join(str(part) for part in cell)
        case _:
            return None


def read_number(text: str, unit: str = "") -> tuple[decimal.Decimal, bool] | None:
    """The exact number in a text, and whether a unit or 万 was read with it; ``None`` if it is no number.

    Commas are read only where they part thousands.
    """
    plain = folded(text).lstrip(_SIGNS).replace("。", ".")
    bare = _without_counter(plain, unit)
    found = _NUMBER.fullmatch(bare)
    if found is None or ("," in found[2] and not _THOUSANDS.fullmatch(found[2])):
        return None
    number = decimal.Decimal(found[1] + found[2].replace(",", ""))
    return (number * 10_000 if found[3] else number), bool(found[3]) or bare != plain


def decimal_text(number: decimal.Decimal) -> str:
    """The one text of a number: no exponent, no zeros at the end, no negative zero."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0", "-") else text


def stored_decimal(cell: object) -> decimal.Decimal | None:
    """The number in a stored decimal; nothing for a text that :func:`decimal_text` does not write.

    Another station's items may hold any text, and ``1e999999999`` would keep the program busy for ever.
    """
    return decimal.Decimal(cell) if isinstance(cell, str) and _STORED.fullmatch(cell) else None


def read_time(cell: object, text: str) -> str | None:
    """The time of day as ``HH:MM``: 9:00, 0900, 下午2点半, a time cell, or a spreadsheet's part of a day."""
    if isinstance(cell, datetime.datetime | datetime.time):
        return f"{cell.hour:02}:{cell.minute:02}"
    if isinstance(cell, float) and 0 <= cell < 1:
        hour, minute = divmod(round(cell * _MINUTES_A_DAY), 60)
        return _clock(hour, minute)
    plain = folded(text)
    if found := _DIGITS_ALONE.fullmatch(plain):
        return _clock(int(found[1]), int(found[2]))
    if _HOUR_ALONE.fullmatch(plain):
        return _clock(int(plain), 0)
    if found := _CLOCK.fullmatch(plain):
        hour, minute, half = int(found[2]), 30 if found[4] else int(found[3] or 0), found[1] or found[5]
        if (half in _AFTERNOON and 1 <= hour < 12) or (half == "中午" and 1 <= hour < 4):
            hour += 12
        return _clock(hour, minute)
    return None


def _clock(hour: int, minute: int) -> str | None:
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def _plain_number(number: float) -> str | None:
    """A spreadsheet's number as it shows: fifteen digits, no exponent; nothing for infinity and not-a-number."""
    exact = decimal.Decimal(format(number, f".{EXACT_DIGITS}g"))
    return decimal_text(exact) if exact.is_finite() else None


def _without_counter(text: str, unit: str) -> str:
    if unit and text.endswith(unit) and text != unit:
        return text[: -len(unit)]
    found = _COUNTER_AT_END.search(text)
    return text[: found.start()] if found else text
