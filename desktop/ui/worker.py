"""Threads that own a connection: work is handed over as callables, and answers come back to the window's thread.

The writer owns the session, the reader a read-only connection, a third keeps drafts: a connection is used by its
own thread and by no other. Nothing here knows what the work is about.

Work names pages, answers and errors that hold them; all of it is kept by the window's thread, which lets go of it
last: a page that ended in another thread would take the program with it.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from desktop.errors import Problem

Owned = TypeVar("Owned")
Result = TypeVar("Result")

NORMAL, SOON, LATER = 0, -1, 1
"""Who comes first: SOON before NORMAL before LATER; within one, in the order of asking."""
_LAST = 10_000


class Cancelled(Exception):
    """The work was given up because nobody wants its answer any more."""


class Ticket:
    """What running work may say and ask; every method may be called from the worker's thread."""

    def __init__(self, say: Callable[[int, int, str], None]) -> None:
        self._say = say
        self._cancelled = threading.Event()
        self._looked = self._written = False

    def cancel(self) -> None:
        """Asks the work to stop at its next :meth:`check`."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether it should stop."""
        self._looked = True
        return self.given_up

    @property
    def given_up(self) -> bool:
        """Whether somebody has asked it to stop, for those who do not work."""
        return self._cancelled.is_set()

    @property
    def stoppable(self) -> bool:
        """Whether asking it to stop does anything: it looks from time to time, and has not written all yet."""
        return self._looked and not self._written

    def written(self) -> None:
        """What is done stands from now on, and what follows is not stopped."""
        self._written = True

    def check(self) -> None:
        """Raises :class:`Cancelled` when nobody wants the answer any more; call it where stopping does no harm."""
        if self.cancelled:
            raise Cancelled

    def progress(self, done: int, total: int, words: str = "") -> None:
        """Says how far the work is (``total`` 0: unknown). Work that writes looks at :attr:`cancelled` itself."""
        self._say(done, total, words)


class Task(QObject, Generic[Result]):
    """Work that was handed over. Its signals arrive in the window's thread."""

    progressed = Signal(int, int, str)
    ended = Signal()

    def __init__(self, name: str, owner: QObject | None) -> None:
        super().__init__()
        self.name = name
        self.ticket = Ticket(lambda done, total, words: self._post(("progress", done, total, words)))
        self.running = True
        self._owner = owner
        self._certain = False
        self._key = ""
        self._then: Callable[[Result], None] | None = None
        self._fail: Callable[[Exception], bool] | None = None
        self._post: Callable[[tuple[Any, ...]], None] = lambda _message: None

    def cancel(self) -> None:
        """Gives the work up; its answer will not be delivered."""
        self.ticket.cancel()

    def _let_go(self) -> None:
        """It has ended: what was connected to it may hold it, and pages with it, where no collector sees that."""
        self._then = self._fail = None
        self.deleteLater()

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits: it was not cancelled and its owner still exists."""
        return not self.ticket.given_up and (self._owner is None or shiboken6.isValid(self._owner))


@dataclass(slots=True)
class _Handed:
    """Work that was handed over, and what came of it."""

    task: Task[Any]
    job: Callable[..., Any]
    outcome: tuple[Any, ...] = ("cancelled",)


class Worker(QObject, Generic[Owned]):
    """One thread with what it owns: made there by ``open_owned``, used there by all work, closed there at the end.

    ``on_fault`` gets what no caller took: a :class:`Problem` to show, or a bug.
    """

    busy_changed = Signal(object)
    """The task that runs now, or nothing."""
    _posted = Signal(object)

    def __init__(
        self,
        name: str,
        open_owned: Callable[[], Owned],
        close_owned: Callable[[Owned], None],
        on_fault: Callable[[Exception], None],
    ) -> None:
        super().__init__()
        self._open, self._close, self._on_fault = open_owned, close_owned, on_fault
        self._jobs: queue.PriorityQueue[tuple[int, int]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._handed: dict[int, _Handed] = {}
        self._latest: dict[str, Task[Any]] = {}
        # Queued on purpose: messages come from another thread, and an answer must never interrupt its asker.
        self._posted.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def idle(self) -> bool:
        """Whether every task has ended and its answer has arrived."""
        return not self._handed

    def submit(
        self,
        job: Callable[[Owned, Ticket], Result],
        then: Callable[[Result], None] | None = None,
        *,
        fail: Callable[[Exception], bool] | None = None,
        owner: QObject | None = None,
        key: str = "",
        name: str = "",
        priority: int = NORMAL,
        certain: bool = False,
    ) -> Task[Result]:
        """Hands work over; ``then`` gets its result in the window's thread, unless ``owner`` is gone by then.

        ``fail`` gets its error and says whether it took it. Work with the same ``key`` that has not ended is
        cancelled: only the newest answer is wanted. A ``certain`` answer arrives even if it was cancelled too late:
        what has been written must be told.
        """
        task: Task[Result] = Task(name, owner)
        task._certain = certain
        task._then, task._fail = then, fail
        number = next(self._numbers)
        task._post = lambda message: self._posted.emit((number, message))
        if key:
            if (older := self._latest.get(key)) is not None:
                older.cancel()
            self._latest[key] = task
            task._key = key
        self._handed[number] = _Handed(task, job)
        self._jobs.put((priority, number))
        return task

    def close(self) -> None:
        """Lets what was handed over finish, closes what is owned and ends the thread."""
        self._jobs.put((_LAST, next(self._numbers)))
        self._thread.join()

    def _run(self) -> None:
        try:
            owned = self._open()
        except Exception as error:  # noqa: BLE001  (the very top of this thread)
            self._posted.emit((None, ("failed", error)))
            return
        while True:
            priority, number = self._jobs.get()
            if priority == _LAST:
                break
            self._work(number, owned)
            self._posted.emit((number, ("ended",)))
        try:
            self._close(owned)
        except Exception as error:  # noqa: BLE001  (whoever waits for this thread could show nothing meanwhile)
            self._posted.emit((None, ("failed", error)))

    def _work(self, number: int, owned: Owned) -> None:
        """Leaves the outcome where it was handed over; afterwards this thread holds nothing of the work."""
        handed = self._handed[number]
        if not handed.task.wanted:
            return
        self._posted.emit((number, ("started",)))
        try:
            handed.outcome = ("done", handed.job(owned, handed.task.ticket))
        except Cancelled:
            pass
        except Exception as error:  # noqa: BLE001  (the very top of this thread)
            handed.outcome = ("failed", error)

    def _receive(self, envelope: tuple[int | None, tuple[Any, ...]]) -> None:
        number, (kind, *rest) = envelope
        if number is None:
            self._on_fault(rest[0])
        elif kind == "started":
            self.busy_changed.emit(self._handed[number].task)
        elif kind == "progress":
            self._handed[number].task.progressed.emit(*rest)
        else:
            handed = self._handed.pop(number)
            self._end(handed.task, *handed.outcome)

    def _end(self, task: Task[Any], kind: str, *rest: Any) -> None:
        task.running = False
        if self._latest.get(task._key) is task:
            del self._latest[task._key]
        self.busy_changed.emit(None)
        wanted = task.wanted or (task._certain and kind == "done")
        task.ended.emit()
        if not wanted:
            # A bug is never swallowed, even when nobody waits for the answer.
            if kind == "failed" and not isinstance(rest[0], Problem):
                self._on_fault(rest[0])
        elif kind == "done" and task._then is not None:
            task._then(rest[0])
        elif kind == "failed" and not (task._fail is not None and task._fail(rest[0])):
            self._on_fault(rest[0])
        task._let_go()
