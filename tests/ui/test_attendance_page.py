"""A course with forty trainees by keyboard: paste, choose between namesakes, tick, save once, take back once."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.versions.canonical import Cell
from desktop.store.workspaces.drafts import Draft
from desktop.ui.dialogs import Answer
from desktop.ui.fields.pickers import LinkEditor
from desktop.ui.forms.page import FormPage
from desktop.ui.page import Act
from desktop.ui.pages.attendance.page import AttendancePage, AttendanceTab
from tests.operations.stations import forged
from tests.ui.hands import CTRL, Desk, K, paste

SURNAMES, GIVEN = "王李张刘陈杨赵黄", "芳伟敏静强"
NAMES = [a + b for a in SURNAMES for b in GIVEN]
SHIFT = Qt.KeyboardModifier.ShiftModifier


def opened(desk: Desk, course: str) -> AttendancePage:
    desk.show("list:course")
    desk.window.open_record("course", course)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, AttendancePage)
    return page


def tab_of(page: AttendancePage) -> AttendanceTab:
    tab = page.sheets["attendance"]
    assert isinstance(tab, AttendanceTab)
    return tab


@pytest.fixture
def course(town: Session) -> str:
    values: dict[str, Cell] = {
        "name": "轮训班", "started_date": "2026-10-20", "ended_date": "2026-10-21", "expected_count": 40,
    }  # fmt: skip
    return records.save(town, "course", values).record


@pytest.fixture
def officers(town: Session) -> list[str]:
    rows: list[dict[str, Cell]] = [
        {"name": name, "phone": f"1380000{n:04d}", "post_title": "主席", "workplace": f"第{n}村工会"}
        for n, name in enumerate(NAMES[:38])
    ]
    rows.append({"name": NAMES[3], "phone": "13911110000", "workplace": "瓶窑示例机械有限公司"})
    return records.save_many(town, "officer", rows)[0]


def saved_rows(town: Session, course: str) -> list[dict[str, Cell]]:
    held = records.children(town, "attendance", course)
    return [dict(r.values) for r in sorted(held, key=lambda r: r.values["sequence"] or 0)]


def test_forty_trainees_from_a_pasted_list_take_few_keys(
    desk: Desk, town: Session, course: str, officers: list[str]
) -> None:
    tab = tab_of(opened(desk, course))
    desk.keys = 0
    paste(desk, "\n".join(f"{n}、{name}" for n, name in enumerate(NAMES, 1)))
    desk.press(K.Key_1)  # one of two namesakes
    desk.press(K.Key_Return)
    desk.press(K.Key_F8, modifier=SHIFT)
    for absent in (5, 9, 20):
        row = tab.view.currentIndex().row()
        desk.press(*[K.Key_Down] * (absent - row))
        desk.press(K.Key_Space, modifier=SHIFT)
    desk.press(*[K.Key_Right] * 4, K.Key_F8)
    desk.press(K.Key_S, modifier=CTRL)
    rows = saved_rows(town, course)
    assert [r["name"] for r in rows] == NAMES
    assert sum(bool(r["half_days"]) for r in rows) == 37
    assert sum(r["result"] == "passed" for r in rows) == 37
    assert sum(bool(r["officer"]) for r in rows) == 38
    assert rows[3]["officer"] in (officers[3], officers[38])
    assert desk.keys <= 40


def test_the_course_of_another_unit_is_looked_at_and_nothing_in_it_is_offered(
    desk: Desk, town: Session
) -> None:
    """As the town has it from which a village was moved away."""
    course = forged(town, {"name": "径山村轮训班", "started_date": "2026-10-20"}, "f" * 32, "course")
    forged(town, {"name": "陈一", "course": course}, "f" * 32, "attendance")
    page = opened(desk, course)
    tab = tab_of(page)
    desk.look("course-of-another")
    assert [row.values["name"] for row in tab.model.rows] == ["陈一"]
    assert not any(made.isEnabled() for made in tab.buttons)
    assert page.next_button.isHidden()
    paste(desk, "王芳")
    desk.press(K.Key_Space, K.Key_Insert)
    desk.press(K.Key_F8)
    assert (len(tab.model.rows), tab.model.dirty) == (1, False)
    for at in range(page.tabs.count()):
        page.tabs.setCurrentIndex(at)
        desk.settle()
        assert page.acts().keys() <= {Act.PRINT}, page.tabs.tabText(at)
    assert not page.attachments.writable
    firm = forged(town, {"name": "径山村茶厂", "contact_name": "陈一"}, "f" * 32)
    desk.window.open_record("enterprise", firm)
    desk.settle()
    other = desk.window.page
    assert isinstance(other, FormPage)
    assert other.erase_button.isHidden(), "only its unit, or one above that, erases"


def test_nothing_is_written_before_the_save_and_one_undo_takes_all_back(
    desk: Desk, town: Session, course: str
) -> None:
    page = opened(desk, course)
    paste(desk, "\n".join(NAMES))
    assert saved_rows(town, course) == []
    desk.press(K.Key_Return)
    desk.press(K.Key_F8)
    assert saved_rows(town, course) == []
    assert len(tab_of(page).model.rows) == 40
    desk.press(K.Key_S, modifier=CTRL)
    assert len(saved_rows(town, course)) == 40
    desk.press(K.Key_Z, modifier=CTRL)
    assert saved_rows(town, course) == []
    assert tab_of(page).model.rows == []


def test_a_pasted_list_can_be_given_up(desk: Desk, town: Session, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强")
    assert tab_of(page).pasting
    desk.press(K.Key_Escape)
    assert not tab_of(page).pasting
    assert tab_of(page).model.rows == []
    assert desk.window.page is page


def test_rows_can_be_left_out_of_a_pasted_list(desk: Desk, town: Session, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强\n犇㛃䶮")
    desk.press(K.Key_Down, K.Key_Space, K.Key_Return)
    assert [r.values["name"] for r in tab_of(page).model.rows] == ["王芳", "犇㛃䶮"]


def test_who_is_on_the_list_is_not_added_again(
    desk: Desk, town: Session, course: str, officers: list[str]
) -> None:
    page = opened(desk, course)
    for _ in range(2):
        paste(desk, "王芳\n李伟")
        desk.press(K.Key_Return) if not tab_of(page).model.rows else desk.press(K.Key_Escape)
    assert len(tab_of(page).model.rows) == 2
    panel = tab_of(page).panel
    assert panel is not None
    assert [row.included for row in panel.people.rows] == [False, False]


def test_namesakes_wait_for_a_choice_and_can_be_chosen_later(
    desk: Desk, town: Session, course: str, officers: list[str]
) -> None:
    page = opened(desk, course)
    paste(desk, NAMES[3])
    desk.press(K.Key_Return)
    tab = tab_of(page)
    assert tab.model.rows[0].values.get("officer") is None
    tab.view.go_to_name(0, "officer")
    desk.press(K.Key_F4)
    second = tab.model.rows[0].extra[1]
    desk.press(K.Key_Down, K.Key_Return)
    assert tab.model.rows[0].values["officer"] == second.id
    assert tab.model.rows[0].values["unit_name"] == second.units[0]


def test_a_typed_name_is_matched_as_well(desk: Desk, town: Session, course: str, officers: list[str]) -> None:
    page = opened(desk, course)
    desk.press(K.Key_Insert)
    desk.type("王芳")
    desk.press(K.Key_Return)
    row = tab_of(page).model.rows[0]
    assert row.values["officer"] == officers[0]
    assert row.values["unit_name"] == "第0村工会"


def test_certificate_numbers_are_counted_down(desk: Desk, town: Session, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强\n赵翀")
    desk.press(K.Key_Return)
    tab_of(page).view.go_to_name(0, "certificate_number")
    desk.type("径训〔2026〕009号")
    desk.press(K.Key_Return, K.Key_Up)
    desk.press(K.Key_D, modifier=CTRL)
    assert [r.values["certificate_number"] for r in tab_of(page).model.rows] == [
        "径训〔2026〕009号", "径训〔2026〕010号", "径训〔2026〕011号",
    ]  # fmt: skip


def test_a_column_of_a_sheet_is_pasted_into_the_column_of_the_cursor(desk: Desk, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强\n赵翀")
    desk.press(K.Key_Return)
    tab_of(page).view.go_to_name(0, "absence_reason")
    paste(desk, "病假\n\n出差\n")
    assert [r.values.get("absence_reason") for r in tab_of(page).model.rows] == ["病假", None, "出差"]


def test_an_unsaved_step_is_taken_back_before_a_saved_one(desk: Desk, town: Session, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强")
    desk.press(K.Key_Return)
    desk.press(K.Key_S, modifier=CTRL)
    desk.press(K.Key_F8)
    desk.press(K.Key_Z, modifier=CTRL)
    assert not tab_of(page).model.dirty
    assert len(saved_rows(town, course)) == 2
    desk.press(K.Key_Z, modifier=CTRL)
    assert saved_rows(town, course) == []


def test_the_counts_are_live(desk: Desk, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强\n赵翀")
    desk.press(K.Key_Return)
    desk.press(K.Key_Space)
    words = tab_of(page).figures.text()
    assert "应训" in words
    assert ">40<" in words
    assert ">1<" in words
    assert "1人只到了一部分" in words


def test_a_click_ticks_a_box(desk: Desk, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强")
    desk.press(K.Key_Return)
    tab = tab_of(page)
    place = tab.view.visualRect(tab.model.index(1, 5)).center()
    QTest.mouseClick(tab.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert tab.model.rows[1].values["half_days"] == "d01pm"


def test_letters_find_a_row_by_pinyin(desk: Desk, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强\n赵翀")
    desk.press(K.Key_Return)
    desk.type("zc")
    assert tab_of(page).view.currentIndex().row() == 2


def test_unsaved_ticks_survive_as_a_draft(qtbot: QtBot, desk: Desk, town: Session, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n犇㛃䶮")
    desk.press(K.Key_Return)
    desk.press(K.Key_F8)
    qtbot.wait(600)
    desk.settle()
    found: list[Any] = []
    desk.bench.drafts.all(found.extend, desk.window)
    desk.settle()
    assert len(found) == 1
    desk.dialogs.answers = [Answer.NO]
    desk.window.back()
    desk.window.open_draft(found[0])
    desk.settle()
    restored = desk.window.page
    assert isinstance(restored, AttendancePage)
    assert restored is not page
    rows = tab_of(restored).model.rows
    assert [(r.values["name"], r.values["half_days"]) for r in rows] == [
        ("王芳", "d01am"),
        ("犇㛃䶮", "d01am"),
    ]
    assert restored.tabs.currentWidget() is tab_of(restored)


def test_leaving_asks_and_can_save(desk: Desk, town: Session, course: str) -> None:
    opened(desk, course)
    paste(desk, "王芳\n李强")
    desk.press(K.Key_Return)
    desk.dialogs.answers = [Answer.YES]
    desk.window.back()
    desk.settle()
    assert len(saved_rows(town, course)) == 2
    assert "2行改动还没有保存" in desk.dialogs.asked[0]
    assert not isinstance(desk.window.page, AttendancePage)


def test_what_changes_elsewhere_does_not_take_ticks_away(desk: Desk, town: Session, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强")
    desk.press(K.Key_Return)
    desk.press(K.Key_S, modifier=CTRL)
    desk.press(K.Key_F8)
    first = tab_of(page).model.rows[0].record
    desk.bench.write(
        "别处", lambda session, _t: records.save(session, "attendance", {"remark": "改过"}, record=first)
    )
    desk.settle()
    row = tab_of(page).model.rows[0]
    assert row.values["remark"] == "改过"
    assert row.values["half_days"] == "d01am"


def test_a_removed_row_goes_with_the_save(desk: Desk, town: Session, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强")
    desk.press(K.Key_Return)
    desk.press(K.Key_S, modifier=CTRL)
    desk.press(K.Key_Delete, modifier=CTRL)
    assert len(saved_rows(town, course)) == 2
    desk.press(K.Key_S, modifier=CTRL)
    assert [r["name"] for r in saved_rows(town, course)] == ["李强"]
    assert len(tab_of(page).model.rows) == 1


def test_a_new_course_goes_on_to_its_trainees(desk: Desk, town: Session) -> None:
    desk.show("list:course")
    desk.window.new_record("course")
    desk.settle()
    page = desk.window.page
    assert isinstance(page, AttendancePage)
    page.form.rows["name"].editor.set_text("初任班")
    desk.press(K.Key_S, modifier=CTRL)
    assert page.sheet_in_front is tab_of(page)
    paste(desk, "王芳")
    desk.press(K.Key_Return)
    desk.press(K.Key_S, modifier=CTRL)
    assert [r["name"] for r in saved_rows(town, page.record or "")] == ["王芳"]


def test_facts_and_trainees_are_saved_as_one_operation(desk: Desk, town: Session, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳")
    desk.press(K.Key_Return)
    page.form.rows["venue"].editor.set_text("文化中心")
    desk.press(K.Key_S, modifier=CTRL)
    held = records.load(town, "course", course)
    assert held is not None
    assert held.values["venue"] == "文化中心"
    desk.press(K.Key_Z, modifier=CTRL)
    held = records.load(town, "course", course)
    assert held is not None
    assert held.values["venue"] is None
    assert saved_rows(town, course) == []


def test_a_composition_that_begins_in_a_cell_arrives_whole(desk: Desk, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强")
    desk.press(K.Key_Return)
    tab = tab_of(page)
    tab.view.go_to_name(0, "unit_name")
    for preedit, commit in (("jing", ""), ("jing'shan", ""), ("", "径山村工会")):
        event = QInputMethodEvent(preedit, [])
        event.setCommitString(commit)
        QApplication.sendEvent(desk.focus(), event)
    desk.press(K.Key_Return)
    assert tab.model.rows[0].values["unit_name"] == "径山村工会"
    assert tab.view.currentIndex().row() == 1


def test_enter_that_ends_a_composition_does_not_leave_the_cell(desk: Desk, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳\n李强")
    desk.press(K.Key_Return)
    tab = tab_of(page)
    tab.view.go_to_name(0, "absence_reason")
    desk.press(K.Key_F2)
    QApplication.sendEvent(desk.focus(), QInputMethodEvent("bing", []))
    desk.press(K.Key_Return)
    assert tab.view.currentIndex().row() == 0


def test_the_meaning_of_a_pasted_column_is_changed_by_keyboard(desk: Desk, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "径山\t王芳\n长乐\t李强")
    panel = tab_of(page).panel
    assert panel is not None
    panel.table.setCurrentIndex(panel.people.index(0, 2))
    desk.press(K.Key_F4)
    desk.press(K.Key_Down, K.Key_Return)
    desk.press(K.Key_Return)
    rows = tab_of(page).model.rows
    assert [r.values["name"] for r in rows] == ["王芳", "李强"]
    assert [r.values["post_title"] for r in rows] == ["径山", "长乐"]


def test_a_list_can_be_typed_as_well(qtbot: QtBot, desk: Desk, course: str) -> None:
    page = opened(desk, course)
    QGuiApplication.clipboard().clear()
    desk.press(K.Key_V, modifier=CTRL)
    panel = tab_of(page).panel
    assert panel is not None
    assert desk.focus() is panel.text
    desk.type("王芳")
    desk.press(K.Key_Return)
    desk.type("犇㛃䶮")
    qtbot.wait(400)
    desk.settle()
    assert [row.match.person.name for row in panel.people.rows] == ["王芳", "犇㛃䶮"]
    desk.press(K.Key_Return, modifier=CTRL)
    assert [r.values["name"] for r in tab_of(page).model.rows] == ["王芳", "犇㛃䶮"]


def test_every_input_has_a_name_for_people_who_do_not_see(desk: Desk, course: str) -> None:
    page = opened(desk, course)
    paste(desk, "王芳")
    for widget in tab_of(page).findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface.text(QAccessible.Text.Name), widget


def test_the_form_of_one_trainee_offers_the_half_days_of_the_course_and_those_held(
    desk: Desk, town: Session, course: str
) -> None:
    values: dict[str, Cell] = {
        "course": course,
        "name": "王芳",
        "unit_name": "径山村工会",
        "half_days": "d01am d05pm",
    }
    trainee = records.save(town, "attendance", values).record
    desk.show("list:attendance")
    desk.window.open_record("attendance", trainee)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, FormPage)
    boxes = page.form.rows["half_days"].editor.inputs()
    shown = [box for box in boxes if isinstance(box, QCheckBox) and box.isVisibleTo(page.form)]
    words = ["第一天上午", "第一天下午", "第二天上午", "第二天下午", "第五天下午"]
    assert [box.text() for box in shown] == words
    desk.qtbot.mouseClick(shown[1], Qt.MouseButton.LeftButton, pos=QPoint(10, shown[1].height() // 2))
    desk.press(K.Key_S, modifier=CTRL)
    desk.settle()
    (row,) = saved_rows(town, course)
    assert row["half_days"] == "d01am d01pm d05pm"
    desk.window.new_record("attendance", {"course": course})
    desk.settle()
    page = desk.window.page
    assert isinstance(page, FormPage)
    fresh = [box for box in page.form.rows["half_days"].editor.inputs() if box.isVisibleTo(page.form)]
    assert len(fresh) == 4
    desk.type("李强")
    page.form.flush()
    found: list[Draft] = []
    desk.window.workbench.drafts.all(found.extend, desk.window)
    desk.settle()
    (draft,) = found
    assert draft.texts["name"] == "李强"
    desk.window.open_draft(draft)  # as after the computer went off
    desk.settle()
    again = desk.window.page
    assert isinstance(again, FormPage)
    assert again is not page
    assert again.form.values()["course"] == course
    fresh = [box for box in again.form.rows["half_days"].editor.inputs() if box.isVisibleTo(again.form)]
    assert len(fresh) == 4


def test_a_draft_that_moved_a_record_to_another_one_is_resumed_with_its_words_and_values(
    desk: Desk, town: Session, course: str
) -> None:
    values: dict[str, Cell] = {"name": "一日班", "started_date": "2026-10-20", "ended_date": "2026-10-20"}
    short = records.save(town, "course", values).record
    trainee = records.save(town, "attendance", {"course": course, "name": "王芳"}).record
    desk.window.open_draft(Draft("key", "attendance", trainee, 1, {"course": short}))
    desk.settle()
    page = desk.window.page
    assert isinstance(page, FormPage)
    link = page.form.rows["course"].editor
    assert isinstance(link, LinkEditor)
    assert "一日班" in link.line.text()
    boxes = page.form.rows["half_days"].editor.inputs()
    assert len([box for box in boxes if box.isVisibleTo(page.form)]) == 2


def test_nothing_is_added_to_what_is_deleted(desk: Desk, town: Session, course: str) -> None:
    person = records.save(town, "officer", {"name": "王芳"}).record
    for name, record in (("course", course), ("officer", person)):
        records.delete(town, name, record)
    desk.window.open_record("course", course)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, AttendancePage)
    sheet = page.main_sheet
    page.tabs.setCurrentWidget(sheet)
    assert page.words_for(Act.NEW) != "添加学员"
    assert Act.SAVE not in page.acts()
    sheet.paste("王芳\n李强")
    assert not sheet.pasting
    assert not sheet.empty.primary.isVisible()
    desk.click(page.banner._button)  # 恢复
    desk.settle()
    assert page.words_for(Act.NEW) == "添加学员"
    sheet.paste("王芳\n李强")
    assert sheet.pasting
    desk.window.open_record("officer", person)
    desk.settle()
    other = desk.window.page
    assert isinstance(other, FormPage)
    posts = other.children_tabs["appointment"]
    other.tabs.setCurrentWidget(posts)
    assert not posts.quick.isVisibleTo(posts)
    desk.click(other.banner._button)
    desk.settle()
    assert posts.quick.isVisibleTo(posts)
