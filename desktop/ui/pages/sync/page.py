"""The page 上报与合并: sending up, receiving, what was not taken, what was exchanged, enrolment, comparing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from desktop.operations import traffic, unsettled
from desktop.operations.traffic import MergeLine, Overview
from desktop.operations.unsettled import Unsettled
from desktop.store.database import Database
from desktop.store.ledger import ChangeSet
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.pages.parts import heading, here_of, plain, scrolling
from desktop.ui.pages.sync.below import Below
from desktop.ui.pages.sync.digest import DigestTab
from desktop.ui.pages.sync.drop import ACKNOWLEDGEMENT, REQUEST
from desktop.ui.pages.sync.enrol import EnrolCard
from desktop.ui.pages.sync.grant import GrantCard
from desktop.ui.pages.sync.log import LogTab
from desktop.ui.pages.sync.merge import MergePanel
from desktop.ui.pages.sync.send import SendCard
from desktop.ui.pages.sync.unsettled import UnsettledTab
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
            if self.isVisible():
                self._place_cursor()
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

    def _enrolment(self, paths: Sequence[Path]) -> None:
        """Files of enrolment go to the part that takes them; where there is none, the reason is said."""
        kinds: dict[str, list[Path]] = {}
        for path in paths:
            kinds.setdefault(path.suffix.lower(), []).append(path)
        acknowledged, asked = kinds.pop(ACKNOWLEDGEMENT, []), kinds.pop(REQUEST, [])
        granted = [path for rest in kinds.values() for path in rest]
        standing = self.seen.standing if self.seen is not None else None
        if standing is None:
            return
        if (acknowledged or asked) and not standing.may_enrol:
            self.workbench.shell.tell(Tone.WARNING, self._no_right_words())
        elif granted and not standing.has_superior:
            self.workbench.shell.tell(
                Tone.WARNING, "批准文件（.xsg）是给下级的：本单位是最上面一级，不用入网。请交给申请的单位。"
            )
        else:
            self.tabs.setCurrentIndex(ENROLMENT)
            if acknowledged:
                self.grant.confirm_all(acknowledged)
            if asked:
                self.grant.look(asked[0])
                if len(asked) > 1:
                    self.workbench.shell.tell(
                        Tone.PLAIN,
                        f"入网申请要打电话核对，一次办一个：先办第一个，其余{len(asked) - 1}个办完再拖来。",
                    )
            if granted:
                self.enrol.look(granted[0])

    def _no_right_words(self) -> str:
        """Why files of stations below cannot be taken here, and who can."""
        seen = self.seen
        if seen is None or seen.upward is None:
            return "本单位还没有入网，办好以后才能为下级办理。请先到“入网”里办三步。"
        above = seen.upward.link.name
        return (
            f"本单位没有为下级办理入网的权限。请把这个文件交给“{above}”办理，"
            "或者请它重新批准本单位，并勾选“允许它再为自己的下级办理入网”。"
        )

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
        return Status(f"还有{seen.fresh}项没有上报" if seen.fresh else "没有要上报的内容")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the page."""
        return {"Ctrl+Tab": "到下一个标签", "Enter": "在表里打开记录"}

    def enter(self) -> None:
        """The cursor goes to what is done most often here; who has enrolled comes to send, not to enrol."""
        self.load()
        enrolled = self.seen is not None and self.seen.standing.enrolled
        if enrolled and self.tabs.currentIndex() == ENROLMENT and not self.enrol.open and not self.grant.open:
            self.tabs.setCurrentIndex(WORK)
        self._place_cursor()

    def _place_cursor(self) -> None:
        if self.tabs.currentIndex() == ENROLMENT:
            self.enrol.place_cursor()
        elif self.send.isVisible():
            self.send.export.setFocus()
        elif self.merge.drop.isVisible():
            self.merge.drop.choose.setFocus()
