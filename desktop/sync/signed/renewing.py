"""Renewed keys: one is a station's own if the first key, from which the station's id follows, has signed for it; pure.

Without this anyone could ask for a certificate of a station that is not theirs, and whoever may issue could make keys
of his own for another's station, and write in its name or under its numbers. So the proof is asked for at the desk, and
it stands in the grant for everybody who judges by it.
"""

from __future__ import annotations

import base64
from typing import Final

from desktop.sync.errors import Damaged
from desktop.sync.formats import strictjson
from desktop.sync.formats.dsse import SIGNATURE_BYTES
from desktop.sync.formats.strictjson import NotStrict
from desktop.sync.signed import certificates
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import KEY_BYTES, StationKeys, signature_stands, station_id

_LABEL: Final = b"xiaosanji renewed key v1\n"


def sign(first: StationKeys, csr: bytes) -> bytes:
    """The signature of a station's first key over the request for its new ones."""
    return first.sign(_LABEL + csr)


def signed(station: str, key: bytes, signature: bytes, csr: bytes) -> bool:
    """Whether the first key of a station has signed this request."""
    return station_id(key) == station and signature_stands(key, _LABEL + csr, signature)


def proof(key: bytes, signature: bytes, csr: bytes) -> str:
    """What a grant says of renewed keys: the first key, its signature and the request, one after the other."""
    return base64.b64encode(key + signature + csr).decode("ascii")


def is_own(certificate: Certificate, stated: str | None) -> bool:
    """Whether a certificate is for a key of its station, given what its grant states."""
    if station_id(certificate.claims.public_key) == certificate.station:
        return True
    try:
        data = strictjson.from_base64(stated or "")
        key, signature = data[:KEY_BYTES], data[KEY_BYTES : KEY_BYTES + SIGNATURE_BYTES]
        csr = data[KEY_BYTES + SIGNATURE_BYTES :]
        asked = certificates.parse_request(csr)
    except (Damaged, NotStrict):
        # It proves nothing.
        return False
    theirs = (asked.station, asked.public_key) == (certificate.station, certificate.claims.public_key)
    return theirs and signed(certificate.station, key, signature, csr)
