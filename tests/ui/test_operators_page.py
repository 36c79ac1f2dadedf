"""The page of operators: letting others in and out, roles, the own password; the rules are those of the operation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.operations.session import open_session
from desktop.operations.workspaces import operators, recovery
from desktop.records.declaration import Role
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.keys import KeySlots
from desktop.ui.dialogs import Answer
from desktop.ui.pages.operator_dialogs import CodeDialog, OperatorDialog, PasswordDialog
from desktop.ui.pages.operators import OperatorsPage
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from tests.ui.house import (
    OPERATOR,
    PASSWORD,
    QUICK,
    FakeDialogs,
    Hand,
    compose,
    make_session,
    open_window,
    picture,
)

K = Qt.Key


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost nothing to keep."""
    put = KeySlots.put

    def cheap(slots: KeySlots, *given: Any) -> None:
        name, password, key, environment = given[:4]
        put(slots, name, password, key, environment, QUICK)

    monkeypatch.setattr(KeySlots, "put", cheap)


@pytest.fixture
def page(window: MainWindow, hand: Hand) -> OperatorsPage:
    window.open_page("operators")
    hand.settle()
    found = window.page
    assert isinstance(found, OperatorsPage)
    return found


def names(page: OperatorsPage) -> list[tuple[str, str, str]]:
    return [(line.texts[0], line.texts[1], line.texts[4]) for line in page.grid.rows.lines]


def add(
    qtbot: QtBot, hand: Hand, page: OperatorsPage, name: str, password: str, again: str
) -> OperatorDialog:
    hand.click(page.add)
    dialog = page.dialog
    assert isinstance(dialog, OperatorDialog)
    qtbot.waitUntil(dialog.isVisible)
    compose(dialog.name, name)
    # Enter goes from line to line, as in a form, and from the last one it saves.
    for _ in (dialog.role, dialog.duty, dialog.password):
        qtbot.keyClick(dialog.focusWidget(), K.Key_Return)
    for text in (password, again):
        qtbot.keyClicks(dialog.focusWidget(), text)
        assert dialog.notice.isHidden()
        qtbot.keyClick(dialog.focusWidget(), K.Key_Return)
    hand.settle()
    return dialog


def test_an_operator_is_added_by_keys_and_can_open_the_workspace(
    qtbot: QtBot, hand: Hand, page: OperatorsPage, window: MainWindow
) -> None:
    assert names(page) == [(f"{OPERATOR}（我）", "管理员", "在用")]
    dialog = add(qtbot, hand, page, "陈喆", "password-2", "password-3")
    assert "不一样" in dialog.notice.words
    assert dialog.name.text() == "陈喆"
    dialog.again.clear()
    qtbot.keyClicks(dialog.again, "password-2")
    qtbot.keyClick(dialog.again, K.Key_Return)
    hand.settle()
    assert names(page)[1] == ("陈喆", "录入员", "在用")
    picture(window, "operators")
    folder = window.workbench.facts.folder
    window.close()
    QApplication.processEvents()
    again = open_session(folder, "陈喆", "password-2")
    assert again.operator.role is Role.EDITOR
    again.workspace.close()


def test_who_opened_last_is_offered_first_whoever_joins(
    qtbot: QtBot, hand: Hand, page: OperatorsPage
) -> None:
    """The place among the names is kept, not the name: a new one before it took the place."""
    settings, facts = page.workbench.settings, page.workbench.facts
    settings.note_opened(facts.folder, facts.unit.name, 0)
    add(qtbot, hand, page, "一号", "long-enough", "long-enough")
    present = list(KeySlots.load(facts.folder).names)
    assert present[0] == "一号"
    assert present[settings.recents[0].operator] == OPERATOR


def test_a_weak_password_is_refused_and_nothing_typed_is_lost(
    qtbot: QtBot, hand: Hand, page: OperatorsPage
) -> None:
    dialog = add(qtbot, hand, page, "陈喆", "short", "short")
    assert "8位" in dialog.notice.words
    assert dialog.isVisible()
    assert dialog.name.text() == "陈喆"


def test_the_last_administrator_stays_and_is_not_asked_to_go(
    qtbot: QtBot, hand: Hand, page: OperatorsPage
) -> None:
    page.grid.selectRow(0)
    assert not page.stop.isEnabled()
    assert page.stop.toolTip() == f"“{OPERATOR}”是最后一名管理员。请先添加另一名管理员。"
    hand.click(page.change)
    dialog = page.dialog
    assert isinstance(dialog, OperatorDialog)
    assert not dialog.role.isEnabled()
    assert dialog.role.toolTip() == page.stop.toolTip()
    dialog.reject()
    add(qtbot, hand, page, "陈喆", "password-2", "password-2")
    page.grid.selectRow(1)
    assert page.stop.isEnabled()
    assert not page.stop.toolTip()


