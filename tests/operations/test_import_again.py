"""A row that comes again finds the record that it made: put right in the program meanwhile, or in the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.operations.imports import importing, telling
from desktop.operations.imports.importing import Weight
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.store.queries import reading, steps
from desktop.store.queries.reading import Query
from tests.operations.registers import bring, code, firm, held, look, outcomes, table, wrong


def texts(row: importing.RowResult, weight: Weight) -> str:
    return "；".join(n.text for n in row.notes if n.weight is weight)


def test_the_same_register_finds_its_records_after_codes_were_put_right_here(
    district: Session, tmp_path: Path
) -> None:
    shop = {"name": "小面馆", "address": None}
    path = table(tmp_path, [firm(1), firm(2, uscc=wrong(2)), firm(3, **shop), firm(4)])
    bring(district, path)
    before = held(district)
    for number, name in enumerate(("杭州示例1科技有限公司", "杭州示例2科技有限公司", "小面馆"), start=11):
        records.save(district, "enterprise", {"uscc": code(number)}, record=before[name].id)
    # Who really has the first code is registered meanwhile; it is nobody else's for that.
    other = records.save(district, "enterprise", {"name": "杭州另一家有限公司", "uscc": code(1)}).record
    again = bring(district, path)
    assert outcomes(again.preview) == ["same"] * 4
    assert again.changes.empty
    assert "这个代码在本机已改成" + code(11) in texts(again.preview.rows[0], Weight.WARNING)
    now = held(district)
    assert {n: (r.id, r.values["uscc"]) for n, r in now.items()} == {
        "杭州示例1科技有限公司": (before["杭州示例1科技有限公司"].id, code(11)),
        "杭州示例2科技有限公司": (before["杭州示例2科技有限公司"].id, code(12)),
        "小面馆": (before["小面馆"].id, code(13)),
        "杭州示例4科技有限公司": (before["杭州示例4科技有限公司"].id, code(4)),
        "杭州另一家有限公司": (other, code(1)),
    }
    # Another shop of this name may be whose code it was: that is asked.
    third = look(district, table(tmp_path, [firm(3, **(shop | {"person": "李四"}))], name="三.xlsx"))
    assert outcomes(third) == ["new"]
    assert "代码原来也是这个，后来改成" + code(13) in texts(third.rows[0], Weight.WARNING)


def test_an_import_that_was_undone_comes_in_anew_once_the_table_was_corrected(
    district: Session, tmp_path: Path
) -> None:
    first = bring(district, table(tmp_path, [firm(1, phone="13900000000", capital="8万元"), firm(2)]))
    records.undo(district, first.changes.stamp)
    for name, staff in (("二.xlsx", 20), ("三.xlsx", 21)):
        again = bring(district, table(tmp_path, [firm(1, phone=None, staff=staff)], name=name))
        assert outcomes(again.preview) == ["new"]
        assert texts(again.preview.rows[0], Weight.NOTE).endswith("以前登记过又撤消了，照新增的导入")
        (record,) = held(district).values()
        assert (record.values["surveyed_staff"], record.values["contact_phone"]) == (staff, None)
        records.undo(district, again.changes.stamp)
        assert held(district) == {}
    # Done again and deleted: that is a deletion, and stays one when it is brought back and undone.
    records.undo(district, steps.newest(district.database, 1)[0].stamp)
    records.delete(district, "enterprise", record.id)
    back = records.restore(district, "enterprise", record.id)
    records.undo(district, back.stamp)
    assert outcomes(look(district, table(tmp_path, [firm(1)]))) == ["deleted"]


def test_a_union_that_was_undone_comes_in_anew_with_its_employer(district: Session, tmp_path: Path) -> None:
    head, row = ["工会名称", "建会类型", "单位名称"], ["甲厂工会", "联合工会", "甲厂"]
    path = table(tmp_path, [row, ["甲厂工会", "联合工会", "乙厂"]], head)
    for _ in range(2):
        done = bring(district, path, "union")
        assert outcomes(done.preview) == ["new", "new"]
        assert [len(held(district, name)) for name in ("union", "enterprise", "coverage")] == [1, 2, 2]
        records.undo(district, done.changes.stamp)
        assert not held(district, "enterprise")


def test_the_same_list_finds_its_people_after_their_numbers_were_put_right_here(
    district: Session, tmp_path: Path
) -> None:
    head = ["姓名", "身份证号码", "移动电话"]
    first = ["王芳", "110105194912310046"]
    path = table(tmp_path, [[*first, "13800000001"], ["李明", "11010519491231002X", None]], head)
    bring(district, path, "member")
    before = {name: record.id for name, record in held(district, "member").items()}
    for name, number in (("王芳", "110105194912310089"), ("李明", "110105194912310062")):
        records.save(district, "member", {"id_number": number}, record=before[name])
    again = bring(district, path, "member")
    assert outcomes(again.preview) == ["same", "same"]
    assert again.changes.empty
    assert "证件号码在本机改正过" in texts(again.preview.rows[1], Weight.WARNING)
    # Who has that number and the name, but another telephone, may be the one whose number it was.
    other = look(district, table(tmp_path, [[*first, "13900000009"]], head, "二.xlsx"), "member")
    assert outcomes(other) == ["new"]
    assert "请核对是不是同一人" in texts(other.rows[0], Weight.WARNING)


def test_a_number_that_is_held_under_another_name_is_asked_about(district: Session, tmp_path: Path) -> None:
    head, number = ["姓名", "身份证号码"], "110105194912310046"
    bring(district, table(tmp_path, [["欧阳娜娜", number]], head), "member")
    for name, asked in (("王芳", True), ("欧阳 娜娜", False)):
        shown = look(district, table(tmp_path, [[name, number]], head, name="再来.xlsx"), "member")
        assert ("在本机是“欧阳娜娜”的" in texts(shown.rows[0], Weight.WARNING)) is asked
        told = "1行的证件号码在本机是另一个姓名：第2行。" in "".join(telling.sentences(shown))
        assert told is asked, "of five thousand rows nobody looks at each"


@pytest.mark.parametrize(
    ("type_name", "head", "rows", "corrected", "said"),
    [
        ("meeting", ["会议名称", "召开日期", "应到人数"],
         [["例会", "2026-09-01", "很多"], ["例会", "2026-09-02", 9]], {"C2": 12}, {"expected_count": [12, 9]}),
        ("new_form_survey", ["群体", "镇街", "截至日期", "从业人数"],
         [["网约车司机", "转塘街道", "2026-03-01", "很多"]], {"D2": 12}, {"workforce_count": [12]}),
        ("member", ["姓名", "移动电话", "工作单位"],
         [["王芳", "记不清", "甲厂"], ["王芳", "13800000002", "乙厂"]], {"B2": "13800000001"},
         {"phone": ["13800000001", "13800000002"]}),
        ("member", ["姓名", "移动电话"], [["钱七/孙八", "13800000001"]], {"A2": "钱七"}, {"name": ["钱七"]}),
        ("member", ["姓名", "身份证号码"], [["王芳", "110105194912310021"]], {"B2": "110105194912310046"},
         {"id_number": ["110105194912310046"]}),
    ],
    ids=["a count", "a count of a group", "a telephone", "a name", "a number"],
)  # fmt: skip
def test_a_row_that_went_in_without_a_cell_and_is_corrected_completes_its_record(
    district: Session, tmp_path: Path, type_name: str, head: list[str], rows: list[list[Any]],
    corrected: dict[str, Any], said: dict[str, list[Any]],
) -> None:  # fmt: skip
    shown = bring(district, table(tmp_path, rows, head), type_name).preview
    assert importing.write_report(district, shown, tmp_path / "退回.xlsx") == 1
    report = openpyxl.load_workbook(tmp_path / "退回.xlsx")
    for place, value in corrected.items():
        report.worksheets[0][place] = value
    report.save(tmp_path / "退回.xlsx")
    assert outcomes(bring(district, tmp_path / "退回.xlsx", type_name).preview) == ["changed"]
    assert outcomes(bring(district, tmp_path / "退回.xlsx", type_name).preview) == ["same"]
    kept = reading.records(district.database, district.types, Query(type_name))
    assert {n: sorted((r.values[n] for r in kept), key=cells.index) for n, cells in said.items()} == said
