"""What withdrawing a merge or revoking a station would take out, and what forbids it (rules 18 and 27)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.records.versions.items import BIRTH
from desktop.records.versions.spans import Span, common, inside, joined, spans_of, without
from desktop.store.ledger import Ledger
from desktop.store.merging import aside
from desktop.store.merging.aside import Put
from desktop.store.peers import received, segment_log
from desktop.store.queries import depending, scoping
from desktop.sync.authority import exclusions
from desktop.sync.authority.exclusions import Origin
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept
from desktop.sync.formats import decoding
from desktop.sync.formats.decoding import Contents

_Place = tuple[int, int, int]
"""Position of a segment, and its first and last number."""


@dataclass(frozen=True, slots=True)
class Affected:
    """An item that would be taken out."""

    origin: int
    number: int
    kind: str
    type: str
    record: str
    stamp: int
    unit: str


@dataclass
class Losses:
    """How many items would be taken out, by type."""

    births: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)

    def add(self, items: Iterable[Affected | Put]) -> None:
        """Counts further items."""
        for item in items:
            (self.births if item.kind == BIRTH else self.changes)[item.type] += 1

    def total(self) -> int:
        """How many these are."""
        return self.births.total() + self.changes.total()


@dataclass
class Withdrawable:
    """The items that one merge has brought first, by origin; there may be a million, so none is kept by itself.

    ``places`` says which stations have written them under which units, ``records`` the first of those that they are
    about, by type and id. ``upon`` counts changes that count, are not among them and replace one of them, ``letters``
    the issued letters that rest on one of them (rule 18).
    """

    named: dict[Origin, exclusions.Named] = field(default_factory=dict)
    places: set[tuple[str, str]] = field(default_factory=set)
    losses: Losses = field(default_factory=Losses)
    records: dict[tuple[str, str], None] = field(default_factory=dict)
    upon: int = 0
    letters: int = 0


MOST_RECORDS = 200
"""As many of the records are kept that a withdrawal is about."""


def brought_by(ledger: Ledger, merge: int) -> Withdrawable:
    """What a merge has brought: items that stood in no segment of an earlier one, and that a station itself signed.

    What a level above vouched for is that level's to withdraw.
    """
    brought: dict[int, list[_Place]] = {}
    for origin, *place in segment_log.brought_by(ledger.database, merge):
        brought.setdefault(origin, []).append((place[0], place[1], place[2]))
    return _withdrawable(
        ledger,
        ((origin, _new_in(ledger, origin, merge, places)) for origin, places in sorted(brought.items())),
    )


def said_of(ledger: Ledger, type_name: str, record: str) -> Withdrawable:
    """What other computers have said of one record, as far as it counts; what this one has stays."""
    said: dict[int, list[int]] = {}
    for origin, number in scoping.items_of(ledger.database, type_name, record):
        if received.name_of(ledger.database, origin)[0] != ledger.station:
            said.setdefault(origin, []).append(number)
    return _withdrawable(
        ledger,
        ((origin, _affected(ledger, origin, spans_of(numbers))) for origin, numbers in sorted(said.items())),
    )


def _withdrawable(ledger: Ledger, by_origin: Iterable[tuple[int, Iterator[list[Affected]]]]) -> Withdrawable:
    found = Withdrawable()
    resting = depending.Resting(ledger.database, letters="case_document" in ledger.types)
    for origin, pieces in by_origin:
        name = received.name_of(ledger.database, origin)
        named: list[Span] = []
        for items in pieces:
            named += spans_of(item.number for item in items)
            found.places |= {(name[0], item.unit) for item in items}
            found.losses.add(items)
            resting.add(items)
            if len(found.records) < MOST_RECORDS:
                found.records |= dict.fromkeys((item.type, item.record) for item in items[:MOST_RECORDS])
        if named:
            found.named[name] = exclusions.Named(joined(named))
    found.upon, found.letters = resting.hanging, resting.letters
    return found


def above_cut(ledger: Ledger, station: str, cuts: Mapping[str, int]) -> Losses:
    """What would count no longer if a station counted up to these items only; its erasures that count stay."""
    found = Losses()
    stay = erasures_behind(ledger, station, cuts)
    for origin, incarnation in received.incarnations(ledger.database, station):
        behind = [(cuts.get(incarnation, 0) + 1, MAX_NUMBER)]
        spans = common(joined(received.spans(ledger.database, origin)), behind)
        for items in _affected(ledger, origin, without(spans, spans_of(stay.get(incarnation, ())))):
            found.add(items)
    return found


def erasures_behind(ledger: Ledger, station: str, cuts: Mapping[str, int]) -> dict[str, list[int]]:
    """The erasures of a station that count here and lie behind these cuts, by incarnation."""
    found: dict[str, list[int]] = {}
    for incarnation, number in depending.erasures_of(ledger.database, station):
        if number > cuts.get(incarnation, 0):
            found.setdefault(incarnation, []).append(number)
    return found


def _new_in(ledger: Ledger, origin: int, merge: int, places: Sequence[_Place]) -> Iterator[list[Affected]]:
    """The items of segments that a merge has brought which stand in none that came earlier, as in ``_affected``.

    Where a fork was decided, a number that came earlier may have another content in these, and that one may count.
    """
    earlier, before = _earlier(ledger, origin, merge), set[tuple[int, int]]()
    forked = aside.forked_from(ledger.database, origin)
    if forked is not None and not aside.waits_behind_fork(ledger.database, origin):
        earlier = without(earlier, [(forked, MAX_NUMBER)])
        for position, _, last, _ in segment_log.before_merge(ledger.database, origin, merge):
            if last >= forked:
                before |= Sorted(_read(ledger, position), origin).looked_at.items()
    spans = without(joined((first, last) for _, first, last in places), earlier)
    return _affected(ledger, origin, spans, places, before)


def _earlier(ledger: Ledger, origin: int, merge: int) -> list[Span]:
    """The numbers that stand in segments which came with the grant or with an earlier merge."""
    found: list[Span] = []
    for position, first, last, vouched in segment_log.before_merge(ledger.database, origin, merge):
        found += spans_of(_read(ledger, position).numbers) if vouched else [(first, last)]
    return joined(found)


def _affected(
    ledger: Ledger,
    origin: int,
    spans: Sequence[Span],
    places: Sequence[_Place] | None = None,
    but: Set[tuple[int, int]] = frozenset(),
) -> Iterator[list[Affected]]:
    """The items with these numbers that are not refused already, each once, segment by segment.

    Of a fork one content may be refused, and the other counts. Of all segments, or of those in these ``places``;
    without those that are ``but`` others, by number and stamp.
    """
    left = list(spans)
    for position, low, high in (
        segment_log.places(ledger.database, origin, 1, MAX_NUMBER) if places is None else places
    ):
        if not common(left, [(low, high)]):
            continue
        contents = _read(ledger, position)
        refused = aside.refused_between(ledger.database, origin, low, high)
        here = inside(contents.numbers, left)
        found = [
            Affected(origin, number, BIRTH, births.type, record, stamp, unit)
            for births in contents.births.values()
            for record, unit, stamp, number, *_ in births.rows()
            if number in here and (number, stamp) not in refused and (number, stamp) not in but
        ]
        found += [
            Affected(origin, c.number, c.kind, c.type, c.record, c.stamp, c.unit)
            for c in contents.changes
            if c.number in here and (c.number, c.stamp) not in refused and (c.number, c.stamp) not in but
        ]
        left = without(left, spans_of(item.number for item in found))
        yield sorted(found, key=lambda item: item.number)


def _read(ledger: Ledger, position: int) -> Contents:
    """What the segment at a position says."""
    return decoding.decode(*kept.read_at(ledger.database, position), ledger.types)
