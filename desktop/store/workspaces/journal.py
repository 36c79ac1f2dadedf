"""The journal beside a backup: an encrypted file that only grows, so that both together are now (rule 32).

A file is one head and then entries. The head states its number among the journals of the workspace; the key of the
file is derived from the workspace's key and the head. An entry is::

    length of the sealed text (4) | place (8) | kind (1) | tag of the entry before (16) | nonce (12) | sealed text

sealed with ChaCha20-Poly1305; all before the sealed text is authenticated with it. Places count from 1 and every
entry names the tag of the one before, so a tail that was cut or torn, and a line taken out or changed, end the
reading there: what stands before is used. This module knows nothing of what the entries say; see
``desktop.store.workspaces.captured``.
"""

from __future__ import annotations

import contextlib
import enum
import os
import queue
import struct
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.store.tables.database import LedgerDamaged

MAGIC: Final = b"xsj-journal-1\n"
_HEAD: Final = struct.Struct(">14sI32s")
_ENTRY: Final = struct.Struct(">IQB16s12s")
_TAG: Final = 16
MAX_ENTRY: Final = 1 << 30
_COMPRESSED: Final = 128
_SMALL: Final = 4_096
"""Shorter texts are not compressed: it would cost more than it saves."""
_LARGE: Final = 8_000_000
"""Bytes from which on an entry is a segment with files, which is compressed already."""

_WAITING: Final = 16 * 1024 * 1024
"""Bytes that may be on their way to the disk at once; an entry with the lines of one attachment may have twice as many,
and then it is the only one.
"""

Randomness = Callable[[int], bytes]


class Kind(enum.IntEnum):
    """What an entry is."""

    ROWS = 1
    """Rows of a step; more of the same step follow."""
    STEP = 2
    """The last rows of a step: from here on all of it stands."""
    BOUND = 3
    """The mark of the backup that the journal begins with."""
    CLOSED = 4
    """The ledger was closed in order; the text is its print."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was written."""

    kind: Kind
    text: bytes


class NotContinued(Exception):
    """A journal that was not closed in order: nobody knows whether it holds all that the ledger does."""


class Journal:
    """A journal that is written to. Errors of the operating system come out after what was half written is cut off."""

    def __init__(
        self, file: BinaryIO, path: Path, box: _Box, randomness: Randomness, place: int, before: bytes
    ) -> None:
        self.path = path
        self._file = file
        self._box = box
        self._random = randomness
        self._place = place
        self._before = before
        self._end = file.seek(0, os.SEEK_END)

    @classmethod
    def begin(cls, path: Path, key: bytes, number: int, randomness: Randomness) -> Self:
        """An empty journal; a file of this name is replaced."""
        head = _HEAD.pack(MAGIC, number, randomness(32))
        file = open(path, "w+b", buffering=0)  # noqa: SIM115  (it stays open as long as the workspace)
        try:
            file.write(head)
            os.fsync(file.fileno())
        except OSError:
            file.close()
            raise
        return cls(file, path, _Box(key, head), randomness, 0, bytes(_TAG))

    @classmethod
    def go_on(cls, path: Path, key: bytes, print_: bytes, randomness: Randomness) -> Self:
        """A journal that was closed in order by a ledger of this print. Raises :class:`NotContinued`."""
        try:
            file = open(path, "r+b", buffering=0)  # noqa: SIM115  (likewise)
        except OSError as error:
            raise NotContinued from error
        try:
            head = file.read(_HEAD.size)
            box = _Box(key, head)
            # The last entry has one length, so it is found from the end, and a long journal need not be read.
            file.seek(-(_ENTRY.size + len(print_) + _TAG), os.SEEK_END)
            place, entry, tag = box.read(file, None, None)
        except (OSError, _Torn) as error:
            file.close()
            raise NotContinued from error
        if entry.kind is not Kind.CLOSED or entry.text != print_:
            file.close()
            raise NotContinued
        return cls(file, path, box, randomness, place, tag)

    def append(self, entries: Iterable[Entry]) -> None:
        """Appends entries as one: all of them are on the disk afterwards, or none."""
        place, before, end = self._place, self._before, self._end
        try:
            for entry in entries:
                place += 1
                head, sealed = self._box.seal(entry, place, before, self._random(12))
                before = sealed[-_TAG:]
                for data in (head, memoryview(sealed)):
                    written = 0
                    while written < len(data):
                        written += self._file.write(data[written:])
                    end += len(data)
                del entry, sealed, data
            os.fsync(self._file.fileno())
        except BaseException:
            self._file.truncate(self._end)
            self._file.seek(self._end)
            raise
        self._place, self._before, self._end = place, before, end

    def close(self) -> None:
        """Closes the file as it stands."""
        self._file.close()


