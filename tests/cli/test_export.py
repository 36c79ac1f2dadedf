"""Workbooks out by command: a list as it is shown, and the federation's forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.calling import CODE, answer, make, record, run


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A town's workspace with two enterprises."""
    made = make(tmp_path / "town")
    record(
        made,
        "enterprise",
        {
            "name": "甲公司",
            "uscc": CODE,
            "surveyed_staff": 30,
            "contact_name": "张三丰",
            "contact_phone": "13812345678",
        },
        {"name": "乙公司", "surveyed_staff": 5},
    )
    return made


def cells(path: Path) -> list[Any]:
    book = openpyxl.load_workbook(path)
    return [
        cell
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]


def test_a_list_becomes_a_workbook_as_it_is_shown(town: Path, tmp_path: Path) -> None:
    done = answer(
        "export", town, tmp_path / "out.xlsx", "--type", "enterprise", "--filter", "surveyed_staff>=10"
    )
    assert done["rows"] == 1
    found = cells(tmp_path / "out.xlsx")
    assert "甲公司" in found
    assert CODE in found
    assert "乙公司" not in found


def test_personal_values_leave_masked_unless_asked_for_and_that_is_noted(town: Path, tmp_path: Path) -> None:
    chosen = (
        "export",
        town,
        tmp_path / "out.xlsx",
        "--type",
        "enterprise",
        "--field",
        "name",
        "--field",
        "contact_phone",
    )
    answer(*chosen)
    assert "138****5678" in cells(tmp_path / "out.xlsx")
    answer(*chosen, "--reveal")
    assert "13812345678" in cells(tmp_path / "out.xlsx")
    answer("audit", town, "export", tmp_path / "audit.jsonl")
    assert "个人信息为完整内容" in (tmp_path / "audit.jsonl").read_text("utf-8")


def test_a_form_takes_complete_records_and_lists_what_the_others_lack(town: Path, tmp_path: Path) -> None:
    record(town, "member", {"name": "李四"})
    done = answer(
        "export", town, tmp_path / "form.xlsx", "--form", "member", "--missing", tmp_path / "missing.xlsx"
    )
    assert done["rows"] == 0
    (lacking,) = done["incomplete"]
    assert lacking["title"] == "李四"
    assert any("证件号码" in reason for reason in lacking["reasons"])
    assert "李四" in cells(tmp_path / "missing.xlsx")


@pytest.mark.parametrize("name", ["out.txt", "out", "out.xls"])
def test_a_workbook_is_not_written_under_another_kind_of_name(town: Path, tmp_path: Path, name: str) -> None:
    refused = run("export", town, tmp_path / name, "--type", "enterprise")
    assert refused.exit_code == 2
    assert f"“{name}”请改成“out.xlsx”" in refused.output
    assert not list(tmp_path.glob("out*"))
    assert run("export", town, tmp_path / "OUT.XLSX", "--type", "enterprise").exit_code == 0


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--form", "enterprise"],
        ["--form", "member", "--type", "union"],
        ["--type", "enterprise", "--field", "nothing"],
        ["--type", "enterprise", "--filter", "nothing=1"],
    ],
)
def test_an_export_that_is_not_clear_writes_nothing(town: Path, tmp_path: Path, options: list[str]) -> None:
    assert run("export", town, tmp_path / "out.xlsx", *options).exit_code == 2
    assert not (tmp_path / "out.xlsx").exists()
