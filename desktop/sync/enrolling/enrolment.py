"""The three files of enrolment: request (`.xsq`), grant (`.xsg`) and acknowledgement (`.xsa`), as bytes.

Each is one DSSE envelope, readable with a text editor, ``openssl`` and ``base64``. None is encrypted: they hold
public keys, certificates, names and codes of units and reference data, nothing personal and nothing secret, and a
cadre or an inspector should be able to see what travels. What protects them is signatures, and words that two
people compare by telephone; those are always computed from the keys, never read from the file.

The order of checks is fixed: form, suite, signature, then what the file says, then whom it is for. The functions
take and give bytes and values; files, windows and the database are elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from desktop.records.declaration import Level, Role
from desktop.records.identity import is_id
from desktop.records.typed.texts import name_of
from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync import trust
from desktop.sync.errors import BadSignature, FormerRoot, SenderUnequal, TooBig
from desktop.sync.errors.enrolment import (
    AckForOther,
    BadEnrolmentFile,
    BadRootStatement,
    GrantForOther,
    GrantForOtherRequest,
    NotAnEnrolmentFile,
    RootDiffers,
    RootGap,
)
from desktop.sync.formats import dsse, frames, strictjson
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.forms import CODE, DIGEST, INCARNATION, STATION
from desktop.sync.formats.strictjson import Fields, NotStrict
from desktop.sync.signed import certificates, renewing, roots, signed_files
from desktop.sync.signed.certificates import Certificate, RequestedKeys
from desktop.sync.signed.identity import KEY_BYTES, StationKeys, station_id
from desktop.sync.signed.manifest import MAX_FRAMES, MAX_PART_PLAIN
from desktop.sync.signed.roots import History
from desktop.sync.signed.tree import Tree
from desktop.sync.signed.words import Fingerprint, fingerprint
from desktop.sync.trust import TrustState

REQUEST_TYPE: Final = "application/vnd.xiaosanji.request+json; suite=1"
GRANT_TYPE: Final = "application/vnd.xiaosanji.grant+json; suite=1"
ACK_TYPE: Final = "application/vnd.xiaosanji.ack+json; suite=1"

MAX_SMALL: Final = 128 * 1024
MAX_GRANT: Final = 48 * 1024 * 1024
MAX_REFERENCE: Final = 16 * 1024 * 1024
MAX_TREE: Final = 100_000
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """The unit that a station asks to be enrolled for, and the role that it wants there."""

    code: str
    name: str
    kind: Level
    role: Role = Role.DESK


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose signatures stand: its sender holds these keys. ``digest`` names it in the grant.

    ``proof`` says of renewed keys that they are the station's, for everybody who judges by the grant.
    """

    digest: str
    keys: RequestedKeys
    incarnation: str
    wish: Wish
    created: int
    proof: str | None = None

    @property
    def words(self) -> Fingerprint:
        """To be compared by telephone before anything is granted."""
        return fingerprint(self.keys.public_key)


