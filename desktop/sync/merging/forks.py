"""Items that were received before: known if their content is the same, else a station fork (rule 23).

Of a fork both contents are kept, each in its segment. Until somebody decides which of them counts, what waits from the
first such number on goes on waiting, and so does whatever else comes of that incarnation, because it may be of either
content; late ones of before wait with it. Two computers that are one station in different incarnations give no number
twice: nothing of them waits, and they are told by what they write in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final

from desktop.records.types import Catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import MAX_NUMBER
from desktop.records.versions.deciding import EXCLUSION, REVOCATION
from desktop.records.versions.item_outcomes import HELD_FORK, REFUSED_FORK
from desktop.records.versions.spans import inside
from desktop.records.versions.stamps import DAY_MS, milliseconds_of
from desktop.store.ledger import Ledger
from desktop.store.log import pending
from desktop.store.merging import aside
from desktop.store.merging.aside import Put
from desktop.store.peers import received, segment_log
from desktop.store.queries import forked, governing
from desktop.store.tables.database import Database
from desktop.sync.authority import excluding, station
from desktop.sync.authority.exclusions import Named
from desktop.sync.authority.held import Reading
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept
from desktop.sync.formats import decoding, segments
from desktop.sync.formats.arriving import Arrived

_NOTHING = MAX_NUMBER + 1
"""From here on there are no items."""
_ERASED: Final = items.SEPARATOR + b'"'
"""How a personal part begins that states the hash of an erased value."""


class Known:
    """What a ledger knows already, during one merge; the segment that was read last is at hand.

    Whoever cuts a known segment into thousands must not have it unpacked and hashed whole for each.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._db = ledger.database
        self._last: tuple[int, bytes | None, dict[int, bytes]] | None = None
        # From which number on all of an origin waits, since this merge has met two contents: whoever sends the other
        # ones one by one must not have all that waits looked through for each.
        self._waits: dict[int, int] = {}
        self.blank: dict[int, bytes] = {}
        """Of the segment that was asked about last the lines, by number, that stand here without a value of theirs."""

    def drop(self, found: Sorted, arrived: Arrived, count: Callable[[], None]) -> int:
        """Drops what is known and holds what a fork leaves open; how many of its items were known.

        ``count`` is called before a fork is opened, which lets go on waiting what waits by then.
        """
        numbers = found.contents.numbers
        overlap, known = self._compared(found, arrived)
        found.drop(known)
        if overlap != known:
            count()
            self._open(found.origin, min(overlap - known))
            found.hold(numbers, HELD_FORK)
        elif aside.waits_behind_fork(self._db, found.origin):
            found.hold(numbers, HELD_FORK)
        return len(known)

    def _open(self, origin: int, first: int) -> None:
        # What has been decided meanwhile waits no more.
        behind = aside.waits_behind_fork(self._db, origin)
        waits = self._waits.get(origin, _NOTHING) if behind else _NOTHING
        if first < waits:
            aside.open_fork(self._db, origin, first, waits)
            self._waits[origin] = first

    def holds(self, found: Sorted, arrived: Arrived) -> bool:
        """Whether all of these items are here, with this content."""
        _, known = self._compared(found, arrived)
        return len(known) == len(found.contents.numbers)

    def _compared(self, found: Sorted, arrived: Arrived) -> tuple[set[int], set[int]]:
        """The numbers of those that are here, and of those that are here with this content."""
        header, numbers = found.contents.header, found.contents.numbers
        self.blank = {}
        overlap = inside(numbers, received.overlapping(self._db, found.origin, header.first, header.last))
        if not overlap:
            return overlap, set()
        hashes = dict(zip(numbers, found.contents.hashes, strict=True))
        coming = {
            (line, header.key): hashes[number]
            for number, line in zip(numbers, arrived.lines, strict=True)
            if number in overlap
        }
        # Looked for in one segment after the other, and each number only until its content is found: whoever cuts the
        # same items in a thousand ways must not have all of them unpacked for each.
        left, others = set(overlap), set[int]()
        for held_here in self._hashes(found.origin, left, coming):
            left -= {n for n, content in held_here.items() if hashes[n] in content}
            others |= held_here.keys()
        return overlap, overlap - (left & others)

    def _hashes(
        self, origin: int, wanted: Set[int], coming: Mapping[tuple[bytes, bytes | None], bytes]
    ) -> Iterator[dict[int, set[bytes]]]:
        """The hashes of those lines that are here, both contents of a fork, own lines not yet cut included.

        Segment by segment, and the caller may let go what it has found. Of lines and keys that are ``coming`` the hash
        is known.
        """
        for position, first, last in segment_log.places(self._db, origin, min(wanted), max(wanted)):
            if _is_apart(wanted, first, last):
                continue
            found: dict[int, set[bytes]] = {}
            key, lines = self._read(position)
            for number in wanted & lines.keys():
                known = coming.get((lines[number], key))
                found[number] = {known} if known is not None else {*segments.hashes_of([lines[number]], key)}
                if known is None and _ERASED in lines[number]:
                    self.blank[number] = lines[number]
            yield found
        if origin == self._ledger.origin and wanted:
            found = {}
            for number, line, key in pending.waiting(self._db, wanted):
                found.setdefault(number, set()).update(segments.hashes_of([line], key))
            yield found

    def _read(self, position: int) -> tuple[bytes | None, dict[int, bytes]]:
        """The key of a segment, and its lines by number."""
        if self._last is None or self._last[0] != position:
            header, lines = kept.read_at(self._db, position)
            numbers = (
                range(header.first, header.last + 1)
                if header.vouched is None
                else decoding.decode(header, lines, self._ledger.types).numbers
            )
            self._last = position, header.key, dict(zip(numbers, lines, strict=True))
        return self._last[1:]


