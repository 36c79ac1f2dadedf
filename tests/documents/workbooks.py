"""Workbooks from hell for tests: made with openpyxl, or byte by byte where no decent program would write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from desktop.documents.workbooks.opening import open_workbook

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName='
    '"/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
BOOK_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
SHEET_HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHEET_TAIL = "</sheetData></worksheet>"


def book(path: Path, rows: Sequence[Any], shape: Callable[[Any], None] | None = None) -> Path:
    """A workbook of one sheet; ``shape`` may do more to the sheet."""
    made = Workbook()
    sheet = made.active
    sheet.title = "Sheet1"
    for row in rows:
        sheet.append(list(row))
    if shape is not None:
        shape(sheet)
    made.save(path)
    return path


def raw(path: Path, sheet: str | bytes, **parts: str | bytes) -> Path:
    """A workbook whose sheet is the given bytes; further parts by name: ``__`` is a slash, ``_xml`` is .xml."""
    named: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELATIONS,
        "xl/worksheets/sheet1.xml": sheet,
    }
    named |= {n.replace("__", "/").replace("_xml", ".xml"): data for n, data in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in named.items():
            archive.writestr(name, data)
    return path


def cells(rows: Sequence[Sequence[str]]) -> str:
    """The XML of a sheet with these texts, as Excel would write it."""
    lines = []
    for number, row in enumerate(rows, start=1):
        line = "".join(
            f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for i, text in enumerate(row)
        )
        lines.append(f'<row r="{number}">{line}</row>')
    return SHEET_HEAD + "".join(lines) + SHEET_TAIL


def read(path: Path, sheet: str | None = None) -> list[tuple[int, list[Any]]]:
    """All rows of a sheet, the first by default, with empty cells at the end taken off."""
    with open_workbook(path) as opened:
        found = []
        for number, row in opened.sheet(sheet or opened.sheets[0].name).rows():
            while row and row[-1] is None:
                row.pop()
            found.append((number, row))
        return found


def patched(path: Path, change: Callable[[bytearray], None]) -> Path:
    """The file with its bytes changed."""
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(bytes(data))
    return path


def memory(rows: Sequence[Any]) -> bytes:
    """A small workbook as bytes."""
    made = Workbook()
    for row in rows:
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
