"""The page 上报与合并, with mouse and keys: enrolment, sending, checking, merging, answering, comparing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
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
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import covers, enrolling, exchange, traffic, withdrawals
from desktop.operations.stations.traffic import Seen
from desktop.records.declaration import Level, Role
from desktop.records.versions.item_outcomes import OUTCOMES
from desktop.records.versions.stamps import DAY_MS
from desktop.store.peers import traffic as stored
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.sync.authority.station import begin_incarnation
from desktop.sync.authority.station import load_keys as station_keys
from desktop.sync.bundles import envelope, sending
from desktop.sync.merging import results
from desktop.sync.merging.results import BundleResult
from desktop.sync.signed import manifest
from desktop.sync.signed.words import fingerprint
from desktop.ui.dialogs import Answer
from desktop.ui.forms.page import FormPage
from desktop.ui.pages.conflicts.page import ConflictsPage
from desktop.ui.pages.home.page import HomePage
from desktop.ui.pages.sync import merge_words
from desktop.ui.pages.sync.page import COMPARE, ENROLMENT, FORKS, LOG, UNSETTLED, WORK, SyncPage
from desktop.ui.pages.sync.preview import Shown, summary
from desktop.ui.parts import row
from desktop.ui.printing.page import PreviewPage
from desktop.ui.widgets.fingerprint import Words
from tests.operations.stations import enrol, forged, report_up, station, twin
from tests.ui.hands import Hands, Windows
from tests.ui.house import exposed, picture

CODE, PHONE = "91330106MA2ABCDEX7", "13812340000"
LONG = "杭州余杭径山镇双溪竹海漂流景区旅游服务有限公司第二分公司犇㛃䶮示例单位名称一二三四五"
_PARTS_OF_OTHERS = ("QTableCornerButton", "QComboBoxListView", "QHeaderView")
Open = Callable[[Session], tuple[Hands, SyncPage]]


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "sync", SyncPage)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A town with its root, and a village of it."""
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    return town, village


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
    enrolling.grant(town, tmp_path / "again.xsq", tmp_path / "again.xsg")
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


def test_three_files_enrol_a_village_and_both_sides_show_the_same_words(
    open_page: Open, tmp_path: Path
) -> None:
    town = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
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

    by_hand = {"name": "径山村（手工）", "code": "330110109200", "level": "village"}
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

    below.dialogs.paths = [tmp_path / "甲.xsg"]
    below.click(page.enrol.open_grant)
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
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrolling.request(village, tmp_path / "a.xsq")
    enrolling.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg")
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
    enrolling.request(village, tmp_path / "a.xsq")
    records.save(town, "unit", {"name": "手工的", "code": "330110109200", "level": "village"})
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
    accepted = enrolling.accept(village, tmp_path / "a.xsg")
    assert (accepted.code, accepted.level) == ("JS-0009", Level.ENTERPRISE)


def test_a_unit_with_the_code_of_another_district_is_asked_about(open_page: Open, tmp_path: Path) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330106002", "北山街道总工会", Level.TOWN)
    enrolling.request(town, tmp_path / "a.xsq")
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
    assert "西湖区" in hands.dialogs.asked[-1]


