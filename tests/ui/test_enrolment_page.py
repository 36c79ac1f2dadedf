"""Enrolment on the page 上报与合并: three files, words to compare, who asks once more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import applying, enrolling, exchange, policy, roots
from desktop.records.declaration import Level
from desktop.sync.signed.words import fingerprint
from desktop.ui.dialogs import Answer
from desktop.ui.pages.sync.page import ENROLMENT, LOG, WORK, SyncPage
from desktop.ui.parts import row
from desktop.ui.widgets.fingerprint import Words
from desktop.ui.widgets.reach import lead_to
from tests.operations.levels import Three
from tests.operations.stations import enrol, laptop, report_up, station
from tests.ui.exchanges import Open, town_and_village
from tests.ui.hands import Windows
from tests.ui.house import exposed


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "sync", SyncPage)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A town and a village of it."""
    return town_and_village(tmp_path)


def test_who_is_enrolled_asks_once_more_from_the_steps(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """Its unit has another superior now, or it was put out of use and found again."""
    town, village = pair
    report_up(village, town, tmp_path)
    hands, page = open_page(village)
    page.tabs.setCurrentIndex(ENROLMENT)
    hands.settle()
    assert not page.enrol.ask.isVisible()
    hands.click(page.enrol.unfold)
    hands.settle()
    assert (page.enrol.ask.isVisible(), page.enrol.ask.text()) == (True, "重新申请入网…")
    assert not page.enrol.own_words.isVisible()
    hands.dialogs.paths = [tmp_path / "again.xsq"]
    hands.click(page.enrol.ask)
    hands.settle()
    assert page.enrol.own_words.isVisible()
    assert page.enrol.own_words.shown.strip()
    if folder := os.environ.get("XIAOSANJI_LOOK"):
        hands.window.resize(1366, 768)
        hands.settle()
        hands.window.grab().save(f"{folder}/again.png")
    before = village.ledger.incarnation
    enrolling.grant(town, tmp_path / "again.xsq", tmp_path / "again.xsg", compared=None)
    hands.dialogs.paths = [tmp_path / "again.xsg"]
    hands.click(page.enrol.open_grant)
    hands.click(page.enrol.accept_button)
    hands.settle()
    assert village.ledger.incarnation != before
    assert not page.enrol.ask.isVisible()


def test_who_was_moved_before_the_first_answer_asks_once_more_too(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """The step said so and had no button."""
    hands, page = open_page(pair[1])
    page.tabs.setCurrentIndex(ENROLMENT)
    hands.settle()
    told = "".join(label.text() for label in page.enrol.steps[0].findChildren(QLabel))
    assert ("重新申请" in told, page.enrol.ask.isVisible()) == (False, False)
    exchange.send(pair[1], tmp_path / "unheard.xsj")
    page.refresh(None)
    hands.settle()
    told = "".join(label.text() for label in page.enrol.steps[0].findChildren(QLabel))
    assert ("重新申请" in told, page.enrol.ask.isVisible()) == (True, True)
    hands.look("unheard")


def test_a_root_that_was_lost_gives_way_to_another_once_its_words_were_compared(
    open_page: Open, tmp_path: Path
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    fresh = laptop(tmp_path, "新电脑", "330110", "余杭区总工会", Level.DISTRICT)
    applying.request(village, tmp_path / "村.xsq")
    enrolling.grant(fresh, tmp_path / "村.xsq", tmp_path / "村.xsg", compared=None)
    hands, page = open_page(village)
    hands.drop(page.merge.drop, [tmp_path / "村.xsg"])
    hands.settle()
    assert not page.enrol.open
    (known,) = page.enrol.note.findChildren(QPushButton)
    hands.click(known)
    hands.settle()
    (words,) = roots.current(fresh.database, fresh.ledger.station).words
    assert str(words) in page.enrol.doubt.detail.text()
    hands.look("another root")
    # Somebody puts another one in its place while the words are compared.
    enrolling.grant(fresh, tmp_path / "村.xsq", tmp_path / "村.xsg", compared=None)
    hands.click(page.enrol.accept_button)
    hands.settle()
    assert "换成了另一份" in page.enrol.note.detail.text()
    page.enrol.look(tmp_path / "村.xsg", another_root=True)
    hands.settle()
    hands.click(page.enrol.accept_button)
    hands.settle()
    assert roots.own_roots(village) == roots.own_roots(fresh)


def test_villages_of_a_stolen_laptop_are_taken_over_from_the_page(open_page: Open, tmp_path: Path) -> None:
    three = Three(tmp_path)
    three.exchange()
    policy.revoke(three.district, three.town.ledger.station)
    new = laptop(tmp_path, "新电脑")
    enrol(new, three.district, tmp_path, delegate=True)
    report_up(new, three.district, tmp_path)
    above, desk = open_page(new)
    assert desk.tabs.tabText(ENROLMENT) == "入网（1）"
    desk.tabs.setCurrentIndex(ENROLMENT)
    above.settle()
    assert desk.take_over.isVisible()
    above.look("astray")
    above.dialogs.paths = [tmp_path]
    above.click(desk.take_over.all)
    above.settle()
    assert "已写好1个批准文件" in desk.take_over.note.words.text()
    assert (desk.take_over.all.isVisible(), desk.tabs.tabText(ENROLMENT)) == (False, "入网")
    above.look("given")
    below, page = open_page(three.village)
    below.drop(page.merge.drop, [tmp_path / "径山村工会_补发批准.xsg"])
    below.settle()
    assert "没有申请过，是“径山镇总工会”换了电脑来接手" in page.enrol.offer.text()
    assert page.enrol.their_words.shown in desk.take_over.note.detail.text()
    below.look("taken over")
    below.click(page.enrol.accept_button)
    below.settle()
    above.drop(desk.merge.drop, [tmp_path / "径山村工会_入网回执.xsa"])
    above.settle()
    assert not desk.take_over.grid.isVisible()


def test_three_files_enrol_a_village_and_both_sides_show_the_same_words(
    open_page: Open, tmp_path: Path
) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    below, page = open_page(village)
    above, desk = open_page(town)
    assert page.tabs.currentIndex() == ENROLMENT
    assert [s.number.state for s in page.enrol.steps] == ["next", "later", "later"]
    # Nothing came or went yet: that stands at the head of its page, and no empty table over it.
    page.tabs.setCurrentWidget(page.log)
    below.settle()
    assert not page.log.links.isVisible()
    assert page.log.none.y() < 100
    page.tabs.setCurrentIndex(ENROLMENT)
    below.settle()
    below.dialogs.paths = [tmp_path / "甲.xsq"]
    below.click(page.enrol.ask)
    assert [s.number.state for s in page.enrol.steps] == ["done", "next", "later"]
    asked_words = page.enrol.own_words.shown

    by_hand = {"name": "径山村（手工）", "code": "330110109222", "level": "village"}
    twin = records.save(town, "unit", by_hand).record
    above.drop(desk.merge.drop, [tmp_path / "甲.xsq"])
    assert desk.tabs.currentIndex() == ENROLMENT
    assert desk.grant.words.shown == asked_words
    assert "已有同编码的“径山村（手工）”" in desk.grant.asked.text()
    above.look("asked-by-hand")
    assert not desk.grant.grant_button.isEnabled()
    above.tick(desk.grant.compared)
    assert desk.grant.grant_button.isEnabled()
    above.dialogs.paths = [tmp_path / "甲.xsg"]
    above.click(desk.grant.grant_button)
    above.look("granted-by-hand")
    above.click(next(b for b in desk.grant.note.findChildren(QPushButton) if "手工登记" in b.text()))
    assert above.window.page is not None
    assert above.window.page.property("record") == f"unit:{twin}"
    above.window.back()
    assert records.delete(town, "unit", twin).records["unit"] == (twin,)

    below.drop(page, [tmp_path / "甲.xsg"])
    assert page.tabs.currentIndex() == ENROLMENT, "on that tab as well, where no place is marked for it"
    assert page.enrol.their_words.shown in desk.grant.note.detail.text(), (
        "they are asked for on the telephone"
    )
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


def test_a_town_reads_out_the_words_that_its_village_is_shown(open_page: Open, tmp_path: Path) -> None:
    """They are those of its own key, not of the root; and they are found again once the telephone rings."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    village = station(tmp_path, "330110109222", "径山村工会𠮷㐂䶮", Level.VILLAGE)
    enrol(town, district, tmp_path, delegate=True)
    applying.request(village, tmp_path / "甲.xsq")
    above, desk = open_page(town)
    above.drop(desk.merge.drop, [tmp_path / "甲.xsq"])
    above.tick(desk.grant.compared)
    above.dialogs.paths = [tmp_path / "甲.xsg"]
    above.click(desk.grant.grant_button)
    above.look("granted-by-a-town")
    below, page = open_page(village)
    below.drop(page.merge.drop, [tmp_path / "甲.xsg"])
    shown = page.enrol.their_words.shown
    assert shown.strip()
    assert shown in desk.grant.note.detail.text()
    root, own = desk.root.words.text().split("\n")
    assert shown in own
    assert shown not in root
    below.click(page.enrol.accept_button)
    assert page.root.words.text() == root, "a village grants nobody"


def test_the_words_to_be_compared_are_seen_whole_where_there_is_little_room(qtbot: QtBot) -> None:
    """At a magnification of 150 % the digits lay outside of the page, where no scroll bar led."""
    words = Words()
    words.show_words(fingerprint(b"key"))
    holder = QWidget()
    holder.setFixedHeight(400)
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    column.addLayout(row(words, 1))
    column.addStretch(1)
    wide = words.sizeHint().width()
    for width in (wide + 100, wide * 2 // 3):
        holder.setFixedWidth(width)
        holder.show()
        exposed(qtbot, holder)
        QApplication.processEvents()
        assert words.width() <= width
        assert (words.height() == words.sizeHint().height()) is (width > wide), (
            "in one line where it has room"
        )
        for label in words.findChildren(QLabel):
            corner = label.mapTo(words, label.rect().bottomRight())
            assert words.rect().contains(corner), label.text()
            assert label.width() >= label.sizeHint().width()


def test_words_that_differ_leave_everything_as_it_was(open_page: Open, tmp_path: Path) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    applying.request(village, tmp_path / "a.xsq")
    enrolling.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg", compared=None)
    hands, page = open_page(village)
    hands.dialogs.paths = [tmp_path / "a.xsg"]
    hands.click(page.enrol.open_grant)
    hands.click(page.enrol.decline)
    assert "没有任何改变" in page.enrol.note.words.text()
    assert page.seen is not None
    assert not page.seen.standing.enrolled


def test_a_station_can_be_put_under_another_unit(open_page: Open, tmp_path: Path) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    applying.request(village, tmp_path / "a.xsq")
    records.save(town, "unit", {"name": "手工的", "code": "330110109222", "level": "village"})
    hands, page = open_page(town)
    page.tabs.setCurrentIndex(ENROLMENT)
    hands.dialogs.paths = [tmp_path / "a.xsq"]
    hands.click(page.grant.open_request)
    assert "手工登记" in page.grant.asked.text()
    hands.tick(page.grant.compared)
    hands.tick(page.grant.elsewhere)
    page.grant.units.setCurrentIndex(page.grant.units.count() - 1)
    assert not page.grant.grant_button.isEnabled()
    hands.qtbot.keyClicks(page.grant.code, "JS-0009")
    page.grant.level.setCurrentIndex(page.grant.level.findData(Level.ENTERPRISE))
    hands.dialogs.paths = [tmp_path / "a.xsg"]
    hands.click(page.grant.grant_button)
    assert "手工登记" not in page.grant.note.detail.text(), "that is not the code it was enrolled for"
    accepted = applying.accept(village, tmp_path / "a.xsg", compared=None)
    assert (accepted.code, accepted.level) == ("JS-0009", Level.ENTERPRISE)


@pytest.mark.parametrize(("code", "said"), [("330106002", "西湖区"), ("3301101", "区划表里没有编码3301101")])
def test_a_unit_with_the_code_of_another_district_or_of_no_town_is_asked_about(
    open_page: Open, tmp_path: Path, code: str, said: str
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, code, "北山街道总工会", Level.TOWN)
    applying.request(town, tmp_path / "a.xsq")
    hands, page = open_page(district)
    page.tabs.setCurrentIndex(ENROLMENT)
    hands.dialogs.paths = [tmp_path / "a.xsq"]
    hands.click(page.grant.open_request)
    hands.tick(page.grant.compared)
    for answer, written in ((Answer.NO, False), (Answer.YES, True)):
        hands.dialogs.paths = [tmp_path / "a.xsg"]
        hands.dialogs.answers = [answer]
        hands.click(page.grant.grant_button)
        assert (tmp_path / "a.xsg").exists() is written
    assert said in hands.dialogs.asked[-1]


def test_a_station_without_the_right_says_who_can_take_the_request(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, village = pair
    firm = station(tmp_path, "JS-0001", "某厂工会", Level.ENTERPRISE)
    applying.request(firm, tmp_path / "a.xsq")
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
        applying.request(village, tmp_path / f"{name}.xsq")
        enrolling.grant(town, tmp_path / f"{name}.xsq", tmp_path / f"{name}.xsg", compared=None)
        applying.accept(village, tmp_path / f"{name}.xsg", tmp_path / f"{name}.xsa", compared=None)
        files.append(tmp_path / f"{name}.xsa")
        sent = exchange.send(village, tmp_path / f"{name}.xsj").path
        village.workspace.close()
    bad = tmp_path / "坏的.xsa"
    bad.write_bytes(files[0].read_bytes()[:-20])
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [files[0], bad, sent, files[1]])
    assert page.seen is not None
    assert [p.link.confirmed for p in page.seen.peers] == [True, True]
    assert "“甲村工会”、“乙村工会”已经入网" in page.grant.note.words.text()
    assert "坏的.xsa" in page.grant.note.detail.text()
    # A bundle that came with them is on another tab by now.
    assert page.tabs.currentIndex() == ENROLMENT
    assert hands.window.notices.words == "1个数据包已核对，还没有合并。"
    hands.click(hands.window.notices._button)
    assert (page.tabs.currentIndex(), page.merge.merge.isVisible()) == (WORK, True)


def test_requests_of_several_units_are_done_one_after_the_other_by_keys(
    open_page: Open, tmp_path: Path
) -> None:
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    files = []
    for n, name in enumerate(("甲村工会", "乙村工会", "丙村工会"), 2):
        village = station(tmp_path, f"33011010920{n}", name, Level.VILLAGE)
        files.append(tmp_path / f"{name}.xsq")
        applying.request(village, files[-1])
        village.workspace.close()
    hands, page = open_page(town)
    hands.dialogs.several = [files]
    hands.click(page.merge.drop.choose)
    assert "“甲村工会”" in page.grant.asked.text()
    assert "后面还有2个" in page.grant.asked.text()
    assert page.grant.compared.hasFocus()
    hands.qtbot.keyClick(page.grant.compared, Qt.Key.Key_Space)
    hands.dialogs.paths = [tmp_path / "甲村.xsg"]
    hands.window.resize(1100, 560)
    lead_to(page.grant.grant_button)
    hands.click(page.grant.grant_button)
    assert (tmp_path / "甲村.xsg").exists()
    hands.qtbot.waitUntil(
        lambda: page.grant.note.visibleRegion().boundingRect().contains(page.grant.note.rect())
    )
    following = hands.window.focusWidget()
    assert isinstance(following, QPushButton)
    hands.click(following)
    assert "“乙村工会”" in page.grant.asked.text()
    assert not page.grant.compared.isChecked()
    hands.click(page.grant.cancel)
    assert "“丙村工会”" in page.grant.asked.text()
    assert "后面还有" not in page.grant.asked.text()
    hands.click(page.grant.cancel)
    assert not page.grant.open


def test_what_was_said_of_one_file_is_not_read_as_said_of_the_next(open_page: Open, tmp_path: Path) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    applying.request(village, tmp_path / "a.xsq")
    enrolling.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg", compared=None)
    hands, page = open_page(town)
    wrong = "批准文件（.xsg）是给下级的"
    hands.drop(page.merge.drop, [tmp_path / "a.xsg"])
    assert wrong in hands.window.notices.words
    hands.drop(page.merge.drop, [tmp_path / "a.xsq"])
    assert hands.window.notices.words == ""
    hands.drop(page.merge.drop, [tmp_path / "a.xsg"])
    assert wrong in hands.window.notices.words
    bar = page.tabs.tabBar()
    hands.qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(LOG).center())
    assert page.tabs.currentIndex() == LOG
    assert hands.window.notices.words == ""
    village.workspace.close()


def test_who_is_enrolled_comes_back_to_send_and_the_cursor_is_on_the_next_step(
    open_page: Open, tmp_path: Path
) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109222", "径山村工会", Level.VILLAGE)
    hands, page = open_page(village)
    assert QApplication.focusWidget() is page.enrol.ask
    applying.request(village, tmp_path / "a.xsq")
    enrolling.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg", compared=None)
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
