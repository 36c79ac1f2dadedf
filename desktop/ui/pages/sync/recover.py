"""Answering a station below that has forgotten its password: open the request, compare words, write the answer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop.operations.file_names import safe_name
from desktop.operations.session import Session
from desktop.operations.workspaces import answering
from desktop.operations.workspaces.answering import Seen
from desktop.operations.workspaces.recovery import ANSWER, REQUEST
from desktop.records.declaration import Role
from desktop.records.typed.dates import moment_words
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.enrol import level_words
from desktop.ui.pages.sync.send import documents
from desktop.ui.pages.sync.words import refuse_in_view
from desktop.ui.parts import Card, Note, button, folder_link, plain, row
from desktop.ui.widgets.fingerprint import Words
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


class RecoverCard(Card):
    """The desk's side of a forgotten password; ``done`` when an answer was written, ``asked_for`` when one is due."""

    done = Signal()
    asked_for = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__("下级忘了口令")
        self.workbench = workbench
        self._seen: Seen | None = None
        self.hint = plain(
            f"下级交来恢复申请（{REQUEST}）时在这里答复。拿到答复和那台电脑的人能看到里面的全部数据，一定要先打电话核对。",
            muted=True,
        )
        self.open_request = button("打开恢复申请…", lambda: self.look(None), "folder-open")
        self.asked, self.words, self.own = plain(), Words(), plain()
        self.compared = QCheckBox("已经打过平时的电话，对方念的词语和数字与上面完全一样，电脑在本人手里")
        self.answer_button = button("导出恢复答复…", self.answer, "file-output", primary=True)
        self.cancel = button("先不答复", self._close)
        self.note = Note()
        self._box = QWidget()
        self._build()

    def _build(self) -> None:
        box = QVBoxLayout(self._box)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.asked)
        box.addLayout(row(self.words, 1))
        box.addWidget(self.compared)
        box.addWidget(self.own)
        box.addLayout(row(self.answer_button, self.cancel, 1))
        self.column.addWidget(self.hint)
        self.column.addLayout(row(self.open_request, 1))
        self.column.addWidget(self._box)
        self.column.addWidget(self.note)
        self._box.hide()
        self.compared.toggled.connect(self.answer_button.setEnabled)
        self.answer_button.setEnabled(False)
        allowed = self.workbench.role in (Role.ADMIN, Role.DESK)
        self.open_request.setEnabled(allowed)
        self.open_request.setToolTip(
            "" if allowed else self.workbench.denied("由本单位的汇总员或管理员来办。")
        )

    def look(self, path: Path | None) -> None:
        """Opens a request and shows whose it is; nothing is answered yet."""
        if path is None:
            path = self.workbench.dialogs.open_file(
                "选择恢复申请", documents(), (f"恢复申请 (*{REQUEST})", "所有文件 (*)")
            )
        if path is None:
            return
        chosen = path

        def job(session: Session, _ticket: Ticket) -> Seen:
            return answering.look_request(session, chosen)

        self._close()
        self.note.hide()
        self.workbench.write(
            "核对恢复申请",
            job,
            self._show,
            owner=self,
            fail=self.tell_problem,
            step=False,
        )

    def _show(self, seen: Seen) -> None:
        self._seen = seen
        self.asked.setText(
            f"“{seen.name}”（{level_words(seen.level)}，编码{seen.code}）的操作员“{seen.operator}”申请恢复口令，"
            f"{moment_words(seen.asked)}写的。\n"
            "请打这个单位平时的电话，请对方念出屏幕上的核对词语和数字，和下面的完全一样才能答复："
        )
        self.words.show_words(seen.words)
        # In small type: two large rows of words would be mistaken for one another.
        self.own.setText(f"对方也会问本机的词语和数字，请照着念：{seen.own}")
        self.compared.setChecked(False)
        self._box.show()
        self.compared.setFocus(Qt.FocusReason.OtherFocusReason)
        self.asked_for.emit()

    def _close(self) -> None:
        self._seen = None
        self._box.hide()

    def answer(self) -> None:
        """Writes the answer where the user says."""
        seen = self._seen
        if seen is None or not self.compared.isChecked():
            return
        suggestion = seen.path.with_name(f"{safe_name(seen.name)}_恢复答复{ANSWER}")
        out = self.workbench.dialogs.save_file("恢复答复保存到哪里", suggestion, (f"恢复答复 (*{ANSWER})",))
        if out is None:
            return

        def job(session: Session, _ticket: Ticket) -> Seen:
            return answering.answer(session, seen.path, out, compared=seen.digest)

        self.workbench.write(
            "答复恢复申请",
            job,
            lambda answered: self._answered(out, answered),
            owner=self,
            fail=self.tell_problem,
            step=False,
        )

    def _answered(self, out: Path, answered: Seen) -> None:
        self._close()
        self.note.say(
            Tone.GOOD,
            f"已答复，答复文件是：{out.name}",
            "下一步：把它交给对方。对方导入前会打电话来，请念这几个词语和数字："
            f"{answered.own}。\n这次答复已经记入日志。",
        )
        where = folder_link(out)
        self.note.offer(where)
        where.setFocus(Qt.FocusReason.OtherFocusReason)
        self.done.emit()

    def tell_problem(self, error: Exception) -> bool:
        """Shows what the user can act on."""
        return refuse_in_view(self.note, error, "没有答复")
