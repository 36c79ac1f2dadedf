"""A station believes those above it by its own chain, but only as long as nothing that it holds speaks against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.sync import errors
from desktop.sync.authority import station
from tests.sync import desks
from tests.sync.acts import move, superior
from tests.sync.desks import TYPES, Desk, copied, enrol, new_desk, put_back, report, settle
from tests.sync.places import Places, name_of

FIRM, OTHER = "f1" * 16, "f2" * 16


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def grant_of(desk: Desk, station: str) -> str:
    """The record by which a station was granted."""
    found = desk.database.value("SELECT lower(hex(id)) FROM r_grant WHERE station = ?", (station,))
    return str(found)


@pytest.mark.no_cover
def test_a_town_whose_grant_was_taken_back_is_believed_below_no_longer_than_above(places: Places) -> None:
    """It came to the village with its own enrolment; what was said of it since counts there as well."""
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver(1)
    places.district.delete(grant_of(places.district, places.town.station), "grant")
    places.town.take(places.district.send(places.town))
    places.village.take(places.town.send(places.village))
    places.town.edit(FIRM, "name", "镇里改的")
    assert isinstance(places.district.merge(places.town.send()).bundles[0].problem, errors.NotGranted)
    sent = places.town.send(places.village)
    assert isinstance(places.village.merge(sent).bundles[0].problem, errors.NotGranted)
    assert name_of(places.village) == "厂"


@pytest.mark.no_cover
def test_what_the_district_says_of_the_village_counts_there_though_its_town_has_lost_its_grant(
    places: Places,
) -> None:
    """Whom it stands below a village knows all the same, or who lost its grant would put it out of reach."""
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    number = places.village.ledger.next_number() - 1
    places.deliver(1)
    places.district.exclude((places.village, number))
    places.district.delete(grant_of(places.district, places.town.station), "grant")
    places.town.take(places.district.send(places.town))
    places.village.take(places.town.send(places.village))
    assert name_of(places.village) is None


@pytest.mark.no_cover
def test_whom_a_revoked_town_has_granted_behind_the_cut_is_believed_by_nobody(
    places: Places, tmp_path: Path
) -> None:
    """Not by the village either that it has enrolled: its grant is among what does not count."""
    last = places.town.ledger.next_number() - 1
    second = new_desk(tmp_path, "镇里的第二台", Level.TOWN, unit=places.town.unit)
    enrol(second, places.town, 2)
    hamlet = new_desk(tmp_path, "小村", Level.VILLAGE)
    enrol(hamlet, second)
    report(hamlet, second)
    places.district.revoke(places.town, last)
    places.town.take(places.district.send(places.town))
    second.merge(places.town.send(second))
    hamlet.merge(second.send(hamlet))
    second.birth("firm", {"name": "镇里的"}, record=OTHER, unit=hamlet.unit)
    assert isinstance(hamlet.merge(second.send(hamlet)).bundles[0].problem, errors.NotGranted)


@pytest.mark.no_cover
@pytest.mark.parametrize("anew", [False, True])
def test_who_was_enrolled_past_a_town_that_two_have_registered_hears_whose_that_is(
    tmp_path: Path, anew: bool
) -> None:
    """The city stands above both, and only it can say so; enrolled once more the village would hear it no better."""
    city, one, other = desks.two_districts(tmp_path)
    backup = copied(city)
    town = desks.below(one, "甲镇", Level.TOWN, 2)
    village = desks.below(town, "甲村")
    settle([(village, town), (town, one), (one, city)])
    put_back(city, backup, TYPES)
    station.begin_incarnation(city.ledger, "ab" * 8)
    city.keys = station.load_keys(city.ledger)
    enrol(town, other, 2)
    settle([(town, other), (other, city)])
    enrol(village, city)
    city.take(village.send())
    village.merge(city.send(village))
    assert (town.unit, "unit") in village.conflicts()
    settle([(one, city)])
    if anew:
        enrol(village, city)
    village.take(city.send(village))
    assert village.conflicts() == set()
    assert superior(village, town.unit) == superior(city, town.unit) == other.unit


@pytest.mark.no_cover
def test_who_was_moved_away_does_not_come_back_as_two_have_registered_whose_it_is_by_now(
    tmp_path: Path,
) -> None:
    """What is in doubt is where the new superior is, and by nobody's word below the former one."""
    places = Places(tmp_path)
    places.deliver(1)
    move(places.district, places.village.unit, places.other.unit)
    cells = {"name": "乙镇", "code": "乙镇", "level": "town"}
    for above in (places.district.unit, "ee" * 16):
        places.village.birth("unit", cells | {"superior": above}, record=places.other.unit, unit=above)
    assert (places.other.unit, "unit") in places.village.conflicts()
    places.town.take(places.district.send(places.town))
    for _ in range(2):
        sent = places.town.send(places.village)
        problem = places.village.merge(sent).bundles[0].problem
    assert superior(places.village, places.village.unit) == places.other.unit
    assert isinstance(problem, errors.WrongDirection)


