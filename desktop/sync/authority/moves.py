"""Which changes of the tree count: a unit is moved by its superior of the day or from above both (rules 16 and 28).

Everybody who is or was a unit's superior may write about it. Where it belongs is said by fewer: a change of superior
names what it replaces, and counts only from one who stands above all of that and above the new superior; nobody of a
lower level goes past a move from further above without having seen it. That hangs on the set of changes and not on
their order, so a former superior does not get a unit back by pretending not to have heard that it lost it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.versions.deciding import SUPERIOR
from desktop.sync.authority.exclusions import Origin

SLOTS: Final = (SUPERIOR, UNIT_SLOT, DELETED_SLOT)
"""What says where a unit belongs, whose record it is, and whether it is there at all."""

UNKNOWN_RANK: Final = 99
"""Of an author who is not known here: the level that has passed it on has judged it."""


@dataclass(frozen=True, slots=True)
class Move:
    """A version of one of these slots; ``value`` is a unit id where it names one. ``units`` are those of its author."""

    origin: Origin
    number: int
    record: str
    slot: str
    stamp: int
    value: str | None
    replaces: frozenset[int]
    rank: int = UNKNOWN_RANK
    units: frozenset[str] = frozenset()
    birth: bool = False

    @property
    def judged(self) -> bool:
        """Whether its author is known and it is a change."""
        return not self.birth and self.rank < UNKNOWN_RANK


Tree = Mapping[str, str | None]
"""Unit to superior."""


def not_counting(
    versions: Iterable[Move], superiors: Tree, near: Iterable[str], chain: Sequence[Set[str]] = ()
) -> set[Move]:
    """The changes that do not count. ``superiors`` are those of units of which no version is given.

    Level by level from above: whoever moves a unit is judged by the tree that the levels above have left. Of a unit
    that is not in it, those above ``near``, the units of this station, are believed. Above these are also the units of
    its ``chain``, from its own certificate up, as far as no level further above has moved one of them: who was enrolled
    after a move holds nothing of where its unit was before.
    """
    found, near = list(versions), list(near)
    by_record: dict[str, list[Move]] = defaultdict(list)
    for v in found:
        if v.slot == SUPERIOR:
            by_record[v.record].append(v)
    said = {record: _Said(several) for record, several in by_record.items()}
    counted = {record: [v for v in several if v.birth] for record, several in by_record.items()}
    places: dict[int, _Places] = {}
    out: set[Move] = set()
    for rank in sorted({v.rank for v in found if not v.birth}):
        further = {record: [v for v in several if not v.birth] for record, several in counted.items()}
        places[rank] = _Places({**superiors, **_shown(counted)}, near, _issuers(chain, further))
        for record, several in by_record.items():
            for v in sorted((v for v in several if not v.birth and v.rank == rank), key=_order):
                if _counts(v, said[record], further[record], places[rank]):
                    counted[record].append(v)
                else:
                    out.add(v)
    last = {**superiors, **_shown(counted)}
    return out | {
        v
        for v in found
        if v.slot != SUPERIOR and v.judged and not _belongs(v, last.get(v.record), places[v.rank])
    }


def _issuers(chain: Sequence[Set[str]], moved: Mapping[str, Sequence[Move]]) -> Iterable[str]:
    """The units above the own one by the certificates, up to the first of which one was moved."""
    for below, above in pairwise(chain):
        if any(moved.get(unit) for unit in below):
            return
        yield from above


def _order(move: Move) -> tuple[int, Origin, int]:
    return move.stamp, move.origin, move.number


def _shown(counted: Mapping[str, Sequence[Move]]) -> dict[str, str | None]:
    """Where units lie by what counts so far: a change beats every birth, the newer the older, else `null` (rule 6)."""
    return {
        record: max(several, key=lambda v: (not v.birth, v.stamp, v.value is None, v.value or "")).value
        for record, several in counted.items()
        if several
    }


def _counts(move: Move, said: _Said, above: Sequence[Move], places: _Places) -> bool:
    """Whether a change of superior counts, given all versions of the unit and the changes that do of levels above."""
    if move.judged:
        replaced = [v.value for stamp in move.replaces for v in said.with_stamp(stamp)]
        if not all(places.covers(move.units, superior) for superior in {*replaced, move.value}):
            return False
    return all(said.stands_on(move, v) or said.stands_on(v, move) for v in above)


class _Said:
    """The versions of one unit's superior, and which of them replace one another, directly or through others.

    What a level above has said is asked about for every change of those below, so its answers are kept: whoever
    changes a unit a thousand times must not make others look through them for each.
    """

    def __init__(self, versions: Sequence[Move]) -> None:
        self._by_stamp: dict[int, list[Move]] = defaultdict(list)
        self._by_replaced: dict[int, list[Move]] = defaultdict(list)
        for v in versions:
            self._by_stamp[v.stamp].append(v)
            for stamp in v.replaces:
                self._by_replaced[stamp].append(v)
        self._below: dict[Move, Set[int]] = {}
        self._above: dict[Move, Set[Move]] = {}

    def with_stamp(self, stamp: int) -> Sequence[Move]:
        """The versions of one moment."""
        return self._by_stamp.get(stamp, ())

    def stands_on(self, one: Move, other: Move) -> bool:
        """Whether a change replaces another, directly or through others; one of the two is asked about often."""
        if one.rank < other.rank:
            if one not in self._below:
                self._below[one] = self._replaced_by(one)
            return other.stamp in self._below[one]
        if other not in self._above:
            self._above[other] = self._replacing(other)
        return one in self._above[other]

    def _replaced_by(self, move: Move) -> Set[int]:
        """The stamps of all versions that a change replaces."""
        found: set[int] = set()
        waiting = set(move.replaces)
        while waiting:
            found |= waiting
            waiting = {r for stamp in waiting for v in self.with_stamp(stamp) for r in v.replaces} - found
        return found

    def _replacing(self, move: Move) -> Set[Move]:
        """All versions that replace what has the stamp of a change."""
        found: set[Move] = set()
        stamps, waiting = {move.stamp}, {move.stamp}
        while waiting:
            fresh = {v for stamp in waiting for v in self._by_replaced.get(stamp, ())} - found
            found |= fresh
            waiting = {v.stamp for v in fresh} - stamps
            stamps |= waiting
        return found


def _belongs(move: Move, superior: str | None, places: _Places) -> bool:
    """Whether who gives a unit's record away, or deletes it, stands above the superior that the unit has."""
    to = [move.value] if move.slot == UNIT_SLOT else []
    return all(places.covers(move.units, unit) for unit in (superior, *to))


