"""Saying what counts: what it does, the reason for it, and one more question before it is said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.parts import Card, Note, button, link, plain, row
from desktop.ui.workbench import Workbench

LONGEST_REASON = 200


class Decision(Card):
    """Stands in the page, not in front of it. ``decided`` carries the reason; ``closed`` tells that it has gone.

    ``way_on`` is what the button says; ``examples`` are reasons that a click fills in, ``reaches`` says who
    will read the reason.
    """

    decided = Signal(str)
    closed = Signal()

    def __init__(
        self,
        workbench: Workbench,
        way_on: str,
        examples: Sequence[str] = (),
        reaches: str = "随数据包送到各处，写的人看得到",
    ) -> None:
        super().__init__()
        self.workbench = workbench
        self._question = ""
        self._ready = True
        self.words = plain()
        self.note = Note()
        self.choices = QVBoxLayout()
        self.choices.setSpacing(4)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText(reaches)
        self.reason.setMinimumWidth(280)
        self.reason.setMaximumWidth(560)
        label = QLabel("原因(&Y)")
        label.setBuddy(self.reason)
        self.examples = [link(words, lambda words=words: self._take(words)) for words in examples]  # type: ignore[misc]
        self.way_on = button(way_on, self._ask, primary=True)
        self.cancel = button("取消", self.close_it)
        self._asking = QWidget()
        inner = row(label, self.reason, *self.examples, 1)
        inner.setStretch(1, 100)
        inner.setContentsMargins(0, 0, 0, 0)
        self._asking.setLayout(inner)
        self.column.addWidget(self.words)
        self.column.addWidget(self.note)
        self.column.addLayout(self.choices)
        foot = row(self._asking, 1, self.way_on, self.cancel)
        foot.setStretch(0, 100)
        self.column.addLayout(foot)
        self.reason.textChanged.connect(lambda _text: self._show_state())
        self.reason.returnPressed.connect(self._ask)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.close_it)
        self.hide()

    def ask(self, heading: str, words: str, question: str) -> None:
        """Shows what it does and waits for the reason; ``question`` is asked once more at the end."""
        self._question = question
        self.say_heading(heading)
        self.words.setText(words)
        self.note.say(Tone.PLAIN, "")
        self.reason.clear()
        self._set_asking(asking=True)
        self.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, words: str, question: str) -> None:
        """Other words for another choice."""
        self._question = question
        self.words.setText(words)

    def refuse(self, heading: str, words: str, why: str) -> None:
        """Says why it cannot be done."""
        self.say_heading(heading)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.note.say(Tone.WARNING, why)
        self._set_asking(asking=False)
        self.show()
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_ready(self, *, ready: bool) -> None:
        """Whether what has to be chosen is chosen."""
        self._ready = ready
        self._show_state()

    def _take(self, words: str) -> None:
        """An example is the reason; the cursor goes there, so that Enter goes on instead of choosing it once more."""
        self.reason.setText(words)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def failed(self, error: Exception) -> bool:
        """Shows a problem that the user can act on."""
        told = self.note.refuse(error, "没有完成，什么都没有改变")
        self._show_state()
        return told

    def close_it(self) -> None:
        """Goes away; nothing is said."""
        self.hide()
        self.closed.emit()

    def _set_asking(self, *, asking: bool) -> None:
        self._asking.setVisible(asking)
        self.way_on.setVisible(asking)
        if asking:
            self.words.show()
        self.cancel.setText("取消" if asking else "知道了")
        self._show_state()

    def _show_state(self) -> None:
        given = bool(self.reason.text().strip())
        self.way_on.setEnabled(given and self._ready)
        self.way_on.setToolTip("" if given else "请先写明原因。")

    def _ask(self) -> None:
        """Asks once more, as it reaches every computer."""
        if not self.way_on.isEnabled():
            return
        name = self.way_on.text()
        if self.workbench.dialogs.ask(name, self._question, yes=name, danger=True) is Answer.YES:
            self.way_on.setEnabled(False)
            self.decided.emit(self.reason.text().strip())
