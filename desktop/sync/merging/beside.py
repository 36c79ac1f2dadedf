"""Reading segments in processes beside this one, while it merges those that came before.

A third of what a first merge costs is hashing and reading lines, which needs nothing but the lines. A helper gets
frames through a pipe and gives back what they say; it sees no key, no file and no ledger. What it cannot do, and what
nobody has begun when it is needed, is done here: one that is slow, killed or forbidden costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from operator import attrgetter
from typing import Final, Protocol, Self

import msgspec

from desktop.errors import Problem
from desktop.records.declaration import RecordType
from desktop.records.types import catalogue
from desktop.records.versions.born import Births
from desktop.store.merging.staging import listing_keys
from desktop.sync.formats import decoding, segments
from desktop.sync.formats.arriving import Arrived
from desktop.sync.formats.decoding import Contents, WireChange
from desktop.sync.formats.frames import Frame

WORTH_IT: Final = 3 * 1024 * 1024
"""Bytes of bundles from which on helpers are called: they need half a second of a processor to begin."""
LARGEST: Final = 4 * 1024 * 1024
"""Plain bytes of a segment that is read beside: those with files are read here, one in memory at a time."""
_MOST_HELPERS: Final = 2
_AHEAD: Final = 4
"""How many segments may be read or being read and not yet needed; each is a few megabytes."""
_PATIENCE: Final = 20.0
"""Seconds after which a helper that does not answer is given up."""
_GLANCE: Final = 0.2
"""Seconds after which whoever waits for a helper looks whether anybody still wants its answer."""
NOTHING: Final = b"-"
"""What a helper says first, when it has read nothing yet, and of what it cannot read. Never an empty message: Windows
hands one of these to whoever only looks whether there is any."""


class Reader(Protocol):
    """Whoever reads segments; ``in_advance``: it helps to tell what will be wanted."""

    in_advance: bool

    def expect(self, frames: Iterable[Frame]) -> None:
        """These will be wanted, in this order."""

    def forget(self, frames: Iterable[Frame]) -> None:
        """These will not be wanted any more."""

    def read(self, frame: Frame) -> Arrived:
        """The segment of a frame; raises ``BadFrame`` and ``BadSegment``."""


class Here:
    """Reads segments in this process, when they are needed."""

    in_advance = False

    def expect(self, frames: Iterable[Frame]) -> None:
        """Nothing is done in advance."""

    def forget(self, frames: Iterable[Frame]) -> None:
        """Nothing was done in advance."""

    def read(self, frame: Frame) -> Arrived:
        """The segment of a frame; raises ``BadFrame`` and ``BadSegment``."""
        return Arrived.read(frame)


@dataclass(slots=True)
class Helper:
    """A process at the other end of a pipe; ``given_up``: nobody waits for it any more."""

    connection: Connection
    process: BaseProcess | None = None
    given_up: bool = False

    @classmethod
    def start(cls) -> Self:
        """A new process; raises ``OSError`` where there can be none."""
        # Never by fork: threads of the window would be left without their locks, and the ledger's key would be copied.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with theirs:
            process = context.Process(target=serve, args=(theirs,), name="xiaosanji-reading", daemon=True)
            process.start()
        return cls(ours, process)

    def ask(self, frame: Frame, *, listed: bool) -> bytes:
        """What it says of a frame, nothing if it can make nothing of it; raises ``OSError`` and ``EOFError``.

        One frame at a time: a helper that could not get rid of an answer would take no more.
        """
        self.connection.send_bytes(bytes([listed]) + frame.plain_size.to_bytes(8, "big") + frame.compressed)
        return self.hear()

    def hear(self) -> bytes:
        """What it says next; raises ``OSError`` and ``EOFError``."""
        while not self.connection.poll(_GLANCE):
            if self.given_up:
                raise EOFError
        said = self.connection.recv_bytes()
        return b"" if said == NOTHING else said

    def give_up(self) -> None:
        """It reads nothing more, and whoever is in the midst of asking it hears so."""
        self.given_up = True
        if self.process is not None:
            # One that is halted would not hear that it is to end.
            self.process.kill()

    def close(self) -> None:
        """Nothing is left of it. For whoever asks it; what it is doing is lost."""
        self.give_up()
        self.connection.close()
        if self.process is not None:
            self.process.join()
            self.process.close()


class Beside:
    """Has helpers read what will be wanted, each asked by a thread, so that none of them waits while this one merges.

    It waits for nobody who has not begun, and reads itself what comes later as long as it has to wait.
    ``listed``: the keys by which rows are listed are computed with them.
    """

    in_advance = True

    def __init__(self, start: Callable[[], Helper], *, listed: bool, helpers: int = 1) -> None:
        self._start = start
        self._listed = listed
        self._to_start = helpers
        self._threads: list[threading.Thread] = []
        # All that follows belongs to whoever holds this.
        self._changed = threading.Condition()
        self._helpers: list[Helper] = []
        self._wanted: dict[bytes, Frame] = {}
        self._begun: dict[bytes, Helper] = {}
        self._said: dict[bytes, bytes] = {}
        self._read: dict[bytes, Arrived] = {}

    def expect(self, frames: Iterable[Frame]) -> None:
        """These will be wanted, in this order."""
        with self._changed:
            begun = self._begun.keys() | self._said.keys() | self._read.keys()
            self._wanted.update(
                (f.compressed, f) for f in frames if f.plain_size <= LARGEST and f.compressed not in begun
            )
            self._changed.notify_all()
            wanted = bool(self._wanted)
        # Only now: a merge of what is known already is over before a helper has begun.
        while wanted and self._to_start:
            self._to_start -= 1
            with contextlib.suppress(OSError):
                self._call(self._start())

    def forget(self, frames: Iterable[Frame]) -> None:
        """These will not be wanted any more."""
        with self._changed:
            for frame in frames:
                for known in (self._wanted, self._begun, self._said, self._read):
                    known.pop(frame.compressed, None)
            self._changed.notify_all()

    def read(self, frame: Frame) -> Arrived:
        """The segment of a frame; raises ``BadFrame`` and ``BadSegment``."""
        wanted = frame.compressed
        with self._changed:
            self._wanted.pop(wanted, None)
        while (later := self._later_than(wanted)) is not None:
            self._read_here(later)
        with self._changed:
            if not self._changed.wait_for(lambda: wanted not in self._begun, _PATIENCE):
                self._begun.pop(wanted).give_up()
            read, said = self._read.pop(wanted, None), self._said.pop(wanted, b"")
            self._changed.notify_all()
        if read is not None:
            return read
        # What cannot be read is looked at once more, here, where its error is known.
        return _unpacked(frame, said) if said else Arrived.read(frame)

    def end(self) -> None:
        """No helper is left."""
        with self._changed:
            for helper in self._helpers:
                helper.give_up()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _has_room(self) -> bool:
        return len(self._begun) + len(self._said) + len(self._read) < _AHEAD

    def _later_than(self, wanted: bytes) -> Frame | None:
        """What is to be read here as long as a helper is reading what is wanted; nothing once it has been read."""
        with self._changed:
            if wanted in self._begun and self._wanted and self._has_room():
                return self._wanted.pop(next(iter(self._wanted)))
        return None

    def _read_here(self, frame: Frame) -> None:
        # One that is bad is refused when its turn comes.
        with contextlib.suppress(Problem):
            header, lines = segments.read(frame)
            contents = decoding.decode(header, lines, catalogue())
            with self._changed:
                self._read[frame.compressed] = Arrived(frame, header, None, contents)

    # -- a thread for each helper --------------------------------------------------------------------------------------

    def _call(self, helper: Helper) -> None:
        with self._changed:
            self._helpers.append(helper)
        thread = threading.Thread(
            target=self._keep_busy, args=(helper,), name="xiaosanji-asking", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _keep_busy(self, helper: Helper) -> None:
        """Nothing depends on a helper: without it the rest is read by others, or by whoever merges."""
        with contextlib.suppress(OSError, EOFError):
            helper.hear()
            while (frame := self._next(helper)) is not None:
                said = helper.ask(frame, listed=self._listed)
                with self._changed:
                    if self._begun.pop(frame.compressed, None) is not None:
                        self._said[frame.compressed] = said
                    self._changed.notify_all()
        with self._changed:
            self._helpers.remove(helper)
            for wanted in [wanted for wanted, other in self._begun.items() if other is helper]:
                del self._begun[wanted]
            self._changed.notify_all()
        helper.close()

    def _next(self, helper: Helper) -> Frame | None:
        """What a helper is to read next, as soon as there is anything; nothing when it has read enough."""
        with self._changed:
            self._changed.wait_for(lambda: helper.given_up or (self._wanted and self._has_room()))
            if helper.given_up:
                return None
            frame = self._wanted.pop(next(iter(self._wanted)))
            self._begun[frame.compressed] = helper
            return frame


@contextlib.contextmanager
def reader(size: int, types: Mapping[str, RecordType], *, listed: bool) -> Iterator[Reader]:
    """Whoever reads bundles of so many bytes; helpers end with the context.

    They know the types that come with this program and no others. ``listed``: the rows are to stand in lists.
    """
    others = min((os.cpu_count() or 1) - 1, _MOST_HELPERS)
    if size < WORTH_IT or types is not catalogue() or not others:
        yield Here()
        return
    beside = Beside(Helper.start, listed=listed, helpers=others)
    try:
        yield beside
    finally:
        beside.end()


# -- in the helper ---------------------------------------------------------------------------------------------------


def serve(connection: Connection) -> None:
    """What a helper does."""
    # Who stops a merge by Ctrl+C stops the process that asked.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    answer_all(connection)


def answer_all(connection: Connection) -> None:
    """Reads frames until nobody is at the other end."""
    with contextlib.suppress(OSError, EOFError):
        connection.send_bytes(NOTHING)
        while True:
            connection.send_bytes(answer(connection.recv_bytes()) or NOTHING)


def answer(question: bytes) -> bytes:
    """What stands in a frame, before which :meth:`Helper.ask` has put what it asks; nothing if it cannot be read."""
    frame = Frame(question[9:], int.from_bytes(question[1:9], "big"))
    types = catalogue()
    try:
        header, lines = segments.read(frame)
        contents = decoding.decode(header, lines, types)
    except Problem:
        return b""
    if question[0]:
        for births in contents.births.values():
            births.keys = listing_keys(types.get(births.type), births)
    # Both ends are the same program in the same Python, and nobody else writes into the pipe.
    return marshal.dumps(
        (
            (header.raw, header.signature, header.key),
            list(map(_BIRTHS, contents.births.values())),
            [msgspec.structs.astuple(change) for change in contents.changes],
            list(contents.numbers),
            contents.joined,
            contents.misfits,
        )
    )  # fmt: skip


_BIRTHS: Final = attrgetter(*(f.name for f in fields(Births)))
"""All that is said of births."""


def _unpacked(frame: Frame, said: bytes) -> Arrived:
    signed, births, changes, numbers, joined, misfits = marshal.loads(said)
    header = segments.read_header(*signed)
    blocks = map(Births, *zip(*births, strict=True)) if births else ()
    contents = Contents(
        header,
        {block.type: block for block in blocks},
        [WireChange(*c) for c in changes],
        numbers,
        joined,
        misfits,
    )
    return Arrived(frame, header, None, contents)
