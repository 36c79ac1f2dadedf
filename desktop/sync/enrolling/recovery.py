"""Recovery of a forgotten password by a level above (rule 30): the seal, the request (`.xsr`), the answer (`.xsk`).

The *seal* lies beside the ledger from enrolment on: the key of the workspace, encrypted to the recovery recipient and
signed by the station. Nobody who has forgotten the password can use the station's keys, so a *request* is signed by a
key that was made for it; its words are compared by telephone, because anybody who has a copy of the seal can write
one. The *answer* holds the key encrypted to the request's own recipient, signed by the level above.

All three are DSSE envelopes. The order of checks is fixed: form, suite, signatures, then what the file says, then whom
it is for; what may be wrong stands in ``errors.recovery``. Bytes and values go in and come out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.records.declaration import Level
from desktop.sync import trust
from desktop.sync.errors import DelegationOutOfScope, ForgedCertificate, UnitNotKnown, UnknownSigner
from desktop.sync.errors.recovery import (
    AlreadyAnswered,
    AnswerForged,
    AnswerForOtherLaptop,
    AnswerForOtherRequest,
    AnswerUsed,
    BadRecoveryFile,
    LaptopMoved,
    LaptopRevoked,
    RequestForged,
    SealedToOther,
    UnknownLaptop,
    UnknownOffice,
    WrongKeyInside,
    WrongKind,
)
from desktop.sync.formats import agefile, dsse, strictjson
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.forms import CODE, DIGEST, INCARNATION, STATION
from desktop.sync.formats.strictjson import Fields, NotStrict
from desktop.sync.signed import certificates, identity, signed_files
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import Randomness, StationKeys
from desktop.sync.signed.tree import Place
from desktop.sync.signed.words import Fingerprint, fingerprint
from desktop.sync.trust import NO_CUT, TrustState

SEAL_TYPE: Final = "application/vnd.xiaosanji.seal+json; suite=1"
REQUEST_TYPE: Final = "application/vnd.xiaosanji.recovery-request+json; suite=1"
ANSWER_TYPE: Final = "application/vnd.xiaosanji.recovery-answer+json; suite=1"
MAX_SEAL: Final = 128 * 1024
MAX_FILE: Final = 512 * 1024
"""A request holds a seal as base64 inside base64."""
KEY_BYTES: Final = 32
_MAX_SEALED: Final = 4_096
_MAX_NAME: Final = 100
_LAST_MS: Final = 4_102_444_800_000
"""In 2100: no file of these was made later, and every calendar can say the day."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose laptop it is, in the words by which people know it."""

    code: str
    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal whose signature stands: the station of ``chain[0]`` made it. ``key_check`` tells the right key.

    ``office`` is what the station calls the unit that can open it, for people.
    """

    digest: str
    station: str
    incarnation: str
    holder: Holder
    office: str
    chain: tuple[Certificate, ...]
    recipient: str
    key_check: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose signatures stand; whether its author sits at that laptop only the telephone can tell."""

    digest: str
    seal: Seal
    operator: str
    public_key: bytes
    recipient: str
    created: int

    @property
    def words(self) -> Fingerprint:
        """To be compared by telephone before anything is answered."""
        return fingerprint(self.public_key)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a laptop keeps of its last request: all that an answer is compared with, and none of it secret."""

    digest: str
    station: str
    operator: str
    recipient: str
    created: int
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that stands and is for the last request of this laptop."""

    digest: str
    operator: str
    office: Certificate
    sealed: bytes
    created: int

    @property
    def words(self) -> Fingerprint:
        """The fingerprint of the answering office, to be compared by telephone."""
        return fingerprint(self.office.claims.public_key)


def office_of(chain: Sequence[Certificate]) -> Certificate | None:
    """Who above recovers a forgotten password of the first certificate's station; nobody above a root.

    A certificate may name a recovery recipient. Without one, as in those made before, it is the recipient of the
    nearest district above, else of the root: towns that enrol villages change hands too often to hold their keys.
    """
    above = chain[1:]
    named = chain[0].claims.recovery if chain else None
    if named is not None:
        return next((c for c in above if named == c.claims.recipient), None)
    return _nearest_office(above) if above else None


def recipient_below(issuers: Sequence[Certificate]) -> str:
    """The recovery recipient for a certificate that the first of these issues: their chain, up to the root."""
    return _nearest_office(issuers).claims.recipient


def _nearest_office(above: Sequence[Certificate]) -> Certificate:
    return next((c for c in above if c.claims.level is Level.DISTRICT), above[-1])


def recipient_for(chain: Sequence[Certificate]) -> str | None:
    """The recipient that the key of the first certificate's station is sealed to; nothing without a level above."""
    office = office_of(chain)
    named = chain[0].claims.recovery if len(chain) > 1 else None
    return named or (office.claims.recipient if office is not None else None)


