"""Enrolment: request, grant and acknowledgement, and everything that may be wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import Problem
from desktop.records.declaration import Level, Role
from desktop.sync import errors
from desktop.sync.enrolling import acks, enrolment, grants, requests
from desktop.sync.enrolling.enrolment import ACK_TYPE, GRANT_TYPE, REQUEST_TYPE
from desktop.sync.enrolling.grants import Grant, GrantDraft
from desktop.sync.enrolling.requests import Wish
from desktop.sync.errors import enrolment as causes
from desktop.sync.formats import dsse
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.strictjson import to_base64
from desktop.sync.signed import identity, roots
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.roots import History
from desktop.sync.signed.words import fingerprint
from tests.sync.world import (
    CLERK,
    DISTRICT,
    DISTRICT_DESK,
    NOW,
    OTHER_VILLAGE,
    STRANGER,
    TOWN_DESK,
    TREE,
    TREE_VERSION,
    VILLAGE,
    VILLAGE_DESK,
    Station,
    claims,
    issue,
    root,
    seeded,
)

KEYS = VILLAGE_DESK.keys
WISH = Wish("330109105008", "新街村工会联合会", Level.VILLAGE)
REQUEST = requests.make_request(KEYS, WISH, NOW)
ROWS: list[dict[str, Any]] = [
    {"id": unit, "parent": parent, "code": "330110", "name": "某单位", "level": "village"}
    for unit, parent in TREE.items()
]


def draft(asked: bytes = REQUEST, station: Station = VILLAGE_DESK, **changes: Any) -> GrantDraft:
    digest = dsse.parse(asked, 1 << 20).digest
    return replace(GrantDraft(digest, tuple(station.ders), TREE_VERSION, ROWS, NOW, b"reference"), **changes)


GRANT = grants.make_grant(draft(), TOWN_DESK.keys)


def accept(data: bytes = GRANT, keys: StationKeys = KEYS, **options: Any) -> Grant:
    request = requests.read_request(REQUEST).digest
    return grants.read_grant(data, keys, request, **options)


ACK = acks.make_ack(KEYS, accept(), 17, NOW)


def test_the_three_files_one_after_the_other() -> None:
    request = requests.read_request(REQUEST)
    assert request.wish == WISH
    assert request.incarnation == KEYS.incarnation
    assert request.created == NOW
    assert request.words == fingerprint(KEYS.public_key)

    grant = accept()
    assert grant.certificate == VILLAGE_DESK.certificate
    assert grant.certificate.claims.units == {VILLAGE}
    assert grant.desk == TOWN_DESK.certificate
    assert grant.root == DISTRICT_DESK.certificate
    assert grant.words == fingerprint(TOWN_DESK.keys.public_key)
    assert list(grant.tree) == ROWS
    assert (grant.tree_version, grant.reference) == (TREE_VERSION, b"reference")

    ack = acks.read_ack(ACK, grant.certificate)
    assert (ack.station, ack.certificate) == (KEYS.station, grant.certificate.digest)
    assert (ack.grant, ack.incarnation, ack.position) == (grant.digest, KEYS.incarnation, 17)
    assert acks.acknowledged_certificate(ACK) == grant.certificate.digest


HOSTILE = "某村”\n词语：苹果\r\t\x1b[31m \u202e葡萄" + "长" * 60
"""A name that would put a line of its own before the words that people compare, and turn round what follows."""


def test_a_name_in_a_file_stands_in_one_line_and_moves_nothing() -> None:
    asked = requests.make_request(KEYS, replace(WISH, name=HOSTILE), NOW)
    assert requests.read_request(asked).wish.name == "某村” 词语：苹果 [31m 葡萄" + "长" * 60
    told = [{**row, "name": HOSTILE * 9} for row in draft().tree]
    names = {str(row["name"]) for row in accept(grants.make_grant(draft(tree=told), TOWN_DESK.keys)).tree}
    assert all(name.isprintable() and len(name) == 101 for name in names)
    assert (
        requests.read_request(requests.make_request(KEYS, replace(WISH, name="\u200b"), NOW)).wish.name == "?"
    )


def test_a_desk_that_is_the_root_grants_too() -> None:
    data = grants.make_grant(draft(station=TOWN_DESK, reference=None), DISTRICT_DESK.keys)
    digest = requests.read_request(REQUEST).digest
    grant = grants.read_grant(data, TOWN_DESK.keys, digest)
    assert grant.desk == grant.root == DISTRICT_DESK.certificate
    assert grant.reference is None


def test_equal_input_makes_equal_files() -> None:
    assert requests.make_request(KEYS, WISH, NOW) == REQUEST
    assert grants.make_grant(draft(), TOWN_DESK.keys) == GRANT


HELD = History((DISTRICT_DESK.certificate.der,))
SUCCESSOR = root(401, [DISTRICT], Level.DISTRICT)
STATEMENT = roots.make_statement(HELD.now, SUCCESSOR.ders, DISTRICT_DESK.certificate, DISTRICT_DESK.keys)[0]
CHANGED = HELD.followed([STATEMENT])


def by_successor(history: History | None = CHANGED) -> bytes:
    """A grant by the root of now, which tells how it has come to be one."""
    certificate = issue(SUCCESSOR, claims(KEYS, [VILLAGE], Level.VILLAGE), 1)
    return grants.make_grant(draft(chain=(certificate.der, *SUCCESSOR.ders), history=history), SUCCESSOR.keys)


def test_a_grant_tells_of_the_roots() -> None:
    assert accept().history == accept(held=HELD).history == HELD
    for options in ({}, {"held": HELD}, {"held": CHANGED}, {"pinned": SUCCESSOR.ders}):
        assert accept(by_successor(), **options).history == CHANGED
    later = grants.make_grant(draft(history=CHANGED), TOWN_DESK.keys)
    assert accept(later, held=HELD).history == CHANGED, "a town below the former root goes on granting"
    assert accept(held=CHANGED).history == CHANGED, "and one that has not heard yet"


def roots_said(signer: StationKeys = SUCCESSOR.keys, **members: object) -> bytes:
    """A grant of the successor's that tells otherwise of the roots."""
    said = json.loads(parsed(by_successor()).payload)["roots"] | members
    return changed(by_successor(), signer, roots=said)


