"""A sheet whose rows are no people: what is counted is said above it, and a button opens the whole form of a row."""

from __future__ import annotations

from typing import Any

from desktop.records.declaration import Field
from desktop.ui.parts import button, plain
from desktop.ui.sheets.rows import SheetColumn, SheetRow, Way
from desktop.ui.sheets.tab import SheetTab


class PlainTab(SheetTab):
    """A sheet without people: rows are typed, a button opens the whole form."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.view.across = True
        self.say = plain()
        self.top.addWidget(self.say, 1)
        self.whole = button("完整表单", self._open_whole, "external-link")
        self.whole.setToolTip("打开选中一行的完整表单")
        self.top.addWidget(self.whole)
        self.add_buttons()
        self.view.selectionModel().currentRowChanged.connect(lambda _now, _before: self.show_figures())

    def _typed(self, name: str, width: int, **more: Any) -> SheetColumn:
        field = self._field(name)
        label = more.pop("label", field.label)
        return SheetColumn(name, label, width, Way.TYPED, field, **more)

    def _field(self, name: str) -> Field:
        return self.record_type.by_name[name]

    def current(self) -> SheetRow | None:
        """The row of the cursor."""
        position = self.view.currentIndex().row()
        return self.model.rows[position] if 0 <= position < len(self.model.rows) else None

    def _open_whole(self) -> None:
        row = self.current()
        if row is not None and row.record is not None:
            self.workbench.shell.open_record(self.record_type.name, row.record)

    def show_figures(self) -> None:
        """The whole form is there for rows that are saved."""
        row = self.current()
        self.whole.setEnabled(row is not None and row.record is not None)
