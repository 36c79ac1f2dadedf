"""A pasted block is imported like a workbook: with its own header, in the order of the list, or as a person says."""

from __future__ import annotations

import gc
import tempfile
import weakref
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.documents.workbooks.sheets import BlockSheet
from desktop.operations.imports import importing
from desktop.operations.imports.importing import NoHeader, Pasted
from desktop.operations.recording import records
from desktop.operations.session import Session
from tests.operations.registers import HEADER, code, firm, held, look, outcomes, table

ORDER = ["name", "uscc", "town", "legal_person", "contact_phone", "surveyed_staff", "_unit", "_added"]
NAME = "粘贴2026-11-23"


def block(*rows: list[Any]) -> Pasted:
    lines = ["\t".join("" if c is None else str(c) for c in row) for row in rows]
    return Pasted("\r\n".join(lines) + "\r\n", NAME)


def line(n: int, **changed: Any) -> list[Any]:
    row = {
        "name": f"杭州示例{n}科技有限公司", "uscc": code(n), "town": "转塘街道", "person": "王芳",
        "phone": f"138{n:08d}", "staff": 10 + n,
    } | changed  # fmt: skip
    return list(row.values())


def targets(shown: importing.ImportPreview) -> list[str | None]:
    return [c.target for c in shown.columns]


def test_a_block_with_its_header_goes_in_and_one_undo_takes_it_back(district: Session) -> None:
    shown = look(district, block(HEADER, firm(1), firm(2)))
    assert (shown.file, shown.header_rows, shown.by_order) == (NAME, (1, 1), False)
    assert held(district) == {}
    done = importing.run(district, shown)
    assert held(district)["杭州示例1科技有限公司"].values["source_batch"] == NAME
    records.undo(district, done.changes.stamp)
    assert held(district) == {}


def test_a_block_without_a_header_follows_the_columns_of_the_list(district: Session) -> None:
    shown = look(district, block(line(1), line(2)), order=ORDER)
    assert shown.by_order
    assert not shown.has_header
    assert targets(shown) == ORDER[:6]
    assert outcomes(shown) == ["new", "new"]
    importing.run(district, shown)
    values = held(district)["杭州示例2科技有限公司"].values
    assert (values["uscc"], values["town"], values["surveyed_staff"]) == (code(2), "330106010", 12)


def test_a_column_that_only_counts_is_passed_over(district: Session) -> None:
    shown = look(district, block([1, *line(1)], [2, *line(2)]), order=ORDER)
    assert targets(shown) == [None, *ORDER[:6]]
    assert shown.unknown_columns == ()


def test_a_list_that_begins_with_a_number_takes_the_numbers(district: Session) -> None:
    meeting = records.save(district, "meeting", {"name": "三方会议"}).record
    pasted = block([1, "王芳", "总工会"], [2, "李四", "人社局"])
    order = ["sequence", "name", "unit_name"]
    shown = look(district, pasted, "participant", order=order, fixed={"meeting": meeting})
    assert (targets(shown), outcomes(shown)) == (order, ["new", "new"])


@pytest.mark.parametrize(
    "rows",
    [
        [[code(1), "甲公司"], [code(2), "乙公司"]],
        [["甲公司", "13800000001"], ["乙公司", "13800000002"]],
        [["甲公司", code(1), "王芳"], ["乙公司", code(2), "李四"]],
        [[*line(1), 1, 2, 3], [*line(2), 1, 2, 3]],
    ],
    ids=["turned round", "another kind", "no such town", "too wide"],
)
def test_what_does_not_fit_the_list_is_for_a_person_to_say(district: Session, rows: list[list[Any]]) -> None:
    shown = look(district, block(*rows), order=ORDER)
    assert (shown.by_order, shown.has_header) == (False, False)
    assert set(targets(shown)) == {None}
    assert len(shown.rows) == 0
    assert shown.unknown_columns[0].samples


