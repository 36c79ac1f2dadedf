"""Deciding a station fork: one laptop that was restored, or two with one identity (rule 23)."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.records.versions.item_outcomes import HELD_FORK
from desktop.records.versions.stamps import to_wire
from desktop.store.ledger import NewRecord
from desktop.store.merging import aside
from desktop.store.peers import received, segment_log, traffic
from desktop.sync.authority import behind, excluding, exclusions, station
from desktop.sync.enrolling import copies
from desktop.sync.merging import forks, orphaned, rewriting, withdrawing
from desktop.sync.signed import identity
from tests.sync.acts import erase, everything
from tests.sync.desks import Desk, copied, enrol, new_desk, new_root, put_back, report
from tests.sync.forking import FIRM, FOURTH, OTHER, THIRD, decide, forked, later_copy, open_forks, renumber


def test_a_restored_laptop_writes_anew_what_lost_and_nothing_is_missing(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    """The laptop was restored to its first day and is the twin now; what it wrote before is at the town."""
    forked(laptop, twin, town, district)
    decide(town, laptop)
    assert open_forks(town) == []
    assert set(town.refused().values()) == {"fork_lost"}
    district.take(town.send())
    assert open_forks(district) == []
    twin.take(town.send(twin))
    assert OTHER not in twin.records()
    assert renumber(twin) == 2
    report(twin, town)
    report(twin, town)
    district.take(town.send())
    for desk in (district, town, twin):
        assert desk.records() == {FIRM, OTHER, FOURTH}
        found = desk.values(OTHER)
        assert found is not None
        assert found["name"] == "后写又改的"
    assert len({d.digest(laptop.unit).sha256 for d in (district, town, twin)}) == 1


def test_what_a_merge_writes_with_the_decision_is_written_anew_too(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    """It stood in no segment yet, was cut under the new incarnation, and the next save of that number failed."""
    forked(laptop, twin, town, district)
    decide(town, laptop, keep_held=True)
    laptop.take(town.send(laptop))
    laptop.birth("firm", {"name": "合并时写的"}, record=THIRD)
    before = laptop.keys.incarnation
    assert renumber(laptop) == 4
    for number in range(4):
        laptop.birth("firm", {"name": f"以后写的{number}"})
    for _ in range(2):
        report(laptop, town)
    assert (open_forks(town), town.held()) == ([], {})
    spans = {
        i: received.spans(town.database, ref)
        for ref, i in received.incarnations(town.database, laptop.station)
    }
    assert spans == {before: [(1, 4)], laptop.keys.incarnation: [(1, 8)]}
    assert THIRD in town.records()
    assert town.digest(laptop.unit).sha256 == laptop.digest(laptop.unit).sha256


def test_what_had_not_come_above_when_the_fork_was_decided_is_written_anew_when_it_loses(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    """It bears a number of the other's, so the town is asked once more, and the twin has new numbers by then."""
    forked(laptop, twin, town, district)
    twin.birth("firm", {"name": "还没有上报"}, record=THIRD)
    before = twin.keys.incarnation
    decide(town, laptop)
    twin.take(town.send(twin))
    assert renumber(twin) == 2
    report(twin, town)
    assert len(open_forks(town)) == 1
    decide(town, laptop)
    twin.take(town.send(twin))
    assert (twin.ledger.incarnation != before, THIRD in twin.records()) == (True, False)
    twin.edit(OTHER, "name", "后来改的")
    assert rewriting.save_late(twin.ledger, "换新编号") == 1
    assert rewriting.save_late(twin.ledger, "换新编号") == 0
    for _ in range(2):
        report(twin, town)
    assert open_forks(town) == []
    for desk in (town, twin):
        assert desk.records() == {FIRM, OTHER, THIRD, FOURTH}
        assert (desk.values(OTHER) or {})["name"] == "后来改的"
    assert town.digest(twin.unit).sha256 == twin.digest(twin.unit).sha256


