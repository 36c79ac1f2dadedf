"""A forgotten password in real windows: the code, the request and its answer; and where a ledger comes from."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop.operations import audit
from desktop.operations.recording import records as records_operations
from desktop.operations.session import Session, open_session
from desktop.operations.workspaces import recovery
from desktop.records.declaration import Level, Role
from desktop.store.workspaces import openings
from desktop.store.workspaces.unlocking import LEDGER
from desktop.ui.app import Program
from desktop.ui.erase import may_erase
from desktop.ui.pages.sync.page import SyncPage
from desktop.ui.start.origin import OriginDialog
from desktop.ui.start.recovering import RecoverDialog
from tests.operations.stations import enrol
from tests.ui.hands import Hands
from tests.ui.house import OPERATOR, PASSWORD, QUICK, FakeDialogs, exposed, make_session, picture, settle

K = Qt.Key
NEW = "new-password-9"
VILLAGE = "径山村工会"


@pytest.fixture(autouse=True)
def _tidy(young_objects: None) -> Iterator[None]:
    """The windows of a test go in the thread that made them, not when the opener of the next one tidies up."""
    yield
    gc.collect()


@pytest.fixture
def district(tmp_path: Path) -> Session:
    return make_session(tmp_path / "district", Level.DISTRICT, "330110", "余杭区总工会")


def a_village(folder: Path) -> Session:
    return make_session(folder / VILLAGE, Level.VILLAGE, "330110109222", VILLAGE)


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "the cursor is nowhere"
    return widget


def keys(qtbot: QtBot, text: str) -> None:
    qtbot.keyClicks(focus(), text)


def key(qtbot: QtBot, which: Qt.Key) -> None:
    qtbot.keyClick(focus(), which)


def at_login(qtbot: QtBot, program: Program, folder: Path) -> None:
    program.settings.note_opened(folder, VILLAGE)
    program.show(folder)
    exposed(qtbot, program.start)
    program.start.activateWindow()
    qtbot.waitUntil(program.start.login.open_button.isEnabled, timeout=10_000)


def forgotten(qtbot: QtBot, program: Program, folder: Path) -> RecoverDialog:
    """The dialog for who has forgotten the password, reached by keys."""
    at_login(qtbot, program, folder)
    login = program.start.login
    login.password.setFocus()
    key(qtbot, K.Key_Tab)
    assert focus() is login.forgotten
    key(qtbot, K.Key_Space)
    qtbot.waitUntil(
        lambda: login.recovering is not None and login.recovering.standing is not None, timeout=10_000
    )
    assert login.recovering is not None
    login.recovering.activateWindow()
    qtbot.waitUntil(login.recovering.isActiveWindow)
    login.recovering.place_cursor()
    return login.recovering


def opened(qtbot: QtBot, program: Program) -> Session:
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    assert program.window is not None
    settle(qtbot, program.window.workbench)
    return program.window.workbench._session


def test_the_code_is_shown_once_and_opens_with_a_new_password(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    session = a_village(tmp_path)
    code = session.workspace.recovery_code
    assert code is not None
    folder = session.workspace.folder
    session.workspace.close()
    dialog = forgotten(qtbot, program, folder)
    assert dialog.tabs.currentIndex() == 0, "nobody above has a key yet"
    wrong = ("3" if code[0] != "3" else "4") + code[1:]
    keys(qtbot, wrong)
    key(qtbot, K.Key_Tab)
    assert "第一组" in dialog.notice.words
    picture(dialog, "recover-code-slip")
    assert focus() is dialog.by_code.password, "Tab goes through the lines as one reads them"
    key(qtbot, K.Key_Backtab)
    assert focus() is dialog.code
    dialog.code.selectAll()
    keys(qtbot, code.lower().replace("-", " "))
    key(qtbot, K.Key_Return)
    assert dialog.code.text() == code
    assert focus() is dialog.by_code.password
    keys(qtbot, NEW)
    key(qtbot, K.Key_Return)
    assert dialog.notice.isHidden()
    keys(qtbot, "something-else")
    key(qtbot, K.Key_Return)
    assert "不一样" in dialog.notice.words
    dialog.by_code.again.setFocus()
    dialog.by_code.again.selectAll()
    keys(qtbot, NEW)
    picture(dialog, "recover-code")
    key(qtbot, K.Key_Return)
    assert opened(qtbot, program).operator.name == OPERATOR
    assert program.window is not None
    assert program.window.notices.words == "口令已经换好，下次用新口令打开。"
    program.window.close()
    open_session(folder, OPERATOR, NEW).workspace.close()


def test_without_enrolment_the_second_way_says_why_it_is_closed(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    session = a_village(tmp_path)
    session.workspace.close()
    dialog = forgotten(qtbot, program, session.workspace.folder)
    dialog.tabs.setCurrentIndex(1)
    assert "还没有办理入网" in dialog.nobody.text()
    picture(dialog, "recover-nobody")
    key_event = QKeyEvent(QEvent.Type.KeyPress, K.Key_Escape, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(dialog, key_event)
    assert program.start.login.isVisible()


def test_request_telephone_and_answer_in_two_windows(
    qtbot: QtBot, program: Program, dialogs: FakeDialogs, district: Session, tmp_path: Path
) -> None:
    session = a_village(tmp_path)
    enrol(session, district, tmp_path)
    recovery.after_opening(session)
    records_operations.save(session, "enterprise", {"name": "不能丢的厂"})
    folder = session.workspace.folder
    session.workspace.close()
    stick = tmp_path / "stick"
    stick.mkdir()
    dialog = forgotten(qtbot, program, folder)
    dialog.tabs.setCurrentIndex(1)
    assert focus() is dialog.by_request.password
    keys(qtbot, NEW)
    key(qtbot, K.Key_Tab)
    keys(qtbot, NEW)
    picture(dialog, "recover-ask")
    dialogs.paths.append(stick / "申请.xsr")
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(lambda: dialog.own_words.isVisible(), timeout=10_000)
    picture(dialog, "recover-wait")
    assert not dialog.by_request.password.text() + dialog.by_request.again.text(), "who asks anew types anew"

    desk = Hands(qtbot, district, tmp_path)
    page = desk.show("sync")
    assert isinstance(page, SyncPage)
    card = page.recover
    desk.drop(page.merge.drop, [stick / "申请.xsr"])
    assert card.asked.text(), "a request that is dropped goes to its card"
    desk.dialogs.paths.append(stick / "申请.xsr")
    desk.click(card.open_request)
    assert VILLAGE in card.asked.text()
    assert OPERATOR in card.asked.text()
    assert card.words.shown == dialog.own_words.shown, "both read the same on the telephone"
    assert not card.answer_button.isEnabled()
    assert not card.answer_button.visibleRegion().isEmpty(), "what is to be done is in sight"
    assert card.answer_button.visibleRegion().boundingRect() == card.answer_button.rect()
    desk.tick(card.compared)
    desk.dialogs.paths.append(stick / "答复.xsk")
    picture(card, "recover-desk")
    picture(desk.window, "recover-desk-window")
    own = card.own.text()
    desk.click(card.answer_button)
    assert "已答复" in card.note.words.text()
    told = card.note.detail.text()
    desk.window.resize(1093, 480)
    desk.settle()
    area = page.tabs.currentWidget()
    assert isinstance(area, QScrollArea)
    area.verticalScrollBar().setValue(0)
    desk.dialogs.paths.append(stick / "申请.xsr")
    desk.click(card.open_request)
    assert "已经答复过" in card.note.detail.text()
    qtbot.waitUntil(lambda: card.note.visibleRegion().boundingRect() == card.note.rect())
    desk.close()

    program.start.activateWindow()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialogs.paths.append(stick / "答复.xsk")
    qtbot.mouseClick(dialog.open_answer, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.their_words.isVisible(), timeout=10_000)
    assert own.endswith(dialog.their_words.shown)
    assert dialog.their_words.shown in told, "the telephone rings when the card is closed"
    picture(dialog, "recover-compare")
    keys(qtbot, "not the one of the request")
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(lambda: "口令不对" in dialog.notice.words, timeout=10_000)
    QApplication.processEvents()
    assert dialog.their_words.height() >= dialog.their_words.sizeHint().height(), "the numbers are cut"
    assert focus() is dialog.asked_password
    keys(qtbot, NEW)
    key(qtbot, K.Key_Return)
    found = opened(qtbot, program)
    assert program.window is not None
    assert "口令已经换好" in program.window.notices.words
    assert [line.action for line in audit.recent(found)][:2] == ["恢复口令", "申请恢复口令"]


def test_who_makes_a_workspace_copies_the_code_before_work_begins(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    program.show()
    exposed(qtbot, program.start)
    program.start.activateWindow()
    assistant = program.start.assistant
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    assistant.next()
    assistant.unit.place.selectAll()
    keys(qtbot, "330106010")
    key(qtbot, K.Key_Return)
    assistant.next()
    assistant.folder.setText(str(tmp_path / "made"))
    assistant.operator.setText(OPERATOR)
    for edit in (assistant.password, assistant.again):
        edit.setFocus()
        keys(qtbot, PASSWORD)
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(assistant.copied.isVisible, timeout=20_000)
    code = "".join(assistant.code.text.text().split())
    assert len(code) == 30
    picture(program.start, "assistant-code")
    assert not assistant.next_button.isEnabled()
    key(qtbot, K.Key_Space)
    assert assistant.next_button.isEnabled()
    qtbot.mouseClick(assistant.next_button, Qt.MouseButton.LeftButton)
    opened(qtbot, program)
    assert not assistant.code.text.text(), "it is not shown again"
    assert program.window is not None
    program.window.close()
    recovery.open_by_code(tmp_path / "made", OPERATOR, code, NEW, cost=QUICK).workspace.close()


def test_closing_the_window_over_the_code_leaves_a_workspace_that_opens(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    program.show()
    exposed(qtbot, program.start)
    assistant = program.start.assistant
    assistant.next()
    assistant.unit.code.setText("330106010")
    assistant.unit.name.setText("转塘街道总工会")
    assistant.next()
    assistant.folder.setText(str(tmp_path / "made"))
    assistant.operator.setText(OPERATOR)
    assistant.password.setText(PASSWORD)
    assistant.again.setText(PASSWORD)
    assistant.next()
    qtbot.waitUntil(assistant.copied.isVisible, timeout=20_000)
    program.start.close()
    session = open_session(tmp_path / "made", OPERATOR, PASSWORD)
    assert session.workspace.doubt is None
    session.workspace.close()


def asked(qtbot: QtBot, program: Program) -> OriginDialog:
    qtbot.waitUntil(
        lambda: program.start.origin is not None and program.start.origin.isVisible(), timeout=20_000
    )
    found = program.start.origin
    assert found is not None
    found.activateWindow()
    qtbot.waitUntil(found.isActiveWindow)
    return found


def log_in(qtbot: QtBot, program: Program, folder: Path) -> None:
    at_login(qtbot, program, folder)
    program.start.login.password.setFocus()
    keys(qtbot, PASSWORD)
    key(qtbot, K.Key_Return)


@pytest.fixture
def put_back(tmp_path: Path) -> Path:
    """A workspace whose ledger was put back by hand."""
    session = a_village(tmp_path)
    records_operations.save(session, "enterprise", {"name": "第一家"})
    session.workspace.close()
    folder = session.workspace.folder
    shutil.copy(folder / LEDGER, tmp_path / "kept.db")
    open_session(folder, OPERATOR, PASSWORD).workspace.close()
    shutil.copy(tmp_path / "kept.db", folder / LEDGER)
    return folder


def test_a_ledger_put_back_by_hand_is_asked_about_and_an_enter_answers_nothing(
    qtbot: QtBot, program: Program, put_back: Path
) -> None:
    log_in(qtbot, program, put_back)
    dialog = asked(qtbot, program)
    picture(dialog, "origin")
    key(qtbot, K.Key_Return)
    assert dialog.isVisible(), "a mere Enter answers nothing"
    assert program.window is None
    qtbot.keyClick(focus(), K.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(dialog.take.isEnabled, timeout=5_000)
    picture(dialog, "origin-chosen")
    key(qtbot, K.Key_Return)
    session = opened(qtbot, program)
    assert session.workspace.doubt is None
    records_operations.save(session, "enterprise", {"name": "第二家"})


def test_who_does_not_answer_looks_only_and_is_told_before_anything_is_typed(
    qtbot: QtBot, program: Program, put_back: Path
) -> None:
    log_in(qtbot, program, put_back)
    asked(qtbot, program)
    key(qtbot, K.Key_Escape)
    session = opened(qtbot, program)
    with pytest.raises(Exception, match="关闭程序再打开"):
        records_operations.save(session, "enterprise", {"name": "第二家"})
    window = program.window
    assert window is not None
    bench = window.workbench
    assert window.statusbar._backup.text() == "只能看，不能保存"
    assert "请关闭程序再打开一次，回答它是怎么来的" in window.statusbar._backup.toolTip()
    assert bench.role is Role.READER
    assert not any(map(bench.may_write, bench.types.values()))
    assert "没有说明是怎么来的" in bench.denied("")
    assert bench.may_wipe, "a copy that nobody knows is what is wiped"


def test_a_copy_is_told_that_it_may_only_look(
    qtbot: QtBot,
    program: Program,
    dialogs: FakeDialogs,
    put_back: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(openings, "computer", lambda: "another")
    log_in(qtbot, program, put_back)
    dialog = asked(qtbot, program)
    picture(dialog, "origin-elsewhere")
    qtbot.mouseClick(
        dialog.answers.buttons()[2],
        Qt.MouseButton.LeftButton,
        pos=QPoint(10, dialog.answers.buttons()[2].height() // 2),
    )
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    session = opened(qtbot, program)
    assert session.workspace.must_enrol
    assert program.window is not None
    assert program.window.workbench.facts.station == session.ledger.station
    assert any("只能看" in told for told in dialogs.told)
    bench = program.window.workbench
    assert program.window.statusbar._backup.text() == "只能看，不能保存"
    assert not any(map(bench.may_write, bench.types.values())), "nothing is typed that would be refused"
    assert not may_erase(bench, bench.types["member"])
    assert bench.role is Role.ADMIN, "who enrols it may do so"
