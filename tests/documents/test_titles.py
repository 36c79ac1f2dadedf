"""Titles: lines of like length that do not cut words."""

from __future__ import annotations

import pytest

from desktop.documents.fonts import FontBook
from desktop.documents.page.geometry import TEXT_WIDTH
from desktop.documents.page.setting import Setter
from desktop.documents.page.titles import title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("工会劳动法律监督提示函", ["工会劳动法律监督提示函"]),
        (
            "杭州市西湖区总工会关于开展2026年“冬送温暖”活动的通知",
            ["杭州市西湖区总工会关于开展", "2026年“冬送温暖”活动的通知"],
        ),
        ("甲乙丙\n丁", ["甲乙丙", "丁"]),
        ("", []),
    ],
)
def test_a_title_breaks_where_its_sense_allows(title: str, lines: list[str], fonts: FontBook) -> None:
    assert [line.text for line in title_lines(title, Setter(fonts))] == lines


def test_long_titles_stay_within_the_page_and_are_balanced(fonts: FontBook) -> None:
    words = "关于进一步加强新就业形态劳动者权益保障和工会组织建设工作推进三年行动计划实施方案的意见"
    for length in range(5, len(words) + 1):
        lines = title_lines(words[:length], Setter(fonts))
        assert "".join(line.text for line in lines) == words[:length]
        assert all(line.width < TEXT_WIDTH for line in lines)
        if len(lines) > 1:
            assert min(line.width for line in lines) > 0.4 * max(line.width for line in lines)
        for line in lines[:-1]:
            assert not line.text.endswith(("劳", "动计", "工", "权"))
