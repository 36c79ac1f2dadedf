"""Which records the bundles of a merge bring, change and delete: the first of each, for who looks what is in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from desktop.records.versions.born import Births
from desktop.store.merging import outcomes
from desktop.store.merging.telling import Reached, Telling
from desktop.store.peers import received
from desktop.store.tables.database import Database

OF_EACH = 200
"""So many new records are listed of each type and bundle, and so many changes of each bundle."""
OF_ALL = 5_000
"""And so many of either of all bundles: somebody reads them, and a merge may bring a million."""


class Done(Enum):
    """What an item that counts has done to a record."""

    NEW = "new"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Came:
    """A record that is new here or deleted, or a slot of one that was changed, and the ``station`` that wrote it."""

    done: Done
    type: str
    record: str
    slot: str
    station: str


@dataclass(frozen=True, slots=True)
class _Born:
    type: str
    record: str
    origin: int
    number: int
    stamp: int


class Listing:
    """What is noted while bundles are taken in, and read from the tables when all of them are."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._born: dict[int, list[_Born]] = {}
        self._noted = Counter[tuple[int, str]]()
        self._changes = 0

    def note(self, bundle: int, origin: int, births: Births) -> None:
        """These births came with a bundle and may count."""
        left = min(OF_EACH - self._noted[bundle, births.type], OF_ALL - self._noted.total())
        if left > 0:
            rows = zip(births.records[:left], births.numbers, births.stamps, strict=False)
            found = [_Born(births.type, record, origin, number, stamp) for record, number, stamp in rows]
            self._noted[bundle, births.type] += len(found)
            self._born.setdefault(bundle, []).extend(found)

    def of(self, telling: Telling, brought: Reached) -> list[Came]:
        """What came with a bundle and counts now: new records first."""
        bundle, _ = brought
        changes = telling.first_changes(brought, min(OF_EACH, OF_ALL - self._changes))
        self._changes += len(changes)
        stations = {ref: station for (station, _), ref in received.origins(self._db).items()}
        new = [
            Came(Done.NEW, b.type, b.record, "", stations[b.origin])
            for b in self._born.get(bundle, ())
            if outcomes.stands(self._db, b.type, b.record, b.origin, b.number, b.stamp)
        ]
        return new + [
            Came(Done.DELETED if deletes else Done.CHANGED, type_name, record, slot, stations[origin])
            for type_name, record, slot, deletes, origin in changes
        ]
