"""A tab of a form for the records that belong to it: their list, and a line to add the next one without leaving."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.operations.recording import records
from desktop.operations.recording.records import Saved
from desktop.operations.session import Session
from desktop.records.cells import is_empty
from desktop.records.declaration import Kind, RecordType, Severity
from desktop.records.typed.values import default_value
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet
from desktop.store.queries import reading
from desktop.store.queries.reading import NEWEST_ORDER, Query
from desktop.ui import theme
from desktop.ui.drafts import DraftKeeper
from desktop.ui.fields.making import make_editor
from desktop.ui.fields.rows import FieldRow
from desktop.ui.lists.columns import shown_at_first
from desktop.ui.lists.record_list import RecordList
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_MOST_QUICK = 6
_A_ROW = 3
_WIDE_ENOUGH = 104
"""In characters; with less room the fields stand two by two."""
_SEQUENCE = "sequence"
_DRAFT_DELAY_MS = 400
_NOT_QUICK = (Kind.NOTE, Kind.CODES)


class QuickAdd(QFrame):
    """The fields that are asked first, side by side; Enter goes through them and adds at the end."""

    added = Signal()

    def __init__(self, workbench: Workbench, record_type: RecordType) -> None:
        super().__init__()
        self.setObjectName("card")
        self._workbench = workbench
        self._type = record_type
        self._parent_id = ""
        self.rows: dict[str, FieldRow] = {}
        self._order: list[FieldRow] = []
        self._draft = DraftKeeper.key(record_type.name, None)
        self._kept = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DRAFT_DELAY_MS)
        self._timer.timeout.connect(self._keep_draft)
        self.button = QPushButton("添加")
        self.button.clicked.connect(lambda: self.add())
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 12, 8)
        self._grid.setHorizontalSpacing(8)
        for name in quick_fields(record_type):
            self._row(name)
        self._in_a_row = 0
        self._arrange(_A_ROW)
        self.clear()

    def _arrange(self, in_a_row: int) -> None:
        """Puts so many fields side by side, and the button behind the last line of them."""
        if in_a_row == self._in_a_row:
            return
        self._in_a_row = in_a_row
        for widget in (*(part for row in self._order for part in (row.label, row.cell)), self.button):
            self._grid.removeWidget(widget)  # as in FieldGrid: what takeAt leaves alive hides new heights
        for number, row in enumerate(self._order):
            at, column = divmod(number, in_a_row)
            self._grid.addWidget(row.label, at, 2 * column, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(row.cell, at, 2 * column + 1, Qt.AlignmentFlag.AlignTop)
        for column in range(2 * _A_ROW):
            self._grid.setColumnStretch(column, column % 2 if column < 2 * in_a_row else 0)
        last = (len(self._order) - 1) // in_a_row
        self._grid.addWidget(self.button, last, 2 * _A_ROW, Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer fields side by side where there would be no room for their words."""
        super().resizeEvent(event)
        self._arrange(_A_ROW if self.width() >= theme.measures().average(_WIDE_ENOUGH) else _A_ROW - 1)

    def _row(self, name: str) -> FieldRow:
        field = self._type.by_name[name]
        row = FieldRow(field, lambda cell: make_editor(field, self._workbench, None, cell), self)
        editor = row.editor
        editor.edited.connect(lambda: self._edited(row))
        editor.finished.connect(lambda: self._finished(row))
        editor.advanced.connect(lambda: self._step(row, 1))
        editor.retreated.connect(lambda: self._step(row, -1))
        self.rows[name] = row
        self._order.append(row)
        return row

    def show_parent(self, record: str) -> None:
        """The record that new ones will belong to."""
        self._parent_id = record

    def start(self) -> None:
        """Puts the cursor into the first field."""
        self._order[0].editor.take_focus()

    def clear(self) -> None:
        """Empties what is typed; defaults come back, and there is no draft any more."""
        today = self._workbench.today()
        for row in self._order:
            row.editor.set_cell(default_value(row.field, today))
            row.show_finding(None, "")
        self._timer.stop()
        self._keep_draft()
        self._draft = DraftKeeper.key(self._type.name, None)

    def _edited(self, row: FieldRow) -> None:
        row.show_finding(None, "")
        if not self._timer.isActive():
            self._timer.start()

    def typed(self) -> dict[str, str]:
        """What was typed and not added, by field."""
        today = self._workbench.today()
        return {row.field.name: row.editor.draft_text() for row in self._order if _is_typed(row, today)}

    def _keep_draft(self) -> None:
        """Typed words outlive a kill, as in a form of their own."""
        texts, drafts = self.typed(), self._workbench.drafts
        if texts:
            texts[self._type.parent or ""] = self._parent_id
            drafts.keep(self._draft, self._type.name, None, texts)
        elif self._kept:
            drafts.drop(self._draft)
        self._kept = bool(texts)

    def _finished(self, row: FieldRow) -> None:
        parsed = row.editor.parsed()
        if not parsed.ok:
            row.show_finding(Severity.ERROR, parsed.problem or "")
        else:
            row.editor.tidy()

    def _step(self, row: FieldRow, by: int) -> None:
        at = self._order.index(row) + by
        if at >= len(self._order):
            self.add()
        else:
            self._order[max(at, 0)].editor.take_focus()

    def add(self, then: Callable[[], None] | None = None) -> None:
        """Saves one, unless nothing is typed or something cannot be read; ``then`` is called when it is saved."""
        unread = [row for row in self._order if not row.editor.parsed().ok]
        if unread:
            unread[0].editor.take_focus()
            return
        today = self._workbench.today()
        values: dict[str, Cell] = {f.name: default_value(f, today) for f in self._type.fields}
        typed = {row.field.name: row.editor.parsed().value for row in self._order}
        if not any(_is_typed(row, today) for row in self._order):
            self._order[0].editor.take_focus()
            return
        values |= typed | {self._type.parent or "": self._parent_id}
        filled = {name: cell for name, cell in values.items() if not is_empty(cell)}
        type_name, parent = self._type.name, self._parent_id

        def job(session: Session, _ticket: Ticket) -> Saved:
            if _SEQUENCE in self._type.by_name and _SEQUENCE not in filled:
                held = records.children(session, type_name, parent)
                numbers = [n for c in held if isinstance(n := c.values.get(_SEQUENCE), int)]
                filled[_SEQUENCE] = max(numbers, default=0) + 1
            return records.save(session, type_name, filled)

        self._workbench.write(f"新增{self._type.label}", job, lambda _saved: self._saved(then), owner=self)

    def _saved(self, then: Callable[[], None] | None) -> None:
        self.clear()
        if then is not None:
            then()
            return
        self._order[0].editor.take_focus()
        self.added.emit()


