"""The printed page measured against GB/T 9704-2012: margins, grid, sizes, heads, endings, page numbers."""

from __future__ import annotations

import datetime
import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest

from desktop.documents.fonts import FontBook
from desktop.documents.page import (
    AttachmentNote,
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
    Recipient,
    RedHead,
    Run,
    Signature,
    Signer,
    blank,
    render_pdf,
)
from tests.documents.letters import DATE, HEADS, LETTER, ORGAN, PLAIN, RARE, RED, letter, of_lines
from tests.documents.paper import LEFT, MM, RIGHT, Sheet, fonts_are_embedded, measure, printed, squeezed

LEADING = 225 * MM / 22
PITCH = 156 * MM / 28
TOP = 37 * MM
BOTTOM = (297 - 35) * MM


# The grid ---------------------------------------------------------------------------------------------------------


def test_paper_margins_and_grid(fonts: FontBook) -> None:
    sheet = printed(letter(Paragraph("工" * 28 * 60)), fonts)[1]
    assert (sheet.width, sheet.height) == pytest.approx((210 * MM, 297 * MM), abs=0.01)
    body = [mark for mark in sheet.marks if mark.character == "工"]
    assert len(body) == 22 * 28
    assert min(mark.left for mark in body) >= LEFT - 0.5
    assert max(mark.right for mark in body) <= RIGHT + 0.5
    assert min(mark.top for mark in body) >= TOP - 0.5
    assert max(mark.bottom for mark in body) <= BOTTOM + 0.5
    assert {mark.size for mark in body} == {16.0}
    first, second = body[:28], body[28:56]
    for index, mark in enumerate(first):
        assert mark.x == pytest.approx(LEFT + index * PITCH + (PITCH - 16) / 2, abs=0.05)
    assert second[0].y - first[0].y == pytest.approx(LEADING, abs=0.01)
    assert pytest.approx(28.99, abs=0.005) == LEADING
    assert body[-1].y - first[0].y == pytest.approx(21 * LEADING, abs=0.02)


def test_a_paragraph_begins_two_characters_in(fonts: FontBook) -> None:
    sheet = printed(letter(Paragraph("甲" + "工" * 60)), fonts)[0]
    (first,) = sheet.line("甲")
    assert first.x == pytest.approx(LEFT + 2 * PITCH, abs=0.3)


def test_the_title_is_22_points_in_the_middle(fonts: FontBook) -> None:
    title = "工会劳动法律监督意见书"
    sheet = printed(letter(Paragraph("请查收。"), title=title), fonts)[0]
    marks = sheet.line(title)
    assert {mark.size for mark in marks} == {22.0}
    assert {mark.font for mark in marks} == {"NotoSerifSC-Bold"}
    assert marks[0].x - LEFT == pytest.approx(RIGHT - marks[-1].x - 22, abs=0.1)


def test_the_recipient_is_flush_left_with_a_full_width_colon(fonts: FontBook) -> None:
    name = "浙江某某智能装备制造股份有限公司杭州西湖区三墩镇第二生产基地及其劳务派遣用工管理中心处"
    document = OfficialDocument(PLAIN, "函", (Recipient(name), Paragraph("请查收。")))
    assert len(name) >= 43
    marks = printed(document, fonts)[0].line(name + "：")
    starts = [
        mark
        for before, mark in zip([None, *marks], marks, strict=False)
        if before is None or mark.y > before.y
    ]
    assert len(starts) == 2
    assert all(mark.x == pytest.approx(LEFT, abs=0.3) for mark in starts)


def test_a_latin_name_of_the_recipient_is_not_spread_to_the_margin(fonts: FontBook) -> None:
    name = "Hangzhou Extraordinarily Long Internationalisation Consultancy Development Company Limited"
    sheet = printed(OfficialDocument(PLAIN, "函", (Recipient(name), Paragraph("请查收。"))), fonts)[0]
    spaces = [
        after.x - before.x for before, after in pairwise(sheet.line("Hangzhou E")) if before.character == " "
    ]
    (alone,) = printed(OfficialDocument(PLAIN, "函", (Recipient("Hangzhou E"),)), fonts)
    usual = [a.x - b.x for b, a in pairwise(alone.line("Hangzhou E")) if b.character == " "]
    assert spaces == pytest.approx(usual, abs=0.05)


