"""Attacks by one valid town station or one valid village station on what counts elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.versions.stamps import to_wire
from desktop.sync.authority import enrolled, excluding, exclusions, station
from desktop.sync.signed import certificates
from tests.sync.acts import contact, everything
from tests.sync.desks import Desk, copied_disk, grant_record, report
from tests.sync.places import FIRM, OTHER, Places, name_of, self_grant

SECRET, LATER = "13800001234", "13900005678"


# -- certificates that nobody verified ------------------------------------------------------------------------------


def test_a_town_makes_itself_a_city_and_excludes_what_the_district_and_another_town_wrote(
    places: Places,
) -> None:
    places.district.birth("firm", {"name": "区里的"}, record=FIRM)
    number = places.district.ledger.next_number() - 1
    places.other.birth("firm", {"name": "乙镇的"}, record=OTHER)
    theirs = places.other.ledger.next_number() - 1
    places.deliver()
    self_grant(places.town, places.town, {places.district.unit}, Level.CITY)
    places.town.exclude((places.district, number), (places.other, theirs))
    report(places.town, places.district)
    assert name_of(places.district, OTHER) == "乙镇的"
    assert name_of(places.district) == "区里的"


@pytest.mark.parametrize(
    ("slot", "value"), [("superior", {"a": 1}), ("superior", 5), ("_deleted", {}), ("unit", "")]
)
def test_a_town_passes_nothing_of_its_village_off_as_a_move_that_does_not_count(
    places: Places, slot: str, value: object
) -> None:
    """What waits for its superior's sake is read as a change of the tree whenever anybody judges."""
    number = places.village.next_number()
    places.town.exclude((places.village, number), cause=excluding.REFUSED, refusal="superior")
    places.deliver()
    assert places.village.forge_change(places.sibling.unit, slot, value, type="unit") == number
    places.village.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    assert places.district.refused() == {(places.village.station, number): "withdrawn"}
    assert name_of(places.district) == "村里的"


def test_a_town_revokes_another_town(places: Places) -> None:
    places.other.birth("firm", {"name": "乙镇的"}, record=OTHER)
    places.deliver()
    self_grant(places.town, places.town, {places.district.unit}, Level.DISTRICT)
    places.town.revoke(places.other)
    report(places.town, places.district)
    assert name_of(places.district, OTHER) == "乙镇的"


def test_a_town_is_not_immune_against_the_district_by_a_certificate_for_nowhere(places: Places) -> None:
    places.town.birth("firm", {"name": "镇里的"}, record=FIRM)
    number = places.town.ledger.next_number() - 1
    places.deliver()
    places.district.exclude((places.town, number))
    assert name_of(places.district) is None
    self_grant(places.town, places.town, {"ee" * 16}, Level.TOWN)
    report(places.town, places.district)
    assert name_of(places.district) is None


def test_a_town_does_not_lift_what_another_town_said_of_its_village_by_a_certificate_for_nowhere(
    places: Places,
) -> None:
    """The village's key stands in its public certificate, so anybody can certify it once more."""
    places.far.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    places.other.exclude((places.far, 1))
    report(places.other, places.district)
    assert name_of(places.district) is None
    self_grant(places.town, places.far, {"ee" * 16}, Level.VILLAGE)
    report(places.town, places.district)
    assert name_of(places.district) is None


def test_nobody_who_may_enrol_nobody_says_whose_a_computer_is(places: Places) -> None:
    """Neither another's, by its public key, nor that the own one is the district's."""
    self_grant(places.village, places.far, {places.village.unit}, Level.VILLAGE)
    self_grant(places.town, places.town, {places.district.unit}, Level.CITY)
    places.deliver()
    said = enrolled.stations(places.district.database)
    for desk in (places.far, places.town):
        assert [unit for name, unit in said if name == desk.station] == [desk.unit]


# -- units claimed twice --------------------------------------------------------------------------------------------


def test_a_town_does_not_lift_a_withdrawal_by_registering_its_own_unit_again(places: Places) -> None:
    places.town.birth("firm", {"name": "镇里的"}, record=FIRM)
    number = places.town.ledger.next_number() - 1
    places.deliver()
    places.district.exclude((places.town, number))
    assert name_of(places.district) is None
    places.town.forge_birth(places.town.unit, {"name": "甲镇", "code": "甲镇", "level": "town"}, type="unit")
    report(places.town, places.district)
    assert name_of(places.district) is None


def test_a_town_does_not_lift_what_another_town_withdrew_by_claiming_its_village(places: Places) -> None:
    places.far.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    places.other.exclude((places.far, 1))
    places.deliver()
    assert name_of(places.district) is None
    places.town.forge_birth(
        places.far.unit,
        {"name": "乙镇的村", "code": "乙镇的村", "level": "village", "superior": places.town.unit},
        type="unit",
    )
    report(places.town, places.district)
    assert name_of(places.district) is None


def test_a_town_lets_no_station_in_that_it_never_granted(places: Places) -> None:
    places.far.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    places.other.revoke(places.far)
    report(places.other, places.district)
    assert name_of(places.district) is None
    places.town.time.at += 60_000
    places.town.birth("grant", {"station": places.far.station, "incarnation": places.far.keys.incarnation})
    report(places.town, places.district)
    assert name_of(places.district) is None


