"""What is on its way to other stations, and what is in conflict: counts for the list of what is to be done."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from desktop.records.declaration import DELETED_SLOT
from desktop.store.log.versions import HEAD_OF_CONFLICT, OF_CONFLICT
from desktop.store.peers import enrolled, links, segment_log
from desktop.store.queries.units import subtree
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Unsent:
    """Items that the level above has not got: in no bundle yet, and in bundles that no receipt has answered.

    ``linked`` says whether there is a level above to send to. What it has confirmed before this station began a new
    incarnation goes to it once more, and is neither.
    """

    linked: bool
    waiting: int
    unanswered: int


def unsent(database: Database) -> Unsent:
    """What the level above has not got, by the journal of segments (rules 20 and 21)."""
    pending = int(database.value("SELECT coalesce(sum(last - first + 1), 0) FROM pending"))
    link = database.row(
        "SELECT l.peer, l.acknowledged, (SELECT max(e.position) FROM exported e WHERE e.peer = l.peer)"
        " FROM link l WHERE l.upward = 1 ORDER BY l.rowid DESC LIMIT 1"
    )
    if link is None:
        return Unsent(False, pending, 0)
    confirmed, exported = links.confirmed(database, str(link[0]), int(link[1])), int(link[2] or 0)
    cut = database.row(
        "SELECT total(CASE WHEN position > :exported THEN total END),"
        " total(CASE WHEN position <= :exported THEN total END)"
        f" FROM segment WHERE vouched IS NULL AND position > :confirmed AND {segment_log.IS_DUE}",
        {"confirmed": confirmed, "exported": max(confirmed, exported)},
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


def stations_covered(database: Database, unit: str, own: str) -> frozenset[str]:
    """Rule 8: this station and those of its unit and below; what they alone disagree about is asked here first.

    Who was enrolled for another unit than it had asked for has both in its certificate, and one may be deleted.
    """
    scope = {unit, *subtree(database, unit)}
    linked = {link.peer: link.unit for link in links.all_links(database) if not link.upward}
    held = [(station, of) for station, of in enrolled.stations(database) if station not in linked]
    return frozenset({own, *(station for station, of in (*held, *linked.items()) if of in scope)})


def open_conflicts(
    database: Database, covered: Collection[str], gone: Collection[str]
) -> Mapping[str, tuple[int, int]]:
    """How many slots of each record type are in conflict: between these stations alone, and with others too.

    Not fields of a record that is ``gone``, nor of one whose deletion is itself in question: nobody is asked of those.
    """
    found = database.rows(
        "SELECT c.type, sum(NOT coalesce(b.beyond, 0)), sum(coalesce(b.beyond, 0)) FROM conflict c LEFT JOIN"
        " (SELECT c.type, c.record, c.slot, max(o.station NOT IN (SELECT value FROM json_each(:covered))) AS beyond"
        f" FROM {OF_CONFLICT} AND v.slot = c.slot JOIN origin o ON o.ref = v.origin WHERE {HEAD_OF_CONFLICT}"
        "  GROUP BY c.type, c.record, c.slot) b ON b.type = c.type AND b.record = c.record AND b.slot = c.slot"
        " WHERE c.slot = :deleted OR (lower(hex(c.record)) NOT IN (SELECT value FROM json_each(:gone)) AND NOT EXISTS"
        "  (SELECT 1 FROM conflict d WHERE d.type = c.type AND d.record = c.record AND d.slot = :deleted))"
        " GROUP BY c.type ORDER BY c.type",
        {
            "covered": json.dumps(sorted(covered)),
            "gone": json.dumps(sorted(gone)),
            "deleted": DELETED_SLOT,
        },
    )
    return {name: (due, beyond) for name, due, beyond in found}
