"""A ledger on a disk where nothing can be written: full, or write-protected. It opens all the same, to be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from desktop.errors import Problem
from desktop.store.tables.database import DatabaseError, DiskFull, DiskTrouble, ReadOnlyPlace, problem_of
from desktop.store.workspaces.keeping import JournaledDatabase
from desktop.store.workspaces.places import room_gone

_FILES: Final = "台账文件夹里的文件一个也不要删。"


class NoRoomToWrite(DiskFull):
    """The disk of a workspace is full; the engine cannot even make the index of its log there."""

    next_step = (
        "已经保存的内容都在，可以查看。请把这个磁盘上别的文件（照片、视频、安装包）移走一些，腾出50兆以上，"
        f"再关闭程序重新打开；{_FILES}"
    )


class NothingWritten(ReadOnlyPlace):
    """The disk or the folder of a workspace is write-protected."""

    next_step = (
        "已经保存的内容都在，可以查看。要录入，请把台账放回可以写入的硬盘，"
        "文件夹的属性里勾了“只读”的去掉，再关闭程序重新打开。"
    )


class UnwritableDatabase(JournaledDatabase):
    """A connection that only reads; whoever writes is told why it cannot be, not what the engine says of it."""

    why: Problem | None = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """As :meth:`Database.transaction`; raises :attr:`why` where something is written."""
        try:
            with super().transaction():
                yield
        except ReadOnlyPlace as error:
            raise self.why or error from error


def before_this_edition(why: Problem) -> Problem:
    """The same lack, where the ledger would first have to be brought to this edition: it cannot even be read."""
    return type(why)(
        "台账是用较早版本的程序记的，第一次用这个版本打开时要能写入，现在不能写入，所以打不开。",
        "已经保存的内容都在，没有改动。请腾出磁盘空间，或者把台账整个文件夹拷到可以写入的硬盘上再打开；"
        f"急着要看的，用原来的程序。{_FILES}",
    )


def why_unwritable(folder: Path, error: BaseException) -> Problem | None:
    """Whether a failure to open is explained by a disk where nothing can be written; nothing where it is not."""
    problem = problem_of(error) if isinstance(error, DatabaseError) else error
    if isinstance(problem, (OSError, DiskFull, DiskTrouble)) and room_gone(folder):
        return NoRoomToWrite("台账所在的磁盘满了，现在只能看，不能保存。")
    if isinstance(problem, ReadOnlyPlace):
        return NothingWritten("台账所在的位置不能写入，现在只能看，不能保存。")
    return None
