"""Grants that nobody asked for in a random history: accepted at once, late, twice, or where they fit no more."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Final

from desktop.errors import Problem
from desktop.operations.stations import applying, enrolling, taking_over
from desktop.operations.stations.enrolling import NoRequest
from desktop.sync.authority import station
from desktop.sync.enrolling import grants
from desktop.sync.errors import FormerRoot
from desktop.sync.errors.enrolment import GrantForOther, GrantForOtherRequest, GrantorRevoked, RootDiffers
from desktop.sync.signed import certificates
from tests.histories.unsaying import Unsaying
from tests.sync.acts import AtWork
from tests.sync.desks import Desk

UNFIT: Final = (NoRequest, GrantForOther, GrantForOtherRequest)
"""What a grant is refused with that does not name the present certificate."""
FITS_NO_MORE: Final = (*UNFIT, GrantorRevoked, FormerRoot, RootDiffers)
"""Why a grant may not be accepted any more that has lain about."""


class Granting(Unsaying):
    """A history in which offices give grants to computers that report elsewhere, as the program does."""

    acts = (*Unsaying.acts, "offer", "offer", "offer", "accept_offer")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offers: list[tuple[Desk, Desk, Path]] = []
        """Who has given a grant, to whom, and the file, as long as it lies about."""

    def put_under(self, below: Desk, desk: Desk, incarnation: str | None = None) -> None:
        """Who is known there to report elsewhere need not ask; and asks, if that grant does not fit."""
        if not (incarnation is None and self._is_taken_over(below, desk)):
            super().put_under(below, desk, incarnation)
        if desk in self.waiting and below not in self.waiting:
            # Its certificate goes with that of who has enrolled it.
            self.waiting.append(below)

    def _is_taken_over(self, below: Desk, desk: Desk) -> bool:
        if below.station in self.doubtful or self.rnd.random() < 0.3:
            return False
        found = any(self._accept(desk, below, path) == "accepted" for path in self._give(desk, below))
        if found:
            self.above[below.name] = desk
        return found

    def _let_in(self) -> bool:
        """Nor does anybody's grant not count, as it bears a number under which something else was refused before.

        So it is where an office was set back that had said that (known residue).
        """
        self.waiting += [
            below
            for below, above in self.pairs
            if below not in self.waiting and _is_refused(above, _certificate(below))
        ]
        return super()._let_in()

    def offer(self, desk: Desk) -> object:
        """An office gives a grant to who reports elsewhere; it is accepted at once, or lies about."""
        replaced = None if self._astray() else self.replace_office(desk)
        astray = self._astray()
        if not astray:
            return replaced
        office, below = self.rnd.choice(astray)
        for d in (below, office, *self.over(office)):
            d.time.at = self.latest
        if self.rnd.random() < 0.7:
            self.inform(office)
        told = []
        for path in self._give(office, below):
            self.offers.append((office, below, path))
            told.append(self.rnd.random() < 0.5 and self._accept_offer(office, below, path))
        self.snapshots.pop(office.name, None)
        return office.name, below.name, told

    def _astray(self) -> list[tuple[Desk, Desk]]:
        """Who could be given a grant without having asked, and by whom."""
        found = [(self.above[d.name], d) for d in self.waiting]
        found += [
            (office, d)
            for d in self.desks
            if d.unit in self.home
            for office in self.offices
            if office.unit == self.home[d.unit] and self.above[d.name] in self.over(office)
        ]
        return [
            (office, d)
            for office, d in found
            if d.station not in self.doubtful and _certificate(d).issuer_station != office.station
        ]

    def accept_offer(self, desk: Desk) -> object:
        """A grant is accepted that has lain about, perhaps once more."""
        if not self.offers:
            return None
        office, below, path = self.rnd.choice(self.offers)
        if self.rnd.random() < 0.7:
            self.offers.remove((office, below, path))
        if below not in self.desks or below.station in self.doubtful:
            return "it is gone"
        below.time.at = self.latest
        return office.name, below.name, self._accept_offer(office, below, path)

    def _give(self, office: Desk, below: Desk) -> list[Path]:
        """The grant for a computer that an office finds in its list; none where it is not there."""
        at_work: Any = AtWork(office)
        if all(a.station != below.station for a in taking_over.astray(office.database, at_work.here)):
            return []
        return [made.path for made in taking_over.take_over(at_work, [below.station], office.folder)]

    def _accept(self, office: Desk, below: Desk, path: Path) -> str:
        """What becomes of a grant; its computer goes on with its keys and numbers, under who has given it."""
        named, present = grants.answered(path.read_bytes()), _certificate(below)
        ack = path.with_suffix(f".{next(below.numbers)}.xsa")
        at_work: Any = AtWork(below)
        # Somebody has said that the date is right, though something later was heard.
        below.ledger.clock.confirm()
        problem: Problem | None = None
        try:
            applying.accept(at_work, path, ack, new_root=self._compared(office, below), compared=None)
        except FITS_NO_MORE as caught:
            problem = caught
        if problem is not None:
            # One that names the present certificate fits but for what has become of who has given it.
            assert not isinstance(problem, UNFIT) or named != present.digest, (problem, named)
            return type(problem).__name__
        now = _certificate(below)
        assert now.issuer_station == office.station
        assert now.digest == present.digest or named == present.digest
        assert _given(now) == _given(present)
        assert below.keys == station.load_keys(below.ledger)
        if office in self.desks:
            confirming: Any = AtWork(office)
            enrolling.confirm(confirming, ack)
        self.snapshots.pop(below.name, None)
        return "accepted"

    def _accept_offer(self, office: Desk, below: Desk, path: Path) -> str:
        told = self._accept(office, below, path)
        if told == "accepted":
            self._reports_to(below, office)
        return told

    def _compared(self, office: Desk, below: Desk) -> bytes | None:
        """The root whose words somebody has compared, where the former one is lost."""
        return None

    def _reports_to(self, below: Desk, office: Desk) -> None:
        """Who comes home from the level above reports to its town again; others may need yet another grant."""
        if office in self.desks and self.above[below.name] in self.over(office):
            self.above[below.name] = office
        if office is self.above[below.name]:
            self.waiting = [d for d in self.waiting if d is not below]
        elif below not in self.waiting:
            self.waiting.append(below)


def check_reports(history: Granting, office: Desk) -> None:
    """Of those who report to an office none is told to be somebody else's.

    But where grants were dated ahead: until their day has passed by, a former superior's seems to be the newest.
    """
    if history.furthest:
        return
    at_work: Any = AtWork(office)
    astray = {one.station for one in taking_over.astray(office.database, at_work.here)}
    assert [
        d.name for d in history.desks if history.above.get(d.name) is office and d.station in astray
    ] == []


def _certificate(desk: Desk) -> certificates.Certificate:
    return certificates.parse(station.own_chain(desk.ledger)[0])


def _is_refused(desk: Desk, certificate: certificates.Certificate) -> bool:
    """Whether the grant by which a certificate was issued does not count somewhere."""
    text = base64.b64encode(certificate.der).decode()
    found = desk.database.row("SELECT 1 FROM refused WHERE type = 'grant' AND instr(value, ?)", (text,))
    return found is not None


def _given(certificate: certificates.Certificate) -> tuple[object, ...]:
    """What another superior gives once more as it is."""
    claims = certificate.claims
    return (
        claims.station, claims.public_key, claims.recipient, claims.units, claims.level, claims.role, claims.may_issue,
    )  # fmt: skip
