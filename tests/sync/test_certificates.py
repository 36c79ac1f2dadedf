"""Certificates: what rule 26 asks of them, and that `openssl` agrees."""

from __future__ import annotations

import base64
import datetime
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.declaration import Level, Role
from desktop.sync import errors
from desktop.sync.errors import enrolment as enrolment_errors
from desktop.sync.signed import certificates
from tests.sync.world import DISTRICT_DESK, TOWN, TOWN_DESK, VILLAGE, VILLAGE_DESK, claims, issue

KEYS = VILLAGE_DESK.keys


def test_a_certificate_says_what_was_claimed() -> None:
    said = claims(KEYS, [VILLAGE, TOWN], Level.VILLAGE, 2, Role.EDITOR)
    made = issue(TOWN_DESK, said, 9)
    assert made.claims == said
    assert made.issuer_station == TOWN_DESK.station
    assert made.serial == certificates.grant_serial(TOWN_DESK.station, TOWN_DESK.keys.incarnation, 9)
    assert certificates.parse(made.der) == made


def test_the_recovery_recipient_is_optional() -> None:
    said = certificates.Claims(
        KEYS.station,
        KEYS.public_key,
        KEYS.recipient,
        frozenset([VILLAGE]),
        Level.VILLAGE,
        Role.DESK,
        recovery=TOWN_DESK.keys.recipient,
    )
    assert issue(TOWN_DESK, said, 9).claims.recovery == TOWN_DESK.keys.recipient
    assert VILLAGE_DESK.certificate.claims.recovery is None


def test_equal_grants_make_equal_certificates() -> None:
    said = claims(KEYS, [VILLAGE], Level.VILLAGE)
    assert issue(TOWN_DESK, said, 9).der == issue(TOWN_DESK, said, 9).der


def test_units_stand_in_one_order_whatever_order_they_were_named_in() -> None:
    named = [f"{n:032x}" for n in range(9)]
    der = issue(TOWN_DESK, claims(KEYS, named, Level.VILLAGE), 9).der
    places = [der.index(f"xsj:unit:{unit}".encode()) for unit in named]
    assert places == sorted(places)


def test_serial_numbers_are_positive_distinct_and_short() -> None:
    serials = {certificates.grant_serial("a" * 64, "b" * 16, number) for number in range(1000)}
    assert len(serials) == 1000
    assert all(0 < serial < 1 << 127 for serial in serials)


def test_nobody_signs_a_root_for_another() -> None:
    with pytest.raises(ValueError, match="signs itself"):
        certificates.issue(claims(KEYS, [VILLAGE], Level.VILLAGE, 1), 1, TOWN_DESK.keys, None)


@pytest.mark.skipif(sys.platform == "win32", reason="the tool does not come with that system")
def test_openssl_verifies_the_chain(tmp_path: Path) -> None:
    """`-x509_strict` also checks what RFC 5280 asks of extensions."""
    for name, station in (("root", DISTRICT_DESK), ("town", TOWN_DESK), ("village", VILLAGE_DESK)):
        (tmp_path / f"{name}.pem").write_bytes(certificates.to_pem(station.ders[:1]))
    command = "openssl verify -no_check_time -x509_strict -CAfile root.pem -untrusted town.pem village.pem"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "village.pem: OK\n"


def test_a_chain_survives_pem() -> None:
    pem = certificates.to_pem(VILLAGE_DESK.ders)
    assert list(certificates.from_pem(pem)) == VILLAGE_DESK.ders


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"# note\n" + certificates.to_pem(VILLAGE_DESK.ders), id="a note before"),
        pytest.param(certificates.to_pem(VILLAGE_DESK.ders) + b"\n", id="an empty line behind"),
        pytest.param(certificates.to_pem(VILLAGE_DESK.ders)[:-3], id="cut"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", id="no certificate"),
    ],
)
def test_refuses_pem(pem: bytes) -> None:
    with pytest.raises(errors.BadCertificate):
        certificates.from_pem(pem)


def names(*uris: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri) for uri in uris])


