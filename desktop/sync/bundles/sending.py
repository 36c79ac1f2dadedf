"""Sending: own items are cut into segments; a bundle carries what its receiver has not acknowledged (rules 20-22)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from desktop import __version__
from desktop.records.typed.texts import printable
from desktop.records.versions.deciding import TREE_TYPES
from desktop.records.versions.items import BIRTH, MAX_LINES, Shape
from desktop.store.ledger import Ledger
from desktop.store.log import pending
from desktop.store.peers import exchanged, links, passed, segment_log
from desktop.store.peers.links import Link
from desktop.store.peers.traffic import Exported
from desktop.store.queries.units import subtree
from desktop.store.tables import schema
from desktop.store.workspaces import persons
from desktop.sync.authority import station
from desktop.sync.authority.speaking import speaking_to
from desktop.sync.bundles import envelope, kept, put_off, writing
from desktop.sync.bundles.scope import Scope
from desktop.sync.bundles.writing import Draft, Outgoing
from desktop.sync.formats import decoding, receipts, segments
from desktop.sync.formats.frames import Frame
from desktop.sync.formats.receipts import Answer, Answers, Receipt
from desktop.sync.formats.segments import Header
from desktop.sync.signed.identity import Speaking, StationKeys
from desktop.sync.signed.manifest import DOWN, MAX_PARTS, MAX_PERSONS, UP, Person


@dataclass(frozen=True, slots=True)
class Sent:
    """A bundle that was written: where, to whom, which number, how many items.

    ``more`` says that it could not hold all: the next bundle goes on from there.
    """

    path: Path
    peer: str
    name: str
    sequence: int
    items: int
    digest: str
    more: bool = False


def cut_own(ledger: Ledger, keys: StationKeys) -> int:
    """Cuts all own items that stand in no segment yet; how many segments came of it."""
    made = 0
    with ledger.database.transaction():
        while (batch := pending.batch(ledger.database)) is not None:
            header, frame = segments.cut(
                ledger.station, ledger.incarnation, batch.lines, batch.shapes, keys.sign, key=batch.key
            )
            kept.keep(ledger, header, frame)
            pending.drop(ledger.database, ledger.environment, header.last)
            made += 1
    return made


def send_up(ledger: Ledger, keys: StationKeys, path: Path, operator: str) -> Sent:
    """A bundle for the level above: every segment held here that it has not acknowledged.

    Raises ``NoLink`` and what the disk raises; then nothing is left and the next try takes the next number.
    """
    link = links.uplink(ledger.database)
    cut_own(ledger, keys)
    speaking = Speaking(keys, station.own_chain(ledger))
    return _send(ledger, link, speaking, path, operator, partial(_upward, ledger, link))


def send_down(ledger: Ledger, keys: StationKeys, link: Link, path: Path, operator: str) -> Sent:
    """A bundle for a station below: the receipt, and the items of its scope that it has not acknowledged."""
    cut_own(ledger, keys)
    link = _gone_back(ledger, link)
    speaking = speaking_to(ledger, keys, link)
    return _send(ledger, link, speaking, path, operator, partial(_downward, ledger, speaking.keys, link))


def _gone_back(ledger: Ledger, link: Link) -> Link:
    """The link with a station below, whose journal is to come once more if somebody may sign for what it lacked."""
    lacking = passed.stations(ledger.database, link)
    known = station.knowledge(ledger, None).certificates if lacking else {}
    return passed.go_back(ledger.database, link) if any(known.get(name) for name in lacking) else link


@dataclass(frozen=True, slots=True)
class Planned:
    """A segment to be sent: its label, counts by kind and position in this ledger's journal; its frame when it is due.

    All that waits may be the files of a district, and is never in memory at once.
    """

    label: list[Any]
    counts: Mapping[str, int]
    position: int
    frame: Callable[[], Frame]


Journal = Iterator[Planned]

MANY_ITEMS, MANY_SEGMENTS = 5_000, 50
"""So many are looked through one by one; of more it is first asked which segments may hold something."""
_MOST_JOINED = 4 << 20
"""Bytes of lines that are put together into one segment of a grant."""
MOST_GROWN = writing.PART_TARGET * MAX_PARTS // 2
"""Compressed bytes of older items that have come into a scope, so that a bundle has room for others too."""


def _send(
    ledger: Ledger,
    link: Link,
    speaking: Speaking,
    path: Path,
    operator: str,
    journal: Callable[[], Journal],
) -> Sent:
    database = ledger.database
    with database.transaction():
        sequence = links.reserve_sequence(database, link.peer)
        number = links.next_receipt(database, link.peer)
    receipt = Receipt(
        link.peer, link.received_incarnation, link.received, number,
        () if link.upward else _answers_for(ledger, link),
    )  # fmt: skip
    positions: list[int] = []
    said_first = 0

    def outgoing() -> Iterator[Outgoing]:
        nonlocal said_first
        for frame in receipt.frames():
            said_first += 1
            yield Outgoing(frame, receipts.LABEL)
        for planned in journal():
            positions.append(planned.position)
            yield Outgoing(planned.frame(), planned.label, planned.counts)

    draft = _draft(ledger, link, sequence)
    bundle = writing.write_bundle(path, draft, outgoing(), speaking, ledger.environment.random)
    said = envelope.look(bundle)
    taken = positions[: envelope.segments_in(said) - said_first]
    position = max(taken, default=link.acknowledged)
    more = len(taken) < len(positions)
    with database.transaction():
        links.note_sent(database, link.peer, bundle.digest)
        links.note_went(database, link, position if more else None)
        line = Exported(
            link.peer,
            sequence,
            ledger.environment.now(),
            position,
            said.items,
            printable(path.name),
            operator,
        )
        exchanged.note_exported(database, line, bundle.digest, draft.last)
    return Sent(path, link.peer, link.name, sequence, said.items, bundle.digest, more)


def _draft(ledger: Ledger, link: Link, sequence: int) -> Draft:
    # A ledger of an older program may hold more than a manifest lists.
    signers = persons.kept(ledger.database)[:MAX_PERSONS] if link.upward else ()
    return Draft(
        program=__version__,
        schema=schema.VERSION,
        kind=UP if link.upward else DOWN,
        sequence=sequence,
        last=ledger.next_number() - 1,
        unit=ledger.meta("unit_id") or "",
        # A downward bundle brings the tree that it was made under, so it asks for none.
        tree=station.tree_told(ledger) if link.upward else 0,
        receiver=link.peer,
        recipient=link.recipient,
        created=ledger.environment.now(),
        previous=link.previous,
        persons=tuple(Person(p.key, p.duty) for p in signers),
        names=tuple(p.name for p in signers),
    )


def _upward(ledger: Ledger, link: Link) -> Journal:
    """Rule 20: segments go up byte for byte; what a parent vouched for does not go up again.

    But for its own items of an incarnation in which it speaks no more: it may have been restored, and lack them.
    """
    waiting = put_off.positions(ledger, link)
    before, _ = links.went_on(ledger.database, link)
    present = links.speaks_in(ledger.database, link.peer)
    for held in segment_log.signed_after(ledger.database, before, back_to=(link.peer, present)):
        if held.position in waiting:
            continue
        label = [
            held.station, held.incarnation, held.first, held.last, held.digest, held.total, before, held.position
        ]  # fmt: skip
        frame = partial(kept.frame_at, ledger.database, held.position)
        yield Planned(label, held.counts, held.position, frame)
        before = held.position


def _answers_for(ledger: Ledger, link: Link) -> Answers:
    """What is held, refused or in conflict here of stations of the receiver's units, and what levels above answered.

    Of a conflict only what stands against each other is told, not what was replaced on the way. An item is told once,
    by the worst that became of it.
    """
    units = set(subtree(ledger.database, link.unit))
    stations = {c.station for c in station.granted(ledger) if c.claims.units & units} | {link.peer}
    return Answers(lambda: itertools.starmap(Answer, exchanged.present_answers(ledger.database, stations)))


def _downward(ledger: Ledger, keys: StationKeys, link: Link) -> Journal:
    """Rule 21: items of records in the receiver's scope that others wrote, under this station's own signature.

    The last of them moves the receiver's position over all that was looked through. Where there is none, this station
    remembers how far it has looked. Each is made when it is due: they may be the files of a whole town.
    """
    scope = Scope(ledger, link.unit, link.peer)
    before, known = links.went_on(ledger.database, link)
    since = max(before, links.looked_through(ledger.database, link))
    grown = _grown(ledger, scope, since, max(since, known))
    # Segments of the receiver itself are passed over too: they may have brought older items into its scope.
    end = segment_log.end(ledger.database)
    journal = _journal(ledger, link, since, end)
    many = len(journal) > MANY_SEGMENTS or segment_log.items_after(ledger.database, since) > MANY_ITEMS
    if many:
        touched = scope.positions(since)
        journal = [(p, o) for p, o in journal if p in touched]
    waiting: tuple[Header, Frame] | None = None
    at = before
    # What was there before moves the receiver's position nowhere, so it comes first: if this bundle cannot hold all,
    # the position must not have passed what brings it into the scope.
    for position, origin, numbers in itertools.chain(
        ((p, o, n) for p, n in grown.items() for _, o in _journal(ledger, link, p - 1, p)),
        ((p, o, None) for p, o in journal),
    ):
        choose = partial(scope.numbers, origin, only=numbers)
        made = _vouched(ledger, keys, position, choose)
        if made is None:
            continue
        if waiting is not None:
            yield _plan(waiting, before, at)
            before = at
        waiting, at = made, before if numbers is not None else position
    if waiting is not None:
        yield _plan(waiting, before, end)
    elif before == link.acknowledged:
        links.note_looked_through(ledger.database, link, end)


def _plan(made: tuple[Header, Frame], before: int, after: int) -> Planned:
    header, frame = made
    return Planned([*header.label(), before, after], header.counts, after, lambda: frame)


def _grown(ledger: Ledger, scope: Scope, since: int, known: int) -> dict[int, set[int]]:
    """What :meth:`Scope.grown` finds. Where that is too much for a bundle, it is put at the end of the journal instead.

    For of what lies in the journal before the receiver's position nobody could tell how much of it has arrived. All
    other peers are sent it once more, and skip it by its labels: that is when a whole town's files change hands.
    """
    grown = scope.grown(since, known)
    weight = segment_log.weight_of(ledger.database, grown)
    if weight <= MOST_GROWN:
        return grown
    with ledger.database.transaction():
        ledger.to_the_end(grown, news=False)
    return {}


def _journal(ledger: Ledger, link: Link, after: int, upto: int) -> list[tuple[int, int]]:
    """Position and origin of segments, without those that the receiver wrote in its present incarnation.

    Of its earlier ones a restore may have lost some.
    """
    return segment_log.of_others(ledger.database, after, upto, link.peer, link.received_incarnation)


def _vouched(
    ledger: Ledger, keys: StationKeys, position: int, choose: Callable[[decoding.Contents], set[int]]
) -> tuple[Header, Frame] | None:
    """The chosen items of a segment under this station's own signature, if there are any."""
    found = _chosen(ledger, position, choose)
    return None if found is None else found.cut(keys)


