"""What was exchanged: with whom, what was sent, received and confirmed, the ledger of merges, and rolling one back."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.operations.stations import decided, unsettled
from desktop.operations.stations.decided import Told
from desktop.operations.stations.traffic import MergeLine, Overview, Peer
from desktop.operations.stations.uncounted import Rollback
from desktop.operations.stations.unsettled import Unsettled, unlisted_words
from desktop.records.versions.item_outcomes import APPLIED, OUTCOMES
from desktop.store.tables.database import Database
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.decided import DecidedList
from desktop.ui.pages.sync.preview import NOT_TAKEN, item_line, left_name, open_item, outcome_columns
from desktop.ui.pages.sync.withdraw import Withdrawing
from desktop.ui.parts import brief, heading, moment, plain, row
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_STATE = 4 + len(OUTCOMES)
_Found = tuple[list[Unsettled], int, Told]
"""What a merge did not apply, how much that is, and which own values it has replaced."""


class LogTab(QWidget):
    """Links above, the ledger of merges below; ``list_wanted`` asks for the list of what does not count."""

    list_wanted = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.links = Grid(
            [
                Col("单位", 18, wide=True),
                Col("关系", 5),
                Col("最近发出", 26, wide=True),
                Col("对方确认", 14),
                Col("最近收到", 26, wide=True),
            ],
            "往来单位",
        )
        self.links.limit_height(5)
        self._lines: Mapping[int, MergeLine] = {}
        self._rollbacks: Mapping[int, Rollback] = {}
        self.withdrawing = Withdrawing(workbench)
        self._links_head = heading("往来单位")
        self.merges = Grid(
            [
                Col("时间", 11),
                Col("来自", 18, wide=True),
                Col("第几号", 6, numeric=True),
                Col("共", 5, numeric=True),
                *outcome_columns(),
                Col("情况", 9),
                Col("文件", 18, wide=True),
                Col("经手人", 8),
            ],
            "合并记录",
            wrapping=True,
        )
        self.items = Grid(
            [Col("结果", 8), Col("记录", 24, wide=True), Col("项目", 9), Col("谁填的", 14), Col("原因", wide=True)],
            f"这次合并{NOT_TAKEN}",
        )  # fmt: skip
        self.items.limit_height(5)
        self.items_head = heading()
        self.decided = DecidedList(workbench)
        self.none = plain("还没有收过数据包或回执。", muted=True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._linked, self._room = False, True
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._links_head)
        column.addWidget(self.links)
        head = row(heading("合并记录（只增不改）"), 1)
        head.addLayout(self.withdrawing.buttons)
        column.addLayout(head)
        column.addWidget(self.withdrawing)
        column.addWidget(self.merges, 1)
        # Where there is no ledger of merges it takes the room: the headings would be spread over the page.
        column.addWidget(self.none, 1)
        column.addWidget(self.items_head)
        column.addWidget(self.items)
        column.addWidget(self.decided)
        self.merges.chosen.connect(self._choose)
        self.withdrawing.busy_changed.connect(self._make_room)
        self.withdrawing.list_wanted.connect(self.list_wanted)
        self.items.opened.connect(lambda item: open_item(self.workbench, item))
        self._choose(None)

    def show_overview(self, seen: Overview) -> None:
        """The links; who has none is not shown an empty table of them."""
        self.links.show_lines([_link_line(p) for p in seen.peers])
        self._linked = bool(seen.peers)
        self._show_links()

    def show_merges(self, lines: Sequence[MergeLine], rollbacks: Mapping[int, Rollback]) -> None:
        """The ledger, and what of it is withdrawn."""
        self._lines, self._rollbacks = {m.merged.id: m for m in lines}, rollbacks
        # What hardly ever happens leaves its room to the names of files.
        self.merges.setColumnHidden(_STATE, not rollbacks)
        for place, name in enumerate(OUTCOMES, start=_STATE - len(OUTCOMES)):
            never = name != APPLIED and not any(getattr(m.merged, name) for m in lines)
            self.merges.setColumnHidden(place, never)
        today = self.workbench.today()
        self.merges.show_lines([_merge_line(m, rollbacks.get(m.merged.id), today) for m in lines])
        self._choose(self.merges.current())
        self.none.setVisible(not lines)
        self.merges.setVisible(bool(lines))

    def _choose(self, merge: int | None) -> None:
        chosen = self._lines.get(merge) if merge is not None else None
        self.withdrawing.choose(chosen, self._rollbacks.get(merge) if merge is not None else None)
        self._load_items(chosen)

    def _make_room(self, busy: bool) -> None:
        """While something is decided, and while what came of it is said, the links give way."""
        self._room = not busy
        self._show_links()
        if not busy and self.isVisible():
            self.merges.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_links(self) -> None:
        for widget in (self._links_head, self.links):
            widget.setVisible(self._room and self._linked)

    def _load_items(self, line: MergeLine | None) -> None:
        if line is None:
            self._show_items(([], 0, Told()))
            return
        merged, here = line.merged, self.workbench.here

        def job(database: Database, _ticket: Ticket) -> _Found:
            return (
                unsettled.merge_details(database, here, merged.id),
                unsettled.merge_count(database, merged.id),
                decided.of_merge(database, here, merged),
            )

        self.workbench.read(job, self._show_items, owner=self, key="merge")

    def _show_items(self, found: _Found) -> None:
        items, count, replaced = found
        self.items.show_lines([item_line(i) for i in items])
        self.items.setVisible(bool(items))
        self.items_head.setVisible(bool(items))
        hint = "，".join(filter(None, ("双击打开记录", unlisted_words(count - len(items), "项"))))
        self.items_head.setText(f"这次合并{left_name(items)}{count}项（{hint}）")
        self.decided.show_told(replaced)


def _link_line(peer: Peer) -> Line:
    sent, received = peer.sent, peer.received
    if sent is None:
        confirmed, tone = "", None
    elif peer.confirmed:
        confirmed, tone = "全部收到", Tone.GOOD
    elif peer.link.upward:
        confirmed, tone = "还没有回执", Tone.WARNING
    else:
        confirmed, tone = "等它下次上报", None
    return Line(
        (
            peer.link.name,
            "上级" if peer.link.upward else "下级",
            f"{moment(sent.at)} 第{sent.sequence}号，{sent.items}项" if sent is not None else "还没有",
            confirmed,
            f"{moment(received.at)} 第{received.sequence}号，{received.total}项"
            if received is not None
            else "还没有",
        ),
        tone,
        peer.link.peer,
    )


def _merge_line(line: MergeLine, rollback: Rollback | None, today: datetime.date) -> Line:
    m = line.merged
    numbers = (m.sequence, m.total, *(getattr(m, name) for name in OUTCOMES))
    tone = Tone.ERROR if m.refused else Tone.WARNING if m.conflict or m.held else Tone.GOOD
    state = "" if rollback is None else rollback.words
    texts = (brief(m.at, today), line.name, *map(str, numbers), state, m.file, m.operator)
    return Line(texts, Tone.PLAIN if rollback is not None else tone, m.id)
