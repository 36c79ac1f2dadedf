"""Deciding a fork: was a laptop restored, or are there two of them, and then which of the two counts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from desktop.operations.stations import forks
from desktop.operations.stations.forks import Kind, OpenFork
from desktop.ui.decision import Decision
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.words import may_decide
from desktop.ui.parts import Note, button, plain, row
from desktop.ui.workbench import Workbench

EXAMPLES = ("电话里说恢复过备份", "电话里说拷到了另一台电脑")
Answer = tuple[Kind, bool]
"""What happened, and whether what waits is kept instead of what counts."""

_ANSWERS: tuple[tuple[Answer, str, str], ...] = (
    (
        (Kind.RESTORED, False),
        "恢复过备份的同一台电脑(&R)",
        "先收到的照算；恢复以后写的不会丢：它收到下一个回执就换新编号，再上报一次就收下。",
    ),
    (
        (Kind.COPIED, False),
        "复制成了两台，先收到的那台照用(&F)",
        "先收到的照算，后收到的不收；另一台要重新办理入网，它写的内容要在新入网后重新填写。",
    ),
    (
        (Kind.COPIED, True),
        "复制成了两台，后收到的那台照用(&L)",
        "后收到的改为计入，先收到的那几项不再计入；写先收到那几项的电脑要重新办理入网。",
    ),
)


class Deciding(QWidget):
    """``busy_changed`` tells that room is needed, ``decided`` that a receipt is to be written next.

    Who is not above is told who decides.
    """

    busy_changed = Signal(bool)
    decided = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self._fork: OpenFork | None = None
        self.begin = button("问清了，来定…", self._begin, "check", primary=True)
        self.theirs = plain(muted=True)
        self.note = Note()
        self.decision = Decision(workbench, "定下来", EXAMPLES)
        self.answers = QButtonGroup(self)
        for number, (_, words, consequence) in enumerate(_ANSWERS):
            made = QRadioButton(words)
            made.setAccessibleDescription(consequence)
            said = plain(consequence, muted=True)
            said.setContentsMargins(26, 0, 0, 4)
            self.answers.addButton(made, number)
            self.decision.choices.addWidget(made)
            self.decision.choices.addWidget(said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.note)
        column.addLayout(row(self.begin, self.theirs, 1))
        column.addWidget(self.decision)
        self.answers.idToggled.connect(lambda _number, _on: self._chosen())
        self.decision.decided.connect(self._decide)
        self.decision.closed.connect(self._closed)

    def choose(self, fork: OpenFork | None, *, decidable: bool) -> None:
        """Another fork, and whether this computer is above the one that has it."""
        if fork is None or self._fork is None or fork != self._fork:
            self.decision.close_it() if not self.decision.isHidden() else None
        self._fork = fork
        self.begin.setVisible(decidable and self.decision.isHidden())
        self.begin.setEnabled(may_decide(self.workbench))
        self.theirs.setVisible(fork is not None and not decidable)
        right = "由管这台电脑的上级来定，定了以后随数据包下来。"
        self.theirs.setText(
            right if may_decide(self.workbench) else self.workbench.denied("由本单位的汇总员或管理员来定。")
        )

    @property
    def answer(self) -> Answer | None:
        """What is chosen."""
        number = self.answers.checkedId()
        return _ANSWERS[number][0] if number >= 0 else None

    def _begin(self) -> None:
        fork = self._fork
        if fork is None:
            return
        self.note.hide()
        self.answers.setExclusive(False)
        for made in self.answers.buttons():
            made.setChecked(False)
        self.answers.setExclusive(True)
        self.begin.hide()
        self.busy_changed.emit(True)
        self.decision.ask(f"“{fork.author}”的电脑：电话里问清了是哪一种？", "", "")
        self.decision.words.hide()
        self._chosen()
        self.answers.buttons()[0].setFocus()

    def _chosen(self) -> None:
        answer, fork = self.answer, self._fork
        self.decision.set_ready(ready=answer is not None)
        if answer is not None and fork is not None:
            words, consequence = next((w, c) for a, w, c in _ANSWERS if a == answer)
            said = words.partition("(&")[0]
            self.decision.say("", f"要定为“{said}”吗？\n{consequence}")

    def _decide(self, reason: str) -> None:
        fork, answer = self._fork, self.answer
        if fork is None or answer is None:
            return
        kind, keep_waiting = answer
        self.workbench.write(
            f"定重号：{fork.author}",
            lambda session, _ticket: forks.decide(
                session, fork.station, fork.incarnation, kind, keep_waiting=keep_waiting, note=reason
            ),
            lambda _changes: self._done(fork, kind),
            owner=self,
            fail=self.decision.failed,
        )

    def _done(self, fork: OpenFork, kind: Kind) -> None:
        self.decision.close_it()
        after = (
            "它收到以后会换新编号，再上报一次。"
            if kind is Kind.RESTORED
            else "复制的那一台收到以后，会提示重新办理入网。"
        )
        self.decided.emit()
        self.workbench.shell.tell(Tone.GOOD, f"“{fork.author}”的重号已经定了。请把下一个回执交给它：{after}")

    def _closed(self) -> None:
        self.begin.setVisible(self._fork is not None)
        self.busy_changed.emit(False)
