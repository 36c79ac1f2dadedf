"""Processes that end at once, by their own hand or by another's, without a word to anybody, on every system."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import signal
import sys
from typing import Any

# Windows has one signal less, and every one of them ends a process at once.
_SIGNAL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL
ENDED = int(_SIGNAL) if sys.platform == "win32" else -_SIGNAL
"""The exit code of a process that did."""

_PROGRAM = (
    "tests.killing", "desktop.operations.recording.attachments", "desktop.operations.recording.records",
    "desktop.operations.session", "desktop.operations.stations.exchange",
    "desktop.operations.stations.withdrawals", "desktop.operations.workspaces.restoring",
    "tests.operations.stations",
)  # fmt: skip
"""What the process has read from which the others are forked: to read it takes longer than what most of them do."""


def die(*_given: object, **_named: object) -> None:
    """Like a power cut."""
    os.kill(os.getpid(), _SIGNAL)


class Begun:
    """A process that runs a script; what it says is read while it runs and after it has ended."""

    def __init__(self, script: str, *arguments: str) -> None:
        context: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
        context.set_forkserver_preload(list(_PROGRAM))
        self._said, writer = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(writer, script, arguments))
        self._process.start()
        # Else its end would never be read.
        writer.close()

    def hear(self, words: str) -> None:
        """Waits until it says this first."""
        said = ""
        while len(said) < len(words):
            said += self._said.recv_bytes().decode()
        assert said == words

    def kill(self) -> None:
        """Like a power cut."""
        self._process.kill()

    def end(self) -> tuple[str, int]:
        """Waits for its end; all that it has said since, and its exit code."""
        said = bytearray()
        with self._said, contextlib.suppress(EOFError):
            while True:
                said += self._said.recv_bytes()
        self._process.join()
        code: int = self._process.exitcode
        self._process.close()
        return said.decode(), code


class _Words(io.TextIOBase):
    """What is said goes off at once, as a power cut leaves nobody the time to send it."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, text: str, /) -> int:
        if text:
            self._writer.send_bytes(text.encode())
        return len(text)


def _run(writer: Any, script: str, arguments: tuple[str, ...]) -> None:
    sys.stdout = _Words(writer)
    sys.argv = ["-c", *arguments]
    exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
