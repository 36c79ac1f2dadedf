"""T01, T03, T04, T12 and T13: the boundary cases 1 to 6 of the domain reference, and the readings."""

from __future__ import annotations

import pytest

from desktop.operations.recording import records
from desktop.plan.results import Status
from tests.plan.world import World


@pytest.mark.parametrize(
    ("staff", "medium", "small"),
    [
        (24, (0, 0), (1, 1)),
        (25, (1, 1), (0, 0)),
        (26, (1, 1), (0, 0)),
        (0, (0, 0), (1, 1)),
        (None, (0, 0), (0, 0)),
    ],
)
def test_twenty_five_staff_divide_the_two_targets(
    world: World, town: str, staff: int | None, medium: tuple[int, int], small: tuple[int, int]
) -> None:
    world.firm(town, staff, union_state="Y")
    assert world.share("T03", town) == medium
    assert world.share("T04", town) == small


@pytest.mark.parametrize(
    ("indicator", "staff", "values", "expected"),
    [
        ("T12", 99, {}, (0, 0)),
        ("T12", 100, {}, (0, 1)),
        ("T12", 100, {"sector": "state_owned"}, (0, 1)),
        ("T12", 100, {"sector": "institution"}, (0, 0)),
        ("T13", 49, {"in_park": 1}, (0, 0)),
        ("T13", 50, {"in_park": 1}, (0, 1)),
        ("T13", 50, {"in_park": 0}, (0, 0)),
        ("T13", 50, {"park": "良渚新城"}, (0, 1)),
        ("T13", 50, {"park": "良渚新城", "in_park": 0}, (0, 0)),
        ("T22", 99, {"union_state": "Y"}, (0, 0)),
        ("T22", 100, {"union_state": "Y"}, (0, 1)),
        ("T22", 100, {"union_state": "C"}, (0, 0)),
    ],
)
def test_sizes_at_the_other_boundaries(
    world: World,
    town: str,
    indicator: str,
    staff: int,
    values: dict[str, str | int],
    expected: tuple[int, int],
) -> None:
    world.firm(town, staff, **values)
    assert world.share(indicator, town) == expected


def test_who_lies_in_a_registered_zone_is_in_one_however_deep(world: World, town: str) -> None:
    zone = world.save("area", town, name="良渚新城", kind="economic_zone")
    building = world.save("area", town, name="一号楼", kind="building", within=zone)
    street = world.save("area", town, name="老街", kind="featured_street")
    for area, within in ((zone, None), (building, None), (street, None), (zone, 0)):
        world.firm(town, 50, area=area, in_park=within)
    assert world.share("T13", town) == (0, 2)


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({}, True),
        ({"status": "active"}, True),
        ({"status": "suspended"}, False),
        ({"status": "deregistered"}, False),
        ({"status": "moved_out"}, False),
        ({"sector": "state_owned"}, False),
        ({"sector": "individual"}, False),
        ({"sector": None, "ownership": "private"}, True),
        ({"sector": None, "ownership": "other_limited"}, False),
        ({"verification": "removed"}, False),
    ],
)
def test_only_living_non_public_enterprises_should_have_a_union(
    world: World, town: str, values: dict[str, str | None], counted: bool
) -> None:
    world.firm(town, 25, **values)
    assert world.share("T03", town) == (0, int(counted))


def test_the_law_counts_members_and_the_plan_staff(world: World, town: str) -> None:
    one, other = world.firm(town, 30), world.firm(town, 30)
    for _ in range(25):
        world.member(town, enterprise=one)
    for _ in range(24):
        world.member(town, enterprise=other)
    assert world.share("T03", town) == (0, 2)
    assert world.share("T03", town, size_of="members") == (0, 1)


@pytest.mark.parametrize(
    ("basis", "words", "expected"),
    [("survey", "工会摸排数", (0, 1)), ("insured", "社保参保数", (0, 0)), ("tax", "税务登记职工数", (0, 1))],
)
def test_the_three_head_counts_are_a_choice_that_is_printed(
    world: World, town: str, basis: str, words: str, expected: tuple[int, int]
) -> None:
    world.firm(town, 25, insured_staff=24, taxed_staff=40)
    assert world.share("T03", town, staff_count_basis=basis) == expected
    assert f"职工数口径：{words}" in world.take("T03", town, options={"T03.staff_count_basis": basis}).basis


def test_enterprises_that_cannot_be_judged_are_named(world: World, town: str) -> None:
    world.firm(town, None)
    world.firm(town, 30, sector=None)
    taken = world.take("T03", town)
    assert taken.figure.status is Status.NO_DATA
    assert [n.count for n in taken.figure.notes] == [1, 1]
    assert "另有1家没有填所选口径的职工数，没有计入" in taken.notes
    assert "另有1家没有填单位类别，判断不了，没有计入" in taken.notes


def test_covered_and_then_independent_is_counted_once(world: World, town: str) -> None:
    firm = world.firm(town, 20)
    village = world.union(town, "2020-01-01", name="村联合工会", kind="joint")
    world.save("coverage", town, union=village, enterprise=firm, started="2024-05-10")
    assert world.share("T04", town, "2024-05-09") == (0, 1)
    assert world.share("T04", town, "2024-05-10") == (1, 1)
    world.union(town, "2025-03-01", enterprise=firm)
    assert world.share("T04", town) == (1, 1)
    assert world.count("T01", town, "2025-02-28") == 0
    assert world.count("T01", town) == 1


