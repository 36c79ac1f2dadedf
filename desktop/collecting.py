"""When Python looks for cycles: not during long runs that make none, and in the thread that may end what it finds."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_long_runs = 0
_by_itself = True


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Python's look for cycles is off inside: among the rows of a table it would take up to a third of the time.

    What has no cycle goes at once all the same, so memory is held no longer. Several threads may be inside at once.
    """
    global _long_runs, _by_itself
    with _lock:
        if not _long_runs:
            _by_itself = gc.isenabled()
            gc.disable()
        _long_runs += 1
    try:
        yield
    finally:
        with _lock:
            _long_runs -= 1
            if not _long_runs:
                # What was made counts as old from now on, or the next look at the newest would go through it.
                gc.freeze()
                gc.unfreeze()
                if _by_itself:
                    gc.enable()


def collect_what_is_due() -> None:
    """Looks for cycles as far as Python itself would have by now; for programs in which it does not do so by itself.

    Of three generations the older is looked at after ten looks at the younger, as in Python. Does nothing during a
    long run that holds it off.
    """
    if _long_runs:
        return
    due = -1
    for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
        if count <= threshold:
            break
        due = generation
    if due >= 0:
        gc.collect(due)
