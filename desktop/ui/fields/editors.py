"""What a value is typed into: one editor for each kind of field, all with the same few questions.

An editor holds text as typed; what it means is said by :func:`desktop.records.typed.values.parse_cell`, here as
everywhere.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)

from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Kind
from desktop.records.display import display
from desktop.records.typed.lengths import too_long
from desktop.records.typed.texts import beginning
from desktop.records.typed.values import EMPTY, Parsed, parse_cell
from desktop.records.versions.canonical import Cell
from desktop.ui import theme
from desktop.ui.widgets.flow import FlowLayout
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


class BooleanEditor(Editor):
    """是, 否 or not yet filled; the arrows and space choose."""

    _CHOICES = (("是", "1"), ("否", "0"), ("未填", ""))

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(field, workbench, parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QRadioButton] = {}
        self.setMinimumHeight(theme.measures().input + 8)
        line = line_layout(self)
        line.setSpacing(16)
        for words, text in self._CHOICES:
            button = QRadioButton(words, self)
            button.setAccessibleName(f"{field.label}：{words}")
            self._group.addButton(button)
            self._buttons[text] = button
            button.clicked.connect(self.edited)
            self.watch(button)
            line.addWidget(button)
        line.addStretch(1)
        self._buttons[""].setChecked(True)

    def text(self) -> str:
        """1, 0 or nothing."""
        return next((text for text, button in self._buttons.items() if button.isChecked()), "")

    def set_text(self, text: str) -> None:
        """Checks one of the three."""
        self._buttons.get(text, self._buttons[""]).setChecked(True)

    def set_cell(self, cell: Cell) -> None:
        """Checks one of the three."""
        self.set_text("" if cell is None else str(cell))
        self._stands_for(cell)

    def inputs(self) -> list[QWidget]:
        """The one that is checked comes first: that is where the cursor goes."""
        checked = self._buttons[self.text()]
        return [checked, *(button for button in self._buttons.values() if button is not checked)]

    def last_input(self) -> QWidget:
        """未填, whichever is checked."""
        return self._buttons[""]


class CodesEditor(Editor):
    """Several of a list of codes, to be ticked."""

    WIDE = True

    def __init__(self, field: Field, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(field, workbench, parent)
        self._boxes: dict[str, QCheckBox] = {}
        self._retired: set[str] = set()
        flow = FlowLayout(self, spacing=14)
        flow.setContentsMargins(0, 4, 0, 0)
        for item in workbench.codes[field.codes or ""].offered:
            box = QCheckBox(item.label, self)
            box.setAccessibleName(f"{field.label}：{item.label}")
            box.setAccessibleDescription(item.note)
            box.setToolTip(item.note)
            box.clicked.connect(self.edited)
            self._boxes[item.code] = box
            self.watch(box)
            flow.addWidget(box)

    def text(self) -> str:
        """The codes, one space between them; codes that are no longer offered stay."""
        ticked = {code for code, box in self._boxes.items() if box.isChecked()}
        return " ".join(sorted(ticked | self._retired))

    def set_text(self, text: str) -> None:
        """Ticks these codes."""
        wanted = set(text.split())
        self._retired = wanted - set(self._boxes)
        for code, box in self._boxes.items():
            box.setChecked(code in wanted)

    def set_cell(self, cell: Cell) -> None:
        """Ticks these codes."""
        self.set_text("" if cell is None else str(cell))

    def parsed(self) -> Parsed:
        """Codes need no reading: they were ticked, not typed."""
        return Parsed(self.text() or None)

    def offer_only(self, codes: Collection[str]) -> None:
        """Hides the boxes of all other codes, unless they are ticked."""
        for code, box in self._boxes.items():
            box.setHidden(code not in codes and not box.isChecked())

    def inputs(self) -> list[QWidget]:
        """The boxes."""
        return list(self._boxes.values())
