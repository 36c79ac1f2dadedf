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


def write_list(
    path: Path,
    title: str,
    columns: Sequence[ListColumn],
    rows: Iterable[Sequence[Value]],
    notes: Sequence[tuple[str, str]] = (),
    at: datetime.datetime | None = None,
) -> int:
    """Writes the rows under one header; how many there are. Raises ``NotWritten``.

    ``notes`` are words and values for the second sheet: who made the list, when, of what.
    """
    page = Page(
        sheet_name(title),
        widths=[min(max(c.width * 1.6 + 2, _NARROWEST), _WIDEST) for c in columns],
        looks=[Look.TEXT if c.text else Look.PLAIN for c in columns],
        frozen_rows=1,
        header_rows=1,
        filtered=True,
    )
    with XlsxFile(path, at) as book:
        with book.sheet(page) as writer:
            writer.row([c.header for c in columns], [Look.HEADER] * len(columns))
            for row in rows:
                writer.row(row)
        if notes:
            with book.sheet(Page("说明", widths=[16, 80], looks=[Look.TEXT, Look.TEXT])) as writer:
                for words, value in notes:
                    writer.row([words, value])
    return page.rows - 1
