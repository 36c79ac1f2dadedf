"""The SQL merge gives what the pure resolution gives, in every order and grouping."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import ABSENT, canonical
from desktop.records.versions.resolution import ItemId
from desktop.store.tables.database import Database
from tests.conftest import examples
from tests.store.world import (
    COLUMNS,
    NEWER_COLUMNS,
    NEWER_TYPES,
    TYPES,
    Birth,
    Edit,
    expected_state,
    ledger,
    merge,
    state_of,
    tombstone,
    truth_of,
    update,
)

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


def canonical_unit(slots: dict) -> str:  # type: ignore[type-arg]
    """The unit that a record's slots show."""
    return str(slots[UNIT_SLOT].value).strip('"')


def merge_in_any_order(
    rnd: random.Random, database: Database, items: list[Birth | Edit], types: Catalogue = TYPES
) -> None:
    """All of the items, in some order and grouping, some of them twice."""
    shuffled = list(items)
    rnd.shuffle(shuffled)
    shuffled += rnd.sample(shuffled, k=len(shuffled) // 3)
    known: set[ItemId] = set()
    while shuffled:
        size = rnd.randint(1, len(shuffled))
        merge(database, shuffled[:size], known, types)
        shuffled = shuffled[size:]


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=examples(200))
def test_any_order_and_grouping_gives_what_the_rules_say(
    items: list[Birth | Edit], rnd: random.Random
) -> None:
    expected = expected_state(truth_of(items))
    for _ in range(2):
        database = ledger()
        merge_in_any_order(rnd, database, items)
        assert state_of(database) == expected
        database.close()


@given(histories(newer=True), st.randoms(use_true_random=False))
@settings(max_examples=examples(200))
def test_an_older_program_keeps_what_a_newer_one_says_and_shows_it_once_it_is_updated(
    items: list[Birth | Edit], rnd: random.Random
) -> None:
    """Rule 2, trap 8: types, fields and members of groups that are not known yet."""
    database = ledger()
    half = rnd.randint(0, len(items))
    merge_in_any_order(rnd, database, items[:half])
    assert state_of(database) == expected_state(truth_of(items[:half]))
    update(database, NEWER_TYPES)
    assert state_of(database, NEWER_TYPES) == expected_state(truth_of(items[:half], NEWER_TYPES), NEWER_TYPES)
    merge_in_any_order(rnd, database, items[half:], NEWER_TYPES)
    assert state_of(database, NEWER_TYPES) == expected_state(truth_of(items, NEWER_TYPES), NEWER_TYPES)
    database.close()


@given(histories())
@settings(max_examples=examples(60))
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


def test_an_empty_cell_that_only_a_newer_program_knows_leaves_nothing_behind() -> None:
    """Rule 2: most cells of a register are empty; the log grows only with what was said."""
    database = ledger()
    columns = NEWER_COLUMNS["firm"]
    filled = Birth(
        ItemId("a" * 64, "00" * 8, 1), "firm", "f1" * 16, UNITS[0], 1001, ("甲", 1, None, 1, "好"), columns
    )
    empty = Birth(
        ItemId("a" * 64, "00" * 8, 2), "firm", "f2" * 16, UNITS[0], 1002, ("乙", 2, None, None, None), columns
    )
    merge(database, [filled, empty], set())
    logged = database.rows("SELECT lower(hex(record)), slot, value FROM version ORDER BY slot")
    assert logged == [
        ("f1" * 16, "count", '{"staff":1,"verified":1}'),
        ("f1" * 16, "slogan", '"好"'),
    ]
    update(database, NEWER_TYPES)
    expected = expected_state(truth_of([filled, empty], NEWER_TYPES), NEWER_TYPES)
    assert state_of(database, NEWER_TYPES) == expected
    database.close()


def test_of_equal_stamps_the_greater_bytes_win_whoever_comes_first() -> None:
    """Two stations whose tags are the same, or one that has forked: of births as of changes."""
    record, unit = RECORDS["firm"][0], UNITS[0]
    items: list[Birth | Edit] = [
        Birth(ItemId(STATIONS[0], "00" * 8, 1), "firm", record, unit, 1000, ("甲", 1, "社保")),
        Birth(ItemId(STATIONS[1], "00" * 8, 1), "firm", record, unit, 1000, ("甲", 2, "社保")),
        *(
            Edit(
                ItemId(s, "00" * 8, 2), "firm", record, unit, "name", 2000, frozenset([1000]), canonical(name)
            )
            for s, name in zip(STATIONS, "乙丁丙", strict=True)
        ),
    ]
    wanted = expected_state(truth_of(items))
    for order in (items, items[::-1], items[3:] + items[:3]):
        database, known = ledger(), set[ItemId]()
        for item in order:
            merge(database, [item], known)
        assert state_of(database) == wanted
