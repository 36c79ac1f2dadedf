"""A small world for merge tests: types old and new, stations that write items, and the rules computed naively."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Attached, Field, Group, Kind, RecordType
from desktop.records.types import Catalogue, catalogue
from desktop.records.versions.born import Births
from desktop.records.versions.canonical import canonical
from desktop.records.versions.deciding import SAME, UNIT
from desktop.records.versions.resolution import (
    ItemId,
    Life,
    Slot,
    Version,
    canonical_tombstone,
    life_of_slots,
    resolve_record,
    split_counted,
)
from desktop.store.merging.merging import Change, Merger, Result
from desktop.store.tables import schema
from desktop.store.tables.columns import read, table_of
from desktop.store.tables.database import Database
from tests import moulds

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
TALK = RecordType(
    name="talk",
    label="谈话",
    title=("said",),
    parent="visit",
    groups=(Group("about", "关于"),),
    fields=(
        Field("visit", "走访", Kind.LINK, link="visit", group="about"),
        Field("place", "地点", group="about"),
        Field("said", "内容"),
    ),
)
PAPER = RecordType(
    name="paper",
    label="材料",
    title=("name",),
    attached=Attached("kind", "record"),
    by_program=True,
    groups=(Group("target", "属于"),),
    fields=(
        Field("kind", "类型", group="target"),
        Field("record", "记录", group="target"),
        Field("name", "名称"),
    ),
)
_TREE = [catalogue()[name] for name in (UNIT, SAME)]
TYPES = Catalogue({t.name: t for t in (FIRM, VISIT, TALK, PAPER, *_TREE)})

NEWER_FIRM = replace(
    FIRM,
    fields=(*FIRM.fields, Field("verified", "已核实", Kind.BOOLEAN, group="count"), Field("slogan", "口号")),
)
PRIZE = RecordType(
    name="prize",
    label="奖项",
    title=("title",),
    parent="firm",
    fields=(
        Field("firm", "单位", Kind.LINK, link="firm"),
        Field("title", "名称"),
        Field("year", "年份", Kind.INTEGER),
    ),
)
NEWER_TYPES = Catalogue({t.name: t for t in (NEWER_FIRM, VISIT, TALK, PRIZE, PAPER, *_TREE)})
"""What a newer program knows: one type, one field and one member of a group more."""

COLUMNS = {
    "firm": ("name", "count.staff", "count.source"),
    "visit": ("firm", "topic"),
    "talk": ("about.visit", "about.place", "said"),
    "prize": ("firm", "title", "year"),
    "paper": ("target.kind", "target.record", "name"),
}
NEWER_COLUMNS = COLUMNS | {"firm": ("name", "count.staff", "count.source", "count.verified", "slogan")}
PARENTS = {
    "paper": ("target", "record"),
    "talk": ("about", "visit"),
    "visit": ("firm", None),
    "prize": ("firm", None),
}
"""The slot that says which record another one belongs to, and its member in a group; children before their parents."""


@dataclass(frozen=True)
class Birth:
    """A first version as a station wrote it; ``cells`` follow ``columns``, by default those of :data:`COLUMNS`."""

    item: ItemId
    type: str
    record: str
    unit: str
    stamp: int
    cells: tuple[object, ...]
    columns: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What the cells are called."""
        return self.columns or COLUMNS[self.type]


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
    for name, cell in zip(birth.names, birth.cells, strict=True):
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


def truth_of(items: Iterable[Birth | Edit], types: Catalogue = TYPES) -> Truth:
    """What must hold after all of ``items``, in whatever order and grouping they came, for who knows these types."""
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
    children: dict[str, list[str]] = defaultdict(list)
    order = [name for name in (*PARENTS, "firm") if name in types]
    for record, slots in truth.slots.items():
        slot, member = PARENTS.get(truth.types[record], ("", None))
        if truth.types[record] in types and slot in slots:
            value = parse_value(slots[slot].value)
            parent = value.get(member) if isinstance(value, dict) else value
            kind = value.get("kind") if isinstance(value, dict) and truth.types[record] == "paper" else None
            if truth.types[record] != "paper" or (kind == truth.types.get(str(parent)) and kind != "paper"):
                children[str(parent)].append(record)
    for record in sorted(truth.slots, key=lambda r: (*order, truth.types[r]).index(truth.types[r])):
        live_child = any(truth.lives[c] is not Life.DELETED for c in children[record])
        truth.lives[record] = life_of_slots(truth.slots[record], births[record], live_child=live_child)
    return truth


def ledger(types: Catalogue = TYPES) -> Database:
    """An empty ledger in memory."""
    return moulds.empty(types)


def update(database: Database, types: Catalogue) -> None:
    """The program that opens a ledger knows these types from now on."""
    added = schema.ensure(database, types)
    with database.transaction():
        Merger(database, types).resolve_again(added)


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


def merge(
    database: Database, items: Sequence[Birth | Edit], known: set[ItemId], types: Catalogue = TYPES
) -> Result:
    """Merges what is not yet known, in one transaction, as a desk would."""
    fresh = [i for i in dict.fromkeys(items) if i.item not in known]
    known.update(i.item for i in fresh)
    with database.transaction():
        merger = Merger(database, types)
        for item in fresh:
            ref = origin_ref(database, item.item)
            if isinstance(item, Birth):
                row = (item.record, item.unit, item.stamp, item.item.number, "op", *item.cells)
                merger.add_births(Births.of_rows(item.type, item.names, [row]), ref)
            else:
                kind = "tombstone" if item.slot == DELETED_SLOT else "change"
                merger.add_changes(
                    [
                        Change(kind, item.type, item.record, item.unit, item.slot, item.stamp,
                               tuple(sorted(item.replaces)), ref, item.item.number, "op", item.value)
                    ]
                )  # fmt: skip
        return merger.finish(0)


def state_of(database: Database, types: Catalogue = TYPES) -> dict[str, object]:
    """What a ledger shows: rows, conflicts, lives and what is held, in a form that compares."""
    state: dict[str, object] = {}
    tables = database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'r_*'")
    for name in {table.removeprefix("r_") for (table,) in tables} - set(types):
        for record, unit, life in database.rows(
            f"SELECT lower(hex(r.id)), u.id, r._life FROM {table_of(name)} r JOIN unit_ref u ON u.ref = r.unit"
        ):
            state[record] = (unit, Life(life), None)
    for record_type in types.values():
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


def expected_state(truth: Truth, types: Catalogue = TYPES) -> dict[str, object]:
    """The same form from the naive computation."""
    state: dict[str, object] = {}
    conflicts: set[tuple[str, str]] = set()
    for record, slots in truth.slots.items():
        declared = types[truth.types[record]].slots if truth.types[record] in types else {}
        values: dict[str, object] = {f.name: None for s in declared.values() for f in s.fields}
        for name, slot in slots.items():
            value = parse_value(slot.value)
            if name in declared and declared[name].grouped:
                values.update({f.name: (value or {}).get(f.name) for f in declared[name].fields})  # type: ignore[attr-defined]
            elif name in declared:
                values[name] = value
            # Rule 9: the fields of a deleted record are not asked.
            if name != DELETED_SLOT and slot.conflict and truth.lives[record] is not Life.DELETED:
                conflicts.add((record, name))
        if truth.lives[record] is Life.DISPUTED:
            conflicts.add((record, DELETED_SLOT))
        shown = values if truth.types[record] in types else None
        state[record] = (parse_value(slots[UNIT_SLOT].value), truth.lives[record], shown)
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
