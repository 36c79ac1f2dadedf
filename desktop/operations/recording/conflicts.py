"""What people disagree about: the open conflicts with base and all values, and deciding them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop.errors import StateProblem
from desktop.operations import queries
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT, Role
from desktop.records.versions.canonical import Cell
from desktop.store.peers.arrivals import Arrival, came_with
from desktop.store.queries import aggregates, reading
from desktop.store.queries.attached import ATTACHMENT
from desktop.store.queries.disputed import deleted_in_dispute
from desktop.store.queries.history import versions_of
from desktop.store.tables.pinyin import sort_key


class NoConflict(StateProblem):
    """The slot is not in conflict any more."""

    exit_code = 22
    next_step = "它可能刚被处理过，请重新列出分歧再看。"


@dataclass(frozen=True, slots=True)
class Claim:
    """One of the values in question: what, who wrote it, when (a stamp), at which station, with which bundle it came.

    What was written here came with none.
    """

    value: Any
    operator: str
    stamp: int
    station: str
    birth: bool
    came: Arrival | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """One slot whose heads hold more than one value; ``base`` is what they replace, newest first.

    For the slot ``_deleted`` the record was deleted here and edited there, or got a living child. ``authors`` are the
    stations that stand against each other.
    """

    type: str
    record: str
    title: str
    slot: str
    label: str
    shown: Any
    claims: tuple[Claim, ...]
    base: tuple[Claim, ...]
    authors: frozenset[str] = frozenset()


def open_conflicts(session: Session, type_name: str | None = None) -> list[Conflict]:
    """Every open conflict, those that need a person's eye first."""
    found = [
        _conflict(session, t, record, slot)
        for t, record, slot in reading.conflicts(session.database)
        if t in session.types and type_name in (None, t)
    ]
    return sorted(found, key=lambda c: (not _needs_review(session, c), c.type, sort_key(c.title), c.slot))


def due_here(session: Session) -> int:
    """How many conflicts are between this unit and those below it, of types that this operator may write."""
    covered = aggregates.stations_covered(session.database, session.workspace.unit.id, session.ledger.station)
    gone = deleted_in_dispute(session.database, session.types)
    found = aggregates.open_conflicts(session.database, covered, gone)
    return sum(due for name, (due, _) in found.items() if _may_decide(session, name))


def _may_decide(session: Session, type_name: str) -> bool:
    if type_name == ATTACHMENT:
        return session.operator.role is not Role.READER
    return type_name in session.types and session.may_write(session.types[type_name])


def require_decider(session: Session, type_name: str, slot: str, value: Cell | Mapping[str, Cell]) -> None:
    """Raises :class:`NotAllowed` for those who may not write what they would decide, as if they typed it."""
    record_type = session.types[type_name]
    if type_name == ATTACHMENT:
        # No form writes it, but whoever records attaches files, names and deletes them.
        session.require(Role.EDITOR, Role.DESK)
        return
    found = record_type.slots.get(slot)
    cells = value if isinstance(value, Mapping) else {slot: value}
    filled = [f for f in (found.fields if found is not None else ()) if cells.get(f.name) is not None]
    if not session.may_write(record_type) or not all(session.may_write(record_type, f) for f in filled):
        raise NotAllowed(f"本单位或您的角色不能决定“{record_type.label}”的“{record_type.slot_label(slot)}”。")


def _conflict(session: Session, type_name: str, record: str, slot: str) -> Conflict:
    held = reading.record(session.database, session.types, type_name, record)
    record_type = session.types[type_name]
    versions = [h for h in versions_of(session.database, session.types, type_name, record) if h.slot == slot]
    came = came_with(session.database, [h.item for h in versions])
    found = [
        (h.head, Claim(h.value, h.operator, h.stamp, h.station, h.birth, came.get(h.item))) for h in versions
    ]
    claims, base = ([claim for head, claim in found if head is wanted] for wanted in (True, False))
    return Conflict(
        type_name,
        record,
        queries.title(session.database, session.types, session.codes, record_type, held.values)
        if held
        else "",
        slot,
        record_type.slot_label(slot),
        versions[0].value if versions else None,
        tuple(claims),
        tuple(base),
        frozenset(c.station for c in claims) | _edited_by(session, type_name, record, slot),
    )


def _edited_by(session: Session, type_name: str, record: str, slot: str) -> frozenset[str]:
    """Who has written what stands against a deletion."""
    if slot != DELETED_SLOT:
        return frozenset()
    versions = versions_of(session.database, session.types, type_name, record)
    return frozenset(h.station for h in versions if h.head and not h.birth)


def _needs_review(session: Session, conflict: Conflict) -> bool:
    if conflict.slot in (UNIT_SLOT, DELETED_SLOT):
        return True
    slot = session.types[conflict.type].slots.get(conflict.slot)
    return slot is not None and any(f.review for f in slot.fields)
