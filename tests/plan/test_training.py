"""T24 and T25: people count once, posts each; the year of initial training ends on the anniversary, inclusive."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.records.reckoning.periods import Clock, initial_training, years_later
from tests.plan.world import World


def officer(world: World, unit: str, **values: str | None) -> str:
    return world.save("officer", unit, **{"name": "李四", "category": "grassroots_chair", **values})


def appointed(world: World, unit: str, person: str, day: str, **values: str | int | None) -> str:
    given = {"category": "grassroots_chair", "post": "chair", "union_name": "某工会"}
    return world.save("appointment", unit, **{"officer": person, "started": day, **given, **values})


def initial(world: World, unit: str, person: str, day: str) -> None:
    world.attend(unit, world.course(unit, day, category="initial", counts_for_initial=1), person)


def test_the_same_cadre_on_two_courses_counts_once_and_two_of_one_name_count_twice(
    world: World, town: str
) -> None:
    one, other = officer(world, town), officer(world, town)
    for day in ("2025-03-01", "2026-03-01"):
        world.attend(town, world.course(town, day), one)
    assert world.share("T24", town) == (1, 2)
    world.attend(town, world.course(town, "2026-04-01"), other)
    assert world.share("T24", town) == (2, 2)


def test_two_records_of_one_cadre_are_one_person(world: World) -> None:
    district = world.unit()
    first, second = world.unit(superior=district), world.unit(superior=district)
    officer(world, first, id_number="110101199003070118")
    trained = officer(world, second, id_number="110101199003070118")
    world.attend(second, world.course(second, "2026-03-01"), trained)
    assert world.share("T24", district) == (1, 1)


@pytest.mark.parametrize(
    ("course", "attendance", "counted"),
    [
        ({}, {}, True),
        ({"started_date": "2023-12-31"}, {}, False),
        ({"started_date": "2026-11-20", "ended_date": "2026-11-23"}, {}, True),
        ({"started_date": "2026-11-20", "ended_date": "2026-11-24"}, {}, False),
        ({"counts_for_rotation": 0}, {}, False),
        ({"counts_for_rotation": 0}, {"counts_for_rotation": 1}, True),
        ({"counts_for_rotation": 1}, {"counts_for_rotation": 0}, False),
        ({}, {"result": "failed"}, False),
        ({}, {"half_days": None}, False),
        ({}, {"half_days": None, "result": "passed"}, True),
        ({}, {"half_days": None, "hours": "4"}, True),
        ({}, {"half_days": None, "absence_reason": "出差"}, False),
    ],
)
def test_which_attendance_counts(
    world: World, town: str, course: dict[str, str | int], attendance: dict[str, str | None], counted: bool
) -> None:
    person = officer(world, town)
    values: dict[str, Any] = {"day": str(course.pop("started_date", "2026-03-01")), **course}
    world.attend(town, world.course(town, **values), person, **attendance)
    assert world.share("T24", town) == (int(counted), 1)


@pytest.mark.parametrize(("least", "trained"), [("none", 2), ("8", 2), ("16", 1)])
def test_the_least_hours_are_a_choice(world: World, town: str, least: str, trained: int) -> None:
    for hours, own in (("8", None), ("8", "16")):
        person = officer(world, town)
        world.attend(town, world.course(town, "2026-03-01", hours=hours), person, hours=own)
    assert world.share("T24", town, minimum_hours=least) == (trained, 2)


@pytest.mark.parametrize(
    ("service", "on_roster"),
    [
        ({"service_ended": "2026-11-23"}, 0),
        ({"service_ended": "2026-11-24"}, 1),
        ({"service_started": "2026-11-23"}, 1),
        ({"service_started": "2026-11-24"}, 0),
    ],
)
def test_leavers_are_in_neither_number(
    world: World, town: str, service: dict[str, str], on_roster: int
) -> None:
    person = officer(world, town, **service)
    world.attend(town, world.course(town, "2026-03-01"), person)
    assert world.share("T24", town) == (on_roster, on_roster)


def test_trainees_without_a_roster_are_named(world: World, town: str) -> None:
    world.attend(town, world.course(town, "2026-03-01"), None)
    assert "另有1人次的培训学员没有对上干部名册，没有计入" in world.take("T24", town).notes


@pytest.mark.parametrize(
    ("as_of", "trained", "expected"),
    [
        ("2026-11-21", None, (0, 0)),
        ("2026-11-22", None, (0, 0)),
        ("2026-11-23", None, (0, 1)),
        ("2026-11-23", "2026-11-22", (1, 1)),
        ("2026-11-23", "2026-11-23", (0, 1)),
        ("2026-06-01", "2026-05-01", (1, 1)),
        ("2026-04-01", "2026-05-01", (0, 0)),
        ("2026-11-23", "2025-11-21", (0, 1)),
        ("2026-11-23", "2025-11-22", (1, 1)),
    ],
)
def test_a_year_ends_on_the_anniversary_inclusive(
    world: World, town: str, as_of: str, trained: str | None, expected: tuple[int, int]
) -> None:
    person = officer(world, town)
    appointed(world, town, person, "2025-11-22")
    if trained is not None:
        initial(world, town, person, trained)
    assert world.share("T25", town, as_of) == expected


def test_a_leap_days_year_ends_on_the_last_of_february(world: World, town: str) -> None:
    appointed(world, town, officer(world, town), "2024-02-29")
    assert world.share("T25", town, "2025-02-28") == (0, 0)
    assert world.share("T25", town, "2025-03-01") == (0, 1)


def test_each_post_has_a_clock_of_its_own(world: World, town: str) -> None:
    person = officer(world, town)
    appointed(world, town, person, "2024-03-01")
    appointed(world, town, person, "2025-09-01", category="social_worker")
    initial(world, town, person, "2025-10-01")
    assert world.share("T25", town) == (1, 2)
    assert world.share("T24", town) == (1, 1)


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({"newly_appointed": 0}, 0),
        ({"category": "other"}, 0),
        ({"started": "2023-12-31"}, 0),
        ({"ended": "2025-12-31"}, 0),
        ({"ended": "2026-02-01"}, 1),
    ],
)
def test_which_appointments_start_a_clock(
    world: World, town: str, values: dict[str, str | int | None], counted: int
) -> None:
    appointed(world, town, officer(world, town), str(values.pop("started", "2025-02-01")), **values)
    assert world.share("T25", town) == (0, counted)


def test_initial_training_counts_for_the_person_on_whichever_roster_line(world: World, town: str) -> None:
    here, there = (officer(world, town, id_number=f"{town}1") for _ in range(2))
    appointed(world, town, here, "2025-02-01")
    assert world.share("T25", town) == (0, 1)
    initial(world, town, officer(world, town, id_number=f"{town}2"), "2025-03-01")
    assert world.share("T25", town) == (0, 1)
    initial(world, town, there, "2025-04-01")
    assert world.share("T25", town) == (1, 1)


def test_a_course_of_initial_training_counts_without_being_ticked(world: World, town: str) -> None:
    person = officer(world, town)
    appointed(world, town, person, "2025-02-01")
    world.attend(town, world.course(town, "2025-03-01", category="initial", counts_for_initial=None), person)
    assert world.share("T25", town) == (1, 1)


DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 12, 31))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    started=DAYS | st.just(datetime.date(2024, 2, 29)),
    trained=st.lists(DAYS, max_size=2),
    shift=st.integers(-2, 2),
)
def test_the_clock_is_that_of_the_records(
    world: World, started: datetime.date, trained: list[datetime.date], shift: int
) -> None:
    town = world.unit()
    person = officer(world, town)
    appointed(world, town, person, started.isoformat())
    for day in trained:
        initial(world, town, person, day.isoformat())
    as_of = years_later(started, 1) + datetime.timedelta(days=shift)
    clock = initial_training(started, trained, as_of).clock
    decided = clock in (Clock.COMPLETED, Clock.COMPLETED_LATE, Clock.OVERDUE)
    assert world.share("T25", town, as_of) == (int(clock is Clock.COMPLETED), int(decided))
