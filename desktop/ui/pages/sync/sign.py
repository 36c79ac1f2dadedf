"""Signing a written bundle as a person: what is in it, who has signed, and one's own password."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.operations.stations import signing
from desktop.operations.stations.signing import Signing
from desktop.records.duties import DUTIES, signed_words
from desktop.records.duties import words as duty_words
from desktop.records.typed.dates import dated_moment_words
from desktop.ui import spacing
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.words import counted
from desktop.ui.parts import Note, button, heading, link, plain, row, set_primary
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.widgets.password import PasswordLine
from desktop.ui.workbench import Workbench

_WHAT_IT_MEANS = "签名表示看过、同意上报。请由本人选自己的姓名、输入自己的口令；两个人各签各的，不要代签。"


class SignDialog(QDialog):
    """Over the window; it stays for the second person, and what was signed stands in the file at once."""

    def __init__(self, workbench: Workbench, seen: Signing, other: Callable[[], None]) -> None:
        super().__init__(workbench.shell if isinstance(workbench.shell, QWidget) else None)
        self._workbench, self.seen = workbench, seen
        self.setWindowTitle("复核签名")
        self.setMinimumWidth(640)
        self.head = heading("", 1)
        self.head.setWordWrap(True)
        self.facts, self.state = plain(), plain()
        self.who, self.password = DropDown(), PasswordLine()
        self.note, self.progress = Note(), QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.other = link("签别的文件…", other)
        self.sign = button("签名", self._sign, "check", primary=True)
        self.close_button = button("关闭", self.reject)
        self._form = QWidget()
        self._build()
        self.show_signing(seen)

    def _build(self) -> None:
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(10)
        form.addRow("签名人(&U)", self.who)
        form.addRow("本人的口令(&P)", self.password)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(12)
        for part in (self.head, self.facts, self.state, plain(_WHAT_IT_MEANS, muted=True), self._form):
            column.addWidget(part)
        column.addWidget(self.note)
        column.addWidget(self.progress)
        # What is hidden when all have signed leaves its room here, and nothing above is drawn apart.
        column.addStretch(1)
        column.addLayout(row(self.other, 1, self.close_button, self.sign))
        self.sign.setDefault(True)
        self.close_button.setAutoDefault(False)
        self.other.setAutoDefault(False)
        self.who.currentIndexChanged.connect(lambda _index: self._other_signs())
        self.password.textChanged.connect(lambda _text: self._show_state())

    def show_signing(self, seen: Signing) -> None:
        """What is in the file and who has signed it."""
        self.seen = seen
        cover = seen.cover
        self.head.setText(f"给“{cover.receiver}”的第{cover.sequence}号数据包")
        inside = f"新增{cover.births}项，修改{cover.changes}项，删除{cover.deletions}项"
        details = f"\n其中：{counted(seen.counts)}。" if seen.counts else ""
        self.facts.setText(
            f"导出时间：{dated_moment_words(cover.made)}　文件：{cover.file}\n"
            f"内容：{f'共{cover.total}项，{inside}' if cover.total else '只有回执，没有登记内容'}。{details}\n"
            f"文件摘要：{'  '.join(cover.groups[:4])}  …（和报送单上的一样）"
        )
        self.state.setText(self._state_words())
        chosen = self.who.currentData()
        self.who.clear()
        for name, duty in seen.may.items():
            self.who.addItem(f"{name}（{DUTIES.get(duty, duty)}）", name)
        me = self._workbench.facts.operator.name
        self.who.setCurrentIndex(max(self.who.findData(chosen or me), 0))
        self._form.setVisible(bool(seen.may))
        self.sign.setVisible(bool(seen.may))
        set_primary(self.close_button, not seen.may)
        # Enter means the default button, also one that is hidden.
        (self.sign if seen.may else self.close_button).setDefault(True)
        self._show_state()
        (self.password if seen.may else self.close_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _state_words(self) -> str:
        seen = self.seen
        signed = signed_words(list(seen.signed.items()))
        said = f"已经签名：{signed}。" if signed else "还没有人签名。"
        if seen.missing:
            said += f"“{seen.cover.receiver}”还要{duty_words(seen.missing)}的签名，没有就不收。"
        elif seen.wanted:
            said += "上级要的签名齐了，可以把文件交去。"
        late = {
            name: duty for name, duty in seen.late.items() if duty not in {*seen.signed, *seen.may.values()}
        }
        if late:
            said += (
                f"{signed_words([(duty, name) for name, duty in late.items()])}在导出以后才设好或者换过口令，"
                "签不了这个文件：请关闭，再导出一次，要签名的人都在新文件上签。"
            )
        if lacking := seen.missing.difference(seen.may.values(), late.values()):
            said += f"本机还没有能以{duty_words(lacking)}签名的人：请管理员在“操作员”里设好，再导出一次。"
        return said

    def _other_signs(self) -> None:
        """What was typed by one, and what came of it, is not the other's."""
        self.password.clear()
        self.note.hide()

    def _show_state(self) -> None:
        ready = bool(self.password.text())
        self.sign.setEnabled(ready and self.progress.isHidden())
        self.sign.setToolTip("" if ready else "先输入签名人自己的口令。")

    def _sign(self) -> None:
        name, password, path = str(self.who.currentData()), self.password.text(), self.seen.path
        shown = self.seen.cover.digest
        self._set_working(working=True)
        self._workbench.write(
            "签名",
            lambda session, _ticket: signing.sign(session, path, name, password, seen=shown),
            self._signed,
            owner=self,
            fail=self._failed,
            step=False,
        )

    def _set_working(self, *, working: bool) -> None:
        self.note.hide()
        self.progress.setVisible(working)
        self._form.setEnabled(not working)
        self._show_state()

    def _signed(self, seen: Signing) -> None:
        self._set_working(working=False)
        name = str(self.who.currentData())
        self.password.clear()
        self.show_signing(seen)
        self.note.say(Tone.GOOD, f"“{name}”已签名，签名已写进文件。")

    def _failed(self, error: Exception) -> bool:
        self._set_working(working=False)
        if told := self.note.refuse(error, "没有签名，文件没有改动"):
            self.password.clear()
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        return told

    def reject(self) -> None:
        """Esc and the cross do not end what is being done."""
        if self.progress.isHidden():
            super().reject()


class Signer:
    """Opens the dialog over a file of the page that it belongs to."""

    def __init__(self, workbench: Workbench, owner: QWidget, tell: Callable[[Exception], bool]) -> None:
        self._workbench, self._owner, self._tell = workbench, owner, tell
        self.dialog: SignDialog | None = None

    def open(self, path: Path | None, folder: Path) -> None:
        """Looks at a file, or asks for one, and shows it."""
        if path is None:
            path = self._workbench.dialogs.open_file("选择要签名的数据包", folder, ("数据包 (*.xsj)",))
        if path is None:
            return
        chosen = path
        self._workbench.write(
            "核对数据包",
            lambda session, _ticket: signing.look(session, chosen),
            self._show,
            owner=self._owner,
            fail=self._tell,
            step=False,
        )

    def _show(self, seen: Signing) -> None:
        folder = seen.path.parent

        def other() -> None:
            if self.dialog is not None:
                self.dialog.reject()
            self.open(None, folder)

        self.dialog = SignDialog(self._workbench, seen, other)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        self.dialog = None
