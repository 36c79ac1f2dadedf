"""Bars on the page: measured lengths, goals where they belong, shades that a printer without colours keeps apart."""

from __future__ import annotations

import io

import pytest
from docx import Document

from desktop.documents.page import (
    ChartBar,
    ChartBlock,
    Heading,
    OfficialDocument,
    PlainHead,
    Remark,
    render_pdf,
)
from desktop.documents.page.word import render_docx
from tests.documents.paper import Rectangle, Sheet, measure

pytestmark = pytest.mark.usefixtures("bundled_fonts")

LONG = "国有、集体企业和事业单位本级民主管理建制率（含分公司、办事处）"


def page(*bars: ChartBar, **values: object) -> Sheet:
    chart = ChartBlock(bars, **values)  # type: ignore[arg-type]
    data = render_pdf(OfficialDocument(PlainHead(), "简报", (chart, Remark("百分数后面是分子/分母"))))
    (sheet,) = measure(data)
    return sheet


def parts(sheet: Sheet) -> tuple[list[Rectangle], list[Rectangle], float]:
    """What is filled, the goals' marks, and the length of a track."""
    wide = [r for r in sheet.rectangles if r.height > 3]
    edges = [r for r in sheet.rectangles if r.height < 1]
    marks = [r for r in wide if r.colour == (0, 0, 0)]
    filled = [r for r in wide if r not in marks and r.width > 1]
    return filled, marks, max(r.width for r in edges)


def grey(rectangle: Rectangle) -> float:
    red, green, blue = (c / 255 for c in rectangle.colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_a_bar_is_as_long_as_its_share_and_its_goal_stands_where_it_is() -> None:
    short = ChartBar("建会率", "25.00%，1/4家", 0.25, 0.8)
    full = ChartBar("轮训率", "100%，4/4人", 1.3, 0.5, reached=True)
    sheet = page(short, full, ChartBar("没有数", "—"), scale=("0", "50%", "100%"))
    filled, marks, track = parts(sheet)
    assert [round(r.width / track, 2) for r in filled] == [0.25, 1.0]
    left = filled[0].left
    assert [round(((m.left + m.right) / 2 - left) / track, 2) for m in marks] == [0.8, 0.5]
    middle = sheet.line("50%")
    assert abs((middle[0].left + middle[-1].right) / 2 - (left + track / 2)) < 2
    assert "25.00%，1/4家" in sheet.text
    assert "百分数后面是分子/分母" in sheet.text


def test_without_colours_reached_and_not_reached_differ_and_neither_is_white() -> None:
    filled, _, _ = parts(page(ChartBar("甲", "1", 0.5), ChartBar("乙", "2", 0.5, reached=True)))
    light, dark = (grey(r) for r in filled)
    assert light - dark > 0.3
    assert light < 0.75


def test_long_words_wrap_beside_their_bar_and_nothing_leaves_the_page() -> None:
    sheet = page(*(ChartBar(LONG, f"12.34%，{n}2345/67890家，目标95%，还差45678家", 0.1) for n in range(4)))
    filled, _, track = parts(sheet)
    words = [m for m in sheet.marks if m.x > filled[0].left + track]
    assert words
    assert min(m.left for m in words) > filled[0].left + track
    assert max(m.right for m in sheet.marks) < sheet.width - 70


def test_two_columns_stand_beside_each_other_and_fill_downwards() -> None:
    sheet = page(*(ChartBar(f"事{n}", f"{n}次", n / 3) for n in (1, 2, 3)), columns=2)
    first, second, third = (sheet.line(f"事{n}")[0] for n in (1, 2, 3))
    assert first.x == second.x < third.x
    assert first.y == third.y < second.y


def test_a_charts_last_bar_stays_with_what_is_said_below_it() -> None:
    for count in range(20, 40):
        bars = tuple(ChartBar(f"项{n}", f"{n}次", 0.5) for n in range(count))
        blocks = (Heading(1, "做了什么"), ChartBlock(bars), Remark("条长按最多的一类画"))
        sheets = measure(render_pdf(OfficialDocument(PlainHead(), "简报", blocks)))
        assert [f"项{count - 1}" in s.text for s in sheets] == [
            "条长按最多的一类画" in s.text for s in sheets
        ]


def test_in_word_bars_are_squares_in_a_table_and_a_line_below_the_title_stays_there() -> None:
    blocks = (
        ChartBlock((ChartBar("建会率", "46%，253/545家", 0.46), ChartBar("没有数", "—"))),
        Remark("含下级"),
    )
    word = Document(
        io.BytesIO(render_docx(OfficialDocument(PlainHead(caption="（第四季度）"), "简报", blocks)))
    )
    rows = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert rows[1:] == [["建会率", "■■■■□□□□□□", "46%，253/545家"], ["没有数", "□" * 10, "—"]]
    texts = [p.text for p in word.paragraphs if p.text]
    assert texts == ["简报", "（第四季度）", "含下级"]
