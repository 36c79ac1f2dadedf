"""Whose the computers are, as the ledger was judged last: kept for queries, which cannot ask what a certificate proves.

A grant that is held is anybody's word: it may name any computer and any unit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from desktop.store.tables.database import Database

_KEY = "enrolled_computers"
ENROLLED = (
    "SELECT value ->> 0 AS station, value ->> 1 AS unit FROM json_each(coalesce("
    f"(SELECT value FROM meta WHERE key = '{_KEY}'), '[]'))"
)
"""Station and unit of each, the newest last."""


def stations(database: Database) -> list[tuple[str, str]]:
    """Station and unit of each, the newest last."""
    return database.rows(ENROLLED)


def keep(database: Database, found: Sequence[tuple[str, str]]) -> None:
    """Keeps what whoever judges has found."""
    database.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_KEY, json.dumps(found)),
    )
