"""T21 and T22: sessions count by their quorum, their day and their kind."""

from __future__ import annotations

import pytest

from tests.plan.world import World


def held(world: World, unit: str, firm: str, day: str = "2026-03-01", **values: str | int | None) -> str:
    given: dict[str, str | int | None] = {"kind": "congress", "expected_count": 30, "present_count": 20}
    return world.save(
        "congress", unit, **{"name": "职代会", "enterprise": firm, "started_date": day, **given, **values}
    )


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({}, True),
        ({"present_count": 19}, False),
        ({"expected_count": None}, False),
        ({"expected_count": 0, "present_count": 0}, False),
        ({"present_count": 31}, False),
        ({"kind": None}, True),
        ({"kind": "assembly"}, True),
        ({"kind": "school"}, True),
        ({"kind": "regional"}, False),
        ({"kind": "industry"}, False),
        ({"started_date": "2025-11-23"}, False),
        ({"started_date": "2025-11-24"}, True),
        ({"started_date": "2026-11-23"}, True),
        ({"started_date": "2026-11-24"}, False),
    ],
)
def test_which_sessions_are_evidence(
    world: World, town: str, values: dict[str, str | int | None], counted: bool
) -> None:
    firm = world.firm(town, 40, sector="state_owned")
    day = str(values.pop("started_date", "2026-03-01"))
    held(world, town, firm, day, **values)
    assert world.share("T21", town) == (int(counted), 1)


@pytest.mark.parametrize(
    ("sector", "counted"),
    [("state_owned", 1), ("collective", 1), ("institution", 1), ("organ", 0), ("non_public", 0)],
)
def test_whose_congress_is_asked_for(world: World, town: str, sector: str, counted: int) -> None:
    world.firm(town, 40, sector=sector)
    assert world.share("T21", town) == (0, counted)


def test_two_sessions_count_once_and_a_session_of_the_union_is_one_of_its_employer(
    world: World, town: str
) -> None:
    firm = world.firm(town, 40, sector="institution")
    union = world.union(town, enterprise=firm)
    held(world, town, firm, "2026-01-05")
    held(world, town, firm, "2026-07-05")
    assert world.share("T21", town) == (1, 1)
    other = world.firm(town, 40, sector="institution")
    world.edit("union", union, enterprise=other)
    held(world, town, None, "2026-07-05", union=union)  # type: ignore[arg-type]
    assert world.share("T21", town) == (2, 2)


def test_the_cycle_the_window_and_the_proof_are_choices(world: World, town: str) -> None:
    state, other = (world.firm(town, 40, sector=s) for s in ("state_owned", "institution"))
    for firm in (state, other):
        held(world, town, firm, "2026-05-23")
    assert world.share("T21", town) == (2, 2)
    assert world.share("T21", town, cycle="half_year") == (1, 2)
    assert world.share("T21", town, "2026-11-22", cycle="half_year") == (2, 2)
    assert world.share("T21", town, "2027-02-01") == (2, 2)
    assert world.share("T21", town, "2027-02-01", window="calendar") == (0, 2)
    assert world.share("T21", town, proof="material") == (0, 2)
    held(world, town, state, "2026-06-01", evidence="minutes")
    assert world.share("T21", town, proof="material") == (1, 2)


@pytest.mark.parametrize(
    ("kind", "everything", "congress_only"),
    [("candid_talk", 1, 0), ("deliberation", 1, 0), ("manager_mailbox", 1, 0), ("union_committee", 0, 0)],
)
def test_which_forms_count_is_a_choice(
    world: World, town: str, kind: str, everything: int, congress_only: int
) -> None:
    firm = world.firm(town, 100, union_state="Y")
    world.save("meeting", town, kind=kind, name="会", enterprise=firm, started_date="2026-02-01")
    assert world.share("T22", town) == (everything, 1)
    assert world.share("T22", town, forms="congress") == (congress_only, 1)


def test_a_valid_congress_counts_for_a_large_private_enterprise(world: World, town: str) -> None:
    firm = world.firm(town, 100, union_state="Y")
    held(world, town, firm, "2026-02-01")
    assert world.share("T22", town) == (1, 1)
    assert world.share("T22", town, forms="congress") == (1, 1)
    assert world.share("T21", town) == (0, 0)


def test_an_assembly_of_a_small_employer_is_counted_and_a_congress_or_a_large_one_is_not(
    world: World, town: str
) -> None:
    held_by = {
        n: world.firm(town, staff, sector="non_public") for n, staff in enumerate((40, 99, 100, 60, 60))
    }
    for firm in held_by.values():
        world.union(town, enterprise=firm)
    for n in (0, 1, 2):
        held(world, town, held_by[n], kind="assembly")
    held(world, town, held_by[3], kind="congress")
    held(world, town, held_by[4], kind="assembly", present_count=19)
    assert world.share("T32.assembly", town) == (2, 4)
    world.save(
        "democratic_system", town, enterprise=held_by[3], form="micro_assembly", established_date="2026-01-01"
    )
    world.save("democratic_system", town, enterprise=held_by[4], form="assembly", established_date="2025-01-01",
               ended="2026-01-01")  # fmt: skip
    assert world.share("T32.assembly", town, assembly="set_up") == (1, 4)
    unsized = world.firm(town, None, sector="non_public")
    world.union(town, enterprise=unsized)
    assert any(n.startswith("另有1家已建会的非公企业没有填") for n in world.take("T32.assembly", town).notes)


def test_other_forms_count_by_what_was_held_or_answered_and_new_trades_by_what_is_set_up(
    world: World, town: str
) -> None:
    talks, answers, neither = (world.firm(town, 40, sector="non_public") for _ in range(3))
    world.save(
        "meeting", town, name="恳谈会", kind="candid_talk", started_date="2026-03-01", enterprise=talks
    )
    world.save("mailbox_letter", town, enterprise=answers, subject="来信", received_date="2026-01-01",
               answered_date="2026-01-20")  # fmt: skip
    held(world, town, neither, kind="assembly")
    assert world.count("T32.forms", town) == 2
    assert world.count("T32.forms", town, "2027-02-01") == 1
    rider = world.firm(town, 40, sector="non_public", new_trade="food_delivery")
    for firm in (rider, talks):
        world.save("democratic_system", town, enterprise=firm, form="new_form", established_date="2026-01-01")
    assert world.count("T32.new_trade", town) == 1
