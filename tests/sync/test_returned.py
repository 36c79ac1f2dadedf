"""What a station has said since its backup, and only those below have heard, comes back from them (rule 21)."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import derived_id
from desktop.store.ledger import SlotEdit
from desktop.store.peers import received
from desktop.store.queries import governing
from desktop.store.queries.aggregates.outbox import unsent
from desktop.sync.authority import behind, exclusions, station
from desktop.sync.authority.excluding import WITHDRAWN
from desktop.sync.bundles import kept
from desktop.sync.bundles.sending import Sent
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.formats import segments
from desktop.sync.merging import forks, orphaned
from tests.sync import desks
from tests.sync.acts import change_root, erase, move, renew
from tests.sync.desks import Desk, copied, enrol, new_desk, new_root, put_back, report, settle
from tests.sync.forging import forged_bundle
from tests.sync.places import Places, name_of, self_grant

FIRM, OTHER = "f1" * 16, "f2" * 16


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path, _told)
    found.pairs = [(found.village, found.town), (found.town, found.district)]
    return found


def _told(folder: Path) -> tuple[Desk, ...]:
    before = folder / "before"
    before.mkdir()
    found = Places(before)
    found.village.birth("firm", {"name": "厂"}, record=FIRM)
    found.deliver()
    return found.desks


def told_below(desk: Desk, below: Desk, *names: str) -> Sent:
    """The desk says something that nobody above hears, and loses it; the last of what it has sent."""
    backup = copied(desk)
    for name in names:
        desk.edit(FIRM, "name", name)
        sent = desk.send(below)
        below.take(sent)
    restore(desk, backup, f"{len(names):016x}")
    return sent


def restore(desk: Desk, backup: object, incarnation: str = "") -> None:
    """A backup is put back; the station goes on in a new incarnation, or does not notice."""
    put_back(desk, backup, desk.ledger.types)  # type: ignore[arg-type]
    if incarnation:
        begin(desk, incarnation)
        station.note_restored(desk.ledger)


def begin(desk: Desk, incarnation: str) -> None:
    station.begin_incarnation(desk.ledger, incarnation)
    desk.keys = station.load_keys(desk.ledger)


def assert_all_have(places: Places, name: str) -> None:
    concerned = (places.district, places.town, places.village)
    assert [name_of(desk) for desk in concerned] == [name] * 3
    assert len({desk.digest(places.village.unit).sha256 for desk in concerned}) == 1
    assert all(desk.held() == desk.refused() == {} for desk in concerned)


def test_what_only_those_below_have_heard_comes_back(places: Places) -> None:
    told_below(places.town, places.village, "镇上改的", "镇上又改的")
    assert name_of(places.town) == "厂", "lost with the laptop"
    places.deliver()
    assert_all_have(places, "镇上又改的")


def test_so_does_what_the_root_has_said(places: Places) -> None:
    """There is nobody above it; the other town, which has not heard it before, does now."""
    revoked = copied(places.district)
    record = places.district.revoke(places.far, 0)
    places.town.take(places.district.send(places.town))
    restore(places.district, revoked, "d" * 16)
    places.pairs = [
        (places.town, places.district),
        (places.other, places.district),
        (places.far, places.other),
    ]
    places.deliver(2)
    for desk in (places.district, places.town, places.other, places.far):
        said = governing.writers(desk.database, "revocation")
        assert said == {record: places.district.station}, "and nobody has to think of the stolen laptop again"


def test_a_root_that_has_lost_where_a_unit_is_refuses_nothing_for_it(places: Places) -> None:
    """A refusal is stated and counts everywhere; who wrote knows where the unit was put, and the root does no more.

    By the tree that is named alone, as where an older program has restored it, which has kept nothing of that.
    """
    district, other, village = places.district, places.other, places.village
    before = other.send()
    backup = copied(district)
    move(district, village.unit, other.unit)
    other.take(district.send(other))
    restore(district, backup)
    begin(district, "d" * 16)
    other.birth("firm", {"name": "茶厂"}, record=OTHER, unit=village.unit)
    (told,) = district.merge(other.send()).bundles
    assert (told.problem, told.refused, told.held) == (None, 0, 1)
    # One that was made before it and comes after tells nothing of what is known by now.
    district.take(before)
    assert (len(district.held()), district.refused()) == (1, {})
    # The same bundle tells that the root knows it by now, and what waited counts.
    for _ in range(2):
        other.take(district.send(other))
        district.take(other.send())
    assert name_of(district, OTHER) == "茶厂"
    assert district.held() == district.refused() == {}
    # A tree that no clock will ever show is never had again.
    district.take(forged_bundle(other, district, [], counts=0, tree=1 << 52))
    assert station.knowledge(district.ledger, district.keys).state.awaited == {other.station}


@pytest.mark.no_cover
def test_nor_one_to_whom_another_gave_back_the_newest_of_what_it_has_lost(tmp_path: Path) -> None:
    """It stands in the bundle as the tree that is known; what was said before that is lost still."""
    district = new_root(tmp_path, "区")
    town, other, third = (desks.below(district, name, Level.TOWN, 2) for name in ("甲镇", "乙镇", "丙镇"))
    village = desks.below(other, "村")
    settle([(village, other), (town, district), (other, district), (third, district)])
    backup = copied(district)
    move(district, village.unit, town.unit)
    district.edit(district.unit, "name", "新区", "unit")
    settle([(town, district), (third, district)])
    town.birth("firm", {"name": "厂"}, record=FIRM, unit=village.unit)
    restore(district, backup, "f" * 16)
    settle([(third, district)])
    assert (district.values(district.unit, "unit") or {})["name"] == "新区"
    assert district.take(town.send()).reasons == {("held", "unit"): 1}
    settle([(town, district)])
    assert (name_of(district), district.refused(), district.held()) == ("厂", {}, {})


def test_a_bundle_that_was_made_before_the_restore_was_heard_of_leaves_nothing_out(places: Places) -> None:
    """It moves the position past what was told, which it does not bring, as that was no news when it was made."""
    town, village = places.town, places.village
    told_below(town, village, "镇上改的")
    village.edit(FIRM, "partner", OTHER)
    town.take(village.send())
    assert name_of(town) == "厂"
    places.deliver()
    assert_all_have(places, "镇上改的")


@pytest.mark.no_cover
def test_it_comes_back_once(places: Places) -> None:
    town, village = places.town, places.village
    told_below(town, village, "镇上改的")
    places.deliver()
    before = len(places.district.database.rows("SELECT 1 FROM segment"))
    assert village.send().items == 0
    # Other news of a peer that has begun another incarnation bring it again, and all of it is known.
    restore(town, copied(town), "a" * 16)
    places.deliver()
    assert len(places.district.database.rows("SELECT 1 FROM segment")) == before
    assert_all_have(places, "镇上改的")


def test_what_was_vouched_for_with_keys_of_before_comes_back_too(places: Places) -> None:
    """Until a station below has heard of the new ones, it is spoken to with those."""
    town, village = places.town, places.village
    renew(town, places.district)
    told_below(town, village, "镇上改的")
    places.deliver()
    assert_all_have(places, "镇上改的")


def test_what_was_said_under_keys_that_went_with_the_laptop_stays_lost(places: Places) -> None:
    """Nobody can sign for it any more. The village's bundles are taken all the same."""
    town, village = places.town, places.village
    backup = copied(town)
    renew(town, places.district)
    places.deliver()
    town.edit(FIRM, "name", "镇上改的")
    village.take(town.send(village))
    restore(town, backup, "e" * 16)
    village.edit(FIRM, "partner", OTHER)
    village.take(town.send(village))
    result = town.take(village.send())
    assert (result.held, result.problem) == (1, None)
    assert town.shown(FIRM).values["partner"] == OTHER  # type: ignore[union-attr]
    renew(town, places.district)
    places.deliver(1)
    result = town.take(village.send())
    assert (result.held, result.refused, result.applied) == (0, 1, 0)
    assert [name_of(desk) for desk in (places.district, town, village)] == ["厂", "厂", "镇上改的"]


