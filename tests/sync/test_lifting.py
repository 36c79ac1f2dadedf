"""Who is excluded must not lift that by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.store.ledger import NewRecord
from tests.measuring import seconds
from tests.sync.desks import enrol, new_desk, new_root, report

FIRM = "f1" * 16


@pytest.mark.no_cover
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


def test_lifting_costs_grow_with_what_is_lifted(tmp_path: Path) -> None:
    """A merge of a district has many thousands in each segment, and each of them is released once."""
    district = new_root(tmp_path, "区")
    town = new_desk(tmp_path, "镇", Level.TOWN)
    enrol(town, district, 3)

    def lift(count: int) -> float:
        first = town.ledger.next_number()
        births = [NewRecord("firm", town.ledger.new_id(), town.unit, {"name": "厂"}) for _ in range(count)]
        town.ledger.write("登记", town.name, births=births)
        district.take(town.send())
        said = district.exclude(*((town, n) for n in range(first, first + count)))
        district.delete(said, "exclusion")
        spent = seconds(district.settle)
        assert len(district.refused()) == 0
        return spent

    few = min(lift(200) for _ in range(3))
    assert lift(4_000) < 30 * few
