"""What the types of the action plan ask of their values: clocks of the law, tables of seats, sums, places and steps."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.checks import Context, run_checks
from desktop.records.declaration import Level
from desktop.records.types import catalogue

TODAY = datetime.date(2026, 11, 23)
Values = Mapping[str, Any]


def said(
    type_name: str,
    values: Values,
    children: Mapping[str, Sequence[Values]] | None = None,
    linked: Mapping[str, Values] | None = None,
) -> dict[str, str]:
    """What was found, by rule; what is only missing is left out."""
    context = Context(TODAY, lambda t: (children or {}).get(t, ()), lambda f: (linked or {}).get(f))
    found = run_checks(catalogue()[type_name], values, context)
    return {f.rule: f.message for f in found if f.rule != "needed"}


# Collective contracts (浙江省集体合同条例)


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        # 第七条: ten working days, here Monday 2026-03-02 to Monday 2026-03-16.
        ({"offer_date": "2026-03-02", "answer_date": "2026-03-16"}, set()),
        ({"offer_date": "2026-03-02", "answer_date": "2026-03-17"}, {"within_weekdays"}),
        # Begun on a Saturday: the first day that counts is Monday.
        ({"offer_date": "2026-02-28", "answer_date": "2026-03-13"}, set()),
        ({"offer_date": "2026-02-28", "answer_date": "2026-03-16"}, {"within_weekdays"}),
        ({"notice_date": "2026-03-02", "first_meeting_date": "2026-03-09"}, set()),
        ({"notice_date": "2026-03-03", "first_meeting_date": "2026-03-09"}, {"days_before"}),
        # 杭州市企业工资集体协商条例第二十九条: sixty days, for wages only.
        ({"offer_date": "2026-03-02", "agreed_date": "2026-05-02", "kind": "comprehensive"}, set()),
        (
            {"offer_date": "2026-03-02", "agreed_date": "2026-05-01", "kind": "wages", "wage_basis": "other"},
            set(),
        ),
        (
            {"offer_date": "2026-03-02", "agreed_date": "2026-05-02", "kind": "wages", "wage_basis": "other"},
            {"within_days"},
        ),
        ({"agreed_date": "2026-03-02", "submitted_date": "2026-03-23"}, set()),
        ({"agreed_date": "2026-03-02", "submitted_date": "2026-03-24"}, {"within_weekdays"}),
        # 第三十四条: filed within ten days, in force after fifteen.
        ({"signed_date": "2026-03-02", "filed_date": "2026-03-12", "congress": "c"}, set()),
        ({"signed_date": "2026-03-02", "filed_date": "2026-03-13", "congress": "c"}, {"within_days"}),
        ({"filed_date": "2026-03-02", "effective_date": "2026-03-17"}, set()),
        ({"filed_date": "2026-03-02", "effective_date": "2026-03-16"}, {"days_before"}),
        ({"effective_date": "2026-03-02", "published_date": "2026-03-09"}, set()),
        ({"effective_date": "2026-03-02", "published_date": "2026-03-10"}, {"within_weekdays"}),
        # 第三十条: one to three years.
        ({"started": "2026-01-01", "ended": "2026-12-31"}, set()),
        ({"started": "2026-01-01", "ended": "2027-01-01"}, set()),
        ({"started": "2026-01-01", "ended": "2028-12-31"}, set()),
        ({"started": "2026-01-01", "ended": "2029-01-01"}, set()),
        ({"started": "2026-06-01", "ended": "2026-12-31"}, {"contract_term"}),
        ({"started": "2026-01-01", "ended": "2029-02-01"}, {"contract_term"}),
        ({"started": "2025-01-01", "ended": "2025-12-31"}, {"not_passed"}),
        ({"signed_date": "2026-03-02"}, {"needs_with"}),
        ({"outcome": "failed"}, {"needs_when"}),
    ],
)
def test_a_collective_contract_keeps_its_clocks(values: Values, broken: set[str]) -> None:
    assert set(said("collective_contract", values)) == broken


@given(
    st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1)),
    st.integers(0, 60),
)
def test_weekdays_are_counted_as_on_a_calendar(first: datetime.date, length: int) -> None:
    days = [first + datetime.timedelta(days=n) for n in range(1, length + 1)]
    counted = sum(day.weekday() < 5 for day in days)
    found = said(
        "collective_contract", {"effective_date": str(first), "published_date": str((days or [first])[-1])}
    )
    assert ("within_weekdays" in found) is (counted > 5)
    assert counted <= 5 or f"隔了{counted}个工作日" in found["within_weekdays"]


def seats(staff: int, enterprise: int, *, chiefs: int = 1, external: int = 0) -> list[dict[str, Any]]:
    """Representatives of both sides."""
    return [
        {"side": side, "is_chief": int(n < chiefs), "is_external": int(n < external)}
        for side, count in (("staff", staff), ("enterprise", enterprise))
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("people", "values", "problem"),
    [
        (seats(3, 3), {}, ""),
        (seats(3, 2), {}, "企业方代表2人，应当不少于3人"),
        (seats(3, 4), {}, "企业方代表4人，多于职工方的3人"),
        (seats(4, 4), {"above_scale": 1}, "职工方代表4人，应当不少于5人"),
        (seats(5, 5), {"above_scale": 1}, ""),
        (seats(3, 3, chiefs=0), {}, "职工方首席代表0人，应当是1人"),
        (seats(3, 3, chiefs=2), {}, "职工方首席代表2人，应当是1人"),
        (seats(3, 3, external=1), {}, ""),
        (seats(5, 5, external=2), {}, "职工方外聘代表2人，超过本方5人的三分之一"),
        (seats(10, 9), {"kind": "wages", "wage_basis": "other"}, "职工方代表10人，工资协商每方不超过9人"),
        (seats(10, 9), {"kind": "comprehensive"}, ""),
        ([], {}, ""),
    ],
)
def test_the_seats_of_both_sides_are_those_of_the_rules(
    people: list[Values], values: Values, problem: str
) -> None:
    found = said("collective_contract", values, {"bargaining_representative": people})
    assert found.get("bargaining_seats", "").partition("，请核对")[0] == problem


# Sums and shares


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"paid": "10000", "ratio": "60", "refundable": "6000"}, set()),
        ({"paid": "10000", "ratio": "60", "refundable": "6001"}, set()),
        ({"paid": "10000", "ratio": "60", "refundable": "6001.5"}, {"share_of"}),
        ({"paid": "10000", "refundable": "6100"}, set()),
        ({"paid": "10000", "refundable": "10000.01"}, {"at_most"}),
        ({"refundable": "6000", "refunded": "6000.01"}, {"usually_at_most"}),
    ],
)
def test_what_is_returned_is_the_share_of_what_was_paid(values: Values, broken: set[str]) -> None:
    assert set(said("dues_refund", values)) == broken


def test_a_template_adds_up_and_says_by_how_much_it_does_not() -> None:
    criteria: list[Values] = [{"full_score": "60"}, {"full_score": "39.5"}, {"full_score": None}]
    found = said("assessment_template", {"full_score": "100"}, {"assessment_criterion": criteria})
    assert found["children_add_up"].startswith("评价项目的满分合计99.5分，与满分100分不一致")
    whole: list[Values] = [*criteria, {"full_score": "0.5"}]
    assert said("assessment_template", {"full_score": "100"}, {"assessment_criterion": whole}) == {}
    assert said("assessment_template", {"full_score": "100"}) == {}


def test_a_score_is_within_its_criterion_and_its_template() -> None:
    assert set(said("assessment_score", {"self_score": "9"}, linked={"criterion": {"full_score": "8"}})) == {
        "never_above_linked"
    }
    template = {"assessment_template": {"full_score": "100", "kind": "vitality"}}
    assert said("assessment", {"self_score": "100", "kind": "vitality"}, linked=template) == {}
    assert set(said("assessment", {"self_score": "101", "kind": "five_haves"}, linked=template)) == {
        "never_above_linked", "same_as_linked",
    }  # fmt: skip


def test_a_score_that_is_not_what_the_records_give_says_why() -> None:
    kept = {"self_score": "5", "computed_score": "5.0"}
    assert said("assessment_score", kept) == {}
    differing = said("assessment_score", {**kept, "town_score": "3"})
    assert differing == {"differs_without_reason": "得分3与自动算出的5.0不同，请在“得分理由和材料”里写明理由"}
    # Whose score stands last answers for it; who went before has been replaced.
    assert said("assessment_score", {**kept, "town_score": "3", "district_score": "5"}) == {}
    assert said("assessment_score", {**kept, "town_score": "3", "basis": "现场看过"}) == {}
    assert said("assessment_score", {"self_score": "3"}) == {}


def test_a_team_counts_who_has_not_left() -> None:
    roster: list[Values] = [{"ended": None}, {"ended": "2026-01-01"}, {"ended": ""}]
    assert said("volunteer_team", {"member_count": 2}, {"volunteer": roster}) == {}
    assert "children_match" in said("volunteer_team", {"member_count": 3}, {"volunteer": roster})


# Steps and days


@pytest.mark.parametrize(
    ("type_name", "values", "broken"),
    [
        ("site_use", {"year": 2026, "month_number": 11}, set()),
        ("site_use", {"year": 2026, "month_number": 12}, {"month_in_past"}),
        ("site_use", {"year": 2027, "month_number": 1}, {"month_in_past"}),
        ("site_use", {"visit_count": 10, "new_form_count": 11}, {"at_most"}),
        ("platform_affiliation", {"role": "branch"}, {"needs_when"}),
        ("platform_affiliation", {"role": "branch", "upper_name": "甲"}, set()),
        ("platform_affiliation", {"role": "headquarters", "upper_name": "甲"}, {"empty_when"}),
        ("platform_affiliation", {"enterprise": "a", "upper": "a"}, {"different"}),
        ("new_form_survey", {"key_group": "courier"}, set()),
        ("new_form_survey", {"key_group": "food_delivery_rider"}, {"needs_when"}),
        ("new_form_survey", {"workforce_count": 5, "member_count": 6}, {"usually_at_most"}),
        ("new_form_survey", {"workforce_count": 5, "women_count": 6}, {"at_most"}),
        ("membership_application", {"state": "admitted", "handled_date": "2026-11-01"}, {"needs_when"}),
        ("area", {"union_state": "federation"}, {"needs_when"}),
        ("area", {"union_state": "none"}, set()),
        ("town_federation", {"state": "general"}, {"needs_when"}),
        ("nomination", {"kind": "new_form_city"}, {"needs_when"}),
        ("chair_allowance", {"result": "failed", "paid_date": "2026-11-01"}, {"empty_when"}),
        ("chair_allowance", {"result": "passed", "paid_date": "2026-11-01"}, set()),
        ("mailbox_letter", {"received_date": "2026-10-01", "answered_date": "2026-11-01", "answer": "好"},
         {"within_days"}),
        ("mailbox_letter", {"received_date": "2026-10-02", "answered_date": "2026-11-01"}, {"needs_with"}),
        ("service_site", {"kind": "round_the_clock", "round_the_clock": 0}, {"needs_when"}),
        ("accountability_notice", {"kind": "interview"}, {"needs_when"}),
        ("congress", {"level": "branch"}, {"needs_when"}),
        ("congress", {"level": "own"}, set()),
    ],
)  # fmt: skip
def test_what_is_said_holds_together(type_name: str, values: Values, broken: set[str]) -> None:
    found = set(said(type_name, values)) - {"one_of"}
    assert found == broken


# Who may write


@pytest.mark.parametrize(
    ("type_name", "field", "level", "may"),
    [
        ("assessment_template", "name", Level.TOWN, False),
        ("assessment_template", "name", Level.DISTRICT, True),
        ("assessment", "self_score", Level.ENTERPRISE, True),
        ("assessment", "town_score", Level.ENTERPRISE, False),
        ("assessment", "town_score", Level.TOWN, True),
        ("assessment", "district_score", Level.TOWN, False),
        ("rights_claim", "facts", Level.ENTERPRISE, True),
        ("rights_claim", "decision", Level.TOWN, False),
        ("nomination", "result", Level.ENTERPRISE, False),
        ("accountability_notice", "subject", Level.VILLAGE, False),
        ("town_federation", "state", Level.VILLAGE, False),
        ("area", "name", Level.ENTERPRISE, False),
        ("area", "name", Level.PARK, True),
    ],
)
def test_each_level_writes_its_own_part(type_name: str, field: str, level: Level, may: bool) -> None:
    record_type = catalogue()[type_name]
    writers = (record_type.written_by, record_type.by_name[field].written_by)
    assert all(w.admits_level(level) for w in writers) is may


def test_no_amount_and_no_ratio_of_money_is_given_by_the_program() -> None:
    """None was found that holds for Hangzhou; whoever pays knows them (domain, what could not be found)."""
    for name in ("dues_refund", "subsidy", "chair_allowance", "rights_claim"):
        fields = catalogue()[name].by_name
        assert {fields[n].default for n in fields if fields[n].unit in ("元", "%")} == {None}
