"""A record of another type under a known id must not touch that one: not its scope, its conflicts or its deletion.

Record ids are chosen by whoever writes the birth.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.records.declaration import Level
from tests.sync.desks import Desk, enrol, new_desk, new_root, report, settle

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
