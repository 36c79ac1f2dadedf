"""What the sync page reads: what waits, who has what, what was not taken and why, and files to be looked at."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import (
    applying,
    enrolling,
    exchange,
    moving,
    policy,
    roots,
    traffic,
    uncounted,
    unsettled,
    withdrawals,
)
from desktop.operations.supervision.powers import Powers
from desktop.operations.workspaces import erasing, wiping
from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.records.versions import item_outcomes
from desktop.records.versions.resolution import Life
from desktop.store.ledger import Deletion, NewRecord
from desktop.store.peers import enrolled
from desktop.store.queries import aggregates, reading
from desktop.sync.authority.station import load_keys
from desktop.sync.bundles import sending, writing
from desktop.sync.errors.enrolment import GrantForOther
from desktop.sync.errors.surroundings import DiskGone, NotPlainFile
from desktop.sync.merging.results import Unapplied
from desktop.sync.signed import manifest
from tests.operations.stations import enrol, forged, report_up, station

CODE = "91330106MA2ABCDEX7"


@pytest.fixture
def three(tmp_path: Path) -> tuple[Session, Session, Session]:
    """A district, a town that may enrol, and a village of the town."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    return district, town, village


def test_the_standing_follows_the_three_files(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)

    def standing(session: Session) -> traffic.Standing:
        return traffic.standing(session.database, session.unit)

    assert standing(district) == traffic.Standing(False, False, True, True, True)
    assert standing(village) == traffic.Standing(True, False, False, False, False)
    applying.request(village, tmp_path / "a.xsq")
    assert standing(village) == traffic.Standing(True, True, False, False, False)
    enrolling.grant(district, tmp_path / "a.xsq", tmp_path / "a.xsg", compared=None)
    applying.accept(village, tmp_path / "a.xsg", compared=None)
    assert standing(village) == traffic.Standing(True, True, True, False, False)