def test_a_list_of_names_stands_aligned_behind_its_label(fonts: FontBook) -> None:
    names = "、".join(f"第{n}工会" for n in range(20))
    document = OfficialDocument(PLAIN, "会议纪要", (Entry("出席", names), Paragraph("会议议定。")))
    marks = printed(document, fonts)[0].line(f"出席：{names}")
    assert marks[0].x == pytest.approx(LEFT + 2 * PITCH, abs=0.3)
    assert {mark.font for mark in marks[:2]} == {"NotoSansSC-Regular"}
    assert {mark.font for mark in marks[3:] if mark.character == "工"} == {"FandolFang-Regular"}
    turned = [after.x for before, after in pairwise(marks) if after.y > before.y + 5]
    assert len(turned) > 2
    assert turned == pytest.approx([marks[3].x] * len(turned), abs=0.5)


@pytest.mark.parametrize("text", ["杭州公司", "杭州公司:", "杭州公司："])
def test_the_recipients_colon_is_added_once(text: str, fonts: FontBook) -> None:
    sheet = printed(OfficialDocument(PLAIN, "函", (Recipient(text),)), fonts)[0]
    assert "杭州公司：" in squeezed(sheet.text)
    assert sheet.text.count("：") == 1


def test_levels_of_headings_have_their_typefaces_and_numbers(fonts: FontBook) -> None:
    document = letter(
        Heading(1, "基本事实"),
        Heading(2, "工资。", body="未足额支付。"),
        Heading(2, "合同。"),
        Heading(3, "补签。"),
        Heading(4, "期限。"),
        Heading(1, "意见"),
        Heading(2, "整改。"),
        Heading(1, "附则", number=""),
    )
    sheet = printed(document, fonts)[0]
    for text, font in [
        ("一、基本事实", "NotoSansSC-Regular"),
        ("（一）工资。", "LXGWWenKai-Regular"),
        ("未足额支付。", "FandolFang-Regular"),
        ("（二）合同。", "LXGWWenKai-Regular"),
        ("1.补签。", "FandolFang-Regular"),
        ("（1）期限。", "FandolFang-Regular"),
        ("二、意见", "NotoSansSC-Regular"),
        ("（一）整改。", "LXGWWenKai-Regular"),
    ]:
        marks = sheet.line(text)
        assert {mark.font for mark in marks} == {font}
        assert {mark.size for mark in marks} == {16.0}
    assert "三、附则" not in sheet.text


# Page numbers -----------------------------------------------------------------------------------------------------


def page_number(sheet: Sheet) -> str:
    return squeezed("".join(mark.character for mark in sheet.within(BOTTOM + 5, BOTTOM + 50)))


@pytest.mark.parametrize("head", HEADS)
def test_pages_are_numbered_outside_but_not_the_first_of_a_letter(head: str, fonts: FontBook) -> None:
    sheets = printed(of_lines(200, HEADS[head]), fonts)
    assert len(sheets) >= 10
    for number, sheet in enumerate(sheets, start=1):
        if number == 1 and head == "letter":
            assert page_number(sheet) == ""
            continue
        assert page_number(sheet) == f"—{number}—"
        marks = sheet.within(BOTTOM + 5, BOTTOM + 50)
        assert {mark.size for mark in marks} == {14.0}
        assert {mark.font for mark in marks} == {"NotoSerifSC-Regular"}
        assert min(mark.top for mark in marks if mark.character == "—") - BOTTOM == pytest.approx(
            7 * MM, abs=0.3
        )
        if number % 2:
            assert marks[-1].x + 14 == pytest.approx(RIGHT - 14, abs=0.3)
        else:
            assert marks[0].x == pytest.approx(LEFT + 14, abs=0.3)


def test_the_shortest_document_fits_on_one_page(fonts: FontBook) -> None:
    for head in HEADS.values():
        assert len(printed(letter(Paragraph("请查收。"), head=head), fonts)) == 1


# Heads ------------------------------------------------------------------------------------------------------------


def reds(sheet: Sheet) -> list[tuple[float, float]]:
    """Upper edge and thickness of every red rule."""
    found = [each for each in sheet.rectangles if each.colour[0] > 200 and each.colour[1] < 50]
    return [(each.top, each.height) for each in sorted(found, key=lambda each: each.top)]


