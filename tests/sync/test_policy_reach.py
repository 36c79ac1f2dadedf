"""How far a word about what counts reaches: by the unit of each item, whoever has certified its station once more."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Level, Role
from desktop.records.versions.deciding import ERASURE, OWN_TYPES
from desktop.records.versions.item_outcomes import REFUSED_CLOCK, REFUSED_WITHDRAWN
from desktop.records.versions.spans import spans_of
from desktop.sync.authority import exclusions, station
from desktop.sync.authority.excluding import Exclusion
from desktop.sync.authority.exclusions import Item, Named
from desktop.sync.authority.own_words import OwnWords
from desktop.sync.authority.policy import Policy, Revocation
from desktop.sync.authority.reach import Known, Reach
from desktop.sync.merging import withdrawing
from desktop.sync.signed import certificates
from desktop.sync.signed.certificates import LEVEL_RANK, Certificate, Claims, grant_serial
from desktop.sync.signed.tree import Tree
from tests.sync.acts import erase, everything
from tests.sync.desks import Desk, enrol, grant_record, new_desk, report
from tests.sync.places import Places, name_of, self_grant

FIRM, OTHER, THIRD = "f1" * 16, "f2" * 16, "f3" * 16
SECRET = "13800001234"


def certify(places: Places, level: Level = Level.TOWN) -> None:
    """Town 甲 certifies a village station of town 乙 for its own unit, at its own level: a chain that stands."""
    self_grant(places.town, places.far, {places.town.unit}, level)
    report(places.town, places.district)


# -- exclusions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [Level.TOWN, Level.VILLAGE])
def test_certifying_anothers_village_lifts_nothing_that_its_town_has_withdrawn(
    places: Places, level: Level
) -> None:
    """What has come and what comes later."""
    places.far.birth("firm", {"name": "先报的"}, record=FIRM)
    places.far.birth("firm", {"name": "后报的"}, record=OTHER)
    places.deliver()
    places.other.exclude((places.far, 1), (places.far, 2), (places.far, 3))
    places.deliver()
    certify(places, level)
    places.far.birth("firm", {"name": "最后报的"}, record=THIRD)
    places.deliver()
    for desk in (places.district, places.other, places.far):
        assert not desk.records() & {FIRM, OTHER, THIRD}
        assert set(desk.refused().values()) == {"withdrawn"}


def test_a_town_takes_out_nothing_that_the_district_wrote_under_its_village(places: Places) -> None:
    """The unit alone does not say whose an item is to judge: above writes under units below, too."""
    places.village.birth("firm", {"name": "村里的"}, record=FIRM)
    places.deliver()
    places.district.edit(FIRM, "name", "区里定的")
    number = places.district.ledger.next_number() - 1
    places.district.birth("firm", {"name": "区里记的"}, record=OTHER, unit=places.village.unit)
    places.deliver()
    places.town.exclude((places.district, number), (places.district, number + 1))
    # Nor by certifying the district's computer for that village.
    self_grant(places.town, places.district, {places.village.unit}, Level.VILLAGE)
    places.deliver()
    assert [(name_of(d), name_of(d, OTHER)) for d in (places.district, places.town)] == [
        ("区里定的", "区里记的")
    ] * 2


def test_each_of_two_towns_excludes_what_was_written_under_it(places: Places) -> None:
    """A computer that serves villages of two towns, both of which have certified it."""
    places.far.birth("firm", {"name": "乙镇的"}, record=FIRM)
    self_grant(places.town, places.far, {places.village.unit}, Level.VILLAGE)
    report(places.town, places.district)
    places.far.forge_birth(OTHER, {"name": "甲镇的"}, unit=places.village.unit)
    places.deliver()
    assert name_of(places.district, OTHER) == "甲镇的"
    places.town.exclude((places.far, 1), (places.far, 2))
    report(places.town, places.district)
    assert (name_of(places.district), name_of(places.district, OTHER)) == ("乙镇的", None)
    places.other.exclude((places.far, 1), (places.far, 2))
    report(places.other, places.district)
    assert (name_of(places.district), name_of(places.district, OTHER)) == (None, None)


@pytest.mark.parametrize("order", list(itertools.permutations("ECW")), ids="".join)
def test_in_any_order_of_arrival_it_is_the_same(places: Places, order: tuple[str, ...]) -> None:
    """The exclusion, the other town's certificate, and the item itself."""
    places.far.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver(1)
    for step in order:
        if step == "E":
            places.other.exclude((places.far, 2))
            report(places.other, places.district)
        elif step == "C":
            certify(places)
        else:
            places.far.edit(FIRM, "name", "改")
            places.other.merge(places.far.send())
            report(places.other, places.district)
    places.deliver()
    for desk in (places.district, places.other, places.far):
        assert name_of(desk) == "厂"
        assert desk.refused() == {(places.far.station, 2): "withdrawn"}


