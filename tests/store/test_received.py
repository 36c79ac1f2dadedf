"""Which numbers are held, as spans, whatever order they come in; how little is looked at; and with what each came."""

from __future__ import annotations

import random

import pytest

from desktop.records.versions.spans import spans_of
from desktop.store.peers import received
from desktop.store.peers.arrivals import Arrival, came_with
from tests.measuring import steps_of
from tests.store.world import ledger


@pytest.mark.parametrize("seed", range(20))
def test_spans_are_those_of_all_numbers_that_have_come(seed: int) -> None:
    rnd = random.Random(seed)
    database, held = ledger(), {7: set[int](), 8: set[int]()}
    for _ in range(40):
        origin, first = rnd.choice((7, 8)), rnd.randrange(1, 60)
        last = first + rnd.randrange(8)
        for low, high in received.overlapping(database, origin, first, last):
            assert low <= last
            assert high >= first
        known = {
            n
            for span in received.overlapping(database, origin, first, last)
            for n in range(span[0], span[1] + 1)
        }
        assert known & set(range(first, last + 1)) == held[origin] & set(range(first, last + 1))
        received.note(database, origin, first, last)
        held[origin] |= set(range(first, last + 1))
        assert {o: sorted(s) for o, s in received.all_spans(database).items()} == {
            o: spans_of(numbers) for o, numbers in held.items() if numbers
        }


def test_of_very_many_spans_few_are_looked_at() -> None:
    """Whoever leaves out every other number makes as many of them as he has items."""

    def steps_after(count: int) -> int:
        database = ledger()
        with database.transaction():
            for number in range(1, 2 * count, 2):
                received.note(database, 7, number, number)
        return steps_of(database, lambda: received.note(database, 7, 2 * count + 1, 2 * count + 1))

    assert steps_after(2_000) < 2 * steps_after(20) + 100


def test_with_what_an_item_came_is_told_as_far_as_it_is_certain() -> None:
    """Vouched segments hold some of the numbers that they reach over, and which stands inside."""
    database = ledger()
    for merge, sender in enumerate(("镇", "镇", "村", "区"), 1):
        database.execute(
            "INSERT INTO merge VALUES (?, ?, '王芳', ?, 'i', ?, 'b', 'f', 0, 0, 0, 0, 0, 0)",
            (merge, merge * 1_000, sender, merge * 10),
        )
    segments = ((1, 10, "镇", 1), (4, 20, "镇", 2), (19, 20, "区", 4), (8, 9, None, 3), (30, 39, None, None))
    for segment in segments:
        database.execute(
            "INSERT INTO segment (origin, first, last, digest, counts, total, vouched, merge, frame)"
            " VALUES (7, ?, ?, 'd', '{}', 1, ?, ?, x'')",
            segment,
        )
    assert came_with(database, [(7, n) for n in (2, 5, 8, 12, 19, 30, 40)] + [(8, 2)]) == {
        (7, 2): Arrival("镇", 10, 1_000),
        (7, 5): Arrival("镇", 0, 1_000),
        (7, 8): Arrival("村", 30, 3_000),
        (7, 12): Arrival("镇", 20, 2_000),
    }
