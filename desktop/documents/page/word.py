"""The second output of a document: a Word file for those who have to edit it, with the same blocks, fonts and grid.

Word sets its lines itself: page, grid and sizes are those of GB/T 9704-2012, breaking and squeezing are Word's. Fonts
are named and not embedded, so a machine without them takes others. The same document gives the same bytes.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import segno
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

from desktop.documents.font_files import FontRole
from desktop.documents.fonts import font_book
from desktop.documents.page.charts import as_table
from desktop.documents.page.endings import chinese_date
from desktop.documents.page.flow import BODY_LINES_WITH_SIGNATURE
from desktop.documents.page.geometry import (
    LEADING,
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
    TALL,
    Align,
    AttachmentNote,
    Block,
    ChartBlock,
    Column,
    Entry,
    FormBlock,
    FormCell,
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
    Text,
)
from desktop.documents.page.render import render_lock
from desktop.documents.page.setting import Numbering, Setter, addressed
from desktop.documents.page.shaping import as_runs, paragraphs
from desktop.documents.page.tables import LINE_RATIO, PADDING_X, PADDING_Y, TableSetter
from desktop.documents.page.titles import title_lines
from desktop.documents.page.word_parts import close_cells, frozen, line_grid, off_grid, page_field, rule_below
from desktop.documents.page.writer import Metadata

FONTS: Final[Mapping[FontRole, str]] = {
    FontRole.FANGSONG: "仿宋",
    FontRole.KAITI: "楷体",
    FontRole.SONGTI: "宋体",
    FontRole.TITLE: "方正小标宋简体",
    FontRole.HEITI: "黑体",
}
"""How the typefaces are called on machines with Windows and with WPS."""
_HEADINGS: Final[Mapping[int, FontRole]] = {
    1: FontRole.HEITI,
    2: FontRole.KAITI,
    3: FontRole.FANGSONG,
    4: FontRole.FANGSONG,
}
_ALIGN: Final[Mapping[Align, WD_ALIGN_PARAGRAPH]] = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTRE: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}
_RED: Final = RGBColor(0xDE, 0x00, 0x0F)
_MARK: Final = 36.0
_GAP: Final = 6.0
"""Between a form or chart and what follows it, in points."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def render_docx(document: OfficialDocument, metadata: Metadata | None = None) -> bytes:
    """The document as a Word file."""
    with render_lock:
        return _Writer(document, metadata or Metadata()).render()


def _placed(cell: FormCell) -> WD_CELL_VERTICAL_ALIGNMENT:
    """Where words stand in a high box: what it is called in its middle, a line to sign at its foot."""
    vertical = WD_CELL_VERTICAL_ALIGNMENT
    if cell.label:
        return vertical.CENTER
    return vertical.BOTTOM if cell.foot and not cell.text else vertical.TOP