class Scribe:
    """Writes a journal in a thread of its own, so that no save waits for the disk a second time.

    What is handed over is on the disk a moment later; :meth:`wait` waits for it. After an error of the disk, which
    ``failed`` is told, nothing more is written: a journal may end early, but it never has a gap. ``lost`` are the steps
    that were handed over and are not in it.
    """

    def __init__(self, journal: Journal, failed: Callable[[OSError], None]) -> None:
        self.path = journal.path
        self.dead = False
        self.lost = 0
        self._journal = journal
        self._failed = failed
        self._entries: queue.SimpleQueue[Entry | threading.Event | None] = queue.SimpleQueue()
        self._room = threading.Condition()
        self._waiting = 0
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def write(self, entries: Iterable[Entry]) -> None:
        """Hands the entries of one step over; waits only where many are on the way already."""
        for entry in entries:
            weight = len(entry.text)
            with self._room:
                while self._waiting and self._waiting + weight > _WAITING:
                    self._room.wait()
                self._waiting += weight
            self._entries.put(entry)
            with self._room:
                while self._waiting > _WAITING:
                    self._room.wait()
            del entry

    def wait(self) -> bool:
        """Waits until all that was handed over is on the disk; whether it is."""
        done = threading.Event()
        self._entries.put(done)
        done.wait()
        return not self.dead

    def close(self) -> None:
        """Writes what was handed over and closes the file."""
        self._entries.put(None)
        self._thread.join()
        self._journal.close()

    def _run(self) -> None:
        # Taken out of the list by whoever writes it: nothing is kept in memory that is written.
        begun: list[Entry] = []
        while (found := self._entries.get()) is not None:
            if isinstance(found, threading.Event):
                found.set()
            else:
                begun.append(found)
                del found
                self._append(begun)

    def _append(self, begun: list[Entry]) -> None:
        step = self._step(begun)
        if self.dead:
            self.lost += 1
        else:
            try:
                self._journal.append(step)
            except OSError as error:
                self.dead, self.lost = True, self.lost + 1
                self._failed(error)
        for _ in step:
            # The rest of a step that could not be written.
            pass

    def _step(self, begun: list[Entry]) -> Iterator[Entry]:
        kind = Kind.ROWS
        while kind is Kind.ROWS:
            # Only whole steps are handed over, so nothing else comes between the entries of one.
            found = begun.pop() if begun else self._entries.get()
            if isinstance(found, Entry):
                yield found
                kind = found.kind
                with self._room:
                    self._waiting -= len(found.text)
                    self._room.notify()
            del found


@dataclass(frozen=True)
class Reading:
    """A journal that is read: its mark, if it is bound to a backup, and whether it is whole."""

    mark: bytes | None
    torn: bool
    steps: int


def look(path: Path, key: bytes) -> Reading:
    """Reads all of a journal without keeping any of it."""
    mark: bytes | None = None
    steps = 0
    for entry in entries(path, key):
        if entry is None:
            return Reading(mark, True, steps)
        if entry.kind is Kind.BOUND:
            mark = entry.text
        steps += entry.kind is Kind.STEP
    return Reading(mark, False, steps)


def entries(path: Path, key: bytes) -> Generator[Entry | None]:
    """The entries in their order; ``None`` at the end when what follows is cut, torn or changed."""
    with open(path, "rb") as file:
        place, before = 0, bytes(_TAG)
        try:
            box = _Box(key, file.read(_HEAD.size))
            while file.peek(1):
                place, entry, before = box.read(file, place + 1, before)
                yield entry
        except _Torn:
            yield None


def steps(path: Path, key: bytes, count: int) -> Iterator[Iterator[bytes]]:
    """The texts of the first steps, as many as :func:`look` has found whole: each is read before the next is begun.

    A step may be a merge of many bundles, so none is in memory as a whole. A step whose last entry is missing did not
    take place, and was not counted. Raises :class:`LedgerDamaged` for one that is missing by now.
    """
    with contextlib.closing(entries(path, key)) as found:
        for _ in range(count):
            yield _texts_of_step(found)


def _texts_of_step(found: Iterator[Entry | None]) -> Iterator[bytes]:
    for entry in found:
        if entry is None:
            break
        if entry.kind in (Kind.ROWS, Kind.STEP):
            yield entry.text
        if entry.kind is Kind.STEP:
            return
    raise LedgerDamaged("流水在恢复的时候变了，没有恢复，原来的文件没有动。", "请再恢复一次。")


def number_of(path: Path) -> int:
    """The number of a journal among those of its workspace; 0 for a file that is none."""
    with contextlib.suppress(OSError, struct.error), open(path, "rb") as file:
        magic, number, _ = _HEAD.unpack(file.read(_HEAD.size))
        return int(number) if magic == MAGIC else 0
    return 0


class _Torn(Exception):
    """From here on the file is not what was written."""


class _Box:
    """Seals and opens the entries of one file."""

    def __init__(self, key: bytes, head: bytes) -> None:
        if len(head) != _HEAD.size or not head.startswith(MAGIC):
            raise _Torn
        own = HKDF(SHA256(), 32, salt=None, info=b"xiaosanji journal" + head).derive(key)
        self._cipher = ChaCha20Poly1305(own)
        self._shrink = zstandard.ZstdCompressor(level=1, write_content_size=True)
        self._grow = zstandard.ZstdDecompressor()

    def seal(self, entry: Entry, place: int, before: bytes, nonce: bytes) -> tuple[bytes, bytes]:
        """The bytes of an entry: what stands in clear, and the rest, which ends with the tag."""
        kind, text = int(entry.kind), entry.text
        if _SMALL <= len(text) <= _LARGE:
            kind, text = kind | _COMPRESSED, self._shrink.compress(text)
        head = _ENTRY.pack(len(text) + _TAG, place, kind, before, nonce)
        sealed = self._cipher.encrypt(nonce, text, head)
        return head, sealed

    def read(self, file: BinaryIO, place: int | None, before: bytes | None) -> tuple[int, Entry, bytes]:
        """The next entry with its place and tag; where a place is given it must be the one that follows."""
        head = file.read(_ENTRY.size)
        if len(head) != _ENTRY.size:
            raise _Torn
        length, found, kind, named, nonce = _ENTRY.unpack(head)
        if length > MAX_ENTRY or (place is not None and (found, named) != (place, before)):
            raise _Torn
        sealed = file.read(length)
        if len(sealed) != length or length < _TAG:
            raise _Torn
        try:
            text = self._cipher.decrypt(nonce, sealed, head)
        except InvalidTag as error:
            raise _Torn from error
        if kind & _COMPRESSED:
            text = self._grow.decompress(text)
        return found, Entry(Kind(kind & ~_COMPRESSED), text), sealed[-_TAG:]
