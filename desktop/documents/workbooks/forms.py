"""The federation's two real-name forms: title, signing line, headings over groups of columns, headers, drop-downs.

All but counts is text, days as ``yyyy/MM/dd``: a document number or telephone that a spreadsheet takes for a number
is lost. Lists to choose from stand on a hidden sheet, because some are too long to stand in the cell's own rule.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from desktop.documents.workbooks.styles import Look
from desktop.documents.workbooks.xlsx import Choices, Page, SheetWriter, Value, XlsxFile, letters, sheet_name
from desktop.records.real_name_forms import RealNameForm

OPTIONS = "选项"
LAST_LINE = 20_000
"""How far down the drop-downs reach at least, so that lines can be added by hand."""
_WIDTHS = {
    **dict.fromkeys(("统一社会信用代码", "工会统一社会信用代码", "证件号码"), 22.0),
    **dict.fromkeys(("单位名称", "工会名称", "单位地址", "上级工会名称", "工作单位", "户籍所在地"), 32.0),
    "序号": 6.0,
    "单位所在政区": 26.0,
}
_WIDTH = 14.0


def write_form(
    path: Path,
    form: RealNameForm,
    rows: Iterable[Sequence[Value]],
    options: Mapping[str, Sequence[str]],
    signing: Sequence[str] = (),
    at: datetime.datetime | None = None,
) -> int:
    """Writes a form with its rows, one value a column without the row's number; how many rows there are.

    ``options`` maps headers to what can be chosen there, ``signing`` are the words of the line under the title.
    Raises ``NotWritten``.
    """
    width = len(form.columns)
    head = 2 + bool(signing) + bool(form.bands)
    page = Page(
        sheet_name(form.title),
        widths=[_WIDTHS.get(c.header, _WIDTH) for c in form.columns],
        looks=[Look.BOXED] * width,
        frozen_rows=head,
        header_rows=head,
        heights={1: 32.0, head: 30.0},
    )
    chosen = [c.header for c in form.columns if options.get(c.header)]
    with XlsxFile(path, at) as book:
        with book.sheet(page) as writer:
            _write_head(writer, form, signing, width)
            count = 0
            for count, row in enumerate(rows, start=1):
                line: list[Value] = [count, *row]
                writer.row(line, [Look.NUMBERED if isinstance(v, int) else Look.BOXED for v in line])
            last = max(page.rows, LAST_LINE)
            headers = [c.header for c in form.columns]
            for place, header in enumerate(chosen):
                cells = (headers.index(header), head + 1, last)
                page.choices.append(choices(cells, place, len(options[header])))
        write_options(book, [options[h] for h in chosen])
    return count


def _write_head(writer: SheetWriter, form: RealNameForm, signing: Sequence[str], width: int) -> None:
    page, last = writer.page, letters(width - 1)
    writer.row([form.title], [Look.TITLE] * width)
    page.merged.append(f"A1:{last}1")
    if signing:
        _write_signing(writer, signing, width)
    upper, lower = page.rows + 1, page.rows + 2
    if not form.bands:
        writer.row([c.header for c in form.columns], [Look.HEADER] * width)
        return
    line: list[Value] = []
    for heading, count in form.bands:
        left, right = letters(len(line)), letters(len(line) + count - 1)
        if heading:
            page.merged.append(f"{left}{upper}:{right}{upper}")
            line += [heading, *[None] * (count - 1)]
        else:
            # A column under no heading has its own header over both rows.
            page.merged += [
                f"{letters(len(line) + n)}{upper}:{letters(len(line) + n)}{lower}" for n in range(count)
            ]
            line += [form.columns[len(line) + n].header for n in range(count)]
    writer.row(line, [Look.HEADER] * width)
    under = [place for heading, count in form.bands for place in [bool(heading)] * count]
    writer.row(
        [c.header if u else None for c, u in zip(form.columns, under, strict=True)], [Look.HEADER] * width
    )


def _write_signing(writer: SheetWriter, signing: Sequence[str], width: int) -> None:
    """The words of the line under the title, evenly spread."""
    number = writer.page.rows + 1
    line: list[Value] = [None] * width
    step = width // len(signing)
    for place, words in enumerate(signing):
        left = place * step
        right = width - 1 if place == len(signing) - 1 else left + step - 1
        line[left] = words
        writer.page.merged.append(f"{letters(left)}{number}:{letters(right)}{number}")
    writer.row(line, [Look.SMALL] * width)


def choices(cells: tuple[int, int, int], place: int, count: int) -> Choices:
    """A drop-down in a column (from 0) from one row to another, out of the list at a place of the options."""
    column, first, last = letters(cells[0]), cells[1], cells[2]
    source = f"'{OPTIONS}'!${letters(place)}$1:${letters(place)}${count}"
    return Choices(f"{column}{first}:{column}{last}", source)


def write_options(book: XlsxFile, lists: Sequence[Sequence[str]]) -> None:
    """The hidden sheet with what can be chosen, one list a column."""
    if not lists:
        return
    with book.sheet(Page(OPTIONS, hidden=True, looks=[Look.TEXT] * len(lists))) as writer:
        for line in range(max(map(len, lists))):
            writer.row([words[line] if line < len(words) else None for words in lists])
