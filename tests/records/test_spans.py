"""Spans of numbers are what sets of the same numbers are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.records.spans import common, in_words, spans_of, without

numbers = st.sets(st.integers(1, 40))


@given(numbers, numbers)
def test_spans_are_taken_from_each_other_as_sets_are(left: set[int], right: set[int]) -> None:
    assert without(spans_of(left), spans_of(right)) == spans_of(left - right)
    assert common(spans_of(left), spans_of(right)) == spans_of(left & right)


def test_runs_of_numbers_are_said_as_from_and_to() -> None:
    assert in_words(spans_of([7, 3, 5, 6, 12, 6])) == "3、5至7、12"
