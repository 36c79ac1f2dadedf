"""The table of a sheet: everything by keyboard, boxes to tick, and editors that are those of the forms."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QWidget

from desktop.records.declaration import Kind
from desktop.ui import theme
from desktop.ui.matching import matches
from desktop.ui.sheets.cells import SheetDelegate
from desktop.ui.sheets.model import SheetModel
from desktop.ui.sheets.rows import SheetColumn, SheetRow, Way
from desktop.ui.widgets.looks import LOOK, Look, show_plainly
from desktop.ui.widgets.sticky import StickyTable
from desktop.ui.workbench import Workbench

_PADDING = 16
_SEARCH_PAUSE = 1.2
_NUMBER = re.compile(r"\d+")


class SheetView(StickyTable):
    """Says what it cannot do by itself: a new row, removing rows, pasting a list, choosing for a cell."""

    new_wanted = Signal()
    remove_wanted = Signal()
    paste_wanted = Signal(str)
    choose_wanted = Signal(int, int)
    ended = Signal()
    """Enter in the last row of a sheet that is filled in downwards."""

    def __init__(
        self, workbench: Workbench, model: SheetModel, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(0, parent)
        self.sheet = model
        self.searched = ""
        """The column in which typed letters find a row; empty for none."""
        self.pasted_into: Callable[[SheetColumn], bool] = lambda column: column.way is Way.TYPED
        self.across = False
        """Whether Enter goes to the next cell of a row and from the last one to a new row, instead of down."""
        self._typed, self._typed_at = "", 0.0
        self.setModel(model)
        self.setAccessibleName(name)
        delegate = SheetDelegate(workbench, model, self)
        delegate.moved_on.connect(self._move)
        self.setItemDelegate(delegate)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.EditKeyPressed | trigger.DoubleClicked)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        show_plainly(self)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(lambda index: self.choose_wanted.emit(index.row(), index.column()))
        model.modelReset.connect(self._keep_place)
        self._place = (0, 0)

    # -- widths ----------------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Natural widths; what is left goes to the stretching columns."""
        columns = self.sheet.columns
        metrics = self.horizontalHeader().fontMetrics()
        lines = max((c.label.count("\n") + 1 for c in columns), default=1)
        self.horizontalHeader().setFixedHeight(metrics.lineSpacing() * lines + 12)
        widths = [
            max(
                theme.measures().average(c.width) + _PADDING,
                max(metrics.horizontalAdvance(part) for part in c.label.split("\n")) + _PADDING,
            )
            for c in columns
        ]
        wide = [n for n, c in enumerate(columns) if c.stretch]
        spare = self.viewport().width() - sum(widths)
        for place, n in enumerate(wide):
            if spare > 0:
                widths[n] += spare // len(wide) + (spare % len(wide) if place == 0 else 0)
        for n, width in enumerate(widths):
            self.horizontalHeader().resizeSection(n, width)

    def sizeHint(self) -> QSize:
        """Any size will do."""
        return QSize(600, 200)

    # -- where the cursor is ---------------------------------------------------------------------------------------

    def go_to(self, row: int, column: int) -> None:
        """Puts the cursor into a cell."""
        if 0 <= row < self.sheet.rowCount() and 0 <= column < len(self.sheet.columns):
            # Which keys are held says nothing here: with Ctrl the cell that was current would stay chosen beside it.
            only = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self.sheet.index(row, column), only)
            self._place = (row, column)

    def go_to_name(self, row: int, name: str) -> None:
        """Puts the cursor into the cell of a column."""
        place = next((n for n, c in enumerate(self.sheet.columns) if c.key == name), 0)
        self.go_to(row, place)

    def _keep_place(self) -> None:
        # Queued: at this moment the view has not yet taken notice of its model's new rows.
        QTimer.singleShot(0, self, self._go_back)

    def _go_back(self) -> None:
        row, column = self._place
        self.go_to(min(row, self.sheet.rowCount() - 1), column)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]
        """Remembers the place for when rows are read again."""
        super().currentChanged(current, previous)
        if current.isValid():
            self._place = (current.row(), current.column())

    def _move(self, rows: int, columns: int) -> None:
        # The editor that is closing hands its focus to whatever comes next in the window. It is taken before the cursor
        # goes on: where that adds a row, the editor that is opened there is to have it.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        current = self.currentIndex()
        if current.isValid() and self.across and not columns:
            self._move_across(current.row(), current.column(), rows)
        elif current.isValid():
            if rows > 0 and self._ends_list(current):
                self.new_wanted.emit()
                return
            column = current.column() + columns
            row = current.row() + rows + (1 if column >= len(self.sheet.columns) else 0)
            self.go_to(row, column % len(self.sheet.columns))
            if rows and row >= len(self.sheet.rows):
                self.ended.emit()

    def _ends_list(self, current: QModelIndex) -> bool:
        """Whether the last one of a list of names was just typed: then the next one is."""
        last = current.row() == len(self.sheet.rows) - 1 and not self.sheet.locked
        name = self.sheet.columns[current.column()].name if last else ""
        return bool(name) and name == self.searched and bool(self.sheet.rows[-1].values.get(name))

    def _move_across(self, row: int, column: int, by: int) -> None:
        filled = [n for n, c in enumerate(self.sheet.columns) if c.way is not Way.SHOWN]
        beyond = [n for n in filled if (n > column if by > 0 else n < column)]
        if beyond:
            self.go_to(row, beyond[0] if by > 0 else beyond[-1])
        elif by < 0:
            self.go_to(row - 1, filled[-1])
        elif row + 1 < len(self.sheet.rows):
            self.go_to(row + 1, filled[0])
        else:
            self.new_wanted.emit()

    def selected_rows(self) -> list[int]:
        """The rows with a selected cell, or that of the cursor."""
        rows = {index.row() for index in self.selectionModel().selectedIndexes()}
        current = self.currentIndex()
        return sorted(rows or ({current.row()} if current.isValid() else set()))

    def selected_columns(self) -> list[SheetColumn]:
        """The columns with a selected cell, or that of the cursor."""
        columns = {index.column() for index in self.selectionModel().selectedIndexes()}
        current = self.currentIndex()
        found = columns or ({current.column()} if current.isValid() else set())
        return [self.sheet.columns[n] for n in sorted(found)]

    # -- keys and mouse --------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z takes back what is not saved yet before it takes back what is."""
        undo = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        if event.type() == QEvent.Type.ShortcutOverride and undo and self.sheet.can_undo:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks (Shift: the row), F8 ticks a column, Ctrl+D fills down, Del empties, Ctrl+Del takes rows off."""
        current = self.currentIndex()
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Space if current.isValid() and not ctrl:
                self.space(everything=shift)
            case Qt.Key.Key_F8 if current.isValid():
                self.fill_column(everything=shift)
            case Qt.Key.Key_D if ctrl:
                self.fill_down()
            case Qt.Key.Key_Z if ctrl and self.sheet.can_undo:
                self.sheet.undo_step()
            case Qt.Key.Key_V if ctrl:
                self.paste(QGuiApplication.clipboard().text())
            case Qt.Key.Key_C if ctrl:
                self.copy()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.remove_wanted.emit() if ctrl else self.clear_cells()
            case Qt.Key.Key_Insert:
                self.new_wanted.emit()
            case Qt.Key.Key_F4 if current.isValid():
                self.choose_wanted.emit(current.row(), current.column())
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._move(-1 if shift else 1, 0)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click into a box ticks it."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if plain and index.isValid() and self.sheet.columns[index.column()].way is Way.TICK:
            self.space()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """The first word of an input method opens the editor and is not lost on the way there."""
        before = self.state()
        super().inputMethodEvent(event)
        opened = self.state() is self.State.EditingState and before is not self.State.EditingState
        line = self.indexWidget(self.currentIndex())
        inner = line.focusProxy() if line is not None else None
        shown = (
            inner.text()
            if isinstance(inner, QLineEdit)
            else inner.toPlainText()
            if isinstance(inner, QPlainTextEdit)
            else event.commitString()
        )
        lost = event.commitString() not in shown
        if opened and inner is not None and event.commitString() and lost:
            QApplication.sendEvent(inner, event)

    def keyboardSearch(self, search: str) -> None:
        """Letters typed outside of a text cell find a row by the initials of its name."""
        now = time.monotonic()
        self._typed = search if now - self._typed_at > _SEARCH_PAUSE else self._typed + search
        self._typed_at = now
        row, rows = max(self.currentIndex().row(), 0), self.sheet.rows
        start = row if len(self._typed) > 1 else row + 1
        for n in (*range(start, len(rows)), *range(min(start, len(rows)))):
            if self.searched and matches(self._typed, str(rows[n].values.get(self.searched) or "")):
                self.go_to(n, self.currentIndex().column())
                return

    # -- what the keys do ------------------------------------------------------------------------------------------

    def space(self, *, everything: bool = False) -> None:
        """Ticks or unticks the selected boxes, with Shift all of the row; in a column of few choices takes the next."""
        if self.sheet.locked:
            return
        column = self.sheet.columns[self.currentIndex().column()]
        rows = self.selected_rows()
        if column.way is Way.TICK:
            on = not self.sheet.ticked(self.currentIndex().row(), column)
            among = self.sheet.columns if everything else self.selected_columns()
            ticks = [c for c in among if c.way is Way.TICK and (c.code or not everything)]
            self.sheet.tick(rows, ticks or [column], on)
        elif column.way is Way.TYPED and column.field is not None and column.field.kind is Kind.CODE:
            self._next_choice(column, rows)
        else:
            self.edit(self.currentIndex())

    def _next_choice(self, column: SheetColumn, rows: Sequence[int]) -> None:
        if column.field is None:
            return
        offered = [item.code for item in self.sheet.codes[column.field.codes or ""].offered]
        values: list[str | None] = [None, *offered]
        present = self.sheet.rows[rows[0]].values.get(column.name)
        at = values.index(present) if present in values else 0
        with self.sheet.step():
            for row in rows:
                self.sheet.put(row, {column.name: values[(at + 1) % len(values)]})

    def fill_column(self, *, everything: bool = False) -> None:
        """F8: ticks the column for all rows, or unticks it when all are ticked; with Shift every column of boxes."""
        if self.sheet.locked:
            return
        current = self.sheet.columns[self.currentIndex().column()]
        columns = [c for c in self.sheet.columns if c.code] if everything else [current]
        everyone = range(len(self.sheet.rows))
        ticks = [c for c in columns if c.way is Way.TICK]
        if ticks:
            on = not all(self.sheet.ticked(n, c) for n in everyone for c in ticks)
            self.sheet.tick(everyone, ticks, on)
        elif current.fills is not None:
            wanted: Callable[[SheetRow], bool] = current.fills
            with self.sheet.step():
                for n, row in enumerate(self.sheet.rows):
                    if wanted(row):
                        given = current.gives(row) if current.gives is not None else current.on
                        self.sheet.put(n, {current.name: given})

    def fill_down(self) -> None:
        """Ctrl+D: the first selected row into the others; from a single cell into the empty ones below it."""
        rows = self.selected_rows()
        if self.sheet.locked or not rows:
            return
        columns = [c for c in self.selected_columns() if c.way is not Way.SHOWN]
        below = range(rows[0] + 1, len(self.sheet.rows)) if len(rows) == 1 else rows[1:]
        with self.sheet.step():
            for column in columns:
                self._fill(column, rows[0], below, keep=len(rows) == 1)

    def _fill(self, column: SheetColumn, source: int, below: Iterable[int], *, keep: bool) -> None:
        if column.way is Way.TICK:
            self.sheet.tick(below, [column], self.sheet.ticked(source, column))
            return
        value = self.sheet.rows[source].values.get(column.name)
        for n in below:
            if not keep or self.sheet.rows[n].values.get(column.name) is None:
                value = _counted_on(value) if column.counting else value
                self.sheet.put(n, {column.name: value})

    def clear_cells(self) -> None:
        """Empties the selected cells."""
        if self.sheet.locked:
            return
        with self.sheet.step():
            for column in self.selected_columns():
                if column.way is Way.TICK:
                    self.sheet.tick(self.selected_rows(), [column], False)
                elif column.way is Way.TYPED:
                    for row in self.selected_rows():
                        self.sheet.put(row, {column.name: None})

    def paste(self, text: str) -> None:
        """A block goes into the cells from the cursor on, where they take one; else the page reads it as a list."""
        current = self.currentIndex()
        if self.sheet.locked or not text.strip():
            return
        if not current.isValid() or not self.pasted_into(self.sheet.columns[current.column()]):
            self.paste_wanted.emit(text)
            return
        lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
        with self.sheet.step():
            for n, line in enumerate(lines, current.row()):
                cells = zip(self.sheet.columns[current.column() :], line.split("\t"), strict=False)
                for column, cell in cells if n < len(self.sheet.rows) else ():
                    if column.way is Way.TYPED:
                        self.sheet.type_text(n, column, cell)

    def copy(self) -> None:
        """Puts the selected cells on the clipboard as a spreadsheet takes them."""
        cells = {(i.row(), i.column()): self._copied(i) for i in self.selectionModel().selectedIndexes()}
        if cells:
            rows, columns = sorted({r for r, _ in cells}), sorted({c for _, c in cells})
            lines = ["\t".join(cells.get((r, c), "") for c in columns) for r in rows]
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _copied(self, index: QModelIndex) -> str:
        look: Look = index.data(LOOK)
        return look.words or ("√" if look.ticked else "")


def _counted_on(value: object) -> str | None:
    """The next of a number such as 余训〔2026〕001号; words without a number stay."""
    text = "" if value is None else str(value)
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return text or None
    found = numbers[-1]
    grown = str(int(found[0]) + 1).zfill(len(found[0]))
    return text[: found.start()] + grown + text[found.end() :]
