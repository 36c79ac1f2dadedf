"""Looks through an .xlsx before any library may open it: real sizes, forbidden declarations, cells that mislead.

A ZIP may say that a part is small and unpack to gigabytes, and XML may define words that explode. Every part that
a reader could open is therefore unpacked here once, window by window and thrown away, and counted. The same pass
notes the cells whose faults a fast reader hides (errors, formulas without a result), and whether the sheet may be
given to a reader that lays out its cells as one block in memory.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from desktop.documents.workbooks.cells import FORMULA, Fault, FaultKind
from desktop.documents.workbooks.problems import Contradictory, OtherFormat, Suspicious, TooLarge, Unreadable

MOST_PARTS = 3_000
MOST_BYTES = 1 << 30
"""What all parts together may unpack to; a million formatted rows of twenty columns take about half of it."""
BLOCK_BYTES = 256 << 20
"""A sheet that unpacks to more is read row by row."""

_WINDOW = 1 << 20
_MOST_FAULTS = 100_000
_LOCAL_HEADER = struct.Struct("<4s22xHH")

_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)[\"']")
_PREFIXED = re.compile(rb"<[A-Za-z_][\w.\-]*:worksheet\b")
_FAR_OR_BARE = re.compile(rb'<c[\s/>](?!r="[A-C]?[A-Z][0-9]{1,5}")')
"""A cell whose place is far out (beyond column CZ or row 99 999), or is not said first."""
_ERROR_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*? t="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?(?:<v>([^<]*))?'
)
_NOT_CALCULATED = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)><f[^>]*?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'
)

_HIDDEN_ROW = re.compile(rb'<row r="([0-9]{1,7})"[^>]*? hidden="(?:1|true)"')
_HIDDEN_COLUMNS = re.compile(
    rb'<col (?=[^>]*?\bhidden="(?:1|true)")(?=[^>]*?\bmin="([0-9]{1,5})")[^>]*?\bmax="([0-9]{1,5})"'
)
_MOST_SHOWN_COLUMNS = 1_000
"""A sheet that hides all columns to its right end hides nothing that anybody wrote."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT_MAIN = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass
class SheetScan:
    """What the pass found in one sheet; ``faults`` maps (row, column), both from 1 and 0, to what is wrong there.

    Rows are hidden by hand or by a filter, columns by hand; both are counted as in ``faults``.
    """

    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    block: bool = True
    size: int = 0


@dataclass(frozen=True)
class Archive:
    """A workbook that may be opened: the scan of each sheet by its name."""

    sheets: dict[str, SheetScan]


