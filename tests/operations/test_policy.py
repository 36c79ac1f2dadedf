"""Rolling a merge back, putting a computer out of use, and letting either count again, as a desk does it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import (
    applying,
    enrolling,
    exchange,
    forks,
    policy,
    refilling,
    renewal,
    uncounted,
    unsettled,
    withdrawals,
)
from desktop.operations.stations.forks import Kind, NoFork
from desktop.operations.stations.policy import BuiltUpon, NoStation
from desktop.operations.stations.renewal import NotACopy
from desktop.operations.stations.withdrawals import NoMerge
from desktop.operations.supervision.powers import kinds_here
from desktop.records.declaration import Level, Role
from desktop.records.supervision import LetterKind
from desktop.store.ledger import NewRecord, NotFound, SlotEdit
from desktop.store.peers import traffic as stored
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.sync.authority import enrolled, exclusions
from desktop.sync.errors import GrantGone, NotGranted
from desktop.sync.merging.results import MergeReport
from tests.operations.stations import enrol, forged, report_up, station, twin


@pytest.fixture
def village(tmp_path: Path) -> Session:
    return station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)


@pytest.fixture
def town(tmp_path: Path, village: Session) -> Session:
    """A town that a district has enrolled, and that has enrolled the village."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    return town


def names(session: Session) -> set[object]:
    return {
        r.values["name"]
        for r in [records.load(session, "enterprise", key) for key in _ids(session)]
        if r is not None
    }


def _ids(session: Session) -> list[str]:
    return [key for (key,) in session.database.rows("SELECT lower(hex(id)) FROM r_enterprise")]


def last_merge(session: Session) -> int:
    return stored.merges(session.database)[0].id


def same(*sessions: Session, unit: str) -> bool:
    return len({exchange.digest(s, unit).sha256 for s in sessions}) == 1


def test_a_merge_is_looked_at_withdrawn_and_restored(town: Session, village: Session, tmp_path: Path) -> None:
    records.save(village, "enterprise", {"name": "第一批的厂"})
    report_up(village, town, tmp_path)
    saved = records.save(village, "enterprise", {"name": "第二批的厂"})
    records.save(village, "enterprise", {"name": "第二批改的厂"}, record=saved.record)
    report_up(village, town, tmp_path)
    found = withdrawals.look_at_withdrawal(town, last_merge(town))
    assert [(loss.label, loss.births, loss.changes) for loss in found.losses] == [("企业（单位）", 1, 1)]
    assert found.allowed
    assert found.titles == ("第二批改的厂",)
    assert names(town) == {"第一批的厂", "第二批改的厂"}
    withdrawals.withdraw(town, last_merge(town), "填错了表")
    assert names(town) == {"第一批的厂"}
    with pytest.raises(NoMerge):
        withdrawals.withdraw(town, last_merge(town))
    report_up(village, town, tmp_path)
    assert names(village) == {"第一批的厂"}
    assert same(town, village, unit=village.unit.id)
    told = [t for t in unsettled.unsettled(village.database, village.here) if t.own]
    assert {t.reason for t in told} == {"上级撤回了收下它的那次合并：填错了表"}
    (lifted,) = policy.excluded(town)
    assert (lifted.label, lifted.note) == ("撤回合并：径山村工会第2个数据包", "填错了表")
    policy.lift(town, lifted.record)
    assert policy.excluded(town) == []
    report_up(village, town, tmp_path)
    assert names(town) == names(village) == {"第一批的厂", "第二批改的厂"}
    assert same(town, village, unit=village.unit.id)
    acts = [line.action for line in audit.recent(town)]
    assert {"撤回", "恢复计入"} <= set(acts)


