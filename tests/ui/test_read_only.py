"""A ledger that can only be read offers nothing that cannot work, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.store.ledger import ChangeSet
from desktop.store.workspaces.unwritable import NothingWritten
from desktop.ui.lists.page import ListPage
from desktop.ui.pages.sync.page import SyncPage
from desktop.ui.pages.templates import TemplatesPage
from desktop.ui.printing.page import PreviewPage
from desktop.ui.printing.printable import PrintJob
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from tests.ui.house import FakeDialogs, make_session, open_window, picture, settle

WHY = "台账所在的位置不能写入，现在只能看，不能保存。"
ONLY_LOOKED_AT = {"到期应清除的个人信息…", "核对导出的日志…", "和以前的日志比…"}
"""What ends in dots asks before it does something; these lead to a page, or look at a file."""
COMPARED = {"对方的摘要", "报送单上的摘要"}
"""What is typed there is held against the ledger, and kept nowhere."""


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, settings: Settings, dialogs: FakeDialogs) -> Iterator[MainWindow]:
    session = make_session(tmp_path / "workspace", Level.DISTRICT, "330106", "西湖区总工会")
    records.save(session, "enterprise", {"name": "杭州茶厂"})
    session.workspace.unwritable = NothingWritten(WHY)
    window = open_window(qtbot, session, dialogs, settings)
    yield window
    dialogs.always_leave()
    window.close()


def offered(page: QWidget) -> set[str]:
    """The buttons that act, and where something could be typed."""
    found = {
        b.text()
        for b in page.findChildren(QAbstractButton)
        if b.isVisible() and b.isEnabled() and b.text().endswith(("…", "这一步"))
    }
    lines: list[QLineEdit | QPlainTextEdit] = [
        *page.findChildren(QLineEdit),
        *page.findChildren(QPlainTextEdit),
    ]
    for line in lines:
        search = line.accessibleName().startswith("查找") or line.placeholderText().startswith("找")
        if line.isVisible() and line.isEnabled() and not line.isReadOnly() and not search:
            found.add(line.accessibleName() or line.placeholderText())
    return found - ONLY_LOOKED_AT - COMPARED


def test_what_would_write_is_not_offered(qtbot: QtBot, shown: MainWindow) -> None:
    bench = shown.workbench
    for key in ("operators", "templates", "recent", "audit"):
        shown.open_page(key)
        if key != "templates":  # its pages take a while to be set
            settle(qtbot, bench)
        page = shown.page
        assert page is not None
        assert not offered(page), key
        picture(shown, f"read-only-{key}")
        if isinstance(page, TemplatesPage):
            assert page.words.toolTip() == WHY
    shown.open_page("sync")
    page = shown.page
    assert isinstance(page, SyncPage)
    for tab in range(page.tabs.count()):
        page.tabs.setCurrentIndex(tab)
        settle(qtbot, bench)
        if page.tabs.tabText(tab) == "核对报送单":
            continue  # a file is only looked at
        assert not offered(page), page.tabs.tabText(tab)
    page.merge.take([Path("a.xsj")])
    assert not page.merge.files
    assert WHY in shown.notices.words


def test_a_record_shows_what_stands_there_and_no_more(qtbot: QtBot, shown: MainWindow) -> None:
    bench, page = shown.workbench, shown.page
    assert isinstance(page, ListPage)
    page.list.table.selectRow(0)
    menu = [act.text() for act in page.list.menu().actions() if act.isEnabled() and act.text()]
    assert menu == ["打开（Enter）", "复制到表格（Ctrl+C）", "连同表头复制"]
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    settle(qtbot, bench)
    assert shown.page is not None
    assert not offered(shown.page)
    # An example in an empty field would read like what stands there.
    lines = shown.page.findChildren(QLineEdit) + shown.page.findChildren(QPlainTextEdit)
    locked = [line for line in lines if line.isReadOnly() and line.isVisible()]
    assert locked
    assert not [line.placeholderText() for line in locked if line.placeholderText()]


def test_what_is_printed_would_be_noted_and_so_is_only_looked_at(shown: MainWindow) -> None:
    def page_of(_session: Session) -> bytes:
        raise NothingWritten(WHY)

    def saved(_session: Session, folder: Path) -> tuple[Path, ChangeSet]:
        return folder, ChangeSet()

    shown.open_page("preview", job=PrintJob("走访记录", page_of, save=saved, word=saved))
    page = shown.page
    assert isinstance(page, PreviewPage)
    assert page.note.words.text() == WHY
    assert not page.save_button.isEnabled()
    assert page.word_button.isHidden()
