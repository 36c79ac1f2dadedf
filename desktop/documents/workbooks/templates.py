"""An empty table to be filled in and imported: headers, drop-downs, what people are told, how to fill it in."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.documents.workbooks.forms import choices, write_options
from desktop.documents.workbooks.styles import Look
from desktop.documents.workbooks.xlsx import Page, Value, XlsxFile, sheet_name

GUIDE = "填写说明"
NOTICE = "填表须知"
LAST_LINE = 5_000
"""How far down the drop-downs reach."""
_NARROWEST, _WIDEST = 10.0, 40.0
_LEGEND = ("栏目", "是否必填", "怎样填", "举例")


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column: header, width in average characters, what can be chosen in it, and what the guide says of it."""

    header: str
    width: float = 12.0
    choices: Sequence[str] = ()
    needed: bool = False
    help: str = ""
    example: str = ""


def write_template(
    path: Path,
    title: str,
    columns: Sequence[TemplateColumn],
    at: datetime.datetime | None = None,
    told: Sequence[tuple[str, str]] = (),
) -> None:
    """Writes the table without a row. All cells are text, so that no number or day is turned into something else.

    ``told`` are label and text of what people are told who fill it in; they get a second sheet. Raises ``NotWritten``.
    """
    page = Page(
        sheet_name(title),
        widths=[min(max(c.width * 1.6 + 2, len(c.header) * 2.2, _NARROWEST), _WIDEST) for c in columns],
        looks=[Look.TEXT] * len(columns),
        frozen_rows=1,
        header_rows=1,
        heights={1: 30.0},
    )
    chosen = [(n, c.choices) for n, c in enumerate(columns) if c.choices]
    page.choices = [choices((n, 2, LAST_LINE), place, len(words)) for place, (n, words) in enumerate(chosen)]
    guide = Page(GUIDE, widths=[24, 10, 60, 24], looks=[Look.BOXED] * 4, frozen_rows=1, header_rows=1)
    with XlsxFile(path, at) as book:
        with book.sheet(page) as writer:
            writer.row([c.header for c in columns], [Look.HEADER] * len(columns))
        if told:
            _write_notice(book, told)
        with book.sheet(guide) as writer:
            writer.row(_LEGEND, [Look.HEADER] * len(_LEGEND))
            for column in columns:
                line: list[Value] = [
                    column.header,
                    "必填" if column.needed else "",
                    column.help,
                    column.example,
                ]
                writer.row([v or None for v in line], [Look.BOXED] * len(line))
        write_options(book, [words for _, words in chosen])


def _write_notice(book: XlsxFile, told: Sequence[tuple[str, str]]) -> None:
    page = Page(NOTICE, widths=[14, 96], looks=[Look.BOXED] * 2, frozen_rows=1, header_rows=1)
    with book.sheet(page) as writer:
        title, *rest = told
        writer.row(title, [Look.HEADER] * 2)
        for line in rest:
            writer.row(line, [Look.BOXED] * 2)
