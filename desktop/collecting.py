"""Long runs that make millions of objects and no cycles, during which nobody looks for cycles."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Python's look for cycles is off inside: among the rows of a table it would take up to a third of the time.

    What has no cycle goes at once all the same, so memory is held no longer.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            # What was made counts as old from now on, or the next look at the newest objects would go through it.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
