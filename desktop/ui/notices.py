"""One line above a page that says what happened and what can be done, without stopping anybody."""

from __future__ import annotations

import enum
from collections.abc import Callable

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop.ui import icons, theme


class Tone(enum.StrEnum):
    """How it is meant; each has its own icon, so that colour is never the only sign."""

    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


SIGNS = {
    Tone.PLAIN: ("info", theme.FOCUS),
    Tone.GOOD: ("circle-check", theme.GOOD),
    Tone.WARNING: ("triangle-alert", theme.WARNING),
    Tone.ERROR: ("circle-alert", theme.ERROR),
}
_READ_MS = 6_500
_STILL_MS = 1_500
"""For so long the pointer has to rest: the page moves up when a notice goes, from under the hand that aims at it."""


class NoticeBar(QFrame):
    """Shows one notice at a time; a newer one takes its place. Good news goes by itself, bad news stays."""

    def __init__(self, parent: QWidget | None = None, *, pointer: Callable[[], QPoint] = QCursor.pos) -> None:
        super().__init__(parent)
        self._pointer = pointer
        self._rested_at: QPoint | None = None
        self.setObjectName("notice")
        self._sign = QLabel()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = QPushButton()
        self._button.setProperty("link", True)
        self._button.clicked.connect(self._act)
        close = QToolButton()
        close.setIcon(icons.icon("x", theme.MUTED))
        close.setProperty("flat", True)
        close.setAccessibleName("关闭提示")
        close.setToolTip("关闭提示")
        close.clicked.connect(self.clear)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 2, 4, 2)
        for widget in (self._sign, self._words, self._button, close):
            line.addWidget(widget)
        self._action: Callable[[], None] | None = None
        self._tone = Tone.PLAIN
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_if_still)
        self.hide()

    @property
    def words(self) -> str:
        """What is shown now; empty when nothing is."""
        return "" if self.isHidden() else self._words.text()

    def show_notice(
        self, tone: Tone, words: str, action: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """Shows a notice, with one thing that can be done about it."""
        name, colour = SIGNS[tone]
        self._sign.setPixmap(icons.pixmap(name, colour, 18))
        self._words.setText(words)
        self._words.setAccessibleName(words)
        self._action, self._tone = then, tone
        self._button.setText(action)
        self._button.setVisible(bool(action))
        theme.restyle(self, tone=tone.value)
        self.show()
        self._timer.stop()
        self._rested_at = None
        if tone in (Tone.PLAIN, Tone.GOOD):
            self._timer.start(_READ_MS)

    def _go_if_still(self) -> None:
        before, self._rested_at = self._rested_at, self._pointer()
        if before == self._rested_at:
            self.clear()
        else:
            self._timer.start(_STILL_MS)

    def clear(self) -> None:
        """Takes the notice away."""
        self._timer.stop()
        self._action = None
        self.hide()

    def leave(self) -> None:
        """Takes away what speaks of the page that is left; good news that can be taken back may still be read."""
        if self._tone in (Tone.WARNING, Tone.ERROR) or not self._button.text():
            self.clear()

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()
