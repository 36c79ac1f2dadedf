"""The trust kernel, check by check: who gets in, who does not, and for which reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from desktop.errors import Problem
from desktop.records.declaration import Level
from desktop.records.duties import HEAD
from desktop.records.versions import items
from desktop.records.versions.items import Head
from desktop.sync import errors, trust
from desktop.sync.formats import segments
from desktop.sync.formats.dsse import Signed
from desktop.sync.signed import certificates, identity, manifest
from desktop.sync.signed.tree import Tree
from desktop.sync.trust import NO_CUT, TrustState, Verdict
from tests.sync.world import (
    CITY,
    CLERK,
    DISTRICT,
    DISTRICT_DESK,
    EVERYBODY,
    OTHER_TOWN,
    OTHER_TOWN_DESK,
    OTHER_VILLAGE,
    OTHER_VILLAGE_DESK,
    SHOP,
    STRANGER,
    TOWN,
    TOWN_DESK,
    TREE,
    TREE_VERSION,
    VILLAGE,
    VILLAGE_DESK,
    Station,
    claims,
    enrolled,
    issue,
    root,
    said_by,
    seeded,
    signed_by,
    state_of,
)

UNKNOWN_UNIT = "f" * 32


@dataclass
class Attempt:
    """What is put before the kernel: by default the village's bundle to the town, which passes."""

    signed: Signed
    chain: list[bytes]
    state: TrustState

    def judge(self) -> Verdict:
        return trust.judge_bundle(self.signed, self.chain, self.state)


def attempt(
    sender: Station = VILLAGE_DESK,
    receiver: Station = TOWN_DESK,
    state: dict[str, Any] | None = None,
    **said: Any,
) -> Attempt:
    payload = said_by(sender, receiver, **said).encode()
    return Attempt(signed_by(sender, payload), sender.ders, state_of(receiver, **(state or {})))


def with_payload(change: Callable[[dict[str, Any]], None]) -> Attempt:
    """A bundle whose sender signed another payload than the program makes."""
    base = attempt()
    said = json.loads(base.signed.payload)
    change(said)
    return replace(base, signed=signed_by(VILLAGE_DESK, json.dumps(said).encode()))


def with_bytes(payload: bytes) -> Attempt:
    return replace(attempt(), signed=signed_by(VILLAGE_DESK, payload))


def with_chain(*chain: bytes) -> Attempt:
    return replace(attempt(), chain=list(chain))


def granted(*stations: Station) -> dict[str, Any]:
    """A state in which these stations were granted too."""
    return {"grants": frozenset(s.certificate.digest for s in (*EVERYBODY, *stations))}


def self_issued(issuer: Station, level: Level, unit: str, signer: Station | None = None) -> Station:
    """A station whose certificate names ``issuer``, with another's signature if ``signer`` is given."""
    keys = identity.generate(seeded(77))
    made = issue(issuer, claims(keys, [unit], level), 500, signer.keys if signer else None)
    return Station(keys, (made, *issuer.chain))


def forged_issuer_name() -> Attempt:
    """Signed by the district indeed, but the certificate says that another issued it."""
    keys = identity.generate(seeded(78))
    named = issue(TOWN_DESK, claims(keys, [VILLAGE], Level.VILLAGE), 1, signer=DISTRICT_DESK.keys)
    fake = Station(keys, (named, *DISTRICT_DESK.chain))
    return attempt(fake, state=granted(fake))


def too_far_down() -> Attempt:
    """The town may issue, but not issuers: its path length is 0."""
    middle = enrolled(TOWN_DESK, 80, [VILLAGE], Level.VILLAGE, 0)
    below = enrolled(middle, 81, [SHOP], Level.ENTERPRISE)
    return attempt(below, state=granted(middle, below))


def from_station(station: Station, **said: Any) -> Attempt:
    return attempt(station, state=granted(station), **said)


@dataclass
class Case:
    """One named way not to get in."""

    name: str
    make: Callable[[], Attempt]
    error: type[Problem]
    exit_code: int = field(default=0)


