"""The order of a list by a column: words as a dictionary has them, codes as their list, links by what they lead to."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from desktop import reference
from desktop.operations import queries
from desktop.records.display import display
from desktop.records.types import catalogue
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import Ledger, NewRecord
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables import schema
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment

TYPES, CODES, UNIT = catalogue(), reference.code_lists(), "cd" * 16
UNITS, LATER = ("de" * 16, "ef" * 16), f"{203:032x}"
COURSES = ("第十期班", "第 2 期班", "安全班")


@pytest.fixture(scope="module")
def database() -> Database:
    database, ticks = Database.open(None, bytes(32)), itertools.count(1_795_420_800_000, 1000)
    schema.ensure(database, TYPES)
    ledger = Ledger(database, TYPES, Environment(lambda: next(ticks), bytes), "ab" * 16, UNIT)
    words = ("中河", "长乐", None, "第10组", "第 9 组", "杭州", "", "中河")
    presence = ("absent", "present", None, "leave", "unheard", "present", "", "absent")
    rows = [NewRecord("course", f"{n + 100:032x}", UNIT, {"name": name}) for n, name in enumerate(COURSES)]
    for n, (word, code) in enumerate(zip(words, presence, strict=True)):
        values: dict[str, Cell] = {
            "name": f"学员{n}", "unit_name": word, "course": rows[n % 3].record if n else None
        }  # fmt: skip
        rows.append(NewRecord("attendance", f"{n:032x}", UNIT, values))
        rows.append(NewRecord("participant", f"{n:032x}", UNIT, {"name": f"参会{9 - n}", "presence": code}))
    for n, (name, year) in enumerate((("中河", 2024), ("长乐", 2026), ("中河", 2023), ("长乐", 2025))):
        made: dict[str, Cell] = {"year": year, "union": f"{200 + (name == '长乐'):032x}"}
        rows.append(NewRecord("assessment", f"{300 + n:032x}", UNIT, made))
        rows.append(NewRecord("assessment_score", f"{n:032x}", UNIT, {"assessment": f"{300 + n:032x}"}))
    held = ("member_roll", None, "committee_form founding_reply", "founding_reply", "committee_form", "gone")
    for n, codes in enumerate(held):
        union: dict[str, Cell] = {"name": ("中河", "长乐")[n % 2], "documents_on_file": codes}
        rows.append(NewRecord("union", f"{200 + n:032x}", UNITS[n % 2], union))
    rows += [
        NewRecord("unit", unit, UNIT, {"name": f"{name}总工会"})
        for unit, name in zip(UNITS, ("径山镇", "百丈镇"), strict=True)
    ]
    ledger.write("登记", "王芳", births=[row for row in rows if row.record != LATER])
    ledger.write("登记", "李娜", births=[row for row in rows if row.record == LATER])
    return database


def shown(database: Database, type_name: str, order: str, *, descending: bool = False) -> Sequence[Cell]:
    query = queries.ranked(Query(type_name, order=order, descending=descending), TYPES, CODES)
    found = [one.values[order] for one in reading.records(database, TYPES, query)]
    numbers = reading.row_numbers(database, TYPES, query)
    page = reading.page(database, TYPES[type_name], numbers)
    assert [page[n].values[order] for n in numbers] == found
    return found


@pytest.mark.parametrize("descending", [False, True])
def test_words_stand_as_in_a_dictionary_with_numbers_by_what_they_count(
    database: Database, descending: bool
) -> None:
    found = [w for w in shown(database, "attendance", "unit_name", descending=descending) if w]
    wanted = ["长乐", "第 9 组", "第10组", "杭州", "中河", "中河"]
    assert found == (wanted[::-1] if descending else wanted)


def test_what_is_empty_comes_first(database: Database) -> None:
    assert [not w for w in shown(database, "attendance", "unit_name")] == [True] * 2 + [False] * 6


def test_codes_stand_as_in_their_list_and_unknown_ones_before(database: Database) -> None:
    found = [code for code in shown(database, "participant", "presence") if code]
    assert found == ["unheard", "present", "present", "leave", "absent", "absent"]


def test_links_stand_by_the_titles_of_what_they_lead_to(database: Database) -> None:
    found = shown(database, "attendance", "course")
    titles = queries.titles(database, TYPES, CODES, "course", [str(key) for key in found if key])
    assert [titles.get(str(key)) for key in found] == [
        None, *["安全班"] * 2, *["第 2 期班"] * 3, *["第十期班"] * 2
    ]  # fmt: skip


def test_several_codes_stand_by_the_first_of_their_list_then_by_the_next(database: Database) -> None:
    field = TYPES["union"].by_name["documents_on_file"]
    found = [display(field, cell, codes=CODES) for cell in shown(database, "union", "documents_on_file")]
    assert found == ["", "gone", "成立批复", "成立批复、委员呈报表", "委员呈报表", "会员花名册"]


def test_links_stand_by_all_that_is_read_in_a_title(database: Database) -> None:
    found = shown(database, "assessment_score", "assessment")
    titles = queries.titles(database, TYPES, CODES, "assessment", [str(key) for key in found])
    assert [titles[str(key)] for key in found] == ["长乐 2025", "长乐 2026", "中河 2023", "中河 2024"]


def test_units_and_operators_stand_by_their_names(database: Database) -> None:
    units = [
        record.unit for record in reading.records(database, TYPES, Query("union", order=reading.UNIT_ORDER))
    ]
    assert units == [UNITS[1]] * 3 + [UNITS[0]] * 3
    query = Query("union", order=reading.OPERATOR_ORDER, descending=True)
    assert [record.operator for record in reading.records(database, TYPES, query)] == ["王芳"] * 5 + ["李娜"]


@pytest.mark.parametrize("descending", [False, True])
def test_what_is_the_same_in_a_column_stands_by_its_title(database: Database, descending: bool) -> None:
    query = queries.ranked(Query("participant", order="presence", descending=descending), TYPES, CODES)
    found = [r for r in reading.records(database, TYPES, query) if r.values["presence"] == "present"]
    assert [record.values["name"] for record in found] == ["参会4", "参会8"]
