"""Sums are exact, whatever is added up: against fractions, over decimals and numbers that others may have sent."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Field, Kind, RecordType
from desktop.records.types import Catalogue, catalogue
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Compare, Filter, Query
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment

GRANT = RecordType(
    name="grant",
    label="补助",
    title=("name",),
    fields=(
        Field("name", "名称"),
        Field("amount", "金额", Kind.DECIMAL, summed=True),
        Field("people", "人数", Kind.INTEGER, summed=True),
    ),
)
TYPES = Catalogue({"grant": GRANT, "unit": catalogue()["unit"], "same": catalogue()["same"]})
UNIT = "cd" * 16
DIGITS = st.text("0123456789", min_size=1, max_size=40)
AMOUNTS = st.one_of(
    st.none(),
    st.builds(lambda sign, whole, part: f"{sign}{whole}{'.' if part else ''}{part}",
              st.sampled_from(["", "-"]), DIGITS, st.one_of(st.just(""), DIGITS)),
    st.integers(-999, 999).map(lambda n: f"{n}.1"),
)  # fmt: skip
PEOPLE = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(-3, 300))


def ledger_with(rows: list[tuple[Cell, Cell]]) -> Ledger:
    database = Database.open(None, bytes(32), create=True)
    schema.ensure(database, TYPES)
    ledger = Ledger(database, TYPES, Environment(), "ab" * 16, "01" * 8)
    births = [
        NewRecord("grant", f"{n:032x}", UNIT, {"name": f"第{n}笔", "amount": amount, "people": people})
        for n, (amount, people) in enumerate(rows, start=1)
    ]
    ledger.write("导入", "王芳", births=births)
    return ledger


@pytest.mark.no_cover
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(AMOUNTS, PEOPLE), min_size=1, max_size=8))
def test_sums_are_exact(rows: list[tuple[str | None, int | None]]) -> None:
    ledger = ledger_with(list(rows))
    found = reading.aggregate(ledger.database, TYPES, Query("grant"), ["amount", "people"])
    assert found.count == len(rows)
    amounts, people = [Fraction(a) for a, _ in rows if a is not None], [p for _, p in rows if p is not None]
    said = {name: Fraction(total) for name, total in found.sums.items()}
    assert said == {n: sum(s, Fraction(0)) for n, s in (("amount", amounts), ("people", people)) if s}


def test_ten_cents_ten_times_are_one_yuan_and_what_is_no_number_adds_nothing() -> None:
    rows: list[tuple[Cell, Cell]] = [("0.1", 1)] * 10
    ledger = ledger_with([*rows, ("约五千", None), ("1e999999999", 2)])
    found = reading.aggregate(ledger.database, TYPES, Query("grant"), ["amount", "people"])
    assert (str(found.sums["amount"]), found.sums["people"]) == ("1.0", 12)


def test_what_nobody_has_filled_in_has_no_sum() -> None:
    """Hours that nobody has written down are not 0 hours."""
    ledger = ledger_with([("2", 1)])
    nothing = Query("grant", filters=(Filter("name", Compare.EQUALS, "没有"),))
    found = reading.aggregate(ledger.database, TYPES, nothing, ["amount", "people"])
    assert (found.count, dict(found.sums)) == (0, {})
    some = ledger_with([("0", None), ("约五千", None)])
    found = reading.aggregate(some.database, TYPES, Query("grant"), ["amount", "people"])
    assert dict(found.sums) == {"amount": 0}


def test_decimals_are_put_in_order_and_limited_as_numbers() -> None:
    ledger = ledger_with(
        [("9", 1), ("1000", 2), ("10.5", 3), ("-2", 4), (None, 5), ("约五千", 6), ("10.50", 7)]
    )

    def people(*filters: Filter, order: str = "amount") -> list[Cell]:
        query = Query("grant", filters=filters, order=order)
        return [r.values["people"] for r in reading.records(ledger.database, TYPES, query)]

    assert people()[2:] == [4, 1, 3, 7, 2]
    assert people(Filter("amount", Compare.AT_LEAST, "10.5")) == [3, 7, 2]
    assert people(Filter("amount", Compare.AT_MOST, "10"), order="people") == [1, 4]
    assert people(Filter("people", Compare.AT_MOST, 2), order="people") == [1, 2]
