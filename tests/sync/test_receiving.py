"""Receiving (rules 14 to 20, 23): what is refused, held, known, disputed or applied, and what comes of it later."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.records.identity import derived_id
from desktop.records.versions import items
from desktop.records.versions.items import Replaced, Shape, split_line
from desktop.records.versions.resolution import Life
from desktop.records.versions.stamps import milliseconds_of, tick_of, to_wire
from desktop.store.ledger import NewRecord, SlotEdit
from desktop.store.log import pending
from desktop.store.peers import exchanged, links
from desktop.sync.authority import station
from desktop.sync.bundles import envelope, kept, sending
from desktop.sync.bundles.envelope import Draft, Outgoing
from desktop.sync.bundles.sending import Sent
from desktop.sync.errors import (
    BadSegment,
    BadSegmentSignature,
    Damaged,
    UnitNotKnown,
    UnknownSigner,
    WrongReceiver,
)
from desktop.sync.errors.surroundings import DiskGone
from desktop.sync.formats import receipts, segments, strictjson
from desktop.sync.formats.frames import compress
from desktop.sync.merging import receiving
from desktop.sync.merging.receiving import ClockInDoubt
from desktop.sync.signed import certificates
from desktop.sync.signed.certificates import Claims, grant_serial
from desktop.sync.signed.identity import Speaking
from tests.sync.casting import cast
from tests.sync.desks import Desk, connect, enrol, grant_record, new_desk, new_root, report, settle
from tests.sync.test_erasing import everything
from tests.sync.test_root_changes import renew

FIRM, OTHER = "f1" * 16, "f2" * 16


@dataclass
class Tree:
    """A district, a town that may enrol, and two villages of the town."""

    district: Desk
    town: Desk
    village: Desk
    other: Desk


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return grow(tmp_path)


def grow(folder: Path, **options: Any) -> Tree:
    return Tree(*(_enrolled(folder, **options) if options else cast(_enrolled, folder)))


def _enrolled(folder: Path, **options: Any) -> tuple[Desk, ...]:
    district = new_root(folder, "区")
    town = new_desk(folder, "镇", Level.TOWN, **options)
    village = new_desk(folder, "甲村", Level.VILLAGE)
    other = new_desk(folder, "乙村", Level.VILLAGE)
    enrol(town, district, 3)
    enrol(village, town)
    enrol(other, town)
    return district, town, village, other


def unit_cells(code: str, superior: str) -> dict[str, str]:
    """What registers a village."""
    return {"name": code, "code": code, "level": "village", "superior": superior}


def outcome(result: receiving.BundleResult) -> tuple[int, int, int, int, int]:
    """Applied, known, conflict, held, refused; they always add up."""
    counts = (result.applied, result.known, result.conflict, result.held, result.refused)
    assert sum(counts) == result.total
    assert min(counts) >= 0
    return counts


# -- rule 14: refused ----------------------------------------------------------------------------------------------


def test_what_is_written_under_anothers_unit_is_refused_at_every_level(tree: Tree) -> None:
    """Rule 14: by the signed bytes and the chain alone, so town and district say the same."""
    number = tree.village.forge_birth(FIRM, {"name": "别家的"}, unit=tree.other.unit)
    tree.village.birth("firm", {"name": "自己的"})
    assert outcome(report(tree.village, tree.town)) == (1, 0, 0, 0, 1)
    report(tree.town, tree.district)
    expected = {(tree.village.station, number): "scope"}
    assert tree.town.refused() == tree.district.refused() == expected
    assert FIRM not in tree.town.records() | tree.district.records()


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


# -- rule 15: held, and tried again by itself ----------------------------------------------------------------------


def test_a_change_before_its_birth_waits_for_it(tree: Tree) -> None:
    """Rule 15: a gap; the first bundle comes later."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    first = tree.village.send()
    tree.village.edit(FIRM, "name", "改过")
    # The station believes that the first bundle arrived; it did not.
    tree.village.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    result = tree.town.take(tree.village.send())
    assert outcome(result) == (0, 0, 0, 1, 0)
    assert (result.unapplied[0].reason, result.gap) == ("no_birth", True)
    released = tree.town.take(first)
    assert released.released == 1
    assert tree.town.held() == {}
    found = tree.town.values(FIRM)
    assert found is not None
    assert found["name"] == "改过"