def test_coverage_ends_with_its_period_and_with_its_union(world: World, town: str) -> None:
    joint = world.union(town, "2020-01-01", kind="joint")
    over, left = world.firm(town, 20), world.firm(town, 20)
    world.save("coverage", town, union=joint, enterprise=over, started="2024-01-01", ended="2026-11-22")
    world.save("coverage", town, union=joint, enterprise=left, started="2024-01-01", ended="2026-11-23")
    assert world.share("T04", town) == (1, 2)
    world.edit("union", joint, status="revoked", status_date="2026-06-30")
    assert world.share("T04", town) == (0, 2)
    assert world.share("T04", town, "2026-06-29") == (2, 2)


def test_coverage_by_a_union_that_is_recorded_elsewhere_holds(world: World, town: str) -> None:
    firm = world.firm(town, 20)
    world.save("coverage", town, union="f" * 32, enterprise=firm, started="2024-01-01")
    assert world.share("T04", town) == (1, 1)


def test_coverage_is_no_own_union_unless_chosen(world: World, town: str) -> None:
    firm = world.firm(town, 120)
    world.save("coverage", town, union=world.union(town, "2020-01-01"), enterprise=firm, started="2024-01-01")
    assert world.share("T03", town) == (0, 1)
    assert world.share("T03", town, coverage="include") == (1, 1)
    assert world.share("T22", town) == (0, 0)
    assert world.share("T22", town, coverage="include") == (0, 1)


def test_small_traders_are_a_choice(world: World, town: str) -> None:
    world.firm(town, 5, sector="individual", union_state="Y")
    assert world.share("T04", town) == (0, 0)
    assert world.share("T04", town, individual="include") == (1, 1)


@pytest.mark.parametrize(
    ("values", "new"),
    [
        ({}, 1),
        ({"founding_kind": None}, 1),
        ({"founding_kind": "split"}, 1),
        ({"founding_kind": "renamed"}, 0),
        ({"founding_kind": "re_elected"}, 0),
        ({"founding_kind": "merged"}, 0),
        ({"founding_kind": "re_entered"}, 0),
        ({"kind": "federation"}, 1),
        ({"kind": "general"}, 0),
        ({"approval_date": "2023-12-31"}, 0),
        ({"approval_date": "2024-01-01"}, 1),
        ({"approval_date": "2026-11-23"}, 1),
        ({"approval_date": "2026-11-24"}, 0),
        ({"approval_date": None, "established_date": "2025-01-01"}, 0),
    ],
)
def test_which_unions_are_new(world: World, town: str, values: dict[str, str | None], new: int) -> None:
    world.union(town, **values)
    assert world.count("T01", town) == new


def test_a_renamed_union_stays_the_union_it_was(world: World, town: str) -> None:
    union = world.union(town, "2019-05-01")
    world.edit("union", union, name="新名称工会", former_name="某工会")
    assert world.count("T01", town) == 0
    assert world.share("T10.unions", town) == (0, 1)


def test_a_revoked_union_leaves_the_stock_and_stays_in_the_gross_number(world: World, town: str) -> None:
    union = world.union(town, "2025-03-01")
    world.edit("union", union, status="revoked", status_date="2026-06-30")
    assert world.share("T10.unions", town, "2026-06-29") == (0, 1)
    assert world.share("T10.unions", town) == (0, 0)
    assert world.count("T01", town) == 1
    assert world.count("T01", town, counting="net") == 0
    assert world.count("T01", town, "2026-06-29", counting="net") == 1


def test_the_first_day_of_new_unions_is_a_choice(world: World, town: str) -> None:
    world.union(town, "2024-05-31")
    world.union(town, "2024-06-01")
    assert world.count("T01", town) == 2
    assert world.count("T01", town, start="2024-06-01") == 1


def test_after_the_plan_nothing_new_is_counted(world: World, town: str) -> None:
    world.union(town, "2026-12-31")
    world.union(town, "2027-01-01")
    assert world.count("T01", town, "2027-06-01") == 1


def test_an_own_union_goes_before_the_typed_state(world: World, town: str) -> None:
    typed, founded, revoked = (world.firm(town, 30, union_state=s) for s in ("Y", "N", "Y"))
    world.union(town, "2025-01-01", enterprise=founded)
    gone = world.union(town, "2015-01-01", enterprise=revoked)
    world.edit("union", gone, status="deregistered", status_date="2026-01-01")
    hits, _, missing = world.ids(world.take("T03", town).figure)
    assert hits == {typed, founded}
    assert missing == {revoked}


def test_a_typed_state_holds_from_its_day(world: World, town: str) -> None:
    world.firm(town, 30, union_state="Y", union_state_date="2026-05-01")
    assert world.share("T03", town, "2026-04-30") == (0, 1)
    assert world.share("T03", town, "2026-05-01") == (1, 1)


def test_an_enterprise_that_closed_was_there_before(world: World, town: str) -> None:
    firm = world.firm(town, 30)
    world.edit("enterprise", firm, status="deregistered", status_date="2026-06-30")
    assert world.share("T03", town, "2026-06-29") == (0, 1)
    assert world.share("T03", town, "2026-06-30") == (0, 0)
    other = world.firm(town, 30)
    world.edit("enterprise", other, verification="removed", verification_date="2026-07-01")
    assert world.share("T03", town, "2026-06-30") == (0, 1)
    assert world.share("T03", town) == (0, 0)


def test_deleted_records_count_nowhere(world: World, town: str) -> None:
    firm = world.firm(town, 30)
    records.delete(world.session, "enterprise", firm)
    assert world.share("T03", town) == (0, 0)
