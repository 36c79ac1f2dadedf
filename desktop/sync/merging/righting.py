"""Puts right what is told of the bundles of a merge, when all of it is in (rule 17): each item as what it is by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from desktop.records.versions.item_outcomes import APPLIED, CONFLICT
from desktop.store.merging import outcomes
from desktop.store.merging.telling import Telling, Told
from desktop.store.tables.database import Database
from desktop.sync.merging.listing import Listing
from desktop.sync.merging.lost import Lost
from desktop.sync.merging.results import BundleResult, Taken


def put_right(
    database: Database,
    telling: Telling,
    lost: Lost,
    taken: Sequence[Taken],
    *,
    moved: bool,
    later: bool,
    listing: Listing | None = None,
) -> None:
    """What was held and has been released is counted as what it is now, and then each bundle adds up.

    So is a conflict that a later bundle closes, or what came ``later`` with the same one. Where something has ceased to
    count since (``moved``), it may have been one side of it, or had closed one, or has come to count and opens one.
    With a ``listing`` each bundle tells which records it brought.
    """
    lost.tell_heirs()
    brought = [(each.bundle, lost.brought(each.bundle)) for each in taken]
    results = {each.bundle: each.result for each in taken}
    for found in telling.not_as_told(moved=moved, closing=moved or later):
        _tell_anew(database, telling, results, found)
    if moved:
        telling.tell_conflicts_again(brought)
    changes = telling.changes(brought)
    for each in taken:
        each.result.add_up(telling, each.bundle, changes.get(each.bundle, {}))
        if listing is not None:
            each.result.came = listing.of(telling, (each.bundle, lost.brought(each.bundle)))


def _tell_anew(
    database: Database, telling: Telling, results: Mapping[int, BundleResult], found: Sequence[Told]
) -> None:
    now = outcomes.of_unapplied(database, {(told.origin, told.number) for told in found})
    again: list[tuple[Told, str, str]] = []
    applied: list[Told] = []
    released: list[Told] = []
    for told in found:
        outcome, reason = now.get((told.origin, told.number, told.stamp), (APPLIED, ""))
        if outcome in (APPLIED, CONFLICT) and told.outcome != CONFLICT:
            released.append(told)
            if not told.slot and outcomes.stands(
                database, told.type, told.record, told.origin, told.number, told.stamp
            ):
                births = results[told.bundle].births
                births[told.type] = births.get(told.type, 0) + 1
        if outcome == APPLIED:
            applied.append(told)
        elif (outcome, reason) != (told.outcome, told.reason):
            again.append((told, outcome, reason))
    for bundle, several in groupby(released, attrgetter("bundle")):
        telling.note_released(bundle, several)
    telling.tell_again(again)
    telling.take_back(applied)