def test_a_letter_has_its_mark_and_rules_where_they_belong(fonts: FontBook) -> None:
    sheets = printed(of_lines(40, LETTER), fonts)
    mark = sheets[0].line(ORGAN)
    assert min(each.top for each in mark) == pytest.approx(30 * MM, abs=0.6)
    assert {each.font for each in mark} == {"NotoSerifSC-Bold"}
    rules = reds(sheets[0])
    assert len(rules) == 4
    assert [thick > 1 for _, thick in rules] == [True, False, False, True]
    assert rules[0][0] - max(each.bottom for each in mark) == pytest.approx(4 * MM, abs=0.6)
    assert rules[3][0] + rules[3][1] == pytest.approx((297 - 20) * MM, abs=0.1)
    for rule in sheets[0].rectangles:
        assert rule.width == pytest.approx(170 * MM, abs=0.1)
        assert rule.left == pytest.approx(20 * MM, abs=0.1)
    assert reds(sheets[1]) == []


def test_the_number_of_a_letter_stands_under_the_first_rule_at_the_right(fonts: FontBook) -> None:
    sheet = printed(of_lines(3, LETTER), fonts)[0]
    number = sheet.line("杭西工监提〔2026〕1号")
    assert {mark.size for mark in number} == {16.0}
    assert number[-1].x + PITCH == pytest.approx(RIGHT, abs=0.5)
    lower_edge = reds(sheet)[1][0] + reds(sheet)[1][1]
    middle = (number[0].top + number[0].bottom) / 2
    assert middle - lower_edge == pytest.approx(14 + 8, abs=1.5)


def test_the_ordinary_head_has_mark_number_and_rule_where_they_belong(fonts: FontBook) -> None:
    sheet = printed(of_lines(3, RED), fonts)[0]
    mark, number = sheet.line(f"{ORGAN}文件"), sheet.line("西总工〔2026〕18号")
    assert min(each.top for each in mark) == pytest.approx((37 + 35) * MM, abs=0.8)
    ((rule_top, thickness),) = reds(sheet)
    (rule,) = (each for each in sheet.rectangles if each.colour[0] > 200 and each.colour[1] < 50)
    assert (rule.left, rule.width) == pytest.approx((LEFT, 156 * MM), abs=0.1)
    assert thickness < 2
    middle = (number[0].top + number[0].bottom) / 2
    assert rule_top - middle == pytest.approx(8 + 4 * MM, abs=1.5)
    assert number[0].x - LEFT == pytest.approx(RIGHT - number[-1].x - PITCH, abs=0.5)


def test_a_report_upwards_names_its_signer(fonts: FontBook) -> None:
    head = RedHead(f"{ORGAN}文件", "西总工〔2026〕18号", signer="陈堃")
    sheet = printed(of_lines(3, head), fonts)[0]
    number, signer = sheet.line("西总工〔2026〕18号"), sheet.line("签发人：陈堃")
    assert number[0].x == pytest.approx(LEFT + PITCH, abs=0.3)
    assert signer[-1].x + PITCH == pytest.approx(RIGHT - PITCH, abs=0.5)
    assert [mark.font for mark in signer[-2:]] == ["LXGWWenKai-Regular"] * 2


@pytest.mark.parametrize(
    "organ", ["总工会", ORGAN, "浙江省杭州市西湖区三墩镇新就业形态劳动者行业工会联合会筹备委员会"]
)
def test_every_issuers_name_fits_its_head(organ: str, fonts: FontBook) -> None:
    sheet = printed(of_lines(1, LetterHead(organ)), fonts)[0]
    mark = sheet.line(organ)
    assert len({round(each.y, 1) for each in mark}) == 1
    assert mark[0].left > LEFT - 1
    assert mark[-1].right < RIGHT + 1
    assert mark[0].left - 0 == pytest.approx(210 * MM - mark[-1].right, abs=6)


def test_a_plain_document_has_its_number_over_the_title_and_a_caption_under_its_middle(
    fonts: FontBook,
) -> None:
    sheet = printed(of_lines(1, PlainHead("杭〔2026〕1号", "二〇二六年简报")), fonts)[0]
    number, title, caption = map(sheet.line, ("杭〔2026〕1号", "工会劳动法律监督意见书", "二〇二六年简报"))
    assert number[0].y < title[0].y < caption[0].y
    assert number[-1].x + PITCH == pytest.approx(RIGHT, abs=0.5)
    assert caption[0].x + caption[-1].x + PITCH == pytest.approx(LEFT + RIGHT, abs=1)


