"""Sending up: what waits, where the bundle goes, and after writing what to do with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel

from desktop.operations.quantities import Count
from desktop.operations.session import Session
from desktop.operations.stations import covers, exchange, traffic
from desktop.operations.stations.traffic import SEND, Overview
from desktop.records.declaration import Role
from desktop.records.duties import words as duty_words
from desktop.store.ledger import ChangeSet
from desktop.sync.bundles.sending import Sent
from desktop.sync.errors.surroundings import plain_problems
from desktop.ui import theme
from desktop.ui.file_dialog import travelling
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.sign import Signer
from desktop.ui.pages.sync.words import counted
from desktop.ui.parts import (
    Card,
    Note,
    button,
    folder_link,
    keep_whole,
    link,
    moment,
    plain,
    row,
    set_primary,
)
from desktop.ui.printing.printable import PrintJob, Released
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_NOT_READERS = "您登录的身份只能查看，不能导出数据包。"


class SendCard(Card):
    """The bundle for the level above. ``sent`` tells that one was written."""

    sent = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self._folder = ""
        self._receiver = ""
        self._counts: tuple[Count, ...] = ()
        self.amount = QLabel()
        self.amount.setProperty("heading", "1")
        self.amount.setWordWrap(True)
        self.inside = plain()
        self.last = plain(muted=True)
        self.place = plain(muted=True)
        self.change = link("更换文件夹…", self._choose)
        self.export = button("导出数据包", self.send, "file-output", primary=True)
        self.rule = plain()
        self.to_operators = link("去“操作员”里设", lambda: workbench.shell.open_page("operators"))
        self.sign = button("复核签名…", self.sign_last, "check")
        self.signer = Signer(workbench, self, self._not_signed)
        self._last = ""
        self._wanted = False
        self._told: int | None = None
        """How much was left to export when the last export was told of; nothing while that is not known."""
        self._by_key = self._to_sign = False
        self.done = Note()
        self.may_send = workbench.role is not Role.READER
        for made in (self.export, self.sign, self.change):
            made.setEnabled(self.may_send)
            made.setToolTip("" if self.may_send else workbench.denied(_NOT_READERS))
        self.column.addWidget(self.amount)
        self.column.addWidget(self.inside)
        self.column.addLayout(row(self.export, self.sign, 1))
        self.column.addWidget(self.rule)
        self.column.addLayout(row(self.to_operators, 1))
        self.column.addLayout(row(self.place, self.change, 1))
        self.column.addWidget(self.done)
        self.column.addWidget(self.last)
        self.column.addStretch(1)

    def event(self, event: QEvent) -> bool:
        """What was told of an export is read whole."""
        handled = super().event(event)
        keep_whole(self, event)
        return handled

    def show_overview(self, seen: Overview) -> None:
        """What waits for the level above, and what became of the last bundle."""
        peer = seen.upward
        if peer is None:
            return
        self._receiver = peer.link.name
        self.say_heading(f"上报给“{peer.link.name}”")
        self._folder = self._folder or seen.folders.get(SEND, "")
        self._counts = tuple(_joined([*seen.own, *seen.below]))
        self.amount.setText(_amount_words(seen))
        if seen.waiting:
            below = sum(c.items for c in seen.below)
            more = f"其中{below}项是下级送来的，一起报上去。" if below else ""
            # Of several bundles, the first does not hold all of it.
            what = (
                "下次导出带上的有" if (_once_more(seen) and (seen.fresh or seen.unanswered)) or _lost_sight(seen)
                else "要上报的有" if seen.fresh
                else "等回执的有" if seen.unanswered
                else "会再带的有"
            )  # fmt: skip
            inside = f"{what}：{counted(self._counts)}。{more}" if self._counts else ""
            aside = seen.waiting - sum(c.items for c in self._counts)
            # Bundles carry the signed words of others whole, also those that do not count.
            more = f"{'另' if inside else ''}有{aside}项本机没有计入，原话也要带上。" if aside > 0 else ""
            self.inside.setText(inside + more)
        else:
            self.inside.setText(
                "登记或修改以后，这里会显示有多少项要上报。" + (_ELSEWHERE if peer.received is None else "")
            )
        set_primary(self.export, seen.fresh > 0 or _lost_sight(seen))
        self.export.setText("导出数据包" if seen.fresh or peer.sent is None else "再导出一次")
        self._wanted = bool(seen.wanted)
        self._forget_told(seen, confirmed=peer.confirmed)
        self.last.setText(self._last_words(seen))
        # Beside what is told of that very export they say nothing new, and take the room of its buttons.
        for said in (self.inside, self.last):
            said.setVisible(self.done.isHidden())
        self._last = peer.sent.file if peer.sent is not None else ""
        self.sign.setVisible(bool(self._last) and (bool(seen.duties or seen.wanted)))
        if self._to_sign and self._last:
            self._to_sign = False
            self.sign.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sign.setToolTip("经办人、负责人用自己的口令给导出的数据包签名，可以当时签，也可以以后签。")
        admin = self.workbench.role is Role.ADMIN
        self.rule.setText(_rule_words(seen, admin=admin))
        self.rule.setVisible(bool(seen.wanted))
        self.to_operators.setVisible(admin and bool(seen.wanted - seen.duties))
        self._show_place()

    def _forget_told(self, seen: Overview, *, confirmed: bool) -> None:
        """What was told of an export goes once it is answered, or more has come to be exported."""
        if self._told is None:
            self._told = seen.fresh
        elif confirmed or seen.fresh > self._told:
            self.done.hide()

    @staticmethod
    def _last_words(seen: Overview) -> str:
        peer = seen.upward
        if peer is None or peer.sent is None:
            return "还没有导出过数据包。"
        sent = f"上次导出：{moment(peer.sent.at)}，第{peer.sent.sequence}号，{peer.sent.items}项。"
        if not peer.sent.items:
            return sent
        if peer.confirmed:
            return f"{sent}上级的回执已收到。"
        if _lost_sight(seen):
            return f"{sent}以前的回执对不上恢复或搬动以后的台账，再导出一次、拿回新的回执就清楚了。"
        return f"{sent}上级的回执还没有收到；没有回执的内容，下次导出会自动再带上，不会重复。"

    def _show_place(self) -> None:
        known = bool(self._folder)
        gone = known and not Path(self._folder).is_dir()
        self.place.setText(
            f"上次用的“{self._folder}”现在打不开，可能没有插U盘。" if gone
            else f"保存到：{self._folder}" if known else "导出时选择U盘或文件夹。"
        )  # fmt: skip
        theme.restyle(self.place, tone="warning" if gone else "")
        self.change.setVisible(known and self.may_send)
        if not self.may_send:
            self.place.setText(self.workbench.denied(_NOT_READERS))

    def sign_last(self) -> None:
        """Shows the last bundle for signing; asks for the file where it is not there any more."""
        folder = Path(self._folder) if self._folder and Path(self._folder).is_dir() else documents()
        path = folder / self._last
        self.signer.open(path if self._last and path.is_file() else None, folder)

    def _not_signed(self, error: Exception) -> bool:
        return self.done.refuse(
            error, "这个文件不能签名", link("选别的文件…", lambda: self.signer.open(None, documents()))
        )

    def _choose(self) -> bool:
        start = Path(self._folder) if self._folder and Path(self._folder).is_dir() else documents()
        gone = f"“{self._folder}”现在打不开。" if self._folder and not Path(self._folder).is_dir() else ""
        found = self.workbench.dialogs.folder(f"{gone}数据包保存到哪里（可以选U盘）", start)
        if found is not None:
            self._folder = str(found)
            self._show_place()
        return found is not None

    def send(self) -> None:
        """Writes the bundle; asks for a folder when there is none yet or the stick is not there."""
        # While the button is disabled, and while a dialog asks for the folder, the cursor is elsewhere.
        self._by_key = self.export.hasFocus()
        if not (self._folder and Path(self._folder).is_dir()) and not self._choose():
            return
        folder, counts = Path(self._folder), self._counts
        self.export.setEnabled(False)
        self.done.hide()

        def job(session: Session, _ticket: Ticket) -> Sent:
            with plain_problems():
                made = exchange.send(session, folder)
            traffic.remember_folder(session, SEND, folder)
            return made

        task = self.workbench.write(
            "导出数据包",
            job,
            lambda made: self._written(made, counts),
            owner=self,
            fail=self._failed,
            step=False,
        )
        task.ended.connect(lambda: self.export.setEnabled(True))

    def _written(self, made: Sent, counts: tuple[Count, ...]) -> None:
        inside = f"内容：{counted(counts)}。" if made.items and counts else ""
        self._told = None
        if made.more:
            # What is inside is only a part of what was counted before.
            inside = exchange.more_words(made)
        self.done.say(
            Tone.WARNING if made.more else Tone.GOOD,
            f"已导出：{made.path.name}（第{made.sequence}号，{made.items}项）",
            f"{inside}\n下一步：① {'复核签名，再' if self._wanted else ''}把这个文件交给“{self._receiver}”"
            "（用U盘的，先安全弹出再拔）；"
            f"② 对方合并后会给一份回执；③ 拿到回执，拖到这一页右边。".strip(),
        )
        cover = link(
            "报送单（签名盖章用）", lambda: self.workbench.shell.open_page("preview", job=_cover_job(made))
        )
        self.done.offer(cover, folder_link(made.path))
        # What comes next: the signatures, whose button is shown once it is known here what was sent; or the sheet.
        self._to_sign = self._by_key and self._wanted
        if self._by_key and not self._wanted:
            cover.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sent.emit()

    def _failed(self, error: Exception) -> bool:
        return self.done.refuse(error, "没有导出", link("换一个文件夹", self._choose))


def _cover_job(made: Sent) -> PrintJob:
    """The cover sheet of a bundle, to be signed and stamped; it goes up together with the file."""
    return PrintJob(
        f"数据包报送单（第{made.sequence}号）",
        lambda session: covers.preview(session, made.path),
        lambda session: Released(covers.print_pages(session, made.path)),
        lambda session, folder: (covers.print_cover(session, made.path, folder), ChangeSet()),
        beside=made.path.parent,
    )


_ELSEWHERE = "换了新电脑的，先请上级给一份回执，收下以后原来登记的内容就都有了，不用重新填。"
"""Who has had nothing from above may sit at a new computer, and would begin to type it all once more."""


def _rule_words(seen: Overview, *, admin: bool) -> str:
    """Whose signatures are asked for; who may sign is written into a bundle, so it is said before one is made."""
    words = f"上级要{duty_words(seen.wanted)}的签名才收："
    if lacking := seen.wanted - seen.duties:
        who = "请" if admin else "请管理员"
        return f"{words}本机还没有能以{duty_words(lacking)}签名的人，{who}先在“操作员”里设好，再导出。"
    return f"{words}导出以后点“复核签名”。"


def _once_more(seen: Overview) -> int:
    """How much goes to the level above though it has confirmed it: this ledger was restored or moved since."""
    return seen.waiting - seen.fresh - seen.unanswered


def _lost_sight(seen: Overview) -> bool:
    """Whether what became of the last bundle shows only with another one: no receipt tells of what was before."""
    return bool(seen.unanswered) and seen.upward is not None and seen.upward.of_before


def _amount_words(seen: Overview) -> str:
    unanswered, again = seen.unanswered, _once_more(seen)
    if _lost_sight(seen):
        new = f"有{seen.fresh}项新内容要上报" if seen.fresh else "没有新内容，请再导出一次"
        unknown = f"其中{unanswered}项还不知道上级收下没有" if again else "还不知道上级收下没有"
        return f"{new}；台账恢复或搬动以前报过的{again + unanswered}项会再带一遍，不会重复，{unknown}"
    once_more = f"；以前报过的{again}项上级已收下，下次导出会再带一遍，不会重复" if again else ""
    if seen.fresh:
        also = f"，另有{unanswered}项已导出、还没有回执" if unanswered else ""
        return f"有{seen.fresh}项新内容要上报{also}{once_more}"
    waits = f"没有新内容，{unanswered}项已导出、等上级的回执" if unanswered else "没有要上报的内容"
    return f"{waits}{once_more}"


def documents() -> Path:
    """Where a person's files that travel are: the folder that dialogs begin with."""
    return travelling()


def _joined(counts: list[Count]) -> list[Count]:
    """One count for each type."""
    found: dict[str, Count] = {}
    for c in counts:
        if (before := found.get(c.type)) is not None:
            c = replace(
                c,
                births=before.births + c.births,
                changes=before.changes + c.changes,
                deletions=before.deletions + c.deletions,
            )
        found[c.type] = c
    return list(found.values())