@dataclass(frozen=True, slots=True)
class GrantDraft:
    """What a desk puts into a grant. ``chain`` is DER from the new certificate through the desk's to the root.

    Each row of ``tree`` is an object with ``id`` and ``parent`` (a unit id, or None at the top); whatever else
    it holds is passed through, as is ``reference``. ``history`` tells of the roots, where they have changed.
    """

    request: str
    chain: tuple[bytes, ...]
    tree_version: int
    tree: Sequence[Mapping[str, Any]]
    created: int
    reference: bytes | None = None
    history: History | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that stands and is for this station. ``history`` is to be pinned after comparing ``words``."""

    digest: str
    chain: tuple[Certificate, ...]
    tree_version: int
    tree: tuple[Mapping[str, Any], ...]
    created: int
    reference: bytes | None
    history: History

    @property
    def certificate(self) -> Certificate:
        """The certificate that was granted."""
        return self.chain[0]

    @property
    def desk(self) -> Certificate:
        """The certificate of the granting desk: its station and recipient are the receiver of bundles."""
        return self.chain[1]

    @property
    def root(self) -> Certificate:
        """The root of the chain."""
        return self.chain[-1]

    @property
    def words(self) -> Fingerprint:
        """The fingerprint of the granting desk's key, to be compared by telephone."""
        return fingerprint(self.desk.claims.public_key)


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement that stands: the station accepted this certificate and is at this position."""

    digest: str
    station: str
    certificate: str
    grant: str
    incarnation: str
    position: int
    created: int


def make_request(keys: StationKeys, wish: Wish, created: int, first_keys: StationKeys | None = None) -> bytes:
    """The bytes of a request. A station with renewed keys proves by its first ones that it is that station."""
    csr = certificates.request(keys)
    proof = None
    if first_keys is not None:
        proof = {
            "key": strictjson.to_base64(first_keys.public_key),
            "sig": strictjson.to_base64(renewing.sign(first_keys, csr)),
        }
    body = {
        "csr": strictjson.to_base64(csr),
        "incarnation": keys.incarnation,
        "unit": {"code": wish.code, "name": wish.name, "kind": wish.kind.value, "role": wish.role.value},
        "created": created,
        "first": proof,
    }
    return signed_files.sign(REQUEST_TYPE, body, keys.station, keys).encode()


def read_request(data: bytes) -> Request:
    """The request in these bytes; raises :class:`BadSignature`, :class:`SenderUnequal`, :class:`NewerFormat`,
    :class:`BadEnvelope` or :class:`BadEnrolmentFile`.
    """
    signed = _parse(data, REQUEST_TYPE, MAX_SMALL)
    with strictjson.refused_as(BadEnrolmentFile):
        return _request(signed)


def fitting(reference: bytes) -> bytes | None:
    """The tree that goes with a grant, or nothing where that is more than one may hold.

    All of it comes with the first bundles from above as well; who has only these does not see the tree before.
    """
    try:
        frames.split(reference, MAX_FRAMES, MAX_PART_PLAIN)
    except TooBig:
        return None
    return reference if len(reference) <= MAX_REFERENCE else None


def make_grant(draft: GrantDraft, desk_keys: StationKeys) -> bytes:
    """The bytes of a grant, signed by the desk whose certificate stands second in the chain."""
    body = {
        "request": draft.request,
        "chain": [strictjson.to_base64(der) for der in draft.chain],
        "tree_version": draft.tree_version,
        "tree": [dict(row) for row in draft.tree],
        "created": draft.created,
        "reference": None if draft.reference is None else strictjson.to_base64(draft.reference),
    }
    if draft.history is not None and draft.history.statements:
        body["roots"] = draft.history.written()
    return signed_files.sign(GRANT_TYPE, body, certificates.parse(draft.chain[1]).digest, desk_keys).encode()


def read_grant(
    data: bytes,
    keys: StationKeys,
    request: str,
    pinned: Collection[bytes] = (),
    held: History | None = None,
) -> Grant:
    """The grant in these bytes, if it answers the ``request`` (digest) of the station with these ``keys``.

    A new superior that gives one unasked names the certificate that the station has; nobody else's fits then.

    ``pinned`` holds the DER of the roots that the station trusts already, or ``held`` what it knows of them: then the
    grant must lead to one of them, or one that its statements name. With none, the caller shows ``words`` and asks
    before pinning. Raises what reading raises, :class:`BadSignature`, what root statements raise, :class:`RootDiffers`,
    :class:`FormerRoot`, what the kernel raises for chains, :class:`GrantForOther` and :class:`GrantForOtherRequest`,
    in the order of the checks of grants in the format document.
    """
    signed = _parse(data, GRANT_TYPE, MAX_GRANT)
    with strictjson.refused_as(BadEnrolmentFile):
        grant, answered = _grant(signed)
    _check_signature(signed, grant.desk)
    roots.require_roots(grant.history.first)
    if grant.root.der not in grant.history.known:
        raise BadRootStatement("the chain leads to another root")
    if held is not None:
        grant = replace(grant, history=_followed(held, grant))
        pinned = grant.history.known
    if pinned and grant.root.der not in pinned:
        raise RootDiffers(grant.root.digest)
    if grant.desk.der in grant.history.former:
        raise FormerRoot(grant.desk.digest)
    trust.judge_chain([certificate.der for certificate in grant.chain], _grant_state(grant, keys))
    claims = grant.certificate.claims
    mine = (keys.station, keys.public_key, keys.recipient)
    if (claims.station, claims.public_key, claims.recipient) != mine:
        raise GrantForOther(claims.station)
    if answered != request:
        raise GrantForOtherRequest(answered)
    return grant


def require_grant(data: bytes) -> None:
    """Raises what :func:`read_grant` raises of bytes that are no grant at all; whose it is, is not judged."""
    _parse(data, GRANT_TYPE, MAX_GRANT)


def root_of(data: bytes) -> bytes:
    """The root (DER) to which the chain of a grant leads, unverified: to be compared before it is pinned."""
    with strictjson.refused_as(BadEnrolmentFile):
        fields = signed_files.fields(_parse(data, GRANT_TYPE, MAX_GRANT), MAX_GRANT)
        return fields.binaries("chain", 2, trust.MAX_CHAIN)[-1]


def answered(data: bytes) -> str:
    """The digest of what a grant says that it answers, unverified: a request, or the certificate that a station has."""
    with strictjson.refused_as(BadEnrolmentFile):
        return signed_files.fields(_parse(data, GRANT_TYPE, MAX_GRANT), MAX_GRANT).matching("request", DIGEST)


def granted_certificate(data: bytes) -> str:
    """The certificate that a grant says it gives, in base64, unverified, to know whose it is where one lies about."""
    with strictjson.refused_as(BadEnrolmentFile):
        fields = signed_files.fields(_parse(data, GRANT_TYPE, MAX_GRANT), MAX_GRANT)
        return strictjson.to_base64(fields.binaries("chain", 2, trust.MAX_CHAIN)[0])


def make_ack(keys: StationKeys, grant: Grant, position: int, created: int) -> bytes:
    """The bytes of an acknowledgement; ``position`` is the station's last item number in its incarnation."""
    body = {
        "station": keys.station,
        "certificate": grant.certificate.digest,
        "grant": grant.digest,
        "incarnation": keys.incarnation,
        "position": position,
        "created": created,
    }
    return signed_files.sign(ACK_TYPE, body, grant.certificate.digest, keys).encode()


