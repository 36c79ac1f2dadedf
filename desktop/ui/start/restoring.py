"""Offers the backups of a workspace whose ledger does not open, or is to be replaced though it does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from desktop.operations.file_names import size_words
from desktop.records.typed.dates import day_words, moment_words
from desktop.store.workspaces.backups import Backup, most
from desktop.ui import spacing
from desktop.ui.parts import plain
from desktop.ui.widgets.menu_list import MenuList

_PATH = Qt.ItemDataRole.UserRole
_DAMAGED = "数据库打不开、读不出来，多半是磁盘或断电造成的损坏。"
_UNKNOWN = "现在的数据库会换成选中的备份。打得开、用着正常的台账不用恢复。"
"""Nobody has tried to open it."""
_WORDS = "程序每天自动备份，以后每次保存和合并也都记在流水里。请选一份："
_ALONE = "没有流水"
_WHOLE = "这一份连同后面的流水，一般一条也不会少。"


class RestoreDialog(QDialog):
    """One line a backup, the one that brings back most chosen; ``chosen`` is the one that was taken."""

    def __init__(self, backups: Sequence[Backup], parent: QWidget | None = None, *, damaged: bool) -> None:
        super().__init__(parent)
        self.chosen: Path | None = None
        self.setWindowTitle("用备份恢复")
        self.setMinimumWidth(560)
        self.words = QLabel(f"{_DAMAGED if damaged else _UNKNOWN}{_WORDS}")
        self.words.setWordWrap(True)
        self.list = MenuList("备份")
        self._backups = list(backups)
        for backup in backups:
            item = QListWidgetItem(words_for(backup))
            item.setData(_PATH, backup.path)
            self.list.addItem(item)
        self.brings = plain()
        # Whatever is chosen, the dialog keeps its size.
        self.brings.setMinimumHeight(2 * self.brings.fontMetrics().lineSpacing() + 2)
        self.brings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.list.currentRowChanged.connect(self._tell)
        self.list.setCurrentRow(self._backups.index(most(backups)))
        self.list.itemActivated.connect(lambda _item: self._take())
        hint = QLabel("现在的数据库先留在台账的 backups 文件夹里：三十天以内的都留着，最近三份一直留着。")
        hint.setWordWrap(True)
        hint.setProperty("muted", True)
        self.take, cancel = QPushButton("用选中的备份恢复"), QPushButton("取消")
        self.take.setProperty("primary", True)
        self.take.setDefault(True)
        self.take.clicked.connect(self._take)
        cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(cancel)
        line.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.DIALOG)
        column.setSpacing(12)
        for widget in (self.words, self.list, self.brings, hint):
            column.addWidget(widget)
        column.addLayout(line)
        self.list.setFocus()

    def _tell(self, row: int) -> None:
        """What the chosen one brings back, and what not."""
        self.brings.setText(brings_words(self._backups[row], self._backups))

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen = item.data(_PATH)
            self.accept()


def words_for(backup: Backup) -> str:
    """The day, how far its content goes, and the size."""
    day, until = backup.day, backup.until
    part = f"（当天第{backup.part}份）" if backup.part > 1 else ""
    alone = "" if backup.followed else f"　{_ALONE}"
    return f"{day_words(day)}{part}　内容到{moment_words(until)}　{size_words(backup.size)}{alone}"


def brings_words(backup: Backup, backups: Sequence[Backup]) -> str:
    """What a backup brings back. A journal ends with the next backup, and what has none may end even earlier."""
    until = moment_words(backup.until)
    if not backup.followed:
        return (
            f"这一份{_ALONE}，只到{until}，以后录入的不在里面。"
            "其中已经发给上级和下级的，恢复以后会说明怎样带回来。"
        )
    if backup != most(backups):
        return f"这一份只到{until}，以后录入的在比它新的备份里。"
    return _WHOLE
