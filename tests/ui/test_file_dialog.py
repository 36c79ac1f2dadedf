"""Qt's own dialog for files, which is what many Linux desktops show: in Chinese, with the sticks, by keys."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui import file_dialog
from desktop.ui.dialogs import WindowDialogs
from desktop.ui.settings import Settings
from tests.ui.house import compose

FILTERS = ("数据包 (*.xsj)",)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def when_shown(parent: QWidget, do: Callable[[QFileDialog], None]) -> list[str]:
    """Does this in the dialog as soon as it stands; gives what went wrong, for nothing can be raised in there."""
    failed: list[str] = []

    def act() -> None:
        dialog = next(w for w in parent.findChildren(QFileDialog) if w.isVisible())
        try:
            do(dialog)
        except AssertionError as error:
            failed.append(str(error))
        finally:
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(200, parent, act)
    return failed


@pytest.mark.skipif(sys.platform == "win32", reason="sticks are drives there")
def test_it_has_no_word_of_english_and_the_stick_stands_at_its_side(
    qtbot: QtBot, parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "li")
    monkeypatch.setattr(file_dialog, "MOUNTS", (tmp_path / "media", tmp_path / "none"))
    (tmp_path / "media" / "li" / "工会U盘").mkdir(parents=True)
    (tmp_path / "文件" / "往年").mkdir(parents=True)

    def look(dialog: QFileDialog) -> None:
        words = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
        assert "位置：" in words
        assert "文件类型：" in words
        files = dialog.findChild(QAbstractItemView, "treeView")
        assert files is not None
        qtbot.waitUntil(lambda: files.model().rowCount(files.rootIndex()) == 1)
        bundle = "径山镇总工会_余杭区总工会_0005_20261129.xsj"
        assert files.visualRect(
            files.model().index(0, 0, files.rootIndex())
        ).width() > files.fontMetrics().horizontalAdvance(bundle)
        words += [str(files.model().index(0, n, files.rootIndex()).data()) for n in (0, 2)]
        assert "文件夹" in words
        assert [word for word in words if re.search("[a-z]{3}", word.replace("(*.xsj)", ""))] == []
        side = dialog.findChild(QAbstractItemView, "sidebar")
        assert side is not None
        assert side.width() > side.fontMetrics().horizontalAdvance("工会U盘的名称")
        assert "工会U盘" in [side.model().index(n, 0).data() for n in range(side.model().rowCount())]

    failed = when_shown(parent, look)
    assert WindowDialogs(parent).open_file("打开", tmp_path / "文件", FILTERS) is None
    assert failed == []


@pytest.mark.qt_log_ignore(
    "grabbing the keyboard", extend=True
)  # what completes a name does, without a screen
def test_names_are_typed_and_enter_takes_them(qtbot: QtBot, parent: QWidget, tmp_path: Path) -> None:
    def name(dialog: QFileDialog, words: str = "径山村.xsj") -> None:
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        compose(dialog.focusWidget(), words)
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)

    dialogs = WindowDialogs(parent)
    when_shown(parent, name)
    assert dialogs.save_file("保存", tmp_path / "数据包.xsj", FILTERS) == tmp_path / "径山村.xsj"
    (tmp_path / "径山村.xsj").touch()
    when_shown(parent, name)
    assert dialogs.open_files("打开", tmp_path, FILTERS) == [tmp_path / "径山村.xsj"]
    when_shown(parent, lambda dialog: qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return))
    assert dialogs.save_file("保存", tmp_path / "单子.xsj", FILTERS) == tmp_path / "单子.xsj"
    for typed in (
        "村里的申请",
        "径山村2026.11",
    ):  # nobody types endings, and without one nothing finds the file
        when_shown(parent, partial(name, words=typed))
        assert dialogs.save_file("保存", tmp_path / "单子.xsj", FILTERS) == tmp_path / f"{typed}.xsj"
    when_shown(parent, lambda dialog: dialog.accept())
    assert dialogs.folder("文件夹", tmp_path) == tmp_path


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_the_stick_that_files_of_a_kind_were_on_is_where_the_next_are_looked_for(
    parent: QWidget, tmp_path: Path
) -> None:
    stick, page = tmp_path / "工会U盘", tmp_path / "台账"
    for folder in (stick, page):
        folder.mkdir()
    (stick / "一.xsj").touch()
    settings, begun = Settings(tmp_path / "window.ini"), list[str]()
    dialogs = WindowDialogs(parent, settings)

    def take(dialog: QFileDialog) -> None:
        compose(dialog.focusWidget(), str(stick / "一.xsj"))
        dialog.accept()

    def note(dialog: QFileDialog) -> None:
        begun.append(dialog.directory().absolutePath())

    when_shown(parent, take)
    assert dialogs.open_file("打开", Path.home(), FILTERS) == stick / "一.xsj"
    when_shown(parent, lambda dialog: dialog.accept())
    assert dialogs.folder("给“径山村工会”的回执保存到哪里", stick) == stick
    dialogs = WindowDialogs(parent, settings)  # the program was closed in between
    for ask in (
        lambda: dialogs.open_file("打开", Path.home(), FILTERS),
        lambda: dialogs.folder("给“双溪村工会”的回执保存到哪里", Path.home()),
        lambda: dialogs.open_file("打开", page, FILTERS),  # a page that knows better is followed
        lambda: dialogs.open_file("打开", Path.home(), ("入网申请 (*.xsq)",)),  # travels on the same stick
        lambda: dialogs.open_file("打开", Path.home(), ("表格 (*.xlsx)",)),  # another kind of file
    ):
        when_shown(parent, note)
        assert ask() is None
    (stick / "一.xsj").unlink()
    stick.rmdir()
    when_shown(parent, note)
    dialogs.open_file("打开", Path.home(), FILTERS)
    assert [Path(f) for f in begun] == [stick, stick, page, stick, Path.home(), Path.home()]


@pytest.mark.skipif(sys.platform == "win32", reason="sticks are drives there")
def test_files_that_travel_begin_on_the_one_stick_in_the_folder_that_holds_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "li")
    monkeypatch.setattr(file_dialog, "MOUNTS", (tmp_path / "media", tmp_path / "none"))
    usual = file_dialog.travelling()
    stick = tmp_path / "media" / "li" / "工会U盘"
    (stick / "照片").mkdir(parents=True)
    assert file_dialog.travelling() == stick
    (stick / "上报").mkdir()
    (stick / "上报" / "径山镇总工会_0001.xsj").write_bytes(b"")
    assert file_dialog.travelling() == stick / "上报"
    (stick / "System Volume Information").mkdir()
    iterdir = Path.iterdir

    def as_windows_does(folder: Path) -> Iterator[Path]:
        if folder.name == "System Volume Information":
            raise PermissionError(13, "Access is denied")
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", as_windows_does)
    assert file_dialog.travelling() == stick / "上报"
    (tmp_path / "media" / "li" / "另一个").mkdir()
    assert file_dialog.travelling() == usual, "of two nobody knows which"


def test_of_the_drives_of_windows_those_that_can_be_pulled_out_and_are_ready_are_sticks(
    tmp_path: Path,
) -> None:
    kinds = {"stick": 2, "reader without a card": 2, "disk": 3}
    for name in ("stick", "disk"):
        (tmp_path / name).mkdir()
    drives = [QFileInfo(str(tmp_path / name)) for name in kinds]
    found = file_dialog._removable(drives, lambda root: kinds[root.replace("\\", "/").rpartition("/")[2]])
    assert found == [tmp_path / "stick"]
