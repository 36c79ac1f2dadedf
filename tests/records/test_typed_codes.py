"""Typed and pasted codes come to one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.typed.typed_codes import compact_code


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("330102199001010012", "330102199001010012"),
        (" 330102 1990 0101 0012 ", "330102199001010012"),
        ("３３０１０２１９９００１０１００１２", "330102199001010012"),
        ("11010519491231002x", "11010519491231002X"),
        ("'330102199001010012", "330102199001010012"),
        ("‘330102199001010012", "330102199001010012"),
        ("330102-19900101-0012", "330102199001010012"),
        ("330102—19900101－0012", "330102199001010012"),
        ("330102\u3000199001010012\t\n", "330102199001010012"),
        ("\ufeff91330100799655058b\u200b", "91330100799655058B"),
        ("", ""),
    ],
)
def test_blanks_hyphens_and_full_width_characters_are_brought_to_one_form(typed: str, stored: str) -> None:
    assert compact_code(typed) == stored


def test_every_single_character_is_stable_after_one_pass() -> None:
    for point in range(0x20000):
        once = compact_code(chr(point))
        assert compact_code(once) == once, hex(point)


@given(st.text(max_size=30))
def test_compacting_twice_changes_nothing_more(text: str) -> None:
    once = compact_code(text)
    assert compact_code(once) == once
