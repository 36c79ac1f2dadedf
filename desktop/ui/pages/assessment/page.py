"""The page of an assessment: its facts, and its scores in a sheet whose sums are saved with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from desktop.records.reckoning.assessing import Total
from desktop.records.versions.canonical import Cell
from desktop.ui.pages.assessment.scores import SCORE, ScoresTab
from desktop.ui.sheets.form import SheetFormPage
from desktop.ui.sheets.tab import SheetTab
from desktop.ui.shell import Opening
from desktop.ui.workbench import Workbench


class AssessmentPage(SheetFormPage):
    """The assessment of one union in one year."""

    def __init__(self, workbench: Workbench, opening: Opening) -> None:
        super().__init__(workbench, opening)
        self.follow.offered.connect(self.scores.show_offers)

    def make_sheets(self) -> Mapping[str, SheetTab]:
        """The scores."""
        scores = ScoresTab(self.workbench, self.workbench.types[SCORE], lambda: self.save())
        scores.offers = lambda: [o for o in self.follow.offers if o.type == SCORE and not o.existing]
        scores.lay_out = self.follow.take_up
        scores.take_over = self.take_over
        scores.save = self.save
        return {SCORE: scores}

    @property
    def scores(self) -> ScoresTab:
        """The sheet."""
        return cast(ScoresTab, self.sheets[SCORE])

    def form_follows(self, changes: Mapping[str, Cell]) -> Mapping[str, Cell]:
        """The sum of a step is saved with its last score; what somebody typed as the sum stands and is warned about."""
        edited = {name for row in self.scores.model.rows for name in row.changes}
        cells: dict[str, Cell] = {}
        for found in self.scores.totals():
            if found.complete and f"{found.step}_score" in edited:
                cells |= self._result(found)
        return cells

    def _result(self, found: Total) -> dict[str, Cell]:
        """Score, day and name of a step, where this unit may write them; a day and a name that stand are kept."""
        score, day, by = (f"{found.step}_{part}" for part in ("score", "date", "by"))
        bench, present = self.workbench, self.form.values()
        if found.step not in self.scores.steps or present.get(score) == found.cell:
            return {}
        told: dict[str, Cell] = {day: bench.today().isoformat(), by: bench.facts.operator.name}
        return {score: found.cell} | {k: v for k, v in told.items() if present.get(k) is None}

    def take_over(self) -> None:
        """The sums go into the form, of steps that are not complete, too."""
        for found in self.scores.totals():
            self.form.fill(self._result(found), "由各项得分合计带出")
        self._show_state()

    def _show_state(self) -> None:
        super()._show_state()
        for sheet in self.sheets.values():
            if sheet.record:
                sheet.show_figures()

    def saved_words(self) -> str:
        """The sums, once more."""
        sums = "，".join(found.words for found in self.scores.totals())
        return f"已保存。{sums}。" if sums else "已保存。"

    def shortcuts(self) -> Mapping[str, str]:
        """The keys of the sheet."""
        return {
            "Enter": "打好一项，到下一项；最后一项保存",
            "F8": "没有打分的按前一步的得分填，自评按满分填",
            "F9": "还没有打分的自动项目，填入按记录算出的得分",
            "Ctrl+D": "向下填充",
            "Ins": "添加一项",
            "Ctrl+Del": "移除选中的项目",
            "Ctrl+Z": "撤回没有保存的一步",
            **{k: v for k, v in super().shortcuts().items() if k != "Enter"},
        }
