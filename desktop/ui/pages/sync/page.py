"""The page 上报与合并: sending, receiving, the inbox, what was not taken or does not count, the log, enrolment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations.session import Session
from desktop.operations.stations import renewal, taking_over, traffic, uncounted, unsettled
from desktop.operations.stations.forks import Doubled, doubled
from desktop.operations.stations.taking_over import Astray
from desktop.operations.stations.traffic import MergeLine, Overview
from desktop.operations.stations.uncounted import Excluded, Rollback
from desktop.operations.stations.unsettled import Unsettled
from desktop.store.ledger import ChangeSet
from desktop.store.tables.database import Database
from desktop.sync.authority import enrolled
from desktop.ui import spacing
from desktop.ui.dialogs import Answer
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.pages.sync import forks
from desktop.ui.pages.sync.below import Below
from desktop.ui.pages.sync.check import CheckTab
from desktop.ui.pages.sync.digest import DigestTab
from desktop.ui.pages.sync.enrol import EnrolCard
from desktop.ui.pages.sync.forks import Fork, ForksTab
from desktop.ui.pages.sync.grant import GrantCard
from desktop.ui.pages.sync.inbox import InboxTab
from desktop.ui.pages.sync.log import LogTab
from desktop.ui.pages.sync.merge import MergePanel
from desktop.ui.pages.sync.preview import NOT_TAKEN, Shown
from desktop.ui.pages.sync.recover import RecoverCard
from desktop.ui.pages.sync.roots import RootCard
from desktop.ui.pages.sync.send import SendCard
from desktop.ui.pages.sync.small_files import Parts, SmallFiles
from desktop.ui.pages.sync.stations import StationsTab
from desktop.ui.pages.sync.taking_over import TakeOverCard
from desktop.ui.pages.sync.uncounted import UncountedTab
from desktop.ui.pages.sync.unsettled import UnsettledTab
from desktop.ui.parts import heading, plain, scrolling, set_primary
from desktop.ui.widgets.reach import Tabs, lead_to
from desktop.ui.widgets.scanned import SHEET
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

WORK, INBOX, UNSETTLED, FORKS, LOG, UNCOUNTED, ENROLMENT, STATIONS, COMPARE, CHECK = range(10)
_NAMES = (
    "收发", "收件文件夹", NOT_TAKEN, "重号", "往来记录", "不计入的", "入网", "下级电脑", "核对内容", "核对报送单",
)  # fmt: skip

_SECTIONS = {FORKS: "forks", LOG: "withdraw", UNCOUNTED: "uncounted", ENROLMENT: "enrol", STATIONS: "revoke"}
"""Where the manual tells of a tab."""


@dataclass(frozen=True)
class Loaded:
    """What the page reads at once."""

    overview: Overview
    items: list[Unsettled]
    unlisted: int
    forks: list[Fork]
    doubled: list[Doubled]
    merges: list[MergeLine]
    rollbacks: dict[int, Rollback] = field(default_factory=dict)
    excluded: list[Excluded] = field(default_factory=list)
    out_of_use: frozenset[str] = frozenset()
    astray: Sequence[Astray] = ()


class SyncPage(Page):
    """Everything that travels."""

    def __init__(self, workbench: Workbench, tab: int = WORK) -> None:
        super().__init__(workbench)
        self.seen: Overview | None = None
        self._first = tab
        self._wanted = ""
        self._moved_on = False
        """Whether something was saved since the outcome of a merge was read: then there is more to do than to read."""
        self.send, self.merge = SendCard(workbench), MergePanel(workbench)
        self.unsettled, self.log, self.compare = (
            UnsettledTab(workbench),
            LogTab(workbench),
            DigestTab(workbench),
        )
        self.forks = ForksTab(workbench)
        self.inbox, self.check = InboxTab(workbench), CheckTab(workbench)
        self._from_inbox = False
        self.enrol, self.grant = EnrolCard(workbench), GrantCard(workbench)
        self.recover, self.root = RecoverCard(workbench), RootCard(workbench)
        self.take_over = TakeOverCard(workbench)
        self.below = Below(workbench)
        self.uncounted, self.stations = UncountedTab(workbench), StationsTab(workbench)
        self._small = SmallFiles(
            workbench.shell,
            Parts(self.enrol, self.grant, self.recover, self.stations),
            lambda: self._show(ENROLMENT),
            lambda: self._show(STATIONS),
        )
        self._grids = {
            UNSETTLED: self.unsettled.grid,
            FORKS: self.forks.grid,
            LOG: self.log.merges,
            UNCOUNTED: self.uncounted.grid,
            STATIONS: self.stations.grid,
        }
        self.heading, self.standing = heading("上报与合并", 1), plain(muted=True)
        self.tabs = Tabs()
        self._build()
        for signal in (
            self.send.sent, self.merge.merged, self.below.sent, self.enrol.done, self.grant.done, self.root.done,
            self.take_over.done,
        ):  # fmt: skip
            signal.connect(self.load)
        self.unsettled.refilled.connect(self.load)
        self.merge.busy_changed.connect(lambda _busy: self._begin_anew())
        self.forks.deciding.decided.connect(lambda: self.go_to_part("receipts"))
        self.merge.busy_changed.connect(self._merging)
        self.merge.enrolment.connect(self._enrolment)
        self.merge.unsettled_wanted.connect(lambda: self.go_to_part("unsettled"))
        self.merge.forks_wanted.connect(lambda: self.tabs.setCurrentIndex(FORKS))
        self.merge.enrolment_wanted.connect(self._enrol_anew)
        self.root.receipts_wanted.connect(lambda: self.tabs.setCurrentIndex(WORK))
        self.log.list_wanted.connect(lambda: self.tabs.setCurrentIndex(UNCOUNTED))
        self.tabs.currentChanged.connect(self._tab_changed)
        self.tabs.tabBarClicked.connect(lambda _tab: workbench.shell.move_on())
        self._connect_inbox()
        self.setAcceptDrops(self.merge.acceptDrops())
        self.load()

    def _build(self) -> None:
        # From the outside in: with each place that a part comes to all that is in it is styled anew.
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*spacing.PAGE)
        whole.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(self.heading)
        top.addWidget(self.standing, 1)
        whole.addLayout(top)
        whole.addWidget(self.tabs, 1)
        work, enrolment = QWidget(), QWidget()
        area = scrolling(enrolment)

        for card in (self.enrol, self.grant, self.root):
            # What has come of it stands above the button that was pressed, or above what came below it since.
            card.done.connect(lambda card=card: lead_to(card.note))
        self.enrol.led.connect(lead_to)
        self.recover.asked_for.connect(lambda: lead_to(self.recover.answer_button))
        widgets = (
            work, self.inbox, self.unsettled, self.forks, self.log, self.uncounted, area, self.stations,
            self.compare, scrolling(self.check),
        )  # fmt: skip
        for widget, name in zip(widgets, _NAMES, strict=True):
            self.tabs.addTab(widget, name)
            # At once, for the cursor goes through the parts in the order in which they came.
            if widget is work:
                self._fill_work(work)
            elif widget is area:
                self._fill_enrolment(enrolment)
        for tab in (FORKS, UNCOUNTED, STATIONS):
            self.tabs.setTabVisible(tab, False)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)

    def _fill_work(self, place: QWidget) -> None:
        line = QHBoxLayout(place)
        line.setContentsMargins(0, 10, 0, 0)
        line.setSpacing(14)
        line.addWidget(self.send, 5)
        received = QVBoxLayout()
        received.setSpacing(10)
        received.addWidget(self.merge, 3)
        received.addWidget(self.below, 2)
        line.addLayout(received, 6)
        self.send.hide()
        self.below.hide()

    def _fill_enrolment(self, place: QWidget) -> None:
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 10, 4, 0)
        column.setSpacing(14)
        for card in (self.enrol, self.take_over, self.grant, self.recover, self.root):
            column.addWidget(card)
        column.addStretch(1)
        for card in (self.enrol, self.grant, self.recover):
            card.hide()

    def _connect_inbox(self) -> None:
        """Files go from the inbox to the table and to enrolment, and what became of them goes back."""
        for heard in (self.inbox.note_checked, self._checked):
            self.merge.checked.connect(heard)
        for signal in (self.merge.merged, self.enrol.done, self.grant.done):
            signal.connect(self.inbox.look_anew)
        self.inbox.wanted.connect(self._take_from_inbox)
        self.inbox.enrolment.connect(self._enrolment)
        self.inbox.counted.connect(
            lambda new: self.tabs.setTabText(INBOX, f"{_NAMES[INBOX]}（{new}）" if new else _NAMES[INBOX])
        )
        self.inbox.arrived.connect(self._arrived)
        self.inbox.sorted_out.connect(
            lambda found: self.check.show_arrivals(found, watched=self.inbox.settings.folder is not None)
        )

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks again for everything that is shown."""
        here = self.workbench.here

        def job(database: Database, _ticket: Ticket) -> Loaded:
            return Loaded(
                traffic.overview(database, here),
                unsettled.unsettled(database, here),
                unsettled.unlisted(database),
                forks.load(database, here),
                doubled(database, here),
                traffic.merge_log(database, here),
                uncounted.withdrawn_merges(database, here),
                uncounted.all_excluded(database, here),
                enrolled.out_of_use(database),
                taking_over.astray(database, here),
            )

        self.workbench.read(job, self._loaded, owner=self, key="traffic")
        self.inbox.load()
        self.root.load()
        if self.tabs.currentIndex() == STATIONS:
            self.stations.load()

    def _loaded(self, found: Loaded) -> None:
        first, self.seen = self.seen is None, found.overview
        seen = found.overview
        for part in (self.send, self.enrol, self.log):
            part.show_overview(seen)
        self.grant.show_overview(seen, found.out_of_use)
        self.below.show_overview(seen, found.out_of_use)
        self.take_over.show_astray(found.astray)
        waiting = sum(a.lost and not a.given for a in found.astray)
        self.tabs.setTabText(ENROLMENT, f"{_NAMES[ENROLMENT]}（{waiting}）" if waiting else _NAMES[ENROLMENT])
        set_primary(self.grant.open_request, not (waiting or self.grant.open))
        self.unsettled.show_items(found.items, found.unlisted)
        self.merge.show_left(
            conflicts=bool(seen.conflicts),
            unsettled=bool(found.items or found.unlisted),
            forks=bool(found.forks or found.doubled),
        )
        if self._moved_on and not seen.conflicts:
            self.merge.put_away()
        self.log.show_merges(found.merges, found.rollbacks)
        self.uncounted.show_excluded(found.excluded)
        self._show_tab(UNCOUNTED, shown=bool(found.excluded))
        out = f"（{len(found.excluded)}）" if found.excluded else ""
        self.tabs.setTabText(UNCOUNTED, f"{_NAMES[UNCOUNTED]}{out}")
        self._show_tab(STATIONS, shown=seen.standing.may_enrol)
        left = sum(not item.done for item in found.items) + found.unlisted
        self.tabs.setTabText(UNSETTLED, f"{NOT_TAKEN}（{left}）" if left else NOT_TAKEN)
        self.forks.show_forks(found.forks, found.doubled)
        asking = len(found.forks) + len(found.doubled)
        self.tabs.setTabText(FORKS, f"{_NAMES[FORKS]}（{asking}）")
        self.tabs.setTabVisible(FORKS, bool(asking))
        self.enrol.setVisible(seen.standing.has_superior)
        self.grant.setVisible(seen.standing.may_enrol)
        self.recover.setVisible(seen.standing.may_enrol)
        self._merging(bool(self.merge.files))
        self.standing.setText(self._standing_words(seen))
        if first:
            enrolled = seen.standing.enrolled
            # Whoever has chosen a tab before all was read stays there.
            if self.tabs.currentIndex() == WORK:
                self.tabs.setCurrentIndex(ENROLMENT if not enrolled else self._first)
            if self._wanted:
                self.go_to_part(self._wanted)
            if self.isVisible():
                self._place_cursor()
        self.state_changed.emit()

    def _show_tab(self, tab: int, *, shown: bool) -> None:
        """A tab with nothing in it is not there, but for whoever looks at it now."""
        self.tabs.setTabVisible(tab, shown or self.tabs.currentIndex() == tab)

    @staticmethod
    def _standing_words(seen: Overview) -> str:
        if not seen.standing.enrolled:
            return "还没有入网：先办入网，再上报。登记的内容都会保留。"
        below = len({p.link.unit for p in seen.peers if not (p.link.upward or p.moved)})
        words = [
            f"上级：{seen.upward.link.name}" if seen.upward is not None else "",
            f"下级{below}个" if below else "",
        ]
        return "已入网　" + "　".join(filter(None, words))

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again when anything was written: it may wait to be sent. Out of sight it waits for :meth:`enter`."""
        self._moved_on |= changes is not None and self.merge.over and not self.merge.isVisible()
        if changes is None or self.isVisible():
            self.load()
        if changes is None:
            self.inbox.watch.look()
            self.merge.look_if_changed()
        else:
            self.merge.stale = True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be let go on every tab: nobody knows that one takes a grant and another asks for it."""
        self.merge.dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """They go to the table; files of enrolment lead on to their part."""
        self.tabs.setCurrentIndex(WORK)
        self.merge.dropEvent(event)

    # -- parts -----------------------------------------------------------------------------------------------------

    def _merging(self, busy: bool) -> None:
        """Files on the table take all the room."""
        seen = self.seen
        self.send.setVisible(not busy and seen is not None and seen.upward is not None)
        self.below.setVisible(not busy and seen is not None and any(not p.link.upward for p in seen.peers))
        if not busy and self._from_inbox:
            self._from_inbox = False
            # They may be put away out of sight, by what was done on another tab.
            if self.tabs.currentIndex() == WORK:
                self.tabs.setCurrentIndex(INBOX)

    def _begin_anew(self) -> None:
        self._moved_on = False

    def _take_from_inbox(self, paths: Sequence[Path]) -> None:
        """Files of the inbox go onto the table; when that is empty again, the inbox comes back."""
        if self.merge.asks_to_wait():
            return
        self._from_inbox = False
        self.merge.take(paths)
        # Files may be dropped on the tab also where no folder is watched: there is nothing to come back to.
        self._from_inbox = bool(self.merge.files) and self.inbox.settings.folder is not None
        self.tabs.setCurrentIndex(WORK)

    def _arrived(self, new: int) -> None:
        """Whoever works elsewhere is told."""
        if not self.isVisible():
            self._tell(f"收件文件夹里来了{new}个新文件，合并前可以先看。", INBOX)

    def _checked(self, files: Sequence[Shown]) -> None:
        """Who looks elsewhere by then, as at a file of enrolment that came with them, is told where they are."""
        if not self.merge.isVisible():
            self._tell(f"{len(files)}个数据包已核对，还没有合并。", WORK)

    def _tell(self, words: str, tab: int) -> None:
        self.workbench.shell.tell(Tone.PLAIN, words, "去看", lambda: self._bring(tab))

    def _bring(self, tab: int) -> None:
        self.workbench.shell.open_page("sync")
        self.tabs.setCurrentIndex(tab)

    def _enrolment(self, paths: Sequence[Path]) -> None:
        """Files of enrolment go to the part that takes them; where there is none, the reason is said."""
        if self.seen is not None:
            self._small.take(paths, self.seen)

    def _show(self, tab: int) -> None:
        self.tabs.setTabVisible(tab, True)
        self.tabs.setCurrentIndex(tab)

    def _enrol_anew(self) -> None:
        """This computer is a copy: it becomes one of its own, under the first of the three steps of enrolment."""
        bench = self.workbench
        answer = bench.dialogs.ask(
            "重新办理入网",
            "这台电脑会成为单独的一台，原来那台照常使用。\n"
            "已有的内容都留着；办好入网以前只能看，不能录入。先导出入网申请，交给上级批准。",
            yes="重新办理入网",
        )
        if answer is not Answer.YES:
            return

        def job(session: Session, _ticket: Ticket) -> tuple[str, Problem | None]:
            return renewal.become_own(session), session.workspace.refusal

        def then(made: tuple[str, Problem | None]) -> None:
            station, not_yet = made
            bench.facts = replace(bench.facts, station=station, not_yet=not_yet)
            self.merge.reset()
            self.tabs.setCurrentIndex(ENROLMENT)
            self.load()

        bench.write("重新办理入网", job, then, owner=self, step=False)

    def _tab_changed(self, tab: int) -> None:
        if tab == COMPARE:
            self.compare.enter()
        elif tab == CHECK:
            self.check.enter()
        elif tab == STATIONS:
            self.stations.load()
        elif tab == INBOX:
            self.inbox.watch.look()
            self.inbox.place_cursor()
        if (focus := QApplication.focusWidget()) is not None and not focus.isVisible():
            # The cursor goes to where it was last on a tab: to a link that is gone, and would still lead where it led.
            self._place_cursor()
        self.state_changed.emit()

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What it is called."""
        return "上报与合并"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return _SECTIONS.get(self.tabs.currentIndex(), "sync")

    def go_to_part(self, part: str) -> None:
        """Brings the forks, what was not taken or the inbox to the front, once it is known what there is.

        For ``receipts`` the first station below that waits for one; a merge that is over has taken that room. After
        :data:`SHEET` stands what was scanned from a cover sheet.
        """
        if part == "receipts":
            self.merge.put_away()
            self.below.point_out()
            self.load()
        self._wanted = "" if self.seen is not None else part
        if self.seen is not None and part.startswith(SHEET):
            self.tabs.setCurrentIndex(CHECK)
            self.check.take_scanned(part.removeprefix(SHEET))
        elif self.seen is not None:
            if part == "unsettled":
                self.unsettled.begin()
            self.tabs.setCurrentIndex(
                {"forks": FORKS, "unsettled": UNSETTLED, "inbox": INBOX}.get(part, WORK)
            )

    def status(self) -> Status:
        """What waits."""
        seen = self.seen
        if seen is None or seen.upward is None:
            return Status()
        if seen.fresh:
            return Status(f"还有{seen.fresh}项没有上报")
        return Status(f"{seen.unanswered}项还没有回执" if seen.unanswered else "没有要上报的内容")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the page."""
        return {"Ctrl+Tab": "到下一个标签", "Enter": "在表里打开记录"}

    def enter(self) -> None:
        """The cursor goes to what is done most often here; who has enrolled comes to send, not to enrol."""
        self.load()
        self.inbox.watch.look()
        enrolled = self.seen is not None and self.seen.standing.enrolled
        if enrolled and self.tabs.currentIndex() == ENROLMENT and not self.enrol.open and not self.grant.open:
            self.tabs.setCurrentIndex(WORK)
        self._place_cursor()

    def _place_cursor(self) -> None:
        if self.tabs.currentIndex() == ENROLMENT:
            self.enrol.place_cursor()
        elif self.tabs.currentIndex() == INBOX:
            self.inbox.place_cursor()
        elif self.tabs.currentIndex() == CHECK:
            self.check.enter()
        elif grid := self._grids.get(self.tabs.currentIndex()):
            grid.setFocus()
        elif self.send.isVisible():
            self.send.export.setFocus()
        elif self.merge.drop.isVisible():
            self.merge.drop.choose.setFocus()
