"""Who may move a unit: its superior of the day, or who stands above both; whatever arrives first (rules 16 and 28)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Level
from desktop.records.identity import item_id, unit_id
from desktop.records.versions.deciding import SUPERIOR
from desktop.records.versions.resolution import Life
from desktop.records.versions.stamps import to_wire
from desktop.store.queries.units import subtree
from desktop.sync import errors
from desktop.sync.authority import moves, station
from desktop.sync.authority.moves import Move
from desktop.sync.merging import rewriting, standing
from desktop.sync.merging.intake import Intake
from tests.measuring import seconds
from tests.sync import desks
from tests.sync.acts import contact, erase, everything, move, move_upholding, superior
from tests.sync.desks import Desk, enrol, new_desk, new_root, report, settle
from tests.sync.places import Places, name_of, self_grant

FIRM, OTHER = "f1" * 16, "f2" * 16


@pytest.mark.no_cover
def test_where_nothing_lapses_by_a_move_nothing_more_is_said(places: Places) -> None:
    places.deliver()
    number = places.district.next_number()
    assert move_upholding(places.district, places.far.unit, places.town.unit) == 0
    assert places.district.next_number() == number + 2


@pytest.fixture
def moved(tmp_path: Path, no_cover: None) -> Places:
    """The village of town 乙 has been put under town 甲; tests of that reach no line that others do not."""
    return Places(tmp_path, _moved)


def _moved(folder: Path) -> tuple[Desk, ...]:
    before = folder / "before"
    before.mkdir()
    places = Places(before)
    places.far.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    move(places.district, places.far.unit, places.town.unit)
    places.deliver()
    assert superior(places.district, places.far.unit) == places.town.unit
    assert superior(places.other, places.far.unit) == places.town.unit
    return places.desks


def test_of_moves_of_one_moment_that_one_is_judged_by_which_is_shown() -> None:
    """The greater canonical bytes are shown (rule 6), and those of nowhere are greater than any unit's."""
    city, town, unit, below = (letter * 32 for letter in "cdab")
    origin = ("0" * 64, "0" * 16)
    births = [
        Move(origin, 1, unit, SUPERIOR, 1, city, frozenset(), birth=True),
        Move(origin, 2, below, SUPERIOR, 2, unit, frozenset(), birth=True),
    ]
    at_once = [
        Move(origin, 3, unit, SUPERIOR, 5, to, frozenset([1]), 0, frozenset([city])) for to in (None, town)
    ]
    from_town = Move(origin, 4, below, SUPERIOR, 6, town, frozenset([2]), 2, frozenset([town]))
    found = moves.not_counting([*births, *at_once, from_town], {city: None, town: city}, [])
    assert found == {from_town}


@pytest.mark.no_cover
@pytest.mark.parametrize("first", ["the village", "its town"])
def test_what_a_moved_unit_has_with_others_comes_to_its_new_superior(places: Places, first: str) -> None:
    """A firm that its former town registered too, whichever of the two it is shown under (rule 21)."""
    writers = [places.far, places.other] if first == "the village" else [places.other, places.far]
    for writer in writers:
        writer.time.pass_days(0.01)
        writer.birth("firm", {"name": "厂"}, record=FIRM)
        writer.edit(FIRM, "checked" if writer is places.other else "partner", "有")
        places.deliver()
    move(places.district, places.far.unit, places.town.unit)
    places.deliver()
    assert name_of(places.town) == "厂"
    assert places.town.digest(places.far.unit) == places.district.digest(places.far.unit)


@pytest.mark.no_cover
@pytest.mark.parametrize("seen", [True, False], ids=["as if it had seen the move", "as if it had not"])
@pytest.mark.parametrize("slot", [SUPERIOR, "unit"])
def test_a_former_superior_gets_no_unit_back(moved: Places, seen: bool, slot: str) -> None:
    """Rule 16 lets it write about the unit that it had; where that belongs is not for it to say any more."""
    heads = moved.district.ledger.heads("unit", moved.far.unit, slot)
    born = moved.other.database.value(
        "SELECT stamp FROM version WHERE record = unhex(?) AND slot = ? AND birth", (moved.far.unit, slot)
    )
    number = moved.other.forge_change(
        moved.far.unit, slot, moved.other.unit, type="unit", replaces=[heads[0][0] if seen else born],
        stamp=moved.other.stamp(days=0.5),
    )  # fmt: skip
    moved.deliver()
    for desk in (moved.district, moved.town):
        shown = desk.shown(moved.far.unit, "unit")
        assert shown is not None
        assert (shown.values[SUPERIOR], shown.unit, shown.disputed) == (moved.town.unit, moved.town.unit, ())
    assert moved.district.refused() == {(moved.other.station, number): "superior"}
    assert moved.other.answers()[moved.other.station, number] == ("refused", "superior")


@pytest.mark.no_cover
def test_a_superior_that_is_changed_alone_is_told_to_the_former_one_too(places: Places) -> None:
    """As a form does it, which changes no more than the field that was typed in."""
    places.deliver()
    places.district.edit(places.far.unit, SUPERIOR, places.town.unit, "unit")
    places.deliver()
    assert (
        superior(places.other, places.far.unit) == superior(places.town, places.far.unit) == places.town.unit
    )


def test_a_former_superior_deletes_no_unit(moved: Places) -> None:
    moved.other.delete(moved.far.unit, "unit")
    moved.other.settle()
    moved.deliver()
    shown = moved.district.shown(moved.far.unit, "unit")
    assert shown is not None
    assert shown.life.value == 0
    assert set(moved.district.refused().values()) == {"superior"}


