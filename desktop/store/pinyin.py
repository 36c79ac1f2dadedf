"""The order of a Chinese dictionary, and the first letters by which people type a name: computed, never sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

from desktop.resources import resource

_APART: Final = "\udfff"
"""No text that is kept has half a surrogate pair in it."""


def sort_key(text: str | int) -> str:
    """Pinyin without tones where a character has it, else the character: the order of a Chinese dictionary.

    A title that is nothing but a year comes as a number.
    """
    return unicodedata.normalize("NFKC", str(text)).lower().translate(_pinyin())


def sort_keys(texts: Sequence[str]) -> list[str]:
    """The key of each text; asked for one by one, by the engine most of all, they take three times as long."""
    return sort_key(_APART.join(texts)).split(_APART) if texts else []


def initials(text: str) -> str:
    """The first letters of each character's pinyin, as people type them to find a name."""
    return unicodedata.normalize("NFKC", text).lower().translate(_initials())


class _Table(dict[int, str]):
    """A table for ``str.translate`` that learns what it does not change: an exception a character is slow."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code)
        return self[code]


@cache
def _pinyin() -> dict[int, str]:
    found = _Table()
    for line in resource("pinyin.txt").read_text("utf-8").splitlines():
        syllable, _, characters = line.partition(" ")
        if syllable != "#":
            found.update(dict.fromkeys(map(ord, characters), syllable))
    return found


@cache
def _initials() -> dict[int, str]:
    return _Table({code: reading[:1] for code, reading in _pinyin().items()})
