"""One change or tombstone of a slot, as it comes into a merge and as it is searched for afterwards."""

from __future__ import annotations

import msgspec


class Change(msgspec.Struct, frozen=True):
    """A change or tombstone of one slot; ``value`` is canonical text.

    ``replaces`` are stamps of the record's versions, or record and stamp of those of others (rule 10).
    """

    kind: str
    type: str
    record: str
    unit: str
    slot: str
    stamp: int
    replaces: tuple[int | tuple[str, int], ...]
    origin: int
    number: int
    operator: str
    value: str
