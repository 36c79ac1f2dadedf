"""Conflicts: shown with base and all values, decided once, never decided by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations import audit
from desktop.operations.recording import conflicts, deciding, records
from desktop.operations.recording.conflicts import NoConflict
from desktop.operations.session import Session
from desktop.operations.stations import exchange
from desktop.records.declaration import Level
from tests.operations.stations import enrol, report_up, station

CODE = "91330106MA2ABCDEX7"


@pytest.fixture
def disputed(tmp_path: Path) -> tuple[Session, Session, str]:
    """A district and a village that have both changed the name of one enterprise."""
    district = station(tmp_path, "330110", "余杭区总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, district, tmp_path)
    saved = records.save(village, "enterprise", {"name": "原名", "uscc": CODE, "surveyed_staff": 5})
    report_up(village, district, tmp_path)
    records.save(district, "enterprise", {"name": "区里改的"}, record=saved.record)
    records.save(village, "enterprise", {"name": "村里改的"}, record=saved.record)
    report_up(village, district, tmp_path)
    return district, village, saved.record


def test_a_conflict_shows_base_and_all_values(disputed: tuple[Session, Session, str]) -> None:
    district, _, record = disputed
    (conflict,) = conflicts.open_conflicts(district)
    assert (conflict.record, conflict.slot, conflict.label) == (record, "name", "单位名称")
    assert {c.value for c in conflict.claims} == {"区里改的", "村里改的"}
    assert [c.value for c in conflict.base] == ["原名"]


def test_saving_another_field_decides_nothing(disputed: tuple[Session, Session, str]) -> None:
    district, _, record = disputed
    held = records.load(district, "enterprise", record)
    assert held is not None
    records.save(district, "enterprise", {**held.values, "surveyed_staff": 6}, record=record)
    assert len(conflicts.open_conflicts(district)) == 1


def test_a_decision_closes_the_conflict_here_and_below(
    disputed: tuple[Session, Session, str], tmp_path: Path
) -> None:
    district, village, record = disputed
    deciding.decide(district, "enterprise", record, "name", "村里改的")
    assert conflicts.open_conflicts(district) == []
    report_up(village, district, tmp_path)
    assert conflicts.open_conflicts(village) == []
    assert exchange.digest(village, village.unit.id) == exchange.digest(district, village.unit.id)
    with pytest.raises(NoConflict):
        deciding.decide(district, "enterprise", record, "name", "再来一次")


def test_a_deletion_against_an_edit_asks_and_keeps_both(
    disputed: tuple[Session, Session, str], tmp_path: Path
) -> None:
    district, village, record = disputed
    deciding.decide(district, "enterprise", record, "name", "村里改的")
    report_up(village, district, tmp_path)
    records.delete(district, "enterprise", record)
    records.save(village, "enterprise", {"surveyed_staff": 99}, record=record)
    report_up(village, district, tmp_path)
    assert {c.slot for c in conflicts.open_conflicts(district)} == {"_deleted"}
    deciding.decide(district, "enterprise", record, "_deleted", 0)
    held = records.load(district, "enterprise", record)
    assert held is not None
    assert held.values["surveyed_staff"] == 99
    assert held.disputed == ()


def test_showing_a_personal_value_is_noted_without_the_value(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    saved = records.save(village, "enterprise", {"name": "一家", "contact_phone": "13800001234"})
    assert audit.reveal(village, "enterprise", saved.record, "contact_phone") == "13800001234"
    (line,) = audit.recent(village)
    assert saved.record in line.detail
    assert "13800001234" not in line.detail
    assert audit.verify(village) is None
    village.database.execute("UPDATE audit SET detail = 'nothing' WHERE id = 1")
    assert audit.verify(village) == 1