def test_a_withdrawn_grant_is_told_for_what_it_is_and_its_computer_keeps_its_name(
    town: Session, village: Session, tmp_path: Path
) -> None:
    district = station(tmp_path, "330110", "余杭区", Level.DISTRICT)
    fresh = station(tmp_path, "330110108", "瓶窑镇总工会", Level.TOWN)
    below = station(tmp_path, "330110108200", "西山村工会", Level.VILLAGE)
    enrol(fresh, district, tmp_path, delegate=True)
    enrol(below, fresh, tmp_path)
    report_up(fresh, district, tmp_path)
    first = last_merge(district)
    records.save(below, "enterprise", {"name": "厂"})
    report_up(below, fresh, tmp_path)
    report_up(fresh, district, tmp_path)
    assert withdrawals.look_at_withdrawal(district, last_merge(district)).granted_words == ""
    found = withdrawals.look_at_withdrawal(district, first)
    assert found.granted_words.startswith("还带来了“西山村工会”的入网批准：撤回以后就当没有入网")
    many = replace(found, granted=tuple("一二三四五六七"))
    assert many.granted_words.startswith("还带来了“一”、“二”、“三”、“四”、“五”等7个单位的入网批准")
    withdrawals.withdraw(district, first, "报错了")
    assert names(district) == set()
    told = unsettled.unsettled(district.database, district.here)
    assert {t.author.split()[0] for t in told} == {"西山村工会", "瓶窑镇总工会"}
    report_up(fresh, district, tmp_path)
    (late,) = exchange.merge(fresh, [exchange.send(below, tmp_path / "late.xsj").path]).bundles
    assert isinstance(late.problem, GrantGone)
    # Another that this office gave since, and lost with what it was set back from, is not gone: it comes from above.
    back = twin(fresh, tmp_path / "退回")
    enrol(below, fresh, tmp_path)
    (late,) = exchange.merge(back, [exchange.send(below, tmp_path / "again.xsj").path]).bundles
    assert type(late.problem) is NotGranted
    policy.lift(district, *(e.record for e in policy.excluded(district)))
    assert names(district) == {"厂"}


def test_nothing_is_withdrawn_on_which_somebody_has_built(
    town: Session, village: Session, tmp_path: Path
) -> None:
    """Rule 18; what the same merge brought does not stand in its own way."""
    saved = records.save(village, "enterprise", {"name": "厂"})
    report_up(village, town, tmp_path)
    records.save(town, "enterprise", {"name": "镇里改的"}, record=saved.record)
    assert not withdrawals.look_at_withdrawal(town, last_merge(town)).allowed
    with pytest.raises(BuiltUpon):
        withdrawals.withdraw(town, last_merge(town))
    assert names(town) == {"镇里改的"}
    with pytest.raises(NoMerge):
        withdrawals.withdraw(town, 99)


def test_nothing_is_withdrawn_that_an_issued_letter_rests_on(
    town: Session, village: Session, tmp_path: Path
) -> None:
    """Rule 18: what left the house with a number quotes it; a draft does not."""
    firm = records.save(village, "enterprise", {"name": "厂"}).record
    report_up(village, town, tmp_path)
    case, letter = town.ledger.new_id(), town.ledger.new_id()
    town.ledger.write(
        "立案",
        "王芳",
        births=[
            NewRecord("case", case, town.unit.id, {"enterprise": firm}),
            NewRecord("case_document", letter, town.unit.id, {"case": case}),
        ],
    )
    assert withdrawals.look_at_withdrawal(town, last_merge(town)).allowed
    slot = town.types["case_document"].slot_of["document_number"]
    number = "示工劳监函〔2026〕1号"
    value = {"document_number": number} if slot != "document_number" else number
    town.ledger.write("签发", "王芳", edits=[SlotEdit("case_document", letter, slot, value)])
    found = withdrawals.look_at_withdrawal(town, last_merge(town))
    assert (found.allowed, found.letters, found.upon) == (False, 1, 0)
    with pytest.raises(BuiltUpon):
        withdrawals.withdraw(town, last_merge(town))


def test_who_is_below_withdraws_nothing_of_those_above(
    town: Session, village: Session, tmp_path: Path
) -> None:
    saved = records.save(village, "enterprise", {"name": "厂"})
    report_up(village, town, tmp_path)
    records.save(town, "enterprise", {"name": "镇里改的"}, record=saved.record)
    report_up(village, town, tmp_path)
    # What the town vouched for is the town's; there is nothing else in that merge.
    with pytest.raises(NoMerge):
        withdrawals.withdraw(village, last_merge(village))
    with pytest.raises(NotAllowed):
        policy.revoke(village, town.ledger.station)
    assert policy.stations(village) == []