def test_what_waited_counts_for_the_clock_and_goes_down(tree: Tree) -> None:
    """Rules 3 and 21: a change that is released is observed, and stations that were past it get it after all."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    settle([(tree.town, tree.district)])
    # The district edits a record whose birth it sends; the town gets the change first.
    tree.district.birth("firm", {"name": "区里的"}, record=OTHER, unit=tree.village.unit)
    tree.district.cut()
    tree.district.time.pass_days(0.9)
    tree.district.edit(OTHER, "name", "区里改的")
    whole = tree.district.send(tree.town)
    tree.district.database.execute(
        "UPDATE link SET acknowledged = (SELECT min(position) FROM segment WHERE position > acknowledged)"
    )
    part = tree.district.send(tree.town)
    assert outcome(tree.town.take(part))[3] == 1
    assert OTHER not in tree.village.records()
    tree.village.take(tree.town.send(tree.village))
    tree.town.take(whole)
    assert (
        milliseconds_of(tree.town.ledger.clock.last_tick() << 19)
        >= milliseconds_of(tree.district.stamp()) - 60_000
    )
    tree.village.take(tree.town.send(tree.village))
    found = tree.village.values(OTHER)
    assert found is not None
    assert found["name"] == "区里改的"


def test_an_item_under_an_unknown_unit_waits_for_the_unit(tree: Tree) -> None:
    """Rule 15: the unit comes with a later bundle, and with it everything that waited."""
    new_unit = derived_id("unit:village", "新村")
    at = tree.town.stamp()
    birth = tree.town.forge_birth(FIRM, {"name": "新村的"}, unit=new_unit, stamp=at)
    change = tree.town.forge_change(FIRM, "name", "新村改的", unit=new_unit, replaces=(at,))
    result = report(tree.town, tree.district)
    assert result.held == 2
    assert tree.district.held() == {(tree.town.station, birth): "unit", (tree.town.station, change): "unit"}
    assert tree.town.answers()[tree.town.station, birth] == ("held", "unit")
    tree.town.birth("unit", unit_cells("新村", tree.town.unit), record=new_unit)
    report(tree.town, tree.district)
    assert tree.district.held() == {}
    found = tree.district.values(FIRM)
    assert found is not None
    assert found["name"] == "新村改的"
    report(tree.town, tree.district)
    assert tree.town.answers() == {}


def test_a_unit_and_what_is_written_under_it_may_come_together(tree: Tree) -> None:
    """One operation registers a village and records for it: nothing waits, nothing is reported."""
    new_unit = derived_id("unit:village", "新村")
    tree.town.ledger.write(
        "登记",
        "王芳",
        births=[
            NewRecord("firm", FIRM, new_unit, {"name": "新村的"}),
            NewRecord("unit", new_unit, tree.town.unit, unit_cells("新村", tree.town.unit)),
        ],
    )
    result = report(tree.town, tree.district)
    assert result.held == 0
    assert FIRM in tree.district.records()


def _waits_in_the_same_bundle(town: Desk) -> str:
    """A birth and a change under a unit that a later segment of the same bundle registers."""
    new_unit = derived_id("unit:village", "新村")
    at = town.stamp()
    town.forge_birth(FIRM, {"name": "新村的"}, unit=new_unit, stamp=at)
    town.forge_change(FIRM, "name", "新村改的", unit=new_unit, replaces=(at,))
    town.birth("unit", unit_cells("新村", town.unit), record=new_unit)
    return new_unit


def _noted(desk: Desk) -> tuple[tuple[int, ...], int]:
    """The last line of the ledger of merges: its outcomes, and how many items it names."""
    row = desk.database.row(
        "SELECT applied, known, conflict, held, refused,"
        " (SELECT count(*) FROM merge_item i WHERE i.merge = m.id) FROM merge m ORDER BY id DESC"
    )
    assert row is not None
    return tuple(row[:5]), row[5]


def test_what_waited_within_one_bundle_is_told_as_what_it_is_in_the_end(tree: Tree) -> None:
    """Rule 17: preview, report and ledger of merges say the same, and nothing is called released that just came."""
    _waits_in_the_same_bundle(tree.town)
    sent = tree.town.send()
    (looked,) = tree.district.merge(sent, preview=True).bundles
    taken = tree.district.take(sent)
    for result in (looked, taken):
        assert outcome(result) == (result.total, 0, 0, 0, 0)
        assert (result.released, result.unapplied) == (0, [])
        assert (result.births["firm"], result.changes) == (1, {"firm": 1})
    assert _noted(tree.district) == ((taken.total, 0, 0, 0, 0), 0)
    assert tree.district.held() == {}


def test_what_waited_for_another_file_of_one_merge_is_told_as_what_it_is_in_the_end(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    first = tree.village.send()
    tree.village.edit(FIRM, "name", "改过")
    tree.village.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    change, birth = tree.town.merge(tree.village.send(), first).bundles
    assert outcome(change) == (1, 0, 0, 0, 0)
    assert outcome(birth) == (birth.total, 0, 0, 0, 0)
    assert (change.released, birth.released, change.unapplied) == (0, 0, [])
    assert (change.changes, birth.changes) == ({"firm": 1}, {}), "counted once, where it came"


def test_deletions_are_told_apart_from_changes_as_the_manifest_counts_them(tree: Tree) -> None:
    """Cover sheet, preview and report count alike, also what has waited; what was brought back is a change."""
    for record in (FIRM, OTHER):
        tree.village.birth("firm", {"name": "一家"}, record=record)
    first = tree.village.send()
    tree.village.edit(FIRM, "name", "改过")
    for record in (FIRM, OTHER):
        tree.village.delete(record)
    tree.village.delete(FIRM, revive=True)
    tree.village.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    second = tree.village.send()
    counted = envelope.look(envelope.read_bundle(second.path)).counts
    assert counted == {"change": 2, "tombstone": 2}
    waited, births = tree.town.merge(second, first, preview=True).bundles
    held, releasing = tree.town.merge(second).bundles[0], tree.town.merge(first).bundles[0]
    assert (held.changes, held.deletions) == ({}, {})
    for told in (waited, releasing):
        assert (told.changes, told.deletions) == ({"firm": 2}, {"firm": 2})
    assert (births.births, births.changes, births.deletions) == ({"firm": 2}, {}, {})


def test_of_two_files_of_one_merge_the_second_is_told_to_contradict_the_first(tree: Tree) -> None:
    """Rule 17: though both are counted in one go, of each is told what would be told if it came by itself."""
    for village in (tree.village, tree.other):
        village.birth("firm", {"name": "一家"}, record=FIRM)
        report(village, tree.town)
    tree.village.edit(FIRM, "name", "甲村的")
    tree.other.edit(FIRM, "name", "乙村的")
    sent = (tree.village.send(), tree.other.send())
    for preview in (True, False):
        first, second = tree.town.merge(*sent, preview=preview).bundles
        assert (outcome(first), first.changes, first.unapplied) == ((1, 0, 0, 0, 0), {"firm": 1}, [])
        assert (outcome(second), second.changes) == ((0, 0, 1, 0, 0), {})
        assert [u.station for u in second.unapplied] == [tree.other.station]


def test_a_file_of_several_segments_that_contradict_each_other_and_another_file_is_told_both(
    tree: Tree,
) -> None:
    """Rule 17: what comes in one file is told as what it is when all of the file is in, whatever came before it."""
    for village in (tree.village, tree.other):
        for record in (FIRM, OTHER):
            village.birth("firm", {"name": "一家"}, record=record)
        report(village, tree.town)
    tree.village.edit(OTHER, "in_park", 1)
    seen = [stamp for stamp, _ in tree.other.ledger.heads("firm", FIRM, "name")]
    tree.other.forge_change(FIRM, "name", "一", replaces=seen)
    tree.other.edit(OTHER, "name", "也改了")
    tree.other.forge_change(FIRM, "name", "二", replaces=seen)
    first, second = tree.town.merge(tree.village.send(), tree.other.send()).bundles
    assert outcome(first) == (1, 0, 0, 0, 0)
    assert outcome(second) == (1, 0, 2, 0, 0)


def test_of_several_files_that_are_counted_together_each_is_told_its_own(tree: Tree) -> None:
    """What waits, and what contradicts the merging desk, is told with the file that brought it."""
    for village, record in ((tree.village, FIRM), (tree.other, OTHER)):
        village.birth("firm", {"name": "一家"}, record=record)
        report(village, tree.town)
    tree.town.edit(OTHER, "name", "镇里改的")
    tree.village.forge_change("f9" * 16, "name", "没有登记的")
    tree.other.edit(OTHER, "name", "村里改的")
    waiting, disputed = tree.town.merge(tree.village.send(), tree.other.send()).bundles
    assert (outcome(waiting), waiting.changes) == ((0, 0, 0, 1, 0), {})
    assert (outcome(disputed), disputed.changes) == ((0, 0, 1, 0, 0), {})
    assert [(u.station, u.outcome) for u in (*waiting.unapplied, *disputed.unapplied)] == [
        (tree.village.station, "held"),
        (tree.other.station, "conflict"),
    ]


def test_what_waited_within_one_bundle_and_is_disputed_is_told_as_that(tree: Tree) -> None:
    """The birth claims a record that the district has: in conflict, and nothing waits any more."""
    tree.district.birth("firm", {"name": "区里的"}, record=FIRM)
    _waits_in_the_same_bundle(tree.town)
    taken = tree.district.take(tree.town.send())
    assert taken.held == 0
    assert taken.conflict == len(taken.unapplied) > 0
    assert {u.outcome for u in taken.unapplied} == {"conflict"}
    assert outcome(taken) == _noted(tree.district)[0]


def test_what_waited_within_one_bundle_and_is_refused_after_all_is_told_as_that(tree: Tree) -> None:
    """The unit turns out to be the town's and not the village's, when the tree says enough."""
    new_unit = derived_id("unit:village", "新村")
    tree.village.forge_birth(FIRM, {"name": "别家的"}, unit=new_unit)
    waits = tree.village.forge_birth(OTHER, {"name": "还不知道的"}, unit="ee" * 16)
    report(tree.village, tree.town)
    tree.town.birth("unit", unit_cells("新村", tree.town.unit), record=new_unit)
    taken = tree.district.take(tree.town.send())
    assert outcome(taken) == (taken.total - 2, 0, 0, 1, 1)
    assert {(u.outcome, u.reason) for u in taken.unapplied} == {("refused", "scope"), ("held", "unit")}
    assert set(tree.district.held()) == {(tree.village.station, waits)}
    assert "firm" not in taken.births


def test_what_was_in_conflict_and_is_refused_in_the_end_is_no_change(tree: Tree) -> None:
    """The same bundle brings the word that it does not count."""
    record = tree.village.birth("firm", {"name": "茶厂"})
    report(tree.village, tree.town)
    report(tree.town, tree.district)
    tree.district.edit(record, "name", "茶叶厂")
    tree.village.edit(record, "name", "茶业公司")
    withdrawn = tree.village.ledger.next_number() - 1
    report(tree.village, tree.town)
    tree.town.exclude((tree.village, withdrawn))
    taken = tree.district.take(tree.town.send())
    assert [(u.outcome, u.reason) for u in taken.unapplied] == [("refused", "withdrawn")]
    assert (taken.changes, taken.conflict, taken.refused) == ({}, 0, 1)


def test_units_that_wait_for_units_are_tried_until_nothing_more_comes(tree: Tree) -> None:
    """A unit below a unit that is not known yet: the release of one is the cause of the other's."""
    upper, lower = derived_id("unit:village", "上"), derived_id("unit:village", "下")
    tree.town.forge_birth(FIRM, {"name": "下面的"}, unit=lower)
    tree.town.forge_birth(lower, unit_cells("下", upper), type="unit", unit=upper)
    assert report(tree.town, tree.district).held == 2
    tree.town.birth("unit", unit_cells("上", tree.town.unit), record=upper)
    report(tree.town, tree.district)
    assert tree.district.held() == {}
    assert FIRM in tree.district.records()


