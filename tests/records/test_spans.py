"""Spans of numbers are what sets of the same numbers are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.versions import stamped
from desktop.records.versions.spans import common, in_words, joined, spans_of, without
from desktop.records.versions.stamped import Spans, Stamped

numbers = st.sets(st.integers(1, 40))
spans = st.builds(lambda first, length: (first, first + length), st.integers(1, 40), st.integers(0, 5))


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


@given(st.lists(spans), st.lists(spans), spans)
def test_very_many_spans_are_joined_like_few_in_however_many_runs(
    pieces: list[tuple[int, int]], more: list[tuple[int, int]], near: tuple[int, int]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stamped, "_RUN", 3)
        found = Spans(pieces)
        assert list(found) == joined(pieces)
        found.add(more)
        wanted = joined([*pieces, *more])
        assert (len(found), list(found), found[1:], found[-1:]) == (
            len(wanted),
            wanted,
            wanted[1:],
            wanted[-1:],
        )
        assert all(found[n] == one for n, one in enumerate(wanted))
        assert common(found, [near]) == common([near], found) == common(wanted, [near])
