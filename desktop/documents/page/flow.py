"""Cuts a column of rows into pages: the grid, headings that keep to what follows, and a signature never left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from desktop.documents.page.geometry import LEADING, TEXT_HEIGHT
from desktop.documents.page.writer import Item

EPSILON = 0.01
BODY_LINES_WITH_SIGNATURE = 2
"""The last page holds at least two lines of the text beside the signature; “此页无正文” is never printed."""


ENOUGH = 2
"""So many rows of a table are enough to write on."""


@dataclass(frozen=True)
class Row:
    """What is moved between pages as one: a line of text, a row of a table.

    ``height`` in points; items are placed from the row's upper left corner. Rows of the same ``header`` stand
    under it, and it is drawn again when they go on to another page. ``body`` rows count as text beside a
    signature, ``spacer`` rows vanish at the head of a page, ``on_grid`` rows begin on one of the 22 lines. A ``spare``
    row, to be written on, is left out rather than begin a page, where :data:`ENOUGH` of its table are there. A row that
    can be ``cut`` gives what has room in so many points, and the rest, or nothing where that is not worth while.
    """

    height: float
    items: tuple[Item, ...] = ()
    on_grid: bool = True
    body: bool = False
    keep_next: bool = False
    spacer: bool = False
    new_page: bool = False
    spare: bool = False
    header: Row | None = None
    cut: Callable[[float], tuple[Row, Row] | None] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Page:
    """Rows with their distance from the upper edge of the text area, in points."""

    rows: tuple[tuple[float, Row], ...] = ()
    bottom: float = 0.0


@dataclass(frozen=True)
class Tail:
    """What ends a text in one piece, in settings from the best to the tightest; each a list of rows."""

    settings: tuple[tuple[Row, ...], ...]
    below: float = 0.0
    """Room that must stay free under it on its page, in points (the 版记)."""


def snapped(y: float) -> float:
    """The first line of the grid at or below ``y``."""
    lines = -(-(y - EPSILON) // LEADING)
    return max(0.0, lines * LEADING)


def blank_line() -> Row:
    """An empty line that a page never begins with."""
    return Row(LEADING, spacer=True)


def without_spare(rows: Sequence[Row], left: int) -> list[Row]:
    """The rows with so many of each table left to be written on, and :data:`ENOUGH` of each table in all."""
    kept: list[Row] = []
    whole: dict[int, int] = {}
    spare: dict[int, int] = {}
    for row in rows:
        table = id(row.header)
        if row.spare and whole.get(table, 0) >= ENOUGH and spare.get(table, 0) >= left:
            continue
        whole[table] = whole.get(table, 0) + 1
        spare[table] = spare.get(table, 0) + row.spare
        kept.append(row)
    return kept


def flow(rows: Sequence[Row], top: float = 0.0, height: float = TEXT_HEIGHT) -> list[Page]:
    """Fills pages from above; the first begins ``top`` points down."""
    builder = _Builder(top, height)
    for chunk in _chunks(rows):
        builder.add(chunk)
    return builder.pages()


def flow_with_tail(rows: Sequence[Row], tail: Tail | None, top: float = 0.0) -> list[Page]:
    """Like :func:`flow`, with ``tail`` at the end and at least two lines of text on the tail's page.

    First the tail's tighter settings are tried; then the last lines of the text go over to the next page with it.
    """
    if tail is None:
        return flow(rows, top)
    fair, poor = _tail_breaks(rows)
    for breaks, below in ((fair, tail.below), (fair, 0.0), (poor, 0.0)):
        for position in (None, *breaks):
            moved = [
                replace(row, new_page=True) if index == position else row for index, row in enumerate(rows)
            ]
            for setting in tail.settings:
                pages = _with_tail(moved, setting, below, top)
                if pages is not None:
                    return pages
    return flow([*rows, *tail.settings[-1]], top)


def _with_tail(rows: Sequence[Row], setting: Sequence[Row], below: float, top: float) -> list[Page] | None:
    builder = _Builder(top, TEXT_HEIGHT)
    for chunk in _chunks(rows):
        builder.add(chunk)
    wanted = min(BODY_LINES_WITH_SIGNATURE, _body(rows))
    if builder.body_here < wanted or not builder.fits(setting, below):
        return None
    builder.place(setting)
    return builder.pages()


def _tail_breaks(rows: Sequence[Row]) -> tuple[list[int], list[int]]:
    """Rows before which the page may be broken so that two or more lines of text go with the tail, last first.

    Breaks that leave text before them, and those that leave a title alone.
    """
    starts, index = [], 0
    for chunk in _chunks(rows):
        starts.append(index)
        index += len(chunk)
    after = [start for start in starts[::-1] if start and _body(rows[start:]) >= BODY_LINES_WITH_SIGNATURE]
    return [start for start in after if _body(rows[:start])], [
        start for start in after if not _body(rows[:start])
    ]


def _body(rows: Sequence[Row]) -> int:
    return sum(row.body for row in rows)


def _chunks(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that keep together: each with those before it that keep to their next."""
    chunks: list[list[Row]] = []
    joined = False
    for row in rows:
        if joined:
            chunks[-1].append(row)
        else:
            chunks.append([row])
        joined = row.keep_next
    return chunks


