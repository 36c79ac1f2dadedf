"""Grants and chains that are read when a station is asked for say what reading all of them says."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import TrustProblem
from desktop.records.declaration import Level
from desktop.store.queries import governing
from desktop.sync import trust
from desktop.sync.authority import enrolled, station
from desktop.sync.authority.chains import MOST, Chain, Chains, Grant, Granted, Proven, link
from desktop.sync.enrolling import succession
from desktop.sync.errors import BadCertificate
from desktop.sync.signed import certificates, identity
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys
from tests.measuring import seconds
from tests.sync import desks
from tests.sync.desks import DAY, enrol, grant_record, new_desk, proof_of, report, settle
from tests.sync.levels import Tree
from tests.sync.places import Places
from tests.sync.world import TOWN_DESK, Station, claims, issue, seeded, state_of

UNIT = "a" * 32
FIRST = [identity.generate(seeded(n)) for n in range(4)]
RENEWED = [identity.renew(keys, seeded(100 + n)) for n, keys in enumerate(FIRST)]
"""Stations that may all certify each other, with their first keys and renewed ones; the first may be a root."""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


places_of_keys = st.tuples(st.integers(0, len(FIRST) - 1), st.booleans())
flaws = st.sampled_from(
    ["", "", "", "", "", "unreadable", "other item", "no proof", "not base64", "two names"]
)


def keys_of(place: tuple[int, bool]) -> StationKeys:
    number, renewed = place
    return (RENEWED if renewed else FIRST)[number]


@cache
def self_signed(keys: StationKeys) -> Certificate:
    serial = certificates.grant_serial(keys.station, keys.incarnation, 1)
    return certificates.issue(claims(keys, [UNIT], Level.DISTRICT, 5), serial, keys, None)


def granted(
    number: int, below: StationKeys, above: StationKeys, flaw: str, level: Level = Level.TOWN
) -> Grant:
    """The grant of a certificate; a flaw makes it count for nothing."""
    serial = certificates.grant_serial(above.station, above.incarnation, number)
    made = certificates.issue(claims(below, [UNIT], level, 4), serial, above, self_signed(above))
    der = made.der
    if flaw == "unreadable":
        der = der[:-1]
    if flaw == "two names":
        der += b"xsj:station:" + FIRST[0].station.encode()
    text = "?" if flaw == "not base64" else base64.b64encode(der).decode()
    proof = None if flaw == "no proof" else proof_of(below)
    return Grant(text, proof, above.station, above.incarnation, number + (flaw == "other item"))


OWN = granted(50, FIRST[1], FIRST[0], "")
"""The grant of the reader's own certificate, which it need not hold."""


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Grant], list[Certificate], list[bytes]]:
    said = draw(st.lists(st.tuples(places_of_keys, places_of_keys, flaws), max_size=9))
    grants = [
        granted(n, keys_of(below), keys_of(above), flaw) for n, (below, above, flaw) in enumerate(said, 2)
    ]
    roots = [
        self_signed(keys_of((0, renewed))) for renewed in draw(st.sampled_from([[], [False], [False, True]]))
    ]
    own = [certificates.parse(base64.b64decode(OWN.certificate))] if draw(st.booleans()) else []
    return grants, own, [r.der for r in roots]


def readable(grants: Sequence[Grant]) -> list[Certificate]:
    """What a simple reader lets count: each certificate read, each item and proof compared."""
    found = []
    for grant in grants:
        try:
            certificate = certificates.parse(base64.b64decode(grant.certificate, validate=True))
        except (ValueError, BadCertificate):
            continue
        named = certificates.grant_serial(grant.station, grant.incarnation, grant.number)
        renewed = identity.station_id(certificate.claims.public_key) != certificate.station
        if certificate.serial == named and (grant.proof is not None or not renewed):
            found.append(certificate)
    return found


