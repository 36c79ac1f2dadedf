"""What tests of the window share: the dressed application, dialogs that answer by themselves, an open window."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ["XIAOSANJI_FONTS"] = "bundle"

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.operations.session import Session
from desktop.records.declaration import Level
from desktop.ui.app import Program, make_application
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from desktop.ui.workbench import Workbench
from tests.operations.stations import station
from tests.ui.hands import Desk, Windows
from tests.ui.house import QUICK, FakeDialogs, Hand, PatientBot, make_session, open_window


@pytest.fixture(scope="session")
def qapp(tmp_path_factory: pytest.TempPathFactory) -> QApplication:
    """The one application, dressed as users see it, with the bundled font."""
    return make_application(["tests"], Settings(tmp_path_factory.mktemp("settings") / "window.ini"))


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """As that of pytest-qt, but it waits however long the machine stands still."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def nothing_stays_open(qapp: QApplication) -> Iterator[None]:
    """Windows of earlier tests would be styled anew at each change of the look, and fill the memory.

    Nor do keys stay down: after a Ctrl+S that was the last key of a test a selection would be toggled in the next one.
    """
    yield
    QTest.keyRelease(QWidget(), Qt.Key.Key_Control)
    # Answers of workers that were closed with their window are still on their way to it.
    QApplication.processEvents()
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def town(tmp_path: Path) -> Session:
    """A town's station."""
    return station(tmp_path, "330110109", "径山镇总工会", Level.TOWN)


@pytest.fixture
def windows(qtbot: QtBot, tmp_path: Path) -> Iterator[Windows]:
    """Opens windows over sessions; all are closed afterwards."""
    made = Windows(qtbot, tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(windows: Windows, town: Session) -> Desk:
    """Somebody who types in a town's window."""
    return windows.desk(town)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of their own for each test."""
    return Settings(tmp_path / "window.ini")


@pytest.fixture
def dialogs() -> FakeDialogs:
    """Dialogs whose answers a test sets."""
    return FakeDialogs()


@pytest.fixture
def program(qapp: QApplication, settings: Settings, dialogs: FakeDialogs) -> Iterator[Program]:
    """The program before a workspace is chosen."""
    made = Program(settings, dialogs, cost=QUICK)
    yield made
    dialogs.always_leave()
    if made.window is not None:
        made.window.close()
    made.start.close()
    made.close()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """An open workspace of a town; whoever gives it to a window has it closed by the window."""
    made = make_session(tmp_path / "workspace")
    yield made
    made.workspace.close()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, settings: Settings, dialogs: FakeDialogs) -> Iterator[MainWindow]:
    """The main window on a new workspace, at its first page."""
    shown = open_window(qtbot, make_session(tmp_path / "workspace"), dialogs, settings)
    yield shown
    dialogs.always_leave()
    shown.close()


@pytest.fixture
def bench(window: MainWindow) -> Workbench:
    """What the window's pages share."""
    return window.workbench


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    """Somebody who types, clicks and waits."""
    return Hand(qtbot, window)
