"""Sending one record back to those who have written it, from the desk to the mended record and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.operations.recording import duplicates, records
from desktop.operations.session import NotAllowed
from desktop.operations.stations import (
    exchange,
    policy,
    refilling,
    returning,
    uncounted,
    unsettled,
    withdrawals,
)
from desktop.records.declaration import Level
from desktop.store.ledger import NewRecord, NotFound
from desktop.store.queries import reading
from tests.operations.stations import enrol, report_up, station


def test_one_record_is_sent_back_with_a_reason_mended_and_sent_again(tmp_path: Path) -> None:
    """The whole way: the district sends one of two back, the village reads why, mends it, and it counts."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    good = records.save(town, "enterprise", {"name": "好的厂"}).record
    bad = records.save(town, "enterprise", {"name": "错的厂"}).record
    records.save(town, "enterprise", {"address": "径山路9号"}, record=bad)
    report_up(town, district, tmp_path)

    assert returning.look_at(district, "enterprise", bad) == returning.Return("错的厂", 2, "")
    returning.send_back(district, "enterprise", bad, "这家不在本镇")
    assert records.load(district, "enterprise", bad) is None
    assert records.load(district, "enterprise", good) is not None
    assert uncounted.withdrawn_merges(district.database, district.here) == {}, "the merge itself stands"
    (out,) = policy.excluded(district)
    assert (out.label, out.note) == ("退回：企业（单位）“错的厂”", "这家不在本镇")

    exchange.receive(town, [exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station).path])
    told = unsettled.unsettled(town.database, town.here)
    assert {one.reason for one in told} == {"上级退回了这一条：这家不在本镇"}
    assert all(one.again and not one.advice.startswith("请向上级问清") for one in told)
    before, _ = unsettled.refused(told)
    waits = [replace(one, outcome=unsettled.HELD) for one in told]
    assert [unsettled.again(before, listed) for listed in (told, waits, told[:1], [])] == [0, 0, 1, 2]
    # What is registered twice need not be reported again: nobody is asked for it any longer.
    refilling.note_dropped(town, told[0])
    assert unsettled.came_back(town.database, town.here) == {}
    assert all(one.done and one.dropped for one in unsettled.unsettled(town.database, town.here))
    cells = refilling.refill_for(town, told[0]).cells
    mended = records.save(town, "enterprise", {**cells, "name": "改好的厂"}).record
    refilling.note_refilled(town, told[0])
    assert not any(one.dropped for one in unsettled.unsettled(town.database, town.here))
    assert unsettled.came_back(town.database, town.here) == {}
    report_up(town, district, tmp_path)
    assert records.load(district, "enterprise", mended) is not None
    # Lifted, the first counts again as it was.
    policy.lift(district, out.record)
    again = records.load(district, "enterprise", bad)
    assert again is not None
    assert again.values["address"] == "径山路9号"


