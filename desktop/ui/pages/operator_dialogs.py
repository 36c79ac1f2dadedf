"""What is asked of and told to operators: who may do what, a new password, the code that opens without one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.operations.workspaces import operators
from desktop.operations.workspaces.operators import ROLES
from desktop.records.declaration import Role
from desktop.records.duties import DUTIES
from desktop.ui import spacing
from desktop.ui.notices import NoticeBar, Tone
from desktop.ui.parts import plain, row
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.widgets.password import PasswordLine
from desktop.ui.widgets.recovery_code import COPIED, WHY, RecoveryCode

LEAST_PASSWORD = 8
RIGHTS = {
    Role.ADMIN: "什么都能做，也管理操作员",
    Role.DESK: "登记、合并、处理分歧、入网、制发文书",
    Role.EDITOR: "登记和修改记录",
    Role.READER: "只能查看，不能修改，看不到完整的身份证号码和电话",
}


class AskingDialog(QDialog):
    """A small form whose answer may be refused; what was typed stays until it is taken."""

    def __init__(self, parent: QWidget, title: str, go_on: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(440)
        self.notice = NoticeBar()
        self._last: QLineEdit | None = None
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(10)
        self.ok, cancel = QPushButton(go_on), QPushButton("取消")
        self.ok.setProperty("primary", True)
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.try_it)
        cancel.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(12)
        column.addWidget(self.notice)
        column.addLayout(self.form)
        column.addLayout(row(1, cancel, self.ok))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in a form, Enter goes to the next line, and from the last one it is the button."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.focusWidget() is not self._last and not isinstance(self.focusWidget(), QPushButton):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def secret(self, label: str, words: str = "") -> QLineEdit:
        """A line for a password."""
        self._last = edit = PasswordLine()
        edit.setPlaceholderText(words)
        self.form.addRow(label, edit)
        return edit

    def try_it(self) -> None:
        """Says what is missing, or hands the answer over and waits."""
        problem = self.problem()
        if problem:
            self.show_problem(problem)
        else:
            self.ok.setEnabled(False)
            self.hand_over()

    def show_problem(self, words: str) -> None:
        """Why it was not taken; the answer can be changed."""
        self.ok.setEnabled(True)
        self.notice.show_notice(Tone.WARNING, words)

    def problem(self) -> str:
        """What has to be done first."""
        raise NotImplementedError

    def hand_over(self) -> None:
        """Gives the answer to who asked."""
        raise NotImplementedError


_NO_OTHER = "不换口令，这两行就不用填"


class OperatorDialog(AskingDialog):
    """A new operator, or another role and perhaps another password for one who is there."""

    def __init__(
        self,
        parent: QWidget,
        take: Callable[[str, Role, str | None, str], None],
        name: str = "",
        role: Role = Role.EDITOR,
        disabled: bool = False,
        duty: str = "",
    ) -> None:
        super().__init__(parent, "改角色、签名或口令" if name else "添加操作员", "保存")
        self._take = take
        self._keeps = bool(name) and not disabled
        self.name, self.role = QLineEdit(name), DropDown()
        self.name.setReadOnly(bool(name))
        self.name.setMaxLength(operators.LONGEST_NAME)
        for each, words in ROLES.items():
            self.role.addItem(f"{words}：{RIGHTS[each]}")
        self.role.setCurrentIndex(list(ROLES).index(role))
        self.form.addRow("姓名(&U)", self.name)
        self.form.addRow("角色(&J)", self.role)
        self.duty = DropDown()
        self.duty.addItem("不签名", "")
        for code, label in DUTIES.items():
            self.duty.addItem(f"{label}：给上报的数据包签名", code)
        self.duty.setCurrentIndex(max(self.duty.findData(duty), 0))
        self.form.addRow("签名职责(&D)", self.duty)
        if self._keeps:
            self.password = self.secret("新口令(&P)", _NO_OTHER)
            if not duty:
                self.duty.currentIndexChanged.connect(lambda _index: self._ask_for_password())
        else:
            self.password = self.secret("口令(&P)", "至少8位，由本人输入")
        self.again = self.secret("再输一次(&R)")
        (self.role if name else self.name).setFocus()

    def _ask_for_password(self) -> None:
        """Who begins to sign gets a key that his own password opens."""
        begins = bool(self.duty.currentData())
        self.password.setPlaceholderText("开始签名：本人再输一次，可以用原来的" if begins else _NO_OTHER)

    def keep_role(self, why: str) -> None:
        """The role stays; the rest may be changed."""
        self.role.setEnabled(False)
        self.role.setToolTip(why)
        self.duty.setFocus()

    def problem(self) -> str:
        """What is missing."""
        if not self.name.text().strip():
            return "请填写姓名。"
        if self._keeps and not self.password.text() and not self.again.text():
            return ""
        return _password_problem(self.password, self.again)

    def hand_over(self) -> None:
        """Name, role and password."""
        self._take(
            self.name.text().strip(),
            list(ROLES)[self.role.currentIndex()],
            self.password.text() or None,
            str(self.duty.currentData()),
        )


class PasswordDialog(AskingDialog):
    """Another password for who works; the old one is asked for, because a window may stand open."""

    def __init__(self, parent: QWidget, take: Callable[[str, str], None]) -> None:
        super().__init__(parent, "修改我的口令", "修改")
        self._take = take
        self.old = self.secret("现在的口令(&O)")
        self.new = self.secret("新口令(&P)", "至少8位")
        self.again = self.secret("再输一次(&R)")
        self.old.setFocus()

    def problem(self) -> str:
        """What is missing."""
        return _password_problem(self.new, self.again) if self.old.text() else "请输入现在的口令。"

    def hand_over(self) -> None:
        """The old password and the new one."""
        self._take(self.old.text(), self.new.text())


class CodeDialog(QDialog):
    """A new recovery code; it is closed only by who says that it was copied, for it is not shown again."""

    def __init__(self, parent: QWidget, code: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("新的恢复码")
        self.setMinimumWidth(680)
        self.code, self.copied = RecoveryCode(), QCheckBox(COPIED)
        self.code.show_code(code)
        self.ok = QPushButton("关闭")
        self.ok.setProperty("primary", True)
        self.ok.setEnabled(False)
        self.ok.clicked.connect(self.accept)
        self.copied.toggled.connect(self.ok.setEnabled)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(16)
        for widget in (plain(f"原来的恢复码已经作废。\n{WHY}"), self.code, self.copied):
            column.addWidget(widget)
        column.addLayout(row(1, self.ok))
        self.copied.setFocus()

    def reject(self) -> None:
        """An Esc too many, or the cross, would lose the code."""
        if self.copied.isChecked():
            super().reject()


def _password_problem(password: QLineEdit, again: QLineEdit) -> str:
    if len(password.text()) < LEAST_PASSWORD:
        return f"口令至少要{LEAST_PASSWORD}位。"
    return "" if password.text() == again.text() else "两次输入的口令不一样，请重新输入。"
