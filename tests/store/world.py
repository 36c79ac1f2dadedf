"""A small world for merge tests: two record types, stations that write items, and the rules computed naively."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from desktop.records.canonical import canonical
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Field, Group, Kind, RecordType
from desktop.records.resolution import (
    ItemId,
    Life,
    Slot,
    Version,
    canonical_tombstone,
    life_of,
    resolve_record,
    split_counted,
)
from desktop.records.types import Catalogue
from desktop.store import schema
from desktop.store.columns import read, table_of
from desktop.store.database import Database
from desktop.store.merging import Births, Change, Merger, Result

FIRM = RecordType(
    name="firm",
    label="单位",
    title=("name",),
    groups=(Group("count", "人数"),),
    fields=(
        Field("name", "名称"),
        Field("staff", "人数", Kind.INTEGER, group="count"),
        Field("source", "来源", group="count"),
    ),
)
VISIT = RecordType(
    name="visit",
    label="走访",
    title=("topic",),
    parent="firm",
    fields=(Field("firm", "单位", Kind.LINK, link="firm"), Field("topic", "事由")),
)
TYPES = Catalogue({t.name: t for t in (FIRM, VISIT)})
COLUMNS = {"firm": ("name", "count.staff", "count.source"), "visit": ("firm", "topic")}


@dataclass(frozen=True)
class Birth:
    """A first version as a station wrote it; ``cells`` follow :data:`COLUMNS`."""

    item: ItemId
    type: str
    record: str
    unit: str
    stamp: int
    cells: tuple[object, ...]


@dataclass(frozen=True)
class Edit:
    """A change or tombstone as a station wrote it."""

    item: ItemId
    type: str
    record: str
    unit: str
    slot: str
    stamp: int
    replaces: frozenset[int]
    value: str


@dataclass
class Truth:
    """The rules over the whole set of items, computed naively."""

    slots: dict[str, dict[str, Slot]] = field(default_factory=dict)
    lives: dict[str, Life] = field(default_factory=dict)
    held: set[ItemId] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)


def versions_of(birth: Birth) -> list[Version]:
    """One version for each slot that a birth fills, and for its unit."""
    groups: dict[str, object] = {UNIT_SLOT: birth.unit}
    for name, cell in zip(COLUMNS[birth.type], birth.cells, strict=True):
        slot, dot, member = name.partition(".")
        if cell is None:
            continue
        if dot:
            groups.setdefault(slot, {})[member] = cell  # type: ignore[index]
        else:
            groups[slot] = cell
    return [
        Version(birth.item, birth.record, slot, birth.stamp, canonical(value), birth.unit, birth=True)  # type: ignore[arg-type]
        for slot, value in groups.items()
    ]


def truth_of(items: Iterable[Birth | Edit]) -> Truth:
    """What must hold after all of ``items``, in whatever order and grouping they came."""
    truth = Truth()
    items = set(items)
    by_record: dict[str, list[Version]] = defaultdict(list)
    births: dict[str, set[int]] = defaultdict(set)
    for item in items:
        truth.types.setdefault(item.record, item.type)
        if isinstance(item, Birth):
            by_record[item.record] += versions_of(item)
            births[item.record].add(item.stamp)
        else:
            by_record[item.record].append(
                Version(
                    item.item, item.record, item.slot, item.stamp, item.value, item.unit, False, item.replaces
                )
            )
    for record, versions in by_record.items():
        counted, held = split_counted(versions)
        truth.held |= {v.item for v in held}
        if record in births:
            truth.slots[record] = resolve_record(counted)
    parents: dict[str, list[str]] = defaultdict(list)
    for record, slots in truth.slots.items():
        if truth.types[record] == "visit" and "firm" in slots:
            parents[slots["firm"].value.strip('"')].append(record)
    for record in sorted(truth.slots, key=lambda r: truth.types[r], reverse=True):
        live_child = any(truth.lives[c] is not Life.DELETED for c in parents[record])
        truth.lives[record] = life_of(truth.slots[record], births[record], live_child=live_child)
    return truth


def ledger() -> Database:
    """An empty ledger in memory."""
    database = Database.open(None, bytes(32))
    schema.ensure(database, TYPES)
    return database


def origin_ref(database: Database, item: ItemId) -> int:
    """The reference of an item's origin, made when it is new."""
    database.execute(
        "INSERT INTO origin (station, incarnation) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (item.station, item.incarnation),
    )
    return int(
        database.value(
            "SELECT ref FROM origin WHERE station = ? AND incarnation = ?", (item.station, item.incarnation)
        )
    )


