"""Read by the interpreter under Wine when it begins: what Windows does and Wine 8 does not."""

import errno
import msvcrt

_locking = msvcrt.locking


def locking(descriptor: int, mode: int, count: int) -> None:
    """Says of a lock that somebody else holds what Windows says; Wine leaves the number of the error at 0."""
    try:
        _locking(descriptor, mode, count)
    except OSError as error:
        if error.errno:
            raise
        raise PermissionError(errno.EACCES, "Permission denied") from None


msvcrt.locking = locking
