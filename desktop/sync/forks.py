"""Items that were received before: known if their content is the same, else a station fork (rule 23).

Of a fork both contents are kept, each in its segment. Until somebody decides which of them counts, what waits from the
first such number on goes on waiting, and so does whatever else comes of that incarnation, because it may be of either
content; late ones of before wait with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from desktop.records.canonical import MAX_NUMBER
from desktop.records.item_outcomes import HELD_FORK
from desktop.records.types import Catalogue
from desktop.store import aside, pending, received, segment_log
from desktop.store.aside import Put
from desktop.store.database import Database
from desktop.store.ledger import Ledger
from desktop.sync import decoding, kept, segments
from desktop.sync.exclusions import Named
from desktop.sync.sorting import Sorted


class Known:
    """What a ledger knows already, during one merge; the segment that was read last is at hand.

    Whoever cuts a known segment into thousands must not have it unpacked and hashed whole for each.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._last: tuple[int, tuple[segments.Header, list[bytes]]] | None = None

    def drop(self, found: Sorted, lines: Sequence[bytes], count: Callable[[], None]) -> int:
        """Drops what is known and holds what a fork leaves open; how many items of these lines were known.

        ``count`` is called before a fork is opened, which lets go on waiting what waits by then.
        """
        numbers = found.contents.numbers
        overlap, known = self._compared(found, lines)
        found.drop(known)
        if overlap != known:
            count()
            aside.open_fork(self._db, found.origin, min(overlap - known))
            found.hold(numbers, HELD_FORK)
        elif aside.waits_behind_fork(self._db, found.origin):
            found.hold(numbers, HELD_FORK)
        return len(known)

    def holds(self, found: Sorted, lines: Sequence[bytes]) -> bool:
        """Whether all of these items are here, with this content."""
        _, known = self._compared(found, lines)
        return len(known) == len(found.contents.numbers)

    def _compared(self, found: Sorted, lines: Sequence[bytes]) -> tuple[set[int], set[int]]:
        """The numbers of those that are here, and of those that are here with this content."""
        header, numbers = found.contents.header, found.contents.numbers
        overlap: set[int] = set()
        for first, last in received.overlapping(self._db, found.origin, header.first, header.last):
            overlap.update(n for n in numbers if first <= n <= last)
        if not overlap:
            return overlap, set()
        hashes = dict(zip(numbers, found.contents.hashes, strict=True))
        coming = {
            (line, header.key): line_hash
            for number, line, line_hash in zip(numbers, lines, found.contents.hashes, strict=True)
            if number in overlap
        }
        held_here = self._hashes(found.origin, overlap, coming)
        return overlap, {n for n in overlap if n not in held_here or hashes[n] in held_here[n]}

    def _hashes(
        self, origin: int, wanted: Collection[int], coming: Mapping[tuple[bytes, bytes | None], bytes]
    ) -> dict[int, set[bytes]]:
        """The hashes of those lines that are here, both contents of a fork, own lines not yet cut included.

        Of lines and keys that are ``coming`` the hash is known.
        """
        found: dict[int, set[bytes]] = {}
        for position in segment_log.positions(self._db, origin, min(wanted), max(wanted)):
            header, lines = self._read(position)
            numbers = (
                range(header.first, header.last + 1)
                if header.vouched is None
                else decoding.decode(header, lines, self._ledger.types).numbers
            )
            for number, line in zip(numbers, lines, strict=True):
                if number in wanted:
                    known = coming.get((line, header.key))
                    hashes = [known] if known is not None else segments.hashes_of([line], header.key)
                    found.setdefault(number, set()).update(hashes)
        if origin == self._ledger.origin:
            for number, line, key in pending.waiting(self._db, wanted):
                found.setdefault(number, set()).update(segments.hashes_of([line], key))
        return found

    def _read(self, position: int) -> tuple[segments.Header, list[bytes]]:
        if self._last is None or self._last[0] != position:
            self._last = position, kept.read_at(self._db, position)
        return self._last[1]


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
        Fork(
            found.station,
            found.incarnation,
            tuple(_contents(database, types, found.origin, found.first, found.last)),
            found.waiting,
        )
        for found in aside.open_forks(database)
    ]


def _contents(database: Database, types: Catalogue, origin: int, first: int, last: int) -> list[Put]:
    found: dict[int, dict[bytes, Put]] = {}
    for header, lines in kept.between(database, origin, first, last):
        contents = decoding.decode(header, lines, types)
        hashes = dict(zip(contents.numbers, contents.hashes, strict=True))
        items = Sorted(contents, origin)
        items.hold(contents.numbers, HELD_FORK)
        for put in items.waiting():
            found.setdefault(put.number, {}).setdefault(hashes[put.number], put)
    return [put for number in sorted(found) if len(found[number]) > 1 for put in found[number].values()]


def losing(ledger: Ledger, origin: int, *, keep_held: bool) -> Named:
    """What does not count when a fork is decided: the other contents, and whatever the incarnation gives later.

    What counts already is kept, or with ``keep_held`` what waits: of several contents that wait, the one that came
    first. From the last number of that on the incarnation is closed: its station goes on under a new one.
    """
    database = ledger.database
    held = aside.held_of(database, origin, HELD_FORK)
    hashes: dict[tuple[int, int], set[bytes]] = {}
    waiting: dict[int, int] = {}
    for header, lines in kept.between(database, origin, 1, MAX_NUMBER):
        contents = decoding.decode(header, lines, ledger.types)
        stamps = Sorted(contents, origin).looked_at
        for number, line_hash in zip(contents.numbers, contents.hashes, strict=True):
            hashes.setdefault((number, stamps[number]), set()).add(line_hash)
        those = {number: stamp for number, stamp in stamps.items() if (number, stamp) in held}
        # What follows in the same segment is by the same computer, and goes with it.
        if all(waiting.get(number, stamp) == stamp for number, stamp in those.items()):
            waiting |= those
    several = Counter(number for (number, _), found in hashes.items() for _ in found)
    first = min(number for number, count in several.items() if count > 1)
    hashes = {(number, stamp): found for (number, stamp), found in hashes.items() if number >= first}
    refused = aside.refused_of(database, origin)
    staying = waiting.items() if keep_held else hashes.keys() - held - refused
    last = max((number for number, _ in staying), default=first - 1)
    # Two contents of the very same moment cannot be told apart by name, so neither counts.
    lost = (hashes.keys() - staying) | {item for item, found in hashes.items() if len(found) > 1}
    return Named([(last + 1, MAX_NUMBER)], frozenset((n, stamp) for n, stamp in lost if n <= last))
