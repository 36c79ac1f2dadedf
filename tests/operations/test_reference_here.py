"""Divisions and code lists that the district changes: they go down, and count in forms, tables and addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.imports.placing import PlaceFinder
from desktop.operations.recording import records
from desktop.operations.reference_here import CODE, DIVISION, LAW
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations import exchange
from desktop.records.codes import PLACES
from desktop.records.declaration import Level
from desktop.records.typed.values import parse_cell
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord
from tests.operations.levels import Three
from tests.operations.stations import station

NEW, OLD = "330110109901", "330110109222"


def test_what_the_district_says_goes_down_and_counts_in_its_units(tmp_path: Path) -> None:
    three = Three(tmp_path)
    district, town, village = three.all
    place = village.types["enterprise"].by_name["village"]
    before = village.codes
    records.save(district, DIVISION, {"code": NEW, "name": "双溪村委会"})
    merged = {"code": OLD, "name": "径山村委会", "ended": "2026-01-01", "successor": NEW}
    records.save(district, DIVISION, merged)
    records.save(district, CODE, {"list": "visit_purpose", "label": "送清凉"})
    records.save(village, "enterprise", {"name": "径山厂", "town": OLD[:9], "village": OLD})
    exchange.receive(town, [three.down(district, town).path])
    exchange.receive(village, [three.down(town, village).path])
    for session in three.all:
        here = session.reference
        assert session.reference is here, "read once as long as nobody writes"
        assert [d.code for d in here.divisions.meant("径山村")] == [NEW]
        assert PlaceFinder(here, "330110").address("余杭区径山镇径山村1号").village == NEW
        assert here.codes["visit_purpose"].find("送清凉") is not None
        today = session.environment.today()
        assert parse_cell(place, "径山村委会", codes=here.codes, today=today).value == NEW
        assert parse_cell(place, OLD, codes=here.codes, today=today).value == OLD, "old codes are kept"
    assert before[PLACES].label_of(OLD) == village.codes[PLACES].label_of(OLD) == "径山村委会"
    with pytest.raises(NotAllowed):
        records.save(town, DIVISION, {"code": NEW, "name": "别的村"})


def test_the_latest_day_counts_and_of_one_day_the_nearest_level(tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    city, other = "c" * 32, "d" * 32
    units = {
        city: ("杭州市总工会", "3301", "city", None),
        district.unit.id: ("余杭区总工会", "330110", "district", city),
        other: ("西湖区总工会", "330106", "district", city),
    }
    names = ("name", "code", "level", "superior")
    births = [NewRecord("unit", u, city, dict(zip(names, v, strict=True))) for u, v in units.items()]
    said = [
        (city, "市里说的镇", "2026-02-01"),
        (district.unit.id, "区里说的镇", "2026-02-01"),
        (district.unit.id, "早先的镇", "2026-01-01"),
        (other, "别区说的镇", "2026-03-01"),
    ]
    for unit, name, day in said:
        values = {"code": "330110109", "name": name, "started": day}
        births.append(NewRecord(DIVISION, district.ledger.new_id(), unit, values))
    district.ledger.write("入网", "王芳", births=births)
    assert district.reference.divisions["330110109"].name == "区里说的镇"
    assert {d.code for d in district.reference.divisions.meant("径山镇")} == {"330110109"}


def test_taken_back_it_counts_no_more(tmp_path: Path) -> None:
    district: Session = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    shipped = district.reference
    change = records.save(district, CODE, {"list": "visit_purpose", "item": "慰问", "ended": "2026-01-01"})
    assert "慰问" not in [i.label for i in district.codes["visit_purpose"].offered]
    records.undo(district, change.changes.stamp)
    assert district.codes == shipped.codes


def test_a_statute_that_the_district_enters_is_quoted_in_its_letters(tmp_path: Path) -> None:
    three = Three(tmp_path)
    district, town, _ = three.all
    entered: dict[str, Cell] = {
        "name": "示例条例", "version": "2026-01-01", "effective": "2026-03-01", "source": "示例",
        "words": "第一条　用人单位应当试验。",
    }  # fmt: skip
    assert not records.save(district, LAW, entered).findings
    records.save(district, LAW, {"name": "没有日期的", "words": "第一条　不算。"})
    exchange.receive(town, [three.down(district, town).path])
    for session in (district, town):
        assert session.reference.laws.law("示例条例").quote(1) == "用人单位应当试验。"
        assert len(session.reference.laws.added) == 1
