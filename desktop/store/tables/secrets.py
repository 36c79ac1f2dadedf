"""The secrets of a station, inside the encrypted ledger; those of its lines have a module of their own (pending)."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.store.tables.database import Database


def keep(database: Database, values: Mapping[str, bytes]) -> None:
    """Keeps secrets by name, in the place of those that were there."""
    database.connection.executemany(
        "INSERT INTO secret (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        list(values.items()),
    )


def held(database: Database) -> dict[str, bytes]:
    """All secrets by name."""
    return dict(database.rows("SELECT key, value FROM secret"))
