"""Odd ids, personal values in plain parts, escapes, claims, grants and units withdrawn, vouching siblings."""

from __future__ import annotations

import pytest

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.store.peers import links
from desktop.sync.authority import exclusions, station
from desktop.sync.formats import segments
from desktop.sync.merging import rewriting
from tests.sync.acts import contact, erase, everything
from tests.sync.desks import enrol, new_desk, report
from tests.sync.places import Places, name_of

FIRM, OTHER, VISIT = "f1" * 16, "f2" * 16, "d1" * 16
SECRET, LATER = "13800001234", "13900005678"


@pytest.mark.no_cover
def test_a_personal_value_stands_in_a_part_of_its_own_or_is_refused(places: Places) -> None:
    """Or it could not be erased from the segments that everybody keeps."""
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    change = places.village.forge_change(FIRM, "contact", contact(SECRET))
    birth = places.village.forge_birth("f9" * 16, {"name": "厂", "contact.phone": SECRET})
    emptied = places.village.forge_change(FIRM, "contact", None)
    places.deliver()
    refused = {number: reason for (_, number), reason in places.district.refused().items()}
    assert (refused[change], refused[birth]) == ("value", "value")
    assert emptied not in refused


@pytest.mark.no_cover
def test_a_line_with_an_escape_is_erased_too(places: Places) -> None:
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    head = places.village.head(items.CHANGE, FIRM, "contact")
    line = items.change_line(head, contact(SECRET), "salt").replace(
        FIRM.encode(), b"\\u0066" + FIRM[1:].encode(), 1
    )
    places.village.forge([(head.number, line)])
    places.deliver()
    assert SECRET in everything(places.district)
    erase(places.town)
    places.deliver()
    assert SECRET not in everything(places.district)


@pytest.mark.no_cover
def test_what_is_written_here_after_an_erasure_with_a_later_moment_stays_alike(places: Places) -> None:
    """An erasure dated almost a day ahead (a clock that runs ahead) must not blank what is typed within that day."""
    places.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    places.deliver()
    places.village.time.pass_days(0.9)
    erase(places.village)
    places.village.time.pass_days(-0.9)
    places.town.edit(FIRM, "contact", contact(LATER))
    report(places.village, places.town)
    places.deliver()
    found = {d.digest(places.village.unit).sha256 for d in (places.village, places.town, places.district)}
    assert len(found) == 1


@pytest.mark.no_cover
def test_a_second_station_of_a_village_vouches_for_no_word_of_the_district(places: Places) -> None:
    """Stations of one unit may send in both directions, so one makes the other believe anything."""
    second = new_desk(places.town.folder, "村二", Level.VILLAGE, unit=places.village.unit)
    enrol(second, places.town)
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    links.connect(second.database, places.village.station, upward=False, unit=places.village.unit, name="甲村",
                  recipient=places.village.keys.recipient)  # fmt: skip
    head = second.head(items.BIRTH, "", None, type="exclusion", unit=places.district.unit, number=900)
    from dataclasses import replace

    from desktop.records.identity import item_id

    record = item_id("exclusion", places.district.station, places.district.keys.incarnation, 900)
    head = replace(head, record=record)
    shape = Shape(("cause", "items"))
    (text,) = exclusions.write(
        {(places.village.station, places.village.keys.incarnation): exclusions.Named([(1, 1)])}
    )
    header, frame = segments.cut(
        places.district.station, places.district.keys.incarnation,
        [(900, items.birth_line(head, shape, {"cause": "withdrawn", "items": text}, lambda: "s"))],
        {"exclusion": shape}, second.keys.sign, second.station,
    )  # fmt: skip
    second.database.execute(
        "INSERT INTO segment (origin, first, last, digest, counts, total, vouched, frame) VALUES (?,?,?,?,?,?,?,?)",
        (second.ledger.origin_ref(header.station, header.incarnation), 900, 900, header.digest, '{"birth":1}', 1,
         header.vouched, frame.compressed),
    )  # fmt: skip
    places.village.merge(second.send(places.village))
    assert name_of(places.village) == "厂"


def test_a_grant_withdrawn_and_lifted_leaves_everybody_alike(places: Places) -> None:
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    number = places.town.database.value(
        "SELECT _number FROM r_grant WHERE station = ?", (places.village.station,)
    )
    said = places.district.exclude((places.town, number))
    places.village.edit(FIRM, "name", "改")
    for _ in range(2):
        places.town.merge(places.district.send(places.town), places.village.send())
        places.district.merge(places.town.send())
    places.district.lift(said)
    for below, desk in reversed(places.pairs):
        below.merge(desk.send(below))
    places.deliver()
    assert (
        len({d.digest(places.village.unit).sha256 for d in (places.village, places.town, places.district)})
        == 1
    )
    assert name_of(places.district) == "改"


@pytest.mark.no_cover
def test_a_unit_withdrawn_and_lifted_leaves_everybody_alike(places: Places) -> None:
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    number = places.town.database.value(
        "SELECT _number FROM r_unit WHERE lower(hex(id)) = ?", (places.village.unit,)
    )
    said = places.district.exclude((places.town, number))
    places.village.edit(FIRM, "name", "改")
    for _ in range(2):
        places.town.merge(places.district.send(places.town))
        places.town.merge(places.village.send())
        places.district.merge(places.town.send())
    places.district.lift(said)
    for below, desk in reversed(places.pairs):
        below.merge(desk.send(below))
    places.deliver()
    assert (
        len({d.digest(places.village.unit).sha256 for d in (places.village, places.town, places.district)})
        == 1
    )
    assert name_of(places.district) == "改"


@pytest.mark.no_cover
def test_second_birth_with_an_own_unit_then_withdrawn(places: Places) -> None:
    """Claims and a withdrawn birth: rows of the one who was first here and of the one who was second are alike."""
    places.village.birth("firm", {"name": "甲", "staff": 1}, record=FIRM)
    places.sibling.time.at += 5000
    places.sibling.birth("firm", {"name": "乙", "phone": SECRET}, record=FIRM)
    places.deliver()
    places.village.edit(FIRM, "count", {"staff": 2})
    places.deliver()
    said = places.town.exclude((places.village, 1))
    places.deliver()
    assert places.town.values(FIRM) == places.sibling.values(FIRM) == places.district.values(FIRM)
    places.town.lift(said)
    places.deliver()
    assert (
        len({d.digest(places.village.unit).sha256 for d in (places.village, places.town, places.district)})
        == 1
    )
    assert (
        len({d.digest(places.sibling.unit).sha256 for d in (places.sibling, places.town, places.district)})
        == 1
    )


def test_what_a_station_takes_back_of_its_own_counts_where_nobody_knows_it(places: Places) -> None:
    """A firm that two towns record: the one holds what a village of the other has dated wrongly and taken back."""
    everybody = (places.district, places.town, places.other, places.village, places.far)
    for desk in (places.village, places.other):
        desk.birth("firm", {"name": desk.name}, record=FIRM)
    for desk in everybody:
        desk.time.pass_days(1.5)
    places.village.edit(FIRM, "name", "日期不对")
    places.deliver()
    assert name_of(places.other) == "日期不对"
    for desk in everybody:
        desk.time.pass_days(-1.5)
    rewriting.redate(places.village.ledger, places.village.keys, "cd" * 8, "村", "更正")
    places.village.keys = station.load_keys(places.village.ledger)
    places.deliver()
    for desk in everybody:
        desk.time.pass_days(1.6)
    places.deliver()
    assert len({d.digest(places.other.unit).sha256 for d in (places.other, places.district)}) == 1
    assert set(places.other.refused().values()) == {"clock"}
