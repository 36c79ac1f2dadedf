"""Links in a table: a column of codes beside the names of firms is held against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations import queries
from desktop.operations.exports.exporting import export_list
from desktop.operations.imports.deriving import Deriver
from desktop.operations.imports.importing import Weight
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.operations.registers import bring, code, firm, look, outcomes, table, wrong

HEAD = ["单位名称", "统一社会信用代码", "合同类型", "要约日期"]
FIRST, SECOND = "杭州示例1科技有限公司", "杭州示例2科技有限公司"


@pytest.fixture
def firms(district: Session, tmp_path: Path) -> dict[str, str]:
    """The ids of four registered firms by code, two of which have one name."""
    bring(district, table(tmp_path, [firm(1), firm(2), firm(3, name="小面馆"), firm(4, name="小面馆")]))
    found = reading.records(district.database, district.types, Query("enterprise"))
    return {str(r.values["uscc"]): r.id for r in found}


@pytest.mark.parametrize(
    ("name", "said", "linked", "words"),
    [
        (FIRST, code(1), 1, None),
        (FIRST, None, 1, None),
        (FIRST, code(2), 1, f"这个代码是“{SECOND}”的"),
        (FIRST, wrong(1), 1, f"登记的代码是{code(1)}"),
        (None, code(1), 1, None),
        ("改过名的公司", code(1), 1, f"按代码当作“{FIRST}”"),
        ("小面馆", code(4), 4, None),
        ("小面馆", None, None, "有几条"),
        ("小面馆", code(1), None, "有几条"),
        ("不在册公司", code(9), None, "没有找到“不在册公司”"),
        (None, code(9), None, f"没有找到“{code(9)}”"),
    ],
)  # fmt: skip
def test_a_code_beside_a_name_says_whether_it_is_that_firm(
    district: Session,
    firms: dict[str, str],
    tmp_path: Path,
    name: str | None,
    said: str | None,
    linked: int | None,
    words: str | None,
) -> None:
    rows = [[name, said, "工资专项集体合同", "2026-03-01"]]
    shown = look(district, table(tmp_path, rows, HEAD, "合同.xlsx"), "collective_contract")
    [row] = shown.rows
    assert row.parts[0].values.get("enterprise") == (firms[code(linked)] if linked else None)
    assert outcomes(shown) == ["new" if linked else "rejected"]
    assert [n.weight for n in row.notes] == (
        [] if words is None else [Weight.WARNING if linked else Weight.PROBLEM]
    )
    assert all(words in n.text for n in row.notes if words)
    assert [c.checks for c in shown.columns] == ["", "单位", "", ""]
    assert shown.unknown_columns == ()


def test_a_column_of_codes_that_somebody_left_out_tells_nothing(
    district: Session, firms: dict[str, str], tmp_path: Path
) -> None:
    path = table(tmp_path, [[FIRST, code(2), "工资专项集体合同", "2026-03-01"]], HEAD, "合同.xlsx")
    shown = look(district, path, "collective_contract", mapping={"统一社会信用代码": None})
    assert shown.rows[0].notes == []


def test_what_a_list_shows_of_a_record_names_it_again(district: Session, tmp_path: Path) -> None:
    """An exported list of trainees comes back, and of two courses of one name each is known by its day."""
    post = {"name": "王芳", "post_title": "主席"}
    officers = [records.save(district, "officer", {**post, "phone": f"1380000000{n}"}).record for n in (1, 2)]
    records.save(district, "officer", {"post_title": "委员"}, record=officers[1])
    days = ("2026-03-05", "2026-09-05")
    courses = [
        records.save(district, "course", {"name": "初任 培训", "started_date": d}).record for d in days
    ]
    for course, officer in zip(courses, officers, strict=True):
        records.save(district, "attendance", {"course": course, "officer": officer, "name": "王芳"})
    for number, fields in enumerate((None, ["course", "officer", "name"])):
        exported = export_list(district, tmp_path / f"学员{number}.xlsx", Query("attendance"), fields).path
        shown = look(district, exported, "attendance")
        assert outcomes(shown) == ["same", "same"], [n.text for row in shown.rows for n in row.notes]
        assert {row.parts[0].values["course"] for row in shown.rows} == set(courses), (
            "what they belong to is told"
        )
    assert {row.parts[0].values["officer"] for row in shown.rows} == set(officers)
    head, row = ["班次", "姓名", "单位（工会）"], ["初任 培训", "李喆", "径山村工会"]
    [alone] = look(district, table(tmp_path, [row], head, "一.xlsx"), "attendance").rows
    ways = "请写成“初任 培训 2026-03-05”或“初任 培训 2026-09-05”这样"
    assert f"“班次”有几条“初任 培训”，{ways}" in [n.text for n in alone.notes]
    row[0] = "初任 培训 2026-09-05"
    [told] = look(district, table(tmp_path, [row], head, "二.xlsx"), "attendance").rows
    assert told.parts[0].values["course"] == courses[1]


def test_titles_that_begin_with_a_firm_a_year_or_a_day_name_their_records(
    district: Session, firms: dict[str, str]
) -> None:
    firm = firms[code(1)]
    contract = {"enterprise": firm, "kind": "wages", "offer_date": "2026-03-01"}
    visit = {"visit_date": "2026-03-12", "enterprise": firm, "visitors": "王芳"}
    said: tuple[tuple[str, dict[str, Cell]], ...] = (
        ("collective_contract", {**contract}), ("visit", {**visit}),
        ("training_plan", {"year": 2026, "category": "town_chair"}),
        ("officer", {"name": "王芳", "post_title": "主席"}), ("case", {"summary": "欠薪", "employer_name": FIRST}),
    )  # fmt: skip
    for type_name, values in said:
        record = records.save(district, type_name, values).record
        title = queries.titles(district.database, district.types, district.codes, type_name, [record])[record]
        assert " " in title
        found = Deriver(district, ("meeting",)).named(
            type_name, [title, f"{title} 2", title.split(" ")[0] + "x"]
        )
        assert [found[title], *list(found.values())[1:]] == [[record], [], []], title
