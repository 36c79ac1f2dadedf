"""Segments that helpers read beside the merge: what is merged is the same, whatever the helpers do or fail to do."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.types import Catalogue
from desktop.store.tables.pinyin import sort_key
from desktop.sync.bundles import kept
from desktop.sync.errors import BadFrame, BadSegment
from desktop.sync.formats.arriving import Arrived
from desktop.sync.formats.frames import Frame, compress
from desktop.sync.merging import beside, receiving
from desktop.sync.merging.beside import NOTHING, Beside, Helper, Here
from tests.sync.desks import TYPES, Desk, enrol, new_desk, new_root

SHARED = "ab" * 16
Work = Callable[[Connection], None]


class Crew:
    """Helpers in threads of this process."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.threads: list[threading.Thread] = []

    def start(self) -> Helper:
        ours, theirs = multiprocessing.Pipe()
        thread = threading.Thread(target=self._run, args=(theirs,), daemon=True)
        thread.start()
        self.threads.append(thread)
        return Helper(ours)

    def _run(self, connection: Connection) -> None:
        with connection:
            self._work(connection)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The types of these tests, and helpers for any merge."""
    monkeypatch.setattr(beside, "catalogue", lambda: TYPES)
    monkeypatch.setattr(beside, "WORTH_IT", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def dies_at_once(_: Connection) -> None:
    """A helper that an antivirus program ends."""


def dies_reading(connection: Connection) -> None:
    """A helper that is killed with the first frame in its hands."""
    connection.send_bytes(NOTHING)
    connection.recv_bytes()


def reads_nothing(connection: Connection) -> None:
    """A helper that can make nothing of what it gets."""
    connection.send_bytes(NOTHING)
    while True:
        try:
            connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(NOTHING)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], Crew]:
    """Has helpers called that work so."""

    def begin(work: Work) -> Crew:
        crew = Crew(work)
        monkeypatch.setattr(Helper, "start", crew.start)
        return crew

    return begin


@dataclass
class Told:
    """What became of a merge: the digest, the counts of each bundle, and what is disputed."""

    digest: object
    counts: list[tuple[object, ...]]
    conflicts: set[tuple[str, str]]


def merged(folder: Path, *, preview: bool = False) -> Told:
    """A district merges six bundles of three villages: births, changes, a conflict, deletions, personal values."""
    folder.mkdir()
    district = new_root(folder, "区")
    below = [new_desk(folder, name, Level.VILLAGE) for name in "甲乙丙"]
    for desk in below:
        enrol(desk, district)
    sent = []
    for n, desk in enumerate(below):
        firm = f"{n}f" * 16
        desk.birth("firm", {"name": f"第{n}厂", "contact.phone": "138"}, record=firm)
        desk.birth("firm", {"name": "同一家", "count.staff": n}, record=SHARED)
        sent.append(desk.send())
        desk.edit(firm, "name", f"{n}号厂")
        desk.edit(firm, "contact", {"person": "王芳", "phone": "139"})
        desk.delete(desk.birth("visit", {"topic": "走访", "firm": firm}), "visit")
        sent.append(desk.send())
    report = district.merge(*sent, preview=preview)
    assert [b.problem for b in report.bundles] == [None] * len(sent)
    return Told(
        district.digest(),
        [(b.applied, b.known, b.conflict, b.held, b.refused, b.births, b.changes) for b in report.bundles],
        district.conflicts(),
    )


@pytest.mark.no_cover
@pytest.mark.parametrize("preview", [False, True])
def test_what_helpers_read_is_what_is_read_here(
    tmp_path: Path, call: Callable[[Work], Crew], preview: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(beside, "WORTH_IT", 1 << 40)
        here = merged(tmp_path / "here", preview=preview)
    crew = call(beside.answer_all)
    assert merged(tmp_path / "beside", preview=preview) == here
    assert len(crew.threads) == 1
    crew.threads[0].join(5)
    assert not crew.threads[0].is_alive(), "helpers end with the merge"
    assert (not here.conflicts) == preview


@pytest.mark.parametrize("listed", [False, True])
def test_the_answer_of_a_helper_says_what_the_segment_says(pair: tuple[Desk, Desk], listed: bool) -> None:
    _, desk = pair
    firm = desk.birth("firm", {"name": "第2厂", "contact.phone": "138", "count.staff": 3}, record=SHARED)
    desk.birth("notice", {"title": "无权发的"})
    desk.edit(firm, "name", "第10厂")
    desk.delete(firm)
    desk.cut()
    desk.forge_birth("cd" * 16, {"name": "错", "count.staff": "三"})
    found = desk.database.rows("SELECT frame FROM segment ORDER BY position DESC LIMIT 2")
    frames = [kept.frame_of(compressed) for (compressed,) in reversed(found)]
    begun = threading.Semaphore(0)

    def work(connection: Connection) -> None:
        connection.send_bytes(NOTHING)
        with contextlib.suppress(EOFError):
            while True:
                question = connection.recv_bytes()
                begun.release()
                connection.send_bytes(beside.answer(question))

    reader = Beside(Crew(work).start, listed=listed)
    reader.expect(frames)
    for _ in frames:
        assert begun.acquire(timeout=5)
    read = list(map(reader.read, frames))
    reader.end()
    keys: dict[str, list[str] | None] = {}
    for one, here in zip(read, map(Arrived.read, frames), strict=True):
        assert one.header == here.header
        assert one.count == here.count == len(one.lines)
        said = one.decoded(TYPES)
        for block in said.births.values():
            keys[block.type] = (
                [*(keys.get(block.type) or []), *block.keys] if block.keys is not None else None
            )
            block.keys = None
        assert said == here.decoded(TYPES)
    assert said.misfits
    expected = {"firm": ["第2厂", "错"], "notice": ["无权发的"]}
    assert keys == {
        name: list(map(sort_key, titles)) if listed else None for name, titles in expected.items()
    }


def test_a_helper_is_a_process_that_answers_and_ends(pair: tuple[Desk, Desk]) -> None:
    _, desk = pair
    desk.birth("firm", {"name": "一家"})
    desk.cut()
    frame = kept.frame_of(desk.database.value("SELECT frame FROM segment ORDER BY position DESC LIMIT 1"))
    helper = Helper.start()
    assert helper.hear() == b""
    said = helper.ask(frame, listed=False)
    # It knows the types that come with the program; of this one it knows what the segment says.
    assert said == beside.answer(bytes([False]) + frame.plain_size.to_bytes(8, "big") + frame.compressed)
    (process,) = multiprocessing.active_children()
    helper.close()
    assert not multiprocessing.active_children()
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()


def test_a_helper_ends_when_nobody_is_at_the_other_end() -> None:
    helper = Helper.start()
    assert helper.connection.poll(60)
    helper.connection.close()
    (process,) = multiprocessing.active_children()
    process.join(10)
    assert process.exitcode == 0


@pytest.mark.no_cover
@pytest.mark.parametrize("work", [dies_at_once, dies_reading, reads_nothing])
def test_a_helper_that_fails_changes_nothing(
    tmp_path: Path, call: Callable[[Work], Crew], work: Work
) -> None:
    call(work)
    told = merged(tmp_path / "beside")
    assert told.conflicts
    call(beside.answer_all)
    assert merged(tmp_path / "again") == told


def test_where_no_process_can_be_started_all_is_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden() -> Helper:
        raise PermissionError

    monkeypatch.setattr(Helper, "start", forbidden)
    assert merged(tmp_path / "here").conflicts


def test_what_was_merged_before_or_cannot_be_believed_is_not_read_in_advance(
    pair: tuple[Desk, Desk], call: Callable[[Work], Crew]
) -> None:
    district, village = pair
    crew = call(beside.answer_all)
    village.birth("firm", {"name": "一家"})
    sent = village.send()
    district.take(sent)
    assert len(crew.threads) == 1
    junk = sent.path.with_name("坏的.xsj")
    junk.write_bytes(b"PK not a bundle")
    gone = sent.path.with_name("不在.xsj")
    bundles = receiving.merge_bundles(district.ledger, district.keys, [sent.path, junk, gone], "王芳").bundles
    assert [b.problem is None for b in bundles] == [True, False, False]
    assert bundles[0].known == bundles[0].total
    assert len(crew.threads) == 1, "nobody was called a second time"


def test_an_answer_to_what_is_no_segment_is_empty() -> None:
    question = bytes([True]) + (11).to_bytes(8, "big") + frame(1).compressed
    assert beside.answer(question) == b""


def frame(number: int, width: int = 10) -> Frame:
    """A frame that holds no segment."""
    return compress(f"{number:0{width}}\n".encode())


@pytest.fixture
def one() -> Iterator[tuple[Beside, Connection]]:
    """Beside with one helper that is there, and the helper's end of the pipe."""
    ours, theirs = multiprocessing.Pipe()
    made = Beside(lambda: Helper(ours), listed=False)
    theirs.send_bytes(NOTHING)
    yield made, theirs
    made.end()
    theirs.close()


