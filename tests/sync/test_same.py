"""Records that are one (rule 10) on their way: who may say so, who gets what, and the same picture everywhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import same_id, unit_id
from desktop.records.versions.deciding import SAME
from desktop.records.versions.resolution import Life
from desktop.records.versions.stamps import to_wire
from desktop.store.ledger import Deletion, NewRecord
from desktop.store.log import components
from desktop.store.log.versions import load_versions
from desktop.store.queries.depending import Resting
from desktop.sync.bundles.sending import Sent
from desktop.sync.merging import erasing
from desktop.sync.merging.withdrawing import Affected
from tests.measuring import seconds
from tests.sync.acts import edge, say_same
from tests.sync.casting import cast
from tests.sync.desks import Desk, enrol, new_desk, new_root, report, settle

ONE, OTHER = "f1" * 16, "f2" * 16
EDGE = same_id("firm", ONE, OTHER)


@dataclass(frozen=True)
class House:
    """A district, a town of it, and two villages of the town; each village has registered the same firm."""

    district: Desk
    town: Desk
    east: Desk
    west: Desk

    def settle(self) -> None:
        """Everybody has received everything."""
        settle([(self.east, self.town), (self.west, self.town), (self.town, self.district)], rounds=4)

    @property
    def desks(self) -> tuple[Desk, ...]:
        return self.district, self.town, self.east, self.west


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(*cast(_house, tmp_path))


def _house(folder: Path) -> tuple[Desk, ...]:
    before = folder / "before"
    before.mkdir()
    district = new_root(before, "区")
    town = new_desk(before, "镇", Level.TOWN)
    enrol(town, district, 2)
    east, west = (new_desk(before, name, Level.VILLAGE) for name in ("东村", "西村"))
    for village in (east, west):
        enrol(village, town)
    house = House(district, town, east, west)
    east.birth("firm", {"name": "茶厂", "staff": 30, "person": "王"}, record=ONE)
    west.birth("firm", {"name": "茶业公司", "staff": 35, "phone": "13800000000"}, record=OTHER)
    west.birth("visit", {"firm": OTHER, "topic": "走访"}, record="d1" * 16)
    house.settle()
    return house.desks


def say_of(desk: Desk, *names: str) -> tuple[str, ...]:
    """Two new records of a desk, which says that they are one; the smaller id first."""
    one, other = sorted(desk.birth("firm", {"name": name}) for name in names)
    say_same(desk, one, other)
    return one, other


def lives_on(desk: Desk, edge: str) -> bool:
    shown = desk.shown(edge, SAME)
    return shown is not None and shown.life is Life.LIVE


def joined(desk: Desk) -> bool:
    return components.members(desk.database, "firm", OTHER) == (ONE, OTHER)


def assert_equal(house: House) -> None:
    """Whoever holds the same has the same digest, whole or of a unit."""
    assert house.town.digest() == house.district.digest(house.town.unit)
    for village in (house.east, house.west):
        assert village.digest(village.unit) == house.town.digest(village.unit)


def test_what_the_town_says_is_one_is_one_everywhere(house: House) -> None:
    assert house.east.values(OTHER) is None
    say_same(house.town)
    house.settle()
    for desk in house.desks:
        assert joined(desk)
        found = desk.shown(OTHER)
        assert found is not None
        assert (found.id, found.values["phone"]) == (ONE, "13800000000")
        assert set(found.disputed) == {"name", "count", "contact", "unit"}
        visit = desk.values("d1" * 16, "visit")
        assert visit is None or visit["firm"] == ONE
    assert_equal(house)
    assert house.town.digest("99" * 16).records == 0


def test_an_edge_between_records_that_nobody_has_is_in_nobodys_scope(house: House) -> None:
    """It goes down to nobody, so who comes later has not heard of it."""
    say_same(house.east, "c1" * 16, "c2" * 16)
    house.settle()
    later = new_desk(house.town.folder, "东村新来的", Level.VILLAGE, unit=house.east.unit)
    enrol(later, house.town)
    later.take(house.town.send(later))
    assert (len(later.records(SAME)), len(house.town.records(SAME))) == (0, 1)
    assert later.digest(later.unit) == house.town.digest(later.unit) == house.district.digest(later.unit)
    assert house.town.digest().sha256 != house.town.digest(house.town.unit).sha256


def test_an_edge_goes_where_a_record_that_it_names_counts_again(house: House) -> None:
    """They are not one yet, as the other does not; whoever heard it before it ceased to count has it still."""
    district, town, village = house.district, house.town, house.east
    one, other = (village.birth("firm", {"name": name}) for name in ("一", "二"))
    last = village.ledger.next_number() - 1
    house.settle()
    say_same(district, one, other)
    district.exclude((village, last))
    word = district.exclude((village, last - 1))
    made = new_desk(town.folder, "镇的新电脑", Level.TOWN, unit=town.unit)
    enrol(made, district, 2)
    settle([(made, district)])
    assert made.records(SAME) == set()
    district.lift(word)
    settle([(made, district)])
    assert made.records(SAME) == district.records(SAME) != set()


def test_who_knows_of_more_than_a_hundred_that_would_be_one_takes_them_apart(house: House) -> None:
    """The villages know of half of them, each of its own: there they were one, and are not any longer."""
    rows = []
    for village in (house.east, house.west):
        ids = [village.ledger.new_id() for _ in range(60)]
        births = [NewRecord("firm", record, village.unit, {"name": "同一家"}) for record in ids]
        edges = [edge(village, one, other) for one, other in itertools.pairwise(ids)]
        village.ledger.write("合并", village.name, births=[*births, *edges])
        rows.append(ids)
    house.settle()
    assert len(components.members(house.east.database, "firm", rows[0][0])) == 60
    say_same(house.town, *sorted((rows[0][0], rows[1][0])))
    assert components.members(house.town.database, "firm", rows[0][0]) == ()
    house.settle()
    for desk in house.desks:
        assert not any(components.members(desk.database, "firm", record) for ids in rows for record in ids)
    assert_equal(house)


@pytest.mark.no_cover
def test_a_long_row_of_records_that_are_one_goes_down_and_is_compared_in_time(house: House) -> None:
    """A village may say so of as many of its own as it likes."""

    def join(count: int) -> float:
        ids = [house.east.ledger.new_id() for _ in range(count)]
        house.east.ledger.write("新增", "东村", births=[
            NewRecord("firm", record, house.east.unit, {"name": "同一家"}) for record in ids
        ])  # fmt: skip
        edges = [edge(house.east, one, other) for one, other in itertools.pairwise(ids)]
        house.east.ledger.write("合并", "东村", births=edges)
        house.town.take(house.east.send())
        assert len(components.members(house.town.database, "firm", ids[-1])) == count
        return seconds(lambda: (house.town.send(house.east), house.town.digest(house.east.unit)))

    few = join(25)
    assert join(100) < 15 * few


@pytest.mark.no_cover
def test_very_many_edges_about_what_lies_far_below_are_judged_in_time(house: House) -> None:
    """A town may put as many of its units one below the other as it likes."""

    def join(count: int) -> float:
        units, births = [house.town.unit], []
        for n in range(count):
            cells = {"code": f"{count} {n}", "level": "village", "superior": units[-1]}
            units.append(unit_id("village", f"{count} {n}"))
            births.append(NewRecord("unit", units[-1], house.town.unit, cells))
        ids = [house.town.ledger.new_id() for _ in range(count)]
        births += [NewRecord("firm", record, units[-1], {"name": "同一家"}) for record in ids]
        births += [edge(house.town, one, other) for one, other in itertools.pairwise(ids)]
        house.town.ledger.write("新增", "镇", births=births)
        house.district.take(house.town.send())
        house.town.edit(units[1], "name", "改名的村", "unit")
        sent = house.town.send()
        return seconds(lambda: house.district.take(sent))

    few = join(60)
    # Fifteen times as many of both; each unit looked at for each edge would be two hundred times.
    assert join(900) < 20 * few


@pytest.mark.no_cover
def test_an_edit_of_what_is_one_replaces_what_both_said_and_each_village_writes_under_its_own_id(
    house: House,
) -> None:
    say_same(house.town)
    house.settle()
    house.west.edit(ONE, "name", "茶业有限公司")
    under = house.west.database.rows(
        "SELECT DISTINCT lower(hex(record)) FROM version WHERE slot = 'name' AND NOT birth"
    )
    assert under == [(OTHER,)]
    house.settle()
    for desk in house.desks:
        found = desk.shown(ONE)
        assert found is not None
        assert found.values["name"] == "茶业有限公司"
        assert "name" not in found.disputed
    assert_equal(house)


@pytest.mark.no_cover
def test_deleting_the_edge_takes_them_apart_everywhere(house: House) -> None:
    say_same(house.town)
    house.settle()
    house.town.delete(EDGE, SAME)
    house.settle()
    for desk in house.desks:
        assert not joined(desk)
        one, other = desk.values(ONE), desk.values(OTHER)
        assert one is not None
        assert other is not None
        assert (one["name"], one["phone"], other["name"]) == ("茶厂", None, "茶业公司")
    assert_equal(house)
    house.town.delete(EDGE, SAME, revive=True)
    house.settle()
    assert all(joined(desk) for desk in house.desks)
    assert_equal(house)


@pytest.mark.no_cover
def test_who_stands_above_one_of_them_alone_joins_nothing_and_gets_nothing_of_the_other(house: House) -> None:
    """Otherwise anybody could ask for anybody's values."""
    say_same(house.west)
    house.settle()
    assert not any(joined(desk) for desk in house.desks)
    assert house.west.values(ONE) is None
    assert house.east.values(OTHER) is None
    assert_equal(house)


