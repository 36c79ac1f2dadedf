"""The labels by which a bundle tells which segments it holds, before any of them is unpacked."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync.errors import BadSegment
from desktop.sync.formats.forms import INCARNATION


def places(label: object) -> tuple[int, int, int]:
    """How many items the segment of a label has, and the journal positions before and at it.

    Raises :class:`BadSegment` for what is no label of a segment.
    """
    match label:
        case [str(), str(), int(first), int(last), str(), int(total), int(before), int(position)] if (
            # What is no number of the format could be kept here, and nobody would read the receipt that says it.
            not any(
                isinstance(n, bool) or not 0 <= n <= MAX_NUMBER
                for n in (first, last, total, before, position)
            )
        ):
            return total, before, position
    raise BadSegment("a segment has a label")


def left(labels: Iterable[object], station: str, present: str) -> set[str]:
    """Incarnations of a station of which there are segments beside its present one: they ended before that.

    A label that names what is none is refused when its turn comes.
    """
    found: set[str] = set()
    for label in labels:
        match label:
            case [str(name), str(incarnation), *_] if name == station and INCARNATION.fullmatch(incarnation):
                found.add(incarnation)
    return found - {present}
