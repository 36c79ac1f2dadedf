"""Lists on paper: what a list of records shows, sheets to sign in on, and who came to a meeting or a course."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from desktop.documents.notices import short_words
from desktop.documents.page import Align, Column, FormBlock, FormCell, FormRow, Metadata, Sheet, render_sheets
from desktop.documents.page.characters import word_spans
from desktop.documents.page.geometry import PAGE_HEIGHT, PAGE_WIDTH
from desktop.documents.page.sheet import MARGIN_X
from desktop.documents.page.tables import HEAD_CHARACTERS, PADDING_X
from desktop.records.typed.dates import day_words

_LAYOUTS: Final = ((False, 10.5), (True, 10.5), (True, 9.0), (True, 8.0))
"""Upright or on its side, and the size of text: the first that has room for a list is taken."""
_FILLED: Final = 0.85
"""The longest cells may go on in a second line."""
_NEARLY_ALL = 0.95
_WIDER = 1.25
_SHORT_HEAD = 8
"""A head of so many average characters stands in one line, a longer one in two."""
_CHINESE_FROM = 0x1100
_CAPITAL = 1.5
_NUMBER: Final = Column("序号", 4, Align.CENTRE)
_PEOPLE_A_PAGE: Final = 25
_PEOPLE_ON_ITS_SIDE: Final = 14
"""Rows of eight millimetres, to sign in."""
_SIGNED_SIZE, _TOLD_SIZE = 10.5, 9.0
_WALK_IN: Final = 3
"""So many people at least who were not expected have a line of their own; with the rest of the last page."""
_MOST_SIGNED: Final = 6
"""So many half days have room for a signature each on one sheet."""
_UPRIGHT_SIGNED: Final = 2


class Paper(Protocol):
    """Something that goes on paper. ``noted`` says for the audit log what it is, without any personal value."""

    @property
    def name(self) -> str:
        """What it is called, also as a file."""
        ...

    @property
    def noted(self) -> str:
        """What it is for the audit log."""
        ...

    def render(self) -> bytes:
        """Its pages as PDF. Raises ``MissingGlyph`` for a character that no font has."""
        ...


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """A column on paper: its label, its width in average characters, whether it holds numbers."""

    label: str
    width: float = 10
    numeric: bool = False


@dataclass(frozen=True)
class PaperList:
    """A list as it goes on paper, numbered and under a head that stands again on every page.

    ``scope`` says in words which records it has, ``sums`` what they add up to, ``remark`` what is not shown whole.
    ``nothing`` stands where it has no rows, ``counted`` says how many there are; ``further`` lists follow on pages of
    their own.
    """

    title: str
    unit: str
    scope: str
    day: datetime.date
    columns: tuple[PaperColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: str = ""
    remark: str = ""
    noted: str = ""
    nothing: str = "没有找到符合这个范围的记录。"
    further: tuple[PaperList, ...] = ()
    counted: bool = True

    @property
    def name(self) -> str:
        """Its title."""
        return self.title

    def render(self) -> bytes:
        """Upright, or on its side where it is wide."""
        sheets = [each.sheet() for each in (self, *self.further)]
        return render_sheets(sheets, Metadata(title=self.title))

    def sheet(self) -> Sheet:
        """The list alone as a table with what stands around it."""
        columns = fitted(self.columns, self.rows)
        whole = [_NUMBER.width, *unbroken(columns, self.rows)]
        landscape, size = layout_for([_NUMBER.width, *(c.width for c in columns)], whole)
        columns = roomier(columns, self.rows, _room(landscape, size, len(columns) + 1) - _NUMBER.width)
        rows = tuple((str(number), *row) for number, row in enumerate(self.rows, start=1))
        found = f"{'，'.join(filter(None, (f'共{len(rows)}条', self.sums)))}。" if self.counted else ""
        return Sheet(
            self.title,
            tuple(_with_edges(c, size) for c in (_NUMBER, *(_column(c) for c in columns))),
            rows,
            meta=((f"单位：{self.unit}", f"打印日期：{day_words(self.day)}"), (f"范围：{self.scope}",)),
            notes=(f"{found if rows else self.nothing}{self.remark}",),
            landscape=landscape,
            size=size,
        )


def fitted(columns: Sequence[PaperColumn], rows: Sequence[Sequence[str]]) -> list[PaperColumn]:
    """Columns as wide as nearly all of their cells, within bounds: a list saves paper where a column is empty."""
    found = []
    for n, column in enumerate(columns):
        cells = sorted(_characters(row[n]) for row in rows)
        usual = cells[int((len(cells) - 1) * _NEARLY_ALL)] if cells else 0
        head = _characters(column.label)
        least = head if head <= _SHORT_HEAD else -(-head // 2)
        found.append(replace(column, width=max(least, min(usual, column.width * _WIDER))))
    return found


def unbroken(columns: Sequence[PaperColumn], rows: Sequence[Sequence[str]]) -> list[float]:
    """What of each column's width is to stand in one line: the longest word or number, or a text short as a name."""
    found = []
    for n, column in enumerate(columns):
        texts = dict.fromkeys(row[n] for row in rows)
        pieces = [text[start:end] for text in texts for start, end in word_spans(text)]
        pieces += [text for text in texts if len(text) <= HEAD_CHARACTERS]
        longest = max((_characters(piece) for piece in [*pieces, column.label[:HEAD_CHARACTERS]]), default=0)
        found.append(min(longest, column.width))
    return found