def inspect(path: Path) -> Archive:
    """Unpacks everything once and throws it away.

    Raises :class:`Suspicious`, :class:`TooLarge`, :class:`Unreadable`, :class:`OtherFormat`.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_directory(parts)
            names = {p.filename for p in parts}
            if "xl/workbook.xml" not in names:
                raise OtherFormat("这个文件不是xlsx表格。")
            scans: dict[str, SheetScan] = {}
            budget = MOST_BYTES
            for part in parts:
                scan = _scan_part(file, part, budget)
                budget -= scan.size
                scans[part.filename] = scan
            return Archive(_by_sheet_name(archive, scans))
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError) as error:
        raise Unreadable("文件损坏，打不开。") from error
    except (ElementTree.ParseError, KeyError, UnicodeDecodeError, NotImplementedError) as error:
        raise Unreadable("文件里的结构不完整，打不开。") from error


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Suspicious("文件里的部件太多，不像是一个正常的表格。")
    if len({p.filename for p in parts}) < len(parts):
        raise Suspicious("文件里有同名的部件，不像是一个正常的表格。")
    for part in parts:
        if part.flag_bits & 0x1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("文件的压缩方式不常见，打不开。")
    if sum(p.file_size for p in parts) > MOST_BYTES:
        raise TooLarge("这个表格的内容太多，一次读不下。")


def _scan_part(file: IO[bytes], part: zipfile.ZipInfo, budget: int) -> SheetScan:
    is_sheet = part.filename.startswith("xl/worksheets/")
    scan = SheetScan(block=is_sheet)
    is_xml = False
    carry = b""
    for chunk in _unpacked(file, part):
        if scan.size == 0:
            is_xml = _begins_as_xml(chunk)
            scan.block = scan.block and not _PREFIXED.search(chunk[:4096])
        scan.size += len(chunk)
        if scan.size > min(budget, part.file_size):
            raise Contradictory()
        if not is_xml:
            continue
        window = carry + chunk
        # One byte is looked for much faster than three, and few tables have an exclamation mark in them.
        if b"!" in window and (b"<!D" in window or b"<!E" in window):
            raise Suspicious("文件里带有不应有的声明。")
        cut = _boundary(window, scan) if is_sheet else len(window) - 2
        if is_sheet:
            _scan_cells(window[:cut], scan)
        carry = window[cut:]
    if is_sheet:
        _scan_cells(carry, scan)
    if scan.size != part.file_size:
        raise Contradictory()
    scan.block = scan.block and scan.size <= BLOCK_BYTES
    return scan


def _boundary(window: bytes, scan: SheetScan) -> int:
    """Cells are whole between two rows; what follows the last row is looked at with the next window."""
    cut = window.rfind(b"<row")
    if len(window) - max(cut, 0) < 2 * _WINDOW:
        return max(cut, 0)
    scan.block = False
    return len(window)


def _unpacked(file: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part as any reader would unpack them, whatever size the directory states."""
    file.seek(part.header_offset)
    magic, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if magic != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header")
    file.seek(name_length + extra_length, 1)
    left = part.compress_size
    engine = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        packed = file.read(min(left, _WINDOW // 4))
        if not packed:
            raise EOFError("the part ends early")
        left -= len(packed)
        if engine is None:
            yield packed
            continue
        while packed:
            plain = engine.decompress(packed, _WINDOW)
            packed = engine.unconsumed_tail
            if plain:
                yield plain
            elif not packed:
                break
    if engine is not None and (rest := engine.flush()):
        yield rest


def _begins_as_xml(chunk: bytes) -> bool:
    """Whether a part is XML. Only UTF-8 is looked through; Excel and WPS write nothing else."""
    if chunk.startswith((b"\xfe\xff", b"\xff\xfe", b"\x00<", b"<\x00", b"\x4c\x6f\xa7\x94")):
        raise Suspicious("文件里的文字编码不常见。")
    start = chunk[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    stated = _ENCODING.match(start)
    if stated is not None and stated[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise Suspicious("文件里的文字编码不常见。")
    return start.startswith(b"<")


def _scan_cells(window: bytes, scan: SheetScan) -> None:
    if scan.block and _FAR_OR_BARE.search(window):
        scan.block = False
    # One byte is looked for many times faster than several, and numbers and shared texts have no small e or f.
    has_e = b"e" in window
    if has_e and b' t="e"' in window:
        for found in _ERROR_CELL.finditer(window):
            _note(scan, found, Fault(FaultKind.ERROR, (found[3] or b"#N/A").decode("ascii", "replace")))
    if b"f" in window and b"<f" in window:
        for found in _NOT_CALCULATED.finditer(window):
            if b't="str"' not in found[3]:
                _note(scan, found, Fault(FaultKind.NOT_CALCULATED, FORMULA))
    if has_e and b' hidden="' in window and len(scan.hidden_rows) < _MOST_FAULTS:
        scan.hidden_rows.update(int(found[1]) for found in _HIDDEN_ROW.finditer(window))
        for found in _HIDDEN_COLUMNS.finditer(window):
            scan.hidden_columns.update(range(int(found[1]) - 1, min(int(found[2]), _MOST_SHOWN_COLUMNS)))


def _note(scan: SheetScan, found: re.Match[bytes], fault: Fault) -> None:
    if len(scan.faults) < _MOST_FAULTS:
        scan.faults[int(found[2]), column_number(found[1].decode("ascii"))] = fault


def column_number(letters: str) -> int:
    """The position of a column from its letters, A being 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _by_sheet_name(archive: zipfile.ZipFile, scans: dict[str, SheetScan]) -> dict[str, SheetScan]:
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id"): _part_name(r.get("Target") or "") for r in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    found = {}
    for sheet in (*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT_MAIN}sheet")):
        part = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        found[sheet.get("name") or ""] = scans.get(part, SheetScan(block=False))
    return found


def _part_name(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"
