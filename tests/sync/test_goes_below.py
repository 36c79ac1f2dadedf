"""Records of a type that goes below reach every unit under their own, and count in the digest of each."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.types import Catalogue
from desktop.records.versions.resolution import Life
from tests.sync.desks import NOTICE, TYPES, Desk, enrol, new_desk, new_root

BELOW = Catalogue({**TYPES, "notice": replace(NOTICE, goes_below=True)})


def pass_on(*desks: Desk) -> None:
    """Each hears from the one above, and tells it that it has."""
    for upper, lower in itertools.pairwise(desks):
        upper.take(lower.send())
        lower.take(upper.send(lower))


@pytest.mark.no_cover
def test_what_the_district_says_reaches_the_village_and_is_deleted_there_too(tmp_path: Path) -> None:
    district = new_root(tmp_path, "区", types=BELOW)
    town = new_desk(tmp_path, "镇", Level.TOWN, types=BELOW)
    village, other = (new_desk(tmp_path, name, Level.VILLAGE, types=BELOW) for name in ("甲村", "乙村"))
    enrol(town, district, 3)
    enrol(village, town)
    enrol(other, town)
    notice = district.birth("notice", {"title": "通知"})
    village.birth("firm", {"name": "一家"})
    pass_on(district, town, village)
    pass_on(town, other)
    for desk in (village, other):
        assert desk.records("notice") == {notice}
        pass_on(town, desk)
        assert desk.digest().sha256 == town.digest(desk.unit).sha256
    district.delete(notice, "notice")
    pass_on(district, town, village)
    shown = village.shown(notice, "notice")
    assert shown is not None
    assert shown.life is Life.DELETED
    assert village.digest().sha256 == town.digest(village.unit).sha256


def test_what_a_village_writes_of_that_type_stays_below_the_village(tmp_path: Path) -> None:
    """It is none of the others' business, even where its own station says that it goes below."""
    district = new_root(tmp_path, "区", types=BELOW)
    village, other = (new_desk(tmp_path, name, Level.VILLAGE, types=BELOW) for name in ("甲村", "乙村"))
    enrol(village, district)
    enrol(other, district)
    village.birth("notice", {"title": "村里的"})
    pass_on(district, village)
    pass_on(district, other)
    assert other.records("notice") == set()
    assert other.digest().sha256 == district.digest(other.unit).sha256


def test_what_was_passed_over_while_nobody_stood_above_comes_with_the_place_in_the_tree(
    tmp_path: Path,
) -> None:
    district = new_root(tmp_path, "区", types=BELOW)
    town = new_desk(tmp_path, "镇", Level.TOWN, types=BELOW)
    village = new_desk(tmp_path, "村", Level.VILLAGE, types=BELOW)
    enrol(town, district, 2)
    enrol(village, town)
    pass_on(district, town, village)
    notice = district.birth("notice", {"title": "通知"})
    pass_on(district, town)
    district.delete(town.unit, "unit")
    town.take(district.send(town))
    for _ in range(2):
        pass_on(town, village)
    assert village.records("notice") == set()
    district.delete(town.unit, "unit", revive=True)
    town.take(district.send(town))
    pass_on(district, town, village)
    assert village.records("notice") == {notice}
    assert village.digest().sha256 == town.digest(village.unit).sha256 == district.digest(village.unit).sha256
