"""Turns the Chinese numerals of articles and sessions into numbers and back."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_VARIANTS = str.maketrans({"〇": "零", "两": "二"})
_GREATEST = 9999
NUMERALS = _DIGITS + "〇两" + "".join(_UNITS)
"""Every character that a numeral may hold."""


def int_to_chinese(number: int) -> str:
    """A number from 0 to 9999 as statutes write it: 十, 二十二, 一百零一. Raises ``ValueError`` beyond."""
    if not 0 <= number <= _GREATEST:
        raise ValueError(f"{number} is not between 0 and {_GREATEST}")
    if number == 0:
        return _DIGITS[0]
    text, gap = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // size % 10
        if digit:
            text += (_DIGITS[0] if gap and text else "") + _DIGITS[digit] + unit
        gap = not digit
    return text[1:] if text.startswith("一十") else text


def chinese_to_int(text: str) -> int:
    """The number that a well-formed numeral means, 〇 and 两 included. Raises ``ValueError`` for others."""
    plain = text.translate(_VARIANTS)
    total = digit = 0
    for character in plain:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        elif character in _DIGITS:
            digit = _DIGITS.index(character)
        else:
            raise ValueError(f"{text!r} is not a numeral")
    total += digit
    if not plain or int_to_chinese(total) != plain:
        raise ValueError(f"{text!r} is not a well-formed numeral")
    return total
