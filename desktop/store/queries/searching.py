"""How a text is looked for: the index says what it finds, and how much that is says which way is the shorter one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
    every = whole(database, record_type, text)
    # Rows are hardly ever taken out, so the last one's number is about their count.
    rows = int(database.value(f"SELECT coalesce(max(_row), 0) FROM {quoted(table_of(record_type.name))}"))
    enough = rows // much + 1
    numbers = [n for (n,) in database.rows(f"{every.sql} LIMIT {enough:d}", every.parameters)]
    if len(numbers) == enough:
        return every
    return Found("SELECT value AS number FROM json_each(:rows)", {"rows": json.dumps(numbers)}, much=False)


def whole(database: Database, record_type: RecordType, text: str) -> Found:
    """All that a text finds in the index of a type that has one, and by a whole number or name that is not in it."""
    indexed = _indexed(record_type)
    sql, parameters = f"SELECT rowid AS number {indexed}", {"text": expression(text)}
    beside = [
        *_saying(database, record_type, text, Kind.PHONE, phones.forms_of(text)),
        *_saying(database, record_type, text, Kind.TEXT, person_names.forms_of(text)),
    ]
    if beside:
        sql += " UNION ALL SELECT value FROM json_each(:beside)"
        parameters["beside"] = json.dumps(beside)
    return Found(sql, parameters, much=True)


def _saying(
    database: Database, record_type: RecordType, text: str, kind: Kind, forms: Sequence[str]
) -> list[int]:
    """The rows that say a number or a name in one of its forms, a ``*`` in it for anything, and are not in the index.

    Nearly every word is like a name, and to read all rows for each would take longer than all else: only what the
    index does not know is looked for as one.
    """
    fields = [f for f in record_type.found_whole if (f.kind is Kind.PHONE) == (kind is Kind.PHONE)]
    marks = {f"form_{n}": form for n, form in enumerate(forms)}
    says = " OR ".join(
        f"{read(f)} {'GLOB' if '*' in form else '='} :{mark}" for f in fields for mark, form in marks.items()
    )
    if not says:
        return []
    indexed, asked = _indexed(record_type), {"text": expression(text), **marks}
    if kind is not Kind.PHONE and database.row(f"SELECT 1 {indexed} LIMIT 1", {"text": asked["text"]}):
        return []
    return [
        number
        for (number,) in database.rows(
            f"SELECT _row FROM {quoted(table_of(record_type.name))} WHERE ({says})"
            f" AND _row NOT IN (SELECT rowid {indexed})",
            asked,
        )
    ]


def _indexed(record_type: RecordType) -> str:
    name = quoted(indexing.index_of(record_type.name))
    return f"FROM {name} WHERE {name} MATCH :text"


def count(database: Database, record_type: RecordType, found: Found) -> int:
    """How many living records are found: what is deleted is read from its index, and no row of the table at all."""
    deleted = f"SELECT _row FROM {quoted(table_of(record_type.name))} WHERE (_life = 1) = 1"
    return int(
        database.value(
            f"SELECT count(*) FROM ({found.sql}) WHERE number NOT IN ({deleted})", found.parameters
        )
    )
