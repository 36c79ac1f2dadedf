"""Enrolment of this station: three steps, the next one highlighted, and the words that are compared by telephone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import reference
from desktop.operations.file_names import safe_name
from desktop.operations.session import Session
from desktop.operations.stations import applying, traffic
from desktop.operations.stations.applying import Offered, Requested
from desktop.operations.stations.inbox_files import ACKNOWLEDGEMENT, REQUEST
from desktop.operations.stations.traffic import Overview
from desktop.records.declaration import Level, Role
from desktop.store.ledger import ChangeSet
from desktop.store.workspaces.workspace import OwnUnit
from desktop.sync.errors.enrolment import RootDiffers, RootFork
from desktop.sync.errors.surroundings import plain_problems
from desktop.sync.signed.words import Fingerprint
from desktop.ui import theme
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.send import documents
from desktop.ui.pages.sync.words import refuse_in_view
from desktop.ui.parts import Card, Note, button, folder_link, heading, link, plain, row, set_primary
from desktop.ui.widgets.fingerprint import Words
from desktop.ui.widgets.pressing import deliberate
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket


def level_words(level: Level) -> str:
    """What a level is called."""
    return reference.code_list("unit_level").label_of(level.value)


_AFTER_TAKING_OVER = "再到“收发”里导出一个数据包一起交去，以前报过的也会带上"


class _Number(QWidget):
    """The number of a step in a circle: red for the next one, a tick for one that is done."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self.state = "later"
        self.setFixedSize(QSize(30, 30))

    def show_state(self, state: str) -> None:
        """``done``, ``next`` or ``later``."""
        self.state = state
        self.setAccessibleName({"done": "已完成", "next": "下一步", "later": "以后"}[state])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A circle with the number or a tick."""
        fill = {"done": theme.GOOD, "next": theme.RED, "later": theme.SURFACE}[self.state]
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(theme.EDGE if self.state == "later" else fill))
            painter.setBrush(QColor(fill))
            painter.drawEllipse(2, 2, 26, 26)
            painter.setPen(QColor(theme.MUTED if self.state == "later" else theme.SURFACE))
            words = "✓" if self.state == "done" else str(self._number)
            painter.drawText(QRect(2, 2, 26, 26), Qt.AlignmentFlag.AlignCenter, words)


class Step(QWidget):
    """One step: its number, what it is, what to do, and what belongs to it."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__()
        self.number = _Number(number)
        self.title = heading(words)
        self.explanation = plain(muted=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addWidget(self.title)
        text.addWidget(self.explanation)
        text.addLayout(self.body)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 8)
        line.setSpacing(12)
        line.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(text, 1)

    def show_state(self, state: str, explanation: str) -> None:
        """``done``, ``next`` or ``later``, and what to say about it."""
        self.number.show_state(state)
        self.explanation.setText(explanation)


