"""Records side by side: what all say, what only some say, and what has to be chosen, a line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from desktop.operations import queries
from desktop.operations.recording import duplicates
from desktop.operations.recording.duplicates import Comparison, Row
from desktop.records.declaration import UNIT_SLOT, Field, Kind, Mask, short_label
from desktop.records.display import display
from desktop.records.typed.texts import printable
from desktop.records.versions.canonical import Cell
from desktop.ui.parts import empty_layout, heading, link, plain
from desktop.ui.workbench import Workbench

LEFT, RIGHT = 0, 1
OWN = 100
"""The button for words of one's own; those before it are the sides."""
_LABEL_WIDTH = 120
Value = Cell | Mapping[str, Cell]


class SideBySide(QWidget):
    """The lines of a comparison; ``changed`` tells that something else is chosen, ``opened`` which side is wanted.

    With ``locked`` nothing can be chosen: who may not merge is shown what they say, and no more.
    """

    changed = Signal()
    opened = Signal(int)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.comparison: Comparison | None = None
        self.locked = False
        self.buttons: dict[str, QButtonGroup] = {}
        self.own: dict[str, QLineEdit] = {}
        self._rows: dict[str, Row] = {}
        self._masked: list[tuple[Row, list[QLabel]]] = []
        self.ticks: list[QCheckBox] = []
        self._grid = QGridLayout(self)
        self._next = 0
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)

    def clear(self) -> None:
        """Shows nothing."""
        self.comparison = None
        self.buttons, self.own, self._rows, self._masked, self.ticks = {}, {}, {}, [], []
        empty_layout(self._grid)
        # A layout keeps the rows that it had and what was said of them.
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._next = 0

    def show_comparison(self, found: Comparison) -> None:
        """Shows records: first what has to be chosen, then what hangs on them, then what only some say."""
        self.clear()
        self.comparison = found
        for column in range(1, self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        self._line("", [self._heading(side) for side in range(len(found.records))])
        if len({r.unit for r in found.records}) > 1:
            self._choice(UNIT_SLOT, "所属单位", found.units, None)
        for row in found.rows:
            if row.differ():
                self._choice(row.slot.name, row.slot.label, self._texts(row), row)
        hanging = [name for name in self.workbench.types if any(name in side for side in found.hanging)]
        for name in hanging:
            counts = [f"{side.get(name, 0)}条" if side.get(name) else "没有" for side in found.hanging]
            self._words(f"名下的{short_label(self.workbench.types[name].label)}", counts)
        for row in found.rows:
            if not row.differ():
                self._note_masked(row, self._words(row.slot.label, self._texts(row)))
        for side in range(len(found.records)):
            self._grid.setColumnStretch(side + 1, 1)
        self._grid.setRowStretch(self._next, 1)

    def _name(self, side: int) -> str:
        count = len(self.comparison.records) if self.comparison is not None else 0
        return f"{'左右'[side]}边" if count == 2 else f"第{side + 1}条"

    def _heading(self, side: int) -> QWidget:
        """What a column is called, whether it is meant where there are more than two, and the way to its record."""
        name = self._name(side)
        title = link("打开", lambda: self.opened.emit(side))
        title.setAccessibleName(f"打开{name}")
        part = QWidget()
        line = QHBoxLayout(part)
        line.setContentsMargins(0, 0, 0, 0)
        if self.comparison is not None and len(self.comparison.records) > 2:
            tick = QCheckBox(name)
            tick.setChecked(True)
            tick.toggled.connect(lambda _on: self.changed.emit())
            self.ticks.append(tick)
            line.addWidget(tick)
        else:
            line.addWidget(heading(name))
        line.addWidget(title)
        line.addStretch(1)
        return part

    def included(self) -> list[int]:
        """The sides that are meant: all, but those whose tick was taken away."""
        count = len(self.comparison.records) if self.comparison is not None else 0
        return [side for side in range(count) if not self.ticks or self.ticks[side].isChecked()]

    def start(self) -> None:
        """Puts the cursor on the first line that has to be chosen."""
        for group in self.buttons.values():
            pressed = group.checkedButton() or next(b for b in group.buttons() if not b.isHidden())
            pressed.setFocus(Qt.FocusReason.TabFocusReason)
            return

    def counts(self) -> tuple[int, int]:
        """How many lines differ, and how many of them are not chosen yet."""
        asked = self._asked()
        return len(asked), sum(self._value(name) is None for name in asked)

    def chosen(self) -> dict[str, Value]:
        """The value of each line that is chosen."""
        return {name: value for name in self._asked() if (value := self._value(name)) is not None}

    def _asked(self) -> list[str]:
        """The lines in which the sides that are meant differ."""
        found, sides = self.comparison, self.included()
        if found is None:
            return []
        units = len({found.records[side].unit for side in sides}) > 1
        return [n for n in self.buttons if (units if n == UNIT_SLOT else self._rows[n].differ(sides))]

    def _value(self, name: str) -> Value:
        side = self.buttons[name].checkedId()
        if self.comparison is None or side < 0:
            return None
        if side == OWN:
            return printable(self.own[name].text()) or None
        if side not in self.included():
            return None
        if name == UNIT_SLOT:
            return self.comparison.records[side].unit
        return duplicates.value_of(self._rows[name].slot, self._rows[name].values[side])

    @property
    def hidden(self) -> list[str]:
        """The fields that are not shown in full."""
        return [f.name for row, _ in self._masked for f in row.slot.shown_fields if f.mask is not Mask.NONE]

    def unmask(self) -> None:
        """Shows hidden values as a whole; that it was asked for has been noted. What is chosen stays."""
        for row, labels in self._masked:
            for label, before, text in zip(
                labels, self._texts(row), self._texts(row, masked=False), strict=True
            ):
                if before and label.text() == before:
                    label.setText(text)
        self._masked = []

    def _note_masked(self, row: Row, labels: list[QLabel]) -> None:
        if any(f.mask is not Mask.NONE for f in row.slot.shown_fields):
            self._masked.append((row, labels))

    def _texts(self, row: Row, *, masked: bool = True) -> list[str]:
        """The words of each side, masked as everywhere; the parts of a group one after the other."""
        codes = self.workbench.codes
        links = self.comparison.links if self.comparison is not None else {}

        def text(field: Field, cell: Cell) -> str:
            if field.kind is Kind.LINK:
                return queries.link_words(field, cell, links)
            return display(field, cell, codes=codes, masked=masked)

        def words(values: Mapping[str, Cell]) -> str:
            said = [(f.label, text(f, values.get(f.name))) for f in row.slot.shown_fields]
            filled = [(label, text) for label, text in said if text]
            if len(filled) < 2:
                return "".join(text for _, text in filled)
            return "；".join(f"{label} {text}" for label, text in filled)

        return [words(values) for values in row.values]

    def _new_row(self) -> int:
        self._next += 1
        return self._next - 1

    def _line(self, label: str, sides: Sequence[QWidget]) -> None:
        at = self._new_row()
        caption = QLabel(label)
        caption.setProperty("muted", True)
        caption.setWordWrap(True)
        for column, widget in enumerate((caption, *sides)):
            self._grid.addWidget(widget, at, column, Qt.AlignmentFlag.AlignTop)

    def _words(self, label: str, texts: Sequence[str]) -> list[QLabel]:
        """A line in which nothing has to be chosen."""
        labels = []
        for side, text in enumerate(texts):
            again = bool(text) and text in texts[:side]
            made = plain("同左" if again else text or "没有填")
            if again or not text:
                made.setProperty("muted", True)
            labels.append(made)
        self._line(label, labels)
        return labels

    def _choice(self, name: str, label: str, texts: Sequence[str], row: Row | None) -> None:
        if self.locked:
            labels = self._words(label, texts)
            if row is not None:
                self._note_masked(row, labels)
            return
        group = QButtonGroup(self)
        self.buttons[name] = group
        labels, sides = [plain(text or "没有填") for text in texts], []
        for side, text in enumerate(texts):
            made = QRadioButton()
            made.setAccessibleName(f"{label}用{self._name(side)}的：{text}")
            if not text:
                made.hide()
            group.addButton(made, side)
            sides.append(_Side(made, labels[side]))
        self._line(label, sides)
        if row is not None:
            self._rows[name] = row
            self._note_masked(row, labels)
        if row is not None and duplicates.joinable_text(row.slot):
            made = QRadioButton("都留着，写成：")
            group.addButton(made, OWN)
            own = QLineEdit("；".join(dict.fromkeys(filter(None, texts))))
            own.setAccessibleName(f"{label}写成")
            own.setMaxLength(row.slot.fields[0].maximum or 32_767)
            own.setCursorPosition(0)  # its beginning is seen
            own.textEdited.connect(lambda _text, made=made: self._write_own(made))
            self.own[name] = own
            at = self._new_row()
            self._grid.addWidget(made, at, 1, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(own, at, 2, 1, len(texts) - 1)
        group.idToggled.connect(lambda _side, on: self.changed.emit() if on else None)

    def _write_own(self, made: QRadioButton) -> None:
        """Whoever types words of his own means them."""
        made.setChecked(True)
        self.changed.emit()


class _Side(QWidget):
    """A round button with words that go on in the next line; a click on the words chooses too."""

    def __init__(self, made: QRadioButton, words: QLabel) -> None:
        super().__init__()
        self._made = made
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(words, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The words belong to the button; a side that says nothing is no choice."""
        if self._made.isHidden():
            return
        self._made.setFocus(Qt.FocusReason.MouseFocusReason)
        self._made.setChecked(True)
        event.accept()
