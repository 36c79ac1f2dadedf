"""Tables as they lie about in offices: errors, merged and hidden cells, stars, signs that nobody sees."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.documents.workbooks import archive
from desktop.documents.workbooks.xlsx import is_dangerous
from desktop.operations import audit
from desktop.operations.imports import importing, telling
from desktop.operations.imports.importing import ImportPreview, Pasted, Weight
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.workspaces import audit_log
from tests.documents import workbooks
from tests.operations.registers import code, held, look, outcomes

HEAD = ["企业名称", "信用代码", "职工人数", "摸排日期"]


def brought(folder: Path, rows: Sequence[Any], shape: Any = None, head: list[str] = HEAD) -> Path:
    return workbooks.book(folder / "表.xlsx", [head, *rows], shape)


def pasted(rows: list[list[str]], head: list[str] = HEAD) -> Pasted:
    return Pasted("\n".join("\t".join(row) for row in [head, *rows]), "粘贴")


def said(shown: ImportPreview, row: int, weight: Weight = Weight.PROBLEM) -> str:
    return "；".join(n.text for n in shown.rows[row].notes if n.weight is weight and n.field != "town")


def test_an_error_is_no_name_in_a_text_table_either(district: Session) -> None:
    words = ["#REF!", "#N/A", "#name?", "#DIV/0!", "#VALUE!", " #NULL! "]
    shown = look(district, pasted([[word, code(n), word, ""] for n, word in enumerate(words)]))
    assert outcomes(shown) == ["rejected"] * len(words)
    for place, row in enumerate(shown.rows):
        assert "公式出错" in said(shown, place)
        assert {n.column for n in row.said} == {0, 2}


def test_what_stands_for_a_formula_in_a_returned_row_is_no_text(district: Session) -> None:
    [row] = look(district, pasted([["甲公司", code(1), "3", "", "（公式）"]], [*HEAD, "备注"])).rows
    assert "remark" not in row.parts[0].values
    assert any(n.field == "remark" and "公式" in n.text for n in row.notes)


def test_what_was_too_narrow_to_be_copied_is_told(district: Session) -> None:
    head = [*HEAD, "所属街道"]
    shown = look(district, pasted([["甲公司", code(1), "####", "########", "###"]], head))
    assert "把列拉宽" in said(shown, 0)
    assert {n.column for n in shown.rows[0].notes if n.weight is Weight.PROBLEM} == {2, 3, 4}
    assert look(district, pasted([["3#厂", code(1), "3", ""]])).rows[0].parts[0].values["name"] == "3#厂"


def test_what_systems_write_for_nothing_is_no_name(district: Session) -> None:
    words = ["N/A", "NULL", "null", "None", "—"]
    shown = look(district, pasted([[word, code(n), "3", ""] for n, word in enumerate(words)]))
    assert outcomes(shown) == ["rejected"] * len(words)


def test_numbers_as_people_and_pages_write_them(district: Session) -> None:
    cells: dict[str, tuple[int | None, str]] = {
        "1,234": (1234, ""), "1，234": (1234, ""), "１２３": (123, ""), "1\u00a0234": (1234, ""),
        "\u200b12\u200b ": (12, ""), "12%": (None, "不是数字"), "1,23": (None, "不是数字"),
        "1.2E+17": (None, "“工会摸排职工数”：号码被表格软件改成了数字，后几位已经丢失"),
    }  # fmt: skip
    shown = look(district, pasted([[f"甲{n}公司", code(n), cell, ""] for n, cell in enumerate(cells)]))
    for place, (cell, (staff, problem)) in enumerate(cells.items()):
        assert shown.rows[place].parts[0].values.get("surveyed_staff") == staff, cell
        assert problem in said(shown, place), cell


def test_a_percentage_that_a_spreadsheet_keeps_as_a_fraction_is_asked_about(
    district: Session, tmp_path: Path
) -> None:
    rows = [["甲公司", "2026-01-01", 0.35], ["甲公司", "2026-02-01", 35.5]]
    path = brought(tmp_path, rows, head=["缴费单位", "所属期从", "返还比例"])
    shown = look(district, path, "dues_refund")
    cells = [r.parts[0].values.get("ratio") for r in shown.rows]
    assert cells == ["0.35", "35.5"]
    assert "如果表格里显示的是35%，请改为35" in said(shown, 0, Weight.WARNING)
    assert "如果表格里" not in said(shown, 1, Weight.WARNING)


@pytest.mark.parametrize("block", [True, False])
def test_days_that_are_none_and_workbooks_of_old_macs(
    district: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: bool
) -> None:
    if not block:
        monkeypatch.setattr(archive, "BLOCK_BYTES", 0)
    days = [datetime.date(9999, 12, 31), datetime.datetime(2026, 9, 3, 18), -5, 45000.75, "2026/9/3 18:00"]
    rows = [[f"甲{n}公司", code(n), 1, day] for n, day in enumerate(days)]
    shown = look(district, brought(tmp_path, rows))
    found = [r.parts[0].values.get("surveyed_date") for r in shown.rows]
    assert found == [None, "2026-09-03", None, "2023-03-15", "2026-09-03"]
    assert "看不出是哪一天" in said(shown, 0)
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (HEAD, ["甲公司", code(1), 1, datetime.date(2026, 9, 30)]):
        book.active.append(row)
    book.save(tmp_path / "mac.xlsx")
    mac = look(district, tmp_path / "mac.xlsx")
    assert mac.rows[0].parts[0].values["surveyed_date"] == "2026-09-30"


def test_a_number_merged_over_several_rows_is_counted_once_and_that_is_said(
    district: Session, tmp_path: Path
) -> None:
    rows: list[list[Any]] = [
        ["甲公司", code(1), 30, None],
        ["乙公司", code(2), None, None],
        ["丙公司", code(3), 5, None],
    ]
    shown = look(district, brought(tmp_path, rows, lambda sheet: sheet.merge_cells("C2:C3")))
    assert [r.parts[0].values.get("surveyed_staff") for r in shown.rows] == [30, None, 5]
    assert "数字只算在第2行" in said(shown, 1, Weight.WARNING)
    assert shown.returned == []


def test_hidden_and_filtered_rows_and_columns_go_in_and_are_told(district: Session, tmp_path: Path) -> None:
    def shape(sheet: Any) -> None:
        sheet.auto_filter.ref = "A1:D4"
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.protection.sheet = True
        sheet.protection.password = "x"

    rows = [[f"甲{n}公司", code(n), 1, None] for n in range(3)]
    shown = look(district, brought(tmp_path, rows, shape))
    assert len(shown.rows) == 3
    assert (shown.hidden_rows, shown.hidden_columns) == (1, ("职工人数",))


@pytest.mark.parametrize("sign", ["~$", ".~"])
def test_what_is_not_saved_yet_in_an_office_program_is_asked_for(
    district: Session, tmp_path: Path, sign: str
) -> None:
    path = brought(tmp_path, [["甲公司", code(1), 1, None]])
    assert telling.sentences(look(district, path)) == []
    path.with_name(f"{sign}{path.name}").write_bytes(b"\x04user")
    assert "没有保存的修改不会导入" in telling.sentences(look(district, path))[0]


def test_of_two_tables_side_by_side_the_left_one_is_read_and_the_other_named(
    district: Session, tmp_path: Path
) -> None:
    head = ["企业名称", "信用代码", "职工人数", "", "企业名称", "信用代码", "备注说明栏"]
    shown = look(district, brought(tmp_path, [["甲公司", code(1), 3, None, "乙公司", code(2), 4]], head=head))
    assert shown.rows[0].parts[0].values["name"] == "甲公司"
    assert [c.header for c in shown.repeated_columns] == ["企业名称", "信用代码"]


@pytest.mark.parametrize("size", ['ref="A1:B2"', 'ref="A1:XFD1048576"', 'ref="A1"', ""])
def test_a_wrong_dimension_hides_no_row(district: Session, tmp_path: Path, size: str) -> None:
    rows = [HEAD, *([f"甲{n}公司", code(n), "3", "2026-01-01"] for n in range(3))]
    sheet = workbooks.cells(rows).replace(
        "<sheetData>", f"<dimension {size}/><sheetData>" if size else "<sheetData>"
    )
    shown = look(district, workbooks.raw(tmp_path / "a.xlsx", sheet))
    assert [r.parts[0].values["surveyed_date"] for r in shown.rows] == ["2026-01-01"] * 3


def test_values_with_stars_do_not_come_back_as_if_they_were_whole(district: Session) -> None:
    head = ["姓名", "证件号码", "联系电话"]
    rows = [["王芳", "330102********0012", "138****0001"], ["李*", "", "13800000002"]]
    shown = look(district, pasted(rows, head), "member")
    assert outcomes(shown) == ["rejected", "rejected"]
    assert "被星号隐藏" in said(shown, 0)
    assert shown.rows[0].parts[0].values == {"name": "王芳"}
    assert (
        look(district, pasted([["甲*公司", code(1), "3", ""]])).rows[0].parts[0].values["name"] == "甲*公司"
    )


FORMULAS = ["=1+1", "+86", "-1", "@SUM(A1)", "=HYPERLINK(1)"]


def test_no_way_out_carries_a_formula(district: Session, tmp_path: Path) -> None:
    head = ["企业名称", "信用代码", "职工人数", "=2+2"]
    shown = look(district, pasted([[word, code(n), "许多", ""] for n, word in enumerate(FORMULAS)], head))
    assert importing.write_report(district, shown, tmp_path / "退回.xlsx") == len(FORMULAS)
    for word in FORMULAS:
        audit.note(district, audit.Act.SHOWN, word)
    audit_log.export(district, tmp_path / "日志.xlsx")
    for name in ("退回.xlsx", "日志.xlsx"):
        cells = [
            c for sheet in openpyxl.load_workbook(tmp_path / name) for line in sheet.iter_rows() for c in line
            if isinstance(c.value, str) and is_dangerous(c.value)
        ]  # fmt: skip
        assert len(cells) >= len(FORMULAS)
        assert all(c.data_type == "s" and c.quotePrefix for c in cells)


UNSEEN = "甲\u202e\u200b公\ufffe\ufdd0\u2066司\ufeff\u200d\u2060\u00ad\u061c\u180e\u3164\u2028"


def test_what_nobody_sees_gets_into_no_name_by_any_way(district: Session, tmp_path: Path) -> None:
    importing.run(district, look(district, pasted([[UNSEEN, code(1), "3", ""]])))
    assert list(held(district)) == ["甲公司"]
    saved = records.save(district, "enterprise", {"name": "乙" + UNSEEN, "remark": "一\u202e\r\n二"})
    values = {r.id: r.values for r in held(district).values()}[saved.record]
    assert (values["name"], values["remark"]) == ("乙甲公司", "一\n二")


def test_words_in_the_place_of_a_code_are_no_code_and_join_no_firms(district: Session) -> None:
    words = [
        "办理中",
        "办理中",
        "不详",
        "个体无照",
        f"{code(5)}(1/1)",
        f"统一社会信用代码：{code(6)}",
        "9.13301E17",
    ]
    shown = look(district, pasted([[f"杭州{n}号公司", word, "3", ""] for n, word in enumerate(words)]))
    assert outcomes(shown) == ["new"] * 6 + ["rejected"]
    assert [row.parts[0].values.get("uscc") for row in shown.rows] == [*[None] * 4, code(5), code(6), None]
    assert said(shown, 0, Weight.NOTE) == "“办理中”不是代码，这一格空着"
    assert "旁边的文字没有保存" in said(shown, 4, Weight.NOTE)
    assert "已经丢失" in said(shown, 6)


def test_one_registered_name_under_two_codes_asks_for_a_look(district: Session) -> None:
    shown = look(district, pasted([["杭州甲有限公司", code(n), "3", ""] for n in (1, 2)]))
    assert outcomes(shown) == ["new", "new"]
    assert said(shown, 1, Weight.WARNING) == f"“杭州甲有限公司”另有一条，代码是{code(1)}，请核对是不是同一家"
    shops = look(district, pasted([["小王饭店", code(n), "3", ""] for n in (1, 2)]))
    assert said(shops, 1, Weight.WARNING) == ""


def test_a_book_with_a_sheet_for_each_town_says_that_one_of_them_is_read(
    district: Session, tmp_path: Path
) -> None:
    path = brought(tmp_path, [["甲公司", code(1), 3, None]])
    book = openpyxl.load_workbook(path)
    sheets: dict[str, list[list[Any]]] = {
        "瓶窑镇": [["乙公司", code(2), 4, None]],
        "空表": [],
        "别的": [["丙", "丁"]],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in [HEAD if name != "别的" else ["物料", "单价"], *rows]:
            sheet.append(row)
    book.save(path)
    shown = look(district, path)
    assert shown.alike_sheets == ("瓶窑镇",)
    [sentence] = telling.sentences(shown)
    assert "还有1张同样的工作表：瓶窑镇" in sentence
    assert look(district, path, sheet="瓶窑镇").alike_sheets == ()


def test_a_header_that_only_a_hidden_sheet_has_is_named(district: Session, tmp_path: Path) -> None:
    path = brought(tmp_path, [["甲公司", code(1), 3, None]])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].title = "数据"
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet("封面")["A1"] = "封面"
    book.active = 1
    book.save(path)
    with pytest.raises(importing.NoHeader, match="隐藏的工作表“数据”没有读"):
        look(district, path)
    assert outcomes(look(district, path, sheet="数据")) == ["new"]


def test_a_bare_list_of_names_is_a_table_too(district: Session, tmp_path: Path) -> None:
    path = brought(tmp_path, [["单位名称"], ["杭州甲有限公司"], ["杭州乙有限公司"]], head=["2026年名单"])
    assert outcomes(look(district, path)) == ["new", "new"]
    with pytest.raises(importing.NoHeader):
        look(district, brought(tmp_path, [["无"]], head=["备注"]))


def test_stamps_and_days_below_a_table_are_no_rows(district: Session, tmp_path: Path) -> None:
    stamp = "径山镇总工会（盖章）"
    rows: list[list[Any]] = [
        ["杭州甲有限公司", code(1), 3, None], [None, None, stamp], [None, None, None, "2026年 月 日"],
        [None, None, stamp, "2026年11月20日"], [None, None, stamp, 5],
    ]  # fmt: skip
    shown = look(district, brought(tmp_path, rows))
    assert [(row.number, row.outcome.value) for row in shown.rows] == [(2, "new"), (6, "rejected")]


def test_the_code_in_a_list_of_unions_alone_is_their_own(district: Session, tmp_path: Path) -> None:
    head = ["工会名称", "统一社会信用代码", "会员人数"]
    own, firms = f"81{code(1)[2:]}", code(1)
    shown = look(district, brought(tmp_path, [["甲公司工会委员会", own, 3]], head=head), "union")
    assert [c.target for c in shown.columns] == ["union.name", "union.uscc", "union.member_count"]
    assert outcomes(shown) == ["new"]
    shown = look(district, brought(tmp_path, [["甲公司工会委员会", firms, 3]], head=head), "union")
    assert shown.columns[1].target == "enterprise.uscc"


def test_blanks_in_a_name_make_no_other_person_of_the_same_number(district: Session) -> None:
    names = ["欧阳 修文", "欧阳修文", "欧阳　修 文", "王芳"]
    rows = [[name, "33010619850615301X", "五级"] for name in names]
    shown = look(district, pasted(rows, ["姓名", "证件号码", "技术等级"]), "member")
    assert outcomes(shown)[1:] == ["duplicate", "duplicate", "rejected"]
    assert shown.rows[0].parts[0].values["skill_level"] == "5"
