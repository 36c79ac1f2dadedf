"""What a station holds of one that had left it before: no receipt waits for it, and it comes where that comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.store.peers import links, passed
from tests.sync import desks
from tests.sync.acts import move, move_upholding
from tests.sync.casting import cast
from tests.sync.desks import Desk, enrol, new_root, report, settle
from tests.sync.places import Places, name_of

FIRM, OTHER = "f1" * 16, "f2" * 16


def _left(folder: Path) -> tuple[Desk, ...]:
    """A city with two districts; a village has left its town for another one, and then the town its district.

    What the village had written last is nowhere but in the town.
    """
    city, one, other = desks.two_districts(folder)
    town, beside = (desks.below(one, name, Level.TOWN, 2) for name in ("甲镇", "乙镇"))
    village = desks.below(town, "甲村")
    town.birth("firm", {"name": "镇里的"}, record=OTHER)
    settle([(village, town), (town, one), (one, city), (other, city)])
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    report(village, town)
    move(one, village.unit, beside.unit)
    town.take(one.send(town))
    settle([(one, city), (other, city)])
    move_upholding(city, town.unit, other.unit)
    settle([(one, city), (other, city)])
    enrol(town, other, 2)
    return city, one, other, town, beside, village


@pytest.fixture
def left(tmp_path: Path) -> tuple[Desk, ...]:
    """The stations after that, and nothing sent yet."""
    return cast(_left, tmp_path)


def test_no_receipt_waits_for_what_a_station_wrote_that_left_the_sender_before(
    left: tuple[Desk, ...],
) -> None:
    _, _, other, town, _, village = left
    first = report(town, other)
    assert first.reasons == {("held", "moved"): 1}
    assert name_of(other, OTHER) == "镇里的"
    assert passed.stations(other.database, other.link(town)) == {village.station}
    second = other.take(town.send())
    assert second.total == 0
    town.birth("firm", {"name": "后来的"})
    assert other.take(town.send()).total == 1


def test_it_comes_by_itself_when_that_station_is_below_again(left: tuple[Desk, ...]) -> None:
    """Its own computer says nothing any more. The receipt asks the town once more, and once alone."""
    city, _, other, town, _, village = left
    begun = town.link(other).acknowledged
    report(town, other)
    report(town, other)
    assert town.link(other).acknowledged > begun
    move_upholding(city, village.unit, town.unit)
    report(other, city)
    assert name_of(other) is None
    town.take(other.send(town))
    assert town.link(other).acknowledged == begun
    assert other.take(town.send()).applied == 1
    assert name_of(other) == "村里的"
    assert passed.stations(other.database, other.link(town)) == frozenset()
    town.take(other.send(town))
    assert other.take(town.send()).total == 0
    assert other.held() == {}


def test_a_bundle_that_was_on_its_way_when_the_receipt_went_back_has_nothing_missing_before_it(
    left: tuple[Desk, ...],
) -> None:
    city, _, other, town, _, village = left
    report(town, other)
    town.take(other.send(town))
    move_upholding(city, village.unit, town.unit)
    report(other, city)
    asks_back = other.send(town)
    town.birth("firm", {"name": "后来的"})
    assert not other.take(town.send()).gap
    town.take(asks_back)
    assert other.take(town.send()).applied == 1
    assert name_of(other) == "村里的"


def test_what_was_passed_over_in_an_incarnation_that_was_left_says_nothing_of_the_present_one(
    left: tuple[Desk, ...],
) -> None:
    _, _, other, town, _, village = left
    report(town, other)
    link = other.link(town)
    passed.note(other.database, town.station, link.received_incarnation, 7, [other.station])
    assert passed.stations(other.database, link) == {village.station, other.station}
    assert passed.go_back(other.database, link).received == 0
    passed.note(other.database, town.station, "0" * 16, 5, [village.station])
    assert passed.stations(other.database, link) == frozenset()
    assert links.link_to(other.database, town.station) == passed.go_back(other.database, other.link(town))


@pytest.mark.no_cover
def test_where_the_new_superior_signs_for_it_in_the_same_merge_nothing_is_passed_over(
    left: tuple[Desk, ...],
) -> None:
    """Its own bundle is the one that comes last."""
    city, _, other, town, _, village = left
    near = desks.below(other, "丙镇", Level.TOWN, 2)
    report(other, city)
    move_upholding(city, village.unit, near.unit)
    other.take(city.send(other))
    near.take(other.send(near))
    enrol(village, near)
    near.take(village.send())
    results = other.merge(town.send(), near.send()).bundles
    assert [r.problem for r in results] == [None, None]
    assert results[0].held == 0
    assert passed.stations(other.database, other.link(town)) == frozenset()
    assert other.link(town).received > 0


@pytest.mark.no_cover
def test_no_receipt_waits_for_what_was_written_under_a_unit_that_is_deleted_and_it_comes_when_that_is_back(
    places: Places,
) -> None:
    district, town, village = places.district, places.town, places.village
    places.deliver()
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    town.take(village.send())
    district.delete(village.unit, "unit")
    district.settle()
    assert district.take(town.send()).reasons == {("held", "gone"): 1}
    town.take(district.send(town))
    town.birth("firm", {"name": "后来的"})
    assert district.take(town.send()).reasons == {}
    district.delete(village.unit, "unit", revive=True)
    district.settle()
    town.take(district.send(town))
    district.take(town.send())
    assert name_of(district) == "村里的"
    town.take(district.send(town))
    assert town.send().items == 0


@pytest.mark.no_cover
def test_no_receipt_waits_for_what_was_written_below_a_unit_that_is_deleted(tmp_path: Path) -> None:
    """Nor for what its computer wrote whose registration counts no more."""
    city = new_root(tmp_path, "市", Level.CITY)
    district = desks.below(city, "区", Level.DISTRICT, 3)
    town, beside = (desks.below(district, name, Level.TOWN, 2) for name in ("甲镇", "乙镇"))
    village, other = desks.below(town, "甲村"), desks.below(beside, "乙村")
    settle([(village, town), (other, beside), (town, district), (beside, district), (district, city)])
    for below, desk, record in ((village, town, FIRM), (other, beside, OTHER)):
        below.birth("firm", {"name": below.name}, record=record)
        settle([(below, desk), (desk, district)])
    city.delete(town.unit, "unit")
    city.settle()
    number = city.database.value("SELECT _number FROM r_unit WHERE id = unhex(?)", (other.unit,))
    city.exclude((beside, number))
    assert city.take(district.send()).reasons == {("held", "gone"): 2}
    district.take(city.send(district))
    assert city.take(district.send()).total == 0
