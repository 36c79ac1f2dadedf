"""Merging on the page 上报与合并: files are checked, shown, merged and told, with whatever may happen meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import covers, exchange, traffic
from desktop.operations.stations.listed import Listed
from desktop.operations.stations.traffic import Seen
from desktop.operations.stations.unsettled import Unsettled
from desktop.records.declaration import Level, Role
from desktop.records.versions.item_outcomes import OUTCOMES
from desktop.records.versions.stamps import DAY_MS
from desktop.store.peers import traffic as stored
from desktop.sync.merging import results
from desktop.sync.merging.results import BundleResult
from desktop.ui import theme
from desktop.ui.forms.page import FormPage
from desktop.ui.forms.record_page import RecordPage
from desktop.ui.pages.conflicts.page import ConflictsPage
from desktop.ui.pages.sync.page import LOG, SyncPage
from desktop.ui.pages.sync.preview import Shown, summary
from tests.operations.stations import enrol, forged, report_up, station
from tests.ui.exchanges import CODE, LONG, Open, town_and_village
from tests.ui.hands import Windows
from tests.ui.house import picture


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "sync", SyncPage)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A town and a village of it."""
    return town_and_village(tmp_path)


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


def test_who_may_decide_nothing_is_not_sent_to_decide(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    """The level above has written one of the values, so it is not for the village to choose."""
    town, village = pair
    record = records.save(village, "enterprise", {"name": "一家", "uscc": CODE}).record
    report_up(village, town, tmp_path)
    records.save(town, "enterprise", {"name": "乙"}, record=record)
    records.save(village, "enterprise", {"name": "甲"}, record=record)
    down = exchange.send(town, tmp_path / "回执.xsj", to=village.ledger.station)
    hands, page = open_page(village)
    hands.drop(page.merge.drop, [down.path])
    hands.click(page.merge.merge)
    links = [b.text() for b in page.merge.note.findChildren(QPushButton) if b.isVisible()]
    assert links == ["看分歧"]
    assert "等上级" in page.merge.note.detail.text()


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


def test_at_125_percent_files_of_which_all_is_taken_have_the_room_of_what_there_is_not(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    paths = []
    for n in range(6):
        records.save(village, "enterprise", {"name": f"第{n}家"})
        paths.append(exchange.send(village, tmp_path / f"径山村工会联合会 12月第{n}次.xsj").path)
    hands, page = open_page(town)
    hands.window.resize(1093, 614)
    hands.drop(page.merge.drop, paths)
    grid = page.merge.grid
    hands.look("six-files-at-125")
    last = grid.visualRect(grid.rows.index(len(paths), 0))
    assert grid.viewport().rect().contains(last), "all six are in sight"
    types = page.merge.details.types
    assert types.viewport().rect().contains(types.visualRect(types.rows.index(0, 0)))
    hands.click(page.merge.merge)
    rows = range(len(paths) + 1)
    seen = [grid.viewport().rect().contains(grid.visualRect(grid.rows.index(n, 0))) for n in rows]
    hands.look("six-after")
    assert sum(seen) >= 3, "and some of them below what is said of the outcome"


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
    assert page.merge.details.items.isColumnHidden(0), "the heading says that all are in conflict"
    assert tuple(c.label for c in page.merge.grid.rows.columns)[5:10] == words
    assert tuple(c.label for c in page.merge.details.types.rows.columns)[4:] == words[2:]
    hands.click(page.merge.merge)
    assert page.merge.note.words.text() == "已合并1个文件：收下2项（新增1条、删除1条），有分歧1项。"
    page.tabs.setCurrentIndex(LOG)
    assert tuple(c.label for c in page.log.merges.rows.columns)[4:9] == words
    assert page.log.merges.rows.lines[0].texts[3:9] == ("3", "2", "0", "1", "0", "0")
    page.log.merges.setCurrentIndex(page.log.merges.rows.index(0, 0))
    hands.settle()
    assert page.log.items_head.text().startswith("这次合并有分歧的1项")


def test_a_merge_tells_files_as_files() -> None:
    result = BundleResult(
        Path("a.xsj"), applied=73, total=73, births={"enterprise": 1, "attachment": 3, "attachment_part": 64},
        changes={"enterprise": 2}, deletions={"enterprise": 1, "attachment_part": 1},
    )  # fmt: skip
    shown = Shown(Path("a.xsj"), Seen(result, "径山村工会", 0, False))
    assert summary([shown]) == (
        "已合并1个文件：收下73项（新增1条、3个附件、修改2处、删除1条、并入已有的记录1项）。"
    )


def test_what_a_file_brings_is_told_by_type_and_by_unit_and_either_shows_its_items_alone(
    open_page: Open, tmp_path: Path
) -> None:
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    town = station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)
    first, second = (
        station(tmp_path, f"33011010920{n}", name, Level.VILLAGE) for n, name in enumerate(("甲村", "乙村"))
    )
    enrol(town, district, tmp_path, delegate=True)
    for village in (first, second):
        enrol(village, town, tmp_path)
    firms = [records.save(v, "enterprise", {"name": "一家"}).record for v in (first, second)]
    person = records.save(second, "member", {"name": "王芳"}).record
    for below, above in ((first, town), (second, town), (town, district)):
        report_up(below, above, tmp_path)
    said = ((first, "enterprise", firms[0]), (second, "enterprise", firms[1]), (second, "member", person))
    for village, kind, record in said:
        records.save(district, kind, {"name": "区里改的"}, record=record)
        records.save(village, kind, {"name": "村里改的"}, record=record)
    records.save(second, "member", {"name": "李明"})
    for village in (first, second):
        report_up(village, town, tmp_path)
    sent = exchange.send(town, tmp_path / "镇.xsj")
    hands, page = open_page(district)
    hands.drop(page.merge.drop, [sent.path])
    details = page.merge.details

    def listed() -> list[tuple[str, str]]:
        found = (item.key for item in details.items.rows.lines if isinstance(item.key, Unsettled))
        return sorted((item.type, item.author) for item in found)

    def came() -> list[tuple[str, ...]]:
        return [line.texts for line in details.items.rows.lines if isinstance(line.key, Listed)]

    firms_alone = [("enterprise", "乙村"), ("enterprise", "甲村")]
    everything = [*firms_alone, ("member", "乙村")]
    assert listed() == everything
    hands.qtbot.keyClick(details.types, Qt.Key.Key_Home)
    assert listed() == everything, "the cursor that passes by chooses nothing"
    hands.qtbot.keyClick(details.types, Qt.Key.Key_Return)
    assert listed() == firms_alone
    assert came() == []
    hands.click(details.whole)
    assert listed() == everything
    hands.click(details.by)
    assert details.types.isHidden()
    assert {line.texts for line in details.units.rows.lines} == {
        ("乙村", "3", "2", "0", "0"),
        ("甲村", "1", "1", "0", "0"),
    }
    details.units.selectRow(0)
    hands.qtbot.keyClick(details.units, Qt.Key.Key_Return)
    assert listed() == [("enterprise", "乙村"), ("member", "乙村")]
    assert came() == [("新增", "会员：李明", "", "乙村", "")]
    hands.look("merge-listed")
    details.items.selectRow(2)
    hands.qtbot.keyClick(details.items, Qt.Key.Key_Return)
    assert hands.window.page is page
    assert hands.window.notices.words == "这条是新的，合并以后才能打开。"
    details.units.setFocus()
    hands.qtbot.keyClick(details.units, Qt.Key.Key_Return)
    assert (listed(), came()) == (everything, []), "what is chosen once more is chosen no longer"
    # The same stands after the merge, and whatever was chosen.
    hands.qtbot.keyClick(details.units, Qt.Key.Key_Return)
    hands.click(page.merge.merge)
    assert listed() == [("enterprise", "乙村"), ("member", "乙村")]
    details.items.selectRow(2)
    hands.qtbot.keyClick(details.items, Qt.Key.Key_Return)
    hands.settle()
    assert isinstance(hands.window.page, RecordPage), "now it is here"
    assert hands.window.page.title == "李明"
    hands.window.open_page("sync")
    hands.click(details.by)
    assert listed() == everything


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
    # The stick is copied to anew, and nothing has to be chosen again.
    bad[0].write_bytes(good.read_bytes())
    hands.click(link_of(page, "再核对一次"))
    assert [f.path for f in panel.files if f.good] == [bad[0]]
    bad[0].write_bytes(b"x" * 99)
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_F5)
    hands.settle()
    assert not any(f.good for f in panel.files), "what the list says is true again"
    before = panel.files
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_F5)
    hands.settle()
    assert panel.files is before, "nothing lies there otherwise: a hundred files are not looked at once more"
    hands.bench.write("存", lambda s, _t: records.save(s, "enterprise", {"name": "一家"}), owner=page)
    hands.settle()
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_F5)
    hands.settle()
    assert panel.files is not before, "what they would do may be another thing now"
    hands.dialogs.several = [[good, exchange.send(village, tmp_path / "又一个.xsj").path]]
    hands.click(panel.more)
    assert len(panel.files) == 8
    assert panel.details.isVisible()
    assert not grid.isColumnHidden(4)
    # Of those that are bad nothing is counted: their reasons have that room, and leave the rows to be seen.
    numbered = {str(f.path.name): n for n, f in enumerate(panel.files, start=1)}
    cut, whole = numbered["坏的1.xsj"], numbered[good.name]
    last = grid.rows.columnCount() - 1
    assert grid.visualRect(grid.rows.index(cut, 4)).width() > grid.columnWidth(4) + grid.columnWidth(last)
    assert "文件不完整" in grid.rows.index(cut, 4).data()
    assert grid.rows.index(whole, 4).data() == "0"
    assert grid.rowHeight(cut) == theme.measures().row