def _is_apart(numbers: Set[int], first: int, last: int) -> bool:
    """Whether none of these numbers lies between two; the fewer of both are gone through."""
    if last - first < len(numbers):
        return numbers.isdisjoint(range(first, last + 1))
    return not any(first <= n <= last for n in numbers)


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
        for found in forked.open_forks(database)
    ]


def _contents(database: Database, types: Catalogue, origin: int, first: int, last: int) -> list[Put]:
    found: dict[int, dict[bytes, Put]] = {}
    for header, lines in kept.between(database, origin, first, last):
        contents = decoding.decode(header, lines, types)
        hashes = dict(zip(contents.numbers, contents.hashes, strict=True))
        sorted_ = Sorted(contents, origin)
        sorted_.hold(contents.numbers, HELD_FORK)
        for put in sorted_.waiting():
            found.setdefault(put.number, {}).setdefault(hashes[put.number], put)
    return [put for number in sorted(found) if len(found[number]) > 1 for put in found[number].values()]


_LEFT_MS = 30 * DAY_MS
"""Of which incarnation nothing came for so long while another went on, that was left."""


@dataclass(frozen=True, slots=True)
class Doubled:
    """Two incarnations of a station in which was written in turn; ``since`` is the stamp from which it was in both.

    Two computers may go on from one ledger, as when one is restored elsewhere and the other is used on. Or it is one,
    and its date was ahead before it was restored.
    """

    station: str
    older: str
    newer: str
    since: int