def test_what_waits_is_what_the_next_bundle_carries(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    saved = records.save(village, "enterprise", {"name": "一家", "uscc": CODE})
    records.save(village, "enterprise", {"name": "改过的一家"}, record=saved.record)
    records.save(village, "visit", {"enterprise": saved.record})
    seen = traffic.overview(village.database, village.here)
    assert seen.waiting == 3
    enterprise, visit = village.types["enterprise"].label, village.types["visit"].label
    assert {(c.label, c.births, c.changes) for c in seen.own} == {(enterprise, 1, 1), (visit, 1, 0)}
    assert exchange.send(village, tmp_path / "a.xsj").items == 3
    exchange.merge(town, [tmp_path / "a.xsj"])
    above = traffic.overview(town.database, town.here)
    assert {(c.births, c.changes) for c in above.below} == {(1, 1), (1, 0)}
    assert {c.label for c in above.own} >= {"入网批准"}
    assert above.waiting == exchange.send(town, tmp_path / "b.xsj").items


def test_a_bundle_counts_as_confirmed_only_after_its_receipt(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    records.save(village, "enterprise", {"name": "一家"})
    sent = exchange.send(village, tmp_path / "a.xsj")
    peer = traffic.overview(village.database, village.here).upward
    assert peer is not None
    assert peer.sent is not None
    assert (peer.sent.sequence, peer.sent.items, peer.confirmed) == (sent.sequence, 1, False)
    exchange.merge(town, [sent.path])
    down = exchange.send(town, tmp_path / "down.xsj", to=village.ledger.station)
    exchange.receive(village, [down.path])
    after = traffic.overview(village.database, village.here)
    assert after.upward is not None
    assert after.upward.confirmed
    assert after.upward.received is not None
    assert after.waiting == 0


def test_who_has_a_receipt_is_behind_again_when_what_it_told_does_not_count_any_more(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    """The exclusion is a birth under the unit of the desk, and goes to everybody below; so does that it is lifted."""
    _, town, village = three
    records.save(village, "enterprise", {"name": "一家"})
    exchange.merge(town, [exchange.send(village, tmp_path / "a.xsj").path])

    def behind() -> list[bool]:
        found = [p.outdated for p in traffic.overview(town.database, town.here).peers if not p.link.upward]
        exchange.send(town, tmp_path / "down.xsj", to=village.ledger.station)
        return found

    behind()
    said = [behind()]
    withdrawals.withdraw(town, 1, "报错了文件")
    said += [behind(), behind()]
    policy.lift(town, uncounted.all_excluded(town.database, town.here)[0].record)
    said += [behind(), behind()]
    assert said == [[False], [True], [False], [True], [False]]


def test_only_whom_a_word_of_what_counts_concerns_is_behind(tmp_path: Path) -> None:
    """One roll-back had all villages of a town wait for a receipt."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    below = {
        code: station(tmp_path, code, f"第{code[-1]}工会", Level.VILLAGE)
        for code in (f"33011010920{n}" for n in range(3))
    }
    for village in below.values():
        enrol(village, town, tmp_path)
    first = below["330110109200"]
    person = records.save(first, "member", {"name": "陈喆", "phone": "13800000000"}).record
    exchange.merge(town, [exchange.send(first, tmp_path / "a.xsj").path])
    names = {s.ledger.station: code for code, s in below.items()}

    def behind() -> list[str]:
        found = [p.link.peer for p in traffic.overview(town.database, town.here).peers if p.outdated]
        for peer in names:
            exchange.send(town, tmp_path / f"{peer[:8]}.xsj", to=peer)
        return [names[peer] for peer in found]

    behind()
    assert behind() == []
    withdrawals.withdraw(town, 1)
    assert behind() == ["330110109200"]
    beside = below["330110109201"]
    exchange.receive(beside, [exchange.send(town, tmp_path / "b.xsj", to=beside.ledger.station).path])
    assert list(reading.records(beside.database, beside.types, reading.Query("exclusion"))), "it goes to all"
    assert uncounted.all_excluded(beside.database, beside.here) == [], "of others' computers nothing is here"
    policy.lift(town, uncounted.all_excluded(town.database, town.here)[0].record)
    assert behind() == ["330110109200"]
    erasing.erase(town, "member", [person], basis="consent")
    assert behind() == ["330110109200"]
    records.save(town, "unit", {"signatures": "both"}, record=town.workspace.unit.id)
    assert behind() == list(below), "all below it have to know whose signatures are asked for"
    assert behind() == []
    lower = {"name": "茶厂工会", "level": "enterprise", "code": "Q1", "superior": first.unit.id}
    unit = records.save(town, "unit", lower).record
    assert behind() == ["330110109200"]
    moving.move(town, unit, below["330110109202"].unit.id)
    assert behind() == ["330110109200", "330110109202"], "who had it does not have it any more"
    records.delete(town, "unit", unit)
    assert behind() == ["330110109202"]
    policy.revoke(town, below["330110109202"].ledger.station)
    assert [names[p.link.peer] for p in traffic.overview(town.database, town.here).peers if p.outdated] == [
        "330110109202"
    ]


def test_a_station_that_was_heard_long_ago_is_not_forgotten(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    report_up(village, town, tmp_path)
    for table, names in (
        ("merge", "at, operator, sender, incarnation, bundle, file, applied, known, held, conflict, refused, total"),
        ("exported", "at, bundle, position, last, items, file, operator"),
    ):  # fmt: skip
        other = names.replace("sender", "'another' AS sender").replace("at,", "at + n.value AS at,")
        keys = "sequence" if table == "merge" else "sequence, peer"
        mine = "n.value" if table == "merge" else "n.value, 'another'"
        town.database.execute(
            f"INSERT INTO {table} ({names}, {keys}) SELECT {other}, {mine}"
            f" FROM (SELECT * FROM {table} LIMIT 1), json_each(?) n",
            (json.dumps(list(range(1, 601))),),
        )
    (peer,) = [p for p in traffic.peers(town.database) if p.link.peer == village.ledger.station]
    assert peer.received is not None
    assert peer.received.sender == village.ledger.station
    assert peer.sent is not None


def test_a_computer_that_is_enrolled_by_the_same_bundle_is_previewed_by_name(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    report_up(town, district, tmp_path)
    enrol(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "𠮷祥茶厂"})
    forged(village, {"name": "别家的茶厂"}, district.unit.id)
    report_up(village, town, tmp_path)
    sent = exchange.send(town, tmp_path / "镇.xsj")
    (seen,) = traffic.preview(district, district.here, [sent.path])
    assert seen.writers["径山村工会"]
    told = unsettled.in_words(district.database, district.here, seen.result.unapplied, seen.names)
    assert {item.author for item in told} == {"径山村工会"}
    assert village.ledger.station not in traffic.station_names(district.database, district.here)


def test_what_the_level_above_refused_leads_to_the_record_with_a_reason_and_advice(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    one, two = (
        station(tmp_path, f"33011010{i}", f"{n}镇总工会", Level.TOWN) for i, n in ((9, "甲"), (8, "乙"))
    )
    for town in (one, two):
        enrol(town, district, tmp_path)
    saved = forged(one, {"name": "别家的茶厂"}, two.unit.id)
    merged = report_up(one, district, tmp_path).bundles[0]
    (in_result,) = unsettled.in_words(district.database, district.here, merged.unapplied)
    assert (in_result.title, in_result.known) == ("别家的茶厂", False)
    (told,) = unsettled.unsettled(one.database, one.here)
    assert (told.outcome, told.above, told.own) == ("refused", True, True)
    assert (told.type, told.record, told.title, told.slot_label) == (
        "enterprise", saved, "别家的茶厂", "整条记录",
    )  # fmt: skip
    assert told.reason == "它不在本单位负责的范围内"
    assert told.advice
    (at_desk,) = unsettled.unsettled(district.database, district.here)
    assert (at_desk.above, at_desk.author, at_desk.known) == (False, "甲镇总工会", False)


def test_a_conflict_is_told_with_its_field(three: tuple[Session, Session, Session], tmp_path: Path) -> None:
    _, town, village = three
    saved = records.save(village, "enterprise", {"name": "原名", "uscc": CODE})
    report_up(village, town, tmp_path)
    records.save(town, "enterprise", {"name": "镇里改的"}, record=saved.record)
    records.save(village, "enterprise", {"name": "村里改的"}, record=saved.record)
    result = report_up(village, town, tmp_path).bundles[0]
    (shown,) = unsettled.in_words(town.database, town.here, result.unapplied)
    assert (shown.slot, shown.slot_label, shown.known) == ("name", "单位名称", True)
    (told,) = [t for t in unsettled.unsettled(village.database, village.here) if t.own]
    assert (told.outcome, told.slot_label, told.title) == ("conflict", "单位名称", "镇里改的")
    line = traffic.merge_log(town.database, town.here)[0]
    assert (line.name, line.merged.conflict) == ("径山村工会", 1)
    (detail,) = unsettled.merge_details(town.database, town.here, line.merged.id)
    assert detail.record == saved.record


def test_the_digest_for_the_reader_is_that_of_the_operation(three: tuple[Session, Session, Session]) -> None:
    _, town, village = three
    records.save(village, "enterprise", {"name": "一家"})
    assert traffic.content_digest(village.database, village.here) == exchange.digest(village)
    assert traffic.content_digest(town.database, town.here, village.unit.id) == exchange.digest(
        town, village.unit.name
    )


def test_request_and_grant_are_looked_at_before_anything_is_decided(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village, other = (
        station(tmp_path, f"33011010920{i}", f"{n}村工会", Level.VILLAGE) for i, n in enumerate("甲乙")
    )
    asked = applying.request(village, tmp_path / "a.xsq")
    seen = traffic.look_request(tmp_path / "a.xsq")
    assert (seen.name, seen.level, str(seen.words)) == ("甲村工会", Level.VILLAGE, asked.words)
    enrolling.grant(district, tmp_path / "a.xsq", tmp_path / "a.xsg", compared=None)
    offered = applying.look(village, tmp_path / "a.xsg")
    assert (offered.grantor, offered.unit, offered.may_enrol) == ("余杭区总工会", "甲村工会", False)
    assert not traffic.standing(village.database, village.unit).enrolled
    applying.request(other, tmp_path / "b.xsq")
    with pytest.raises(GrantForOther):
        applying.look(other, tmp_path / "a.xsg")
    with pytest.raises(DiskGone):
        traffic.look_request(tmp_path / "gone.xsq")


def test_receipts_that_cannot_be_written_leave_the_merge_standing(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    _, town, village = three
    records.save(village, "enterprise", {"name": "一家"})
    sent = exchange.send(village, tmp_path / "a.xsj")
    (tmp_path / "stick").write_text("not a folder", "utf-8")
    done = traffic.merge(town, [sent.path], tmp_path / "stick")
    assert done.report.bundles[0].applied == 1
    assert (len(done.receipts), len(done.failed)) == (0, 1)
    again = traffic.merge(town, [sent.path], tmp_path / "receipts")
    assert again.report.bundles[0].known == 1
    assert [s.name for s in again.receipts] == ["径山村工会"]


def test_what_one_receipt_cannot_hold_goes_in_a_second_at_once(
    three: tuple[Session, Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, town, village = three
    monkeypatch.setattr(writing, "PART_TARGET", 1)
    monkeypatch.setattr(manifest, "MAX_PARTS", 2)
    for name in ("一家", "又一家"):
        town.ledger.write(
            "新增",
            "测",
            births=[NewRecord("enterprise", town.ledger.new_id(), village.unit.id, {"name": name})],
        )
        sending.cut_own(town.ledger, load_keys(town.ledger))
    sent = exchange.send(village, tmp_path / "a.xsj")
    done = traffic.merge(town, [sent.path], tmp_path / "receipts")
    more = [s.more for s in done.receipts]
    assert more == [True] * (len(more) - 1) + [False]
    assert len(more) > 1


def test_every_reason_has_words_and_a_next_step(three: tuple[Session, Session, Session]) -> None:
    """Nobody reads a code of the program, here or in what came back from above."""
    _, town, village = three
    for number, reason in enumerate(item_outcomes.REASONS, 1):
        held = f"HELD_{reason.upper()}" in vars(item_outcomes)
        outcome = item_outcomes.HELD if held else item_outcomes.REFUSED
        item = Unapplied(outcome, reason, village.ledger.station, number, "enterprise", "ab" * 16, "name")
        (told,) = unsettled.in_words(town.database, town.here, [item])
        assert told.reason, reason
        assert told.advice.endswith("。"), reason
        assert reason not in told.reason + told.advice
        village.database.execute(
            "INSERT INTO answer (station, incarnation, number, outcome, reason, issuer) VALUES (?, ?, ?, ?, ?, ?)",
            (
                village.ledger.station,
                village.ledger.incarnation,
                number,
                outcome,
                reason,
                town.ledger.station,
            ),
        )
        (back,) = unsettled.unsettled(village.database, village.here)
        # Who has withdrawn can restore it, who wrote it asks; of a stolen laptop the village asks for another one.
        assert back.above, reason
        told_apart = (item_outcomes.REFUSED_WITHDRAWN, item_outcomes.REFUSED_REVOKED)
        assert (back.advice == told.advice) is (reason not in told_apart), reason
        assert reason not in back.reason
        village.database.execute("DELETE FROM answer")


def test_the_five_outcomes_have_one_set_of_words() -> None:
    assert list(item_outcomes.OUTCOMES) == ["applied", "known", "conflict", "held", "refused"]
    assert {o: item_outcomes.OUTCOMES[o] for o in unsettled.OUTCOMES} == unsettled.OUTCOMES


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders there")
def test_nobody_waits_for_a_pipe_under_the_name_of_another_file(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, _, village = three
    pipe = tmp_path / "x.xsq"
    os.mkfifo(pipe)
    for read in (
        lambda: enrolling.grant(district, pipe, tmp_path / "x.xsg", compared=None),
        lambda: applying.accept(village, pipe, tmp_path / "x.xsa", compared=None),
        lambda: enrolling.confirm(village, pipe),
        lambda: wiping.read_statement(district, pipe),
        lambda: roots.read_root(pipe),
    ):
        with pytest.raises(NotPlainFile):
            read()


def test_a_village_knows_by_name_whoever_stands_above_its_town(tmp_path: Path) -> None:
    """What the district wrote into a conflict was told as of a computer elsewhere, with eight characters of its id."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    names = traffic.station_names(village.database, village.here)
    assert names[district.ledger.station] == "余杭区总工会"
    assert names[town.ledger.station] == "径山镇总工会"


def test_nobody_calls_anothers_computer_his_own(tmp_path: Path) -> None:
    """A grant may name any computer; only the one by which a certificate was issued tells whose it is."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    rogue = station(tmp_path, "330110110", "瓶窑镇总工会", Level.TOWN)
    for below, above in ((town, district), (village, town), (rogue, district)):
        enrol(below, above, tmp_path, delegate=True)
    report_up(town, district, tmp_path)
    theirs = reading.records(town.database, town.types, reading.Query("grant"))
    copied = next(g.values["certificate"] for g in theirs if g.values["station"] == village.ledger.station)
    named = [(village, rogue), (town, village), (district, rogue)]
    births = [
        NewRecord(
            "grant", "", rogue.unit.id,
            {"station": computer.ledger.station, "holder": unit.unit.id, "certificate": copied},
        )
        for computer, unit in named
    ]  # fmt: skip
    rogue.ledger.write("", "", births=births)
    assert report_up(rogue, district, tmp_path).bundles[0].applied == 3
    names = traffic.station_names(district.database, district.here)
    assert names[village.ledger.station] == "径山村工会"
    # Nor does it tell who decides a conflict, whose computers a move concerns, or who has altered a letter.
    covered = aggregates.stations_covered(district.database, rogue.unit.id, "own")
    assert covered == {"own", rogue.ledger.station}
    moved = moving.look_at(district, village.unit.id, rogue.unit.id)
    assert moved.stations == ("径山村工会",)
    towns = {s.ledger.station for s in (town, village, rogue)}
    assert Powers(district.database, district.types).without_register == towns
    assert dict(enrolled.stations(district.database)) == {
        s.ledger.station: s.unit.id for s in (town, village, rogue)
    }


def test_who_was_enrolled_for_another_unit_is_known_when_the_one_it_asked_for_is_gone(tmp_path: Path) -> None:
    """Its certificate has both units, and the one that is deleted may come last."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    applying.request(village, tmp_path / "村.xsq")
    wished = village.unit.id
    codes = (f"33011010920{n}" for n in range(1, 10))
    code = next(c for c in codes if unit_id(Level.VILLAGE, c) < wished)
    enrolling.grant(town, tmp_path / "村.xsq", tmp_path / "村.xsg", code=code, compared=None)
    applying.accept(village, tmp_path / "村.xsg", compared=None)
    records.delete(town, "unit", wished)
    report_up(town, district, tmp_path)
    computer = village.ledger.station
    assert computer in aggregates.stations_covered(district.database, district.unit.id, "own")
    assert traffic.station_names(district.database, district.here)[computer] == "径山村工会"
    assert Powers(district.database, district.types).without_register == {town.ledger.station, computer}
    # What it had registered itself before, as the unit that it asked for, asks for nothing there.
    joined = [
        Unapplied(item_outcomes.REFUSED, item_outcomes.REFUSED_REGISTERED, computer, 1, "unit", unit, "")
        for unit in (wished, unit_id(Level.VILLAGE, code), town.unit.id)
    ]
    told = unsettled.in_words(district.database, district.here, joined)
    assert [one.settled for one in told] == [True, True, False]


def test_who_keeps_a_register_keeps_it_though_it_asked_for_a_unit_that_has_none(tmp_path: Path) -> None:
    """And whoever has none is known when its unit is deleted: what it alters in a register is told."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    asked = station(tmp_path, "330110109", "建设工会", Level.TOWN)
    town = station(tmp_path, "330110110", "黄湖镇总工会", Level.TOWN)
    applying.request(asked, tmp_path / "建.xsq")
    enrolling.grant(
        district,
        tmp_path / "建.xsq",
        tmp_path / "建.xsg",
        code="JS-0001",
        level=Level.INDUSTRY,
        compared=None,
    )
    enrol(town, district, tmp_path)
    district.ledger.write("删除", "王芳", deletions=[Deletion("unit", town.unit.id)])
    assert Powers(district.database, district.types).without_register == {town.ledger.station}


def test_a_unit_below_one_with_two_hears_that_it_is_back(tmp_path: Path) -> None:
    """While it is deleted it lies, for itself, under whoever certified it; that one asked for another unit once."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    applying.request(town, tmp_path / "镇.xsq")
    wished = town.unit.id
    enrolling.grant(
        district, tmp_path / "镇.xsq", tmp_path / "镇.xsg", code="330110108", delegate=True, compared=None
    )
    applying.accept(town, tmp_path / "镇.xsg", tmp_path / "镇.xsa", compared=None)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    gone, back = Deletion("unit", village.unit.id), Deletion("unit", village.unit.id, revive=True)
    lives = []
    # Then once more, when the unit that it had asked for is gone.
    for n, said in enumerate(([gone], [back, Deletion("unit", wished)], [gone], [back])):
        town.ledger.write("改", "镇", deletions=said)
        sent = exchange.send(town, tmp_path / f"{n}.xsj", to=village.ledger.station)
        assert exchange.merge(village, [sent.path]).bundles[0].problem is None
        held = reading.record(village.database, village.types, "unit", village.unit.id)
        lives.append(held.life if held is not None else None)
    assert lives == [Life.DELETED, Life.LIVE] * 2
