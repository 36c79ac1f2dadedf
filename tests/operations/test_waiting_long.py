"""What waits is named to its author at once, with its cause where waiting does not help; after thirty days that too."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.session import Here
from desktop.operations.stations import unsettled
from desktop.operations.stations.unsettled import Unsettled
from desktop.records.declaration import Level
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync.authority import station
from desktop.sync.bundles import sending
from desktop.sync.merging import receiving
from desktop.sync.signed import certificates
from tests.sync.desks import Desk, connect, enrol, new_desk, new_root, report

FIRM, OTHER = "f1" * 16, "f2" * 16


@pytest.fixture
def town(tmp_path: Path) -> Desk:
    return new_root(tmp_path, "镇")


@pytest.fixture
def village(town: Desk, tmp_path: Path) -> Desk:
    desk = new_desk(tmp_path, "甲村", Level.VILLAGE)
    enrol(desk, town)
    return desk


def told(desk: Desk, record: str, slot: str = "name") -> Unsettled:
    here = Here(desk.ledger.types, {}, OwnUnit(desk.unit, "330110", desk.name, desk.level), desk.station)
    (found,) = (u for u in unsettled.unsettled(desk.database, here) if u.record == record and u.slot == slot)
    return found


def test_what_waits_for_more_than_thirty_days_asks_for_a_call(
    town: Desk, village: Desk, tmp_path: Path
) -> None:
    (tmp_path / "copy").mkdir()
    copy = new_desk(tmp_path / "copy", village.name, village.level)
    station.keep_chain(copy.ledger, station.own_chain(village.ledger))
    connect(copy, town)
    frames = sending.tree_frames(town.ledger, town.keys, village.unit)
    desk = certificates.parse(station.own_chain(town.ledger)[0])
    receiving.take_tree(copy.ledger, copy.keys, frames, desk)
    village.birth("firm", {"name": "茶厂"}, record=FIRM)
    town.take(village.send())
    copy.birth("firm", {"name": "伞厂"}, record=OTHER)
    report(copy, town)
    for days, late in ((20, False), (12, True)):
        for each in (town, copy):
            each.time.pass_days(days)
            each.birth("firm", {"name": f"第{days}天"})
        assert ("向甲村问清" in told(town, OTHER, "").advice) is late
        assert ("向上级问清" in told(copy, OTHER, "").advice) is late


def test_a_refused_birth_is_told_at_once_to_whose_change_waits_for_it(town: Desk, village: Desk) -> None:
    village.forge_birth(OTHER, {"name": "别家的"}, unit=town.unit)
    village.forge_change(OTHER, "name", "伞厂")
    report(village, town)
    found = told(town, OTHER)
    assert (found.outcome, found.reason) == (unsettled.HELD, "它修改的记录没有收下")
    assert found.advice.startswith("请先处理那条没有收下的新增")


def test_a_move_that_was_withdrawn_is_told_to_who_wrote_under_it(
    town: Desk, village: Desk, tmp_path: Path
) -> None:
    other = new_desk(tmp_path, "乙村", Level.VILLAGE)
    enrol(other, town)
    record = village.birth("firm", {"name": "茶厂"})
    report(village, town)
    village.move(record, other.unit)
    moved = village.ledger.next_number() - 1
    report(village, town)
    other.take(town.send(other))
    other.edit(record, "name", "茶叶厂")
    report(other, town)
    town.exclude((village, moved))
    report(other, town)
    for desk in (town, other):
        found = told(desk, record)
        assert (found.outcome, found.reason) == (unsettled.HELD, "它所属单位的调整没有算数")
