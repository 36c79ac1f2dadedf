"""A change may name very many versions that it replaces: each is read by itself, and counts once."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from desktop.records.identity import derived_id
from desktop.records.versions import items
from desktop.records.versions.items import Replaced
from desktop.records.versions.resolution import heads_of
from desktop.store.log import versions
from desktop.store.log.versions import load_versions
from desktop.store.merging import counting, uncounting
from desktop.store.merging.merging import Merger
from desktop.store.merging.uncounting import Taken
from desktop.store.queries import governing
from desktop.store.tables.pinyin import sort_key
from desktop.sync.authority import moves
from desktop.sync.errors import BadSegment
from desktop.sync.formats import decoding, segments
from tests.measuring import memory
from tests.sync.desks import TYPES, Desk, report
from tests.sync.levels import FIRM, OTHER, Tree, unit_cells

STAMP = f"{5:016x}"


def decoded(desk: Desk, replaces: str) -> decoding.WireChange:
    """A change whose list is written so."""
    head = desk.head(items.CHANGE, FIRM, "name", number=1, stamp=1 << 60)
    line = items.change_line(head, "改", None).replace(b',[],1,"', f',{replaces},1,"'.encode())
    header, frame = segments.cut(desk.station, "ab" * 8, [(1, line)], {}, desk.keys.sign)
    (change,) = decoding.decode(header, segments.read(frame)[1], TYPES).changes
    return change


LISTS = [
    f'["{STAMP}"]',
    f'["{STAMP}","{6:016x}","{STAMP}"]',
    f'[ "{STAMP}" , ["{OTHER}","{STAMP}"],["{FIRM}", "{7:016x}"] ]',
    f'[["{OTHER}","{STAMP}"],["no id, ]\\" [","{STAMP}"]]',
    f'["{"7" + "f" * 15}"]',
    "[   ]",
    "[]",
]


@pytest.mark.parametrize("replaces", LISTS)
def test_a_long_list_is_read_as_a_short_one_is(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, replaces: str
) -> None:
    short = decoded(tree.village, replaces)
    monkeypatch.setattr(decoding, "_LONG", 1)
    assert decoded(tree.village, replaces) == short


@pytest.mark.parametrize(
    "replaces",
    ['["1"]', f'["{STAMP}",5]', f'[["{STAMP}"]]', "5", f'{{"{STAMP}":1}}', f'["{STAMP}",null]', '"x"',
     f'[["{OTHER}","{STAMP}","{STAMP}"]]', f'[["{OTHER}",5]]', f'["{STAMP}",{{}}]',
     f'{{"a":["{STAMP}"]}}'],
)  # fmt: skip
@pytest.mark.parametrize("long", [1, 1 << 16])
def test_what_is_no_list_of_stamps_is_no_item(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, replaces: str, long: int
) -> None:
    monkeypatch.setattr(decoding, "_LONG", long)
    with pytest.raises(BadSegment):
        decoded(tree.village, replaces)


@pytest.mark.no_cover
def test_a_list_takes_little_more_memory_than_its_line(tree: Tree) -> None:
    """One of 30 MB stands in some hundred kilobytes of a bundle; its texts alone were four times as much."""
    replaces = json.dumps([f"{n:016x}" for n in range(1, 20_001)], separators=(",", ":"))
    used, change = memory(lambda: decoded(tree.village, replaces))
    assert len(change.replaces) == 20_000
    assert used < 9 * len(replaces)


def told(tree: Tree, shorter_than: int, monkeypatch: pytest.MonkeyPatch) -> Sequence[object]:
    monkeypatch.setattr(versions, "_SHORT", f"octet_length(s.replaces) < {shorter_than}")
    village, town = tree.village, tree.town
    for record in (FIRM, OTHER):
        village.forge_birth(record, {"name": "一家"}, stamp=9)
    village.forge_change(FIRM, "name", "改", stamp=11, replaces=(9, Replaced(9, OTHER), 7))
    town.take(village.send())
    rows = town.database.rows("SELECT * FROM replacement"), town.database.rows("SELECT * FROM elsewhere")
    assert rows[0]
    assert rows[1]
    return rows


@pytest.mark.parametrize("shorter_than", [0, 1_000])
def test_what_a_change_replaces_is_noted_alike_however_long(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, shorter_than: int
) -> None:
    replaced, elsewhere = told(tree, shorter_than, monkeypatch)
    record, other = bytes.fromhex(FIRM), bytes.fromhex(OTHER)
    assert [row[:4] for row in replaced] == [(record, "name", "firm", n) for n in (9, 7)]  # type: ignore[attr-defined]
    assert [row[:5] for row in elsewhere] == [(record, "name", "firm", other, 9)]  # type: ignore[attr-defined]


def test_values_of_any_length_are_shown_as_they_came(tree: Tree) -> None:
    """Those that are long are written one by one, and stand in lists like others."""
    village, town = tree.village, tree.town
    names = {FIRM: "短", OTHER: "长" * 6_000, f"{7:032x}": "x" * 20_000}
    for record in names:
        village.forge_birth(record, {"name": "一家"}, stamp=9)
    for record, name in names.items():
        village.forge_change(record, "name", name, stamp=11, replaces=(9,))
    town.take(village.send())
    assert {record: (town.values(record) or {})["name"] for record in names} == names
    in_order = town.database.rows("SELECT lower(hex(id)) FROM r_firm WHERE _sort IS NOT NULL ORDER BY _sort")
    assert [record for (record,) in in_order] == sorted(names, key=lambda record: sort_key(names[record]))


def test_a_long_list_of_what_is_replaced_is_read_alike_after_it_has_waited(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits is kept in another spelling than what is staged at once; digits of ids had been taken for stamps."""
    monkeypatch.setattr(versions, "_SHORT", "FALSE")
    town, district, village = tree.town, tree.district, derived_id("unit:village", "新村")
    for each in (FIRM, OTHER):
        town.forge_birth(each, {"name": "一家"}, unit=village, stamp=9)
    town.forge_change(FIRM, "name", "改", unit=village, stamp=11, replaces=(9, Replaced(9, OTHER), 7))
    assert report(town, district).held == 3
    town.birth("unit", unit_cells("新村", town.unit), record=village)
    report(town, district)
    record, other = bytes.fromhex(FIRM), bytes.fromhex(OTHER)
    named = "SELECT record, replaced FROM replacement UNION ALL SELECT other, replaced FROM elsewhere"
    assert sorted(district.database.rows(named)) == [(record, 7), (record, 9), (other, 9)]


