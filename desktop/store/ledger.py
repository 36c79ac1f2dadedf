"""One ledger: its own station's writes, which are items from the first keystroke, and what every reader shares."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache

from desktop.records.declaration import DELETED_SLOT
from desktop.records.identity import item_id, random_id
from desktop.records.types import Catalogue
from desktop.records.versions.deciding import ERASURE, EXCLUSION, SAME, UNIT
from desktop.records.versions.spans import Span
from desktop.store.log import components, heads
from desktop.store.merging.merging import Merger
from desktop.store.peers import received, segment_log
from desktop.store.queries import indexing, steps
from desktop.store.tables import schema
from desktop.store.tables.clock import Clock
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database
from desktop.store.tables.environment import Environment
from desktop.store.tables.writes import Again as Again
from desktop.store.tables.writes import CannotUndo as CannotUndo
from desktop.store.tables.writes import ChangeSet as ChangeSet
from desktop.store.tables.writes import Deletion as Deletion
from desktop.store.tables.writes import EditedSince as EditedSince
from desktop.store.tables.writes import NewRecord as NewRecord
from desktop.store.tables.writes import NotFound as NotFound
from desktop.store.tables.writes import Restoration as Restoration
from desktop.store.tables.writes import SlotEdit as SlotEdit
from desktop.store.writing import undoing
from desktop.store.writing.changing import Changes
from desktop.store.writing.writing import Writing


class Ledger:
    """An open ledger. Every write goes through :meth:`write`; merges use :attr:`database` inside ``sync``."""

    def __init__(
        self, database: Database, types: Catalogue, environment: Environment, station: str, incarnation: str
    ) -> None:
        self.database = database
        self.types = types
        self.environment = environment
        self.station = station
        self.incarnation = incarnation
        self.clock = Clock(database, environment, station)
        added = schema.ensure(database, types)
        indexing.ensure(database, types)
        self.origin = self.origin_ref(station, incarnation)
        if added:
            self._materialise_added(added)

    # -- identities ------------------------------------------------------------------------------------------------

    def origin_ref(self, station: str, incarnation: str) -> int:
        """The small number that stands for one incarnation of a station in this database."""
        named = "SELECT ref FROM origin WHERE station = ? AND incarnation = ?"
        found = self.database.value(named, (station, incarnation))
        if found is None:
            self.database.execute(
                "INSERT INTO origin (station, incarnation) VALUES (?, ?)", (station, incarnation)
            )
            found = self.database.value(named, (station, incarnation))
        return int(found)

    def go_back_if_undone(self) -> None:
        """Should this transaction not stand, items are written in the name and under the clock of before it."""
        before = self.station, self.incarnation, self.origin, self.clock

        def go_back() -> None:
            self.station, self.incarnation, self.origin, self.clock = before

        self.database.if_undone(go_back)

    def new_id(self) -> str:
        """A fresh record id."""
        return random_id(self.environment.now(), self.environment.random(10))

    def _item_id(self, type_name: str, number: int) -> str:
        return item_id(type_name, self.station, self.incarnation, number)

    def meta(self, key: str) -> str | None:
        """A setting of the workspace."""
        value = self.database.value("SELECT value FROM meta WHERE key = ?", (key,))
        return None if value is None else str(value)

    def set_meta(self, key: str, value: str) -> None:
        """Changes a setting of the workspace."""
        self.database.execute(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def drop_meta(self, *names: str) -> None:
        """Forgets settings of the workspace."""
        self.database.connection.executemany("DELETE FROM meta WHERE key = ?", [(name,) for name in names])

    # -- the one door ----------------------------------------------------------------------------------------------

    def write(
        self,
        operation: str,
        operator: str,
        *,
        births: Sequence[NewRecord] = (),
        edits: Sequence[SlotEdit] = (),
        deletions: Sequence[Deletion] = (),
        restorations: Sequence[Restoration] = (),
        again: Sequence[Again] = (),
        undoes: int | None = None,
    ) -> ChangeSet:
        """Writes rows, log, lines to be sent and the operation's name in one transaction; all items share a stamp.

        Only the values of a conflict that is opened again have stamps of their own, up to that of the operation: one
        stamp with two values would be taken for two computers. An edit whose value stands already writes nothing.
        Raises :class:`NotFound` and ``WrongClock``.
        """
        self.clock.check()
        with self.database.transaction():
            stamps = [
                self.clock.next_stamp() for _ in range(max([1, *(len(r.values) for r in restorations)]))
            ]
            stamp = stamps[-1]
            writing = Writing(
                self.database, self.types,
                origin=self.origin, first=self.next_number(), stamp=stamp, operator=operator,
            )  # fmt: skip
            writing.bear(births, self._item_id)
            composed = self._composed
            writing.change(
                [
                    *composed.edited(edits, stamp, operator),
                    *composed.deleted(deletions, stamp, operator),
                    *composed.restored(restorations, stamps, operator),
                    *composed.written_again(again, stamp, operator),
                ]
            )
            if writing.last < writing.first:
                return ChangeSet()
            touched = writing.end(self.environment)
            self.note_received(self.origin, writing.first, writing.last)
            self.database.execute(
                "INSERT INTO operation (stamp, name, operator, at, first, last, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (stamp, operation, operator, self.environment.now(), writing.first, writing.last, undoes),
            )
        return ChangeSet(stamp, touched)

    def as_one(self, *written: ChangeSet) -> None:
        """Tells operations that were written one after the other, in this transaction, as one under the last stamp."""
        stamps = [changes.stamp for changes in written if changes.stamp]
        marks = ", ".join("?" * len(stamps))
        first = self.database.value(f"SELECT min(first) FROM operation WHERE stamp IN ({marks})", stamps)
        for stamp in stamps[:-1]:
            self.database.execute("DELETE FROM operation WHERE stamp = ?", (stamp,))
        self.database.execute("UPDATE operation SET first = ? WHERE stamp = ?", (first, stamps[-1]))

    def next_number(self) -> int:
        """The number of the next own item: 1, 2, 3 … without gaps in this incarnation."""
        return 1 + received.last_number(self.database, self.origin)

    def note_received(self, origin: int, first: int, last: int) -> None:
        """Takes item numbers into the set of those that are known here, joining neighbours."""
        received.note(self.database, origin, first, last)

    def journal_again(self, found: Mapping[int, Iterable[Span]]) -> None:
        """Puts the segments of items, by origin, that begin to count only now at the end of the journal.

        Without it a station below that has received this ledger's journal past them would never see them (rule 21).
        """
        passed = int(
            self.database.value(
                "SELECT max((SELECT coalesce(max(e.position), 0) FROM exported e JOIN link l ON l.peer = e.peer"
                "  WHERE NOT l.upward), (SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta"
                "  WHERE key GLOB 'looked_*'))"
            )
        )
        if not passed:
            return
        positions = {
            position
            for origin, spans in found.items()
            for span in spans
            for position in segment_log.positions(self.database, origin, *span)
            if position <= passed
        }
        self.to_the_end(positions)

    def to_the_end(self, positions: Iterable[int], *, news: bool = True) -> None:
        """Puts segments at the end of the journal, in their order; they are no news where one peer alone lacks them."""
        for position in sorted(positions):
            segment_log.move_to_end(self.database, position, news=news)

    def undo(self, stamp: int, operator: str) -> ChangeSet:
        """Takes an operation back by ordinary changes (rule 11); what was in conflict before it is so again.

        Raises :class:`CannotUndo` when a newer version stands on one of its items, or it is not this station's, or of
        an incarnation that is over.
        """
        found = steps.operation(self.database, stamp)
        if found is None:
            raise CannotUndo("没有找到这一步操作，它可能是在别的电脑上做的。", "请核对操作号。")
        # A restored ledger numbers its items anew: their stamps say that they are those of this operation.
        span = {"origin": self.origin, "first": found.first, "last": found.last, "stamp": stamp}
        deletions: list[Deletion] = []
        for type_name, record in steps.born(self.database, self.types, self.origin, found):
            if (slot := self._edited(type_name, record)) is not None:
                raise EditedSince("这条记录后来又改过，不能整条撤消。", type_name, record, slot)
            if components.members(self.database, type_name, record):
                raise CannotUndo(
                    "这条记录已经和别的合并，不能整条撤消。", "请先在“重复的记录”里把它们重新分开。"
                )
            if type_name == ERASURE:
                raise CannotUndo("清除个人信息不能撤消。", "需要的内容请重新填写。")
            if type_name == EXCLUSION and self._is_own_exclusion(record):
                raise CannotUndo("更正日期不能撤消，不然错误的日期又回来了。", "需要改的请直接修改。")
            deletions.append(Deletion(type_name, record))
        changed: dict[tuple[str, str, str], set[tuple[str, int]]] = {}
        upheld = steps.upheld(self.database, self.origin, found)
        for type_name, record, slot, at in self.database.rows(
            "SELECT type, lower(hex(record)), slot, stamp FROM version WHERE origin = :origin"
            " AND number BETWEEN :first AND :last AND stamp > :earlier AND stamp <= :stamp AND NOT birth"
            " ORDER BY number",
            span | {"earlier": steps.earlier(self.database, stamp)},
        ):
            if type_name != UNIT or (record, slot) not in upheld:
                changed.setdefault((type_name, record, slot), set()).add((record, at))
        # What was written when records became one is taken back on either side by itself.
        edges = {d.record for d in deletions if d.type == SAME} | {r for t, r, _ in changed if t == SAME}
        restorations: list[Restoration] = []
        for (kind, record, slot), (within, own) in self._together(changed, edges).items():
            standing = {(r, s) for r, s, _ in self.standing(kind, record, slot, within=within)}
            if standing != own:
                if not self._stands_again(kind, record, slot, standing, own):
                    raise EditedSince("这个内容后来又改过，不能撤消。", kind, record, slot)
                # All that came later was taken back: it is passed over like what is taken back now.
                own = own | steps.later(self.database, steps.Place(kind, record, slot), {s for _, s in own})
            restorations.append(self.before(kind, record, slot, own, within=within))
        if not deletions and not restorations:
            raise CannotUndo("这一步是重新入网以前做的，不能整步撤消。", "需要改的请打开记录直接修改。")
        undoing.check(self.database, self.types, restorations)
        return self.write(
            _taken_back(found.name), operator, deletions=deletions, restorations=restorations, undoes=stamp
        )

    def _stands_again(
        self, kind: str, record: str, slot: str, standing: Set[tuple[str, int]], own: Set[tuple[str, int]]
    ) -> bool:
        """Whether taking back what came later has put there again what these versions said."""
        if {r for r, _ in (*standing, *own)} - {record}:
            return False
        place = steps.Place(kind, record, slot)
        return steps.stands_again(
            self.database, self.origin, place, {s for _, s in standing}, {s for _, s in own}
        )

    def _edited(self, kind: str, record: str) -> str | None:
        """The first slot in which a record says anything else than at its birth."""
        born: dict[str, set[tuple[str, int]]] = {}
        changed: set[str] = set()
        for slot, stamp, birth in self.database.rows(
            "SELECT slot, stamp, birth FROM version WHERE record = unhex(?) AND type = +?", (record, kind)
        ):
            born.setdefault(slot, set()).update({(record, stamp)} if birth else ())
            changed.update(() if birth else (slot,))
        for slot in sorted(changed):
            standing = {(r, s) for r, s, _ in self.standing(kind, record, slot)}
            if standing != born[slot] and not self._stands_again(kind, record, slot, standing, born[slot]):
                return slot
        return None

    def _together(
        self, changed: Mapping[tuple[str, str, str], Set[tuple[str, int]]], edges: Set[str]
    ) -> dict[tuple[str, str, str], tuple[tuple[str, ...], set[tuple[str, int]]]]:
        """The versions of an operation by what they say together: of records that are one, whatever id each is under.

        By type, slot and the first of the records; with the ids on its side of ``edges``, where there are any.
        """
        first: dict[tuple[str, tuple[str, ...], str], tuple[str, str, str]] = {}
        found: dict[tuple[str, str, str], tuple[tuple[str, ...], set[tuple[str, int]]]] = {}
        # Of a record very many slots may have been changed.
        side = cache(lambda kind, record: components.side(self.database, self.types, kind, record, edges))
        for (kind, record, slot), own in changed.items():
            within = side(kind, record) if edges else ()
            ids = within or components.members(self.database, kind, record) or (record,)
            place = first.setdefault(
                (kind, (record,) if slot == DELETED_SLOT else ids, slot), (kind, record, slot)
            )
            found.setdefault(place, (within, set()))[1].update(own)
        return found

    def _is_own_exclusion(self, record: str) -> bool:
        """Whether an exclusion is of this station's own items: that is how a wrong date is put right."""
        items_named = self.database.value(
            f"SELECT items FROM {quoted(table_of(EXCLUSION))} WHERE id = unhex(?)", (record,)
        )
        return str(items_named or "").startswith(self.station)

    # -- versions --------------------------------------------------------------------------------------------------

    def heads(self, type_name: str, record: str, slot: str) -> list[tuple[int, str]]:
        """Stamp and canonical value of the heads of a slot, oldest first (rule 5)."""
        return heads.heads(self.database, self.types, type_name, record, slot)

    def standing(
        self, type_name: str, record: str, slot: str, *, within: tuple[str, ...] = ()
    ) -> list[tuple[str, int, str]]:
        """Record, stamp and canonical value of the heads of a slot, under all ids that are one or those ``within``."""
        return heads.standing(self.database, self.types, type_name, record, slot, within=within)

    def before(
        self,
        type_name: str,
        record: str,
        slot: str,
        own: Set[tuple[str, int]],
        *,
        within: tuple[str, ...] = (),
    ) -> Restoration:
        """What stood before these versions (record and stamp), which are the heads of the slot now."""
        return heads.before(self.database, type_name, record, slot, own, within=within)

    def unit_of(self, type_name: str, record: str) -> str:
        """The unit that a record belongs to; raises :class:`NotFound`."""
        return heads.unit_of(self.database, type_name, record)

    def written_under(self, type_name: str, record: str) -> str:
        """The id that an edit is written under: the smallest that is not deleted and that this station may write."""
        return self._composed.written_under(type_name, record)

    @property
    def _composed(self) -> Changes:
        return Changes(self.database, self.types, self.origin)

    def _materialise_added(self, added: Iterable[tuple[str, str]]) -> None:
        """Rule 2: what older programs kept without knowing it becomes visible.

        Whether it is of the kind of its field is judged when what counts is reckoned next.
        """
        added = list(added)
        with self.database.transaction():
            before = json.loads(self.meta(LEARNED) or "[]")
            self.set_meta(LEARNED, json.dumps([*before, *added]))
            merger = Merger(self.database, self.types)
            for name in merger.resolve_again(added):
                indexing.rebuild(self.database, self.types[name])


LEARNED = "learned_slots"
"""The setting that names types and slots which the program has come to know since what counts was reckoned last."""

_UNDONE, _REDONE = "撤消：", "重做："


def _taken_back(name: str) -> str:
    """What taking an operation back is called; that of taking one back is doing it again."""
    if name.startswith(_UNDONE):
        return _REDONE + name.removeprefix(_UNDONE)
    return _UNDONE + name.removeprefix(_REDONE)
