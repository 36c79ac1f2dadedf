"""An erasure by a former superior of a unit is said once more by the level above both (rule 12).

Who has not heard yet that a unit was moved may erase what that had written, and the values are gone where it is heard
before the move. Above it is refused, as the unit is not its own any more. So whoever stands above both says it too, and
they are gone everywhere. It is bounded by the move: who lost a unit long ago takes nothing from it any more, under
whatever date it says so.
"""

from __future__ import annotations

from typing import Final

from desktop.records.identity import is_id
from desktop.records.versions.deciding import ERASURE, SUPERIOR
from desktop.records.versions.stamps import DAY_MS, from_wire, milliseconds_of, to_wire
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.merging import erasing
from desktop.store.merging.erasing import Late
from desktop.store.queries import claims, governing
from desktop.sync.authority.judging import Judge
from desktop.sync.signed.tree import Place, reached

_UNHEARD_MS: Final = 30 * DAY_MS
"""How long after a move a former superior may not have heard of it."""
_FIELDS: Final = ("kind", "target", "slots", "upto", "basis", "note")
"""What of an erasure is said once more; the day on which that is done is another."""


def say_again(ledger: Ledger, judge: Judge, operator: str) -> bool:
    """Writes what has to be said so and was not yet, inside the caller's transaction; whether there was anything."""
    own = judge.policy.known.own
    late = erasing.refused_for_scope(ledger.database) if own is not None else ()
    if own is None or not late:
        return False
    said = {(*what, unit, upto) for *what, upto, unit, _ in erasing.asked(ledger.database)}
    day = ledger.environment.today().isoformat()
    until = _Moves(ledger, judge)
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
            and milliseconds_of(one.stamp) <= until.of(one.station, one.unit)
        ):
            said.add(what)
            births.append(NewRecord(ERASURE, "", one.unit, {**cells, "erased": day}))
    if births:
        ledger.write("转告清除", operator, births=births)
    return bool(births)


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


class _Moves:
    """When units were moved away from whom."""

    def __init__(self, ledger: Ledger, judge: Judge) -> None:
        self._judge = judge
        self._lower = claims.lower_units(ledger.database)
        # Thousands may have been refused of one station, and all are looked at again whenever something is.
        self._until: dict[tuple[str, str], int] = {}
        self._moves = [
            (unit, milliseconds_of(stamp))
            for _, _, _, unit, _, stamp, _, birth, _ in governing.changes_of_units(
                ledger.database, [SUPERIOR]
            )
            if not birth
        ]

    def of(self, station: str, unit: str) -> int:
        """Up to which moment the station may have spoken for the unit, and 0 if it never stood above it."""
        if (station, unit) not in self._until:
            under = reached(self._judge.granted_units(station), self._lower)
            times = [
                at for moved, at in self._moves if moved in under and unit in reached([moved], self._lower)
            ]
            self._until[station, unit] = max(times) + _UNHEARD_MS if times else 0
        return self._until[station, unit]
