"""The records behind a number: one list for each part of it, those that are missing first."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout

from desktop.operations import queries
from desktop.operations.queries import UnitNode
from desktop.records.declaration import RecordType
from desktop.store.ledger import ChangeSet
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.ui import spacing, theme
from desktop.ui.lists.columns import columns_of, shown_at_first
from desktop.ui.lists.model import RowsModel
from desktop.ui.lists.rows import PAGE, Loaded, Source, shown_rows
from desktop.ui.lists.table import RowsTable
from desktop.ui.page import Act, Page, Status
from desktop.ui.pages.home.reading import Part
from desktop.ui.parts import back_button, heading, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench

Find: TypeAlias = "Callable[[Database], array[int]]"


class FoundModel(RowsModel):
    """A list's model over row numbers that something else than a query finds."""

    def __init__(self, workbench: Workbench, record_type: RecordType, find: Find) -> None:
        super().__init__(workbench, record_type)
        self._find = find

    def show(self, query: Query, around: int = 0) -> None:
        """Asks for the rows again."""
        source, find = self.source(), self._find
        self.query, self.loading = query, True

        def job(database: Database) -> Loaded:
            return _load(database, source, find, around)

        self._workbench.read(lambda database, _ticket: job(database), self._arrived, owner=self, key="rows")


def _load(database: Database, source: Source, find: Find, around: int) -> Loaded:
    rows = find(database)
    page = min(around, max(len(rows) - 1, 0)) // PAGE
    return Loaded(rows, page, shown_rows(database, source, rows[page * PAGE : (page + 1) * PAGE]))


class FoundPage(Page):
    """Opened from a number; a double click or Enter opens the record."""

    def __init__(
        self, workbench: Workbench, title: str = "", explanation: str = "", parts: Sequence[Part] = ()
    ) -> None:
        super().__init__(workbench)
        self._title = title
        self.parts = list(parts)
        self.models: list[FoundModel] = []
        self.tables: list[RowsTable] = []
        self.tabs: list[QToolButton] = []
        self._units: dict[str, str] = {}
        self._waiting = set(range(len(self.parts)))
        self._settled = False
        self._group = QButtonGroup(self)
        self._layers = QStackedWidget()
        self.empty = EmptyState()
        self.empty.show_words("circle-check", "没有这样的记录")
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self._build(explanation)
        types = workbench.types
        workbench.read(
            lambda database, _ticket: queries.unit_tree(database, types),
            self._units_arrived,
            owner=self,
            key="units",
        )

    def _build(self, explanation: str) -> None:
        name = heading(self._title, 1)
        name.setWordWrap(True)
        top = row(back_button(self.workbench), spacing=10)
        top.addWidget(name, 1)
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for number, part in enumerate(self.parts):
            chips.addWidget(self._add(number, part))
        chips.addStretch(1)
        chips.addWidget(self.count)
        self._layers.addWidget(self.empty)
        words = plain(explanation, muted=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(8)
        column.addLayout(top)
        if explanation:
            column.addWidget(words)
        column.addLayout(chips)
        column.addWidget(self._layers, 1)

    def _add(self, number: int, part: Part) -> QToolButton:
        model = FoundModel(self.workbench, self.workbench.types[part.type], part.find)
        table = RowsTable(model)
        table.opened.connect(lambda position, field: self._open(number, position, field))
        model.loaded.connect(lambda: self._loaded(number))
        self.models.append(model)
        self.tables.append(table)
        self._layers.addWidget(table)
        chip = QToolButton()
        chip.setText(part.label)
        chip.setProperty("chip", True)
        chip.setCheckable(True)
        chip.clicked.connect(lambda _on=False: self.show_part(number))
        self._group.addButton(chip)
        self.tabs.append(chip)
        return chip

    # -- showing ---------------------------------------------------------------------------------------------------

    def _units_arrived(self, units: list[UnitNode]) -> None:
        self._units = {u.id: u.name for u in units}
        several = len(units) > 1
        for model in self.models:
            model.units = self._units
            known = {c.name: c for c in columns_of(model.record_type)}
            model.set_columns([known[n] for n in shown_at_first(model.record_type, several)])
            model.refresh()
        if self.models:
            self.show_part(0)

    def show_part(self, number: int) -> None:
        """Brings one of the lists to the front."""
        for n, chip in enumerate(self.tabs):
            chip.setChecked(n == number)
            theme.restyle(chip, on=n == number)
        self._show_list(number)

    def _show_list(self, number: int) -> None:
        model = self.models[number]
        empty = not model.loading and not model.rowCount()
        self._layers.setCurrentWidget(self.empty if empty else self.tables[number])
        self.count.setText("" if model.loading or empty else f"共{model.rowCount()}条，双击打开")
        self.state_changed.emit()

    def _loaded(self, number: int) -> None:
        model = self.models[number]
        self.tabs[number].setText(f"{self.parts[number].label}（{model.rowCount()}）")
        self.tables[number].fit()
        self._waiting.discard(number)
        if not self._waiting and not self._settled:
            # Where nothing is missing, the first list that has something comes to the front.
            self._settled = True
            filled = [n for n, m in enumerate(self.models) if m.rowCount()]
            if filled and self.current not in filled:
                self.show_part(filled[0])
        if self.current == number:
            self._show_list(number)
            if model.rowCount() and not self.tables[number].currentIndex().isValid():
                self.tables[number].go_to(0)

    @property
    def current(self) -> int:
        """The number of the list in front."""
        return next((n for n, chip in enumerate(self.tabs) if chip.isChecked()), 0)

    def _open(self, number: int, position: int, field: str) -> None:
        model = self.models[number]
        shown = model.shown(position)
        if shown is not None:
            self.workbench.shell.open_record(model.record_type.name, shown.id, field)

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again: a record that was mended leaves the list."""
        for model in self.models:
            if changes is None or model.concerns(changes):
                model.refresh()

    @property
    def title(self) -> str:
        """What the number is."""
        return self._title

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "plan"

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """The list in front can be printed."""
        rows = self.models[self.current].rowCount() if self.models else 0
        return {Act.PRINT: self._print} if rows else {}

    def _print(self) -> None:
        from desktop.ui.lists.printing import print_list  # loads what only paper needs
        from desktop.ui.printing.papers import choose_paper, unorganised_choice

        part, model = self.parts[self.current], self.models[self.current]
        shown = (
            f"列表：{part.label}",
            lambda: print_list(self.workbench, model, f"{self._title}（{part.label}）"),
        )
        choose_paper(self, [shown, *([unorganised_choice(self.workbench)] if part.unorganised else [])])

    def status(self) -> Status:
        """How many there are."""
        return Status(f"共{self.models[self.current].rowCount()}条") if self.models else Status()

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of a list."""
        return {"Enter": "打开选中的记录", "Alt+←": "返回"}

    def enter(self) -> None:
        """The cursor goes to the records."""
        if self.tables:
            self.tables[self.current].setFocus(Qt.FocusReason.OtherFocusReason)