def key_check(key: bytes) -> str:
    """What tells the key of a workspace from any other; nobody gets 32 random bytes back from it."""
    return hashlib.sha256(b"xiaosanji key check v1\n" + key).hexdigest()


# -- the seal ----------------------------------------------------------------------------------------------------------


def make_seal(key: bytes, holder: Holder, office: str, chain: Sequence[bytes], keys: StationKeys) -> bytes:
    """The key of a workspace sealed to the recovery recipient of its certificate, signed by the station."""
    parsed = [certificates.parse(der) for der in chain]
    recipient = recipient_for(parsed)
    if recipient is None:
        raise ValueError("nobody stands above a root")
    inner = strictjson.pretty({"station": keys.station, "key": strictjson.to_base64(key)})
    body = {
        "station": keys.station,
        "incarnation": keys.incarnation,
        "unit": {"code": holder.code, "name": holder.name, "kind": holder.level.value},
        "office": office,
        "chain": [strictjson.to_base64(der) for der in chain],
        "recipient": recipient,
        "key_check": key_check(key),
        "sealed": strictjson.to_base64(agefile.encrypt(inner, recipient)),
    }
    return signed_files.sign(SEAL_TYPE, body, parsed[0].digest, keys).encode()


def read_seal(data: bytes) -> Seal:
    """The seal in these bytes; raises :class:`RequestForged`, :class:`BadRecoveryFile` and what certificates raise."""
    signed = _parse(data, SEAL_TYPE, MAX_SEAL)
    with strictjson.refused_as(BadRecoveryFile):
        seal = _seal(signed)
    own = seal.chain[0]
    if own.station != seal.station or not signed_files.is_signed_by(signed, own):
        raise RequestForged(seal.station)
    return seal


def _seal(signed: Signed) -> Seal:
    fields = signed_files.fields(signed, MAX_SEAL)
    unit = fields.object("unit")
    recipient = fields.matching("recipient", agefile.RECIPIENT)
    return Seal(
        signed.digest,
        fields.matching("station", STATION),
        fields.matching("incarnation", INCARNATION),
        Holder(
            unit.matching("code", CODE),
            unit.name("name", _MAX_NAME),
            Level(unit.choice("kind", [level.value for level in Level])),
        ),
        fields.name("office", _MAX_NAME),
        tuple(map(certificates.parse, fields.binaries("chain", 2, trust.MAX_CHAIN))),
        recipient,
        fields.matching("key_check", DIGEST),
        fields.binary("sealed", _MAX_SEALED),
    )


# -- the request -------------------------------------------------------------------------------------------------------


def make_request(
    seal: bytes, operator: str, created: int, randomness: Randomness
) -> tuple[bytes, Asked, str]:
    """A request over a seal, what the laptop keeps of it, and the age identity that opens its answer.

    The identity is secret: the caller keeps it under the new password and nowhere else.
    """
    keys = identity.generate(randomness)
    body = {
        "seal": strictjson.to_base64(seal),
        "operator": operator,
        "key": strictjson.to_base64(keys.public_key),
        "recipient": keys.recipient,
        "created": created,
    }
    data = signed_files.sign(REQUEST_TYPE, body, keys.station, keys).encode()
    made = read_request(data)
    asked = Asked(made.digest, made.seal.station, operator, keys.recipient, created, keys.public_key)
    return data, asked, keys.age_identity


def read_request(data: bytes) -> Request:
    """The request in these bytes. Raises :class:`WrongKind`, :class:`RequestForged`, :class:`BadRecoveryFile`,
    ``NewerFormat`` and what reading envelopes and certificates raises.
    """
    signed = _parse(data, REQUEST_TYPE, MAX_FILE)
    with strictjson.refused_as(BadRecoveryFile):
        fields = signed_files.fields(signed, MAX_FILE)
        key = fields.exactly("key", KEY_BYTES)
        recipient = fields.matching("recipient", agefile.RECIPIENT)
        if not agefile.is_recipient(recipient):
            raise NotStrict("the recipient is not of its form")
        seal, operator = fields.binary("seal", MAX_SEAL), fields.name("operator", _MAX_NAME)
        created = fields.integer("created", 0, _LAST_MS)
    first = signed.signatures[0]
    if first.keyid != identity.station_id(key) or not signed_files.stands(signed, key):
        raise RequestForged("the request")
    return Request(signed.digest, read_seal(seal), operator, key, recipient, created)


