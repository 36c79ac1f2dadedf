"""Sets ruled tables and forms: cells that wrap, a head that stands again on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from desktop.documents.fonts import FontRole
from desktop.documents.page.characters import SERIAL, word_spans
from desktop.documents.page.flow import Row
from desktop.documents.page.geometry import SIZE_REMARK, TEXT_WIDTH
from desktop.documents.page.linebreak import Line, break_lines
from desktop.documents.page.model import RULED, TALL, Align, FormBlock, FormRow, TableBlock, Text
from desktop.documents.page.setting import Setter
from desktop.documents.page.shaping import Style, paragraphs, plain, shape
from desktop.documents.page.writer import Bar, Item, Placed

RULE = 0.5
"""Thickness of all rules of a table, in points."""
PADDING_X = 4.0
PADDING_Y = 4.0
LINE_RATIO = 1.4
"""Leading in a cell, in em."""
HEAD_CHARACTERS = 4
"""A column is wide enough for so many characters of its head side by side."""
WIDEST_WORD = 0.4
"""A column is not widened beyond this part of the table for the sake of a long word."""
SMALLEST = 0.75
"""A word that is too long for its box is set so much smaller at most, before it is broken."""
LEAST_PIECE = 4
"""A row of a table is cut between two pages where so many lines stand on either side."""
CUT_LINES, CUT_LINES_OF_LISTS = 10, 20
"""A row of so many lines may be cut rather than leave a part of a page empty: in a form sooner than in a list, where
what tells its rows apart stands beside the first piece only.
"""
HAND_ROOM, HAND_RULE = 26.0, 0.25
"""Between the lines of a box that is written in by hand, about 9 mm, and the thickness of these, in points."""
HAND_ROOM_KEPT = 0.7
"""So much of an empty box is kept where a form is drawn together to save a page."""
MOST_LINES = 6
"""Where a cell would have more lines, its column takes room from those that have less to say."""
NAME, NAME_LINES, GIVING_LINES = 150.0, 3, 5
"""A column gives no room that would make its own cells higher than so many lines; what is as short as a name, fewer."""
BELOW_LINES = 12
"""A cell that would have more lines all the same goes on over the whole width under its row."""
_BELOW = "见下行"
_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
"""A day is read at a glance in one line."""


@dataclass(frozen=True)
class Drawn:
    """How closely a form is drawn: what part is kept of the room that boxes leave free, and of its letters."""

    room: float = 1.0
    letters: float = 1.0

    def of(self, form: FormBlock) -> FormBlock:
        """The form with smaller letters, none under 五号."""
        return replace(form, size=max(form.size * self.letters, min(form.size, SIZE_REMARK)))


WHOLE = Drawn()
"""A form as it is declared."""


@dataclass(frozen=True)
class Box:
    """One cell of a table row: its text, its place and width in points, and how it is set.

    With ``top`` it begins at the upper edge; its ``foot`` stands at the lower one. ``ruled`` has lines to write on.
    """

    text: Text
    x: float
    width: float
    align: Align = Align.LEFT
    role: FontRole = FontRole.FANGSONG
    top: bool = False
    foot: Text = ""
    ruled: bool = False


def column_edges(
    weights: Sequence[float], width: float, least: Sequence[float] | None = None
) -> list[tuple[float, float]]:
    """x and width of each column in points: ``weights`` share ``width``, but no column is under its ``least``.

    Where the least widths together are too wide, they are left aside.
    """
    floor = least if least and sum(least) < width else [0.0] * len(weights)
    fixed: set[int] = set()
    while True:
        room = width - sum(floor[index] for index in fixed)
        share = sum(weight for index, weight in enumerate(weights) if index not in fixed)
        widths = [
            floor[index] if index in fixed else room * weight / share for index, weight in enumerate(weights)
        ]
        narrow = {index for index, each in enumerate(widths) if each < floor[index]} - fixed
        if not narrow:
            return list(zip(accumulate(widths[:-1], initial=0.0), widths, strict=True))
        fixed |= narrow


def evened(widths: Sequence[float], least: Sequence[float], lengths: Sequence[float]) -> list[float]:
    """Widths under which no cell is higher than it must be, the same where none has more than :data:`MOST_LINES`.

    ``lengths`` are those of the longest cells in one line, in points. A column without words, to write on, stays as it
    is, and none gets narrower than its ``least`` or than :data:`GIVING_LINES` ask for.
    """
    beside = 2 * PADDING_X
    if all(length <= MOST_LINES * (width - beside) for width, length in zip(widths, lengths, strict=True)):
        return list(widths)
    columns = list(zip(widths, least, lengths, strict=True))
    floor = [
        min(width, max(low, length / (NAME_LINES if length <= NAME else GIVING_LINES) + beside))
        if length
        else width
        for width, low, length in columns
    ]
    high = max(length / max(width - beside, 1.0) for width, length in zip(widths, lengths, strict=True))
    for lines in range(MOST_LINES, int(high) + 1):
        found = [max(low, length / lines + beside) for low, length in zip(floor, lengths, strict=True)]
        if (left := sum(widths) - sum(found)) >= 0:
            return [each + left * length / sum(lengths) for each, length in zip(found, lengths, strict=True)]
    return list(widths)


class TableSetter:
    """Sets tables ``width`` points wide."""

    def __init__(self, setter: Setter, width: float = TEXT_WIDTH) -> None:
        self._setter = setter
        self._width = width
        self._set: dict[tuple[Text, float, FontRole, float], tuple[Line, ...]] = {}

    def table(self, table: TableBlock, row_height: float = 0.0) -> list[Row]:
        """The rows of a table under its title; ``row_height`` is the least height of a row in points."""
        table, below = self.spread(table)
        edges = self.edges(table)
        head = self.row(
            [
                Box(c.title, x, w, Align.CENTRE, FontRole.HEITI)
                for c, (x, w) in zip(table.columns, edges, strict=True)
            ],
            table.size,
            row_height,
            top_rule=True,
        )
        head = replace(head, keep_next=True)
        rows = self._title(table.title, table.size)
        rows.append(head)
        least = max(row_height, table.lines * table.size * LINE_RATIO + 2 * PADDING_Y)
        filled = len(table.rows) - table.spare
        for number, values in enumerate(table.rows):
            boxes = [
                Box(value, x, w, column.align)
                for value, column, (x, w) in zip(values, table.columns, edges, strict=True)
            ]
            under = [Box(text, 0.0, self._width) for text in below.get(number, ())]
            pieces = [self.row(boxes, table.size, least), *(self.row([box], table.size) for box in under)]
            rows += [replace(row, header=head, spare=number >= filled, keep_next=True) for row in pieces[:-1]]
            rows.append(replace(pieces[-1], header=head, spare=number >= filled))
        return rows

    def spread(self, table: TableBlock) -> tuple[TableBlock, dict[int, list[str]]]:
        """The table without cells of more than :data:`BELOW_LINES`, and these by the row that they go on under."""
        most = [BELOW_LINES * (width - 2 * PADDING_X) / table.size for _, width in self.edges(table)]
        if any(len(text) > room for row in table.rows for text, room in zip(row, most, strict=True)):
            return _with_room(table, most)
        return table, {}

    def edges(self, table: TableBlock) -> list[tuple[float, float]]:
        """x and width of each column in points, after its width.

        None is narrower than the start of its head and its longest word. Where there is room for it, a name or another
        word of four characters stands in one line too.
        """
        style = Style(FontRole.FANGSONG, table.size)
        least, names, lengths = [], [], []
        beside, widest = 2 * PADDING_X + RULE, self._width * WIDEST_WORD
        for index, column in enumerate(table.columns):
            texts = dict.fromkeys(row[index] for row in table.rows)
            words = [word for text in texts for word in _words(text)]
            longest = self._setter.line(max(words, key=len, default=""), style).width
            head = min(HEAD_CHARACTERS, max(map(len, column.title.split("\n")))) * table.size
            least.append(min(max(head, longest) + beside, widest))
            short = max((len(text) for text in texts if len(text) <= HEAD_CHARACTERS), default=0)
            names.append(max(least[-1], short * table.size + beside))
            lengths.append(max(map(len, texts), default=0) * table.size)
        weights = [column.width for column in table.columns]
        floor = names if sum(names) < self._width else least
        widths = [width for _, width in column_edges(weights, self._width, floor)]
        widths = evened(widths, floor, lengths)
        return list(zip(accumulate(widths[:-1], initial=0.0), widths, strict=True))

    def form(self, form: FormBlock, drawn: Drawn = WHOLE) -> list[Row]:
        """The rows of a form, each divided in its own way."""
        form, rows = drawn.of(form), []
        for row in form.rows:
            edges = column_edges([cell.width for cell in row.cells], self._width)
            boxes = [
                Box(
                    cell.text, x, w, cell.align, FontRole.HEITI if cell.label else FontRole.FANGSONG,
                    top=row.lines >= TALL and not cell.label, foot=cell.foot,
                    ruled=row.lines >= RULED and not cell.label and not cell.whole,
                )
                for cell, (x, w) in zip(row.cells, edges, strict=True)
            ]  # fmt: skip
            rows.append(self.row(boxes, form.size, least_height(row, form.size, drawn.room), top_rule=True))
        return rows

    def _title(self, title: str, size: float) -> list[Row]:
        if not title:
            return []
        style = Style(FontRole.HEITI, size + 2)
        line = self._setter.line(title, style)
        return [self._setter.row(line, style, (self._width - line.width) / 2, keep_next=True)]

    def row(
        self,
        boxes: Sequence[Box],
        size: float,
        least: float = 0.0,
        *,
        top_rule: bool = False,
    ) -> Row:
        """One table row, which the page cuts where it is high."""
        return self._piece(boxes, [self._lines(box, size) for box in boxes], size, least, top_rule=top_rule)

    def _piece(
        self,
        boxes: Sequence[Box],
        columns: Sequence[Sequence[Line]],
        size: float,
        least: float,
        *,
        top_rule: bool,
    ) -> Row:
        """A row with these lines in its boxes, which can be cut where it has many."""
        leading = size * LINE_RATIO
        longest = max(map(len, columns))
        feet = [self._lines(replace(box, text=box.foot, foot=""), size) for box in boxes]
        highest = max(len(lines) + len(foot) for lines, foot in zip(columns, feet, strict=True))
        height = max(least, highest * leading + 2 * PADDING_Y)
        items = [*self._rules(boxes, height, top_rule), *self._texts(boxes, columns, feet, size, height)]

        def cut(room: float) -> tuple[Row, Row] | None:
            count = min(int((room - 2 * PADDING_Y) / leading), longest - LEAST_PIECE)
            if count < LEAST_PIECE:
                return None
            above = [replace(box, foot="") for box in boxes]
            return (
                self._piece(above, _shown(boxes, columns, 0, count), size, 0.0, top_rule=top_rule),
                self._piece(boxes, _shown(boxes, columns, count, longest), size, 0.0, top_rule=top_rule),
            )

        may_cut = longest >= (
            CUT_LINES if any(box.role is FontRole.HEITI for box in boxes) else CUT_LINES_OF_LISTS
        )
        return Row(height, tuple(items), on_grid=False, body=True, cut=cut if may_cut else None)

    def _lines(self, box: Box, size: float) -> tuple[Line, ...]:
        key = (box.text, box.width, box.role, size)
        if key not in self._set:
            self._set[key] = tuple(self._broken(box, size))
        return self._set[key]

    def _broken(self, box: Box, size: float) -> Iterator[Line]:
        style = Style(box.role, self._fitting(box, size))
        for piece in paragraphs(box.text) if plain(box.text).strip(" ") else []:
            cells = shape(piece, style, self._setter.fonts)
            yield from break_lines(cells, box.width - 2 * PADDING_X, justify=False)

    def _fitting(self, box: Box, size: float) -> float:
        """The size in which the longest word of a box stands in one line, if that is nearly the size asked for."""
        text, room = plain(box.text), box.width - 2 * PADDING_X
        if len(text) * size <= room:
            return size
        words = [text[start:end] for start, end in word_spans(text) if (end - start) * size > room]
        longest = max((self._setter.line(word, Style(box.role, size)).width for word in words), default=0.0)
        return size * room / longest if room < longest <= room / SMALLEST else size

    @staticmethod
    def _rules(boxes: Sequence[Box], height: float, top_rule: bool) -> list[Item]:
        width = boxes[-1].x + boxes[-1].width
        rules: list[Item] = [Bar(-RULE / 2, height - RULE / 2, width + RULE, RULE)]
        if top_rule:
            rules.append(Bar(-RULE / 2, -RULE / 2, width + RULE, RULE))
        edges = [*(box.x for box in boxes), width]
        for box in (box for box in boxes if box.ruled):
            count = int((height - HAND_ROOM / 2) / HAND_ROOM)
            rules += [
                Bar(box.x + PADDING_X, height * n / (count + 1), box.width - 2 * PADDING_X, HAND_RULE)
                for n in range(1, count + 1)
            ]
        return [*rules, *(Bar(x - RULE / 2, 0, RULE, height) for x in edges)]

    def _texts(
        self,
        boxes: Sequence[Box],
        columns: Sequence[Sequence[Line]],
        feet: Sequence[Sequence[Line]],
        size: float,
        height: float,
    ) -> list[Item]:
        leading = size * LINE_RATIO
        items: list[Item] = []
        placed = [
            *(
                (box, lines, PADDING_Y if box.top else (height - len(lines) * leading) / 2)
                for box, lines in zip(boxes, columns, strict=True)
            ),
            *(
                (box, lines, height - PADDING_Y - len(lines) * leading)
                for box, lines in zip(boxes, feet, strict=True)
            ),
        ]
        for box, lines, y in placed:
            for line in lines:
                room = box.width - 2 * PADDING_X - line.width
                offset = {Align.LEFT: 0.0, Align.CENTRE: room / 2, Align.RIGHT: room}[box.align]
                baseline = y + self._setter.baseline(box.role, size, leading)
                items.append(Placed(box.x + PADDING_X + offset, baseline, line))
                y += leading
        return items


def least_height(row: FormRow, size: float, room: float) -> float:
    """How high a row of a form is at least, in points, where boxes keep this part of the room that they leave free."""
    whole = max(row.lines, 1.0) * size * LINE_RATIO + 2 * PADDING_Y
    if row.lines < TALL:
        return whole
    # What is written by hand still has to find its place, and lines of a form their distance.
    typed = any(plain(cell.text).strip() for cell in row.cells if not cell.label)
    by_hand = not typed or any(cell.foot for cell in row.cells)
    return whole * (max(room, HAND_ROOM_KEPT) if by_hand else room)


def _with_room(table: TableBlock, most: Sequence[float]) -> tuple[TableBlock, dict[int, list[str]]]:
    """The table without cells of more characters than ``most``, and these by row, each with its column's title.

    What is divided into lines of its own stays in its column.
    """
    below: dict[int, list[str]] = {}
    rows = list(table.rows)
    titles = [column.title.replace("\n", "") for column in table.columns]
    for number, values in enumerate(table.rows):
        long = [len(value) > room and "\n" not in value for value, room in zip(values, most, strict=True)]
        if any(long):
            below[number] = [f"{titles[n]}：{values[n]}" for n, high in enumerate(long) if high]
            rows[number] = tuple(_BELOW if high else v for v, high in zip(values, long, strict=True))
    return replace(table, rows=tuple(rows)), below


def _shown(
    boxes: Sequence[Box], columns: Sequence[Sequence[Line]], begin: int, end: int
) -> list[Sequence[Line]]:
    """Some of the lines of each box; what a form's box is called stands beside every piece that has room for it."""
    return [
        lines if box.role is FontRole.HEITI and len(lines) <= end - begin else lines[begin:end]
        for box, lines in zip(boxes, columns, strict=True)
    ]


def _words(text: str) -> list[str]:
    """What is not broken in a cell: Latin words, numbers, those of certificates with their letters, days."""
    words = [*(text[start:end] for start, end in word_spans(text)), *SERIAL.findall(text)]
    return words + _DAY.findall(text) if "年" in text else words
