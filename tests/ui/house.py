"""A small house for tests of the window: workspaces, an open window, and a hand that types and clicks."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.operations.session import Session
from desktop.operations.workspaces import workspaces
from desktop.records.declaration import Level
from desktop.store.workspaces.keys import Cost
from desktop.ui.dialogs import Answer
from desktop.ui.forms.page import FormPage
from desktop.ui.lists.page import ListPage
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from desktop.ui.workbench import Facts, Workbench

TURN_MS = 10
QUICK = Cost(memory=8, passes=1, lanes=1)
LOOKED_AT_IN = os.environ.get("XIAOSANJI_LOOK")
"""The folder for pictures, where somebody wants any."""
OPERATOR = "李卫东"
PASSWORD = "password-1"
TOWN, TOWN_NAME = "330106010", "转塘街道总工会"


class PatientBot(QtBot):
    """Waits for so many turns of the event loop instead of for a time.

    A machine that stood still for a minute, as under load they do, has had no turn in it in which to get ready.
    """

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = 5_000) -> None:
        for _ in range(timeout // TURN_MS):
            if callback():
                return
            self.wait(TURN_MS)
        super().waitUntil(callback, timeout=TURN_MS)


def exposed(qtbot: QtBot, window: QWidget) -> None:
    """Waits until a window that was shown stands on the screen."""
    qtbot.waitUntil(lambda: (handle := window.windowHandle()) is not None and handle.isExposed())


class _Requests(QObject):
    """Notes who has its layout asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.found.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


def restless(turns: int = 20) -> list[str]:
    """What goes on being laid out though nobody does anything: a processor at work as long as the page is shown."""
    requests, application = _Requests(), QApplication.instance()
    assert application is not None
    for _ in range(turns):
        QApplication.processEvents()
    application.installEventFilter(requests)
    for _ in range(turns):
        QApplication.processEvents()
    application.removeEventFilter(requests)
    return requests.found


class FakeDialogs:
    """Answers what a test set, in order; an unexpected question fails the test."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.paths: list[Path | None] = []
        self.several: list[list[Path]] = []
        self.asked: list[str] = []
        self.told: list[str] = []
        self.began: Path | None = None
        """Where the last question for a folder began."""
        self._leaving = False

    def always_leave(self) -> None:
        """From now on nothing is worth keeping: the test is over."""
        self._leaving = True

    def ask(self, title: str, words: str, *, yes: str, no: str = "", danger: bool = False) -> Answer:
        self.asked.append(words)
        if self._leaving:
            return Answer.NO if no else Answer.YES
        assert self.answers, f"nobody expected this question: {words}"
        return self.answers.pop(0)

    def tell(self, title: str, words: str, detail: str = "") -> None:
        self.told.append(words)

    def open_file(self, title: str, folder: Path, filters: Sequence[str]) -> Path | None:
        return self.paths.pop(0)

    def open_files(self, title: str, folder: Path, filters: Sequence[str]) -> list[Path]:
        if self.several:
            return self.several.pop(0)
        return [path for path in (self.paths.pop(0),) if path is not None]

    def save_file(self, title: str, suggestion: Path, filters: Sequence[str]) -> Path | None:
        return self.paths.pop(0)

    def folder(self, title: str, start: Path) -> Path | None:
        self.began = start
        return self.paths.pop(0)


def make_session(folder: Path, level: Level = Level.TOWN, code: str = TOWN, name: str = TOWN_NAME) -> Session:
    """A new workspace whose password costs nothing to check."""
    return workspaces.create(
        folder, code=code, name=name, level=level, operator=OPERATOR, password=PASSWORD, cost=QUICK
    )


def make_workbench(session: Session, dialogs: FakeDialogs, settings: Settings) -> Workbench:
    """What pages share, for a session."""
    return Workbench(session, Facts.of(session), dialogs, settings)


def open_window(qtbot: Any, session: Session, dialogs: FakeDialogs, settings: Settings) -> MainWindow:
    """The main window at the list of enterprises, with everything read."""
    window = MainWindow(make_workbench(session, dialogs, settings))
    window.resize(1366, 728)
    window.show()
    exposed(qtbot, window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.open_page("list:enterprise")
    settle(qtbot, window.workbench)
    return window


def settle(qtbot: Any, workbench: Workbench) -> None:
    """Waits until nothing is being read, written or kept, and what came of it is shown."""
    for _ in range(3):
        qtbot.waitUntil(workbench.idle, timeout=60_000)
        QApplication.processEvents()


def picture(widget: QWidget, name: str) -> None:
    """A picture for a person to look at, where the run was asked to leave some."""
    if LOOKED_AT_IN is not None:
        widget.grab().save(str(Path(LOOKED_AT_IN) / f"{name}.png"))


class Hand:
    """Types where the cursor is, as a person does; Chinese comes through an input method."""

    def __init__(self, qtbot: Any, window: MainWindow) -> None:
        self._qtbot = qtbot
        self.window = window

    @property
    def focus(self) -> QWidget:
        """Where the cursor is."""
        found = QApplication.focusWidget()
        assert found is not None, "the cursor is nowhere"
        return found

    def type(self, text: str) -> None:
        """ASCII by keys, everything else by the commit of an input method."""
        for part in _runs(text):
            if part.isascii():
                self._qtbot.keyClicks(self.focus, part)
            else:
                compose(self.focus, part)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key where the cursor is."""
        self._qtbot.keyClick(self.focus, key, modifier)

    def enter(self, text: str = "") -> None:
        """Types, then Enter."""
        self.type(text)
        self.press(Qt.Key.Key_Return)

    def control(self, key: Qt.Key) -> None:
        """Ctrl with a key."""
        self.press(key, Qt.KeyboardModifier.ControlModifier)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A click of the left button."""
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())

    def settle(self) -> None:
        """Waits for the answers, and for the pause in typing after which checks and drafts follow."""
        self._qtbot.wait(10)
        settle(self._qtbot, self.window.workbench)

    def pause(self, milliseconds: int = 350) -> None:
        """Stops typing for so long, once what was asked before is answered: what is filled in waits for a pause too."""
        self.settle()
        self._qtbot.wait(milliseconds)
        self.settle()

    @property
    def list_page(self) -> ListPage:
        """The page in front, which must be a list."""
        page = self.window.page
        assert isinstance(page, ListPage)
        return page

    @property
    def form_page(self) -> FormPage:
        """The page in front, which must be a form."""
        page = self.window.page
        assert isinstance(page, FormPage)
        return page


def compose(widget: QWidget, text: str) -> None:
    """Preedit, then commit, as an input method sends them; keyClicks with Chinese aborts the process."""
    QApplication.sendEvent(widget, QInputMethodEvent(text[:1], []))
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def _runs(text: str) -> list[str]:
    runs: list[str] = []
    for character in text:
        if runs and runs[-1].isascii() == character.isascii():
            runs[-1] += character
        else:
            runs.append(character)
    return runs
