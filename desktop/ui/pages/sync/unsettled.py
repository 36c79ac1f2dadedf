"""What was not taken: at the level above, and here of those below; each with its reason and the way to the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.operations.unsettled import CONFLICT, HELD, OUTCOMES, REFUSED, Unsettled
from desktop.ui.notices import Tone
from desktop.ui.pages.grid import Col, Grid, Line
from desktop.ui.pages.parts import Note, button, plain, row
from desktop.ui.pages.sync.preview import OUTCOME_TONES, open_item, short_label
from desktop.ui.widgets.empty import EmptyState
from desktop.ui.workbench import Workbench

_MOST_REASONS = 3


class UnsettledTab(QWidget):
    """The items, those that a level above has not taken first."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.workbench = workbench
        self.above, self.here = Note(), Note()
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
            "没有收下的内容",
        )
        self.advice = plain()
        self.open = button("打开这条记录", self._open, "pencil")
        self.empty = EmptyState()
        self.empty.show_words(
            "circle-check", "没有这样的内容", "上级没有退回本单位的内容，下级送来的也都收下了。"
        )
        self._work = QWidget()
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for note in (self.above, self.here):
            column.addWidget(note)
        column.addWidget(self.grid, 1)
        foot = row(self.open)
        foot.insertWidget(0, self.advice, 1)
        column.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 10, 0, 0)
        whole.addWidget(self._work)
        whole.addWidget(self.empty)
        self.grid.opened.connect(lambda item: open_item(workbench, item))
        self.grid.chosen.connect(self._show_advice)

    def show_items(self, items: Sequence[Unsettled]) -> None:
        """Shows the items."""
        above = [i for i in items if i.above]
        here = [i for i in items if not i.above]
        self._say(self.above, "上级没有收下", above)
        self._say(self.here, "下级送来、本机没有收下", here)
        self.grid.show_lines([_line(i) for i in [*above, *here]])
        if items and self.grid.current() is None:
            self.grid.setCurrentIndex(self.grid.rows.index(0, 0))
        self._work.setVisible(bool(items))
        self.empty.setVisible(not items)
        self._show_advice(self.grid.current())

    @staticmethod
    def _say(note: Note, words: str, items: Sequence[Unsettled]) -> None:
        if not items:
            note.hide()
            return
        reasons = Counter(f"{i.reason}（{OUTCOMES.get(i.outcome, i.outcome)}）" for i in items)
        told = [f"{reason}：{count}条" for reason, count in reasons.most_common(_MOST_REASONS)]
        more = ["……"] if len(reasons) > _MOST_REASONS else []
        worst = next((o for o in (REFUSED, CONFLICT, HELD) if any(i.outcome == o for i in items)), HELD)
        tone = {REFUSED: Tone.ERROR, CONFLICT: Tone.WARNING}.get(worst, Tone.PLAIN)
        note.say(tone, f"{words}这{len(items)}条，因为：", "\n".join([*told, *more]))

    def _show_advice(self, item: Unsettled | None) -> None:
        self.advice.setText(f"{item.reason}。{item.advice}" if item is not None else "")
        self.open.setEnabled(item is not None and item.known)

    def _open(self) -> None:
        open_item(self.workbench, self.grid.current())


def _line(item: Unsettled) -> Line:
    title = item.title or "（本机没有这条记录）"
    texts = (
        OUTCOMES.get(item.outcome, item.outcome),
        "上级" if item.above else "本机",
        short_label(item.label),
        title,
        item.slot_label,
        "本单位" if item.own else item.author,
        item.reason,
    )
    return Line(texts, OUTCOME_TONES.get(item.outcome), item, f"{item.reason}。{item.advice}")
