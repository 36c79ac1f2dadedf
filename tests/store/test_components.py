"""Records that are one (rule 10): the SQL merge gives what the rules say over the whole set, in every order."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Field, Group, Kind, RecordType
from desktop.records.identity import same_id
from desktop.records.types import Catalogue, catalogue
from desktop.records.versions import resolution
from desktop.records.versions.born import Births
from desktop.records.versions.canonical import ABSENT, canonical
from desktop.records.versions.deciding import SAME, UNIT
from desktop.records.versions.resolution import (
    ItemId,
    Joined,
    Life,
    Version,
    canonical_tombstone,
    heads_of,
    heads_of_components,
    join,
    split_counted,
)
from desktop.store.log import components
from desktop.store.log import edges as edges_told
from desktop.store.log.change import Change as StagedChange
from desktop.store.log.versions import NOT_REPLACED, load_standing, whole
from desktop.store.merging.merging import Change, Merger
from desktop.store.merging.uncounting import Taken
from desktop.store.queries import digest as digests
from desktop.store.tables.columns import read, table_of
from desktop.store.tables.database import Database
from tests import moulds
from tests.conftest import examples
from tests.store.world import origin_ref, parse_value

FIRM = RecordType(
    name="firm",
    label="单位",
    title=("name",),
    key="code",
    groups=(Group("count", "人数"),),
    fields=(
        Field("name", "名称", search=True),
        Field("code", "代码", Kind.USCC),
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
TYPES = Catalogue({t.name: t for t in (FIRM, VISIT, catalogue()[SAME], catalogue()[UNIT])})
COLUMNS = {
    "firm": ("name", "code", "count.staff", "count.source"),
    "visit": ("firm", "topic"),
    SAME: ("kind", "one", "other"),
    UNIT: ("superior",),
}
STATIONS = ("a" * 64, "b" * 64, "c" * 64)
UNITS = ("11" * 16, "22" * 16)
TOP = "99" * 16
FIRMS = ("f2" * 16, "f1" * 6 + "51" + "f1" * 9, "f3" * 16)
"""The second is derived, so it comes before the others."""
VISITS = ("d1" * 16, "d2" * 16)
EDGES = [(one, other) for n, one in enumerate(sorted(FIRMS)) for other in sorted(FIRMS)[n + 1 :]]


@dataclass(frozen=True)
class Said:
    """An item as a station wrote it: a birth with cells, or a change with a value."""

    item: ItemId
    type: str
    record: str
    unit: str
    stamp: int
    cells: tuple[object, ...] | None = None
    slot: str = ""
    value: str = ABSENT
    replaces: frozenset[tuple[str, int]] = frozenset()

    def versions(self) -> list[Version]:
        """What it says, slot by slot."""
        if self.cells is None:
            own = frozenset(s for r, s in self.replaces if r == self.record)
            others = frozenset((r, s) for r, s in self.replaces if r != self.record)
            return [
                Version(
                    self.item, self.record, self.slot, self.stamp, self.value, self.unit, False, own, others
                )
            ]
        slots: dict[str, object] = {UNIT_SLOT: self.unit}
        for name, cell in zip(COLUMNS[self.type], self.cells, strict=True):
            slot, dot, member = name.partition(".")
            if cell is not None and dot:
                slots.setdefault(slot, {})[member] = cell  # type: ignore[index]
            elif cell is not None:
                slots[slot] = cell
        return [
            Version(self.item, self.record, slot, self.stamp, canonical(value), self.unit, True)  # type: ignore[arg-type]
            for slot, value in slots.items()
        ]


@dataclass
class Truth:
    """The rules over the whole set of items, computed naively: each component under its head."""

    types: dict[str, str] = field(default_factory=dict)
    joined: dict[str, Joined] = field(default_factory=dict)
    head: dict[str, str] = field(default_factory=dict)
    lives: dict[str, Life] = field(default_factory=dict)
    held: set[ItemId] = field(default_factory=set)

    def link(self, text: str) -> object:
        """Where a link leads."""
        value = parse_value(text)
        return self.head.get(str(value), value)


def truth_of(items: Iterable[Said]) -> Truth:
    """What must hold after all of the items, in whatever order they came."""
    truth = Truth()
    of: dict[str, list[Version]] = defaultdict(list)
    for said in set(items):
        truth.types[said.record] = said.type
        of[said.record] += said.versions()
    counted = {}
    for record, versions in of.items():
        found, held = split_counted(versions)
        truth.held |= {v.item for v in held}
        if any(v.birth for v in found):
            counted[record] = found
    above = _above({r: v for r, v in counted.items() if truth.types[r] == UNIT})
    edges = []
    for record, versions in counted.items():
        if truth.types[record] == SAME:
            alone = join({record: versions})
            ends = [str(parse_value(alone.slots[s].value)) for s in ("one", "other")]
            owners = [_owners(counted[e]) for e in ends if e in counted]
            said_under = {v.unit for v in versions if v.birth}
            covered = len(owners) == 2 and any(
                all(u not in above or a in above[u] for of_end in owners for u in of_end) for a in said_under
            )
            if alone.life(live_child=False) is not Life.DELETED and covered:
                edges.append((ends[0], ends[1]))
    truth.head = heads_of_components(edges)
    together: dict[str, dict[str, list[Version]]] = defaultdict(dict)
    for record, versions in counted.items():
        together[truth.head.get(record, record)][record] = versions
    truth.joined = {
        head: join(found, "code" if truth.types[head] == "firm" else None) for head, found in together.items()
    }
    children: dict[str, list[str]] = defaultdict(list)
    for head, joined in truth.joined.items():
        if truth.types[head] == "visit" and "firm" in joined.slots:
            children[str(truth.link(joined.slots["firm"].value))].append(head)
    for head in sorted(truth.joined, key=lambda r: truth.types[r] == "firm"):
        child = any(truth.lives[c] is not Life.DELETED for c in children[head])
        truth.lives[head] = truth.joined[head].life(live_child=child)
    return truth


def _owners(versions: Iterable[Version]) -> set[str]:
    """The units that a record has by itself, or is claimed by."""
    return {str(parse_value(v.value)) for v in heads_of(v for v in versions if v.slot == UNIT_SLOT)}


def _above(units: dict[str, list[Version]]) -> dict[str, set[str]]:
    """For each unit that is known, itself and all that stand or stood above it."""
    superior = {
        unit: {parse_value(v.value) for v in versions if v.slot == "superior"}
        for unit, versions in units.items()
    }
    above = {unit: {unit} for unit in superior}
    for _ in superior:
        for unit, found in above.items():
            above[unit] = found | {str(s) for at in found for s in superior.get(at, ()) if s}
    return above


def expected(truth: Truth) -> dict[str, object]:
    """Rows that are shown, conflicts and what is held."""
    state: dict[str, object] = {}
    conflicts: set[tuple[str, str]] = set()
    for head, joined in truth.joined.items():
        record_type = TYPES[truth.types[head]]
        values: dict[str, object] = {f.name: None for f in record_type.fields}
        for name, slot in joined.slots.items():
            if name == UNIT_SLOT:
                continue
            value = truth.link(slot.value) if name == "firm" else parse_value(slot.value)
            if record_type.slots[name].grouped:
                values |= {f.name: (value or {}).get(f.name) for f in record_type.slots[name].fields}  # type: ignore[attr-defined]
            else:
                values[name] = value
        state[head] = (parse_value(joined.slots[UNIT_SLOT].value), truth.lives[head], values)
        if truth.lives[head] is not Life.DELETED:
            asked = joined.conflicts - ({UNIT_SLOT} if truth.types[head] == SAME else set())
            conflicts |= {(head, slot) for slot in asked}
        if truth.lives[head] is Life.DISPUTED:
            conflicts.add((head, DELETED_SLOT))
    state["conflicts"], state["held"] = conflicts, truth.held
    return state


def shown(database: Database) -> dict[str, object]:
    """The same form from a ledger; what is shown under another id is not there."""
    state: dict[str, object] = {}
    for record_type in TYPES.values():
        cells = ", ".join(read(f, "r.") for f in record_type.fields)
        for record, unit, life, absorbed, *values in database.rows(
            f"SELECT lower(hex(r.id)), u.id, r._life, m.head IS NOT NULL AND m.head <> m.id, {cells}"
            f" FROM {table_of(record_type.name)} r JOIN unit_ref u ON u.ref = r.unit"
            f" LEFT JOIN component m ON m.id = r.id AND m.type = '{record_type.name}'"
        ):
            if absorbed:
                assert Life(life) is Life.DELETED
                continue
            names = (f.name for f in record_type.fields)
            state[record] = (unit, Life(life), dict(zip(names, values, strict=True)))
    state["conflicts"] = set(database.rows("SELECT lower(hex(record)), slot FROM conflict"))
    state["held"] = {ItemId(*row) for row in database.rows(
        "SELECT o.station, o.incarnation, h.number FROM held h JOIN origin o ON o.ref = h.origin")}  # fmt: skip
    return state


# -- histories -----------------------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    """Items of three stations that each see a random part of what was written before."""
    rnd = draw(st.randoms(use_true_random=False))
    items: list[Said] = []
    numbers = dict.fromkeys(STATIONS, 0)
    clock = 1000
    for _ in range(draw(st.integers(3, 20))):
        station = rnd.choice(STATIONS)
        numbers[station] += 1
        clock += 1
        item = ItemId(station, "00" * 8, numbers[station])
        seen = [i for i in items if i.item.station == station or rnd.random() < 0.7]
        items.append(_next_item(rnd, item, clock + rnd.choice((0, 0, 0, 30)), seen))
    return items


def _next_item(rnd: random.Random, item: ItemId, stamp: int, seen: list[Said]) -> Said:
    truth = truth_of(seen)
    known = {r for joined in truth.joined.values() for r in joined.own}
    what = rnd.choice(("firm", "firm", "firm", "firm", "visit", SAME, SAME, UNIT))
    unit = rnd.choice(UNITS)
    if what == UNIT:
        record = rnd.choice((*UNITS, TOP))
        superior = None if record == TOP else rnd.choice((TOP, None))
        if record not in known:
            return Said(item, UNIT, record, TOP, stamp, (superior,))
        return Said(item, UNIT, record, TOP, stamp, None, "superior", canonical(superior))
    if what == SAME:
        one, other = rnd.choice(EDGES)
        edge = same_id("firm", one, other)
        if edge not in known:
            return Said(item, SAME, edge, rnd.choice((*UNITS, TOP)), stamp, ("firm", one, other))
        return _deletion(rnd, item, SAME, edge, unit, stamp, seen)
    record = rnd.choice(FIRMS if what == "firm" else VISITS)
    if record not in known and rnd.random() < 0.9:
        cells: tuple[object, ...] = (rnd.choice(FIRMS), rnd.choice(("走访", "督查")))
        if what == "firm":
            cells = (
                rnd.choice(("甲", "乙", None)), rnd.choice(("X", "Y", None, None)), rnd.choice((1, 2, None)),
                rnd.choice(("社保", None)),
            )  # fmt: skip
        return Said(item, what, record, unit, stamp, cells)
    if rnd.random() < 0.25:
        return _deletion(rnd, item, what, record, unit, stamp, seen)
    slot = rnd.choice(("name", "name", "code", "count", UNIT_SLOT) if what == "firm" else ("firm", "topic"))
    joined = truth.joined.get(truth.head.get(record, record))
    heads = joined.slots[slot].heads if joined is not None and slot in joined.slots else ()
    values: dict[str, tuple[object, ...]] = {
        "name": ("甲", "乙", "丙", None), "code": ("X", "Y", None), UNIT_SLOT: UNITS, "firm": FIRMS,
        "count": ({"staff": 3}, {"staff": 4, "source": "税务"}), "topic": ("走访", "电话"),
    }  # fmt: skip
    value = canonical(rnd.choice(values[slot]))  # type: ignore[arg-type]
    replaced = frozenset((h.record, h.stamp) for h in heads)
    return Said(
        item, what, record, unit, max([stamp, *(s + 1 for _, s in replaced)]), None, slot, value, replaced
    )


def _deletion(
    rnd: random.Random, item: ItemId, what: str, record: str, unit: str, stamp: int, seen: list[Said]
) -> Said:
    own = join({record: [v for s in seen if s.record == record for v in s.versions()]}).own[record]
    replaced = frozenset((record, h.stamp) for h in (own[DELETED_SLOT].heads if DELETED_SLOT in own else ()))
    births = {s.stamp for s in seen if s.record == record and s.cells is not None}
    heads = {(n, h.stamp) for n, s in own.items() if n != DELETED_SLOT for h in s.heads if not h.birth}
    value = rnd.choice((canonical_tombstone(heads, births), canonical_tombstone(heads, births), ABSENT))
    at = max([stamp, *(s + 1 for _, s in replaced)])
    return Said(item, what, record, unit, at, None, DELETED_SLOT, value, replaced)


def limits() -> st.SearchStrategy[tuple[int, int]]:
    """How many records may be one, and of how many it is computed at once."""
    return st.tuples(st.sampled_from((2, resolution.MOST_JOINED)), st.sampled_from((1, 3, 1000)))


@contextlib.contextmanager
def limited(most: int, at_once: int) -> Iterator[None]:
    """As if fewer records were too many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolution, "MOST_JOINED", most)
        patch.setattr(components, "MOST_JOINED", most)
        patch.setattr(components, "_AT_ONCE", at_once)
        for module in (components, edges_told):
            patch.setattr(module, "_MOST_KNOWN", at_once)
        yield


