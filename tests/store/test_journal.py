"""The journal's file: what was appended is read again, and whatever happens to its end, what stands before is used."""

from __future__ import annotations

import errno
import io
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.store.tables.database import LedgerDamaged
from desktop.store.workspaces import journal
from desktop.store.workspaces.journal import Entry, Journal, Kind, NotContinued
from tests.measuring import memory

KEY = bytes(range(32))
PRINT = b"p" * 32


def step(*texts: bytes) -> list[Entry]:
    return [Entry(Kind.ROWS, t) for t in texts[:-1]] + [Entry(Kind.STEP, texts[-1])]


def begun(path: Path) -> Journal:
    return Journal.begin(path, KEY, 3, secrets.token_bytes)


def read_again(path: Path) -> list[list[bytes]]:
    """The steps that are whole."""
    return [list(texts) for texts in journal.steps(path, KEY, journal.look(path, KEY).steps)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[int], list[list[bytes]]]:
    """A journal's bytes, where each of its steps ends, and the steps."""
    path = tmp_path_factory.mktemp("journal") / "day.journal"
    steps = [[b"one"], [b"two", b"and two" * 900], [b"three"], [b""]]
    made = begun(path)
    ends = []
    for texts in steps:
        made.append(step(*texts))
        ends.append(path.stat().st_size)
    made.close()
    return path.read_bytes(), ends, steps


def test_what_was_appended_is_read_again_and_only_with_the_key(tmp_path: Path) -> None:
    path = tmp_path / "day.journal"
    made = begun(path)
    made.append(step(b"first"))
    made.append([Entry(Kind.BOUND, b"mark")])
    made.append(step(b"a", "汉字".encode() * 5_000))
    made.close()
    assert read_again(path) == [[b"first"], [b"a", "汉字".encode() * 5_000]]
    assert journal.look(path, KEY) == journal.Reading(b"mark", False, 2)
    assert journal.look(path, bytes(32)) == journal.Reading(None, True, 0)
    assert journal.number_of(path) == 3
    assert "汉字".encode() not in path.read_bytes()


@given(data=st.data())
def test_a_cut_at_any_byte_leaves_every_step_before_it(
    written: tuple[bytes, list[int], list[list[bytes]]],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    whole, ends, steps = written
    cut = data.draw(st.integers(0, len(whole)))
    path = tmp_path_factory.mktemp("cut") / "day.journal"
    path.write_bytes(whole[:cut])
    assert read_again(path) == [s for s, end in zip(steps, ends, strict=True) if end <= cut]


@given(data=st.data())
def test_a_changed_byte_ends_the_reading_before_it(
    written: tuple[bytes, list[int], list[list[bytes]]],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    whole, ends, steps = written
    at = data.draw(st.integers(0, len(whole) - 1))
    path = tmp_path_factory.mktemp("flip") / "day.journal"
    changed = bytearray(whole)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(changed)
    assert read_again(path) == [s for s, end in zip(steps, ends, strict=True) if end <= at]
    assert journal.look(path, KEY).torn


def test_a_step_that_was_taken_out_is_noticed(
    written: tuple[bytes, list[int], list[list[bytes]]], tmp_path: Path
) -> None:
    whole, ends, steps = written
    path = tmp_path / "day.journal"
    path.write_bytes(whole[: ends[0]] + whole[ends[1] :])
    assert read_again(path) == steps[:1]
    assert journal.look(path, KEY).torn


def test_only_a_journal_closed_in_order_by_the_same_ledger_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "day.journal"
    made = begun(path)
    made.append(step(b"one"))
    made.close()
    with pytest.raises(NotContinued):
        Journal.go_on(path, KEY, PRINT, secrets.token_bytes)
    made = begun(path)
    made.append(step(b"one"))
    made.append([Entry(Kind.CLOSED, PRINT)])
    made.close()
    with pytest.raises(NotContinued):
        Journal.go_on(path, KEY, b"q" * 32, secrets.token_bytes)
    again = Journal.go_on(path, KEY, PRINT, secrets.token_bytes)
    again.append(step(b"two"))
    again.close()
    assert read_again(path) == [[b"one"], [b"two"]]
    assert not journal.look(path, KEY).torn
    with pytest.raises(NotContinued):
        Journal.go_on(tmp_path / "none.journal", KEY, PRINT, secrets.token_bytes)


class FullDisk(io.FileIO):
    """A file on a disk that takes so many bytes more."""

    room = 0

    def write(self, data: object) -> int:
        piece = bytes(data)[: self.room]  # type: ignore[call-overload]
        if not piece:
            raise OSError(errno.ENOSPC, "no space left")
        self.room -= len(piece)
        return super().write(piece)


def test_a_full_disk_leaves_the_journal_as_it_was_and_it_goes_on_later(tmp_path: Path) -> None:
    path = tmp_path / "day.journal"
    made = begun(path)
    made.append(step(b"one"))
    made.close()
    full = FullDisk(path, "r+b")
    made._file = full
    before = path.read_bytes()
    full.seek(0, io.SEEK_END)
    full.room = 100
    with pytest.raises(OSError, match="no space"):
        made.append(step(b"x" * 40, b"two"))
    assert path.read_bytes() == before
    full.room = 10_000
    made.append(step(b"two"))
    assert read_again(path) == [[b"one"], [b"two"]]


class SlowDisk(Journal):
    """A journal that takes in one entry for each ticket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tickets = threading.Semaphore(0)

    def append(self, entries: Iterable[Entry]) -> None:
        for _ in entries:
            self.tickets.acquire()

    def close(self) -> None:
        pass


def test_only_so_many_bytes_are_on_their_way_to_a_slow_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_WAITING", 10)
    made: list[Entry] = []

    def noted() -> Iterator[Entry]:
        for entry in step(b"123456", b"123456", b"123456", b"longer than all that may wait"):
            made.append(entry)
            yield entry

    disk = SlowDisk(tmp_path / "day.journal")
    scribe = journal.Scribe(disk, lambda _: None)
    writing = threading.Thread(target=scribe.write, args=(noted(),))
    writing.start()
    while len(made) < 2:
        time.sleep(0.001)
    writing.join(0.02)
    # One is being written, and as long as it is in memory the next is not let in.
    assert len(made) == 2
    disk.tickets.release(4)
    writing.join()
    assert scribe.wait()
    scribe.close()


def test_a_large_step_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "day.journal"
    made = begun(path)
    for _ in range(2):
        made.append(step(*(secrets.token_bytes(1 << 20) for _ in range(12))))
    made.close()
    peak, sizes = memory(lambda: [sum(map(len, texts)) for texts in journal.steps(path, KEY, 2)])
    assert sizes == [12 << 20, 12 << 20]
    assert peak < 6 << 20


def test_a_journal_that_is_cut_while_it_is_read_is_no_shorter_one(
    tmp_path: Path, written: tuple[bytes, list[int], list[list[bytes]]]
) -> None:
    whole, ends, steps = written
    path = tmp_path / "day.journal"
    path.write_bytes(whole[: ends[2]])
    with pytest.raises(LedgerDamaged):
        [list(texts) for texts in journal.steps(path, KEY, len(steps))]
    path.write_bytes(whole[: ends[2] - 1])
    with pytest.raises(LedgerDamaged):
        [list(texts) for texts in journal.steps(path, KEY, 3)]
