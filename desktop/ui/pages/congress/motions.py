"""The motions and proposals of a congress in sheets; how a vote came out is computed and said, never typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from desktop.operations.recording.following import Offer
from desktop.records import following
from desktop.records.reckoning.outcomes import Result, motion_outcome
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Values
from desktop.ui import theme
from desktop.ui.parts import link
from desktop.ui.sheets.plain import PlainTab
from desktop.ui.sheets.rows import SheetColumn, SheetRow, Way
from desktop.ui.widgets.looks import Look

MOTION, PROPOSAL = "motion", "proposal"
_SIGNS = {
    Result.CARRIED: ("通过", "circle-check", theme.GOOD),
    Result.LOST: ("未通过", "x", theme.ERROR),
    Result.WRONG_COUNT: ("票数不对", "triangle-alert", theme.WARNING),
    Result.NOT_VOTED: ("不须表决", "", theme.MUTED),
    Result.UNKNOWN: ("", "", theme.MUTED),
}


class MotionsTab(PlainTab):
    """What was put to the vote, the votes, and whether it passed."""

    hint = "回车到下一项，最后一项回车添加下一个　F2修改　空格换一个选项　填好票数，结果马上算出　Ctrl+S 保存"
    empty_icon = "vote"
    one = "议题"

    def __init__(self, *arguments: Any) -> None:
        self.session: Callable[[], Values] = dict
        """The figures of the session as they stand now, the roster's where it is complete."""
        self.offers: Callable[[str], Sequence[Offer]] = lambda _record: ()
        """What follows from a motion that is saved and is not here already."""
        self.begin: Callable[[Sequence[Offer]], None] = lambda _offers: None
        """Opens the filled form, or asks where there are several."""
        super().__init__(*arguments)
        self.give = link("", self._give)
        self.give.hide()
        self.top.insertWidget(self.top.indexOf(self.say) + 1, self.give)

    def columns(self) -> Sequence[SheetColumn]:
        """The matter, the votes, the result."""
        return [
            self._typed("title", 18, stretch=True),
            self._typed("matter_class", 9),
            self._typed("subject", 15),
            SheetColumn("needs_vote", "须表决", 6, Way.TICK, self._field("needs_vote"), off=0),
            self._typed("vote_method", 10),
            self._typed("approve_count", 5, label="同意"),
            self._typed("against_count", 5, label="反对"),
            self._typed("abstain_count", 5, label="弃权"),
            self._typed("invalid_count", 5, label="无效"),
            *(
                self._typed(n, 9, label=self._field(n).label.replace("职工", ""))
                for n in self._names_wanted()
            ),
            SheetColumn("result", "结果（自动计算）", 16, look=self._result),
            self._typed("resolution_document", 14, label="决议文号"),
        ]

    def _names_wanted(self) -> list[str]:
        """The fields for the names of those elected, where a motion is an election or names somebody."""
        follows = [
            f for t in self.workbench.types.values() for f in t.follows if f.source == MOTION and f.each
        ]
        rows = [row.values for row in self.model.rows]
        wanted = [
            f.each
            for f in follows
            if any(v.get(f.each) or all(v.get(n) in codes for n, codes in f.when.items()) for v in rows)
        ]
        return list(dict.fromkeys(wanted))

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
        count = len(self._offered(row))
        more = f"，可生成{count}条" if count else ""
        return Look(f"{words}{more}", icon, colour, tip=outcome.words)

    def _offered(self, row: SheetRow) -> Sequence[Offer]:
        """What a motion gives as it is saved; what is typed into it now may change that."""
        return self.offers(row.record) if row.record is not None and not row.dirty else ()

    def _next(self, row: SheetRow) -> str:
        """What else is wanted before something follows from a motion, in words."""
        types = self.workbench.types

        def coming(values: Values) -> dict[str, bool]:
            return following.coming(
                filter(self.workbench.may_write, types.values()),
                MOTION,
                values,
                {"congress": self.session()}.get,
            )

        now = coming(row.values)
        if unnamed := [name for name, known in now.items() if not known]:
            return f"填好当选人，就能生成{_labels(types, unnamed)}"
        before = coming(row.base) if row.record is not None else {}
        if row.dirty and (added := [name for name in now if not before.get(name)]):
            return f"保存后可以生成{_labels(types, added)}"
        return ""

    def _give(self) -> None:
        row = self.current()
        if row is not None:
            self.begin(self._offered(row))

    def show_figures(self) -> None:
        """The result of the motion under the cursor, in words."""
        super().show_figures()
        row = self.current()
        self._show_gift([] if row is None else self._offered(row))
        if row is None:
            self.say.setText("")
            return
        said = [motion_outcome(row.values, self.session()).words, self._next(row)]
        self.say.setText(f"{row.values.get('title') or '这项议题'}：{'。'.join(filter(None, said))}")

    def _show_gift(self, offers: Sequence[Offer]) -> None:
        """The button that says what the motion under the cursor gives, and has it done."""
        self.give.setVisible(bool(offers))
        if offers:
            labels = _labels(self.workbench.types, [offer.type for offer in offers])
            verb = "补上" if len(offers) == 1 and offers[0].existing else "生成"
            self.give.setText(f"{verb}{labels}{f'（{len(offers)}条）' if len(offers) > 1 else ''}…")
            self.give.setToolTip(
                "已按这项议题填好，核对后再保存" if len(offers) == 1 else "确认一次，全部写入，一次撤消"
            )


def _labels(types: Catalogue, names: Iterable[str]) -> str:
    return "、".join(types[name].label for name in dict.fromkeys(names))


class ProposalsTab(PlainTab):
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