@pytest.mark.no_cover
@settings(max_examples=60)
@given(worlds(), st.permutations(range(len(FIRST))))
def test_what_is_read_for_one_station_is_what_reading_all_would_give(
    world: tuple[list[Grant], list[Certificate], list[bytes]], order: Sequence[int]
) -> None:
    grants, own, roots = world
    counting = readable(grants)
    lazy = Granted(grants, {c.digest for c in own})
    assert {c.digest for c in counting if c.digest in lazy} == {c.digest for c in counting}
    for grant in grants:
        if grant.certificate != "?":
            digest = station.digest_of(base64.b64decode(grant.certificate))
            assert (digest in lazy) == (digest in {c.digest for c in (*counting, *own)})
    everything = link([*counting, *own, *map(certificates.parse, roots)], roots)
    chains = Chains(lazy, own, roots)
    for name in (FIRST[n].station for n in order):
        assert lazy.of(name) == [c for c in counting if c.station == name]
        assert (name in chains) == (name in everything)
        assert chains.get(name) == everything.get(name)
    assert dict(chains) == everything
    assert list(chains) == list(everything)
    assert lazy.all() == counting
    assert (bool(chains), len(chains)) == (bool(roots), len(everything))


def respelled(text: str) -> str:
    """Base64 of the same bytes with another last sign."""
    body = text.rstrip("=")
    return body[:-1] + chr(ord(body[-1]) + 1) + "=" * (len(text) - len(body))


def test_base64_has_one_spelling_in_a_grant_too() -> None:
    """Grants are compared as text: by another spelling the same certificate would be found in one place and not in
    the other.
    """
    below, above = RENEWED[1], FIRST[0]
    grant = granted(1, below, above, "", Level.INDUSTRY)
    assert grant.certificate.endswith("=")
    other = grant._replace(certificate=respelled(grant.certificate))
    assert base64.b64decode(other.certificate, validate=True) == base64.b64decode(grant.certificate)
    assert len(Granted([grant]).all()) == len(list(certificates.readable([grant.certificate]))) == 1
    assert Granted([other]).all() == list(certificates.readable([other.certificate])) == []
    assert Granted([grant._replace(proof=f"{grant.proof}=")]).all() == []


@pytest.mark.no_cover
@settings(max_examples=40)
@given(worlds(), st.booleans())
def test_proven_are_those_alone_whose_chain_stands(
    world: tuple[list[Grant], list[Certificate], list[bytes]], former: bool
) -> None:
    """Whoever is asked for first: by the kernel's checks, one chain after the other."""
    grants, own, roots = world
    lazy = Granted(grants, {c.digest for c in own})
    chains = Chains(lazy, own, roots)
    state = state_of(
        TOWN_DESK, roots=frozenset(roots), grants=lazy, tree={UNIT: None},
        former=frozenset(roots[:1]) if former else frozenset(),
    )  # fmt: skip
    standing: dict[str, Any] = {}
    for name, several in chains.items():
        for chain in several:
            try:
                trust.judge_chain(chain, state)
            except TrustProblem:
                continue
            standing.setdefault(name, []).append(chain[0])
    proven = Proven(chains, state)
    assert {name: [c.der for c in found] for name, found in proven.items()} == {
        name: list(dict.fromkeys(ders)) for name, ders in standing.items()
    }
    assert len(proven) == len(standing)
    for keys in FIRST:
        above = [
            frozenset(certificates.parse(der).station for der in c[1:]) for c in proven.chains(keys.station)
        ]
        assert proven.issuers(keys.station) == above
        assert (keys.station in proven) == (keys.station in standing)


def test_what_everybody_reads_and_who_asks_for_one_station_are_told_the_same() -> None:
    """Not only where a random world happens to have a chain: a root, who hangs on it, and who hangs on nobody."""
    root = self_signed(FIRST[0])
    said = [granted(2, FIRST[1], FIRST[0], ""), granted(3, FIRST[3], FIRST[2], "")]
    lazy = Granted([*said, *said])
    chains, nobody = Chains(lazy, [], [root.der]), Chains(lazy, [], [])
    below = certificates.parse(base64.b64decode(said[0].certificate))
    found = {FIRST[0].station: [(root.der,)], FIRST[1].station: [(below.der, root.der)]}
    assert dict(chains) == found
    assert (bool(chains), len(chains)) == (True, 2)
    assert (bool(nobody), len(nobody)) == (False, 0)
    state = state_of(TOWN_DESK, roots=frozenset([root.der]), grants=lazy, tree={UNIT: None})
    proven = Proven(chains, state)
    assert dict(proven) == {FIRST[0].station: [root], FIRST[1].station: [below]}
    assert len(proven) == 2
    assert len(Proven(chains, state_of(TOWN_DESK, roots=frozenset([root.der]), grants=frozenset()))) == 1


