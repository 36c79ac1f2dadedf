"""Labels and links that show as much of their words as there is room for, and all of them as a tool tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """One line; a long name never widens the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        """A few characters are enough."""
        return QSize(min(super().minimumSizeHint().width(), 60), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the words with an ellipsis where they end too early."""
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        if self.toolTip() != (self.text() if words != self.text() else ""):
            self.setToolTip(self.text() if words != self.text() else "")
        with QPainter(self) as painter:
            painter.setPen(self.palette().windowText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


class ElidedLink(QPushButton):
    """A button that looks like a link and takes the room there is; ``hint`` says what it does."""

    _MARGIN = 4

    def __init__(self, words: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._words, self._hint = words, hint
        self.setProperty("link", True)
        self.setAccessibleName(words)
        self.setToolTip(hint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows what there is room for."""
        super().resizeEvent(event)
        room = self.width() - 2 * self._MARGIN
        words = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        self.setText(words)
        self.setToolTip(self._hint if words == self._words else f"{self._words}\n{self._hint}")
