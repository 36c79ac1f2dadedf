"""The bundles of which something is staged: what came with each, so that each is told what became of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.records.versions.spans import Span, spans_of
from desktop.store.merging.merging import Item
from desktop.sync.merging.results import BundleResult


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
