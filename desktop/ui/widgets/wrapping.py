"""A line to type in whose words, when they are too long for it, stand in two or three lines while nobody types."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from desktop.ui import theme

MOST_LINES = 3
_INSIDE = 2
"""What a line to type in keeps free between its margins and its words."""


def laid_out(text: str, font: QFont, width: float) -> QTextLayout:
    """A text in lines of so many pixels: broken where the script allows it, in the middle of a word only if it must."""
    found = QTextLayout(text, font)
    wrapping = QTextOption()
    wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    found.setTextOption(wrapping)
    found.beginLayout()
    y = 0.0
    while (line := found.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y))
        y += line.height()
    found.endLayout()
    return found


def _behind(text: str, units: int) -> str:
    """A text without so many of its beginning as Qt counts: a rare character is two."""
    return text.encode("utf-16-le")[2 * units :].decode("utf-16-le")


class WrappingLine(QLineEdit):
    """A line like any other while the cursor is in it, but as high as all its words need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = 1
        self._measured = False
        self.textChanged.connect(lambda _text: self._fit())

    @property
    def lines(self) -> int:
        """How many lines its words need, up to three."""
        return self._lines

    def sizeHint(self) -> QSize:
        """As high as its words."""
        return self._higher(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        """As high as its words."""
        return self._higher(super().minimumSizeHint())

    def _higher(self, size: QSize) -> QSize:
        return QSize(size.width(), size.height() + (self._lines - 1) * self.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need other lines; before the first one no width is known."""
        super().resizeEvent(event)
        if not self._measured or event.size().width() != event.oldSize().width():
            self._measured = True
            self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """From now on it is drawn as what it is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """All its words are shown again."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the frame and the words in their lines, where they need more than one."""
        if self._lines == 1 or self.hasFocus():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        room = self._room(option)
        layout = laid_out(self.text(), self.font(), room.width())
        spacing = self.fontMetrics().lineSpacing()
        shown = min(layout.lineCount(), MOST_LINES)
        top = room.top() + max(0, room.height() - shown * spacing) // 2
        with QPainter(self) as painter:
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
            painter.setPen(QColor(theme.MUTED if self.isReadOnly() else theme.INK))
            for n in range(shown):
                line = layout.lineAt(n)
                if n == MOST_LINES - 1 and layout.lineCount() > MOST_LINES:
                    rest = _behind(self.text(), line.textStart())
                    words = self.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, room.width())
                    place = QRect(room.left(), top + n * spacing, room.width(), spacing)
                    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
                else:
                    line.draw(painter, QPointF(room.left(), top + n * spacing - line.y()))

    def _fit(self) -> None:
        if not self._measured:
            return
        lines = self._wanted()
        if lines != self._lines:
            self.setToolTip(self.text() if lines > 1 else "")
            self._lines = lines
            self.updateGeometry()
            self.update()
        elif lines > 1:
            self.setToolTip(self.text())

    def _wanted(self) -> int:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        width = self._room(option).width()
        if width <= 0 or self.fontMetrics().horizontalAdvance(self.text()) <= width:
            return 1
        return min(laid_out(self.text(), self.font(), width).lineCount(), MOST_LINES)

    def _room(self, option: QStyleOptionFrame) -> QRect:
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        return inside.marginsRemoved(self.textMargins()).adjusted(_INSIDE, 0, -_INSIDE, 0)