def test_undo_takes_a_withdrawal_back_too(town: Session, village: Session, tmp_path: Path) -> None:
    """One way back: the same as lifting it."""
    records.save(village, "enterprise", {"name": "厂"})
    report_up(village, town, tmp_path)
    changes = withdrawals.withdraw(town, last_merge(town))
    assert names(town) == set()
    records.undo(town, changes.stamp)
    assert names(town) == {"厂"}


def test_a_computer_is_put_out_of_use_and_in_again(town: Session, village: Session, tmp_path: Path) -> None:
    records.save(village, "enterprise", {"name": "一厂"})
    records.save(village, "enterprise", {"name": "二厂"})
    report_up(village, town, tmp_path)
    (found,) = policy.stations(town)
    assert (found.name, found.last, found.revocation) == ("径山村工会", 2, "")
    assert policy.look_at_revocation(town, found.station) == ()
    (loss,) = policy.look_at_revocation(town, found.station, 1)
    assert (loss.births, loss.changes) == (1, 0)
    days = [datetime.date(2026, 11, n) for n in (23, 24)]
    assert [policy.last_before(town, found.station, day) for day in days] == [0, 2]
    policy.revoke(town, found.station, 1, "电脑丢失")
    assert names(town) == {"一厂"}
    (listed,) = policy.stations(town)
    assert listed.revocation
    # The newest word stands, and the one before is taken back with it.
    policy.revoke(town, found.station)
    (said,) = policy.excluded(town)
    assert said.label == "径山村工会"
    policy.lift(town, said.record)
    assert names(town) == {"一厂", "二厂"}
    with pytest.raises(NotFound):
        policy.lift(town, said.record)
    with pytest.raises(NoStation):
        policy.revoke(town, "0" * 64)
    with pytest.raises(NotAllowed):
        policy.revoke(town, town.ledger.station)


def test_a_revoked_computer_gets_no_more_bundles(town: Session, village: Session, tmp_path: Path) -> None:
    policy.revoke(town, village.ledger.station)
    with pytest.raises(exchange.PeerRevoked):
        exchange.send(town, tmp_path / "x.xsj", to=village.unit.name)


def test_a_computer_that_was_let_in_again_under_new_keys_gets_bundles_before_it_has_reported(
    town: Session, village: Session, tmp_path: Path
) -> None:
    """Its new incarnation counts; that in which it was last heard does not."""
    records.save(village, "enterprise", {"name": "厂"})
    report_up(village, town, tmp_path)
    policy.revoke(town, village.ledger.station)
    assert enrolled.out_of_use(town.database) == {village.ledger.station}
    applying.request(village, tmp_path / "again.xsq", renew=True)
    enrolling.grant(town, tmp_path / "again.xsq", tmp_path / "again.xsg", compared=None)
    applying.accept(village, tmp_path / "again.xsg", tmp_path / "again.xsa", compared=None)
    enrolling.confirm(town, tmp_path / "again.xsa")
    sent = exchange.send(town, tmp_path / "down.xsj", to=village.unit.name)
    (taken,) = exchange.merge(village, [sent.path]).bundles
    assert taken.problem is None
    assert enrolled.out_of_use(town.database) == frozenset(), "the window offers to answer it as well"
    (listed,) = policy.stations(town)
    assert (listed.out, bool(listed.revocation)) == (False, True), "what it wrote before can still be let in"


def test_what_was_written_while_a_computer_was_out_of_use_counts_not_when_it_is_enrolled_again(
    town: Session, village: Session, tmp_path: Path
) -> None:
    """Who found or stole it may have written that: it is enrolled in a new incarnation (rules 1 and 27)."""
    records.save(village, "enterprise", {"name": "厂"})
    report_up(village, town, tmp_path)
    policy.revoke(town, village.ledger.station)
    records.save(village, "enterprise", {"name": "丢失以后写的"})
    enrol(village, town, tmp_path)
    again = village.ledger.incarnation
    applying.accept(village, tmp_path / f"{village.unit.name}.xsg", compared=None)
    assert village.ledger.incarnation == again, "it begins once"
    records.save(village, "enterprise", {"name": "重新入网以后写的"})
    report_up(village, town, tmp_path)
    assert names(town) == {"厂", "重新入网以后写的"}
    assert same(town, village, unit=village.unit.id)


