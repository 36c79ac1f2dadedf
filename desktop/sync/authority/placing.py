"""Where units lie for one station: as its ledger says, and as its own chain tells of those that are in doubt."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

from desktop.records.versions.canonical import parse
from desktop.records.versions.deciding import SUPERIOR, UNIT
from desktop.records.versions.resolution import heads_of
from desktop.store.log.versions import load_versions
from desktop.store.queries import governing
from desktop.store.tables.database import Database
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.tree import Place, Tree


def by_own_chain(database: Database, own: Sequence[Certificate]) -> dict[str, str | None]:
    """Where all units lie; those of the own chain that are deleted, or in doubt, under who has certified them.

    So do those whose way up ends in such a unit for which nobody in the chain is certified: who is enrolled past his
    town stands below one that the chain does not place. One of those who have registered it has to be of the unit of
    who has certified, or below, and whoever has moved it since has left it there: else it was moved away.

    In doubt is one that two have registered, be it that the registration of the own superior was refused since another
    had come first: it may have been moved since. Nobody else judges by them until it is settled. But that it is settled
    only those above can tell this station, and it takes nothing from whom its own unit does not lie below. Who was
    enrolled for another unit than it had asked for has both in its certificate, the second below the first: under that
    it is, even when it was deleted. The root's lies under nobody, though its record may not have come: who is enrolled
    by such a unit hears of none above that.
    """
    superiors = governing.superiors(database)
    found: dict[str, str | None] = dict(superiors)
    for below, above in itertools.pairwise(own):
        units = above.claims.units
        superior = _certifying(superiors, units)
        # A second computer of a unit is certified by the first: that says nothing of where both are.
        for unit in below.claims.units - units:
            if found.setdefault(unit, superior) not in units and governing.was_registered_in_vain(
                database, unit, units
            ):
                found[unit] = superior
    for root in own[-1:]:
        for unit in root.claims.units:
            found.setdefault(unit, None)
    # The highest first: where units of the chain lie below others of it tells these by then.
    for below, above in [*itertools.pairwise(own)][::-1]:
        superior = _certifying(superiors, above.claims.units)
        for unit in below.claims.units - above.claims.units:
            end = _end_of_way(found, unit)
            if end is not None and _may_lie_below(database, end, above.claims.units, Tree(found)):
                found[unit] = superior
    return found


def _certifying(superiors: Mapping[str, str | None], units: Collection[str]) -> str:
    """Under which of the units of a certificate it enrols others: the highest, rather one that is not deleted."""
    return min(units, key=lambda u: (superiors.get(u) in units, u not in superiors, u))


def _end_of_way(superiors: Mapping[str, str | None], unit: str) -> str | None:
    """The first unit on the way up from another of which nothing tells where it lies; nothing where there is none."""
    passed: set[str] = set()
    at: str | None = unit
    while at is not None and at in superiors and at not in passed:
        passed.add(at)
        at = superiors[at]
    return None if at in passed else at


def _may_lie_below(database: Database, unit: str, above: Collection[str], tree: Tree) -> bool:
    """Whether a unit of which nothing tells where it lies was registered below these, and not moved away since."""
    heads = heads_of(load_versions(database, UNIT, bytes.fromhex(unit), only=SUPERIOR))
    moved = [parse(head.value) for head in heads if not head.birth]
    return _lies_in(governing.registrants(database, unit), above, tree) and all(
        _lies_in([to], above, tree) for to in moved
    )


def _lies_in(units: Iterable[str], above: Collection[str], tree: Tree) -> bool:
    return any(tree.place(unit, above) is Place.INSIDE for unit in units)
