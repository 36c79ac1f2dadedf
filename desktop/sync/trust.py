"""The trust kernel: signed bytes and what this station knows go in; a verdict or one named error comes out.

It opens no file, asks no database and no clock, and keeps nothing but a memory of pure computations. The
checks stand in this order, and the format document gives them these numbers.

Of a bundle, by anyone who has a root certificate (:func:`authenticate`):

* check 1  there is a signature, and a chain of 1 to 6 certificates
* check 2  the payload type names a suite that this program knows; the suite says the algorithm
* check 3  every certificate is of the form of rule 26
* check 4  the last certificate is a root that counts or has counted, byte for byte
* check 5  each certificate is signed by the next, which may issue, so far down, and at that level
* check 6  the first signature names the first certificate and stands over payload type and payload
* check 7  the format is not newer than this program
* check 8  the payload is a manifest: strict JSON, each member of its form, counts that add up
* check 9  the manifest's sender is the station of the first certificate
* check 24  of the further signatures, those by persons whom the manifest lists stand, one for each (rule 31)

By the station that it is for (:func:`judge_bundle`):

* check 10  the receiver is this station
* check 11  the recipient is a key that this station holds
* check 12  every certificate below the root has a grant that counts
* check 13  the sender is not revoked, or wrote this upward bundle at or before the item of the cut; it is not a
  former root, which signs nothing any more, though what it had issued counts on
* check 14  the tree of units is not newer than the one held, else the bundle waits until that has come; the root has
  nobody to wait for: what is newer it has lost, and gets back from below
* check 15  the units of each certificate lie in those of its issuer
* check 16  the manifest's unit lies in the sender's, and sender and receiver stand in the right direction
* check 25  upward, everybody has signed whom the receiver's own rule asks for
* check 26  upward, where a grant of the sender names this incarnation, its key has signed
  (:meth:`desktop.sync.authority.judging.Judge.check_key`)

Of a segment, by the chain of its origin (:func:`judge_chain`: checks 3, 4, 5, 12, 15, and of 13 that on roots):

* check 17  the segment's origin is the station of the certificate (:func:`judge_segment`)
* check 18  the origin's signature over the segment's header stands (:func:`judge_segment`)
* check 19  an item counts only up to the revocation's cut (:func:`last_counted`)
* check 20  the unit that an item is written under lies in the origin's units (:meth:`Tree.place`)

Of an item that grants a certificate, before its digest enters :attr:`TrustState.grants`:

* check 21  the item's origin issued the certificate, under the number of this very item (:func:`grant_fits`)

Of an item that says which items count:

* check 22  who excludes stands above the item's unit in the tree, and in level above every certificate by which its
  station may write there; without one, above the station (:func:`may_exclude`)
* check 23  who revokes stands above the whole station, in level and in the tree, or issued, at some remove, every
  certificate by which it counts (:func:`may_revoke`)

Both orders run in one direction only, so no two stations can take each other out of the count.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from desktop.sync.errors import (
    BadEnvelope,
    BadSegmentSignature,
    BadSignature,
    DelegationOutOfScope,
    ForgedCertificate,
    FormerRoot,
    LevelTooHigh,
    NewerFormat,
    NotAnIssuer,
    NotGranted,
    OriginUnequal,
    OutOfScope,
    Revoked,
    SenderUnequal,
    UnitNotKnown,
    UnknownRoot,
    WrongDirection,
    WrongReceiver,
    WrongRecipientKey,
)
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.segments import Header
from desktop.sync.signed import certificates, manifest, persons
from desktop.sync.signed.certificates import LEVEL_RANK, Certificate
from desktop.sync.signed.identity import signature_stands
from desktop.sync.signed.manifest import Manifest, Person
from desktop.sync.signed.tree import Place, Tree

MAX_CHAIN: Final = 6
NO_CUT: Final = (1 << 63) - 1
"""The last number of an incarnation that a later grant names again: all its items count."""

Verifier = Callable[[bytes, bytes, bytes], bool]
SUITES: Final[Mapping[str, Verifier]] = MappingProxyType({manifest.PAYLOAD_TYPE: signature_stands})
"""How the signature of each known payload type is verified. Suite 1: Ed25519, SHA-256, age with X25519, zstd."""


@dataclass(frozen=True)
class TrustState:
    """What a station knows when it judges; computed by the caller from the items that count.

    ``roots``: DER of the root certificates of all root statements; ``former``: those that the newest one does not
    name. ``grants``: digests (SHA-256 of the DER, hexadecimal) of the certificates whose grant counts; digests, not
    serial numbers, because an issuer chooses the serial number and could reuse that of a grant which counts.
    ``revocations``: for each revoked station the last item number that counts in each incarnation; an incarnation not
    named counts nothing. ``recipients``: the age recipients that this station can open, ``units`` those of its own
    certificate. ``signatures`` are the duties of persons without whose signatures this station takes no bundle from
    below. ``awaited`` are stations below that have heard what this one has lost of the tree, or may have: of what
    they and those below them write nothing is outside of it for certain.
    """

    roots: frozenset[bytes]
    grants: Container[str]
    revocations: Mapping[str, Mapping[str, int]]
    tree: Tree
    tree_version: int
    station: str
    recipients: frozenset[str]
    units: frozenset[str]
    signatures: frozenset[str] = frozenset()
    former: frozenset[bytes] = frozenset()
    awaited: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        cuts = {station: MappingProxyType(dict(last)) for station, last in self.revocations.items()}
        object.__setattr__(self, "revocations", MappingProxyType(cuts))


@dataclass(frozen=True, slots=True)
class Authentic:
    """A manifest that the holder of a certificate under a given root has signed; not yet for this station.

    ``signers`` are the persons who have signed it too.
    """

    digest: str
    manifest: Manifest
    chain: tuple[Certificate, ...]
    signers: tuple[Person, ...] = ()

    @property
    def sender(self) -> Certificate:
        """The sender's certificate."""
        return self.chain[0]