class _Places:
    """The tree as one level of authors is judged by it; each step of a way up is taken once for the same units."""

    def __init__(self, tree: Tree, near: Iterable[str], issuers: Iterable[str] = ()) -> None:
        self._tree = tree
        self._above_here = {up for unit in near for up in self._way_up(tree.get(unit))}.union(issuers)
        self._covered: dict[frozenset[str], dict[str, bool]] = {}

    def covers(self, units: frozenset[str], unit: str | None) -> bool:
        """Whether one of these units is that unit or above it. Of no unit nobody has to be asked."""
        if unit is None:
            return True
        known = self._covered.setdefault(units, {})
        passed: dict[str, None] = {}
        at: str | None = unit
        while at is not None and at not in known and at not in units and at not in passed:
            passed[at] = None
            at = self._tree.get(at)
        if at is None:
            # Where the way leaves the tree that is held here, those above this station know it.
            found = next(reversed(passed)) not in self._tree and not units.isdisjoint(self._above_here)
        else:
            found = known.get(at, at in units)
        known.update(dict.fromkeys(passed, found))
        return found

    def _way_up(self, unit: str | None) -> Iterable[str]:
        way: dict[str, None] = {}
        while unit is not None and unit not in way:
            way[unit] = None
            unit = self._tree.get(unit)
        return way
