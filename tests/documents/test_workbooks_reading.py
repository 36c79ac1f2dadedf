"""Reading .xlsx, .xls and text tables: what a cell holds, where it stands, and what is said of files that are none."""

from __future__ import annotations

import codecs
import datetime
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from desktop.documents.workbooks import archive, compound, sheets
from desktop.documents.workbooks.cells import Fault, FaultKind, examined, shown
from desktop.documents.workbooks.delimited import delimiter_of, encoding_of
from desktop.documents.workbooks.opening import open_workbook
from desktop.documents.workbooks.problems import (
    Locked,
    NoSuchSheet,
    OtherFormat,
    TooLarge,
    Unreadable,
    unreachable,
)
from tests.documents import workbooks

DATA = Path(__file__).parent.parent / "data"
HEADER = ["企业名称", "统一社会信用代码", "职工人数"]


def test_cells_come_typed_and_rows_with_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    def shape(sheet: Any) -> None:
        sheet["C4"], sheet["D4"], sheet["E4"] = "文字", 12, 1.5
        sheet["C6"], sheet["D6"], sheet["E6"] = datetime.datetime(2026, 1, 2), datetime.time(9, 30), True

    found = workbooks.read(workbooks.book(tmp_path / "a.xlsx", [], shape))
    assert found == [
        (4, [None, None, "文字", 12.0, 1.5]),
        (6, [None, None, datetime.date(2026, 1, 2), datetime.time(9, 30), True]),
    ]


def test_a_formula_gives_its_value_and_one_without_a_value_or_with_an_error_is_marked(tmp_path: Path) -> None:
    sheet = (
        workbooks.SHEET_HEAD + '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c>'
        '<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D1" t="str"><f>""</f><v></v></c>'
        '<c r="E1" t="e"><v>#N/A</v></c><c r="F1"><f ca="1">NOW()</f><v/></c></row>' + workbooks.SHEET_TAIL
    )
    [(_, row)] = workbooks.read(workbooks.raw(tmp_path / "a.xlsx", sheet))
    assert row[0] == 2
    assert row[1] == Fault(FaultKind.NOT_CALCULATED, "（公式）")
    assert row[2] == Fault(FaultKind.ERROR, "#DIV/0!")
    assert row[3] is None
    assert row[4] == Fault(FaultKind.ERROR, "#N/A")
    assert row[5] == Fault(FaultKind.NOT_CALCULATED, "（公式）")


def test_an_old_workbook_is_read_by_its_content_under_the_name_of_wps_too(tmp_path: Path) -> None:
    found = workbooks.read(DATA / "register.xls")
    assert found[0] == (1, ["西湖区企业名册"])
    assert found[3][1][1:] == [
        "杭州示例科技有限公司", "91330106MA2ABCDEX7", "杭州市西湖区转塘街道文三路100号", 13800000000.0, 30.0,
        datetime.date(2026, 9, 30),
    ]  # fmt: skip
    shutil.copy(DATA / "register.xls", tmp_path / "名册.et")
    assert workbooks.read(tmp_path / "名册.et") == found


@pytest.mark.parametrize("name", ["名册.xls", "名册.et", "名册.csv", "名册"])
def test_a_modern_workbook_is_read_by_its_content_under_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = workbooks.book(tmp_path / "名册.xlsx", [["企业名称"], ["甲"]])
    found = workbooks.read(path)
    path = path.rename(tmp_path / name)
    assert workbooks.read(path) == found
    monkeypatch.setattr(archive, "BLOCK_BYTES", 0)
    assert workbooks.read(path) == found


def test_hidden_rows_and_columns_are_told(tmp_path: Path) -> None:
    def shape(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True
        for letter in ("B", "C"):
            sheet.column_dimensions[letter].hidden = True

    with open_workbook(workbooks.book(tmp_path / "a.xlsx", [HEADER] * 3, shape)) as opened:
        sheet = opened.sheet("Sheet1")
        assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {1, 2})
    with open_workbook(workbooks.book(tmp_path / "b.xlsx", [HEADER])) as opened:
        assert not opened.sheet("Sheet1").hidden_rows
    whole = f'<cols><col hidden="1" max="16384" min="4" width="9"/></cols>{workbooks.cells([HEADER])[77:]}'
    path = workbooks.raw(tmp_path / "c.xlsx", workbooks.SHEET_HEAD.replace("<sheetData>", whole))
    with open_workbook(path) as opened:
        assert max(opened.sheet("Sheet1").hidden_columns) < 1_000


