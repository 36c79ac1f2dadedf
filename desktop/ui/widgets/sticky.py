"""A table whose first column of words stays at the left edge when the others are scrolled sideways.

There is one view: the column is painted once more over those that have gone below it, and what the pointer hits there
is that column. A second view laid over the first, as Qt's example has it, would have to be kept in step in everything.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from desktop.ui import theme
from desktop.ui.widgets.fitted import FittedTable

_AT_MOST = 0.6
"""So much of the room it may take; a wider one goes with the others, or little would be left to scroll."""

_GRIP = 4
"""So near to the edge it can be taken hold of."""

_Index = QModelIndex | QPersistentModelIndex


class StickyHeader(QHeaderView):
    """The head of such a table: what is pressed at the left edge is the section that is shown there."""

    def __init__(self, section: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.section = section
        self._held = False
        """Whether the section was pressed there."""
        self._pulled: int | None = None
        """How far from its edge the pointer is that pulls it wider."""
        self.setMouseTracking(True)
        self.sectionResized.connect(self.viewport().update)

    @property
    def edge(self) -> int:
        """How far the section reaches that stays; 0 while it stands in its place."""
        if not 0 <= self.section < self.count() or self.sectionViewportPosition(self.section) >= 0:
            return 0
        width = self.sectionSize(self.section)
        return width if width <= self.viewport().width() * _AT_MOST else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the section over what lies there."""
        super().paintEvent(event)
        if edge := self.edge:
            with QPainter(self.viewport()) as painter:
                self.paintSection(painter, QRect(0, 0, edge, self.height()), self.section)
                _draw_edge(painter, edge, self.height())

    def _there(self, x: float) -> bool:
        return self._held or x < self.edge

    def _shift(self, at: QPointF) -> QPointF:
        """Where the section really is, below the left edge."""
        return at + QPointF(self.sectionViewportPosition(self.section), 0)

    def _moved(self, event: QMouseEvent) -> QMouseEvent:
        at = event.position()
        if not self._there(at.x()):
            return event
        return QMouseEvent(
            event.type(), self._shift(at), event.globalPosition(), event.button(), event.buttons(), event.modifiers()
        )  # fmt: skip

    def _at_edge(self, event: QMouseEvent) -> bool:
        edge = self.edge
        return bool(edge) and abs(event.position().x() - edge) <= _GRIP

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Presses what is shown, or takes hold of its edge."""
        if self._at_edge(event) and event.button() is Qt.MouseButton.LeftButton:
            self._pulled = self.edge - round(event.position().x())
            return
        self._held = event.position().x() < self.edge
        super().mousePressEvent(self._moved(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pulls it, and shows that it can be pulled: the base asks nothing of what is left of the edge."""
        x, free = round(event.position().x()), event.buttons() is Qt.MouseButton.NoButton
        if self._pulled is not None:
            self.resizeSection(self.section, max(x + self._pulled, self.minimumSectionSize()))
        elif free and self._at_edge(event):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif free and x < self.edge:
            self.unsetCursor()
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets it go."""
        if self._pulled is not None:
            self._pulled = None
            return
        moved, self._held = self._moved(event), False
        super().mouseReleaseEvent(moved)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As a press."""
        if not self._at_edge(event):
            super().mouseDoubleClickEvent(self._moved(event))

    def viewportEvent(self, event: QEvent) -> bool:
        """The tool tip says what is shown."""
        if event.type() == QEvent.Type.ToolTip:
            tip = cast(QHelpEvent, event)
            if self._there(tip.x()):
                event = QHelpEvent(tip.type(), self._shift(QPointF(tip.pos())).toPoint(), tip.globalPos())
        return super().viewportEvent(event)


class StickyTable(FittedTable):
    """``sticky`` is the column that stays."""

    def __init__(self, sticky: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sticky = sticky
        self._head = StickyHeader(sticky, self)
        self.setHorizontalHeader(self._head)
        self._head.sectionResized.connect(self.viewport().update)

    def _cell(self, index: _Index) -> QRect:
        """Where the cell of the column that stays is shown."""
        real = super().visualRect(index)
        return QRect(0, real.y(), self._head.edge - self.showGrid(), real.height())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """What is shown there."""
        if 0 <= point.x() < self._head.edge:
            return self.model().index(self.rowAt(point.y()), self._sticky)
        return super().indexAt(point)

    def visualRect(self, index: _Index) -> QRect:
        """Where it is shown."""
        if index.column() == self._sticky and self._head.edge:
            return self._cell(index)
        return super().visualRect(index)

    def scrollTo(
        self, index: _Index, hint: QTableView.ScrollHint = QTableView.ScrollHint.EnsureVisible
    ) -> None:
        """What stays is in view, and nothing else is left below it."""
        bar, edge = self.horizontalScrollBar(), self._head.edge
        before = bar.value()
        super().scrollTo(index, hint)
        if index.column() == self._sticky and edge:
            bar.setValue(before)
        elif index.column() > self._sticky and (edge := self._head.edge):
            hidden = edge - super().visualRect(index).x()
            if hidden > 0:
                bar.setValue(bar.value() - hidden)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """What stays is not moved along with the picture of the others."""
        super().scrollContentsBy(dx, dy)
        if dx:
            self.viewport().update()
            self._head.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the column that stays over what lies there."""
        super().paintEvent(event)
        edge = self._head.edge
        if not edge or not event.rect().intersects(QRect(0, 0, edge + 1, self.height())):
            return
        with QPainter(self.viewport()) as painter:
            painter.setClipRegion(event.region())
            self._paint_column(painter, edge)

    def _paint_column(self, painter: QPainter, edge: int) -> None:
        last = self.rowAt(self.viewport().height() - 1)
        rows = range(max(self.rowAt(0), 0), (self.model().rowCount() if last < 0 else last + 1))
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        usual = option.state & ~QStyle.StateFlag.State_HasFocus
        chosen, current = self.selectionModel(), self.currentIndex()
        for row in rows:
            index = self.model().index(row, self._sticky)
            option.rect, option.state = self._cell(index), usual
            painter.fillRect(option.rect, option.palette.base())
            if chosen.isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if index == current and self.hasFocus():
                option.state |= QStyle.StateFlag.State_HasFocus
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewRow, option, painter, self)
            self.itemDelegateForIndex(index).paint(painter, option, index)
        if rows:
            bottom = option.rect.bottom() + 1
            _draw_edge(painter, edge, bottom)


def _draw_edge(painter: QPainter, edge: int, height: int) -> None:
    painter.setPen(QColor(theme.MUTED))
    painter.drawLine(edge - 1, 0, edge - 1, height)
