"""The code of a cover sheet that is scanned on any page: a scanner types like a keyboard, and digits may be commands.

On the page of conflicts they choose a value, and the Enter at the end decides.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from desktop.documents.sheet_code import QR_PREFIX

SHEET = "sheet:"
"""Before a code, where it names the part of a page that takes it."""
_BEGINNING = f"{QR_PREFIX} "
_LINES = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HURRY_MS = 80
"""So fast follow the keys of a scanner; nobody types these four like that. Its first digit may be a command too."""
_OVER_MS = 300
"""A scanner that sends no Enter has ended when it is silent for so long."""


class ScanWatch(QObject):
    """``scanned`` carries a code that came where nothing is typed; what has the cursor hears nothing but its beginning.

    A line shows what it gets, and is left alone.
    """

    scanned = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._at: QWidget | None = None
        self._text = ""
        self._last = 0
        self._reading = False
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(_OVER_MS)
        self._over.timeout.connect(self._end)

    def follow(self, now: QWidget | None) -> None:
        """The cursor is somewhere else."""
        if self._at is not None and shiboken6.isValid(self._at):
            self._at.removeEventFilter(self)
        self._at = None if isinstance(now, _LINES) else now
        if self._at is not None:
            self._at.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hears each key before shortcuts do, and keeps those of a code from whoever would act on them."""
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            self._hear(event)
            if self._reading:
                event.accept()
            return self._reading
        if event.type() != QEvent.Type.KeyPress or not self._reading:
            return False
        if event.key() in _ENTER:
            self._end()
        return True

    def _hear(self, event: QKeyEvent) -> None:
        if not event.text() or event.key() in _ENTER:
            return
        if self._reading:
            self._text += event.text()
            self._over.start()
            return
        late = event.timestamp() - self._last > _HURRY_MS
        self._last = event.timestamp()
        self._text = event.text() if late else (self._text + event.text())[-len(QR_PREFIX) :]
        if self._text.upper() == QR_PREFIX:
            self._reading = True
            self._over.start()

    def _end(self) -> None:
        if self._reading:
            self._over.stop()
            text, self._text, self._reading = self._text, "", False
            if text.upper().startswith(_BEGINNING):
                # The page may go that has the key just now.
                QTimer.singleShot(0, self, lambda: self.scanned.emit(text))