@pytest.mark.no_cover
def test_two_levels_may_say_the_same_and_one_taking_it_back_is_enough(house: House) -> None:
    say_same(house.town)
    say_same(house.district)
    house.settle()
    assert all(joined(desk) for desk in house.desks)
    assert not any((EDGE, "unit") in desk.conflicts() for desk in house.desks)
    house.district.delete(EDGE, SAME)
    house.settle()
    assert not any(joined(desk) for desk in house.desks)


def test_an_edge_under_another_id_is_refused_and_one_that_stands_is_never_changed(house: House) -> None:
    number = house.town.forge_birth("ee" * 16, {"kind": "firm", "one": ONE, "other": OTHER}, type=SAME)
    turned = house.town.forge_birth(
        same_id("firm", ONE, OTHER), {"kind": "firm", "one": OTHER, "other": ONE}, type=SAME
    )
    nobody = house.town.forge_birth(
        same_id("firm", "None", ONE), {"kind": "firm", "one": None, "other": ONE}, type=SAME
    )
    say_same(house.town)
    changed = house.town.forge_change(EDGE, "other", "f3" * 16, type=SAME)
    house.district.take(house.town.send())
    refused = house.district.refused()
    town = house.town.station
    reasons = {number: "identity", turned: "identity", nobody: "identity", changed: "writer"}
    assert refused == {(town, n): reason for n, reason in reasons.items()}
    assert joined(house.district)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "said",
    [
        {"one": "a", "other": "b"},
        {"one": ""},
        {"other": OTHER},
        {"one": ONE, "other": "z"},
        {"one": 5, "other": 6},
        {"kind": 5},
    ],
    ids=lambda said: ",".join(said),
)
def test_an_edge_between_what_are_no_records_is_refused_and_spoils_nothing(
    house: House, tmp_path: Path, said: dict[str, str | int]
) -> None:
    """Everybody compares, sends and restates as before: the town has said that something else does not count."""
    house.east.birth("firm", {"name": "收回的"})
    record = same_id(str(said.get("kind", "firm")), str(said.get("one")), str(said.get("other")))
    number = house.east.forge_birth(record, {"kind": "firm"} | said, type=SAME)
    other = new_desk(tmp_path, "另一个镇", Level.TOWN)
    enrol(other, house.district, 2)
    house.settle()
    house.town.exclude((house.east, number - 1))
    house.settle()
    assert set(house.district.refused()) == {(house.east.station, number), (house.east.station, number - 1)}
    assert_equal(house)


