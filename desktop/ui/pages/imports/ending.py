"""The import's last two steps: how far it is, and what was done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.operations.imports import telling
from desktop.operations.imports.importing import ImportResult
from desktop.ui import icons, theme
from desktop.ui.parts import Card, heading, plain, row


class BusyStep(QWidget):
    """How far it is, and a way to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.words = heading("", 1)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(theme.measures().average(60))
        self.stop = QPushButton("停止（Esc）")
        column = QVBoxLayout(self)
        center = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        for widget in (self.words, self.bar, self.stop):
            column.addWidget(widget, 0, center)
        column.setSpacing(14)
        column.addStretch(3)

    def begin(self, name: str) -> None:
        """Work begins."""
        self.words.setText(f"正在{name}…")
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        count = f"{done} / {total}行" if total else f"{done}行" if done else ""
        self.words.setText("　".join(filter(None, (f"正在{words}…" if words else "", count))))


class DoneStep(QWidget):
    """What was done, and what can be done now."""

    def __init__(self) -> None:
        super().__init__()
        self.words = heading("", 1)
        self.detail = plain(muted=True)
        self._card = Card()
        sign = QLabel()
        sign.setPixmap(icons.pixmap("circle-check", theme.GOOD, 40))
        center = Qt.AlignmentFlag.AlignHCenter
        self._card.column.addSpacing(20)
        self._card.column.addWidget(sign, 0, center)
        self._card.column.addWidget(self.words, 0, center)
        self._card.column.addWidget(self.detail, 0, center)
        self._buttons = QWidget()
        self._card.column.addWidget(self._buttons, 0, center)
        self._card.column.addSpacing(20)
        self._first: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._card)
        column.addStretch(1)

    def show_result(self, result: ImportResult, offered: list[QPushButton]) -> None:
        """Shows the counts, and the buttons."""
        counts, mend = result.counts, telling.to_mend(result.preview)
        self.words.setText(f"导入完成：新增{counts.new}行，修改{counts.changed}行")
        more = f"\n{mend}。保存退回表，改好后单独再导入，不会重复。" if mend else ""
        self.detail.setText(f"{counts}{more}")
        self.detail.setMinimumWidth(theme.measures().average(90))
        self.detail.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons.deleteLater()
        self._buttons = QWidget()
        self._buttons.setLayout(row(*offered, spacing=10))
        self._card.column.insertWidget(
            self._card.column.count() - 1, self._buttons, 0, Qt.AlignmentFlag.AlignHCenter
        )
        self._first = offered[0]
        self.setFocusProxy(offered[0])
