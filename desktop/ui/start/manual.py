"""The manual before a ledger is open: who cannot get in needs it most."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from desktop.resources import resource
from desktop.ui import spacing
from desktop.ui.help import manual, not_found, style
from desktop.ui.parts import plain, row

_WIDTH = 900


class ManualDialog(QDialog):
    """The whole text, opened at one of its anchors; Esc closes it."""

    def __init__(self, anchor: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("使用手册")
        # As wide as the widest picture in it.
        self.resize(QSize(_WIDTH, parent.height()).boundedTo(self.screen().availableSize()))
        self.text = QTextBrowser()
        self.text.setAccessibleName("使用手册")
        self.text.setOpenExternalLinks(False)
        self.text.setSearchPaths([str(resource("manual"))])
        self.text.setHtml(style() + manual())
        self._anchor = anchor
        self.search = QLineEdit()
        self.search.setPlaceholderText("在手册里查找（Ctrl+F），回车找下一处")
        self.search.setAccessibleName("在手册里查找")
        self.search.setClearButtonEnabled(True)
        self.missing = plain(muted=True)
        self.search.returnPressed.connect(
            lambda: self.missing.setText(not_found(self.text, self.search.text()))
        )
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.search.setFocus)
        close = QPushButton("关闭")
        # Enter in the line above looks for the next place.
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(10)
        for widget in (self.search, self.text):
            column.addWidget(widget)
        foot = row(self.missing, close)
        foot.setStretchFactor(self.missing, 1)
        column.addLayout(foot)

    def open(self) -> None:
        """Shows it; only what is laid out can be scrolled to a place."""
        super().open()
        self.text.setFocus()
        self.text.scrollToAnchor(self._anchor)
