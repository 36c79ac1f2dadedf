"""An assessment by keyboard: rows from the template, a score and Enter, the sum that nobody types, one step back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.operations.recording import examples, records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.store.queries.reading import Query
from desktop.store.queries.reading import records as read
from desktop.ui.dialogs import Answer
from desktop.ui.forms.page import FormPage
from desktop.ui.page import Act
from desktop.ui.pages.assessment.page import AssessmentPage
from desktop.ui.widgets.looks import LOOK
from tests.operations.stations import station
from tests.ui.hands import CTRL, Desk, K, Windows

ALT = Qt.KeyboardModifier.AltModifier

TEMPLATE, ASSESSMENT, SCORE = "assessment_template", "assessment", "assessment_score"


@pytest.fixture
def district(tmp_path: Path) -> Session:
    made = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    examples.take_over(made, TEMPLATE)
    return made


@pytest.fixture
def desk(windows: Windows, district: Session) -> Desk:
    return windows.desk(district)


def assessed(session: Session, kind: str, **more: Cell) -> str:
    template = next(
        t.id for t in read(session.database, session.types, Query(TEMPLATE)) if t.values["kind"] == kind
    )
    union = records.save(session, "union", {"name": "杭州示例茶业有限公司工会委员会"}).record
    values = {"union": union, "kind": kind, "year": 2026, "assessment_template": template, **more}
    return records.save(session, ASSESSMENT, values).record


def opened(desk: Desk, record: str) -> AssessmentPage:
    desk.show(f"list:{ASSESSMENT}")
    desk.window.open_record(ASSESSMENT, record)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, AssessmentPage)
    return page


def scores(session: Session, record: str, name: str = "district_score") -> list[Cell]:
    query = Query(SCORE, children_of=record, order="sequence")
    return [s.values[name] for s in read(session.database, session.types, query)]


def test_rows_come_from_the_template_and_are_scored_with_a_number_and_enter_each(
    desk: Desk, district: Session
) -> None:
    record = assessed(district, "five_haves")
    page = opened(desk, record)
    desk.look("assessment-empty")
    assert page.scores.empty.primary.text() == "按模板列出6项（Ctrl+G）"
    desk.dialogs.answers.append(Answer.YES)
    desk.press(K.Key_Return)
    assert len(scores(district, record)) == 6
    desk.look("assessment-rows")
    for number in range(6):
        desk.type("1" if number else "2")
        desk.press(K.Key_Return)
    column = [c.key for c in page.scores.model.columns].index("district_score")
    assert "高于本项满分1分" in page.scores.model.index(0, column).data(LOOK).problem
    # Seven of six points are no grade but a mistake.
    assert "区县评定合计7分" in page.scores.say.text()
    assert "1项得分高于本项满分，改正后才能评定" in page.scores.say.text()
    assert "达标" not in page.scores.say.text()
    desk.look("assessment-scored")
    # Enter in the last row saves, as in the last field of a form.
    assert scores(district, record) == ["2", *["1"] * 5]
    page.scores.view.go_to(0, column)
    desk.type("1")
    desk.press(K.Key_Return)
    assert "按模板分数线：达标（示例口径）" in page.scores.say.text()
    desk.press(K.Key_S, modifier=CTRL)
    assert scores(district, record) == ["1"] * 6
    held = records.load(district, ASSESSMENT, record)
    assert held is not None
    assert (held.values["district_score"], held.values["district_by"]) == ("6", "王芳")
    assert held.values["district_date"]
    assert not [f for f in records.check(district, ASSESSMENT, record) if f.rule == "children_add_up"]
    desk.look("assessment-saved")
    desk.press(K.Key_Z, modifier=CTRL)
    assert scores(district, record) == ["2", *["1"] * 5]
    desk.press(K.Key_Z, modifier=CTRL)
    assert scores(district, record) == [None] * 6
    assert records.load(district, ASSESSMENT, record).values["district_score"] is None  # type: ignore[union-attr]


def test_f8_gives_what_the_step_before_gave_and_a_sum_that_says_something_else_is_put_right(
    desk: Desk, district: Session
) -> None:
    record = assessed(district, "vitality", self_score="90", district_score="70")
    for criterion in read(district.database, district.types, Query("assessment_criterion")):
        records.save(district, "assessment_criterion", {"data_source": "manual"}, record=criterion.id)
    page = opened(desk, record)
    desk.dialogs.answers.append(Answer.YES)
    desk.press(K.Key_G, modifier=CTRL)
    tab = page.scores
    tab.view.go_to_name(0, "self_score")
    desk.press(K.Key_F8)
    assert "自评合计100分" in tab.say.text()
    tab.view.go_to_name(0, "self_score")
    desk.type("3")
    desk.press(K.Key_Return)
    tab.view.go_to_name(0, "district_score")
    desk.press(K.Key_F8)
    assert "区县评定合计95分" in tab.say.text()
    assert "按模板分数线：活力（示例口径）" in tab.say.text()
    assert "“区县评定得分”写的是70分" in tab.say.text()
    assert not tab.fill_button.isHidden()
    desk.look("assessment-differs")
    desk.press(K.Key_S, modifier=CTRL)
    held = records.load(district, ASSESSMENT, record)
    assert held is not None
    assert (held.values["self_score"], held.values["district_score"]) == ("95", "95")
    assert tab.fill_button.isHidden()
    records.save(district, ASSESSMENT, {"district_score": "80"}, record=record)
    page.refresh(None)
    desk.settle()
    assert "写的是80分" in tab.say.text()
    desk.click(tab.fill_button)
    assert page.form.values()["district_score"] == "95"


def test_what_the_records_give_is_filled_in_by_one_key_and_another_score_needs_a_reason(
    desk: Desk, district: Session
) -> None:
    record = assessed(district, "vitality")
    page = opened(desk, record)
    desk.dialogs.answers.append(Answer.YES)
    desk.press(K.Key_G, modifier=CTRL)
    tab = page.scores
    desk.look("assessment-computed")
    assert not tab.compute_button.isHidden()
    tab.view.go_to_name(0, "district_score")
    desk.press(K.Key_F9)
    assert tab.compute_button.isHidden()
    # What is scored by hand and what the records do not say stays empty.
    assert "区县评定合计5分（已评7项，共13项）" in tab.say.text()
    worth = [c.key for c in tab.model.columns].index("worth")
    column = [c.key for c in tab.model.columns].index("district_score")
    assert tab.model.index(0, worth).data(LOOK).words == "—"
    assert "没有届满日期" in tab.model.index(0, worth).data(LOOK).tip
    assert "没有届满日期" in tab.why.text()
    desk.press(K.Key_Z, modifier=CTRL)
    assert tab.totals() == []
    desk.press(K.Key_F9)
    tab.view.go_to(1, column)
    desk.type("6")
    desk.press(K.Key_Return)
    assert "与自动算出的0分不同" in tab.model.index(1, column).data(LOOK).problem
    desk.look("assessment-overridden")
    desk.press(K.Key_S, modifier=CTRL)
    assert scores(district, record, "computed_score")[:4] == [None, "0", "0", "0"]
    assert scores(district, record, "district_score")[:3] == [None, "6", "0"]
    row = tab.model.rows[1].record
    assert row is not None
    assert [f.rule for f in records.check(district, SCORE, row)] == ["differs_without_reason"]
    tab.view.go_to_name(1, "basis")
    desk.type("批复已在区里")
    desk.press(K.Key_Return, modifier=ALT)
    desk.type("原件")
    # As in a spreadsheet, Enter leaves the cell and Alt+Enter begins a line.
    desk.press(K.Key_Return)
    assert tab.model.rows[1].values["basis"] == "批复已在区里\n原件"
    assert not tab.model.index(1, column).data(LOOK).problem
    desk.press(K.Key_S, modifier=CTRL)
    assert not records.check(district, SCORE, row)
    # Nobody types what the records give.
    desk.window.open_record(SCORE, row)
    desk.settle()
    form = desk.window.page
    assert isinstance(form, FormPage)
    assert form.form.rows["computed_score"].editor.locked
    assert not form.form.rows["basis"].editor.locked
    desk.window.open_record(ASSESSMENT, record)
    desk.settle()
    again = desk.window.page
    assert isinstance(again, AssessmentPage)
    tab = again.scores
    # What is recorded elsewhere meanwhile shows at once, and the score that was given keeps what it rests on.
    union = again.form.values()["union"]
    records.save(district, "union", {"has_account": 1}, record=str(union))
    again.refresh(None)
    desk.settle()
    seen = tab.model.index(2, worth).data(LOOK)
    assert (seen.words, tab.model.rows[2].values["computed_score"]) == ("3", "0")
    assert "打分时：0分" in seen.tip


def test_an_assessment_prints_its_scores(desk: Desk, district: Session) -> None:
    page = opened(desk, assessed(district, "vitality"))
    assert Act.PRINT in page.acts()
    assert [words for words, _ in page.paper_choices()] == ["评价得分表"]