CASES = [
    # check 1
    Case("no signature", lambda: _unsigned(()), errors.BadEnvelope, 15),
    Case("no certificate", lambda: with_chain(), errors.BadEnvelope, 15),
    Case("seven certificates", lambda: with_chain(*[VILLAGE_DESK.ders[0]] * 7), errors.BadEnvelope, 15),
    # check 2
    Case("a suite of the future", lambda: _typed("application/vnd.xiaosanji.manifest+json; suite=2"),
         errors.NewerFormat, 24),
    Case("another payload type", lambda: _typed("application/vnd.xiaosanji.grant+json; suite=1"),
         errors.NewerFormat, 24),
    # check 3
    Case("a certificate of noise", lambda: with_chain(b"noise", *VILLAGE_DESK.ders[1:]),
         errors.BadCertificate, 15),
    # check 4
    Case("another district's root", lambda: attempt(STRANGER), errors.UnknownRoot, 11),
    Case("chain without its root", lambda: with_chain(*VILLAGE_DESK.ders[:2]), errors.UnknownRoot, 11),
    Case("no root counts", lambda: attempt(state={"roots": frozenset()}), errors.UnknownRoot, 11),
    # check 5
    Case("issued by a stranger in the town's name",
         lambda: from_station(self_issued(TOWN_DESK, Level.VILLAGE, VILLAGE, STRANGER)),
         errors.ForgedCertificate, 10),
    Case("issuer's name is another's", forged_issuer_name, errors.ForgedCertificate, 10),
    Case("a link of the chain left out", lambda: with_chain(VILLAGE_DESK.ders[0], VILLAGE_DESK.ders[2]),
         errors.ForgedCertificate, 10),
    Case("issued by a station that may not",
         lambda: from_station(self_issued(CLERK, Level.VILLAGE, VILLAGE)), errors.NotAnIssuer, 14),
    Case("issued too far down", too_far_down, errors.NotAnIssuer, 14),
    Case("town makes a district", lambda: from_station(self_issued(TOWN_DESK, Level.DISTRICT, TOWN)),
         errors.LevelTooHigh, 14),
    Case("town makes a park, which is no lower",
         lambda: from_station(self_issued(TOWN_DESK, Level.PARK, TOWN)), errors.LevelTooHigh, 14),
    # check 6
    Case("one byte of the payload changed", lambda: _tampered(), errors.BadSignature, 10),
    Case("signed by another key", lambda: _signed_by_other(), errors.BadSignature, 10),
    Case("key id of another certificate", lambda: _other_keyid(), errors.BadSignature, 10),
    Case("signature of another payload type", lambda: _moved_type(), errors.BadSignature, 10),
    # checks 7 and 8
    Case("a newer format", lambda: with_payload(lambda m: m.update(format=2)), errors.NewerFormat, 24),
    Case("not JSON", lambda: with_bytes(b"{"), errors.BadManifest, 15),
    Case("a doubled key", lambda: with_bytes(b'{"format":1,"format":1}'), errors.BadManifest, 15),
    Case("counts that do not add up", lambda: with_payload(lambda m: m["counts"].update(items=8)),
         errors.BadManifest, 15),
    # check 9
    Case("another station named as sender",
         lambda: with_payload(lambda m: m.update(sender=TOWN_DESK.station)), errors.SenderUnequal, 10),
    # checks 10 and 11
    Case("for another station", lambda: attempt(state={"station": CLERK.station}), errors.WrongReceiver, 12),
    Case("for a key no longer held",
         lambda: attempt(recipient=CLERK.keys.recipient), errors.WrongRecipientKey, 12),
    # check 12
    Case("the sender's grant does not count", lambda: _without_grant(VILLAGE_DESK), errors.NotGranted, 11),
    Case("the issuer's grant does not count", lambda: _without_grant(TOWN_DESK), errors.NotGranted, 11),
    Case("serial number of a grant that counts", lambda: _reused_serial(), errors.NotGranted, 11),
    # check 13
    Case("revoked as a whole", lambda: _revoked({}), errors.Revoked, 13),
    Case("revoked before this bundle's items", lambda: _revoked({VILLAGE_DESK.keys.incarnation: 39}),
         errors.Revoked, 13),
    Case("revoked in this incarnation", lambda: _revoked({"0" * 16: NO_CUT}), errors.Revoked, 13),
    # A thief who has the key says nothing in an incarnation of his own, and would be heard as to what has arrived.
    Case("revoked, and has written nothing in this incarnation",
         lambda: _revoked({"0" * 16: NO_CUT}, last=0), errors.Revoked, 13),
    Case("receipt of a parent that was revoked later", lambda: _revoked_parent(40), errors.Revoked, 13),
    # check 15
    Case("town grants for another town's village",
         lambda: from_station(self_issued(TOWN_DESK, Level.VILLAGE, OTHER_VILLAGE)),
         errors.DelegationOutOfScope, 14),
    Case("town grants for its own district", lambda: from_station(self_issued(TOWN_DESK, Level.TOWN, DISTRICT)),
         errors.DelegationOutOfScope, 14),
    Case("town grants for a unit that nobody knows",
         lambda: from_station(self_issued(TOWN_DESK, Level.VILLAGE, UNKNOWN_UNIT)), errors.UnitNotKnown, 20),
    # check 16
    Case("writes for a unit outside its certificate", lambda: attempt(unit=OTHER_VILLAGE),
         errors.OutOfScope, 14),
    Case("writes for the unit above", lambda: attempt(unit=TOWN), errors.OutOfScope, 14),
    Case("writes for a unit that nobody knows", lambda: attempt(unit=UNKNOWN_UNIT), errors.UnitNotKnown, 20),
    Case("sent up to a town that is not above",
         lambda: attempt(OTHER_VILLAGE_DESK, TOWN_DESK), errors.WrongDirection, 14),
    Case("sent up by the level above", lambda: attempt(DISTRICT_DESK, TOWN_DESK), errors.WrongDirection, 14),
    Case("sent down by a sibling", lambda: attempt(OTHER_TOWN_DESK, TOWN_DESK, kind=manifest.DOWN),
         errors.WrongDirection, 14),
    Case("sent down by the level below", lambda: attempt(VILLAGE_DESK, TOWN_DESK, kind=manifest.DOWN),
         errors.WrongDirection, 14),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_refuses_with_the_named_reason(case: Case) -> None:
    with pytest.raises(case.error) as caught:
        case.make().judge()
    problem = caught.value
    assert type(problem) is case.error
    assert problem.exit_code == case.exit_code
    assert problem.sentence.endswith("。")
    assert problem.next_step.endswith("。")
    assert problem.help_anchor


PASSES = {
    "village to town": lambda: attempt(),
    "town to district": lambda: attempt(TOWN_DESK, DISTRICT_DESK),
    "village straight to the district": lambda: attempt(VILLAGE_DESK, DISTRICT_DESK),
    "village for a shop below it": lambda: attempt(unit=SHOP),
    "clerk to the desk of the same town": lambda: attempt(CLERK, TOWN_DESK),
    "desk to the clerk of the same town": lambda: attempt(TOWN_DESK, CLERK, kind=manifest.DOWN),
    "town down to village": lambda: attempt(TOWN_DESK, VILLAGE_DESK, kind=manifest.DOWN),
    "district down to village": lambda: attempt(DISTRICT_DESK, VILLAGE_DESK, kind=manifest.DOWN),
    "town down to a station that has a unit elsewhere too": lambda: attempt(
        TOWN_DESK, VILLAGE_DESK, kind=manifest.DOWN, state={"units": frozenset({VILLAGE, OTHER_TOWN})}
    ),
    "down without the persons who are asked for upward": lambda: attempt(
        TOWN_DESK, VILLAGE_DESK, kind=manifest.DOWN, state={"signatures": frozenset({HEAD})}
    ),
    "made under an older tree": lambda: attempt(tree=TREE_VERSION - 1),
    "to the root, under a tree of which it has lost something": lambda: attempt(
        TOWN_DESK, DISTRICT_DESK, tree=TREE_VERSION + 1
    ),
    "revoked later, written before the cut": lambda: _revoked({VILLAGE_DESK.keys.incarnation: 40}),
    "revoked, then granted again": lambda: _revoked({VILLAGE_DESK.keys.incarnation: NO_CUT}),
    "another station is revoked": lambda: attempt(state={"revocations": {CLERK.station: {}}}),
    "parent revoked, then granted again": lambda: _revoked_parent(NO_CUT),
    "six certificates": lambda: _six(),
    "a member from a newer program": lambda: with_payload(lambda m: m.update(novelty={"a": [1]})),
}


@pytest.mark.parametrize("make", PASSES.values(), ids=[name.replace(" ", "-") for name in PASSES])
def test_lets_in(make: Callable[[], Attempt]) -> None:
    tried = make()
    verdict = tried.judge()
    assert verdict.digest == tried.signed.digest
    assert verdict.manifest.items == 7


def test_a_former_root_speaks_no_more_but_what_it_issued_counts_on() -> None:
    former = {"former": frozenset(DISTRICT_DESK.ders)}
    assert attempt(state=former).judge().sender == VILLAGE_DESK.certificate
    down = attempt(DISTRICT_DESK, TOWN_DESK, former, kind=manifest.DOWN, tree=0)
    with pytest.raises(errors.FormerRoot):
        down.judge()
    assert attempt(DISTRICT_DESK, TOWN_DESK, kind=manifest.DOWN, tree=0).judge()


def test_the_verdict_names_the_sender() -> None:
    verdict = attempt(TOWN_DESK, DISTRICT_DESK).judge()
    assert verdict.sender == TOWN_DESK.certificate
    assert verdict.chain == TOWN_DESK.chain


def test_of_a_bundle_under_a_newer_tree_nothing_more_is_asked() -> None:
    """Check 14 comes before the units and before the persons: neither can be judged yet."""
    with pytest.raises(errors.UnitNotKnown) as waits:
        attempt(state={"signatures": frozenset({HEAD})}, unit=VILLAGE, tree=TREE_VERSION + 1).judge()
    assert waits.value.detail == f"tree {TREE_VERSION + 1}"


def test_anyone_with_the_root_can_authenticate() -> None:
    tried = attempt()
    authentic = trust.authenticate(tried.signed, tried.chain, [DISTRICT_DESK.certificate.der])
    assert authentic.sender == VILLAGE_DESK.certificate
    assert authentic.manifest.receiver == TOWN_DESK.station


# Units and scope


def test_the_state_does_not_follow_later_changes_of_what_it_was_made_from() -> None:
    tree = dict(TREE)
    cuts = {VILLAGE_DESK.station: {"0" * 16: 5}}
    state = state_of(TOWN_DESK, tree=tree, revocations=cuts)
    tree.clear()
    cuts[VILLAGE_DESK.station].clear()
    assert state.tree == TREE
    assert trust.item_counts(state, VILLAGE_DESK.station, "0" * 16, 5)


# Segments

LINE = items.change_line(
    Head("change", "firm", "f1" * 16, VILLAGE, "name", 1, (), 1, "王芳"), "一家", salt=None
)
HEADER, _ = segments.cut(VILLAGE_DESK.station, "0" * 16, [(1, LINE)], {}, VILLAGE_DESK.keys.sign)


def test_a_segment_is_judged_by_its_origins_own_certificate() -> None:
    chain = trust.judge_chain(VILLAGE_DESK.ders, state_of(DISTRICT_DESK))
    trust.judge_segment(chain[0], HEADER)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"station": TOWN_DESK.station}, errors.OriginUnequal, id="origin"),
        pytest.param({"vouched": TOWN_DESK.station}, errors.OriginUnequal, id="vouched for"),
        pytest.param({"raw": HEADER.raw + b" "}, errors.BadSegmentSignature, id="header changed"),
        pytest.param({"signature": VILLAGE_DESK.keys.sign(HEADER.raw)}, errors.BadSegmentSignature, id="no prefix"),
    ],
)  # fmt: skip
def test_refuses_a_segment(changes: dict[str, Any], error: type[Problem]) -> None:
    with pytest.raises(error):
        trust.judge_segment(VILLAGE_DESK.certificate, replace(HEADER, **changes))


