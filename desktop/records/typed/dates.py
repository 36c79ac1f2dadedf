"""Days and times in China: how they are written, and the forms in which people type and paste a day.

What is not certain of a typed day stays unread.
"""

from __future__ import annotations

import datetime
import re
import unicodedata

from desktop.records.typed.numerals import chinese_to_int
from desktop.records.versions.stamps import moment_of

WEEKDAYS = "一二三四五六日"
_WEEKDAY = rf"(?:\s*\(?(?:周|星期|礼拜)(?P<weekday>[{WEEKDAYS}天])\)?)?"
_HALF = r"(?:\s*\(?(?:上午|下午|中午|早上|晚上|全天)\)?)?"
_CLOCK = (
    r"(?:(?:\s+|T|(?<=[日号午上天)]))[0-9]{1,2}"
    r"(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?|[点时](?:[0-9]{1,2}分?|半)?))?"
)
_TIME = _WEEKDAY + _HALF + _CLOCK
"""What may stand behind a day and says no other day."""
_YEAR_FIRST = re.compile(
    rf"([0-9]{{4}}|[0-9]{{2}})\s*([./\-年])\s*([0-9]{{1,2}})\s*([./\-月])\s*([0-9]{{1,2}})\s*([日号]?){_TIME}"
)
_MONTH_DAY = re.compile(rf"([0-9]{{1,2}})\s*([./\-月])\s*([0-9]{{1,2}})\s*([日号]?){_WEEKDAY}{_HALF}")
_EIGHT = re.compile(rf"([0-9]{{4}})([0-9]{{2}})([0-9]{{2}}){_TIME}")
_WITHOUT_DAY = re.compile(
    r"((?:19|20)[0-9]{2})(?:\s*年|\s*[./\-年]\s*(1[0-2]|0?[1-9])\s*(?:月份?)?|(1[0-2]|0[1-9]))?"
)
_IN_NUMERALS = re.compile(
    r"([〇零○Oo一二三四五六七八九]{4})\s*年(?:\s*([一二三四五六七八九十]{1,3})\s*月(?:\s*([一二三四五六七八九十]{1,3})\s*[日号])?)?"
)
_DIGITS = str.maketrans("〇零○Oo一二三四五六七八九", "00000123456789")
_DOTS = str.maketrans(
    {"。": ".", "、": ".", "．": ".", "，": ".", ",": ".", "–": "-", "—": "-", "−": "-", "‐": "-"}
)

_SERIAL_ZERO = datetime.date(1899, 12, 30)
_SERIALS = range(10_000, 73_051)
"""The serial day numbers of a spreadsheet from 1927 to 2099; smaller ones are counts or years, not days."""

CHINA = datetime.timezone(datetime.timedelta(hours=8))
"""China has one time zone and no summer time."""

_EPOCH = datetime.datetime(1970, 1, 1, 8, tzinfo=CHINA)
_LAST_MOMENT = 253_370_736_000_000
"""The first of January 9999, in milliseconds since 1970."""

_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_AHEAD = 10


def china_time(milliseconds: int) -> datetime.datetime:
    """Milliseconds since 1970 as the time in China; what lies beyond the years that there are is the last of them.

    Somebody else may have written the number, and systems reckon with different spans of years.
    """
    return _EPOCH + datetime.timedelta(milliseconds=min(max(milliseconds, 0), _LAST_MOMENT))


def midnight(day: datetime.date) -> datetime.datetime:
    """The first moment of a day in China."""
    return datetime.datetime.combine(day, datetime.time(), CHINA)


def day_words(day: datetime.date) -> str:
    """2026年3月5日, as official papers write a day (GB/T 9704-2012, 7.3.5.4): no leading zeros."""
    return f"{day.year}年{month_day_words(day)}"


def month_day_words(day: datetime.date) -> str:
    """3月5日."""
    return f"{day.month}月{day.day}日"


def moment_words(moment: datetime.datetime) -> str:
    """3月5日 14:07, where the year is plain."""
    return f"{month_day_words(moment)} {moment:%H:%M}"


