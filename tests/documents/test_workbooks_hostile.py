"""Workbooks that are built to harm are refused before a library opens them; monstrous honest ones stay in bounds."""

from __future__ import annotations

import struct
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from desktop.documents.workbooks import archive, sheets, spreadsheetml
from desktop.documents.workbooks.delimited import MOST_COLUMNS
from desktop.documents.workbooks.opening import open_workbook
from desktop.documents.workbooks.problems import (
    Contradictory,
    OtherFormat,
    Suspicious,
    TooLarge,
    Unreadable,
    WorkbookProblem,
)
from desktop.documents.workbooks.sheets import BlockSheet, StreamSheet
from tests.documents import workbooks

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">]>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>&lol2;</t></is></c></row></sheetData></worksheet>'
)


def test_an_xml_bomb_is_refused_in_any_part(tmp_path: Path) -> None:
    with pytest.raises(Suspicious):
        open_workbook(workbooks.raw(tmp_path / "a.xlsx", BOMB))
    good = workbooks.cells([["a"]])
    with pytest.raises(Suspicious):
        open_workbook(workbooks.raw(tmp_path / "b.xlsx", good, xl__sharedStrings_xml=BOMB))
    with pytest.raises(Suspicious):
        open_workbook(workbooks.raw(tmp_path / "c.xlsx", good, xl__sharedStrings_xml=BOMB.encode("utf-16")))


def test_a_declaration_that_straddles_two_windows_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_WINDOW", 64)
    for shift in range(64):
        with pytest.raises(Suspicious):
            open_workbook(workbooks.raw(tmp_path / "a.xlsx", "<a" + " " * shift + "/><!DOCTYPE a>"))


def test_a_part_that_unpacks_to_too_much_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1 << 20)
    with pytest.raises(TooLarge):
        open_workbook(workbooks.raw(tmp_path / "a.xlsx", b"<a>" + b" " * (2 << 20)))


def test_a_part_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    path = workbooks.raw(tmp_path / "a.xlsx", b"<a>" + b" " * (8 << 20))
    with zipfile.ZipFile(path) as found:
        info = found.getinfo("xl/worksheets/sheet1.xml")

    def lie(data: bytearray) -> None:
        true = struct.pack("<I", info.file_size)
        while (place := data.find(true)) >= 0:
            data[place : place + 4] = struct.pack("<I", 40)

    with pytest.raises(Contradictory, match=r"可能没有拷完整.*请重新拷一次"):
        open_workbook(workbooks.patched(path, lie))


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = workbooks.raw(tmp_path / "a.xlsx", workbooks.cells([["a"]]))
    with zipfile.ZipFile(path, "a") as found, pytest.warns(UserWarning, match="Duplicate name"):
        found.writestr("xl/worksheets/sheet1.xml", workbooks.cells([["b"]]))
    with pytest.raises(Suspicious):
        open_workbook(path)


def test_thousands_of_parts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_PARTS", 5)
    path = workbooks.raw(tmp_path / "a.xlsx", workbooks.cells([["a"]]), xl__x_xml="<a/>")
    with pytest.raises(Suspicious):
        open_workbook(path)


def test_two_far_cells_do_not_make_a_block_of_seventeen_thousand_million(tmp_path: Path) -> None:
    sheet = (
        workbooks.SHEET_HEAD + '<row r="1"><c r="A1" t="inlineStr"><is><t>近</t></is></c></row>'
        '<row r="4000"><c r="XFD4000" t="inlineStr"><is><t>远</t></is></c></row>' + workbooks.SHEET_TAIL
    )
    path = workbooks.raw(tmp_path / "a.xlsx", sheet)
    with open_workbook(path) as opened:
        assert isinstance(opened.sheet("Sheet1"), StreamSheet)
    found = workbooks.read(path)
    assert [(number, row[-1]) for number, row in found] == [(1, "近"), (4000, "远")]


@pytest.mark.parametrize(
    "cell",
    [
        "<c><is><t>a</t></is></c>",
        '<c s="1" r="XFD9"><v>1</v></c>',
        '<c\nr="XFD1"><v>1</v></c>',
        '<c r="A1048576"><v>1</v></c>',
    ],
)
def test_cells_whose_place_is_not_plain_to_see_are_read_row_by_row(tmp_path: Path, cell: str) -> None:
    sheet = f'{workbooks.SHEET_HEAD}<row r="1">{cell}</row>{workbooks.SHEET_TAIL}'
    with open_workbook(workbooks.raw(tmp_path / "a.xlsx", sheet)) as opened:
        assert isinstance(opened.sheet("Sheet1"), StreamSheet)


