"""Letters of a supervision case on paper: text, signature, seal's room, list of materials, both layouts, same bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from desktop.documents.fonts import FontBook
from desktop.documents.letters.filling import Material
from desktop.documents.letters.pages import VOID, document_of, metadata_of, print_letter
from desktop.documents.letters.printed import PrintedLetter, from_snapshot, to_snapshot
from desktop.documents.page import LetterHead, PlainHead, Signer, render_pdf
from tests.documents.composed import (
    CASES,
    EMPLOYER,
    ORGAN,
    SECRET,
    compose_source,
    letter_for,
    source_for,
)
from tests.documents.paper import MM, Sheet, fonts_are_embedded, measure

every_template = pytest.mark.parametrize("template", sorted(CASES))
LATIN_PAIR = str.maketrans({"“": "", "”": ""})


def pages_of(letter: PrintedLetter, fonts: FontBook, **options: Any) -> list[Sheet]:
    return measure(render_pdf(document_of(letter, **options), metadata_of(letter), fonts))


def squeezed(text: str) -> str:
    """Text without line ends, spaces and quotation marks, whose shape depends on the font."""
    return "".join(c for c in text.translate(LATIN_PAIR) if not c.isspace())


def running_text(sheets: list[Sheet]) -> str:
    """The text of all pages as it was drawn, page numbers left out."""
    pages = ("".join(mark.character for mark in sheet.marks) for sheet in sheets)
    return squeezed("".join(re.sub(r"— \d+ —", "", page) for page in pages))


@every_template
def test_all_of_a_letter_is_on_its_pages_and_nothing_of_the_complainant(
    template: str, fonts: FontBook
) -> None:
    letter = letter_for(template)
    words = running_text(pages_of(letter, fonts))
    for part in letter.parts:
        assert squeezed(part.number + part.text).rstrip("：") in words
    for found in letter.quotes:
        for line in found.lines:
            assert squeezed(line) in words
    for piece in (letter.number, letter.title_words, ORGAN, "2026年12月10日", "三墩镇总工会"):
        assert piece in words
    for secret in SECRET.values():
        assert squeezed(secret) not in words
    for hidden in ("李小明", "13800001111", "88886666", "示例", "非官方"):
        assert hidden not in words


def test_an_opinion_letter_gives_its_time_and_the_chair_a_line_to_sign_on(fonts: FontBook) -> None:
    sheets = pages_of(letter_for("opinion_letter"), fonts)
    words = running_text(sheets)
    assert "自收到本意见书之日起十五个工作日内书面答复我会" in words
    assert "认为本意见不适当的，请书面说明理由" in words
    assert "主席（副主席）：" in words
    assert "（签名）" in words
    last = sheets[-1]
    line = [r for r in last.rectangles if r.height < 2 and 70 < r.width < 150]
    assert len(line) == 1
    # The name is signed by hand: nothing stands over the line.
    above = [
        m for m in last.within(line[0].top - 24, line[0].bottom) if line[0].left < m.x < line[0].right - 1
    ]
    assert [m.character for m in above if not m.character.isspace()] == []


@pytest.mark.parametrize("template", ["reminder_letter", "suggestion_letter"])
def test_other_letters_have_no_line_for_a_signature(template: str, fonts: FontBook) -> None:
    assert "签名" not in running_text(pages_of(letter_for(template), fonts))


@every_template
def test_both_layouts_are_offered(template: str) -> None:
    for layout, head in (("letter", LetterHead), ("plain", PlainHead)):
        document = document_of(letter_for(template, layout=layout))  # type: ignore[arg-type]
        assert isinstance(document.head, head)
        assert document.signature is not None
        assert document.signature.seal
        assert (document.signature.signer == Signer()) == letter_for(template).signer
    assert isinstance(document_of(letter_for(template), layout="letter").head, LetterHead)


def test_a_reminder_is_a_letter_whose_first_page_has_no_number(fonts: FontBook) -> None:
    first, *others = pages_of(letter_for("reminder_letter", facts="事实" * 400), fonts)
    assert others
    assert "— 1 —" not in first.text
    red = [r for r in first.rectangles if r.colour[0] > 150 and r.colour[1] < 60]
    assert len(red) == 4
    assert {round(r.width / MM) for r in red} == {170}


def test_the_same_letter_gives_the_same_bytes_from_its_snapshot_too() -> None:
    letter = letter_for("opinion_letter")
    assert print_letter(letter) == print_letter(from_snapshot(to_snapshot(letter)))
    assert fonts_are_embedded(print_letter(letter))
    assert print_letter(letter) != print_letter(letter, watermark=VOID)


def test_a_void_letter_says_so_on_every_page(fonts: FontBook) -> None:
    sheets = pages_of(letter_for("suggestion_letter"), fonts, watermark=VOID)
    for sheet in sheets:
        assert {"作", "废"} <= {mark.character for mark in sheet.marks}


def test_the_file_says_what_it_is() -> None:
    described = metadata_of(letter_for("opinion_letter"))
    assert described.title == "工会劳动法律监督意见书（杭西工监〔2026〕1号）"
    assert described.author == ORGAN
    assert described.subject == "样式为示例，非官方"


@every_template
def test_a_name_of_45_characters_with_rare_ones_prints_whole(template: str, fonts: FontBook) -> None:
    assert len(EMPLOYER) == 45
    letter = letter_for(template, facts="法定代表人犇㛃䶮、经办人𬬮、堃、喆确认了上述情况，面积100㎡")
    words = running_text(pages_of(letter, fonts))
    assert EMPLOYER in words
    assert "犇㛃䶮、经办人𬬮、堃、喆" in words


def test_thirty_materials_break_over_pages_under_a_repeated_head(fonts: FontBook) -> None:
    names = [
        "职工询问笔录",
        "社会保险参保名册复印件（加盖某某信息技术与现代物流供应链管理科技发展有限公司印章）",
        "考勤表",
    ]
    materials = [Material(names[n % 3], 1, n, "复印件" if n % 2 else "原件") for n in range(1, 31)]
    letter = compose_source(replace(source_for("suggestion_letter"), materials=materials))
    sheets = pages_of(letter, fonts)
    table = [sheet for sheet in sheets if "序号" in squeezed(sheet.text)]
    assert len(table) >= 2
    for sheet in table:
        assert "名称" in squeezed(sheet.text)
    words = running_text(sheets)
    assert "移交材料清单（共30份465页）" in words
    assert "合计30465" in words


def test_a_long_letter_keeps_its_signature_with_its_text(fonts: FontBook) -> None:
    for lines in range(1, 26, 3):
        letter = letter_for("opinion_letter", facts="\n".join(["某月某日的事实，证据若干"] * lines))
        last = pages_of(letter, fonts)[-1]
        assert ORGAN in squeezed(last.text)
        assert "联系人" in squeezed(last.text) or "地址" in squeezed(last.text)