@pytest.mark.parametrize(
    ("chain", "changes", "error"),
    [
        pytest.param([], {}, errors.BadEnvelope, id="empty"),
        pytest.param(VILLAGE_DESK.ders * 3, {}, errors.BadEnvelope, id="too long"),
        pytest.param(STRANGER.ders, {}, errors.UnknownRoot, id="unknown root"),
        pytest.param(VILLAGE_DESK.ders, {"grants": frozenset()}, errors.NotGranted, id="not granted"),
        pytest.param(VILLAGE_DESK.ders, {"tree": TREE | {VILLAGE: OTHER_TOWN}}, errors.DelegationOutOfScope,
                     id="moved to another town"),
        pytest.param(DISTRICT_DESK.ders, {"former": frozenset(DISTRICT_DESK.ders)}, errors.FormerRoot, id="former"),
    ],
)  # fmt: skip
def test_refuses_a_chain(chain: list[bytes], changes: dict[str, Any], error: type[Problem]) -> None:
    with pytest.raises(error):
        trust.judge_chain(chain, state_of(DISTRICT_DESK, **changes))


@pytest.mark.parametrize(
    ("number", "counts"),
    [pytest.param(7, True, id="the last that counts"), pytest.param(8, False, id="the first that does not")],
)
def test_revocation_cuts_at_an_item_number(number: int, counts: bool) -> None:
    state = state_of(TOWN_DESK, revocations={VILLAGE_DESK.station: {VILLAGE_DESK.keys.incarnation: 7}})
    assert trust.item_counts(state, VILLAGE_DESK.station, VILLAGE_DESK.keys.incarnation, number) is counts
    assert not trust.item_counts(state, VILLAGE_DESK.station, "0" * 16, number)  # not named: counts nothing
    assert trust.is_out(state, VILLAGE_DESK.station)
    assert not trust.is_out(state, TOWN_DESK.station)
    again = state_of(TOWN_DESK, revocations={VILLAGE_DESK.station: {"0" * 16: NO_CUT}})
    assert not trust.is_out(again, VILLAGE_DESK.station)


