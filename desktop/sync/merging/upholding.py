"""What levels below have said of units is said once more by who moves one, where it would count no longer (rule 28).

Who moved a unit, gave its record away or deleted it, stood above it then. By the tree that a level above leaves it may
stand above it no more, and then its word counts nowhere, whenever it was said (see ``moves``): villages would go back
to towns that they have left, and be there again though they were deleted.
"""

from __future__ import annotations

import json
from collections import defaultdict

from desktop.records.declaration import UNIT_SLOT
from desktop.records.versions.deciding import UNIT
from desktop.store.ledger import Again, ChangeSet, Ledger
from desktop.store.queries import governing
from desktop.sync.authority import moves, station
from desktop.sync.authority.policy import Policy
from desktop.sync.signed.identity import StationKeys


def uphold(ledger: Ledger, keys: StationKeys, before: Policy, label: str, operator: str) -> ChangeSet:
    """After units were moved here, and before anything is taken out of the count for that: what would be, as it stands.

    ``before`` is what was in force until then. It is said upon all that was, as without what lapses that would stand
    again which was replaced by it; and under the unit that a record was born under, as it may have others by what
    lapses alone. What is in conflict is left to who decides it. Inside the caller's transaction. Raises ``WrongClock``.
    """
    now = station.knowledge(ledger, keys).policy.moves
    seen: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    lapsing: set[tuple[str, str]] = set()
    born: dict[str, str] = {}
    for name, incarnation, number, unit, slot, stamp, value, birth, _ in governing.changes_of_units(
        ledger.database, moves.SLOTS
    ):
        if birth and slot == UNIT_SLOT:
            born[unit] = json.loads(value)
        if (number, stamp) not in before.moves.get((name, incarnation), ()):
            seen[unit, slot].add(stamp)
            if (number, stamp) in now.get((name, incarnation), ()):
                lapsing.add((unit, slot))
    again = []
    for unit, slot in sorted(lapsing):
        values = {value for _, value in ledger.heads(UNIT, unit, slot)}
        if len(values) == 1:
            upon = tuple(sorted(seen[unit, slot]))
            again.append(Again(UNIT, unit, slot, values.pop(), upon, born.get(unit, "")))
    return ledger.write(label, operator, again=again)