PLAIN_NAMES = (
    f"xsj:station:{KEYS.station}",
    f"xsj:age:{KEYS.recipient}",
    f"xsj:unit:{VILLAGE}",
    "xsj:level:village",
    "xsj:role:desk",
)
USAGE: dict[str, bool] = {
    "digital_signature": True,
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "key_cert_sign": False,
    "crl_sign": False,
    "encipher_only": False,
    "decipher_only": False,
}


def handmade(
    *uris: str,
    subject: str | x509.Name = KEYS.station,
    issuer: str | x509.Name = TOWN_DESK.station,
    public_key: Any = None,
    serial: int = 5,
    dates: tuple[datetime.datetime, datetime.datetime] = (certificates.NOT_BEFORE, certificates.NOT_AFTER),
    constraints: x509.BasicConstraints | None = None,
    usage: dict[str, bool] | None = None,
    uncritical: tuple[type[x509.ExtensionType], ...] = (),
    more: tuple[x509.ExtensionType, bool] | None = None,
) -> bytes:
    """A certificate of any kind that the library makes, signed by the town."""
    builder = (
        x509.CertificateBuilder(serial_number=serial)
        .subject_name(common(subject) if isinstance(subject, str) else subject)
        .issuer_name(common(issuer) if isinstance(issuer, str) else issuer)
        .public_key(public_key or KEYS.signing_key.public_key())
        .not_valid_before(dates[0])
        .not_valid_after(dates[1])
        .add_extension(
            constraints or x509.BasicConstraints(False, None), x509.BasicConstraints not in uncritical
        )
        .add_extension(x509.KeyUsage(**USAGE | (usage or {})), x509.KeyUsage not in uncritical)
    )
    if uris:
        builder = builder.add_extension(names(*uris), False)
    if more is not None:
        builder = builder.add_extension(*more)
    return builder.sign(TOWN_DESK.keys.signing_key, None).public_bytes(serialization.Encoding.DER)


def common(*values: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, value) for value in values])


def without(kind: str, *others: str) -> tuple[str, ...]:
    return (*(uri for uri in PLAIN_NAMES if not uri.startswith(f"xsj:{kind}:")), *others)


