"""What rules may know beside a record is the same whether it is read for one record or for many, and read at once."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import random
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop import reference
from desktop.operations.recording import checking
from desktop.operations.recording import surroundings as around_records
from desktop.operations.recording.surroundings import Surroundings, context_of
from desktop.records.checks import Checker
from desktop.records.types import catalogue
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import Deletion, Ledger, NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment

TYPES, CODES, UNIT = catalogue(), reference.code_lists(), "cd" * 16
TODAY = datetime.date(2026, 11, 23)
MEMBERS: dict[str, Cell] = {"expected_count": 3, "women_delegate_count": 2}
LIST: list[dict[str, Cell]] = [{"name": "王芳"}, {"name": "李强"}]


@pytest.fixture
def ledger() -> Ledger:
    database, ticks = Database.open(None, bytes(32)), itertools.count(1_795_420_800_000, 1000)
    schema.ensure(database, TYPES)
    return Ledger(database, TYPES, Environment(lambda: next(ticks), bytes), "ab" * 16, UNIT)


def written(ledger: Ledger, type_name: str, *rows: Mapping[str, Cell]) -> list[str]:
    """Records of a type of which there are none yet; the ids."""
    kind = sorted(TYPES).index(type_name)
    made = [NewRecord(type_name, f"{kind:016x}{n:016x}", UNIT, row) for n, row in enumerate(rows)]
    ledger.write("登记", "王芳", births=made)
    return [one.record for one in made]


def surroundings(ledger: Ledger, type_name: str) -> tuple[list[reading.Record], Surroundings]:
    held = reading.records(ledger.database, TYPES, Query(type_name))
    return held, Surroundings(ledger.database, TYPES, TYPES[type_name], held, TODAY, {})


def test_what_records_lead_to_is_read_in_one_statement_and_says_the_same_as_one_by_one(
    ledger: Ledger,
) -> None:
    courses = written(ledger, "course", *({"name": f"第{n}期", "hours": str(n)} for n in range(60)))
    rows: list[dict[str, Cell]] = [
        {"course": courses[n % 60], "name": f"学员{n}", "hours": "30"} for n in range(200)
    ]
    rows += [{"course": "f" * 32, "name": "没有班次"}, {"name": "没有填"}]
    written(ledger, "attendance", *rows)
    ledger.database.execute(
        "INSERT INTO component (id, type, head) VALUES (unhex(?), 'course', unhex(?))",
        (courses[0], courses[40]),
    )
    held, around = surroundings(ledger, "attendance")
    checker, statements = Checker(TYPES["attendance"]), list[str]()
    ledger.database.connection.set_trace_callback(statements.append)
    found = {one.id: checker(one.values, around.context(one)) for one in held}
    ledger.database.connection.set_trace_callback(None)
    assert len([s for s in statements if not s.startswith("--")]) == 1
    assert found == {
        one.id: checker(one.values, context_of(ledger.database, TYPES, one, TODAY)) for one in held
    }
    over = [key for key, told in found.items() if any(f.rule == "at_most_linked" for f in told)]
    assert len(over) == len([n for n in range(200) if 0 < n % 60 < 30])


def test_children_are_read_for_many_parents_once_for_all_rules(ledger: Ledger) -> None:
    sessions = written(ledger, "congress", *[MEMBERS] * 60)
    written(ledger, "delegate", *({**row, "congress": key} for key in sessions[1:] for row in LIST))
    held, around = surroundings(ledger, "congress")
    checker, statements = Checker(TYPES["congress"]), list[str]()
    ledger.database.connection.set_trace_callback(statements.append)
    found = {one.id: checker(one.values, around.context(one)) for one in held}
    ledger.database.connection.set_trace_callback(None)
    assert len([s for s in statements if not s.startswith("--")]) == 2
    off = {key for key, told in found.items() if any(f.rule == "children_match" for f in told)}
    assert off == set(sessions[1:])
    assert found == {
        one.id: checker(one.values, context_of(ledger.database, TYPES, one, TODAY)) for one in held
    }


class Undone(Exception):
    """Takes back what an example has written."""


@pytest.fixture
def families(ledger: Ledger) -> Ledger:
    """Nine courses with none to four participants, of whom some are deleted, and one with a course that is none."""
    courses = written(ledger, "course", *({"name": f"第{n}期"} for n in range(9)))
    whose = [courses[n] for n in range(9) for _ in range(n % 5)]
    rows = [{"course": course, "name": f"学员{n}"} for n, course in enumerate([*whose, "f" * 32])]
    people = written(ledger, "attendance", *rows)
    ledger.write("删除", "王芳", deletions=[Deletion("attendance", key) for key in people[::3]])
    return ledger


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asks=st.sampled_from([("course", "attendance"), ("attendance", "course")]),
    one=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=2),
    asked=st.lists(st.integers(0, 17), max_size=8),
    kept=st.integers(0, 17),
    order=st.randoms(use_true_random=False),
)
def test_whatever_is_asked_in_whatever_order_the_answer_is_that_of_reading_one_record(
    families: Ledger,
    asks: tuple[str, str],
    one: list[tuple[int, int]],
    asked: list[int],
    kept: int,
    order: random.Random,
) -> None:
    """Of some records in some order, families apart: those that are one with another, and what was asked before."""
    (name, other), database = asks, families.database
    courses = [record.id for record in reading.records(database, TYPES, Query("course"))]
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Undone), database.transaction():
        patch.setattr(around_records, "_FAMILIES", 2)
        for member, head in one:
            database.execute(
                "INSERT OR IGNORE INTO component (id, type, head) VALUES (unhex(?), 'course', unhex(?))",
                (courses[member], courses[head]),
            )
        held = reading.records(database, TYPES, Query(name))
        order.shuffle(held)
        del held[kept:]
        around = Surroundings(database, TYPES, TYPES[name], held, TODAY, {})
        for record in (held[n] for n in asked if n < len(held)):
            many, single = around.context(record), context_of(database, TYPES, record, TODAY)
            if name == "course":
                assert many.children(other) == single.children(other)
            else:
                assert many.linked(other) == single.linked(other)
        raise Undone


def test_the_logic_check_looks_for_a_complainant_in_what_belongs_to_a_case(ledger: Ledger) -> None:
    (case,) = written(ledger, "case", {"complainant_name": "李小明", "employer_name": "杭州茶厂"})
    words = ("李小明反映没有发工资。", "没有发工资。")
    letters = written(ledger, "case_document", *({"case": case, "facts": said} for said in words))
    report = checking.check_all(ledger.database, TYPES, CODES, TODAY, ["case_document"])
    told = {c.record for c in report.found if any(f.rule == "names_no_complainant" for f in c.findings)}
    assert told == {letters[0]}
