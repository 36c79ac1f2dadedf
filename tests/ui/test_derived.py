"""What a chosen record fills in: the name beside its link, and nothing beside another link of the same type."""

from __future__ import annotations

import datetime

import pytest

from desktop.records.types import catalogue
from desktop.records.versions.canonical import Cell
from desktop.ui.forms.derived import (
    from_admission,
    from_category,
    from_count,
    from_link,
    from_nature,
    from_title,
)


@pytest.mark.parametrize(
    ("type_name", "link", "filled"),
    [
        ("pairing", "union", "union_name"),
        ("pairing", "partner", "partner_name"),
        ("union", "superior", "superior_name"),
        ("appointment", "union", "union_name"),
        ("area", "federation", "federation_name"),
        ("platform_affiliation", "upper", "upper_name"),
        ("dues_refund", "payer", "payer_name"),
        ("service_site", "provider", "provider_name"),
        ("assessment_score", "criterion", "criterion_name"),
    ],
)
def test_a_link_fills_the_name_beside_it(type_name: str, link: str, filled: str) -> None:
    chosen = {"name": "甲"}
    assert from_link(catalogue()[type_name], link, chosen, {}) == {filled: "甲"}
    assert from_link(catalogue()[type_name], link, chosen, {filled: "乙"}) == {}


def test_the_enterprise_of_an_affiliation_does_not_fill_the_one_above_it() -> None:
    assert from_link(catalogue()["platform_affiliation"], "enterprise", {"name": "甲"}, {}) == {}


def test_the_class_of_an_employer_follows_its_nature_until_somebody_chooses_it() -> None:
    enterprise = catalogue()["enterprise"]
    told = from_nature(enterprise, "ownership", {"ownership": "private"}, {})
    assert told == {"sector": "non_public"}
    changed = {"ownership": "state_owned", **told}
    assert from_nature(enterprise, "ownership", changed, told) == {"sector": "state_owned"}
    # Chosen by hand: it stands.
    assert from_nature(enterprise, "ownership", changed, {}) == {}
    code = {"uscc": "92330110MA2000000X"}
    both = from_nature(enterprise, "uscc", code, {})
    assert both == {"ownership": "individual", "sector": "individual"}
    assert from_nature(enterprise, "uscc", {**code, **both}, both) == {}
    assert from_nature(enterprise, "name", code, {}) == {}
    # The nature in a congress is that of its employer; there is no class beside it.
    assert from_nature(catalogue()["congress"], "ownership", {"ownership": "private"}, {}) == {}


def test_a_course_for_the_newly_appointed_counts_as_such_unless_somebody_says_otherwise() -> None:
    course = catalogue()["course"]
    fresh: dict[str, Cell] = {"category": "initial", "counts_for_initial": 0}
    told = from_category(course, "category", fresh, {})
    assert told == {"counts_for_initial": 1}
    changed: dict[str, Cell] = {"category": "rotation", "counts_for_initial": 1}
    assert from_category(course, "category", changed, told) == {"counts_for_initial": 0}
    assert from_category(course, "category", changed, {}) == {}, "chosen by hand"
    assert from_category(course, "name", fresh, {}) == {}
    assert from_category(catalogue()["congress"], "category", fresh, {}) == {}


def test_a_title_says_which_session_it_is_until_somebody_says_otherwise() -> None:
    congress = catalogue()["congress"]
    named: dict[str, Cell] = {"name": "某厂三届二次职代会"}
    told = from_title(congress, "name", named, {})
    assert told == {"term_number": 3, "session_number": 2}
    changed: dict[str, Cell] = {"name": "某厂第三届第四次职工代表大会", **told}
    assert from_title(congress, "name", changed, told) == {"session_number": 4}
    assert from_title(congress, "name", changed, {}) == {}, "typed by hand"
    assert from_title(congress, "name", {"name": "年会"}, {}) == from_title(congress, "kind", named, {}) == {}
    assert from_title(catalogue()["course"], "name", named, {}) == {}


def test_the_day_of_an_admission_is_typed_once_and_a_transfer_says_so_everywhere() -> None:
    member = catalogue()["member"]
    change, day, first, way = (
        "membership_change",
        "membership_change_date",
        "first_admission_date",
        "admission_kind",
    )
    fresh: dict[str, Cell] = {change: "1", way: "admitted"}
    for typed, other in ((first, day), (day, first)):
        told = from_admission(member, typed, {**fresh, typed: "2024-05-01"}, {}, True)
        assert told == {other: "2024-05-01"}
        # Corrected, the other follows; typed by hand, it stands.
        both: dict[str, Cell] = {**fresh, typed: "2024-05-11", other: "2024-05-01"}
        assert from_admission(member, typed, both, told, True) == {other: "2024-05-11"}
        assert from_admission(member, typed, both, {}, True) == {}
    # Who moved here was a member before; the day that was filled is no longer known.
    moved: dict[str, Cell] = {change: "2", way: "admitted", first: "2020-05-01", day: "2020-05-01"}
    assert from_admission(member, change, moved, {day: "2020-05-01"}, True) == {
        day: None,
        way: "transferred_in",
    }
    moved = {change: "1", way: "transferred_in", first: "2020-05-01", day: "2020-05-01"}
    assert from_admission(member, way, moved, {day: "2020-05-01"}, True) == {day: None, change: "2"}
    # Of a record that is held the way was said once: who was admitted here and moves on stays a new member.
    assert from_admission(member, change, {change: "2", way: "admitted"}, {}, False) == {}
    assert from_admission(member, "name", fresh, {}, True) == {}
    assert from_admission(catalogue()["officer"], first, fresh, {}, True) == {}


def test_what_the_union_counts_itself_is_of_the_day_on_which_it_is_typed() -> None:
    union, today = catalogue()["union"], datetime.date(2026, 11, 29)
    for field in ("staff_count", "member_count"):
        assert from_count(union, field, {field: 80}, today) == {"headcount_date": "2026-11-29"}
        assert from_count(union, field, {field: 80, "headcount_date": "2026-06-30"}, today) == {}
        assert from_count(union, field, {}, today) == {}
    assert from_count(catalogue()["congress"], "staff_count", {"staff_count": 80}, today) == {}