def ledger() -> Database:
    """An empty ledger in memory."""
    return moulds.empty(TYPES, indexed=True)


def merge(database: Database, items: Iterable[Said]) -> None:
    """Merges items in one transaction."""
    with database.transaction():
        merger = Merger(database, TYPES)
        for said in items:
            ref = origin_ref(database, said.item)
            if said.cells is not None:
                row = (said.record, said.unit, said.stamp, said.item.number, "op", *said.cells)
                merger.add_births(Births.of_rows(said.type, COLUMNS[said.type], [row]), ref)
            else:
                merger.add_changes([_change(said, ref)])
        merger.finish(0)


def _change(said: Said, ref: int) -> Change:
    kind = "tombstone" if said.slot == DELETED_SLOT and said.value != ABSENT else "change"
    replaces = tuple(s if r == said.record else (r, s) for r, s in sorted(said.replaces))
    return StagedChange(
        kind, said.type, said.record, said.unit, said.slot, said.stamp, replaces, ref, said.item.number, "op",
        said.value,
    )  # fmt: skip


def merged_in_some_order(rnd: random.Random, items: list[Said]) -> Database:
    """A ledger that has received all of the items in some order and grouping."""
    database = ledger()
    shuffled = list(items)
    rnd.shuffle(shuffled)
    while shuffled:
        size = rnd.randint(1, len(shuffled))
        merge(database, shuffled[:size])
        shuffled = shuffled[size:]
    return database


