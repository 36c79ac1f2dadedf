"""Another name for a file on a record, and words about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.operations import audit
from desktop.operations.recording import attachments
from desktop.operations.recording.attachments import Attachment
from desktop.operations.session import Session
from desktop.store.queries.attached import ATTACHMENT
from desktop.ui import spacing
from desktop.ui.notices import Tone
from desktop.ui.parts import Note, button, plain, row
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


def offer(workbench: Workbench, attachment: Attachment, owner: QWidget) -> None:
    """Asks for another name; that the present words are shown is noted first where they hold a number of a person."""

    def ask(_nothing: object = None) -> None:
        dialog = NamingDialog(workbench, attachment)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    masked = [
        field
        for field, shown, whole in (
            ("name", attachment.shown_name, attachment.name),
            ("description", attachment.shown_description, attachment.description),
        )
        if shown != whole
    ]
    if not masked:
        ask()
    elif audit.may_see(workbench.role):

        def job(session: Session, _ticket: Ticket) -> None:
            for field in masked:
                audit.reveal(session, ATTACHMENT, attachment.id, field)

        workbench.write("查看完整信息", job, ask, owner=owner, step=False)
    else:
        words = "文件名或者说明里有证件号码、手机号，您登录的身份不能查看。请让管理员改。"
        workbench.shell.tell(Tone.WARNING, words)


class NamingDialog(QDialog):
    """Two lines over the window; it closes when they are saved."""

    def __init__(self, workbench: Workbench, attachment: Attachment) -> None:
        super().__init__(workbench.shell if isinstance(workbench.shell, QWidget) else None)
        self._workbench, self._attachment = workbench, attachment
        types = workbench.types[ATTACHMENT].by_name
        self.setWindowTitle("附件的名称和说明")
        self.setMinimumWidth(460)
        self.name = QLineEdit(attachment.name.removesuffix(f".{attachment.media}"))
        self.description = QLineEdit(attachment.description)
        self.name.setMaxLength((types["name"].maximum or 0) - len(attachment.media) - 1)
        self.description.setMaxLength(types["description"].maximum or 0)
        self.problem = Note()
        self.save = button("保存", self._save, primary=True)
        self.cancel = button("取消", self.reject)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        label = QLabel("文件名(&N)")
        label.setBuddy(self.name)
        form.addRow(label, row(self.name, plain(f".{attachment.media}", muted=True)))
        form.addRow("说明(&S)", self.description)
        self.name.setAccessibleName("文件名")
        self.description.setAccessibleName("说明")
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addLayout(row(1, self.cancel, self.save))
        self.save.setDefault(True)
        self.name.selectAll()

    def _save(self) -> None:
        said = {
            "name": f"{self.name.text()}.{self._attachment.media}" if self.name.text().strip() else "",
            "description": self.description.text(),
        }
        record = self._attachment.id

        def job(session: Session, _ticket: Ticket) -> object:
            return attachments.describe(session, record, said)

        self._workbench.write(
            "修改附件", job, lambda _changes: self.accept(), owner=self, fail=self.problem.refuse
        )
