"""Bundles of a station that is enrolled and means harm, or of a program that is not this one."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.records.versions.resolution import Life
from desktop.store.merging import counting, staging
from desktop.sync.authority import station
from desktop.sync.bundles import kept
from desktop.sync.bundles.sending import Sent
from desktop.sync.bundles.writing import Outgoing
from desktop.sync.errors import BadSegment, BadSegmentSignature, Damaged, UnknownSigner, WrongReceiver
from desktop.sync.errors.surroundings import DiskGone
from desktop.sync.formats import receipts, segments, strictjson
from desktop.sync.formats.frames import compress
from desktop.sync.merging import receiving
from desktop.sync.signed import certificates
from desktop.sync.signed.certificates import Claims, grant_serial
from tests.sync.desks import enrol, grant_record, new_desk, report, settle
from tests.sync.forging import forged_bundle, one_segment, segments_in
from tests.sync.levels import FIRM, OTHER, Tree, outcome


def test_labels_that_are_none(tree: Tree) -> None:
    """A label is read before its segment is: whatever stands there must not stop the other bundles."""
    header, frame = one_segment(tree.village)
    good = header.label()
    labels: list[Any] = [
        None,
        [],
        "receipt",
        [*good, 0],
        [*good, 0, 1, 2],
        [*good, "0", 1],
        [*good, -1, 1],
        [*good, False, 1],
        [*good, 0, True],
        [*good, 0, 1 << 53],
        [*good[:5], None, 0, 1],
        [*good[:5], True, 0, 1],
        [*good[:2], True, *good[3:], 0, 1],
        [*good[:3], True, *good[4:], 0, 1],
        [[], *good[1:], 0, 1],
        [*good[:2], {}, *good[3:], 0, 1],
        [good[0], 5, *good[2:], 0, 1],
        [*good[:4], "0" * 64, good[5], 0, 1],
        [*good[:5], 2, 0, 1],
        [tree.other.station, *good[1:], 0, 1],
    ]
    sent = [forged_bundle(tree.village, tree.town, [Outgoing(frame, label)], counts=1) for label in labels]
    problems = [b.problem for b in tree.town.merge(*sent).bundles]
    assert all(isinstance(p, Damaged) for p in problems), problems
    assert tree.town.records() == set()
    right = forged_bundle(tree.village, tree.town, [Outgoing(frame, [*good, 0, 1])], counts=1)
    assert outcome(tree.town.take(right)) == (1, 0, 0, 0, 0)


@pytest.mark.no_cover
@pytest.mark.parametrize("incarnation", ["", "x y", "x=y", "AB" * 8, "ab" * 8 + "\n"])
def test_labels_of_incarnations_that_are_none(tree: Tree, incarnation: str) -> None:
    """Of the sender's own ones it is noted that they have ended, before the segments are looked at."""
    tree.deliver()
    header, frame = one_segment(tree.town)
    label = [*header.label(), 0, 1]
    label[1] = incarnation
    sent = [
        forged_bundle(tree.town, tree.village, [Outgoing(frame, label)], counts=1, kind="down"),
        forged_bundle(tree.town, tree.district, [Outgoing(frame, label)], counts=1),
    ]
    problems = [desk.merge(*sent).bundles[n].problem for n, desk in enumerate((tree.village, tree.district))]
    assert all(isinstance(p, BadSegment) for p in problems), problems
    tree.deliver()


def test_counts_that_are_not_those_of_the_segments(tree: Tree) -> None:
    header, frame = one_segment(tree.village)
    short = forged_bundle(tree.village, tree.town, [Outgoing(frame, [*header.label(), 0, 1])], counts=2)
    assert isinstance(tree.town.merge(short).bundles[0].problem, BadSegment)
    assert tree.town.records() == set()
    # Nor by a label that counts otherwise what is here already and need not be read.
    tree.town.take(
        forged_bundle(tree.village, tree.town, [Outgoing(frame, [*header.label(), 0, 1])], counts=1)
    )
    more = forged_bundle(tree.village, tree.town, [Outgoing(frame, [*header.label()[:5], 2, 0, 1])], counts=2)
    assert isinstance(tree.town.merge(more).bundles[0].problem, BadSegment)


