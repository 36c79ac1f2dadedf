"""A district, a town that may enrol and a village of the town, whose bundles are carried by hand."""

from __future__ import annotations

import itertools
from pathlib import Path

from desktop.operations.session import Session
from desktop.operations.stations import exchange
from desktop.records.declaration import Level
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.sync.bundles.sending import Sent
from tests.operations.stations import enrol, station

_NUMBERS = itertools.count(1)


class Three:
    """A district, a town that may enrol, and a village of the town."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.district = station(folder, "330110", "余杭区总工会", Level.DISTRICT)
        self.town = station(folder, "330110109", "径山镇总工会", Level.TOWN)
        self.village = station(folder, "330110109200", "径山村工会", Level.VILLAGE)
        enrol(self.town, self.district, folder, delegate=True)
        enrol(self.village, self.town, folder)

    @property
    def all(self) -> tuple[Session, Session, Session]:
        return self.district, self.town, self.village

    def up(self, below: Session) -> Sent:
        return exchange.send(below, self.folder / f"{next(_NUMBERS)}.xsj")

    def down(self, desk: Session, below: Session) -> Sent:
        return exchange.send(desk, self.folder / f"{next(_NUMBERS)}.down.xsj", to=below.ledger.station)

    def exchange(self) -> None:
        """Everything goes up, and everything comes down."""
        for _ in range(2):
            for below, desk in ((self.village, self.town), (self.town, self.district)):
                taken(desk, self.up(below))
            for desk, below in ((self.district, self.town), (self.town, self.village)):
                taken(below, self.down(desk, below))

    def agree(self) -> bool:
        """Whether all who hold a unit say the same of it."""
        holders = {self.town.unit.id: self.all[:2], self.village.unit.id: self.all}
        return all(len({exchange.digest(s, u).sha256 for s in found}) == 1 for u, found in holders.items())


def taken(by: Session, *sent: Sent) -> None:
    """Merges; everything must be taken."""
    for result in exchange.merge(by, [s.path for s in sent]).bundles:
        if result.problem is not None:
            raise result.problem
        assert (result.held, result.refused) == (0, 0), result.unapplied


def names(session: Session) -> set[str]:
    return {
        str(r.values["name"]) for r in reading.records(session.database, session.types, Query("enterprise"))
    }
