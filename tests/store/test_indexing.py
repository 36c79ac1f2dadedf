"""The search index after a merge: brought up to date for what can be searched, left alone for the rest."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.types import catalogue
from desktop.records.versions.born import Births
from desktop.store.merging.merging import Change, Merger
from desktop.store.queries import indexing
from desktop.store.queries.indexing import BOUNDARY, Changed
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import all_initials
from tests.measuring import memory

TYPES = catalogue()
MEMBER = TYPES["member"]
RECORD = "1" * 32


@pytest.mark.parametrize(
    ("slot", "held"),
    [
        ("identity", True),
        ("phone", True),
        ("education", False),
        ("unit", False),
        ("_deleted", False),
        ("x", False),
    ],
)
def test_the_index_holds_what_is_searched_or_names_a_record(slot: str, held: bool) -> None:
    assert indexing.holds(MEMBER, slot) is held


def test_every_word_in_the_index_stands_in_a_slot_that_it_is_said_to_hold() -> None:
    for record_type in TYPES.values():
        for name in (*record_type.title, *(f.name for f in indexing.searchable(record_type))):
            assert indexing.holds(record_type, record_type.slot_of[name])


@pytest.mark.parametrize(("slot", "found"), [("identity", 1), ("education", 0)])
def test_only_a_change_that_can_be_searched_is_indexed(slot: str, found: int) -> None:
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    indexing.ensure(database, TYPES)
    merger = Merger(database, TYPES)
    merger.add_births(
        Births.of_rows("member", ("identity.name",), [(RECORD, "u" * 32, 1, 1, "王芳", "陈敏")]), 7
    )
    merger.finish(0)
    changed = Changed()
    changed.add_changes(
        TYPES,
        [
            Change("change", name, RECORD, "u" * 32, slot, 2, (1,), 7, 2, "王芳", "null")
            for name in ("member", "parade")
        ],
    )
    changed.bring_up_to_date(database, TYPES)
    index = indexing.index_of("member")
    assert (
        len(database.rows(f"SELECT rowid FROM {index} WHERE {index} MATCH ?", (indexing.phrase("陈敏"),)))
        == found
    )
    database.close()


def plainly(row: tuple[object, ...]) -> list[str]:
    """The words of one row, told apart: those of its values, each once, and the initials of its title."""
    title = " ".join(str(v) for v in row[1:3] if v is not None)
    parts = [*(str(v) for v in dict.fromkeys(row[3:]) if v is not None), *all_initials(title)]
    return ["".join(unicodedata.normalize("NFKC", part).split()) for part in parts]


WORDS = st.none() | st.text("甲乙长解𠮷㈱ΑΣσ\u0301e ①\t\n\ue000A1", max_size=5) | st.integers(0, 20)


@given(st.lists(st.tuples(st.integers(), WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=6))
def test_rows_that_are_spelled_together_are_spelled_like_one(rows: list[tuple[object, ...]]) -> None:
    texts = indexing._search_texts(rows, 3)
    assert [text.split() for text in texts] == [list(BOUNDARY.join(plainly(row))) for row in rows]


def test_nothing_that_travels_is_unique_but_its_id() -> None:
    """Rule 13: what two stations write must meet in a list of a check, and never in an error of the engine."""
    database = Database.open(None, bytes(32))
    schema.ensure(database, catalogue())
    indexing.ensure(database, catalogue())
    unique = {
        (
            table,
            tuple(column for (column,) in database.rows(f"SELECT name FROM pragma_index_info('{index}')")),
        )
        for (table,) in database.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'r_*'"
        )
        for (index,) in database.rows(f"SELECT name FROM pragma_index_list('{table}') WHERE \"unique\"")
    }
    assert unique == {(f"r_{name}", ("id",)) for name in catalogue()}


def test_rows_of_long_names_are_not_spelled_together() -> None:
    """A bundle of 40 KB may hold eighty of a million characters, of which each may be read in several ways."""
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    merger = Merger(database, TYPES)
    for n in range(20):
        row = (f"{n:032x}", "u" * 32, 1, 1 + n, "王芳", "长" * 20_000)
        merger.add_births(Births.of_rows("member", ("identity.name",), [row]), 7)
    merger.finish(0)
    used, _ = memory(lambda: indexing.rebuild(database, MEMBER))
    # All together they take more than twice as much.
    assert used < 30_000_000


def test_of_a_value_that_nobody_types_only_the_beginning_is_indexed() -> None:
    """Its characters are spelled one by one: a line of a few kilobytes, unpacked, would take hundreds of megabytes."""
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    indexing.ensure(database, TYPES)
    merger = Merger(database, TYPES)
    name = f"始{'长' * 30_000}末"
    merger.add_births(
        Births.of_rows("member", ("identity.name",), [(RECORD, "u" * 32, 1, 1, "王芳", name)]), 7
    )
    merger.finish(0)
    indexing.rebuild(database, MEMBER)

    def found(text: str) -> int:
        sql = f"SELECT count(*) FROM {indexing.index_of('member')} WHERE text MATCH ?"
        return int(database.value(sql, (indexing.phrase(text),)))

    assert (found("始长"), found("末")) == (1, 0)
