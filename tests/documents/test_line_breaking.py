"""Lines of Chinese text: kinsoku, unbreakable words, even gaps, squeezed marks, on example and generated text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.fonts import FontBook, FontRole
from desktop.documents.page.characters import (
    FORBIDDEN,
    NO_END,
    NO_START,
    break_penalties,
    cleaned,
    rigid_gaps,
    word_spans,
)
from desktop.documents.page.geometry import PITCH, TEXT_WIDTH
from desktop.documents.page.linebreak import LOOSEST, Line, break_lines
from desktop.documents.page.setting import BODY
from desktop.documents.page.shaping import Style, shape

WORDS = [
    *"工会职工劳动法律监督企业集体合同协商工资保险安全卫生的和在了是",
    *[
        "于2026年12月5日",
        "共15个",
        "第二十三条",
        "计12,345.67",
        "￥1,234,567.89元",
        "达98.6%",
        "用MIS",
        "达37.5万元",
    ],
    *[
        "〔2026〕18号",
        "阿卜杜拉·买买提",
        "约20㎡",
        "纸A4",
        "向union@example.cn",
        "十五个工作日",
        "长2×3",
        "第15条第二款",
    ],
]
"""Words that begin with a Chinese character, so that there are gaps to spread."""
MARKS = [
    "，",
    "。",
    "、",
    "；",
    "：",
    "！",
    "？",
    "……",
    "——",
    "。”",
    "》（",
    "）、",
    "”。",
    "“《",
    "：“",
    "（",
    "《",
    "）",
    "》",
]
TEXTS = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), st.sampled_from(MARKS)),
    min_size=1,
    max_size=25,
).map(lambda parts: "".join("".join(words) + mark for words, mark in parts))


def lines_of(
    text: str, width: float = TEXT_WIDTH, *, justify: bool = True, fonts: FontBook | None = None
) -> list[Line]:
    cells = shape(text, BODY, fonts or FontBook(bundle_only=True))
    return break_lines(cells, width, min(width, TEXT_WIDTH - 2 * PITCH), justify)


@given(text=TEXTS)
def test_no_rule_of_line_breaking_is_ever_broken(text: str) -> None:
    lines = [line.text for line in lines_of(text)]
    assert "".join(lines) == text
    for line in lines[1:]:
        assert line[0] not in NO_START or line.startswith("——")
    for line in lines[:-1]:
        assert line[-1] not in NO_END
    for before, after in pairwise(lines):
        for pair in ("——", "……"):
            assert before[-1] + after[0] != pair
        assert not (before[-1].isascii() and after[0].isascii()) or "@" in before + after
        assert not (before[-1].isdigit() and after[0] in "年月日个条号人元万㎡×")


@given(text=TEXTS)
def test_full_lines_end_at_the_margin_and_no_line_passes_it(text: str) -> None:
    lines = lines_of(text)
    for number, line in enumerate(lines):
        width = TEXT_WIDTH - 2 * PITCH if number == 0 else TEXT_WIDTH
        assert line.width <= width + 0.001
        gaps = rigid_gaps(line.text)[:-1].count(False)
        if number < len(lines) - 1 and line.width < width - 0.001:  # ragged rather than torn apart
            assert width - line.width > gaps * LOOSEST * 16


@given(text=TEXTS)
def test_gaps_are_even_and_never_inside_words_and_dates(text: str) -> None:
    for line in lines_of(text):
        spans = word_spans(line.text)
        inside = {index for start, end in spans for index in range(start, end - 1)}
        gaps = set()
        for index, (cell, following) in enumerate(zip(line.cells, line.cells[1:], strict=False)):
            gap = line.xs[index + 1] - line.xs[index] - cell.advance
            if index in inside:
                assert gap == pytest.approx(0, abs=1e-6)
            elif (
                not (cell.left or cell.right or following.left or following.right)
                and cell.character not in "·"
            ):
                gaps.add(round(gap, 4))
        gaps -= {0.0}
        assert max(gaps, default=0) - min(gaps, default=0) < 0.001


@given(text=TEXTS)
def test_marks_give_up_half_a_cell_at_most_and_keep_clear_of_their_neighbours(text: str) -> None:
    for line in lines_of(text):
        right = float("-inf")
        for cell, x in zip(line.cells, line.xs, strict=True):
            left_ink, _, right_ink, _ = cell.face.ink(cell.character)
            start = x + cell.inset
            if cell.character not in "—…" and not cell.character.isspace():
                assert start + left_ink * cell.size > right - 0.75
            right = start + right_ink * cell.size


@given(text=st.text(max_size=60))
def test_any_text_is_cleaned_to_what_can_be_set(text: str) -> None:
    assert not set(cleaned(text)) & set("\t\r\u200b\ufeff\u00ad\ufe0f\x00")
    assert len(break_penalties(cleaned(text))) == len(cleaned(text))


@given(width=st.floats(2, 500), text=TEXTS)
def test_a_narrow_column_loses_no_character(width: float, text: str) -> None:
    lines = lines_of(text, width, justify=False)
    assert "".join(line.text for line in lines) == text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("于2026年12月5日", "2|0"),
        ("于2026年12月5日", "6|年"),
        ("于2026年12月5日", "2|月"),
        ("共15个", "5|个"),
        ("计￥128.50元", "￥|1"),
        ("共3.5万元", "5|万"),
        ("甲——乙", "—|—"),
        ("甲……乙", "…|…"),
        ("甲……乙", "甲|…"),
        ("（一）甲", "（|一"),
        ("（一）甲", "一|）"),
        ("甲，乙", "甲|，"),
        ("“甲”", "“|甲"),
        ("用MIS系统", "M|I"),
        ("面积20㎡", "0|㎡"),
        ("长2×3", "2|×"),
        ("阿里·木", "里|·"),
    ],
)
def test_places_where_no_line_may_end(text: str, place: str) -> None:
    before, after = place.split("|")
    assert break_penalties(text)[text.index(before + after)] == FORBIDDEN


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2026年12月5日", "年|1"),
        ("第二十三条", "二|十"),
        ("杭〔2026〕18号", "〕|1"),
        ("共3万元", "万|元"),
        ("李敏（余工监001）", "监|0"),
        ("李敏（余工监001）", "余|工"),
        ("十五个人", "十|五"),
    ],
)
def test_places_where_a_line_ends_only_at_need(text: str, place: str) -> None:
    before, after = place.split("|")
    assert 0 < break_penalties(text)[text.index(before + after)] < FORBIDDEN


def test_a_time_of_day_is_no_number_of_what_stands_before_it() -> None:
    text = "12月5日09时"
    assert break_penalties(text)[text.index("日0")] == 0


def test_a_line_of_28_characters_stands_on_the_grid(fonts: FontBook) -> None:
    line = lines_of("工" * 54, fonts=fonts)[1]
    assert len(line.cells) == 28
    assert [round(x / PITCH, 6) for x in line.xs] == list(range(28))


def test_a_mark_that_would_begin_a_line_is_drawn_in_by_squeezing_others(fonts: FontBook) -> None:
    text = "工" * 26 + "工会，工会，工会，工会，工会，工会，工会，工会，工会，工。工会工会"
    second = lines_of(text, fonts=fonts)[1].text
    assert len(second) == 29
    assert second.endswith("。")


def test_a_date_goes_whole_to_the_next_line(fonts: FontBook) -> None:
    lines = [line.text for line in lines_of("工" * 26 + "工" * 24 + "2026年12月5日前完成整改。", fonts=fonts)]
    assert lines[2].startswith("2026年12月5日")


def test_a_long_link_breaks_after_its_strokes(fonts: FontBook) -> None:
    link = "https://gonghui.example.cn/report/enterprise/letters/index?id=2026&type=letter&district=xihu"
    lines = [line.text for line in lines_of("请登录" + link + "填报。", fonts=fonts)]
    assert len(lines) > 1
    assert all(line[-1] in "/?&=._-" for line in lines[:-1])


def test_a_word_wider_than_the_line_is_broken_rather_than_lost(fonts: FontBook) -> None:
    lines = lines_of("A" * 200, fonts=fonts)
    assert all(line.width <= TEXT_WIDTH + 0.001 for line in lines)
    assert "".join(line.text for line in lines) == "A" * 200


def test_a_line_before_an_unbreakable_word_is_not_torn_apart(fonts: FontBook) -> None:
    lines = lines_of("请发送至" + "A" * 35 + "。", fonts=fonts)
    assert lines[0].text == "请发送至"
    assert lines[0].width == pytest.approx(4 * PITCH)


def test_no_paragraph_ends_with_a_single_character_where_it_can_be_helped(fonts: FontBook) -> None:
    lines = [line.text for line in lines_of("工会，" * 8 + "工" * 27 + "，工会，工会，工。", fonts=fonts)]
    assert len(lines[-1]) > 2


def test_adjacent_marks_share_a_cell_and_a_half(fonts: FontBook) -> None:
    line = lines_of("《甲》（乙）", fonts=fonts)[0]
    closing, opening = line.text.index("》"), line.text.index("（")
    left = fonts.glyph(FontRole.FANGSONG, "》").face.ink("》")[2] * 16
    right = fonts.glyph(FontRole.FANGSONG, "（").face.ink("（")[0] * 16
    white = line.xs[opening] + right - line.xs[closing] - left
    assert white < PITCH * 0.75


def test_spaces_at_the_end_of_a_line_vanish(fonts: FontBook) -> None:
    for line in lines_of("union law " * 30, fonts=fonts):
        assert not line.text.startswith(" ")
        assert not line.text.endswith(" ")


def test_a_dash_fills_its_cell_in_every_typeface(fonts: FontBook) -> None:
    for role in FontRole:
        first, second = shape("——", Style(role, 16), fonts)
        assert first.advance == second.advance == 16
        left, _, right, _ = first.face.ink("—")
        assert (right - left) * first.size * first.stretch > 0.85 * 16


@given(
    text=st.text(alphabet="，。（）《》“”——……·￥%A1 年月日第二十三条〔〕号.:/@?工会", max_size=90),
    width=st.sampled_from([TEXT_WIDTH, 60.0]),
)
def test_no_heap_of_marks_is_lost_or_passes_the_margin(text: str, width: float) -> None:
    lines = lines_of(text, width)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    assert all(line.width <= width + 0.001 for line in lines)