def test_edges_of_edges_go_nowhere(house: House) -> None:
    """However many name one another in a row."""
    edges = [edge(house.east, ONE, OTHER)]
    for _ in range(1_000):
        one, other = sorted((edges[-1].record, OTHER))
        cells = {"kind": SAME, "one": one, "other": other}
        edges.append(NewRecord(SAME, same_id(SAME, one, other), house.east.unit, cells))
    house.east.ledger.write("合并", "东村", births=edges[::-1])
    house.settle()
    assert (len(house.town.records(SAME)), len(house.west.records(SAME))) == (1_001, 1)
    assert house.west.digest(house.west.unit) == house.town.digest(house.west.unit)


@pytest.mark.no_cover
def test_a_birth_that_is_withdrawn_leaves_the_other_alone(house: House) -> None:
    say_same(house.town)
    house.settle()
    house.district.exclude((house.west, 1))
    house.settle()
    for desk in (house.district, house.town):
        assert not joined(desk)
        assert desk.values(OTHER) is None
        assert desk.values(ONE) is not None


@pytest.mark.no_cover
def test_deleting_what_is_one_deletes_both(house: House) -> None:
    say_same(house.town)
    house.settle()
    house.town.delete("d1" * 16, "visit")
    house.town.delete(OTHER)
    house.settle()
    for desk in house.desks:
        found = desk.shown(ONE)
        assert found is not None
        assert found.life is Life.DELETED
    assert_equal(house)
    house.town.delete(ONE, revive=True)
    house.settle()
    assert all(desk.shown(ONE).life is Life.LIVE for desk in house.desks)  # type: ignore[union-attr]


