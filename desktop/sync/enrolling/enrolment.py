"""What the three files of enrolment have in common: request (`.xsq`), grant (`.xsg`) and acknowledgement (`.xsa`).

Each is one DSSE envelope, readable with a text editor, ``openssl`` and ``base64``. None is encrypted: they hold
public keys, certificates, names and codes of units and reference data, nothing personal and nothing secret, and a
cadre or an inspector should be able to see what travels. What protects them is signatures, and words that two
people compare by telephone; those are always computed from the keys, never read from the file.

The order of checks is fixed: form, suite, signature, then what the file says, then whom it is for. The functions
take and give bytes and values; files, windows and the database are elsewhere.
"""

from __future__ import annotations

from typing import Final

from desktop.sync.errors import BadSignature
from desktop.sync.errors.enrolment import BadEnrolmentFile, NotAnEnrolmentFile
from desktop.sync.formats import dsse
from desktop.sync.formats.dsse import Signed
from desktop.sync.signed import signed_files
from desktop.sync.signed.certificates import Certificate

REQUEST_TYPE: Final = "application/vnd.xiaosanji.request+json; suite=1"
GRANT_TYPE: Final = "application/vnd.xiaosanji.grant+json; suite=1"
ACK_TYPE: Final = "application/vnd.xiaosanji.ack+json; suite=1"

MAX_SMALL: Final = 128 * 1024
"""Bytes of a request or an acknowledgement at most."""
LONGEST_NAME: Final = 100


def parse(data: bytes, payload_type: str, limit: int) -> Signed:
    """The envelope in these bytes, of this type; raises :class:`NotAnEnrolmentFile` or :class:`BadEnrolmentFile`."""
    if not data.lstrip().startswith(b"{"):
        raise NotAnEnrolmentFile("no JSON object")
    signed = dsse.parse(data, limit * 4 // 3 + 4096)
    if not signed_files.is_of_type(signed, payload_type):
        if signed.payload_type in (REQUEST_TYPE, GRANT_TYPE, ACK_TYPE):
            raise BadEnrolmentFile("another of the three files")
        raise NotAnEnrolmentFile(signed.payload_type)
    return signed


def check_signature(signed: Signed, certificate: Certificate) -> None:
    """Raises :class:`BadSignature` where another key signed than that of this certificate."""
    if not signed_files.is_signed_by(signed, certificate):
        raise BadSignature(certificate.station)
