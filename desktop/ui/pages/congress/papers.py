"""A staff congress on paper: the sheet that delegates sign on, and who came, with the names of those who did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop.documents.lists import Gathering, PaperColumn, SignIn, Turnout
from desktop.records.canonical import Cell
from desktop.records.codes import CodeList
from desktop.records.outcomes import Result, session_outcome
from desktop.ui.pages.attendance.papers import SIGNERS, text_of, when_words

Values = Mapping[str, Cell]
_NAME, _FROM = PaperColumn("姓名", 10), PaperColumn("选区（部门）", 18)
_PRESENT, _RECALLED = "present", "recalled"
_FIGURES = (
    ("应到", "expected_count"),
    ("实到", "present_count"),
    ("请假", "leave_count"),
    ("缺席", "absent_count"),
)


def _gathering(session: Values, enterprise: str) -> Gathering:
    expected = session.get("expected_count")
    return Gathering(
        text_of(session, "name") or "职工代表大会",
        enterprise,
        when_words(session),
        text_of(session, "venue"),
        f"应到{expected}人" if expected else "",
    )


def _delegates(rows: Sequence[Values]) -> list[Values]:
    """Who is a delegate: not those who were recalled."""
    return [row for row in rows if row.get("change_kind") != _RECALLED and row.get("name")]


def sign_in(
    session: Values, enterprise: str, rows: Sequence[Values], codes: Mapping[str, CodeList]
) -> SignIn:
    """Every delegate with room to sign; for an assembly of all staff as many empty rows as are expected."""
    people = tuple(
        (
            text_of(row, "name"),
            codes["sex"].label_of(text_of(row, "sex")) if row.get("sex") else "",
            text_of(row, "constituency"),
            codes["delegate_post"].label_of(text_of(row, "job_category")) if row.get("job_category") else "",
        )
        for row in _delegates(rows)
    )
    expected = session.get("expected_count")
    return SignIn(
        _gathering(session, enterprise),
        (_NAME, PaperColumn("性别", 5), _FROM, PaperColumn("岗位类别", 12)),
        people,
        blank=expected if isinstance(expected, int) and expected else 1,
        noted=f"congress 签到表 {len(people)}人",
    )


def turnout(
    session: Values, enterprise: str, rows: Sequence[Values], codes: Mapping[str, CodeList]
) -> Turnout:
    """The figures, whether the session is valid, and who did not come and why."""
    outcome = session_outcome(session)
    missing = [row for row in _delegates(rows) if row.get("presence") != _PRESENT]
    people = tuple(
        (
            text_of(row, "name"),
            text_of(row, "constituency"),
            codes["presence"].label_of(text_of(row, "presence")) if row.get("presence") else "没有签到",
            text_of(row, "leave_reason"),
        )
        for row in missing
    )
    known = [(label, session.get(name)) for label, name in _FIGURES]
    return Turnout(
        _gathering(session, enterprise),
        "到会情况",
        tuple((label, f"{count}人" if count is not None else "") for label, count in known),
        "" if outcome.result is Result.UNKNOWN else f"{outcome.words}。",
        (_NAME, _FROM, PaperColumn("情况", 8), PaperColumn("请假事由", 22)),
        people,
        "代表全部到会。" if rows else "",
        SIGNERS,
        f"congress 到会情况 {len(people)}人",
    )
