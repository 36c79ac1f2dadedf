"""Tables whose cells say by a :class:`Look` how they look: model, drawing, and the view for choosing a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.ui import icons, theme
from desktop.ui.widgets.fitted import FittedTable

AnyIndex = QModelIndex | QPersistentModelIndex
LOOK = Qt.ItemDataRole.UserRole + 7
"""The role under which a delegate gets a :class:`Look`."""
_BOX = 16
_NARROW = 90
"""Cells of numbers have no room for a sign before what is wrong in them; their ground is red."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks: words, perhaps a sign, a box to tick (``None`` for no box), and what is wrong with it."""

    words: str = ""
    icon: str = ""
    colour: str = ""
    ticked: bool | None = None
    problem: str = ""
    tip: str = ""
    numeric: bool = False


class LookModel(QAbstractTableModel):
    """A table that is only shown: derive from it and answer :meth:`height`, :meth:`headings` and :meth:`look`."""

    def height(self) -> int:
        """How many rows."""
        raise NotImplementedError

    def headings(self) -> Sequence[str]:
        """The label of each column."""
        raise NotImplementedError

    def look(self, row: int, column: int) -> Look:
        """How a cell looks."""
        raise NotImplementedError

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """How many rows."""
        return 0 if parent.isValid() else self.height()

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """How many columns."""
        return 0 if parent.isValid() else len(self.headings())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Labels above, numbers at the side."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.headings()[section] if orientation is Qt.Orientation.Horizontal else section + 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, look and tool tip of a cell."""
        look = self.look(index.row(), index.column())
        if role == LOOK:
            return look
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return look.words
        return (look.tip or look.words) if role == Qt.ItemDataRole.ToolTipRole else None


class LookDelegate(QStyledItemDelegate):
    """Draws the :class:`Look` of a cell: a box, a sign, words, and what is wrong."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """The ground, then a box or a sign, then the words, then the ring around the current cell."""
        look: Look = index.data(LOOK)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.COLOURS["selection"]))
        elif look.problem:
            painter.fillRect(rect, QColor(theme.COLOURS["error-faint"]))
        left = rect.left() + 8
        if look.ticked is not None:
            box = _BOX if not look.words else 0
            left = rect.center().x() - box // 2 if box else left
            _draw_box(painter, QRect(left, rect.center().y() - _BOX // 2, _BOX, _BOX), look.ticked)
            left += _BOX + 5
        name, colour = ("circle-alert", theme.ERROR) if look.problem else (look.icon, look.colour)
        if name and (rect.width() > _NARROW or not look.problem):
            place = QRect(left, rect.center().y() - 7, 16, 16)
            icons.icon(name, colour).paint(painter, place)
            left += 20
        painter.setPen(QColor(theme.ERROR if look.problem else theme.INK))
        words = QRect(left, rect.top(), max(rect.right() - left - 4, 0), rect.height())
        text = painter.fontMetrics().elidedText(look.words, Qt.TextElideMode.ElideRight, words.width())
        side = Qt.AlignmentFlag.AlignRight if look.numeric else Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | side, text)
        view = self.parent()
        if isinstance(view, QTableView) and view.hasFocus() and view.currentIndex() == index:
            painter.setPen(QPen(QColor(theme.FOCUS), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()


class LookTable(FittedTable):
    """One row is chosen, nothing is typed; derive from it and answer :meth:`fit`."""

    def __init__(self, model: LookModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(LookDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        show_plainly(self)


def show_plainly(view: FittedTable) -> None:
    """One line a row, as high as the text size asks for; Tab leaves the table."""
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setCornerButtonEnabled(False)
    head = view.horizontalHeader()
    head.setHighlightSections(False)
    head.setMinimumSectionSize(24)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.take_measures()


def _draw_box(painter: QPainter, rect: QRect, ticked: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.FOCUS if ticked else theme.EDGE))
    painter.setBrush(QColor(theme.FOCUS if ticked else theme.SURFACE))
    # Half a pixel in, so that the edge is one full pixel and not two faint ones.
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if ticked:
        icons.icon("check", theme.SURFACE).paint(painter, rect.adjusted(1, 1, -1, -1))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
