"""Several conflicts decided as one step: all at once, taken back at once, and what was settled meanwhile left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations import conflicts, records
from desktop.operations.conflicts import NoConflict
from desktop.operations.deciding import Decision, decide_all
from desktop.operations.session import Session
from desktop.records.declaration import Level
from tests.operations.stations import enrol, report_up, station


@pytest.fixture
def disputed(tmp_path: Path) -> tuple[Session, list[Decision]]:
    """A district in which three names are in conflict, and the decision for each."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    ids, _ = records.save_many(village, "enterprise", [{"name": f"原名{n}"} for n in range(3)])
    report_up(village, district, tmp_path)
    for key in ids:
        records.save(district, "enterprise", {"name": "区里改的"}, record=key)
        records.save(village, "enterprise", {"name": "村里改的"}, record=key)
    report_up(village, district, tmp_path)
    return district, [Decision("enterprise", key, "name", "商量好的") for key in ids]


def names(session: Session, decisions: list[Decision]) -> list[object]:
    held = [records.load(session, d.type, d.record) for d in decisions]
    return [h.values["name"] for h in held if h is not None]


def test_all_are_decided_by_one_operation_and_taken_back_by_one_undo(
    disputed: tuple[Session, list[Decision]],
) -> None:
    district, decisions = disputed
    before = names(district, decisions)
    changes = decide_all(district, decisions, "处理分歧")
    assert names(district, decisions) == ["商量好的"] * 3
    assert conflicts.open_conflicts(district) == []
    records.undo(district, changes.stamp)
    assert names(district, decisions) == before


def test_what_was_settled_meanwhile_stays_as_it_is(disputed: tuple[Session, list[Decision]]) -> None:
    district, decisions = disputed
    conflicts.decide(district, "enterprise", decisions[0].record, "name", "先定的")
    decide_all(district, decisions, "处理分歧")
    assert names(district, decisions) == ["先定的", "商量好的", "商量好的"]
    with pytest.raises(NoConflict):
        decide_all(district, decisions, "处理分歧")
