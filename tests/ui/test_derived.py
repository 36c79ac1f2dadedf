"""What a chosen record fills in: the name beside its link, and nothing beside another link of the same type."""

from __future__ import annotations

import pytest

from desktop.records.types import catalogue
from desktop.ui.forms.derived import from_link


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
