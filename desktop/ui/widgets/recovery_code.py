"""The recovery code as it is shown, once and to be copied by hand; whoever has it and the computer reads everything."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.ui import theme

WHY = (
    "请把下面的恢复码抄在纸上，锁在抽屉里，不要存在这台电脑里：\n"
    "忘了口令时，用它打开并换新口令。它只显示这一次；谁拿到它和电脑，谁就能看全部数据。"
)
COPIED = "恢复码已经抄在纸上，和电脑分开放(&K)"


class RecoveryCode(QFrame):
    """Two lines of three groups in large even type, and what a person may mistake in them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.text = QLabel()
        size = theme.measures().text + 12
        self.text.setStyleSheet(f"font-family: monospace; font-size: {size}px; letter-spacing: 2px;")
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setAccessibleName("恢复码")
        hint = QLabel("共6组，每组5个字符；里面没有数字0、1和字母O、I、L。")
        hint.setProperty("muted", True)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(10)
        column.addWidget(self.text)
        column.addWidget(hint)

    def show_code(self, code: str) -> None:
        """The six groups of a code, or nothing."""
        groups = code.split("-")
        self.text.setText("\n".join("  ".join(groups[at : at + 3]) for at in (0, 3)).strip())
        # A dialog with lines that wrap would rather cut this text than grow.
        self.text.ensurePolished()
        self.text.setMinimumHeight(self.text.sizeHint().height())
