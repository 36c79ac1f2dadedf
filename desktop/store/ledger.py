"""One ledger: its own station's writes, which are items from the first keystroke, and what every reader shares."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.errors import StateProblem
from desktop.records import items
from desktop.records.canonical import ABSENT, Cell, canonical, parse
from desktop.records.deciding import ERASURE, EXCLUSION, SAME
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.identity import item_id, random_id
from desktop.records.resolution import Life, canonical_tombstone, heads_of
from desktop.records.types import Catalogue
from desktop.store import belonging, components, indexing, pending, reading, schema, steps
from desktop.store.births import indexed_afterwards, lay_out, shape_of
from desktop.store.clock import Clock
from desktop.store.columns import canonical_of, filled, quoted, table_of
from desktop.store.database import Database
from desktop.store.environment import Environment
from desktop.store.merging import Change, Merger
from desktop.store.versions import NOT_REPLACED, load_versions

SlotValue = Cell | Mapping[str, Cell]


class NotFound(StateProblem):
    """There is no such record here."""

    next_step = "它可能已被删除，或者还没有随上级的数据包下来。"


class CannotUndo(StateProblem):
    """Something newer stands on what should be taken back."""

    next_step = "请先撤消后来的修改，或者直接改成需要的内容。"


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to be born; ``cells`` maps field names to values, empty ones may be left out.

    Without a ``record`` its id follows from the item, as the types ask for that are their author's alone.
    """

    type: str
    record: str
    unit: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class SlotEdit:
    """A slot to be changed; a group's value is a mapping of its fields."""

    type: str
    record: str
    slot: str
    value: SlotValue


