"""The stations of a random history: five in three levels or six in four, who stands above whom, what each may write."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

from desktop.records.declaration import Level
from desktop.sync.authority import station
from tests.sync.casting import cast
from tests.sync.desks import FILING_TYPES, NEWER_FILING_TYPES, Desk, coded_unit, enrol, new_desk, new_root

PATHS: Final = {Level.DISTRICT: 3, Level.TOWN: 2}
"""How many may stand below whom a certificate lets enrol others."""
TALL: Final = 7
"""Of so many histories one is about four levels."""


def _enrolled(folder: Path, *, cipher: bool = False) -> tuple[Desk, ...]:
    """The district, the towns and the villages; the first of these has the newer program."""
    district = new_root(
        folder, "区", unit=coded_unit(Level.DISTRICT, "区"), cipher=cipher, types=FILING_TYPES
    )
    towns = _made(folder, Level.TOWN, "甲镇", "乙镇", cipher=cipher)
    villages = _made(folder, Level.VILLAGE, "一村", "二村", cipher=cipher)
    for town in towns:
        _put_under(town, district)
    for village in villages:
        _put_under(village, towns[0])
    return district, *towns, *villages


def _enrolled_below_a_city(folder: Path, *, cipher: bool = False) -> tuple[Desk, ...]:
    """The same with a city above two districts, of which the first has a town with both villages."""
    city = new_root(
        folder, "市", Level.CITY, unit=coded_unit(Level.CITY, "市"), cipher=cipher, types=FILING_TYPES
    )
    districts = _made(folder, Level.DISTRICT, "甲区", "乙区", cipher=cipher)
    (town,) = _made(folder, Level.TOWN, "甲镇", cipher=cipher)
    villages = _made(folder, Level.VILLAGE, "一村", "二村", cipher=cipher)
    for district in districts:
        _put_under(district, city)
    _put_under(town, districts[0])
    for village in villages:
        _put_under(village, town)
    return city, *districts, town, *villages


def _made(folder: Path, level: Level, *names: str, cipher: bool) -> list[Desk]:
    return [
        new_desk(
            folder,
            name,
            level,
            unit=coded_unit(level, name),
            cipher=cipher,
            types=NEWER_FILING_TYPES if name == "一村" else FILING_TYPES,
        )
        for name in names
    ]


def _put_under(below: Desk, desk: Desk, incarnation: str | None = None) -> None:
    """Enrols a station, which takes over what is known of the roots."""
    enrol(below, desk, PATHS.get(below.level), incarnation)
    station.keep_history(below.ledger, station.history(desk.database))


class Stations:
    """A district, two towns, and two villages of the first, with what is drawn for them by a seed.

    Of every ``TALL`` histories one is about a city, two districts and two villages of a town of the first: then the
    city is what is called district here, and the districts are the towns.
    """

    def __init__(self, folder: Path, seed: int, *, cipher: bool = False) -> None:
        self.rnd = random.Random(seed)
        self.apart = seed % 2 == 1
        """Towns hold nothing in common."""
        self.small = seed % 5 == 0
        """Bundles hold little, and what has come into a scope goes to the end of the journal."""
        self.folder = folder
        self.cipher = cipher
        making = _enrolled_below_a_city if seed % TALL == TALL - 1 else _enrolled
        self.desks = [*(making(folder, cipher=True) if cipher else cast(making, folder))]
        self.district, *self.towns = self.desks[:3]
        self.between = [d for d in self.desks[3:] if d.level is not Level.VILLAGE]
        """Who stands between a town and the villages."""
        self.villages = [d for d in self.desks[3:] if d.level is Level.VILLAGE]
        self.above = {below.name: self.district for below in self.towns}
        """Which station stands above a station, by the name of that below."""
        self.above |= {below.name: self.towns[0] for below in self.desks[3:]}
        self.above |= {below.name: desk for desk in self.between for below in self.villages}
        self.doubtful: set[str] = set()
        """Stations that have gone on from one state twice."""

    def put_under(self, below: Desk, desk: Desk, incarnation: str | None = None) -> None:
        """Enrols a station elsewhere, or once more; both have said that the date is right, whatever was seen."""
        for d in (below, desk):
            d.ledger.clock.confirm()
        _put_under(below, desk, incarnation)
        self.above[below.name] = desk

    def close(self) -> None:
        """Nothing is kept of it."""
        for desk in self.desks:
            desk.database.close()

    # -- who is where ----------------------------------------------------------------------------------------------

    @property
    def pairs(self) -> list[tuple[Desk, Desk]]:
        """Every station with the one above it, the lowest first."""
        return [(d, self.above[d.name]) for d in reversed(self.desks) if d is not self.district]

    @property
    def laptops(self) -> list[Desk]:
        """The stations of villages, copies included."""
        return [d for d in self.desks if d.level is Level.VILLAGE]

    @property
    def latest(self) -> int:
        """The time on the clock that is furthest ahead."""
        return max(desk.time.at for desk in self.desks)

    def below(self, desk: Desk) -> list[Desk]:
        """All stations below another."""
        found = [d for d in self.desks if self.above.get(d.name) is desk]
        return [x for d in found for x in (d, *self.below(d))]

    def over(self, desk: Desk) -> list[Desk]:
        """All stations above another, the next one first."""
        above = self.above.get(desk.name)
        return [] if above is None else [above, *self.over(above)]

    def units_of(self, desk: Desk) -> list[str]:
        """The units that a station may write for."""
        return sorted({desk.unit, *(d.unit for d in self.below(desk))})

    def some(self, desk: Desk, type_name: str = "firm") -> str | None:
        """A record that the station may write to."""
        mine = self.writable(desk, type_name)
        return self.rnd.choice(mine) if mine else None

    def writable(self, desk: Desk, type_name: str = "firm") -> list[str]:
        """The records that the station may write to."""
        units = self.units_of(desk)
        shown = {r: desk.shown(r, type_name) for r in sorted(desk.records(type_name))}
        return [r for r, found in shown.items() if found is not None and found.unit in units]
