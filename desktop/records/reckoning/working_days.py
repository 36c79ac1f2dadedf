"""Counts working days and moves a period's last day off holidays (民法典 201, 203); the table is passed in."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.errors import StateProblem

_ONE = datetime.timedelta(days=1)
_SATURDAY = 5


class DayKind(enum.StrEnum):
    """What the State Council's notice makes of a day."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class HolidayYearMissing(StateProblem):
    """A deadline reaches into a year whose holidays are not known; nothing is guessed."""

    help_anchor = "holidays"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"计算期限要用到{year}年的放假调休安排，本机还没有这一年的数据。",
            f"请导入{year}年的节假日表（国务院办公厅公布后由区里下发，也可以自行填写），再重新计算。",
        )
        self.year = year


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that the notice names: off though perhaps a weekday, or worked though a weekend."""

    day: datetime.date
    kind: DayKind
    name: str
    source: str


@dataclass(frozen=True)
class WorkingDayTable:
    """The notices of some years: every day not named in a known year is a working day from Monday to Friday."""

    years: frozenset[int]
    days: Mapping[datetime.date, SpecialDay] = field(default_factory=dict)

    def is_working_day(self, day: datetime.date) -> bool:
        """Whether work is done on this day. Raises :class:`HolidayYearMissing` for an unknown year."""
        if day.year not in self.years:
            raise HolidayYearMissing(day.year)
        special = self.days.get(day)
        if special is not None:
            return special.kind is DayKind.WORKDAY
        return day.weekday() < _SATURDAY

    def name_of(self, day: datetime.date) -> str:
        """The holiday's name, or empty."""
        special = self.days.get(day)
        return special.name if special is not None else ""

    def updated_by(self, newer: WorkingDayTable) -> WorkingDayTable:
        """This table with the years of a newer one in place of its own."""
        kept = {day: special for day, special in self.days.items() if day.year not in newer.years}
        return WorkingDayTable(self.years | newer.years, {**kept, **newer.days})


def add_working_days(received: datetime.date, days: int, table: WorkingDayTable) -> datetime.date:
    """The last day of a period of working days; the day of receipt does not count (民法典 201).

    Raises :class:`HolidayYearMissing` when the period touches an unknown year, ``ValueError`` for less than a day.
    """
    _at_least_one(days)
    day, left = received, days
    while left:
        day += _ONE
        left -= table.is_working_day(day)
    return day


def add_natural_days(received: datetime.date, days: int, table: WorkingDayTable) -> datetime.date:
    """The last day of a period of calendar days; one that falls on a day off ends on the next working day.

    The day of receipt does not count (民法典 201); a last day off is moved on (民法典 203). Errors as above.
    """
    _at_least_one(days)
    return next_working_day(received + datetime.timedelta(days=days), table)


def next_working_day(day: datetime.date, table: WorkingDayTable) -> datetime.date:
    """The day itself if work is done on it, else the first working day after it."""
    while not table.is_working_day(day):
        day += _ONE
    return day


def working_days_between(start: datetime.date, end: datetime.date, table: WorkingDayTable) -> int:
    """How many working days lie after ``start`` up to and with ``end``; negative if ``end`` is the earlier one.

    ``working_days_between(received, add_working_days(received, n, table), table) == n``.
    """
    if end < start:
        return -working_days_between(end, start, table)
    count, day = 0, start
    while day < end:
        day += _ONE
        count += table.is_working_day(day)
    return count


def is_overdue(deadline: datetime.date, today: datetime.date) -> bool:
    """Whether the last day has passed; the last day itself is still in time."""
    return today > deadline


def _at_least_one(days: int) -> None:
    if days < 1:
        raise ValueError("a period has at least one day")