# Endings ----------------------------------------------------------------------------------------------------------


def test_the_date_ends_four_characters_in_and_the_name_stands_over_its_middle(fonts: FontBook) -> None:
    sheet = printed(letter(Paragraph("请查收。"), head=PLAIN), fonts)[0]
    date, organ = sheet.line("2026年1月5日"), sheet.line(ORGAN)
    assert date[-1].x + PITCH == pytest.approx(RIGHT - 4 * PITCH, abs=0.5)
    assert (date[0].x + date[-1].x + PITCH) / 2 == pytest.approx(
        (organ[0].x + organ[-1].x + PITCH) / 2, abs=0.5
    )
    assert date[0].y - organ[0].y == pytest.approx(LEADING, abs=0.01)


def test_nothing_is_drawn_where_the_seal_goes(fonts: FontBook) -> None:
    sheet = printed(letter(Paragraph("请查收。"), head=PLAIN), fonts)[0]
    date, organ, text = sheet.line("2026年1月5日"), sheet.line(ORGAN), sheet.line("请查收。")
    x = (date[0].x + date[-1].x + PITCH) / 2
    radius = 21 * MM
    middle = (organ[0].top + date[0].bottom) / 2
    centre = middle - 0.4 * LEADING  # 7.3.5.1: name and date stand a little below the middle of the seal
    assert centre - radius >= text[0].bottom - 1
    assert centre - radius - text[0].bottom < LEADING
    inside = [mark for mark in sheet.marks if (mark.x - x) ** 2 + (mark.y - centre) ** 2 < radius**2]
    assert {round(mark.y) for mark in inside} <= {round(organ[0].y), round(date[0].y)}


def test_a_long_issuers_name_stays_within_the_page(fonts: FontBook) -> None:
    organ = "浙江省杭州市西湖区三墩镇新就业形态劳动者行业工会联合会"
    for seal in (True, False):
        document = replace(letter(Paragraph("请查收。")), signature=Signature(organ, DATE, seal=seal))
        sheet = printed(document, fonts)[0]
        assert max(mark.right for mark in sheet.marks) <= RIGHT + 0.5
        assert organ in squeezed(sheet.text)


def test_without_a_seal_the_date_begins_two_characters_after_the_name(fonts: FontBook) -> None:
    document = replace(letter(Paragraph("请查收。")), signature=Signature(ORGAN, DATE, seal=False))
    sheet = printed(document, fonts)[0]
    date, organ = sheet.line("2026年1月5日"), sheet.line(ORGAN)
    assert organ[-1].x + PITCH == pytest.approx(RIGHT - 2 * PITCH, abs=0.5)
    assert date[0].x - organ[0].x == pytest.approx(2 * PITCH, abs=0.8)


def test_a_name_shorter_than_the_date_lets_the_date_end_two_characters_in(fonts: FontBook) -> None:
    signature = Signature("区工会", datetime.date(2026, 11, 23), seal=False)
    sheet = printed(replace(letter(Paragraph("请查收。")), signature=signature), fonts)[0]
    date, organ = sheet.line("2026年11月23日"), sheet.line("区工会")
    assert date[-1].x + PITCH == pytest.approx(RIGHT - 2 * PITCH, abs=0.5)
    assert date[0].x - organ[0].x == pytest.approx(2 * PITCH, abs=0.8)


def test_the_chair_signs_by_hand_on_an_empty_line(fonts: FontBook) -> None:
    document = replace(letter(Paragraph("请查收。")), signature=Signature(ORGAN, DATE, signer=Signer()))
    sheet = printed(document, fonts)[0]
    label, suffix = sheet.line("主席（副主席）："), sheet.line("（签名）")
    (rule,) = sheet.rectangles
    assert label[-1].x < rule.left
    assert rule.right < suffix[0].right
    assert rule.width == pytest.approx(7 * PITCH, abs=1)
    assert rule.top > label[0].y
    assert suffix[0].y < sheet.line(ORGAN)[0].y - 1.5 * LEADING


