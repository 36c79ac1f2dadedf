"""Which letter may be issued, by whom and under which title, and by which article another may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from desktop.records.declaration import Level
from desktop.records.supervision import EventKind, Issuer, LetterKind, letter_of, may_issue, state_of
from tests.records.courses import (
    ACCEPTED,
    CASE,
    DISMISSED,
    DISTRICT,
    FAILED,
    FOUND,
    HEARD,
    INQUIRY,
    MENDED,
    OBJECTED,
    ONE,
    OPENED,
    OPINION,
    RECEIVED,
    REFUSED,
    REMINDER,
    REMINDER_SERVED,
    REPLIED,
    SENT,
    SUGGESTION,
    UNMENDED,
    UPHELD,
    Step,
    changed,
    file_of,
    letter,
    step,
)

CORRECTION = letter(
    "o",
    "opinion_letter",
    "11-05",
    title_variant="correction_opinion",
    reply_days=15,
    reply_day_kind="working",
)
DEMOCRATIC = {**CASE, "matter": "10", "violations": "no_congress"}
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
