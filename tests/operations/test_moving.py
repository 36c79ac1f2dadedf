"""A village is put under another town: preview, what goes where, its computer goes on, and back (rules 21, 28)."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from desktop.cli.shown import Showing
from desktop.operations.recording import attachments, duplicates, records
from desktop.operations.recording.attachable import prepare
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import (
    applying,
    enrolling,
    exchange,
    inbox,
    moving,
    policy,
    traffic,
    uncounted,
    withdrawals,
)
from desktop.operations.stations.unsettled import unsettled
from desktop.operations.workspaces import erasing
from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.store.ledger import NewRecord, NotFound
from desktop.store.merging import erasing as stored_erasing
from desktop.store.peers import links
from desktop.store.peers import traffic as stored
from desktop.store.queries import erasures, reading
from desktop.store.queries.history import versions_of
from desktop.store.queries.units import subtree
from desktop.sync.merging import erasing as erasing_due
from desktop.sync.merging import repeating
from desktop.ui.lists.columns import columns_of
from desktop.ui.lists.rows import Source, preview
from tests.operations.files import jpeg, written
from tests.operations.moving import World, add
from tests.operations.stations import enrol, laptop, station

TODAY = datetime.date(2026, 11, 22)


def names(session: Session) -> set[object]:
    found = reading.records(session.database, session.types, reading.Query("enterprise"))
    return {record.values["name"] for record in found}


def superior_shown(session: Session, unit: str) -> str:
    held = reading.record(session.database, session.types, "unit", unit)
    assert held is not None
    field = session.types["unit"].by_name["superior"]
    rows = Source(
        session.types,
        session.codes,
        session.types["unit"],
        tuple(columns_of(session.types["unit"])),
        {},
        TODAY,
    )
    shown = preview(session.database, rows, reading.Query("unit", text=str(held.values["name"]))).shown[0]
    in_list = shown.texts[[c.name for c in rows.columns].index("superior")]
    assert Showing(session).words(field, held.values["superior"]) == in_list
    return in_list


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.report(*made.towns)
    return made


def test_why_a_unit_cannot_be_put_somewhere_is_said(world: World) -> None:
    district, village = world.district.unit.id, world.village.unit.id
    for unit, superior, words in (
        (village, world.old.unit.id, "“径山村工会”现在就在“径山镇总工会”名下"),
        (world.old.unit.id, world.old.unit.id, "它自己名下"),
        (world.old.unit.id, village, "“径山村工会”是“径山镇总工会”的下级"),
        (
            world.old.unit.id,
            world.new.unit.id,
            "“瓶窑镇总工会”（乡镇（街道））的层级不比“径山镇总工会”",
        ),
    ):
        with pytest.raises(moving.CannotMove, match=re.escape(words)):
            moving.look_at(world.district, unit, superior)
    with pytest.raises(NotAllowed):
        moving.look_at(world.district, district, world.old.unit.id)
    # A level above may send a unit of a level that is not known here: shown as it came, and nothing goes below it.
    later = unit_id("galaxy", "1")
    cells = {"name": "别处", "code": "1", "level": "galaxy", "superior": world.old.unit.id}
    world.district.ledger.write("登记", "经办", births=[NewRecord("unit", later, world.old.unit.id, cells)])
    (shown,) = (m for m in moving.movable(world.district.database, world.district.here) if m.unit == later)
    assert shown.level == "galaxy"
    assert later not in {
        m.unit for m in moving.superiors(world.district.database, world.district.here, village)
    }
    with pytest.raises(moving.CannotMove, match="galaxy"):
        moving.look_at(world.district, village, later)


def test_files_that_move_along_are_counted_as_files(world: World) -> None:
    path = written(world.folder, "门头.jpg", jpeg(60, 40))
    attachments.add(
        world.village, "enterprise", world.tea, [prepare(path, world.village.environment.today())]
    )
    world.report((world.village, world.old), (world.old, world.district))
    found = moving.look_at(world.district, world.village.unit.id, world.new.unit.id)
    assert (found.kinds(), found.amount) == ("企业（单位）2条、附件1个", "2条记录、1个附件")


def test_what_a_move_would_change_is_said_first(world: World) -> None:
    found = moving.look_at(world.district, world.village.unit.id, world.new.unit.id)
    assert (found.name, found.before_name, found.after_name) == ("径山村工会", "径山镇总工会", "瓶窑镇总工会")
    assert (found.below, found.stations, found.amount) == (0, ("径山村工会",), "2条记录")
    assert found.records == (("企业（单位）", 2),)
    (last,) = (m for m in stored.merges(world.district.database) if m.sender == world.old.ledger.station)
    assert found.heard == last.at
    assert moving.advice(found).startswith(
        "建议先收“径山镇总工会”的数据包再调整，它的数据包上次是2026-11-23 "
    )
    (village,) = (
        m for m in moving.movable(world.district.database, world.district.here) if m.name == "径山村工会"
    )
    assert (village.superior_name, village.level) == ("径山镇总工会", "村（社区）")
    offered = moving.superiors(world.district.database, world.district.here, village.unit)
    assert [m.name for m in offered] == ["余杭区总工会", "瓶窑镇总工会"]
    assert names(world.new) == set()


def test_a_village_goes_to_another_town_with_all_it_has_and_comes_back(world: World) -> None:
    """Issue 3: a station moved to another town keeps its history; the new link begins at nothing."""
    district, old, new, village = world.district, world.old, world.new, world.village
    records.save(village, "enterprise", {"name": "再错的厂"}, record=world.bad)
    world.report((village, old))
    withdrawals.withdraw(old, stored.merges(old.database)[0].id)
    world.report((village, old), *world.towns)
    assert names(district) == {"茶厂", "错的厂"}
    moving.move(district, village.unit.id, new.unit.id)
    world.report(*world.towns)
    # The new town has all of it, the old one keeps what it had, and what it withdrew stays withdrawn.
    assert names(new) == names(old) == {"茶厂", "错的厂"}
    assert village.unit.id in subtree(new.database, new.unit.id)
    assert village.unit.id not in subtree(old.database, old.unit.id)
    assert superior_shown(old, village.unit.id) == "（已调到别的上级，本机没有登记）"
    assert superior_shown(new, village.unit.id) == new.unit.name
    # What its own journal still brings there of it waits, but for nothing that would come by itself.
    with old.database.transaction():
        old.database.execute(
            "INSERT INTO held SELECT origin, 999, 'birth', 'enterprise', randomblob(16), ?, NULL, 1, '[]', '', '{}',"
            " 'unit', 0 FROM segment LIMIT 1",
            (village.unit.id,),
        )
        (waiting,) = (u for u in unsettled(old.database, old.here) if u.cause == "unit")
        old.database.execute("DELETE FROM held WHERE number = 999")
    assert (waiting.reason, waiting.advice[:5]) == ("它所属的单位已经调整到别的上级名下", "不用处理：")
    # Nobody waits for it at the old town any more.
    assert [p.moved for p in traffic.overview(old.database, old.here).peers if not p.link.upward] == [True]
    next_month = TODAY + datetime.timedelta(days=40)
    assert inbox.silent(old.database, next_month) == []
    enrol(village, new, world.folder)
    assert not any(p.moved for p in traffic.overview(new.database, new.here).peers)
    assert inbox.silent(new.database, next_month) == ["径山村工会"]
    (up,) = (link for link in links.all_links(village.database) if link.upward)
    assert (up.peer, up.acknowledged, up.received) == (new.ledger.station, 0, 0)
    add(village, "后来的厂")
    records.save(village, "enterprise", {"name": "好茶厂"}, record=world.tea)
    world.report((village, new), *world.towns)
    for desk in (district, new, village):
        assert names(desk) == {"好茶厂", "错的厂", "后来的厂"}, desk.unit.name
        assert (
            exchange.digest(desk, village.unit.id).sha256 == exchange.digest(district, village.unit.id).sha256
        )
    assert names(old) == {"茶厂", "错的厂"}
    history = versions_of(new.database, new.types, "enterprise", world.tea)
    assert [h.value for h in history if h.slot == "name"] == ["好茶厂", "茶厂"]
    assert "再错的厂" not in {h.value for h in versions_of(new.database, new.types, "enterprise", world.bad)}
    moving.move(district, village.unit.id, old.unit.id)
    world.report(*world.towns)
    enrol(village, old, world.folder)
    world.report((village, old), *world.towns)
    assert names(old) == names(village) == names(district) == {"好茶厂", "错的厂", "后来的厂"}
    assert not any(p.moved for p in traffic.overview(old.database, old.here).peers)
    assert exchange.digest(old, village.unit.id).sha256 == exchange.digest(district, village.unit.id).sha256


def test_who_sends_nothing_is_not_waited_for(world: World) -> None:
    """A unit right below the one that moves it, and a superior of which no bundle has ever come."""
    district = world.district
    own = station(world.folder, "330110109333", "区直村工会", Level.VILLAGE)
    enrol(own, district, world.folder)
    found = moving.look_at(district, own.unit.id, world.new.unit.id)
    assert (found.heard, moving.advice(found)) == (None, "")
    district.database.execute("DELETE FROM merge")
    never = moving.look_at(district, world.village.unit.id, world.new.unit.id)
    assert never.heard == 0
    assert "它的数据包还没有来过。" in moving.advice(never)


def test_who_is_not_above_both_moves_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        moving.move(world.old, world.village.unit.id, world.new.unit.id)
    with pytest.raises(NotAllowed):
        moving.move(world.old, world.village.unit.id, world.district.unit.id)
    with pytest.raises(NotAllowed):
        moving.move(world.village, world.village.unit.id, world.district.unit.id)
    with pytest.raises(NotAllowed):
        moving.move(world.district, world.district.unit.id, world.new.unit.id)
    for wrong in (world.village.unit.id, world.old.unit.id):
        with pytest.raises(moving.CannotMove):
            moving.move(world.district, world.village.unit.id, wrong)
    with pytest.raises(moving.CannotMove):
        moving.move(world.district, world.old.unit.id, world.new.unit.id)
    with pytest.raises(NotFound):
        moving.look_at(world.district, "ee" * 16, world.new.unit.id)


@pytest.mark.parametrize("merged_first", [True, False])
def test_that_two_are_one_comes_along(world: World, merged_first: bool) -> None:
    """An edge stands under the unit of who said it, and still goes where its records go."""
    district, old, new, village = world.district, world.old, world.new, world.village
    twins = [add(village, "双胞胎茶厂") for _ in range(2)]
    world.report((village, old))
    duplicates.merge(old, "enterprise", (twins[0], twins[1]))
    if merged_first:
        world.report(*world.towns)
    # The new town has heard something already, so what comes into its scope is older than what it asks for.
    add(new, "别的厂")
    world.report((new, district), (new, district))
    moving.move(district, village.unit.id, new.unit.id)
    world.report(*world.towns)
    if not merged_first:
        # What the former town has of the village waits in the district until the village's computer is enrolled anew.
        enrol(village, new, world.folder)
        world.report((village, new), (new, district), (old, district), (new, district))
    world.report(*world.towns)
    scope = village.unit.id
    assert exchange.digest(new, scope) == exchange.digest(district, scope)
    assert len([n for n in names(new) if n == "双胞胎茶厂"]) == 1


def test_what_is_erased_after_a_move_is_erased_where_the_unit_had_been_too(world: World) -> None:
    """The town that it has left does not know the town that it went to, and so not who stands above it now."""
    told = {"contact_name": "张三", "contact_phone": "13800138000"}
    records.save(world.village, "enterprise", told, record=world.tea)
    world.report((world.village, world.old), *world.towns)
    moving.move(world.district, world.village.unit.id, world.new.unit.id)
    erasing.erase(world.district, "enterprise", [world.tea], basis="consent")
    world.report(*world.towns)
    for session in (world.district, world.new, world.old):
        held = records.load(session, "enterprise", world.tea)
        assert held is not None
        assert held.values["name"] == "茶厂"
        assert not any(held.values.get(name) for name in told)


def test_what_the_town_had_erased_of_a_village_is_erased_by_the_word_of_who_moves_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the town has not seen that the village had written some of it: the town's word alone speaks of it."""
    told = {"contact_name": "张三", "contact_phone": "13800138000"}
    records.save(world.village, "enterprise", told, record=world.tea)
    beside = NewRecord("enterprise", world.tea, world.new.unit.id, {"name": "茶厂"})
    world.new.ledger.write("新增", "经办", births=[beside])
    world.report((world.village, world.old), *world.towns)
    with monkeypatch.context() as unseen:
        unseen.setattr(erasing, "_writers", lambda session, *_: [session.unit.id])
        erasing.erase(world.old, "enterprise", [world.tea], basis="consent")
        unseen.setattr(repeating, "say_of_others", lambda *_: False)
        world.report(*world.towns)
    assert {unit for *_, unit, _ in erasures.asked(world.district.database)} == {world.old.unit.id}
    moving.move(world.district, world.village.unit.id, world.new.unit.id)
    units = {unit for *_, unit, _ in erasures.asked(world.district.database)}
    assert units == {world.old.unit.id, world.village.unit.id}