def test_sending_says_what_is_inside_remembers_the_folder_and_what_to_do_next(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, village = pair
    saved = records.save(village, "enterprise", {"name": "一家", "uscc": CODE})
    records.save(village, "enterprise", {"name": "改过的"}, record=saved.record)
    records.delete(village, "enterprise", saved.record)
    records.restore(village, "enterprise", saved.record)  # as a manifest counts it, a change
    hands, page = open_page(village)
    assert page.tabs.currentIndex() == WORK
    assert page.send.amount.text() == "有4项新内容要上报"
    assert "新增1条、修改2处、删除1条。" in page.send.inside.text()
    hands.dialogs.paths = [tmp_path]
    hands.click(page.send.export)
    (written,) = tmp_path.glob("径山村工会_*.xsj")
    assert written.name in page.send.done.words.text()
    assert "下一步" in page.send.done.detail.text()
    cover = covers.cover_of(village, written)
    assert (cover.births, cover.changes, cover.deletions) == (1, 2, 1)
    assert "4项已导出、等上级的回执" in page.send.amount.text()
    records.save(village, "enterprise", {"name": "又一家"})
    page.load()
    hands.settle()
    hands.click(page.send.export)
    assert len(list(tmp_path.glob("径山村工会_*.xsj"))) == 2


def test_what_one_bundle_cannot_hold_is_said_and_goes_in_a_second(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envelope, "PART_TARGET", 1)
    monkeypatch.setattr(manifest, "MAX_PARTS", 2)
    district, village = pair
    for name in ("一家", "又一家"):
        records.save(village, "enterprise", {"name": name})
        sending.cut_own(village.ledger, station_keys(village.ledger))
    hands, page = open_page(village)
    hands.dialogs.paths = [tmp_path]
    hands.click(page.send.export)
    assert "再导出一次" in page.send.done.detail.text()
    assert page.send.amount.text() == "有1项新内容要上报，另有1项已导出、还没有回执"
    hands.click(page.send.export)
    assert "再导出一次" not in page.send.done.detail.text()
    report = exchange.merge(district, sorted(tmp_path.glob("径山村工会_*.xsj")))
    assert [(b.applied, b.gap, b.problem) for b in report.bundles] == [(1, False, None)] * 2


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
    hands.dialogs.paths = [None]
    shown.save_pdf()
    assert hands.dialogs.began == tmp_path, "the sheet goes with its file"


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
    copy = tmp_path / "报 区里 - 副本.xsj"
    copy.write_bytes(sent.path.read_bytes())
    hands.drop(page.merge.drop, [sent.path])
    hands.drop(page.merge.details, [copy, broken])  # beside the first ones, wherever it is let go
    assert [f.good for f in page.merge.files] == [True, False]
    assert "有1个文件和别的文件内容相同" in page.merge.note.detail.text()
    assert "坏的.xsj" in page.merge.note.detail.text()
    assert "安全弹出U盘" in page.merge.note.detail.text()
    assert records.load(town, "enterprise", "0" * 32) is None
    assert exchange.digest(town).records == 0
    texts = [line.texts for line in page.merge.details.types.rows.lines]
    assert [t[1] for t in texts] == ["1", "1"]
    assert page.merge.merge.text() == "合并1个文件"
    hands.click(page.merge.merge)
    assert exchange.digest(town).records == 2
    assert page.merge.note.words.text() == "已合并1个文件：收下2项（新增2条）。"
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
    assert "全部已有" in page.merge.grid.rows.lines[0].texts[-1]
    hands.click(page.merge.merge)
    assert page.merge.note.words.text() == "已合并1个文件：已有1项。"


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
        session: Session, paths: list[Path], folder: Path | None, progress: traffic.Progress, *_: object
    ) -> object:
        def waiting(done: int, total: int, words: str) -> None:
            begun.set()
            stopped.wait(120)
            progress(done, total, words)

        return merge(session, paths, folder, waiting)

    monkeypatch.setattr(traffic, "merge", slowly)
    hands.qtbot.mouseClick(page.merge.merge, Qt.MouseButton.LeftButton)
    hands.qtbot.waitUntil(lambda: begun.is_set() and page.merge.stop.isVisible())
    QApplication.processEvents()
    assert page.merge.stop.hasFocus()
    page.merge.take([tmp_path / "b.xsj"])
    assert "等它完成再来" in hands.window.notices.words, (
        "what cannot be taken now is not passed over in silence"
    )
    hands.qtbot.mouseClick(page.merge.stop, Qt.MouseButton.LeftButton)
    stopped.set()
    hands.settle()
    assert [f.path for f in page.merge.files] == [sent.path]
    assert "已停止，什么都没有写入" in page.merge.note.words.text()
    assert page.merge.merge.hasFocus(), "not the navigation, where the next key would leave the page"
    assert exchange.digest(town) == before
    monkeypatch.undo()
    hands.click(page.merge.merge)
    assert exchange.digest(town).records == 1


