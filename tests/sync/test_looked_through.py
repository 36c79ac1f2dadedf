"""What is not for a receiver is looked through once, and nothing is missed for it (rule 21)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from desktop.records.declaration import Level
from desktop.store.peers import links
from desktop.sync.authority import station
from desktop.sync.bundles import sending
from desktop.sync.formats import decoding, segments
from tests.sync.desks import Desk, below, enrol, report, settle

FIRM = "f1" * 16


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The spans of numbers of all segments that were decoded to see what of them goes down."""
    seen: list[tuple[int, int]] = []
    decode = decoding.decode

    def noting(header: segments.Header, *rest: Any) -> decoding.Contents:
        seen.append((header.first, header.last))
        return decode(header, *rest)

    monkeypatch.setattr(decoding, "decode", noting)
    return seen


def others(district: Desk, count: int) -> None:
    """The district records for itself, in as many segments."""
    for n in range(count):
        district.birth("firm", {"name": f"区里的{n}"})
        district.cut()


def test_a_tail_that_is_not_for_the_receiver_is_looked_through_once(
    district: Desk, village: Desk, looked: list[tuple[int, int]]
) -> None:
    """The cost of a receipt does not grow with the journal, whether or not the last bundle had something in it."""
    district.birth("firm", {"name": "村里的"}, unit=village.unit)
    others(district, 5)
    report(village, district)
    for _ in range(3):
        looked.clear()
        others(district, 2)
        report(village, district)
        assert len(looked) == 2
    looked.clear()
    report(village, district)
    assert looked == []


