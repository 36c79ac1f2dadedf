"""A page on which a list is worked off: at the left what is open, at the right the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.ui import spacing
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.matching import matches
from desktop.ui.page import Act, Page
from desktop.ui.parts import Card, button, heading, link, plain, row, scrolling
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench

_FEW = 10
"""So many are seen at a glance."""
_TO_THE_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
Thing = TypeVar("Thing")


class SiftingPage(Page):
    """``list`` with ``progress`` above it; a card with caption, question, what is to be looked at, and the way on.

    Where nothing is left, ``empty`` stands in the place of both.
    """

    def __init__(
        self, workbench: Workbench, words: str, columns: Sequence[Col], name: str, widths: tuple[int, int]
    ) -> None:
        super().__init__(workbench)
        self.heading, self.progress = heading(words, 1), plain(muted=True)
        self.list = Grid(list(columns), name, wrapping=True)
        self.list.setMinimumWidth(widths[0])
        self.list.setMaximumWidth(widths[1])
        self.caption, self.question = heading("", 1), plain()
        self.caption.setWordWrap(True)
        self.hint = plain(muted=True, small=True)
        self.search = QLineEdit()
        self.search.setPlaceholderText("找其中的几处（Ctrl+F）")
        self.search.setAccessibleName("查找其中的几处")
        self.search.setToolTip("写名称、单位、人名或者哪一项，也可以写拼音首字母")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(260)
        self.search.installEventFilter(self)
        self.search.hide()
        self.found_words = ""
        """How many of them are shown, while some are looked for."""
        self.empty = EmptyState()
        self._layers = QStackedWidget()

    def _accepting(self, words: str, do: Callable[[], object]) -> None:
        """The button that decides."""
        self.accept = button(words, do, "check", primary=True)

    def _revealing(self, do: Callable[[], object]) -> None:
        """The link that shows what is hidden, for who may see it; that it was shown is noted first."""
        self.reveal = link("显示隐藏的内容", do)

    def _lay_out(
        self, links: Sequence[QWidget], top: Sequence[QWidget], work: QWidget, buttons: Sequence[QWidget]
    ) -> QScrollArea:
        """Puts everything in its place; what scrolls. Links and hint stand beside words that are there anyway.

        On a low screen each line of its own would be one of what is looked at.
        """
        card = Card()
        card.column.addWidget(self.caption)
        asked = row(self.question, *links)
        asked.setStretchFactor(self.question, 1)
        card.column.addLayout(asked)
        for part in top:
            card.column.addWidget(part)
        area = scrolling(work, inside_card=True)
        card.column.addWidget(area, 1)
        foot = row(*buttons, self.hint)
        foot.setStretchFactor(self.hint, 1)
        card.column.addLayout(foot)
        halves = QWidget()
        line = QHBoxLayout(halves)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.list, 7)
        line.addWidget(card, 17)
        self._layers.addWidget(halves)
        self._layers.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(8)
        above = row(self.heading, spacing=14)
        above.addWidget(self.progress, 1)
        above.addWidget(self.search)
        column.addLayout(above)
        column.addWidget(self._layers, 1)
        return area

    def _found(self, things: Sequence[Thing], line: Callable[[Thing], Line]) -> list[Thing]:
        """What is looked for among many; all of it where nothing is found, so that nobody takes it for done."""
        text = self.search.text().strip()
        self.search.setVisible(len(things) > _FEW or bool(text))
        found = [t for t in things if not text or any(matches(text, part) for part in _parts(line(t)))]
        self.found_words = "" if not text else f"找到{len(found)}处" if found else "没有找到"
        return found or list(things)

    def _seek(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """Looks for some of many."""
        return {Act.FIND: self._seek} if self.search.isVisible() else {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search the arrow and Enter go to the list, and Esc empties it."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _TO_THE_LIST:
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _show_work(self, there: bool) -> None:
        """The list and the card, or the words that nothing is left."""
        self._layers.setCurrentIndex(0 if there else 1)


def _parts(line: Line) -> list[str]:
    return [*line.texts, *line.tip.splitlines()]
