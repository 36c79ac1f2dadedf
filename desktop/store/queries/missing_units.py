"""The units and grants that items wait for, and why some will not come by themselves (rules 15 and 16)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from desktop.records.versions.deciding import GRANT, SUPERIOR, UNIT
from desktop.records.versions.item_outcomes import HELD_FUTURE, HELD_MOVED, HELD_UNIT, REFUSED_REGISTERED
from desktop.records.versions.items import BIRTH
from desktop.records.versions.resolution import Life
from desktop.store.peers.traffic import Identity
from desktop.store.queries import governing
from desktop.store.tables.database import Database


def waited_for(database: Database, items: Iterable[Identity]) -> dict[Identity, str]:
    """The unit of each of these items that is held for it; a million others may be."""
    return {
        (station, incarnation, number): unit
        for station, incarnation, number, unit in database.rows(
            "SELECT o.station, o.incarnation, h.number, h.unit FROM json_each(?) i"
            " CROSS JOIN origin o ON o.station = i.value ->> 0 AND o.incarnation = i.value ->> 1"
            " CROSS JOIN held h ON h.origin = o.ref AND h.number = i.value ->> 2 WHERE h.reason = ?",
            (json.dumps(list(items)), HELD_UNIT),
        )
    }


def registrations_refused(database: Database) -> list[tuple[Identity, str, str]]:
    """The items by which units were registered that do not count, each with its unit and its cells as JSON.

    All of them: what is listed for people is cut, and one merge that was taken back may leave a million items aside.
    """
    return [
        ((station, incarnation, number), unit, cells)
        for station, incarnation, number, unit, cells in database.rows(
            "SELECT o.station, o.incarnation, r.number, lower(hex(r.record)), r.value FROM refused r"
            " JOIN origin o ON o.ref = r.origin WHERE r.type = ? AND r.kind = ?",
            (UNIT, BIRTH),
        )
    ]


def registered_elsewhere(database: Database) -> frozenset[str]:
    """The units of which no registration counts that is held here, as another superior had registered them before."""
    return frozenset(
        unit for unit, reason in _not_registered(database).items() if reason == REFUSED_REGISTERED
    )


def _not_registered(database: Database) -> dict[str, str]:
    """The units of which no registration counts, each with the reason for which one does not."""
    return dict(
        database.rows(
            "SELECT lower(hex(r.record)), max(r.reason) FROM refused r WHERE r.type = ? AND r.kind = ?"
            " AND NOT EXISTS (SELECT 1 FROM r_unit u WHERE u.id = r.record AND u._life <> ?) GROUP BY r.record",
            (UNIT, BIRTH, int(Life.DELETED)),
        )
    )


def why_missing(database: Database) -> dict[str, str]:
    """Why units have no place in the tree that is known here, where it will not come by itself: as a reason of items.

    The registration does not count, or the unit, or one above it, was moved under one that is not known here.
    """
    found = _not_registered(database)
    superiors = governing.superiors(database)
    moved = {
        unit
        for (unit,) in database.rows(
            f"SELECT DISTINCT lower(hex(record)) FROM version WHERE type = '{UNIT}' AND slot = '{SUPERIOR}'"
            " AND NOT birth"
        )
    }
    for unit in superiors:
        path = [unit]
        while (above := superiors.get(path[-1])) is not None and above not in path:
            path.append(above)
        if path[-1] not in superiors and not moved.isdisjoint(path):
            found[unit] = HELD_MOVED
    return found


def grants_ahead(database: Database) -> dict[Identity, str]:
    """The grants that wait for their day, each with the station that it is for."""
    return {
        (station, incarnation, number): granted
        for station, incarnation, number, granted in database.rows(
            "SELECT o.station, o.incarnation, h.number, h.value ->> 'station' FROM held h"
            " JOIN origin o ON o.ref = h.origin WHERE h.type = ? AND h.kind = ? AND h.reason = ?",
            (GRANT, BIRTH, HELD_FUTURE),
        )
    }


def grants_lost(database: Database) -> dict[str, str]:
    """The reason for which the grants of stations do not count that once had one, by station.

    A station that has another grant that counts is among them; nothing of it waits for one.
    """
    return dict(
        database.rows(
            "SELECT value ->> 'station', max(reason) FROM refused WHERE type = ? AND kind = ? GROUP BY 1",
            (GRANT, BIRTH),
        )
    )


def is_grant_lost(database: Database, certificate: str, issuer: str) -> bool:
    """Whether the issuer's grant of a certificate (base64) has come and does not count."""
    found = database.row(
        "SELECT 1 FROM refused r JOIN origin o ON o.ref = r.origin WHERE o.station = ? AND r.type = ?"
        " AND r.kind = ? AND r.value ->> 'certificate' = ?",
        (issuer, GRANT, BIRTH, certificate),
    )
    return found is not None
