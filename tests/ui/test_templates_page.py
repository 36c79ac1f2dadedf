"""The page 文书模板: a sentence is changed by keys, its page is seen, saved, compared and taken back."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from pytestqt.qtbot import QtBot

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.templates import templates
from desktop.records.declaration import Level
from desktop.store.workspaces.drafts import Draft
from desktop.ui.dialogs import Answer
from desktop.ui.draft_dialog import words_for
from desktop.ui.forms.page import FormPage
from desktop.ui.pages.templates import TemplatesPage
from desktop.ui.printing.page import PreviewPage
from desktop.ui.registry import headings
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from tests.operations.stations import written_by_hand
from tests.ui.hands import Hands, Windows
from tests.ui.house import FakeDialogs, compose, make_session, make_workbench

K = Qt.Key


@pytest.fixture
def district(tmp_path: Path) -> Session:
    return make_session(tmp_path / "w", Level.DISTRICT, "330106", "杭州市西湖区总工会")


@pytest.fixture
def hands(windows: Windows, district: Session) -> Hands:
    return windows.desk(district)


def waited(hands: Hands, page: TemplatesPage) -> None:
    """The pause after typing is over, and the page is there."""
    hands.qtbot.waitUntil(lambda: not page._pause.isActive(), timeout=3_000)
    hands.settle()


def at(page: TemplatesPage, words: str) -> None:
    """The cursor goes behind some words."""
    page.words.setFocus()
    cursor = page.words.document().find(words)
    assert not cursor.isNull()
    cursor.setPosition(cursor.selectionEnd(), QTextCursor.MoveMode.MoveAnchor)
    page.words.setTextCursor(cursor)


def test_papers_are_told_apart_by_their_names_on_a_small_screen(hands: Hands) -> None:
    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    names = [line.texts[0] for line in page.grid.rows.lines]
    for _ in range(2):
        room, letters = page.grid.columnWidth(0) - 18, page.grid.fontMetrics()
        shown = [letters.elidedText(name, page.grid.textElideMode(), room) for name in names]
        assert len(set(shown)) == len(names)
        assert [n for n, s in zip(names, shown, strict=True) if n != s and len(n) < 16] == []
        hands.qtbot.keyClick(page.grid, K.Key_0, Qt.KeyboardModifier.ControlModifier)
        hands.settle()


def test_a_cadre_changes_one_sentence_sees_the_page_saves_and_goes_back(
    hands: Hands, district: Session
) -> None:
    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    assert page.grid.hasFocus()
    assert {line.texts[1] for line in page.grid.rows.lines} == {"随程序"}
    compose(page.wanted, "提示函")
    hands.settle()
    page.grid.setFocus()
    hands.qtbot.keyClick(page.grid, K.Key_Home)
    hands.settle()
    assert page.pane.name.text() == "工会劳动法律监督提示函"
    assert not page.pane.save_button.isEnabled()
    waited(hands, page)
    assert page.pages.sheets
    hands.look("templates-1")
    at(page, "化解劳动关系矛盾")
    compose(page.words, "，帮助")
    typed = page.pane.choices.lineEdit()
    assert typed is not None
    assert abs(typed.geometry().center().y() - page.pane.choices.rect().center().y()) <= 1, "words stand low"
    page.pane.choices.setCurrentText("单位名称")
    hands.click(page.pane.insert_button)
    assert "矛盾，帮助{单位名称}，提示如下" in page.words.toPlainText()
    waited(hands, page)
    assert "可以用" in page.note.words.text()
    hands.click(page.pane.compare_button)
    assert "＋正文：为预防和化解劳动关系矛盾，帮助{单位名称}" in page.note.detail.text()
    hands.look("templates-2")
    hands.qtbot.keyClick(page.words, K.Key_S, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert templates.here(district, "reminder_letter").whose == "本单位"
    assert [line.texts[1] for line in page.grid.rows.lines] == ["本区修改过"]
    assert not page.dirty
    hands.dialogs.answers = [Answer.CANCEL, Answer.YES]
    hands.click(page.pane.reset_button)
    assert templates.here(district, "reminder_letter").changed
    hands.click(page.pane.reset_button)
    assert not templates.here(district, "reminder_letter").changed
    assert "帮助" not in page.words.toPlainText()


def test_what_is_wrong_is_said_while_it_is_typed_and_nothing_typed_is_lost(
    hands: Hands, district: Session
) -> None:
    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    before = page.words.toPlainText()
    first = page.key
    page.words.setFocus()
    page.words.moveCursor(QTextCursor.MoveOperation.End)
    compose(page.words, "正文：{单位名秤}")
    waited(hands, page)
    assert "不认识占位{单位名秤}，相近的有{" in page.note.words.text()
    hands.click(page.pane.save_button)
    assert not templates.here(district, first).changed
    hands.dialogs.answers = [Answer.CANCEL]
    page.grid.setFocus()
    hands.qtbot.keyClick(page.grid, K.Key_Down)
    hands.settle()
    assert page.key == first
    assert "{单位名秤}" in page.words.toPlainText()
    hands.dialogs.answers = [Answer.NO]
    hands.qtbot.keyClick(page.grid, K.Key_Down)
    hands.settle()
    assert page.key != first
    assert page.may_leave(lambda: None)
    hands.qtbot.keyClick(page.grid, K.Key_Up)
    hands.settle()
    assert page.words.toPlainText() == before


def test_what_was_typed_outlives_a_kill_and_is_given_up_when_it_is_typed_back(
    hands: Hands, qtbot: QtBot, district: Session
) -> None:
    def kept() -> list[Draft]:
        found: list[Draft] = []
        hands.bench.drafts.all(found.extend, hands.bench)
        hands.settle()
        return found

    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    key = list(page.known)[2]
    page.go_to_part(f"paper_template:{key}")
    before = page.words.toPlainText()
    page.words.setFocus()
    page.words.moveCursor(QTextCursor.MoveOperation.End)
    compose(page.words, "没有保存的话")
    waited(hands, page)
    (draft,) = kept()
    assert page.known[key].label in words_for(hands.bench, draft)
    # Nothing was closed: as after a kill, another window finds what the first one left.
    later = MainWindow(hands.bench)
    qtbot.addWidget(later)
    later.open_draft(draft)
    hands.settle()
    again = later.page
    assert isinstance(again, TemplatesPage)
    assert (again.key, again.words.toPlainText()) == (key, before + "没有保存的话")
    assert again.dirty
    assert "没有丢" in later.notices.words
    again.words.setPlainText(before)
    waited(hands, again)
    assert kept() == []


def test_a_town_has_no_such_page(tmp_path: Path) -> None:
    session = make_session(tmp_path / "t")
    bench = make_workbench(session, FakeDialogs(), Settings(tmp_path / "window.ini"))
    assert "文书模板" not in {entry.title for h in headings(bench) for entry in h.entries}
    bench.close()


def test_a_paper_of_its_own_is_begun_worded_saved_printed_and_taken_away(
    hands: Hands, district: Session
) -> None:
    firm = records.save(district, "enterprise", {"name": "犇㛃茶业有限公司"}).record
    visit = {"enterprise": firm, "visit_date": "2026-11-05", "visitors": "王芳"}
    record = records.save(district, "visit", visit).record
    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    hands.click(page.adding.open_button)
    compose(page.adding.label, "走访小结")
    page.adding.about.setCurrentIndex(page.adding.about.findData("visit"))
    hands.qtbot.keyClick(page.adding.label, K.Key_Return)
    waited(hands, page)
    assert page.pane.name.text() == "走访小结"
    assert page.words.hasFocus()
    assert page.pages.sheets
    hands.look("own_paper")
    page.words.selectAll()
    hands.qtbot.keyClick(page.words, K.Key_Delete)
    compose(page.words, "标题：走访小结")
    hands.qtbot.keyClick(page.words, K.Key_Return)
    compose(page.words, "正文：{日期}走访了{单位.单位名称}。")
    waited(hands, page)
    hands.click(page.pane.save_button)
    key = page.key
    assert page.known[key].own == 1
    assert not page.dirty
    hands.show("list:visit")
    hands.window.open_record("visit", record)
    hands.settle()
    form = hands.window.page
    assert isinstance(form, FormPage)
    choices = dict(form.paper_choices())
    assert list(choices)[-1] == "走访小结"
    choices["走访小结"]()
    hands.settle()
    preview = hands.window.page
    assert isinstance(preview, PreviewPage)
    document = pdfium.PdfDocument(preview._data)
    assert "2026年11月5日走访了犇㛃茶业有限公司。" in document[0].get_textpage().get_text_bounded().replace(
        "\r\n", ""
    )
    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    page._chosen(key)
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.pane.reset_button)
    assert "要去掉本单位加的“走访小结”吗" in hands.dialogs.asked[-1]
    assert key not in page.known


def test_what_was_only_begun_is_given_up_with_one_answer(hands: Hands) -> None:
    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    before = set(page.known)
    page.begin("case", "案件小结")
    assert "监督案件的文书由法律规定" in page.note.words.text()
    page.begin("visit", "走访小结")
    waited(hands, page)
    hands.dialogs.answers = [Answer.NO]
    page.grid.setFocus()
    hands.qtbot.keyClick(page.grid, K.Key_Up)
    hands.settle()
    assert set(page.known) == before
    assert page.key in before


def test_a_paper_that_cannot_be_used_is_said_in_the_list_and_can_be_worded_anew_or_taken_away(
    hands: Hands, district: Session
) -> None:
    about_visits = '{"id": "own_newer", "about": "visit", "margin": 3}'
    for key, content in (("own_newer", about_visits), ("own_broken", "{")):
        written_by_hand(district, key, content, label=f"走访单{key[4:]}")
    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    compose(page.wanted, "走访单")
    hands.settle()
    assert [line.texts[1] for line in page.grid.rows.lines] == ["不能用", "不能用"]
    page.go_to_part("paper_template:own_broken")
    hands.settle()
    assert page.words.toPlainText() == ""
    page.go_to_part("paper_template:own_newer")
    hands.settle()
    assert "现在没有能用的版本。本单位的外来不能用" in page.note.words.text()
    assert "去掉、重新加" in page.note.words.text()
    hands.look("templates-unusable")
    page.words.setFocus()
    page.words.moveCursor(QTextCursor.MoveOperation.End)
    compose(page.words, "正文：{日期}")
    waited(hands, page)
    hands.click(page.pane.save_button)
    assert templates.here(district, "own_newer").usable


def test_a_draft_about_records_that_bear_no_paper_any_more_opens_the_page_and_its_words_can_be_copied(
    hands: Hands,
) -> None:
    texts = {"label": "案件小结", "content": "标题：案件小结", "note": "", "about": "case"}
    key = "own_0123456789"
    hands.bench.drafts.keep(f"paper_template:{key}", "paper_template", key, texts)
    hands.settle()
    page = hands.show("templates")
    assert isinstance(page, TemplatesPage)
    hands.settle()
    assert key not in page.known
    assert page.grid.rows.rowCount() == len(page.known)
    assert "“案件小结”不能接着写：监督案件的文书由法律规定" in hands.window.notices._words.text()
    hands.click(hands.window.notices._button)
    assert QGuiApplication.clipboard().text() == "标题：案件小结"
    found: list[Draft] = []
    hands.bench.drafts.all(found.extend, hands.window)
    hands.settle()
    assert [draft.texts for draft in found] == [texts]
