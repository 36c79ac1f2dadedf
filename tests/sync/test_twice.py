"""What comes twice: under its number again it is known (rule 20), and another content under it is a fork (rule 23)."""

from __future__ import annotations

import dataclasses

from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.store.log import pending
from desktop.store.peers import links
from desktop.sync.authority import station
from desktop.sync.bundles import kept, sending
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.formats import segments
from desktop.sync.merging import receiving
from desktop.sync.signed import certificates
from tests.sync.desks import Desk, connect, copied_disk, report, settle
from tests.sync.forging import forged_bundle
from tests.sync.levels import FIRM, OTHER, Tree, outcome


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


def test_a_number_with_two_contents_is_a_station_fork(tree: Tree) -> None:
    """Rule 23: the later content and what follows it wait, with their reason; a new incarnation goes on at once."""
    copy = copied_disk(tree.village, tree.village.folder)
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
    copy = copied_disk(tree.village, tree.village.folder)
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
    copy = copied_disk(tree.village, tree.village.folder)
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
    copy = copied_disk(tree.village, tree.village.folder)
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
    copy = copied_disk(tree.village, tree.village.folder)
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
