"""What went wrong in other systems that exchange files (rows U1 to U18, traps 1 to 16), where nothing else asks it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import desktop
from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.records.identity import derived_id
from desktop.records.versions.resolution import Life
from desktop.store.queries.history import versions_of
from desktop.sync.bundles import kept
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.errors import BadSegment
from desktop.sync.formats import decoding, receipts, segments
from desktop.sync.formats.frames import compress
from tests.sync.casting import cast
from tests.sync.desks import Desk, enrol, new_desk, new_root, report, settle
from tests.sync.forging import forged_bundle

FIRM, OTHER, THIRD = "f1" * 16, "f2" * 16, "f3" * 16


@dataclass
class Tree:
    """A town that begins a tree, and two villages below it."""

    town: Desk
    village: Desk
    other: Desk


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(*cast(_enrolled, tmp_path))


def _enrolled(folder: Path) -> tuple[Desk, ...]:
    town = new_root(folder, "镇")
    village, other = (new_desk(folder, name, Level.VILLAGE) for name in ("甲村", "乙村"))
    enrol(village, town)
    enrol(other, town)
    return town, village, other


def test_one_bad_item_does_not_hold_up_those_beside_it(tree: Tree) -> None:
    """U3: a cell of the wrong kind, a field that is not the village's, another's unit, and beside them what is good."""
    tree.village.forge_birth(FIRM, {"name": "一家", "partner": "不是编号"})
    tree.village.forge_birth(OTHER, {"name": "二家", "checked": "是"})
    tree.village.forge_birth(THIRD, {"name": "三家"}, unit=tree.other.unit)
    good = tree.village.birth("firm", {"name": "四家"})
    result = report(tree.village, tree.town)
    assert (result.applied, result.refused, result.problem) == (1, 3, None)
    assert tree.town.records() == {good}
    # U1: each comes back to its author with a reason of its own.
    assert {reason for _, reason in tree.village.answers().values()} == {"value", "writer", "scope"}


def test_a_decision_is_remembered_with_who_made_it_and_what_it_decided(tree: Tree) -> None:
    """U5: on every computer that holds the record, not only where it was made."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(tree.village, tree.town)])
    tree.village.edit(FIRM, "name", "村里的")
    tree.town.edit(FIRM, "name", "镇里的")
    settle([(tree.village, tree.town)])
    assert tree.village.conflicts() == tree.town.conflicts() == {(FIRM, "name")}
    tree.town.edit(FIRM, "name", "商定的")
    settle([(tree.village, tree.town)])
    for desk in (tree.village, tree.town):
        assert desk.conflicts() == set()
        names = [e for e in versions_of(desk.database, desk.ledger.types, "firm", FIRM) if e.slot == "name"]
        assert {(e.value, e.operator) for e in names} == {
            ("一家", "甲村"), ("村里的", "甲村"), ("镇里的", "镇"), ("商定的", "镇"),
        }  # fmt: skip