def test_a_stick_that_goes_while_it_is_merged_is_said_once_and_what_is_left_goes_on_when_it_is_back(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty files are not chosen again one by one, and no receipt lies on the hard disk where nobody looks for it."""
    town, village = pair
    stick, pocket = tmp_path / "U盘", tmp_path / "口袋"
    stick.mkdir()
    for n in range(5):
        records.save(village, "enterprise", {"name": f"第{n}家"})
        exchange.send(village, stick / f"{4 - n}.xsj")
    hands, page = open_page(town)
    hands.drop(page.merge.drop, sorted(stick.iterdir()))
    names = [f"{n}.xsj" for n in range(5)]
    assert [f.path.name for f in page.merge.files] == names, (
        "as they lie in the folder, not as they are merged"
    )
    merge = traffic.merge

    def pulled_out(
        session: Session, paths: list[Path], folder: Path | None, progress: traffic.Progress, *rest: object
    ) -> object:
        def pulling(done: int, total: int, words: str) -> None:
            if done == 1 and stick.exists():
                stick.rename(pocket)
            progress(done, total, words)

        return merge(session, paths, folder, pulling, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(traffic, "merge", pulled_out)
    hands.click(page.merge.merge)
    monkeypatch.undo()
    told = page.merge.note.detail.text()
    assert page.merge.note.words.text() == "已合并1个文件：收下1项（新增1条）。"
    assert told.count("U盘可能已拔出") == 2, "once for the receipt, once for all files"
    assert "0.xsj、1.xsj、2.xsj等4个" in told
    assert [f.path.name for f in page.merge.files] == names
    assert not stick.exists(), "no folder of the stick's name is made on the hard disk"
    pocket.rename(stick)
    hands.click(link_of(page, "再写这1个回执"))
    assert len(list((stick / "回执").iterdir())) == 1
    assert "回执已写好1个" in page.merge.note.detail.text()
    hands.click(link_of(page, "没有合并的4个再核对一次"))
    assert [f.path.name for f in page.merge.files] == names[:4]
    hands.click(page.merge.merge)
    assert page.merge.note.words.text().startswith("已合并4个文件：收下4项（新增4条）")
    assert exchange.digest(town).records == 5


def link_of(page: SyncPage, words: str) -> QPushButton:
    """What is offered below what became of a merge."""
    return next(b for b in page.merge.note.findChildren(QPushButton) if b.text() == words)


def test_nothing_is_said_of_files_that_are_still_looked_at(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, _ = pair
    _, page = open_page(town)
    page.merge.files = [Shown(tmp_path / "a.xsj"), Shown(tmp_path / "b.xsj")]
    page.merge._show_state()
    assert page.merge.details.isHidden(), "not that all in them was had before"
    assert set(page.merge.grid.rows.lines[0].texts[1:]) == {""}, "no noughts that look like a result"


@pytest.fixture
def towns(tmp_path: Path) -> tuple[Session, Session, Session]:
    """A district and two towns of it."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    one, two = (
        station(tmp_path, f"33011010{i}", f"{n}镇总工会", Level.TOWN) for i, n in ((9, "甲"), (8, "乙"))
    )
    for town in (one, two):
        enrol(town, district, tmp_path)
    return district, one, two


