"""Which records a bundle brings is listed before it is merged, and it is the same that the merge then does."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from desktop.sync.bundles.sending import Sent
from desktop.sync.merging import listing, receiving
from desktop.sync.merging.listing import Came, Done
from desktop.sync.merging.results import BundleResult
from tests.sync.desks import Desk, settle
from tests.sync.levels import FIRM, OTHER, Tree

GONE, NEW, STRANGE, TWICE = ("d1" * 16, "d2" * 16, "d3" * 16, "d4" * 16)


def looked(desk: Desk, *sent: Sent, preview: bool) -> list[list[Came]]:
    """What each of these bundles brings, as it is told inside the merge."""
    found: list[list[Came]] = []

    def look(results: Sequence[BundleResult]) -> None:
        assert all(desk.shown(c.record, c.type) is not None for r in results for c in r.came)
        found.extend(list(r.came) for r in results)

    paths = [s.path for s in sent]
    receiving.merge_bundles(desk.ledger, desk.keys, paths, desk.name, preview=preview, look=look)
    return found


def test_what_is_new_changed_or_deleted_is_listed_and_nothing_else(tree: Tree) -> None:
    village, town = tree.village, tree.town
    for record in (FIRM, OTHER, GONE):
        village.birth("firm", {"name": "厂", "staff": 1}, record=record)
    settle([(village, town)])
    town.edit(FIRM, "name", "镇里改的")
    town.birth("firm", {"name": "都登记了"}, record=TWICE)
    village.edit(FIRM, "name", "村里改的")
    village.edit(OTHER, "name", "改了")
    village.edit(OTHER, "name", "又改了")
    village.delete(GONE)
    village.birth("firm", {"name": "都登记了"}, record=TWICE)
    village.birth("firm", {"name": "新的"}, record=NEW)
    village.birth("firm", {"name": "别人的"}, unit=town.unit, record=STRANGE)
    sent = village.send()
    before = looked(town, sent, preview=True)
    by = village.station
    changed = Came(Done.CHANGED, "firm", OTHER, "name", by)
    assert before == [[
        Came(Done.NEW, "firm", NEW, "", by), changed, changed, Came(Done.DELETED, "firm", GONE, "_deleted", by)
    ]]  # fmt: skip
    assert town.shown(NEW) is None, "it was a preview"
    assert looked(town, sent, preview=False) == before
    assert looked(town, sent, preview=False) == [[]], "it is known by now"


def test_of_many_the_first_of_each_type_and_bundle_are_listed(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "OF_EACH", 2)
    monkeypatch.setattr(listing, "OF_ALL", 3)
    village, sent = tree.village, []
    for _ in range(2):
        for n in range(3):
            firm = village.birth("firm", {"name": str(n)})
            village.birth("visit", {"firm": firm, "topic": "走访"})
            village.edit(firm, "name", "改")
        sent.append(village.send())
    first, second = looked(tree.town, *sent, preview=True)
    assert sorted((c.done.value, c.type) for c in first) == [
        ("changed", "firm"), ("changed", "firm"), ("new", "firm"), ("new", "firm"), ("new", "visit")
    ]  # fmt: skip
    assert [c.done for c in second] == [Done.CHANGED], "no more are noted of all"
