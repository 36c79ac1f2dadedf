"""Which edges join records (rule 10): those that count, and whose writers stood above all that have either end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.identity import is_id
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import parse
from desktop.records.versions.deciding import DECIDING_TYPES, SAME, SUPERIOR, UNIT
from desktop.records.versions.resolution import Life, heads_of
from desktop.store.log.versions import life, load_versions
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

# Where a row was taken apart its columns are filled again only at the end; whoever says an edge says the same.
SAID = "SELECT lower(hex(r.id)), " + ", ".join(
    f"coalesce(r.{name}, (SELECT v.value ->> '$' FROM version v WHERE v.record = r.id AND v.type = '{SAME}'"
    f" AND v.slot = '{name}' LIMIT 1)) AS {name}"
    for name in ("kind", "one", "other")
) + (
    f", EXISTS (SELECT 1 FROM version d WHERE d.record = r.id AND d.slot = '{DELETED_SLOT}' AND d.type = '{SAME}')"
    " FROM r_same r"
)  # fmt: skip
"""Id, type, and the two ids of every edge, and whether anybody has said that it is deleted."""
_MOST_KNOWN = 10_000
"""Records of which it is kept whose they are: there may be a million."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge that is not deleted, between records that have births here.

    ``writers`` are the units under which it was born, ``owners`` those that have either record or claim it. It
    ``joins`` them if one of the writers is known to stand, or to have stood, above all of the owners.
    """

    id: str
    kind: str
    one: str
    other: str
    writers: frozenset[str]
    owners: frozenset[str]
    joins: bool


def said(database: Database, types: Catalogue, among: Collection[str] | None = None) -> Iterator[Edge]:
    """All of them, or those between some records, but for the types that are never one."""
    tree = _Tree(database)
    for edge, kind, one, other, deleted in database.execute(SAID):
        if (
            kind not in types
            or not all(isinstance(end, str) and is_id(end) for end in (one, other))
            # Were two units one, the other would be gone from the tree.
            or kind in DECIDING_TYPES
            or types[kind].by_program
            or (among is not None and not (one in among and other in among))
            or (deleted and _is_off(database, edge))
        ):
            continue
        owned = [tree.owners_of(kind, end) for end in (one, other)]
        if all(owned):
            writers, owners = tree.units_of(SAME, edge), owned[0] | owned[1]
            # Whoever claims a public code shall not join what others have under it: he has to stand above them all.
            joins = any(tree.covers(above, owners) for above in writers)
            yield Edge(edge, kind, one, other, frozenset(writers), frozenset(owners), joins)


def kinds(database: Database) -> set[str]:
    """The types of which somebody says that records are one, known or not."""
    return {k for (k,) in database.rows(f"SELECT kind FROM ({SAID}) UNION SELECT type FROM component")}


def idle(database: Database, types: Catalogue, within: Collection[str]) -> list[str]:
    """The edges written under these units that join nothing, since somebody elsewhere has or claims a record too.

    As far as they are about records of units below the writer, which believe it; and only where it is known of all that
    have them where they stand, for others may know better. And those that would make too many records one: others may
    know of fewer.
    """
    tree = _Tree(database)
    return [
        edge.id
        for edge in said(database, types)
        if tree.knows(edge.owners)
        and any(
            writer in within and (edge.joins or tree.has_below(writer, edge.owners))
            for writer in edge.writers
        )
        and not (edge.joins and _are_one(database, edge))
    ]


def _are_one(database: Database, edge: Edge) -> bool:
    """Whether what an edge that joins is about is one by now."""
    return (
        database.row("SELECT 1 FROM component WHERE type = ? AND id = unhex(?)", (edge.kind, edge.one))
        is not None
    )


def _is_off(database: Database, edge: str) -> bool:
    """Whether an edge is deleted by what the log says now; its row learns it only at the end of the merge."""
    births = [s for (s,) in database.rows("SELECT _stamp FROM r_same WHERE id = unhex(?)", (edge,))]
    return life(database, SAME, bytes.fromhex(edge), births) is Life.DELETED


class _Tree:
    """Which units stand or stood above which, as far as it is known here."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._own = database.value("SELECT value FROM meta WHERE key = 'unit_id'")
        self._lower: dict[str | None, set[str]] = {}
        self._known = set() if self._own is None else {str(self._own)}
        self._owners: dict[tuple[str, str], set[str]] = {}
        # The unit that was asked about last, and all that are or were below it: mostly one says of very many records.
        self._below: tuple[str, set[str]] = ("", set())
        for unit, superior in database.rows(
            # All that its births and changes say, as the log has it once any of it was overwritten: where a row was
            # taken apart its column shows until the end what counts no longer.
            "SELECT lower(hex(u.id)), CASE WHEN v.record IS NULL THEN nullif(lower(hex(u.superior)), '')"
            f" ELSE v.value ->> '$' END FROM r_unit u LEFT JOIN version v ON v.record = u.id AND v.type = '{UNIT}'"
            f" AND v.slot = '{SUPERIOR}'"
        ):
            self._known.add(unit)
            self._lower.setdefault(superior, set()).add(unit)

    def units_of(self, name: str, record: str) -> set[str]:
        """The units that a record itself has or had; none where it has no birth here."""
        table = quoted(table_of(name))
        return {u for (u,) in self._db.rows(
            f"SELECT u.id FROM {table} r JOIN record_unit o ON o.record = r.id AND o.type = :type"
            f" JOIN unit_ref u ON u.ref = o.unit WHERE r.id = unhex(:record) UNION"
            # What is shown of records that are one may be the unit of another of them.
            f" SELECT u.id FROM {table} r JOIN unit_ref u ON u.ref = r.unit WHERE r.id = unhex(:record)"
            f" AND NOT EXISTS (SELECT 1 FROM component m WHERE m.id = r.id AND m.type = :type)",
            {"type": name, "record": record})}  # fmt: skip

    def owners_of(self, name: str, record: str) -> set[str]:
        """The units that a record itself has now, or is claimed by; none where it has no birth here."""
        # Thousands of edges may name one record, of which thousands of things may be said.
        if (name, record) not in self._owners:
            if len(self._owners) >= _MOST_KNOWN:
                self._owners.clear()
            self._owners[name, record] = self._claimed_by(name, record) or self.units_of(name, record)
        return self._owners[name, record]

    def _claimed_by(self, name: str, record: str) -> set[str]:
        """What the log says of whose a record is: nothing of nearly all, of which only their births tell it."""
        said = "SELECT 1 FROM version WHERE record = unhex(?) AND slot = 'unit' AND type = +? LIMIT 1"
        if self._db.row(said, (record, name)) is None:
            return set()
        return {
            parse(h.value)
            for h in heads_of(load_versions(self._db, name, bytes.fromhex(record), only=UNIT_SLOT))
        }

    def covers(self, above: str, units: Iterable[str]) -> bool:
        """Whether all of the units are the one ``above``, or stand or stood below it.

        Who stands above this station is believed about units that are not known here.
        """
        below = self._reached_from(above)
        return all(unit in below or (unit not in self._known and self._believed(above)) for unit in units)

    def knows(self, units: Set[str]) -> bool:
        """Whether it is known where all of these units stand."""
        return units <= self._known

    def has_below(self, above: str, units: Set[str]) -> bool:
        """Whether one of the units stands or stood below another one."""
        return not (self._reached_from(above) - {above}).isdisjoint(units)

    def _believed(self, above: str) -> bool:
        return self._own is None or (above != self._own and self._own in self._reached_from(above))

    def _reached_from(self, above: str) -> set[str]:
        if self._below[0] != above:
            found, waiting = set[str](), {above}
            while waiting:
                found |= waiting
                waiting = set().union(*(self._lower.get(unit, ()) for unit in waiting)) - found
            self._below = above, found
        return self._below[1]
