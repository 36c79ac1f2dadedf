"""What an error of the operating system means to the user: no room, no access, no device, held, or a path too long."""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path

from desktop.errors import EnvironmentProblem
from desktop.sync.errors import Caused


class DiskFull(Caused, EnvironmentProblem):
    """No room for the file."""

    text = "U盘或硬盘空间不够，文件没有写成，原有文件没有改动。"
    next_step = "请腾出空间或换一个U盘，再做一次。"


class OfOneFile(Caused, EnvironmentProblem):
    """What the system does not do with one file, which the sentence names where it is known."""

    exit_code = 31
    this = "这个文件"
    """How ``text`` begins, where the name goes."""

    def __init__(self, detail: str = "", name: str = "") -> None:
        super().__init__(detail)
        if name:
            self.sentence = f"“{name}”{self.text.removeprefix(self.this)}"


class ReadOnly(OfOneFile):
    """The place cannot be written to or read from."""

    # Opening a file on Windows tells no number: one that another program holds arrives here too.
    this = "这个位置"
    text = "这个位置不能读写，可能是U盘写保护、没有权限，或者文件正被别的程序占用。"
    next_step = "请关掉U盘的写保护开关，关闭正打开着这个文件的程序（例如WPS），或换一个文件夹再试。"


class DiskGone(Caused, EnvironmentProblem):
    """The stick was pulled out, or fails."""

    text = "读写文件时出错，U盘可能已拔出或接触不良，或者文件已不在原处。"
    next_step = "请重新插好U盘再试一次。"


class HeldElsewhere(OfOneFile):
    """Windows lets nobody replace, or even read, what another program has open."""

    text = "这个文件正被别的程序占用（例如在WPS或阅读器里打开着），或者被设成了只读。"
    next_step = "请在那个程序里关闭它，再试一次；或者换一个文件名。"


class PathTooLong(OfOneFile):
    """Windows opens no file whose name with all its folders is longer, and calls that a file that is not there."""

    text = "这个文件的名称连同各层文件夹太长，系统打不开。"
    next_step = "请换一个层数少、名称短的文件夹，或者把文件名改短，再试一次。"


class NotPlainFile(Caused, EnvironmentProblem):
    """A pipe or a device: whoever opens it may wait for ever, or read without end."""

    text = "这不是普通文件。"
    next_step = "请换一个文件；从U盘拿来的，请让发送方重新复制一份。"


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_ACCESS = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_NO_DEVICE = frozenset({errno.EIO, errno.ENODEV, errno.ENXIO})

# Windows knows more than its errno tells, which is EACCES or EINVAL for all of these ("System Error Codes").
_WINDOWS_HELD = frozenset({32, 33})
"""Sharing violation, lock violation."""
_WINDOWS_DEVICE = frozenset({20, 21, 22, 23, 25, 27, 29, 30, 31, 433, 1005, 1006, 1110, 1112, 1117, 1167})
"""No such unit or device, not ready, failed to read or write, no medium or another one, not connected."""
_WINDOWS_FULL = frozenset({39, 112})
_WINDOWS_DENIED = 5
_WINDOWS_TOO_LONG = 206
_WINDOWS_MOST = 259
"""Characters of a path ("Maximum Path Length Limitation"); the setting that allows more is off as Windows comes."""


def is_full(error: OSError) -> bool:
    """Whether there is no room left."""
    return _number(error) in _WINDOWS_FULL or error.errno in _NO_ROOM


def is_surroundings(error: OSError) -> bool:
    """Whether disks, sticks, permissions or another program did it; nobody expected any other error, so it is ours."""
    return (
        _number(error) in _WINDOWS_HELD | _WINDOWS_DEVICE | _WINDOWS_FULL
        or error.errno in _NO_ROOM | _NO_ACCESS | _NO_DEVICE
        or _is_lost_write(error)
        or _is_too_long(error)
    )


def surroundings(error: OSError, path: Path | None = None) -> Caused:
    """The problem that an error of the operating system means to the user; ``path`` is the file that it was about."""
    number = _number(error)
    detail, name = str(number or error.errno), path.name if path is not None else _name(error)
    if number in _WINDOWS_HELD or (number == _WINDOWS_DENIED and error.filename2 is not None):
        # Refused at the renaming: what is written beside could be written, so it is the file that is to be replaced.
        return HeldElsewhere(detail, name)
    if number in _WINDOWS_DEVICE:
        return DiskGone(detail)
    if is_full(error):
        return DiskFull(detail)
    if error.errno in _NO_ACCESS:
        return ReadOnly(detail, name)
    if _is_too_long(error):
        return PathTooLong(detail, name)
    return DiskGone(detail)


@contextlib.contextmanager
def plain_problems() -> Iterator[None]:
    """Errors of the operating system inside become problems that a user can act on."""
    try:
        yield
    except OSError as error:
        raise surroundings(error) from error


def _number(error: OSError) -> int | None:
    """What Windows calls the error; nothing elsewhere."""
    number: int | None = getattr(error, "winerror", None)
    return number


def _name(error: OSError) -> str:
    """The file that the system names; of a renaming the one that was to be replaced."""
    named = error.filename2 or error.filename
    return Path(named).name if isinstance(named, str) else ""


def _is_lost_write(error: OSError) -> bool:
    """A write to a stick that was pulled out is an invalid argument on Windows, without a number and without a name."""
    return (
        sys.platform == "win32"
        and error.errno == errno.EINVAL
        and _number(error) is None
        and error.filename is None
    )


def _is_too_long(error: OSError) -> bool:
    """Only making a folder has a number for it on Windows; a file is said not to be there."""
    if error.errno == errno.ENAMETOOLONG or _number(error) == _WINDOWS_TOO_LONG:
        return True
    return (
        sys.platform == "win32" and error.errno == errno.ENOENT and len(str(error.filename)) > _WINDOWS_MOST
    )
