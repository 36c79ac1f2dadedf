"""Record and unit ids: UUIDv7 for what is new, UUIDv5 of type and code where an official code names the thing.

Ids are 32 lower-case hexadecimal digits. None is derived from personal data (rule 4).
"""

from __future__ import annotations

import hashlib
import uuid

NAMESPACE = uuid.UUID("6f1d4c1e-9a39-5d0c-8b57-0a4a3c2e7d10")
_NAMESPACE = NAMESPACE.bytes
"""Frozen for ever: every derived id depends on it."""
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def random_id(milliseconds_since_1970: int, random_bytes: bytes) -> str:
    """A UUIDv7 (RFC 9562) from the clock and ten random bytes."""
    if len(random_bytes) != 10:
        raise ValueError("a UUIDv7 takes ten random bytes")
    value = milliseconds_since_1970 << 80 | int.from_bytes(random_bytes, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return f"{value:032x}"


def derived_id(kind: str, code: str) -> str:
    """The id of the record or unit of this kind that an official code names: UUIDv5 of ``kind:code``."""
    found = hashlib.sha1(_NAMESPACE + f"{kind}:{code}".encode(), usedforsecurity=False).hexdigest()
    # RFC 9562: version 5 in the thirteenth digit, and the variant's two bits in the seventeenth.
    return f"{found[:12]}5{found[13:16]}{_VARIANT[found[16]]}{found[17:32]}"


def unit_id(level: str, code: str) -> str:
    """The id of the unit that a code names at a level: the same on every laptop of the unit."""
    return derived_id(f"unit:{level}", code)


def item_id(kind: str, station: str, incarnation: str, number: int) -> str:
    """The id of a record that only its own birth may give: nobody else can write a birth of the same record."""
    return derived_id(kind, f"{station}:{incarnation}:{number}")


def same_id(kind: str, one: str, other: str) -> str:
    """The id of the edge between two records: whoever says that they are one makes the same record (rule 10)."""
    return derived_id("same", f"{kind}:{min(one, other)}:{max(one, other)}")


def is_id(text: object) -> bool:
    """Whether this is an id in its one written form."""
    return (
        isinstance(text, str)
        and len(text) == 32
        and text.isascii()
        and all(c in "0123456789abcdef" for c in text)
    )
