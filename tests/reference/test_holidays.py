"""The table of working days that is shipped, and tables that a user edits."""

from __future__ import annotations

import datetime
import json

import chinese_calendar
import pytest

from desktop.errors import Problem
from desktop.records.reckoning.working_days import DayKind
from desktop.reference import HolidayTableFaulty, parse_working_days, working_day_table
from desktop.resources import resource

TABLE = working_day_table()
WHOLE_YEAR = "date,kind,name,source\n" + "".join(
    f"2027-{month:02d}-01,holiday,{name},示例\n"
    for month, name in enumerate(("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"), 1)
)


def test_every_day_agrees_with_the_library_it_was_derived_from() -> None:
    day = datetime.date(2024, 1, 1)
    while day.year < 2027:
        assert TABLE.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += datetime.timedelta(days=1)


def test_the_weekends_worked_in_2026_are_known() -> None:
    worked = sorted(d.day for d in TABLE.days.values() if d.day.year == 2026 and d.kind is DayKind.WORKDAY)
    assert [f"{day:%m-%d}" for day in worked] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_the_notes_name_the_years_and_the_source() -> None:
    notes = json.loads(resource("holidays", "working-days.json").read_text("utf-8"))
    assert set(notes["years"]) == TABLE.years == {2024, 2025, 2026}
    assert all(special.source in notes["source"] and special.name for special in TABLE.days.values())


def test_a_table_for_a_new_year_is_read_with_or_without_byte_order_mark() -> None:
    for text in (WHOLE_YEAR, "\ufeff" + WHOLE_YEAR, WHOLE_YEAR.replace("\n", "\r\n")):
        table = parse_working_days(text)
        assert table.years == {2027}
        assert not table.is_working_day(datetime.date(2027, 2, 1))
        assert TABLE.updated_by(table).years == {2024, 2025, 2026, 2027}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "第一行"),
        ("日期,类别\n", "第一行"),
        (WHOLE_YEAR + "2027/08/01,holiday,示例,\n", "第9行"),
        (WHOLE_YEAR + "2027-08-01,休息,示例,\n", "第9行"),
        (WHOLE_YEAR + "2027-02-30,holiday,示例,\n", "第9行"),
        (WHOLE_YEAR + "2027-08-01\n", "第9行"),
        (WHOLE_YEAR + "2027-01-01,holiday,示例,\n", "重复"),
        (WHOLE_YEAR.replace("春节", "冬节"), "缺少春节"),
        ("date,kind,name,source\n2027-01-01,holiday,元旦,示例\n", "2027年的节假日表不完整"),
    ],
)
def test_a_faulty_table_is_refused_with_the_line_that_is_wrong(text: str, words: str) -> None:
    with pytest.raises(HolidayTableFaulty) as problem:
        parse_working_days(text)
    assert isinstance(problem.value, Problem)
    assert words in problem.value.sentence
    assert problem.value.next_step