def test_the_note_stands_in_brackets_on_the_line_below_the_date(fonts: FontBook) -> None:
    for text in ("联系人：陈堃", "（联系人：陈堃）"):
        sheet = printed(replace(letter(Paragraph("请查收。")), note=Note(text)), fonts)[0]
        note = sheet.line("（联系人：陈堃）")
        assert note[0].y - sheet.line("2026年1月5日")[0].y == pytest.approx(LEADING, abs=0.01)
        assert note[0].x == pytest.approx(LEFT + 2 * PITCH, abs=0.5)


def test_attachments_are_listed_below_the_text_without_closing_marks(fonts: FontBook) -> None:
    long = "关于进一步规范企业加班审批流程和加班工资核算支付工作的若干指导意见"
    sheet = printed(letter(Paragraph("请查收。"), AttachmentNote(("劳动合同范本；", long + "。"))), fonts)[0]
    label, first, second = sheet.line("附件："), sheet.line("劳动合同范本"), sheet.line(long)
    assert label[0].y - sheet.line("请查收。")[0].y == pytest.approx(2 * LEADING, abs=0.01)
    assert label[0].x == pytest.approx(LEFT + 2 * PITCH, abs=0.5)
    turned = next(mark for mark in second if mark.y > second[0].y + 1)
    assert turned.x == pytest.approx(second[0].x, abs=0.5)
    assert first[0].x == pytest.approx(second[0].x, abs=0.5)
    assert "劳动合同范本；" not in sheet.text


def test_the_imprint_closes_the_last_page_with_its_rules(fonts: FontBook) -> None:
    imprint = Imprint(
        ("区人民检察院", "区人力资源和社会保障局"), "西湖区总工会办公室", datetime.date(2026, 1, 6)
    )
    sheet = printed(replace(of_lines(5, RED), imprint=imprint), fonts)[-1]
    rules = sorted((each for each in sheet.rectangles if each.colour == (0, 0, 0)), key=lambda each: each.top)
    assert [each.height / MM for each in rules] == pytest.approx([0.35, 0.25, 0.35], abs=0.01)
    assert all(each.width == pytest.approx(156 * MM, abs=0.1) for each in rules)
    assert rules[2].bottom == pytest.approx(BOTTOM, abs=0.05)
    copies = sheet.line("抄送：区人民检察院，区人力资源和社会保障局。")
    issued = sheet.line("2026年1月6日印发")
    assert {mark.size for mark in [*copies, *issued]} == {14.0}
    assert copies[0].x == pytest.approx(LEFT + 14, abs=0.3)
    assert issued[-1].x + 14 == pytest.approx(RIGHT - 14, abs=0.3)
    assert rules[0].top < copies[0].y < rules[1].top < issued[0].y < rules[2].top


def test_the_imprint_of_a_letter_has_copies_only(fonts: FontBook) -> None:
    imprint = Imprint(("区人民检察院",), "西湖区总工会办公室", DATE)
    sheet = printed(replace(of_lines(5, LETTER), imprint=imprint), fonts)[0]
    assert all(each.colour != (0, 0, 0) for each in sheet.rectangles)
    assert "办公室" not in sheet.text
    assert sheet.line("抄送：区人民检察院。")[0].bottom < BOTTOM


# Characters and the file ------------------------------------------------------------------------------------------


def test_every_character_can_be_drawn_and_copied_out_again(fonts: FontBook) -> None:
    text = f"涉及职工{RARE}，阿卜杜拉·买买提等15人——其中女职工6人……共计￥1,234.50元（98.6%）。L’Oréal，https://a.example/b?c=d。"
    data = render_pdf(letter(Paragraph(text), Paragraph((Run("签收人："), blank(6), Run("。")))), fonts=fonts)
    sheet = measure(data)[0]
    assert unicodedata.normalize("NFC", text) in squeezed("".join(mark.character for mark in sheet.marks))
    for mark in sheet.marks:
        if not mark.character.isspace() and mark.character in RARE:
            assert mark.right > mark.left
    assert fonts_are_embedded(data)
    assert b"Helvetica" not in data
    assert b"/FontFile2" in data


def test_rare_characters_keep_the_line_grid(fonts: FontBook) -> None:
    sheet = printed(letter(Paragraph("工" * 26 + RARE[:25] * 2)), fonts)[0]
    second = sheet.line(RARE[:25])
    for index, mark in enumerate(second[1:], start=1):
        assert mark.x - second[0].x == pytest.approx(index * PITCH, abs=0.05)


