"""T02, T10 and T11: new members, and what stands in the national real-name system."""

from __future__ import annotations

import pytest

from tests.plan.world import World


@pytest.mark.parametrize(
    ("values", "new"),
    [
        ({"first_admission_date": "2023-12-31"}, 0),
        ({"first_admission_date": "2024-01-01"}, 1),
        ({"first_admission_date": "2026-11-23"}, 1),
        ({"first_admission_date": "2026-11-24"}, 0),
        ({"first_admission_date": None}, 0),
        ({"first_admission_date": "2025-01-01", "admission_kind": "transferred_in"}, 0),
        ({"first_admission_date": "2025-01-01", "admission_kind": None, "membership_change": "2"}, 0),
        ({"first_admission_date": "2025-01-01", "admission_kind": None}, 1),
    ],
)
def test_which_members_are_new(world: World, town: str, values: dict[str, str | None], new: int) -> None:
    world.member(town, **values)
    assert world.count("T02", town) == new


def test_who_left_again_still_counts_unless_the_net_number_is_chosen(world: World, town: str) -> None:
    for change in ("4", "5", "6"):
        world.member(
            town,
            first_admission_date="2025-01-01",
            membership_change=change,
            membership_change_date="2026-01-01",
        )
    assert world.count("T02", town) == 3
    assert world.count("T02", town, counting="net") == 1
    assert "同期退会、除名2人，按毛数不扣减" in world.take("T02", town).notes


def test_transfers_in_are_shown_beside(world: World, town: str) -> None:
    world.member(town, first_admission_date="2025-01-01", admission_kind="transferred_in")
    assert "另有从外转入1人，不算新增" in world.take("T02", town).notes


def test_one_person_with_two_records_is_new_once_and_from_the_first_day(world: World) -> None:
    district = world.unit()
    first, second = world.unit(superior=district), world.unit(superior=district)
    world.member(first, id_number="110101199003070011", first_admission_date="2024-02-01")
    world.member(second, id_number="110101199003070011", first_admission_date="2025-02-01")
    world.member(second, id_number="110101199003070038", first_admission_date="2019-01-01")
    world.member(first, id_number="110101199003070038", first_admission_date="2025-02-01")
    taken = world.take("T02", district)
    assert taken.figure.numerator.computed == 1
    assert {f.unit: f.numerator.computed for f in taken.below} == {first: 1, second: 0}


def test_a_record_without_a_day_does_not_hide_the_one_with_it(world: World, town: str) -> None:
    world.member(town, id_number="110101199003070134", first_admission_date=None)
    world.member(town, id_number="110101199003070134", first_admission_date="2025-02-01")
    assert world.count("T02", town) == 1


def test_people_of_one_name_are_two_people(world: World, town: str) -> None:
    for number in ("110101199003070054", "110101199003070070", None, None):
        world.member(town, id_number=number, first_admission_date="2025-01-01")
    assert world.count("T02", town) == 4


@pytest.mark.parametrize(("day", "entered"), [("2026-11-23", 1), ("2026-11-24", 0), (None, 0)])
def test_unions_are_entered_from_the_day_they_were(
    world: World, town: str, day: str | None, entered: int
) -> None:
    world.union(town, national_entry_date=day)
    world.union(town, status="preparing", approval_date=None)
    assert world.share("T10.unions", town) == (entered, 1)


def test_members_are_measured_against_the_reported_membership(world: World, town: str) -> None:
    counted = world.union(town, member_count=10)
    silent = world.union(town)
    for union, day in ((counted, "2026-01-01"), (counted, None), (silent, "2026-01-01"), (silent, None)):
        world.member(town, union=union, national_entry_date=day)
    figure = world.take("T10.members", town).figure
    assert figure.denominator is not None
    assert (figure.numerator.computed, figure.denominator.computed) == (2, 12)
    assert world.share("T10.members", town, denominator="roster") == (2, 4)


def test_who_left_is_no_member_to_be_entered(world: World, town: str) -> None:
    world.member(
        town, membership_change="6", membership_change_date="2026-11-23", national_entry_date="2025-01-01"
    )
    world.member(
        town, membership_change="6", membership_change_date="2026-11-24", national_entry_date="2025-01-01"
    )
    assert world.share("T10.members", town, denominator="roster") == (1, 1)


def test_an_entered_record_stands_for_its_person(world: World, town: str) -> None:
    world.member(town, id_number="110101199003070097", national_entry_date=None)
    world.member(town, id_number="110101199003070097", national_entry_date="2025-01-01")
    assert world.share("T10.members", town, denominator="roster") == (1, 1)


def test_a_complete_record_can_be_asked_for(world: World, town: str) -> None:
    world.member(town, national_entry_date="2025-01-01")
    assert world.share("T10.members", town, denominator="roster") == (1, 1)
    assert world.share("T10.members", town, denominator="roster", quality="complete") == (0, 1)


def test_a_new_union_is_wholly_entered_with_all_its_members(world: World, town: str) -> None:
    def union(day: str | None, *members: str | None) -> str:
        found = world.union(town, "2026-01-10", national_entry_date=day)
        for entered in members:
            world.member(town, union=found, national_entry_date=entered)
        return found

    whole = union("2026-01-20", "2026-01-20", "2026-02-01")
    union("2026-01-20", "2026-01-20", None)
    union("2026-01-25")
    union(None, "2026-01-20")
    taken = world.take("T11", town)
    assert world.share("T11", town) == (1, 4)
    assert world.ids(taken.figure)[0] == {whole}
    assert "其中3家工会组织已录入，从成立批复到录入平均11.67天" in taken.notes
