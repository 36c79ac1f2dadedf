"""A page on which a list is worked off: at the left what is open, at the right the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.ui import spacing
from desktop.ui.grid import Col, Grid
from desktop.ui.page import Page
from desktop.ui.parts import Card, button, heading, link, plain, row, scrolling
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench


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
        self.empty = EmptyState()
        self._layers = QStackedWidget()

    def _accepting(self, words: str, do: Callable[[], object]) -> None:
        """The button that decides."""
        self.accept = button(words, do, "check", primary=True)

    def _revealing(self, do: Callable[[], object]) -> None:
        """The link that shows what is hidden, for who may see it; that it was shown is noted first."""
        self.reveal = link("显示隐藏的内容", do)

    def _lay_out(self, top: Sequence[QWidget | QLayout], work: QWidget, buttons: QLayout) -> QScrollArea:
        """Puts everything in its place; what scrolls."""
        card = Card()
        for part in (self.caption, self.question, *top):
            if isinstance(part, QWidget):
                card.column.addWidget(part)
            else:
                card.column.addLayout(part)
        area = scrolling(work, inside_card=True)
        card.column.addWidget(area, 1)
        card.column.addWidget(self.hint)
        card.column.addLayout(buttons)
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
        column.addLayout(above)
        column.addWidget(self._layers, 1)
        return area

    def _show_work(self, there: bool) -> None:
        """The list and the card, or the words that nothing is left."""
        self._layers.setCurrentIndex(0 if there else 1)
