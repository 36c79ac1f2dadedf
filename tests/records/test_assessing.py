"""Sums of scores are exact, say how far they are, and give the grade that the template's lines give."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from typing import Any

import pytest

from desktop.records.reckoning import assessing

ROWS: list[Mapping[str, Any]] = [
    {"self_score": "0.1"},
    {"self_score": "0.2"},
    {"self_score": None, "town_score": "3"},
    {"self_score": "1e9"},
]


def test_sums_are_exact_and_what_is_no_stored_number_is_not_counted() -> None:
    own, town = assessing.totals(ROWS)
    assert (own.step, own.cell, own.scored, own.criteria, own.complete) == ("self", "0.3", 2, 4, False)
    assert own.words == "自评合计0.3分（已评2项，共4项）"
    assert town.words == "镇街审核合计3分（已评1项，共4项）"
    assert assessing.total("self", ROWS[:2]).words == "自评合计0.3分"
    assert assessing.totals([]) == []


LINES = {"lively_from": "85", "ordinary_from": "60"}


@pytest.mark.parametrize(
    ("template", "points", "grade"),
    [
        (LINES, "85", "lively"), (LINES, "84.9", "ordinary"), (LINES, "60", "ordinary"), (LINES, "59.5", "inactive"),
        ({"lively_from": "6"}, "5", "inactive"), ({"ordinary_from": "60"}, "90", ""), ({}, "90", ""),
    ],
)  # fmt: skip
def test_the_grade_follows_from_the_lines_of_the_template(
    template: dict[str, str], points: str, grade: str
) -> None:
    assert assessing.grade(template, decimal.Decimal(points)) == grade


def test_a_score_is_above_only_where_both_are_known() -> None:
    assert assessing.above("8.5", "8")
    assert not any(assessing.above(*pair) for pair in (("8", "8"), (None, "8"), ("9", None), ("x", "1")))
