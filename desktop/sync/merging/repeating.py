"""Erasures are said once more where who holds the words could not know that they are meant (rule 12).

An own one is, of units whose words have come since. One by a former superior of a unit is, by the level above both: who
has not heard yet that a unit was moved may erase what that had written, and the values are gone where it is heard
before the move. Above it is refused, as the unit is not its own any more. So whoever stands above both says it too, and
they are gone everywhere. It is bounded by the move: who lost a unit long ago takes nothing from it any more, under
whatever date it says so.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Final

from desktop.records.identity import is_id
from desktop.records.versions.deciding import ERASURE, SUPERIOR
from desktop.records.versions.stamps import (
    DAY_MS,
    MAX_STAMP,
    from_wire,
    make,
    milliseconds_of,
    tick_at,
    to_wire,
)
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.merging import erasing
from desktop.store.queries import erasures, governing
from desktop.store.queries.erasures import Late
from desktop.sync.authority.judging import Judge
from desktop.sync.signed.tree import Place

_UNHEARD_MS: Final = 30 * DAY_MS
"""How long after a move a former superior may not have heard of it."""
_AGAIN: Final = "转告清除"
"""The step by which an erasure is said once more."""
_FIELDS: Final = ("kind", "target", "slots", "upto", "basis", "note")
"""What of an erasure is said once more; the day on which that is done is another."""


def say_again(ledger: Ledger, judge: Judge, operator: str) -> bool:
    """Writes what has to be said so and was not yet, inside the caller's transaction; whether there was anything."""
    own = judge.policy.known.own
    late = erasures.refused_for_scope(ledger.database) if own is not None else ()
    if own is None or not late:
        return False
    said = {(*what, unit, upto) for *what, upto, unit, _ in _said(ledger)}
    day = ledger.environment.today().isoformat()
    spells = _Spells(ledger, judge)
    births = []
    for one in late:
        cells = _meant(one)
        if not cells:
            continue
        what = cells["kind"], cells["target"], cells["slots"], one.unit, cells["upto"]
        if (
            what not in said
            and judge.state.tree.place(one.unit, own.claims.units) is Place.INSIDE
            and judge.policy.known.is_above(one.station, one.unit)
            and _is_in_time(one.stamp, spells.last(one.station, one.unit))
        ):
            said.add(what)
            births.append(NewRecord(ERASURE, "", one.unit, {**cells, "erased": day}))
    if births:
        ledger.write(_AGAIN, operator, births=births)
    return bool(births)


def say_of_others(ledger: Ledger, operator: str) -> bool:
    """Says an own erasure of each further unit below that has or had the record, or of which something of it is set
    aside, inside the caller's transaction; whether there was any.

    Who erases names the units whose words he holds. Others' may come later, and are gone here and above; but who holds
    the record in another branch, as a unit there claims it too, does not know who is below whom here. Nor does who has
    written under a unit that is no longer below him, be it that he knows it no more.
    """
    now = _now(ledger)
    found = erasures.claimed_beside(ledger.database, ledger.station, now)
    if not found:
        return False
    ours = erasing.covered(ledger.database, ledger.meta("unit_id") or "")
    elsewhere = {(kind, target) for kind, target, *_, other, strange in found if strange or other not in ours}
    said = {(*what, unit): upto for *what, upto, unit, stamp in sorted(_said(ledger)) if stamp <= now}
    day = ledger.environment.today().isoformat()
    covered: dict[str, frozenset[str]] = {}
    births = []
    for kind, target, slots, upto, basis, note, unit, other, _ in found:
        if unit not in covered:
            covered[unit] = erasing.covered(ledger.database, unit)
        what = kind, target, slots, other
        if (kind, target) in elsewhere and other in covered[unit] and said.get(what, "") < upto:
            said[what] = upto
            cells = {"kind": kind, "target": target, "slots": slots, "upto": upto, "erased": day}
            given = {"basis": basis or None, "note": note or None}
            births.append(NewRecord(ERASURE, "", other, {**cells, **given}))
    if births:
        ledger.write(_AGAIN, operator, births=births)
    return bool(births)


