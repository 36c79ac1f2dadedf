"""Asks whether the computer's date is right, while the save that needs it waits; nothing that was typed is touched."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.records.typed.dates import WEEKDAYS, day_words
from desktop.store.tables.clock import WrongClock
from desktop.ui import icons, spacing, theme

_PATIENCE_S = 5
"""So long the window may be busy before the save is refused; it may be waiting for this very save to end."""


@dataclass
class _Pending:
    """One question on its way to the window and back."""

    problem: WrongClock
    begun: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)
    given_up: bool = False
    right: bool = False


class DateDialog(QDialog):
    """The date in large type. Enter and Esc say that it is wrong: only who has read it goes on."""

    def __init__(self, problem: WrongClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("请看一下日期")
        self.setModal(True)
        self.setMinimumWidth(560)
        sign = QLabel()
        sign.setPixmap(icons.pixmap("triangle-alert", theme.WARNING, 32))
        why = QLabel(problem.sentence)
        why.setWordWrap(True)
        asked = QLabel("今天是这一天吗？")
        day = problem.day
        self.date = QLabel(day_words(day))
        weekday = QLabel(f"星期{WEEKDAYS[day.weekday()]}")
        self.date.setStyleSheet("font-size: 34px")
        for label in (asked, self.date, weekday):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        follows = QLabel(problem.if_right)
        follows.setWordWrap(True)
        follows.setVisible(bool(problem.if_right))
        hint = QLabel(
            "日期会记在每一条记录上，也用来判断两处修改的先后。填好的、选好的都还在，改好日期再来一次就行。"
        )
        hint.setWordWrap(True)
        hint.setProperty("muted", True)
        self.right, self.wrong = QPushButton("日期正确，继续(&Y)"), QPushButton("日期不对，我去改(&N)")
        self.wrong.setDefault(True)
        self.right.setAutoDefault(False)
        self.right.clicked.connect(self.accept)
        self.wrong.clicked.connect(self.reject)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(why, 1)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.right)
        line.addWidget(self.wrong)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(10)
        column.addLayout(top)
        column.addSpacing(4)
        for widget in (asked, self.date, weekday):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addWidget(follows)
        column.addWidget(hint)
        column.addLayout(line)
        self.wrong.setFocus()


class DateQuestion(QObject):
    """Lives in the window's thread; :meth:`ask` is called in the one that saves."""

    _asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.dialog: DateDialog | None = None
        self._home = threading.get_ident()
        self._asked.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def ask(self, problem: WrongClock) -> bool:
        """Whether a person says that the date is right; False when the window cannot ask."""
        pending = _Pending(problem)
        if threading.get_ident() == self._home:
            self._show(pending)
            return pending.right
        self._asked.emit(pending)
        if not pending.begun.wait(_PATIENCE_S):
            pending.given_up = True
            return False
        pending.answered.wait()
        return pending.right

    def _show(self, pending: _Pending) -> None:
        pending.begun.set()
        if pending.given_up:
            return
        window, focus = QApplication.activeWindow(), QApplication.focusWidget()
        self.dialog = DateDialog(pending.problem, window)
        try:
            pending.right = self.dialog.exec() == QDialog.DialogCode.Accepted
        finally:
            self.dialog.deleteLater()
            self.dialog = None
            pending.answered.set()
            # The cursor stands again where it stood.
            if window is not None and shiboken6.isValid(window):
                window.activateWindow()
            if focus is not None and shiboken6.isValid(focus):
                focus.setFocus()
