"""The root of a tree: which one counts, and changing it on purpose, with the former one still at hand (rule 29).

A statement signed by the former root says so to everybody; it travels with every bundle downward. Nobody is enrolled
anew: what the former root has issued counts on, and who has not heard yet sends and receives as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.operations import audit
from desktop.operations.session import NotAllowed, Session
from desktop.operations.stations.enrolling import NotEnrolled
from desktop.renaming import write_whole
from desktop.store.tables.database import Database
from desktop.sync.authority import station
from desktop.sync.enrolling import succession
from desktop.sync.formats import files, sorts
from desktop.sync.signed import certificates
from desktop.sync.signed.roots import MAX_CHANGES
from desktop.sync.signed.words import Fingerprint, fingerprint

_MOST_ROOTS = 256 * 1024
"""Bytes of a file with root certificates."""


@dataclass(frozen=True, slots=True)
class Root:
    """The roots that count here, for people: their words, how often they have changed, and whether one is this station.

    Without words the station is not enrolled. ``asked`` are those of the new keys that it has asked for, as long as it
    waits for the grant. ``granting`` are those of its own key where it enrols below and is no root: whoever accepts its
    grant compares these.
    """

    words: tuple[Fingerprint, ...]
    changes: int
    own: bool
    asked: Fingerprint | None = None
    granting: Fingerprint | None = None


def current(database: Database, station_id: str) -> Root:
    """Which roots count here."""
    history = station.history(database)
    found = [certificates.parse(der) for der in sorted(history.now.certificates)]
    own = any(root.station == station_id for root in found)
    key = None if own else station.asked_key(database)
    granting = station.granting_key(database)
    return Root(
        tuple(fingerprint(root.claims.public_key) for root in found),
        len(history.statements),
        own,
        None if key is None else fingerprint(key),
        None if granting is None else fingerprint(granting),
    )


def require_root(session: Session) -> None:
    """Raises :class:`NotAllowed` unless this station is a root and an administrator works at it."""
    session.require()
    root = current(session.database, session.ledger.station)
    if not root.own:
        raise NotAllowed("本机不是这个体系的最上面一级，不能更换根证书。", "请由最上面一级工会来更换。")
    if root.changes >= MAX_CHANGES:
        raise NotAllowed(
            f"根证书已经更换过{MAX_CHANGES}次，不能再换。", "请重新建立体系，各单位凭新的根证书重新办理入网。"
        )


def change(session: Session) -> Root:
    """Makes new keys and a new root certificate, and the statement by which everybody below follows.

    What the former keys open stays readable. A backup is made at once: with one of before, nobody would believe this
    computer any more. Raises :class:`NotAllowed`.
    """
    require_root(session)
    with session.database.transaction():
        root = succession.change_root(session.ledger)
        changed = current(session.database, session.ledger.station)
        words = fingerprint(root.claims.public_key)
        audit.note(session, audit.Act.ROOT_CHANGED, f"第{changed.changes}次 {words}")
    if (keeper := session.workspace.keeper) is not None:
        keeper.renew(destroy=False)
    return changed


# -- as files, and to be compared ----------------------------------------------------------------------------------


def read_root(path: Path) -> tuple[bytes, ...]:
    """The root certificates of a PEM file, DER, the newest last."""
    with sorts.telling(path, sorts.CERTIFICATE):
        return certificates.from_pem(files.read_limited(path, _MOST_ROOTS))


def words_of(root: bytes) -> str:
    """The words of a certificate's key, to be compared by telephone."""
    return str(fingerprint(certificates.parse(root).claims.public_key))


def own_roots(session: Session) -> tuple[bytes, ...]:
    """The roots that bundles may lead to, DER, the newest last; empty before enrolment."""
    return station.history(session.database).known[::-1]


def believed_roots(database: Database) -> tuple[bytes, ...]:
    """The roots that bundles may lead to, DER, and those of a tree that this station began and has left with all in it.

    Whom it had enrolled by then still speaks under them, and is spoken to so. None before enrolment.
    """
    return (*station.history(database).known, *station.history_alone(database).known)


def export_root(session: Session, out: Path) -> None:
    """Writes the root certificates as PEM, for verifying bundles without this program."""
    found = own_roots(session)
    if not found:
        raise NotEnrolled("本单位还没有入网，没有根证书。")
    write_whole(out, certificates.to_pem(found))