@pytest.mark.parametrize(
    ("station", "number", "fits"),
    [
        pytest.param(TOWN_DESK, 4, True, id="the item that granted it"),
        pytest.param(TOWN_DESK, 5, False, id="another item of the issuer"),
        pytest.param(CLERK, 4, False, id="an item of somebody else"),
    ],
)
def test_a_grant_belongs_to_the_item_that_made_it(station: Station, number: int, fits: bool) -> None:
    identity_of_item = (station.station, station.keys.incarnation, number)
    assert trust.grant_fits(VILLAGE_DESK.certificate, *identity_of_item) is fits


def test_a_grant_of_an_accomplice_does_not_fit() -> None:
    """The serial number is right for the accomplice's item, but the certificate names another issuer."""
    keys = identity.generate(seeded(91))
    said = claims(keys, [VILLAGE], Level.VILLAGE)
    serial = certificates.grant_serial(CLERK.station, CLERK.keys.incarnation, 9)
    made = certificates.issue(said, serial, TOWN_DESK.keys, TOWN_DESK.certificate)
    assert not trust.grant_fits(made, CLERK.station, CLERK.keys.incarnation, 9)


# How the cases above are made


def _six() -> Attempt:
    """As long as a chain may be: a village's computer that three others of the town stand above, and a city."""
    city = root(300, [CITY], Level.CITY, 4)
    chain = enrolled(city, 301, [DISTRICT], Level.DISTRICT, 3)
    above = [city, chain]
    for seed, path in ((302, 2), (303, 1), (304, 0)):
        chain = enrolled(chain, seed, [TOWN], Level.TOWN, path)
        above.append(chain)
    last = enrolled(chain, 305, [VILLAGE], Level.VILLAGE)
    state = {**granted(*above, last), "roots": frozenset([city.certificate.der])}
    tried = attempt(last, TOWN_DESK, state=state)
    assert len(trust.judge_chain(tried.chain, tried.state)) == trust.MAX_CHAIN
    return tried


