"""Lists as workbooks: exactly what is shown, masked unless asked for, safe to open, quick to make."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.operations.exports import exporting
from desktop.operations.exports.exporting import export_list
from desktop.operations.imports.model import Stopped
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import Role
from desktop.records.versions.canonical import Cell
from desktop.store.queries.reading import Compare, Filter, Query
from tests.operations.registers import bring, firm, look, outcomes, table

FIELDS = [
    "name",
    "uscc",
    "town",
    "ownership",
    "legal_person",
    "contact_phone",
    "surveyed_staff",
    "surveyed_date",
]


def rows_of(path: Path, sheet: int = 0) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True)]


def some(session: Session, folder: Path, count: int = 3) -> None:
    bring(session, table(folder, [firm(n) for n in range(1, count + 1)]))


def test_a_list_leaves_with_its_columns_order_and_filter(district: Session, tmp_path: Path) -> None:
    some(district, tmp_path)
    query = Query(
        "enterprise",
        filters=(Filter("surveyed_staff", Compare.AT_LEAST, 12),),
        order="surveyed_staff",
        descending=True,
    )
    exported = export_list(
        district, tmp_path / "a.xlsx", query, ["surveyed_staff", "name"], caption="职工数12人以上"
    )
    assert exported.rows == 2
    assert rows_of(exported.path) == [
        ["工会摸排职工数", "单位名称"], [13, "杭州示例3科技有限公司"], [12, "杭州示例2科技有限公司"],
    ]  # fmt: skip
    notes = dict(rows_of(exported.path, 1))
    assert (notes["范围"], notes["条数"], notes["导出人"]) == ("职工数12人以上", "2", "王芳")
    assert notes["合计"] == "工会摸排职工数合计25人"


def test_money_adds_up_to_the_cent_and_years_do_not(district: Session, tmp_path: Path) -> None:
    for amount in ("0.1", "0.2", "1200.05"):
        values: dict[str, Cell] = {"kind": "new_form", "source": "fiscal", "year": 2026, "amount": amount}
        records.save(district, "subsidy", values)
    path = export_list(district, tmp_path / "a.xlsx", Query("subsidy"), ["year", "amount"]).path
    assert dict(rows_of(path, 1))["合计"] == "金额合计1200.35元"
    path = export_list(district, tmp_path / "b.xlsx", Query("subsidy"), ["year"]).path
    assert "合计" not in dict(rows_of(path, 1))


def test_values_are_words_numbers_and_days_and_persons_are_masked(district: Session, tmp_path: Path) -> None:
    some(district, tmp_path, 1)
    path = export_list(district, tmp_path / "a.xlsx", Query("enterprise"), FIELDS).path
    [_, row] = rows_of(path)
    assert row[2:] == [
        "转塘街道", "私营企业", "王*", "138****0001", 11, datetime.datetime(2026, 11, 23),
    ]  # fmt: skip
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet["B2"].number_format == "@"
    assert dict(rows_of(path, 1))["说明"] == "个人信息已部分隐藏"


def test_whole_numbers_leave_only_when_asked_for_and_that_is_noted_first(
    district: Session, tmp_path: Path
) -> None:
    some(district, tmp_path, 1)
    export_list(district, tmp_path / "a.xlsx", Query("enterprise"), FIELDS, unmasked=True)
    assert rows_of(tmp_path / "a.xlsx")[1][4:6] == ["王芳", "13800000001"]
    found = district.database.rows("SELECT action, detail FROM audit ORDER BY id DESC LIMIT 1")
    assert found == [("导出", "enterprise 1条 个人信息为完整内容")]


def test_a_reader_gets_no_whole_numbers(district: Session, tmp_path: Path) -> None:
    some(district, tmp_path, 1)
    district.workspace.operator = type(district.operator)("读者", Role.READER)
    with pytest.raises(NotAllowed):
        export_list(district, tmp_path / "a.xlsx", Query("enterprise"), FIELDS, unmasked=True)
    assert export_list(district, tmp_path / "a.xlsx", Query("enterprise"), FIELDS).rows == 1


def test_links_leave_as_words(district: Session, tmp_path: Path) -> None:
    some(district, tmp_path, 1)
    [enterprise] = [row[0] for row in district.database.rows("SELECT lower(hex(id)) FROM r_enterprise")]
    union = records.save(district, "union", {"name": "示例联合工会"}).record
    records.save(district, "coverage", {"union": union, "enterprise": enterprise, "started": "2026-01-01"})
    export_list(district, tmp_path / "a.xlsx", Query("coverage"), ["union", "enterprise", "started"])
    assert rows_of(tmp_path / "a.xlsx")[1] == [
        "示例联合工会",
        "杭州示例1科技有限公司",
        datetime.datetime(2026, 1, 1),
    ]


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "+1", "-1", "@a"])
def test_what_people_typed_cannot_run_in_the_workbook(district: Session, tmp_path: Path, text: str) -> None:
    records.save(district, "enterprise", {"name": f"甲{text}", "remark": text})
    export_list(district, tmp_path / "a.xlsx", Query("enterprise"), ["remark", "name"])
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_an_exported_list_comes_back_as_it_is(district: Session, tmp_path: Path) -> None:
    some(district, tmp_path)
    names = [f.name for f in district.types["enterprise"].columns]
    path = export_list(district, tmp_path / "a.xlsx", Query("enterprise"), names).path
    assert outcomes(look(district, path)) == ["same"] * 3


def test_cancelling_leaves_no_file(district: Session, tmp_path: Path) -> None:
    some(district, tmp_path)
    with pytest.raises(Stopped):
        export_list(district, tmp_path / "a.xlsx", Query("enterprise"), cancelled=lambda: True)
    assert not (tmp_path / "a.xlsx").exists()
    assert not list(tmp_path.glob("*.new"))


def test_more_rows_than_a_sheet_has_are_refused(
    district: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some(district, tmp_path)
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    with pytest.raises(Exception, match="请先筛选"):
        export_list(district, tmp_path / "a.xlsx", Query("enterprise"))


def test_every_type_can_be_exported(district: Session, tmp_path: Path) -> None:
    for name, record_type in district.types.items():
        export_list(district, tmp_path / "a.xlsx", Query(name), [f.name for f in record_type.fields])
        assert rows_of(tmp_path / "a.xlsx")[0] == [f.label for f in record_type.fields]
