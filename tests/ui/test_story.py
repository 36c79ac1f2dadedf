"""The story of one record, by keys alone: registered, found, changed, taken back, deleted, restored."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.ui.dialogs import Answer
from tests.ui.house import FakeDialogs, Hand

K = Qt.Key
NAME = "杭州鑫犇䶮科技有限公司"


def register(hand: Hand, name: str) -> None:
    """A new enterprise with its needed fields, from the list page on, saved."""
    hand.control(K.Key_N)
    hand.settle()
    hand.enter(name)
    hand.enter()  # no code
    hand.enter()  # in business, as suggested
    hand.enter("云栖路1号")
    hand.enter("zt")  # 转塘街道 by its initials
    hand.enter()  # in a park: not filled
    hand.enter("王犇")
    hand.enter("１３８ 0571 1234")
    hand.enter("其他有限责任公司")
    hand.enter()  # industry: not filled
    hand.enter("非公")
    hand.enter("36")
    hand.enter()  # as of today, as suggested
    hand.enter("jl")  # 建立; the last one: Enter saves
    hand.settle()


def test_registered_by_keys_alone_and_complete(hand: Hand) -> None:
    register(hand, NAME)
    page = hand.form_page
    assert page.form.data is not None
    values = page.form.data.record.values
    assert values["name"] == NAME
    assert values["town"] == "330106010"
    assert values["contact_phone"] == "13805711234"
    assert values["surveyed_staff"] == 36
    assert not page.form.dirty
    assert not page.form.missing()
    assert "已保存" in hand.window.notices.words
    telephone = page.form.rows["contact_phone"].editor.inputs()[0]
    assert isinstance(telephone, QLineEdit)
    assert telephone.text() == "138****1234"


def test_the_class_of_an_employer_is_filled_in_where_its_nature_says_it(hand: Hand) -> None:
    hand.control(K.Key_N)
    hand.settle()
    rows = hand.form_page.form.rows
    rows["ownership"].editor.take_focus()
    hand.enter("私营企业")
    assert rows["sector"].editor.parsed().value == "non_public"
    rows["ownership"].editor.take_focus()
    hand.enter("国有企业")
    assert rows["sector"].editor.parsed().value == "state_owned"


def test_the_list_shows_finds_and_opens_it(hand: Hand) -> None:
    register(hand, NAME)
    hand.press(K.Key_Escape)
    hand.settle()
    page = hand.list_page
    row = page.list.model.shown(0)
    assert row is not None
    assert row.texts[0] == NAME
    assert "转塘街道" in row.texts
    hand.control(K.Key_F)
    hand.type("xby")  # initials of 鑫犇䶮
    hand.pause()
    assert page.list.model.rowCount() == 1
    hand.type("zzz")
    hand.pause()
    assert page.list.model.rowCount() == 0
    assert "没有找到" in page.list.empty.sentence.text()
    hand.press(K.Key_Escape)
    hand.pause()
    hand.press(K.Key_Down)
    hand.press(K.Key_Return)
    hand.settle()
    assert hand.form_page.title == NAME


def test_an_edit_stands_in_the_history_and_can_be_taken_back_and_done_again(hand: Hand) -> None:
    register(hand, NAME)
    page = hand.form_page
    page.form.go_to("surveyed_staff")
    hand.type("48")
    hand.control(K.Key_S)
    hand.settle()
    page.tabs.setCurrentWidget(page.history)
    hand.settle()
    newest = page.history.lines[0]
    assert newest.slot == "工会摸排职工数"
    assert "48" in newest.value
    assert "36" in newest.before
    assert newest.operator == "李卫东"
    assert newest.station == "转塘街道总工会"
    hand.control(K.Key_Z)
    hand.settle()
    assert page.form.values()["surveyed_staff"] == 36
    hand.control(K.Key_Y)
    hand.settle()
    assert page.form.values()["surveyed_staff"] == 48


def test_a_step_is_taken_back_from_the_history(hand: Hand) -> None:
    register(hand, NAME)
    page = hand.form_page
    page.form.go_to("surveyed_staff")
    hand.type("48")
    hand.control(K.Key_S)
    hand.settle()
    page.tabs.setCurrentWidget(page.history)
    hand.settle()
    page.history.table.selectRow(0)
    hand.click(page.history.undo_button)
    hand.settle()
    assert page.form.values()["surveyed_staff"] == 36


def test_deleted_after_a_question_and_restored_from_the_deleted(hand: Hand, dialogs: FakeDialogs) -> None:
    register(hand, NAME)
    hand.press(K.Key_Escape)
    hand.settle()
    page = hand.list_page
    page.list.table.go_to(0)
    dialogs.answers = [Answer.CANCEL]
    hand.press(K.Key_Delete)
    hand.settle()
    assert page.list.model.rowCount() == 1
    dialogs.answers = [Answer.YES]
    hand.press(K.Key_Delete)
    hand.settle()
    assert NAME in dialogs.asked[-1]
    assert page.list.model.rowCount() == 0
    hand.click(page.filters.chips["_deleted"])
    hand.settle()
    assert page.list.model.rowCount() == 1
    page.list.table.go_to(0)
    page.list.restore_selected()
    hand.settle()
    assert page.list.model.rowCount() == 0
    hand.click(page.filters.chips["_deleted"])
    hand.settle()
    assert page.list.model.rowCount() == 1


def test_a_deleted_record_opens_locked_and_can_be_restored_there(hand: Hand, dialogs: FakeDialogs) -> None:
    register(hand, NAME)
    hand.press(K.Key_Escape)
    hand.settle()
    page = hand.list_page
    page.list.table.go_to(0)
    dialogs.answers = [Answer.YES]
    hand.press(K.Key_Delete)
    hand.settle()
    hand.click(page.filters.chips["_deleted"])
    hand.settle()
    page.list.table.go_to(0)
    page.list.table.setFocus()
    hand.press(K.Key_Return)
    hand.settle()
    form = hand.form_page.form
    assert form.rows["name"].editor.locked
    assert "已经删除" in hand.form_page.banner.words


def test_the_next_of_several_records_keeps_the_place(hand: Hand) -> None:
    register(hand, NAME)
    hand.press(K.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    hand.settle()
    page = hand.form_page
    assert page.record is None
    assert page.form.values()["town"] == "330106010"
    assert not page.form.values()["name"]
    hand.enter("杭州第二家有限公司")
    hand.control(K.Key_S)
    hand.settle()
    hand.press(K.Key_Escape)
    hand.settle()
    assert hand.list_page.list.model.rowCount() == 2


def test_leaving_with_changes_asks_once_and_saves_on_the_way(hand: Hand, dialogs: FakeDialogs) -> None:
    hand.control(K.Key_N)
    hand.settle()
    hand.enter("半份内容公司")
    dialogs.answers = [Answer.CANCEL]
    hand.press(K.Key_Escape)
    assert hand.form_page.record is None
    dialogs.answers = [Answer.YES]
    hand.press(K.Key_Escape)
    hand.settle()
    assert hand.list_page.list.model.rowCount() == 1
    hand.control(K.Key_N)
    hand.settle()
    hand.enter("不要的内容")
    dialogs.answers = [Answer.NO]
    hand.press(K.Key_Escape)
    hand.settle()
    assert hand.list_page.list.model.rowCount() == 1
    assert len(dialogs.asked) == 3
