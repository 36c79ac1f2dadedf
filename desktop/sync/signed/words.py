"""Fingerprints as words, to be compared by telephone: six everyday words and six digits stand for a public key.

``resources/words.txt`` holds 256 two-character words, one a line, in an order that never changes; no two sound
alike, also not to ears that take zh for z, n for ng or l for n. Six words are 48 bits and six digits 20 more, so
nobody finds a second key with the same fingerprint by trying (2 to the 68th), and a slip of the ear is noticed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Final

from desktop.resources import resource

WORD_COUNT: Final = 256
WORDS: Final = 6
DIGITS: Final = 6
_PREFIX: Final = b"xiaosanji words v1\n"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Six words, and six digits as a second form for those who rather read numbers."""

    words: tuple[str, ...]
    digits: str

    def __str__(self) -> str:
        """All in one line, as it is shown and read out: ``苹果 大桥 … 123 456``."""
        return f"{' '.join(self.words)} {self.digits[:3]} {self.digits[3:]}"


def fingerprint(public_key: bytes) -> Fingerprint:
    """The fingerprint of a raw public signing key.

    Everything else that a station sends is signed by this key, its age recipient included, so the key is all
    that has to be compared. The words are always computed, never read from a file that somebody sent.
    """
    digest = hashlib.sha256(_PREFIX + public_key).digest()
    chosen = tuple(word_list()[index] for index in digest[:WORDS])
    number = int.from_bytes(digest[WORDS : WORDS + 8], "big") % 10**DIGITS
    return Fingerprint(chosen, f"{number:0{DIGITS}d}")


@cache
def word_list() -> tuple[str, ...]:
    """The 256 words in their fixed order."""
    words = tuple(resource("words.txt").read_text(encoding="utf-8").split())
    if len(words) != WORD_COUNT or len(set(words)) != WORD_COUNT:
        raise ValueError("the list of words is not whole")
    return words
