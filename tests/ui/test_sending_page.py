"""Sending and answering on the page 上报与合并: bundles, cover sheets, receipts, what is told after a restore."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QPushButton,
)

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import covers, exchange
from desktop.records.declaration import Level
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.sync.authority.station import begin_incarnation
from desktop.sync.authority.station import load_keys as station_keys
from desktop.sync.bundles import sending, writing
from desktop.sync.signed import manifest
from desktop.ui.pages.home.page import HomePage
from desktop.ui.pages.sync import merge_words
from desktop.ui.pages.sync.page import COMPARE, WORK, SyncPage
from desktop.ui.printing.page import PreviewPage
from tests.operations.stations import enrol, report_up, station
from tests.ui.exchanges import CODE, Open, town_and_village
from tests.ui.hands import Windows


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "sync", SyncPage)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A town and a village of it."""
    return town_and_village(tmp_path)


def test_sending_says_what_is_inside_remembers_the_folder_and_what_to_do_next(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    _, village = pair
    saved = records.save(village, "enterprise", {"name": "一家", "uscc": CODE})
    records.save(village, "enterprise", {"name": "改过的"}, record=saved.record)
    records.delete(village, "enterprise", saved.record)
    records.restore(village, "enterprise", saved.record)  # as a manifest counts it, a change
    hands, page = open_page(village)
    # As at 125 % on a laptop: what comes next is read whole, and scrolled to where there is no room for it.
    hands.window.resize(1093, hands.window.minimumSizeHint().height())
    assert page.tabs.currentIndex() == WORK
    assert page.send.amount.text() == "有4项新内容要上报"
    assert "新增1条、修改2处、删除1条。" in page.send.inside.text()
    hands.dialogs.paths = [tmp_path]
    page.send.export.setFocus()
    hands.qtbot.keyClick(page.send.export, Qt.Key.Key_Space)
    hands.settle()
    (written,) = tmp_path.glob("径山村工会_*.xsj")
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "报送单（签名盖章用）", "the cursor goes on to what comes next"
    assert focus.height() >= focus.sizeHint().height(), "it is cut"
    assert page.send.rect().contains(page.send.done.geometry()), "its foot is beyond the card"
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
    monkeypatch.setattr(writing, "PART_TARGET", 1)
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
    # Who types first what was read to him is told what else it takes; the room that stays free says what for.
    hands.qtbot.keyClicks(page.compare.other, other[:4])
    assert page.compare.verdict.words.text() == "请先计算本机摘要，再来比较。"
    assert "显示在这里" in page.compare.groups.accessibleName()
    page.compare.other.clear()
    hands.click(page.compare.compute)
    assert page.compare.groups.accessibleName().startswith(other[:4])
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
    assert page.below.answer.isEnabled(), "who waits is chosen"
    assert not page.below.grid.hasFocus()
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
    silent = station(tmp_path, "330110109202", "长乐村工会", Level.VILLAGE)
    enrol(silent, town, tmp_path)
    hands, page = open_page(town)
    order = [line.texts[0] for line in page.below.grid.rows.lines]
    assert order == ["径山村工会", "双溪村工会", "长乐村工会"], (
        "whom a receipt is owed to comes before who is silent"
    )
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
    assert [line.texts[-1] for line in page.below.grid.rows.lines] == ["", "已给", "已给"]
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


def test_who_restored_before_anything_was_confirmed_is_told_to_export_once_more(
    open_page: Open, pair: tuple[Session, Session], tmp_path: Path
) -> None:
    town, village = pair
    records.save(village, "enterprise", {"name": "没等到回执的"})
    exchange.merge(town, [exchange.send(village, tmp_path / "late.xsj").path])
    begin_incarnation(village.ledger, "ef" * 8)
    exchange.receive(village, [exchange.send(town, tmp_path / "d.xsj", to=village.ledger.station).path])
    hands, page = open_page(village)
    words = "没有新内容，请再导出一次；台账恢复或搬动以前报过的1项会再带一遍，不会重复，还不知道上级收下没有"
    assert page.send.amount.text() == words
    assert page.send.inside.text() == "下次导出带上的有：企业新增1条。"
    assert page.status().words == "1项还没有回执"
    assert page.send.export.property("primary")
    assert "拿回新的回执" in page.send.last.text()
    hands.look("restored-before-any-receipt")
    exchange.send(village, tmp_path / "again.xsj")
    page.load()
    hands.settle()
    assert page.send.amount.text() == "没有新内容，1项已导出、等上级的回执"


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
