"""The five outcomes of what is received (rule 17), of moved and deleted records and of a newer program among it."""

from __future__ import annotations

import dataclasses
import hashlib
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.items import split_line
from desktop.records.versions.resolution import Life
from desktop.store.ledger import SlotEdit
from desktop.store.peers import links
from desktop.sync.authority import station
from desktop.sync.bundles import kept
from desktop.sync.errors import ReplacedReceiver, UnitNotKnown
from desktop.sync.formats import segments
from desktop.sync.merging import receiving
from tests.conftest import examples
from tests.sync.desks import enrol, new_desk, report, settle
from tests.sync.levels import FIRM, OTHER, Tree, grow, outcome

# -- rule 2: what a newer program writes ---------------------------------------------------------------------------


def test_kinds_of_lines_of_a_newer_program_are_kept_counted_and_forwarded(tree: Tree) -> None:
    """Rule 2: held as "kind", told in the receipt, and forwarded byte for byte."""
    head = tree.village.head("same", FIRM, None)
    line = items.change_line(head, ["f1" * 16, {"deep": [1.5, None]}], None)
    tree.village.forge([(head.number, line)])
    tree.village.birth("firm", {"name": "一家"})
    assert outcome(report(tree.village, tree.town)) == (1, 0, 0, 1, 0)
    settle([(tree.town, tree.district)], rounds=2)
    item = (tree.village.station, head.number)
    assert tree.town.held() == tree.district.held() == {item: "kind"}
    report(tree.village, tree.town)
    assert tree.village.answers() == {item: ("held", "kind")}
    frames_ = [
        desk.database.value("SELECT frame FROM segment s JOIN origin o ON o.ref = s.origin"
                            " WHERE o.station = ? AND first = ?", item)
        for desk in (tree.village, tree.town, tree.district)
    ]  # fmt: skip
    assert frames_[0] == frames_[1] == frames_[2]
    assert tree.town.digest().held == 1


@pytest.mark.parametrize("end", [',\t["a",1],\t["b",2]]', "]"])
def test_a_change_of_a_later_form_waits_and_is_not_taken_for_applied(tree: Tree, end: str) -> None:
    head = tree.village.head("change", FIRM, "name" if "b" in end else None)
    line = items.change_line(head, None, None)[:-1] + end.encode()
    tree.village.forge([(head.number, line)])
    assert outcome(report(tree.village, tree.town)) == (0, 0, 0, 1, 0)
    assert tree.town.held() == {(tree.village.station, head.number): "kind"}


def test_a_change_whose_value_was_erased_says_nothing_any_more(tree: Tree) -> None:
    """Rule 20: the hash of the line still stands; the item is counted and known, and nothing waits for it."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    tree.village.edit(FIRM, "contact", {"person": "王芳"})
    tree.village.cut()
    position, frame = (
        tree.village.database.row("SELECT position, frame FROM segment ORDER BY position DESC") or ()
    )
    header, lines = segments.opened(*segments.read(kept.frame_of(frame)))
    head, personal = split_line(lines[1])
    lines[1] = b"[" + head + b',\t"' + hashlib.sha256(personal).hexdigest().encode() + b'"]'
    made = segments.pack(header, lines)
    tree.village.database.execute(
        "UPDATE segment SET frame = ? WHERE position = ?", (made.compressed, position)
    )
    assert outcome(report(tree.village, tree.town)) == (2, 0, 0, 0, 0)
    found = tree.town.values(FIRM)
    assert found is not None
    assert (found["name"], found["person"]) == ("一家", None)


# -- rule 16: moved records ----------------------------------------------------------------------------------------


@pytest.mark.no_cover
def test_changes_under_the_old_and_the_new_unit_count_after_a_move(tree: Tree) -> None:
    """Rule 16: the town moves a record; the old village had not heard of it, the new one has."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    tree.town.move(FIRM, tree.other.unit)
    tree.village.edit(FIRM, "in_park", 1)
    settle([(tree.other, tree.town)])
    tree.other.edit(FIRM, "name", "乙村改的")
    settle([(tree.village, tree.town), (tree.other, tree.town), (tree.town, tree.district)])
    for desk in (tree.other, tree.town, tree.district):
        found = desk.shown(FIRM)
        assert found is not None
        assert (found.unit, found.values["name"], found.values["in_park"]) == (tree.other.unit, "乙村改的", 1)
    assert tree.other.digest().sha256 == tree.district.digest(tree.other.unit).sha256
    # The old village knows where it went, and nothing of what was written there.
    left = tree.village.shown(FIRM)
    assert left is not None
    assert (left.unit, left.values["name"]) == (tree.other.unit, "一家")
    # An edit by who no longer has it is written under the unit that it had, and counts.
    tree.village.edit(FIRM, "partner", OTHER)
    assert outcome(report(tree.village, tree.town)) == (1, 0, 0, 0, 0)


