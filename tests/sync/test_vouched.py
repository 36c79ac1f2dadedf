"""What a parent vouches for on the way down: no more than it may write itself, or the origin is known to (rule 14)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.canonical import Cell
from desktop.records.versions.items import Shape
from desktop.store.ledger import SlotEdit
from desktop.store.peers import segment_log
from desktop.store.queries.units import subtree
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.formats import segments
from tests.sync.desks import Desk, enrol, new_desk, new_root
from tests.sync.forging import forged_bundle
from tests.sync.places import Places, self_grant

FIRM, OTHER = "f1" * 16, "f2" * 16
NUMBER = 900


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path)
    found.deliver(1)
    return found


def vouch(
    town: Desk,
    village: Desk,
    origin: Desk,
    type_name: str,
    cells: Mapping[str, Cell],
    *,
    days: float = 0,
    number: int = NUMBER,
    incarnation: str = "",
) -> None:
    """The town tells its village, in a bundle as it should be, that another station has born a record."""
    head = origin.head(
        items.BIRTH, OTHER, None, type=type_name, unit=village.unit, number=number, stamp=town.stamp(days)
    )
    shape = Shape(tuple(cells))
    header, frame = segments.cut(
        origin.station, incarnation or origin.keys.incarnation,
        [(number, items.birth_line(head, shape, cells, lambda: ""))], {type_name: shape}, town.keys.sign, town.station,
    )  # fmt: skip
    sent = forged_bundle(town, village, [Outgoing(frame, [*header.label(), 0, 1])], kind="down", counts=1)
    village.take(sent)


FORBIDDEN = [("notice", {"title": "通知"}), ("firm", {"name": "厂", "checked": "已核对"})]


@pytest.mark.parametrize(("type_name", "cells"), FORBIDDEN)
def test_a_town_does_not_say_by_vouching_what_it_may_not_say(
    places: Places, type_name: str, cells: dict[str, Cell]
) -> None:
    """Neither as its own nor as the village's own of before a restore, to which it is forbidden as well."""
    vouch(places.town, places.village, places.town, type_name, cells)
    vouch(places.town, places.village, places.village, type_name, cells, incarnation="9" * 16)
    assert places.village.refused() == {(s.station, NUMBER): "writer" for s in (places.town, places.village)}
    assert places.village.records(type_name) == set()


@pytest.mark.no_cover
@pytest.mark.parametrize(("type_name", "cells"), FORBIDDEN)
def test_of_a_station_that_nobody_knows_it_waits_for_its_grant(
    places: Places, type_name: str, cells: dict[str, Cell], tmp_path: Path
) -> None:
    """It may be another district's, of which the village has not heard, or nobody's."""
    second = new_desk(tmp_path, "区里的第二台", Level.DISTRICT, unit=places.district.unit)
    vouch(places.town, places.village, second, type_name, cells)
    assert places.village.held() == {(second.station, NUMBER): "certificate"}
    self_grant(places.town, second, {places.village.unit}, Level.DISTRICT)
    places.deliver(1)
    assert places.village.held() == {(second.station, NUMBER): "certificate"}, "a grant nobody believes"
    enrol(second, places.district)
    places.deliver(2)
    assert places.village.held() == {}
    assert places.village.records(type_name) == {OTHER}


def test_what_everybody_below_may_write_is_believed_of_stations_that_are_not_known(places: Places) -> None:
    """Of its neighbours a village holds no certificates."""
    vouch(places.town, places.village, places.far, "firm", {"name": "邻镇的"})
    assert places.village.records() == {OTHER}


@pytest.mark.no_cover
def test_what_the_district_writes_reaches_the_village_through_the_town(places: Places) -> None:
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver(1)
    places.district.edit(FIRM, "checked", "已核对")
    places.deliver(2)
    found = places.village.values(FIRM)
    assert found is not None
    assert found["checked"] == "已核对"
    assert places.village.refused() == places.village.held() == {}


def test_what_waited_is_judged_without_its_parent_once_that_is_none_any_more(
    places: Places, tmp_path: Path
) -> None:
    """The village has been enrolled anew under another root, by which no certificate of the town counts."""
    for number, (type_name, cells) in enumerate([("firm", {"name": "邻镇的"}), FORBIDDEN[0]], start=NUMBER):
        vouch(places.town, places.village, places.far, type_name, cells, days=2, number=number)
    assert set(places.village.held().values()) == {"future"}
    enrol(places.village, new_root(tmp_path, "别区"))
    places.village.time.pass_days(3)
    places.village.settle()
    assert places.village.held() == {(places.far.station, NUMBER + 1): "certificate"}
    assert places.village.records() == {OTHER}


@pytest.mark.no_cover
def test_who_is_enrolled_hears_of_a_unit_from_elsewhere_before_it_knows_whose_the_parents_is(
    places: Places, tmp_path: Path
) -> None:
    """Nobody there knows who has registered it, and what is vouched for comes in the order of the parent's journal."""
    unit, other = places.village.unit, places.other
    edits = [SlotEdit("unit", unit, slot, other.unit) for slot in ("superior", "unit")]
    places.district.ledger.write("调整", "区", edits=edits)
    places.deliver(2)
    origin = other.ledger.origin_ref(places.district.station, places.district.keys.incarnation)
    registered = other.database.value("SELECT _number FROM r_unit WHERE id = unhex(?)", (other.unit,))
    other.ledger.to_the_end(segment_log.positions(other.database, origin, registered, registered))
    fresh = new_desk(tmp_path, "乙镇新来的", Level.TOWN, unit=other.unit)
    enrol(fresh, other)
    fresh.take(other.send(fresh))
    assert fresh.held() == {}
    assert set(subtree(fresh.database, other.unit)) == {other.unit, unit, places.far.unit}
