"""Spans of numbers are what sets of the same numbers are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.records.spans import common, spans_of, without

numbers = st.sets(st.integers(1, 40))


@given(numbers, numbers)
def test_spans_are_taken_from_each_other_as_sets_are(left: set[int], right: set[int]) -> None:
    assert without(spans_of(left), spans_of(right)) == spans_of(left - right)
    assert common(spans_of(left), spans_of(right)) == spans_of(left & right)