def test_an_ordinary_sheet_is_read_as_a_block(tmp_path: Path) -> None:
    path = workbooks.book(tmp_path / "a.xlsx", [["企业名称"] * 100] * 3)
    with open_workbook(path) as opened:
        assert isinstance(opened.sheet("Sheet1"), BlockSheet)


def test_both_ways_of_reading_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[Any]] = [["企业名称", 1, 2.5, None, True], [], ["甲", None, "x", "  ", "#"], [None, 7]]
    path = workbooks.book(tmp_path / "a.xlsx", rows)
    block = workbooks.read(path)
    monkeypatch.setattr(archive, "BLOCK_BYTES", 0)
    assert workbooks.read(path) == block


def test_many_formatted_empty_rows_cost_little_and_hide_nothing_above(tmp_path: Path) -> None:
    """A workbook may have a million of them, which is five times as many and takes five times as long."""
    rows = 200_000
    empty = "".join(
        f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(3, rows + 3)
    )
    head = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    path = workbooks.raw(tmp_path / "a.xlsx", workbooks.SHEET_HEAD + head + empty + workbooks.SHEET_TAIL)
    started = time.process_time()
    assert [row for _, row in workbooks.read(path)] == [[1], [2]]
    assert time.process_time() - started < 4


def test_reading_row_by_row_stops_after_a_long_run_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "BLOCK_BYTES", 0)
    monkeypatch.setattr(sheets, "EMPTY_RUN", 10)
    path = workbooks.book(tmp_path / "a.xlsx", [["a"], *[[]] * 20, ["b"]])
    assert workbooks.read(path) == [(1, ["a"])]


OLD = (Path(__file__).parent.parent / "data" / "register.xls").read_bytes()
NUMBER_RECORD = OLD.index(b"\x03\x02\x0e\x00")
DIMENSIONS_RECORD = OLD.index(b"\x00\x02\x0e\x00")


@pytest.mark.parametrize(
    ("place", "patch"),
    [
        (NUMBER_RECORD + 4, struct.pack("<HH", 0xFFFF, 0xFFFF)),
        (NUMBER_RECORD + 4, struct.pack("<HH", 0xFFFF, 0xFF)),
        (DIMENSIONS_RECORD + 4, struct.pack("<IIHH", 0, 0xFFFFFFFF, 0, 7)),
        (DIMENSIONS_RECORD + 4, struct.pack("<IIHH", 9, 3, 0, 7)),
        (OLD.index(b"\xfc\x00") + 8, struct.pack("<I", 0x7FFFFFFF)),
        (44, struct.pack("<I", 0)),
        (512, struct.pack("<I", 0)),
    ],
)
def test_an_old_workbook_that_asks_for_more_memory_than_there_is_never_reaches_the_engine(
    tmp_path: Path, place: int, patch: bytes
) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(OLD[:place] + patch + OLD[place + len(patch) :])
    try:
        workbooks.read(path)
    except WorkbookProblem as problem:
        assert problem.next_step


def test_an_old_workbook_of_which_sectors_are_empty_is_damaged_and_no_sheet_without_rows(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(OLD[:NUMBER_RECORD] + bytes(64) + OLD[NUMBER_RECORD + 64 :])
    with pytest.raises(Unreadable, match="损坏"):
        open_workbook(path)


def test_an_old_workbook_with_macros_is_to_be_saved_without_them(tmp_path: Path) -> None:
    name = "SummaryInfo_VBA_PROJECT_CUR"[11:].encode("utf-16-le")
    place = OLD.index("Root Entry".encode("utf-16-le")) + 3 * 128
    entry = bytearray(128)
    entry[: len(name)] = name
    entry[64:67] = bytes([len(name) + 2, 0, 1])
    path = tmp_path / "a.xls"
    path.write_bytes(OLD[:place] + bytes(entry) + OLD[place + 128 :])
    with pytest.raises(OtherFormat, match="宏"):
        open_workbook(path)


SMALL = workbooks.memory([["企业名称", "统一社会信用代码"], ["甲公司", 12], ["乙公司", 3.5]])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    place=st.integers(0, len(SMALL) - 1),
    byte=st.integers(0, 255),
    cut=st.one_of(st.none(), st.integers(0, len(SMALL))),
)
def test_a_damaged_workbook_is_a_problem_and_never_a_crash(
    tmp_path: Path, place: int, byte: int, cut: int | None
) -> None:
    data = bytearray(SMALL)
    data[place] = byte
    path = tmp_path / "a.xlsx"
    path.write_bytes(bytes(data[:cut]))
    try:
        workbooks.read(path)
    except WorkbookProblem as problem:
        assert problem.next_step


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(place=st.integers(0, 8191), byte=st.integers(0, 255))
@example(place=1045, byte=189)  # the only sheet is said to be of another kind
def test_a_damaged_old_workbook_is_a_problem_and_never_a_crash(tmp_path: Path, place: int, byte: int) -> None:
    data = bytearray(OLD)
    data[place % len(data)] = byte
    path = tmp_path / "a.xls"
    path.write_bytes(bytes(data))
    try:
        workbooks.read(path)
    except WorkbookProblem as problem:
        assert problem.next_step


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(place=st.integers(0, 400), junk=st.binary(max_size=12))
def test_a_sheet_of_damaged_xml_is_a_problem_and_never_a_crash(
    tmp_path: Path, place: int, junk: bytes
) -> None:
    sheet = bytearray(workbooks.cells([["企业名称", "代码"], ["甲", "乙"]]).encode())
    sheet[place : place + len(junk)] = junk
    try:
        workbooks.read(workbooks.raw(tmp_path / "a.xlsx", bytes(sheet)))
    except WorkbookProblem as problem:
        assert problem.next_step


