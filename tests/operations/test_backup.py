"""Backups: made by themselves, restored whole, and what was sent since comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.operations import exchange, records, workspaces
from desktop.operations.session import Session, open_session
from desktop.records.declaration import Level
from desktop.store.database import WrongKey
from tests.operations.stations import enrol, repeatable, report_up, station


def test_opening_makes_one_backup_a_day(tmp_path: Path) -> None:
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    folder = village.workspace.folder
    village.workspace.close()
    for seed in ("a", "b"):
        open_session(folder, "王芳", "password1", repeatable(seed)).workspace.close()
    assert [p.name for p in (folder / "backups").iterdir()] == ["2026-11-23.db"]


def test_a_restored_station_gets_back_what_it_had_sent(tmp_path: Path) -> None:
    town = station(tmp_path, "330110109", "径山镇总工会", Level.DISTRICT)
    village = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    enrol(village, town, tmp_path)
    records.save(village, "enterprise", {"name": "备份前"})
    workspaces.backup(village, tmp_path / "copy.db")
    later = records.save(village, "enterprise", {"name": "备份后"})
    report_up(village, town, tmp_path)
    folder = village.workspace.folder
    village.workspace.close()

    again: Session = workspaces.restore(
        folder, tmp_path / "copy.db", "王芳", "password1", repeatable("restored")
    )
    assert records.load(again, "enterprise", later.record) is None
    records.save(again, "enterprise", {"name": "恢复后"})
    result = report_up(again, town, tmp_path).bundles[0]
    assert result.problem is None
    report_up(again, town, tmp_path)
    assert records.load(again, "enterprise", later.record) is not None
    assert exchange.digest(again).sha256 == exchange.digest(town, again.unit.id).sha256


def test_another_workspaces_backup_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    one = station(tmp_path, "330110109200", "径山村工会", Level.VILLAGE)
    two = station(tmp_path, "330110109201", "长乐村工会", Level.VILLAGE)
    saved = records.save(one, "enterprise", {"name": "一家"})
    workspaces.backup(two, tmp_path / "other.db")
    folder = one.workspace.folder
    one.workspace.close()
    with pytest.raises(WrongKey):
        workspaces.restore(folder, tmp_path / "other.db", "王芳", "password1", repeatable("x"))
    again = open_session(folder, "王芳", "password1", repeatable("y"))
    assert records.load(again, "enterprise", saved.record) is not None
