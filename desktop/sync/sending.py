"""Sending: own items are cut into segments; a bundle carries what its receiver has not acknowledged (rules 20-22)."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop import __version__
from desktop.records.items import Shape
from desktop.store import reading, schema
from desktop.store.columns import quoted, table_of
from desktop.store.ledger import Ledger
from desktop.sync import certificates, envelope, frames, links, receipts, segments, station, trust
from desktop.sync.envelope import Draft, Outgoing
from desktop.sync.identity import StationKeys
from desktop.sync.links import Link
from desktop.sync.manifest import DOWN, MAX_PART_PLAIN, UP
from desktop.sync.receipts import Receipt

TREE_TYPES = ("unit", "grant")
"""Types whose records say who is who; they go to everybody who has to judge by them."""


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
        while rows := ledger.database.rows(
            "SELECT p.number, p.line, s.type, s.json FROM pending_line p LEFT JOIN shape s ON s.ref = p.shape"
            " ORDER BY p.number LIMIT ?",
            (segments.MAX_LINES,),
        ):
            lines, shapes = _uniform(rows)
            header, frame = segments.cut(
                ledger.station, ledger.incarnation, lines, shapes, keys.sign, trust.segment_message
            )
            keep(ledger, header, frame)
            ledger.database.execute("DELETE FROM pending_line WHERE number <= ?", (header.last,))
            made += 1
    return made


def keep(ledger: Ledger, header: segments.Header, frame: frames.Frame) -> int:
    """Stores a segment as it came; its position in this ledger's journal."""
    origin = ledger.origin_ref(header.station, header.incarnation)
    return int(
        ledger.database.value(
            "INSERT INTO segment (origin, first, last, digest, counts, total, vouched, frame)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING position",
            (origin, header.first, header.last, header.digest, json.dumps(dict(header.counts)), header.total,
             header.vouched, frame.compressed),
        )
    )  # fmt: skip


def _uniform(
    rows: Iterable[tuple[int, bytes, str | None, str | None]],
) -> tuple[list[tuple[int, bytes]], dict[str, Shape]]:
    """The first lines, up to one whose type has changed its shape: a segment states one shape for each type."""
    lines: list[tuple[int, bytes]] = []
    shapes: dict[str, str] = {}
    for number, line, type_name, shape in rows:
        if type_name is not None and shape is not None and shapes.setdefault(type_name, shape) != shape:
            break
        lines.append((number, line))
    return lines, {name: Shape.from_json(json.loads(text)[name]) for name, text in shapes.items()}


def send_up(ledger: Ledger, keys: StationKeys, path: Path, operator: str) -> Sent:
    """A bundle for the level above: every segment held here that it has not acknowledged.

    Raises ``NoLink`` and what the disk raises; then nothing is left and the next try takes the next number.
    """
    link = links.uplink(ledger.database)
    cut_own(ledger, keys)
    return _send(ledger, keys, link, UP, path, operator, lambda: _upward(ledger, link))


def send_down(ledger: Ledger, keys: StationKeys, link: Link, path: Path, operator: str) -> Sent:
    """A bundle for a station below: the receipt, and the items of its scope that it has not acknowledged."""
    cut_own(ledger, keys)
    return _send(ledger, keys, link, DOWN, path, operator, lambda: _downward(ledger, keys, link))


Journal = Iterator[tuple[Outgoing, dict[str, int], int]]
"""Segments to be sent, each with its counts by kind and its position in this ledger's journal."""


def _send(
    ledger: Ledger,
    keys: StationKeys,
    link: Link,
    kind: str,
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
        tuple(_answers_for(ledger, link) if kind == DOWN else ()),
    )  # fmt: skip
    outgoing: list[tuple[Outgoing, dict[str, int], int]] = list(journal())
    counts: Counter[str] = Counter()
    for _, kinds, _ in outgoing:
        counts.update(kinds)
    position = outgoing[-1][2] if outgoing else link.acknowledged
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
    )
    bundle = envelope.write_bundle(
        path,
        draft,
        [Outgoing(receipt.frame(), receipts.LABEL), *(o for o, _, _ in outgoing)],
        keys,
        station.own_chain(ledger),
        ledger.environment.random,
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


def frame_of(compressed: bytes) -> frames.Frame:
    """A stored segment's frame."""
    (frame,) = frames.split(compressed, 1, MAX_PART_PLAIN)
    return frame


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
        compressed,
    ) in ledger.database.rows(
        "SELECT s.position, o.station, o.incarnation, s.first, s.last, s.digest, s.counts, s.total, s.frame"
        " FROM segment s JOIN origin o ON o.ref = s.origin WHERE s.vouched IS NULL AND s.position > ?"
        " ORDER BY s.position",
        (link.acknowledged,),
    ):
        label = [origin_station, incarnation, first, last, digest, total, before, position]
        yield Outgoing(frame_of(compressed), label), json.loads(counts), position
        before = position


