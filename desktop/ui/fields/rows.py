"""One field of a form: its label, its editor, and the words beside it; and the grid in which fields stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.records.declaration import Field, RecordType, Section, Severity
from desktop.ui import icons, theme
from desktop.ui.fields.editors import Editor
from desktop.ui.notices import SIGNS, Tone

LABEL_WIDTH = 10.4
"""The widest label in characters; longer ones go on in a second line."""


class Message(QWidget):
    """Words under an editor with the sign of what they are; its parts are made when there are any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[QLabel, QLabel] | None = None
        self.hide()

    @property
    def words(self) -> str:
        """What is said; empty when nothing is."""
        return "" if self.isHidden() or self._parts is None else self._parts[1].text()

    def say(self, tone: str, words: str) -> None:
        """``error`` and ``warning`` have a sign, a ``note`` is grey; no words hide it."""
        if not words:
            self.hide()
            return
        sign, label = self._parts = self._parts or self._make()
        if words == self.words and label.property("tone") == tone:
            return
        signs = {"error": SIGNS[Tone.ERROR], "warning": SIGNS[Tone.WARNING]}
        sign.setVisible(tone in signs)
        if tone in signs:
            sign.setPixmap(icons.pixmap(*signs[tone], 16))
        label.setText(words)
        theme.restyle(label, tone=tone)
        self.show()

    def _make(self) -> tuple[QLabel, QLabel]:
        sign, label = QLabel(self), QLabel(self)
        label.setWordWrap(True)
        label.setProperty("small", True)
        line = QHBoxLayout(self)
        line.setContentsMargins(2, 1, 0, 0)
        line.setSpacing(4)
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label, 1)
        return sign, label


