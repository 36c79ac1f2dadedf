"""Brings a code that was typed or pasted (USCC, ID number, phone, account) to the one form that is stored."""

from __future__ import annotations

import unicodedata

_DASHES = frozenset("-‐‑‒–—―−﹣－_")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_TEXT_MARKS = frozenset("'’‘`´")
_PASSES = 3
"""Capitals of a composed character can be composed anew, and dropping a mark can join its neighbours."""


def compact_code(text: str) -> str:
    """The code without blanks, hyphens and the apostrophe of a text cell, in half-width capitals.

    Applying it twice changes nothing more.
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    kept = text
    for _ in range(_PASSES):
        folded = unicodedata.normalize("NFKC", kept).upper()
        kept = "".join(c for c in folded if not _is_noise(c))
    return kept


def _is_noise(character: str) -> bool:
    return (
        character.isspace()
        or character in _DASHES
        or character in _INVISIBLE
        or character in _TEXT_MARKS
        or unicodedata.category(character) == "Cc"
    )
