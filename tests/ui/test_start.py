"""Before the main window: making a workspace with the assistant, login, wrong passwords, a workspace in use."""

from __future__ import annotations

import datetime
import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from platformdirs import user_documents_path
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import reference
from desktop.operations.recording import records
from desktop.operations.session import open_session
from desktop.operations.workspaces import operators
from desktop.records.declaration import Level, Role
from desktop.store.tables.clock import WrongClock
from desktop.store.tables.environment import Environment
from desktop.store.workspaces.backups import Backup
from desktop.ui.app import Program, choose_input_method
from desktop.ui.forms.record_page import RecordPage
from desktop.ui.page import Act
from desktop.ui.settings import Settings
from desktop.ui.start import date_question
from desktop.ui.start.opening import Opener
from desktop.ui.start.places import UnitChooser
from desktop.ui.start.restoring import brings_words
from desktop.ui.widgets.pick import Option
from tests.operations.disks import let_fail
from tests.ui.house import (
    OPERATOR,
    PASSWORD,
    QUICK,
    FakeDialogs,
    Hand,
    compose,
    exposed,
    make_session,
    picture,
    settle,
)

K = Qt.Key
_PATIENCE_MS = 5_000
K_ALT = Qt.KeyboardModifier.AltModifier


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
    exposed(qtbot, program.start)
    program.start.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)


def test_a_workspace_is_made_by_keys_and_the_main_window_opens(
    qtbot: QtBot, program: Program, dialogs: FakeDialogs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As it is where the documents themselves are carried into the net.
    monkeypatch.setenv("OneDrive", str(user_documents_path()))
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "新 台账（1）"))
    show(qtbot, program)
    assistant = program.start.assistant
    assert assistant.isVisible(), "without any workspace the assistant comes first"
    key(qtbot, K.Key_Down)  # a village
    assert assistant.level is Level.VILLAGE
    key(qtbot, K.Key_Return)
    key(qtbot, K.Key_Return)
    assert assistant.notice.words == "请先选择所在地。"
    keys(qtbot, "gysq")  # 葛衙庄社区 and others by their initials
    assert assistant.unit.place.is_open
    assistant.unit.place.selectAll()
    keys(qtbot, "330106010")
    key(qtbot, K.Key_Return)
    code, name = assistant.unit.value()
    assert code.startswith("330106010")
    assert len(code) == 12
    assert name.endswith("联合工会")
    keys(qtbot, "A")  # the cursor stands in the name, which is there already; another takes its place
    assert assistant.unit.value()[1] == "A"
    key(qtbot, K.Key_Tab)
    assert QApplication.focusWidget() is assistant.next_button, "Tab goes on, and not back"
    key(qtbot, K.Key_Backtab)
    key(qtbot, K.Key_Backtab)
    key(qtbot, K.Key_Backtab)
    key(qtbot, K.Key_Return)  # what was chosen is there
    assert assistant.folder.text() == str(Path.home() / "小三级" / "A")
    others = tmp_path / "别人的"
    others.mkdir()
    (others / "花名册.xls").write_bytes(b"x")
    assistant.folder.setText("台账")  # nobody would know where that is
    widget = QApplication.focusWidget()
    assert widget is not None
    key(qtbot, K.Key_Return)
    assert "姓名" in assistant.notice.words
    compose(widget, "陈喆")
    key(qtbot, K.Key_Return)
    assert QApplication.focusWidget() is assistant.password
    assert not assistant.notice.isVisible(), "nobody has forgotten what comes next"
    keys(qtbot, "short")
    key(qtbot, K.Key_Return)
    assert "8位" in assistant.notice.words
    keys(qtbot, "short-and-longer")
    key(qtbot, K.Key_Return)
    assert QApplication.focusWidget() is assistant.again
    assert not assistant.notice.isVisible()
    key(qtbot, K.Key_Return)
    assert "再输入一次" in assistant.notice.words
    keys(qtbot, "short-and-other")
    key(qtbot, K.Key_Return)
    assert "不一样" in assistant.notice.words
    keys(qtbot, "short-and-longer")
    key(qtbot, K.Key_Return)
    assert "存放位置" in assistant.notice.words
    assistant.folder.setText(str(others))
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(lambda: "已经有别的文件（“花名册.xls”）" in assistant.notice.words)
    assert QApplication.focusWidget() is assistant.folder
    assistant._dialogs.paths.append(others)  # type: ignore[attr-defined]
    assistant._choose_folder()
    assert assistant.folder.text() == str(others / "A")
    assert not assistant.notice.isVisible()
    assistant.folder.setText(f'"{tmp_path / "新 台账（1）"}"')
    assistant.operator.setFocus()
    assert "由OneDrive自动同步，台账放在里面可能损坏" in assistant.notice.words
    picture(program.start, "new-ledger-in-a-synced-folder")
    key(qtbot, K.Key_Return)  # a service may have been turned off
    qtbot.waitUntil(assistant.copied.isVisible, timeout=20_000)
    key(qtbot, K.Key_Return)
    assert program.window is None, "the code will not be seen again"
    key(qtbot, K.Key_Space)  # it is copied
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    assert program.window is not None
    settle(qtbot, program.window.workbench)
    assert program.window.workbench.facts.operator.name == "陈喆"
    assert "把整个文件夹“新 台账（1）”移到不同步的地方" in dialogs.told[-1]
    assert program.settings.recents[0].folder == tmp_path / "新 台账（1）"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330110109222", "径山村联合工会"),
        ("330106010", "转塘街道总工会"),
        ("330102001051", "清波门社区联合工会"),
    ],
)
def test_a_union_is_called_after_its_place_and_not_after_the_committee(
    qapp: QApplication, code: str, name: str
) -> None:
    chooser = UnitChooser(reference.divisions())
    chooser.show_level(Level.VILLAGE if len(code) == 12 else Level.TOWN)
    division = reference.divisions().get(code)
    assert division is not None
    chooser.place.picked.emit(Option(code, division.name))
    assert chooser.value() == (code, name)
    chooser.deleteLater()


