"""A workspace: a folder with the encrypted ledger, key slots, backups and a lock; opened by one program at a time."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from desktop.errors import EnvironmentProblem, StateProblem, UsageProblem
from desktop.records.declaration import Level, Role
from desktop.records.types import Catalogue
from desktop.store.database import KEY_BYTES, Database, ReadOnlyPlace
from desktop.store.drafts import Drafts
from desktop.store.environment import Environment
from desktop.store.keys import FILE as KEY_SLOTS
from desktop.store.keys import Cost, KeySlots
from desktop.store.ledger import Ledger

LEDGER = "ledger.db"
LOCK = "workspace.lock"
DRAFTS = "drafts.db"
BACKUPS = "backups"
KEPT_BACKUPS = 14


class InUse(StateProblem):
    """Another window or command has this workspace open."""

    exit_code = 23
    next_step = "请先关闭另一个窗口，再打开一次；数据没有受影响。"


class NoWorkspace(UsageProblem):
    """The folder is no workspace."""

    next_step = "请检查文件夹，或者先新建工作区。"


class AlreadyThere(StateProblem):
    """A workspace would be written over."""

    exit_code = 22
    next_step = "请换一个空文件夹。"


class NetworkPlace(EnvironmentProblem):
    """The folder lies on a network drive, where SQLite's write-ahead log breaks."""

    exit_code = 31
    next_step = "请把工作区放在本机硬盘上，用数据包和别的电脑交换。"