@pytest.mark.parametrize("preview", [True, False])
def test_a_file_that_proves_bad_when_some_of_it_is_written_leaves_the_others_as_they_are(
    tree: Tree, preview: bool
) -> None:
    """U3: what it had written is gone, and what was remembered of it: others may have its numbers."""
    stamp = tree.village.stamp()

    def births(*names: str) -> Outgoing:
        shape = Shape(("name",))
        lines = [
            items.birth_line(
                tree.village.head("birth", f"{n:032x}", None, number=n, stamp=stamp), shape, {"name": name}
            )
            for n, name in enumerate(names, 1)
        ]
        header, frame = segments.cut(
            tree.village.station,
            tree.village.keys.incarnation,
            list(enumerate(lines, 1)),
            {"firm": shape},
            tree.village.keys.sign,
        )
        return Outgoing(frame, [*header.label(), 0, 1])

    bundle = partial(forged_bundle, tree.village, tree.town)
    bad = bundle([births("甲"), births("甲", "甲")], counts=9)
    found = tree.town.merge(
        bad, bundle([births("乙")], counts=1), bundle([births("乙", "丙")], counts=2), bad, preview=preview
    ).bundles
    assert [type(b.problem) for b in found] == [BadSegment, type(None), type(None), BadSegment]
    assert [outcome(b) for b in found[1:3]] == [(1, 0, 0, 0, 0), (1, 1, 0, 0, 0)]
    assert len(tree.town.records()) == (0 if preview else 2)


def test_a_segment_twice_in_one_bundle_is_known_the_second_time(tree: Tree) -> None:
    header, frame = one_segment(tree.village)
    outgoing = [Outgoing(frame, [*header.label(), 0, 1]), Outgoing(frame, [*header.label(), 1, 2])]
    assert outcome(tree.town.take(forged_bundle(tree.village, tree.town, outgoing, counts=2))) == (
        1,
        1,
        0,
        0,
        0,
    )


def test_vouching_is_for_the_sender_of_a_downward_bundle_alone(tree: Tree) -> None:
    """Rule 20: not upward, not by another parent, and never up again."""
    header, frame = one_segment(tree.village, vouched=tree.village.station)
    up = forged_bundle(tree.village, tree.town, [Outgoing(frame, [*header.label(), 0, 1])], counts=1)
    problem = tree.town.merge(up).bundles[0].problem
    assert isinstance(problem, UnknownSigner)
    assert problem.sentence
    header, frame = one_segment(tree.town, vouched=tree.district.station)
    down = forged_bundle(
        tree.town, tree.village, [Outgoing(frame, [*header.label(), 0, 1])], counts=1, kind="down"
    )
    assert isinstance(tree.village.merge(down).bundles[0].problem, UnknownSigner)
    # The unit's second computer may send in both directions, and is above nobody.
    second = new_desk(tree.town.folder, "镇里二号机", Level.TOWN, unit=tree.town.unit)
    enrol(second, tree.town)
    header, frame = one_segment(tree.village, vouched=second.station, by=second)
    beside = forged_bundle(
        second, tree.town, [Outgoing(frame, [*header.label(), 0, 1])], counts=1, kind="down"
    )
    assert isinstance(tree.town.merge(beside).bundles[0].problem, UnknownSigner)
    tree.town.birth("firm", {"name": "镇里的"}, record=OTHER, unit=tree.village.unit)
    tree.village.take(tree.town.send(tree.village))
    assert OTHER in tree.village.records()
    assert tree.village.send().items == 0


