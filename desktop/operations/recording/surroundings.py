"""What rules may know beside a record: what it leads to and its children, read for many records at once.

Nothing is read before a rule asks for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import partial

from desktop.operations.form_data import FormData, erased_fields
from desktop.records.cells import Values
from desktop.records.checks import Context
from desktop.records.declaration import RecordType
from desktop.records.types import Catalogue
from desktop.store.queries import lookup
from desktop.store.queries.reading import Record
from desktop.store.tables.database import Database

_FAMILIES = 50
"""So many parents' children are held at a time: some have hundreds."""


class Surroundings:
    """The contexts of records of one type; ``erased`` has the fields that were erased for good, by record."""

    def __init__(
        self,
        database: Database,
        types: Catalogue,
        record_type: RecordType,
        held: Sequence[Record],
        today: datetime.date,
        erased: Mapping[str, frozenset[str]],
    ) -> None:
        self._database, self._types, self._type = database, types, record_type
        self._held, self._today, self._erased = held, today, erased
        self._links: dict[str, Mapping[str, Values]] = {}
        self._families: dict[str, Mapping[str, Sequence[Values]]] = {}

    def context(self, held: Record) -> Context:
        """What rules may know beside one of the records."""
        return Context(
            self._today,
            partial(self._children, held.id),
            partial(self._linked, held.values),
            self._erased.get(held.id, frozenset()),
        )

    def _linked(self, values: Values, field: str) -> Values | None:
        link, target = self._type.by_name[field].link, values.get(field)
        if link is None or not isinstance(target, str):
            return None
        if field not in self._links:
            targets = (held.values.get(field) for held in self._held)
            self._links[field] = self._read(link, {cell for cell in targets if isinstance(cell, str)})
        return self._links[field].get(target)

    def _read(self, link: str, ids: set[str]) -> Mapping[str, Values]:
        linked_type = self._types[link]
        return lookup.values(self._database, linked_type, ids, [f.name for f in linked_type.fields])

    def _children(self, parent: str, child: str) -> Sequence[Values]:
        if parent not in self._families.get(child, ()):
            ids = [held.id for held in self._held]
            start = ids.index(parent) // _FAMILIES * _FAMILIES
            family = ids[start : start + _FAMILIES]
            self._families[child] = lookup.children(self._database, self._types[child], family)
        return self._families[child][parent]


def context_of(database: Database, types: Catalogue, held: Record, today: datetime.date) -> Context:
    """What rules may know beside one record that is held here."""
    record_type = types[held.type]
    erased = erased_fields(database, record_type, held.id)
    return Surroundings(database, types, record_type, [held], today, erased).context(held)


def live_context(data: FormData | None, today: datetime.date) -> Context:
    """What rules may know of a record that is being typed, from what the form was given."""
    if data is None:
        return Context(today)
    return Context(today, lambda child: data.children.get(child, ()), data.linked.get, data.erased)
