"""A list of choices to tick, in a small frame below the button that opened it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.ui import theme
from desktop.ui.widgets.menu_list import MenuList
from desktop.ui.widgets.overlay import Overlay

_SEARCHED_FROM = 10
_ARROWS = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)
_KEY = Qt.ItemDataRole.UserRole
NOTHING_FOUND = "没有找到，换几个字试试"
"""What is said where nothing matches what is typed."""
_NO_INITIALS = "没有找到；请输入汉字，拼音只写各字的首字母"


def nothing_found(text: str) -> str:
    """The same for a text: letters are read as the initials of a name, so a whole syllable finds nothing."""
    return _NO_INITIALS if text.isascii() and text.isalpha() else NOTHING_FOUND


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: what it stands for, its words, and how far it is indented in a tree."""

    key: str
    words: str
    depth: int = 0


class ChoiceOverlay(Overlay):
    """Says by ``chosen`` which keys are ticked, at every tick. ``single`` allows one and closes with it."""

    chosen = Signal(list)

    def __init__(
        self,
        anchor: QWidget,
        choices: Sequence[Choice],
        ticked: Sequence[str],
        *,
        single: bool = False,
        matches: Callable[[str, str], bool] | None = None,
    ) -> None:
        super().__init__(anchor)
        self.setObjectName("card")
        self._single = single
        self._matches = matches or (lambda text, words: text in words)
        self._search = QLineEdit()
        self._search.setPlaceholderText("输入文字或拼音首字母")
        self._search.setAccessibleName("在选项中查找")
        if len(choices) < _SEARCHED_FROM:
            self._search.hide()
        self._search.textChanged.connect(self._filter)
        self._search.installEventFilter(self)
        self.list = MenuList("选项")
        for choice in choices:
            item = QListWidgetItem("　" * choice.depth + choice.words)
            item.setData(_KEY, choice.key)
            item.setToolTip(choice.words)
            if not single:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                on = choice.key in ticked
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.list.addItem(item)
            if choice.key in ticked and self.list.currentRow() < 0:
                self.list.setCurrentItem(item)
        self._nothing = QLabel()
        self._nothing.setProperty("muted", True)
        self._nothing.setContentsMargins(8, 4, 8, 4)
        self._nothing.hide()
        self.list.itemChanged.connect(lambda _item: self._tell())
        self.list.itemPressed.connect(self._pressed)
        self.list.itemClicked.connect(self._clicked)
        self.list.installEventFilter(self)
        clear, done = QPushButton("全部清除"), QPushButton("完成")
        clear.clicked.connect(self._clear)
        done.clicked.connect(self.close_overlay)
        line = QHBoxLayout()
        line.addWidget(clear)
        line.addStretch(1)
        line.addWidget(done)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self._search)
        column.addWidget(self._nothing)
        column.addWidget(self.list)
        column.addLayout(line)
        for button in (clear, done):
            button.setHidden(single)
        self._silent = self._gone_to = self._touched = False
        self._state_before = Qt.CheckState.Unchecked

    def wanted_size(self) -> QSize:
        """As wide as the longest words, as high as the lines, within reason."""
        metrics = self.list.fontMetrics()
        words = (self.list.item(n).text() for n in range(self.list.count()))
        width = max((metrics.horizontalAdvance(w) for w in words), default=0) + 84
        row = theme.measures().row
        height = row * min(self.list.count(), 11) + 24 + (0 if self._single else row + 14)
        return QSize(min(max(width, 200), 560), height + (0 if self._search.isHidden() else row + 8))

    def open_below(self) -> None:
        """Opens with the cursor in the search, or on the list."""
        super().open_below()
        if self.list.currentRow() < 0 and self.list.count():
            self.list.setCurrentRow(0)
        (self.list if self._search.isHidden() else self._search).setFocus(Qt.FocusReason.PopupFocusReason)

    def ticked(self) -> list[str]:
        """The keys that are ticked, in the order of the list."""
        items = (self.list.item(n) for n in range(self.list.count()))
        return [str(i.data(_KEY)) for i in items if i.checkState() is Qt.CheckState.Checked]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows go from the search into the list; Enter takes or finishes; a blank ticks what is found.

        Where nothing is ticked, who has gone to a line with the arrows takes it by Enter too.
        """
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            # In the search some of these keys move in its words.
            down = watched is self._search and event.key() == Qt.Key.Key_Down
            self._gone_to = self._gone_to or down or (watched is self.list and event.key() in _ARROWS)
            if down:
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if watched is self._search and event.key() == Qt.Key.Key_Space and self._tick_found():
                return True
            if watched in (self._search, self.list) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._entered(found=watched is self._search and bool(self._search.text().strip()))
                return True
            if watched is self.list and event.text().strip() and not self._search.isHidden():
                # Whoever types looks for something, also when a click has put the cursor on the lines.
                self._search.setFocus(Qt.FocusReason.OtherFocusReason)
                self._search.insert(event.text())
                return True
        return super().eventFilter(watched, event)

    def _entered(self, *, found: bool) -> None:
        item = self.list.currentItem()
        if self._single:
            if item is not None and not item.isHidden():
                self._clicked(item)
        elif not found:
            went = self._gone_to and not self._touched and not self.ticked()
            if went and item is not None and not item.isHidden():
                item.setCheckState(Qt.CheckState.Checked)
            self.close_overlay()
            self.anchor.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._tick_found()

    def _tick_found(self) -> bool:
        """Ticks the line that is found, or takes its tick away, and is ready for the next words."""
        item = self.list.currentItem()
        if self._single or item is None or item.isHidden():
            return False
        _turn(item)
        self._search.clear()
        self.list.setCurrentItem(item)
        return True

    def _pressed(self, item: QListWidgetItem) -> None:
        self._state_before = item.checkState()

    def _clicked(self, item: QListWidgetItem) -> None:
        if self._single:
            self.close_overlay()
            self.anchor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.chosen.emit([str(item.data(_KEY))])
        elif item.checkState() is self._state_before:
            # A click on the words means the box before them.
            _turn(item)

    def _filter(self, text: str) -> None:
        first: QListWidgetItem | None = None
        wanted = text.strip()
        for n in range(self.list.count()):
            item = self.list.item(n)
            words = item.text().strip()
            shown = not wanted or self._matches(wanted, words)
            item.setHidden(not shown)
            if shown and (first is None or words == wanted):
                first = item
        self._nothing.setText(nothing_found(wanted))
        self._nothing.setVisible(first is None)
        if first is not None:
            self.list.setCurrentItem(first)

    def _clear(self) -> None:
        self._silent = True
        for n in range(self.list.count()):
            self.list.item(n).setCheckState(Qt.CheckState.Unchecked)
        self._silent = False
        self._tell()

    def _tell(self) -> None:
        self._touched = True
        if not self._silent:
            self.chosen.emit(self.ticked())


def _turn(item: QListWidgetItem) -> None:
    on = item.checkState() is Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
