"""A file takes another's place or goes, on Windows as soon as whoever has just looked at it lets go of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final

_HELD: Final = frozenset({5, 32, 33})
"""Denied, sharing violation, lock violation ("System Error Codes"): what a scanner of new files causes for a moment."""
_WAITS: Final = (0.01, 0.05, 0.1, 0.2, 0.4)
"""Seconds before each further try; a program that works on a file has it for longer."""


def replace(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """As ``os.replace``; raises ``OSError``."""
    _patiently(lambda: os.replace(source, target))


def remove(path: str | os.PathLike[str]) -> None:
    """As ``os.remove``; raises ``OSError``."""
    _patiently(lambda: os.remove(path))


def is_held(error: OSError) -> bool:
    """Whether Windows says that another program has the file open, or may mean that."""
    return getattr(error, "winerror", None) in _HELD


def _patiently(step: Callable[[], None]) -> None:
    for wait in _WAITS:
        try:
            step()
        except PermissionError as error:
            if not is_held(error):
                raise
            time.sleep(wait)
        else:
            return
    step()
