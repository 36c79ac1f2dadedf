"""Attacks by an enrolled town on keys, certificates and words of others, and by anybody on time and on whole merges."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.records.declaration import Level, Role
from desktop.records.identity import derived_id
from desktop.records.versions import items
from desktop.records.versions.item_outcomes import REFUSED_KEY
from desktop.records.versions.items import Head, Shape
from desktop.store.ledger import NewRecord, SlotEdit
from desktop.store.log import pending
from desktop.sync import errors
from desktop.sync.authority import moves, station
from desktop.sync.bundles import envelope, kept
from desktop.sync.formats import segments
from desktop.sync.signed import certificates, identity
from desktop.sync.signed.certificates import Claims, grant_serial
from desktop.sync.signed.identity import StationKeys
from tests.measuring import seconds
from tests.sync.acts import erase, renew
from tests.sync.desks import Desk, enrol, grant_record, new_desk, proof_of, report
from tests.sync.places import FIRM, OTHER, Places, name_of

NAME = {"firm": Shape(("name",))}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def own_keys(victim: Desk, word: str = "own") -> StationKeys:
    """Keys that somebody else has made for a station."""
    return replace(identity.generate(random.Random(word).randbytes), station=victim.station)


def certify(
    desk: Desk,
    victim: Desk,
    unit: str,
    level: Level,
    keys: StationKeys | None = None,
    incarnation: str = "",
    proof: str | None = None,
) -> None:
    """The desk certifies another's station for a unit of its own, with keys that it has chosen or those it has."""
    keys = keys or victim.keys
    own = certificates.parse(station.own_chain(desk.ledger)[0])
    serial = grant_serial(desk.station, desk.keys.incarnation, desk.ledger.next_number())
    claims = Claims(victim.station, keys.public_key, keys.recipient, frozenset([unit]), level, Role.DESK)
    made = certificates.issue(claims, serial, desk.keys, own)
    desk.ledger.write("批准", desk.name, births=[grant_record(desk, made, unit, incarnation or None, proof)])


def pass_on(desk: Desk, writer: Desk, keys: StationKeys, unit: str, *, incarnation: str, name: str) -> None:
    """The desk's journal has a segment of another station, signed by these keys."""
    head = Head(items.BIRTH, "firm", "cd" * 16, unit, None, desk.stamp(), (), 1, name)
    line = items.birth_line(head, NAME["firm"], {"name": name}, lambda: "salt")
    made = segments.cut(writer.station, incarnation, [(1, line)], NAME, keys.sign)
    kept.keep(desk.ledger, *made)


# Keys and certificates of others


@pytest.mark.no_cover
def test_a_town_locks_no_other_out_by_a_key_of_its_own_for_its_incarnation(places: Places) -> None:
    """The names of station and incarnation stand on every stick, so a stranger's grant can name them."""
    for victim in (places.town, places.village):
        certify(
            places.other, victim, places.far.unit, Level.VILLAGE, own_keys(victim), victim.keys.incarnation
        )
    report(places.other, places.district)
    places.village.birth("firm", {"name": "村里的"}, record=FIRM)
    places.town.birth("firm", {"name": "镇里的"}, record=OTHER)
    report(places.village, places.town)
    report(places.town, places.district)
    assert (name_of(places.district), name_of(places.district, OTHER)) == ("村里的", "镇里的")


def test_whoever_writes_about_anothers_certificate_says_nothing_of_its_incarnation(places: Places) -> None:
    """A record that bears the certificate of somebody else is none by which it was issued (check 21)."""
    renew(places.town, places.district)
    report(places.town, places.district)
    before, now = (
        next(c for c in station.granted(places.district.ledger) if c.claims.public_key == key)
        for key in (places.town.keys.others[0].public_key, places.town.keys.public_key)
    )
    for certificate, incarnation in ((before, places.town.keys.incarnation), (now, "f" * 16)):
        record = grant_record(places.other, certificate, places.far.unit, incarnation)
        places.other.ledger.write("批准", "乙镇", births=[record])
    report(places.other, places.district)
    places.town.birth("firm", {"name": "镇里的"}, record=FIRM)
    report(places.town, places.district)
    assert name_of(places.district) == "镇里的"


