"""What has to be put right in the Qt binding before any of it is used; imported by the package itself.

The wheels of PySide 6.12 are compiled as if ``None``, ``True`` and ``False`` were immortal, which they are from
Python 3.12 on. Under 3.11 each signal, each empty answer of a model and each ``property()`` gives away a reference
that nobody took, and after some hundred of them the interpreter aborts with "deallocating None". Tried with 6.11.3,
where it does not happen, and 6.12.0, where a thousand calls suffice.
"""

from __future__ import annotations

import ctypes
import sys

_ENOUGH = sys.maxsize // 4
"""References that are never used up, and that cannot overflow when the binding takes some properly."""


def keep_singletons_alive() -> None:
    """Gives the singletons as many references as later versions of Python pretend that they have."""
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return
    for singleton in (None, True, False, NotImplemented):
        count = ctypes.c_ssize_t.from_address(id(singleton))
        if count.value < _ENOUGH:
            count.value += _ENOUGH


keep_singletons_alive()
