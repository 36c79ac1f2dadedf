"""A list of choices to tick by keyboard: what Enter takes, and when it only ends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui import theme
from desktop.ui.widgets.choices import Choice, ChoiceOverlay
from desktop.ui.widgets.drop_down import DropDown

K = Qt.Key


@pytest.mark.parametrize(
    ("ticked", "keys", "taken"),
    [
        ([], (K.Key_Down, K.Key_Down, K.Key_Return), ["1"]),
        ([], (K.Key_Down, K.Key_Space, K.Key_Down, K.Key_Return), ["0"]),
        ([], (K.Key_Return,), []),
        ([], (K.Key_1, K.Key_Home, K.Key_Delete, K.Key_Return), []),
        (["3"], (K.Key_Down, K.Key_Down, K.Key_Return), ["3"]),
        (["3"], (K.Key_Down, K.Key_Space, K.Key_Return), []),
    ],
)
def test_enter_takes_the_line_that_somebody_went_to_unless_others_were_ticked(
    qtbot: QtBot, ticked: list[str], keys: tuple[Qt.Key, ...], taken: list[str]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button = QPushButton("选", window)
    window.resize(600, 600)
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    overlay = ChoiceOverlay(button, [Choice(str(n), f"第{n}条") for n in range(12)], ticked)
    overlay.open_below()
    for key in keys:
        at = overlay.list if overlay.list.hasFocus() else overlay._search
        qtbot.keyClick(at, key)
    assert overlay.ticked() == taken
    assert overlay.isHidden()


def test_an_article_of_a_long_statute_is_read_to_what_it_is_about(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    words = "《中华人民共和国劳动合同法》第八十五条第（一）项　克扣拖欠工资"
    overlay = ChoiceOverlay(QPushButton("选", window), [Choice("1", words)], [])
    assert overlay.wanted_size().width() > overlay.list.fontMetrics().horizontalAdvance(words)


def test_the_lines_of_a_small_box_are_as_high_as_those_of_other_lists(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box = DropDown(window)
    box.addItems(["管理员", "录入员"])
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    view = box.view()
    view.ensurePolished()
    assert view.sizeHintForRow(1) >= theme.measures().row