def test_grants_of_one_moment_have_one_order_however_they_have_come(places: Places) -> None:
    """Of certificates of one level the newest speaks, so everybody must mean the same by that."""
    town, district = places.town, places.district
    own = certificates.parse(station.own_chain(town.ledger)[0])
    first = town.ledger.next_number()
    records = []
    for number in range(first, first + 3):
        serial = certificates.grant_serial(town.station, town.keys.incarnation, number)
        said = claims(places.village.keys, [places.village.unit], Level.VILLAGE, None)
        records.append(
            grant_record(town, certificates.issue(said, serial, town.keys, own), places.village.unit)
        )
    town.ledger.write("批准", town.name, births=records)
    report(town, district)
    before = list(governing.grants(district.database))
    for number in range(first, first + 3):
        district.lift(district.exclude((town, number)))
        assert list(governing.grants(district.database)) == before


def _seconds_of_linking(several: int) -> float:
    """Three stations above one another, each with so many certificates by the one above."""
    held: list[Certificate] = []
    above = FIRST[0]
    for number, below in enumerate(FIRST[1:]):
        upper = held[-1] if held else self_signed(above)
        held += [
            certificates.issue(
                claims(below, [UNIT], Level.TOWN, 4),
                certificates.grant_serial(above.station, above.incarnation, 100 * number + n),
                above,
                upper,
            )
            for n in range(several)
        ]
        above = below
    found: dict[str, list[Chain]] = {}
    spent = seconds(lambda: found.update(link(held, [self_signed(FIRST[0]).der])))
    assert len(found[FIRST[3].station]) == several * min(several**2, MOST)
    return spent


def test_very_many_chains_take_no_more_time_each_than_few() -> None:
    """Who may issue decides how many certificates there are; whoever looks for chains must not compare all with all."""
    few = min(_seconds_of_linking(8) for _ in range(3))
    assert _seconds_of_linking(16) < 2 * 4 * few


def test_of_very_many_chains_the_shortest_are_looked_at_and_everywhere_the_same() -> None:
    """Another that certifies the superior once more, through many of its own, neither hides it nor makes it unequal."""
    root = self_signed(FIRST[0])

    def issue(below: StationKeys, above: StationKeys, number: int) -> Certificate:
        serial = certificates.grant_serial(above.station, above.incarnation, number)
        upper = root if above is FIRST[0] else self_signed(above)
        return certificates.issue(claims(below, [UNIT], Level.TOWN, 4), serial, above, upper)

    flood = [issue(FIRST[1], FIRST[0], n) for n in range(10)] + [
        issue(FIRST[2], FIRST[1], n) for n in range(10)
    ]
    superior, mine = issue(FIRST[2], FIRST[0], 20), issue(FIRST[3], FIRST[2], 1)
    held = [*flood, superior, mine]
    found = link(held, [root.der])[FIRST[3].station]
    assert len(found) == MOST
    assert found[0] == (mine.der, superior.der, root.der)
    random.Random(1).shuffle(held)
    assert set(link(held, [root.der])[FIRST[3].station]) == set(found)


def test_a_merge_reads_the_certificates_of_those_alone_who_wrote(places: Places) -> None:
    """A district has hundreds of them, and reading one takes longer than merging an edit."""
    places.deliver(1)
    places.district.settle()
    places.town.birth("firm", {"name": "镇里的"})
    sent = places.town.send()
    certificates.parse.cache_clear()
    assert places.district.take(sent).problem is None
    read = certificates.parse.cache_info().misses
    assert read < len(station.granted(places.district.ledger))


@pytest.mark.no_cover
def test_what_is_remembered_of_grants_ends_with_them(places: Places) -> None:
    """Who was granted is not known by what was true of other grants."""
    village, district = places.village, places.district
    village.birth("firm", {"name": "村里的"})
    places.deliver(1)
    known = station.knowledge(district.ledger, district.keys)
    assert village.station in known.chains.confirmed, "without reading anything"
    district.revoke(places.town, last=0)
    district.settle()
    known = station.knowledge(district.ledger, district.keys)
    assert village.station not in known.chains.confirmed
    assert village.station not in known.chains