def test_a_unit_that_turns_out_to_be_anothers_is_refused_after_all(tree: Tree) -> None:
    """Rule 14 is judged when the tree says enough; until then nobody is told a verdict."""
    foreign = new_desk(tree.town.folder, "外镇", Level.TOWN)
    number = tree.town.forge_birth(FIRM, {"name": "外镇的"}, unit=foreign.unit)
    change = tree.town.forge_change(FIRM, "name", "改", unit=foreign.unit)
    assert report(tree.town, tree.district).held == 2
    enrol(foreign, tree.district)
    report(tree.town, tree.district)
    assert tree.district.held() == {}
    assert tree.district.refused() == {(tree.town.station, n): "scope" for n in (number, change)}


def test_a_segment_of_a_station_whose_grant_is_outstanding_is_asked_for_again(tree: Tree) -> None:
    """Rule 15: the town's bundle is not refused for it, and its other segments count."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    tree.town.birth("firm", {"name": "镇里的"}, record=OTHER)
    # The district has taken the grant back, as it would after a mistake.
    settle([(tree.town, tree.district)], rounds=1)
    late = new_desk(tree.town.folder, "丙村", Level.VILLAGE)
    enrol(late, tree.town)
    late.birth("firm", {"name": "丙村的"}, record="f3" * 16)
    report(late, tree.town)
    tree.district.take(tree.town.send())
    (grant,) = tree.district.records("grant") - {
        r for r in tree.district.records("grant")
        if (g := tree.district.shown(r, "grant")) is not None and g.values["station"] != late.station
    }  # fmt: skip
    tree.district.delete(grant, "grant")
    late.birth("firm", {"name": "丙村又一家"}, record="f4" * 16)
    report(late, tree.town)
    tree.town.birth("firm", {"name": "镇里又一家"}, record="f5" * 16)
    result = tree.district.take(tree.town.send())
    assert (result.held, result.unapplied[-1].reason) == (1, "certificate")
    assert "f5" * 16 in tree.district.records()
    assert "f4" * 16 not in tree.district.records()
    # The town hears what has been received, and brings this once more all the same.
    assert outcome(report(tree.town, tree.district))[3] == 1
    tree.district.delete(grant, "grant", revive=True)
    assert outcome(tree.district.take(tree.town.send()))[3] == 0
    assert "f4" * 16 in tree.district.records()


@pytest.mark.parametrize("granted", [True, False])
def test_a_segment_that_stands_before_the_grant_of_its_renewed_key_is_taken(
    tree: Tree, granted: bool
) -> None:
    """A town that was restored has cut its own once more. A key that is granted nowhere is nobody's, at the end too."""
    tree.village.birth("firm", {"name": "旧钥匙写的"}, record=OTHER)
    report(tree.village, tree.town)
    report(tree.town, tree.district)
    renew(tree.village, tree.town)
    tree.village.birth("firm", {"name": "新钥匙写的"}, record=FIRM)
    tree.town.take(tree.village.send())
    bundle = envelope.read_bundle(tree.town.send().path)
    verdict = envelope.judge(bundle, station.knowledge(tree.district.ledger, tree.district.keys).state)
    (part,) = envelope.open_parts(bundle, verdict, tree.district.keys)
    parts = [Outgoing(f, t) for f, t in zip(part.frames, part.labels, strict=True) if t != receipts.LABEL]
    of_village = [out for out in parts if out.label[0] == tree.village.station]
    of_town = [out for out in parts if granted and out not in of_village]
    total = sum(out.label[5] for out in (*of_village, *of_town))
    sent = forged_bundle(tree.town, tree.district, [*of_village, *of_town], counts=total)
    (result,) = tree.district.merge(sent).bundles
    if granted:
        assert outcome(result) == (total, 0, 0, 0, 0)
    else:
        assert isinstance(result.problem, BadSegmentSignature)
    assert tree.district.records() == ({FIRM, OTHER} if granted else {OTHER})


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("beside", [True, False])
def test_a_segment_that_stands_before_its_grant_in_the_same_bundle_is_taken(
    tree: Tree, preview: bool, beside: bool
) -> None:
    """Who signs for it is known when all of the bundle is in. What nobody signs for then ``beside`` it is held."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    sent = tree.town.send()
    parts = segments_in(sent, tree.district)
    of_village = [out for out in parts if out.label[0] == tree.village.station]
    of_town = [out for out in parts if out not in of_village]
    header, frame = one_segment(new_desk(tree.town.folder, "丙村", Level.VILLAGE))
    of_nobody = [Outgoing(frame, [*header.label(), 0, 1])] if beside else []
    total = sent.items
    ahead = [*of_nobody, *of_village, *of_town]
    sent = forged_bundle(tree.town, tree.district, ahead, counts=total + beside)
    (result,) = tree.district.merge(sent, preview=preview).bundles
    assert (outcome(result), len(result.unapplied)) == ((total, 0, 0, int(beside), 0), int(beside))
    assert tree.district.records() == (set() if preview else {FIRM})
    ended = 0 if preview or beside else max(out.label[7] for out in parts)
    assert tree.district.link(tree.town).received == ended, (
        "the journal of the town goes on, if all of it is here"
    )


@pytest.fixture
def out_of_order(tree: Tree) -> tuple[Sent, Sent]:
    """Two bundles of the town, the later first: who has signed what that brings, only the other says."""
    earlier = tree.town.send()
    tree.town.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    return tree.town.send(), earlier


def test_a_segment_whose_grant_comes_with_a_later_file_of_the_same_merge_is_taken(
    tree: Tree, out_of_order: tuple[Sent, Sent]
) -> None:
    """Rule 17: it is told as what it is when all of the merge is in, and nobody has to send it again."""
    looked = tree.district.merge(*out_of_order, preview=True).bundles
    taken = tree.district.merge(*out_of_order).bundles
    for first, second in (looked, taken):
        assert outcome(first) == (first.total, 0, 0, 0, 0)
        assert outcome(second) == (second.total, 0, 0, 0, 0)
        assert first.births == {"firm": 1}
    assert tree.district.records() == {FIRM}
    assert tree.district.link(tree.town).received == tree.town.database.value(
        "SELECT max(position) FROM segment"
    ), "the journal of the town goes on"
    tree.town.take(tree.district.send(tree.town))
    assert outcome(tree.district.take(tree.town.send())) == (0, 0, 0, 0, 0)


def test_of_files_that_come_in_the_wrong_order_none_is_told_to_be_missing(tree: Tree) -> None:
    """What is missing when a file is read may come with the next of the same merge; then nothing is sent again."""
    sent, ends = [], []
    for record in (FIRM, OTHER, "f3" * 16, "f4" * 16):
        tree.village.birth("firm", {"name": "一家"}, record=record)
        sent.append(tree.village.send())
        ends.append(tree.village.database.value("SELECT max(position) FROM segment"))
        tree.village.database.execute("UPDATE link SET acknowledged = ?", (ends[-1],))
    first, second, third, fourth = sent
    assert [b.gap for b in tree.town.merge(fourth, second).bundles] == [True, True]
    assert [b.gap for b in tree.town.merge(third, second, first).bundles] == [False] * 3
    assert tree.town.link(tree.village).received == ends[2]
    assert [b.gap for b in tree.town.merge(fourth).bundles] == [False]
    assert tree.town.link(tree.village).received == ends[3]


def test_what_comes_after_its_grant_is_told_to_contradict_and_to_be_contradicted(
    tree: Tree, out_of_order: tuple[Sent, Sent]
) -> None:
    tree.town.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    tree.other.birth("firm", {"name": "另一家"}, record=FIRM)
    report(tree.other, tree.town)
    later, earlier = out_of_order
    last = tree.town.send()
    looked = tree.district.merge(last, later, earlier, preview=True).bundles
    taken = tree.district.merge(last, later, earlier).bundles
    for bundles in (looked, taken):
        assert [outcome(b)[2:] for b in bundles] == [(0, 0, 0), (1, 0, 0), (0, 0, 0)]
        assert [b.births.get("firm", 0) for b in bundles] == [1, 0, 0]


def test_what_is_erased_with_the_same_merge_is_blanked_when_its_grant_comes_last(
    tree: Tree, out_of_order: tuple[Sent, Sent]
) -> None:
    later, earlier = out_of_order
    tree.village.edit(FIRM, "contact", {"person": "王", "phone": "13800001234"})
    tree.town.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    report(tree.village, tree.town)
    last = tree.town.send()
    tree.town.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(tree.town.stamp())}
    tree.town.say("erasure", cells)
    tree.district.merge(last, later, earlier, tree.town.send())
    assert tree.district.records() == {FIRM}
    assert "13800001234" not in everything(tree.district)


def test_what_comes_after_its_grant_says_nothing_of_a_journal_that_its_sender_has_left(
    tree: Tree, out_of_order: tuple[Sent, Sent]
) -> None:
    later, earlier = out_of_order
    parts = segments_in(earlier, tree.district)
    tree.town.keys = dataclasses.replace(tree.town.keys, incarnation="9" * 16)
    restored = forged_bundle(tree.town, tree.district, parts, counts=earlier.items)
    assert outcome(tree.district.merge(later, restored).bundles[0])[0] == later.items
    link = tree.district.link(tree.town)
    assert (link.received_incarnation, link.received) == ("9" * 16, parts[-1].label[7])


def test_of_what_was_passed_over_only_that_is_taken_whose_grant_has_come(
    tree: Tree, out_of_order: tuple[Sent, Sent]
) -> None:
    """The rest waits as it did."""
    _, earlier = out_of_order
    ended = segments_in(earlier, tree.district)[-1].label[7]
    header, frame = one_segment(tree.village)
    stranger, other = one_segment(new_desk(tree.town.folder, "丙村", Level.VILLAGE))
    both = [
        Outgoing(frame, [*header.label(), ended, ended + 1]),
        Outgoing(other, [*stranger.label(), ended + 1, ended + 2]),
    ]
    later = forged_bundle(tree.town, tree.district, both, counts=2)
    first, _ = tree.district.merge(later, earlier).bundles
    assert outcome(first) == (1, 0, 0, 1, 0)
    assert [(u.station, u.count) for u in first.unapplied] == [(stranger.station, 1)]
    assert tree.district.link(tree.town).received == ended, "the town brings the rest once more"


@pytest.mark.parametrize("trouble", ["forged", "gone"])
def test_what_does_not_stand_when_its_grant_has_come_waits_and_stops_no_other_file(
    tree: Tree, out_of_order: tuple[Sent, Sent], trouble: str
) -> None:
    later, earlier = out_of_order
    if trouble == "forged":
        header, frame = one_segment(tree.village, by=tree.other)
        later = forged_bundle(tree.town, tree.district, [Outgoing(frame, [*header.label(), 0, 1])], counts=1)

    def progress(done: int, _total: int, _name: str) -> None:
        if trouble == "gone" and done:
            later.path.unlink()

    first, second = receiving.merge_bundles(
        tree.district.ledger, tree.district.keys, [later.path, earlier.path], "区", progress=progress
    ).bundles
    assert (first.held, first.problem, second.problem) == (first.total, None, None)
    assert outcome(second) == (second.total, 0, 0, 0, 0)
    assert tree.district.records() == set()


def test_what_renewed_keys_have_signed_waits_for_their_grant_and_is_no_forgery(tree: Tree) -> None:
    """Else the town could send nothing more: what it has received stands in its journal."""
    settle([(tree.village, tree.town), (tree.town, tree.district)], rounds=2)
    renew(tree.village, tree.town)
    word = tree.district.exclude((tree.town, tree.town.ledger.next_number() - 1))
    tree.village.birth("firm", {"name": "村里的"}, record=FIRM)
    report(tree.village, tree.town)
    tree.town.birth("firm", {"name": "镇里的"}, record=OTHER)
    result = tree.district.take(tree.town.send())
    assert [(u.outcome, u.reason) for u in result.unapplied if not u.type] == [("held", "certificate")]
    assert tree.district.records() == {OTHER}
    tree.district.lift(word)
    assert tree.district.take(tree.town.send()).held == 0
    assert tree.district.records() == {FIRM, OTHER}


def test_who_waits_for_a_grant_is_not_sent_the_whole_journal_each_time(tree: Tree) -> None:
    """It is sent from where the last bundle ended that could be taken in whole: only such an end is believed."""
    settle([(tree.village, tree.town), (tree.town, tree.district)], rounds=2)
    (grant,) = (
        record
        for record in tree.district.records("grant")
        if (tree.district.values(record, "grant") or {})["station"] == tree.village.station
    )
    acknowledged = tree.town.link(tree.district).acknowledged
    tree.town.birth("firm", {"name": "镇里的"}, record=OTHER)
    tree.town.cut()
    tree.village.birth("firm", {"name": "村里的"}, record=FIRM)
    report(tree.village, tree.town)
    tree.district.delete(grant, "grant")
    for known in (0, 1):
        assert outcome(tree.district.take(tree.town.send())) == (1 - known, known, 0, 1, 0)
        tree.town.take(tree.district.send(tree.town))
        assert tree.town.link(tree.district).acknowledged == acknowledged > 0
    tree.district.delete(grant, "grant", revive=True)
    assert tree.district.take(tree.town.send()).held == 0
    tree.town.take(tree.district.send(tree.town))
    assert tree.town.link(tree.district).acknowledged > acknowledged


def test_nothing_else_holds(tree: Tree) -> None:
    """Rule 15: neither a missing base nor a missing parent or link target."""
    tree.village.forge_birth(FIRM, {"name": "一家", "partner": "ee" * 16})
    tree.village.forge_change(FIRM, "name", "改", replaces=(5,))
    tree.village.forge_birth(OTHER, {"firm": "dd" * 16, "topic": "走访"}, type="visit")
    assert outcome(report(tree.village, tree.town))[3] == 0
    assert tree.town.conflicts() == {(FIRM, "name")}


# -- rules 3 and 19: the clock -------------------------------------------------------------------------------------


def test_a_segment_of_the_day_after_tomorrow_waits_for_its_day(tree: Tree) -> None:
    """Rule 15: the whole segment, since its order is in question; it is judged when the day comes."""
    tree.village.time.pass_days(1.5)
    tree.village.ledger.write(
        "一步", "王芳", births=[NewRecord("firm", FIRM, tree.village.unit, {"name": "后天的"})]
    )
    tree.village.edit(FIRM, "name", "后天改的")
    before = tree.town.ledger.clock.last_tick()
    assert outcome(report(tree.village, tree.town)) == (0, 0, 0, 2, 0)
    assert set(tree.town.held().values()) == {"future"}
    assert tree.town.ledger.clock.last_tick() == before
    assert set(tree.village.answers().values()) == {("held", "future")}
    tree.town.time.pass_days(0.4)
    tree.town.merge()
    assert len(tree.town.held()) == 2
    tree.town.time.pass_days(0.2)
    tree.town.merge()
    assert tree.town.held() == {}
    found = tree.town.values(FIRM)
    assert found is not None
    assert found["name"] == "后天改的"
    # What counts is observed: the town's next edit is later than what it replaces.
    tree.town.edit(FIRM, "name", "镇里改的")
    assert outcome(report(tree.town, tree.district))[4] == 0


def test_waiting_for_the_day_is_no_way_around_the_rules(tree: Tree) -> None:
    """Rule 14 is judged when the day comes: scope, rights, values, order and unknown kinds."""
    at: dict[str, Any] = {"stamp": tree.village.stamp(days=1.5)}
    unit = tree.village.unit
    refused = {
        tree.village.forge_birth(FIRM, {"name": "假镇", "superior": unit}, type="unit", **at): "writer",
        tree.village.forge_birth(FIRM, {"certificate": "AAAA"}, type="grant", **at): "writer",
        tree.village.forge_birth(FIRM, {"name": "别村的"}, unit=tree.other.unit, **at): "scope",
        tree.village.forge_change(unit, "superior", None, type="unit", **at): "writer",
        tree.village.forge_change(FIRM, "name", 5, **at): "value",
        tree.village.forge_change(FIRM, "name", "晚", replaces=(1 << 62,), **at): "order",
    }
    same = tree.village.forge_change(FIRM, None, None, "same", **at)
    good = tree.village.forge_birth(OTHER, {"name": "自己的"}, **at)
    assert outcome(report(tree.village, tree.town)) == (0, 0, 0, 8, 0)
    tree.town.time.pass_days(1)
    tree.town.merge()
    assert tree.town.refused() == {(tree.village.station, n): reason for n, reason in refused.items()}
    assert tree.town.held() == {(tree.village.station, same): "kind"}
    assert good
    assert tree.town.records() == {OTHER}


def test_what_is_vouched_for_waits_for_its_day_too(tree: Tree) -> None:
    """A village whose clock is right gets from a town whose clock is wrong; nobody judges scope a second time."""
    tree.town.time.pass_days(1.5)
    tree.town.birth("firm", {"name": "镇里替村里记的"}, record=FIRM, unit=tree.village.unit)
    assert outcome(tree.village.take(tree.town.send(tree.village)))[3] == 1
    tree.village.time.pass_days(0.6)
    tree.village.merge()
    assert FIRM in tree.village.records()


def test_three_stations_from_the_future_put_this_clock_in_doubt_and_nothing_is_written(tree: Tree) -> None:
    """Rule 19."""
    third = new_desk(tree.town.folder, "丙村", Level.VILLAGE)
    enrol(third, tree.town)
    honest = tree.town.digest()
    sent = []
    for number, desk in enumerate((tree.village, tree.other, third)):
        desk.time.pass_days(3)
        desk.birth("firm", {"name": "后天的"}, record=f"f{number}" * 16)
        sent.append(desk.send())
    with pytest.raises(ClockInDoubt):
        tree.town.merge(*sent)
    assert tree.town.digest() == honest
    assert tree.town.held() == {}
    tree.town.merge(*sent[:2])
    assert len(tree.town.held()) == 2


def test_a_bundle_that_is_refused_says_nothing_about_the_clock(tree: Tree) -> None:
    """Two stations are early; the third file is not for this station."""
    sent = []
    for number, desk in enumerate((tree.village, tree.other)):
        desk.time.pass_days(3)
        desk.birth("firm", {"name": "后天的"}, record=f"f{number}" * 16)
        sent.append(desk.send())
    third = new_desk(tree.town.folder, "丙村", Level.VILLAGE)
    enrol(third, tree.town)
    third.time.pass_days(3)
    third.forge_birth(FIRM, {"name": "后天的"})
    header, frame = third.forge(
        [(99, items.change_line(third.head("change", FIRM, "name", number=99), "x", None))], keep=False
    )
    kept.keep(third.ledger, dataclasses.replace(header, digest="0" * 64), frame)
    report_ = tree.town.merge(*sent, third.send())
    assert isinstance(report_.bundles[2].problem, BadSegment)
    assert len(tree.town.held()) == 2


def test_only_what_counts_moves_the_clock(tree: Tree) -> None:
    """Rule 3: a stamp almost a day ahead is observed if its item counts, and not if it is refused or held."""
    early = tree.village.stamp(days=0.9)
    tree.village.forge_birth(FIRM, {"name": "别村的"}, unit=tree.other.unit, stamp=early)
    tree.village.forge_change(OTHER, "name", "没有登记的", stamp=early)
    tree.village.forge_change(OTHER, None, None, "same", stamp=early)
    report(tree.village, tree.town)
    assert tree.town.ledger.clock.last_tick() < tick_of(early)
    tree.village.forge_birth("f3" * 16, {"name": "自己的"}, stamp=early)
    report(tree.village, tree.town)
    tree.town.edit("f3" * 16, "name", "镇里改的")
    assert tree.town.ledger.clock.last_tick() > early >> 19
    report(tree.town, tree.district)
    assert tree.town.station not in {author for author, _ in tree.district.refused()}


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


# -- rules 20 and 23: known segments and station forks -------------------------------------------------------------


def test_segments_cut_anew_are_known_item_by_item(tree: Tree) -> None:
    """Rule 20: the same lines in other segments, some of them new."""
    lines = []
    shape = Shape(("name",))
    for n in range(4):
        head = tree.village.head("birth", f"f{n}" * 16, None, number=1 + n)
        lines.append((head.number, items.birth_line(head, shape, {"name": str(n)}, lambda: "")))
    tree.village.forge(lines[:3], {"firm": shape})
    assert outcome(tree.town.take(tree.village.send())) == (3, 0, 0, 0, 0)
    tree.village.database.execute("DELETE FROM segment WHERE vouched IS NULL")
    tree.village.forge(lines[:2], {"firm": shape})
    tree.village.forge(lines[2:], {"firm": shape})
    assert outcome(tree.town.take(tree.village.send())) == (1, 3, 0, 0, 0)
    assert tree.town.held() == {}


def clone(desk: Desk, folder: Path) -> Desk:
    """A copy of a station, as from a copied disk: the same keys, incarnation and numbers."""
    copy = new_desk(folder, desk.name, desk.level)
    station.keep_chain(copy.ledger, station.own_chain(desk.ledger))
    return copy


def test_a_number_with_two_contents_is_a_station_fork(tree: Tree) -> None:
    """Rule 23: the later content and what follows it wait, with their reason; a new incarnation goes on at once."""
    copy = clone(tree.village, tree.village.folder)
    connect(copy, tree.town)
    tree.village.birth("firm", {"name": "原机"}, record=FIRM)
    copy.birth("firm", {"name": "副本"}, record=OTHER)
    copy.birth("firm", {"name": "副本的第二家"}, record="f3" * 16)
    assert outcome(report(tree.village, tree.town)) == (1, 0, 0, 0, 0)
    assert outcome(tree.town.take(copy.send())) == (0, 0, 0, 2, 0)
    forked = {(tree.village.station, n): "fork" for n in (1, 2)}
    assert tree.town.held() == forked
    assert tree.town.records() == {FIRM}
    # The first laptop goes on: it cannot be told from the second, so this waits too.
    tree.village.birth("firm", {"name": "原机又一家"}, record="f4" * 16)
    tree.village.birth("firm", {"name": "原机第三家"}, record="f5" * 16)
    result = report(tree.village, tree.town)
    assert outcome(result) == (0, 0, 0, 2, 0)
    assert {a[1] for a in tree.village.answers().values()} == {"fork"}
    # Of one number two contents wait.
    assert tree.town.digest().held == 4
    # The district sees both contents under the station's own signature, in whatever order they come.
    settle([(tree.town, tree.district)], rounds=1)
    assert set(tree.district.held().values()) == {"fork"}
    # Both contents are known now.
    copy.database.execute("UPDATE link SET acknowledged = 0")
    assert outcome(tree.town.take(copy.send())) == (0, 2, 0, 0, 0)
    # After a restore with a new incarnation the station works on.
    tree.village.keys = dataclasses.replace(tree.village.keys, incarnation="9" * 16)
    station.begin_incarnation(tree.village.ledger, "9" * 16)
    tree.village.birth("firm", {"name": "重新开始"}, record="f6" * 16)
    assert report(tree.village, tree.town).applied == 1
    assert "f6" * 16 in tree.town.records()


def test_a_fork_of_what_still_waits_holds_both_contents(tree: Tree) -> None:
    copy = clone(tree.village, tree.village.folder)
    connect(copy, tree.town)
    tree.village.forge_change(FIRM, "name", "没有登记的", number=1)
    report(tree.village, tree.town)
    copy.forge_change(OTHER, "name", "也没有登记的", number=1)
    tree.town.take(copy.send())
    assert tree.town.held() == {(tree.village.station, 1): "fork"}
    copy.birth("firm", {"name": "登记"}, record=FIRM)
    tree.town.take(copy.send())
    assert tree.town.records() == set()


def test_a_fork_is_not_refused_in_the_place_of_what_counts(tree: Tree) -> None:
    """The quarantine names items by number, and this number counts with another content."""
    copy = clone(tree.village, tree.village.folder)
    connect(copy, tree.town)
    tree.village.birth("firm", {"name": "原机"}, record=FIRM)
    report(tree.village, tree.town)
    copy.forge_birth(OTHER, {"name": "别村的"}, unit=tree.other.unit, number=1)
    assert outcome(tree.town.take(copy.send())) == (0, 0, 0, 1, 0)
    assert tree.town.refused() == {}
    # What counts goes down, the other content does not.
    tree.other.take(tree.town.send(tree.other))
    assert tree.other.records() == set()
    tree.town.edit(FIRM, "name", "镇里改的")
    tree.village.take(tree.town.send(tree.village))
    found = tree.village.values(FIRM)
    assert found is not None
    assert found["name"] == "镇里改的"


def test_nobody_gives_this_station_its_own_numbers(tree: Tree) -> None:
    """A parent that vouches for items which the station never wrote would take its next numbers away."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    head = tree.village.head("birth", OTHER, None, number=2)
    shape = Shape(("name",))
    line = items.birth_line(head, shape, {"name": "替你写的"}, lambda: "")
    header, frame = segments.cut(
        tree.village.station, tree.village.keys.incarnation, [(2, line)], {"firm": shape}, tree.town.keys.sign,
        tree.town.station,
    )  # fmt: skip
    path = forged_bundle(
        tree.town, tree.village, [Outgoing(frame, [*header.label(), 0, 99])], kind="down", counts=1
    )
    result = tree.village.merge(path).bundles[0]
    assert [(u.outcome, u.reason, u.type) for u in result.unapplied] == [("held", "fork", "")]
    assert tree.village.records() == {FIRM}
    tree.village.birth("firm", {"name": "第二家"}, record=OTHER)
    assert outcome(report(tree.village, tree.town)) == (1, 0, 0, 0, 0)


