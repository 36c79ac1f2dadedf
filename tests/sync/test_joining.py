"""A district that has begun alone joins a city: who is below it notices nothing, and everybody ends alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.sync import errors
from desktop.sync.authority import station
from desktop.sync.enrolling import succession
from desktop.sync.signed import certificates
from tests.sync.desks import Desk, enrol, new_desk, new_root
from tests.sync.places import Places, name_of

FIRM, OTHER, THIRD = "f1" * 16, "f2" * 16, "f3" * 16


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path)
    found.village.birth("firm", {"name": "一家"}, record=FIRM)
    found.deliver(1)
    return found


@pytest.fixture
def city(places: Places, tmp_path: Path) -> Desk:
    found = new_root(tmp_path, "市", Level.CITY)
    enrol(places.district, found, 2)
    places.pairs.append((places.district, found))
    return found


def root_of(desk: Desk) -> str:
    return certificates.parse(station.own_chain(desk.ledger)[-1]).station


@pytest.mark.no_cover
def test_everybody_below_goes_on_as_before(places: Places, city: Desk) -> None:
    places.village.edit(FIRM, "name", "改过的")
    places.district.edit(FIRM, "checked", "已核对")
    places.deliver(3)
    held = [places.village, places.town, places.district, city]
    assert {desk.digest(places.village.unit).sha256 for desk in held} == {held[0].digest().sha256}
    assert name_of(city) == "改过的"
    for desk in (*held, places.far, places.other, places.sibling):
        assert desk.held() == {}
        assert desk.conflicts() == set()
        assert set(desk.refused().values()) <= {"registered"}, "that the district has registered itself"
    assert root_of(places.town) == places.district.station
    assert root_of(places.district) == city.station


def test_units_that_the_district_registers_afterwards_are_known_everywhere(
    places: Places, city: Desk, tmp_path: Path
) -> None:
    """The tree of those below is as new as the district's last word, not as the city's."""
    fresh = new_desk(tmp_path, "丙镇", Level.TOWN)
    enrol(fresh, places.district, 1)
    places.pairs.insert(0, (fresh, places.district))
    assert root_of(fresh) == city.station
    fresh.birth("firm", {"name": "新镇的"}, record=OTHER)
    places.deliver(2)
    places.village.birth("firm", {"name": "又一家"}, record=THIRD)
    places.deliver(2)
    assert city.records() == {FIRM, OTHER, THIRD}
    assert fresh.digest().sha256 == city.digest(fresh.unit).sha256


@pytest.mark.no_cover
def test_who_is_enrolled_anew_is_under_the_citys_root_from_then_on(places: Places, city: Desk) -> None:
    """Its chain ends in the city's root then, and the district speaks to it under that."""
    places.deliver(1)
    enrol(places.far, places.other)
    enrol(places.other, places.district, 3)
    assert root_of(places.other) == city.station
    places.other.birth("firm", {"name": "乙镇的"}, record=OTHER)
    city.take(places.district.send())
    for below, desk in [(places.other, places.district), (places.town, places.district)]:
        desk.take(below.send())
        below.take(desk.send(below))
    assert name_of(places.district, OTHER) == "乙镇的"


@pytest.mark.no_cover
def test_a_new_root_of_the_city_is_followed_by_everybody(places: Places, city: Desk) -> None:
    """The district says it once more to those who count from its own root on; nobody has two words of one number."""
    for rounds in (1, 0):
        places.deliver(rounds)
        succession.change_root(city.ledger)
        city.keys = station.load_keys(city.ledger)
    places.deliver(3)
    new = station.history(city.database).now.certificates
    for desk in (places.district, places.town, places.village):
        held = station.history(desk.database)
        assert held.now.certificates - station.history_alone(places.district.database).now.certificates == new
        assert desk.held() == {}
    places.village.edit(FIRM, "name", "改过的")
    places.deliver(2)
    assert name_of(city) == "改过的"


def test_the_root_of_before_signs_nothing_for_the_district_itself(places: Places, city: Desk) -> None:
    """It is believed by those who know no other, and here only of what it had issued."""
    known = station.knowledge(places.district.ledger, places.district.keys)
    assert [c.claims.level for c in known.certificates[places.district.station]] == [Level.DISTRICT]
    assert known.certificates[places.district.station][0].issuer_station == city.station
    assert isinstance(city.merge(places.town.send()).bundles[0].problem, errors.UnknownRoot)


@pytest.mark.no_cover
def test_what_the_city_says_does_not_count_reaches_everybody(places: Places, city: Desk) -> None:
    places.deliver(2)
    number = places.village.ledger.next_number() - 1
    city.exclude((places.village, number))
    places.deliver(3)
    assert name_of(places.district) is None
    assert name_of(places.town) is None
    assert name_of(places.village) is None
