"""What a workspace takes from the world: the time and randomness, injected so that tests and the demo repeat."""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from desktop.records.versions.stamps import EPOCH

EPOCH_MS = int(EPOCH.timestamp() * 1000)
_FIRST_DAY = datetime.date(1970, 1, 1)
_DAY_MS = 24 * 60 * 60 * 1000
_AHEAD_MS = 8 * 60 * 60 * 1000


def _system_time() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Environment:
    """``now`` gives milliseconds since 1970 UTC, ``random`` that many unpredictable bytes.

    ``steady`` gives seconds of a clock that nobody can set, ``pause`` waits so many seconds of it.
    """

    now: Callable[[], int] = _system_time
    random: Callable[[int], bytes] = secrets.token_bytes
    steady: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    def since_epoch(self) -> int:
        """Milliseconds since 2020, as stamps count them."""
        return self.now() - EPOCH_MS

    def today(self) -> datetime.date:
        """The day in China, which has one time zone and no summer time."""
        return self.day_of(self.now())

    @staticmethod
    def day_of(milliseconds: int) -> datetime.date:
        """The day in China of a moment since 1970; reckoned, because no system's function knows all years."""
        return _FIRST_DAY + datetime.timedelta(days=(milliseconds + _AHEAD_MS) // _DAY_MS)
