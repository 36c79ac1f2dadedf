"""Nothing in the program makes a ring of widgets that hangs on nothing: the next look for cycles would empty them."""

from __future__ import annotations

import gc
import re
from pathlib import Path

from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import desktop.ui
from desktop.operations.recording import records
from desktop.records.declaration import Level
from desktop.ui.pages.home.page import HomePage
from tests.operations.stations import station
from tests.ui.hands import Strangers, Windows


def test_a_page_keeps_its_python_part_when_its_button_with_the_cursor_goes(
    young_objects: None, windows: Windows, tmp_path: Path
) -> None:
    """The first steps of a new village make room for the work; what takes the cursor is looked for among all."""
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    hands, page = windows.page(village, "home", HomePage)
    assert page.first.tiles[0].action.hasFocus()
    records.save(village, "enterprise", {"name": "第一家"})
    page.refresh(None)
    hands.settle()
    assert page.isAncestorOf(hands.focus())
    gc.collect()
    emptied = [
        type(w).__name__
        for w in page.findChildren(QWidget)
        if not type(w).__name__.startswith("Q") and not w.__dict__
    ]
    assert not emptied


def test_nobody_goes_along_the_focus_chain() -> None:
    folder = Path(desktop.ui.__file__).parent
    chain = re.compile(r"(?:next|previous)InFocusChain\(")
    assert not [path for path in folder.rglob("*.py") if chain.search(path.read_text("utf-8"))]


def test_who_is_shown_before_having_a_place_is_noticed(qtbot: QtBot) -> None:
    """All windows of the other tests are looked at so, however short they stand there and whoever shows them."""
    strangers, page = Strangers(), QWidget()
    qtbot.addWidget(page)
    column, flash, part = QVBoxLayout(page), QLabel("一闪"), QLabel("在里面")
    column.addWidget(part)
    part.setVisible(True)
    assert strangers.seen == []
    flash.setVisible(True)
    column.addWidget(flash)
    assert strangers.seen == [repr(flash)]
    QDialog(page).open()
    assert "QDialog" in strangers.seen[-1]
    strangers.end()
    assert len(strangers.seen) == 2
    flash.setParent(None)
    flash.show()
    assert len(strangers.seen) == 2
