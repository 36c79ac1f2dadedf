"""The scores of an assessment in a sheet: laid out from the template, typed down a column, added up as one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from desktop.operations.following import Offer
from desktop.records import assessing
from desktop.records.assessing import STEPS
from desktop.records.canonical import Cell
from desktop.records.values import display
from desktop.store import reading
from desktop.store.database import Database
from desktop.store.reading import Query
from desktop.ui import theme
from desktop.ui.pages.attendance.plain import PlainTab
from desktop.ui.pages.attendance.rows import Look, SheetColumn, SheetRow
from desktop.ui.pages.parts import link

Values = Mapping[str, Cell]
SCORE, ASSESSMENT = "assessment_score", "assessment"
_TEMPLATE, _CRITERION = "assessment_template", "assessment_criterion"


@dataclass(frozen=True)
class Standard:
    """By what is assessed: the template, and its criteria by their ids."""

    template: Values = field(default_factory=dict)
    criteria: Mapping[str, Values] = field(default_factory=dict)


class ScoresTab(PlainTab):
    """One row a criterion; who assesses goes down the column of his step with Enter."""

    hint = (
        "打分后回车到下一项，最后一项回车保存　F8 没有打分的按前一步的得分（自评按满分）填　Ctrl+D 向下填充　"
        "Ctrl+Z 撤回一步　Ctrl+S 保存"
    )
    empty_icon = "award"
    one = "项目"

    def __init__(self, *arguments: Any) -> None:
        self.offers: Callable[[], Sequence[Offer]] = tuple
        """The rows that the template asks for and that are not here."""
        self.lay_out: Callable[[], None] = lambda: None
        """Writes them, after one question."""
        self.take_over: Callable[[], None] = lambda: None
        """Puts the sums into the assessment itself."""
        self._standard = Standard()
        super().__init__(*arguments)
        self.view.across = False
        self.view.searched = "criterion_name"
        self.save: Callable[[], None] = lambda: None
        """Saves the page."""
        self.view.ended.connect(lambda: self.save())
        self.fill_button = link("按合计填得分", lambda: self.take_over())
        self.fill_button.setToolTip("把各项得分的合计填入“基本信息”，不用再打一遍")
        self.fill_button.hide()
        self.top.insertWidget(self.top.indexOf(self.say) + 1, self.fill_button)

    # -- columns ---------------------------------------------------------------------------------------------------

    @property
    def steps(self) -> list[str]:
        """The steps whose scores are given here; the last of them is one's own."""
        may = self.workbench.may_write
        return [s for s in STEPS if may(self.record_type, self._field(f"{s}_score"))]

    def columns(self) -> Sequence[SheetColumn]:
        """The criterion, what it gives at most, a score a step, and what the scores rest on."""
        return [
            SheetColumn("dimension", "维度", 9, look=lambda row: self._told(row, "dimension")),
            self._typed("criterion_name", 18, stretch=True),
            SheetColumn("full_score", "满分", 5, look=self._highest),
            *(self._score(step) for step in STEPS),
            self._typed("basis", 26, stretch=True),
        ]

    def _score(self, step: str) -> SheetColumn:
        name = f"{step}_score"
        look = partial(self._scored, name)
        if step not in self.steps:
            return SheetColumn(name, STEPS[step], 8, look=look, tip=f"“{STEPS[step]}”由别的单位填写")
        before = "前一步的得分" if step != "self" else "满分"
        return self._typed(
            name, 8, label=STEPS[step], look=look, fills=lambda row: row.values.get(name) is None,
            gives=partial(self._given, step), tip=f"F8：没有打分的都按{before}填",
        )  # fmt: skip

    def _given(self, step: str, row: SheetRow) -> Cell:
        """What F8 gives: the score of the step before, or all that the criterion gives."""
        before = list(STEPS)[: list(STEPS).index(step)]
        known = [cell for s in reversed(before) if (cell := row.values.get(f"{s}_score")) is not None]
        return known[0] if known else self._criterion(row).get("full_score")

    def _criterion(self, row: SheetRow) -> Values:
        return self._standard.criteria.get(str(row.values.get("criterion") or ""), {})

    def _told(self, row: SheetRow, name: str) -> Look:
        criterion = self._criterion(row)
        return Look(str(criterion.get(name) or ""), tip=str(criterion.get("scoring") or ""))

    def _highest(self, row: SheetRow) -> Look:
        return Look(str(self._criterion(row).get("full_score") or ""), numeric=True)

    def _scored(self, name: str, row: SheetRow) -> Look:
        """A score; one that is higher than its criterion gives is said to be so."""
        if name in row.problems:
            typed, sentence = row.problems[name]
            return Look(typed, problem=sentence, numeric=True)
        cell, most = row.values.get(name), self._criterion(row).get("full_score")
        words = "" if cell is None else display(self._field(name), cell, codes={}, masked=True)
        problem = f"高于本项满分{most}分，请核对" if assessing.above(cell, most) else ""
        return Look(words, problem=problem, numeric=True)

    # -- what is read ----------------------------------------------------------------------------------------------

    def read_more(self, database: Database) -> Standard:
        """The template of the assessment and its criteria."""
        types = self.workbench.types
        held = reading.record(database, types, ASSESSMENT, self.record)
        template = str(held.values.get(_TEMPLATE) or "") if held is not None else ""
        found = reading.record(database, types, _TEMPLATE, template) if template else None
        if found is None:
            return Standard()
        criteria = reading.records(database, types, Query(_CRITERION, children_of=template))
        return Standard(found.values, {c.id: c.values for c in criteria})

    def know(self, more: Any) -> None:
        """Another template, or other criteria."""
        self._standard = more

    def _arrived(self, found: tuple[list[tuple[str, Values]], Any]) -> None:
        begun = bool(self.model.rows)
        super()._arrived(found)
        if not begun and self.model.rows and self.isVisible():
            self.show_from(0)

    # -- showing ---------------------------------------------------------------------------------------------------

    def first_column(self, *, typed: bool) -> str:
        """The score of one's own step; a row without a criterion begins with its name."""
        return "criterion_name" if typed or not self.steps else f"{self.steps[-1]}_score"

    def show_empty(self) -> None:
        """The template lays the rows out; without one they are typed."""
        label, rows = self.record_type.label, len(self.offers())
        if not self.writable:
            super().show_empty()
        elif rows:
            self.empty.show_words(
                self.empty_icon, f"还没有{label}", "项目和满分按所选的评价模板列好，一次写入，一次撤消。",
                (f"按模板列出{rows}项（Ctrl+G）", self.lay_out), ("自己添加（Ins）", self.add_one),
            )  # fmt: skip
        else:
            self.empty.show_words(
                self.empty_icon, f"还没有{label}", "在“基本信息”里选好评价模板并保存，项目会按模板列好。",
                ("自己添加（Ins）", self.add_one),
            )  # fmt: skip

    def show_offers(self) -> None:
        """What the template still asks for has become known."""
        self.show_empty()
        if self.isVisible() and self._layers.currentWidget() is self.empty:
            self.enter()

    def totals(self) -> list[assessing.Total]:
        """What stands in the sheet, added up step by step."""
        return assessing.totals([row.values for row in self.model.rows if not row.blank])

    def show_figures(self) -> None:
        """The sums, the grade that they are by the template, and whether the assessment says the same."""
        super().show_figures()
        found = self.totals()
        differing = [t for t in found if self._differs(t)]
        self.fill_button.setVisible(self.writable and any(t.step in self.steps for t in differing))
        full = self._standard.template.get("full_score")
        parts = [self._words(t) for t in found]
        parts += [f"满分{full}分"] if found and full else []
        parts += [self._graded(found[-1])] if found and found[-1].complete else []
        self.say.setText("　".join(filter(None, parts)))
        theme.restyle(self.say, tone="warning" if any(self._said(t) for t in differing) else "")

    def _graded(self, found: assessing.Total) -> str:
        """The grade by the template's lines: of the five haves whether they are there, of all else how lively it is."""
        template = self._standard.template
        grade = assessing.grade(template, found.points)
        if not grade:
            return ""
        label = self.workbench.codes["vitality_grade"].label_of(grade)
        if template.get("kind") == "five_haves":
            label = "达标" if grade == "lively" else "未达标"
        return f"按模板分数线：{label}{'' if template.get('is_official') else '（示例口径）'}"

    def _differs(self, found: assessing.Total) -> bool:
        """Whether the assessment itself says another number than its scores add up to."""
        return self._said(found) != found.cell

    def _said(self, found: assessing.Total) -> Cell:
        return self.parent_values().get(f"{found.step}_score")

    def _words(self, found: assessing.Total) -> str:
        said = self._said(found)
        if said is None or not self._differs(found):
            return found.words
        return f"{found.words}，“{STEPS[found.step]}得分”写的是{said}分"