BAD_HISTORIES: dict[str, tuple[Callable[[], bytes], dict[str, Any], type[Problem]]] = {
    "of another tree": (by_successor, {"held": History((STRANGER.certificate.der,))}, causes.RootDiffers),
    "that leaves the root out": (lambda: by_successor(None), {"held": HELD}, causes.RootDiffers),
    "without its beginning": (lambda: roots_said(first=[]), {}, causes.BadEnrolmentFile),
    "that begins with a town": (lambda: roots_said(first=chain_of(TOWN_DESK.ders[0])), {}, errors.BadCertificate),
    "of a statement by nobody": (
        lambda: roots_said(first=chain_of(STRANGER.certificate.der)), {}, causes.BadRootStatement
    ),
    "that leads elsewhere": (lambda: roots_said(statements=[]), {}, causes.BadRootStatement),
    "that nobody has signed": (lambda: roots_said(KEYS, statements=[]), {}, errors.BadSignature),
    "not of its form": (lambda: roots_said(first=5), {}, causes.BadEnrolmentFile),
    "by the former root itself": (
        lambda: grants.make_grant(draft(
            chain=(issue(DISTRICT_DESK, claims(KEYS, [VILLAGE], Level.VILLAGE), 1).der, *DISTRICT_DESK.ders)
        ), DISTRICT_DESK.keys),
        {"held": CHANGED},
        errors.FormerRoot,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "options", "error"), BAD_HISTORIES.values(), ids=[n.replace(" ", "-") for n in BAD_HISTORIES]
)
def test_refuses_a_grant_with_a_history(
    make: Callable[[], bytes], options: dict[str, Any], error: type[Problem]
) -> None:
    with pytest.raises(error) as caught:
        accept(make(), **options)
    assert type(caught.value) is error


def test_a_pinned_root_is_kept() -> None:
    assert accept(pinned=[DISTRICT_DESK.certificate.der]) == accept()


# Renewed keys

RENEWED = identity.renew(KEYS, seeded(300))