@dataclass(slots=True)
class _Chosen:
    """Items of one origin, their lines opened, as somebody else may vouch for them."""

    station: str
    incarnation: str
    lines: list[tuple[int, bytes]]
    shapes: dict[str, Shape]

    def add(self, other: _Chosen) -> bool:
        """Takes in what comes after it, if one segment may hold both; a birth follows the one shape of its type."""
        fits = (
            self.lines[-1][0] < other.lines[0][0]
            and len(self.lines) + len(other.lines) <= MAX_LINES
            and sum(len(line) for _, line in (*self.lines, *other.lines)) <= _MOST_JOINED
            and all(self.shapes.get(name, shape) == shape for name, shape in other.shapes.items())
        )
        if fits:
            self.lines += other.lines
            self.shapes |= other.shapes
        return fits

    def cut(self, keys: StationKeys) -> tuple[Header, Frame]:
        """The segment that the station of these keys vouches for."""
        return segments.cut(
            self.station, self.incarnation, self.lines, self.shapes, keys.sign, vouched=keys.station
        )


def _chosen(ledger: Ledger, position: int, choose: Callable[[decoding.Contents], set[int]]) -> _Chosen | None:
    """The chosen items of a segment, if there are any."""
    header, lines = kept.read_at(ledger.database, position)
    contents = decoding.decode(header, lines, ledger.types)
    wanted = choose(contents)
    numbers = [n for n in contents.numbers if n in wanted]
    if not numbers:
        return None
    chosen = [line for n, line in zip(contents.numbers, lines, strict=True) if n in wanted]
    shapes = contents.shapes(wanted)
    # What was decoded of files, and their lines as they came, are tens of megabytes each.
    del contents, lines
    chosen.reverse()
    _, opened = segments.opened(header, (chosen.pop() for _ in numbers))
    return _Chosen(header.station, header.incarnation, list(zip(numbers, opened, strict=True)), shapes)


def tree_frames(ledger: Ledger, keys: StationKeys, unit: str) -> bytes:
    """What a new station must know of the tree, as vouched segments one after the other: it comes with the grant.

    What is of one origin stands together: an old district has more segments of it than a grant may hold, and whoever
    takes them in one by one takes long.
    """
    cut_own(ledger, keys)
    scope = Scope(ledger, unit)
    found = bytearray()
    open_ends: dict[int, _Chosen] = {}
    for position, origin, kinds in segment_log.all_kinds(ledger.database):
        header, _ = kept.read_at(ledger.database, position)
        if kinds == {BIRTH} and header.shapes.keys().isdisjoint(TREE_TYPES):
            continue
        chosen = _chosen(ledger, position, partial(scope.numbers, origin, types=TREE_TYPES))
        if chosen is None:
            continue
        before = open_ends.setdefault(origin, chosen)
        if before is not chosen and not before.add(chosen):
            found += before.cut(keys)[1].compressed
            open_ends[origin] = chosen
    for chosen in open_ends.values():
        found += chosen.cut(keys)[1].compressed
    return bytes(found)