def test_hidden_characters_and_odd_spaces_do_no_harm(fonts: FontBook) -> None:
    sheet = printed(
        letter(Paragraph("工\u200b会\ufeff职\u00a0工\t法\ufe0f律\u3000。\r\n第二段\n\n第三段")), fonts
    )[0]
    assert "工会职 工 法律" in sheet.text.replace("\u3000", " ")
    assert sheet.line("第二段")[0].x == pytest.approx(sheet.line("第三段")[0].x, abs=0.5)


def test_a_form_has_its_boxes_filled_and_ruled(fonts: FontBook) -> None:
    form = FormBlock(
        (FormRow((FormCell("文书名称", 1, label=True), FormCell("意见书\n第二行", 3)), lines=2),)
    )
    sheet = printed(letter(form), fonts)[0]
    assert sheet.line("第二行")[0].y > sheet.line("意见书\r\n第二行"[:3])[0].y
    verticals = [each for each in sheet.rectangles if each.height > each.width]
    assert len(verticals) == 3


def test_a_high_box_is_written_in_from_above_and_signed_at_its_foot(fonts: FontBook) -> None:
    form = FormBlock((
        FormRow((FormCell("批语", 1, label=True), FormCell("同意", 3, foot="签名")), lines=9),
        FormRow((FormCell("笔录", 1, label=True), FormCell("", 3)), lines=9),
    ))  # fmt: skip
    sheet, *further = printed(letter(form), fonts)
    label, text, foot = (sheet.line(words)[0].y for words in ("批语", "同意", "签名"))
    assert text < label - 3 * form.size
    assert foot > label + 3 * form.size
    thin = [each for page in (sheet, *further) for each in page.rectangles if each.height < 0.4]
    room = [b.top - a.top for a, b in pairwise(sorted(thin, key=lambda each: each.top))]
    assert len(thin) >= 5
    assert all(8 * MM < each < 11 * MM for each in room), "room for a line by hand"


def test_a_box_of_several_pages_is_one_box_on_each(fonts: FontBook) -> None:
    long = "公司称资金周转困难，拟分两次支付。" * 160
    form = FormBlock((
        FormRow((FormCell("案由", 1, label=True), FormCell("欠薪", 3))),
        FormRow((FormCell("笔录", 1, label=True), FormCell(long, 3, foot="签名"))),
    ))  # fmt: skip
    sheets = printed(letter(form), fonts)
    assert len(sheets) >= 3
    assert [sum(mark.character == "笔" for mark in sheet.marks) for sheet in sheets] == [1] * len(sheets)
    assert [any(mark.character == "签" for mark in sheet.marks) for sheet in sheets].index(True) == len(
        sheets
    ) - 1
    assert "".join(m.character for sheet in sheets for m in sheet.marks).count("拟") == 160


def test_a_watermark_lies_under_the_text_of_every_page(fonts: FontBook) -> None:
    for sheet in printed(replace(of_lines(40), watermark="作废"), fonts):
        assert {mark.character for mark in sheet.marks if mark.size > 60} == {"作", "废"}


def test_a_corner_mark_stands_over_everything(fonts: FontBook) -> None:
    for head in HEADS.values():
        sheet = printed(replace(of_lines(1, head), corner="存根"), fonts)[0]
        (first, _) = sheet.line("存根")
        assert first.x == pytest.approx(LEFT, abs=0.3)
        assert first.font == "NotoSansSC-Regular"


def test_metadata_is_what_was_handed_in(fonts: FontBook) -> None:
    import pypdfium2

    zone = datetime.timezone(datetime.timedelta(hours=8))
    metadata = Metadata(
        "提示函", ORGAN, "杭西工监提〔2026〕1号", datetime.datetime(2026, 11, 23, 9, 30, tzinfo=zone)
    )
    document = pypdfium2.PdfDocument(render_pdf(of_lines(1), metadata, fonts))
    found = document.get_metadata_dict()
    document.close()
    assert (found["Title"], found["Author"], found["Subject"]) == ("提示函", ORGAN, "杭西工监提〔2026〕1号")
    assert found["CreationDate"] == "D:20261123093000+08'00'"
