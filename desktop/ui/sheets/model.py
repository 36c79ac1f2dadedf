"""A sheet of records that belong to one parent: all rows in memory, changed freely, saved at once or not at all.

Trainees of a course, delegates, motions and proposals of a congress are edited in it. What was typed and cannot be
read stays in its cell as typed. Rows that change elsewhere are taken over where nobody has touched them here.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from desktop.operations.recording.sheets import Line
from desktop.records.codes import CodeList
from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.display import display
from desktop.records.typed.values import parse_cell
from desktop.records.versions.canonical import Cell, Values
from desktop.store.ledger import Deletion
from desktop.ui import icons
from desktop.ui.sheets.rows import SheetColumn, SheetRow, Way
from desktop.ui.widgets.looks import LOOK, AnyIndex, Look

_DEEPEST = 60


class SheetModel(QAbstractTableModel):
    """The rows of one sheet. ``edited`` after every change by the user, ``loaded`` after one from elsewhere.

    ``typing`` while a cell is being typed into.
    """

    edited = Signal()
    loaded = Signal()
    typing = Signal()

    def __init__(
        self,
        record_type: RecordType,
        codes: Mapping[str, CodeList],
        today: Callable[[], datetime.date],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.record_type = record_type
        self.columns: tuple[SheetColumn, ...] = ()
        self.rows: list[SheetRow] = []
        self.locked = False
        self.codes, self._today = codes, today
        self._gone: dict[str, SheetRow] = {}
        self._steps: list[tuple[list[tuple[SheetRow, dict[str, Cell], dict[str, tuple[str, str]]]], Any]] = []
        self._grouping = 0
        self._submitted: list[tuple[SheetRow, dict[str, Cell]]] = []
        self._typing: tuple[SheetRow, SheetColumn, str] | None = None

    # -- loading and saving ----------------------------------------------------------------------------------------

    def set_columns(self, columns: Sequence[SheetColumn]) -> None:
        """Other columns."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def load(self, records: Iterable[tuple[str, Values]]) -> None:
        """Takes over what the store holds; what was changed here and is not saved stays on top of it."""
        known = {row.record: row for row in self.rows if row.record is not None}
        before = set(known)
        rows, held = [], set()
        for record, values in records:
            held.add(record)
            row = known.pop(record, None) or self._gone.get(record) or SheetRow(record)
            changes = row.changes if row.base else {}
            row.base = dict(values)
            row.values = {**values, **changes}
            if record not in self._gone:
                rows.append(row)
        fresh = [row for row in self.rows if row.record is None]
        self._gone = {record: row for record, row in self._gone.items() if record in held}
        if before != {row.record for row in rows}:
            self._steps.clear()
        self.beginResetModel()
        self.rows = rows + fresh
        self.endResetModel()
        self.loaded.emit()

    @property
    def dirty(self) -> bool:
        """Whether anything is not saved."""
        return bool(self._gone) or any(row.dirty for row in self.rows)

    def unsaved(self) -> int:
        """How many rows are new, changed or taken away."""
        return len(self._gone) + sum(row.dirty for row in self.rows)

    def lines(self, common: Values) -> list[Line]:
        """The new and changed rows for saving; ``common`` are the cells of every new row, such as its parent.

        What is changed while they are being saved stays to be saved.
        """
        name = self.record_type.name
        self._submitted = [(row, dict(row.values)) for row in self.rows if row.changes]
        return [
            Line(name, row.changes, row.record)
            if row.record is not None
            else Line(name, {**{k: v for k, v in values.items() if v is not None}, **common})
            for row, values in self._submitted
        ]

    def removed(self) -> list[Deletion]:
        """The records that were taken off the sheet."""
        return [Deletion(self.record_type.name, record) for record in self._gone]

    def mark_saved(self, records: Sequence[str], removed: Sequence[Deletion]) -> None:
        """The rows of :meth:`lines` are saved under these ids, in their order, and these records are gone."""
        for (row, values), record in zip(self._submitted, records, strict=True):
            row.record, row.base = record, {**row.base, **values}
        for deletion in removed:
            self._gone.pop(deletion.record, None)
        self._submitted = []
        self._steps.clear()
        self._repaint()

    def first_problem(self) -> tuple[int, int, str] | None:
        """Row, column and sentence of the first cell that cannot be read."""
        for n, row in enumerate(self.rows):
            for m, column in enumerate(self.columns):
                if column.name in row.problems:
                    return n, m, row.problems[column.name][1]
        return None

    @property
    def held(self) -> bool:
        """Whether there is something for a draft: what is not saved, or a cell that is being typed into."""
        return self.dirty or self._typing is not None

    def type_on(self, position: int, column: SheetColumn, text: str) -> None:
        """What stands in the editor of a cell and is not taken over yet; only a draft has it."""
        self._typing = (self.rows[position], column, text)
        self.typing.emit()

    def typed_out(self) -> None:
        """The editor was closed."""
        if self._typing is not None:
            self._typing = None
            self.typing.emit()

    def _drafted(self, row: SheetRow) -> list[Any]:
        """A row as a draft keeps it, with what is being typed into it."""
        changes, problems = row.changes, row.problems
        typing, column, text = self._typing or (None, None, "")
        if typing is row and column is not None and column.field is not None:
            parsed = parse_cell(column.field, text, codes=self.codes, today=self._today())
            if parsed.ok:
                changes = {**changes, column.name: parsed.value}
            else:
                problems = {**problems, column.name: (text, parsed.problem or "")}
        return [row.record, changes, problems]

    def draft(self) -> str:
        """Everything that is not saved, as text."""
        typing = self._typing[0] if self._typing is not None else None
        rows = [self._drafted(row) for row in self.rows if row.dirty or row is typing]
        return json.dumps({"rows": rows, "gone": list(self._gone)}, ensure_ascii=False)

    def restore(self, text: str) -> None:
        """Puts a draft on top of what was loaded."""
        kept = json.loads(text)
        known = {row.record: row for row in self.rows if row.record is not None}
        for record in kept["gone"]:
            if (row := known.pop(record, None)) is not None:
                self._gone[record] = row
        rows = [row for row in self.rows if row.record not in self._gone]
        for record, changes, problems in kept["rows"]:
            row = known.get(record) or SheetRow()
            row.values.update(changes)
            row.problems = {key: (typed, words) for key, (typed, words) in problems.items()}
            if row.record is None:
                rows.append(row)
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        self.edited.emit()

    # -- changing --------------------------------------------------------------------------------------------------

    @contextmanager
    def step(self) -> Iterator[None]:
        """Everything changed inside is one step for :meth:`undo_step`."""
        if not self._grouping:
            state = [(row, dict(row.values), dict(row.problems)) for row in self.rows]
            self._steps = [*self._steps, (state, dict(self._gone))][-_DEEPEST:]
        self._grouping += 1
        try:
            yield
        finally:
            self._grouping -= 1
            if not self._grouping:
                self._repaint()
                self.edited.emit()

    @property
    def can_undo(self) -> bool:
        """Whether a step that is not saved yet can be taken back."""
        return bool(self._steps)

    def undo_step(self) -> None:
        """Takes the last unsaved step back."""
        if not self._steps:
            return
        state, gone = self._steps.pop()
        self.beginResetModel()
        for row, values, problems in state:
            row.values, row.problems = values, problems
        self.rows, self._gone = [row for row, _, _ in state], gone
        self.endResetModel()
        self.edited.emit()

    def add(self, rows: Sequence[Values], extras: Sequence[Any] = (), *, empty: bool = False) -> int:
        """Puts new rows at the end, ``empty`` ones to be typed into; the position of the first."""
        first = len(self.rows)
        with self.step():
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            found = [SheetRow(values=dict(row), start=dict(row) if empty else None) for row in rows]
            for row, extra in zip(found, extras, strict=False):
                row.extra = extra
            self.rows += found
            self.endInsertRows()
        return first

    def remove(self, positions: Iterable[int]) -> None:
        """Takes rows off the sheet."""
        with self.step():
            for position in sorted(set(positions), reverse=True):
                self.beginRemoveRows(QModelIndex(), position, position)
                row = self.rows.pop(position)
                if row.record is not None:
                    self._gone[row.record] = row
                self.endRemoveRows()

    def put(self, position: int, cells: Values) -> None:
        """Sets cells of a row."""
        row = self.rows[position]
        with self.step():
            row.values.update(cells)
            for name in cells:
                row.problems.pop(name, None)

    def type_text(self, position: int, column: SheetColumn, text: str) -> None:
        """What was typed into a cell; what cannot be read stays as typed, with the reason."""
        if column.field is None:
            return
        parsed = parse_cell(column.field, text, codes=self.codes, today=self._today())
        if parsed.problem is not None:
            with self.step():
                self.rows[position].problems[column.name] = (text, parsed.problem)
            return
        row = self.rows[position]
        if parsed.value == row.values.get(column.name) and column.name not in row.problems:
            return
        with self.step():
            self.put(position, {column.name: parsed.value})
            if column.follows is not None:
                self.put(position, column.follows(row))

    def ticked(self, position: int, column: SheetColumn) -> bool:
        """Whether a box is ticked."""
        value = self.rows[position].values.get(column.name)
        return column.code in str(value or "").split() if column.code else value == column.on

    def tick(self, positions: Iterable[int], columns: Iterable[SheetColumn], on: bool) -> None:
        """Ticks boxes, or takes the ticks away."""
        with self.step():
            for column in columns:
                for position in positions:
                    self._tick(position, column, on)

    def _tick(self, position: int, column: SheetColumn, on: bool) -> None:
        values = self.rows[position].values
        if self.ticked(position, column) == on:
            return
        if column.code:
            codes = {*str(values.get(column.name) or "").split()} ^ {column.code}
            values[column.name] = " ".join(sorted(codes)) or None
        else:
            values[column.name] = column.on if on else column.off

    # -- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Typed columns can be edited unless the sheet is locked."""
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self.columns[index.column()].way is Way.TYPED and not self.locked:
            return base | Qt.ItemFlag.ItemIsEditable
        return base

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words, tool tip, look and spoken words of a cell."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == LOOK:
            return self.look(row, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.look(row, column).words
        if role == Qt.ItemDataRole.EditRole:
            return (
                row.problems[column.name][0] if column.name in row.problems else self.look(row, column).words
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            look = self.look(row, column)
            return look.problem or look.tip or look.words or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            look = self.look(row, column)
            ticked = "" if look.ticked is None else "已勾选" if look.ticked else "未勾选"
            return " ".join(filter(None, (column.label.replace("\n", " "), look.words, ticked, look.problem)))
        if role == Qt.ItemDataRole.DecorationRole and (name := self.look(row, column).icon):
            return icons.icon(name, self.look(row, column).colour)
        return None

    def look(self, row: SheetRow, column: SheetColumn) -> Look:
        """How a cell looks."""
        if column.look is not None:
            return column.look(row)
        if column.name in row.problems:
            return Look(row.problems[column.name][0], problem=row.problems[column.name][1])
        value = row.values.get(column.name)
        if column.way is Way.TICK:
            on = column.code in str(value or "").split() if column.code else value == column.on
            plain = column.code or value in (None, column.on, column.off) or column.field is None
            return Look("" if plain else self._words(column.field, value), ticked=on)
        return Look(self._words(column.field, value), numeric=column.numeric)

    def _words(self, shown: Field | None, value: Cell) -> str:
        if shown is None or value is None:
            return ""
        words = display(shown, value, codes=self.codes, masked=True)
        return " ".join(words.split()) if shown.kind is Kind.NOTE else words

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Labels above, numbers at the side."""
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or column.label.replace("\n", " ")
        if role == Qt.ItemDataRole.TextAlignmentRole and column.numeric:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _repaint(self) -> None:
        if self.rows and self.columns:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
