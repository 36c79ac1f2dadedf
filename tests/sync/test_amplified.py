"""A small bundle of an enrolled village must not cost its town more than it brings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from desktop.records.identity import item_id
from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.store.ledger import NewRecord
from desktop.store.peers import segment_log
from desktop.sync.authority import station
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.errors import BadSegmentSignature
from desktop.sync.formats import segments, strictjson
from desktop.sync.formats.frames import compress
from desktop.sync.merging.intake import Intake
from desktop.sync.merging.results import BundleResult
from tests.measuring import memory, seconds, steps_of
from tests.sync.desks import Desk, report
from tests.sync.forging import forged_bundle, one_segment
from tests.sync.levels import FIRM, OTHER, Tree, grow


def saving(tree: Tree) -> float:
    """How long a save takes, the quickest of a few."""
    return min(seconds(lambda: tree.town.birth("firm", {"name": "一家"})) for _ in range(3))


def send_changes(
    tree: Tree, count: int, record: Callable[[int], str], type_name: Callable[[int], str]
) -> None:
    """Changes of records that nobody has, merged at the town."""
    first = tree.village.next_number()
    for start in range(0, count, 5_000):
        lines = []
        for n in range(start, min(count, start + 5_000)):
            head = tree.village.head("change", record(n), "name", number=first + n, type=type_name(n))
            lines.append((head.number, items.change_line(head, "v", None)))
        tree.village.forge(lines)
    assert tree.town.take(tree.village.send()).held == count


@pytest.mark.no_cover
def test_what_waits_does_not_hold_up_every_save(tmp_path: Path) -> None:
    """A bundle of 133 KB may hold 20 000 changes of unknown records, which are all tried again at each save."""
    tree = grow(tmp_path)
    send_changes(tree, 1_000, lambda n: f"{n:032x}", lambda n: "firm")
    few = saving(tree)
    send_changes(tree, 8_000, lambda n: f"{n + 1_000:032x}", lambda n: "firm")
    # Nine times as many; with a comparison of each with each it would be eighty times.
    assert saving(tree) < 25 * few


@pytest.mark.no_cover
def test_names_of_types_that_nobody_has_cost_no_save_either(tmp_path: Path) -> None:
    """A bundle of 19 KB may name 2 000 types; only births make a table, and only what has one is looked at."""
    tree = grow(tmp_path)
    send_changes(tree, 2_000, lambda n: FIRM, lambda n: "t")
    one = saving(tree)
    send_changes(tree, 2_000, lambda n: FIRM, lambda n: f"t{n}")
    assert saving(tree) < 8 * one
    assert (tree.town.database.value("SELECT count(*) FROM sqlite_master WHERE name GLOB 'r_t[0-9]*'")) == 0


@pytest.mark.no_cover
def test_segments_cut_small_are_not_each_compared_with_a_whole_one(tmp_path: Path) -> None:
    """One part may hold 4 095 segments of one line each, a bundle 120 parts."""
    few, many = (cost_of_small(tmp_path / str(size), size) for size in (100, 5_000))
    # Fifty times as long; unpacking and hashing it for each line would cost about as many times more.
    assert many < 5 * few


def cost_of_small(folder: Path, size: int) -> float:
    """What a hundred segments of one line cost that stand in a known one of many."""
    folder.mkdir()
    tree = grow(folder)
    shape = Shape(("name",))
    heads = [tree.village.head("birth", f"{n:032x}", None, number=n + 1) for n in range(size)]
    lines = [(head.number, items.birth_line(head, shape, {}, lambda: "")) for head in heads]
    tree.village.forge(lines, {"firm": shape})
    tree.town.take(tree.village.send())
    tree.village.database.execute("DELETE FROM segment WHERE vouched IS NULL")
    for line in lines[:100]:
        tree.village.forge([line], {"firm": shape})
    sent = tree.village.send()
    return seconds(lambda: tree.town.take(sent))


def test_segments_of_nobody_take_no_more_memory_than_they_bring(tmp_path: Path) -> None:
    """63 KB, 200 headers without a line behind them, which count a million items."""
    tree = grow(tmp_path)
    header, _ = one_segment(tree.village)
    outgoing = []
    for n in range(200):
        said = json.loads(header.raw) | {
            "station": f"{n:064x}",
            "last": 5_000,
            "counts": {"change": 5_000},
            "shapes": {},
        }
        raw = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        signed = strictjson.line({"signature": strictjson.to_base64(header.signature)})
        label = [said["station"], said["incarnation"], 1, 5_000, said["digest"], 5_000, n, n + 1]
        outgoing.append(Outgoing(compress(raw + b"\n" + signed), label))
    sent = forged_bundle(tree.village, tree.town, outgoing, counts=200 * 5_000)
    peak, _ = memory(lambda: tree.town.merge(sent))
    assert peak < 40_000_000


@pytest.mark.parametrize("whose", ["village", "other"])
def test_segments_that_nobody_has_signed_do_not_lie_in_memory_together(tmp_path: Path, whose: str) -> None:
    """They wait for a grant of their key, which the rest of the bundle may bring; a kilobyte holds a hundred headers,
    each of which takes megabytes.
    """
    tree = grow(tmp_path)
    shape = Shape(tuple(f"c{n}" for n in range(8_000)))
    line = items.birth_line(tree.village.head("birth", FIRM, None, number=1), Shape(()), {}, lambda: "")
    outgoing = []
    for n in range(12):
        desk: Desk = getattr(tree, whose)
        header, frame = segments.cut(
            desk.station, f"{n:016x}", [(1, line)], {"firm": shape}, lambda _: bytes(64)
        )
        outgoing.append(Outgoing(frame, [*header.label(), n, n + 1]))
    peaks = []
    for several in (outgoing[:3], outgoing):
        sent = forged_bundle(tree.village, tree.town, several, counts=len(several))
        used, report = memory(partial(tree.town.merge, sent, preview=True))
        assert [type(b.problem) for b in report.bundles] == [
            type(None) if whose == "village" else BadSegmentSignature
        ]
        peaks.append(used)
    assert peaks[1] < 1.5 * peaks[0]


def test_what_a_bundle_says_of_its_size_drops_no_index(tmp_path: Path) -> None:
    """Indexes are built afterwards for what is really large, not for what a small file says of itself."""
    tree = grow(tmp_path)
    sent = forged_bundle(tree.village, tree.town, [], counts=10**9)
    statements: list[str] = []
    tree.town.database.connection.set_trace_callback(statements.append)
    problem = tree.town.merge(sent).bundles[0].problem
    tree.town.database.connection.set_trace_callback(None)
    assert problem is not None
    assert not [s for s in statements if s.startswith("DROP INDEX")]


@pytest.mark.no_cover
def test_segments_cut_in_many_ways_are_not_each_compared_with_all_of_them(tmp_path: Path) -> None:
    """A segment of known items takes a few hundred bytes, however many lines it has: they are the same each time."""
    few, many = (cost_of_shifted(tmp_path / str(count), count) for count in (5, 100))
    # Twenty times as many; each compared with each it would be about eighty times.
    assert many < 35 * few


def cost_of_shifted(folder: Path, count: int) -> float:
    """What it costs to merge a known segment once more in so many ways, each without some of its first lines."""
    folder.mkdir()
    tree = grow(folder)
    first, shape = tree.village.next_number(), Shape(("name",))
    heads = [
        tree.village.head("birth", f"{n:032x}", None, number=n, stamp=9) for n in range(first, first + 500)
    ]
    lines = [(head.number, items.birth_line(head, shape, {}, lambda: "")) for head in heads]
    tree.village.forge(lines, {"firm": shape})
    tree.town.take(tree.village.send())
    tree.village.database.execute("DELETE FROM segment WHERE vouched IS NULL")
    for without in range(1, count + 1):
        tree.village.forge(lines[without:], {"firm": shape})
    sent = tree.village.send()
    return seconds(lambda: tree.town.take(sent))


@pytest.mark.no_cover
def test_which_segments_overlap_is_found_without_looking_at_all_of_them(tmp_path: Path) -> None:
    book = grow(tmp_path).town.database
    times = []
    for origin, count in ((100, 500), (101, 16_000)):
        rows = [(origin, n * 50 + 1, n * 50 + 50) for n in range(count)]
        book.connection.executemany(
            "INSERT INTO segment (origin, first, last, digest, counts, total, frame)"
            " VALUES (?, ?, ?, '', '{}', 50, x'')",
            rows,
        )
        end = count * 50
        asked = partial(segment_log.positions, book, origin, end - 60, end + 10)
        assert len(asked()) == 2
        times.append(seconds(lambda asked=asked: [asked() for _ in range(40)]))  # type: ignore[misc]
    assert times[1] < 8 * times[0]


@pytest.mark.no_cover
@pytest.mark.parametrize("names", [lambda at, first: f"{first}-{10**15}", lambda at, first: f"{first + at}"])
def test_what_a_station_says_of_its_own_items_is_not_asked_word_by_word(
    tmp_path: Path, names: Callable[[int, int], str]
) -> None:
    """A bundle of 120 KB may hold 4 000 words, each about all that follows, or about one item each."""
    few, many = (cost_of_own_words(tmp_path / str(count), count, names) for count in (250, 3_000))
    # Twelve times as many; each asked about each it would be about fifty times.
    assert many < 20 * few


def cost_of_own_words(folder: Path, count: int, names: Callable[[int, int], str]) -> float:
    """What it costs to merge so many words of a village, and as many items that they name."""
    folder.mkdir()
    tree = grow(folder)
    village, shape = tree.village, Shape(("cause", "items"))
    first = village.next_number()
    origin = f"{village.station} {village.keys.incarnation}"
    lines = []
    for number in range(first, first + count):
        record = item_id("exclusion", village.station, village.keys.incarnation, number)
        head = village.head("birth", record, None, number=number, type="exclusion")
        cells = {"cause": "clock", "items": f"{origin} {names(number - first, first + count)}"}
        lines.append((number, items.birth_line(head, shape, cells, lambda: "")))
    village.forge(lines, {"exclusion": shape})
    first, shape, lines = village.next_number(), Shape(("name",)), []
    for number in range(first, first + count):
        head = village.head("birth", f"{number:032x}", None, number=number)
        lines.append((number, items.birth_line(head, shape, {"name": "一家"}, lambda: "")))
    village.forge(lines, {"firm": shape})
    sent = village.send()
    return seconds(lambda: tree.town.take(sent))


def test_conflicts_with_gaps_between_them_are_asked_for_together(tmp_path: Path) -> None:
    """What a bundle has brought is asked for again, in spans, where something that has waited comes to count behind it.

    What is in dispute is gathered each time that somebody asks.
    """
    few, many = (steps_of_disputes(tmp_path / str(count), count) for count in (40, 200))
    # Five times as many; gathered for each it was about twenty times.
    assert many < 8 * few


def steps_of_disputes(folder: Path, count: int) -> int:
    """What the engine does to merge so many births of records that are here, and one of another unit behind each."""
    folder.mkdir()
    tree = grow(folder)
    village, shape = tree.village, Shape(("name",))
    first = village.next_number()
    disputed, between = range(first, first + 2 * count, 2), range(first + 1, first + 2 * count, 2)

    def line(number: int) -> tuple[int, bytes]:
        unit = tree.other.unit if number in between else village.unit
        head = village.head("birth", f"{number:032x}", None, number=number, stamp=9, unit=unit)
        return number, items.birth_line(head, shape, {"name": "一家"}, lambda: "")

    births = [NewRecord("firm", f"{n:032x}", tree.town.unit, {"name": "镇里的"}) for n in disputed]
    tree.town.ledger.write("登记", "镇", births=births)
    village.forge([line(n) for n in range(first, first + 2 * count)], {"firm": shape})
    early = village.head("change", f"{village.next_number() + 1:032x}", "name", stamp=10)
    village.forge([(early.number, items.change_line(early, "改", None))])
    sent = village.send()
    village.forge([line(first + 2 * count + 1)], {"firm": shape})
    later = village.send()
    results: list[BundleResult] = []
    steps = steps_of(tree.town.database, lambda: results.extend(tree.town.merge(sent, later).bundles))
    assert (results[0].refused, results[0].conflict, results[0].held) == (count, count + 1, 0)
    return steps


@pytest.mark.no_cover
def test_what_waits_behind_a_fork_is_not_gone_through_for_each_content(tmp_path: Path) -> None:
    few, many = (steps_of_forks(tmp_path / str(count), count) for count in (50, 300))
    # Six times as many; all that waits gone through for each it was 25 times.
    assert many < 9 * few


def steps_of_forks(folder: Path, count: int) -> int:
    """What the engine does to hold the other contents of so many items, each by itself and the last ones first."""
    folder.mkdir()
    tree = grow(folder)
    village, shape = tree.village, Shape(("name",))
    first = village.next_number()

    def line(number: int, name: str) -> tuple[int, bytes]:
        head = village.head("birth", f"{number:032x}", None, number=number, stamp=9)
        return number, items.birth_line(head, shape, {"name": name}, lambda: "")

    numbers = range(first, first + count)
    village.forge([line(number, "一家") for number in numbers], {"firm": shape})
    tree.town.take(village.send())
    for number in reversed(numbers):
        village.forge([line(number, "另一家")], {"firm": shape})
    sent = village.send()
    results: list[BundleResult] = []
    steps = steps_of(tree.town.database, lambda: results.append(tree.town.take(sent)))
    assert results[0].held == count
    return steps


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", ["grant", "revocation", "exclusion", "erasure"])
def test_words_about_others_are_gone_through_once_and_not_at_each_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A bundle may hold half a million segments of one word each; of 1 600 each was judged by all before it."""
    calls = []
    for count in (3, 30):
        (tmp_path / str(count)).mkdir()
        tree = grow(tmp_path / str(count))
        for n in range(count):
            word_of(tree.town, kind, {"items": f"{n:064x} {n:016x} 1", "station": f"{n:064x}", "cuts": "x"})
        asked: list[object] = []
        knowledge = station.knowledge

        def noted(
            *given: Any, asked: list[object] = asked, knowledge: Callable[..., station.Knowledge] = knowledge
        ) -> station.Knowledge:
            asked.append(given)
            return knowledge(*given)

        with monkeypatch.context() as patched:
            patched.setattr(station, "knowledge", noted)
            assert tree.district.take(tree.town.send()).applied >= count
        calls.append(len(asked))
    assert calls[0] == calls[1]


