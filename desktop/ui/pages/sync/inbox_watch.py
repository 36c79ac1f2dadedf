"""Looking at the inbox from the window: at once when the system tells, slowly else, always in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QCoreApplication, QFileSystemWatcher, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.operations.stations.inbox_files import Listing, Watch
from desktop.ui.workbench import Workbench
from desktop.ui.worker import Task, Ticket, Worker

POLL_MS: Final = 10_000
"""Network shares and sticks tell nobody what happens on them."""
SOON_MS: Final = 1_200
"""How long after a look at a file that is being copied it is looked at again."""
_TOGETHER_MS: Final = 250
_SAY_EVERY_S: Final = 0.1
_LEAVE_S: Final = 2.0

Result = TypeVar("Result")


def apart(
    workbench: Workbench,
    name: str,
    job: Callable[[Ticket], Result],
    then: Callable[[Result], None],
    owner: QObject,
) -> Task[Result]:
    """Runs work that reads files in a thread that ends with it: a dead share holds up nothing else."""
    worker: Worker[None] = Worker(name, lambda: None, lambda _owned: None, workbench.fault)
    task = worker.submit(lambda _owned, ticket: job(ticket), then, owner=owner, name=name)
    application = QCoreApplication.instance()

    def leave() -> None:
        """The program ends: the thread may answer no more, but nobody waits long for a share that does not."""
        task.cancel()
        closing = threading.Thread(target=worker.close, daemon=True)
        closing.start()
        closing.join(_LEAVE_S)

    def end() -> None:
        worker.close()
        # Else the collector would, in whichever thread it happens to run.
        worker.deleteLater()
        if application is not None:
            application.aboutToQuit.disconnect(leave)

    if application is not None:
        application.aboutToQuit.connect(leave)
    task.ended.connect(end)
    return task


class InboxWatch(QObject):
    """``looked`` carries a :class:`Listing` after every look, ``progressed`` how far a long one is."""

    looked = Signal(object)
    progressed = Signal(int, int)

    def __init__(self, workbench: Workbench, page: QWidget) -> None:
        super().__init__(page)
        self.workbench = workbench
        self.folder: Path | None = None
        self._page = page
        self._watch = Watch()
        self._task: Task[Listing] | None = None
        self._again = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.look)
        self._told = QFileSystemWatcher(self)
        self._told.directoryChanged.connect(lambda _path: self._soon.start(_TOGETHER_MS))
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.look)

    def watch(self, folder: Path | None) -> None:
        """Another folder, or none; what hangs on the old one is left to itself."""
        if folder == self.folder:
            return
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._forget_signals()
        self.folder, self._watch, self._again = folder, Watch(), False
        self._soon.stop()
        if folder is None:
            self._poll.stop()
        else:
            self._poll.start()
            self.look()

    def look(self) -> None:
        """Looks now, or as soon as the look that goes on has ended; not once the window is closed."""
        if self.folder is None or not self._page.window().isVisible():
            return
        if self._task is not None:
            self._again = True
            return
        watch, folder = self._watch, self.folder
        task = apart(
            self.workbench, "收件文件夹", lambda ticket: watch.look(folder, _say(ticket)), self._looked, self
        )
        self._task = task
        task.progressed.connect(lambda done, total, _words: self.progressed.emit(done, total))
        task.ended.connect(lambda: self._ended(task))

    def _ended(self, task: Task[Listing]) -> None:
        if self._task is task:
            self._task = None

    def _looked(self, found: Listing) -> None:
        if found.folder != self.folder:
            return
        if found.problem is not None:
            self._forget_signals()
        elif not self._told.directories():
            self._told.addPath(str(found.folder))
        if found.unsettled or self._again:
            self._again = False
            self._soon.start(SOON_MS)
        self.looked.emit(found)

    def _forget_signals(self) -> None:
        if paths := self._told.directories():
            self._told.removePaths(paths)


def _say(ticket: Ticket) -> Callable[[int, int, str], None]:
    """Tells now and then how far it is; gives up when nobody wants the answer."""
    last = time.monotonic()

    def say(done: int, total: int, words: str) -> None:
        nonlocal last
        ticket.check()
        if (now := time.monotonic()) - last >= _SAY_EVERY_S:
            last = now
            ticket.progress(done, total, words)

    return say