@pytest.mark.no_cover
def test_what_was_born_after_the_edge_is_one_with_it_too(house: House) -> None:
    third = "f0" * 16
    say_same(house.town, ONE, third)
    report(house.town, house.district)
    house.west.birth("firm", {"name": "晚来的"}, record=third)
    house.settle()
    for desk in house.desks:
        found = desk.shown(ONE)
        assert found is not None
        assert found.id == third
    assert_equal(house)


@pytest.mark.no_cover
@pytest.mark.parametrize("moved", [False, True], ids=["it claims one", "one is given to it"])
def test_who_gets_one_of_them_later_gets_the_other_too(house: House, tmp_path: Path, moved: bool) -> None:
    """Neither the edge nor a first birth is new by then: what brings one of them into a scope brings all of them."""
    say_same(house.town)
    house.settle()
    south = new_desk(tmp_path, "南村", Level.VILLAGE)
    enrol(south, house.town)
    report(south, house.town)
    if moved:
        house.town.move(OTHER, south.unit)
    else:
        south.birth("firm", {"name": "茶厂"}, record=OTHER)
    report(south, house.town)
    assert joined(south)
    assert south.digest(south.unit) == house.town.digest(south.unit)


def _second_birth(house: House) -> tuple[Desk, list[Sent]]:
    house.east.edit(ONE, "name", "东村改的")
    house.west.birth("firm", {"name": "西村的"}, record=ONE)
    return house.town, [house.east.send(), house.west.send()]


def _child(house: House) -> tuple[Desk, list[Sent]]:
    house.east.delete(ONE)
    house.west.birth("visit", {"firm": ONE, "topic": "又走访"})
    return house.town, [house.east.send(), house.west.send()]


