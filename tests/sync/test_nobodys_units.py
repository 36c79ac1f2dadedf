"""A unit whose first registration counts no more, or that two levels have refused one another, is not nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.store.queries.units import subtree
from desktop.sync.authority import station
from tests.sync import desks
from tests.sync.acts import move, superior
from tests.sync.desks import TYPES, Desk, copied, enrol, new_root, put_back, settle
from tests.sync.places import Places, name_of

FIRM, OTHER = "f1" * 16, "f2" * 16


def test_where_two_levels_have_refused_one_anothers_registration_the_lower_one_takes_its_word_back(
    tmp_path: Path,
) -> None:
    """A district has enrolled a village by mistake, and then the village's town is put under it."""
    city, one, other = desks.two_districts(tmp_path)
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


def _registered_twice(places: Places) -> tuple[int, int]:
    """乙镇's village is registered by 甲镇 as well, in vain; the numbers of both registrations."""
    unit = places.far.unit
    places.deliver()
    (first,) = places.district.database.row("SELECT _number FROM r_unit WHERE id = unhex(?)", (unit,)) or ()
    later = _register(places.town, places.far)
    places.far.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    assert places.district.refused() == {(places.town.station, later): "registered"}
    return first, later


def _register(desk: Desk, village: Desk) -> int:
    """A desk registers a unit of which it has not heard; the number of that item."""
    cells = {"name": village.name, "code": village.name, "level": "village", "superior": desk.unit}
    desk.birth("unit", cells, record=village.unit)
    return desk.ledger.next_number() - 1


def _grant_of(district: Desk, town: Desk) -> str:
    (found,) = (
        r
        for r in district.records("grant")
        if district.values(r, "grant")["station"] == town.station  # type: ignore[index]
    )
    return found


def _is_of(places: Places, town: Desk) -> None:
    """Everybody who hears of it takes the village for one of this town."""
    for desk in (places.district, town):
        assert superior(desk, places.far.unit) == town.unit, desk.name
        assert places.far.unit in subtree(desk.database, town.unit)


@pytest.mark.no_cover
@pytest.mark.parametrize("how", ["withdrawn", "revoked", "without its grant"])
def test_where_the_first_registration_counts_no_more_the_second_does_and_the_first_comes_back_as_the_second(
    places: Places, how: str
) -> None:
    district, town, other = places.district, places.town, places.other
    first, later = _registered_twice(places)
    kind, word = "exclusion", ""
    if how == "withdrawn":
        word = district.exclude((other, first))
    elif how == "revoked":
        kind, word = "revocation", district.revoke(other, first - 1)
    else:
        kind, word = "grant", _grant_of(district, other)
        district.delete(word, kind)
        district.settle()
    places.deliver()
    _is_of(places, town)
    assert (town.station, later) not in district.refused()
    district.delete(word, kind, revive=kind == "grant")
    district.settle()
    places.deliver()
    _is_of(places, town)
    assert district.refused() == town.refused() | other.refused() == {(other.station, first): "registered"}
    district.exclude((town, later))
    places.deliver()
    _is_of(places, other)
    assert district.refused() == {(town.station, later): "withdrawn"}
    assert name_of(district) == "村里的"


@pytest.mark.no_cover
def test_what_a_level_above_withdraws_of_the_first_registration_counts_like_what_it_refuses(
    tmp_path: Path,
) -> None:
    """Whether that is heard before the second registration or after it."""
    found = []
    for folder, early in ((tmp_path / "early", True), (tmp_path / "late", False)):
        folder.mkdir()
        city = new_root(folder, "市", Level.CITY)
        district = desks.below(city, "区", Level.DISTRICT, 3)
        town, other = (desks.below(district, name, Level.TOWN, 2) for name in ("甲镇", "乙镇"))
        village = desks.below(other, "甲村")
        pairs = [(other, district), (town, district), (district, city)]
        settle(pairs)
        (first,) = city.database.row("SELECT _number FROM r_unit WHERE id = unhex(?)", (village.unit,)) or ()
        city.exclude((other, first))
        if early:
            settle(pairs)
        _register(town, village)
        district.take(town.send())
        if not early:
            city.exclude((other, first))
        settle(pairs)
        found.append({desk.name: superior(desk, village.unit) for desk in (city, district, town)})
    assert found == [dict.fromkeys(("市", "区", "甲镇"), town.unit)] * 2


def _registered_thrice(places: Places) -> tuple[Desk, tuple[int, int, int]]:
    """A third town has registered the village as well, later; that, and the numbers of the registrations."""
    third = desks.below(places.district, "丙镇", Level.TOWN, 3)
    places.pairs.append((third, places.district))
    first, later = _registered_twice(places)
    third.time.pass_days(0.1)
    last = _register(third, places.far)
    places.deliver()
    refused = {(places.town.station, later): "registered", (third.station, last): "registered"}
    assert places.district.refused() == refused
    return third, (first, later, last)


@pytest.mark.no_cover
def test_of_several_the_one_that_was_made_first_counts(places: Places) -> None:
    district, town, other = places.district, places.town, places.other
    third, (first, _, last) = _registered_thrice(places)
    district.exclude((other, first))
    places.deliver()
    _is_of(places, town)
    assert district.refused() == {(third.station, last): "registered", (other.station, first): "withdrawn"}


@pytest.mark.no_cover
def test_a_restored_district_hears_its_own_words_first_and_takes_none_back_for_that(places: Places) -> None:
    """What they are about has yet to come back; of two that it knows again neither was the first."""
    district, town, other = places.district, places.town, places.other
    backup = copied(district)
    third, (_, later, last) = _registered_thrice(places)
    put_back(district, backup, TYPES)
    station.begin_incarnation(district.ledger, "ab" * 8)
    district.keys = station.load_keys(district.ledger)
    enrol(third, district)
    for at in (town, third):
        at.take(district.send(at))
        district.take(at.send())
    refused = {(town.station, later): "registered", (third.station, last): "registered"}
    assert district.refused() == refused
    assert superior(district, places.far.unit) is None
    other.take(district.send(other))
    places.deliver()
    assert superior(district, places.far.unit) == other.unit
    assert district.refused() == refused


@pytest.mark.no_cover
def test_a_move_that_leaves_no_other_superior_settles_whose_it_is(places: Places) -> None:
    """Who moved it has not heard of one of the registrations, as its refusal was lost with a root."""
    district, town, other, village = places.district, places.town, places.other, places.village
    places.deliver(1)
    cells = {"name": "甲村", "code": "甲村", "level": "village"}
    village.birth("unit", cells | {"superior": other.unit}, record=village.unit, unit=other.unit)
    assert village.unit not in subtree(village.database, town.unit)
    move(town, village.unit, town.unit)
    village.take(town.send(village))
    assert village.unit not in subtree(village.database, town.unit)
    district.take(town.send())
    move(district, village.unit, other.unit)
    other.take(district.send(other))
    enrol(village, other)
    assert village.unit in subtree(village.database, other.unit)
