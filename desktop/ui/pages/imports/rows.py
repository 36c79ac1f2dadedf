"""The rows of a workbook before they go in: what becomes of each, which can be looked at alone, and one in detail."""

from __future__ import annotations

import enum
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.operations.imports.importing import ImportPreview, Outcome, RowResult, Weight
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Mask
from desktop.records.display import display
from desktop.records.types import Catalogue
from desktop.ui import theme
from desktop.ui.lists.filters import Chip
from desktop.ui.widgets.flow import FlowLayout
from desktop.ui.widgets.looks import Look, LookModel, LookTable

_SIGNS = {
    Outcome.NEW: ("plus", theme.GOOD),
    Outcome.CHANGED: ("pencil", theme.FOCUS),
    Outcome.SAME: ("check", theme.MUTED),
    Outcome.DUPLICATE: ("copy", theme.MUTED),
    Outcome.DELETED: ("trash-2", theme.WARNING),
    Outcome.REJECTED: ("x", theme.ERROR),
}
_INFERRED = "（推定）"
_SILENT = frozenset({"source_batch"})
"""What is the same for every row."""
_PERSONAL = "（不显示）"
_LABELS = ("行", "结果", "名称", "说明")


class Shown(enum.StrEnum):
    """Which rows are looked at beside the outcomes."""

    ALL = "all"
    PARTIAL = "partial"
    WITHOUT_TOWN = "without_town"
    WARNED = "warned"


