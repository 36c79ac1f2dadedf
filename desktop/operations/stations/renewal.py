"""What becomes of a computer when a level above has decided its fork: new numbers, or a place of its own (rule 23)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.errors import StateProblem
from desktop.operations import audit
from desktop.operations.session import Session
from desktop.operations.stations.effect import Effect
from desktop.operations.workspaces import recovery_notes
from desktop.records.declaration import Role
from desktop.records.versions.deciding import EXCLUSION
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.sync.authority import excluding, exclusions, station
from desktop.sync.bundles import sending
from desktop.sync.enrolling import copies
from desktop.sync.merging import rewriting
from desktop.sync.signed import identity

COPIED = "copied"
"""The word of an exclusion that says that there are two computers; without it one was restored."""

STATION_BEFORE = "station_before"
"""What the ledger was called before it became a computer of its own: what that has written here is still its own."""

LABEL = "恢复备份以后换新编号，重新保存"


@dataclass(frozen=True, slots=True)
class Renewal:
    """``rewritten`` items were given new numbers; ``copied``: this is the copy, and has to be enrolled as its own."""

    rewritten: int = 0
    copied: bool = False


def follow(session: Session) -> Renewal | None:
    """Acts upon a decision about this computer's present incarnation, if there is one. Raises ``WrongClock``."""
    ledger = session.ledger
    origin = ledger.station, ledger.incarnation
    keys = station.load_keys(ledger)
    if not station.knowledge(ledger, keys).policy.is_decided(origin):
        return _save_late(session)
    if _is_copy(session, origin):
        return Renewal(copied=True)
    fresh = identity.new_incarnation(session.environment.random)
    with session.database.transaction():
        count = rewriting.renumber(ledger, keys, fresh, session.operator.name, LABEL)
        audit.note(session, audit.Act.RENUMBERED, f"{count}项 新编号{fresh}")
    return Renewal(rewritten=count)


def _save_late(session: Session) -> Renewal | None:
    """What had not come above when a fork was decided may have lost in it since."""
    with session.database.transaction():
        count = rewriting.save_late(session.ledger, LABEL)
        if not count:
            return None
        audit.note(session, audit.Act.RENUMBERED, f"{count}项")
    return Renewal(rewritten=count)


class NotACopy(StateProblem):
    """No level above has said that this is the copy of another computer."""

    exit_code = 22
    next_step = "不用重新办理入网，可以直接使用。"


def become_own(session: Session) -> str:
    """The copy becomes a computer of its own: new keys, nothing written until it is enrolled; gives its new name.

    Raises :class:`NotACopy` and ``NotAllowed``.
    """
    session.require(Role.DESK)
    workspace, ledger = session.workspace, session.ledger
    if not _is_copy(session, (ledger.station, ledger.incarnation)):
        raise NotACopy("上级没有认定这台电脑是复制来的。")
    with session.database.transaction():
        # What was written before belongs to who wrote it.
        sending.cut_own(ledger, station.load_keys(ledger))
        ledger.set_meta(STATION_BEFORE, ledger.station)
        copies.become_another(ledger, identity.generate(session.environment.random))
        recovery_notes.keep_seal(workspace.slots, None)
        audit.note(session, audit.Act.ORIGIN_TOLD, "上级认定是复制来的，重新办理入网")
    workspace.settled(copied=True)
    return ledger.station


def _is_copy(session: Session, origin: exclusions.Origin) -> bool:
    """Whether the decision says that there are two computers, and what lost is this one's."""
    effect = Effect(session.database, session.here)
    for said in reading.records(session.database, session.types, Query(EXCLUSION)):
        if said.values["cause"] != excluding.FORK or said.values["refusal"] != COPIED:
            continue
        if not effect.is_above(said, session.ledger.station):
            # Whoever names another's items makes nobody a copy.
            continue
        named = exclusions.read(str(said.values["items"] or "")).get(origin)
        if named is not None and rewriting.holds_one(session.ledger, named.contents):
            return True
    return False
