"""The page 调整隶属关系: a unit is put under another superior; what that changes is said before one question."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.operations.session import LEVELS_WITH_OWN_ROOT
from desktop.operations.stations import moving
from desktop.operations.stations.moving import Movable, Plan
from desktop.records.declaration import Role
from desktop.records.versions.deciding import UNIT
from desktop.store.ledger import ChangeSet
from desktop.ui import spacing
from desktop.ui.dialogs import Answer
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.matching import matches
from desktop.ui.notices import Tone
from desktop.ui.page import Page, Status
from desktop.ui.parts import Card, Note, button, heading, link, plain, row
from desktop.ui.widgets.drop_down import DropDown
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench

_MOST_KINDS = 5

_NOBODY_HERE = (
    "本单位和下级里没有别的单位可以做它的上级。要改到外面的单位下面（比如另一个镇街），请区总工会来调整。"
)
_NOBODY_YET = "还没有别的单位可以做它的上级。请先给新的上级办理入网，再来调整。"


class MovingPage(Page):
    """The units at the left, the new superior and what comes of it at the right."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.units: list[Movable] = []
        self.plan: Plan | None = None
        self.note = Note()
        self._said: tuple[str, str] | None = None
        self.wanted = QLineEdit()
        self.wanted.setPlaceholderText("名称、拼音首字母或者编码")
        self.wanted.setClearButtonEnabled(True)
        self.grid = Grid(
            [Col("单位", 20, wide=True), Col("层级", 14), Col("现在的上级", 18, wide=True)], "下级单位"
        )
        self.card = Card("先在左边选一个单位")
        self.superior = DropDown()
        self.superior.setMinimumWidth(280)
        self.words = [plain() for _ in range(4)]
        self.problem = Note()
        self.way_on = button("调整隶属关系…", self._ask, primary=True)
        self.empty = EmptyState()
        self.empty.show_words(
            "network",
            "还没有可以调整的单位",
            "两个镇之间的村由区总工会调整；村内的企业工会由镇（街道）总工会调整。",
        )
        self._work, self._choice = QWidget(), QWidget()
        self._build()
        self.wanted.textChanged.connect(lambda _text: self._show_lines())
        self.grid.chosen.connect(lambda _unit: self._choose())
        self.superior.activated.connect(lambda _index: self._look())
        self.refresh(None)

    def _build(self) -> None:
        found, under = QLabel("找单位(&F)"), QLabel("新的上级(&S)")
        found.setBuddy(self.wanted)
        under.setBuddy(self.superior)
        inner = QVBoxLayout(self._choice)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(row(under, self.superior, 1))
        for words in self.words:
            inner.addWidget(words)
        inner.addWidget(self.problem)
        inner.addLayout(row(1, self.way_on))
        self.card.column.addWidget(self._choice)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(row(found, self.wanted))
        left.addWidget(self.grid, 1)
        right.addWidget(self.card)
        right.addStretch(1)
        halves = row(spacing=14)
        halves.addLayout(left, 5)
        halves.addLayout(right, 5)
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(halves, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*spacing.PAGE)
        whole.setSpacing(10)
        whole.addWidget(heading(moving.OPERATION, 1))
        whole.addWidget(
            plain("村改到另一个镇、企业改到另一个村时用。记录和历史跟着单位走，一条也不少；调整错了，再调整回去就行。",
                  muted=True)
        )  # fmt: skip
        whole.addWidget(self.note)
        whole.addWidget(self._work, 1)
        whole.addWidget(self.empty, 1)
        self.empty.hide()
        self._choice.hide()

    @property
    def title(self) -> str:
        """What the page is called."""
        return moving.OPERATION

    @property
    def help_anchor(self) -> str:
        """The section of the manual."""
        return "moving"

    def enter(self) -> None:
        """The cursor stands where units are looked for."""
        self.wanted.setFocus()

    def status(self) -> Status:
        """How many units there are."""
        return Status(f"下级单位{len(self.units)}个")

    def refresh(self, changes: ChangeSet | None) -> None:
        """Reads the tree again when it was asked for or something was written to it."""
        if changes is None or changes.everything or UNIT in changes.records:
            here = self.workbench.here
            self.workbench.read(
                lambda database, _ticket: moving.movable(database, here), self._show, owner=self, key="units"
            )

    def _show(self, found: list[Movable]) -> None:
        self.units = found
        if self._said is not None and self._said not in {(m.unit, m.superior) for m in found}:
            # What was said is no longer so: the move was taken back.
            self.note.hide()
        self._work.setVisible(bool(found))
        self.empty.setVisible(not found)
        self._show_lines()
        self.state_changed.emit()

    def _show_lines(self) -> None:
        text = self.wanted.text().strip()
        self.grid.show_lines(
            [
                Line((m.name, m.level, m.superior_name), None, m.unit)
                for m in self.units
                if matches(text, m.name) or (text and m.code.startswith(text))
            ]
        )
        if self.grid.rows.rowCount() == 1:
            self.grid.setCurrentIndex(self.grid.rows.index(0, 0))
        self._choose()

    # -- what it changes -------------------------------------------------------------------------------------------

    def _chosen(self) -> Movable | None:
        unit = self.grid.current()
        return next((m for m in self.units if m.unit == unit), None)

    def _choose(self) -> None:
        """Offers the superiors for another unit."""
        chosen = self._chosen()
        self.plan = None
        self.superior.clear()
        self._choice.setVisible(chosen is not None)
        self.card.say_heading(chosen.name if chosen is not None else "先在左边选一个单位")
        self._say([], "")
        if chosen is None:
            return
        here = self.workbench.here
        self.workbench.read(
            lambda database, _ticket: moving.superiors(database, here, chosen.unit),
            lambda found: self._offer(chosen, found),
            owner=self,
            key="superiors",
        )

    def _offer(self, chosen: Movable, found: Sequence[Movable]) -> None:
        if chosen != self._chosen():
            return
        self.superior.clear()
        for m in found:
            self.superior.addItem(f"{m.name} · {m.level}", m.unit)
        self.superior.setCurrentIndex(-1)
        self.superior.setPlaceholderText("请选择" if found else "没有可以选的上级")
        self.superior.setEnabled(bool(found))
        if not found:
            top = self.workbench.facts.unit.level in LEVELS_WITH_OWN_ROOT
            self._say([_NOBODY_YET if top else _NOBODY_HERE], "")

    def _look(self) -> None:
        """Says what the chosen superior would change."""
        chosen, superior = self._chosen(), self.superior.currentData()
        self.plan = None
        self._say([], "")
        if chosen is None or not superior:
            return
        here = self.workbench.here
        self.workbench.read(
            lambda database, _ticket: moving.plan(database, here, chosen.unit, superior),
            self._looked,
            owner=self,
            key="plan",
            fail=self._failed,
        )

    def _looked(self, plan: Plan) -> None:
        if plan.unit == self.grid.current() and plan.after == self.superior.currentData():
            self.plan = plan
            self._say(_lines(plan), "")

    def _say(self, lines: Sequence[str], problem: str) -> None:
        for label, text in zip(self.words, [*lines, *[""] * len(self.words)], strict=False):
            label.setText(text)
            label.setVisible(bool(text))
        self.problem.say(Tone.ERROR, problem)
        bench = self.workbench
        allowed = bench.role in (Role.ADMIN, Role.DESK) and bench.may_write(bench.types[UNIT])
        self.way_on.setEnabled(self.plan is not None and allowed)
        self.way_on.setToolTip("" if allowed else self.workbench.denied("由本单位的汇总员或管理员来做。"))

    # -- doing it --------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        plan = self.plan
        if plan is None:
            return
        along = f"{plan.amount}跟着走" if plan.records else "本机还没有它的记录"
        answer = self.workbench.dialogs.ask(
            moving.OPERATION,
            f"要把“{plan.name}”从“{plan.before_name}”调整到“{plan.after_name}”名下吗？\n"
            f"{along}；以后由“{plan.after_name}”收它的数据包。",
            yes="调整",
            danger=True,
        )
        if answer is Answer.YES:
            self._move(plan.unit, plan.after, plan)

    def _move(self, unit: str, superior: str, plan: Plan) -> None:
        self.way_on.setEnabled(False)
        self.workbench.write(
            f"{moving.OPERATION}：{plan.name}",
            lambda session, _ticket: moving.move(session, unit, superior),
            lambda _changes: self._done(plan),
            owner=self,
            fail=self._failed,
        )

    def _done(self, plan: Plan) -> None:
        computers = f"；再请“{plan.after_name}”给“{plan.name}”的电脑补发批准文件" if plan.stations else ""
        self._said = (plan.unit, plan.after)
        self.note.say(
            Tone.GOOD,
            f"“{plan.name}”已经调整到“{plan.after_name}”名下。",
            f"下一步：照常给“{plan.before_name}”和“{plan.after_name}”导出数据包{computers}。",
        )
        self.note.offer(link("去导出数据包", lambda: self.workbench.shell.open_page("sync")))
        self.refresh(None)

    def _failed(self, error: Exception) -> bool:
        if not isinstance(error, Problem):
            return False
        self.plan = None
        self._say([], str(error))
        return True


def _lines(plan: Plan) -> list[str]:
    """What changes for the one and the other superior, and what is left to do."""
    kinds = plan.kinds(_MOST_KINDS)
    below = f"，连同它的{plan.below}个下级单位" if plan.below else ""
    gets = f"会收到它的全部记录和历史：{kinds}" if kinds else "会收到它以后的记录"
    first = f"“{plan.after_name}”{gets}{below}。"
    second = f"“{plan.before_name}”已有的记录留着，以后的修改不再收到，也不能再改。"
    count = len(plan.stations)
    third = f"它的{count}台工作电脑由“{plan.after_name}”补发批准文件，接受以前先不上报。" if count else ""
    return [first, second, third, moving.advice(plan)]
