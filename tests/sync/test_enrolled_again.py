"""What a station wrote behind the cut and goes on from, once it is enrolled again in a new incarnation (rule 27)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.records.declaration import DELETED_SLOT
from desktop.store.ledger import CannotUndo
from desktop.sync.authority import station
from tests.sync.acts import renew
from tests.sync.desks import Desk, enrol, report, settle
from tests.sync.levels import Tree
from tests.sync.places import FIRM, Places, name_of


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