def read_ack(data: bytes, certificate: Certificate) -> Ack:
    """The acknowledgement in these bytes, if it is about this certificate, which the desk issued.

    Raises :class:`AckForOther`, :class:`BadSignature` or what reading raises.
    """
    signed = _parse(data, ACK_TYPE, MAX_SMALL)
    if signed.signatures[0].keyid != certificate.digest:
        raise AckForOther(signed.signatures[0].keyid)
    _check_signature(signed, certificate)
    with strictjson.refused_as(BadEnrolmentFile):
        ack = _ack(signed)
    if (ack.station, ack.certificate) != (certificate.station, certificate.digest):
        raise AckForOther(ack.station)
    return ack


def acknowledged_certificate(data: bytes) -> str:
    """The digest of the certificate that an acknowledgement is about, unverified, to look it up."""
    return _parse(data, ACK_TYPE, MAX_SMALL).signatures[0].keyid


def _request(signed: Signed) -> Request:
    fields = signed_files.fields(signed, MAX_SMALL)
    csr = fields.binary("csr", certificates.MAX_DER)
    keys = certificates.parse_request(csr)
    if signed.signatures[0].keyid != keys.station:
        raise SenderUnequal(keys.station)
    if not signed_files.stands(signed, keys.public_key):
        raise BadSignature(keys.station)
    own = station_id(keys.public_key) == keys.station
    proof = None if own else _continuity(fields.object("first"), keys, csr)
    unit = fields.object("unit")
    wish = Wish(
        unit.matching("code", CODE),
        unit.name("name", _LONGEST_NAME),
        Level(unit.choice("kind", [level.value for level in Level])),
        Role(unit.choice("role", [role.value for role in Role])),
    )
    return Request(
        signed.digest,
        keys,
        fields.matching("incarnation", INCARNATION),
        wish,
        fields.integer("created", 0, MAX_NUMBER),
        proof,
    )


def _continuity(first: Fields, keys: RequestedKeys, csr: bytes) -> str:
    """Renewed keys: the station's first key must have signed the request for them; what the grant says of that."""
    key, signature = first.exactly("key", KEY_BYTES), first.exactly("sig", dsse.SIGNATURE_BYTES)
    if not renewing.signed(keys.station, key, signature, csr):
        raise SenderUnequal("the first key did not sign for the new one")
    return renewing.proof(key, signature, csr)


