"""Cells that hold more than their column asks for: periods, sessions, counts that are no number."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.operations.imports import importing
from desktop.operations.imports.together import read_together, session_of
from desktop.operations.session import Session
from desktop.records.types import catalogue
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from tests.documents import workbooks
from tests.operations.registers import district, look

__all__ = ["district"]
TYPES = catalogue()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024.1.1-2026.12.31", ("2024-01-01", "2026-12-31")),
        ("2024年1月1日至2026年12月31日", ("2024-01-01", "2026-12-31")),
        ("自2024-01-01起至2026-12-31止", ("2024-01-01", "2026-12-31")),
        ("２０２４．１．１～２０２６．１２．３１", ("2024-01-01", "2026-12-31")),
        ("20240101—20261231", ("2024-01-01", "2026-12-31")),
        ("2024/5/1-5/3", ("2024-05-01", "2024-05-03")),
        ("2024年5月1日至3日", ("2024-05-01", "2024-05-03")),
        ("2024.1-2026.12", None),
        ("2026.12.31-2024.1.1", None),
        ("2024.2.30-2026.1.1", None),
        ("三年", None),
        ("三年（2026.3.1—2029.2.28）", ("2026-03-01", "2029-02-28")),
        ("12个月：2026年3月1日至2027年3月1日", ("2026-03-01", "2027-03-01")),
        ("2026.8.31-2027.2.28，六个月", ("2026-08-31", "2027-02-28")),
        ("2026.3.1—2028.2.29(共两年)", ("2026-03-01", "2028-02-29")),
        ("三年（自动续签）", None),
        ("2026.3.1起三年", ("2026-03-01", "2029-02-28")),
        ("自2026年8月31日起，期限六个月", ("2026-08-31", "2027-02-28")),
        ("2026.3.1起长期", None),
    ],
)
def test_two_days_in_one_cell_are_a_period(text: str, days: tuple[str, str] | None) -> None:
    contract = TYPES["collective_contract"]
    found = read_together(contract, contract.by_name["started"], text)
    assert (found and (found.value, found.others)) == (days and (days[0], {"ended": days[1]}))
    assert not (found and found.doubtful)


def test_words_about_a_period_are_kept() -> None:
    contract = TYPES["collective_contract"]
    found = read_together(contract, contract.by_name["started"], "2026.3.1-2027.2.28（自动续签）")
    assert found is not None
    assert found.value == "2026-03-01"
    assert found.others == {"ended": "2027-02-28", "remark": "合同期限从：2026.3.1-2027.2.28(自动续签)"}


@pytest.mark.parametrize(
    ("text", "years", "doubtful"),
    [
        ("五年（2024.3.1—2029.2.28）", "5", False), ("2024.3.1—2027.2.28", "3", False),
        ("2024年3月1日起三年", "3", False), ("三年（2024.3.1—2029.2.28）", "5", True),
        ("2024.3.1—2028.2.28", None, False), ("2024.3.1", None, False), ("四年", None, False),
    ],
)  # fmt: skip
def test_a_term_says_its_years_and_its_days(text: str, years: str | None, doubtful: bool) -> None:
    union = TYPES["union"]
    found = read_together(union, union.by_name["term_years"], text)
    assert (found and found.value) == years
    if found is not None:
        ended = {"3": "2027-02-28", "5": "2029-02-28"}[str(years)]
        assert found.others == {"term_started": "2024-03-01", "term_ended": ended}
        assert found.doubtful == doubtful


def test_a_period_that_is_not_as_long_as_it_says_is_asked_about() -> None:
    contract = TYPES["collective_contract"]
    found = read_together(contract, contract.by_name["started"], "三年（2026.3.1—2028.2.28）")
    far = read_together(contract, contract.by_name["started"], "九百年（9990.3.1—9991.2.28）")
    assert far is None or far.doubtful
    assert found is not None
    assert (found.value, found.others, found.doubtful) == ("2026-03-01", {"ended": "2028-02-28"}, True)
    assert "写的是“三年”" in found.words


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12人（含派遣3人）", 12), ("１２人，其中女５人", 12), ("十二人(女5人)", 12), ("12人、不含外包", 12),
        ("几十人（含派遣3人）", None), ("12（万元）", None), ("12人（2人）", None),
    ],
)  # fmt: skip
def test_a_count_with_its_parts_is_the_count_and_nothing_is_lost(text: str, number: int | None) -> None:
    contract = TYPES["collective_contract"]
    found = read_together(contract, contract.by_name["staff_count"], text)
    assert (found.value if found else None) == number
    if found is not None:
        assert str(found.others["remark"]).startswith("覆盖职工数：")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("三届二次", (3, 2)), ("第三届第二次", (3, 2)), ("3届2次职代会", (3, 2)),
        ("第十二届职工代表大会第一次会议", (12, 1)),
        ("杭州示例公司三届二次职工代表大会", (3, 2)), ("职代会", None),
        ("第三届职代会", None), ("2024年度二次会议", None),
    ],
)  # fmt: skip
def test_a_session_is_said_with_its_term(text: str, numbers: tuple[int, int] | None) -> None:
    assert session_of(text) == numbers


@pytest.mark.parametrize(
    ("text", "value", "kept"),
    [
        ("30人左右", None, "30人左右"), ("30-50人", None, "30-50人"), ("约３０人", None, "约30人"),
        ("近百人", None, "近百人"), ("50余", None, "50余"), ("几十人", None, "几十人"), ("25+", None, "25+"),
        ("三十人", 30, None), ("很多", None, None),
    ],
)  # fmt: skip
def test_a_rough_count_is_never_a_number(text: str, value: int | None, kept: str | None) -> None:
    enterprise = TYPES["enterprise"]
    found = read_together(enterprise, enterprise.by_name["surveyed_staff"], text)
    assert (found.value if found else None) == value
    assert (found.others if found else {}) == ({"remark": f"工会摸排职工数：{kept}"} if kept else {})


@given(st.text("0123456789一二三十百几年月日.-~至约余人左右届次第（），含", max_size=14))
def test_nothing_that_is_read_out_of_a_cell_is_more_than_it_says(text: str) -> None:
    for name, field in (
        ("enterprise", "surveyed_staff"),
        ("collective_contract", "started"),
        ("congress", "term_number"),
        ("union", "term_years"),
    ):
        found = read_together(TYPES[name], TYPES[name].by_name[field], text)
        if found is not None:
            assert found.words
            assert (found.value is None) == found.unsure


def test_a_register_with_such_cells_goes_in_whole_and_says_what_it_kept(
    district: Session, tmp_path: Path
) -> None:
    firms = [["企业名称", "所在镇街", "职工数", "备注"], ["甲公司", "转塘街道", "30人左右", ""],
             ["乙公司", "转塘街道", "30-50人", "租厂房"],
             ["丙公司", "转塘街道", "30", ""]]  # fmt: skip
    shown = look(district, workbooks.book(tmp_path / "企业.xlsx", firms))
    assert "不是准数" in shown.rows[0].notes[0].text
    importing.run(district, shown)
    held = {
        r.values["name"]: (r.values["surveyed_staff"], r.values["remark"])
        for r in reading.records(district.database, district.types, Query("enterprise"))
    }
    assert held == {
        "甲公司": (None, "工会摸排职工数：30人左右"),
        "乙公司": (None, "租厂房；工会摸排职工数：30-50人"),
        "丙公司": (30, None),
    }
    # They come back corrected, 乙 without its remarks.
    firms[1:] = [
        ["甲公司", "转塘街道", "28", ""],
        ["乙公司", "转塘街道", "45", ""],
        ["丙公司", "转塘街道", "约40", "搬走了"],
    ]
    importing.run(district, look(district, workbooks.book(tmp_path / "改好.xlsx", firms)))
    held = {
        r.values["name"]: (r.values["surveyed_staff"], r.values["remark"])
        for r in reading.records(district.database, district.types, Query("enterprise"))
    }
    assert held == {
        "甲公司": (28, None),
        "乙公司": (45, "租厂房"),
        "丙公司": (30, "搬走了；工会摸排职工数：约40"),
    }