def test_a_move_back_is_undone_under_a_unit_that_the_writer_has(tree: Tree) -> None:
    """Rules 10, 11 and 16: the village gave a record away and takes that back before anybody has written there."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    moved = tree.village.move(FIRM, tree.other.unit)
    tree.village.ledger.undo(moved.stamp, "王芳")
    assert outcome(report(tree.village, tree.town)) == (3, 0, 0, 0, 0)
    found = tree.town.shown(FIRM)
    assert found is not None
    assert found.unit == tree.village.unit


@pytest.mark.no_cover
def test_deleting_a_record_leaves_the_children_of_other_units_to_them(tree: Tree) -> None:
    """Rule 9: what the writer may not write would be refused; the live child keeps the parent in question."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(tree.village, tree.town)])
    tree.village.birth("visit", {"firm": FIRM, "topic": "甲村的"}, record="d1" * 16)
    tree.town.birth("visit", {"firm": FIRM, "topic": "镇里的"}, record="d2" * 16)
    settle([(tree.village, tree.town)])
    tree.town.move("d2" * 16, tree.other.unit, "visit")
    tree.town.move("d2" * 16, tree.village.unit, "visit")
    settle([(tree.village, tree.town)])
    tree.town.move("d2" * 16, tree.town.unit, "visit")
    settle([(tree.village, tree.town)])
    tree.village.database.execute("DELETE FROM record_unit WHERE record = unhex(?)", ("d2" * 16,))
    tree.village.delete(FIRM)
    assert outcome(report(tree.village, tree.town))[4] == 0
    lives = {r: shown.life for r in ("d1" * 16, "d2" * 16) if (shown := tree.town.shown(r, "visit"))}
    assert lives == {"d1" * 16: Life.DELETED, "d2" * 16: Life.LIVE}
    assert tree.town.conflicts() == {(FIRM, "_deleted")}


# -- rule 17: the five outcomes ------------------------------------------------------------------------------------