def test_hidden_rows_and_columns_of_an_old_workbook_are_told(tmp_path: Path) -> None:
    data = bytearray((DATA / "register.xls").read_bytes())
    record = data.index(b"\x08\x02\x10\x00")
    data[record + 4 + 12] |= 0x20
    path = tmp_path / "a.xls"
    path.write_bytes(bytes(data))
    number = int.from_bytes(data[record + 4 : record + 6], "little") + 1
    with open_workbook(path) as opened:
        assert opened.sheet("企业名册").hidden_rows == {number}
        assert not opened.sheet("隐藏").hidden_rows
    columns = struct.pack("<HHHHHHHH", 0x7D, 12, 1, 2, 0, 0, 1, 0)
    assert compound._check_sheet(columns + struct.pack("<HH", 0x0A, 0), 0).columns == {1, 2}


def test_hidden_sheets_are_told_and_read_only_by_name(tmp_path: Path) -> None:
    with open_workbook(DATA / "register.xls") as opened:
        assert [(s.name, s.hidden) for s in opened.sheets] == [("企业名册", False), ("隐藏", True)]
        assert [row for _, row in opened.sheet("隐藏").rows()] == [["企业名称", "统一社会信用代码"]]
        with pytest.raises(NoSuchSheet):
            opened.sheet("没有")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_tables_in_every_encoding_that_office_programs_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text('企业名称,备注\n杭州㙦䶮公司,"有,逗号\n和换行"\n,\n乙,\n', encoding=encoding, newline="")
    assert workbooks.read(path) == [
        (1, ["企业名称", "备注"]),
        (2, ["杭州㙦䶮公司", "有,逗号\n和换行"]),
        (4, ["乙"]),
    ]


