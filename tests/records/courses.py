"""Courses of supervision cases as rows of steps and letters, and the steps that most of them have."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from desktop.records.declaration import Level
from desktop.records.supervision import CaseFile, Issuer, Power, case_file, event_of, letter_of
from desktop.records.supervision.powers import EMPOWERED_TITLES
from desktop.reference import working_day_table

D = datetime.date
TABLE = working_day_table()
TODAY = D(2026, 12, 18)
CASE = {
    "source": "complaint", "received_date": "2026-10-08", "matter": "05", "violations": "wage_arrears",
    "inspector_1": "i1", "inspector_2": "i2", "recusal_declared": 1,
}  # fmt: skip
INSPECTORS: Mapping[str, Mapping[str, Any]] = {
    "i1": {"name": "王建国", "certificate_number": "0123"},
    "i2": {"name": "李爱华", "certificate_number": "0456"},
    "i3": {"name": "赵没证"},
    "i4": {"name": "钱过期", "certificate_number": "0789", "certificate_valid_until": "2026-10-31"},
    "i5": {"name": "孙卸任", "certificate_number": "0790", "ended": "2026-06-30"},
}
DISTRICT = Issuer(Level.DISTRICT, "杭州市西湖区总工会")
TOWN = Issuer(Level.TOWN, "文新街道总工会", "u1")
Step = tuple[Any, ...]


def on(day: str) -> str:
    """10-09 as an ISO day of 2026."""
    return day if len(day) > 5 else f"2026-{day}"


def step(kind: str, day: str, **fields: Any) -> Step:
    return ("step", kind, on(day), fields)


def letter(key: str, kind: str, issued: str | None, **fields: Any) -> Step:
    return ("letter", key, kind, issued and on(issued), fields)


def file_of(
    *steps: Step, case: Mapping[str, Any] = CASE, today: D = TODAY, powers: tuple[Power, ...] = ()
) -> CaseFile:
    events, letters = [], []
    for number, found in enumerate(steps):
        if found[0] == "step":
            _, kind, day, fields = found
            event = event_of(f"e{number}", {"kind": kind, "event_date": day, **fields}, number)
            assert event is not None
            events.append(event)
        else:
            _, key, kind, issued, fields = found
            values = {
                "kind": kind, "issue_date": issued, "document_number": f"{key}〔2026〕1号" if issued else None,
                "signer_post": "主席", **fields,
            }  # fmt: skip
            flags = {name: bool(values.pop(name, False)) for name in ("altered", "disputed", "deleted")}
            made = letter_of(key, values, number, **flags)
            assert made is not None
            day, unit = made.issued, made.unit
            powered = EMPOWERED_TITLES.get(made.kind) is made.title and any(
                day is not None and power.covers(unit, made.kind, day) for power in powers
            )
            letters.append(replace(made, unpowered=made.own and not powered))
    return case_file(case, events, letters, INSPECTORS, today, TABLE, powers)


ACCEPTED = step("accepted", "10-09")
HEARD = step("heard", "10-12")
FAILED = step("negotiated", "10-14", result="not_agreed")
FOUND = step(
    "investigated", "11-03", result="established", inspector_1="i1", inspector_2="i2", certificates_shown=1
)
ONE = {**FOUND[3], "inspector_2": None}
"""What is said of an inquiry that one inspector made alone."""
INQUIRY = (ACCEPTED, HEARD, FAILED, FOUND)
REMINDER = letter("t", "reminder_letter", "10-15")
REMINDER_SERVED = step("served", "10-16", document="t", service_result="received")
OPINION = letter("o", "opinion_letter", "11-05", title_variant="opinion", skip_reason="紧急")
RECEIVED = step("served", "11-09", document="o", service_result="received")
REFUSED = step("served", "11-09", document="o", service_result="refused")
REPLIED = step("replied", "11-20", document="o")
OBJECTED = step("replied", "11-20", document="o", objects=1)
UPHELD = step("objection_reviewed", "11-25", result="upheld")
DISMISSED = step("objection_reviewed", "11-25", result="not_upheld")
UNMENDED = step("rechecked", "12-04", rectification="none")
MENDED = step("rechecked", "12-04", rectification="full")
OPENED = (*INQUIRY, OPINION, RECEIVED)
SUGGESTION = letter(
    "g", "suggestion_letter", "12-10", title_variant="suggestion", opinion_letter="o", ground="2"
)
SENT = step("served", "12-11", document="g", service_result="received")


def changed(given: Step, **fields: Any) -> Step:
    return (*given[:-1], {**given[-1], **fields})
