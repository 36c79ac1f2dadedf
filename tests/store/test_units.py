"""Who stands below whom: looked up from a unit upward as it is looked down from the top, at what the tree is high."""

from __future__ import annotations

import random
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.types import catalogue
from desktop.store.queries.units import stands_within, subtree
from desktop.store.tables.database import Database
from tests import moulds
from tests.measuring import steps_of


def key(number: int) -> str:
    return f"{number:032x}"


def ledger(superiors: Mapping[int, int | None], deleted: frozenset[int], twice: frozenset[int]) -> Database:
    """Units, each under another one or none, some deleted, some that two others have registered."""
    database = moulds.empty(catalogue())
    for number, superior in superiors.items():
        above = None if superior is None else key(superior)
        database.execute(
            "INSERT INTO r_unit (id, unit, _stamp, _origin, _number, _operator, _life, superior)"
            " VALUES (unhex(?), 1, 0, 1, ?, '', ?, unhex(?))",
            (key(number), number, int(number in deleted), above),
        )
        for by in (98, 99) if number in twice else ():
            database.execute(
                "INSERT INTO version (type, record, slot, stamp, origin, number, unit, birth, operator, value)"
                " VALUES ('unit', unhex(?), 'unit', 0, ?, 1, ?, 1, '', '')",
                (key(number), by, by),
            )
    return database


@settings(deadline=None)
@given(
    superiors=st.dictionaries(st.integers(0, 7), st.none() | st.integers(0, 9), min_size=1),
    deleted=st.frozensets(st.integers(0, 7), max_size=2),
    twice=st.frozensets(st.integers(0, 7), max_size=2),
)
def test_from_below_it_is_the_tree_that_is_seen_from_above(
    superiors: dict[int, int | None], deleted: frozenset[int], twice: frozenset[int]
) -> None:
    database = ledger(superiors, deleted, twice)
    seen = {at: subtree(database, key(at)) for at in range(11)}
    for at, below in seen.items():
        for unit in range(11):
            assert stands_within(database, key(unit), key(at)) == (key(unit) in below)
    database.close()


def steps_in_a_tree_of(units: int) -> int:
    rnd = random.Random(units)
    tree = {0: None} | {n: rnd.randrange(min(n, 20)) for n in range(1, units)}
    database = ledger(tree, frozenset(), frozenset())
    steps = steps_of(database, lambda: [stands_within(database, key(n), key(0)) for n in range(20, 40)])
    database.close()
    return steps


def test_it_costs_no_more_in_a_large_tree() -> None:
    assert steps_in_a_tree_of(1_200) < 1.5 * steps_in_a_tree_of(60)
