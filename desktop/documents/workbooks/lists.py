"""A list as it is shown, as a workbook: one sheet with the rows, one that says what they are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.documents.workbooks.styles import Look
from desktop.documents.workbooks.xlsx import Page, Value, XlsxFile, sheet_name

MOST_ROWS = 1_048_575
"""Rows below the header that a sheet of this format can have."""
_NARROWEST, _WIDEST = 6.0, 60.0


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column: its header, its width in average characters, and whether a long number could stand in it as text."""

    header: str
    width: float = 12.0
    text: bool = False


@dataclass(frozen=True, slots=True)
class ListSheet:
    """One sheet: its title, its columns, and the rows below them."""

    title: str
    columns: Sequence[ListColumn]
    rows: Iterable[Sequence[Value]]


def write_list(
    path: Path,
    title: str,
    columns: Sequence[ListColumn],
    rows: Iterable[Sequence[Value]],
    notes: Sequence[tuple[str, str]] = (),
    at: datetime.datetime | None = None,
    further: Sequence[ListSheet] = (),
) -> int:
    """Writes the rows under one header; how many there are. Raises ``NotWritten``.

    ``notes`` are words and values for the last sheet: who made the list, when, of what. ``further`` sheets stand
    before it.
    """
    counted = 0
    with XlsxFile(path, at) as book:
        for number, sheet in enumerate((ListSheet(title, columns, rows), *further)):
            page = _page(sheet)
            with book.sheet(page) as writer:
                writer.row([c.header for c in sheet.columns], [Look.HEADER] * len(sheet.columns))
                for row in sheet.rows:
                    writer.row(row)
            counted = counted if number else page.rows - 1
        if notes:
            with book.sheet(Page("说明", widths=[16, 80], looks=[Look.TEXT, Look.TEXT])) as writer:
                for words, value in notes:
                    writer.row([words, value])
    return counted


def _page(sheet: ListSheet) -> Page:
    return Page(
        sheet_name(sheet.title),
        widths=[min(max(c.width * 1.6 + 2, _NARROWEST), _WIDEST) for c in sheet.columns],
        looks=[Look.TEXT if c.text else Look.PLAIN for c in sheet.columns],
        frozen_rows=1,
        header_rows=1,
        filtered=True,
    )