def test_what_a_former_root_has_signed_does_not_come_back(places: Places, tmp_path: Path) -> None:
    """Whoever comes to hold that key shall have nothing from it."""
    told_below(places.district, places.town, "区里改的")
    change_root(places.district)
    places.district.keys = station.load_keys(places.district.ledger)
    places.deliver()
    assert (name_of(places.district), name_of(places.town)) == ("厂", "区里改的")
    (result,) = places.district.merge(places.town.send()).bundles
    assert (result.problem, result.applied) == (None, 0)


def test_nobody_else_says_what_a_station_has_said(places: Places) -> None:
    """What it has not signed itself waits for a key that it may have had, and spoils nothing else."""
    town, village = places.town, places.village
    lines = [(900, b'[["change","firm","%s","%s","name","%016x",[],900,"x","x"]]' % (
        FIRM.encode(), village.unit.encode(), town.stamp()))]  # fmt: skip
    header, frame = segments.cut(town.station, "9" * 16, lines, {}, village.keys.sign, town.station)
    sent = forged_bundle(village, town, [Outgoing(frame, [*header.label(), 0, 1])], counts=1)
    result = town.take(sent)
    assert (result.applied, result.held) == (0, 1)
    assert town.refused() == town.held() == {}, "nothing of it is taken in"
    assert name_of(town) == "厂"


