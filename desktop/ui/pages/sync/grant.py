"""Enrolling stations below: open a request, compare words by telephone, choose the unit, write the grant."""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import Problem
from desktop.operations.file_names import safe_name
from desktop.operations.session import Session
from desktop.operations.stations import enrolling, traffic
from desktop.operations.stations.enrolling import Granted
from desktop.operations.stations.inbox_files import GRANT
from desktop.operations.stations.traffic import Asked, Overview, Peer
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level, Role
from desktop.store.ledger import ChangeSet
from desktop.store.peers.links import Link
from desktop.store.queries.reading import Query, records
from desktop.store.queries.units import subtree
from desktop.store.tables.database import Database
from desktop.sync.errors.surroundings import plain_problems
from desktop.sync.signed.certificates import LEVEL_RANK
from desktop.sync.signed.words import Fingerprint
from desktop.ui.dialogs import Answer
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.enrol import level_words
from desktop.ui.pages.sync.send import documents
from desktop.ui.parts import Card, Note, button, folder_link, heading, link, plain, row, set_primary
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.widgets.fingerprint import Words
from desktop.ui.widgets.reach import lead_to
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_OTHER = ""


class _Unit(NamedTuple):
    """A unit that a computer may be enrolled for."""

    id: str
    name: str
    code: str
    level: str


