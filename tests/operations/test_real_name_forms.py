"""The federation's two forms out and in again: exact, complete records only, one row for three records, no doubles."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.operations.exports import real_name
from desktop.operations.exports.real_name import NoSuchForm, export_form
from desktop.operations.imports import importing
from desktop.operations.imports.importing import NationalExport
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.identity import derived_id
from desktop.records.real_name_forms import MEMBER_FORM, UNION_FORM
from desktop.records.versions.canonical import Cell
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.documents.workbooks import book
from tests.operations.registers import bring, code, held, look, outcomes

UNION_CODE = "81330110MC76543265"
GROUPS = [None, "单位信息", *[None] * 7, "工会信息", *[None] * 7]
HEADERS = [c.header for c in UNION_FORM.columns]


def union_row(number: int, **changed: Any) -> list[Any]:
    row = {
        "number": number, "firm": f"杭州示例{number}科技有限公司", "firm_code": code(number),
        "address": f"西湖区转塘街道双流{number}号", "place": "杭州市西湖区转塘街道", "nature": "私营企业",
        "economy": "私营经济",
        "industry": "批发零售", "staff": 30, "union": f"杭州示例{number}科技有限公司工会委员会", "union_code": None,
        "superior": "转塘街道总工会", "established": "2025/03/01", "kind": "独立基层工会", "members": 25,
        "chair": "王芳", "phone": "13800000000",
    }  # fmt: skip
    return list((row | changed).values())


def union_form(folder: Path, rows: list[list[Any]]) -> Path:
    top: list[list[Any]] = [
        ["工会组织信息采集表"],
        ["填表单位(盖章)：", None, None, "填报日期："],
        ["序号", *GROUPS[1:]],
        [None, *HEADERS[1:]],
    ]
    return book(folder / "附件一.xlsx", [*top, *rows])


def coverages(session: Session) -> list[reading.Record]:
    return reading.records(session.database, session.types, Query("coverage"))


def test_one_row_of_the_union_form_fills_an_enterprise_its_union_and_the_coverage(
    district: Session, tmp_path: Path
) -> None:
    result = bring(district, union_form(tmp_path, [union_row(1)]), "union")
    assert (result.counts.new, list(result.preview.unknown_columns)) == (1, [])
    assert {t: len(ids) for t, ids in result.changes.records.items()} == {
        "enterprise": 1,
        "union": 1,
        "coverage": 1,
    }
    firm, [union] = held(district)["杭州示例1科技有限公司"], list(held(district, "union").values())
    assert firm.id == derived_id("enterprise", code(1))
    wanted = ("union_state", "union_state_date", "surveyed_staff", "town", "economy", "contact_phone")
    assert [firm.values[n] for n in wanted] == ["Y", "2025-03-01", 30, "330106010", "private", None]
    of_union = (
        "enterprise",
        "member_count",
        "staff_count",
        "established_date",
        "kind",
        "chair_phone",
        "town",
        "status",
    )
    assert [union.values[n] for n in of_union] == [
        firm.id, 25, 30, "2025-03-01", "independent", "13800000000", "330106010", "normal",
    ]  # fmt: skip
    [covered] = coverages(district)
    assert [covered.values[n] for n in ("union", "enterprise", "started", "method")] == [
        union.id, firm.id, "2025-03-01", "single",
    ]  # fmt: skip


def test_the_union_form_again_doubles_nothing(district: Session, tmp_path: Path) -> None:
    path = union_form(
        tmp_path, [union_row(1), union_row(2, union_code=UNION_CODE), union_row(3, firm_code=None)]
    )
    bring(district, path, "union")
    assert outcomes(look(district, path, "union")) == ["same"] * 3
    assert bring(district, path, "union").changes.empty


def test_a_joint_union_covers_many_and_its_counts_add_up(district: Session, tmp_path: Path) -> None:
    joint = {"union": "转塘联合工会", "kind": "联合基层工会"}
    rows = [union_row(1, **joint, staff=10, members=8), union_row(2, **joint, staff=20, members=15)]
    path = union_form(tmp_path, rows)
    assert bring(district, path, "union").counts.new == 2
    [union] = held(district, "union").values()
    assert (union.values["staff_count"], union.values["member_count"], union.values["enterprise"]) == (
        30,
        23,
        None,
    )
    assert sorted(int(c.values["member_count"] or 0) for c in coverages(district)) == [8, 15]
    assert outcomes(look(district, path, "union")) == ["same", "same"]


def test_the_form_brought_as_enterprises_gives_only_the_enterprises(
    district: Session, tmp_path: Path
) -> None:
    result = bring(district, union_form(tmp_path, [union_row(1)]), "enterprise")
    assert held(district)["杭州示例1科技有限公司"].values["contact_phone"] is None
    assert {c.header for c in result.preview.unknown_columns} >= {"工会名称", "联系电话"}
    assert all("按“工会”导入" in c.reason for c in result.preview.unknown_columns)


def test_an_own_list_of_unions_needs_no_enterprise(district: Session, tmp_path: Path) -> None:
    path = book(
        tmp_path / "工会.xlsx",
        [
            ["工会名称", "上级工会", "建会时间", "主席", "会员数"],
            ["甲村联合工会", "转塘街道总工会", "2024.5.6", "李四", 40],
        ],
    )
    bring(district, path, "union")
    [union] = held(district, "union").values()
    assert (union.values["established_date"], union.values["chair_name"]) == ("2024-05-06", "李四")
    assert held(district) == {}


def test_a_row_whose_union_cannot_be_told_leaves_no_enterprise_alone(
    district: Session, tmp_path: Path
) -> None:
    shown = look(district, union_form(tmp_path, [union_row(1, union=None), union_row(2)]), "union")
    assert outcomes(shown) == ["rejected", "new"]
    importing.run(district, shown)
    assert list(held(district)) == ["杭州示例2科技有限公司"]


def test_the_national_systems_own_export_marks_records_and_never_marks_them_anew(
    district: Session, tmp_path: Path
) -> None:
    bring(district, union_form(tmp_path, [union_row(1)]), "union")
    exported = union_form(tmp_path, [union_row(1), union_row(2)])
    first = NationalExport(datetime.date(2026, 10, 1), "十月导出")
    bring(district, exported, "union", national=first)
    bring(district, exported, "union", national=NationalExport(datetime.date(2026, 11, 1), "十一月导出"))
    found = held(district, "union").values()
    assert {(u.values["national_entry_date"], u.values["national_entry_batch"]) for u in found} == {
        ("2026-10-01", "十月导出")
    }


PERSON = {
    "name": "张三", "sex": "男", "birth": "1990/01/01", "ethnicity": "汉族", "employment": "在岗",
    "document": "居民身份证",
    "number": "330102199001010012", "education": "本科", "skill": "无", "phone": "13800000000", "kind": "非农业户口",
    "place": "杭州", "change": "入会", "day": "2025/03/02", "why": None, "politics": "群众",
    "work": "杭州示例1科技有限公司", "native": "浙江杭州", "migrant": "否",
}  # fmt: skip


def member_form(folder: Path, people: list[dict[str, Any]]) -> Path:
    header = [c.header for c in MEMBER_FORM.columns]
    rows = [[n, *(PERSON | person).values()] for n, person in enumerate(people, start=1)]
    return book(folder / "附件四.xlsx", [["工会会员信息采集表"], header, *rows])


def test_the_member_form_goes_in_and_again_changes_nothing(district: Session, tmp_path: Path) -> None:
    union = records.save(district, "union", {"name": "示例工会"}).record
    path = member_form(
        tmp_path, [{}, {"name": "李四", "number": "33010619850615002X", "sex": "女", "birth": "1985/06/15"}]
    )
    result = bring(district, path, "member", fixed={"union": union})
    assert (result.counts.new, list(result.preview.unknown_columns)) == (2, [])
    values = held(district, "member")["张三"].values
    wanted = (
        "id_number",
        "membership_change",
        "migrant",
        "household_kind",
        "union",
        "political_status",
        "education",
    )
    assert [values[n] for n in wanted[:3]] == ["330102199001010012", "1", 0]
    assert values["union"] == union
    assert outcomes(look(district, path, "member", fixed={"union": union})) == ["same", "same"]


def test_who_works_where_there_is_one_union_belongs_to_it(district: Session, tmp_path: Path) -> None:
    """The form has no column for the union."""
    firm = records.save(district, "enterprise", {"name": str(PERSON["work"])}).record
    union = records.save(district, "union", {"name": "它的工会", "enterprise": firm}).record
    other = records.save(district, "union", {"name": "另一个工会"}).record
    path = member_form(
        tmp_path, [{}, {"name": "李四", "number": "33010619850615002X", "work": "没有登记的厂"}]
    )
    shown = look(district, path, "member")
    notes = [[n.text for n in row.said if n.field == "union"] for row in shown.rows]
    assert notes == [["所属工会按工作单位填为“它的工会”"], []]
    chosen = look(district, path, "member", fixed={"union": other})
    assert not [n for row in chosen.rows for n in row.said if n.field == "union"]
    bring(district, path, "member")
    found = held(district, "member")
    assert (found["张三"].values["union"], found["张三"].values["enterprise"]) == (union, firm)
    assert (found["李四"].values["union"], found["李四"].values["enterprise"]) == (None, None)
    assert outcomes(look(district, path, "member")) == ["same", "same"]
    records.save(district, "union", {"name": "第二个工会", "enterprise": firm})
    person = {"name": "王五", "number": "330106198506150038"}
    bring(district, member_form(tmp_path, [person]), "member")
    assert held(district, "member")["王五"].values["union"] is None


def test_people_are_known_by_number_then_by_name_and_telephone(district: Session, tmp_path: Path) -> None:
    bring(district, member_form(tmp_path, [{"number": None}]), "member")
    again = bring(district, member_form(tmp_path, [{}]), "member")
    assert outcomes(again.preview) == ["changed"]
    assert held(district, "member")["张三"].values["id_number"] == PERSON["number"]
    other = look(
        district,
        member_form(tmp_path, [{"number": "33010619850615002X", "birth": None, "sex": None}]),
        "member",
    )
    assert outcomes(other) == ["new"]


def test_one_number_for_two_people_is_a_mistake(district: Session, tmp_path: Path) -> None:
    shown = look(district, member_form(tmp_path, [{}, {"name": "李四"}, {"phone": None}]), "member")
    assert outcomes(shown) == ["new", "rejected", "duplicate"]


def test_a_number_that_lost_its_end_rejects_the_person(district: Session, tmp_path: Path) -> None:
    shown = look(
        district, member_form(tmp_path, [{"number": 3.30102199001e17}, {"number": "3.30102E+17"}]), "member"
    )
    assert outcomes(shown) == ["rejected", "rejected"]


def test_sex_and_birth_follow_from_the_number(district: Session, tmp_path: Path) -> None:
    bring(district, member_form(tmp_path, [{"sex": None, "birth": None, "document": None}]), "member")
    values = held(district, "member")["张三"].values
    assert (values["sex"], values["birth_date"], values["id_kind"]) == ("1", "1990-01-01", "resident_id")


def test_the_form_says_who_is_a_new_member_since_when(district: Session, tmp_path: Path) -> None:
    """It has the last change only: an admission is the first there was, and who was transferred is none."""
    moved = {"name": "李四", "number": "33010619850615002X", "change": "转入"}
    gone = {"name": "王五", "number": "330106198506150038", "change": "退会", "why": "个人要求退会"}
    path = member_form(tmp_path, [{}, moved, gone])
    notes = [n.text for row in look(district, path, "member").rows for n in row.said if "首次入会" in n.text]
    assert notes == ["首次入会日期按会籍变化日期填为2025-03-02"]
    bring(district, path, "member")
    found = held(district, "member")
    assert {
        name: (found[name].values["first_admission_date"], found[name].values["admission_kind"])
        for name in ("张三", "李四", "王五")
    } == {"张三": ("2025-03-02", "admitted"), "李四": (None, "transferred_in"), "王五": (None, None)}
    # What is held already stands.
    records.save(district, "member", {"first_admission_date": "2024-01-05"}, record=found["张三"].id)
    assert outcomes(look(district, path, "member")) == ["same"] * 3


def full_union(session: Session) -> str:
    firm: dict[str, Cell] = {
        "name": "杭州示例1科技有限公司", "uscc": code(1), "address": "双流1号", "town": "330106010",
        "ownership": "private",
        "economy": "private", "industry": "trade", "surveyed_staff": 30,
    }  # fmt: skip
    enterprise = records.save(session, "enterprise", firm).record
    union: dict[str, Cell] = {
        "name": "杭州示例1科技有限公司工会委员会", "superior_name": "转塘街道总工会", "established_date": "2025-03-01",
        "kind": "independent", "member_count": 25, "staff_count": 30, "chair_name": "王芳",
        "chair_phone": "13800000000",
        "enterprise": enterprise, "town": "330106010", "status": "normal", "approval_date": "2025-03-02",
    }  # fmt: skip
    return records.save(session, "union", union).record


def test_a_complete_union_leaves_in_exactly_the_form_and_comes_back_the_same(
    district: Session, tmp_path: Path
) -> None:
    full_union(district)
    path = tmp_path / "附件一.xlsx"
    exported = export_form(district, path, "union")
    assert (exported.rows, exported.incomplete, exported.missing_path) == (1, (), None)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == "工会组织信息采集表"
    assert rows[1][0] == "填表单位（盖章）：西湖区总工会"
    assert [below or above for above, below in zip(rows[2], rows[3], strict=True)] == HEADERS
    assert rows[4] == [
        1, "杭州示例1科技有限公司", code(1), "双流1号", "杭州市西湖区转塘街道", "私营企业", "私营经济", "批发零售", 30,
        "杭州示例1科技有限公司工会委员会", None, "转塘街道总工会", "2025/03/01", "独立基层工会",
        25, "王芳", "13800000000",
    ]  # fmt: skip
    assert sheet["C5"].number_format == "@"
    assert outcomes(look(district, path, "union")) == ["changed"]
    importing.run(district, look(district, path, "union"))
    export_form(district, path, "union")
    assert outcomes(look(district, path, "union")) == ["same"]


def test_incomplete_records_stand_in_a_list_of_their_own_with_what_is_missing(
    district: Session, tmp_path: Path
) -> None:
    bring(district, member_form(tmp_path, [{}, {"name": "李四", "number": "33010619850615002X", "sex": "女",
                                               "birth": "1985/06/15", "education": None},
                                           {"name": "王五", "number": "330102199001010013", "phone": "13900000000"}]),
          "member", fixed={"union": full_union(district)})  # fmt: skip
    exported = export_form(district, tmp_path / "附件四.xlsx", "member")
    assert exported.rows == 1
    reasons = {i.title: i.reasons for i in exported.incomplete}
    assert reasons["李四"] == ("没有填写“学历”",)
    assert len(reasons["王五"]) == 1
    assert exported.missing_path == tmp_path / "附件四-未填完整.xlsx"
    listed = openpyxl.load_workbook(exported.missing_path).worksheets[0]
    assert {row[0].value for row in listed.iter_rows(min_row=2)} == {"李四", "王五"}
    rows = list(openpyxl.load_workbook(tmp_path / "附件四.xlsx").worksheets[0].iter_rows(values_only=True))
    assert rows[1] == tuple(c.header for c in MEMBER_FORM.columns)
    assert rows[2][7:11] == ("330102199001010012", "本科", "无", "13800000000")
    assert outcomes(look(district, tmp_path / "附件四.xlsx", "member")) == ["same"]


def test_what_people_typed_cannot_run_in_a_form_and_its_choices_are_kept(
    district: Session, tmp_path: Path
) -> None:
    text = "=cmd|' /C calc'!A0"
    union = full_union(district)
    bring(district, member_form(tmp_path, [{}]), "member", fixed={"union": union})
    (member,) = reading.records(district.database, district.types, Query("member"))
    records.save(district, "member", {"workplace": text}, record=member.id)
    path = tmp_path / "附件四.xlsx"
    assert export_form(district, path, "member").rows == 1
    openpyxl.load_workbook(path).save(path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    cell = sheet.cell(3, [c.header for c in MEMBER_FORM.columns].index("工作单位") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert len(sheet.data_validations.dataValidation) == 11


def test_taking_a_form_out_is_noted_and_there_are_only_two(district: Session, tmp_path: Path) -> None:
    export_form(district, tmp_path / "a.xlsx", "member")
    found = district.database.rows("SELECT action, detail FROM audit ORDER BY id DESC LIMIT 1")
    assert found == [("导出", "工会会员信息采集表 0条 个人信息为完整内容")]
    with pytest.raises(NoSuchForm):
        export_form(district, tmp_path / "a.xlsx", "enterprise")
    assert real_name.MISSING_LIST
