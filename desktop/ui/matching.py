"""Whether typed text means some words: as a part of them, or as the first letters of their pinyin."""

from __future__ import annotations

from functools import lru_cache

from desktop.records.codes import fold


@lru_cache(maxsize=20_000)
def _letters(words: str) -> str:
    # Imported late: the first page of the assistant needs none of it.
    from desktop.operations import queries

    return "".join(c for c in queries.initials(words) if c.isalnum())


@lru_cache(maxsize=20_000)
def _folded(words: str) -> str:
    return fold(words)


def rank(text: str, words: str) -> int | None:
    """How well words are meant: 0 they begin with the text, 1 by initials from the start, 2 somewhere; else nothing."""
    wanted = _folded(text)
    if not wanted:
        return 0
    plain = _folded(words)
    if plain.startswith(wanted):
        return 0
    if wanted.isascii() and wanted.isalnum():
        letters = _letters(words)
        if letters.startswith(wanted):
            return 1
        if wanted in plain or wanted in letters:
            return 2
    return 2 if wanted in plain else None


def matches(text: str, words: str) -> bool:
    """Whether the text means these words at all."""
    return rank(text, words) is not None
