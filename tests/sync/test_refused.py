"""What is refused (rule 14), and that it is before anything else but what is known (rule 17)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.items import Replaced, Shape
from desktop.store.merging import counting
from desktop.store.peers import exchanged
from desktop.store.tables.database import Database
from desktop.sync.formats import receipts
from desktop.sync.merging import staged
from tests.sync.desks import Desk, below, enrol, new_desk, report, settle
from tests.sync.levels import FIRM, OTHER, Tree, grow, outcome


def test_what_is_written_under_anothers_unit_is_refused_at_every_level(tree: Tree) -> None:
    """Rule 14: by the signed bytes and the chain alone, so town and district say the same."""
    number = tree.village.forge_birth(FIRM, {"name": "别家的"}, unit=tree.other.unit)
    tree.village.birth("firm", {"name": "自己的"})
    assert outcome(report(tree.village, tree.town)) == (1, 0, 0, 0, 1)
    report(tree.town, tree.district)
    expected = {(tree.village.station, number): "scope"}
    assert tree.town.refused() == tree.district.refused() == expected
    assert FIRM not in tree.town.records() | tree.district.records()


@pytest.mark.parametrize("word_first", [True, False])
def test_a_word_about_what_is_refused_anyway_gives_the_reason_whichever_comes_first(
    tree: Tree, word_first: bool
) -> None:
    """Of several reasons exclusions come first; the receipt tells it, so it must not hang on the order in a merge."""
    number = tree.village.forge_birth(FIRM, {"name": "别家的"}, unit=tree.other.unit)
    tree.district.exclude((tree.village, number))
    sent = [tree.district.send(tree.town), tree.village.send()]
    assert all(b.problem is None for b in tree.town.merge(*(sent if word_first else sent[::-1])).bundles)
    assert tree.town.refused() == {(tree.village.station, number): "withdrawn"}
    assert reason_told(tree) == "withdrawn"


def reason_told(tree: Tree) -> str:
    """What the village hears of its only item."""
    tree.village.take(tree.town.send(tree.village))
    ((_, reason),) = tree.village.answers().values()
    return reason


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda v: v.forge_birth(OTHER, {"title": "通知"}, type="notice"), "writer"),
        (lambda v: v.forge_birth(OTHER, {"name": "假村", "superior": v.unit}, type="unit"), "writer"),
        (lambda v: v.forge_birth(OTHER, {"certificate": "AAAA"}, type="grant"), "writer"),
        (lambda v: v.forge_birth(OTHER, {"name": "一家", "checked": "已核对"}), "writer"),
        (lambda v: v.forge_change(FIRM, "checked", "已核对"), "writer"),
        (lambda v: v.forge_change(OTHER, "title", "改", type="notice"), "writer"),
        (lambda v: v.forge_change(v.unit, "superior", FIRM, type="unit"), "writer"),
        (lambda v: v.forge_change(v.unit, "_deleted", {}, "tombstone", type="unit"), "writer"),
        (lambda v: v.forge_birth(OTHER, {"name": 5}), "value"),
        (lambda v: v.forge_birth(OTHER, {"partner": "茶厂"}), "value"),
        (lambda v: v.forge_birth(OTHER, {"name": "一家", "checked.by": "已核对"}), "value"),
        (lambda v: v.forge_change(FIRM, "count", {"staff": "五"}), "value"),
        (lambda v: v.forge_change(FIRM, "unit", None), "value"),
        (lambda v: v.forge_change(FIRM, "_deleted", "yes", "tombstone"), "value"),
        (lambda v: v.forge_change(FIRM, "name", "晚", replaces=(v.stamp() + (1 << 40),)), "order"),
        (lambda v: v.forge_change(FIRM, "name", "晚", replaces=(Replaced(v.stamp() + (1 << 40), OTHER),)), "order"),
    ],
)  # fmt: skip
def test_what_a_village_may_not_write(tree: Tree, make: Callable[[Desk], int], reason: str) -> None:
    """Rule 14: type, field, value and order; one such item stops none of the others."""
    tree.village.birth("firm", {"name": "原名"}, record=FIRM)
    number = make(tree.village)
    tree.village.edit(FIRM, "in_park", 1)
    assert outcome(report(tree.village, tree.town)) == (2, 0, 0, 0, 1)
    assert tree.town.refused() == {(tree.village.station, number): reason}
    found = tree.town.values(FIRM)
    assert found is not None
    assert (found["name"], found["in_park"]) == ("原名", 1)


def test_the_district_writes_what_is_its_own(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    settle([(tree.village, tree.town), (tree.town, tree.district)])
    tree.district.edit(FIRM, "checked", "已核对")
    settle([(tree.town, tree.district), (tree.village, tree.town)])
    found = tree.village.values(FIRM)
    assert found is not None
    assert found["checked"] == "已核对"


def test_a_refusal_reaches_its_author_through_every_level(tree: Tree) -> None:
    """U1: the district refuses what the town did not know to be refused; the village reads it with the reason."""
    number = tree.village.forge_birth(FIRM, {"name": "一家", "checked": "已核对"})
    # The town's program does not know the field yet, so it lets the item count.
    older = dict(tree.town.ledger.types)
    firm = older["firm"]
    older["firm"] = dataclasses.replace(firm, fields=tuple(f for f in firm.fields if f.name != "checked"))
    tree.town.ledger.types = type(tree.town.ledger.types)(older)
    assert outcome(report(tree.village, tree.town)) == (1, 0, 0, 0, 0)
    report(tree.town, tree.district)
    report(tree.village, tree.town)
    item = (tree.village.station, number)
    assert tree.district.refused() == {item: "writer"}
    assert tree.town.answers() == tree.village.answers() == {item: ("refused", "writer")}


def test_an_item_is_told_by_the_worst_that_became_of_it(tree: Tree) -> None:
    """The town has it in conflict, the district has refused it: the author is told of the refusal."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    tree.town.edit(FIRM, "name", "镇里改的")
    tree.village.edit(FIRM, "name", "村里改的")
    number = tree.village.next_number() - 1
    report(tree.village, tree.town)
    item = (tree.village.station, number)
    assert tree.village.answers()[item] == ("conflict", "name")
    answer = receipts.Answer(*item[:1], tree.village.keys.incarnation, number, "refused", "writer")
    exchanged.keep_answers(tree.town.database, tree.district.station, [answer])
    report(tree.village, tree.town)
    assert tree.village.answers()[item] == ("refused", "writer")