def lapsing(ledger: Ledger, units: Collection[str], superior: str) -> list[NewRecord]:
    """What says once more of units that are to be put under ``superior`` what was erased of them by words that reach
    them as they lie now, and then no more.

    Who erases names the units whose words he holds, and above more may be held: these words are gone here, and whoever
    holds them in another branch does not know that they lay below who has said so.
    """
    now = _now(ledger)
    said = {(*what, unit): upto for *what, upto, unit, stamp in sorted(_said(ledger)) if stamp <= now}
    day = ledger.environment.today().isoformat()
    covered: dict[str, frozenset[str]] = {}
    births: dict[tuple[str, str, str, str], NewRecord] = {}
    for one, claiming in erasures.claimed_under(ledger.database, units, now):
        cells = _meant(one)
        if one.unit not in covered:
            covered[one.unit] = erasing.covered(ledger.database, one.unit)
        reaches = claiming in covered[one.unit] and superior not in covered[one.unit]
        if not cells or not reaches:
            continue
        what = cells["kind"], cells["target"], cells["slots"], claiming
        if said.get(what, "") < cells["upto"]:
            said[what] = cells["upto"]
            births[what] = NewRecord(ERASURE, "", claiming, {**cells, "erased": day})
    return list(births.values())


def _now(ledger: Ledger) -> int:
    """What was said under later stamps waits for its day (see ``erasing.due``): said once more it would not."""
    return make(tick_at(ledger.environment.since_epoch() + DAY_MS + 1), 0)


def _said(ledger: Ledger) -> list[tuple[str, str, str, str, str, int]]:
    """The erasures that need not be said once more: those that count, and own ones that somebody above lets not count.

    Said again these would not count either, and would be so at each merge. Who gets new numbers says them anew.
    """
    return [*erasures.asked(ledger.database), *erasures.asked_in_vain(ledger.database, ledger.origin)]


def _meant(late: Late) -> dict[str, str]:
    """What such an erasure asks for, as everybody reads it; empty where it means nothing (see ``erasing.due``).

    Nothing else of it is taken over: a value of another kind would have the own word refused by all others.
    """
    cells = {name: text for name in _FIELDS if isinstance(text := late.cells.get(name), str)}
    target = cells.get("target", "").lower()
    try:
        upto = to_wire(min(from_wire(cells.get("upto", "")), late.stamp))
    except ValueError:
        return {}
    if not is_id(target) or not {"kind", "slots"} <= cells.keys():
        return {}
    return {**cells, "target": target, "upto": upto}


def _is_in_time(stamp: int, last: int) -> bool:
    """Whether it was said while the station stood above the unit, or not long after the move."""
    return last > 0 and milliseconds_of(stamp) <= milliseconds_of(last) + _UNHEARD_MS


class _Spells:
    """Who stood above which unit, from when to when, by what counts: a move in vain is the mover's word alone."""

    def __init__(self, ledger: Ledger, judge: Judge) -> None:
        self._judge = judge
        self._below: defaultdict[str, list[tuple[str, int, int]]] = defaultdict(list)
        self._until: dict[str, Mapping[str, int]] = {}
        in_vain = judge.policy.moves
        moves: dict[str, list[tuple[int, str]]] = {
            unit: [(0, superior or "")]
            for unit, superior in governing.every_superior(ledger.database).items()
        }
        said = defaultdict(list)
        for station, incarnation, number, unit, _, stamp, value, birth, _ in governing.changes_of_units(
            ledger.database, [SUPERIOR]
        ):
            if (number, stamp) not in in_vain.get((station, incarnation), ()):
                said[unit].append((0 if birth else stamp, str(json.loads(value) or "")))
        for unit, several in (moves | said).items():
            several.sort()
            for (since, superior), (until, _) in pairwise([*several, (MAX_STAMP, "")]):
                self._below[superior].append((unit, since, until))

    def last(self, station: str, unit: str) -> int:
        """The stamp up to which a station stood above a unit, and 0 if it never did."""
        if station not in self._until:
            self._until[station] = self._reckoned(self._judge.granted_units(station))
        return self._until[station].get(unit, 0)

    def _reckoned(self, units: Collection[str]) -> Mapping[str, int]:
        """For these units, and all that ever stood below them: as long as each above it did, and no longer."""
        until = dict.fromkeys(units, MAX_STAMP)
        waiting = [(-MAX_STAMP, unit) for unit in units]
        heapq.heapify(waiting)
        while waiting:
            _, above = heapq.heappop(waiting)
            for unit, since, ended in self._below[above]:
                last = min(ended, until[above])
                if last > max(since, until.get(unit, 0)):
                    until[unit] = last
                    heapq.heappush(waiting, (-last, unit))
        return until
