"""Signed envelopes: the published vector, and what is no envelope."""

from __future__ import annotations

import json

import pytest

from desktop.sync import errors
from desktop.sync.formats import dsse
from desktop.sync.formats.dsse import Signature, Signed
from desktop.sync.signed.identity import signature_stands
from tests.sync.world import VILLAGE_DESK

KEYS = VILLAGE_DESK.keys
SIGNED = dsse.sign("application/test", b"payload", "a" * 64, KEYS.sign)
WHOLE = SIGNED.encode()


def test_the_published_vector() -> None:
    """From the DSSE specification."""
    encoded = dsse.pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_type_and_payload_do_not_grow_into_each_other() -> None:
    one = dsse.pre_authentication_encoding("a", b"b c")
    assert one != dsse.pre_authentication_encoding("a b", b"c")


def test_lengths_count_bytes() -> None:
    assert dsse.pre_authentication_encoding("类", b"").startswith(b"DSSEv1 3 ")


def test_an_envelope_is_read_again() -> None:
    read = dsse.parse(WHOLE, 1000)
    assert read == SIGNED
    assert signature_stands(KEYS.public_key, read.message(), read.signatures[0].signature)


def test_further_signatures_are_carried() -> None:
    """Persons' signatures (rule 31) of a later suite do not disturb this one."""
    more = Signed(SIGNED.payload_type, SIGNED.payload, (*SIGNED.signatures, Signature("b" * 64, bytes(64))))
    assert dsse.parse(more.encode(), 1000) == more


def changed(**members: object) -> bytes:
    return json.dumps(json.loads(WHOLE) | members).encode()


SIG = json.loads(WHOLE)["signatures"][0]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(WHOLE[:-4], id="cut"),
        pytest.param(changed(signatures=[]), id="no signature"),
        pytest.param(changed(signatures=[SIG] * 5), id="five signatures"),
        pytest.param(changed(signatures=[SIG | {"sig": "QQ=="}]), id="a short signature"),
        pytest.param(changed(signatures=[SIG | {"keyid": "A" * 64}]), id="a key id in capitals"),
        pytest.param(changed(payloadType="类"), id="a type of another alphabet"),
        pytest.param(changed(payloadType=""), id="no type"),
        pytest.param(changed(payload="cGF5bG9hZA"), id="payload without padding"),
        pytest.param(changed(payload=None), id="no payload"),
    ],
)
def test_refuses(data: bytes) -> None:
    with pytest.raises(errors.BadEnvelope):
        dsse.parse(data, 2000)
