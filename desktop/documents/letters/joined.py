"""Several letters as one PDF in their order, behind a page that lists them with their numbers and pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Final

import pypdfium2 as pdfium

from desktop.documents.letters.printed import PrintedLetter
from desktop.documents.page import Align, Column, OfficialDocument, PlainHead, TableBlock, render_pdf

TITLE: Final = "文书清单"
_COLUMNS: Final = (
    Column("序号", 1.2, Align.CENTRE),
    Column("文号", 4.6),
    Column("主送", 7.0),
    Column("从第几页起", 2.2, Align.CENTRE),
)


def joined(letters: Sequence[PrintedLetter], files: Sequence[bytes], tell: Callable[[], None]) -> bytes:
    """One file of an index and the files in their order; ``tell`` is called between them and may raise to give up."""
    counts = [_pages(data) for data in files]
    index = _index(letters, counts, 1)
    before = _pages(index)
    if before > 1:
        index = _index(letters, counts, before)
    return bound((index, *files), tell)


def bound(files: Sequence[bytes], tell: Callable[[], None] = lambda: None) -> bytes:
    """One file of several in their order."""
    whole = pdfium.PdfDocument.new()
    try:
        for data in files:
            tell()
            part = pdfium.PdfDocument(data)
            whole.import_pages(part)
            part.close()
        result = io.BytesIO()
        whole.save(result)
        return result.getvalue()
    finally:
        whole.close()


def _pages(data: bytes) -> int:
    document = pdfium.PdfDocument(data)
    try:
        return len(document)
    finally:
        document.close()


def _index(letters: Sequence[PrintedLetter], counts: Sequence[int], before: int) -> bytes:
    rows, page = [], before + 1
    for place, (letter, count) in enumerate(zip(letters, counts, strict=True), start=1):
        addressee = next((p.text for p in letter.parts if p.kind == "recipient"), "")
        rows.append((str(place), letter.number, addressee, str(page)))
        page += count
    return render_pdf(OfficialDocument(PlainHead(), TITLE, (TableBlock(_COLUMNS, tuple(rows)),)))
