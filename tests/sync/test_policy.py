"""What a level above lets not count, and lets count again: exclusions and revocations (rules 14, 18, 26 and 27)."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop import __version__
from desktop.records.declaration import Level
from desktop.records.versions.item_outcomes import REFUSED_SUPERIOR
from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.authority.exclusions import Item
from desktop.sync.authority.policy import Policy
from desktop.sync.authority.reach import Known
from desktop.sync.errors import Revoked
from desktop.sync.signed import certificates
from desktop.sync.signed.tree import Tree as UnitTree
from desktop.sync.trust import NO_CUT
from tests.conftest import examples
from tests.measuring import memory
from tests.sync.desks import Desk, below, enrol, grant_record, new_desk, report, settle
from tests.sync.levels import FIRM, OTHER, Tree, grow
from tests.sync.places import Places, name_of, self_grant
from tests.sync.world import Station, claims, issue

VISIT = "d1" * 16


@pytest.mark.parametrize("space", ["\t", "\n", "\u00a0", "\u2028", "\u3000"])
def test_only_a_space_parts_the_words_of_a_revocation(space: str) -> None:
    """What other signs part depends on the version of Unicode, and all must read the same."""
    text = space.join((f"{'a' * 16}=7", f"{'b' * 16}=8", f"{'c' * 16}+9"))
    assert (exclusions.read_cuts(text), exclusions.read_kept(text)) == ({}, {})


@pytest.mark.parametrize("end", [" 1" * 200_000, "\n" * 400_000, " 1" * 200_000 + "?"])
def test_words_beyond_those_that_are_read_take_no_memory(end: str) -> None:
    """Whoever writes megabytes of them must not make others take them apart whenever they judge."""
    text = f"{'a' * 64} {'b' * 16} 7\n{'a' * 64} {'c' * 16}{end}"
    taken, found = memory(lambda: exclusions.read(text))
    also_taken, cuts = memory(lambda: (exclusions.read_cuts(text), exclusions.read_kept(text)))
    assert cuts == ({}, {})
    assert taken + also_taken < 4 * len(text)
    assert list(found["a" * 64, "b" * 16].where()) == [(7, 7)]


def test_words_that_are_not_of_the_form_name_nothing_and_the_rest_is_read() -> None:
    """A list of a million words is told of by their numbers alone, which are the same."""
    bad = ["1-5-7", "07", "9-3", f"5@{'0' * 15}", "8@", "-9", "1" * 17, "@1", "7-"]
    good = ["3-4", "20", f"11@{7:016x}", "4-6", "19"]
    [(_, runs)] = exclusions.runs_of(f"{'a' * 64} {'b' * 16} {' '.join([*bad, *good])}").items()
    named = exclusions.named(runs)
    assert (list(named.spans), list(named.contents)) == ([(3, 6), (19, 20)], [(11, 7)])
    assert exclusions.numbers_in(runs) == list(named.where()) == [(3, 6), (11, 11), (19, 20)]


# -- exclusions ----------------------------------------------------------------------------------------------------


def test_of_a_fork_only_that_content_is_in_vain_which_was_the_move() -> None:
    origin = "a" * 64, "b" * 16
    policy = Policy(Known("c" * 64, {}, UnitTree({}), lambda _: ()), moves={origin: {(5, 77)}})
    asked = {5: Item(77, "unit", "d" * 32), 6: Item(77, "unit", "d" * 32)}
    assert policy.out(origin, asked) == {5: REFUSED_SUPERIOR}
    assert policy.out(origin, {5: Item(78, "unit", "d" * 32)}) == {}
    assert policy.out(("a" * 64, "c" * 16), asked) == {}


def test_what_is_withdrawn_counts_nowhere_and_comes_back_when_it_is_lifted(tree: Tree) -> None:
    """Rule 18: everywhere, the author's ledger included, and a lift restores exactly."""
    tree.village.birth("firm", {"name": "原名", "staff": 3}, record=FIRM)
    tree.village.edit(FIRM, "name", "新名")
    tree.deliver()
    before = tree.digests()
    withdrawn = tree.town.exclude((tree.village, 2))
    assert name_of(tree.town) == "原名"
    tree.deliver()
    assert [name_of(d) for d in (tree.district, tree.town, tree.village)] == ["原名"] * 3
    assert all(d.refused() == {(tree.village.station, 2): "withdrawn"} for d in (tree.district, tree.village))
    assert tree.village.answers()[tree.village.station, 2] == ("refused", "withdrawn")
    assert len(tree.digests()) == 1
    assert tree.digests() != before
    tree.town.lift(withdrawn)
    tree.deliver()
    assert tree.digests() == before
    assert [d.refused() for d in (tree.district, tree.town, tree.village)] == [{}, {}, {}]
    assert tree.village.answers() == {}


