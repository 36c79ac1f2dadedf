"""Station forks (rule 23): one number with two contents is kept twice, shown, and waits for a decision."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.store.queries import forked
from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.authority.sorting import Sorted
from desktop.sync.bundles import kept
from desktop.sync.formats import decoding, frames, segments
from desktop.sync.formats.arriving import Arrived
from desktop.sync.merging import forks, rewriting
from tests.conftest import examples
from tests.sync.acts import erase, everything, move_upholding
from tests.sync.desks import (
    Desk,
    below,
    connect,
    copied,
    copied_disk,
    enrol,
    new_desk,
    new_root,
    put_back,
    report,
    settle,
    two_districts,
)

FIRM, OTHER, THIRD = "f1" * 16, "f2" * 16, "f3" * 16


@pytest.fixture
def town(tmp_path: Path) -> Desk:
    return new_root(tmp_path, "镇")


@pytest.fixture
def copy(laptop: Desk, town: Desk, tmp_path: Path) -> Desk:
    """The laptop once more, from a copied disk: the same keys, incarnation and numbers."""
    found = copied_disk(laptop, tmp_path / "copy")
    connect(found, town)
    return found


def shown(desk: Desk) -> list[forks.Fork]:
    return forks.open_forks(desk.database, desk.ledger.types)


def test_both_contents_are_kept_and_shown_with_who_wrote_them(laptop: Desk, copy: Desk, town: Desk) -> None:
    laptop.birth("firm", {"name": "原机的"}, record=FIRM)
    copy.birth("firm", {"name": "副本的"}, record=OTHER)
    report(laptop, town)
    assert (shown(town), town.digest().forks) == ([], 0)
    town.take(copy.send())
    (fork,) = shown(town)
    assert (fork.station, fork.incarnation, fork.waiting) == (laptop.station, laptop.keys.incarnation, 1)
    assert [(c.number, c.kind, c.record, c.value) for c in fork.contents] == [
        (1, items.BIRTH, FIRM, '{"name": "原机的"}'),
        (1, items.BIRTH, OTHER, '{"name": "副本的"}'),
    ]
    assert town.digest().forks == 1


@pytest.mark.parametrize("shared", [True, False])
def test_contents_under_two_keys_or_one(laptop: Desk, copy: Desk, town: Desk, shared: bool) -> None:
    """Two computers may have gone on from one copied key: both contents are proven."""
    for desk, record, phone in ((laptop, FIRM, "138"), (copy, OTHER, "139")):
        desk.birth("firm", {"phone": phone}, record=record)
    key = laptop.database.value("SELECT value FROM secret WHERE key GLOB 'salts_*'")
    copy.database.execute(
        "UPDATE secret SET value = ? WHERE key GLOB 'salts_*'", (key if shared else bytes(32),)
    )
    first, second = laptop.send(), copy.send()
    town.take(first)
    town.take(second)
    assert [c.value for c in shown(town)[0].contents] == [
        '{"contact.phone": "138"}', '{"contact.phone": "139"}',
    ]  # fmt: skip
    assert town.take(second).known == 1
    stored = [
        segments.read(kept.frame_of(f))
        for (f,) in town.database.rows("SELECT frame FROM segment WHERE origin <> ?", (town.ledger.origin,))
    ]
    assert len({header.key for header, _ in stored}) == (1 if shared else 2)
    assert (
        len({h for header, lines in stored for h in decoding.decode(header, lines, town.ledger.types).hashes})
        == 2
    )


def test_a_number_with_one_content_is_no_part_of_the_question(laptop: Desk, copy: Desk, town: Desk) -> None:
    """What follows waits with the fork, but only the number with two contents is asked about."""
    laptop.birth("firm", {"name": "原机的"}, record=FIRM)
    report(laptop, town)
    copy.birth("firm", {"name": "副本的"}, record=OTHER)
    copy.birth("firm", {"name": "副本又一家"}, record=THIRD)
    town.take(copy.send())
    (fork,) = shown(town)
    assert {c.number for c in fork.contents} == {1}
    assert fork.waiting == 2


def test_a_third_content_is_shown_beside_the_two(
    laptop: Desk, copy: Desk, town: Desk, tmp_path: Path
) -> None:
    third = copied_disk(laptop, tmp_path / "third")
    connect(third, town)
    for desk, record in ((laptop, FIRM), (copy, OTHER), (third, THIRD)):
        desk.birth("firm", {"name": record}, record=record)
        town.take(desk.send())
    (fork,) = shown(town)
    assert [c.record for c in fork.contents] == [FIRM, OTHER, THIRD]
    assert town.records() == {FIRM}


def test_the_same_content_in_another_segment_is_no_second_content(
    laptop: Desk, copy: Desk, town: Desk, tmp_path: Path
) -> None:
    """A vouched copy of an item has the item's own bytes."""
    other = new_root(tmp_path, "区")
    laptop.birth("firm", {"name": "原机的"}, record=FIRM)
    laptop.birth("firm", {"name": "原机又一家"}, record=THIRD)
    report(laptop, town)
    copy.birth("firm", {"name": "副本的"}, record=OTHER)
    town.take(copy.send())
    compressed = town.database.value(
        "SELECT s.frame FROM segment s JOIN origin o ON o.ref = s.origin WHERE o.station = ? ORDER BY s.position",
        (laptop.station,),
    )
    header, lines = segments.read(kept.frame_of(compressed))
    vouched, frame = segments.cut(
        header.station, header.incarnation, [(1, lines[0])], header.shapes, other.keys.sign,
        other.station,
    )  # fmt: skip
    kept.keep(town.ledger, vouched, frame)
    (fork,) = shown(town)
    assert [(c.number, c.record) for c in fork.contents] == [(1, FIRM), (1, OTHER)]


