"""A block copied from WPS or Excel as a workbook of one sheet: it stays in memory and never becomes a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from desktop.documents.workbooks.cells import Row
from desktop.documents.workbooks.delimited import MOST_BYTES, MOST_COLUMNS, text_cell
from desktop.documents.workbooks.problems import NoSuchSheet, TooLarge
from desktop.documents.workbooks.sheets import MOST_ROWS, MergedRanges, NothingOpen, SheetInfo
from desktop.documents.workbooks.xlsx import is_dangerous

_CELL = re.compile(
    r"""(?:"(?P<lines>[^"\t]*+(?:""[^"\t]*+)*+)"|"(?P<tabs>[^"\n]*+(?:""[^"\n]*+)*+)")(?=[\t\n]|\Z)"""
    r"""|(?P<plain>[^\t\n]*)"""
)
"""A cell in quotes holds breaks of lines or tabs. One quote that is never closed is a sign like any other: it must not
swallow the rows below, so a cell that goes on in the next line has no tab in it."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was copied, and the name under which it is known afterwards."""

    text: str = field(repr=False)
    name: str

    @property
    def is_table(self) -> bool:
        """Whether there is more than one cell."""
        rows = self._some_rows()
        return len(rows) > 1 or any(len(cells) > 1 for cells in rows)

    def rows(self) -> Iterator[list[str]]:
        """The cells of each row as they were copied; empty rows too."""
        text = self.text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n\0")
        if '"' not in text:
            yield from (line.split("\t") for line in text.split("\n"))
            return
        place, cells = 0, list[str]()
        while place <= len(text):
            # The expression fits everywhere: a plain cell may be empty.
            found = _CELL.match(text, place)
            if found is None:
                return
            quoted = found["lines"] if found["lines"] is not None else found["tabs"]
            cells.append(found["plain"] if quoted is None else quoted.replace('""', '"'))
            place = found.end() + 1
            if text[found.end() : place] != "\t":
                yield cells
                cells = []

    def _some_rows(self) -> list[list[str]]:
        found: list[list[str]] = []
        for cells in self.rows():
            if any(cell.strip() for cell in cells):
                found.append(cells)
            if len(found) > 1:
                break
        return found


class PastedWorkbook(NothingOpen):
    """See :class:`desktop.documents.workbooks.sheets.Workbook`."""

    def __init__(self, pasted: Pasted) -> None:
        if len(pasted.text) > MOST_BYTES:
            raise TooLarge("粘贴的内容太多了。", "请分几次粘贴，或者存成xlsx以后导入。")
        self._pasted = pasted
        self.sheets: tuple[SheetInfo, ...] = (SheetInfo(pasted.name),)

    def sheet(self, name: str) -> PastedSheet:
        """The one sheet; raises ``NoSuchSheet`` for another."""
        if name != self._pasted.name:
            raise NoSuchSheet(f"表格里没有名为“{name}”的工作表。")
        return PastedSheet(self._pasted)


class PastedSheet:
    """See :class:`desktop.documents.workbooks.sheets.Sheet`."""

    def __init__(self, pasted: Pasted) -> None:
        self.name = pasted.name
        self.merged: MergedRanges | None = ()
        self.hidden_rows: Set[int] = frozenset()
        self.hidden_columns: Set[int] = frozenset()
        self._pasted = pasted

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row numbers from 1 within the block, and cells as text."""
        count = 0
        for number, raw in enumerate(self._pasted.rows(), start=1):
            if len(raw) > MOST_COLUMNS:
                raise TooLarge(f"第{number}行有{len(raw)}列。")
            cells: Row = [text_cell(_unquoted(cell)) for cell in raw]
            if any(cell is not None for cell in cells):
                count += 1
                if count > MOST_ROWS:
                    raise TooLarge(f"一次最多粘贴{MOST_ROWS}行。", "请分几次粘贴，或者存成xlsx以后导入。")
                yield number, cells


def _unquoted(cell: str) -> str:
    """A text that was marked as one, by this program too, so that no spreadsheet takes it for a formula."""
    return cell[1:] if cell[:1] == "'" and is_dangerous(cell[1:]) else cell
