"""The clocks of a supervision case: when an answer is due, and when silence counts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktop.records.supervision import (
    CaseFile,
    EventKind,
    LetterKind,
    Stage,
    contradictions,
    may_issue,
    running,
    state_of,
    waiting_for,
)
from desktop.records.supervision.facts import Event
from desktop.records.supervision.kinds import Ground
from tests.records.courses import (
    ACCEPTED,
    CASE,
    DISTRICT,
    FOUND,
    OPENED,
    REMINDER,
    REMINDER_SERVED,
    SENT,
    SUGGESTION,
    TODAY,
    D,
    Step,
    file_of,
    letter,
    step,
)

VECTORS = [
    ("2026-01-05", "2026-01-26"), ("2026-02-09", "2026-03-06"), ("2026-04-24", "2026-05-19"),
    ("2026-09-21", "2026-10-19"), ("2026-11-23", "2026-12-14"), ("2026-12-04", "2026-12-25"),
    ("2026-12-10", "2026-12-31"), ("2026-02-14", "2026-03-13"), ("2026-10-10", "2026-10-30"),
]  # fmt: skip
OLD_CASE = {**CASE, "received_date": "2025-12-01"}


def served_on(day: str, today: D) -> CaseFile:
    start = D.fromisoformat(day) - datetime.timedelta(days=3)
    return file_of(
        step("accepted", "2025-12-02"), step("heard", "2025-12-03"),
        step("negotiated", "2025-12-04", result="not_agreed"),
        step("investigated", "2025-12-05", **FOUND[3]),
        letter("o", "opinion_letter", start.isoformat(), reply_days=3, reply_day_kind="natural"),
        step("served", day, document="o", service_result="received"),
        case=OLD_CASE, today=today,
    )  # fmt: skip


@pytest.mark.parametrize(("served", "last"), VECTORS)
def test_fifteen_working_days_from_service_whatever_was_typed(served: str, last: str) -> None:
    due = D.fromisoformat(last)
    (clock,) = running(served_on(served, due))
    assert (clock.due, clock.days, clock.article) == (due, 15, "《浙江省工会劳动法律监督条例》第二十二条")
    assert not clock.overdue(due)
    assert clock.overdue(due + datetime.timedelta(days=1))


@pytest.mark.parametrize(("served", "last"), VECTORS)
def test_silence_is_a_ground_only_after_the_last_day(served: str, last: str) -> None:
    due = D.fromisoformat(last)
    assert not may_issue(served_on(served, due), LetterKind.SUGGESTION, DISTRICT).allowed
    late = may_issue(served_on(served, due + datetime.timedelta(days=1)), LetterKind.SUGGESTION, DISTRICT)
    assert late.allowed
    assert late.grounds == (("o", Ground.UNANSWERED),)


@pytest.mark.parametrize("today", [D(2026, 12, 20), D(2027, 1, 8), D(2027, 6, 30)])
def test_a_year_without_a_table_is_asked_for_and_never_guessed(today: D) -> None:
    file = served_on("2026-12-11", today)
    state = state_of(file)
    assert state.missing_years == (2027,)
    assert state.overdue == ()
    decision = may_issue(file, LetterKind.SUGGESTION, DISTRICT)
    assert not decision.allowed
    assert [reason.missing_year for reason in decision.forbidden] == [2027]
    assert "2027年" in decision.forbidden[0].text


def test_a_reminder_runs_in_the_days_it_asked_for_and_ends_on_a_working_day() -> None:
    file = file_of(ACCEPTED, REMINDER, REMINDER_SERVED, today=D(2026, 10, 20))
    (clock,) = running(file)
    # 15 days after 10-16 is Saturday 10-31; Monday follows (民法典 203).
    assert (clock.due, clock.day_kind) == (D(2026, 11, 2), "natural")
    assert "条例" not in clock.article


INSPECTION = {**CASE, "source": "inspection", "violations": None}


def notices(count: int, *more: Step, today: D = TODAY) -> CaseFile:
    """Reminders to so many employers, all served on one day."""
    steps = [letter(f"t{n}", "reminder_letter", "10-15", addressee=f"单位{n}") for n in range(count)]
    steps += [step("served", "10-16", document=f"t{n}", service_result="received") for n in range(count)]
    return file_of(*steps, *more, case=INSPECTION, today=today)


def test_each_employer_has_a_time_of_its_own_to_answer() -> None:
    answered = step("replied", "10-30", document="t1")
    file = notices(3, answered)
    assert [(clock.letter, clock.due) for clock in running(file)] == [
        ("t0", D(2026, 11, 2)), ("t2", D(2026, 11, 2)),
    ]  # fmt: skip
    assert waiting_for(file, EventKind.REPLIED) == waiting_for(file, EventKind.URGED) == ("t0", "t2")
    assert waiting_for(notices(3, answered, today=D(2026, 11, 2)), EventKind.URGED) == ()
    unserved = letter("t9", "reminder_letter", "10-15", addressee="单位9")
    assert waiting_for(notices(1, unserved), EventKind.SERVED) == ("t9",)
    assert waiting_for(file, EventKind.CLOSED) == ()
    state = state_of(file)
    assert state.stage is Stage.REMINDER_ANSWERED
    assert {EventKind.REPLIED, EventKind.URGED} <= {each.step for each in state.next_steps}
    everybody = state_of(notices(1, step("replied", "10-30", document="t0")))
    assert EventKind.REPLIED not in {each.step for each in everybody.next_steps}


def test_a_letter_waits_no_more_once_its_employer_got_another_or_was_reported() -> None:
    opinion = letter("o", "opinion_letter", "11-05", title_variant="opinion", addressee="单位0")
    assert [clock.letter for clock in running(notices(2, opinion))] == ["t1"]
    received = step("served", "11-09", document="o", service_result="received")
    assert {clock.letter for clock in running(notices(2, opinion, received))} == {"t1", "o"}
    suggested = letter("g", "suggestion_letter", "12-10", opinion_letter="o", addressee="人社局")
    assert [clock.letter for clock in running(notices(2, opinion, received, suggested))] == ["t1"]


class Counted(tuple[Event, ...]):
    """Events that count how often somebody goes through all of them."""

    times = 0

    def __iter__(self) -> Iterator[Event]:
        Counted.times += 1
        return super().__iter__()


def test_the_steps_of_a_case_are_not_gone_through_for_each_of_its_letters() -> None:
    counts = []
    for count in (5, 40):
        file, Counted.times = notices(count), 0
        file = replace(file, events=Counted(file.events))
        assert contradictions(file) == ()
        assert len(running(file)) == count
        counts.append(Counted.times)
    assert counts[0] == counts[1]


def test_a_complaint_is_decided_and_answered_in_five_working_days() -> None:
    for steps in ((), (step("not_accepted", "10-09"),)):
        (clock,) = running(file_of(*steps))
        assert (clock.due, clock.article) == (D(2026, 10, 14), "《浙江省工会劳动法律监督条例》第十七条")
    assert running(file_of(step("not_accepted", "10-09"), step("informed", "10-12"))) == ()
    assert running(file_of(case={**CASE, "source": "visit"})) == ()


def test_the_department_is_watched_and_a_closed_case_is_not() -> None:
    (clock,) = running(file_of(*OPENED, SUGGESTION, SENT))
    assert (clock.due, clock.days) == (D(2026, 12, 18), 5)
    (clock,) = running(file_of(*OPENED, SUGGESTION, SENT, step("authority_accepted", "12-14")))
    assert (clock.due, clock.missing_year, clock.days) == (None, 2027, 60)
    assert running(file_of(*OPENED, step("closed", "12-07"))) == ()
