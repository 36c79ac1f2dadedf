"""The plan's indicators and workbooks by command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

import openpyxl
import pytest

from desktop.documents.workbooks.problems import NoRoom
from desktop.operations.imports import importing
from tests.cli.calling import CODE, Places, answer, record, run


def register(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("企业名称", "统一社会信用代码", "职工人数", "地址", "备注"))
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_the_plan_counts_the_records_and_says_what_is_wanting(town: Path) -> None:
    record(
        town,
        "enterprise",
        *(
            {"name": f"第{n}家公司", "sector": "非公企业", "surveyed_staff": 30, "status": "存续",
             "union_state": "建立" if n else "筹建"}
            for n in range(3)
        ),
    )  # fmt: skip
    (found,) = answer("plan", town, "--only", "T03")["indicators"]
    assert (found["id"], found["numerator"]["total"], found["denominator"]["total"]) == ("T03", "2", "3")
    assert (found["percent"], found["gap"]) == ("66.67%", 1)
    spoken = run("plan", town, "--only", "T03").stdout
    assert "66.67%（2/3）" in spoken
    assert "口径：" in spoken
    before = answer("plan", town, "--only", "T01", "--as-of", "2025年12月31日")["indicators"]
    assert before[0]["as_of"] == "2025-12-31"


def test_a_reading_is_chosen_by_a_district_and_stays(places: Places) -> None:
    (found,) = answer("plan", places.district, "--choose", "T03.coverage=include")["indicators"]
    assert found["readings"]["coverage"] == "include"
    (found,) = answer("plan", places.district, "--only", "T03")["indicators"]
    assert found["readings"]["coverage"] == "include"
    assert run("plan", places.district, "--choose", "coverage=include").exit_code == 2
    assert run("plan", places.town, "--choose", "T03.coverage=include").exit_code == 14


def test_the_end_of_a_year_is_kept_once_and_later_entries_leave_it(town: Path) -> None:
    courier = {"key_group": "快递员", "membership_change": "入会"}
    record(
        town,
        "member",
        *({"name": f"会员{n}", "first_admission_date": "2025-05-01", **courier} for n in range(4)),
    )
    assert run("plan", town, "--keep-year-end", "2026").exit_code == 22, "the year goes on"
    assert run("plan", town, "--keep-year-end", "2023").exit_code == 22, "nobody was a member"
    (found,) = answer("plan", town, "--keep-year-end", "2025")["indicators"]
    assert (found["numerator"]["total"], found["denominator"]["total"]) == ("0", "4")
    (figure,) = answer("list", town, "reported_figure")["records"]
    told = {k: figure["values"][k] for k in ("indicator", "figure", "as_of_date", "value")}
    assert told == {"indicator": "T17", "figure": "stock", "as_of_date": "2025-12-31", "value": "4"}
    assert run("plan", town, "--keep-year-end", "2025").exit_code == 22, "kept already"
    record(town, "member", {"name": "补录", "first_admission_date": "2025-06-01", **courier})
    (found,) = answer("plan", town, "--only", "T17")["indicators"]
    assert (found["numerator"]["total"], found["denominator"]["total"]) == ("1", "4")
    assert found["percent"] == "25.00%"


@pytest.mark.parametrize(
    "options", [["--only", "T99"], ["--reading", "x=y"], ["--reading", "x"], ["--as-of", "昨天"]]
)
def test_what_the_plan_does_not_have_is_named(town: Path, options: list[str]) -> None:
    result = run("plan", town, *options)
    assert result.exit_code == 2
    assert result.stderr


def test_a_workbook_is_looked_at_taken_in_taken_again_and_taken_back(town: Path, tmp_path: Path) -> None:
    book = register(
        tmp_path / "名册.xlsx", ("甲公司", CODE, 30, "文三路1号", None), ("乙公司", None, 5, None, "新")
    )
    looked = answer("import", town, book, "--type", "enterprise", "--dry-run")
    assert (looked["counts"]["new"], looked["operation"]) == (2, None)
    assert answer("list", town, "enterprise")["total"] == 0
    done = answer("import", town, book, "--type", "enterprise")
    assert [r["outcome"] for r in done["rows"]] == ["new", "new"]
    assert {c["header"]: c["field"] for c in done["columns"]}["企业名称"] == "name"
    listed = answer("list", town, "enterprise")["records"]
    assert {r["id"] for r in listed} == {r["id"] for r in done["rows"]}
    again = answer("import", town, book, "--type", "enterprise")
    assert [r["outcome"] for r in again["rows"]] == ["same", "same"]
    answer("undo", town, done["operation"])
    assert answer("list", town, "enterprise")["total"] == 0


def test_rows_that_do_not_go_in_come_back_in_a_workbook(town: Path, tmp_path: Path) -> None:
    book = register(
        tmp_path / "名册.xlsx", ("甲公司", CODE, "许多", None, None), ("乙公司", None, 5, None, None)
    )
    report = tmp_path / "改正.xlsx"
    result = run("import", town, book, "--type", "enterprise", "--report", report)
    assert result.exit_code == 0
    assert "第2行" in result.stderr
    sheet = openpyxl.load_workbook(report).active
    assert sheet is not None
    assert any("甲公司" in map(str, row) for row in sheet.iter_rows(values_only=True))


def test_what_went_in_is_said_where_the_rows_that_did_not_cannot_be_written(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise NoRoom("U盘满了。")

    monkeypatch.setattr(importing, "write_report", full)
    book = register(
        tmp_path / "名册.xlsx", ("甲公司", CODE, "许多", None, None), ("乙公司", None, 5, None, None)
    )
    result = run("import", town, book, "--type", "enterprise", "--report", tmp_path / "改正.xlsx")
    assert result.exit_code == 30
    assert "新增2行" in result.stdout
    assert "U盘满了" in result.stderr


def test_columns_and_values_can_be_said(town: Path, tmp_path: Path) -> None:
    book = register(tmp_path / "名册.xlsx", ("甲公司", CODE, 30, None, "城北"))
    done = answer("import", town, book, "--type", "enterprise", "--map", "备注=grid", "--map", "职工人数=",
                  "--set", "status=存续")  # fmt: skip
    (found,) = answer("list", town, "enterprise")["records"]
    assert found["id"] == done["rows"][0]["id"]
    assert found["values"]["grid"] == "城北"
    assert found["values"]["status"] == "active"
    assert "surveyed_staff" not in found["values"]
    for wrong in (["--set", "status=火星"], ["--set", "nothing=1"], ["--map", "备注"], ["--header-row", "0"]):
        assert run("import", town, book, "--type", "enterprise", *wrong).exit_code == 2


def test_a_file_that_is_no_workbook_is_refused_with_a_sentence(town: Path, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    result = run("import", town, tmp_path / "x.xlsx", "--type", "enterprise", "--json")
    assert result.exit_code not in (0, 70)
    assert json.loads(result.stdout)["problem"]["sentence"]


def test_which_enterprise_to_visit_next_is_said_with_its_reasons(town: Path) -> None:
    assert "没有要走访的企业" in run("next", town).stderr
    given = {"sector": "非公企业", "status": "存续"}
    record(
        town,
        "enterprise",
        {**given, "name": "小厂", "surveyed_staff": 9},
        {**given, "name": "大厂", "surveyed_staff": 150, "address": "双溪路1号"},
    )
    told = answer("next", town)
    assert [v["name"] for v in told["visits"]] == ["大厂", "小厂"]
    points = {name: reason["points"] for name, reason in told["reasons"].items()}
    assert told["visits"][0]["points"] == points["large"] + points["never"]
    assert not told["official"]
    spoken = run("next", town, "--limit", "1")
    assert "1. 大厂（北山街道，双溪路1号）" in spoken.stdout, "who writes no place means that of the own unit"
    assert "同一镇街、没有写村社的还有1家要走访" in spoken.stdout
    assert "小厂" not in spoken.stdout
    assert "示例" in spoken.stderr
    assert run("next", town, "--place", "火星镇").exit_code == 2
