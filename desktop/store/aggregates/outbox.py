"""What is on its way to other stations, and what is in conflict: counts for the list of what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.store.database import Database


@dataclass(frozen=True, slots=True)
class Unsent:
    """Items that the level above has not got: in no bundle yet, and in bundles that no receipt has answered.

    ``linked`` says whether there is a level above to send to.
    """

    linked: bool
    waiting: int
    unanswered: int


def unsent(database: Database) -> Unsent:
    """What the level above has not got, by the journal of segments (``sync-spec`` rules 20 and 21)."""
    pending = int(database.value("SELECT count(*) FROM pending_line"))
    link = database.row(
        "SELECT l.acknowledged, (SELECT max(e.position) FROM exported e WHERE e.peer = l.peer)"
        " FROM link l WHERE l.upward = 1 ORDER BY l.rowid DESC LIMIT 1"
    )
    if link is None:
        return Unsent(False, pending, 0)
    acknowledged, exported = int(link[0]), int(link[1] or 0)
    cut = database.row(
        "SELECT total(CASE WHEN position > :exported THEN total END),"
        " total(CASE WHEN position <= :exported THEN total END)"
        " FROM segment WHERE vouched IS NULL AND position > :acknowledged",
        {"acknowledged": acknowledged, "exported": max(acknowledged, exported)},
    )
    beyond, unanswered = cut or (0, 0)
    return Unsent(True, pending + int(beyond), int(unanswered))


def receipts_due(database: Database) -> list[str]:
    """The names of the stations below from which something was merged after the last bundle went down to them."""
    return [
        str(name)
        for (name,) in database.rows(
            "SELECT l.name FROM link l JOIN (SELECT sender, max(at) AS at FROM merge GROUP BY sender) m"
            " ON m.sender = l.peer WHERE l.upward = 0"
            " AND m.at > coalesce((SELECT max(e.at) FROM exported e WHERE e.peer = l.peer), 0) ORDER BY l.name"
        )
    ]


def open_conflicts(database: Database) -> Mapping[str, int]:
    """How many slots of each record type are in conflict."""
    return dict(database.rows("SELECT type, count(*) FROM conflict GROUP BY type ORDER BY type"))