def _other_half(house: House) -> tuple[Desk, list[Sent]]:
    say_same(house.town)
    house.settle()
    house.east.edit(ONE, "in_park", 1)
    house.west.edit(ONE, "in_park", 0)
    return house.town, [house.east.send(), house.west.send()]


def _edge(house: House) -> tuple[Desk, list[Sent]]:
    sent = []
    house.east.edit(ONE, "name", "东村改的")
    for act in (lambda: report(house.east, house.town), lambda: say_same(house.town)):
        act()
        sent.append(house.town.send())
        house.town.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    return house.district, sent


@pytest.mark.no_cover
@pytest.mark.parametrize("write", [_second_birth, _child, _other_half, _edge])
def test_of_two_files_of_one_merge_the_second_alone_is_told_what_it_brings_into_conflict(
    house: House, write: Callable[[House], tuple[Desk, list[Sent]]]
) -> None:
    """As if the first had come by itself: its items were in no conflict until the second came."""
    desk, sent = write(house)
    before = desk.conflicts()
    first, second = desk.merge(*sent).bundles
    assert desk.conflicts() > before
    assert (first.applied, first.conflict, first.unapplied) == (1, 0, [])
    assert second.total == second.applied + second.known + second.conflict


@pytest.mark.no_cover
def test_who_stood_above_both_has_said_it_for_good(house: House) -> None:
    """A village that goes to another town takes nothing apart."""
    say_same(house.town)
    house.settle()
    house.district.edit(house.west.unit, "superior", house.district.unit, "unit")
    house.district.settle()
    assert joined(house.district)


@pytest.mark.no_cover
def test_who_claims_two_public_codes_joins_nothing_that_is_others(house: House, tmp_path: Path) -> None:
    """A claim gives rights to its own words only: else two strangers' records went to each of them."""
    far = new_desk(tmp_path, "邻镇", Level.TOWN)
    enrol(far, house.district)
    for record, name in ((ONE, "甲"), (OTHER, "乙")):
        far.birth("firm", {"name": name}, record=record)
    say_same(far)
    house.settle()
    settle([(far, house.district), (house.town, house.district)], rounds=4)
    house.settle()
    assert not any(joined(desk) for desk in (*house.desks, far))
    assert house.east.shown(OTHER) is None
    for village in (house.east, house.west):
        assert village.digest(village.unit).sha256 == house.town.digest(village.unit).sha256


@pytest.mark.no_cover
def test_an_edge_goes_when_somebody_elsewhere_claims_what_it_joins(house: House, tmp_path: Path) -> None:
    """The villages do not know the other town and believed theirs, whose word had no effect in its own ledger."""
    far = new_desk(tmp_path, "邻镇", Level.TOWN)
    enrol(far, house.district)
    say_same(house.town)
    own = say_of(house.east, "甲", "乙")
    house.settle()
    far.birth("firm", {"name": "邻镇登记的"}, record=OTHER)
    far.birth("firm", {"name": "邻镇登记的"}, record=own[0])
    settle([(far, house.district), (house.town, house.district)], rounds=2)
    house.settle()
    assert [joined(desk) for desk in house.desks] == [False] * 4
    assert not any(lives_on(desk, EDGE) for desk in house.desks)
    # Nobody below the village believes it, so what it said about its own is not lost with the claim.
    assert lives_on(house.east, same_id("firm", *own))
    for desk in (house.east, house.west, far):
        above = {holder.digest(desk.unit).sha256 for holder in (desk, house.district)}
        assert len(above) == 1, desk.name


