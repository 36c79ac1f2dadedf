"""Rolling a merge back from the page: what would go, why it cannot go, the reason, the result."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations.session import Session
from desktop.operations.stations import policy, uncounted, withdrawals
from desktop.operations.stations.traffic import MergeLine
from desktop.operations.stations.uncounted import Rollback
from desktop.operations.stations.withdrawals import Withdrawal
from desktop.sync.authority.excluding import WITHDRAWN
from desktop.ui.decision import Decision
from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.uncounted import CONSEQUENCES
from desktop.ui.pages.sync.words import counted, may_decide, to_receipts
from desktop.ui.parts import Note, button, link, moment, row
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

EXAMPLES = ("报错了文件", "内容有误，请重报")


class Withdrawing(QWidget):
    """The buttons for the chosen merge, and what they lead to. ``busy_changed`` tells that room is needed."""

    busy_changed = Signal(bool)
    list_wanted = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self._line: MergeLine | None = None
        self._rollback: Rollback | None = None
        self.withdraw = button("撤回这次合并…", self._look, "undo-2")
        self.restore = button("恢复这次合并…", self._restore, "rotate-ccw")
        self.buttons = row(self.withdraw, self.restore)
        self.note = Note()
        self.decision = Decision(workbench, "撤回这次合并", EXAMPLES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.note)
        column.addWidget(self.decision)
        for part in (self.note, self.decision):
            part.installEventFilter(self)
        self.hide()
        self.decision.decided.connect(self._withdraw)
        self.decision.closed.connect(lambda: self.busy_changed.emit(False))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """With nothing to say it is not there: a layout leaves its distance around what is empty, too."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.setHidden(self.note.isHidden() and self.decision.isHidden())
        return super().eventFilter(watched, event)

    def choose(self, line: MergeLine | None, rollback: Rollback | None) -> None:
        """Another merge, and by which records it is withdrawn, if it is."""
        other = line is None or self._line is None or line.merged.id != self._line.merged.id
        if other:
            self._close()
        if other and line is not None and self._line is not None and not self.note.isHidden():
            # What was said of the one before has been read; what it took the room of comes back.
            self.note.hide()
            self.busy_changed.emit(False)
        self._line, self._rollback = line, rollback
        allowed = may_decide(self.workbench)
        self.withdraw.setVisible(rollback is None)
        self.restore.setVisible(rollback is not None)
        self.withdraw.setEnabled(line is not None and allowed)
        self.restore.setEnabled(rollback is not None and rollback.own and allowed)
        why = "" if allowed else self.workbench.denied("由本单位的汇总员或管理员来做。")
        self.withdraw.setToolTip(why or ("" if line is not None else "先在表里选一次合并。"))
        theirs = rollback is not None and not rollback.own
        self.restore.setToolTip(why or ("这是上级撤回的，要由上级恢复。" if theirs else ""))

    def _close(self) -> None:
        if not self.decision.isHidden():
            self.decision.close_it()

    # -- withdrawing -----------------------------------------------------------------------------------------------

    def _look(self) -> None:
        line = self._line
        if line is None:
            return
        merge = line.merged.id
        self.note.hide()

        def job(session: Session, _ticket: Ticket) -> Withdrawal:
            return withdrawals.look_at_withdrawal(session, merge)

        def fail(error: Exception) -> bool:
            if not isinstance(error, Problem):
                return False
            self.busy_changed.emit(True)
            self.decision.refuse(_heading(line), "", str(error))
            return True

        self.workbench.write("查看这次合并", job, self._show, owner=self, fail=fail, step=False)

    def _show(self, found: Withdrawal) -> None:
        line = self._line
        if line is None or line.merged.id != found.merge.id:
            return
        self.busy_changed.emit(True)
        named = "、".join(f"“{title}”" for title in found.titles)
        inside = f"会不再计入：{counted(found.losses)}。" + (f"其中有{named}。" if named else "")
        if not found.allowed:
            self.decision.refuse(_heading(line), inside, _why_not(found))
            return
        inside = "\n".join(filter(None, (inside, found.granted_words)))
        self.decision.ask(
            _heading(line),
            f"{inside}\n各处都一样：下一个数据包到了以后，上级、下级和写的人自己的电脑上也不再计入。"
            "原话都留着，以后可以原样恢复；写的人会在“没有收下的”里看到原因，可以改正后重报。",
            f"要撤回“{line.name}”第{found.merge.sequence}个数据包的合并吗？\n{inside}",
        )

    def _withdraw(self, reason: str) -> None:
        line = self._line
        if line is None:
            return
        merge = line.merged.id
        self.workbench.write(
            f"撤回合并：{line.name}",
            lambda session, _ticket: withdrawals.withdraw(session, merge, reason),
            lambda _changes: self._done(f"已撤回“{line.name}”第{line.merged.sequence}个数据包的合并。"),
            owner=self,
            fail=self.decision.failed,
        )

    def _done(self, words: str) -> None:
        self._close()
        self.note.say(
            Tone.GOOD, words, "下一步：照常导出数据包和回执，各处收到以后就一样了。撤回错了，可以随时恢复。"
        )
        self.note.offer(link("看不计入的内容", self.list_wanted.emit), to_receipts(self.workbench))
        self.busy_changed.emit(True)

    # -- taking it back --------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        line, rollback = self._line, self._rollback
        if line is None or rollback is None:
            return
        answer = self.workbench.dialogs.ask(
            "恢复这次合并",
            f"要恢复“{line.name}”第{line.merged.sequence}个数据包的合并吗？\n{CONSEQUENCES[WITHDRAWN]}",
            yes="恢复",
        )
        if answer is not Answer.YES:
            return
        self.note.hide()
        self.workbench.write(
            f"恢复合并：{line.name}",
            lambda session, _ticket: (
                uncounted.stays_elsewhere(session.database, session.here, *rollback.records),
                policy.lift(session, *rollback.records),
            ),
            lambda lifted: self._restored(line, lifted[0]),
            owner=self,
            fail=self._failed,
        )

    def _restored(self, line: MergeLine, stays: str) -> None:
        self.note.say(
            Tone.WARNING if stays else Tone.GOOD,
            f"已恢复“{line.name}”第{line.merged.sequence}个数据包的合并。",
            f"下级要等收到下一个回执才会恢复。\n{stays}".strip(),
        )
        self.note.offer(to_receipts(self.workbench))
        self.busy_changed.emit(True)

    def _failed(self, error: Exception) -> bool:
        return self.note.refuse(error, "没有恢复")


def _heading(line: MergeLine) -> str:
    m = line.merged
    return f"撤回：{moment(m.at)}合并的“{line.name}”第{m.sequence}个数据包"


def _why_not(found: Withdrawal) -> str:
    parts = [
        f"后来有{found.upon}处修改接在它的内容上" if found.upon else "",
        f"已经签发的{found.letters}份文书用到了它的内容" if found.letters else "",
    ]
    return (
        f"{'，'.join(filter(None, parts))}，不能整批撤回。"
        "请直接把不对的内容改正过来，改正的内容也会送到各处。"
    )