def test_text_tables_from_a_paste_are_parted_by_tabs_and_keep_codes_that_say_they_are_text(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.txt"
    path.write_text('姓名\t证件号码\n张三\t="330102199001010012"\n', encoding="utf-8")
    assert workbooks.read(path)[1] == (2, ["张三", "330102199001010012"])


@pytest.mark.parametrize(
    ("sample", "mark"), [("a;b;c\n1,5;2;3\n", ";"), ("a|b\nc|d", "|"), ("one column\nonly", ","), ("", ",")]
)
def test_the_mark_between_cells_is_the_one_that_all_lines_have(sample: str, mark: str) -> None:
    assert delimiter_of(sample) == mark


@pytest.mark.parametrize(
    "start", [codecs.BOM_UTF8 + "甲".encode() + b"\xe5\xb7", codecs.BOM_UTF16_LE + b"\x31\x75\x00"]
)
def test_a_text_table_that_was_cut_within_a_character_is_said_to_be_damaged(
    tmp_path: Path, start: bytes
) -> None:
    path = tmp_path / "cut.csv"
    path.write_bytes(start)
    with open_workbook(path) as book, pytest.raises(Unreadable):
        list(book.sheet("cut").rows())


def test_bytes_in_no_known_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n\xff\xff,\x81\n")
    with pytest.raises(Unreadable):
        encoding_of(path)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.xlsx", b"", Unreadable),
        ("page.xls", b"<html><frameset><frame src='a.files/sheet001.htm'></frameset></html>", OtherFormat),
        ("page2.xls", "<html><table>".encode("utf-16"), OtherFormat),
        ("page3.xls", b"<table><tr><td>" * 3000, OtherFormat),
        ("archive.xls", b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", OtherFormat),
        ("saved.mht", b"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;", OtherFormat),
        ("xml.xls", b'<?xml version="1.0"?><Workbook/>', OtherFormat),
        ("none.xls", b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', Unreadable),
        ("cut.xls", b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet>', Unreadable),
        ("paper.xlsx", b"%PDF-1.7", OtherFormat),
        ("binary.csv", b"a,b\0\0\0\n", OtherFormat),
        ("broken.xlsx", b"PK\x03\x04garbage", Unreadable),
        ("broken.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Unreadable),
        ("lost its beginning.xls", bytes(8) + b"\xff\xfe" + bytes(600), Unreadable),
        ("lost its beginning.xlsx", b"K\x03\x04\x14" + b"garbage", Unreadable),
        ("two signs.xlsx", b"PK", Unreadable),
        ("broken.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OtherFormat),
    ],
)  # fmt: skip
def test_files_that_are_no_table_are_told_apart_with_a_next_step(
    tmp_path: Path, name: str, content: bytes, problem: type[Exception]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(problem) as raised:
        open_workbook(path)
    assert raised.value.next_step  # type: ignore[attr-defined]


PAGE = """
<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"/><style>td{{color:red}}</style></head>
<!-- <table><tr><td>没有的</td></tr></table> --><table><tr><td>
<table border="1"><caption>导出</caption>
 <tr><th colspan="3">余杭区企业名单</th></tr>
 <tr><th>单位名称</th><th>镇街</th><th>信用代码</th></tr>
 <tr><td>杭州䶮&amp;示例<br>
   二厂</td><td rowspan="2">瓶窑镇</td><td style="mso-number-format:'\\@'">0012</td></tr>
 <tr style="DISPLAY: none"><td>甲厂<td>="003"</tr>
 <tr><td>&nbsp;</td></tr>
 <tr><td>乙厂</td></tr>
</table></td></tr></table><table>{}</table>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_page_that_calls_itself_a_table_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes(PAGE.format("").encode(encoding))
    with open_workbook(path) as book:
        assert [sheet.name for sheet in book.sheets] == ["导出"], "what arranges it is no table of its own"
        sheet = book.sheet("导出")
        assert list(sheet.rows()) == [
            (1, ["余杭区企业名单", None, None]),
            (2, ["单位名称", "镇街", "信用代码"]),
            (3, ["杭州䶮&示例\n二厂", "瓶窑镇", "0012"]),
            (4, ["甲厂", None, "003"]),
            (6, ["乙厂"]),
        ]
        assert (sheet.merged, sheet.hidden_rows) == ([((0, 0), (0, 2)), ((2, 1), (3, 1))], {4})


def test_several_tables_of_a_page_are_sheets(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_text(PAGE.format("<tr><td>说明<td>1"), "utf-8")
    with open_workbook(path) as book:
        assert [sheet.name for sheet in book.sheets] == ["第1张表", "第2张表"]
        assert list(book.sheet("第2张表").rows()) == [(1, ["说明", "1"])]
        with pytest.raises(NoSuchSheet):
            book.sheet("导出")
    path.write_text(f"<table><tr>{'<td colspan=900>x' * 2}", "utf-8")
    with pytest.raises(TooLarge):
        open_workbook(path)


SPREADSHEET = """<?xml version="1.0" encoding="gb2312"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">
 <Styles><Style ss:ID="s21"><NumberFormat ss:Format="@"/></Style></Styles>
 <Worksheet ss:Name="企业"><Table ss:ExpandedColumnCount="999999999" ss:ExpandedRowCount="999999999">
  <Column ss:Width="60"/><Column ss:Index="3" ss:Hidden="1" ss:Span="1"/><Column/>
  <Row><Cell ss:MergeAcross="4"><Data ss:Type="String">余杭区企业名单</Data></Cell></Row>
  <Row><Cell><Data ss:Type="String">单位名称</Data></Cell><Cell><Data ss:Type="String">镇街</Data></Cell>
   <Cell ss:Index="4"><Data ss:Type="String">信用代码</Data></Cell><Cell><Data ss:Type="String">职工</Data></Cell></Row>
  <Row ss:Hidden="1" ss:Span="2"><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>杭州䶮</B
   ><Font>&amp;示例&#10;二厂</Font></ss:Data><Comment><ss:Data>批注</ss:Data></Comment></Cell>
   <Cell ss:MergeDown="1"><Data ss:Type="String">瓶窑镇</Data></Cell>
   <Cell ss:Index="4" ss:StyleID="s21"><Data ss:Type="String">0012</Data></Cell>
   <Cell><Data ss:Type="Number">30</Data></Cell><Cell ss:Index="16384" ss:StyleID="s21"/></Row>
  <Row><Cell><Data ss:Type="DateTime">2019-05-13T00:00:00.000</Data></Cell>
   <Cell><Data ss:Type="DateTime">2019-05-13T08:30:00.000</Data></Cell>
   <Cell><Data ss:Type="DateTime">1899-12-31T08:30:00.000</Data></Cell>
   <Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
  <Row><Cell><Data ss:Type="String">x</Data></Cell><Cell ss:Formula="=A1"><Data ss:Type="Error">#REF!</Data></Cell>
   <Cell ss:Formula="=A1"/><Cell><Data ss:Type="Number">约3</Data></Cell>
   <Cell><Data ss:Type="DateTime">去年</Data></Cell><Cell><Data ss:Type="String"> </Data></Cell></Row>
  <Row ss:Index="90"/>
 </Table></Worksheet>
 <Worksheet ss:Name="备用"><Table><Row><Cell><Data>备注</Data></Cell></Row></Table>
  <x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_xml_of_excel_2003_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes(SPREADSHEET.encode(encoding))
    with open_workbook(path) as book:
        assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("企业", False), ("备用", True)]
        sheet = book.sheet("企业")
        assert list(sheet.rows()) == [
            (1, ["余杭区企业名单"]),
            (2, ["单位名称", "镇街", None, "信用代码", "职工"]),
            (3, ["杭州䶮&示例\n二厂", "瓶窑镇", None, "0012", 30.0]),
            (
                6,
                [
                    datetime.date(2019, 5, 13),
                    datetime.datetime(2019, 5, 13, 8, 30),
                    datetime.time(8, 30),
                    True,
                ],
            ),
            (
                7,
                [
                    "x",
                    Fault(FaultKind.ERROR, "#REF!"),
                    Fault(FaultKind.NOT_CALCULATED, "（公式）"),
                    "约3",
                    "去年",
                ],
            ),
        ]
        assert sheet.merged == [((0, 0), (0, 4)), ((2, 1), (3, 1))]
        assert (sheet.hidden_rows, sheet.hidden_columns) == ({3, 4, 5}, {2, 3})
        assert list(book.sheet("备用").rows()) == [(1, ["备注"])]
        with pytest.raises(NoSuchSheet):
            book.sheet("没有")


def test_a_locked_workbook_is_told_by_the_parts_that_it_has(tmp_path: Path) -> None:
    data = (DATA / "register.xls").read_bytes()
    name = "Workbook".encode("utf-16-le")
    longer = "EncryptedPackage".encode("utf-16-le")
    place = data.index(name)
    entry = bytearray(data[place : place + 128])
    entry[: len(longer)] = longer
    entry[64:66] = (len(longer) + 2).to_bytes(2, "little")
    path = tmp_path / "a.xlsx"
    path.write_bytes(data[:place] + bytes(entry) + data[place + 128 :])
    with pytest.raises(Locked, match="密码"):
        open_workbook(path)


def test_an_unreadable_et_says_to_save_it_as_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "a.et"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(OtherFormat, match="请用WPS另存为xlsx"):
        open_workbook(path)


def test_other_office_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    with pytest.raises(OtherFormat, match="ods"):
        open_workbook(path)


def test_a_file_that_went_away_is_no_bug(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="U盘"):
        open_workbook(tmp_path / "没有.xlsx")


def test_the_file_that_an_office_program_leaves_beside_an_open_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "~$名册.xlsx"
    path.write_bytes(b"\x04user" + b" " * 160)
    with pytest.raises(OtherFormat, match="临时文件"):
        open_workbook(path)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_stick_that_is_pulled_out_while_reading_is_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_text("企业名称,信用代码\n甲,1\n", encoding="utf-8")
    else:
        workbooks.book(path, [["企业名称", "信用代码"], ["甲", "1"]])
        monkeypatch.setattr(archive, "BLOCK_BYTES", 10)
    with open_workbook(path) as opened:
        sheet = opened.sheet(opened.sheets[0].name)
        path.unlink()
        with pytest.raises(Unreadable, match="U盘"):
            list(sheet.rows())


def test_a_table_that_another_program_keeps_to_itself_is_to_be_closed(tmp_path: Path) -> None:
    problem = unreachable(tmp_path / "a.xlsx", PermissionError(13, "in use"))
    assert "请先关闭" in problem.next_step


def test_more_rows_than_an_import_takes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    path = workbooks.book(tmp_path / "a.xlsx", [HEADER] * 4)
    with pytest.raises(TooLarge, match="3行"):
        workbooks.read(path)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (3.30102199001e17, FaultKind.LOST_DIGITS),
        (330102199001010012, FaultKind.LOST_DIGITS),
        ("3.30102E+17", FaultKind.LOST_DIGITS),
        ("3.3E+17 ", FaultKind.LOST_DIGITS),
        (float("inf"), FaultKind.LOST_DIGITS),
        (13800000000.0, 13800000000),
        (0.5, 0.5),
        ("9.13301106E17", FaultKind.LOST_DIGITS),
        ("3E10", "3E10"),
        ("E+17", "E+17"),
        (True, True),
        (datetime.timedelta(hours=30, minutes=5), "30:05"),
    ],
)
def test_numbers_that_lost_their_end_are_faults(cell: Any, expected: Any) -> None:
    found = examined(cell)
    assert (found.kind if isinstance(found, Fault) else found) == expected


def test_every_fault_says_what_to_do() -> None:
    assert all("，" in Fault(kind).sentence or kind is FaultKind.ERROR for kind in FaultKind)
    assert shown(Fault(FaultKind.ERROR, "#N/A")) == "#N/A"
