"""A laptop and its copy give the same numbers to other words, and somebody decides which count."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.bundles import sending
from desktop.sync.merging import forks, receiving, rewriting
from desktop.sync.signed import certificates
from tests.sync.desks import Desk, connect, copied_disk, report

FIRM, OTHER, THIRD, FOURTH = "f1" * 16, "f2" * 16, "f3" * 16, "f4" * 16


def decide(desk: Desk, laptop: Desk, *, keep_held: bool = False) -> list[str]:
    origin = desk.ledger.origin_ref(laptop.station, laptop.keys.incarnation)
    lost = forks.losing(desk.ledger, origin, keep_held=keep_held)
    return [
        desk.say("exclusion", {"cause": excluding.FORK, "items": text})
        for text in exclusions.write({(laptop.station, laptop.keys.incarnation): lost})
    ]


def renumber(desk: Desk, incarnation: str = "cd" * 8) -> int:
    count = rewriting.renumber(desk.ledger, desk.keys, incarnation, desk.name, "换新编号")
    desk.keys = station.load_keys(desk.ledger)
    return count


def open_forks(*desks: Desk) -> Sequence[object]:
    return [fork for desk in desks for fork in forks.open_forks(desk.database, desk.ledger.types)]


def forked(laptop: Desk, twin: Desk, town: Desk, district: Desk) -> None:
    """Three items of the one, two of the other, at both levels above."""
    laptop.birth("firm", {"name": "先写的"}, record=FIRM)
    laptop.edit(FIRM, "name", "先写又改的")
    laptop.birth("firm", {"name": "先写第三条"}, record=FOURTH)
    report(laptop, town)
    twin.birth("firm", {"name": "后写的"}, record=OTHER)
    twin.edit(OTHER, "name", "后写又改的")
    town.take(twin.send())
    district.take(town.send())
    assert len(open_forks(town, district)) == 2
    assert town.records() == {FIRM, FOURTH}


def later_copy(laptop: Desk, town: Desk, folder: Path, *, days: float) -> Desk:
    """A copy of the laptop that writes so much later."""
    found = copied_disk(laptop, folder)
    connect(found, town)
    frames = sending.tree_frames(town.ledger, town.keys, laptop.unit)
    desk = certificates.parse(station.own_chain(town.ledger)[0])
    receiving.take_tree(found.ledger, found.keys, frames, desk)
    found.time.pass_days(days)
    return found