def test_of_a_long_tail_only_what_may_hold_something_is_opened(
    district: Desk, village: Desk, looked: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipts of a district's merge of forty bundles opened all that the other thirty-nine had brought."""
    other = below(district, "乙村")
    others(district, 5)
    district.birth("firm", {"name": "村里的"}, record=FIRM, unit=village.unit)
    district.cut()
    others(district, 5)
    district.edit(FIRM, "name", "区里改的")
    other.birth("firm", {"name": "别人的"})
    report(other, district)
    looked.clear()
    monkeypatch.setattr(sending, "MANY_ITEMS", 0)
    report(village, district)
    seen = len(looked)
    assert seen <= 6, (
        "its firm, the change, and the tree; not ten segments of the district and one of the other"
    )
    assert village.records() == {FIRM}
    values = village.values(FIRM)
    assert values is not None
    assert values["name"] == "区里改的"
    assert district.digest(village.unit).sha256 == village.digest(village.unit).sha256


@pytest.mark.no_cover
def test_a_first_receipt_opens_no_grants_of_all_the_others(
    district: Desk, village: Desk, looked: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two hundred and forty villages each first receipt opened what enrolled every one of them, twice."""
    monkeypatch.setattr(sending, "MANY_SEGMENTS", 3)
    opened = []
    for n in range(2):
        for m in range(4):
            below(district, f"村{n}{m}")
        newest = below(district, f"新村{n}")
        looked.clear()
        district.send(newest)
        opened.append(len(looked))
        assert newest.take(district.send(newest)).gap is False
    assert opened[0] == opened[1]
    assert village.take(district.send(village)).refused == 0


def test_what_lies_behind_a_tail_comes_down(district: Desk, village: Desk) -> None:
    others(district, 3)
    report(village, district)
    district.birth("firm", {"name": "村里的"}, record=FIRM, unit=village.unit)
    others(district, 3)
    report(village, district)
    assert village.records() == {FIRM}
    assert village.take(district.send(village)).gap is False
    assert district.digest(village.unit).sha256 == village.digest(village.unit).sha256


def test_a_lost_bundle_is_made_again_though_it_was_looked_through(district: Desk, village: Desk) -> None:
    others(district, 2)
    settle([(village, district)])
    district.birth("firm", {"name": "村里的"}, record=FIRM, unit=village.unit)
    others(district, 2)
    district.send(village)
    others(district, 2)
    assert district.send(village).items == 1
    assert village.take(district.send(village)).applied == 1
    report(village, district)
    assert district.send(village).items == 0


def test_a_record_in_the_tail_that_is_moved_to_the_receiver_comes_down_with_its_history(
    district: Desk, village: Desk
) -> None:
    district.birth("firm", {"name": "区里的"}, record=FIRM)
    district.edit(FIRM, "name", "区里改的")
    report(village, district)
    report(village, district)
    district.move(FIRM, village.unit)
    district.send(village)
    others(district, 1)
    report(village, district)
    values = village.values(FIRM)
    assert values is not None
    assert values["name"] == "区里改的"
    assert district.digest(village.unit).sha256 == village.digest(village.unit).sha256


def test_what_waited_in_the_tail_comes_down_when_it_counts(district: Desk) -> None:
    """A receipt without items looked past what the town held; its day comes and the village gets it."""
    town = below(district, "镇", Level.TOWN, 3)
    village = below(town, "甲村")
    settle([(village, town), (town, district)])
    district.time.pass_days(1.5)
    district.birth("firm", {"name": "区里记的"}, record=FIRM, unit=village.unit)
    town.take(district.send(town))
    assert FIRM not in town.records()
    others(town, 2)
    report(village, town)
    report(village, town)
    for desk in (town, village):
        desk.time.pass_days(1)
    town.merge()
    report(village, town)
    assert village.records() == {FIRM}


def test_a_receiver_that_was_restored_is_looked_at_anew(district: Desk, village: Desk) -> None:
    """What it wrote itself was passed over, and may be among what it has lost."""
    report(village, district)
    received = village.link(district).received
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    report(village, district)
    report(village, district)
    # Last week's backup: the record that it wrote is gone, and it writes in a new incarnation.
    village.keys = dataclasses.replace(village.keys, incarnation="9" * 16)
    station.begin_incarnation(village.ledger, "9" * 16)
    old = village.database.value("SELECT min(ref) FROM origin WHERE station = ?", (village.station,))
    for table in ("received", "segment"):
        village.database.execute(f"DELETE FROM {table} WHERE origin = ?", (old,))
    village.database.execute("DELETE FROM r_firm")
    village.database.execute("UPDATE link SET received = ?", (received,))
    report(village, district)
    report(village, district)
    assert village.records() == {FIRM}


def test_a_station_that_is_granted_another_unit_gets_what_was_recorded_there(
    district: Desk, village: Desk
) -> None:
    """Rule 21: its scope grows by the grant, and all that it has looked past may be in it."""
    other = below(district, "乙村")
    other.birth("firm", {"name": "乙村的"}, record=FIRM)
    report(other, district)
    settle([(village, district)])
    village.unit = other.unit
    village.ledger.set_meta("unit_id", other.unit)
    enrol(village, district)
    district.send(village)
    settle([(village, district)])
    assert FIRM in village.records()
    assert district.send(village).items == 0


def test_a_record_that_the_receiver_claims_itself_comes_down_once(district: Desk, village: Desk) -> None:
    """Its own segment is what brings the record into its scope, so nothing else moves its position past that."""
    other = below(district, "乙村")
    other.birth("firm", {"name": "乙村的"}, record=FIRM)
    report(other, district)
    settle([(village, district)])
    village.birth("firm", {"name": "甲村的"}, record=FIRM)
    report(village, district)
    assert len(village.conflicts()) == 2
    district.send(village)
    settle([(village, district)], rounds=2)
    assert district.send(village).items == 0


def test_a_sender_that_was_restored_offers_everything_again(district: Desk, village: Desk) -> None:
    """Nothing is known to have arrived from its new incarnation, whatever was looked through before."""
    district.birth("firm", {"name": "村里的"}, record=FIRM, unit=village.unit)
    settle([(village, district)])
    others(district, 2)
    report(village, district)
    assert (
        links.looked_through(district.database, district.link(village)) > district.link(village).acknowledged
    )
    district.cut()
    district.keys = dataclasses.replace(district.keys, incarnation="9" * 16)
    station.begin_incarnation(district.ledger, "9" * 16)
    sent = district.send(village)
    assert sent.items == 4
    assert links.looked_through(district.database, district.link(village)) == 0
