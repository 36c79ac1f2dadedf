"""Pages one at a time; a page that is taller than the window scrolls, so that no button is ever out of reach."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabWidget, QWidget


class PageStack(QScrollArea):
    """Shows one of its pages as large as the place there is, or as large as the page must be.

    A plain stack asks for the height of the tallest page it holds, shown or not: on a small screen that pushes the
    window over the screen's edge and squeezes what stands beside the stack.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages = QStackedWidget()
        self._pages.setObjectName("form-body")
        self.setWidget(self._pages)
        self._pages.installEventFilter(self)

    @property
    def place(self) -> QWidget:
        """What pages are made in."""
        return self._pages

    def add(self, page: QWidget) -> None:
        """Takes a page in; it is not shown yet."""
        self._pages.addWidget(page)
        page.installEventFilter(self)

    def remove(self, page: QWidget) -> None:
        """Lets a page go."""
        page.removeEventFilter(self)
        self._pages.removeWidget(page)

    def show_page(self, page: QWidget) -> None:
        """Brings a page to the front, from its top."""
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            self.verticalScrollBar().setValue(0)
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        """Whatever there is."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the page in front needs; its height can be scrolled."""
        page = self._pages.currentWidget()
        return QSize(page.minimumSizeHint().width() if page is not None else 0, 120)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What a page shows has changed, and with it how much room it needs."""
        if event.type() == QEvent.Type.LayoutRequest and watched in (
            self._pages,
            self._pages.currentWidget(),
        ):
            self._fit()
        return super().eventFilter(watched, event)

    def bring_into_view(self, widget: QWidget | None) -> None:
        """Scrolls to where the cursor went by itself, as a step of the keyboard does."""
        if widget is None or not shiboken6.isValid(self._pages):
            return  # The window is being taken down.
        page = self._pages.currentWidget()
        if page is not None and page.isAncestorOf(widget):
            self.ensureWidgetVisible(widget, 0, 12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pages follow the window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        page, room = self._pages.currentWidget(), self.viewport().size()
        if page is not None:
            self._pages.resize(room.width(), max(room.height(), page.minimumSizeHint().height()))


class Stack(QStackedWidget):
    """Parts one at a time that ask for no more height than the one in front."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _part: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """What is in front."""
        whole, front = super().minimumSizeHint(), self.currentWidget()
        return QSize(whole.width(), front.minimumSizeHint().height() if front is not None else whole.height())


class Tabs(QTabWidget):
    """Tabs that ask for no more height than the one in front: a tall one would have all the others scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _tab: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """What is in front, and the bar."""
        whole = super().minimumSizeHint()
        heights = [self._least(tab) for tab in range(self.count())]
        front = self._least(self.currentIndex())
        return QSize(whole.width(), whole.height() - max(heights, default=0) + front)

    def _least(self, tab: int) -> int:
        shown = self.widget(tab)
        return max(shown.minimumSizeHint().height(), shown.minimumHeight()) if shown is not None else 0


def lead_to(part: QWidget) -> None:
    """Brings a part into view in all that scrolls around it, once what has changed there has its place."""
    QTimer.singleShot(0, part, lambda: _ensure_visible(part))


def _ensure_visible(part: QWidget) -> None:
    above = [part]
    while (around := above[-1].parentWidget()) is not None:
        above.append(around)
    for each in above:
        # What was shown or hidden around it has asked for its place, and may not have it yet.
        if (layout := each.layout()) is not None:
            layout.activate()
    for each in above:
        if isinstance(each, QScrollArea):
            each.ensureWidgetVisible(part, 0, 24)
