"""What a town lets not count is heard by the other town that holds the record too, and so is its lifting."""

from __future__ import annotations

from pathlib import Path

from tests.sync.places import FIRM, OTHER, Places, name_of


def digests(places: Places) -> set[str]:
    return {d.digest(places.far.unit).sha256 for d in (places.far, places.other, places.district)}


def test_the_other_town_hears_of_it_and_of_its_lifting(tmp_path: Path) -> None:
    places = Places(tmp_path)
    village, town, far = places.village, places.town, places.far
    far.birth("firm", {"name": "乙镇登记的"}, record=FIRM)
    village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    places.deliver()
    number = village.next_number()
    village.edit(FIRM, "name", "甲村改的")
    places.deliver()
    assert name_of(far) == "甲村改的"
    for say, type_name in (
        (lambda: town.exclude((village, number)), "exclusion"),
        (lambda: town.revoke(village, number - 1), "revocation"),
    ):
        record = say()
        places.deliver()
        assert "甲村改的" not in {name_of(desk) for desk in (places.other, far)}
        assert len(digests(places)) == 1
        town.lift(record, type_name)
        places.deliver()
        assert {name_of(desk) for desk in places.desks if desk is not places.sibling} == {"甲村改的"}
        assert len(digests(places)) == 1
    assert places.district.refused() == {}


def test_a_record_that_was_moved_there_goes_and_comes_with_its_birth(tmp_path: Path) -> None:
    places = Places(tmp_path)
    number = places.village.next_number()
    places.village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    places.deliver()
    places.district.move(FIRM, places.far.unit)
    places.deliver()
    assert name_of(places.far) == "甲村登记的"
    record = places.town.exclude((places.village, number))
    places.deliver()
    assert {name_of(desk) for desk in places.desks} == {None}
    places.town.lift(record)
    places.deliver()
    assert {name_of(desk) for desk in (places.district, places.other, places.far)} == {"甲村登记的"}
    assert len(digests(places)) == 1


def test_of_what_no_other_town_holds_nothing_is_said_once_more(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    number = places.village.next_number()
    places.village.edit(FIRM, "name", "甲村改的")
    places.deliver()
    places.town.exclude((places.village, number), (places.village, number + 1))
    places.village.forge_birth(OTHER, {"name": "没见过的种类"}, type="prize")
    places.deliver()
    assert [len(desk.records("exclusion")) for desk in places.desks] == [1] * len(places.desks)