def test_what_another_level_has_said_is_lifted_by_that_level(
    town: Session, village: Session, tmp_path: Path
) -> None:
    records.save(village, "enterprise", {"name": "厂"})
    report_up(village, town, tmp_path)
    withdrawals.withdraw(town, last_merge(town))
    report_up(village, town, tmp_path)
    (said,) = policy.excluded(village)
    with pytest.raises(NotAllowed):
        policy.lift(village, said.record)


def test_these_records_are_not_written_by_hand(town: Session) -> None:
    for name in ("exclusion", "revocation", "grant"):
        with pytest.raises(NotAllowed):
            records.save(town, name, {"label": "手工写的"})


# -- forks ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def forked(town: Session, village: Session, tmp_path: Path) -> Session:
    """The village's laptop and its twin have written under the same numbers; the town holds what the twin wrote."""
    copy = twin(village, tmp_path / "twin")
    records.save(village, "enterprise", {"name": "原机的厂"})
    records.save(copy, "enterprise", {"name": "副本的厂"})
    records.save(copy, "enterprise", {"name": "副本又一家"})
    report_up(village, town, tmp_path)
    exchange.merge(town, [exchange.send(copy, tmp_path / "copy.xsj").path])
    assert len(forks.open_forks(town.database, town.here)) == 1
    return copy


def decide(town: Session, kind: Kind, *, keep_waiting: bool = False) -> None:
    (fork,) = forks.open_forks(town.database, town.here)
    forks.decide(town, fork.station, fork.incarnation, kind, keep_waiting=keep_waiting)
    assert forks.open_forks(town.database, town.here) == []


def down(town: Session, to: Session, folder: Path) -> MergeReport:
    sent = exchange.send(town, folder / f"down{town.ledger.next_number()}.xsj", to=to.unit.name)
    return exchange.merge(to, [sent.path])


def test_a_restored_computer_goes_on_under_new_numbers_and_nothing_is_missing(
    town: Session, village: Session, forked: Session, tmp_path: Path
) -> None:
    decide(town, Kind.RESTORED)
    assert names(town) == {"原机的厂"}
    before = forked.ledger.incarnation
    report = down(town, forked, tmp_path)
    assert (report.renumbered, report.copied) == (2, False)
    assert forked.ledger.incarnation != before
    report_up(forked, town, tmp_path)
    assert names(town) == names(forked) == {"原机的厂", "副本的厂", "副本又一家"}
    assert same(town, forked, unit=village.unit.id)


def test_a_copied_computer_is_told_to_enrol_and_the_other_goes_on(
    town: Session, village: Session, forked: Session, tmp_path: Path
) -> None:
    decide(town, Kind.COPIED)
    assert down(town, forked, tmp_path).copied
    report = down(town, village, tmp_path)
    assert (report.renumbered, report.copied) == (0, False)
    records.save(village, "enterprise", {"name": "接着写的厂"})
    report_up(village, town, tmp_path)
    assert names(town) == {"原机的厂", "接着写的厂"}


def test_what_waits_may_be_kept(town: Session, village: Session, forked: Session, tmp_path: Path) -> None:
    decide(town, Kind.COPIED, keep_waiting=True)
    assert names(town) == {"副本的厂", "副本又一家"}
    assert down(town, village, tmp_path).copied
    assert not down(town, forked, tmp_path).copied


def test_who_is_not_above_decides_no_fork(town: Session, village: Session, forked: Session) -> None:
    with pytest.raises(NoFork):
        forks.decide(village, village.ledger.station, village.ledger.incarnation, Kind.RESTORED)


# -- what the window reads -----------------------------------------------------------------------------------------


