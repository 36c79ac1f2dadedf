"""The page 最近的操作: what is listed, what a step changed, and taking one back, with real keys."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, Qt

from desktop.operations import supervision
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Role
from desktop.records.versions.canonical import Cell
from desktop.ui.dialogs import Answer
from desktop.ui.forms.page import FormPage
from desktop.ui.grid import Line
from desktop.ui.pages.recent import RecentPage
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket
from tests.ui.cases import workspace
from tests.ui.hands import Windows
from tests.ui.house import OPERATOR, FakeDialogs, Hand

K = Qt.Key


def do(bench: Workbench, hand: Hand, *rows: dict[str, Cell], record: str = "", name: str = "") -> list[str]:
    """Saves new enterprises in one step, or changes one."""
    found: list[str] = []
    if record:
        bench.write(name, lambda s, _t: records.save(s, "enterprise", rows[0], record=record))
    else:
        bench.write(
            name, lambda s, _t: records.save_many(s, "enterprise", rows), lambda r: found.extend(r[0])
        )
    hand.settle()
    return found


def opened(hand: Hand) -> RecentPage:
    hand.window.open_page("recent")
    hand.settle()
    page = hand.window.page
    assert isinstance(page, RecentPage)
    return page


def names(page: RecentPage) -> list[str]:
    return [line.texts[1] for line in page.list.rows.lines]


def test_nothing_was_done_yet(hand: Hand, bench: Workbench) -> None:
    page = opened(hand)
    assert page.empty.sentence.isVisible()


def test_firms_that_begin_alike_are_told_apart_among_the_steps(hand: Hand, bench: Workbench) -> None:
    """On a small screen their ends were cut, and what was done with them in the middle of a word."""
    place = "杭州径山桥头社区"
    for name in (f"{place}甲茶业有限公司", f"{place}乙茶业有限公司"):
        do(bench, hand, {"name": name})
    page = opened(hand)
    hand.window.resize(1093, 582)
    hand.settle()
    steps = page.list
    for column in (1, 2):
        room = QRect(0, 0, steps.columnWidth(column) - 18, 1000)
        for row, line in enumerate(steps.rows.lines):
            words = steps.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, line.texts[column])
            assert words.height() < steps.rowHeight(row), "read whole"


def test_a_step_shows_what_it_changed_and_leads_to_the_record(hand: Hand, bench: Workbench) -> None:
    (first, _) = do(bench, hand, {"name": "甲"}, {"name": "乙"})
    do(bench, hand, {"name": "丙", "contact_phone": "13805711234"}, record=first)
    page = opened(hand)
    assert names(page) == ["修改企业（单位）", "批量新增企业（单位）"]
    changes = page.changes
    changes.setColumnHidden(0, False)
    changes.resize(240, 400)
    changes.show_lines([Line(("杭州径山丙茶业有限公司", "工会摸排职工数", "38／43", "43"))])
    spare = changes.rowHeight(0) - changes.sizeHintForRow(0)
    assert spare < 2 * changes.fontMetrics().lineSpacing(), "a row is as high as its words, and no higher"
    hand.press(K.Key_Down)
    hand.press(K.Key_Up)
    hand.settle()
    shown = {line.texts[1]: line.texts for line in page.changes.rows.lines}
    assert shown["单位名称"] == ("丙", "单位名称", "甲", "丙")
    assert next(line[3] for label, line in shown.items() if "电话" in label).startswith("138****")
    assert "13805711234" not in str(shown), "personal values stay masked"
    hand.press(K.Key_Down)
    hand.settle()
    assert [line.texts[:2] for line in page.changes.rows.lines] == [
        ("丙", "新登记企业"),
        ("乙", "新登记企业"),
    ]
    assert page.list.rows.lines[1].texts[2:] == ("丙等", "2条", OPERATOR)
    assert page.caption.text() == "批量新增企业（单位）"
    hand.press(K.Key_Return)
    hand.press(K.Key_Down)
    hand.press(K.Key_Return)
    hand.settle()
    assert isinstance(hand.window.page, FormPage)


def test_a_step_is_taken_back_after_one_question_where_it_touched_several_records(
    hand: Hand, bench: Workbench, dialogs: FakeDialogs
) -> None:
    (first, _) = do(bench, hand, {"name": "甲"}, {"name": "乙"})
    do(bench, hand, {"name": "丙"}, record=first)
    page = opened(hand)
    hand.press(K.Key_Down)
    hand.settle()
    dialogs.answers = [Answer.YES]
    hand.click(page.undo)
    hand.settle()
    assert "“丙”" in hand.window.notices.words
    assert names(page)[0] == "修改企业（单位）"
    page.list.setFocus()
    hand.press(K.Key_Up)
    hand.settle()
    hand.click(page.undo)
    hand.settle()
    assert dialogs.asked == ["要撤消“批量新增企业（单位）”吗？涉及2条记录，都恢复成这一步以前的样子。"]
    assert "已撤消：修改企业（单位）" in hand.window.notices.words
    assert names(page)[:2] == ["撤消：修改企业（单位）", "修改企业（单位）（已撤消）"]
    assert page.caption.text() == "修改企业（单位）", "the cursor stays on the step"
    assert not page.undo.isEnabled()
    assert "已经撤消" in page.note.words.text()
    bench.undo()
    hand.settle()
    assert page.undo.isEnabled(), "what was taken back was done again"


def test_what_was_added_later_to_what_a_step_made_is_asked_about(
    hand: Hand, bench: Workbench, dialogs: FakeDialogs
) -> None:
    """It goes with it: a course is one record, its forty trainees came in another step."""
    course: list[str] = []
    rows: list[dict[str, Cell]] = []
    bench.write(
        "新增", lambda s, _t: records.save(s, "course", {"name": "轮训班"}), lambda r: course.append(r.record)
    )
    hand.settle()
    rows += [{"course": course[0], "name": name} for name in ("王芳", "李强")]
    bench.write("签到", lambda s, _t: records.save_many(s, "attendance", rows))
    hand.settle()
    page = opened(hand)
    hand.press(K.Key_Down)
    hand.settle()
    dialogs.answers = [Answer.NO]
    hand.click(page.undo)
    hand.settle()
    (asked,) = dialogs.asked
    assert asked.startswith("要撤消“新增培训班次”吗？涉及1条记录")
    assert asked.endswith("后来登记在名下的2条记录也会一起删除。")
    assert "已撤消" not in names(page)[1]


def test_the_history_of_one_record_asks_too_before_a_step_of_several_is_taken_back(
    hand: Hand, bench: Workbench, dialogs: FakeDialogs
) -> None:
    (first, _) = do(bench, hand, {"name": "甲"}, {"name": "乙"})
    hand.window.open_record("enterprise", first)
    hand.settle()
    page = hand.form_page
    page.tabs.setCurrentWidget(page.history)
    hand.settle()
    page.history.table.selectRow(0)
    dialogs.answers = [Answer.NO]
    hand.click(page.history.undo_button)
    hand.settle()
    assert dialogs.asked == ["要撤消“批量新增企业（单位）”吗？涉及2条记录，都恢复成这一步以前的样子。"]
    assert not page.banner.words


def _save_officer(record: str, cells: dict[str, Cell], session: Session, _ticket: Ticket) -> object:
    return records.save(session, "officer", cells, record=record)


def test_the_history_says_which_of_the_contents_that_are_written_together_differ(
    hand: Hand, bench: Workbench
) -> None:
    cells: dict[str, Cell] = {"name": "王芳", "sex": "2", "birth_date": "1990-01-01"}
    made: list[str] = []
    bench.write("新增", lambda s, _t: records.save(s, "officer", cells), lambda r: made.append(r.record))
    hand.settle()
    changes: list[dict[str, Cell]] = [{"birth_date": "1990-03-04"}, {"sex": "1"}]
    for changed in changes:
        bench.write("改", partial(_save_officer, made[0], changed))
        hand.settle()
    hand.window.open_record("officer", made[0])
    hand.settle()
    page = hand.form_page
    page.tabs.setCurrentWidget(page.history)
    hand.settle()
    newest = page.history.lines[0]
    assert (newest.value, newest.before) == ("性别：男", "性别：女")
    # What was changed is behind the mask: that it was is said all the same, here and in the list of steps.
    hidden = page.history.lines[1]
    assert (hidden.value, hidden.before) == (
        "出生日期：1990-**-**（改了没有显示的部分）",
        "出生日期：1990-**-**",
    )
    steps = opened(hand)
    hand.press(K.Key_Down)
    hand.settle()
    assert ("出生日期", "1990-**-**", "1990-**-**（改了没有显示的部分）") in [
        line.texts[-3:] for line in steps.changes.rows.lines
    ]


def test_who_only_looks_takes_nothing_back(hand: Hand, bench: Workbench) -> None:
    do(bench, hand, {"name": "甲"})
    bench.facts = replace(bench.facts, operator=replace(bench.facts.operator, role=Role.READER))
    page = opened(hand)
    assert page.undo.isHidden()
    assert "只能查看" in page.note.words.text()


def test_older_steps_follow_when_they_are_asked_for(hand: Hand, bench: Workbench) -> None:
    (record,) = do(bench, hand, {"name": "甲"})
    for n in range(4):
        do(bench, hand, {"surveyed_staff": n}, record=record)
    page = opened(hand)
    page._limit = 3
    page.refresh(None)
    hand.settle()
    assert len(names(page)) == 3
    assert page.more.isVisible()
    hand.click(page.more)
    hand.settle()
    assert len(names(page)) == 5
    assert not page.more.isVisible()


def test_a_step_that_cannot_be_taken_back_leads_to_what_stands_in_the_way(
    hand: Hand, bench: Workbench
) -> None:
    (born,) = do(bench, hand, {"name": "甲"})
    do(bench, hand, {"name": "乙"}, record=born)
    page = opened(hand)
    hand.press(K.Key_Down)
    hand.settle()
    hand.click(page.undo)
    hand.settle()
    assert "“乙”的“单位名称”由" in hand.window.notices.words
    hand.click(hand.window.notices._button)
    hand.settle()
    assert isinstance(hand.window.page, FormPage)


def test_letters_of_a_register_that_was_entered_by_mistake_are_voided_where_it_stands(
    windows: Windows, tmp_path: Path
) -> None:
    """Nobody takes them back; each stands in a case of its own."""
    district = workspace(tmp_path)
    supervision.set_number_settings(district, "杭西")
    cases = [records.save(district, "case", {"summary": "拖欠工资"}).record for _ in range(2)]
    rows: list[dict[str, Cell]] = [
        {"case": case, "kind": "reminder_letter", "past_document_number": f"杭西工监提〔2025〕{n}号"}
        for n, case in enumerate(cases, 1)
    ]
    letters = records.save_many(district, "case_document", rows)[0]
    desk = windows.desk(district)
    facts = desk.bench.facts
    desk.bench.facts = replace(facts, operator=replace(facts.operator, role=Role.EDITOR))
    page = desk.show("recent")
    assert isinstance(page, RecentPage)
    assert not page.void.isVisible(), "no reason is typed by whom the desk would refuse it"
    desk.bench.facts = facts
    page.refresh(None)
    desk.settle()
    assert "补录了2份文书，不能撤消" in page.note.words.text()
    assert not page.undo.isEnabled()
    desk.click(page.void)
    assert "请写明作废原因" in page.note.words.text()
    page.reason.setFocus()
    desk.type("导错了登记簿")
    desk.dialogs.answers = [Answer.YES]
    desk.press(K.Key_Return)
    desk.settle()
    held = [records.load(district, "case_document", letter) for letter in letters]
    assert [h.values["void_reason"] for h in held if h is not None] == ["导错了登记簿"] * 2
    page.list.setFocus()
    desk.press(K.Key_Down)
    desk.settle()
    assert not page.void.isVisible()
