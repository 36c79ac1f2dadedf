"""Spans of numbers are what sets of the same numbers are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.records.versions.spans import common, in_words, spans_of, without
from desktop.records.versions.stamped import Stamped

numbers = st.sets(st.integers(1, 40))


@given(numbers, numbers)
def test_spans_are_taken_from_each_other_as_sets_are(left: set[int], right: set[int]) -> None:
    assert without(spans_of(left), spans_of(right)) == spans_of(left - right)
    assert common(spans_of(left), spans_of(right)) == spans_of(left & right)


def test_runs_of_numbers_are_said_as_from_and_to() -> None:
    assert in_words(spans_of([7, 3, 5, 6, 12, 6])) == "3、5至7、12"


def test_items_by_number_and_stamp_are_a_set_in_order_in_however_many_pieces_they_come() -> None:
    high = (10**16 - 1, (1 << 63) - 1)
    pieces = [[(3, 9), (3, 9), high], [(1, 7), (3, 2)], [], [(3, 9), (2, 5)]]
    found = Stamped(pieces[0])
    for piece in pieces[1:]:
        found.add(piece)
    wanted = {pair for piece in pieces for pair in piece}
    assert list(found) == sorted(wanted)
    assert (len(found), found == wanted, found - {high} == wanted - {high}) == (len(wanted), True, True)
    assert all(pair in found for pair in wanted)
    assert [pair for pair in [(3, 3), (4, 9), (0, 7), (3, 10), 3] if pair in found] == []
    assert (3, 9) not in Stamped()