def of_2003(path: Path, table: str, before: str = "") -> Path:
    """A workbook of one sheet in the XML of Excel 2003."""
    space = f'xmlns="{spreadsheetml.NAMESPACE}" xmlns:ss="{spreadsheetml.NAMESPACE}"'
    sheet = f'<Worksheet ss:Name="表"><Table>{table}</Table></Worksheet>'
    path.write_text(f'<?xml version="1.0"?>{before}<Workbook {space}>{sheet}</Workbook>', "utf-8")
    return path


def cell_2003(value: str, said: str = "") -> str:
    return f'<Cell {said}><Data ss:Type="String">{value}</Data></Cell>'


def test_the_xml_of_excel_2003_declares_nothing_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = f"<Row>{cell_2003('&a;')}</Row>"
    declared = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">]>'
    monkeypatch.setattr(spreadsheetml, "_STEP", 64)
    for shift in range(64):
        with pytest.raises(Suspicious):
            open_workbook(of_2003(tmp_path / "a.xls", row, " " * shift + declared))
    with pytest.raises(Unreadable):
        open_workbook(of_2003(tmp_path / "a.xls", row))


@pytest.mark.parametrize(
    "said",
    [
        '<Row ss:Index="99999999">{}</Row>',
        '<Row><Cell ss:Index="99999999"/>{}</Row>',
        '<Row><Cell ss:MergeAcross="99999999"/>{}</Row>',
        '<Row ss:Span="99999999"/><Row>{}</Row>',
    ],
)
def test_a_cell_of_excel_2003_that_stands_nowhere_is_too_far_out(tmp_path: Path, said: str) -> None:
    with pytest.raises(TooLarge):
        open_workbook(of_2003(tmp_path / "a.xls", said.format(cell_2003("甲"))))


def test_huge_spans_of_excel_2003_make_no_cells_and_places_never_go_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheetml, "MOST_ROW", 50)
    huge = '"99999999"'
    columns = f'<Column ss:Index="3"/><Column ss:Index="1" ss:Hidden="1" ss:Span={huge}/>'
    first = cell_2003("甲", f"ss:MergeDown={huge} ss:MergeAcross={huge}")
    second = cell_2003("乙", 'ss:Index="3"') + cell_2003("丙", 'ss:Index="1"')
    hidden = f'<Row ss:Index="1" ss:Hidden="1" ss:Span={huge}/>'
    path = of_2003(tmp_path / "a.xls", f'{columns}<Row>{first}</Row><Row ss:Index="1">{second}</Row>{hidden}')
    with open_workbook(path) as book:
        sheet = book.sheet("表")
        assert list(sheet.rows()) == [(1, ["甲"]), (2, [None, None, "乙", "丙"])]
        assert sheet.merged == [((0, 0), (49, MOST_COLUMNS - 1))]
        assert sheet.hidden_columns == {*range(3, MOST_COLUMNS)}
        assert sheet.hidden_rows == {*range(3, 51)}


SMALL_2003 = (
    b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table><Column ss:Hidden="1"/>'
    b'<Row ss:Index="2"><Cell ss:MergeDown="1"><Data ss:Type="Number">1</Data></Cell><Cell ss:Index="3">'
    b'<Data ss:Type="DateTime">2019-05-13T00:00:00</Data></Cell></Row></Table></Worksheet></Workbook>'
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(place=st.integers(170, len(SMALL_2003)), junk=st.binary(max_size=8))
def test_a_damaged_workbook_of_excel_2003_is_a_problem_and_never_a_crash(
    tmp_path: Path, place: int, junk: bytes
) -> None:
    data = bytearray(SMALL_2003)
    data[place : place + len(junk)] = junk
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    try:
        workbooks.read(path)
    except WorkbookProblem as problem:
        assert problem.next_step


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_problem(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    try:
        workbooks.read(path)
    except WorkbookProblem as problem:
        assert problem.next_step
