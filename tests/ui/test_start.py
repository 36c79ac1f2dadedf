"""Before the main window: making a workspace with the assistant, login, wrong passwords, a workspace in use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.operations.session import open_session
from desktop.records.declaration import Level
from desktop.ui.app import Program, choose_input_method
from desktop.ui.settings import Settings
from tests.ui.house import OPERATOR, PASSWORD, QUICK, FakeDialogs, compose, make_session, settle

K = Qt.Key


@pytest.fixture
def program(qapp: QApplication, settings: Settings, dialogs: FakeDialogs) -> Iterator[Program]:
    made = Program(settings, dialogs, cost=QUICK)
    yield made
    dialogs.always_leave()
    if made.window is not None:
        made.window.close()
    made.start.close()
    made.close()


def keys(qtbot: QtBot, text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClicks(widget, text)


def key(qtbot: QtBot, which: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, which)


def show(qtbot: QtBot, program: Program, folder: Path | None = None) -> None:
    program.show(folder)
    qtbot.waitExposed(program.start)
    program.start.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)


def test_a_workspace_is_made_by_keys_and_the_main_window_opens(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    show(qtbot, program)
    assistant = program.start.assistant
    assert assistant.isVisible(), "without any workspace the assistant comes first"
    key(qtbot, K.Key_Down)  # a village
    assert assistant.level is Level.VILLAGE
    assistant.next()
    keys(qtbot, "gysq")  # 葛衙庄社区 and others by their initials
    assert assistant.unit.place.is_open
    assistant.unit.place.selectAll()
    keys(qtbot, "330106010")
    key(qtbot, K.Key_Return)
    code, name = assistant.unit.value()
    assert code.startswith("330106010")
    assert len(code) == 12
    assert name.endswith("联合工会")
    assistant.next()
    assistant.folder.setText(str(tmp_path / "新 工作区（1）"))
    compose(QApplication.focusWidget(), "陈喆")
    assistant.password.setFocus()
    keys(qtbot, "short")
    assistant.next()
    assert "8位" in assistant.notice.words
    assistant.password.setFocus()
    keys(qtbot, "-and-longer")
    assistant.again.setFocus()
    keys(qtbot, "short-and-other")
    assistant.next()
    assert "不一样" in assistant.notice.words
    assistant.again.clear()
    keys(qtbot, "short-and-longer")
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    assert program.window is not None
    settle(qtbot, program.window.workbench)
    assert program.window.workbench.facts.operator.name == "陈喆"
    assert program.settings.recents[0].folder == tmp_path / "新 工作区（1）"


def test_login_with_a_wrong_password_waits_longer_each_time_and_the_right_one_opens(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    make_session(tmp_path / "workspace").workspace.close()
    program.settings.note_opened(tmp_path / "workspace", "转塘街道总工会")
    show(qtbot, program, tmp_path / "workspace")
    login = program.start.login
    qtbot.waitUntil(lambda: login.operator.currentText() == OPERATOR, timeout=10_000)
    for wrong, waits in ((1, False), (2, True)):
        login.password.setFocus()
        login.password.setText(f"not-it-{wrong}")
        key(qtbot, K.Key_Return)
        qtbot.waitUntil(lambda: "口令不对" in login.notice.words, timeout=10_000)
        assert login.open_button.isEnabled() is not waits
    qtbot.waitUntil(login.open_button.isEnabled, timeout=5_000)
    login.password.setText(PASSWORD)
    login.password.setFocus()
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    assert not login.password.text(), "the password does not stay in the window"


def test_a_workspace_in_use_is_told_and_nothing_is_harmed(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    held = make_session(tmp_path / "workspace")
    program.settings.note_opened(tmp_path / "workspace", "转塘街道总工会")
    program.show(tmp_path / "workspace")
    login = program.start.login
    qtbot.waitUntil(login.open_button.isEnabled, timeout=10_000)
    login.password.setText(PASSWORD)
    login.open()
    qtbot.waitUntil(lambda: "另一个窗口" in login.notice.words, timeout=10_000)
    held.workspace.close()
    open_session(tmp_path / "workspace", OPERATOR, PASSWORD).workspace.close()


def test_a_folder_that_is_no_workspace_is_said_so(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    program.show(tmp_path)
    qtbot.waitUntil(lambda: "没有工作区" in program.start.login.notice.words, timeout=10_000)
    assert not program.start.login.open_button.isEnabled()


@pytest.mark.parametrize(
    ("platform", "environment", "wanted"),
    [
        ("linux", {}, "ibus"),
        ("linux", {"QT_IM_MODULE": "fcitx"}, "ibus"),
        ("linux", {"QT_IM_MODULE": "fcitx5"}, "ibus"),
        ("linux", {"QT_IM_MODULE": "ibus"}, None),
        ("linux", {"QT_IM_MODULE": "compose"}, None),
        ("win32", {}, None),
    ],
)
def test_the_input_method_that_works_is_chosen(
    platform: str, environment: dict[str, str], wanted: str | None
) -> None:
    assert choose_input_method(platform, environment) == wanted
