"""What travels between the stations of a random history: bundles that are lost, doubled, late and out of order."""

from __future__ import annotations

from typing import Any, Final

from desktop.errors import Problem
from desktop.store.peers import links
from desktop.sync import trust
from desktop.sync.authority import station
from desktop.sync.bundles.sending import Sent
from desktop.sync.errors import (
    BadSegmentSignature,
    FormerKey,
    FormerRoot,
    FormerSuperior,
    NotGranted,
    RegisteredElsewhere,
    Revoked,
    UnitMoved,
    UnitNotKnown,
    WrongDirection,
)
from desktop.sync.errors.persons import NotSignedByPersons
from desktop.sync.merging.doubting import ClockInDoubt
from tests.histories.stations import Stations
from tests.sync.desks import Desk

PASSING: Final = (
    FormerKey, FormerRoot, FormerSuperior, NotGranted, NotSignedByPersons, RegisteredElsewhere, Revoked, UnitMoved,
    UnitNotKnown, WrongDirection,
)  # fmt: skip
"""Why a bundle may not be taken now, and comes again with the next."""
MOST_ROUNDS: Final = 3
"""In so many rounds up and down everything has arrived everywhere, and nothing is on its way any more."""


class Travelling(Stations):
    """Stations that send bundles to each other."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.underway: list[tuple[Desk, Sent]] = []
        self.passing: tuple[type[Problem], ...] = PASSING

    def send(self, desk: Desk) -> object:
        below, above = self.rnd.choice(self.pairs)
        if not is_linked(below, above):
            return "not yet"
        if self.rnd.random() < 0.5:
            self.underway.append((above, below.send()))
        elif not is_out(above, below):
            self.underway.append((below, above.send(below)))
        return below.name, above.name

    def deliver(self, desk: Desk) -> object:
        """One that is underway, perhaps the newest first, perhaps several at once; it may come again or be lost."""
        if not self.underway:
            return None
        to, sent = self.rnd.choice(self.underway)
        several = [
            sent,
            *(s for d, s in self.underway if d is to and s is not sent and self.rnd.random() < 0.3),
        ]
        self.rnd.shuffle(several)
        if self.rnd.random() < 0.7:
            self.underway.remove((to, sent))
        try:
            self.merge(to, several)
        except ClockInDoubt:
            to.time.at = self.latest
        return to.name, len(several)

    def merge(self, to: Desk, several: list[Sent]) -> int:
        """Merges bundles, looked through before now and then; the counts of each add up to what was signed: of all."""
        looked = to.merge(*several, preview=True) if self.rnd.random() < 0.2 else None
        report = to.merge(*several)
        for told, file in zip(report.bundles, several, strict=True):
            # Of new keys the grant may have come to stand behind what they have signed, and come with the next bundle.
            passing = (*self.passing, BadSegmentSignature) if self.small else self.passing
            assert told.problem is None or isinstance(told.problem, passing), told.problem
            assert told.applied >= 0
            assert told.problem or sums(told) == told.total == file.items
            done = [*told.changes.values(), *told.deletions.values()]
            assert sum(done) <= told.applied + told.released
        if looked is not None:
            assert [sums(b) for b in looked.bundles] == [sums(b) for b in report.bundles]
        return sum(told.total for told in report.bundles)

    def bring(self, to: Desk, desk: Desk) -> int:
        """All that is due from one station to another, in as many bundles as it takes; how many items that were.

        Nobody sends to a computer that was put out of use, nor before it is enrolled.
        """
        downward = to is not self.above.get(desk.name)
        if (downward and is_out(desk, to)) or not is_linked(*((to, desk) if downward else (desk, to))):
            return 0
        sent = [desk.send(to if downward else None)]
        while sent[-1].more:
            sent.append(desk.send(to if downward else None))
        return self.merge(to, sent)

    def settle(self) -> bool:
        """Down, then up and down until nothing is on its way; whether it came to that.

        Two computers that are one station hear and tell the same again and again until they are told apart.
        """
        self._down()
        return any(not self._round() for _ in range(MOST_ROUNDS))

    def _round(self) -> int:
        """Ten minutes later, by whatever clock, up and down; how many items were on their way."""
        for desk in self.desks:
            desk.time.at += 600_000
            desk.ledger.clock.confirm()
        return self._up() + self._down()

    def _up(self) -> int:
        return sum(self.bring(desk, below) for below, desk in self.pairs)

    def _down(self) -> int:
        return sum(self.bring(below, desk) for below, desk in reversed(self.pairs))


def sums(told: Any) -> int:
    """The items of a bundle by what became of them."""
    found: int = told.applied + told.known + told.held + told.conflict + told.refused
    return found


def is_linked(below: Desk, above: Desk) -> bool:
    """Whether a station reports to another: it may wait until that has enrolled it."""
    return links.link_to(below.database, above.station) is not None


def is_out(desk: Desk, below: Desk) -> bool:
    """Whether a desk takes a station below it for one that was put out of use, or did until it deleted its unit.

    That takes the word's effect at who has said it, and nowhere else; and when the unit is back it has it once more.
    """
    if desk.database.row("SELECT 1 FROM r_revocation WHERE station = ?", (below.station,)) is None:
        # Nobody has ever said so, which is told without working out all that is known of everybody.
        return False
    if trust.is_out(station.knowledge(desk.ledger, desk.keys).state, below.station):
        return True
    said = desk.database.row("SELECT 1 FROM r_revocation WHERE station = ? AND _life <> 1", (below.station,))
    unit = desk.shown(below.unit, "unit")
    return said is not None and unit is not None and unit.life == 1
