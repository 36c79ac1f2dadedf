"""A small frame over the window, below the widget that opened it, gone with a click elsewhere or Esc.

It is a child of the window and no window of its own: a popup window grabs the keyboard, and Chinese input methods
on Linux do not work through such a grab.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

_MARGIN = 4


class Overlay(QFrame):
    """Derive from it, put in what is to be shown, and call :meth:`open_below`."""

    closed = Signal()

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor.window())
        self.anchor = anchor
        self.hide()
        anchor.destroyed.connect(self.deleteLater)

    def wanted_size(self) -> QSize:
        """How large it would like to be."""
        return self.sizeHint()

    def open_below(self) -> None:
        """Shows itself under the anchor, or over it where there is more room."""
        window = self.anchor.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        top_left = self.anchor.mapTo(window, QPoint(0, 0))
        below = window.height() - (top_left.y() + self.anchor.height()) - _MARGIN
        above = top_left.y() - _MARGIN
        size = self.wanted_size()
        height = min(size.height(), max(below, above))
        width = min(max(size.width(), self.anchor.width()), window.width() - 2 * _MARGIN)
        x = min(top_left.x(), window.width() - width - _MARGIN)
        y = top_left.y() + self.anchor.height() + 2 if height <= below else top_left.y() - height - 2
        self.setGeometry(max(x, _MARGIN), max(y, _MARGIN), width, height)
        self.raise_()
        if self.isHidden():
            self.show()
            application = QApplication.instance()
            if application is not None:
                application.installEventFilter(self)

    def close_overlay(self) -> None:
        """Hides itself."""
        if self.isHidden():
            return
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.hide()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Closes with a press elsewhere, when the window moves on, and with Esc."""
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            if isinstance(watched, QWidget) and not self._is_mine(watched):
                self.close_overlay()
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                # Else the page's own Esc would come first and leave the page.
                event.accept()
                return True
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and isinstance(watched, QWidget) and self._is_mine(watched):
                self.close_overlay()
                self.anchor.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        elif watched is self.window() and kind in (QEvent.Type.Resize, QEvent.Type.Hide):
            self.close_overlay()
        elif watched is self.anchor and kind == QEvent.Type.Hide:
            # Its size may change: a chip grows with what is ticked, and more may be.
            self.close_overlay()
        return False

    def focusNextPrevChild(self, next_: bool) -> bool:
        """Tab goes round within it: what lies behind is not to be worked on before it is closed."""
        stops = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
        ]  # fmt: skip
        if not stops:
            return False
        present = next((n for n, widget in enumerate(stops) if widget.hasFocus()), -1 if next_ else 0)
        reasons = Qt.FocusReason
        wanted = stops[(present + (1 if next_ else -1)) % len(stops)]
        wanted.setFocus(reasons.TabFocusReason if next_ else reasons.BacktabFocusReason)
        return True

    def _is_mine(self, widget: QWidget) -> bool:
        return widget is self or self.isAncestorOf(widget) or widget is self.anchor


def anchor_at(parent: QWidget, rect: QRect) -> QWidget:
    """An unseen widget over a cell or a heading, for a list of choices to open below."""
    anchor = QWidget(parent)
    anchor.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    anchor.setGeometry(rect)
    anchor.show()
    return anchor
