"""X.509 certificates of stations (rule 26): what they say, how they are issued, requested and read.

A certificate binds a station id to a signing key, an age recipient, units, a level and a role. Its subject
is the station id; all else stands in URIs of the (non-critical) subject alternative name::

    xsj:station:<64 hex>   xsj:age:<age1…>   xsj:recovery:<age1…>   xsj:unit:<32 hex>   xsj:level:town
    xsj:role:desk

Dates are fixed wide and ignored by rule (``openssl verify -no_check_time``): laptops have no clock to
trust, so a certificate ends by revocation, never by a date. Certificates hold no personal data. Unknown
``xsj:`` URIs and unknown non-critical extensions are ignored, so that later versions may add to them.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import ExtensionOID, NameOID, SignatureAlgorithmOID

from desktop.records.declaration import Level, Role
from desktop.records.identity import is_id
from desktop.sync.errors import BadCertificate
from desktop.sync.errors.enrolment import BadEnrolmentFile
from desktop.sync.formats import agefile, strictjson
from desktop.sync.formats.forms import STATION
from desktop.sync.formats.strictjson import NotStrict
from desktop.sync.signed.identity import StationKeys

NOT_BEFORE: Final = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
NOT_AFTER: Final = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
MAX_DER: Final = 16 * 1024
MAX_UNITS: Final = 256

LEVEL_RANK: Final = {
    Level.CITY: 0,
    Level.DISTRICT: 1,
    Level.INDUSTRY: 2,
    Level.TOWN: 2,
    Level.PARK: 2,
    Level.VILLAGE: 3,
    Level.ENTERPRISE: 4,
}
"""0 is the highest. A certificate has its issuer's level or one of a greater number: a district may enrol
an industry union, an industry union no district."""

_UNREADABLE: Final = (
    TypeError,  # a name whose text is a bit string
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for certificates and requests that it cannot read."""
_KNOWN_CRITICAL: Final = {ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE}
_SINGLE: Final = ("station", "age", "level", "role")
_ED25519: Final = bytes.fromhex("300506032b6570")
"""The identifier of the algorithm as it stands in a certificate."""
_DATES: Final = b"\x30\x20\x17\x0d200101000000Z\x18\x0f99991231235959Z"
"""How DER spells the fixed dates: UTCTime up to 2049. The library reads the other spelling of the first as well."""
_COMMON_NAME: Final = bytes.fromhex("304b314930470603550403")
"""How a name begins that is one common name of 64 signs, up to the type of these."""
_SIGNATURE: Final = b"\x03\x41\x00"
"""How DER spells what stands before a signature at the end. The library overlooks how many of its bits are said to be
unused, so that anybody could give a certificate another digest; ``openssl`` refuses it then."""
_TEXTS: Final = b"\x0c\x13"
"""UTF8String and PrintableString. The library reads others as text as well, and ``openssl`` then finds no issuer."""
_SMALL_ORDER: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""Public keys (top bit clear) for which one signature fits every message: their holder can deny all."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a certificate says of its subject.

    ``recovery`` is the recipient to which the station's master key is sealed (rule 30). ``path_length`` is
    how many levels of issuers may stand below; None means that the subject may not issue.
    """

    station: str
    public_key: bytes
    recipient: str
    units: frozenset[str]
    level: Level
    role: Role
    recovery: str | None = None
    path_length: int | None = None

    @property
    def may_issue(self) -> bool:
        """Whether the subject may issue certificates."""
        return self.path_length is not None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it was read; whether it counts is for :mod:`desktop.sync.trust` to say."""

    der: bytes
    digest: str
    serial: int
    issuer_station: str
    claims: Claims

    @property
    def station(self) -> str:
        """The subject's station id."""
        return self.claims.station


@dataclass(frozen=True, slots=True)
class RequestedKeys:
    """What a certificate request proves: who holds this signing key asks for this station and recipient."""

    station: str
    public_key: bytes
    recipient: str


def is_of_small_order(raw: bytes) -> bool:
    """Whether one signature by this raw public key fits every message."""
    return raw[:-1] + bytes([raw[-1] & 0x7F]) in _SMALL_ORDER


def grant_serial(station: str, incarnation: str, number: int) -> int:
    """The serial number that follows from the identity of the ``grant`` item that issues the certificate."""
    name = f"xiaosanji grant v1\n{station}\n{incarnation}\n{number}\n".encode("ascii")
    return int.from_bytes(hashlib.sha256(name).digest()[:16], "big") >> 1 | 1


