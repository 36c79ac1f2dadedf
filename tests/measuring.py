"""Seconds of the processor, steps of the engine or memory that some work takes, for tests of how its costs grow."""

from __future__ import annotations

import gc
import itertools
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import TypeVar

from desktop.store.tables.database import Database

_STEP = 0.016 if sys.platform == "win32" else 0.0005
"""How finely the clock of a process is told; what takes less is as long as one step."""
_EVERY = 20
Given = TypeVar("Given")


def seconds(work: Callable[[], object]) -> float:
    """How long the processor works, at least one step: on the clock of the wall stands what else the machine does."""
    begun = time.process_time()
    work()
    return max(time.process_time() - begun, _STEP)


def steps_of(database: Database, work: Callable[[], object]) -> int:
    """So many steps the engine of the database makes, give or take :data:`_EVERY`."""
    steps = itertools.count()
    database.on_progress(lambda: next(steps) < 0, _EVERY)
    work()
    database.on_progress(None)
    return next(steps) * _EVERY


def memory(work: Callable[[], Given]) -> tuple[int, Given]:
    """The most bytes that objects of Python took while something was done, and what it gave.

    What other threads take meanwhile is counted too, and tests that ran before may have left one: some 100 KB more
    were seen once. What is compared with a measured number leaves room for that.
    """
    gc.collect()
    tracemalloc.start()
    try:
        given = work()
        return tracemalloc.get_traced_memory()[1], given
    finally:
        tracemalloc.stop()


def least_memory(work: Callable[[], Given]) -> tuple[int, Given]:
    """As :func:`memory`, of work that may be done again: what came on top by accident does not come three times."""
    return min((memory(work) for _ in range(3)), key=lambda measured: measured[0])
