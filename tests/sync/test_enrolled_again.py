"""What a station wrote behind the cut and goes on from, once it is enrolled again in a new incarnation (rule 27)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.records.declaration import DELETED_SLOT, Level
from desktop.store.ledger import CannotUndo
from desktop.sync.authority import station
from desktop.sync.errors import UnknownRoot
from tests.sync import desks
from tests.sync.acts import renew, superior, under_new_root
from tests.sync.desks import Desk, begin_tree, enrol, new_desk, report, settle
from tests.sync.levels import Tree
from tests.sync.places import FIRM, OTHER, Places, name_of


def edit(desk: Desk) -> None:
    desk.edit(FIRM, "name", "重新入网以后改的")


def delete(desk: Desk) -> None:
    desk.delete(FIRM)


@pytest.mark.parametrize(("write", "shown"), [(edit, "重新入网以后改的"), (delete, None)])
def test_a_station_is_not_in_conflict_with_what_it_has_replaced_behind_the_cut(
    tmp_path: Path, write: Callable[[Desk], None], shown: str | None
) -> None:
    """Nobody else has written it, and it has not heard yet what does not count of its own."""
    places = Places(tmp_path)
    village, town = places.village, places.town
    village.birth("firm", {"name": "登记"}, record=FIRM)
    village.edit(FIRM, "name", "改")
    places.deliver()
    town.revoke(village, village.next_number() - 1)
    village.edit(FIRM, "name", "再改")
    village.edit(FIRM, "name", "第三次改")
    village.cut()
    station.begin_incarnation(village.ledger, "00" * 8)
    village.keys = station.load_keys(village.ledger)
    enrol(village, town, incarnation="00" * 8)
    write(village)
    places.deliver()
    for desk in (village, town, places.district):
        assert [reason for (name, _), reason in desk.refused().items() if name == village.station] == [
            "revoked"
        ] * 2
        assert desk.conflicts() == set()
        found = desk.shown(FIRM)
        assert found is not None
        assert (found.life.name == "DELETED") is (shown is None)
        assert shown is None or name_of(desk) == shown
    assert len({desk.digest(village.unit).sha256 for desk in (village, town, places.district)}) == 1


def test_what_others_have_written_meanwhile_is_still_asked_about(tmp_path: Path) -> None:
    places = Places(tmp_path)
    village, town = places.village, places.town
    village.birth("firm", {"name": "登记"}, record=FIRM)
    places.deliver()
    town.revoke(village, village.next_number() - 1)
    town.edit(FIRM, "name", "镇里改的")
    village.edit(FIRM, "name", "断开以后改的")
    village.cut()
    station.begin_incarnation(village.ledger, "00" * 8)
    village.keys = station.load_keys(village.ledger)
    enrol(village, town, incarnation="00" * 8)
    edit(village)
    places.deliver()
    assert town.conflicts() == village.conflicts() == {(FIRM, "name")}
    assert {value for _, value in town.ledger.heads("firm", FIRM, "name")} == {
        '"镇里改的"',
        '"重新入网以后改的"',
    }
    assert town.ledger.heads("firm", FIRM, DELETED_SLOT) == []


def test_a_step_of_before_cannot_be_taken_back_whole_and_says_so(tmp_path: Path) -> None:
    village = Places(tmp_path).village
    village.birth("firm", {"name": "登记"}, record=FIRM)
    done = village.edit(FIRM, "name", "改")
    village.cut()
    station.begin_incarnation(village.ledger, "00" * 8)
    with pytest.raises(CannotUndo, match="重新入网以前"):
        village.ledger.undo(done.stamp, village.name)
    assert name_of(village) == "改"


def test_who_reports_to_a_station_that_was_let_in_again_with_new_keys_hears_both_at_once(tree: Tree) -> None:
    """Nothing counts of what that station had said before, that it had registered the unit below it neither."""
    settle([(tree.village, tree.town), (tree.town, tree.district)])
    tree.district.revoke(tree.town)
    tree.town.time.at = tree.district.time.at
    renew(tree.town, tree.district)
    report(tree.town, tree.district)
    tree.village.take(tree.town.send(tree.village))
    tree.town.birth("firm", {"name": "镇里的"}, record=FIRM, unit=tree.village.unit)
    assert tree.village.take(tree.town.send(tree.village)).problem is None
    assert tree.village.link(tree.town).upward


# -- a root that is lost with all its backups --------------------------------------------------------------------------


def lose_root(places: Places) -> Desk:
    """Another computer begins a tree for the district, and enrols the towns."""
    lost = places.district
    new = new_desk(lost.folder, "新区", lost.level, unit=lost.unit)
    new.code, new.time.at = lost.name, lost.time.at
    begin_tree(new)
    under_new_root((places.town, new), (places.other, new))
    return new


def test_a_lost_root_takes_its_own_words_with_it_and_those_below_are_enrolled_anew(tmp_path: Path) -> None:
    places = Places(tmp_path)
    town, village = places.town, places.village
    village.birth("firm", {"name": "村里登记"}, record=FIRM)
    report(village, town)
    report(town, places.district)
    places.district.edit(FIRM, "name", "区里改")
    built = places.district.birth("firm", {"name": "区里登记"}, unit=town.unit)
    places.deliver()
    town.edit(built, "name", "镇里改")
    new = lose_root(places)
    for sent, to in ((village.send(), town), (town.send(village), village), (village.send(), new)):
        (told,) = to.merge(sent).bundles
        assert isinstance(told.problem, UnknownRoot)
    under_new_root((village, town), (places.sibling, town), (places.far, places.other))
    for _ in range(2):
        settle([(village, town), (town, new)])
    assert (name_of(new), name_of(town), name_of(village)) == ("村里登记", "区里改", "区里改")
    assert (new.records(), set(new.held().values())) == ({FIRM}, {"no_birth"})
    assert town.digest(village.unit).sha256 == village.digest(village.unit).sha256
    assert town.digest(village.unit).sha256 != new.digest(village.unit).sha256
    # What replaces a word that the new root has never heard is asked about there, and said by it once more.
    village.edit(FIRM, "name", "村里再改")
    settle([(village, town), (town, new)])
    assert (new.conflicts(), town.conflicts()) == ({(FIRM, "name")}, set())
    new.edit(FIRM, "name", "村里再改")
    settle([(village, town), (town, new)])
    assert len({desk.digest(village.unit).sha256 for desk in (new, town, village)}) == 1


def test_a_new_root_hears_of_units_that_a_lost_computer_had_registered(tmp_path: Path) -> None:
    """What the lost root had vouched for does not come up, and all that they send would wait for their unit."""
    places = Places(tmp_path)
    places.deliver()
    places.town.birth("firm", {"name": "退回的"}, record=OTHER)
    number = places.town.ledger.next_number() - 1
    village = desks.below(places.town, "丙村")
    settle([(village, places.town), (places.town, places.district)])
    # What stood beside it comes to another computer as the district vouches.
    places.district.exclude((places.town, number))
    town = new_desk(tmp_path, "甲镇的新电脑", Level.TOWN, unit=places.town.unit)
    enrol(town, places.district, 3)
    settle([(town, places.district)])
    places.town = town
    # Its id follows from the code with which it was registered, whatever that was corrected to.
    town.edit(village.unit, "code", "丙村改", "unit")
    town.delete(places.sibling.unit, "unit")
    gone = town.station, town.ledger.next_number() - 1
    settle([(town, places.district)])
    new = lose_root(places)
    under_new_root((village, town))
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    settle([(village, town), (town, new)])
    assert (name_of(new), new.held()) == ("村里的", {gone: "no_birth"})
    # It was deleted, and nobody registers it for that: in conflict with whoever had deleted it, it would be back.
    assert places.sibling.unit not in new.records("unit")
    assert village.unit not in {record for record, _ in town.conflicts()}
    assert superior(new, village.unit) == superior(village, village.unit) == town.unit


def test_a_new_root_knows_nobody_by_keys_that_only_the_lost_one_had_granted(tmp_path: Path) -> None:
    places = Places(tmp_path)
    town = places.town
    town.birth("firm", {"name": "旧密钥写的"}, record=FIRM)
    places.deliver()
    renew(town, places.district)
    town.birth("firm", {"name": "新密钥写的"}, record=OTHER)
    new = lose_root(places)
    told = [new.take(town.send()) for _ in range(2)]
    assert new.records() == {OTHER}
    # The firm, and two villages with their grants: it comes with every bundle, and waits.
    assert [result.held for result in told] == [5, 5]