def test_known_items_that_are_cut_otherwise_each_time_are_known_each_time(
    laptop: Desk, copy: Desk, town: Desk
) -> None:
    """Once a number is found with its content no further segment is asked for it, unless that was another."""
    shape = Shape(("name",))

    def line(desk: Desk, number: int) -> tuple[int, bytes]:
        head = desk.head(items.BIRTH, f"{number:032x}", None, number=number, stamp=9)
        return number, items.birth_line(head, shape, {"name": f"{desk is copy and number == 4}"}, lambda: "")

    def send(desk: Desk, *cuts: range) -> tuple[int, int]:
        desk.database.execute("DELETE FROM segment WHERE vouched IS NULL")
        for numbers in cuts:
            desk.forge([line(desk, number) for number in numbers], {"firm": shape})
        result = town.take(desk.send())
        return result.known, result.held

    assert send(laptop, range(1, 4), range(4, 7)) == (0, 0)
    assert send(laptop, range(1, 3), range(2, 6), range(1, 7), range(6, 7)) == (13, 0)
    assert send(copy, range(4, 5)) == (0, 1)
    assert send(laptop, range(3, 5), range(4, 5)) == (3, 0)
    assert send(copy, range(3, 5)) == (2, 0)


def test_nothing_of_a_fork_is_tried_again_before_the_decision(laptop: Desk, copy: Desk, town: Desk) -> None:
    """Not with the missing birth, not with the unit, not with the day: each may be of either content."""
    laptop.birth("firm", {"name": "原机的"}, record=FIRM)
    laptop.forge_change(OTHER, "name", "改的", number=2)
    report(laptop, town)
    assert town.held() == {(laptop.station, 2): "no_birth"}
    copy.birth("firm", {"name": "副本的"}, record=THIRD)
    town.take(copy.send())
    assert town.held() == {(laptop.station, 1): "fork", (laptop.station, 2): "fork"}
    town.birth("firm", {"name": "镇里登记的"}, record=OTHER, unit=laptop.unit)
    town.time.pass_days(3)
    town.merge()
    settle([(laptop, town)])
    assert town.held() == {(laptop.station, 1): "fork", (laptop.station, 2): "fork"}
    values = town.values(OTHER)
    assert values is not None
    assert values["name"] == "镇里登记的"


def test_what_waits_since_the_same_merge_waits_for_the_decision_as_well(
    laptop: Desk, copy: Desk, town: Desk
) -> None:
    """Whether the two contents come in one merge or in two, the ledger is the same."""
    laptop.birth("firm", {"name": "原机的"}, record=FIRM)
    laptop.forge_change(OTHER, "name", "改的", number=2)
    copy.birth("firm", {"name": "副本的"}, record=THIRD)
    town.merge(laptop.send(), copy.send())
    assert town.held() == {(laptop.station, 1): "fork", (laptop.station, 2): "fork"}