def test_who_was_copied_unnoticed_hears_what_a_level_above_says_all_the_same(tree: Tree) -> None:
    """One computer goes on in a new incarnation; what it had sent comes down to the other, which gave those numbers."""
    copy = clone(tree.village, tree.village.folder)
    connect(copy, tree.town)
    units = sending.tree_frames(tree.town.ledger, tree.town.keys, copy.unit)
    town = certificates.parse(station.own_chain(tree.town.ledger)[0])
    receiving.take_tree(copy.ledger, copy.keys, units, town)
    tree.village.birth("firm", {"name": "原机"}, record=FIRM)
    copy.birth("firm", {"name": "副本"}, record=OTHER)
    report(tree.village, tree.town)
    tree.village.keys = dataclasses.replace(tree.village.keys, incarnation="9" * 16)
    station.begin_incarnation(tree.village.ledger, "9" * 16)
    links.ask_again(tree.village.database)
    report(tree.village, tree.town)
    tree.town.birth("firm", {"name": "镇里登记的"}, record="f3" * 16, unit=copy.unit)
    result = copy.take(tree.town.send(copy))
    assert [(u.outcome, u.reason) for u in result.unapplied] == [("held", "fork")]
    assert copy.records() == {OTHER, "f3" * 16}


def test_a_preview_knows_own_items_that_are_in_no_segment_yet(tree: Tree) -> None:
    """It leaves them as they are; what comes back is known all the same."""
    copy = clone(tree.village, tree.village.folder)
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    (line,) = [found.line for found in pending.lines(tree.village.database, 1, 9)]
    shape = segments.read(kept.frame_of(_cut_copy(copy)))[0].shapes["firm"]
    header, frame = segments.cut(
        tree.village.station, tree.village.keys.incarnation, [(1, line)], {"firm": shape}, tree.village.keys.sign,
    )  # fmt: skip
    path = forged_bundle(
        tree.town, tree.village, [Outgoing(frame, [*header.label(), 0, 1])], kind="down", counts=1
    )
    shown = tree.village.merge(path, preview=True).bundles[0]
    assert (shown.problem, shown.known) == (None, 1)
    assert tree.village.database.value("SELECT count(*) FROM pending") == 1


