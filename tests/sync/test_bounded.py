"""What a merge does not apply is told whole, and no list of it stands in memory: here, in receipts, at the sender."""

from __future__ import annotations

import base64
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from desktop.records.identity import item_id
from desktop.records.versions import items
from desktop.records.versions.canonical import MAX_NUMBER
from desktop.records.versions.items import Shape
from desktop.records.versions.spans import Span
from desktop.records.versions.stamps import MAX_STAMP
from desktop.store.ledger import NewRecord
from desktop.store.merging import aside, counting, telling
from desktop.store.peers import exchanged
from desktop.store.queries import indexing
from desktop.store.tables.database import Database
from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.authority.exclusions import Item, Named
from desktop.sync.bundles import envelope
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.errors import BadSegment
from desktop.sync.formats import receipts, segments
from desktop.sync.formats.receipts import Receipt
from desktop.sync.merging import erasing, results, staged, standing, waiting, withdrawing
from desktop.sync.merging.results import BundleResult
from tests.measuring import least_memory, memory
from tests.sync.desks import Desk, report
from tests.sync.forging import forged_bundle, one_segment
from tests.sync.levels import FIRM, OTHER, Tree, grow

SHAPE = Shape(("name",))
LINES = 100


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return grow(tmp_path)


def segments_of(desk: Desk, count: int, line: Callable[[int], bytes], size: int = LINES) -> None:
    """Segments whose lines are those of numbers."""
    for _ in range(count):
        first = desk.next_number()
        desk.forge([(n, line(n)) for n in range(first, first + size)], {"firm": SHAPE})


def outside(tree: Tree) -> Callable[[int], bytes]:
    """Births under a unit that is not the village's."""

    def line(number: int) -> bytes:
        head = tree.village.head(
            "birth", f"{number:032x}", None, number=number, unit=tree.other.unit, stamp=9
        )
        return items.birth_line(head, SHAPE, {"name": "一家"}, lambda: "")

    return line


def unborn(tree: Tree) -> Callable[[int], bytes]:
    """Changes of records that nobody has."""

    def line(number: int) -> bytes:
        return items.change_line(
            tree.village.head("change", f"{number:032x}", "name", number=number, stamp=9), "改", None
        )

    return line