@pytest.mark.no_cover
def test_who_was_moved_with_his_town_does_not_come_back_as_somebody_registers_that_again(
    tmp_path: Path,
) -> None:
    """The district that had enrolled a village past its town has registered that, but it is there no more."""
    city, one, other = desks.two_districts(tmp_path)
    town = desks.below(one, "甲镇", Level.TOWN, 2)
    village = desks.below(town, "甲村")
    settle([(village, town), (town, one), (one, city)])
    enrol(village, one)
    move(city, town.unit, other.unit)
    settle([(other, city)])
    one.take(city.send(one))
    village.take(one.send(village))
    assert superior(village, town.unit) == other.unit
    assert isinstance(village.merge(one.send(village)).bundles[0].problem, errors.WrongDirection)
    cells = {"name": "甲镇", "code": "甲镇", "level": "town", "superior": "ee" * 16}
    village.birth("unit", cells, record=town.unit, unit="ee" * 16)
    assert (town.unit, "unit") in village.conflicts()
    for _ in range(2):
        problem = village.merge(one.send(village)).bundles[0].problem
    assert isinstance(problem, errors.WrongDirection)


def lies_under(desk: Desk, unit: str) -> str | None:
    """Under which unit another lies, as a station judges by it."""
    return station.knowledge(desk.ledger, desk.keys).state.tree[unit]


@pytest.mark.parametrize("how", ["nobody knows where", "in a circle"])
def test_a_village_stays_where_its_town_has_put_it_wherever_the_town_itself_may_be(
    places: Places, how: str
) -> None:
    """The town's place is settled first, and a way up that never ends needs nobody's chain."""
    village, above = places.village, places.sibling.unit
    places.deliver(1)
    move(places.town, village.unit, above)
    village.take(places.town.send(village))
    if how == "nobody knows where":
        above = "ee" * 16
        cells = {"name": "街", "code": "街", "level": "town"}
        for unit in (places.district.unit, places.town.unit):
            village.birth("unit", cells | {"superior": unit}, record=above, unit=unit)
    village.edit(places.town.unit, "superior", above, "unit")
    assert lies_under(village, village.unit) == places.sibling.unit
    at = above if how == "in a circle" else places.district.unit
    assert lies_under(village, places.town.unit) == at
    if how == "nobody knows where":
        village.edit(village.unit, "superior", above, "unit")
        assert lies_under(village, village.unit) == places.town.unit


@pytest.mark.parametrize("known", [False, True])
def test_who_is_deleted_lies_under_the_unit_for_which_its_town_was_enrolled(
    district: Desk, tmp_path: Path, known: bool
) -> None:
    """And not under the one below that for which the town had asked, which the village has hardly heard of."""
    town, wished = new_desk(tmp_path, "镇", Level.TOWN), "00" * 16
    enrol(town, district, 2, wished=wished)
    village = desks.below(town, "村")
    if known:
        cells = {"name": "镇", "code": "镇", "level": "town", "superior": town.unit}
        village.birth("unit", cells, record=wished, unit=town.unit)
    for unit in (village.unit, district.unit):
        village.delete(unit, "unit")
    assert lies_under(village, village.unit) == town.unit
    assert lies_under(village, district.unit) is None


def test_a_second_computer_of_a_town_lies_where_the_first_does(district: Desk, town: Desk) -> None:
    """That the first has certified it says nothing of where their unit is, deleted or below one in doubt."""
    second = new_desk(town.folder, "镇里的第二台", Level.TOWN, unit=town.unit)
    enrol(second, town, 2)
    cells = {"name": "街", "code": "街", "level": "town"}
    for unit in (town.unit, "aa" * 16):
        second.birth("unit", cells | {"superior": unit}, record="ee" * 16, unit=unit)
    second.edit(town.unit, "superior", "ee" * 16, "unit")
    assert lies_under(second, town.unit) == "ee" * 16
    second.delete(town.unit, "unit")
    assert lies_under(second, town.unit) == district.unit
