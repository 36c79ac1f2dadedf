"""What bears a date to come waits for its day, and the clock here is held against those of others (rules 3 and 19)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.stamps import tick_of, to_wire
from desktop.store.ledger import NewRecord
from desktop.store.merging import erasing
from desktop.store.tables.clock import WrongClock
from desktop.sync.authority import station
from desktop.sync.bundles import kept
from desktop.sync.errors import BadSegment
from desktop.sync.merging import rewriting
from desktop.sync.merging.doubting import ClockInDoubt
from tests.sync.acts import erase, everything
from tests.sync.desks import enrol, new_desk, report
from tests.sync.levels import FIRM, OTHER, Tree, outcome


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
    assert not tree.town.merge().changes.everything
    assert len(tree.town.held()) == 2
    tree.town.time.pass_days(0.2)
    assert not tree.town.merge(preview=True).changes.everything
    assert tree.town.merge().changes.everything, "lists are to show it, though no bundle has brought it now"
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


@pytest.mark.parametrize("heard", [True, False])
def test_what_is_erased_leaves_what_had_borne_a_wrong_date_as_well(tree: Tree, heard: bool) -> None:
    """It is void and its words were written anew: with a stamp of years ahead it kept them at every level."""
    district, town, village = tree.district, tree.town, tree.village
    village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.deliver()
    village.time.pass_days(400)
    village.ledger.clock.confirm()
    village.edit(FIRM, "contact", {"person": "王", "phone": "13800001111"})
    village.birth("firm", {"name": "又一厂", "phone": "13800002222"}, record=OTHER)
    village.edit(OTHER, "name", "还在的厂")
    village.time.pass_days(-400)
    tree.deliver()
    assert set(district.held().values()) == {"future"}
    rewriting.redate(village.ledger, village.keys, "ab" * 8, "王芳", "更正日期")
    village.keys = station.load_keys(village.ledger)
    if heard:
        tree.deliver()
    district.time.pass_days(0.1)
    upto = to_wire(district.ledger.clock.next_stamp())
    for record in (FIRM, OTHER):
        cells = {"kind": "firm", "target": record, "slots": "contact", "upto": upto}
        district.ledger.write(
            "清除", "区", births=[NewRecord("erasure", "", u, cells) for u in (district.unit, village.unit)]
        )
    district.settle()
    tree.deliver()
    for desk in (district, town, village):
        assert not [phone for phone in ("13800001111", "13800002222") if phone in everything(desk)], desk.name
        assert "还在的厂" in everything(desk)
    assert len(tree.digests()) == 1


def test_who_hears_of_a_wrong_date_looks_anew_at_what_was_erased_of_those_records_alone(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be thousands of erasures, and for each all that is set aside is looked through."""
    district, village = tree.district, tree.village
    for record in (FIRM, OTHER):
        village.birth("firm", {"name": "厂", "phone": "13800001111"}, record=record)
    tree.deliver()
    erase(district, wrote=[village.unit])
    tree.deliver()
    looked: list[erasing.Erasure] = []
    is_left = erasing.is_left
    monkeypatch.setattr(
        erasing, "is_left", lambda database, types, one: looked.append(one) or is_left(database, types, one)
    )
    for record, incarnation in ((OTHER, "ab" * 8), (FIRM, "cd" * 8)):
        looked.clear()
        village.time.pass_days(400)
        village.ledger.clock.confirm()
        village.edit(record, "contact", {"person": "王", "phone": "13800002222"})
        village.time.pass_days(-400)
        rewriting.redate(village.ledger, village.keys, incarnation, "王芳", "更正日期")
        village.keys = station.load_keys(village.ledger)
        tree.deliver()
        assert {one.record for one in looked} == ({FIRM} if record == FIRM else set())


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


@pytest.mark.parametrize("apart", [False, True])
def test_where_a_person_finds_the_date_right_what_three_stations_say_waits(tree: Tree, apart: bool) -> None:
    """A town with three computers whose dates are wrong has taken them one by one; all of it stands in its bundle."""
    third = new_desk(tree.town.folder, "丙村", Level.VILLAGE)
    enrol(third, tree.town)
    for number, desk in enumerate((tree.village, tree.other, third)):
        desk.time.pass_days(3)
        desk.birth("firm", {"name": "后天的"}, record=f"f{number}" * 16)
        tree.town.merge(desk.send())
    # What waits since an earlier merge is of another computer, and nobody is asked about that.
    earlier = new_desk(tree.town.folder, "乙镇", Level.TOWN)
    enrol(earlier, tree.district, 2)
    earlier.time.pass_days(3)
    earlier.birth("firm", {"name": "乙镇的"})
    assert tree.district.take(earlier.send()).held == 1
    good = tree.town.birth("firm", {"name": "镇里的"})
    sent, clock = tree.town.send(), tree.district.ledger.clock
    asked: list[str] = []

    def ask(doubt: WrongClock) -> bool:
        asked.append(doubt.day.isoformat())
        assert "有3台电脑" in doubt.sentence
        assert all(f"{name}1项" in doubt.sentence for name in ("甲村", "乙村", "丙村"))
        assert "乙镇" not in doubt.sentence
        assert "这3项先留着" in doubt.if_right
        assert not tree.district.database.connection.in_transaction
        return len(asked) == 2

    clock.ask = ask
    with pytest.raises(ClockInDoubt, match="2026年11月23日"):
        tree.district.merge(sent)
    damaged = tree.town.folder / "damaged.xsj"
    damaged.write_bytes(sent.path.read_bytes()[:-1])
    others = [dataclasses.replace(sent, path=damaged)] if apart else []
    told = tree.district.merge(sent, *others).bundles[0]
    assert (told.problem, told.held, told.refused) == (None, 3, 0)
    assert good in tree.district.records()
    assert asked == ["2026-11-23"] * 2
    assert tree.district.merge(sent).bundles[0].problem is None


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