def heads_in_log(database: Database, head: str) -> set[tuple[str, str, int, str]]:
    """Record, slot, stamp and value of what nothing replaces, as every reader of the log finds it."""
    return set(
        database.rows(
            f"SELECT lower(hex(v.record)), v.slot, v.stamp, v.value FROM component m JOIN version v ON v.record = m.id"
            f" AND v.type = m.type WHERE m.head = unhex(?) AND v.slot <> '_deleted' AND {NOT_REPLACED}",
            (head,),
        )
    )


def heads_of_joined(joined: Joined) -> set[tuple[str, str, int, str]]:
    """The same by the rules."""
    return {(h.record, h.slot, h.stamp, h.value) for s in joined.slots.values() for h in s.heads}


@pytest.mark.no_cover
@given(histories(), st.randoms(use_true_random=False), limits())
@settings(max_examples=examples(30))
def test_any_order_and_grouping_gives_what_the_rules_say(
    items: list[Said], rnd: random.Random, limits: tuple[int, int]
) -> None:
    with limited(*limits):
        truth = truth_of(items)
        wanted = expected(truth)
        found = set()
        for _ in range(2):
            database = merged_in_some_order(rnd, items)
            assert shown(database) == wanted
            for head in set(truth.head.values()):
                assert heads_in_log(database, head) == heads_of_joined(truth.joined[head])
            found.add(digests.digest(database, TYPES))
            database.close()
        assert len(found) == 1


