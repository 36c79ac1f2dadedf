"""The inbox and the check of cover sheets on the page 上报与合并, with keys, mouse and files that come and go."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.documents.cover_sheet import read_sheet
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import applying, covers, exchange, inbox, inbox_files
from desktop.operations.stations.inbox import Arrival, State
from desktop.operations.stations.traffic import Seen
from desktop.records.declaration import Level
from desktop.sync.errors import NotGranted
from desktop.sync.errors.surroundings import DiskGone
from desktop.sync.merging.results import BundleResult
from desktop.ui.notices import Tone
from desktop.ui.pages.home.page import HomePage
from desktop.ui.pages.sync import inbox_watch
from desktop.ui.pages.sync.check_words import Found, verdict
from desktop.ui.pages.sync.herald import InboxHerald
from desktop.ui.pages.sync.page import CHECK, ENROLMENT, INBOX, WORK, SyncPage
from desktop.ui.pages.sync.preview import Shown
from desktop.ui.widgets.reach import PageStack
from tests.operations.stations import enrol, station
from tests.ui.hands import Hands, Windows
from tests.ui.house import exposed, picture

Open = Callable[[Session], tuple[Hands, SyncPage]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits ten seconds in a test."""
    monkeypatch.setattr(inbox_watch, "POLL_MS", 150)
    monkeypatch.setattr(inbox_watch, "SOON_MS", 60)
    monkeypatch.setattr(inbox_files, "SETTLE_S", 0.05)


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "sync", SyncPage)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "收件 文件夹"
    made.mkdir()
    return made


