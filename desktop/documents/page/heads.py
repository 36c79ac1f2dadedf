"""Sets what stands over the text: the three heads of a document, its corner mark and its title.

GB/T 9704-2012, 7.2 (ordinary head), 10.1 (letter) and 7.3.1 (title).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop.documents.fonts import FontRole
from desktop.documents.page.flow import Row, blank_line, snapped
from desktop.documents.page.geometry import (
    HALF_LINE,
    LEADING,
    MARGIN_LEFT,
    MARGIN_TOP,
    MM,
    ONE_LINE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PITCH,
    RED,
    SIZE_BODY,
    TEXT_WIDTH,
)
from desktop.documents.page.linebreak import Line
from desktop.documents.page.model import LetterHead, OfficialDocument, PlainHead, RedHead, Run
from desktop.documents.page.setting import BODY, Setter
from desktop.documents.page.shaping import Style
from desktop.documents.page.titles import title_rows
from desktop.documents.page.writer import Bar, Item, Placed

LETTER_MARK_TOP = 30 * MM
"""10.1: upper edge of the issuer's name to the upper edge of the page."""
LETTER_RULE_WIDTH = 170 * MM
LETTER_LOWER_RULE = 20 * MM
"""10.1: the lower double rule to the lower edge of the page."""
RED_MARK_TOP = 35 * MM
"""7.2.4: upper edge of the mark to the upper edge of the text area."""
RULE_GAP = 4 * MM
"""7.2.7 and 10.1: the red rule below the number, or below the letter's mark."""
RED_RULE = 1.4
THICK, WHITE, THIN = 2.0, 1.4, 0.7
"""The red double rule of a letter, in points."""

LETTER_MARK_SIZE = 40.0
RED_MARK_SIZE = 54.0
MARK_WIDTH = 148 * MM
"""A mark stays a little within the text area."""
NARROWEST = 0.7
"""A long issuer's name is set in narrow letters before it is set in small ones."""
GRID_TOLERANCE = 0.3 * LEADING
"""How much closer to what stands above a title may come in order to stand on the grid."""


@dataclass(frozen=True)
class SetHead:
    """A head on the first page: items in page coordinates, rows of the title, where the rows begin (points)."""

    items: tuple[Item, ...]
    rows: tuple[Row, ...]
    top: float = 0.0
    numbered: bool = True
    """Whether the first page bears its page number."""


def set_head(document: OfficialDocument, setter: Setter) -> SetHead:
    """Sets the head that ``document`` asks for, with its title."""
    title = [*title_rows(document.title, setter), blank_line()] if document.title else []
    match document.head:
        case PlainHead():
            return _plain(document.head, document.corner, title, setter)
        case LetterHead():
            return _letter(document.head, document.corner, title, setter)
        case RedHead():
            return _red(document.head, document.corner, title, setter)


def _plain(head: PlainHead, corner: str, title: Sequence[Row], setter: Setter) -> SetHead:
    first = _edges(corner, head.number, setter)
    above = [Row(LEADING, first), Row(LEADING)] if first else []
    if head.caption:
        style = replace(BODY, role=FontRole.KAITI)
        line = setter.line(head.caption, style)
        caption = setter.row(line, style, (TEXT_WIDTH - line.width) / 2, keep_next=True)
        title = [*title[:-1], caption, blank_line()]
    return SetHead((), (*above, *title))


def _edges(left: str, right: str, setter: Setter) -> tuple[Item, ...]:
    """A corner mark in 黑体 flush left and a number flush right, in one line of the grid.

    What is longer than the line is set in smaller characters: nothing leaves the paper.
    """
    items: list[Item] = []
    if left:
        style = replace(BODY, role=FontRole.HEITI)
        line = _within(left, style, setter)
        items.append(Placed(0.0, setter.baseline(style.role, style.size), line))
    if right:
        line = _within(right, BODY, setter)
        items.append(Placed(TEXT_WIDTH - line.width, setter.baseline(BODY.role, BODY.size), line))
    return tuple(items)


def _within(text: str, style: Style, setter: Setter) -> Line:
    line = setter.line(text, style)
    if line.width <= TEXT_WIDTH:
        return line
    return setter.line(text, replace(style, size=style.size * TEXT_WIDTH / line.width))


