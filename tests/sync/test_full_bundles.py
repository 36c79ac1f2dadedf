"""More than a bundle holds goes in several, one after the other; what is lost on the way comes again (rule 21)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.sync.bundles import sending, writing
from desktop.sync.bundles.sending import Sent
from desktop.sync.signed import manifest
from tests.sync.desks import Desk, enrol, new_desk, report, settle

FIRM = "f1" * 16


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundles of two parts; the second holds one segment, the first a receipt beside it."""
    monkeypatch.setattr(writing, "PART_TARGET", 900)
    monkeypatch.setattr(manifest, "MAX_PARTS", 2)


def firms(desk: Desk, count: int, unit: str = "") -> None:
    """So many firms, each in a segment of its own."""
    for n in range(count):
        desk.birth("firm", {"name": f"企业{n}"}, unit=unit)
        desk.cut()


def all_of(send: Callable[[], Sent]) -> list[Sent]:
    """Bundles until one could hold all that was left."""
    sent = [send()]
    while sent[-1].more:
        assert len(sent) < 20
        sent.append(send())
    return sent


@pytest.mark.usefixtures("small")
def test_what_a_bundle_cannot_hold_goes_in_the_next(district: Desk, village: Desk) -> None:
    firms(village, 5)
    sent = all_of(village.send)
    assert len(sent) > 1
    assert sum(s.items for s in sent) == 5
    for bundle in sent:
        assert district.take(bundle).gap is False
    assert district.digest() == village.digest()
    village.take(district.send(village))
    assert village.send().items == 0


@pytest.mark.usefixtures("small")
def test_of_several_a_lost_one_is_told_and_comes_again(district: Desk, village: Desk) -> None:
    firms(village, 5)
    _, *others = all_of(village.send)
    assert district.take(others[0]).gap is True
    for bundle in others[1:]:
        district.take(bundle)
    village.take(district.send(village))
    for bundle in all_of(village.send):
        assert district.take(bundle).gap is False
    assert district.digest() == village.digest()


@pytest.mark.usefixtures("small")
def test_in_any_order_they_arrive(district: Desk, village: Desk) -> None:
    firms(village, 5)
    for bundle in reversed(all_of(village.send)):
        district.take(bundle)
    assert district.digest() == village.digest()


@pytest.mark.usefixtures("small")
def test_an_answer_from_between_begins_where_it_says(district: Desk, village: Desk) -> None:
    firms(village, 5)
    first = village.send()
    assert first.more
    district.take(first)
    village.take(district.send(village))
    for bundle in all_of(village.send):
        assert district.take(bundle).gap is False
    assert district.digest() == village.digest()


@pytest.mark.usefixtures("small")
def test_who_lost_what_it_had_gets_all_from_the_start(district: Desk, village: Desk) -> None:
    """A bundle that went on from the one before is no ground to believe that one arrived."""
    firms(village, 5)
    assert village.send().more
    all_of(village.send)
    for bundle in all_of(village.send):
        assert district.take(bundle).gap is False
    assert district.digest() == village.digest()


@pytest.mark.usefixtures("small")
def test_downward_too(district: Desk, village: Desk) -> None:
    firms(district, 5, village.unit)
    sent = all_of(lambda: district.send(village))
    assert len(sent) > 1
    for bundle in sent:
        assert village.take(bundle).gap is False
    assert district.digest(village.unit) == village.digest(village.unit)
    assert report(village, district).problem is None
    assert district.send(village).items == 0


@pytest.mark.no_cover
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("most", [1, 3_000])
def test_older_items_that_come_into_a_scope_are_not_left_behind(
    district: Desk, village: Desk, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Neither where the bundle is full of them, nor where it is full of what brings them into the scope."""
    monkeypatch.setattr(manifest, "MAX_PARTS", 5)
    monkeypatch.setattr(sending, "MOST_GROWN", most)
    firms(district, 4)
    for bundle in all_of(lambda: district.send(village)):
        village.take(bundle)
    report(village, district)
    for firm in sorted(district.records()):
        district.move(firm, village.unit)
        district.cut()
    # The first is lost: nothing of it may be taken for received.
    _, *others = all_of(lambda: district.send(village))
    for bundle in others:
        village.take(bundle)
    report(village, district)
    for bundle in all_of(lambda: district.send(village)):
        village.take(bundle)
    assert district.digest(village.unit) == village.digest(village.unit)
    assert len(village.records()) == 4


def test_what_two_lack_comes_to_rest(
    district: Desk, village: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is put at the end of the journal for the one is no ground to put anything there for the other."""
    monkeypatch.setattr(sending, "MOST_GROWN", 0)
    other = new_desk(tmp_path, "邻村", Level.VILLAGE)
    enrol(other, district)
    district.birth("firm", {"name": "茶厂"}, record=FIRM)
    district.cut()
    report(village, district)
    district.move(FIRM, village.unit)
    district.cut()
    # What was born lies before what the village has looked through, the move before what the other has.
    report(other, district)
    other.birth("firm", {"name": "茶业"}, record=FIRM)
    district.take(other.send())
    settle([(village, district), (other, district)], rounds=3)
    assert [district.send(d).items for d in (village, other)] == [0, 0]
    for desk in (village, other):
        assert desk.digest(desk.unit).sha256 == district.digest(desk.unit).sha256


@pytest.mark.usefixtures("small")
def test_an_answer_that_is_further_than_the_last_bundle_counts(district: Desk, village: Desk) -> None:
    firms(village, 5)
    sent = all_of(village.send)
    assert village.send().more
    for bundle in sent:
        district.take(bundle)
    village.take(district.send(village))
    assert village.send().items == 0