def test_a_forwarder_cannot_change_one_byte(tree: Tree) -> None:
    """Rule 20: the district holds the village's own signature; the town's copy is compared with it."""
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    position, stored = tree.town.database.row(
        "SELECT position, frame FROM segment WHERE vouched IS NULL ORDER BY position DESC"
    ) or (0, b"")
    header, lines = segments.read(kept.frame_of(stored))
    changed = [line.replace("一家".encode(), "二家".encode()) for line in lines]
    for raw, signature in (
        (header.raw, header.signature),
        (header.raw.replace(b'"first":1', b'"first":1 '), header.signature),
        (header.raw, tree.town.keys.sign(segments.message(header.raw))),
        (header.raw, tree.other.keys.sign(segments.message(header.raw))),
    ):
        signed = json.dumps({"signature": strictjson.to_base64(signature)}).encode()
        frame = compress(b"\n".join([raw, signed, *(changed if raw == header.raw else lines)]) + b"\n")
        tree.town.database.execute(
            "UPDATE segment SET frame = ? WHERE position = ?", (frame.compressed, position)
        )
        problem = tree.district.merge(tree.town.send()).bundles[0].problem
        assert isinstance(problem, BadSegment | BadSegmentSignature)
    assert tree.district.records() == set()


@pytest.mark.no_cover
def test_a_bundle_of_a_hundred_thousand_tiny_records(tree: Tree) -> None:
    """Trap 7; here a tenth of it, the rest is proportional."""
    shape = Shape(("name",))
    first = tree.village.next_number()
    for start in range(0, 10_000, 5_000):
        lines = []
        for n in range(start, start + 5_000):
            head = tree.village.head("birth", f"{n:032x}", None, number=first + n)
            lines.append((head.number, items.birth_line(head, shape, {}, lambda: "")))
        tree.village.forge(lines, {"firm": shape})
    assert outcome(tree.town.take(tree.village.send())) == (10_000, 0, 0, 0, 0)


@pytest.mark.no_cover
def test_huge_texts_and_odd_characters_arrive_as_they_are(tree: Tree) -> None:
    """A million characters, NUL, line separators, a name that is a number."""
    texts = ["字" * 1_000_000, "a\x00b", "\u2028\t\x1f\x7f", "007", "", "'\"\\"]
    records = [tree.village.forge_birth(f"{n:032x}", {"name": t}) for n, t in enumerate(texts)]
    tree.village.forge_change(f"{1:032x}", "count", {"source": "a\x00b", "staff": -(1 << 63)})
    assert outcome(report(tree.village, tree.town)) == (len(records) + 1, 0, 0, 0, 0)
    for n, text in enumerate(texts):
        found = tree.town.values(f"{n:032x}")
        assert found is not None
        assert found["name"] == text
    # The second birth of the same shows that row and log say the same.
    for n, text in enumerate(texts):
        tree.village.forge_birth(f"{n:032x}", {"name": text})
    report(tree.village, tree.town)
    assert tree.town.conflicts() == set()


def test_ids_and_names_of_other_types_touch_nothing(tree: Tree) -> None:
    """A visit under the id of a firm, and a firm's slot on a visit: the firm stays as it was."""
    tree.other.birth("firm", {"name": "乙村的"}, record=FIRM)
    report(tree.other, tree.town)
    before = tree.town.shown(FIRM)
    tree.village.forge_birth(FIRM, {"topic": "冒充"}, type="visit")
    tree.village.forge_change(FIRM, "name", "改你的名", type="visit")
    tree.village.forge_change(FIRM, "unit", tree.village.unit, type="visit")
    tree.village.forge_change(FIRM, "_deleted", {}, "tombstone", type="visit")
    report(tree.village, tree.town)
    tree.other.edit(FIRM, "in_park", 1)
    report(tree.other, tree.town)
    after = tree.town.shown(FIRM)
    assert before is not None
    assert after is not None
    assert dict(after.values) == dict(before.values) | {"in_park": 1}
    assert (after.unit, after.life) == (tree.other.unit, Life.LIVE)


