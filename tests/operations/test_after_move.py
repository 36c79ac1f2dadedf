"""What a unit writes into a record that it has given away counts, and the logic check lists it (rule 16)."""

from __future__ import annotations

import datetime
from pathlib import Path

from desktop.operations.recording import checking
from desktop.records.declaration import Level, Severity
from tests.sync.desks import Desk, enrol, new_desk, new_root, report


def listed(desk: Desk) -> dict[str, list[str]]:
    today = datetime.date(2026, 11, 23)
    found = checking.check_all(desk.database, desk.ledger.types, {}, today, ["firm"]).found
    return {
        one.record: [
            f.message for f in one.findings if f.severity is Severity.WARNING and f.rule == "after_move"
        ]
        for one in found
    }


def test_what_the_former_unit_writes_after_a_move_is_listed_until_somebody_looks(tmp_path: Path) -> None:
    town = new_root(tmp_path, "镇")
    before, now = (new_desk(tmp_path, name, Level.VILLAGE) for name in ("甲村", "乙村"))
    for desk in (before, now):
        enrol(desk, town)
    record = before.birth("firm", {"name": "茶厂"})
    before.edit(record, "name", "茶叶厂")
    before.move(record, now.unit)
    report(before, town)
    now.take(town.send(now))
    assert listed(town) == {}
    before.edit(record, "count", {"staff": 9, "source": "走访"})
    before.edit(record, "in_park", 1)
    report(before, town)
    assert listed(town) == {record: ["调整单位以后，原来的单位又改过人数、在园区，请核对是不是现在的情况"]}
    now.take(town.send(now))
    now.edit(record, "in_park", 0)
    report(now, town)
    assert listed(town) == {record: ["调整单位以后，原来的单位又改过人数，请核对是不是现在的情况"]}
