"""Erasing personal values for good: which, why, and a word to be typed, as there is no way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import Problem
from desktop.operations import erasing
from desktop.operations.session import Session
from desktop.records.declaration import RecordType, Role, Slot
from desktop.store.database import Database
from desktop.store.ledger import ChangeSet
from desktop.ui import spacing
from desktop.ui.notices import Tone
from desktop.ui.pages.parts import Note, button, heading, plain, row
from desktop.ui.widgets.deliberate import DeliberateDialog
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

CONFIRMATION = "清除"
_WHAT_IT_DOES = (
    "清除以后，各级的电脑上都清除：记录、修改记录、查找、草稿和存下来的数据包里都不再有，不能撤消，也不能恢复。"
    "记录本身和其他内容不变。全部勾选的，记录上的附件也一并清除。下一个数据包会让上下级也清除。"
)


def personal_slots(record_type: RecordType) -> list[Slot]:
    """What can be erased of a record, as people see it."""
    return [slot for slot in record_type.slots.values() if slot.personal and slot.shown_fields]


def _inside(slot: Slot) -> str:
    """The fields that are erased together with a slot's name: a group goes as a whole."""
    fields = [f.label for f in slot.shown_fields]
    return "、".join(fields) if fields != [slot.label] else ""


def may_erase(workbench: Workbench, record_type: RecordType) -> bool:
    """Whether erasing is worth offering to this operator; the operation asks again."""
    role = workbench.role
    return (
        bool(personal_slots(record_type)) and not record_type.by_program and role in (Role.ADMIN, Role.DESK)
    )


