"""A small table of words: a few hundred things on pages made by hand, with a sign before those that matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from desktop.ui import icons, theme
from desktop.ui.notices import SIGNS, Tone
from desktop.ui.widgets.fitted import FittedTable
from desktop.ui.widths import Wish, shared

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_PADDING = 18
_SIGN = 22
_UNBROKEN = re.compile(r"[!-~]+")
"""What is not broken at the end of a line: a code, a date, the end of a file's name."""
_AROUND = 14
"""What a row of several lines has above and below them, together."""
_LOOKED_AT, _ENDLESS = 40, 10_000
_MOST_WRAPPED = 500
"""So many rows are as high as their words; measuring hundreds of thousands would hold up the window."""


@dataclass(frozen=True, slots=True)
class Col:
    """One column: its label, its width in average characters, whether it takes what is left, whether it is a number.

    Of a name with more than ``most`` characters the middle is left out: where words wrap, a few long names would take
    all of the table.
    """

    label: str
    width: int = 8
    wide: bool = False
    numeric: bool = False
    most: int = 0

    def shown(self, text: str) -> str:
        """The words as they stand in the table; alike names differ at their ends."""
        if not 0 < self.most < len(text):
            return text
        return f"{text[: self.most // 2]}…{text[-(self.most // 2) :]}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its words, the sign before the first of them, and what it stands for.

    Its last words stand over the columns from ``joined`` on, if that is given: the row has nothing to say in those.
    """

    texts: tuple[str, ...]
    tone: Tone | None = None
    key: Any = None
    tip: str = ""
    joined: int = 0


class GridModel(QAbstractTableModel):
    """The rows as a model."""

    def __init__(self, columns: Sequence[Col], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.lines: list[Line] = []

    def show(self, lines: Sequence[Line]) -> None:
        """Shows other rows."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The labels."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.label
        return _alignment(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words, the sign, and all words where there is no room for them."""
        line, column = self.lines[index.row()], self.columns[index.column()]
        over = bool(line.joined) and index.column() >= line.joined
        text = line.texts[-1 if over else index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.shown(text)
            case Qt.ItemDataRole.AccessibleTextRole if column.shown(text) != text:
                return text
            case Qt.ItemDataRole.ToolTipRole:
                return line.tip or text
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(self.columns[-1] if over else column)
            case Qt.ItemDataRole.DecorationRole if index.column() == 0 and line.tone is not None:
                return sign(line.tone)
            case Qt.ItemDataRole.ForegroundRole if column.numeric and text == "0":
                return QColor(theme.HINT)
        return None


@cache
def sign(tone: Tone) -> QIcon:
    """The sign of a tone; a selected row does not tint it."""
    drawn = icons.pixmap(*SIGNS[tone], 16)
    found = QIcon(drawn)
    found.addPixmap(drawn, QIcon.Mode.Selected)
    return found


def _alignment(column: Col) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


class Grid(FittedTable):
    """``opened`` (double click, Enter) and ``chosen`` (the cursor moved) carry what a row stands for."""

    opened = Signal(object)
    chosen = Signal(object)

    def __init__(
        self, columns: Sequence[Col], name: str, parent: QWidget | None = None, *, wrapping: bool = False
    ) -> None:
        """A ``wrapping`` one has rows as high as their words."""
        super().__init__(parent)
        self._wrapping = wrapping
        self.rows = GridModel(columns, self)
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(wrapping)
        # Units, files and records are often alike but for their ends.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setIconSize(QSize(16, 16))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(24)
        self._most = self._least = 0
        self.take_measures()
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows.lines[index.row()].key))
        self.selectionModel().currentRowChanged.connect(lambda current, _before: self._choose(current))

    def take_measures(self) -> None:
        """The head is as high as a row; with it all of the table changes its height."""
        super().take_measures()
        self.horizontalHeader().setFixedHeight(theme.measures().row + 2)
        self._take_height()

    def limit_height(self, most: int, least: int = 0) -> None:
        """Is as high as its rows, up to so many; the rest scrolls. On a low screen it gives way down to the least."""
        self._most, self._least = most, least
        self._take_height()

    def _take_height(self) -> None:
        if self._most:
            usual, lines = theme.measures().row, min(self.rows.rowCount(), self._most)
            rows = sum(self.rowHeight(row) for row in range(lines)) if self._wrapping else lines * usual
            most = usual + max(rows, usual) + 6
            self.setMaximumHeight(most)
            self.setMinimumHeight(min(most, (self._least + 1) * usual + 6) if self._least else most)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Shows other rows; the cursor stays on what it stood on."""
        before = self.current()
        self.clearSpans()
        self.rows.show(lines)
        for number, line in enumerate(lines):
            if line.joined:
                self.setSpan(number, line.joined, 1, len(line.texts) - line.joined)
        self._take_height()
        self.fit()
        for number, line in enumerate(lines):
            if before is not None and line.key == before:
                self.setCurrentIndex(self.rows.index(number, 0))

    def current(self) -> Any:
        """What the row under the cursor stands for."""
        index = self.currentIndex()
        return self.rows.lines[index.row()].key if index.isValid() else None

    def _choose(self, current: QModelIndex) -> None:
        self.chosen.emit(self.rows.lines[current.row()].key if current.isValid() else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home and End go to the first and the last row, as in the lists of records."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.current())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers() and self.rows.lines:
            self.selectRow(0 if event.key() == Qt.Key.Key_Home else len(self.rows.lines) - 1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The row that Enter would open is to be seen."""
        super().focusInEvent(event)
        if self.currentIndex().isValid() and not self.selectionModel().hasSelection():
            self.selectRow(self.currentIndex().row())

    def _measured(self, column: int) -> list[Line]:
        """The first rows that have a cell of their own in a column."""
        return [line for line in self.rows.lines[:_LOOKED_AT] if not line.joined or column < line.joined]

    def _need(self, column: int) -> int:
        """The room that the words of a column need in the first rows; where they wrap, the longest without a break."""
        metrics, lines = self.fontMetrics(), self._measured(column)
        shown = self.rows.columns[column].shown
        words: Iterable[str] = (part for line in lines for part in shown(line.texts[column]).split("\n"))
        if self._wrapping and self.rows.columns[column].wide:
            words = (part for text in words for part in _UNBROKEN.findall(text))
        return (
            max((metrics.horizontalAdvance(text) for text in words), default=0)
            + _PADDING
            + self._sign(column)
        )

    def _sign(self, column: int) -> int:
        """The room of the sign, in the column that has it, where any row has one."""
        return _SIGN if column == 0 and any(line.tone is not None for line in self.rows.lines) else 0

    def _longest(self, column: int) -> int:
        """The room that the words of a column need in one line."""
        metrics, shown = self.fontMetrics(), self.rows.columns[column].shown
        texts = (part for line in self._measured(column) for part in shown(line.texts[column]).split("\n"))
        return max(map(metrics.horizontalAdvance, texts), default=0) + _PADDING

    def fit(self) -> None:
        """Gives every column its width."""
        head = self.horizontalHeader()
        shown = [n for n in range(len(self.rows.columns)) if not self.isColumnHidden(n)]
        widths = shared([self._wish(n) for n in shown], self.viewport().width(), wrapping=self._wrapping)
        for n, width in zip(shown, widths, strict=True):
            head.resizeSection(n, width)
        if self._wrapping:
            self._fit_rows()

    def _wish(self, number: int) -> Wish:
        column = self.rows.columns[number]
        label = self.horizontalHeader().fontMetrics().horizontalAdvance(column.label) + _PADDING
        width, full = theme.measures().average(column.width) + _PADDING, 0
        if self._wrapping and column.wide and self.rows.lines:
            # A column of short words leaves to others what it does not need: they would wrap beside empty room.
            full = self._longest(number)
            width = min(width, full)
        width = max(width, label) + self._sign(number)
        whole = len(self.rows.lines) <= _LOOKED_AT and not column.wide
        return Wish(width, label, self._need(number), column.wide, full + self._sign(number), whole)

    def _fit_rows(self) -> None:
        """Rows as high as their words: the view itself does not know of the padding of cells."""
        metrics, usual = self.fontMetrics(), theme.measures().row
        wide = [n for n, c in enumerate(self.rows.columns) if c.wide and not self.isColumnHidden(n)]
        rooms = [(n, self.columnWidth(n) - _PADDING) for n in wide]
        flags = Qt.TextFlag.TextWordWrap
        for row, line in enumerate(self.rows.lines[:_MOST_WRAPPED]):
            sign = _SIGN if line.tone is not None else 0
            words = [
                (self.rows.columns[n].shown(line.texts[n]), room - (0 if n else sign))
                for n, room in rooms
                if not line.joined or n < line.joined
            ]
            if line.joined:
                over = sum(self.columnWidth(n) for n in range(line.joined, len(line.texts)))
                words.append((line.texts[-1], over - _PADDING))
            needed = [
                metrics.boundingRect(QRect(0, 0, room, _ENDLESS), flags, text).height()
                for text, room in words
                if "\n" in text or metrics.horizontalAdvance(text) > room
            ]
            self.setRowHeight(row, max(usual, max(needed, default=0) + _AROUND))
        self._take_height()
