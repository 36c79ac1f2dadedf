"""A district adds a choice and ends a village in the window: the next form offers it, the next list knows it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.records.declaration import Level
from desktop.ui.fields.pickers import CodeEditor, PlaceEditor
from desktop.ui.forms.page import FormPage
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
    return [option.words for option in options(editor, text)]


def options(editor: CodeEditor | PlaceEditor, text: str) -> list[Option]:
    found: list[Option] = []
    editor.look_up(text, found.extend)
    return found


def test_what_is_saved_is_offered_at_once(windows: Windows, tmp_path: Path) -> None:
    session = make_session(tmp_path / "区", Level.DISTRICT, "330110", "余杭区总工会")
    desk = windows.desk(session)
    desk.show("list:code_change")
    change = form(desk, "code_change").form.rows["list"]
    assert isinstance(change.editor, CodeEditor)
    assert [o.detail for o in options(change.editor, "走访目的")] == ["示例"]
    change.editor.take_focus()
    desk.type("走访")
    picture(desk.window, "reference-examples")
    desk.press(K.Key_Escape)
    desk.press(K.Key_A, modifier=CTRL)
    desk.press(K.Key_Delete)
    saved(desk, "code_change", list="走访目的", label="送清凉", note="给户外劳动者")
    saved(desk, "code_change", list="走访目的", item="业务指导", note="帮基层工会建账")
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
    assert [(o.words, o.detail) for o in options(purpose, "送清凉")] == [("送清凉", "给户外劳动者")]
    assert [o.detail for o in options(purpose, "业务指导")] == ["帮基层工会建账"]
    purpose.take_focus()
    desk.press(K.Key_Down)
    picture(desk.window, "reference-notes")
    village = form(desk, "enterprise").form.rows["village"].editor
    assert isinstance(village, PlaceEditor)
    assert offered(village, "径山村") == ["双溪村委会"], "by its former name"
    assert village.words_of("330110109222") == "径山村委会"
    desk.show("list:division_change")
    picture(desk.window, "reference-list")
    saved(desk, "division_change", code="330110111", name="鸬鸟镇", ended="2026-01-01", successor="径山镇")
    choices = place_choices(desk.bench.facts.divisions, "330110")
    assert choices[-1].words == "鸬鸟镇（已撤销）"


def test_a_statute_is_pasted_whole_and_can_be_quoted(windows: Windows, tmp_path: Path) -> None:
    session = make_session(tmp_path / "区", Level.DISTRICT, "330110", "余杭区总工会")
    desk = windows.desk(session)
    desk.show("list:statute_text")
    page = form(desk, "statute_text")
    words = "第一章　总则\n第一条　用人单位应当试验。\n第二条　有下列情形的：\n（一）其一。"
    page.form.fill(
        {"name": "示例条例", "version": "2026-01-01", "effective": "2026-03-01", "source": "公报"}, ""
    )
    page.form.rows["words"].editor.take_focus()
    QApplication.clipboard().setText(words)
    desk.press(K.Key_V, modifier=CTRL)
    picture(desk.window, "reference-statute")
    desk.press(K.Key_S, modifier=CTRL)
    assert desk.bench.facts.laws.law("示例条例").quote(2, 1, 1) == "其一。"
