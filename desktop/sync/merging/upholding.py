"""What levels below have said of units is said once more by who moves one, where it would count no longer (rule 28).

Who moved a unit, gave its record away or deleted it, stood above it then. By the tree that a level above leaves it may
stand above it no more, and then its word counts nowhere, whenever it was said (see ``moves``): villages would go back
to towns that they have left, and be there again though they were deleted.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.versions.canonical import ABSENT
from desktop.records.versions.deciding import UNIT
from desktop.records.versions.resolution import having_seen, joined_tombstones
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
    written: list[ChangeSet] = []
    said: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    looked: set[tuple[str, str]] = set()
    # Where a unit lies says who may move what is below it, and give its record away or delete it: what was said of that
    # may lapse by what is said here.
    for slot in moves.SLOTS:
        while found := {
            unit: one
            for unit, one in _lapsing(ledger, keys, before, slot).items()
            if (unit, slot) not in looked
        }:
            looked |= {(unit, slot) for unit in found}
            values = {unit: _standing(ledger, unit, slot, said[unit]) for unit in found}
            agreed = {unit: value for unit, value in values.items() if value is not None}
            if slot == UNIT_SLOT:
                written += _had(ledger, found, agreed, label, operator)
            again = [
                Again(UNIT, unit, slot, value, found[unit].upon, found[unit].born)
                for unit, value in agreed.items()
            ]
            changes = ledger.write(label, operator, again=again)
            for repeated in again:
                said[repeated.record].append((slot, changes.stamp))
            written += [changes] if again else []
    if not written:
        return ChangeSet()
    ledger.as_one(*written)
    return written[-1]


@dataclass(frozen=True, slots=True)
class _Lapsing:
    """What was said of a slot of a unit, some of which counts no longer: its stamps, the ``values`` of that, and the
    unit that it was born under.
    """

    upon: tuple[int, ...]
    values: tuple[str, ...]
    born: str


def _had(
    ledger: Ledger, found: dict[str, _Lapsing], agreed: Mapping[str, str], label: str, operator: str
) -> Iterator[ChangeSet]:
    """Says once more whose units were by what lapses, beside whose they are.

    Others have written under what they were then, and this station its very move. What is said of them next is said
    upon this as well.
    """
    for unit, value in agreed.items():
        for former in dict.fromkeys(found[unit].values):
            if former != value:
                one = found[unit]
                changes = ledger.write(
                    label, operator, again=[Again(UNIT, unit, UNIT_SLOT, former, one.upon, one.born)]
                )
                found[unit] = replace(one, upon=(*one.upon, changes.stamp))
                yield changes


def _lapsing(ledger: Ledger, keys: StationKeys, before: Policy, slot: str) -> Mapping[str, _Lapsing]:
    """The units of which something counts no longer that was said of a slot."""
    now = station.knowledge(ledger, keys).policy.moves
    seen: defaultdict[str, set[int]] = defaultdict(set)
    found: defaultdict[str, dict[int, str]] = defaultdict(dict)
    born: dict[str, str] = {}
    for name, incarnation, number, unit, of, stamp, value, birth, _ in governing.changes_of_units(
        ledger.database, moves.SLOTS
    ):
        if birth and of == UNIT_SLOT:
            born[unit] = json.loads(value)
        if of == slot and (number, stamp) not in before.moves.get((name, incarnation), ()):
            seen[unit].add(stamp)
            if (number, stamp) in now.get((name, incarnation), ()):
                found[unit][stamp] = value
    return {
        unit: _Lapsing(
            tuple(sorted(seen[unit])), tuple(v for _, v in sorted(values.items())), born.get(unit, "")
        )
        for unit, values in sorted(found.items())
    }


def _standing(ledger: Ledger, unit: str, slot: str, said: Sequence[tuple[str, int]]) -> str | None:
    """What stands in a slot of a unit, if that is one thing; a deletion has seen what was ``said`` of it here as well.

    Several who have deleted it do not disagree.
    """
    values = {value for _, value in ledger.heads(UNIT, unit, slot)}
    if slot == DELETED_SLOT and ABSENT not in values:
        return having_seen(joined_tombstones(values), said, ())
    return values.pop() if len(values) == 1 else None
