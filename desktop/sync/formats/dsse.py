"""DSSE envelopes: the signed bytes, their type and the signatures over both, as one JSON file.

What is signed is the pre-authentication encoding of type and payload
(https://github.com/secure-systems-lab/dsse), so a payload of one type never passes as another, and the
bytes that were verified are the bytes that are read. No other signature of this project begins with
``DSSEv1``: certificates and requests begin with a DER sequence, segment headers with a prefix of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop.sync.errors import BadEnvelope
from desktop.sync.formats import strictjson
from desktop.sync.formats.forms import DIGEST
from desktop.sync.formats.strictjson import Fields, NotStrict

SIGNATURE_BYTES = 64
MAX_SIGNATURES = 4
"""The first is the sender's; further ones are persons' (rule 31), judged by :mod:`desktop.sync.signed.persons`."""

_TYPE = re.compile(r"[a-z0-9./+;= -]{1,100}")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, 64 bytes of Ed25519; of what ``keyid`` is the digest, each sort of file says."""

    keyid: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A payload with its type and signatures; nothing is verified yet."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the payload: the identity of a bundle or file."""
        return hashlib.sha256(self.payload).hexdigest()

    def message(self) -> bytes:
        """The bytes that are signed."""
        return pre_authentication_encoding(self.payload_type, self.payload)

    def also_by(self, keyid: str, signer: Callable[[bytes], bytes]) -> Signed:
        """The same with one more signature: payload and digest stay what they are."""
        return replace(self, signatures=(*self.signatures, Signature(keyid, signer(self.message()))))

    def encode(self) -> bytes:
        """The envelope as it stands in a file."""
        return strictjson.pretty(
            {
                "payload": strictjson.to_base64(self.payload),
                "payloadType": self.payload_type,
                "signatures": [
                    {"keyid": s.keyid, "sig": strictjson.to_base64(s.signature)} for s in self.signatures
                ],
            }
        )


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """DSSE's PAE: lengths and contents of type and payload, so that neither can grow into the other."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, keyid: str, signer: Callable[[bytes], bytes]) -> Signed:
    """The payload signed by one key."""
    signature = signer(pre_authentication_encoding(payload_type, payload))
    return Signed(payload_type, payload, (Signature(keyid, signature),))


def parse(data: bytes, limit: int) -> Signed:
    """The envelope of at most ``limit`` bytes; raises :class:`BadEnvelope`. Nothing is verified."""
    with strictjson.refused_as(BadEnvelope):
        fields = Fields(strictjson.parse(data, limit), "envelope")
        rows = fields.rows("signatures", MAX_SIGNATURES)
        if not rows:
            raise NotStrict("an envelope has a signature")
        return Signed(
            fields.matching("payloadType", _TYPE),
            fields.binary("payload", limit),
            tuple(Signature(r.matching("keyid", DIGEST), r.exactly("sig", SIGNATURE_BYTES)) for r in rows),
        )