@pytest.mark.no_cover
@given(histories(), st.randoms(use_true_random=False), limits())
@settings(max_examples=examples(15))
def test_what_counts_no_longer_leaves_what_the_rest_says(
    items: list[Said], rnd: random.Random, limits: tuple[int, int]
) -> None:
    with limited(*limits):
        _check_what_is_left(items, rnd)


def _check_what_is_left(items: list[Said], rnd: random.Random) -> None:
    database = merged_in_some_order(rnd, items)
    gone = rnd.sample(items, rnd.randint(1, min(4, len(items))))
    held = truth_of(items).held
    with database.transaction():
        merger = Merger(database, TYPES)
        merger.take_out([
            Taken(origin_ref(database, s.item), s.item.number, s.stamp, s.type, s.record)
            for s in gone if s.item not in held
        ])  # fmt: skip
        merger.finish(0)
    left = [s for s in items if s not in gone or s.item in held]
    assert shown(database) == expected(truth_of(left))
    again = merged_in_some_order(rnd, left)
    assert digests.digest(database, TYPES).sha256 == digests.digest(again, TYPES).sha256
    database.close()
    again.close()


def test_what_is_one_in_many_steps_is_one_as_in_few() -> None:
    """Two pairs are joined, taken apart, joined otherwise, made one of four, and taken apart."""
    firms = ["f1" * 16, "f2" * 16, "f3" * 16, "f4" * 16]
    numbers = itertools.count(1)

    def said(kind: str, record: str, *what: Any) -> Said:
        number = next(numbers)
        return Said(ItemId(STATIONS[0], "00" * 8, number), kind, record, UNITS[0], 1000 + number, *what)

    def edge(one: int, other: int) -> str:
        return same_id("firm", firms[one], firms[other])

    born: dict[tuple[int, int], int] = {}

    def join(*pairs: tuple[int, int]) -> list[Said]:
        found = [said(SAME, edge(*pair), ("firm", *(firms[end] for end in pair))) for pair in pairs]
        born.update(zip(pairs, (item.stamp for item in found), strict=True))
        return found

    def part(*pairs: tuple[int, int]) -> list[Said]:
        return [
            said(SAME, edge(*pair), None, DELETED_SLOT, canonical_tombstone([], [born[pair]]))
            for pair in pairs
        ]

    births = [said("firm", record, (record[:2], None, None, None)) for record in firms]
    told = [
        [*births, *join((0, 1), (2, 3))], part((0, 1), (2, 3)), join((0, 2), (1, 3)), join((1, 2)),
        part((0, 2), (1, 3)),
    ]  # fmt: skip
    for at_once in (1, 2, 1000):
        with limited(100, at_once):
            database = ledger()
            for n, items in enumerate(told, 1):
                merge(database, items)
                truth = truth_of([item for earlier in told[:n] for item in earlier])
                assert shown(database) == expected(truth)
                digest = digests.digest(database, TYPES, frozenset({UNITS[0]}))
                assert digest.records == len(truth.types)
            database.close()


