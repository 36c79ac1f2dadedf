"""One moment of a ledger: reading several statements as of it, and telling whether it has passed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from desktop.store.tables.database import Database


@contextlib.contextmanager
def snapshot(database: Database) -> Iterator[None]:
    """All statements inside see the ledger as it was at the first one."""
    if database.connection.in_transaction:
        yield
        return
    database.execute("BEGIN")
    try:
        yield
    finally:
        database.execute("COMMIT")


def version(database: Database) -> tuple[int, int] | None:
    """A value that stays as long as nobody has written, comparable on one connection only.

    Nothing inside a transaction, whose writes may still be taken back.
    """
    if database.connection.in_transaction:
        return None
    return int(database.value("PRAGMA data_version")), int(database.connection.total_changes)
