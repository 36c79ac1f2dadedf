"""What was not taken: at the level above, and here of those below; each with its reason and the way to the record."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.operations.quantities import Count
from desktop.operations.session import Session
from desktop.operations.stations import redating, refilling
from desktop.operations.stations.refilling import Refill
from desktop.operations.stations.unsettled import Unsettled, unlisted_words
from desktop.records.declaration import Role, short_label
from desktop.records.typed.dates import day_words
from desktop.records.versions.item_outcomes import CONFLICT, HELD, HELD_FUTURE, OUTCOMES, REFUSED
from desktop.ui.dialogs import Answer
from desktop.ui.erase import may_erase
from desktop.ui.erase import offer as offer_erasing
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.preview import NOT_TAKEN, OUTCOME_TONES, open_item
from desktop.ui.pages.sync.words import counted, may_decide
from desktop.ui.parts import Note, button, link, plain, row, set_primary
from desktop.ui.shell import Opening
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_MOST_REASONS = 3


class UnsettledTab(QWidget):
    """The items, those that a level above has not taken first, and last what was filled in once more or let be.

    ``refilled`` tells that one of them was.
    """

    refilled = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.above, self.here, self.cut, self.ahead = Note(), Note(), Note(), Note()
        self.grid = Grid(
            [
                Col("结果", 8),
                Col("谁说的", 12),
                Col("类别", 9),
                Col("记录", 20, wide=True),
                Col("项目", 10),
                Col("谁填的", 14, wide=True),
                Col("原因", 22, wide=True),
            ],
            NOT_TAKEN,
        )
        self.advice = plain()
        self.again = button("改正后重新填写", self._refill, "pencil", primary=True)
        self.drop = button("不再报这条", self._drop)
        self.drop.setToolTip("不用改好再报的，例如重复登记：不再提醒；以后还可以重新填写。")
        self.redate = button("更正日期，重新保存…", self._look_at_dates, "calendar-days", primary=True)
        self.open = button("打开这条记录", self._open, "pencil")
        self.erase = button("清除个人信息…", self._erase, "trash-2")
        self.erase.setToolTip("它现在不计入，写的内容本机还留着；本人要求清除的，在这里清除。")
        self._ended: Unsettled | None = None
        """What was just laid aside: the cursor stays with it, or a second click would reach the next one."""
        self.empty = EmptyState()
        self.empty.show_words(
            "circle-check",
            "没有这样的内容",
            "收到的回执里，没有上级不收的内容；下级送来的，本机也都收下了。",
        )
        self._work = QWidget()
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for note in (self.above, self.here, self.cut):
            column.addWidget(note)
        column.addWidget(self.grid, 1)
        foot = row(self.erase, self.open, self.redate, self.drop, self.again)
        foot.insertWidget(0, self.advice, 1)
        column.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 10, 0, 0)
        whole.addWidget(self.ahead)
        whole.addWidget(self._work)
        whole.addWidget(self.empty)
        self.grid.opened.connect(self._go_on)
        self.grid.chosen.connect(self._show_advice)

    def show_items(self, items: Sequence[Unsettled], unlisted: int = 0) -> None:
        """Shows the items, and says how many more there are."""
        above = [i for i in items if i.above and not i.done]
        here = [i for i in items if not i.above]
        done = [i for i in items if i.above and i.done]
        self._say(self.above, "上级没有收下", "上级收到了，", above)
        self._say(self.here, _here_words([i for i in here if i.outcome != CONFLICT]), "", here)
        cut = unlisted_words(unlisted)
        self.cut.say(Tone.PLAIN, f"太多了，{cut}；处理好列出的，其余的会接着列出来。" if cut else "")
        self.grid.show_lines([_line(i) for i in [*above, *here, *done]])
        ended, self._ended = self._ended, None
        for number, item in enumerate([*above, *here, *done] if ended is not None else []):
            if replace(item, done=False, dropped=False) == ended:
                self.grid.setCurrentIndex(self.grid.rows.index(number, 0))
        if items and self.grid.current() is None:
            self.grid.setCurrentIndex(self.grid.rows.index(0, 0))
        self._work.setVisible(bool(items))
        self.empty.setVisible(not items)
        self._show_advice(self.grid.current())
        self.workbench.read(
            lambda database, _ticket: redating.latest_day(database), self._show_date, owner=self, key="date"
        )

    def _show_date(self, latest: datetime.date) -> None:
        """What was saved under a date in the future is told before a level above complains."""
        wrong = redating.is_ahead(latest, self.workbench.today())
        words = f"本机有日期在今天以后的内容（最晚{day_words(latest)}），上级收到会一直先留着。"
        self.ahead.say(
            Tone.WARNING,
            words if wrong else "",
            "电脑日期已经调对的，请更正日期；现在的日期就不对的，请先把它调对。",
        )
        offered = link("更正日期，重新保存…", self._look_at_dates)
        offered.setEnabled(may_decide(self.workbench))
        self.ahead.offer(offered)

    def begin(self) -> None:
        """The cursor goes to the first: whoever is led here was told of the newest, not of what stood in hand."""
        self.grid.setCurrentIndex(self.grid.rows.index(0, 0))

    @staticmethod
    def _say(note: Note, words: str, arrived: str, items: Sequence[Unsettled]) -> None:
        """Why; a conflict was taken in and only waits to be decided, so it is told apart."""
        if not items:
            note.hide()
            return
        left = [i for i in items if i.outcome != CONFLICT]
        reasons = Counter(f"{i.reason}（{OUTCOMES.get(i.outcome, i.outcome)}）" for i in left)
        told = [f"{reason}：{count}条" for reason, count in reasons.most_common(_MOST_REASONS)]
        told += ["……"] if len(reasons) > _MOST_REASONS else []
        told = [f"{words}这{len(left)}条，因为：", *told] if left else []
        if undecided := [i.reason for i in items if i.outcome == CONFLICT]:
            told.append(f"{arrived}有{len(undecided)}条等着定下来：{'、'.join(dict.fromkeys(undecided))}。")
        worst = next((o for o in (REFUSED, CONFLICT, HELD) if any(i.outcome == o for i in items)), HELD)
        tone = {REFUSED: Tone.ERROR, CONFLICT: Tone.WARNING}.get(worst, Tone.PLAIN)
        note.say(tone, told[0], "\n".join(told[1:]))

    def _show_advice(self, item: Unsettled | None) -> None:
        done = item is not None and item.done
        words = f"{item.reason}。{item.advice}" if item is not None else ""
        self.advice.setText(_done_words(item) if item is not None and done else words)
        set_primary(self.again, not done)
        again = item is not None and item.again
        self.again.setVisible(again)
        why = self.workbench.unwritten
        may_write = why is None and self.workbench.role is not Role.READER
        self.again.setEnabled(may_write)
        self.drop.setVisible(may_write and again and not done and item is not None and item.above)
        self.again.setToolTip(
            "原来的内容已填好，改正后再保存。"
            if may_write
            else "您登录的身份只能查看。"
            if why is None
            else why.sentence
        )
        self.redate.setVisible(_waits_for_date(item))
        self.redate.setEnabled(may_decide(self.workbench))
        self.redate.setToolTip(
            ""
            if may_decide(self.workbench)
            else self.workbench.denied("更正日期由本单位的汇总员或管理员来做。")
        )
        self.open.setVisible(not again or (item is not None and item.known))
        self.open.setEnabled(item is not None and item.known)
        self.erase.setVisible(self._may_erase(item))

    def _open(self) -> None:
        open_item(self.workbench, self.grid.current())

    def _may_erase(self, item: Unsettled | None) -> bool:
        """Whether it holds what may have to be erased, and no form can be opened from which that is done."""
        record_type = self.workbench.types.get(item.type) if item is not None and not item.known else None
        return record_type is not None and may_erase(self.workbench, record_type)

    def _erase(self) -> None:
        item: Unsettled | None = self.grid.current()
        if item is not None and self._may_erase(item):
            named = f"“{item.title}”" if item.title else f"这条{short_label(item.label)}"
            dialog = offer_erasing(self.workbench, self.workbench.types[item.type], [item.record], named)
            dialog.accepted.connect(self.refilled)

    def _go_on(self, item: Unsettled | None) -> None:
        """What Enter and a double click do: the first thing that is offered."""
        if item is not None and item.again and self.again.isEnabled():
            self._refill()
        else:
            open_item(self.workbench, item)

    # -- filling in once more --------------------------------------------------------------------------------------

    def _refill(self) -> None:
        """Opens a form with what an own item says that was not taken; nothing is saved before the user does."""
        item: Unsettled | None = self.grid.current()
        if item is None:
            return
        shell, chosen = self.workbench.shell, item

        def job(session: Session, _ticket: Ticket) -> Refill:
            return refilling.refill_for(session, chosen)

        def then(found: Refill) -> None:
            slot = self.workbench.types[chosen.type].slots.get(chosen.slot)
            field = slot.fields[0].name if found.record and slot is not None else ""
            shell.open_form(
                Opening(
                    chosen.type,
                    found.record or None,
                    found.cells,
                    cursor=field,
                    saved=lambda: self._note_refilled(chosen),
                    why=f"这是上级没有收下的内容（{chosen.reason}）。改正后保存，再上报一次。",
                )
            )

        self.workbench.write("取出没有收下的内容", job, then, owner=self, step=False)

    def _note_refilled(self, item: Unsettled) -> None:
        """What was filled in once more and saved is not asked for again."""
        self.workbench.write(
            "记下已重新填写",
            lambda session, _ticket: refilling.note_refilled(session, item),
            lambda _nothing: self.refilled.emit(),
            owner=self,
            step=False,
        )

    def _drop(self) -> None:
        """What need not be reported again is asked for no longer."""
        item: Unsettled | None = self.grid.current()
        if item is None:
            return
        chosen, shell = item, self.workbench.shell

        def then(_nothing: None) -> None:
            self._ended = chosen
            self.refilled.emit()
            shell.tell(Tone.GOOD, "已记下：这条不再报了，也不再提醒。")

        self.workbench.write(
            "记下不再报",
            lambda session, _ticket: refilling.note_dropped(session, chosen),
            then,
            owner=self,
            step=False,
        )

    # -- a wrong date ----------------------------------------------------------------------------------------------

    def _look_at_dates(self) -> None:
        """Asks whether the date of this computer is right by now; only then anything is saved anew."""

        def job(session: Session, _ticket: Ticket) -> tuple[Count, ...]:
            return redating.look_at_redating(session)

        self.workbench.write("查看日期", job, self._ask_about_date, owner=self, step=False)

    def _ask_about_date(self, found: tuple[Count, ...]) -> None:
        shell, today = self.workbench.shell, self.workbench.today()
        if not found:
            shell.tell(Tone.PLAIN, "本机没有保存日期在今天以后的内容，不用更正；下次上报后上级会收下。")
            return
        anew, by_hand = redating.saved_anew(found), redating.enrolled_words(found)
        answer = self.workbench.dialogs.ask(
            "更正日期，重新保存",
            f"这台电脑现在的日期是{day_words(today)}，对吗？\n\n"
            + (
                f"以前日期调快的时候保存的{counted(anew)}，会按今天的日期重新保存，内容一个字不变；"
                if anew
                else ""
            )
            + f"再上报一次，上级就会收下。{by_hand}日期不对的，请先取消，把电脑日期调对。",
            yes="日期是对的，重新保存",
        )
        if answer is not Answer.YES:
            return
        self.workbench.write(
            "更正日期",
            lambda session, _ticket: redating.redate(session),
            lambda _changes: shell.tell(
                Tone.GOOD,
                (f"已按今天的日期重新保存：{counted(anew)}。" if anew else "日期已经改正。")
                + f"{by_hand}请再上报一次。",
            ),
            owner=self,
            step=False,
        )


def _waits_for_date(item: Unsettled | None) -> bool:
    """Whether a level above holds an own item because of its date."""
    return item is not None and item.own and item.above and item.cause == HELD_FUTURE


def _done_words(item: Unsettled) -> str:
    if item.dropped:
        return "已定为不再报；还要报的，点“改正后重新填写”。"
    return "已经改正后重新填写、保存过；还没有上报的，再上报一次就行。"


def _line(item: Unsettled) -> Line:
    title = item.title or "（本机没有这条记录）"
    ended = "不再报" if item.dropped else "已重新填写"
    reason = f"{ended}；原来：{item.reason}" if item.done else item.reason
    texts = (
        OUTCOMES.get(item.outcome, item.outcome),
        "上级" if item.above else "本机",
        short_label(item.label),
        title,
        item.slot_label,
        "本单位" if item.own else item.author,
        reason,
    )
    tone = Tone.GOOD if item.done else OUTCOME_TONES.get(item.outcome)
    return Line(texts, tone, item, f"{reason}。{item.advice}")


def _here_words(items: Sequence[Unsettled]) -> str:
    """Whose the items are that do not count here: own ones wait where a level above took back what they change."""
    if not any(i.own for i in items):
        return "下级送来、本机没有收下"
    whose = "本单位填的" if all(i.own for i in items) else "下级送来的和本单位填的"
    return f"{whose}、现在没有计入"