def test_a_town_takes_no_right_from_another_by_certifying_it_for_less(places: Places) -> None:
    certify(places.other, places.town, places.far.unit, Level.VILLAGE)
    certify(places.other, places.other, places.far.unit, Level.VILLAGE)
    report(places.other, places.district)
    late = derived_id("unit:village", "新村")
    cells = {"name": "新村", "code": "新村", "level": "village", "superior": places.town.unit}
    places.town.birth("unit", cells, record=late)
    report(places.town, places.district)
    assert places.district.refused() == {}
    assert late in places.district.records("unit")


def test_a_town_registers_no_unit_of_its_own_level(places: Places) -> None:
    late = derived_id("unit:town", "丙镇")
    cells = {"name": "丙镇", "code": "丙镇", "level": "town", "superior": places.town.unit}
    places.town.birth("unit", cells, record=late)
    number = places.town.next_number() - 1
    report(places.town, places.district)
    assert places.district.refused() == {(places.town.station, number): "identity"}


def test_a_town_gives_anothers_village_no_right_in_its_own_town(places: Places) -> None:
    """It may let it do what it likes under units of its own."""
    certify(places.other, places.village, places.other.unit, Level.TOWN)
    report(places.other, places.district)
    records = []
    for unit, code in ((places.village.unit, "一"), (places.other.unit, "二")):
        cells = {"name": code, "code": code, "level": "village", "superior": unit}
        records.append(derived_id("unit:village", code))
        places.village.birth("unit", cells, record=records[-1], unit=unit)
    number = places.village.ledger.next_number() - 2
    places.town.merge(places.village.send())
    report(places.town, places.district)
    assert places.district.refused()[places.village.station, number] == "writer"
    assert places.district.records("unit") & set(records) == {records[1]}


def test_a_town_makes_no_keys_for_anothers_village(places: Places) -> None:
    """It could write in its name, or under its numbers, which would stop what it writes itself (check 21)."""
    village, forged = places.village, own_keys(places.village)
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver(1)
    for proof in (None, "garbage", proof_of(forged), proof_of(replace(forged, others=(places.far.keys,)))):
        certify(
            places.other, village, places.far.unit, Level.VILLAGE, forged, village.keys.incarnation, proof
        )
    report(places.other, places.district)
    assert len([c for c in station.granted(places.district.ledger) if c.station == village.station]) == 1
    pass_on(places.other, village, forged, places.far.unit, incarnation=village.keys.incarnation, name="假的")
    (forgery,) = places.district.merge(places.other.send()).bundles
    assert isinstance(forgery.problem, errors.BadSegmentSignature)
    village.edit(FIRM, "name", "村里改的")
    places.town.merge(village.send())
    report(places.town, places.district)
    assert name_of(places.district) == "村里改的"
    assert places.district.held() == {}


def test_what_proves_renewed_keys_proves_no_others(places: Places) -> None:
    """The proof stands in the grant, which everybody may read; another town takes it for keys that it has made."""
    village, town, district = places.village, places.town, places.district
    renew(village, town)
    report(town, district)
    forged, proof = own_keys(village), proof_of(village.keys)
    certify(places.other, village, places.far.unit, Level.VILLAGE, forged, village.keys.incarnation, proof)
    report(places.other, district)
    granted = {c.claims.public_key for c in station.granted(district.ledger) if c.station == village.station}
    assert granted == {village.keys.public_key, village.keys.first.public_key}


