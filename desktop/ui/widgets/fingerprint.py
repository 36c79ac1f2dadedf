"""The words of a fingerprint, to be read out and compared over the telephone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.sync.signed.words import WORDS, Fingerprint
from desktop.ui import theme
from desktop.ui.parts import row
from desktop.ui.widgets.flow import FlowLayout

_BETWEEN = 20
"""Pixels between two words."""


class Words(QFrame):
    """A fingerprint, large enough to be read out over the telephone: six words, then six digits.

    They stand in one line where it has room and go on in the next where it has none: what is compared is seen whole.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("side")
        self._words = [QLabel() for _ in range(WORDS)]
        self._digits = QLabel()
        font = QFont(self.font())
        font.setPixelSize(theme.measures().text + 8)
        # A word that is cut off would be compared all the same: its room is kept before it is known.
        room = QFontMetrics(font)
        frame = self._frame = QVBoxLayout(self)
        frame.setContentsMargins(16, 8, 16, 8)
        line = self._line = FlowLayout(spacing=_BETWEEN)
        frame.addLayout(line)
        for number, label in enumerate([*self._words, self._digits]):
            last = label is self._digits
            mark = QLabel("数字" if last else str(number + 1))
            for name in ("muted", "small"):
                mark.setProperty(name, True)
            both = QWidget()
            pair = row(mark, label, spacing=6)
            pair.setContentsMargins(0, 0, 0, 0)
            both.setLayout(pair)
            label.setFont(font)
            label.setMinimumWidth(room.horizontalAdvance("000 0000" if last else "番茄茄"))
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line.addWidget(both)

    def show_words(self, found: Fingerprint) -> None:
        """Shows a fingerprint."""
        for label, word in zip(self._words, found.words, strict=True):
            label.setText(word)
        self._digits.setText(f"{found.digits[:3]} {found.digits[3:]}")
        self.setAccessibleName(str(found))

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [
            item.sizeHint() for n in range(self._line.count()) if (item := self._line.itemAt(n)) is not None
        ]
        inside = sum(size.width() for size in sizes) + _BETWEEN * (len(sizes) - 1)
        around = self._frame.contentsMargins() + self.contentsMargins()
        return QSize(
            inside + around.left() + around.right(),
            max(size.height() for size in sizes) + around.top() + around.bottom(),
        )

    @property
    def shown(self) -> str:
        """All in one line, as it is read out."""
        return " ".join(label.text() for label in (*self._words, self._digits))