def test_the_first_match_wins(tree: Tree) -> None:
    """Rule 17: refused before held; of several reasons to refuse, scope."""
    unknown = "ee" * 16
    numbers = {
        "scope": tree.village.forge_change(FIRM, "name", 5, unit=tree.other.unit, replaces=(1 << 62,)),
        "writer": tree.village.forge_birth(OTHER, {"title": "通知"}, type="notice", unit=unknown),
        "value": tree.village.forge_change(FIRM, "name", 5, unit=unknown, replaces=(1 << 62,)),
        "order": tree.village.forge_change(FIRM, "name", "晚", unit=unknown, replaces=(1 << 62,)),
    }
    waiting = tree.village.forge_change(FIRM, None, None, "same", unit=unknown)
    assert outcome(report(tree.village, tree.town)) == (0, 0, 0, 1, 4)
    assert tree.town.refused() == {(tree.village.station, n): reason for reason, n in numbers.items()}
    assert tree.town.held() == {(tree.village.station, waiting): "unit"}


def test_known_comes_before_refused_when_the_same_segment_or_item_comes_again(tree: Tree) -> None:
    """Rules 17 and 20: stored before, in whatever state; cut anew, the items are still known one by one."""
    head = tree.village.head("birth", FIRM, None, unit=tree.other.unit)
    shape = Shape(("name",))
    refused = (head.number, items.birth_line(head, shape, {"name": "别家"}, lambda: ""))
    after = dataclasses.replace(head, number=head.number + 1, record=OTHER, unit=tree.village.unit)
    fresh = (after.number, items.birth_line(after, shape, {"name": "自己"}, lambda: ""))
    tree.village.forge([refused], {"firm": shape})
    assert outcome(tree.town.take(tree.village.send())) == (0, 0, 0, 0, 1)
    assert outcome(tree.town.take(tree.village.send())) == (0, 1, 0, 0, 0)
    tree.village.forge([refused, fresh], {"firm": shape})
    assert outcome(tree.town.take(tree.village.send())) == (1, 2, 0, 0, 0)


def test_a_refused_item_is_vouched_for_to_nobody(tree: Tree) -> None:
    """What the town has refused must not count below because the town forwards it under its own signature."""
    tree.village.forge_birth(FIRM, {"name": "塞给别村的"}, unit=tree.other.unit)
    tree.village.forge_birth(tree.other.unit, {"name": "假", "superior": tree.village.unit}, type="unit")
    report(tree.village, tree.town)
    tree.other.take(tree.town.send(tree.other))
    assert FIRM not in tree.other.records()
    shown = tree.other.shown(tree.other.unit, "unit")
    assert shown is not None
    assert shown.values["name"] == "乙村"
    # Nor does it come with the grant of a station that is enrolled later.
    late = new_desk(tree.village.folder, "丙村", Level.VILLAGE)
    enrol(late, tree.town)
    assert late.records("unit") == {tree.district.unit, tree.town.unit, late.unit}


def test_what_is_refused_weighs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small bundles behind a heavy one of which nothing is staged are counted together all the same."""
    monkeypatch.setattr(staged, "HEAVIEST", 2_000)
    counted: list[object] = []
    count_staged = counting.count_staged

    def noted(database: Database) -> None:
        counted.append(database)
        count_staged(database)

    monkeypatch.setattr(counting, "count_staged", noted)
    times = []
    for name in ("一", "一" * 1_000):
        (tmp_path / str(len(name))).mkdir()
        tree = grow(tmp_path / str(len(name)))
        tree.village.forge_birth(FIRM, {"name": name}, unit=tree.other.unit)
        sent = [tree.village.send()]
        for desk in (tree.other, below(tree.town, "丙村")):
            desk.birth("firm", {"name": "一家"})
            sent.append(desk.send())
        counted.clear()
        refused, *others = tree.town.merge(*sent).bundles
        assert (refused.refused, [result.applied for result in others]) == (1, [1, 1])
        times.append(len(counted))
    assert times[0] == times[1]