def test_what_waited_before_the_fork_goes_on_waiting_for_its_own_reason(
    laptop: Desk, copy: Desk, town: Desk
) -> None:
    """A number below the first with two contents was written before the disk was copied."""
    laptop.forge_change(OTHER, "name", "抄录之前的", number=1)
    _, lines = segments.read(
        kept.frame_of(laptop.database.value("SELECT frame FROM segment WHERE vouched IS NULL"))
    )
    copy.forge([(1, lines[0])])
    laptop.birth("firm", {"name": "原机的"}, record=FIRM)
    report(laptop, town)
    copy.birth("firm", {"name": "副本的"}, record=THIRD)
    town.take(copy.send())
    assert town.held() == {(laptop.station, 1): "no_birth", (laptop.station, 2): "fork"}
    town.birth("firm", {"name": "镇里登记的"}, record=OTHER, unit=laptop.unit)
    town.merge()
    assert town.held() == {(laptop.station, 2): "fork"}


def test_a_fork_below_is_open_at_every_level_that_has_both(laptop: Desk, copy: Desk, tmp_path: Path) -> None:
    district = new_root(tmp_path, "区里")
    town = new_desk(tmp_path, "新镇", Level.TOWN)
    enrol(town, district, 3)
    village = new_desk(tmp_path, "乙村", Level.VILLAGE)
    enrol(village, town)
    again = copied_disk(village, tmp_path / "again")
    connect(again, town)
    village.birth("firm", {"name": "原机的"}, record=FIRM)
    again.birth("firm", {"name": "副本的"}, record=OTHER)
    town.take(village.send())
    town.take(again.send())
    settle([(town, district)], rounds=2)
    assert [c.record for c in shown(district)[0].contents] == [FIRM, OTHER]
    assert (town.digest().forks, district.digest().forks) == (1, 1)
    # Who vouches downward vouches for neither the second content nor what follows.
    village.take(town.send(village))
    assert village.digest().forks == 0


@pytest.mark.parametrize("keep_held", [True, False])
def test_a_fork_is_decided_though_erasures_of_both_sides_count(
    laptop: Desk, copy: Desk, town: Desk, keep_held: bool
) -> None:
    """Nobody takes an erasure back (rule 12): of a number with two of them both contents go on counting."""
    for desk, record in ((laptop, FIRM), (copy, OTHER)):
        desk.birth("firm", {"phone": "13800138000"}, record=record)
        erase(desk, record)
        desk.birth("firm", {"name": f"{record}之后的"})
        town.take(desk.send())
    (fork,) = shown(town)
    assert sum(c.type == "erasure" for c in fork.contents) == 2
    lost = forks.losing(
        town.ledger, town.ledger.origin_ref(fork.station, fork.incarnation), keep_held=keep_held
    )
    (text,) = exclusions.write({(fork.station, fork.incarnation): lost})
    town.say("exclusion", {"cause": excluding.FORK, "refusal": "copied", "items": text})
    assert shown(town) == []
    assert not town.held()
    assert "13800138000" not in everything(town)
    assert len(town.records()) == 2, "those of one side"


def test_a_kind_of_a_later_program_may_be_one_of_the_contents(laptop: Desk, copy: Desk, town: Desk) -> None:
    laptop.forge_change(FIRM, None, None, kind="withdraw", number=1)
    report(laptop, town)
    head = copy.head(items.BIRTH, OTHER, None, number=1)
    shape = Shape(("name",))
    copy.forge([(1, items.birth_line(head, shape, {"name": "副本的"}, lambda: ""))], {"firm": shape})
    town.take(copy.send())
    (fork,) = shown(town)
    assert [c.kind for c in fork.contents] == ["withdraw", items.BIRTH]


def journal(desk: Desk) -> dict[int, bytes]:
    """The hash of every own item that was cut."""
    found: dict[int, bytes] = {}
    for (compressed,) in desk.database.rows(
        "SELECT frame FROM segment WHERE origin = ? AND vouched IS NULL", (desk.ledger.origin,)
    ):
        header, lines = segments.read(kept.frame_of(compressed))
        found |= zip(range(header.first, header.last + 1), segments.hashes_of(lines, header.key), strict=True)
    return found


