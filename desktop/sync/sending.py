"""Sending: own items are cut into segments; a bundle carries what its receiver has not acknowledged (rules 20-22)."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from desktop import __version__
from desktop.records.deciding import TREE_TYPES
from desktop.store import links, pending, persons, reading, schema
from desktop.store.ledger import Ledger
from desktop.store.links import Link
from desktop.sync import decoding, envelope, frames, receipts, segments, station, trust
from desktop.sync.envelope import Draft, Outgoing
from desktop.sync.frames import Frame
from desktop.sync.identity import StationKeys
from desktop.sync.manifest import DOWN, MAX_PART_PLAIN, UP, Person
from desktop.sync.receipts import Receipt
from desktop.sync.scope import Scope
from desktop.sync.segments import Header


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
            keep(ledger, header, frame)
            pending.drop(ledger.database, ledger.environment, header.last)
            made += 1
    return made


def keep(ledger: Ledger, header: Header, frame: Frame, merge: int | None = None) -> int:
    """Stores a segment as it came, and which merge brought it; its position in this ledger's journal."""
    origin = ledger.origin_ref(header.station, header.incarnation)
    return int(
        ledger.database.value(
            "INSERT INTO segment (origin, first, last, digest, counts, total, vouched, merge, frame)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING position",
            (origin, header.first, header.last, header.digest, json.dumps(dict(header.counts)), header.total,
             header.vouched, merge, frame.compressed),
        )
    )  # fmt: skip


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
    speaking, chain = station.speaking_to(ledger, keys, link)
    journal = partial(_downward, ledger, speaking, link)
    statements = station.history(ledger.database).statements
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
        database.execute(
            "INSERT INTO exported (peer, sequence, at, bundle, position, last, items, file, operator)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (link.peer, sequence, ledger.environment.now(), bundle.digest, position, draft.last,
             sum(counts.values()), path.name, operator),
        )  # fmt: skip
    return Sent(path, link.peer, link.name, sequence, sum(counts.values()), bundle.digest)


def frame_of(compressed: bytes) -> Frame:
    """A stored segment's frame."""
    (frame,) = frames.split(compressed, 1, MAX_PART_PLAIN)
    return frame


def _stored(ledger: Ledger, position: int) -> Frame:
    """The frame of a segment by its position in this ledger's journal."""
    return frame_of(ledger.database.value("SELECT frame FROM segment WHERE position = ?", (position,)))


def _upward(ledger: Ledger, link: Link) -> Journal:
    """Rule 20: segments go up byte for byte; what a parent vouched for never goes up again."""
    before = link.acknowledged
    for (
        position,
        origin_station,
        incarnation,
        first,
        last,
        digest,
        counts,
        total,
    ) in ledger.database.rows(
        "SELECT s.position, o.station, o.incarnation, s.first, s.last, s.digest, s.counts, s.total"
        " FROM segment s JOIN origin o ON o.ref = s.origin WHERE s.vouched IS NULL AND s.position > ?"
        " ORDER BY s.position",
        (link.acknowledged,),
    ):
        label = [origin_station, incarnation, first, last, digest, total, before, position]
        yield Planned(label, json.loads(counts), position, partial(_stored, ledger, position))
        before = position


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
    end = int(ledger.database.value("SELECT coalesce(max(position), 0) FROM segment"))
    found: list[tuple[Header, Frame, int]] = []
    for position, origin in _journal(ledger, link, "position > ?", since):
        made = _vouched(ledger, keys, _stored(ledger, position), partial(scope.numbers, origin))
        if made is not None:
            found.append((*made, position))
    for at, numbers in scope.grown(since).items():
        for _, origin in _journal(ledger, link, "position = ?", at):
            made = _vouched(ledger, keys, _stored(ledger, at), partial(scope.numbers, origin, only=numbers))
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


def _journal(ledger: Ledger, link: Link, where: str, position: int) -> list[tuple[int, int]]:
    """Position and origin of segments, without those that the receiver wrote in its present incarnation.

    Of its earlier ones a restore may have lost some.
    """
    found: list[tuple[int, int]] = ledger.database.rows(
        f"SELECT s.position, s.origin FROM segment s JOIN origin o ON o.ref = s.origin"
        f" WHERE s.{where} AND NOT (o.station = ? AND o.incarnation = ?) ORDER BY s.position",
        (position, link.peer, link.received_incarnation),
    )
    return found


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
    for position, origin, counts in ledger.database.rows(
        "SELECT position, origin, counts FROM segment ORDER BY position"
    ):
        frame = _stored(ledger, position)
        header, _ = segments.read(frame)
        if json.loads(counts).keys() == {"birth"} and header.shapes.keys().isdisjoint(TREE_TYPES):
            continue
        made = _vouched(ledger, keys, frame, partial(scope.numbers, origin, types=TREE_TYPES))
        if made is not None:
            found += made[1].compressed
    return bytes(found)
