"""Cells as people in towns write them: marks for the row above, ticks, unknowns, years alone, names beside numbers."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from desktop.operations.imports import importing, table
from desktop.operations.imports.importing import ImportPreview, Pasted, Weight
from desktop.operations.session import Session
from tests.documents import workbooks
from tests.operations.registers import code, district, look, outcomes

__all__ = ["district"]


def brought(
    district: Session, folder: Path, head: list[str], rows: list[list[Any]], shape: Any = None
) -> ImportPreview:
    """A register whose first two columns are made up."""
    named = [[f"甲{n}公司", code(n), *row] for n, row in enumerate(rows)]
    return look(
        district, workbooks.book(folder / "表.xlsx", [["企业名称", "信用代码", *head], *named], shape)
    )


def values(shown: ImportPreview, field: str) -> list[Any]:
    return [row.parts[0].values.get(field) for row in shown.rows]


def problems(shown: ImportPreview, place: int) -> str:
    return "；".join(n.text for n in shown.rows[place].notes if n.weight is Weight.PROBLEM)


@pytest.mark.parametrize("batch", [500, 1])
def test_a_mark_means_what_stands_above_and_is_noted(
    district: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(table, "_BATCH", batch)
    marks = [
        "同上", "〃", '"', "″", " 同上 ", "''", "′′", "‘’", "´´", "＇＇", "' '", "〃〃", "″ ″", "„", "〝", "同 上",
        "（同上）", "(同上)", "同上行", "如上", "Ditto",
    ]  # fmt: skip
    rows = [["转塘街道", "制造业", "转塘路1号"], *([m, m, m] for m in marks)]
    shown = brought(district, tmp_path, ["街道", "所属行业", "地址"], rows)
    assert set(values(shown, "town")) == {"330106010"}
    assert set(values(shown, "industry")) == {"manufacturing"}
    assert set(values(shown, "address")) == {"转塘路1号"}
    assert {n.text for n in shown.rows[1].notes} == {
        "“同上”按上一行的内容保存",
        "“同上”按上一行的“转塘街道”保存",
    }
    assert shown.returned == []


@pytest.mark.parametrize("text", ["'", "同上海路1号", "′a′", "同左"])
def test_what_only_begins_like_a_mark_is_none(district: Session, tmp_path: Path, text: str) -> None:
    shown = brought(district, tmp_path, ["地址"], [["转塘路1号"], [text]])
    assert not any("按上一行" in n.text for n in shown.rows[1].notes)


def test_a_returned_row_says_itself_what_stood_above_it(district: Session, tmp_path: Path) -> None:
    head = ["街道", "所属行业", "职工人数"]
    rows: list[list[Any]] = [
        ["转塘街道", "制造业", 3],
        ["古荡街道", "建筑业", 5],
        ["同上", "〃", "约50"],
        ["〃", "同上", "50余"],
    ]
    shown = brought(district, tmp_path, head, rows)
    assert importing.write_report(district, shown, tmp_path / "退回.xlsx") == 2
    again = look(district, tmp_path / "退回.xlsx")
    assert values(again, "town") == ["330106007"] * 2
    assert values(again, "industry") == ["construction"] * 2


def test_a_mark_is_no_name_and_no_number_and_means_nothing_below_nothing(
    district: Session, tmp_path: Path
) -> None:
    shown = brought(
        district, tmp_path, ["职工人数", "街道", "联系人"], [[3, None, None], ["同上", "〃", "同上"]]
    )
    assert values(shown, "surveyed_staff") == [3, None]
    assert values(shown, "contact_name") == [None, None]
    assert "“工会摸排职工数”写的是“同上”，这一格每行都要写，请写完整" in problems(shown, 1)
    assert "“联系人”写的是“同上”，上一行这一格是空的，请写完整" in problems(shown, 1)
    assert "没有叫“〃”的镇街" in problems(shown, 1)
    named = look(district, Pasted(f"企业名称\t信用代码\n甲公司\t{code(1)}\n同上\t{code(2)}", "粘贴"))
    assert outcomes(named) == ["new", "rejected"]


def test_a_year_in_a_cell_for_days_is_no_day_of_1905(district: Session, tmp_path: Path) -> None:
    def shape(sheet: Any) -> None:
        for row in range(2, 7):
            sheet.cell(row, 3).number_format = "yyyy/m/d"

    days: list[list[Any]] = [[2019], [12], [20190503], ["1905/7/11"], [datetime.date(1985, 3, 2)]]
    shown = brought(district, tmp_path, ["摸排日期"], days, shape)
    assert values(shown, "surveyed_date") == [None, None, "2019-05-03", None, "1985-03-02"]
    for place in (0, 3):
        assert "显示为1905-07-11，多半是在日期格式的格子里只填了年份2019" in problems(shown, place)
    assert "显示为1900-01-12，多半不是日期" in problems(shown, 1)


def test_ticks_and_ones_say_whether_there_is_a_union(district: Session, tmp_path: Path) -> None:
    yes, no = ["√", "✔", 1, True, "1", "V", "建"], ["×", 0, "0", False, "待建", "X"]
    shown = brought(district, tmp_path, ["是否建会"], [[cell] for cell in (*yes, *no, "○", 2)])
    assert values(shown, "union_state") == ["Y"] * len(yes) + ["N"] * len(no) + [None, None]
    assert "没有“○”" in problems(shown, len(yes + no))
    assert "没有“2”" in problems(shown, len(yes + no) + 1)


def test_what_is_unknown_is_left_empty_and_a_name_beside_a_number_too(
    district: Session, tmp_path: Path
) -> None:
    rows = [
        ["不详", "不详"],
        ["王芳13800000001", "二〇一九年五月十三日"],
        ["13800000001（王）", "二○一九年十月"],
    ]
    rows.append(["短号661234 13800000001", "二O一九年五月一号"])
    shown = brought(district, tmp_path, ["联系电话", "摸排日期"], rows)
    assert values(shown, "contact_phone") == [None, "13800000001", "13800000001", None]
    assert values(shown, "surveyed_date") == [None, "2019-05-13", None, "2019-05-01"]
    assert problems(shown, 0) == ""
    assert "没有写几号" in problems(shown, 2)


def test_a_landline_is_read_beside_a_name_and_less_than_a_number_is_not(
    district: Session, tmp_path: Path
) -> None:
    cells = ["孙八\n0571-88880000", "0571—88880000（总机）", "孙八 88880000", "短号6123", "孙1 0571-88880000"]
    shown = brought(district, tmp_path, ["联系电话"], [[cell] for cell in cells])
    assert values(shown, "contact_phone") == ["0571-88880000", "0571-88880000", None, None, None]
    assert "只取电话号码" in "；".join(n.text for n in shown.rows[0].notes)
    assert "看不出号码" in problems(shown, 2)


def test_a_day_of_birth_that_is_not_whole_is_that_of_the_number(district: Session, tmp_path: Path) -> None:
    days = ["194912", "1949年12月", "1949", "49.12", "1950年1月", "不祥", "12"]
    rows = [
        ["姓名", "身份证号", "出生年月"],
        *(["王芳", "11010519491231002X", day] for day in days),
    ]
    rows.append(["李明", "", "194912"])
    shown = look(district, workbooks.book(tmp_path / "会员.xlsx", rows), "member")
    assert [bool(problems(shown, place)) for place in range(8)] == [False] * 4 + [True] * 4
    told = {n.text for row in shown.rows for n in row.notes}
    assert "没有写到日，按证件号码补全为1949-**-**" in told
    assert not any("12-31" in text or "12月" in text for text in told), (
        "the mask of the number hides that day"
    )
    assert shown.rows[0].parts[0].weak["birth_date"] == "1949-12-31"


OFFICERS = [
    ["转塘街道工会干部花名册"],
    ["序号", "工会", "姓名", "职务", "性别", "专兼职", "任职时间", "备用"],
    [1, "甲公司工会委员会", "王 芳", "主席", "女", "兼", "2019-05-06", ""],
    [2, "甲公司工会委员会", "李明", "副主席、经审主任", "男", "专职", "2019年5月1日（周三）", ""],
    [3, "甲公司工会委员会", "赵六", "女工委主任", "女", "专职", "2019.5.1上午", ""],
]


def test_posts_in_a_list_of_officers_are_imported_from_it_in_a_second_turn(
    district: Session, tmp_path: Path
) -> None:
    path = workbooks.book(tmp_path / "干部.xlsx", OFFICERS)
    officers = look(district, path, "officer")
    reasons = {c.header: c.reason for c in officers.unknown_columns}
    below = "是任职的信息，请再按“任职”导入一次"
    assert reasons == {**dict.fromkeys(("工会", "职务", "专兼职", "任职时间"), below), "备用": ""}
    importing.run(district, officers)
    posts = look(district, path, "appointment")
    assert outcomes(posts) == ["new"] * 3
    assert values(posts, "post") == ["chair", None, "women_head"]
    assert values(posts, "working_time") == ["part_time", "full_time", "full_time"]
    assert values(posts, "started") == ["2019-05-06", "2019-05-01", "2019-05-01"]
    assert "“2019.5.1上午”按2019-05-01保存" in {n.text for n in posts.rows[2].notes}
    assert posts.rows[1].asked


def test_a_column_that_numbers_the_rows_needs_no_header_and_another_is_known_by_its_place(
    district: Session, tmp_path: Path
) -> None:
    rows = [["", "企业名称", "信用代码", None], [1, "甲公司", code(1), "x"], ["2.", "乙公司", code(2), "y"]]
    shown = look(district, workbooks.book(tmp_path / "表.xlsx", rows))
    assert [c.name for c in shown.unknown_columns] == ["第4列"]
    assert [c.name for c in shown.columns][:2] == ["第1列", "“企业名称”"]


def test_reasons_against_a_union_as_people_say_them(district: Session, tmp_path: Path) -> None:
    said = {
        "老板不同意": "employer_unwilling",
        "人数太少": "too_few",
        "不足25人": "too_few",
        "员工不愿意": "staff_unwilling",
        "由总部统一建": "headquarters",
        "打不通电话": "not_contacted",
        "风水不好": None,
    }
    shown = brought(district, tmp_path, ["建会状态", "不建原因"], [["未建", words] for words in said])
    assert values(shown, "no_union_reason") == list(said.values())
    assert "“老板不同意”按“单位不同意”保存" in {n.text for n in shown.rows[0].notes}
    assert "里没有“风水不好”" in problems(shown, 6)


def test_a_header_of_three_rows_reads_the_lowest_words(district: Session, tmp_path: Path) -> None:
    rows = [
        ["企业名册"],
        ["企业名称", "信用代码", "职工情况", None, None, "联系电话"],
        [None, None, "职工总数", "其中"],
        [None, None, None, "女职工", "农民工"],
        ["甲公司", code(1), 100, 40, 30, "13800000001"],
    ]

    def shape(sheet: Any) -> None:
        for cells in ("A1:F1", "A2:A4", "B2:B4", "C2:E2", "C3:C4", "D3:E3", "F2:F4"):
            sheet.merge_cells(cells)

    shown = look(district, workbooks.book(tmp_path / "表.xlsx", rows, shape))
    assert shown.header_rows == (2, 4)
    counts = [shown.rows[0].parts[0].values[n] for n in ("surveyed_staff", "women_count", "migrant_count")]
    assert counts == [100, 40, 30]


def test_a_ledger_of_unions_as_towns_keep_it(district: Session, tmp_path: Path) -> None:
    head = ["工会名称", "所属企业", "统一社会信用代码", "会员数", "女会员", "组建形式"]
    rows = [
        head,
        ["甲公司工会委员会", "甲公司", code(1), 50, 20, "独立建会"],
        ["乙区域工会", "乙公司", code(2), 9, 2, "联合"],
    ]
    shown = look(district, workbooks.book(tmp_path / "表.xlsx", rows), "union")
    assert outcomes(shown) == ["new", "new"]
    assert values(shown, "founding_method") == ["single", "joint"]
    assert values(shown, "women_member_count") == [20, 2]
    assert [row.parts[1].values["name"] for row in shown.rows] == ["甲公司", "乙公司"]
    assert (shown.without_town, shown.counts.without_town) == ((2, 3), 2), "a row lacks it once"


def test_a_telephone_behind_the_legal_person_is_the_firms(district: Session, tmp_path: Path) -> None:
    head = ["企业", "信用代码", "法人", "手机", "建会", "工会名称", "会员"]
    row = ["甲公司", code(1), "王芳", "13800000001", "是", "甲公司工会委员会", 20]
    path = workbooks.book(tmp_path / "表.xlsx", [head, row])
    shown = look(district, path)
    assert values(shown, "contact_phone") == ["13800000001"]
    assert [c.header for c in shown.unknown_columns] == ["工会名称", "会员"]
    union, firm = look(district, path, "union").rows[0].parts
    assert (union.values.get("chair_phone"), union.values["member_count"]) == (None, 20)
    assert (firm.values["contact_phone"], firm.values["uscc"]) == ("13800000001", code(1))
    assert union.values.get("uscc") is None, "a code that begins like a firm's is the firm's"


UNION_STATES = [
    ["序号", "所属镇街", "企业名称", "统一社会信用代码", "是否建会", "建会时间", "工会名称", "工会主席", "职工总数",
     "联系人", "联系电话"],
    [1, "转塘街道", "甲公司", code(1), "是", "2020-01-01", "甲公司工会委员会", "王芳", 30, "李明", "13800000000"],
    [2, "转塘街道", "乙公司", code(2), "否", None, None, None, 12, "张三", "13800000001"],
]  # fmt: skip
"""Firms with and without a union, as the building of unions is followed in a town."""


def test_a_list_of_firms_that_names_their_unions_too_keeps_what_is_the_firms(
    district: Session, tmp_path: Path
) -> None:
    shown = look(district, workbooks.book(tmp_path / "表.xlsx", UNION_STATES))
    assert outcomes(shown) == ["new", "new"]
    assert values(shown, "town") == ["330106010"] * 2
    assert values(shown, "surveyed_staff") == [30, 12]
    assert values(shown, "contact_phone") == ["13800000000", "13800000001"]
    assert values(shown, "union_state_date") == ["2020-01-01", None]
    assert [c.header for c in shown.columns if c.reason] == ["工会名称", "工会主席"]


def test_the_same_list_as_one_of_unions_gives_the_firm_its_town_and_sends_back_who_has_no_union(
    district: Session, tmp_path: Path
) -> None:
    shown = look(district, workbooks.book(tmp_path / "表.xlsx", UNION_STATES), "union")
    assert outcomes(shown) == ["new", "rejected"]
    assert "再按“企业”导入" in shown.rows[1].notes[-1].text
    assert shown.without_town == ()
    born = {b.type: b.cells for b in shown.plan.births}
    assert born["enterprise"]["town"] == born["union"]["town"] == "330106010"
    assert born["enterprise"]["contact_phone"] == "13800000000"
    assert "chair_phone" not in born["union"], "what stands behind the contact is not the chair's"


def test_a_firm_keeps_the_town_of_its_own_address_beside_that_of_its_union(
    district: Session, tmp_path: Path
) -> None:
    rows = [
        ["所属镇街", "企业名称", "统一社会信用代码", "注册地址", "工会名称"],
        ["转塘街道", "甲公司", code(1), "西湖区双浦镇灵山村1号", "甲公司工会委员会"],
    ]
    shown = look(district, workbooks.book(tmp_path / "表.xlsx", rows), "union")
    towns = {b.type: b.cells["town"] for b in shown.plan.births if "town" in b.cells}
    assert towns["union"] == "330106010" != towns["enterprise"]


def test_the_number_of_a_person_is_not_kept_as_a_code(district: Session, tmp_path: Path) -> None:
    number = "330102199001010012"
    rows = [["企业名称", "信用代码", "职工人数"], ["李四理发店", number, 2]]
    shown = look(district, workbooks.book(tmp_path / "表.xlsx", rows))
    assert outcomes(shown) == ["new"]
    assert values(shown, "uscc") == [None]
    assert [number in n.text for n in shown.rows[0].notes] == [False] * len(shown.rows[0].notes)
    assert "这是身份证号码" in shown.rows[0].notes[0].text