def test_what_is_one_since_a_unit_is_in_the_tree_goes_down_to_who_had_the_edge_before(
    house: House, tmp_path: Path
) -> None:
    """The record itself lay before what he had received by then."""
    far, south = new_desk(tmp_path, "邻镇", Level.TOWN), new_desk(tmp_path, "南村", Level.VILLAGE)
    enrol(far, house.district)
    enrol(south, house.town)
    one, other = sorted(
        house.district.birth("firm", {"name": "区里登记的"}, unit=unit) for unit in (far.unit, south.unit)
    )
    say_same(house.district, one, other)
    settle([(far, house.district)], rounds=2)
    assert same_id("firm", one, other) in far.records(SAME)
    assert len(far.records()) == 1
    settle([(house.town, house.district), (far, house.district)], rounds=2)
    assert components.members(far.database, "firm", other) == (one, other)
    assert far.digest(far.unit).sha256 == house.district.digest(far.unit).sha256


@pytest.mark.no_cover
@pytest.mark.parametrize("way", ["taken apart", "edge withdrawn", "it dies", "what it lived by is withdrawn"])
def test_what_was_said_while_it_was_one_with_anothers_comes_when_they_are_apart(
    house: House, tmp_path: Path, way: str
) -> None:
    """It lay before what its unit, which had the record no more, had received by then.

    One that is deleted takes no part, and then is whose it was too.
    """
    west, town, district = house.west, house.town, house.district
    south = new_desk(tmp_path, "南村", Level.VILLAGE)
    enrol(south, town)
    south.birth("firm", {"name": "南村登记的"}, record=OTHER)
    links = [(south, town), (town, district)]
    settle(links, rounds=2)
    lives_by = west.next_number()
    if way == "what it lived by is withdrawn":
        west.edit(OTHER, "in_park", 1)
    town.edit(OTHER, "name", "镇里改的")
    if way == "what it lived by is withdrawn":
        town.delete(OTHER)
    report(west, town)
    if way == "it dies":
        west.delete(OTHER)
    number = town.next_number()
    say_same(town)
    town.move(ONE, house.east.unit)
    settle(links, rounds=2)
    assert '"镇里改的"' not in names_known_to(south)
    if way == "taken apart":
        town.delete(EDGE, SAME)
    elif way == "edge withdrawn":
        district.exclude((town, number))
    elif way == "it dies":
        report(west, town)
    else:
        district.exclude((west, lives_by))
    settle(links[::-1], rounds=2)
    assert '"镇里改的"' in names_known_to(south)
    assert south.digest(south.unit).sha256 == town.digest(south.unit).sha256


def names_known_to(desk: Desk) -> set[str]:
    """All that was ever said of the name of one of the two."""
    found = load_versions(desk.database, "firm", bytes.fromhex(OTHER))
    return {v.value for v in found if v.slot == "name"}


@pytest.mark.no_cover
def test_whoever_had_an_edge_hears_that_it_is_deleted(house: House, tmp_path: Path) -> None:
    """It had come to him with a third record that was one with his, and names none of his own."""
    south = new_desk(tmp_path, "南村", Level.VILLAGE)
    enrol(south, house.town)
    third = south.birth("firm", {"name": "南村登记的"}, record="f3" * 16)
    settle([(south, house.town)], rounds=1)
    say_same(house.town)
    say_same(house.town, OTHER, third)
    house.settle()
    beyond = same_id("firm", OTHER, third)
    assert lives_on(house.east, beyond)
    deletions = [Deletion(SAME, edge) for edge in (EDGE, beyond)]
    house.town.ledger.write("分开", "镇", deletions=deletions)
    house.settle()
    assert not lives_on(house.east, beyond)
    assert_equal(house)


def test_a_deleted_one_that_takes_no_part_goes_on_hearing_of_the_others(house: House) -> None:
    say_same(house.town)
    house.settle()
    house.town.delete(ONE)
    house.settle()
    house.town.edit(ONE, "name", "镇里改的")
    house.settle()
    assert [desk.ledger.heads("firm", ONE, "name")[-1][1] for desk in house.desks] == ['"镇里改的"'] * 4
    assert_equal(house)


