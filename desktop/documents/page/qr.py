"""Draws QR codes (ISO/IEC 18004) as filled rectangles, sharp at every size and without an image."""

from __future__ import annotations

from itertools import groupby

from desktop.documents.fonts import FontRole
from desktop.documents.page.flow import Row
from desktop.documents.page.geometry import MM, SIZE_TABLE, TEXT_WIDTH
from desktop.documents.page.linebreak import break_lines
from desktop.documents.page.model import QrBlock
from desktop.documents.page.setting import Setter
from desktop.documents.page.shaping import Style, paragraphs, plain, shape
from desktop.documents.page.writer import Bar, Item, Placed

QUIET = 4
"""The white border that a reader needs, in modules (ISO/IEC 18004, 6.3.8)."""
CAPTION_LEADING = 1.5


def qr_bars(data: str, side: float) -> list[Bar]:
    """The dark modules of a QR code ``side`` points wide with its white border, from its upper left corner.

    Error correction is at least level M, so that a stamp over a corner does not hurt.
    """
    # Loaded where a code is drawn: it takes as long as half of reportlab, and most papers have none.
    import segno

    matrix = segno.make_qr(data, error="m").matrix
    module = side / (len(matrix) + 2 * QUIET)
    bars = []
    for number, row in enumerate(matrix):
        x = QUIET
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                bars.append(Bar(x * module, (number + QUIET) * module, length * module, module))
            x += length
    return bars


def qr_row(block: QrBlock, setter: Setter) -> Row:
    """A QR code at the left with its caption in the middle beside it."""
    side = block.millimetres * MM
    style = Style(FontRole.FANGSONG, SIZE_TABLE)
    leading = SIZE_TABLE * CAPTION_LEADING
    lines = []
    for piece in paragraphs(block.caption) if plain(block.caption).strip() else []:
        lines += break_lines(shape(piece, style, setter.fonts), TEXT_WIDTH - side, justify=False)
    items: list[Item] = list(qr_bars(block.data, side))
    y = max(0.0, (side - len(lines) * leading) / 2)
    for line in lines:
        items.append(Placed(side, y + setter.baseline(style.role, style.size, leading), line))
        y += leading
    return Row(max(side, len(lines) * leading), tuple(items), on_grid=False, body=True)