def with_elliptic_signature() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        common(TOWN_DESK.station), common(KEYS.station), KEYS.signing_key.public_key(), 5
    )
    builder = builder.not_valid_before(certificates.NOT_BEFORE).not_valid_after(certificates.NOT_AFTER)
    builder = builder.add_extension(names(*PLAIN_NAMES), False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def small_order() -> Any:
    """The neutral element of the curve: one signature fits every message."""
    return Ed25519PublicKey.from_public_bytes(b"\x01" + bytes(30) + b"\x80")


ANYBODYS = "age1" + "q" * 52 + "5cu47z"
"""The recipient of 32 zeros."""


def spelled_otherwise(station: str, kind: int) -> bytes:
    """A name under another ASN.1 type than UTF8String."""
    usual = b"\x0c\x40" + station.encode()
    der = handmade(*PLAIN_NAMES)
    assert usual in der
    return der.replace(usual, bytes([kind]) + usual[1:], 1)


def in_generalized_time() -> bytes:
    """The same moment, in the spelling that DER keeps for the years from 2050 on."""
    usual = bytes.fromhex("3020170d") + b"200101000000Z"
    other = bytes.fromhex("3022180f") + b"20200101000000Z"
    der = bytearray(handmade(*PLAIN_NAMES).replace(usual, other, 1))
    for at in (2, 6):
        der[at : at + 2] = (int.from_bytes(der[at : at + 2], "big") + 2).to_bytes(2, "big")
    return bytes(der)


def with_unused_bits(signed: Iterator[bytes]) -> bytes:
    """The first of these of which the last bit is zero, and said not to be one: other bytes of the same meaning."""
    der = next(der for der in signed if der[-1] & 1 == 0)
    return der[:-65] + b"\x01" + der[-64:]


def units(count: int) -> list[str]:
    """So many further units."""
    return [f"xsj:unit:{n:032x}" for n in range(count)]


def filling(size: int, make: Callable[[tuple[x509.ExtensionType, bool]], bytes]) -> bytes:
    """What is made with an extension that nobody knows, of a length that makes all of it so long."""
    oid = x509.ObjectIdentifier("1.3.6.1.4.1.99999.1")
    short = len(make((x509.UnrecognizedExtension(oid, bytes(1000)), False)))
    return make((x509.UnrecognizedExtension(oid, bytes(1000 + size - short)), False))


def filled(size: int) -> bytes:
    der = filling(size, lambda more: handmade(*PLAIN_NAMES, more=more))
    assert len(der) == size
    return der


SOON = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
POISON = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.3"), b"\x05\x00")

BAD: dict[str, Callable[[], bytes]] = {
    "noise": lambda: b"noise",
    "cut": lambda: VILLAGE_DESK.ders[0][:-1],
    "something behind": lambda: VILLAGE_DESK.ders[0] + b"\0",
    "very long": lambda: VILLAGE_DESK.ders[0] + bytes(certificates.MAX_DER),
    "no names": lambda: handmade(),
    "no station": lambda: handmade(*without("station")),
    "two stations": lambda: handmade(*PLAIN_NAMES, f"xsj:station:{KEYS.station}"),
    "another station": lambda: handmade(*without("station", f"xsj:station:{TOWN_DESK.station}")),
    "no recipient": lambda: handmade(*without("age")),
    "recipient of no form": lambda: handmade(*without("age", "xsj:age:age1qqqq")),
    "recovery of no form": lambda: handmade(*PLAIN_NAMES, "xsj:recovery:me"),
    "two recoveries": lambda: handmade(*PLAIN_NAMES, *[f"xsj:recovery:{KEYS.recipient}"] * 2),
    "a recipient of small order": lambda: handmade(*without("age", f"xsj:age:{ANYBODYS}")),
    "a recovery of small order": lambda: handmade(*PLAIN_NAMES, f"xsj:recovery:{ANYBODYS}"),
    "no unit": lambda: handmade(*without("unit")),
    "a unit twice": lambda: handmade(*PLAIN_NAMES, f"xsj:unit:{VILLAGE}"),
    "a unit by its code": lambda: handmade(*without("unit", "xsj:unit:330109105")),
    "a second unit by its code": lambda: handmade(*PLAIN_NAMES, "xsj:unit:330109105"),
    "more units than 256": lambda: handmade(*PLAIN_NAMES, *units(256)),
    "longer than 16 KiB": lambda: filled(certificates.MAX_DER + 1),
    "an unknown level": lambda: handmade(*without("level", "xsj:level:planet")),
    "an unknown role": lambda: handmade(*without("role", "xsj:role:king")),
    "two levels": lambda: handmade(*PLAIN_NAMES, "xsj:level:district"),
    "subject with two names": lambda: handmade(*PLAIN_NAMES, subject=common(KEYS.station, KEYS.station)),
    "subject that is no text": lambda: spelled_otherwise(KEYS.station, 0x04),
    "issuer that is no text": lambda: spelled_otherwise(TOWN_DESK.station, 0x04),
    "subject of teletex": lambda: spelled_otherwise(KEYS.station, 0x14),
    "subject without a name": lambda: handmade(*PLAIN_NAMES, subject=common()),
    "subject of another kind": lambda: handmade(
        *PLAIN_NAMES, subject=x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, KEYS.station)])
    ),
    "issuer that is no station": lambda: handmade(*PLAIN_NAMES, issuer="杭州市总工会"),
    "station in capitals": lambda: handmade(
        *without("station", f"xsj:station:{KEYS.station.upper()}"), subject=KEYS.station.upper()
    ),
    "issuer in capitals": lambda: handmade(*PLAIN_NAMES, issuer=TOWN_DESK.station.upper()),
    "begins later": lambda: handmade(*PLAIN_NAMES, dates=(SOON, certificates.NOT_AFTER)),
    "ends sooner": lambda: handmade(*PLAIN_NAMES, dates=(certificates.NOT_BEFORE, SOON)),
    "another kind of key": lambda: handmade(
        *PLAIN_NAMES, public_key=ec.generate_private_key(ec.SECP256R1()).public_key()
    ),
    "another kind of signature": with_elliptic_signature,
    "begins in a time that is no DER": in_generalized_time,
    "another algorithm inside": lambda: handmade(*PLAIN_NAMES).replace(b"\x2b\x65\x70", b"\x2b\x65\x71", 1),
    "a key of small order": lambda: handmade(*PLAIN_NAMES, public_key=small_order()),
    "constraints not critical": lambda: handmade(*PLAIN_NAMES, uncritical=(x509.BasicConstraints,)),
    "key usage not critical": lambda: handmade(*PLAIN_NAMES, uncritical=(x509.KeyUsage,)),
    "may sign certificates but is no issuer": lambda: handmade(*PLAIN_NAMES, usage={"key_cert_sign": True}),
    "issuer that may not sign": lambda: handmade(*PLAIN_NAMES, constraints=x509.BasicConstraints(True, 0)),
    "issuer without path length": lambda: handmade(
        *PLAIN_NAMES, constraints=x509.BasicConstraints(True, None), usage={"key_cert_sign": True}
    ),
    "signature with unused bits": lambda: with_unused_bits(
        handmade(*PLAIN_NAMES, serial=n) for n in itertools.count(1)
    ),
    "unknown critical extension": lambda: handmade(*PLAIN_NAMES, more=(POISON, True)),
}