def _cut_copy(copy: Desk) -> bytes:
    copy.birth("firm", {"name": "随便"})
    copy.cut()
    frame: bytes = copy.database.value("SELECT frame FROM segment ORDER BY position DESC LIMIT 1")
    return frame


# -- hostile bundles from a station that is enrolled ---------------------------------------------------------------


def forged_bundle(
    sender: Desk, receiver: Desk, outgoing: list[Outgoing], *, counts: int, kind: str = "up"
) -> Sent:
    """A bundle with any segments, labels and counts, signed as it should be."""
    path = sender.folder / f"{sender.name}-forged-{next(sender.numbers)}.xsj"
    draft = Draft(
        program="0.1.0",
        schema=1,
        kind=kind,
        sequence=99,
        last=99,
        unit=sender.unit,
        tree=0,
        receiver=receiver.station,
        recipient=receiver.keys.recipient,
        created=sender.time(),
        previous=None,
        counts={"birth": counts} if counts else {},
    )
    chain = station.own_chain(sender.ledger)
    envelope.write_bundle(path, draft, outgoing, Speaking(sender.keys, chain), random.Random(1).randbytes)
    return Sent(path, receiver.station, "", 99, counts, "")


def segments_in(sent: Sent, receiver: Desk) -> list[Outgoing]:
    """The segments of a bundle, with their labels."""
    bundle = envelope.read_bundle(sent.path)
    verdict = envelope.judge(bundle, station.knowledge(receiver.ledger, receiver.keys).state)
    (part,) = envelope.open_parts(bundle, verdict, receiver.keys)
    return [Outgoing(f, t) for f, t in zip(part.frames, part.labels, strict=True) if t != receipts.LABEL]


