"""Keys of a station: made from a given randomness, exported and read again, never shown."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from desktop.records.declaration import Level
from desktop.sync import errors
from desktop.sync.formats import agefile, strictjson
from desktop.sync.signed import certificates, identity, renewing
from desktop.sync.signed.identity import StationKeys
from tests.sync.world import CLERK, TOWN_DESK, VILLAGE, VILLAGE_DESK, claims, issue, seeded

KEYS = VILLAGE_DESK.keys


def test_equal_randomness_makes_equal_stations() -> None:
    one, two, other = (identity.generate(seeded(seed)) for seed in (1, 1, 2))
    assert (one, one.public_key, one.recipient) == (two, two.public_key, two.recipient)
    assert other.station != one.station
    assert other.recipient != one.recipient


def test_frozen_vector() -> None:
    """What a seed gives must never change: the demo's digests hang on it."""
    keys = identity.generate(lambda length: bytes(range(length)))
    assert keys.station == "56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c"
    assert keys.incarnation == "0001020304050607"
    assert keys.recipient == "age13aqvttdk3ujkyjh9kg2w5an6dmy5mq5a84a4uxk3hfhnugfc9p0sy5p2wh"


def test_the_station_id_is_the_hash_of_the_first_signing_key() -> None:
    assert KEYS.station == hashlib.sha256(KEYS.public_key).hexdigest()


def test_secrets_do_not_show() -> None:
    assert KEYS.age_identity not in repr(KEYS)
    assert "SECRET" not in repr(KEYS)
    assert "signing_key" not in repr(KEYS)


def test_renewed_keys_keep_the_station() -> None:
    renewed = identity.renew(KEYS, seeded(71))
    assert renewed.station == KEYS.station
    assert renewed.public_key != KEYS.public_key
    assert renewed.recipient != KEYS.recipient


def test_renewed_keys_bring_those_before_to_open_and_prove_what_is_on_its_way() -> None:
    second = identity.renew(KEYS, seeded(71))
    third = identity.renew(second, seeded(72))
    assert third.recipients == {KEYS.recipient, second.recipient, third.recipient}
    for keys in (KEYS, second, third):
        assert third.opening(keys.recipient) == keys.age_identity
        signing = third.signing_for(keys.public_key)
        assert signing is not None
        assert signing.signing_pem() == keys.signing_pem()
        assert signing is third or not signing.others
    assert third.opening(CLERK.keys.recipient) == third.age_identity
    assert third.signing_for(CLERK.keys.public_key) is None
    assert third.first.public_key == KEYS.public_key
    assert KEYS.first is KEYS
    stranded = identity.StationKeys(KEYS.station, KEYS.incarnation, second.signing_key, second.age_identity)
    assert stranded.first is stranded


RENEWED = identity.renew(KEYS, seeded(71))
OTHERS = identity.renew(CLERK.keys, seeded(72))


def stated(first: StationKeys, signer: StationKeys, asked: StationKeys) -> str:
    """What a grant says of renewed keys: a first key, what some key has signed, and a request."""
    csr = certificates.request(asked)
    return renewing.proof(first.public_key, renewing.sign(signer, csr), csr)


@pytest.mark.parametrize(
    ("proof", "own"),
    [
        pytest.param(stated(KEYS, KEYS, RENEWED), True, id="signed by the first key"),
        pytest.param(
            stated(KEYS, RENEWED, RENEWED), False, id="signed by the new key in the name of the first"
        ),
        pytest.param(stated(CLERK.keys, CLERK.keys, RENEWED), False, id="signed by the first key of another"),
        pytest.param(stated(KEYS, KEYS, identity.renew(KEYS, seeded(73))), False, id="for other new keys"),
        pytest.param(stated(CLERK.keys, CLERK.keys, OTHERS), False, id="of another station"),
        pytest.param(stated(KEYS, KEYS, RENEWED)[:-4], False, id="cut"),
        pytest.param("?", False, id="not base64"),
        pytest.param("", False, id="empty"),
        pytest.param(None, False, id="none"),
    ],
)
def test_renewed_keys_are_own_if_the_first_has_signed_for_them(proof: str | None, own: bool) -> None:
    granted = issue(TOWN_DESK, claims(RENEWED, [VILLAGE], Level.VILLAGE), 40)
    assert renewing.is_own(granted, proof) is own
    # The first key itself needs no proof.
    assert renewing.is_own(VILLAGE_DESK.certificate, proof)


@pytest.mark.parametrize("password", [None, "口令".encode()])
def test_exported_keys_are_read_again(password: bytes | None) -> None:
    pem = KEYS.signing_pem(password)
    again = identity.load(pem, KEYS.identity_file(), KEYS.incarnation, password=password)
    assert again == KEYS
    assert again.public_key == KEYS.public_key


