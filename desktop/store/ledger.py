"""One ledger: its own station's writes, which are items from the first keystroke, and what every reader shares."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.errors import StateProblem
from desktop.records import items
from desktop.records.canonical import ABSENT, Cell, canonical, parse
from desktop.records.deciding import ERASURE, EXCLUSION
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, RecordType
from desktop.records.identity import item_id, random_id
from desktop.records.resolution import canonical_tombstone, heads_of
from desktop.records.types import Catalogue
from desktop.store import indexing, reading, schema
from desktop.store.births import indexed_afterwards, lay_out
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
    replaces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Deletion:
    """A record to be deleted, or brought back when ``revive`` is set."""

    type: str
    record: str
    revive: bool = False


@dataclass(frozen=True, slots=True)
class Restoration:
    """What stood in a slot before it was changed, as canonical texts: several for a conflict, the one shown last."""

    type: str
    record: str
    slot: str
    values: tuple[str, ...]


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
            lines: list[tuple[int, int | None, bytes]] = []
            changed: dict[str, dict[str, None]] = {}
            for type_name, group in _by_type(births).items():
                record_type = self.types[type_name]
                shape = shape_of(record_type)
                shape_ref = self._shape_ref(type_name, shape)
                ids = [b.record or self._item_id(type_name, n) for n, b in enumerate(group, number)]
                born = [(key, b.unit, b.cells) for key, b in zip(ids, group, strict=True)]
                births_of_type, written = lay_out(
                    record_type, shape, born, origin=self.origin,
                    stamp=stamp, first=number, operator=operator, salt=self._salt,
                )  # fmt: skip
                with indexed_afterwards(self.database, record_type, len(group)):
                    merger.add_births(births_of_type)
                lines += [(n, shape_ref, line) for n, line in enumerate(written, number)]
                changed[type_name] = dict.fromkeys(ids)
                number += len(group)
            changes = [
                *self._changes(edits, stamp, operator),
                *self._tombstones(deletions, stamp, operator),
                *self._restored(restorations, stamps, operator),
                *self._again(again, stamp, operator),
            ]
            numbered = []
            for change in changes:
                numbered.append(self._numbered(change, number))
                lines.append((number, None, self._change_line(numbered[-1])))
                changed.setdefault(change.type, {})[change.record] = None
                number += 1
            if number == first:
                return ChangeSet()
            merger.add_changes(numbered)
            merger.finish(self.environment.since_epoch())
            self.database.connection.executemany(
                "INSERT INTO pending_line (number, shape, line) VALUES (?, ?, ?)", lines
            )
            self.note_received(self.origin, first, number - 1)
            self.database.execute(
                "INSERT INTO operation (stamp, name, operator, at, first, last, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (stamp, operation, operator, self.environment.now(), first, number - 1, undoes),
            )
            for type_name, records in changed.items():
                indexing.update(self.database, self.types[type_name], list(records))
        return ChangeSet(stamp, {t: tuple(records) for t, records in changed.items()})

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
        found = self.database.row("SELECT name, first, last FROM operation WHERE stamp = ?", (stamp,))
        if found is None:
            raise CannotUndo("没有找到这一步操作，它可能是在别的电脑上做的。", "请核对操作号。")
        name, first, last = found
        # A restored ledger numbers its items anew: their stamps say that they are those of this operation.
        span = {"origin": self.origin, "first": first, "last": last, "stamp": stamp}
        earlier = self.database.value("SELECT max(stamp) FROM operation WHERE stamp < ?", (stamp,))
        deletions: list[Deletion] = []
        for record_type in self.types.values():
            for (record,) in self.database.rows(
                f"SELECT lower(hex(id)) FROM {quoted(table_of(record_type.name))}"
                f" WHERE _origin = :origin AND _number BETWEEN :first AND :last AND _stamp = :stamp",
                span,
            ):
                if self.database.row(
                    "SELECT 1 FROM version WHERE record = unhex(?) AND type = ? AND NOT birth LIMIT 1",
                    (record, record_type.name),
                ):
                    raise CannotUndo("这条记录后来又改过，不能整条撤消。")
                if record_type.name == ERASURE:
                    raise CannotUndo("清除个人信息不能撤消。", "需要的内容请重新填写。")
                if record_type.name == EXCLUSION and self._is_own_exclusion(record):
                    raise CannotUndo("更正日期不能撤消，不然错误的日期又回来了。", "需要改的请直接修改。")
                deletions.append(Deletion(record_type.name, record))
        changed: dict[tuple[str, str, str], set[int]] = {}
        for type_name, record, slot, at in self.database.rows(
            "SELECT type, lower(hex(record)), slot, stamp FROM version WHERE origin = :origin"
            " AND number BETWEEN :first AND :last AND stamp > :earlier AND stamp <= :stamp AND NOT birth"
            " ORDER BY number",
            span | {"earlier": earlier or 0},
        ):
            changed.setdefault((type_name, record, slot), set()).add(at)
        restorations: list[Restoration] = []
        for place, own in changed.items():
            if {head for head, _ in self.heads(*place)} != own:
                raise CannotUndo("这个内容后来又改过，不能撤消。")
            restorations.append(self._before(place, own))
        return self.write(
            f"撤消：{name}", operator, deletions=deletions, restorations=restorations, undoes=stamp
        )

    def _is_own_exclusion(self, record: str) -> bool:
        """Whether an exclusion is of this station's own items: that is how a wrong date is put right."""
        items_named = self.database.value(
            f"SELECT items FROM {quoted(table_of(EXCLUSION))} WHERE id = unhex(?)", (record,)
        )
        return str(items_named or "").startswith(self.station)

    def _before(self, place: tuple[str, str, str], own: set[int]) -> Restoration:
        """What stood before the versions with these stamps, which are the heads of the slot now."""
        type_name, record, slot = place
        logged = load_versions(self.database, type_name, bytes.fromhex(record))
        heads = heads_of(v for v in logged if v.slot == slot and v.stamp not in own)
        shown_last = sorted(heads, key=lambda v: (not v.birth, v.stamp, v.value.encode()))
        # Of equal values the newest keeps its place.
        values = list(dict.fromkeys(v.value for v in reversed(shown_last)))[::-1]
        return Restoration(type_name, record, slot, tuple(values or [ABSENT]))

    # -- versions --------------------------------------------------------------------------------------------------

    def heads(self, type_name: str, record: str, slot: str) -> list[tuple[int, str]]:
        """Stamp and canonical value of the heads of a slot, oldest first (rule 5)."""
        logged: list[tuple[int, str]] = self.database.rows(
            f"SELECT v.stamp, v.value FROM version v WHERE v.record = unhex(:record) AND v.slot = :slot"
            f" AND v.type = :type AND {NOT_REPLACED} ORDER BY v.stamp, v.value",
            {"record": record, "slot": slot, "type": type_name},
        )
        if logged or self.database.row(
            "SELECT 1 FROM version WHERE record = unhex(?) AND slot = ? AND type = ? LIMIT 1",
            (record, slot, type_name),
        ):
            return logged
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
            unit = self._as(edit.type, edit.record)
            heads = self.heads(edit.type, edit.record, edit.slot)
            value = canonical(edit.value)
            shown = {v for _, v in heads} or {ABSENT}
            if shown == {value}:
                continue
            yield Change(
                items.CHANGE, edit.type, edit.record, unit, edit.slot, stamp, tuple(s for s, _ in heads), self.origin,
                0, operator, value,
            )  # fmt: skip

    def _tombstones(self, deletions: Iterable[Deletion], stamp: int, operator: str) -> Iterable[Change]:
        for deletion in deletions:
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
            unit = self._as(back.type, back.record)
            heads = self.heads(back.type, back.record, back.slot)
            if {v for _, v in heads} == set(back.values):
                continue
            replaced = tuple(s for s, _ in heads)
            for stamp, value in zip(stamps[-len(back.values) :], back.values, strict=True):
                deleted = back.slot == DELETED_SLOT and value != ABSENT
                yield Change(
                    items.TOMBSTONE if deleted else items.CHANGE, back.type, back.record, unit, back.slot, stamp,
                    replaced, self.origin, 0, operator, value,
                )  # fmt: skip

    def _again(self, again: Iterable[Again], stamp: int, operator: str) -> Iterable[Change]:
        for a in again:
            deleted = a.slot == DELETED_SLOT and a.value != ABSENT
            yield Change(
                items.TOMBSTONE if deleted else items.CHANGE, a.type, a.record, self._as(a.type, a.record), a.slot,
                stamp, a.replaces, self.origin, 0, operator, a.value,
            )  # fmt: skip

    def _live_children(self, deletion: Deletion) -> list[Deletion]:
        """Children of other stations' units stay: their parent is then "deleted against edited" for who holds both."""
        return [
            Deletion(child.name, record)
            for child in self.types.children(deletion.type)
            for (record,) in self.database.rows(
                f"SELECT lower(hex(id)) FROM {quoted(table_of(child.name))}"
                f" WHERE {quoted(str(child.parent))} = unhex(?) AND _life <> 1",
                (deletion.record,),
            )
            if self._may_write(self._as(child.name, record))
        ]

    def _tombstone(self, type_name: str, record: str) -> str:
        births = {b for (b,) in self.database.rows(
            f"SELECT _stamp FROM {quoted(table_of(type_name))} WHERE id = unhex(?)", (record,))}  # fmt: skip
        births |= {b for (b,) in self.database.rows(
            "SELECT stamp FROM version WHERE record = unhex(?) AND type = ? AND birth",
            (record, type_name))}  # fmt: skip
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

    def _salt(self) -> str:
        return base64.b64encode(self.environment.random(items.SALT_BYTES)).decode().rstrip("=")

    def _numbered(self, change: Change, number: int) -> Change:
        return Change(
            change.kind, change.type, change.record, change.unit, change.slot, change.stamp, change.replaces,
            change.origin, number, change.operator, change.value,
        )  # fmt: skip

    def _change_line(self, change: Change) -> bytes:
        head = items.Head(
            change.kind, change.type, change.record, change.unit, change.slot, change.stamp,
            tuple(items.Replaced(s) for s in change.replaces), change.number, change.operator,
        )  # fmt: skip
        slot = self.types[change.type].slots.get(change.slot)
        salt = self._salt() if slot is not None and slot.personal else None
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


def shape_of(record_type: RecordType) -> items.Shape:
    """The cells that this program's births of a type carry."""
    plain: list[str] = []
    personal: list[tuple[str, ...]] = []
    for slot in record_type.slots.values():
        names = tuple(f"{slot.name}.{f.name}" if slot.grouped else f.name for f in slot.fields)
        if slot.personal:
            personal.append(names)
        else:
            plain += names
    return items.Shape(tuple(plain), tuple(personal))


def canonical_shape(type_name: str, shape: items.Shape) -> str:
    """The text under which a shape is kept until the segment that states it is cut."""
    return json.dumps({type_name: shape.to_json()}, ensure_ascii=False, separators=(",", ":"))


def _by_type(births: Sequence[NewRecord]) -> dict[str, list[NewRecord]]:
    groups: dict[str, list[NewRecord]] = {}
    for birth in births:
        groups.setdefault(birth.type, []).append(birth)
    return groups
