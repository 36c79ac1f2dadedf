"""Own lines that wait to be cut: no two segments share a key, and a key that lines were written under stays theirs."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.versions.items import MAX_LINES, Shape
from desktop.store.log import pending
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.store.workspaces import captured
from tests.store.formerly import as_version
from tests.store.world import TYPES

FIRM = json.dumps({"firm": Shape(("name",)).to_json()})
WIDER = json.dumps({"firm": Shape(("name", "staff")).to_json()})


@pytest.fixture
def database() -> Database:
    found = Database.open(None, bytes(32))
    schema.ensure(found, TYPES)
    for text in (FIRM, WIDER):
        found.execute("INSERT INTO shape (type, json) VALUES ('firm', ?)", (text,))
    return found


@pytest.fixture
def environment() -> Environment:
    drawn = itertools.count(1)
    return Environment(lambda: 0, lambda size: bytes([next(drawn)] * size))


def lines(first: int, last: int, shape: int | None = 1) -> list[pending.Run]:
    return [(first, shape, [b"%d" % n for n in range(first, last + 1)])]


def cut_all(database: Database, environment: Environment) -> list[tuple[int, int, int | None]]:
    """First and last number of each segment, and the first byte of its key."""
    found: list[tuple[int, int, int | None]] = []
    while (batch := pending.batch(database)) is not None:
        numbers = [n for n, _ in batch.lines]
        assert batch.lines == [(n, b"%d" % n) for n in numbers]
        found.append((numbers[0], numbers[-1], batch.key[0] if batch.key else None))
        pending.drop(database, environment, numbers[-1])
        assert pending.key_of(database, numbers[-1]) is None
    return found


def keep(database: Database, environment: Environment, *steps: Sequence[pending.Run]) -> None:
    for step in steps:
        pending.keep(database, environment, step)


def test_a_key_lasts_until_the_lines_are_cut(database: Database, environment: Environment) -> None:
    keep(database, environment, lines(1, 3), lines(4, 4, None))
    assert [key for *_, key in pending.waiting(database, {2, 4, 9})] == [bytes([1] * 32)] * 2
    assert cut_all(database, environment) == [(1, 4, 1)]
    keep(database, environment, lines(5, 6))
    assert cut_all(database, environment) == [(5, 6, 2)]


def test_no_two_segments_share_a_key(database: Database, environment: Environment) -> None:
    half = MAX_LINES // 2
    keep(database, environment, *(lines(7 + n * half, 6 + (n + 1) * half) for n in range(3)))
    assert cut_all(database, environment) == [(7, MAX_LINES + 6, 1), (MAX_LINES + 7, MAX_LINES + half + 6, 2)]


def test_a_register_has_keys_of_its_own(database: Database, environment: Environment) -> None:
    """Its births state only the columns that are filled; a form's, before and after it, state all."""
    many = 2 * MAX_LINES
    for at in (0, 2 * many):  # the key for what follows a register may be left when all before was cut
        keep(
            database, environment, lines(at + 7, at + 8), lines(at + 9, at + many + 7, 2),
            lines(at + many + 8, at + many + 9),
        )  # fmt: skip
        found = cut_all(database, environment)
        assert [(first - at, last - at) for first, last, _ in found] == [
            (7, 8), (9, MAX_LINES + 8), (MAX_LINES + 9, many + 7), (many + 8, many + 9),
        ]  # fmt: skip
        assert len({key for *_, key in found}) == 4


def test_what_is_left_of_a_segment_that_ends_early_gets_a_key_of_its_own(
    database: Database, environment: Environment
) -> None:
    """A new program writes more columns: a segment states one shape for each type."""
    keep(database, environment, lines(1, 2), lines(3, MAX_LINES + 1, 2))
    assert cut_all(database, environment) == [(1, 2, 1), (3, MAX_LINES, 3), (MAX_LINES + 1, MAX_LINES + 1, 2)]


def test_a_segment_ends_before_it_is_too_heavy_for_its_frame(
    database: Database, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "MAX_WEIGHT", pending._SPARE + 5)
    keep(
        database,
        environment,
        *(lines(n, n) for n in range(7, 13)),
        [(13, None, [b"a long line"])],
        lines(14, 14),
    )
    heavy = []
    while (batch := pending.batch(database)) is not None:
        heavy.append([n for n, _ in batch.lines])
        pending.drop(database, environment, batch.lines[-1][0])
    assert heavy == [[7, 8, 9, 10], [11, 12], [13], [14]]


def test_lines_of_earlier_programs_have_their_own_salts(database: Database, environment: Environment) -> None:
    database.connection.executemany(
        "INSERT INTO pending (first, last, shape, lines) VALUES (?1, ?1, 1, ?2)",
        [(n, b"%d" % n) for n in (1, 2, 3)],
    )
    keep(database, environment, lines(4, 5))
    assert [key for *_, key in pending.waiting(database, {3, 4})] == [None, bytes([1] * 32)]
    assert cut_all(database, environment) == [(1, 3, None), (4, 5, 1)]


