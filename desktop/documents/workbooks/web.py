"""Tables in web pages, which systems of offices hand out under the name of an .xls; in UTF-8, GB18030 or UTF-16."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from desktop.documents.workbooks.cells import Row
from desktop.documents.workbooks.delimited import MOST_COLUMNS, encoding_of, text_cell
from desktop.documents.workbooks.problems import NoSuchSheet, OtherFormat, TooLarge, Unreadable, unreachable
from desktop.documents.workbooks.sheets import MOST_ROWS, MergedRanges, NothingOpen, SheetInfo, counted

MOST_BYTES = 100 << 20
"""A page needs ten times the bytes of what stands in it."""
MOST_MERGED = 50_000
MOST_TABLES = 100

_STEP = 1 << 18
_TAGS = ("table", "tr")
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


@dataclass
class _Table:
    """One table of a page as far as it is read; ``filled`` says that something stands in it."""

    holds_tables: bool = False
    filled: bool = False
    row: int = 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    from_above: dict[int, int] = field(default_factory=dict)
    """For how many more rows a cell of a row above takes a column."""


class WebWorkbook(NothingOpen):
    """The tables of a page as sheets; one that only arranges others is none. Raises ``OtherFormat`` without any."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > MOST_BYTES:
            raise TooLarge("这个网页表格太大了。")
        self.path = path
        self.encoding = encoding_of(path)
        found: list[_Table] = []
        for _ in _rows(path, self.encoding, found):
            pass
        kept = [n for n, table in enumerate(found) if table.filled and not table.holds_tables]
        if not kept:
            sentence = "这个文件其实是网页，里面没有表格。"
            raise OtherFormat(sentence, "请用浏览器或WPS打开看看，把里面的内容另存为xlsx后再导入。")
        del kept[MOST_TABLES:]
        names = [path.stem] if len(kept) == 1 else [f"第{n}张表" for n in range(1, len(kept) + 1)]
        self._tables = {name: (at, found[at]) for name, at in zip(names, kept, strict=True)}
        self.sheets: tuple[SheetInfo, ...] = tuple(map(SheetInfo, names))

    def sheet(self, name: str) -> WebSheet:
        """One table; raises ``NoSuchSheet``."""
        if name not in self._tables:
            raise NoSuchSheet(f"表格里没有名为“{name}”的工作表。")
        return WebSheet(self.path, self.encoding, name, *self._tables[name])


class WebSheet:
    """The rows of one table of a page."""

    def __init__(self, path: Path, encoding: str, name: str, at: int, seen: _Table) -> None:
        self.name = name
        self.merged: MergedRanges | None = seen.merged
        self.hidden_rows: Set[int] = seen.hidden_rows
        self.hidden_columns: Set[int] = frozenset()
        self._path, self._encoding, self._at = path, encoding, at

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row numbers from 1 and cells as text, empty ones as nothing; raises ``Unreadable`` and ``TooLarge``."""
        count = 0
        for at, number, cells in _rows(self._path, self._encoding, []):
            if at == self._at and any(cell is not None for cell in cells):
                count = counted(count)
                yield number, cells


def _rows(path: Path, encoding: str, found: list[_Table]) -> Iterator[tuple[int, int, Row]]:
    """Place of the table, row number and cells of every row of a page; ``found`` gets its tables."""
    parser = etree.HTMLPullParser(events=("start", "end"), tag=_TAGS, no_network=True, remove_comments=True)
    open_tables: list[int] = []
    try:
        with path.open(encoding=encoding, newline="") as text:
            while block := text.read(_STEP):
                parser.feed(block)
                yield from _taken(parser, open_tables, found)
        parser.close()
        yield from _taken(parser, open_tables, found)
    except OSError as error:
        raise unreachable(path, error) from error
    except (etree.LxmlError, UnicodeDecodeError) as error:
        raise Unreadable("这个网页表格的格式有误，没有读完。") from error


def _taken(parser: Any, open_tables: list[int], found: list[_Table]) -> Iterator[tuple[int, int, Row]]:
    for event, element in parser.read_events():
        if element.tag == "table" and event == "start":
            if open_tables:
                found[open_tables[-1]].holds_tables = True
            open_tables.append(len(found))
            found.append(_Table())
        elif element.tag == "table":
            open_tables.pop()
            element.clear()
        elif event == "end" and open_tables:
            table = found[open_tables[-1]]
            cells = _cells(element, table)
            table.filled |= any(cell is not None for cell in cells)
            yield open_tables[-1], table.row, cells
            # What is read is let go of, or a long page would stand in memory ten times as large.
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _cells(row: Any, table: _Table) -> Row:
    """The cells of a row at their places: what is merged stands in its first cell, as in a workbook."""
    table.row += 1
    if _HIDDEN.search(row.get("style") or ""):
        table.hidden_rows.add(table.row)
    taken, table.from_above = table.from_above, {c: n - 1 for c, n in table.from_above.items() if n > 1}
    cells: Row = []
    for cell in row.iterchildren("td", "th"):
        while len(cells) in taken:
            cells.append(None)
        left, across, down = len(cells), _span(cell, "colspan"), _span(cell, "rowspan")
        if left + across > MOST_COLUMNS:
            raise TooLarge(f"第{table.row}行有{left + across}列。")
        cells += [_words(cell), *[None] * (across - 1)]
        if down > 1:
            table.from_above |= dict.fromkeys(range(left, left + across), down - 1)
        if across * down > 1 and len(table.merged) < MOST_MERGED:
            table.merged.append(((table.row - 1, left), (table.row + down - 2, left + across - 1)))
    return cells


def _span(cell: Any, name: str) -> int:
    given = (cell.get(name) or "").strip()
    return min(max(int(given), 1), MOST_ROWS) if given.isdecimal() and len(given) < 9 else 1


def _words(cell: Any) -> str | None:
    """What a reader sees: blanks and line ends of the page's text count once, ``<br>`` begins a line."""
    parts: list[str] = [cell.text or ""]
    for inner in cell.iterdescendants():
        if inner.tag == "br":
            parts.append("\v")
        elif isinstance(inner.tag, str) and inner.tag not in ("style", "script"):
            parts.append(inner.text or "")
        parts.append(inner.tail or "")
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(parts).split("\v"))
    return text_cell("\n".join(lines).strip())