@pytest.mark.parametrize("name", ["firm_unit", "firm_sort", "firm_partner", "unit_code"])
def test_a_type_that_is_called_like_an_index(tree: Tree, name: str) -> None:
    """An unknown type gets a table; its name must not be one that the engine has given away."""
    shape = Shape(("x",))
    head = tree.village.head("birth", FIRM, None, type=name)
    tree.village.forge([(head.number, items.birth_line(head, shape, {"x": "y"}, lambda: ""))], {name: shape})
    tree.village.forge_change(FIRM, "x", "z", type=name)
    tree.village.forge_change(OTHER, "x", "z", type=f"{name}_2")
    assert outcome(report(tree.village, tree.town)) == (1, 0, 1, 1, 0)


def test_a_grant_that_another_station_issued_is_no_grant(tree: Tree) -> None:
    """Check 21: the town writes a grant item for a certificate of the district's; its record stays, nothing counts."""
    guest = new_desk(tree.town.folder, "客", Level.VILLAGE)
    chain = station.own_chain(tree.district.ledger)
    claims = Claims(guest.station, guest.keys.public_key, guest.keys.recipient, frozenset([tree.village.unit]),
                    Level.VILLAGE, certificates.parse(chain[0]).claims.role)  # fmt: skip
    number = tree.town.next_number()
    serial = grant_serial(tree.district.station, tree.district.keys.incarnation, number)
    forged = certificates.issue(claims, serial, tree.district.keys, certificates.parse(chain[0]))
    tree.town.ledger.write("批准", "王芳", births=[grant_record(tree.town, forged, tree.village.unit)])
    settle([(tree.town, tree.district)], rounds=1)
    assert guest.station not in {c.station for c in station.granted(tree.town.ledger)}
    assert guest.station not in {c.station for c in station.granted(tree.district.ledger)}


def test_a_station_is_judged_by_a_chain_that_counts(tree: Tree) -> None:
    """The town grants the village a second certificate, for more than is the town's own: the first one stands."""
    chain = station.own_chain(tree.town.ledger)
    keys = tree.village.keys
    role = certificates.parse(chain[0]).claims.role
    claims = Claims(
        keys.station, keys.public_key, keys.recipient, frozenset([tree.district.unit]), Level.VILLAGE, role
    )
    serial = grant_serial(tree.town.station, tree.town.keys.incarnation, tree.town.next_number())
    beyond = certificates.issue(claims, serial, tree.town.keys, certificates.parse(chain[0]))
    tree.town.ledger.write("批准", "王芳", births=[grant_record(tree.town, beyond, tree.village.unit)])
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    report(tree.village, tree.town)
    assert report(tree.town, tree.district).held == 0
    assert tree.district.records() == {FIRM}


def test_a_grant_that_cannot_be_read_stops_nobody(tree: Tree) -> None:
    """A town writes nonsense into a grant; the district goes on sending down."""
    for certificate in ("AAAA", "%%%", "é", None):
        tree.town.birth("grant", {"label": "坏", "certificate": certificate})
    settle([(tree.town, tree.district)], rounds=2)
    assert len(station.granted(tree.district.ledger)) == 3
    tree.district.take(tree.town.send())
    tree.town.take(tree.district.send(tree.town))


@pytest.mark.parametrize("continues", [False, True])
def test_only_the_level_above_answers(tree: Tree, continues: bool) -> None:
    """The unit's second computer may send downward as well; what it did not take is no word from above."""
    town = tree.town
    second = new_desk(town.folder, "镇里二号机", Level.TOWN, unit=town.unit)
    enrol(second, town)
    said = {"xsj": "receipt", "station": town.station, "incarnation": town.keys.incarnation, "position": 0}
    answer = [town.station, town.keys.incarnation, 1, "refused", "scope"]
    frames = [
        compress(
            b"".join(strictjson.line(line) for line in (said | {"number": 1, "answers": 1} | more, answer))
        )
        for more in ({}, {"continues": True})[: 1 + continues]
    ]
    outgoing = [Outgoing(frame, receipts.LABEL) for frame in frames]
    assert town.take(forged_bundle(second, town, outgoing, counts=0, kind="down")).answered == 1
    assert town.answers() == {}


