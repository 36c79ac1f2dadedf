"""Workbooks that this program writes: read back by two independent readers, harmless to whoever opens them."""

from __future__ import annotations

import datetime
import decimal
import errno
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.documents.workbooks.cells import Fault as CellFault
from desktop.documents.workbooks.cells import FaultKind
from desktop.documents.workbooks.forms import write_form
from desktop.documents.workbooks.lists import ListColumn, write_list
from desktop.documents.workbooks.problems import NotWritten
from desktop.documents.workbooks.returned import Fault, ReturnedRow, write_returned
from desktop.documents.workbooks.xlsx import Page, XlsxFile, is_dangerous, letters, sheet_name
from desktop.records.real_name_forms import FORMS, MEMBER_FORM, UNION_FORM
from tests.documents import workbooks

AT = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.UTC)
NAME = ListColumn("名称", 20, text=True)
DANGEROUS = ["=1+1", "=cmd|'/c calc'!A0", "+86", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "|x", "%x"]


def rows_of(path: Path, sheet: int = 0) -> list[list[Any]]:
    """All cells by openpyxl."""
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True)]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_could_be_taken_for_a_formula_is_text_for_good(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_list(path, "名单", [NAME, ListColumn("二")], [[text, text]])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    for cell in sheet[2]:
        assert is_dangerous(text)
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert cell.number_format == "@"
        assert cell.value.replace("\r", "") == text.replace("\r", "")


def test_numbers_days_and_text_stay_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    columns = [
        NAME,
        ListColumn("人数"),
        ListColumn("金额"),
        ListColumn("日期"),
        ListColumn("代码", text=True),
    ]
    row: list[Any] = [
        "杭州公司",
        12,
        decimal.Decimal("12.50"),
        datetime.date(2026, 1, 2),
        "330102199001010012",
    ]
    assert write_list(path, "企业（单位）", columns, [row, [None] * 5], [("导出人", "王芳")], AT) == 2
    assert rows_of(path)[:2] == [
        ["名称", "人数", "金额", "日期", "代码"],
        ["杭州公司", 12, 12.5, datetime.datetime(2026, 1, 2), "330102199001010012"],
    ]
    assert rows_of(path, 1) == [["导出人", "王芳"]]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet["E2"].number_format == "@"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E3")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=60))
def test_any_text_comes_back_but_for_what_no_workbook_holds(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_list(path, "名单", [NAME], [[text], ["末"]])
    with zipfile.ZipFile(path) as archive:
        ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    found = workbooks.read(path)
    kept = "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF)))
    shown = found[1][1][0] if found[1][0] == 2 else None
    assert (shown or "").replace("\r", "\n").strip() == kept.replace("\r", "\n").strip()
    assert found[-1] == (3, ["末"])


def test_equal_content_makes_equal_files(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_list(tmp_path / name, "名单", [NAME], [["甲"]], at=AT)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_stands_in_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file would hold personal data in clear")

    for name in ("NamedTemporaryFile", "mkstemp", "TemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, forbidden)
    write_list(tmp_path / "a.xlsx", "名单", [NAME], [["甲"]])
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_list(path, "名单", [NAME], [["旧"]])
    before = path.read_bytes()

    def rows() -> Any:
        yield ["新"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_list(path, "名单", [NAME], rows())
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="关闭"):
        write_list(tmp_path / "没有" / "a.xlsx", "名单", [NAME], [])


def test_a_file_that_cannot_be_replaced_is_told_before_the_rows_are_read(tmp_path: Path) -> None:
    """Nobody opens a folder to write in it, as nobody does on Windows with what WPS has open."""
    (tmp_path / "a.xlsx").mkdir()

    def rows() -> Any:
        raise AssertionError("too early")
        yield

    with pytest.raises(NotWritten, match=r"a\.xlsx.*WPS"):
        write_list(tmp_path / "a.xlsx", "名单", [NAME], rows())
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_disk_that_fills_up_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_list(path, "名单", [NAME], [["旧"]])
    before = path.read_bytes()

    def rows() -> Any:
        yield ["新"]
        raise OSError(errno.ENOSPC, "no space left on device")

    with pytest.raises(NotWritten, match="满了") as told:
        write_list(path, "名单", [NAME], rows())
    assert told.value.exit_code == 30
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.name)
def test_the_forms_have_exactly_their_headers(tmp_path: Path, form: Any) -> None:
    path = tmp_path / "a.xlsx"
    row = ["值"] * (len(form.columns) - 1)
    options = {"性别": ["男", "女"], "民族": [f"民族{n}" for n in range(56)], "经济类型": ["国有经济"]}
    assert write_form(path, form, [row], options, ("填表单位（盖章）：",) if form.bands else (), AT) == 1
    found = rows_of(path)
    assert found[0][0] == form.title
    head = 4 if form.bands else 2
    lowest = [cell or found[head - 2][i] for i, cell in enumerate(found[head - 1])]
    assert lowest == [c.header for c in form.columns]
    assert found[head] == [1, *row]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert all(cell.number_format == "@" for cell in sheet[head + 1][1:])
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert len(lists) == sum(c.header in options for c in form.columns)
    hidden = openpyxl.load_workbook(path).worksheets[1]
    assert hidden.sheet_state == "hidden"


def test_the_groups_of_the_union_form_stand_over_their_columns(tmp_path: Path) -> None:
    write_form(tmp_path / "a.xlsx", UNION_FORM, [], {}, ("填表单位（盖章）：", "单位负责人（签字）："))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert {str(r) for r in sheet.merged_cells.ranges} >= {"A1:Q1", "B3:I3", "J3:Q3", "A3:A4"}
    assert (sheet["B3"].value, sheet["J3"].value, sheet["A3"].value) == ("单位信息", "工会信息", "序号")


def test_a_form_without_rows_can_be_filled_by_hand(tmp_path: Path) -> None:
    write_form(tmp_path / "a.xlsx", MEMBER_FORM, [], {"性别": ["男", "女"]})
    [rule] = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].data_validations.dataValidation
    assert str(rule.sqref).startswith("C3:C")
    assert rule.formula1 == "'选项'!$A$1:$A$2"


def test_returned_rows_carry_reason_remark_and_colour_and_their_values_as_they_came(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    header: list[Any] = [["名册"], ["企业名称", "代码", "职工人数", "日期"]]
    rows = [
        ReturnedRow(["甲", CellFault(FaultKind.LOST_DIGITS, "3.3E+17"), 12.0, datetime.date(2026, 1, 2)],
                    (Fault(1, "代码可疑", doubtful=True), Fault(1, "代码丢了"), Fault(-1, "没有名称"))),
        ReturnedRow(["=乙", "91", "十二"], (Fault(2, "人数不是数字"),), rejected=False),
        ReturnedRow(["丙", "92", 5], (Fault(1, "请核对", doubtful=True),), rejected=False),
    ]  # fmt: skip
    assert write_returned(path, "名册", header, rows, AT) == 3
    found = rows_of(path)
    assert found[1] == ["企业名称", "代码", "职工人数", "日期", "退回原因"]
    assert found[2] == ["甲", "3.3E+17", 12, datetime.datetime(2026, 1, 2), "代码丢了；没有名称；代码可疑"]
    assert found[3] == ["=乙", "91", "十二", None, "其余各栏已导入；人数不是数字"]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet["B3"].comment.text == "代码丢了"
    assert sheet["B3"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["A3"].comment is None
    assert sheet["A4"].quotePrefix
    assert found[4] == ["丙", "92", 5, None, "不影响导入；请核对"]
    assert [sheet[place].fill.fgColor.rgb for place in ("A5", "B5", "E5")] == [
        "00000000",
        "FFFFEB9C",
        "FFFFEB9C",
    ]


@pytest.mark.parametrize(("column", "text"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters_of_columns(column: int, text: str) -> None:
    assert letters(column) == text


@pytest.mark.parametrize(
    ("name", "expected"),
    [("企业（单位）", "企业（单位）"), ("a/b:c", "a b c"), ("", "Sheet1"), ("长" * 40, "长" * 31)],
)
def test_names_of_sheets(name: str, expected: str) -> None:
    assert sheet_name(name) == expected


def test_a_workbook_of_ours_passes_our_own_reader_as_a_block(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with XlsxFile(path, AT) as book, book.sheet(Page("表")) as writer:
        writer.row(["企业名称", 1, None, 2.5])
    assert workbooks.read(path) == [(1, ["企业名称", 1, None, 2.5])]
