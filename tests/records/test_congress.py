"""Delegates, quorum, majority, shares and votes of a staff congress."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.reckoning import congress
from desktop.records.reckoning.congress import Tally, TallyFault


@pytest.mark.parametrize(
    ("staff", "delegates"),
    [
        (1, 30), (99, 30), (100, 40), (199, 40), (200, 47), (350, 54), (999, 96),
        (1000, 100), (1999, 100), (2000, 120), (4999, 160), (5000, 200), (100_000, 200),
    ],
)  # fmt: skip
def test_the_least_number_of_delegates_follows_the_size(staff: int, delegates: int) -> None:
    assert congress.min_delegates(staff) == delegates


def test_an_enterprise_without_staff_has_no_congress() -> None:
    with pytest.raises(ValueError, match="staff"):
        congress.min_delegates(0)


@pytest.mark.parametrize(("staff", "allowed"), [(1, True), (99, True), (100, False)])
def test_fewer_than_a_hundred_staff_may_meet_all_together(staff: int, allowed: bool) -> None:
    assert congress.may_hold_assembly(staff) is allowed


@pytest.mark.parametrize(
    ("present", "delegates", "good"), [(20, 30, True), (19, 30, False), (21, 31, True), (0, 0, False)]
)
def test_two_thirds_of_all_delegates_are_a_quorum(present: int, delegates: int, good: bool) -> None:
    assert congress.has_quorum(present, delegates) is good


@pytest.mark.parametrize(
    ("votes", "delegates", "passed"), [(15, 30, False), (16, 30, True), (16, 31, True), (0, 0, False)]
)
def test_more_than_half_of_all_delegates_pass_a_matter(votes: int, delegates: int, passed: bool) -> None:
    assert congress.passes(votes, delegates) is passed


@pytest.mark.parametrize(
    ("managers", "delegates", "good"), [(6, 30, True), (7, 30, False), (8, 40, True), (0, 0, True)]
)
def test_managers_are_at_most_one_fifth(managers: int, delegates: int, good: bool) -> None:
    assert congress.managers_within_limit(managers, delegates) is good


@pytest.mark.parametrize(
    ("delegates", "women", "staff", "least"),
    [(40, 50, 100, 20), (40, 33, 100, 14), (30, 1, 90, 1), (30, 0, 90, 0), (40, 100, 100, 40)],
)
def test_women_are_represented_by_their_share(delegates: int, women: int, staff: int, least: int) -> None:
    assert congress.least_women(delegates, women, staff) == least
    assert congress.women_ratio_met(least, delegates, women, staff)
    assert least == 0 or not congress.women_ratio_met(least - 1, delegates, women, staff)


@pytest.mark.parametrize(("women", "staff"), [(1, 0), (11, 10), (-1, 10)])
def test_more_women_than_staff_is_a_programming_error(women: int, staff: int) -> None:
    with pytest.raises(ValueError, match="women"):
        congress.least_women(30, women, staff)


GOOD = Tally(
    delegates=30, present=28, issued=28, collected=28, in_favour=20, against=5, abstained=2, invalid=1
)


def test_a_count_that_adds_up_has_no_fault() -> None:
    assert GOOD.faults() == ()
    assert GOOD.passed


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"present": 27}, TallyFault.ISSUED_OVER_PRESENT),
        ({"collected": 29, "in_favour": 21}, TallyFault.COLLECTED_OVER_ISSUED),
        ({"abstained": 3}, TallyFault.SUM),
        ({"present": 31}, TallyFault.PRESENT_OVER_DELEGATES),
        ({"against": -5, "abstained": 12}, TallyFault.NEGATIVE),
    ],
)
def test_each_way_of_not_adding_up_is_named(changed: dict[str, int], fault: TallyFault) -> None:
    broken = dataclasses.replace(GOOD, **changed)
    assert broken.faults() == (fault,)
    assert not broken.passed
    assert fault.message


def test_votes_for_without_a_quorum_do_not_pass() -> None:
    tally = Tally(delegates=30, present=19, issued=19, collected=19, in_favour=19, against=0, abstained=0)
    assert tally.faults() == ()
    assert not tally.passed


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_quorum_and_votes_needed_are_the_least_that_hold(delegates: int, number: int) -> None:
    assert congress.has_quorum(number, delegates) == (number >= congress.quorum(delegates))
    assert congress.passes(number, delegates) == (number >= congress.votes_needed(delegates))
    assert congress.managers_within_limit(number, delegates) == (number <= congress.most_managers(delegates))


@given(st.integers(1, 50_000))
def test_a_larger_enterprise_never_needs_fewer_delegates(staff: int) -> None:
    assert congress.min_delegates(staff) <= congress.min_delegates(staff + 1)
