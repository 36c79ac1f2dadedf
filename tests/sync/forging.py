"""Bundles and segments as nobody makes them, signed as they should be."""

from __future__ import annotations

import random
from typing import Any

from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.sync.authority import station
from desktop.sync.bundles import envelope, writing
from desktop.sync.bundles.sending import Sent
from desktop.sync.bundles.writing import Draft, Outgoing
from desktop.sync.formats import receipts, segments
from desktop.sync.signed.identity import Speaking
from tests.sync.desks import Desk
from tests.sync.levels import FIRM


def forged_bundle(
    sender: Desk, receiver: Desk, outgoing: list[Outgoing], *, counts: int, kind: str = "up", tree: int = 0
) -> Sent:
    """A bundle with any segments, labels and counts, signed as it should be."""
    path = sender.folder / f"{sender.name}-forged-{next(sender.numbers)}.xsj"
    draft = Draft(
        program="0.1.0",
        schema=1,
        kind=kind,
        sequence=99,
        last=99,
        unit=sender.unit,
        tree=tree,
        receiver=receiver.station,
        recipient=receiver.keys.recipient,
        created=sender.time(),
        previous=None,
        counts={"birth": counts} if counts else {},
    )
    chain = station.own_chain(sender.ledger)
    writing.write_bundle(path, draft, outgoing, Speaking(sender.keys, chain), random.Random(1).randbytes)
    return Sent(path, receiver.station, "", 99, counts, "")


def segments_in(sent: Sent, receiver: Desk) -> list[Outgoing]:
    """The segments of a bundle, with their labels."""
    bundle = envelope.read_bundle(sent.path)
    verdict = envelope.judge(bundle, station.knowledge(receiver.ledger, receiver.keys).state)
    (part,) = envelope.open_parts(bundle, verdict, receiver.keys)
    return [Outgoing(f, t) for f, t in zip(part.frames, part.labels, strict=True) if t != receipts.LABEL]


def one_segment(
    desk: Desk, vouched: str | None = None, by: Desk | None = None
) -> tuple[segments.Header, Any]:
    """A segment with one birth, in no ledger, signed ``by`` the station itself or another."""
    head = desk.head("birth", FIRM, None, number=1)
    shape = Shape(("name",))
    line = items.birth_line(head, shape, {"name": "一家"}, lambda: "")
    return segments.cut(
        desk.station,
        desk.keys.incarnation,
        [(1, line)],
        {"firm": shape},
        (by or desk).keys.sign,
        vouched,
    )
