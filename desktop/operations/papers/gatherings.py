"""Courses and congresses on paper: the sheets that people sign on, and who came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop.documents.lists import Gathering, PaperColumn, SignIn, Turnout
from desktop.operations.recording import training
from desktop.records.cells import as_day, text
from desktop.records.codes import CodeList
from desktop.records.reckoning.outcomes import Result, session_outcome
from desktop.records.typed.dates import day_words, month_day_words
from desktop.records.versions.canonical import Values

_SIGNERS = "主持人：　　　　　　　　记录人：　　　　　　　　日期：　　　　　　　　"
_NAME, _UNIT, _POST = PaperColumn("姓名", 10), PaperColumn("单位（工会）", 24), PaperColumn("职务", 12)
_FROM = PaperColumn("选区（部门）", 18)
_MOST_DAYS = 6
"""So many half days have a column each; of more it is said how many somebody came to."""
_CAME = "√"
_PRESENT, _RECALLED = "present", "recalled"
_FIGURES = (
    ("应到", "expected_count"),
    ("实到", "present_count"),
    ("请假", "leave_count"),
    ("缺席", "absent_count"),
)


def when_words(values: Values) -> str:
    """“2026年11月28日至30日”, from the days of a course or a session."""
    first, last = as_day(values.get("started_date")), as_day(values.get("ended_date"))
    if first is None:
        return ""
    begin = day_words(first)
    if last is None or last <= first:
        return begin
    if (last.year, last.month) == (first.year, first.month):
        return f"{begin}至{last.day}日"
    year = "" if last.year == first.year else f"{last.year}年"
    return f"{begin}至{year}{month_day_words(last)}"


def _course(course: Values, expected: int) -> Gathering:
    return Gathering(
        text(course, "name") or "培训班",
        text(course, "host"),
        when_words(course),
        text(course, "venue"),
        f"应训{expected}人" if expected else "",
    )


def _person(row: Values) -> tuple[str, str, str]:
    return text(row, "name"), text(row, "unit_name"), text(row, "post_title")


def course_sign_in(course: Values, rows: Sequence[Values], half_days: Sequence[str]) -> SignIn:
    """Everybody on the list, with room to sign for each half day; ``half_days`` are their labels."""
    people = tuple(_person(row) for row in rows)
    found = training.turnout(rows, course.get("expected_count"))
    return SignIn(
        _course(course, found.expected),
        (_NAME, _UNIT, _POST),
        people,
        tuple(half_days) or ("签名",),
        blank=max(found.expected, 1),
        noted=f"course 签到表 {len(people)}人",
    )


def course_turnout(
    course: Values, rows: Sequence[Values], half_days: Mapping[str, str], results: CodeList
) -> Turnout:
    """How many came and passed, and of each on which half days; ``half_days`` are labels by code."""
    found = training.turnout(rows, course.get("expected_count"))
    single = len(half_days) <= _MOST_DAYS
    days = [PaperColumn(label, 7) for label in half_days.values()] if single else [PaperColumn("到课半天", 9)]
    people = []
    for row in rows:
        came = set(text(row, "half_days").split())
        ticks = [_CAME if code in came else "" for code in half_days]
        result = text(row, "result")
        people.append(
            (
                *_person(row),
                *(ticks if single else [f"{len(came)}/{len(half_days)}"]),
                results.label_of(result) if result else "",
                text(row, "absence_reason"),
            )
        )
    figures = (
        ("应训", f"{found.expected}人"), ("实到", f"{found.present}人"),
        ("缺勤", f"{found.absent}人"), ("合格", f"{found.passed}人"),
    )  # fmt: skip
    return Turnout(
        _course(course, 0),
        "到课情况",
        figures,
        "",
        (_NAME, _UNIT, _POST, *days, PaperColumn("考核", 7), PaperColumn("缺勤原因", 12)),
        tuple(people),
        "还没有登记学员。",
        _SIGNERS,
        f"course 到课情况 {len(people)}人",
    )


def _congress(session: Values, enterprise: str) -> Gathering:
    expected = session.get("expected_count")
    return Gathering(
        text(session, "name") or "职工代表大会",
        enterprise,
        when_words(session),
        text(session, "venue"),
        f"应到{expected}人" if expected else "",
    )


def _delegates(rows: Sequence[Values]) -> list[Values]:
    """Who is a delegate: not those who were recalled."""
    return [row for row in rows if row.get("change_kind") != _RECALLED and row.get("name")]


def congress_sign_in(
    session: Values, enterprise: str, rows: Sequence[Values], codes: Mapping[str, CodeList]
) -> SignIn:
    """Every delegate with room to sign; for an assembly of all staff as many empty rows as are expected."""
    people = tuple(
        (
            text(row, "name"),
            codes["sex"].label_of(text(row, "sex")) if row.get("sex") else "",
            text(row, "constituency"),
            codes["delegate_post"].label_of(text(row, "job_category")) if row.get("job_category") else "",
        )
        for row in _delegates(rows)
    )
    expected = session.get("expected_count")
    return SignIn(
        _congress(session, enterprise),
        (_NAME, PaperColumn("性别", 5), _FROM, PaperColumn("岗位类别", 12)),
        people,
        blank=expected if isinstance(expected, int) and expected else 1,
        noted=f"congress 签到表 {len(people)}人",
    )


def congress_turnout(
    session: Values, enterprise: str, rows: Sequence[Values], codes: Mapping[str, CodeList]
) -> Turnout:
    """The figures, whether the session is valid, and who did not come and why."""
    outcome = session_outcome(session)
    missing = [row for row in _delegates(rows) if row.get("presence") != _PRESENT]
    people = tuple(
        (
            text(row, "name"),
            text(row, "constituency"),
            codes["presence"].label_of(text(row, "presence")) if row.get("presence") else "没有签到",
            text(row, "leave_reason"),
        )
        for row in missing
    )
    known = [(label, session.get(name)) for label, name in _FIGURES]
    return Turnout(
        _congress(session, enterprise),
        "到会情况",
        tuple((label, f"{count}人" if count is not None else "") for label, count in known),
        "" if outcome.result is Result.UNKNOWN else f"{outcome.words}。",
        (_NAME, _FROM, PaperColumn("情况", 8), PaperColumn("请假事由", 22)),
        people,
        "代表全部到会。" if rows else "",
        _SIGNERS,
        f"congress 到会情况 {len(people)}人",
    )
