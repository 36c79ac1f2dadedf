"""A tab of a form that holds a sheet of the records below it: its table, its pasted lists, its empty state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from desktop.operations.recording.officers import Roster
from desktop.records.declaration import RecordType
from desktop.records.versions.canonical import Values
from desktop.store.ledger import ChangeSet
from desktop.store.queries import reading
from desktop.store.queries.reading import NEWEST_ORDER, Query
from desktop.store.tables.database import Database
from desktop.ui.parts import button, plain
from desktop.ui.sheets.model import SheetModel
from desktop.ui.sheets.paste import PastePanel
from desktop.ui.sheets.people import PasteWords, Taken
from desktop.ui.sheets.rows import SheetColumn
from desktop.ui.sheets.view import SheetView
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.widgets.order import read_first
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

SEQUENCE = "sequence"


class SheetTab(QWidget):
    """Derive from it and answer its questions. ``edited`` when something is not saved, ``counted`` how many rows."""

    edited = Signal()
    counted = Signal(int)
    words: PasteWords | None = None
    """How pasted lists are read; nothing for a sheet without people."""
    hint = ""
    """The keys, in one line below the table."""
    empty_icon = "users"
    one = "一行"
    """What one row is."""

    def __init__(
        self, workbench: Workbench, record_type: RecordType, save_parent: Callable[[], None]
    ) -> None:
        super().__init__()
        self.workbench = workbench
        self.record_type = record_type
        self.record = ""
        self.parent_values: Callable[[], Values] = dict
        """The values of the record above as they stand in its form."""
        self.writable = workbench.may_write(record_type)
        self.model = SheetModel(record_type, workbench.codes, workbench.today, self)
        self.model.locked = not self.writable
        self.view = SheetView(workbench, self.model, record_type.label)
        self.view.searched = "name"
        self.panel = PastePanel(self.words) if self.words is not None else None
        self.empty, self.before = EmptyState(), EmptyState()
        self.top = QHBoxLayout()
        self.top.setSpacing(8)
        self.buttons: list[QPushButton] = []
        self._pending = ""
        self._read_once = False
        self._build(save_parent)
        self.view.new_wanted.connect(self.add_one)
        self.view.remove_wanted.connect(self.remove_selected)
        self.view.paste_wanted.connect(self.paste)
        self.model.edited.connect(self._edited)
        self.model.loaded.connect(self._show_rows)
        if self.panel is not None:
            self.panel.accepted.connect(self._take)
            self.panel.given_up.connect(self._show_rows)

    def _build(self, save_parent: Callable[[], None]) -> None:
        label = self.record_type.label
        self.before.show_words(
            "save", f"先保存，再登记{label}", "保存以后就可以在这里登记。", ("保存", save_parent), quiet=True
        )
        self._full = QWidget()
        self.below = column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        column.addLayout(self.top)
        column.addWidget(self.view, 1)
        keys = plain(self.hint, muted=True, small=True)
        column.addWidget(keys)
        self._layers = QStackedLayout(self)
        for widget in (self.before, self.empty, self._full, self.panel):
            if widget is not None:
                self._layers.addWidget(widget)

    def add_buttons(self) -> None:
        """The buttons of the line above the table: paste, add, take off."""
        offered = [button(f"添加{self.one}（Ins）", self.add_one, "plus")]
        if self.words is not None:
            offered.insert(0, button("粘贴名单（Ctrl+V）", self.paste_clipboard, "copy"))
        offered.append(button("移除", self.remove_selected, "trash-2"))
        offered[-1].setToolTip("把选中的行从名单里移除，保存后生效（Ctrl+Del）")
        for made in offered:
            made.setEnabled(self.writable)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.top.addWidget(made)
        self.buttons = offered

    # -- what each sheet answers -----------------------------------------------------------------------------------

    def columns(self) -> Sequence[SheetColumn]:
        """The columns as they should be now."""
        raise NotImplementedError

    def read_more(self, database: Database) -> Any:
        """Whatever the sheet needs beside its rows; called in the reader's thread."""
        return None

    def know(self, more: Any) -> None:
        """Takes what :meth:`read_more` read."""

    def row_of(self, taken: Taken) -> tuple[Values, Any]:
        """The cells of a new row for a pasted person, and what the page wants to know of it."""
        raise NotImplementedError

    def listed(self, values: Values) -> Values:
        """A row as the matching of pasted names sees it."""
        return values

    def new_row(self) -> Values:
        """The cells that a row starts with when it is typed."""
        return {}

    def first_column(self, *, typed: bool) -> str:
        """Where the cursor goes after rows were added."""
        return "name"

    def show_figures(self) -> None:
        """Looks again at everything that is counted."""

    def roster(self) -> Roster:
        """The people that pasted names are matched with."""
        return Roster()

    # -- loading ---------------------------------------------------------------------------------------------------

    def show_record(self, record: str, *, locked: bool = False) -> None:
        """Shows the rows of a record; nothing is added to one that is deleted, or another unit's."""
        writable = self.workbench.may_write(self.record_type) and not locked
        if writable is not self.writable:
            self.writable = writable
            self.model.locked = not writable
            for made in self.buttons:
                made.setEnabled(writable)
            self._show_rows()
        if record != self.record:
            self.record = record
            self.load()

    def load(self) -> None:
        """Reads the rows."""
        types, record_type, record = self.workbench.types, self.record_type, self.record

        def job(database: Database, _ticket: Ticket) -> tuple[list[tuple[str, Values]], Any]:
            query = Query(record_type.name, children_of=record, order=NEWEST_ORDER)
            held = reading.records(database, types, query)
            held.sort(key=lambda r: (r.values.get(SEQUENCE) is None, r.values.get(SEQUENCE) or 0))
            return [(r.id, r.values) for r in held], self.read_more(database)

        self.workbench.read(job, self._arrived, owner=self, key="sheet")

    def _arrived(self, found: tuple[list[tuple[str, Values]], Any]) -> None:
        rows, more = found
        first, self._read_once = not self._read_once, True
        self.know(more)
        self.model.load(rows)
        self.look_at_columns()
        if self._pending:
            text, self._pending = self._pending, ""
            self.model.restore(text)
        self._show_rows()
        if first and self.isVisible():
            self.enter()

    def look_at_columns(self) -> None:
        """Shows other columns where they have changed."""
        columns = tuple(self.columns())
        if [c.key for c in columns] != [c.key for c in self.model.columns]:
            self.model.set_columns(columns)
            self.view.fit()

    def refresh(self, changes: ChangeSet | None) -> None:
        """Reads again when something that is shown has changed."""
        if not self.record:
            return
        names = {self.record_type.name, *(f.link for f in self.record_type.fields if f.link)}
        if changes is None or changes.everything or names & set(changes.records):
            self.load()

    def restore(self, text: str) -> None:
        """Puts a draft back as soon as the rows are here."""
        self._pending = text
        if self.record:
            self.load()

    # -- showing ---------------------------------------------------------------------------------------------------

    @property
    def pasting(self) -> bool:
        """Whether a pasted list is in front."""
        return self.panel is not None and self._layers.currentWidget() is self.panel

    def _show_rows(self) -> None:
        if not self.record:
            self._layers.setCurrentWidget(self.before)
            return
        if self.pasting and self.sender() is not self.panel:
            return
        shown = self._full if self.model.rows or self.model.dirty else self.empty
        self._layers.setCurrentWidget(shown)
        self.show_empty()
        self.show_figures()
        self.counted.emit(sum(not row.blank for row in self.model.rows))

    def show_empty(self) -> None:
        """What stands where no rows are."""
        label, help_words = self.record_type.label, self.record_type.help
        if not self.writable:
            self.empty.show_words("info", f"还没有{label}", help_words)
        elif self.panel is None:
            self.empty.show_words(
                self.empty_icon, f"还没有{label}", help_words, ("添加（Ins）", self.add_one), quiet=True
            )
        else:
            self.empty.show_words(
                self.empty_icon, f"还没有{label}",
                "在WPS表格、微信或通知里复制名单，回到这里按Ctrl+V，姓名会和名册自动对上；"
                "核对以后才会加入。也可以一个一个添加。",
                ("粘贴名单（Ctrl+V）", self.paste_clipboard), ("一个一个添加", self.add_one), quiet=True,
            )  # fmt: skip

    def enter(self) -> None:
        """The cursor goes to where work goes on."""
        read_first(self._full, self.top)
        widget: QWidget = self.view
        if self.pasting and self.panel is not None:
            widget = self.panel.table
        elif self._layers.currentWidget() in (self.empty, self.before):
            current = self.empty if self._layers.currentWidget() is self.empty else self.before
            widget = current.primary
        elif not self.view.currentIndex().isValid():
            self.view.go_to_name(0, self.first_column(typed=False))
        widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _edited(self) -> None:
        if self._layers.currentWidget() is self.empty and self.model.rows:
            self._layers.setCurrentWidget(self._full)
        self.show_figures()
        self.counted.emit(sum(not row.blank for row in self.model.rows))
        self.edited.emit()

    # -- rows ------------------------------------------------------------------------------------------------------

    def paste_clipboard(self) -> None:
        """Reads the clipboard as a list of people."""
        self.paste(QGuiApplication.clipboard().text())

    def paste(self, text: str) -> None:
        """Shows a pasted list for a look before it is taken over."""
        if self.panel is None or not self.writable or not self.record:
            return
        self._layers.setCurrentWidget(self.panel)
        self.panel.open(text, self.roster(), [self.listed(row.values) for row in self.model.rows])

    def _take(self, people: list[Taken]) -> None:
        rows = [self.row_of(taken) for taken in people]
        self.show_from(self.model.add([values for values, _ in rows], [extra for _, extra in rows]))

    def show_from(self, first: int) -> None:
        """Shows the table, with the cursor at the first of the rows that were just added."""
        self._layers.setCurrentWidget(self._full)
        self._show_rows()
        self.view.go_to_name(first, self.first_column(typed=False))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_one(self) -> None:
        """A new row, with the cursor where its first word is typed."""
        if not self.writable or not self.record:
            return
        blank = next((n for n, row in enumerate(self.model.rows) if row.blank), None)
        at = self.model.add([self.new_row()], empty=True) if blank is None else blank
        self._layers.setCurrentWidget(self._full)
        self.view.go_to_name(at, self.first_column(typed=True))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.edit(self.view.currentIndex())

    def remove_selected(self) -> None:
        """Takes the selected rows off; a save makes it true, Ctrl+Z brings them back before."""
        rows = self.view.selected_rows()
        if self.writable and rows:
            self.model.remove(rows)
            if self.model.rows:
                self.view.go_to(min(rows[0], len(self.model.rows) - 1), self.view.currentIndex().column())
            self._show_rows()

    def common(self) -> Values:
        """The cells that every new row gets: what it belongs to."""
        return {self.record_type.parent or "": self.record}

    def before_saving(self) -> None:
        """Gives rows without a number the next ones, where the type has numbers."""
        if SEQUENCE not in self.record_type.by_name:
            return
        numbers = [n for row in self.model.rows if isinstance(n := row.values.get(SEQUENCE), int)]
        following = max(numbers, default=0) + 1
        for row in self.model.rows:
            if row.values.get(SEQUENCE) is None and not row.blank:
                row.values[SEQUENCE] = following
                following += 1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pasting and adding work wherever the cursor is in the tab."""
        ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if ctrl and event.key() == Qt.Key.Key_V and not self.pasting:
            self.paste_clipboard()
        elif event.key() == Qt.Key.Key_Insert and not self.pasting:
            self.add_one()
        else:
            super().keyPressEvent(event)
