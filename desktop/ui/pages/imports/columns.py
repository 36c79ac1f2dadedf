"""The columns of a workbook that is to be imported: what each was recognised as, and how to change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.operations.imports.importing import ColumnMatch
from desktop.operations.imports.units import COLUMN, HEADINGS, UNIT
from desktop.records.types import Catalogue
from desktop.ui import theme
from desktop.ui.matching import matches
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.looks import Look, LookModel, LookTable
from desktop.ui.widgets.overlay import anchor_at

LEFT_OUT = ""
"""The key of the choice to leave a column out."""
_SAMPLES = 3
_SURE = 0.75


class ColumnsModel(LookModel):
    """One row a column of the workbook: its heading with samples, and the field it goes to."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.matches: list[ColumnMatch] = []

    def show(self, columns: Sequence[ColumnMatch]) -> None:
        """Shows other columns; those that only number the rows and those without anything are left out."""
        self.beginResetModel()
        self.matches = [c for c in columns if not c.counts_rows and (c.header or c.samples)]
        self.endResetModel()

    def height(self) -> int:
        """How many columns of the workbook."""
        return len(self.matches)

    def headings(self) -> Sequence[str]:
        """From and to."""
        return "表格里的列", "导入到"

    def look(self, row: int, column: int) -> Look:
        """The heading with samples, and the field that it goes to or why to none."""
        match = self.matches[row]
        if column == 0:
            samples = "、".join(match.samples[:_SAMPLES])
            bare = f"第{match.index + 1}列" + (f"：{samples}" if samples else "（没有列名）")
            return Look(match.header or bare, tip=f"前几行：{samples}" if samples else "")
        if match.target is not None:
            if match.confidence < _SURE:
                tip = "按近似的列名认出，请核对" if match.header else "按列表里列的先后对应，请核对"
                return Look(match.label, "circle-help", theme.WARNING, tip=tip)
            return Look(match.label, "check", theme.GOOD)
        if match.checks:
            return Look(f"核对“{match.checks}”", "check", theme.GOOD, tip="代码和名称对不上的行会请您核对")
        if match.reason:
            return Look("不导入", "x", theme.MUTED, tip=match.reason)
        if match.proposed_label:
            words = f"不导入（可能是{match.proposed_label}）"
            return Look(words, "circle-help", theme.WARNING, tip="按回车选择这一列导入到哪里")
        words = "不导入（没有认出）" if match.header else "不导入"
        return Look(words, "x", theme.MUTED, tip="按回车选择这一列导入到哪里")


class ColumnsTable(LookTable):
    """``chosen`` carries the place of a column and its new target, empty for none."""

    chosen = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.columns = ColumnsModel()
        super().__init__(self.columns, "列的对应", parent)
        self.columns.setParent(self)
        self._offered: list[Choice] = []
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.doubleClicked.connect(lambda index: self.choose(index.row()))

    def show_columns(self, columns: Sequence[ColumnMatch], targets: Mapping[str, str]) -> None:
        """Shows columns; ``targets`` are the fields that can be chosen, by target with their words."""
        current = self.currentIndex().row()
        self.columns.show(columns)
        self._offered = [
            Choice(LEFT_OUT, "不导入这一列"),
            *(Choice(key, label) for key, label in targets.items()),
        ]
        if self.columns.rowCount():
            unknown = next((n for n, m in enumerate(self.columns.matches) if m.target is None), 0)
            row = current if 0 <= current < self.columns.rowCount() else unknown
            self.setCurrentIndex(self.columns.index(row, 1))

    def fit(self) -> None:
        """Both columns take half, but where the second has more to say than the first."""
        width = self.viewport().width()
        first = min(width // 2, max(self.sizeHintForColumn(0), width - self.sizeHintForColumn(1)))
        self.horizontalHeader().resizeSection(0, first)
        self.horizontalHeader().resizeSection(1, width - first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, space and F4 choose."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F4, Qt.Key.Key_Space)
        if event.key() in keys and self.currentIndex().isValid():
            self.choose(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def choose(self, position: int) -> None:
        """Offers the fields below the cell."""
        match = self.columns.matches[position]
        anchor = anchor_at(self.viewport(), self.visualRect(self.columns.index(position, 1)))
        present = match.target or match.proposed or LEFT_OUT
        overlay = ChoiceOverlay(anchor, self._offered, [present], single=True, matches=matches)
        overlay.chosen.connect(lambda keys: self.chosen.emit(match.index, keys[0]))
        overlay.closed.connect(anchor.deleteLater)
        overlay.closed.connect(self.setFocus)
        overlay.open_below()


def targets_of(types: Catalogue, type_name: str, columns: Sequence[ColumnMatch]) -> dict[str, str]:
    """The fields that columns can go to, by target; in a table of unions those of the enterprise as well."""
    prefixed = type_name == "union" or any("." in (c.target or "") for c in columns)
    if not prefixed:
        own = {UNIT: COLUMN.label} if type_name in HEADINGS else {}
        return {**own, **{f.name: f.label for f in types[type_name].shown_fields}}
    return {
        f"{name}.{f.name}": f"{types[name].label.partition('（')[0]}：{f.label}"
        for name in ("union", "enterprise")
        for f in types[name].shown_fields
    }