def test_what_one_alone_had_is_not_shown_of_the_others_when_it_leaves() -> None:
    ids, numbers = sorted(("f1" * 16, "f2" * 16, "f3" * 16)), itertools.count(1)

    def said(kind: str, record: str, *what: Any) -> Said:
        number = next(numbers)
        return Said(ItemId(STATIONS[0], "00" * 8, number), kind, record, UNITS[0], 1000 + number, *what)

    items = [
        said("firm", r, ("甲", code, None, None)) for r, code in zip(ids, (None, "X", None), strict=True)
    ]
    items += [said(SAME, same_id("firm", ids[0], other), ("firm", ids[0], other)) for other in ids[1:]]
    leaves = same_id("firm", ids[0], ids[1])
    last = said(SAME, leaves, None, DELETED_SLOT, canonical_tombstone([], [items[3].stamp]))
    database = ledger()
    merge(database, items)
    assert database.value("SELECT code FROM r_firm WHERE id = unhex(?)", (ids[0],)) == "X"
    merge(database, [last])
    assert components.members(database, "firm", ids[0]) == (ids[0], ids[2])
    assert shown(database) == expected(truth_of([*items, last]))


def test_of_very_many_changes_of_one_record_only_what_stands_is_loaded() -> None:
    """And of what is long only its digest, until it is asked for."""
    long, record = "长" * 1000, FIRMS[0]
    items = [Said(ItemId(STATIONS[0], "00" * 8, 1), "firm", record, UNITS[0], 1001, ("甲", None, None, None))]
    for number in range(2, 50):
        item, replaced = ItemId(STATIONS[0], "00" * 8, number), frozenset({(record, 999 + number)})
        name = canonical(f"{number}{long}")
        items.append(Said(item, "firm", record, UNITS[0], 1000 + number, None, "name", name, replaced))
    database = ledger()
    merge(database, items)
    found = {v.stamp: v for v in load_standing(database, "firm", bytes.fromhex(record)) if v.slot == "name"}
    assert found.keys() == {1001, 1049}
    assert len(found[1049].value) < 100
    assert whole(database, "firm", found[1049]) == canonical(f"49{long}")
    assert whole(database, "firm", found[1001]) == '"甲"'


