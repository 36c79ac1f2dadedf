"""The stations below: who has sent what when, who still waits for a receipt, and writing one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations.session import Session
from desktop.operations.stations import exchange, traffic
from desktop.operations.stations.traffic import RECEIPTS, Overview, Peer
from desktop.records.declaration import Role
from desktop.records.duties import DUTIES, RULE_FIELD
from desktop.records.duties import words as duty_words
from desktop.sync.bundles.sending import Sent
from desktop.sync.errors.surroundings import plain_problems
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.merge_words import some_of
from desktop.ui.pages.sync.send import documents
from desktop.ui.parts import Note, button, folder_link, heading, link, moment, row
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_All = tuple[tuple[Sent, ...], tuple[tuple[str, Problem], ...]]
"""The receipts that were written at once, and the stations whose receipts could not be, and why."""

_SEVERAL = "several"


class Below(QWidget):
    """Those who have not sent for longest come first. ``sent`` tells that a receipt was written."""

    sent = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self._folder, self._pointing = "", False
        self._peers: dict[str, Peer] = {}
        self._revoked: frozenset[str] = frozenset()
        self._empty: frozenset[str] = frozenset()
        self._told = ("", 0)
        """The station whose receipt is told of, and its number; of several, how many were left waiting."""
        self.grid = Grid(
            [
                Col("下级单位", 16, wide=True),
                Col("最近一次收到", 16),
                Col("项数", 5, numeric=True),
                Col("回执", 13),
            ],
            "下级报送情况",
        )
        self.rule = link("", self._open_rule)
        self.answer = button("给它写回执…", self.write, "file-output")
        self.all = button("", self.write_all, "file-output")
        self.note = Note()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row(heading("下级报送情况"), self.rule, 1, self.all, self.answer))
        column.addWidget(self.note)
        column.addWidget(self.grid, 1)
        self.grid.chosen.connect(lambda _peer: self._show_answer())
        self.grid.opened.connect(lambda _peer: self.write())

    def show_overview(self, seen: Overview, revoked: frozenset[str] = frozenset()) -> None:
        """Shows them; ``revoked`` are the computers that are out of use."""
        self._revoked = revoked
        self._folder = self._folder or seen.folders.get(RECEIPTS, "")
        below = [p for p in seen.peers if not p.link.upward]
        self._empty = _empty(below, revoked)
        # Whom something is owed to first, as the list may be long; then who has been silent for longest.
        below.sort(key=lambda p: (not self._is_waiting(p), p.received.at if p.received is not None else 0))
        self._peers = {p.link.peer: p for p in below}
        self.grid.show_lines([_line(p, p.link.peer in revoked, p.link.peer in self._empty) for p in below])
        told = self._peers.get(self._told[0])
        if (
            told is not None
            and told.sent is not None
            and (_waits(told) or told.sent.sequence != self._told[1])
        ) or (self._told[0] == _SEVERAL and len(self._waiting) > self._told[1]):
            self.note.hide()
        asks = f"要{duty_words(seen.asks)}签名" if seen.asks else f"不用{duty_words(frozenset(DUTIES))}签名"
        self.rule.setText(f"收下级的数据包：{asks}")
        where = "由上级在本单位的记录里改" if seen.standing.has_superior else "在本单位的记录里改"
        self.rule.setToolTip(f"下级的数据包要谁的签名才收；{where}，会随回执通知下级。")
        self._show_answer()
        if self._pointing or self.grid.current() is None:
            self._take_cursor(below)

    def point_out(self) -> None:
        """The cursor goes to the first that waits for a receipt, as soon as it is read who does."""
        self._pointing = True

    def _take_cursor(self, below: Sequence[Peer]) -> None:
        """The first that waits is chosen, so that the button is at hand; the keys go there only if it was asked for."""
        waiting = self._waiting
        if (first := next((n for n, p in enumerate(below) if p.link.peer in waiting), None)) is not None:
            self.grid.selectRow(first)
            if self._pointing:
                self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self._pointing = False

    @property
    def _waiting(self) -> list[str]:
        """The computers in use that wait for a receipt, or for what their unit has."""
        return [peer for peer, p in self._peers.items() if self._is_waiting(p)]

    def _is_waiting(self, peer: Peer) -> bool:
        known = peer.link.peer
        return (_waits(peer) or known in self._empty) and known not in self._revoked

    def _show_answer(self) -> None:
        chosen = self.grid.current()
        may, waiting = self.workbench.role is not Role.READER, len(self._waiting)
        self.answer.setEnabled(may and chosen in self._peers and chosen not in self._revoked)
        if not may:
            words = self.workbench.denied("您登录的身份只能查看，不能写回执。")
        elif chosen not in self._peers:
            words = "先在表里选一个单位。"
        elif chosen in self._revoked:
            words = "这台电脑已经停用，不再给它导出。要恢复请到“下级电脑”里。"
        else:
            words = "回执告诉对方收到了什么，也带去要下发的内容。"
        self.answer.setToolTip(words)
        self.all.setText(f"给{waiting}个都写回执…")
        self.all.setToolTip("还没有给过回执的、给过以后又有改动的，各写一个，放在同一个文件夹里。")
        # Last: where it goes with the cursor on it, the cursor comes to the table, which chooses.
        self.all.setVisible(may and waiting > 1)

    def _open_rule(self) -> None:
        self.workbench.shell.open_record("unit", self.workbench.facts.unit.id, RULE_FIELD)

    def write(self) -> None:
        """Writes a receipt, and what is to go down, for the station under the cursor."""
        peer = self._peers.get(self.grid.current() or "")
        if peer is None or self.workbench.role is Role.READER:
            return
        station, folder = peer.link.peer, self._choose(f"给“{peer.link.name}”的回执")
        if folder is None:
            return

        def job(session: Session, _ticket: Ticket) -> Sent:
            with plain_problems():
                made = exchange.send(session, folder, to=station)
            traffic.remember_folder(session, RECEIPTS, folder)
            return made

        self.workbench.write(
            "写回执", job, partial(self._written, station), owner=self, fail=self._failed, step=False
        )

    def write_all(self) -> None:
        """Writes one for each that waits, into one folder."""
        stations, folder = self._waiting, self._choose(f"{len(self._waiting)}个回执")
        if folder is None:
            return

        def job(session: Session, ticket: Ticket) -> _All:
            written = traffic.write_receipts(session, stations, folder, ticket.progress)
            traffic.remember_folder(session, RECEIPTS, folder)
            return written

        self.workbench.write("写回执", job, self._all_written, owner=self, fail=self._failed, step=False)

    def _choose(self, what: str) -> Path | None:
        start = Path(self._folder) if self._folder and Path(self._folder).is_dir() else documents()
        folder = self.workbench.dialogs.folder(f"{what}保存到哪里（可以选U盘）", start)
        self._folder = self._folder if folder is None else str(folder)
        return folder

    def _all_written(self, made: _All) -> None:
        written, failed = made
        names = some_of(list(dict.fromkeys(s.name for s in written)))
        lines = [f"下一步：把它们交给{names}，对方拖到自己的“上报与合并”里就行。"] if written else []
        without: dict[str, list[str]] = {}
        for station, problem in failed:
            without.setdefault(str(problem), []).append(f"“{self._peers[station].link.name}”")
        lines += [f"{some_of(whose)}的没有写成：{problem}" for problem, whose in without.items()]
        self.note.say(
            Tone.WARNING if failed else Tone.GOOD, f"已写好{len(written)}个回执。", "\n".join(lines)
        )
        self.note.offer(*[folder_link(sent.path) for sent in written[:1]])
        self._told = _SEVERAL, len(failed)
        self.sent.emit()

    def _written(self, station: str, made: Sent) -> None:
        carried = f"带有{made.items}项下发内容" if made.items else "只有回执，没有要下发的内容"
        self.note.say(
            Tone.WARNING if made.more else Tone.GOOD,
            f"已写好：{made.path.name}（{carried}）",
            f"{exchange.more_words(made)}\n下一步：把它交给“{made.name}”，对方拖到自己的“上报与合并”里就行。".strip(),
        )
        self.note.offer(folder_link(made.path))
        self._told = station, made.sequence
        self.sent.emit()

    def _failed(self, error: Exception) -> bool:
        return self.note.refuse(error, "没有写成")


def _owed(peer: Peer) -> bool:
    last = peer.received
    return last is not None and (peer.sent is None or peer.sent.at < last.at)


def _waits(peer: Peer) -> bool:
    return _owed(peer) or (not peer.moved and (peer.received is not None and peer.outdated))


def _empty(below: Sequence[Peer], revoked: frozenset[str]) -> frozenset[str]:
    """Computers in the place of others that are out of use: what their unit has comes with the first receipt."""
    replaced = {p.link.unit for p in below if p.link.peer in revoked}
    return frozenset(
        p.link.peer for p in below
        if p.link.unit in replaced and p.link.peer not in revoked and p.sent is None and p.link.confirmed
    )  # fmt: skip


def _line(peer: Peer, revoked: bool, empty: bool) -> Line:
    last = peer.received
    if revoked or peer.moved:
        when, total = (moment(last.at), str(last.total)) if last is not None else ("还没有收到过", "")
        out = "已停用" if revoked else "已改由别的上级收"
        return Line((peer.link.name, when, total, out), Tone.PLAIN, peer.link.peer)
    if last is None:
        words = "新电脑，先给一份" if empty else ""
        return Line((peer.link.name, "还没有收到过", "", words), Tone.WARNING, peer.link.peer)
    words = "还没有给" if _owed(peer) else "之后又有改动" if peer.outdated else "已给"
    return Line(
        (peer.link.name, moment(last.at), str(last.total), words),
        Tone.WARNING if _waits(peer) else None,
        peer.link.peer,
    )
