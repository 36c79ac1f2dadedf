"""Ledgers as earlier programs left them."""

from __future__ import annotations

from desktop.store.log import pending
from desktop.store.tables.database import Database


def as_version(database: Database, version: int) -> None:
    """Takes away what was not there in a ``version`` (4 to 8), and gives own lines a row each, as before 6."""
    database.execute("DROP TABLE segment_came")
    database.execute(f"PRAGMA user_version = {version}")
    if version >= 6:
        return
    database.execute(
        "CREATE TABLE pending_line (number INTEGER PRIMARY KEY, shape INTEGER, line BLOB NOT NULL)"
    )
    refs = {text: ref for ref, text in database.rows("SELECT ref, json FROM shape")}
    database.connection.executemany(
        "INSERT INTO pending_line VALUES (?, ?, ?)",
        [(w.number, refs.get(w.shape), w.line) for w in pending.lines(database, 1, 10**9)],
    )
    database.execute("DROP TABLE pending")
