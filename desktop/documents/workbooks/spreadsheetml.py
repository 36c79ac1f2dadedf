"""Tables in the XML of Excel 2003 (SpreadsheetML), which some systems hand out under the name of an .xls.

Whatever a file says of places, spans and sizes is only counted with, and places only grow, as the format asks: no cell
is made that does not stand in it. Declarations of its own are refused unread, so no word can grow when it is read.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from desktop.documents.workbooks.cells import FORMULA, Cell, Fault, FaultKind, Row
from desktop.documents.workbooks.delimited import MOST_CELL, MOST_COLUMNS, encoding_of, text_cell
from desktop.documents.workbooks.problems import NoSuchSheet, Suspicious, TooLarge, Unreadable, unreachable
from desktop.documents.workbooks.sheets import MergedRanges, NothingOpen, SheetInfo, counted

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
MOST_BYTES = 100 << 20
"""What stands in a file needs several times its bytes in memory."""
MOST_MERGED = 50_000
MOST_SHEETS = 100
MOST_ROW = 1_048_576
"""The last row that a spreadsheet can show."""

_STEP = 1 << 18
_SS = f"{{{NAMESPACE}}}"
_CELL, _DATA, _TYPE = f"{_SS}Cell", f"{_SS}Data", f"{_SS}Type"
_INDEX, _SPAN, _HIDDEN, _NAME, _FORMULA = (
    f"{_SS}{n}" for n in ("Index", "Span", "Hidden", "Name", "Formula")
)
_ACROSS, _DOWN = f"{_SS}MergeAcross", f"{_SS}MergeDown"
_VISIBLE = "{urn:schemas-microsoft-com:office:excel}Visible"
_TAGS = (f"{_SS}Worksheet", f"{_SS}Column", f"{_SS}Row", _VISIBLE)
_FIRST_DAY = datetime.date(1899, 12, 31)
"""A time of day is written as one of the day before the first."""


@dataclass
class _Table:
    """One sheet as far as it is read; ``row`` and ``column`` are the places that were reached, counted from 1."""

    name: str
    hidden: bool = False
    row: int = 0
    column: int = 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


class XmlWorkbook(NothingOpen):
    """See :class:`desktop.documents.workbooks.sheets.Workbook`."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > MOST_BYTES:
            raise TooLarge("这个XML表格太大了。")
        self.path = path
        self.encoding = encoding_of(path)
        found: list[_Table] = []
        for _ in _rows(path, self.encoding, found):
            pass
        if not found:
            raise Unreadable("文件里没有能读的工作表。")
        self._tables = {table.name: (at, table) for at, table in reversed([*enumerate(found)])}
        names = dict.fromkeys(table.name for table in found)
        self.sheets: tuple[SheetInfo, ...] = tuple(
            SheetInfo(name, self._tables[name][1].hidden) for name in names
        )

    def sheet(self, name: str) -> XmlSheet:
        """One sheet; raises ``NoSuchSheet``."""
        if name not in self._tables:
            raise NoSuchSheet(f"表格里没有名为“{name}”的工作表。")
        return XmlSheet(self.path, self.encoding, *self._tables[name])