@dataclass(frozen=True, slots=True)
class Verdict(Authentic):
    """A bundle that passed: it is for this station, which may take it."""


def judge_bundle(signed: Signed, chain: Sequence[bytes], state: TrustState) -> Verdict:
    """The verdict on a manifest that came with this chain of DER certificates, the sender's first.

    Raises what :func:`authenticate` raises; then, in the order of the checks 10 to 16 and 25, :class:`WrongReceiver`,
    :class:`WrongRecipientKey`, :class:`NotGranted`, :class:`Revoked`, :class:`FormerRoot`, :class:`UnitNotKnown`,
    :class:`DelegationOutOfScope`, :class:`OutOfScope`, :class:`WrongDirection`, or what :func:`persons.require` says.
    """
    authentic = authenticate(signed, chain, state.roots)
    said = authentic.manifest
    if said.receiver != state.station:  # check 10
        raise WrongReceiver(said.receiver)
    if said.recipient not in state.recipients:  # check 11
        raise WrongRecipientKey(said.recipient)
    _check_grants(authentic.chain, state)  # check 12
    _check_revocation(said, state)  # check 13
    _check_former(authentic.sender, state)
    if said.tree > state.tree_version and authentic.chain[-1].station != state.station:  # check 14
        raise UnitNotKnown(f"tree {said.tree}")
    _check_delegation(authentic.chain, state)  # check 15
    _check_direction(authentic, state)  # check 16
    if said.kind == manifest.UP:
        persons.require(said, authentic.signers, state.signatures)  # check 25
    return Verdict(authentic.digest, said, authentic.chain, authentic.signers)


