"""Erasing personal values: no level keeps them, and the rest stays readable, proven and alike everywhere (rule 12)."""

from __future__ import annotations

import base64
import dataclasses
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.operations.workspaces import erasing
from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.canonical import canonical
from desktop.records.versions.stamps import MAX_STAMP, to_wire
from desktop.store.ledger import NewRecord, SlotEdit
from desktop.store.log import pending
from desktop.store.merging.erasing import Erasure, is_left
from desktop.sync.authority import station
from desktop.sync.bundles import kept
from desktop.sync.formats import decoding, segments
from tests.conftest import examples
from tests.sync import desks
from tests.sync.acts import FIRM, OTHER, AtWork, contact, erase, everything, superior
from tests.sync.casting import cast
from tests.sync.desks import (
    FILING_TYPES,
    Desk,
    connect,
    copied,
    enrol,
    new_desk,
    new_root,
    reopen,
    report,
    settle,
)
from tests.sync.places import Places

SECRET, LATER, FIRST = "13800001234", "13900005678", "13700004321"


@dataclass
class Tree:
    """A district, a town that may enrol, and two villages of the town."""

    district: Desk
    town: Desk
    village: Desk

    def deliver(self) -> None:
        settle([(self.village, self.town), (self.town, self.district)])

    def digests(self) -> set[str]:
        return {d.digest(self.village.unit).sha256 for d in (self.district, self.town, self.village)}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return make(tmp_path)


def make(folder: Path) -> Tree:
    return Tree(*cast(_enrolled, folder))


def _enrolled(folder: Path) -> tuple[Desk, ...]:
    district = new_root(folder, "区")
    town = new_desk(folder, "镇", Level.TOWN)
    village = new_desk(folder, "村", Level.VILLAGE)
    enrol(town, district, 1)
    enrol(village, town)
    return district, town, village


