"""A page that shows one record: its form, what belongs to it, its history, and what is to be known about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from desktop.operations import audit, form_data, queries
from desktop.operations.form_data import FormData
from desktop.operations.recording import records
from desktop.operations.recording.following import Offer
from desktop.operations.session import Session
from desktop.records.reckoning.periods import InitialTraining
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.ui import icons, spacing, theme
from desktop.ui.erase import may_erase
from desktop.ui.erase import offer as offer_erasing
from desktop.ui.forms.attachments.tab import AttachmentsTab
from desktop.ui.forms.banner import RecordBanner, training_due
from desktop.ui.forms.children import ChildTab
from desktop.ui.forms.derived import FromLinks, from_links
from desktop.ui.forms.form import Form
from desktop.ui.forms.history import HistoryTab
from desktop.ui.forms.related import FollowBar, Hanging, Related, RelatedTab, read_offers, read_related
from desktop.ui.forms.returning import Returning
from desktop.ui.forms.side import SidePanel
from desktop.ui.notices import Tone
from desktop.ui.page import Page
from desktop.ui.parts import back_button
from desktop.ui.shell import Opening
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.order import read_first
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_Read = tuple[FormData, Sequence[InitialTraining], tuple[Offer, ...]]
"""A record, with what stands over its form."""
_ATTACHMENTS = "附件"
_LEARNED = "和上一条一样，可以改"
_REFILLED = "上级没有收下的内容，还没有保存"


class RecordPage(Page):
    """One record, new or old, with its tabs; what can be done with it stands in :class:`FormPage`."""

    adds_any = False

    def __init__(self, workbench: Workbench, opening: Opening) -> None:
        super().__init__(workbench)
        self.record_type = workbench.types[opening.type]
        self.record = opening.record
        self.opening = opening
        self.loaded = False
        self._saving = False
        self._title = ""
        self._due: Sequence[InitialTraining] = ()
        self._offers: tuple[Offer, ...] = ()
        self.writable = workbench.may_write(self.record_type)
        self.tabs = QTabWidget(self)
        self._main = QWidget()
        self.tabs.addTab(self._main, "基本信息")
        ask = self._ask_to_see if audit.may_see(workbench.role) else None
        self.form = Form(workbench, self.record_type, ask, self._main)
        self.side = SidePanel(self.form, self._main)
        self.children_tabs: dict[str, ChildTab] = {}
        self.attachments = AttachmentsTab(workbench, self.record_type, lambda: self.save())
        self.history = HistoryTab(workbench, self.record_type)
        self.banner = RecordBanner(workbench, self.record_type, lambda: self.record, self._restore)
        self.returning = Returning(workbench, self.record_type)
        self.follow = FollowBar(workbench)
        self.related = RelatedTab(workbench, self.follow)
        self._heading, self._state = ElidedLabel(), QLabel()
        self.next_button = QPushButton("保存并新增")
        self.erase_button = QPushButton("清除个人信息…")
        self._build()
        self.form.checked.connect(self._show_state)
        workbench.drafts.unsaved_changed.connect(self._show_state)
        self.form.named.connect(lambda: self.banner.look_for_twin(self.form.values()))
        self.side.field_wanted.connect(self.form.go_to)
        self.side.section_wanted.connect(self.form.go_to_section)
        self.follow.looked_at.connect(lambda: self.tabs.setCurrentWidget(self.related))
        self.related.counted.connect(self._count_related)
        QShortcut(QKeySequence("Ctrl+G"), self).activated.connect(self.follow.start)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(lambda: workbench.shell.back())

    # -- building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._heading.setProperty("heading", "1")
        self._state.setProperty("muted", True)
        self.next_button.setToolTip("保存这一条，接着登记下一条（Ctrl+Shift+S）")
        if not self.writable or self.record_type.parent is not None:
            self.next_button.hide()
        self.erase_button.setProperty("flat", True)
        self.erase_button.clicked.connect(self._erase)
        self.erase_button.hide()
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(back_button(self.workbench))
        line.addWidget(self._heading)
        line.addWidget(self._state)
        line.addStretch(1)
        line.addWidget(self.returning.begin)
        line.addWidget(self.erase_button)
        line.addWidget(self.next_button)
        both = QHBoxLayout(self._main)
        both.setContentsMargins(0, 10, 0, 0)
        both.setSpacing(10)
        both.addWidget(self.form, 1)
        both.addWidget(self.side)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self._add_tabs()
        self.tabs.insertTab(self.tabs.indexOf(self.history), self.related, "相关记录")
        if not self.record_type.by_program:
            self.tabs.insertTab(self.tabs.indexOf(self.history), self.attachments, _ATTACHMENTS)
            self.attachments.counted.connect(self._show_attached)
            self.setAcceptDrops(True)
            for widget in self._main.findChildren(QWidget):
                # Else a line would take the path of a file as words.
                widget.setAcceptDrops(False)
        self.tabs.currentChanged.connect(self._tab_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(*spacing.PAGE)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.banner)
        column.addWidget(self.returning)
        column.addWidget(self.follow)
        column.addWidget(self.tabs, 1)
        self._head = line

    def showEvent(self, event: QShowEvent) -> None:
        """By now the heading has all its buttons, those of pages made by hand among them."""
        super().showEvent(event)
        read_first(self, self._head, self.banner, self.follow)

    def _add_tabs(self) -> None:
        """The children of the record, then its history."""
        for child in self.workbench.types.children(self.record_type.name):
            tab = ChildTab(self.workbench, child, lambda: self.save())
            tab.counted.connect(lambda count, tab=tab: self._show_count(tab, count))
            self.children_tabs[child.name] = tab
            self.tabs.addTab(tab, child.label)
        self.tabs.addTab(self.history, "修改记录")

    def _show_count(self, tab: ChildTab, count: int) -> None:
        label = tab.record_type.label
        self.tabs.setTabText(self.tabs.indexOf(tab), f"{label}（{count}）" if count else label)
        self.state_changed.emit()

    def _show_attached(self, count: int) -> None:
        place = self.tabs.indexOf(self.attachments)
        self.tabs.setTabText(place, f"{_ATTACHMENTS}（{count}）" if count else _ATTACHMENTS)
        self.tabs.setTabIcon(place, icons.icon("paperclip") if count else QIcon())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be let go anywhere on the page."""
        self.attachments.dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """They are attached to the record."""
        self.tabs.setCurrentWidget(self.attachments)
        self.attachments.dropEvent(event)

    # -- loading ---------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        if self.record is None:
            self._load_new()
            return
        draft = self.opening.draft
        laid = {**self.opening.values, **(draft.texts if draft is not None else {})}
        self._read(self._arrived, lambda _error: self._gone(), laid)

    def _read(
        self,
        then: Callable[[FormData], None],
        fail: Callable[[Exception], None] | None = None,
        laid: Mapping[str, Cell] | None = None,
    ) -> None:
        """The record, with the words and values of the links among what will be ``laid`` over it.

        What stands over the form is read with it: a line that came later would move the form under the hand.
        """
        bench, name, record = self.workbench, self.record_type.name, self.record or ""

        def job(database: Database, _ticket: Ticket) -> _Read:
            data = form_data.form_data(database, bench.types, bench.codes, name, record)
            if laid:
                titles = queries.link_titles(database, bench.types, bench.codes, self.record_type, [laid])
                linked = form_data.linked_values(database, bench.types, self.record_type, laid)
                data = replace(data, links={**data.links, **titles}, linked={**data.linked, **linked})
            return (
                data,
                training_due(database, bench, name, record),
                read_offers(database, bench, name, record),
            )

        def arrived(found: _Read) -> None:
            data, self._due, self._offers = found
            then(data)

        def failed(error: Exception) -> bool:
            if fail is not None:
                # First away from here, then the reason: bad news goes with the page that it was told on.
                fail(error)
                bench.fault(error)
            return fail is not None

        bench.read(job, arrived, owner=self, key="form", fail=failed)

    def _load_new(self) -> None:
        """A new record may begin with links, whose words have to be read first, and with what the last one had."""
        bench, record_type, values = self.workbench, self.record_type, dict(self.opening.values)
        typed = dict(self.opening.draft.texts) if self.opening.draft else {}

        def job(database: Database, _ticket: Ticket) -> tuple[dict[str, str], dict[str, Cell], FromLinks]:
            types, codes = bench.types, bench.codes
            links: Mapping[str, Cell] = {**values, **typed}
            titles = queries.link_titles(database, types, codes, record_type, [links])
            if typed:
                # It holds what was filled in by itself already.
                told = FromLinks(form_data.linked_values(database, types, record_type, links), {}, {})
            else:
                given = [n for n in values if record_type.by_name[n].link]
                told = from_links(database, types, codes, record_type, given, values)
            return titles, form_data.learned(database, record_type, types, bench.facts.unit.id), told

        def then(found: tuple[dict[str, str], dict[str, Cell], FromLinks]) -> None:
            titles, learned, told = found
            self.form.load(None, {**learned, **told.cells, **values}, {**titles, **told.titles}, told.linked)
            self._finish_loading()
            self.form.mark(dict.fromkeys(learned.keys() - values.keys() - told.cells.keys(), _LEARNED))
            if told.cells:
                self.form.mark(dict.fromkeys(told.cells, "由所属的记录带出"))
            if self.opening.offer is not None:
                self.form.mark(self.opening.offer.words)

        bench.read(job, then, owner=self, key="form")

    def _arrived(self, data: FormData) -> None:
        self._title = data.title
        # Of records that were merged every id leads to the one that they are shown under.
        self.record = data.record.id
        self.form.load(data, {}, {})
        self._show_record(data)
        self._finish_loading()

    def _finish_loading(self) -> None:
        self.loaded = True
        self._lock_parent()
        cursor = self.opening.cursor
        if self.opening.draft is not None:
            cursor = self.form.apply_draft(self.opening.draft.texts)
            self.workbench.shell.tell(Tone.PLAIN, "这是上次没有保存的内容，请核对后保存。")
        elif self.record is not None and self.opening.values:
            self.form.fill(self.opening.values, _REFILLED)
        if self.opening.why:
            self.banner.show_notice(Tone.WARNING, self.opening.why)
        self._show_state()
        if cursor:
            self.form.go_to(cursor)
        elif self.isVisible():
            self.form.start()

    def _lock_parent(self) -> None:
        """Whose part a record is, is said where it begins, and not changed in its form."""
        parent = self.record_type.parent
        if parent is not None and self.form.rows[parent].editor.text():
            self.form.rows[parent].editor.set_locked(True)

    def _gone(self) -> None:
        self.workbench.shell.back()

    def _show_record(self, data: FormData) -> None:
        self.setProperty("record", f"{self.record_type.name}:{data.record.id}")
        self.writable = self.workbench.may_write(self.record_type) and not (data.whose or data.issued)
        self.next_button.setVisible(self.writable and self.record_type.parent is None)
        for tab in self.children_tabs.values():
            tab.show_record(data.record.id, locked=data.locked)
        if not self.record_type.by_program:
            self.attachments.show_record(data.record.id, locked=data.locked)
        self.history.show_record(data.record.id)
        self.banner.show_record(data, self._due)
        self.returning.show_record(data)
        self.follow.show_offers(self._offers)
        self._show_related()

    def _show_related(self, *, anew: bool = False) -> None:
        """What leads to this record; ``anew`` also what can be filled in from it, which else comes with the record."""
        bench, name, record = self.workbench, self.record_type.name, self.record or ""

        def job(database: Database, _ticket: Ticket) -> tuple[tuple[Offer, ...] | None, tuple[Related, ...]]:
            offers = read_offers(database, bench, name, record) if anew else None
            return offers, read_related(database, bench, name, record)

        def arrived(found: tuple[tuple[Offer, ...] | None, tuple[Related, ...]]) -> None:
            offers, related = found
            if offers is not None:
                self.follow.show_offers(offers)
            self.related.show_hanging(Hanging(self.follow.offers, related))

        bench.read(job, arrived, owner=self, key="hanging")

    def _count_related(self, count: int) -> None:
        at = self.tabs.indexOf(self.related)
        self.tabs.setTabText(at, f"相关记录（{count}）" if count else "相关记录")

    def refresh(self, changes: ChangeSet | None) -> None:
        """Takes over what changed elsewhere; what is being typed stays."""
        for tab in self.children_tabs.values():
            tab.refresh(changes)
        self.attachments.refresh(changes)
        if self.record is None or not self.loaded or self._saving:
            return
        touched = changes is None or changes.everything
        concerned = {
            self.record_type.name,
            *self.children_tabs,
            *(f.link or "" for f in self.record_type.fields),
        }
        if touched or (changes is not None and concerned & set(changes.records)):
            self._read(lambda data: self._rebase(data, {}))
        elif changes is not None and not changes.empty:
            self._show_related(anew=True)

    def _rebase(self, data: FormData, submitted: Mapping[str, Cell]) -> None:
        self._title = data.title
        self.form.rebase(data, submitted)
        self._lock_parent()
        self._show_record(data)
        self._show_state()

    def _restore(self) -> None:
        name, record = self.record_type.name, self.record or ""
        self.workbench.write(
            f"恢复{self.record_type.label}",
            lambda session, _ticket: records.restore(session, name, record),
            lambda changes: self.workbench.shell.tell(
                Tone.GOOD, records.restored_words(f"“{self._title}”", [changes]), "撤消", self.workbench.undo
            ),
        )

    # -- personal values -------------------------------------------------------------------------------------------

    def _erase(self) -> None:
        """Asks which personal values of this record are erased for good."""
        if self.record is not None:
            offer_erasing(self.workbench, self.record_type, [self.record], f"“{self._title}”")

    def _ask_to_see(self, field: str, then: Callable[[], None]) -> None:
        """Notes that the value is shown, and only then shows it."""
        name, record = self.record_type.name, self.record
        if record is None:
            then()
            return

        def job(session: Session, _ticket: Ticket) -> None:
            audit.reveal(session, name, record, field)

        self.workbench.write("查看完整信息", job, lambda _nothing: then(), owner=self, step=False)

    # -- what the page is called -----------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The words for the record, or what a new one is."""
        return self._title or f"新增{self.record_type.label}"

    @property
    def help_anchor(self) -> str:
        """The type."""
        return self.record_type.name

    def _show_state(self) -> None:
        self._heading.setText(self.title)
        dirty = self.loaded and self.form.dirty
        ours = self.form.data is not None and not self.form.data.whose
        self.erase_button.setVisible(ours and may_erase(self.workbench, self.record_type))
        # What is typed and not saved yet would be written over what was erased.
        self.erase_button.setEnabled(not dirty)
        self.erase_button.setToolTip(
            "请先保存改动，再清除。" if dirty else "到期或者本人要求的，彻底清除，不能恢复"
        )
        words = self.workbench.drafts.unsaved if dirty else "" if self.record is None else "已保存"
        self._state.setText(words)
        theme.restyle(self._state, tone="warning" if dirty else "note")
        self.state_changed.emit()

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Saves what can be read; ``then`` is called when everything is saved."""
        raise NotImplementedError

    def _tab_changed(self, _index: int) -> None:
        widget = self.tabs.currentWidget()
        if widget is self.history and self.record is not None:
            self.history.show_record(self.record)
        elif isinstance(widget, ChildTab | AttachmentsTab | RelatedTab):
            widget.start()
        self.state_changed.emit()
