"""Stamps of the hybrid logical clock: one positive 63-bit number that orders versions (rule 3).

41 bits of milliseconds since 2020-01-01T00:00Z, 3 bits of counter that carry into the milliseconds, 19 bits of tag,
the first bits of the station id, which break ties and identify nothing.
"""

from __future__ import annotations

import datetime

EPOCH = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
COUNTER_BITS = 3
TAG_BITS = 19
TICK_BITS = 41 + COUNTER_BITS
MAX_STAMP = (1 << 63) - 1
DAY_MS = 86_400_000


def tag_of(station: str) -> int:
    """The tag of a station id (hexadecimal)."""
    return int(station[:5], 16) >> 1


def make(tick: int, tag: int) -> int:
    """The stamp of a tick, which is milliseconds and counter together, at a station."""
    if not 0 < tick < 1 << TICK_BITS:
        raise ValueError("the tick is out of range")
    return tick << TAG_BITS | tag


def tick_of(stamp: int) -> int:
    """Milliseconds and counter of a stamp as one number."""
    return stamp >> TAG_BITS


def milliseconds_of(stamp: int) -> int:
    """Milliseconds since :data:`EPOCH`."""
    return stamp >> (TAG_BITS + COUNTER_BITS)


def tick_at(milliseconds: int) -> int:
    """The first tick of a millisecond since :data:`EPOCH`; of what a wrong clock says was before, the first of all."""
    return max(milliseconds << COUNTER_BITS, 1)


def moment_of(stamp: int) -> datetime.datetime:
    """When the stamp was made, by its station's clock, in UTC."""
    return EPOCH + datetime.timedelta(milliseconds=milliseconds_of(stamp))


def to_wire(stamp: int) -> str:
    """16 hexadecimal digits: a stamp does not fit the numbers of other JSON readers."""
    return f"{stamp:016x}"


def from_wire(text: str) -> int:
    """The stamp of 16 hexadecimal digits; ``ValueError`` for anything else or a stamp out of range."""
    if len(text) != 16 or not text.isascii() or not text.isalnum() or text != text.lower():
        raise ValueError("a stamp is 16 lower-case hexadecimal digits")
    stamp = int(text, 16)
    if not 0 < stamp <= MAX_STAMP:
        raise ValueError("the stamp is out of range")
    return stamp
