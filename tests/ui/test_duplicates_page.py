"""Records that may be registered twice, through the window: two side by side, merged, taken apart, kept apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QRadioButton

from desktop.operations import audit
from desktop.operations.recording import duplicates, records
from desktop.operations.session import Session
from desktop.records.declaration import Role
from desktop.records.identity import same_id
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import SAME
from desktop.store.ledger import Deletion, NewRecord
from desktop.store.queries import candidates
from desktop.ui.dialogs import Answer
from desktop.ui.forms.page import FormPage
from desktop.ui.lists.page import ListPage
from desktop.ui.notices import Tone
from desktop.ui.pages.conflicts.page import ConflictsPage
from desktop.ui.pages.duplicates.page import DuplicatesPage
from desktop.ui.pages.duplicates.view import LEFT, OWN, RIGHT
from tests.operations.stations import forged
from tests.ui.hands import Hands, Windows
from tests.ui.house import picture

CODE = "91330106MA2ABCDEX7"
Open = Callable[[], tuple[Hands, DuplicatesPage]]


@pytest.fixture
def open_page(windows: Windows, session: Session) -> Open:
    return lambda: windows.page(session, "duplicates", DuplicatesPage)


def two_firms(session: Session) -> tuple[str, str]:
    """The same enterprise with its code and without, of which both have a visit."""
    coded = records.save(
        session, "enterprise",
        {"name": "杭州示例茶业有限公司", "uscc": CODE, "surveyed_staff": 30, "registered_address": "径山镇大道1号"},
    ).record  # fmt: skip
    plain = records.save(
        session, "enterprise",
        {"name": "杭州示例茶业(有限)公司", "surveyed_staff": 35, "registered_address": "余杭区径山镇大道1号"},
    ).record  # fmt: skip
    for firm in (coded, plain, plain):
        records.save(session, "visit", {"enterprise": firm, "visit_date": "2026-11-02"})
    return coded, plain


def value(session: Session, record: str, field: str) -> object:
    held = records.load(session, "enterprise", record)
    assert held is not None
    return held.values[field]


def test_a_merge_that_lapsed_is_told_where_it_was_made_and_left_to_the_level_above(
    open_page: Open, session: Session
) -> None:
    own = records.save(session, "enterprise", {"name": "杭州示例茶业有限公司"}).record
    theirs = forged(session, {"name": "瓶窑分部"}, "ab" * 16)
    edge = same_id("enterprise", own, theirs)
    cells: dict[str, Cell] = {"kind": "enterprise", "one": min(own, theirs), "other": max(own, theirs)}
    session.ledger.write("", "", births=[NewRecord(SAME, edge, session.unit.id, cells)])
    session.ledger.write("取消不再成立的合并", "", deletions=[Deletion(SAME, edge)])
    hands, page = open_page()
    assert page.progress.text() == "1处由上级来定"
    assert page.question.text() == (
        "合并过，后来别的单位也登记了，合并已取消。是不是同一条，由管着这几个单位的上级来定。"
    )
    assert page.view.isVisible()
    assert page.accept.isHidden()
    assert page.apart.isHidden()
    assert page.hint.isHidden()
    hands.look("duplicates-lapsed")
    page.merge()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_N)
    assert hands.dialogs.answers == []
    assert page.groups[0].beyond


def test_a_notice_lies_at_the_foot_where_nothing_is_to_be_seen(open_page: Open) -> None:
    hands, _ = open_page()
    hands.window.tell(Tone.GOOD, "已撤消：新增企业")
    assert hands.window.notices.y() > hands.window.height() / 2, "it covered the heading of the page"


def test_two_are_shown_side_by_side_merged_and_taken_apart_in_the_same_place(
    open_page: Open, session: Session
) -> None:
    coded, plain = two_firms(session)
    hands, page = open_page()
    (group,) = page.groups
    assert set(group.records) == {coded, plain}
    assert set(page.view.buttons) == {"name", "registered_address", "headcount_surveyed"}
    picture(hands.window, "duplicates")
    assert "有3项不一样，还有3项没选" in page.hint.text()
    side = LEFT if group.records[0] == coded else RIGHT
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    words = page.view.buttons["name"].button(side).parentWidget()
    assert words is not None
    hands.click(words)
    hands.tick(page.view.buttons["headcount_surveyed"].button(1 - side))
    page.view.own["registered_address"].setFocus()
    page.view.own["registered_address"].selectAll()
    hands.qtbot.keyClicks(page.view.own["registered_address"], "No.1")
    assert page.view.buttons["registered_address"].checkedId() == OWN
    assert "都选好了" in page.hint.text()
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.accept)
    assert page.groups == []
    assert [m.title for m in page.merged] == ["杭州示例茶业有限公司"]
    assert page.undo.isVisible()
    assert not page.accept.isVisible()
    for record in (coded, plain):
        assert value(session, record, "surveyed_staff") == 35
        assert value(session, record, "registered_address") == "No.1"
    assert candidates.connections(session.database, session.types, "enterprise", coded) == {"visit": 3}
    hands.click(page.undo)
    assert page.merged == []
    assert len(page.groups) == 1
    assert [value(session, r, "surveyed_staff") for r in (coded, plain)] == [30, 35]
    assert value(session, plain, "registered_address") == "余杭区径山镇大道1号"


def test_what_is_not_chosen_is_asked_later_and_ctrl_z_takes_the_merge_back(
    open_page: Open, session: Session
) -> None:
    coded, plain = two_firms(session)
    hands, page = open_page()
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.accept)
    held = records.load(session, "enterprise", plain)
    assert held is not None
    assert held.id == coded
    assert set(held.disputed) == {"name", "registered_address", "headcount_surveyed"}
    hands.window.open_record("enterprise", coded)
    hands.settle()
    form = hands.window.page
    assert isinstance(form, FormPage)
    assert form.banner.words.endswith("能由本单位定的请选一个，其余等上级来定。")
    hands.window.open_page("duplicates")
    hands.settle()
    hands.bench.undo()
    hands.settle()
    assert [value(session, r, "surveyed_staff") for r in (coded, plain)] == [30, 35]
    assert len(page.groups) == 1


def test_what_came_while_another_page_was_in_front_is_there_when_one_comes_back(
    open_page: Open, session: Session
) -> None:
    hands, page = open_page()
    hands.window.open_page("sync")
    two_firms(session)
    hands.window.open_page("duplicates")
    hands.settle()
    assert len(page.groups) == 1


def test_who_says_no_to_the_question_has_merged_nothing(open_page: Open, session: Session) -> None:
    two_firms(session)
    hands, page = open_page()
    hands.dialogs.answers = [Answer.CANCEL]
    hands.click(page.accept)
    assert len(page.groups) == 1
    assert duplicates.merged(session.database, session.types, session.codes) == []


def test_who_only_looks_is_offered_no_choice(open_page: Open, session: Session) -> None:
    two_firms(session)
    object.__setattr__(session.operator, "role", Role.READER)
    hands, page = open_page()
    assert not page.accept.isVisible()
    assert page.view.findChildren(QRadioButton) == []
    assert "请由有权限的人来定" in page.hint.text()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    assert len(page.groups) == 1


def test_n_says_that_they_are_two_and_nobody_is_asked_again(open_page: Open, session: Session) -> None:
    two_firms(session)
    hands, page = open_page()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_N)
    hands.settle()
    assert page.groups == []
    assert page.empty.isVisible()
    assert "没有重复的记录" in page.empty.sentence.text()
    page.refresh(None)
    hands.settle()
    assert page.groups == []


def test_two_codes_are_two_firms(open_page: Open, session: Session) -> None:
    _, plain = two_firms(session)
    records.save(session, "enterprise", {"uscc": "91330100799655058B"}, record=plain)
    _, page = open_page()
    assert page.groups == []


def test_what_was_left_open_is_decided_on_the_page_of_disagreements(
    open_page: Open, session: Session
) -> None:
    coded, plain = two_firms(session)
    hands, page = open_page()
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.accept)
    disputes = hands.show("disagreements")
    assert isinstance(disputes, ConflictsPage)
    assert {(d.record, d.slot) for d in disputes.disputes} == {
        (coded, slot) for slot in ("name", "registered_address", "headcount_surveyed")
    }
    assert all(len(d.sides) == 2 for d in disputes.disputes)
    name = disputes.disputes.index(next(d for d in disputes.disputes if d.slot == "name"))
    disputes.list.setCurrentIndex(disputes.list.rows.index(name, 0))
    hands.settle()
    hands.qtbot.keyClick(disputes.list, Qt.Key.Key_2)
    hands.qtbot.keyClick(disputes.list, Qt.Key.Key_Return)
    hands.settle()
    assert len(disputes.disputes) == 2
    assert value(session, plain, "name") == value(session, coded, "name")


def test_the_next_pair_begins_at_the_top_again(open_page: Open, session: Session) -> None:
    two_firms(session)
    _hands, page = open_page()
    first = page.view.comparison
    assert first is not None
    for _ in range(3):
        page.view.show_comparison(first)
    layout = page.view.layout()
    assert layout is not None
    layout.activate()
    top = layout.itemAt(0)
    assert top is not None
    assert top.geometry().top() < 20


def three_members(session: Session) -> list[str]:
    """One person three times, whose numbers differ only in what is hidden."""
    phone = "13800001111"
    found = [
        records.save(session, "member", {"name": "王芳", "phone": phone, "remark": word}).record
        for word in "甲乙丙"
    ]
    records.save(session, "member", {"id_number": "330102199001010012"}, record=found[0])
    return found


def test_three_are_one_question_of_which_one_can_be_left_out(open_page: Open, session: Session) -> None:
    first, second, third = three_members(session)
    hands, page = open_page()
    (group,) = page.groups
    assert set(group.records) == {first, second, third}
    assert len(page.view.ticks) == 3
    left_out = group.records.index(third)
    hands.tick(page.view.ticks[left_out])
    assert page.accept.text() == "勾选的2条合并成一条"
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.accept)
    (joined,) = page.merged
    assert set(joined.records) == {first, second}
    hands.bench.undo()
    hands.settle()
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.accept)
    (joined,) = page.merged
    assert set(joined.records) == {first, second, third}
    assert page.groups == []
    hands.click(page.undo)
    assert page.merged == []
    assert len(page.groups) == 1, "the cursor is back on them"


def test_who_is_not_ticked_is_said_to_be_none_of_the_others(open_page: Open, session: Session) -> None:
    first, second, third = three_members(session)
    hands, page = open_page()
    hands.tick(page.view.ticks[page.groups[0].records.index(third)])
    hands.click(page.apart)
    (group,) = page.groups
    assert set(group.records) == {first, second}


def test_hidden_values_of_both_are_shown_when_asked_for_and_that_is_noted(
    open_page: Open, session: Session
) -> None:
    first, second, _ = three_members(session)
    firms = [records.save(session, "enterprise", {"name": name}).record for name in ("茶厂", "山庄")]
    for member, firm in zip((first, second), firms, strict=True):
        records.save(session, "member", {"enterprise": firm}, record=member)
    hands, page = open_page()

    def texts() -> str:
        return " ".join(label.text() for label in page.view.findChildren(QLabel))

    assert "茶厂" in texts(), "where they work is named, as a group or alone"
    assert "山庄" in texts()
    assert not any(firm in texts() for firm in firms)
    assert "330102199001010012" not in texts()
    hands.click(page.reveal)
    assert "330102199001010012" in texts()
    assert not page.reveal.isVisible()
    assert f"member {first} id_number" in {line.detail for line in audit.recent(session)}


def test_two_that_nothing_pairs_are_joined_from_their_list(windows: Windows, session: Session) -> None:
    names = ("杭州示例茶业有限公司", "径山老茶厂")
    for n, name in enumerate(names):
        records.save(session, "enterprise", {"name": name, "surveyed_staff": 30 + n})
    hands, listed = windows.page(session, "list:enterprise", ListPage)

    def offered() -> QAction:
        return next(a for a in listed.list.menu().actions() if "合并为一家" in a.text())

    listed.list.table.go_to(0)
    hands.settle()
    assert not offered().isEnabled(), "one alone is nothing to join"
    listed.list.table.selectAll()
    hands.settle()
    offered().trigger()
    hands.settle()
    page = hands.window.page
    assert isinstance(page, DuplicatesPage)
    assert set(page.groups[0].titles) == set(names)
    assert "您在列表里选的" in page.question.text()
    picture(hands.window, "joining")
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.accept)
    assert page.groups == []
    assert len(page.merged) == 1
    hands.bench.undo()
    hands.settle()
    assert page.groups == []
    assert page.merged == []


def test_the_history_says_what_was_joined_and_takes_it_back(windows: Windows, session: Session) -> None:
    names = ("杭州示例茶业有限公司", "径山老茶厂")
    firms = [records.save(session, "enterprise", {"name": name}).record for name in names]
    duplicates.merge(session, "enterprise", firms, {"name": names[0]})
    hands = windows.desk(session)
    hands.show("list:enterprise")
    hands.window.open_record("enterprise", firms[1])
    hands.settle()
    page = hands.window.page
    assert isinstance(page, FormPage)
    page.tabs.setCurrentWidget(page.history)
    hands.settle()
    picture(hands.window, "joined")
    newest = page.history.lines[0]
    assert (newest.slot, newest.own, newest.current) == ("合并", True, True)
    assert all(f"“{name}”" in newest.value for name in names)
    page.history.table.selectRow(0)
    hands.dialogs.answers = [Answer.YES]
    hands.click(page.history.undo_button)
    assert [value(session, firm, "name") for firm in firms] == list(names)
    assert [line.slot for line in page.history.lines[:2]] == ["分开", "合并"]