def _letter(head: LetterHead, corner: str, title: Sequence[Row], setter: Setter) -> SetHead:
    mark, bottom = _mark(head.organ, LETTER_MARK_TOP, LETTER_MARK_SIZE, setter)
    upper = bottom + RULE_GAP
    lower = PAGE_HEIGHT - LETTER_LOWER_RULE
    left = (PAGE_WIDTH - LETTER_RULE_WIDTH) / 2
    rules = [
        Bar(left, upper, LETTER_RULE_WIDTH, THICK, RED),
        Bar(left, upper + THICK + WHITE, LETTER_RULE_WIDTH, THIN, RED),
        Bar(left, lower - THICK - WHITE - THIN, LETTER_RULE_WIDTH, THIN, RED),
        Bar(left, lower - THICK, LETTER_RULE_WIDTH, THICK, RED),
    ]
    y = upper + THICK + WHITE + THIN
    items = _moved(_edges(corner, head.number, setter), y + HALF_LINE - (LEADING - SIZE_BODY) / 2)
    if items:
        y += HALF_LINE + SIZE_BODY
    return SetHead((mark, *rules, *items), tuple(title), _grid_below(y + 2 * ONE_LINE), numbered=False)


def _red(head: RedHead, corner: str, title: Sequence[Row], setter: Setter) -> SetHead:
    mark, bottom = _mark(head.mark, MARGIN_TOP + RED_MARK_TOP, RED_MARK_SIZE, setter)
    number_top = bottom + 2 * ONE_LINE + HALF_LINE
    items = list(_moved(_edges(corner, "", setter), MARGIN_TOP))
    y = number_top - (LEADING - SIZE_BODY) / 2 + setter.baseline(BODY.role, BODY.size)
    if head.number:
        number = setter.line(head.number, BODY)
        inside = PITCH if head.signer else (TEXT_WIDTH - number.width) / 2
        items.append(Placed(MARGIN_LEFT + inside, y, number))
    if head.signer:
        signer = setter.line((Run("签发人："), Run(head.signer, FontRole.KAITI)), BODY)
        items.append(Placed(MARGIN_LEFT + TEXT_WIDTH - PITCH - signer.width, y, signer))
    rule = number_top + SIZE_BODY + RULE_GAP
    items.append(Bar(MARGIN_LEFT, rule, TEXT_WIDTH, RED_RULE, RED))
    return SetHead((mark, *items), tuple(title), _grid_below(rule + RED_RULE + 2 * ONE_LINE))


def _moved(items: Sequence[Item], y: float) -> tuple[Item, ...]:
    """Items of the text area's first line brought to ``y`` in page coordinates."""
    return tuple(replace(item, x=item.x + MARGIN_LEFT, y=item.y + y) for item in items)


def _grid_below(page_y: float) -> float:
    """The line of the grid on which something begins that should stand at ``page_y``, in the text area."""
    return snapped(page_y - MARGIN_TOP - GRID_TOLERANCE)


def _mark(text: str, top: float, largest: float, setter: Setter) -> tuple[Item, float]:
    """The issuer's mark in red with its outline's upper edge at ``top``; also returns the lower edge."""
    line = _fitted(text, largest, setter)
    highest = max(cell.face.ink(cell.character)[3] * cell.size for cell in line.cells)
    lowest = min(cell.face.ink(cell.character)[1] * cell.size for cell in line.cells)
    baseline = top + highest
    return Placed((PAGE_WIDTH - line.width) / 2, baseline, line, RED), baseline - lowest


def _fitted(text: str, largest: float, setter: Setter) -> Line:
    """``text`` in 小标宋 within the text area: first as large as allowed, then narrower, then smaller."""
    if not text.strip():
        raise ValueError("a head needs the issuer's name")
    natural = setter.line(text, Style(FontRole.TITLE, 1.0)).width
    size = min(largest, MARK_WIDTH / (natural * NARROWEST))
    narrowed = min(1.0, MARK_WIDTH / (natural * size))
    line = setter.line(text, Style(FontRole.TITLE, size))
    cells = tuple(
        replace(
            cell,
            advance=cell.advance * narrowed,
            inset=cell.inset * narrowed,
            stretch=cell.stretch * narrowed,
        )
        for cell in line.cells
    )
    return Line(cells, tuple(x * narrowed for x in line.xs), line.width * narrowed)