@pytest.mark.no_cover
def test_what_they_showed_together_is_nobodys_birth_when_they_are_apart_again(house: House) -> None:
    """A link from the one to the other led from it to itself, and was about to be led back."""
    house.west.edit(OTHER, "partner", ONE)
    say_same(house.town)
    house.settle()
    house.town.delete(EDGE, SAME)
    house.settle()
    assert [desk.ledger.heads("firm", ONE, "partner") for desk in house.desks] == [[]] * 4
    assert_equal(house)


@pytest.mark.no_cover
@pytest.mark.parametrize("level", ["town", "district"])
def test_units_are_never_one(house: House, level: str) -> None:
    """One of them would be gone from the tree, and with it whatever its stations send."""
    desk: Desk = getattr(house, level)
    one, other = sorted((house.east.unit, house.west.unit))
    cells = {"kind": "unit", "one": one, "other": other}
    desk.ledger.write(
        "合并", desk.name, births=[NewRecord(SAME, same_id("unit", one, other), desk.unit, cells)]
    )
    house.settle()
    house.west.edit(OTHER, "name", "后来的名称")
    house.settle()
    assert name_at(house.town) == name_at(house.district) == "后来的名称"
    assert_equal(house)


def name_at(desk: Desk) -> object:
    found = desk.values(OTHER)
    return found and found["name"]


def test_an_edge_about_what_is_not_known_here_waits_without_effect(house: House) -> None:
    edge = same_id("prize", ONE, OTHER)
    cells = {"kind": "prize", "one": ONE, "other": OTHER}
    house.town.ledger.write("合并", "镇", births=[NewRecord(SAME, edge, house.town.unit, cells)])
    house.settle()
    assert not joined(house.district)
    assert house.town.digest(house.town.unit) == house.district.digest(house.town.unit)


def test_what_a_change_under_the_other_id_stands_on_cannot_be_withdrawn(house: House) -> None:
    """Rule 18: the words of both were replaced by one change."""
    say_same(house.town)
    house.town.edit(ONE, "name", "茶业有限公司")
    ledger, west = house.town.ledger, house.west
    origin = ledger.origin_ref(west.station, west.keys.incarnation)
    stamp = ledger.database.value("SELECT _stamp FROM r_firm WHERE id = unhex(?)", (OTHER,))
    born = Affected(origin, 1, "birth", "firm", OTHER, stamp, west.unit)
    resting = Resting(ledger.database, letters=False)
    resting.add([born])
    assert resting.hanging == 1


@pytest.mark.no_cover
def test_what_an_erasure_does_not_reach_is_not_erased_over_and_over_where_records_are_one(
    tmp_path: Path, house: House
) -> None:
    """The row of the first of them shows the words of the other, which nobody has erased."""
    first = "e1" * 16
    house.east.birth("firm", {"name": "茶叶厂"}, record=first)
    upto = to_wire(house.east.ledger.clock.next_stamp())
    house.east.birth("erasure", {"kind": "firm", "target": first, "slots": "contact", "upto": upto})
    house.settle()
    say_same(house.town, first, OTHER)
    house.settle()
    found = house.town.shown(first)
    assert found is not None
    assert found.values["phone"] == "13800000000"
    enrol(new_desk(tmp_path, "新村", Level.VILLAGE), house.town)
    assert not erasing.due(house.town.ledger)


def test_an_edge_goes_too_when_the_station_itself_has_given_one_away(house: House, tmp_path: Path) -> None:
    """No merge has asked then which records are one; the next does, whatever it brings."""
    far = new_desk(tmp_path, "邻镇", Level.TOWN)
    enrol(far, house.district)
    say_same(house.town)
    house.settle()
    house.district.move(OTHER, far.unit)
    house.settle()
    assert not any(joined(desk) or lives_on(desk, EDGE) for desk in house.desks)
    for desk in house.desks[1:]:
        assert desk.digest(desk.unit).sha256 == house.district.digest(desk.unit).sha256, desk.name