def test_words_about_others_count_for_what_the_next_segment_of_others_says(tmp_path: Path) -> None:
    """The town takes back what its village says next, and what it says itself under a wrong date, in one bundle."""
    tree = grow(tmp_path)
    named = f"{tree.village.station} {tree.village.keys.incarnation} 1"
    tree.village.birth("firm", {"name": "村里的"}, record=FIRM)
    report(tree.village, tree.town)
    word_of(tree.town, "exclusion", {"cause": "withdrawn", "items": named})
    own = tree.town.next_number() + 1
    word_of(
        tree.town,
        "exclusion",
        {"cause": "clock", "items": f"{tree.town.station} {tree.town.keys.incarnation} {own}"},
    )
    tree.town.forge_birth(OTHER, {"name": "日期错了"})
    result = tree.district.take(tree.town.send())
    assert {(u.record, u.reason) for u in result.unapplied} == {(FIRM, "withdrawn"), (OTHER, "clock")}


def test_who_speaks_against_himself_before_he_is_heard_gains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own words, its village and itself are put out of use, and both go on writing in the same bundle."""
    tree = grow(tmp_path)
    town, village = tree.town, tree.village
    for desk in (village, town):
        word_of(town, "revocation", {"station": desk.station, "cuts": f"{desk.keys.incarnation}=1"})
        named = f"{desk.station} {desk.keys.incarnation} 1-90"
        word_of(town, "exclusion", {"cause": "clock", "items": named})
    word_of(town, "erasure", {"kind": "firm", "target": FIRM, "slots": "contact", "upto": "f" * 16})
    village.birth("firm", {"name": "村里的"}, record=FIRM)
    village.birth("firm", {"name": "又一家"}, record=OTHER)
    report(village, town)
    word_of(town, "exclusion", {"cause": "withdrawn", "items": f"{village.station} {'ab' * 8} 1"})
    town.forge_birth("f3" * 16, {"name": "日期错了"})
    sent = town.send()
    at_once = property(lambda intake: lambda _station: intake.judge)
    with monkeypatch.context() as patched:
        patched.setattr(Intake, "judge_of", at_once)
        (heard,) = tree.district.merge(sent, preview=True).bundles
    result = tree.district.take(sent)
    assert set(result.unapplied) == set(heard.unapplied)
    assert (result.applied, result.refused, result.held) == (heard.applied, heard.refused, heard.held)
    assert {(u.record, u.reason) for u in result.unapplied} == {
        (FIRM, "clock"), (OTHER, "clock"), ("f3" * 16, "clock"),
    }  # fmt: skip


def word_of(desk: Desk, kind: str, cells: Mapping[str, str]) -> None:
    """A word of a deciding type in a segment of its own."""
    record = item_id(kind, desk.station, desk.keys.incarnation, desk.next_number())
    desk.forge_birth(record, cells, type=kind)