def test_the_value_leaves_every_level_and_the_rest_stays(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂", "phone": FIRST}, record=FIRM)
    tree.village.edit(FIRM, "contact", contact(SECRET))
    tree.village.birth("firm", {"name": "邻厂", "phone": LATER}, record=OTHER)
    tree.deliver()
    assert all(SECRET in everything(d) for d in (tree.district, tree.town, tree.village))
    erase(tree.village)
    tree.deliver()
    for desk in (tree.district, tree.town, tree.village):
        text = everything(desk)
        assert SECRET not in text
        assert FIRST not in text
        values = desk.values(FIRM)
        assert values is not None
        assert (values["name"], values["phone"], values["person"]) == ("厂", None, None)
        assert LATER in text
        assert desk.refused() == desk.held() == {}
        assert desk.conflicts() == set()
    assert len(tree.digests()) == 1


def test_the_value_leaves_another_branch_that_claims_the_record(places: Places) -> None:
    """Nobody there knows that the village is below the town that erases: it is said under the village's unit too."""
    places.village.birth("firm", {"name": "厂", "phone": FIRST}, record=FIRM)
    places.far.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    places.village.edit(FIRM, "contact", contact(SECRET))
    places.deliver()
    assert SECRET in everything(places.far)
    erase(places.town, wrote=[places.village.unit])
    places.deliver()
    for desk in (places.village, places.town, places.district, places.other, places.far):
        assert SECRET not in everything(desk)
        assert FIRST not in everything(desk)
    digests = {d.digest(places.far.unit).sha256 for d in (places.far, places.other, places.district)}
    assert len(digests) == 1


def test_who_takes_a_value_over_in_another_branch_is_asked_and_a_level_above_both_erases_it(
    places: Places,
) -> None:
    """It is that unit's own word by then, with a reason of its own to be kept or not: nobody beside erases it."""
    places.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    places.far.birth("firm", {"name": "厂", "phone": LATER}, record=FIRM)
    for below, desk in (
        (places.village, places.town),
        (places.far, places.other),
        (places.other, places.district),
    ):
        report(below, desk)
    places.far.time.at = places.other.time.at = places.district.time.at = places.village.time.at
    report(places.town, places.district)
    for below, desk in ((places.other, places.district), (places.far, places.other)):
        below.take(desk.send(below))
    assert (FIRM, "contact") in places.far.conflicts()
    places.far.edit(FIRM, "contact", contact(SECRET))
    places.village.time.at += 5_000
    erase(places.village)
    places.deliver(4)
    holders = (places.far, places.other, places.district)
    for desk in holders:
        assert (FIRM, "contact") in desk.conflicts(), desk.name
        assert {v for _, v in desk.ledger.heads("firm", FIRM, "contact")} == {
            "null",
            canonical(contact(SECRET)),
        }
    erase(places.district, wrote=[places.village.unit, places.far.unit])
    places.deliver(4)
    for desk in (places.village, places.town, *holders):
        assert SECRET not in everything(desk), desk.name
        assert LATER not in everything(desk), desk.name
        assert (FIRM, "contact") not in desk.conflicts(), desk.name


def test_a_value_leaves_a_record_that_the_same_merge_takes_apart(tree: Tree) -> None:
    """Something else of it counts no longer, so what is left of it is counted anew."""
    for record in (OTHER, FIRM):
        tree.village.birth("firm", {"name": "厂"}, record=record)
        tree.village.edit(record, "contact", contact(SECRET if record == FIRM else FIRST))
    # After the first erasure of a ledger all is looked at once more, as the tree of units is noted with it.
    erase(tree.village, OTHER)
    number = tree.village.next_number()
    tree.village.edit(FIRM, "name", "撤回的")
    tree.deliver()
    tree.town.exclude((tree.village, number))
    erase(tree.village)
    tree.deliver()
    assert [d.name for d in (tree.district, tree.town, tree.village) if SECRET in everything(d)] == []
    assert len(tree.digests()) == 1


def test_stored_segments_are_still_proven(tree: Tree) -> None:
    """Rule 20: the origin's signature and the digest over the lines stand, whatever was blanked."""
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    tree.deliver()
    erase(tree.town)
    late = new_root(tree.town.folder, "另一区")
    for (compressed,) in tree.town.database.rows("SELECT frame FROM segment"):
        header, lines = segments.read(kept.frame_of(compressed))
        decoding.decode(header, lines, late.ledger.types)


# -- the salt goes with the value ------------------------------------------------------------------------------------


def keys_of(desk: Desk) -> set[bytes]:
    """The keys of all segments that a ledger holds."""
    return {
        header.key
        for (compressed,) in desk.database.rows("SELECT frame FROM segment")
        if (header := segments.read(kept.frame_of(compressed))[0]).key is not None
    }


def part_of(desk: Desk, number: int, place: int) -> tuple[bytes, bytes]:
    """Part 0 and a personal part of an item of the village, as the last segment that holds it says them."""
    (compressed,) = desk.database.rows(
        "SELECT s.frame FROM segment s JOIN origin o ON o.ref = s.origin WHERE s.vouched IS NULL"
        " AND o.incarnation = ? AND s.first <= ? AND s.last >= ? ORDER BY s.position DESC LIMIT 1",
        (INCARNATION, number, number),
    )[0]
    header, lines = segments.read(kept.frame_of(compressed))
    parts = items.split_line(lines[number - header.first])
    return parts[0], parts[place]


def holds(desk: Desk, *secrets: bytes) -> bool:
    """Whether one of these stands anywhere: as bytes, in hexadecimal, in base64, or within an unpacked segment."""
    forms = {f for s in secrets for f in (s, s.hex().encode(), base64.b64encode(s), base64.b64encode(s)[:-3])}
    texts = [
        cell if isinstance(cell, bytes) else str(cell).encode()
        for (table,) in desk.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        for row in desk.database.rows(f'SELECT * FROM "{table}"')
        for cell in row
    ]
    texts += [kept.frame_of(f).plain() for (f,) in desk.database.rows("SELECT frame FROM segment")]
    return any(form in text for form in forms for text in texts)


INCARNATION = new_desk(Path(), "村", Level.VILLAGE).keys.incarnation


def test_after_an_erasure_nobody_finds_the_value_by_trying(tree: Tree) -> None:
    """Neither the key nor the salt is left, and the right value with every salt that is left gives another hash."""
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    tree.village.birth("firm", {"name": "邻厂", "phone": LATER}, record=OTHER)
    assert [found for found in pending.lines(tree.village.database, 1, 9) if b'["",' in found.line]
    tree.deliver()
    (key,) = keys_of(tree.village)
    head, sealed = part_of(tree.village, 1, 1)
    with_salt = items.split_line(items.opened_line(b"[%b,\t%b]" % (head, sealed), key))[1]
    salt = json.loads(with_salt)[0].encode()
    assert all(holds(d, key) for d in (tree.village, tree.town, tree.district))
    erase(tree.village)
    tree.deliver()
    for desk in (tree.village, tree.town, tree.district):
        assert not holds(desk, key, salt)
        stated = part_of(desk, 1, 1)[1]
        tried = {
            items.line_hash([head, sealed], other) for other in (*keys_of(desk), bytes(32))
        } | {
            items.line_hash([head, with_salt.replace(salt, other.encode())])
            for other in re.findall(r'\["([^"]+)"', everything(desk))
        }  # fmt: skip
        assert len(tried) > 3
        assert items.line_hash([head, stated]) not in tried
        assert LATER in everything(desk)
    # What is tried is right: with the key that was there the value gives the hash.
    assert items.line_hash([head, stated]) == items.line_hash([head, sealed], key)


@pytest.mark.parametrize("opened_first", [True, False])
def test_an_opened_segment_is_the_same_segment(tree: Tree, opened_first: bool) -> None:
    """One way brings it as it was cut, the other as a forwarder holds it after an erasure."""
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    tree.village.birth("firm", {"name": "邻厂", "phone": LATER}, record=OTHER)
    report(tree.village, tree.town)
    sealed = tree.town.send()
    erase(tree.town)
    opened = tree.town.send()
    first, second = (opened, sealed) if opened_first else (sealed, opened)
    tree.district.take(first)
    found = tree.district.take(second)
    assert found.known == min(first.items, second.items)
    assert SECRET not in everything(tree.district)
    assert part_of(tree.district, 1, 1) == part_of(tree.town, 1, 1)
    assert not keys_of(tree.district) & keys_of(tree.village)
    assert tree.district.digest(tree.village.unit).sha256 == tree.town.digest(tree.village.unit).sha256


def test_what_is_vouched_for_is_open(tree: Tree) -> None:
    """A station below gets some lines of a segment, and cannot try what the others say."""
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    tree.town.birth("firm", {"name": "镇的厂", "phone": LATER}, record=OTHER)
    tree.deliver()
    second = new_desk(tree.town.folder, "村二", Level.VILLAGE, unit=tree.village.unit)
    enrol(second, tree.town)
    second.take(tree.town.send(second))
    assert second.values(FIRM) == tree.village.values(FIRM)
    assert keys_of(second) == set()
    assert not holds(second, *keys_of(tree.town))


def as_formerly(desk: Desk) -> None:
    """What waits has salts of its own, as earlier programs wrote it."""
    for number, line, key in list(pending.waiting(desk.database, range(1, 99))):
        opened = items.opened_line(line, key)
        desk.database.execute("UPDATE pending SET lines = ? WHERE first = ?", (opened, number))
    desk.database.execute("DELETE FROM secret WHERE key GLOB 'salts_*'")


def test_a_workspace_of_an_earlier_program_goes_on(tree: Tree) -> None:
    """One segment was cut and kept by it, and lines wait that it has written; new ones follow."""
    tree.village.birth("firm", {"name": "厂", "phone": FIRST}, record=FIRM)
    as_formerly(tree.village)
    report(tree.village, tree.town)
    tree.village.edit(FIRM, "contact", contact(SECRET))
    as_formerly(tree.village)
    tree.village.birth("firm", {"name": "邻厂", "phone": LATER}, record=OTHER)
    tree.deliver()
    assert tree.village.database.value("SELECT count(*) FROM segment WHERE vouched IS NULL") == 3
    assert len(keys_of(tree.district)) == 1
    erase(tree.town)
    tree.deliver()
    for desk in (tree.village, tree.town, tree.district):
        text = everything(desk)
        assert SECRET not in text
        assert FIRST not in text
        assert LATER in text
    assert len(tree.digests()) == 1


def put_back(desk: Desk, folder: Path) -> Desk:
    """The same laptop from a copy of its ledger that was made before the last lines were written."""
    copy = new_desk(folder, desk.name, desk.level)
    for table in ("meta", "secret", "shape", "pending", "received", "origin", "unit_ref"):
        rows = desk.database.rows(f"SELECT * FROM {table}")
        copy.database.execute(f"DELETE FROM {table}")
        for row in rows:
            copy.database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    return copy


@pytest.mark.parametrize(("shorter_first", "erased_between"), [(True, False), (False, False), (False, True)])
def test_what_a_restored_ledger_cuts_anew_is_known_and_holds_no_key_of_what_is_erased(
    tree: Tree, tmp_path: Path, shorter_first: bool, erased_between: bool
) -> None:
    """Two segments under one key, one with the value that is erased and one without: neither keeps the key then.

    The district gets the second when it is open already.
    """
    tree.village.birth("firm", {"name": "邻厂", "phone": LATER}, record=OTHER)
    (tmp_path / "again").mkdir()
    restored = put_back(tree.village, tmp_path / "again")
    station.keep_chain(restored.ledger, station.own_chain(tree.village.ledger))
    connect(restored, tree.town)
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    sent = [restored.send(), tree.village.send()]
    assert keys_of(restored) == keys_of(tree.village)
    first, second = sent if shorter_first else sent[::-1]
    tree.town.take(first)
    tree.district.take(tree.town.send())
    if erased_between:
        erase(tree.town)
    found = tree.town.take(second)
    assert (found.known, found.held) == (1, 0)
    assert tree.town.digest().forks == 0
    if not erased_between:
        assert keys_of(tree.town) >= keys_of(restored), "nothing to hide yet"
        erase(tree.town)
    assert tree.district.take(tree.town.send()).problem is None
    for desk in (tree.town, tree.district):
        assert not holds(desk, *keys_of(restored))
        assert SECRET not in everything(desk)


def test_a_station_that_comes_later_never_sees_it_and_holds_the_same(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂", "phone": FIRST}, record=FIRM)
    tree.village.edit(FIRM, "contact", contact(SECRET))
    report(tree.village, tree.town)
    erase(tree.town)
    tree.deliver()
    second = new_desk(tree.town.folder, "村二", Level.VILLAGE, unit=tree.village.unit)
    enrol(second, tree.town)
    second.take(tree.town.send(second))
    text = everything(second) + everything(tree.district)
    assert SECRET not in text
    assert FIRST not in text
    assert {second.digest(tree.village.unit).sha256} == tree.digests()


def test_a_copy_that_comes_after_is_blanked_before_it_is_kept(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    old = tree.village.send()
    tree.deliver()
    tree.village.time.pass_days(0.1)
    erase(tree.town)
    tree.district.take(tree.town.send())
    second = new_desk(tree.town.folder, "村二", Level.VILLAGE, unit=tree.village.unit)
    enrol(second, tree.town)
    second.birth("firm", {"name": "厂", "phone": LATER}, record=FIRM, unit=tree.village.unit)
    report(second, tree.town)
    tree.town.take(old)
    assert SECRET not in everything(tree.town)
    # What was written later than the erasure is another matter.
    assert LATER in everything(tree.town)


@pytest.mark.parametrize("waited", [False, True])
def test_a_change_that_is_erased_by_the_same_merge_is_not_told_to_be_there(tree: Tree, waited: bool) -> None:
    """Files come in any order: a merge tells as changed what is changed when all of it is in."""
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    born = tree.village.send()
    tree.village.edit(FIRM, "contact", contact(SECRET))
    tree.village.database.execute("UPDATE link SET acknowledged = (SELECT max(position) FROM segment)")
    edited = tree.village.send()
    erase(tree.village)
    files = [edited, born, tree.village.send()] if waited else [born, edited, tree.village.send()]
    looked, told = tree.town.merge(*files, preview=True).bundles, tree.town.merge(*files).bundles
    # That the value was emptied is a change that stands.
    assert sum(r.changes.get("firm", 0) for r in told) == 1
    assert [r.changes for r in told] == [r.changes for r in looked]
    assert [r.births for r in told] == [r.births for r in looked]
    assert all(r.applied + r.known == r.total for r in told)
    assert SECRET not in everything(tree.town)


def test_who_edits_without_knowing_of_it_gets_a_conflict(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂", "phone": FIRST}, record=FIRM)
    tree.deliver()
    erase(tree.town)
    tree.village.time.pass_days(0.1)
    tree.village.edit(FIRM, "contact", contact(SECRET))
    tree.deliver()
    assert tree.town.conflicts() == {(FIRM, "contact")}
    assert len(tree.digests()) == 1
    assert FIRST not in everything(tree.village)


def test_nobody_erases_what_is_not_in_its_charge(tree: Tree) -> None:
    """The erasure is written under a unit that the record never had."""
    tree.town.birth("firm", {"name": "镇的厂", "phone": SECRET}, record=FIRM)
    tree.deliver()
    cells = {
        "kind": "firm",
        "target": FIRM,
        "slots": "contact",
        "upto": to_wire(tree.village.stamp(days=0.5)),
    }
    tree.village.birth("erasure", cells)
    report(tree.village, tree.town)
    assert SECRET in everything(tree.town)


def test_an_erasure_that_is_refused_is_not_stated_as_taken_out(tree: Tree) -> None:
    """As nobody takes one out, that word would let it count, it would be refused, and that be said, in every merge."""
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(MAX_STAMP)}
    tree.village.birth("erasure", cells, unit=tree.district.unit)
    tree.deliver()
    number = tree.village.ledger.next_number() - 1
    for desk in (tree.town, tree.district):
        assert desk.refused() == {(tree.village.station, number): "scope"}
        assert desk.records("exclusion") == set()


@pytest.mark.parametrize(
    "cells",
    [
        {"kind": "firm", "target": FIRM, "slots": "name", "upto": "7fffffffffffffff"},
        {"kind": "firm", "target": FIRM, "slots": "none _deleted unit", "upto": "7fffffffffffffff"},
        {"kind": "firm", "target": FIRM, "slots": "contact\u3000contact", "upto": "7fffffffffffffff"},
        {"kind": "other", "target": FIRM, "slots": "contact", "upto": "7fffffffffffffff"},
        {"kind": "firm", "target": "zz", "slots": "contact", "upto": "7fffffffffffffff"},
        {"kind": "firm", "target": FIRM, "slots": "contact", "upto": "later"},
        {"kind": "firm", "target": FIRM, "slots": "contact", "upto": None},
    ],
)
def test_an_erasure_that_makes_no_sense_erases_nothing(tree: Tree, cells: dict[str, str]) -> None:
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    tree.village.birth("erasure", cells)
    tree.village.settle()
    tree.deliver()
    assert tree.town.values(FIRM) == tree.village.values(FIRM)
    assert SECRET in everything(tree.town)


def test_no_withdrawal_brings_it_back_or_keeps_it_from_others(tree: Tree) -> None:
    tree.village.birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    tree.deliver()
    erase(tree.village)
    number = tree.village.ledger.next_number() - 1
    report(tree.village, tree.town)
    tree.town.exclude((tree.village, number), (tree.village, number - 1))
    tree.deliver()
    assert SECRET not in everything(tree.district) + everything(tree.town)
    tree.town.ledger.undo(tree.town.database.value("SELECT max(stamp) FROM operation"), "镇")
    assert SECRET not in everything(tree.town)


def test_what_waits_and_what_was_refused_is_blanked_too(tree: Tree) -> None:
    """Quarantine and waiting room hold words of people as well."""
    tree.village.birth("firm", {"name": "厂", "phone": FIRST}, record=FIRM)
    tree.village.edit(FIRM, "contact", contact(SECRET))
    tree.deliver()
    tree.town.exclude((tree.village, 2))
    assert SECRET in everything(tree.town)
    erase(tree.town)
    assert SECRET not in everything(tree.town)
    tree.deliver()
    assert SECRET not in everything(tree.village) + everything(tree.district)
    assert len(tree.digests()) == 1


def test_what_comes_erased_and_waits_for_its_day_waits_no_more_when_that_has_come(tree: Tree) -> None:
    """Its value says nothing any more, so nothing of it is merged when the day has come."""
    tree.village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.village.time.pass_days(1.5)
    tree.village.edit(FIRM, "contact", contact(SECRET))
    erase(tree.village)
    report(tree.village, tree.town)
    assert set(tree.town.held().values()) == {"future"}
    for desk in (tree.town, tree.district):
        desk.time.pass_days(1.6)
    tree.deliver()
    assert tree.town.held() == {}
    assert len(tree.digests()) == 1


@pytest.mark.parametrize("waits", [False, True])
def test_that_a_field_was_emptied_is_kept_by_everybody_whenever_they_hear_of_it(
    tree: Tree, waits: bool
) -> None:
    """It says nothing about anybody: by who has it when all is erased, and by who waits for its record."""
    tree.village.birth("firm", {"name": "厂", "phone": FIRST}, record=FIRM)
    number = tree.village.ledger.next_number()
    tree.village.edit(FIRM, "contact", None)
    if waits:
        tree.deliver()
        tree.town.exclude((tree.village, 1))
    report(tree.village, tree.town)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(tree.village.stamp())}
    tree.village.birth("erasure", cells)
    tree.deliver()
    for said in tree.town.records("exclusion"):
        tree.town.lift(said)
    tree.deliver()
    for desk in (tree.village, tree.town, tree.district):
        assert (number, "null") in desk.database.rows(
            "SELECT number, value FROM version WHERE slot = 'contact'"
        )
        assert FIRST not in everything(desk)
    assert len(tree.digests()) == 1


@pytest.mark.parametrize(
    "value", [{}, {"person": None}, {f"member{n}": None for n in range(5_000)}], ids=["none", "null", "many"]
)
def test_a_group_without_members_says_nothing_either_whenever_it_comes(
    tree: Tree, value: dict[str, None]
) -> None:
    """No writer of this program spells nothing so in a part of its own; it is no other version for that."""
    village, town = tree.village, tree.town
    village.birth("firm", {"name": "厂"}, record=FIRM)
    tree.deliver()
    head = village.head(items.CHANGE, FIRM, "contact")
    village.forge([(head.number, items.change_line(head, value, "salt"))])
    sent = village.send()
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(town.stamp())}
    before = dataclasses.replace(town)
    desks.put_back(before, copied(town), town.ledger.types)
    before.say("erasure", cells)
    for desk in (before, town):
        assert desk.take(sent).applied == 1
    town.say("erasure", cells)
    assert before.digest() == town.digest()


def test_a_field_with_nearly_the_same_name_is_another(tree: Tree) -> None:
    """In a refused birth anything may stand, and what is asked about is not searched for by its likeness."""
    tree.village.forge_birth(OTHER, {"inxpark.y": 1}, unit=tree.district.unit)
    tree.deliver()
    asked = Erasure("firm", OTHER, "in_park", MAX_STAMP, tree.district.unit, frozenset([tree.district.unit]))
    assert tree.town.refused()
    assert not is_left(tree.town.database, tree.town.ledger.types, asked)
    near = dataclasses.replace(asked, slot="inxpark")
    assert is_left(tree.town.database, tree.town.ledger.types, near)


def test_who_has_enrolled_a_computer_by_mistake_erases_nothing_on_it(tree: Tree) -> None:
    """What the level above both says of the mistake comes in the same merge as the erasure."""
    wrong = new_desk(tree.district.folder, "丙镇", Level.TOWN)
    enrol(wrong, tree.district, 2)
    pairs = [(wrong, tree.district), (tree.town, tree.district), (tree.village, tree.town)]
    wrong.birth("firm", {"name": "丙镇的"}, record=FIRM)
    tree.village.birth("firm", {"name": "村里的"}, record=FIRM)
    tree.village.edit(FIRM, "contact", contact(SECRET))
    settle(reversed(pairs))
    enrol(tree.village, wrong)
    tree.village.merge(wrong.send(tree.village))
    assert superior(tree.village, tree.village.unit) == wrong.unit
    erase(wrong)
    enrol(tree.village, tree.town)
    for _ in range(3):
        for one, desk in pairs:
            desk.merge(one.send())
        for one, desk in pairs:
            one.merge(desk.send(one))
    assert superior(tree.village, tree.village.unit) == tree.town.unit
    assert all(SECRET in everything(desk) for desk in (tree.village, tree.town, tree.district))
    assert len(tree.digests()) == 1


@pytest.mark.parametrize("beside", [False, True])
def test_no_value_outlives_an_erasure_that_was_done_before_all_of_the_merge_was_in(
    tree: Tree, beside: bool
) -> None:
    """A move in vain is acted upon at once. The value stands beside the words of its station, or in the next bundle."""
    district, town = tree.district, tree.town
    second = new_desk(district.folder, "二", Level.TOWN, unit=town.unit)
    enrol(second, district, 2)
    tree.deliver()
    town.forge_change(tree.village.unit, "superior", district.unit, type="unit")
    (town if beside else second).birth("firm", {"name": "厂", "phone": SECRET}, record=FIRM)
    town.time.at = second.time.at + 1000
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": to_wire(town.stamp())}
    town.birth("erasure", cells)
    results = district.merge(town.send(), second.send()).bundles
    assert [r.problem for r in results] == [None, None]
    assert (district.values(FIRM) or {})["name"] == "厂"
    assert SECRET not in everything(district)


def test_nobody_erases_the_refused_words_of_others(tree: Tree) -> None:
    """They count nowhere, but who wrote them may fill them in once more."""
    tree.town.birth("firm", {"name": "镇的厂", "phone": FIRST}, record=FIRM)
    number = tree.town.ledger.next_number()
    tree.town.edit(FIRM, "contact", contact(SECRET))
    tree.deliver()
    tree.district.exclude((tree.town, number))
    tree.deliver()
    cells = {
        "kind": "firm",
        "target": FIRM,
        "slots": "contact",
        "upto": to_wire(tree.village.stamp(days=0.5)),
    }
    tree.village.birth("erasure", cells)
    tree.deliver()
    assert len(tree.digests()) == 1
    for desk in (tree.town, tree.district):
        assert SECRET in str(desk.database.rows("SELECT value FROM refused"))
    erase(tree.town)
    tree.deliver()
    assert SECRET not in everything(tree.town) + everything(tree.district)


@pytest.mark.no_cover
@given(st.integers(0, 2**32))
@settings(max_examples=examples(6), deadline=None)
def test_old_holders_and_new_ones_say_the_same(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Edits, empty values, second births and several erasures; one station has seen all, another comes last."""
    rnd = random.Random(seed)
    tree = make(tmp_path_factory.mktemp("erasing"))
    second = new_desk(tree.town.folder, "村二", Level.VILLAGE, unit=tree.village.unit)
    enrol(second, tree.town)
    for desk in (tree.village, second):
        desk.birth("firm", {"name": "厂", "phone": rnd.choice((FIRST, SECRET, None))}, record=FIRM)
    pairs = [(tree.village, tree.town), (second, tree.town), (tree.town, tree.district)]
    for _ in range(10):
        desk = rnd.choice((tree.village, second, tree.town))
        if desk.shown(FIRM) is not None:
            if rnd.random() < 0.25:
                erase(desk)
            else:
                desk.edit(FIRM, "contact", rnd.choice((contact(SECRET), contact(LATER), None)))
        if rnd.random() < 0.4:
            report(*rnd.choice(pairs))
    settle(pairs)
    last = new_desk(tree.town.folder, "村三", Level.VILLAGE, unit=tree.village.unit)
    enrol(last, tree.town)
    last.take(tree.town.send(last))
    found = {
        d.digest(tree.village.unit).sha256 for d in (tree.district, tree.town, tree.village, second, last)
    }
    assert len(found) == 1


# -- units that only levels above know --------------------------------------------------------------------------------


@pytest.fixture
def moved(tree: Tree, tmp_path: Path) -> Desk:
    """Another town, whose record the village has got; neither the village nor its town knows that one."""
    far = new_desk(tmp_path, "远镇", Level.TOWN)
    enrol(far, tree.district, 3)
    cells = {"name": "厂", "person": "张", "phone": FIRST}
    far.ledger.write("登记", far.name, births=[NewRecord("firm", FIRM, far.unit, cells)])
    everywhere(tree, far)
    tree.district.move(FIRM, tree.village.unit)
    return far


def everywhere(tree: Tree, far: Desk) -> None:
    links = [(tree.village, tree.town), (tree.town, tree.district), (far, tree.district)]
    settle(links)
    settle(links)


def test_what_was_written_before_a_record_came_is_erased_from_above(tree: Tree, moved: Desk) -> None:
    everywhere(tree, moved)
    erase(tree.district)
    everywhere(tree, moved)
    assert not any(FIRST in everything(d) for d in (tree.district, tree.town, tree.village, moved))
    assert len(tree.digests()) == 1


@pytest.mark.parametrize("late", [False, True])
def test_who_stands_between_erases_no_words_of_strangers_that_it_has_not_seen(
    tree: Tree, moved: Desk, late: bool
) -> None:
    moved.ledger.clock.observe(tree.district.ledger.clock.next_stamp())
    moved.ledger.write(
        "改", moved.name, edits=[SlotEdit("firm", FIRM, "contact", {"person": "李", "phone": LATER})]
    )
    tree.deliver()
    if not late:
        report(moved, tree.district)
    tree.town.ledger.clock.observe(moved.ledger.clock.next_stamp())
    erase(tree.town)
    everywhere(tree, moved)
    assert all(LATER in everything(d) for d in (tree.district, tree.town, tree.village))
    assert len(tree.digests()) == 1


def test_nor_words_of_strangers_that_do_not_count_meanwhile(tree: Tree, moved: Desk) -> None:
    """Whoever has let them not count may take that back, be it in the bundle that brings the erasure."""
    moved.ledger.clock.observe(tree.district.ledger.clock.next_stamp())
    moved.ledger.write(
        "改", moved.name, edits=[SlotEdit("firm", FIRM, "contact", {"person": "李", "phone": LATER})]
    )
    everywhere(tree, moved)
    said = tree.district.exclude((moved, moved.ledger.next_number() - 1))
    everywhere(tree, moved)
    tree.town.ledger.clock.observe(moved.ledger.clock.next_stamp())
    erase(tree.town)
    everywhere(tree, moved)
    tree.district.lift(said)
    everywhere(tree, moved)
    assert all(LATER in everything(d) for d in (tree.district, tree.town, tree.village))
    assert len(tree.digests()) == 1


def test_a_word_alone_erases_nothing_that_a_stranger_wrote(tree: Tree, moved: Desk) -> None:
    """A changed program that empties nothing first, so that nobody sees who did it."""
    everywhere(tree, moved)
    cells = {"kind": "firm", "target": FIRM, "slots": "contact", "upto": "7" * 16}
    tree.town.ledger.write("清除", "", births=[NewRecord("erasure", "", tree.town.unit, cells)])
    everywhere(tree, moved)
    assert all(FIRST in everything(d) for d in (tree.district, tree.town, tree.village))
    assert len(tree.digests()) == 1


def test_what_was_written_under_a_unit_that_is_deleted_meanwhile_goes_when_that_is_back(tree: Tree) -> None:
    """Of a unit that is gone nobody knows that it lies below who erases."""
    tree.village.birth("firm", {"name": "厂", **contact(SECRET)}, record=FIRM)
    tree.deliver()
    tree.district.move(FIRM, tree.town.unit)
    tree.district.delete(tree.village.unit, "unit")
    report(tree.town, tree.district)
    erase(tree.district)
    report(tree.town, tree.district)
    tree.district.delete(tree.village.unit, "unit", revive=True)
    report(tree.town, tree.district)
    tree.deliver()
    assert not any(SECRET in everything(d) for d in (tree.district, tree.town, tree.village))
    assert len(tree.digests()) == 1


def test_who_is_revoked_says_an_erasure_of_others_once_more_but_once(places: Places) -> None:
    """It does not count, and would be said at every merge."""
    district, town = places.district, places.town
    district.birth("firm", contact(SECRET), record=FIRM, unit=places.sibling.unit)
    places.far.birth("firm", {"name": "厂"}, record=FIRM)
    report(places.far, places.other)
    report(places.other, district)
    places.village.birth("firm", contact(LATER), record=FIRM)
    report(places.village, town)
    town.time.at += 5_000
    erase(town, wrote=[places.village.unit])
    last = town.next_number() - 1
    report(town, district)
    district.revoke(town, last)
    numbers = []
    for _ in range(3):
        assert town.merge(district.send(town)).bundles[0].problem is None
        numbers.append(town.next_number())
    assert town.refused()
    assert len({*numbers}) == 1


@pytest.mark.parametrize("aside", ["held", "refused"])
def test_words_that_are_aside_go_in_other_branches_too(places: Places, aside: str) -> None:
    """There nobody knows that the unit they stand under lies below who erases, and no record has it any more."""
    village, far, district = places.village, places.far, places.district
    village.birth("firm", {"name": "厂"}, record=FIRM)
    number = village.next_number()
    village.edit(FIRM, "contact", contact(SECRET))
    places.deliver()
    far.birth("firm", {"name": "厂"}, record=FIRM)
    places.deliver()
    assert SECRET in everything(far)
    district.exclude((village, number - 1), *([(village, number)] if aside == "refused" else []))
    places.deliver()
    assert SECRET in str(far.database.rows(f"SELECT value FROM {aside}"))
    reopen(district, FILING_TYPES)
    erasing.erase(AtWork(district), "firm", [FIRM], basis="consent", date_is_right=True)  # type: ignore[arg-type]
    places.deliver()
    assert [d.name for d in places.desks if SECRET in everything(d)] == []


def test_words_of_a_unit_that_proves_not_to_be_below_their_writer_go_there_too(places: Places) -> None:
    """The former superior knows it no more, and who erases had not heard of its words."""
    district, town, other, village = places.district, places.town, places.other, places.village
    places.deliver()
    cells = {"name": village.name, "code": village.name, "level": "village", "superior": other.unit}
    other.birth("unit", cells, record=village.unit)
    other.birth("firm", {"name": "厂"}, record=FIRM)
    report(other, district)
    (number,) = town.database.row("SELECT _number FROM r_unit WHERE id = unhex(?)", (village.unit,)) or (0,)
    district.exclude((town, number))
    village.birth("firm", {"name": "厂"}, record=FIRM)
    town.take(village.send())
    town.edit(FIRM, "contact", contact(SECRET))
    district.time.at = town.time.at + 5_000
    erase(district, wrote=[other.unit])
    for _ in range(3):
        report(town, district)
        report(other, district)
    assert [d.name for d in (district, other, town) if SECRET in everything(d)] == []
