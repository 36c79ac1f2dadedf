"""A town must not make itself the superior of another town's village, nor undo another's grant.

A second birth of a ``unit`` under the town's own unit counts (rule 16: who claims by birth may write), so nobody judges
by a unit that two have registered; a second birth of a ``grant`` has not the id that its item gives.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from tests.sync.casting import cast
from tests.sync.desks import Desk, enrol, new_desk, new_root, report

FIRM = "f1" * 16


def _enrolled(folder: Path) -> tuple[Desk, ...]:
    district = new_root(folder, "区")
    town = new_desk(folder, "镇", Level.TOWN)
    victim = new_desk(folder, "乙镇", Level.TOWN)
    village = new_desk(folder, "乙镇的村", Level.VILLAGE)
    enrol(town, district, 3)
    enrol(victim, district, 3)
    enrol(village, victim)
    return district, town, victim, village


class Places:
    def __init__(self, folder: Path) -> None:
        self.district, self.town, self.victim, self.village = cast(_enrolled, folder)
        self.village.birth("firm", {"name": "村里的", "person": "王芳"}, record=FIRM)
        report(self.village, self.victim)
        report(self.victim, self.district)
        self.town.time.at += 60_000


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def claim(desk: Desk, village: Desk) -> None:
    cells = {"name": "本镇的村", "code": village.name, "level": "village", "superior": desk.unit}
    desk.forge_birth(village.unit, cells, type="unit")


def test_a_village_that_a_town_claims_sends_it_no_records(places: Places) -> None:
    """Otherwise the district sends the town all that the village ever recorded, personal values included."""
    claim(places.town, places.village)
    report(places.town, places.district)
    report(places.town, places.district)
    assert FIRM not in places.town.records()


def test_a_village_that_a_town_claims_is_not_written_for_by_it(places: Places) -> None:
    claim(places.town, places.village)
    report(places.town, places.district)
    places.town.forge_change(FIRM, "name", "镇里替它改的", unit=places.village.unit)
    result = report(places.town, places.district)
    assert (places.district.values(FIRM) or {})["name"] == "村里的"
    assert result.applied + result.conflict == 0


@pytest.mark.parametrize("how", ["second birth", "tombstone"])
def test_a_grant_is_not_undone_by_who_did_not_give_it(places: Places, how: str) -> None:
    """Otherwise every bundle of the other town is refused as that of an unknown signer from then on."""
    (grant,) = (
        record
        for record in places.district.records("grant")
        if (found := places.district.shown(record, "grant")) is not None
        and found.values["station"] == places.victim.station
    )
    places.town.forge_birth(grant, {"label": "冒充", "certificate": "AAAA"}, type="grant")
    if how == "tombstone":
        places.town.forge_change(grant, "_deleted", {"births": "", "heads": ""}, "tombstone", type="grant")
    report(places.town, places.district)
    places.victim.birth("firm", {"name": "镇里的"})
    assert places.district.take(places.victim.send()).applied == 1
