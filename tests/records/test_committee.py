"""Seats of a union committee by the number of members."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.reckoning.committee import committee_seats


@pytest.mark.parametrize(
    ("members", "least", "most"),
    [
        (1, 1, 1), (10, 1, 1), (11, 3, 3), (25, 3, 3), (26, 3, 5), (100, 3, 5), (101, 5, 7), (200, 5, 7),
        (201, 7, 9), (500, 7, 9), (501, 9, 15), (1000, 9, 15), (1001, 15, 21), (5000, 15, 21), (5001, 21, 29),
        (10000, 21, 29), (10001, 29, 37), (50000, 29, 37), (50001, 37, 45),
    ],
)  # fmt: skip
def test_the_seats_follow_the_table(members: int, least: int, most: int) -> None:
    seats = committee_seats(members)
    assert (seats.least, seats.most) == (least, most)
    assert least in seats
    assert most in seats
    assert most + 1 not in seats
    assert least - 1 not in seats


def test_a_union_without_members_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="members"):
        committee_seats(0)


@given(st.integers(1, 100_000))
def test_a_larger_union_never_has_fewer_seats(members: int) -> None:
    assert committee_seats(members).least <= committee_seats(members + 1).least