@pytest.mark.no_cover
def test_whatever_happens_nobody_is_remembered_longer_than_linked(places: Places) -> None:
    """Revoked, let in, granted anew, without a grant, moved, under a new root, put back from an older copy."""
    rnd = random.Random(1)
    district, towns = places.district, [places.town, places.other]
    desks = [district, *towns, places.far]
    before: dict[str, list[str]] = {desk.name: [] for desk in desks}
    places.deliver(1)
    said: list[str] = []

    def act(kind: str) -> None:
        town = rnd.choice(towns)
        if kind == "revoke":
            said.append(district.revoke(town, rnd.choice([None, town.ledger.next_number() // 2])))
        elif kind == "lift" and said:
            district.lift(said.pop(), "revocation")
        elif kind == "delete":
            found = district.database.value(
                "SELECT lower(hex(id)) FROM r_grant WHERE station = ?", (town.station,)
            )
            district.delete(found, "grant")
        elif kind == "grant":
            enrol(town, district, 3)
        elif kind == "move" and district.shown(places.far.unit, "unit") is not None:
            district.edit(places.far.unit, "superior", rnd.choice(towns).unit, "unit")
        elif kind == "root":
            succession.change_root(district.ledger)
            district.keys = station.load_keys(district.ledger)
        district.settle()

    for kind in rnd.sample(["revoke", "lift", "delete", "grant", "move", "root"] * 2, 8):
        act(kind)
        places.deliver(1)
        for desk in desks:
            if before[desk.name] and rnd.random() < 0.5:
                desk.ledger.set_meta("confirmed_stations", rnd.choice(before[desk.name]))
            known = station.knowledge(desk.ledger, desk.keys)
            assert known.chains.confirmed <= set(known.chains), (desk.name, kind)
            desk.settle()
            before[desk.name].append(desk.ledger.meta("confirmed_stations") or '["", []]')


def test_the_computers_of_a_unit_are_those_whose_certificates_say_so_whatever_a_grant_says(
    tree: Tree,
) -> None:
    """The first of them numbers its letters, so nobody may put himself before it."""
    town, village = tree.town, tree.village
    hasty = new_desk(town.folder, "镇里抢先的", Level.TOWN, unit=town.unit)
    hasty.time.at -= DAY
    (theirs, _) = station.own_chain(town.ledger)
    hasty.ledger.write(
        "批准", "", births=[grant_record(hasty, certificates.parse(theirs), town.unit, "00" * 8)]
    )
    clerk = desks.below(town, "镇里的第二台", Level.TOWN, unit=town.unit)
    enrol(hasty, town)
    # A certificate that no grant stands for, and one that is for another unit.
    ghost = new_desk(town.folder, "没有批准的", Level.TOWN, unit=town.unit)
    issuer = Station(town.keys, tuple(map(certificates.parse, station.own_chain(town.ledger))))
    forged = issue(issuer, claims(ghost.keys, [town.unit], Level.TOWN), town.ledger.next_number() + 9)
    (elsewhere, *_) = station.own_chain(village.ledger)
    for made in (forged, certificates.parse(elsewhere)):
        town.ledger.write("批准", "", births=[grant_record(town, made, town.unit)])
    settle([(hasty, town), (town, tree.district)])
    for desk in (town, tree.district):
        assert enrolled.of_unit(desk.database, town.unit) == [town.station, clerk.station, hasty.station]
    tree.district.revoke(clerk)
    assert enrolled.of_unit(tree.district.database, town.unit) == [town.station, hasty.station]
    assert enrolled.out_of_use(tree.district.database) == {clerk.station}


def test_who_was_enrolled_by_another_unit_since_reports_to_that_one(tree: Tree) -> None:
    town = tree.town
    settle([(tree.other, town), (town, tree.district)])
    clerk = desks.below(town, "镇里的第二台", Level.TOWN, unit=town.unit, path_length=1)
    hers = desks.below(clerk, "镇里第二台批准的村")
    enrol(tree.other, tree.district)
    report(hers, clerk)
    town.merge(clerk.send())
    town.take(tree.district.send(town))
    names = [tree.village.station, tree.other.station, hers.station, clerk.station, "ab" * 32]
    assert enrolled.by_others(town.database, town.station, names) == {tree.other.station}
