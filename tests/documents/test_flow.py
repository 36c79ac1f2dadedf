"""Pages: the grid, headings that keep to their text, and a signature that is never left alone."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.fonts import FontBook, MissingGlyph
from desktop.documents.page import (
    AttachmentNote,
    AttachmentPage,
    Column,
    Heading,
    Imprint,
    Note,
    OfficialDocument,
    Paragraph,
    PlainHead,
    Recipient,
    Signature,
    Signer,
    TableBlock,
    lay_out,
)
from desktop.documents.page.flow import Page, Row, Tail, flow, flow_with_tail, snapped
from desktop.documents.page.geometry import LEADING, TEXT_HEIGHT
from desktop.documents.page.render import Side
from desktop.documents.page.writer import Placed
from tests.conftest import LONG
from tests.documents.letters import DATE, HEADS, LETTER, ORGAN, of_lines

IMPRINT = Imprint(("区人力资源和社会保障局",), "西湖区总工会办公室", DATE)


def text_of(row: Row) -> str:
    return "".join(item.line.text for item in row.items if isinstance(item, Placed))


def texts(page: Page) -> list[str]:
    return [text_of(row) for _, row in page.rows if text_of(row)]


def body_lines(sides: list[Side]) -> int:
    return sum(row.body for side in sides for _, row in side.page.rows)


@pytest.mark.parametrize("imprint", [None, IMPRINT])
@pytest.mark.parametrize("seal", [True, False])
@pytest.mark.parametrize("head", HEADS)
def test_the_signature_has_two_lines_of_text_with_it_whatever_the_length(
    head: str, seal: bool, imprint: Imprint | None, fonts: FontBook
) -> None:
    # The first, second and third page begin at every height; so does what comes after.
    for count in range(1, 61 if LONG else 47):
        document = replace(
            of_lines(count, HEADS[head]),
            signature=Signature(ORGAN, DATE, seal=seal, signer=Signer() if count % 2 else None),
            imprint=imprint,
        )
        sides = lay_out(document, fonts)
        assert body_lines(sides) == count
        if not sides[-1].page.rows:  # too little text to share: the 版记 has a page of its own
            assert (head, imprint, count < 3) == ("red", IMPRINT, True)
            sides.pop()
        last = sides[-1].page
        assert "2026年1月5日" in texts(last)
        assert sum(row.body for _, row in last.rows) >= min(2, count)
        assert all(y + row.height <= TEXT_HEIGHT + 0.01 for side in sides for y, row in side.page.rows)
        if imprint is not None and sides[-1].imprint is not None:
            assert last.bottom + LEADING / 2 <= sides[-1].imprint.top + 0.01


def test_full_pages_hold_22_lines(fonts: FontBook) -> None:
    sides = lay_out(of_lines(100), fonts)
    for side in sides[1:-2]:
        assert [round(y / LEADING, 6) for y, _ in side.page.rows] == list(range(22))


def test_the_gap_over_the_signature_shrinks_before_lines_are_moved() -> None:
    line = Row(LEADING, body=True)
    tail = Tail(((Row(LEADING), Row(LEADING), Row(LEADING)), (Row(LEADING), Row(LEADING))))
    assert len(flow_with_tail([line] * 19, tail)) == 1
    assert len(flow_with_tail([line] * 20, tail)) == 1
    two = flow_with_tail([line] * 21, tail)
    assert [len(page.rows) for page in two] == [19, 5]


def test_a_heading_never_ends_a_page(fonts: FontBook) -> None:
    for before in range(1, 30):
        sides = lay_out(
            OfficialDocument(
                PlainHead(),
                "",
                (Paragraph("工" * (28 * before - 3)), Heading(1, "意见"), Paragraph("会" * 100)),
            ),
            fonts,
        )
        for side in sides:
            assert texts(side.page)[-1] != "一、意见"


def test_a_heading_goes_with_the_last_lines_when_they_move(fonts: FontBook) -> None:
    for before in range(10, 24):
        document = OfficialDocument(
            PlainHead(),
            "",
            (Paragraph("工" * (28 * before - 3)), Heading(1, "意见"), Paragraph("会" * 28)),
            signature=Signature(ORGAN, DATE),
        )
        sides = lay_out(document, fonts)
        for side in sides:
            assert texts(side.page)[-1] != "一、意见"


def test_the_head_of_a_table_stands_on_every_page_and_never_alone(fonts: FontBook) -> None:
    columns = (Column("序号"), Column("材料名称", 6))
    for before in range(0, 22):
        table = TableBlock(columns, tuple((str(n), "调查笔录") for n in range(1, 61)), title="移交材料清单")
        blocks = (Paragraph("工" * (28 * before + 5)), table)
        document = OfficialDocument(PlainHead(), "", blocks, signature=Signature(ORGAN, DATE))
        pages = [texts(side.page) for side in lay_out(document, fonts)]
        with_rows = [page for page in pages if any(line.endswith("调查笔录") for line in page)]
        for page in with_rows:
            assert page.count("序号材料名称") == 1
            assert page.index("序号材料名称") + 1 < len(page)
        assert sum(line.endswith("调查笔录") for page in pages for line in page) == 60
        assert all("序号材料名称" not in page for page in pages if page not in with_rows)


def test_a_table_row_higher_than_a_page_is_continued(fonts: FontBook) -> None:
    table = TableBlock((Column("事项"), Column("说明")), (("一", "说明情况" * 500), ("二", "短")))
    sides = lay_out(OfficialDocument(PlainHead(), "", (table,)), fonts)
    assert len(sides) > 1
    assert all(y + row.height <= TEXT_HEIGHT + 0.01 for side in sides for y, row in side.page.rows)
    assert "".join("".join(texts(side.page)) for side in sides).count("说明情况") >= 490


def test_attachments_begin_pages_of_their_own_and_the_imprint_ends_the_last(fonts: FontBook) -> None:
    document = OfficialDocument(
        PlainHead(),
        "通知",
        (Paragraph("见附件。"), AttachmentNote(("清单",))),
        signature=Signature(ORGAN, DATE),
        note=Note("联系人：陈堃"),
        attachments=(
            AttachmentPage("附件1", "清单", (Paragraph("甲"),)),
            AttachmentPage("附件2", "名册", (Paragraph("乙"),)),
        ),
        imprint=IMPRINT,
    )
    sides = lay_out(document, fonts)
    assert [side.imprint is not None for side in sides] == [False, False, True]
    assert texts(sides[1].page) == ["附件1", "清单", "甲"]
    assert [round(y / LEADING) for y, row in sides[1].page.rows if row.items] == [0, 2, 4]


def test_an_imprint_never_stands_on_a_page_without_text(fonts: FontBook) -> None:
    for rows in range(1, 45):
        table = TableBlock((Column("名称"),), (("材料",),) * rows)
        document = OfficialDocument(
            PlainHead(),
            "通知",
            (Paragraph("见附件。"),),
            attachments=(AttachmentPage("附件", "清单", (table,)),),
            imprint=IMPRINT,
        )
        last = lay_out(document, fonts)[-1]
        assert last.imprint is not None
        assert sum(row.body for _, row in last.page.rows) >= min(2, rows)


def test_empty_lines_vanish_at_the_head_of_a_page() -> None:
    pages = flow([*[Row(LEADING)] * 22, Row(LEADING, spacer=True), Row(LEADING, body=True)])
    assert [y for y, _ in pages[1].rows] == [0.0]


def test_rows_return_to_the_grid_after_a_table() -> None:
    pages = flow([Row(17.0, on_grid=False), Row(LEADING)])
    assert pages[0].rows[1][0] == pytest.approx(LEADING)


@pytest.mark.parametrize(("y", "line"), [(0, 0), (0.005, 0), (1, 1), (LEADING, 1), (LEADING + 1, 2)])
def test_a_height_is_brought_to_the_grid(y: float, line: int) -> None:
    assert snapped(y) == pytest.approx(line * LEADING)


def about(text: str) -> OfficialDocument:
    """A letter that uses ``text`` in every part."""
    return OfficialDocument(
        LETTER,
        text or "函",
        (
            Recipient(text),
            Heading(2, text, body=text),
            Paragraph(text),
            TableBlock((Column(text),), ((text,),)),
        ),
        signature=Signature(text, DATE),
        note=Note(text),
        imprint=Imprint((text,)),
    )


GB2312 = [
    *map(chr, range(128)),
    *filter(
        None,
        (bytes(pair).decode("gb2312", "ignore") for pair in itertools.product(range(0xA1, 0xFF), repeat=2)),
    ),
]
"""All 7 573 characters. Drawn from a list: the thousand stretches of code points that they make up are what
``st.characters(codec=...)`` goes through for each character, and then the test does hardly anything else."""


@given(text=st.lists(st.sampled_from(GB2312), max_size=80).map("".join))
def test_whatever_gb2312_holds_is_printed(text: str) -> None:
    for side in lay_out(about(text)):
        assert all(y + row.height <= TEXT_HEIGHT + 0.01 for y, row in side.page.rows)


@given(text=st.text(max_size=80))
def test_any_text_is_printed_or_the_missing_character_named(text: str) -> None:
    missing = ""
    try:
        lay_out(about(text))
    except MissingGlyph as problem:
        missing = problem.character
    assert missing in text