def test_receipts_that_are_none(tree: Tree) -> None:
    """The first frame is read before any item is: it must not stop the other bundles either."""

    def receipt(*lines: Any, **changes: Any) -> Outgoing:
        header = {"xsj": "receipt", "station": tree.village.station, "incarnation": tree.village.keys.incarnation,
                  "position": 0, "number": 1, "answers": len(lines)} | changes  # fmt: skip
        plain = "".join(json.dumps(x) + "\n" for x in (header, *lines))
        return Outgoing(compress(plain.encode()), receipts.LABEL)

    answer: list[Any] = [tree.village.station, tree.village.keys.incarnation, 1, "held", "unit"]
    bad = [
        receipt(station=tree.other.station),
        receipt(station="x"),
        receipt(number=0),
        receipt(position=-1),
        receipt(position=1 << 60),
        receipt(answers=1),
        receipt(answer, answers=0),
        receipt([*answer[:2], 1 << 63, *answer[3:]]),
        receipt([*answer[:2], 0, *answer[3:]]),
        receipt([*answer[:2], "1", *answer[3:]]),
        receipt([*answer[:3], "applied", ""]),
        receipt([answer[0].upper(), *answer[1:]]),
        receipt([answer[0], answer[1] + "\n", *answer[2:]]),
        receipt(answer[:4]),
        receipt("held"),
        receipt(xsj="segment"),
        Outgoing(compress(b"\n"), receipts.LABEL),
    ]
    sent = [forged_bundle(tree.town, tree.village, [outgoing], counts=0, kind="down") for outgoing in bad]
    problems = [b.problem for b in tree.village.merge(*sent).bundles]
    assert all(isinstance(p, BadSegment) for p in problems), problems
    good = forged_bundle(tree.town, tree.village, [receipt(answer)], counts=0, kind="down")
    assert tree.village.take(good).answered == 2
    assert tree.village.answers() == {(tree.village.station, 1): ("held", "unit")}


