"""What records once said: so a row finds the record that it made, though its code or number was put right since."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.operations.session import Session
from desktop.records.canonical import Cell
from desktop.records.declaration import RecordType
from desktop.store import reading


class Formerly:
    """Looks into the histories of single records of one type, into each at most once."""

    def __init__(self, session: Session, record_type: RecordType) -> None:
        self._session = session
        self._type = record_type
        self._known: dict[str, dict[str, set[Cell]]] = {}

    def said(self, record: str, values: Mapping[str, Cell]) -> bool:
        """Whether each of these values has stood in a record at some time."""
        known = self._known.get(record)
        if known is None:
            known = self._known[record] = self._history(record)
        return all(value in known.get(name, ()) for name, value in values.items())

    def _history(self, record: str) -> dict[str, set[Cell]]:
        known: dict[str, set[Cell]] = {}
        session, slots = self._session, self._type.slots
        for entry in reading.history(session.database, session.types, self._type.name, record):
            slot = slots.get(entry.slot)
            if slot is None:
                continue
            said = (entry.value or {}) if slot.grouped else {entry.slot: entry.value}
            for name, value in said.items():
                known.setdefault(name, set()).add(value)
        return known
