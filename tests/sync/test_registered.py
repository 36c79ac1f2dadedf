"""A unit that another superior has registered already: the first stands, nobody is locked out, above decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.versions.resolution import Life
from desktop.store.queries.units import subtree
from desktop.sync.authority import station
from desktop.sync.errors import UnitMoved, UnitNotKnown, WrongDirection
from tests.sync import desks
from tests.sync.acts import move, superior
from tests.sync.desks import Desk, enrol, new_desk, report, settle
from tests.sync.places import Places, name_of, self_grant

FIRM, OTHER = "f1" * 16, "f2" * 16


def register(town: Desk, village: Desk, *, by_hand: bool = True) -> int:
    cells = {"name": village.name, "code": village.name, "level": "village", "superior": town.unit}
    if by_hand:
        return town.forge_birth(village.unit, cells, type="unit")
    town.birth("unit", cells, record=village.unit)
    return town.ledger.next_number() - 1


def registrants(desk: Desk, unit: str) -> set[str]:
    return {u for (u,) in desk.database.rows(
        "SELECT u.id FROM version v JOIN unit_ref u ON u.ref = v.unit WHERE v.record = unhex(?) AND v.type = 'unit'"
        " AND v.slot = 'unit' AND v.birth", (unit,))}  # fmt: skip


def test_who_registers_anothers_village_locks_nobody_out(places: Places) -> None:
    """What the village writes goes on counting in the same merge, and nothing of it goes to the claimant."""
    places.far.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    number = register(places.town, places.far)
    places.town.birth("firm", {"name": "甲镇替它写的"}, record=OTHER, unit=places.far.unit)
    places.far.edit(FIRM, "name", "村里改的")
    places.other.merge(places.far.send())
    results = places.district.merge(places.town.send(), places.other.send()).bundles
    assert [r.problem for r in results] == [None, None]
    assert name_of(places.district) == "村里改的"
    assert places.district.refused() == {
        (places.town.station, number): "registered",
        (places.town.station, number + 1): "scope",
    }
    places.deliver()
    assert name_of(places.far) == name_of(places.other) == "村里改的"
    assert FIRM not in places.town.records()
    assert not places.town.records() & {OTHER}
    assert registrants(places.far, places.far.unit) <= {places.other.unit}
    assert places.town.answers()[places.town.station, number] == ("refused", "registered")


@pytest.mark.parametrize("first", ["甲镇", "乙镇"])
def test_whichever_comes_first_everybody_goes_by_it_and_the_district_moves_it(
    places: Places, first: str
) -> None:
    late = new_desk(places.town.folder, "新村", Level.VILLAGE)
    enrol(late, places.town)
    register(places.other, late, by_hand=False)
    order = [places.town, places.other] if first == "甲镇" else [places.other, places.town]
    late.birth("firm", {"name": "新村的"}, record=FIRM)
    places.pairs.insert(0, (late, places.town))
    for town in order:
        report(town, places.district)
    places.deliver()
    assert superior(places.district, late.unit) == order[0].unit
    assert all(superior(d, late.unit) in (order[0].unit, None) for d in (places.town, places.other))
    assert name_of(places.district) == ("新村的" if first == "甲镇" else None)
    move(places.district, late.unit, places.town.unit)
    places.deliver()
    assert name_of(places.district) == name_of(places.town) == "新村的"
    assert late.unit in subtree(places.town.database, places.town.unit)
    assert FIRM not in places.other.records()


def test_the_same_registration_again_is_no_other(places: Places) -> None:
    """After a restore a town may register its village once more."""
    register(places.other, places.far)
    places.deliver()
    assert places.district.refused() == {}


def test_a_registration_that_was_moved_is_not_made_again_by_the_new_superior(places: Places) -> None:
    places.deliver()
    move(places.district, places.far.unit, places.town.unit)
    number = register(places.town, places.far)
    places.deliver()
    assert places.district.refused() == {(places.town.station, number): "registered"}
    assert superior(places.district, places.far.unit) == places.town.unit
    assert places.far.unit in subtree(places.district.database, places.town.unit)


def test_who_is_enrolled_by_its_new_superior_before_that_has_heard_of_the_move_hears_that_it_is_settled(
    places: Places,
) -> None:
    """The new superior registers the village once more, and only its bundles tell the village whose it is."""
    village, other = places.village, places.other
    places.deliver()
    move(places.district, village.unit, other.unit)
    enrol(village, other)
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    places.pairs[0] = (village, other)
    for below, desk in (*places.pairs, *places.pairs):
        report(below, desk)
    for desk in (village, other, places.district):
        assert superior(desk, village.unit) == other.unit
        assert desk.conflicts() == set()
        assert name_of(desk) == "村里的"


def test_who_was_enrolled_by_another_by_mistake_is_read_by_its_own_superior_again(places: Places) -> None:
    """It knows of that other by the root, which has registered it later than all that its superior hears of."""
    village, other = places.village, places.other
    places.deliver()
    enrol(village, other)
    other.take(village.send())
    report(other, places.district)
    village.take(other.send(village))
    report(places.town, places.district)
    enrol(village, places.town)
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    report(village, places.town)
    assert name_of(places.town) == "村里的"
    assert superior(village, village.unit) == places.town.unit


def test_who_has_heard_that_its_new_superiors_registration_is_refused_hears_that_it_was_moved_there(
    places: Places,
) -> None:
    """That one had enrolled it by mistake before, and does so again before it has heard of the move."""
    village, town, other, district = places.village, places.town, places.other, places.district
    places.deliver()
    enrol(village, other)
    district.take(other.send())
    enrol(village, town)
    town.take(district.send(town))
    village.take(town.send(village))
    move(district, village.unit, other.unit)
    enrol(village, other)
    village.take(other.send(village))
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    places.pairs[0] = (village, other)
    places.deliver()
    for desk in (village, other, district):
        assert superior(desk, village.unit) == other.unit
        assert name_of(desk) == "村里的"
    move(district, village.unit, town.unit)
    places.deliver()
    with pytest.raises(WrongDirection):
        village.take(other.send(village))


def test_a_late_bundle_of_a_superior_that_was_moved_says_so_though_only_its_registration_tells(
    tmp_path: Path,
) -> None:
    """The new superior of a town has not heard of the move, and has registered it once more."""
    city, one, other = desks.two_districts(tmp_path)
    town = desks.below(one, "甲镇", Level.TOWN, 2)
    village = desks.below(town, "甲村")
    town.birth("firm", {"name": "镇里的"}, record=FIRM, unit=village.unit)
    settle([(town, one), (one, city)])
    late = town.send(village)
    move(city, town.unit, other.unit)
    enrol(town, other, 2)
    enrol(village, town)
    with pytest.raises(UnitMoved):
        village.take(late)
    village.take(town.send(village))
    assert name_of(village) == "镇里的"


def test_a_unit_of_which_it_is_asked_whether_it_is_deleted_goes_on_reporting(places: Places) -> None:
    """Until that is decided it lies where it was (rule 9), and its records too."""
    places.village.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    places.district.delete(places.village.unit, "unit")
    places.town.edit(places.village.unit, "name", "改了名的村", "unit")
    places.village.edit(FIRM, "name", "村里改的")
    places.deliver()
    for desk in (places.district, places.town):
        assert (places.village.unit, "_deleted") in desk.conflicts()
        assert places.village.unit in subtree(desk.database, desk.unit)
        assert name_of(desk) == "村里改的"
        assert desk.held() == {}
    places.district.move(FIRM, places.town.unit)
    assert places.town.take(places.district.send(places.town)).refused == 0


def test_a_unit_that_is_deleted_above_hears_that_it_is_back(places: Places) -> None:
    """Its own bundles wait above meanwhile; only those from above could tell it otherwise."""
    village, town = places.village, places.town
    places.deliver()
    town.delete(village.unit, "unit")
    village.take(town.send(village))
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    # It asks for all that it has heard of the units above all the same.
    assert station.tree_told(village.ledger) == station.tree_version(village.ledger) > 0
    with pytest.raises(UnitNotKnown):
        town.take(village.send())
    town.delete(village.unit, "unit", revive=True)
    village.take(town.send(village))
    assert village.shown(village.unit, "unit").life is Life.LIVE  # type: ignore[union-attr]
    report(village, town)
    assert name_of(town) == "村里的"


def _of_two_towns(places: Places) -> None:
    """A record that a village has recorded; one of another town is about to record it as well."""
    places.village.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()


def _comes_beside(places: Places) -> None:
    """The other town records it, and what the district holds by then goes down."""
    places.far.birth("firm", {"name": "别镇的"}, record=FIRM)
    places.far.edit(FIRM, "in_park", 1)
    places.deliver()


def _alike(places: Places) -> None:
    holders = (places.village, places.town, places.district)
    assert len({desk.digest(places.village.unit).sha256 for desk in holders}) == 1
    assert (FIRM, "unit") in places.village.conflicts()
    assert [desk.held() for desk in holders] == [{}] * 3


def test_what_came_while_a_unit_was_deleted_goes_to_it_when_it_is_back(places: Places) -> None:
    """Above its town too, where its records were in no scope for so long."""
    _of_two_towns(places)
    places.town.delete(places.village.unit, "unit")
    _comes_beside(places)
    places.town.delete(places.village.unit, "unit", revive=True)
    places.deliver()
    _alike(places)


def test_so_it_does_when_the_deletion_counts_no_more(places: Places) -> None:
    _of_two_towns(places)
    places.town.delete(places.village.unit, "unit")
    number = places.town.ledger.next_number() - 1
    _comes_beside(places)
    places.district.exclude((places.town, number))
    places.deliver()
    _alike(places)


def test_nobody_hears_of_those_beside_it_because_somebody_claims_to_stand_above(places: Places) -> None:
    """Units of higher levels go down for what they have written; a level that one gives oneself is none."""
    self_grant(places.other, places.other, {places.town.unit}, Level.CITY)
    places.deliver()
    assert places.town.unit in places.district.records("unit")
    assert not {places.town.unit, places.village.unit} & places.other.records("unit")


def test_a_second_computer_hears_that_the_unit_of_both_is_back(places: Places) -> None:
    """It was certified by the first, and that by the level above, under which both of them are."""
    town = places.town
    second = new_desk(town.folder, "甲镇第二台", Level.TOWN, unit=town.unit)
    enrol(second, town, 2)
    places.deliver()
    places.district.delete(town.unit, "unit")
    town.take(places.district.send(town))
    second.take(town.send(second))
    places.district.delete(town.unit, "unit", revive=True)
    town.take(places.district.send(town))
    second.take(town.send(second))
    assert second.shown(town.unit, "unit").life is Life.LIVE  # type: ignore[union-attr]