def test_what_all_name_is_in_memory_once_and_what_nobody_has_not_at_all(tree: Tree) -> None:
    """Of each of a thousand changes that name a thousand all names were loaded to see whether the record lives."""
    village, town = tree.village, tree.town
    village.forge_birth(FIRM, {"name": "一家"}, stamp=9)
    village.forge_birth(OTHER, {"name": "另一家"}, stamp=9)
    village.forge_change(OTHER, "name", "也改", stamp=10)
    for stamp, value in ((2_000, "终"), (2_001, "又")):
        seen = (9, *range(1_000, stamp), Replaced(9, OTHER), Replaced(99, OTHER))
        village.forge_change(FIRM, "name", value, stamp=stamp, replaces=seen)
    assert town.take(village.send()).refused == 0
    found = load_versions(town.database, "firm", bytes.fromhex(FIRM))
    assert sorted(stamp for v in found for stamp in v.replaces) == [9, 2_000]
    assert [named for v in found for named in v.elsewhere] == [(OTHER, 9)]
    assert [h.value for h in heads_of(found)] == ['"又"']
    before = load_versions(town.database, "firm", bytes.fromhex(FIRM), only="name", without={2_001})
    assert [(h.value, sorted(h.replaces)) for h in heads_of(before)] == [('"终"', [9])]


def test_of_moves_only_those_are_told_that_somebody_has_made(tree: Tree) -> None:
    tree.deliver()
    town, unit = tree.town, tree.village.unit
    first = town.stamp()
    for n, seen in enumerate(((), (first, 5, 6), (first + 1, 7))):
        town.forge_change(unit, "superior", town.unit, type="unit", stamp=first + n, replaces=seen)
    # Not above the unit: it is aside.
    tree.district.take(town.send())
    said = governing.changes_of_units(tree.district.database, moves.SLOTS)
    named = [json.loads(row[-1]) for row in said if row[5] in range(first, first + 3)]
    assert named == [[], [first], [first + 1]]


def test_what_is_withdrawn_is_taken_apart_by_its_weight(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle of 40 KB may hold two hundred changes of a megabyte, and a word of a hundred bytes take them all out."""
    monkeypatch.setattr(uncounting, "HEAVIEST", 1_000)
    pieces, take_out = [], Merger.take_out

    def noted(merger: Merger, items: Sequence[Taken]) -> None:
        pieces.append(len(items))
        take_out(merger, items)

    monkeypatch.setattr(Merger, "take_out", noted)
    village, town = tree.village, tree.town
    numbers = [village.forge_birth(f"{n:032x}", {"name": "一家"}, stamp=9) for n in range(6)]
    # Behind the other records something is said of each once more, and nothing of it is heavier for that.
    numbers += [village.forge_change(f"{n:032x}", "staff", n, stamp=10) for n in range(6)]
    for n in range(6):
        village.forge_change(f"{n:032x}", "name", f"{n}" * 500, stamp=10, replaces=(9,))
    assert town.take(village.send()).applied == 18
    word = town.exclude(*((village, number) for number in numbers))
    assert pieces == [4, 4, 4]
    assert (town.records(), len(town.held())) == (set(), 6)
    town.lift(word)
    assert sorted(str(v["name"])[0] for r in town.records() if (v := town.values(r))) == list("012345")


@pytest.mark.parametrize("heaviest", [1, 1_200])
def test_what_waited_is_staged_by_its_weight(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, heaviest: int
) -> None:
    """A bundle of 30 KB may let two hundred changes of a megabyte come in that had waited for their record."""
    monkeypatch.setattr(counting, "HEAVIEST", heaviest)
    for n in range(6):
        tree.village.forge_change(FIRM, "name", f"{n}" * 500)
    assert tree.town.take(tree.village.send()).held == 6
    staged, count_staged = [], counting.count_staged

    def noted(database: object) -> None:
        staged.append(tree.town.database.value("SELECT total(octet_length(value)) FROM staged"))
        count_staged(tree.town.database)

    monkeypatch.setattr(counting, "count_staged", noted)
    tree.village.forge_birth(FIRM, {"name": "一家"})
    assert tree.town.take(tree.village.send()).released == 6
    assert 0 < max(staged) <= max(heaviest, 502)
    assert sum(staged) == 6 * 502
