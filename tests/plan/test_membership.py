"""T02, T10 and T11: new members, and what stands in the national real-name system."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import ric

from desktop.records.typed.id_number import IdKind, check_id
from desktop.records.versions.canonical import Cell
from desktop.store.queries.aggregates.unions import right_number
from tests.plan.world import TODAY, World


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


@pytest.mark.parametrize("order", [1, -1])
def test_who_came_over_with_the_first_day_is_still_new_once(world: World, town: str, order: int) -> None:
    """Boundary case 4 within one district: neither record's age decides."""
    left = {"membership_change": "4", "admission_kind": "admitted"}
    arrived = {"membership_change": "2", "admission_kind": "transferred_in"}
    for values in (left, arrived)[::order]:
        world.member(
            town, id_number=town, first_admission_date="2024-02-01", membership_change_date="2025-05-01",
            **values,
        )  # fmt: skip
    assert world.count("T02", town) == 1
    assert "另有从外转入1人，不算新增" in world.take("T02", town).notes


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


def test_members_whose_union_reports_no_number_are_counted_from_the_roster(world: World, town: str) -> None:
    over = world.union(town, member_count=10, status="revoked", status_date="2026-01-01")
    for union in (over, "f" * 32, None):
        world.member(town, union=union, national_entry_date="2025-01-01")
    figure = world.take("T10.members", town).figure
    assert figure.denominator is not None
    assert (figure.numerator.computed, figure.denominator.computed) == (3, 3)


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


COMPLETE: dict[str, Cell] = {
    "sex": "1", "birth_date": "1990-01-01", "id_kind": "resident_id", "phone": "13800000000",
    "political_status": "13", "education": "bachelor", "skill_level": "0", "membership_change_date": "2025-01-01",
    "workplace": "某公司", "employment": "1", "migrant": 0, "ethnicity": "01", "national_entry_date": "2025-01-01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "kind", "qualified"),
    [
        ("330102199001010012", "resident_id", 1),
        ("330102199001010013", "resident_id", 0),
        ("33010219900101001", "resident_id", 0),
        ("330102900101001", "resident_id", 0),
        ("330102199002300017", "resident_id", 0),
        ("330102199102290017", "resident_id", 0),
        ("11010519491231002X", "resident_id", 1),
        ("E12345678", "passport", 1),
        (None, "resident_id", 0),
    ],
)
def test_a_qualified_record_has_a_right_number(
    world: World, town: str, number: str | None, kind: str, qualified: int
) -> None:
    values = {**COMPLETE, "id_number": number, "id_kind": kind, "union": world.union(town)}
    world.member(town, **values)
    assert world.share("T10.members", town, denominator="roster", quality="complete") == (qualified, 1)


NUMBERS = st.from_regex(
    r"(33|81|91|11)0102(19[0-9]{2}|20[0-3][0-9]|18[0-9]{2})([01][0-9])([0-3][0-9])[0-9]{3}", fullmatch=True
)


@example("33010219910229001", "resident_id", "7")
@given(NUMBERS, st.sampled_from(["resident_id", "hmt_residence_permit"]), st.sampled_from("0123456789Xx "))
def test_the_ledger_and_the_program_agree_on_right_numbers(body: str, kind: str, last: str) -> None:
    query = f"SELECT {right_number('r')} FROM (SELECT :number AS id_number, :kind AS id_kind) r"
    for number in (body + last, body + ric.calc_check_digit(body + "0")):
        parameters = {"number": number, "kind": kind, "as_of": TODAY.isoformat()}
        (said,) = sqlite3.connect(":memory:").execute(query, parameters).fetchone()
        assert said == int(check_id(number, TODAY, IdKind(kind)).ok)


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
