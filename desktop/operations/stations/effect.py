"""Of whose items what stands in a record may hold, for whoever only shows what was said: anybody may name anybody's."""

from __future__ import annotations

from desktop.operations.session import Here
from desktop.records.versions.deciding import EXCLUSION, REVOCATION
from desktop.store.queries import governing, reading
from desktop.store.tables.database import Database
from desktop.sync.authority import station
from desktop.sync.authority.held import Reading


class Effect:
    """By who is who in a ledger at one moment (checks 22 and 23)."""

    def __init__(self, database: Database, at: Here) -> None:
        self._known = station.knowledge(Reading(database, at.station), None).policy.known
        self._issuers = {c.claims.station for c in self._known.chain} - {at.station}
        self._writers = {kind: governing.writers(database, kind) for kind in (EXCLUSION, REVOCATION)}

    def holds(self, record: reading.Record, concerned: str) -> bool:
        """Whether its writer stands above a station that it names, or is that station and takes back its own."""
        return self._writer(record) == concerned or self.is_above(record, concerned)

    def is_above(self, record: reading.Record, concerned: str) -> bool:
        """Whether its writer stands above a station that it names."""
        if record.type == REVOCATION:
            return self._known.may_revoke(self._writer(record), concerned)
        if concerned == self._known.station and self._writer(record) in self._issuers:
            # Who has withdrawn what put this unit in the tree stands above it in its chain alone.
            return True
        return self._known.reaches(self._writer(record), concerned)

    def is_of(self, record: reading.Record, writer: str) -> bool:
        """Whether it is this station that says so."""
        return self._writer(record) == writer

    def _writer(self, record: reading.Record) -> str:
        return self._writers[record.type].get(record.id, "")