def test_the_same_written_by_two_is_no_conflict_and_what_is_computed_never_travels(tree: Tree) -> None:
    """U6, trap 13: equal values agree, and no program disputes a person by a technical field."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(tree.village, tree.town)])
    for desk in (tree.village, tree.town):
        desk.edit(FIRM, "count", {"staff": 5, "source": "社保"})
    settle([(tree.village, tree.town)])
    assert tree.village.conflicts() == tree.town.conflicts() == set()
    slots = set()
    for (compressed,) in tree.town.database.rows("SELECT frame FROM segment"):
        header, lines = segments.read(kept.frame_of(compressed))
        contents = decoding.decode(header, lines, tree.town.ledger.types)
        slots |= {c.slot for c in contents.changes}
        slots |= {column for shape in header.shapes.values() for column in shape.columns}
    assert not any(slot.startswith("_") for slot in slots)
    declared = {name for t in tree.town.ledger.types.values() for name in t.slots}
    assert {slot.partition(".")[0] for slot in slots} <= declared


def test_an_old_register_that_comes_late_brings_nothing_back(tree: Tree) -> None:
    """U7: a birth neither revives what was deleted in silence nor reverts what was changed since."""
    record = derived_id("firm", "91330110MA2AAAAA1X")
    tree.village.birth("firm", {"name": "旧名"}, record=record)
    settle([(tree.village, tree.town)])
    tree.village.edit(record, "name", "新名")
    settle([(tree.village, tree.town)])
    again = new_desk(tree.town.folder, "甲村二号机", Level.VILLAGE, unit=tree.village.unit)
    enrol(again, tree.town)
    again.birth("firm", {"name": "旧名"}, record=record)
    report(again, tree.town)
    assert (tree.town.values(record) or {})["name"] == "新名"
    assert tree.town.conflicts() == set()
    tree.town.delete(record)
    third = new_desk(tree.town.folder, "甲村三号机", Level.VILLAGE, unit=tree.village.unit)
    enrol(third, tree.town)
    third.birth("firm", {"name": "旧名"}, record=record)
    report(third, tree.town)
    found = tree.town.shown(record)
    assert found is not None
    assert (found.life, tree.town.conflicts()) == (Life.DISPUTED, {(record, "_deleted")})


def test_a_later_good_bundle_makes_nobody_forget_what_was_not_applied(tree: Tree) -> None:
    """U9, trap 15: refused, held and in conflict are told again and again until somebody does something about them."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(tree.village, tree.town)])
    tree.town.edit(FIRM, "name", "镇里的")
    tree.village.edit(FIRM, "name", "村里的")
    tree.village.forge_birth(OTHER, {"name": "别村的"}, unit=tree.other.unit)
    tree.village.forge_change(THIRD, "name", "没有登记的")
    report(tree.village, tree.town)
    told = {outcome for outcome, _ in tree.village.answers().values()}
    assert told == {"refused", "held", "conflict"}
    before = tree.village.answers(), tree.town.held(), tree.town.refused(), tree.town.conflicts()
    for n in range(3):
        tree.village.birth("firm", {"name": f"好的{n}"})
        assert report(tree.village, tree.town).applied == 1
    assert before == (tree.village.answers(), tree.town.held(), tree.town.refused(), tree.town.conflicts())


def test_nothing_of_a_merge_is_left_lying_about(tree: Tree) -> None:
    """U15: neither in the temporary tables nor beside the ledger, whether a bundle was taken or not."""
    for n in range(300):
        tree.village.birth("firm", {"name": f"第{n}家"})
    tree.village.edit(tree.village.birth("firm", {"name": "改"}), "name", "改过")
    sent = tree.village.send()
    damaged = tree.village.folder / "damaged.xsj"
    damaged.write_bytes(sent.path.read_bytes()[:-1])
    files = set(tree.village.folder.iterdir())
    for path in (damaged, sent.path):
        tree.town.merge(type(sent)(path, "", "", 0, 0, ""))
        left = [
            name
            for (name,) in tree.town.database.rows("SELECT name FROM sqlite_temp_master WHERE type = 'table'")
            if tree.town.database.row(f'SELECT 1 FROM temp."{name}" LIMIT 1')
        ]
        assert left == []
    assert set(tree.village.folder.iterdir()) == files
    assert len(tree.town.records()) == 301


def test_no_row_is_ever_replaced_by_deleting_another(tree: Tree) -> None:
    """Trap 5: REPLACE deletes every row that stands in the way of any index, and says nothing."""
    wrong = re.compile(r"\b(INSERT\s+OR\s+REPLACE|REPLACE\s+INTO|ON\s+CONFLICT\s+REPLACE)\b", re.IGNORECASE)
    for path in Path(desktop.__file__).parent.rglob("*.py"):
        assert wrong.search(path.read_text(encoding="utf-8")) is None, path
    # Nothing that travels is unique but by the id of its record.
    unique = tree.town.database.rows(
        "SELECT m.name, i.name FROM sqlite_master m JOIN pragma_index_list(m.name) i"
        " WHERE m.type = 'table' AND m.name GLOB 'r_*' AND i.[unique] AND i.origin <> 'u'"
    )
    assert unique == []


