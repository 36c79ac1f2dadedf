"""The command that lists places."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.records.declaration import Level
from tests.cli.calling import answer, make, record, run


def test_without_a_name_the_districts_are_listed() -> None:
    found = answer("divisions")["divisions"]
    assert len(found) == 13
    assert {d["level"] for d in found} == {"district"}


def test_one_place_is_listed_with_what_lies_below_it() -> None:
    found = answer("divisions", "径山镇")
    assert found["version"] == "2023-06-30"
    assert found["divisions"][0] == {
        "code": "330110109",
        "name": "径山镇",
        "full_name": "杭州市余杭区径山镇",
        "level": "town",
        "parent": "330110",
    }
    assert {d["parent"] for d in found["divisions"][1:]} == {"330110109"}
    spoken = run("divisions", "330110109222")
    assert spoken.stdout.splitlines()[1:] == ["330110109222  村社  杭州市余杭区径山镇径山村委会"]
    assert "共1个" in spoken.stderr


def test_parts_of_names_and_codes_find_all_that_have_them() -> None:
    assert "330110010" in [d["code"] for d in answer("divisions", "良渚")["divisions"]]
    assert {d["code"][:11] for d in answer("divisions", "33011010922")["divisions"]} == {"33011010922"}
    for nothing in ("没有的地方", "", "  "):
        result = run("divisions", nothing)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "没有找到" in result.stderr


def test_every_code_and_full_name_that_is_listed_can_be_recorded(tmp_path: Path) -> None:
    town = make(tmp_path / "town")
    listed = answer("divisions", "径山镇")["divisions"]
    rows = [{"name": "甲", "village": d[key]} for d in listed for key in ("code", "full_name")]
    assert {r["outcome"] for r in record(town, "enterprise", *rows)} == {"new"}
    values = [r["values"]["village"] for r in answer("list", town, "enterprise")["records"]]
    assert sorted(values) == sorted(2 * [d["code"] for d in listed])


def test_what_the_district_changed_is_read_with_its_ledger(tmp_path: Path) -> None:
    desk = make(tmp_path / "区", Level.DISTRICT, "330110", "余杭区总工会")
    change = {"code": "330110109901", "name": "双溪村委会"}
    ended = {"code": "330110109222", "name": "径山村委会", "ended": "2026-01-01", "successor": "330110109901"}
    assert run("record", desk, "division_change", lines=f"{json.dumps(change)}\n").exit_code == 0
    assert run("record", desk, "区划调整", lines=f"{json.dumps(ended)}\n").exit_code == 0
    record(desk, "code_change", {"list": "走访目的", "label": "送清凉", "aliases": "高温慰问"})
    assert (
        answer("divisions", "双溪村")["divisions"] != answer("divisions", "双溪村", "--of", desk)["divisions"]
    )
    told = run("divisions", "330110109222", "--of", desk).stdout
    assert told.splitlines()[1].endswith("径山镇径山村委会（已并入双溪村委会）")
    assert "送清凉" in run("schema", "visit", "--of", desk).stdout
    assert "送清凉" not in run("schema", "visit").stdout
    line = json.dumps({"name": "某厂", "village": "径山村"})
    assert "双溪村委会" in run("record", desk, "enterprise", lines=f"{line}\n").output
    assert run("record", desk, "visit", lines=json.dumps({"purpose": "高温慰问"})).exit_code == 0
