"""Deciding several conflicts in one operation: all of them or none, and taken back as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.operations.conflicts import NoConflict
from desktop.operations.session import Session
from desktop.records.canonical import Cell
from desktop.records.declaration import DELETED_SLOT
from desktop.store import reading
from desktop.store.ledger import ChangeSet, Deletion, SlotEdit


@dataclass(frozen=True)
class Decision:
    """The value that a slot in conflict gets; for ``_deleted`` a true value deletes and a false one keeps."""

    type: str
    record: str
    slot: str
    value: Cell | Mapping[str, Cell]


def decide_all(session: Session, decisions: Sequence[Decision], name: str) -> ChangeSet:
    """Decides conflicts by one operation of this name; what was settled in the meantime is left as it is.

    Raises :class:`NoConflict` when none of them is open any more.
    """
    open_now = set(reading.conflicts(session.database))
    wanted = [d for d in decisions if (d.type, d.record, d.slot) in open_now]
    if not wanted:
        raise NoConflict("已经没有分歧了。")
    return session.ledger.write(
        name,
        session.operator.name,
        edits=[SlotEdit(d.type, d.record, d.slot, d.value) for d in wanted if d.slot != DELETED_SLOT],
        deletions=[Deletion(d.type, d.record, revive=not d.value) for d in wanted if d.slot == DELETED_SLOT],
    )