def test_files_that_put_the_date_in_doubt_can_be_looked_at_once_more(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    others = [
        station(tmp_path, f"33011010920{n}", name, Level.VILLAGE)
        for n, name in ((1, "双溪村"), (2, "平山村"))
    ]
    files = []
    for below in (village, *others):
        if below is not village:
            enrol(below, town, tmp_path)
        now = below.environment.now
        object.__setattr__(below.environment, "now", lambda now=now: now() + 60 * DAY_MS)
        below.ledger.clock.confirm()
        records.save(below, "enterprise", {"name": f"{below.unit.name}的厂"})
        files.append(exchange.send(below, tmp_path / f"{below.unit.name}.xsj").path)
    answers = [False, True]
    town.ledger.clock.ask = lambda _doubt: answers.pop(0)
    hands, page = open_page(town)
    hands.drop(page.merge.drop, files)
    said = page.merge.note
    assert "没有核对完" in said.words.text()
    assert {line.texts[-1] for line in page.merge.grid.rows.lines[1:]} == {"还没有核对"}
    (again,) = [b for b in said.findChildren(QPushButton) if b.isVisible()]
    assert again.hasFocus()
    hands.click(again)
    assert [f.good for f in page.merge.files] == [True] * 3
    made = {line.texts[3] for line in page.merge.grid.rows.lines[1:]}
    assert made == {"2027-01-22"}, "without the year it would be read as of this one"
    now = town.environment.now
    object.__setattr__(town.environment, "now", lambda: now() - 400 * DAY_MS)
    answers.append(False)
    hands.click(page.merge.merge)
    assert "再做这一步" in said.detail.text()
    assert page.merge.merge.hasFocus(), "once the date is right it is pressed again"


def test_a_new_record_that_the_upper_level_refused_is_filled_in_once_more(
    open_page: Open, towns: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, one, two = towns
    saved = forged(one, {"name": "别家的茶厂", "contact_phone": PHONE}, two.unit.id)
    edits = records.slot_edits(one, one.types["enterprise"], saved, {"surveyed_staff": 31})
    one.ledger.write("改", "王芳", edits=edits)
    report_up(one, district, tmp_path)
    hands, page = open_page(one)
    assert page.tabs.tabText(UNSETTLED) == "没有收下的（2）"
    page.tabs.setCurrentIndex(UNSETTLED)
    assert page.unsettled.above.words.text() == "上级没有收下这2条，因为："
    assert "不在本单位负责的范围内" in page.unsettled.above.detail.text()
    assert records.load(one, "enterprise", saved) is None
    assert not page.unsettled.open.isVisible()
    # Either of the two leads to the whole record as it was last.
    hands.qtbot.keyClick(page.unsettled.grid, Qt.Key.Key_Return)
    hands.settle()
    form = hands.window.page
    assert isinstance(form, FormPage)
    assert (form.record, form.form.values()["name"], form.form.values()["surveyed_staff"]) == (
        None,
        "别家的茶厂",
        31,
    )
    assert form.form.values()["contact_phone"] == PHONE
    assert PHONE not in form.form.rows["contact_phone"].editor.text()
    assert audit.recent(one)[0].action == "查看完整信息"
    assert "上级没有收下的内容" in hands.window.notices.words
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert form.record not in (None, saved)
    assert page.tabs.tabText(UNSETTLED) == "没有收下的"
    assert [line.texts[-1][:6] for line in page.unsettled.grid.rows.lines] == ["已重新填写；"] * 2
    assert report_up(one, district, tmp_path).bundles[0].refused == 0


def test_a_change_that_was_refused_is_put_into_its_field_and_not_saved(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    saved = records.save(village, "enterprise", {"name": "一家"})
    report_up(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "错的名称"}, record=saved.record)
    report_up(village, town, tmp_path)
    withdrawals.withdraw(town, stored.merges(town.database)[0].id)
    report_up(village, town, tmp_path)
    hands, page = open_page(village)
    page.tabs.setCurrentIndex(UNSETTLED)
    hands.click(page.unsettled.again)
    form = hands.window.page
    assert isinstance(form, FormPage)
    assert form.record == saved.record
    assert form.form.values()["name"] == "错的名称"
    assert form.form.rows["name"].editor.hasFocus() or form.form.rows["name"].editor.inputs()[0].hasFocus()
    assert form.form.dirty
    assert records.load(village, "enterprise", saved.record).values["name"] == "一家"  # type: ignore[union-attr]
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert records.load(village, "enterprise", saved.record).values["name"] == "错的名称"  # type: ignore[union-attr]


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
    assert "汇总员" in page.merge.right.text()
    assert page.merge.more.hasFocus(), "where the cursor can be"


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
    firm = next(iter(reading.records(town.database, town.types, Query("enterprise"))))
    hands.bench.write(
        "修改",
        lambda session, _t: records.save(session, "enterprise", {"name": "改过"}, record=firm.id),
        step=False,
    )
    hands.settle()
    page.refresh(None)
    hands.settle()
    assert page.below.grid.rows.lines[0].texts[-1] == "之后又有改动"
    assert page.below.all.isHidden(), "there is one only"


def test_receipts_of_all_that_wait_are_written_into_one_folder(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_words, "_MOST_FILES", 1)
    town, village = pair
    other = station(tmp_path, "330110109201", "双溪村工会", Level.VILLAGE)
    enrol(other, town, tmp_path)
    for below in (village, other):
        records.save(below, "enterprise", {"name": below.unit.name})
        exchange.merge(town, [exchange.send(below, tmp_path / f"{below.unit.name}.xsj").path])
    hands, page = open_page(town)
    assert page.below.all.text() == "给2个都写回执…"
    hands.dialogs.paths = [tmp_path / "gone" / "pulled out"]
    hands.click(page.below.all)
    said = page.below.note
    assert said.words.text() == "已写好0个回执。"
    (why,) = said.detail.text().splitlines()
    assert "等2个的没有写成：" in why, "a stick that is gone is one reason, however many wait"
    folder = tmp_path / "给村里"
    hands.dialogs.paths = [folder]
    hands.click(page.below.all)
    assert said.words.text() == "已写好2个回执。"
    assert "等2个，对方拖到" in said.detail.text(), "two hundred names would fill the page"
    hands.look("receipts-of-all")
    assert {line.texts[-1] for line in page.below.grid.rows.lines} == {"已给"}
    assert page.below.all.isHidden()
    assert page.below.answer.isEnabled() == (page.below.grid.current() is not None)
    for below in (village, other):
        (path,) = folder.glob(f"*{below.unit.name}*.xsj")
        assert exchange.receive(below, [path]).bundles[0].problem is None
    records.save(village, "enterprise", {"name": "又一家"})
    exchange.merge(town, [exchange.send(village, tmp_path / "again.xsj").path])
    page.load()
    hands.settle()
    assert said.isHidden(), "what was told of those before is over"


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
    enrolling.request(firm, tmp_path / "a.xsq")
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
        enrolling.request(village, tmp_path / f"{name}.xsq")
        enrolling.grant(town, tmp_path / f"{name}.xsq", tmp_path / f"{name}.xsg")
        enrolling.accept(village, tmp_path / f"{name}.xsg", tmp_path / f"{name}.xsa")
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
    for n, name in enumerate(("甲村工会", "乙村工会", "丙村工会")):
        village = station(tmp_path, f"33011010920{n}", name, Level.VILLAGE)
        files.append(tmp_path / f"{name}.xsq")
        enrolling.request(village, files[-1])
        village.workspace.close()
    hands, page = open_page(town)
    hands.dialogs.several = [files]
    hands.click(page.merge.drop.choose)
    assert "“甲村工会”" in page.grant.asked.text()
    assert "后面还有2个" in page.grant.asked.text()
    assert page.grant.compared.hasFocus()
    hands.qtbot.keyClick(page.grant.compared, Qt.Key.Key_Space)
    hands.dialogs.paths = [tmp_path / "甲村.xsg"]
    hands.click(page.grant.grant_button)
    assert (tmp_path / "甲村.xsg").exists()
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
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrolling.request(village, tmp_path / "a.xsq")
    enrolling.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg")
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
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    hands, page = open_page(village)
    assert QApplication.focusWidget() is page.enrol.ask
    enrolling.request(village, tmp_path / "a.xsq")
    enrolling.grant(town, tmp_path / "a.xsq", tmp_path / "a.xsg")
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


def test_what_waits_to_be_decided_is_not_told_as_refused(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    record = records.save(village, "enterprise", {"name": "一家", "uscc": CODE}).record
    report_up(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "甲"}, record=record)
    records.save(town, "enterprise", {"name": "乙"}, record=record)
    report_up(village, town, tmp_path)
    hands, page = open_page(village)
    page.tabs.setCurrentIndex(UNSETTLED)
    assert page.unsettled.above.words.text() == "上级收到了，有1条等着定下来：几个人填得不一样。"
    assert page.unsettled.above.detail.text() == ""
    hands.look("unsettled-conflict")
    forged(village, {"name": "别村的茶厂"}, town.unit.id)
    report_up(village, town, tmp_path)
    page.refresh(None)
    hands.settle()
    assert page.unsettled.above.words.text() == "上级没有收下这1条，因为："
    assert page.unsettled.above.detail.text().endswith(
        "（不收）：1条\n上级收到了，有1条等着定下来：几个人填得不一样。"
    )


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
    # Before the merge there is nothing to decide: the record is shown as it stands here.
    items = page.merge.details.items
    hands.qtbot.keyClick(items, Qt.Key.Key_Home)
    hands.qtbot.keyClick(items, Qt.Key.Key_Return)
    hands.settle()
    assert isinstance(hands.window.page, FormPage)
    assert "合并以后" in hands.window.notices.words
    hands.window.back()
    hands.settle()
    page.merge.merge.setFocus()
    hands.qtbot.keyClick(page.merge.merge, Qt.Key.Key_Space)
    hands.settle()
    assert "有分歧1项" in page.merge.note.words.text()
    assert page.merge.details._items_head.text().startswith("有分歧的（1项")
    assert page.merge.note.property("tone") == "warning"
    links = [b.text() for b in page.merge.note.findChildren(QPushButton) if b.isVisible()]
    assert links == ["打开回执文件夹", "去处理分歧"], "nothing is set aside"
    assert QApplication.focusWidget() is page.merge.again
    # Who has decided nothing there finds what was merged as it was; who has decided, what is to be done next.
    hands.click(next(b for b in page.merge.note.findChildren(QPushButton) if b.text() == links[-1]))
    hands.window.open_page("sync")
    hands.settle()
    assert [b.text() for b in page.merge.note.findChildren(QPushButton) if b.isVisible()] == links
    hands.window.open_page("disagreements")
    hands.settle()
    deciding = hands.window.page
    assert isinstance(deciding, ConflictsPage)
    for key in (Qt.Key.Key_1, Qt.Key.Key_Return):
        hands.qtbot.keyClick(deciding.list, key)
    hands.settle()
    hands.window.open_page("sync")
    hands.settle()
    assert page.merge.files == []
    assert page.below.isVisible()
    assert page.below.grid.rows.lines[0].texts[-1] == "之后又有改动"


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


def test_the_five_outcomes_have_one_set_of_words_before_after_and_in_the_log(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    record = records.save(village, "enterprise", {"name": "一家", "uscc": CODE}).record
    gone = records.save(village, "enterprise", {"name": "停业的"}).record
    report_up(village, town, tmp_path)
    records.delete(village, "enterprise", gone)
    records.save(village, "enterprise", {"name": "甲"}, record=record)
    records.save(village, "enterprise", {"name": "又一家"})
    records.save(town, "enterprise", {"name": "乙"}, record=record)
    sent = exchange.send(village, tmp_path / "b.xsj")
    cover = covers.cover_of(village, sent.path)
    assert (cover.births, cover.changes, cover.deletions) == (1, 1, 1)
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [sent.path])
    words = tuple(OUTCOMES.values())
    (line,) = page.merge.details.types.rows.lines
    assert line.texts == ("企业", "1", "0", "1", "1", "0", "0"), "the change is in conflict"
    picture(hands.window, "merge-preview")
    assert tuple(c.label for c in page.merge.grid.rows.columns)[5:10] == words
    assert tuple(c.label for c in page.merge.details.types.rows.columns)[4:] == words[2:]
    hands.click(page.merge.merge)
    assert page.merge.note.words.text() == "已合并1个文件：收下2项（新增1条、删除1条），有分歧1项。"
    page.tabs.setCurrentIndex(LOG)
    assert tuple(c.label for c in page.log.merges.rows.columns)[4:9] == words
    assert page.log.merges.rows.lines[0].texts[3:9] == ("3", "2", "0", "1", "0", "0")


@pytest.fixture
def doubled(pair: tuple[Session, Session], tmp_path: Path) -> Session:
    """A town to which a laptop and its copy sent different things under the same numbers."""
    town, village = pair
    firm = records.save(village, "enterprise", {"name": "一家", "contact_phone": "13800001111"}).record
    report_up(village, town, tmp_path)
    copy = twin(village, tmp_path / "拷贝")
    records.save(village, "enterprise", {"contact_phone": "13900002222"}, record=firm)
    records.save(copy, "enterprise", {"name": "副本登记的"})
    records.save(copy, "enterprise", {"name": "又一家"})
    for session, name in ((village, "a.xsj"), (copy, "b.xsj")):
        exchange.merge(town, [exchange.send(session, tmp_path / name).path])
    return town


def test_a_fork_is_shown_with_both_contents_side_by_side_and_what_to_do(
    open_page: Open, doubled: Session, tmp_path: Path
) -> None:
    hands, page = open_page(doubled)
    assert page.tabs.isTabVisible(FORKS)
    assert page.tabs.tabText(FORKS) == "重号（1）"
    hands.qtbot.mouseClick(
        page.tabs.tabBar(), Qt.MouseButton.LeftButton, pos=page.tabs.tabBar().tabRect(FORKS).center()
    )
    tab = page.forks
    assert tab.note.words.text() == "“径山村工会”的电脑有重号：同一编号有两种内容，2项先留着。"
    assert "打电话" in tab.note.detail.text()
    assert "由管它的上级定" in tab.note.detail.text()
    (fork,) = tab.grid.rows.lines
    assert fork.texts[0] == "径山村工会"
    assert fork.texts[3] == "2"
    (line,) = tab.contents.rows.lines
    number, first, second = line.texts
    assert fork.texts[2] == number
    changed, what, who = first.splitlines()
    assert changed == "修改企业（单位）：一家"
    assert "139****2222" in what, "personal values stay masked"
    assert who.startswith("王芳，2026-11-")
    assert second.startswith("新增企业（单位）：副本登记的\n王芳，2026-11-")
    assert tab.contents.rowHeight(0) >= 3 * tab.contents.fontMetrics().lineSpacing(), "nothing is cut"


def test_two_computers_that_use_one_ledger_are_shown_and_what_to_do(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "以前的"})
    report_up(village, town, tmp_path)
    copy = twin(village, tmp_path / "拷贝")
    begin_incarnation(village.ledger, "ef" * 8)
    for session, name in ((village, "a.xsj"), (copy, "b.xsj")):
        records.save(session, "enterprise", {"name": name})
        exchange.merge(town, [exchange.send(session, tmp_path / name).path])
    hands, page = open_page(town)
    page.tabs.setCurrentIndex(FORKS)
    hands.settle()
    assert page.tabs.tabText(FORKS) == "重号（1）"
    assert page.forks.two.words.text().startswith("“径山村工会”像是有两台电脑在用同一份台账：从2026-11-")
    assert "打电话问清" in page.forks.two.detail.text()
    assert not page.forks.grid.isVisible()
    picture(hands.window, "two-computers")
    page.workbench.shell.open_page("home")
    hands.settle()
    home = hands.window.page
    assert isinstance(home, HomePage)
    (task,) = [t for t in home.tasks.matters.tasks if "同一份台账" in t.sentence]
    assert task.urgent
    task.do()
    hands.settle()
    assert isinstance(hands.window.page, SyncPage)
    assert hands.window.page.tabs.currentIndex() == FORKS


def test_a_ledger_that_was_moved_waits_for_no_receipt_that_had_come(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "以前报过的"})
    report_up(village, town, tmp_path)
    begin_incarnation(village.ledger, "ef" * 8)
    hands, page = open_page(village)
    once_more = "；以前报过的1项上级已收下，下次导出会再带一遍，不会重复"
    assert page.send.amount.text() == f"没有要上报的内容{once_more}"
    assert page.send.inside.text() == "会再带的有：企业新增1条。"
    assert page.send.last.text().endswith("上级的回执已收到。")
    hands.look("moved-ledger")
    page.workbench.shell.open_page("home")
    hands.settle()
    home = hands.window.page
    assert isinstance(home, HomePage)
    assert not [t.sentence for t in home.tasks.matters.tasks if "回执" in t.sentence]
    records.save(village, "enterprise", {"name": "新的"})
    page.load()
    hands.settle()
    assert page.send.amount.text() == f"有1项新内容要上报{once_more}"
    sent = exchange.send(village, tmp_path / "again.xsj")
    page.load()
    hands.settle()
    assert page.send.amount.text() == "没有新内容，2项已导出、等上级的回执"
    assert exchange.merge(town, [sent.path]).bundles[0].known == 1