@pytest.mark.no_cover
@pytest.mark.parametrize("unit", ["its own", "of the other town"])
def test_a_former_key_speaks_for_those_alone_who_certify_it_still(places: Places, unit: str) -> None:
    """Another town certifies it for the incarnation of the new one."""
    village, town, district = places.village, places.town, places.district
    places.deliver(1)
    renew(village, town)
    report(town, district)
    old, incarnation = village.keys.others[0], village.keys.incarnation
    certify(places.other, village, places.far.unit, Level.VILLAGE, old, incarnation)
    places.other.cut()
    under = village.unit if unit == "its own" else places.far.unit
    pass_on(places.other, village, old, under, incarnation=incarnation, name="旧密钥签的")
    assert report(places.other, district).problem is None
    assert district.refused() == ({(village.station, 1): "scope"} if unit == "its own" else {})


def test_nobody_lets_himself_in_again_by_a_grant_of_a_day_ahead(places: Places, tmp_path: Path) -> None:
    """A second computer of the district, of the level of who puts it out of use, had it ready before that."""
    district = places.district
    second = new_desk(tmp_path, "区里二号机", Level.DISTRICT, unit=district.unit)
    enrol(second, district, 2)
    second.time.pass_days(0.9)
    certify(second, second, second.unit, Level.DISTRICT, incarnation="9" * 16)
    # Whoever has heard that says no word of an earlier time.
    district.revoke(second, second.next_number() - 1)
    district.take(second.send())
    station.begin_incarnation(second.ledger, "9" * 16)
    second.keys = station.load_keys(second.ledger)
    second.birth("firm", {"name": "停用以后的"}, record=FIRM)
    (told,) = district.merge(second.send()).bundles
    assert isinstance(told.problem, errors.Revoked)
    assert name_of(district) is None


def test_a_town_puts_no_former_key_of_anothers_village_before_that_which_it_has(places: Places) -> None:
    """The first key needs no proof, and no grant of its own town names an incarnation that begins at a restore."""
    village, town, district = places.village, places.town, places.district
    places.deliver(1)
    renew(village, town)
    station.begin_incarnation(village.ledger, "9" * 16)
    village.keys = station.load_keys(village.ledger)
    certify(places.other, village, places.far.unit, Level.VILLAGE, village.keys.others[0], "9" * 16)
    report(places.other, district)
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    town.take(village.send())
    assert report(town, district).refused == 0
    assert name_of(district) == "村里的"


@pytest.mark.no_cover
@pytest.mark.parametrize("reported", ["before the move", "after it"])
def test_what_was_signed_by_former_keys_is_believed_where_its_station_has_moved_to(
    places: Places, reported: str
) -> None:
    """The certificates of those keys are by a town that is above the village no more, and may be heard of late."""
    village, town, other, district = places.village, places.town, places.other, places.district
    places.deliver(1)
    for record, name in ((FIRM, "旧密钥签的"), (OTHER, "新密钥签的")):
        renew(village, town)
        village.birth("firm", {"name": name}, record=record)
        village.cut()
    renew(village, town)
    late = town.send()
    if reported == "before the move":
        district.take(late)
    edits = [SlotEdit("unit", village.unit, slot, other.unit) for slot in ("superior", "unit")]
    district.ledger.write("调整", district.name, edits=edits)
    district.settle()
    other.take(district.send(other))
    enrol(village, other)
    came = other.take(village.send())
    assert (came.held > 0, came.refused) == (reported == "after it", 0)
    if came.held:
        assert {(u.outcome, u.reason) for u in came.unapplied} == {("held", "certificate")}
        district.take(late)
        other.take(district.send(other))
        again = other.take(village.send())
        assert (again.held, again.refused) == (0, 0)
    district.take(other.send())
    for desk in (other, district):
        assert (name_of(desk), name_of(desk, OTHER)) == ("旧密钥签的", "新密钥签的")


