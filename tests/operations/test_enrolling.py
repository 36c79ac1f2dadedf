"""What a desk is asked before it enrols a unit, and what it registers of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from desktop.operations.recording import records, sheets
from desktop.operations.recording.admitting import NamesUnit
from desktop.operations.recording.sheets import Line
from desktop.operations.session import NotAllowed, Session, open_session
from desktop.operations.stations import advising, applying, enrolling, exchange, redating, traffic
from desktop.operations.stations.unsettled import unsettled
from desktop.operations.workspaces import audit_log, workspaces
from desktop.operations.workspaces.workspaces import BadUnit, elsewhere, place_of
from desktop.records.declaration import Level, Role
from desktop.records.versions.stamps import DAY_MS
from desktop.reference import divisions
from desktop.store.ledger import SlotEdit
from desktop.store.peers import links
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.sync.enrolling import requests
from desktop.sync.enrolling.requests import Wish
from desktop.sync.errors import Exchanged
from desktop.sync.errors.enrolment import GrantAhead, GrantIncomplete
from desktop.sync.signed import identity
from tests.operations.stations import CHEAP, START, enrol, repeatable, station
from tests.sync.world import seeded


@pytest.fixture
def district(tmp_path: Path) -> Session:
    return station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)


def units(session: Session) -> dict[str, object]:
    """The place of every unit, by its code."""
    found = reading.records(session.database, session.types, Query("unit"))
    return {str(u.values["code"]): u.values["place"] for u in found}


def test_the_code_of_another_districts_town_is_enrolled_only_with_a_reason(
    district: Session, tmp_path: Path
) -> None:
    town = station(tmp_path, "330106002", "北山街道总工会", Level.TOWN)
    asked, out = tmp_path / "a.xsq", tmp_path / "a.xsg"
    applying.request(town, asked)
    with pytest.raises(enrolling.CodeElsewhere, match=r"西湖区北山街道.*不在“余杭区总工会”的区域里"):
        enrolling.grant(district, asked, out, compared=None)
    assert not out.exists()
    assert units(district) == {"330110": "330110"}
    enrolling.grant(district, asked, out, although="区划调整", compared=None)
    assert applying.accept(town, out, compared=None).code == "330106002"
    audit_log.export(district, tmp_path / "log.jsonl")
    assert "编码在别处：区划调整" in (tmp_path / "log.jsonl").read_text("utf-8")


def test_only_places_that_the_list_has_can_be_elsewhere(district: Session) -> None:
    unit = district.unit
    assert (
        elsewhere(divisions(), "330110109", Level.TOWN, unit)
        == elsewhere(divisions(), "330110999", Level.TOWN, unit)
        == ""
    )
    assert (
        elsewhere(divisions(), "JS-0009", Level.ENTERPRISE, unit)
        == elsewhere(divisions(), "330106002", Level.PARK, unit)
        == ""
    )
    assert "不在" in elsewhere(divisions(), "330106", Level.DISTRICT, unit)


def test_a_city_has_its_place_under_the_code_that_the_list_has(district: Session, tmp_path: Path) -> None:
    city = station(tmp_path, "330100", "杭州市总工会", Level.CITY)
    assert units(city) == {"330100": "3301"}
    asked, out = tmp_path / "a.xsq", tmp_path / "a.xsg"
    applying.request(district, asked)
    enrolling.grant(city, asked, out, compared=None)
    assert units(city)["330110"] == "330110"
    assert place_of("HY-01", Level.INDUSTRY) is None
    assert place_of("330110109222", Level.VILLAGE) == "330110109222"


def test_nobody_is_enrolled_whom_no_level_above_would_count(district: Session, tmp_path: Path) -> None:
    """A town registers nothing of its own level or above, and certifies nobody for what is not below it."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    asked, out, keys = tmp_path / "a.xsq", tmp_path / "a.xsg", identity.generate(seeded(9))
    before = units(town)
    for code, made, level in (
        ("330110109222", Level.CITY, None),
        ("330110109222", Level.TOWN, Level.VILLAGE),
        ("330110", Level.DISTRICT, Level.VILLAGE),
        ("HY-01", Level.INDUSTRY, None),
    ):
        asked.write_bytes(requests.make_request(keys, Wish(code, "建错的", made, Role.DESK), START))
        with pytest.raises(NotAllowed, match="不在本单位下面"):
            enrolling.grant(town, asked, out, level=level, although="区划调整", compared=None)
        assert (units(town), out.exists()) == (before, False)
    asked.write_bytes(requests.make_request(keys, Wish("330110109", "第二台", Level.TOWN, Role.DESK), START))
    assert enrolling.grant(town, asked, out, compared=None).unit.id == town.unit.id


