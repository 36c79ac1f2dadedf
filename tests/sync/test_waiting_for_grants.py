"""What stands before the grant of its station waits for it (rule 15), within one bundle and over several."""

from __future__ import annotations

import dataclasses

import pytest

from desktop.records.declaration import Level
from desktop.records.versions.stamps import to_wire
from desktop.sync.authority import station
from desktop.sync.bundles import envelope
from desktop.sync.bundles.sending import Sent
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.errors import BadSegmentSignature
from desktop.sync.formats import receipts
from desktop.sync.merging import receiving
from tests.sync.acts import everything, renew
from tests.sync.desks import enrol, new_desk, report, settle
from tests.sync.forging import forged_bundle, one_segment, segments_in
from tests.sync.levels import FIRM, OTHER, Tree, outcome


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


@pytest.mark.no_cover
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


@pytest.mark.no_cover
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
