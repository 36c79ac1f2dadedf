"""The main window: navigation, the way back, actions, notices, help, what others do, and the end."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QColor, QFontDatabase, QRawFont, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QTableView,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.documents import font_files
from desktop.errors import StateProblem
from desktop.operations.recording import records
from desktop.operations.session import Session, open_session
from desktop.records.declaration import Level
from desktop.store.ledger import ChangeSet
from desktop.ui import notices, pictures, registry, theme
from desktop.ui.dialogs import Answer, WindowDialogs
from desktop.ui.help import HelpPage
from desktop.ui.notices import Tone
from desktop.ui.page import Act, Page
from desktop.ui.pages.operator_dialogs import OperatorDialog
from desktop.ui.settings import Settings
from desktop.ui.undo import Step, Steps, changes_of
from desktop.ui.window import MainWindow
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Ticket
from tests.ui.house import OPERATOR, PASSWORD, FakeDialogs, Hand, make_session, open_window, restless

K = Qt.Key


def row_of(window: MainWindow, words: str) -> QTreeWidgetItem:
    return window.navigation.findItems(words, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]


def click_row(hand: Hand, window: MainWindow, words: str) -> None:
    rect = window.navigation.visualItemRect(row_of(window, words))
    hand.click(window.navigation.viewport(), rect.center())
    hand.settle()


def test_a_heading_opens_with_its_first_page_and_closes_the_others(hand: Hand, window: MainWindow) -> None:
    click_row(hand, window, "会议")
    assert hand.list_page.record_type.name == "meeting"
    assert not row_of(window, "建会").isExpanded()
    click_row(hand, window, "参会人员")
    assert hand.list_page.record_type.name == "participant"
    click_row(hand, window, "会员")
    assert hand.list_page.record_type.name == "member"


def test_all_headings_fit_a_small_screen_and_the_pages_of_the_last_come_into_sight(
    hand: Hand, window: MainWindow
) -> None:
    window.open_page("home")
    hand.settle()
    tree, screen = window.navigation, window.navigation.viewport().rect()
    last = tree.topLevelItem(tree.topLevelItemCount() - 1)
    assert last is not None
    assert screen.contains(tree.visualItemRect(last))
    click_row(hand, window, last.text(0))
    pages = [page for n in range(last.childCount()) if (page := last.child(n)) is not None]
    assert len(pages) > 1
    assert all(screen.contains(tree.visualItemRect(page)) for page in pages)


def test_the_navigation_works_by_keys(hand: Hand, window: MainWindow) -> None:
    window.navigation.setFocus()
    window.navigation.setCurrentItem(row_of(window, "会员"))
    hand.press(K.Key_Return)
    hand.settle()
    assert hand.list_page.record_type.name == "member"
    # The red bar stays at the page that is shown, while the arrows go elsewhere.
    tree = window.navigation
    shown = tree.currentItem()
    assert shown is not None
    tree.setFocus()
    hand.press(K.Key_Down)
    other = tree.currentItem()
    assert other is not None
    assert other is not shown
    seen = tree.viewport().grab().toImage()
    bars = [
        seen.pixelColor(tree.visualItemRect(item).topLeft() + QPoint(1, 9)) == QColor(theme.RED)
        for item in (shown, other)
    ]
    assert bars == [True, False]


@pytest.mark.parametrize(
    ("key", "typed", "name"),
    [
        ("home", "qy", "enterprise"),
        ("sync", "qy", "enterprise"),
        ("duplicates", "qy", "enterprise"),
        ("audit", "志愿者", "volunteer"),  # and not 志愿者队伍, which stands above it
    ],
)
def test_where_no_one_kind_of_record_is_shown_any_may_be_added(
    hand: Hand, window: MainWindow, key: str, typed: str, name: str
) -> None:
    window.open_page(key)
    hand.settle()
    hand.control(K.Key_N)
    hand.type(typed)
    hand.press(K.Key_Return)
    hand.settle()
    assert hand.form_page.record_type.name == name


def test_a_page_of_its_own_things_adds_those(hand: Hand, window: MainWindow) -> None:
    window.open_page("operators")
    hand.settle()
    hand.control(K.Key_N)
    assert window.findChild(OperatorDialog) is not None


def test_the_actions_follow_the_page_and_one_stands_out(
    hand: Hand, window: MainWindow, bench: Workbench
) -> None:
    acts = window.topbar.acts
    assert acts[Act.NEW].isEnabled()
    assert acts[Act.NEW].text() == "新增企业"
    assert not acts[Act.SAVE].isEnabled()
    assert not window.topbar.button(Act.NEW).property("primary"), (
        "in an empty list the button in the middle does"
    )
    bench.write("登记", lambda session, _t: records.save(session, "enterprise", {"name": "甲"}))
    hand.settle()
    assert window.topbar.button(Act.NEW).property("primary")
    hand.control(K.Key_N)
    hand.settle()
    assert acts[Act.SAVE].isEnabled()
    assert window.topbar.button(Act.SAVE).property("primary")
    assert not window.topbar.button(Act.NEW).property("primary")


def test_a_record_that_is_open_behind_comes_to_the_front_again(
    hand: Hand, window: MainWindow, bench: Workbench
) -> None:
    bench.write("登记", lambda session, _t: records.save(session, "enterprise", {"name": "甲"}))
    hand.settle()
    row = hand.list_page.list.model.shown(0)
    assert row is not None
    window.open_record("enterprise", row.id)
    hand.settle()
    first = window.page
    window.new_record("visit", {"enterprise": row.id})
    hand.settle()
    assert hand.form_page.form.rows["enterprise"].editor.locked, "the parent stands firm"
    window.open_record("enterprise", row.id)
    assert window.page is first


def test_a_record_that_is_gone_leads_back(hand: Hand, window: MainWindow) -> None:
    window.open_record("enterprise", "0" * 32)
    hand.settle()
    assert hand.list_page
    assert "没有找到" in window.notices.words


def test_f1_explains_the_page_in_front_and_escape_returns(hand: Hand, window: MainWindow) -> None:
    hand.press(K.Key_F1)
    hand.settle()
    page = window.page
    assert isinstance(page, HelpPage)
    text = page.text.toPlainText()
    assert "统一社会信用代码" in text
    assert "打开选中的记录" in text
    hand.press(K.Key_Escape)
    hand.settle()
    assert hand.list_page


def test_words_are_found_in_the_help_and_its_contents_lead_on(hand: Hand, window: MainWindow) -> None:
    hand.press(K.Key_F1)
    hand.settle()
    page = window.page
    assert isinstance(page, HelpPage)
    hand.press(K.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.search.hasFocus()
    hand.type("恢复码")
    places = []
    for _ in range(2):
        hand.press(K.Key_Return)
        assert page.text.textCursor().selectedText() == "恢复码"
        places.append(page.text.textCursor().position())
    assert places[0] < places[1]
    page.text.moveCursor(QTextCursor.MoveOperation.End)
    hand.press(K.Key_Return)
    assert page.text.textCursor().position() == places[0]
    page.search.setText("没有的话语")
    hand.press(K.Key_Return)
    assert "帮助里没有“没有的话语”" in window.notices.words
    page.text.setFocus()
    page.text.moveCursor(QTextCursor.MoveOperation.Start)
    bar = page.text.verticalScrollBar()
    begun = bar.value()
    hand.press(K.Key_Tab)
    hand.press(K.Key_Return)
    assert bar.value() > begun + page.text.height()
    assert "各级在自己的电脑上登记" in page.text.toPlainText()


def test_problems_are_said_in_the_line_and_stay_until_they_are_read(
    hand: Hand, window: MainWindow, bench: Workbench
) -> None:
    def fail(_session: object, _ticket: object) -> None:
        raise StateProblem("不能这样做。", "请先那样做。")

    bench.write("试试", fail)
    hand.settle()
    assert window.notices.words == "不能这样做。请先那样做。"
    assert window.notices.property("tone") == "error"


def test_a_notice_offers_one_thing_to_do(hand: Hand, window: MainWindow) -> None:
    done: list[bool] = []
    window.tell(Tone.GOOD, "做完了。", "再看看", lambda: done.append(True))
    hand.click(window.notices._button)
    assert done == [True]
    assert not window.notices.words


def test_what_cannot_be_taken_back_is_said_and_forgotten(
    hand: Hand, window: MainWindow, bench: Workbench
) -> None:
    made: list[str] = []
    bench.write(
        "新增企业",
        lambda s, _t: records.save(s, "enterprise", {"name": "甲"}),
        lambda saved: made.append(saved.record),
    )
    hand.settle()
    bench.write("改", lambda s, _t: records.save(s, "enterprise", {"name": "乙"}, record=made[0]), step=False)
    hand.settle()
    hand.control(K.Key_Z)
    hand.settle()
    assert "不能" in window.notices.words
    assert bench.steps.last is None


def test_steps_of_several_operations_are_one_step() -> None:
    steps = Steps()
    steps.done(Step("删除", (1, 2)))
    steps.done(Step("空", ()))
    assert steps.last == Step("删除", (1, 2))
    steps.undone((3, 4))
    assert steps.last is None
    assert steps.next == Step("删除", (3, 4))
    steps.redone((5,))
    assert steps.last == Step("删除", (5,))
    assert [c.stamp for c in changes_of([ChangeSet(1), (ChangeSet(2),), object()])] == [1, 2]


def test_a_page_is_added_by_one_entry(
    qtbot: QtBot, tmp_path: Path, settings: Settings, dialogs: FakeDialogs, monkeypatch: object
) -> None:
    class Quiet(Page):
        @property
        def title(self) -> str:
            return "安静的一页"

    entry = registry.Entry("quiet", "安静", "house", Quiet, at_top=True)
    monkeypatch.setattr(registry, "ENTRIES", (entry, *registry.ENTRIES))  # type: ignore[attr-defined]
    window = open_window(qtbot, make_session(tmp_path / "w"), dialogs, settings)
    window.open_page("quiet")
    assert window.windowTitle().startswith("安静的一页")
    assert window.navigation.keys()[0] == "quiet"
    window.close()


def test_the_level_decides_what_can_be_written(
    qtbot: QtBot, tmp_path: Path, settings: Settings, dialogs: FakeDialogs
) -> None:
    session = make_session(tmp_path / "w", Level.DISTRICT, "330106", "西湖区总工会")
    window = open_window(qtbot, session, dialogs, settings)
    hand = Hand(qtbot, window)
    window.open_page("list:plan_target")
    hand.settle()
    assert Act.NEW in hand.list_page.acts()
    window.open_page("list:unit")
    hand.settle()
    assert hand.list_page.list.model.rowCount() == 1
    window.close()


def test_closing_asks_when_something_is_not_saved_and_frees_the_workspace(
    qtbot: QtBot, tmp_path: Path, settings: Settings, dialogs: FakeDialogs
) -> None:
    window = open_window(qtbot, make_session(tmp_path / "w"), dialogs, settings)
    hand = Hand(qtbot, window)
    hand.control(K.Key_N)
    hand.settle()
    hand.type("没有保存")
    dialogs.answers = [Answer.CANCEL]
    assert not window.close()
    dialogs.answers = [Answer.YES]
    window.close()
    qtbot.waitUntil(window.isHidden, timeout=10_000)
    again = open_window(qtbot, open_session(tmp_path / "w", OPERATOR, PASSWORD), dialogs, settings)
    assert Hand(qtbot, again).list_page.list.model.rowCount() == 1
    again.close()


def test_a_window_that_is_gone_leaves_the_memory_with_all_its_pages(
    young_objects: None, qtbot: QtBot, tmp_path: Path, settings: Settings, dialogs: FakeDialogs
) -> None:
    window = open_window(qtbot, make_session(tmp_path / "w"), dialogs, settings)
    hand = Hand(qtbot, window)
    hand.control(K.Key_N)
    hand.settle()
    gone = weakref.ref(window), weakref.ref(window.workbench), weakref.ref(hand.form_page)
    dialogs.answers = [Answer.YES]
    window.close()
    window.deleteLater()
    del window, hand
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [left() for left in gone] == [None] * 3


def test_the_real_question_never_has_the_dangerous_way_as_its_default(
    qtbot: QtBot, window: MainWindow
) -> None:
    seen: list[str] = []

    def look() -> None:
        box = next(w for w in window.findChildren(QMessageBox) if w.isVisible())
        default = box.defaultButton()
        seen.append(default.text() if default is not None else "")
        qtbot.keyClick(box, K.Key_Escape)

    dialogs = WindowDialogs(window)
    for danger, wanted in ((True, "取消"), (False, "好")):
        QTimer.singleShot(200, look)
        assert dialogs.ask("问", "要不要？", yes="好", danger=danger) is Answer.CANCEL
        assert seen.pop() == wanted


def test_pictures_are_taken_of_every_page_that_shows_something(
    qtbot: QtBot, tmp_path: Path, qapp: object
) -> None:
    session = make_session(tmp_path / "w")
    records.save(session, "enterprise", {"name": "杭州犇㛃䶮有限公司", "town": "330106010"})
    session.workspace.close()
    taken = pictures.take_pictures(tmp_path / "w", tmp_path / "out", OPERATOR, PASSWORD)
    names = [path.name.partition("-")[2] for path in taken]
    assert {"login.png", "list-enterprise.png", "record-enterprise.png", "operators.png"} <= set(names)
    assert "list-case.png" not in names
    assert all(path.stat().st_size > 5_000 for path in taken)
    assert not list((tmp_path / "out").glob("*.ini"))


def test_a_notice_moves_nothing_under_the_hand_and_is_not_put_there(
    hand: Hand, window: MainWindow, bench: Workbench
) -> None:
    rows = [{"name": name} for name in ("甲厂", "乙厂", "丙厂")]
    bench.write("新增", lambda session, _ticket: records.save_many(session, "enterprise", rows))
    hand.settle()
    page, bar = hand.list_page, window.notices
    table = page.findChild(QTableView)
    assert table is not None
    aimed = table.visualRect(table.model().index(1, 2)).center()
    on_screen = table.viewport().mapToGlobal(aimed)
    window.tell(Tone.ERROR, "U盘已满，没有写完。" * 20, "再试一次")
    QApplication.processEvents()
    assert table.viewport().mapFromGlobal(on_screen) == aimed, "the row goes away from under the hand"
    under = QApplication.widgetAt(on_screen)
    assert under is table.viewport()
    hand.click(under, aimed)
    assert table.currentIndex().row() == 1
    assert bar.geometry().bottom() > window.height() / 2
    assert (
        bar._words.height()
        >= bar._words.heightForWidth(bar._words.width())
        > bar._words.fontMetrics().height()
    )
    # What was under the pointer before stays in reach: the notice keeps to the other end.
    foot = bar.mapToGlobal(bar.rect().center())
    bar._pointer = lambda: foot
    window.tell(Tone.GOOD, "已保存。" * 40, "撤消")
    QApplication.processEvents()
    assert not QRect(bar.mapToGlobal(QPoint()), bar.size()).contains(foot)
    assert (
        bar.mapTo(window, QPoint()).y() >= window.topbar.mapTo(window, QPoint(0, window.topbar.height())).y()
    )
    # It follows the window, and the keyboard and a screen reader find it.
    window.resize(900, 600)
    QApplication.processEvents()
    assert window.rect().contains(QRect(bar.mapTo(window, QPoint()), bar.size()))
    assert bar._words.height() >= bar._words.heightForWidth(bar._words.width())
    assert "已保存" in QAccessible.queryAccessibleInterface(bar).text(QAccessible.Text.Name)
    window.topbar.setFocus()
    for _ in range(40):
        if hand.focus is bar._button:
            break
        hand.press(K.Key_Tab)
    assert hand.focus is bar._button


@pytest.mark.parametrize("words", ["已保存。", "U盘已满，没有写完。" * 20])
def test_a_notice_that_is_shown_keeps_no_processor_busy(hand: Hand, window: MainWindow, words: str) -> None:
    hand.control(K.Key_N)
    hand.settle()
    window.tell(Tone.ERROR, words, "再试一次")
    assert restless() == []
    window.resize(1000, 640)
    assert restless() == []


def test_a_notice_does_not_hide_the_field_that_is_typed_into(hand: Hand, window: MainWindow) -> None:
    hand.control(K.Key_N)
    hand.settle()
    window.tell(Tone.ERROR, "U盘已满，没有写完。" * 20)
    for _ in range(30):
        hand.press(K.Key_Tab)
        QApplication.processEvents()
        bar, cursor = window.notices, hand.focus
        if not window.notices.isAncestorOf(cursor):
            at = QRect(cursor.mapTo(window, QPoint()), cursor.size())
            assert not at.adjusted(0, 8, 0, -8).intersects(QRect(bar.mapTo(window, QPoint()), bar.size()))


def test_a_notice_makes_way_for_the_field_that_is_scrolled_below_it(hand: Hand, window: MainWindow) -> None:
    hand.control(K.Key_N)
    hand.settle()
    hand.form_page.form.go_to("union_state")
    bar, field = window.notices, hand.focus
    area = field.parentWidget()
    while not isinstance(area, QScrollArea):
        assert area is not None
        area = area.parentWidget()
    scroll, top = area.verticalScrollBar(), field.mapTo(area, QPoint()).y()
    scroll.setValue(scroll.value() + top - area.height() // 2)
    window.tell(Tone.ERROR, "U盘已满，没有写完。" * 20)
    assert bar.y() > area.height() // 2
    for value in range(scroll.value(), -1, -10):
        scroll.setValue(value)
        if area.rect().contains(QRect(field.mapTo(area, QPoint()), field.size())):
            at = QRect(field.mapTo(window, QPoint()), field.size())
            assert not at.adjusted(0, 8, 0, -8).intersects(QRect(bar.mapTo(window, QPoint()), bar.size()))


def test_bad_news_hides_neither_the_last_row_nor_the_sums_and_goes_from_the_head_when_it_can(
    qtbot: QtBot, hand: Hand, window: MainWindow, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"name": f"单位{n}"} for n in range(60)]
    bench.write("新增", lambda session, _ticket: records.save_many(session, "enterprise", rows))
    hand.settle()
    shown, bar = hand.list_page.list, window.notices

    def tops(*widgets: QWidget) -> list[int]:
        QApplication.processEvents()
        return [widget.mapToGlobal(widget.rect().topLeft()).y() for widget in widgets]

    before = tops(shown.table.viewport(), shown.foot)
    window.tell(Tone.ERROR, "U盘已满，没有写完。")
    QApplication.processEvents()
    shown.table.scrollToBottom()
    last = shown.table.visualRect(shown.model.index(59, 1)).bottomLeft()
    head, foot, notice = tops(shown.table.viewport(), shown.foot, bar)
    assert head == before[0]
    assert shown.table.viewport().mapToGlobal(last).y() < foot < foot + shown.foot.height() <= notice
    bar.clear()
    assert tops(shown.table.viewport(), shown.foot) == before
    # At the head it hides the search: it goes from there as soon as the hand is gone from the foot.
    monkeypatch.setattr(bar, "_pointer", lambda: shown.foot.mapToGlobal(QPoint(20, 8)))
    bar._return.setInterval(1)
    window.tell(Tone.WARNING, "剪贴板里没有表格内容。")
    qtbot.wait(20)
    assert tops(bar)[0] < before[0]
    monkeypatch.setattr(bar, "_pointer", QPoint)
    qtbot.waitUntil(lambda: tops(bar)[0] > before[0])


def test_bad_news_goes_with_its_page_and_good_news_may_still_be_taken_back(
    hand: Hand, window: MainWindow
) -> None:
    hand.control(K.Key_N)
    hand.settle()
    window.tell(Tone.ERROR, "U盘已满，没有写完。")
    assert window.notices.words
    hand.press(K.Key_Escape)
    hand.settle()
    assert not window.notices.words, "it would be read as bad news about the list"
    hand.control(K.Key_N)
    hand.settle()
    window.tell(Tone.GOOD, "已保存。", "撤消")
    hand.press(K.Key_Escape)
    hand.settle()
    assert window.notices.words == "已保存。"
    window.tell(Tone.GOOD, "名单3行，加入3家。")
    window.open_page("home")
    hand.settle()
    assert not window.notices.words


def test_a_notice_does_not_go_while_the_hand_aims_at_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_READ_MS", "_STILL_MS"):
        monkeypatch.setattr(notices, name, 10)
    steps, moves = iter(range(1000)), True
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(600, 400)
    fixed = notices.NoticeBar(page)
    fixed.show_notice(Tone.PLAIN, "您登录的身份只能查看。")
    # Far from the pointer, for it stays at the foot then.
    bar = notices.FloatingNotice(page, pointer=lambda: QPoint(next(steps) if moves else 0, -500))
    bar.show_notice(Tone.GOOD, "已保存。", "撤消")
    qtbot.wait(80)
    assert bar.words
    moves = False
    qtbot.waitUntil(lambda: not bar.words)
    assert fixed.words, "one that stands above a page stays: the page would go up under the hand"


def test_rare_characters_of_names_are_drawn_whatever_fonts_the_system_has(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not font_files.lending_font_paths(), "with the bundle alone pictures are everywhere the same"
    monkeypatch.delenv(font_files.FORCE_ENVIRONMENT)
    paths = font_files.lending_font_paths()
    lent: list[int] = []
    add = QFontDatabase.addApplicationFont
    monkeypatch.setattr(QFontDatabase, "addApplicationFont", lambda path: lent.append(add(path)))
    theme.lend_characters(paths)
    fonts = [QRawFont(str(path), 16) for path in paths]
    for number in lent:
        assert QFontDatabase.removeApplicationFont(number)
    assert len(lent) == len(paths)
    for character in "𫘧𠮷㛃":
        assert any(font.supportsCharacter(ord(character)) for font in fonts)


class TallPage(Page):
    """A page that needs more height than small screens have."""

    title = "高"

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        column = QVBoxLayout(self)
        self.first, self.last = QPushButton("第一个"), QPushButton("最后一个")
        column.addWidget(self.first)
        column.addSpacing(1500)
        column.addWidget(self.last)


def test_a_page_too_tall_for_the_screen_scrolls_and_squeezes_nothing_beside_it(
    hand: Hand, window: MainWindow, bench: Workbench
) -> None:
    bar = window.topbar.height()
    tall = TallPage(bench)
    window._push(tall)
    hand.settle()
    assert window.minimumSizeHint().height() <= 540
    assert window.topbar.height() == bar
    assert tall.last.visibleRegion().isEmpty()
    tall.first.setFocus()
    hand.press(K.Key_Tab)
    assert hand.focus is tall.last
    assert not tall.last.visibleRegion().isEmpty()
    window.back()
    hand.settle()
    assert hand.list_page.height() < 900, "the next page is as high as the window again"


def test_stopping_is_offered_only_while_it_does_anything(
    qtbot: QtBot, bench: Workbench, window: MainWindow
) -> None:
    """Receipts are written after the merge stands: nothing of it could be stopped."""
    cancel, go, seen = window.statusbar._cancel, threading.Event(), list[bool]()

    def job(_session: Session, ticket: Ticket) -> None:
        for step in ("merge", "receipts"):
            if step == "merge":
                ticket.check()
            else:
                ticket.written()
            ticket.progress(1, 2, step)
            go.wait(120)
            go.clear()

    def look() -> None:
        seen.append(cancel.isVisible())
        go.set()

    task = bench.write("合并数据包", job, step=False)
    task.progressed.connect(lambda *_said: QTimer.singleShot(0, window, look))
    qtbot.waitUntil(lambda: bench.writer.idle)
    assert seen == [True, False]
    assert not cancel.isVisible()
