"""Wrong passwords in the window after a restart of the program: the button counts, nothing is tried, then it opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.operations.session import open_session
from desktop.store.workspaces import attempts
from desktop.store.workspaces.keys import WrongPassword
from desktop.ui.app import Program
from desktop.ui.settings import Settings
from tests.ui.house import OPERATOR, PASSWORD, QUICK, FakeDialogs, make_session


def test_a_restart_does_not_shorten_the_waiting_and_the_button_counts_it(
    qtbot: QtBot, qapp: QApplication, settings: Settings, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    folder = tmp_path / "workspace"
    make_session(folder).workspace.close()
    for _ in range(2):
        with pytest.raises(WrongPassword):
            open_session(folder, OPERATOR, "not-the-password")
    attempts._since.clear()  # what a new process knows
    program = Program(settings, dialogs, cost=QUICK)
    program.show(folder)
    login = program.start.login
    qtbot.waitUntil(lambda: login.operator.currentText() == OPERATOR, timeout=10_000)
    login.password.setText(PASSWORD)
    login.open()
    assert "前几次口令不对" in login.notice.words
    assert not login.open_button.isEnabled()
    assert login.open_button.text() == "请等1秒"
    login.open()
    assert program.window is None, "pressing again meanwhile does nothing"
    qtbot.waitUntil(login.open_button.isEnabled, timeout=5_000)
    assert login.password.text() == PASSWORD, "what was typed stays"
    login.open()
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    dialogs.always_leave()
    assert program.window is not None
    program.window.close()
    program.start.close()
    program.close()
