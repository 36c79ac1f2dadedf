"""The Word file of a document: everything that stands on the printed page stands in it, on the same page and grid."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from desktop.documents.fonts import FontBook, font_book
from desktop.documents.page import (
    Align,
    AttachmentNote,
    AttachmentPage,
    Column,
    Entry,
    FormBlock,
    FormCell,
    FormRow,
    Heading,
    Imprint,
    LetterHead,
    Metadata,
    Note,
    OfficialDocument,
    Paragraph,
    PlainHead,
    QrBlock,
    Recipient,
    RedHead,
    Run,
    Signature,
    Signer,
    TableBlock,
    blank,
)
from desktop.documents.page.endings import page_number
from desktop.documents.page.geometry import LEADING, MARGIN_TOP, PAGE_HEIGHT, TEXT_WIDTH
from desktop.documents.page.render import lay_out
from desktop.documents.page.setting import Setter
from desktop.documents.page.word import render_docx
from tests.documents.paper import printed

DAY = datetime.date(2026, 11, 5)
RARE = "犇㛃䶮𬬮"


def document(**changes: object) -> OfficialDocument:
    values: dict[str, object] = {
        "head": LetterHead("杭州市西湖区总工会", "杭西工监提〔2026〕1号"),
        "title": "关于工资支付的\n提示函",
        "blocks": (
            Recipient("某某公司"),
            Paragraph((Run("第一段"), blank(4), Run(f"{RARE}\n第二段"))),
            Heading(1, "事实"),
            Heading(2, "第一项", body="接着写"),
            Heading(1, "要求"),
            TableBlock(
                (Column("序号", 1, Align.CENTRE), Column("名称", 4)), (("1", "考勤表"), ("2", "工资表"))
            ),
            FormBlock((FormRow((FormCell("收件人", label=True), FormCell("甲\n乙", 3.0))),)),
            QrBlock("XSJ1", "核对码"),
            AttachmentNote(("清单", "说明")),
        ),
        "signature": Signature("杭州市西湖区总工会", DAY, signer=Signer()),
        "note": Note("此件公开"),
        "attachments": (AttachmentPage("附件1", "清单", (Paragraph("附件正文"),)),),
        "imprint": Imprint(("区人社局",), "办公室", DAY),
        "corner": "存根",
        "watermark": "草稿",
    }
    return OfficialDocument(**{**values, **changes})  # type: ignore[arg-type]


def lines(data: bytes) -> list[str]:
    """Every line of text in the order of the file, those of tables included."""
    word = Document(io.BytesIO(data))
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in word.element.body.iter(qn("w:p"))]


def test_everything_stands_in_it_in_its_order() -> None:
    data = render_docx(document())
    found = [line for line in lines(data) if line.strip("　")]
    assert found == [
        "存根", "杭州市西湖区总工会", "杭西工监提〔2026〕1号", "关于工资支付的", "提示函", "某某公司：",
        f"第一段　　　　{RARE}", "第二段", "一、事实", "（一）第一项接着写", "二、要求", "序号", "名称", "1", "考勤表",
        "2", "工资表", "收件人", "甲乙", "核对码", "附件：1.清单", "　　　2.说明",
        "主席（副主席）：　　　　　　　（签名）", "杭州市西湖区总工会", "2026年11月5日", "（此件公开）", "附件1",
        "清单", "附件正文", "抄送：区人社局。", "办公室　　2026年11月5日印发",
    ]  # fmt: skip
    section = Document(io.BytesIO(data)).sections[0]
    for header in (section.header, section.even_page_header, section.first_page_header):
        assert header.paragraphs[0].text == "（草稿）"


@pytest.mark.parametrize("letter", [True, False])
def test_numbers_of_pages_stand_outside_and_a_letter_has_none_on_its_first(letter: bool) -> None:
    head = {} if letter else {"head": PlainHead()}
    word = Document(io.BytesIO(render_docx(document(foot="非官方样式", **head))))
    section = word.sections[0]
    assert word.settings.odd_and_even_pages_header_footer
    assert section.different_first_page_header_footer is letter
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        number, foot = footer.paragraphs
        assert number.alignment == side
        assert number.text == "—  —"
        assert number.paragraph_format.left_indent == number.paragraph_format.right_indent == Pt(14)
        assert foot.text == "非官方样式"
        # 7.5: 7 mm under the text, as on paper. Of a line of exact height Word keeps a fifth below its letters.
        assert (number.paragraph_format.line_spacing, foot.paragraph_format.line_spacing) == (
            Pt(19.6),
            Pt(14.7),
        )
    setter = Setter(font_book())
    drawn = PAGE_HEIGHT - MARGIN_TOP - page_number(1, setter).y
    assert section.footer_distance is not None
    assert section.footer_distance.pt == pytest.approx(drawn - 14.7 - 19.6 / 5, abs=0.1)
    if letter:
        assert [p.text for p in section.first_page_footer.paragraphs] == ["", "非官方样式"]


def test_page_and_grid_are_those_of_the_standard() -> None:
    section = Document(io.BytesIO(render_docx(document()))).sections[0]
    measured = [round(length.mm) for length in (section.page_width, section.page_height, section.top_margin,
                section.bottom_margin, section.left_margin, section.right_margin) if length is not None]  # fmt: skip
    assert measured == [210, 297, 37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch")))
    assert round(pitch / 20 * 22 / 72 * 25.4) == 225


def test_22_lines_stand_on_a_page_of_a_word_file() -> None:
    word = Document(io.BytesIO(render_docx(document())))
    margins, size = (word.sections[0]._sectPr.find(qn(f"w:{name}")) for name in ("pgMar", "pgSz"))
    room = int(size.get(qn("w:h"))) - sum(int(margins.get(qn(f"w:{side}"))) for side in ("top", "bottom"))
    spaced = {int(line) for line in word.element.body.xpath(".//w:p/w:pPr/w:spacing/@w:line")}
    pitches = {int(pitch) for pitch in word.element.body.xpath(".//w:docGrid/@w:linePitch")}
    assert [room // most for most in (max(spaced), *pitches)] == [22, 22]


def eastern(run: Any) -> str:
    found: str = run._element.rPr.rFonts.get(qn("w:eastAsia"))
    return found


def test_chinese_is_set_in_the_named_typefaces() -> None:
    word = Document(io.BytesIO(render_docx(document())))
    named = {p.text: {eastern(r) for r in p.runs if r.text} for p in word.paragraphs}
    assert named["某某公司："] == {"仿宋"}
    assert named["一、事实"] == {"黑体"}
    assert named["（一）第一项接着写"] == {"楷体", "仿宋"}
    assert named["提示函"] == {"方正小标宋简体"}


@pytest.mark.parametrize(
    "head", [PlainHead(), PlainHead("号1"), RedHead("某某文件", "号1", "张三"), RedHead("某某文件")]
)
def test_every_head_is_written(head: PlainHead | RedHead) -> None:
    found = lines(
        render_docx(document(head=head, signature=Signature("甲会", DAY, seal=False), imprint=None))
    )
    assert ("号1" in found) == (head == PlainHead("号1"))
    assert ("号1　　签发人：张三" in found) == (head == RedHead("某某文件", "号1", "张三"))


@pytest.mark.parametrize(("number", "corner"), [("号1", ""), ("", "存根"), ("号1", "存根")])
def test_a_blank_line_parts_number_and_corner_from_the_title_as_on_paper(number: str, corner: str) -> None:
    made = render_docx(document(head=PlainHead(number), corner=corner, title="通知"))
    told = [paragraph.text for paragraph in Document(io.BytesIO(made)).paragraphs]
    above = [words for words in (corner, number) if words]
    assert told[: len(above) + 2] == [*above, "", "通知"]


def test_the_same_document_is_the_same_file_and_names_nothing_of_the_machine() -> None:
    data = Metadata(
        "标题", "某某工会", "样式为示例，非官方", datetime.datetime(2026, 11, 5, tzinfo=datetime.UTC)
    )
    first = render_docx(document(), data)
    assert first == render_docx(document(), data)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = Document(io.BytesIO(first)).core_properties
    assert (properties.title, properties.author, properties.subject) == (
        "标题",
        "某某工会",
        "样式为示例，非官方",
    )
    assert (properties.comments, properties.last_modified_by) == ("", "")


def test_the_lines_of_a_form_stand_as_close_as_on_paper_and_off_the_grid_of_pages() -> None:
    rows = (FormRow((FormCell("签收人", 2, label=True), FormCell("\n\n（签名）", 3)), 4),)
    file = render_docx(OfficialDocument(PlainHead(), "送达回证", (FormBlock(rows, 12.0), Paragraph("完。"))))
    table = Document(io.BytesIO(file)).tables[0]
    height = table.rows[0].height
    assert height is not None
    assert height.pt == pytest.approx(4 * 12 * 1.4 + 8, abs=0.1)
    for cell in table.rows[0].cells:
        names = [child.tag.rpartition("}")[2] for child in cell.paragraphs[0]._p.pPr]
        assert names.index("snapToGrid") < names.index("spacing") < names.index("jc")
        assert cell.paragraphs[0].paragraph_format.line_spacing.pt == pytest.approx(12 * 1.4, abs=0.1)


def test_a_form_that_is_drawn_together_on_paper_is_so_in_its_word_file() -> None:
    def heights(lines: float) -> list[float]:
        row = FormRow((FormCell("签收人", 2, label=True), FormCell("", 3, foot="（签名）")), lines)
        form = OfficialDocument(PlainHead(), "送达回证", (FormBlock((row,) * 9, 12.0), Paragraph("完。")))
        assert len(lay_out(form)) == 1
        found = [table.rows[0].height for table in Document(io.BytesIO(render_docx(form))).tables]
        return [height.pt for height in found if height is not None]

    assert heights(3) == pytest.approx([3 * 12 * 1.4 + 8] * 9, abs=0.1)
    together = heights(3.6)
    assert together == pytest.approx([(3.6 * 12 * 1.4 + 8) * 0.75] * 9, abs=0.1)


def test_a_form_that_is_full_has_smaller_letters_where_it_then_stands_on_one_page(fonts: FontBook) -> None:
    def sizes(rows: int) -> tuple[int, set[float], set[float]]:
        row = FormRow((FormCell("送达地点", 2, label=True), FormCell("文一西路九百六十九号" * 8, 8)), 2)
        form = OfficialDocument(PlainHead(), "送达回证", (FormBlock((row,) * rows, 12.0), Paragraph("完。")))
        sheets = printed(form, fonts)
        small = {round(mark.size, 2) for sheet in sheets for mark in sheet.marks if mark.character == "路"}
        cells = [
            cell for table in Document(io.BytesIO(render_docx(form))).tables for cell in table.rows[0].cells
        ]
        return len(sheets), small, {run.font.size.pt for cell in cells for run in cell.paragraphs[0].runs}

    assert sizes(9) == (1, {12.0}, {12.0})
    assert sizes(10) == (1, {11.0}, {11.0})
    assert sizes(25) == (3, {12.0}, {12.0}), "not for the sake of fewer pages"


def test_high_boxes_of_a_word_file_are_written_in_from_above_and_signed_at_their_foot() -> None:
    cells = (FormCell("意见", 1, label=True), FormCell("同意", 2, foot="签名"), FormCell("", 2, foot="盖章"))
    form = FormBlock((FormRow(cells, 4), FormRow(cells, 2)))
    high, low = Document(
        io.BytesIO(render_docx(OfficialDocument(PlainHead(), "表", (form, Paragraph("完。")))))
    ).tables
    places = [
        [str(cell.vertical_alignment).partition(" ")[0] for cell in t.rows[0].cells] for t in (high, low)
    ]
    assert places == [["CENTER", "TOP", "BOTTOM"], ["CENTER"] * 3]
    assert [cell.text for cell in high.rows[0].cells] == ["意见", "同意\n\n签名", "\n\n盖章"]


def test_columns_are_as_wide_as_on_paper_and_lists_hang_behind_their_label() -> None:
    table = TableBlock((Column("日期", 1), Column("情况", 9)), (("2026年11月5日", "走访"),))
    entry = Entry("出席", "王芳、李明")
    word = Document(io.BytesIO(render_docx(OfficialDocument(PlainHead(), "纪要", (entry, table)))))
    day, told = (column.width.pt for column in word.tables[0].columns)
    assert day > 3 * 12 + 7 * 6, "a day stands in one line"
    assert day + told == pytest.approx(TEXT_WIDTH, abs=1)
    margins = word.tables[0]._tbl.tblPr.find(qn("w:tblCellMar"))
    assert [margin.get(qn("w:w")) for margin in margins] == ["80", "80"], "4 points, as on paper"
    (line,) = (p for p in word.paragraphs if p.text.startswith("出席"))
    assert line.text == "出席：王芳、李明"
    assert line.paragraph_format.left_indent.pt == pytest.approx(5 * 16)
    assert line.paragraph_format.first_line_indent.pt == pytest.approx(-3 * 16)


def test_a_long_cell_goes_on_under_its_row_as_on_paper_and_only_high_rows_are_cut() -> None:
    long = "反映工资没有按时足额支付，" * 40
    table = TableBlock(
        (Column("序号", 1), Column("事项", 4), Column("备注", 2)), (("1", "工资", long), ("2", "工时", ""))
    )
    word = Document(io.BytesIO(render_docx(OfficialDocument(PlainHead(), "表", (table,)))))
    rows = word.tables[0].rows
    assert [row.cells[2].text for row in rows] == ["备注", "见下行", f"备注：{long}", ""]
    assert len(rows[2]._tr.tc_lst) == 1, "over the whole width"
    assert [bool(row._tr.xpath("./w:trPr/w:cantSplit")) for row in rows] == [True, True, False, True]
    assert all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in rows[1].cells)


def test_lines_are_broken_as_chinese_and_nothing_is_put_beside_figures() -> None:
    word = Document(io.BytesIO(render_docx(document(head=RedHead("某总工会", "1号")))))
    (language,) = word.styles.element.xpath("./w:docDefaults//w:lang")
    assert language.get(qn("w:eastAsia")) == "zh-CN"
    gaps = word.styles["Normal"].element.pPr
    assert [(gap.tag, gap.get(qn("w:val"))) for gap in gaps] == [
        (qn("w:autoSpaceDE"), "0"), (qn("w:autoSpaceDN"), "0"),
    ]  # fmt: skip
    (ruled,) = word.element.body.xpath(".//w:pPr[w:pBdr]")
    names = [child.tag for child in ruled]
    assert names.index(qn("w:pBdr")) < names.index(qn("w:spacing")), "the order of the schema"


def test_of_a_long_last_paragraph_no_other_goes_with_the_signature() -> None:
    text = (Paragraph("第一段"), Paragraph("没有按时足额支付工资" * 5))
    word = Document(io.BytesIO(render_docx(document(blocks=text, note=None, attachments=()))))
    kept = [p.text for p in word.paragraphs if p.paragraph_format.keep_with_next]
    assert kept[0] == "没有按时足额支付工资" * 5


def test_a_long_title_has_the_lines_of_the_printed_one_and_the_signature_two_lines_with_it() -> None:
    title = "关于召开杭州径山示例茶业有限公司第一届职工代表大会第二次会议的请示"
    text = (Heading(1, "情况"), Heading(1, "要求", body="整改"), *(Paragraph(f"第{n}段") for n in range(4)))
    word = Document(io.BytesIO(render_docx(document(title=title, blocks=text, note=None, attachments=()))))
    titles = [p.text for p in word.paragraphs if p.text and p.text in title]
    assert "".join(titles) == title
    assert titles[0].endswith("有限公司")
    for line in (p for p in word.paragraphs if p.text in titles):
        assert line.paragraph_format.line_spacing.pt == pytest.approx(LEADING, abs=0.05)
        assert line._p.xpath("./w:pPr/w:snapToGrid"), "or a higher typeface takes two of the grid's lines"
    kept = [p.text for p in word.paragraphs if p.paragraph_format.keep_with_next]
    assert kept[:3] == ["一、情况", "第2段", "第3段"]
    assert kept[-1] == "杭州市西湖区总工会"


def test_what_no_word_file_can_hold_is_left_out_of_text_and_properties() -> None:
    """Another station may have sent it: controls, and a title that is longer than a property."""
    cell, long = "甲\x00\x1b[31m乙", "长" * 400
    odd, table = f"{cell}\ufffe", TableBlock((Column(cell, 1),), ((cell,),))
    made = render_docx(
        document(title=cell, blocks=(Paragraph(odd), table)), Metadata(f"{odd}{long}", odd, odd)
    )
    word = Document(io.BytesIO(made))
    texts = [p.text.replace(" ", "") for p in word.paragraphs] + [word.tables[0].cell(1, 0).text]
    assert texts.count("甲[31m乙") == 3
    assert (word.core_properties.title, word.core_properties.author) == (f"甲[31m乙{long}"[:255], "甲[31m乙")