class FieldRow(QObject):
    """A label with its editor. ``needed`` ones carry a red star, which is read aloud as 必填.

    Everything is made inside ``parent``: a widget that gets its parent when it is complete has all its parts styled
    once more, which is most of what a long form costs.
    """

    def __init__(self, field: Field, make: Callable[[QWidget], Editor], parent: QWidget) -> None:
        cell = QWidget(parent)
        editor = make(cell)
        super().__init__(editor)
        self.field = field
        self.editor = editor
        self.needed = field.needed
        self.label = QLabel(_label_words(field), parent)
        self.label.setTextFormat(Qt.TextFormat.RichText if field.needed else Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.label.setContentsMargins(0, 6, 0, 0)
        self.label.setToolTip(field.help)
        self.cell = cell
        self._column = QVBoxLayout(self.cell)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(editor)
        inputs = editor.inputs()
        if inputs:
            self.label.setBuddy(inputs[0])
        self._named = [widget for widget in inputs if not widget.accessibleName()]
        for widget in inputs:
            widget.setAccessibleDescription(field.help)
        self._say_name()
        self._note = ""

    @cached_property
    def message(self) -> Message:
        """The words under the editor, which most fields never have."""
        made = Message(self.cell)
        self._column.addWidget(made)
        return made

    def _say_name(self) -> None:
        for widget in self._named:
            widget.setAccessibleName(self.field.label + ("（必填）" if self.needed else ""))

    def set_excused(self, excused: bool) -> None:
        """Takes the star off a field that this record need not fill, or puts it back."""
        needed = self.field.needed and not excused
        if needed != self.needed:
            self.needed = needed
            self.label.setText(_label_words(self.field) if needed else self.field.label)
            self._say_name()

    def note(self, words: str) -> None:
        """Something in grey that stays until the field is edited: what was put right, or was taken over."""
        self._note = words

    def show_finding(self, severity: Severity | None, words: str) -> None:
        """The worst that was found, or the grey note when nothing was."""
        tone = severity.value if severity is not None else "note"
        words = words if severity is not None else self._note
        if words or "message" in vars(self):
            self.message.say(tone, words)
        self.editor.show_state(severity.value if severity is not None else "")

    def set_shown(self, shown: bool) -> None:
        """Shows or folds away label and editor."""
        self.label.setVisible(shown)
        self.cell.setVisible(shown)

    @property
    def shown(self) -> bool:
        """Whether it is not folded away."""
        return not self.cell.isHidden()


def label_width(rows: Iterable[FieldRow]) -> int:
    """The room that all labels of a form are given: the widest one's, up to where they go on in a second line."""
    most = round(theme.measures().text * LABEL_WIDTH)
    words = [(row.label.fontMetrics(), f"* {row.field.label}") for row in rows]
    return min(max((metrics.horizontalAdvance(text) + 1 for metrics, text in words), default=most), most)


def _label_words(field: Field) -> str:
    if not field.needed:
        return field.label
    return f'<span style="color:{theme.RED}">*</span> {field.label}'


class FieldGrid(QWidget):
    """Fields in one or two columns, by the width there is; wide ones take both. The rows are made inside it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[FieldRow] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(8)
        self._stands: tuple[object, ...] = ()

    def arrange(self, columns: int, labels: int) -> None:
        """Puts the shown fields into so many columns, with so much room for their labels."""
        stands = (columns, labels, *(field.shown for field in self.rows))
        if stands == self._stands:
            return
        self._stands = stands
        for field in self.rows:
            # takeAt would leave the old item alive, which keeps being told of new heights in place of the new one.
            self._grid.removeWidget(field.label)
            self._grid.removeWidget(field.cell)
        row, column = 0, 0
        for field in self.rows:
            if not field.shown:
                continue
            field.label.setFixedWidth(labels)
            if field.editor.WIDE and column:
                row, column = row + 1, 0
            span = 2 * columns - 1 if field.editor.WIDE else 1
            self._grid.addWidget(field.label, row, 2 * column, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(field.cell, row, 2 * column + 1, 1, span, Qt.AlignmentFlag.AlignTop)
            column += columns if field.editor.WIDE else 1
            if column >= columns:
                row, column = row + 1, 0
        for n in range(4):
            self._grid.setColumnStretch(n, 1 if n % 2 and n < 2 * columns else 0)


def sections_of(record_type: RecordType) -> Sequence[tuple[Section, list[Field]]]:
    """The declared sections with their fields; fields without one come first under the type's own name."""
    declared = {s.name for s in record_type.sections}
    rest = [f for f in record_type.shown_fields if f.section not in declared]
    parts = [(Section("", record_type.label), rest)] if rest else []
    parts += [(s, [f for f in record_type.shown_fields if f.section == s.name]) for s in record_type.sections]
    return parts


class SectionBox(QFrame):
    """A part of a form: heading, the fields that are asked first, and a line that unfolds the others."""

    unfolded = Signal()

    def __init__(self, section: Section, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.section = section
        self.heading = QLabel(section.label, self)
        self.heading.setProperty("heading", "2")
        self.more = QPushButton(self)
        self.more.setProperty("link", True)
        self.more.clicked.connect(self._unfold)
        self.grid = FieldGrid(self)
        self._all = False
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch(1)
        top.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.grid)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def fill(self, rows: Sequence[FieldRow]) -> None:
        """Takes the fields, which were made inside its grid."""
        self.grid.rows = list(rows)
        # Who goes through the fields by Tab is not to stop at the way to more of them first.
        QWidget.setTabOrder(rows[-1].editor.last_input(), self.more)

    @property
    def rows(self) -> list[FieldRow]:
        """Its fields."""
        return self.grid.rows

    def fold(self, keep: set[str] | None) -> None:
        """Shows only these fields, or all of them when nothing is given or the user unfolded it."""
        everything = keep is None or self._all
        hidden = 0
        for row in self.rows:
            shown = everything or row.field.name in (keep or ())
            row.set_shown(shown)
            hidden += not shown
        self.more.setVisible(hidden > 0)
        self.more.setText(f"展开其余{hidden}项" if hidden < len(self.rows) else f"展开{hidden}项")
        self.more.setAccessibleName(f"{self.section.label}：{self.more.text()}")
        self.grid.setVisible(hidden < len(self.rows))

    def forget_unfolding(self) -> None:
        """Folds again what the user had unfolded."""
        self._all = False

    def _unfold(self) -> None:
        self._all = True
        self.unfolded.emit()


class Clickable(QLabel):
    """Words that are a way to somewhere, for mouse and keyboard."""

    clicked = Signal()

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setWordWrap(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def event(self, event: QEvent) -> bool:
        """Underlined while the mouse is over it."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            font = self.font()
            font.setUnderline(event.type() == QEvent.Type.Enter)
            self.setFont(font)
        return super().event(event)
