"""An assessment by keyboard: rows from the template, a score and Enter, the sum that nobody types, one step back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.operations import examples, records
from desktop.operations.session import Session
from desktop.records.canonical import Cell
from desktop.records.declaration import Level
from desktop.store.reading import Query
from desktop.store.reading import records as read
from desktop.ui.dialogs import Answer
from desktop.ui.page import Act
from desktop.ui.pages.assessment.page import AssessmentPage
from desktop.ui.pages.attendance.rows import LOOK
from tests.operations.stations import station
from tests.ui.test_attendance_page import CTRL, Desk, K

TEMPLATE, ASSESSMENT, SCORE = "assessment_template", "assessment", "assessment_score"


@pytest.fixture
def district(tmp_path: Path) -> Session:
    made = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    examples.take_over(made, TEMPLATE)
    return made


@pytest.fixture
def desk(qtbot: QtBot, district: Session, tmp_path: Path) -> Iterator[Desk]:
    hands = Desk(qtbot, district, tmp_path)
    yield hands
    hands.dialogs.always_leave()
    hands.close()


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


def look(desk: Desk, name: str) -> None:
    if folder := os.environ.get("XIAOSANJI_LOOK"):
        desk.picture(Path(folder) / f"{name}.png")


def scores(session: Session, record: str, name: str = "district_score") -> list[Cell]:
    query = Query(SCORE, children_of=record, order="sequence")
    return [s.values[name] for s in read(session.database, session.types, query)]


def test_rows_come_from_the_template_and_are_scored_with_a_number_and_enter_each(
    desk: Desk, district: Session
) -> None:
    record = assessed(district, "five_haves")
    page = opened(desk, record)
    look(desk, "assessment-empty")
    assert page.scores.empty.primary.text() == "按模板列出6项（Ctrl+G）"
    desk.dialogs.answers.append(Answer.YES)
    desk.press(K.Key_Return)
    assert len(scores(district, record)) == 6
    look(desk, "assessment-rows")
    for number in range(6):
        desk.type("1" if number else "2")
        desk.press(K.Key_Return)
    column = [c.key for c in page.scores.model.columns].index("district_score")
    assert "高于本项满分1分" in page.scores.model.index(0, column).data(LOOK).problem
    assert "区县评定合计7分" in page.scores.say.text()
    look(desk, "assessment-scored")
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
    look(desk, "assessment-saved")
    desk.press(K.Key_Z, modifier=CTRL)
    assert scores(district, record) == ["2", *["1"] * 5]
    desk.press(K.Key_Z, modifier=CTRL)
    assert scores(district, record) == [None] * 6
    assert records.load(district, ASSESSMENT, record).values["district_score"] is None  # type: ignore[union-attr]


def test_f8_gives_what_the_step_before_gave_and_a_sum_that_says_something_else_is_put_right(
    desk: Desk, district: Session
) -> None:
    record = assessed(district, "vitality", self_score="90", district_score="70")
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
    look(desk, "assessment-differs")
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


def test_an_assessment_prints_its_scores(desk: Desk, district: Session) -> None:
    page = opened(desk, assessed(district, "vitality"))
    assert Act.PRINT in page.acts()
    assert [words for words, _ in page.paper_choices()] == ["评价得分表"]
