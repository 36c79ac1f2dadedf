"""What stands in an editor and nowhere else outlives a kill: in a cell, in a line below a record, typed on and on."""

from __future__ import annotations

import json

import pytest

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.store.workspaces.drafts import Draft
from desktop.ui.dialogs import Answer
from desktop.ui.forms.form import CHECK_DELAY_MS, KEEP_MS
from desktop.ui.forms.page import FormPage
from desktop.ui.sheets.form import SheetFormPage
from tests.ui.hands import Desk, K

PAUSE = 600


def kept(desk: Desk) -> list[Draft]:
    """What lies in the file of drafts now: a kill would leave just that."""
    found: list[Draft] = []
    desk.bench.drafts.all(found.extend, desk.window)
    desk.settle()
    return found


def opened(desk: Desk, type_name: str, record: str) -> FormPage:
    desk.show(f"list:{type_name}")
    desk.window.open_record(type_name, record)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, FormPage)
    return page


@pytest.mark.parametrize(
    ("above", "below", "column"),
    [
        ("course", "attendance", "unit_name"), ("congress", "motion", "title"),
        ("assessment", "assessment_score", "basis"),
    ],
)  # fmt: skip
def test_a_cell_that_is_typed_into_is_in_the_draft_before_it_is_left(
    desk: Desk, town: Session, above: str, below: str, column: str
) -> None:
    record = records.save(town, above, {"year": 2026} if above == "assessment" else {"name": "第一次"}).record
    title = town.types[below].title[0]
    child = records.save(town, below, {str(town.types[below].parent): record, title: "甲"}).record
    page = opened(desk, above, record)
    assert isinstance(page, SheetFormPage)
    sheet = page.sheets[below]
    page.tabs.setCurrentWidget(sheet)
    desk.settle()
    sheet.view.go_to_name(0, column)
    sheet.view.setFocus()
    desk.type("写到一半的话")
    desk.qtbot.wait(PAUSE)
    (draft,) = kept(desk)
    assert json.loads(draft.texts[f"_sheet:{below}"])["rows"] == [[child, {column: "写到一半的话"}, {}]]
    desk.press(K.Key_Escape)
    desk.qtbot.wait(PAUSE)
    assert kept(desk) == []
    sheet.model.restore(draft.texts[f"_sheet:{below}"])
    assert sheet.model.rows[0].values[column] == "写到一半的话"


def test_a_line_that_was_begun_below_a_record_is_kept_asked_about_and_gone_on_with(
    desk: Desk, town: Session
) -> None:
    team = records.save(town, "volunteer_team", {"name": "茶乡志愿队"}).record
    page = opened(desk, "volunteer_team", team)
    tab = page.children_tabs["volunteer"]
    page.tabs.setCurrentWidget(tab)
    desk.settle()
    desk.type("王芳")
    desk.qtbot.wait(PAUSE)
    (draft,) = kept(desk)
    assert draft.texts["volunteer_team"] == team
    desk.dialogs.answers = [Answer.CANCEL]
    desk.press(K.Key_Escape)
    assert desk.window.page is page
    assert "“志愿者”里有一条填了还没有添加" in desk.dialogs.asked[-1]
    desk.dialogs.answers = [Answer.YES]
    desk.press(K.Key_Escape)
    assert [v.values["name"] for v in records.children(town, "volunteer", team)] == ["王芳"]
    assert desk.window.page is not page
    assert kept(desk) == []
    desk.window.open_draft(draft)
    desk.settle()
    form = desk.window.page
    assert isinstance(form, FormPage)
    assert form.form.values()["volunteer_team"] == team
    assert form.form.rows["name"].editor.text() == "王芳"


def test_a_line_that_is_not_wanted_leaves_no_draft(desk: Desk, town: Session) -> None:
    team = records.save(town, "volunteer_team", {"name": "茶乡志愿队"}).record
    page = opened(desk, "volunteer_team", team)
    page.tabs.setCurrentWidget(page.children_tabs["volunteer"])
    desk.settle()
    desk.type("王芳")
    desk.qtbot.wait(PAUSE)
    desk.dialogs.answers = [Answer.NO]
    desk.press(K.Key_Escape)
    assert desk.window.page is not page
    assert kept(desk) == []
    assert records.children(town, "volunteer", team) == []


def test_who_types_without_a_pause_loses_a_second_at_most(desk: Desk) -> None:
    desk.show("list:enterprise")
    desk.window.new_record("enterprise")
    desk.settle()
    for _ in range(KEEP_MS // (CHECK_DELAY_MS // 3) + 3):
        desk.type("a")
        desk.qtbot.wait(CHECK_DELAY_MS // 3)
    found: list[Draft] = []
    desk.bench.drafts.all(found.extend, desk.window)
    desk.qtbot.waitUntil(lambda: bool(found))
    assert found[0].texts["name"].startswith("aaaaa")