def test_a_segment_of_a_former_key_spoils_no_bundle_in_which_somebody_passes_it_on(places: Places) -> None:
    """Whoever took it in had not heard of the new key; and its numbers are those of the new key."""
    village, town, district = places.village, places.town, places.district
    places.deliver(1)
    renew(village, town)
    old, incarnation = village.keys.others[0], village.keys.incarnation
    report(town, district)
    town.birth("firm", {"name": "镇里的"}, record=OTHER)
    pass_on(town, village, old, village.unit, incarnation=incarnation, name="假的")
    result = district.take(town.send())
    assert [(u.reason, u.number, u.count) for u in result.unapplied] == [(REFUSED_KEY, 1, 1)]
    assert result.applied + result.known + result.refused == result.total
    assert (name_of(district, OTHER), name_of(district, "cd" * 16)) == ("镇里的", None)
    town.take(district.send(town))
    assert district.take(town.send()).total == 0, "it is not sent for ever"
    pass_on(town, village, own_keys(village), village.unit, incarnation="12" * 8, name="别的")
    (spoilt,) = district.merge(town.send()).bundles
    assert isinstance(spoilt.problem, errors.BadSegmentSignature), "that is nobody's key at all"


def test_keys_drawn_for_lines_to_come_are_not_used_in_another_incarnation(places: Places) -> None:
    """A backup or a copy holds them too: what is erased in one segment must not be found by the key of another."""
    desk = places.village
    many = [
        NewRecord("firm", desk.ledger.new_id(), desk.unit, {"name": "厂"}) for _ in range(items.MAX_LINES)
    ]
    desk.ledger.write("导入", desk.name, births=many)
    desk.cut()
    first = desk.ledger.next_number()
    assert pending.key_of(desk.database, first) is not None
    station.begin_incarnation(desk.ledger, "ef" * 8)
    assert pending.key_of(desk.database, first) is None
    desk.birth("firm", {"name": "以后的"})
    station.begin_incarnation(desk.ledger, "dc" * 8)
    assert pending.key_of(desk.database, 1) is not None, "a line waits that was written under it"


# What is no item, where a value was erased

Line = Callable[[Desk], bytes]


def raw(desk: Desk, kind: str, *parts: bytes, **changes: object) -> bytes:
    head = desk.head(kind, FIRM, None if kind == items.BIRTH else "contact", **changes)
    cells = ["n"] if kind == items.BIRTH else None
    return b"[" + items.SEPARATOR.join([items._encode(head.to_wire(cells)), *parts]) + b"]"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (lambda v: raw(v, items.CHANGE, b"[garbage]"), None),
        (lambda v: raw(v, "later", b"[garbage]", b'["salt",1]'), None),
        (lambda v: raw(v, items.BIRTH), errors.BadSegment),
        (lambda v: raw(v, items.CHANGE, b'["s",1]', type={"a": "\x01"}), errors.BadSegment),
        (lambda v: raw(v, items.CHANGE, b'["s",1]', unit=["\x01"]), errors.BadSegment),
    ],
    ids=["no value", "a later kind", "fewer parts than its shape", "no type", "no unit"],
)
def test_a_line_about_an_erased_value_that_is_none_stops_no_merge(
    places: Places, line: Line, problem: type[Exception] | None
) -> None:
    village, town = places.village, places.town
    village.birth("firm", {"name": "厂", "person": "张三"}, record=FIRM)
    report(village, town)
    town.time.at += 60_000
    erase(town)
    shape = {"firm": Shape(("name",), (("contact.person",),))}
    kept.keep(village.ledger, *village.forge([(village.next_number(), line(village))], shape, keep=False))
    places.sibling.birth("firm", {"name": "邻村的"}, record=OTHER)
    bad, good = town.merge(village.send(), places.sibling.send()).bundles
    assert isinstance(bad.problem, problem) if problem else bad.problem is None
    assert (good.problem, name_of(town, OTHER)) == (None, "邻村的")
    report(town, places.district)


# Time


def changes_of_one_unit(count: int) -> list[moves.Move]:
    """A town that changes the superior of its village again and again, and one word of the district about it."""
    unit, town, district = "u" * 32, "t" * 32, "d" * 32
    birth = moves.Move(("d", "i"), 1, unit, "superior", 1, town, frozenset(), 1, frozenset([district]), True)
    theirs = [
        moves.Move(("t", "i"), n, unit, "superior", n, town, frozenset([n - 1]), 2, frozenset([town]))
        for n in range(2, count)
    ]
    word = moves.Move(("d", "i"), 2, unit, "superior", count, town, frozenset([1]), 1, frozenset([district]))
    return [birth, *theirs, word]


