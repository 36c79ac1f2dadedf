"""The page of what is due: a selection or all of it goes through the one dialog that erases."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.ui.erase import EraseDialog
from desktop.ui.pages.operators import OperatorsPage
from desktop.ui.pages.retention import RetentionPage
from tests.operations.stations import station
from tests.ui.hands import Hands
from tests.ui.house import compose


def town_with_leavers(folder: Path) -> Session:
    town = station(folder, "330106010", "转塘街道总工会", Level.TOWN)
    left = {"phone": "13800000000", "membership_change": "6"}
    rows = [left | {"name": f"沈到期{n}", "membership_change_date": f"202{n}-01-01"} for n in range(3)]
    records.save_many(town, "member", rows)
    records.save(town, "visit", {"visit_date": "2020-05-05", "contact_name": "王经理"})
    return town


def test_the_chosen_ones_are_erased_after_one_question_and_the_rest_stays(
    qtbot: QtBot, tmp_path: Path
) -> None:
    hands = Hands(qtbot, town_with_leavers(tmp_path), tmp_path)
    first = hands.show("operators")
    assert isinstance(first, OperatorsPage)
    hands.click(first.due)
    page = hands.window.page
    assert isinstance(page, RetentionPage)
    assert [line.texts[:3] for line in page.rules.rows.lines] == [
        ("已转出、除名或退会的会员", "3年", "3"),
        ("走访时对方人员的姓名和职务", "3年", "1"),
    ]
    assert not page.chosen.isEnabled()
    page.records.setFocus()
    page.records.setCurrentIndex(page.records.rows.index(0, 0))
    qtbot.keyClick(page.records, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert page.chosen.text() == "清除选中的2条…"
    hands.look("retention")
    hands.click(page.chosen)
    dialog = page.dialog
    assert isinstance(dialog, EraseDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.basis.currentText() == "停止服务或保存期限届满"
    assert all(box.isChecked() for _, box in dialog.slots)
    compose(dialog.sure, "清除")
    qtbot.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
    hands.settle()
    qtbot.waitUntil(lambda: page.rules.rows.lines[0].texts[2] == "1")
    hands.settle()
    assert [line.texts[0] for line in page.records.rows.lines] == ["沈到期2"]
    page.rules.setCurrentIndex(page.rules.rows.index(1, 0))
    hands.settle()
    hands.click(page.all)
    chosen = [slot.name for slot, box in page.dialog.slots if box.isChecked()] if page.dialog else []
    assert chosen == ["met"]
    hands.strangers.seen = [w for w in hands.strangers.seen if "EraseDialog" not in w]
    if page.dialog is not None:
        page.dialog.reject()
    hands.close()


def test_what_is_not_erased_yet_stands_above_and_the_page_has_its_mark(qtbot: QtBot, tmp_path: Path) -> None:
    session = town_with_leavers(tmp_path)
    origin = session.ledger.origin_ref("ab" * 32, "cd" * 8)
    session.database.execute(
        "INSERT INTO held (origin, number, kind, type, record, unit, slot, stamp, replaces, operator, value, reason,"
        " since) VALUES (?, 1, 'birth', 'erasure', unhex(?), 'x', '', 1, '[]', '', '{}', 'fork', 0)",
        (origin, "ee" * 16),
    )
    hands = Hands(qtbot, session, tmp_path)
    first = hands.show("operators")
    assert isinstance(first, OperatorsPage)
    hands.click(first.due)
    page = hands.window.page
    assert isinstance(page, RetentionPage)
    assert page.note.isVisible()
    assert "有1处清除还没有做：写它的电脑有重号" in page.note.detail.text()
    (marked,) = hands.window.navigation.selectedItems()
    assert marked.text(0) == "到期应清除"
    hands.look("retention-waiting")
    hands.close()
