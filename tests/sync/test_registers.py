"""A whole register travels with the columns that it fills, and is kept, changed and erased like anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import NewRecord
from desktop.store.writing import births
from desktop.sync.bundles import kept
from desktop.sync.formats import segments
from tests.sync.desks import Desk, enrol, new_desk, new_root, report


def shapes_of(desk: Desk) -> list[tuple[str, ...]]:
    """The columns of firms in each segment that has any, in their order."""
    frames = desk.database.rows("SELECT frame FROM segment ORDER BY position")
    headers = [segments.read(kept.frame_of(compressed))[0] for (compressed,) in frames]
    return [h.shapes["firm"].columns for h in headers if "firm" in h.shapes]


def test_a_register_states_its_own_columns_and_what_follows_states_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(births, "MANY", 3)
    district, town = new_root(tmp_path, "区"), new_desk(tmp_path, "镇", Level.TOWN)
    enrol(town, district)
    ids = [town.ledger.new_id() for _ in range(3)]
    rows: list[dict[str, Cell]] = [
        {"name": "一家", "phone": "138"},
        {"name": "二家"},
        {"staff": 3, "name": None},
    ]
    born = [NewRecord("firm", r, town.unit, cells) for r, cells in zip(ids, rows, strict=True)]
    town.ledger.write("导入", town.name, births=born)
    one = town.birth("firm", {"name": "四家", "person": "王芳"})
    report(town, district)
    assert shapes_of(town)[0] == ("name", "count.staff", "contact.phone")
    assert {"in_park", "contact.person"} <= set(shapes_of(town)[1])
    assert district.digest(town.unit) == town.digest(town.unit)
    shown = [{n: v for n, v in (district.values(r) or {}).items() if v is not None} for r in (*ids, one)]
    assert shown == [*rows[:2], {"staff": 3}, {"name": "四家", "person": "王芳"}]
    town.edit(ids[1], "contact", {"phone": "139"})
    report(town, district)
    assert (district.values(ids[1]) or {})["phone"] == "139"
