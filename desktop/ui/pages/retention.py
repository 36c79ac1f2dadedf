"""Personal values whose time is over: what is due by which rule, and the way to erase it; nothing goes by itself."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout

from desktop.operations import queries
from desktop.operations.workspaces import erasing, retention
from desktop.operations.workspaces.retention import Due
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui import erase, spacing
from desktop.ui.erase import EraseDialog
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.parts import Note, button, heading, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_MOST_SHOWN = 500
"""So many records of a rule are listed; erasing the whole of it takes all."""
Titles = dict[str, str]


class RetentionPage(Page):
    """A line a rule above, its records below; a selection of them, or all, goes to the dialog that erases."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._due: dict[str, Due] = {}
        self.dialog: EraseDialog | None = None
        self.rules = Grid(
            [
                Col("到期的是", 24, wide=True),
                Col("保存多久", 10),
                Col("到期条数", 8, numeric=True),
                Col("最早一条从", 12),
            ],
            "保存期限",
        )
        self.records = Grid([Col("记录", 30, wide=True), Col("从这天起算", 14)], "到期的记录")
        self.records.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.caption, self.note = heading("到期的记录"), Note()
        self.chosen = button("清除选中的…", self._erase_chosen, "trash-2")
        self.all = button("清除这一类的全部…", self._erase_all, "trash-2")
        self.empty = EmptyState()
        self.empty.show_words(
            "circle-check", "没有到期的个人信息", "到期以后会列在这里，由人来清除，程序不会自己清除。"
        )
        self._build()
        self.rules.chosen.connect(self._show_records)
        self.records.selectionModel().selectionChanged.connect(lambda *_: self._show_acts())
        self.records.opened.connect(self._open)
        self.refresh(None)

    def _build(self) -> None:
        told = retention.rules()
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(10)
        column.addWidget(heading("到期应清除的个人信息", 1))
        column.addWidget(
            plain(f"{told.notice}。程序只列出来，不会自己清除；清除以后各级都清除，不能恢复。", muted=True)
        )
        column.addWidget(self.note)
        column.addWidget(self.rules, 2)
        column.addLayout(row(self.caption, 1, self.chosen, self.all))
        column.addWidget(self.records, 3)
        column.addWidget(self.empty, 1)
        self.rules.limit_height(8)
        self._show_due([])

    @property
    def title(self) -> str:
        """What the page is called."""
        return "到期应清除的个人信息"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "erase"

    def status(self) -> Status:
        """How much is due."""
        count = sum(len(d.records) for d in self._due.values())
        return Status(f"到期{count}条" if count else "")

    def enter(self) -> None:
        """The cursor stands in the table."""
        self.rules.setFocus()

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again when anything was written."""
        here, today = self.workbench.here, self.workbench.today()
        self.workbench.read(
            lambda database, _ticket: (
                retention.due(database, here, today),
                erasing.waiting_words(database, here.station),
            ),
            lambda found: self._show_all(*found),
            owner=self,
            key="due",
        )

    def _show_all(self, found: list[Due], waiting: list[str]) -> None:
        self.note.say(Tone.WARNING, "有清除还没有做完" if waiting else "", "\n".join(waiting))
        self._show_due(found)

    def _show_due(self, found: list[Due]) -> None:
        self._due = {d.rule.id: d for d in found}
        self.rules.show_lines(
            [
                Line((d.rule.label, d.rule.period, str(len(d.records)), d.records[0][1]), None, d.rule.id)
                for d in found
            ]
        )
        for part in (self.rules, self.records, self.caption, self.chosen, self.all):
            part.setVisible(bool(found))
        self.empty.setVisible(not found)
        if found and self.rules.current() not in self._due:
            self.rules.setCurrentIndex(self.rules.rows.index(0, 0))
        self._show_records(self.rules.current())
        self.state_changed.emit()

    def _show_records(self, rule: str | None) -> None:
        shown = self._due.get(rule or "")
        if shown is None:
            self.records.show_lines([])
            self._show_acts()
            return
        here, listed = self.workbench.here, shown.records[:_MOST_SHOWN]
        more = f"，列出最早的{_MOST_SHOWN}条" if len(shown.records) > _MOST_SHOWN else ""
        self.caption.setText(f"{shown.rule.label}：{len(shown.records)}条{more}")

        def job(database: Database, _ticket: Ticket) -> Titles:
            ids = [record for record, _ in listed]
            return queries.titles(database, here.types, here.codes, shown.rule.type, ids)

        def show(titles: Titles) -> None:
            self.records.show_lines([Line((titles.get(r, ""), day), None, r) for r, day in listed])
            self._show_acts()

        self.workbench.read(job, show, owner=self, key="titles")

    def _selected(self) -> list[str]:
        rows = sorted(index.row() for index in self.records.selectionModel().selectedRows())
        return [str(self.records.rows.lines[n].key) for n in rows]

    def _show_acts(self) -> None:
        shown = self._due.get(self.rules.current() or "")
        may = shown is not None and erase.may_erase(self.workbench, self.workbench.types[shown.rule.type])
        picked = len(self._selected())
        self.chosen.setEnabled(may and picked > 0)
        self.chosen.setText(f"清除选中的{picked}条…" if picked else "清除选中的…")
        self.all.setEnabled(may)
        self.all.setText(f"清除全部{len(shown.records)}条…" if shown is not None else "清除全部…")
        for made in (self.chosen, self.all):
            made.setToolTip("" if may else "由本单位的管理员或汇总员来清除。")

    def _open(self, record: str) -> None:
        shown = self._due.get(self.rules.current() or "")
        if shown is not None:
            self.workbench.shell.open_record(shown.rule.type, record)

    def _erase_chosen(self) -> None:
        self._erase(self._selected())

    def _erase_all(self) -> None:
        shown = self._due.get(self.rules.current() or "")
        self._erase(list(shown.ids) if shown is not None else [])

    def _erase(self, records: list[str]) -> None:
        shown = self._due.get(self.rules.current() or "")
        if shown is None or not records:
            return
        record_type = self.workbench.types[shown.rule.type]
        self.dialog = erase.offer(
            self.workbench, record_type, records, f"{len(records)}条到期的{record_type.label}"
        )
        self.dialog.begin_with([s.name for s in shown.rule.personal(record_type)], retention.BASIS)
        self.dialog.finished.connect(self._closed)

    def _closed(self) -> None:
        self.dialog = None
        self.refresh(None)