def test_what_is_said_of_bad_files_is_never_covered_by_the_lists_below(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    for kind in ("enterprise", "member", "meeting", "course", "officer"):
        records.save(village, kind, {"name": "甲"})
    good = exchange.send(village, tmp_path / "好的.xsj").path
    whole = good.read_bytes()
    contents = {
        "副本.xsj": whole,
        "短.xsj": whole[:-30],
        "空.xsj": b"",
        "乱.xsj": b"x" * 90,
        "表.xlsx": b"x" * 90,
    }
    files = [good]
    for name, data in contents.items():
        files.append(tmp_path / f"{'很长的名字' * 14}{name}")
        files[-1].write_bytes(data)
    hands, page = open_page(town)
    hands.drop(page.merge.drop, files)
    for height in range(640, 820, 20):
        hands.window.resize(1366, height)
        hands.settle()
        hands.settle()
        note, grid = page.merge.note.geometry(), page.merge.grid.geometry()
        assert note.bottom() < grid.top(), height
    assert note.height() > 200, "as high as to be the first that gives way"


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
    many = 5
    ids, _ = records.save_many(
        village, "enterprise", [{"name": f"{LONG}{n}", "surveyed_staff": 8} for n in range(many)]
    )
    report_up(village, town, tmp_path)
    for key in ids:
        records.save(town, "enterprise", {"surveyed_staff": 31}, record=key)
    hands, page = open_page(village)
    hands.window.resize(1093, 614)  # what a screen of 1366x768 holds at 125 %
    hands.drop(page.merge.drop, [exchange.send(town, tmp_path, to=village.ledger.station).path])
    assert not page.merge.decided.isVisible(), "nothing is replaced yet"
    hands.click(page.merge.merge)
    told = page.merge.decided
    assert told.isVisible()
    assert not page.merge.again.visibleRegion().isEmpty(), "what comes next is in sight"
    types = page.merge.details.types
    assert types.columnWidth(0) >= types._need(0), "the types have their names"
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
