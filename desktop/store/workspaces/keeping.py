"""Backups that make themselves: one at the first opening or the first write of a day, each with the journal after it.

A fresh backup is also made where the journal cannot be gone on with: the program was killed, or the ledger is not the
one that the journal was closed with. It is made beside, bound to a journal of its own and then renamed, so a backup
that has its name is whole. While it is made in a thread, steps go to the old journal and to the new one; taking a step
in twice changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from desktop.errors import EnvironmentProblem, Problem
from desktop.renaming import replace
from desktop.store.tables.clock import EARLIEST
from desktop.store.tables.database import Database, DatabaseError, DiskFull, Row
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import captured
from desktop.store.workspaces.backups import (
    BACKUPS,
    BEFORE_COPY,
    Backup,
    backups_of,
    followed,
    mark_of,
    prune,
)
from desktop.store.workspaces.copying import CannotCopy, copy_new, write_copy
from desktop.store.workspaces.journal import Entry, Journal, Kind, NotContinued, Scribe

RETRY_MS: Final = 600_000
_COPY, _JOURNAL = "copy", "journal"


class NotKept(EnvironmentProblem):
    """What was saved is saved, but the backup could not follow. Whether the step of just now was, others say."""

    next_step = "请清理磁盘，或者检查台账文件夹能不能写入；程序会自己补上，保存过的内容不用重新录入。"
    help_anchor = "backup"


@dataclass(frozen=True, slots=True)
class Behind:
    """Since when a backup is wanting (in milliseconds of 1970), and how many saves are in no backup and no journal."""

    since: int
    saves: int


class JournaledDatabase(Database):
    """A connection that says when a transaction has been committed. What raises after that would lie about it."""

    committed: Callable[[], None] | None = None
    refusal: Callable[[], Problem | None] | None = None
    """Asked before items that were written or received stand; what it answers is raised, and nothing stands."""

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """As :meth:`Database.transaction`; the outermost one is told of."""
        outermost = not self.connection.in_transaction
        before = self._items() if outermost and self.refusal is not None else None
        with super().transaction():
            yield
            if before is not None and self._items() != before and self.refusal is not None:
                problem = self.refusal()
                if problem is not None:
                    raise problem
        if outermost and self.committed is not None:
            self.committed()

    def _items(self) -> Row | None:
        """What changes with every item that is written, cut or received."""
        return self.row(
            "SELECT (SELECT last FROM pending ORDER BY first DESC LIMIT 1), (SELECT max(position) FROM segment)"
        )


@dataclass
class _Making:
    """A backup that is being made."""

    day: datetime.date
    target: Path
    journal: Scribe
    thread: threading.Thread | None = None
    connections: list[Database] = field(default_factory=list)
    error: Exception | None = None

    @property
    def beside(self) -> Path:
        return self.target.with_name(self.target.name + ".new")


class Keeper:
    """Keeps backup and journal of an open ledger up to now. ``tell`` gets what a user has to know, from any thread."""

    def __init__(
        self, ledger: Path, database: JournaledDatabase, key: bytes, environment: Environment
    ) -> None:
        self.tell: Callable[[Problem], None] | None = None
        self._since, self._missing = 0, 0
        self._troubles: dict[str, Problem] = {}
        self._ledger = ledger
        self._workspace = ledger.parent
        self._folder = ledger.parent / BACKUPS
        self._db = database
        self._key = key
        self._environment = environment
        self._capture = captured.Capture(database)
        self._journal: Scribe | None = None
        self._day: datetime.date | None = None
        self._making: _Making | None = None
        self._next_try = 0
        self._lock = threading.RLock()

    def start_new(self) -> None:
        """Begins backup and journal of a ledger that was just made and that nothing else has open."""
        self._capture.start()
        making = self._begin(self._today())
        if making is not None:
            try:
                copy_new(self._db, self._ledger, making.beside)
            except (OSError, Problem) as error:
                making.error = error
            self._take_over(making)
        self._db.committed = self.committed

    def start(self, *, fresh: bool = False) -> None:
        """Goes on with today's journal or begins a new one with a fresh backup; call it before anything is written."""
        self._capture.start()
        newest = followed(self._workspace)
        today = self._today()
        if newest is not None and newest.day == today and not fresh:
            self._go_on(newest)
        if self._journal is None:
            self._make_now(today)
        if self._journal is None and newest is not None and not fresh:
            # There is no room for a copy: yesterday's backup with a longer journal holds as much.
            self._go_on(newest)
        self._db.committed = self.committed

    def follow_tables(self) -> None:
        """The tables were brought to another version: what is caught from now on has their columns of today."""
        with self._lock:
            self._write_down()
            self._capture.start()

    def guard(self, refusal: Callable[[], Problem | None]) -> None:
        """From now on no item is written that ``refusal`` speaks against."""
        self._db.refusal = refusal

    def unseen(self, change: Callable[[], None]) -> None:
        """Makes a change of this very ledger that a restored one must not repeat: the journal does not get it."""
        with self._lock:
            self._write_down()
            change()
            self._capture.forget()

    def begin_anew(self) -> None:
        """Puts the backups that are here aside and makes a fresh one: the ledger is another station's from now on.

        Restoring one of the former would bring that station back to life beside the original.
        """
        with self._lock:
            if self._making is not None:
                self._abandon(self._making)
            if self._journal is not None:
                self._write_down()
                self._journal.close()
                self._journal = None
            aside = self._folder / BEFORE_COPY
            # What cannot be moved stays: it is no danger as long as nobody restores it by hand.
            with contextlib.suppress(OSError):
                aside.mkdir(parents=True, exist_ok=True)
                for path in [p for p in self._folder.iterdir() if p.is_file()]:
                    replace(path, aside / path.name)
            self._make_now(self._today())

    def renew(self, *, destroy: bool) -> bool:
        """A fresh backup now, because the former hold values that were erased; with ``destroy`` those go at once.

        Otherwise they age out like all others. Nothing goes before the fresh one stands; whether it does.
        """
        with self._lock:
            if self._making is not None:
                self._abandon(self._making)
            self._write_down()
            self._make_now(self._today())
            fresh = followed(self._workspace)
            if self._troubles or fresh is None:
                return False
            for path in [p for p in self._folder.rglob("*") if p.is_file()] if destroy else []:
                if path not in (fresh.path, fresh.journal):
                    path.unlink()
            return True

    def committed(self) -> None:
        """A transaction stands: writes down what it changed, and begins the backup of a new day."""
        with self._lock:
            self._write_down()
            self._turn()

    def catch_up(self) -> None:
        """Tries again what did not work, without waiting for the next save; nothing where all is well."""
        with self._lock:
            if self._troubles:
                self._turn()

    def wait(self) -> bool:
        """Waits until the journal is where the ledger is; whether it is."""
        with self._lock:
            return self._journal is not None and self._journal.wait()

    def close(self) -> None:
        """Writes down what is left and says that the ledger was closed in order."""
        with self._lock:
            if self._journal is not None:
                self._write_down()
                self._journal.write([Entry(Kind.CLOSED, captured.print_of(self._db))])
            self.let_go()

    def let_go(self) -> None:
        """Ends the threads of a ledger that did not open after all; nothing is said of how it was closed."""
        with self._lock:
            self._db.committed = None
            if self._making is not None:
                self._abandon(self._making)
            if self._journal is not None:
                self._journal.close()
                self._journal = None

    # -- the journal -----------------------------------------------------------------------------------------------

    def _go_on(self, backup: Backup) -> None:
        print_ = captured.print_of(self._db)
        with contextlib.suppress(NotContinued):
            found = Journal.go_on(backup.journal, self._key, print_, secrets.token_bytes)
            self._journal = Scribe(found, self._missed)
            self._day = backup.day

    def _write_down(self) -> None:
        """Hands over what has changed, to the journal of a backup that is being made as well."""
        if not self._capture.any:
            return
        if self._journal is None or self._journal.dead:
            self._missing += 1
        for target in (self._journal, self._making.journal if self._making is not None else None):
            if target is not None and not target.dead:
                target.write(_as_step(self._capture.texts()))
        self._capture.forget()

    def _missed(self, error: OSError) -> None:
        """The journal has missed a step: only a fresh backup helps, which is tried again and again."""
        self._say(_JOURNAL, _not_kept(error))

    @property
    def trouble(self) -> Problem | None:
        """What does not work now; nothing when backup and journal are where the ledger is."""
        # The thread of the journal may say one meanwhile: it takes no lock, as a save may wait for it under ours.
        return next(iter(list(self._troubles.values())), None)

    @property
    def behind(self) -> Behind | None:
        """Since when a backup is wanting and how many saves none has; nothing when all is well."""
        lost = self._journal.lost if self._journal is not None else 0
        return Behind(self._since, self._missing + lost) if self._troubles else None

    def _say(self, of: str, problem: Problem) -> None:
        """Says a trouble once, not at every save while it lasts."""
        known = bool(self._troubles)
        self._troubles[of] = problem
        if not known:
            self._since = self._environment.now()
        if self.tell is not None and not known:
            self.tell(problem)

    # -- backups ---------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        """Takes over a backup that was made in the meantime, or begins one on a new day."""
        now, today = self._environment.now(), self._today()
        if self._making is not None:
            if self._making.thread is None or not self._making.thread.is_alive():
                self._take_over(self._making)
        elif (self._journal is None or self._journal.dead or today != self._day) and now >= self._next_try:
            making = self._begin(today)
            if making is not None:
                making.thread = threading.Thread(
                    target=self._copy, args=(making,), name="backup", daemon=True
                )
                making.thread.start()

    def _today(self) -> datetime.date:
        """The day of a backup. A clock that is before the program itself begins none: nothing is saved under it."""
        day = self._environment.today()
        if day >= EARLIEST:
            return day
        return next((b.day for b in backups_of(self._workspace)), EARLIEST)

    def _make_now(self, today: datetime.date) -> None:
        making = self._begin(today)
        if making is not None:
            self._copy(making)
            self._take_over(making)

    def _begin(self, today: datetime.date) -> _Making | None:
        self._next_try = self._environment.now() + RETRY_MS
        known = backups_of(self._workspace)
        part = max((b.part for b in known if b.day == today), default=0) + 1
        target = self._folder / (f"{today}.db" if part == 1 else f"{today}-{part}.db")
        number = max((b.number for b in known), default=0) + 1
        try:
            self._folder.mkdir(exist_ok=True)
            begun = Journal.begin(target.with_suffix(".journal"), self._key, number, secrets.token_bytes)
        except OSError as error:
            self._say(_COPY, _not_kept(error))
            return None
        self._making = _Making(today, target, Scribe(begun, self._missed))
        return self._making

    def _copy(self, making: _Making) -> None:
        """The slow part; in a thread it touches nothing but the making."""
        try:
            write_copy(self._ledger, self._key, making.beside, making.connections)
        except (OSError, Problem) as error:
            making.error = error

    def _take_over(self, making: _Making) -> None:
        if making.error is None:
            try:
                making.journal.write([Entry(Kind.BOUND, mark_of(making.beside))])
                if not making.journal.wait():
                    raise OSError(errno.ENOSPC, "the journal of the new backup was not written")
                replace(making.beside, making.target)
            except OSError as error:
                making.error = error
        if making.error is not None:
            self._abandon(making)
            self._say(_COPY, _not_kept(making.error))
            return
        if self._journal is not None:
            self._journal.close()
        self._journal, self._day, self._making = making.journal, making.day, None
        self._missing = 0
        self._troubles.clear()
        prune(self._workspace, self._environment.now())

    def _abandon(self, making: _Making) -> None:
        for connection in making.connections:
            # It may have come to its end in this moment, and a closed connection cannot be interrupted.
            with contextlib.suppress(DatabaseError):
                connection.connection.interrupt()
        if making.thread is not None:
            making.thread.join()
        making.journal.close()
        self._making = None
        for path in (making.beside, making.journal.path):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _as_step(texts: Iterator[bytes]) -> Iterator[Entry]:
    """The pieces of one step, the last of which makes it stand."""
    last: bytes | None = None
    for text in texts:
        if last:
            yield Entry(Kind.ROWS, last)
        last = text
        del text
        if len(last) > captured.HEAVY:
            # The lines of files are not kept until it shows whether they are the last.
            yield Entry(Kind.ROWS, last)
            last = b""
    if last is not None:
        yield Entry(Kind.STEP, last or captured.NOTHING)


def _not_kept(error: Exception) -> Problem:
    """What went wrong as a problem of the backup: the save itself stands."""
    if isinstance(error, CannotCopy):
        return error
    full = isinstance(error, DiskFull) or (
        isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    )
    reason = "磁盘快满了" if full else "备份文件夹不能写入"
    return NotKept(f"备份没有跟上：{reason}。已经保存的内容都在台账里。")
