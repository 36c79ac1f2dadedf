"""The page 上报与合并, with mouse and keys: enrolment, sending, checking, merging, answering, comparing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QTabBar,
)
from pytestqt.qtbot import QtBot

from desktop.operations import exchange, records, traffic
from desktop.operations.session import Session
from desktop.records.declaration import Level, Role
from desktop.ui.pages.printing.page import PreviewPage
from desktop.ui.pages.sync.page import COMPARE, ENROLMENT, UNSETTLED, WORK, SyncPage
from tests.operations.stations import enrol, report_up, station
from tests.ui.hands import Hands

CODE = "91330106MA2ABCDEX7"
LONG = "杭州余杭径山镇双溪竹海漂流景区旅游服务有限公司第二分公司犇㛃䶮示例单位名称一二三四五"
_PARTS_OF_OTHERS = ("QTableCornerButton", "QComboBoxListView", "QHeaderView")
Open = Callable[[Session], tuple[Hands, SyncPage]]


@pytest.fixture
def open_page(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    """Opens the page over a session; everything is closed afterwards."""
    opened: list[Hands] = []

    def opening(session: Session) -> tuple[Hands, SyncPage]:
        hands = Hands(qtbot, session, tmp_path)
        opened.append(hands)
        page = hands.show("sync")
        assert isinstance(page, SyncPage)
        return hands, page

    yield opening
    for hands in opened:
        hands.close()


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A town with its root, and a village of it."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    return town, village


def test_three_files_enrol_a_village_and_both_sides_show_the_same_words(
    open_page: Open, tmp_path: Path
) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    below, page = open_page(village)
    above, desk = open_page(town)
    assert page.tabs.currentIndex() == ENROLMENT
    assert [s.number.state for s in page.enrol.steps] == ["next", "later", "later"]
    below.dialogs.paths = [tmp_path / "甲.xsq"]
    below.click(page.enrol.ask)
    assert [s.number.state for s in page.enrol.steps] == ["done", "next", "later"]
    asked_words = page.enrol.own_words.shown

    above.drop(desk.merge.drop, [tmp_path / "甲.xsq"])
    assert desk.tabs.currentIndex() == ENROLMENT
    assert desk.grant.words.shown == asked_words
    assert not desk.grant.grant_button.isEnabled()
    above.tick(desk.grant.compared)
    assert desk.grant.grant_button.isEnabled()
    above.dialogs.paths = [tmp_path / "甲.xsg"]
    above.click(desk.grant.grant_button)

    below.dialogs.paths = [tmp_path / "甲.xsg"]
    below.click(page.enrol.open_grant)
    assert "余杭区总工会" in page.enrol.offer.text()
    assert page.enrol.their_words.shown != asked_words
    assert page.enrol.own_words.isHidden()
    below.click(page.enrol.accept_button)
    assert [s.number.state for s in page.enrol.steps] == ["done", "done", "next"]
    assert page.seen is not None
    assert page.seen.standing.enrolled

    above.drop(desk.merge.drop, [tmp_path / "径山村工会_入网回执.xsa"])
    assert desk.seen is not None
    assert [p.link.confirmed for p in desk.seen.peers] == [True]
    assert "可以收它的数据包" in desk.grant.note.words.text()


def test_words_that_differ_leave_everything_as_it_was(open_page: Open, tmp_path: Path) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    exchange.request(village, tmp_path / "a.xsq")
    exchange.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg")
    hands, page = open_page(village)
    hands.dialogs.paths = [tmp_path / "a.xsg"]
    hands.click(page.enrol.open_grant)
    hands.click(page.enrol.decline)
    assert "没有任何改变" in page.enrol.note.words.text()
    assert page.seen is not None
    assert not page.seen.standing.enrolled


def test_a_station_can_be_put_under_another_unit(open_page: Open, tmp_path: Path) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    exchange.request(village, tmp_path / "a.xsq")
    hands, page = open_page(town)
    page.tabs.setCurrentIndex(ENROLMENT)
    hands.dialogs.paths = [tmp_path / "a.xsq"]
    hands.click(page.grant.open_request)
    hands.tick(page.grant.compared)
    hands.tick(page.grant.elsewhere)
    page.grant.units.setCurrentIndex(page.grant.units.count() - 1)
    assert not page.grant.grant_button.isEnabled()
    hands.qtbot.keyClicks(page.grant.code, "JS-0009")
    page.grant.level.setCurrentIndex(page.grant.level.findData(Level.ENTERPRISE))
    hands.dialogs.paths = [tmp_path / "a.xsg"]
    hands.click(page.grant.grant_button)
    accepted = exchange.accept(village, tmp_path / "a.xsg")
    assert (accepted.code, accepted.level) == ("JS-0009", Level.ENTERPRISE)


def test_sending_says_what_is_inside_remembers_the_folder_and_what_to_do_next(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, village = pair
    saved = records.save(village, "enterprise", {"name": "一家", "uscc": CODE})
    records.save(village, "enterprise", {"name": "改过的"}, record=saved.record)
    hands, page = open_page(village)
    assert page.tabs.currentIndex() == WORK
    assert page.send.amount.text() == "有2项新内容要上报"
    assert "新增1条、修改1处" in page.send.inside.text()
    hands.dialogs.paths = [tmp_path]
    hands.click(page.send.export)
    (written,) = tmp_path.glob("径山村工会_*.xsj")
    assert written.name in page.send.done.words.text()
    assert "下一步" in page.send.done.detail.text()
    assert "2项已导出、等上级的回执" in page.send.amount.text()
    records.save(village, "enterprise", {"name": "又一家"})
    page.load()
    hands.settle()
    hands.click(page.send.export)
    assert len(list(tmp_path.glob("径山村工会_*.xsj"))) == 2


def test_the_cover_sheet_of_what_was_sent_can_be_looked_at_and_saved(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, village = pair
    records.save(village, "enterprise", {"name": "一家", "uscc": CODE})
    hands, page = open_page(village)
    hands.dialogs.paths = [tmp_path]
    hands.click(page.send.export)
    (cover,) = [b for b in page.send.done.findChildren(QPushButton) if "报送单" in b.text()]
    hands.click(cover)
    shown = hands.window.page
    assert isinstance(shown, PreviewPage)
    assert "数据包报送单" in shown.title
    assert shown.job.release is not None
    assert shown.job.release(village).data.startswith(b"%PDF")


def test_a_stick_that_is_gone_is_asked_for_again_and_nothing_is_lost(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, village = pair
    records.save(village, "enterprise", {"name": "一家"})
    stick = tmp_path / "U盘"
    stick.mkdir()
    hands, page = open_page(village)
    hands.dialogs.paths = [stick]
    hands.click(page.send.export)
    for file in stick.iterdir():
        file.unlink()
    stick.rmdir()
    page.load()
    hands.settle()
    assert "现在打不开" in page.send.place.text()
    hands.dialogs.paths = [None]
    hands.click(page.send.export)
    assert not stick.exists()
    assert page.seen is not None
    assert page.seen.waiting == 1


def test_dropped_files_are_checked_shown_merged_and_answered(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": LONG, "uscc": CODE})
    records.save(village, "member", {"name": "犇㛃䶮"})
    sent = exchange.send(village, tmp_path / "报 区里.xsj")
    broken = tmp_path / "坏的.xsj"
    broken.write_bytes(sent.path.read_bytes()[:-100])
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [sent.path, broken])
    assert [f.good for f in page.merge.files] == [True, False]
    assert "坏的.xsj" in page.merge.note.detail.text()
    assert "安全弹出U盘" in page.merge.note.detail.text()
    assert records.load(town, "enterprise", "0" * 32) is None
    assert exchange.digest(town).records == 0
    texts = [line.texts for line in page.merge.details.types.rows.lines]
    assert [t[1] for t in texts] == ["1", "1"]
    assert page.merge.merge.text() == "合并1个文件"
    hands.click(page.merge.merge)
    assert exchange.digest(town).records == 2
    assert "已合并1个文件：新增2条" in page.merge.note.words.text()
    (receipt,) = (tmp_path / "回执").glob("*.xsj")
    assert "回执已写好1个" in page.merge.note.detail.text()
    below, station_page = open_page(village)
    below.drop(station_page.merge.drop, [receipt])
    assert "上级的回执" in station_page.merge.grid.rows.lines[0].texts[-1]
    below.click(station_page.merge.merge)
    assert station_page.seen is not None
    assert station_page.seen.waiting == 0
    assert "上级的回执已登记" in station_page.merge.note.words.text()


def test_the_same_bundle_again_is_said_to_be_known(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "一家"})
    sent = exchange.send(village, tmp_path / "a.xsj")
    exchange.merge(town, [sent.path])
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [sent.path, sent.path])
    assert len(page.merge.files) == 1
    assert "以前收过" in page.merge.grid.rows.lines[0].texts[-1]


def test_stopping_a_merge_writes_nothing(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "一家"})
    sent = exchange.send(village, tmp_path / "a.xsj")
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [sent.path])
    before = exchange.digest(town)
    begun, stopped, merge = threading.Event(), threading.Event(), traffic.merge

    def slowly(
        session: Session, paths: list[Path], folder: Path | None, progress: traffic.Progress
    ) -> object:
        def waiting(done: int, total: int, words: str) -> None:
            begun.set()
            stopped.wait(20)
            progress(done, total, words)

        return merge(session, paths, folder, waiting)

    monkeypatch.setattr(traffic, "merge", slowly)
    hands.qtbot.mouseClick(page.merge.merge, Qt.MouseButton.LeftButton)
    hands.qtbot.waitUntil(lambda: begun.is_set() and page.merge.stop.isVisible())
    QApplication.processEvents()
    hands.qtbot.mouseClick(page.merge.stop, Qt.MouseButton.LeftButton)
    stopped.set()
    hands.settle()
    assert "已停止，什么都没有写入" in page.merge.note.words.text()
    assert exchange.digest(town) == before
    monkeypatch.undo()
    hands.click(page.merge.merge)
    assert exchange.digest(town).records == 1


def test_what_the_upper_level_refused_leads_to_the_record(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    one, two = (
        station(tmp_path, f"33011010{i}", f"{n}镇总工会", Level.TOWN) for i, n in ((9, "甲"), (8, "乙"))
    )
    for town in (one, two):
        enrol(town, district, tmp_path)
    saved = records.save(one, "enterprise", {"name": "别家的茶厂"}, unit=two.unit.id)
    report_up(one, district, tmp_path)
    hands, page = open_page(one)
    assert page.tabs.tabText(UNSETTLED) == "没有收下的（1）"
    page.tabs.setCurrentIndex(UNSETTLED)
    assert page.unsettled.above.words.text() == "上级没有收下这1条，因为："
    assert "不在本单位负责的范围内" in page.unsettled.above.detail.text()
    opened: list[tuple[str, str, str]] = []
    monkeypatch.setattr(hands.window, "open_record", lambda *told: opened.append(told))
    hands.click(page.unsettled.open)
    assert opened == [("enterprise", saved.record, "")]
    hands.qtbot.keyClick(page.unsettled.grid, Qt.Key.Key_Return)
    assert len(opened) == 2


def test_an_editor_may_look_but_not_merge(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "一家"})
    sent = exchange.send(village, tmp_path / "a.xsj")
    hands, page = open_page(town)
    operator = replace(hands.bench.facts.operator, role=Role.EDITOR)
    hands.bench.facts = replace(hands.bench.facts, operator=operator)
    hands.drop(page.merge.drop, [sent.path])
    assert not page.merge.merge.isEnabled()
    assert "经办人" in page.merge.right.text()


def test_digests_are_compared_group_by_group(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "一家"})
    report_up(village, town, tmp_path)
    other = exchange.digest(village).sha256
    hands, page = open_page(town)
    page.tabs.setCurrentIndex(COMPARE)
    hands.settle()
    page.compare.scope.setCurrentIndex(page.compare.scope.findData(village.unit.id))
    hands.click(page.compare.compute)
    assert "没有先留着的内容，也没有分歧" in page.compare.state.text()
    field = page.compare.other
    hands.qtbot.keyClicks(field, f"{other[:4].upper()} {other[4:8]}")
    assert page.compare.verdict.words.text() == "前2组一样，还有14组没有输入。"
    hands.qtbot.keyClicks(field, other[8:])
    assert page.compare.verdict.words.text() == "完全一样，两边的内容相同。"
    field.clear()
    wrong = "0000" if other[:4] != "0000" else "1111"
    hands.qtbot.keyClicks(field, wrong)
    assert page.compare.verdict.words.text() == "不一样"


def test_a_receipt_can_be_written_again_for_a_station_below(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "一家"})
    exchange.merge(town, [exchange.send(village, tmp_path / "a.xsj").path])
    hands, page = open_page(town)
    assert page.below.grid.rows.lines[0].texts[-1] == "还没有给"
    hands.qtbot.mouseClick(
        page.below.grid.viewport(), Qt.MouseButton.LeftButton,
        pos=page.below.grid.visualRect(page.below.grid.rows.index(0, 0)).center(),
    )  # fmt: skip
    folder = tmp_path / "给村里"
    folder.mkdir()
    hands.dialogs.paths = [folder]
    hands.click(page.below.answer)
    assert len(list(folder.glob("*.xsj"))) == 1
    assert page.below.grid.rows.lines[0].texts[-1] == "已给"


def test_every_input_of_the_page_has_a_name(open_page: Open, pair: tuple[Session, Session]) -> None:
    _, page = open_page(pair[0])
    for kind in (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit):
        for widget in page.findChildren(kind):
            inner = widget.objectName().startswith("qt_") or isinstance(widget.parent(), QTabBar | QComboBox)
            if inner or widget.isHidden() or widget.metaObject().className() in _PARTS_OF_OTHERS:
                continue
            found = QAccessible.queryAccessibleInterface(widget)
            assert found.text(QAccessible.Text.Name), (widget, widget.parent())


def test_a_station_without_the_right_says_who_can_take_the_request(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, village = pair
    firm = station(tmp_path, "JS-0001", "某厂工会", Level.ENTERPRISE)
    exchange.request(firm, tmp_path / "a.xsq")
    hands, page = open_page(village)
    hands.drop(page.merge.drop, [tmp_path / "a.xsq"])
    assert "没有为下级办理入网的权限" in hands.window.notices.words
    assert "径山镇总工会" in hands.window.notices.words
    assert page.tabs.currentIndex() == WORK


def test_several_acknowledgements_at_once_are_all_taken_and_a_bad_one_holds_up_none(
    open_page: Open, tmp_path: Path
) -> None:
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    files = []
    for n, name in enumerate(("甲村工会", "乙村工会")):
        village = station(tmp_path, f"33011010920{n}", name, Level.VILLAGE)
        exchange.request(village, tmp_path / f"{name}.xsq")
        exchange.grant(town, tmp_path / f"{name}.xsq", tmp_path / f"{name}.xsg")
        exchange.accept(village, tmp_path / f"{name}.xsg", tmp_path / f"{name}.xsa")
        files.append(tmp_path / f"{name}.xsa")
        village.workspace.close()
    bad = tmp_path / "坏的.xsa"
    bad.write_bytes(files[0].read_bytes()[:-20])
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [files[0], bad, files[1]])
    assert page.seen is not None
    assert [p.link.confirmed for p in page.seen.peers] == [True, True]
    assert "“甲村工会”、“乙村工会”已经入网" in page.grant.note.words.text()
    assert "坏的.xsa" in page.grant.note.detail.text()


def test_who_is_enrolled_comes_back_to_send_and_the_cursor_is_on_the_next_step(
    open_page: Open, tmp_path: Path
) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    hands, page = open_page(village)
    assert QApplication.focusWidget() is page.enrol.ask
    exchange.request(village, tmp_path / "a.xsq")
    exchange.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg")
    hands.dialogs.paths = [tmp_path / "a.xsg"]
    hands.click(page.enrol.open_grant)
    hands.window.open_page("home")
    hands.settle()
    hands.window.open_page("sync")
    hands.settle()
    assert page.tabs.currentIndex() == ENROLMENT, "a grant lies on the table"
    hands.click(page.enrol.accept_button)
    hands.window.open_page("home")
    hands.window.open_page("sync")
    hands.settle()
    assert page.tabs.currentIndex() == WORK
    assert QApplication.focusWidget() is page.send.export
    town.workspace.close()


def test_the_cursor_follows_the_steps_of_a_merge_and_conflicts_ask_for_a_decision(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    record = records.save(village, "enterprise", {"name": "一家", "uscc": CODE}).record
    report_up(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "甲"}, record=record)
    records.save(town, "enterprise", {"name": "乙"}, record=record)
    sent = exchange.send(village, tmp_path / "b.xsj")
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [sent.path])
    assert QApplication.focusWidget() is page.merge.merge
    hands.qtbot.keyClick(page.merge.merge, Qt.Key.Key_Space)
    hands.settle()
    assert "有分歧1项" in page.merge.note.words.text()
    assert page.merge.note.property("tone") == "warning"
    assert QApplication.focusWidget() is page.merge.again


def test_a_small_screen_hides_no_row_behind_a_scroll_bar(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": LONG, "uscc": CODE})
    sent = exchange.send(village, tmp_path / "b.xsj")
    hands, page = open_page(town)
    hands.window.resize(1093, 582)
    hands.drop(page.merge.drop, [sent.path])
    grid = page.merge.grid
    assert grid.horizontalScrollBar().maximum() == 0
    last = grid.visualRect(grid.rows.index(grid.rows.rowCount() - 1, 0))
    assert grid.viewport().rect().contains(last)
    hands.click(page.merge.merge)
    assert not page.merge.again.visibleRegion().isEmpty()
    assert hands.window.height() <= 582
