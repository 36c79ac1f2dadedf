"""The workbook of rows that did not go in: the table's own header, a reason for each row, marks on the cells."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.documents.workbooks.cells import Cell, Row, shown
from desktop.documents.workbooks.remarks import Remark
from desktop.documents.workbooks.styles import Look
from desktop.documents.workbooks.xlsx import Page, SheetWriter, Value, XlsxFile, letters, sheet_name

REASON = "没有导入的原因"
"""The header of the column that says why; an import leaves it out, and of the next report it is no part."""
_MOST_REMARKS = 2_000
"""Remarks cost an office program dearly; beyond so many the colour and the column must do."""
_PARTLY = "其余各栏已导入；"
_WIDTH, _WIDE = 16.0, 50.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a row, by its column from 0."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row as it came, with the reason why it, or some of its cells, did not go in."""

    cells: Row
    reason: str
    faults: tuple[Fault, ...] = ()
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
    could read, and only what is red has to be corrected.
    """
    width = max((len(cells) for cells in (*header, *(r.cells for r in rows))), default=0)
    said = [place for place, cell in enumerate(header[-1]) if cell == REASON] if header else []
    for place in reversed(said):
        header, rows = (
            [_without(cells, place) for cells in header],
            [_returned_without(r, place) for r in rows],
        )
    width -= len(said)
    page = Page(
        sheet_name(sheet),
        widths=[*[_WIDTH] * width, _WIDE],
        looks=[Look.BOXED] * (width + 1),
        frozen_rows=len(header),
        header_rows=len(header),
    )
    with XlsxFile(path, at) as book, book.sheet(page) as writer:
        for position, cells in enumerate(header):
            # The reason stands beside the lowest line, which names the columns.
            last = REASON if position == len(header) - 1 else None
            line = [*(shown(c) or None for c in _padded(cells, width)), last]
            writer.row(line, [Look.HEADER] * (width + 1))
        for row in rows:
            _write(row, width, writer)
    return len(rows)


def _returned_without(row: ReturnedRow, place: int) -> ReturnedRow:
    """The row without a column, whose faults move with their cells."""
    faults = tuple(Fault(f.column - (f.column > place), f.text) for f in row.faults if f.column != place)
    return replace(row, cells=_without(row.cells, place), faults=faults)


def _without(cells: Row, place: int) -> Row:
    return [*cells[:place], *cells[place + 1 :]]


def _write(row: ReturnedRow, width: int, writer: SheetWriter) -> None:
    page = writer.page
    faults = {f.column: f.text for f in row.faults if f.column < width}
    for column, text in faults.items():
        if len(page.remarks) < _MOST_REMARKS:
            number = page.rows + 1
            page.remarks.append(Remark(f"{letters(column)}{number}", number, column, text))
    values = [*map(_value, _padded(row.cells, width)), row.reason if row.rejected else _PARTLY + row.reason]
    looks = [_look(v, faulty=i in faults) for i, v in enumerate(values)]
    writer.row(values, [*looks[:-1], Look.FAULT])


def _look(value: Value, *, faulty: bool) -> Look:
    if faulty:
        return Look.FAULT
    return Look.BOXED if value is None or isinstance(value, str) else Look.NUMBERED


def _value(cell: Cell) -> Value:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | datetime.date):
        return shown(cell) or None
    if isinstance(cell, datetime.datetime):
        return shown(cell)
    return cell


def _padded(cells: Row, width: int) -> Row:
    return [*cells, *[None] * (width - len(cells))]
