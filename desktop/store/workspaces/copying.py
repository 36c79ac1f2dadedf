"""A whole copy of a ledger, written beside and flushed to the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

from desktop.errors import EnvironmentProblem, Problem
from desktop.store.tables.database import Database, DatabaseError, DiskFull, ReadOnlyPlace, translated

SPARE: Final = 32 << 20
"""Bytes that a backup leaves free on the disk."""


class CannotCopy(EnvironmentProblem):
    """Part of the ledger cannot be read, so no whole copy of it can be made."""

    exit_code = 15
    next_step = "请尽快关闭程序，把台账的整个文件夹拷一份，再用以前的备份恢复。"
    help_anchor = "backup"


def write_copy(ledger: Path, key: bytes, beside: Path, held: list[Database] | None = None) -> None:
    """A whole copy of a ledger under the same key, over a connection of its own, flushed to the disk.

    Raises what the surroundings do, such as ``DiskFull``, and :class:`CannotCopy`; then nothing is left.
    """
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    # A copy that fills the disk would take the room that the next save needs.
    if shutil.disk_usage(beside.parent).free < ledger.stat().st_size + SPARE:
        raise DiskFull("备份没有做成：要存的磁盘快满了。", "请腾出空间，或者换一个磁盘再做一次。")
    database = Database.open(ledger, key, read_only=True)
    if held is not None:
        held.append(database)
    try:
        with translated():
            database.read_once()
            database.execute("VACUUM INTO ?", (str(beside),))
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
    except BaseException as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        if isinstance(error, DatabaseError):
            raise _named(error) from error
        raise
    finally:
        database.close()


def copy_new(database: Database, ledger: Path, beside: Path) -> None:
    """A copy of a ledger that was just made and that only this connection has open: the file as it is.

    :func:`write_copy` reads and encrypts every page, which is most of what making a workspace would take. Raises what
    the surroundings do; then nothing is left.
    """
    try:
        with translated():
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(ledger, beside)
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _named(error: DatabaseError) -> Problem:
    """What the engine says of a copy that it cannot make, as a problem."""
    message = str(error)
    if "unable to open" in message or "interrupted" in message:
        return ReadOnlyPlace("备份没有做成：要存的位置不能写入。")
    return CannotCopy("备份没有做成：数据库有一部分读不出来，可能已经损坏。")
