"""The words by which people know records: read for many at once, through links, under the head of what is one."""

from __future__ import annotations

import itertools

import pytest

from desktop import reference
from desktop.operations import queries
from desktop.records.types import catalogue
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment

TYPES, CODES, UNIT = catalogue(), reference.code_lists(), "cd" * 16


@pytest.fixture
def ledger() -> Ledger:
    database, ticks = Database.open(None, bytes(32)), itertools.count(1_795_420_800_000, 1000)
    schema.ensure(database, TYPES)
    return Ledger(database, TYPES, Environment(lambda: next(ticks), bytes), "ab" * 16, UNIT)


def visits(ledger: Ledger, count: int) -> list[str]:
    """Visits, each to an employer of its own; the ids."""
    firms = [NewRecord("enterprise", f"{n:032x}", UNIT, {"name": f"茶厂{n}"}) for n in range(count)]
    made = [
        NewRecord(
            "visit", f"{n + 5_000:032x}", UNIT, {"enterprise": firms[n].record, "visit_date": "2026-11-20"}
        )
        for n in range(count)
    ]
    ledger.write("走访", "王芳", births=[*firms, *made])
    return [record.record for record in made]


def test_titles_with_links_are_read_in_few_statements_however_many_there_are(ledger: Ledger) -> None:
    ids = visits(ledger, 300)
    statements: list[str] = []
    ledger.database.connection.set_trace_callback(statements.append)
    words = queries.titles(ledger.database, TYPES, CODES, "visit", ids)
    ledger.database.connection.set_trace_callback(None)
    assert words == {key: f"2026-11-20 茶厂{n}" for n, key in enumerate(ids)}
    assert len([s for s in statements if not s.startswith("--")]) < 6


def test_what_is_not_here_has_no_title_and_what_says_nothing_is_called_by_its_type(ledger: Ledger) -> None:
    (visit,) = visits(ledger, 1)
    ledger.write("走访", "王芳", births=[NewRecord("visit", "e" * 32, UNIT, {})])
    words = queries.titles(ledger.database, TYPES, CODES, "visit", [visit, "e" * 32, "f" * 32])
    assert words == {visit: "2026-11-20 茶厂0", "e" * 32: "走访"}


def test_a_title_stands_under_the_head_of_what_is_one(ledger: Ledger) -> None:
    first, second = visits(ledger, 2)
    ledger.database.execute(
        "INSERT INTO component (id, type, head) VALUES (unhex(?), 'visit', unhex(?))", (second, first)
    )
    assert queries.titles(ledger.database, TYPES, CODES, "visit", [second]) == {second: "2026-11-20 茶厂0"}


def test_who_is_called_so_is_offered_before_those_that_lie_there(ledger: Ledger) -> None:
    """A town's name stands in the address of every firm."""
    firms = [
        *({"name": f"安心{n:02}厂", "address": "余杭区径山镇长乐村"} for n in range(40)),
        {"name": "杭州径山抹茶厂"},
        {"name": "径山大酒店"},
    ]
    ledger.write(
        "企业",
        "王芳",
        births=[NewRecord("enterprise", f"{n:032x}", UNIT, dict(cells)) for n, cells in enumerate(firms)],
    )
    found = [c.title for c in queries.choices(ledger.database, TYPES, CODES, "enterprise", "径山")]
    assert found[:3] == ["径山大酒店", "杭州径山抹茶厂", "安心00厂"]
    assert len(found) == 30
    assert [c.title for c in queries.choices(ledger.database, TYPES, CODES, "enterprise", "jsdjd")] == [
        "径山大酒店"
    ]
