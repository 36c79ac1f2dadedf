"""Sheets of .xlsx and .xls as streams of rows: in one block where that is safe and quick, else row by row."""

from __future__ import annotations

import contextlib
import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import python_calamine as calamine

from desktop.documents.workbooks import archive, compound
from desktop.documents.workbooks.archive import SheetScan
from desktop.documents.workbooks.cells import Cell, Row
from desktop.documents.workbooks.problems import Locked, NoSuchSheet, TooLarge, Unreadable, unreachable

MOST_ROWS = 200_000
"""Rows with something in them that one sheet may have."""
EMPTY_RUN = 5_000
"""A sheet that is read row by row ends after so many empty rows: a million of them may only be formatted."""
MOST_OLD_BYTES = 100 << 20
"""How large a file of the old format may be."""

_FOREIGN = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    zipfile.BadZipFile,
    SyntaxError,
    EOFError,
)
"""What openpyxl raises over a damaged file; lxml's parse error is a ``SyntaxError``."""

MergedRanges = Sequence[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet of a workbook; hidden ones are only read when they are asked for by name."""

    name: str
    hidden: bool = False


class Sheet(Protocol):
    """An open sheet. ``merged`` lists ((row, column), (row, column)) from 0, or nothing where it is not known.

    ``hidden_rows`` are numbers as a spreadsheet shows them, ``hidden_columns`` places from 0; what is hidden is read.
    """

    name: str
    merged: MergedRanges | None
    hidden_rows: Set[int]
    hidden_columns: Set[int]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row numbers as a spreadsheet shows them, with the cells; empty rows are left out.

        Raises :class:`TooLarge` after :data:`MOST_ROWS`, :class:`Unreadable` where the file is damaged.
        """
        ...


class Workbook(Protocol):
    """An open workbook; close it, or use it in a ``with`` statement."""

    sheets: tuple[SheetInfo, ...]

    def sheet(self, name: str) -> Sheet:
        """Opens one sheet; raises :class:`NoSuchSheet` and what is wrong with the file."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class NothingOpen:
    """A workbook whose file is opened anew for each reading, so that nothing has to be closed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class BlockSheet:
    """A sheet whose cells lie in memory as the engine keeps them (about 100 bytes a cell); rows come one by one."""

    def __init__(self, sheet: calamine.CalamineSheet, scan: SheetScan) -> None:
        self.name = sheet.name
        self.merged: MergedRanges | None = sheet.merged_cell_ranges
        self.hidden_rows: Set[int] = scan.hidden_rows
        self.hidden_columns: Set[int] = scan.hidden_columns
        self._sheet = sheet
        self._faults: dict[int, list[tuple[int, Cell]]] = {}
        for (row, column), fault in scan.faults.items():
            self._faults.setdefault(row, []).append((column, fault))

    def rows(self) -> Iterator[tuple[int, Row]]:
        """See :class:`Sheet`."""
        start = self._sheet.start
        offset: Row = [None] * (start[1] if start else 0)
        count = 0
        for number, raw in enumerate(self._sheet.iter_rows(), start=1):
            # What is true is nearly all there is, and needs no comparing.
            cells: Row = [cell or (None if cell == "" else cell) for cell in raw]
            if offset:
                cells = offset + cells
            if number in self._faults:
                _put(cells, self._faults[number])
            # Nearly every row begins with something.
            if (not cells or cells[0] is None) and not any(cell is not None for cell in cells):
                continue
            count = counted(count)
            yield number, cells


class StreamSheet:
    """A sheet of an .xlsx that is read row by row: slower, and safe for whatever shape it claims to have."""

    def __init__(self, path: Path, name: str, scan: SheetScan) -> None:
        self.name = name
        self.merged: MergedRanges | None = None
        self.hidden_rows: Set[int] = scan.hidden_rows
        self.hidden_columns: Set[int] = scan.hidden_columns
        self._path = path
        self._scan = scan

    def rows(self) -> Iterator[tuple[int, Row]]:
        """See :class:`Sheet`."""
        faults: dict[int, list[tuple[int, Cell]]] = {}
        for (row, column), fault in self._scan.faults.items():
            faults.setdefault(row, []).append((column, fault))
        count = empty = 0
        with _openpyxl(self._path) as book:
            for number, raw in enumerate(_foreign_rows(book, self._path, self.name), start=1):
                cells: Row = [None if cell == "" else _known(cell) for cell in raw]
                if number in faults:
                    _put(cells, faults[number])
                if not any(cell is not None for cell in cells):
                    empty += 1
                    if empty >= EMPTY_RUN:
                        return
                    continue
                empty = 0
                count = counted(count)
                yield number, cells


class _EngineWorkbook:
    """A workbook that the reading engine holds open."""

    _book: calamine.CalamineWorkbook

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()


class ModernWorkbook(_EngineWorkbook):
    """An .xlsx that has been looked through."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scans = archive.inspect(path).sheets
        # By its path the engine would take the name's ending for what the file is.
        with path.open("rb") as file, guarded():
            self._book = calamine.CalamineWorkbook.from_filelike(file)
            self.sheets = _infos(self._book)

    def sheet(self, name: str) -> Sheet:
        """See :class:`Workbook`."""
        _require(name, self.sheets)
        scan = self._scans.get(name, SheetScan(block=False))
        if not scan.block:
            return StreamSheet(self._path, name, scan)
        with guarded():
            return BlockSheet(self._book.get_sheet_by_name(name), scan)


class OldWorkbook(_EngineWorkbook):
    """An .xls (or the .et of WPS, which mostly is one): at most 65 536 rows of 256 columns by its own format."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > MOST_OLD_BYTES:
            raise TooLarge("这个xls文件太大了。")
        data = path.read_bytes()
        hidden = compound.inspect(data)
        with guarded():
            self._book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            self.sheets = _infos(self._book)
            # Charts have their place in the order too.
            self._hidden = dict(zip((m.name for m in self._book.sheets_metadata), hidden, strict=False))

    def sheet(self, name: str) -> Sheet:
        """See :class:`Workbook`."""
        _require(name, self.sheets)
        with guarded():
            sheet = self._book.get_sheet_by_name(name)
        hidden = self._hidden.get(name, compound.NOTHING_HIDDEN)
        return BlockSheet(sheet, SheetScan(hidden_rows=set(hidden.rows), hidden_columns=set(hidden.columns)))


class guarded(contextlib.AbstractContextManager["guarded"]):  # noqa: N801  (used like those of contextlib)
    """Turns what the reading engine raises into problems; its panics are no ``Exception``, so they are told by name."""

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            return
        if issubclass(kind, calamine.PasswordError) or "password" in str(value).lower():
            raise Locked("这个表格有打开密码。") from value
        if issubclass(kind, calamine.CalamineError) or kind.__name__ == "PanicException":
            raise Unreadable("文件损坏，或者不是表格，打不开。") from value


def _infos(book: calamine.CalamineWorkbook) -> tuple[SheetInfo, ...]:
    found = tuple(
        SheetInfo(meta.name, meta.visible is not calamine.SheetVisibleEnum.Visible)
        for meta in book.sheets_metadata
        if meta.typ is calamine.SheetTypeEnum.WorkSheet
    )
    if not found:
        raise Unreadable("文件里没有能读的工作表。")
    return found


def _require(name: str, sheets: Sequence[SheetInfo]) -> None:
    if name not in {s.name for s in sheets}:
        raise NoSuchSheet(f"表格里没有名为“{name}”的工作表。")


def counted(count: int) -> int:
    """How many rows there are with one more; raises :class:`TooLarge`."""
    if count >= MOST_ROWS:
        raise TooLarge(f"一张工作表一次最多导入{MOST_ROWS}行。")
    return count + 1


def _put(cells: Row, faults: Sequence[tuple[int, Cell]]) -> None:
    for column, fault in faults:
        if column >= len(cells):
            cells.extend([None] * (column + 1 - len(cells)))
        if cells[column] is None or not isinstance(cells[column], str):
            cells[column] = fault


def _known(cell: Any) -> Cell:
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date()
    if cell is None or isinstance(
        cell, str | int | float | datetime.date | datetime.time | datetime.timedelta
    ):
        return cell
    return str(cell)


@contextlib.contextmanager
def _openpyxl(path: Path) -> Iterator[Any]:
    import openpyxl  # few tables need it, and every start of the window would wait for it

    try:
        # Of a path the library only takes such whose name ends as it likes.
        file = path.open("rb")
    except OSError as error:
        raise unreachable(path, error) from error
    with file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except OSError as error:
            raise unreachable(path, error) from error
        except _FOREIGN as error:
            raise Unreadable("文件损坏，打不开。") from error
        try:
            yield book
        finally:
            book.close()


def _foreign_rows(book: Any, path: Path, name: str) -> Iterator[Sequence[Any]]:
    try:
        sheet = book[name]
        # The stated size is often wrong: a sheet that says A1:XFD1048576 would come as rows of 16 384 cells.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)
    except OSError as error:
        raise unreachable(path, error) from error
    except _FOREIGN as error:
        raise Unreadable("文件损坏，没有读完。") from error
