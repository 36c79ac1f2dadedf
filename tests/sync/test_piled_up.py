"""Whoever says very much of one record makes others wait as long as it takes to read that, and not for each by each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.records.declaration import Level
from desktop.records.identity import derived_id, same_id
from desktop.records.versions import items
from desktop.records.versions.deciding import SAME
from desktop.records.versions.items import Shape
from desktop.store.ledger import NewRecord
from tests.measuring import seconds
from tests.sync.desks import Desk, enrol, new_desk, new_root
from tests.sync.places import FIRM

Said = Iterator[tuple[str, str | None, Any, dict[str, Any]]]
"""Kind, slot and value of items of the firm, and what else stands in their heads."""


def moved_on_and_on(town: Desk, stamp: int, count: int) -> Said:
    """Each move is written under the unit to which another leads, which comes after it."""
    codes = [f"{stamp} {n}" for n in range(count)]
    units = [town.unit, *(derived_id("unit:village", code) for code in codes)]
    named = {"level": "village", "superior": town.unit}
    births = [
        NewRecord("unit", u, town.unit, {"code": c} | named) for u, c in zip(units[1:], codes, strict=True)
    ]
    town.ledger.write("登记", "镇", births=births)
    for n in reversed(range(count)):
        yield items.CHANGE, "unit", units[n + 1], {"stamp": stamp + n, "unit": units[n]}


def born_and_changed(town: Desk, stamp: int, count: int) -> Said:
    """Births of which every second is replaced."""
    for n in range(count):
        yield items.BIRTH, None, f"{n}", {"stamp": stamp + n}
    for n in range(0, count, 2):
        yield items.CHANGE, "name", f"={n}", {"stamp": stamp + count, "replaces": (stamp + n,)}


def deleted_and_changed(town: Desk, stamp: int, count: int) -> Said:
    """Deletions that have seen much, but nothing of the changes."""
    for n in range(count):
        yield items.CHANGE, "name", f"{n}", {"stamp": stamp + n}
        yield items.TOMBSTONE, "_deleted", {"births": "0123456789abcdef " * 50}, {"stamp": stamp + n}


def joined_and_changed(town: Desk, stamp: int, count: int) -> Said:
    """One that many edges name; whose it is was asked of all that is said of it, for each of them."""
    others = [derived_id("firm", f"{stamp} {n}") for n in range(count)]
    births = [NewRecord("firm", other, town.unit, {"name": "另一家"}) for other in others]
    for one, other in (sorted((FIRM, other)) for other in others):
        births.append(
            NewRecord(
                SAME, same_id("firm", one, other), town.unit, {"kind": "firm", "one": one, "other": other}
            )
        )
    town.ledger.write("合并", "镇", births=births)
    for n in range(count):
        yield items.CHANGE, "name", f"{n}", {"stamp": stamp + n}


def cost(folder: Path, say: Callable[[Desk, int, int], Said], count: int) -> float:
    """What it costs the district to merge such a bundle of its town, and to answer it."""
    folder.mkdir()
    district, town = new_root(folder, "区"), new_desk(folder, "镇", Level.TOWN)
    enrol(town, district)
    town.birth("firm", {"name": "一家"}, record=FIRM)
    said = list(say(town, town.stamp(), count))
    first, shape, lines = town.next_number(), Shape(("name",)), []
    for number, (kind, slot, value, more) in enumerate(said, first):
        head = town.head(kind, FIRM, slot, **more, number=number)
        born = kind == items.BIRTH
        lines.append(
            items.birth_line(head, shape, {"name": value}) if born else items.change_line(head, value, None)
        )
    town.forge([*enumerate(lines, first)], {"firm": shape})
    sent = town.send()
    return seconds(lambda: (district.take(sent), district.send(town)))


@pytest.mark.no_cover
@pytest.mark.parametrize("say", [moved_on_and_on, born_and_changed, deleted_and_changed, joined_and_changed])
def test_what_is_said_of_one_record_is_merged_and_answered_in_time(
    tmp_path: Path, say: Callable[[Desk, int, int], Said]
) -> None:
    few, many = (cost(tmp_path / str(count), say, count) for count in (100, 1_000))
    # Ten times as much; each held against each would be a hundred times.
    assert many < 25 * few
