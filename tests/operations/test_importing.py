"""Importing registers: what each row comes to, what is written, and that doing it again changes nothing."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.operations.audit import digest_of_file
from desktop.operations.imports import importing
from desktop.operations.imports import words as words_of_registers
from desktop.operations.imports.importing import NoHeader, Outcome, Stopped, Weight
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import Level
from desktop.records.identity import derived_id
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.operations import stations
from tests.operations.registers import HEADER, bring, code, firm, held, look, outcomes, table, wrong


def texts(row: importing.RowResult, weight: Weight | None = None) -> str:
    return "；".join(n.text for n in row.notes if weight in (None, n.weight))


def operations(session: Session) -> int:
    return int(session.database.value("SELECT count(*) FROM operation"))


def test_a_register_goes_in_with_codes_numbers_and_the_town_of_its_address(
    district: Session, tmp_path: Path
) -> None:
    before = operations(district)
    result = bring(district, table(tmp_path, [firm(1), firm(2)]))
    assert (result.counts.new, result.counts.rejected, operations(district)) == (2, 0, before + 1)
    one = held(district)["杭州示例1科技有限公司"]
    assert one.id == derived_id("enterprise", code(1))
    assert {n: v for n, v in one.values.items() if v is not None} == {
        "name": "杭州示例1科技有限公司", "uscc": code(1), "registered_address": "浙江省杭州市西湖区转塘街道双流1号",
        "town": "330106010", "legal_person": "王芳", "contact_phone": "13800000001", "ownership": "private",
        "industry": "information", "sector": "non_public", "surveyed_staff": 11, "surveyed_source": "名册",
        "surveyed_date": "2026-11-23", "status": "active", "source_batch": "名册",
    }  # fmt: skip


def test_the_same_file_again_changes_nothing_and_doubles_nothing(district: Session, tmp_path: Path) -> None:
    rows = [
        firm(1),
        firm(2, uscc=None),
        firm(3, uscc=wrong(3)),
        firm(4, uscc=None, name="小面馆", address=None),
    ]
    path = table(tmp_path, rows)
    bring(district, path)
    before, count = operations(district), len(held(district))
    again = bring(district, path)
    assert outcomes(again.preview) == ["same"] * 4
    assert again.changes.empty
    assert (operations(district), len(held(district))) == (before, count)


def test_one_undo_takes_an_import_back(district: Session, tmp_path: Path) -> None:
    bring(district, table(tmp_path, [firm(1)]))
    later = bring(district, table(tmp_path, [firm(1, staff=99), firm(2)], name="二.xlsx"))
    records.undo(district, later.changes.stamp)
    assert {n: r.values["surveyed_staff"] for n, r in held(district).items()} == {"杭州示例1科技有限公司": 11}


def test_changes_are_shown_with_both_values_and_blank_cells_erase_nothing(
    district: Session, tmp_path: Path
) -> None:
    bring(district, table(tmp_path, [firm(1), firm(2)]))
    shown = look(
        district, table(tmp_path, [firm(1, phone=None, person=None, staff=50), firm(2)], name="二.xlsx")
    )
    assert outcomes(shown) == ["changed", "same"]
    assert {(c.field, c.before, c.after) for c in shown.rows[0].changes} == {
        ("surveyed_staff", 11, 50), ("surveyed_source", "名册", "二"),
    }  # fmt: skip
    importing.run(district, shown)
    values = held(district)["杭州示例1科技有限公司"].values
    assert (values["surveyed_staff"], values["contact_phone"], values["legal_person"]) == (
        50,
        "13800000001",
        "王芳",
    )


def test_only_blanks_are_filled_where_that_is_wished(district: Session, tmp_path: Path) -> None:
    bring(district, table(tmp_path, [firm(1, phone=None)]))
    bring(district, table(tmp_path, [firm(1, staff=99, person="李四")]), fill_only=True)
    values = held(district)["杭州示例1科技有限公司"].values
    assert (values["surveyed_staff"], values["legal_person"]) == (11, "王芳")
    assert values["contact_phone"] == "13800000001"


def test_how_a_cell_was_read_is_said_only_where_something_is_saved_of_it(
    district: Session, tmp_path: Path
) -> None:
    bring(district, table(tmp_path, [firm(1, staff=30)]))
    path = table(tmp_path, [firm(1, staff="四十"), firm(2, staff="三十")], name="二.xlsx")
    held_here, new = [texts(row, Weight.NOTE) for row in look(district, path).rows]
    assert held_here == "“四十”按40保存", "the industry and the ownership change nothing"
    assert new.endswith("“三十”按30保存")
    shown = look(district, path, fill_only=True)
    assert [texts(row, Weight.NOTE) for row in shown.rows] == ["", new]
    same = table(tmp_path, [firm(1, staff="三十")], name="三.xlsx")
    assert texts(look(district, same).rows[0], Weight.NOTE) == ""
    records.delete(district, "enterprise", held(district)["杭州示例1科技有限公司"].id)
    assert "按40保存" not in texts(look(district, path).rows[0])


def test_a_wrong_check_character_goes_in_with_a_warning(district: Session, tmp_path: Path) -> None:
    shown = look(district, table(tmp_path, [firm(1, uscc=wrong(1))]))
    assert outcomes(shown) == ["new"]
    assert "最后一位校验不符" in texts(shown.rows[0], Weight.WARNING)
    assert not shown.rows[0].returned
    importing.run(district, shown)
    assert held(district)["杭州示例1科技有限公司"].values["uscc"] == wrong(1)


def test_the_same_code_twice_is_one_record_and_what_differs_is_said(
    district: Session, tmp_path: Path
) -> None:
    shown = look(district, table(tmp_path, [firm(1), firm(2), firm(1, phone="13900000000"), firm(1)]))
    assert outcomes(shown) == ["new", "new", "duplicate", "duplicate"]
    assert "与第2行是同一条" in texts(shown.rows[2])
    assert "“联系电话”与第2行不同，按本行" in texts(shown.rows[2])
    importing.run(district, shown)
    assert len(held(district)) == 2


def test_one_code_for_two_names_is_a_mistake_and_comes_back(district: Session, tmp_path: Path) -> None:
    shown = look(district, table(tmp_path, [firm(1), firm(2, uscc=code(1))]))
    assert outcomes(shown) == ["new", "rejected"]
    assert "与原表第2行“杭州示例1科技有限公司”相同，单位名称却不同" in texts(shown.rows[1])


def test_a_name_with_another_or_a_number_beside_it_asks_for_a_look_at_its_cell(
    district: Session, tmp_path: Path
) -> None:
    people = [
        ["钱七/孙八", "13800000001"],
        ["赵六 11010519491231002X", "13800000002"],
        ["王芳", "13800000003"],
    ]
    shown = look(district, table(tmp_path, people, ["姓名", "移动电话"]), "member")
    assert [[n.column for n in row.doubts] for row in shown.rows] == [[0], [0], []]
    assert [row.number for row in shown.asked] == [2, 3]
    assert "11010519491231002X" not in texts(shown.rows[1])


def test_one_document_number_for_two_names_names_the_row_of_the_first(
    district: Session, tmp_path: Path
) -> None:
    people = [["李明", "11010519491231002X"], ["王芳", "110105194912310038"], ["赵六", "11010519491231002X"]]
    shown = look(district, table(tmp_path, people, ["姓名", "身份证号码"]), "member")
    assert [row.outcome.value for row in shown.rows][2] == "rejected"
    assert "证件号码与原表第2行相同，姓名却不同" in texts(shown.rows[2])


def test_a_held_code_with_quite_another_name_asks_for_a_look(district: Session, tmp_path: Path) -> None:
    bring(district, table(tmp_path, [firm(1), firm(2)]))
    renamed = [firm(1, name="浙江另一家贸易有限公司"), firm(2, name="杭州示例2科技有限公司（总部）")]
    shown = look(district, table(tmp_path, renamed))
    assert outcomes(shown) == ["changed", "changed"]
    [doubt] = shown.rows[0].doubts
    assert "杭州示例1科技有限公司" in doubt.text
    assert doubt.field == "name"
    assert shown.rows[1].doubts == []


def test_the_code_of_a_firm_that_has_been_given_another_is_a_new_firm_s(
    district: Session, tmp_path: Path
) -> None:
    bring(district, table(tmp_path, [firm(1)]))
    first = derived_id("enterprise", code(1))
    records.save(district, "enterprise", {"uscc": code(9)}, record=first)
    other = table(tmp_path, [firm(2, uscc=code(1))])
    bring(district, other)
    assert outcomes(look(district, other)) == ["same"]
    found = {name: (r.id == first, r.values["uscc"]) for name, r in held(district).items()}
    assert found == {"杭州示例1科技有限公司": (True, code(9)), "杭州示例2科技有限公司": (False, code(1))}


def test_rows_without_a_code_meet_those_with_one_by_name_whatever_their_order(
    district: Session, tmp_path: Path
) -> None:
    rows = [firm(1, uscc=None, address=None), firm(1, phone=None)]
    shown = look(district, table(tmp_path, rows))
    assert outcomes(shown) == ["new", "duplicate"]
    bring(district, table(tmp_path, rows))
    assert [r.id for r in held(district).values()] == [derived_id("enterprise", code(1))]


def test_a_code_that_comes_later_goes_to_the_record_that_waited_for_it(
    district: Session, tmp_path: Path
) -> None:
    bring(district, table(tmp_path, [firm(1, uscc=None)]))
    bring(district, table(tmp_path, [firm(1), firm(2)]))
    found = held(district)
    assert len(found) == 2
    assert found["杭州示例1科技有限公司"].values["uscc"] == code(1)
    assert outcomes(look(district, table(tmp_path, [firm(1)]))) == ["same"]


def test_small_shops_of_one_name_are_told_apart_by_address(district: Session, tmp_path: Path) -> None:
    def shop(address: str) -> list[Any]:
        return firm(1, uscc=None, name="小面馆", address=address)

    rows = [shop("西湖区文三路1号"), shop("浙江省杭州市西湖区文三路1号"), shop("文二路9号")]
    shown = look(district, table(tmp_path, rows))
    assert outcomes(shown) == ["new", "duplicate", "new"]
    importing.run(district, shown)
    assert outcomes(look(district, table(tmp_path, rows))) == ["same", "duplicate", "same"]
    vague = look(district, table(tmp_path, [firm(1, uscc=None, name="小面馆", address=None)]))
    assert outcomes(vague) == ["rejected"]


def test_names_meet_whatever_the_width_of_their_brackets(district: Session, tmp_path: Path) -> None:
    bring(district, table(tmp_path, [firm(1, uscc=None, name="示例（杭州）有限公司")]))
    assert outcomes(look(district, table(tmp_path, [firm(1, uscc=None, name="示例(杭州) 有限公司")]))) == [
        "same"
    ]


def test_what_was_deleted_here_is_said_and_only_comes_back_when_asked(
    district: Session, tmp_path: Path
) -> None:
    path = table(tmp_path, [firm(1)])
    bring(district, path)
    records.delete(district, "enterprise", derived_id("enterprise", code(1)))
    shown = look(district, path)
    assert outcomes(shown) == ["deleted"]
    assert "2026-11-23在这里删除过" in texts(shown.rows[0])
    importing.run(district, shown)
    assert held(district) == {}
    assert outcomes(bring(district, path, revive=True).preview) == ["changed"]
    assert list(held(district)) == ["杭州示例1科技有限公司"]


def test_what_was_deleted_with_a_record_comes_back_with_it(district: Session, tmp_path: Path) -> None:
    path, firm_id = table(tmp_path, [firm(1)]), derived_id("enterprise", code(1))
    bring(district, path)
    values: dict[str, Any] = {"enterprise": firm_id, "visit_date": "2026-11-20", "visitors": "李明"}
    visit = records.save(district, "visit", values).record
    records.delete(district, "enterprise", firm_id)
    assert held(district, "visit") == {}
    shown = bring(district, path, revive=True).preview
    assert "当时随它一起删除的也恢复" in texts(shown.rows[0])
    assert [r.id for r in held(district, "visit").values()] == [visit]


def test_lost_digits_reject_the_row_and_a_bad_cell_only_itself(district: Session, tmp_path: Path) -> None:
    rows = [
        firm(1, uscc=9.1330106e17),
        firm(2, staff="十几人"),
        firm(3, phone="见名片"),
        firm(4, name=None, uscc=None),
    ]
    shown = look(district, table(tmp_path, rows))
    assert outcomes(shown) == ["rejected", "new", "new", "rejected"]
    assert "后几位已经丢失" in texts(shown.rows[0], Weight.PROBLEM)
    assert shown.counts.partial == 2
    assert [row.number for row in shown.returned] == [2, 3, 4, 5]
    importing.run(district, shown)
    assert held(district)["杭州示例2科技有限公司"].values["surveyed_staff"] is None


def test_returned_rows_are_corrected_and_imported_alone(district: Session, tmp_path: Path) -> None:
    rows = [firm(1), firm(2, staff="十几人"), firm(3, name=None, uscc=None, address="文三路1号")]
    shown = look(district, table(tmp_path, rows))
    importing.run(district, shown)
    report = tmp_path / "退回.xlsx"
    assert importing.write_report(district, shown, report) == 2
    sheet = openpyxl.load_workbook(report)
    page = sheet.worksheets[0]
    assert [c.value for c in page[1]] == [*HEADER, "退回原因"]
    assert page["J2"].comment is not None
    page["J2"], page["B3"], page["C3"] = 12, "杭州示例3科技有限公司", code(3)
    sheet.save(report)
    again = bring(district, report)
    assert outcomes(again.preview) == ["changed", "new"]
    assert held(district)["杭州示例2科技有限公司"].values["surveyed_staff"] == 12
    assert [c.header for c in again.preview.unknown_columns] == ["注册资本"]


def test_a_cell_that_asks_for_a_look_comes_back_behind_what_did_not_go_in(
    district: Session, tmp_path: Path
) -> None:
    head = ["企业名称", "信用代码", "街道", "职工人数", "女职工"]
    rows = [
        ["甲公司", wrong(1), "转塘街道", 9, 3],
        ["乙公司", code(2), None, 9, 3],
        ["丙公司", code(3), "转塘街道", "十几", 3],
        ["丁公司", code(4), "转塘街道", 9, 10],
        ["戊公司", code(5), "转塘街道", 9, 3],
    ]
    shown = bring(district, table(tmp_path, rows, head)).preview
    assert importing.write_report(district, shown, tmp_path / "退回.xlsx") == 4
    sheet = openpyxl.load_workbook(tmp_path / "退回.xlsx").worksheets[0]
    assert [sheet.cell(row, 1).value for row in range(2, 6)] == ["丙公司", "甲公司", "乙公司", "丁公司"]
    assert sheet["F3"].value.startswith("不影响导入；统一社会信用代码最后一位校验不符")
    assert [bool(sheet[place].comment) for place in ("D2", "B3", "C4", "E5", "B5")] == [True] * 4 + [False]


def test_a_mistyped_code_that_is_corrected_in_the_report_corrects_its_record(
    district: Session, tmp_path: Path
) -> None:
    rows = [firm(1, uscc=wrong(1)), firm(2, uscc="330106000012345"), firm(3, uscc=wrong(99))]
    shown = bring(district, table(tmp_path, rows)).preview
    before = {name: record.id for name, record in held(district).items()}
    assert importing.write_report(district, shown, tmp_path / "退回.xlsx") == 3
    report = openpyxl.load_workbook(tmp_path / "退回.xlsx")
    for row, number in enumerate((1, 2, 3), start=2):
        report.worksheets[0].cell(row, 3).value = code(number)
    report.save(tmp_path / "退回.xlsx")
    again = bring(district, tmp_path / "退回.xlsx")
    # A code that is quite another one is another firm's until somebody says otherwise.
    assert outcomes(again.preview) == ["changed", "changed", "new"]
    assert f"原来的代码{wrong(1)}校验不符，按这一行改正" in texts(again.preview.rows[0])
    assert "另有一条" in texts(again.preview.rows[2])
    now = {code(n): held(district)[f"杭州示例{n}科技有限公司"] for n in (1, 2)}
    assert [(c, r.values["uscc"], r.id) for c, r in now.items()] == [
        (code(n), code(n), before[f"杭州示例{n}科技有限公司"]) for n in (1, 2)
    ]


def test_a_mistyped_document_number_that_is_corrected_in_the_report_corrects_its_person(
    district: Session, tmp_path: Path
) -> None:
    head = ["姓名", "身份证号码", "手机"]
    people = [["王芳", "110105194912310021", "13800000001"], ["李明", "11010519491231002X", "13800000002"]]
    shown = bring(district, table(tmp_path, people, head), "member").preview
    before = {name: record.id for name, record in held(district, "member").items()}
    assert importing.write_report(district, shown, tmp_path / "退回.xlsx") == 1
    report = openpyxl.load_workbook(tmp_path / "退回.xlsx")
    report.worksheets[0]["B2"] = "110105194912310046"
    # Who has another number without a fault is somebody else.
    report.worksheets[0].append(["李明", "110105194912310089", "13800000002"])
    report.save(tmp_path / "退回.xlsx")
    again = bring(district, tmp_path / "退回.xlsx", "member").preview
    assert outcomes(again) == ["changed", "new"]
    assert "原来的证件号码校验不符，按这一行改正" in texts(again.rows[0])
    found = records.load(district, "member", before["王芳"])
    assert found is not None
    assert found.values["id_number"] == "110105194912310046"


def test_what_is_still_wrong_comes_back_with_its_newest_reason_alone(
    district: Session, tmp_path: Path
) -> None:
    first, second = tmp_path / "退回.xlsx", tmp_path / "再退回.xlsx"
    importing.write_report(district, look(district, table(tmp_path, [firm(1, staff="十几人")])), first)
    sheet = openpyxl.load_workbook(first)
    sheet.worksheets[0].insert_cols(1)
    sheet.worksheets[0].move_range("L1:L2", cols=-11)
    sheet.worksheets[0]["K2"] = "很多"
    sheet.save(first)
    importing.write_report(district, look(district, first), second)
    page = openpyxl.load_workbook(second).worksheets[0]
    assert [c.value for c in page[1]] == [*HEADER, "退回原因"]
    assert page["J2"].comment is not None
    assert "很多" in page["K2"].value


def test_what_a_whole_table_does_not_say_is_told_once(district: Session, tmp_path: Path) -> None:
    header = ["企业名称", "信用代码", "职工人数", "是否建会", "建会日期", "成立日期"]
    rows = [["甲公司", code(1), 3, "否", None, None], ["乙公司", code(2), 3, "未建", None, None],
            ["丙公司", code(3), 3, "是", "2019年5月1日", "2001年5月1日"]]  # fmt: skip
    shown = look(district, table(tmp_path, rows, header))
    assert shown.missing["不建原因"] == 2
    assert [(c.header, c.proposed) for c in shown.unknown_columns] == [("成立日期", None)]
    assert not any(row.doubts for row in shown.rows)
    importing.run(district, shown)
    assert held(district)["丙公司"].values["union_state_date"] == "2019-05-01"
    rows = [["丁公司", code(4), 3, "否", None, None, None], [*rows[1], "职工人数不足"]]
    shown = look(district, table(tmp_path, rows, [*header, "不建原因"]))
    assert "请填写不建原因" in texts(shown.rows[0], Weight.WARNING)


def test_rows_whose_town_is_not_certain_are_listed(district: Session, tmp_path: Path) -> None:
    rows = [
        firm(1, address="文三路100号"),
        firm(2),
        firm(3, address="杭州市西湖区转塘街道缤纷社区"),
        firm(4, address=None),
    ]
    shown = look(district, table(tmp_path, rows))
    assert shown.without_town == (2, 5)
    assert "没有能确定镇街的文字" in texts(shown.rows[0])
    assert shown.counts.without_town == 2


def test_a_column_of_towns_is_read_in_every_form(district: Session, tmp_path: Path) -> None:
    header = ["企业名称", "信用代码", "所属街道", "社区"]
    forms = ["转塘街道", "转塘", "西湖区转塘街道", "330106010", "转塘街道办事处"]
    rows = [[f"甲{n}公司", code(n), words, None] for n, words in enumerate(forms)]
    rows.append(["乙公司", code(20), "某某街道", None])
    shown = look(district, table(tmp_path, rows, header))
    importing.run(district, shown)
    assert {r.values["town"] for n, r in held(district).items() if n.startswith("甲")} == {"330106010"}
    assert "没有叫“某某街道”的镇街" in texts(shown.rows[5], Weight.PROBLEM)


def test_a_changed_town_takes_its_village_with_it(district: Session, tmp_path: Path) -> None:
    header = ["企业名称", "信用代码", "所属街道", "社区"]
    village = district.codes and "双流社区"
    bring(district, table(tmp_path, [["甲公司", code(1), "转塘街道", village]], header))
    before = held(district)["甲公司"].values
    bring(district, table(tmp_path, [["甲公司", code(1), "留下街道", None]], header))
    after = held(district)["甲公司"].values
    assert before["village"] is not None
    assert (after["town"], after["village"]) == ("330106009", None)


def test_what_stands_below_tells_a_kind_from_a_place(district: Session, tmp_path: Path) -> None:
    """户籍 is most like 户籍地; a list of kinds holds what stands there."""
    for words, meant in (
        ("非农业", "household_kind"),
        ("浙江省杭州市", "household_place"),
        (None, "household_place"),
    ):
        rows = [["陈喆", "110105194912310046", words]]
        shown = look(district, table(tmp_path, rows, ["姓名", "身份证号", "户籍"]), "member")
        assert [c.proposed for c in shown.unknown_columns] == [meant]


def test_unknown_columns_are_listed_with_samples_and_can_be_given_a_field(
    district: Session, tmp_path: Path
) -> None:
    path = table(tmp_path, [firm(1)])
    shown = look(district, path)
    [capital] = shown.unknown_columns
    assert (capital.index, capital.header, capital.samples) == (4, "注册资本", ("100万元",))
    for mapping in ({4: "remark"}, {"注册资本": "remark"}, {"注册资本": "remark", "联系电话": None}):
        found = look(district, path, mapping=mapping)
        assert {c.header: c.target for c in found.columns}["注册资本"] == "remark"
    assert {c.header: c.target for c in found.columns}["联系电话"] is None


def test_a_field_that_is_given_away_leaves_its_first_column(district: Session, tmp_path: Path) -> None:
    shown = look(district, table(tmp_path, [firm(1)]), mapping={"序号": "name"})
    assert {c.header: c.target for c in shown.columns if c.header in ("序号", "企业名称")} == {
        "序号": "name", "企业名称": None,
    }  # fmt: skip


def test_a_table_without_a_header_says_so_until_it_is_shown(district: Session, tmp_path: Path) -> None:
    path = table(tmp_path, [["杭州甲有限公司", code(1)]], ["第一列", "第二列"])
    with pytest.raises(NoHeader, match="表头"):
        look(district, path)
    shown = look(district, path, header_row=1, mapping={0: "name", 1: "uscc"})
    assert outcomes(shown) == ["new"]


def test_titles_numberings_repeated_headers_sums_and_signatures_are_no_rows(
    district: Session, tmp_path: Path
) -> None:
    header = ["企业名称", "信用代码", "职工人数"]
    rows: list[list[Any]] = [
        ["余杭区企业名册"], header, [1, 2, 3], ["例：某公司", "91", 5], ["杭州甲有限公司", code(1), 3], header,
        ["杭州乙有限公司", code(2), 4], ["合计", None, 7], ["填表人：王芳"],
    ]  # fmt: skip
    shown = look(district, table(tmp_path, rows[1:], rows[0]))
    assert [row.number for row in shown.rows] == [5, 7]


def test_a_cell_merged_over_several_rows_counts_for_each(district: Session, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        [["转塘街道", "杭州甲有限公司", code(1)], [None, "杭州乙有限公司", code(2)]],
        ["街道", "企业名称", "信用代码"],
    )
    opened = openpyxl.load_workbook(path)
    opened.active.merge_cells("A2:A3")
    opened.save(path)
    bring(district, path)
    assert {r.values["town"] for r in held(district).values()} == {"330106010"}


def test_a_gbk_text_table_and_an_old_workbook_go_in_too(district: Session, tmp_path: Path) -> None:
    path = tmp_path / "名册.csv"
    path.write_text(f"企业名称,税号,参保人数\n杭州㙦公司,{code(1)},1万\n", encoding="gb18030")
    assert bring(district, path).counts.new == 1
    assert held(district)["杭州㙦公司"].values["insured_staff"] == 10000
    old = Path(__file__).parent.parent / "data" / "register.xls"
    shown = look(district, old)
    assert outcomes(shown) == ["new", "new", "rejected"]
    assert shown.rows[0].parts[0].values["surveyed_date"] == "2026-09-30"
    assert "后几位已经丢失" in texts(shown.rows[2])


def test_the_sheet_that_fits_is_chosen_and_a_hidden_one_never(district: Session, tmp_path: Path) -> None:
    path = table(tmp_path, [firm(1)])
    opened = openpyxl.load_workbook(path)
    opened.active.title = "名册"
    cover = opened.create_sheet("封面", 0)
    cover.append(["关于报送企业名册的说明"])
    hidden = opened.create_sheet("旧", 0)
    for row in ([*HEADER, "参保人数", "女职工数"], [*firm(9), 1, 1]):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    opened.save(path)
    assert look(district, path).sheet == "名册"
    assert look(district, path, sheet="旧").sheet == "旧"


def test_words_of_registers_are_taken_where_they_leave_no_doubt_and_noted(
    district: Session, tmp_path: Path
) -> None:
    rows = [firm(1), firm(2, industry="公共管理、社会保障和社会组织", ownership="有限责任公司分公司")]
    shown = look(district, table(tmp_path, rows))
    assert "“软件和信息技术服务业”按“信息传输计算机软件”保存" in texts(shown.rows[0], Weight.NOTE)
    assert texts(shown.rows[1], Weight.NOTE).count("对不上") == 2
    assert shown.returned == []


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("批发和零售业", "trade"),
        ("农、林、牧、渔产品批发", "trade"),
        ("计算机、软件及辅助设备批发", "trade"),
        ("农、林、牧、渔专业及辅助性活动", "agriculture"),
        ("精制茶加工", "manufacturing"),
        ("金属制品、机械和设备修理业", "manufacturing"),
        ("机动车、电子产品和日用产品修理业", "resident_services"),
        ("软件和信息技术服务业", "information"),
        ("工程管理服务", "research"),
        ("园林绿化工程施工", "construction"),
        ("建筑工程机械与设备经营租赁", "leasing_business"),
        ("融资租赁服务", "finance"),
        ("房地产租赁经营", "real_estate"),
        ("互联网广告服务", "leasing_business"),
        ("正餐服务", "lodging_catering"),
        ("理发及美容服务", "resident_services"),
        ("社会保障", ""),
        ("外星贸易", None),
    ],
)
def test_the_classes_of_the_national_standard_have_their_branch(words: str, meant: str | None) -> None:
    assert words_of_registers.meant("enterprise", "industry", words) == meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("有限责任公司(自然人投资或控股)", "private"),
        ("有限责任公司（非自然人投资或控股的法人独资）", ""),
        ("有限责任公司(外商投资企业法人独资)", "foreign_invested"),
        ("其他有限责任公司(国内合资)", "other_limited"),
        ("其他股份有限公司(非上市)", "other_shares"),
        ("股份有限公司(上市、国有控股)", "state_controlled"),
        ("股份有限公司", ""),
        ("有限责任公司", ""),
        ("一间公司", None),
    ],
)
def test_the_kinds_of_firms_in_a_register_have_a_nature_only_where_it_is_certain(
    words: str, meant: str | None
) -> None:
    assert words_of_registers.meant("enterprise", "ownership", words) == meant


def test_a_state_that_fits_nothing_is_left_open_and_not_taken_for_the_usual_one(
    district: Session, tmp_path: Path
) -> None:
    header = ["企业名称", "信用代码", "经营状态", "职工人数"]
    rows: list[list[Any]] = [
        ["甲公司", code(1), "吊销，未注销", 3], ["乙公司", code(2), "古怪", 3], ["丙公司", code(3), None, 3],
        ["丁公司", code(4), "在业", 3], ["戊公司", code(5), "非正常户", 3],
    ]  # fmt: skip
    bring(district, table(tmp_path, rows, header))
    found = held(district)
    assert [found[n].values["status"] for n in ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司")] == [
        None, None, "active", "active", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "meant"),
    [("集体合同", "comprehensive"), ("工资协议", "wages"), ("女职工特殊保护专项", "women"), ("其他", None)],
)
def test_the_kinds_of_contracts_in_a_register(words: str, meant: str | None) -> None:
    assert words_of_registers.meant("collective_contract", "kind", words) == meant


def test_what_systems_write_for_nothing_is_no_town_and_no_telephone(
    district: Session, tmp_path: Path
) -> None:
    header = ["企业名称", "信用代码", "所属镇街", "所属行业", "详细地址", "电话"]
    rows = [["甲公司", code(1), "-", "-", "西湖区转塘街道双流1号", "138****1234"],
            ["乙公司", code(2), "暂无", "暂无", "西湖区转塘街道双流1号", "暂无"]]  # fmt: skip
    shown = look(district, table(tmp_path, rows, header))
    assert [r.parts[0].weak.get("town") for r in shown.rows] == ["330106010", "330106010"]
    assert "被隐藏" in texts(shown.rows[0], Weight.NOTE)
    assert shown.returned == []


def test_a_slot_in_conflict_is_not_decided_by_an_import(district: Session, tmp_path: Path) -> None:
    path = table(tmp_path, [firm(1)])
    bring(district, path)
    record = derived_id("enterprise", code(1))
    district.database.execute(
        "INSERT INTO conflict (record, slot, type) VALUES (unhex(?), 'legal_person', 'enterprise')", (record,)
    )
    shown = look(district, table(tmp_path, [firm(1, person="李四", staff=30)]))
    assert "法定代表人”有待处理的分歧" in texts(shown.rows[0])
    assert {c.field for c in shown.rows[0].changes} == {"surveyed_staff"}


def test_what_moved_between_preview_and_run_is_matched_anew(district: Session, tmp_path: Path) -> None:
    shown = look(district, table(tmp_path, [firm(1), firm(2)]))
    bring(district, table(tmp_path, [firm(1)], name="二.xlsx"))
    result = importing.run(district, shown)
    assert outcomes(result.preview) == ["same", "new"]
    assert len(held(district)) == 2


def test_cancelling_writes_nothing(district: Session, tmp_path: Path) -> None:
    path = table(tmp_path, [firm(1)])
    with pytest.raises(Stopped):
        look(district, path, cancelled=lambda: True)
    shown = look(district, path)
    with pytest.raises(Stopped):
        importing.run(district, shown, cancelled=lambda: True)
    assert held(district) == {}


def test_progress_is_told(district: Session, tmp_path: Path) -> None:
    seen: list[str] = []
    shown = look(district, table(tmp_path, [firm(1)]), progress=lambda _d, _t, words: seen.append(words))
    importing.run(district, shown, progress=lambda _d, _t, words: seen.append(words))
    assert list(dict.fromkeys(seen)) == ["读取表格", "与本机记录比对", "写入"]


def test_new_records_belong_to_the_town_that_they_lie_in_once_it_is_enrolled(
    district: Session, tmp_path: Path
) -> None:
    town = stations.station(tmp_path, "330106010", "转塘街道总工会", Level.TOWN)
    stations.enrol(town, district, tmp_path)
    bring(district, table(tmp_path, [firm(1), firm(2, address="文三路1号")]))
    found = held(district)
    assert found["杭州示例1科技有限公司"].unit == town.unit.id
    assert found["杭州示例2科技有限公司"].unit == district.unit.id


def test_a_reader_may_not_import(district: Session, tmp_path: Path) -> None:
    path = table(tmp_path, [["甲", "330106"]], ["名称", "编码"])
    village = stations.station(tmp_path, "330106010200", "示例村工会", Level.VILLAGE)
    with pytest.raises(NotAllowed):
        look(village, path, "unit")


def test_the_import_is_in_the_audit_log_without_names(district: Session, tmp_path: Path) -> None:
    path = table(tmp_path, [firm(1)])
    bring(district, path)
    found = district.database.rows("SELECT action, detail FROM audit ORDER BY id DESC LIMIT 1")
    assert found == [("导入", f"enterprise 共1行，新增1行 {digest_of_file(path)}")]


def test_every_outcome_has_its_word() -> None:
    assert all(outcome.label for outcome in Outcome)


def test_dates_and_telephones_in_the_forms_of_a_register(district: Session, tmp_path: Path) -> None:
    header = ["企业名称", "信用代码", "电话", "摸排日期", "职工人数"]
    rows: list[list[Any]] = [["甲公司", code(1), "0571-88888888；13800000000", "2026.9.3", "约30"],
            ["乙公司", code(2), 13800000000, datetime.datetime(2026, 9, 3), "30人"],
            ["丙公司", code(3), "-", 20260903, 30]]  # fmt: skip
    bring(district, table(tmp_path, rows, header))
    found = held(district)
    assert [found[n].values["contact_phone"] for n in ("甲公司", "乙公司", "丙公司")] == [
        "0571-88888888", "13800000000", None,
    ]  # fmt: skip
    assert found["乙公司"].values["surveyed_date"] == "2026-09-03"
    assert [found[n].values["surveyed_staff"] for n in ("甲公司", "乙公司", "丙公司")] == [None, 30, 30]


def test_lists_that_refer_to_records_find_them_by_name_or_code(district: Session, tmp_path: Path) -> None:
    bring(district, table(tmp_path, [firm(1), firm(2)]))
    union = records.save(district, "union", {"name": "转塘联合工会"}).record
    header = ["联合工会", "覆盖单位", "覆盖日期"]
    rows = [["转塘联合工会", "杭州示例1科技有限公司", "2026-01-01"], ["转塘联合工会", code(2), "2026-01-01"],
            ["转塘联合工会", "没有这家", "2026-01-01"], ["没有这家工会", code(2), "2026-01-01"]]  # fmt: skip
    path = table(tmp_path, rows, header)
    shown = look(district, path, "coverage")
    assert "没有找到“没有这家”" in texts(shown.rows[2])
    importing.run(district, shown)
    covered = reading.records(district.database, district.types, Query("coverage", children_of=union))
    assert {c.values["enterprise"] for c in covered} >= {derived_id("enterprise", code(n)) for n in (1, 2)}
    assert outcomes(look(district, path, "coverage")) == ["same", "same", "rejected", "rejected"]
