"""Who is excluded must not lift that by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from tests.sync.desks import enrol, new_desk, new_root, report

FIRM = "f1" * 16


@pytest.mark.parametrize("how", ["second birth", "tombstone", "change"])
def test_a_withdrawal_is_not_lifted_by_the_one_it_is_about(tmp_path: Path, how: str) -> None:
    district = new_root(tmp_path, "区")
    town = new_desk(tmp_path, "镇", Level.TOWN)
    enrol(town, district, 3)
    town.birth("firm", {"name": "镇里的"}, record=FIRM)
    report(town, district)
    record = district.exclude((town, district.database.value("SELECT _number FROM r_firm")))
    assert FIRM not in district.records()
    town.take(district.send(town))
    town.time.at += 60_000
    town.forge_birth(record, {"cause": "withdrawn", "items": "x"}, type="exclusion")
    if how == "tombstone":
        town.forge_change(record, "_deleted", {"births": "", "heads": ""}, "tombstone", type="exclusion")
    if how == "change":
        heads = [s for s, _ in district.ledger.heads("exclusion", record, "items")]
        town.forge_change(record, "items", "x", type="exclusion", replaces=tuple(heads))
    district.take(town.send())
    assert FIRM not in district.records()