def test_renewed_keys_are_vouched_for_by_the_first_ones() -> None:
    request = requests.read_request(requests.make_request(RENEWED, WISH, NOW, first_keys=KEYS))
    assert request.keys.station == KEYS.station
    assert request.keys.public_key == RENEWED.public_key


def test_nobody_asks_in_the_name_of_another_station() -> None:
    thief = replace(identity.generate(seeded(301)), station=KEYS.station)
    with pytest.raises(errors.SenderUnequal):
        requests.read_request(requests.make_request(thief, WISH, NOW, first_keys=CLERK.keys))
    with pytest.raises(causes.BadEnrolmentFile):
        requests.read_request(requests.make_request(thief, WISH, NOW))


# What may be wrong


def parsed(data: bytes) -> Signed:
    return dsse.parse(data, 1 << 20)


def changed(data: bytes, signer: StationKeys, **members: object) -> bytes:
    """The same file with other members, signed all the same."""
    signed = parsed(data)
    payload = json.dumps(json.loads(signed.payload) | members).encode()
    return dsse.sign(signed.payload_type, payload, signed.signatures[0].keyid, signer.sign).encode()


def with_rows(member: str, value: object) -> bytes:
    """The grant with a member of all units changed."""
    return changed(GRANT, TOWN_DESK.keys, tree=[row | {member: value} for row in ROWS])


def tampered(data: bytes) -> bytes:
    signed = parsed(data)
    return replace(signed, payload=signed.payload.replace(str(NOW).encode(), b"1")).encode()


def keyid(data: bytes, named: str) -> bytes:
    signed = parsed(data)
    return replace(signed, signatures=(replace(signed.signatures[0], keyid=named),)).encode()


def typed(data: bytes, payload_type: str) -> bytes:
    return replace(parsed(data), payload_type=payload_type).encode()


FUTURE = "application/vnd.xiaosanji.{}+json; suite=2"
UNIT = {"code": "1", "name": "某村", "kind": "village", "role": "desk"}

BAD_REQUESTS: dict[str, tuple[Callable[[], bytes], type[Problem]]] = {
    "tampered with": (lambda: tampered(REQUEST), errors.BadSignature),
    "signed by another key": (lambda: changed(REQUEST, CLERK.keys), errors.BadSignature),
    "another key id": (lambda: keyid(REQUEST, CLERK.station), errors.SenderUnequal),
    "a grant": (lambda: GRANT, causes.BadEnrolmentFile),
    "a grant called request": (lambda: typed(GRANT, REQUEST_TYPE), causes.BadEnrolmentFile),
    "a newer suite": (lambda: typed(REQUEST, FUTURE.format("request")), errors.NewerFormat),
    "a newer format": (lambda: changed(REQUEST, KEYS, format=2), errors.NewerFormat),
    "a bundle": (lambda: b"PK\x03\x04", causes.NotAnEnrolmentFile),
    "empty": (lambda: b"", causes.NotAnEnrolmentFile),
    "a file of a recovery": (
        lambda: typed(REQUEST, "application/vnd.xiaosanji.recovery-request+json; suite=1"),
        causes.NotAnEnrolmentFile,
    ),
    "cut": (lambda: REQUEST[:-20], errors.BadEnvelope),
    "too long": (lambda: REQUEST + b" " * enrolment.MAX_SMALL * 2, errors.BadEnvelope),
    "no request inside": (lambda: changed(REQUEST, KEYS, csr="QQ=="), causes.BadEnrolmentFile),
    "another's request inside": (
        lambda: changed(REQUEST, KEYS, csr=json.loads(parsed(
            requests.make_request(CLERK.keys, WISH, NOW)).payload)["csr"]),
        errors.SenderUnequal,
    ),
    "no kind of unit": (lambda: changed(REQUEST, KEYS, unit=UNIT | {"kind": "planet"}), causes.BadEnrolmentFile),
    "no code": (lambda: changed(REQUEST, KEYS, unit=UNIT | {"code": "../1"}), causes.BadEnrolmentFile),
    "no name": (lambda: changed(REQUEST, KEYS, unit=UNIT | {"name": ""}), causes.BadEnrolmentFile),
    "no incarnation": (lambda: changed(REQUEST, KEYS, incarnation="1"), causes.BadEnrolmentFile),
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "error"), BAD_REQUESTS.values(), ids=[n.replace(" ", "-") for n in BAD_REQUESTS]
)
def test_refuses_a_request(make: Callable[[], bytes], error: type[Problem]) -> None:
    with pytest.raises(error) as caught:
        requests.read_request(make())
    assert type(caught.value) is error


