"""What is left open on the page 上报与合并: refused items, forks, and that every input has a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QTabBar,
)

from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.stations import exchange, withdrawals
from desktop.records.declaration import Level
from desktop.store.peers import traffic as stored
from desktop.sync.authority.station import begin_incarnation
from desktop.ui.forms.page import FormPage
from desktop.ui.lists.page import ListPage
from desktop.ui.pages.home.page import HomePage
from desktop.ui.pages.sync.page import FORKS, LOG, UNSETTLED, SyncPage
from tests.operations.stations import enrol, forged, report_up, station, twin
from tests.ui.exchanges import CODE, PHONE, Open, town_and_village
from tests.ui.hands import Windows
from tests.ui.house import picture

_PARTS_OF_OTHERS = ("QTableCornerButton", "QComboBoxListView", "QHeaderView")


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "sync", SyncPage)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Session, Session]:
    """A town and a village of it."""
    return town_and_village(tmp_path)


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
    # Who looks for it in its list is led to where it is, and not to what was looked at there before.
    hands.qtbot.keyClick(page.unsettled.grid, Qt.Key.Key_End)
    listed = hands.show("list:enterprise")
    assert isinstance(listed, ListPage)
    assert listed.missing.text() == "另有1条没有收下 ›"
    hands.click(listed.missing)
    assert hands.window.page is page
    assert page.tabs.currentIndex() == UNSETTLED
    assert page.unsettled.grid.currentIndex().row() == 0
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
    assert "上级没有收下的内容" in form.banner.words
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert form.record not in (None, saved)
    assert page.tabs.tabText(UNSETTLED) == "没有收下的"
    hands.show("list:enterprise")
    assert not listed.missing.isVisible()
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
    assert "上级没有收下" in form.banner.words, "the reason stays while it is mended"
    assert records.load(village, "enterprise", saved.record).values["name"] == "一家"  # type: ignore[union-attr]
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert records.load(village, "enterprise", saved.record).values["name"] == "错的名称"  # type: ignore[union-attr]
    assert not form.banner.isVisible()


def test_every_input_of_the_page_has_a_name(open_page: Open, pair: tuple[Session, Session]) -> None:
    _, page = open_page(pair[0])
    for kind in (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit):
        for widget in page.findChildren(kind):
            inner = widget.objectName().startswith("qt_") or isinstance(widget.parent(), QTabBar | QComboBox)
            if inner or widget.isHidden() or widget.metaObject().className() in _PARTS_OF_OTHERS:
                continue
            found = QAccessible.queryAccessibleInterface(widget)
            assert found.text(QAccessible.Text.Name), (widget, widget.parent())


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


def test_without_a_fork_there_is_no_tab_for_it(open_page: Open, pair: tuple[Session, Session]) -> None:
    hands, page = open_page(pair[0])
    assert not page.tabs.isTabVisible(FORKS)
    # Who has chosen another one before all was read stays there.
    again = SyncPage(hands.bench)
    hands.qtbot.addWidget(again)
    again.show()
    bar = again.tabs.tabBar()
    hands.qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(LOG).center())
    hands.settle()
    assert (again.seen is not None, again.tabs.currentIndex()) == (True, LOG)
