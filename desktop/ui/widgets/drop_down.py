"""A box to choose one of a few lines from, whose lines are as high as those of every other list."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QWidget


class DropDown(QComboBox):
    """Qt's own delegate of such a box does not know the style sheet: its lines are too low to be hit at ease."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(QStyledItemDelegate(self))