def test_a_file_that_is_not_there_and_one_that_is_for_another_do_not_stop_the_third(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U3: each file is judged by itself, also when it is asked how much is coming."""
    monkeypatch.setattr(receiving, "BULK_ITEMS", 1)
    tree.village.birth("firm", {"name": "一家"}, record=FIRM)
    missing = Sent(tree.village.folder / "fort.xsj", "", "", 0, 0, "")
    folder = Sent(tree.village.folder, "", "", 0, 0, "")
    foreign = tree.other.send()
    tree.district.birth("firm", {"name": "区里的"})
    wrong = tree.town.send()
    found = tree.town.merge(missing, folder, wrong, foreign, tree.village.send()).bundles
    assert [isinstance(b.problem, Problem) for b in found] == [True, True, True, False, False]
    assert isinstance(found[0].problem, DiskGone)
    assert isinstance(found[2].problem, WrongReceiver)
    assert tree.town.records() == {FIRM}


def test_a_merge_that_is_larger_than_the_ledger_builds_its_indexes_afterwards(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 32: the same result, and the same indexes."""
    indexes = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name"
    before = tree.town.database.rows(indexes)
    monkeypatch.setattr(receiving, "BULK_ITEMS", 3)
    for n in range(20):
        tree.village.birth("firm", {"name": str(n)})
    assert outcome(report(tree.village, tree.town)) == (20, 0, 0, 0, 0)
    assert tree.town.database.rows(indexes) == before


def test_names_too_long_to_be_sorted_at_once_are_indexed_while_they_come(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine sorts in memory: a million names of a thousand signs took gigabytes, afterwards."""
    database = tree.town.database
    indexes = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name"
    before = database.rows(indexes)
    monkeypatch.setattr(receiving, "BULK_ITEMS", 3)
    monkeypatch.setattr(staging, "MOST_SORTED", 2_000)
    for _ in range(4):
        for n in range(5):
            tree.village.birth("firm", {"name": f"{n}{'厂' * 40}"})
        tree.village.cut()
    told: list[str] = []
    database.connection.set_trace_callback(told.append)
    assert outcome(report(tree.village, tree.town)) == (20, 0, 0, 0, 0)
    database.connection.set_trace_callback(None)
    order = [n for n, sql in enumerate(told) if '"i_firm_shown"' in sql and sql.startswith("CREATE")]
    rows = [n for n, sql in enumerate(told) if sql.startswith("INSERT") and "r_firm" in sql.split("(")[0]]
    assert rows[0] < order[0] < rows[-1]
    assert database.rows(indexes) == before


@pytest.mark.parametrize("later", [False, True])
def test_long_names_that_come_as_changes_are_indexed_while_they_come(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, later: bool
) -> None:
    """Only those of births were counted: 300 000 names of 130 signs, in 16 MB, took 487 MB. And all that was here
    already was sorted again with whatever came next.
    """
    village, told = tree.village, list[str]()
    firms = [village.birth("firm", {"name": str(n)}) for n in range(8)]
    village.cut()
    if later:
        report(village, tree.town)
    monkeypatch.setattr(receiving, "BULK_ITEMS", 3)
    monkeypatch.setattr(staging, "MOST_SORTED", 2_000)
    monkeypatch.setattr(counting, "MOST", 3)
    for n, firm in enumerate(firms * 2):
        village.edit(firm, "name", f"{n}{'厂' * 40}")
        village.cut()
    tree.town.database.connection.set_trace_callback(told.append)
    report(village, tree.town)
    dropped, made, filled = (
        [n for n, sql in enumerate(told) if sql.startswith(begins) and name in sql]
        for begins, name in (("DROP", "i_firm_shown"), ("CREATE", "i_firm_shown"), ("UPDATE", "r_firm"))
    )
    assert dropped[0] < made[0] < filled[-1]
    told.clear()
    for n in range(40):
        village.birth("visit", {"topic": str(n)})
    report(village, tree.town)
    tree.town.database.connection.set_trace_callback(None)
    dropped_now = {sql.split('"')[1] for sql in told if sql.startswith("DROP INDEX")}
    assert "i_visit_shown" in dropped_now
    assert "i_firm_shown" not in dropped_now


def test_an_index_that_went_with_a_bad_bundle_is_built_again_while_the_next_comes(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "BULK_ITEMS", 3)
    monkeypatch.setattr(staging, "MOST_SORTED", 2_000)
    village, town = tree.village, tree.town
    for _ in range(3):
        for n in range(5):
            village.birth("firm", {"name": f"{n}{'厂' * 40}"})
        village.cut()
    good = village.send()
    bad = forged_bundle(village, town, segments_in(good, town), counts=good.items + 1)
    told: list[str] = []
    town.database.connection.set_trace_callback(told.append)
    problems = [b.problem for b in town.merge(bad, good).bundles]
    town.database.connection.set_trace_callback(None)
    assert [type(problem) for problem in problems] == [BadSegment, type(None)]
    after = told[max(n for n, sql in enumerate(told) if sql == "ROLLBACK TO bundle") :]
    order = [n for n, sql in enumerate(after) if '"i_firm_shown"' in sql and sql.startswith("CREATE")]
    rows = [n for n, sql in enumerate(after) if sql.startswith("INSERT") and "r_firm" in sql.split("(")[0]]
    assert order[0] < rows[-1]


def test_the_tree_of_a_grant_is_vouched_for_by_its_desk(tree: Tree) -> None:
    header, frame = one_segment(tree.town, vouched=tree.district.station)
    desk = certificates.parse(station.own_chain(tree.town.ledger)[0])
    with pytest.raises(BadSegment):
        receiving.take_tree(tree.village.ledger, tree.village.keys, frame.compressed, desk)
    assert header.vouched == tree.district.station
