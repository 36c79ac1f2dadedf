"""Whether typed text means some words: as a part of them, or as the first letters of their pinyin."""

from __future__ import annotations

from functools import lru_cache

from desktop.records.codes import fold


@lru_cache(maxsize=20_000)
def _letters(words: str) -> tuple[str, ...]:
    # Imported late: the first page of the assistant needs none of it.
    from desktop.operations import queries

    return tuple("".join(c for c in letters if c.isalnum()) for letters in queries.all_initials(words))


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
        if any(spelled.startswith(wanted) for spelled in letters):
            return 1
        if wanted in plain or any(wanted in spelled for spelled in letters):
            return 2
    return 2 if wanted in plain else None


def matches(text: str, words: str) -> bool:
    """Whether the text means these words at all."""
    return rank(text, words) is not None
