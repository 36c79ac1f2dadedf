"""The page 分歧: what people disagree about; choose, write another value, postpone, decide alike ones together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

from desktop.operations import audit
from desktop.operations.recording.deciding import Decision, decide_all
from desktop.operations.session import Session
from desktop.records.declaration import UNIT_SLOT, Role, short_label
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet
from desktop.store.queries.attached import ATTACHMENT
from desktop.store.tables.database import Database
from desktop.ui.dialogs import Answer
from desktop.ui.grid import Col, Line
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Status
from desktop.ui.pages.conflicts import reading as conflicts_reading
from desktop.ui.pages.conflicts.alike import alike
from desktop.ui.pages.conflicts.reading import Dispute
from desktop.ui.pages.conflicts.view import OWN, Comparison
from desktop.ui.pages.sifting import SiftingPage
from desktop.ui.parts import button, link
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket

_MOST_KEYS = 9
_ASIDE = 12
"""So much is seen around where an own value is written."""
Value = Cell | Mapping[str, Cell]
Chosen = tuple[Dispute, Value]
_ON_ITS_WAY = "决定随下一个数据包和回执送到各处。合并时写好的回执里还没有，请再写一次。"


class ConflictsPage(SiftingPage):
    """All open conflicts, or those of one record."""

    def __init__(self, workbench: Workbench, record: str = "") -> None:
        columns = [Col("记录", 14, wide=True, most=24), Col("哪一项", 10, wide=True)]
        super().__init__(workbench, "分歧", columns, "有分歧的内容", (240, 460))
        self._record = record
        self._postponed: list[tuple[str, str]] = []
        self.disputes: list[Dispute] = []
        self.shown: list[Dispute] = []
        """Those among them that are looked for."""
        self._loaded_once = False
        self._decided = False
        self.comparison = Comparison(workbench)
        self._accepting("采用", self.decide)
        self._revealing(self._reveal)
        self.later = button("以后再说（N）", self.postpone)
        self.open = link("打开这条记录", self._open)
        links, buttons = (self.open, self.reveal), (self.accept, self.later)
        self._area = self._lay_out(links, (), self.comparison, buttons)
        # The column of an own value has its width only after its editors were laid out.
        self._area.horizontalScrollBar().rangeChanged.connect(lambda *_range: self._show_own_column())
        self.search.textChanged.connect(lambda _text: self._show_found())
        self.list.chosen.connect(self._show)
        self.list.opened.connect(lambda _key: self.decide())
        self.comparison.chosen.connect(self._show_choice)
        self.comparison.entered.connect(self.decide)
        self._make_keys()
        self.load()

    def _make_keys(self) -> None:
        for n in range(_MOST_KEYS):
            shortcut = QShortcut(QKeySequence(str(n + 1)), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda n=n: self._choose(n))
        later = QShortcut(QKeySequence("N"), self)
        later.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        later.activated.connect(self.postpone)

    # -- loading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Asks again for what is open."""
        here, record = self.workbench.here, self._record

        def job(database: Database, _ticket: Ticket) -> list[Dispute]:
            return conflicts_reading.load(database, here, record)

        self.workbench.read(job, self._arrived, owner=self, key="disputes")

    def _arrived(self, found: list[Dispute]) -> None:
        place = self.list.currentIndex().row()
        waiting = [d for d in found if d.key in self._postponed]
        self.disputes = [d for d in found if d.key not in self._postponed] + waiting
        self._loaded_once = True
        self._show_work(bool(self.disputes))
        self._show_found(max(place, 0))
        if not self.disputes:
            self._show_empty()
        self.state_changed.emit()

    def _show_found(self, place: int = 0) -> None:
        """Shows what is looked for; where what was in hand is not among it, the one at this place."""
        before = self.list.current()
        self.shown = self._found(self.disputes, self._line)
        self.list.show_lines([self._line(d) for d in self.shown])
        if self.shown and all(d.key != before for d in self.shown):
            self._go(min(place, len(self.shown) - 1))
        elif self.shown and self._current() != self.comparison.dispute:
            self._show(self.list.current())
        due = sum(d.covered for d in self.disputes)
        above = len(self.disputes) - due
        words = [self.found_words, f"{due}处等您来定" if due else "", f"{above}处等上级来定" if above else ""]
        self.progress.setText("，".join(filter(None, words)))

    def _line(self, dispute: Dispute) -> Line:
        late = dispute.key in self._postponed
        tone = Tone.PLAIN if not dispute.covered else Tone.WARNING if dispute.review and not late else None
        mark = "以后再说：" if late else "等上级：" if not dispute.covered else ""
        tip = (f"{dispute.type_label}：{dispute.title}", f"{mark}{dispute.label}", *dispute.who)
        return Line((dispute.title, f"{mark}{dispute.label}"), tone, dispute.key, "\n".join(tip))

    def _show_empty(self) -> None:
        if self._record:
            back = ("返回", self.workbench.shell.back)
            self.empty.show_words(
                "circle-check", "这条记录没有分歧了", _ON_ITS_WAY if self._decided else "", back
            )
            self.empty.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._decided:
            go = ("去写回执", lambda: self.workbench.shell.open_page("sync", part="receipts"))
            self.empty.show_words("circle-check", "分歧都定好了", _ON_ITS_WAY, go)
            self.empty.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.empty.show_words(
                "circle-check", "没有分歧",
                "几个人改了同一项、又填得不一样时，会在这里一处一处列出来。",
            )  # fmt: skip

    def refresh(self, changes: ChangeSet | None) -> None:
        """Asks again; out of sight it waits until it comes to the front."""
        if changes is None or self.isVisible():
            self.load()

    # -- one conflict ----------------------------------------------------------------------------------------------

    def _current(self) -> Dispute | None:
        key = self.list.current()
        return next((d for d in self.disputes if d.key == key), None)

    def _go(self, place: int) -> None:
        self.list.setCurrentIndex(self.list.rows.index(place, 0))
        self._show(self.list.current())

    def _show(self, key: object) -> None:
        dispute = next((d for d in self.disputes if d.key == key), None)
        if dispute is None:
            return
        may = self._may_decide(dispute)
        within = QApplication.focusWidget()
        if within is not None and self.comparison.isAncestorOf(within):
            # What has the cursor is about to go; without it the keys 1, 2, 3 would reach nobody.
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.comparison.dispute is None or self.comparison.dispute.key != dispute.key:
            # What it can be decided by stands at the top.
            self._area.verticalScrollBar().setValue(0)
            self._area.horizontalScrollBar().setValue(0)
        self.comparison.unmasked = False
        self.comparison.show_dispute(dispute, locked=not may)
        self.caption.setText(f"{short_label(dispute.type_label)}：{dispute.title}")
        self.question.setText(self._question(dispute))
        self.reveal.setVisible(bool(dispute.hidden) and audit.may_see(self.workbench.role))
        self.accept.setVisible(may)
        self.later.setText("以后再说（N）" if may else "下一处（N）")
        self._show_choice()

    def _question(self, dispute: Dispute) -> str:
        if not dispute.covered:
            return (
                f"“{dispute.label}”填得不一样，涉及上级或别的单位填的内容，等上级来定；定好后会随回执带下来。"
            )
        if not self._may_write(dispute):
            why = self.workbench.denied("您的操作员角色或本单位不能改这一项，请由有权限的人来定。")
            return f"“{dispute.label}”填得不一样。{why}"
        if dispute.deletion:
            return dispute.against.question
        if dispute.slot == UNIT_SLOT:
            return f"这条记录有{len(dispute.sides)}个单位都登记成自己的，归哪个单位？"
        born = not dispute.base and all(a.birth for s in dispute.sides for a in s.authors)
        why = "（几处各自登记过）" if born else "" if dispute.base else "（原来没有填）"
        alike = (
            "。只有隐藏的部分不一样，请先点“显示隐藏的内容”再选"
            if dispute.looks_alike
            else "，请选一个对的，或者另写一个"
        )
        return f"“{dispute.label}”有{len(dispute.sides)}种填法{why}{alike}。"

    def _may_write(self, dispute: Dispute) -> bool:
        record_type = self.workbench.types[dispute.type]
        bench = self.workbench
        if dispute.type == ATTACHMENT:
            return bench.role is not Role.READER
        return bench.may_write(record_type) and all(bench.may_write(record_type, f) for f in dispute.fields)

    def _may_decide(self, dispute: Dispute) -> bool:
        return dispute.covered and self._may_write(dispute)

    def _choose(self, number: int) -> None:
        choices = self.comparison.choices
        if number < len(choices):
            self.comparison.choose(choices[number])

    def _show_choice(self) -> None:
        words, problem = self.comparison.words, self.comparison.problem
        if (editor := self.comparison.editor) is not None:
            QTimer.singleShot(0, editor, lambda: self._area.ensureWidgetVisible(editor, _ASIDE, _ASIDE))
        dispute = self.comparison.dispute
        self.accept.setText(words or "先选一个")
        self.accept.setEnabled(bool(words) and not problem)
        self.accept.setToolTip(problem)
        self.hint.setText(problem or self._keys_words())
        self.later.setEnabled(dispute is not None and len(self.shown) > 1)
        self.state_changed.emit()

    def _show_own_column(self) -> None:
        """It is the last one, and only what is beside it moves: above it stands what it is compared with."""
        if self.comparison.editor is not None:
            bar = self._area.horizontalScrollBar()
            bar.setValue(bar.maximum())

    def _keys_words(self) -> str:
        """What the keys do just now; nothing for who may only look."""
        if self.accept.isHidden():
            return ""
        if self.comparison.choice == OWN and len(self.comparison.editors) > 1:
            return "键盘：Enter 到下一格，Ctrl+S 确定。定了以后可以撤消。"
        keys = "、".join(str(n + 1) for n in range(len(self.comparison.choices)))
        return f"键盘：{keys} 选一个，Enter 或 Ctrl+S 确定，N 以后再说。定了以后可以撤消。"

    def _open(self) -> None:
        dispute = self._current()
        if dispute is not None:
            field = dispute.fields[0].name if dispute.fields else ""
            self.workbench.shell.open_record(dispute.type, dispute.record, field)

    def _reveal(self) -> None:
        """Hidden values are shown after it was noted who looked at them."""
        dispute = self._current()
        if dispute is None:
            return

        def job(session: Session, _ticket: Ticket) -> None:
            for name in dispute.hidden:
                audit.reveal(session, dispute.type, dispute.record, name)

        def then(_nothing: None) -> None:
            if self.comparison.dispute == dispute:
                self.comparison.unmask()
                self.reveal.hide()

        self.workbench.write("显示完整内容", job, then, owner=self, step=False)

    def postpone(self) -> None:
        """Goes on to the next; this one comes last until the window is closed."""
        dispute = self._current()
        if dispute is None or len(self.shown) < 2:
            return
        self._postponed = [k for k in self._postponed if k != dispute.key] + [dispute.key]
        place = self.shown.index(dispute)
        following = [d.key for d in self.shown[place + 1 :] if d.key not in self._postponed]
        rest = [d for d in self.disputes if d.key not in self._postponed]
        self.disputes = rest + [d for k in self._postponed for d in self.disputes if d.key == k]
        self._show_found()
        keys = [d.key for d in self.shown]
        self._go(keys.index(following[0]) if following else 0)

    # -- deciding --------------------------------------------------------------------------------------------------

    def decide(self) -> None:
        """Takes what was chosen; asks first whether alike ones are to be decided the same way."""
        dispute, view = self.comparison.dispute, self.comparison
        if dispute is None or view.choice is None or view.problem or not self._may_decide(dispute):
            return
        decisions: list[Chosen] = [(dispute, view.decision())]
        side = None if view.choice == OWN or dispute.deletion else dispute.sides[int(view.choice)]
        others = [d for d in self.shown if self._may_decide(d)]
        like, question = alike(dispute, side, others) if side is not None else ([], "")
        if like:
            # A second Enter in haste decides no more than the first one meant.
            answer = self.workbench.dialogs.ask(
                "还有一样的分歧", question, yes="只定这一处", no=f"{len(like) + 1}处都这样定"
            )
            if answer is Answer.CANCEL:
                return
            if answer is Answer.NO:
                decisions += [(other, same.value) for other, same in like]
        words = self._told(dispute, len(decisions))
        view.forget(dispute)
        self._decided = True

        name = f"处理分歧：{dispute.label}" + (f"等{len(decisions)}处" if len(decisions) > 1 else "")
        wanted = [Decision(d.type, d.record, d.slot, v) for d, v in decisions]

        def job(session: Session, _ticket: Ticket) -> ChangeSet:
            return decide_all(session, wanted, name)

        bench = self.workbench
        bench.write(
            name,
            job,
            lambda _result: bench.shell.tell(Tone.GOOD, words, "撤消", bench.undo),
            owner=self,
        )

    def _told(self, dispute: Dispute, count: int) -> str:
        if count > 1:
            return f"已处理{count}处分歧：{dispute.label}。"
        if dispute.deletion:
            return f"“{dispute.title}”已{'删除' if self.comparison.decision() else '保留'}。"
        return f"“{dispute.title}”的{dispute.label}已定，会随数据包和回执送到各处。"

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the window is called."""
        return "分歧"

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "conflicts"

    def acts(self) -> Mapping[Act, Callable[[], None]]:
        """Ctrl+S decides from wherever the cursor is: in 另写一个 Enter goes from cell to cell, as in every form."""
        ready = bool(self.disputes) and not self.accept.isHidden() and self.accept.isEnabled()
        return {**super().acts(), **({Act.SAVE: self.decide} if ready else {})}

    def words_for(self, act: Act) -> str:
        """What is done with it here."""
        return "定下来" if act is Act.SAVE else ""

    def status(self) -> Status:
        """How many there are."""
        return Status(f"分歧{len(self.disputes)}处" if self._loaded_once else "")

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the page."""
        return {
            "1、2、3": "选一种填法",
            "Enter、Ctrl+S": "按选中的定下来",
            "N": "这一处以后再说",
            "↑、↓": "换一处分歧",
            "Ctrl+F": "找其中的几处",
        }

    def may_leave(self, again: Callable[[], None]) -> bool:
        """Asks when something was written and not yet decided."""
        if not self.comparison.written:
            return True
        words = "在“另写一个”里填的内容还没有定，离开这一页就没有了。"
        answer = self.workbench.dialogs.ask("还有没定的内容", words, yes="离开，不要了", danger=True)
        return answer is Answer.YES

    def enter(self) -> None:
        """The cursor goes to the list."""
        self.load()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
