"""Chinese numerals of articles and sessions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.typed.numerals import chinese_to_int, int_to_chinese


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"), (1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (22, "二十二"), (100, "一百"), (101, "一百零一"),
        (110, "一百一十"), (119, "一百一十九"), (266, "二百六十六"), (1000, "一千"),
        (1010, "一千零一十"), (1260, "一千二百六十"),
        (1001, "一千零一"), (9999, "九千九百九十九"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_statutes_write_them(number: int, text: str) -> None:
    assert int_to_chinese(number) == text
    assert chinese_to_int(text) == number


@pytest.mark.parametrize(("text", "number"), [("二百〇一", 201), ("一百〇一", 101), ("两百", 200)])
def test_variants_are_read(text: str, number: int) -> None:
    assert chinese_to_int(text) == number


@pytest.mark.parametrize(
    "text", ["", "二二", "十十", "一十", "百", "二百五", "第十", "12", "一百一", "零一", "十零", "〇〇"]
)
def test_malformed_numerals_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="numeral"):
        chinese_to_int(text)


@pytest.mark.parametrize("number", [-1, 10_000])
def test_numbers_beyond_the_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="between"):
        int_to_chinese(number)


@given(st.integers(0, 9999))
def test_every_number_comes_back(number: int) -> None:
    assert chinese_to_int(int_to_chinese(number)) == number


@given(st.text(alphabet="零〇一二三四五六七八九十百千两", max_size=8))
def test_a_numeral_has_one_meaning_or_none(text: str) -> None:
    try:
        number = chinese_to_int(text)
    except ValueError:
        return
    assert int_to_chinese(number) == text.replace("〇", "零").replace("两", "二")
