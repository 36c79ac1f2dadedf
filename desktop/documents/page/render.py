"""Prints an official document: head, text, signature, attachments and 版记 on pages after GB/T 9704-2012."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop.documents.fonts import FontBook, FontRole, font_book
from desktop.documents.page.charts import chart_rows, remark_rows
from desktop.documents.page.endings import SetImprint, foot_line, page_number, set_imprint, set_tail
from desktop.documents.page.flow import Page, Row, Tail, blank_line, flow_with_tail, without_spare
from desktop.documents.page.geometry import (
    LEADING,
    MARGIN_LEFT,
    MARGIN_TOP,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SIZE_BODY,
    TEXT_HEIGHT,
)
from desktop.documents.page.heads import SetHead, set_head
from desktop.documents.page.model import (
    AttachmentNote,
    AttachmentPage,
    Block,
    ChartBlock,
    Entry,
    FormBlock,
    Heading,
    LetterHead,
    OfficialDocument,
    Paragraph,
    QrBlock,
    Recipient,
    Remark,
    TableBlock,
)
from desktop.documents.page.qr import qr_row
from desktop.documents.page.setting import BODY, Numbering, Setter
from desktop.documents.page.shaping import Style
from desktop.documents.page.tables import WHOLE, Drawn, TableSetter
from desktop.documents.page.titles import title_rows
from desktop.documents.page.writer import Metadata, PageWriter, Placed

render_lock = threading.RLock()
"""reportlab's parsed fonts keep a reading position, so prints of one process take turns."""

WATERMARK_WIDTH = 300.0
"""Length of a watermark in points; its characters grow to fill it."""


MOST_BEHIND: Final = 6
"""So many lines behind a table are kept on one page with its last row."""
DRAWN_TOGETHER: Final = tuple(Drawn(room) for room in (1.0, 0.75, 0.5, 0.25, 0.0))
"""How forms are drawn together to save a page, tried one after the other."""
SMALLER: Final = tuple(Drawn(0.0, letters) for letters in (23 / 24, 11 / 12, 7 / 8))
"""What is tried then, for one page in all: a form that is signed is not to be in two pieces."""
MARK_TOP: Final = 14.0 * 72 / 25.4
"""Where a mark in the upper margin begins: over the issuer's name of a letter, which is 30 mm from the edge."""


@dataclass(frozen=True)
class Side:
    """One page ready to be drawn; ``numbered`` says whether it bears its page number."""

    page: Page
    head: SetHead | None = None
    imprint: SetImprint | None = None
    numbered: bool = True


def render_pdf(
    document: OfficialDocument, metadata: Metadata | None = None, fonts: FontBook | None = None
) -> bytes:
    """The document as PDF. The same input gives the same bytes, in every process and at every time.

    Raises ``MissingGlyph`` for a character that no font has. ``fonts`` defaults to :func:`font_book`.
    """
    with render_lock:
        setter = Setter(fonts or font_book())
        described = metadata or Metadata(title=document.title.replace("\n", ""))
        writer = PageWriter(setter.fonts, described, (PAGE_WIDTH, PAGE_HEIGHT))
        for number, side in enumerate(_Layout(setter).sides(document), start=1):
            _draw(writer, side, number, document.watermark, setter)
            if document.mark:
                _draw_mark(writer, document.mark, setter)
            if document.foot:
                writer.draw(foot_line(document.foot, setter), MARGIN_LEFT, MARGIN_TOP)
        return writer.finish()


def lay_out(document: OfficialDocument, fonts: FontBook | None = None) -> list[Side]:
    """The pages of the document without drawing them, to count them or to look where things stand."""
    with render_lock:
        return _Layout(Setter(fonts or font_book())).sides(document)


def drawn_forms(document: OfficialDocument, setter: Setter) -> Drawn:
    """How the document's forms are drawn on paper. The caller holds the lock."""
    layout = _Layout(setter)
    layout.sides(document)
    return layout.drawn


