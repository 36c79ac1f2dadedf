"""Writes placed lines and bars on PDF pages: the only module that speaks to reportlab's canvas.

The same calls give the same bytes: dates are handed in, object numbers follow the order of drawing, only the
glyphs in use are embedded, and no font is referenced that is not embedded.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from desktop.documents.fonts import Face, FontBook, FontRole
from desktop.documents.page.geometry import BLACK, GREY
from desktop.documents.page.linebreak import Line
from desktop.documents.page.shaping import Cell

Colour = tuple[float, float, float]

UNDATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
"""The date of a print that was given none."""
UNDERLINE_DEPTH = 0.16
UNDERLINE_THICKNESS = 0.6


@dataclass(frozen=True)
class Metadata:
    """What the PDF says of itself; ``created`` None writes no real date, so that prints can be compared."""

    title: str = ""
    author: str = ""
    subject: str = ""
    created: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of text: x of its start and y of its baseline, in points from the upper left, y downwards."""

    x: float
    y: float
    line: Line
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle, in points from the upper left, y downwards."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour = BLACK


Item = Placed | Bar


@dataclass(frozen=True)
class _Stretch:
    """Neighbouring cells that one PDF operator draws: same font, size, height and spacing."""

    text: str
    face: Face
    size: float
    x: float
    rise: float
    stretch: float
    spacing: float


class PageWriter:
    """A PDF in the making. Pages are opened one after the other; ``finish`` returns the bytes."""

    def __init__(self, fonts: FontBook, metadata: Metadata, page_size: tuple[float, float]) -> None:
        self._canvas: Any = Canvas(
            None,
            pagesize=page_size,
            invariant=1,
            pageCompression=1,
            initialFontName=fonts.face(FontRole.FANGSONG).name,
            lang="zh-CN",
        )
        # reportlab mixes the clock or SOURCE_DATE_EPOCH into the file's identifier; here it follows the content.
        self._canvas._doc.signature = hashlib.md5(usedforsecurity=False)
        self._height = page_size[1]
        self._colour = BLACK
        self._open = False
        self._describe(metadata)

    def _describe(self, metadata: Metadata) -> None:
        canvas = self._canvas
        canvas.setTitle(metadata.title)
        canvas.setAuthor(metadata.author)
        canvas.setSubject(metadata.subject)
        canvas.setCreator("小三级")
        canvas.setProducer("xiaosanji")
        canvas.setViewerPreference("PrintScaling", "None")
        stamp = _pdf_date(metadata.created or UNDATED)
        canvas.setDateFormatter(lambda *_: stamp)

    def page(self, size: tuple[float, float] | None = None) -> None:
        """Opens the next page, of another ``size`` (width, height in points) where one is given."""
        if self._open:
            self._canvas.showPage()
        self._colour = BLACK
        if size is not None:
            self._canvas.setPageSize(size)
            self._height = size[1]
        self._open = True

    def draw(self, item: Item, x: float = 0.0, y: float = 0.0) -> None:
        """Draws one item, moved right by ``x`` and down by ``y``."""
        if isinstance(item, Bar):
            self._bar(item.x + x, item.y + y, item.width, item.height, item.colour)
        else:
            self._line(item, item.x + x, item.y + y)

    def _bar(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self._fill(colour)
        self._canvas.rect(x, self._height - y - height, width, height, stroke=0, fill=1)

    def _fill(self, colour: Colour) -> None:
        if colour != self._colour:
            self._canvas.setFillColorRGB(*colour)
            self._colour = colour

    def _line(self, item: Placed, x: float, y: float) -> None:
        if not item.line.cells:
            return
        self._fill(item.colour)
        text = self._canvas.beginText()
        spacing, stretched = 0.0, 1.0
        for stretch in _stretches(item.line):
            text.setTextOrigin(x + stretch.x, self._height - y + stretch.rise)
            text.setFont(stretch.face.name, stretch.size)
            if stretch.spacing != spacing:
                spacing = stretch.spacing
                text.setCharSpace(spacing)
            if stretch.stretch != stretched:
                stretched = stretch.stretch
                text.setHorizScale(100 * stretched)
            text.textOut(stretch.text)
        if spacing:
            text.setCharSpace(0)
        if stretched != 1.0:
            text.setHorizScale(100)
        self._canvas.drawText(text)
        for left, right, depth in _underlines(item.line):
            self._bar(x + left, y + depth, right - left, UNDERLINE_THICKNESS, item.colour)

    def watermark(self, line: Line, width: float) -> None:
        """Sets ``line`` in grey across the middle of a page ``width`` points wide, rising to the right."""
        self._canvas.saveState()
        self._canvas.translate(width / 2, self._height / 2)
        self._canvas.rotate(45)
        self._line(Placed(0, 0, line, GREY), -line.width / 2, self._height + line.cells[0].size * 0.36)
        self._canvas.restoreState()
        self._colour = BLACK

    def finish(self) -> bytes:
        """Closes the last page and returns the whole PDF."""
        self._canvas.showPage()
        data: bytes = self._canvas.getpdfdata()
        return data


def _pdf_date(moment: datetime.datetime) -> str:
    offset = moment.utcoffset()
    stamp = moment.strftime("D:%Y%m%d%H%M%S")
    if offset is None:
        return stamp
    minutes = int(offset.total_seconds()) // 60
    return f"{stamp}{'+' if minutes >= 0 else '-'}{abs(minutes) // 60:02d}'{abs(minutes) % 60:02d}'"


def _stretches(line: Line) -> Iterator[_Stretch]:
    """The line as stretches of even spacing, from left to right."""
    starts = [x + cell.inset for x, cell in zip(line.xs, line.cells, strict=True)]
    spacings = [
        _spacing(cell, here, there) for cell, (here, there) in zip(line.cells, pairwise(starts), strict=False)
    ]
    begin = 0
    for index in range(1, len(line.cells) + 1):
        if index < len(line.cells) and _continues(line.cells, spacings, begin, index):
            continue
        cell = line.cells[begin]
        text = "".join(each.character for each in line.cells[begin:index])
        spacing = spacings[begin] if index - begin > 1 else 0.0
        yield _Stretch(text, cell.face, cell.size, starts[begin], cell.rise, cell.stretch, spacing)
        begin = index


def _spacing(cell: Cell, here: float, there: float) -> float:
    """What lies between a glyph's own advance and the next glyph's origin, in points."""
    return round(there - here - cell.face.advance(cell.character) * cell.size, 3)


def _continues(cells: tuple[Cell, ...], spacings: list[float], begin: int, index: int) -> bool:
    first, cell = cells[begin], cells[index]
    same = (first.face, first.size, first.rise, first.stretch) == (
        cell.face,
        cell.size,
        cell.rise,
        cell.stretch,
    )
    return same and cell.stretch == 1.0 and spacings[index - 1] == spacings[begin]


def _underlines(line: Line) -> Iterator[tuple[float, float, float]]:
    """Left, right and depth below the baseline of every underlined stretch."""
    begin: int | None = None
    for index in range(len(line.cells) + 1):
        wanted = index < len(line.cells) and line.cells[index].underline
        if wanted and begin is None:
            begin = index
        elif not wanted and begin is not None:
            right = line.xs[index] if index < len(line.xs) else line.width
            yield line.xs[begin], right, line.cells[begin].size * UNDERLINE_DEPTH
            begin = None