def merge(database: Database, items: Sequence[Birth | Edit], known: set[ItemId]) -> Result:
    """Merges what is not yet known, in one transaction, as a desk would."""
    fresh = [i for i in dict.fromkeys(items) if i.item not in known]
    known.update(i.item for i in fresh)
    with database.transaction():
        merger = Merger(database, TYPES)
        for item in fresh:
            ref = origin_ref(database, item.item)
            if isinstance(item, Birth):
                row = (item.record, item.unit, item.stamp, item.item.number, "op", *item.cells)
                merger.add_births(Births(item.type, ref, COLUMNS[item.type], [row]))
            else:
                kind = "tombstone" if item.slot == DELETED_SLOT else "change"
                merger.add_changes(
                    [
                        Change(kind, item.type, item.record, item.unit, item.slot, item.stamp,
                               tuple(sorted(item.replaces)), ref, item.item.number, "op", item.value)
                    ]
                )  # fmt: skip
        return merger.finish(0)


def state_of(database: Database) -> dict[str, object]:
    """What a ledger shows: rows, conflicts, lives and what is held, in a form that compares."""
    state: dict[str, object] = {}
    for record_type in TYPES.values():
        cells = ", ".join(read(f) for f in record_type.fields)
        for record, unit, life, *values in database.rows(
            f"SELECT lower(hex(r.id)), u.id, r._life, {cells} FROM {table_of(record_type.name)} r"
            " JOIN unit_ref u ON u.ref = r.unit"
        ):
            state[record] = (
                unit,
                Life(life),
                dict(zip((f.name for f in record_type.fields), values, strict=True)),
            )
    state["conflicts"] = set(database.rows("SELECT lower(hex(record)), slot FROM conflict"))
    state["held"] = {
        ItemId(*row)
        for row in database.rows(
            "SELECT o.station, o.incarnation, h.number FROM held h JOIN origin o ON o.ref = h.origin"
        )
    }
    return state


def expected_state(truth: Truth) -> dict[str, object]:
    """The same form from the naive computation."""
    state: dict[str, object] = {}
    conflicts: set[tuple[str, str]] = set()
    for record, slots in truth.slots.items():
        record_type = TYPES[truth.types[record]]
        values: dict[str, object] = {f.name: None for f in record_type.fields}
        for name, slot in slots.items():
            value = parse_value(slot.value)
            if name in record_type.slots and record_type.slots[name].grouped:
                values.update({f.name: (value or {}).get(f.name) for f in record_type.slots[name].fields})  # type: ignore[attr-defined]
            elif name in record_type.slots:
                values[name] = value
            # Rule 9: the fields of a deleted record are not asked.
            if name != DELETED_SLOT and slot.conflict and truth.lives[record] is not Life.DELETED:
                conflicts.add((record, name))
        if truth.lives[record] is Life.DISPUTED:
            conflicts.add((record, DELETED_SLOT))
        state[record] = (parse_value(slots[UNIT_SLOT].value), truth.lives[record], values)
    state["conflicts"] = conflicts
    state["held"] = truth.held
    return state


def parse_value(text: str) -> object:
    """The value of a canonical text."""
    import json

    return json.loads(text)


def tombstone(slots: dict[str, Slot], births: Iterable[int]) -> str:
    """The value of a tombstone by somebody who sees these slots and births."""
    heads = {(n, h.stamp) for n, s in slots.items() if n != DELETED_SLOT for h in s.heads if not h.birth}
    return canonical_tombstone(heads, births)