def test_somebody_is_disabled_after_a_question(
    qtbot: QtBot, hand: Hand, page: OperatorsPage, dialogs: FakeDialogs
) -> None:
    add(qtbot, hand, page, "陈喆", "password-2", "password-2")
    page.grid.selectRow(1)
    dialogs.answers = [Answer.CANCEL, Answer.YES]
    hand.click(page.stop)
    hand.settle()
    assert names(page)[1][2] == "在用"
    hand.click(page.stop)
    hand.settle()
    assert names(page)[1][2] == "已停用"
    assert not page.stop.isEnabled()
    # The paper with the recovery code still opens the ledger, and who leaves may have written it down.
    dialogs.answers = [Answer.CANCEL]
    way = next(b for b in hand.window.notices.findChildren(QPushButton) if b.text())
    hand.click(way)
    assert "原来抄下的那个随即作废" in dialogs.asked[-1]
    # As a kill between the ledger and the file of passwords leaves it.
    KeySlots.load(page.workbench.facts.folder).put("陈喆", "password-2", bytes(32), Environment())
    page.refresh(None)
    hand.settle()
    assert (names(page)[1][2], page.stop.isEnabled()) == ("停用没有办完，请再停用一次", True)


def test_who_has_forgotten_gets_another_password_and_is_told_what_it_means_for_signing(
    qtbot: QtBot, hand: Hand, page: OperatorsPage, window: MainWindow
) -> None:
    add(qtbot, hand, page, "陈喆", "password-2", "password-2")
    assert "再导出一次" not in window.notices.words
    page.grid.selectRow(1)
    hand.click(page.change)
    dialog = page.dialog
    assert isinstance(dialog, OperatorDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert "不用填" in dialog.password.placeholderText()
    qtbot.keyClick(dialog.duty, K.Key_Down)
    assert "不用填" not in dialog.password.placeholderText(), "without it nobody can begin to sign"
    dialog.password.setFocus()
    for _ in (dialog.password, dialog.again):
        qtbot.keyClicks(dialog.focusWidget(), "password-3")
        qtbot.keyClick(dialog.focusWidget(), K.Key_Return)
    hand.settle()
    assert "以前导出的本人签不了，请再导出一次" in window.notices.words
    assert page.grid.rows.lines[1].texts[3] == "经办人"


def test_a_new_recovery_code_is_shown_once_and_opens_the_workspace(
    qtbot: QtBot, hand: Hand, page: OperatorsPage, dialogs: FakeDialogs, window: MainWindow
) -> None:
    dialogs.answers = [Answer.CANCEL, Answer.YES]
    hand.click(page.code)
    hand.settle()
    assert page.dialog is None
    hand.click(page.code)
    qtbot.waitUntil(lambda: page.dialog is not None and page.dialog.isVisible(), timeout=20_000)
    dialog = page.dialog
    assert isinstance(dialog, CodeDialog)
    code = "".join(dialog.code.text.text().split())
    picture(dialog, "new-code")
    qtbot.keyClick(dialog, K.Key_Escape)
    assert dialog.isVisible(), "nobody loses it by an Esc too many"
    assert not dialog.ok.isEnabled()
    qtbot.keyClick(dialog.copied, K.Key_Space)
    qtbot.keyClick(dialog, K.Key_Return)
    qtbot.waitUntil(lambda: page.dialog is None)
    folder = window.workbench.facts.folder
    window.close()
    QApplication.processEvents()
    again = recovery.open_by_code(folder, OPERATOR, code, "another-word-9")
    assert again.operator.role is Role.ADMIN
    again.workspace.close()


def test_the_own_password_is_changed_only_by_who_knows_it(
    qtbot: QtBot, hand: Hand, page: OperatorsPage, window: MainWindow
) -> None:
    hand.click(page.own)
    dialog = page.dialog
    assert isinstance(dialog, PasswordDialog)
    qtbot.waitUntil(dialog.isVisible)
    for text in ("not-mine-1", "brand-new-1", "brand-new-1"):
        qtbot.keyClicks(dialog.focusWidget(), text)
        qtbot.keyClick(dialog.focusWidget(), K.Key_Return)
    hand.settle()
    assert "口令不对" in dialog.notice.words
    dialog.old.clear()
    qtbot.keyClicks(dialog.old, PASSWORD)
    qtbot.keyClick(dialog.again, K.Key_Return)
    hand.settle()
    folder = window.workbench.facts.folder
    window.close()
    QApplication.processEvents()
    open_session(folder, OPERATOR, "brand-new-1").workspace.close()


def test_who_is_no_administrator_sees_the_names_and_changes_only_the_own_password(
    qtbot: QtBot, tmp_path: Path, dialogs: FakeDialogs, settings: Settings
) -> None:
    made = make_session(tmp_path / "workspace")
    operators.put(made, "陈喆", Role.EDITOR, "password-2", QUICK)
    made.workspace.close()
    window = open_window(qtbot, open_session(tmp_path / "workspace", "陈喆", "password-2"), dialogs, settings)
    window.open_page("operators")
    Hand(qtbot, window).settle()
    page = window.page
    assert isinstance(page, OperatorsPage)
    page.grid.selectRow(0)
    assert len(names(page)) == 2
    assert not any(b.isEnabled() for b in (page.add, page.change, page.stop))
    assert page.own.isEnabled()
    assert "管理员" in page.add.toolTip()
    dialogs.always_leave()
    window.close()