@pytest.mark.no_cover
@settings(max_examples=examples(12))
@given(rnd=st.randoms(use_true_random=False))
def test_the_five_outcomes_always_add_up(
    rnd: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Random mixtures of everything above, in one bundle and then again."""
    tree = _SHARED.get("tree") or _SHARED.setdefault("tree", grow(tmp_path_factory.mktemp("mixtures")))
    village = tree.village
    records = [f"{rnd.randrange(6):032x}" for _ in range(12)]
    at = [village.stamp(), village.stamp(days=0.5)] + ([village.stamp(days=2)] if rnd.random() < 0.2 else [])
    for record in records[: rnd.randint(1, 12)]:
        said: dict[str, Any] = {
            "stamp": rnd.choice(at),
            "unit": rnd.choice((village.unit, village.unit, village.unit, tree.other.unit, "ee" * 16)),
        }
        match rnd.randrange(6):
            case 0 | 1:
                village.forge_birth(
                    record, {"name": rnd.choice("一二"), "partner": rnd.choice((record, 5, None))}, **said
                )
            case 2 | 3:
                replaces = rnd.choice(((), (5,), (1 << 62,)))
                village.forge_change(record, "name", rnd.choice(("三", 5)), replaces=replaces, **said)
            case 4:
                kind = rnd.choice(("same", "tombstone"))
                village.forge_change(record, "_deleted", rnd.choice((None, {}, "x")), kind, **said)
            case _:
                village.forge_birth(record, {"title": "x"}, type=rnd.choice(("notice", "prize")), **said)
    before = len(tree.town.held()) + len(tree.town.refused())
    first = tree.town.take(village.send())
    outcome(first)
    assert (
        len(tree.town.held()) + len(tree.town.refused()) - before
        == first.held + first.refused - first.released
    )
    again = tree.town.take(village.send())
    assert outcome(again) == (0, again.total, 0, 0, 0)
    village.take(tree.town.send(village))
    merge = tree.town.database.row(
        "SELECT applied + known + held + conflict + refused, total FROM merge ORDER BY id DESC"
    )
    assert merge is not None
    assert merge[0] == merge[1]


_SHARED: dict[str, Tree] = {}
"""One tree for all examples: what stays of one mixture is what the next one meets."""


def test_what_was_not_applied_is_kept_with_its_incarnation(tree: Tree) -> None:
    """The ledger of merges names items by station, incarnation and number, also after a restore."""
    tree.village.forge_birth(FIRM, {"name": "别村的"}, unit=tree.other.unit)
    report(tree.village, tree.town)
    tree.village.keys = dataclasses.replace(tree.village.keys, incarnation="9" * 16)
    station.begin_incarnation(tree.village.ledger, "9" * 16)
    tree.village.forge_birth(FIRM, {"name": "又是别村的"}, unit=tree.other.unit)
    report(tree.village, tree.town)
    rows = tree.town.database.rows(
        "SELECT o.incarnation, m.number, m.reason FROM merge_item m JOIN origin o ON o.ref = m.origin ORDER BY m.merge"
    )
    first = tree.village.database.value(
        "SELECT incarnation FROM origin WHERE station = ?", (tree.village.station,)
    )
    assert rows == [(first, 1, "scope"), ("9" * 16, 1, "scope")]


# -- rule 9 over bundles -------------------------------------------------------------------------------------------


def test_a_child_that_comes_later_keeps_its_parent_in_question(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(tree.village, tree.town)])
    tree.town.delete(FIRM)
    tree.village.birth("visit", {"firm": FIRM, "topic": "走访"}, record="d1" * 16)
    result = report(tree.village, tree.town)
    assert outcome(result)[4] == 0
    assert tree.town.conflicts() == {(FIRM, "_deleted")}
    # Linked elsewhere, it keeps nobody.
    tree.village.edit("d1" * 16, "firm", None, "visit")
    report(tree.village, tree.town)
    found = tree.town.shown(FIRM)
    assert found is not None
    assert (found.life, tree.town.conflicts()) == (Life.DELETED, set())


def test_an_edit_that_the_deletion_did_not_see_is_counted_as_a_conflict(tree: Tree) -> None:
    """Rules 9 and 17: whoever merges is told in the preview already."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(tree.village, tree.town)])
    tree.town.delete(FIRM)
    tree.village.edit(FIRM, "name", "改过")
    sent = tree.village.send()
    assert outcome(tree.town.merge(sent, preview=True).bundles[0]) == (0, 0, 1, 0, 0)
    result = tree.town.take(sent)
    assert outcome(result) == (0, 0, 1, 0, 0)
    assert result.unapplied[0].reason == "_deleted"


def test_only_the_heads_of_a_chain_are_counted_as_in_conflict(tree: Tree) -> None:
    """Rule 17: an item that leaves a field with several heads; what was replaced on the way does not."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(tree.village, tree.town)])
    tree.town.edit(FIRM, "name", "镇里改的")
    for name in ("二", "三", "四"):
        tree.village.edit(FIRM, "name", name)
    tree.village.edit(FIRM, "in_park", 1)
    assert outcome(report(tree.village, tree.town)) == (3, 0, 1, 0, 0)


def test_a_second_birth_that_agrees_is_applied_whatever_else_is_disputed(tree: Tree) -> None:
    """Rule 17: only what it says itself can leave several heads."""
    tree.village.birth("firm", {"name": "一家", "in_park": 1}, record=FIRM)
    settle([(tree.village, tree.town)])
    tree.town.edit(FIRM, "in_park", 0)
    tree.village.edit(FIRM, "in_park", None)
    settle([(tree.village, tree.town)])
    assert tree.town.conflicts() == {(FIRM, "in_park")}
    again = new_desk(tree.town.folder, "甲村二号机", Level.VILLAGE, unit=tree.village.unit)
    enrol(again, tree.town)
    again.birth("firm", {"name": "一家"}, record=FIRM)
    assert outcome(report(again, tree.town)) == (1, 0, 0, 0, 0)


def test_a_deletion_by_another_program_is_done_again_when_its_undoing_is_taken_back(tree: Tree) -> None:
    record = tree.village.birth("firm", {"name": "一家"})
    (born,) = tree.village.database.row("SELECT _stamp FROM r_firm") or ()
    seen = {"births": f"{born:016x} odd", "heads": "nonsense", "why": "x"}
    tree.village.forge_change(record, "_deleted", seen, items.TOMBSTONE)
    report(tree.village, tree.town)
    back = tree.town.delete(record, revive=True)
    tree.town.ledger.undo(back.stamp, "镇")
    shown = tree.town.shown(record)
    assert shown is not None
    assert shown.life is Life.DELETED


def test_undoing_on_the_way_is_an_ordinary_change(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    changed = tree.village.ledger.write(
        "改名", "王芳", edits=[SlotEdit("firm", FIRM, "name", "二家"), SlotEdit("firm", FIRM, "in_park", 1)]
    )
    tree.village.ledger.undo(changed.stamp, "王芳")
    assert outcome(report(tree.village, tree.town)) == (5, 0, 0, 0, 0)
    found = tree.town.values(FIRM)
    assert found is not None
    assert (found["name"], found["in_park"]) == ("一家", None)


def test_a_bundle_made_under_a_newer_tree_waits_as_a_whole(tree: Tree) -> None:
    """Rule 28: the village knows of a word of the district that the town has not heard of yet."""
    tree.village.database.execute("UPDATE r_unit SET _stamp = _stamp + (1 << 40)")
    tree.village.birth("firm", {"name": "一家"})
    (found,) = tree.town.merge(tree.village.send()).bundles
    assert isinstance(found.problem, UnitNotKnown)
    assert tree.town.records() == set()


def test_a_merge_may_be_stopped_and_leaves_nothing(tree: Tree) -> None:
    """What ``progress`` raises comes out, and the state is as before."""
    tree.village.birth("firm", {"name": "一家"})
    tree.other.birth("firm", {"name": "二家"})
    paths = [tree.village.send().path, tree.other.send().path]
    seen: list[tuple[int, int, str]] = []

    def progress(done: int, total: int, name: str) -> None:
        seen.append((done, total, name))
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        receiving.merge_bundles(tree.town.ledger, tree.town.keys, paths, "王芳", progress=progress)
    assert seen == [(0, 2, paths[0].name), (1, 2, paths[1].name)]
    assert tree.town.records() == set()


def test_who_reports_here_by_itself_is_answered_though_its_link_was_lost(tree: Tree) -> None:
    """The ledger was restored from a backup of before it had enrolled the village; the grant came back from above."""
    village, town = tree.village, tree.town
    village.birth("firm", {"name": "厂"}, record=FIRM)
    settle([(village, town), (town, tree.district)])
    links.forget_all(town.database)
    links.connect(
        town.database, tree.district.station, upward=True, unit=tree.district.unit, name="区",
        recipient=tree.district.keys.recipient,
    )  # fmt: skip
    station.begin_incarnation(town.ledger, "00" * 8)
    town.keys = station.load_keys(town.ledger)
    village.birth("firm", {"name": "后来的厂"}, record=OTHER)
    first = town.merge(village.send(), preview=True).bundles[0]
    assert (first.applied, links.link_to(town.database, village.station)) == (1, None)
    assert (town.take(village.send()).name, town.link(village).confirmed) == (village.name, True)
    for _ in range(2):
        village.take(town.send(village))
        town.take(village.send())
    assert village.link(town).acknowledged == town.link(village).received > 0
    assert village.digest(village.unit).sha256 == town.digest(village.unit).sha256


def test_a_bundle_to_a_station_that_is_out_of_use_is_told_as_that(tree: Tree) -> None:
    """Who sends it has not heard yet, and whoever is in its place is to tell it."""
    tree.district.revoke(tree.town)
    tree.village.birth("firm", {"name": "一家"})
    (found,) = tree.district.merge(tree.village.send()).bundles
    assert isinstance(found.problem, ReplacedReceiver)