def issue(claims: Claims, serial: int, issuer_keys: StationKeys, issuer: Certificate | None) -> Certificate:
    """The certificate for these claims, signed by the issuer; without an issuer's certificate it is a root.

    The caller has decided that the issuer may; receivers judge it by :mod:`desktop.sync.trust`. Ed25519
    signs the same bytes the same way, so equal arguments give equal certificates.
    """
    if issuer is None and issuer_keys.public_key != claims.public_key:
        raise ValueError("a root signs itself")
    issuer_station = issuer.station if issuer else claims.station
    subject_key = Ed25519PublicKey.from_public_bytes(claims.public_key)
    authority = issuer_keys.signing_key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(claims.station))
        .issuer_name(_name(issuer_station))
        .public_key(subject_key)
        .serial_number(serial)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.BasicConstraints(claims.may_issue, claims.path_length), critical=True)
        .add_extension(_key_usage(claims.may_issue), critical=True)
        .add_extension(x509.SubjectAlternativeName(_uris(claims)), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(subject_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False)
    )
    made = builder.sign(issuer_keys.signing_key, None)
    return parse(made.public_bytes(serialization.Encoding.DER))


@lru_cache(maxsize=4096)
def parse(der: bytes) -> Certificate:
    """The certificate of these bytes; raises :class:`BadCertificate` for any that rule 26 does not allow."""
    if len(der) > MAX_DER:
        raise BadCertificate("too long")
    try:
        with _silent():
            return _certificate(der, x509.load_der_x509_certificate(der))
    except _UNREADABLE as error:
        raise BadCertificate(str(error)) from error


def readable(texts: Iterable[str]) -> Iterator[Certificate]:
    """Those certificates in base64 that can be read; anybody may have put anything in their place."""
    for text in texts:
        with contextlib.suppress(NotStrict, BadCertificate):
            yield parse(strictjson.from_base64(text))


@lru_cache(maxsize=4096)
def is_signed_by(child: bytes, issuer_key: bytes) -> bool:
    """Whether the certificate of these DER bytes carries the signature of this raw public key."""
    certificate = x509.load_der_x509_certificate(child)
    try:
        Ed25519PublicKey.from_public_bytes(issuer_key).verify(
            certificate.signature, certificate.tbs_certificate_bytes
        )
    except InvalidSignature:
        return False
    return True


def to_pem(chain: Iterable[bytes]) -> bytes:
    """The certificates one after the other as PEM, as ``openssl`` reads them."""
    return b"".join(
        x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM) for der in chain
    )


@lru_cache(maxsize=128)  # a hostile file has a quarter of a megabyte
def from_pem(pem: bytes) -> tuple[bytes, ...]:
    """The DER of each certificate in a PEM file of nothing else; raises :class:`BadCertificate`."""
    try:
        with _silent():
            found = x509.load_pem_x509_certificates(pem)
            chain = tuple(c.public_bytes(serialization.Encoding.DER) for c in found)
            written = b"".join(c.public_bytes(serialization.Encoding.PEM) for c in found)
    except _UNREADABLE as error:
        raise BadCertificate("no PEM certificates") from error
    if written != pem:
        raise BadCertificate("something beside certificates stands in the file")
    return chain


def request(keys: StationKeys) -> bytes:
    """A certificate request (PKCS #10, DER) for these keys; its own signature proves that the key is held."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(keys.station))
    names = [f"xsj:station:{keys.station}", f"xsj:age:{keys.recipient}"]
    extension = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(n) for n in names])
    made = builder.add_extension(extension, critical=False).sign(keys.signing_key, None)
    return made.public_bytes(serialization.Encoding.DER)


def parse_request(der: bytes) -> RequestedKeys:
    """What a request asks for, its proof of possession checked; raises :class:`BadEnrolmentFile`."""
    if len(der) > MAX_DER:
        raise BadEnrolmentFile("the request is too long")
    try:
        with _silent():
            asked = x509.load_der_x509_csr(der)
            public_key = _raw_key(asked.public_key(), asked.signature_algorithm_oid)
            values = _xsj_values(asked.extensions)
            station = _station_of(asked.subject)
            stands = asked.is_signature_valid and der.endswith(_SIGNATURE + asked.signature)
    except _UNREADABLE as error:
        raise BadEnrolmentFile(str(error)) from error
    recipients = values.get("age", [])
    if not stands or values.get("station") != [station] or len(recipients) != 1:
        raise BadEnrolmentFile("the request does not prove what it says")
    if not agefile.is_recipient(recipients[0]):
        raise BadEnrolmentFile("the request names no age recipient")
    return RequestedKeys(station, public_key, recipients[0])


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """The library warns, in English and on the terminal, of much that is refused here anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _certificate(der: bytes, certificate: x509.Certificate) -> Certificate:
    """What these bytes say; raises ``ValueError``."""
    claims = _claims(der, certificate)
    issuer_station = _station_of(certificate.issuer)
    digest = hashlib.sha256(der).hexdigest()
    return Certificate(der, digest, certificate.serial_number, issuer_station, claims)


def _states_ed25519(signed: bytes) -> bool:
    """Whether the signed part of a certificate names the algorithm, as beside the signature: ``openssl`` asks both.

    It stands behind version and serial number, and the library, which has read them, does not compare it.
    """
    return signed.startswith(_ED25519, _member(signed, 2))


