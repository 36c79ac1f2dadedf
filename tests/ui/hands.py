"""Several windows at once for tests of what travels: one over each station, with the house's dialogs and waiting."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from PySide6 import QtWidgets
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.operations.session import Session
from desktop.ui.page import Page
from desktop.ui.settings import Settings
from desktop.ui.window import MainWindow
from tests.ui.house import LOOKED_AT_IN, FakeDialogs, exposed, make_workbench, picture, settle

CTRL = Qt.KeyboardModifier.ControlModifier
K = Qt.Key
P = TypeVar("P", bound=Page)


class Strangers:
    """Notes windows that appear beside the main one: a widget that is shown before it belongs to a layout is one.

    Whatever shows a widget of ours comes by its ``setVisible``; all events of the program in a filter took a tenth of
    the time of these tests. What Qt itself has made, as the list of a box, is seen where it still stands at the end.
    """

    watching: ClassVar[list[Strangers]] = []

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._noted = {repr(standing) for standing in QApplication.topLevelWidgets() if standing.isVisible()}
        self.watching.append(self)

    def note(self, shown: QWidget) -> None:
        """Looks at what is shown."""
        self._noted.add(name := repr(shown))
        known = isinstance(shown, MainWindow) or "ToolTip" in shown.metaObject().className()
        self.seen += [] if known else [name]

    def end(self) -> None:
        """Looks at what stands there now, and no further."""
        if self in self.watching:
            self.watching.remove(self)
            for standing in QApplication.topLevelWidgets():
                if standing.isVisible() and repr(standing) not in self._noted:
                    self.note(standing)


def _watched(kind: type[QWidget]) -> None:
    show = kind.setVisible

    def set_visible(self: QWidget, visible: bool) -> None:
        before = self.isVisible()
        show(self, visible)
        if visible and not before and self.isWindow() and self.isVisible():
            for strangers in Strangers.watching:
                strangers.note(self)

    kind.setVisible = set_visible  # type: ignore[method-assign]


for _kind in (getattr(QtWidgets, name) for name in dir(QtWidgets)):
    if isinstance(_kind, type) and issubclass(_kind, QWidget) and "setVisible" in vars(_kind):
        _watched(_kind)


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

    def show(self, key: str) -> Page:
        """Opens a page and waits until it has read what it shows."""
        self.window.show()
        exposed(self.qtbot, self.window)
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
        self.strangers.end()
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


def paste(desk: Desk, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    desk.press(K.Key_V, modifier=CTRL)