def roomier(columns: Sequence[PaperColumn], rows: Sequence[Sequence[str]], room: float) -> list[PaperColumn]:
    """Columns among which those with cells that go on in further lines share the ``room`` that is left over.

    All are measured in average characters; each gets at most what its longest cell lacks.
    """
    lacking = [
        max(0.0, max((_characters(row[n]) for row in rows), default=0) - column.width)
        for n, column in enumerate(columns)
    ]
    left, wanted = room - sum(column.width for column in columns), sum(lacking)
    if left <= 0 or not wanted:
        return list(columns)
    part = min(1.0, left / wanted)
    return [replace(c, width=c.width + lack * part) for c, lack in zip(columns, lacking, strict=True)]


def _characters(text: str) -> float:
    """How many average characters wide the longest line of a text is: a Chinese one counts two, a capital nearly."""
    return max(
        sum(
            2 if ord(character) >= _CHINESE_FROM else _CAPITAL if "A" <= character <= "Z" else 1
            for character in line
        )
        for line in text.split("\n")
    )


def _room(landscape: bool, size: float, count: int) -> float:
    """How many average characters stand side by side in ``count`` columns."""
    width = (PAGE_HEIGHT if landscape else PAGE_WIDTH) - 2 * MARGIN_X
    return (width - count * _edges(size)) / (size / 2)


def _with_edges(column: Column, size: float) -> Column:
    """A column whose share of the page counts the white beside its text, which is as wide in a narrow one."""
    return replace(column, width=column.width * size / 2 + _edges(size))


def _edges(size: float) -> float:
    """The white beside a cell's text in points, with what keeps a text that just fits from breaking."""
    return 2 * PADDING_X + size / 4


def layout_for(widths: Sequence[float], whole: Sequence[float] = ()) -> tuple[bool, float]:
    """Whether columns of so many average characters lie on their side, and the size of their text in points.

    ``whole`` is what of each has to stand in one line.
    """
    for landscape, size in _LAYOUTS:
        room = (PAGE_HEIGHT if landscape else PAGE_WIDTH) - 2 * MARGIN_X
        wanted = (sum(widths) * size / 2 + len(widths) * 2 * PADDING_X) * _FILLED
        if max(wanted, sum(whole) * size / 2 + len(whole) * _edges(size)) <= room:
            return landscape, size
    return _LAYOUTS[-1]


@dataclass(frozen=True)
class Gathering:
    """A meeting or a course: its name, who holds it, when and where it is, and who is expected, in words."""

    title: str
    unit: str = ""
    when: str = ""
    where: str = ""
    expected: str = ""

    @property
    def meta(self) -> tuple[tuple[str, ...], ...]:
        """The lines below the title; what is not known is left out."""
        lines = (
            (("单位", self.unit), ("人数", self.expected)),
            (("时间", self.when), ("地点", self.where)),
        )
        found = (tuple(f"{label}：{words}" for label, words in line if words) for line in lines)
        return tuple(line for line in found if line)


