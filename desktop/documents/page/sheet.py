"""Prints plain table sheets, blank or filled: sign-in sheets, rosters, cover sheets, in portrait or landscape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from desktop.documents.fonts import FontBook, FontRole, font_book
from desktop.documents.page.flow import Page, Row, flow
from desktop.documents.page.geometry import MM, PAGE_HEIGHT, PAGE_WIDTH
from desktop.documents.page.linebreak import break_lines
from desktop.documents.page.model import Column, FormBlock, QrBlock, TableBlock
from desktop.documents.page.qr import qr_bars
from desktop.documents.page.render import MOST_BEHIND, draw_watermark, render_lock
from desktop.documents.page.setting import Setter
from desktop.documents.page.shaping import Style, paragraphs, shape
from desktop.documents.page.tables import TableSetter
from desktop.documents.page.titles import title_lines
from desktop.documents.page.writer import Bar, Item, Metadata, PageWriter, Placed

MARGIN_X = 18 * MM
MARGIN_ABOVE = 18 * MM
MARGIN_BELOW = 20 * MM
TITLE_SIZE = 20.0
FOOT_SIZE = 10.5
FOOT_GAP = 8 * MM
LINE_RATIO = 1.5
META_RATIO = 1.8


@dataclass(frozen=True)
class Sheet:
    """A table with what stands around it.

    ``meta`` holds the lines between title and table, each a tuple of entries that share the line evenly.
    ``rows_per_page`` makes the rows as high as the page allows for so many; ``blank_rows`` are added after
    ``rows``, and with ``fill`` as many more as complete the last page. ``form`` stands between ``meta`` and the
    table. ``size`` is the text's in points, ``note_size`` that of ``notes`` where it is another.
    """

    title: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    meta: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    form: FormBlock | None = None
    qr: QrBlock | None = None
    rows_per_page: int = 0
    blank_rows: int = 0
    fill: bool = False
    landscape: bool = False
    size: float = 12.0
    note_size: float = 0.0
    watermark: str = ""

    @property
    def page_size(self) -> tuple[float, float]:
        """Width and height of its pages in points."""
        return (PAGE_HEIGHT, PAGE_WIDTH) if self.landscape else (PAGE_WIDTH, PAGE_HEIGHT)


def render_sheets(
    sheets: Sequence[Sheet], metadata: Metadata | None = None, fonts: FontBook | None = None
) -> bytes:
    """The sheets one after the other as one PDF, each counted on its own (“第1页 共3页”).

    The same input gives the same bytes. Raises ``MissingGlyph`` for a character that no font has.
    """
    if not sheets:
        raise ValueError("nothing to print")
    with render_lock:
        book = fonts or font_book()
        writer = PageWriter(book, metadata or Metadata(title=sheets[0].title), sheets[0].page_size)
        for sheet in sheets:
            _SheetPrinter(sheet, Setter(book)).print(writer)
        return writer.finish()


class _SheetPrinter:
    """Lays out and draws one sheet."""

    def __init__(self, sheet: Sheet, setter: Setter) -> None:
        self._sheet = sheet
        self._setter = setter
        self._width = sheet.page_size[0] - 2 * MARGIN_X
        self._height = sheet.page_size[1] - MARGIN_ABOVE - MARGIN_BELOW
        self._tables = TableSetter(setter, self._width)

    def print(self, writer: PageWriter) -> None:
        """Draws all pages of the sheet."""
        pages = self._pages()
        for number, page in enumerate(pages, start=1):
            writer.page(self._sheet.page_size)
            if self._sheet.watermark:
                draw_watermark(writer, self._sheet.watermark, self._setter, self._sheet.page_size[0])
            for y, row in page.rows:
                for item in row.items:
                    writer.draw(item, MARGIN_X, MARGIN_ABOVE + y)
            if number == 1:
                for bar in self._qr():
                    writer.draw(bar, MARGIN_X, MARGIN_ABOVE)
            writer.draw(self._foot(number, len(pages)), MARGIN_X, MARGIN_ABOVE + self._height)

    def _pages(self) -> list[Page]:
        above, notes = self._above(), self._notes()
        table, blank = self._table(self._row_height(above)) if self._sheet.columns else ([], Row(0.0))
        table += [blank] * self._sheet.blank_rows
        pages = self._flowed(above, table, notes)
        if not self._sheet.fill or not table:
            return pages
        while True:
            table.append(blank)
            longer = self._flowed(above, table, notes)
            if len(longer) > len(pages):
                return pages
            pages = longer

    def _flowed(self, above: Sequence[Row], table: Sequence[Row], notes: Sequence[Row]) -> list[Page]:
        """The pages; a few lines of notes have the last row of the table beside them, where it is not to be cut."""
        if table and 0 < len(notes) <= MOST_BEHIND and table[-1].cut is None:
            together = [replace(row, keep_next=True) for row in (table[-1], *notes[:-1])]
            return flow([*above, *table[:-1], *together, notes[-1]], height=self._height)
        return flow([*above, *table, *notes], height=self._height)

    def _table(self, least: float) -> tuple[list[Row], Row]:
        """Head and rows of the table, each ``least`` points high or more, and a blank row to add to them."""
        rows = (*self._sheet.rows, ("",) * len(self._sheet.columns))
        *table, blank = self._tables.table(
            TableBlock(self._sheet.columns, rows, size=self._sheet.size), least
        )
        return table, blank

    def _row_height(self, above: Sequence[Row]) -> float:
        """The height at which the first page holds ``rows_per_page`` rows under a head of one row."""
        if not self._sheet.rows_per_page:
            return 0.0
        notes = sum(row.height for row in self._notes())
        room = self._height - sum(row.height for row in above) - notes
        return room / (self._sheet.rows_per_page + 1) - 0.01

    def _above(self) -> list[Row]:
        side = self._sheet.qr.millimetres * MM if self._sheet.qr else 0.0
        style = Style(FontRole.TITLE, TITLE_SIZE)
        room = self._width - 2 * side
        lines = title_lines(self._sheet.title, self._setter, style, room)
        rows = []
        for line in lines:
            y = self._setter.baseline(style.role, style.size, TITLE_SIZE * LINE_RATIO)
            rows.append(self._row(TITLE_SIZE * LINE_RATIO, Placed((self._width - line.width) / 2, y, line)))
        rest = side - sum(row.height for row in rows)
        rows.append(self._row(max(TITLE_SIZE / 2, rest)))
        rows += [row for entries in self._sheet.meta for row in self._meta(entries)]
        if self._sheet.form:
            rows += [*self._tables.form(self._sheet.form), self._row(self._sheet.size)]
        return rows

    def _row(self, height: float, *items: Item) -> Row:
        return Row(height, items, on_grid=False, keep_next=True)

    def _meta(self, entries: tuple[str, ...]) -> list[Row]:
        """Entries that share a line: in even parts, or with even gaps, or where too long on lines of their own."""
        style = Style(FontRole.FANGSONG, self._sheet.size)
        height = self._sheet.size * META_RATIO
        y = self._setter.baseline(style.role, style.size, height)
        lines = [self._setter.line(entry, style) for entry in entries]
        part = self._width / max(1, len(entries))
        gap = (self._width - sum(line.width for line in lines)) / max(1, len(lines) - 1)
        if len(lines) > 1 and gap < style.size:
            return [row for entry in entries for row in self._meta((entry,))]
        if len(lines) == 1:
            broken = break_lines(shape(entries[0], style, self._setter.fonts), self._width)
            return [self._row(height, Placed(0.0, y, line)) for line in broken]
        even = all(line.width + style.size <= part for line in lines[:-1])
        widths = [part if even else line.width + gap for line in lines]
        starts = accumulate(widths[:-1], initial=0.0)
        return [self._row(height, *(Placed(x, y, line) for x, line in zip(starts, lines, strict=True)))]

    def _notes(self) -> list[Row]:
        style = Style(FontRole.FANGSONG, self._sheet.note_size or self._sheet.size)
        height = style.size * LINE_RATIO
        y = self._setter.baseline(style.role, style.size, height)
        rows = [Row(style.size / 2, on_grid=False)] if self._sheet.notes else []
        for note in self._sheet.notes:
            for piece in paragraphs(note):
                for line in break_lines(shape(piece, style, self._setter.fonts), self._width):
                    rows.append(Row(height, (Placed(0.0, y, line),), on_grid=False))
        return rows

    def _qr(self) -> list[Bar]:
        """The QR code in the upper right corner, its white border reaching into the margin."""
        if self._sheet.qr is None:
            return []
        side = self._sheet.qr.millimetres * MM
        return [
            Bar(bar.x + self._width - side, bar.y, bar.width, bar.height)
            for bar in qr_bars(self._sheet.qr.data, side)
        ]

    def _foot(self, number: int, count: int) -> Placed:
        style = Style(FontRole.SONGTI, FOOT_SIZE)
        line = self._setter.line(f"第{number}页　共{count}页", style)
        return Placed((self._width - line.width) / 2, FOOT_GAP + style.size / 2, line)
