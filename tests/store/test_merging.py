"""The SQL merge gives what the pure resolution gives, in every order and grouping."""

from __future__ import annotations

import random
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.types import Catalogue
from desktop.records.versions.canonical import canonical
from desktop.records.versions.resolution import ItemId, canonical_tombstone
from desktop.store.tables.database import Database
from tests.conftest import examples
from tests.store.drawing import (
    RECORDS,
    STATIONS,
    UNITS,
    histories,
)
from tests.store.world import (
    NEWER_COLUMNS,
    NEWER_TYPES,
    TYPES,
    Birth,
    Edit,
    expected_state,
    ledger,
    merge,
    state_of,
    truth_of,
    update,
)


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
@settings(max_examples=examples(80))
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
@settings(max_examples=examples(80))
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
@settings(max_examples=examples(40))
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


def test_a_grandchild_that_lives_again_puts_in_doubt_all_above_it() -> None:
    """Also where the topmost was touched in the same merge, and was judged before what lies between them."""
    unit = UNITS[0]
    firm, visit, talk = (RECORDS[name][0] for name in ("firm", "visit", "talk"))
    cells = {
        "firm": (firm, ("甲", None, None)),
        "visit": (visit, (firm, "访")),
        "talk": (talk, (visit, "村", "话")),
    }
    item = partial(ItemId, STATIONS[0], "00" * 8)
    seen = canonical_tombstone((), [1000])
    before: list[Birth | Edit] = []
    for number, (name, (record, born)) in enumerate(cells.items()):
        before.append(Birth(item(2 * number + 1), name, record, unit, 1000, born))
        before.append(Edit(item(2 * number + 2), name, record, unit, "_deleted", 2000, frozenset(), seen))
    beside = Edit(ItemId(STATIONS[1], "00" * 8, 1), "firm", firm, unit, "_deleted", 2500, frozenset(), seen)
    back = Edit(item(7), "talk", talk, unit, "_deleted", 3000, frozenset([2000]), "null")
    database, known = ledger(), set[ItemId]()
    merge(database, before, known)
    merge(database, [beside, back], known)
    assert state_of(database) == expected_state(truth_of([*before, beside, back]))