def chain_of(*ders: bytes) -> list[str]:
    return [to_base64(der) for der in ders]


def granted_by_stranger() -> bytes:
    """Another district's desk answers in place of the real one."""
    certificate = issue(STRANGER, claims(KEYS, [VILLAGE], Level.VILLAGE), 1)
    chain = (certificate.der, *STRANGER.ders)
    return grants.make_grant(draft(chain=chain), STRANGER.keys)


def granted_by_clerk() -> bytes:
    certificate = issue(CLERK, claims(KEYS, [VILLAGE], Level.VILLAGE), 1)
    return grants.make_grant(draft(chain=(certificate.der, *CLERK.ders)), CLERK.keys)


def granted_outside() -> bytes:
    certificate = issue(TOWN_DESK, claims(KEYS, [OTHER_VILLAGE], Level.VILLAGE), 1)
    return grants.make_grant(draft(chain=(certificate.der, *TOWN_DESK.ders)), TOWN_DESK.keys)


def granted_to_renewed() -> bytes:
    """The right station, but keys that it does not hold."""
    certificate = issue(TOWN_DESK, claims(RENEWED, [VILLAGE], Level.VILLAGE), 1)
    return grants.make_grant(draft(chain=(certificate.der, *TOWN_DESK.ders)), TOWN_DESK.keys)


PINNED = [DISTRICT_DESK.certificate.der]
BAD_GRANTS: dict[str, tuple[Callable[[], bytes], type[Problem]]] = {
    "tampered with": (lambda: tampered(GRANT), errors.BadSignature),
    "signed by another key": (lambda: changed(GRANT, CLERK.keys), errors.BadSignature),
    "signed by the root instead of the issuer": (
        lambda: keyid(changed(GRANT, DISTRICT_DESK.keys), DISTRICT_DESK.certificate.digest), errors.BadSignature),
    "another root than the pinned one": (granted_by_stranger, causes.RootDiffers),
    "from one who may not issue": (granted_by_clerk, errors.NotAnIssuer),
    "outside the desk's units": (granted_outside, errors.DelegationOutOfScope),
    "for another station": (
        lambda: grants.make_grant(draft(station=CLERK), TOWN_DESK.keys), causes.GrantForOther),
    "for keys that are not ours": (granted_to_renewed, causes.GrantForOther),
    "for another request": (
        lambda: grants.make_grant(draft(request="0" * 64), TOWN_DESK.keys), causes.GrantForOtherRequest),
    "a tree without the unit": (lambda: changed(GRANT, TOWN_DESK.keys, tree=[]), errors.UnitNotKnown),
    **{
        f"a unit whose {member} is {value}": (
            partial(with_rows, member, value), causes.BadEnrolmentFile,
        )
        for member, value in (
            ("name", None), ("name", {}), ("code", 5), ("code", "11 0"), ("code", ""), ("code", "1" * 65),
            ("level", "zz"), ("level", []),
        )
    },
    "a tree of noise": (lambda: changed(GRANT, TOWN_DESK.keys, tree=[1]), causes.BadEnrolmentFile),
    "a unit without parent": (
        lambda: changed(GRANT, TOWN_DESK.keys, tree=[{"id": VILLAGE}]), causes.BadEnrolmentFile),
    "a parent that is no id": (
        lambda: changed(GRANT, TOWN_DESK.keys, tree=[{"id": VILLAGE, "parent": "x"}]), causes.BadEnrolmentFile),
    "a unit twice, under two others": (
        lambda: changed(GRANT, TOWN_DESK.keys, tree=[*ROWS, ROWS[-1] | {"parent": None}]), causes.BadEnrolmentFile),
    "only the root": (
        lambda: changed(GRANT, TOWN_DESK.keys, chain=chain_of(*DISTRICT_DESK.ders)), causes.BadEnrolmentFile),
    "a chain that ends below the root": (
        lambda: changed(GRANT, TOWN_DESK.keys, chain=chain_of(*VILLAGE_DESK.ders[:2])), errors.BadCertificate),
    "a chain that ends below the root, and another signature": (
        lambda: changed(GRANT, CLERK.keys, chain=chain_of(*VILLAGE_DESK.ders[:2])), errors.BadSignature),
    "a chain of numbers": (lambda: changed(GRANT, TOWN_DESK.keys, chain=[1, 2]), causes.BadEnrolmentFile),
    "a chain of noise": (
        lambda: changed(GRANT, TOWN_DESK.keys, chain=chain_of(b"a", b"b")), errors.BadCertificate),
    "a newer suite": (lambda: typed(GRANT, FUTURE.format("grant")), errors.NewerFormat),
    "a request": (lambda: REQUEST, causes.BadEnrolmentFile),
    "a bundle": (lambda: b"PK\x03\x04" + bytes(1 << 20), causes.NotAnEnrolmentFile),
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "error"), BAD_GRANTS.values(), ids=[n.replace(" ", "-") for n in BAD_GRANTS]
)
def test_refuses_a_grant(make: Callable[[], bytes], error: type[Problem]) -> None:
    with pytest.raises(error) as caught:
        accept(make(), pinned=PINNED)
    assert type(caught.value) is error