def test_nobody_gives_a_unit_away_or_takes_another_without_who_is_above_both(places: Places) -> None:
    """The superior moves it among its own; to another town only the district."""
    sub = unit_id("village", "小组")
    places.town.forge_birth(sub, {"name": "小组", "code": "小组", "level": "village", "superior": places.town.unit},
                            type="unit")  # fmt: skip
    report(places.town, places.district)
    places.town.forge_change(sub, SUPERIOR, places.village.unit, type="unit")
    away = places.town.forge_change(places.sibling.unit, SUPERIOR, places.other.unit, type="unit")
    report(places.town, places.district)
    assert superior(places.district, sub) == places.village.unit
    assert superior(places.district, places.sibling.unit) == places.town.unit
    assert places.district.refused() == {(places.town.station, away): "superior"}


@pytest.mark.no_cover
def test_what_was_said_while_one_was_superior_stays_and_the_new_one_goes_on(moved: Places) -> None:
    """Moved back, the former superior is the superior again; what did not count in between counts then."""
    enrol(moved.far, moved.town)
    moved.pairs[2] = (moved.far, moved.town)
    moved.far.edit(FIRM, "name", "在新镇改的")
    moved.deliver()
    assert name_of(moved.district) == name_of(moved.town) == "在新镇改的"
    assert name_of(moved.other) == "厂"
    late = moved.other.forge_change(moved.far.unit, "unit", moved.other.unit, type="unit")
    moved.deliver()
    assert moved.district.refused() == {(moved.other.station, late): "superior"}
    move(moved.district, moved.far.unit, moved.other.unit)
    moved.deliver()
    assert moved.district.refused() == {}
    assert superior(moved.town, moved.far.unit) == moved.other.unit
    assert name_of(moved.other) == "在新镇改的"


def test_what_is_on_its_way_when_a_unit_is_moved_is_told_of_the_move(places: Places) -> None:
    """Not that a grant is missing or the tree unknown: each says that the unit was moved, and what to do."""
    places.deliver()
    places.far.birth("firm", {"name": "路上的"}, record=FIRM)
    places.other.take(places.far.send())
    on_its_way, down = places.other.send(), places.other.send(places.far)
    places.far.edit(FIRM, "name", "后来的")
    late = places.far.send()
    move(places.district, places.far.unit, places.town.unit)
    result = places.district.take(on_its_way)
    assert (result.held, result.total) == (1, 1)
    assert [(u.outcome, u.reason) for u in result.unapplied] == [("held", "moved")]
    places.other.take(places.district.send(places.other))
    assert isinstance(places.other.merge(late).bundles[0].problem, errors.UnitMoved)
    # The village goes to its new town, and the former one is nobody's superior there any more.
    places.town.take(places.district.send(places.town))
    enrol(places.far, places.town)
    assert isinstance(places.far.merge(down).bundles[0].problem, errors.FormerSuperior)
    places.pairs[2] = (places.far, places.town)
    places.deliver()
    assert name_of(places.district) == name_of(places.town) == "后来的"


def test_what_the_town_had_sent_is_told_as_the_former_superiors_where_its_district_has_enrolled_the_village(
    places: Places,
) -> None:
    """The town is above it still, but what it vouches for comes from the computer to which the village reports."""
    places.district.birth("firm", {"name": "区里登记的"}, record=FIRM, unit=places.village.unit)
    places.deliver()
    places.district.edit(FIRM, "name", "区里改的")
    report(places.town, places.district)
    on_its_way = places.town.send(places.village)
    enrol(places.village, places.district)
    assert isinstance(places.village.merge(on_its_way).bundles[0].problem, errors.FormerSuperior)
    report(places.village, places.district)
    assert name_of(places.village) == "区里改的"


def test_what_is_lifted_after_a_move_counts_at_the_former_superior_too(places: Places) -> None:
    """There nobody signs for the village any more; what the district vouches for is kept beside its own copy."""
    places.other.birth("firm", {"name": "镇的厂"}, record=FIRM)
    places.deliver()
    places.far.birth("firm", {"name": "厂"}, record=FIRM)
    places.far.edit(FIRM, "partner", OTHER)
    places.deliver()
    said = places.district.exclude((places.far, places.far.ledger.next_number() - 1))
    places.deliver()
    move(places.district, places.far.unit, places.town.unit)
    enrol(places.far, places.town)
    places.pairs[2] = (places.far, places.town)
    places.deliver()
    places.district.lift(said)
    places.deliver()
    shown = [desk.values(FIRM) for desk in (places.district, places.other, places.far)]
    assert [values and values["partner"] for values in shown] == [OTHER] * 3
    assert places.other.digest() == places.district.digest()


@pytest.mark.parametrize("together", [True, False])
def test_what_a_superior_had_written_counts_when_it_is_lifted_whether_it_hears_of_the_move_by_then_or_later(
    places: Places, *, together: bool
) -> None:
    """It judged that when it wrote it; who lifts it has let it count before the move."""
    other, district = places.other, places.district
    other.birth("firm", {"name": "镇里代报的厂"}, unit=places.far.unit, record=FIRM)
    places.deliver()
    item = other.station, other.ledger.next_number() - 1
    said = district.exclude((other, item[1]))
    places.deliver()
    assert other.refused().get(item) == "withdrawn"
    district.lift(said)
    if not together:
        other.take(district.send(other))
    move(district, places.far.unit, places.town.unit)
    enrol(places.far, places.town)
    places.pairs[2] = (places.far, places.town)
    places.deliver()
    for desk in (district, other, places.far, places.town):
        assert (desk.refused().get(item), desk.shown(FIRM) is not None) == (None, True), desk.name


