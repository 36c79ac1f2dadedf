"""Ctrl+V in a list: what was copied from a table goes to the import page and is looked at before it is written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.ui.lists.model import RowsModel
from desktop.ui.notices import Tone
from desktop.ui.pasting import NoTable, holds_block, on_clipboard
from desktop.ui.workbench import Workbench


class Pasting(QObject):
    """The key works wherever the cursor stands in the list ``shown``, in the empty one too."""

    def __init__(
        self,
        shown: QWidget,
        bench: Workbench,
        model: RowsModel,
        writable: Callable[[], bool],
    ) -> None:
        super().__init__(shown)
        self._bench = bench
        self._type = model.record_type
        self._model = model
        self._writable = writable
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), shown)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.paste)

    def catch_blocks(self, inside: QWidget) -> None:
        """Several cells that are pasted into the lines here are meant for the list: no line can hold them."""
        for line in [inside] if isinstance(inside, QLineEdit) else inside.findChildren(QLineEdit):
            line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the key where the line would make one long word of a table."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.matches(QKeySequence.StandardKey.Paste) and self.possible and holds_block():
            self.paste()
            return True
        return False

    @property
    def possible(self) -> bool:
        """Whether new records can be written here."""
        return self._writable() and not self._model.query.deleted and self._bench.shell.has_page("import")

    def paste(self) -> None:
        """Opens the import of what was copied; in the list of a record's parts all of it belongs to that record."""
        if not self.possible:
            self._bench.shell.tell(Tone.WARNING, f"这里不能新增{self._type.label}，没有粘贴。")
            return
        try:
            source = on_clipboard(self._bench.today())
        except NoTable as problem:
            self._bench.shell.tell(Tone.WARNING, str(problem))
            return
        parent, above = self._type.parent, self._model.query.children_of
        fixed = {parent: above} if parent is not None and above is not None else {}
        order = [c.name for c in self._model.columns]
        self._bench.shell.open_page(
            "import", type_name=self._type.name, source=source, fixed=fixed, order=order
        )
