"""Hides the middle of personal values for those who have not asked for the whole.

Masking a masked value changes nothing, and no mask shows a short value whole.
"""

from __future__ import annotations

import re

from desktop.records.name_dots import DOT, FORMS_OF_DOT

STAR = "*"
_LONG_NUMBER = re.compile(r"\d{7,17}[\dXx]?")
_DAY = re.compile(r"[0-9]{4}(?:-[0-9*]{2}){2}")
_OF_PEOPLE = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)")
_NAME_DOTS = frozenset(DOT + FORMS_OF_DOT + "．.")


def mask_id(number: str, head: int = 6, tail: int = 4) -> str:
    """The ID number with its first ``head`` and last ``tail`` characters, as 330102********0012.

    A number that would then hide fewer than two fifths of its characters (a passport) shows one and two at most.
    """
    return _mask(number, head, tail, fewer=(1, 2))


def mask_phone(number: str) -> str:
    """A mobile number as 138****5678, any other by its last four digits."""
    if len(number) == 11 and "-" not in number:
        return f"{number[:3]}{STAR * 4}{number[7:]}"
    return _mask(number, 0, 4, fewer=(0, 2))


def mask_birth(day: str) -> str:
    """The year of a day of birth: what the mask of an ID number hides is the day of birth and nothing else."""
    return f"{day[:4]}-**-**" if _DAY.fullmatch(day) else STAR * len(day)


def mask_account(number: str) -> str:
    """A bank account by its last four digits."""
    return _mask(number, 0, 4, fewer=(0, 1))


def mask_name(name: str) -> str:
    """A name as 张*, 张*明, 欧**华 or 阿***·**提: its first and last characters, the dots of a long name kept."""
    if len(name) <= 1:
        return STAR * len(name)
    middle = "".join(c if c in _NAME_DOTS else STAR for c in name[1:-1])
    last = name[-1] if STAR in middle else STAR
    return f"{name[0]}{middle}{last}"


def mask_numbers(text: str) -> str:
    """A text of which nobody knows what it is, with every number masked that is as long as a telephone's or longer."""
    return _LONG_NUMBER.sub(lambda found: (mask_id if len(found[0]) > 11 else mask_phone)(found[0]), text)


def mask_numbers_of_people(text: str) -> str:
    """A text with its ID numbers and mobile numbers masked; dates and other numbers stay."""
    return _OF_PEOPLE.sub(lambda found: (mask_id if len(found[0]) > 11 else mask_phone)(found[0]), text)


def _mask(text: str, head: int, tail: int, fewer: tuple[int, int]) -> str:
    for first, last in ((head, tail), fewer):
        hidden = len(text) - first - last
        if hidden > 0 and hidden * 5 >= len(text) * 2:
            return text[:first] + STAR * hidden + text[len(text) - last :]
    return STAR * len(text)
