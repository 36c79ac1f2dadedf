"""Files of one merge in any order: grants after what they allow, erasures before what they erase, gaps that close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Level
from desktop.sync.bundles.sending import Sent
from desktop.sync.merging.results import BundleResult
from tests.sync.acts import erase, everything
from tests.sync.casting import cast
from tests.sync.desks import Desk, copied, enrol, new_desk, new_root, put_back, report

FIRM, OTHER, GONE = "f1" * 16, "f2" * 16, "f3" * 16
SECRET = "13800001234"


@dataclass(frozen=True)
class Story:
    """A ``district``, what a town sends it, where its journal ends, and what all of that in order leads to."""

    district: Desk
    sent: list[Sent]
    end: int
    ordered: Desk
    told: list[BundleResult]


def _enrolled(folder: Path) -> tuple[Desk, ...]:
    district, town = new_root(folder, "区"), new_desk(folder, "镇", Level.TOWN)
    enrol(town, district, 3)
    return district, town, *(new_desk(folder, name, Level.VILLAGE) for name in ("甲村", "乙村"))


def _send(desk: Desk, sent: list[Sent]) -> None:
    """One more bundle, with what is new alone: the last was confirmed on another way."""
    sent.append(desk.send())
    desk.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The district that has merged nothing yet, what the town sends it, and what it is to hold and tell in the end."""
    district, town, village, other = cast(_enrolled, tmp_path_factory.mktemp("order"))
    sent: list[Sent] = []
    town.birth("firm", {"name": "镇里的"}, record=OTHER)
    _send(town, sent)
    enrol(village, town)
    _send(town, sent)
    village.birth("firm", {"name": "一家"}, record=FIRM)
    village.birth("firm", {"name": "停业的"}, record=GONE)
    village.edit(FIRM, "contact", {"person": "王", "phone": SECRET})
    report(village, town)
    _send(town, sent)
    enrol(other, town)
    _send(town, sent)
    other.birth("firm", {"name": "另一家"}, record=FIRM)
    report(other, town)
    town.edit(OTHER, "name", "改过")
    _send(town, sent)
    village.delete(GONE)
    erase(village)
    report(village, town)
    _send(town, sent)
    end = town.database.value("SELECT max(position) FROM segment")
    return Story(district, sent, end, *_merged(district, sent))


def _merged(district: Desk, *parts: Sequence[Sent]) -> tuple[Desk, list[BundleResult]]:
    """A copy of the district after several merges, and what the last of them told."""
    desk, told = replace(district), list[BundleResult]()
    put_back(desk, copied(district), district.ledger.types)
    for files in parts:
        looked = [_counts(r) for r in desk.merge(*files, preview=True).bundles]
        told = list(desk.merge(*files).bundles)
        assert [_counts(r) for r in told] == looked
    return desk, told


def _counts(result: BundleResult) -> tuple[object, ...]:
    assert result.problem is None
    outcomes = (result.applied, result.known, result.conflict, result.held, result.refused)
    assert sum(outcomes) == result.total
    return outcomes, result.births, result.changes, result.deletions, result.gap, list(result.unapplied)


def _sum(told: Sequence[BundleResult], name: str) -> Counter[str]:
    return sum((Counter(getattr(result, name)) for result in told), Counter())


@given(order=st.permutations(range(6)), cut=st.integers(0, 5))
@settings(max_examples=6, deadline=None)
def test_files_in_any_order_say_and_do_the_same(story: Story, order: list[int], cut: int) -> None:
    """In one merge nothing waits, nothing is missing and nothing is sent again; in two that shows when all comes once
    more."""
    files = [story.sent[n] for n in order]
    at_once, told = _merged(story.district, files)
    assert not any(r.held or r.refused or r.gap for r in (*story.told, *told))
    for name in ("births", "changes", "deletions"):
        assert _sum(told, name) == _sum(story.told, name)
    assert _sum(told, "changes")["firm"] == 2, "the erased one is none"
    in_two, _ = _merged(story.district, files[:cut], files[cut:], story.sent)
    for desk in (at_once, in_two):
        assert desk.digest() == story.ordered.digest()
        assert desk.held() == {}
        assert SECRET not in everything(desk)
        assert [r for (r,) in desk.database.rows("SELECT received FROM link")] == [story.end]