def test_a_ledger_that_knew_less_of_the_tree_when_it_erased_makes_it_good(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the program did before it believed who stands above about units that were moved away.

    It said an erasure under the unit of who erases alone.
    """
    told = {"contact_name": "张三", "contact_phone": "13800138000"}
    records.save(world.village, "enterprise", told, record=world.tea)
    world.report((world.village, world.old), *world.towns)
    moving.move(world.district, world.village.unit.id, world.new.unit.id)
    with monkeypatch.context() as before:
        before.setattr(erasing, "_writers", lambda session, *_: [session.unit.id])
        erasing.erase(world.district, "enterprise", [world.tea], basis="consent")
        before.setattr(stored_erasing, "covered", lambda db, unit: frozenset(subtree(db, unit)))
        before.setattr(stored_erasing, "strangers", lambda _db, _unit: frozenset())
        world.report(*world.towns)
    held = records.load(world.old, "enterprise", world.tea)
    assert held is not None
    assert held.values["contact_phone"] == told["contact_phone"]
    world.old.ledger.drop_meta("erased_under")
    world.report(*world.towns)
    held = records.load(world.old, "enterprise", world.tea)
    assert held is not None
    assert not any(held.values.get(name) for name in told)
    assert erasing_due.due(world.old.ledger) == []


def test_what_a_town_has_moved_stays_where_it_is_when_the_village_of_before_is_moved(world: World) -> None:
    """The town stands above that village no more, and its word about what had lain below it would count no longer."""
    district, old = world.district, world.old
    other, works = unit_id("village", "330110109223"), unit_id("enterprise", "9133")
    cells = {"name": "别村", "code": "330110109223", "level": "village", "superior": old.unit.id}
    below = {"name": "厂工会", "code": "9133", "level": "enterprise", "superior": world.village.unit.id}
    births = [NewRecord("unit", u, old.unit.id, c) for u, c in ((other, cells), (works, below))]
    old.ledger.write("登记", old.operator.name, births=births)
    moving.move(old, works, other)
    world.report(*world.towns)
    moved = moving.move(district, world.village.unit.id, world.new.unit.id)
    world.report(*world.towns)

    for desk in (district, old):
        assert superior_shown(desk, works) == "别村"
        assert works in subtree(desk.database, old.unit.id)
    assert not district.ledger.database.rows("SELECT 1 FROM conflict")
    steps = district.database.rows("SELECT stamp FROM operation WHERE stamp >= ?", (moved.stamp,))
    assert [stamp for (stamp,) in steps] == [moved.stamp], "it is one step"

    records.undo(district, moved.stamp)
    world.report(*world.towns)
    for desk in (district, old):
        assert [superior_shown(desk, unit) for unit in (works, world.village.unit.id)] == [
            "别村",
            old.unit.name,
        ]
    assert not district.ledger.database.rows("SELECT 1 FROM conflict")


def test_a_registration_that_counts_again_gives_no_unit_back_and_that_is_said(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another town has the village by then; who lifts is told before, and what waits for it is told at both ends."""
    district, unit = world.district, world.village.unit
    old = world.old.ledger.station
    merge = next(m.id for m in stored.merges(district.database) if m.sender == old and m.total)
    second = laptop(tmp_path, "村里的第二台", unit.code, unit.name, Level.VILLAGE)
    applying.request(second, tmp_path / "二.xsq")
    enrolling.grant(world.new, tmp_path / "二.xsq", tmp_path / "二.xsg", although="区划调整", compared=None)
    applying.accept(second, tmp_path / "二.xsg", tmp_path / "二.xsa", compared=None)
    world.report((world.new, district))
    withdrawals.withdraw(district, merge)
    (said,) = [e.record for e in policy.excluded(district) if e.cause == "withdrawn"]
    world.report(*world.towns)
    waits = {(u.reason, u.advice) for u in unsettled(world.old.database, world.old.here) if u.title == "茶厂"}
    assert waits == {("收下它的那次合并已经撤回", "撤回错了，请上级恢复；内容有误的，请填写的单位改好再报。")}
    # However much of the merge is aside with it: lists are cut.
    with monkeypatch.context() as cut:
        cut.setattr(stored, "MOST_LISTED", 0)
        stays = uncounted.stays_elsewhere(district.database, district.here, said)
    assert stays.startswith("“径山村工会”现在归“瓶窑镇总工会”：恢复不改变这一点")
    assert stays.endswith("请用“调整隶属关系”。"), "what the page is called"
    policy.lift(district, said)
    world.report(*world.towns)
    advice = {u.advice for u in unsettled(world.old.database, world.old.here) if u.title == "茶厂"}
    assert advice == {"请打电话问清这个单位归谁管；由区总工会调整到管它的上级名下以后，会自动收下。"}
    assert names(world.old) == set()
    moving.move(district, unit.id, world.old.unit.id)
    world.report(*world.towns)
    assert names(world.old) == names(district) == {"茶厂", "错的厂"}
    assert uncounted.stays_elsewhere(district.database, district.here, said) == ""
