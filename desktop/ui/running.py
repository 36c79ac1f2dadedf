"""Dialogs over the window for a run that takes a while, and for one that cannot be taken back once it is begun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.operations.session import Session
from desktop.ui import spacing
from desktop.ui.notices import Tone
from desktop.ui.parts import Note, button, heading, plain, row, set_primary
from desktop.ui.workbench import Workbench, told_of
from desktop.ui.worker import Task, Ticket

Result = TypeVar("Result")


class RunningDialog(QDialog):
    """Put parts into ``column``; :meth:`run` does the work. Esc stops it, and closes the dialog when nothing runs."""

    def __init__(self, workbench: Workbench, title: str, words: str, stop: str, counted: str = "份") -> None:
        super().__init__(workbench.shell if isinstance(workbench.shell, QWidget) else None)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.workbench = workbench
        self._stop, self._counted = stop, counted
        self._task: Task[Any] | None = None
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        self.problem = Note()
        self.progress = QProgressBar()
        self.progress.setAccessibleName("进度")
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.far = plain(muted=True)
        self.do = button(words, self.submit, "check", primary=True)
        self.cancel = button("取消", self.reject)
        self.inside = QWidget()
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)
        self.head = heading(title, 1)
        self.head.setWordWrap(True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*spacing.DIALOG)
        whole.setSpacing(10)
        for part in (self.head, self.inside, self.problem, self.progress):
            whole.addWidget(part)
        whole.addStretch(1)
        foot = row(self.far, self.cancel, self.do)
        foot.setStretch(0, 1)
        whole.addLayout(foot)
        for made in (self.cancel, self.do):
            made.setAutoDefault(False)

    def submit(self) -> None:
        """Does what the dialog is there for."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        return self._task is not None

    def run(
        self,
        name: str,
        job: Callable[[Session, Ticket], Result],
        then: Callable[[Result], None],
        *,
        step: bool = False,
    ) -> None:
        """Hands the work over; what goes wrong is said here, and what was chosen stays.

        A ``step`` is what 撤消 takes back.
        """
        self.problem.hide()
        self._task = task = self.workbench.write(name, job, then, owner=self, fail=self._failed, step=step)
        task.progressed.connect(lambda done, total, _words: self.told(done, total))
        task.ended.connect(self._ended)
        self.inside.setEnabled(False)
        self.cancel.setText(self._stop)
        self.progress.setRange(0, 0)
        self.show_state()
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self) -> None:
        """What can be done now: called when a run begins and when it has ended."""
        self.progress.setVisible(self.running)
        self.do.setEnabled(not self.running)

    def told(self, done: int, total: int) -> None:
        """How far it is."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.far.setText(f"已办{done}{self._counted}，共{total}{self._counted}")

    def _ended(self) -> None:
        task, self._task = self._task, None
        self.inside.setEnabled(True)
        self.cancel.setEnabled(True)
        self.cancel.setText("取消")
        self.far.clear()
        self.show_state()
        if self.cancel.hasFocus() or self.focusWidget() is None:
            self.at_hand.setFocus(Qt.FocusReason.OtherFocusReason)
        if task is not None and task.ticket.cancelled:
            self.stopped()

    @property
    def at_hand(self) -> QPushButton:
        """The button that has the cursor when a run has ended."""
        return self.do

    def stopped(self) -> None:
        """It was stopped before anything was done."""
        self.problem.say(Tone.PLAIN, "已停止，什么都没有改变。")

    def _failed(self, error: Exception) -> bool:
        problem = told_of(error)
        if problem is None:
            self.reject()
            return False
        self.problem.say(Tone.ERROR, "没有办成，什么都没有改变。", str(problem))
        return True

    def reject(self) -> None:
        """Esc and the cross stop what is being done before they close the dialog."""
        if self._task is not None:
            self._task.cancel()
            self.cancel.setEnabled(False)
            return
        super().reject()


class DeliberateDialog(RunningDialog):
    """About what cannot be taken back: derive from it and answer :meth:`missing`.

    Its buttons are pressed with the mouse or the space bar: what was chosen is not lost by a habit of the hand. Once it
    is begun nothing stops it.
    """

    def __init__(self, workbench: Workbench, title: str, words: str) -> None:
        super().__init__(workbench, title, words, "取消")
        self.setMinimumWidth(680)
        self.do.setProperty("iconname", "trash-2")
        set_primary(self.do, False)

    def missing(self) -> str:
        """What has to be chosen or typed before; nothing when it may be done."""
        raise NotImplementedError

    @property
    def at_hand(self) -> QPushButton:
        """Giving it up."""
        return self.cancel

    def show_state(self) -> None:
        """The button says what it waits for."""
        super().show_state()
        words = self.missing()
        self.do.setEnabled(not words and not self.running)
        self.do.setToolTip(words)
        self.cancel.setEnabled(not self.running)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in a form, Enter moves the cursor on, up to the last field: a button that has it is pressed by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
            if isinstance(self.focusWidget(), QPushButton):
                self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def reject(self) -> None:
        """Esc and the cross do not end what is being done."""
        if not self.running:
            super().reject()


def telling(ticket: Ticket) -> Callable[[int, int], None]:
    """What an operation calls to say how far it is; it raises where the work was given up."""

    def told(done: int, total: int) -> None:
        ticket.check()
        ticket.progress(done, total)

    return told
