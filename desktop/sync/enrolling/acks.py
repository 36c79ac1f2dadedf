"""The acknowledgement (`.xsa`): a station has accepted its certificate and is at this position."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync.enrolling.enrolment import ACK_TYPE, MAX_SMALL, check_signature, parse
from desktop.sync.enrolling.grants import Grant
from desktop.sync.errors.enrolment import AckForOther, BadEnrolmentFile
from desktop.sync.formats import strictjson
from desktop.sync.formats.dsse import Signed
from desktop.sync.formats.forms import DIGEST, INCARNATION, STATION
from desktop.sync.signed import signed_files
from desktop.sync.signed.certificates import Certificate
from desktop.sync.signed.identity import StationKeys


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
    signed = parse(data, ACK_TYPE, MAX_SMALL)
    if signed.signatures[0].keyid != certificate.digest:
        raise AckForOther(signed.signatures[0].keyid)
    check_signature(signed, certificate)
    with strictjson.refused_as(BadEnrolmentFile):
        ack = _ack(signed)
    if (ack.station, ack.certificate) != (certificate.station, certificate.digest):
        raise AckForOther(ack.station)
    return ack


def acknowledged_certificate(data: bytes) -> str:
    """The digest of the certificate that an acknowledgement is about, unverified, to look it up."""
    return parse(data, ACK_TYPE, MAX_SMALL).signatures[0].keyid


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
