"""Ctrl+V in a list: what was copied from a table goes to the import page and is looked at before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.ui.notices import Tone
from desktop.ui.pasting import NoTable, holds_block, on_clipboard

if TYPE_CHECKING:
    from desktop.ui.lists.record_list import RecordList


def listen(shown: RecordList) -> None:
    """The key works wherever the cursor stands in the list, in the empty one too."""
    keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), shown)
    keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    keys.activated.connect(lambda: paste_into(shown))


def catch_blocks(inside: QWidget, shown: RecordList) -> None:
    """Several cells that are pasted into the lines here are meant for the list: no line can hold them."""
    lines = [inside] if isinstance(inside, QLineEdit) else inside.findChildren(QLineEdit)
    catcher = _Catcher(shown)
    for line in lines:
        line.installEventFilter(catcher)


class _Catcher(QObject):
    def __init__(self, shown: RecordList) -> None:
        super().__init__(shown)
        self._shown = shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the key where the line would make one long word of a table."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.matches(QKeySequence.StandardKey.Paste) and may_paste(self._shown) and holds_block():
            paste_into(self._shown)
            return True
        return False


def may_paste(shown: RecordList) -> bool:
    """Whether new records can be written here."""
    return shown.writable and not shown.model.query.deleted and shown.workbench.shell.has_page("import")


def paste_into(shown: RecordList) -> None:
    """Opens the import of what was copied; in the list of a record's parts all of it belongs to that record."""
    bench, record_type = shown.workbench, shown.record_type
    if not may_paste(shown):
        bench.shell.tell(Tone.WARNING, f"这里不能新增{record_type.label}，没有粘贴。")
        return
    try:
        source = on_clipboard(bench.today())
    except NoTable as problem:
        bench.shell.tell(Tone.WARNING, str(problem))
        return
    parent, above = record_type.parent, shown.model.query.children_of
    fixed = {parent: above} if parent is not None and above is not None else {}
    order = [c.name for c in shown.columns]
    bench.shell.open_page("import", type_name=record_type.name, source=source, fixed=fixed, order=order)
