"""Deciding several conflicts in one operation: all of them or none, and taken back as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.operations import audit
from desktop.operations.recording.conflicts import NoConflict, require_decider
from desktop.operations.recording.duplicates import CodesDiffer
from desktop.operations.session import Session
from desktop.operations.stations import moving, policy
from desktop.records.declaration import DELETED_SLOT, UNIT_SLOT
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import UNIT
from desktop.store.ledger import ChangeSet, Deletion, SlotEdit
from desktop.store.log import components
from desktop.store.queries import reading


@dataclass(frozen=True)
class Decision:
    """The value that a slot in conflict gets; for ``_deleted`` a true value deletes and a false one keeps."""

    type: str
    record: str
    slot: str
    value: Cell | Mapping[str, Cell]


def decide(
    session: Session, type_name: str, record: str, slot: str, value: Cell | Mapping[str, Cell]
) -> ChangeSet:
    """Decides one conflict by a value, one of the claims or a third one; it travels like any change."""
    name = f"处理分歧：{session.types[type_name].slot_label(slot)}"
    return decide_all(session, [Decision(type_name, record, slot, value)], name)


def decide_all(session: Session, decisions: Sequence[Decision], name: str) -> ChangeSet:
    """Decides conflicts by one operation of this name; what was settled in the meantime is left as it is.

    Raises :class:`NoConflict` when none of them is open any more, and ``NotAllowed`` when one of those that are may
    not be decided here.
    """
    open_now = set(reading.conflicts(session.database))
    wanted = [d for d in decisions if (d.type, d.record, d.slot) in open_now]
    if not wanted:
        raise NoConflict("已经没有分歧了。")
    for d in wanted:
        require_decider(session, d.type, d.slot, d.value)
        _require_one_code(session, d)
    claims = [d for d in wanted if (d.type, d.slot) == (UNIT, UNIT_SLOT)]
    with session.database.transaction():
        audit.note(session, audit.Act.DECIDED, "；".join(f"{d.type} {d.record} {d.slot}" for d in wanted))
        # Whose a unit is, is not written over what two have registered: the registration that is wrong does not count.
        births = [birth for d in claims for birth in moving.claims_against(session, d.record, str(d.value))]
        changes = session.ledger.write(
            name,
            session.operator.name,
            births=births,
            edits=[
                SlotEdit(d.type, d.record, d.slot, d.value)
                for d in wanted
                if d.slot != DELETED_SLOT and d not in claims
            ],
            deletions=[
                # A record that is kept keeps what went with it.
                Deletion(d.type, d.record, revive=not d.value, together=not d.value)
                for d in wanted
                if d.slot == DELETED_SLOT
            ],
        )
        return policy.settle(session, changes)


def _require_one_code(session: Session, decision: Decision) -> None:
    """Two codes of records that were merged are no matter of choice (rule 10)."""
    if decision.slot != session.types[decision.type].key:
        return
    ids = components.members(session.database, decision.type, decision.record)
    if ids and len(components.load(session.database, session.types, decision.type, ids).codes) > 1:
        raise CodesDiffer("合并在一起的两条代码不同，是两家单位。", "请在“重复的记录”里把两条重新分开。")
