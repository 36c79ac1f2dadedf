"""Births that go straight into their tables: what stands in a cell, and in none, is what was sent."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.versions.born import Births
from desktop.store.log.versions import copy_births
from desktop.store.merging.merging import Merger
from desktop.store.tables import schema
from desktop.store.tables.columns import quoted, read, table_of
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import sort_key
from tests.store.world import COLUMNS, FIRM, TYPES, VISIT

UNITS = ("u" * 32, "v" * 32)
IDS = st.uuids().map(lambda u: u.hex)
TEXTS = st.none() | st.sampled_from(["", "0", "工会", "杭州恒通公司"])
NUMBERS = st.none() | st.sampled_from([0, 1, -1, (1 << 63) - 1])
CELLS = {
    FIRM.name: st.tuples(TEXTS, NUMBERS, TEXTS),
    VISIT.name: st.tuples(st.none() | IDS, TEXTS),
}


@st.composite
def births(draw: st.DrawFn, type_name: str) -> list[tuple[object, ...]]:
    """Rows as they are decoded: record, ``as``, stamp, number, operator, cells; some columns may be empty in all."""
    records = draw(st.lists(IDS, min_size=1, max_size=12, unique=True))
    kept = draw(st.tuples(*(st.booleans() for _ in COLUMNS[type_name])))
    return [
        (
            record,
            draw(st.sampled_from(UNITS)),
            1_000 + number,
            number,
            "王芳",
            *(cell if keep else None for cell, keep in zip(draw(CELLS[type_name]), kept, strict=True)),
        )
        for number, record in enumerate(records, start=1)
    ]


def stored(database: Database, type_name: str) -> dict[str, tuple[object, ...]]:
    """Every row of a type with its unit, numbers, order and cells."""
    record_type = TYPES[type_name]
    cells = ", ".join(read(f, "r.") for f in record_type.fields)
    rows = database.rows(
        f"SELECT lower(hex(r.id)), u.id, r._stamp, r._number, r._operator, r._sort, r._origin, {cells}"
        f" FROM {quoted(table_of(type_name))} AS r JOIN unit_ref u ON u.ref = r.unit"
    )
    return {row[0]: row[1:] for row in rows}


@settings(deadline=None, max_examples=60)
@given(firms=births(FIRM.name), visits=births(VISIT.name))
def test_what_stands_in_each_cell_is_what_was_sent(
    firms: list[tuple[object, ...]], visits: list[tuple[object, ...]]
) -> None:
    database = Database.open(None, bytes(32))
    try:
        schema.ensure(database, TYPES)
        merger = Merger(database, TYPES)
        for name, rows in ((FIRM.name, firms), (VISIT.name, visits)):
            merger.add_births(Births.of_rows(name, COLUMNS[name], rows), 7)
        for name, rows, title in ((FIRM.name, firms, 5), (VISIT.name, visits, 6)):
            assert stored(database, name) == {
                row[0]: (*row[1:5], sort_key(str(row[title] or "")), 7, *row[5:]) for row in rows
            }
    finally:
        database.close()


def test_a_column_that_is_not_known_here_holds_up_none_of_the_others() -> None:
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    merger = Merger(database, TYPES)
    row = ("1" * 32, "u" * 32, 1_000, 1, "王芳", "新内容", "甲公司", None)
    merger.add_births(Births.of_rows("firm", ("of_a_newer_program", "name", "count.source"), [row]), 7)
    assert stored(database, "firm") == {
        "1" * 32: ("u" * 32, 1_000, 1, "王芳", sort_key("甲公司"), 7, "甲公司", None, None)
    }
    assert database.rows("SELECT slot, value FROM version") == [("of_a_newer_program", '"新内容"')]
    database.close()


def test_births_of_any_size_go_to_the_log_and_are_not_gathered_before() -> None:
    """A few kilobytes may touch a thousand births of 200 kB: what is read and written at once was all in memory."""
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    row = ("1" * 32, "u" * 32, 1_000, 1, "王芳", "甲公司", 3)
    Merger(database, TYPES).add_births(Births.of_rows("firm", ("name", "count.staff"), [row]), 7)
    database.execute(
        "INSERT INTO touched (record, slot, type) SELECT f.id, s.value, 'firm' FROM r_firm f, json_each(?) s",
        ('["name", "count", "unit"]',),
    )
    asked: list[str] = []
    database.connection.set_trace_callback(asked.append)
    copy_births(database, TYPES, "touched")
    database.connection.set_trace_callback(None)
    assert dict(database.rows("SELECT slot, value FROM version WHERE birth")) == {
        "name": '"甲公司"',
        "count": '{"staff":3}',
        "unit": f'"{"u" * 32}"',
    }
    written = [sql for sql in asked if sql.startswith("INSERT INTO version")]
    assert len(written) == 1
    assert "OpenEphemeral" not in [step for _, step, *_ in database.rows(f"EXPLAIN {written[0]}")]
    database.close()
