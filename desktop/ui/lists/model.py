"""The model of a list: all row numbers in an array, and the rows around what is seen in a small cache of pages.

Nothing is read in the window's thread: a row that is not in the cache is empty for the few milliseconds until its
page arrives.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.operations import queries
from desktop.records.declaration import RecordType
from desktop.records.versions.item_outcomes import CONFLICT, OUTCOMES
from desktop.store.ledger import ChangeSet
from desktop.store.queries import reading
from desktop.store.queries.reading import Aggregate, Query
from desktop.store.tables.database import Database
from desktop.ui import icons, theme
from desktop.ui.lists.columns import Column, headings
from desktop.ui.lists.rows import PAGE, Loaded, Mark, Preview, ShownRow, Source, load, preview, shown_rows
from desktop.ui.workbench import Workbench
from desktop.ui.worker import LATER, SOON, Task

KEPT_PAGES = 40
_MOST_ASKED = 4

AnyIndex = QModelIndex | QPersistentModelIndex

_DISPLAY = Qt.ItemDataRole.DisplayRole.value
_TOOL_TIP = Qt.ItemDataRole.ToolTipRole.value
_DECORATION = Qt.ItemDataRole.DecorationRole.value
_ALIGNMENT = Qt.ItemDataRole.TextAlignmentRole.value
_ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole.value
_ANSWERED = frozenset({_DISPLAY, _TOOL_TIP, _DECORATION, _ALIGNMENT, _ACCESSIBLE})
_LEFT = (Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value
_RIGHT = (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value

MARK_SIGNS = {
    Mark.WARNING: ("triangle-alert", theme.WARNING, "有提醒"),
    Mark.INCOMPLETE: ("circle-alert", theme.ERROR, "不完整"),
    Mark.CONFLICT: ("git-compare", theme.ERROR, OUTCOMES[CONFLICT]),
}


class RowsModel(QAbstractTableModel):
    """Column 0 is the mark, the others are ``columns``. ``loaded`` says that a query was answered."""

    loaded = Signal()
    previewed = Signal(object)
    """The first rows are there, but not yet the others; how many there are, or nothing while that is unknown."""
    summed = Signal(object)
    MARK = 0

    def __init__(self, workbench: Workbench, record_type: RecordType, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.record_type = record_type
        self.columns: tuple[Column, ...] = ()
        self.headings: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.query = Query(record_type.name)
        self.loading = False
        self._rows: array[int] = array("q")
        self._pages: OrderedDict[int, list[ShownRow | None]] = OrderedDict()
        self._older: dict[int, list[ShownRow | None]] = {}
        self._asked: OrderedDict[int, Task[Any]] = OrderedDict()
        self._preview: list[ShownRow] = []

    # -- loading ---------------------------------------------------------------------------------------------------

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other columns; the rows are read again by the next :meth:`show`."""
        self.beginResetModel()
        self.columns, self.headings = tuple(columns), headings(columns)
        self._forget_pages()
        self._preview = []
        self.endResetModel()

    def show(self, query: Query, around: int = 0) -> None:
        """Asks for the rows of a query; what is shown now stays until they arrive."""
        source = self.source()
        query = queries.ranked(query, source.types, source.codes)
        if query != self.query or not self._rows:
            self._workbench.read(
                lambda database, _ticket: preview(database, source, query), self._preview_arrived, owner=self,
                key="preview", priority=SOON,
            )  # fmt: skip
        self.query = query
        self.loading = True
        self._workbench.read(
            lambda database, _ticket: load(database, source, query, around),
            self._arrived,
            owner=self,
            key="rows",
        )
        sums = [c.name for c in self.columns if c.field is not None and c.field.summed]
        if not sums:
            self.summed.emit(None)
            return
        types = self._workbench.types
        self._workbench.read(
            lambda database, _ticket: reading.aggregate(database, types, query, sums),
            self._sums_arrived, owner=self, key="sums", priority=LATER,
        )  # fmt: skip

    def refresh(self, around: int = 0) -> None:
        """Asks again."""
        self.show(self.query, around)

    def concerns(self, changes: ChangeSet) -> bool:
        """Whether what changed can be seen in this list: its own type, or one whose titles it shows."""
        if changes.everything:
            return True
        links = {c.field.link for c in self.columns if c.field is not None and c.field.link}
        return any(name == self.record_type.name or name in links for name in changes.records)

    def source(self) -> Source:
        """Where the rows come from and how they are put into words."""
        bench = self._workbench
        return Source(bench.types, bench.codes, self.record_type, self.columns, self.units, bench.today())

    def _preview_arrived(self, first: Preview) -> None:
        if not self.loading:
            return
        self.beginResetModel()
        self._forget_pages()
        self._rows = array("q")
        self._preview = first.shown
        self.endResetModel()
        self.previewed.emit(first.count)

    def _arrived(self, loaded: Loaded) -> None:
        self.loading = False
        if loaded.rows == self._rows and not self._preview:
            # The same records: what is shown stays until its newer self arrives, so that nothing flickers.
            older = {**self._older, **self._pages}
            self._forget_pages()
            self._older = older
            self._keep(loaded.page, loaded.shown)
            if self._rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns)))
        else:
            self.beginResetModel()
            self._forget_pages()
            self._preview = []
            self._rows = loaded.rows
            self._keep(loaded.page, loaded.shown)
            self.endResetModel()
        self.loaded.emit()

    def _sums_arrived(self, aggregate: Aggregate) -> None:
        self.summed.emit(aggregate)

    def _forget_pages(self) -> None:
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()
        self._pages.clear()
        self._older = {}

    def _keep(self, page: int, shown: list[ShownRow | None]) -> None:
        self._pages[page] = shown
        self._older.pop(page, None)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    def _ask(self, page: int) -> None:
        if page in self._asked:
            return
        if len(self._asked) >= _MOST_ASKED:
            # Whoever drags the scroll bar through the list wants the page where it stops.
            self._asked.popitem(last=False)[1].cancel()
        source, rows = self.source(), self._rows[page * PAGE : (page + 1) * PAGE]

        def arrived(shown: list[ShownRow | None]) -> None:
            self._asked.pop(page, None)
            self._keep(page, shown)
            last = min((page + 1) * PAGE, len(self._rows)) - 1
            self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, len(self.columns)))

        self._asked[page] = self._workbench.read(
            lambda database, _ticket: shown_rows(database, source, rows), arrived, owner=self, priority=SOON
        )

    def read(
        self, numbers: Sequence[int], take: Callable[[ShownRow], str], then: Callable[[list[str]], None]
    ) -> None:
        """Takes something of rows, named by number, one page at a time, so that others may read in between."""
        source, found = self.source(), list[str]()

        def job(database: Database, part: Sequence[int]) -> list[str]:
            return [take(row) for row in shown_rows(database, source, part) if row is not None]

        def ask(at: int) -> None:
            part = numbers[at : at + PAGE]
            self._workbench.read(
                lambda database, _ticket: job(database, part),
                lambda taken: arrived(at + PAGE, taken), owner=self, key="rows", priority=SOON,
            )  # fmt: skip

        def arrived(at: int, taken: list[str]) -> None:
            found.extend(taken)
            if at < len(numbers):
                ask(at)
            else:
                then(found)

        ask(0)

    # -- what the view and the page ask ----------------------------------------------------------------------------

    def shown(self, position: int) -> ShownRow | None:
        """The row at a position; nothing while its page is on the way."""
        if not 0 <= position < len(self._rows):
            return self._preview[position] if 0 <= position < len(self._preview) else None
        page, at = divmod(position, PAGE)
        found = self._pages.get(page)
        if found is None:
            self._ask(page)
            found = self._older.get(page)
            if found is None:
                return None
        else:
            self._pages.move_to_end(page)
        return found[at] if at < len(found) else None

    def at_hand(self, most: int, around: int = 0) -> list[ShownRow]:
        """Some rows of those that are held, of the page with a position where it is; none is asked for."""
        page = self._pages.get(around // PAGE) or next(iter(self._pages.values()), ())
        held: Sequence[ShownRow | None] = self._preview or page
        return [row for row in held[:most] if row is not None]

    def row_number(self, position: int) -> int:
        """The number by which the store knows the row at a position, 0 while it is not known."""
        return self._rows[position] if 0 <= position < len(self._rows) else 0

    def position_of(self, row_number: int) -> int:
        """Where a row is now, -1 when it is not in the list."""
        try:
            return self._rows.index(row_number)
        except ValueError:
            return -1

    def all_rows(self) -> array[int]:
        """The numbers of all rows, in their order."""
        return self._rows[:]

    def newest(self) -> int:
        """The number of the record that was registered last, 0 in an empty list."""
        return max(self._rows, default=0)

    def row_numbers(self, positions: Iterable[int]) -> list[int]:
        """The numbers of the rows at several positions."""
        return [self._rows[p] for p in positions if p < len(self._rows)]

    # -- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """How many records the list has."""
        return 0 if parent.isValid() else len(self._rows) or len(self._preview)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """The mark and the columns."""
        return 0 if parent.isValid() else len(self.columns) + 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words, mark, alignment or tool tip of a cell; asked seven times for each cell that is painted."""
        if role not in _ANSWERED:
            return None
        column = index.column()
        if role == _ALIGNMENT:
            return _RIGHT if column != self.MARK and self.columns[column - 1].numeric else _LEFT
        if column == self.MARK:
            return None if role == _DISPLAY else self._mark(index.row(), role)
        if role in (_DISPLAY, _TOOL_TIP):
            row = self.shown(index.row())
            # Rows that were read before other columns were chosen stand until the new ones have come.
            return "" if row is None or column > len(row.texts) else row.texts[column - 1]
        return None

    def _mark(self, position: int, role: int) -> Any:
        row = self.shown(position)
        if row is None or row.mark is Mark.NONE:
            return None
        icon, colour, words = MARK_SIGNS[row.mark]
        if role == _DECORATION:
            return icons.icon(icon, colour)
        return words if role == _ACCESSIBLE else f"{words}\n{row.reasons}"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Labels above, numbers at the side."""
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if section == self.MARK:
            return (
                f"标记：不完整、有提醒、{OUTCOMES[CONFLICT]}" if role == Qt.ItemDataRole.ToolTipRole else None
            )
        if not 0 < section <= len(self.columns):
            return None
        column = self.columns[section - 1]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headings[column.name]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{column.label}\n点击排序"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.numeric else _LEFT
        return None
