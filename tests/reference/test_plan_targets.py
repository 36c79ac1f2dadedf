"""The action plan's targets in its own words."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest

from desktop.records.plan_targets import MeasureKind, PlanTarget
from desktop.reference import plan_chapters, plan_targets
from desktop.resources import resource

TARGETS = plan_targets()
BY_ID = {target.id: target for target in TARGETS}
PLAN = "".join(resource("plan", "action-plan-2024-2026.txt").read_text("utf-8").split("\n"))


def test_there_are_thirty_two_targets_in_order() -> None:
    assert list(BY_ID) == [f"T{n:02d}" for n in range(1, 33)]


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.id)
def test_every_quotation_stands_in_the_plan(target: PlanTarget) -> None:
    assert target.wording
    assert all(words in PLAN for words in target.wording)


@pytest.mark.parametrize(
    ("target", "thresholds"),
    [
        ("T01", {Fraction(10_000)}), ("T02", {Fraction(660_000)}), ("T03", {Fraction(1)}), ("T04", {Fraction(4, 5)}),
        ("T05", {Fraction(19, 20)}), ("T06", {Fraction(17, 20)}), ("T07", {Fraction(3, 5)}), ("T08", {Fraction(4, 5)}),
        ("T09", {Fraction(1, 2)}), ("T10", {Fraction(9, 10)}), ("T11", {Fraction(1)}), ("T12", {Fraction(1)}),
        ("T13", {Fraction(1)}), ("T14", {Fraction(1)}), ("T15", {Fraction(9, 10)}), ("T16", {Fraction(4, 5)}),
        ("T17", {Fraction(3, 20)}), ("T18", {None}), ("T19", {Fraction(1)}),
        ("T20", {Fraction(10)}), ("T21", {Fraction(1)}),
        ("T22", {Fraction(9, 10)}), ("T23", {Fraction(1)}), ("T24", {Fraction(4, 5)}), ("T25", {Fraction(1)}),
        ("T26", {None}), ("T27", {None}), ("T28", {None}), ("T29", {None}),
        ("T30", {None}), ("T31", {None}), ("T32", {None}),
    ],
)  # fmt: skip
def test_thresholds_are_exact(target: str, thresholds: set[Fraction | None]) -> None:
    assert {measure.threshold for measure in BY_ID[target].measures} == thresholds


@pytest.mark.parametrize(
    ("target", "measures"), [("T05", 6), ("T06", 4), ("T08", 2), ("T09", 2), ("T10", 2), ("T28", 4)]
)
def test_targets_that_name_several_ratios_have_them_apart(target: str, measures: int) -> None:
    assert len(BY_ID[target].measures) == measures


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.id)
def test_every_target_says_what_is_counted(target: PlanTarget) -> None:
    for measure in target.measures:
        assert measure.id.split(".")[0] == target.id
        assert measure.numerator
        assert (measure.kind is MeasureKind.SHARE) == bool(measure.denominator)
    for choice in target.choices:
        assert choice.default in {option.code for option in choice.options}
        assert len(choice.options) > 1


def test_every_target_stands_in_a_chapter_of_the_plan() -> None:
    assert {target.chapter for target in TARGETS} == set(plan_chapters())
    assert all(chapter in PLAN for chapter in plan_chapters())


def test_measures_have_unique_ids() -> None:
    ids = [measure.id for target in TARGETS for measure in target.measures]
    assert len(ids) == len(set(ids))


def test_drivers_and_riders_are_measured_against_daily_active_numbers() -> None:
    assert all("日活跃数" in measure.denominator for measure in BY_ID["T09"].measures)
    assert not any("日活跃数" in measure.denominator for measure in BY_ID["T08"].measures)


def test_targets_have_the_days_of_the_plan() -> None:
    assert BY_ID["T12"].due == datetime.date(2024, 12, 31)
    assert BY_ID["T13"].due == datetime.date(2026, 12, 31)