def asked(connection: Connection) -> bytes:
    assert connection.poll(5)
    return connection.recv_bytes()[9:]


def test_a_helper_has_one_frame_at_a_time_in_the_order_in_which_they_are_wanted(
    one: tuple[Beside, Connection],
) -> None:
    reader, helper = one
    frames = [frame(n) for n in range(9)]
    reader.expect(frames)
    reader.expect(frames)
    for n in range(4):
        assert asked(helper) == frames[n].compressed
        assert not helper.poll(0)
        helper.send_bytes(NOTHING)
    assert not helper.poll(0.05), "no more is read in advance than there is room for"
    reader.forget(frames[:2])
    assert asked(helper) == frames[4].compressed


def test_what_nobody_has_begun_is_read_here_at_once(one: tuple[Beside, Connection]) -> None:
    reader, helper = one
    reader.expect([frame(1), frame(2)])
    assert asked(helper) == frame(1).compressed
    with pytest.raises(BadSegment):
        reader.read(frame(2))
    helper.send_bytes(NOTHING)
    with pytest.raises(BadSegment):
        reader.read(frame(1))
    assert not helper.poll(0.05), "what was read here is wanted no more"


def test_a_large_segment_is_left_to_this_process(one: tuple[Beside, Connection]) -> None:
    reader, helper = one
    reader.expect([frame(1, beside.LARGEST + 1)])
    assert not helper.poll(0.05)


