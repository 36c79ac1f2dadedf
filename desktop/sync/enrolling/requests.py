"""The request for enrolment (`.xsq`): who holds these keys asks for a unit."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.records.declaration import Level, Role
from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync.enrolling.enrolment import LONGEST_NAME, MAX_SMALL, REQUEST_TYPE, parse
from desktop.sync.errors import BadSignature, SenderUnequal
from desktop.sync.errors.enrolment import BadEnrolmentFile
from desktop.sync.formats import dsse, strictjson
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.forms import CODE, INCARNATION
from desktop.sync.formats.strictjson import Fields
from desktop.sync.signed import certificates, renewing, signed_files
from desktop.sync.signed.certificates import RequestedKeys
from desktop.sync.signed.identity import KEY_BYTES, StationKeys, station_id
from desktop.sync.signed.words import Fingerprint, fingerprint


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
    signed = parse(data, REQUEST_TYPE, MAX_SMALL)
    with strictjson.refused_as(BadEnrolmentFile):
        return _request(signed)


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
        unit.name("name", LONGEST_NAME),
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
