"""Stored decimals: what is written is read again, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.typed.typed_numbers import decimal_text, stored_decimal


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=6))
def test_what_is_stored_is_read_again_exactly(number: object) -> None:
    assert stored_decimal(decimal_text(number)) == number  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell", ["", "1e9", "1/2", "NaN", "-", "1.", ".5", "１", "٣", "1\n", "9" * 41, None, 3, "12 "]
)
def test_what_no_station_stores_is_not_read(cell: object) -> None:
    assert stored_decimal(cell) is None