def test_what_does_not_count_is_told_with_who_said_it_and_whose_it_is(
    town: Session, village: Session, tmp_path: Path
) -> None:
    records.save(village, "enterprise", {"name": "厂"})
    report_up(village, town, tmp_path)
    merge = last_merge(town)
    withdrawals.withdraw(town, merge, "重复")
    report_up(village, town, tmp_path)
    policy.revoke(town, village.ledger.station, note="丢失")
    revoked, withdrawn = uncounted.all_excluded(town.database, town.here)
    assert (revoked.kind, revoked.cause, revoked.station) == ("停用的工作电脑", "", village.ledger.station)
    assert (withdrawn.kind, withdrawn.cause, withdrawn.whose) == ("撤回合并", "withdrawn", village.unit.name)
    assert {e.who for e in (revoked, withdrawn)} == {"径山镇总工会 王芳"}
    assert all(e.own for e in (revoked, withdrawn))
    (below,) = uncounted.all_excluded(village.database, village.here)
    assert (below.record, below.own) == (withdrawn.record, False)


def test_a_merge_is_known_as_withdrawn_until_it_is_restored(
    town: Session, village: Session, tmp_path: Path
) -> None:
    for name in ("一厂", "二厂"):
        records.save(village, "enterprise", {"name": name})
        report_up(village, town, tmp_path)
    merge = last_merge(town)
    assert uncounted.withdrawn_merges(town.database, town.here) == {}
    withdrawals.withdraw(town, merge)
    found = uncounted.withdrawn_merges(town.database, town.here)
    assert list(found) == [merge]
    assert found[merge].own
    ((sender, incarnation, sequence),) = town.database.rows(
        "SELECT sender, incarnation, sequence FROM merge WHERE id = ?", (merge,)
    )
    # However many came since; another incarnation of the sender has counted its files anew.
    town.database.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO merge"
        " SELECT m.id + i, m.at, m.operator, m.sender, m.incarnation, m.sequence + i, 'b' || i, m.file,"
        " 0, 0, 0, 0, 0, 0"
        " FROM merge m CROSS JOIN n WHERE m.id = ?",
        (merge,),
    )
    assert uncounted.was_withdrawn(town.database, town.here, sender, incarnation, sequence)
    assert not uncounted.was_withdrawn(town.database, town.here, sender, "0" * 16, sequence)
    assert not uncounted.was_withdrawn(town.database, town.here, sender, incarnation, sequence + 1)
    policy.lift(town, *found[merge].records)
    assert uncounted.withdrawn_merges(town.database, town.here) == {}
    assert names(town) == {"一厂", "二厂"}


def test_a_withdrawal_of_several_records_is_lifted_as_a_whole(
    town: Session, village: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exclusions, "MAX_WORDS", 1)
    # What is refused in between makes two spans of numbers.
    for number, unit in enumerate((village, town, village)):
        forged(village, {"name": f"{number}厂"}, unit.unit.id)
    assert report_up(village, town, tmp_path).bundles[0].refused == 1
    withdrawals.withdraw(town, last_merge(town))
    assert names(town) == set()
    found = uncounted.withdrawn_merges(town.database, town.here)[last_merge(town)]
    assert len(found.records) == 2
    policy.lift(town, *found.records)
    assert names(town) == {"0厂", "2厂"}
    with pytest.raises(NotFound):
        policy.lift(town, *found.records)
    with pytest.raises(NotFound):
        policy.lift(town)


# -- filling in once more ------------------------------------------------------------------------------------------


def test_what_was_refused_is_given_back_word_for_word(
    town: Session, village: Session, tmp_path: Path
) -> None:
    """A new record with all that was changed in it later; a change by itself; personal values are noted."""
    kept = records.save(village, "enterprise", {"name": "留下的厂"}).record
    report_up(village, town, tmp_path)
    new = records.save(village, "enterprise", {"name": "新厂", "contact_phone": "13812340000"}).record
    records.save(village, "enterprise", {"name": "新厂改"}, record=new)
    records.save(village, "enterprise", {"surveyed_staff": 9}, record=kept)
    report_up(village, town, tmp_path)
    withdrawals.withdraw(town, last_merge(town))
    report_up(village, town, tmp_path)
    told = unsettled.unsettled(village.database, village.here)
    assert all(t.again for t in told)
    assert len(told) == 3
    for item in told:
        found = refilling.refill_for(village, item)
        if item.record == new:
            assert found.record == ""
            assert (found.cells["name"], found.cells["contact_phone"]) == ("新厂改", "13812340000")
        else:
            assert (found.record, found.cells) == (kept, {"surveyed_staff": 9})
    shown = [line for line in audit.recent(village) if line.action == audit.Act.SHOWN.value]
    assert len(shown) == 2
    for item in told:
        refilling.note_refilled(village, item)
        left = [t for t in unsettled.unsettled(village.database, village.here) if not t.done]
        assert item.record not in {t.record for t in left}
    # What the level above holds or refuses of others is none of one's own to fill in.
    assert not any(t.again for t in unsettled.unsettled(town.database, town.here))