def test_a_helper_that_says_nothing_is_given_up(
    one: tuple[Beside, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_PATIENCE", 0.01)
    reader, helper = one
    reader.expect([frame(1), frame(2)])
    assert asked(helper) == frame(1).compressed
    with pytest.raises(BadSegment):
        reader.read(frame(1))
    with pytest.raises(EOFError):
        helper.recv_bytes()
    with pytest.raises(BadFrame):
        reader.read(Frame(b"", 1))


def test_as_long_as_a_helper_reads_what_is_wanted_what_comes_later_is_read_here(
    one: tuple[Beside, Connection], pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, desk = pair
    frames = []
    for name in "甲乙丙":
        desk.birth("firm", {"name": name})
        desk.cut()
        frames.append(kept.frame_of(desk.database.value("SELECT frame FROM segment ORDER BY position DESC")))
    reader, helper = one
    reader.expect(frames[:2])
    said = beside.answer(helper.recv_bytes())

    def types_that_are_asked_for_here() -> Catalogue:
        helper.send_bytes(said)
        return TYPES

    monkeypatch.setattr(beside, "catalogue", types_that_are_asked_for_here)
    assert reader.read(frames[0]).header == Arrived.read(frames[0]).header
    reader.expect(frames[1:])
    assert asked(helper) == frames[2].compressed, "it is not asked for what was read here meanwhile"
    assert reader.read(frames[1]).decoded(TYPES) == Arrived.read(frames[1]).decoded(TYPES)
    assert not helper.poll(0.05)


def test_what_comes_later_and_is_bad_is_refused_in_its_turn(one: tuple[Beside, Connection]) -> None:
    reader, helper = one
    reader.expect([frame(1), frame(2)])
    assert asked(helper) == frame(1).compressed
    threading.Timer(0.05, lambda: helper.send_bytes(NOTHING)).start()
    for number in (1, 2):
        with pytest.raises(BadSegment):
            reader.read(frame(number))


@pytest.mark.skipif(sys.platform == "win32", reason="no process is halted there")
def test_a_helper_that_is_halted_while_it_is_handed_a_frame_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "_PATIENCE", 0.2)
    asking = threading.Event()

    class Watched(Helper):
        def ask(self, frame: Frame, *, listed: bool) -> bytes:
            asking.set()
            return super().ask(frame, listed=listed)

    helper = Watched.start()
    assert helper.connection.poll(60)
    assert helper.process is not None
    assert helper.process.pid is not None
    os.kill(helper.process.pid, signal.SIGSTOP)
    more_than_a_pipe_holds = compress(random.Random(1).randbytes(3 << 20) + b"\n")
    reader = Beside(lambda: helper, listed=False)
    reader.expect([more_than_a_pipe_holds])
    assert asking.wait(5)
    with pytest.raises(BadSegment):
        reader.read(more_than_a_pipe_holds)
    reader.end()
    assert not multiprocessing.active_children()


def test_helpers_are_called_where_there_is_much_to_read_and_somebody_free_to_do_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with beside.reader(1, TYPES, listed=True) as found:
        assert found.in_advance
    for size, types, processors in ((0, TYPES, 2), (1, dict(TYPES), 2), (1, TYPES, 1), (1, TYPES, None)):
        monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
        with beside.reader(size, types, listed=True) as found:
            assert isinstance(found, Here)
            found.expect([frame(1)])
            found.forget([frame(1)])
            with pytest.raises(BadSegment):
                found.read(frame(1))