def test_of_two_contents_of_one_number_neither_counts_until_somebody_decides(places: Places) -> None:
    """The backup was put back unnoticed first, and the number was given a second time."""
    town, village = places.town, places.village
    backup = copied(town)
    town.edit(FIRM, "name", "第一次")
    village.take(town.send(village))
    restore(town, backup)
    town.edit(FIRM, "name", "第二次")
    town.cut()
    restore(town, copied(town), "b" * 16)
    places.deliver(2)
    (fork,) = forks.open_forks(town.database, town.ledger.types)
    assert fork.station == town.station
    assert {content.value for content in fork.contents} == {'"第一次"', '"第二次"'}


def test_in_the_incarnation_in_which_it_speaks_a_station_takes_nothing_back(places: Places) -> None:
    """Numbers are given here and nowhere else: this is a copy, or somebody has one."""
    town, village = places.town, places.village
    backup = copied(town)
    town.edit(FIRM, "name", "另一台写的")
    village.take(town.send(village))
    (header, frame), = [
        (segments.read(found)[0], found)
        for (compressed,) in village.database.rows(
            "SELECT frame FROM segment WHERE vouched = ? ORDER BY position DESC LIMIT 1", (town.station,)
        )
        for found in [kept.frame_of(compressed)]
    ]  # fmt: skip
    restore(town, backup)
    sent = forged_bundle(village, town, [Outgoing(frame, [*header.label(), 0, 1])], counts=1)
    result = town.take(sent)
    assert (result.applied, result.held) == (0, 1)
    assert name_of(town) == "厂"


def test_own_words_about_a_unit_that_is_gone_by_now_do_not_wait_for_it(places: Places) -> None:
    """They counted here when they were said, and nobody below has to be asked whether they might."""
    district, town, village, sibling = places.district, places.town, places.village, places.sibling
    backup = copied(town)
    erase(town, wrote=[village.unit])
    sibling.take(town.send(sibling))
    restore(town, backup, "f" * 16)
    move(district, village.unit, places.other.unit)
    sibling.take(town.send(sibling))
    for desk, told in ((town, district.send(town)), (town, sibling.send())):
        result = desk.take(told)
    assert (result.held, town.held()) == (0, {})
    assert "erasure" in result.births


