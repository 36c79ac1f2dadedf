"""What every editor of a field answers, whatever kind of value is typed into it.

An editor holds text as typed; what it means is said by :func:`desktop.records.typed.values.parse_cell`, here as
everywhere.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from desktop.records.codes import CodeList
from desktop.records.declaration import Field
from desktop.records.typed.lengths import too_long
from desktop.records.typed.values import EMPTY, Parsed, parse_cell
from desktop.records.versions.canonical import Cell
from desktop.ui import theme
from desktop.ui.workbench import Workbench


class Editor(QWidget):
    """One field. ``edited`` at every change by the user, ``finished`` when the cursor leaves it or Enter is pressed."""

    edited = Signal()
    finished = Signal()
    focused = Signal()
    advanced = Signal()
    retreated = Signal()
    WIDE = False
    """Whether it takes the whole width of a form."""

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.workbench = workbench
        self.locked = False
        self._composing = False
        self._standing: tuple[str, Cell, str] | None = None
        self._read: tuple[str, datetime.date, Mapping[str, CodeList], Parsed] | None = None

    # -- every kind answers these ----------------------------------------------------------------------------------

    def text(self) -> str:
        """What is typed."""
        raise NotImplementedError

    def draft_text(self) -> str:
        """What a draft keeps of it."""
        return self.text()

    def set_text(self, text: str) -> None:
        """Puts back what a draft kept; tells nobody."""
        raise NotImplementedError

    def set_cell(self, cell: Cell) -> None:
        """Shows a stored value; tells nobody."""
        raise NotImplementedError

    def inputs(self) -> list[QWidget]:
        """The widgets that the cursor can stand in; the first one is the label's buddy."""
        raise NotImplementedError

    def last_input(self) -> QWidget:
        """Where the cursor is last on its way through by Tab."""
        return self.inputs()[-1]

    @property
    def undecided(self) -> bool:
        """Whether what is typed is only half of it, so that it can be no mistake yet."""
        return False

    # -- the same for all ------------------------------------------------------------------------------------------

    def parsed(self) -> Parsed:
        """What the text means; what nobody may type stands for what is stored until it is changed."""
        text = self.text()
        if self._standing is not None and self._standing[0] == text:
            return Parsed(self._standing[1])
        if not text:
            return EMPTY
        # A form asks all of its fields a dozen times before it stands there, and again after each pause.
        today, codes, read = self.workbench.today(), self.workbench.codes, self._read
        if read is None or read[0] != text or read[1] != today or read[2] is not codes:
            parsed = parse_cell(self.field, text, codes=codes, today=today)
            self._read = read = (text, today, codes, parsed)
        return read[3]

    def _stands_for(self, cell: Cell) -> None:
        """Keeps a value that the words, when they have been put in, do not mean.

        Others may have sent what cannot be read here, what is read as something else, or so much that only the
        beginning is shown.
        """
        self._standing = None
        read = self.parsed()
        if cell is not None and not (read.ok and read.value == cell):
            # Of what is too long the checks say it, of the whole and not of the beginning.
            problem = "" if too_long(self.field, cell) else read.problem or ""
            self._standing = (self.text(), cell, problem)

    @property
    def complaint(self) -> str:
        """Why it cannot be read, whether somebody typed it here or others sent it."""
        if self._standing is not None and self._standing[0] == self.text():
            return self._standing[2]
        return self.parsed().problem or ""

    def tidy(self) -> None:
        """Shows what the text was understood as, so that nobody has to guess."""
        parsed = self.parsed()
        if parsed.ok and parsed.value is not None:
            self.set_cell(parsed.value)

    def set_locked(self, locked: bool) -> None:
        """A locked field can be read and copied from."""
        self.locked = locked
        for widget in self.inputs():
            if isinstance(widget, QLineEdit | QPlainTextEdit):
                widget.setReadOnly(locked)
                self._show_hint(widget, shown=not locked)
            else:
                widget.setEnabled(not locked)

    def _show_hint(self, widget: QLineEdit | QPlainTextEdit, *, shown: bool) -> None:
        """An example in a field that nobody may fill reads like what stands there."""
        hint = widget.property("hint") or widget.placeholderText()
        widget.setProperty("hint", hint)
        widget.setPlaceholderText(hint if shown else "")

    def show_state(self, state: str) -> None:
        """Colours the input: ``error``, ``warning`` or nothing; words stand beside it in any case."""
        for widget in self.inputs():
            theme.restyle(widget, state=state)

    def take_focus(self, *, select: bool = True) -> None:
        """Puts the cursor into it; with all of it selected, the next key replaces it."""
        inputs = self.inputs()
        if inputs:
            inputs[0].setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(inputs[0], QLineEdit):
                inputs[0].home(False)
                if select:
                    inputs[0].selectAll()

    def watch(self, *widgets: QWidget) -> None:
        """Has Enter, Shift+Enter and the coming and going of the cursor work in these widgets."""
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on and Shift+Enter back, unless an input method still composes."""
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            self._composing = bool(event.preeditString())
        elif kind == QEvent.Type.FocusIn:
            self.focused.emit()
        elif kind == QEvent.Type.FocusOut:
            self._composing = False
            self.finished.emit()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._takes_enter(event):
            if not self._composing:
                self.finished.emit()
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                (self.retreated if back else self.advanced).emit()
            return True
        return super().eventFilter(watched, event)

    def _takes_enter(self, event: QKeyEvent) -> bool:
        return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )


def line_layout(owner: QWidget) -> QHBoxLayout:
    """A line without margins."""
    line = QHBoxLayout(owner)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    return line