class _Builder:
    """Pages being filled."""

    def __init__(self, top: float, height: float) -> None:
        self._done: list[Page] = []
        self._rows: list[tuple[float, Row]] = []
        self._y = top
        self._height = height

    @property
    def body_here(self) -> int:
        """Rows of text on the present page."""
        return _body([row for _, row in self._rows])

    def add(self, chunk: Sequence[Row]) -> None:
        """Puts rows that keep together on this page, or on the next, or, where no page holds them, row by row."""
        if chunk[0].new_page and self._rows:
            self._turn(chunk[0])
        if self.fits(chunk):
            self.place(chunk)
            return
        if all(row.spare for row in chunk) and self._has_enough(chunk[0].header):
            return
        if self._rows and (pieces := self._cut(chunk)):
            self.place(pieces[0])
            self.add([pieces[1]])
            return
        if self._rows:
            self._turn(chunk[0])
        if self.fits(chunk):
            self.place(chunk)
            return
        if pieces := self._cut(chunk):
            self.place(pieces[0])
            self.add([pieces[1]])
            return
        for row in chunk:
            if not self.fits([row]) and self._rows:
                self._turn(row)
            self.place([row])

    def _has_enough(self, header: Row | None) -> bool:
        return sum(row.header is header for _, row in self._rows) >= ENOUGH

    def _cut(self, chunk: Sequence[Row]) -> tuple[list[Row], Row] | None:
        """The chunk with as much of its last row as has room on the present page, and the rest of that row."""
        *before, last = chunk
        if last.cut is None or not self.fits(before):
            return None
        pieces = last.cut(self._height - self._end(before))
        if pieces is None:
            return None
        first, rest = (replace(piece, header=last.header, body=last.body) for piece in pieces)
        return [*before, first], replace(rest, keep_next=last.keep_next)

    def fits(self, rows: Sequence[Row], below: float = 0.0) -> bool:
        """Whether the rows, and ``below`` points under them, have room on the present page."""
        return self._end(rows) + below <= self._height + EPSILON

    def place(self, rows: Sequence[Row]) -> None:
        """Puts the rows on the present page."""
        for row in self._visible(rows):
            y = snapped(self._y) if row.on_grid else self._y
            self._rows.append((y, row))
            self._y = y + row.height

    def _end(self, rows: Sequence[Row]) -> float:
        y = self._y
        for row in self._visible(rows):
            y = (snapped(y) if row.on_grid else y) + row.height
        return y

    def _visible(self, rows: Sequence[Row]) -> Sequence[Row]:
        if self._rows or self._y > EPSILON:
            return rows
        hidden = len(list(takewhile(lambda row: row.spacer, rows)))
        return rows[hidden:]

    def _turn(self, following: Row) -> None:
        self._close()
        self._y = 0.0
        if following.header is not None and following is not following.header:
            self.place([following.header])

    def _close(self) -> None:
        self._done.append(Page(tuple(self._rows), self._y))
        self._rows = []

    def pages(self) -> list[Page]:
        """All pages, the present one included."""
        self._close()
        return self._done
