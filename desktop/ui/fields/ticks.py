"""Editors for what is ticked and not typed: yes or no, and several of a list of codes."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from desktop.records.declaration import Field
from desktop.records.typed.values import Parsed
from desktop.records.versions.canonical import Cell
from desktop.ui import theme
from desktop.ui.fields.editors import Editor, line_layout
from desktop.ui.widgets.flow import FlowLayout
from desktop.ui.workbench import Workbench


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