def test_a_town_lets_no_station_in_by_a_record_about_the_certificate_that_another_gave(
    places: Places,
) -> None:
    """Such a record is none by which the certificate was issued (check 21), whatever incarnation it names."""
    far, given = places.far, certificates.parse(station.own_chain(places.far.ledger)[0])
    far.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    places.other.revoke(far)
    report(places.other, places.district)
    places.town.time.at += 60_000
    record = grant_record(places.town, given, places.village.unit, far.keys.incarnation)
    places.town.ledger.write("批准", "甲镇", births=[record])
    report(places.town, places.district)
    assert name_of(places.district) is None


def test_a_revoked_town_lets_itself_not_in(places: Places) -> None:
    places.town.birth("firm", {"name": "镇里的"}, record=FIRM)
    places.deliver()
    places.town.time.pass_days(0.9)
    places.town.birth("grant", {"station": places.town.station, "incarnation": places.town.keys.incarnation})
    report(places.town, places.district)
    places.district.time.pass_days(0.1)
    places.district.revoke(places.town)
    assert name_of(places.district) is None


# -- erasing ---------------------------------------------------------------------------------------------------------


def erasure_of(desk: Desk, record: str, upto: int) -> None:
    cells = {"kind": "firm", "target": record, "slots": "contact", "upto": to_wire(upto)}
    desk.birth("erasure", cells)


def test_a_village_erases_nothing_of_anothers_record_that_it_claims(places: Places) -> None:
    """Ids of enterprises follow from public codes, so anybody can bear them a second time."""
    places.far.birth("firm", {"name": "厂", "person": "王", "phone": SECRET}, record=FIRM)
    places.deliver()
    places.village.time.at += 60_000
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    erasure_of(places.village, FIRM, places.village.stamp())
    report(places.village, places.town)
    report(places.town, places.district)
    assert SECRET in everything(places.district)


def test_an_erasure_reaches_no_further_than_its_own_moment(places: Places) -> None:
    """Otherwise whatever is typed later is blanked at every other level without a word."""
    places.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    places.deliver()
    erasure_of(places.village, FIRM, (1 << 63) - 1)
    places.village.settle()
    places.deliver()
    places.town.time.pass_days(0.2)
    places.town.edit(FIRM, "contact", contact(LATER))
    places.deliver()
    assert LATER in everything(places.town)
    assert LATER in everything(places.district)
    assert places.town.digest(places.village.unit) == places.district.digest(places.village.unit)


def test_who_has_given_a_record_away_does_not_erase_what_the_new_owner_writes(places: Places) -> None:
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    places.town.move(FIRM, places.sibling.unit)
    places.deliver()
    places.sibling.edit(FIRM, "contact", contact(SECRET))
    places.deliver()
    places.village.time.at += 60_000
    erasure_of(places.village, FIRM, places.village.stamp())
    places.deliver()
    assert SECRET in everything(places.sibling)
    assert SECRET in everything(places.district)


# -- own exclusions --------------------------------------------------------------------------------------------------


def test_a_village_takes_nothing_of_the_towns_words_out_by_taking_back_its_birth(places: Places) -> None:
    """Rule 18: withdrawing needs a strictly higher level; a station voids only what lies in the future (rule 19)."""
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    places.town.edit(FIRM, "name", "镇里核对过的")
    places.district.edit(FIRM, "checked", "区里核对过")
    places.deliver()
    places.village.exclude((places.village, 1), cause=excluding.WITHDRAWN)
    places.deliver()
    assert name_of(places.district) is not None
    assert places.district.held() == {}


def test_what_a_station_has_taken_back_itself_is_gone_at_its_siblings_too(places: Places) -> None:
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    places.town.move(FIRM, places.sibling.unit)
    places.deliver()
    places.village.exclude((places.village, 1), cause=excluding.CLOCK)
    places.deliver()
    assert (
        len({d.digest(places.sibling.unit).sha256 for d in (places.sibling, places.town, places.district)})
        == 1
    )


def test_a_copied_laptop_does_not_decide_its_own_fork(places: Places, tmp_path: Path) -> None:
    """Rule 23: the district decides; the same key under a new incarnation must not throw out what counts."""
    from desktop.sync.bundles import sending
    from desktop.sync.merging import receiving
    from tests.sync.desks import connect

    twin = copied_disk(places.village, tmp_path / "twin")
    connect(twin, places.town)
    frames = sending.tree_frames(places.town.ledger, places.town.keys, places.village.unit)
    receiving.take_tree(
        twin.ledger, twin.keys, frames, certificates.parse(station.own_chain(places.town.ledger)[0])
    )
    places.village.birth("firm", {"name": "先写的"}, record=FIRM)
    stamp = places.village.database.value("SELECT _stamp FROM r_firm")
    places.town.take(places.village.send())
    twin.time.pass_days(0.01)
    twin.birth("firm", {"name": "抄来的"}, record=OTHER)
    places.town.take(twin.send())
    assert places.town.records() == {FIRM}
    old = twin.keys.incarnation
    station.begin_incarnation(twin.ledger, "ab" * 8)
    twin.keys = station.load_keys(twin.ledger)
    (text,) = exclusions.write({(twin.station, old): exclusions.Named((), frozenset([(1, stamp)]))})
    twin.birth("exclusion", {"cause": excluding.FORK, "items": text})
    places.town.merge(twin.send())
    assert places.town.records() == {FIRM}
