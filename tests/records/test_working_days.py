"""Deadlines in working days and calendar days."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import Problem
from desktop.records.reckoning.working_days import (
    DayKind,
    HolidayYearMissing,
    SpecialDay,
    WorkingDayTable,
    add_natural_days,
    add_working_days,
    is_overdue,
    next_working_day,
    working_days_between,
)
from desktop.reference import working_day_table

D = datetime.date
TABLE = working_day_table()
DAYS = st.dates(D(2024, 1, 1), D(2026, 9, 1))


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (D(2026, 1, 5), D(2026, 1, 26)),
        (D(2026, 2, 9), D(2026, 3, 6)),
        (D(2026, 4, 24), D(2026, 5, 19)),
        (D(2026, 9, 21), D(2026, 10, 19)),
        (D(2026, 11, 23), D(2026, 12, 14)),
        (D(2026, 12, 4), D(2026, 12, 25)),
        (D(2026, 12, 10), D(2026, 12, 31)),
    ],
)
def test_fifteen_working_days_from_receipt(received: D, last: D) -> None:
    assert add_working_days(received, 15, TABLE) == last


def test_a_period_that_reaches_an_unknown_year_asks_for_its_table() -> None:
    with pytest.raises(HolidayYearMissing) as problem:
        add_working_days(D(2026, 12, 11), 15, TABLE)
    assert problem.value.year == 2027
    assert isinstance(problem.value, Problem)
    assert "2027年" in problem.value.sentence
    assert "导入" in problem.value.next_step


def test_an_unknown_year_is_never_guessed_for_calendar_days_either() -> None:
    with pytest.raises(HolidayYearMissing):
        add_natural_days(D(2026, 12, 20), 15, TABLE)
    with pytest.raises(HolidayYearMissing):
        TABLE.is_working_day(D(2023, 12, 29))


def test_a_document_served_on_a_worked_saturday_starts_the_next_day() -> None:
    assert TABLE.is_working_day(D(2026, 10, 10))
    assert add_working_days(D(2026, 10, 10), 1, TABLE) == D(2026, 10, 12)


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        (D(2026, 11, 2), 15, D(2026, 11, 17)),
        (D(2026, 11, 6), 15, D(2026, 11, 23)),
        (D(2026, 11, 7), 15, D(2026, 11, 23)),
        (D(2026, 9, 16), 15, D(2026, 10, 8)),
        (D(2026, 9, 25), 15, D(2026, 10, 10)),
        (D(2026, 2, 1), 15, D(2026, 2, 24)),
    ],
)
def test_a_last_calendar_day_off_is_moved_on(received: D, days: int, last: D) -> None:
    assert add_natural_days(received, days, TABLE) == last


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_of_no_days_is_a_programming_error(days: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        add_working_days(D(2026, 1, 5), days, TABLE)
    with pytest.raises(ValueError, match="at least one day"):
        add_natural_days(D(2026, 1, 5), days, TABLE)


def test_the_last_day_itself_is_still_in_time() -> None:
    assert not is_overdue(D(2026, 12, 14), D(2026, 12, 14))
    assert is_overdue(D(2026, 12, 14), D(2026, 12, 15))


def test_a_table_names_its_holidays() -> None:
    assert TABLE.name_of(D(2026, 10, 1)) == "国庆节"
    assert TABLE.name_of(D(2026, 11, 23)) == ""


def test_an_empty_table_knows_weekends_of_its_years_only() -> None:
    special = SpecialDay(D(2030, 1, 5), DayKind.WORKDAY, "示例", "")
    table = WorkingDayTable(frozenset({2030}), {special.day: special})
    assert table.is_working_day(D(2030, 1, 5))
    assert not table.is_working_day(D(2030, 1, 6))
    assert table.is_working_day(D(2030, 1, 7))


def test_a_newer_table_replaces_whole_years_of_an_older_one() -> None:
    special = SpecialDay(D(2026, 1, 5), DayKind.HOLIDAY, "示例", "")
    both = TABLE.updated_by(WorkingDayTable(frozenset({2026, 2027}), {special.day: special}))
    assert both.years == {2024, 2025, 2026, 2027}
    assert not both.is_working_day(D(2026, 1, 5))
    assert both.is_working_day(D(2026, 10, 1))
    assert not both.is_working_day(D(2025, 10, 1))
    assert TABLE.is_working_day(D(2026, 1, 5))


@given(DAYS, st.integers(1, 60))
def test_counting_back_gives_the_days_that_were_added(start: D, days: int) -> None:
    end = add_working_days(start, days, TABLE)
    assert TABLE.is_working_day(end)
    assert working_days_between(start, end, TABLE) == days
    assert working_days_between(end, start, TABLE) == -days


@given(DAYS, st.integers(1, 60))
def test_a_calendar_period_ends_on_a_working_day_and_never_early(start: D, days: int) -> None:
    end = add_natural_days(start, days, TABLE)
    assert TABLE.is_working_day(end)
    assert end >= start + datetime.timedelta(days=days)
    assert next_working_day(end, TABLE) == end


@given(DAYS, DAYS, st.integers(1, 60))
def test_who_receives_later_never_has_to_answer_earlier(one: D, other: D, days: int) -> None:
    first, later = sorted((one, other))
    assert add_working_days(first, days, TABLE) <= add_working_days(later, days, TABLE)
    assert add_natural_days(first, days, TABLE) <= add_natural_days(later, days, TABLE)
