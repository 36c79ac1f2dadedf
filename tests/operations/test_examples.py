"""Templates that come with the program: taken over in one step, clean, told as examples, and sent down."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desktop import reference
from desktop.operations.recording import examples, records
from desktop.operations.session import NotAllowed, Session
from desktop.plan import assessed
from desktop.records.declaration import Level
from desktop.records.types import catalogue
from tests.operations.stations import station

TEMPLATE, CRITERION = "assessment_template", "assessment_criterion"


def test_templates_are_taken_over_once_and_nothing_is_wrong_with_them(district: Session) -> None:
    done = examples.take_over(district, TEMPLATE)
    assert (len(done.records[TEMPLATE]), len(done.records[CRITERION])) == (2, 19)
    for name, found in done.records.items():
        for record in found:
            assert records.check(district, name, record) == []
    for record in done.records[TEMPLATE]:
        held = records.load(district, TEMPLATE, record)
        assert held is not None
        assert (held.values["is_official"], held.values["started"]) == (
            0,
            district.environment.today().isoformat(),
        )
        assert held.values["source"] == "示例口径，非官方"
        assert "示例" in str(held.values["name"])
        parts = records.children(district, TEMPLATE.replace("template", "criterion"), record)
        # What is scored from records names what is looked up, and the program can look it up.
        named = {str(f) for p in parts if (f := p.values["assessment_fact"])}
        assert named <= assessed.FACTS
        assert all(
            (p.values["data_source"] == "automatic") == bool(p.values["assessment_fact"]) for p in parts
        )
        assert sum(Decimal(str(p.values["full_score"])) for p in parts) == Decimal(
            str(held.values["full_score"])
        )
    with pytest.raises(examples.NoExamples):
        examples.take_over(district, TEMPLATE)
    records.undo(district, done.stamp)
    assert len(examples.waiting(district.database, district.types, TEMPLATE)) == 2


def test_one_that_is_here_is_not_written_over(district: Session) -> None:
    first, _ = examples.waiting(district.database, district.types, TEMPLATE)
    records.save(district, TEMPLATE, {"name": first.values["name"], "full_score": "90"})
    assert len(examples.take_over(district, TEMPLATE).records[TEMPLATE]) == 1


def test_most_types_have_none(district: Session) -> None:
    assert reference.examples("enterprise") is None
    with pytest.raises(examples.NoExamples):
        examples.take_over(district, "enterprise")


def test_a_village_makes_no_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    village = station(tmp_path_factory.mktemp("v"), "330110109222", "径山村工会", Level.VILLAGE)
    with pytest.raises(NotAllowed):
        examples.take_over(village, TEMPLATE)


def test_what_is_assessed_by_goes_to_everybody_below() -> None:
    assert all(catalogue()[name].goes_below for name in (TEMPLATE, CRITERION))
