"""What is asked of a ledger to know who is who and what counts: its own connection will do, and one that only reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from desktop.store.peers import traffic
from desktop.store.tables.database import Database


class Held(Protocol):
    """A ledger, as far as it is asked."""

    @property
    def database(self) -> Database:
        """The connection."""

    @property
    def station(self) -> str:
        """Whose it is."""

    def meta(self, key: str) -> str | None:
        """A setting of the workspace."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A ledger of which there is but a connection to read from, as in a window's worker."""

    database: Database
    station: str

    @classmethod
    def of(cls, database: Database) -> Reading:
        """That to which this connection leads."""
        return cls(database, traffic.setting(database, "station"))

    def meta(self, key: str) -> str | None:
        """A setting of the workspace."""
        return traffic.setting(self.database, key)
