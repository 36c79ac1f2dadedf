"""What the small signed files have in common: one DSSE envelope around one JSON object that names its format.

Such are the three files of enrolment, seal, request and answer of a recovery, the statements of roots and of a wipe.
What each says, whom it is for and what is raised when it is not of its form stands in the module of that file.
"""

from __future__ import annotations

from collections.abc import Mapping

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync.errors import NewerFormat
from desktop.sync.formats import dsse, strictjson
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.strictjson import Fields, JsonValue
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys, signature_stands
from desktop.sync.signed.manifest import FORMAT


def sign(payload_type: str, body: Mapping[str, JsonValue], keyid: str, keys: StationKeys) -> Signed:
    """The file with this body, signed by a station under the name of a key or of its certificate."""
    payload = strictjson.pretty({"format": FORMAT} | dict(body))
    return dsse.sign(payload_type, payload, keyid, keys.sign)


def is_of_type(signed: Signed, payload_type: str) -> bool:
    """Whether a file is what it is taken for; raises :class:`NewerFormat` for the same file in another suite."""
    if signed.payload_type == payload_type:
        return True
    if signed.payload_type.partition(";")[0] == payload_type.partition(";")[0]:
        raise NewerFormat(signed.payload_type)
    return False


def fields(signed: Signed, limit: int) -> Fields:
    """What a file says; raises :class:`NewerFormat` or ``NotStrict``. Nothing is verified."""
    found = Fields(strictjson.parse(signed.payload, limit), "file")
    if found.integer("format", 1, MAX_NUMBER) > FORMAT:
        raise NewerFormat(signed.payload_type)
    return found


def stands(signed: Signed, public_key: bytes) -> bool:
    """Whether the first signature is that of a key."""
    return signature_stands(public_key, signed.message(), signed.signatures[0].signature)


def is_signed_by(signed: Signed, certificate: Certificate) -> bool:
    """Whether the first signature names this certificate and is that of its key."""
    named = signed.signatures[0].keyid == certificate.digest
    return named and stands(signed, certificate.claims.public_key)
