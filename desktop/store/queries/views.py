"""Views of lists that were given a name: kept in the encrypted file, because words that are searched for are personal.

They are this workspace's alone and no items.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from desktop.store.tables.database import Database

_PREFIX = "views_"


def kept(database: Database, type_name: str) -> list[dict[str, Any]]:
    """The views of a type's list in the order in which they were kept."""
    text = database.value("SELECT value FROM meta WHERE key = ?", (_PREFIX + type_name,))
    return [] if text is None else list(json.loads(text))


def keep(database: Database, type_name: str, views: Sequence[dict[str, Any]]) -> None:
    """Keeps these views instead of those that were kept."""
    database.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_PREFIX + type_name, json.dumps(list(views), ensure_ascii=False)),
    )


def forget_searches(database: Database) -> None:
    """Forgets every view that searches for words: what was erased for good may stand in them, and in their names."""
    for key, text in database.rows(
        "SELECT key, value FROM meta WHERE key GLOB :views", {"views": f"{_PREFIX}*"}
    ):
        found = json.loads(text)
        left = [view for view in found if not view.get("text")]
        if len(left) < len(found):
            keep(database, key.removeprefix(_PREFIX), left)
