"""The inbox: the files of a chosen folder with what each of them is, and the way of all new ones to the table."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QVBoxLayout, QWidget

from desktop.errors import EnvironmentProblem, Problem
from desktop.operations.session import Session
from desktop.operations.stations import inbox
from desktop.operations.stations.inbox import MERGED_FOLDER, Arrival, Settings, State
from desktop.operations.stations.inbox_files import BUNDLE, Identity, Listing
from desktop.store.tables.database import Database
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.drop import dropped_paths, with_files
from desktop.ui.pages.sync.inbox_watch import InboxWatch
from desktop.ui.pages.sync.preview import Shown
from desktop.ui.pages.sync.send import documents
from desktop.ui.parts import Note, brief, button, heading, link, open_folder, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_TONES = {
    State.NEW: Tone.PLAIN,
    State.COPYING: Tone.PLAIN,
    State.ENROLMENT: Tone.WARNING,
    State.REFUSED: Tone.ERROR,
    State.CUT_SHORT: Tone.ERROR,
    State.UNREADABLE: Tone.ERROR,
    State.SAME: Tone.PLAIN,
    State.SEEN: Tone.GOOD,
}
_LASTING = (10, 15)
"""Exit codes of what no receipt and no grant can put right: forged and damaged."""


@dataclass(frozen=True)
class _Loaded:
    """What was chosen, and what the files are; ``listing`` is what they were sorted out from."""

    settings: Settings
    listing: Listing | None
    arrivals: list[Arrival]


class InboxTab(QWidget):
    """``wanted`` carries files for the table, ``enrolment`` files of enrolment, ``counted`` how many are new.

    ``arrived`` tells that so many new ones have come since the last look, ``sorted_out`` carries all arrivals.
    """

    wanted = Signal(object)
    enrolment = Signal(object)
    counted = Signal(int)
    arrived = Signal(int)
    sorted_out = Signal(object)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.settings = Settings(None, False)
        self.arrivals: list[Arrival] = []
        self._listing: Listing | None = None
        self._refused: dict[Identity, tuple[str, bool]] = {}
        self._known: set[Identity] = set()
        self.watch = InboxWatch(workbench, self)
        self.empty = EmptyState()
        self._may = workbench.unwritable is None
        self.empty.show_words(
            "folder-open",
            "还没有选收件文件夹",
            workbench.denied(
                "下级的数据包、上级的回执另存到同一个文件夹（也可以是U盘或共享文件夹），来了新文件会自动列在这里。"
                "只是列出来，点了合并才会合并；文件不会被删掉。"
            ),
            ("选择收件文件夹…", self.choose) if self._may else None,
        )
        self.place = link("", self.choose)
        self.place.setAccessibleName("更换收件文件夹")
        self.place.setToolTip("更换收件文件夹")
        self.counts = plain(muted=True)
        self.note = Note()
        self.grid = Grid(
            [
                Col("状态", 7),
                Col("文件", 24, wide=True),
                Col("来自", 14, wide=True),
                Col("第几号", 5, numeric=True),
                Col("做于", 11),
                Col("共", 4, numeric=True),
                Col("说明", 24, wide=True),
            ],
            "收件文件夹里的文件",
            wrapping=True,
        )
        self.nothing = plain("文件夹里还没有小三级的文件。来了新文件会自动列在这里。", muted=True)
        self.again = button("现在看一遍", self.watch.look, "refresh-cw")
        self.away = QCheckBox(f"合并好的文件移到“{MERGED_FOLDER}”")
        self.clear = link("", self._put_away)
        self.merge = button("", self._take_new, "check", primary=True)
        self._build()
        self.watch.looked.connect(self._looked)
        self.watch.progressed.connect(self._show_progress)
        self.grid.opened.connect(self._open)
        self.away.clicked.connect(lambda checked: self._choose(self.settings.folder, bool(checked)))

    def _build(self) -> None:
        self.setAcceptDrops(True)
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        stop = link("不再看这个文件夹", lambda: self._choose(None, self.settings.put_away))
        for made in (self.place, stop, self.away):
            made.setEnabled(self._may)
        column.addLayout(
            row(heading("收件文件夹"), self.place, link("打开", self._show_folder), stop, 1, self.again)
        )
        column.addWidget(self.note)
        column.addWidget(self.counts)
        column.addWidget(self.grid, 1)
        column.addWidget(self.nothing)
        column.addStretch(0)
        column.addWidget(
            plain(
                "来自、第几号和项数是文件自己写的；合并前会核对签名和内容，看过结果再合并。",
                muted=True,
                small=True,
            )
        )
        column.addLayout(row(self.away, self.clear, 1, self.merge))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(work)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 10, 0, 0)
        whole.addWidget(self.stack)
        self._show()

    # -- what was chosen -------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Asks for the folder."""
        now = self.settings.folder
        found = self.workbench.dialogs.folder("选择收件文件夹", now if now is not None else documents())
        if found is not None:
            self._choose(found, self.settings.put_away)

    def _choose(self, folder: Path | None, put_away: bool) -> None:
        def job(session: Session, _ticket: Ticket) -> Settings:
            return inbox.choose(session, folder, put_away)

        self.workbench.write("选择收件文件夹", job, self._take_settings, owner=self, step=False)

    def _take_settings(self, chosen: Settings) -> None:
        another = chosen.folder != self.settings.folder
        if another:
            self._listing, self.arrivals, self._known = None, [], set()
            self.workbench.note_waiting(0)
            self.note.hide()
        self.settings = chosen
        self.watch.watch(chosen.folder)
        self._show()
        if another:
            self.sorted_out.emit(self.arrivals)
        if another and self.isVisible():
            self.place_cursor()

    def _show_folder(self) -> None:
        if self.settings.folder is not None:
            open_folder(self.settings.folder)

    # -- looking ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks the ledger again: a merge or an enrolment may have changed what files are."""
        here, listing = self.workbench.here, self._listing
        refused = {identity: words for identity, (words, _lasting) in self._refused.items()}

        def job(database: Database, _ticket: Ticket) -> _Loaded:
            looks = listing.looks if listing is not None else ()
            found = inbox.sort_out(database, here, looks, refused) if looks else []
            return _Loaded(inbox.settings(database), listing, found)

        self.workbench.read(job, self._loaded, owner=self, key="inbox")

    def _looked(self, found: Listing) -> None:
        if found != self._listing:
            self._listing = found
            self.load()
        self._show_counts()

    def _loaded(self, found: _Loaded) -> None:
        self._take_settings(found.settings)
        if found.listing is not self._listing or found.listing is None:
            return
        self.arrivals = found.arrivals
        new = {a.look.identity for a in self.arrivals if a.state is State.NEW}
        self.workbench.note_waiting(len(new))
        fresh, self._known = new - self._known, self._known | new
        self._tell_problem(found.listing.problem)
        self._show()
        self.sorted_out.emit(self.arrivals)
        if fresh:
            self.arrived.emit(len(fresh))

    def _tell_problem(self, problem: Problem | None) -> None:
        if problem is not None:
            self.note.say(Tone.WARNING, problem.sentence, problem.next_step)
            self.note.offer(*[link("换一个文件夹…", self.choose)] * self._may)
        else:
            self.note.hide()

    def note_checked(self, files: Sequence[Shown]) -> None:
        """Keeps why files that were looked at before merging cannot be merged, so that they are not offered again."""
        identities = {a.path: a.look.identity for a in self.arrivals}
        for shown in files:
            problem = shown.result.problem if shown.result is not None else None
            # A stick that was pulled out says nothing of the file.
            if problem is None or isinstance(problem, EnvironmentProblem):
                continue
            if shown.path in identities:
                lasting = problem.exit_code in _LASTING
                self._refused[identities[shown.path]] = (problem.sentence, lasting)
        self.load()

    def look_anew(self) -> None:
        """What was refused only for want of a receipt or a grant is offered again, and the folder is looked at."""
        self._refused = {key: kept for key, kept in self._refused.items() if kept[1]}
        self.load()
        self.watch.look()

    # -- what is done with files -----------------------------------------------------------------------------------

    def _take_new(self) -> None:
        if paths := inbox.to_merge(self.arrivals, State.NEW):
            self.wanted.emit(paths)

    def _open(self, path: Path) -> None:
        arrival = next((a for a in self.arrivals if a.path == path), None)
        if arrival is None:
            return
        if arrival.state is State.COPYING:
            self.workbench.shell.tell(
                Tone.PLAIN, "这个文件还在拷，拷完会自动变成“新”；半分钟没有变大的，会说没有拷完。"
            )
        elif not self._may:
            self.workbench.shell.tell(Tone.WARNING, self.workbench.denied(""))
        elif arrival.look.kind == BUNDLE:
            self.wanted.emit([path])
        else:
            self.enrolment.emit([path])

    def _put_away(self) -> None:
        paths = [a.path for a in self.arrivals if a.merged]

        def job(_session: Session, _ticket: Ticket) -> tuple[int, Problem | None]:
            return inbox.put_away(paths)

        self.workbench.write("移动合并过的文件", job, self._moved, owner=self, step=False)

    def _moved(self, done: tuple[int, Problem | None]) -> None:
        moved, problem = done
        words = f"{moved}个合并过的文件已移到“{MERGED_FOLDER}”。"
        if problem is None:
            self.workbench.shell.tell(Tone.GOOD, words)
        else:
            self.workbench.shell.tell(Tone.WARNING, f"{words}其余的没有移动：{problem}")
        self.watch.look()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes files only."""
        if self._may and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files that are dropped here go to the table, wherever they lie."""
        if paths := dropped_paths(event):
            with_files(self.workbench, paths, self.wanted.emit, self)

    # -- what is shown ---------------------------------------------------------------------------------------------

    def place_cursor(self) -> None:
        """Where work begins."""
        if self.settings.folder is None:
            (self.empty.primary if self._may else self).setFocus()
        elif self.merge.isEnabled():
            self.merge.setFocus()
        elif self.grid.isVisible():
            self.grid.setFocus()
        else:
            self.again.setFocus()

    def _show(self) -> None:
        folder = self.settings.folder
        self.stack.setCurrentIndex(0 if folder is None else 1)
        self.place.setText(_middle(str(folder)) if folder is not None else "")
        self.away.setChecked(self.settings.put_away)
        scrolled = self.grid.verticalScrollBar().value()
        self.grid.show_lines([_line(a, self.workbench.today()) for a in self.arrivals])
        self.grid.verticalScrollBar().setValue(scrolled)
        looked_well = self._listing is not None and self._listing.problem is None
        self.grid.setVisible(bool(self.arrivals))
        self.nothing.setVisible(looked_well and not self.arrivals)
        new = sum(a.state is State.NEW for a in self.arrivals)
        merged = sum(a.merged for a in self.arrivals)
        self.clear.setText(f"把合并过的{merged}个现在移走")
        self.clear.setVisible(self._may and self.settings.put_away and merged > 0)
        self.merge.setText(f"核对并合并{new}个新文件…" if new else "没有新文件")
        self.merge.setEnabled(self._may and new > 0)
        self.merge.setToolTip(self.workbench.denied(""))
        self._show_counts()
        self.counted.emit(new)

    def _show_counts(self) -> None:
        if self._listing is None:
            self.counts.setText("正在看文件夹…")
        elif self._listing.problem is not None:
            self.counts.setText("")
        else:
            counted = Counter(a.state for a in self.arrivals)
            self.counts.setText(
                "　".join(f"{state.value}{counted[state]}个" for state in State if counted[state])
            )
        self.counts.setVisible(bool(self.counts.text()))

    def _show_progress(self, done: int, total: int) -> None:
        if self._listing is None:
            self.counts.setText(f"正在看文件夹：第{done + 1}个，共{total}个")


def _line(arrival: Arrival, today: datetime.date) -> Line:
    look, said = arrival.look, arrival.look.said
    numbers = ["", "", ""]
    if said is not None:
        numbers = [str(said.sequence), brief(said.created, today), str(said.items)]
    texts = (arrival.state.value, look.shown_name, arrival.sender, *numbers, arrival.why)
    next_step = f"\n{look.problem.next_step}" if look.problem is not None else ""
    tip = f"{look.shown_name}\n{arrival.sender}\n{arrival.why}{next_step}".replace("\n\n", "\n")
    return Line(texts, _TONES[arrival.state], arrival.path, tip)


def _middle(text: str, most: int = 60) -> str:
    """A long path without its middle; the whole stands in the file dialog."""
    return text if len(text) <= most else f"{text[: most // 3]}…{text[-most * 2 // 3 :]}"