class EnrolCard(Card):
    """The own enrolment. ``led`` carries the part that is to be in view now that steps came or were folded away."""

    done = Signal()
    led = Signal(object)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__("本机入网：申请、批准、回执三个文件，用U盘来回")
        self.workbench = workbench
        self._offered: Offered | None = None
        self._unfolded = self._waiting = self._asked_again = False
        self._enrolled = False
        self.short = plain()
        self.short.setWordWrap(False)
        self.unfold = link("查看入网步骤", self._unfold)
        self.steps = [Step(1, "导出入网申请"), Step(2, "导入批准文件"), Step(3, "交回入网回执")]
        self.ask = button("导出入网申请…", self.request, "file-output")
        self.open_grant = button("选择批准文件…", lambda: self.look(None), "folder-open")
        self.own_words, self.their_words = Words(), Words()
        self.own_hint = plain("上级在电话里会问这几个词语和数字，请照着念：")
        self.offer, self.note, self.doubt = plain(), Note(), Note()
        # Whom this computer trusts must not come of the Enter that chose the file.
        self.accept_button = deliberate(button("词语一致，接受批准", self.accept, "check", primary=True))
        self.decline = button("不一致", self._declined)
        self._offer_box = QWidget()
        self._build()

    def _build(self) -> None:
        first, second, third = self.steps
        first.body.addLayout(row(self.ask, 1))
        first.body.addWidget(self.own_hint)
        first.body.addLayout(row(self.own_words, 1))
        box = QVBoxLayout(self._offer_box)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.doubt)
        box.addWidget(self.offer)
        box.addLayout(row(self.their_words, 1))
        box.addLayout(row(self.accept_button, self.decline, 1))
        second.body.addLayout(row(self.open_grant, 1))
        second.body.addWidget(self._offer_box)
        self.column.addLayout(row(self.short, self.unfold, 1))
        for step in (first, second, third):
            self.column.addWidget(step)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self._offer_box.hide()
        self.own_words.hide()
        self.own_hint.hide()

    def show_overview(self, seen: Overview) -> None:
        """Which step is the next one."""
        standing, peer = seen.standing, seen.upward
        answered = peer is not None and peer.received is not None
        first, second, third = self.steps
        asked, enrolled = standing.requested, standing.enrolled
        # Who has never had an answer may have been moved before the first, and then none will come.
        unheard = not answered and peer is not None and peer.sent is not None
        again = enrolled and (self._unfolded or unheard)
        first.show_state(
            "done" if asked else "next",
            "已导出。把申请文件（.xsq）交给上级；文件丢了可以再导出一次。" if asked and not enrolled
            else "已完成。换了上级的，停用以后又找回的，在这里重新申请；新的批准接受以前，照常登记和上报。" if again
            else "已完成。" if enrolled
            else "把申请文件（.xsq）存到U盘，交给上级（镇街工会或区总工会）。在这之前登记的内容都会保留。",
        )  # fmt: skip
        name = peer.link.name if peer is not None else "上级"
        second.show_state(
            "done" if enrolled else "next" if asked else "later",
            f"已入网，上级是“{name}”。"
            if enrolled
            else "上级批准后会给一个批准文件（.xsg），拿到后在这里导入。",
        )
        third.show_state(
            "done" if answered else "next" if enrolled else "later",
            "已完成，上级的回执已经收到过。" if answered
            else "接受批准时会写好一个入网回执（.xsa），把它交给上级就办好了。"
            "找不到这个文件时，再导入一次批准文件就会重新写好。",
        )  # fmt: skip
        allowed = self.workbench.role in (Role.ADMIN, Role.DESK)
        for made in (self.ask, self.open_grant):
            made.setEnabled(allowed)
            made.setToolTip("" if allowed else self.workbench.denied("入网由本单位的汇总员或管理员来办。"))
        set_primary(self.ask, not asked)
        set_primary(self.open_grant, asked and not enrolled and self._offered is None)
        self._enrolled = enrolled
        self.ask.setText("重新申请入网…" if enrolled else "再导出一次…" if asked else "导出入网申请…")
        self.ask.setVisible(not enrolled or again)
        self._waiting = asked and (not enrolled or self._asked_again)
        if self._waiting and not self.own_words.shown.strip():
            self._load_own_words()
        self._show_own_words()
        folded = (answered or (enrolled and standing.may_enrol)) and not self._unfolded and not self.open
        hand_in = "" if answered else "入网回执（.xsa）如果还没有交给上级，请交一次。"
        self.short.setText(f"本机已入网，上级是“{name}”。{hand_in}")
        self._fold(folded)

    @property
    def open(self) -> bool:
        """Whether a grant lies on the table."""
        return self._offered is not None

    def place_cursor(self) -> None:
        """The cursor goes to the next step."""
        offered = (self.accept_button, self.ask, self.open_grant)
        primary = [b for b in offered if b.isVisible() and b.property("primary")]
        following = primary or [b for b in offered if b.isVisible()]
        if following:
            following[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _fold(self, folded: bool) -> None:
        if folded and self.short.isHidden():
            self.led.emit(self.note)
        self.head.setVisible(not folded)
        for widget in (self.short, self.unfold):
            widget.setVisible(folded)
        for step in self.steps:
            step.setVisible(not folded)

    def _unfold(self) -> None:
        self._unfolded = True
        self.done.emit()

    def _show_own_words(self) -> None:
        """Never beside the other's: two rows of words would be mistaken for one another."""
        for widget in (self.own_words, self.own_hint):
            widget.setVisible(self._waiting and self._offered is None)

    def _load_own_words(self) -> None:
        def job(session: Session, _ticket: Ticket) -> Fingerprint:
            return traffic.own_words(session)

        self.workbench.write("核对词语", job, self.own_words.show_words, owner=self, step=False)

    # -- step 1 ----------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Writes the request where the user says."""
        unit = self.workbench.facts.unit
        suggestion = documents() / f"{safe_name(unit.name)}_入网申请{REQUEST}"
        out = self.workbench.dialogs.save_file("入网申请保存到哪里", suggestion, ("入网申请 (*.xsq)",))
        if out is None:
            return

        def job(session: Session, _ticket: Ticket) -> Requested:
            with plain_problems():
                return applying.request(session, out)

        self.workbench.write(
            "导出入网申请", job, self._requested, owner=self, fail=self.tell_problem, step=False
        )

    def _requested(self, made: Requested) -> None:
        self._asked_again = self._enrolled
        self.note.say(
            Tone.GOOD,
            f"已导出：{made.path.name}",
            "下一步：把它交给上级，并告诉上级您的电话；上级会打电话来核对上面的词语和数字。",
        )
        self.note.offer(folder_link(made.path))
        self.done.emit()

    # -- step 2 ----------------------------------------------------------------------------------------------------

    def look(self, path: Path | None, *, another_root: bool = False) -> None:
        """Opens a grant and shows it; nothing is accepted yet.

        With ``another_root`` it may lead to one that is not known here: the former was lost, and people compare it.
        """
        if path is None:
            path = self.workbench.dialogs.open_file(
                "选择批准文件", documents(), ("批准文件 (*.xsg)", "所有文件 (*)")
            )
        if path is None:
            return
        chosen = path

        def job(session: Session, _ticket: Ticket) -> Offered:
            return applying.look(session, chosen, another_root=another_root)

        def fail(error: Exception) -> bool:
            told = self.tell_problem(error)
            if isinstance(error, RootDiffers | RootFork):
                self.note.offer(
                    link(
                        "问过了，根证书确实换了新的：核对以后接受…",
                        lambda: self.look(chosen, another_root=True),
                    )
                )
            return told

        self.note.hide()
        self.workbench.write("核对批准文件", job, self._show_offer, owner=self, fail=fail, step=False)

    def _show_offer(self, found: Offered) -> None:
        self._offered = found
        more = "，可以为下级办理入网" if found.may_enrol else ""
        # By the unit, and not by a name that whoever has written the file could choose.
        how = "来接手" if found.before else "换了电脑来接手"
        unasked = (
            f"本机没有申请过，是“{found.grantor}”{how}：接受以后，数据包改为报给它，登记的内容都还在。\n"
        )
        unasked = unasked if found.unasked else ""
        misplaced = bool(found.before) and not found.placed
        change = f"{applying.change_words(found)}\n" if found.before and not misplaced else ""
        doubts = [applying.change_words(found)] if misplaced else []
        if found.root_words:
            doubts.append(
                "这份批准用的是另一张根证书，只有原来的丢了、各单位都要重新入网时才会这样。请先打电话给最上面一级工会，"
                f"请对方念出根证书的核对词语和数字，完全一样才能接受：{found.root_words}。登记的内容都会保留。"
            )
        doubtful = bool(doubts)
        self.doubt.say(Tone.WARNING, "先别急着接受" if doubtful else "", "\n".join(doubts))
        self.decline.setText("不接受" if doubtful else "不一致")
        self.offer.setText(
            f"{unasked}{change}“{found.grantor}”批准本机入网：单位是“{found.unit}”（{level_words(found.level)}，编码{found.code}）{more}。\n"
            f"请给“{found.grantor}”打电话，请对方念出自己的核对词语和数字，和下面的完全一样才能接受："
        )
        self.their_words.show_words(found.words)
        self._offer_box.show()
        self._show_own_words()
        self._fold(False)
        set_primary(self.open_grant, False)
        set_primary(self.accept_button, not doubtful)
        first = self.decline if doubtful else self.accept_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.led.emit(self.accept_button)

    def _declined(self) -> None:
        self._close_offer()
        self.note.say(
            Tone.WARNING,
            "没有接受，本机没有任何改变",
            "词语不一样，说明这个文件不是对方做的，或者中间被人换过。请不要再用它，让对方重新给一个批准文件。"
            if self.doubt.isHidden()
            else "请打电话问清，问清以前不要再用这个文件；换了上级的，由区总工会先调整隶属关系。",
        )
        self.note.offer()

    def _close_offer(self) -> None:
        self._offered = None
        self._offer_box.hide()
        self._show_own_words()

    def accept(self) -> None:
        """Takes the grant that was shown, and writes the acknowledgement beside it."""
        offered = self._offered
        if offered is None:
            return
        out = offered.path.with_name(f"{safe_name(offered.unit)}_入网回执{ACKNOWLEDGEMENT}")

        def job(session: Session, _ticket: Ticket) -> tuple[OwnUnit, ChangeSet]:
            with plain_problems():
                unit = applying.accept(
                    session, offered.path, out, new_root=offered.new_root, compared=offered.digest
                )
                return unit, ChangeSet(everything=True)

        self.workbench.write(
            "接受入网批准", job, lambda made: self._accepted(made[0], out), owner=self, fail=self.tell_problem,
            step=False,
        )  # fmt: skip

    def _accepted(self, unit: OwnUnit, out: Path) -> None:
        before, again = self.workbench.facts.unit, self._enrolled
        taken_over = self._offered is not None and self._offered.unasked
        moved = (
            f"本机的单位现在是“{unit.name}”，请关闭程序再打开一次。" if unit.name != before.name
            else "请关闭程序再打开一次，就可以录入了。" if self.workbench.facts.not_yet is not None
            else ""
        )  # fmt: skip
        usual = "登记和上报照常" if again else "上级导入后就可以上报了"
        then = _AFTER_TAKING_OVER if taken_over else usual
        self._asked_again = self._unfolded = False
        self._close_offer()
        self.note.say(
            Tone.GOOD,
            f"已{'换成新的证书' if again else '入网'}。入网回执已写好：{out.name}",
            f"下一步：把它交给上级，{then}。{moved}",
        )
        where = folder_link(out)
        self.note.offer(where)
        where.setFocus(Qt.FocusReason.OtherFocusReason)
        self.done.emit()

    def tell_problem(self, error: Exception) -> bool:
        """Shows what the user can act on."""
        return refuse_in_view(self.note, error, "没有完成，本机没有任何改变")
