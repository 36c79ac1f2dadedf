"""Which entries of a code list a person's words mean, and how the list's entries are told to him."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from desktop.records.codes import CodeList
from desktop.records.typed.texts import folded, one_line

_SHOWN_CHOICES: Final = 8
_STRONG: Final = re.compile(r"[、,，;；\n|]+")
_WEAK: Final = re.compile(r"[\s/]+")
_LEADING_CODE: Final = re.compile(r"([0-9A-Za-z_]+)[\s.．、\-－—]+(\S.*)", re.DOTALL)


def several(codes: CodeList, text: str) -> Iterable[str]:
    """The entries of a text that lists several; an entry's own words may hold what else separates."""
    if find(codes, text) is not None:
        return [text]
    parts: list[str] = []
    for part in filter(None, (p.strip() for p in _STRONG.split(text))):
        parts += [part] if find(codes, part) is not None else filter(None, _WEAK.split(part))
    return parts


def find(codes: CodeList, words: str) -> str | None:
    """The code for these words; also for “01 汉族”, and for a number that lost or won a leading zero."""
    code = codes.find(words)
    if code is not None:
        return code
    plain = unicodedata.normalize("NFKC", words).strip()
    if plain.isascii() and plain.isdigit():
        same = [item.code for item in codes.items if item.code.isdigit() and int(item.code) == int(plain)]
        return same[0] if len(same) == 1 else None
    if both := _LEADING_CODE.fullmatch(plain):
        first, second = find(codes, both[1]), codes.find(both[2])
        return first if first == second else None
    return None


def meant(codes: CodeList, found: Iterable[tuple[str, str]]) -> str | None:
    """A note for words that are neither the code nor its label."""
    other = [
        f"“{one_line(words)}”按“{codes.label_of(code)}”保存"
        for words, code in found
        if folded(words) not in (folded(code), folded(codes.label_of(code)))
    ]
    return "；".join(other) or None


def choices(codes: CodeList) -> str:
    """What may be chosen, the first of it where there is much."""
    labels = [item.label for item in codes.offered]
    return "、".join(labels[:_SHOWN_CHOICES]) + ("等" if len(labels) > _SHOWN_CHOICES else "")