def test_what_has_lost_on_a_record_that_does_not_count_is_written_anew_when_it_counts_again(
    laptop: Desk, town: Desk
) -> None:
    """It was noted as written anew, and the record came back without it."""
    laptop.birth("firm", {"name": "厂"}, record=FIRM)
    report(laptop, town)
    before = copied(laptop)
    laptop.edit(FIRM, "name", "第一次")
    town.take(laptop.send())
    put_back(laptop, before, town.ledger.types)
    laptop.edit(FIRM, "name", "第二次")
    town.take(laptop.send())
    said = town.exclude((laptop, 1))
    decide(town, laptop)
    laptop.take(town.send(laptop))
    assert (renumber(laptop), laptop.records()) == (0, set())
    town.lift(said)
    report(laptop, town)
    assert rewriting.save_late(laptop.ledger, "换新编号") == 1
    report(laptop, town)
    assert town.conflicts() == {(FIRM, "name")}


def test_what_a_restored_office_has_said_of_units_is_written_anew_as_well(
    laptop: Desk, town: Desk, district: Desk
) -> None:
    """Its name for a village and one that it has put into the tree; whom it enrols by it, it enrols once more."""
    before, founded = copied(town), unit_id("village", "新村")
    town.birth("firm", {"name": "恢复以前写的"}, record=FIRM)
    town.birth("firm", {"name": "恢复以前又写的"}, record=OTHER)
    district.take(town.send())
    put_back(town, before, town.ledger.types)
    town.time.pass_days(0.1)
    town.edit(laptop.unit, "name", "改了名的村", "unit")
    cells = {"name": "新村", "code": "新村", "level": "village", "superior": town.unit}
    town.birth("unit", cells, record=founded)
    district.take(town.send())
    assert len(open_forks(district)) == 1
    decide(district, town)
    town.take(district.send(town))
    assert founded not in town.records("unit")
    assert renumber(town) == 2
    report(town, district)
    for desk in (town, district):
        assert (desk.values(laptop.unit, "unit") or {})["name"] == "改了名的村"
        assert founded in desk.records("unit")