def test_who_is_enrolled_last_believes_it_in_whatever_order_it_stands(places: Places, tmp_path: Path) -> None:
    """Of a village that was moved here the former superior is not known; the new one's word counts, once he is."""
    district, town, far = places.district, places.town, places.far
    moved = [SlotEdit("unit", far.unit, slot, town.unit) for slot in ("superior", "unit")]
    district.ledger.write("调整", district.name, edits=moved)
    district.settle()
    for desk in (town, places.other):
        desk.take(district.send(desk))
    # All that the district has said goes to the end of the town's journal, behind what the other town has.
    restore(district, copied(district), "c" * 16)
    places.deliver(1)
    last = new_desk(tmp_path, "甲镇的另一台", Level.TOWN, unit=town.unit)
    enrol(last, town)
    last.take(town.send(last))
    assert last.held() == {}
    assert last.digest(far.unit).sha256 == town.digest(far.unit).sha256
    assert far.unit in last.records("unit")


def test_whoever_has_the_keys_of_a_revoked_laptop_has_nothing_signed_by_the_new_ones(places: Places) -> None:
    """The incarnations of the new keys are let in whole; in one that the station has left the thief might go on."""
    district, town, village = places.district, places.town, places.village
    stolen = town.keys
    district.revoke(town, received.last_number(district.database, district.ledger.origin_ref(*_origin(town))))
    renew(town, district)
    places.deliver()
    left = town.keys.incarnation
    restore(town, copied(town), "d" * 16)
    lines = [(900, b'[["change","firm","%s","%s","name","%016x",[],900,"x","x"]]' % (
        FIRM.encode(), village.unit.encode(), town.stamp()))]  # fmt: skip
    header, frame = segments.cut(town.station, left, lines, {}, stolen.sign, town.station)
    result = town.take(forged_bundle(village, town, [Outgoing(frame, [*header.label(), 0, 1])], counts=1))
    assert (result.applied, result.refused, result.problem) == (0, 1, None)
    places.deliver()
    assert [name_of(desk) for desk in (district, town)] == ["厂", "厂"]


def test_an_office_between_refuses_nothing_for_its_scope_until_those_below_have_heard_of_its_restore(
    tmp_path: Path,
) -> None:
    """Its own move is lost, by which one of them writes; what it refuses in writing would not count any more.

    Nor does it pass that on to the level above, which has never heard of the move either. Below it is news by then.
    """
    city = new_root(tmp_path, "市", Level.CITY)
    district = desks.below(city, "区", Level.DISTRICT, 3)
    town, other, third = (desks.below(district, name, Level.TOWN, 2) for name in ("甲镇", "乙镇", "丙镇"))
    village, second = desks.below(other, "村"), new_desk(tmp_path, "甲镇的另一台", Level.TOWN, unit=town.unit)
    enrol(second, town)
    pairs = [(village, other), (second, town), (town, district), (other, district), (district, city)]
    village.birth("firm", {"name": "给别的镇的"}, record=OTHER)
    settle(pairs)
    backup = copied(district)
    move(district, village.unit, town.unit)
    settle([(town, district), (second, town)])
    second.birth("firm", {"name": "厂"}, record=FIRM, unit=village.unit)
    second.edit(OTHER, "unit", third.unit)
    town.take(second.send())
    restore(district, backup, "f" * 16)
    assert district.take(town.send()).reasons["held", "unit"] == 2
    for desk in (town, third):
        desk.take(district.send(desk))
    district.birth("firm", {"name": "区里的"}, record="f3" * 16)
    assert report(district, city).applied > 0
    assert (city.held(), city.refused(), unsent(district.database).waiting) == ({}, {}, 0)
    settle([(town, district), (district, city), (third, district)])
    for desk in (city, district, third):
        assert (desk.refused(), desk.held(), OTHER in desk.records()) == ({}, {}, True)
    assert (name_of(city), name_of(district)) == ("厂", "厂")
    # What those write who have heard of it is judged as ever, though others have not; and of whom is out of use.
    restore(district, copied(district), "e" * 16)
    district.take(other.send())
    settle([(town, district)])
    town.birth("firm", {"name": "厂"}, unit=other.unit)
    assert district.take(town.send()).reasons["refused", "scope"] == 1
    other.birth("firm", {"name": "厂"}, unit=town.unit)
    assert district.take(other.send()).reasons["held", "unit"] == 1
    district.revoke(other, 1_000)
    assert (district.held(), [*district.refused().values()]) == ({}, ["scope", "scope"])


