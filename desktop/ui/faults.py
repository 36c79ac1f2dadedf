"""The very top: what happens to an error that nobody expected. Told in plain words, noted without personal data."""

from __future__ import annotations

import contextlib
import datetime
import faulthandler
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from platformdirs import user_log_dir
from PySide6.QtCore import QObject, Signal, Slot

from desktop.errors import Problem

FILE = "faults.txt"
_MOST_BYTES = 1_000_000
_crash_file: TextIO | None = None
_QUIET = 0x0001 | 0x0002
"""SEM_FAILCRITICALERRORS and SEM_NOGPFAULTERRORBOX of SetErrorMode."""


def log_folder() -> Path:
    """Where faults are noted: the user's own folder for logs."""
    return Path(user_log_dir("xiaosanji", appauthor=False))


def report(error: BaseException) -> None:
    """Hands an error from a worker to the same place that gets the window's own."""
    sys.excepthook(type(error), error, error.__traceback__)


def describe(error: BaseException) -> str:
    """What kind of error and where in the program, without its message or any value: those may name people."""
    lines = [f"{type(error).__module__}.{type(error).__qualname__}"]
    for frame in traceback.extract_tb(error.__traceback__):
        parts = Path(frame.filename).parts
        where = "/".join(parts[parts.index("desktop") :]) if "desktop" in parts else parts[-1]
        lines.append(f"  {where}:{frame.lineno} {frame.name}")
    if error.__cause__ is not None:
        lines.append("由以下错误引起：")
        lines.append(describe(error.__cause__))
    return "\n".join(lines)


def note(error: BaseException, folder: Path | None = None) -> Path | None:
    """Appends a fault to the file of faults; nothing when even that cannot be written."""
    folder = folder or log_folder()
    path = folder / FILE
    now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _begin_anew(path)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{now}\n{describe(error)}\n\n")
    except OSError:
        return None
    return path


class _Teller(QObject):
    """Lives in the window's thread, for no other one can make a window; what arises elsewhere is queued to it.

    One message at a time: an error that repeats with every repaint must not bury the window.
    """

    told = Signal(str, str)

    def __init__(self, show: Callable[[str, str], None]) -> None:
        super().__init__()
        self._show_words, self._showing = show, False
        self.told.connect(self._show)

    @Slot(str, str)
    def _show(self, title: str, words: str) -> None:
        if self._showing:
            return
        self._showing = True
        try:
            self._show_words(title, words)
        finally:
            self._showing = False


def install(show: Callable[[str, str], None]) -> None:
    """From now on ``show`` (title and words) is called for what nobody caught, in whatever thread it arises.

    Call it in the window's thread: ``show`` is called there.
    """
    teller = _Teller(show)

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, Problem):
            title, words = "没有完成", str(error)
        else:
            path = note(error)
            if sys.stderr is not None:
                print(describe(error), file=sys.stderr)
            where = f"出错的位置记在：{path}（不含任何登记内容）。" if path else ""
            title = "程序出错了"
            words = (
                "刚才的一步没有做完。已经保存的内容都在，正在填写的内容留作了草稿。\n\n"
                "请先关闭程序再打开一次；如果同样的操作又出错，请把下面这个文件交给上级工会的联系人。\n\n"
                + where
            )
        teller.told.emit(title, words)

    sys.excepthook = hook
    threading.excepthook = lambda given: hook(
        given.exc_type, given.exc_value or given.exc_type(), given.exc_traceback
    )


def _begin_anew(path: Path) -> None:
    """A file that has grown long is set aside, in the place of the one before."""
    if path.exists() and path.stat().st_size > _MOST_BYTES:
        # On Windows none is moved that a second window has open; it grows on, and the next fault is noted all the same.
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".old.txt"))


def _leave_no_memory() -> None:
    """Forbids the system to write the memory of a crash into a file: the key and everybody's numbers are in it."""
    if sys.platform == "win32":
        import ctypes

        # Then Windows hands nothing to its error reporting; nor does it ask for a disk in an empty drive.
        ctypes.windll.kernel32.SetErrorMode(_QUIET)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def watch_crashes() -> None:
    """Has a crash below Python leave its traceback in a file; a window has no console."""
    global _crash_file
    _leave_no_memory()
    try:
        folder = log_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "crash.txt"
        _begin_anew(path)
        # It must stay open: it is written when nothing else works any more.
        _crash_file = path.open("a", encoding="utf-8")
    except OSError:
        return
    faulthandler.enable(_crash_file)