def test_columns_without_a_name_are_given_a_field_one_by_one(district: Session) -> None:
    pasted = block([code(1), "甲公司"], [code(2), "乙公司"])
    shown = look(district, pasted, order=ORDER, mapping={0: "uscc", 1: "name"})
    assert outcomes(shown) == ["new", "new"]
    turned = look(district, block(line(1)), order=ORDER, mapping={3: "remark", 5: None})
    assert targets(turned) == ["name", "uscc", "town", "remark", "contact_phone", None]


def test_without_the_title_among_the_columns_no_order_is_believed(district: Session) -> None:
    shown = look(district, block(["转塘街道", "12"], ["留下街道", "13"]), order=["town", "surveyed_staff"])
    assert not shown.by_order


def test_a_single_column_may_begin_with_its_name_or_not(district: Session) -> None:
    named = look(district, block(["企业名称"], ["甲公司"], ["乙公司"]), order=ORDER)
    assert (named.header_rows, outcomes(named)) == ((1, 1), ["new", "new"])
    bare = look(district, block(["甲公司"], ["乙公司"]), order=ORDER)
    assert (bare.by_order, outcomes(bare)) == (True, ["new", "new"])


def test_a_list_of_unions_and_one_of_figures_have_their_order_too(district: Session) -> None:
    unions = look(district, block(["转塘联合工会", "转塘街道"]), "union", order=["name", "town"])
    assert targets(unions) == ["union.name", "union.town"]
    figures = block(["新增会员数", "分子", "2023-12-31", "120", "年报", "西湖区总工会"])
    order = ["indicator", "figure", "as_of_date", "value", "source", "_unit"]
    shown = look(district, figures, "reported_figure", order=order)
    assert targets(shown)[-1] == "unit"
    assert outcomes(shown) == ["new"]


def test_a_file_without_a_header_is_still_refused(district: Session, tmp_path: Path) -> None:
    with pytest.raises(NoHeader):
        look(district, table(tmp_path, [line(1)], ["甲", "乙"]), order=ORDER)


def test_bad_rows_of_a_block_come_back_and_are_imported_alone(district: Session, tmp_path: Path) -> None:
    shown = look(district, block(line(1), line(2, staff="十几人"), line(3), line(4, name="")), order=ORDER)
    assert outcomes(shown) == ["new", "new", "new", "rejected"]
    importing.run(district, shown)
    report = tmp_path / "退回.xlsx"
    assert importing.write_report(district, shown, report) == 2
    book = openpyxl.load_workbook(report)
    page = book.worksheets[0]
    assert [c.value for c in page[1]][:2] == ["单位名称", "统一社会信用代码"]
    assert page["F2"].comment is not None
    page["F2"], page["A3"] = 12, "杭州示例4科技有限公司"
    book.save(report)
    again = importing.run(district, look(district, report))
    assert outcomes(again.preview) == ["changed", "new"]
    assert held(district)["杭州示例2科技有限公司"].values["surveyed_staff"] == 12


def test_a_block_never_becomes_a_file(district: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the clipboard would lie on the disk in clear")

    for name in ("NamedTemporaryFile", "mkstemp", "TemporaryFile", "SpooledTemporaryFile", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, forbidden)
    importing.run(district, look(district, block(HEADER, firm(1))))
    [(detail,)] = district.database.rows("SELECT detail FROM audit ORDER BY id DESC LIMIT 1")
    assert " 粘贴" in detail
    assert "示例" not in detail


def test_the_cells_of_a_sheet_are_let_go_before_its_rows_are_shown(
    district: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[BlockSheet]] = []
    before = BlockSheet.__init__

    def noted(self: BlockSheet, *arguments: Any) -> None:
        before(self, *arguments)
        made.append(weakref.ref(self))

    monkeypatch.setattr(BlockSheet, "__init__", noted)
    gc.disable()
    try:
        shown = look(district, table(tmp_path, [firm(1)]))
        assert [sheet() for sheet in made] == [None]
        assert shown.sheet == "Sheet1"
    finally:
        gc.enable()