def test_what_stands_on_who_is_who_in_what_it_does_not_pass_up_stays_with_that(tmp_path: Path) -> None:
    """The town has moved a firm and granted new keys beside what waits: without that the level above would refuse what
    others have written by it. Meanwhile nothing of it is sent below once more.
    """
    city, district, _ = desks.two_districts(tmp_path)
    town, other = (desks.below(district, name, Level.TOWN, 2) for name in ("甲镇", "乙镇"))
    village, near, far = desks.below(other, "村"), desks.below(town, "近村"), desks.below(town, "远村")
    second = new_desk(tmp_path, "甲镇的另一台", Level.TOWN, unit=town.unit)
    enrol(second, district)
    cells = {"name": "企业", "code": "企业", "level": "enterprise", "superior": near.unit}
    firm = town.birth("unit", cells, record=derived_id("unit:enterprise", "企业"), unit=town.unit)
    settle(
        [(village, other), (near, town), (far, town), (town, district), (other, district), (district, city)]
    )
    backup = copied(district)
    move(district, village.unit, town.unit)
    settle([(town, district)])
    town.birth("firm", {"name": "厂"}, record=FIRM, unit=village.unit)
    move(town, firm, far.unit)
    renew(near, town)
    far.take(town.send(far))
    far.birth("firm", {"name": "企业里的"}, record=OTHER, unit=firm)
    near.birth("firm", {"name": "新的签名"})
    for desk in (near, far):
        town.take(desk.send())
    restore(district, backup, "f" * 16)
    assert district.take(town.send()).reasons["held", "unit"] == 1
    for last in (False, True):
        report(district, city)
        assert (city.refused(), city.records(), unsent(district.database).waiting) == ({}, set(), 0)
        sent = district.send(second)
        assert not (last and sent.items), "it was sent below as it came"
        second.take(sent)
        district.take(second.send())
    settle([(town, district), (district, city)])
    for desk in (district, city):
        assert (len(desk.records()), desk.refused(), desk.held()) == (3, {}, {}), desk.name


def test_nor_what_comes_with_the_very_bundle_that_gives_back_what_it_stands_on(tmp_path: Path) -> None:
    """The district has sent first: who has heard of the restore puts what comes back behind what he had already. And by
    now it speaks in another incarnation once more.
    """
    _, district, _ = desks.two_districts(tmp_path)
    town, other = (desks.below(district, name, Level.TOWN, 2) for name in ("甲镇", "乙镇"))
    village = desks.below(other, "村")
    settle([(village, other), (town, district), (other, district)])
    backup = copied(district)
    move(district, village.unit, town.unit)
    settle([(town, district)])
    town.birth("firm", {"name": "厂"}, record=FIRM, unit=village.unit)
    restore(district, backup, "1" * 16)
    for desk in (town, other):
        desk.take(district.send(desk))
    begin(district, "2" * 16)
    for desk in (town, other):
        district.take(desk.send())
    assert (name_of(district), district.refused(), district.held()) == ("厂", {}, {})
    assert not behind.note_hearing(district.ledger, town.station, "2" * 16, taken=False), "this is asked once"
    town.birth("firm", {"name": "厂"}, record=OTHER, unit=other.unit)
    assert district.take(town.send()).reasons == {("refused", "scope"): 1}
    # Whoever had heard of that restore is awaited after the next as well.
    backup = copied(district)
    move(district, village.unit, other.unit)
    other.take(district.send(other))
    other.edit(FIRM, "name", "又归乙镇")
    restore(district, backup, "3" * 16)
    other.take(district.send(other))
    district.take(other.send())
    assert name_of(district) == "又归乙镇"
    behind.note_hearing(district.ledger, other.station, "9" * 16, taken=False)
    district.delete(other.unit, "unit")
    awaited = station.knowledge(district.ledger, district.keys).state.awaited
    assert awaited == {other.station}, "a unit that is deleted was not moved away"


