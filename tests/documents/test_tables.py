"""Tables and forms between pages: rows of many lines are cut, words keep their line, numbers stay on the paper."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from desktop.documents.fonts import FontBook
from desktop.documents.page import (
    Align,
    Column,
    FormBlock,
    FormCell,
    FormRow,
    LetterHead,
    OfficialDocument,
    Paragraph,
    PlainHead,
    Remark,
    TableBlock,
)
from desktop.documents.page.geometry import TEXT_HEIGHT
from desktop.documents.page.render import lay_out
from tests.documents.paper import LEFT, RIGHT, Sheet, printed, squeezed

LINE = "走访了解到企业现有职工"


def has(sheet: Sheet, words: str) -> bool:
    return words in squeezed(sheet.text)


def form(lines: int, before: int = 8) -> OfficialDocument:
    rows = [
        FormRow((FormCell(f"项目{n}", 1, Align.CENTRE, True), FormCell("有", 4)), 2) for n in range(before)
    ]
    told = "\n".join(f"{LINE}{n:03d}" for n in range(lines))
    rows.append(FormRow((FormCell("情况", 1, Align.CENTRE, True), FormCell(told, 4))))
    return OfficialDocument(PlainHead(), "走访记录", (FormBlock(tuple(rows), size=12.0),))


def told(sheet: Sheet) -> list[int]:
    return [n for n in range(200) if has(sheet, f"{LINE}{n:03d}")]


@pytest.mark.parametrize("lines", [20, 25, 38, 90])
def test_a_row_of_many_lines_fills_the_page_and_goes_on_under_its_name(lines: int, fonts: FontBook) -> None:
    sheets = printed(form(lines), fonts)
    pieces = [told(sheet) for sheet in sheets]
    assert [n for piece in pieces for n in piece] == list(range(lines))
    assert all(len(piece) >= 4 for piece in pieces)
    assert all(has(sheet, "情况") for sheet in sheets)
    assert len(pieces[0]) == 14
    assert all(len(piece) > 30 for piece in pieces[1:-1])


@pytest.mark.parametrize("label", [40, 200])
def test_a_long_name_of_a_row_is_cut_with_it_and_nothing_leaves_the_page(label: int, fonts: FontBook) -> None:
    named, lines = "".join(chr(0x4E00 + n) for n in range(label)), 20
    before = form(0, 12).blocks[0]
    assert isinstance(before, FormBlock)
    text = "\n".join(f"{LINE}{n:03d}" for n in range(lines))
    row = FormRow((FormCell(named, 0.6, Align.CENTRE, True), FormCell(text, 4)))
    document = OfficialDocument(PlainHead(), "走访记录", (FormBlock((*before.rows[:-1], row), size=14.0),))
    for side in lay_out(document, fonts):
        assert all(y + row.height <= TEXT_HEIGHT + 1 for y, row in side.page.rows)
    sheets = printed(document, fonts)
    assert [n for sheet in sheets for n in told(sheet)] == list(range(lines))
    whole = "".join(squeezed(sheet.text) for sheet in sheets)
    assert all(character in whole for character in named)


def test_a_row_of_few_lines_is_not_cut(fonts: FontBook) -> None:
    first, second = printed(form(9, 14), fonts)
    assert told(first) == []
    assert told(second) == list(range(9))


def test_a_cut_row_of_a_table_goes_on_under_the_head(fonts: FontBook) -> None:
    rows = tuple((str(n), "\n".join(f"{LINE}{m:03d}" for m in range(n * 30, n * 30 + 30))) for n in range(3))
    table = TableBlock((Column("序号", 1), Column("决议内容", 6)), rows)
    document = OfficialDocument(PlainHead(), "公示", (Paragraph("如下："), table, Paragraph("完。")))
    sheets = printed(document, fonts)
    assert [n for sheet in sheets for n in told(sheet)] == list(range(90))
    assert all(has(sheet, "决议内容") for sheet in sheets if told(sheet))
    assert len(sheets) == 3


def test_a_day_and_a_number_stand_in_one_line_and_a_code_fits_its_box(fonts: FontBook) -> None:
    table = TableBlock((Column("备注", 6), Column("日期", 1)), (("长" * 60, "2026年11月25日"),))
    code = FormBlock(
        (FormRow(tuple(FormCell("91330106MA2ABCDEX7" if n == 1 else "长", 3) for n in range(4))),), 12.0
    )
    numbered = TableBlock((Column("备注", 9), Column("证号", 1)), (("长" * 60, "余工监001\n余工监002"),))
    (sheet,) = printed(OfficialDocument(PlainHead(), "表", (numbered, table, code)), fonts)
    for words in ("余工监001", "余工监002", "2026年11月25日", "91330106MA2ABCDEX7"):
        places = [mark.y for mark in sheet.line(words)]
        assert max(places) - min(places) < 2


@pytest.mark.parametrize("head", [PlainHead("杭" * 60), LetterHead("西湖区总工会", "杭" * 60)])
def test_no_number_leaves_the_paper(head: PlainHead | LetterHead, fonts: FontBook) -> None:
    (sheet,) = printed(OfficialDocument(head, "请示", (Paragraph("妥否，请批示。"),)), fonts)
    number = sheet.line("杭" * 60)
    assert number[0].left >= LEFT - 0.5
    assert number[-1].right <= RIGHT + 0.5


def test_lines_to_sign_on_are_never_alone_on_a_page(fonts: FontBook) -> None:
    for count in range(20, 30):
        table = TableBlock((Column("事项", 1),), tuple((f"第{n}项",) for n in range(count)))
        blocks = (table, Paragraph("总监票人："), Paragraph("日期："))
        last = printed(OfficialDocument(PlainHead(), "计票单", blocks), fonts)[-1]
        assert has(last, "总监票人")
        assert has(last, "日期")
        assert has(last, f"第{count - 1}项")


def test_words_in_small_type_are_never_alone_on_a_page(fonts: FontBook) -> None:
    told = "采集信息用于工会组织建设和服务，" * 6
    for count in range(20, 30):
        table = TableBlock((Column("姓名", 1),), tuple((f"第{n}人",) for n in range(count)))
        last = printed(OfficialDocument(PlainHead(), "名册", (table, Remark(told))), fonts)[-1]
        assert squeezed(last.text).count("采集信息") == 6
        assert has(last, f"第{count - 1}人")


def test_rows_to_write_on_begin_no_page_where_two_are_there(fonts: FontBook) -> None:
    def pages(before: int, table: TableBlock) -> list[Sheet]:
        form = FormBlock(tuple(FormRow((FormCell("项目", label=True),)) for _ in range(before)), 12.0)
        return printed(OfficialDocument(PlainHead(), "工作单", (form, table)), fonts)

    filled = TableBlock((Column("走访", 1),), tuple((f"第{n}次",) for n in range(6)), lines=2)
    blank = replace(filled, rows=(("第0次",), *(("",),) * 5), spare=5)
    shorter = 0
    for before in range(10, 24):
        few = pages(before, replace(blank, rows=blank.rows[:2], spare=1))
        assert len(pages(before, blank)) == len(few)
        whole = pages(before, filled)
        assert has(whole[-1], "第5次"), "what is filled is never left out"
        shorter += len(few) < len(whole)
    assert shorter


def test_a_name_stands_in_one_line_where_there_is_room_for_it(fonts: FontBook) -> None:
    table = TableBlock(
        (Column("姓名", 1), Column("单位", 20)), (("欧阳㛃䶮", "长" * 60), ("李明", "长" * 60))
    )
    (sheet,) = printed(OfficialDocument(PlainHead(), "名册", (table,)), fonts)
    places = [mark.y for mark in sheet.line("欧阳㛃䶮")]
    assert max(places) - min(places) < 2


def test_words_that_no_column_has_room_for_stand_below_their_row_over_the_whole_width(
    fonts: FontBook,
) -> None:
    long = "拖欠工资的情况已经与人事部负责人核对，" * 20
    columns = (Column("姓名", 3), Column("选区\n（部门）", 4), Column("当选日期", 4), Column("备注", 2))
    rows = tuple((f"第{n}人", "一车间", "2026年11月5日", long if n == 1 else "列席") for n in range(4))
    (sheet,) = printed(OfficialDocument(PlainHead(), "名册", (TableBlock(columns, rows),)), fonts)
    words = squeezed(sheet.text)
    assert f"备注：{long}" in words
    assert words.count("列席") == 3
    first, below, after = (sheet.line(said)[0].y for said in ("第1人", "备注：", "第2人"))
    assert first < below < after < first + 14 * 12 * 1.4, "not a column of a hundred lines"
    assert sheet.line("备注：")[0].left < LEFT + 8
    widest = max(mark.right for mark in sheet.marks if below - 2 < mark.y < after - 20)
    assert widest > RIGHT - 16


@pytest.mark.parametrize(("boxes", "drawn"), [(7, 1), (11, 2)])
def test_boxes_give_room_up_where_that_saves_a_page_and_only_there(
    boxes: int, drawn: int, fonts: FontBook
) -> None:
    def row(words: str, foot: str = "") -> FormRow:
        return FormRow((FormCell("经过", 1, Align.CENTRE, True), FormCell(words, 4, foot=foot)), 4)

    by_hand = FormRow((FormCell("备注", 1, Align.CENTRE, True), FormCell("", 4)), 4)
    full = FormBlock(
        (*(row("情况\n情况\n情况") for _ in range(boxes)), row("王芳", "（签名）"), by_hand), 12.0
    )
    sheets = printed(OfficialDocument(PlainHead(), "送达回证", (full,)), fonts)
    assert len(sheets) == drawn
    tops = sorted({round(r.top, 1) for r in sheets[-1].rectangles if r.width > 300})
    heights = [b - a for a, b in pairwise(tops)]
    whole = 4 * 12 * 1.4 + 8
    assert min(heights[-2:]) >= whole * 0.7 - 1, "there is still room for a hand"
    assert drawn == 1 or max(heights) == pytest.approx(whole, abs=1)


def test_rows_to_write_on_make_no_page_with_the_small_type_behind_them(fonts: FontBook) -> None:
    for count in range(18, 30):
        rows = (("第0人",), ("第1人",), *(("",),) * (count - 2))
        table = TableBlock((Column("姓名", 1),), rows, spare=count - 2)
        sheets = printed(OfficialDocument(PlainHead(), "名册", (table, Remark("采集信息用于服务"))), fonts)
        assert len(sheets) == 1, count
        assert has(sheets[0], "采集信息用于服务")