def test_of_two_laptops_the_other_one_may_be_kept(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    forked(laptop, twin, town, district)
    decide(district, laptop, keep_held=True)
    town.take(district.send(town))
    for desk in (district, town):
        assert open_forks(desk) == []
        assert desk.records() == {OTHER}
        assert {n for _, n in desk.refused()} == {1, 2, 3}
    twin.birth("firm", {"name": "以后写的"}, record=THIRD)
    twin.take(town.send(twin))
    # Its own count, but what it wrote after the last of them is closed out.
    assert twin.records() == {OTHER}
    assert renumber(twin) == 1
    assert report(twin, town).applied == 1
    assert town.records() == {OTHER, THIRD}


def test_of_two_copies_that_wait_the_first_is_kept(
    laptop: Desk, twin: Desk, town: Desk, tmp_path: Path
) -> None:
    """Were both kept, the fork would be open again as soon as it was decided."""
    third = later_copy(laptop, town, tmp_path / "third", days=0.02)
    for desk, record in ((laptop, FIRM), (twin, OTHER), (third, THIRD)):
        desk.birth("firm", {"name": desk.folder.name}, record=record)
        desk.edit(record, "name", "改过")
        town.take(desk.send())
    decide(town, laptop, keep_held=True)
    assert open_forks(town) == []
    assert town.records() == {OTHER}


def losers(town: Desk, laptop: Desk, twin: Desk, *, keep_held: bool) -> list[str]:
    """Which of the two computers hear that they hold what loses, and the fork is decided so."""
    origin = town.ledger.origin_ref(laptop.station, laptop.keys.incarnation)
    lost = forks.losing(town.ledger, origin, keep_held=keep_held)
    decide(town, laptop, keep_held=keep_held)
    assert open_forks(town) == []
    return [d.folder.name for d in (laptop, twin) if rewriting.holds_one(d.ledger, lost.contents)]


@pytest.mark.parametrize(("keep_held", "record", "by_merge"), [(False, FIRM, [3, 0]), (True, OTHER, [0, 2])])
def test_what_has_won_can_be_returned_withdrawn_and_cut_off(
    laptop: Desk, twin: Desk, town: Desk, district: Desk, keep_held: bool, record: str, by_merge: list[int]
) -> None:
    """Its numbers are refused in the other content: it was passed over for them, and went on counting."""
    forked(laptop, twin, town, district)
    decide(town, laptop, keep_held=keep_held)
    assert record in town.records()
    merges = sorted({m for (m,) in town.database.rows("SELECT merge FROM segment WHERE merge IS NOT NULL")})
    assert [withdrawing.brought_by(town.ledger, m).losses.total() for m in merges] == by_merge
    assert withdrawing.above_cut(town.ledger, laptop.station, {}).total() == sum(by_merge)
    found = withdrawing.said_of(town.ledger, "firm", record)
    assert found.losses.total() == 2
    for text in exclusions.write(found.named):
        town.say("exclusion", {"cause": excluding.WITHDRAWN, "items": text})
    assert record not in town.records()


@pytest.mark.parametrize("keep_held", [False, True])
def test_what_was_withdrawn_is_of_the_computer_that_it_came_from(
    laptop: Desk, twin: Desk, town: Desk, keep_held: bool
) -> None:
    """Were the first item of both lost, each of the two would take itself for the copy."""
    town.exclude((laptop, laptop.ledger.next_number()))
    for desk, record in ((laptop, FIRM), (twin, OTHER)):
        desk.birth("firm", {"name": "撤回的"})
        desk.birth("firm", {"name": "留下的"}, record=record)
        town.take(desk.send())
    kept, copy = (twin, laptop) if keep_held else (laptop, twin)
    assert losers(town, laptop, twin, keep_held=keep_held) == [copy.folder.name]
    assert town.records() >= {OTHER if kept is twin else FIRM}


def test_what_was_withdrawn_does_not_wait_where_both_have_written_it_in_one_moment(
    laptop: Desk, twin: Desk, town: Desk
) -> None:
    """Number and stamp name both, so what one has become the other has too; what nobody named is undecided."""
    town.exclude((laptop, laptop.ledger.next_number()))
    twin.time.at = laptop.time.at
    for desk, record, counts in ((laptop, FIRM, 1), (twin, OTHER, 0)):
        desk.birth("firm", {"name": f"同一刻在{desk.folder.name}写的"})
        desk.birth("firm", {"name": "还没定的"}, record=record)
        result = town.take(desk.send())
        assert (result.refused, result.applied, result.held) == (1, counts, 1 - counts)
        assert (list(town.refused().values()), len(town.held())) == (["withdrawn"], 1 - counts)


@pytest.mark.parametrize("both", [False, True])
def test_of_two_contents_each_is_told_as_what_it_is_in_the_end(
    laptop: Desk, twin: Desk, town: Desk, district: Desk, both: bool
) -> None:
    """An erasure goes on counting whichever side loses, though its number is one of those that lost.

    Two of one number are one record, as its id follows from the item.
    """
    laptop.birth("firm", {"phone": "13800138000"}, record=FIRM)
    if both:
        erase(laptop, FIRM)
    else:
        laptop.birth("firm", {"name": "二号厂"})
        laptop.birth("firm", {"name": "三号厂"})
    twin.birth("firm", {"phone": "13800138000"}, record=OTHER)
    erase(twin, OTHER)
    for desk in (laptop, twin):
        town.take(desk.send())
    decide(town, laptop, keep_held=True)
    result = district.take(town.send())
    assert result.births["erasure"] == 1
    told = [(u.type, u.outcome) for u in result.unapplied if u.station == laptop.station]
    assert told == [("firm", "refused")] * (2 if both else 3)


@pytest.mark.parametrize("asked_once_more", [False, True])
def test_an_erasure_that_has_lost_does_not_leave_the_fork_open(
    laptop: Desk, twin: Desk, town: Desk, asked_once_more: bool
) -> None:
    """No word takes it out, so beside what won it always counts; decided once more, the other side was lost, too."""
    for _ in range(3):
        laptop.birth("firm", {"name": "厂"})
    laptop.birth("firm", {"phone": "13800138000"}, record=FIRM)
    twin.birth("firm", {"phone": "13800138000"}, record=OTHER)
    erase(twin, OTHER)
    for desk in (laptop, twin):
        town.take(desk.send())
    assert set(town.held().values()) == {"fork"}
    decide(town, laptop, keep_held=False)
    assert town.held() == {}
    assert forks.open_forks(town.database, town.ledger.types) == []
    assert (len(town.records()), len(town.records("erasure"))) == (4, 1)
    if asked_once_more:
        assert town.merge(twin.send()).bundles[0].problem is None
        assert town.held() == {}


def test_the_ledger_of_merges_says_of_a_number_what_its_receipt_says(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    """Of two contents the worst, in whatever order they came."""
    laptop.forge_change(FIRM, "name", "从没登记")
    twin.birth("firm", {"name": "撤回的"}, record=OTHER)
    for desk in (laptop, twin):
        town.take(desk.send())
    origin = laptop.station, laptop.keys.incarnation
    second = max(aside.held_of(town.database, town.ledger.origin_ref(*origin), HELD_FORK))
    (text,) = exclusions.write({origin: exclusions.Named((), {second})})
    town.say("exclusion", {"cause": excluding.WITHDRAWN, "items": text})
    result = district.take(town.send())
    assert (result.held, result.refused) == (1, 1)
    (merge,) = traffic.merges(district.database)
    (told,) = traffic.merge_items(district.database, merge.id)
    town.take(district.send(town))
    assert (told.outcome, told.reason) == town.answers()[laptop.station, told.number]
    assert told.outcome == "refused"


def of_one_moment(laptop: Desk, twin: Desk) -> int:
    """Laptop and twin write something else under one number in one moment: that number."""
    number = laptop.next_number()
    twin.time.at = laptop.time.at
    for desk, record in ((laptop, FIRM), (twin, OTHER)):
        desk.birth("firm", {"name": desk.folder.name}, record=record)
    return number


@pytest.mark.parametrize("turn", [1, -1])
def test_what_had_counted_is_told_as_excluded_beside_another_content_of_its_moment(
    laptop: Desk, twin: Desk, town: Desk, district: Desk, turn: int
) -> None:
    """Number and stamp name both; the one had counted when the other came, and a third file lets neither count."""
    district.exclude((laptop, of_one_moment(laptop, twin)))
    told = town.merge(*[laptop.send(), twin.send()][::turn], district.send(town)).bundles
    assert [(r.applied, r.held, r.refused, r.births) for r in told[:2]] == [(0, 0, 1, {})] * 2


@pytest.mark.parametrize("again", [False, True])
def test_what_counts_goes_out_where_another_content_of_its_moment_stands_before_it(
    laptop: Desk, twin: Desk, town: Desk, again: bool
) -> None:
    """As after older items have come into a scope below, and its segment was put at the end of the journal."""
    number = of_one_moment(laptop, twin)
    if again:
        laptop.edit(FIRM, "name", "改了")
        twin.edit(OTHER, "name", "也改了")
        number += 1
    town.take(laptop.send())
    (position,) = segment_log.positions(
        town.database, town.ledger.origin_ref(laptop.station, laptop.keys.incarnation), number, number
    )
    town.take(twin.send())
    town.ledger.to_the_end([position])
    town.exclude((laptop, number))
    shown = [town.values(record) for record in (FIRM, OTHER)]
    assert [values and values["name"] for values in shown] == [laptop.folder.name if again else None, None]
    assert town.database.rows("SELECT number FROM version WHERE number = ?", (number,)) == []


@pytest.mark.parametrize("behind", [True, False])
@pytest.mark.parametrize("turn", [1, -1])
def test_an_erasure_counts_beside_another_content_of_its_moment(
    laptop: Desk, twin: Desk, town: Desk, turn: int, behind: bool, tmp_path: Path
) -> None:
    """Number and stamp name both, and no word reaches an erasure; both may wait ``behind`` an earlier fork."""
    town.birth("firm", {"phone": "13800138000"}, record=FIRM, unit=laptop.unit)
    if behind:
        laptop.birth("firm", {"name": "甲"})
        twin.birth("firm", {"name": "乙"})
        for desk in (laptop, twin):
            town.take(desk.send())
    twin.time.at = laptop.time.at = town.time.at
    laptop.birth("firm", {"name": "同一刻写的"}, record=OTHER)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(twin.stamp())}
    twin.time.at -= 1
    twin.ledger.write("清除", "王芳", births=[NewRecord("erasure", "", twin.unit, cells)])
    for desk in (laptop, twin)[::turn]:
        town.take(desk.send())
    decide(town, laptop)
    assert (town.held(), open_forks(town)) == ({}, [])
    assert (OTHER in town.records(), len(town.records("erasure"))) == (False, 1)
    assert "13800138000" not in everything(town)
    fresh = new_desk(tmp_path, "甲村第二台", Level.VILLAGE, unit=laptop.unit)
    enrol(fresh, town)
    fresh.take(town.send(fresh))
    assert fresh.records("erasure") == town.records("erasure")


def test_of_two_contents_of_one_moment_that_one_bundle_brings_none_is_told_as_applied(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    number = of_one_moment(laptop, twin)
    town.take(laptop.send(), twin.send())
    town.exclude((laptop, number))
    result = district.take(town.send())
    assert result.refused == len([u for u in result.unapplied if u.number == number]) == 2
    assert "firm" not in result.births


def test_where_nothing_counts_neither_computer_is_taken_for_the_original(
    laptop: Desk, twin: Desk, town: Desk
) -> None:
    """Both would go on under one station id, and nobody would tell them apart."""
    laptop.forge_change(FIRM, "name", "从没登记")
    town.take(laptop.send())
    twin.birth("firm", {"name": "后写的"}, record=OTHER)
    town.take(twin.send())
    assert losers(town, laptop, twin, keep_held=False) == [laptop.folder.name, twin.folder.name]
    assert town.records() == set()


def test_what_comes_late_of_a_decided_incarnation_does_not_count(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    forked(laptop, twin, town, district)
    decide(town, laptop)
    laptop.birth("firm", {"name": "又一条"}, record=THIRD)
    result = town.take(laptop.send())
    assert (result.applied, result.refused) == (0, 1)
    twin.edit(OTHER, "name", "第三次改")
    town.take(twin.send())
    # Another content of a number: the question is asked anew.
    assert len(open_forks(town)) == 1
    decide(town, laptop)
    assert open_forks(town) == []
    assert town.records() == {FIRM, FOURTH}


def test_taking_the_decision_back_opens_the_fork_again(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    forked(laptop, twin, town, district)
    (said,) = decide(town, laptop, keep_held=True)
    assert town.records() == {OTHER}
    town.lift(said)
    assert town.records() == {OTHER}
    assert len(open_forks(town)) == 1
    decide(town, laptop, keep_held=True)
    assert town.records() == {FIRM, FOURTH}
    assert open_forks(town) == []


def test_what_a_lost_root_had_decided_is_not_asked_again(
    laptop: Desk, twin: Desk, town: Desk, district: Desk
) -> None:
    """That the incarnation is closed names nothing that has come; who has not heard of it goes on in it."""
    forked(laptop, twin, town, district)
    decide(district, laptop)
    town.take(district.send(town))
    assert open_forks(town) == []
    before = station.knowledge(town.ledger, town.keys).policy
    enrol(town, new_root(town.folder, "新区"), 3)
    orphaned.say_again(town.ledger, town.keys, before, town.name)
    town.settle()
    enrol(laptop, town)
    station.keep_chain(twin.ledger, station.own_chain(laptop.ledger))
    laptop.birth("firm", {"name": "还没有听说"}, record=THIRD)
    assert town.take(laptop.send()).reasons == {("refused", "fork_lost"): 1}
    laptop.take(town.send(laptop))
    assert renumber(laptop) == 1
    twin.edit(OTHER, "name", "副本又改的")
    twin.birth("firm", {"name": "副本的"}, record="f5" * 16)
    assert town.take(twin.send()).reasons["refused", "fork_lost"] == 1
    report(laptop, town)
    assert town.records() == laptop.records() == {FIRM, FOURTH, THIRD}


def test_a_copy_that_enrols_anew_counts_its_bundles_from_one(laptop: Desk, twin: Desk, town: Desk) -> None:
    """It has sent some while it was taken for the original. Whoever reported to that has nothing to give back to it."""
    twin.birth("firm", {"name": "副本的"}, record=OTHER)
    assert town.take(twin.send()).applied == 1
    station.note_restored(twin.ledger)
    behind.note_hearing(twin.ledger, "a" * 64, "f" * 16, taken=True)
    assert station.knowledge(twin.ledger, None).state.awaited
    fresh = identity.generate(twin.ledger.environment.random)
    copies.become_another(twin.ledger, fresh)
    assert not station.knowledge(twin.ledger, None).state.awaited
    twin.keys = station.load_keys(twin.ledger)
    assert traffic.exported(twin.database) == []
    enrol(twin, town)
    twin.birth("firm", {"name": "自己的"}, record=THIRD)
    assert twin.send().sequence == 1


def test_a_copy_takes_no_receipt_for_what_the_original_has_sent(laptop: Desk, twin: Desk, town: Desk) -> None:
    """It would never send its own, and nobody would see the two contents."""
    laptop.birth("firm", {"name": "原机的"}, record=FIRM)
    twin.birth("firm", {"name": "副本的"}, record=OTHER)
    town.take(laptop.send())
    twin.take(town.send(twin))
    assert twin.link(town).acknowledged == 0
    assert town.take(twin.send()).held == 1
    assert len(open_forks(town)) == 1


def test_what_a_departed_copy_said_sets_no_receipt_back_when_it_is_merged_again(
    laptop: Desk, twin: Desk, town: Desk
) -> None:
    """It had sent more bundles than the original, so its numbers are higher."""
    twin.birth("firm", {"name": "副本的"}, record=OTHER)
    late = [twin.send() for _ in range(3)]
    for sent in late:
        town.take(sent)
    laptop.time.pass_days(0.1)
    town.birth("firm", {"name": "镇里给的"}, record=THIRD, unit=laptop.unit)
    laptop.take(town.send(laptop))
    town.take(laptop.send())
    said = town.link(laptop).acknowledged
    assert said > 0
    for sent in late:
        assert town.take(sent).answered == 0
    assert town.link(laptop).acknowledged == said


def test_what_a_departed_copy_said_sets_no_receipt_back_when_it_is_merged_late(
    laptop: Desk, twin: Desk, town: Desk
) -> None:
    """A stick turns up with bundles that nobody has merged; one clock that was ahead makes nobody deaf for long."""
    twin.birth("firm", {"name": "副本的"}, record=OTHER)
    first, *late = [twin.send() for _ in range(4)]
    town.take(first)
    laptop.time.pass_days(0.1)
    town.birth("firm", {"name": "镇里给的"}, record=THIRD, unit=laptop.unit)
    laptop.take(town.send(laptop))
    town.time.pass_days(0.2)
    town.take(laptop.send())
    said = town.link(laptop).acknowledged
    assert said > 0
    for sent in late[:-1]:
        assert town.take(sent).answered == 0
    assert town.link(laptop).acknowledged == said
    # The date here was ahead when that was heard: the numbers decide, as before.
    town.time.pass_days(-0.2)
    assert town.take(late[-1]).answered == 1


@pytest.mark.parametrize("in_one_moment", [False, True])
@pytest.mark.parametrize("excluded_first", [False, True])
def test_what_was_kept_out_on_both_sides_of_a_fork_is_asked_about_when_it_is_let_in_again(
    laptop: Desk, twin: Desk, town: Desk, in_one_moment: bool, excluded_first: bool
) -> None:
    if in_one_moment:
        twin.time.at = laptop.time.at
    laptop.birth("firm", {"name": "甲"}, record=FIRM)
    twin.birth("firm", {"name": "乙"}, record=OTHER)
    word = town.exclude((laptop, 1)) if excluded_first else ""
    report(laptop, town)
    report(twin, town)
    word = word or town.exclude((laptop, 1))
    assert town.records() == set()
    town.lift(word)
    assert town.records() == set(), "neither counts before somebody has said which"
    (fork,) = forks.open_forks(town.database, town.ledger.types)
    assert [put.record for put in fork.contents] == [FIRM, OTHER]
