"""An erasure by a former superior of a unit is said once more by the level above both (rule 12).

Who has not heard yet that a unit was moved may erase what that had written, and the values are gone where it is heard
before the move. Above it is refused, as the unit is not its own any more. So whoever stands above both says it too, and
they are gone everywhere. It is bounded by the move: who lost a unit long ago takes nothing from it any more, under
whatever date it says so.
"""

from __future__ import annotations

from typing import Final

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


def say_again(ledger: Ledger, judge: Judge, operator: str) -> bool:
    """Writes what has to be said so and was not yet, inside the caller's transaction; whether there was anything."""
    own = judge.policy.known.own
    late = erasing.refused_for_scope(ledger.database) if own is not None else ()
    if own is None or not late:
        return False
    said = {(*what, unit, upto) for *what, upto, unit, _ in erasing.asked(ledger.database)}
    until = _Moves(ledger, judge)
    births = []
    for one in late:
        try:
            upto = to_wire(min(from_wire(str(one.cells.get("upto"))), one.stamp))
        except ValueError:
            # It means nothing to anybody (see ``erasing.due``).
            continue
        cells = {**one.cells, "upto": upto}
        what = *(str(cells.get(name) or "") for name in ("kind", "target", "slots")), one.unit, upto
        if (
            what not in said
            and judge.state.tree.place(one.unit, own.claims.units) is Place.INSIDE
            and judge.policy.known.is_above(one.station, one.unit)
            and milliseconds_of(one.stamp) <= until.of(one)
        ):
            said.add(what)
            births.append(NewRecord(ERASURE, "", one.unit, cells))
    if births:
        ledger.write("转告清除", operator, births=births)
    return bool(births)


class _Moves:
    """When units were moved away from whom."""

    def __init__(self, ledger: Ledger, judge: Judge) -> None:
        self._judge = judge
        self._lower = claims.lower_units(ledger.database)
        self._moves = [
            (unit, milliseconds_of(stamp))
            for _, _, _, unit, _, stamp, _, birth, _ in governing.changes_of_units(
                ledger.database, [SUPERIOR]
            )
            if not birth
        ]

    def of(self, late: Late) -> int:
        """Up to which moment the station may have spoken for the unit, and 0 if it never stood above it."""
        under = reached(self._judge.granted_units(late.station), self._lower)
        times = [
            at for unit, at in self._moves if unit in under and late.unit in reached([unit], self._lower)
        ]
        return max(times) + _UNHEARD_MS if times else 0
