"""A record of another type under a known id must not touch that one: not its scope, its conflicts or its deletion.

Record ids are chosen by whoever writes the birth.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.store.queries import scoping
from desktop.sync.authority import judging
from tests.sync.desks import NEWER_TYPES, Desk, enrol, new_desk, new_root, reopen, report, settle

FIRM = "f1" * 16


@pytest.fixture
def town(tmp_path: Path) -> Desk:
    return new_root(tmp_path, "镇")


@pytest.fixture
def victim(town: Desk, tmp_path: Path) -> Desk:
    found = new_desk(tmp_path, "乙村", Level.VILLAGE)
    enrol(found, town)
    found.birth("firm", {"name": "乙村的"}, record=FIRM)
    settle([(found, town)])
    return found


@pytest.fixture
def attacker(town: Desk, victim: Desk, tmp_path: Path) -> Desk:
    found = new_desk(tmp_path, "甲村", Level.VILLAGE)
    enrol(found, town)
    found.time.at += 60_000
    found.forge_birth(FIRM, {"topic": "冒充"}, type="visit")
    return found


def test_moving_a_visit_of_ones_own_gives_no_right_to_the_firm_of_another_village(
    town: Desk, attacker: Desk
) -> None:
    """Rule 16: the visit has had the attacker's unit, the firm has not."""
    attacker.forge_change(FIRM, "unit", attacker.unit, type="visit")
    attacker.forge_change(FIRM, "name", "改了别村的名", type="firm")
    report(attacker, town)
    assert (town.values(FIRM) or {})["name"] == "乙村的"


def test_a_change_of_a_visit_replaces_no_version_of_a_firm(town: Desk, victim: Desk, attacker: Desk) -> None:
    """Rule 5: or the conflict is never found, and one of the two values is lost in silence."""
    victim.edit(FIRM, "name", "村里改的")
    town.edit(FIRM, "name", "镇里改的")
    sent = victim.send()
    heads = [s for desk in (town, victim) for s, _ in desk.ledger.heads("firm", FIRM, "name")]
    attacker.forge_change(FIRM, "name", "x", type="visit", replaces=tuple(heads))
    report(attacker, town)
    town.take(sent)
    assert town.conflicts() == {(FIRM, "name")}


def test_the_heads_of_a_firm_are_not_those_of_a_visit(town: Desk, victim: Desk, attacker: Desk) -> None:
    """``Ledger.heads`` has the type and does not use it: the next save replaces, and decides, what it never showed."""
    victim.edit(FIRM, "name", "村里改的")
    report(victim, town)
    before = town.ledger.heads("firm", FIRM, "name")
    attacker.forge_change(FIRM, "name", "x", type="visit")
    report(attacker, town)
    assert town.ledger.heads("firm", FIRM, "name") == before


def test_two_records_of_one_id_are_both_asked_about(town: Desk, victim: Desk, attacker: Desk) -> None:
    """The key of ``conflict`` is (record, slot): of two deletions in doubt only one is kept."""
    for desk, name in ((victim, "firm"), (attacker, "visit")):
        desk.forge_change(
            FIRM, "_deleted", {"births": "", "heads": ""}, "tombstone", type=name, stamp=desk.stamp()
        )
        report(desk, town)
    found = town.database.rows("SELECT type FROM conflict WHERE slot = '_deleted' ORDER BY type")
    assert found == [("firm",), ("visit",)]


def unknown(desk: Desk, name: str, record: str) -> int:
    """A birth of a type that the others do not know; its number."""
    return desk.forge_birth(record, {"title": "二等"}, type=name)


def tables(desk: Desk) -> set[str]:
    return set(scoping.types_held(desk.database)) - desk.ledger.types.keys()


def test_there_is_room_for_some_types_that_are_not_known_and_the_others_wait_for_a_program_that_knows_them(
    town: Desk, victim: Desk, attacker: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes a table of eight kilobytes, and a bundle of 30 KB may name 4 000."""
    monkeypatch.setattr(judging, "MOST_UNKNOWN", 2)
    for place, name in enumerate(("aaa", "bbb", "aaa")):
        unknown(attacker, name, f"{place + 1:032x}")
    assert town.take(attacker.send()).applied == 1 + 3
    prize, other = "aa" * 16, "bb" * 16
    waiting = unknown(victim, "prize", prize)
    unknown(victim, "ccc", other)
    victim.forge_change(prize, "title", "一等", type="prize")
    victim.forge_change(FIRM, None, "?", "withdraw")
    result = town.take(victim.send())
    assert (result.held, set(town.held().values())) == (4, {"kind", "no_birth"})
    assert tables(town) == {"aaa", "bbb"}
    # Whatever comes later of a type that has a table finds it.
    unknown(attacker, "bbb", f"{9:032x}")
    town.take(attacker.send())
    assert len(town.held()) == 4
    reopen(town, NEWER_TYPES)
    assert town.held()[victim.station, waiting] == "kind"
    town.settle()
    assert (town.values(prize, "prize") or {})["title"] == "一等"
    assert list(town.held().values()) == ["kind", "kind"]
    # What nobody says any more gives its room back.
    town.revoke(attacker, 0)
    reopen(town, NEWER_TYPES)
    assert tables(town) == set()
    unknown(victim, "ccc", f"{10:032x}")
    assert town.take(victim.send()).applied == 1
    assert list(town.held().values()) == ["kind"]
    assert town.database.value("SELECT count(*) FROM r_ccc") == 2


def test_one_segment_gets_no_more_tables_than_there_is_room_and_none_for_what_does_not_count(
    town: Desk, victim: Desk, attacker: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MOST_UNKNOWN", 2)
    shape, first = Shape(("title",)), attacker.next_number()
    heads = [
        attacker.head(items.BIRTH, f"{n:032x}", None, type=name, number=n, unit=unit)
        for n, (name, unit) in enumerate(
            [("aaa", victim.unit), *((name, attacker.unit) for name in ("bbb", "ccc", "ddd"))], first
        )
    ]
    lines = [(h.number, items.birth_line(h, shape, {"title": "奖"}, lambda: "salt")) for h in heads]
    attacker.forge(lines, {h.type: shape for h in heads})
    result = town.take(attacker.send())
    assert (result.refused, result.held) == (1, 1)
    assert town.refused() == {(attacker.station, first): "scope"}
    assert town.held() == {(attacker.station, first + 3): "kind"}
    assert tables(town) == {"bbb", "ccc"}
