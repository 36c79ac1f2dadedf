"""A line to choose from a list by typing: the list stands below and follows what is typed.

The cursor never leaves the line, and the list is no window of its own, so that Chinese input works while it is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.ui import icons, theme
from desktop.ui.widgets.choices import nothing_found
from desktop.ui.widgets.overlay import Overlay
from desktop.ui.widgets.wrapping import WrappingLine

_OPTION = Qt.ItemDataRole.UserRole
_MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class Option:
    """One line of the list. A ``branch`` leads to further options instead of being chosen itself."""

    key: str
    words: str
    detail: str = ""
    branch: bool = False


class Source(Protocol):
    """Where options come from; ``then`` may be called at once or later, the newest question counts."""

    def look_up(self, text: str, then: Callable[[Sequence[Option]], None]) -> None:
        """The options for what is typed; for no text, those to browse."""
        ...

    def browse(self, option: Option) -> None:
        """Browses below a branch from now on."""
        ...


class _Delegate(QStyledItemDelegate):
    """The words at the left, the detail muted at the right, an arrow at a branch."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws the detail over what the style draws."""
        super().paint(painter, option, index)
        shown = index.data(_OPTION)
        if not isinstance(shown, Option) or not (shown.detail or shown.branch):
            return
        rect: QRect = option.rect.adjusted(8, 0, -10, 0)
        painter.save()
        painter.setPen(QColor(theme.MUTED))
        used = painter.fontMetrics().horizontalAdvance(shown.words) + 24
        words = "›" if shown.branch else shown.detail
        room = rect.width() - used
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.restore()


class PickList(Overlay):
    """The list below a line."""

    taken = Signal(object)

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor)
        self.setObjectName("card")
        self.list = QListWidget()
        self.list.setObjectName("pick-list")
        self.list.setAccessibleName("可选内容")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.itemClicked.connect(lambda item: self.taken.emit(item.data(_OPTION)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)

    def wanted_size(self) -> QSize:
        """Up to ten lines, as wide as their words."""
        metrics = self.list.fontMetrics()
        options = [self.option(n) for n in range(self.list.count())]
        width = max((metrics.horizontalAdvance(o.words + "　　" + o.detail) for o in options), default=0) + 60
        lines = min(max(len(options), 1), _MOST_LINES)
        return QSize(min(width, 560), lines * theme.measures().row + 10)

    def option(self, number: int) -> Option:
        """The option in a line."""
        found: Option = self.list.item(number).data(_OPTION)
        return found

    def show_options(self, options: Sequence[Option], nothing: str) -> None:
        """Fills the list; ``nothing`` is said when it is empty."""
        self.list.clear()
        for option in options:
            item = QListWidgetItem(option.words)
            item.setData(_OPTION, option)
            item.setToolTip(f"{option.words}　{option.detail}".strip())
            self.list.addItem(item)
        if not options:
            item = QListWidgetItem(nothing)
            item.setData(_OPTION, Option("", nothing))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)

    def current(self) -> Option | None:
        """The highlighted option."""
        item = self.list.currentItem()
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return None
        found: Option = item.data(_OPTION)
        return found

    def walk(self, lines: int) -> None:
        """Highlights another line."""
        count = self.list.count()
        if count:
            self.list.setCurrentRow(min(max(self.list.currentRow() + lines, 0), count - 1))