VERSION_3 = b"\xa0\x03\x02\x01\x02"
OLDEN = {
    "version 1": lambda: handmade(*PLAIN_NAMES).replace(VERSION_3, VERSION_3[:-1] + b"\0"),
    "version 6": lambda: handmade(*PLAIN_NAMES).replace(VERSION_3, VERSION_3[:-1] + b"\5"),
    "serial number 0": lambda: handmade(*PLAIN_NAMES).replace(VERSION_3 + b"\2\1\5", VERSION_3 + b"\2\1\0"),
    "a name of a kind that nobody uses": lambda: handmade(*PLAIN_NAMES).replace(
        b"\x86\rxsj:role", b"\xa5\rxsj:role"
    ),
}
BAD |= OLDEN


def test_pem_of_an_unreadable_certificate_is_refused() -> None:
    body = base64.encodebytes(OLDEN["version 6"]()).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"
    with pytest.raises(errors.BadCertificate):
        certificates.from_pem(pem.encode())


def test_a_name_may_be_a_printable_string() -> None:
    """For ``openssl`` both spellings are one name."""
    assert certificates.parse(spelled_otherwise(KEYS.station, 0x13)).station == KEYS.station


@pytest.mark.parametrize("make", BAD.values(), ids=[name.replace(" ", "-") for name in BAD])
def test_refuses(make: Callable[[], bytes], recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(errors.BadCertificate):
        certificates.parse(make())
    assert not recwarn.list, "nobody is told in English on the terminal"


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(handmade(*PLAIN_NAMES), id="as expected"),
        pytest.param(handmade(*PLAIN_NAMES, "xsj:novelty:1", "https://example.org/"), id="unknown names"),
        pytest.param(handmade(*PLAIN_NAMES, more=(POISON, False)), id="unknown extension, not critical"),
        pytest.param(filled(certificates.MAX_DER), id="16 KiB"),
        pytest.param(handmade(*PLAIN_NAMES, serial=1), id="the smallest serial number"),
    ],
)
def test_reads(der: bytes) -> None:
    assert certificates.parse(der).claims == claims(KEYS, [VILLAGE], Level.VILLAGE)


def test_reads_256_units() -> None:
    assert len(certificates.parse(handmade(*PLAIN_NAMES, *units(255))).claims.units) == 256