@dataclass(frozen=True, slots=True)
class Again:
    """A change that is written once more as it was: canonical ``value``, and the stamps that its writer saw.

    What has been written meanwhile stands beside it and is not decided by it.
    """

    type: str
    record: str
    slot: str
    value: str
    replaces: tuple[int | tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Deletion:
    """A record to be deleted, or brought back when ``revive`` is set."""

    type: str
    record: str
    revive: bool = False


@dataclass(frozen=True, slots=True)
class Restoration:
    """What stood in a slot before it was changed, as canonical texts with the id that each was said under.

    They are several for a conflict, the one that was shown last.
    ``within``: only what stands under these ids, whatever else is one with them now.
    """

    type: str
    record: str
    slot: str
    values: tuple[tuple[str, str], ...]
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangeSet:
    """What an operation changed: record ids by type. ``stamp`` names the operation, 0 when nothing was written."""

    stamp: int = 0
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    everything: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not self.records and not self.everything


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
        self.database.execute(
            "INSERT INTO origin (station, incarnation) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (station, incarnation),
        )
        return int(
            self.database.value(
                "SELECT ref FROM origin WHERE station = ? AND incarnation = ?", (station, incarnation)
            )
        )

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
            number = first = self.next_number()
            merger = Merger(self.database, self.types)
            lines: list[pending.Line] = []
            new: dict[str, dict[str, None]] = {}
            changed: dict[str, dict[str, None]] = {}
            searched: dict[str, dict[str, None]] = {}
            rows_before: dict[str, int] = {}
            for type_name, group in _by_type(births).items():
                record_type = self.types[type_name]
                shape = shape_of(record_type, [b.cells for b in group])
                shape_ref = self._shape_ref(type_name, shape)
                ids = [b.record or self._item_id(type_name, n) for n, b in enumerate(group, number)]
                born = [(key, b.unit, b.cells) for key, b in zip(ids, group, strict=True)]
                births_of_type, written = lay_out(
                    record_type, shape, born, origin=self.origin, stamp=stamp, first=number, operator=operator
                )
                with indexed_afterwards(self.database, record_type, len(group)) as last_row:
                    added = merger.add_births(births_of_type)
                lines += [(n, shape_ref, line) for n, line in enumerate(written, number)]
                new[type_name] = dict.fromkeys(ids)
                if added == len(group):
                    rows_before[type_name] = last_row
                else:
                    searched[type_name] = dict(new[type_name])
                number += len(group)
            changes = [
                *self._changes(edits, stamp, operator),
                *_once(self._tombstones(deletions, stamp, operator)),
                *self._restored(restorations, stamps, operator),
                *self._again(again, stamp, operator),
            ]
            numbered = []
            for change in changes:
                numbered.append(self._numbered(change, number))
                lines.append((number, None, self._change_line(numbered[-1])))
                changed.setdefault(change.type, {})[change.record] = None
                if indexing.holds(self.types[change.type], change.slot):
                    searched.setdefault(change.type, {})[change.record] = None
                number += 1
            if number == first:
                return ChangeSet()
            merger.add_changes(numbered)
            shown = merger.finish(self.environment.since_epoch()).shown
            pending.keep(self.database, self.environment, lines)
            self.note_received(self.origin, first, number - 1)
            self.database.execute(
                "INSERT INTO operation (stamp, name, operator, at, first, last, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (stamp, operation, operator, self.environment.now(), first, number - 1, undoes),
            )
            for type_name, joined in shown.items():
                changed.setdefault(type_name, {}).update(dict.fromkeys(sorted(joined)))
                searched.setdefault(type_name, {}).update(dict.fromkeys(sorted(joined)))
            for type_name, last_row in rows_before.items():
                indexing.add(self.database, self.types[type_name], last_row)
            for type_name, records in searched.items():
                indexing.update(self.database, self.types[type_name], list(records))
        return ChangeSet(stamp, {t: tuple(new.get(t, {}) | changed.get(t, {})) for t in new | changed})

    def next_number(self) -> int:
        """The number of the next own item: 1, 2, 3 … without gaps in this incarnation."""
        last = self.database.value("SELECT max(last) FROM received WHERE origin = ?", (self.origin,))
        return 1 + int(last or 0)

    def note_received(self, origin: int, first: int, last: int) -> None:
        """Takes item numbers into the set of those that are known here, joining neighbours."""
        self.database.execute(
            "INSERT INTO received (origin, first, last) VALUES (?, ?, ?)"
            " ON CONFLICT (origin, first) DO UPDATE SET last = max(last, excluded.last)",
            (origin, first, last),
        )
        ranges = self.database.rows(
            "SELECT first, last FROM received WHERE origin = :origin AND first <= :last + 1 AND last >= :first - 1",
            {"origin": origin, "first": first, "last": last},
        )
        if len(ranges) > 1:
            low, high = min(r[0] for r in ranges), max(r[1] for r in ranges)
            self.database.execute(
                "DELETE FROM received WHERE origin = ? AND first >= ? AND last <= ?", (origin, low, high)
            )
            self.database.execute(
                "INSERT INTO received (origin, first, last) VALUES (?, ?, ?)", (origin, low, high)
            )

    def journal_again(self, found: Iterable[tuple[int, int]]) -> None:
        """Puts the segments of items (origin, number) that begin to count only now at the end of the journal.

        Without it a station below that has received this ledger's journal past them would never see them (rule 21).
        """
        passed = int(
            self.database.value(
                "SELECT max((SELECT coalesce(max(e.position), 0) FROM exported e JOIN link l ON l.peer = e.peer"
                "  WHERE NOT l.upward), (SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta"
                "  WHERE key GLOB 'looked_*'))"
            )
        )
        positions = {
            position
            for origin, number in found
            for (position,) in self.database.rows(
                "SELECT position FROM segment WHERE origin = ? AND first <= ? AND last >= ? AND position <= ?",
                (origin, number, number, passed),
            )
        }
        for position in sorted(positions):
            self.database.execute(
                "UPDATE segment SET position = (SELECT max(position) + 1 FROM segment) WHERE position = ?",
                (position,),
            )

    def undo(self, stamp: int, operator: str) -> ChangeSet:
        """Takes an operation back by ordinary changes (rule 11); what was in conflict before it is so again.

        Raises :class:`CannotUndo` when a newer version stands on one of its items, or it is not this station's.
        """
        found = steps.operation(self.database, stamp)
        if found is None:
            raise CannotUndo("没有找到这一步操作，它可能是在别的电脑上做的。", "请核对操作号。")
        # A restored ledger numbers its items anew: their stamps say that they are those of this operation.
        span = {"origin": self.origin, "first": found.first, "last": found.last, "stamp": stamp}
        deletions: list[Deletion] = []
        for type_name, record in steps.born(self.database, self.types, self.origin, found):
            if self.database.row(
                "SELECT 1 FROM version WHERE record = unhex(?) AND type = ? AND NOT birth LIMIT 1",
                (record, type_name),
            ):
                raise CannotUndo("这条记录后来又改过，不能整条撤消。")
            if components.members(self.database, type_name, record):
                raise CannotUndo("这条记录已经和别的合并，不能整条撤消。", "请先在“重复的记录”里撤销合并。")
            if type_name == ERASURE:
                raise CannotUndo("清除个人信息不能撤消。", "需要的内容请重新填写。")
            if type_name == EXCLUSION and self._is_own_exclusion(record):
                raise CannotUndo("更正日期不能撤消，不然错误的日期又回来了。", "需要改的请直接修改。")
            deletions.append(Deletion(type_name, record))
        changed: dict[tuple[str, str, str], set[int]] = {}
        for type_name, record, slot, at in self.database.rows(
            "SELECT type, lower(hex(record)), slot, stamp FROM version WHERE origin = :origin"
            " AND number BETWEEN :first AND :last AND stamp > :earlier AND stamp <= :stamp AND NOT birth"
            " ORDER BY number",
            span | {"earlier": steps.earlier(self.database, stamp)},
        ):
            changed.setdefault((type_name, record, slot), set()).add(at)
        # What was written when records became one is taken back on either side by itself.
        edges = {d.record for d in deletions if d.type == SAME} | {r for t, r, _ in changed if t == SAME}
        restorations: list[Restoration] = []
        for place, own in changed.items():
            within = components.side(self.database, place[0], place[1], edges) if edges else ()
            if {(r, s) for r, s, _ in self.standing(*place, within=within)} != {(place[1], s) for s in own}:
                raise CannotUndo("这个内容后来又改过，不能撤消。")
            restorations.append(self.before(*place, own, within=within))
        return self.write(
            f"撤消：{found.name}", operator, deletions=deletions, restorations=restorations, undoes=stamp
        )

    def _is_own_exclusion(self, record: str) -> bool:
        """Whether an exclusion is of this station's own items: that is how a wrong date is put right."""
        items_named = self.database.value(
            f"SELECT items FROM {quoted(table_of(EXCLUSION))} WHERE id = unhex(?)", (record,)
        )
        return str(items_named or "").startswith(self.station)

    def before(
        self, type_name: str, record: str, slot: str, own: set[int], *, within: tuple[str, ...] = ()
    ) -> Restoration:
        """What stood before the versions with these stamps, which are the heads of the slot now."""
        ids = within or components.members(self.database, type_name, record)
        if slot == DELETED_SLOT:
            # Whether it is deleted is said of each of them.
            ids = (record,)
        logged = [
            v for r in ids or (record,) for v in load_versions(self.database, type_name, bytes.fromhex(r))
        ]
        heads = heads_of(v for v in logged if v.slot == slot and not (v.record == record and v.stamp in own))
        shown_last = sorted(heads, key=lambda v: (not v.birth, v.stamp, v.value.encode()))
        # Of equal values the newest keeps its place.
        under: dict[str, str] = {}
        for v in reversed(shown_last):
            under.setdefault(v.value, v.record)
        values = tuple(under.items())[::-1] or ((ABSENT, record),)
        return Restoration(type_name, record, slot, values, within)

    # -- versions --------------------------------------------------------------------------------------------------

    def heads(self, type_name: str, record: str, slot: str) -> list[tuple[int, str]]:
        """Stamp and canonical value of the heads of a slot, oldest first (rule 5)."""
        return [(stamp, value) for _, stamp, value in self.standing(type_name, record, slot)]

    def standing(
        self, type_name: str, record: str, slot: str, *, within: tuple[str, ...] = ()
    ) -> list[tuple[str, int, str]]:
        """Record, stamp and canonical value of the heads of a slot, under all ids that are one or those ``within``."""
        present = components.members(self.database, type_name, record)
        ids = within or present
        if not present:
            return [(record, stamp, value) for stamp, value in self._logged_heads(type_name, record, slot)]
        joined = components.load(self.database, self.types, type_name, ids)
        of = joined.own[record] if slot == DELETED_SLOT else joined.slots
        return [(h.record, h.stamp, h.value) for h in (of[slot].heads if slot in of else ())]

    def _logged_heads(self, type_name: str, record: str, slot: str) -> list[tuple[int, str]]:
        logged = self.database.rows(
            f"SELECT v.stamp, v.value, ({NOT_REPLACED}) FROM version v WHERE v.record = unhex(:record)"
            f" AND v.slot = :slot AND v.type = :type ORDER BY v.stamp, v.value",
            {"record": record, "slot": slot, "type": type_name},
        )
        if logged:
            return [(stamp, value) for stamp, value, head in logged if head]
        return self._birth_head(type_name, record, slot)

    def _birth_head(self, type_name: str, record: str, slot_name: str) -> list[tuple[int, str]]:
        table = quoted(table_of(type_name))
        if slot_name == UNIT_SLOT:
            return self.database.rows(
                f"SELECT r._stamp, json_quote(u.id) FROM {table} r JOIN unit_ref u ON u.ref = r.unit"
                f" WHERE r.id = unhex(?)",
                (record,),
            )
        record_type = self.types.get(type_name)
        if record_type is None or slot_name not in record_type.slots:
            return []
        slot = record_type.slots[slot_name]
        return self.database.rows(
            f"SELECT r._stamp, {canonical_of(slot, 'r.')} FROM {table} r"
            f" WHERE r.id = unhex(?) AND {filled(slot, 'r.')}",
            (record,),
        )

    def _changes(self, edits: Iterable[SlotEdit], stamp: int, operator: str) -> Iterable[Change]:
        for edit in edits:
            record = self.written_under(edit.type, edit.record)
            standing = self.standing(edit.type, edit.record, edit.slot)
            value = canonical(edit.value)
            shown = {v for _, _, v in standing} or {ABSENT}
            if shown == {value}:
                continue
            yield Change(
                items.CHANGE, edit.type, record, self._as(edit.type, record), edit.slot, stamp,
                _named(record, standing), self.origin, 0, operator, value,
            )  # fmt: skip

    def _tombstones(self, deletions: Iterable[Deletion], stamp: int, operator: str) -> Iterable[Change]:
        for deletion in self._of_all(deletions):
            unit = self._as(deletion.type, deletion.record)
            replaced = tuple(s for s, _ in self.heads(deletion.type, deletion.record, DELETED_SLOT))
            kind = items.CHANGE if deletion.revive else items.TOMBSTONE
            value = ABSENT if deletion.revive else self._tombstone(deletion.type, deletion.record)
            yield Change(
                kind, deletion.type, deletion.record, unit, DELETED_SLOT, stamp, replaced, self.origin, 0, operator,
                value,
            )  # fmt: skip
            if not deletion.revive:
                yield from self._tombstones(self._live_children(deletion), stamp, operator)

    def _restored(
        self, restorations: Iterable[Restoration], stamps: Sequence[int], operator: str
    ) -> Iterable[Change]:
        """All that stood replaces all that stands, so it stands side by side again."""
        for back in restorations:
            standing = self.standing(back.type, back.record, back.slot, within=back.within)
            if {v for _, _, v in standing} == {v for v, _ in back.values}:
                continue
            for stamp, (value, said_under) in zip(stamps[-len(back.values) :], back.values, strict=True):
                deleted = back.slot == DELETED_SLOT and value != ABSENT
                record = back.record
                if said_under != record and self._may_write(self._as(back.type, said_under)):
                    record = said_under
                yield Change(
                    items.TOMBSTONE if deleted else items.CHANGE, back.type, record, self._as(back.type, record),
                    back.slot, stamp, _named(record, standing), self.origin, 0, operator, value,
                )  # fmt: skip

    def _again(self, again: Iterable[Again], stamp: int, operator: str) -> Iterable[Change]:
        for a in again:
            deleted = a.slot == DELETED_SLOT and a.value != ABSENT
            yield Change(
                items.TOMBSTONE if deleted else items.CHANGE, a.type, a.record, self._as(a.type, a.record), a.slot,
                stamp, a.replaces, self.origin, 0, operator, a.value,
            )  # fmt: skip

    def _of_all(self, deletions: Iterable[Deletion]) -> Iterable[Deletion]:
        """Rule 10: records that are one are deleted and brought back together, each by what is said under its id."""
        for deletion in deletions:
            ids = components.members(self.database, deletion.type, deletion.record)
            if not ids:
                yield deletion
                continue
            lives = components.load(self.database, self.types, deletion.type, ids).lives
            done = Life.LIVE if deletion.revive else Life.DELETED
            wanted = [r for r in ids if lives[r] is not done]
            writable = [r for r in wanted if self._may_write(self._as(deletion.type, r))]
            for record in writable or wanted or ids[:1]:
                yield Deletion(deletion.type, record, deletion.revive)

    def written_under(self, type_name: str, record: str) -> str:
        """The id that an edit is written under: the smallest that is not deleted and that this station may write."""
        ids = components.members(self.database, type_name, record)
        if not ids:
            return record
        lives = components.load(self.database, self.types, type_name, ids).lives
        living = [r for r in ids if lives[r] is not Life.DELETED] or list(ids)
        return next((r for r in living if self._may_write(self._as(type_name, r))), living[0])

    def _live_children(self, deletion: Deletion) -> list[Deletion]:
        """Children of other stations' units stay: their parent is then "deleted against edited" for who holds both."""
        return [
            Deletion(name, record.hex())
            for name, record in belonging.living(self.database, self.types, deletion.type, (deletion.record,))
            if self._may_write(self._as(name, record.hex()))
        ]

    def _tombstone(self, type_name: str, record: str) -> str:
        births = {b for (b,) in self.database.rows(
            f"SELECT _stamp FROM {quoted(table_of(type_name))} WHERE id = unhex(?)", (record,))}  # fmt: skip
        births |= {b for (b,) in self.database.rows(
            "SELECT stamp FROM version WHERE record = unhex(?) AND type = ? AND birth",
            (record, type_name))}  # fmt: skip
        if ids := components.members(self.database, type_name, record):
            own = components.load(self.database, self.types, type_name, ids).own[record]
            return canonical_tombstone(
                [
                    (s, h.stamp)
                    for s, slot in own.items()
                    if s != DELETED_SLOT
                    for h in slot.heads
                    if not h.birth
                ],
                births,
            )
        heads = self.database.rows(
            f"SELECT v.slot, v.stamp FROM version v WHERE v.record = unhex(:record) AND v.type = :type AND NOT v.birth"
            f" AND v.slot <> :deleted AND {NOT_REPLACED}",
            {"record": record, "type": type_name, "deleted": DELETED_SLOT},
        )
        return canonical_tombstone([(s, t) for s, t in heads], births)

    def unit_of(self, type_name: str, record: str) -> str:
        """The unit that a record belongs to; raises :class:`NotFound`."""
        found = self.database.value(
            f"SELECT u.id FROM {quoted(table_of(type_name))} r JOIN unit_ref u ON u.ref = r.unit"
            f" WHERE r.id = unhex(?)",
            (record,),
        )
        if found is None:
            raise NotFound("没有找到这条记录。")
        return str(found)

    def _as(self, type_name: str, record: str) -> str:
        """The unit under which a change is written: the present one, or one that the record had and is written here."""
        if ids := components.members(self.database, type_name, record):
            # What is shown of records that are one may be the unit of another of them.
            own = components.load(self.database, self.types, type_name, ids).own[record]
            present = str(parse(own[UNIT_SLOT].value))
        else:
            present = self.unit_of(type_name, record)
        if self._may_write(present):
            return present
        had = self.database.rows(
            "SELECT u.id FROM record_unit r JOIN unit_ref u ON u.ref = r.unit WHERE r.record = unhex(?)"
            " AND r.type = ? ORDER BY u.id",
            (record, type_name),
        )
        return next((unit for (unit,) in had if self._may_write(unit)), present)

    def _may_write(self, unit: str) -> bool:
        """Whether a unit is this workspace's or lies below; a ledger without a unit of its own writes for all."""
        own = self.meta("unit_id")
        return own is None or unit == own or unit in reading.subtree(self.database, own)

    # -- lines -----------------------------------------------------------------------------------------------------

    def _numbered(self, change: Change, number: int) -> Change:
        return Change(
            change.kind, change.type, change.record, change.unit, change.slot, change.stamp, change.replaces,
            change.origin, number, change.operator, change.value,
        )  # fmt: skip

    def _change_line(self, change: Change) -> bytes:
        head = items.Head(
            change.kind, change.type, change.record, change.unit, change.slot, change.stamp,
            tuple(items.Replaced(s) if isinstance(s, int) else items.Replaced(s[1], s[0]) for s in change.replaces),
            change.number, change.operator,
        )  # fmt: skip
        slot = self.types[change.type].slots.get(change.slot)
        salt = items.sealed() if slot is not None and slot.personal else None
        return items.change_line(head, parse(change.value), salt)

    def _shape_ref(self, type_name: str, shape: items.Shape) -> int:
        text = canonical_shape(type_name, shape)
        self.database.execute(
            "INSERT INTO shape (type, json) VALUES (?, ?) ON CONFLICT (json) DO NOTHING", (type_name, text)
        )
        return int(self.database.value("SELECT ref FROM shape WHERE json = ?", (text,)))

    def _materialise_added(self, added: Iterable[tuple[str, str]]) -> None:
        """Rule 2: what older programs kept without knowing it becomes visible."""
        with self.database.transaction():
            merger = Merger(self.database, self.types)
            for name in merger.resolve_again(added):
                indexing.rebuild(self.database, self.types[name])


def _named(record: str, standing: Iterable[tuple[str, int, str]]) -> tuple[int | tuple[str, int], ...]:
    """The entries of ``replaces`` for these heads, of which those of other records name them."""
    return tuple(stamp if of == record else (of, stamp) for of, stamp, _ in standing)


def _once(tombstones: Iterable[Change]) -> Iterable[Change]:
    """One for each record: what belongs to a record that is deleted may also be named itself, as when undoing."""
    said: set[tuple[str, str]] = set()
    for change in tombstones:
        if (change.type, change.record) not in said:
            said.add((change.type, change.record))
            yield change


def canonical_shape(type_name: str, shape: items.Shape) -> str:
    """The text under which a shape is kept until the segment that states it is cut."""
    return json.dumps({type_name: shape.to_json()}, ensure_ascii=False, separators=(",", ":"))


def _by_type(births: Sequence[NewRecord]) -> dict[str, list[NewRecord]]:
    groups: dict[str, list[NewRecord]] = {}
    for birth in births:
        groups.setdefault(birth.type, []).append(birth)
    return groups