def born(tree: Tree) -> Callable[[int], bytes]:
    """Births under the village's own unit."""

    def line(number: int) -> bytes:
        head = tree.village.head("birth", f"{number:032x}", None, number=number, stamp=9)
        return items.birth_line(head, SHAPE, {"name": "一家"}, lambda: "")

    return line


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little is in memory at once that a few segments are many."""
    for module, name, value in (
        (counting, "MOST", LINES),
        (aside, "_PIECE", LINES),
        (telling, "MAX_LINES", LINES),
        (exchanged, "_PIECE", LINES),
        (standing, "_PIECE", LINES),
        (excluding, "_PIECE", 1_000),
        (indexing, "MANY", LINES),
        (results, "MOST_LISTED", 20),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(("line", "outcome"), [(outside, "refused"), (unborn, "held")])
def test_memory_hangs_on_a_segment_and_not_on_how_many_are_not_applied(
    tree: Tree, line: Callable[[Tree], Callable[[int], bytes]], outcome: str
) -> None:
    """Merged, stated, answered, and the answers taken in at the village."""
    peaks = []
    for count in (2, 24):
        segments_of(tree.village, count, line(tree))
        merging, result = memory(partial(tree.town.take, tree.village.send()))
        assert getattr(result, outcome) == result.total == count * LINES
        assert (len(result.unapplied), result.unlisted) == (20, count * LINES - 20)
        assert result.reasons == {(outcome, {"refused": "scope", "held": "no_birth"}[outcome]): count * LINES}
        answering, _ = memory(lambda: tree.village.take(tree.town.send(tree.village)))
        peaks.append((merging, answering))
    kept = tree.town.database.rows(
        "SELECT merge, outcome, count(*) FROM merge_item GROUP BY merge, outcome ORDER BY merge"
    )
    assert [row[1:] for row in kept] == [(outcome, 2 * LINES), (outcome, 24 * LINES)]
    assert len(tree.village.answers()) == 26 * LINES
    assert tree.town.database.value("SELECT count(*) FROM told") == 0
    (few, few_answers), (many, many_answers) = peaks
    # Twelve times as many: a list of a hundred bytes for each would be a fifth of what else is taken.
    assert many < 1.2 * few
    assert many_answers < 1.2 * few_answers


def full_of_everything(tree: Tree) -> BundleResult:
    """A bundle with births, edits against those of the town, edits that replace edits, and what waits or is refused."""
    village, town = tree.village, tree.town
    for record in (FIRM, OTHER):
        village.birth("firm", {"name": "一家", "staff": 3}, record=record)
    report(village, town)
    for slot, value in (("name", "镇里的"), ("staff", 7)):
        town.edit(FIRM, slot, value)
    village.edit(FIRM, "name", "村里的")
    village.cut()
    village.edit(FIRM, "staff", 4)
    village.forge_change("ab" * 16, "name", "早了")
    seen = town.database.value("SELECT max(stamp) FROM version WHERE slot = 'name' AND NOT birth")
    own = village.database.value("SELECT max(stamp) FROM version WHERE slot = 'name' AND NOT birth")
    village.forge_change(FIRM, "name", "定了", replaces=(seen, own))
    village.forge_change(OTHER, "name", "一说")
    village.forge_change(OTHER, "name", "又一说")
    village.forge_change("cd" * 16, "name", "没有这家")
    village.forge_birth(f"{7:032x}", {"name": "别村的"}, unit=tree.other.unit)
    village.forge_birth("ab" * 16, {"name": "来了"})
    village.forge_birth(FIRM, {"name": "同号"})
    return town.take(village.send())


def told(result: BundleResult) -> tuple[object, ...]:
    """All that a report says."""
    listed = sorted((u.number, u.outcome, u.reason, u.type, u.record, u.slot) for u in result.unapplied)
    five = (result.applied, result.known, result.held, result.conflict, result.refused, result.released)
    return five, listed, result.births, result.changes, result.reasons


@pytest.mark.no_cover
def test_what_is_counted_in_pieces_is_told_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later piece may end a conflict of an earlier one, or begin it."""
    reports, digests = [], []
    for most, heaviest in ((50_000, 1 << 20), (1, 1 << 20), (50_000, 1)):
        monkeypatch.setattr(counting, "MOST", most)
        monkeypatch.setattr(staged, "HEAVIEST", heaviest)
        folder = tmp_path / f"{most}-{heaviest}"
        folder.mkdir()
        tree = grow(folder)
        reports.append(told(full_of_everything(tree)))
        digests.append(tree.town.digest())
    assert reports[0] == reports[1] == reports[2]
    assert digests[0] == digests[1] == digests[2]
    assert {"held", "conflict", "refused"} == {outcome for outcome, _ in reports[0][4]}  # type: ignore[attr-defined]


