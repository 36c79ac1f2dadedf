"""A station believes those above it by its own chain, but only as long as nothing that it holds speaks against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.sync import errors
from tests.sync.desks import Desk, enrol, new_desk, report
from tests.sync.places import Places, name_of

FIRM, OTHER = "f1" * 16, "f2" * 16


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def grant_of(desk: Desk, station: str) -> str:
    """The record by which a station was granted."""
    found = desk.database.value("SELECT lower(hex(id)) FROM r_grant WHERE station = ?", (station,))
    return str(found)


def test_a_town_whose_grant_was_taken_back_is_believed_below_no_longer_than_above(places: Places) -> None:
    """It came to the village with its own enrolment; what was said of it since counts there as well."""
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver(1)
    places.district.delete(grant_of(places.district, places.town.station), "grant")
    places.town.take(places.district.send(places.town))
    places.village.take(places.town.send(places.village))
    places.town.edit(FIRM, "name", "镇里改的")
    assert isinstance(places.district.merge(places.town.send()).bundles[0].problem, errors.NotGranted)
    sent = places.town.send(places.village)
    assert isinstance(places.village.merge(sent).bundles[0].problem, errors.NotGranted)
    assert name_of(places.village) == "厂"


def test_what_the_district_says_of_the_village_counts_there_though_its_town_has_lost_its_grant(
    places: Places,
) -> None:
    """Whom it stands below a village knows all the same, or who lost its grant would put it out of reach."""
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    number = places.village.ledger.next_number() - 1
    places.deliver(1)
    places.district.exclude((places.village, number))
    places.district.delete(grant_of(places.district, places.town.station), "grant")
    places.town.take(places.district.send(places.town))
    places.village.take(places.town.send(places.village))
    assert name_of(places.village) is None


def test_whom_a_revoked_town_has_granted_behind_the_cut_is_believed_by_nobody(
    places: Places, tmp_path: Path
) -> None:
    """Not by the village either that it has enrolled: its grant is among what does not count."""
    last = places.town.ledger.next_number() - 1
    second = new_desk(tmp_path, "镇里的第二台", Level.TOWN, unit=places.town.unit)
    enrol(second, places.town, 2)
    hamlet = new_desk(tmp_path, "小村", Level.VILLAGE)
    enrol(hamlet, second)
    report(hamlet, second)
    places.district.revoke(places.town, last)
    places.town.take(places.district.send(places.town))
    second.merge(places.town.send(second))
    hamlet.merge(second.send(hamlet))
    second.birth("firm", {"name": "镇里的"}, record=OTHER, unit=hamlet.unit)
    assert isinstance(hamlet.merge(second.send(hamlet)).bundles[0].problem, errors.NotGranted)
