"""The navigation at the left: headings with their pages, one heading open at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from desktop.ui import icons, theme
from desktop.ui.registry import Entry, Heading

_KEY = Qt.ItemDataRole.UserRole
_ICON = Qt.ItemDataRole.UserRole + 1
WIDTH = 184


class _Delegate(QStyledItemDelegate):
    """Draws a row: a red bar and red words for the current page, a small arrow at a heading with several pages."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """A heading is a little higher than the pages below it."""
        row = theme.measures().row
        return QSize(WIDTH, row + 2 if not index.parent().isValid() else row)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws by hand, because a tree's own style leaves the indentation of a selected row bare."""
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        page = bool(index.data(_KEY))
        tree = self.parent()
        # Not where the cursor is: arrows move it while the page stays.
        selected = page and isinstance(tree, Navigation) and index.data(_KEY) == tree.shown
        painter.save()
        if selected:
            painter.fillRect(rect, QColor(theme.COLOURS["red-faint"]))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(theme.RED))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.COLOURS["hover"]))
        colour = theme.RED if selected else theme.INK
        left = rect.left() + 14
        if name := index.data(_ICON):
            top = rect.top() + (rect.height() - 18) // 2
            found: QIcon = icons.icon(name, theme.RED if selected else theme.MUTED)
            found.paint(painter, QRect(left, top, 18, 18))
        left += 28
        right = rect.right() - (26 if not page else 6)
        words = QRect(left, rect.top(), right - left, rect.height())
        painter.setPen(QColor(colour))
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if not page:
            opened = isinstance(tree, QTreeWidget) and tree.isExpanded(QModelIndex(index))  # type: ignore[arg-type]
            arrow = icons.icon("chevron-down" if opened else "chevron-right", theme.MUTED)
            arrow.paint(painter, QRect(rect.right() - 22, rect.top() + (rect.height() - 14) // 2, 14, 14))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Active:
            painter.setPen(QColor(theme.FOCUS))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()


class Navigation(QTreeWidget):
    """Says by ``chosen`` which page is wanted; :meth:`show_current` says which one is shown."""

    chosen = Signal(str)

    def __init__(self, headings: Sequence[Heading], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setAccessibleName("导航")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)
        self._items: dict[str, QTreeWidgetItem] = {}
        self.shown = ""
        """The page that stands beside, whatever row the arrows have gone to."""
        for heading in headings:
            self._add(heading)

    def _add(self, heading: Heading) -> None:
        if len(heading.entries) == 1:
            item = self._row(None, heading.entries[0].title, heading.icon, heading.entries[0])
            item.setText(0, heading.title if heading.title in heading.entries[0].title else item.text(0))
            return
        top = self._row(None, heading.title, heading.icon, None)
        for entry in heading.entries:
            self._row(top, entry.title, "", entry)

    def _row(
        self, parent: QTreeWidgetItem | None, title: str, icon: str, entry: Entry | None
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [title]) if parent is not None else QTreeWidgetItem(self, [title])
        item.setData(0, _ICON, icon)
        item.setToolTip(0, title)
        if entry is not None:
            item.setData(0, _KEY, entry.key)
            self._items[entry.key] = item
        return item

    def show_current(self, key: str) -> None:
        """Marks the page that is shown and opens its heading."""
        item = self._items.get(key)
        shown = key if item is not None else ""
        if shown != self.shown:
            self.shown = shown
            self.viewport().update()
        if item is None:
            self.clearSelection()
            return
        self._open(item.parent())
        self.setCurrentItem(item)

    def keys(self) -> list[str]:
        """The keys of all pages, in order."""
        return list(self._items)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a page shows it, on a heading opens the heading with its first page."""
        super().mouseReleaseEvent(event)
        item = self.itemAt(event.position().toPoint())
        if item is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space choose; the arrows move, right and left open and close a heading."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if (item := self.currentItem()) is not None:
                self._choose(item)
            return
        super().keyPressEvent(event)

    def _choose(self, item: QTreeWidgetItem) -> None:
        key = item.data(0, _KEY)
        if key:
            self.chosen.emit(key)
        elif item.isExpanded():
            item.setExpanded(False)
        elif (first := item.child(0)) is not None:
            self._open(item)
            self.chosen.emit(first.data(0, _KEY))

    def _open(self, heading: QTreeWidgetItem | None) -> None:
        for n in range(self.topLevelItemCount()):
            top = self.topLevelItem(n)
            if top is not None:
                top.setExpanded(top is heading)
        # There are more headings than a small screen has room for: the pages of this one come into sight.
        if heading is not None and (last := heading.child(heading.childCount() - 1)) is not None:
            self.scrollToItem(last)
            self.scrollToItem(heading)

    def changeEvent(self, event: QEvent) -> None:
        """Rows follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()
