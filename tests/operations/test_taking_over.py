"""Computers below that report to somebody else are given another grant, and nobody has to ask for it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from desktop.operations.session import Session
from desktop.operations.stations import (
    applying,
    enrolling,
    exchange,
    inbox,
    inbox_files,
    moving,
    policy,
    taking_over,
    traffic,
)
from desktop.operations.stations.inbox import State
from desktop.operations.stations.policy import NoStation
from desktop.operations.stations.unsettled import unsettled
from desktop.records.declaration import Level
from desktop.store.ledger import NewRecord
from desktop.sync import errors
from desktop.sync.authority import station as station_of
from desktop.sync.errors.enrolment import GrantForOther, GrantForOtherRequest, GrantorRevoked
from desktop.sync.formats.strictjson import to_base64
from tests.operations.levels import Three, names
from tests.operations.moving import World, add
from tests.operations.stations import enrol, laptop, report_up, station


def given(desk: Session, below: Session, folder: Path) -> Path:
    (made,) = taking_over.take_over(desk, [below.ledger.station], folder)
    return made.path


def accepted(desk: Session, below: Session, folder: Path) -> None:
    ack = folder / f"{desk.ledger.station[:6]}.xsa"
    applying.accept(below, given(desk, below, folder), ack, compared=None)
    enrolling.confirm(desk, ack)


def listed(desk: Session) -> list[tuple[str, str, bool]]:
    return [(a.name, a.why, a.lost) for a in taking_over.astray(desk.database, desk.here)]


def agree(unit: str, *sessions: Session) -> bool:
    return len({exchange.digest(s, unit).sha256 for s in sessions}) == 1


def test_villages_of_a_stolen_town_laptop_report_to_the_new_one_without_asking(tmp_path: Path) -> None:
    three = Three(tmp_path)
    district, old, village = three.all
    add(village, "茶厂")
    add(old, "镇办厂")
    three.exchange()
    add(village, "路上的厂")
    policy.revoke(district, old.ledger.station)
    new = laptop(tmp_path, "新电脑")
    enrol(new, district, tmp_path, delegate=True)
    report_up(new, district, tmp_path)
    (lost,) = exchange.merge(new, [three.up(village).path]).bundles
    assert isinstance(lost.problem, errors.ReplacedReceiver)
    assert listed(new) == [("径山村工会", "现在报给“径山镇总工会”的一台已停用的电脑", True)]
    assert listed(district) == []
    incarnation, file = village.ledger.incarnation, given(new, village, tmp_path)
    assert applying.look(village, file).unasked
    applying.accept(village, file, tmp_path / "村.xsa", compared=None)
    (tmp_path / "村.xsa").unlink()
    applying.accept(village, file, tmp_path / "村.xsa", compared=None)
    assert listed(new)[0][1].endswith("已补发批准，等它接受")
    enrolling.confirm(new, tmp_path / "村.xsa")
    assert (village.ledger.incarnation, listed(new)) == (incarnation, [])
    report_up(village, new, tmp_path)
    report_up(new, district, tmp_path)
    report_up(village, new, tmp_path)
    assert names(village) == {"茶厂", "路上的厂"}
    assert agree(village.unit.id, village, new, district)
    assert agree(new.unit.id, new, district)
    (thief,) = exchange.merge(village, [three.down(old, village).path]).bundles
    assert isinstance(thief.problem, errors.Revoked)
    # Nor does a grant of the stolen one make the village report to it again.
    applying.request(village, tmp_path / "村.xsq")
    enrolling.grant(old, tmp_path / "村.xsq", tmp_path / "贼.xsg", compared=None)
    for take in (applying.look, partial(applying.accept, compared=None)):
        with pytest.raises(GrantorRevoked):
            take(village, tmp_path / "贼.xsg")
    report_up(village, new, tmp_path)


def test_two_computers_of_one_town_change_their_places(tmp_path: Path) -> None:
    """Whom the first had enrolled enrols it in the end, and the first went on with no superior at all."""
    three = Three(tmp_path)
    district, first, _ = three.all
    second = laptop(tmp_path, "第二台")
    enrol(second, first, tmp_path, delegate=True)
    exchange.send(first, tmp_path / "下.xsj", second.ledger.station)
    enrol(second, district, tmp_path, delegate=True)
    report_up(second, district, tmp_path)
    enrol(first, second, tmp_path, delegate=True)
    # So a program of before had left it: it was enrolled, and had no superior. With another grant it has one again.
    first.database.execute("DELETE FROM link WHERE upward")
    applying.request(first, tmp_path / "一.xsq")
    enrolling.grant(district, tmp_path / "一.xsq", tmp_path / "一.xsg", delegate=True, compared=None)
    offered = applying.look(first, tmp_path / "一.xsg")
    assert (offered.before, offered.placed) == ("原来的上级", True)
    enrol(first, second, tmp_path, delegate=True)
    add(first, "镇办厂")
    report_up(first, second, tmp_path)
    report_up(second, district, tmp_path)
    assert "镇办厂" in names(district)
    assert agree(first.unit.id, first, second, district)


def test_a_village_that_was_moved_and_moved_back_is_taken_over_each_time(tmp_path: Path) -> None:
    world = World(tmp_path)
    # With keys that were renewed, of which its former town writes once more, without the proof that they are its own.
    applying.request(world.village, tmp_path / "村.xsq", renew=True)
    enrolling.grant(world.old, tmp_path / "村.xsq", tmp_path / "村.xsg", compared=None)
    applying.accept(world.village, tmp_path / "村.xsg", compared=None)
    held = to_base64(station_of.own_chain(world.village.ledger)[0])
    cells = {"station": world.village.ledger.station, "holder": world.village.unit.id, "certificate": held}
    world.old.ledger.write("批准", "王芳", births=[NewRecord("grant", "", world.old.unit.id, cells)])
    world.report(*world.towns)
    elsewhere = "别的单位也给它办过入网，可能已经改报给那里"
    for town, before, why in (
        (world.new, world.old, "现在报给原来的上级"),
        (world.old, world.new, elsewhere),
    ):
        moving.move(world.district, world.village.unit.id, town.unit.id)
        add(world.village, f"报给{before.unit.name}以前的厂")
        world.report(*world.towns, *world.towns)
        assert listed(town) == [("径山村工会", why, True)]
        assert listed(before) == []
        offered = applying.look(world.village, given(town, world.village, tmp_path))
        assert (offered.before, offered.placed) == (before.unit.name, True)
        accepted(town, world.village, tmp_path)
        world.report((world.village, town), *world.towns, (world.village, town))
        assert agree(world.village.unit.id, world.village, town, world.district)
    assert len(names(world.district)) == 4


def test_a_village_that_the_district_had_enrolled_past_its_town_comes_to_it_only_if_it_is_chosen(
    tmp_path: Path,
) -> None:
    """The district takes its bundles as before, so nothing is lost as long as nobody does."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = laptop(tmp_path, "镇")
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, district, tmp_path)
    moving.move(district, village.unit.id, town.unit.id)
    add(village, "茶厂")
    report_up(village, district, tmp_path)
    report_up(town, district, tmp_path)
    assert listed(town) == [("径山村工会", "现在报给“余杭区总工会”", False)]
    accepted(town, village, tmp_path)
    report_up(village, town, tmp_path)
    report_up(town, district, tmp_path)
    assert names(town) == {"茶厂"}
    moved = {p.link.name: p.moved for p in traffic.overview(district.database, district.here).peers}
    assert moved == {"径山村工会": True, "径山镇总工会": False}
    assert agree(village.unit.id, village, town, district)