def open_request(request: Request, state: TrustState, keys: StationKeys, answered: Collection[str]) -> bytes:
    """The sealed key, if this station may give it back: the last word has who compares the words.

    ``answered`` holds the digests of requests that were answered before. Raises, in this order,
    :class:`AlreadyAnswered`, :class:`UnknownLaptop` (and what scope raises), :class:`LaptopMoved`,
    :class:`LaptopRevoked`, :class:`SealedToOther`, :class:`BadRecoveryFile` and :class:`RequestForged`.
    """
    seal = request.seal
    if request.digest in answered:
        raise AlreadyAnswered(request.digest)
    try:
        trust.judge_chain([certificate.der for certificate in seal.chain], state)
    except (UnknownSigner, ForgedCertificate) as error:
        raise UnknownLaptop(error.detail) from error
    except (DelegationOutOfScope, UnitNotKnown) as error:
        # A unit in its chain was moved. It cannot be enrolled anew as long as nobody opens it, and its grant counts, so
        # it is known; it is still below whom its key is sealed to, or is no more.
        units = seal.chain[0].claims.units
        if not units <= state.tree.keys():
            raise
        if any(state.tree.place(unit, state.units) is not Place.INSIDE for unit in units):
            raise LaptopMoved(error.detail) from error
    # As for a bundle that goes down: the laptop speaks as it is now, so its incarnation must have no cut.
    if not trust.item_counts(state, seal.station, seal.incarnation, NO_CUT):
        raise LaptopRevoked(seal.station)
    if seal.recipient not in state.recipients:
        raise SealedToOther(seal.recipient)
    inner = _decrypt(seal.sealed, keys.opening(seal.recipient))
    with strictjson.refused_as(BadRecoveryFile):
        station, key = inner.matching("station", STATION), inner.exactly("key", KEY_BYTES)
    if station != seal.station or key_check(key) != seal.key_check:
        # A seal that is signed by one station around the key of another.
        raise RequestForged(station)
    return key


# -- the answer --------------------------------------------------------------------------------------------------------


def make_answer(request: Request, key: bytes, office: Certificate, keys: StationKeys, created: int) -> bytes:
    """The key for who asked, encrypted to the request's own recipient and signed by the office."""
    inner = strictjson.pretty({"request": request.digest, "key": strictjson.to_base64(key)})
    body = {
        "station": request.seal.station,
        "request": request.digest,
        "recipient": request.recipient,
        "sealed": strictjson.to_base64(agefile.encrypt(inner, request.recipient)),
        "created": created,
    }
    return signed_files.sign(ANSWER_TYPE, body, office.digest, keys).encode()


def read_answer(
    data: bytes, station: str, chain: Sequence[Certificate], asked: Asked | None, used: Collection[str]
) -> Answer:
    """The answer in these bytes, if it is for the last request of this station, whose seal has this chain.

    ``used`` holds the digests of requests whose answers were taken in. Raises, in this order, what reading raises,
    :class:`UnknownOffice`, :class:`AnswerForged`, :class:`AnswerForOtherLaptop`, :class:`AnswerUsed` and
    :class:`AnswerForOtherRequest`.
    """
    signed = _parse(data, ANSWER_TYPE, MAX_FILE)
    office = next((c for c in chain[1:] if c.digest == signed.signatures[0].keyid), None)
    if office is None:
        raise UnknownOffice(signed.signatures[0].keyid)
    if not signed_files.is_signed_by(signed, office):
        raise AnswerForged(office.station)
    with strictjson.refused_as(BadRecoveryFile):
        fields = signed_files.fields(signed, MAX_FILE)
        said = fields.matching("station", STATION)
        request = fields.matching("request", DIGEST)
        recipient = fields.matching("recipient", agefile.RECIPIENT)
        sealed = fields.binary("sealed", _MAX_SEALED)
        created = fields.integer("created", 0, _LAST_MS)
    if said != station:
        raise AnswerForOtherLaptop(said)
    if request in used:
        raise AnswerUsed(request)
    if asked is None or (request, recipient) != (asked.digest, asked.recipient):
        raise AnswerForOtherRequest(request)
    return Answer(request, asked.operator, office, sealed, created)


def open_answer(answer: Answer, age_identity: str, check: str) -> bytes:
    """The key of the workspace; raises :class:`WrongKeyInside` when it is not the one that was sealed."""
    inner = _decrypt(answer.sealed, age_identity)
    with strictjson.refused_as(BadRecoveryFile):
        request, key = inner.matching("request", DIGEST), inner.exactly("key", KEY_BYTES)
    if request != answer.digest or key_check(key) != check:
        raise WrongKeyInside(request)
    return key


# -- reading and signing -----------------------------------------------------------------------------------------------


def _decrypt(sealed: bytes, age_identity: str) -> Fields:
    try:
        plain = agefile.decrypt(sealed, age_identity)
    except agefile.NotDecrypted as error:
        raise BadRecoveryFile(str(error)) from error
    with strictjson.refused_as(BadRecoveryFile):
        return Fields(strictjson.parse(plain, _MAX_SEALED), "sealed")


def _parse(data: bytes, payload_type: str, limit: int) -> Signed:
    signed = dsse.parse(data, limit * 4 // 3 + 4096)
    if not signed_files.is_of_type(signed, payload_type):
        raise WrongKind(signed.payload_type)
    return signed
