"""The workbook of rows to be mended: the table's own header, a reason for each row, marks on the cells."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.documents.workbooks.cells import Cell, Row, shown
from desktop.documents.workbooks.remarks import Remark
from desktop.documents.workbooks.styles import Look
from desktop.documents.workbooks.xlsx import Page, SheetWriter, Value, XlsxFile, letters, sheet_name

REASON = "退回原因"
"""The header of the column that says why; an import leaves it out, and of the next report it is no part."""
_MOST_REMARKS = 2_000
"""Remarks cost an office program dearly; beyond so many the colour and the column must do."""
_PARTLY, _WHOLLY = "其余各栏已导入；", "不影响导入；"
_WIDTH, _WIDE = 16.0, 50.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a row, by its column from 0, or with the row (-1).

    A doubtful cell goes in, and somebody should look at it.
    """

    column: int
    text: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row as it came, with what is wrong with it; ``rejected`` says that nothing of it went in."""

    cells: Row
    faults: tuple[Fault, ...]
    rejected: bool = True

    @property
    def reason(self) -> str:
        """Why it comes back: what did not go in first."""
        ordered = sorted(self.faults, key=lambda fault: fault.doubtful)
        words = "；".join(dict.fromkeys(fault.text for fault in ordered))
        if self.rejected:
            return words
        return (_WHOLLY if all(fault.doubtful for fault in self.faults) else _PARTLY) + words


def went_in(reason: str) -> bool:
    """Whether a row that came back with this reason is in, at least in part."""
    return reason.startswith((_PARTLY, _WHOLLY))


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
    faults = tuple(replace(f, column=f.column - (f.column > place)) for f in row.faults if f.column != place)
    return replace(row, cells=_without(row.cells, place), faults=faults)


def _without(cells: Row, place: int) -> Row:
    return [*cells[:place], *cells[place + 1 :]]


def _write(row: ReturnedRow, width: int, writer: SheetWriter) -> None:
    page = writer.page
    faults = {f.column: f for f in sorted(row.faults, key=lambda f: not f.doubtful) if 0 <= f.column < width}
    for column, fault in faults.items():
        if len(page.remarks) < _MOST_REMARKS:
            number = page.rows + 1
            page.remarks.append(Remark(f"{letters(column)}{number}", number, column, fault.text))
    values = [*map(_value, _padded(row.cells, width)), row.reason]
    looks = [_look(v, faults.get(i)) for i, v in enumerate(values)]
    whole = all(fault.doubtful for fault in row.faults)
    writer.row(values, [*looks[:-1], Look.DOUBT if whole else Look.FAULT])


def _look(value: Value, fault: Fault | None) -> Look:
    if fault is not None:
        return Look.DOUBT if fault.doubtful else Look.FAULT
    return Look.BOXED if value is None or isinstance(value, str) else Look.NUMBERED


def _value(cell: Cell) -> Value:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | datetime.date):
        return shown(cell) or None
    if isinstance(cell, datetime.datetime):
        return shown(cell)
    return cell


def _padded(cells: Row, width: int) -> Row:
    return [*cells, *[None] * (width - len(cells))]