def test_a_town_that_is_taken_over_by_a_new_district_goes_on_enrolling_and_its_villages_hear_nothing_of_it(
    tmp_path: Path,
) -> None:
    city = station(tmp_path, "330100", "杭州市总工会", Level.CITY)
    district, new = (
        laptop(tmp_path, seed, "330110", "余杭区总工会", Level.DISTRICT) for seed in ("区", "新区")
    )
    town, village = laptop(tmp_path, "镇"), station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    for below, desk in ((district, city), (town, district), (village, town)):
        enrol(below, desk, tmp_path, delegate=True)
    pairs = (village, town), (town, district), (district, city)
    for below, desk in pairs:
        report_up(below, desk, tmp_path)
    policy.revoke(city, district.ledger.station)
    enrol(new, city, tmp_path, delegate=True)
    report_up(new, city, tmp_path)
    accepted(new, town, tmp_path)
    add(village, "茶厂")
    for below, desk in ((town, new), (village, town), (town, new), (new, city)):
        report_up(below, desk, tmp_path)
    assert names(city) == {"茶厂"}
    # That the district had registered itself before it joined the city concerns nobody.
    assert unsettled(new.database, new.here) == []
    assert traffic.overview(town.database, town.here).standing.may_enrol


def test_whose_grant_fell_behind_the_cut_is_said_to_ask_anew(tmp_path: Path) -> None:
    """Nothing above vouches for its keys any more, so nobody can be given anything; “the grant is to come” was said."""
    three = Three(tmp_path)
    district, old, village = three.all
    add(village, "茶厂")
    three.exchange()
    lost = policy.look_at_revocation(district, old.ledger.station, 0)
    assert [c.label for c in lost if c.births] == ["入网批准", "单位（工会组织体系）"]
    policy.revoke(district, old.ledger.station, 0)
    new = laptop(tmp_path, "新电脑")
    enrol(new, district, tmp_path, delegate=True)
    report_up(new, district, tmp_path)
    assert listed(new) == []
    (waits,) = (u for u in unsettled(district.database, district.here) if u.cause == "certificate")
    assert (waits.author, waits.reason) == ("径山村工会", "批准它入网的电脑停用了，那份批准不再算数")
    assert "重新申请入网" in waits.advice
    enrol(village, new, tmp_path)
    report_up(village, new, tmp_path)
    report_up(new, district, tmp_path)
    assert names(district) == {"茶厂"}


