"""Rule 17: what one part of a merge brings and another lets not count is told as what it is in the end."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from desktop.sync.bundles.sending import Sent
from desktop.sync.merging.results import BundleResult
from tests.sync.acts import erase
from tests.sync.desks import Desk, report, settle
from tests.sync.levels import FIRM, OTHER, Tree, grow, outcome


class Undone(Exception):
    """Takes a merge back."""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    found = grow(tmp_path)
    settle([(found.village, found.town), (found.town, found.district)], rounds=2)
    return found


def taken(desk: Desk, *sent: Sent) -> list[BundleResult]:
    """What a merge tells, after others that leave nothing and the ledger of merges were asked for the same."""
    looked = desk.merge(*sent, preview=True).bundles
    with contextlib.suppress(Undone), desk.database.transaction():
        # Within a transaction each file is counted by itself.
        apart = desk.merge(*sent).bundles
        raise Undone
    found = desk.merge(*sent).bundles
    assert [said(result) for result in looked] == [said(result) for result in found]
    assert [said(result) for result in apart] == [said(result) for result in found]
    lines = desk.database.rows(
        "SELECT id, applied, known, conflict, held, refused FROM merge ORDER BY id DESC LIMIT ?", (len(sent),)
    )
    for (merge, *five), result in zip(reversed(lines), found, strict=True):
        assert tuple(five) == outcome(result)
        noted = desk.database.rows("SELECT number, outcome, reason FROM merge_item WHERE merge = ?", (merge,))
        assert sorted(noted) == sorted((u.number, u.outcome, u.reason) for u in result.unapplied)
    return list(found)


def said(result: BundleResult) -> tuple[object, ...]:
    """All that is told of a bundle."""
    return outcome(result), result.unapplied, result.births, result.changes, result.reasons


def last(desk: Desk) -> int:
    """The number of the last item of a station."""
    return desk.ledger.next_number() - 1


def why(result: BundleResult) -> list[tuple[int, str, str]]:
    """Number, outcome and reason of what is not applied."""
    return sorted((u.number, u.outcome, u.reason) for u in result.unapplied)


def test_what_a_later_file_withdraws_is_told_as_refused_where_it_came(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    tree.village.birth("firm", {"name": "纸厂"}, record=OTHER)
    number = last(tree.village)
    report(tree.village, tree.town)
    first = tree.town.send()
    tree.town.exclude((tree.village, number))
    came, word = taken(tree.district, first, tree.town.send())
    assert outcome(came) == (came.total - 1, 0, 0, 0, 1)
    assert why(came) == [(number, "refused", "withdrawn")]
    assert (came.births["firm"], word.refused) == (1, 0)
    assert tree.district.records() == {FIRM}


def test_what_the_same_file_withdraws_is_told_as_refused(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    number = last(tree.village)
    report(tree.village, tree.town)
    tree.town.exclude((tree.village, number))
    (result,) = taken(tree.district, tree.town.send())
    assert outcome(result) == (result.total - 1, 0, 0, 0, 1)
    assert why(result) == [(number, "refused", "withdrawn")]
    assert "firm" not in result.births


def test_a_preview_knows_too_that_what_was_saved_and_never_sent_counts_no_longer(tree: Tree) -> None:
    """A laptop is put out of use: what it has not sent yet stands in no segment, and counted on in a preview."""
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    report(tree.village, tree.town)
    tree.town.exclude((tree.village, last(tree.village) + 1))
    tree.town.edit(FIRM, "name", "镇里改的")
    tree.village.edit(FIRM, "name", "村里改的")
    (result,) = taken(tree.village, tree.town.send(tree.village))
    assert (result.conflict, result.changes) == (0, {"firm": 1})


def test_changes_wait_whose_birth_a_later_file_withdraws(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    born = last(tree.village)
    report(tree.village, tree.town)
    tree.town.edit(FIRM, "name", "镇里改的")
    changed = last(tree.town)
    first = tree.town.send()
    tree.town.exclude((tree.village, born))
    came, _ = taken(tree.district, first, tree.town.send())
    assert sorted((o, r) for _, o, r in why(came)) == [("held", "no_birth"), ("refused", "withdrawn")]
    assert (changed, "held", "no_birth") in why(came)
    assert came.changes == {}


def test_a_conflict_is_told_that_a_withdrawn_word_had_closed(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    report(tree.village, tree.town)
    tree.village.take(tree.town.send(tree.village))
    settle([(tree.town, tree.district)], rounds=2)
    tree.village.edit(FIRM, "name", "村里说")
    tree.town.edit(FIRM, "name", "镇里说")
    report(tree.village, tree.town)
    tree.village.take(tree.town.send(tree.village))
    tree.village.edit(FIRM, "name", "定了")
    closed = last(tree.village)
    report(tree.village, tree.town)
    first = tree.town.send()
    tree.town.exclude((tree.village, closed))
    came, _ = taken(tree.district, first, tree.town.send())
    assert outcome(came) == (came.total - 3, 0, 2, 0, 1)
    assert [(o, r) for _, o, r in why(came) if o == "conflict"] == [("conflict", "name")] * 2
    assert came.changes == {}


def test_what_is_lifted_in_the_same_merge_is_told_as_applied(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    number = last(tree.village)
    report(tree.village, tree.town)
    first = tree.town.send()
    word = tree.town.exclude((tree.village, number))
    second = tree.town.send()
    tree.town.lift(word)
    came, *_ = taken(tree.district, first, second, tree.town.send())
    assert outcome(came) == (came.total, 0, 0, 0, 0)
    assert came.births["firm"] == 1
    tree.town.exclude((tree.village, number))
    assert tree.district.take(tree.town.send()).refused == 0, "it came with an earlier merge"


def test_what_was_told_as_refused_and_is_lifted_by_a_later_file_is_told_as_applied(tree: Tree) -> None:
    word = tree.town.exclude((tree.village, last(tree.village) + 1))
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    report(tree.village, tree.town)
    first = tree.town.send()
    tree.town.lift(word)
    came, _ = taken(tree.district, first, tree.town.send())
    assert outcome(came) == (came.total, 0, 0, 0, 0)
    assert came.births["firm"] == 1


def test_a_conflict_that_the_same_file_closes_is_not_told_where_that_is_counted_in_pieces(tree: Tree) -> None:
    """A word about who counts is acted upon before what follows it, and so what came before it has been told."""
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    settle([(tree.village, tree.town), (tree.town, tree.district)], rounds=2)
    tree.district.edit(FIRM, "name", "区里说")
    tree.town.edit(FIRM, "name", "镇里说")
    tree.town.cut()
    tree.town.take(tree.district.send(tree.town))
    tree.town.exclude((tree.village, 99))
    tree.town.edit(FIRM, "name", "定了")
    (result,) = taken(tree.district, tree.town.send())
    assert outcome(result) == (result.total - result.known, result.known, 0, 0, 0)
    assert result.changes == {"firm": 2}
    assert tree.district.conflicts() == set()


def test_a_conflict_that_a_later_file_closes_is_not_told(tree: Tree) -> None:
    """Who merges two files on one stick would look for it in vain."""
    for record in (FIRM, OTHER):
        tree.village.birth("firm", {"name": "茶厂"}, record=record)
    settle([(tree.village, tree.town)], rounds=2)
    for record in (FIRM, OTHER):
        tree.village.edit(record, "name", "村里说")
        tree.town.edit(record, "name", "镇里说")
    tree.town.take(tree.village.send())
    opened = tree.town.send(tree.village)
    tree.town.edit(FIRM, "name", "定了")
    first, second = taken(tree.village, opened, tree.town.send(tree.village))
    assert (first.conflict, first.applied) == (1, first.total - first.known - 1)
    assert [u.record for u in first.unapplied if u.outcome == "conflict"] == [OTHER]
    assert (first.changes, second.changes) == ({"firm": 1}, {"firm": 1})


def test_a_birth_that_came_second_was_not_counted_and_is_not_taken_off(tree: Tree) -> None:
    """A record that the town has registered already, in the same words, is no new one."""
    tree.town.birth("firm", {"name": "茶厂"}, record=FIRM, unit=tree.village.unit)
    report(tree.town, tree.district)
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    number = last(tree.village)
    tree.village.birth("firm", {"name": "纸厂"}, record=OTHER)
    report(tree.village, tree.town)
    first = tree.town.send()
    tree.town.exclude((tree.village, number))
    came, _ = taken(tree.district, first, tree.town.send())
    assert came.births["firm"] == 1
    assert tree.district.records() == {FIRM, OTHER}


@pytest.mark.parametrize("name", ["茶厂", "别的厂"])
def test_a_record_that_stands_on_its_second_birth_when_the_first_is_lost_is_a_new_one(
    tree: Tree, name: str
) -> None:
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    number = last(tree.village)
    tree.other.birth("firm", {"name": name}, record=FIRM)
    report(tree.village, tree.town)
    report(tree.other, tree.town)
    first = tree.town.send()
    tree.town.exclude((tree.village, number))
    came, _ = taken(tree.district, first, tree.town.send())
    assert (came.births["firm"], tree.district.records()) == (1, {FIRM})


def test_a_birth_that_came_second_and_waited_is_no_new_record(tree: Tree) -> None:
    tree.district.birth("firm", {"name": "区里的茶厂"}, record=FIRM)
    word = tree.town.exclude((tree.village, last(tree.village) + 1))
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    report(tree.village, tree.town)
    first = tree.town.send()
    tree.town.lift(word)
    came, _ = taken(tree.district, first, tree.town.send())
    assert (outcome(came)[4], came.births.get("firm", 0)) == (0, 0)


def test_a_conflict_is_told_that_a_word_had_closed_which_the_same_file_erases(tree: Tree) -> None:
    """What was born equal to a value that was replaced is no head, until that one is forgotten."""
    for desk in (tree.district, tree.village):
        desk.birth("firm", {"person": "王"}, record=FIRM)
    tree.village.edit(FIRM, "contact", {"person": "李", "phone": "138"})
    settle([(tree.village, tree.town), (tree.town, tree.district)], rounds=1)
    erase(tree.village)
    tree.village.edit(FIRM, "contact", {"person": "张", "phone": "137"})
    number = last(tree.village)
    report(tree.village, tree.town)
    (came,) = taken(tree.district, tree.town.send())
    assert why(came) == [(number, "conflict", "contact")]
    assert (came.conflict, came.changes) == (1, {"firm": 1})


def test_a_conflict_is_told_with_what_a_later_segment_lets_count_again(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "茶厂"}, record=FIRM)
    settle([(tree.village, tree.town), (tree.town, tree.district)], rounds=2)
    tree.village.edit(FIRM, "name", "村里说")
    number = last(tree.village)
    report(tree.village, tree.town)
    word = tree.town.exclude((tree.village, number))
    settle([(tree.village, tree.town), (tree.town, tree.district)], rounds=1)
    tree.town.edit(FIRM, "name", "镇里说")
    other = last(tree.town)
    tree.town.lift(word)
    (came,) = taken(tree.district, tree.town.send())
    assert (other, "conflict", "name") in why(came)
