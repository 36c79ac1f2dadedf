"""What stands against the order of law is said, and no course of events is a way around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event as seen
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.reckoning.working_days import HolidayYearMissing, add_working_days
from desktop.records.supervision import (
    CaseFile,
    EventKind,
    LetterKind,
    case_file,
    contradictions,
    letter_of,
    may_issue,
    state_of,
)
from desktop.records.supervision.facts import Event, Letter
from tests.records.courses import (
    ACCEPTED,
    DISMISSED,
    DISTRICT,
    FAILED,
    FOUND,
    HEARD,
    INQUIRY,
    OBJECTED,
    ONE,
    OPENED,
    OPINION,
    RECEIVED,
    REFUSED,
    REMINDER,
    REMINDER_SERVED,
    REPLIED,
    SUGGESTION,
    TABLE,
    TODAY,
    UNMENDED,
    D,
    Step,
    changed,
    file_of,
    letter,
    on,
    step,
)

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