def _unsigned(signatures: tuple[Any, ...]) -> Attempt:
    base = attempt()
    return replace(base, signed=replace(base.signed, signatures=signatures))


def _typed(payload_type: str) -> Attempt:
    base = attempt()
    return replace(base, signed=signed_by(VILLAGE_DESK, base.signed.payload, payload_type=payload_type))


def _moved_type() -> Attempt:
    """A statement of another kind, signed in good faith, presented as a manifest."""
    made = _typed("application/vnd.xiaosanji.ack+json; suite=1")
    return replace(made, signed=replace(made.signed, payload_type=manifest.PAYLOAD_TYPE))


def _tampered() -> Attempt:
    base = attempt()
    payload = base.signed.payload.replace(b'"sequence": 1', b'"sequence": 2')
    return replace(base, signed=replace(base.signed, payload=payload))


def _signed_by_other() -> Attempt:
    base = attempt()
    return replace(base, signed=signed_by(VILLAGE_DESK, base.signed.payload, signer=STRANGER.keys))


def _other_keyid() -> Attempt:
    base = attempt()
    signature = replace(base.signed.signatures[0], keyid=TOWN_DESK.certificate.digest)
    return _unsigned((signature,))


def _without_grant(station: Station) -> Attempt:
    grants = frozenset(s.certificate.digest for s in EVERYBODY if s is not station)
    return attempt(state={"grants": grants})


def _reused_serial() -> Attempt:
    """A town (or a thief with its key) issues once more under the number of a grant that counts."""
    keys = identity.generate(seeded(90))
    made = issue(TOWN_DESK, claims(keys, [VILLAGE], Level.VILLAGE), 4)
    assert made.serial == VILLAGE_DESK.certificate.serial
    return attempt(Station(keys, (made, *TOWN_DESK.chain)))


def _revoked(cuts: dict[str, int], **said: Any) -> Attempt:
    return attempt(state={"revocations": {VILLAGE_DESK.station: cuts}}, **said)


