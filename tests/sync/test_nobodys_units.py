"""A unit whose registration two levels have refused from one another lies in the tree all the same."""

from __future__ import annotations

from pathlib import Path

from desktop.records.declaration import Level
from tests.sync import desks
from tests.sync.acts import move, superior
from tests.sync.desks import enrol, new_root, settle
from tests.sync.places import name_of

FIRM, OTHER = "f1" * 16, "f2" * 16


def test_where_two_levels_have_refused_one_anothers_registration_the_lower_one_takes_its_word_back(
    tmp_path: Path,
) -> None:
    """A district has enrolled a village by mistake, and then the village's town is put under it."""
    city = new_root(tmp_path, "市", Level.CITY)
    one, other = (desks.below(city, name, Level.DISTRICT, 3) for name in ("甲区", "乙区"))
    town = desks.below(one, "甲镇", Level.TOWN, 2)
    village = desks.below(town, "甲村")
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    settle([(village, town), (town, one), (one, city), (other, city)])
    enrol(village, other)
    city.take(other.send())
    enrol(village, town)
    move(city, town.unit, other.unit)
    enrol(town, other, 2)
    enrol(village, town)
    assert other.take(town.send()).reasons["refused", "registered"] == 1
    by_hand = town.forge_birth(OTHER, {"name": "丙村", "code": "丙村", "level": "village"}, type="unit")
    for _ in range(4):
        # Until then what the village sends waits above.
        for below, desk in ((village, town), (town, other), (one, city), (other, city)):
            desk.merge(below.send())
            below.merge(desk.send(below))
    for desk in (city, other, town, village):
        assert superior(desk, village.unit) == town.unit, desk.name
        assert name_of(desk) == "村里的", desk.name
    assert {number for (name, number) in town.refused() if name == town.station} == {by_hand}
