"""New roots and renewed keys against everything that is on its way, in any order, at once or twice; and attackers."""

from __future__ import annotations

import itertools
import os
import random
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.records.versions import items
from desktop.records.versions.items import Shape
from desktop.records.versions.stamps import to_wire
from desktop.store.peers import links
from desktop.sync import errors
from desktop.sync.authority import station
from desktop.sync.bundles import kept, sending
from desktop.sync.bundles.sending import Sent
from desktop.sync.errors import enrolment as enrolment_errors
from desktop.sync.formats import segments
from desktop.sync.merging import orphaned
from desktop.sync.signed import certificates, identity, roots
from desktop.sync.signed.identity import Speaking
from desktop.sync.signed.roots import History
from tests.sync import desks
from tests.sync.acts import change_root, renew, under_new_root
from tests.sync.desks import Desk, begin_tree, connect, enrol, new_desk, new_root, report, settle
from tests.sync.levels import FIRM, OTHER, Tree


class World:
    """A district, two towns and two villages of the first."""

    def __init__(self, folder: Path) -> None:
        self.district = new_root(folder, "区")
        self.towns = [new_desk(folder, name, Level.TOWN) for name in ("甲镇", "乙镇")]
        self.villages = [new_desk(folder, name, Level.VILLAGE) for name in ("一村", "二村")]
        for town in self.towns:
            enrol(town, self.district, 3)
        for village in self.villages:
            enrol(village, self.towns[0])
        self.pairs = [(v, self.towns[0]) for v in self.villages] + [(t, self.district) for t in self.towns]
        self.desks = [self.district, *self.towns, *self.villages]
        self.underway: list[tuple[Desk, Sent]] = []

    def step(self, act: str, rnd: random.Random) -> None:
        below, above = rnd.choice(self.pairs)
        if act == "write":
            desk = rnd.choice(self.desks)
            desk.birth("firm", {"name": f"{desk.name}{rnd.random()}"})
        elif act == "up":
            self.underway.append((above, below.send()))
        elif act == "down":
            self.underway.append((below, above.send(below)))
        elif act == "root":
            change_root(self.district)
        elif act == "renew":
            renew(below, above)
        elif self.underway:
            self.deliver(rnd)

    def deliver(self, rnd: random.Random) -> None:
        to, sent = rnd.choice(self.underway)
        others = [s for d, s in self.underway if d is to and s is not sent and rnd.random() < 0.4]
        for result in to.merge(sent, *others).bundles:
            # What is not taken now comes again with the next bundle.
            assert isinstance(
                result.problem, errors.FormerRoot | errors.UnitNotKnown | errors.NotGranted | None
            )
        if rnd.random() < 0.7:
            self.underway.remove((to, sent))

    def check(self) -> None:
        settle(self.pairs)
        known = {station.history(d.database) for d in self.desks}
        assert len(known) == 1
        for below, desk in self.pairs:
            assert not below.held()
            assert not below.refused()
            holders = {below.digest(below.unit), desk.digest(below.unit), self.district.digest(below.unit)}
            assert len(holders) == 1, below.name


