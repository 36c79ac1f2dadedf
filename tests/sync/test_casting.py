"""A station that was cast is the one that making it anew gives, and what one test does to it no other sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desktop.records.declaration import Level
from tests.sync.casting import cast
from tests.sync.desks import Desk, enrol, new_desk, new_root, report


def _two(folder: Path) -> tuple[Desk, ...]:
    above, village = new_root(folder, "区"), new_desk(folder, "村", Level.VILLAGE)
    enrol(village, above)
    return above, village


def _all_of(desk: Desk) -> list[Any]:
    """All rows, without the positions of segments in the journal, which are drawn."""
    tables = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        " AND name <> 'sqlite_sequence' ORDER BY name"
    )
    rows = [(t, desk.database.rows(f'SELECT * FROM "{t}"')) for (t,) in desk.database.rows(tables)]
    rows = [(t, [r[1:] for r in found] if t == "segment" else found) for t, found in rows]
    return [rows, desk.time.at, desk.station, desk.unit, desk.keys]


def test_it_is_what_making_it_anew_gives(tmp_path: Path) -> None:
    made = _two(tmp_path)
    for copies in (cast(_two, tmp_path), cast(_two, tmp_path)):
        assert [_all_of(d) for d in copies] == [_all_of(d) for d in made]
        assert [d.ledger.types for d in copies] == [d.ledger.types for d in made]
    assert made[1].birth("firm", {"name": "厂"}) == copies[1].birth("firm", {"name": "厂"})
    assert report(copies[1], copies[0]).applied == 1


def test_what_one_test_writes_no_other_sees(tmp_path: Path) -> None:
    above, village = cast(_two, tmp_path)
    village.birth("firm", {"name": "厂"})
    report(village, above)
    for desk in cast(_two, tmp_path):
        assert desk.records() == set()
