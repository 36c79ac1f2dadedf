"""Enter presses the button that has the cursor, as Space does: of itself Qt does so in dialogs only."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

_DELIBERATE = "deliberate"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def press_by_enter(application: QApplication) -> None:
    """From now on Enter presses the button with the cursor, but in dialogs that have one for it already."""
    presser = _Presser(application)
    application.focusChanged.connect(presser.moved)


def deliberate(button: QPushButton) -> QPushButton:
    """One that Enter does not press: what it does must not come of an Enter that was meant for what was before."""
    button.setProperty(_DELIBERATE, True)
    return button


class _Presser(QObject):
    """Looks at the keys of the one button that has the cursor.

    Of that button only: a key that a window gets may have gone to a line that has just moved the cursor on to a
    button, which would be pressed with it.
    """

    def moved(self, before: QWidget | None, now: QWidget | None) -> None:
        """The cursor is elsewhere."""
        if isinstance(before, QPushButton) and shiboken6.isValid(before):
            before.removeEventFilter(self)
        if isinstance(now, QPushButton) and not now.autoDefault() and not _has_default(now.window()):
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A key that is held down is one press, and it was another's if the cursor came meanwhile."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in _ENTER or not isinstance(watched, QPushButton) or watched.property(_DELIBERATE):
            return False
        if not event.isAutoRepeat():
            watched.click()
        return True


def _has_default(window: QWidget) -> bool:
    buttons = window.findChildren(QPushButton) if isinstance(window, QDialog) else []
    return any(button.isDefault() for button in buttons)
