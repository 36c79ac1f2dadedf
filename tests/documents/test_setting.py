"""Numbers of headings as they are written in official documents."""

from __future__ import annotations

import pytest

from desktop.documents.page import Heading
from desktop.documents.page.setting import Numbering, chinese_number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (34, "三十四"), (99, "九十九"),
        (100, "一百"), (103, "一百零三"), (110, "一百一十"), (215, "二百一十五"), (999, "九百九十九"),
    ],
)  # fmt: skip
def test_numbers_in_chinese_characters(number: int, text: str) -> None:
    assert chinese_number(number) == text


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_numbers_out_of_range_are_a_bug(number: int) -> None:
    with pytest.raises(ValueError, match="999"):
        chinese_number(number)


def test_a_heading_begins_the_count_below_it_anew() -> None:
    numbering = Numbering()
    levels = [1, 2, 2, 3, 4, 4, 3, 2, 1, 2, 3]
    numbers = [numbering.next(Heading(level, "")) for level in levels]
    assert numbers == [
        "一、",
        "（一）",
        "（二）",
        "1.",
        "（1）",
        "（2）",
        "2.",
        "（三）",
        "二、",
        "（一）",
        "1.",
    ]


def test_a_level_that_does_not_exist_is_a_bug() -> None:
    with pytest.raises(ValueError, match="level"):
        Numbering().next(Heading(5, ""))