def one_segment(
    desk: Desk, vouched: str | None = None, by: Desk | None = None
) -> tuple[segments.Header, Any]:
    """A segment with one birth, in no ledger, signed ``by`` the station itself or another."""
    head = desk.head("birth", FIRM, None, number=1)
    shape = Shape(("name",))
    line = items.birth_line(head, shape, {"name": "一家"}, lambda: "")
    return segments.cut(
        desk.station,
        desk.keys.incarnation,
        [(1, line)],
        {"firm": shape},
        (by or desk).keys.sign,
        vouched,
    )


def test_labels_that_are_none(tree: Tree) -> None:
    """A label is read before its segment is: whatever stands there must not stop the other bundles."""
    header, frame = one_segment(tree.village)
    good = header.label()
    labels: list[Any] = [
        None,
        [],
        "receipt",
        [*good, 0],
        [*good, 0, 1, 2],
        [*good, "0", 1],
        [*good, -1, 1],
        [*good, False, 1],
        [*good, 0, True],
        [*good, 0, 1 << 53],
        [*good[:5], None, 0, 1],
        [*good[:5], True, 0, 1],
        [[], *good[1:], 0, 1],
        [*good[:2], {}, *good[3:], 0, 1],
        [good[0], 5, *good[2:], 0, 1],
        [*good[:4], "0" * 64, good[5], 0, 1],
        [*good[:5], 2, 0, 1],
        [tree.other.station, *good[1:], 0, 1],
    ]
    sent = [forged_bundle(tree.village, tree.town, [Outgoing(frame, label)], counts=1) for label in labels]
    problems = [b.problem for b in tree.town.merge(*sent).bundles]
    assert all(isinstance(p, Damaged) for p in problems), problems
    assert tree.town.records() == set()
    right = forged_bundle(tree.village, tree.town, [Outgoing(frame, [*good, 0, 1])], counts=1)
    assert outcome(tree.town.take(right)) == (1, 0, 0, 0, 0)


