"""The workbook of rows that did not go in: the table's own header, a reason for each row, marks on the cells."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter

from desktop.documents.workbooks.cells import Cell, Fault, Row, shown
from desktop.documents.workbooks.saving import CREATOR, save_workbook
from desktop.documents.workbooks.styles import (
    CENTRED,
    FAULT_FILL,
    HEADER_FILL,
    HEADER_FONT,
    TEXT_FORMAT,
    cell_text,
    sheet_title,
)

REASON = "原因"
"""The header of the column that says why; it is left out when the corrected table is imported."""
_MOST_COMMENTS = 2_000
"""Comments cost an office program dearly; beyond so many the colour and the column must do."""
_PARTLY = "其余各栏已导入；"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with one cell of a row, by its column from 0."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row as it came, with the reason why it, or some of its cells, did not go in."""

    cells: Row
    reason: str
    remarks: tuple[Remark, ...] = ()
    rejected: bool = True


def write_returned(
    path: Path,
    sheet: str,
    header: Sequence[Row],
    rows: Sequence[ReturnedRow],
    at: datetime.datetime | None = None,
) -> int:
    """Writes the rows; how many there are. Raises ``NotWritten``.

    Values stand as they came, numbers as numbers and days as days, so that a second import reads what the first
    could read, and the reader corrects only what is red.
    """
    width = max((len(cells) for cells in (*header, *(r.cells for r in rows))), default=0)
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet_title(sheet))
    page.freeze_panes = f"A{len(header) + 1}"
    page.column_dimensions[get_column_letter(width + 1)].width = 50
    for position, cells in enumerate(header):
        # The reason stands beside the lowest line, which names the columns.
        last = REASON if position == len(header) - 1 else None
        page.append([_head(page, cell) for cell in (*_padded(cells, width), last)])
    comments = 0
    for row in rows:
        remarks = {r.column: r.text for r in row.remarks if r.column < width}
        line = []
        for index, cell in enumerate(_padded(row.cells, width)):
            written = _plain(page, cell)
            if index in remarks:
                written.fill = FAULT_FILL
                if comments < _MOST_COMMENTS:
                    written.comment = Comment(remarks[index], CREATOR, height=90, width=260)
                    comments += 1
            line.append(written)
        reason = _plain(page, row.reason if row.rejected else _PARTLY + row.reason)
        reason.fill = FAULT_FILL
        page.append([*line, reason])
    save_workbook(book, path, at)
    return len(rows)


def _padded(cells: Row, width: int) -> Row:
    return [*cells, *[None] * (width - len(cells))]


def _plain(page: object, cell: Cell) -> WriteOnlyCell:
    if isinstance(cell, Fault | datetime.timedelta):
        cell = shown(cell)
    if not isinstance(cell, str):
        return WriteOnlyCell(page, cell)
    written = WriteOnlyCell(page, cell_text(cell))
    written.data_type = "s"
    written.number_format = TEXT_FORMAT
    written.quotePrefix = True
    return written


def _head(page: object, cell: Cell) -> WriteOnlyCell:
    written = WriteOnlyCell(page, cell_text(shown(cell)))
    written.data_type = "s"
    written.font, written.fill, written.alignment = HEADER_FONT, HEADER_FILL, CENTRED
    return written
