"""Ruled tables and forms of a Word file, with the columns that they have on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Pt
from docx.table import Table, _Cell, _Row

from desktop.documents.font_files import FontRole
from desktop.documents.page.geometry import TEXT_WIDTH
from desktop.documents.page.model import TALL, Align, Column, FormBlock, FormCell, TableBlock, Text
from desktop.documents.page.shaping import plain
from desktop.documents.page.tables import (
    CUT_LINES,
    LINE_RATIO,
    PADDING_X,
    PADDING_Y,
    Drawn,
    TableSetter,
    least_height,
)
from desktop.documents.page.word_parts import close_cells, exactly
from desktop.documents.page.word_text import ALIGN, TextWriter

GAP: Final = 6.0
"""Between a form or chart and what follows it, in points."""


class TableWriter:
    """Writes tables through a :class:`TextWriter`; ``setter`` knows how wide their columns are on paper."""

    def __init__(self, text: TextWriter, setter: TableSetter) -> None:
        self._text, self._setter = text, setter

    def table(self, block: TableBlock) -> None:
        """A list under its title, with a head that Word repeats; long cells go on under their rows, as on paper."""
        if block.title:
            self._text.line(block.title, FontRole.HEITI, align=Align.CENTRE)
        block, below = self._setter.spread(block)
        rows = 1 + len(block.rows) + sum(map(len, below.values()))
        table = self._grid(rows, [width for _, width in self._setter.edges(block)])
        made = iter(table.rows)
        heads = [(column.title, FontRole.HEITI, Align.CENTRE) for column in block.columns]
        head = next(made)
        self._row(head, heads, block.size, block.size * LINE_RATIO + 2 * PADDING_Y)
        head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for number, cells in enumerate(block.rows):
            row = next(made)
            least = max(1.0, block.lines) * block.size * LINE_RATIO + 2 * PADDING_Y
            self._row(row, _plain_cells(block.columns, cells), block.size, least)
            for words in below.get(number, ()):
                for cell in row.cells:
                    cell.paragraphs[0].paragraph_format.keep_with_next = True
                row = next(made)
                self._cell(
                    row.cells[0].merge(row.cells[-1]), words, FontRole.FANGSONG, Align.LEFT, block.size
                )

    def form(self, block: FormBlock, drawn: Drawn) -> None:
        """A form, drawn as on paper. Each row is a table of its own beneath the other, so that it has its own boxes."""
        block = drawn.of(block)
        for form_row in block.rows:
            table = self._grid(1, [cell.width for cell in form_row.cells])
            cells = [
                (cell.whole, FontRole.HEITI if cell.label else FontRole.FANGSONG, cell.align)
                for cell in form_row.cells
            ]
            self._row(table.rows[0], cells, block.size, least_height(form_row, block.size, drawn.room))
            if form_row.lines >= TALL:
                for made, cell in zip(table.rows[0].cells, form_row.cells, strict=True):
                    made.vertical_alignment = _placed(cell)
        if block.rows:
            self._text.close_line("", block.size, GAP)

    def _grid(self, rows: int, widths: Sequence[float]) -> Table:
        table: Table = self._text.word.add_table(rows, len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        close_cells(table, PADDING_X)
        total = sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Pt(TEXT_WIDTH * width / total)
            for cell in column.cells:
                cell.width = column.width
        return table

    def _row(
        self, row: _Row, cells: Sequence[tuple[Text, FontRole, Align]], size: float, least: float
    ) -> None:
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Pt(least)
        highest = 0.0
        for cell, (text, role, align) in zip(row.cells, cells, strict=True):
            self._cell(cell, text, role, align, size)
            room = (cell.width or 0) / Pt(1) - 2 * PADDING_X
            highest = max(highest, len(plain(text)) * size / max(room, size))
        if highest < CUT_LINES:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    def _cell(self, cell: _Cell, text: Text, role: FontRole, align: Align, size: float) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = ALIGN[align]
        exactly(paragraph, size * LINE_RATIO)
        self._text.runs(paragraph, text, role, size)


def _placed(cell: FormCell) -> WD_CELL_VERTICAL_ALIGNMENT:
    """Where words stand in a high box: what it is called in its middle, a line to sign at its foot."""
    vertical = WD_CELL_VERTICAL_ALIGNMENT
    if cell.label:
        return vertical.CENTER
    return vertical.BOTTOM if cell.foot and not cell.text else vertical.TOP


def _plain_cells(columns: Sequence[Column], cells: Sequence[str]) -> list[tuple[Text, FontRole, Align]]:
    return [(text, FontRole.FANGSONG, column.align) for column, text in zip(columns, cells, strict=True)]