def authenticate(signed: Signed, chain: Sequence[bytes], roots: Collection[bytes]) -> Authentic:
    """Whether the bundle stands under one of these roots: checks 1 to 9 and 24, which need nothing but the roots.

    Raises, in their order, :class:`BadEnvelope`, :class:`NewerFormat`, :class:`BadCertificate`, :class:`UnknownRoot`,
    :class:`ForgedCertificate`, :class:`NotAnIssuer`, :class:`LevelTooHigh`, :class:`BadSignature`,
    :class:`BadManifest`, :class:`SenderUnequal`, and of persons :class:`BadPersonSignature`, :class:`SignedTwice`.
    """
    if not signed.signatures or not 1 <= len(chain) <= MAX_CHAIN:  # check 1
        raise BadEnvelope("a signature and a chain of 1 to 6 certificates")
    verifier = SUITES.get(signed.payload_type)
    if verifier is None:  # check 2
        raise NewerFormat(signed.payload_type)
    parsed = _check_chain(chain, roots)  # checks 3, 4, 5
    sender, first = parsed[0], signed.signatures[0]
    if first.keyid != sender.digest:  # check 6
        raise BadSignature("the key id names another certificate")
    if not verifier(sender.claims.public_key, signed.message(), first.signature):
        raise BadSignature(sender.station)
    said = manifest.parse(signed.payload)  # checks 7, 8
    if said.sender != sender.station:  # check 9
        raise SenderUnequal(said.sender)
    return Authentic(signed.digest, said, parsed, persons.signers(signed, said))  # check 24


def judge_chain(chain: Sequence[bytes], state: TrustState) -> tuple[Certificate, ...]:
    """The certificates of an origin's chain, its own first, if it counts here: checks 3, 4, 5, 12, 13 of roots, 15.

    Raises what these checks raise of a bundle, :class:`BadEnvelope` for a chain that is none."""
    if not 1 <= len(chain) <= MAX_CHAIN:
        raise BadEnvelope("a chain of 1 to 6 certificates")
    parsed = _check_chain(chain, state.roots)
    _check_grants(parsed, state)
    _check_former(parsed[0], state)
    _check_delegation(parsed, state)
    return parsed


def judge_segment(certificate: Certificate, header: Header) -> None:
    """Checks 17 and 18 of who signs for a segment: its origin, or the level above that vouches for it.

    ``certificate`` comes from :func:`judge_chain`. Which item numbers still count, and under which units, is judged
    item by item: checks 19 and 20. Raises :class:`OriginUnequal` and :class:`BadSegmentSignature`.
    """
    if header.signer != certificate.station:  # check 17
        raise OriginUnequal(header.signer)
    if not signed_segment(certificate, header):  # check 18
        raise BadSegmentSignature(header.signer)


def signed_segment(certificate: Certificate, header: Header) -> bool:
    """Whether a segment's signature is by the key of this certificate; its station may have had others."""
    return signature_stands(certificate.claims.public_key, header.message(), header.signature)


def item_counts(state: TrustState, station: str, incarnation: str, number: int) -> bool:
    """Whether the revocation of a station, if there is one, leaves its item with this number."""
    cuts = state.revocations.get(station)
    return cuts is None or number <= last_counted(cuts, incarnation)


def last_counted(cuts: Mapping[str, int], incarnation: str) -> int:
    """Check 19: the last item of an incarnation that a revocation leaves (rule 27); of one not named not even 0."""
    return cuts.get(incarnation, -1)


def is_out(state: TrustState, station: str) -> bool:
    """Whether a station was revoked and no later grant has let any of its incarnations in."""
    cuts = state.revocations.get(station)
    return cuts is not None and NO_CUT not in cuts.values()


def grant_fits(certificate: Certificate, station: str, incarnation: str, number: int) -> bool:
    """Check 21: whether the ``grant`` item with this identity is the one by which the certificate was issued.

    Otherwise a revoked issuer could go on: its key signs a certificate, and the grant for it is written by an
    accomplice, or under an old number, where the revocation of the issuer does not reach.
    """
    named = certificates.grant_serial(station, incarnation, number)
    return certificate.issuer_station == station and certificate.serial == named


def may_exclude(
    writer: Certificate,
    concerned: Collection[Certificate],
    unit: str,
    tree: Tree,
) -> bool:
    """Check 22: whether a station may say that an item of another, written under ``unit``, does not count.

    ``concerned`` are the certificates of the item's station. Those are asked by which it may write under that unit:
    who certifies it for other units takes nothing from those above this one. Where none is such (any more), who
    excludes must stand above all of them.
    """
    covering = [c for c in concerned if tree.place(unit, c.claims.units) is Place.INSIDE]
    if not covering:
        return stands_above(writer, concerned, tree)
    return _outranks(writer, covering) and tree.place(unit, writer.claims.units) is Place.INSIDE