def test_a_record_whose_birth_is_withdrawn_is_no_more_and_what_others_wrote_waits(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂", "phone": "13800001234"}, record=FIRM)
    tree.village.birth("visit", {"firm": FIRM, "topic": "走访"}, record=VISIT)
    tree.deliver()
    tree.town.edit(FIRM, "name", "镇里改的")
    tree.deliver()
    before = tree.digests()
    withdrawn = tree.district.exclude((tree.village, 1))
    tree.deliver()
    for desk in (tree.district, tree.town, tree.village):
        assert desk.shown(FIRM) is None
        assert desk.shown(VISIT, "visit") is not None
        assert desk.held() == {(tree.town.station, number_of(tree.town)): "no_birth"}
    tree.district.lift(withdrawn)
    tree.deliver()
    assert tree.digests() == before
    assert name_of(tree.village) == "镇里改的"
    assert tree.village.held() == {}


def number_of(desk: Desk) -> int:
    """The number of the last item that a station wrote about a firm."""
    found = desk.database.value(
        "SELECT max(number) FROM (SELECT number FROM version WHERE origin = :own AND type = 'firm'"
        " UNION SELECT number FROM held WHERE origin = :own AND type = 'firm')",
        {"own": desk.ledger.origin},
    )
    return int(found)


def test_what_arrives_after_its_exclusion_is_refused_and_counts_when_that_is_lifted(tree: Tree) -> None:
    """Rule 14: whatever the order."""
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    withdrawn = tree.district.exclude((tree.village, 1))
    tree.town.take(tree.district.send(tree.town))
    result = report(tree.village, tree.town)
    assert (result.applied, result.refused) == (0, 1)
    assert tree.village.shown(FIRM) is None
    tree.district.lift(withdrawn)
    tree.deliver()
    assert name_of(tree.town) == name_of(tree.district) == name_of(tree.village) == "厂"


def test_nobody_excludes_what_is_not_below(tree: Tree) -> None:
    """Check 22: neither a village the town's, nor one village the other's, nor a town those of another town."""
    other = new_desk(tree.town.folder, "另一镇", Level.TOWN)
    enrol(other, tree.district, 1)
    tree.town.birth("firm", {"name": "镇的厂"}, record=FIRM)
    tree.other.birth("firm", {"name": "邻村的厂"}, record=OTHER)
    tree.deliver()
    tree.village.exclude((tree.town, tree.town.ledger.next_number() - 1), (tree.other, 1))
    other.exclude((tree.other, 1), (tree.district, 1))
    other.revoke(tree.other)
    tree.deliver()
    report(other, tree.district)
    assert name_of(tree.district) == "镇的厂"
    assert (
        name_of(tree.district, OTHER) == name_of(tree.town, OTHER) == name_of(tree.other, OTHER) == "邻村的厂"
    )
    assert tree.district.refused() == {}


def test_a_station_takes_back_what_it_has_dated_ahead_but_not_what_it_said_of_others(tree: Tree) -> None:
    """Rule 19: that is how a wrong date is made good; but no station can take itself out of the count in a circle."""
    tree.town.birth("firm", {"name": "镇的厂"}, record=FIRM)
    early = tree.town.ledger.next_number() - 1
    tree.village.birth("firm", {"name": "村的厂"}, record=OTHER)
    tree.deliver()
    tree.town.exclude((tree.village, 1))
    said = tree.town.ledger.next_number() - 1
    ahead = tree.town.forge_birth("f3" * 16, {"name": "明天的"}, stamp=tree.town.stamp(days=0.5))
    tree.town.exclude((tree.town, early), (tree.town, said), (tree.town, ahead), cause=excluding.CLOCK)
    tree.deliver()
    assert name_of(tree.district) == "镇的厂"
    assert tree.district.shown(OTHER) is None
    assert tree.district.refused() == {
        (tree.town.station, ahead): "clock",
        (tree.village.station, 1): "withdrawn",
    }


def test_a_refusal_says_why(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.deliver()
    tree.town.exclude((tree.village, 1), cause=excluding.REFUSED, refusal="scope")
    tree.deliver()
    assert tree.village.refused() == {(tree.village.station, 1): "scope"}
    assert tree.village.shown(FIRM) is None
    # A word that this program does not know is no reason to show it to anybody.
    tree.town.exclude((tree.village, 1), cause="later", refusal="<b>later</b>")
    assert set(tree.town.refused().values()) == {"scope"}


def test_only_a_refusal_has_a_reason_of_its_own(tree: Tree) -> None:
    """Any other cause that this program does not know means that a merge was taken back."""
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.deliver()
    tree.town.exclude((tree.village, 1), cause="later", refusal="scope")
    assert set(tree.town.refused().values()) == {"withdrawn"}


def test_what_a_merge_refuses_is_refused_in_writing(tree: Tree) -> None:
    """Rule 14: the author's ledger shows the former value, and all levels hold the same."""
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.village.edit(FIRM, "name", "新名")
    tree.village.edit(FIRM, "checked", "已核对")
    tree.deliver()
    assert [d.values(FIRM) for d in (tree.town, tree.village)] == [tree.district.values(FIRM)] * 2
    assert tree.village.values(FIRM)["checked"] is None  # type: ignore[index]
    assert tree.village.refused() == {(tree.village.station, 3): "writer"}
    assert len(tree.digests()) == 1
    (stated,) = tree.town.records("exclusion")
    assert tree.town.shown(stated, "exclusion").values["program"] == __version__  # type: ignore[union-attr]
    # Said once: neither this level again nor the one above.
    tree.deliver()
    assert [d.records("exclusion") for d in (tree.district, tree.town, tree.village)] == [{stated}] * 3
    # Lifted, it is judged by the program of the day, which says the same.
    tree.town.lift(stated)
    tree.deliver()
    assert tree.town.refused() == {(tree.village.station, 3): "writer"}


def test_a_garbled_exclusion_excludes_nothing(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.deliver()
    for text in ("", "x", f"{tree.village.station} 1-2", f"{tree.village.station} {'0' * 16} 5-1", None):
        tree.town.say("exclusion", {"cause": "withdrawn", "items": text})
    assert name_of(tree.town) == "厂"


def test_several_words_about_one_item_are_lifted_one_by_one(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.deliver()
    first, second = tree.town.exclude((tree.village, 1)), tree.district.exclude((tree.village, 1))
    tree.deliver()
    tree.town.lift(first)
    tree.deliver()
    assert name_of(tree.town) is None
    tree.district.lift(second)
    tree.deliver()
    assert name_of(tree.town) == name_of(tree.village) == "厂"


# -- revocations ---------------------------------------------------------------------------------------------------


def test_a_revoked_station_counts_up_to_the_cut_whoever_forwards_it(tree: Tree) -> None:
    """Rule 27: even if the rest was applied before."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    tree.village.birth("firm", {"name": "二家"}, record=OTHER)
    tree.deliver()
    revoked = tree.district.revoke(tree.village, 1)
    tree.town.take(tree.district.send(tree.town))
    for desk in (tree.district, tree.town):
        assert desk.records() == {FIRM}
        assert desk.refused() == {(tree.village.station, 2): "revoked"}
    tree.village.birth("firm", {"name": "三家"})
    with pytest.raises(Revoked):
        tree.town.take(tree.village.send())
    tree.district.lift(revoked, "revocation")
    tree.town.take(tree.district.send(tree.town))
    tree.deliver()
    assert len(tree.district.records()) == 3
    assert len(tree.digests()) == 1


def test_without_a_number_nothing_of_a_revoked_station_counts(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    tree.deliver()
    tree.town.revoke(tree.village)
    assert tree.town.records() == set()


def test_what_a_revoked_desk_granted_after_the_cut_counts_no_longer(tree: Tree) -> None:
    """Rule 26: a certificate counts only while its grant does."""
    tree.village.birth("firm", {"name": "老村的"}, record=FIRM)
    last = tree.town.ledger.next_number() - 1
    late = new_desk(tree.town.folder, "新村", Level.VILLAGE)
    enrol(late, tree.town)
    late.birth("firm", {"name": "新村的"}, record=OTHER)
    report(late, tree.town)
    tree.deliver()
    assert tree.district.records() == {FIRM, OTHER}
    before = tree.district.digest().sha256
    revoked = tree.district.revoke(tree.town, last)
    assert tree.district.records() == {FIRM}
    assert tree.district.held() == {(late.station, 1): "certificate"}
    tree.district.lift(revoked, "revocation")
    assert tree.district.records() == {FIRM, OTHER}
    assert tree.district.digest().sha256 == before
    assert tree.district.held() == {}


def test_a_later_grant_lets_an_incarnation_in_again(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    tree.deliver()
    tree.town.revoke(tree.village)
    assert tree.town.records() == set()
    enrol(tree.village, tree.town, incarnation=tree.village.keys.incarnation)
    tree.town.settle()
    assert tree.town.records() == {FIRM}


def let_in(desk: Desk, whom: Desk) -> dict[str, int]:
    """Which incarnations of a revoked station count at a desk, up to which item."""
    (word,) = station.knowledge(desk.ledger, desk.keys).policy.revocations[whom.station]
    return dict(word.cuts)


def test_a_later_grant_lets_in_whom_its_giver_s_level_may_let_in(tree: Tree) -> None:
    district, town = tree.district, tree.town
    clerk = below(town, "镇里的第二台", Level.TOWN, path_length=1, unit=town.unit)
    third = below(town, "丙村")
    settle([(tree.village, town), (tree.other, town), (third, town), (clerk, town), (town, district)])
    for village in (tree.village, tree.other):
        town.revoke(village)
        assert let_in(town, village) == {}
    # What nobody can read, and what somebody else has given, is no grant.
    for text in ("?", base64.b64encode(station.own_chain(third.ledger)[0]).decode()):
        cells = {"station": tree.village.station, "certificate": text, "incarnation": "09" * 8}
        town.birth("grant", {**cells, "holder": tree.village.unit})
    assert let_in(town, tree.village) == {}
    # The same level, another of its computers, and the level above.
    enrol(tree.village, town, incarnation="01" * 8)
    assert let_in(town, tree.village) == {"01" * 8: NO_CUT}
    clerk.take(town.send(clerk))
    enrol(tree.village, clerk, incarnation="02" * 8)
    report(clerk, town)
    assert let_in(town, tree.village) == {"01" * 8: NO_CUT, "02" * 8: NO_CUT}
    report(town, district)
    enrol(tree.other, district, incarnation="03" * 8)
    town.take(district.send(town))
    assert let_in(town, tree.other) == {"03" * 8: NO_CUT}
    # A lower one lets nobody in whom a higher one has put out of use.
    district.revoke(third)
    town.take(district.send(town))
    enrol(third, town, incarnation="04" * 8)
    report(town, district)
    assert let_in(town, third) == let_in(district, third) == {}
    known = station.knowledge(town.ledger, town.keys).policy.known
    assert known.may_revoke(town.station, clerk.station)
    assert not known.may_revoke(clerk.station, town.station)


def test_where_another_town_has_certified_a_computer_the_one_that_revoked_it_lets_it_in_alone(
    places: Places,
) -> None:
    village, town, other = places.village, places.town, places.other
    self_grant(other, village, {places.far.unit}, Level.VILLAGE)
    places.deliver()
    town.revoke(village)
    enrol(village, town, incarnation="01" * 8)
    report(town, places.district)
    assert let_in(places.district, village) == {"01" * 8: NO_CUT}
    other.time.at = town.time.at + 1_000
    issuer = Station(other.keys, tuple(map(certificates.parse, station.own_chain(other.ledger))))
    said = claims(village.keys, [places.far.unit], Level.VILLAGE)
    made = issue(issuer, said, other.ledger.next_number())
    other.ledger.write("批准", "", births=[grant_record(other, made, places.far.unit, "02" * 8)])
    report(other, places.district)
    assert let_in(places.district, village) == {"01" * 8: NO_CUT}
    known = station.knowledge(places.district.ledger, places.district.keys).policy.known
    # Both may say so of what was written under their own units, and the district of all of it.
    for desk in (town, other, places.district):
        assert known.may_revoke(desk.station, village.station)
    assert [known.may_revoke(d.station, town.station) for d in (other, village, places.district)] == [
        False,
        False,
        True,
    ]


def test_the_highest_level_s_word_stands_and_of_one_level_the_newest(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    tree.village.birth("firm", {"name": "二家"}, record=OTHER)
    tree.deliver()
    tree.district.revoke(tree.village, 1)
    tree.town.take(tree.district.send(tree.town))
    tree.town.revoke(tree.village)
    assert tree.town.records() == {FIRM}
    tree.district.revoke(tree.village, 2)
    tree.town.take(tree.district.send(tree.town))
    assert tree.town.records() == {FIRM, OTHER}


def test_a_desk_revokes_a_second_station_of_its_own_unit_and_not_the_other_way_round(tree: Tree) -> None:
    """Check 23: the one that issued the other's certificate."""
    second = new_desk(tree.town.folder, "镇二", Level.TOWN, unit=tree.town.unit)
    enrol(second, tree.town)
    second.birth("firm", {"name": "二号机的厂"}, record=FIRM)
    tree.town.birth("firm", {"name": "一号机的厂"}, record=OTHER)
    report(second, tree.town)
    second.revoke(tree.town)
    report(second, tree.town)
    assert tree.town.records() == {FIRM, OTHER}
    tree.town.revoke(second, 1)
    assert tree.town.records() == {FIRM, OTHER}
    tree.town.revoke(second)
    assert tree.town.records() == {OTHER}


def test_policy_reaches_stations_that_are_enrolled_later(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.deliver()
    tree.town.exclude((tree.village, 1))
    late = new_desk(tree.town.folder, "村二", Level.VILLAGE, unit=tree.village.unit)
    enrol(late, tree.town)
    late.take(tree.town.send(late))
    assert late.shown(FIRM) is None
    assert set(late.records("exclusion")) == set(tree.town.records("exclusion"))


# -- any order -----------------------------------------------------------------------------------------------------


@pytest.mark.no_cover
@given(st.integers(0, 2**32))
@settings(
    max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_of_delivery_gives_the_same(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Births, edits, moves and deletions below; exclusions, revocations and lifts above; bundles in any order."""
    rnd = random.Random(seed)
    tree = grow(tmp_path_factory.mktemp("policy"))
    said: list[tuple[Desk, str, str]] = []
    writers = [tree.village, tree.other, tree.town]
    pairs = [(tree.village, tree.town), (tree.other, tree.town), (tree.town, tree.district)]
    for _ in range(14):
        _act(tree, rnd, rnd.choice(writers), said)
        if rnd.random() < 0.3:
            below, desk = rnd.choice(pairs)
            # What a revoked station sends is refused whole; it comes again when it is let in.
            desk.merge(below.send())
            below.merge(desk.send(below))
    for desk, type_name, record in said:
        if type_name == "revocation":
            # A revoked station sends nothing any more; in the end everybody is let in again.
            desk.lift(record, type_name)
    # Down first, so that those are let in again who are to be heard.
    for below, desk in reversed(pairs):
        below.merge(desk.send(below))
    tree.deliver()
    assert len({d.digest(tree.town.unit).sha256 for d in (tree.district, tree.town)}) == 1
    assert len(tree.digests()) == 1


def _act(tree: Tree, rnd: random.Random, writer: Desk, said: list[tuple[Desk, str, str]]) -> None:
    present = sorted(writer.records())
    what = rnd.choice(("birth", "edit", "edit", "delete", "exclude", "revoke", "lift"))
    if what == "birth" or not present:
        writer.birth("firm", {"name": str(rnd.randrange(99))}, record=rnd.choice((FIRM, OTHER, "")))
    elif what == "edit":
        writer.edit(rnd.choice(present), "name", str(rnd.randrange(99)))
    elif what == "delete":
        writer.delete(rnd.choice(present), revive=rnd.random() < 0.3)
    elif what == "lift" and said:
        desk, type_name, record = said.pop(rnd.randrange(len(said)))
        desk.lift(record, type_name)
    else:
        above = rnd.choice((tree.town, tree.district))
        below = rnd.choice((tree.village, tree.other))
        number = rnd.randrange(1, below.ledger.next_number() + 1)
        if what == "exclude":
            said.append((above, "exclusion", above.exclude((below, number), (below, number + 1))))
        else:
            said.append((above, "revocation", above.revoke(below, number)))