@pytest.mark.no_cover
def test_nor_does_one_that_was_restored_twice_which_does_not_know_what_it_was_between(tmp_path: Path) -> None:
    """Below that is named in which the move was said. With what it begins after that nothing is lost, and who was moved
    away tells nothing.
    """
    city, district, far = desks.two_districts(tmp_path)
    town, other, third = (desks.below(district, name, Level.TOWN, 2) for name in ("甲镇", "乙镇", "丙镇"))
    village, near = desks.below(other, "村"), desks.below(town, "近村")
    self_grant(other, near, {near.unit}, Level.VILLAGE)
    pairs = [(village, other), (near, town), (town, district), (other, district), (district, city)]
    settle(pairs)
    first, second = copied(district), copied(district)
    restore(district, first, "1" * 16)
    settle(pairs)
    move(district, village.unit, town.unit)
    settle([(town, district)])
    town.birth("firm", {"name": "厂"}, record=FIRM, unit=village.unit)
    restore(district, second, "2" * 16)
    assert district.take(town.send()).reasons == {("held", "unit"): 1}
    settle([(town, district), (other, district)])
    assert (name_of(district), district.refused(), district.held()) == ("厂", {}, {})
    for begun in ("3" * 16, "4" * 16):
        settle([(town, district)], 1)
        begin(district, begun)
    town.birth("firm", {"name": "厂"}, record=OTHER, unit=other.unit)
    assert district.take(town.send()).reasons == {("refused", "scope"): 1}
    restore(district, copied(district), "5" * 16)
    district.take(other.send())
    near.birth("firm", {"name": "厂"}, unit=third.unit)
    town.take(near.send())
    town.birth("firm", {"name": "厂"}, unit=other.unit)
    assert district.take(town.send()).reasons == {("held", "unit"): 2}
    settle([(town, district), (district, city)])
    assert list(district.held().values()) == ["unit"], (
        "whom the other town has enrolled as well waits for that"
    )
    move(city, other.unit, far.unit)
    settle([(district, city)])
    assert (district.held(), [*district.refused().values()].count("scope")) == ({}, 3)


def test_who_accepts_another_root_says_what_the_lost_one_had_said_in_its_words(tmp_path: Path) -> None:
    """Also what did not count by its word about a whole computer, of which this station's own word says less."""
    places = Places(tmp_path)
    district, town, village = places.district, places.town, places.village
    for record in (FIRM, OTHER, "f3" * 16):
        village.birth("firm", {"name": "厂"}, record=record)
    places.deliver()
    last = village.next_number() - 1
    town.revoke(village, last - 1)
    district.revoke(village, last - 2)
    origin = village.station, village.keys.incarnation
    text = f"{' '.join(origin)} {last - 2}"
    district.say("exclusion", {"label": "退回：厂", "note": "报错了", "cause": WITHDRAWN, "items": text})
    # Of those that are not below it a station has nothing to say.
    district.revoke(places.far)
    town.take(district.send(town))
    assert town.records() == set()
    before = station.knowledge(town.ledger, town.keys).policy
    enrol(town, new_root(tmp_path, "新区"), 3)
    orphaned.say_again(town.ledger, town.keys, before, town.name)
    town.settle()
    assert town.records() == set()
    said = [
        (cells["label"], cells["note"], list(exclusions.read(str(cells["items"]))[origin].where()))
        for *_, cells in governing.exclusions_by(town.database, town.station, ("label", "note", "items"))
    ]
    # What its own word lets not count is not said once more.
    assert said == [
        ("退回：厂", "报错了", [(last - 2, last - 2)]),
        ("原来的最上级停用的，换了以后仍停用", None, [(last - 1, last - 1)]),
    ]
    revoked = governing.said(town.database, "revocation", ("station",))
    assert [of for writer, _, (of,) in revoked if writer == town.station] == [village.station]


def _origin(desk: Desk) -> tuple[str, str]:
    return desk.station, desk.keys.incarnation