@pytest.mark.no_cover
@given(rnd=st.randoms(use_true_random=False))
@settings(max_examples=examples(12))
def test_in_whatever_order_the_two_are_heard_nothing_is_lost_and_every_difference_is_shown(
    rnd: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same at first on both, or other from the first item on; bundles late, twice, and cut in other places."""
    folder = tmp_path_factory.mktemp("forks")
    (folder / "copy").mkdir()
    town = new_root(folder, "镇")
    laptop, copy = (new_desk(f, "甲村", Level.VILLAGE) for f in (folder, folder / "copy"))
    enrol(laptop, town)
    station.keep_chain(copy.ledger, station.own_chain(laptop.ledger))
    connect(copy, town)
    sent = []
    copy.time.at = laptop.time.at
    for n in range(rnd.randint(0, 2)):
        # The same clock, the same chance and the same words: these were written before the disk was copied.
        assert laptop.birth("firm", {"name": str(n)}) == copy.birth("firm", {"name": str(n)})
    for _ in range(rnd.randint(1, 6)):
        desk = rnd.choice((laptop, copy))
        desk.time.at += rnd.randint(1, 1_000)
        desk.birth("firm", {"name": desk.folder.name})
        if rnd.random() < 0.5:
            sent.append(desk.send())
    sent += [laptop.send(), copy.send()]
    rnd.shuffle(sent)
    seen: set[str] = set()
    for bundle in [*sent, *rnd.sample(sent, k=len(sent) // 2)]:
        result = town.take(bundle)
        assert result.applied + result.known + result.held == result.total
        assert seen <= town.records()
        seen = town.records()
    one, two = journal(laptop), journal(copy)
    differing = {n for n in one.keys() & two.keys() if one[n] != two[n]}
    assert {c.number for fork in shown(town) for c in fork.contents} == differing
    assert set(town.held().values()) == ({"fork"} if differing else set())
    counted = {n for (n,) in town.database.rows("SELECT _number FROM r_firm")}
    assert counted | {n for _, n in town.held()} == one.keys() | two.keys()
    # Nothing from the first difference on counts but what had counted before it was noticed.
    assert counted == set(range(1, len(counted) + 1))
    for desk in (laptop, copy):
        again = town.take(desk.send())
        assert again.known == again.total


def test_own_items_that_are_in_no_segment_yet_are_compared_as_well(laptop: Desk, copy: Desk) -> None:
    """As when the tree of a grant comes to a laptop that has saved something since."""
    laptop.birth("firm", {"name": "原机的"}, record=FIRM)
    copy.birth("firm", {"name": "副本的"}, record=OTHER)
    copy.cut()
    header, lines = kept.read_at(copy.database, copy.database.value("SELECT max(position) FROM segment"))
    origin = laptop.ledger.origin
    known = forks.Known(laptop.ledger)
    found = Sorted(decoding.decode(header, lines, laptop.ledger.types), origin)
    assert not known.holds(found, Arrived(frames.compress(b"\n"), header, lines))


# -- two computers that use one ledger -----------------------------------------------------------------------------


def again(desk: Desk, incarnation: str) -> Desk:
    """A ledger goes on in another incarnation, as after a restore."""
    station.begin_incarnation(desk.ledger, incarnation)
    desk.keys = station.load_keys(desk.ledger)
    return desk


def in_turn(town: Desk, *laptops: Desk, days: float = 0.1) -> None:
    """They write, one after the other, and the town hears it."""
    for desk in laptops:
        desk.birth("firm", {"name": f"{desk.time.at}"})
        town.take(desk.send())
        for one in (town, *laptops):
            one.time.pass_days(days)


def test_two_computers_in_different_incarnations_are_told_and_nothing_of_theirs_waits(
    laptop: Desk, copy: Desk, town: Desk
) -> None:
    again(copy, "ef" * 8)
    in_turn(town, laptop, copy)
    assert forks.doubled(town.database, town.ledger.types) == [], "so it is after a restore"
    since = town.database.value("SELECT max(_stamp) FROM r_firm")
    in_turn(town, laptop)
    (found,) = forks.doubled(town.database, town.ledger.types)
    assert found == forks.Doubled(laptop.station, laptop.keys.incarnation, "ef" * 8, since)
    assert (len(town.records()), town.held(), shown(town)) == (3, {}, [])
    # Once one of them is left, that ends.
    in_turn(town, copy, days=20)
    in_turn(town, copy, days=20)
    assert forks.doubled(town.database, town.ledger.types) == [found]
    in_turn(town, copy)
    assert forks.doubled(town.database, town.ledger.types) == []


@pytest.mark.parametrize("word", ["revoked", "excluded"])
def test_of_what_somebody_has_said_what_counts_nobody_is_asked_again(
    laptop: Desk, copy: Desk, town: Desk, word: str
) -> None:
    in_turn(town, laptop, again(copy, "ef" * 8))
    in_turn(town, laptop)
    assert len(forks.doubled(town.database, town.ledger.types)) == 1
    if word == "revoked":
        town.revoke(laptop)
    else:
        town.exclude((laptop, 2))
    assert forks.doubled(town.database, town.ledger.types) == []


def test_what_a_computer_says_of_its_own_dates_is_no_word_about_two_computers(
    laptop: Desk, town: Desk
) -> None:
    """An old copy of the file is used on, though the date was put right since, in a new incarnation."""
    in_turn(town, laptop)
    old, types, former = copied(laptop), laptop.ledger.types, laptop.keys.incarnation
    laptop.time.pass_days(2)
    laptop.birth("firm", {"name": "明后天的"})
    laptop.time.pass_days(-2)
    rewriting.redate(laptop.ledger, laptop.keys, "ef" * 8, "村", "更正")
    laptop.keys = station.load_keys(laptop.ledger)
    in_turn(town, laptop)
    assert forks.doubled(town.database, town.ledger.types) == []
    put_back(laptop, old, types)
    in_turn(town, laptop)
    in_turn(town, laptop)
    (found,) = forks.doubled(town.database, town.ledger.types)
    assert (found.older, found.newer) == (former, "ef" * 8)


def test_a_copy_with_the_value_of_what_was_heard_erased_is_kept_without_it(laptop: Desk, town: Desk) -> None:
    """The erasure waits for its day, and the laptop was restored to the day before: it sends what it had once more."""
    laptop.birth("firm", {"name": "厂"}, record=FIRM)
    town.take(laptop.send())
    laptop.edit(FIRM, "contact", {"person": "秘密"})
    old, types = copied(laptop), laptop.ledger.types
    laptop.time.pass_days(2)
    erase(laptop)
    laptop.time.pass_days(-2)
    town.take(laptop.send())
    assert set(town.held().values()) == {"future"}
    put_back(laptop, old, types)
    laptop.cut()
    again(laptop, "ef" * 8).edit(FIRM, "name", "改了")
    town.take(laptop.send())
    for desk in (laptop, town):
        desk.time.pass_days(4)
    town.settle()
    report(laptop, town)
    for desk in (laptop, town):
        assert "秘密" not in everything(desk)
    assert town.digest().sha256 == laptop.digest().sha256


def test_another_content_of_what_was_heard_erased_is_a_fork_whatever_its_parts(
    laptop: Desk, town: Desk
) -> None:
    laptop.birth("firm", {"name": "厂"}, record=FIRM)
    town.take(laptop.send())
    old, types = copied(laptop), laptop.ledger.types
    laptop.edit(FIRM, "contact", {"person": "秘密"})
    erase(laptop)
    town.take(laptop.send())
    put_back(laptop, old, types)
    laptop.edit(FIRM, "name", "改了")
    town.take(laptop.send())
    assert "fork" in town.held().values()


def test_items_that_a_restored_computer_had_lost_and_that_come_late_are_no_second_computer(
    laptop: Desk, copy: Desk, town: Desk
) -> None:
    in_turn(town, laptop)
    laptop.birth("firm", {"name": "还在路上的"})
    late = laptop.send()
    copy.time.at = town.time.at + 1
    in_turn(town, again(copy, "ef" * 8))
    town.take(late)
    assert len(town.records()) == 3
    assert forks.doubled(town.database, town.ledger.types) == []


def test_a_fork_of_who_left_a_unit_that_has_left_since_is_open_no_more(tmp_path: Path) -> None:
    """A village leaves a town for another district, and then the town does."""
    city, one, other = two_districts(tmp_path)
    town, beside = (below(to, name, Level.TOWN, 2) for to, name in ((one, "甲镇"), (other, "乙镇")))
    village = below(town, "甲村")
    twin = copied_disk(village, tmp_path / "twin")
    connect(twin, town)
    settle([(town, one), (beside, other), (one, city), (other, city)])
    for desk, record in ((village, FIRM), (twin, OTHER)):
        desk.birth("firm", {"name": "厂"}, record=record)
        town.take(desk.send())
    report(town, one)
    report(one, city)
    for unit, to in ((village.unit, beside.unit), (town.unit, other.unit)):
        move_upholding(city, unit, to)
        report(one, city)
        assert forked.open_forks(one.database) == []
    assert len(forked.open_forks(city.database)) == 1
