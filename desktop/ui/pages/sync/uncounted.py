"""Everything that does not count: withdrawn merges, refusals, computers out of use; own words can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.operations.stations import policy, uncounted
from desktop.operations.stations.uncounted import Excluded
from desktop.records.versions.deciding import REVOCATION
from desktop.sync.authority.excluding import CLOCK, FORK, REFUSED, WITHDRAWN
from desktop.ui.dialogs import Answer
from desktop.ui.grid import Col, Grid, Line
from desktop.ui.notices import Tone
from desktop.ui.pages.sync.words import may_decide, to_receipts
from desktop.ui.parts import Note, button, plain, row
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench

CONSEQUENCES: Mapping[str, str] = {
    WITHDRAWN: "这次合并带来的内容会和撤回以前完全一样；"
    "填写的单位已经改好重报的，会有两条，请到“重复的记录”里合并。",
    REFUSED: "会按现在的规定重新核对：已经符合的收下，仍然不符合的还是不收。",
    FORK: "这处重号会重新等人来定。那台电脑已经换新编号重报的，会出现两份，请先打电话问清。",
    CLOCK: "日期有误的那一份会重新计入，和更正以后的内容并存。一般不需要恢复。",
    "": "它写的内容重新计入，以后的数据包照常收。请先确认这台电脑已经找回、由本单位的人在用。",
}
"""What lifting does, by cause; without a cause it is a computer."""


class UncountedTab(QWidget):
    """The newest first."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.note = Note()
        self.grid = Grid(
            [
                Col("种类", 13),
                Col("说明", 24, wide=True),
                Col("谁写的", 14, wide=True),
                Col("日期", 10),
                Col("原因", 20, wide=True),
                Col("谁定的", 18, wide=True),
            ],
            "不计入的内容",
        )
        self.advice = plain()
        self.lift = button("恢复…", self._lift, "rotate-ccw")
        self.empty = EmptyState()
        self.empty.show_words(
            "circle-check",
            "没有不计入的内容",
            "撤回过的合并、不收的内容、停用的工作电脑，会列在这里，可以恢复。",
        )
        self._work = QWidget()
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.grid, 1)
        foot = row(self.lift)
        foot.insertWidget(0, self.advice, 1)
        column.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 10, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self.note)
        whole.addWidget(self._work)
        whole.addWidget(self.empty)
        self.grid.chosen.connect(self._choose)
        self.grid.opened.connect(lambda _chosen: self._lift())

    def show_excluded(self, found: Sequence[Excluded]) -> None:
        """Shows them."""
        self.grid.show_lines([_line(e) for e in found])
        if found and self.grid.current() is None:
            self.grid.setCurrentIndex(self.grid.rows.index(0, 0))
        self._work.setVisible(bool(found))
        self.empty.setVisible(not found)
        self._choose(self.grid.current())

    def _choose(self, chosen: Excluded | None) -> None:
        allowed = may_decide(self.workbench)
        possible = chosen is not None and chosen.own and allowed
        self.lift.setEnabled(possible)
        if chosen is None:
            words = ""
        elif not chosen.own:
            words = "这是上级或者别的单位定的，要恢复请和它联系。"
        elif not allowed:
            words = "恢复由本单位的汇总员或管理员来做。"
        else:
            words = f"恢复以后：{CONSEQUENCES[chosen.cause]}"
        self.advice.setText(words)

    def _lift(self) -> None:
        chosen: Excluded | None = self.grid.current()
        if chosen is None or not self.lift.isEnabled():
            return
        answer = self.workbench.dialogs.ask(
            "恢复",
            f"要恢复{_named(chosen)}吗？\n\n{CONSEQUENCES[chosen.cause]}",
            yes="恢复",
            danger=chosen.cause in _DANGER,
        )
        if answer is not Answer.YES:
            return
        self.note.hide()
        self.workbench.write(
            f"恢复：{chosen.label}",
            lambda session, _ticket: (
                uncounted.stays_elsewhere(session.database, session.here, chosen.record),
                policy.lift(session, chosen.record),
            ),
            lambda lifted: self._lifted(chosen, lifted[0]),
            owner=self,
            fail=self._failed,
        )

    def _lifted(self, chosen: Excluded, stays: str) -> None:
        self.note.say(
            Tone.WARNING if stays else Tone.GOOD,
            f"已恢复{_named(chosen)}。",
            f"下级要等收到下一个回执才会恢复。\n{stays}".strip(),
        )
        self.note.offer(*([] if chosen.cause == CLOCK else [to_receipts(self.workbench)]))

    def _failed(self, error: Exception) -> bool:
        return self.note.refuse(error, "没有恢复")


_DANGER = frozenset({FORK, CLOCK, ""})
"""The causes of which lifting brings something back that should perhaps not be there."""


def _named(found: Excluded) -> str:
    """What counts again, in words: a withdrawal is not what is restored, but the merge."""
    if found.cause == WITHDRAWN:
        return f"{found.label.removeprefix('撤回合并：')}的合并"
    return f"“{found.label}”" + ("的工作电脑" if found.type == REVOCATION else "")


def _line(found: Excluded) -> Line:
    label = f"工作电脑{found.station[:8]}" if found.station else found.label
    texts = (found.kind, label, found.whose, found.day, found.note, found.who)
    return Line(texts, None, found, "\n".join(filter(None, texts)))
