"""What is taken out of the count leaves a ledger as if it had never come, and let in again as if it always had."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import DELETED_SLOT
from desktop.records.versions.resolution import ItemId, Life
from desktop.store.merging import aside
from desktop.store.merging.merging import Merger
from desktop.store.merging.uncounting import Taken
from desktop.store.tables.database import Database
from tests.conftest import examples
from tests.store.drawing import histories
from tests.store.world import (
    TYPES,
    Birth,
    Edit,
    expected_state,
    ledger,
    merge,
    origin_ref,
    state_of,
    tombstone,
    truth_of,
)

Items = Sequence[Birth | Edit]


def take_out(database: Database, items: Iterable[Birth | Edit]) -> None:
    """What a desk does with items that are withdrawn or revoked: those that wait are merely forgotten."""
    with database.transaction():
        merger = Merger(database, TYPES)
        taken = [Taken(origin_ref(database, i.item), i.item.number, i.stamp, i.type, i.record) for i in items]
        database.connection.executemany(
            "DELETE FROM held WHERE origin = ? AND number = ?", [(t.origin, t.number) for t in taken]
        )
        merger.take_out(taken)
        merger.finish(0)


@pytest.mark.no_cover
@given(histories(), st.data(), st.randoms(use_true_random=False))
@settings(max_examples=examples(60))
def test_what_is_left_is_what_the_rules_say_of_the_rest(
    items: Items, data: st.DataObject, rnd: random.Random
) -> None:
    """Rules 15, 16 and 18: births under changes, moves under which others wrote, tombstones, second births."""
    out = data.draw(st.sets(st.sampled_from(sorted(items, key=lambda i: i.item)), min_size=1))
    database, known = ledger(), set[ItemId]()
    for part in _parts(items, rnd):
        merge(database, part, known)
    take_out(database, out)
    left = [i for i in items if i not in out]
    assert state_of(database) == expected_state(truth_of(left))
    # Let in again, in any order, everything stands as before.
    again = [*out]
    rnd.shuffle(again)
    merge(database, again, {i.item for i in left})
    assert state_of(database) == expected_state(truth_of(items))


@pytest.mark.no_cover
@given(histories(), st.data())
@settings(max_examples=examples(25))
def test_it_makes_no_difference_how_many_steps_it_takes(items: Items, data: st.DataObject) -> None:
    out = data.draw(st.lists(st.sampled_from(sorted(items, key=lambda i: i.item)), min_size=1, unique=True))
    at_once, by_and_by = ledger(), ledger()
    for database in (at_once, by_and_by):
        merge(database, items, set())
    take_out(at_once, out)
    for item in out:
        take_out(by_and_by, [item])
    assert state_of(at_once) == state_of(by_and_by)
    for table in ("version", "replacement", "record_unit"):
        rows = f"SELECT * FROM {table}"
        assert sorted(at_once.rows(rows)) == sorted(by_and_by.rows(rows))


def test_where_nothing_is_taken_out_everything_stands() -> None:
    born = Birth(ItemId("aa" * 32, "00" * 8, 1), "firm", "f1" * 16, "11" * 16, 5, ("名称",), ("name",))
    database = ledger()
    merge(database, [born], set())
    take_out(database, [])
    assert state_of(database) == expected_state(truth_of([born]))


def _parts(items: Items, rnd: random.Random) -> list[Items]:
    items = list(items)
    rnd.shuffle(items)
    cut = rnd.randrange(len(items) + 1)
    return [items[:cut], items[cut:]]


@pytest.mark.parametrize("piece", [1, 2, 100])
def test_all_that_is_aside_comes_once_in_pieces(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    """What is refused, then what waits, each as much at once as memory may hold."""
    monkeypatch.setattr(aside, "_PIECE", piece)
    database = ledger()
    put = [aside.Put(n, "change", "firm", "ab" * 16, "", "name", n, (), "", "1", "order") for n in range(5)]
    aside.refuse(database, 7, put[:3])
    aside.hold(database, 8, put[3:], 0)
    found = list(aside.everything(database))
    assert max(map(len, found)) <= piece
    assert [(i.origin, i.number, i.stamp) for several in found for i in several] == [
        (7, 0, 0), (7, 1, 1), (7, 2, 2), (8, 3, 3), (8, 4, 4)
    ]  # fmt: skip


@pytest.mark.parametrize("alone", [False, True])
def test_what_is_attached_to_a_record_is_judged_before_it(alone: bool) -> None:
    """A deleted record with an attachment that lives is asked about; with one that is deleted too it is gone."""
    unit, firm, paper = "11" * 16, "f1" * 16, "a1" * 16

    def item(number: int) -> ItemId:
        return ItemId("a" * 64, "00" * 8, number)

    items: list[Birth | Edit] = [
        Birth(item(1), "firm", firm, unit, 1001, ("厂", 1, "社保"), ("name", "count.staff", "count.source")),
        Birth(
            item(2),
            "paper",
            paper,
            unit,
            1002,
            ("firm", firm, "照片"),
            ("target.kind", "target.record", "name"),
        ),
        Edit(item(3), "firm", firm, unit, DELETED_SLOT, 1003, frozenset(), tombstone({}, [1001])),
        Edit(item(4), "paper", paper, unit, DELETED_SLOT, 1004, frozenset(), tombstone({}, [1002])),
    ]
    database = ledger()
    merge(database, items[: 3 if alone else 4], set())
    truth = truth_of(items[: 3 if alone else 4])
    assert state_of(database) == expected_state(truth)
    assert truth.lives[firm] is (Life.DISPUTED if alone else Life.DELETED)
