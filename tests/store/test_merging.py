"""The SQL merge gives what the pure resolution gives, in every order and grouping."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.canonical import ABSENT, canonical
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.resolution import ItemId
from tests.store.world import Birth, Edit, expected_state, ledger, merge, state_of, tombstone, truth_of

STATIONS = ("a" * 64, "b" * 64, "c" * 64)
UNITS = ("11" * 16, "22" * 16, "33" * 16)
RECORDS = {"firm": ("f1" * 16, "f2" * 16), "visit": ("d1" * 16, "d2" * 16)}


@st.composite
def histories(draw: st.DrawFn) -> list[Birth | Edit]:
    """Items of three stations that each see a random part of what was written before."""
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
        items.append(_next_item(rnd, item, clock + rnd.choice((0, 0, 0, 40)), seen))
    return items


def _next_item(rnd: random.Random, item: ItemId, stamp: int, seen: list[Birth | Edit]) -> Birth | Edit:
    type_name = rnd.choice(("firm", "firm", "visit"))
    record = rnd.choice(RECORDS[type_name])
    truth = truth_of(i for i in seen if i.record == record or i.type == "visit")
    unit = rnd.choice(UNITS[:2])
    if record not in truth.slots and rnd.random() < 0.85:
        cells = (
            (rnd.choice(("甲", "乙", None)), rnd.choice((1, 2, None)), rnd.choice(("社保", None)))
            if type_name == "firm"
            else (rnd.choice((*RECORDS["firm"], None)), rnd.choice(("走访", "督查", None)))
        )
        return Birth(item, type_name, record, unit, stamp, cells)
    slots = truth.slots.get(record, {})
    slot = rnd.choice(
        ("name", "count", UNIT_SLOT, DELETED_SLOT) if type_name == "firm" else ("topic", "firm", DELETED_SLOT)
    )
    heads = frozenset(h.stamp for h in slots[slot].heads) if slot in slots else frozenset()
    if slots and rnd.random() < 0.8:
        unit = canonical_unit(slots)
    births = {v.stamp for v in seen if isinstance(v, Birth) and v.record == record}
    value = {
        "name": canonical(rnd.choice(("甲", "乙", "丙", None))),
        "count": canonical({"staff": rnd.choice((1, 2, None)), "source": rnd.choice(("社保", "税务", None))}),
        UNIT_SLOT: canonical(rnd.choice(UNITS)),
        DELETED_SLOT: rnd.choice((tombstone(slots, births), tombstone(slots, births), ABSENT)),
        "topic": canonical(rnd.choice(("走访", "座谈"))),
        "firm": canonical(rnd.choice(RECORDS["firm"])),
    }[slot]
    return Edit(item, type_name, record, unit, slot, max([stamp, *(h + 1 for h in heads)]), heads, value)


def canonical_unit(slots: dict) -> str:  # type: ignore[type-arg]
    """The unit that a record's slots show."""
    return str(slots[UNIT_SLOT].value).strip('"')


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_any_order_and_grouping_gives_what_the_rules_say(
    items: list[Birth | Edit], rnd: random.Random
) -> None:
    expected = expected_state(truth_of(items))
    for _ in range(2):
        shuffled = list(items)
        rnd.shuffle(shuffled)
        shuffled += rnd.sample(shuffled, k=len(shuffled) // 3)
        database = ledger()
        known: set[ItemId] = set()
        while shuffled:
            size = rnd.randint(1, len(shuffled))
            merge(database, shuffled[:size], known)
            shuffled = shuffled[size:]
        assert state_of(database) == expected
        database.close()


@given(histories())
@settings(max_examples=60)
def test_every_new_item_ends_in_exactly_one_outcome(items: list[Birth | Edit]) -> None:
    database = ledger()
    result = merge(database, items, set())
    held = {(i.origin, i.number) for i in result.held}
    conflict = {(i.origin, i.number) for i in result.conflict}
    assert not held & conflict
    assert len(held) == len(result.held)
    assert len(conflict) == len(result.conflict)
    assert len(held | conflict) <= len(items)
    database.close()
