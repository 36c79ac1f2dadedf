"""A table of records with what stands below and instead of it; the list page and the tabs of a form are made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QStackedLayout, QVBoxLayout, QWidget

from desktop.operations import queries
from desktop.operations.recording import batches, duplicates, records
from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.store.ledger import ChangeSet
from desktop.store.queries import reading
from desktop.store.queries.reading import TITLE_ORDER, Aggregate, Query, Record
from desktop.store.tables.database import Database
from desktop.ui import icons
from desktop.ui.copying import values_to_copy
from desktop.ui.dialogs import Answer
from desktop.ui.erase import may_erase
from desktop.ui.erase import offer as offer_erasing
from desktop.ui.lists.batch import offer as offer_batch
from desktop.ui.lists.columns import Column, columns_of
from desktop.ui.lists.model import RowsModel
from desktop.ui.lists.pasting import Pasting
from desktop.ui.lists.rows import PAGE, ShownRow
from desktop.ui.lists.table import RowsTable
from desktop.ui.notices import Tone
from desktop.ui.pasting import copied
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


class RecordList(QWidget):
    """The records that a query finds. ``counted`` tells how many there are and how many are selected."""

    counted = Signal(int, int)
    new_wanted = Signal()
    find_wanted = Signal()

    def __init__(self, workbench: Workbench, record_type: RecordType, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workbench = workbench
        self.record_type = record_type
        self.writable = workbench.may_write(record_type)
        self.model = RowsModel(workbench, record_type, self)
        self.table = RowsTable(self.model)
        self.pasting = Pasting(self, workbench, self.model, lambda: self.writable)
        self.empty = EmptyState()
        self.foot = QLabel()
        self._selected = 0
        self._keep_row = 0
        self._keep_position = -1
        self._newest = -1
        self._sums: Aggregate | None = None
        self._build()
        self.table.opened.connect(self._open)
        self.table.new_wanted.connect(self.new_wanted)
        self.table.delete_wanted.connect(self.delete_selected)
        self.table.find_wanted.connect(self.find_wanted)
        self.table.copy_wanted.connect(self._copy)
        self.table.batch_wanted.connect(self.edit_selected)
        self.table.selection_counted.connect(self._selection)
        self.table.menu_wanted.connect(lambda at: self.menu().popup(at))
        self.table.horizontalHeader().sectionClicked.connect(self._sort)
        self.table.widths_kept.connect(
            lambda widths: workbench.settings.keep_widths(record_type.name, widths)
        )
        self.model.loaded.connect(self._loaded)
        self.model.previewed.connect(self._previewed)
        self.model.summed.connect(self._show_sums)

    def _build(self) -> None:
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        frame = QFrame()
        frame.setObjectName("table-foot")
        line = QHBoxLayout(frame)
        line.setContentsMargins(10, 4, 10, 4)
        line.addWidget(self.foot, 1)
        self.foot.setProperty("muted", True)
        column.addWidget(frame)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(full)
        self._layers.addWidget(self.empty)

    # -- what is shown ---------------------------------------------------------------------------------------------

    def set_columns(self, names: Sequence[str]) -> None:
        """Shows these columns; names that no longer exist are passed over."""
        known = {c.name: c for c in columns_of(self.record_type)}
        self.model.set_columns([known[name] for name in names if name in known])
        self.table.set_given_widths(self.workbench.settings.widths(self.record_type.name))

    @property
    def empty_shown(self) -> bool:
        """Whether the words about an empty list stand there instead of the rows."""
        return self._layers.currentWidget() is self.empty

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are shown."""
        return self.model.columns

    def show_query(self, query: Query) -> None:
        """Shows other records; the row under the cursor stays under it when it is still among them."""
        self._remember_place()
        self.model.show(query, max(self.table.rowAt(0), 0) if query == self.model.query else 0)
        self._show_order(query)

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again when what changed can be seen here."""
        if changes is None or self.model.concerns(changes):
            self._newest = self.model.newest() if changes is not None else -1
            self._remember_place()
            self.model.refresh(max(self.table.rowAt(0), 0))

    def _remember_place(self) -> None:
        current = self.table.currentIndex()
        self._keep_row = self.model.row_number(current.row()) if current.isValid() else 0
        self._keep_position = current.row() if current.isValid() else -1

    def _previewed(self, count: int | None) -> None:
        if self.model.rowCount():
            self._show_rows()
            self.foot.setText("正在统计…" if count is None else f"共{count}条")
            self.table.fit()

    def _loaded(self) -> None:
        count, had_cursor = self.model.rowCount(), self.table.hasFocus()
        if count:
            self._show_rows()
        else:
            self._layers.setCurrentIndex(1)
        self._return_to_place(count)
        self._show_count()
        self._show_foot()
        self.table.fit()
        if had_cursor and not count:
            self.empty.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_rows(self) -> None:
        waiting = self.empty.primary.hasFocus()
        self._layers.setCurrentIndex(0)
        if waiting:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _return_to_place(self, count: int) -> None:
        """To a record that has just been registered, else to the one that was current, else near it."""
        if not count or self.table.currentIndex().isValid():
            return
        newest, known = self.model.newest(), self._newest
        self._newest = -1
        if 0 <= known < newest:
            self.table.go_to(self.model.position_of(newest))
        elif self._keep_row:
            position = self.model.position_of(self._keep_row)
            self.table.go_to(position if position >= 0 else min(self._keep_position, count - 1))

    def _selection(self, count: int) -> None:
        self._selected = count
        self._show_count()

    def _show_count(self) -> None:
        self.counted.emit(self.model.rowCount(), self._selected)

    def _show_sums(self, sums: Aggregate | None) -> None:
        self._sums = sums
        self._show_foot()

    def _show_foot(self) -> None:
        if self.model.loading:
            return
        self.foot.setText("　".join(filter(None, [f"共{self.model.rowCount()}条", self.sums_words("　")])))

    def sums_words(self, between: str = "，") -> str:
        """What the shown columns add up to."""
        shown = {c.name for c in self.columns}
        sums = {} if self._sums is None else {n: s for n, s in self._sums.sums.items() if n in shown}
        return between.join(queries.sum_words(self.record_type, sums))

    # -- sorting ---------------------------------------------------------------------------------------------------

    def _sort(self, section: int) -> None:
        if not 0 < section <= len(self.columns):
            return
        query, order = self.model.query, self.columns[section - 1].order
        descending = query.order == order and not query.descending
        self.sort_by(order, descending)

    def sort_by(self, order: str, descending: bool = False) -> None:
        """Sorts by a column's order; the list stands at its top afterwards."""
        self._keep_row = 0
        self.table.clearSelection()
        self.table.setCurrentIndex(self.model.index(-1, -1))
        query = replace(self.model.query, order=order, descending=descending)
        self.model.show(query)
        self._show_order(query)
        self.table.scrollToTop()

    def _show_order(self, query: Query) -> None:
        head = self.table.horizontalHeader()
        section = next((n for n, c in enumerate(self.columns, 1) if c.order == query.order), -1)
        head.setSortIndicatorShown(section > 0 and (query.order != TITLE_ORDER or query.descending))
        direction = Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder
        if section > 0:
            head.setSortIndicator(section, direction)
        self.table.fit()

    # -- what can be done ------------------------------------------------------------------------------------------

    def selected(self) -> list[ShownRow]:
        """The selected records whose page is here."""
        rows = (self.model.shown(position) for position in self.table.positions())
        return [row for row in rows if row is not None]

    def _open(self, position: int, field: str) -> None:
        shell, name, number = self.workbench.shell, self.record_type.name, self.model.row_number(position)
        if (row := self.model.shown(position)) is not None:
            shell.open_record(name, row.id, field)
        elif number:
            # Enter was quicker than the page on which the row stands.
            self.model.read(
                [number], lambda r: r.id, lambda ids: shell.open_record(name, ids[0], field) if ids else None
            )

    def delete_selected(self) -> None:
        """Deletes the selected records after a question that names them."""
        if not self.writable or self.model.query.deleted:
            return
        self._with_selected(self._delete)

    def _delete(self, held: list[Record], named: str) -> None:
        label, name = self.record_type.label, self.record_type.name
        below = [*(c.label for c in self.workbench.types.children(name)), "附件"]
        words = f"要删除{named}吗？它下面的{'、'.join(below)}也一并删除。\n删除后可以用“撤消”，或者在“已删除”里恢复。"
        if self.workbench.dialogs.ask("删除", words, yes="删除", danger=True) is Answer.YES:
            self._each(f"删除{label}", held, records.delete, lambda _done: f"已删除{named}。")

    @property
    def batched(self) -> bool:
        """Whether something can be changed in several of these records at once."""
        shown = self.writable and not self.model.query.deleted
        return shown and bool(batches.targets_of(self.record_type, self.workbench.may_write))

    def edit_selected(self, field: str = "") -> None:
        """Asks what the selected records are to have in common; ``field`` is what the cursor stands on."""
        numbers = self.model.row_numbers(self.table.positions())
        if numbers and self.batched:
            offer_batch(self.workbench, self.record_type, numbers, field)

    def _join_words(self) -> str:
        return "合并为一家…" if self.record_type.key is not None else "合并成一条…"

    def join_selected(self) -> None:
        """Puts the selected records side by side, for whoever knows that they are one."""
        name, shell = self.record_type.name, self.workbench.shell
        numbers = self.model.row_numbers(self.table.positions())
        self.model.read(
            numbers,
            lambda row: row.id,
            lambda ids: shell.open_page("duplicates", part=" ".join((name, *ids))),
        )

    def erase_selected(self) -> None:
        """Asks which personal values of the selected records are erased for good."""
        if may_erase(self.workbench, self.record_type):
            self._with_selected(self._erase)

    def _erase(self, held: list[Record], named: str) -> None:
        offer_erasing(self.workbench, self.record_type, [record.id for record in held], named)

    def restore_selected(self) -> None:
        """Brings the selected deleted records back."""
        label = self.record_type.label
        if self.writable and self.model.query.deleted:
            self._with_selected(
                lambda held, _named: self._each(
                    f"恢复{label}",
                    held,
                    records.restore,
                    lambda done: records.restored_words(f"{len(held)}条{label}", done),
                )
            )

    def _with_selected(self, then: Callable[[list[Record], str], None]) -> None:
        """All selected records, those included whose page is not here, and what they are called together."""
        numbers, record_type = self.model.row_numbers(self.table.positions()), self.record_type
        types, codes = self.workbench.types, self.workbench.codes

        def job(database: Database, _ticket: Ticket) -> tuple[list[Record], str]:
            parts = (numbers[n : n + PAGE] for n in range(0, len(numbers), PAGE))
            found = [held for part in parts for held in reading.page(database, record_type, part).values()]
            if len(found) == 1:
                return found, f"“{queries.title_of(database, types, codes, found[0])}”"
            return found, f"选中的{len(found)}条{record_type.label}"

        if numbers:
            self.workbench.read(job, lambda found: then(*found) if found[0] else None, owner=self)

    def _each(
        self,
        name: str,
        held: list[Record],
        operation: Callable[[Session, str, str], ChangeSet],
        words: Callable[[list[ChangeSet]], str],
    ) -> None:
        """Runs an operation on each record; stopping keeps what is done so far, and one undo takes all of it back."""
        bench = self.workbench

        def job(session: Session, ticket: Ticket) -> list[ChangeSet]:
            done: list[ChangeSet] = []
            for record in held:
                if ticket.cancelled:
                    break
                done.append(operation(session, record.type, record.id))
                ticket.progress(len(done), len(held))
            return done

        def then(done: list[ChangeSet]) -> None:
            stopped = len(done) < len(held)
            said = (
                f"已停止，完成了{len(done)}条，其余{len(held) - len(done)}条没有动。"
                if stopped
                else words(done)
            )
            bench.shell.tell(Tone.WARNING if stopped else Tone.GOOD, said, "撤消", bench.undo)

        bench.write(name, job, then)

    def menu(self) -> QMenu:
        """What can be done with the selected records."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        deleted, current, any_ = self.model.query.deleted, self.table.currentIndex(), self._selected > 0
        rows = self.selected() if self._selected == 1 else []
        one = len(rows) == 1 and current.isValid()
        add = menu.addAction(icons.icon("pencil"), "打开（Enter）", lambda: self._open(current.row(), ""))
        add.setEnabled(one)
        if deleted:
            menu.addAction(icons.icon("rotate-ccw"), "恢复", self.restore_selected).setEnabled(
                any_ and self.writable
            )
        else:
            menu.addAction(icons.icon("copy"), "复制一条新增", lambda: self._duplicate(rows[0])).setEnabled(
                one and self.writable
            )
            menu.addAction(
                "批量修改…（Ctrl+B）", lambda: self.edit_selected(self.table.current_field())
            ).setEnabled(any_ and self.batched)
            if self.record_type in duplicates.kinds(self.workbench.types):
                several = 2 <= self._selected <= duplicates.MOST_TOGETHER
                join = menu.addAction(icons.icon("git-compare"), self._join_words(), self.join_selected)
                join.setEnabled(several and self.writable)
            menu.addAction(icons.icon("trash-2"), "删除（Del）", self.delete_selected).setEnabled(
                any_ and self.writable
            )
        if may_erase(self.workbench, self.record_type):
            menu.addAction("清除个人信息…", self.erase_selected).setEnabled(any_)
        menu.addSeparator()
        menu.addAction("复制到表格（Ctrl+C）", self._copy).setEnabled(any_)
        menu.addAction("连同表头复制", lambda: self._copy(with_labels=True)).setEnabled(any_)
        menu.addAction("从剪贴板粘贴（Ctrl+V）", self.pasting.paste).setEnabled(self.pasting.possible)
        return menu

    def _copy(self, *, with_labels: bool = False) -> None:
        """Puts all selected rows on the clipboard as a spreadsheet takes them; personal values stay masked."""
        numbers, shell = self.model.row_numbers(self.table.positions()), self.workbench.shell
        labels = "\t".join(c.label for c in self.model.columns)

        def line(row: ShownRow) -> str:
            return "\t".join(map(copied, row.texts))

        def then(lines: list[str]) -> None:
            QGuiApplication.clipboard().setText("\n".join([labels, *lines] if with_labels else lines))
            shell.tell(Tone.PLAIN, f"已复制{len(lines)}行，可以粘贴到表格里。")

        if numbers:
            if len(numbers) > PAGE:
                shell.tell(Tone.PLAIN, f"正在复制{len(numbers)}行……")
            self.model.read(numbers, line, then)

    def _duplicate(self, row: ShownRow) -> None:
        """A new form with what the record says, but for its own name, code and personal data."""
        record_type, types = self.record_type, self.workbench.types

        def job(database: Database, _ticket: Ticket) -> Record | None:
            return reading.record(database, types, record_type.name, row.id)

        def then(held: Record | None) -> None:
            if held is not None:
                self.workbench.shell.new_record(record_type.name, values_to_copy(record_type, held.values))

        self.workbench.read(job, then, owner=self)
