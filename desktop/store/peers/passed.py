"""Whose segments are missing in what was received of a peer's journal: receipts go past them until they may count.

They are by stations whose units were moved away or are gone, and may never be below this one again. It is kept where
the bundle began that brought the first of them: the peer goes back to a place at which a bundle of its own has ended.
"""

from __future__ import annotations

from collections.abc import Collection

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.store.peers import links
from desktop.store.peers.links import Link
from desktop.store.tables.database import Database


def note(database: Database, peer: str, incarnation: str, begin: int, stations: Collection[str]) -> None:
    """Segments of these stations were passed over in a bundle that begins at this position of a peer's journal."""
    before, known = _noted(database, peer, incarnation)
    words = [incarnation, str(min(before, begin)), *sorted(known.union(stations))]
    database.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (f"passed_{peer}", " ".join(words)),
    )


def stations(database: Database, link: Link) -> frozenset[str]:
    """The stations of which segments are missing in what was received of the journal of a peer as it speaks now."""
    return _noted(database, link.peer, link.received_incarnation)[1]


def go_back(database: Database, link: Link) -> Link:
    """The peer is to send its journal once more from where something is missing; the link as it is then."""
    begin, _ = _noted(database, link.peer, link.received_incarnation)
    with database.transaction():
        database.execute("DELETE FROM meta WHERE key = ?", (f"passed_{link.peer}",))
        return links.go_back(database, link, begin)


def _noted(database: Database, peer: str, incarnation: str) -> tuple[int, frozenset[str]]:
    value = database.value("SELECT value FROM meta WHERE key = ?", (f"passed_{peer}",))
    of, begin, *names = str(value or f" {MAX_NUMBER}").split(" ")
    return (int(begin), frozenset(names)) if of == incarnation else (MAX_NUMBER, frozenset())
