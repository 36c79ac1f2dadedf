"""What stands where nothing is to be seen: a sentence, and the way on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.ui import icons, theme

_WIDEST = 520


class EmptyState(QWidget):
    """A drawing, a sentence, an explanation and up to two buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture, self.sentence, self._explanation = QLabel(), QLabel(), QLabel()
        self.sentence.setProperty("heading", "1")
        self._explanation.setProperty("muted", True)
        self._explanation.setWordWrap(True)
        self._explanation.setFixedWidth(_WIDEST)
        self.primary, self.secondary = QPushButton(), QPushButton()
        for button in (self.primary, self.secondary):
            button.hide()
        self.stands_out = False
        self._first: Callable[[], None] | None = None
        self._second: Callable[[], None] | None = None
        self.primary.clicked.connect(lambda: self._first() if self._first else None)
        self.secondary.clicked.connect(lambda: self._second() if self._second else None)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.primary)
        buttons.addWidget(self.secondary)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        for label in (self._picture, self.sentence, self._explanation):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(6)
        column.addLayout(buttons)
        column.addStretch(3)

    def _fit(self) -> None:
        self._explanation.setFixedHeight(max(self._explanation.heightForWidth(_WIDEST), 0))

    def changeEvent(self, event: QEvent) -> None:
        """The words follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def show_words(
        self,
        icon: str,
        sentence: str,
        explanation: str = "",
        first: tuple[str, Callable[[], None]] | None = None,
        second: tuple[str, Callable[[], None]] | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        """What to say, and what the buttons do; ``quiet`` where another button of the page is the one to press."""
        self._picture.setPixmap(icons.pixmap(icon, theme.FAINT, 40))
        self.sentence.setText(sentence)
        self._explanation.setText(explanation)
        self._explanation.setVisible(bool(explanation))
        self._fit()
        theme.restyle(self.primary, primary=not quiet)
        for button, offered in ((self.primary, first), (self.secondary, second)):
            button.setVisible(offered is not None)
            button.setText(offered[0] if offered else "")
        self.stands_out = first is not None and not quiet
        self._first = first[1] if first else None
        self._second = second[1] if second else None
