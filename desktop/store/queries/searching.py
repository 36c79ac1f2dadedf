"""How a text is looked for: the index says what it finds, and how much that is says which way is the shorter one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.records.declaration import Kind, RecordType
from desktop.records.typed import person_names, phones
from desktop.store.queries import indexing
from desktop.store.tables.columns import quoted, read, table_of
from desktop.store.tables.database import Database

MUCH, MUCH_FOR_A_PAGE = 50, 200
"""A text that one row in so many has finds much; for the first rows of a list alone less is enough."""


@dataclass(frozen=True, slots=True)
class Found:
    """The ``number`` of each row in which a text is found, as SQL with parameters; deleted ones are among them."""

    sql: str
    parameters: Mapping[str, str]
    much: bool


NOTHING = Found("SELECT 0 AS number WHERE 0", {}, much=False)


def expression(text: str) -> str:
    """The search expression for words which all have to be found, in any order."""
    return " AND ".join(indexing.phrase(word) for word in text.split())


def look(database: Database, record_type: RecordType, text: str, much: int = MUCH) -> Found:
    """What a text finds: the rows themselves where these are few, and that it is much as soon as it is."""
    if not indexing.searchable(record_type):
        return NOTHING
    every = whole(record_type, text)
    # Rows are hardly ever taken out, so the last one's number is about their count.
    rows = int(database.value(f"SELECT coalesce(max(_row), 0) FROM {quoted(table_of(record_type.name))}"))
    enough = rows // much + 1
    numbers = [
        n for (n,) in database.rows(f"{every.sql} LIMIT :enough", {**every.parameters, "enough": enough})
    ]
    if len(numbers) == enough:
        return every
    return Found("SELECT value AS number FROM json_each(:rows)", {"rows": json.dumps(numbers)}, much=False)


def whole(record_type: RecordType, text: str) -> Found:
    """All that a text finds in the index of a type that has one, and by a whole name or number that is not in it."""
    name, table = quoted(indexing.index_of(record_type.name)), quoted(table_of(record_type.name))
    sql = f"SELECT rowid AS number FROM {name} WHERE {name} MATCH :text"
    parameters = {"text": expression(text)}
    conditions, sought = _by_whole_values(record_type, text)
    if conditions:
        # Each row once: how many there are is counted as they come.
        sql += f" UNION ALL SELECT _row FROM {table} WHERE ({conditions}) AND _row NOT IN ({sql})"
    return Found(sql, parameters | sought, much=True)


def _by_whole_values(record_type: RecordType, text: str) -> tuple[str, dict[str, str]]:
    """What rows say whose telephone number or person's name the text is, as SQL with parameters."""
    forms = {True: phones.forms_of(text), False: person_names.forms_of(text)}
    marks = {
        kind: [f"whole_{'number' if kind else 'name'}_{n}" for n in range(len(found))]
        for kind, found in forms.items()
    }
    conditions = [
        f"{read(field)} {'GLOB' if field.kind is Kind.PHONE else '='} :{mark}"
        for field in record_type.found_whole
        for mark in marks[field.kind is Kind.PHONE]
    ]
    sought = {mark: form for kind in forms for mark, form in zip(marks[kind], forms[kind], strict=True)}
    return " OR ".join(conditions), sought if conditions else {}


def count(database: Database, record_type: RecordType, found: Found) -> int:
    """How many living records are found: what is deleted is read from its index, and no row of the table at all."""
    deleted = f"SELECT _row FROM {quoted(table_of(record_type.name))} WHERE (_life = 1) = 1"
    return int(
        database.value(
            f"SELECT count(*) FROM ({found.sql}) WHERE number NOT IN ({deleted})", found.parameters
        )
    )