def test_who_restored_before_the_receipt_came_is_told_to_export_once_more(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "以前报过的"})
    report_up(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "没等到回执的"})
    exchange.merge(town, [exchange.send(village, tmp_path / "late.xsj").path])
    begin_incarnation(village.ledger, "ef" * 8)
    down = exchange.send(town, tmp_path / "late.down.xsj", to=village.ledger.station).path
    exchange.receive(village, [down])
    hands, page = open_page(village)
    words = page.send.amount.text()
    assert words.startswith("没有新内容，请再导出一次；台账恢复或搬动以前报过的2项会再带一遍")
    assert words.endswith("其中1项还不知道上级收下没有")
    assert page.send.inside.text() == "下次导出带上的有：企业新增2条。"
    assert page.send.export.property("primary")
    assert "拿回新的回执" in page.send.last.text()
    hands.look("restored-before-the-receipt")
    report_up(village, town, tmp_path)
    page.load()
    hands.settle()
    assert page.send.amount.text() == "没有要上报的内容"


def test_without_a_fork_there_is_no_tab_for_it(open_page: Open, pair: tuple[Session, Session]) -> None:
    _, page = open_page(pair[0])
    assert not page.tabs.isTabVisible(FORKS)


def test_a_merge_tells_files_as_files() -> None:
    result = BundleResult(
        Path("a.xsj"), applied=73, total=73, births={"enterprise": 1, "attachment": 3, "attachment_part": 64},
        changes={"enterprise": 2}, deletions={"enterprise": 1, "attachment_part": 1},
    )  # fmt: skip
    shown = Shown(Path("a.xsj"), Seen(result, "径山村工会", 0, False))
    assert summary([shown]) == (
        "已合并1个文件：收下73项（新增1条、3个附件、修改2处、删除1条、并入已有的记录1项）。"
    )


