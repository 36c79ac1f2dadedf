"""The word of a station that it has been wiped (`.xsw`): signed by its key just before that is destroyed.

One DSSE envelope, as the files of enrolment are. It says up to which number the station has written, so the level
above can put it out of use exactly there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from desktop.records.declaration import Level
from desktop.records.versions.canonical import MAX_NUMBER
from desktop.sync import trust
from desktop.sync.errors import BadSignature
from desktop.sync.errors.wiped import BadWipeFile, NotAWipeFile
from desktop.sync.formats import dsse, strictjson
from desktop.sync.formats.forms import CODE, INCARNATION, STATION
from desktop.sync.formats.strictjson import Fields
from desktop.sync.signed import certificates, signed_files
from desktop.sync.signed.identity import StationKeys
from desktop.sync.trust import TrustState

PAYLOAD_TYPE: Final = "application/vnd.xiaosanji.wiped+json; suite=1"
MAX_FILE: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Statement:
    """Which station of which unit was wiped, up to which item it had written, and how many nobody had confirmed."""

    station: str
    incarnation: str
    last: int
    unsent: int
    code: str
    name: str
    level: Level
    created: int


def make(keys: StationKeys, chain: Sequence[bytes], said: Statement) -> bytes:
    """The bytes of the file; ``chain`` is DER, the station's own certificate first."""
    body: dict[str, Any] = {
        "station": said.station,
        "incarnation": said.incarnation,
        "last": said.last,
        "unsent": said.unsent,
        "unit": {"code": said.code, "name": said.name, "kind": said.level.value},
        "created": said.created,
        "chain": [strictjson.to_base64(der) for der in chain],
    }
    own = certificates.parse(chain[0])
    return signed_files.sign(PAYLOAD_TYPE, body, own.digest, keys).encode()


def look(data: bytes) -> Statement:
    """What a statement says of itself, nothing verified. Raises as :func:`read` but for signature and chain."""
    return _parsed(data)[1]


def read(data: bytes, state: TrustState) -> Statement:
    """The statement of a station whose certificate counts here.

    Raises ``BadEnvelope``, ``NewerFormat``, :class:`NotAWipeFile`, :class:`BadWipeFile`, ``BadSignature`` and what
    judging the chain raises.
    """
    signed, said, chain = _parsed(data)
    own = trust.judge_chain(chain, state)[0]
    if own.station != said.station or not signed_files.is_signed_by(signed, own):
        raise BadSignature(said.station)
    return said


def _parsed(data: bytes) -> tuple[dsse.Signed, Statement, tuple[bytes, ...]]:
    signed = dsse.parse(data, MAX_FILE)
    if not signed_files.is_of_type(signed, PAYLOAD_TYPE):
        raise NotAWipeFile(signed.payload_type)
    with strictjson.refused_as(BadWipeFile):
        fields = signed_files.fields(signed, MAX_FILE)
        return signed, _statement(fields), fields.binaries("chain", 1, trust.MAX_CHAIN)


def _statement(fields: Fields) -> Statement:
    unit = fields.object("unit")
    return Statement(
        fields.matching("station", STATION),
        fields.matching("incarnation", INCARNATION),
        fields.integer("last", 0, MAX_NUMBER),
        fields.integer("unsent", 0, MAX_NUMBER),
        unit.matching("code", CODE),
        unit.name("name", 100),
        Level(unit.choice("kind", list(Level))),
        fields.integer("created", 0, MAX_NUMBER),
    )
