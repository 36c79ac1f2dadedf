"""What is aside is told by origin, number, stamp and reason: the same as looking at every row by oneself."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from desktop.records.versions.deciding import ERASURE
from desktop.records.versions.item_outcomes import (
    HELD_CERTIFICATE,
    HELD_FORK,
    HELD_KIND,
    HELD_NO_BIRTH,
    HELD_UNIT,
    REFUSED_CLOCK,
    REFUSED_SCOPE,
)
from desktop.store.merging import aside
from desktop.store.merging.aside import Put
from desktop.store.tables.database import Database
from tests.store.world import ledger

Rows = dict[int, dict[tuple[int, int], Put]]
"""What is put aside by origin, and by number and stamp."""

ORIGINS = (1, 2)
SPANS = ((1, 9), (3, 6), (5, 5))


def puts(rnd: random.Random, reasons: tuple[str, ...]) -> Rows:
    """Two contents of some numbers, of several reasons, types and units."""
    return {
        origin: {
            (number, stamp): Put(
                number, rnd.choice(("birth", "change")), rnd.choice(("firm", "prize")), f"{number:032x}",
                rnd.choice("ab"), "", stamp, (), "", "", rnd.choice(reasons), rnd.random() < 0.5,
            )
            for number in range(1, 10)
            for stamp in rnd.sample((7, 8, 9), rnd.randrange(3))
        }
        for origin in ORIGINS
    }  # fmt: skip


@pytest.fixture(params=range(6))
def filled(request: pytest.FixtureRequest) -> tuple[Database, Rows, Rows]:
    """A ledger, and what is held and refused in it."""
    rnd, database = random.Random(request.param), ledger()
    for ref in ORIGINS:
        database.execute(
            "INSERT INTO origin (ref, station, incarnation) VALUES (?, ?, 'i')", (ref, f"s{9 - ref}")
        )
    held = puts(rnd, (HELD_KIND, HELD_UNIT, HELD_CERTIFICATE))
    refused = puts(rnd, (REFUSED_CLOCK, REFUSED_SCOPE))
    for origin in ORIGINS:
        aside.hold(database, origin, list(held[origin].values()), 0)
        aside.refuse(database, origin, list(refused[origin].values()))
    return database, held, refused


def names(rows: dict[tuple[int, int], Put], first: int = 0, last: int = 99, *reasons: str) -> aside.Names:
    return {
        key for key, put in rows.items() if first <= key[0] <= last and (put.reason in reasons or not reasons)
    }


def test_what_is_aside_is_found_by_origin_numbers_and_reason(filled: tuple[Database, Rows, Rows]) -> None:
    database, held, refused = filled
    for origin in ORIGINS:
        for reason in (None, HELD_UNIT):
            assert aside.held_of(database, origin, reason) == names(
                held[origin], 0, 99, *filter(None, [reason])
            )
        for reason in (None, REFUSED_CLOCK):
            assert aside.refused_of(database, origin, reason) == names(
                refused[origin], 0, 99, *filter(None, [reason])
            )
        for first, last in SPANS:
            waiting, out = names(held[origin], first, last), names(refused[origin], first, last)
            assert aside.between(database, origin, first, last) == waiting | out
            assert aside.refused_between(database, origin, first, last) == out - waiting
            assert aside.void_between(database, origin, first, last) == names(
                refused[origin], first, last, REFUSED_CLOCK
            )
            for reason in (HELD_UNIT, HELD_FORK):
                assert aside.waits_between(database, origin, first, last, reason) is bool(
                    names(held[origin], first, last, reason)
                )


def test_what_may_be_tried_again_is_told_by_its_grounds(filled: tuple[Database, Rows, Rows]) -> None:
    """What waits for a program that knows its type is asked for by that, and births alone."""
    database, held, refused = filled
    known = {
        (origin, put.unit, put.reason)
        for origin in ORIGINS
        for put in held[origin].values()
        if put.reason == HELD_UNIT or (put.reason == HELD_KIND and (put.kind, put.type) == ("birth", "prize"))
    }
    grounds = aside.grounds(database, HELD_CERTIFICATE, ["prize"])
    assert {(g.origin, g.unit, g.reason) for g in grounds} == known
    assert len(grounds) == len(known)
    # By name: the second origin is that of the first station.
    assert [g.station for g in grounds] == sorted(g.station for g in grounds)
    for ground in grounds:
        found = [a for piece in aside.held(database, ground, ["prize"]) for a in piece]
        expected = sorted(
            key
            for key, put in held[ground.origin].items()
            if (put.unit, put.reason) == (ground.unit, ground.reason)
            and (put.reason != HELD_KIND or (put.kind, put.type) == ("birth", "prize"))
        )
        assert [(a.number, a.stamp) for a in found] == expected
    for excluded in (False, True):
        pieces = [*aside.refused(database, excluded=excluded)]
        assert [(a.origin, a.number, a.stamp) for piece in pieces for a in piece] == [
            (origin, *key) for origin in (2, 1) for key, put in sorted(refused[origin].items())
            if put.excluded is excluded
        ]  # fmt: skip
    everything = [(t.origin, t.number, t.stamp) for piece in aside.everything(database) for t in piece]
    assert everything == [
        (origin, *key) for rows in (refused, held) for origin in ORIGINS for key in sorted(rows[origin])
    ]


def test_a_fork_holds_what_comes_from_its_number_on(filled: tuple[Database, Rows, Rows]) -> None:
    database, held, _ = filled
    assert aside.forked_from(database, 1) is None
    assert not aside.waits_behind_fork(database, 1)
    aside.open_fork(database, 1, 6)
    assert aside.forked_from(database, 2) is None
    assert aside.held_of(database, 1, HELD_FORK) == names(held[1], 6)
    assert aside.held_of(database, 2, HELD_FORK) == set()
    # Of what has a number from the second on it is known by now, and it begins with the first from then on.
    aside.open_fork(database, 1, 3, before=5)
    assert aside.held_of(database, 1, HELD_FORK) == names(held[1], 3, 4) | names(held[1], 6)
    assert aside.forked_from(database, 1) == 3
    aside.open_fork(database, 1, 8)
    assert aside.forked_from(database, 1) == 3
    assert aside.waits_behind_fork(database, 1) is bool(names(held[1], 3, 4) | names(held[1], 6))
    assert not aside.waits_behind_fork(database, 2)


def test_what_waits_no_longer_goes_alone(filled: tuple[Database, Rows, Rows]) -> None:
    database, held, refused = filled
    (first, *others), (word, *words) = sorted(held[1]), sorted(refused[1])
    aside.drop_held(database, 1, [first])
    assert aside.held_of(database, 1) == set(others)
    assert aside.held_of(database, 2) == set(held[2])
    aside.note_excluded(database, 1, [(word[0], word[0])])
    out = {key for key, put in refused[1].items() if put.excluded or key[0] == word[0]}
    assert excluded(database, 1) == out
    aside.drop_excluded(database, 1, [word, *words[:2]])
    assert aside.refused_of(database, 1) == set(refused[1]) - (out & {word, *words[:2]})
    assert aside.refused_of(database, 2) == set(refused[2])
    # What is held once more waits for the new reason.
    aside.hold(database, 2, [replace(put, reason=HELD_NO_BIRTH) for put in held[2].values()], 5)
    assert aside.held_of(database, 2, HELD_NO_BIRTH) == set(held[2])
    assert aside.waits_for_births(database) is bool(held[2])


def excluded(database: Database, origin: int) -> aside.Names:
    return {
        (a.number, a.stamp)
        for piece in aside.refused(database, excluded=True)
        for a in piece
        if a.origin == origin
    }


def test_an_erasure_takes_the_place_of_the_other_content_of_its_number_and_stamp() -> None:
    database = ledger()
    erasure = Put(4, "birth", ERASURE, "0" * 32, "a", "", 7, (), "", "", HELD_FORK)
    other = replace(erasure, type="firm", record="1" * 32)
    for origin in ORIGINS:
        aside.hold(database, origin, [other, replace(other, stamp=8), replace(other, number=5)], 0)
    aside.hold(database, 1, [erasure], 0)
    assert kinds(database, 1) == {(4, 7): ERASURE, (4, 8): "firm", (5, 7): "firm"}
    assert set(kinds(database, 2).values()) == {"firm"}
    aside.hold(database, 1, [replace(erasure, number=6)], 0)
    # What is refused waits no more, unless an erasure waits under its name.
    aside.drop_refused(database, 1, [other, replace(other, stamp=8), replace(erasure, number=6)])
    assert kinds(database, 1) == {(4, 7): ERASURE, (5, 7): "firm"}
    assert len(kinds(database, 2)) == 3


def kinds(database: Database, origin: int) -> dict[tuple[int, int], str]:
    rows = database.rows("SELECT number, stamp, type FROM held WHERE origin = ?", (origin,))
    return {(number, stamp): kind for number, stamp, kind in rows}