def _answers_for(ledger: Ledger, link: Link) -> list[receipts.Answer]:
    units = set(reading.subtree(ledger.database, link.unit))
    below = {c.station for c in station.granted(ledger) if c.claims.units & units}
    return receipts.present_answers(ledger.database, below | {link.peer})


def _downward(ledger: Ledger, keys: StationKeys, link: Link) -> Journal:
    """Rule 21: items of records in the receiver's scope that others wrote, under this station's own signature."""
    units = set(reading.subtree(ledger.database, link.unit))
    tree = _tree_records(ledger, units)
    before = link.acknowledged
    for position, origin_station, incarnation, compressed in ledger.database.rows(
        "SELECT s.position, o.station, o.incarnation, s.frame FROM segment s JOIN origin o ON o.ref = s.origin"
        " WHERE s.position > ? ORDER BY s.position",
        (link.acknowledged,),
    ):
        # What the receiver wrote in its present incarnation it has; of earlier ones a restore may have lost some.
        if origin_station == link.peer and incarnation == link.received_incarnation:
            continue
        frame = frame_of(compressed)
        header, lines = segments.read(frame)
        contents = segments.decode(header, lines, ledger.types)
        wanted = _in_scope(ledger, contents, units, tree)
        chosen = [(n, line) for n, line in zip(contents.numbers, lines, strict=True) if n in wanted]
        if not chosen:
            continue
        shapes = {name: header.shapes[name] for name in contents.births if name in header.shapes}
        made, down = segments.cut(
            header.station, header.incarnation, chosen, shapes, keys.sign, trust.segment_message, keys.station
        )
        yield Outgoing(down, [*made.label(), before, position]), dict(made.counts), position
        before = position


def tree_frames(ledger: Ledger, keys: StationKeys, unit: str) -> bytes:
    """What a new station must know of the tree, as vouched segments one after the other: it comes with the grant."""
    cut_own(ledger, keys)
    units = set(reading.subtree(ledger.database, unit))
    tree = _tree_records(ledger, units)
    found = bytearray()
    for (compressed,) in ledger.database.rows("SELECT frame FROM segment ORDER BY position"):
        header, lines = segments.read(frame_of(compressed))
        if not any(name in header.shapes for name in TREE_TYPES) and not header.counts.keys() - {"birth"}:
            continue
        contents = segments.decode(header, lines, ledger.types)
        wanted = {r[3] for name in TREE_TYPES if name in contents.births
                  for r in contents.births[name].rows if r[0] in tree}  # fmt: skip
        wanted |= {c.number for c in contents.changes if c.type in TREE_TYPES and c.record in tree}
        chosen = [(n, line) for n, line in zip(contents.numbers, lines, strict=True) if n in wanted]
        if chosen:
            shapes = {name: header.shapes[name] for name in contents.births if name in TREE_TYPES}
            _, frame = segments.cut(
                header.station,
                header.incarnation,
                chosen,
                shapes,
                keys.sign,
                trust.segment_message,
                keys.station,
            )
            found += frame.compressed
    return bytes(found)


def _tree_records(ledger: Ledger, units: set[str]) -> set[str]:
    """The unit records above and below the receiver, and the grants of stations there: what it needs to judge by."""
    superior: dict[str, str | None] = dict(
        ledger.database.rows(
            "SELECT lower(hex(id)), nullif(lower(hex(superior)), '') FROM r_unit WHERE _life <> 1"
        )
    )
    wanted = set(units)
    for unit in units:
        at = superior.get(unit)
        while at is not None and at not in wanted:
            wanted.add(at)
            at = superior.get(at)
    for record, text in ledger.database.rows(
        "SELECT lower(hex(id)), certificate FROM r_grant WHERE _life <> 1"
    ):
        if certificates.parse(_der(text)).claims.units & wanted:
            wanted.add(record)
    return wanted


def _der(text: str) -> bytes:
    return base64.b64decode(text)


def _in_scope(ledger: Ledger, contents: segments.Contents, units: set[str], tree: set[str]) -> set[int]:
    """The numbers of the items whose record has, or was born under, a unit of the receiver's scope."""
    numbers: set[int] = set()
    present: dict[tuple[str, str], bool] = {}

    def covered(type_name: str, record: str, unit: str) -> bool:
        if type_name in TREE_TYPES:
            return record in tree
        if unit in units:
            return True
        key = (type_name, record)
        if key not in present:
            found = ledger.database.value(
                f"SELECT u.id FROM {quoted(table_of(type_name))} r JOIN unit_ref u ON u.ref = r.unit"
                f" WHERE r.id = unhex(?)",
                (record,),
            )
            present[key] = found in units
        return present[key]

    for block in contents.births.values():
        numbers |= {row[3] for row in block.rows if covered(block.type, row[0], row[1])}
    numbers |= {c.number for c in contents.changes if covered(c.type, c.record, c.unit)}
    return numbers
