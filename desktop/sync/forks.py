"""Items that were received before: known if their content is the same, else a station fork (rule 23).

Of a fork both contents are kept, each in its segment. Until somebody decides which of them counts, nothing more of
that incarnation is let count from the first such number on, because it may be of either content.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.records.item_outcomes import HELD_FORK
from desktop.records.types import Catalogue
from desktop.store.database import Database
from desktop.store.ledger import Ledger
from desktop.sync import segments, sending
from desktop.sync.sorting import Put, Sorted


def drop_known(ledger: Ledger, found: Sorted) -> int:
    """Drops what is known and holds what a fork leaves open; how many items were known."""
    database, header, numbers = ledger.database, found.contents.header, found.contents.numbers
    overlap: set[int] = set()
    for first, last in database.rows(
        "SELECT first, last FROM received WHERE origin = ? AND first <= ? AND last >= ?",
        (found.origin, header.last, header.first),
    ):
        overlap.update(n for n in numbers if first <= n <= last)
    known: set[int] = set()
    if overlap:
        hashes = dict(zip(numbers, found.contents.hashes, strict=True))
        held_here = _hashes(ledger, found.origin, min(overlap), max(overlap))
        known = {n for n in overlap if n not in held_here or hashes[n] in held_here[n]}
        found.drop(known)
    if overlap != known:
        _open(database, found.origin, min(overlap - known))
        found.hold(numbers, HELD_FORK)
    elif _is_open(database, found.origin):
        found.hold(numbers, HELD_FORK)
    return len(known)


def _open(database: Database, origin: int, number: int) -> None:
    """What waits for something else, from the number with two contents on, now waits for the decision."""
    database.execute(
        "UPDATE held SET reason = ? WHERE origin = ? AND number >= ?", (HELD_FORK, origin, number)
    )


def _is_open(database: Database, origin: int) -> bool:
    return (
        database.row("SELECT 1 FROM held WHERE origin = ? AND reason = ? LIMIT 1", (origin, HELD_FORK))
        is not None
    )


def _hashes(ledger: Ledger, origin: int, first: int, last: int) -> dict[int, set[bytes]]:
    """The hashes of lines that are held here already, both contents of a fork, own lines not yet cut included."""
    found: dict[int, set[bytes]] = {}
    for header, lines in _segments(ledger.database, origin, first, last):
        numbers = (
            range(header.first, header.last + 1)
            if header.vouched is None
            else segments.decode(header, lines, ledger.types).numbers
        )
        for number, line_hash in zip(numbers, segments.hashes_of(lines), strict=True):
            found.setdefault(number, set()).add(line_hash)
    if origin == ledger.origin:
        for number, line in ledger.database.rows("SELECT number, line FROM pending_line"):
            found.setdefault(number, set()).update(segments.hashes_of([line]))
    return found


def _segments(
    database: Database, origin: int, first: int, last: int
) -> list[tuple[segments.Header, list[bytes]]]:
    return [
        segments.read(sending.frame_of(compressed))
        for (compressed,) in database.rows(
            "SELECT frame FROM segment WHERE origin = ? AND first <= ? AND last >= ? ORDER BY position",
            (origin, last, first),
        )
    ]


@dataclass(frozen=True, slots=True)
class Fork:
    """An incarnation in which numbers have two contents: those, in the order they came, and how many items wait."""

    station: str
    incarnation: str
    contents: tuple[Put, ...]
    waiting: int


def open_forks(database: Database, types: Catalogue) -> list[Fork]:
    """Every fork that is not decided; the segments are read again, as there are hardly ever any."""
    return [
        Fork(station, incarnation, tuple(_contents(database, types, origin, first, last)), waiting)
        for origin, station, incarnation, first, last, waiting in database.rows(
            "SELECT h.origin, o.station, o.incarnation, min(h.number), max(h.number), count(*) FROM held h"
            " JOIN origin o ON o.ref = h.origin WHERE h.reason = ? GROUP BY h.origin ORDER BY 2, 3",
            (HELD_FORK,),
        )
    ]


def _contents(database: Database, types: Catalogue, origin: int, first: int, last: int) -> list[Put]:
    found: dict[int, dict[bytes, Put]] = {}
    for header, lines in _segments(database, origin, first, last):
        contents = segments.decode(header, lines, types)
        hashes = dict(zip(contents.numbers, contents.hashes, strict=True))
        items = Sorted(contents, origin)
        items.hold(contents.numbers, HELD_FORK)
        for put in items.waiting():
            found.setdefault(put.number, {}).setdefault(hashes[put.number], put)
    return [put for number in sorted(found) if len(found[number]) > 1 for put in found[number].values()]