@pytest.mark.parametrize(
    "kinds", [["x1"], ["k" * 33], [f"later_{a}{b}" for a in "abcdefgh" for b in "abcdefghi"]]
)
def test_whoever_invents_kinds_of_items_keeps_nobody_from_passing_them_on(
    places: Places, kinds: list[str]
) -> None:
    """A manifest has room for 64 kinds, of letters alone."""
    first = places.village.next_number()
    heads = (places.village.head(kind, FIRM, "name", number=n) for n, kind in enumerate(kinds, first))
    places.village.forge([(head.number, items.change_line(head, "x", None)) for head in heads])
    places.village.birth("firm", {"name": "村里的"}, record=FIRM)
    assert report(places.village, places.town).held == len(kinds)
    sent = places.town.send()
    counts = envelope.look(envelope.read_bundle(sent.path)).counts
    assert counts["other"] == len(kinds)
    assert places.district.take(sent).held == len(kinds)
    assert name_of(places.district) == "村里的"


def test_whoever_changes_what_has_no_birth_of_its_type_keeps_nobody_from_writing_down(places: Places) -> None:
    """Where its value was erased it waits for nothing, and is passed on though there is no table of its type."""
    head = places.village.head(items.CHANGE, FIRM, "name", type="later")
    line = items.erased_line(items.change_line(head, "x", "salt"), [1])
    places.village.forge([(head.number, line)])
    assert report(places.village, places.town).held == 0
    report(places.town, places.district)
    assert places.town.take(places.district.send(places.town)).problem is None


@pytest.mark.parametrize("spelled", [rb'[["ch\u0061nge"', b'[[ "change"'])
def test_whoever_spells_a_kind_otherwise_keeps_nobody_from_vouching_for_it(
    places: Places, spelled: bytes
) -> None:
    places.village.birth("firm", {"name": "村里的"}, record=FIRM)
    head = places.village.head(items.CHANGE, FIRM, "name")
    line = items.change_line(head, "改过的", None)
    places.village.forge([(head.number, line.replace(b'[["change"', spelled))])
    report(places.village, places.town)
    report(places.town, places.district)
    assert name_of(places.district) == "改过的"
    places.town.take(places.district.send(places.town))


def test_a_unit_that_is_moved_again_and_again_is_reckoned_in_time() -> None:
    superiors = {"u" * 32: "t" * 32, "t" * 32: "d" * 32, "d" * 32: None}
    few, many = changes_of_one_unit(150), changes_of_one_unit(1500)
    once = min(seconds(lambda: moves.not_counting(few, superiors, [])) for _ in range(5))
    assert len(moves.not_counting(many, superiors, [])) == 1498
    assert min(seconds(lambda: moves.not_counting(many, superiors, [])) for _ in range(3)) < 200 * once


@pytest.mark.no_cover
def test_units_under_one_another_go_down_in_time(places: Places) -> None:
    """A town may register as many units as it likes, each below the one before."""
    places.deliver(1)
    town = places.town

    def register(count: int, name: str) -> float:
        units = [derived_id("unit:village", f"{name}{n}") for n in range(count)]
        births = [
            NewRecord("unit", unit, town.unit, {"name": f"{name}{n}", "code": f"{name}{n}", "level": "village",
                                                "superior": units[n - 1] if n else town.unit})
            for n, unit in enumerate(units)
        ]  # fmt: skip
        town.ledger.write("登记", town.name, births=births)
        places.district.take(town.send())
        spent = seconds(lambda: places.district.send(town))
        town.take(places.district.send(town))
        return spent

    few = register(60, "少")
    assert register(600, "多") < 40 * few