@pytest.mark.no_cover
def test_who_was_never_the_superior_is_told_what_was_told_before(places: Places) -> None:
    places.deliver()
    places.village.database.execute("UPDATE link SET upward = 0")
    sent = places.village.send(places.town)
    assert isinstance(places.town.merge(sent).bundles[0].problem, errors.WrongDirection)


def test_a_unit_that_has_heard_where_it_was_moved_settles_at_once(moved: Places) -> None:
    """Its own certificate counts no more, and the new superior is not in its tree: the move counts all the same."""
    assert superior(moved.far, moved.far.unit) == moved.town.unit
    assert not moved.far.settle().everything
    moved.far.merge(moved.other.send(moved.far))
    assert superior(moved.far, moved.far.unit) == moved.town.unit
    assert moved.far.refused() == {}


def test_two_towns_that_move_their_units_in_a_circle_make_nothing_endless(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    once, seen = standing.Settling._once, [0]

    def counted(self: Any, judge: Any) -> bool:
        seen[0] += 1
        assert seen[0] < 40, "settling never ends"
        return once(self, judge)

    monkeypatch.setattr(standing.Settling, "_once", counted)
    places.town.forge_change(places.village.unit, SUPERIOR, places.sibling.unit, type="unit")
    places.town.forge_change(places.sibling.unit, SUPERIOR, places.village.unit, type="unit")
    report(places.town, places.district)
    assert places.district.values(places.village.unit, "unit") is not None


# -- any order -------------------------------------------------------------------------------------------------------

UNITS = {"d": None, "a": "d", "b": "d", "a1": "a", "b1": "b", "v": "b"}
AUTHORS = {"d": 1, "a": 2, "b": 2}
BIRTH = Move(("b", "0"), 1, "v", SUPERIOR, 1, "b", frozenset(), 2, frozenset("b"), birth=True)
OWNED = Move(("b", "0"), 1, "v", "unit", 1, "b", frozenset(), 2, frozenset("b"), birth=True)


@st.composite
def histories(draw: st.DrawFn) -> list[Move]:
    """Changes of one unit by everybody, each upon any of what is older, seen or not."""
    found = [BIRTH, OWNED]
    for number in range(draw(st.integers(1, 7))):
        author = draw(st.sampled_from(sorted(AUTHORS)))
        slot = draw(st.sampled_from([SUPERIOR, SUPERIOR, SUPERIOR, "unit"]))
        older = [m.stamp for m in found if m.slot == slot]
        replaces = draw(st.sets(st.sampled_from(older), max_size=2))
        value = draw(st.sampled_from(["a", "b", "a1", "b1", None]))
        found.append(
            Move((author, "0"), number + 2, "v", slot, number + 2, value, frozenset(replaces), AUTHORS[author],
                 frozenset(author))
        )  # fmt: skip
    return found


def below(unit: str | None, author: str) -> bool:
    while unit is not None and unit != author:
        unit = UNITS.get(unit)
    return unit == author


def naive(versions: list[Move]) -> set[int]:
    """The rule as the format has it, from the definition: the numbers of what does not count."""
    changes = [m for m in versions if m.slot == SUPERIOR and not m.birth]
    by_stamp = {m.stamp: m for m in versions if m.slot == SUPERIOR}

    def reaches(later: Move, earlier: Move) -> bool:
        return any(s == earlier.stamp or reaches(by_stamp[s], earlier) for s in later.replaces)

    def counts(m: Move) -> bool:
        author = m.origin[0]
        covered = [by_stamp[s].value for s in m.replaces] + [m.value]
        if not all(value is None or below(value, author) for value in covered):
            return False
        further_up = [d for d in changes if d.rank < m.rank and counts(d)]
        return all(reaches(m, d) or reaches(d, m) for d in further_up)

    counting = [m for m in changes if counts(m)]
    shown = max(counting, key=lambda m: m.stamp, default=BIRTH).value
    out = {m.number for m in changes if m not in counting}
    for m in versions:
        if m.slot == "unit" and not m.birth:
            wanted = [shown, m.value]
            if not all(value is None or below(value, m.origin[0]) for value in wanted):
                out.add(m.number)
    return out


def test_who_is_not_known_here_is_believed_until_somebody_known_from_above_says_otherwise() -> None:
    """A village holds no certificates of towns that it is not under; what came down was judged there."""
    theirs = Move(("x", "0"), 1, "v", SUPERIOR, 5, "zz", frozenset([1]))
    assert moves.not_counting([BIRTH, theirs], UNITS, ["v"]) == set()
    district = Move(("d", "0"), 1, "v", SUPERIOR, 4, "a", frozenset([1]), 1, frozenset("d"))
    assert moves.not_counting([BIRTH, theirs, district], UNITS, ["v"]) == {theirs}


def test_of_a_unit_that_is_not_held_here_those_above_this_station_are_believed() -> None:
    """A town that gets a village does not hold the unit that it comes from."""
    tree = {"d": None, "a": "d", "v": "b"}
    district = Move(("d", "0"), 1, "v", SUPERIOR, 4, "a", frozenset([1]), 1, frozenset("d"))
    town = Move(("a", "0"), 1, "v", SUPERIOR, 5, "a", frozenset([1, 4]), 2, frozenset("a"))
    assert moves.not_counting([BIRTH, district], tree, ["a"]) == set()
    assert moves.not_counting([BIRTH, district, town], tree, ["a"]) == {town}


def test_who_is_above_by_the_own_chain_is_believed_of_where_the_unit_was_before() -> None:
    """Until somebody further above has moved a unit of the chain: who was above by it then may be so no more."""
    tree = {"d": "c", "a": "d", "c": None}
    birth = Move(("b", "0"), 1, "v", SUPERIOR, 1, "b", frozenset(), 2, frozenset("b"), birth=True)
    district = Move(("d", "0"), 1, "v", SUPERIOR, 4, "a", frozenset([1]), 1, frozenset("d"))
    chain = [frozenset("v"), frozenset("a"), frozenset("d"), frozenset("c")]
    assert moves.not_counting([birth, district], tree, ["v"]) == {district}
    assert moves.not_counting([birth, district], tree, ["v"], chain) == set()
    city = Move(("c", "0"), 1, "v", SUPERIOR, 3, "z", frozenset([1]), 0, frozenset("c"))
    again = Move(("d", "0"), 2, "v", SUPERIOR, 5, "a", frozenset([3]), 1, frozenset("d"))
    assert moves.not_counting([birth, city, again], tree, ["v"], chain) == {again}


@pytest.mark.no_cover
@pytest.mark.parametrize("waits", [True, False])
def test_a_further_laptop_of_a_unit_that_was_moved_hears_its_new_superior(
    places: Places, tmp_path: Path, waits: bool
) -> None:
    """It holds nothing of where the unit was before. And ``waits``: while that one is not enrolled there."""
    unit, other = places.village.unit, places.other
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    move(places.district, unit, other.unit)
    places.deliver(2)
    if not waits:
        enrol(places.village, other)
        places.pairs[0] = places.village, other
    fresh = new_desk(tmp_path, "甲村第二台", Level.VILLAGE, unit=unit)
    enrol(fresh, other)
    places.pairs.append((fresh, other))
    assert superior(fresh, unit) == other.unit
    fresh.birth("firm", {"name": "又一家"}, record=OTHER)
    places.deliver(2)
    assert name_of(other, OTHER) == name_of(places.district, OTHER) == "又一家"
    assert (name_of(fresh), fresh.refused(), fresh.held()) == ("厂", {}, {})


def test_units_under_one_another_that_are_all_moved_are_reckoned_in_time() -> None:
    """Each by one step up, so that each way is as long as the tree is deep."""

    def reckon(count: int) -> float:
        names = [f"u{n}" for n in range(count)]
        tree: dict[str, str | None] = {"d": None, "a": "d", **dict(zip(names, ["a", *names], strict=False))}
        changes = [
            Move(("a", "0"), n, name, SUPERIOR, n, names[n - 2], frozenset(), 2, frozenset("a"))
            for n, name in enumerate(names[2:], start=2)
        ]
        births = [
            Move(
                ("a", "0"),
                count + n,
                name,
                SUPERIOR,
                1,
                tree[name],
                frozenset(),
                2,
                frozenset("a"),
                birth=True,
            )
            for n, name in enumerate(names)
        ]
        found: list[object] = []
        spent = seconds(lambda: found.append(moves.not_counting([*births, *changes], tree, ["d"])))
        assert found == [set()]
        return spent

    few = min(reckon(100) for _ in range(5))
    assert min(reckon(2_000) for _ in range(2)) < 80 * few


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_what_counts_follows_from_the_set_of_changes(versions: list[Move], rnd: random.Random) -> None:
    expected = naive(versions)
    rnd.shuffle(versions)
    found = moves.not_counting(versions, UNITS, ["d"])
    assert {m.number for m in found} == expected


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_of_arrival_everybody_ends_with_the_same_tree(places: Places, seed: int) -> None:
    """District and towns move two villages about, each as it pleases; bundles come late, twice, in any order."""
    rnd = random.Random(seed)
    desks = [places.district, places.town, places.other]
    villages = [places.far.unit, places.village.unit]
    targets = [places.town.unit, places.other.unit, places.sibling.unit]
    underway: list[tuple[Desk, Any]] = []
    places.deliver(1)
    for _ in range(12):
        desk = rnd.choice(desks)
        desk.time.at += rnd.choice((0, 60_000))
        unit = rnd.choice(villages)
        if desk.shown(unit, "unit") is not None and rnd.random() < 0.6:
            move(desk, unit, rnd.choice(targets))
        town = rnd.choice(desks[1:])
        underway.append(
            (places.district, town.send()) if rnd.random() < 0.6 else (town, places.district.send(town))
        )
        if rnd.random() < 0.6:
            to, sent = underway[rnd.randrange(len(underway))]
            to.merge(sent)
    latest = max(d.time.at for d in [*desks, places.far, places.village, places.sibling]) + 60_000
    for desk in (*desks, places.far, places.village, places.sibling):
        desk.time.at = latest
    places.deliver(4)
    for unit in villages:
        rows = {}
        for desk in desks:
            shown = desk.shown(unit, "unit")
            if shown is not None and (
                desk is places.district or shown.values[SUPERIOR] in desk.records("unit")
            ):
                rows[desk.name] = (shown.values[SUPERIOR], shown.unit, shown.disputed)
        assert len(set(rows.values())) == 1, rows
    settled = {d.name: d.refused() for d in desks}
    for desk in desks:
        desk.settle()
    assert settled == {d.name: d.refused() for d in desks}


@pytest.mark.no_cover
@pytest.mark.parametrize("apart", [True, False])
def test_under_a_unit_that_a_former_superior_takes_in_vain_it_writes_nothing(
    tmp_path: Path, apart: bool
) -> None:
    """In one bundle with the move what it wrote counted where that came, and nowhere below."""
    places = Places(tmp_path)
    district, other, far = places.district, places.other, places.far
    far.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    move(district, far.unit, places.town.unit)
    places.deliver()
    taken = other.forge_change(far.unit, SUPERIOR, other.unit, type="unit", unit=other.unit)
    if apart:
        district.take(other.send())
    written = other.forge_change(FIRM, "name", "夺来的厂", unit=far.unit)
    places.deliver()
    assert district.refused() == {(other.station, taken): "superior", (other.station, written): "scope"}
    assert {name_of(desk) for desk in (district, places.town, far)} == {"厂"}


def test_what_a_bundle_says_of_others_is_settled_with_it_and_not_with_a_bad_one_after_it(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grant takes the right to have moved a unit; what that changes went with the file that was refused next."""
    district, other, far = places.district, places.other, places.far
    second = new_desk(other.folder, "乙镇二", Level.TOWN, unit=other.unit)
    enrol(second, other)
    taken = second.forge_change(far.unit, SUPERIOR, other.unit, type="unit", unit=other.unit)
    report(second, other)
    report(other, district)
    assert district.refused() == {}
    self_grant(other, second, {far.unit}, Level.TOWN)
    stranger = new_desk(other.folder, "外镇", Level.TOWN)
    enrol(stranger, new_root(other.folder, "外区"), 2)
    said, bad = other.send(), stranger.send()
    begun = []
    begin = Intake.__init__
    monkeypatch.setattr(
        Intake, "__init__", lambda self, *a, **o: (begun.append(self), begin(self, *a, **o))[1]
    )
    first, last = district.merge(said, bad).bundles
    assert (first.problem, last.problem is None) == (None, False)
    assert district.refused() == {(second.station, taken): "superior"}
    assert len(begun) == 1, "nothing of the bad one was written"


@pytest.mark.no_cover
def test_a_move_in_vain_that_opens_a_conflict_is_told_as_refused(places: Places) -> None:
    """It names nothing that it replaces, and goes out before the conflicts of its bundle are told again."""
    other, far, district = places.other, places.far, places.district
    places.deliver()
    number = other.forge_change(far.unit, SUPERIOR, district.unit, type="unit")
    result = district.take(other.send())
    assert district.refused() == {(other.station, number): "superior"}
    assert (result.reasons, result.applied) == ({("refused", "superior"): 1}, 0)


@pytest.mark.no_cover
def test_each_of_several_moves_in_vain_of_one_merge_is_told_as_refused(places: Places) -> None:
    other, far, district = places.other, places.far, places.district
    places.deliver()
    (born,) = other.database.row("SELECT _stamp FROM r_unit WHERE id = unhex(?)", (far.unit,)) or ()
    sent, numbers = [], []
    for _ in range(2):
        numbers.append(other.forge_change(far.unit, SUPERIOR, district.unit, type="unit", replaces=(born,)))
        sent.append(other.send())
        other.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    results = district.merge(*sent).bundles
    assert district.refused() == {(other.station, n): "superior" for n in numbers}
    assert [(r.reasons, r.applied) for r in results] == [({("refused", "superior"): 1}, 0)] * 2


CONTACT = {"person": "王", "phone": "13800001234"}


def erase_contact(desk: Desk, unit: str) -> None:
    """What the operation does: the value is emptied, and all up to then is to be forgotten."""
    emptied = desk.edit(FIRM, "contact", None)
    upto = to_wire(emptied.stamp - 1)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": upto}
    desk.birth("erasure", cells, unit=unit)
    desk.settle()


def says_contact(desk: Desk) -> bool:
    return CONTACT["phone"] in everything(desk)


@pytest.mark.no_cover
@pytest.mark.parametrize("heard", [True, False])
def test_what_a_former_superior_erases_before_it_hears_of_the_move_is_gone_everywhere(
    tmp_path: Path, heard: bool
) -> None:
    """Whether the unit has heard of the erasure or not; who has said it twice says it no third time."""
    places = Places(tmp_path)
    district, town, other, far = places.district, places.town, places.other, places.far
    far.birth("firm", {"name": "厂"}, record=FIRM)
    far.edit(FIRM, "contact", CONTACT)
    places.deliver()
    move(district, far.unit, town.unit)
    erase_contact(other, far.unit)
    if heard:
        far.merge(other.send(far))
        assert not says_contact(far)
    looked = other.send()
    assert district.merge(looked, preview=True).bundles[0].problem is None
    assert says_contact(district)
    assert district.take(looked).refused == 2
    town.take(district.send(town))
    enrol(far, town)
    pairs = [(far, town), (town, district), (other, district)]
    for below, desk in pairs * 3:
        report(below, desk)
    assert [d.name for d in (district, town, other, far) if says_contact(d)] == []
    assert len({d.digest(far.unit).sha256 for d in (district, town, far)}) == 1
    assert len({d.digest(other.unit).sha256 for d in (district, other)}) == 1
    assert len(district.records("erasure")) == 1


@pytest.mark.no_cover
def test_long_after_the_move_a_former_superior_erases_nothing_nor_does_who_never_was_one(
    tmp_path: Path,
) -> None:
    places = Places(tmp_path)
    district, town, other, far, village = (
        places.district, places.town, places.other, places.far, places.village
    )  # fmt: skip
    far.birth("firm", {"name": "厂"}, record=FIRM)
    far.edit(FIRM, "contact", CONTACT)
    places.deliver()
    move(district, far.unit, town.unit)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(far.stamp())}
    for desk in places.desks:
        desk.time.pass_days(31)
    village.forge_birth(item_of(village), cells, type="erasure", unit=far.unit)
    other.forge_birth(item_of(other), cells, type="erasure", unit=far.unit)
    places.deliver()
    assert says_contact(district)
    assert district.records("erasure") == set()


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "odd",
    [{"upto": "morgen"}, {"target": "厂"}, {"kind": 5}, {"slots": None}],
    ids=lambda odd: next(iter(odd)),
)
def test_an_erasure_by_a_former_superior_that_makes_no_sense_is_not_said_again(
    tmp_path: Path, odd: dict[str, Any]
) -> None:
    places = _erased_late(tmp_path, odd)
    assert places.district.take(places.other.send()).refused == 1
    assert places.district.records("erasure") == set()


@pytest.mark.no_cover
@pytest.mark.parametrize("how", ["in vain", "by who stands above"])
def test_what_is_said_of_a_unit_later_gives_a_former_superior_no_more_time(tmp_path: Path, how: str) -> None:
    """The move away from it ends that: not its own that does not count, nor the next one, from whoever came after."""
    places = Places(tmp_path)
    district, town, other, far = places.district, places.town, places.other, places.far
    far.birth("firm", {"name": "厂"}, record=FIRM)
    far.edit(FIRM, "contact", CONTACT)
    places.deliver()
    move(district, far.unit, town.unit)
    places.deliver()
    for _ in range(2):
        for desk in places.desks:
            desk.time.pass_days(16)
            desk.birth("firm", {"name": "另一家"})
    if how == "in vain":
        other.forge_change(far.unit, SUPERIOR, other.unit, type="unit", unit=other.unit)
    else:
        move(district, far.unit, district.unit)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(other.stamp())}
    other.forge_birth(item_of(other), cells, type="erasure", unit=far.unit)
    district.take(other.send())
    assert superior(district, far.unit) == (town if how == "in vain" else district).unit
    assert says_contact(district)
    assert district.records("erasure") == set()


def test_an_erasure_that_is_spelt_otherwise_is_said_again_once_and_without_what_nobody_knows(
    tmp_path: Path,
) -> None:
    """Read as it stands, it was another one at every merge; and a number in a text had all others refuse the word."""
    places = _erased_late(tmp_path, {"target": FIRM.upper(), "note": 7, "unheard_of": 8, "basis": "self"})
    for _ in range(2):
        assert places.district.take(places.other.send()).refused == 1
        places.other.forge_birth("e3" * 16, {"name": "厂"}, unit=places.far.unit)
    (said,) = places.district.records("erasure")
    shown = places.district.values(said, "erasure")
    assert shown is not None
    assert {k for k, v in shown.items() if v is not None} == {*CELLS, "erased"}
    assert (shown["target"], shown["basis"]) == (FIRM, "self")
    places.town.take(places.district.send(places.town))
    assert [d.name for d in (places.district, places.town) if says_contact(d)] == []


CELLS = {"kind", "target", "slots", "upto", "basis"}


def _erased_late(folder: Path, odd: dict[str, Any]) -> Places:
    """The former superior has erased a contact; its superior has not heard of it yet."""
    places = Places(folder)
    places.far.birth("firm", {"name": "厂"}, record=FIRM)
    places.far.edit(FIRM, "contact", CONTACT)
    places.deliver()
    move(places.district, places.far.unit, places.town.unit)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(places.far.stamp())} | odd
    places.other.forge_birth(item_of(places.other), cells, type="erasure", unit=places.far.unit)
    return places


def item_of(desk: Desk) -> str:
    """The id of an erasure that is the next own item."""
    return item_id("erasure", desk.station, desk.keys.incarnation, desk.next_number())


@pytest.mark.parametrize("heard", [True, False])
def test_a_town_is_moved_whole_to_another_district_and_back_with_its_villages(
    tmp_path: Path, *, heard: bool
) -> None:
    """What its villages send under the certificates of before is not taken, and says who has to enrol them.

    So it is where the new superior has not ``heard`` of the first move, and enrols the town as one of its own.
    """
    city, one, other = desks.two_districts(tmp_path)
    town = desks.below(one, "甲镇", Level.TOWN, 2)
    village = desks.below(town, "甲村")
    pairs = [(village, town), (town, one), (one, city), (other, city)]
    village.birth("firm", {"name": "登记"}, record=FIRM)
    settle(pairs)
    for number, (former, later) in enumerate([(one, other), (other, one)]):
        # Which only a district may, and nobody but the town knows this one any more.
        former.edit(FIRM, "checked", f"核对{number}")
        settle(pairs)
        move(city, town.unit, later.unit)
        for desk in (one, other) if heard or number else ():
            report(desk, city)
        enrol(town, later, 2)
        village.edit(FIRM, "name", f"改{number}")
        with pytest.raises(errors.SuperiorMoved):
            town.take(village.send())
        enrol(village, town)
        # Whoever is enrolled now hears from the town before it has sent anything.
        newcomer = new_desk(tmp_path, f"新电脑{number}", Level.VILLAGE, unit=village.unit)
        enrol(newcomer, town)
        assert newcomer.take(town.send(newcomer)).problem is None
        pairs[1] = (town, later)
        settle([(newcomer, town), *pairs])
        assert newcomer.held() == {}
        holders = (newcomer, village, town, later, city)
        assert [name_of(desk) for desk in holders] == [f"改{number}"] * 5
        assert len({desk.digest(village.unit).sha256 for desk in holders}) == 1
        assert not former.send(None).items
        assert town.unit not in subtree(former.database, former.unit)


@pytest.mark.no_cover
def test_a_town_that_is_moved_takes_no_village_along_that_had_left_it_and_loses_none_that_had_come(
    tmp_path: Path,
) -> None:
    """The district that had moved them stands above the town no more, nor above what it has deleted there."""
    city, one, other = desks.two_districts(tmp_path)
    town, third = (desks.below(one, name, Level.TOWN, 2) for name in ("甲镇", "丙镇"))
    gone, come, closed, asked = (
        desks.below(of, name) for of, name in ((town, "去"), (third, "来"), (town, "撤"), (town, "问"))
    )
    come.birth("firm", {"name": "登记"}, record=FIRM)
    settle(
        [(gone, town), (come, third), (closed, town), (town, one), (third, one), (one, city), (other, city)]
    )
    move(one, gone.unit, third.unit)
    move(one, come.unit, town.unit)
    one.delete(closed.unit, "unit")
    one.delete(asked.unit, "unit")
    for below, desk in ((town, one), (third, one), (one, city)):
        report(below, desk)
    town.edit(asked.unit, "name", "问过", "unit")
    enrol(gone, third)
    enrol(come, town)
    report(town, one)
    report(one, city)
    move_upholding(city, town.unit, other.unit)
    settle([(one, city), (other, city)])
    enrol(town, other, 2)
    enrol(come, town)
    pairs = [(come, town), (gone, third), (town, other), (third, one), (one, city), (other, city)]
    settle(pairs, 5)
    for desk in (city, one, third, gone, town):
        assert superior(desk, gone.unit) == third.unit, desk.name
    for desk in (city, other, town, come):
        assert superior(desk, come.unit) == town.unit, desk.name
    for desk in (city, other, town):
        shown = desk.shown(closed.unit, "unit")
        assert shown is not None
        assert shown.life is Life.DELETED, desk.name
    assert len({d.digest(come.unit).sha256 for d in (come, town, other, city)}) == 1
    assert [d.name for d in (city, one, other, town, third, come, gone) if d.held()] == []
    # Whoever has heard what was said of a unit has heard all by which it counts or does not.
    for unit, holders in (gone.unit, (gone, third, one, city)), (come.unit, (come, town, one, city)):
        assert {d.name: _in_vain(d, unit) for d in holders} == {d.name: _in_vain(city, unit) for d in holders}


def _in_vain(desk: Desk, unit: str) -> list[tuple[Any, ...]]:
    """What was said of the superior of a unit and does not count."""
    return desk.database.rows(
        "SELECT o.station, r.number, r.reason FROM refused r JOIN origin o ON o.ref = r.origin"
        " WHERE r.slot = ? AND r.record = unhex(?) ORDER BY o.station, r.number",
        (SUPERIOR, unit),
    )


def test_what_lapses_by_what_is_said_once_more_of_a_unit_is_said_once_more_as_well(tmp_path: Path) -> None:
    """Who has moved a unit and then deleted it, or put another below it, could do so by the move alone.

    A unit that several have deleted stays so, of one that was renamed meanwhile it is still asked, and where somebody
    disagrees what counts on stands.
    """
    city, one, other = desks.two_districts(tmp_path)
    second = new_desk(tmp_path, "甲区第二台", Level.DISTRICT, unit=one.unit)
    enrol(second, one, 3)
    town = desks.below(one, "甲镇", Level.TOWN, 2)
    third, fourth = (_registered(one, name, Level.TOWN, one.unit) for name in ("丙镇", "丁镇"))
    gone, come, left, torn = (_registered(one, n, Level.VILLAGE, third) for n in ("来撤", "来", "留", "争"))
    twice, asked = (_registered(town, name, Level.VILLAGE, town.unit) for name in ("两撤", "问"))
    firm = _registered(one, "企业", Level.ENTERPRISE, left)
    pairs = [(second, one), (town, one), (one, city), (other, city)]
    settle(pairs)
    town.edit(asked, "name", "问过", "unit")
    second.take(one.send(second))
    one.delete(twice, "unit")
    one.delete(asked, "unit")
    move(one, torn, town.unit)
    second.time.at = one.time.at
    move(second, torn, fourth)
    report(town, one)
    for unit in (gone, come):
        move(one, unit, town.unit)
    move(one, firm, come)
    one.delete(gone, "unit")
    second.edit(twice, "name", "又改", "unit")
    second.delete(twice, "unit")
    settle(pairs)
    assert {unit for unit, slot in city.conflicts() if slot == SUPERIOR} == {torn}
    step = move_upholding(city, town.unit, other.unit)
    enrol(town, other, 2)
    pairs[1] = (town, other)
    settle(pairs)
    lives = {gone: Life.DELETED, twice: Life.DELETED, asked: Life.DISPUTED}
    for desk in (city, other, town):
        assert _lives(desk, lives) == lives, desk.name
        assert superior(desk, come) == town.unit, desk.name
        assert superior(desk, firm) == come, desk.name
        assert (asked, "_deleted") in desk.conflicts(), desk.name
    for desk in (city, one, second):
        assert superior(desk, torn) == fourth, desk.name
    assert [d.name for d in (city, one, other, town, second) if d.held()] == []
    assert len({d.digest(town.unit).sha256 for d in (town, other, city)}) == 1
    city.ledger.undo(step, city.name)
    city.settle()
    assert superior(city, town.unit) == one.unit
    assert superior(city, come) == town.unit
    assert _lives(city, lives) == lives, "that does not hang on where the town is"


def _lives(desk: Desk, units: Iterable[str]) -> dict[str, Life]:
    shown = {unit: desk.shown(unit, "unit") for unit in units}
    return {unit: held.life for unit, held in shown.items() if held is not None}


def _registered(desk: Desk, name: str, level: Level, under: str) -> str:
    cells = {"name": name, "code": name, "level": level.value, "superior": under}
    return desk.birth("unit", cells, record=unit_id(level.value, name), unit=under)


def test_words_of_a_unit_below_that_come_later_are_erased_in_other_branches_too(places: Places) -> None:
    """There nobody knows that it lies below who has erased them without having heard of them."""
    district, town, other = places.district, places.town, places.other
    district.birth("firm", contact("13812340000"), record=FIRM, unit=places.sibling.unit)
    places.far.birth("firm", {"name": "厂"}, record=FIRM)
    report(places.far, other)
    report(other, district)
    assert "13812340000" in everything(other)
    places.village.birth("firm", contact("13911112222"), record=FIRM)
    report(places.village, town)
    town.time.at += 5_000
    erase(town, wrote=[places.village.unit])
    places.deliver(4)
    assert not any(phone in everything(d) for d in places.desks for phone in ("13812340000", "13911112222"))
    assert len({d.digest(places.far.unit).sha256 for d in (places.far, other, district)}) == 1
    assert not any(below.send().items for below, _ in places.pairs), "it is said once"


@pytest.mark.no_cover
def test_what_was_erased_above_without_the_town_having_seen_it_is_gone_everywhere_when_the_unit_is_moved(
    places: Places,
) -> None:
    """The erasure speaks of the town alone, and at who holds the words beside it nobody knows what lay below that."""
    district, town, other, far = places.district, places.town, places.other, places.far
    phone = "13812340000"
    district.birth("firm", contact(phone), record=FIRM, unit=far.unit)
    places.village.birth("firm", {"name": "厂"}, record=FIRM)
    for below, desk in ((places.village, town), (town, district), (places.village, town)):
        report(below, desk)
    assert phone in everything(places.village)
    other.time.at += 5_000
    other.birth("firm", {"name": "厂"}, record=FIRM)
    erase(other)
    district.merge(other.send())
    assert phone not in everything(district)
    move_upholding(district, far.unit, town.unit)
    places.deliver()
    assert [d.name for d in places.desks if phone in everything(d)] == []
    assert len({d.digest(places.village.unit).sha256 for d in (places.village, town, district)}) == 1
    assert not any(below.send().items for below, _ in places.pairs), "it is said once"


@pytest.mark.no_cover
def test_an_erasure_that_waits_for_its_day_is_not_said_sooner_where_a_unit_is_moved(places: Places) -> None:
    """What was recorded since the date was put right would be gone before that day."""
    district, town, village = places.district, places.town, places.village
    for desk in (village, places.other):
        desk.birth("firm", {"name": "厂", **contact("13811110000")}, record=FIRM)
    places.deliver()
    district.time.pass_days(400)
    district.ledger.clock.confirm()
    erase(district, wrote=[town.unit])
    district.time.pass_days(-400)
    rewriting.redate(district.ledger, district.keys, "ab" * 8, district.name, "更正")
    district.keys = station.load_keys(district.ledger)
    places.deliver()
    village.time.pass_days(1)
    later = "13812340000"
    village.edit(FIRM, "contact", contact(later))
    places.deliver()
    assert later in everything(district)
    move_upholding(district, village.unit, places.other.unit)
    assert later in everything(district)


@pytest.mark.no_cover
@pytest.mark.parametrize("revoked", [True, False])
def test_what_does_not_count_stays_out_when_its_unit_is_moved(
    places: Places, tmp_path: Path, *, revoked: bool
) -> None:
    """Of a computer, too, that nobody enrols again: its certificate by the former superior counts no more."""
    district, other, village = places.district, places.other, places.village
    kept = village.birth("firm", {"name": "留下的"}, record=OTHER)
    village.birth("firm", {"name": "不计入的"}, record=FIRM)
    places.deliver()
    if revoked:
        district.revoke(village, 1)
    else:
        district.exclude((village, 2))
    places.deliver()
    move(district, village.unit, other.unit)
    assert district.records() == {kept}
    newcomer = new_desk(tmp_path, "新电脑", Level.VILLAGE, unit=village.unit)
    places.deliver()
    enrol(newcomer, other)
    settle([(newcomer, other), (other, district)])
    assert [desk.records() for desk in (district, other, newcomer)] == [{kept}] * 3
    assert len({desk.digest(village.unit).sha256 for desk in (district, other, newcomer)}) == 1


@pytest.mark.no_cover
def test_who_moves_a_unit_on_that_lies_where_a_lower_level_has_put_it_moves_it_everywhere(
    tmp_path: Path,
) -> None:
    """Its town was put under another district, and the unit comes to it again: whose it was says the former one."""
    city, one, other = desks.two_districts(tmp_path)
    town, beside = (desks.below(one, name, Level.TOWN, 2) for name in ("甲镇", "乙镇"))
    village = desks.below(town, "甲村")
    settle([(town, one), (beside, one), (one, city), (other, city)])
    move(one, village.unit, beside.unit)
    settle([(beside, one)])
    beside.edit(village.unit, "name", "新镇改的村名", "unit")
    settle([(beside, one), (one, city)])
    move_upholding(city, town.unit, other.unit)
    enrol(town, other, 2)
    move_upholding(city, village.unit, town.unit)
    enrol(village, town)
    settle([(beside, one), (one, city), (other, city), (town, other), (other, city)])
    for desk in (city, one, other, town):
        assert superior(desk, village.unit) == town.unit, desk.name
        assert (village.unit, "unit") not in desk.conflicts()
        assert desk.values(village.unit, "unit")["name"] == "新镇改的村名"  # type: ignore[index]
    assert city.held() == {}