def test_a_strangers_grant_is_only_known_by_its_words() -> None:
    """Nothing is pinned yet: the words on the telephone are what tells the two apart."""
    grant = accept(granted_by_stranger())
    assert grant.words != accept().words


BAD_ACKS: dict[str, tuple[Callable[[], bytes], type[Problem]]] = {
    "tampered with": (lambda: tampered(ACK), errors.BadSignature),
    "signed by another key": (lambda: changed(ACK, CLERK.keys), errors.BadSignature),
    "about another certificate": (lambda: keyid(ACK, CLERK.certificate.digest), causes.AckForOther),
    "naming another station": (
        lambda: changed(ACK, KEYS, station=CLERK.station),
        causes.AckForOther,
    ),
    "naming another certificate": (
        lambda: changed(ACK, KEYS, certificate="0" * 64),
        causes.AckForOther,
    ),
    "a position before the first": (
        lambda: changed(ACK, KEYS, position=-1),
        causes.BadEnrolmentFile,
    ),
    "a grant": (lambda: GRANT, causes.BadEnrolmentFile),
    "a newer format": (lambda: changed(ACK, KEYS, format=2), errors.NewerFormat),
}


@pytest.mark.parametrize(("make", "error"), BAD_ACKS.values(), ids=[n.replace(" ", "-") for n in BAD_ACKS])
def test_refuses_an_acknowledgement(make: Callable[[], bytes], error: type[Problem]) -> None:
    with pytest.raises(error):
        acks.read_ack(make(), VILLAGE_DESK.certificate)


@given(st.sampled_from([REQUEST, GRANT, ACK]), st.data())
def test_a_changed_byte_is_refused_or_means_nothing(whole: bytes, data: st.DataObject) -> None:
    mutated = bytearray(whole)
    mutated[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        outcome: object = read_any(bytes(mutated), parsed(whole).payload_type)
    except Problem:
        return
    assert outcome == read_any(whole, parsed(whole).payload_type)  # white space between members


@given(st.sampled_from([REQUEST, GRANT, ACK]), st.data())
def test_a_file_cut_short_is_refused(whole: bytes, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, len(whole) - 3))
    with pytest.raises(errors.BadEnvelope):
        read_any(whole[:length], parsed(whole).payload_type)


def read_any(data: bytes, payload_type: str) -> object:
    if payload_type == REQUEST_TYPE:
        return requests.read_request(data)
    if payload_type == GRANT_TYPE:
        return accept(data, pinned=PINNED)
    assert payload_type == ACK_TYPE
    return acks.read_ack(data, VILLAGE_DESK.certificate)


def test_a_station_may_wish_for_a_role() -> None:
    wish = replace(WISH, role=Role.EDITOR)
    assert requests.read_request(requests.make_request(KEYS, wish, NOW)).wish.role is Role.EDITOR
