"""How an office gets somebody below in again who has forgotten the password (rule 30): it answers the request."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from desktop.operations import audit
from desktop.operations.session import Session
from desktop.records.declaration import Level, Role
from desktop.records.typed.dates import china_time
from desktop.store.peers import traffic as stored
from desktop.store.queries import reading
from desktop.store.tables.database import Database
from desktop.sync.authority import station
from desktop.sync.enrolling import recovery
from desktop.sync.errors import Exchanged
from desktop.sync.formats import sorts
from desktop.sync.formats.files import read_limited, replacing
from desktop.sync.signed import certificates
from desktop.sync.signed.identity import StationKeys
from desktop.sync.signed.words import Fingerprint, fingerprint

_KEPT = 200
_ANSWERED = "recovery_answered"


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it lies before the level above: whose laptop by this side's own list, who asks, and the words.

    ``own`` are the words that the laptop will compare the answer by. ``digest`` names it to :func:`answer`.
    """

    path: Path
    name: str
    code: str
    level: Level
    operator: str
    asked: datetime.datetime
    words: Fingerprint
    own: Fingerprint
    digest: str


def look_request(desk: Session, path: Path) -> Seen:
    """A request that this desk may answer. Raises ``NotAllowed`` and what ``open_request`` raises."""
    found, _ = _opened_request(desk, path)
    return _seen(desk, path, found)


def answer(desk: Session, path: Path, out: Path, *, compared: str | None) -> Seen:
    """Answers a request whose words were compared: writes the answer (`.xsk`), notes it, and takes it but once.

    Whoever holds the answer and the laptop reads all that is in it, so it must be the request that was ``compared``, by
    its digest, for a stick may hold another by now; None says that nobody has compared. Raises :class:`Exchanged`, and
    as :func:`look_request`.
    """
    found, key = _opened_request(desk, path)
    if compared not in (None, found.digest):
        raise Exchanged(found.digest)
    office, keys = _office_for(desk, found)
    data = recovery.make_answer(found, key, office, keys, desk.environment.now())
    audit.note(desk, audit.Act.RECOVERY_ANSWERED, f"工作电脑{found.seal.station} 申请{found.digest[:16]}")
    with replacing(out) as stream:
        stream.write(data)
    desk.ledger.set_meta(_ANSWERED, " ".join([*answered(desk.database), found.digest][-_KEPT:]))
    return _seen(desk, path, found)


def _office_for(desk: Session, found: recovery.Request) -> tuple[certificates.Certificate, StationKeys]:
    """The certificate by which a laptop believes this desk, and its keys: it may not have heard of the newest ones."""
    keys = station.load_keys(desk.ledger)
    for certificate in found.seal.chain[1:]:
        signing = keys.signing_for(certificate.claims.public_key)
        if signing is not None:
            return certificate, signing
    return certificates.parse(station.own_chain(desk.ledger)[0]), keys


def _opened_request(desk: Session, path: Path) -> tuple[recovery.Request, bytes]:
    desk.require(Role.DESK)
    with sorts.telling(path, sorts.RECOVERY_REQUEST):
        found = recovery.read_request(read_limited(path, recovery.MAX_FILE * 2))
    keys = station.load_keys(desk.ledger)
    state = station.knowledge(desk.ledger, keys).state
    return found, recovery.open_request(found, state, keys, answered(desk.database))


def _seen(desk: Session, path: Path, found: recovery.Request) -> Seen:
    holder, claims = found.seal.holder, found.seal.chain[0].claims
    # By the own list, not by what the file says: a wrong name in it would be read out on the telephone.
    name = unit_name(desk, claims.units) or holder.name
    own = fingerprint(_office_for(desk, found)[0].claims.public_key)
    asked = china_time(found.created)
    return Seen(path, name, holder.code, claims.level, found.operator, asked, found.words, own, found.digest)


def answered(database: Database) -> list[str]:
    """The digests of the newest requests that were answered here."""
    return stored.setting(database, _ANSWERED).split()


def unit_name(session: Session, units: frozenset[str]) -> str:
    """What a unit is called here; of several the one that the others lie below."""
    found = {
        unit: record
        for unit in sorted(units)
        if (record := reading.record(session.database, session.types, "unit", unit)) is not None
    }
    tops = [record for record in found.values() if record.values.get("superior") not in found]
    return str(tops[0].values.get("name") or "") if tops else ""
