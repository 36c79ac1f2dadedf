"""Read-only queries about forks that wait for a decision, and whose computers have left this station."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.records.versions.deciding import SUPERIOR, UNIT
from desktop.records.versions.item_outcomes import HELD_FORK
from desktop.store.peers import enrolled
from desktop.store.queries.units import outside, subtree
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Forked:
    """An incarnation of which items wait behind a fork: from and up to which number, and how many."""

    origin: int
    station: str
    incarnation: str
    first: int
    last: int
    waiting: int


def open_forks(database: Database) -> list[Forked]:
    """The incarnations of which something waits behind a fork, with nothing decided yet.

    None of a station that has left this one: others decide it, and what they say may never be heard here.
    """
    found = [
        Forked(*row)
        for row in database.rows(
            "SELECT h.origin, o.station, o.incarnation, min(h.number), max(h.number), count(*) FROM held h"
            f" JOIN origin o ON o.ref = h.origin WHERE h.reason = '{HELD_FORK}' GROUP BY h.origin ORDER BY 2, 3"
        )
    ]
    gone = left(database) if found else frozenset[str]()
    return [fork for fork in found if fork.station not in gone]


def left(database: Database) -> frozenset[str]:
    """The stations that write for units alone which lay below this one once and do no more.

    What is said of their items is said by others now, whom this station may not know.
    """
    own = str(database.value("SELECT value FROM meta WHERE key = 'unit_id'") or "")
    lower: dict[str, set[str]] = {}
    for unit, superior in database.rows(
        # By the units, which are few: of the log no index tells what is of this type.
        "SELECT lower(hex(u.id)), v.value ->> '$' FROM r_unit u CROSS JOIN version v ON v.record = u.id"
        f" AND v.slot = '{SUPERIOR}' AND v.type = '{UNIT}'"
    ):
        lower.setdefault(superior, set()).add(unit)
    once = set(subtree(database, own))
    found = [*once]
    # What left a unit that has left since itself was below this one as well.
    for above in found:
        gone = lower.get(above, set()) - once
        fresh = {below for unit in gone for below in subtree(database, unit)} - once
        once |= fresh
        found += sorted(fresh)
    away = once & outside(database, own)
    units: dict[str, set[str]] = {}
    for station, unit in enrolled.stations(database):
        units.setdefault(station, set()).add(unit)
    return frozenset(station for station, of in units.items() if of <= away)