def test_the_word_names_no_person(tmp_path: Path) -> None:
    """It would stay when the person is erased."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    person = records.save(town, "member", {"name": "钱某某"}).record
    report_up(town, district, tmp_path)
    returning.send_back(district, "member", person, "重复了")
    assert [out.label for out in policy.excluded(district)] == ["退回：会员"]


def test_what_others_build_upon_or_nobody_below_has_written_is_not_sent_back(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    own = records.save(district, "enterprise", {"name": "区里登记的厂"}).record
    firm = records.save(town, "enterprise", {"name": "镇里登记的厂"}).record
    visited = records.save(town, "enterprise", {"name": "走访过的厂"}).record
    records.save(town, "visit", {"enterprise": visited})
    report_up(town, district, tmp_path)
    with pytest.raises(NotFound, match="不是下级报来的"):
        returning.send_back(district, "enterprise", own, "x")
    with pytest.raises(policy.BuiltUpon, match="它下面还有走访1条，不能退回"):
        returning.send_back(district, "enterprise", visited, "x")
    records.save(district, "enterprise", {"name": "区里改过的厂"}, record=firm)
    with pytest.raises(policy.BuiltUpon, match="后来有1处修改接在它上面，不能退回"):
        returning.send_back(district, "enterprise", firm, "x")
    one, two = (
        records.save(town, "enterprise", {"name": f"{n}号厂", "address": "路1号"}).record for n in "一二"
    )
    report_up(town, district, tmp_path)
    duplicates.merge(district, "enterprise", [one, two])
    assert returning.look_at(district, "enterprise", one).why_not == "它是几条合并成的一条，不能退回。"
    union = records.save(town, "union", {"name": "镇里的工会"}).record
    for name in ("甲某", "乙某"):
        records.save(town, "member", {"name": name, "union": union})
    report_up(town, district, tmp_path)
    found = returning.look_at(district, "union", union)
    assert (found.why_not, found.naming.split("；")[0]) == (
        "",
        "它还填在会员2条的“所属工会”里，退回以后那里就空了",
    )
    with pytest.raises(NotFound):
        returning.look_at(district, "enterprise", "0" * 32)


def test_who_is_who_is_not_sent_back_as_if_somebody_had_filled_it_in(tmp_path: Path) -> None:
    """A grant that is withdrawn takes a computer out of the count, and with it all that it has reported."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    firm = records.save(village, "enterprise", {"name": "村里的厂"}).record
    report_up(village, town, tmp_path)
    report_up(town, district, tmp_path)
    for name in ("unit", "grant"):
        found = reading.records(district.database, district.types, reading.Query(name))
        below = next(
            r.id for r in found if village.ledger.station in r.values.values() or r.id == village.unit.id
        )
        with pytest.raises(NotAllowed, match="不能退回"):
            returning.send_back(district, name, below, "x")
    assert policy.excluded(district) == []
    assert records.load(district, "enterprise", firm) is not None


def test_nobody_else_writes_the_reason_that_is_read(tmp_path: Path) -> None:
    """Whoever says that a neighbour's items do not count would have his own words read as those of the level above."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    rogue = station(tmp_path, "330110110", "瓶窑镇总工会", Level.TOWN)
    for below in (town, rogue):
        enrol(below, district, tmp_path)
    firm = records.save(town, "enterprise", {"name": "错的厂"}).record
    report_up(town, district, tmp_path)
    items = f"{town.ledger.station} {town.ledger.incarnation} 1-99"
    cells = {"label": "退回：企业", "cause": "withdrawn", "note": "请汇款到这里", "items": items}
    rogue.ledger.write("", "", births=[NewRecord("exclusion", "", rogue.unit.id, cells)])
    report_up(rogue, district, tmp_path)
    returning.send_back(district, "enterprise", firm, "这家不在本镇")
    # That the merge was withdrawn too, of which nobody said why, hides no reason.
    cells = {"label": "撤回合并", "cause": "withdrawn", "items": items}
    district.ledger.write("", "", births=[NewRecord("exclusion", "", district.unit.id, cells)])
    exchange.receive(town, [exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station).path])
    assert len(reading.records(town.database, town.types, reading.Query("exclusion"))) == 3
    told = unsettled.unsettled(town.database, town.here)
    assert {one.reason for one in told} == {"上级退回了这一条：这家不在本镇"}


def test_why_a_merge_was_withdrawn_is_told_of_those_too_who_are_enrolled_by_what_it_brought(
    tmp_path: Path,
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "错的厂"})
    report_up(village, town, tmp_path)
    report_up(town, district, tmp_path)
    withdrawals.withdraw(district, int(district.database.value("SELECT max(id) FROM merge")), "报错了文件")
    told = unsettled.unsettled(district.database, district.here)
    assert {one.title for one in told} >= {"径山村工会", "错的厂"}
    assert all(one.reason.endswith("：报错了文件") for one in told)
    exchange.receive(town, [exchange.send(district, tmp_path / "回执.xsj", to=town.ledger.station).path])
    exchange.receive(village, [exchange.send(town, tmp_path / "回执2.xsj", to=village.ledger.station).path])
    for below, titles in ((town, {"径山村工会", "错的厂"}), (village, {"错的厂"})):
        told = [one for one in unsettled.unsettled(below.database, below.here) if one.title in titles]
        assert {one.title for one in told} == titles
        assert all(one.reason.endswith("：报错了文件") for one in told)
