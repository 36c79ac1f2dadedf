"""Which row is the header and which column is what: registers, forms and hand-made tables as people bring them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.workbooks.headers import Labels, find_header, type_entries
from desktop.records.types import catalogue

TYPES = catalogue()
ENTERPRISE = Labels(type_entries(TYPES["enterprise"]))


def targets(rows: list[list[Any]], labels: Labels = ENTERPRISE, merged: Any = ()) -> dict[str, str | None]:
    """Header to target of the table that starts with these rows."""
    header = find_header(list(enumerate(rows, start=1)), labels, merged)
    assert header is not None
    return {c.header: c.target for c in header.columns}


REGISTER = ["序号", "企业名称", "统一社会信用代码", "法定代表人", "成立日期", "注册资本", "所属行业", "经营范围",
            "住所",
            "电话", "登记机关", "企业类型", "经营状态"]  # fmt: skip


def test_the_columns_of_a_business_register_are_known_and_what_is_not_ours_is_left() -> None:
    assert targets([REGISTER, [1, "甲", "91330106MA2ABCDEX7", "张三"]]) == {
        "序号": None, "企业名称": "name", "统一社会信用代码": "uscc", "法定代表人": "legal_person", "成立日期": None,
        "注册资本": None, "所属行业": "industry", "经营范围": None, "住所": "registered_address",
        "电话": "contact_phone", "登记机关": None, "企业类型": "ownership", "经营状态": "status",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("单位名称（必填）", "name"),
        ("* 公司名称", "name"),
        ("企业（单位）名称", "name"),
        ("统一社会信用代码/注册号", "uscc"),
        ("税号", "uscc"),
        ("统一代码", "uscc"),
        ("职工人数（人）", "surveyed_staff"),
        ("从业人数", "surveyed_staff"),
        ("参保人数", "insured_staff"),
        ("所属街道", "town"),
        ("乡镇(街道)", "town"),
        ("镇 街", "town"),
        ("村（社区）", "village"),
        ("经营地址", "address"),
        ("注册地址", "registered_address"),
        ("联系人", "contact_name"),
        ("手机", "contact_phone"),
        ("联系电话\n（手机）", "contact_phone"),
        ("法人", "legal_person"),
        ("法定代表人（负责人）", "legal_person"),
        ("是否建会", "union_state"),
        ("行业门类", "industry"),
        ("联系电话/手机", "contact_phone"),
        ("企业名称 / 单位名称", "name"),
        ("社会信用代码/注册号", "uscc"),
        ("用人单位全称", "name"),
        ("注册登记住所", "registered_address"),
        ("实际办公经营地", "address"),
        ("在职职工总数", "surveyed_staff"),
        ("其中：\n女性", "women_count"),
        ("所属企业名称", "name"),
        ("企业统一社会信用代码", "uscc"),
    ],
)
def test_what_people_write_over_a_column(header: str, field: str) -> None:
    assert (
        targets([["单位名称" if field != "name" else "信用代码", header, "备注"]])[" ".join(header.split())]
        == field
    )


@pytest.mark.parametrize(
    ("type_name", "written"),
    [
        ("congress", {"序号": None, "单位名称": "enterprise", "届次": "name", "召开时间": "started_date",
                      "召开地点": "venue", "会议形式": "form", "职工人数": "staff_count", "应到代表": "expected_count",
                      "实到代表": "present_count", "其中：女代表": "women_delegate_count", "会议议题": "topics",
                      "主持人": "host", "公示时间": "publication_started", "备注": "remark"}),
        ("congress", {"企业名称": "enterprise", "职代会召开日期": "started_date", "职工代表人数": "expected_count"}),
        ("congress", {"统一社会信用代码": "enterprise", "召开日期": "started_date", "审议通过事项": "topics"}),
        ("visit", {"走访日期": "visit_date", "走访企业": "enterprise", "走访人员": "visitors",
                   "走访情况": "situation", "存在问题": "difficulty", "解决措施": "measure", "接待人": "contact_name"}),
        ("visit", {"时间": "visit_date", "单位名称": "enterprise", "走访人": "visitors"}),
        ("course", {"培训班名称": "name", "培训时间": "started_date", "参训人数": "expected_count"}),
        ("attendance", {"姓名": "name", "单位": "unit_name", "职务": "post_title", "手机号码": "phone", "签名": None}),
        ("meeting", {"会议时间": "started_date", "会议名称": "name", "会议地点": "venue", "参会人数": "present_count",
                     "会议内容": "topics"}),
        ("collective_contract", {"企业名称": "enterprise", "合同类型": "kind", "签订日期": "signed_date",
                                 "合同期限起": "started", "合同期限止": "ended", "备案号": "filing_number"}),
        ("delegate", {"姓名": "name", "性别": "sex", "部门": "constituency"}),
        ("proposal", {"编号": "number", "提案名称": "subject", "承办部门": "handling_department"}),
    ],
)  # fmt: skip
def test_the_registers_that_towns_keep_are_known(type_name: str, written: dict[str, str | None]) -> None:
    record_type = TYPES[type_name]
    assert targets([list(written)], Labels(type_entries(record_type))) == written
    assert set(written.values()) - {None} <= record_type.by_name.keys()


def test_titles_and_notes_above_the_header_are_passed_over() -> None:
    rows: list[list[Any]] = [
        ["余杭区企业名册"],
        ["填报单位：良渚街道", None, "2026年9月"],
        [],
        ["企业名称", "信用代码", "手机"],
        ["甲", "x", "1"],
    ]
    header = find_header([(n, r) for n, r in enumerate(rows, start=1) if r], ENTERPRISE, None)
    assert header is not None
    assert (header.first_row, header.last_row) == (4, 4)


TWO_ROWS: list[list[Any]] = [
    ["序号", "企业名称", "职工人数", None, "联系人", None, "法定代表人", None],
    [None, None, "总数", "其中：女", "姓名", "手机", "姓名", "电话"],
    [1, "甲", 3, 1, "张三", "138", "李四", "139"],
]
MERGED = [((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (0, 3)), ((0, 4), (0, 5)), ((0, 6), (0, 7))]


@pytest.mark.parametrize("merged", [MERGED, None])
def test_a_header_of_two_rows_is_read_as_one_with_and_without_its_merged_cells(merged: Any) -> None:
    header = find_header(list(enumerate(TWO_ROWS, start=1)), ENTERPRISE, merged)
    assert header is not None
    assert (header.first_row, header.last_row) == (1, 2)
    assert [c.target for c in header.columns] == [
        None, "name", "surveyed_staff", "women_count", "contact_name", "contact_phone", "legal_person", None,
    ]  # fmt: skip
    assert header.columns[0].counts_rows
    assert header.columns[7].proposed == "contact_phone"


def test_one_row_is_not_taken_for_two_because_values_follow() -> None:
    header = find_header(
        [(1, ["姓名", "性别", "手机"]), (2, ["张三", "男", None])], Labels(type_entries(TYPES["member"])), ()
    )
    assert header is not None
    assert header.last_row == 1


def test_a_field_takes_the_column_that_fits_it_best() -> None:
    found = targets(
        [["单位名称", "地址", "注册地址", "电话", "联系电话", "纳税人识别号", "统一社会信用代码"]]
    )
    assert found == {
        "单位名称": "name", "地址": "address", "注册地址": "registered_address", "电话": None,
        "联系电话": "contact_phone", "纳税人识别号": "tax_number", "统一社会信用代码": "uscc",
    }  # fmt: skip
    assert targets([["单位名称", "纳税人识别号"]])["纳税人识别号"] == "uscc"


def test_likeness_is_only_a_proposal() -> None:
    header = find_header([(1, ["企业名称", "统一社会信用代码", "实际经营地址情况"])], ENTERPRISE, ())
    assert header is not None
    assert header.columns[2].target is None
    assert header.columns[2].proposed == "address"


def test_every_field_that_people_see_is_known_by_its_label_and_by_its_name() -> None:
    for record_type in TYPES.values():
        labels = Labels(type_entries(record_type))
        for field in record_type.fields:
            assert (field.name in labels.weights(field.label)) is field.shown, field
            assert (field.name in labels.weights(field.name)) is field.shown, field


def test_a_table_of_something_else_has_no_header_here() -> None:
    assert find_header([(1, ["物料", "单价"]), (2, ["螺丝", 3])], ENTERPRISE, ()) is None
    assert find_header([], ENTERPRISE, ()) is None


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.text(max_size=8), st.integers(), st.floats()), max_size=6),
        max_size=6,
    )
)
def test_no_table_breaks_the_search(rows: list[list[Any]]) -> None:
    header = find_header([(n, r) for n, r in enumerate(rows, start=1) if r], ENTERPRISE, None)
    if header is not None:
        given_targets = [c.target for c in header.columns if c.target]
        assert len(given_targets) == len(set(given_targets)) >= 2