def test_counts_that_are_not_those_of_the_segments(tree: Tree) -> None:
    header, frame = one_segment(tree.village)
    short = forged_bundle(tree.village, tree.town, [Outgoing(frame, [*header.label(), 0, 1])], counts=2)
    assert isinstance(tree.town.merge(short).bundles[0].problem, BadSegment)
    assert tree.town.records() == set()


@pytest.mark.parametrize("preview", [True, False])
def test_a_file_that_proves_bad_when_some_of_it_is_written_leaves_the_others_as_they_are(
    tree: Tree, preview: bool
) -> None:
    """U3: what it had written is gone, and what was remembered of it: others may have its numbers."""
    stamp = tree.village.stamp()

    def births(*names: str) -> Outgoing:
        shape = Shape(("name",))
        lines = [
            items.birth_line(
                tree.village.head("birth", f"{n:032x}", None, number=n, stamp=stamp), shape, {"name": name}
            )
            for n, name in enumerate(names, 1)
        ]
        header, frame = segments.cut(
            tree.village.station,
            tree.village.keys.incarnation,
            list(enumerate(lines, 1)),
            {"firm": shape},
            tree.village.keys.sign,
        )
        return Outgoing(frame, [*header.label(), 0, 1])

    bundle = partial(forged_bundle, tree.village, tree.town)
    bad = bundle([births("甲"), births("甲", "甲")], counts=9)
    found = tree.town.merge(
        bad, bundle([births("乙")], counts=1), bundle([births("乙", "丙")], counts=2), bad, preview=preview
    ).bundles
    assert [type(b.problem) for b in found] == [BadSegment, type(None), type(None), BadSegment]
    assert [outcome(b) for b in found[1:3]] == [(1, 0, 0, 0, 0), (1, 1, 0, 0, 0)]
    assert len(tree.town.records()) == (0 if preview else 2)


def test_a_segment_twice_in_one_bundle_is_known_the_second_time(tree: Tree) -> None:
    header, frame = one_segment(tree.village)
    outgoing = [Outgoing(frame, [*header.label(), 0, 1]), Outgoing(frame, [*header.label(), 1, 2])]
    assert outcome(tree.town.take(forged_bundle(tree.village, tree.town, outgoing, counts=2))) == (
        1,
        1,
        0,
        0,
        0,
    )


def test_vouching_is_for_the_sender_of_a_downward_bundle_alone(tree: Tree) -> None:
    """Rule 20: not upward, not by another parent, and never up again."""
    header, frame = one_segment(tree.village, vouched=tree.village.station)
    up = forged_bundle(tree.village, tree.town, [Outgoing(frame, [*header.label(), 0, 1])], counts=1)
    assert isinstance(tree.town.merge(up).bundles[0].problem, UnknownSigner)
    header, frame = one_segment(tree.town, vouched=tree.district.station)
    down = forged_bundle(
        tree.town, tree.village, [Outgoing(frame, [*header.label(), 0, 1])], counts=1, kind="down"
    )
    assert isinstance(tree.village.merge(down).bundles[0].problem, UnknownSigner)
    tree.town.birth("firm", {"name": "镇里的"}, record=OTHER, unit=tree.village.unit)
    tree.village.take(tree.town.send(tree.village))
    assert OTHER in tree.village.records()
    assert tree.village.send().items == 0


def test_a_forwarder_cannot_change_one_byte(tree: Tree) -> None:
    """Rule 20: the district holds the village's own signature; the town's copy is compared with it."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    position, stored = tree.town.database.row(
        "SELECT position, frame FROM segment WHERE vouched IS NULL ORDER BY position DESC"
    ) or (0, b"")
    header, lines = segments.read(kept.frame_of(stored))
    changed = [line.replace("一家".encode(), "二家".encode()) for line in lines]
    for raw, signature in (
        (header.raw, header.signature),
        (header.raw.replace(b'"first":1', b'"first":1 '), header.signature),
        (header.raw, tree.town.keys.sign(segments.message(header.raw))),
        (header.raw, tree.other.keys.sign(segments.message(header.raw))),
    ):
        signed = json.dumps({"signature": strictjson.to_base64(signature)}).encode()
        frame = compress(b"\n".join([raw, signed, *(changed if raw == header.raw else lines)]) + b"\n")
        tree.town.database.execute(
            "UPDATE segment SET frame = ? WHERE position = ?", (frame.compressed, position)
        )
        problem = tree.district.merge(tree.town.send()).bundles[0].problem
        assert isinstance(problem, BadSegment | BadSegmentSignature)
    assert tree.district.records() == set()


@pytest.mark.no_cover
def test_a_bundle_of_a_hundred_thousand_tiny_records(tree: Tree) -> None:
    """Trap 7; here a tenth of it, the rest is proportional."""
    shape = Shape(("name",))
    first = tree.village.next_number()
    for start in range(0, 10_000, 5_000):
        lines = []
        for n in range(start, start + 5_000):
            head = tree.village.head("birth", f"{n:032x}", None, number=first + n)
            lines.append((head.number, items.birth_line(head, shape, {}, lambda: "")))
        tree.village.forge(lines, {"firm": shape})
    assert outcome(tree.town.take(tree.village.send())) == (10_000, 0, 0, 0, 0)


@pytest.mark.no_cover
def test_huge_texts_and_odd_characters_arrive_as_they_are(tree: Tree) -> None:
    """A million characters, NUL, line separators, a name that is a number."""
    texts = ["字" * 1_000_000, "a\x00b", "\u2028\t\x1f\x7f", "007", "", "'\"\\"]
    records = [tree.village.forge_birth(f"{n:032x}", {"name": t}) for n, t in enumerate(texts)]
    tree.village.forge_change(f"{1:032x}", "count", {"source": "a\x00b", "staff": -(1 << 63)})
    assert outcome(report(tree.village, tree.town)) == (len(records) + 1, 0, 0, 0, 0)
    for n, text in enumerate(texts):
        found = tree.town.values(f"{n:032x}")
        assert found is not None
        assert found["name"] == text
    # The second birth of the same shows that row and log say the same.
    for n, text in enumerate(texts):
        tree.village.forge_birth(f"{n:032x}", {"name": text})
    report(tree.village, tree.town)
    assert tree.town.conflicts() == set()


def test_ids_and_names_of_other_types_touch_nothing(tree: Tree) -> None:
    """A visit under the id of a firm, and a firm's slot on a visit: the firm stays as it was."""
    tree.other.birth("firm", {"name": "乙村的"}, record=FIRM)
    report(tree.other, tree.town)
    before = tree.town.shown(FIRM)
    tree.village.forge_birth(FIRM, {"topic": "冒充"}, type="visit")
    tree.village.forge_change(FIRM, "name", "改你的名", type="visit")
    tree.village.forge_change(FIRM, "unit", tree.village.unit, type="visit")
    tree.village.forge_change(FIRM, "_deleted", {}, "tombstone", type="visit")
    report(tree.village, tree.town)
    tree.other.edit(FIRM, "in_park", 1)
    report(tree.other, tree.town)
    after = tree.town.shown(FIRM)
    assert before is not None
    assert after is not None
    assert dict(after.values) == dict(before.values) | {"in_park": 1}
    assert (after.unit, after.life) == (tree.other.unit, Life.LIVE)