def test_a_ledger_that_is_not_wanted_leaves_the_list_and_comes_back(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    make_session(tmp_path / "workspace").workspace.close()
    for name in ("建错了的", "另一份"):
        shutil.copytree(tmp_path / "workspace", tmp_path / name)
        program.settings.note_opened(tmp_path / name, name)
    show(qtbot, program, tmp_path / "建错了的")
    login = program.start.login
    qtbot.waitUntil(login.open_button.isEnabled, timeout=10_000)
    picture(program.start, "login")
    needed, held = login.workspaces.sizeHintForColumn(0), login.workspaces.viewport().width()
    assert needed <= held, "a long path loses its middle"
    assert login.workspaces.currentItem().toolTip() == str(tmp_path / "建错了的")
    assert login.folder == tmp_path / "建错了的"
    qtbot.mouseClick(login.forget_button, Qt.MouseButton.LeftButton)
    assert [recent.unit for recent in program.settings.recents] == ["另一份"]
    qtbot.waitUntil(login.open_button.isEnabled, timeout=10_000)
    assert "没有动" in login.notice.words, (
        "the names of the next ledger have come, and the words are still there"
    )
    assert (tmp_path / "建错了的" / "keys.json").is_file()
    picture(program.start, "forgotten")
    qtbot.mouseClick(login.notice._button, Qt.MouseButton.LeftButton)
    assert login.folder == tmp_path / "建错了的"
    assert len(program.settings.recents) == 2


def test_what_was_looked_up_for_a_page_that_is_gone_is_told_to_nobody(qtbot: QtBot, tmp_path: Path) -> None:
    """Whoever opens a ledger at once does not wait until the names of its operators have come."""
    opener, page, found = Opener(), QObject(), list[object]()
    gone = threading.Event()
    opener._worker.submit(lambda _nothing, _ticket: gone.wait())
    opener.operators(page, tmp_path, found.append)
    opener.backups(page, tmp_path, found.append)
    opener.recovery_standing(page, tmp_path, found.append, found.append)
    opener.look_answer(page, tmp_path, tmp_path / "answer", found.append, found.append)
    shiboken6.delete(page)
    gone.set()
    qtbot.waitUntil(lambda: opener.idle, timeout=10_000)
    assert found == []
    opener.close()


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


def test_who_opened_a_ledger_last_is_chosen_and_no_name_is_kept_for_it(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    session = make_session(tmp_path / "workspace")
    names = ["李明", OPERATOR, "赵六"]
    for name in (names[0], names[2]):
        operators.put(session, name, Role.EDITOR, PASSWORD, QUICK)
    session.workspace.close()
    program.settings.note_opened(tmp_path / "workspace", "转塘街道总工会")
    show(qtbot, program, tmp_path / "workspace")
    login = program.start.login
    qtbot.waitUntil(login.open_button.isEnabled, timeout=10_000)
    login.operator.setCurrentText("赵六")
    login.password.setText(PASSWORD)
    login.open()
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    login.show_recents(tmp_path / "workspace")
    qtbot.waitUntil(login.open_button.isEnabled, timeout=10_000)
    assert login.operator.currentText() == "赵六"
    assert "赵六" not in str(program.settings._store.value("recent"))


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
    qtbot.waitUntil(lambda: "没有台账" in program.start.login.notice.words, timeout=10_000)
    assert not program.start.login.open_button.isEnabled()


@pytest.mark.parametrize("harm", [b"", b"\x5a" * 50_000, "r_division_change"])
def test_a_damaged_ledger_is_restored_from_the_start_page_by_keys(
    qtbot: QtBot, program: Program, dialogs: FakeDialogs, tmp_path: Path, harm: bytes | str
) -> None:
    session = make_session(tmp_path / "workspace")
    saved = records.save(session, "enterprise", {"name": "杭州不能丢有限公司"})
    page = session.database.row("SELECT rootpage FROM sqlite_master WHERE name = ?", [harm])
    session.workspace.close()
    ledger = tmp_path / "workspace" / "ledger.db"
    if page is None:
        assert isinstance(harm, bytes)
        ledger.write_bytes(harm)
    else:
        # It opens, and what the window shows first cannot be read.
        with ledger.open("r+b") as file:
            file.seek((page[0] - 1) * 4_096)
            file.write(b"\x5a" * 4_096)
    program.settings.note_opened(tmp_path / "workspace", "转塘街道总工会")
    show(qtbot, program, tmp_path / "workspace")
    login = program.start.login
    qtbot.waitUntil(login.open_button.isEnabled, timeout=10_000)
    kept = (tmp_path / "workspace" / "backups").rename(tmp_path / "拷到别处的备份")

    def ask_for_backups() -> None:
        login.password.setFocus()
        login.password.selectAll()
        keys(qtbot, PASSWORD)
        key(qtbot, K.Key_Return)
        qtbot.waitUntil(lambda: "从备份恢复" in login.notice.words, timeout=10_000)
        qtbot.mouseClick(login.notice._button, Qt.MouseButton.LeftButton)

    ask_for_backups()
    qtbot.waitUntil(lambda: "请拷回台账的 backups 文件夹" in login.notice.words, timeout=10_000)
    picture(program.start, "no-backups")
    (whole,) = kept.glob("*.db")
    alone = kept / "2026-01-05.db"
    shutil.copy(whole, alone)
    os.utime(alone, (1_767_600_000, 1_767_600_000))
    kept.rename(tmp_path / "workspace" / "backups")
    ask_for_backups()
    qtbot.waitUntil(lambda: login.restoring is not None and login.restoring.isVisible(), timeout=10_000)
    assert login.restoring is not None
    assert login.restoring.list.count() == 2
    assert login.restoring.brings.text() == "这一份连同后面的流水，一般一条也不会少。"
    qtbot.keyClick(login.restoring.list, K.Key_Down)
    picture(login.restoring, "restore")
    assert "数据库打不开、读不出来" in login.restoring.words.text()
    assert login.restoring.list.currentItem().text().endswith("没有流水")
    assert "只到1月5日 16:00，以后录入的不在里面" in login.restoring.brings.text()
    qtbot.keyClick(login.restoring.list, K.Key_Up)
    qtbot.keyClick(login.restoring.list, K.Key_Return)
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    assert program.window is not None
    settle(qtbot, program.window.workbench)
    assert records.load(program.window.workbench._session, "enterprise", saved.record) is not None
    assert "1步操作也已补上" in dialogs.told[-1]


def test_the_manual_opens_before_any_ledger(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    make_session(tmp_path / "workspace").workspace.close()
    show(qtbot, program, tmp_path / "workspace")
    qtbot.waitUntil(program.start.login.open_button.isEnabled, timeout=10_000)
    key(qtbot, K.Key_F1)
    manual = program.start.manual
    assert manual is not None
    qtbot.waitUntil(manual.isVisible)
    manual.activateWindow()
    qtbot.waitUntil(manual.isActiveWindow)
    assert manual.text.verticalScrollBar().value() > 0, "at what is done about passwords"
    picture(manual, "manual")
    manual.search.setFocus()
    for typed, told in (("xyzxyz", "帮助里没有“xyzxyz”"), (".xsr", "")):
        manual.search.clear()
        keys(qtbot, typed)
        key(qtbot, K.Key_Return)
        assert manual.missing.text().startswith(told)
        assert manual.text.textCursor().selectedText() == ("" if told else typed)
    key(qtbot, K.Key_Escape)
    qtbot.waitUntil(lambda: not shiboken6.isValid(manual))


def test_a_ledger_that_opens_is_restored_from_the_start_page_too(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    """Damage that shows in the middle of work was told of with nowhere to go."""
    make_session(tmp_path / "workspace").workspace.close()
    show(qtbot, program, tmp_path / "workspace")
    login = program.start.login
    qtbot.waitUntil(login.restore_button.isEnabled, timeout=10_000)
    login.restore_button.setFocus()
    key(qtbot, K.Key_Space)
    assert "请先输入口令" in login.notice.words
    keys(qtbot, PASSWORD)
    login.restore_button.setFocus()
    key(qtbot, K.Key_Space)
    qtbot.waitUntil(lambda: login.restoring is not None and login.restoring.isVisible(), timeout=10_000)
    assert login.restoring is not None
    assert "打不开、读不出来" not in login.restoring.words.text(), "nobody has tried"
    picture(login.restoring, "restore-asked")
    qtbot.keyClick(login.restoring.list, K.Key_Return)
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    assert program.window is not None
    settle(qtbot, program.window.workbench)


def test_at_150_percent_all_buttons_of_the_login_are_on_the_screen(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    """A laptop of 768 lines then shows 512; 打开 and 新建台账 lay below its edge."""
    for n in range(7):
        program.settings.note_opened(tmp_path / f"台账{n}", f"第{n}工会")
    show(qtbot, program, tmp_path / "台账0")
    program.start.resize(880, 440)
    QApplication.processEvents()
    assert program.start.height() == 440
    login = program.start.login
    for part in (login.open_button, login.password, login.workspaces):
        assert program.start.rect().contains(part.mapTo(program.start, part.rect().bottomRight()))
    assert login.workspaces.height() > 2 * login.password.height()


def test_a_ledger_on_a_full_disk_opens_to_be_read_and_says_why(
    qtbot: QtBot, program: Program, dialogs: FakeDialogs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who needs a telephone number at that moment finds it, and types nothing that could not be saved."""
    session = make_session(tmp_path / "w")
    records.save(session, "enterprise", {"name": "杭州示例厂"})
    session.workspace.close()
    let_fail(monkeypatch, OSError(errno.ENOSPC, "no space"))
    show(qtbot, program, tmp_path / "w")
    login = program.start.login
    qtbot.waitUntil(login.open_button.isEnabled, timeout=10_000)
    login.password.setFocus()
    keys(qtbot, PASSWORD)
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    window = program.window
    assert window is not None
    settle(qtbot, window.workbench)
    assert "磁盘满了，现在只能看" in dialogs.told[-1]
    assert window.statusbar._backup.text() == "只能看，不能保存"
    window.activateWindow()
    hand = Hand(qtbot, window)
    window.open_page("list:enterprise")
    hand.settle()
    hand.press(K.Key_Down)
    the_list = window.page
    assert the_list is not None
    assert Act.NEW not in the_list.acts()
    hand.press(K.Key_Return)
    hand.settle()
    page = window.page
    assert isinstance(page, RecordPage)
    assert page.form.values()["name"] == "杭州示例厂"
    assert "磁盘满了" in page.banner.words
    picture(window, "full-disk")


class Calendar:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = 1_795_420_800_000

    def environment(self) -> Environment:
        def now() -> int:
            self.at += 1
            return self.at

        return Environment(now)


@pytest.fixture
def typing(
    qtbot: QtBot, settings: Settings, dialogs: FakeDialogs, tmp_path: Path, qapp: QApplication
) -> Iterator[tuple[Calendar, Program, Hand]]:
    """An open window in which something was saved, and a form with a name typed into it, forty days later."""
    calendar = Calendar()
    make_session(tmp_path / "workspace").workspace.close()
    settings.note_opened(tmp_path / "workspace", "转塘街道总工会")
    program = Program(settings, dialogs, calendar.environment(), cost=QUICK)
    show(qtbot, program, tmp_path / "workspace")
    login = program.start.login
    qtbot.waitUntil(login.open_button.isEnabled, timeout=10_000)
    login.password.setText(PASSWORD)
    login.password.setFocus()
    key(qtbot, K.Key_Return)
    qtbot.waitUntil(lambda: program.window is not None, timeout=20_000)
    assert program.window is not None
    program.window.activateWindow()
    hand = Hand(qtbot, program.window)
    program.window.open_page("list:enterprise")
    hand.settle()
    hand.control(K.Key_N)
    hand.settle()
    hand.type("杭州先存有限公司")
    hand.control(K.Key_S)
    hand.settle()
    hand.press(K.Key_Escape)
    hand.control(K.Key_N)
    hand.settle()
    hand.type("杭州四十天有限公司")
    calendar.at += 40 * 86_400_000
    yield calendar, program, hand
    dialogs.always_leave()
    program.window.close()
    program.start.close()
    program.close()


def asked(qtbot: QtBot, program: Program, answer: Qt.Key) -> list[str]:
    """Waits for the question about the date, answers it by a key, and says what it showed."""
    seen: list[str] = []

    def look() -> None:
        question = program.start.date_question
        dialog = question.dialog if question is not None else None
        if dialog is None or not dialog.isVisible() or not dialog.isActiveWindow():
            QTimer.singleShot(20, look)
            return
        # A key that does not reach the dialog must end in a failure, not in a test that waits for ever.
        QTimer.singleShot(_PATIENCE_MS, dialog, dialog.reject)
        picture(dialog, "date")
        seen.append(dialog.date.text())
        modifier = K_ALT if answer in (K.Key_Y, K.Key_N) else Qt.KeyboardModifier.NoModifier
        qtbot.keyClick(dialog.focusWidget() or dialog, answer, modifier)

    QTimer.singleShot(20, look)
    return seen


def test_a_date_that_a_person_finds_right_is_confirmed_and_the_save_goes_on(
    qtbot: QtBot, typing: tuple[Calendar, Program, Hand]
) -> None:
    _, program, hand = typing
    seen = asked(qtbot, program, K.Key_Y)
    hand.control(K.Key_S)
    hand.settle()
    assert seen == ["2027年1月2日"]
    assert not hand.form_page.form.dirty
    record = hand.form_page.record
    assert record is not None
    bench = hand.window.workbench
    assert records.load(bench._session, "enterprise", record) is not None
    hand.press(K.Key_Escape)
    hand.control(K.Key_N)
    hand.settle()
    hand.type("杭州不再问有限公司")
    hand.control(K.Key_S)
    hand.settle()
    assert not hand.form_page.form.dirty, "the day is confirmed, nobody is asked again"


@pytest.mark.parametrize("answer", [K.Key_N, K.Key_Return, K.Key_Escape])
def test_a_date_that_is_wrong_saves_nothing_and_loses_not_a_word(
    qtbot: QtBot, typing: tuple[Calendar, Program, Hand], answer: Qt.Key
) -> None:
    calendar, program, hand = typing
    seen = asked(qtbot, program, answer)
    hand.control(K.Key_S)
    hand.settle()
    assert seen == ["2027年1月2日"]
    form = hand.form_page.form
    assert form.rows["name"].editor.text() == "杭州四十天有限公司"
    assert form.dirty
    assert hand.form_page.record is None
    calendar.at -= 40 * 86_400_000  # the clock is put right
    hand.control(K.Key_S)
    hand.settle()
    assert not form.dirty
    assert hand.form_page.record is not None


def test_a_window_that_cannot_answer_does_not_hold_the_save_for_ever(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(date_question, "_PATIENCE_S", 0.1)
    question = date_question.DateQuestion()
    said: list[bool] = []
    problem = WrongClock("这台电脑的日期是2015年1月1日。", datetime.date(2015, 1, 1))
    thread = threading.Thread(target=lambda: said.append(question.ask(problem)))
    thread.start()
    thread.join(120)  # as when the window waits for this very save to end
    assert said == [False]
    qtbot.wait(50)
    assert question.dialog is None, "the question that nobody waits for is not asked"


def test_trouble_with_the_backup_is_told_in_the_window_and_the_save_stands(
    qtbot: QtBot, typing: tuple[Calendar, Program, Hand], dialogs: FakeDialogs
) -> None:
    calendar, _, hand = typing
    calendar.at -= 40 * 86_400_000
    keeper = hand.window.workbench._session.workspace.keeper
    assert keeper is not None
    assert keeper._journal is not None
    keeper._journal.dead = True
    keeper._missed(OSError(errno.ENOSPC, "no space left"))
    hand.control(K.Key_S)
    hand.settle()
    assert hand.form_page.record is not None
    qtbot.waitUntil(lambda: bool(dialogs.told), timeout=5_000)
    assert "已经保存" in dialogs.told[-1]
    assert "清理磁盘" in dialogs.told[-1]
    bar = hand.window.statusbar
    assert "起，" in bar._backup.text()
    assert "次保存还没有备份" in bar._backup.text()
    keeper._next_try = 0

    def recovered() -> bool:
        bar.look_after_backup()
        return keeper.behind is None

    qtbot.waitUntil(recovered, timeout=20_000)
    bar.look_after_backup()
    assert bar._backup.text().startswith("上次备份：")
    assert "备份已经补上" in hand.window.notices.words


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


def test_which_backup_is_the_newest_is_told_by_its_number_and_not_by_the_clock(tmp_path: Path) -> None:
    """A folder that was copied back may have any times."""
    backups = []
    for day, number, hour in ((4, 2, 10), (3, 1, 11), (2, 0, 9)):
        backups.append(Backup(tmp_path / f"2026-01-0{day}.db", datetime.date(2026, 1, day), 1, number))
        backups[-1].path.write_bytes(b"")
        os.utime(backups[-1].path, (1_767_600_000 + hour * 3_600,) * 2)
    newest, older, alone = backups
    assert brings_words(newest, backups).startswith("这一份连同后面的流水")
    assert "以后录入的在比它新的备份里" in brings_words(older, backups)
    assert "以后录入的不在里面" in brings_words(alone, backups)
    # One that lost its journal ends earlier than the one before it here, and then later.
    assert brings_words(newest, [alone, newest, older]).startswith("这一份连同后面的流水")
    os.utime(alone.path, (1_767_600_000 + 12 * 3_600,) * 2)
    assert "以后录入的在比它新的备份里" in brings_words(newest, [alone, newest, older])


def test_the_first_pages_wait_for_nothing_of_what_lies_behind_them() -> None:
    """Loading it takes twice as long as all else up to the first window; a thread does that meanwhile."""
    pages = "desktop.ui.app, desktop.ui.start.window, desktop.ui.start.assistant"
    asked = f"import sys, {pages}; print(*sorted(m for m in sys.modules if m.startswith('desktop.')))"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout
    behind = ("desktop.operations", "desktop.store", "desktop.sync", "desktop.plan", "desktop.records.types")
    assert "desktop.ui.start.assistant" in loaded.split()
    assert [name for name in loaded.split() if name.startswith(behind)] == []
