"""Puts a restored ledger in the place of the present one, so that a kill at any moment leaves one of the two."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from desktop.errors import Problem
from desktop.renaming import is_held, replace
from desktop.store.tables.database import (
    Database,
    DatabaseError,
    DiskFull,
    LedgerDamaged,
    ReadOnlyPlace,
    WrongKey,
)
from desktop.store.workspaces.backups import BACKUPS, REPLACED, prune_replaced
from desktop.store.workspaces.places import take_lock
from desktop.store.workspaces.unlocking import LEDGER, LOCK

_PARTS = ("", "-wal", "-shm")


@contextlib.contextmanager
def replacement(folder: Path, source: Path, key: bytes, at: int) -> Iterator[Database]:
    """A copy of a backup to work on, which takes the place of the ledger when all went well.

    Until then the ledger is not touched, however the program ends. The replaced one is kept among the backups under
    the moment ``at``. Raises ``WrongKey`` for another workspace's backup, :class:`LedgerDamaged` for a damaged one,
    ``InUse``, and what the disk does.
    """
    beside = folder / (LEDGER + ".new")
    lock = take_lock(folder / LOCK)
    try:
        _remove(beside)
        with _translated():
            shutil.copyfile(source, beside)
        database = _opened(beside, source, key)
        try:
            if database.rows("PRAGMA cipher_integrity_check"):
                raise LedgerDamaged("这份备份有一部分读不出来，没有用它恢复。", "请换一份备份再试。")
            yield database
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            database.close()
        with _translated():
            _put_in_place(folder, beside, key, at)
        prune_replaced(folder, at)
    finally:
        _remove(beside)
        lock.close()


def _opened(beside: Path, source: Path, key: bytes) -> Database:
    """The copy of a backup; a file that is none is told by the name that somebody chose."""
    another = "请换一份备份再试。"
    if not beside.stat().st_size:
        raise LedgerDamaged(f"“{source.name}”是空文件，没有用它恢复。", another)
    try:
        return Database.open(beside, key)
    except WrongKey as error:
        raise WrongKey(f"“{source.name}”不是这份台账的备份，或者已经损坏，没有用它恢复。", another) from error


def _put_in_place(folder: Path, beside: Path, key: bytes, at: int) -> None:
    ledger, kept = folder / LEDGER, folder / BACKUPS / f"{REPLACED}{at}.db"
    with open(beside, "rb+") as file:
        os.fsync(file.fileno())
    kept.parent.mkdir(exist_ok=True)
    _fold_in(ledger, key)
    # What is left of a log belongs to the old ledger and would be read into the new one.
    for part in _PARTS[1:]:
        with contextlib.suppress(FileNotFoundError):
            replace(f"{ledger}{part}", f"{kept}{part}")
    with contextlib.suppress(FileNotFoundError):
        try:
            # A second name first, so that at no moment there is no ledger at all.
            os.link(ledger, kept)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise
            replace(ledger, kept)
    replace(beside, ledger)


def _fold_in(ledger: Path, key: bytes) -> None:
    """Writes what stands in the log of the old ledger into it, where it still opens; a damaged one is kept as it is."""
    with contextlib.suppress(FileNotFoundError, DatabaseError, Problem):
        database = Database.open(ledger, key)
        try:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            database.close()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Turns what the disk does to whole files into errors that a user can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull("磁盘满了，没有恢复，原来的文件没有动。") from error
        if is_held(error):
            raise ReadOnlyPlace(
                "台账的文件正被别的程序占用，没有恢复，原来的文件没有动。",
                "请先停一下杀毒、备份或网盘同步软件，再恢复一次。",
            ) from error
        raise ReadOnlyPlace("台账文件夹不能写入，没有恢复，原来的文件没有动。") from error


def _remove(path: Path) -> None:
    for part in _PARTS:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{path}{part}")