def _is_typed(row: FieldRow, today: datetime.date) -> bool:
    """Whether a field holds anything else than what it begins with."""
    parsed = row.editor.parsed()
    return not parsed.ok or not (is_empty(parsed.value) or parsed.value == default_value(row.field, today))


def quick_fields(record_type: RecordType) -> list[str]:
    """The fields of the line: needed ones and those asked first, but none of many lines, and not the parent."""
    asked = [
        f
        for f in record_type.fields
        if (f.needed or f.first)
        and f.kind not in _NOT_QUICK
        and f.name not in (record_type.parent, _SEQUENCE)
    ]
    needed = [f for f in asked if f.needed]
    rest = [f for f in asked if not f.needed]
    chosen = {f.name for f in (needed + rest)[:_MOST_QUICK]}
    return [f.name for f in asked if f.name in chosen]


class ChildTab(QWidget):
    """``counted`` tells how many there are. Before the parent is saved, it offers to save it.

    Of what is not in front only the number is read: list and line take longer to make than many a form.
    """

    counted = Signal(int)

    def __init__(
        self, workbench: Workbench, record_type: RecordType, save_parent: Callable[[], None]
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self.record_type = record_type
        self._save_parent = save_parent
        self._record = ""
        self._locked = False
        self._made = False
        self.count = 0
        self._layers = QStackedLayout(self)

    @cached_property
    def _before(self) -> EmptyState:
        """What stands there before there is a record, as soon as it is to be seen."""
        made = EmptyState(self)
        made.show_words(
            "save",
            f"先保存，再登记{self.record_type.label}",
            "保存以后就可以在这里一条一条添加。",
            ("保存", self._save_parent),
            quiet=True,
        )
        self._layers.addWidget(made)
        return made

    @cached_property
    def list(self) -> RecordList:
        """The list, which is made when the children of a record are to be seen."""
        made = RecordList(self._workbench, self.record_type)
        made.set_columns(shown_at_first(self.record_type, several_units=False, of_one_parent=True))
        made.new_wanted.connect(self._new)
        made.counted.connect(self._counted)
        return made

    @cached_property
    def quick(self) -> QuickAdd:
        """The line for the next one, made together with the list."""
        return QuickAdd(self._workbench, self.record_type)

    @cached_property
    def _adding(self) -> tuple[QWidget, ...]:
        new, hint = (
            QPushButton("打开完整表单"),
            QLabel("在下面逐项填写，按回车到下一项，最后一项按回车即添加。"),
        )
        new.setProperty("flat", True)
        new.setToolTip("需要填写更多内容时使用")
        new.clicked.connect(self._new)
        hint.setProperty("muted", True)
        return hint, new, self.quick

    def _make(self) -> None:
        """What stands there for a record, as soon as it is to be seen."""
        if self._made:
            return
        self._made = True
        full, (hint, new, quick) = QWidget(), self._adding
        self.list.pasting.catch_blocks(self.quick)
        line = QHBoxLayout()
        line.addWidget(hint, 1)
        line.addWidget(new)
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(line)
        column.addWidget(quick)
        column.addWidget(self.list, 1)
        self._layers.addWidget(full)
        self._layers.setCurrentWidget(full)
        self._lock()
        self._show_children()

    def _lock(self) -> None:
        self.list.writable = self._workbench.may_write(self.record_type) and not self._locked
        for widget in self._adding:
            widget.setVisible(self.list.writable)

    def _show_children(self) -> None:
        self.quick.show_parent(self._record)
        self.list.show_query(self._query())

    def _query(self) -> Query:
        order = _SEQUENCE if _SEQUENCE in self.record_type.by_name else NEWEST_ORDER
        return Query(self.record_type.name, children_of=self._record, order=order)

    def show_record(self, record: str, *, locked: bool = False) -> None:
        """Shows the children of a record; nothing is added to one that is deleted, or another unit's."""
        other, self._record, self._locked = record != self._record, record, locked
        if self._made:
            self._lock()
            if other:
                self._show_children()
        elif self.isVisible():
            self._make()
        elif other:
            self._count()

    def showEvent(self, event: QShowEvent) -> None:
        """Now they are to be seen."""
        super().showEvent(event)
        if self._record:
            self._make()
        else:
            self._layers.setCurrentWidget(self._before)

    @property
    def begun(self) -> bool:
        """Whether something stands in the line that was not added."""
        return self._made and self.list.writable and bool(self.quick.typed())

    def start(self) -> None:
        """Puts the cursor where the next one is typed, or on the button that saves first."""
        if not self._record:
            self._before.primary.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._make()
        if self.list.writable:
            self.quick.start()

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again."""
        if self._made:
            self.list.refresh(changes)
        elif self._record and (
            changes is None or changes.everything or self.record_type.name in changes.records
        ):
            self._count()

    def _count(self) -> None:
        types, query = self._workbench.types, self._query()
        self._workbench.read(
            lambda database, _ticket: reading.count(database, types, query),
            self._tell, owner=self, key="count",
        )  # fmt: skip

    def _tell(self, count: int) -> None:
        self.count = count
        self.counted.emit(count)

    def _counted(self, count: int, _selected: int) -> None:
        if not count:
            label = self.record_type.label
            self.list.empty.show_words("info", f"还没有{label}", self.record_type.help)
        self._tell(count)

    def _new(self) -> None:
        if self.list.writable:
            parent = self.record_type.parent or ""
            self._workbench.shell.new_record(self.record_type.name, {parent: self._record})
