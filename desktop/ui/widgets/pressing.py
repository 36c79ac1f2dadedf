"""Enter presses the button that has the cursor, as Space does: of itself Qt does so in dialogs only."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget


def press_by_enter(application: QApplication) -> None:
    """From now on Enter presses the button with the cursor, but in dialogs that have one for it already.

    The button takes the key itself. A key that a window gets may have gone to a line that has just moved the cursor on
    to a button, which would be pressed with it.
    """
    application.focusChanged.connect(_moved)


def _moved(before: QWidget | None, now: QWidget | None) -> None:
    if isinstance(before, QPushButton) and shiboken6.isValid(before) and before.property("pressed-by-enter"):
        # In a dialog the button would go on to be what Enter in a line presses.
        before.setAutoDefault(False)
    if isinstance(now, QPushButton) and not now.autoDefault() and not _has_default(now.window()):
        now.setAutoDefault(True)
        now.setProperty("pressed-by-enter", True)


def _has_default(window: QWidget) -> bool:
    buttons = window.findChildren(QPushButton) if isinstance(window, QDialog) else []
    return any(button.isDefault() for button in buttons)
