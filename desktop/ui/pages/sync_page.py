"""The page 上报与合并: sending up, receiving, what was not taken, what was exchanged, enrolment, comparing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from desktop.operations import traffic, unsettled
from desktop.operations.traffic import MergeLine, Overview
from desktop.operations.unsettled import Unsettled
from desktop.store.database import Database
from desktop.store.ledger import ChangeSet
from desktop.ui.page import Page, Status
from desktop.ui.pages.parts import heading, here_of, plain, scrolling
from desktop.ui.pages.sync_below import Below
from desktop.ui.pages.sync_digest import DigestTab
from desktop.ui.pages.sync_drop import ACKNOWLEDGEMENT, REQUEST
from desktop.ui.pages.sync_enrol import EnrolCard
from desktop.ui.pages.sync_grant import GrantCard
from desktop.ui.pages.sync_log import LogTab
from desktop.ui.pages.sync_merge import MergePanel
from desktop.ui.pages.sync_send import SendCard
from desktop.ui.pages.sync_unsettled import UnsettledTab
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

WORK, UNSETTLED, LOG, ENROLMENT, COMPARE = range(5)
_NAMES = ("收发", "没有收下的", "往来记录", "入网", "核对内容")


@dataclass(frozen=True)
class Loaded:
    """What the page reads at once."""

    overview: Overview
    items: list[Unsettled]
    merges: list[MergeLine]


class SyncPage(Page):
    """Everything that travels."""

    def __init__(self, workbench: Workbench, tab: int = WORK) -> None:
        super().__init__(workbench)
        self.seen: Overview | None = None
        self._first = tab
        self.send, self.merge = SendCard(workbench), MergePanel(workbench)
        self.unsettled, self.log, self.compare = (
            UnsettledTab(workbench),
            LogTab(workbench),
            DigestTab(workbench),
        )
        self.enrol, self.grant = EnrolCard(workbench), GrantCard(workbench)
        self.below = Below(workbench)
        self.heading, self.standing = heading("上报与合并", 1), plain(muted=True)
        self.tabs = QTabWidget()
        self._build()
        for signal in (self.send.sent, self.merge.merged, self.below.sent, self.enrol.done, self.grant.done):
            signal.connect(self.load)
        self.merge.busy_changed.connect(self._merging)
        self.merge.enrolment.connect(self._enrolment)
        self.merge.unsettled_wanted.connect(lambda: self.tabs.setCurrentIndex(UNSETTLED))
        self.tabs.currentChanged.connect(self._tab_changed)
        self.load()

    def _build(self) -> None:
        work = QWidget()
        line = QHBoxLayout(work)
        line.setContentsMargins(0, 10, 0, 0)
        line.setSpacing(14)
        line.addWidget(self.send, 5)
        received = QVBoxLayout()
        received.setSpacing(10)
        received.addWidget(self.merge, 3)
        received.addWidget(self.below, 2)
        line.addLayout(received, 6)
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 10, 4, 0)
        column.setSpacing(14)
        column.addWidget(self.enrol)
        column.addWidget(self.grant)
        column.addStretch(1)
        widgets = (work, self.unsettled, self.log, scrolling(both), self.compare)
        for widget, name in zip(widgets, _NAMES, strict=True):
            self.tabs.addTab(widget, name)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.send.hide()
        self.below.hide()
        self.enrol.hide()
        self.grant.hide()
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(self.heading)
        top.addWidget(self.standing, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 8)
        whole.setSpacing(6)
        whole.addLayout(top)
        whole.addWidget(self.tabs, 1)

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks again for everything that is shown."""
        here = here_of(self.workbench)

        def job(database: Database, _ticket: Ticket) -> Loaded:
            return Loaded(
                traffic.overview(database, here),
                unsettled.unsettled(database, here),
                traffic.merge_log(database, here),
            )

        self.workbench.read(job, self._loaded, owner=self, key="traffic")

    def _loaded(self, found: Loaded) -> None:
        first, self.seen = self.seen is None, found.overview
        seen = found.overview
        for part in (self.send, self.below, self.enrol, self.grant, self.log):
            part.show_overview(seen)
        self.unsettled.show_items(found.items)
        self.log.show_merges(found.merges)
        self.tabs.setTabText(UNSETTLED, f"没有收下的（{len(found.items)}）" if found.items else "没有收下的")
        self.enrol.setVisible(seen.standing.has_superior)
        self.grant.setVisible(seen.standing.may_enrol)
        self._merging(bool(self.merge.files))
        self.standing.setText(self._standing_words(seen))
        if first:
            enrolled = seen.standing.enrolled
            self.tabs.setCurrentIndex(self._first if enrolled else ENROLMENT)
        self.state_changed.emit()

    @staticmethod
    def _standing_words(seen: Overview) -> str:
        if not seen.standing.enrolled:
            return "还没有入网：先办入网，再上报。登记的内容都会保留。"
        below = sum(not p.link.upward for p in seen.peers)
        words = [
            f"上级：{seen.upward.link.name}" if seen.upward is not None else "",
            f"下级{below}个" if below else "",
        ]
        return "已入网　" + "　".join(filter(None, words))

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again when anything was written: it may wait to be sent. Out of sight it waits for :meth:`enter`."""
        if changes is None or self.isVisible():
            self.load()

    # -- parts -----------------------------------------------------------------------------------------------------

    def _merging(self, busy: bool) -> None:
        """Files on the table take all the room."""
        seen = self.seen
        self.send.setVisible(not busy and seen is not None and seen.upward is not None)
        self.below.setVisible(not busy and seen is not None and any(not p.link.upward for p in seen.peers))

    def _enrolment(self, path: object) -> None:
        """A file of enrolment goes to the part that takes it."""
        from pathlib import Path

        file = Path(str(path))
        self.tabs.setCurrentIndex(ENROLMENT)
        match file.suffix.lower():
            case suffix if suffix == REQUEST:
                self.grant.look(file)
            case suffix if suffix == ACKNOWLEDGEMENT:
                self.grant.confirm(file)
            case _:
                self.enrol.look(file)

    def _tab_changed(self, tab: int) -> None:
        if tab == COMPARE:
            self.compare.enter()
        self.state_changed.emit()

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What it is called."""
        return "上报与合并"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "sync"

    def status(self) -> Status:
        """What waits."""
        seen = self.seen
        if seen is None or seen.upward is None:
            return Status()
        return Status(f"还没有上报{seen.fresh}项")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the page."""
        return {"Ctrl+Tab": "到下一个标签", "Enter": "在表里打开记录"}

    def enter(self) -> None:
        """The cursor goes to what is done most often here."""
        self.load()
        if self.send.isVisible():
            self.send.export.setFocus()
        else:
            self.merge.drop.choose.setFocus()