class RowsModel(LookModel):
    """The rows that a filter lets through, as positions in the preview's own list."""

    def __init__(
        self, types: Catalogue, codes: Mapping[str, CodeList], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._types, self._codes = types, codes
        self.preview: ImportPreview | None = None
        self.positions: array[int] = array("q")
        self._titles: list[Field] = []

    def show(self, preview: ImportPreview, shown: Outcome | Shown) -> None:
        """Shows the rows of one outcome, or all."""
        self.beginResetModel()
        self.preview = preview
        record_type = self._types[preview.type]
        self._titles = [record_type.by_name[name] for name in record_type.title]
        self.positions = array("q", positions_of(preview, shown))
        self.endResetModel()

    def row(self, position: int) -> RowResult:
        """The row at a place of the table."""
        if self.preview is None:
            raise IndexError(position)
        return self.preview.rows[self.positions[position]]

    def height(self) -> int:
        """How many rows are let through."""
        return len(self.positions)

    def headings(self) -> Sequence[str]:
        """Number, outcome, name, notes."""
        return _LABELS

    def look(self, position: int, column: int) -> Look:
        """What becomes of a row."""
        row = self.row(position)
        match column:
            case 0:
                return Look(str(row.number), numeric=True)
            case 1:
                icon, colour = _SIGNS[row.outcome]
                if row.returned and row.outcome is not Outcome.REJECTED:
                    icon, colour = "triangle-alert", theme.WARNING
                return Look(row.outcome.label, icon, colour)
            case 2:
                return Look(self.name_of(row))
        labels = [self._types[c.type].by_name[c.field].label for c in row.changes]
        changed = f"改动{len(labels)}项：{'、'.join(labels)}" if labels else ""
        said = "；".join(filter(None, (changed, notes_of(row))))
        return Look(said, tip="\n".join(filter(None, (changed, *(n.text for n in row.notes)))))

    def name_of(self, row: RowResult) -> str:
        """The words by which people know the record of a row."""
        values = row.parts[0].values if row.parts else {}
        shown = (
            display(f, values.get(f.name), codes=self._codes, masked=True) for f in self._titles if not f.link
        )
        return " ".join(filter(None, shown))


def positions_of(preview: ImportPreview, shown: Outcome | Shown) -> Sequence[int]:
    """The places of the rows that a filter lets through."""
    rows = preview.rows
    match shown:
        case Shown.ALL:
            return range(len(rows))
        case Shown.PARTIAL:
            return [n for n, r in enumerate(rows) if r.returned and r.outcome is not Outcome.REJECTED]
        case Shown.WITHOUT_TOWN:
            numbers = set(preview.without_town)
            return [n for n, r in enumerate(rows) if r.number in numbers]
        case Shown.WARNED:
            return [n for n, r in enumerate(rows) if r.doubts]
    return [n for n, r in enumerate(rows) if r.outcome is shown]


def notes_of(row: RowResult) -> str:
    """What is said of a row, the worst first."""
    order = {Weight.PROBLEM: 0, Weight.WARNING: 1, Weight.NOTE: 2}
    return "；".join(dict.fromkeys(n.text for n in sorted(row.notes, key=lambda n: order[n.weight])))


def detail_of(
    row: RowResult, preview: ImportPreview, types: Catalogue, codes: Mapping[str, CodeList]
) -> list[tuple[str, str]]:
    """Field by field what a row brings: label, and before → after where something changes; personal values masked.

    What follows from the rest, such as the town of an address, is marked, so that a person can judge it.
    """
    changed = {(c.type, c.field): c for c in row.changes}
    found = []
    names = [preview.type, *(["enterprise"] if len(row.parts) > 1 else [])]
    for type_name, part in zip(names, row.parts, strict=False):
        record_type = types[type_name]
        for field in record_type.shown_fields:
            change = changed.get((type_name, field.name))
            value = part.values.get(field.name)
            if change is not None:
                before, after = _words(field, change.before, codes), _words(field, change.after, codes)
                found.append((field.label, f"{before or '（空）'} → {after or '（空）'}"))
            elif value is not None and field.link is None:
                found.append((field.label, _words(field, value, codes)))
            elif field.name in part.weak and field.name not in _SILENT and field.link is None:
                value = part.weak[field.name]
                found.append((f"{field.label}{_INFERRED}", _words(field, value, codes)))
    return found


def _words(field: Field, value: Any, codes: Mapping[str, CodeList]) -> str:
    if field.mask is Mask.HIDDEN and value:
        return _PERSONAL
    return " ".join(display(field, value, codes=codes, masked=True).split())


class RowsTable(LookTable):
    """The rows as a table."""

    moved = Signal(int)

    def __init__(self, model: RowsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, "导入结果预览", parent)
        self.verticalHeader().hide()
        self.selectionModel().currentRowChanged.connect(lambda now, _before: self.moved.emit(now.row()))

    def fit(self) -> None:
        """What is left goes to the notes."""
        average = theme.measures().average
        widths = [average(7), average(15) + 24, average(26)]
        for n, width in enumerate(widths):
            self.horizontalHeader().resizeSection(n, width)
        self.horizontalHeader().resizeSection(3, max(self.viewport().width() - sum(widths), average(20)))


class OutcomeChips(QWidget):
    """One chip for every outcome that occurs; ``chosen`` says which rows are wanted."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        self.chips: dict[Outcome | Shown, Chip] = {}
        self.current: Outcome | Shown = Shown.ALL

    def show_counts(self, preview: ImportPreview) -> None:
        """Chips for what there is, with how many."""
        counts = preview.counts
        offered: list[tuple[Outcome | Shown, str, int]] = [(Shown.ALL, "全部", counts.rows)]
        offered += [(o, o.label, getattr(counts, o.value)) for o in Outcome]
        offered += [
            (Shown.PARTIAL, "有的格没有导入", counts.partial),
            (Shown.WITHOUT_TOWN, "没有确定镇街", counts.without_town),
            (Shown.WARNED, "有提醒", len(positions_of(preview, Shown.WARNED))),
        ]
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.chips.clear()
        for key, label, count in offered:
            if count or key is Shown.ALL:
                chip = Chip(f"{label} {count}")
                chip.clicked.connect(lambda _checked=False, key=key: self.choose(key))
                self.chips[key] = chip
                self._flow.addWidget(chip)
        self.choose(self.current if self.current in self.chips else Shown.ALL)

    def choose(self, key: Outcome | Shown) -> None:
        """Looks at these rows."""
        self.current = key
        for each, chip in self.chips.items():
            chip.show_value("是" if each is key else "", switch=True)
        self._flow.invalidate()
        self.updateGeometry()
        self.chosen.emit(key)
