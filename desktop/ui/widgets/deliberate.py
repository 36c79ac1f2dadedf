"""A dialog about what cannot be taken back: Enter goes on to the next field, and neither does it nor gives it up."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DeliberateDialog(QDialog):
    """Its buttons are pressed with the mouse or the space bar; what was chosen is not lost by a habit of the hand."""

    def without_default(self, *buttons: QPushButton) -> None:
        """These are pressed by no Enter."""
        for button in buttons:
            button.setAutoDefault(False)
            button.setDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in a form, Enter moves the cursor on, up to the last field: a button that has it is pressed by Enter."""
        if event.key() in _ENTER:
            self.focusNextChild()
            if isinstance(self.focusWidget(), QPushButton):
                self.focusPreviousChild()
        else:
            super().keyPressEvent(event)
