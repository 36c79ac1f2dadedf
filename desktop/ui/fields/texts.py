"""Editors for what is typed: words, numbers and codes in one line, and words of several lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from desktop.records.declaration import Field, Kind
from desktop.records.display import display
from desktop.records.typed.texts import beginning
from desktop.records.versions.canonical import Cell
from desktop.ui import theme
from desktop.ui.fields.editors import Editor, line_layout
from desktop.ui.widgets.wrapping import WrappingLine
from desktop.ui.workbench import Workbench

_HINTS = {
    Kind.INTEGER: Qt.InputMethodHint.ImhDigitsOnly,
    Kind.DECIMAL: Qt.InputMethodHint.ImhFormattedNumbersOnly,
    Kind.PHONE: Qt.InputMethodHint.ImhDialableCharactersOnly,
    Kind.USCC: Qt.InputMethodHint.ImhLatinOnly | Qt.InputMethodHint.ImhUppercaseOnly,
    Kind.ID_NUMBER: Qt.InputMethodHint.ImhLatinOnly | Qt.InputMethodHint.ImhUppercaseOnly,
    Kind.DATE: Qt.InputMethodHint.ImhDate,
    Kind.TIME: Qt.InputMethodHint.ImhTime,
}
_SHORT_KINDS = {Kind.INTEGER: 14, Kind.DECIMAL: 16, Kind.TIME: 12, Kind.DATE: 24}
_NOTE_LINES = 3


class LineEditor(Editor):
    """Words, numbers and codes in one line, with the unit behind it."""

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(field, workbench, parent)
        self.line = WrappingLine(self)
        self.line.setInputMethodHints(_HINTS.get(field.kind, Qt.InputMethodHint.ImhNone))
        if field.example:
            self.line.setPlaceholderText(f"如：{field.example}".replace("\n", "、"))
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self.watch(self.line)
        self.box = line_layout(self)
        self.box.addWidget(self.line, 1)
        if field.unit:
            self.box.addWidget(QLabel(field.unit, self))
        if field.kind in _SHORT_KINDS:
            self.line.setMaximumWidth(theme.measures().average(_SHORT_KINDS[field.kind]) + 24)
            self.box.setStretch(0, 100)
            self.box.addStretch(1)

    def text(self) -> str:
        """What stands in the line."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Puts it into the line."""
        self.line.setText(text)

    def set_cell(self, cell: Cell) -> None:
        """Shows the value and its beginning."""
        words = display(self.field, cell, codes=self.workbench.codes)
        if words != self.line.text():
            self.line.setText(words)
            if not self.line.hasFocus():
                self.line.setCursorPosition(0)
        self._stands_for(cell)

    def inputs(self) -> list[QWidget]:
        """The line."""
        return [self.line]


class NoteEditor(Editor):
    """Words of several lines; Enter makes a new line, Ctrl+Enter and Tab go on.

    Where ``like_a_cell``, as in a cell of a spreadsheet: Enter goes on and Alt+Enter makes a new line.
    """

    WIDE = True
    like_a_cell = False

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(field, workbench, parent)
        self.edit = QPlainTextEdit(self)
        self.edit.setTabChangesFocus(True)
        self.edit.setPlaceholderText(f"如：{field.example}" if field.example else "")
        self.edit.document().contentsChanged.connect(self._changed)
        self._silent = False
        self.watch(self.edit)
        line_layout(self).addWidget(self.edit)
        self._fit()

    def text(self) -> str:
        """All lines."""
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Puts them in."""
        if text != self.edit.toPlainText():
            self._silent = True
            self.edit.setPlainText(text)
            self._silent = False
        self._fit()

    def set_cell(self, cell: Cell) -> None:
        """Shows the value."""
        self.set_text("" if cell is None else beginning(str(cell), self.field.longest))
        self._stands_for(cell)

    def inputs(self) -> list[QWidget]:
        """The lines."""
        return [self.edit]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In a cell Alt+Enter begins a line; left to itself it would go to the table behind."""
        if (
            self.like_a_cell
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.modifiers() & Qt.KeyboardModifier.AltModifier
            and self._takes_enter(event)
        ):
            self.edit.insertPlainText("\n")
            return True
        return super().eventFilter(watched, event)

    def _takes_enter(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        return self.like_a_cell or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)

    def _changed(self) -> None:
        self._fit()
        if not self._silent:
            self.edited.emit()

    def _fit(self) -> None:
        """Three lines, and as many more as there are words, up to ten."""
        lines = min(max(int(self.edit.document().size().height()), _NOTE_LINES), 10)
        self.edit.setFixedHeight(lines * self.edit.fontMetrics().lineSpacing() + 18)
