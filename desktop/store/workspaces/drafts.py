"""Drafts: what is being typed and not yet saved, kept word by word in an encrypted file with its own connection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Draft:
    """One form that was left open: the texts of its fields as typed; ``record`` is empty for a new one."""

    key: str
    type: str
    record: str
    at: int
    texts: Mapping[str, str]


class Drafts:
    """The drafts of one workspace. Every call commits, so a killed program loses at most the last key."""

    def __init__(self, database: Database) -> None:
        self._db = database
        database.execute(
            "CREATE TABLE IF NOT EXISTS draft (key TEXT PRIMARY KEY, type TEXT NOT NULL, record TEXT NOT NULL,"
            " at INTEGER NOT NULL, texts TEXT NOT NULL)"
        )

    def keep(self, draft: Draft) -> None:
        """Writes a draft over its older self."""
        self._db.execute(
            "INSERT INTO draft (key, type, record, at, texts) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " at = excluded.at, texts = excluded.texts, type = excluded.type, record = excluded.record",
            (
                draft.key,
                draft.type,
                draft.record,
                draft.at,
                json.dumps(dict(draft.texts), ensure_ascii=False),
            ),
        )

    def drop(self, key: str) -> None:
        """Forgets a draft: it was saved, or its writer gave it up."""
        self._db.execute("DELETE FROM draft WHERE key = ?", (key,))

    def drop_of(self, records: Iterable[str]) -> None:
        """Forgets every draft of these records."""
        self._db.connection.executemany("DELETE FROM draft WHERE record = ?", [(r,) for r in records])

    def all(self) -> list[Draft]:
        """Every draft, newest first."""
        return [
            Draft(key, type_name, record, at, json.loads(texts))
            for key, type_name, record, at, texts in self._db.rows(
                "SELECT key, type, record, at, texts FROM draft ORDER BY at DESC"
            )
        ]

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
