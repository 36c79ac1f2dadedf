"""The root of a tree: which one counts, and changing it on purpose, with the former one still at hand (rule 29).

A statement signed by the former root says so to everybody; it travels with every bundle downward. Nobody is enrolled
anew: what the former root has issued counts on, and who has not heard yet sends and receives as before.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.operations import audit
from desktop.operations.session import NotAllowed, Session
from desktop.store.tables.database import Database
from desktop.sync.authority import station
from desktop.sync.enrolling import succession
from desktop.sync.signed import certificates
from desktop.sync.signed.roots import MAX_CHANGES
from desktop.sync.signed.words import Fingerprint, fingerprint


@dataclass(frozen=True, slots=True)
class Root:
    """The roots that count here, for people: their words, how often they have changed, and whether one is this station.

    Without words the station is not enrolled.
    """

    words: tuple[Fingerprint, ...]
    changes: int
    own: bool


def current(database: Database, station_id: str) -> Root:
    """Which roots count here."""
    history = station.history(database)
    found = [certificates.parse(der) for der in sorted(history.now.certificates)]
    return Root(
        tuple(fingerprint(root.claims.public_key) for root in found),
        len(history.statements),
        any(root.station == station_id for root in found),
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
