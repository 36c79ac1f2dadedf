"""Ctrl+Z in a line and after it: whose keys they are while lines come and go."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.widgets.typed import TypedKeys


def test_a_line_may_go_while_the_cursor_is_in_it(qtbot: QtBot) -> None:
    """Then the cursor is somewhere else before anybody is told that the line is gone."""
    page = QWidget()
    qtbot.addWidget(page)
    first, second = QLineEdit(), QLineEdit()
    column = QVBoxLayout(page)
    column.addWidget(first)
    column.addWidget(second)
    keys, followed = TypedKeys(page), list[QWidget | None]()

    def follow(_old: QWidget | None, now: QWidget | None) -> None:
        keys.follow(now)
        followed.append(now)

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.focusChanged.connect(follow)
    try:
        page.show()
        qtbot.waitUntil(page.isActiveWindow)
        first.setFocus()
        qtbot.waitUntil(first.hasFocus)
        shiboken6.delete(first)
        second.setFocus()
        qtbot.waitUntil(second.hasFocus)
    finally:
        application.focusChanged.disconnect(follow)
    assert followed[-1] is second