def test_what_an_older_program_has_put_aside_is_judged_as_it_stands_in_its_segment(places: Places) -> None:
    """Its table did not say under which unit."""
    places.far.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    said = places.other.exclude((places.far, 1))
    places.other.database.execute("UPDATE refused SET unit = ''")
    places.other.ledger.drop_meta("looked_through")
    places.other.settle()
    assert places.other.database.rows("SELECT unit FROM refused") == [(places.far.unit,)]
    places.other.database.execute("UPDATE refused SET unit = ''")
    places.other.lift(said)
    assert name_of(places.other) == "厂"


# -- revocations -----------------------------------------------------------------------------------------------------


def test_a_town_puts_its_villages_computer_out_of_use_whoever_else_has_certified_it(places: Places) -> None:
    places.far.birth("firm", {"name": "先报的"}, record=FIRM)
    places.far.birth("firm", {"name": "后报的"}, record=OTHER)
    places.deliver()
    revoked = places.other.revoke(places.far, 1)
    places.deliver()
    certify(places)
    assert places.district.records() == places.other.records() == {FIRM}
    # A grant by who has certified it for another town lets nothing in.
    places.town.time.at += 60_000
    enrol_again(places)
    assert places.district.records() == {FIRM}
    places.other.lift(revoked, "revocation")
    report(places.other, places.district)
    assert places.district.records() == {FIRM, OTHER}


def enrol_again(places: Places) -> None:
    """The other town lets the incarnation in, by a certificate that stands."""
    own = certificates.parse(station.own_chain(places.town.ledger)[0])
    serial = grant_serial(places.town.station, places.town.keys.incarnation, places.town.ledger.next_number())
    claims = Claims(places.far.station, places.far.keys.public_key, places.far.keys.recipient,
                    frozenset([places.town.unit]), Level.TOWN, Role.DESK)  # fmt: skip
    made = certificates.issue(claims, serial, places.town.keys, own)
    record = grant_record(places.town, made, places.far.unit, places.far.keys.incarnation)
    places.town.ledger.write("批准", "甲镇", births=[record])
    report(places.town, places.district)


# -- erasures behind a cut -------------------------------------------------------------------------------------------


def behind_the_cut(places: Places) -> int:
    """A village erases after the item up to which it will count; the number of the erasure."""
    places.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    places.deliver()
    erase(places.village)
    return places.village.ledger.next_number() - 1


def revoke(desk: Desk, whom: Desk, last: int) -> str:
    """What the operation says: the erasures that have come are named."""
    cuts = {whom.keys.incarnation: last}
    behind = withdrawing.erasures_behind(desk.ledger, whom.station, cuts)
    text = exclusions.write_cuts(cuts, {i: spans_of(numbers) for i, numbers in behind.items()})
    return desk.say("revocation", {"station": whom.station, "cuts": text})


def test_an_erasure_that_had_come_when_its_station_was_revoked_holds_everywhere(places: Places) -> None:
    """Rule 12: also where it arrives after the revocation."""
    number = behind_the_cut(places)
    report(places.village, places.town)
    assert SECRET not in everything(places.town)
    revoke(places.town, places.village, 1)
    assert places.town.refused() == {(places.village.station, number - 1): "revoked"}
    places.district.take(places.town.send())
    assert SECRET not in everything(places.district)
    late = new_desk(places.town.folder, "村二", Level.VILLAGE, unit=places.village.unit)
    enrol(late, places.town)
    late.take(places.town.send(late))
    assert SECRET not in everything(late)
    assert {d.digest(places.village.unit).sha256 for d in (late, places.town, places.district)} == {
        places.town.digest(places.village.unit).sha256
    }


def test_an_erasure_that_comes_after_its_station_was_revoked_destroys_nothing(places: Places) -> None:
    """A stolen computer may say that everything is to be erased; nobody has to believe it any more."""
    number = behind_the_cut(places)
    places.district.take(places.town.send())
    revoke(places.district, places.village, 1)
    # The town has not heard of it and passes on what the thief has written.
    report(places.village, places.town)
    places.district.take(places.town.send())
    assert SECRET in everything(places.district)
    assert places.district.refused()[places.village.station, number] == "revoked"


def test_a_word_that_keeps_erasures_keeps_nothing_else(places: Places) -> None:
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.village.edit(FIRM, "name", "改")
    places.deliver()
    text = f"{places.village.keys.incarnation}=1 {places.village.keys.incarnation}+1-9 +2 zz 5+1"
    places.town.say("revocation", {"station": places.village.station, "cuts": text})
    assert name_of(places.town) == "厂"
    assert places.town.refused() == {(places.village.station, 2): "revoked"}