@dataclass(frozen=True)
class SignIn:
    """A sheet to sign in on: what is known of each person, and an empty column for each of ``signed``.

    Without people it has ``blank`` numbered rows. The rest of the last page is for whoever comes besides. Below stands
    what people are told whose data is collected.
    """

    gathering: Gathering
    columns: tuple[PaperColumn, ...]
    people: tuple[tuple[str, ...], ...]
    signed: tuple[str, ...] = ("签名",)
    blank: int = _PEOPLE_A_PAGE
    noted: str = ""

    @property
    def name(self) -> str:
        """The gathering's name, and what it is."""
        return f"{self.gathering.title}签到表"

    def render(self) -> bytes:
        """Where more half days are signed for than fit a sheet, further sheets follow."""
        parts = [self.signed[n : n + _MOST_SIGNED] for n in range(0, len(self.signed), _MOST_SIGNED)]
        return render_sheets([self._sheet(part) for part in parts], Metadata(title=self.name))

    def _sheet(self, signed: Sequence[str]) -> Sheet:
        width = 18 if len(signed) == 1 else 11
        landscape = len(signed) > _UPRIGHT_SIGNED
        empty = ("",) * len(signed)
        rows = [(str(n), *person, *empty) for n, person in enumerate(self.people, start=1)]
        if not rows:
            known = ("",) * len(self.columns)
            rows = [(str(n), *known, *empty) for n in range(1, self.blank + 1)]
        return Sheet(
            f"{self.gathering.title}\n签到表",
            (_NUMBER, *(_column(c) for c in self.columns), *(Column(s, width, Align.CENTRE) for s in signed)),
            tuple(rows),
            meta=self.gathering.meta,
            notes=(short_words(self.gathering.unit),),
            rows_per_page=_PEOPLE_ON_ITS_SIDE if landscape else _PEOPLE_A_PAGE,
            blank_rows=_WALK_IN if self.people else 0,
            fill=True,
            landscape=landscape,
            size=_SIGNED_SIZE,
            note_size=_TOLD_SIZE,
        )


@dataclass(frozen=True)
class Turnout:
    """Who came: figures side by side, what follows from them, and a table of people; ``nobody`` stands without any."""

    gathering: Gathering
    what: str
    figures: tuple[tuple[str, str], ...]
    verdict: str
    columns: tuple[PaperColumn, ...] = ()
    people: tuple[tuple[str, ...], ...] = ()
    nobody: str = ""
    signers: str = ""
    noted: str = ""

    @property
    def name(self) -> str:
        """The gathering's name, and what it is."""
        return f"{self.gathering.title}{self.what}"

    def render(self) -> bytes:
        """One table after the other on the same sheet."""
        cells = [
            FormCell(words, 1.0, Align.CENTRE, label)
            for pair in self.figures
            for words, label in zip(pair, (True, False), strict=True)
        ]
        verdict = (FormCell("结论", 1.0, Align.CENTRE, True), FormCell(self.verdict, len(cells) - 1.0))
        rows = tuple((str(number), *person) for number, person in enumerate(self.people, start=1))
        landscape, size = layout_for([_NUMBER.width, *(c.width for c in self.columns)])
        sheet = Sheet(
            f"{self.gathering.title}\n{self.what}",
            (_NUMBER, *(_column(c) for c in self.columns)) if rows else (),
            rows,
            meta=self.gathering.meta,
            form=FormBlock((FormRow(tuple(cells)), *([FormRow(verdict)] if self.verdict else [])), size=12.0),
            notes=tuple(filter(None, ("" if rows else self.nobody, *self._below()))),
            landscape=landscape and bool(rows),
            size=size if rows else 12.0,
        )
        return render_sheets([sheet], Metadata(title=self.name))

    def _below(self) -> tuple[str, ...]:
        """Who signs, with room above."""
        return ("　", self.signers) if self.signers else ()


def _column(column: PaperColumn) -> Column:
    return Column(column.label, column.width, Align.RIGHT if column.numeric else Align.LEFT)
