"""Segments as they lie in a ledger: taken in as they came, and read again."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.store.ledger import Ledger
from desktop.store.peers import segment_log
from desktop.store.tables.database import Database
from desktop.sync.formats import frames, segments
from desktop.sync.formats.frames import Frame
from desktop.sync.formats.segments import Header
from desktop.sync.signed.manifest import MAX_PART_PLAIN


def keep(ledger: Ledger, header: Header, frame: Frame, merge: int | None = None) -> int:
    """Stores a segment as it came, and which merge brought it; its position in this ledger's journal."""
    return segment_log.keep(
        ledger.database,
        ledger.origin_ref(header.station, header.incarnation),
        (header.first, header.last),
        header.digest,
        header.counts,
        frame.compressed,
        vouched=header.vouched,
        merge=merge,
    )


def frame_of(compressed: bytes) -> Frame:
    """A stored segment's frame."""
    (frame,) = frames.split(compressed, 1, MAX_PART_PLAIN)
    return frame


def frame_at(database: Database, position: int) -> Frame:
    """The frame of a segment by its position in the journal."""
    return frame_of(segment_log.frame_at(database, position))


def read_at(database: Database, position: int) -> tuple[Header, list[bytes]]:
    """Header and lines of a segment by its position."""
    return segments.read(frame_at(database, position))


def between(database: Database, origin: int, first: int, last: int) -> Iterator[tuple[Header, list[bytes]]]:
    """The segments that hold items of an origin between two numbers, in the order in which they came."""
    for compressed in segment_log.frames(database, origin, first, last):
        yield segments.read(frame_of(compressed))


def signed_between(
    database: Database, origin: int, first: int, last: int
) -> Iterator[tuple[Header, list[bytes]]]:
    """Those of them that the origin itself has signed: their numbers follow each other."""
    for header, lines in between(database, origin, first, last):
        if header.vouched is None:
            yield header, lines
