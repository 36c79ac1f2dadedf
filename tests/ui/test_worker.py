"""Threads that own a connection: order, results, errors, cancelling, owners that are gone, closing."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from desktop.errors import UsageProblem
from desktop.ui.worker import LATER, NORMAL, SOON, Ticket, Worker


class Box:
    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.closed_in = 0


@pytest.fixture
def faults() -> list[Exception]:
    return []


@pytest.fixture
def worker(qapp: object, faults: list[Exception]) -> Iterator[Worker[Box]]:
    boxes: list[Box] = []

    def close(box: Box) -> None:
        box.closed_in = threading.get_ident()
        boxes.append(box)

    made: Worker[Box] = Worker("test", Box, close, faults.append)
    yield made
    made.close()
    assert boxes[0].closed_in == boxes[0].thread != threading.get_ident()


def finish(qtbot: QtBot, worker: Worker[Any]) -> None:
    qtbot.waitUntil(lambda: worker.idle, timeout=5_000)


def gate(worker: Worker[Box]) -> threading.Event:
    """Holds the thread until the event is set, so that what follows piles up."""
    event = threading.Event()
    worker.submit(lambda _box, _ticket: event.wait(120))
    return event


def test_work_runs_in_the_worker_and_answers_in_the_window(qtbot: QtBot, worker: Worker[Box]) -> None:
    answers: list[tuple[int, int]] = []
    worker.submit(lambda box, _t: box.thread, lambda there: answers.append((there, threading.get_ident())))
    finish(qtbot, worker)
    (there, here) = answers[0]
    assert there != here == threading.get_ident()


def test_what_is_wanted_soon_comes_first(qtbot: QtBot, worker: Worker[Box]) -> None:
    order: list[str] = []

    def note(name: str, _box: Box, _ticket: Ticket) -> None:
        order.append(name)

    event = gate(worker)
    for name, priority in (("later", LATER), ("first", NORMAL), ("second", NORMAL), ("soon", SOON)):
        worker.submit(partial(note, name), priority=priority)
    event.set()
    finish(qtbot, worker)
    assert order == ["soon", "first", "second", "later"]


def test_only_the_newest_of_a_key_is_answered(qtbot: QtBot, worker: Worker[Box]) -> None:
    answers: list[int] = []

    def same(n: int, _box: Box, _ticket: Ticket) -> int:
        return n

    event = gate(worker)
    for n in range(5):
        worker.submit(partial(same, n), answers.append, key="search")
    event.set()
    finish(qtbot, worker)
    assert answers == [4]


def test_what_has_ended_holds_nothing_of_whoever_asked(
    young_objects: None, qtbot: QtBot, worker: Worker[Box]
) -> None:
    class Page:
        def take(self, answer: int) -> None:
            self.answer = answer

    page = Page()
    gone = weakref.ref(page)
    task = worker.submit(lambda _box, _t: 1, page.take, key="page")
    task.ended.connect(lambda task=task: task.running)
    finish(qtbot, worker)
    assert page.answer == 1
    del page, task
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert gone() is None


class Thing:
    """Says in which thread it ended."""

    def __init__(self, ended_in: list[int]) -> None:
        self._ended_in = ended_in

    def __del__(self) -> None:
        self._ended_in.append(threading.get_ident())

    def answer(self, _box: Box, _ticket: Ticket) -> Thing:
        return self

    def fail(self, _box: Box, _ticket: Ticket) -> None:
        raise UsageProblem("没有这个文件")


@pytest.mark.parametrize("kind", ["answer", "fail"])
def test_what_work_names_ends_in_the_window_s_thread(
    young_objects: None, qtbot: QtBot, worker: Worker[Box], kind: str
) -> None:
    ended_in: list[int] = []
    worker.submit(getattr(Thing(ended_in), kind), fail=lambda _error: True)
    finish(qtbot, worker)
    worker.submit(lambda _box, _t: None)
    finish(qtbot, worker)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert ended_in == [threading.get_ident()]


def test_cycles_are_found_in_the_window_s_thread(qtbot: QtBot, worker: Worker[Box]) -> None:
    ended_in: list[int] = []
    thing = Thing(ended_in)
    thing.me = thing  # type: ignore[attr-defined]
    del thing
    many: list[list[list[int]]] = []
    worker.submit(lambda _box, _t: [[number] for number in range(20_000)], many.append)
    qtbot.waitUntil(lambda: bool(ended_in), timeout=5_000)
    assert ended_in == [threading.get_ident()]


def test_nobody_who_is_gone_is_answered(qtbot: QtBot, worker: Worker[Box]) -> None:
    answers: list[int] = []
    owner = QObject()
    event = gate(worker)
    worker.submit(lambda _box, _t: 1, answers.append, owner=owner)
    shiboken6.delete(owner)
    event.set()
    finish(qtbot, worker)
    assert answers == []


def test_an_error_goes_to_its_taker_or_to_the_place_for_all(
    qtbot: QtBot, worker: Worker[Box], faults: list[Exception]
) -> None:
    taken: list[Exception] = []

    def fail(_box: Box, _ticket: Ticket) -> None:
        raise UsageProblem("不行。")

    worker.submit(fail, fail=lambda error: taken.append(error) is None)
    worker.submit(fail)
    finish(qtbot, worker)
    assert len(taken) == len(faults) == 1


def test_a_bug_is_told_even_when_nobody_waits_any_more(
    qtbot: QtBot, worker: Worker[Box], faults: list[Exception]
) -> None:
    started, go = threading.Event(), threading.Event()

    def fail(_box: Box, _ticket: Ticket) -> None:
        started.set()
        go.wait(120)
        raise KeyError("bug")

    task = worker.submit(fail)
    started.wait(120)
    task.cancel()
    go.set()
    finish(qtbot, worker)
    assert [type(f) for f in faults] == [KeyError]


def test_long_work_says_how_far_it_is_and_stops_when_asked(qtbot: QtBot, worker: Worker[Box]) -> None:
    said: list[tuple[int, int, str]] = []
    answers: list[int] = []

    def count(_box: Box, ticket: Ticket) -> int:
        for n in range(10_000):
            ticket.progress(n, 10_000, "正在数")
            ticket.check()
            threading.Event().wait(0.001)
        return 1

    task = worker.submit(count, answers.append)
    task.progressed.connect(lambda *words: said.append(words))
    qtbot.waitUntil(lambda: len(said) > 3)
    task.cancel()
    finish(qtbot, worker)
    assert answers == []
    assert said[0] == (0, 10_000, "正在数")


def test_what_was_written_is_told_even_if_it_was_stopped_too_late(qtbot: QtBot, worker: Worker[Box]) -> None:
    answers: list[str] = []
    started, go = threading.Event(), threading.Event()

    def write(_box: Box, _ticket: Ticket) -> str:
        started.set()
        go.wait(120)
        return "written"

    task = worker.submit(write, answers.append, certain=True)
    started.wait(120)
    task.cancel()
    go.set()
    finish(qtbot, worker)
    assert answers == ["written"]


def test_a_worker_that_cannot_open_says_so(qtbot: QtBot, qapp: object) -> None:
    faults: list[Exception] = []

    def fail() -> Box:
        raise UsageProblem("打不开。")

    made = Worker("broken", fail, lambda _box: None, faults.append)
    qtbot.waitUntil(lambda: bool(faults))
    made.close()


def test_what_cannot_be_closed_holds_up_nobody_and_is_told_afterwards(
    qtbot: QtBot, faults: list[Exception]
) -> None:
    """The thread told it itself, to a window that was waiting for that thread."""

    def close(_box: Box) -> None:
        raise OSError("damaged")

    made: Worker[Box] = Worker("test", Box, close, faults.append)
    made.close()
    qtbot.waitUntil(lambda: len(faults) == 1, timeout=5_000)
    assert str(faults[0]) == "damaged"