def _grant(signed: Signed) -> tuple[Grant, str]:
    """The grant, its chain and roots read but not judged, and the digest of the request that it answers."""
    fields = signed_files.fields(signed, MAX_GRANT)
    # From the new certificate through the desk's to the root.
    ders = fields.binaries("chain", 2, trust.MAX_CHAIN)
    rows = tuple(fields.items("tree", MAX_TREE))
    for row in rows:
        if not isinstance(row, dict) or not is_id(row.get("id")) or "parent" not in row:
            raise NotStrict("a unit has id and parent")
        if row["parent"] is not None and not is_id(row["parent"]):
            raise NotStrict("a parent is a unit id")
    if len({row["id"] for row in rows}) != len(rows):
        raise NotStrict("a unit stands twice in the tree")
    chain = tuple(map(certificates.parse, ders))
    own = chain[0].claims.units | chain[1].claims.units
    if not all(_is_told(row) for row in rows if row["id"] in own):
        raise NotStrict("the units of the station and of the desk have code, name and level")
    rows = tuple(_as_shown(row) for row in rows)
    history = roots.read_history(fields.object("roots")) if "roots" in fields else History(ders[-1:])
    grant = Grant(
        signed.digest,
        chain,
        fields.integer("tree_version", 0, MAX_NUMBER),
        rows,
        fields.integer("created", 0, MAX_NUMBER),
        None if fields.raw("reference") is None else fields.binary("reference", MAX_REFERENCE),
        history,
    )
    return grant, fields.matching("request", DIGEST)


def _is_told(row: Mapping[str, Any]) -> bool:
    """Whether a unit is told as somebody is shown it who takes his place in the tree."""
    code, name, level = (row.get(member) for member in ("code", "name", "level"))
    told = isinstance(name, str) and isinstance(level, str) and level in set(Level)
    return told and isinstance(code, str) and CODE.fullmatch(code) is not None


def _as_shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same unit with a name that may stand beside the words that people compare."""
    name = row.get("name")
    return dict(row) | {"name": name_of(name, _LONGEST_NAME)} if isinstance(name, str) else row


def _followed(held: History, grant: Grant) -> History:
    """What the station knows of the roots after the statements of a grant; those of another tree are none of its."""
    try:
        return held.followed(grant.history.statements)
    except (BadRootStatement, RootGap) as error:
        raise RootDiffers(error.detail) from error


def _grant_state(grant: Grant, keys: StationKeys) -> TrustState:
    """What a station that knows nothing yet lets count: the root that it will pin, and the chain's own grants.

    Whether those grants really count it cannot know; that the desk at the other end of the telephone vouches
    for them is what comparing the words decides.
    """
    return TrustState(
        roots=frozenset([grant.root.der]),
        grants=frozenset(certificate.digest for certificate in grant.chain),
        revocations={},
        tree=Tree({row["id"]: row["parent"] for row in grant.tree}),
        tree_version=grant.tree_version,
        station=keys.station,
        recipients=frozenset([keys.recipient]),
        units=grant.certificate.claims.units,
    )


def _ack(signed: Signed) -> Ack:
    fields = signed_files.fields(signed, MAX_SMALL)
    return Ack(
        signed.digest,
        fields.matching("station", STATION),
        fields.matching("certificate", DIGEST),
        fields.matching("grant", DIGEST),
        fields.matching("incarnation", INCARNATION),
        fields.integer("position", 0, MAX_NUMBER),
        fields.integer("created", 0, MAX_NUMBER),
    )


def _parse(data: bytes, payload_type: str, limit: int) -> Signed:
    if not data.lstrip().startswith(b"{"):
        raise NotAnEnrolmentFile("no JSON object")
    signed = dsse.parse(data, limit * 4 // 3 + 4096)
    if not signed_files.is_of_type(signed, payload_type):
        if signed.payload_type in (REQUEST_TYPE, GRANT_TYPE, ACK_TYPE):
            raise BadEnrolmentFile("another of the three files")
        raise NotAnEnrolmentFile(signed.payload_type)
    return signed


def _check_signature(signed: Signed, certificate: Certificate) -> None:
    if not signed_files.is_signed_by(signed, certificate):
        raise BadSignature(certificate.station)