@pytest.mark.skipif(sys.platform == "win32", reason="the tool does not come with that system")
def test_openssl_reads_the_exported_key(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(KEYS.signing_pem(b"secret"))
    command = ["openssl", "pkey", "-in", "key.pem", "-passin", "pass:secret", "-noout", "-text"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert b"ED25519" in shown.stdout


OTHER_ALGORITHM = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
WRONG_SUM = KEYS.age_identity[:-1] + ("Q" if KEYS.age_identity[-1] != "Q" else "P")


@pytest.mark.parametrize(
    ("pem", "age", "password"),
    [
        pytest.param(b"", KEYS.identity_file(), None, id="no PEM"),
        pytest.param(KEYS.signing_pem(b"a"), KEYS.identity_file(), None, id="password missing"),
        pytest.param(KEYS.signing_pem(b"a"), KEYS.identity_file(), b"b", id="wrong password"),
        pytest.param(OTHER_ALGORITHM, KEYS.identity_file(), None, id="another algorithm"),
        pytest.param(KEYS.signing_pem(), "", None, id="no age identity"),
        pytest.param(KEYS.signing_pem(), KEYS.identity_file() + CLERK.keys.identity_file(), None, id="two"),
        pytest.param(KEYS.signing_pem(), WRONG_SUM, None, id="wrong check sum"),
    ],
)
def test_refuses_a_key_file(pem: bytes, age: str, password: bytes | None) -> None:
    with pytest.raises(errors.BadKeyFile):
        identity.load(pem, age, KEYS.incarnation, password=password)


def test_names_are_hexadecimal() -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        identity.load(KEYS.signing_pem(), KEYS.identity_file(), "not an incarnation")


@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_an_age_identity(secret: bytes) -> None:
    text = agefile.identity_from_bytes(secret)
    assert str(pyrage.x25519.Identity.from_str(text)) == text
    assert agefile.is_recipient(agefile.recipient_of(text))


def test_an_age_identity_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        agefile.identity_from_bytes(bytes(31))


RECIPIENT = KEYS.recipient


@pytest.mark.parametrize(
    "text",
    ["", RECIPIENT.upper(), RECIPIENT[:-1], RECIPIENT[:-1] + "b", RECIPIENT[:-2] + "qq", "age1" + "q" * 58],
)
def test_refuses_a_recipient(text: str) -> None:
    assert not agefile.is_recipient(text)


@pytest.mark.parametrize(
    "text",
    [
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
        "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
        "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
        "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
        "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
        "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
        "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqsuwj9m",
        "age1amlllllllllllllllllllllllllllllllllllllllllllllllllsam3fc4",
    ],
)
def test_refuses_a_recipient_of_small_order(text: str) -> None:
    """A request with one, once it was granted, ended the desk's program at each receipt: the library panics."""
    assert str(pyrage.x25519.Recipient.from_str(text)) == text
    assert not agefile.is_recipient(text)


def to_several(count: int) -> bytes:
    """A file for so many others and the village; the library adds a stanza that nobody reads."""
    others = [identity.generate(seeded(n)).recipient for n in range(count)]
    return bytes(
        pyrage.encrypt(b"content", [pyrage.x25519.Recipient.from_str(r) for r in (*others, RECIPIENT)])
    )


SLOW_TO_TRY = strictjson.from_base64(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBkRHNySEhxbTlyemFYVUNqMSt4ckhBIDE4CktOTzdwTWtqZlAzUVgwWENmcFdnOUU1"
    "SytBTGFCcVRySVdtQlpidS9sRVEKLS0tIEJpZkZTeVRKcEcyQWxoQVJsMG8vbC9EMXN2UFZabVZSQWozd0YyaGd5czQKVdn1ILR+kseD2BPT"
    "R98dJ18Zjmfn7IuyZ1R49rfmSsJuwsqaPjAa"
)
"""One for the passphrase "x": to make it takes as long as to try it, and that whenever tests are collected."""


def age_file() -> bytes:
    return agefile.encrypt(b"content", RECIPIENT)


def many_stanzas(count: int) -> bytes:
    stanza = b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"
    return b"age-encryption.org/v1\n" + stanza * count + b"--- " + b"A" * 43 + b"\n" + bytes(64)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"noise", id="noise"),
        pytest.param(age_file()[:-1], id="cut"),
        pytest.param(age_file() + b"x", id="longer"),
        pytest.param(agefile.encrypt(b"content", CLERK.keys.recipient), id="for somebody else"),
        pytest.param(many_stanzas(9), id="many stanzas"),
        pytest.param(to_several(7), id="nine stanzas, of which one is for us"),
        pytest.param(
            bytes(pyrage.encrypt(b"content", [pyrage.x25519.Recipient.from_str(RECIPIENT)], armored=True)),
            id="for us, in letters and digits",
        ),
        pytest.param(many_stanzas(100_000), id="very many stanzas"),
        pytest.param(SLOW_TO_TRY, id="a passphrase, slow to try"),
    ],
)
def test_refuses_a_ciphertext(data: bytes) -> None:
    with pytest.raises(agefile.NotDecrypted):
        agefile.decrypt(data, KEYS.age_identity)


def test_decrypts_what_eight_stanzas_are_for() -> None:
    assert agefile.decrypt(to_several(6), KEYS.age_identity) == b"content"


def test_decrypts() -> None:
    assert agefile.decrypt(age_file(), KEYS.age_identity) == b"content"
