"""Several windows at once for tests of what travels: one over each station, with the house's dialogs and waiting."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent, QShowEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.operations.session import Session
from desktop.ui.page import Page
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from tests.ui.house import LOOKED_AT_IN, FakeDialogs, make_workbench, picture, settle

CTRL = Qt.KeyboardModifier.ControlModifier
K = Qt.Key
P = TypeVar("P", bound=Page)


class Strangers(QObject):
    """Notes windows that appear beside the main one: a widget that is shown before it belongs to a layout is one."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Looks at what is shown."""
        # Every event of the program comes by here: only to ask for its type takes longer than the rest.
        if type(event) is QShowEvent and isinstance(watched, QWidget) and watched.isWindow():
            known = isinstance(watched, MainWindow) or "ToolTip" in watched.metaObject().className()
            self.seen += [] if known else [repr(watched)]
        return False


class Hands:
    """One main window over a session, and somebody who clicks, drops files and waits."""

    def __init__(self, qtbot: Any, session: Session, folder: Path) -> None:
        self.qtbot = qtbot
        self.session = session
        self.dialogs = FakeDialogs()
        self.bench = make_workbench(session, self.dialogs, Settings(folder / "window.ini"))
        self.window = MainWindow(self.bench)
        self.window.resize(1366, 728)
        self.strangers = Strangers()
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self.strangers)

    def show(self, key: str) -> Page:
        """Opens a page and waits until it has read what it shows."""
        self.window.show()
        self.qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        self.window.open_page(key)
        self.settle()
        page = self.window.page
        if page is None:
            raise LookupError(key)
        return page

    def settle(self) -> None:
        """Waits until nothing is being read or written any more."""
        settle(self.qtbot, self.bench)

    def click(self, widget: QWidget) -> None:
        """A click in the middle, and what comes of it."""
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.settle()

    def tick(self, widget: QWidget) -> None:
        """A click on a box or a round button, which take it at their left end only."""
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(10, widget.height() // 2))
        self.settle()

    def drop(self, target: QWidget, paths: Sequence[Path]) -> None:
        """Files are dragged from another window and let go over a widget."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
        how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        with warnings.catch_warnings():
            # Only the system may make such an event, says Qt; there is none to make it here.
            warnings.simplefilter("ignore", DeprecationWarning)
            enter = QDragEnterEvent(QPoint(20, 20), *how)
        QApplication.sendEvent(target, enter)
        if enter.isAccepted():
            QApplication.sendEvent(target, QDropEvent(QPointF(20, 20), *how))
        self.settle()

    def picture(self, path: Path) -> None:
        """What stands on the screen."""
        self.settle()
        self.window.grab().save(str(path))

    def look(self, name: str) -> None:
        """The same for a person to look at, where the run was asked to leave some."""
        if LOOKED_AT_IN is not None:
            self.settle()
            picture(self.window, name)

    def close(self) -> None:
        """Ends the threads and frees the workspace."""
        self.settle()
        self.dialogs.always_leave()
        self.window.close()
        if (application := QApplication.instance()) is not None:
            application.removeEventFilter(self.strangers)
        assert self.strangers.seen == []


class Desk(Hands):
    """Hands that type, and count their keys."""

    def __init__(self, qtbot: Any, session: Session, folder: Path) -> None:
        super().__init__(qtbot, session, folder)
        self.keys = 0

    def focus(self) -> QWidget:
        found = QApplication.focusWidget()
        if found is None:
            raise AssertionError("nothing has the focus")
        return found

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(self.focus(), key, modifier)
            self.keys += 1
        self.settle()

    def type(self, text: str) -> None:
        """Chinese comes from an input method, everything else from the keys."""
        for character in text:
            if character.isascii():
                QTest.keyClicks(self.focus(), character)
            else:
                event = QInputMethodEvent()
                event.setCommitString(character)
                QApplication.sendEvent(self.focus(), event)
            self.keys += 1


class Windows:
    """Windows that tests open over their sessions, and that are closed together."""

    def __init__(self, qtbot: Any, folder: Path) -> None:
        self._qtbot = qtbot
        self._folder = folder
        self._opened: list[Hands] = []

    def desk(self, session: Session) -> Desk:
        """A window over a session, not shown yet, and somebody who types."""
        made = Desk(self._qtbot, session, self._folder)
        self._opened.append(made)
        return made

    def page(self, session: Session, key: str, kind: type[P]) -> tuple[Desk, P]:
        """A window over a session that shows a page of this kind."""
        hands = self.desk(session)
        page = hands.show(key)
        assert isinstance(page, kind)
        return hands, page

    def close(self) -> None:
        """Closes what was opened; a question that is still to come is answered."""
        for hands in self._opened:
            hands.dialogs.always_leave()
            hands.close()
