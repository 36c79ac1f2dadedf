"""The second output of a document: a Word file for those who have to edit it, with the same blocks, fonts and grid.

Word sets its lines itself: page, grid and sizes are those of GB/T 9704-2012, breaking and squeezing are Word's. Fonts
are named and not embedded, so a machine without them takes others. The same document gives the same bytes.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Mapping
from typing import Final

import segno
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt, RGBColor

from desktop.documents.font_files import FontRole
from desktop.documents.fonts import font_book
from desktop.documents.page.charts import as_table
from desktop.documents.page.endings import page_number
from desktop.documents.page.flow import BODY_LINES_WITH_SIGNATURE
from desktop.documents.page.geometry import (
    MARGIN_BOTTOM,
    MARGIN_LEFT,
    MARGIN_RIGHT,
    MARGIN_TOP,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SIZE_BODY,
    SIZE_REMARK,
    SIZE_SMALL,
    SIZE_TITLE,
    TEXT_WIDTH,
)
from desktop.documents.page.model import (
    Align,
    AttachmentNote,
    Block,
    ChartBlock,
    Entry,
    FormBlock,
    Heading,
    Imprint,
    LetterHead,
    OfficialDocument,
    Paragraph,
    PlainHead,
    QrBlock,
    Recipient,
    RedHead,
    Remark,
    Run,
    Signature,
    TableBlock,
)
from desktop.documents.page.render import drawn_forms, render_lock
from desktop.documents.page.setting import Numbering, Setter, addressed
from desktop.documents.page.shaping import as_runs, paragraphs
from desktop.documents.page.tables import LINE_RATIO, WHOLE, Drawn, TableSetter
from desktop.documents.page.titles import title_lines
from desktop.documents.page.word_parts import (
    chinese,
    exactly,
    frozen,
    line_grid,
    off_grid,
    page_field,
    rule_below,
)
from desktop.documents.page.word_tables import GAP, TableWriter
from desktop.documents.page.word_text import ALIGN, TextWriter
from desktop.documents.page.writer import Metadata
from desktop.documents.xml_characters import possible
from desktop.records.typed.dates import day_words

_HEADINGS: Final[Mapping[int, FontRole]] = {
    1: FontRole.HEITI,
    2: FontRole.KAITI,
    3: FontRole.FANGSONG,
    4: FontRole.FANGSONG,
}
_RED: Final = RGBColor(0xDE, 0x00, 0x0F)
_MARK: Final = 36.0
BELOW_BASELINE: Final = 0.2
"""Word's part of a line of exact height that lies below what the letters stand on."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_PROPERTY: Final = 255
"""How many characters a property of a Word file has at most."""


def render_docx(document: OfficialDocument, metadata: Metadata | None = None) -> bytes:
    """The document as a Word file."""
    with render_lock:
        return _Writer(document, metadata or Metadata()).render()