class PickEdit(WrappingLine):
    """``picked`` carries the option that was chosen, or nothing when the line was emptied."""

    picked = Signal(object)
    taken_by_enter = Signal()
    hurried = Signal()
    """Somebody has gone on before the answer was there."""

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self.option: Option | None = None
        self._made_list: PickList | None = None
        self._asked = 0
        self._unanswered = self._gone_on = self._by_key = False
        self._arrow = QToolButton(self)
        self._arrow.setIcon(icons.icon("chevron-down", theme.MUTED))
        self._arrow.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._arrow.setCursor(Qt.CursorShape.ArrowCursor)
        self._arrow.setAccessibleName("打开列表")
        self._arrow.clicked.connect(self._toggle)
        self.setTextMargins(0, 0, 22, 0)
        self.textEdited.connect(self._typed)

    # -- value -----------------------------------------------------------------------------------------------------

    def show_option(self, option: Option | None) -> None:
        """Shows an option, or nothing, without telling anybody."""
        self.option = option
        self.setText(option.words if option else "")
        self.setCursorPosition(0)

    def show_words(self, text: str) -> None:
        """Shows typed words that are no option."""
        self.option = None
        self.setText(text)

    @property
    def is_open(self) -> bool:
        """Whether the list is open."""
        return self._made_list is not None and self._made_list.isVisible()

    @property
    def awaits(self) -> bool:
        """Whether what was typed is being looked up: a list that is open then is the answer to fewer letters."""
        return self._unanswered and self.option is None and bool(self.text().strip())

    @property
    def is_choosing(self) -> bool:
        """Whether somebody is still at it: what is typed so far is no mistake yet."""
        may_take = self.is_open and self.pick_list.current() is not None
        return self.hasFocus() and self.option is None and (self.awaits or may_take)

    @property
    def pick_list(self) -> PickList:
        """The list below, which is made when it is first needed: most lines of a form are never opened."""
        if self._made_list is None:
            self._made_list = PickList(self)
            self._made_list.taken.connect(self._take)
        return self._made_list

    # -- the list --------------------------------------------------------------------------------------------------

    def open_list(self, text: str = "", *, by_key: bool = False) -> None:
        """Asks for options and shows them when they are there; who comes ``by_key`` is on the first."""
        if self.isReadOnly() or not self.isEnabled():
            return
        self._asked += 1
        self._unanswered, self._gone_on, self._by_key = True, False, by_key
        number = self._asked
        self._source.look_up(text, lambda options: self._found(number, text, options))

    def _found(self, number: int, text: str, options: Sequence[Option]) -> None:
        if number != self._asked:
            return
        self._unanswered, gone_on = False, self._gone_on
        meant = _meant(text, options) if gone_on else None
        if meant is not None:
            self._take(meant)
            if self.hasFocus():
                self.taken_by_enter.emit()
        elif self.hasFocus():
            self.pick_list.show_options(options, nothing_found(text))
            current = self.option.key if self.option else ""
            first = 0 if text or self._by_key else -1
            row = next((n for n, o in enumerate(options) if o.key == current), first)
            self.pick_list.list.setCurrentRow(row)
            self.pick_list.open_below()

    def _go_on(self) -> None:
        """Enter or Tab came before the answer: what is meant without doubt is taken when it is there."""
        self._gone_on = True
        self.hurried.emit()

    def close_list(self) -> None:
        """Closes it; an answer that is still on the way opens nothing."""
        self._asked += 1
        self._unanswered = self._gone_on = False
        if self._made_list is not None:
            self._made_list.close_overlay()

    def _toggle(self) -> None:
        if self.is_open:
            self.close_list()
        else:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.open_list()

    def _typed(self, text: str) -> None:
        self.option = None
        if text.strip():
            self.open_list(text)
        else:
            self.close_list()
            self.picked.emit(None)

    def _take(self, option: Option) -> None:
        if option.branch:
            self._source.browse(option)
            self.open_list()
            return
        self.show_option(option)
        self.close_list()
        self.picked.emit(option)

    def settle(self) -> bool:
        """Takes the highlighted option, if the list is open with one that can be chosen; whether it did so."""
        option = self.pick_list.current() if self.is_open else None
        if option is None:
            self.close_list()
            return False
        self._take(option)
        return not option.branch

    # -- keys ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows walk through the list, Enter takes from it, Esc closes it, down and F4 open it at its first."""
        key = event.key()
        if self.awaits and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_on()
            return
        if self.is_open:
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _MOST_LINES,
                Qt.Key.Key_PageUp: -_MOST_LINES,
            }
            if key in steps:
                self.pick_list.walk(steps[Qt.Key(key)])
                return
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.pick_list.current() is not None:
                if self.settle():
                    self.taken_by_enter.emit()
                return
            if key == Qt.Key.Key_Escape:
                self.close_list()
                return
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_F4):
            self.open_list(by_key=True)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click opens the list, as a combo box does."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.is_open and not self.text():
            self.open_list()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving by Tab takes what is highlighted after typing; leaving by mouse only closes the list."""
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self.awaits:
            if self._made_list is not None:
                self._made_list.close_overlay()
            self._go_on()
            super().focusOutEvent(event)
            return
        if self.is_open and by_key and self.option is None and self.text().strip():
            option = self.pick_list.current()
            if option is not None and not option.branch:
                self._take(option)
        self.close_list()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The arrow stands at the right end."""
        super().resizeEvent(event)
        side = min(self.height() - 4, 22)
        self._arrow.setGeometry(self.width() - side - 3, (self.height() - side) // 2, side, side)

    def setReadOnly(self, locked: bool) -> None:
        """A locked line has no arrow."""
        super().setReadOnly(locked)
        self._arrow.setVisible(not locked)


def _meant(text: str, options: Sequence[Option]) -> Option | None:
    """The only option, or the only one that is called so; nobody has seen the list yet."""
    called = options if len(options) == 1 else [option for option in options if option.words == text.strip()]
    return called[0] if len(called) == 1 and not called[0].branch else None