@pytest.fixture
def three(tmp_path: Path) -> tuple[Session, Session, Session]:
    """A district and two towns below it."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    towns = [
        station(tmp_path, code, name, Level.TOWN)
        for code, name in (("330110109", "径山镇总工会"), ("330110108", "黄湖镇总工会"))
    ]
    for town in towns:
        enrol(town, district, tmp_path)
    return district, towns[0], towns[1]


def send(town: Session, folder: Path, name: str) -> Path:
    records.save(town, "enterprise", {"name": f"企业{name}"})
    return exchange.send(town, folder / name).path


def until(hands: Hands, page: SyncPage, states: dict[str, State]) -> None:
    """Waits until the inbox shows these files in these states."""
    hands.qtbot.waitUntil(
        lambda: {a.look.shown_name: a.state for a in page.inbox.arrivals} == states, timeout=10_000
    )
    hands.settle()


def choose(hands: Hands, page: SyncPage, folder: Path) -> None:
    page.tabs.setCurrentIndex(INBOX)
    hands.dialogs.paths = [folder]
    hands.qtbot.keyClick(page.inbox.empty.primary, Qt.Key.Key_Space)
    hands.settle()


def test_a_folder_is_chosen_once_and_what_arrives_is_listed_by_itself(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path
) -> None:
    district, one, _ = three
    hands, page = open_page(district)
    assert page.inbox.stack.currentIndex() == 0
    choose(hands, page, folder)
    hands.qtbot.waitUntil(page.inbox.nothing.isVisible)
    assert not page.inbox.merge.isEnabled()
    send(one, folder, "径山 11月.xsj")
    until(hands, page, {"径山 11月.xsj": State.NEW})
    line = page.inbox.grid.rows.lines[0]
    assert line.texts[:4] == ("新", "径山 11月.xsj", "径山镇总工会", "1")
    assert line.texts[5:] == ("1", "下级上报的数据包")
    # At 125 % the middle of what a file is was cut out, and that is what one looks for.
    hands.window.resize(1093, 582)
    hands.settle()
    grid = page.inbox.grid
    last = grid.rows.columnCount() - 1
    assert grid.columnWidth(last) > grid.fontMetrics().horizontalAdvance(line.texts[last])
    assert page.tabs.tabText(INBOX) == "收件文件夹（1）"
    assert inbox.settings(district.database).folder == folder
    assert exchange.digest(district).records < 10


def test_new_files_are_told_before_the_page_was_ever_opened(
    qtbot: QtBot, three: tuple[Session, Session, Session], folder: Path, tmp_path: Path
) -> None:
    district, one, _ = three
    inbox.choose(district, folder, put_away=False)
    hands = Hands(qtbot, district, tmp_path)
    hands.window.show()
    exposed(qtbot, hands.window)
    hands.window.start()
    hands.settle()
    assert "sync" not in hands.window._roots
    send(one, folder, "径山 11月.xsj")
    qtbot.waitUntil(lambda: "来了1个新文件" in hands.window.notices.words, timeout=10_000)
    hands.settle()
    assert "sync" not in hands.window._roots, "watching needs no page"
    # The notice goes by itself; what it said stands on the first page.
    home = hands.window.page
    assert isinstance(home, HomePage)
    waits = "收件文件夹里有1个新文件，请核对并合并"
    assert waits in [task.sentence for task in home.tasks.matters.tasks]
    hands.click(hands.window.notices._button)
    page = hands.window.page
    assert isinstance(page, SyncPage)
    assert page.tabs.currentIndex() == INBOX
    # From now on the page watches by itself, and nothing is told twice.
    until(hands, page, {"径山 11月.xsj": State.NEW})
    assert not hands.window.findChildren(InboxHerald)
    exchange.merge(district, [folder / "径山 11月.xsj"])
    page.refresh(None)
    hands.settle()
    assert waits not in [task.sentence for task in home.tasks.matters.tasks]
    hands.close()


def test_all_new_files_are_looked_at_together_merged_once_and_answered(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path
) -> None:
    district, one, two = three
    hands, page = open_page(district)
    choose(hands, page, folder)
    for name in ("b.xsj", "a.xsj"):
        send(one, folder, name)
    shutil.copy(folder / "a.xsj", folder / "a 副本.xsj")
    until(hands, page, {"a.xsj": State.SAME, "b.xsj": State.NEW, "a 副本.xsj": State.NEW})
    assert page.inbox.counts.text() == "新2个　相同的1个"
    hands.qtbot.keyClick(page.inbox.merge, Qt.Key.Key_Space)
    hands.settle()
    assert page.tabs.currentIndex() == WORK
    assert [f.path.name for f in page.merge.files] == ["b.xsj", "a 副本.xsj"]
    assert all(f.good and f.result is not None and not f.result.gap for f in page.merge.files)
    before = exchange.digest(district).records
    hands.click(page.merge.merge)
    assert exchange.digest(district).records == before + 2
    assert "本月还没有报送的下级：黄湖镇总工会" in page.merge.note.detail.text()
    assert len(list((folder / "回执").glob("*.xsj"))) == 1
    hands.click(page.merge.again)
    assert page.tabs.currentIndex() == INBOX
    until(hands, page, dict.fromkeys(("a.xsj", "b.xsj", "a 副本.xsj"), State.SEEN))
    assert page.tabs.tabText(INBOX) == "收件文件夹"
    assert sorted(p.name for p in folder.iterdir()) == ["a 副本.xsj", "a.xsj", "b.xsj", "回执"]
    send(two, folder, "c.xsj")
    until(hands, page, dict.fromkeys(("a.xsj", "b.xsj", "a 副本.xsj"), State.SEEN) | {"c.xsj": State.NEW})
    hands.click(page.inbox.merge)
    hands.click(page.merge.merge)
    assert "本月下级单位都报送过了" in page.merge.note.detail.text()


def test_merged_files_are_moved_only_when_that_was_ticked(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path
) -> None:
    district, one, _ = three
    exchange.merge(district, [send(one, folder, "早.xsj")])
    hands, page = open_page(district)
    choose(hands, page, folder)
    until(hands, page, {"早.xsj": State.SEEN})
    assert page.inbox.clear.isHidden()
    hands.tick(page.inbox.away)
    assert page.inbox.clear.text() == "把合并过的1个现在移走"
    hands.click(page.inbox.clear)
    until(hands, page, {})
    send(one, folder, "早.xsj")
    until(hands, page, {"早.xsj": State.NEW})
    hands.click(page.inbox.merge)
    hands.click(page.merge.merge)
    assert "1个文件已移到“已合并”" in page.merge.note.detail.text()
    assert sorted(p.name for p in (folder / "已合并").iterdir()) == ["早.xsj", "早（2）.xsj"]


def test_a_file_that_is_being_copied_is_waited_for_and_a_broken_one_is_told(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path, tmp_path: Path
) -> None:
    district, one, _ = three
    whole = send(one, tmp_path, "a.xsj").read_bytes()
    old = folder / "坏的.xsj"
    old.write_bytes(whole[:-50])
    os.utime(old, (time.time() - 86_400,) * 2)
    hands, page = open_page(district)
    choose(hands, page, folder)
    path = folder / "a.xsj"
    path.write_bytes(whole[:1000])
    until(hands, page, {"坏的.xsj": State.CUT_SHORT, "a.xsj": State.COPYING})
    assert page.inbox.grid.rows.lines[1].texts[0] == "没有拷完"
    page.inbox.grid.setCurrentIndex(page.inbox.grid.rows.index(0, 0))
    hands.qtbot.keyClick(page.inbox.grid, Qt.Key.Key_Return)
    assert page.tabs.currentIndex() == INBOX
    path.write_bytes(whole)
    until(hands, page, {"坏的.xsj": State.CUT_SHORT, "a.xsj": State.NEW})


def test_a_broken_file_of_enrolment_is_opened_where_its_fault_is_told(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path
) -> None:
    broken = folder / "申请.xsq"
    broken.write_text('{"payload": "eyJ')
    os.utime(broken, (time.time() - 86_400,) * 2)
    hands, page = open_page(three[0])
    choose(hands, page, folder)
    until(hands, page, {"申请.xsq": State.CUT_SHORT})
    page.inbox.grid.setCurrentIndex(page.inbox.grid.rows.index(0, 0))
    hands.qtbot.keyClick(page.inbox.grid, Qt.Key.Key_Return)
    hands.settle()
    assert page.tabs.currentIndex() == ENROLMENT


def test_a_stick_that_vanishes_is_one_sentence_and_its_files_come_back(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path
) -> None:
    district, one, _ = three
    send(one, folder, "a.xsj")
    hands, page = open_page(district)
    choose(hands, page, folder)
    until(hands, page, {"a.xsj": State.NEW})
    away = folder.with_name("拔掉")
    folder.rename(away)
    hands.qtbot.waitUntil(page.inbox.note.isVisible, timeout=5_000)
    assert "现在打不开" in page.inbox.note.words.text()
    assert not page.inbox.merge.isEnabled()
    away.rename(folder)
    until(hands, page, {"a.xsj": State.NEW})
    assert page.inbox.note.isHidden()


def test_what_is_refused_is_not_offered_again_until_something_may_have_changed(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path
) -> None:
    district, one, _ = three
    path = send(one, folder, "a.xsj")
    data = bytearray(path.read_bytes())
    place = data.index(b"age-encryption") + 400
    data[place] ^= 1
    path.write_bytes(data)
    hands, page = open_page(district)
    choose(hands, page, folder)
    until(hands, page, {"a.xsj": State.NEW})
    hands.click(page.inbox.merge)
    assert [f.good for f in page.merge.files] == [False]
    hands.click(page.merge.clear)
    assert page.tabs.currentIndex() == INBOX
    until(hands, page, {"a.xsj": State.REFUSED})
    assert "损坏" in page.inbox.grid.rows.lines[0].texts[-1]


def test_a_stick_that_was_pulled_out_while_looking_before_merging_refuses_no_file(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path
) -> None:
    district, one, _ = three
    path = send(one, folder, "a.xsj")
    hands, page = open_page(district)
    choose(hands, page, folder)
    until(hands, page, {"a.xsj": State.NEW})
    for problem, state in ((DiskGone(), State.NEW), (NotGranted(), State.REFUSED)):
        page.inbox.note_checked([Shown(path, Seen(BundleResult(path, problem=problem), "", 0, False))])
        until(hands, page, {"a.xsj": state})
    # A receipt may have brought the grant.
    page.merge.merged.emit()
    until(hands, page, {"a.xsj": State.NEW})


def test_files_of_enrolment_are_opened_where_enrolment_is(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path, tmp_path: Path
) -> None:
    district = three[0]
    village = station(tmp_path, "330110109201", "平山村工会", Level.VILLAGE)
    applying.request(village, folder / "平山村 申请.xsq")
    hands, page = open_page(district)
    choose(hands, page, folder)
    until(hands, page, {"平山村 申请.xsq": State.ENROLMENT})
    page.inbox.grid.setCurrentIndex(page.inbox.grid.rows.index(0, 0))
    hands.qtbot.keyClick(page.inbox.grid, Qt.Key.Key_Return)
    hands.settle()
    assert page.tabs.currentIndex() == ENROLMENT
    assert page.grant.open


def test_whoever_works_on_another_page_is_told_once(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district, one, _ = three
    hands, page = open_page(district)
    choose(hands, page, folder)
    hands.window.open_page("list:enterprise")
    hands.settle()
    told: list[str] = []
    monkeypatch.setattr(hands.window, "tell", lambda _tone, words, *_rest: told.append(words))
    send(one, folder, "a.xsj")
    until(hands, page, {"a.xsj": State.NEW})
    hands.qtbot.wait(400)
    assert told == ["收件文件夹里来了1个新文件，合并前可以先看。"]
    page._bring(INBOX)
    assert hands.window.page is page
    assert page.tabs.currentIndex() == INBOX


def test_many_files_dropped_on_the_inbox_go_to_the_table(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path, tmp_path: Path
) -> None:
    district, one, two = three
    paths = [send(town, tmp_path, f"{n} {town.unit.name}.xsj") for n in range(15) for town in (one, two)]
    hands, page = open_page(district)
    page.tabs.setCurrentIndex(INBOX)
    hands.drop(page.inbox, list(reversed(paths)))
    assert page.tabs.currentIndex() == WORK
    assert len(page.merge.files) == 30
    assert not any(f.result is None or f.result.gap or f.result.problem for f in page.merge.files)
    hands.click(page.merge.merge)
    # What came of many files makes no other tab taller than the window.
    around = next(a for a in hands.window.findChildren(PageStack) if a.isAncestorOf(page))
    hands.window.resize(1366, 520)
    hands.settle()
    assert around.verticalScrollBar().maximum() > 0
    page.tabs.setCurrentIndex(ENROLMENT)
    hands.settle()
    assert around.verticalScrollBar().maximum() == 0
    # What is put away by a save elsewhere leaves everybody where he is, and without a folder there is no way back.
    hands.bench.write("存", lambda s, _t: records.save(s, "enterprise", {"name": "又一家"}), owner=page)
    hands.settle()
    assert (page.merge.files, page.tabs.currentIndex()) == ([], ENROLMENT)
    page.tabs.setCurrentIndex(WORK)
    hands.settle()
    # Nor does it leave a tall place where files are let go.
    assert page.merge.minimumSizeHint().height() == page.merge.drop.minimumSizeHint().height()


def test_of_a_dropped_folder_what_can_be_used_goes_to_the_table(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path, tmp_path: Path
) -> None:
    district, one, _ = three
    send(one, folder, "a.xsj")
    (folder / "表.xlsx").write_bytes(b"x")
    empty = tmp_path / "空的"
    empty.mkdir()
    hands, page = open_page(district)
    hands.drop(page.merge.drop, [empty])
    assert page.merge.files == []
    hands.drop(page.merge.drop, [folder])
    assert [f.path.name for f in page.merge.files] == ["a.xsj"]


def test_no_words_lie_over_the_list_of_many_files_on_a_low_screen(
    open_page: Open, three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, one, two = three
    paths = [send(town, tmp_path, f"{n} {town.unit.name}.xsj") for n in range(5) for town in (one, two)]
    broken = tmp_path / "坏的.xsj"
    broken.write_bytes(b"PK")
    hands, page = open_page(district)
    page.merge.take([*paths, broken])
    hands.settle()
    hands.qtbot.wait(50)
    for _ in range(2):
        grid, caption = page.merge.grid, page.merge.details.caption
        assert page.merge.note.isVisible()
        assert (
            grid.mapTo(page.merge, grid.rect().bottomLeft()).y()
            < caption.mapTo(page.merge, caption.rect().topLeft()).y()
        )
        assert (
            not page.merge.again.visibleRegion().isEmpty() or not page.merge.merge.visibleRegion().isEmpty()
        )
        hands.click(page.merge.merge)
        hands.qtbot.wait(50)


# -- the check of cover sheets -----------------------------------------------------------------------------------------


def check(hands: Hands, page: SyncPage) -> None:
    page.tabs.setCurrentIndex(CHECK)
    hands.settle()
    assert page.check.typed.hasFocus()


def judged(hands: Hands, page: SyncPage, words: str) -> None:
    hands.qtbot.waitUntil(lambda: words in page.check.verdict.words.text(), timeout=5_000)
    hands.settle()


def test_a_scanned_sheet_finds_its_file_in_the_inbox_and_shows_what_to_compare(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path
) -> None:
    district, one, two = three
    path = send(one, folder, "a.xsj")
    send(two, folder, "b.xsj")
    cover = covers.cover_of(one, path)
    hands, page = open_page(district)
    choose(hands, page, folder)
    until(hands, page, {"a.xsj": State.NEW, "b.xsj": State.NEW})
    check(hands, page)
    hands.qtbot.keyClicks(page.check.typed, cover.code)
    hands.qtbot.keyClick(page.check.typed, Qt.Key.Key_Return)
    judged(hands, page, "对得上：这张报送单就是这个文件的")
    hands.qtbot.waitUntil(lambda: bool(page.check.lines))
    assert page.check.lines["导出单位"] == "径山镇总工会"
    assert page.check.lines["接收单位"] == "余杭区总工会"
    assert page.check.lines["内容"] == "共1项：新增1项，修改0项，删除0项"
    assert page.check.lines["登记期间"] == "第一次导出，含以前登记的全部内容"
    # The next scan takes the place of this one.
    other = covers.cover_of(two, folder / "b.xsj")
    hands.qtbot.keyClicks(page.check.typed, other.code)
    judged(hands, page, "对得上")
    hands.qtbot.waitUntil(lambda: page.check.lines.get("导出单位") == "黄湖镇总工会")
    assert page.check.file_name.text().endswith("（在收件文件夹里找到的）")
    # Nobody finds a slip in 64 signs: the file that is meant is named, and is no match for it.
    digest = cover.digest
    page.check.typed.setText(digest[:21] + digest[22:])
    judged(hands, page, "收件文件夹里没有和它对得上的文件")
    said = page.check.verdict
    assert said.detail.text().startswith(
        "最像的是收件文件夹里的“a.xsj”：从第6组起错开了，像是多输或漏输了1位"
    )
    picture(hands.window, "nearly")
    hands.click([b for b in said.findChildren(QPushButton) if "最像" in b.text()][-1])
    judged(hands, page, "对不上：从第6组起错开了")
    page.check.typed.setText(digest)
    judged(hands, page, "对得上：")


def test_typed_digits_are_told_as_partial_then_as_whole_and_a_slip_is_named(
    open_page: Open, three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, one, _ = three
    path = send(one, tmp_path, "a.xsj")
    digest = covers.cover_of(one, path).digest
    hands, page = open_page(district)
    check(hands, page)
    hands.dialogs.paths = [path]
    hands.click(page.check.other_file)
    assert page.check.typed.hasFocus()
    hands.qtbot.keyClicks(page.check.typed, f"{digest[:4].upper()} {digest[4:8]}")
    judged(hands, page, "前8位对得上，至少要输12位")
    hands.qtbot.keyClicks(page.check.typed, f"-{digest[8:12]}")
    judged(hands, page, "前12位对得上，还有52位没有输入")
    hands.qtbot.keyClicks(page.check.typed, digest[12:])
    judged(hands, page, "对得上：")
    slip = "0" if digest[17] != "0" else "1"
    page.check.typed.setText(digest[:17] + slip + digest[18:])
    judged(hands, page, "对不上：第5组不一样")
    assert "多半是这一组输错了" in page.check.verdict.detail.text()
    page.check.typed.setText("zz")
    judged(hands, page, "“z”不是摘要里的字")


def test_a_wrong_file_is_told_and_the_right_one_of_the_inbox_is_offered(
    open_page: Open, three: tuple[Session, Session, Session], folder: Path, tmp_path: Path
) -> None:
    district, one, two = three
    path, wrong = send(one, folder, "对.xsj"), send(two, tmp_path, "错.xsj")
    hands, page = open_page(district)
    choose(hands, page, folder)
    until(hands, page, {"对.xsj": State.NEW})
    check(hands, page)
    hands.drop(page.check, [wrong])
    hands.qtbot.keyClicks(page.check.typed, covers.cover_of(one, path).digest)
    judged(hands, page, "对不上")
    assert "“对.xsj”和它对得上" in page.check.verdict.detail.text()
    hands.click([b for b in page.check.verdict.findChildren(QPushButton) if "改看" in b.text()][-1])
    judged(hands, page, "对得上：")


def test_a_file_whose_content_is_damaged_does_not_pass_by_its_digest(
    open_page: Open, three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, one, _ = three
    path = send(one, tmp_path, "a.xsj")
    code = covers.cover_of(one, path).code
    data = bytearray(path.read_bytes())
    data[data.index(b"age-encryption") + 400] ^= 1
    path.write_bytes(data)
    hands, page = open_page(district)
    check(hands, page)
    hands.drop(page.check, [path])
    hands.qtbot.keyClicks(page.check.typed, code)
    judged(hands, page, "摘要对得上，但是文件有问题")
    assert "损坏" in page.check.verdict.words.text()


def test_a_sheet_whose_file_was_merged_and_is_gone_is_found_in_the_ledger(
    open_page: Open, three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    district, one, _ = three
    path = send(one, tmp_path, "a.xsj")
    digest = covers.cover_of(one, path).digest
    exchange.merge(district, [path])
    path.unlink()
    hands, page = open_page(district)
    check(hands, page)
    hands.qtbot.keyClicks(page.check.typed, digest)
    judged(hands, page, "已经合并过：第1号，共1项")
    page.check.typed.setText(digest[:12])
    judged(hands, page, "只输了前12位")
    page.check.typed.setText("0" * 64)
    judged(hands, page, "还没有选文件；本机也没有合并过和它对得上的。")
    assert "收件文件夹" not in page.check.file_name.text(), "none was chosen"
    assert "最像" not in page.check.verdict.detail.text()
    page.check.typed.setText(("0" if digest[0] != "0" else "1") + digest[1:])
    hands.qtbot.waitUntil(lambda: "合并过的第1号“a.xsj”：只有第1组" in page.check.verdict.detail.text())


def test_a_scan_that_was_cut_is_asked_for_again() -> None:
    assert verdict(Found(read_sheet("XSJ1 3 12 abcdef")))[:2] == (Tone.WARNING, "二维码没有扫全。")
    assert verdict(Found(read_sheet("")))[1] == ""


def test_a_scan_of_the_same_numbers_is_not_taken_for_the_file(
    three: tuple[Session, Session, Session], tmp_path: Path
) -> None:
    """Who exports anew under the same number, as after a restore, has another file and another sheet."""
    _, one, _ = three
    folder = tmp_path / "mail"
    folder.mkdir()
    path = send(one, folder, "a.xsj")
    cover = covers.cover_of(one, path)
    other = hashlib.sha256(b"").hexdigest()
    scanned = read_sheet(f"XSJ1 {cover.sequence} {cover.total} {other}")
    file = covers.examine(path, (), "", ())
    tone, words, next_step = verdict(Found(scanned, file))
    assert (tone, words) == (Tone.ERROR, "对不上：第几号和项数一样，摘要不一样。")
    assert "请打电话给报送单位" in next_step
    (look,) = inbox_files.look_once(folder).looks
    arrival = Arrival(look, State.NEW)
    tone, words, next_step = verdict(Found(scanned, alike=[arrival]))
    assert (tone, "没有和它对得上的文件" in words) == (Tone.WARNING, True)
    assert f"“a.xsj”也是第{cover.sequence}号、共{cover.total}项，但是摘要不一样" in next_step
    assert "最像" not in verdict(Found(read_sheet(other[:40])))[2]