class GrantCard(Card):
    """The desk's side of enrolment."""

    done = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__("为下级办理入网")
        self.workbench = workbench
        self._asked: Asked | None = None
        self._by_hand: _Unit | None = None
        """A unit of the code that is asked for which somebody has registered without a computer."""
        self._waiting: list[Path] = []
        self._known: dict[str, Link] = {}
        self._revoked: Set[str] = frozenset()
        self.open_request = button("打开申请文件…", self.choose, "folder-open", primary=True)
        self.open_ack = button("导入入网回执…", self.confirm, "file-input")
        self.hint = plain(
            "① 打开下级交来的申请（.xsq） ② 打电话核对词语 ③ 导出批准（.xsg）交回 ④ 下级交来入网回执（.xsa）后导入。",
            muted=True,
        )
        self.stations = Grid(
            [Col("单位", 24, wide=True), Col("入网办到哪一步", 26, wide=True)], "已办理入网的单位"
        )
        self.stations.limit_height(8)
        self.none = plain("还没有办过下级入网。", muted=True)
        self.note = Note()
        self.asked, self.words = plain(), Words()
        self.compared = QCheckBox("已经打过电话，对方念的词语和数字与上面完全一样")
        self.as_asked, self.elsewhere = QRadioButton("按申请的单位"), QRadioButton("放到另一个单位：")
        self.units = DropDown()
        self.code = QLineEdit()
        self.level = DropDown()
        self.delegate = QCheckBox("允许它再为自己的下级办理入网（镇街一般需要）")
        self.grant_button = button("导出批准文件…", self.grant, "file-output", primary=True)
        self.cancel = button("先不批准", self._put_off)
        self._box = QWidget()
        self._build()
        self._show_choice()

    def _build(self) -> None:
        self.units.setMinimumWidth(300)
        self.units.setAccessibleName("另一个单位")
        self.level.setAccessibleName("层级")
        self.code.setAccessibleName("单位编码")
        self.code.setPlaceholderText("单位编码")
        self.code.setMaximumWidth(180)
        box = QVBoxLayout(self._box)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.asked)
        box.addLayout(row(self.words, 1))
        for widget in (self.compared, self.as_asked):
            box.addWidget(widget)
        box.addLayout(row(self.elsewhere, self.units, self.code, QLabel("层级"), self.level, 1))
        box.addWidget(self.delegate)
        box.addLayout(row(self.grant_button, self.cancel, 1))
        self.column.addWidget(self.hint)
        self.column.addLayout(row(self.open_request, self.open_ack, 1))
        self.column.addWidget(self._box)
        self.column.addWidget(self.note)
        self._list = QWidget()
        below = QVBoxLayout(self._list)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        below.addWidget(heading("已办理入网的单位"))
        below.addWidget(self.stations)
        below.addWidget(self.none)
        self.column.addWidget(self._list)
        self.column.addStretch(1)
        self._box.hide()
        self.compared.toggled.connect(lambda _on: self._show_choice())
        self.elsewhere.toggled.connect(lambda _on: self._show_choice())
        self.code.textChanged.connect(lambda _text: self._show_choice())
        self.units.currentIndexChanged.connect(lambda _index: self._show_choice())

    def show_overview(self, seen: Overview, revoked: frozenset[str] = frozenset()) -> None:
        """The stations below and how far they are; ``revoked`` are those that are out of use."""
        below = [p for p in seen.peers if not p.link.upward]
        self._known, self._revoked = {p.link.peer: p.link for p in below}, revoked
        self.stations.show_lines([_line(p, p.link.peer in revoked) for p in below])
        self.stations.setVisible(bool(below))
        self.none.setVisible(not below)
        allowed = self.workbench.role in (Role.ADMIN, Role.DESK)
        for made in (self.open_request, self.open_ack):
            made.setEnabled(allowed)
            made.setToolTip("" if allowed else self.workbench.denied("由本单位的汇总员或管理员来办。"))
        self.delegate.setEnabled(seen.standing.may_delegate)
        self.delegate.setToolTip("" if seen.standing.may_delegate else "上级没有授权本单位的下级再往下办理。")

    @property
    def open(self) -> bool:
        """Whether a request lies on the table."""
        return self._asked is not None

    # -- the request -----------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Asks for requests."""
        filters = ("入网申请 (*.xsq)", "所有文件 (*)")
        if found := self.workbench.dialogs.open_files("打开入网申请", documents(), filters):
            self.look(found)

    def look(self, paths: Sequence[Path]) -> None:
        """Opens the first of these requests and shows it; the others wait, each needs a telephone call."""
        self._waiting = list(paths[1:])
        chosen, types, own = paths[0], self.workbench.types, self.workbench.facts.unit.id

        def job(database: Database, _ticket: Ticket) -> tuple[Asked, list[_Unit], _Unit | None]:
            asked = traffic.look_request(chosen)
            scope = set(subtree(database, own))
            units = [
                _Unit(u.id, str(u.values.get("name")), str(u.values.get("code")), str(u.values.get("level")))
                for u in records(database, types, Query("unit"))
            ]
            named = workspaces.unit_id(asked.level, asked.code)
            alike = (u for u in units if (u.code, u.level) == (asked.code, asked.level) and u.id != named)
            return asked, [u for u in units if u.id in scope], next(alike, None)

        self.note.hide()
        self.workbench.read(job, self._show_request, owner=self, fail=self.tell_problem)

    def _show_request(self, found: tuple[Asked, list[_Unit], _Unit | None]) -> None:
        asked, units, self._by_hand = found
        own = self.workbench.facts.unit
        self._asked = asked
        again = self._known.get(asked.station)
        out = "后来停用了；批准以后又能用，请先问清电脑是不是在本人手里。"
        use = out if asked.station in self._revoked else "再批准一次会给它换新的证书。"
        twice = f"\n这台电脑以前办过入网（{again.name}），{use}" if again else ""
        twice = twice or self._replaced_words({u.id for u in units if u.code == asked.code})
        if self._by_hand is not None:
            twice += f"\n体系里已有同编码的“{self._by_hand.name}”，是手工登记的：批准后会另有一条，手工的那条就不用了。"
        more = f"办完这个，后面还有{len(self._waiting)}个。" if self._waiting else ""
        self.asked.setText(
            f"“{asked.name}”（{level_words(asked.level)}，编码{asked.code}）申请入网。{more}{twice}\n"
            "文件里的名称谁都可以写，所以请给这个单位打电话，请对方念出屏幕上的词语和数字，和下面逐个核对："
        )
        self.words.show_words(asked.words)
        self.units.clear()
        for _, name, code, level in units:
            another = "本单位的另一台电脑：" if code == own.code else ""
            self.units.addItem(f"{another}{name}（{code}）", (code, level))
        self.units.addItem("新的单位（填编码）", (_OTHER, asked.level.value))
        self.level.clear()
        for level in Level:
            if LEVEL_RANK[level] >= LEVEL_RANK[own.level]:
                self.level.addItem(level_words(level), level)
        self.level.setCurrentIndex(max(self.level.findData(asked.level), 0))
        self.delegate.setChecked(self.delegate.isEnabled() and asked.level is Level.TOWN)
        self.compared.setChecked(False)
        self.as_asked.setChecked(True)
        self.code.clear()
        self._box.show()
        self._list.hide()
        self.note.hide()
        set_primary(self.open_request, False)
        self._show_choice()
        self.compared.setFocus(Qt.FocusReason.OtherFocusReason)

    def _replaced_words(self, units: Set[str]) -> str:
        """That the unit has computers already, and what is to be done with them; nothing where it has none."""
        before = [station for station, link in self._known.items() if link.unit in units]
        if not before:
            return ""
        out = sum(station in self._revoked for station in before)
        use = "都停用了" if out == len(before) else "换电脑的，旧的请先在“下级电脑”里停用"
        return f"\n这个单位以前办过{len(before)}台电脑的入网，{use}。"

    def _show_choice(self) -> None:
        other = self.elsewhere.isChecked()
        data = self.units.currentData() or (_OTHER, "")
        free = other and data[0] == _OTHER
        self.units.setEnabled(other)
        self.code.setVisible(free)
        self.level.setEnabled(free)
        if other and not free:
            self.level.setCurrentIndex(max(self.level.findData(Level(data[1])), 0) if data[1] else 0)
        ready = self.compared.isChecked() and (not free or bool(self.code.text().strip()))
        self.grant_button.setEnabled(ready)
        self.grant_button.setToolTip("" if ready else "请先打电话核对，并在上面打勾。")

    def _close(self) -> None:
        self._asked = None
        self._box.hide()
        self._list.show()
        set_primary(self.open_request, True)

    def _put_off(self) -> None:
        self._close()
        if self._waiting:
            self.look(self._waiting)

    def _offer_next(self, *links: QPushButton) -> None:
        """Offers what can be done now, the request that waits first; the cursor is on it."""
        if self._waiting:
            waiting = self._waiting
            links = (link(f"办下一个申请（还有{len(waiting)}个）", lambda: self.look(waiting)), *links)
        self.note.offer(*links)
        if links:
            links[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # -- the grant -------------------------------------------------------------------------------------------------

    def grant(self) -> None:
        """Writes the grant for the request that was shown."""
        asked = self._asked
        if asked is None or not self.grant_button.isEnabled():
            return
        suggestion = asked.path.with_name(f"{safe_name(asked.name)}_入网批准{GRANT}")
        out = self.workbench.dialogs.save_file("批准文件保存到哪里", suggestion, ("批准文件 (*.xsg)",))
        if out is None:
            return
        code, level = None, None
        if self.elsewhere.isChecked():
            code = (self.units.currentData() or (_OTHER,))[0] or self.code.text().strip()
            level = Level(self.level.currentData())
        delegate = self.delegate.isChecked() and self.delegate.isEnabled()
        although = self._although(code or asked.code, level or asked.level)
        if although is None:
            return

        def job(session: Session, _ticket: Ticket) -> tuple[Granted, Fingerprint, ChangeSet]:
            with plain_problems():
                made = enrolling.grant(
                    session,
                    asked.path,
                    out,
                    level=level,
                    code=code,
                    delegate=delegate,
                    although=although,
                    compared=asked.digest,
                )
            return made, traffic.own_words(session), ChangeSet(everything=True)

        self.workbench.write(
            "批准入网",
            job,
            lambda made: self._granted(made[0], made[1]),
            owner=self,
            fail=self.tell_problem,
            step=False,
        )

    def _although(self, code: str, level: Level) -> str | None:
        """Why a unit with the code of another place, or of none, is enrolled; None where it is not after all."""
        below = {self.units.itemData(i)[0] for i in range(self.units.count())}
        facts = self.workbench.facts
        outside = workspaces.elsewhere(facts.divisions, code, level, facts.unit)
        doubt = workspaces.doubt_about(code, level, facts.divisions)
        if code in below or not (outside or doubt):
            return ""
        answer = self.workbench.dialogs.ask(
            "编码是别处的" if outside else "编码对不上",
            f"{outside}\n一般是对方选错了单位，或者把申请交错了地方，请在电话里问清。" if outside
            else f"{doubt}\n编码填错了，以后和区划、和别的电脑都对不上，请在电话里问清。",
            yes="归本单位管，批准" if outside else "编码没有错，批准",
        )  # fmt: skip
        return "在窗口里确认过" if answer is Answer.YES else None

    def _granted(self, made: Granted, own: Fingerprint) -> None:
        self._close()
        by_hand, shell = self._by_hand, self.workbench.shell
        if by_hand is not None and (by_hand.code, by_hand.level) != (made.unit.code, made.unit.level):
            # It was enrolled for another unit than it asked for.
            by_hand = None
        twin = (
            f"\n体系里手工登记的“{by_hand.name}”和它同编码，只留一条：请打开那条看“相关记录”，没有用到它的，就在体系的列表里删掉。"
            if by_hand is not None
            else ""
        )
        self.note.say(
            Tone.GOOD,
            f"已批准“{made.unit.name}”入网，批准文件已写好：{made.path.name}",
            "下一步：把它交回给对方。对方接受前会打电话来，请念这几个词语和数字："
            f"{own}。\n"
            f"对方接受后会交来一个入网回执（.xsa），在这里导入，就可以收它的数据包了。{twin}",
        )
        links = [folder_link(made.path)]
        if by_hand is not None:
            links.append(link("看手工登记的那条", lambda: shell.open_record("unit", by_hand.id)))
        self._offer_next(*links)
        self.done.emit()

    def confirm(self) -> None:
        """Asks for acknowledgements and takes them."""
        filters = ("入网回执 (*.xsa)", "所有文件 (*)")
        if found := self.workbench.dialogs.open_files("导入入网回执", documents(), filters):
            self.confirm_all(found)

    def confirm_all(self, paths: Sequence[Path]) -> None:
        """Takes acknowledgements; one that cannot be taken does not hold up the others."""

        def job(session: Session, _ticket: Ticket) -> tuple[list[Link], list[str]]:
            taken: list[Link] = []
            failed: list[str] = []
            for path in paths:
                try:
                    with plain_problems():
                        taken.append(enrolling.confirm(session, path))
                except Problem as problem:
                    failed.append(f"{path.name}：{problem}" if len(paths) > 1 else str(problem))
            return taken, failed

        self.workbench.write(
            "导入入网回执", job, lambda found: self._confirmed(*found), owner=self, step=False
        )

    def _confirmed(self, taken: Sequence[Link], failed: Sequence[str]) -> None:
        names = "、".join(f"“{found.name}”" for found in taken)
        words = f"{names}已经入网，可以收它的数据包了。" if taken else "没有完成"
        tone = Tone.GOOD if not failed else Tone.WARNING if taken else Tone.ERROR
        known = {found.peer for found in taken}
        again = any(
            p not in known and link.unit in {t.unit for t in taken} for p, link in self._known.items()
        )
        carry = ["新电脑里还没有这个单位原来的内容：给它写一份回执，带去就有了。"] if again else []
        self.note.say(tone, words, "\n".join([*failed, *carry]))
        shell = self.workbench.shell
        self.note.offer(*[link("去写回执", lambda: shell.open_page("sync", part="receipts")) for _ in carry])
        if taken:
            self.done.emit()

    def tell_problem(self, error: Exception) -> bool:
        """Shows what the user can act on."""
        if not isinstance(error, Problem):
            return False
        self.note.say(Tone.ERROR, "没有完成", str(error))
        self._offer_next()
        lead_to(self.note)
        return True


def _line(peer: Peer, revoked: bool) -> Line:
    name, key = peer.link.name, peer.link.peer
    if revoked:
        return Line((name, "已停用"), Tone.PLAIN, key)
    if peer.link.confirmed or peer.received:
        return Line((name, "已入网"), Tone.GOOD, key)
    return Line((name, "已批准，等它交来入网回执（.xsa）"), Tone.WARNING, key)
