"""Paragraphs and runs of a Word file: the typefaces by the names they have there, the leading of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

from desktop.documents.font_files import FontRole
from desktop.documents.page.geometry import SIZE_BODY, SIZE_TITLE
from desktop.documents.page.model import Align, Text
from desktop.documents.page.shaping import as_runs
from desktop.documents.page.word_parts import LEADING, off_grid
from desktop.documents.xml_characters import possible

FONTS: Final[Mapping[FontRole, str]] = {
    FontRole.FANGSONG: "仿宋",
    FontRole.KAITI: "楷体",
    FontRole.SONGTI: "宋体",
    FontRole.TITLE: "方正小标宋简体",
    FontRole.HEITI: "黑体",
}
"""How the typefaces are called on machines with Windows and with WPS."""
ALIGN: Final[Mapping[Align, WD_ALIGN_PARAGRAPH]] = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTRE: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}


class TextWriter:
    """Writes paragraphs at the end of ``word``, or into those that are there."""

    def __init__(self, word: WordDocument) -> None:
        self.word = word

    def line(
        self,
        text: Text,
        role: FontRole = FontRole.FANGSONG,
        size: float = SIZE_BODY,
        align: Align = Align.LEFT,
        *,
        indent: float = 0,
        right: float = 0,
        colour: RGBColor | None = None,
        at: WordParagraph | None = None,
    ) -> WordParagraph:
        """One paragraph, a new one or ``at``; ``indent`` and ``right`` are characters of the body."""
        paragraph = at if at is not None else self.word.add_paragraph()
        form = paragraph.paragraph_format
        form.alignment = ALIGN[align]
        form.space_before = form.space_after = Pt(0)
        if size <= SIZE_TITLE:
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LEADING)
        form.first_line_indent = Pt(indent * SIZE_BODY) if indent else None
        form.right_indent = Pt(right * SIZE_BODY) if right else None
        self.runs(paragraph, text, role, size, colour)
        return paragraph

    def runs(
        self,
        paragraph: WordParagraph,
        text: Text,
        role: FontRole,
        size: float,
        colour: RGBColor | None = None,
    ) -> None:
        """Adds a text to a paragraph; what it says of its own typeface goes before ``role``."""
        for run in as_runs(text):
            for number, stretch in enumerate(run.text.split("\n")):
                made = self.run(paragraph, stretch, run.role or role, size, colour)
                made.underline = run.underline or None
                if number:
                    made._r.insert(1, OxmlElement("w:br"))

    def run(
        self, paragraph: WordParagraph, text: str, role: FontRole, size: float, colour: RGBColor | None = None
    ) -> WordRun:
        """Adds one run in a typeface."""
        run = paragraph.add_run(possible(text))
        run.font.name, run.font.size = FONTS[role], Pt(size)
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONTS[role])
        if colour is not None:
            run.font.color.rgb = colour
        return run

    def close_line(self, text: Text, size: float, leading: float) -> None:
        """A paragraph with a leading of its own, off the grid of the page."""
        line = self.line(text, size=size)
        line.paragraph_format.line_spacing = Pt(leading)
        off_grid(line)
