"""What a town may issue under a power that the district has given it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop.records.declaration import Level
from desktop.records.supervision import (
    Issuer,
    LetterKind,
    Power,
    Stage,
    as_issued,
    contradictions,
    letter_of,
    may_issue,
    power_of,
    state_of,
)
from desktop.records.supervision.kinds import Ground
from tests.records.courses import (
    ACCEPTED,
    CASE,
    FAILED,
    FOUND,
    HEARD,
    INQUIRY,
    TOWN,
    D,
    Step,
    file_of,
    letter,
    on,
    step,
)

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