def test_a_reader_is_not_given_what_was_refused(town: Session, village: Session, tmp_path: Path) -> None:
    records.save(village, "enterprise", {"name": "新厂"})
    report_up(village, town, tmp_path)
    withdrawals.withdraw(town, last_merge(town))
    report_up(village, town, tmp_path)
    (item,) = unsettled.unsettled(village.database, village.here)
    village.workspace.operator = replace(village.operator, role=Role.READER)
    with pytest.raises(NotAllowed):
        refilling.refill_for(village, item)


def test_only_a_copy_becomes_a_computer_of_its_own(village: Session) -> None:
    with pytest.raises(NotACopy):
        renewal.become_own(village)


def test_what_a_town_says_of_those_whom_it_does_not_stand_above_is_told_nowhere(tmp_path: Path) -> None:
    """It has no effect; who read that a computer is out of use would not put it out of use."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    one = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    rogue = station(tmp_path, "330110110", "瓶窑镇总工会", Level.TOWN)
    for town in (one, rogue):
        enrol(town, district, tmp_path)
    records.save(one, "enterprise", {"name": "一厂"})
    report_up(one, district, tmp_path)
    assert kinds_here(district) == frozenset(LetterKind)
    items = "\n".join(f"{s.ledger.station} {s.ledger.incarnation} 1-999" for s in (one, district))
    grant = {"station": "ab" * 32, "holder": district.unit.id, "certificate": "AAAA"}
    words = [
        *(("revocation", {"station": s.ledger.station}) for s in (one, district)),
        ("exclusion", {"cause": "withdrawn", "items": items}),
        ("exclusion", {"cause": "fork", "refusal": "copied", "items": items}),
        ("grant", grant),
    ]
    births = [NewRecord(name, "", rogue.unit.id, cells) for name, cells in words]
    rogue.ledger.write("", "", births=births)
    assert report_up(rogue, district, tmp_path).bundles[0].applied == len(words)
    assert names(district) == {"一厂"}
    assert policy.excluded(district) == []
    assert uncounted.withdrawn_merges(district.database, district.here) == {}
    assert [(s.out, s.revocation) for s in policy.stations(district)] == [(False, "")] * 2
    assert kinds_here(district) == frozenset(LetterKind)
    # What reaches the other town of it makes it no copy and leaves its own desk.
    exchange.receive(one, [exchange.send(district, tmp_path / "down.xsj", to=one.ledger.station).path])
    assert len(reading.records(one.database, one.types, Query("exclusion"))) == 2
    with pytest.raises(NotACopy):
        renewal.become_own(one)
    # The word of who may say it is told, and of another level's that it may be followed by one's own.
    policy.revoke(district, one.ledger.station, 0)
    (out,) = [s for s in policy.stations(district) if s.out]
    assert (out.station, bool(out.revocation)) == (one.ledger.station, True)
    assert [e.station for e in policy.excluded(district)] == [one.ledger.station]


def test_a_word_of_the_level_below_leaves_the_own_one_to_be_said(tmp_path: Path) -> None:
    """A town that puts a computer out of use beyond all that this will ever write protects it from nothing."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "一厂"})
    report_up(village, town, tmp_path)
    policy.revoke(town, village.ledger.station, 999_999)
    report_up(town, district, tmp_path)

    def seen() -> tuple[bool, bool]:
        (found,) = [s for s in policy.stations(district) if s.station == village.ledger.station]
        return found.out, bool(found.revocation)

    assert (seen(), names(district)) == ((True, False), {"一厂"})
    policy.revoke(district, village.ledger.station, 0)
    assert (seen(), names(district)) == ((True, True), set())
