"""Records that are given to a unit which was registered with them, in whatever pieces and order that arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import unit_id
from desktop.store.ledger import NewRecord
from tests.sync.desks import Desk, enrol, new_desk
from tests.sync.places import Places, name_of

FIRM = "f1" * 16
NEW = unit_id("village", "新村")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path)
    found.village.birth("firm", {"name": "厂", "staff": 5}, record=FIRM)
    found.deliver(2)
    return found


def register(town: Desk) -> None:
    cells = {"name": "新村", "code": "新村", "level": "village", "superior": town.unit}
    town.ledger.write("登记", town.name, births=[NewRecord("unit", NEW, town.unit, cells)])


def alike(places: Places, *others: Desk) -> None:
    held = [places.town, places.district, *others]
    assert len({desk.digest(NEW).sha256 for desk in held}) == 1
    assert len({desk.digest(places.village.unit).sha256 for desk in (*held[:2], places.village)}) == 1
    for desk in (*held, places.village, places.sibling):
        assert (desk.held(), desk.refused(), desk.conflicts()) == ({}, {}, set()), desk.name


def test_unit_move_and_edit_in_one_bundle(places: Places, tmp_path: Path) -> None:
    register(places.town)
    places.town.move(FIRM, NEW)
    places.town.edit(FIRM, "name", "新村的厂")
    places.village.edit(FIRM, "count", {"staff": 6, "source": "还在原村时"})
    places.deliver(3)
    alike(places)
    fresh = new_desk(tmp_path, "新村", Level.VILLAGE, unit=NEW)
    enrol(fresh, places.town)
    places.pairs.append((fresh, places.town))
    fresh.birth("firm", {"name": "新村自己的"})
    places.deliver(3)
    alike(places, fresh)
    shown = fresh.values(FIRM)
    assert shown is not None
    assert (shown["name"], shown["staff"]) == ("新村的厂", 6), (
        "what came late from where it was counts as well"
    )
    assert name_of(places.village) == "厂", "where it was hears where it went, and nothing more of it"


@pytest.mark.no_cover
@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_in_any_order_of_bundles(places: Places, order: tuple[int, ...]) -> None:
    """What is written under the new unit waits for it, and what moves a record there for nothing."""
    sent = []
    register(places.town)
    sent.append(places.town.send())
    places.town.move(FIRM, NEW)
    sent.append(places.town.send())
    places.town.edit(FIRM, "name", "新村的厂")
    sent.append(places.town.send())
    for place in order:
        places.district.merge(sent[place])
    places.deliver(3)
    alike(places)
    assert name_of(places.district) == "新村的厂"
    shown = places.district.shown(FIRM)
    assert shown is not None
    assert shown.unit == NEW


def test_nobody_gives_away_what_another_has_and_nobody_takes_it_by_naming_a_unit_of_his_own(
    places: Places,
) -> None:
    register(places.town)
    places.town.move(FIRM, NEW)
    places.deliver(2)
    theirs = places.sibling.forge_change(FIRM, "unit", places.sibling.unit)
    outside = places.far.forge_change(FIRM, "unit", places.far.unit, unit=NEW)
    places.deliver(2)
    assert places.district.held() == {(places.sibling.station, theirs): "no_birth"}
    assert places.district.refused() == {(places.far.station, outside): "scope"}
    shown = places.district.shown(FIRM)
    assert shown is not None
    assert (shown.unit, shown.disputed) == (NEW, ())
