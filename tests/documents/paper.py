"""Measures printed pages: every character's place, size and font, every filled rectangle, in millimetres or points."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from desktop.documents.fonts import FontBook
from desktop.documents.page import OfficialDocument, render_pdf

MM = 72 / 25.4


RIGHT = (210 - 26) * MM
LEFT = 28 * MM


@dataclass(frozen=True)
class Mark:
    """A drawn character: origin on the baseline and outline box in points from the page's upper left corner."""

    character: str
    x: float
    y: float
    left: float
    top: float
    right: float
    bottom: float
    size: float
    font: str


@dataclass(frozen=True)
class Rectangle:
    """A filled rectangle in points from the page's upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    colour: tuple[int, int, int]

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class Sheet:
    """One measured page."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    rectangles: tuple[Rectangle, ...]
    text: str

    def line(self, needle: str) -> list[Mark]:
        """The marks of the first stretch of text that reads ``needle``."""
        characters = "".join(mark.character for mark in self.marks)
        start = characters.index(needle)
        return list(self.marks[start : start + len(needle)])

    def within(self, top: float, bottom: float) -> list[Mark]:
        """The visible marks whose baseline lies between two heights in points."""
        return [mark for mark in self.marks if top <= mark.y <= bottom and not mark.character.isspace()]

    def rows(self) -> list[list[Mark]]:
        """Marks of the same baseline together, from above."""
        heights: dict[int, list[Mark]] = {}
        for mark in self.marks:
            heights.setdefault(round(mark.y / 4), []).append(mark)
        return [heights[key] for key in sorted(heights)]


def measure(data: bytes) -> list[Sheet]:
    """All pages of a PDF."""
    document = pdfium.PdfDocument(data)
    try:
        return [_page(page) for page in document]
    finally:
        document.close()


def _page(page: pdfium.PdfPage) -> Sheet:
    width, height = page.get_size()
    text = page.get_textpage()
    sheet = Sheet(
        width, height, tuple(_marks(text, height)), tuple(_rectangles(page, height)), text.get_text_range()
    )
    text.close()
    return sheet


def _marks(text: pdfium.PdfTextPage, height: float) -> Iterator[Mark]:
    high = ""
    for index in range(raw.FPDFText_CountChars(text)):
        if raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        unit = chr(raw.FPDFText_GetUnicode(text, index))
        if "\ud800" <= unit <= "\udbff":
            high = unit
            continue
        character, high = (high + unit).encode("utf-16", "surrogatepass").decode("utf-16"), ""
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        yield Mark(
            character,
            x.value,
            height - y.value,
            left.value,
            height - top.value,
            right.value,
            height - bottom.value,
            raw.FPDFText_GetFontSize(text, index),
            _font(text, index),
        )


def _font(text: pdfium.PdfTextPage, index: int) -> str:
    buffer = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text, index, buffer, 128, ctypes.c_int())
    return buffer.value.decode("latin-1").partition("+")[2] or buffer.value.decode("latin-1")


def _rectangles(page: pdfium.PdfPage, height: float) -> Iterator[Rectangle]:
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = item.get_bounds()
        parts = [ctypes.c_uint() for _ in range(4)]
        raw.FPDFPageObj_GetFillColor(item, *parts)
        red, green, blue, _ = (part.value for part in parts)
        yield Rectangle(left, height - top, right, height - bottom, (red, green, blue))


def fonts_are_embedded(data: bytes) -> bool:
    """Whether every text object of the PDF uses a font that lies in the file."""
    document = pdfium.PdfDocument(data)
    try:
        return all(
            raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(item)) == 1
            for page in document
            for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
        )
    finally:
        document.close()


def words_by_page(pdf: bytes | Path) -> list[str]:
    """The words of each page without what separates them."""
    document = pdfium.PdfDocument(pdf)
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def words_of(pdf: bytes | Path) -> str:
    """The words of all pages, likewise."""
    return "".join(words_by_page(pdf))


def printed(document: OfficialDocument, fonts: FontBook) -> list[Sheet]:
    return measure(render_pdf(document, fonts=fonts))


def squeezed(text: str) -> str:
    """The text without what line ends and alignment add."""
    return "".join(character for character in text if not character.isspace())
