"""The order of law in supervision cases (条例 17 to 24): states, clocks, decisions, contradictions, no way around."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import event as seen
from hypothesis import strategies as st

from desktop.records.declaration import Level
from desktop.records.reckoning.working_days import HolidayYearMissing, add_working_days
from desktop.records.supervision import (
    CaseFile,
    EventKind,
    Issuer,
    LetterKind,
    Power,
    Stage,
    Title,
    as_issued,
    case_file,
    contradictions,
    event_of,
    letter_of,
    may_issue,
    power_of,
    running,
    signed_by_chair,
    state_of,
    waiting_for,
)
from desktop.records.supervision.complainant import complainant_faults
from desktop.records.supervision.facts import Event, Letter
from desktop.records.supervision.kinds import TITLE_WORDS, Ground
from desktop.records.supervision.numbering import (
    DEFAULT_PATTERNS,
    BadPattern,
    Series,
    check_body,
    check_pattern,
    form_number,
    said,
)
from desktop.records.supervision.powers import EMPOWERED_TITLES
from desktop.records.supervision.wording import borrows_article_22, wording_faults
from desktop.reference import code_list, working_day_table
from desktop.store.tables.pinyin import pinyin

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


# Words and codes ----------------------------------------------------------------------------------------------------


def test_every_step_of_the_code_list_is_known() -> None:
    assert {item.code for item in code_list("case_event_kind").items} <= {kind.value for kind in EventKind}
    assert {item.code for item in code_list("letter_kind").items} == {kind.value for kind in LetterKind}
    assert {item.code for item in code_list("letter_title").items} == {title.value for title in Title}
    assert {item.code for item in code_list("suggestion_ground").items} == {ground.value for ground in Ground}


def test_titles_are_those_of_the_code_list() -> None:
    assert {t.value: words for t, words in TITLE_WORDS.items()} == {
        item.code: item.label for item in code_list("letter_title").items
    }


@pytest.mark.parametrize(
    ("post", "may"),
    [
        ("主席", True), ("副主席", True), ("常务副主席", True), ("工会主席", True), ("区总工会副主席", True),
        ("党组书记、主席", True), ("前进街道总工会主席", True), ("平原县总工会主席", True), ("", False),
        ("办公室主任", False), ("原主席", False), ("原工会主席", False), ("名誉主席", False), ("前工会主席", False),
        ("主席助理", False), ("女职工委员会主任", False), ("董事会主席", False), ("主持工作的副主席", True),
        ("副主席（主持工作）", True), ("主席（兼）", True), ("主　席", True), ("兼职副主席", True),
        ("党组书记 主席", True), ("工会委员会主席", True), ("经理兼工会主席", True), ("工会联合会副主席", True),
        ("工商业联合会主席", False), ("文学艺术界联合会副主席", False), ("区政协副主席", False), ("主席（原）", False),
        ("副主席、经理", True),
    ],
)  # fmt: skip
def test_who_counts_as_chair(post: str, may: bool) -> None:
    assert signed_by_chair(post) is may


# Stages -------------------------------------------------------------------------------------------------------------

STAGES: Sequence[tuple[str, tuple[Step, ...], Stage]] = [
    ("nothing yet", (), Stage.CLUE),
    ("refused", (step("not_accepted", "10-09"),), Stage.NOT_ACCEPTED),
    ("accepted", (ACCEPTED,), Stage.ACCEPTED),
    ("heard", (ACCEPTED, HEARD), Stage.HEARD),
    ("settled", (ACCEPTED, HEARD, step("negotiated", "10-14", result="agreed")), Stage.SETTLED),
    ("not settled", (ACCEPTED, HEARD, FAILED), Stage.NEGOTIATION_FAILED),
    (
        "unfounded", (ACCEPTED, HEARD, FAILED, step("investigated", "11-03", result="not_established")),
        Stage.UNFOUNDED,
    ),
    ("investigated, no result yet", (ACCEPTED, HEARD, FAILED, step("investigated", "11-03")), Stage.INVESTIGATED),
    ("established", INQUIRY, Stage.ESTABLISHED),
    ("order of recording does not matter", INQUIRY[::-1], Stage.ESTABLISHED),
    ("one day holds many steps", tuple(step(s[1], "10-09", **s[3]) for s in INQUIRY[::-1]), Stage.ESTABLISHED),
    ("reminder issued", (ACCEPTED, REMINDER), Stage.REMINDER_ISSUED),
    ("a draft moves nothing", (ACCEPTED, letter("t", "reminder_letter", None)), Stage.ACCEPTED),
    ("reminder served", (ACCEPTED, REMINDER, REMINDER_SERVED), Stage.REMINDER_SERVED),
    (
        "reminder answered",
        (ACCEPTED, REMINDER, REMINDER_SERVED, step("replied", "10-20", document="t")),
        Stage.REMINDER_ANSWERED,
    ),
    ("established after a reminder", (*INQUIRY, REMINDER, REMINDER_SERVED), Stage.ESTABLISHED),
    ("opinion issued", (*INQUIRY, OPINION), Stage.OPINION_ISSUED),
    (
        "a void opinion is none", (*INQUIRY, (*OPINION[:4], {**OPINION[4], "voided_date": "2026-11-06"})),
        Stage.ESTABLISHED,
    ),
    ("opinion served", OPENED, Stage.OPINION_SERVED),
    (
        "served on the day of issue",
        (*INQUIRY, OPINION, step("served", "11-05", document="o", service_result="received")),
        Stage.OPINION_SERVED,
    ),
    ("opinion refused", (*INQUIRY, OPINION, REFUSED), Stage.OPINION_REFUSED),
    (
        "refused, later accepted",
        (*INQUIRY, OPINION, REFUSED, step("served", "11-11", document="o", service_result="received")),
        Stage.OPINION_SERVED,
    ),
    ("answered", (*OPENED, REPLIED), Stage.OPINION_ANSWERED),
    ("objected", (*OPENED, OBJECTED), Stage.OBJECTION_OPEN),
    ("objection upheld", (*OPENED, OBJECTED, UPHELD), Stage.OBJECTION_UPHELD),
    ("objection dismissed", (*OPENED, OBJECTED, DISMISSED), Stage.OBJECTION_DISMISSED),
    ("not corrected", (*OPENED, REPLIED, UNMENDED), Stage.NOT_CORRECTED),
    ("corrected", (*OPENED, REPLIED, MENDED), Stage.CORRECTED),
    ("suggestion issued", (*OPENED, SUGGESTION), Stage.SUGGESTION_ISSUED),
    ("suggestion served", (*OPENED, SUGGESTION, SENT), Stage.SUGGESTION_SERVED),
    (
        "a late reply does not throw back", (*OPENED, SUGGESTION, SENT, step("replied", "12-14", document="o")),
        Stage.SUGGESTION_SERVED,
    ),
    (
        "a late recheck does not throw back",
        (*OPENED, SUGGESTION, SENT, step("rechecked", "12-14", rectification="none")), Stage.SUGGESTION_SERVED,
    ),
    (
        "department accepted", (*OPENED, SUGGESTION, SENT, step("authority_accepted", "12-14")),
        Stage.AUTHORITY_ACCEPTED,
    ),
    (
        "department refused",
        (*OPENED, SUGGESTION, SENT, step("authority_accepted", "12-14", result="authority_refused")),
        Stage.AUTHORITY_REFUSED,
    ),
    ("department done", (*OPENED, SUGGESTION, SENT, step("authority_result", "12-15")), Stage.AUTHORITY_DONE),
    ("handed to the procuratorate", (*OPENED, SUGGESTION, SENT, step("procuratorate", "12-15")), Stage.PROCURATORATE),
    ("payment order", (ACCEPTED, step("payment_order", "10-20")), Stage.PAYMENT_ORDER),
    ("withdrawn", (ACCEPTED, step("withdrawn", "10-20")), Stage.WITHDRAWN),
    ("closed", (*OPENED, MENDED, step("closed", "12-07")), Stage.CLOSED),
    (
        "notes and prints move nothing",
        (*OPENED, step("note", "12-07"), step("printed", "12-08", document="o")), Stage.OPINION_SERVED,
    ),
    ("reopened is where it was", (*OPENED, step("closed", "12-07"), step("reopened", "12-08")), Stage.OPINION_SERVED),
    ("a reopened refusal is a clue again", (step("not_accepted", "10-09"), step("reopened", "10-12")), Stage.CLUE),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "stage"), [s[1:] for s in STAGES], ids=[s[0] for s in STAGES])
def test_the_stage_follows_from_the_steps(steps: tuple[Step, ...], stage: Stage) -> None:
    assert state_of(file_of(*steps)).stage is stage


@pytest.mark.parametrize(("steps", "stage"), [s[1:] for s in STAGES], ids=[s[0] for s in STAGES])
def test_a_lawful_course_contradicts_nothing_and_has_a_next_step(
    steps: tuple[Step, ...], stage: Stage
) -> None:
    state = state_of(file_of(*steps), DISTRICT)
    assert [str(reason) for reason in state.contradictions] == []
    assert state.next_steps


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), {"accepted", "not_accepted", "reminder_letter"}),
        ((ACCEPTED,), {"heard", "investigated", "reminder_letter"}),
        (INQUIRY, {"reminder_letter", "opinion_letter"}),
        ((ACCEPTED, REMINDER, REMINDER_SERVED), {"replied", "urged", "rechecked", "investigated", "opinion_letter"}),
        (OPENED, {"replied", "rechecked", "suggestion_letter"}),
        ((*OPENED, OBJECTED), {"objection_reviewed"}),
        ((*OPENED, MENDED), {"closed"}),
        ((*OPENED, step("closed", "12-07")), {"reopened"}),
    ],
)  # fmt: skip
def test_what_may_come_next(steps: tuple[Step, ...], expected: set[str]) -> None:
    assert {found.step.value for found in state_of(file_of(*steps), DISTRICT).next_steps} == expected


def test_unpaid_dues_lead_to_the_payment_order() -> None:
    case = {**CASE, "matter": "12", "violations": "union_dues"}
    steps = state_of(file_of(*INQUIRY, case=case), DISTRICT).next_steps
    assert [(s.step.value, s.article) for s in steps] == [
        ("payment_order", "《中华人民共和国工会法》第四十四条"), ("reminder_letter", ""),
    ]  # fmt: skip
    for kind in (LetterKind.OPINION, LetterKind.SUGGESTION):
        decision = may_issue(file_of(*OPENED, case=case), kind, DISTRICT)
        assert "《中华人民共和国工会法》第四十四条" in [reason.article for reason in decision.forbidden]
    assert may_issue(file_of(ACCEPTED, case=case), LetterKind.REMINDER, DISTRICT).allowed


# Clocks -------------------------------------------------------------------------------------------------------------

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


# May it be issued ---------------------------------------------------------------------------------------------------

CORRECTION = letter(
    "o",
    "opinion_letter",
    "11-05",
    title_variant="correction_opinion",
    reply_days=15,
    reply_day_kind="working",
)
DEMOCRATIC = {**CASE, "matter": "10", "violations": "no_congress"}
ONE = {**FOUND[3], "inspector_2": None}
ALLOWED: Sequence[tuple[str, LetterKind, tuple[Step, ...], Mapping[str, Any]]] = [
    ("a reminder on a bare clue", LetterKind.REMINDER, (), {**CASE, "source": "visit"}),
    ("a reminder on a complaint", LetterKind.REMINDER, (), CASE),
    ("an opinion after a served reminder", LetterKind.OPINION, (*INQUIRY, REMINDER, REMINDER_SERVED), CASE),
    (
        "an opinion after a refused reminder", LetterKind.OPINION,
        (*INQUIRY, REMINDER, step("served", "10-16", document="t", service_result="refused")), CASE,
    ),
    (
        "an opinion on what a visit found", LetterKind.OPINION, (FOUND, REMINDER, REMINDER_SERVED),
        {**CASE, "source": "visit"},
    ),
    (
        "a lent inspector with a certificate", LetterKind.OPINION,
        (
            *INQUIRY[:3],
            step(
                "investigated", "11-03",
                **{**ONE, "other_inspectors": "区总工会李四（证号0888）", "recusal_declared": 1},
            ),
            REMINDER, REMINDER_SERVED,
        ),
        CASE,
    ),
    (
        "a second, lawful investigation", LetterKind.OPINION,
        (*INQUIRY[:3], step("investigated", "11-02", **ONE), FOUND, REMINDER, REMINDER_SERVED), CASE,
    ),
    ("refused", LetterKind.SUGGESTION, (*INQUIRY, OPINION, REFUSED), CASE),
    ("unanswered", LetterKind.SUGGESTION, OPENED, CASE),
    ("answered too late", LetterKind.SUGGESTION, (*OPENED, step("replied", "12-01", document="o")), CASE),
    ("answered, not corrected", LetterKind.SUGGESTION, (*OPENED, REPLIED, UNMENDED), CASE),
    ("objection dismissed, not corrected", LetterKind.SUGGESTION, (*OPENED, OBJECTED, DISMISSED, UNMENDED), CASE),
    (
        "partly corrected", LetterKind.SUGGESTION,
        (*OPENED, REPLIED, step("rechecked", "12-04", rectification="partial")), CASE,
    ),
    (
        "整改意见书 not followed", LetterKind.SUGGESTION, (*INQUIRY, CORRECTION, RECEIVED, REPLIED, UNMENDED),
        DEMOCRATIC,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "steps", "case"), [a[1:] for a in ALLOWED], ids=[a[0] for a in ALLOWED])
def test_what_the_law_allows(kind: LetterKind, steps: tuple[Step, ...], case: Mapping[str, Any]) -> None:
    decision = may_issue(file_of(*steps, case=case), kind, DISTRICT)
    assert [str(r) for r in (*decision.forbidden, *decision.asked)] == []
    assert decision.allowed


def changed(given: Step, **fields: Any) -> Step:
    return (*given[:-1], {**given[-1], **fields})


FORBIDDEN: Sequence[tuple[str, LetterKind, tuple[Step, ...], Mapping[str, Any], str, str]] = [
    ("nothing after a refusal", LetterKind.REMINDER, (step("not_accepted", "10-09"),), CASE, "不予受理", "第十七条"),
    ("nothing in a closed case", LetterKind.REMINDER, (ACCEPTED, step("closed", "10-20")), CASE, "已经结案", ""),
    (
        "no reminder of what is unfounded", LetterKind.REMINDER,
        (*INQUIRY[:3], step("investigated", "11-03", result="not_established")), CASE, "不成立", "第十九条",
    ),
    ("a complaint is accepted first", LetterKind.OPINION, (HEARD, FAILED, FOUND), CASE, "没有登记受理", "第十七条"),
    (
        "both sides are heard first", LetterKind.OPINION, (ACCEPTED, FAILED, FOUND), CASE,
        "听取劳动者和用人单位意见", "第十八条",
    ),
    ("negotiation comes first", LetterKind.OPINION, (ACCEPTED, HEARD, FOUND), CASE, "协商未果", "第二十条"),
    (
        "hearing after the investigation is too late", LetterKind.OPINION,
        (ACCEPTED, step("heard", "11-04"), FAILED, FOUND), CASE, "听取", "第十八条",
    ),
    (
        "who has settled is not accused", LetterKind.OPINION,
        (ACCEPTED, HEARD, step("negotiated", "11-10", result="agreed"), FOUND), CASE, "协商达成一致",
        "第十九条",
    ),
    ("no investigation", LetterKind.OPINION, INQUIRY[:3], CASE, "还没有进行调查", "第二十一条"),
    (
        "unfounded after all", LetterKind.OPINION,
        (*INQUIRY, step("investigated", "11-10", result="not_established")), CASE, "不成立", "第十九条",
    ),
    (
        "one inspector", LetterKind.OPINION, (*INQUIRY[:3], step("investigated", "11-03", **ONE)), CASE,
        "没有两名持证监督员", "第二十条",
    ),
    (
        "the same inspector twice", LetterKind.OPINION, (*INQUIRY[:3], changed(FOUND, inspector_2="i1")), CASE,
        "没有两名持证监督员", "第二十条",
    ),
    (
        "a lent inspector without number", LetterKind.OPINION,
        (*INQUIRY[:3], step("investigated", "11-03", **{**ONE, "other_inspectors": "区总工会李四"})), CASE,
        "写明证号", "第二十条",
    ),
    (
        "certificates not shown", LetterKind.OPINION, (*INQUIRY[:3], changed(FOUND, certificates_shown=0)),
        CASE, "出示监督员证", "第二十条",
    ),
    (
        "no certificate", LetterKind.OPINION,
        (*INQUIRY[:3], changed(FOUND, inspector_2="i3", recusal_declared=1)), CASE, "没有监督员证号",
        "第十二条",
    ),
    (
        "certificate run out", LetterKind.OPINION,
        (*INQUIRY[:3], changed(FOUND, inspector_2="i4", recusal_declared=1)), CASE, "已到期", "第十二条",
    ),
    (
        "term ended", LetterKind.OPINION, (*INQUIRY[:3], changed(FOUND, inspector_2="i5", recusal_declared=1)),
        CASE, "任期", "第十一条",
    ),
    (
        "unknown inspector", LetterKind.OPINION,
        (*INQUIRY[:3], changed(FOUND, inspector_2="x", recusal_declared=1)), CASE, "名册", "第十二条",
    ),
    ("interest not declared", LetterKind.OPINION, INQUIRY, {**CASE, "recusal_declared": 0}, "无利害关系", "第十三条"),
    (
        "another inspector did not declare", LetterKind.OPINION, INQUIRY, {**CASE, "inspector_2": "i4"},
        "无利害关系", "第十三条",
    ),
    ("no opinion letter at all", LetterKind.SUGGESTION, INQUIRY, CASE, "还没有发出意见书", "第二十三条"),
    (
        "only a reminder", LetterKind.SUGGESTION, (*INQUIRY, REMINDER, REMINDER_SERVED), CASE,
        "还没有发出意见书", "第二十三条",
    ),
    (
        "a draft is no opinion letter", LetterKind.SUGGESTION, (*INQUIRY, letter("o", "opinion_letter", None)),
        CASE, "还没有发出意见书", "第二十三条",
    ),
    (
        "a void one is none", LetterKind.SUGGESTION,
        (*OPENED[:4], changed(OPINION, voided_date="2026-12-01"), RECEIVED), CASE, "还没有发出意见书",
        "第二十三条",
    ),
    (
        "a deleted one is none", LetterKind.SUGGESTION, (*INQUIRY, changed(OPINION, deleted=True), RECEIVED),
        CASE, "还没有发出意见书", "第二十三条",
    ),
    ("not served", LetterKind.SUGGESTION, (*INQUIRY, OPINION), CASE, "还没有送达", "第二十三条"),
    (
        "service without result", LetterKind.SUGGESTION,
        (*INQUIRY, OPINION, step("served", "11-09", document="o")), CASE, "还没有送达", "第二十三条",
    ),
    ("answered in time", LetterKind.SUGGESTION, (*OPENED, REPLIED), CASE, "没有逾期", "第二十三条"),
    (
        "answered on the last day", LetterKind.SUGGESTION, (*OPENED, step("replied", "11-30", document="o")),
        CASE, "没有逾期", "第二十三条",
    ),
    ("corrected", LetterKind.SUGGESTION, (*OPENED, MENDED), CASE, "已经全部改正", "第二十三条"),
    ("objection waits", LetterKind.SUGGESTION, (*OPENED, OBJECTED, UNMENDED), CASE, "还没有审查", "第二十二条"),
    (
        "objection upheld", LetterKind.SUGGESTION, (*OPENED, OBJECTED, UPHELD, UNMENDED), CASE, "异议已经采纳",
        "第二十二条",
    ),
    (
        "rechecked before anybody answered or the time was over", LetterKind.SUGGESTION,
        (*OPENED, step("rechecked", "11-16", rectification="none"), REPLIED), CASE, "没有逾期", "第二十三条",
    ),
    (
        "rechecked before the day that was given", LetterKind.SUGGESTION,
        (*INQUIRY, changed(OPINION, correct_by="2026-12-31"), RECEIVED, REPLIED, UNMENDED), CASE, "没有逾期",
        "第二十三条",
    ),
    (
        "refused, then accepted: the time runs", LetterKind.SUGGESTION,
        (*INQUIRY, OPINION, REFUSED, step("served", "12-07", document="o", service_result="received")),
        {**CASE}, "答复期限", "第二十二条",
    ),
    (
        "an opinion without investigation carries none", LetterKind.SUGGESTION,
        (ACCEPTED, HEARD, FAILED, OPINION, REFUSED), CASE, "还没有进行调查", "第二十一条",
    ),
    (
        "an opinion by one inspector carries none", LetterKind.SUGGESTION,
        (*INQUIRY[:3], step("investigated", "11-03", **ONE), OPINION, REFUSED), CASE, "没有两名持证监督员",
        "第二十条",
    ),
    (
        "an opinion signed by an office carries none", LetterKind.SUGGESTION,
        (*INQUIRY, changed(OPINION, signer_post="办公室主任"), REFUSED), CASE, "主席或者副主席", "第二十一条",
    ),
    (
        "整改意见书: silence alone is no ground", LetterKind.SUGGESTION, (*INQUIRY, CORRECTION, RECEIVED),
        DEMOCRATIC, "没有逾期", "第二十三条",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "steps", "case", "words", "law"), [f[1:] for f in FORBIDDEN], ids=[f[0] for f in FORBIDDEN]
)
def test_what_the_law_forbids_and_by_which_article(
    kind: LetterKind, steps: tuple[Step, ...], case: Mapping[str, Any], words: str, law: str
) -> None:
    decision = may_issue(file_of(*steps, case=case), kind, DISTRICT)
    assert not decision.allowed
    assert [r for r in decision.forbidden if words in r.text and law in r.article], list(
        map(str, decision.reasons)
    )


def test_an_opinion_without_a_reminder_asks_for_a_reason() -> None:
    file = file_of(*INQUIRY)
    (asked,) = may_issue(file, LetterKind.OPINION, DISTRICT).asked
    assert asked.field == "skip_reason"
    draft = letter_of(
        "d", {"kind": "opinion_letter", "title_variant": "opinion", "skip_reason": "欠薪人数多，情况紧急"}
    )
    assert may_issue(file, LetterKind.OPINION, DISTRICT, draft).allowed


def test_a_suggestion_names_one_of_the_situations_that_hold() -> None:
    file = file_of(*OPENED)

    def decide(**fields: str) -> Any:
        values = {
            "kind": "suggestion_letter",
            "title_variant": "suggestion",
            "addressee": "西湖区人力资源和社会保障局",
            **fields,
        }
        return may_issue(file, LetterKind.SUGGESTION, DISTRICT, letter_of("d", values))

    assert [r.field for r in decide().asked] == ["opinion_letter"]
    assert [r.field for r in decide(opinion_letter="o").asked] == ["ground"]
    assert decide(opinion_letter="o", ground="2").allowed
    for wrong in ({"opinion_letter": "o", "ground": "1"}, {"opinion_letter": "x", "ground": "2"}):
        assert "没有出现所选的情形" in decide(**wrong).forbidden[0].text
    elsewhere = decide(opinion_letter="o", ground="2", addressee="杭州市人力资源和社会保障局")
    assert "同级" in elsewhere.forbidden[0].text


@pytest.mark.parametrize(
    ("addressee", "same"),
    [
        ("杭州市人力资源和社会保障局", True),
        ("杭州市市场监督管理局", True),
        ("杭州市城市管理局", True),
        ("杭州市西湖区人力资源和社会保障局", False),
        ("杭州市桐庐县人力资源和社会保障局", False),
        ("浙江省人力资源和社会保障厅", False),
        ("杭州市建德市应急管理局", False),
        ("杭州市住房和城市建设局", True),
        ("杭州市园林市政管理局", True),
        ("国家税务总局杭州市税务局", True),
        ("杭州市示例茶业有限公司", False),
        ("杭州市清波街道办事处", False),
    ],
)
def test_the_city_writes_to_the_citys_departments(addressee: str, same: bool) -> None:
    city = Issuer(Level.CITY, "杭州市总工会")
    values = {"kind": "suggestion_letter", "title_variant": "suggestion", "addressee": addressee}
    decision = may_issue(file_of(*OPENED), LetterKind.SUGGESTION, city, letter_of("d", values))
    assert any("同级" in reason.text for reason in decision.forbidden) is not same


@pytest.mark.parametrize("level", [Level.TOWN, Level.DISTRICT])
def test_a_union_of_the_county_or_above_hands_clues_to_the_procuratorate(level: Level) -> None:
    done = file_of(*OPENED, SUGGESTION, SENT, step("authority_result", "12-15"))
    steps = {found.step for found in state_of(done, Issuer(level, "某某总工会")).next_steps}
    assert (EventKind.PROCURATORATE in steps) is (level is Level.DISTRICT)


@pytest.mark.parametrize(
    ("level", "kind", "title", "case", "may"),
    [
        (Level.DISTRICT, "suggestion_letter", "suggestion", CASE, True),
        (Level.CITY, "suggestion_letter", "suggestion", CASE, True),
        (Level.INDUSTRY, "suggestion_letter", "suggestion", CASE, False),
        (Level.TOWN, "suggestion_letter", "suggestion", CASE, False),
        (Level.INDUSTRY, "opinion_letter", "opinion", CASE, True),
        (Level.TOWN, "opinion_letter", "opinion", CASE, False),
        (Level.VILLAGE, "reminder_letter", "reminder", CASE, False),
        (Level.DISTRICT, "opinion_letter", "correction_opinion", DEMOCRATIC, True),
        (Level.INDUSTRY, "opinion_letter", "correction_opinion", DEMOCRATIC, False),
        (Level.DISTRICT, "opinion_letter", "correction_opinion", CASE, False),
        (Level.DISTRICT, "opinion_letter", "suggestion", CASE, False),
        (Level.DISTRICT, "opinion_letter", "correction_opinion", {**CASE, "matter": "04"}, True),
    ],
)  # fmt: skip
def test_who_may_issue_what_under_which_title(
    level: Level, kind: str, title: str, case: Mapping[str, Any], may: bool
) -> None:
    draft = letter_of(
        "d",
        {"kind": kind, "title_variant": title, "skip_reason": "紧急", "opinion_letter": "o", "ground": "2"},
    )
    assert draft is not None
    steps = OPENED if kind == "suggestion_letter" else INQUIRY
    assert may_issue(file_of(*steps, case=case), draft.kind, Issuer(level), draft).allowed is may


def test_the_second_notice_bears_the_title_that_belongs_to_the_first() -> None:
    file = file_of(*INQUIRY, CORRECTION, RECEIVED, REPLIED, UNMENDED, case=DEMOCRATIC)
    for title, may in (("handling_suggestion", True), ("suggestion", False), ("penalty_suggestion", False)):
        values = {"kind": "suggestion_letter", "title_variant": title, "opinion_letter": "o", "ground": "3"}
        assert may_issue(file, LetterKind.SUGGESTION, DISTRICT, letter_of("d", values)).allowed is may


def test_a_notice_of_one_regulation_is_not_followed_by_that_of_another() -> None:
    mixed = {**DEMOCRATIC, "other_matters": "04"}
    file = file_of(*INQUIRY, CORRECTION, RECEIVED, REPLIED, UNMENDED, case=mixed)
    values = {"kind": "suggestion_letter", "opinion_letter": "o", "ground": "3"}
    for title, may in (("handling_suggestion", True), ("penalty_suggestion", False)):
        draft = letter_of("d", {**values, "title_variant": title})
        assert may_issue(file, LetterKind.SUGGESTION, DISTRICT, draft).allowed is may


@pytest.mark.parametrize(
    ("matter", "law"),
    [("10", "《浙江省企业民主管理条例》第三十三条"), ("04", "《浙江省集体合同条例》第四十一条"), ("05", "")],
)
def test_special_notices_are_pointed_out(matter: str, law: str) -> None:
    draft = letter_of("d", {"kind": "opinion_letter", "title_variant": "opinion", "skip_reason": "紧急"})
    decision = may_issue(
        file_of(*INQUIRY, case={**CASE, "matter": matter}), LetterKind.OPINION, DISTRICT, draft
    )
    assert decision.allowed
    assert (law in [reason.article for reason in decision.advice]) is bool(law)


# Contradictions -----------------------------------------------------------------------------------------------------

CONTRADICTORY: Sequence[tuple[str, tuple[Step, ...], str]] = [
    ("before the clue", (step("accepted", "10-01"),), "早于收到线索"),
    ("a day that has not come", (step("accepted", "12-30"),), "还没有到"),
    ("a letter of a day that has not come", (ACCEPTED, letter("t", "reminder_letter", "12-30")), "还没有到"),
    ("accepted and refused", (ACCEPTED, step("not_accepted", "10-10")), "以前已经受理"),
    ("refused and gone on", (step("not_accepted", "10-09"), HEARD), "已经决定不予受理"),
    ("refused and accepted at once", (step("not_accepted", "10-09"), ACCEPTED), "已经决定不予受理"),
    ("after the closing", (ACCEPTED, step("closed", "10-20"), FOUND), "结案以后又登记了"),
    ("issued after the closing", (*INQUIRY, step("closed", "11-04"), OPINION), "结案以后签发"),
    (
        "served before it was issued",
        (*INQUIRY, OPINION, step("served", "11-04", document="o", service_result="received")), "早于",
    ),
    ("a draft was served", (ACCEPTED, letter("t", "reminder_letter", None), REMINDER_SERVED), "没有签发"),
    (
        "a letter of another case was served",
        (ACCEPTED, step("served", "10-16", document="x", service_result="received")), "不在本案里",
    ),
    (
        "answered before it was served", (*INQUIRY, OPINION, step("replied", "11-06", document="o"), RECEIVED),
        "以前没有登记",
    ),
    ("an objection was reviewed that nobody raised", (*OPENED, REPLIED, DISMISSED), "书面说明的理由"),
    ("an opinion without investigation", (ACCEPTED, HEARD, FAILED, OPINION), "还没有进行调查"),
    (
        "an opinion before the investigation",
        (*INQUIRY[:3], changed(FOUND), letter("o", "opinion_letter", "11-02")), "还没有进行调查",
    ),
    (
        "an opinion by one inspector", (*INQUIRY[:3], step("investigated", "11-03", **ONE), OPINION),
        "没有两名持证监督员",
    ),
    ("an opinion that an office signed", (*INQUIRY, changed(OPINION, signer_post="办公室主任")), "主席或者副主席"),
    ("a suggestion without opinion", (*INQUIRY, SUGGESTION), "还没有发出意见书"),
    (
        "a suggestion before the time was over",
        (
            *OPENED,
            letter(
                "g", "suggestion_letter", "11-30", title_variant="suggestion", opinion_letter="o", ground="2",
            ),
        ),
        "答复期限",
    ),
    ("a suggestion on the wrong ground", (*OPENED, changed(SUGGESTION, ground="1")), "没有出现所选的情形"),
    (
        "a suggestion on a void opinion",
        (*INQUIRY, changed(OPINION, voided_date="2026-12-15"), RECEIVED, SUGGESTION), "还没有发出意见书",
    ),
    ("a suggestion after the answer", (*OPENED, REPLIED, SUGGESTION), "没有逾期"),
    (
        "a number twice",
        (ACCEPTED, REMINDER, letter("t2", "reminder_letter", "10-20", document_number="t〔2026〕1号")),
        "用了两次",
    ),
    ("a deleted letter", (ACCEPTED, changed(REMINDER, deleted=True)), "却被删除"),
    ("an altered letter", (ACCEPTED, changed(REMINDER, altered=True)), "被改动过"),
    ("two issues beside each other", (ACCEPTED, changed(REMINDER, disputed=True)), "几个版本"),
    (
        "a number without a day", (ACCEPTED, letter("t", "reminder_letter", None, document_number="x号")),
        "没有签发日期",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "words"), [c[1:] for c in CONTRADICTORY], ids=[c[0] for c in CONTRADICTORY]
)
def test_a_case_against_the_order_says_so(steps: tuple[Step, ...], words: str) -> None:
    found = contradictions(file_of(*steps))
    assert [reason for reason in found if words in reason.text], [reason.text for reason in found]
    assert not state_of(file_of(*steps)).in_order


def test_a_void_letter_contradicts_nothing_any_more() -> None:
    steps = (ACCEPTED, HEARD, FAILED, changed(OPINION, voided_date="2026-11-20"))
    assert contradictions(file_of(*steps)) == ()


def test_reopening_lets_a_closed_case_go_on() -> None:
    steps: tuple[Step, ...] = (
        ACCEPTED,
        step("closed", "10-20"),
        step("reopened", "10-22"),
        HEARD,
        FAILED,
        FOUND,
        OPINION,
    )
    steps = tuple(changed(s, event_date=on("10-23")) if s in (HEARD, FAILED) else s for s in steps)
    assert contradictions(file_of(*steps)) == ()


# No way around ------------------------------------------------------------------------------------------------------

DAYS = st.dates(D(2026, 10, 8), D(2026, 12, 18))
COURSES = [
    (*INQUIRY, OPINION, REFUSED),
    OPENED,
    (*OPENED, REPLIED, UNMENDED),
    (*OPENED, OBJECTED, DISMISSED, UNMENDED),
    (*INQUIRY, OPINION, RECEIVED, letter("p", "opinion_letter", "11-12"), REPLIED),
    (),
]  # fmt: skip
FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "document": st.sampled_from(["o", "p", "t", None]),
    "service_result": st.sampled_from(["received", "refused", None]),
    "result": st.sampled_from(
        ["established", "not_established", "agreed", "not_agreed", "upheld", "not_upheld"]
    ),
    "rectification": st.sampled_from(["full", "partial", "none"]),
    "objects": st.sampled_from([0, 1]),
    "inspector_1": st.just("i1"),
    "inspector_2": st.sampled_from(["i1", "i2", "i3", None]),
    "certificates_shown": st.just(1),
    "signer_post": st.sampled_from(["主席", "副主席", "办公室主任"]),
    "voided_date": DAYS.map(str),
    "deleted": st.just(True),
    "title_variant": st.sampled_from(["opinion", "correction_opinion"]),
    "correct_by": DAYS.map(str),
}
OF_LETTERS = ("signer_post", "voided_date", "deleted", "title_variant", "correct_by")
KINDS = sorted({kind.value for kind in EventKind} - {"closed", "not_accepted"})


@st.composite
def mutated(draw: Callable[[st.SearchStrategy[Any]], Any], given: Step) -> Step | None:
    """A step left as it is, dropped, moved to another day or changed in one field."""
    fate = draw(st.sampled_from(["kept"] * 7 + ["dropped", "moved", "changed"]))
    if fate == "dropped":
        return None
    if fate == "moved":
        day = str(draw(DAYS))
        return (*given[:2], day, given[3]) if given[0] == "step" else (*given[:3], day, given[4])
    if fate == "changed":
        names = sorted(set(FIELDS) - set(OF_LETTERS)) if given[0] == "step" else OF_LETTERS
        name = draw(st.sampled_from(names))
        return changed(given, **{name: draw(FIELDS[name])})
    return given


@st.composite
def histories(draw: Callable[[st.SearchStrategy[Any]], Any]) -> CaseFile:
    """A course that ends in a ground, or none, with steps lost, moved, changed and thrown in."""
    found = [draw(mutated(given)) for given in draw(st.sampled_from(COURSES))]
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from([*KINDS, "served", "replied", "rechecked", "investigated"]))
        fields = {name: draw(values) for name, values in FIELDS.items() if name not in OF_LETTERS}
        found.append(step(kind, str(draw(DAYS)), **fields))
    if draw(st.booleans()):
        found.append(REMINDER)
    today = draw(st.sampled_from([D(2026, 11, 30), D(2026, 12, 1), TODAY]))
    return file_of(*(given for given in found if given is not None), today=today)


def qualifies(file: CaseFile, opinion: Letter) -> bool:
    """条例第二十三条 told again in the plainest way, over the whole list of events."""
    if opinion.kind is not LetterKind.OPINION or not opinion.stands or opinion.issued is None:
        return False
    if opinion.issued > file.today or opinion.values["signer_post"] not in ("主席", "副主席"):
        return False
    past = [e for e in file.events if e.day <= file.today]
    if not any(lawful_inquiry(e) and e.day <= opinion.issued for e in past):
        return False
    mine = [e for e in past if e.values.get("document") == opinion.id]
    received = [e.day for e in mine if e.kind == "served" and e.values["service_result"] == "received"]
    refused = any(e.kind == "served" and e.values["service_result"] == "refused" for e in mine)
    answers = [e.day for e in mine if e.kind == "replied"]
    bad_rechecks = any(e.kind == "rechecked" and e.values["rectification"] != "full" for e in past)
    if not received:
        return refused
    try:
        due = add_working_days(received[0], 15, TABLE)
    except HolidayYearMissing:
        return bad_rechecks
    silent = file.today > due and not any(day <= due for day in answers)
    return silent or bad_rechecks


def lawful_inquiry(event: Event) -> bool:
    return (
        event.kind is EventKind.INVESTIGATED
        and event.values.get("result") == "established"
        and (event.values.get("inspector_1"), event.values.get("inspector_2")) == ("i1", "i2")
    )


@given(histories())
def test_no_course_of_events_yields_a_suggestion_without_a_qualifying_opinion(file: CaseFile) -> None:
    decision = may_issue(file, LetterKind.SUGGESTION, DISTRICT)
    seen("allowed" if decision.allowed else "forbidden")
    if decision.allowed:
        assert decision.grounds
        assert any(qualifies(file, file.by_id[opinion]) for opinion, _ in decision.grounds)
    assert all(qualifies(file, file.by_id[opinion]) for opinion, _ in decision.grounds)


@given(histories())
def test_without_a_standing_opinion_there_is_never_a_suggestion(file: CaseFile) -> None:
    bare = replace(file, letters=tuple(p for p in file.letters if p.kind is not LetterKind.OPINION))
    assert not may_issue(bare, LetterKind.SUGGESTION, DISTRICT).allowed
    issued = letter_of("g", {
        "kind": "suggestion_letter", "document_number": "g号", "issue_date": str(file.today), "opinion_letter": "o",
        "ground": "2",
    })  # fmt: skip
    assert issued is not None
    assert contradictions(replace(bare, letters=(*bare.letters, issued)))


@given(histories(), st.sampled_from(["o", "p", None]), st.sampled_from(["1", "2", "3", None]))
def test_an_issued_suggestion_without_a_qualifying_opinion_contradicts(
    file: CaseFile, opinion: str | None, ground: str | None
) -> None:
    values = {
        "kind": "suggestion_letter", "document_number": "g号", "issue_date": str(file.today),
        "opinion_letter": opinion, "ground": ground,
    }  # fmt: skip
    issued = letter_of("g", values)
    assert issued is not None
    if not contradictions(replace(file, letters=(*file.letters, issued))):
        seen("in order")
        assert opinion is not None
        assert qualifies(file, file.by_id[opinion])


@given(histories(), st.randoms())
def test_the_state_does_not_depend_on_the_order_of_reading(file: CaseFile, random: Any) -> None:
    events, letters = list(file.events), list(file.letters)
    random.shuffle(events)
    random.shuffle(letters)
    again = case_file(file.case, events, letters, file.inspectors, file.today, file.table)
    assert state_of(again, DISTRICT) == state_of(file, DISTRICT)


# Words and numbers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "borrows"),
    [
        ("根据《浙江省工会劳动法律监督条例》第二十二条，请答复", True),
        ("根据《浙江省工会劳动法律监督条例》第十八条、第二十二条", True),
        ("依照该条例第22条", True),
        ("依照第二十二条办理", True),
        ("《中华人民共和国工会法》第二十条。依照监督条例第二十二条", True),
        ("《中华人民共和国工会法》第二十二条规定，单方面解除劳动合同应当事先通知工会", False),
        ("《浙江省人口与计划生育条例》第二十二条规定的产假", False),
        ("工会法第二十二条", False),
        ("《浙江省工会劳动法律监督条例》等规定", False),
        ("《浙江省工会劳动法律监督条例》第一百二十二条", False),
        ("《浙江省工会劳动法律监督条例》第二十二、二十三条", True),
        ("《浙江省工会劳动法律监督条例》第二十至二十四条", True),
        ("《浙江省工会劳动法律监督条例》第21—23条", True),
        ("依照第二十 二条", True),
        ("依照第贰拾贰条", True),
        ("依照第廿二条和第二十三条", True),
        ("《浙江省工会劳动法律监督条例》第十八、二十条", False),
        ("《浙江省工会劳动法律监督条例》第十八条至第二十条", False),
        ("《中华人民共和国工会法》第二十一条、第二十二条", False),
        ("《中华人民共和国工会法》第二十至二十三条", False),
        ("2026年9月22日，第3条", False),
    ],
)
def test_a_reminder_that_borrows_article_22_is_found(words: str, borrows: bool) -> None:
    assert borrows_article_22(words) is borrows
    faults = list(wording_faults(LetterKind.REMINDER, Title.REMINDER, words))
    assert bool(faults) is borrows


@pytest.mark.parametrize(
    "words",
    ["15个工作日", "十五个工作日内", "15 个工作日", "十五工作日", "１５个工作日", "15个工作天", "15个上班日"],
)
def test_a_reminder_does_not_give_fifteen_working_days(words: str) -> None:
    (fault,) = wording_faults(LetterKind.REMINDER, Title.REMINDER, f"请于收到本函之日起{words}反馈")
    assert fault.article == "《浙江省工会劳动法律监督条例》第二十二条"
    assert not list(wording_faults(LetterKind.REMINDER, Title.REMINDER, "请于15日内、10个工作日内反馈"))


COMPLAINT = {
    "complainant_name": "阿卜杜拉·买买提",
    "complainant_phone": "13800001111",
    "complainant_note": "家里电话0571-88886666",
}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("职工阿卜杜拉·买买提反映", True), ("阿卜杜拉 买买提", True), ("电话138 0000 1111", True),
        ("138-0000-1111", True), ("057188886666", True), ("１３８００００１１１１", True),
        ("阿卜杜拉的同事反映", False), ("12名职工", False),
    ],
)  # fmt: skip
def test_words_that_tell_who_complained_are_found(words: str, told: bool) -> None:
    assert bool(list(complainant_faults(COMPLAINT, {"事实": words}, pinyin))) is told
    assert not list(complainant_faults({}, {"事实": words}, pinyin))


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("李小明、王强", "王强反映", True), ("李小明 王强", "王强反映", True), ("李小明和王强", "李小明反映", True),
        ("赵云（仓库）", "赵云反映", True), ("李小明等3人", "李小明等人反映", True), ("王强女士", "王强反映", True),
        ("李 小明", "李小明反映", True), ("李小明", "李 小 明", True), ("李小明/王强；钱进", "钱进反映", True),
        ("李小明等12名职工", "12名职工反映", False), ("匿名", "匿名投诉", False), ("职工", "12名职工", False),
        ("多名员工", "多名员工反映", False), ("李", "李某反映", False), ("李小明、其他职工", "其他职工反映", False),
        ("李小明", "李.小\u200b明反映", True), ("李小明", "李（小明）反映", True), ("李小明", "李*小_明", True),
        ("某职工", "某职工反映", False), ("一线工人", "一线工人反映", False), ("该单位职工", "该单位职工反映", False),
        ("张偉", "张伟反映", True), ("张伟", "張偉反映", True), ("欧阳兰", "歐陽蘭反映", True),
    ],
)  # fmt: skip
def test_each_of_several_people_who_complained_is_known_and_nobody_is_nobody(
    name: str, words: str, told: bool
) -> None:
    assert bool(list(complainant_faults({"complainant_name": name}, {"事实": words}, pinyin))) is told


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("李小明", "Li Xiaoming反映", True), ("李小明", "XIAO-MING LI", True), ("李小明", "（lixiaoming）", True),
        ("李小明", "Lǐ Xiǎomíng", True), ("吕丽", "Lü Li", True), ("吕丽", "Lv Li", True), ("单雄", "Shan Xiong", True),
        ("欧阳娜", "Ouyang Na", True), ("欧阳娜", "Na Ouyang", True), ("李小明", "ＬＩ　Ｘｉａｏｍｉｎｇ", True),
        ("李小明", "李晓明反映", True), ("李明", "黎明以前上班", False), ("李明", "Liming Road 5", False),
        ("李明", "Limited", False), ("王五", "excel", False), ("李小明", "理想和小米", False),
    ],
)  # fmt: skip
def test_a_name_in_pinyin_or_in_other_characters_of_its_sound_tells_who_complained(
    name: str, words: str, told: bool
) -> None:
    assert bool(list(complainant_faults({"complainant_name": name}, {"事实": words}, pinyin))) is told


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("李小明", "LXM反映", True), ("李小明", "职工L.X.M.", True), ("李小明", "lxm", True), ("李小明", "Li XM", True),
        ("李小明", "x. m. li", True), ("李小明", "ＬＸＭ", True), ("李小明", "L X M", True), ("欧阳小娜", "OYXN", True),
        ("单小雄", "SXX", True), ("李小明", "LXM-2024型机床", False), ("李小明", "3LXM", False),
        ("李小明", "LXMA", False), ("李小明", "a@lxm.com", False), ("潘平涛", "用PPT讲解", False),
        ("李明", "LM照明", False), ("李娥丹", "LED灯", False), ("李小明", "XML文件", False),
        ("李小明", "明小李反映", True), ("李小明", "明 小\u200b李", True), ("李小明", "情况说明。小李反映", False),
        ("李小明", "情况说明，小李反映", False), ("李明", "说明李某", False), ("欧阳娜", "娜阳欧", True),
        ("張小偉", "伟小张", True),
    ],
)  # fmt: skip
def test_initials_and_a_name_backwards_tell_who_complained(name: str, words: str, told: bool) -> None:
    assert bool(list(complainant_faults({"complainant_name": name}, {"事实": words}, pinyin))) is told


_FILLERS = st.text("公司拖欠工资仓库。，一月ABp3 ", max_size=12)


@given(
    name=st.text("李张王赵小明国强娜欧阳丽", min_size=3, max_size=4),
    gaps=st.lists(st.sampled_from(["", " ", "\u200b", "."]), min_size=3, max_size=3),
    before=_FILLERS,
    after=_FILLERS,
)
def test_neither_gaps_nor_a_sentence_around_it_hide_a_name_that_is_turned_or_shortened(
    name: str, gaps: list[str], before: str, after: str
) -> None:
    def found(told: str) -> bool:
        return bool(list(complainant_faults({"complainant_name": name}, {"事实": told}, pinyin)))

    def spread(letters: Iterable[str]) -> str:
        return "".join(map("".join, zip(letters, [*gaps, ""], strict=False)))

    assert found(f"{before}{spread(reversed(name))}{after}")
    initials = [pinyin(character)[0].upper() for character in name]
    # Of these letters two words are made that mean something else first, see XML文件 above.
    assume("".join(initials) not in ("LNG", "XML"))
    assert found(f"{before}（{''.join(initials)}）{after}")
    assert found(f"{before}（{spread(initials)}）{after}")
    assert not found(f"{before}（{''.join(initials)}1）{after}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("杭州张三丰茶业有限公司", False), ("杭州张三丰茶业（有限公司）的仓库", False),
        ("杭州张三丰茶业有限公司的张三反映", True), ("张三丰反映", True),
    ],
)  # fmt: skip
def test_what_the_employer_is_called_tells_nothing(words: str, told: bool) -> None:
    case = {"complainant_name": "张三", "employer_name": "杭州张三丰茶业有限公司"}
    assert bool(list(complainant_faults(case, {"主送": words}, pinyin))) is told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("绰号大力的职工", True), ("阿强反映", True), ("李大明反映", True), ("lixm_88@163.com", True),
        ("LIXM 88", True), ("微信号lxm-2024", True), ("3301 0619 9001 0112 3X", True),
        ("公司邮箱hr@example.com", False), ("2024年", False), ("wechat群", False),
    ],
)  # fmt: skip
def test_other_names_and_accounts_of_who_complained_are_found(words: str, told: bool) -> None:
    case = {
        "complainant_name": "李小明（曾用名：李大明）",
        "complainant_note": "外号“大力”，网名阿强；邮箱lixm_88@163.com，微信 LXM-2024，"
        "身份证33010619900101123X，wechat群里说的",
    }
    assert bool(list(complainant_faults(case, {"事实": words}, pinyin))) is told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("该公司应当大力推进整改。", False), ("大 力推进", False), ("大力推进，大力反映", True), ("大力", True),
        ("大力提升", True), ("大力反映工资", True), ("李小明大力推进", True), ("大力推进由小李提出", True),
    ],
)  # fmt: skip
def test_another_name_that_is_a_common_word_is_let_by_where_the_case_says_that_nobody_is_meant(
    words: str, told: bool
) -> None:
    case = {
        "complainant_name": "李小明（外号：大力；网名小李）",
        "complainant_homonyms": "大力推进、大力反映，李小明大力推进、大力",
    }
    assert bool(list(complainant_faults(case, {"事实": words}, pinyin))) is told


def test_the_sentence_with_a_common_word_is_shown_and_a_name_of_two_characters_is_never_let_by() -> None:
    facts = "公司仓储部拖欠工资。生产任务加重以后，公司大力推进两班制，没有与职工协商。另查明，没有考勤。"
    (fault,) = complainant_faults({"complainant_note": "外号大力"}, {"事实": facts}, pinyin)
    assert (
        fault.text == "“事实”里的“生产任务加重以后，公司大力推进两班制，没有与职工协商”有投诉人的别名“大力”"
    )
    assert "“不是指投诉人的说法”" in fault.next_step
    case = {"complainant_name": "高峰", "complainant_homonyms": "生产高峰期"}
    assert list(complainant_faults(case, {"事实": "生产高峰期加班"}, pinyin))


def test_a_day_in_a_note_is_no_telephone_number() -> None:
    case = {"complainant_note": "2026-11-05来访，电话0571-88886666"}
    assert not list(complainant_faults(case, {"材料": "2026-11-05工资表"}, pinyin))
    assert list(complainant_faults(case, {"材料": "88886666"}, pinyin))


@pytest.mark.parametrize(
    ("phone", "words", "told"),
    [
        ("+86 13800001111", "13800001111", True), ("0571-88886666", "电话8888 6666", True),
        ("(0571)88886666", "88886666", True), ("１３８-0000-1111", "138.0000.1111", True),
        ("13800001111", "一三八零零零零一一一一", True), ("13800001111", "幺三八〇〇〇〇幺幺幺幺", True),
        ("13800001111", "00001111", False), ("8888666", "88886660", True), ("0571-88886666", "86666", False),
    ],
)  # fmt: skip
def test_a_phone_number_tells_who_complained_however_it_is_written(
    phone: str, words: str, told: bool
) -> None:
    assert bool(list(complainant_faults({"complainant_phone": phone}, {"事实": words}, pinyin))) is told


def test_numbers_have_the_form_of_the_standard() -> None:
    assert [form_number(DEFAULT_PATTERNS[s], "杭西", 2026, 1) for s in Series] == [
        "杭西工监提〔2026〕1号", "杭西工监意〔2026〕1号", "杭西工监建〔2026〕1号", "杭西工监案〔2026〕1号",
    ]  # fmt: skip
    standard = "{body}〔{year}〕{n}号"
    for pattern in (*DEFAULT_PATTERNS.values(), standard):
        assert (
            check_pattern(f" {pattern} ", Series.CASE) == check_pattern(said(pattern), Series.CASE) == pattern
        )
    assert said(DEFAULT_PATTERNS[Series.OPINION]) == "{代字}工监意〔{年份}〕{序号}号"


@pytest.mark.parametrize(
    "pattern",
    [
        "{body}工监提[{year}]{n}号", "{body}工监提（{year}）{n}号", "{body}工监提〔{year}〕第{n}号",
        "{body}工监提〔{year}〕{n}",
        "{body}工监提〔{year}〕1{n}号", "{body}工监2〔{year}〕{n}号", "{body工监提〔{year}〕{n}号", "〔{year}〕{n}号",
        "{body}工监提〔{year}〕号", "{body}工监提〔{}〕{n}号", "{body}工监提{n}号",
        "{body}〔{n}〕{year}号", "{body}{name}〔{year}〕{n}号", "〔{year}〕{n}{n}号", "",
    ],
)  # fmt: skip
def test_a_pattern_that_makes_no_proper_numbers_is_refused(pattern: str) -> None:
    for series in Series:
        with pytest.raises(BadPattern, match=re.escape(said(DEFAULT_PATTERNS[series]))):
            check_pattern(pattern, series)


@pytest.mark.parametrize("code", ["", "HX", "杭西1", "杭 西", "杭西〔", "一二三四五六七八九十一"])
def test_the_code_of_a_body_is_a_few_chinese_characters(code: str) -> None:
    with pytest.raises(BadPattern):
        check_body(code)


# Powers (domain §1.2) -----------------------------------------------------------------------------------------------

TOWN = Issuer(Level.TOWN, "文新街道总工会", "u1")
POWER = Power("u1", frozenset({LetterKind.REMINDER, LetterKind.OPINION}), D(2026, 10, 1), D(2026, 11, 30))


def own(key: str, kind: str, issued: str | None, **fields: Any) -> Step:
    """A letter that the town has issued."""
    return letter(key, kind, None, **{
        "own_document_number": f"{key}〔2026〕1号", "own_issue_date": issued and on(issued), "own_issuing_unit": "u1",
        "own_signer_post": "主席", "signer_post": None, **fields,
    })  # fmt: skip


def test_a_power_is_read_from_its_record() -> None:
    values = {
        "holder": "u1", "kinds": "opinion_letter reminder_letter suggestion_letter", "from_date": "2026-10-01",
        "until_date": "2026-11-30",
    }  # fmt: skip
    assert power_of(values) == POWER
    assert power_of({**values, "kinds": "suggestion_letter"}) is None
    assert power_of({**values, "holder": None}) is None


@pytest.mark.parametrize(
    ("unit", "kind", "day", "may"),
    [
        ("u1", LetterKind.REMINDER, D(2026, 10, 1), True),
        ("u1", LetterKind.OPINION, D(2026, 11, 30), True),
        ("u1", LetterKind.OPINION, D(2026, 12, 1), False),
        ("u1", LetterKind.OPINION, D(2026, 9, 30), False),
        ("u2", LetterKind.OPINION, D(2026, 11, 30), False),
        ("u1", LetterKind.SUGGESTION, D(2026, 11, 30), False),
    ],
)
def test_a_power_covers_its_unit_and_kinds_from_its_first_day_to_its_last(
    unit: str, kind: LetterKind, day: D, may: bool
) -> None:
    assert POWER.covers(unit, kind, day) is may
    assert replace(POWER, last=None).covers(unit, kind, day) is (may or day == D(2026, 12, 1))
    assert not replace(POWER, first=None).covers(unit, kind, day)


@pytest.mark.parametrize("kind", [LetterKind.REMINDER, LetterKind.OPINION])
def test_a_town_issues_under_its_power_and_nothing_else(kind: LetterKind) -> None:
    draft = letter_of("d", {"kind": kind.value, "skip_reason": "紧急"})
    for powers, may in (((POWER,), True), ((), False), ((replace(POWER, holder="u2"),), False)):
        file = file_of(*INQUIRY, today=D(2026, 11, 20), powers=powers)
        assert may_issue(file, kind, TOWN, draft).allowed is may
    special = {"kind": "opinion_letter", "title_variant": "correction_opinion", "skip_reason": "紧急"}
    file = file_of(*INQUIRY, case={**CASE, "matter": "10"}, today=D(2026, 11, 20), powers=(POWER,))
    assert "由县级以上地方总工会发出" in str(
        may_issue(file, LetterKind.OPINION, TOWN, letter_of("d", special)).forbidden[0]
    )


def test_a_town_s_opinion_letter_bears_what_the_district_s_bears() -> None:
    refused = step("served", "11-09", document="o", service_result="refused")
    opinion = own("o", "opinion_letter", "11-05", title_variant="opinion", skip_reason="紧急")
    file = file_of(*INQUIRY, opinion, refused, powers=(POWER,))
    assert state_of(file).in_order
    assert state_of(file).stage is Stage.OPINION_REFUSED
    assert may_issue(file, LetterKind.SUGGESTION).grounds == (("o", Ground.REFUSED),)
    without = file_of(*INQUIRY, opinion, refused)
    assert state_of(without).stage is Stage.ESTABLISHED
    assert may_issue(without, LetterKind.SUGGESTION).grounds == ()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, ""),
        ({"own_issue_date": "2026-12-01"}, "没有这种文书的授权"),
        ({"own_issue_date": None}, "没有签发日期"),
        ({"own_issuing_unit": None}, "没有这种文书的授权"),
        ({"own_signer_post": "办公室主任"}, "不是由工会主席或者副主席签署"),
        ({"title_variant": "correction_opinion"}, "没有这种文书的授权"),
        (
            {"document_number": "a〔2026〕1号", "issue_date": "2026-11-05", "signer_post": "主席"},
            "镇街又编了文号",
        ),
        ({"own_issue_date": "2026-12-01", "own_voided_date": "2026-12-02"}, ""),
        ({"own_issue_date": "2026-12-01", "voided_date": "2026-12-02"}, ""),
    ],
)
def test_an_issue_of_a_town_that_the_law_does_not_admit_contradicts_the_order(
    fields: dict[str, Any], fault: str
) -> None:
    values = {"title_variant": "opinion", "skip_reason": "紧急", **fields}
    found = "；".join(
        r.text
        for r in contradictions(
            file_of(*INQUIRY, own("o", "opinion_letter", "11-05", **values), powers=(POWER,))
        )
    )
    assert fault in found
    assert bool(found) is bool(fault)


def test_a_town_cannot_void_what_the_district_issued() -> None:
    values = {"kind": "reminder_letter", "document_number": "a〔2026〕1号", "issue_date": "2026-10-15"}
    issued = letter_of("t", {**values, "own_voided_date": "2026-10-16"})
    assert issued is not None
    assert issued.stands


def test_numbers_of_two_towns_are_two_numbers() -> None:
    one = own("t", "reminder_letter", "10-15")
    other = own("u", "reminder_letter", "10-15", own_document_number="t〔2026〕1号", own_issuing_unit="u2")
    both = (POWER, replace(POWER, holder="u2"))
    assert contradictions(file_of(ACCEPTED, one, other, powers=both)) == ()
    twice = own("u", "reminder_letter", "10-15", own_document_number="t〔2026〕1号")
    assert "用了两次" in contradictions(file_of(ACCEPTED, one, twice, powers=both))[0].text


def test_values_as_issued_are_read_twice_as_once() -> None:
    values = {
        "kind": "reminder_letter",
        "own_document_number": "a〔2026〕1号",
        "own_issue_date": "2026-10-15",
    }
    once = as_issued(values)
    assert as_issued(once) == once
    again = letter_of("t", once)
    assert again is not None
    assert (again.number, again.own, again.doubled) == ("a〔2026〕1号", True, False)


@pytest.mark.parametrize(
    ("level", "ways", "advised"),
    [
        (Level.DISTRICT, "inquiry", True), (Level.DISTRICT, "employer_federations inquiry", False),
        (Level.INDUSTRY, "inquiry", False), (Level.TOWN, "inquiry", False),
    ],
)  # fmt: skip
def test_a_local_federation_is_reminded_of_those_who_speak_for_employers_until_it_has_heard_them(
    level: Level, ways: str, advised: bool
) -> None:
    _, kind, day, fields = FOUND
    found = ("step", kind, day, {**fields, "investigation_ways": ways})
    decision = may_issue(file_of(ACCEPTED, HEARD, FAILED, found), LetterKind.OPINION, Issuer(level, "", "u"))
    assert any("企业联合会" in str(reason) for reason in decision.advice) is advised
