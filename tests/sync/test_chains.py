"""Grants and chains that are read when a station is asked for say what reading all of them says."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.records.declaration import Level
from desktop.sync import certificates, identity, standing, station
from desktop.sync.certificates import Certificate
from desktop.sync.chains import Chains, Grant, Granted, link
from desktop.sync.identity import StationKeys
from tests.sync.desks import proof_of
from tests.sync.test_policy_attacks import Places
from tests.sync.world import claims, seeded

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


def granted(number: int, below: StationKeys, above: StationKeys, flaw: str) -> Grant:
    """The grant of a certificate; a flaw makes it count for nothing."""
    serial = certificates.grant_serial(above.station, above.incarnation, number)
    made = certificates.issue(claims(below, [UNIT], Level.TOWN, 4), serial, above, self_signed(above))
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
        except (ValueError, certificates.BadCertificate):
            continue
        named = certificates.grant_serial(grant.station, grant.incarnation, grant.number)
        renewed = identity.station_id(certificate.claims.public_key) != certificate.station
        if certificate.serial == named and (grant.proof is not None or not renewed):
            found.append(certificate)
    return found


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


def test_a_merge_reads_the_certificates_of_those_alone_who_wrote(places: Places) -> None:
    """A district has hundreds of them, and reading one takes longer than merging an edit."""
    places.deliver(1)
    standing.settle(places.district.ledger, places.district.keys)
    places.town.birth("firm", {"name": "镇里的"})
    sent = places.town.send()
    certificates.parse.cache_clear()
    assert places.district.take(sent).problem is None
    read = certificates.parse.cache_info().misses
    assert read < len(station.granted(places.district.ledger))


def test_what_is_remembered_of_grants_ends_with_them(places: Places) -> None:
    """Who was granted is not known by what was true of other grants."""
    village, district = places.village, places.district
    village.birth("firm", {"name": "村里的"})
    places.deliver(1)
    known = station.knowledge(district.ledger, district.keys)
    assert village.station in known.chains.confirmed, "without reading anything"
    district.revoke(places.town, last=0)
    standing.settle(district.ledger, district.keys)
    known = station.knowledge(district.ledger, district.keys)
    assert village.station not in known.chains.confirmed
    assert village.station not in known.chains