@pytest.mark.no_cover
@given(
    st.lists(st.sampled_from(["write", "up", "down", "deliver", "deliver", "root", "renew"]), max_size=40),
    st.randoms(use_true_random=False),
)
@settings(
    max_examples=int(os.environ.get("XIAOSANJI_EXAMPLES", "6")),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
def test_any_order_of_delivery_across_changes_ends_in_equal_digests(
    acts: list[str], rnd: random.Random
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        roots_left = 2
        for act in acts:
            roots_left -= act == "root"
            if act != "root" or roots_left >= 0:
                world.step(act, rnd)
        while world.underway and rnd.random() < 0.9:
            world.deliver(rnd)
        world.check()


# Attackers


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def statement(before: History, root: Desk, signer: Desk) -> bytes:
    """That after ``before`` another's root counts, signed by whoever wants it."""
    new = station.own_chain(root.ledger)[-1]
    body = roots.make_statement(
        replace(before.now, certificates=frozenset(station.own_chain(signer.ledger)[:1])),
        [new],
        certificates.parse(station.own_chain(signer.ledger)[0]),
        signer.keys,
    )
    return body[0]


def send_with(desk: Desk, to: Desk, *statements: bytes, falsely: bool = False) -> Sent:
    """A bundle of this station that carries these statements; ``falsely`` it says that it goes the other way."""
    path = desk.folder / f"{desk.name}-{next(desk.numbers)}.xsj"
    speaking = Speaking(desk.keys, station.own_chain(desk.ledger), statements)
    link = desk.link(to)
    link = replace(link, upward=link.upward is not falsely)
    return sending._send(desk.ledger, link, speaking, path, desk.name, lambda: iter(()))


def refused(desk: Desk, sent: Sent) -> Problem:
    """Why a bundle was refused; the roots stay as they were."""
    before = station.history(desk.database)
    (result,) = desk.merge(sent).bundles
    assert station.history(desk.database) == before
    assert result.problem is not None
    assert result.new_roots == ()
    return result.problem


def test_nobody_but_a_root_says_which_root_counts(world: World, tmp_path: Path) -> None:
    town, village = world.towns[0], world.villages[0]
    stranger = new_root(tmp_path, "别区")
    held = station.history(village.database)
    for signer in (stranger, town):
        forged = statement(held, stranger, signer)
        assert isinstance(
            refused(village, send_with(town, village, forged)), enrolment_errors.BadRootStatement
        )
    change_root(world.district)
    change_root(world.district)
    first, second = station.history(world.district.database).statements
    assert isinstance(refused(village, send_with(town, village, second)), enrolment_errors.RootGap)
    assert isinstance(refused(village, send_with(town, village, second, first)), enrolment_errors.RootGap)
    village.take(send_with(town, village, first, second, first))
    assert len(station.history(village.database).statements) == 2
    chains = station.knowledge(village.ledger, village.keys).chains.values()
    for below, upper in (pair for found in chains for chain in found for pair in itertools.pairwise(chain)):
        assert certificates.is_signed_by(below, certificates.parse(upper).claims.public_key)
    assert village.merge(send_with(town, village, first)).bundles[0].new_roots == ()


def test_a_second_statement_of_one_number_by_the_same_root_is_refused(world: World, tmp_path: Path) -> None:
    town = world.towns[0]
    stolen, chain = world.district.keys, station.own_chain(world.district.ledger)
    held = station.history(town.database)
    thief = new_root(tmp_path, "冒名")
    new = station.own_chain(thief.ledger)[0]
    forged, _ = roots.make_statement(held.now, [new], certificates.parse(chain[0]), stolen)
    change_root(world.district)
    town.take(world.district.send(town))
    sent = send_with(world.district, town, forged)
    assert isinstance(refused(town, sent), enrolment_errors.RootFork)


def test_only_who_stands_above_brings_a_statement(world: World, tmp_path: Path) -> None:
    town, village = world.towns[0], world.villages[0]
    clerk = new_desk(tmp_path, "甲镇二", Level.TOWN, unit=town.unit)
    enrol(clerk, town)
    change_root(world.district)
    (told,) = station.history(world.district.database).statements
    up = send_with(village, town, told)
    assert town.take(up).new_roots == ()
    for desk, to in ((town, clerk), (clerk, town)):
        sent = send_with(desk, to, told, falsely=True)
        assert to.take(sent).new_roots == ()
    # The other town knows the village, which has never heard of it.
    other = world.towns[1]
    links.connect(other.database, village.station, upward=False, unit=village.unit, name=village.name,
                  recipient=village.keys.recipient)  # fmt: skip
    assert isinstance(refused(village, send_with(other, village, told)), errors.NotGranted)
    assert not station.history(town.database).statements
    assert not station.history(clerk.database).statements
    assert clerk.take(send_with(town, clerk, told)).new_roots


@pytest.mark.no_cover
def test_the_key_of_a_former_root_opens_no_door(world: World) -> None:
    district, town, village = world.district, world.towns[0], world.villages[0]
    settle(world.pairs)
    before, chain = district.keys, station.own_chain(district.ledger)
    late = district.send(town)
    change_root(district)
    town.take(district.send(town))
    assert isinstance(refused(town, late), errors.FormerRoot)
    # A segment in the name of the district, which a station below carries about.
    head = district.head(items.BIRTH, "ab" * 16, None, number=1)
    shape = Shape(("name",))
    line = items.birth_line(head, shape, {"name": "假的"}, lambda: "salt")
    forged = segments.cut(district.station, "f" * 16, [(1, line)], {"firm": shape}, before.sign)
    kept.keep(village.ledger, *forged)
    assert isinstance(refused(town, village.send()), errors.BadSegmentSignature)
    assert chain[0] in station.history(town.database).former


@pytest.mark.parametrize("past", [False, True])
def test_former_keys_of_a_station_say_nothing_where_new_ones_have_begun(world: World, past: bool) -> None:
    """Also where the district has certified the new ones, past the town."""
    town, village = world.towns[0], world.villages[0]
    settle(world.pairs)
    old, above = village.keys, station.own_chain(village.ledger)[1:]
    late = village.send()
    if past:
        connect(village, world.district)
    renew(village, world.district if past else town)
    if past:
        connect(village, town)
        town.take(world.district.send(town))
    assert town.take(late).refused == 0
    thief = replace(old, incarnation=village.keys.incarnation)
    chain = next(c for c in station.granted(village.ledger) if c.claims.public_key == old.public_key)
    link, path = village.link(town), village.folder / "stolen.xsj"
    stolen = sending._send(
        village.ledger, link, Speaking(thief, (chain.der, *above)), path, "", lambda: iter(())
    )
    assert isinstance(refused(town, stolen), errors.FormerKey)
    line = items.birth_line(
        village.head(items.BIRTH, "cd" * 16, None, number=1),
        Shape(("name",)),
        {"name": "假的"},
        lambda: "salt",
    )
    forged = segments.cut(
        village.station,
        thief.incarnation,
        [(1, line)],
        {"firm": Shape(("name",))},
        thief.sign,
    )
    kept.keep(village.ledger, *forged)
    assert isinstance(refused(town, village.send()), errors.BadSegmentSignature)


def test_former_keys_say_nothing_though_they_were_for_more_units(tree: Tree) -> None:
    """Whoever renews them has given the former ones too."""
    town, village = tree.town, tree.village
    renew(village, town, frozenset([village.unit, tree.other.unit]))
    report(village, town)
    old, chain = village.keys, station.own_chain(village.ledger)
    renew(village, town, frozenset([village.unit]))
    report(village, town)
    thief = Speaking(replace(old, incarnation=village.keys.incarnation), chain)
    path = village.folder / "stolen.xsj"
    stolen = sending._send(village.ledger, village.link(town), thief, path, "", lambda: iter(()))
    assert isinstance(refused(town, stolen), errors.FormerKey)


# A root that is lost with all its backups


def begin_again(tree: Tree) -> Desk:
    """Another computer begins a tree for the district."""
    new = new_desk(tree.district.folder, "新区", tree.district.level, unit=tree.district.unit)
    new.code, new.time.at = tree.district.name, tree.district.time.at
    begin_tree(new)
    return new


def told(desk: Desk, type_name: str, *names: str) -> list[tuple[object, ...]]:
    """What a station has said itself in the records of a type."""
    own = desk.database.rows(
        f"SELECT lower(hex(r.id)) FROM r_{type_name} r JOIN origin o ON o.ref = r._origin WHERE o.station = ?",
        (desk.station,),
    )
    cells = [desk.values(record, type_name) or {} for (record,) in own]
    return sorted(tuple(values[name] for name in names) for values in cells)


def test_what_a_lost_root_had_let_not_count_stays_so_in_the_words_in_which_it_was_said(tree: Tree) -> None:
    district, town, village, other = tree.district, tree.town, tree.village, tree.other
    numbers = {}
    for record, name in ((FIRM, "一"), (OTHER, "二"), ("f3" * 16, "三")):
        village.birth("firm", {"name": name}, record=record)
        numbers[name] = village.ledger.next_number() - 1
    stamp = village.database.value("SELECT _stamp FROM r_firm WHERE name = '三'")
    other.birth("firm", {"name": "四"}, record="f4" * 16)
    last = other.ledger.next_number() - 1
    tree.deliver()
    origin = f"{village.station} {village.keys.incarnation}"
    words = {"cause": "withdrawn", "label": "报错了", "note": "电话里说的", "excluded": "2026-11-23"}
    exact = f"{numbers['三']}@{to_wire(stamp)}"
    unheard = f"{numbers['三']}@{to_wire(stamp + 1)}\n{'ab' * 32} {'cd' * 8} 1-9"
    named = f"{origin} {numbers['一']} {numbers['二']} {exact} {unheard}"
    district.say("exclusion", {**words, "items": named})
    # The town has said so of one as well, and says nothing a second time.
    town.exclude((village, numbers["二"]))
    cuts = f"{other.keys.incarnation}={last - 1}"
    district.say("revocation", {"station": other.station, "label": "丢了", "cuts": cuts, "note": "已报警"})
    third = desks.below(town, "丙村")
    report(town, district)
    district.revoke(third)
    report(town, district)
    assert town.refused().keys() >= {(village.station, numbers["一"]), (village.station, numbers["二"])}
    before = town.refused()
    new = begin_again(tree)
    under_new_root((town, new))
    town.settle()
    assert town.refused() == before
    assert set(told(town, "revocation", "station", "label", "cuts", "note")) == {
        (other.station, "丢了", cuts, "已报警"),
        (third.station, None, None, None),
    }
    assert told(town, "exclusion", "items", "cause", "label", "note", "excluded", "restated") == [
        (f"{origin} {numbers['一']} {exact}", *words.values(), None),
        (f"{origin} {numbers['二']}", "withdrawn", None, None, None, None),
    ]


def test_what_the_lost_root_alone_had_cut_off_stays_out_item_by_item(tree: Tree) -> None:
    """The town has revoked that computer as well, behind more of its items."""
    district, town, other = tree.district, tree.town, tree.other
    other.birth("firm", {"name": "一"}, record=FIRM)
    other.birth("firm", {"name": "二"}, record=OTHER)
    stamp = other.database.value("SELECT max(_stamp) FROM r_firm")
    last = other.ledger.next_number() - 1
    report(other, town)
    town.revoke(other, last)
    report(town, district)
    district.revoke(other, last - 1)
    report(town, district)
    assert town.refused() == {(other.station, last): "revoked"}
    new = begin_again(tree)
    under_new_root((town, new))
    town.settle()
    assert town.refused() == {(other.station, last): "revoked"}
    items = f"{other.station} {other.keys.incarnation} {last}@{to_wire(stamp)}"
    assert told(town, "exclusion", "items", "label") == [(items, "原来的最上级停用的，换了以后仍停用")]
    report(town, new)
    assert new.records("exclusion") == town.records("exclusion")
    assert new.refused() == town.refused()


def test_a_new_root_is_told_of_the_units_that_another_computer_had_registered(tree: Tree) -> None:
    """As they stand, but with the code that their ids follow from; and not of those that were deleted."""
    settle([(tree.village, tree.town), (tree.other, tree.town), (tree.town, tree.district)])
    town = new_desk(tree.town.folder, "镇的新电脑", Level.TOWN, unit=tree.town.unit)
    enrol(town, tree.district, 3)
    report(town, tree.district)
    town.edit(tree.village.unit, "code", "改", "unit")
    town.edit(tree.village.unit, "name", "改名", "unit")
    town.delete(tree.other.unit, "unit")
    own = new_desk(town.folder, "自己登记的村", Level.VILLAGE)
    enrol(own, town)
    first = town.ledger.next_number()
    gone = town.station, first - 3
    new = begin_again(tree)
    under_new_root((town, new))
    # One is registered: the other was by this computer.
    assert town.ledger.next_number() == first + 1
    report(town, new)
    assert {tree.village.unit, own.unit} <= new.records("unit")
    assert (new.held(), new.refused()) == ({gone: "no_birth"}, {})
    assert (new.values(tree.village.unit, "unit") or {})["name"] == "改名"
    # Whoever may enrol nobody registers nobody.
    under_new_root((own, town))
    assert own.ledger.next_number() == 1


def test_who_is_believed_by_nobody_says_nothing_once_more(tree: Tree) -> None:
    """The grant of the town was taken back, and by that the village stands under no root at all."""
    village = tree.village
    village.birth("firm", {"name": "报错的"}, record=FIRM)
    number = village.ledger.next_number() - 1
    tree.deliver()
    tree.district.exclude((village, number))
    granted = tree.district.database.value(
        "SELECT lower(hex(id)) FROM r_grant WHERE station = ?", (tree.town.station,)
    )
    tree.district.delete(granted, "grant")
    tree.town.take(tree.district.send(tree.town))
    village.take(tree.town.send(village))
    before = station.knowledge(village.ledger, village.keys).policy
    assert (village.refused(), before.known.own) == ({(village.station, number): "withdrawn"}, None)
    first = village.ledger.next_number()
    orphaned.say_again(village.ledger, village.keys, replace(before, revocations={}), village.name)
    assert village.ledger.next_number() == first


# Keys that a station has asked a certificate for


def test_keys_that_were_asked_for_are_waited_for_until_a_restore_or_another_grant(village: Desk) -> None:
    ledger, held = village.ledger, station.load_keys(village.ledger)
    assert (station.asked_key(village.database), station.asked_keys(ledger)) == (None, held)
    fresh = identity.renew(held, village.ledger.environment.random)
    for _ in range(2):
        station.ask_with(ledger, fresh)
        assert station.asked_key(village.database) == fresh.public_key
        assert station.asked_keys(ledger).incarnation == fresh.incarnation
        # Asked for twice they are kept once, and what comes to them opens.
        assert [k.public_key for k in station.load_keys(ledger).others] == [fresh.public_key]
    ledger.set_meta("request", "某个请求")
    station.note_restored(ledger)
    assert (station.asked_key(village.database), station.asked_keys(ledger).public_key) == (
        None,
        held.public_key,
    )
    assert ledger.meta("request") is None
    assert fresh.recipient in station.load_keys(ledger).recipients
    # Of what was asked for in the present incarnation nothing is lost.
    station.ask_with(ledger, held)
    ledger.set_meta("request", "又一个请求")
    station.note_restored(ledger)
    assert (ledger.meta("request"), station.asked_key(village.database)) == ("又一个请求", None)
    again = replace(held, incarnation="ab" * 8)
    station.ask_with(ledger, again)
    assert station.asked_keys(ledger).incarnation == again.incarnation
    station.ask_with(ledger, held)
    assert station.asked_keys(ledger).incarnation == ledger.incarnation == held.incarnation
    station.ask_with(ledger, fresh)
    station.answer_unasked(ledger, "没有请求过的")
    assert (ledger.meta("request"), station.asked_key(village.database)) == ("没有请求过的", None)
    assert station.asked_keys(ledger).incarnation == held.incarnation


def test_an_incarnation_that_was_granted_begins_once(village: Desk) -> None:
    ledger = village.ledger
    fresh = identity.renew(station.load_keys(ledger), ledger.environment.random)
    station.ask_with(ledger, fresh)
    begun = station.begin_granted(ledger, station.asked_keys(ledger))
    assert (begun.public_key, begun.incarnation) == (fresh.public_key, fresh.incarnation)
    assert (ledger.incarnation, station.load_keys(ledger).public_key) == (
        fresh.incarnation,
        fresh.public_key,
    )
    station.begin_incarnation(ledger, "ab" * 8)
    assert station.asked_keys(ledger).incarnation == "ab" * 8


def test_only_who_grants_and_is_no_root_has_a_key_to_be_compared(tree: Tree, tmp_path: Path) -> None:
    alone = new_desk(tmp_path, "没有入网的镇", Level.TOWN)
    assert [station.granting_key(d.database) for d in (tree.district, tree.town, tree.village, alone)] == [
        None,
        tree.town.keys.public_key,
        None,
        None,
    ]
    station.ask_with(alone.ledger, station.load_keys(alone.ledger))
    assert (station.tree_version(alone.ledger), station.asked_key(alone.database)) == (0, None)
