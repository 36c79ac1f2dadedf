"""Looks through an .xls before the reading engine may open it: chains that end, sizes that are true, cells in bounds.

The engine trusts what an old workbook says of itself: a chain of sectors that bites its tail, a count of two
thousand million texts or one cell in a far corner makes it ask for more memory than there is, and that ends the
program. So the container (MS-CFB) and the records of the workbook (MS-XLS) are walked here first, as the engine
walks them, with nothing kept but numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.documents.workbooks.problems import (
    Contradictory,
    Locked,
    OtherFormat,
    Suspicious,
    TooLarge,
    Unreadable,
)

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_ROWS, MOST_COLUMNS = 65_536, 256
"""What the format itself allows."""
MOST_CELLS = 8_000_000
"""Cells that a sheet may span, empty ones included: half a gigabyte in the engine."""

_FREE_FROM = 0xFFFFFFFA
"""Sector numbers from here on say that a chain ends or a sector is not used."""
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_EOF, _BOUNDSHEET, _SST, _DIMENSIONS, _CONTINUE, _FILEPASS = 0x0A, 0x85, 0xFC, 0x200, 0x3C, 0x2F
_CELLS = frozenset({0x06, 0xBD, 0xBE, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E})
_ROW, _COLUMNS = 0x208, 0x7D
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01
_SEVERAL_CELLS = {0xBD: 6, 0xBE: 2}
_BOOKS = frozenset({"workbook", "book"})
_MACROS = frozenset({"_vba_project_cur", "vba"})


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """What nobody sees in a sheet: rows from 1, columns from 0."""

    rows: frozenset[int]
    columns: frozenset[int]


NOTHING_HIDDEN = Hidden(frozenset(), frozenset())


def inspect(data: bytes) -> list[Hidden]:
    """What is hidden in each sheet, in their order.

    Raises :class:`Suspicious`, :class:`TooLarge`, :class:`Unreadable`, :class:`Locked` or :class:`OtherFormat`.
    """
    try:
        return _inspect(data)
    except (struct.error, IndexError) as error:
        raise Unreadable("文件损坏，打不开。") from error


def _inspect(data: bytes) -> list[Hidden]:
    container = _Container(data)
    names = {e.name for e in container.entries}
    if "encryptedpackage" in names:
        raise Locked("这个表格有打开密码。")
    if names & _MACROS:
        raise OtherFormat("这个表格带有宏。", "请用WPS或Excel另存为不带宏的xlsx。")
    books = [e for e in container.entries if e.kind == _STREAM and e.name in _BOOKS]
    if not books:
        raise OtherFormat("这个文件不是xls表格。")
    for entry in container.entries:
        if entry.kind in (_STREAM, _ROOT):
            container.check(entry)
    found = [_check_book(container.stream(entry)) for entry in books]
    return found[0]


class _Container:
    """The streams of a compound file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if data[:8] != MAGIC or shift not in (9, 12) or mini_shift != 6:
            raise Unreadable("文件损坏，打不开。")
        self._size = 1 << shift
        self._cutoff: int = struct.unpack_from("<I", data, 56)[0]
        if self._cutoff != 4096:
            raise Unreadable("文件损坏，打不开。")
        self._fat = self._allocation()
        first_directory, first_mini = (
            struct.unpack_from("<I", data, 48)[0],
            struct.unpack_from("<I", data, 60)[0],
        )
        self.entries = list(_entries(self._chain(first_directory)))
        mini = self._chain(first_mini) if first_mini < _FREE_FROM else b""
        self._mini_fat = struct.unpack(f"<{len(mini) // 4}I", mini)
        roots = [e for e in self.entries if e.kind == _ROOT]
        if len(roots) != 1:
            raise Unreadable("文件损坏，打不开。")
        self._root = roots[0]

    def check(self, entry: _Entry) -> None:
        """Raises :class:`Suspicious` where a stream's chain does not end, or says another size than it has."""
        if entry.size == 0:
            return
        small = entry.kind == _STREAM and entry.size < self._cutoff
        sector = 64 if small else self._size
        count = sum(1 for _ in _walk(entry.start, self._mini_fat if small else self._fat))
        if entry.size > count * sector or entry.size > len(self._data):
            raise Contradictory()

    def stream(self, entry: _Entry) -> bytes:
        """The bytes of a stream that was checked."""
        if entry.size >= self._cutoff:
            return self._chain(entry.start)[: entry.size]
        root = self._chain(self._root.start)
        parts = (root[n * 64 : (n + 1) * 64] for n in _walk(entry.start, self._mini_fat))
        return b"".join(parts)[: entry.size]

    def _allocation(self) -> tuple[int, ...]:
        """The table that says which sector follows which."""
        first, count = struct.unpack_from("<II", self._data, 68)
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        seen: set[int] = set()
        while first < _FREE_FROM:
            if first in seen or len(seen) > count:
                raise Contradictory()
            seen.add(first)
            more = struct.unpack(f"<{self._size // 4}I", self._sector(first))
            sectors += more[:-1]
            first = more[-1]
        table = b"".join(self._sector(n) for n in sectors if n < _FREE_FROM)
        return struct.unpack(f"<{len(table) // 4}I", table)

    def _chain(self, first: int) -> bytes:
        return b"".join(self._sector(n) for n in _walk(first, self._fat))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        sector = self._data[start : start + self._size]
        # The last sector of a file may be cut short by careless writers.
        if not sector:
            raise Unreadable("文件不完整，打不开。")
        return sector.ljust(self._size, b"\0")