def test_bundles_in_the_wrong_order_leave_no_gap_behind(tree: Tree) -> None:
    """Trap 7: three before two, then two, then three again."""
    sent = []
    for n in range(3):
        tree.village.birth("firm", {"name": f"第{n}家"}, record=f"a{n}" * 16)
        sent.append(tree.village.send())
    tree.town.take(sent[0])
    # Each of these carries what was not acknowledged, so the third alone brings everything.
    assert tree.town.take(sent[2]).applied == 2
    for late in (sent[1], sent[2], sent[0]):
        result = tree.town.take(late)
        assert (result.applied, result.known) == (0, result.total)
    assert tree.town.records() == {f"a{n}" * 16 for n in range(3)}


@pytest.mark.parametrize("piece", [b"\xed\xa0\x80", b"\xff", b"\xc3"])
def test_text_that_is_no_utf8_refuses_its_bundle_and_no_other(tree: Tree, piece: bytes) -> None:
    """U3: in an answer of a receipt, in a line, in a header; half a character is no character."""
    tree.town.birth("firm", {"name": "镇里给的"}, record=FIRM, unit=tree.village.unit)
    header = {"xsj": "receipt", "station": tree.village.station, "incarnation": tree.village.keys.incarnation,
              "position": 0, "number": 1, "answers": 1}  # fmt: skip
    answer = json.dumps([tree.village.station, tree.village.keys.incarnation, 1, "held", "@"]).encode()
    receipt = compress(json.dumps(header).encode() + b"\n" + answer.replace(b"@", piece) + b"\n")
    bad = forged_bundle(tree.town, tree.village, [Outgoing(receipt, receipts.LABEL)], counts=0, kind="down")
    problems = [b.problem for b in tree.village.merge(bad, tree.town.send(tree.village)).bundles]
    assert [type(p) for p in problems] == [BadSegment, type(None)]
    assert isinstance(problems[0], Problem)
    assert tree.village.records() == {FIRM}


def test_who_is_new_is_told_who_is_who_and_nothing_else(tree: Tree) -> None:
    """U18: what comes with a grant is cut out of segments that hold other things as well."""
    newcomer = new_desk(tree.town.folder, "丙村", Level.VILLAGE)
    tree.town.birth("firm", {"name": "镇里的"}, record=FIRM)
    tree.town.birth("firm", {"name": "丙村的"}, record=OTHER, unit=newcomer.unit)
    enrol(newcomer, tree.town)
    assert newcomer.records() == set()
    assert newcomer.records("unit") == {tree.town.unit, newcomer.unit}
    newcomer.take(tree.town.send(newcomer))
    assert newcomer.records() == {OTHER}


def test_of_two_births_in_one_bundle_one_may_be_known_by_its_code(tree: Tree) -> None:
    """Trap 12, by the id that a code gives: the new one is new, the other one a second birth, and none is lost."""
    shared = derived_id("firm", "91330110MA2AAAAA1X")
    tree.other.birth("firm", {"name": "甲公司"}, record=shared)
    report(tree.other, tree.town)
    tree.village.birth("firm", {"name": "甲公司", "in_park": 1}, record=shared)
    fresh = tree.village.birth("firm", {"name": "乙公司"})
    result = report(tree.village, tree.town)
    assert (result.applied, result.conflict, result.total) == (1, 1, 2)
    assert tree.town.records() == {shared, fresh}
    assert tree.town.conflicts() == {(shared, "unit")}
    found = tree.town.values(shared)
    assert found is not None
    assert (found["name"], found["in_park"]) == ("甲公司", 1)
