"""Stages of supervision cases and what may come next, by the order of law (条例 17 to 24)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from desktop.records.supervision import (
    EventKind,
    LetterKind,
    Stage,
    Title,
    may_issue,
    signed_by_chair,
    state_of,
)
from desktop.records.supervision.kinds import TITLE_WORDS, Ground
from desktop.reference import code_list
from tests.records.courses import (
    ACCEPTED,
    CASE,
    DISMISSED,
    DISTRICT,
    FAILED,
    HEARD,
    INQUIRY,
    MENDED,
    OBJECTED,
    OPENED,
    OPINION,
    REFUSED,
    REMINDER,
    REMINDER_SERVED,
    REPLIED,
    SENT,
    SUGGESTION,
    UNMENDED,
    UPHELD,
    Step,
    file_of,
    letter,
    step,
)


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
        # The employer of a complaint is reminded once, and what the inquiry lacks is offered.
        ((*INQUIRY, REMINDER, REMINDER_SERVED), {"opinion_letter"}),
        ((ACCEPTED, INQUIRY[-1]), {"heard", "negotiated", "reminder_letter", "opinion_letter"}),
        ((ACCEPTED, REMINDER, REMINDER_SERVED), {"replied", "urged", "rechecked", "investigated", "opinion_letter"}),
        (OPENED, {"replied", "rechecked", "suggestion_letter"}),
        ((*OPENED, OBJECTED), {"objection_reviewed"}),
        ((*OPENED, MENDED), {"closed"}),
        ((*OPENED, step("closed", "12-07")), {"reopened"}),
    ],
)  # fmt: skip
def test_what_may_come_next(steps: tuple[Step, ...], expected: set[str]) -> None:
    assert {found.step.value for found in state_of(file_of(*steps), DISTRICT).next_steps} == expected


def test_a_case_that_began_with_a_reminder_goes_on_with_the_opinion() -> None:
    """Who was visited may be one of many, and is not the one that the next reminder goes to."""
    case = {**CASE, "source": "visit"}
    steps = [found.step for found in state_of(file_of(*INQUIRY, case=case), DISTRICT).next_steps]
    assert steps == [LetterKind.REMINDER, LetterKind.OPINION]
    reminded = file_of(ACCEPTED, REMINDER, REMINDER_SERVED, INQUIRY[-1], case=case)
    steps = [found.step for found in state_of(reminded, DISTRICT).next_steps]
    assert steps.index(LetterKind.OPINION) < steps.index(LetterKind.REMINDER) == len(steps) - 1


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
