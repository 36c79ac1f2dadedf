"""How a day is written, and the forms in which people type one."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.typed.dates import day_words, midnight, moment_words, parse_date, time_words

TODAY = datetime.date(2026, 11, 23)
DAY = datetime.date(2026, 11, 22)


def test_days_are_written_without_leading_zeros_and_times_are_those_of_china() -> None:
    moment = datetime.datetime(2026, 3, 5, 23, 7, tzinfo=datetime.UTC)
    late = int(moment.timestamp() * 1000)
    assert day_words(moment) == "2026年3月5日"
    assert moment_words(moment) == "3月5日 23:07"
    assert time_words(late) == "2026-03-06 07:07"
    assert midnight(DAY).astimezone(datetime.UTC) == datetime.datetime(2026, 11, 21, 16, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "20261122", "2026.11.22", "2026/11/22", "2026-11-22", "2026年11月22日", "2026年11月22号", "2026年11月22",
        "２０２６１１２２", "２０２６．１１．２２", "２０２６－１１－２２", "２０２６／１１／２２",
        "2026。11。22", "2026、11、22", " 2026-11-22 ", "2026 年 11 月 22 日", "'2026-11-22",
        "2026-11-22 00:00:00", "2026-11-22T10:30", "2026/11/22 9:05",
        "26.11.22", "26/11/22", "26-11-22", "26年11月22日",
        "11/22", "11.22", "11-22", "11月22日", "11月22号", "１１／２２",
        "2026.11.22上午", "2026年11月22日（周日）", "2026年11月22日星期天下午2点半", "2026年11月22日14时30分",
        "2026-11-22 (上午) 9:30", "20261122 周日", "11月22日下午", "11.22（星期日）",
        20261122, 20261122.0, 46348, 46348.75, DAY, datetime.datetime(2026, 11, 22, 8, 0),
    ],
)  # fmt: skip
def test_every_common_form_is_read(typed: object) -> None:
    assert parse_date(typed, TODAY) == DAY


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "昨天", "2026", "2026.11", "2026年11月", "202611", "261122", "2026-13-01", "2026-02-29", "2026.11-22",
        "2026年11.22", "2026.11月22日", "2026-11-22日", "11/22日", "31/12", "22.11.2026", "1.234", "2026-11-22x",
        "20261322", "1899-12-31", "2100-01-01", "40.1.1", "٢٠٢٦-١١-٢٢", "2026-11-22 25h",
        "2026年11月22日周六", "11月22日（星期一）", "2026.11.2214时", "2026.11.22-24", "2026.11.22上旬",
        "2026年11月22日至24日",
        0, 1, 26, 2026, 9_999, 99_999, 20261301, 10**400, -46348, 46348e10, float("nan"), float("inf"), True, None, [],
    ],
)  # fmt: skip
def test_what_is_not_certain_stays_unread(typed: object) -> None:
    assert parse_date(typed, TODAY) is None


@pytest.mark.parametrize("typed", ["11/22", "11月22日", "26.11.22", "85.6.15"])
def test_forms_without_a_full_year_need_today(typed: str) -> None:
    assert parse_date(typed) is None


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("85.6.15", datetime.date(1985, 6, 15)),
        ("50.1.1", datetime.date(1950, 1, 1)),
        ("36.1.1", datetime.date(2036, 1, 1)),
        ("00.2.29", datetime.date(2000, 2, 29)),
        ("1/5", datetime.date(2026, 1, 5)),
        ("2024.2.29", datetime.date(2024, 2, 29)),
        ("1949年10月1日", datetime.date(1949, 10, 1)),
    ],
)
def test_short_forms_are_read_where_one_reading_is_possible(typed: str, day: datetime.date) -> None:
    assert parse_date(typed, TODAY) == day


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)))
def test_every_day_comes_back_from_each_full_form(day: datetime.date) -> None:
    for form in (
        "{0:%Y%m%d}",
        "{0:%Y-%m-%d}",
        "{0.year}.{0.month}.{0.day}",
        "{0.year}年{0.month}月{0.day}日",
    ):
        assert parse_date(form.format(day)) == day
    assert parse_date(int(f"{day:%Y%m%d}")) == day


@given(st.dates(datetime.date(1928, 1, 1), datetime.date(2099, 12, 31)))
def test_serial_day_numbers_of_a_spreadsheet_are_read(day: datetime.date) -> None:
    assert parse_date((day - datetime.date(1899, 12, 30)).days) == day


@given(st.text(max_size=20) | st.integers() | st.floats())
def test_any_input_gives_a_day_or_nothing(value: object) -> None:
    found = parse_date(value, TODAY)
    assert found is None or 1900 <= found.year <= 2099


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(0, "1970-01-01 08:00"), (1_795_000_000_123, "2026-11-18 19:06"), (-1, "1970-01-01 08:00"),
     (10**18, "9999-01-01 00:00")],
)  # fmt: skip
def test_every_number_is_a_time(milliseconds: int, shown: str) -> None:
    """In a bundle or an audit log stands what somebody else has written."""
    assert time_words(milliseconds) == shown
