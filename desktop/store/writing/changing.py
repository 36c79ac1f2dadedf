"""From what is to be changed to the items that say so: the id and unit that each is written under, what it replaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.types import Catalogue
from desktop.records.versions import items
from desktop.records.versions.canonical import ABSENT, canonical, parse
from desktop.records.versions.resolution import Life, canonical_tombstone, having_seen
from desktop.store.log import belonging, components, heads
from desktop.store.log.versions import NOT_REPLACED
from desktop.store.merging.merging import Change
from desktop.store.queries import attached
from desktop.store.queries.units import stands_within, subtree
from desktop.store.tables.columns import quoted, table_of
from desktop.store.tables.database import Database
from desktop.store.tables.writes import Again, Deletion, Restoration, SlotEdit


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one operation of a station; they get their numbers when all of them are known."""

    database: Database
    types: Catalogue
    origin: int

    def edited(self, edits: Iterable[SlotEdit], stamp: int, operator: str) -> Iterable[Change]:
        """A change for each edit whose value does not stand already."""
        for edit in self._with_files(edits):
            record = self.written_under(edit.type, edit.record)
            standing = heads.standing(self.database, self.types, edit.type, edit.record, edit.slot)
            value = canonical(edit.value)
            shown = {v for _, _, v in standing} or {ABSENT}
            if shown == {value}:
                continue
            yield Change(
                items.CHANGE, edit.type, record, self._as(edit.type, record), edit.slot, stamp,
                self._named(edit.type, record, edit.slot, standing), self.origin, 0, operator, value,
            )  # fmt: skip

    def _with_files(self, edits: Iterable[SlotEdit]) -> Iterable[SlotEdit]:
        """Whoever gets a record gets its files: they go where it goes, as far as this station may say so."""
        for edit in edits:
            yield edit
            if edit.slot == UNIT_SLOT and attached.ATTACHMENT in self.types and self.types.bears(edit.type):
                for name, record in self._files(edit.type, edit.record):
                    if self._may_write(self._as(name, record)):
                        yield SlotEdit(name, record, UNIT_SLOT, edit.value)

    def _files(self, type_name: str, record: str) -> list[tuple[str, str]]:
        """What units that had the record have attached to it, deleted or not, and the parts of that."""
        ids = attached.ids_of(self.database, type_name, record)
        units = attached.units_of(self.database, type_name, ids)
        files = [
            file
            for file in attached.attached_to(self.database, type_name, ids)
            if heads.unit_of(self.database, attached.ATTACHMENT, file) in units
        ]
        parts = attached.parts_of(self.database, files)
        return [*((attached.ATTACHMENT, file) for file in files), *((attached.PART, part) for part in parts)]

    def deleted(self, deletions: Iterable[Deletion], stamp: int, operator: str) -> Iterable[Change]:
        """Tombstones of these records and of what belongs to them; un-deletes where it is asked for."""
        return _once(self._each_deleted(deletions, stamp, operator))

    def _each_deleted(self, deletions: Iterable[Deletion], stamp: int, operator: str) -> Iterable[Change]:
        for deletion in self._of_all(deletions):
            unit = self._as(deletion.type, deletion.record)
            standing = heads.standing(self.database, self.types, deletion.type, deletion.record, DELETED_SLOT)
            replaced = self._named(deletion.type, deletion.record, DELETED_SLOT, standing)
            kind = items.CHANGE if deletion.revive else items.TOMBSTONE
            value = ABSENT if deletion.revive else self._tombstone(deletion.type, deletion.record)
            yield Change(
                kind, deletion.type, deletion.record, unit, DELETED_SLOT, stamp, replaced, self.origin, 0, operator,
                value,
            )  # fmt: skip
            if deletion.together:
                yield from self._each_deleted(self._gone_with(deletion), stamp, operator)
            if not deletion.revive:
                yield from self._each_deleted(self._live_children(deletion), stamp, operator)

    def restored(
        self, restorations: Sequence[Restoration], stamps: Sequence[int], operator: str
    ) -> Iterable[Change]:
        """All that stood replaces all that stands, so it stands side by side again."""
        named = {(r.type, r.record) for r in restorations if r.slot == DELETED_SLOT}
        beside: dict[tuple[str, str], set[tuple[str, int]]] = defaultdict(set)
        for r in restorations:
            beside[r.type, r.record] |= {(r.slot, stamp) for stamp in stamps[-len(r.values) :]}
        for back in restorations:
            standing = heads.standing(
                self.database, self.types, back.type, back.record, back.slot, within=back.within
            )
            if {v for _, _, v in standing} == {v for v, _ in back.values}:
                continue
            for stamp, (value, said_under) in zip(stamps[-len(back.values) :], back.values, strict=True):
                deleted = back.slot == DELETED_SLOT and value != ABSENT
                record = back.record
                if said_under != record and self._may_write(self._as(back.type, said_under)):
                    record = said_under
                yield Change(
                    items.TOMBSTONE if deleted else items.CHANGE, back.type, record, self._as(back.type, record),
                    back.slot, stamp, self._named(back.type, record, back.slot, standing), self.origin, 0, operator,
                    self._seen_too(back, value, beside[back.type, back.record]) if deleted else value,
                )  # fmt: skip
                if deleted:
                    young = [
                        child
                        for child in self._live_children(Deletion(back.type, record))
                        if (child.type, child.record) not in named and self._came_since(child, back.since)
                    ]
                    yield from _once(self._each_deleted(young, stamp, operator))

    def _seen_too(self, back: Restoration, tombstone: str, beside: Iterable[tuple[str, int]]) -> str:
        """A tombstone that is put back, with what this station itself has said since the record was brought back.

        And with what the same operation says ``beside`` it, else the station would be in conflict with itself. What
        others have said since is asked about.
        """
        births: set[int] = set()
        said = {(slot, at) for slot, at in beside if slot != DELETED_SLOT}
        for slot, at, birth in self.database.rows(
            "SELECT slot, stamp, birth FROM version WHERE record = unhex(?) AND type = +? AND origin = ?"
            # The step that brought it back may have borne it once more, under another unit.
            " AND (stamp > ? OR birth AND stamp = ?) AND slot <> ?",
            (back.record, back.type, self.origin, back.since, back.since, DELETED_SLOT),
        ):
            if birth:
                births.add(at)
            else:
                said.add((slot, at))
        return having_seen(tombstone, said, births)

    def _came_since(self, child: Deletion, since: int) -> bool:
        """Whether a record was born, brought back, or put where it belongs now, after a moment."""
        return bool(
            self.database.row(
                f"SELECT 1 FROM {quoted(table_of(child.type))} WHERE id = unhex(:id) AND _stamp > :since UNION ALL"
                " SELECT 1 FROM version WHERE record = unhex(:id) AND type = +:type AND slot IN (:deleted, :naming)"
                " AND stamp > :since",
                {
                    "id": child.record,
                    "type": child.type,
                    "deleted": DELETED_SLOT,
                    "naming": belonging.naming_slot(self.types[child.type]),
                    "since": since,
                },
            )
        )

    def written_again(self, again: Iterable[Again], stamp: int, operator: str) -> Iterable[Change]:
        """Changes that say once more what their writer said, having seen what he had seen."""
        for a in again:
            deleted = a.slot == DELETED_SLOT and a.value != ABSENT
            unit = a.unit if a.unit and self._may_write(a.unit) else self._as(a.type, a.record)
            yield Change(
                items.TOMBSTONE if deleted else items.CHANGE, a.type, a.record, unit, a.slot, stamp, a.replaces,
                self.origin, 0, operator, a.value,
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
                yield replace(deletion, record=record)

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

    def _gone_with(self, deletion: Deletion) -> list[Deletion]:
        """What belongs to a record and went with it, as far as this station may write it."""
        ids = components.members(self.database, deletion.type, deletion.record) or (deletion.record,)
        return [
            Deletion(name, record.hex(), revive=True, together=True)
            for name, record in belonging.gone_with(self.database, self.types, deletion.type, ids)
            if self._may_write(self._as(name, record.hex()))
        ]

    def _named(
        self, type_name: str, record: str, slot: str, standing: Iterable[tuple[str, int, str]]
    ) -> tuple[int | tuple[str, int], ...]:
        """The entries of ``replaces`` for these heads, of which those of other records name them."""
        seen = [(of, stamp) for of, stamp, _ in standing]
        upon = heads.stood_upon(self.database, type_name, [(of, slot, at) for of, at in seen], self.origin)
        seen += [(of, stamp) for of, _, stamp in upon]
        return tuple(stamp if of == record else (of, stamp) for of, stamp in seen)

    def _tombstone(self, type_name: str, record: str) -> str:
        """What is seen of a record: its births, and what stands in its slots, with what that stands upon."""
        births = {b for (b,) in self.database.rows(
            f"SELECT _stamp FROM {quoted(table_of(type_name))} WHERE id = unhex(?)", (record,))}  # fmt: skip
        births |= {b for (b,) in self.database.rows(
            "SELECT stamp FROM version WHERE record = unhex(?) AND type = +? AND birth",
            (record, type_name))}  # fmt: skip
        if ids := components.members(self.database, type_name, record):
            own = components.load(self.database, self.types, type_name, ids).own[record]
            standing = [
                (slot, h.stamp)
                for slot, found in own.items()
                if slot != DELETED_SLOT
                for h in found.heads
                if not h.birth
            ]
        else:
            standing = self.database.rows(
                f"SELECT v.slot, v.stamp FROM version v WHERE v.record = unhex(:record) AND v.type = +:type"
                f" AND NOT v.birth AND v.slot <> :deleted AND {NOT_REPLACED}",
                {"record": record, "type": type_name, "deleted": DELETED_SLOT},
            )
        upon = heads.stood_upon(
            self.database, type_name, [(record, slot, stamp) for slot, stamp in standing], self.origin
        )
        return canonical_tombstone(
            [*standing, *((slot, at) for of, slot, at in upon if of == record)], births
        )

    def _as(self, type_name: str, record: str) -> str:
        """The unit under which a change is written: the present one, or one that the record had and is written here."""
        if ids := components.members(self.database, type_name, record):
            # What is shown of records that are one may be the unit of another of them.
            own = components.load(self.database, self.types, type_name, ids).own[record]
            present = str(parse(own[UNIT_SLOT].value))
        else:
            present = heads.unit_of(self.database, type_name, record)
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
        own = self.database.value("SELECT value FROM meta WHERE key = 'unit_id'")
        return own is None or stands_within(self.database, unit, str(own))


def may_edit(database: Database, types: Catalogue, type_name: str, record: str) -> bool:
    """Whether a change of a record is written under a unit of this workspace: else it is refused wherever it comes."""
    changes = Changes(database, types, origin=0)
    return changes._may_write(changes._as(type_name, changes.written_under(type_name, record)))


def of_others(database: Database, types: Catalogue, type_name: str, shown: Mapping[str, str]) -> set[str]:
    """Those of these records, each with the unit that it shows, of which :func:`may_edit` says no.

    Nearly all records of a table show an own unit, and only where records are one may that be the word of another.
    """
    own = database.value("SELECT value FROM meta WHERE key = 'unit_id'")
    if own is None:
        return set()
    mine = {own, *subtree(database, own)}
    joined = {
        r for (r,) in database.rows("SELECT lower(hex(id)) FROM component WHERE type = ?", (type_name,))
    }
    return {
        record
        for record, unit in shown.items()
        if (unit not in mine or record in joined) and not may_edit(database, types, type_name, record)
    }


def may_write_under(database: Database, types: Catalogue, unit: str) -> bool:
    """Whether what is written under a unit here is not refused wherever it comes."""
    return Changes(database, types, origin=0)._may_write(unit)


def _once(tombstones: Iterable[Change]) -> Iterable[Change]:
    """One for each record: what belongs to a record that is deleted may also be named itself, as when undoing."""
    said: set[tuple[str, str]] = set()
    for change in tombstones:
        if (change.type, change.record) not in said:
            said.add((change.type, change.record))
            yield change
