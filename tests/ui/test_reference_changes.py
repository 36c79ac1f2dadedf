"""A district adds a choice and ends a village in the window: the next form offers it, the next list knows it."""

from __future__ import annotations

from pathlib import Path

from desktop.records.declaration import Level
from desktop.ui.forms.page import FormPage
from desktop.ui.forms.pickers import CodeEditor, PlaceEditor
from desktop.ui.lists.filters import place_choices
from desktop.ui.widgets.pick import Option
from tests.ui.hands import CTRL, Desk, K, Windows
from tests.ui.house import make_session, picture


def form(desk: Desk, type_name: str) -> FormPage:
    desk.window.new_record(type_name)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, FormPage)
    return page


def saved(desk: Desk, type_name: str, **texts: str) -> None:
    page = form(desk, type_name)
    for name, text in texts.items():
        row = page.form.rows[name]
        row.editor.take_focus()
        desk.type(text)
        desk.press(K.Key_Tab)
    picture(desk.window, f"reference-{type_name}-{len(texts)}")
    desk.press(K.Key_S, modifier=CTRL)


def offered(editor: CodeEditor | PlaceEditor, text: str) -> list[str]:
    found: list[Option] = []
    editor.look_up(text, found.extend)
    return [option.words for option in found]


def test_what_is_saved_is_offered_at_once(windows: Windows, tmp_path: Path) -> None:
    session = make_session(tmp_path / "区", Level.DISTRICT, "330110", "余杭区总工会")
    desk = windows.desk(session)
    desk.show("list:code_change")
    saved(desk, "code_change", list="走访目的", label="送清凉")
    saved(desk, "division_change", code="330110109901", name="双溪村委会")
    saved(
        desk,
        "division_change",
        code="330110109222",
        name="径山村委会",
        ended="2026-01-01",
        successor="双溪村委会",
    )
    purpose = form(desk, "visit").form.rows["purpose"].editor
    assert isinstance(purpose, CodeEditor)
    assert offered(purpose, "送清凉") == ["送清凉"]
    village = form(desk, "enterprise").form.rows["village"].editor
    assert isinstance(village, PlaceEditor)
    assert offered(village, "径山村") == ["双溪村委会"], "by its former name"
    assert village.words_of("330110109222") == "径山村委会"
    desk.show("list:division_change")
    picture(desk.window, "reference-list")
    saved(desk, "division_change", code="330110111", name="鸬鸟镇", ended="2026-01-01", successor="径山镇")
    choices = place_choices(desk.bench.facts.divisions, "330110")
    assert choices[-1].words == "鸬鸟镇（已撤销）"
