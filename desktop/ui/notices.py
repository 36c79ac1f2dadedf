"""A line that says what happened and what can be done, without stopping anybody; over a page, or in its layout."""

from __future__ import annotations

import enum
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QCursor
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

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
"""For so long the pointer has to rest: a notice does not go from under the hand that aims at it."""
_ASIDE, _ABOVE = 12, 6
_MAY_HIDE = 8
"""So much of the height of a line may be hidden: its words stay readable."""


class NoticeBar(QFrame):
    """Shows one notice at a time; a newer one takes its place. It stays: what is below it would move when it went."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        self.setAccessibleName(words)
        self._action, self._tone = then, tone
        self._button.setText(action)
        self._button.setVisible(bool(action))
        theme.restyle(self, tone=tone.value)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Takes the notice away."""
        self._action = None
        self.hide()

    @property
    def stays(self) -> bool:
        """Whether it waits until somebody closes it."""
        return not self.isHidden() and self._tone in (Tone.WARNING, Tone.ERROR)

    def leave(self) -> None:
        """Takes away what speaks of the page that is left; good news that can be taken back may still be read."""
        if self._tone in (Tone.WARNING, Tone.ERROR) or not self._button.text():
            self.clear()

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()


class FloatingNotice(NoticeBar):
    """A notice that lies over the foot of a page: nothing below it moves, whether it comes or goes.

    Good news goes by itself, bad news stays.

    Where the pointer, the cursor or the red button is at that moment it goes to the head of the page instead: a click
    that was on its way hits what it was meant for, and what is being typed and what comes next stay in sight. It
    returns to the foot once that is free.
    """

    covers = Signal(int)
    """How high the foot of the page is that a notice lies over until somebody closes it; 0 when none does any more."""

    def __init__(self, over: QWidget, *, pointer: Callable[[], QPoint] = QCursor.pos) -> None:
        super().__init__(over)
        self._over = over
        self._pointer = pointer
        self._rested_at: QPoint | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_if_still)
        # How wide the words are in one line is told by another label: whoever asks the one that is shown to wrap and
        # not to wrap has the layout asked for anew, and that asks again, for as long as the notice is there.
        self._one_line = QLabel(self)
        self._one_line.hide()
        self._at_head = False
        self._covered = 0
        self._bars: list[QScrollBar] = []
        """Those by which the cursor can be moved."""
        self._return = QTimer(self)
        self._return.setInterval(_STILL_MS)
        self._return.timeout.connect(self._return_to_foot)
        over.installEventFilter(self)

    def show_notice(
        self, tone: Tone, words: str, action: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """Shows a notice where nobody is at work."""
        self._one_line.setText(words)
        super().show_notice(tone, words, action, then)
        self._timer.stop()
        self._rested_at = None
        if tone in (Tone.PLAIN, Tone.GOOD):
            self._timer.start(_READ_MS)
        foot = self._place(at_head=False)
        self._at_head = self._pointed_at(foot) or self._hides_way_on(foot)
        self._settle()
        self.make_way()

    def _go_if_still(self) -> None:
        before, self._rested_at = self._rested_at, self._pointer()
        if before == self._rested_at:
            self.clear()
        else:
            self._timer.start(_STILL_MS)

    def clear(self) -> None:
        """Takes the notice away."""
        self._timer.stop()
        super().clear()
        self._settle()

    def _hides_way_on(self, place: QRect) -> bool:
        """Whether the button that the page goes on with lies there."""
        return any(
            button.property("primary")
            and button.isVisible()
            and place.intersects(QRect(button.mapTo(self._over, QPoint()), button.size()))
            for button in self._over.findChildren(QPushButton)
        )

    def make_way(self) -> None:
        """Goes to the other end of the page where it would hide the cursor, or where that is scrolled below it."""
        self._follow_scrolling()
        self._step_aside()

    def _follow_scrolling(self) -> None:
        for bar in self._bars:
            if shiboken6.isValid(bar):
                bar.valueChanged.disconnect(self._step_aside)
        self._bars = []
        around = None if self.isHidden() else QApplication.focusWidget()
        while around is not None and around is not self._over:
            if isinstance(around, QAbstractScrollArea):
                self._bars.append(around.verticalScrollBar())
            around = around.parentWidget()
        for bar in self._bars:
            bar.valueChanged.connect(self._step_aside)

    def _step_aside(self) -> None:
        if not self.isHidden() and self._hides_cursor(self.geometry()):
            self._at_head = not self._at_head
            self._settle()

    def _return_to_foot(self) -> None:
        foot = self._place(at_head=False)
        # Not from under the hand that aims at it, either.
        if (
            any(map(self._pointed_at, (foot, self.geometry())))
            or self._hides_cursor(foot)
            or self._hides_way_on(foot)
        ):
            return
        self._at_head = False
        self._settle()

    def _pointed_at(self, place: QRect) -> bool:
        return place.contains(self._over.mapFromGlobal(self._pointer()))

    def _hides_cursor(self, place: QRect) -> bool:
        cursor = QApplication.focusWidget()
        if cursor is None or self.isAncestorOf(cursor) or not self._over.isAncestorOf(cursor):
            return False
        where = _cursor_in(cursor, self._over)
        if 2 * where.height() > self._over.height():
            # What fills the page, as where nothing is to be seen, has the keys, but shows no cursor.
            return False
        return place.adjusted(0, _MAY_HIDE, 0, -_MAY_HIDE).intersects(where)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the size of what it lies over."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._settle()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Larger letters need more room."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._settle()
        return handled

    def _settle(self) -> None:
        if not self.isHidden():
            self.setGeometry(self._place(at_head=self._at_head))
            self.raise_()
        if self.isHidden() or not self._at_head:
            self._return.stop()
        elif not self._return.isActive():
            self._return.start()
        covered = self.height() + 2 * _ABOVE if self.stays and not self._at_head else 0
        if covered != self._covered:
            self._covered = covered
            self.covers.emit(covered)

    def _place(self, *, at_head: bool) -> QRect:
        """As wide as its words in one line, or as the page; then as high as they need."""
        room = self._over.rect().adjusted(_ASIDE, _ABOVE, -_ASIDE, -_ABOVE)
        beside = self.sizeHint().width() - self._words.sizeHint().width()
        width = min(beside + self._one_line.sizeHint().width(), room.width())
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        top = room.top() if at_head else room.bottom() + 1 - height
        return QRect(room.left(), top, width, height)


def _cursor_in(widget: QWidget, over: QWidget) -> QRect:
    """Where somebody types: a cell of a table, a line of a text, all of a small widget; in places of ``over``."""
    rect = widget.rect()
    if isinstance(widget, QAbstractScrollArea):
        spot = widget.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        rect = spot if isinstance(spot, QRect) else QRect()
    return QRect(widget.mapTo(over, rect.topLeft()), rect.size())
