"""Births of one operation: the same rows and lines as one by one, and what speeds up lists is there afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.types import catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.queries import indexing, reading
from desktop.store.queries.reading import Query
from desktop.store.tables.columns import wire_columns
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.store.writing import births
from desktop.store.writing.births import lay_out, shape_of

TYPES = catalogue()
FIRM = TYPES["enterprise"]
UNIT = "cd" * 16
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=4), "legal_person": st.none() | st.just("王芳"), "contact_name": st.just("李明"),
        "contact_phone": st.none() | st.just("13800000000"), "surveyed_staff": st.integers(0, 9),
        "no_field": st.just("x"),
    },
)  # fmt: skip


@given(st.lists(GIVEN, min_size=1, max_size=4))
def test_many_births_are_laid_out_like_one(given: list[Mapping[str, Cell]]) -> None:
    shape = shape_of(FIRM)
    born = [(f"{n:032x}", UNIT, cells) for n, cells in enumerate(given)]
    laid, lines = lay_out(FIRM, shape, born, stamp=5, first=7, operator="王芳")
    for number, ((record, unit, cells), row, line) in enumerate(
        zip(born, laid.rows(), lines, strict=True), 7
    ):
        whole = {column: cells.get(f.name) for column, f in wire_columns(FIRM).items()}
        head = items.Head(items.BIRTH, "enterprise", record, unit, None, 5, (), number, "王芳")
        assert line == items.birth_line(head, shape, whole)
        assert row[:5] == (record, unit, 5, number, "王芳")
        filled = {column: cell for column, cell in whole.items() if cell is not None}
        assert {c: v for c, v in zip(laid.columns, row[5:], strict=True) if v is not None} == filled
    assert not set(laid.columns) - set(shape.columns)


@pytest.fixture
def ledger() -> Ledger:
    ticks = itertools.count(1_795_420_800_000, 1000)
    found = Ledger(
        Database.open(None, bytes(32)), TYPES, Environment(lambda: next(ticks), bytes), "ab" * 16, "cd" * 16
    )
    indexing.ensure(found.database, TYPES)
    return found


def indexes(ledger: Ledger) -> set[str]:
    return {
        sql for (sql,) in ledger.database.rows("SELECT sql FROM sqlite_master WHERE type = 'index'") if sql
    }


def write(ledger: Ledger, first: int, count: int) -> None:
    names = {f"{(n * 7919) % 100_003:032x}": f"第{n}家" for n in range(first, first + count)}
    born = [NewRecord("enterprise", r, UNIT, {"name": n, "former_name": n}) for r, n in names.items()]
    ledger.write("导入", "王芳", births=born)


def found(ledger: Ledger, words: str) -> int:
    return len(reading.row_numbers(ledger.database, TYPES, Query("enterprise", text=words)))


@pytest.mark.parametrize("many", [1, 10, 1_000])
def test_a_large_import_leaves_every_index_and_what_is_searched(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(births, "MANY", many)
    before = indexes(ledger)
    write(ledger, 0, 50)
    write(ledger, 50, 20)
    write(ledger, 70, 200)
    assert indexes(ledger) == before
    words = ("第69家", "第 269", "家第", "d1j", "家")
    assert [found(ledger, w) for w in words] == [1, 1, 0, 1, 270]


def test_births_of_a_register_carry_only_the_columns_that_any_of_them_fills(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(births, "MANY", 2)
    born: list[Mapping[str, Cell]] = [{"name": "一家", "no_field": "x"}, {"contact_phone": "13800000000"}]
    assert shape_of(FIRM, born) == items.Shape(("name",), (("contact.contact_phone",),))
    assert shape_of(FIRM, born[:1]) == shape_of(FIRM)


def test_a_failed_import_takes_no_index_away(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(births, "MANY", 1)
    before = indexes(ledger)
    record = NewRecord("enterprise", "not hexadecimal", UNIT, {"name": "一家"})
    with pytest.raises(Exception, match="NOT NULL"):
        ledger.write("导入", "王芳", births=[record, record])
    assert indexes(ledger) == before
    write(ledger, 0, 3)
    assert found(ledger, "第2家") == 1
