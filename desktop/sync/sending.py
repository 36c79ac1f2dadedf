"""Sending: own items are cut into segments; a bundle carries what its receiver has not acknowledged (rules 20-22)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from desktop import __version__
from desktop.records.deciding import TREE_TYPES
from desktop.records.items import BIRTH
from desktop.store import exchanged, links, pending, persons, reading, schema, segment_log
from desktop.store.ledger import Ledger
from desktop.store.links import Link
from desktop.store.traffic import Exported
from desktop.sync import decoding, envelope, kept, receipts, segments, station, trust
from desktop.sync.envelope import Draft, Outgoing
from desktop.sync.frames import Frame
from desktop.sync.identity import StationKeys
from desktop.sync.manifest import DOWN, UP, Person
from desktop.sync.receipts import Receipt
from desktop.sync.scope import Scope
from desktop.sync.segments import Header
from desktop.sync.speaking import speaking_to


@dataclass(frozen=True, slots=True)
class Sent:
    """A bundle that was written: where, to whom, which number, how many items."""

    path: Path
    peer: str
    name: str
    sequence: int
    items: int
    digest: str


def cut_own(ledger: Ledger, keys: StationKeys) -> int:
    """Cuts all own items that stand in no segment yet; how many segments came of it."""
    made = 0
    with ledger.database.transaction():
        while (batch := pending.batch(ledger.database)) is not None:
            header, frame = segments.cut(
                ledger.station, ledger.incarnation, batch.lines, batch.shapes, keys.sign, trust.segment_message,
                key=batch.key,
            )  # fmt: skip
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
    chain = station.own_chain(ledger)
    return _send(ledger, keys, link, UP, path, operator, partial(_upward, ledger, link), chain)


def send_down(ledger: Ledger, keys: StationKeys, link: Link, path: Path, operator: str) -> Sent:
    """A bundle for a station below: the receipt, and the items of its scope that it has not acknowledged."""
    cut_own(ledger, keys)
    speaking, chain, statements = speaking_to(ledger, keys, link)
    journal = partial(_downward, ledger, speaking, link)
    return _send(ledger, speaking, link, DOWN, path, operator, journal, chain, statements)


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


def _send(
    ledger: Ledger,
    keys: StationKeys,
    link: Link,
    kind: str,
    path: Path,
    operator: str,
    journal: Callable[[], Journal],
    chain: Sequence[bytes],
    roots: Sequence[bytes] = (),
) -> Sent:
    database = ledger.database
    with database.transaction():
        sequence = links.reserve_sequence(database, link.peer)
        number = links.next_receipt(database, link.peer)
    receipt = Receipt(
        link.peer, link.received_incarnation, link.received, number,
        tuple(_answers_for(ledger, link) if kind == DOWN else ()),
    )  # fmt: skip
    outgoing = list(journal())
    counts: Counter[str] = Counter()
    for planned in outgoing:
        counts.update(planned.counts)
    position = max((planned.position for planned in outgoing), default=link.acknowledged)
    signers = () if kind == DOWN else persons.kept(database)
    draft = Draft(
        program=__version__,
        schema=schema.VERSION,
        kind=kind,
        sequence=sequence,
        last=ledger.next_number() - 1,
        unit=ledger.meta("unit_id") or "",
        # A downward bundle brings the tree that it was made under, so it asks for none.
        tree=0 if kind == DOWN else station.tree_version(ledger),
        receiver=link.peer,
        recipient=link.recipient,
        created=ledger.environment.now(),
        previous=link.previous,
        counts=dict(sorted(counts.items())),
        persons=tuple(Person(p.key, p.duty) for p in signers),
        names=tuple(p.name for p in signers),
    )
    bundle = envelope.write_bundle(
        path,
        draft,
        itertools.chain(
            [Outgoing(receipt.frame(), receipts.LABEL)], (Outgoing(p.frame(), p.label) for p in outgoing)
        ),
        keys,
        chain,
        ledger.environment.random,
        roots,
    )
    with database.transaction():
        links.note_sent(database, link.peer, bundle.digest)
        line = Exported(
            link.peer, sequence, ledger.environment.now(), position, sum(counts.values()), path.name, operator
        )
        exchanged.note_exported(database, line, bundle.digest, draft.last)
    return Sent(path, link.peer, link.name, sequence, sum(counts.values()), bundle.digest)


def _upward(ledger: Ledger, link: Link) -> Journal:
    """Rule 20: segments go up byte for byte; what a parent vouched for never goes up again."""
    before = link.acknowledged
    for held in segment_log.signed_after(ledger.database, link.acknowledged):
        label = [
            held.station, held.incarnation, held.first, held.last, held.digest, held.total, before, held.position
        ]  # fmt: skip
        yield Planned(
            label, held.counts, held.position, partial(kept.frame_at, ledger.database, held.position)
        )
        before = held.position


def _answers_for(ledger: Ledger, link: Link) -> list[receipts.Answer]:
    units = set(reading.subtree(ledger.database, link.unit))
    below = {c.station for c in station.granted(ledger) if c.claims.units & units}
    return receipts.present_answers(ledger.database, below | {link.peer})


def _downward(ledger: Ledger, keys: StationKeys, link: Link) -> Journal:
    """Rule 21: items of records in the receiver's scope that others wrote, under this station's own signature.

    The last of them moves the receiver's position over all that was looked through. Where there is none, this station
    remembers how far it has looked.
    """
    scope = Scope(ledger, link.unit, link.peer)
    since = links.looked_through(ledger.database, link)
    before = link.acknowledged
    # Segments of the receiver itself are passed over too: they may have brought older items into its scope.
    end = segment_log.end(ledger.database)
    found: list[tuple[Header, Frame, int]] = []
    for position, origin in _journal(ledger, link, since, end):
        frame = kept.frame_at(ledger.database, position)
        made = _vouched(ledger, keys, frame, partial(scope.numbers, origin))
        if made is not None:
            found.append((*made, position))
    for at, numbers in scope.grown(since).items():
        for _, origin in _journal(ledger, link, at - 1, at):
            frame = kept.frame_at(ledger.database, at)
            made = _vouched(ledger, keys, frame, partial(scope.numbers, origin, only=numbers))
            if made is not None:
                # These lie before what was looked through: the label moves the receiver's position nowhere.
                found.append((*made, 0))
    if not found:
        links.note_looked_through(ledger.database, link, end)
    for place, (header, frame, position) in enumerate(found, start=1):
        after = end if place == len(found) else max(position, before)
        yield Planned([*header.label(), before, after], header.counts, after, partial(_as_it_is, frame))
        before = after


def _as_it_is(frame: Frame) -> Frame:
    """What goes down is cut for its receiver and little, so that it is kept."""
    return frame


def _journal(ledger: Ledger, link: Link, after: int, upto: int) -> list[tuple[int, int]]:
    """Position and origin of segments, without those that the receiver wrote in its present incarnation.

    Of its earlier ones a restore may have lost some.
    """
    return segment_log.of_others(ledger.database, after, upto, link.peer, link.received_incarnation)


def _vouched(
    ledger: Ledger, keys: StationKeys, frame: Frame, choose: Callable[[decoding.Contents], set[int]]
) -> tuple[Header, Frame] | None:
    """The chosen items of a segment under this station's own signature, if there are any."""
    header, lines = segments.read(frame)
    contents = decoding.decode(header, lines, ledger.types)
    wanted = choose(contents)
    chosen = [(n, line) for n, line in zip(contents.numbers, lines, strict=True) if n in wanted]
    if not chosen:
        return None
    _, opened = segments.opened(header, (line for _, line in chosen))
    births = {b.type for b in contents.births.values() if any(row[3] in wanted for row in b.rows)}
    shapes = {name: header.shapes[name] for name in births}
    return segments.cut(
        header.station, header.incarnation, [(n, line) for (n, _), line in zip(chosen, opened, strict=True)], shapes,
        keys.sign, trust.segment_message, keys.station,
    )  # fmt: skip


def tree_frames(ledger: Ledger, keys: StationKeys, unit: str) -> bytes:
    """What a new station must know of the tree, as vouched segments one after the other: it comes with the grant."""
    cut_own(ledger, keys)
    scope = Scope(ledger, unit)
    found = bytearray()
    for position, origin, kinds in segment_log.all_kinds(ledger.database):
        frame = kept.frame_at(ledger.database, position)
        header, _ = segments.read(frame)
        if kinds == {BIRTH} and header.shapes.keys().isdisjoint(TREE_TYPES):
            continue
        made = _vouched(ledger, keys, frame, partial(scope.numbers, origin, types=TREE_TYPES))
        if made is not None:
            found += made[1].compressed
    return bytes(found)
