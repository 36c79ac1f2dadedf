"""The incremental computation of what ``records.versions.resolution`` says, as set-based SQL inside one transaction.

Items are staged, counted or held, written to the log that only grows, and the touched slots are resolved anew. Each
step has a room of its own: ``staging``, ``counting``, ``versions``, ``resolving``, ``lives``, and ``uncounting`` for
what counts no longer and ``erasing`` for what is kept no longer. Rules are those of
``desktop/RULES.md``; their numbers stand beside the steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from desktop.records.types import Catalogue
from desktop.records.versions.born import Births
from desktop.store.log import resolving
from desktop.store.log.change import Change
from desktop.store.log.components import Components
from desktop.store.log.lives import Lives
from desktop.store.log.versions import IN_DISPUTE, ITS_CONFLICT, copy_births, log_changes
from desktop.store.merging import counting, erasing, uncounting
from desktop.store.merging.erasing import Erasure
from desktop.store.merging.staging import STAGED_AGAIN, Staging, ToSort
from desktop.store.merging.uncounting import Taken
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database

__all__ = ["Change", "Item", "Merger", "Result"]


@dataclass(frozen=True, slots=True)
class Item:
    """One item whose outcome is worth a word: (origin, number, stamp) and the record it is about."""

    origin: int
    number: int
    stamp: int
    type: str
    record: str
    slot: str


@dataclass
class Result:
    """What a merge did: held and conflicting items one by one; the rest has come to count.

    ``released`` had been held. ``lost`` had counted and wait or are in conflict, since others were taken out.
    ``newest`` is the highest stamp that has come to count, 0 when none has.
    ``shown`` are records, by type, that show something else because of what is one with them; ``edges`` tells that it
    was asked which are.
    """

    newest: int = 0
    conflict: list[Item] = field(default_factory=list)
    held: list[Item] = field(default_factory=list)
    released: list[Item] = field(default_factory=list)
    lost: list[Item] = field(default_factory=list)
    shown: dict[str, set[str]] = field(default_factory=dict)
    edges: bool = False

    def add(self, other: Result) -> None:
        """What came in a further round."""
        self.newest = max(self.newest, other.newest)
        self.conflict += other.conflict
        self.held += other.held
        self.released += other.released
        self.lost += other.lost
        self.edges |= other.edges
        for name, records in other.shown.items():
            self.shown[name] = self.shown.get(name, set()) | records


class Merger:
    """One merge inside one transaction: add births and changes in any order, then :meth:`finish` or :meth:`rounds`.

    ``listed``: rows have their place in lists; what nobody will keep needs none. ``to_sort`` is what those who merge
    in one transaction pass on to each other, see :class:`desktop.store.merging.staging.Staging`.
    """

    def __init__(
        self, database: Database, types: Catalogue, *, listed: bool = True, to_sort: ToSort | None = None
    ) -> None:
        self._db = database
        self._types = types
        self._staging = Staging(database, types, listed=listed, to_sort=to_sort)
        self._anew = False

    def add_births(self, births: Births, origin: int) -> int:
        """Writes births whose item numbers are new here; a record that exists already gets a second birth.

        How many rows were added.
        """
        return self._staging.add_births(births, origin)

    def add_changes(self, changes: Iterable[Change]) -> None:
        """Stages changes and tombstones whose item numbers are new here."""
        self._staging.add_changes(changes)

    def reaches_others(self, records: Set[str], changes: Iterable[Change], births: Iterable[Births]) -> bool:
        """See :meth:`desktop.store.merging.staging.Staging.reaches_others`."""
        return self._staging.reaches_others(records, changes, births)

    def take_out(self, items: Sequence[Taken]) -> None:
        """These have counted and count no longer; their records are resolved from what is left."""
        if items:
            uncounting.take_out(self._db, self._types, self._staging, items)
            self._anew = True

    def forget(self, erasures: Iterable[Erasure]) -> set[tuple[int, int]]:
        """These personal values are kept no longer; the items (origin, number) in whose lines they may stand."""
        return erasing.forget(self._db, self._types, erasures)

    def finish(self, now: int) -> Result:
        """Counts, logs, resolves and materialises what was staged; ``now`` is in milliseconds since 2020."""
        whole = Result()
        for result in self.rounds(now):
            whole.add(result)
        return whole

    def rounds(self, now: int) -> Iterator[Result]:
        """The same in rounds, in each of which as much of what was held is tried again as memory holds."""
        held = counting.Held(self._db)
        goes_on = True
        while goes_on:
            held.stage()
            result = self._count(now)
            goes_on = held.goes_on()
            self._staging.clear()
            yield result

    def _count(self, now: int) -> Result:
        counting.count_staged(self._db)
        self._db.execute(
            "INSERT INTO touched (record, slot, type) SELECT record, slot, type FROM staged WHERE counts = 1"
            " ON CONFLICT DO NOTHING"
        )
        self._staging.touch_led()
        copy_births(self._db, self._types, "touched")
        log_changes(self._db)
        taken_apart = self._anew
        edges = self._resolve()
        result = self._result(self._components.shown)
        result.edges = edges
        if taken_apart:
            result.lost = self._lost()
        counting.keep_held(self._db, now)
        return result

    def resolve_again(self, slots: Iterable[tuple[str, str]]) -> list[str]:
        """Materialises (type, slot) pairs whose columns came with a newer program from what the log kept (rule 2).

        The names of the types of which the log kept something.
        """
        self._db.connection.executemany(
            "INSERT INTO touched (record, slot, type) SELECT DISTINCT record, slot, type FROM version"
            " WHERE type = ? AND slot = ? ON CONFLICT DO NOTHING",
            list(slots),
        )
        found = [name for (name,) in self._db.rows("SELECT DISTINCT type FROM touched ORDER BY type")]
        self._anew = True
        self._resolve()
        self._staging.clear()
        return found

    def _resolve(self) -> bool:
        """Whether it was asked which records are one."""
        self._components = Components(self._db, self._types)
        asked = self._components.look_again(anew=self._anew or self._staging.joins)
        self._anew = False
        parents: Iterable[tuple[str, bytes]] = self._staging.parents
        self._components.take_up()
        while True:
            resolving.resolve(self._db)
            self._components.resolve()
            resolving.materialise(self._db, self._types, self._staging.note_filled)
            Lives(self._db, self._types, parents).judge()
            if not self._components.goes_on:
                return asked
            self._staging.clear_resolved()
            self._components.take_up()
            parents = ()

    def _result(self, shown: dict[str, set[str]]) -> Result:
        """Rule 17, for what was staged: held, in conflict, or applied and only counted."""
        newest = self._db.value("SELECT max(stamp) FROM staged WHERE counts = 1")
        found = "SELECT origin, number, stamp, type, lower(hex(record)), slot FROM staged"
        return Result(
            newest=max(self._staging.newest, newest or 0),
            conflict=self._items(
                f"SELECT v.origin, v.number, v.stamp, v.type, lower(hex(v.record)), max(c.slot) FROM ("
                # Nearly none is in conflict, and to look for its record is less than to look for it in the log.
                f" SELECT s.origin, s.number FROM staged s LEFT JOIN component sm ON sm.id = s.record"
                f" AND sm.type = s.type WHERE s.counts = 1 AND s.retried = 0 AND EXISTS (SELECT 1 FROM conflict sc"
                f" WHERE sc.record = coalesce(sm.head, s.record) AND sc.type = s.type)"
                f" UNION SELECT origin, number FROM second_birth{self._joined_births()}) n"
                f" CROSS JOIN version v ON v.origin = n.origin AND v.number = n.number"
                f" {ITS_CONFLICT} WHERE {IN_DISPUTE} GROUP BY v.origin, v.number"
            ),
            held=self._items(f"{found} WHERE counts = 0 AND retried = 0"),
            released=self._items(f"{found} WHERE counts = 1 AND retried = 1"),
            shown=shown,
        )

    def _lost(self) -> list[Item]:
        """Of what is left of records that were taken apart: what waits or is in conflict, perhaps only now."""
        return self._items(
            f"SELECT origin, number, stamp, type, lower(hex(record)), slot FROM staged"
            f" WHERE counts = 0 AND retried = {STAGED_AGAIN}"
        ) + self._items(
            f"SELECT v.origin, v.number, v.stamp, v.type, lower(hex(v.record)), v.slot FROM ("
            f" SELECT origin, number FROM staged WHERE counts = 1 AND retried = {STAGED_AGAIN}) n"
            f" CROSS JOIN version v ON v.origin = n.origin AND v.number = n.number"
            f" {ITS_CONFLICT} WHERE {IN_DISPUTE} GROUP BY v.origin, v.number"
        )

    def _joined_births(self) -> str:
        """What was born in this merge of records that are one with others (rule 10)."""
        before = self._staging.rows_before
        return "".join(
            f" UNION SELECT r._origin, r._number FROM component m JOIN {quoted(table_of(name))} r ON r.id = m.id"
            f" WHERE m.type = '{name}' AND r._row > {before[name]}"
            for (name,) in self._db.rows("SELECT DISTINCT type FROM component ORDER BY type")
            if name in before
        )

    def _items(self, sql: str) -> list[Item]:
        return [Item(*row) for row in self._db.rows(sql)]