# -- against the rule, item by item ----------------------------------------------------------------------------------

TREE = {"d": None, "a": "d", "b": "d", "a1": "a", "a2": "a", "b1": "b"}
RANKED = [Level.DISTRICT, Level.TOWN, Level.VILLAGE]
ORIGIN = "s" * 64, "1" * 16


def certificate(name: str, level: Level, units: set[str]) -> Certificate:
    claims = Claims(name, b"", "", frozenset(units), level, Role.DESK)
    return Certificate(b"", f"{name}{level}{sorted(units)}", 1, "", claims)


certificates_of = st.builds(
    certificate,
    st.just(ORIGIN[0]),
    st.sampled_from(RANKED),
    st.sets(st.sampled_from(sorted(TREE)), min_size=1, max_size=2),
)
writers = st.builds(
    certificate,
    st.sampled_from(["x", "y"]),
    st.sampled_from(RANKED),
    st.sets(st.sampled_from(sorted(TREE)), min_size=1, max_size=1),
)
items = st.dictionaries(
    st.integers(1, 8),
    st.builds(
        Item, st.integers(1, 5), st.sampled_from(["firm", ERASURE, "unit"]), st.sampled_from([*TREE, "zz"])
    ),
)
nameds = st.builds(
    lambda first, length, contents: Named([(first, first + length)], frozenset(contents)),
    st.integers(1, 8), st.integers(0, 3), st.sets(st.tuples(st.integers(1, 8), st.integers(1, 5)), max_size=2),
)  # fmt: skip


def naive_may_exclude(writer: Certificate, held: list[Certificate], unit: str) -> bool:
    def above(upper: frozenset[str], lower: str) -> bool:
        at: str | None = lower
        while at is not None and at not in upper:
            at = TREE.get(at)
        return at is not None and lower in TREE

    def higher(c: Certificate) -> bool:
        return LEVEL_RANK[writer.claims.level] < LEVEL_RANK[c.claims.level]

    by_which = [c for c in held if above(c.claims.units, unit)]
    if by_which:
        return above(writer.claims.units, unit) and all(higher(c) for c in by_which)
    return bool(held) and all(
        higher(c) and all(above(writer.claims.units, u) for u in c.claims.units) for c in held
    )


@given(st.lists(certificates_of, max_size=3), st.lists(st.tuples(writers, nameds), max_size=3),
       st.lists(st.tuples(st.integers(0, 6), nameds), max_size=4), st.integers(0, 6), items)  # fmt: skip
@settings(max_examples=120, deadline=None)
def test_whole_segments_are_judged_as_their_items_one_by_one(
    held: list[Certificate],
    said: list[tuple[Certificate, Named]],
    own: list[tuple[int, Named]],
    since: int,
    found: dict[int, Item],
) -> None:
    known = Known("me", {ORIGIN[0]: held}, Tree(TREE), lambda name: [])
    words = [Exclusion(named, REFUSED_WITHDRAWN, Reach(known, writer, ORIGIN[0])) for writer, named in said]
    cut = said[0][0] if said else None
    revoked = (
        [Revocation(cut, {ORIGIN[1]: since}, {ORIGIN[1]: [(2, 3)]}, Reach(known, cut, ORIGIN[0]))]
        if cut
        else []
    )
    policy = Policy(known, {ORIGIN[0]: revoked}, {ORIGIN: [*words, Exclusion(OwnWords(own), REFUSED_CLOCK)]})
    expected = set()
    for number, item in found.items():

        def names(named: Named) -> bool:
            return any(a <= number <= b for a, b in named.spans) or (number, item.stamp) in named.contents  # noqa: B023

        others = item.type != ERASURE and any(
            names(named) and naive_may_exclude(writer, held, item.unit) for writer, named in said
        )
        self_said = item.type not in OWN_TYPES and any(
            names(named) and item.stamp > dated for dated, named in own
        )
        behind = cut is not None and number > since and naive_may_exclude(cut, held, item.unit)
        if others or self_said or (behind and not (item.type == ERASURE and 2 <= number <= 3)):
            expected.add(number)
    assert set(policy.out(ORIGIN, found)) == expected
    # What is not possible is never looked for, and what may not count is.
    for writer, _ in said:
        reach = Reach(known, writer, ORIGIN[0])
        assert reach.is_possible or not any(reach.holds(unit) for unit in [*TREE, "zz"])
    assert all(any(a <= n <= b for a, b in policy.spans(ORIGIN, n, n)) for n in expected)
