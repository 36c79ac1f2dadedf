"""Seconds of the processor or steps of the engine that some work takes, for tests of how its costs grow."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable

from desktop.store.tables.database import Database

_STEP = 0.016 if sys.platform == "win32" else 0.0005
"""How finely the clock of a process is told; what takes less is as long as one step."""
_EVERY = 20


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
