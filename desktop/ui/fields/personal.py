"""A personal value that is masked: hidden until somebody asks for the whole, which is noted, or types a new one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolTip, QWidget

from desktop.records.declaration import Field
from desktop.records.display import display
from desktop.records.typed.values import Parsed
from desktop.records.versions.canonical import Cell
from desktop.ui.fields.editors import Editor
from desktop.ui.fields.texts import LineEditor, NoteEditor
from desktop.ui.workbench import Workbench

Ask = Callable[[str, Callable[[], None]], None]
"""Asks to see a field as a whole: its name, and what to do when that is granted and noted."""

_HIDDEN_MARK = "\x01"
"""Begins the text that a draft keeps for a value that was taken over unseen, so that it comes back masked."""


_HOW = "这里只显示一部分，打的字没有进去。要改请按F2，或者点“重填”。"


def _changes(event: QKeyEvent) -> bool:
    """Whether a key without a sign of its own would change a line."""
    taken_out = event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
    return taken_out or event.matches(QKeySequence.StandardKey.Paste)


class _Hiding(Editor):
    """While hidden, the input shows the mask and cannot be typed into; the stored value counts unchanged."""

    def __init__(
        self, field: Field, workbench: Workbench, ask: Ask | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(field, workbench, parent)
        self._stored: Cell = None
        self._hidden = False
        self._ask = ask
        self.show_button = self._button("显示", self._wish)
        self.change_button = self._button("重填", self.retype)
        self.change_button.setToolTip("F2")
        self._show_buttons()

    def _button(self, words: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(words, self)
        button.setProperty("link", True)
        button.setAccessibleName(f"{self.field.label}：{words}")
        button.clicked.connect(do)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(button)
            layout.setAlignment(button, Qt.AlignmentFlag.AlignVCenter)
        return button

    def set_cell(self, cell: Cell) -> None:
        """Shows a stored value behind its mask; what was just typed or shown stays readable until it is saved."""
        if cell is not None and cell == self._stored and not self._hidden:
            super().set_cell(cell)
            return
        self._stored = cell
        self._hidden = cell is not None
        super().set_text(display(self.field, cell, codes=self.workbench.codes, masked=self._hidden))
        self._show_buttons()

    def tidy(self) -> None:
        """Typed digits are put in order in the open; they are masked once they are saved."""
        parsed = self.parsed()
        if not self._hidden and parsed.ok and parsed.value is not None:
            super().set_cell(parsed.value)

    def text(self) -> str:
        """What is typed; a hidden value is not typed."""
        return "" if self._hidden else super().text()

    def draft_text(self) -> str:
        """What is typed, or the hidden value with a mark that hides it again."""
        return f"{_HIDDEN_MARK}{self._stored}" if self._hidden else super().text()

    def set_text(self, text: str) -> None:
        """Puts typed text back, readable; a value that was hidden in the draft stays hidden."""
        if text.startswith(_HIDDEN_MARK):
            self._hidden = True
            self.set_cell(text.removeprefix(_HIDDEN_MARK))
            return
        self._hidden = False
        super().set_text(text)
        self._show_buttons()

    def parsed(self) -> Parsed:
        """The stored value while it is hidden, else what is typed."""
        return Parsed(self._stored) if self._hidden else super().parsed()

    def set_locked(self, locked: bool) -> None:
        """Hidden or locked, it cannot be typed into."""
        super().set_locked(locked)
        self._show_buttons()

    def _show_buttons(self) -> None:
        for widget in self.inputs():
            widget.setProperty("readOnly", self._hidden or self.locked)
        self.show_button.setVisible(self._hidden and self._ask is not None)
        self.change_button.setVisible(self._hidden and not self.locked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """F2 begins anew; who types over the mask is told so, for nothing of it arrives."""
        if self._hidden and not self.locked and isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if pressed and event.key() == Qt.Key.Key_F2:
                self.retype()
                return True
            if pressed and (_changes(event) or (event.text() and event.text().isprintable())):
                below = self.change_button.mapToGlobal(self.change_button.rect().bottomLeft())
                QToolTip.showText(below, _HOW, self.change_button)
        return super().eventFilter(watched, event)

    def _wish(self) -> None:
        if self._ask is not None:
            self._ask(self.field.name, self._reveal)

    def _reveal(self) -> None:
        self._hidden = False
        super().set_cell(self._stored)
        self._show_buttons()

    def retype(self) -> None:
        """Empties it, to be written anew in the open."""
        QToolTip.hideText()
        self._hidden = False
        super().set_text("")
        self._show_buttons()
        self.take_focus()
        self.edited.emit()


class PersonalEditor(_Hiding, LineEditor):
    """A masked value in one line."""


class PersonalNoteEditor(_Hiding, NoteEditor):
    """Masked words of several lines."""
