"""Reading and writing files on sticks: bounded, whole or not at all, with errors that a user can act on."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from desktop.renaming import flush_folder, replace
from desktop.sync.errors import TooBig
from desktop.sync.errors.surroundings import NotPlainFile, surroundings


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream to a file beside ``path`` that takes its place when all is written and flushed to the disk.

    After an error nothing is left beside, and what stood at ``path`` still stands. Raises the problems of
    ``desktop.sync.errors.surroundings`` for errors of the operating system.
    """
    beside = path.with_name(path.name + ".tmp")
    try:
        with open(beside, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        replace(beside, path)
        flush_folder(path.parent)
    except OSError as error:
        raise surroundings(error, path) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """A stream from a file, with errors that a user can act on; raises :class:`NotPlainFile` for a pipe or device."""
    try:
        with open(path, "rb", opener=_plain) as stream:
            yield stream
    except OSError as error:
        raise surroundings(error, path) from error


def read_limited(path: Path, limit: int) -> bytes:
    """The whole content of a file of at most ``limit`` bytes; raises :class:`TooBig`."""
    with reading(path) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooBig(f"more than {limit} bytes")
    return data


def _plain(path: str, flags: int) -> int:
    """Opens a file without waiting for anybody, and looks at what was opened: a name may lead elsewhere by then."""
    try:
        handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except PermissionError:
        # Windows opens no folder and calls that a lack of permission.
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path) from None
        raise
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise NotPlainFile(f"mode {mode:o}")
