"""Numbers of letters have the form of the standard, and patterns that make no proper ones are refused."""

from __future__ import annotations

import re

import pytest

from desktop.records.supervision.numbering import (
    DEFAULT_PATTERNS,
    BadPattern,
    Series,
    check_body,
    check_pattern,
    form_number,
    said,
)


def test_numbers_have_the_form_of_the_standard() -> None:
    assert [form_number(DEFAULT_PATTERNS[s], "杭西", 2026, 1) for s in Series] == [
        "杭西工监提〔2026〕1号", "杭西工监意〔2026〕1号", "杭西工监建〔2026〕1号", "杭西工监案〔2026〕1号",
    ]  # fmt: skip
    standard = "{body}〔{year}〕{n}号"
    for pattern in (*DEFAULT_PATTERNS.values(), standard):
        assert (
            check_pattern(f" {pattern} ", Series.CASE) == check_pattern(said(pattern), Series.CASE) == pattern
        )
    assert said(DEFAULT_PATTERNS[Series.OPINION]) == "{代字}工监意〔{年份}〕{序号}号"


@pytest.mark.parametrize(
    "pattern",
    [
        "{body}工监提[{year}]{n}号", "{body}工监提（{year}）{n}号", "{body}工监提〔{year}〕第{n}号",
        "{body}工监提〔{year}〕{n}",
        "{body}工监提〔{year}〕1{n}号", "{body}工监2〔{year}〕{n}号", "{body工监提〔{year}〕{n}号", "〔{year}〕{n}号",
        "{body}工监提〔{year}〕号", "{body}工监提〔{}〕{n}号", "{body}工监提{n}号",
        "{body}〔{n}〕{year}号", "{body}{name}〔{year}〕{n}号", "〔{year}〕{n}{n}号", "",
    ],
)  # fmt: skip
def test_a_pattern_that_makes_no_proper_numbers_is_refused(pattern: str) -> None:
    for series in Series:
        with pytest.raises(BadPattern, match=re.escape(said(DEFAULT_PATTERNS[series]))):
            check_pattern(pattern, series)


@pytest.mark.parametrize("code", ["", "HX", "杭西1", "杭 西", "杭西〔", "一二三四五六七八九十一"])
def test_the_code_of_a_body_is_a_few_chinese_characters(code: str) -> None:
    with pytest.raises(BadPattern):
        check_body(code)
