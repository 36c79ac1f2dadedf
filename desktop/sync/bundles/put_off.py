"""What a restored office does not pass up yet: the level above has never heard what it stands on, and would refuse it.

That is a segment in which something waits, as it may be allowed by what was lost. What is said of units and stations in
it is not heard above either: without that all else of these units would be refused, or taken for forged, so it stays
behind as well. Once nothing is awaited of who wrote it, it goes up after all that it may stand on.
"""

from __future__ import annotations

from collections.abc import Set

from desktop.records.versions.item_outcomes import HELD_UNIT
from desktop.store.ledger import Ledger
from desktop.store.merging import aside
from desktop.store.peers import segment_log
from desktop.store.peers.links import Link
from desktop.store.peers.segment_log import Written
from desktop.store.queries import governing
from desktop.sync.authority import behind, station
from desktop.sync.authority.judging import Judge


def positions(ledger: Ledger, link: Link) -> Set[int]:
    """Where in the journal stands what a bundle for the level above leaves out; what it does so no more comes last."""
    database = ledger.database
    before = segment_log.put_off(database)
    if not (before or behind.may_await(ledger)):
        return before
    judge = Judge(station.knowledge(ledger, None), ledger.types, ledger.environment.since_epoch())
    now = _waiting(ledger, judge, segment_log.unconfirmed(database, link.acknowledged))
    with database.transaction():
        # Below nobody lacks them: what counts of them only now was news to all when it began to.
        ledger.to_the_end(before - now, news=False)
        segment_log.note_put_off(database, now)
    return now


def _waiting(ledger: Ledger, judge: Judge, written: list[Written]) -> set[int]:
    database, stations = ledger.database, {w.station for w in written}
    awaited = {name for name in stations if judge.waits_below(name)}
    waiting = [
        w
        for w in written
        if w.station in awaited and aside.waits_between(database, w.origin, w.first, w.last, HELD_UNIT)
    ]
    units = frozenset(
        unit
        for w in waiting
        if governing.speaks_between(database, w.origin, w.first, w.last)
        for unit in judge.granted_units(w.station)
    )
    below = judge.state.tree.below(units)
    concerned = {name for name in stations if not below.isdisjoint(judge.granted_units(name))}
    return {w.position for w in waiting} | {w.position for w in written if w.station in concerned}
