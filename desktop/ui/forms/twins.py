"""Whether what is being typed is registered already: by its code, or what is new by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.operations import queries
from desktop.operations.queries import Codes
from desktop.operations.recording.records import id_of_code
from desktop.records.cells import Values
from desktop.records.declaration import Kind, RecordType
from desktop.records.typed.person_names import fold_name
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import UNIT
from desktop.store.queries import reading
from desktop.store.queries.reading import Query, Record
from desktop.store.tables.database import Database

_MOST_NAMESAKES = 20


@dataclass(frozen=True, slots=True)
class Twin:
    """A record that is there: its id, its words, whether it has the same code, and whether a save joins them."""

    id: str
    title: str
    same_code: bool
    joined: bool = False


def naming_field(record_type: RecordType) -> str | None:
    """The field whose code names what a record is about, if there is one; only a key makes one record of two."""
    return record_type.key or ("code" if record_type.name == UNIT else None)


def find_twin(
    database: Database,
    types: Catalogue,
    codes: Codes,
    record_type: RecordType,
    values: Values,
    own: str | None = None,
) -> Twin | None:
    """The record with the same code, else, of a new one, that with the very same name.

    ``own`` is what is being edited, and no twin of its own.
    """

    def twin(held: Record, *, same_code: bool, joined: bool = False) -> Twin:
        return Twin(
            held.id, queries.title(database, types, codes, record_type, held.values), same_code, joined
        )

    def as_compared(name: str, of: Values) -> Cell:
        value = of.get(name)
        return (
            fold_name(value) if record_type.by_name[name].names_person and isinstance(value, str) else value
        )

    def alike(words: str, names: Sequence[str]) -> Record | None:
        found = reading.records(database, types, Query(record_type.name, text=words), _MOST_NAMESAKES)
        wanted = [as_compared(n, values) for n in names]
        same = (held for held in found if [as_compared(n, held.values) for n in names] == wanted)
        return next((held for held in same if held.id != own), None)

    naming = naming_field(record_type)
    code = values.get(naming) if naming is not None else None
    if naming is not None and isinstance(code, str) and code:
        if own is None and (joins := id_of_code(database, types, record_type, code)) is not None:
            held = reading.record(database, types, record_type.name, joins)
            if held is not None:
                return twin(held, same_code=True, joined=True)
        if (found := alike(code, [naming])) is not None:
            return twin(found, same_code=True)
    name = record_type.title[0]
    words = values.get(name)
    if own is not None or record_type.by_name[name].kind is not Kind.TEXT:
        return None
    if not isinstance(words, str) or len(words) < 2:
        return None
    namesake = alike(words, record_type.title)
    return None if namesake is None else twin(namesake, same_code=False)