@pytest.mark.no_cover
@pytest.mark.parametrize("bundles", [1, 20])
def test_few_large_values_do_not_lie_in_memory_together(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, bundles: int
) -> None:
    """Fifty thousand changes of five thousand characters come in 400 kB, and a quarter gigabyte was staged."""
    monkeypatch.setattr(staged, "HEAVIEST", 5_000)
    sizes, count_staged = [], counting.count_staged

    def noted(database: Database) -> None:
        sizes.append(database.value("SELECT total(length(value)) FROM staged"))
        count_staged(database)

    monkeypatch.setattr(counting, "count_staged", noted)
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    paths = []
    for number in range(20):
        tree.village.forge_change(FIRM, "name", "x" * 1_000)
        paths += [tree.village.send()] if (number + 1) % (20 // bundles) == 0 else []
    tree.town.take(*paths)
    assert sum(sizes) == 20 * 1_002
    assert max(sizes) <= 5_000


def test_what_waited_is_tried_again_in_rounds_until_nothing_moves(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 16: a move that counts in a later round admits what an earlier one had to leave."""
    monkeypatch.setattr(counting, "MOST", 1)
    inner = "aa" * 16
    tree.village.forge_change(FIRM, "name", "在新单位写的", unit=inner)
    tree.village.forge_change(FIRM, "unit", inner)
    tree.village.forge_change(OTHER, "name", "没有这家")
    tree.town.birth(
        "unit",
        {"name": "组", "code": "Z", "level": "enterprise", "superior": tree.village.unit},
        record=inner,
    )
    assert tree.town.take(tree.village.send()).held == 3
    tree.village.forge_birth(FIRM, {"name": "一家"})
    assert tree.town.take(tree.village.send()).released == 2
    shown = tree.town.shown(FIRM)
    assert shown is not None
    assert shown.values["name"] == "在新单位写的"
    assert list(tree.town.held().values()) == ["no_birth"]


# -- receipts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames of a receipt that hold two answers each."""
    monkeypatch.setattr(receipts, "MOST_PLAIN", 270)


def numbers(desk: Desk) -> set[int]:
    return {number for _, number in desk.answers()}


@pytest.mark.usefixtures("short")
def test_a_receipt_that_does_not_fit_a_frame_goes_on_in_further_ones(tree: Tree) -> None:
    segments_of(tree.village, 1, outside(tree), 5)
    report(tree.village, tree.town)
    sent = tree.town.send(tree.village)
    assert envelope.segments_in(envelope.look(envelope.read_bundle(sent.path))) >= 3
    assert tree.village.take(sent).answered == 1 + 5
    assert len(numbers(tree.village)) == 5
    # What is sent afterwards goes on from where that bundle ended.
    tree.town.edit(tree.town.birth("firm", {"name": "镇的"}, unit=tree.village.unit), "name", "镇的二")
    assert tree.village.take(tree.town.send(tree.village)).applied >= 1


@pytest.mark.usefixtures("short")
def test_further_frames_of_a_receipt_that_is_not_the_last_say_nothing(tree: Tree) -> None:
    segments_of(tree.village, 1, outside(tree), 5)
    report(tree.village, tree.town)
    former = tree.town.send(tree.village)
    lifted = tree.town.database.value("SELECT number FROM refused ORDER BY number DESC LIMIT 1")
    tree.town.database.execute("DELETE FROM refused WHERE number = ?", (lifted,))
    tree.village.take(tree.town.send(tree.village))
    before = numbers(tree.village)
    assert lifted not in before
    assert tree.village.take(former).answered == 0
    assert numbers(tree.village) == before


@pytest.mark.usefixtures("short")
def test_a_station_below_answers_nothing_in_however_many_frames(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the level above says what became of items."""

    def answers() -> Iterator[receipts.Answer]:
        return iter(
            [receipts.Answer(tree.town.station, "ab" * 8, n, "refused", "scope") for n in range(1, 6)]
        )

    def with_answers(station: str, incarnation: str, position: int, number: int, _: object) -> Receipt:
        return Receipt(station, incarnation, position, number, receipts.Answers(answers))

    monkeypatch.setattr("desktop.sync.bundles.sending.Receipt", with_answers)
    sent = tree.village.send()
    monkeypatch.undo()
    assert tree.town.take(sent).answered == 1
    assert tree.town.answers() == {}


def test_of_what_several_levels_answer_the_worst_is_passed_on(tree: Tree) -> None:
    number = tree.village.next_number() - 1
    item = tree.village.station, tree.village.keys.incarnation, number
    report(tree.village, tree.town)
    for issuer, outcome, reason in (
        ("a", "held", "unit"),
        ("b", "refused", "scope"),
        ("c", "conflict", "name"),
    ):
        exchanged.keep_answers(tree.town.database, issuer, [(*item, outcome, reason)])
    found = exchanged.present_answers(tree.town.database, {tree.village.station})
    assert list(found) == [(*item, "refused", "scope")]


def test_answers_about_stations_that_this_one_has_nothing_of_are_passed_on(tree: Tree) -> None:
    strange, other = "ee" * 32, "dd" * 32
    said = [
        (strange, "ab" * 8, 2, "held", "unit"),
        (strange, "ab" * 8, 1, "conflict", "name"),
        (other, "ab" * 8, 1, "held", "unit"),
    ]
    exchanged.keep_answers(tree.town.database, "a", said)
    exchanged.keep_answers(tree.town.database, "b", [(strange, "ab" * 8, 1, "refused", "scope")])
    assert list(exchanged.present_answers(tree.town.database, {strange})) == [
        (strange, "ab" * 8, 1, "refused", "scope"),
        (strange, "ab" * 8, 2, "held", "unit"),
    ]


def test_what_a_withdrawal_would_take_out_is_counted_and_not_listed(tree: Tree) -> None:
    """A merge may have brought a million items, of which somebody first wants to see what withdrawing it would do."""
    measured = []
    for count in (5, 20):
        segments_of(tree.village, count, born(tree))
        assert tree.town.take(tree.village.send()).applied == count * LINES
        merge = tree.town.database.value("SELECT max(merge) FROM segment")
        taken, found = least_memory(partial(withdrawing.brought_by, tree.town.ledger, merge))
        measured.append(taken)
        assert (found.losses.births, found.upon) == ({"firm": count * LINES}, 0)
    assert measured[1] < 1.5 * measured[0]


@pytest.mark.no_cover
@pytest.mark.usefixtures("narrow")
def test_what_is_withdrawn_and_lifted_goes_and_comes_in_pieces(tree: Tree) -> None:
    """All of it may be what one merge has brought, and all of that in conflict with what others have registered."""
    peaks = []
    for count in (3, 24):
        first = tree.village.next_number()
        numbers = range(first, first + count * LINES)
        segments_of(tree.village, count, born(tree))
        births = [NewRecord("firm", f"{n:032x}", tree.town.unit, {"name": "镇里的"}) for n in numbers]
        tree.town.ledger.write("登记", "镇", births=births)
        assert tree.town.take(tree.village.send()).conflict == len(numbers)
        before = len(tree.town.conflicts())
        origin = tree.village.station, tree.village.keys.incarnation
        (text,) = exclusions.write({origin: Named([(numbers[0], numbers[-1])])})
        word = tree.town.birth("exclusion", {"cause": "withdrawn", "items": text})
        out, _ = memory(tree.town.settle)
        assert len(tree.town.refused()) == len(numbers)
        tree.town.delete(word, "exclusion")
        back, _ = memory(tree.town.settle)
        assert (len(tree.town.refused()), len(tree.town.conflicts())) == (0, before)
        peaks.append((out, back))
    (few_out, few_back), (many_out, many_back) = peaks
    # Eight times as many: a list of a hundred bytes for each would take two thirds more.
    assert many_out < 1.5 * few_out
    assert many_back < 1.5 * few_back


@pytest.mark.no_cover
@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(
    ("together", "word"),
    [
        (1, "{n}"),
        (50, "{n}@0000000000000009"),
        pytest.param(50, "{n}", marks=pytest.mark.long),
        pytest.param(1, "{n}@0000000000000009", marks=pytest.mark.long),
    ],
)
def test_a_word_that_excludes_takes_a_few_bytes_in_however_many_records(
    tree: Tree, together: int, word: str
) -> None:
    """A bundle may hold a million of them, of which a judge knows while another one is called."""
    origin = tree.village.station, tree.village.keys.incarnation

    def judged() -> Sequence[tuple[int, int]]:
        return station.knowledge(tree.town.ledger, tree.town.keys).policy.spans(origin, 1, MAX_NUMBER)

    measured = []
    for first in (1, 4_001):
        numbers = [f" {word.format(n=n)}" for n in range(first, first + 4_000, 2)]
        texts = ["".join(numbers[at : at + together]) for at in range(0, len(numbers), together)]
        named = " ".join(origin)
        cells = [{"cause": "withdrawn", "items": named + text} for text in texts]
        births = [NewRecord("exclusion", "", tree.town.unit, said) for said in cells]
        tree.town.ledger.write("撤回", "镇", births=births)
        taken, spans = least_memory(judged)
        measured.append(taken)
        assert len(spans) == (first + 3_999) // 2
    assert measured[1] - measured[0] < 80 * 2_000


@pytest.mark.parametrize("word", ["{n}", "{n}-{n}", "{n}@0000000000000009"])
def test_words_that_exclude_say_the_same_packed(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """Those of others and those of the station itself, which count each from its own date on."""
    village = tree.village
    origin = village.station, village.keys.incarnation
    for desk, first in ((tree.town, 1_000), (village, 2_000)):
        texts = [
            " ".join([*origin, word.format(n=first + 7 * n), word.format(n=first + n)]) for n in range(40)
        ]
        for text in texts:
            said = NewRecord("exclusion", "", desk.unit, {"cause": "withdrawn", "items": text})
            desk.ledger.write("撤回", desk.name, births=[said])
    tree.town.merge(village.send())
    late = {n: Item(9, "firm", village.unit) for n in range(999, 2_400)}
    late |= {n: item._replace(stamp=village.stamp()) for n, item in late.items() if n % 3}

    def judged() -> tuple[list[Span], dict[int, str]]:
        policy = station.knowledge(tree.town.ledger, tree.town.keys).policy
        return list(policy.spans(origin, 1_003, 2_100)), policy.out(origin, late)

    plain = judged()
    asked = range(1_003, 2_101)
    assert {n for n in plain[1] if n in asked} <= {n for a, b in plain[0] for n in range(a, b + 1)}
    assert all(first in asked or last in asked for first, last in plain[0])
    assert {n // 1_000 for n in plain[1]} == ({1} if "@" in word else {1, 2})
    monkeypatch.setattr(excluding, "_PIECE", 400)
    assert judged() == plain


@pytest.mark.no_cover
def test_whether_a_record_lives_is_told_without_its_values(tree: Tree) -> None:
    """A value of a megabyte travels as a hundred bytes."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    for n in range(20):
        tree.village.forge_change(FIRM, "name", f"{n}" * 500_000)
    tree.town.take(tree.village.send())
    tree.village.forge_change(FIRM, "_deleted", {"births": "", "heads": ""}, items.TOMBSTONE)
    sent = tree.village.send()
    used, result = memory(partial(tree.town.take, sent))
    assert result.conflict == 1
    assert used < 3_000_000


def test_the_longest_words_that_name_anything_are_read_and_no_longer_ones_kept() -> None:
    """They lie in memory of all records at once."""
    last, stamp = 10**16 - 1, MAX_STAMP
    line = f"{'ab' * 32} {'cd' * 8}"
    words = f"{last - 1}-{last} {last}@{stamp:016x}"
    (runs,) = exclusions.runs_of(f"{line} {words} {'1' * 34}").values()
    assert runs == [words]
    assert list(exclusions.named(runs).words()) == words.split(" ")
    cut = f"{'ab' * 8}+{last - 1}-{last}"
    assert exclusions.cuts_of(f"{cut} {'1' * 51}") == cut
    assert exclusions.read_kept(cut) == {"ab" * 8: [(last - 1, last)]}


def test_a_revocation_is_read_up_to_so_many_words() -> None:
    """Those of very many stations are in memory together, and each may be of megabytes."""
    words = [f"{n:016x}=1" for n in range(exclusions.MAX_CUTS + 1)]
    assert len(exclusions.read_cuts(" ".join(words))) == exclusions.MAX_CUTS
    kept = [f"{'ab' * 8}+{2 * n + 1}" for n in range(exclusions.MAX_CUTS)]
    assert exclusions.read_kept(" ".join([words[0], *kept]))["ab" * 8][-1] == (19_997, 19_997)
    many = {"ab" * 8: [(2 * n, 2 * n) for n in range(1, 2 * exclusions.MAX_CUTS)]}
    assert len(exclusions.write_cuts({"cd" * 8: 5}, many).split()) == exclusions.MAX_CUTS


def test_an_exclusion_is_read_up_to_so_many_words() -> None:
    """Of all its lines together; what is no word of the form counts among them."""
    odd = [str(2 * n + 1) for n in range(exclusions.MAX_WORDS)]
    one, other = ("ab" * 32, "cd" * 8), ("ef" * 32, "cd" * 8)
    text = f"{' '.join(one)} - {' '.join(odd[:-2])}\n{' '.join(other)} 5 7 9"
    found = {origin: list(named.words()) for origin, named in exclusions.read(text).items()}
    assert found == {one: odd[:-2], other: ["5"]}


@pytest.mark.parametrize("kind", ["grant", "exclusion"])
def test_what_says_nothing_in_very_many_words_is_not_kept_in_memory(tree: Tree, kind: str) -> None:
    """A bundle of 15 KB may hold hundreds of megabytes of it, and whoever merges anything knows all such words."""
    # The engine takes a text to be as long as it is before its first zero.
    long, village = "1\0" + "1" * 1_000_000, tree.village
    cells = {
        "grant": {"station": village.station, "certificate": long, "proof": long},
        "exclusion": {"items": f"{village.station} {village.keys.incarnation} {long}"},
    }[kind]
    for _ in range(4):
        number = tree.town.next_number()
        record = item_id(kind, tree.town.station, tree.town.keys.incarnation, number)
        tree.town.forge_birth(record, cells, type=kind)
    assert tree.district.take(tree.town.send()).refused == 0
    tracemalloc.start()
    known = station.knowledge(tree.district.ledger, tree.district.keys)
    assert known.certificates[village.station]
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # One of them at a time is read.
    assert (left < 500_000, most < 8_000_000) == (True, True)


def test_grants_that_grant_nothing_are_not_kept_in_memory(tree: Tree) -> None:
    """A bundle of some kilobytes holds ten thousand of the longest, and whoever merges anything reads all grants."""
    text = base64.b64encode(bytes(16_000)).decode()
    # Whether a later one lets in again who was revoked is asked of all of them.
    tree.district.revoke(tree.village, 0)
    for _ in range(60):
        number = tree.town.next_number()
        record = item_id("grant", tree.town.station, tree.town.keys.incarnation, number)
        cells = {"station": tree.village.station, "certificate": text, "proof": text}
        cells["incarnation"] = "0" * 16
        tree.town.forge_birth(record, cells, type="grant")
    assert tree.district.take(tree.town.send()).refused == 0
    most, known = memory(lambda: station.knowledge(tree.district.ledger, tree.district.keys))
    assert known.certificates[tree.village.station]
    assert most < 20 * len(text)


def test_refused_grants_are_not_in_memory_together(tree: Tree) -> None:
    """A village may write as many as it likes, and a segment by a key that is not known has all of them read."""
    text = base64.b64encode(bytes(16_000)).decode()
    for _ in range(60):
        cells = {"station": tree.other.station, "certificate": text, "proof": text}
        tree.village.forge_birth(OTHER, cells, type="grant")
    assert tree.town.take(tree.village.send()).refused == 60
    most, keys = memory(partial(waiting.keys_heard_of, tree.town.database, tree.other.station))
    assert keys == {tree.other.keys.public_key}
    assert most < 20 * len(text)


@pytest.mark.no_cover
def test_long_erasures_are_not_in_memory_together(tree: Tree) -> None:
    """All that were ever said are gone through at every merge, and each may be of megabytes."""
    village, town = tree.village, tree.town
    for _ in range(20):
        record = item_id("erasure", village.station, village.keys.incarnation, village.next_number())
        cells = {"kind": "firm", "target": FIRM, "slots": "x" * 200_000, "upto": f"{9:016x}"}
        village.forge_birth(record, cells, type="erasure")
    assert town.take(village.send()).applied == 20
    for work in (erasing.due, erasing.note_tree):
        most, _ = memory(partial(work, town.ledger))
        assert most < 8 * 200_000


@pytest.mark.no_cover
@pytest.mark.parametrize("preview", [False, True])
def test_what_refused_bundles_say_does_not_lie_in_memory_together(tree: Tree, preview: bool) -> None:
    """What was read of each stood in the frames of its problem: a hundred files of three kilobytes took gigabytes."""
    header, frame = one_segment(tree.village)
    _, lines = segments.read(frame)
    bad = segments.pack(header, [lines[0].replace("一家".encode(), b"x" * 1_000_000)])
    sent = [
        forged_bundle(tree.village, tree.town, [Outgoing(bad, [*header.label(), 0, 1])], counts=1)
        for _ in range(12)
    ]
    peaks = []
    for several in (sent[:2], sent):
        used, report = memory(partial(tree.town.merge, *several, preview=preview))
        assert all(isinstance(b.problem, BadSegment) for b in report.bundles)
        peaks.append(used)
    assert peaks[1] < 1.5 * peaks[0]