class OperatorDisabled(StateProblem):
    """The operator may not work here any more."""

    exit_code = 22
    next_step = "请联系本单位的管理员。"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who works: the name that stands on every item, and the role in this workspace."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """The unit whose workspace this is."""

    id: str
    code: str
    name: str
    level: Level


class Workspace:
    """An open workspace. Close it, or use it in a ``with`` statement."""

    def __init__(
        self, folder: Path, ledger: Ledger, operator: Operator, lock: IO[bytes], slots: KeySlots, key: bytes
    ) -> None:
        self.folder = folder
        self.ledger = ledger
        self.operator = operator
        self.slots = slots
        self._lock = lock
        self._key = key

    @classmethod
    def create(
        cls,
        folder: Path,
        types: Catalogue,
        environment: Environment,
        *,
        station: str,
        incarnation: str,
        operator: str,
        password: str,
        cost: Cost | None = None,
    ) -> Workspace:
        """A new workspace with one administrator; on any error the folder is left as it was.

        Raises :class:`AlreadyThere`, :class:`NetworkPlace`, ``WeakPassword``, ``ReadOnlyPlace``.
        """
        _refuse_network(folder)
        if (folder / LEDGER).exists():
            raise AlreadyThere("这个文件夹里已经有一个工作区。")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ReadOnlyPlace("不能在这里建立文件夹。") from error
        slots = KeySlots.empty(folder)
        key = environment.random(KEY_BYTES)
        lock = _take_lock(folder)
        try:
            slots.put(operator, password, key, environment, cost)
            database = Database.open(folder / LEDGER, key, create=True)
            ledger = Ledger(database, types, environment, station, incarnation)
            with database.transaction():
                ledger.set_meta("station", station)
                ledger.set_meta("incarnation", incarnation)
                database.execute(
                    "INSERT INTO operator (name, role, created) VALUES (?, ?, ?)",
                    (operator, Role.ADMIN.value, environment.now()),
                )
        except BaseException:
            lock.close()
            for name in (LEDGER, LEDGER + "-wal", LEDGER + "-shm", KEY_SLOTS, LOCK):
                with contextlib.suppress(FileNotFoundError):
                    (folder / name).unlink()
            raise
        return cls(folder, ledger, Operator(operator, Role.ADMIN), lock, slots, key)

    @classmethod
    def open(
        cls, folder: Path, types: Catalogue, environment: Environment, operator: str, password: str
    ) -> Workspace:
        """Opens a workspace for an operator.

        Raises :class:`NoWorkspace`, :class:`InUse`, :class:`OperatorDisabled`, ``WrongPassword``,
        ``NewerDatabase``.
        """
        if not (folder / LEDGER).exists():
            raise NoWorkspace(f"“{folder.name}”不是一个工作区。")
        slots = KeySlots.load(folder)
        key = slots.open(operator, password)
        lock = _take_lock(folder)
        try:
            database = Database.open(folder / LEDGER, key)
            station = str(database.value("SELECT value FROM meta WHERE key = 'station'"))
            incarnation = str(database.value("SELECT value FROM meta WHERE key = 'incarnation'"))
            found = database.row("SELECT role, disabled FROM operator WHERE name = ?", (operator,))
            if found is None or found[1]:
                raise OperatorDisabled("这个操作员已经停用。")
            ledger = Ledger(database, types, environment, station, incarnation)
        except BaseException:
            lock.close()
            raise
        workspace = cls(folder, ledger, Operator(operator, Role(found[0])), lock, slots, key)
        workspace.backup_daily()
        return workspace

    @classmethod
    def restore(
        cls,
        folder: Path,
        source: Path,
        types: Catalogue,
        environment: Environment,
        operator: str,
        password: str,
    ) -> Workspace:
        """Opens a workspace after putting a backup in the place of its ledger; the replaced one is kept beside.

        Raises what :meth:`open` raises, and ``WrongKey`` when the backup is not of this workspace: then nothing
        has changed.
        """
        if not (folder / KEY_SLOTS).exists():
            raise NoWorkspace(f"“{folder.name}”不是一个工作区。")
        key = KeySlots.load(folder).open(operator, password)
        if not source.exists():
            raise NoWorkspace(f"没有找到备份“{source.name}”。")
        Database.open(source, key, read_only=True).close()
        lock = _take_lock(folder)
        try:
            kept = folder / BACKUPS / f"恢复前-{environment.now()}.db"
            kept.parent.mkdir(exist_ok=True)
            beside = folder / (LEDGER + ".new")
            shutil.copyfile(source, beside)
            # The replaced ledger may be damaged or gone, so it is not opened; its log goes with it.
            for ending in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.replace(folder / (LEDGER + ending), kept.with_name(kept.name + ending))
            os.replace(beside, folder / LEDGER)
        finally:
            lock.close()
        return cls.open(folder, types, environment, operator, password)

    @property
    def unit(self) -> OwnUnit:
        """The unit whose workspace this is."""
        values = [self.ledger.meta(f"unit_{part}") or "" for part in ("id", "code", "name", "level")]
        return OwnUnit(values[0], values[1], values[2], Level(values[3]))

    def set_unit(self, unit: OwnUnit) -> None:
        """Says whose workspace this is."""
        with self.ledger.database.transaction():
            for part, value in (
                ("id", unit.id),
                ("code", unit.code),
                ("name", unit.name),
                ("level", unit.level.value),
            ):
                self.ledger.set_meta(f"unit_{part}", value)

    def reader(self) -> Database:
        """A read-only connection of its own, for another thread; the caller closes it."""
        return Database.open(self.folder / LEDGER, self._key, read_only=True)

    def drafts(self) -> Drafts:
        """What is being typed, in a small file of its own, so that nothing that runs can stop typing."""
        return Drafts(Database.open(self.folder / DRAFTS, self._key, create=True))

    def add_operator(self, name: str, password: str, role: Role, cost: Cost | None = None) -> None:
        """A further operator of this workspace, or a new password and role for one who is there."""
        self.slots.put(name, password, self._key, self.ledger.environment, cost)
        self.ledger.database.execute(
            "INSERT INTO operator (name, role, created) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET role = excluded.role, disabled = 0",
            (name, role.value, self.ledger.environment.now()),
        )

    def disable_operator(self, name: str) -> None:
        """Takes an operator's key slot away; the name stays on what was written."""
        self.ledger.database.execute("UPDATE operator SET disabled = 1 WHERE name = ?", (name,))
        self.slots.remove(name)

    def operators(self) -> list[tuple[str, Role, bool]]:
        """Name, role and whether disabled, of everybody who works or worked here."""
        return [
            (name, Role(role), bool(disabled))
            for name, role, disabled in self.ledger.database.rows(
                "SELECT name, role, disabled FROM operator ORDER BY created, name"
            )
        ]

    def backup(self, target: Path) -> None:
        """A whole copy of the ledger under the same key, written beside and renamed."""
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".new")
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
        self.ledger.database.execute("VACUUM INTO ?", (str(beside),))
        os.replace(beside, target)

    def backup_daily(self) -> Path | None:
        """One backup a day, the newest :data:`KEPT_BACKUPS` kept; nothing when today's exists."""
        day = self.ledger.environment.today().isoformat()
        folder = self.folder / BACKUPS
        target = folder / f"{day}.db"
        if target.exists():
            return None
        self.backup(target)
        for old in sorted(folder.glob("????-??-??.db"))[:-KEPT_BACKUPS]:
            old.unlink()
        return target

    def check(self) -> list[str]:
        """What is wrong with the file, in the engine's words; empty when it is sound."""
        database = self.ledger.database
        words = [str(w) for (w,) in database.rows("PRAGMA cipher_integrity_check")]
        words += [str(w) for (w,) in database.rows("PRAGMA integrity_check") if w != "ok"]
        return words

    def discard(self) -> None:
        """Closes a workspace that could not be finished and takes its files away."""
        self.close()
        for name in (LEDGER, LEDGER + "-wal", LEDGER + "-shm", KEY_SLOTS, LOCK):
            with contextlib.suppress(FileNotFoundError):
                (self.folder / name).unlink()

    def close(self) -> None:
        """Closes the ledger and gives the workspace free."""
        self.ledger.database.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _take_lock(folder: Path) -> IO[bytes]:
    """An exclusive lock that the operating system gives back when the program ends, however it ends."""
    try:
        file = open(folder / LOCK, "a+b")  # noqa: SIM115  (it stays open as long as the workspace)
    except PermissionError as error:
        raise ReadOnlyPlace("这个文件夹不能写入。") from error
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            raise InUse("这个工作区已经在另一个窗口里打开了。") from error
        raise
    return file


def _refuse_network(folder: Path) -> None:
    text = str(folder)
    if text.startswith(("\\\\", "//")):
        raise NetworkPlace("工作区不能放在网络位置上。")
