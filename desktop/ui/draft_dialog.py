"""Asks at the start, and whenever it is wanted, whether to go on with what was typed and not saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from desktop.records.declaration import RecordType
from desktop.records.display import display
from desktop.records.typed.dates import china_time, moment_words
from desktop.store.workspaces.drafts import Draft
from desktop.ui import spacing
from desktop.ui.notices import Tone
from desktop.ui.widgets.menu_list import MenuList
from desktop.ui.workbench import Workbench

_DRAFT = Qt.ItemDataRole.UserRole
_WORDS = 3


def words_for(workbench: Workbench, draft: Draft, name: str = "") -> str:
    """When, what kind, the ``name`` of a stored record, and the first of the words, so that people know it again."""
    record_type = workbench.types.get(draft.type)
    when = moment_words(china_time(draft.at))
    if record_type is None:
        return f"{when}　（已不再使用的记录类型）"
    kind = "修改" if draft.record else "新增"
    shown = _first_words(workbench, record_type, draft) or f"{len(draft.texts)}项内容"
    return f"{when}　{kind}{record_type.label}　" + (f"{name}：{shown}" if name else shown)


def _first_words(workbench: Workbench, record_type: RecordType, draft: Draft) -> str:
    names = [*record_type.title, *(n for n in draft.texts if n not in record_type.title)]
    plain = [record_type.by_name[n] for n in names if n in draft.texts and n in record_type.by_name]
    words = [
        display(f, draft.texts[f.name], codes=workbench.codes, masked=True) for f in plain if f.link is None
    ]
    return "、".join([" ".join(w.split())[:20] for w in words if w.strip() and "\x01" not in w][:_WORDS])


class DraftDialog(QDialog):
    """One line a draft. 继续填写 opens it; 放弃 forgets it for good, after a second press."""

    def __init__(self, workbench: Workbench, drafts: Sequence[Draft], names: Mapping[str, str]) -> None:
        super().__init__(workbench.shell if isinstance(workbench.shell, QWidget) else None)
        self._workbench = workbench
        self.setWindowTitle("没有保存的内容")
        self.setMinimumWidth(560)
        words = QLabel(f"上次有{len(drafts)}份内容没有保存就结束了，一个字都没有丢。要继续填写吗？")
        words.setWordWrap(True)
        self.list = MenuList("没有保存的内容")
        for draft in drafts:
            item = QListWidgetItem(words_for(workbench, draft, names.get(draft.record, "")))
            item.setData(_DRAFT, draft)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.itemDoubleClicked.connect(lambda _item: self._go_on())
        self.go_on, self.give_up, later = (
            QPushButton("继续填写"),
            QPushButton("放弃这一份"),
            QPushButton("以后再说"),
        )
        self.go_on.setProperty("primary", True)
        self.go_on.setDefault(True)
        self.go_on.clicked.connect(self._go_on)
        self.give_up.clicked.connect(self._give_up)
        later.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addWidget(self.give_up)
        line.addStretch(1)
        line.addWidget(later)
        line.addWidget(self.go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(12)
        column.addWidget(words)
        column.addWidget(self.list)
        column.addLayout(line)

    def _current(self) -> Draft | None:
        item = self.list.currentItem()
        draft: Draft | None = None if item is None else item.data(_DRAFT)
        return draft

    def _go_on(self) -> None:
        draft = self._current()
        if draft is not None:
            self.accept()
            if draft.type in self._workbench.types:
                self._workbench.shell.open_draft(draft)
            else:
                words = "这份内容的记录类型这个版本已经不用了，打不开。内容还留着，请联系区里处理。"
                self._workbench.shell.tell(Tone.WARNING, words)

    def _give_up(self) -> None:
        draft = self._current()
        if draft is None:
            return
        if self.give_up.property("sure") != draft.key:
            self.give_up.setProperty("sure", draft.key)
            self.give_up.setText("再按一次，彻底放弃")
            return
        self._workbench.drafts.drop(draft.key)
        self.list.takeItem(self.list.currentRow())
        self.give_up.setProperty("sure", "")
        self.give_up.setText("放弃这一份")
        if not self.list.count():
            self.reject()


def offer(workbench: Workbench, drafts: Sequence[Draft], names: Mapping[str, str]) -> None:
    """Shows the drafts, if there are any; ``names`` are the titles of the records that they change, by id."""
    if drafts:
        dialog = DraftDialog(workbench, drafts, names)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
