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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final, Protocol

import msgspec

from desktop.errors import Problem
from desktop.records.declaration import RecordType
from desktop.records.types import catalogue
from desktop.store.staging import listing_keys
from desktop.sync import decoding, segments
from desktop.sync.arriving import Arrived
from desktop.sync.decoding import BirthBlock, Contents, WireChange
from desktop.sync.frames import Frame

WORTH_IT: Final = 3 * 1024 * 1024
"""Bytes of bundles from which on helpers are called: they need half a second of a processor to begin."""
LARGEST: Final = 4 * 1024 * 1024
"""Plain bytes of a segment that is read beside: those with files are read here, one in memory at a time."""
_MOST_HELPERS: Final = 2
_AHEAD: Final = 4
"""How many segments may be read or being read and not yet needed; each is a few megabytes."""
_PATIENCE: Final = 20.0
"""Seconds after which a helper that does not answer is given up."""
_STARTING: Final = b""
"""The job of a helper that is not there yet."""


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
    """A process at the other end of a pipe, and the compressed frame that it is reading, if it is."""

    connection: Connection
    process: BaseProcess | None = None
    job: bytes | None = _STARTING

    @classmethod
    def start(cls) -> Helper:
        """A new process; raises ``OSError`` where there can be none."""
        # Never by fork: threads of the window would be left without their locks, and the ledger's key would be copied.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with theirs:
            process = context.Process(target=serve, args=(theirs,), name="xiaosanji-reading", daemon=True)
            process.start()
        return cls(ours, process)

    def give(self, frame: Frame, *, listed: bool) -> None:
        """A frame to read. One at a time: a helper that could not get rid of an answer would take no more."""
        self.connection.send_bytes(bytes([listed]) + frame.plain_size.to_bytes(8, "big") + frame.compressed)
        self.job = frame.compressed

    def end(self) -> None:
        """It reads nothing more; what it is doing is lost."""
        self.connection.close()
        if self.process is not None:
            self.process.terminate()
            self.process.join()
            self.process.close()


class Beside:
    """Has helpers read what will be wanted; for one thread, which waits for nobody who has not begun.

    ``listed``: the keys by which rows are listed are computed with them.
    """

    in_advance = True

    def __init__(self, start: Callable[[], Helper], *, listed: bool, helpers: int = 1) -> None:
        self._start = start
        self._listed = listed
        self._to_start = helpers
        self._helpers: list[Helper] = []
        self._wanted: dict[bytes, Frame] = {}
        self._read: dict[bytes, bytes] = {}

    def expect(self, frames: Iterable[Frame]) -> None:
        """These will be wanted, in this order."""
        begun = {helper.job for helper in self._helpers} | self._read.keys()
        self._wanted.update(
            (f.compressed, f) for f in frames if f.plain_size <= LARGEST and f.compressed not in begun
        )
        # Only now: a merge of what is known already is over before a helper has begun.
        while self._wanted and self._to_start:
            self._to_start -= 1
            with contextlib.suppress(OSError):
                self._helpers.append(self._start())
        self._go_on()

    def forget(self, frames: Iterable[Frame]) -> None:
        """These will not be wanted any more."""
        for frame in frames:
            self._wanted.pop(frame.compressed, None)
            self._read.pop(frame.compressed, None)

    def read(self, frame: Frame) -> Arrived:
        """The segment of a frame; raises ``BadFrame`` and ``BadSegment``."""
        self._go_on()
        self._wanted.pop(frame.compressed, None)
        for helper in [helper for helper in self._helpers if helper.job == frame.compressed]:
            self._hear(helper, _PATIENCE)
        said = self._read.pop(frame.compressed, b"")
        self._go_on()
        # What cannot be read is looked at once more, here, where its error is known.
        return _unpacked(frame, said) if said else Arrived.read(frame)

    def end(self) -> None:
        """No helper is left."""
        for helper in self._helpers:
            helper.end()
        self._helpers.clear()

    def _go_on(self) -> None:
        """Takes what was read, and gives out what is to be read next."""
        for helper in list(self._helpers):
            if helper.job is not None:
                self._hear(helper, 0)
        under_way = len(self._read) + sum(bool(helper.job) for helper in self._helpers)
        for helper in [helper for helper in self._helpers if helper.job is None]:
            if self._wanted and under_way < _AHEAD:
                with self._giving_up(helper):
                    helper.give(self._wanted.pop(next(iter(self._wanted))), listed=self._listed)
                under_way += 1

    def _hear(self, helper: Helper, patience: float) -> None:
        """What a helper says within so many seconds; one that is asked for in vain is given up."""
        with self._giving_up(helper):
            if helper.connection.poll(patience):
                said = helper.connection.recv_bytes()
                if helper.job:
                    self._read[helper.job] = said
                helper.job = None
            elif patience:
                raise TimeoutError

    @contextlib.contextmanager
    def _giving_up(self, helper: Helper) -> Iterator[None]:
        """Nothing depends on a helper: without it the rest is read by others, or here."""
        try:
            yield
        except (OSError, EOFError):
            self._helpers.remove(helper)
            helper.end()


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
        connection.send_bytes(_STARTING)
        while True:
            connection.send_bytes(answer(connection.recv_bytes()))


def answer(question: bytes) -> bytes:
    """What stands in a frame, before which :meth:`Helper.give` has put what it asks; nothing if it cannot be read."""
    frame = Frame(question[9:], int.from_bytes(question[1:9], "big"))
    types = catalogue()
    try:
        header, lines = segments.read(frame)
        contents = decoding.decode(header, lines, types)
    except Problem:
        return b""
    listed = bool(question[0])
    # Both ends are the same program in the same Python, and nobody else writes into the pipe.
    return marshal.dumps(
        (
            (header.raw, header.signature, header.key),
            [
                (b.type, b.columns, b.rows, listing_keys(types.get(b.type), b.columns, b.rows) if listed else None)
                for b in contents.births.values()
            ],
            [msgspec.structs.astuple(change) for change in contents.changes],
            list(contents.numbers),
            contents.hashes,
            contents.misfits,
        )
    )  # fmt: skip


def _unpacked(frame: Frame, said: bytes) -> Arrived:
    signed, births, changes, numbers, hashes, misfits = marshal.loads(said)
    header = segments.read_header(*signed)
    blocks = {block[0]: BirthBlock(*block) for block in births}
    contents = Contents(header, blocks, [WireChange(*c) for c in changes], numbers, hashes, misfits)
    return Arrived(frame, header, None, contents)
