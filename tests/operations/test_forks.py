"""Station forks in words: what the window and the command line are told of each content."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.session import Here
from desktop.operations.stations import advising, forks, traffic, unsettled
from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync.authority import station
from tests.sync import desks
from tests.sync.acts import move
from tests.sync.desks import Desk, connect, copied_disk, enrol, new_desk, new_root, report

FIRM, OTHER, THIRD = "f1" * 16, "f2" * 16, "f3" * 16


def here(desk: Desk) -> Here:
    return Here(desk.ledger.types, {}, OwnUnit(desk.unit, "330110", desk.name, desk.level), desk.station)


@pytest.fixture
def town(tmp_path: Path) -> Desk:
    return new_root(tmp_path, "镇")


@pytest.fixture
def twins(town: Desk, tmp_path: Path) -> tuple[Desk, Desk]:
    """A laptop and its copy."""
    laptop = new_desk(tmp_path, "甲村", Level.VILLAGE)
    enrol(laptop, town)
    (tmp_path / "copy").mkdir()
    copy = new_desk(tmp_path / "copy", laptop.name, laptop.level)
    station.keep_chain(copy.ledger, station.own_chain(laptop.ledger))
    connect(copy, town)
    return laptop, copy


def test_each_content_is_told_with_its_record_and_value(town: Desk, twins: tuple[Desk, Desk]) -> None:
    laptop, copy = twins
    laptop.birth("firm", {"name": "茶厂"}, record=FIRM)
    town.take(laptop.send())
    copy.forge_change(FIRM, "name", "茶叶厂", number=1)
    town.take(copy.send())
    (fork,) = forks.open_forks(town.database, here(town))
    assert (fork.author, fork.numbers, fork.waiting) == ("甲村", [1], 1)
    birth, change = fork.contents
    assert (birth.kind, birth.title, birth.slot, birth.value) == (items.BIRTH, "茶厂", "", None)
    assert (change.kind, change.title, change.slot, change.value) == (items.CHANGE, "茶厂", "name", "茶叶厂")
    assert change.operator == "甲村"
    assert traffic.overview(town.database, here(town)).forks == 1


def test_what_is_not_here_or_not_known_has_no_title(town: Desk, twins: tuple[Desk, Desk]) -> None:
    laptop, copy = twins
    laptop.forge_birth(FIRM, {"motto": "实干"}, type="newer_type", number=1)
    town.take(laptop.send())
    copy.forge_change(OTHER, "name", "没有登记的", number=1)
    town.take(copy.send())
    (fork,) = forks.open_forks(town.database, here(town))
    assert [(c.type, c.title) for c in fork.contents] == [("newer_type", ""), ("firm", "")]


def test_without_a_fork_there_is_nothing_to_tell(town: Desk, twins: tuple[Desk, Desk]) -> None:
    twins[0].birth("firm", {"name": "茶厂"}, record=FIRM)
    town.take(twins[0].send())
    assert forks.open_forks(town.database, here(town)) == []
    assert traffic.overview(town.database, here(town)).forks == 0


def test_of_several_contents_of_one_number_each_is_told_with_its_own_record(
    town: Desk, twins: tuple[Desk, Desk], tmp_path: Path
) -> None:
    laptop, copy = twins
    (tmp_path / "third").mkdir()
    third = new_desk(tmp_path / "third", laptop.name, laptop.level)
    station.keep_chain(third.ledger, station.own_chain(laptop.ledger))
    connect(third, town)
    laptop.birth("firm", {"name": "茶厂"}, record=FIRM)
    town.take(laptop.send())
    for desk, record, name in ((copy, OTHER, "绸厂"), (third, THIRD, "丝厂")):
        desk.forge_birth(record, {"name": name}, number=1, stamp=desk.stamp() + int(record[:2], 16))
        town.take(desk.send())
    told = unsettled.unsettled(town.database, here(town))
    assert {(one.number, one.record, one.title) for one in told} == {(1, OTHER, "绸厂"), (1, THIRD, "丝厂")}


def test_a_fork_of_who_was_moved_away_is_its_new_superiors_and_asks_for_nothing_here(tmp_path: Path) -> None:
    """Of the word by which it ends the former superior may never hear. Moved back, it asks again."""
    district = new_root(tmp_path, "区")
    town, other = (desks.below(district, name, Level.TOWN, 3) for name in ("甲镇", "乙镇"))
    village = desks.below(town, "甲村")
    twin = copied_disk(village, tmp_path / "twin")
    connect(twin, town)
    for desk, record in ((village, FIRM), (twin, OTHER)):
        desk.birth("firm", {"name": "厂"}, record=record)
        town.take(desk.send())
    report(town, district)
    for to, open_here in ((other, 0), (town, 1)):
        move(district, village.unit, to.unit)
        town.take(district.send(town))
        # What waits for long is asked about only where somebody here can do something.
        town.database.execute("UPDATE held SET since = 0")
        assert len(forks.open_forks(town.database, here(town))) == open_here
        assert traffic.overview(town.database, here(town)).forks == town.digest().forks == open_here
        (told,) = unsettled.unsettled(town.database, here(town))
        assert (told.cause, told.advice == advising.FORK_LEFT) == ("fork", not open_here)
        assert len(forks.open_forks(district.database, here(district))) == 1
