"""A village is put under another town in the window, with what that changes said first, and one question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.operations.session import Session
from desktop.operations.stations import moving
from desktop.records.declaration import Role
from desktop.store.queries import reading
from desktop.ui.dialogs import Answer
from desktop.ui.pages.moving import MovingPage
from desktop.ui.pages.sync.page import SyncPage
from tests.operations.moving import World
from tests.ui.hands import Hands, Windows

Open = Callable[[Session], tuple[Hands, MovingPage]]
K = Qt.Key


@pytest.fixture
def open_page(windows: Windows) -> Open:
    return lambda session: windows.page(session, "moving", MovingPage)


def superior(session: Session, unit: str) -> object:
    found = reading.record(session.database, session.types, "unit", unit)
    assert found is not None
    return found.values["superior"]


def test_a_village_is_moved_by_keys_after_one_question_and_moved_back_by_undo(
    open_page: Open, tmp_path: Path
) -> None:
    world = World(tmp_path)
    world.report(*world.towns)
    district, village = world.district, world.village.unit.id
    hands, page = open_page(district)
    assert [line.texts for line in page.grid.rows.lines] == [
        ("径山镇总工会", "乡镇（街道）", "余杭区总工会"),
        ("径山村工会", "村（社区）", "径山镇总工会"),
        ("瓶窑镇总工会", "乡镇（街道）", "余杭区总工会"),
    ]
    hands.look("moving-1")
    assert page.wanted.hasFocus()
    hands.qtbot.keyClicks(page.wanted, "jsc")
    assert page.grid.rows.rowCount() == 1
    hands.settle()
    assert not page.way_on.isEnabled()
    page.superior.setFocus()
    facts = hands.bench.facts
    hands.bench.facts = replace(facts, operator=replace(facts.operator, role=Role.EDITOR))
    hands.qtbot.keyClick(page.superior, K.Key_Down)
    hands.settle()
    assert not page.way_on.isEnabled()
    assert "汇总员或管理员" in page.way_on.toolTip()
    hands.bench.facts = facts
    hands.qtbot.keyClick(page.superior, K.Key_Down)
    hands.settle()
    assert page.superior.currentText() == "瓶窑镇总工会 · 乡镇（街道）"
    words = "".join(label.text() for label in page.words)
    assert "“瓶窑镇总工会”会收到它的全部记录和历史：企业（单位）2条" in words
    assert "它的1台工作电脑由“瓶窑镇总工会”补发批准文件" in words
    assert "建议先收“径山镇总工会”的数据包再调整，它的数据包上次是2026-11-23" in words
    hands.look("moving-2")
    hands.dialogs.answers = [Answer.CANCEL, Answer.YES]
    hands.click(page.way_on)
    assert superior(district, village) == world.old.unit.id
    hands.click(page.way_on)
    assert superior(district, village) == world.new.unit.id
    assert "已经调整到“瓶窑镇总工会”名下" in page.note.words.text()
    assert page.grid.rows.lines[0].texts[2] == "瓶窑镇总工会"
    hands.look("moving-3")
    assert page.note.isVisible()
    hands.bench.undo()
    hands.settle()
    assert superior(district, village) == world.old.unit.id
    assert not page.note.isVisible(), "what was taken back is not said any more"
    assert hands.strangers.seen == []


def test_what_cannot_be_moved_is_told_and_nothing_is_offered(open_page: Open, tmp_path: Path) -> None:
    world = World(tmp_path)
    hands, page = open_page(world.old)
    page.grid.setFocus()
    hands.qtbot.keyClick(page.grid, K.Key_Down)
    hands.settle()
    assert [line.texts[0] for line in page.grid.rows.lines] == ["径山村工会"]
    assert not page.superior.isEnabled()
    assert "请区总工会来调整" in page.words[0].text(), "who can do it is said"
    page._failed(moving.CannotMove("“甲”不能调整到“乙”名下。"))
    assert "请另选一个上级" in page.problem.words.text()


def test_the_former_town_waits_for_nobody_who_was_moved_away(windows: Windows, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.report(*world.towns)
    moving.move(world.district, world.village.unit.id, world.new.unit.id)
    world.report(*world.towns)
    hands, page = windows.page(world.old, "sync", SyncPage)
    assert [line.texts[3] for line in page.below.grid.rows.lines] == ["已改由别的上级收"]
    assert "下级" not in page.standing.text()
    hands.look("moved-away")


def test_who_has_nobody_below_reads_why(open_page: Open, tmp_path: Path) -> None:
    world = World(tmp_path)
    _, page = open_page(world.new)
    assert page.empty.isVisible()
    assert not page.grid.isVisible()