@pytest.mark.no_cover
@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from([None, 1, 2]), st.integers(1, 900)), min_size=1)
)
def test_runs_hold_what_was_kept_line_by_line(steps: list[tuple[int, int | None, int]]) -> None:
    """Whatever was written together, of whatever shape and weight, compressed or not."""
    with contextlib.closing(Database.open(None, bytes(32))) as database:
        schema.ensure(database, TYPES)
        for text in (FIRM, WIDER):
            database.execute("INSERT INTO shape (type, json) VALUES ('firm', ?)", (text,))
        environment = Environment(lambda: 0, lambda size: bytes(size))
        texts = {1: ("firm", FIRM), 2: ("firm", WIDER), None: (None, None)}
        expected: list[pending.Waiting] = []
        for count, shape, weight in steps:
            first = len(expected) + 1
            step = [b"[%d]" % n * weight for n in range(first, first + count)]
            pending.keep(database, environment, [(first, shape, step)])
            expected += [pending.Waiting(n, line, *texts[shape]) for n, line in enumerate(step, first)]
        assert list(pending.lines(database, 1, len(expected))) == expected
        middle = len(expected) // 2
        assert list(pending.lines(database, middle, middle + 2)) == expected[max(0, middle - 1) : middle + 2]
        cut: list[tuple[int, bytes]] = []
        while (batch := pending.batch(database)) is not None:
            cut += batch.lines
            pending.drop(database, environment, cut[-1][0])
        assert cut == [(w.number, w.line) for w in expected]
        assert list(pending.lines(database, 1, len(expected))) == []


def test_a_register_is_a_few_rows_and_takes_a_part_of_its_room(
    database: Database, environment: Environment
) -> None:
    many = 2 * MAX_LINES
    step = [b'["enterprise","%d"]' % n for n in range(1, many + 1)]
    pending.keep(database, environment, [(1, 1, step)])
    rows, size = database.rows("SELECT count(*), sum(length(lines)) FROM pending")[0]
    assert rows == 2
    assert size * 2 < sum(map(len, step))


def test_lines_that_waited_in_a_ledger_of_an_earlier_program_wait_on(
    database: Database, environment: Environment
) -> None:
    keep(database, environment, lines(1, 3), lines(4, 5, None), lines(6, 7, 2))
    before = list(pending.lines(database, 1, 9))
    as_version(database, 5)
    schema.ensure(database, TYPES)
    assert list(pending.lines(database, 1, 9)) == before
    assert cut_all(database, environment) == [(1, 5, 1), (6, 7, 2)]


def test_a_journal_of_an_earlier_program_is_put_back_as_runs(
    database: Database, environment: Environment
) -> None:
    keep(database, environment, lines(1, 1))
    step = (
        {"pending_line": ("number", "shape", "line"), "meta": ("key", "value")},
        [
            ("meta", ("clock",), ("7",)), ("pending_line", (1,), None), ("pending_line", (2,), (1, b"2")),
            ("pending_line", (3,), (None, b"3")), ("pending_line", (9,), None),
        ],
    )  # fmt: skip
    given_back = list(captured.put_back(database, [msgspec.msgpack.encode(step)]))
    assert [(name, tuple(key)) for name, key, _ in given_back] == [
        ("meta", ("clock",)), ("pending", (1,)), ("pending", (2,)), ("pending", (3,)),
    ]  # fmt: skip
    assert list(pending.lines(database, 1, 9)) == [
        pending.Waiting(2, b"2", "firm", FIRM), pending.Waiting(3, b"3", None, None),
    ]  # fmt: skip


def test_a_ledger_that_is_put_back_cuts_its_lines_under_the_same_key(
    database: Database, environment: Environment
) -> None:
    """Whatever was written and cut in the meantime: others may hold the very items, and know them by their hashes."""
    keep(database, environment, lines(1, MAX_LINES + 1))
    then = database.rows("SELECT key, value FROM secret ORDER BY key")
    keep(database, environment, lines(MAX_LINES + 2, MAX_LINES + 9))
    assert database.rows("SELECT key, value FROM secret ORDER BY key") == then


def test_files_are_cut_small_and_under_keys_that_were_drawn_when_they_were_written(
    database: Database, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a ledger that is put back cuts their lines under other keys than those who hold them already know."""
    monkeypatch.setattr(pending, "_HEAVY", 6)
    monkeypatch.setattr(pending, "CUT_WEIGHT", 8)
    keep(database, environment, lines(7, 9), lines(10, 14), lines(15, 16))
    then = database.rows("SELECT key, value FROM secret ORDER BY key")
    assert cut_all(database, environment) == [(7, 11, 1), (12, 16, 2)]
    assert len(then) == 2
