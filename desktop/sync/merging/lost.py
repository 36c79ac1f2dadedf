"""Tells of what came with a merge and is let not count by what came with the same merge (rule 17)."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter

from desktop.records.versions.item_outcomes import HELD
from desktop.records.versions.spans import Span
from desktop.store.merging import outcomes
from desktop.store.merging.merging import Item
from desktop.store.merging.telling import Telling
from desktop.store.tables.database import Database
from desktop.sync.merging.results import BundleResult

Brought = Mapping[int, Sequence[Span]]
"""By origin the items that came with a bundle and were neither known nor put aside."""


class Lost:
    """The bundles of one merge, in their order, and what they lose once all of it is in."""

    def __init__(self, database: Database, telling: Telling) -> None:
        self._db = database
        self._telling = telling
        self._bundles: list[tuple[int, BundleResult, Brought]] = []
        self._places: dict[int, list[tuple[int, int, int]]] = {}
        self._unborn: set[tuple[str, str]] = set()

    def expect(self, number: int, result: BundleResult, brought: Brought) -> None:
        """A bundle begins; ``brought`` is looked at when all of the merge is in."""
        self._bundles.append((number, result, brought))

    def look_again(self) -> None:
        """More has come with the bundles since something was lost last."""
        self._places.clear()

    def brought(self, bundle: int) -> Brought:
        """What came with a bundle of this merge, by its number."""
        return next(brought for number, _, brought in self._bundles if number == bundle)

    def tell(self, items: Collection[tuple[Item, str]]) -> None:
        """These count no longer, or perhaps not alone, for a reason; what came in an earlier merge is not told here.

        They are told to be held, and put right in the end with all that is (``Telling.not_as_told``).
        """
        came: dict[int, list[tuple[Item, str]]] = {}
        for item, reason in items:
            place = self._place(item)
            if place is not None:
                came.setdefault(place, []).append((item, reason))
        for place, several in came.items():
            number, result, _ = self._bundles[place]
            reasons = dict(several)
            fresh = [(i, reasons[i]) for i in self._telling.untold(number, list(reasons))]
            self._telling.tell(number, HELD, fresh)
            births = Counter(result.births)
            # Of a birth that came second no new record was told.
            stood = [(i.type, i.record) for i, _ in fresh if not i.slot and self._stands(i)]
            self._unborn.update(stood)
            births.subtract(type_name for type_name, _ in stood)
            result.births = dict(+births)

    def tell_heirs(self) -> None:
        """Records whose birth was lost and that stand on one which came second by now: with it they are new.

        One that has waited since it came is counted when it is told anew.
        """
        for type_name, record in self._unborn:
            birth = outcomes.born(self._db, type_name, record)
            place = None if birth is None else self._place(birth)
            if birth is not None and place is not None and not self._telling.held_among([birth]):
                births = self._bundles[place][1].births
                births[type_name] = births.get(type_name, 0) + 1

    def _stands(self, birth: Item) -> bool:
        return outcomes.stands(self._db, birth.type, birth.record, birth.origin, birth.number, birth.stamp)

    def _place(self, item: Item) -> int | None:
        """Which bundle of this merge brought an item, if one did."""
        places = self._places.get(item.origin)
        if places is None:
            places = self._places[item.origin] = sorted(
                (first, last, place)
                for place, (_, _, brought) in enumerate(self._bundles)
                for first, last in brought.get(item.origin, ())
            )
        after = bisect_right(places, item.number, key=itemgetter(0))
        if after and places[after - 1][1] >= item.number:
            return places[after - 1][2]
        return None
