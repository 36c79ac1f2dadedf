"""Sets bar charts as filled rectangles with their words; what a colour says is said by a shade and in words too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop.documents.fonts import FontRole
from desktop.documents.page.flow import Row
from desktop.documents.page.geometry import TEXT_WIDTH
from desktop.documents.page.linebreak import Line, break_lines
from desktop.documents.page.model import ChartBar, ChartBlock, Column, Remark, TableBlock
from desktop.documents.page.setting import Setter
from desktop.documents.page.shaping import Style, paragraphs, shape
from desktop.documents.page.writer import Bar, Colour, Item, Placed

LABEL: Final = 0.31
TRACK: Final = 0.2
LABEL_BESIDE: Final = 0.4
TRACK_BESIDE: Final = 0.33
"""Parts of the width for what a bar is and for its track; the rest is for the words behind it."""
GAP: Final = 8.0
LINE_RATIO: Final = 1.3
REMARK_RATIO: Final = 1.45
PADDING: Final = 2.5
THICK: Final = 0.85
"""Thickness of a track, in em."""
RULE: Final = 0.5
MARK: Final = 1.4
BEYOND: Final = 2.0
"""Width of a goal's mark, and how far it stands out above and below."""

EDGE: Final[Colour] = (0.45, 0.45, 0.45)
REACHED: Final[Colour] = (0.10, 0.32, 0.24)
SHORT: Final[Colour] = (0.55, 0.68, 0.83)
INK: Final[Colour] = (0.0, 0.0, 0.0)
"""Printed without colour these are a middle, a dark and a light grey, and black."""
SQUARES: Final = 10
"""A bar of a table has so many squares."""


@dataclass(frozen=True)
class _Column:
    """Where the parts of a bar stand: the column's left edge, its track and its end, in points."""

    left: float
    track: float
    length: float
    end: float

    @classmethod
    def of(cls, number: int, count: int, width: float) -> _Column:
        """One of ``count`` columns; where there are several, words are few and tracks longer."""
        room = (width - (count - 1) * 2 * GAP) / count
        left = number * (room + 2 * GAP)
        label, track = (LABEL, TRACK) if count == 1 else (LABEL_BESIDE, TRACK_BESIDE)
        return cls(left, left + room * label + GAP, room * track, left + room)


def chart_rows(chart: ChartBlock, setter: Setter) -> list[Row]:
    """The rows of a chart, its scale first; the last one stays with what is said below it."""
    columns = [_Column.of(n, chart.columns, TEXT_WIDTH) for n in range(chart.columns)]
    deep = -(-len(chart.bars) // chart.columns)
    rows = [_scale(chart, setter, columns)] if chart.scale and chart.bars else []
    for at in range(deep):
        row = [_set(bar, chart, c, setter) for bar, c in zip(chart.bars[at::deep], columns, strict=False)]
        height = max(len(lines) for bar in row for lines in (bar.label, bar.words)) * row[0].leading
        height += 2 * PADDING
        items = tuple(item for bar in row for item in bar.items(height))
        rows.append(Row(height, items, on_grid=False, body=True, keep_next=at == deep - 1))
    return rows


@dataclass(frozen=True)
class _SetBar:
    """A bar with its words broken into lines."""

    bar: ChartBar
    column: _Column
    label: list[Line]
    words: list[Line]
    size: float
    leading: float
    base: float

    def items(self, height: float) -> list[Item]:
        """What is drawn in a row so high."""
        column = self.column
        return [
            *self._text(self.label, column.left, height),
            *_bar(self.bar, column.track, column.length, height, self.size),
            *self._text(self.words, column.track + column.length + GAP, height),
        ]

    def _text(self, lines: list[Line], x: float, height: float) -> list[Item]:
        top = (height - len(lines) * self.leading) / 2 + self.base
        return [Placed(x, top + n * self.leading, line) for n, line in enumerate(lines)]


def _set(bar: ChartBar, chart: ChartBlock, column: _Column, setter: Setter) -> _SetBar:
    style = Style(FontRole.FANGSONG, chart.size)
    leading = chart.size * LINE_RATIO
    return _SetBar(
        bar,
        column,
        _broken(bar.label, style, setter, column.track - GAP - column.left),
        _broken(bar.words, style, setter, column.end - column.track - column.length - GAP),
        chart.size,
        leading,
        setter.baseline(style.role, style.size, leading),
    )


def remark_rows(remark: Remark, setter: Setter) -> list[Row]:
    """The lines of a remark, with a little room above the first; beside a signature they are no text."""
    style = Style(FontRole.FANGSONG, remark.size)
    height = style.size * REMARK_RATIO
    base = setter.baseline(style.role, style.size, height)
    lines = [
        line
        for piece in (paragraphs(remark.text) if remark.text else [])
        for line in break_lines(shape(piece, style, setter.fonts), TEXT_WIDTH)
    ]
    rows = [Row(height, (Placed(0.0, base, line),), on_grid=False) for line in lines]
    return [Row(style.size / 3, on_grid=False, spacer=True, keep_next=True), *rows] if rows else []


def as_table(chart: ChartBlock) -> TableBlock:
    """The same as a table whose bars are rows of squares, for output that draws nothing."""
    columns = (Column("项目", 4.2), Column("完成", 3.4), Column("数与目标", 5.2))
    rows = tuple((bar.label, _squares(bar), bar.words) for bar in chart.bars)
    return TableBlock(columns, rows, size=chart.size)


def _squares(bar: ChartBar) -> str:
    full = 0 if bar.share is None else min(SQUARES, int(bar.share * SQUARES))
    return "■" * full + "□" * (SQUARES - full)


def _broken(text: str, style: Style, setter: Setter, width: float) -> list[Line]:
    return break_lines(shape(text, style, setter.fonts), width, justify=False) if text else []


def _bar(bar: ChartBar, x: float, track: float, height: float, size: float) -> list[Item]:
    """The outline of the track, what is filled of it, and the goal over both."""
    thick = size * THICK
    y = (height - thick) / 2
    items: list[Item] = []
    if bar.share is not None and bar.share > 0:
        items.append(Bar(x, y, track * min(1.0, bar.share), thick, REACHED if bar.reached else SHORT))
    items += [
        Bar(x, y, track, RULE, EDGE),
        Bar(x, y + thick - RULE, track, RULE, EDGE),
        Bar(x, y, RULE, thick, EDGE),
        Bar(x + track - RULE, y, RULE, thick, EDGE),
    ]
    if bar.mark is not None:
        at = x + track * min(1.0, max(0.0, bar.mark)) - MARK / 2
        items.append(Bar(at, y - BEYOND, MARK, thick + 2 * BEYOND, INK))
    return items


def _scale(chart: ChartBlock, setter: Setter, columns: list[_Column]) -> Row:
    """The names of places along the tracks, each in the middle over its place."""
    style = Style(FontRole.SONGTI, chart.size - 1.5)
    height = style.size * LINE_RATIO
    base = setter.baseline(style.role, style.size, height)
    parts = max(1, len(chart.scale) - 1)
    items = []
    for column in columns:
        for number, name in enumerate(chart.scale):
            line = setter.line(name, style)
            items.append(Placed(column.track + column.length * number / parts - line.width / 2, base, line))
    return Row(height, tuple(items), on_grid=False, keep_next=True)
