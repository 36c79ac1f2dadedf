"""The scores of an assessment in a sheet: laid out from the template, typed down a column, added up as one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from desktop.operations.plan import assessing as scoring
from desktop.operations.recording.following import Offer
from desktop.plan.assessed import Worth
from desktop.records.display import display
from desktop.records.reckoning import assessing
from desktop.records.reckoning.assessing import STEPS
from desktop.records.versions.canonical import Cell, Values
from desktop.store.ledger import ChangeSet
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.ui import theme
from desktop.ui.parts import link, plain
from desktop.ui.sheets.plain import PlainTab
from desktop.ui.sheets.rows import SheetColumn, SheetRow
from desktop.ui.widgets.looks import Look

SCORE, ASSESSMENT = "assessment_score", "assessment"
_TEMPLATE, _CRITERION = "assessment_template", "assessment_criterion"


@dataclass(frozen=True)
class Standard:
    """By what is assessed: the template, its criteria by their ids, and what they are worth by the records."""

    template: Values = field(default_factory=dict)
    criteria: Mapping[str, Values] = field(default_factory=dict)
    worth: Mapping[str, Worth] = field(default_factory=dict)


class ScoresTab(PlainTab):
    """One row a criterion; who assesses goes down the column of his step with Enter."""

    hint = (
        "打分后回车到下一项，最后一项回车保存　F9 填入自动得分　F8 没有打分的按前一步的得分（自评按满分）填　"
        "Ctrl+D 向下填充　Ctrl+Z 撤回一步　Ctrl+S 保存"
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
        self.compute_button = link("填入自动得分（F9）", self.fill_computed)
        self.compute_button.setToolTip("模板里数据来源是“自动”、还没有打分的项目，按记录算出的得分填入")
        self.why = plain(muted=True, small=True)
        self.below.insertWidget(self.below.count() - 1, self.why)
        for made in (self.fill_button, self.compute_button):
            made.hide()
            self.top.insertWidget(self.top.indexOf(self.say) + 1, made)

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
            *([SheetColumn("worth", "自动", 6, look=self._reckoned)] if self._standard.worth else []),
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
        """What F8 gives: the score of the step before, or what the records give, or all that the criterion gives."""
        before = list(STEPS)[: list(STEPS).index(step)]
        known = [cell for s in reversed(before) if (cell := row.values.get(f"{s}_score")) is not None]
        worth = self._worth(row)
        known += [worth.points] if worth is not None and worth.points is not None else []
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
        problem = f"高于本项满分{most}分，请改正" if assessing.above(cell, most) else ""
        return Look(words, problem=problem or self._unexplained(name, row), numeric=True)

    def _unexplained(self, name: str, row: SheetRow) -> str:
        """That the last score is not what the records give, and nobody says why."""
        given = [s for s in STEPS if row.values.get(f"{s}_score") is not None]
        if row.values.get("basis") is not None or not given or name != f"{given[-1]}_score":
            return ""
        worth = self._worth(row) if name in row.changes else None
        expected = worth.points if worth is not None else row.values.get("computed_score")
        if not assessing.unlike(row.values.get(name), expected):
            return ""
        return f"与自动算出的{expected}分不同，请在“得分理由和材料”里写明理由"

    def _worth(self, row: SheetRow) -> Worth | None:
        return self._standard.worth.get(str(row.values.get("criterion") or ""))

    def _reckoned(self, row: SheetRow) -> Look:
        """What the records give now; how it came about, and what it was when the score was given, on pointing at it."""
        worth, kept = self._worth(row), row.values.get("computed_from")
        if worth is None:
            return Look("", tip="由人工打分", numeric=True)
        then = (
            f"\n打分时：{row.values.get('computed_score') or '—'}分（{kept}）"
            if kept not in (None, worth.words)
            else ""
        )
        return Look("—" if worth.points is None else worth.points, tip=worth.words + then, numeric=True)

    def _told_why(self, row: SheetRow) -> str:
        """How the row of the cursor is scored, for whoever does not point at cells."""
        worth, scoring_words = self._worth(row), str(self._criterion(row).get("scoring") or "")
        if worth is None:
            return f"手工打分：{scoring_words}" if scoring_words else "由人工打分"
        return f"自动{worth.points}分：{worth.words}" if worth.points is not None else worth.words

    # -- what the records give -------------------------------------------------------------------------------------

    def _waiting(self) -> dict[int, Cell]:
        """The rows without a score of one's own step for which the records give one."""
        if not self.steps or not self.writable:
            return {}
        own = f"{self.steps[-1]}_score"
        return {
            n: worth.points
            for n, row in enumerate(self.model.rows)
            if row.values.get(own) is None
            and (worth := self._worth(row)) is not None
            and worth.points is not None
        }

    def fill_computed(self) -> None:
        """F9: what the records give goes into the rows that have no score yet."""
        if waiting := self._waiting():
            with self.model.step():
                for n, points in waiting.items():
                    self.model.put(n, {f"{self.steps[-1]}_score": points})
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def before_saving(self) -> None:
        """A score that is saved keeps what the records gave at that moment."""
        super().before_saving()
        for row in self.model.rows:
            worth = self._worth(row)
            if worth is not None and any(f"{step}_score" in row.changes for step in STEPS):
                row.values.update(scoring.as_cells(worth))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9 wherever the cursor is in the tab."""
        if event.key() == Qt.Key.Key_F9:
            self.fill_computed()
        else:
            super().keyPressEvent(event)

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
        worth = (
            scoring.computed(database, types, held.values, self.workbench.today()) if held is not None else {}
        )
        return Standard(found.values, {c.id: c.values for c in criteria}, worth)

    def refresh(self, changes: ChangeSet | None) -> None:
        """What is counted for a score may have changed elsewhere."""
        if self.record and changes is not None and scoring.LOOKED_AT & set(changes.records):
            self.load()
        else:
            super().refresh(changes)

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
        self.compute_button.setVisible(bool(self._waiting()))
        row = self.current()
        self.why.setText(self._told_why(row) if row is not None and self._standard.worth else "")
        parts = [self._words(t) for t in found]
        parts += [f"满分{full}分"] if found and full else []
        wrong = self._above(found[-1]) if found else ""
        parts += [wrong or self._graded(found[-1])] if found and (wrong or found[-1].complete) else []
        self.say.setText("　".join(filter(None, parts)))
        tone = "error" if wrong else "warning" if any(self._said(t) for t in differing) else ""
        theme.restyle(self.say, tone=tone)

    def _above(self, found: assessing.Total) -> str:
        """That no grade follows, where a score of the last step is higher than it can be."""
        name, rows = f"{found.step}_score", [row for row in self.model.rows if not row.blank]
        over = sum(
            assessing.above(row.values.get(name), self._criterion(row).get("full_score")) for row in rows
        )
        if over:
            return f"{over}项得分高于本项满分，改正后才能评定"
        high = assessing.above(found.cell, self._standard.template.get("full_score"))
        return "合计高于满分，改正后才能评定" if high else ""

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