class EraseDialog(DeliberateDialog):
    """Over the window. While it is done nothing can be changed; afterwards it closes, or says why it was not done."""

    def __init__(
        self, workbench: Workbench, record_type: RecordType, records: Sequence[str], named: str
    ) -> None:
        window = workbench.shell if isinstance(workbench.shell, QWidget) else None
        super().__init__(window)
        self._workbench, self._type, self._records, self._named = (
            workbench,
            record_type,
            tuple(records),
            named,
        )
        self.waiting: list[str] = []
        self.setWindowTitle(f"{CONFIRMATION}个人信息")
        self.setMinimumWidth(680)
        self.slots = [(slot, QCheckBox(slot.label)) for slot in personal_slots(record_type)]
        self.basis, self.note_line, self.sure = QComboBox(), QLineEdit(), QLineEdit()
        self.backups = QCheckBox("本机以前的备份也马上删除（不勾选的，过期以后自动删除）(&B)")
        self.also = plain()
        self.problem = Note()
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.erase = button(f"{CONFIRMATION}，不能恢复", self._erase, "trash-2")
        self.cancel = button("取消", self.reject)
        self._form = QWidget()
        self._build()
        self._show_state()

    def _build(self) -> None:
        title = heading(f"{CONFIRMATION}{self._named}的个人信息", 1)
        title.setWordWrap(True)
        boxes = QGridLayout()
        boxes.setVerticalSpacing(2)
        for place, (slot, box) in enumerate(self.slots):
            box.setChecked(True)
            box.toggled.connect(lambda _on: self._show_state())
            boxes.addWidget(box, place, 0)
            if inside := _inside(slot):
                box.setAccessibleDescription(inside)
                named = ElidedLabel()
                named.setText(inside)
                named.setProperty("muted", True)
                boxes.addWidget(named, place, 1)
        boxes.setHorizontalSpacing(14)
        boxes.setColumnStretch(1, 1)
        self.basis.addItem("请选择", "")
        for item in self._workbench.codes["erasure_basis"].offered:
            self.basis.addItem(item.label, item.code)
        self.note_line.setMaxLength(200)
        self.note_line.setPlaceholderText("可以不填；不要写被清除的内容")
        self.sure.setPlaceholderText(f"请输入“{CONFIRMATION}”两个字")
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        form.addRow("清除哪些", boxes)
        form.addRow("依据(&Y)", self.basis)
        form.addRow("说明(&S)", self.note_line)
        form.addRow("", self.backups)
        form.addRow("确认(&Q)", self.sure)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(plain(_WHAT_IT_DOES))
        column.addWidget(self.also)
        column.addWidget(self._form)
        column.addWidget(self.problem)
        column.addWidget(self.progress)
        column.addLayout(row(1, self.cancel, self.erase))
        self.without_default(self.cancel, self.erase)
        self.basis.currentIndexChanged.connect(lambda _index: self._show_state())
        self.sure.textChanged.connect(lambda _text: self._show_state())
        self.progress.hide()
        self.also.hide()
        self._look_for_others()
        self.basis.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_for_others(self) -> None:
        """Records of their own that are about the same person, such as a delegate's: they keep what they say."""
        types, name, records = self._workbench.types, self._type.name, self._records

        def job(database: Database, _ticket: Ticket) -> dict[str, int]:
            return erasing.others_about(database, types, name, records)

        self._workbench.read(job, self._tell_others, owner=self)

    def _tell_others(self, found: dict[str, int]) -> None:
        if words := erasing.others_words(self._workbench.types, found):
            self.also.setText(f"{words}：请从“相关记录”打开，另外清除。")
            self.also.show()

    def begin_with(self, slots: Sequence[str], basis: str) -> None:
        """What a rule asks for, chosen before; a person may still choose otherwise."""
        for slot, box in self.slots:
            box.setChecked(slot.name in slots)
        self.basis.setCurrentIndex(max(self.basis.findData(basis), 0))
        self.sure.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self) -> list[str]:
        return [slot.name for slot, box in self.slots if box.isChecked()]

    def _show_state(self) -> None:
        missing = [
            "请至少勾选一项" if not self._chosen() else "",
            "请选择依据" if not self.basis.currentData() else "",
            f"请输入“{CONFIRMATION}”两个字" if self.sure.text().strip() != CONFIRMATION else "",
        ]
        words = next(filter(None, missing), "")
        self.erase.setEnabled(not words)
        self.erase.setToolTip(words)

    def _erase(self) -> None:
        name, records, slots = self._type.name, self._records, self._chosen()
        basis, note = str(self.basis.currentData()), self.note_line.text().strip()
        destroy = self.backups.isChecked()

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            changes = erasing.erase(
                session, name, records, slots, basis=basis, note=note, destroy_backups=destroy
            )
            self.waiting = erasing.waiting_words(session.database, session.ledger.station)
            return changes

        self._set_working(working=True)
        self._workbench.write(
            f"{CONFIRMATION}个人信息",
            job,
            lambda _changes: self._done(),
            owner=self,
            fail=self._failed,
            step=False,
        )

    def _set_working(self, *, working: bool) -> None:
        self.problem.hide()
        self._form.setEnabled(not working)
        self.progress.setVisible(working)
        self.erase.setEnabled(not working)
        self.cancel.setEnabled(not working)

    def _done(self) -> None:
        self._set_working(working=False)
        self.accept()
        self._workbench.shell.tell(
            Tone.WARNING if self.waiting else Tone.GOOD,
            # Whose they were is not said any more.
            f"已清除{len(self._records)}条{self._type.label}的个人信息。"
            + ("".join(self.waiting) or "请照常导出数据包，上下级收到以后也清除。"),
        )

    def _failed(self, error: Exception) -> bool:
        self._set_working(working=False)
        if not isinstance(error, Problem):
            self.reject()
            return False
        self.problem.say(Tone.ERROR, "没有清除，什么都没有改变", str(error))
        # The cursor was nowhere while everything was locked.
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def reject(self) -> None:
        """Esc and the cross do not end what is being done."""
        if self.progress.isHidden():
            super().reject()


def offer(workbench: Workbench, record_type: RecordType, records: Sequence[str], named: str) -> EraseDialog:
    """Shows the dialog for these records, of which ``named`` are the words."""
    dialog = EraseDialog(workbench, record_type, records, named)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