def _revoked_parent(cut: int) -> Attempt:
    revocations = {TOWN_DESK.station: {TOWN_DESK.keys.incarnation: cut}}
    return attempt(TOWN_DESK, VILLAGE_DESK, kind=manifest.DOWN, state={"revocations": revocations})


# -- checks 22 and 23 ------------------------------------------------------------------------------------------------

FOREIGN = issue(OTHER_TOWN_DESK, claims(VILLAGE_DESK.keys, [OTHER_TOWN], Level.TOWN), 77)
"""Another town has certified the village's station for its own unit, at its own level."""
ELSEWHERE = issue(OTHER_TOWN_DESK, claims(VILLAGE_DESK.keys, [OTHER_VILLAGE], Level.VILLAGE), 78)
"""And for a unit below it, at the level that the station has."""
UNPLACED = issue(TOWN_DESK, claims(VILLAGE_DESK.keys, ["ee" * 16], Level.VILLAGE), 79)
"""For a unit of which the tree knows nothing: whether it lies below the town nobody can tell."""

RISEN = issue(DISTRICT_DESK, claims(VILLAGE_DESK.keys, [TOWN], Level.TOWN), 80)
"""The station has risen to the town, whose desk stands above what it may write by its other certificate alone."""


@pytest.mark.parametrize(
    ("writer", "held", "unit", "may"),
    [
        (TOWN_DESK, [VILLAGE_DESK.certificate], VILLAGE, True),
        (TOWN_DESK, [VILLAGE_DESK.certificate, FOREIGN], VILLAGE, True),
        (TOWN_DESK, [VILLAGE_DESK.certificate, FOREIGN], OTHER_TOWN, False),
        (OTHER_TOWN_DESK, [VILLAGE_DESK.certificate, FOREIGN], VILLAGE, False),
        (DISTRICT_DESK, [VILLAGE_DESK.certificate, FOREIGN], OTHER_TOWN, True),
        (TOWN_DESK, [VILLAGE_DESK.certificate, RISEN], VILLAGE, False),
        (DISTRICT_DESK, [VILLAGE_DESK.certificate, RISEN], VILLAGE, True),
        # Above writes under units below, and those below have no say in it.
        (TOWN_DESK, [DISTRICT_DESK.certificate], VILLAGE, False),
        (CLERK, [TOWN_DESK.certificate], TOWN, False),
        # Outside of what it may write a station is judged as a whole.
        (TOWN_DESK, [VILLAGE_DESK.certificate], OTHER_VILLAGE, True),
        (TOWN_DESK, [VILLAGE_DESK.certificate, FOREIGN], "ee" * 16, False),
        (DISTRICT_DESK, [VILLAGE_DESK.certificate, FOREIGN], "ee" * 16, True),
        (DISTRICT_DESK, [], VILLAGE, False),
    ],
)
def test_who_may_say_that_an_item_does_not_count(
    writer: Station, held: list[certificates.Certificate], unit: str, may: bool
) -> None:
    assert trust.may_exclude(writer.certificate, held, unit, Tree(TREE)) is may


@pytest.mark.parametrize(
    ("writer", "held", "issuers", "may"),
    [
        (DISTRICT_DESK, [VILLAGE_DESK.certificate, FOREIGN], [], True),
        (TOWN_DESK, [VILLAGE_DESK.certificate], [], True),
        (TOWN_DESK, [VILLAGE_DESK.certificate, RISEN], [], False),
        (
            TOWN_DESK,
            [VILLAGE_DESK.certificate, FOREIGN],
            [{TOWN_DESK.station}, {OTHER_TOWN_DESK.station}],
            False,
        ),
        (TOWN_DESK, [CLERK.certificate], [{TOWN_DESK.station, DISTRICT_DESK.station}], True),
        (CLERK, [TOWN_DESK.certificate], [{DISTRICT_DESK.station}], False),
        (TOWN_DESK, [], [], False),
        # All of its units must lie below, by every certificate, and be known to.
        (TOWN_DESK, [VILLAGE_DESK.certificate, ELSEWHERE], [], False),
        (DISTRICT_DESK, [VILLAGE_DESK.certificate, ELSEWHERE], [], True),
        (DISTRICT_DESK, [VILLAGE_DESK.certificate, UNPLACED], [], False),
    ],
)
def test_who_may_revoke_a_whole_station(
    writer: Station, held: list[certificates.Certificate], issuers: list[set[str]], may: bool
) -> None:
    assert trust.may_revoke(writer.certificate, held, issuers, Tree(TREE)) is may
