"""The tree of units: where one lies as seen from others, by the ids of the tree alone (rule 26); pure.

Each step of a way up is taken once: who registers twenty thousand units below one another must not make everybody
walk all of them for each.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property


class Place(enum.Enum):
    """Where a unit lies as seen from some units of the tree."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Tree(Mapping[str, str | None]):
    """Unit id to the id of its parent, None at the top, as it stands at one moment."""

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self._parents = dict(parents)
        self._places: dict[frozenset[str], dict[str, Place]] = {}

    def __getitem__(self, unit: str) -> str | None:
        return self._parents[unit]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parents)

    def __len__(self) -> int:
        return len(self._parents)

    def place(self, unit: str, units: Collection[str]) -> Place:
        """Check 20: whether ``unit`` is one of ``units`` or lies below one.

        ``UNKNOWN`` where the way up leaves the held tree or runs in a circle: then the tree has to say more first.
        """
        upper = frozenset(units)
        known = self._places.setdefault(upper, {})
        passed: dict[str, None] = {}
        found = Place.OUTSIDE
        at: str | None = unit
        while at is not None:
            if at in known:
                found = known[at]
                break
            if at not in self._parents or at in passed:
                found = Place.UNKNOWN
                break
            passed[at] = None
            if at in upper:
                found = Place.INSIDE
                break
            at = self._parents[at]
        # All on one way lie alike: it ends where it ends.
        known.update(dict.fromkeys(passed, found))
        return found

    def below(self, units: Collection[str]) -> frozenset[str]:
        """The ids of all units of the tree that are, or lie below, the given ones."""
        found: set[str] = set()
        waiting = [unit for unit in units if unit in self._parents]
        while waiting:
            unit = waiting.pop()
            if unit not in found:
                found.add(unit)
                waiting.extend(self._children.get(unit, ()))
        return frozenset(found)

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        """Unit id to the ids of the units directly below."""
        found: dict[str, list[str]] = {}
        for unit, parent in self._parents.items():
            if parent is not None:
                found.setdefault(parent, []).append(unit)
        return found


def reached(units: Collection[str], lower: Mapping[str, Collection[str]]) -> set[str]:
    """These units and all that are below them, by what is directly below each; each is looked at once, however deep."""
    found: set[str] = set()
    waiting = list(units)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += lower.get(unit, ())
    return found