class _Writer:
    """Writes one document from top to bottom."""

    def __init__(self, document: OfficialDocument, metadata: Metadata) -> None:
        self.document, self.metadata = document, metadata
        self.word: WordDocument = Document()
        self.numbering = Numbering()
        self.setter = Setter(font_book())
        self.tables = TableSetter(self.setter)

    def render(self) -> bytes:
        document = self.document
        self._page()
        if document.watermark:
            # Word has no plain watermark; what must not be taken for the document itself says so in its head.
            self._header(f"（{document.watermark}）", Align.CENTRE)
        elif document.mark:
            self._header(document.mark, Align.LEFT)
        if document.corner:
            self._line(document.corner, FontRole.HEITI)
        self._head()
        self._title(document.title)
        if isinstance(document.head, PlainHead) and document.head.caption:
            self._line(document.head.caption, FontRole.KAITI, align=Align.CENTRE)
        if document.title:
            self._line("")
        self._blocks(document.blocks)
        if document.signature is not None:
            self._signature(document.signature)
        if document.note is not None:
            self._line(f"（{document.note.text.strip('（）')}）", indent=2)
        for attachment in document.attachments:
            self._line("").runs[0].add_break(WD_BREAK.PAGE)
            self._line(attachment.label, FontRole.HEITI)
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
        line_grid(section, LEADING)
        self._page_numbers()
        properties, data = self.word.core_properties, self.metadata
        properties.title, properties.author, properties.subject = data.title, data.author, data.subject
        properties.comments = ""
        created = data.created or datetime.datetime(*_EPOCH)
        properties.created = properties.modified = created.astimezone(datetime.UTC).replace(tzinfo=None)

    def _header(self, words: str, align: Align) -> None:
        """Words above the text of every page."""
        section = self.word.sections[0]
        first = [section.first_page_header] if section.different_first_page_header_footer else []
        for header in (section.header, section.even_page_header, *first):
            self._line(words, FontRole.HEITI, align=align, at=header.paragraphs[0])

    def _page_numbers(self) -> None:
        """7.5: — 1 — in 4号 under the text, on odd pages a character from the right, on even ones from the left.

        The first page of a letter (10.1) bears none.
        """
        section = self.word.sections[0]
        self.word.settings.odd_and_even_pages_header_footer = True
        section.different_first_page_header_footer = isinstance(self.document.head, LetterHead)
        for footer, side in ((section.footer, Align.RIGHT), (section.even_page_footer, Align.LEFT)):
            paragraph = footer.paragraphs[0]
            paragraph.alignment = _ALIGN[side]
            indents = paragraph.paragraph_format
            indents.left_indent = indents.right_indent = Pt(SIZE_SMALL)
            self._run(paragraph, "— ", FontRole.SONGTI, SIZE_SMALL)
            page_field(self._run(paragraph, "", FontRole.SONGTI, SIZE_SMALL))
            self._run(paragraph, " —", FontRole.SONGTI, SIZE_SMALL)
        first = [section.first_page_footer] if section.different_first_page_header_footer else []
        for footer in (section.footer, section.even_page_footer, *first) if self.document.foot else ():
            foot = footer.add_paragraph()
            foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(foot, self.document.foot, FontRole.FANGSONG, SIZE_REMARK)

    # -- text ----------------------------------------------------------------------------------------------------

    def _line(
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
        form.alignment = _ALIGN[align]
        form.space_before = form.space_after = Pt(0)
        if size <= SIZE_BODY:
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LEADING)
        form.first_line_indent = Pt(indent * SIZE_BODY) if indent else None
        form.right_indent = Pt(right * SIZE_BODY) if right else None
        self._runs(paragraph, text, role, size, colour)
        return paragraph

    def _runs(
        self,
        paragraph: WordParagraph,
        text: Text,
        role: FontRole,
        size: float,
        colour: RGBColor | None = None,
    ) -> None:
        for run in as_runs(text):
            for number, stretch in enumerate(run.text.split("\n")):
                made = self._run(paragraph, stretch, run.role or role, size, colour)
                made.underline = run.underline or None
                if number:
                    made._r.insert(1, OxmlElement("w:br"))

    def _run(
        self, paragraph: WordParagraph, text: str, role: FontRole, size: float, colour: RGBColor | None = None
    ) -> WordRun:
        run = paragraph.add_run(text)
        run.font.name, run.font.size = FONTS[role], Pt(size)
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONTS[role])
        if colour is not None:
            run.font.color.rgb = colour
        return run

    def _title(self, title: str) -> None:
        """Its lines as on paper: Word would cut words, and leave a character alone."""
        for line in title_lines(title, self.setter) if title else ():
            self._line(line.text, FontRole.TITLE, SIZE_TITLE, Align.CENTRE)

    def _head(self) -> None:
        head = self.document.head
        match head:
            case PlainHead():
                if head.number:
                    self._line(head.number, align=Align.RIGHT)
            case LetterHead():
                self._line(head.organ, FontRole.TITLE, _MARK, Align.CENTRE, colour=_RED)
                self._rule()
                if head.number:
                    self._line(head.number, align=Align.RIGHT)
                self._line("")
            case RedHead():
                self._line(head.mark, FontRole.TITLE, _MARK, Align.CENTRE, colour=_RED)
                line = "　　签发人：".join(filter(None, (head.number, head.signer)))
                if line:
                    self._line(line, align=Align.CENTRE)
                self._rule()
                self._line("")

    def _rule(self) -> None:
        """A red rule: the lower border of an empty paragraph."""
        paragraph = self._line("")
        paragraph.paragraph_format.line_spacing = Pt(4)
        rule_below(paragraph, str(_RED))

    # -- blocks --------------------------------------------------------------------------------------------------

    def _blocks(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            match block:
                case Recipient():
                    self._line(addressed(block.text))
                case Heading():
                    self._heading(block)
                case Paragraph():
                    self._paragraph(block)
                case Entry():
                    self._entry(block)
                case AttachmentNote():
                    self._line("")
                    for number, name in enumerate(block.names, start=1):
                        several = f"{number}." if len(block.names) > 1 else ""
                        label = "附件：" if number == 1 else "　　　"
                        self._line(f"{label}{several}{name}", indent=2)
                case TableBlock():
                    self._table(block)
                case FormBlock():
                    self._form(block)
                case QrBlock():
                    self._code(block)
                case Remark():
                    self._close_line(block.text, block.size, block.size * LINE_RATIO)
                case ChartBlock():
                    self._table(as_table(block))
                    self._close_line("", block.size, _GAP)

    def _close_line(self, text: Text, size: float, leading: float) -> None:
        line = self._line(text, size=size)
        line.paragraph_format.line_spacing = Pt(leading)
        off_grid(line)

    def _heading(self, heading: Heading) -> None:
        title = Run(self.numbering.next(heading) + heading.text, _HEADINGS[heading.level])
        line = self._line((title, *as_runs(heading.body)), indent=2)
        line.paragraph_format.keep_with_next = not heading.body or None

    def _paragraph(self, paragraph: Paragraph) -> None:
        for runs in paragraphs(paragraph.text):
            self._line(runs, indent=paragraph.indent).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def _entry(self, entry: Entry) -> None:
        label = f"{entry.label}："
        line = self._line((Run(entry.label, FontRole.HEITI), Run("："), *as_runs(entry.text)))
        form = line.paragraph_format
        form.left_indent = Pt((2 + len(label)) * SIZE_BODY)
        form.first_line_indent = Pt(-len(label) * SIZE_BODY)

    def _code(self, block: QrBlock) -> None:
        picture = io.BytesIO()
        segno.make(block.data, error="m", micro=False).save(picture, kind="png", scale=8, border=2)
        picture.seek(0)
        self._line("").runs[0].add_picture(picture, Mm(block.millimetres))
        if block.caption:
            self._line(block.caption, size=SIZE_SMALL)

    def _table(self, block: TableBlock) -> None:
        if block.title:
            self._line(block.title, FontRole.HEITI, align=Align.CENTRE)
        table = self._grid(1 + len(block.rows), [width for _, width in self.tables.edges(block)])
        heads = [(column.title, FontRole.HEITI, Align.CENTRE) for column in block.columns]
        self._row(table.rows[0], heads, block.size, 1)
        repeated = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeated)
        for row, cells in zip(list(table.rows)[1:], block.rows, strict=True):
            self._row(row, _plain_cells(block.columns, cells), block.size, block.lines)

    def _form(self, block: FormBlock) -> None:
        """Each row is a table of its own beneath the other, so that every row has its own boxes."""
        for form_row in block.rows:
            table = self._grid(1, [cell.width for cell in form_row.cells])
            cells = [
                (cell.whole, FontRole.HEITI if cell.label else FontRole.FANGSONG, cell.align)
                for cell in form_row.cells
            ]
            self._row(table.rows[0], cells, block.size, form_row.lines)
            if form_row.lines >= TALL:
                for made, cell in zip(table.rows[0].cells, form_row.cells, strict=True):
                    made.vertical_alignment = _placed(cell)
        if block.rows:
            self._close_line("", block.size, _GAP)

    def _grid(self, rows: int, widths: Sequence[float]) -> Table:
        table: Table = self.word.add_table(rows, len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        close_cells(table, PADDING_X)
        total = sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Pt(TEXT_WIDTH * width / total)
            for cell in column.cells:
                cell.width = column.width
        return table

    def _row(
        self, row: _Row, cells: Sequence[tuple[Text, FontRole, Align]], size: float, lines: float
    ) -> None:
        least = max(1.0, lines) * size * LINE_RATIO + 2 * PADDING_Y
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Pt(least)
        for cell, (text, role, align) in zip(row.cells, cells, strict=True):
            self._cell(cell, text, role, align, size)

    def _cell(self, cell: _Cell, text: Text, role: FontRole, align: Align, size: float) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = _ALIGN[align]
        form = paragraph.paragraph_format
        form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * LINE_RATIO)
        off_grid(paragraph)
        self._runs(paragraph, text, role, size)

    # -- endings -------------------------------------------------------------------------------------------------

    def _signature(self, signature: Signature) -> None:
        """7.3.5: room for the seal above, name and date to the right; no seal is ever drawn."""
        before = len(self.word.paragraphs)
        if signature.signer is not None:
            signer = signature.signer
            line = (Run(signer.label), Run("　" * signer.characters, underline=True), Run(signer.suffix))
            self._line("")
            self._line(line, align=Align.RIGHT, right=2)
        for _ in range(2 if signature.seal else 1):
            self._line("")
        self._line(signature.organ, align=Align.RIGHT, right=2)
        self._line(chinese_date(signature.date), align=Align.RIGHT, right=4)
        # Two lines of the text go with it: a page with nothing but a signature is not allowed.
        for paragraph in self.word.paragraphs[max(0, before - BODY_LINES_WITH_SIGNATURE) : -1]:
            paragraph.paragraph_format.keep_with_next = True

    def _imprint(self, imprint: Imprint) -> None:
        if imprint.copies:
            self._line(f"抄送：{'，'.join(imprint.copies)}。", size=SIZE_SMALL)
        if imprint.issuer or imprint.issued is not None:
            issued = f"{chinese_date(imprint.issued)}印发" if imprint.issued is not None else ""
            self._line("　　".join(filter(None, (imprint.issuer, issued))), size=SIZE_SMALL)


def _plain_cells(columns: Sequence[Column], cells: Sequence[str]) -> list[tuple[Text, FontRole, Align]]:
    return [(text, FontRole.FANGSONG, column.align) for column, text in zip(columns, cells, strict=True)]