class _Layout:
    """Sets the parts of a document and brings them on pages."""

    def __init__(self, setter: Setter) -> None:
        self._setter = setter
        self.drawn = WHOLE
        """How forms were drawn on the pages that were made last."""

    def sides(self, document: OfficialDocument) -> list[Side]:
        """All pages of ``document``."""
        head = set_head(document, self._setter)
        ruled = not isinstance(document.head, LetterHead)
        imprint = set_imprint(document.imprint, self._setter, ruled=ruled) if document.imprint else None
        below = imprint.height + LEADING if imprint and not document.attachments else 0.0
        tail = set_tail(document.signature, document.note, below, self._setter)

        def pages(spare: int | None, drawn: Drawn) -> list[Page]:
            rows = [*head.rows, *self._rows(document.blocks, drawn)]
            rows = rows if spare is None else without_spare(rows, spare)
            return flow_with_tail(rows if tail else _with_company(rows), tail, head.top)

        made, self.drawn = _drawn_together(pages, document.blocks)
        sides = [Side(page) for page in made]
        sides[0] = Side(sides[0].page, head, numbered=head.numbered)
        for attachment in document.attachments:
            last = attachment is document.attachments[-1]
            foot = Tail(((),), imprint.height + LEADING / 2) if imprint and last else None
            sides += [Side(page) for page in flow_with_tail(self._attachment(attachment), foot)]
        return _with_imprint(sides, imprint) if imprint else sides

    def _attachment(self, attachment: AttachmentPage) -> list[Row]:
        """7.3.7: label on the first line, title on the third, text after an empty line."""
        style = Style(FontRole.HEITI, SIZE_BODY, BODY.tracking)
        label = self._setter.row(self._setter.line(attachment.label, style), style, 0.0, keep_next=True)
        title = [*title_rows(attachment.title, self._setter), blank_line()] if attachment.title else []
        return [label, Row(LEADING, keep_next=True), *title, *self._rows(attachment.blocks)]

    def _rows(self, blocks: Sequence[Block], drawn: Drawn = WHOLE) -> list[Row]:
        numbering = Numbering()
        return [row for block in blocks for row in self._block(block, numbering, drawn)]

    def _block(self, block: Block, numbering: Numbering, drawn: Drawn) -> Iterable[Row]:
        match block:
            case Recipient():
                return self._setter.recipient(block)
            case Heading():
                return self._setter.heading(block, numbering.next(block))
            case Paragraph():
                return self._setter.paragraph(block.text, block.indent)
            case Entry():
                return self._setter.entry(block)
            case AttachmentNote():
                return self._setter.attachment_note(block)
            case TableBlock():
                return TableSetter(self._setter).table(block)
            case FormBlock():
                return TableSetter(self._setter).form(block, drawn)
            case QrBlock():
                return [qr_row(block, self._setter)]
            case ChartBlock():
                return chart_rows(block, self._setter)
            case Remark():
                return remark_rows(block, self._setter)


def _drawn_together(
    pages: Callable[[int | None, Drawn], list[Page]], blocks: Sequence[Block]
) -> tuple[list[Page], Drawn]:
    """The pages, with fewer rows to write on and closer forms where just these fill another page."""
    found = pages(None, WHOLE)
    spare = max((block.spare for block in blocks if isinstance(block, TableBlock)), default=0)
    forms = any(isinstance(block, FormBlock) for block in blocks)
    if len(found) == 1 or not (spare or forms):
        return found, WHOLE
    ways = DRAWN_TOGETHER if forms else (WHOLE,)
    fewest = len(pages(0, ways[-1]))
    if forms and fewest > 1 and len(pages(0, SMALLER[-1])) == 1:
        ways, fewest = SMALLER, 1
    for drawn in ways if fewest < len(found) else ():
        # Rows to write on go before the room in boxes does.
        for left in (*range(spare, -1, -1),) if spare else (None,):
            tried = pages(left, drawn)
            if len(tried) == fewest:
                return tried, drawn
    return found, WHOLE


def _with_company(rows: list[Row]) -> list[Row]:
    """A few lines behind the last table, to sign on or to be told by, have a row of it beside them on their page."""
    last = next((n for n in reversed(range(len(rows))) if not rows[n].on_grid and rows[n].body), len(rows))
    behind = len(rows) - last - 1
    if not 0 < behind <= MOST_BEHIND or rows[last].cut is not None:
        return rows
    return [*rows[:last], *(replace(row, keep_next=True) for row in rows[last:-1]), rows[-1]]


def _with_imprint(sides: list[Side], imprint: SetImprint) -> list[Side]:
    """The 版记 at the foot of the last page, or of a page of its own where that one is full."""
    last = sides[-1]
    if last.page.bottom + LEADING / 2 <= TEXT_HEIGHT - imprint.height:
        return [*sides[:-1], replace(last, imprint=imprint)]
    return [*sides, Side(Page(), imprint=imprint)]


def _draw(writer: PageWriter, side: Side, number: int, watermark: str, setter: Setter) -> None:
    writer.page()
    if watermark:
        draw_watermark(writer, watermark, setter, PAGE_WIDTH)
    for item in side.head.items if side.head else ():
        writer.draw(item)
    for y, row in side.page.rows:
        for item in row.items:
            writer.draw(item, MARGIN_LEFT, MARGIN_TOP + y)
    if side.imprint:
        for item in side.imprint.items:
            writer.draw(item, MARGIN_LEFT, MARGIN_TOP + side.imprint.top)
    if side.numbered:
        writer.draw(page_number(number, setter), MARGIN_LEFT, MARGIN_TOP)


def _draw_mark(writer: PageWriter, text: str, setter: Setter) -> None:
    """Says in the upper margin, at its left edge, what copy a page is; red double rules and text stay clear of it."""
    line = setter.line(text, Style(FontRole.HEITI, SIZE_BODY))
    writer.draw(Placed(MARGIN_LEFT, MARK_TOP + SIZE_BODY, line))


def draw_watermark(writer: PageWriter, text: str, setter: Setter, width: float) -> None:
    """Sets ``text`` across a page ``width`` points wide, under everything else."""
    natural = setter.line(text, Style(FontRole.HEITI, 1.0)).width
    size = min(120.0, WATERMARK_WIDTH / natural)
    writer.watermark(setter.line(text, Style(FontRole.HEITI, size)), width)
