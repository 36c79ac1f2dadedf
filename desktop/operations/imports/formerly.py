"""What records once said: so a row finds the record that it made, though its code or number was put right since."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.operations.session import Session
from desktop.records.declaration import RecordType
from desktop.records.versions.canonical import Cell
from desktop.store.queries.history import versions_of


class Formerly:
    """Looks into the histories of single records of one type, into each slot at most once."""

    def __init__(self, session: Session, record_type: RecordType) -> None:
        self._session = session
        self._type = record_type
        self._known: dict[tuple[str, str], dict[str, set[Cell]]] = {}

    def said(self, record: str, values: Mapping[str, Cell]) -> bool:
        """Whether each of these values has stood in a record at some time."""
        return all(value in self._once(record, name) for name, value in values.items())

    def _once(self, record: str, name: str) -> set[Cell]:
        slot = self._type.slots[self._type.slot_of[name]]
        known = self._known.get((record, slot.name))
        if known is None:
            known = self._known[record, slot.name] = {}
            session = self._session
            for entry in versions_of(session.database, session.types, self._type.name, record, slot.name):
                said = (entry.value or {}) if slot.grouped else {name: entry.value}
                for member, value in said.items():
                    known.setdefault(member, set()).add(value)
        return known.get(name, set())
