"""Root statements: a new root counts because an old one says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.sync import errors
from desktop.sync.enrolling.enrolment import GRANT_TYPE
from desktop.sync.errors import enrolment as enrolment_errors
from desktop.sync.formats import dsse
from desktop.sync.formats.strictjson import to_base64
from desktop.sync.signed import roots
from desktop.sync.signed.roots import PAYLOAD_TYPE, History, Roots
from tests.sync.world import DISTRICT, DISTRICT_DESK, STRANGER, TOWN_DESK, Station, claims, issue, root

OLD = DISTRICT_DESK
NEW = root(201, [DISTRICT], Level.DISTRICT)
NEWEST = root(202, [DISTRICT], Level.DISTRICT)
BARREN = root(203, [DISTRICT], Level.DISTRICT, path_length=None)
MISNAMED = Station(
    NEW.keys, (issue(OLD, claims(NEW.keys, [DISTRICT], Level.DISTRICT, 2), 5, signer=NEW.keys),)
)
"""It signs itself, and says that the old root did."""
HELD = Roots(frozenset([OLD.certificate.der]))
PINNED = History((OLD.certificate.der,))


def statement(before: Roots, signer: Station, *named: Station) -> tuple[bytes, Roots]:
    ders = [station.certificate.der for station in named]
    return roots.make_statement(before, ders, signer.certificate, signer.keys)


BOTH, BOTH_COUNT = statement(HELD, OLD, OLD, NEW)
ALONE, ALONE_COUNTS = statement(BOTH_COUNT, NEW, NEW)
NEXT, NEXT_COUNTS = statement(ALONE_COUNTS, NEW, NEWEST)


def test_follows_a_chain_of_statements() -> None:
    history = PINNED.followed([BOTH, ALONE, NEXT])
    assert history.now == NEXT_COUNTS
    assert history.known == (NEWEST.certificate.der, NEW.certificate.der, OLD.certificate.der)
    assert history.former == {NEW.certificate.der, OLD.certificate.der}
    assert PINNED.followed([BOTH]).former == frozenset(), "both count"
    assert NEXT_COUNTS.certificates == {NEWEST.certificate.der}
    assert NEXT_COUNTS.number == 3


def test_statements_already_followed_change_nothing() -> None:
    held = PINNED.followed([BOTH, ALONE])
    assert held.followed([BOTH, ALONE]) == held.followed([ALONE, BOTH]) == held.followed([]) == held
    assert held.followed([BOTH, ALONE, NEXT, NEXT]).now == NEXT_COUNTS
    assert PINNED.now == HELD


def test_of_two_statements_with_one_number_none_is_chosen() -> None:
    held = PINNED.followed([BOTH, ALONE])
    other = changed(BOTH, roots=[to_base64(STRANGER.certificate.der)])
    for hostile, error in (
        (other, enrolment_errors.RootFork),
        (changed(other, STRANGER), enrolment_errors.BadRootStatement),
        (changed(ALONE, OLD, roots=[to_base64(OLD.certificate.der)]), enrolment_errors.RootFork),
    ):
        with pytest.raises(error) as told:
            held.followed([hostile])
        assert told.value.next_step


def test_a_root_that_was_followed_may_not_take_an_earlier_place() -> None:
    held = PINNED.followed([BOTH, ALONE, NEXT])
    with pytest.raises(enrolment_errors.BadRootStatement):
        held.followed([changed(BOTH, NEWEST, roots=[to_base64(STRANGER.certificate.der)])])


def changed(data: bytes, signer: Station = OLD, **members: object) -> bytes:
    """The statement with other members, signed all the same."""
    said = json.loads(dsse.parse(data, roots.MAX_STATEMENT).payload) | members
    payload = json.dumps(said).encode()
    return dsse.sign(PAYLOAD_TYPE, payload, signer.certificate.digest, signer.keys.sign).encode()


def tampered() -> bytes:
    signed = dsse.parse(BOTH, roots.MAX_STATEMENT)
    return replace(signed, payload=signed.payload.replace(b'"format": 1', b'"format":  1')).encode()


def of_type(payload_type: str, named: str = OLD.certificate.digest) -> bytes:
    payload = dsse.parse(BOTH, roots.MAX_STATEMENT).payload
    return dsse.sign(payload_type, payload, named, OLD.keys.sign).encode()


REFUSED: dict[str, tuple[Callable[[], list[bytes]], type[Problem]]] = {
    "one missing": (lambda: [BOTH, NEXT], enrolment_errors.RootGap),
    "out of order": (lambda: [ALONE, BOTH], enrolment_errors.RootGap),
    "signed by a stranger": (lambda: [changed(BOTH, STRANGER)], enrolment_errors.BadRootStatement),
    "signed by a town": (lambda: [changed(BOTH, TOWN_DESK)], enrolment_errors.BadRootStatement),
    "signed by a root that counts no more": (
        lambda: [BOTH, ALONE, changed(NEXT, OLD)],
        enrolment_errors.BadRootStatement,
    ),
    "signed in the name of another certificate": (
        lambda: [of_type(PAYLOAD_TYPE, NEW.certificate.digest)],
        enrolment_errors.BadRootStatement,
    ),
    "tampered with": (lambda: [tampered()], enrolment_errors.BadRootStatement),
    "following another statement": (
        lambda: [changed(BOTH, previous="0" * 64)],
        enrolment_errors.BadRootStatement,
    ),
    "not of its form": (lambda: [changed(BOTH, number="1")], enrolment_errors.BadRootStatement),
    "roots of no form": (lambda: [changed(BOTH, roots=[5])], enrolment_errors.BadRootStatement),
    "no roots at all": (lambda: [changed(BOTH, roots=[])], enrolment_errors.BadRootStatement),
    "naming a town as root": (lambda: [statement(HELD, OLD, TOWN_DESK)[0]], errors.BadCertificate),
    "naming a root that another has signed": (
        lambda: [changed(BOTH, roots=[to_base64(signed_by_another())])],
        errors.BadCertificate,
    ),
    "naming a town beside a root": (lambda: [statement(HELD, OLD, NEW, TOWN_DESK)[0]], errors.BadCertificate),
    "naming a root that may not issue": (lambda: [statement(HELD, OLD, BARREN)[0]], errors.BadCertificate),
    "naming a root that names another as its issuer": (
        lambda: [statement(HELD, OLD, MISNAMED)[0]],
        errors.BadCertificate,
    ),
    "a newer format": (lambda: [changed(BOTH, format=2)], errors.NewerFormat),
    "a newer suite": (lambda: [of_type(PAYLOAD_TYPE[:-1] + "2")], errors.NewerFormat),
    "another file": (lambda: [of_type(GRANT_TYPE)], enrolment_errors.BadRootStatement),
    "not an envelope": (lambda: [b"{}"], errors.BadEnvelope),
    "too long": (lambda: [BOTH + b" " * roots.MAX_STATEMENT], errors.BadEnvelope),
}


def signed_by_another() -> bytes:
    """A certificate that names itself as its issuer, with a signature that is not its own."""
    der = NEW.certificate.der
    return der[:-64] + STRANGER.keys.sign(der[4:-74])


@pytest.mark.parametrize(("make", "error"), REFUSED.values(), ids=[n.replace(" ", "-") for n in REFUSED])
def test_refuses(make: Callable[[], list[bytes]], error: type[Problem]) -> None:
    with pytest.raises(error):
        PINNED.followed(make())


def test_only_a_root_that_counts_signs() -> None:
    with pytest.raises(ValueError, match="root that counts"):
        statement(HELD, NEW, NEW)
    with pytest.raises(ValueError, match="root that counts"):
        roots.make_statement(HELD, [NEW.certificate.der], OLD.certificate, NEW.keys)


def test_of_the_roots_of_the_beginning_each_stands_by_itself() -> None:
    roots.require_roots([OLD.certificate.der, NEW.certificate.der])
    for other in (TOWN_DESK, BARREN, MISNAMED):
        with pytest.raises(errors.BadCertificate):
            roots.require_roots([OLD.certificate.der, other.certificate.der])
