"""Erasing personal values for good: which, why, and a word to be typed, as there is no way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFormLayout, QGridLayout, QLineEdit

from desktop.operations.session import Session
from desktop.operations.workspaces import erasing
from desktop.records.declaration import RecordType, Role, Slot
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui.notices import Tone
from desktop.ui.parts import plain
from desktop.ui.running import DeliberateDialog
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

CONFIRMATION = "清除"
_WHAT_IT_DOES = (
    "清除以后，各级的电脑上都清除：记录、修改记录、查找、草稿和存下来的数据包里都不再有，不能撤消，也不能恢复。"
    "记录本身和其他内容不变。全部勾选的，记录上的附件也一并清除。下一个数据包会让上下级也清除。\n"
    "别的记录里写到这个人的（如企业的联系人、会议的记录人）不会跟着清除，要打开那条记录另外办。"
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
    allowed = workbench.unwritten is None and workbench.role in (Role.ADMIN, Role.DESK)
    return allowed and bool(personal_slots(record_type)) and not record_type.by_program


class EraseDialog(DeliberateDialog):
    """Over the window. While it is done nothing can be changed; afterwards it closes, or says why it was not done."""

    def __init__(
        self, workbench: Workbench, record_type: RecordType, records: Sequence[str], named: str
    ) -> None:
        super().__init__(workbench, f"{CONFIRMATION}{named}的个人信息", f"{CONFIRMATION}，不能恢复")
        self._type, self._records = record_type, tuple(records)
        self.waiting: list[str] = []
        self.setWindowTitle(f"{CONFIRMATION}个人信息")
        self.slots = [(slot, QCheckBox(slot.label)) for slot in personal_slots(record_type)]
        self.basis, self.note_line, self.sure = DropDown(), QLineEdit(), QLineEdit()
        self.backups = QCheckBox("本机以前的备份也马上删除（不勾选的，过期以后自动删除）(&B)")
        self.also = plain()
        self._build()
        self.show_state()

    def _build(self) -> None:
        boxes = QGridLayout()
        boxes.setVerticalSpacing(2)
        for place, (slot, box) in enumerate(self.slots):
            box.setChecked(True)
            box.toggled.connect(lambda _on: self.show_state())
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
        for item in self.workbench.codes["erasure_basis"].offered:
            self.basis.addItem(item.label, item.code)
        self.note_line.setMaxLength(200)
        self.note_line.setPlaceholderText("可以不填；不要写被清除的内容")
        self.sure.setPlaceholderText(f"请输入“{CONFIRMATION}”两个字")
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        form.addRow("清除哪些", boxes)
        form.addRow("依据(&Y)", self.basis)
        form.addRow("说明(&S)", self.note_line)
        form.addRow("", self.backups)
        form.addRow("确认(&Q)", self.sure)
        self.column.addWidget(plain(_WHAT_IT_DOES))
        self.column.addWidget(self.also)
        self.column.addLayout(form)
        self.basis.currentIndexChanged.connect(lambda _index: self.show_state())
        self.sure.textChanged.connect(lambda _text: self.show_state())
        self.also.hide()
        self._look_for_others()
        self.basis.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_for_others(self) -> None:
        """Records of their own that are about the same person, such as a delegate's: they keep what they say."""
        types, name, records = self.workbench.types, self._type.name, self._records

        def job(database: Database, _ticket: Ticket) -> dict[str, int]:
            return erasing.others_about(database, types, name, records)

        self.workbench.read(job, self._tell_others, owner=self)

    def _tell_others(self, found: dict[str, int]) -> None:
        if words := erasing.others_words(self.workbench.types, found):
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

    def missing(self) -> str:
        """What, why, and the word."""
        if not self._chosen():
            return "请至少勾选一项"
        if not self.basis.currentData():
            return "请选择依据"
        return f"请输入“{CONFIRMATION}”两个字" if self.sure.text().strip() != CONFIRMATION else ""

    def submit(self) -> None:
        """Erases what is chosen, in every version and everywhere."""
        name, records, slots = self._type.name, self._records, self._chosen()
        basis, note = str(self.basis.currentData()), self.note_line.text().strip()
        destroy = self.backups.isChecked()

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            changes = erasing.erase(
                session, name, records, slots, basis=basis, note=note, destroy_backups=destroy
            )
            self.waiting = erasing.waiting_words(session.database, session.ledger.station)
            return changes

        self.run(f"{CONFIRMATION}个人信息", job, lambda _changes: self._done())

    def _done(self) -> None:
        self.accept()
        self.workbench.shell.tell(
            Tone.WARNING if self.waiting else Tone.GOOD,
            # Whose they were is not said any more.
            f"已清除{len(self._records)}条{self._type.label}的个人信息。"
            + ("".join(self.waiting) or "请照常导出数据包，上下级收到以后也清除。"),
        )


def offer(workbench: Workbench, record_type: RecordType, records: Sequence[str], named: str) -> EraseDialog:
    """Shows the dialog for these records, of which ``named`` are the words."""
    dialog = EraseDialog(workbench, record_type, records, named)
    dialog.open()
    return dialog