def test_nobody_enrols_himself(district: Session, tmp_path: Path) -> None:
    """Who opened his own request had himself below him."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path, delegate=True)
    applying.request(town, tmp_path / "a.xsq", renew=True)
    with pytest.raises(NotAllowed, match="自己"):
        enrolling.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg", compared=None)
    assert [link.peer for link in links.all_links(town.database)] == [district.ledger.station]


def test_whoever_compares_words_enrols_whom_they_are_of(district: Session, tmp_path: Path) -> None:
    """A stick, or a shared folder, may hold another file by the time at which somebody says yes."""
    town, stranger = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN), identity.generate(seeded(9))
    asked, out = tmp_path / "a.xsq", tmp_path / "a.xsg"
    applying.request(town, asked)
    seen, ours = traffic.look_request(asked), asked.read_bytes()
    asked.write_bytes(requests.make_request(stranger, Wish("330110109", "径山镇总工会", Level.TOWN), START))
    with pytest.raises(Exchanged):
        enrolling.grant(district, asked, out, compared=seen.digest)
    assert not out.exists()
    asked.write_bytes(ours)
    enrolling.grant(district, asked, out, compared=seen.digest)
    offered = applying.look(town, out)
    enrolling.grant(district, asked, out, compared=None)
    with pytest.raises(Exchanged):
        applying.accept(town, out, compared=offered.digest)
    assert not traffic.standing(town.database, town.unit).enrolled


def test_a_code_that_nobody_would_take_in_is_told_to_who_grants(district: Session, tmp_path: Path) -> None:
    """“入网文件已损坏” was said to whom it was given, once both had compared the words."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    applying.request(town, tmp_path / "镇.xsq")
    with pytest.raises(BadUnit, match="“建设 1”不能这样写"):
        enrolling.grant(
            district,
            tmp_path / "镇.xsq",
            tmp_path / "镇.xsg",
            code="建设 1",
            level=Level.INDUSTRY,
            compared=None,
        )
    assert not (tmp_path / "镇.xsg").exists()
    enrol(town, district, tmp_path, delegate=True)
    # As a program of before let somebody correct it: its computer goes by the code by which it is that unit.
    for desk in (district, town):
        desk.ledger.write("改", "王芳", edits=[SlotEdit("unit", town.unit.id, "code", "径山 镇")])
    enrol(town, district, tmp_path, delegate=True)
    enrol(village, town, tmp_path)
    assert (town.unit.code, village.unit.code) == ("330110109", "330110109200")


def test_a_unit_stays_the_one_that_its_level_and_code_name(district: Session, tmp_path: Path) -> None:
    """With another code its computer asked for another unit, and what it had recorded was that one's no more."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    enrol(town, district, tmp_path)
    unit = town.unit
    for cells in ({"code": "330110110"}, {"level": "village"}):
        with pytest.raises(NamesUnit):
            records.save(district, "unit", {"name": "改名了", **cells}, record=unit.id)
        with pytest.raises(NamesUnit):
            sheets.save_sheet(district, "改", [Line("unit", cells, unit.id)])
        # As a program of before allowed.
        edits = [SlotEdit("unit", unit.id, name, value) for name, value in cells.items()]
        district.ledger.write("改", "王芳", edits=edits)
        applying.request(town, tmp_path / "a.xsq")
        asked = requests.read_request((tmp_path / "a.xsq").read_bytes())
        enrolling.certify(district, asked, unit, frozenset([unit.id]), tmp_path / "a.xsg")
        assert applying.look(town, tmp_path / "a.xsg").level is Level.TOWN
        assert applying.accept(town, tmp_path / "a.xsg", compared=None) == unit
        edits = [SlotEdit("unit", unit.id, "code", unit.code), SlotEdit("unit", unit.id, "level", "town")]
        district.ledger.write("改回", "王芳", edits=edits)
    records.save(district, "unit", {"name": "改名了"}, record=unit.id)


def test_a_grant_of_a_day_to_come_is_not_taken_nor_one_given_whose_own_place_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that comes with it waited for that day, and so did whoever the new one enrolled, without knowing why."""
    district = workspaces.create(
        tmp_path / "区", code="330110", name="余杭区总工会", level=Level.DISTRICT, operator="王芳",
        password="password1", environment=repeatable("区", START + 40 * DAY_MS), cost=CHEAP,
    )  # fmt: skip
    town, village = (
        station(tmp_path, code, name, level)
        for code, name, level in (
            ("330110109", "径山镇总工会", Level.TOWN),
            ("330110109222", "径山村工会", Level.VILLAGE),
        )
    )
    asked, out = tmp_path / "a.xsq", tmp_path / "a.xsg"
    applying.request(town, asked)
    enrolling.grant(district, asked, out, delegate=True, compared=None)
    for take in (applying.look, partial(applying.accept, compared=None)):
        with pytest.raises(GrantAhead):
            take(town, out)
    # As a program of before took it.
    with monkeypatch.context() as before:
        before.setattr(applying, "DAY_MS", 60 * DAY_MS)
        applying.accept(town, out, compared=None)
    applying.request(village, asked)
    with pytest.raises(enrolling.PlaceNotHere):
        enrolling.grant(town, asked, tmp_path / "b.xsg", compared=None)
    assert not (tmp_path / "b.xsg").exists()
    with monkeypatch.context() as before:
        before.setattr(enrolling, "_require_place", lambda *_: None)
        enrolling.grant(town, asked, tmp_path / "b.xsg", compared=None)
    with pytest.raises(GrantIncomplete):
        applying.look(village, tmp_path / "b.xsg")


@pytest.mark.no_cover
def test_a_grant_that_waits_for_its_day_is_given_once_more_and_waited_for_no_longer(
    district: Session, tmp_path: Path
) -> None:
    town = workspaces.create(
        tmp_path / "镇", code="330110109", name="径山镇总工会", level=Level.TOWN, operator="王芳",
        password="password1", environment=repeatable("镇", START + 40 * DAY_MS), cost=CHEAP,
    )  # fmt: skip
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    town.ledger.clock.confirm()
    applying.request(village, tmp_path / "a.xsq")
    enrolling.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg", compared=None)
    exchange.merge(district, [exchange.send(town, tmp_path / "1.xsj").path])

    def advice() -> list[str]:
        return [u.advice for u in unsettled(district.database, district.here) if u.type == "grant"]

    assert advice() == [advising.GRANT_AHEAD]
    town.workspace.close()
    town = open_session(tmp_path / "镇", "王芳", "password1", repeatable("right", START + 3_600_000))
    redating.redate(town)
    enrol(village, town, tmp_path)
    exchange.merge(district, [exchange.send(town, tmp_path / "2.xsj").path])
    assert advice() == []
