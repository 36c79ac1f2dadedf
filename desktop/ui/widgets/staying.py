"""Where the cursor is when a button that was pressed cannot be pressed any more, and what Alt with a letter types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

if TYPE_CHECKING:
    from desktop.ui.page import Page


_ALT: Final = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier,
)
"""Not by taking Shift out with ``~``: on Windows some flags of Qt have a negative one, and it takes out nearly all."""


def stay(application: QApplication) -> None:
    """From now on the cursor stays on its page, and Alt with a letter that leads nowhere types nothing."""
    for watcher in (_Stayer(application), _NoLetters(application)):
        application.focusChanged.connect(watcher.moved)


class _Stayer(QObject):
    """Of itself Qt goes on to what follows, which may be the navigation; later nothing leads back to the button."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._button: QAbstractButton | None = None
        self._place: QWidget | None = None

    def moved(self, before: QWidget | None, now: QWidget | None) -> None:
        """The cursor is elsewhere; if its button was disabled or hidden, it goes to what is near."""
        self._forget()
        if not isinstance(before, QAbstractButton) or not shiboken6.isValid(before):
            return
        page = _page_of(before)
        if page is None or not page.isVisible() or (before.isEnabled() and before.isVisible()):
            return
        place = now if now is not None and page.isAncestorOf(now) else _near(before, page)
        if place is not now:
            place.setFocus(Qt.FocusReason.OtherFocusReason)
        self._button, self._place = before, place
        before.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The button can be pressed again: the cursor comes back, if nobody has moved it meanwhile."""
        if event.type() == QEvent.Type.EnabledChange and isinstance(watched, QWidget) and watched.isEnabled():
            waited = QApplication.focusWidget() is self._place
            self._forget()
            if waited and watched.isVisible():
                watched.setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def _forget(self) -> None:
        if self._button is not None and shiboken6.isValid(self._button):
            self._button.removeEventFilter(self)
        self._button = self._place = None


class _NoLetters(QObject):
    """Looks at the keys of the field with the cursor: whoever misses a shortcut must not write into a record."""

    def moved(self, before: QWidget | None, now: QWidget | None) -> None:
        """The cursor is elsewhere."""
        if before is not None and shiboken6.isValid(before):
            before.removeEventFilter(self)
        if now is not None and now.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Shortcuts are over by now. With Ctrl as well it is the key that some keyboards have for further signs."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        return event.modifiers() in _ALT and event.text().isprintable() and bool(event.text())


def _page_of(widget: QWidget) -> Page | None:
    from desktop.ui.page import Page  # loads what the login does not need

    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, Page):
        parent = parent.parentWidget()
    return parent


def _near(button: QAbstractButton, page: Page) -> QWidget:
    """What one reads last before it on its page and presses nothing, else what comes next, else another button.

    Looked for by where it stands. Qt's chain of those that take the cursor is never gone along: PySide makes the
    neighbours that it returns each other's children, and a ring of them hangs on nothing. It ends with the next look
    for cycles, and with it the Python part of what the window still shows.
    """
    places = [
        (isinstance(widget, QAbstractButton), *_distance(button, widget), widget)
        for widget in page.findChildren(QWidget)
        if widget is not button and widget.isVisible() and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]  # fmt: skip
    return min(places, key=lambda place: place[:-1], default=(page,))[-1]


def _distance(button: QWidget, widget: QWidget) -> tuple[bool, int, int]:
    """Whether it comes after the button as one reads, and how many lines and columns lie between them."""
    here, there = (QRect(w.mapToGlobal(QPoint(0, 0)), w.size()) for w in (button, widget))
    down, across = there.center().y() - here.center().y(), there.left() - here.left()
    if here.top() <= there.bottom() and there.top() <= here.bottom():
        return across > 0, 0, abs(across)
    return down > 0, abs(down), abs(across)