class XmlSheet:
    """See :class:`desktop.documents.workbooks.sheets.Sheet`."""

    def __init__(self, path: Path, encoding: str, at: int, seen: _Table) -> None:
        self.name = seen.name
        self.merged: MergedRanges | None = seen.merged
        self.hidden_rows: Set[int] = seen.hidden_rows
        self.hidden_columns: Set[int] = seen.hidden_columns
        self._path, self._encoding, self._at = path, encoding, at

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row numbers from 1 and typed cells; raises ``Unreadable`` and ``TooLarge``."""
        count = 0
        for at, number, cells in _rows(self._path, self._encoding, []):
            if at > self._at:
                return
            if at == self._at and cells:
                count = counted(count)
                yield number, cells


def _rows(path: Path, encoding: str, found: list[_Table]) -> Iterator[tuple[int, int, Row]]:
    """Place of the sheet, row number and cells of every row of a file; ``found`` gets its sheets."""
    # What the file says of its encoding is often wrong.
    parser = etree.XMLPullParser(
        ("start", "end"), tag=_TAGS, encoding="utf-8", no_network=True, load_dtd=False,
        resolve_entities=False, remove_comments=True, remove_pis=True, huge_tree=False,
    )  # fmt: skip
    carry = ""
    try:
        with path.open(encoding=encoding, newline="") as text:
            while block := text.read(_STEP):
                if "<!D" in (seen := carry + block) or "<!E" in seen:
                    raise Suspicious("文件里带有不应有的声明。")
                carry = block[-2:]
                parser.feed(block.encode())
                yield from _taken(parser, found)
        parser.close()
        yield from _taken(parser, found)
    except OSError as error:
        raise unreachable(path, error) from error
    except (etree.LxmlError, UnicodeError) as error:
        raise Unreadable("这个XML表格的格式有误，没有读完。") from error


def _taken(parser: Any, found: list[_Table]) -> Iterator[tuple[int, int, Row]]:
    for event, element in parser.read_events():
        match event, element.tag.rpartition("}")[2]:
            case "start", "Worksheet":
                if len(found) >= MOST_SHEETS:
                    raise TooLarge(f"这个文件里的工作表超过{MOST_SHEETS}张。")
                found.append(_Table(element.get(_NAME) or f"第{len(found) + 1}张表"))
            case "end", "Visible" if found:
                found[-1].hidden = "Hidden" in (element.text or "")
            case "end", "Column" if found:
                _note_column(element, found[-1])
            case "end", "Row" if found:
                cells = _cells(element, found[-1])
                yield len(found) - 1, found[-1].row, cells
                _skip(element, found[-1])
                # What is read is let go of, or a long sheet would stand in memory many times as large.
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]


def _note_column(element: Any, table: _Table) -> None:
    first = max(_number(element, _INDEX), table.column + 1)
    table.column = first + _number(element, _SPAN)
    if element.get(_HIDDEN) == "1":
        table.hidden_columns.update(range(first - 1, min(table.column, MOST_COLUMNS)))


def _skip(element: Any, table: _Table) -> None:
    """The rows below that are only formatted like this one, and whether they are hidden too."""
    first, table.row = table.row, table.row + _number(element, _SPAN)
    if element.get(_HIDDEN) == "1":
        table.hidden_rows.update(range(first, min(table.row, MOST_ROW) + 1))


def _cells(row: Any, table: _Table) -> Row:
    """The cells of a row at their places, up to the last one with something in it."""
    table.row = max(_number(row, _INDEX), table.row + 1)
    cells: Row = []
    place = 0
    for cell in row.iterchildren(_CELL):
        place = max(_number(cell, _INDEX) - 1, place)
        across, down = _number(cell, _ACROSS), _number(cell, _DOWN)
        if (value := _value(cell)) is not None:
            if table.row > MOST_ROW or place >= MOST_COLUMNS:
                raise TooLarge(f"第{table.row}行第{place + 1}列还有内容，超过了能读的范围。")
            cells += [*[None] * (place - len(cells)), value]
        if across + down and len(table.merged) < MOST_MERGED and place < MOST_COLUMNS:
            bottom, right = min(table.row + down, MOST_ROW), min(place + across, MOST_COLUMNS - 1)
            table.merged.append(((table.row - 1, place), (bottom - 1, right)))
        place += 1 + across
    return cells


def _number(element: Any, name: str) -> int:
    given = element.get(name)
    if given is None:
        return 0
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _value(cell: Any) -> Cell:
    data = next(cell.iterchildren(_DATA), None)
    if data is None:
        return Fault(FaultKind.NOT_CALCULATED, FORMULA) if cell.get(_FORMULA) is not None else None
    text = "".join(data.itertext()) if len(data) else data.text or ""
    if len(text) > MOST_CELL:
        raise TooLarge(f"有一格里超过{MOST_CELL}个字。")
    match data.get(_TYPE):
        case "Number":
            return _as_number(text)
        case "DateTime":
            return _as_day(text)
        case "Boolean":
            return text.strip() in ("1", "true")
        case "Error":
            return Fault(FaultKind.ERROR, text.strip() or "#N/A")
    return text_cell(text)


def _as_number(text: str) -> Cell:
    try:
        return float(text)
    except ValueError:
        return text_cell(text)


def _as_day(text: str) -> Cell:
    try:
        at = datetime.datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return text_cell(text)
    if at.date() == _FIRST_DAY:
        return at.time()
    return at.date() if at.time() == datetime.time() else at
