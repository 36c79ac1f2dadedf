"""Seconds of the processor that some work takes, for tests of how its costs grow."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_STEP = 0.016 if sys.platform == "win32" else 0.0005
"""How finely the clock of a process is told; what takes less is as long as one step."""


def seconds(work: Callable[[], object]) -> float:
    """How long the processor works, at least one step: on the clock of the wall stands what else the machine does."""
    begun = time.process_time()
    work()
    return max(time.process_time() - begun, _STEP)
