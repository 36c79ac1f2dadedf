"""A bar that shows how far a share is, with a mark at its target."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui import theme

_HEIGHT = 16
_TRACK = 8


class Bar(QWidget):
    """``share`` of the whole length is filled; ``target`` is where the mark stands, nothing for none."""

    def __init__(self) -> None:
        super().__init__()
        self.share: Fraction | None = None
        self.target: Fraction | None = None
        self.met = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)

    def sizeHint(self) -> QSize:
        """A line high."""
        return QSize(200, _HEIGHT)

    def show_share(self, share: Fraction | None, target: Fraction | None, *, met: bool, words: str) -> None:
        """Shows a share; ``words`` say the same to those who cannot see it."""
        self.share, self.target, self.met = share, target, met
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The track, its filled part, and a small triangle with a line at the target."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width, top = self.width() - 10, (_HEIGHT - _TRACK) / 2 + 2
            track = QRectF(5, top, width, _TRACK)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.LINE))
            painter.drawRoundedRect(track, _TRACK / 2, _TRACK / 2)
            if self.share is None:
                return
            filled = QRectF(track)
            filled.setWidth(width * min(1.0, float(self.share)))
            painter.setBrush(QColor(theme.GOOD if self.met else theme.FOCUS))
            if filled.width() > 0:
                painter.drawRoundedRect(filled, _TRACK / 2, _TRACK / 2)
            if self.target is not None:
                self._draw_target(painter, 5 + width * min(1.0, float(self.target)), top)

    @staticmethod
    def _draw_target(painter: QPainter, x: float, top: float) -> None:
        painter.setBrush(QColor(theme.INK))
        painter.drawPolygon(QPolygonF([QPointF(x - 4, top - 5), QPointF(x + 4, top - 5), QPointF(x, top)]))
        painter.drawRect(QRectF(x - 0.75, top - 1, 1.5, _TRACK + 2))
