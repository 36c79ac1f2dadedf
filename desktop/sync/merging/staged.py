"""What a merge has staged and not counted yet, and which bundles brought it, so that each is told what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from desktop.records.declaration import DELETED_SLOT
from desktop.records.versions.born import Births
from desktop.records.versions.spans import Span, spans_of
from desktop.store.ledger import Ledger
from desktop.store.merging import aside, counting, staging
from desktop.store.merging.merging import Change, Item, Merger
from desktop.store.merging.merging import Result as Merged
from desktop.store.queries import indexing
from desktop.sync.authority.sorting import Sorted
from desktop.sync.merging.listing import Listing
from desktop.sync.merging.results import BundleResult

HEAVIEST = 32 << 20
"""Bytes of segments that are staged at once: changes lie in memory until they are counted, and a few may be large."""
ROUND = 3_000
"""Lines of small bundles from which on they are counted. Each round has its price; but one that goes through many pages
several times finds them no more in memory, nine tenths of which belong to what is not written yet."""


@dataclass(slots=True)
class StagedBundle:
    """A bundle of which something is staged: by origin the new items that it brought.

    ``number`` is that under which its items are told. ``records`` are those that it says something of, ``deleted`` the
    types of those that it deletes. ``in_pieces``: some of it was counted before all of it was staged.
    """

    result: BundleResult
    number: int
    spans: dict[int, list[Span]] = field(default_factory=dict)
    records: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    in_pieces: bool = False

    def bring(self, origin: int, numbers: Iterable[int]) -> None:
        """These items came with this bundle."""
        spans = self.spans.setdefault(origin, [])
        for first, last in spans_of(numbers):
            if spans and spans[-1][1] + 1 == first:
                first, _ = spans.pop()
            spans.append((first, last))

    def brought(self, item: Item) -> bool:
        """Whether an item came with this bundle."""
        return any(first <= item.number <= last for first, last in self.spans.get(item.origin, ()))

    def forget(self) -> None:
        """What was staged has been counted."""
        self.records.clear()
        self.deleted.clear()


class Staged:
    """What is staged of the ``bundle`` that has begun, and of earlier ones that are counted together with it.

    Bundles of one segment are, as many as fill a round: the steps of counting cost more than what a small bundle
    brings. Of each is told what would be if it were counted by itself. So those are, as all are if they are ``apart``,
    that may bring what others say into conflict or out of it.

    ``tell`` hears what each round of counting did, and of which bundles that was; ``changed`` notes which records the
    search must look at again. What nobody will keep has no place in lists (``keep``). ``to_sort`` is the whole merge's.
    ``listing`` notes what is new.
    """

    def __init__(
        self,
        ledger: Ledger,
        changed: indexing.Changed,
        tell: Callable[[Merged, Sequence[StagedBundle]], None],
        *,
        keep: bool,
        apart: bool,
        to_sort: staging.ToSort,
        listing: Listing | None = None,
    ) -> None:
        self._db = ledger.database
        self._types = ledger.types
        self._now = ledger.environment.since_epoch()
        self._changed = changed
        self._tell = tell
        self._keep = keep
        self._listing = listing
        self._apart = self._alone = apart
        self._merger: Merger | None = None
        self._to_sort = to_sort
        self._lines = self._weight = 0
        self._earlier: list[StagedBundle] = []
        self._said_earlier: set[str] = set()
        self.bundle = StagedBundle(BundleResult(Path()), 0)

    def begin(self, bundle: StagedBundle) -> None:
        """A bundle begins."""
        self.bundle, self._alone = bundle, self._apart

    def go_on(self, bundle: StagedBundle) -> None:
        """More of a bundle comes that had ended, when all others are in."""
        self.bundle, self._alone = bundle, True
        bundle.in_pieces = bool(bundle.spans)

    def set_alone(self) -> None:
        """The bundle that has begun, and of which nothing is staged yet, is counted by itself."""
        if self._earlier:
            self.count()
        self._alone = True

    def add(self, found: Sorted, changes: Sequence[Change], births: Sequence[Births], weight: int) -> None:
        """Stages what is new of a segment of so many bytes; it is counted at once where it is too much for memory."""
        if not self._alone:
            self._part_from_earlier(changes, births)
        elif self._weight + weight > HEAVIEST:
            self.count()
        self.bundle.bring(found.origin, found.counting())
        self._lines += len(changes)
        self._weight += weight
        merger = self._merging()
        merger.add_changes(changes)
        self._changed.add_changes(self._types, changes)
        for block in births:
            self._changed.add(block.type, block.records)
            own = self.bundle.result.births
            own[block.type] = own.get(block.type, 0) + merger.add_births(block, found.origin)
            if self._listing is not None:
                self._listing.note(self.bundle.number, found.origin, block)
            self._lines += len(block)
        if self._alone and (self._lines >= counting.MOST or self._weight >= HEAVIEST):
            self.count()

    def end(self) -> None:
        """The bundle is in: it is counted now, or with those that come next."""
        much = self._lines >= ROUND or self._weight >= HEAVIEST
        if self.bundle.in_pieces or self._alone or much or aside.waits_for_births(self._db):
            self.count()
        elif self.bundle.spans:
            self._earlier.append(self.bundle)
            self._said_earlier |= self.bundle.records

    def count(self) -> None:
        """What was staged counts or waits from now on."""
        if self._merger is not None:
            ended = any(bundle is self.bundle for bundle in self._earlier)
            bundles = self._earlier if ended else [*self._earlier, self.bundle]
            for merged in self._merger.rounds(self._now):
                self._tell(merged, bundles)
            self.bundle.in_pieces |= bool(self.bundle.spans)
            self._empty()
        self._earlier.clear()
        self._said_earlier.clear()
        self.bundle.forget()

    def drop(self) -> None:
        """What the bundle brought was taken back: nothing of it is staged, or it has written nothing."""
        self.bundle.spans.clear()
        if self._apart:
            self._empty()
            # An index that was built while it came may be gone with it: what comes next builds it, if so.
            due = Counter({"": staging.MOST_SORTED})
            self._to_sort |= {name: sorting or due.copy() for name, sorting in self._to_sort.items()}

    def _empty(self) -> None:
        self._merger, self._lines, self._weight = None, 0, 0

    def _merging(self) -> Merger:
        """The merge within this one in which things are staged now."""
        if self._merger is None:
            self._merger = Merger(self._db, self._types, listed=self._keep, to_sort=self._to_sort)
        return self._merger

    def _part_from_earlier(self, changes: Sequence[Change], births: Sequence[Births]) -> None:
        """Counts what came first, if what comes now may bring it into conflict, or out of it."""
        records = {change.record for change in changes}.union(*(block.records for block in births))
        if self._merging().reaches_others(records, changes, births):
            self.set_alone()
        elif not records.isdisjoint(self._said_earlier) or self._may_belong(
            {change.type for change in changes} | {block.type for block in births}
        ):
            self.count()
        self.bundle.records |= records
        self.bundle.deleted |= {change.type for change in changes if change.slot == DELETED_SLOT}

    def _may_belong(self, names: Set[str]) -> bool:
        """Whether records of these types may belong to one that was deleted earlier, which puts that in doubt."""
        deleted: set[str] = set().union(*(bundle.deleted for bundle in self._earlier))
        return any(
            child.name in names
            for name in deleted
            for child in (*self._types.children(name), *self._types.attached)
        )


def by_bundle(bundles: Sequence[StagedBundle], items: Sequence[Item]) -> Mapping[int, Sequence[Item]]:
    """The items by the number of the bundle that brought them."""
    found: dict[int, list[Item]] = {bundle.number: [] for bundle in bundles}
    if len(bundles) == 1:
        return {bundles[0].number: items}
    of_origin: dict[int, list[StagedBundle]] = {}
    for bundle in bundles:
        for origin in bundle.spans:
            of_origin.setdefault(origin, []).append(bundle)
    for item in items:
        found[next(b.number for b in of_origin[item.origin] if b.brought(item))].append(item)
    return found
