"""Wiping a workspace in the window: only by its name, and when the window is gone so is the workspace."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.workspaces.wiping import Confirmed
from desktop.records.declaration import Level
from desktop.ui.pages.operators import OperatorsPage
from desktop.ui.pages.wipe import WipeDialog
from tests.operations.stations import enrol, report_up, station
from tests.ui.hands import Hands
from tests.ui.house import compose, picture


def enrolled(folder: Path) -> Session:
    district = station(folder, "330106", "西湖区总工会", Level.DISTRICT)
    town = station(folder, "330106010", "转塘街道总工会", Level.TOWN)
    enrol(town, district, folder)
    report_up(town, district, folder)
    records.save(town, "member", {"name": "沈清除"})
    district.workspace.close()
    return town


def test_it_takes_the_name_and_a_tick_for_what_was_not_sent_and_then_nothing_is_left(
    qtbot: QtBot, tmp_path: Path
) -> None:
    town = enrolled(tmp_path)
    folder, stick = town.workspace.folder, tmp_path / "U盘"
    stick.mkdir()
    hands = Hands(qtbot, town, tmp_path)
    page = hands.show("operators")
    assert isinstance(page, OperatorsPage)
    hands.click(page.wipe)
    dialog = page.wiping
    assert isinstance(dialog, WipeDialog)
    qtbot.waitUntil(dialog.isVisible)
    picture(dialog, "wipe")
    hands.look("wipe-page")
    assert "没有确认收到" in dialog.lost.text()
    compose(dialog.typed, "转塘街道总工会")
    assert not dialog.do.isEnabled()
    hands.tick(dialog.unsent)
    assert dialog.do.isEnabled()
    hands.dialogs.paths = [folder]
    hands.click(dialog.do)
    assert "不能放在要清除的台账里" in dialog.problem.detail.text()
    assert folder.exists()
    # What another program has open is not destroyed, and nobody has the word of it.
    dialog._destroy(Confirmed(folder, stick / "清除确认.xsw", "0" * 64))
    assert "清除确认没有写成，请打电话请上级停用这台电脑" in hands.dialogs.told.pop()
    assert folder.exists()
    hands.dialogs.paths = [stick]
    qtbot.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(hands.dialogs.told), timeout=20_000)
    assert not folder.exists()
    assert "台账已清除" in hands.dialogs.told[0]
    assert [p.name for p in stick.iterdir()] == ["转塘街道总工会_清除确认.xsw"]
    assert str(folder) not in str(hands.bench.settings.recents)
    assert not hands.window.isVisible()
    hands.strangers.end()
    assert [w for w in hands.strangers.seen if "WipeDialog" not in w] == []
