"""The page 分歧, by keyboard and mouse: what is shown of each side, deciding, writing another value, alike ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from desktop.operations import audit
from desktop.operations.recording import conflicts, records
from desktop.operations.session import Session
from desktop.operations.stations import exchange
from desktop.records.declaration import DELETED_SLOT, Level
from desktop.records.versions.resolution import Life
from desktop.ui.dialogs import Answer, WindowDialogs
from desktop.ui.pages.conflicts.page import ConflictsPage
from desktop.ui.pages.conflicts.view import OWN
from desktop.ui.pages.recent import RecentPage
from desktop.ui.pages.sync.page import CHECK, SyncPage
from tests.operations.stations import enrol, report_up, station
from tests.ui.hands import Hands, Windows

CODE = "91330106MA2ABCDEX7"
Open = Callable[[Session], tuple[Hands, ConflictsPage]]


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "disagreements", ConflictsPage)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A district and a village of it."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT, "周敏")
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE, "陈静")
    enrol(village, district, tmp_path)
    return district, village


def dispute(
    pair: tuple[Session, Session], folder: Path, count: int = 1, **values: tuple[object, object]
) -> list[str]:
    """Records that both have changed without knowing of each other: each field to the first, and to the second."""
    district, village = pair
    ids = [
        records.save(village, "enterprise", {"name": f"原名{n}", **({"uscc": CODE} if not n else {})}).record
        for n in range(count)
    ]
    report_up(village, district, folder)
    for key in ids:
        records.save(district, "enterprise", {f: v[0] for f, v in values.items()}, record=key)  # type: ignore[misc]
        records.save(village, "enterprise", {f: v[1] for f, v in values.items()}, record=key)  # type: ignore[misc]
    report_up(village, district, folder)
    return ids


def value(session: Session, record: str, field: str) -> object:
    held = records.load(session, "enterprise", record)
    assert held is not None
    return held.values[field]


def test_base_and_all_values_stand_side_by_side_with_who_when_and_unit(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, name=("区里改的", "村里改的"), area=("a" * 32, "b" * 32))
    _, page = open_page(pair[0])
    lost, shown = sorted(page.disputes, key=lambda d: d.slot)
    # Neither record is here: nobody could tell one from the other.
    assert [s.texts for s in lost.sides] == [("（未找到，编号末四位bbbb）",), ("（未找到，编号末四位aaaa）",)]
    assert lost.differing == {0}
    assert shown.base is not None
    assert (shown.base.texts, [s.texts for s in shown.sides]) == (("原名0",), [("村里改的",), ("区里改的",)])
    authors = [s.authors[0] for s in shown.sides]
    assert [(a.operator, a.unit) for a in authors] == [("陈静", "径山村工会"), ("周敏", "余杭区总工会")]
    assert all(a.when.startswith("2026-11-2") for a in authors)
    # What was written here came with no bundle; what came was the village's second, the value before its first.
    assert [a.came for a in authors] == ["随第2号数据包来", ""]
    assert shown.base.authors[0].words.splitlines()[-1] == "随第1号数据包来"
    heads = [label.text() for label in page.comparison.findChildren(QLabel)]
    assert sum("随第2号数据包来" in text for text in heads) == 1
    assert [s.standing for s in shown.sides] == [False, True]
    assert "有2种填法" in page.question.text()
    assert [shown.called(s) for s in shown.sides] == ["陈静", "周敏"]
    # Everybody is called 管理员 at first: then the units tell them apart.
    same = [replace(s, authors=(replace(s.authors[0], operator="管理员"),)) for s in shown.sides]
    assert [replace(shown, sides=tuple(same)).called(s) for s in same] == ["径山村工会", "余杭区总工会"]


def test_a_number_chooses_and_enter_decides(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    (record,) = dispute(pair, tmp_path, name=("区里改的", "村里改的"))
    hands, page = open_page(pair[0])
    assert not page.accept.isEnabled()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_1)
    assert page.accept.text() == "采用1（陈静填的）"
    hands.qtbot.keyClick(page.list, Qt.Key.Key_2)
    hands.qtbot.keyClick(page.list, Qt.Key.Key_1)
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    assert value(pair[0], record, "name") == "村里改的"
    assert conflicts.open_conflicts(pair[0]) == []
    assert page.disputes == []
    assert "已定" in hands.window.notices.words
    hands.bench.undo()
    hands.settle()
    assert value(pair[0], record, "name") == "区里改的"


def test_a_cover_sheet_that_is_scanned_here_decides_nothing_and_is_held_against_its_file(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """Its digits choose values, and the Enter of the scanner would decide."""
    (record,) = dispute(pair, tmp_path, name=("区里改的", "村里改的"))
    hands, page = open_page(pair[0])
    page.list.setFocus()
    code = f"XSJ1 3 12 {'3a' * 32}"
    for sign in code:
        hands.qtbot.keyClicks(QApplication.focusWidget(), sign)
        assert page.comparison.choice is None
    hands.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    hands.settle()
    assert value(pair[0], record, "name") == "区里改的"
    assert len(conflicts.open_conflicts(pair[0])) == 1
    desk = hands.window.page
    assert isinstance(desk, SyncPage)
    hands.qtbot.waitUntil(lambda: desk.tabs.currentIndex() == CHECK)
    assert desk.check.typed.text() == code
    assert desk.check.typed.selectedText() == code, "the next one takes its place"


def test_enter_without_a_choice_decides_nothing(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, name=("区里改的", "村里改的"))
    hands, page = open_page(pair[0])
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    assert len(conflicts.open_conflicts(pair[0])) == 1


def test_a_group_is_shown_field_by_field_and_says_which_fields_differ(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(
        pair, tmp_path,
        surveyed_staff=(32, 35), surveyed_date=("2026-11-01", "2026-11-01"),
    )  # fmt: skip
    _, page = open_page(pair[0])
    (shown,) = page.disputes
    differing = {shown.labels[n] for n in shown.differing}
    staff = pair[0].types["enterprise"].by_name["surveyed_staff"].label
    assert differing == {staff}
    assert [s.texts[shown.labels.index(staff)] for s in shown.sides] == ["35人", "32人"]
    assert shown.base is None
    name = next(x for x in page.comparison.findChildren(QLabel) if x.property("name"))
    cell = next(x for x in page.comparison.findChildren(QLabel) if x.property("cell"))
    assert cell.mapTo(page, QPoint(0, 0)).x() - name.mapTo(page, QPoint(0, 0)).x() <= name.width() + 2, (
        "no gap"
    )


def test_a_third_value_is_written_with_the_editors_of_the_form(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    (record,) = dispute(pair, tmp_path, name=("区里改的", "村里改的"))
    hands, page = open_page(pair[0])
    hands.qtbot.keyClick(page.list, Qt.Key.Key_3)
    assert page.comparison.choice == OWN
    hands.settle()
    (editor,) = page.comparison.editors
    line = editor.inputs()[0]
    assert line.hasFocus()
    typed = QInputMethodEvent()
    typed.setCommitString("商量好的犇㛃䶮")
    QApplication.sendEvent(line, typed)
    hands.qtbot.keyClick(line, Qt.Key.Key_Return)
    hands.settle()
    assert value(pair[0], record, "name") == "商量好的犇㛃䶮"
    assert conflicts.open_conflicts(pair[0]) == []


def test_a_long_value_of_ones_own_is_not_typed_through_a_keyhole(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    firm = "杭州余杭径山前溪村双溪竹海漂流旅游文化发展集团有限公司第五分公司"
    dispute(pair, tmp_path, name=(firm, f"{firm}（原双溪竹海景区）"))
    hands, page = open_page(pair[0])
    hands.qtbot.keyClick(page.list, Qt.Key.Key_3)
    hands.settle()
    (line,) = page.comparison.editor.inputs()  # type: ignore[union-attr]
    assert line.width() > line.fontMetrics().horizontalAdvance("径" * 18)
    hands.qtbot.keyClick(page.list, Qt.Key.Key_1)
    hands.settle()
    assert line.width() < line.fontMetrics().horizontalAdvance("径" * 18), (
        "what is chosen is read like the others"
    )


def test_ctrl_s_decides_from_within_a_group_and_the_end_says_what_is_still_to_go_down(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """Enter goes from cell to cell there, and a receipt that was written at the merge does not know of it."""
    (record,) = dispute(pair, tmp_path, surveyed_staff=(32, 35))
    hands, page = open_page(pair[0])
    hands.window.open_page("sync")
    desk = hands.window.page
    assert isinstance(desk, SyncPage)
    hands.drop(desk.merge.drop, [exchange.send(pair[1], tmp_path / "再报.xsj").path])
    hands.click(desk.merge.merge)
    assert desk.merge.again.isVisible()
    hands.window.open_page("disagreements")
    hands.settle()
    assert "（原来没有填）" in page.question.text()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_3)
    hands.settle()
    line = page.comparison.editors[0].inputs()[0]
    hands.qtbot.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.qtbot.keyClicks(line, "33")
    hands.qtbot.keyClick(line, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert value(pair[0], record, "surveyed_staff") == 33
    assert page.empty.sentence.text() == "分歧都定好了"
    assert page.empty.primary.text() == "去写回执"
    hands.qtbot.keyClick(page.empty.primary, Qt.Key.Key_Space)
    hands.settle()
    assert hands.window.page is desk
    assert (desk.below.answer.isVisible(), desk.below.answer.isEnabled()) == (True, True)
    hands.dialogs.paths = [tmp_path]
    assert QApplication.focusWidget() is desk.below.grid
    hands.qtbot.keyClick(desk.below.grid, Qt.Key.Key_Return)
    hands.settle()
    assert desk.below.note.words.text().startswith("已写好：")


def test_another_value_begins_where_the_sides_differ_and_the_keys_are_said_as_they_are(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """What is typed at once changes that alone; the cell that is typed in stays in sight on a low screen."""
    (record,) = dispute(pair, tmp_path, flexible_count=(3, 4), surveyed_staff=(30, 30))
    hands, page = open_page(pair[0])
    hands.window.resize(hands.window.width(), hands.window.minimumSizeHint().height())
    hands.qtbot.keyClick(page.list, Qt.Key.Key_3)
    hands.settle()
    first, last = page.comparison.editors[0], page.comparison.editors[-1]
    line = last.inputs()[0]
    assert (last.field.name, line.hasFocus()) == ("flexible_count", True)
    assert page.hint.text().startswith("键盘：Enter 到下一格")
    for key, words in ((Qt.Key.Key_X, "不是数字"), (Qt.Key.Key_Backspace, "键盘：")):
        hands.qtbot.keyClick(line, key)
        assert words in page.hint.text()
        hands.settle()
        assert not last.visibleRegion().isEmpty()
    hands.qtbot.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.qtbot.keyClicks(line, "5")
    assert first.text() == "30"
    hands.qtbot.keyClick(line, Qt.Key.Key_Return)
    hands.settle()
    assert [value(pair[0], record, f) for f in ("surveyed_staff", "flexible_count")] == [30, 5]


def test_on_a_screen_at_125_percent_nothing_of_it_is_beside_the_page(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """What stood there before, both values and the own one; the names of the fields may be far from the last."""
    named = "杭州余杭径山镇双溪竹海漂流景区旅游服务有限公司"
    (record,) = dispute(pair, tmp_path, name=(named, named), contact_name=("区里填的人", "村里填的人"))
    hands, page = open_page(pair[0])
    hands.window.resize(1093, 585)
    hands.settle()
    assert page._area.horizontalScrollBar().maximum() == 0
    assert all(not head.visibleRegion().isEmpty() for head in page.comparison._heads.values())
    hands.qtbot.keyClick(page.list, Qt.Key.Key_3)
    hands.settle()
    editor = page.comparison.editor
    assert editor is not None
    assert editor.visibleRegion().boundingRect() == editor.rect()
    assert not page.comparison._heads[OWN].visibleRegion().isEmpty()
    inputs = [w for e in page.comparison.editors for w in e.inputs() if isinstance(w, QLineEdit)]
    assert "联系人职务" in [w.placeholderText() for w in inputs]
    hands.look("conflict-125")
    # Over a mask nothing can be typed, so who writes another value begins with an empty line; with it he decides.
    assert (editor.text(), page.accept.isEnabled()) == ("", False)
    assert "请填写“联系人”" in page.hint.text()
    # Left and come back to, as to look at another one first, it is asked for still.
    page.comparison.show_dispute(page.comparison.dispute)
    page.list.setFocus()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_3)
    hands.settle()
    assert (page.accept.isEnabled(), "请填写“联系人”" in page.hint.text()) == (False, True)
    hands.qtbot.keyClicks(QApplication.focusWidget(), "abc")
    assert page.accept.isEnabled()
    (shown,) = page.disputes
    before, *_ = shown.sides
    page.comparison.show_dispute(replace(shown, base=before, sides=(*shown.sides, before)))
    page.list.setFocus()
    hands.settle()
    assert page._area.horizontalScrollBar().maximum() == 0, (
        "what three have written, beside what stood before"
    )
    hands.look("conflict-125-three")
    hands.qtbot.keyClick(page.list, Qt.Key.Key_4)
    hands.settle()
    assert page.comparison.editors[0].text() == "abc"
    hands.look("conflict-125-own")
    hands.qtbot.keyClick(page.list, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert value(pair[0], record, "contact_name") == "abc"


def test_what_was_typed_survives_looking_at_another_conflict(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, count=2, name=("区里改的", "村里改的"))
    hands, page = open_page(pair[0])
    first = page.list.current()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_3)
    line = page.comparison.editors[0].inputs()[0]
    hands.qtbot.keyClicks(line, "abc")
    page._go(1)
    hands.settle()
    assert page.list.current() != first
    page._go(0)
    hands.qtbot.keyClick(page.list, Qt.Key.Key_3)
    assert page.comparison.editors[0].text() == "abc"


def test_n_postpones_to_the_end_and_goes_on(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, count=3, name=("区里改的", "村里改的"))
    hands, page = open_page(pair[0])
    first = page.disputes[0].key
    hands.qtbot.keyClick(page.list, Qt.Key.Key_N)
    hands.settle()
    assert page.disputes[-1].key == first
    assert page.list.current() == page.disputes[0].key != first
    assert "以后再说" in page.list.rows.lines[-1].texts[1]
    assert len(conflicts.open_conflicts(pair[0])) == 3


def test_alike_ones_are_decided_together_after_a_question_and_taken_back_together(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    ids = dispute(pair, tmp_path, count=4, surveyed_staff=(32, 35))
    shown = [value(pair[0], key, "surveyed_staff") for key in ids]
    hands, page = open_page(pair[0])
    wanted = next(n for n, side in enumerate(page.disputes[0].sides) if not side.standing)
    number = page.disputes[0].sides[wanted].value["surveyed_staff"]
    hands.qtbot.keyClick(page.list, str(wanted + 1))
    hands.dialogs.answers = [Answer.NO]
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    assert "另外3条记录" in hands.dialogs.asked[0]
    assert hands.dialogs.asked[0].count(f"：{number}人") == 3
    assert [value(pair[0], key, "surveyed_staff") for key in ids] == [number] * 4
    assert number not in shown
    hands.window.open_page("recent")
    hands.settle()
    recent = hands.window.page
    assert isinstance(recent, RecentPage)
    told = recent.changes.rows.lines[0].texts[1:]
    assert told == ("工会摸排职工数", "32／35", str(number)), "what is called once is not called again"
    hands.window.open_page("disagreements")
    hands.bench.undo()
    hands.settle()
    assert [value(pair[0], key, "surveyed_staff") for key in ids] == shown


@pytest.mark.parametrize(
    ("second", "question", "told"),
    [
        # What the one village says of its own is what the district says of the other's: people count, not numbers.
        ((33, 32), "，周敏和别的单位也填得不一样，是不是都采用周敏填的？", "原名1：33人"),
        ((35, 32), "也是这几种填法，是不是都照这样定？", "原名1：32人"),
    ],
)
def test_who_was_right_against_one_town_may_be_right_against_all_of_them(
    open_page: Open,
    pair: tuple[Session, Session],
    tmp_path: Path,
    second: tuple[int, int],
    question: str,
    told: str,
) -> None:
    district, village = pair
    other = station(tmp_path, "330110109201", "四岭村工会", Level.VILLAGE, "吴强")
    enrol(other, district, tmp_path)
    ids = {}
    for n, below in enumerate((village, other)):
        ids[below] = records.save(below, "enterprise", {"name": f"原名{n}"}).record
        report_up(below, district, tmp_path)
    for below, said in ((village, (32, 35)), (other, second)):
        for who, staff in zip((district, below), said, strict=True):
            records.save(who, "enterprise", {"surveyed_staff": staff}, record=ids[below])
        report_up(below, district, tmp_path)
    hands, page = open_page(district)
    ours = next(n for n, s in enumerate(page.disputes[0].sides) if s.who == "周敏")
    hands.qtbot.keyClick(page.list, str(ours + 1))
    hands.dialogs.answers = [Answer.NO]
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    asked = hands.dialogs.asked[0]
    assert question in asked
    assert told in asked
    decided = [value(district, ids[v], "surveyed_staff") for v in (village, other)]
    assert decided == [32, int(told[-3:-1])]
    assert page.disputes == []


def test_of_many_some_are_looked_for_and_decided_alone(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, count=12, surveyed_staff=(32, 35))
    hands, page = open_page(pair[0])
    hands.qtbot.keyClick(page.list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.search.hasFocus()
    hands.qtbot.keyClicks(page.search, "1")
    assert [d.title[-2:] for d in page.shown] == ["名1", "10", "11"]
    assert page.progress.text() == "找到3处，12处等您来定"
    hands.look("some-of-many")
    hands.qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.list.hasFocus()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_N)
    assert [d.title[-2:] for d in page.shown] == ["10", "11", "名1"]
    hands.qtbot.keyClick(page.list, Qt.Key.Key_1)
    hands.dialogs.answers = [Answer.NO]
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    assert "另外2条记录" in hands.dialogs.asked[0], "what is not seen is not decided"
    assert len(conflicts.open_conflicts(pair[0])) == 9
    # Nothing is found any more: what is left is shown, and not taken for done.
    assert len(page.shown) == 9
    hands.qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert not page.search.text()
    assert page.search.isHidden()


def test_who_looks_for_a_unit_or_a_person_finds_what_they_wrote(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, count=1, surveyed_staff=(32, 35))
    _, page = open_page(pair[0])
    for words in ("径山", "陈静", "cj", "摸排职工"):
        page.search.setText(words)
        assert page.progress.text().startswith("找到1处"), words
    page.search.setText("没有这样的")
    assert page.progress.text() == "没有找到，1处等您来定"


def test_only_this_one_leaves_the_alike_ones_open(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, count=3, surveyed_staff=(32, 35))
    hands, page = open_page(pair[0])
    hands.qtbot.keyClick(page.list, Qt.Key.Key_2)
    # A second Enter in haste answers the real question.
    hands.bench.dialogs = WindowDialogs(hands.window)
    QTimer.singleShot(0, lambda: hands.qtbot.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return))
    # After the question the pointer is in the middle.
    told = hands.window.notices
    told._pointer = lambda: page.mapToGlobal(page.rect().center())
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    hands.strangers.seen = [w for w in hands.strangers.seen if "QMessageBox" not in w]
    assert len(conflicts.open_conflicts(pair[0])) == 2
    next_one = QRect(page.accept.mapTo(hands.window, QPoint()), page.accept.size())
    assert told.words
    assert page.accept.isVisible()
    assert not next_one.intersects(QRect(told.mapTo(hands.window, QPoint()), told.size())), (
        "it hides the way on"
    )


def test_a_deletion_against_an_edit_is_told_in_words_and_hides_the_fields(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, village = pair
    record = records.save(village, "enterprise", {"name": "一家", "uscc": CODE, "surveyed_staff": 30}).record
    report_up(village, district, tmp_path)
    records.delete(district, "enterprise", record)
    records.save(village, "enterprise", {"surveyed_staff": 99, "flexible_count": 7}, record=record)
    report_up(village, district, tmp_path)
    hands, page = open_page(district)
    (shown,) = page.disputes
    assert shown.deletion
    told = " ".join(shown.told)
    assert "周敏（余杭区总工会）" in told
    assert "99人，灵活就业人数：7人。" in told
    assert "陈静（径山村工会）" in told
    hands.qtbot.keyClick(page.list, Qt.Key.Key_1)
    assert page.accept.text() == "保留这条记录"
    hands.click(page.accept)
    held = records.load(district, "enterprise", record)
    assert held is not None
    assert (held.values["surveyed_staff"], held.disputed) == (99, ())


def test_as_many_are_counted_elsewhere_as_stand_here(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """The first page said 35 where 33 stood here: fields wait until it is decided whether their record stays."""
    district, village = pair
    record = records.save(village, "enterprise", {"name": "一家", "surveyed_staff": 30}).record
    report_up(village, district, tmp_path)
    records.save(district, "enterprise", {"surveyed_staff": 32}, record=record)
    records.delete(district, "enterprise", record)
    records.save(village, "enterprise", {"surveyed_staff": 35}, record=record)
    report_up(village, district, tmp_path)
    assert {c.slot for c in conflicts.open_conflicts(district)} == {DELETED_SLOT, "headcount_surveyed"}
    _, page = open_page(district)
    assert [d.slot for d in page.disputes] == [DELETED_SLOT]
    assert conflicts.due_here(district) == 1


def test_a_deletion_against_a_new_child_is_called_so_and_takes_it_along(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """Nobody has edited the record: it said so all the same, and that edits would go."""
    district, village = pair
    record = records.save(village, "enterprise", {"name": "茶厂"}).record
    report_up(village, district, tmp_path)
    records.delete(district, "enterprise", record)
    visit = records.save(village, "visit", {"enterprise": record, "visit_date": "2026-11-20"}).record
    report_up(village, district, tmp_path)
    hands, page = open_page(district)
    assert "在它下面登记了内容" in page.question.text()
    said = [page.comparison.note.words.text(), *(w.text() for w in page.comparison.findChildren(QLabel))]
    assert "一边删除，一边在它下面新增" in said
    (named,) = [line for words in said for line in words.split("\n") if "2026-11-20" in line]
    assert "陈静（径山村工会）在" in named, "who decides can ask whoever has added it"
    assert named.endswith("登记")
    assert not any("修改" in words for words in said)
    hands.qtbot.keyClick(page.list, Qt.Key.Key_2)
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    assert page.disputes == []
    for kind, key in (("enterprise", record), ("visit", visit)):
        held = records.load(district, kind, key)
        assert held is not None
        assert held.life is Life.DELETED


def test_what_concerns_the_level_above_waits_for_it(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, name=("区里改的", "村里改的"))
    hands, page = open_page(pair[1])
    (shown,) = page.disputes
    assert not shown.covered
    assert "等上级来定" in page.question.text()
    hands.qtbot.keyClick(page.list, Qt.Key.Key_1)
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Return)
    hands.settle()
    assert len(conflicts.open_conflicts(pair[1])) == 1


def test_hidden_values_are_shown_only_when_asked_for_and_that_is_noted(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, contact_phone=("13800001111", "13900002222"))
    hands, page = open_page(pair[0])
    (shown,) = page.disputes
    assert "13800001111" not in str([s.texts for s in shown.sides])
    before = len(audit.recent(pair[0]))
    hands.click(page.reveal)
    assert page.comparison.unmasked
    assert len(audit.recent(pair[0])) > before
    words = [
        label.text() for cells in page.comparison._cells.values() for label in cells if hasattr(label, "text")
    ]
    assert "13800001111" in words


def test_values_that_differ_only_in_what_is_hidden_are_said_to(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    dispute(pair, tmp_path, contact_phone=("13800001111", "13800991111"))
    hands, page = open_page(pair[0])
    (shown,) = page.disputes
    assert len({s.texts for s in shown.sides}) == 1
    assert "只有隐藏的部分不一样" in page.question.text()
    hands.click(page.reveal)
    hands.qtbot.keyClick(page.list, Qt.Key.Key_1)
    assert page.accept.isEnabled()


def test_what_stands_against_a_deletion_can_be_seen_in_full_by_who_decides(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    district, village = pair
    record = records.save(village, "enterprise", {"name": "茶厂"}).record
    report_up(village, district, tmp_path)
    records.delete(district, "enterprise", record)
    records.save(village, "enterprise", {"contact_phone": "13800001111"}, record=record)
    report_up(village, district, tmp_path)
    hands, page = open_page(district)
    assert "13800001111" not in page.comparison.note.detail.text()
    hands.click(page.reveal)
    assert "13800001111" in page.comparison.note.detail.text()
    assert audit.recent(district)[0].detail == f"enterprise {record} contact_phone"


def test_a_record_opens_its_own_conflicts_only(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    ids = dispute(pair, tmp_path, count=2, name=("区里改的", "村里改的"))
    hands, _ = open_page(pair[0])
    hands.window.open_page("conflicts", type_name="enterprise", record=ids[1])
    hands.settle()
    page = hands.window.page
    assert isinstance(page, ConflictsPage)
    assert [d.record for d in page.disputes] == [ids[1]]
    hands.qtbot.keyClick(page.list, Qt.Key.Key_1)
    hands.click(page.accept)
    assert page.empty.sentence.text() == "这条记录没有分歧了"


def test_the_next_one_is_seen_from_its_top_and_long_names_leave_room_for_others(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    long = "这一家从2019年起生产竹制品，2024年搬到漕桥路；" * 12
    one, two = dispute(pair, tmp_path, 2, remark=(f"{long}区", f"{long}村"))
    for number, key in enumerate((one, two)):
        name = "杭州市余杭区径山镇𠮷㐂䶮竹制品工艺美术品研究开发生产销售进出口贸易集团股份有限公司第{}经营部"
        records.save(pair[0], "enterprise", {"name": name.format(number)}, record=key)
    hands, page = open_page(pair[0])
    hands.window.resize(1093, 614)
    hands.settle()
    bar = page._area.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    hands.qtbot.keyClick(page.list, Qt.Key.Key_Down)
    hands.settle()
    assert bar.value() == 0
    shown = page.list.rows.data(page.list.rows.index(0, 0))
    assert "…" in shown
    assert shown.endswith("第0经营部")
    assert page.list.rowHeight(0) < page.list.viewport().height() // 3
    hands.look("long-names-in-conflict")
