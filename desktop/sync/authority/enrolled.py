"""The computers of a unit, as far as the certificates that count tell of them: a grant may name whatever it likes."""

from __future__ import annotations

import itertools
from collections.abc import Collection

from desktop.store.peers import computers
from desktop.store.queries import governing
from desktop.store.tables.database import Database
from desktop.sync import trust
from desktop.sync.authority import station
from desktop.sync.authority.chains import Grant, Granted
from desktop.sync.authority.held import Reading
from desktop.sync.signed import certificates


def stations(database: Database) -> list[tuple[str, str]]:
    """Station and unit of every certificate that was granted, the newest last."""
    granted = Granted(itertools.starmap(Grant, governing.grants(database)))
    return station.computers(granted, lambda: station.knowledge(Reading.of(database), None).certificates)


def out_of_use(database: Database) -> frozenset[str]:
    """The stations that were revoked and that no later grant has let in again (rule 27)."""
    state = station.knowledge(Reading.of(database), None).state
    return frozenset(name for name in state.revocations if trust.is_out(state, name))


def of_unit(database: Database, unit: str) -> list[str]:
    """The stations of a unit that are in use, as far as they are known, in the order in which they were enrolled.

    One of its own that has enrolled another was there before it, as the root of a tree is.
    """
    known = station.knowledge(Reading.of(database), None)
    order: list[str] = []
    for giver, name, own, text in computers.grants_for(database, unit):
        counting = known.certificates.get(name, ())
        if any(
            c in counting and c.issuer_station == giver and unit in c.claims.units
            for c in certificates.readable([text])
        ):
            order += (giver, name) if own else (name,)
    return [name for name in dict.fromkeys(order) if not trust.is_out(known.state, name)]


def by_others(database: Database, own: str, names: Collection[str]) -> frozenset[str]:
    """Those of these stations to which another has given their newest certificate that counts: they report to that one.

    Another computer of the own unit is no other.
    """
    known = station.knowledge(Reading.of(database), None)
    ours = {unit for c in known.certificates.get(own, ()) for unit in c.claims.units}
    found: list[str] = []
    for name in names:
        counting = known.certificates.get(name, ())
        newest = next((c for c in known.granted.of(name) if c in counting), None)
        giver = "" if newest is None else newest.issuer_station
        givers = known.certificates.get(giver, ())
        if giver not in ("", own) and ours.isdisjoint(unit for c in givers for unit in c.claims.units):
            found.append(name)
    return frozenset(found)
