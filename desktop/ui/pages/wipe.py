"""Wiping the workspace before a laptop is handed over: what would be lost, the unit's name typed, then the end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QFormLayout, QLineEdit, QWidget

from desktop.errors import Problem
from desktop.operations.workspaces import wiping
from desktop.operations.workspaces.wiping import Confirmed, Outlook
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.send import documents
from desktop.ui.parts import plain
from desktop.ui.running import DeliberateDialog
from desktop.ui.workbench import Workbench

_WHAT_IT_DOES = (
    "同一单位换人接手、电脑不换的，不用清除：请取消，添加接手的操作员。\n"
    "电脑归还、报废或给别的单位以前才用。数据库、口令文件、备份、草稿都销毁，谁也不能恢复，恢复码和上级也不能。\n"
    "清除以前会写一份签名的清除确认（.xsw），请交给上级，由上级停用这台电脑。"
)
_OUTSIDE = "导出过的表格、打印过的纸不在台账里，程序找不到它们，请自己清理"
_MOST_LINES = 5


class WipeDialog(DeliberateDialog):
    """Over the window; when it is done there is no workspace, and the program ends."""

    def __init__(self, workbench: Workbench, seen: Outlook) -> None:
        super().__init__(workbench, f"清除“{seen.name}”在这台电脑上的全部内容", "清除，不能恢复")
        self._seen = seen
        self.setWindowTitle("清除台账")
        self.typed, self.unsent = QLineEdit(), QCheckBox()
        self.unsent.setText(f"上级没有确认收到的{seen.unsent}项也不要了，一起清除(&Y)")
        self.typed.setPlaceholderText(f"请一字不差地输入：{seen.name}")
        self.lost = plain(self._lost_words())
        form = QFormLayout()
        if seen.unsent:
            form.addRow("", self.unsent)
        form.addRow("单位名称(&Q)", self.typed)
        self.column.addWidget(plain(_WHAT_IT_DOES))
        self.column.addWidget(self.lost)
        self.column.addLayout(form)
        self.typed.textChanged.connect(lambda _text: self.show_state())
        self.unsent.toggled.connect(lambda _on: self.show_state())
        self.typed.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_state()

    def _lost_words(self) -> str:
        seen, said = self._seen, []
        if seen.unsent:
            said.append(f"还有{seen.unsent}项上级没有确认收到：最好先上报，收到回执再清除。")
        if seen.drafts:
            said.append(f"有{seen.drafts}份没有保存的草稿，也会清除。")
        if seen.outside:
            newest = seen.outside[-_MOST_LINES:]
            more = f"，共{len(seen.outside)}次，最近的" if len(seen.outside) > _MOST_LINES else ""
            said.append("\n".join([f"{_OUTSIDE}{more}：", *(f"　{line}" for line in reversed(newest))]))
        return "\n".join(said) or "已经登记的内容上级都确认收到了。"

    def missing(self) -> str:
        """The tick and the name."""
        if self._seen.unsent and not self.unsent.isChecked():
            return "请勾选没有上报的也不要了，或者先上报"
        return "请输入单位名称" if self.typed.text().strip() != self._seen.name else ""

    def submit(self) -> None:
        """Asks where the statement goes, and writes it."""
        place = self.workbench.dialogs.folder("清除确认保存到哪里（U盘，不能在台账里）", documents())
        if place is None:
            return
        typed, anyway = self.typed.text(), self.unsent.isChecked()
        self.run(
            "清除台账",
            lambda session, _ticket: wiping.confirm(session, typed, place, unsent_too=anyway),
            self._end,
        )

    def _end(self, confirmed: Confirmed) -> None:
        """The window closes the workspace; only then can it be destroyed, and there is nothing to go on with."""
        application, window = QApplication.instance(), self.workbench.shell
        if not isinstance(application, QApplication) or not isinstance(window, QWidget):
            return
        application.setQuitOnLastWindowClosed(False)
        try:
            if not window.close():
                self.problem.say(
                    Tone.WARNING, "没有清除：窗口里还有没有保存的内容。", "保存或放弃以后再清除一次。"
                )
                return
            self._destroy(confirmed)
        finally:
            application.setQuitOnLastWindowClosed(True)
        application.quit()

    def _destroy(self, confirmed: Confirmed) -> None:
        dialogs, settings = self.workbench.dialogs, self.workbench.settings
        settings.forget(confirmed.folder)
        settings.save()
        try:
            done = wiping.destroy(confirmed)
        except Problem as problem:
            unsaid = "清除确认没有写成，请打电话请上级停用这台电脑。\n" if confirmed.statement else ""
            words = f"{problem}\n{unsaid}程序关闭以后，请把文件夹“{confirmed.folder}”整个删掉。"
            dialogs.tell("文件没有删完", words)
            return
        where = f"清除确认在：{confirmed.statement}\n请交给上级。\n" if confirmed.statement else ""
        left = f"文件夹里还有不是本程序写的：{'、'.join(done.left)}，没有动。\n" if done.left else ""
        dialogs.tell(
            "已经清除",
            f"台账已清除，销毁了{done.destroyed}个文件。\n{where}{left}{_OUTSIDE}。程序现在关闭。",
        )


def offer(workbench: Workbench, page: QWidget, shown: Callable[[WipeDialog], None]) -> None:
    """Looks at what would be lost and shows the dialog over the window of a page."""

    def show(seen: Outlook) -> None:
        dialog = WipeDialog(workbench, seen)
        dialog.open()
        shown(dialog)

    workbench.write("查看台账", lambda session, _ticket: wiping.look(session), show, owner=page, step=False)
