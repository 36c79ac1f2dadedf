"""Random histories of three stations, some of whose programs are newer."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.versions.canonical import ABSENT, canonical
from desktop.records.versions.resolution import ItemId
from tests.store.world import COLUMNS, NEWER_COLUMNS, Birth, Edit, tombstone, truth_of

STATIONS = ("a" * 64, "b" * 64, "c" * 64)
UNITS = ("11" * 16, "22" * 16, "33" * 16)
RECORDS = {
    "firm": ("f1" * 16, "f2" * 16),
    "visit": ("d1" * 16, "d2" * 16),
    "talk": ("e1" * 16, "e2" * 16),
    "prize": ("c1" * 16, "c2" * 16),
    "paper": ("b1" * 16, "b2" * 16),
}
OLDER = ("firm", "firm", "firm", "visit", "visit", "talk", "paper")
NEWER = (*OLDER, "prize", "prize")
CELLS: dict[tuple[str, str], tuple[str | int | None, ...]] = {
    ("firm", "name"): ("甲", "乙", "丙", None),
    ("firm", "count.staff"): (1, 2, None),
    ("firm", "count.source"): ("社保", "税务", None),
    ("firm", "count.verified"): (0, 1, None),
    ("firm", "slogan"): ("好", None),
    ("visit", "firm"): (*RECORDS["firm"], None),
    ("visit", "topic"): ("走访", "督查", None),
    ("talk", "about.visit"): (*RECORDS["visit"], None),
    ("talk", "about.place"): ("村里", None),
    ("talk", "said"): ("好", "不好", None),
    ("paper", "target.kind"): ("firm", "firm", "visit", "talk", "paper", "unknown", None),
    ("paper", "target.record"): (
        *(r for of in ("firm", "visit", "paper") for r in RECORDS[of]),
        "no id",
        None,
    ),
    ("paper", "name"): ("照片", None),
    ("prize", "firm"): (*RECORDS["firm"], None),
    ("prize", "title"): ("一等", "二等", None),
    ("prize", "year"): (2025, 2026, None),
}
"""What may stand in the cells of each column."""


@st.composite
def histories(draw: st.DrawFn, newer: bool = False) -> list[Birth | Edit]:
    """Items of three stations that each see a random part of what was written before; some programs may be newer."""
    rnd = draw(st.randoms(use_true_random=False))
    items: list[Birth | Edit] = []
    numbers = dict.fromkeys(STATIONS, 0)
    clock = 1000
    for _ in range(draw(st.integers(2, 18))):
        station = rnd.choice(STATIONS)
        numbers[station] += 1
        clock += 1
        item = ItemId(station, "00" * 8, numbers[station])
        seen = [i for i in items if i.item.station == station or rnd.random() < 0.6]
        items.append(_next_item(rnd, item, clock + rnd.choice((0, 0, 0, 40)), seen, newer))
    return items


def _next_item(
    rnd: random.Random, item: ItemId, stamp: int, seen: list[Birth | Edit], newer: bool
) -> Birth | Edit:
    type_name = rnd.choice(NEWER if newer else OLDER)
    record = rnd.choice(RECORDS[type_name])
    truth = truth_of(i for i in seen if i.record == record)
    unit = rnd.choice(UNITS[:2])
    if record not in truth.slots and rnd.random() < 0.85:
        columns = (NEWER_COLUMNS if newer and rnd.random() < 0.5 else COLUMNS)[type_name]
        cells = tuple(rnd.choice(CELLS[type_name, c]) for c in columns)
        return Birth(item, type_name, record, unit, stamp, cells, columns)
    slots = truth.slots.get(record, {})
    names = {c.partition(".")[0] for c in (NEWER_COLUMNS if newer else COLUMNS)[type_name]}
    slot = rnd.choice((*sorted(names), UNIT_SLOT, DELETED_SLOT))
    heads = frozenset(h.stamp for h in slots[slot].heads) if slot in slots else frozenset()
    if slots and rnd.random() < 0.8:
        unit = canonical_unit(slots)
    births = {v.stamp for v in seen if isinstance(v, Birth) and v.record == record}
    if slot == DELETED_SLOT:
        value = rnd.choice((tombstone(slots, births), tombstone(slots, births), ABSENT))
    elif slot == UNIT_SLOT:
        value = canonical(rnd.choice(UNITS))
    elif (type_name, slot) in CELLS:
        value = canonical(rnd.choice(CELLS[type_name, slot]))
    else:
        members = [c for c in (NEWER_COLUMNS if newer else COLUMNS)[type_name] if c.startswith(f"{slot}.")]
        value = canonical({c.partition(".")[2]: rnd.choice(CELLS[type_name, c]) for c in members})
    return Edit(item, type_name, record, unit, slot, max([stamp, *(h + 1 for h in heads)]), heads, value)


def canonical_unit(slots: dict) -> str:  # type: ignore[type-arg]
    """The unit that a record's slots show."""
    return str(slots[UNIT_SLOT].value).strip('"')