def doubled(database: Database, types: Catalogue) -> list[Doubled]:
    """The stations of which two computers seem to be in use and of which nobody who may has said anything.

    That is over when nothing more came of one of the two for thirty days.
    """
    found: list[Doubled] = []
    if not (alternating := segment_log.alternating(database)):
        return found
    known, left = station.knowledge(Reading.of(database), None).policy.known, forked.left(database)
    words = list(governing.said(database, EXCLUSION, ["cause", "items"]))
    out = list(governing.said(database, REVOCATION, ["station"]))
    for name, *origins in alternating:
        # That a date was wrong says nothing of how many computers there are, and a station says it of itself.
        said = [
            items
            for by, _, (cause, items) in words
            if cause != excluding.CLOCK and (by == name or known.reaches(by, name))
        ]
        revoked = {of for by, _, (of,) in out if of == name and known.may_revoke(by, name)}
        ends = sorted((*_ends(database, types, ref), received.name_of(database, ref)[1]) for ref in origins)
        (_, older_until, older), (begun, newer_until, newer) = ends
        decided = name in revoked or any(older in items or newer in items for items in said)
        apart = abs(milliseconds_of(newer_until) - milliseconds_of(older_until))
        if begun < older_until and apart < _LEFT_MS and not decided and name not in left:
            found.append(Doubled(name, older, newer, begun))
    return found


def _ends(database: Database, types: Catalogue, origin: int) -> tuple[int, int]:
    """The lowest and the highest stamp of the segments in which the first and the last number of an origin stand."""
    places = segment_log.places(database, origin, 1, MAX_NUMBER)
    outer = {min(places, key=lambda p: p[1])[0], max(places, key=lambda p: p[2])[0]}
    contents = [decoding.decode(*kept.read_at(database, position), types) for position in outer]
    stamps = [stamp for found in contents for stamp in Sorted(found, origin).looked_at.values()]
    return min(stamps), max(stamps)


def losing(ledger: Ledger, origin: int, *, keep_held: bool) -> Named:
    """What does not count when a fork is decided: the other contents, and whatever the incarnation gives later.

    What came in before it was known is kept, or with ``keep_held`` what waits: of several contents that wait, the one
    that came first. From the last number of that on the incarnation is closed: its station goes on under a new one.
    What was withdrawn or refused is of the content that it came with, whether it counts or not.
    """
    hashes: dict[tuple[int, int], set[bytes]] = {}
    kept_one = _Content(ledger.database, origin, keep_held=keep_held)
    for header, lines in kept.between(ledger.database, origin, 1, MAX_NUMBER):
        contents = decoding.decode(header, lines, ledger.types)
        stamps = Sorted(contents, origin).looked_at
        for number, line_hash in zip(contents.numbers, contents.hashes, strict=True):
            hashes.setdefault((number, stamps[number]), set()).add(line_hash)
        kept_one.add(stamps)
    several = Counter(number for (number, _), found in hashes.items() for _ in found)
    first = min(number for number, count in several.items() if count > 1)
    hashes = {(number, stamp): found for (number, stamp), found in hashes.items() if number >= first}
    staying = hashes.keys() & kept_one.items.items()
    last = max((number for number, _ in staying), default=first - 1)
    # Two contents of the very same moment cannot be told apart by name, so neither counts.
    lost = (hashes.keys() - staying) | {item for item, found in hashes.items() if len(found) > 1}
    # Who holds what lost knows by that name that it is meant, also where nothing is kept.
    return Named(
        [(last + 1, MAX_NUMBER)], frozenset((n, stamp) for n, stamp in lost if n <= max(first, last))
    )


class _Content:
    """What one computer has given of a forked incarnation: ``items``, number to stamp, as far as they can be told."""

    def __init__(self, database: Database, origin: int, *, keep_held: bool) -> None:
        self.items: dict[int, int] = {}
        self._keep_held = keep_held
        self._held = aside.held_of(database, origin, HELD_FORK)
        self._refused = aside.refused_of(database, origin)
        self._lost = aside.refused_of(database, origin, REFUSED_FORK)

    def add(self, stamps: Mapping[int, int]) -> None:
        """The items of a segment, number to stamp, belong to it if it is to be kept and fits what came before it."""
        left = stamps.items() - self._lost
        those = dict(item for item in left if (item in self._held) is self._keep_held)
        # What follows in the same segment is by the same computer, and goes with it.
        if those and all(self.items.get(number, stamp) == stamp for number, stamp in those.items()):
            self.items = dict(left & self._refused) | self.items | those
