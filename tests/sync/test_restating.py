"""What a town lets not count is heard by the other town that holds the record too, and so is its lifting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import same_id
from desktop.records.versions.resolution import Life
from desktop.store.queries import governing
from desktop.sync.merging import restating
from tests.measuring import steps_of
from tests.sync.acts import say_same
from tests.sync.desks import Desk, enrol, new_desk, new_root
from tests.sync.places import FIRM, OTHER, Places, name_of


def digests(places: Places) -> set[str]:
    return {d.digest(places.far.unit).sha256 for d in (places.far, places.other, places.district)}


@pytest.mark.no_cover
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


def test_very_many_are_said_once_more_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restating, "_AT_ONCE", 1)
    places = Places(tmp_path)
    town, far, writers = places.town, places.far, (places.village, places.sibling)
    numbers = [desk.next_number() for desk in writers]
    for desk, record in zip(writers, (FIRM, OTHER), strict=True):
        far.birth("firm", {"name": "乙镇登记的"}, record=record)
        desk.birth("firm", {"name": "甲镇的村登记的"}, record=record)
    places.deliver()
    word = town.exclude(*zip(writers, numbers, strict=True))
    places.deliver()
    assert len(list(governing.restated(places.district.database, places.district.station))) == 2
    assert len(digests(places)) == 1
    assert set(places.other.refused().values()) == {"withdrawn"}
    town.lift(word)
    places.deliver()
    assert list(governing.restated(places.district.database, places.district.station)) == []
    assert far.refused() == {}
    assert len(digests(places)) == 1


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


@pytest.mark.no_cover
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


def claimed_in_both(folder: Path) -> tuple[Places, int]:
    """Both branches have registered a firm, and the other holds a word of this one: its number."""
    places = Places(folder)
    places.far.birth("firm", {"name": "乙镇登记的"}, record=FIRM)
    places.village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    places.deliver()
    number = places.village.next_number()
    places.village.edit(FIRM, "name", "甲村改的")
    places.deliver()
    assert name_of(places.far) == "甲村改的"
    return places, number


def register_again(places: Places, record: str) -> None:
    places.other.birth("firm", {"name": "乙镇又登记"}, record=FIRM)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("who", "again"),
    [
        (lambda places: places.other, lambda places, said: places.other.lift(said)),
        (lambda places: places.other, register_again),
        (lambda places: places.district, lambda places, said: places.district.lift(said)),
    ],
)
def test_a_branch_whose_own_claim_does_not_count_hears_of_it_too(
    tmp_path: Path, who: Callable[[Places], Desk], again: Callable[[Places, str], None]
) -> None:
    """It holds the words all the same, and shows them when it has a claim again."""
    places, number = claimed_in_both(tmp_path)
    said = who(places).exclude((places.far, places.far.next_number() - 1))
    places.deliver()
    record = places.town.exclude((places.village, number))
    places.deliver()
    assert name_of(places.other) == name_of(places.district) == "甲村登记的"
    again(places, said)
    places.deliver()
    assert name_of(places.other) == name_of(places.district) != "甲村改的"
    assert len(digests(places)) == 1
    places.town.lift(record)
    places.deliver()
    assert name_of(places.other) == name_of(places.district) == "甲村改的"
    assert len(digests(places)) == 1


@pytest.mark.no_cover
def test_what_a_town_has_said_beside_the_district_is_said_once_more_when_that_lifts_its_own(
    tmp_path: Path,
) -> None:
    places, number = claimed_in_both(tmp_path)
    said = places.district.exclude((places.village, number))
    places.town.exclude((places.village, number))
    places.deliver()
    places.district.lift(said)
    places.other.merge(places.district.send(places.other))
    assert name_of(places.other) == name_of(places.district) == "乙镇登记的"
    places.deliver()
    assert len(digests(places)) == 1


@pytest.mark.no_cover
def test_a_unit_that_was_elsewhere_for_a_time_brings_back_nothing_that_was_let_not_count(
    tmp_path: Path,
) -> None:
    places, number = claimed_in_both(tmp_path)
    places.district.edit(places.far.unit, "superior", places.town.unit, "unit")
    places.deliver()
    places.town.exclude((places.village, number))
    places.deliver()
    places.district.edit(places.far.unit, "superior", places.other.unit, "unit")
    places.deliver()
    # The village itself hears nothing before it is enrolled anew.
    assert name_of(places.other) == name_of(places.district) == "乙镇登记的"
    assert places.other.digest(places.far.unit) == places.district.digest(places.far.unit)


def _with_edges(folder: Path) -> tuple[Desk, ...]:
    district = new_root(folder, "区")
    town, other = (new_desk(folder, name, Level.TOWN) for name in ("甲镇", "乙镇"))
    villages = [new_desk(folder, name, Level.VILLAGE) for name in ("甲村", "邻村", "乙镇的村")]
    for desk, above in zip((town, other, *villages), (district, district, town, town, other), strict=True):
        enrol(desk, above, 3 if above is district else None)
    return district, town, other, *villages


@pytest.mark.no_cover
def test_a_word_that_two_records_are_one_goes_where_one_of_them_is_held(tmp_path: Path) -> None:
    places = Places(tmp_path, _with_edges)
    for record in (FIRM, OTHER):
        places.village.birth("firm", {"name": "甲村登记的"}, record=record)
    places.far.birth("firm", {"name": "乙镇登记的"}, record=OTHER)
    number = places.village.next_number()
    say_same(places.village, FIRM, OTHER)
    places.deliver()
    edge = same_id("firm", FIRM, OTHER)
    assert edge in places.far.records("same")
    places.town.exclude((places.village, number))
    places.deliver()
    assert edge not in places.far.records("same")
    assert len(digests(places)) == 1


@pytest.mark.no_cover
def test_a_refused_word_that_nothing_is_one_with_nothing_stops_no_merge(tmp_path: Path) -> None:
    places = Places(tmp_path, _with_edges)
    places.village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    places.far.birth("firm", {"name": "乙镇登记的"}, record=FIRM)
    number = places.village.next_number()
    places.village.edit(FIRM, "name", "甲村改的")
    for record, cells in ((FIRM, {}), (OTHER, {"kind": "firm", "one": "x"})):
        places.village.forge_birth(record, {"kind": None, "one": None, "other": None} | cells, type="same")
    places.deliver()
    places.town.exclude((places.village, number))
    places.deliver()
    assert len(digests(places)) == 1


@pytest.mark.no_cover
def test_what_was_one_with_a_record_of_another_branch_is_held_there(tmp_path: Path) -> None:
    """The word that joined them was taken back before, and comes again after."""
    places = Places(tmp_path, _with_edges)
    places.village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    places.far.birth("firm", {"name": "乙镇登记的"}, record=OTHER)
    number = places.village.next_number()
    places.village.edit(FIRM, "name", "甲村改的")
    places.deliver()
    say_same(places.district, FIRM, OTHER)
    places.deliver()
    edge = same_id("firm", FIRM, OTHER)
    places.district.delete(edge, "same")
    places.deliver()
    places.town.exclude((places.village, number))
    places.deliver()
    places.district.delete(edge, "same", revive=True)
    places.deliver()
    assert len(digests(places)) == 1
    assert name_of(places.other) == name_of(places.district)


@pytest.mark.no_cover
def test_who_withdraws_nothing_has_not_to_go_through_all_that_was_withdrawn(tmp_path: Path) -> None:
    """Counted in steps of the engine, with ten times as much that does not count."""
    places = Places(tmp_path)

    def steps_with(count: int) -> int:
        first = places.village.next_number()
        for _ in range(count):
            places.village.birth("firm", {"name": "撤回的"})
        places.town.take(places.village.send())
        places.town.exclude(*((places.village, n) for n in range(first, first + count)))
        places.town.take(places.village.send())
        places.sibling.birth("firm", {"name": "一家"})
        sent = places.sibling.send()
        return steps_of(places.town.database, lambda: places.town.take(sent))

    few = steps_with(30)
    assert steps_with(300) < 1.3 * few


@pytest.mark.no_cover
def test_a_unit_gets_what_came_while_it_had_lost_a_record_by_a_move_that_waits_now(tmp_path: Path) -> None:
    """It was written under a unit whose claim was withdrawn."""
    places = Places(tmp_path)
    places.village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    places.deliver()
    number = places.far.next_number()
    places.far.birth("firm", {"name": "乙镇登记的"}, record=FIRM)
    places.deliver()
    places.district.move(FIRM, places.other.unit)
    places.deliver()
    places.town.edit(FIRM, "name", "甲镇改的")
    places.deliver()
    assert name_of(places.village) != "甲镇改的"
    places.other.exclude((places.far, number))
    places.deliver()
    assert name_of(places.village) == name_of(places.town) == "甲镇改的"
    assert places.village.digest(places.village.unit) == places.town.digest(places.village.unit)


@pytest.mark.no_cover
def test_a_copy_that_comes_later_lets_count_what_nobody_else_signs_for(tmp_path: Path) -> None:
    """The word lapsed with an earlier file, when the village was put under the other town.

    The town has recalled its certificate, so that here nothing of the village counts any more.
    """
    places = Places(tmp_path)
    places.sibling.birth("firm", {"name": "邻村登记的"}, record=FIRM)
    number = places.village.next_number()
    places.village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    places.deliver()
    places.town.exclude((places.village, number))
    places.deliver()
    district, town = places.district, places.town
    (grant,) = (
        r
        for r in town.records("grant")
        if (town.values(r, "grant") or {})["station"] == places.village.station
    )
    town.lift(grant, "grant")
    district.edit(places.village.unit, "superior", places.other.unit, "unit")
    town.take(district.send(town))
    assert list(town.refused().values()) == ["withdrawn"]
    places.other.take(district.send(places.other))
    enrol(places.village, places.other)
    district.take(places.other.send())
    town.take(district.send(town))
    assert (town.refused(), town.held()) == ({}, {})
    assert town.digest(places.sibling.unit) == district.digest(places.sibling.unit)


@pytest.mark.parametrize("alone", [True, False])
def test_a_town_takes_back_its_word_about_who_was_moved_away_when_the_word_came_later(
    tmp_path: Path, *, alone: bool
) -> None:
    """Below the town nobody can see whose the village is by now, and all the others had let the word lapse."""
    places = Places(tmp_path)
    places.sibling.birth("firm", {"name": "邻村登记的"}, record=FIRM)
    number = places.village.next_number()
    places.village.birth("firm", {"name": "甲村登记的"}, record=FIRM)
    other = places.sibling.next_number()
    places.sibling.birth("firm", {"name": "收错的"}, record=OTHER)
    places.deliver()
    district, town = places.district, places.town
    about = [(places.village, number), *([] if alone else [(places.sibling, other)])]
    said = town.exclude(*about, cause="refused", refusal="scope")
    district.edit(places.village.unit, "superior", places.other.unit, "unit")
    places.other.take(district.send(places.other))
    enrol(places.village, places.other)
    places.pairs[0] = (places.village, places.other)
    places.deliver()
    held = [desk.shown(said, "exclusion") for desk in (district, town, places.sibling)]
    assert None not in held
    assert {record.life for record in held if record is not None} == {Life.DELETED}
    # What it has said of others in the same word stands.
    again = [desk.records("exclusion") - {said} for desk in (district, town, places.sibling)]
    assert again[0] == again[1] == again[2]
    assert [(district.values(r, "exclusion") or {})["refusal"] for r in again[0]] == (
        [] if alone else ["scope"]
    )
    assert [name_of(desk, OTHER) for desk in (district, town, places.sibling)] == [
        "收错的" if alone else None
    ] * 3
    assert len({desk.digest(places.sibling.unit) for desk in (district, town, places.sibling)}) == 1
    assert {reason for desk in (district, town, places.sibling) for reason in desk.refused().values()} <= {
        "scope"
    }
    assert district.conflicts() == town.conflicts() == places.sibling.conflicts() != set()