class _Writer:
    """Writes one document from top to bottom."""

    def __init__(self, document: OfficialDocument, metadata: Metadata) -> None:
        self.document, self.metadata = document, metadata
        self.word: WordDocument = Document()
        self.numbering = Numbering()
        self.setter = Setter(font_book())
        self.text = TextWriter(self.word)
        self.tables = TableWriter(self.text, TableSetter(self.setter))

    def render(self) -> bytes:
        document = self.document
        self._page()
        if document.watermark:
            # Word has no plain watermark; what must not be taken for the document itself says so in its head.
            self._header(f"（{document.watermark}）", Align.CENTRE)
        elif document.mark:
            self._header(document.mark, Align.LEFT)
        if document.corner:
            self.text.line(document.corner, FontRole.HEITI)
        self._head()
        self._title(document.title)
        if isinstance(document.head, PlainHead) and document.head.caption:
            self.text.line(document.head.caption, FontRole.KAITI, align=Align.CENTRE)
        if document.title:
            self.text.line("")
        forms = any(isinstance(block, FormBlock) for block in document.blocks)
        self._blocks(document.blocks, drawn_forms(document, self.setter) if forms else WHOLE)
        if document.signature is not None:
            self._signature(document.signature)
        if document.note is not None:
            self.text.line(f"（{document.note.text.strip('（）')}）", indent=2)
        for attachment in document.attachments:
            self.text.line("").runs[0].add_break(WD_BREAK.PAGE)
            self.text.line(attachment.label, FontRole.HEITI)
            self._title(attachment.title)
            self._blocks(attachment.blocks)
        if document.imprint is not None:
            self._imprint(document.imprint)
        return frozen(self.word, _EPOCH)

    # -- page ----------------------------------------------------------------------------------------------------

    def _page(self) -> None:
        section = self.word.sections[0]
        section.page_width, section.page_height = Pt(PAGE_WIDTH), Pt(PAGE_HEIGHT)
        section.top_margin, section.bottom_margin = Pt(MARGIN_TOP), Pt(MARGIN_BOTTOM)
        section.left_margin, section.right_margin = Pt(MARGIN_LEFT), Pt(MARGIN_RIGHT)
        line_grid(section)
        chinese(self.word)
        self._page_numbers()
        properties, data = self.word.core_properties, self.metadata
        said = (possible(text)[:_PROPERTY] for text in (data.title, data.author, data.subject))
        properties.title, properties.author, properties.subject = said
        properties.comments = ""
        created = data.created or datetime.datetime(*_EPOCH)
        properties.created = properties.modified = created.astimezone(datetime.UTC).replace(tzinfo=None)

    def _header(self, words: str, align: Align) -> None:
        """Words above the text of every page."""
        section = self.word.sections[0]
        first = [section.first_page_header] if section.different_first_page_header_footer else []
        for header in (section.header, section.even_page_header, *first):
            self.text.line(words, FontRole.HEITI, align=align, at=header.paragraphs[0])

    def _page_numbers(self) -> None:
        """7.5: — 1 — in 4号 under the text, on odd pages a character from the right, on even ones from the left.

        The first page of a letter (10.1) bears none. Word counts from the edge to what stands lowest.
        """
        section = self.word.sections[0]
        number = PAGE_HEIGHT - MARGIN_TOP - page_number(1, self.setter).y
        below = SIZE_SMALL * LINE_RATIO * BELOW_BASELINE + (
            SIZE_REMARK * LINE_RATIO if self.document.foot else 0.0
        )
        section.footer_distance = Pt(number - below)
        self.word.settings.odd_and_even_pages_header_footer = True
        section.different_first_page_header_footer = isinstance(self.document.head, LetterHead)
        for footer, side in ((section.footer, Align.RIGHT), (section.even_page_footer, Align.LEFT)):
            paragraph = footer.paragraphs[0]
            paragraph.alignment = ALIGN[side]
            exactly(paragraph, SIZE_SMALL * LINE_RATIO)
            indents = paragraph.paragraph_format
            indents.left_indent = indents.right_indent = Pt(SIZE_SMALL)
            self.text.run(paragraph, "— ", FontRole.SONGTI, SIZE_SMALL)
            page_field(self.text.run(paragraph, "", FontRole.SONGTI, SIZE_SMALL))
            self.text.run(paragraph, " —", FontRole.SONGTI, SIZE_SMALL)
        first = [section.first_page_footer] if section.different_first_page_header_footer else []
        for footer in (section.footer, section.even_page_footer, *first) if self.document.foot else ():
            foot = footer.add_paragraph()
            foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
            exactly(foot, SIZE_REMARK * LINE_RATIO)
            self.text.run(foot, self.document.foot, FontRole.FANGSONG, SIZE_REMARK)

    # -- head ----------------------------------------------------------------------------------------------------

    def _title(self, title: str) -> None:
        """Its lines as on paper: Word would cut words, and leave a character alone."""
        for line in title_lines(title, self.setter) if title else ():
            off_grid(self.text.line(line.text, FontRole.TITLE, SIZE_TITLE, Align.CENTRE))

    def _head(self) -> None:
        head = self.document.head
        match head:
            case PlainHead():
                if head.number:
                    self.text.line(head.number, align=Align.RIGHT)
                if head.number or self.document.corner:
                    self.text.line("")
            case LetterHead():
                self.text.line(head.organ, FontRole.TITLE, _MARK, Align.CENTRE, colour=_RED)
                self._rule()
                if head.number:
                    self.text.line(head.number, align=Align.RIGHT)
                self.text.line("")
            case RedHead():
                self.text.line(head.mark, FontRole.TITLE, _MARK, Align.CENTRE, colour=_RED)
                line = "　　签发人：".join(filter(None, (head.number, head.signer)))
                if line:
                    self.text.line(line, align=Align.CENTRE)
                self._rule()
                self.text.line("")

    def _rule(self) -> None:
        """A red rule: the lower border of an empty paragraph."""
        paragraph = self.text.line("")
        paragraph.paragraph_format.line_spacing = Pt(4)
        rule_below(paragraph, str(_RED))

    # -- blocks --------------------------------------------------------------------------------------------------

    def _blocks(self, blocks: Iterable[Block], drawn: Drawn = WHOLE) -> None:
        for block in blocks:
            match block:
                case Recipient():
                    self.text.line(addressed(block.text))
                case Heading():
                    self._heading(block)
                case Paragraph():
                    self._paragraph(block)
                case Entry():
                    self._entry(block)
                case AttachmentNote():
                    self.text.line("")
                    for number, name in enumerate(block.names, start=1):
                        several = f"{number}." if len(block.names) > 1 else ""
                        label = "附件：" if number == 1 else "　　　"
                        self.text.line(f"{label}{several}{name}", indent=2)
                case TableBlock():
                    self.tables.table(block)
                case FormBlock():
                    self.tables.form(block, drawn)
                case QrBlock():
                    self._code(block)
                case Remark():
                    self.text.close_line(block.text, block.size, block.size * LINE_RATIO)
                case ChartBlock():
                    self.tables.table(as_table(block))
                    self.text.close_line("", block.size, GAP)

    def _heading(self, heading: Heading) -> None:
        title = Run(self.numbering.next(heading) + heading.text, _HEADINGS[heading.level])
        line = self.text.line((title, *as_runs(heading.body)), indent=2)
        line.paragraph_format.keep_with_next = not heading.body or None

    def _paragraph(self, paragraph: Paragraph) -> None:
        for runs in paragraphs(paragraph.text):
            self.text.line(runs, indent=paragraph.indent).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def _entry(self, entry: Entry) -> None:
        label = f"{entry.label}："
        line = self.text.line((Run(entry.label, FontRole.HEITI), Run("："), *as_runs(entry.text)))
        form = line.paragraph_format
        form.left_indent = Pt((2 + len(label)) * SIZE_BODY)
        form.first_line_indent = Pt(-len(label) * SIZE_BODY)

    def _code(self, block: QrBlock) -> None:
        picture = io.BytesIO()
        segno.make(block.data, error="m", micro=False).save(picture, kind="png", scale=8, border=2)
        picture.seek(0)
        self.text.line("").runs[0].add_picture(picture, Mm(block.millimetres))
        if block.caption:
            self.text.line(block.caption, size=SIZE_SMALL)

    # -- endings -------------------------------------------------------------------------------------------------

    def _signature(self, signature: Signature) -> None:
        """7.3.5: room for the seal above, name and date to the right; no seal is ever drawn."""
        before = len(self.word.paragraphs)
        if signature.signer is not None:
            signer = signature.signer
            line = (Run(signer.label), Run("　" * signer.characters, underline=True), Run(signer.suffix))
            self.text.line("")
            self.text.line(line, align=Align.RIGHT, right=2)
        for _ in range(2 if signature.seal else 1):
            self.text.line("")
        self.text.line(signature.organ, align=Align.RIGHT, right=2)
        self.text.line(day_words(signature.date), align=Align.RIGHT, right=4)
        # Two lines of the text go with it: a page with nothing but a signature is not allowed. Not more than these, as
        # some programs take a whole paragraph along.
        paragraphs, lines = self.word.paragraphs, 0
        while before > 0 and lines < BODY_LINES_WITH_SIGNATURE:
            before -= 1
            lines += 1 + int(len(paragraphs[before].text) * SIZE_BODY / TEXT_WIDTH)
        for paragraph in paragraphs[before:-1]:
            paragraph.paragraph_format.keep_with_next = True

    def _imprint(self, imprint: Imprint) -> None:
        if imprint.copies:
            self.text.line(f"抄送：{'，'.join(imprint.copies)}。", size=SIZE_SMALL)
        if imprint.issuer or imprint.issued is not None:
            issued = f"{day_words(imprint.issued)}印发" if imprint.issued is not None else ""
            self.text.line("　　".join(filter(None, (imprint.issuer, issued))), size=SIZE_SMALL)
