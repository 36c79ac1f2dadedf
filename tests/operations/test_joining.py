"""A district that has begun alone joins a city: by three files of its own, and none of anybody below it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations.recording import records
from desktop.operations.stations import (
    applying,
    covers,
    enrolling,
    exchange,
    roots,
    signing,
    traffic,
    uncounted,
    unsettled,
)
from desktop.records.declaration import Level
from desktop.records.versions import item_outcomes
from desktop.sync.authority import station as stations
from desktop.sync.errors.enrolment import RootDiffers
from tests.operations.levels import Three, names, taken
from tests.operations.stations import enrol, report_up, station


def test_nobody_below_enrols_anew_and_renewed_keys_stay_under_the_same_root(tmp_path: Path) -> None:
    three = Three(tmp_path)
    district, town, village = three.all
    records.save(village, "enterprise", {"name": "以前的厂"})
    three.exchange()
    city = station(tmp_path, "330100", "杭州市总工会", Level.CITY)
    enrol(district, city, tmp_path, delegate=True)
    report_up(district, city, tmp_path)
    records.save(village, "enterprise", {"name": "以后的厂"})
    for below, desk in ((village, town), (town, district)):
        taken(desk, three.up(below))
    report_up(district, city, tmp_path)
    assert names(city) == {"以前的厂", "以后的厂"}
    exchange.receive(town, [three.down(district, town).path])
    exchange.receive(village, [three.down(town, village).path])
    known = {str(w) for w in roots.current(village.database, village.ledger.station).words}
    assert {str(w) for w in roots.current(city.database, city.ledger.station).words} < known

    applying.request(town, tmp_path / "新.xsq", renew=True)
    enrolling.grant(district, tmp_path / "新.xsq", tmp_path / "新.xsg", delegate=True, compared=None)
    applying.accept(town, tmp_path / "新.xsg", tmp_path / "新.xsa", compared=None)
    enrolling.confirm(district, tmp_path / "新.xsa")
    records.save(village, "enterprise", {"name": "换钥匙以后的厂"})
    three.exchange()
    report_up(district, city, tmp_path)
    assert "换钥匙以后的厂" in names(city)
    assert three.agree()


def test_who_has_joined_takes_no_other_root_unasked(tmp_path: Path) -> None:
    """Its own root was compared with nobody's, so the first one above it is; after that it is like everybody."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    city = station(tmp_path, "330100", "杭州市总工会", Level.CITY)
    another = station(tmp_path, "320100", "别的市总工会", Level.CITY)
    enrol(district, city, tmp_path)
    with pytest.raises(RootDiffers):
        enrol(district, another, tmp_path)
    assert len(stations.own_chain(district.ledger)) == 2


def test_that_it_had_registered_itself_is_nobodys_business_any_more(tmp_path: Path) -> None:
    """It is not counted and said to be so; nobody has to telephone about it."""
    three = Three(tmp_path)
    city = station(tmp_path, "330100", "杭州市总工会", Level.CITY)
    enrol(three.district, city, tmp_path, delegate=True)
    report_up(three.district, city, tmp_path)
    report_up(three.district, city, tmp_path)
    exchange.receive(three.town, [three.down(three.district, three.town).path])
    for session in (city, three.district, three.town):
        at = session.here
        assert unsettled.unsettled(session.database, at) == []
        assert uncounted.all_excluded(session.database, at) == []
    (one,) = unsettled.merge_details(city.database, city.here, 1)
    assert (one.cause, one.record) == (item_outcomes.REFUSED_REGISTERED, three.district.unit.id)
    assert one.advice.startswith("不用处理")
    assert not one.again


def test_those_below_hear_of_the_new_root_once_and_of_no_conflict(tmp_path: Path) -> None:
    """Their district's unit has two births until the same merge says which counts; its own root is no news."""
    three = Three(tmp_path)
    three.exchange()
    city = station(tmp_path, "330100", "杭州市总工会", Level.CITY)
    enrol(three.district, city, tmp_path, delegate=True)
    report_up(three.district, city, tmp_path)
    exchange.receive(three.district, [exchange.send(city, tmp_path, to=three.district.ledger.station).path])
    sent = three.down(three.district, three.town)
    (seen,) = traffic.preview(three.town, three.town.here, [sent.path])
    (result,) = exchange.receive(three.town, [sent.path]).bundles
    own = {str(w) for w in roots.current(city.database, city.ledger.station).words}
    for told in (seen.result, result):
        assert set(told.new_roots) == own
        assert told.conflict == 0
        assert told.total == told.applied + told.known + told.held + told.refused
        assert not [u for u in told.unapplied if u.outcome == item_outcomes.CONFLICT]
    assert unsettled.unsettled(three.town.database, three.town.here) == []


def test_who_has_joined_still_proves_its_own_bundles_to_those_below(tmp_path: Path) -> None:
    """They are signed under the root that it began with, which is none of the city's."""
    three = Three(tmp_path)
    city = station(tmp_path, "330100", "杭州市总工会", Level.CITY)
    enrol(three.district, city, tmp_path, delegate=True)
    sent = three.down(three.district, three.town)
    assert signing.look(three.district, sent.path).missing == frozenset()
    roots_here = roots.believed_roots(three.district.database)
    assert set(roots.own_roots(three.district)) < set(roots_here)
    assert covers.examine(three.up(three.town).path, roots_here, "", ()).stands
