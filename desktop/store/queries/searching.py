"""How a text is looked for: the index says what it finds, and how much that is says which way is the shorter one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.records.declaration import RecordType
from desktop.store.queries import indexing
from desktop.store.tables.columns import quoted, table_of
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
    """All that a text finds in the index of a type that has one."""
    name = quoted(indexing.index_of(record_type.name))
    sql = f"SELECT rowid AS number FROM {name} WHERE {name} MATCH :text"
    return Found(sql, {"text": expression(text)}, much=True)


def count(database: Database, record_type: RecordType, found: Found) -> int:
    """How many living records are found: what is deleted is read from its index, and no row of the table at all."""
    deleted = f"SELECT _row FROM {quoted(table_of(record_type.name))} WHERE (_life = 1) = 1"
    return int(
        database.value(
            f"SELECT count(*) FROM ({found.sql}) WHERE number NOT IN ({deleted})", found.parameters
        )
    )