def _walk(first: int, table: tuple[int, ...]) -> Iterator[int]:
    seen: set[int] = set()
    while first < _FREE_FROM:
        if first in seen:
            raise Contradictory()
        seen.add(first)
        yield first
        first = table[first]


def _entries(directory: bytes) -> Iterator[_Entry]:
    for place in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", directory, place + 64)
        start, size = struct.unpack_from("<II", directory, place + 116)
        name = directory[place : place + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        yield _Entry(name.lower(), kind, start, size)


def _check_book(stream: bytes) -> list[Hidden]:
    """The records of the workbook, then those of each sheet from where the workbook says that it begins."""
    sheets = []
    for kind, place, _length in _records(stream, 0):
        if kind == _FILEPASS:
            raise Locked("这个表格有打开密码。")
        if kind == _BOUNDSHEET:
            sheets.append(struct.unpack_from("<I", stream, place)[0])
        elif kind == _SST and struct.unpack_from("<I", stream, place + 4)[0] * 3 > len(stream):
            raise Suspicious("文件里的文字数量不真实。")
        elif kind == _EOF:
            break
    return [_check_sheet(stream, start) for start in sheets]


def _check_sheet(stream: bytes, start: int) -> Hidden:
    rows = columns = 0
    last = 0
    hidden: tuple[set[int], set[int]] = set(), set()
    for kind, place, length in _records(stream, start):
        if kind == _EOF:
            break
        if not kind and not length:
            # Sectors that were never written: the engine would pass over them and give a sheet without its rows.
            raise Unreadable("文件损坏，打不开。")
        if kind == _DIMENSIONS:
            _check_dimensions(stream, place, length)
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", stream, place)
            column += max(length - 6, 0) // _SEVERAL_CELLS[kind] if kind in _SEVERAL_CELLS else 0
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _ROW and stream[place + 12] & _ROW_HIDDEN:
            hidden[0].add(struct.unpack_from("<H", stream, place)[0] + 1)
        elif kind == _COLUMNS and stream[place + 8] & _COLUMN_HIDDEN:
            first, end = struct.unpack_from("<HH", stream, place)
            hidden[1].update(range(first, min(end + 1, MOST_COLUMNS)))
        elif kind == _CONTINUE and last in _SEVERAL_CELLS:
            raise Suspicious("文件里的单元格超出了格式允许的范围。")
        last = kind
    if columns > MOST_COLUMNS:
        raise Suspicious("文件里的单元格超出了格式允许的范围。")
    if rows * columns > MOST_CELLS:
        raise TooLarge("这个xls表格的范围太大。")
    return Hidden(frozenset(hidden[0]), frozenset(hidden[1]))


def _check_dimensions(stream: bytes, place: int, length: int) -> None:
    """The engine makes room for what is said here, and a last row above the first one makes it room without end."""
    top, bottom, left, right = struct.unpack_from("<IIHH" if length >= 12 else "<HHHH", stream, place)
    turned = (bottom and right) and (top >= bottom or left >= right)
    if turned or bottom > MOST_ROWS or right > MOST_COLUMNS:
        raise Suspicious("文件里的单元格超出了格式允许的范围。")


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of each record's data."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, start + 4, length
        start += 4 + length
