"""The motions and proposals of a congress in sheets; how a vote came out is computed and said, never typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from desktop.records.canonical import Cell
from desktop.records.declaration import Field
from desktop.records.outcomes import Result, motion_outcome
from desktop.ui import theme
from desktop.ui.pages.attendance.rows import Look, SheetColumn, SheetRow, Way
from desktop.ui.pages.attendance.tab import SheetTab
from desktop.ui.pages.parts import button, plain

Values = Mapping[str, Cell]
MOTION, PROPOSAL = "motion", "proposal"
_SIGNS = {
    Result.CARRIED: ("通过", "circle-check", theme.GOOD),
    Result.LOST: ("未通过", "x", theme.ERROR),
    Result.WRONG_COUNT: ("票数不对", "triangle-alert", theme.WARNING),
    Result.NOT_VOTED: ("不须表决", "", theme.MUTED),
    Result.UNKNOWN: ("", "", theme.MUTED),
}


class _PlainTab(SheetTab):
    """A sheet without people: rows are typed, a button opens the whole form."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.view.across = True
        self.say = plain()
        self.top.addWidget(self.say, 1)
        self.whole = button("完整表单", self._open_whole, "external-link")
        self.whole.setToolTip("打开选中一行的完整表单")
        self.top.addWidget(self.whole)
        self.add_buttons()
        self.view.selectionModel().currentRowChanged.connect(lambda _now, _before: self.show_figures())

    def _typed(self, name: str, width: int, **more: Any) -> SheetColumn:
        field = self._field(name)
        label = more.pop("label", field.label)
        return SheetColumn(name, label, width, Way.TYPED, field, **more)

    def _field(self, name: str) -> Field:
        return self.record_type.by_name[name]

    def current(self) -> SheetRow | None:
        """The row of the cursor."""
        position = self.view.currentIndex().row()
        return self.model.rows[position] if 0 <= position < len(self.model.rows) else None

    def _open_whole(self) -> None:
        row = self.current()
        if row is not None and row.record is not None:
            self.workbench.shell.open_record(self.record_type.name, row.record)

    def show_figures(self) -> None:
        """The whole form is there for rows that are saved."""
        row = self.current()
        self.whole.setEnabled(row is not None and row.record is not None)


class MotionsTab(_PlainTab):
    """What was put to the vote, the votes, and whether it passed."""

    hint = "回车到下一项，最后一项回车添加下一个　F2修改　空格换一个选项　填好票数，结果马上算出　Ctrl+S 保存"
    empty_icon = "vote"
    one = "议题"

    def __init__(self, *arguments: Any) -> None:
        self.session: Callable[[], Values] = dict
        """The figures of the session as they stand now, the roster's where it is complete."""
        super().__init__(*arguments)

    def columns(self) -> Sequence[SheetColumn]:
        """The matter, the votes, the result."""
        return [
            self._typed("title", 22, stretch=True),
            self._typed("matter_class", 9),
            self._typed("subject", 15),
            SheetColumn("needs_vote", "须表决", 6, Way.TICK, self._field("needs_vote"), off=0),
            self._typed("vote_method", 10),
            self._typed("approve_count", 5, label="同意"),
            self._typed("against_count", 5, label="反对"),
            self._typed("abstain_count", 5, label="弃权"),
            self._typed("invalid_count", 5, label="无效"),
            SheetColumn("result", "结果（自动计算）", 16, look=self._result),
            self._typed("resolution_document", 14, label="决议文号"),
        ]

    def first_column(self, *, typed: bool) -> str:
        """The matter."""
        return "title"

    def new_row(self) -> Values:
        """A motion is voted on in secret."""
        return {"needs_vote": 1, "vote_method": "secret"}

    def before_saving(self) -> None:
        """A vote keeps the numbers of delegates as they were when it was held."""
        super().before_saving()
        session = self.session()
        for row in self.model.rows:
            if row.values.get("needs_vote") and row.values.get("approve_count") is not None:
                for name in ("expected_count", "present_count"):
                    if row.values.get(name) is None:
                        row.values[name] = session.get(name)

    def _result(self, row: SheetRow) -> Look:
        outcome = motion_outcome(row.values, self.session())
        words, icon, colour = _SIGNS[outcome.result]
        return Look(words, icon, colour, tip=outcome.words)

    def show_figures(self) -> None:
        """The result of the motion under the cursor, in words."""
        super().show_figures()
        row = self.current()
        outcome = motion_outcome(row.values, self.session()) if row is not None else None
        self.say.setText(
            f"{row.values.get('title') or '这项议题'}：{outcome.words}" if row and outcome else ""
        )


class ProposalsTab(_PlainTab):
    """What delegates proposed, and what became of it."""

    hint = "回车到下一项，最后一项回车添加下一件　F2修改　空格换一个选项　Ctrl+D 向下填充　Ctrl+S 保存"
    empty_icon = "messages-square"
    one = "提案"

    def columns(self) -> Sequence[SheetColumn]:
        """The proposal and its handling."""
        return [
            self._typed("number", 7, label="编号", counting=True),
            self._typed("subject", 22, stretch=True),
            self._typed("category", 12),
            self._typed("proposer", 9),
            self._typed("seconder_count", 6, label="附议"),
            SheetColumn("filed", "立案", 5, Way.TICK, self._field("filed"), off=0),
            self._typed("handling_department", 12),
            self._typed("due_date", 11),
            self._typed("reply_date", 11),
            self._typed("result", 10),
            self._typed("satisfaction", 9, label="满意度"),
        ]

    def first_column(self, *, typed: bool) -> str:
        """The matter."""
        return "subject"

    def show_figures(self) -> None:
        """How many were filed and answered."""
        super().show_figures()
        rows = [row.values for row in self.model.rows]
        filed, answered = (sum(bool(v.get(name)) for v in rows) for name in ("filed", "reply_date"))
        self.say.setText(f"提案{len(rows)}件，立案{filed}件，已答复{answered}件" if rows else "")