@pytest.mark.parametrize("top", [0, 0x80])
@pytest.mark.parametrize(
    "rest",
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ],
)
def test_every_key_of_small_order_is_known_with_either_sign(rest: str, top: int) -> None:
    raw = bytes.fromhex(rest)
    assert certificates.is_of_small_order(raw[:31] + bytes([raw[31] | top]))
    assert not certificates.is_of_small_order(raw[:30] + bytes([raw[30] ^ 1, raw[31] | top]))


@given(st.integers(0, len(VILLAGE_DESK.ders[0]) - 1), st.integers(1, 255))
def test_a_changed_byte_is_a_bad_certificate_or_a_bad_signature(position: int, change: int) -> None:
    data = bytearray(VILLAGE_DESK.ders[0])
    data[position] ^= change
    try:
        certificates.parse(bytes(data))
    except errors.BadCertificate:
        return
    assert not certificates.is_signed_by(bytes(data), TOWN_DESK.keys.public_key)


def test_a_request_proves_the_key() -> None:
    asked = certificates.parse_request(certificates.request(KEYS))
    assert asked == certificates.RequestedKeys(KEYS.station, KEYS.public_key, KEYS.recipient)


@pytest.mark.skipif(sys.platform == "win32", reason="the tool does not come with that system")
def test_openssl_verifies_the_request(tmp_path: Path) -> None:
    (tmp_path / "request.der").write_bytes(certificates.request(KEYS))
    command = "openssl req -inform DER -in request.der -noout -verify"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "verify OK" in done.stdout + done.stderr


def csr(
    *uris: str, subject: str = KEYS.station, more: tuple[x509.ExtensionType, bool] | None = None
) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(common(subject))
    if uris:
        builder = builder.add_extension(names(*uris), False)
    if more is not None:
        builder = builder.add_extension(*more)
    return builder.sign(KEYS.signing_key, None).public_bytes(serialization.Encoding.DER)


def long_csr(size: int) -> bytes:
    der = filling(size, lambda more: csr(*PLAIN_NAMES[:2], more=more))
    assert len(der) == size
    return der


def test_a_request_may_have_16_kib() -> None:
    assert certificates.parse_request(long_csr(certificates.MAX_DER)).station == KEYS.station


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(b"noise", id="noise"),
        pytest.param(long_csr(certificates.MAX_DER + 1), id="longer than 16 KiB"),
        pytest.param(csr(), id="no names"),
        pytest.param(csr(*PLAIN_NAMES[:1]), id="no recipient"),
        pytest.param(csr(PLAIN_NAMES[0], "xsj:age:me"), id="recipient of no form"),
        pytest.param(csr(PLAIN_NAMES[0], f"xsj:age:{ANYBODYS}"), id="recipient of small order"),
        pytest.param(csr(*PLAIN_NAMES[:2], subject=TOWN_DESK.station), id="another station"),
        pytest.param(csr(*PLAIN_NAMES[:2], subject="me"), id="no station"),
        pytest.param(certificates.request(KEYS)[:-1] + b"\0", id="signature changed"),
        pytest.param(
            with_unused_bits(csr(*PLAIN_NAMES[:2], f"xsj:novelty:{n}") for n in itertools.count()),
            id="signature with unused bits",
        ),
    ],
)
def test_refuses_a_request(der: bytes) -> None:
    with pytest.raises(enrolment_errors.BadEnrolmentFile):
        certificates.parse_request(der)


@given(st.integers(0, len(certificates.request(KEYS)) - 1), st.integers(1, 255))
def test_a_changed_byte_of_a_request_is_refused(position: int, change: int) -> None:
    data = bytearray(certificates.request(KEYS))
    data[position] ^= change
    with pytest.raises(enrolment_errors.BadEnrolmentFile):
        certificates.parse_request(bytes(data))


BIT_STRING = certificates.request(KEYS).replace(
    b"\x0c\x40" + KEYS.station.encode(), b"\x03\x40" + KEYS.station.encode()
)


def test_a_name_that_is_no_text_is_refused() -> None:
    assert certificates.request(KEYS) != BIT_STRING
    with pytest.raises(enrolment_errors.BadEnrolmentFile):
        certificates.parse_request(BIT_STRING)
