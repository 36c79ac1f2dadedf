"""What criteria are worth by the records: boundaries, and what is left to people with the reason."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from desktop import reference
from desktop.plan.assessed import FACTS, day_of, worth

DAY = datetime.date(2026, 11, 28)


def points(fact: str, full: object, **figures: Any) -> str | None:
    return worth(fact, full, figures, DAY).points


@pytest.mark.parametrize(
    ("due", "grace", "given"),
    [
        ("2026-11-28", "2027-05-28", "8"),
        ("2026-11-27", "2027-05-27", "4"),
        ("2026-05-28", "2026-11-28", "4"),
        ("2026-05-27", "2026-11-27", "0"),
        (None, None, None),
    ],
)
def test_an_election_is_in_time_on_its_last_day_and_half_a_year_late_is_half(
    due: str | None, grace: str | None, given: str | None
) -> None:
    assert points("election", "8", election_due=due, election_grace=grace) == given


def test_shares_are_rounded_half_up_and_never_above_the_full_score() -> None:
    assert points("rotation", "5", officers=3, officers_trained=2) == "3.33"
    assert points("rotation", "0.01", officers=2, officers_trained=1) == "0.01"
    assert points("real_names", "10", members=2, members_entered=3) == "10"
    assert points("proposals", "5", proposals=0, proposals_answered=0) == "5"
    assert points("real_names", "10", members=0, members_entered=0) is None


def test_what_cannot_be_looked_up_is_left_to_people_with_the_reason() -> None:
    assert worth("of_the_district", "5", {"x": 1}, DAY).words == "本项没有可以自动取数的内容，请手工打分"
    assert worth("sites", None, {"site": 1}, DAY).points is None
    assert worth("sites", "5", {}, DAY).words == "这里没有这家工会的记录，算不出来，请手工打分"


def test_a_year_is_judged_as_of_its_last_day_or_of_today() -> None:
    assert day_of(2025, DAY) == datetime.date(2025, 12, 31)
    for year in (2026, 2027, None, 0, 10**9):
        assert day_of(year, DAY) == DAY


def test_every_fact_that_can_be_chosen_can_be_looked_up() -> None:
    assert reference.code_list("assessment_fact").by_code.keys() == FACTS
