"""A course on paper: the sheet that trainees sign on for every half day, and who came."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from desktop.documents.lists import Gathering, PaperColumn, SignIn, Turnout
from desktop.operations import training
from desktop.records.canonical import Cell
from desktop.records.codes import CodeList
from desktop.records.dates import day_words, month_day_words

Values = Mapping[str, Cell]
SIGNERS = "主持人：　　　　　　　　记录人：　　　　　　　　日期：　　　　　　　　"
_NAME, _UNIT, _POST = PaperColumn("姓名", 10), PaperColumn("单位（工会）", 24), PaperColumn("职务", 12)
_MOST_DAYS = 6
"""So many half days have a column each; of more it is said how many somebody came to."""
_CAME = "√"


def text_of(values: Values, name: str) -> str:
    """A cell as words; nothing for an empty one."""
    cell = values.get(name)
    return "" if cell is None else str(cell)


def when_words(values: Values) -> str:
    """“2026年11月28日至30日”, from the days of a course or a session."""
    try:
        first = datetime.date.fromisoformat(text_of(values, "started_date"))
    except ValueError:
        return ""
    begin = day_words(first)
    try:
        last = datetime.date.fromisoformat(text_of(values, "ended_date"))
    except ValueError:
        last = first
    if last <= first:
        return begin
    if (last.year, last.month) == (first.year, first.month):
        return f"{begin}至{last.day}日"
    year = "" if last.year == first.year else f"{last.year}年"
    return f"{begin}至{year}{month_day_words(last)}"


def _gathering(course: Values, expected: int) -> Gathering:
    return Gathering(
        text_of(course, "name") or "培训班",
        text_of(course, "host"),
        when_words(course),
        text_of(course, "venue"),
        f"应训{expected}人" if expected else "",
    )


def _person(row: Values) -> tuple[str, str, str]:
    return text_of(row, "name"), text_of(row, "unit_name"), text_of(row, "post_title")


def sign_in(course: Values, rows: Sequence[Values], half_days: Sequence[str]) -> SignIn:
    """Everybody on the list, with room to sign for each half day; ``half_days`` are their labels."""
    people = tuple(_person(row) for row in rows)
    found = training.turnout(rows, course.get("expected_count"))
    return SignIn(
        _gathering(course, found.expected),
        (_NAME, _UNIT, _POST),
        people,
        tuple(half_days) or ("签名",),
        blank=max(found.expected, 1),
        noted=f"course 签到表 {len(people)}人",
    )


def turnout(
    course: Values, rows: Sequence[Values], half_days: Mapping[str, str], results: CodeList
) -> Turnout:
    """How many came and passed, and of each on which half days; ``half_days`` are labels by code."""
    found = training.turnout(rows, course.get("expected_count"))
    single = len(half_days) <= _MOST_DAYS
    days = [PaperColumn(label, 7) for label in half_days.values()] if single else [PaperColumn("到课半天", 9)]
    people = []
    for row in rows:
        came = set(text_of(row, "half_days").split())
        ticks = [_CAME if code in came else "" for code in half_days]
        result = text_of(row, "result")
        people.append(
            (
                *_person(row),
                *(ticks if single else [f"{len(came)}/{len(half_days)}"]),
                results.label_of(result) if result else "",
                text_of(row, "absence_reason"),
            )
        )
    figures = (
        ("应训", f"{found.expected}人"), ("实到", f"{found.present}人"),
        ("缺勤", f"{found.absent}人"), ("合格", f"{found.passed}人"),
    )  # fmt: skip
    return Turnout(
        _gathering(course, 0),
        "到课情况",
        figures,
        "",
        (_NAME, _UNIT, _POST, *days, PaperColumn("考核", 7), PaperColumn("缺勤原因", 12)),
        tuple(people),
        "还没有登记学员。",
        SIGNERS,
        f"course 到课情况 {len(people)}人",
    )
