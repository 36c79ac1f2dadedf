"""The table of a list: keys, copying, and column widths that fill the window and are remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QItemSelectionModel, QItemSelectionRange, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from desktop.records.declaration import Kind
from desktop.ui import theme
from desktop.ui.lists.columns import Column
from desktop.ui.lists.model import RowsModel
from desktop.ui.widgets.sticky import StickyTable

_MARK_WIDTH = 30
_PADDING = 16
_IN_CELLS = 20
"""What a cell keeps free beside its words: the style sheet's padding, the style's own margin, the grid."""
_LEAST = 48
_ARROW, _NO_ARROW = 24, 4
_MOST_SHRUNK = 0.3
"""How much of its width a column of words gives up so that the others can be seen."""
_ON_SMALL_SCREENS = 0.5
"""How much all but the first give up where that is not enough."""
_OPENING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2})
_READABLE = "良渚街道"
_LOOKED_AT = 40
"""How many rows say how much room the words of a column need."""


class RowsTable(StickyTable):
    """Signals carry positions in the list. Widths that the user gives are told by ``widths_kept``."""

    opened = Signal(int, str)
    """Position, and the field under the cursor (F2) or nothing (Enter, double click)."""
    new_wanted = Signal()
    delete_wanted = Signal()
    find_wanted = Signal()
    copy_wanted = Signal()
    batch_wanted = Signal(str)
    """The field under the cursor, or nothing."""
    menu_wanted = Signal(QPoint)
    """Where on the screen: under the pointer, or below the row in hand when a key asks."""
    selection_counted = Signal(int)
    widths_kept = Signal(dict)

    def __init__(self, model: RowsModel, parent: QWidget | None = None) -> None:
        super().__init__(RowsModel.MARK + 1, parent)
        self.rows = model
        self.setModel(model)
        self._given: dict[str, int] = {}
        self._needs: dict[str, int] = {}
        self._usual: dict[str, int] = {}
        """What four rows of five can do with."""
        self._fitting = False
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(True)
        self.setWordWrap(False)
        # Firms of one place begin alike and differ further on.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setAccessibleName(f"{model.record_type.label}列表")
        head, side = self.horizontalHeader(), self.verticalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(False)
        head.setHighlightSections(False)
        # With the table's own one, every painting of the head would ask each selected row of a long list.
        head.setSelectionModel(QItemSelectionModel(model, head))
        head.setMinimumSectionSize(24)
        head.sectionResized.connect(self._resized)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        side.setHighlightSections(False)
        self.take_measures()
        self._keep_timer = QTimer(self)
        self._keep_timer.setSingleShot(True)
        self._keep_timer.setInterval(500)
        self._keep_timer.timeout.connect(lambda: self.widths_kept.emit(dict(self._given)))
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row(), ""))
        self.selectionModel().selectionChanged.connect(self._count_selection)
        model.modelReset.connect(self._count_selection)
        model.dataChanged.connect(self._page_came)

    def take_measures(self) -> None:
        """The head is as high as a row, and what words need is measured anew."""
        super().take_measures()
        self.horizontalHeader().setFixedHeight(theme.measures().row + 2)
        self._needs.clear()
        self._usual.clear()

    # -- widths ----------------------------------------------------------------------------------------------------

    def set_given_widths(self, widths: dict[str, int]) -> None:
        """The widths that the user gave earlier, by column."""
        self._given = dict(widths)
        self.fit()

    def fit(self) -> None:
        """Gives every column its width: what is left goes to words that are cut, then to the columns of words."""
        columns = self.rows.columns
        if not columns:
            return
        self._look_at_rows(max(self.rowAt(0), 0))
        self._fitting = True
        head = self.horizontalHeader()
        head.resizeSection(RowsModel.MARK, _MARK_WIDTH)
        head.setSectionResizeMode(RowsModel.MARK, QHeaderView.ResizeMode.Fixed)
        widths = [self._given.get(c.name, self._natural(c)) for c in columns]
        spare = self.viewport().width() - _MARK_WIDTH - sum(widths)
        widest = _stretched(columns, self._given)
        for n, more, whole in self._wished(widths, widest):
            taken = more if whole else min(more, spare)
            if 0 < taken <= spare:
                widths[n] += taken
                spare -= taken
        if spare > 0 and widest:
            share, rest = divmod(spare, len(widest) + 1)
            for n in widest:
                widths[n] += share
            widths[widest[0]] += share + rest
        elif spare < 0:
            widths = self._squeezed(widths, widest, -spare)
        for n, width in enumerate(widths):
            head.resizeSection(n + 1, width)
        self._fitting = False

    def _wished(self, widths: Sequence[int], widest: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
        """How much more the columns could use, and whether only all of it helps: words that are cut first.

        Then as much as there is for what the rows are about, and last for what nothing stands in so far.
        """
        free = [(n, c) for n, c in enumerate(self.rows.columns) if c.name not in self._given]
        for n, column in free:
            yield n, self._needs.get(column.name, 0) - widths[n], True
        for n in widest[:1]:
            # Of long names that begin alike each further character tells more than room beside nothing.
            yield n, self._needs.get(self.rows.columns[n].name, 0) - widths[n], False
        for n, column in free:
            # Further down there may be words.
            if not self._needs.get(column.name, 1):
                yield n, theme.measures().average(column.width) + _PADDING - widths[n], False

    def _squeezed(self, widths: list[int], widest: Sequence[int], lacking: int) -> list[int]:
        """Narrower columns that fit without scrolling; where that cannot be had, nothing is cut for it.

        Empty columns give way first and what only a few rows need, then those of many words, then all of words; last
        the one that says what a row is about: names of firms begin alike and differ further on.
        """
        columns, narrow = self.rows.columns, list(widths)
        words = [n for n, c in enumerate(columns) if n not in widest[:1] and _may_be_cut(c, self._given)]
        steps = [
            *((n, 1 - self._usual.get(columns[n].name, 0) / widths[n]) for n in widest[:1]),
            *((n, _MOST_SHRUNK) for n in reversed(widest[1:])),
            *((n, _ON_SMALL_SCREENS) for n in reversed(words)),
            *((n, _MOST_SHRUNK) for n in widest[:1]),
        ]
        for n, column in enumerate(columns):
            # A column in which nothing stands can do without the end of its label, which the tool tip has.
            if column.name not in self._given and not self._needs.get(column.name, 1):
                taken = max(min(lacking, narrow[n] - 2 * _LEAST), 0)
                narrow[n] -= taken
                lacking -= taken
        for n, part in steps:
            asked = (widths[n] - round(widths[n] * part), self._least(columns[n]), self._readable(columns[n]))
            least = min(max(asked), narrow[n])
            taken = max(min(lacking, narrow[n] - least), 0)
            narrow[n] -= taken
            lacking -= taken
        if lacking <= 0:
            return narrow
        # Who has to scroll sideways anyway reads whole what the rows are about: it stays at the left edge.
        # A few long ones do not push what is beside them out of sight.
        room = self.viewport().width()
        for n in widest[:1]:
            most, usual = (kept.get(columns[n].name, 0) for kept in (self._needs, self._usual))
            wish = max(min(most, room // 3), min(usual, room // 2))
            widths[n] = max(widths[n], wish)
        return widths

    def _look_at_rows(self, around: int) -> None:
        """How much room the words need that are held there; never less than before, so that no column jumps about."""
        metrics, columns = self.fontMetrics(), self.rows.columns
        needs: dict[str, list[int]] = {}
        for row in self.rows.at_hand(_LOOKED_AT, around):
            for column, text in zip(columns, row.texts, strict=False):
                need = metrics.horizontalAdvance(text) + _IN_CELLS if text else 0
                needs.setdefault(column.name, []).append(need)
        for name, found in needs.items():
            usual = sorted(found)[len(found) * 4 // 5]
            self._needs[name] = max(*found, self._needs.get(name, 0))
            self._usual[name] = max(usual, self._usual.get(name, 0))

    def _page_came(self, first: QModelIndex) -> None:
        """Columns that were empty so far get room for the first words that come."""
        blank = [c.name for c in self.rows.columns if not self._needs.get(c.name)]
        if blank:
            self._look_at_rows(first.row())
        if any(self._needs.get(name) for name in blank):
            self.fit()

    def _natural(self, column: Column) -> int:
        """What the declaration asks for, or what the words need where that is less; the label is always read."""
        declared = theme.measures().average(column.width) + _PADDING
        need = self._needs.get(column.name, declared)
        wanted = min(declared, need) if _may_be_cut(column, self._given) else need
        return max(wanted, self._least(column), _LEAST)

    def _least(self, column: Column) -> int:
        metrics = QFontMetrics(self.horizontalHeader().font())
        arrow = _ARROW if column.order == self.rows.query.order else _NO_ARROW
        return metrics.horizontalAdvance(self.rows.headings[column.name]) + _PADDING + arrow

    def _readable(self, column: Column) -> int:
        """Of four characters nothing is cut: of all towns in a list 良… would be left."""
        few = self.fontMetrics().horizontalAdvance(_READABLE) + _IN_CELLS
        return min(self._needs.get(column.name, 0), few)

    def _resized(self, section: int, _old: int, width: int) -> None:
        if not self._fitting and 0 < section <= len(self.rows.columns):
            self._given[self.rows.columns[section - 1].name] = width
            self._keep_timer.start()

    # -- selection -------------------------------------------------------------------------------------------------

    def positions(self) -> list[int]:
        """The selected positions, in order."""
        return sorted({p for part in self._ranges() for p in range(part.top(), part.bottom() + 1)})

    def go_to(self, position: int) -> None:
        """Selects one row and brings it into view."""
        if 0 <= position < self.rows.rowCount():
            column = max(self.currentIndex().column(), 1)
            index = self.rows.index(position, column)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, flags)
            self.scrollTo(index)

    def take_cursor(self) -> None:
        """Puts the cursor into the rows and selects one where none is: of itself a view only makes one current."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.positions():
            self.go_to(max(self.currentIndex().row(), 0))

    def _count_selection(self) -> None:
        self.selection_counted.emit(sum(part.height() for part in self._ranges()))

    def _ranges(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(n) for n in range(selection.size())]

    # -- keys and mouse --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, F2 edits the field under the cursor, Ins adds one, Del deletes; Ctrl+C, Ctrl+B, Shift+F10."""
        current = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() == Qt.Key.Key_B and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.batch_wanted.emit(self.current_field())
        elif event.key() in _OPENING and not self.positions():
            # What is opened must be seen before: after sorting none is in hand.
            self.take_cursor()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self.opened.emit(current.row(), "")
        elif event.key() == Qt.Key.Key_F2 and current.isValid():
            self.opened.emit(current.row(), self.current_field())
        elif event.key() == Qt.Key.Key_Insert:
            self.new_wanted.emit()
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            # Keyboards without the menu key; of itself Qt knows this only where the system does, X11 does not.
            self._want_menu_by_key()
        elif event.key() == Qt.Key.Key_Delete and self.positions():
            self.delete_wanted.emit()
        elif event.key() == Qt.Key.Key_Slash:
            self.find_wanted.emit()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers():
            self.go_to(0 if event.key() == Qt.Key.Key_Home else self.rows.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button, or the menu key: for that Qt names a place that counts from above the heading."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._want_menu_by_key()
        else:
            self.menu_wanted.emit(event.globalPos())

    def _want_menu_by_key(self) -> None:
        self.take_cursor()
        current = self.currentIndex()
        self.scrollTo(current)
        self.menu_wanted.emit(self.viewport().mapToGlobal(self.visualRect(current).bottomLeft()))

    def keyboardSearch(self, search: str) -> None:
        """Typing does not jump about: the search box is for that."""

    def current_field(self) -> str:
        """The name of the column under the cursor; nothing at the mark."""
        columns, at = self.rows.columns, self.currentIndex().column()
        return columns[at - 1].name if 0 < at <= len(columns) else ""


def _stretched(columns: Sequence[Column], given: dict[str, int]) -> list[int]:
    """The columns that take what room is left: those of many words that the user has not set."""
    wide = [
        n
        for n, c in enumerate(columns)
        if c.width >= 18 and not c.numeric and c.name not in given and not _is_code(c)
    ]
    return wide or [n for n, c in enumerate(columns) if c.name not in given]


def _may_be_cut(column: Column, given: dict[str, int]) -> bool:
    """Words are read from their beginning; numbers, days and what the user has set are shown whole."""
    whole = column.field is not None and column.field.kind in (Kind.DATE, Kind.TIME, Kind.BOOLEAN)
    return not (column.numeric or whole or column.name in given or _is_code(column))


def _is_code(column: Column) -> bool:
    """Numbers of people and units say nothing when they are cut."""
    return column.field is not None and column.field.kind in (Kind.USCC, Kind.ID_NUMBER, Kind.PHONE)