def test_where_no_file_can_be_merged_the_page_is_for_the_reasons(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    good = exchange.send(village, tmp_path).path
    bad = []
    for n in range(6):
        bad.append(tmp_path / f"坏的{n}.xsj")
        bad[-1].write_bytes(good.read_bytes()[:-20] if n < 5 else b"x" * 99)
    hands, page = open_page(town)
    hands.drop(page.merge.drop, bad)
    panel = page.merge
    assert not panel.details.isVisible()
    assert panel.note.detail.text().count("\n") == 1
    assert "坏的0.xsj、坏的1.xsj、坏的2.xsj等5个：" in panel.note.detail.text()
    grid = panel.grid
    assert grid.verticalScrollBar().maximum() == 0
    for line in range(grid.rows.rowCount()):
        words = grid.rows.lines[line].texts[-1]
        assert grid.columnWidth(grid.rows.columnCount() - 1) > grid.fontMetrics().horizontalAdvance(words)
    hands.dialogs.several = [[good, exchange.send(village, tmp_path / "又一个.xsj").path]]
    hands.click(panel.more)
    assert len(panel.files) == 8
    assert panel.details.isVisible()
    assert not grid.isColumnHidden(4)


def test_lists_that_are_cut_say_how_many_more_there_are(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a bundle that is refused whole nobody reads each item."""
    town, village = pair
    for n in range(3):
        forged(village, {"name": f"镇里的{n}"}, town.unit.id)
    monkeypatch.setattr(results, "MOST_LISTED", 1)
    for most in ("MOST_LISTED", "MOST_OF_MERGE"):
        monkeypatch.setattr(stored, most, 1)
    hands, page = open_page(town)
    hands.drop(page.merge.drop, [exchange.send(village, tmp_path).path])

    def says(widget: QWidget, words: str) -> bool:
        return any(words in label.text() for label in widget.findChildren(QLabel))

    assert says(page.merge.details, "没有收下的（3项，双击打开记录，另有2项没有列出）")
    assert page.merge.details.types.rows.lines[0].texts[-1] == "3"
    hands.click(page.merge.merge)
    assert "不收3项" in page.merge.note.words.text()
    hands.click(page.merge.again)
    page.tabs.setCurrentWidget(page.log)
    page.log.merges.setCurrentIndex(page.log.merges.rows.index(0, 0))
    hands.settle()
    assert says(page.log, "这次合并没有收下的3项（双击打开记录，另有2项没有列出）")
    page.tabs.setCurrentWidget(page.unsettled)
    hands.settle()
    assert page.unsettled.cut.words.text() == "太多了，另有2条没有列出；处理好列出的，其余的会接着列出来。"
    assert page.tabs.tabText(page.tabs.currentIndex()) == "没有收下的（3）"


def test_own_values_that_the_level_above_has_replaced_are_listed_and_lead_to_their_fields(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    many = 2
    ids, _ = records.save_many(
        village, "enterprise", [{"name": f"{LONG}{n}", "surveyed_staff": 8} for n in range(many)]
    )
    report_up(village, town, tmp_path)
    for key in ids:
        records.save(town, "enterprise", {"surveyed_staff": 31}, record=key)
    hands, page = open_page(village)
    hands.window.resize(1366, 768)
    hands.drop(page.merge.drop, [exchange.send(town, tmp_path, to=village.ledger.station).path])
    assert not page.merge.decided.isVisible(), "nothing is replaced yet"
    hands.click(page.merge.merge)
    told = page.merge.decided
    assert told.isVisible()
    assert told.head.text() == f"本单位填的有{many}处，上级或别的单位改了（双击打开记录）"
    assert told.grid.rows.lines[0].texts[1:5] == ("工会摸排职工数", "8", "改为31", "王芳（径山镇总工会）")
    hands.look("decided")
    hands.qtbot.keyClick(told.grid, Qt.Key.Key_Home)
    hands.qtbot.keyClick(told.grid, Qt.Key.Key_Return)
    hands.settle()
    form = hands.window.page
    assert isinstance(form, FormPage)
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    assert focus.text() == "31", "the cursor is in the field"
    hands.window.back()
    hands.settle()
    page.tabs.setCurrentIndex(LOG)
    hands.settle()
    assert not page.log.decided.isVisible()
    page.log.merges.setCurrentIndex(page.log.merges.rows.index(0, 0))
    hands.settle()
    hands.look("decided-log")
    assert page.log.decided.isVisible()
    assert page.log.decided.grid.rows.lines == told.grid.rows.lines
