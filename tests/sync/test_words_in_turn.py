"""Words about who is who in very many small segments are heard a few times, whoever says them, whatever is between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.records.identity import item_id, unit_id
from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.sync.authority import station
from desktop.sync.bundles import kept
from desktop.sync.errors import BadSegment
from desktop.sync.merging import intake, taking
from tests.sync.desks import Desk, report
from tests.sync.levels import FIRM, OTHER, Tree, grow, unit_cells

Say = Callable[[Tree, int], None]
NAME = Shape(("name",))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One entry for each time that all that was ever said was gone through."""
    found: list[object] = []
    knowledge = station.knowledge

    def noted(*given: Any) -> station.Knowledge:
        found.append(given)
        return knowledge(*given)

    monkeypatch.setattr(station, "knowledge", noted)
    return found


def a_unit(tree: Tree, n: int) -> None:
    cells = unit_cells(f"新{n}", tree.town.unit)
    tree.town.forge_birth(unit_id("village", f"新{n}"), cells, type="unit")


def a_move(tree: Tree, _: int) -> None:
    tree.town.forge_change(tree.village.unit, "superior", tree.town.unit, type="unit")


def a_unit_and_its_firm(tree: Tree, n: int) -> None:
    town, unit = tree.town, unit_id("village", f"新{n}")
    cells = unit_cells(f"新{n}", town.unit)
    of_unit = Shape(tuple(cells))
    first = town.next_number()
    unit_head = town.head(items.BIRTH, unit, None, number=first, type="unit")
    firm_head = town.head(items.BIRTH, f"{n:032x}", None, number=first + 1, unit=unit)
    lines = [items.birth_line(unit_head, of_unit, cells), items.birth_line(firm_head, NAME, {"name": "一家"})]
    town.forge([*enumerate(lines, first)], {"unit": of_unit, "firm": NAME})


def an_exclusion(desk: Desk, named: str) -> None:
    record = item_id("exclusion", desk.station, desk.keys.incarnation, desk.next_number())
    desk.forge_birth(record, {"cause": "withdrawn", "items": named}, type="exclusion")


def in_turn(tree: Tree, n: int) -> None:
    """The town and its village, whose segment comes behind that of the town."""
    for desk in (tree.town, tree.village):
        an_exclusion(desk, f"{'ab' * 32} {'ab' * 8} {n + 1}")
    frame = tree.village.database.value("SELECT frame FROM segment ORDER BY position DESC LIMIT 1")
    pass_on(tree.village, tree.town, frame)


def pass_on(desk: Desk, to: Desk, frame: bytes) -> None:
    """A segment of a station stands at the end of another's journal."""
    header, _ = kept.read_at(desk.database, desk.database.value("SELECT max(position) FROM segment"))
    kept.keep(to.ledger, header, kept.frame_of(frame))
    origin = to.ledger.origin_ref(header.station, header.incarnation)
    to.ledger.note_received(origin, header.first, header.last)


@pytest.mark.parametrize("say", [a_unit, a_move, a_unit_and_its_firm, in_turn])
def test_they_are_heard_as_often_for_many_segments_as_for_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: list[object], say: Say
) -> None:
    monkeypatch.setattr(taking, "_MOST_TURNS", 2)
    calls = []
    for count in (4, 16):
        (tmp_path / str(count)).mkdir()
        tree = grow(tmp_path / str(count))
        tree.deliver()
        for n in range(count):
            say(tree, n)
        sent = tree.town.send()
        heard.clear()
        result = tree.district.take(sent)
        assert (result.applied, result.refused, result.held) == (sent.items, 0, 0)
        calls.append(len(heard))
    assert calls[0] == calls[1]


def test_what_stands_beside_many_words_does_not_wait_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: list[object]
) -> None:
    monkeypatch.setattr(intake, "_MOST_PARKED", 1)
    tree = grow(tmp_path)
    tree.deliver()
    for n in range(5):
        a_unit_and_its_firm(tree, n)
    sent = tree.town.send()
    heard.clear()
    assert tree.district.take(sent).applied == 10
    assert len(heard) > 5


def test_what_came_beside_words_before_a_fork_waits_behind_it(tmp_path: Path) -> None:
    """A change of what nobody has, and then another content of an item before it, in one bundle of a station."""
    tree = grow(tmp_path)
    town, district = tree.town, tree.district
    first = town.forge_birth(FIRM, {"name": "一家"})
    report(town, district)
    cells = unit_cells("新", town.unit)
    number, shape = town.next_number(), Shape(tuple(cells))
    unit_head = town.head(items.BIRTH, unit_id("village", "新"), None, number=number, type="unit")
    change = town.head(items.CHANGE, OTHER, "name", number=number + 1)
    lines = [items.birth_line(unit_head, shape, cells), items.change_line(change, "改", None)]
    town.forge([*enumerate(lines, number)], {"unit": shape})
    town.forge_birth(FIRM, {"name": "另一家"}, number=first)
    assert district.take(town.send()).held == 2
    assert district.held() == {(town.station, first): "fork", (town.station, number + 1): "fork"}


def test_what_stood_beside_the_words_of_a_bad_bundle_goes_with_it(tmp_path: Path) -> None:
    tree = grow(tmp_path)
    a_unit_and_its_firm(tree, 1)
    tree.town.forge_birth(OTHER, {"name": "一家"})
    tree.town.database.execute(
        "UPDATE segment SET total = total + 1 WHERE position = (SELECT max(position) FROM segment)"
    )
    bad = tree.town.send()
    tree.district.merge(bad)
    results = tree.district.merge(bad, tree.town.send()).bundles
    assert [type(result.problem) for result in results] == [BadSegment, BadSegment]
    assert tree.district.records() == set()