def stands_above(writer: Certificate, concerned: Collection[Certificate], tree: Tree) -> bool:
    """Whether a station stands above all that another may write, in level and in the tree.

    A station of which no certificate is asked is below nobody (see ``reach`` for which are).
    """
    return (
        bool(concerned)
        and _outranks(writer, concerned)
        and all(
            tree.place(unit, writer.claims.units) is Place.INSIDE
            for other in concerned
            for unit in other.claims.units
        )
    )


def _outranks(writer: Certificate, others: Collection[Certificate]) -> bool:
    return all(LEVEL_RANK[writer.claims.level] < LEVEL_RANK[other.claims.level] for other in others)


def may_revoke(
    writer: Certificate,
    concerned: Collection[Certificate],
    issuers: Collection[Collection[str]],
    tree: Tree,
) -> bool:
    """Check 23; ``issuers`` are the stations above the other in each of its chains."""
    if stands_above(writer, concerned, tree):
        return True
    return bool(issuers) and all(writer.station in chain for chain in issuers)


def _check_chain(chain: Sequence[bytes], roots: Collection[bytes]) -> tuple[Certificate, ...]:
    parsed = tuple(certificates.parse(der) for der in chain)  # check 3
    if chain[-1] not in roots:  # check 4
        raise UnknownRoot(parsed[-1].digest)
    for below, (child, issuer) in enumerate(_links(parsed)):  # check 5
        if child.issuer_station != issuer.station:
            raise ForgedCertificate(child.station)
        if not certificates.is_signed_by(child.der, issuer.claims.public_key):
            raise ForgedCertificate(child.station)
        if issuer.claims.path_length is None or issuer.claims.path_length < below:
            raise NotAnIssuer(issuer.station)
        level, upper = child.claims.level, issuer.claims.level
        if level != upper and LEVEL_RANK[level] <= LEVEL_RANK[upper]:
            raise LevelTooHigh(f"{level} from {upper}")
    return parsed


def _check_grants(chain: Sequence[Certificate], state: TrustState) -> None:
    """Check 12. The root needs no grant: a root statement says that it counts."""
    for certificate in chain[:-1]:
        if certificate.digest not in state.grants:
            raise NotGranted(certificate.station)


def _check_former(certificate: Certificate, state: TrustState) -> None:
    """Check 13 of a root: whoever comes to hold the key of a former one shall have nothing from it."""
    if certificate.der in state.former:
        raise FormerRoot(certificate.digest)


def _check_revocation(said: Manifest, state: TrustState) -> None:
    """Check 13. ``last`` is the sender's own word, so it only sorts out upward bundles, whose segments prove
    themselves one by one; a downward bundle speaks for its sender alone and needs an incarnation without a cut.
    """
    last = said.last if said.kind == manifest.UP else NO_CUT
    if not item_counts(state, said.sender, said.incarnation, last):
        raise Revoked(f"{said.sender} {said.incarnation} {said.last}")


def _check_delegation(chain: Sequence[Certificate], state: TrustState) -> None:
    """Check 15."""
    for child, issuer in _links(chain):
        for unit in sorted(child.claims.units):
            _require(unit, issuer.claims.units, state, DelegationOutOfScope)


def _check_direction(authentic: Authentic, state: TrustState) -> None:
    """Check 16. An upper unit covers the lower one; stations of one unit may send in both directions."""
    said, sender_units = authentic.manifest, authentic.sender.claims.units
    _require(said.unit, sender_units, state, OutOfScope)
    if said.kind == manifest.UP:
        _require(said.unit, state.units, state, WrongDirection)
    elif not any(state.tree.place(unit, sender_units) is Place.INSIDE for unit in state.units):
        raise WrongDirection(said.kind)


def _require(
    unit: str,
    units: Collection[str],
    state: TrustState,
    outside: type[DelegationOutOfScope | OutOfScope | WrongDirection],
) -> None:
    place = state.tree.place(unit, units)
    if place is Place.UNKNOWN:
        raise UnitNotKnown(unit)
    if place is Place.OUTSIDE:
        raise outside(unit)


def _links(chain: Sequence[Certificate]) -> Iterator[tuple[Certificate, Certificate]]:
    """Each certificate with the one that issued it, from the sender's upward."""
    return itertools.pairwise(chain)