def test_whose_a_village_is_that_another_town_enrols_is_said_before_and_to_its_own_town_after(
    tmp_path: Path,
) -> None:
    """It handed its request to the wrong town, which did not know it; nobody above both has said anything."""
    world = World(tmp_path)
    world.report(*world.towns)
    village, mine, other = world.village, world.old, world.new
    report_up(village, mine, tmp_path)
    first = (tmp_path / "径山村工会.xsa").rename(tmp_path / "第一份.xsa")
    late = exchange.send(village, tmp_path / "路上的.xsj").path
    applying.request(village, tmp_path / "村.xsq")
    enrolling.grant(other, tmp_path / "村.xsq", tmp_path / "村.xsg", although="不认识", compared=None)
    chain = station_of.own_chain(village.ledger)
    offered = applying.look(village, tmp_path / "村.xsg")
    assert (offered.before, offered.placed) == ("径山镇总工会", False)
    assert "没有查到把本单位调整给“瓶窑镇总工会”的决定" in applying.change_words(offered)
    assert station_of.own_chain(village.ledger) == chain
    applying.accept(village, tmp_path / "村.xsg", tmp_path / "村.xsa", compared=offered.digest)
    enrolling.confirm(other, tmp_path / "村.xsa")
    report_up(village, other, tmp_path)
    world.report((other, world.district), (mine, world.district))
    assert listed(mine) == [("径山村工会", "别的单位也给它办过入网，可能已经改报给那里", True)]
    sent = exchange.send(village, tmp_path / "再报.xsj").path
    (told,) = exchange.merge(other, [sent]).bundles
    assert isinstance(told.problem, errors.RegisteredElsewhere)
    # That the stick is full, what the village sent before, or its first acknowledgement: none says that it is back.
    with pytest.raises(FileNotFoundError):
        given(mine, village, tmp_path / "没有")
    exchange.merge(mine, [late])
    enrolling.confirm(mine, first)
    assert listed(mine) == [
        ("径山村工会", "别的单位也给它办过入网，可能已经改报给那里，已补发批准，等它接受", True)
    ]
    again = given(mine, village, tmp_path)
    applying.accept(village, again, tmp_path / "回来.xsa", compared=None)
    looks = [
        look for look in inbox_files.look_once(tmp_path).looks if look.kind == inbox_files.ACKNOWLEDGEMENT
    ]
    states = {a.path.name: a.state for a in inbox.sort_out(mine.database, mine.here, looks, {})}
    assert (states[first.name], states["回来.xsa"]) == (State.SEEN, State.ENROLMENT)
    enrolling.confirm(mine, tmp_path / "回来.xsa")
    assert listed(mine) == []
    assert (
        exchange.merge(mine, [exchange.send(village, tmp_path / "回来.xsj").path]).bundles[0].problem is None
    )


def test_nobody_else_can_use_it_nor_is_anybody_taken_over_who_is_not_astray(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.report(*world.towns)
    with pytest.raises(NoStation, match="没有这台要接手"):
        taking_over.take_over(world.new, [world.village.ledger.station], tmp_path)
    moving.move(world.district, world.village.unit.id, world.new.unit.id)
    world.report(*world.towns)
    first, second = (given(world.new, world.village, tmp_path) for _ in range(2))
    assert first != second
    applying.request(world.old, tmp_path / "other.xsq")
    with pytest.raises(GrantForOther):
        applying.accept(world.old, first, compared=None)
    applying.accept(world.village, second, tmp_path / "村.xsa", compared=None)
    enrolling.confirm(world.new, tmp_path / "村.xsa")
    # It has another certificate now than the first file names; the second may be taken in once more.
    with pytest.raises(GrantForOtherRequest):
        applying.accept(world.village, first, compared=None)
    applying.accept(world.village, second, compared=None)
    enrol(world.village, world.new, tmp_path)
    with pytest.raises(GrantForOtherRequest):
        applying.accept(world.village, first, compared=None)
    policy.revoke(world.new, world.village.ledger.station)
    assert listed(world.new) == []
