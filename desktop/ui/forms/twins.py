"""Whether what is being typed as new is registered already: by its code, which would join them, or by its name."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.operations import queries
from desktop.operations.queries import Codes
from desktop.records import uscc
from desktop.records.checks import Values
from desktop.records.declaration import Kind, RecordType
from desktop.records.identity import derived_id
from desktop.records.types import Catalogue
from desktop.store import reading
from desktop.store.database import Database
from desktop.store.reading import Query

_MOST_NAMESAKES = 20


@dataclass(frozen=True, slots=True)
class Twin:
    """A record that is there: its id, its words, and whether a save joins the new one with it."""

    id: str
    title: str
    same_code: bool


def find_twin(
    database: Database, types: Catalogue, codes: Codes, record_type: RecordType, values: Values
) -> Twin | None:
    """The record with the same valid code, else one with the very same name."""
    code = values.get(record_type.key) if record_type.key is not None else None
    if isinstance(code, str) and uscc.names_a_record(code):
        held = reading.record(database, types, record_type.name, derived_id(record_type.name, code))
        if held is not None:
            return Twin(held.id, queries.title(database, types, codes, record_type, held.values), True)
    name = record_type.title[0]
    words = values.get(name)
    if record_type.by_name[name].kind is not Kind.TEXT or not isinstance(words, str) or len(words) < 2:
        return None
    query = Query(record_type.name, text=words)
    for held in reading.records(database, types, query, _MOST_NAMESAKES):
        same = all(held.values.get(n) == values.get(n) for n in record_type.title)
        if same:
            return Twin(held.id, queries.title(database, types, codes, record_type, held.values), False)
    return None