def dated_moment_words(moment: datetime.datetime) -> str:
    """2026年3月5日 14:07, as on papers that go by hand."""
    return f"{day_words(moment)} {moment:%H:%M}"


def time_words(milliseconds: int) -> str:
    """2026-03-05 14:07, the time in China of milliseconds since 1970, for lists and logs."""
    return f"{china_time(milliseconds):%Y-%m-%d %H:%M}"


def stamp_words(stamp: int) -> str:
    """The same of the time at which a stamp was made, by its writer's clock."""
    return f"{moment_of(stamp).astimezone(CHINA):%Y-%m-%d %H:%M}"


def parse_date(value: object, today: datetime.date | None = None) -> datetime.date | None:
    """The day that a typed text or a cell means, or ``None``.

    Texts: 20261122, 2026.11.22, 2026/11/22, 2026-11-22, 2026年11月22日, 26.11.22, each in full-width
    characters too and with its weekday, half of the day or time behind it, 二〇二六年十一月二十二日; with
    ``today`` also 11/22, 11.22 and 11月22日 of today's year. Numbers: 20261122 and a spreadsheet's serial day
    number. Two digits of a year are read only where one century is possible: up to ten years ahead of
    ``today``, or in the second half of the twentieth century.
    """
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    return _from_text(value, today) if isinstance(value, str) else None


def year_and_month(text: str) -> tuple[int, int | None] | None:
    """Year and month of a text that names no day: 2019年5月, 2019.05, 201905; and of one that says the year alone."""
    found = _WITHOUT_DAY.fullmatch(_plain(text))
    if found is None:
        return None
    month = found[2] or found[3]
    return int(found[1]), int(month) if month else None


def _from_number(value: float) -> datetime.date | None:
    if not 0 < value <= 99_999_999:
        return None
    whole = int(value)
    if whole in _SERIALS:
        return _SERIAL_ZERO + datetime.timedelta(days=whole)
    if whole == value and whole >= 10_000_000:
        return _day(whole // 10_000, whole // 100 % 100, whole % 100)
    return None


def _from_text(text: str, today: datetime.date | None) -> datetime.date | None:
    plain = _plain(text)
    if found := _EIGHT.fullmatch(plain):
        return _agreeing(_day(int(found[1]), int(found[2]), int(found[3])), found["weekday"])
    if found := _YEAR_FIRST.fullmatch(plain):
        if not _consistent(found[2], found[4], found[6]):
            return None
        year = _full_year(found[1], today)
        return None if year is None else _agreeing(_day(year, int(found[3]), int(found[5])), found["weekday"])
    if today is not None and (found := _MONTH_DAY.fullmatch(plain)):
        if found[4] and found[2] != "月":
            return None
        return _agreeing(_day(today.year, int(found[1]), int(found[3])), found["weekday"])
    return None


def _agreeing(day: datetime.date | None, weekday: str | None) -> datetime.date | None:
    """The day, unless its weekday is said to be another: nobody knows which of them is right."""
    if day is None or weekday is None or WEEKDAYS[day.weekday()] == weekday.replace("天", "日"):
        return day
    return None


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_DOTS).strip().lstrip("'’").strip()
    found = _IN_NUMERALS.fullmatch(plain)
    return plain if found is None else _in_digits(*found.groups())


def _in_digits(year: str, month: str | None, day: str | None) -> str:
    """二〇一九年五月三日 as 2019年5月3日; a numeral that is not well formed stays as it is."""
    try:
        parts = [str(chinese_to_int(part)) for part in (month, day) if part]
    except ValueError:
        parts = [part for part in (month, day) if part]
    return (
        year.translate(_DIGITS) + "年" + "".join(f"{n}{unit}" for n, unit in zip(parts, "月日", strict=False))
    )


def _consistent(first: str, second: str, end: str) -> bool:
    if first == "年":
        return second == "月"
    return first == second and not end


def _full_year(digits: str, today: datetime.date | None) -> int | None:
    if len(digits) == 4:
        return int(digits)
    if today is None:
        return None
    year = 2000 + int(digits)
    if year <= today.year + _AHEAD:
        return year
    return year - 100 if int(digits) >= 50 else None


def _day(year: int, month: int, day: int) -> datetime.date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