@pytest.mark.parametrize("name", ["firm_unit", "firm_sort", "firm_partner", "unit_code"])
def test_a_type_that_is_called_like_an_index(tree: Tree, name: str) -> None:
    """An unknown type gets a table; its name must not be one that the engine has given away."""
    shape = Shape(("x",))
    head = tree.village.head("birth", FIRM, None, type=name)
    tree.village.forge([(head.number, items.birth_line(head, shape, {"x": "y"}, lambda: ""))], {name: shape})
    tree.village.forge_change(FIRM, "x", "z", type=name)
    tree.village.forge_change(OTHER, "x", "z", type=f"{name}_2")
    assert outcome(report(tree.village, tree.town)) == (1, 0, 1, 1, 0)


def test_a_grant_that_another_station_issued_is_no_grant(tree: Tree) -> None:
    """Check 21: the town writes a grant item for a certificate of the district's; its record stays, nothing counts."""
    guest = new_desk(tree.town.folder, "客", Level.VILLAGE)
    chain = station.own_chain(tree.district.ledger)
    claims = Claims(guest.station, guest.keys.public_key, guest.keys.recipient, frozenset([tree.village.unit]),
                    Level.VILLAGE, certificates.parse(chain[0]).claims.role)  # fmt: skip
    number = tree.town.next_number()
    serial = grant_serial(tree.district.station, tree.district.keys.incarnation, number)
    forged = certificates.issue(claims, serial, tree.district.keys, certificates.parse(chain[0]))
    tree.town.ledger.write("批准", "王芳", births=[grant_record(tree.town, forged, tree.village.unit)])
    settle([(tree.town, tree.district)], rounds=1)
    assert guest.station not in {c.station for c in station.granted(tree.town.ledger)}
    assert guest.station not in {c.station for c in station.granted(tree.district.ledger)}


def test_a_station_is_judged_by_a_chain_that_counts(tree: Tree) -> None:
    """The town grants the village a second certificate, for more than is the town's own: the first one stands."""
    chain = station.own_chain(tree.town.ledger)
    keys = tree.village.keys
    role = certificates.parse(chain[0]).claims.role
    claims = Claims(
        keys.station, keys.public_key, keys.recipient, frozenset([tree.district.unit]), Level.VILLAGE, role
    )
    serial = grant_serial(tree.town.station, tree.town.keys.incarnation, tree.town.next_number())
    beyond = certificates.issue(claims, serial, tree.town.keys, certificates.parse(chain[0]))
    tree.town.ledger.write("批准", "王芳", births=[grant_record(tree.town, beyond, tree.village.unit)])
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    assert report(tree.town, tree.district).held == 0
    assert tree.district.records() == {FIRM}


def test_a_grant_that_cannot_be_read_stops_nobody(tree: Tree) -> None:
    """A town writes nonsense into a grant; the district goes on sending down."""
    for certificate in ("AAAA", "%%%", "é", None):
        tree.town.birth("grant", {"label": "坏", "certificate": certificate})
    settle([(tree.town, tree.district)], rounds=2)
    assert len(station.granted(tree.district.ledger)) == 3
    tree.district.take(tree.town.send())
    tree.town.take(tree.district.send(tree.town))


def test_receipts_that_are_none(tree: Tree) -> None:
    """The first frame is read before any item is: it must not stop the other bundles either."""

    def receipt(*lines: Any, **changes: Any) -> Outgoing:
        header = {"xsj": "receipt", "station": tree.village.station, "incarnation": tree.village.keys.incarnation,
                  "position": 0, "number": 1, "answers": len(lines)} | changes  # fmt: skip
        plain = "".join(json.dumps(x) + "\n" for x in (header, *lines))
        return Outgoing(compress(plain.encode()), receipts.LABEL)

    answer: list[Any] = [tree.village.station, tree.village.keys.incarnation, 1, "held", "unit"]
    bad = [
        receipt(station=tree.other.station),
        receipt(station="x"),
        receipt(number=0),
        receipt(position=-1),
        receipt(position=1 << 60),
        receipt(answers=1),
        receipt(answer, answers=0),
        receipt([*answer[:2], 1 << 63, *answer[3:]]),
        receipt([*answer[:2], 0, *answer[3:]]),
        receipt([*answer[:2], "1", *answer[3:]]),
        receipt([*answer[:3], "applied", ""]),
        receipt([answer[0].upper(), *answer[1:]]),
        receipt([answer[0], answer[1] + "\n", *answer[2:]]),
        receipt(answer[:4]),
        receipt("held"),
        receipt(xsj="segment"),
        Outgoing(compress(b"\n"), receipts.LABEL),
    ]
    sent = [forged_bundle(tree.town, tree.village, [outgoing], counts=0, kind="down") for outgoing in bad]
    problems = [b.problem for b in tree.village.merge(*sent).bundles]
    assert all(isinstance(p, BadSegment) for p in problems), problems
    good = forged_bundle(tree.town, tree.village, [receipt(answer)], counts=0, kind="down")
    assert tree.village.take(good).answered == 2
    assert tree.village.answers() == {(tree.village.station, 1): ("held", "unit")}


def test_a_file_that_is_not_there_and_one_that_is_for_another_do_not_stop_the_third(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U3: each file is judged by itself, also when it is asked how much is coming."""
    monkeypatch.setattr(receiving, "BULK_ITEMS", 1)
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    missing = Sent(tree.village.folder / "fort.xsj", "", "", 0, 0, "")
    folder = Sent(tree.village.folder, "", "", 0, 0, "")
    foreign = tree.other.send()
    tree.district.birth("firm", {"name": "区里的"})
    wrong = tree.town.send()
    found = tree.town.merge(missing, folder, wrong, foreign, tree.village.send()).bundles
    assert [isinstance(b.problem, Problem) for b in found] == [True, True, True, False, False]
    assert isinstance(found[0].problem, DiskGone)
    assert isinstance(found[2].problem, WrongReceiver)
    assert tree.town.records() == {FIRM}


def test_a_merge_that_is_larger_than_the_ledger_builds_its_indexes_afterwards(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 32: the same result, and the same indexes."""
    indexes = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name"
    before = tree.town.database.rows(indexes)
    monkeypatch.setattr(receiving, "BULK_ITEMS", 3)
    for n in range(20):
        tree.village.birth("firm", {"name": str(n)})
    assert outcome(report(tree.village, tree.town)) == (20, 0, 0, 0, 0)
    assert tree.town.database.rows(indexes) == before


def test_the_tree_of_a_grant_is_vouched_for_by_its_desk(tree: Tree) -> None:
    header, frame = one_segment(tree.town, vouched=tree.district.station)
    desk = certificates.parse(station.own_chain(tree.town.ledger)[0])
    with pytest.raises(BadSegment):
        receiving.take_tree(tree.village.ledger, tree.village.keys, frame.compressed, desk)
    assert header.vouched == tree.district.station


# -- rule 17: the five outcomes ------------------------------------------------------------------------------------


@pytest.mark.no_cover
@settings(max_examples=25)
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
    """Rule 28: the town knows of a unit that this copy of the district's ledger has not heard of yet."""
    tree.district.birth("unit", {"name": "新镇", "superior": tree.district.unit}, record="ab" * 16)
    tree.town.database.execute("UPDATE r_unit SET _stamp = _stamp + (1 << 40)")
    tree.town.birth("firm", {"name": "一家"})
    (found,) = tree.district.merge(tree.town.send()).bundles
    assert isinstance(found.problem, UnitNotKnown)
    assert tree.district.records() == set()


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


def test_held_items_of_a_station_without_a_certificate_go_on_waiting(tree: Tree) -> None:
    """Their day comes while the grant is in question."""
    tree.village.time.pass_days(1.5)
    tree.village.birth("firm", {"name": "后天的"}, record=FIRM)
    report(tree.village, tree.town)
    (grant,) = (r for r in tree.town.records("grant") if (g := tree.town.shown(r, "grant")) is not None
                and g.values["station"] == tree.village.station)  # fmt: skip
    tree.town.time.pass_days(1)
    tree.town.delete(grant, "grant")
    tree.town.merge()
    assert set(tree.town.held().values()) == {"future"}
    tree.town.delete(grant, "grant", revive=True)
    tree.town.merge()
    assert tree.town.records() == {FIRM}