def test_who_stands_above_by_a_move_that_counts_no_longer_joins_nothing() -> None:
    """The row of the unit that is taken apart shows that move until the end."""
    one, other = sorted((FIRMS[0], FIRMS[2]))
    below, above = UNITS
    cells = ("甲", None, None, None)

    def said(number: int, kind: str, record: str, unit: str, *what: Any) -> Said:
        return Said(ItemId(STATIONS[0], "00" * 8, number), kind, record, unit, 1000 + number, *what)

    items = [
        said(1, UNIT, above, TOP, (TOP,)),
        said(2, UNIT, below, TOP, (TOP,)),
        said(3, "firm", one, below, cells),
        said(4, "firm", other, above, cells),
        said(5, SAME, same_id("firm", one, other), above, ("firm", one, other)),
        said(6, UNIT, below, TOP, None, "superior", canonical(above), frozenset({(below, 1002)})),
    ]
    database = ledger()
    merge(database, items)
    assert components.members(database, "firm", one) == (one, other)
    with database.transaction():
        merger = Merger(database, TYPES)
        merger.take_out([Taken(origin_ref(database, items[-1].item), 6, 1006, UNIT, below)])
        merger.finish(0)
    assert shown(database) == expected(truth_of(items[:-1]))
    database.close()


def test_what_would_be_left_of_three_without_an_edge() -> None:
    first, second, third = sorted(FIRMS)
    before, after = same_id("firm", first, second), same_id("firm", second, third)
    alone = "f4" * 16
    items = [
        Said(ItemId(STATIONS[0], "00" * 8, number), kind, record, unit, 1000 + number, cells)
        for number, (kind, record, unit, cells) in enumerate(
            [
                (UNIT, UNITS[0], TOP, (TOP,)),
                *(("firm", r, UNITS[0], ("甲", None, None, None)) for r in (*FIRMS, alone)),
                (SAME, before, TOP, ("firm", first, second)),
                (SAME, after, TOP, ("firm", second, third)),
                # Said by who stands above neither: it joins nothing.
                (SAME, same_id("firm", first, third), UNITS[1], ("firm", first, third)),
            ],
            start=1,
        )
    ]
    database = ledger()
    merge(database, items)

    def left(record: str, *without: str) -> set[str]:
        return set(components.side(database, TYPES, "firm", record, without))

    assert left(first) == {first, second, third}
    assert left(first, before) == {first}
    assert left(third, before) == {second, third}
    assert left(second, before, after) == {second}
    assert left(alone, before) == {alone}
    assert components.side(database, TYPES, "firm", first, ())[0] == FIRMS[1]
    # Of edges between others nobody asks whose they are: a ledger may hold thousands, and each slot is asked about.
    asked: list[list[str]] = []
    others = [f"{number:032x}" for number in range(1, 21)]
    for _ in range(2):
        asked.append([])
        database.connection.set_trace_callback(asked[-1].append)
        left(first, before)
        database.connection.set_trace_callback(None)
        merge(
            database,
            [
                Said(ItemId(STATIONS[1], "00" * 8, number), kind, record, unit, 2000 + number, cells)
                for number, (kind, record, unit, cells) in enumerate(
                    [
                        *(("firm", r, UNITS[0], ("乙", None, None, None)) for r in others),
                        *((SAME, same_id("firm", a, b), TOP, ("firm", a, b)) for a, b in pairwise(others)),
                    ],
                    start=1,
                )
            ],
        )
    assert len(asked[0]) == len(asked[1])
    database.close()


def test_a_birth_that_is_no_head_leaves_a_change_of_the_same_moment_one() -> None:
    """Honest stations give each stamp once; what a faulty one wrote is the same in every order all the same."""
    first, second = FIRMS[0], FIRMS[1]
    cells = ("乙", None, None, None)

    def said(number: int, record: str, stamp: int, **more: Any) -> Said:
        return Said(ItemId(STATIONS[0], "00" * 8, number), "firm", record, UNITS[0], stamp, **more)

    edge = ("firm", *sorted((first, second)))
    items = [
        said(1, first, 1001, cells=cells),
        said(2, second, 1002, cells=cells),
        Said(ItemId(STATIONS[1], "00" * 8, 1), SAME, same_id(*edge), UNITS[0], 1003, edge),
        said(3, second, 1002, slot="name", value='"甲"', replaces=frozenset({(first, 1001)})),
    ]
    truth = truth_of(items)
    for seed in range(6):
        database = merged_in_some_order(random.Random(seed), items)
        assert shown(database) == expected(truth)
        head = truth.head[first]
        assert (second, "name", 1002, '"甲"') in heads_in_log(database, head)
        database.close()
