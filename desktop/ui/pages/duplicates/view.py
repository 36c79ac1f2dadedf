"""Two records side by side: what both say, what only one says, and what has to be chosen, a line each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QRadioButton, QWidget

from desktop.operations import duplicates
from desktop.operations.duplicates import Comparison, Row
from desktop.records.canonical import Cell
from desktop.records.declaration import UNIT_SLOT, RecordType
from desktop.records.typed_numbers import printable
from desktop.records.values import display
from desktop.ui.pages.parts import empty_layout, heading, plain
from desktop.ui.pages.sync.preview import short_label
from desktop.ui.workbench import Workbench

LEFT, RIGHT, OWN = 0, 1, 2
_LABEL_WIDTH = 120
Value = Cell | Mapping[str, Cell]


class SideBySide(QWidget):
    """The lines of a comparison; ``changed`` tells that something else is chosen."""

    changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.comparison: Comparison | None = None
        self.buttons: dict[str, QButtonGroup] = {}
        self.own: dict[str, QLineEdit] = {}
        self._rows: dict[str, Row] = {}
        self._grid = QGridLayout(self)
        self._next = 0
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)

    def clear(self) -> None:
        """Shows nothing."""
        self.comparison = None
        self.buttons, self.own, self._rows = {}, {}, {}
        empty_layout(self._grid)
        # A layout keeps the rows that it had and what was said of them.
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._next = 0

    def show_comparison(self, record_type: RecordType, found: Comparison) -> None:
        """Shows two records: first what has to be chosen, then what hangs on them, then what only one says."""
        self.clear()
        self.comparison = found
        self._line("", heading("左边"), heading("右边"))
        if found.records[0].unit != found.records[1].unit:
            self._choice(UNIT_SLOT, "所属单位", found.units, None)
        differing = [r for r in found.rows if r.differ]
        for row in differing:
            self._choice(row.slot.name, row.slot.label, self._texts(row), row)
        hanging = [name for name in self.workbench.types if any(name in side for side in found.hanging)]
        for name in hanging:
            counts = tuple(f"{side.get(name, 0)}条" if side.get(name) else "没有" for side in found.hanging)
            self._words(f"名下的{short_label(self.workbench.types[name].label)}", (counts[0], counts[1]))
        for row in found.rows:
            if not row.differ:
                self._words(row.slot.label, self._texts(row))
        self._grid.setRowStretch(self._next, 1)

    def start(self) -> None:
        """Puts the cursor on the first line that has to be chosen."""
        for group in self.buttons.values():
            pressed = group.checkedButton() or group.button(LEFT)
            pressed.setFocus(Qt.FocusReason.TabFocusReason)
            return

    def counts(self) -> tuple[int, int]:
        """How many lines differ, and how many of them are not chosen yet."""
        return len(self.buttons), sum(self._value(name) is None for name in self.buttons)

    def chosen(self) -> dict[str, Value]:
        """The value of each line that is chosen."""
        found: dict[str, Value] = {}
        for name in self.buttons:
            value = self._value(name)
            if value is not None:
                found[name] = value
        return found

    def _value(self, name: str) -> Value:
        side = self.buttons[name].checkedId()
        if self.comparison is None or side < 0:
            return None
        if name == UNIT_SLOT:
            return self.comparison.records[side].unit
        if side == OWN:
            return printable(self.own[name].text()) or None
        return duplicates.value_of(self._rows[name].slot, self._rows[name].values[side])

    def _texts(self, row: Row) -> tuple[str, str]:
        """The words of both sides, masked as everywhere; the parts of a group one after the other."""
        codes = self.workbench.codes

        def words(values: Mapping[str, Cell]) -> str:
            shown = row.slot.shown_fields
            said = [(f.label, display(f, values.get(f.name), codes=codes, masked=True)) for f in shown]
            filled = [(label, text) for label, text in said if text]
            if len(filled) < 2:
                return "".join(text for _, text in filled)
            return "；".join(f"{label} {text}" for label, text in filled)

        return words(row.values[0]), words(row.values[1])

    def _new_row(self) -> int:
        self._next += 1
        return self._next - 1

    def _line(self, label: str, left: QWidget, right: QWidget) -> None:
        at = self._new_row()
        caption = QLabel(label)
        caption.setProperty("muted", True)
        caption.setWordWrap(True)
        for column, widget in enumerate((caption, left, right)):
            self._grid.addWidget(widget, at, column, Qt.AlignmentFlag.AlignTop)

    def _words(self, label: str, texts: tuple[str, str]) -> None:
        same = texts[0] == texts[1]
        left, right = plain(texts[0] or "没有填"), plain("同左" if same else texts[1] or "没有填")
        for widget, text in ((left, texts[0]), (right, "" if same else texts[1])):
            if not text:
                widget.setProperty("muted", True)
        self._line(label, left, right)

    def _choice(self, name: str, label: str, texts: tuple[str, str], row: Row | None) -> None:
        group = QButtonGroup(self)
        self.buttons[name] = group
        if row is not None:
            self._rows[name] = row
        sides = []
        for side, text in enumerate(texts):
            made = QRadioButton()
            made.setAccessibleName(f"{label}用{'左右'[side]}边的：{text}")
            group.addButton(made, side)
            sides.append(_Side(made, plain(text)))
        self._line(label, *sides)
        if row is not None and duplicates.joinable_text(row.slot):
            made = QRadioButton("都留着，写成：")
            group.addButton(made, OWN)
            words = QLineEdit("；".join(texts))
            words.setAccessibleName(f"{label}写成")
            words.setMaxLength(row.slot.fields[0].maximum or 32_767)
            words.textEdited.connect(lambda _text, made=made: self._write_own(made))
            self.own[name] = words
            at = self._new_row()
            self._grid.addWidget(made, at, 1, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(words, at, 2)
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
        """The words belong to the button."""
        self._made.setFocus(Qt.FocusReason.MouseFocusReason)
        self._made.setChecked(True)
        event.accept()
