"""Rows that are about nobody, tables below tables, and forms for one: nothing of them becomes a record unseen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.operations.imports import importing, telling
from desktop.operations.imports.layout import SheetOfOne
from desktop.operations.session import Session
from tests.documents import workbooks
from tests.operations.registers import code, district, look

__all__ = ["district"]

HEAD = ["企业名称", "信用代码", "职工人数", "地址"]


def names(district: Session, folder: Path, rows: list[list[Any]], shape: Any = None) -> tuple[list[Any], str]:
    """The names of the records that a table brings, and what is told of it."""
    shown = look(district, workbooks.book(folder / "表.xlsx", rows, shape))
    return [row.parts[0].values.get("name") for row in shown.rows], "".join(telling.sentences(shown))


def test_sums_and_footers_in_all_their_forms_are_no_firms_and_are_told(
    district: Session, tmp_path: Path
) -> None:
    sums = [
        *("径山村小计", "合计：", "总 计（人）", "共2家", "共计2家企业", "以上合计", "本页小计", "其中：规上企业"),
    ]  # fmt: skip
    footers = [
        *("单位（盖章）：径山镇总工会", "负责人签字：", "以下空白", "———以下空白———", "分管领导：王五", "第1页 共3页"),
        *("截至2026年5月", "主席（签字）：", "填表人：王五 13800000001"),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        HEAD,
        ["甲公司", code(1), 10],
        *([s, None, 10] for s in sums),
        *([f] for f in footers),
    ]
    rows += [["经办人：", "填表人：李四", "日期："], ["乙公司", code(2), 5]]
    found, told = names(district, tmp_path, rows)
    assert found == ["甲公司", "乙公司"]
    assert "合计、小标题和落款不导入：第3行“径山村小计”、" in told
    assert f"等{len(rows) - 3}项" in told
    assert "13800000001" not in told


def test_names_that_begin_like_a_remark_are_firms(district: Session, tmp_path: Path) -> None:
    firms = [
        *(
            "示例科技有限公司",
            "例外服饰店",
            "制表厂",
            "审核咨询有限公司（分公司）",
            "单位负责人培训中心",
            "第1页工作室",
        ),
        *("合计科技有限公司", "杭州小计", "共计公司", "注塑厂", "说明书印刷厂", "备注便利店"),
    ]
    remarks = [
        "示例",
        "示例企业",
        "例：杭州某某有限公司",
        "填表单位：径山镇总工会",
        "制表人 王五",
        "审核",
        "填写说明",
    ]
    for number in (7, None):
        # A list without codes has firms too.
        rows: list[list[Any]] = [HEAD, *([name, number and code(n), n] for n, name in enumerate(firms, 1))]
        found, _ = names(district, tmp_path, [*rows, *([r, None, 1] for r in remarks)])
        assert found == firms
    found, _ = names(district, tmp_path, [HEAD, ["例如科技", code(1), 1], ["例如张三", None, 1]])
    assert found == ["例如科技"]


def test_a_sum_stands_behind_the_number_of_its_row_or_a_merged_town(
    district: Session, tmp_path: Path
) -> None:
    head = ["序号", "街道", *HEAD]
    rows: list[list[Any]] = [head, [1, "转塘街道", "甲公司", code(1), 10], [2, None, "小计", None, 10]]
    found, _ = names(district, tmp_path, rows, lambda sheet: sheet.merge_cells("B2:B3"))
    assert found == ["甲公司"]
    found, _ = names(district, tmp_path, [head[:1] + HEAD, [1, "甲公司", code(1), 10], [2, "合计", None, 10]])
    assert found == ["甲公司"]


@pytest.mark.parametrize("merged", [True, False])
def test_lines_over_the_rows_of_a_part_are_no_firms(district: Session, tmp_path: Path, merged: bool) -> None:
    rows: list[list[Any]] = [
        HEAD,
        ["径山村（1家）"],
        ["甲公司", code(1), 10],
        ["二、未建会企业"],
        ["乙公司", code(2), 10],
    ]
    rows.append(["沿山一带"] if merged else ["丙公司"])
    shape = (lambda sheet: sheet.merge_cells("A6:D6")) if merged else None
    found, told = names(district, tmp_path, rows, shape)
    # Without anything beside it a name may still be a firm's, and only a line across the sheet is surely none.
    assert found == (["甲公司", "乙公司"] if merged else ["甲公司", "乙公司", "丙公司"])
    assert "第2行“径山村（1家）”、第4行“二、未建会企业”" in told


@pytest.mark.parametrize(
    "below",
    [
        ["企业名称", "职工人数", "信用代码", "地址"],
        ["企业名称", "信用代码", "会员人数", "地址"],
        ["姓名", "身份证号", "手机", "学历"],
        ["序号", "组织名称", "登记证号", "从业人数"],
    ],
)
def test_another_table_below_is_not_read_by_the_columns_of_the_first(
    district: Session, tmp_path: Path, below: list[str]
) -> None:
    rows: list[list[Any]] = [
        HEAD,
        ["甲公司", code(1), 10],
        ["二、其他"],
        below,
        ["乙公司", "20", code(2), "转塘"],
    ]
    found, told = names(district, tmp_path, rows)
    assert found == ["甲公司"]
    assert "第4行起是另一张表，没有读。请把它另存成一张工作表" in told
    found, told = names(district, tmp_path, [HEAD, ["甲公司", code(1), 10], HEAD, ["乙公司", code(2), 20]])
    assert found == ["甲公司", "乙公司"]
    assert "另一张表" not in told


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["企业基本情况表"],
            ["企业名称", "甲公司", "信用代码", code(1)],
            ["地址", "转塘街道", "法定代表人", "王芳"],
            ["联系人", "李伟", "联系电话", "13800000001"],
        ],
        [["企业名称", "甲公司"], ["信用代码", code(1)], ["职工人数", 35], ["联系电话", "13800000001"]],
        [["企业名称", "甲公司", "乙公司"], ["信用代码", code(1), code(2)], ["职工人数", 35, 5]],
    ],
)
def test_a_form_for_one_is_told_as_what_it_is(
    district: Session, tmp_path: Path, rows: list[list[Any]]
) -> None:
    with pytest.raises(SheetOfOne, match="一家一张的登记表") as problem:
        names(district, tmp_path, rows)
    assert "保存空白模板" in problem.value.next_step


def test_a_header_with_nothing_below_it_is_said(district: Session, tmp_path: Path) -> None:
    assert "列名下面没有一行内容" in names(district, tmp_path, [HEAD])[1]


def test_words_of_sums_and_headings_in_a_firm_s_own_row_take_nothing_from_it(
    district: Session, tmp_path: Path
) -> None:
    rows: list[list[Any]] = [[*HEAD, "备注"]]
    kept = [
        "计划科技有限公司",
        "共青团印刷厂",
        "合计科技有限公司",
        "负责人培训中心",
        "单位食堂",
        "一、二商店",
        "径山镇",
    ]
    rows += [[name, code(n), 3, None, "其中：女3人"] for n, name in enumerate(kept)]
    rows += [["丙公司", None, None, None, "合计"], ["其中：规上", None, 3]]
    assert names(district, tmp_path, rows)[0] == [*kept, "丙公司"]


def test_a_heading_over_several_columns_still_stands_over_each_of_returned_rows(
    district: Session, tmp_path: Path
) -> None:
    rows = [
        ["企业名册"],
        ["企业名称", "信用代码", "职工人数"],
        [None, None, "总数", "女"],
        ["甲公司", code(1), "约9", 4],
    ]

    def shape(sheet: Any) -> None:
        for cells in ("A1:D1", "A2:A3", "B2:B3", "C2:D2"):
            sheet.merge_cells(cells)

    shown = look(district, workbooks.book(tmp_path / "表.xlsx", rows, shape))
    importing.write_report(district, shown, tmp_path / "退回.xlsx")
    again = look(district, tmp_path / "退回.xlsx")
    assert again.rows[0].parts[0].values["women_count"] == 4
    assert not again.unknown_columns