def _member(signed: bytes, place: int) -> int:
    """Where the member with this place begins in the signed part: version, serial number, algorithm, issuer, dates."""
    at = _element(signed, 0)[0]
    for _ in range(place):
        at = _element(signed, at)[1]
    return at


def _element(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of a DER element begins and where it ends."""
    begin, length = at + 2, der[at + 1]
    if length & 0x80:
        begin += length & 0x7F
        length = int.from_bytes(der[at + 2 : begin], "big")
    return begin, begin + length


def _claims(der: bytes, certificate: x509.Certificate) -> Claims:
    """Everything that rule 26 says of one certificate by itself; raises ``ValueError``."""
    if certificate.version is not x509.Version.v3 or certificate.serial_number <= 0:
        raise ValueError("not version 3 with a positive serial number")
    if not certificate.tbs_certificate_bytes.startswith(
        _DATES, _member(certificate.tbs_certificate_bytes, 4)
    ):
        raise ValueError("the dates are not the fixed ones")
    public_key = _raw_key(certificate.public_key(), certificate.signature_algorithm_oid)
    if not der.endswith(_SIGNATURE + certificate.signature):
        raise ValueError("the signature is not written as 64 whole bytes")
    if not _states_ed25519(certificate.tbs_certificate_bytes):
        raise ValueError("another algorithm is signed than that of the signature")
    extensions = certificate.extensions
    if any(e.critical and e.oid not in _KNOWN_CRITICAL for e in extensions):
        raise ValueError("an unknown extension is critical")
    path_length = _path_length(extensions)
    values = _xsj_values(extensions)
    if any(len(values.get(name, [])) != 1 for name in _SINGLE) or len(values.get("recovery", [])) > 1:
        raise ValueError("station, recipient, level and role stand once each")
    station, recipient, units = values["station"][0], values["age"][0], values.get("unit", [])
    recovery = next(iter(values.get("recovery", [])), None)
    if station != _station_of(certificate.subject):
        raise ValueError("the subject is not the station")
    if not all(agefile.is_recipient(r) for r in (recipient, recovery) if r is not None):
        raise ValueError("a recipient is not of its form")
    if not 0 < len(units) <= MAX_UNITS or len(set(units)) != len(units) or not all(map(is_id, units)):
        raise ValueError("units are ids, each once")
    level, role = Level(values["level"][0]), Role(values["role"][0])
    # Thousands of certificates may be in memory, and each may name the same hundreds.
    shared = frozenset(map(sys.intern, units))
    return Claims(station, public_key, recipient, shared, level, role, recovery, path_length)


def _path_length(extensions: x509.Extensions) -> int | None:
    """The path length of an issuer, None for others; constraints and key usage must agree."""
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    if not basic.critical or not usage.critical or usage.value != _key_usage(basic.value.ca):
        raise ValueError("constraints and key usage do not agree")
    if basic.value.ca and basic.value.path_length is None:
        raise ValueError("an issuer has a path length")
    return basic.value.path_length


def _raw_key(key: object, signature_algorithm: x509.ObjectIdentifier) -> bytes:
    if not isinstance(key, Ed25519PublicKey) or signature_algorithm != SignatureAlgorithmOID.ED25519:
        raise ValueError("not Ed25519")
    raw = key.public_bytes_raw()
    if is_of_small_order(raw):
        raise ValueError("the public key is of small order")
    return raw


def _xsj_values(extensions: x509.Extensions) -> dict[str, list[str]]:
    """The values of the ``xsj:`` URIs by their kind, in their order."""
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    values: dict[str, list[str]] = {}
    for uri in names.get_values_for_type(x509.UniformResourceIdentifier):
        scheme, _, rest = uri.partition(":")
        kind, _, value = rest.partition(":")
        if scheme == "xsj":
            values.setdefault(kind, []).append(value)
    return values


def _uris(claims: Claims) -> Sequence[x509.GeneralName]:
    names = [f"xsj:station:{claims.station}", f"xsj:age:{claims.recipient}"]
    names += [f"xsj:recovery:{claims.recovery}"] if claims.recovery else []
    names += [f"xsj:unit:{unit}" for unit in sorted(claims.units)]
    names += [f"xsj:level:{claims.level}", f"xsj:role:{claims.role}"]
    return [x509.UniformResourceIdentifier(name) for name in names]


def _name(station: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, station)])


def _station_of(name: x509.Name) -> str:
    values = [a.value for a in name]
    if len(values) != 1 or name.get_attributes_for_oid(NameOID.COMMON_NAME) != list(name):
        raise ValueError("a name is one common name")
    if not isinstance(values[0], str) or STATION.fullmatch(values[0]) is None:
        raise ValueError("a name is a station id")
    encoded = name.public_bytes()
    if not encoded.startswith(_COMMON_NAME) or encoded[len(_COMMON_NAME)] not in _TEXTS:
        raise ValueError("a name is written as text")
    return values[0]


def _key_usage(may_issue: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=may_issue,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
