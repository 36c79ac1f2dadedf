"""What a user does with one record: save, delete, bring back, undo, look at, check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.errors import StateProblem, UsageProblem
from desktop.operations import audit, duplicates, policy, queries, surroundings
from desktop.operations.session import NotAllowed, Session
from desktop.records import uscc
from desktop.records.canonical import Cell
from desktop.records.checks import Context, Finding, run_checks
from desktop.records.deciding import SAME
from desktop.records.declaration import RecordType, Role
from desktop.records.identity import derived_id, is_id
from desktop.records.resolution import Life
from desktop.records.typed_numbers import printable
from desktop.records.types import Catalogue
from desktop.store import depending, lookup, reading, steps, undoing
from desktop.store.attached import PART
from desktop.store.database import Database
from desktop.store.ledger import CannotUndo, ChangeSet, Deletion, EditedSince, NewRecord, SlotEdit
from desktop.store.reading import HistoryEntry, Query, Record


class Locked(StateProblem):
    """The record is finished and is changed by its own operations only."""

    exit_code = 22
    next_step = "已经签发的文书不能改：请作废后重新起草。"


class RestedOn(StateProblem):
    """Letters rest on the power that is to be deleted: it is ended by its last day."""

    exit_code = 22
    next_step = "要收回授权，请填“最后一天”。"


class Gone(StateProblem):
    """The record is deleted: writing under a deletion that is known would be a conflict with oneself (rule 9)."""

    exit_code = 22
    next_step = "请先在“已删除”里恢复，再修改。"


class UnknownField(UsageProblem):
    """A field that the type does not have."""

    next_step = "可用 xiaosanji schema 查看字段名称。"


@dataclass(frozen=True)
class Saved:
    """The result of a save: the record's id, what changed, and what the checks found."""

    record: str
    changes: ChangeSet
    findings: tuple[Finding, ...]


def new_record_id(session: Session, record_type: RecordType, values: Mapping[str, Cell]) -> str:
    """The id that a new record gets: that of a valid code, else fresh (rule 4)."""
    code = values.get(record_type.key) if record_type.key is not None else None
    named = id_of_code(session.database, session.types, record_type, code)
    return session.ledger.new_id() if named is None else named


def id_of_code(database: Database, types: Catalogue, record_type: RecordType, code: Cell) -> str | None:
    """The id that a valid code gives; ``None`` for another code, and where a new record has to have a fresh one.

    A record that began under the code and was given another valid one since is another firm's: a code typed wrongly
    and put right. Then the code means the record that holds it, if there is one.
    """
    key = record_type.key
    if key is None or not isinstance(code, str) or not uscc.names_a_record(code):
        return None
    derived = derived_id(record_type.name, code)
    held = reading.record(database, types, record_type.name, derived)
    if held is None or not uscc.is_anothers(held.values.get(key), code):
        return derived
    holding = lookup.by_value(database, record_type, key, [code])
    return next((record for _, record, life, _ in holding if life is not Life.DELETED), None)


def save(
    session: Session,
    type_name: str,
    values: Mapping[str, Cell],
    *,
    record: str | None = None,
    unit: str | None = None,
    name: str = "",
) -> Saved:
    """Saves a new record, or changes fields of an existing one; fields that are not named stay as they are.

    A valid code that is known already changes that record instead of doubling it, and brings it back if it was
    deleted. ``unit`` is the unit a new record belongs to, the parent's or the workspace's own by default. Raises
    :class:`Gone`, :class:`NotAllowed`, :class:`UnknownField`, ``NotFound``, ``WrongClock``.
    """
    record_type = session.types[type_name]
    values = {k: tidy(v) for k, v in values.items()}
    check_rights(session, record_type, values)
    check_typed(record_type, values)
    check_parent(session, record_type, values)
    named = record is not None
    if record is None:
        record = new_record_id(session, record_type, values)
        known = reading.record(session.database, session.types, type_name, record)
        if known is None:
            birth = NewRecord(type_name, record, unit or _unit_for(session, record_type, values), values)
            changes = session.ledger.write(
                name or f"新增{record_type.label}", session.operator.name, births=[birth]
            )
            return Saved(record, changes, tuple(check(session, type_name, record)))
    _check_unlocked(session, record_type, record, values)
    edits = slot_edits(session, record_type, record, values)
    _check_fixed(session, type_name, record, values)
    back = []
    if undoing.is_deleted(session.database, session.types, type_name, record):
        if named:
            raise Gone(f"这条{record_type.label}已经删除。")
        back = [Deletion(type_name, record, revive=True, together=True)]
    changes = session.ledger.write(
        name or f"修改{record_type.label}", session.operator.name, edits=edits, deletions=back
    )
    return Saved(record, changes, tuple(check(session, type_name, record)))


def save_many(
    session: Session,
    type_name: str,
    rows: Sequence[Mapping[str, Cell]],
    *,
    unit: str | None = None,
    name: str = "",
) -> tuple[list[str], ChangeSet]:
    """Saves new records in one operation; the ids in the order of the rows. No checks: the caller shows them."""
    record_type = session.types[type_name]
    tidied = [{k: tidy(v) for k, v in row.items()} for row in rows]
    # Rights depend on which fields are filled, not on how often.
    filled = {k: None for values in tidied for k in values} | {
        k: v for values in tidied for k, v in values.items() if v is not None
    }
    check_rights(session, record_type, filled)
    check_typed(record_type, filled)
    births = []
    for values in tidied:
        record = new_record_id(session, record_type, values)
        births.append(NewRecord(type_name, record, unit or _unit_for(session, record_type, values), values))
    changes = session.ledger.write(
        name or f"批量新增{record_type.label}", session.operator.name, births=births
    )
    return [b.record for b in births], changes


def slot_edits(
    session: Session, record_type: RecordType, record: str, values: Mapping[str, Cell]
) -> list[SlotEdit]:
    """The slot changes that bring a record to these values; a group travels whole, so its other fields come along."""
    held = reading.record(session.database, session.types, record_type.name, record)
    present: Mapping[str, Cell] = held.values if held is not None else {}
    edits = []
    for slot in record_type.slots.values():
        if all(f.name not in values or values[f.name] == present.get(f.name) for f in slot.fields):
            # What stands is not written again: in a slot in conflict that would be a decision nobody took.
            continue
        if slot.grouped:
            group = {f.name: values[f.name] if f.name in values else present.get(f.name) for f in slot.fields}
            edits.append(SlotEdit(record_type.name, record, slot.name, group))
        else:
            edits.append(SlotEdit(record_type.name, record, slot.name, values[slot.name]))
    return edits


def delete(session: Session, type_name: str, record: str) -> ChangeSet:
    """Deletes a record and its children by tombstones; :func:`restore` or undo brings them back.

    Raises :class:`Locked` for an issued letter and for the case of one, and :class:`RestedOn` for a power that letters
    were issued under.
    """
    record_type = session.types[type_name]
    check_rights(session, record_type, {})
    _check_unlocked(session, record_type, record)
    _check_nothing_locked_in(session, record_type, record)
    if count := resting(session.database, type_name, record):
        raise RestedOn(f"这个单位按授权签发了{count}份文书，授权不能删除。")
    with session.database.transaction():
        audit.note(session, audit.Act.DELETED, f"{type_name} {record}")
        return session.ledger.write(
            f"删除{record_type.label}", session.operator.name, deletions=[Deletion(type_name, record)]
        )


def restore(session: Session, type_name: str, record: str) -> ChangeSet:
    """Brings a deleted record back, and what belongs to it and was deleted in the same step."""
    record_type = session.types[type_name]
    check_rights(session, record_type, {})
    with session.database.transaction():
        undoing.check_bearers(session.database, session.types, type_name, record)
        audit.note(session, audit.Act.UNDELETED, f"{type_name} {record}")
        return session.ledger.write(
            f"恢复{record_type.label}",
            session.operator.name,
            deletions=[Deletion(type_name, record, revive=True, together=True)],
        )


def restored_words(named: str, done: Sequence[ChangeSet]) -> str:
    """What was brought back, in a sentence: the records that were meant, and how many came back with them."""
    others = sum(len(ids) for changes in done for name, ids in changes.records.items() if name != PART) - len(
        done
    )
    return f"已恢复{named}，一起删除的{others}条也恢复了。" if others > 0 else f"已恢复{named}。"


def undo(session: Session, stamp: int) -> ChangeSet:
    """Takes an operation of this station back; raises ``CannotUndo`` when something newer stands on it, or when it
    gave a number: what has left the house on paper is voided and not undone."""
    session.require(Role.EDITOR, Role.DESK)
    with session.database.transaction():
        _refuse_lasting(session, stamp)
        try:
            changes = session.ledger.undo(stamp, session.operator.name)
        except EditedSince as error:
            raise _named(session, error) from error
        duplicates.forget_apart(session, changes.records.get(SAME, ()))
        return policy.settle(session, changes)


def _named(session: Session, error: EditedSince) -> EditedSince:
    """The same with which record and field stand in the way, who changed that and when."""
    record_type = session.types[error.type]
    titles = queries.titles(session.database, session.types, session.codes, error.type, [error.record])
    title = titles.get(error.record, record_type.label)
    what = reading.RESERVED_SLOTS.get(error.slot) or record_type.slots[error.slot].label
    (newest, *_) = reading.history(session.database, session.types, error.type, error.record, error.slot)
    who = f"{newest.operator}在{reading.moment(newest.stamp)}"
    words = f"{error.sentence.rstrip('。')}：“{title}”的“{what}”由{who}改过。"
    return EditedSince(words, error.type, error.record, error.slot)


_POWER: Final = "issuing_power"
FIXED: Final = {
    "holder": "授权不能改给别的单位。",
    "desk": "编号电脑不能改；换电脑的，请给这项授权填最后一天，再给新电脑另建一项。",
}
"""Whose a power is, and at which computer: neither is changed once letters rest on it, each with why."""
_LASTING: Final = {
    ("case_document", "document_number"): ("已经签发的文书不能撤消。", "要改就作废，再重新起草签发。"),
    ("case_document", "void_reason"): ("文书作废不能撤消。", "请重新起草签发，用新的文号。"),
    ("case_document", "past_document_number"): (
        "补录的文书不能撤消。",
        "抄错的，请写明原因更正，或者在案件里作废。",
    ),
    ("case_document", "own_document_number"): ("已经签发的文书不能撤消。", "要改就作废，再重新起草签发。"),
    ("case_document", "own_void_reason"): ("文书作废不能撤消。", "请重新起草签发，用新的文号。"),
    ("case", "case_number"): ("立案编号不能撤消。", "案号留在登记簿里，案件按步骤办理。"),
}
"""What is not taken back once it stands, by its field: numbers are never used twice, and papers have left the house."""
_RESTED: Final = ("镇街已经按这项授权签发了文书，授权不能撤消。", RestedOn.next_step)
_PRINTED: Final = ("打印过的记录不能撤消。", "再打印的会写着“副本”；第一次没有印好的，可以重新打印原件。")


def _refuse_lasting(session: Session, stamp: int) -> None:
    found = steps.operation(session.database, stamp)
    if found is None:
        return
    slots = {(kind, session.types[kind].slot_of[name]): why for (kind, name), why in _LASTING.items()}
    for place in steps.changed(session.database, session.ledger.origin, found):
        if place in slots:
            raise CannotUndo(*slots[place])
    for kind, record in steps.born(session.database, session.types, session.ledger.origin, found):
        if resting(session.database, kind, record):
            raise CannotUndo(*_RESTED)
        born, entered = load(session, kind, record), session.types[kind].excused_by
        if born is not None and entered is not None and born.values.get(entered) is not None:
            raise CannotUndo(*_LASTING[kind, entered])
        if kind == "case_event" and born is not None and born.values.get("kind") == "printed":
            raise CannotUndo(*_PRINTED)


def resting(database: Database, type_name: str, record: str) -> int:
    """How many issued letters rest on a power, so that it is neither deleted nor given to another; 0 for all else."""
    return depending.count_letters(database, {record}) if type_name == _POWER else 0


def load(session: Session, type_name: str, record: str) -> Record | None:
    """A record as it stands."""
    return reading.record(session.database, session.types, type_name, record)


def children(session: Session, type_name: str, parent: str) -> list[Record]:
    """The living children of one type of a record."""
    return reading.records(
        session.database, session.types, Query(type_name, children_of=parent, order=reading.NEWEST_ORDER)
    )


def history(session: Session, type_name: str, record: str) -> list[HistoryEntry]:
    """Every version of every field, newest first."""
    return reading.history(session.database, session.types, type_name, record)


def check(session: Session, type_name: str, record: str) -> list[Finding]:
    """What the logic check finds on one record."""
    held = load(session, type_name, record)
    if held is None:
        return []
    return run_checks(session.types[type_name], held.values, check_context(session, held))


def check_context(session: Session, held: Record) -> Context:
    """What rules may know beside a record."""
    return surroundings.context_of(session.database, session.types, held, session.environment.today())


def _unit_for(session: Session, record_type: RecordType, values: Mapping[str, Cell]) -> str:
    """A child belongs to its parent's unit, everything else to the workspace's own."""
    if record_type.parent is not None:
        parent, link = values.get(record_type.parent), record_type.by_name[record_type.parent].link
        if isinstance(parent, str) and link is not None:
            held = reading.record(session.database, session.types, link, parent)
            if held is not None:
                return held.unit
    return session.unit.id


def check_parent(session: Session, record_type: RecordType, values: Mapping[str, Cell]) -> None:
    """Raises :class:`Gone` for what is to belong to a deleted record."""
    if record_type.parent is None or not isinstance(parent := values.get(record_type.parent), str):
        return
    link = str(record_type.by_name[record_type.parent].link)
    if is_id(parent) and undoing.is_deleted(session.database, session.types, link, parent):
        raise Gone(f"它属于的{session.types[link].label}已经删除。")


def _check_fixed(session: Session, type_name: str, record: str, values: Mapping[str, Cell]) -> None:
    if FIXED.keys().isdisjoint(values) or not (count := resting(session.database, type_name, record)):
        return
    held = load(session, type_name, record)
    for name, why in FIXED.items():
        if held is not None and name in values and values[name] != held.values.get(name):
            raise RestedOn(f"这个单位按授权签发了{count}份文书，{why}")


def _check_unlocked(
    session: Session, record_type: RecordType, record: str, values: Mapping[str, Cell] | None = None
) -> None:
    """Raises :class:`Locked` for what is finished; without ``values`` it is to be deleted."""
    if not record_type.locked_by:
        return
    held = reading.record(session.database, session.types, record_type.name, record)
    if held is None or not record_type.is_locked(held.values):
        return
    if not record_type.is_correctable(held.values):
        raise Locked(f"这份“{record_type.label}”已经签发。")
    _check_correction(session, record_type, held.values, values)


def _check_correction(
    session: Session, record_type: RecordType, held: Mapping[str, Cell], values: Mapping[str, Cell] | None
) -> None:
    """What stands in a register on paper is corrected by its desk, with a reason; what is missing is filled in."""
    entered = record_type.by_name[str(record_type.excused_by)]
    reason = record_type.by_name[str(record_type.corrected_with)]
    words = f"这份“{record_type.label}”是照纸质登记簿补录的"
    if not session.may_write(record_type, entered):
        raise Locked(f"{words}，本单位不能改。", "抄错的，请编号的单位更正或者作废。")
    changed = {} if values is None else {n: v for n, v in values.items() if v != held.get(n)}
    if values is None or changed.get(entered.name, "") is None:
        raise Locked(f"{words}，不能删除。", "不应当有的，请在案件里作废，写明原因。")
    if any(held.get(n) is not None for n in changed if n != reason.name) and not changed.get(reason.name):
        raise Locked(f"{words}，更正要写明原因。", f"请在“{reason.label}”里写明这一次为什么改，再保存。")


def _check_nothing_locked_in(session: Session, record_type: RecordType, record: str) -> None:
    """What is issued is not deleted with the record that it belongs to either."""
    for child in session.types.values():
        if child.locked_by and child.parent and child.by_name[child.parent].link == record_type.name:
            count = sum(child.is_locked(held.values) for held in children(session, child.name, record))
            if count:
                raise Locked(f"这条{record_type.label}里有{count}份{child.label}已经签发，不能删除。")


def check_rights(session: Session, record_type: RecordType, values: Mapping[str, Cell]) -> None:
    """Raises :class:`UnknownField`, and :class:`NotAllowed` for who may not write a type with these fields filled."""
    for name in values:
        if name not in record_type.by_name:
            raise UnknownField(f"“{record_type.label}”没有字段 {name}。")
    if session.workspace.unwritable is not None:
        raise session.workspace.unwritable
    if not session.may_write(record_type):
        raise NotAllowed(f"本单位或您的角色不能填写“{record_type.label}”。")
    for name, value in values.items():
        if value is not None and not session.may_write(record_type, record_type.by_name[name]):
            raise NotAllowed(f"本单位或您的角色不能填写“{record_type.by_name[name].label}”。")


def check_typed(record_type: RecordType, values: Mapping[str, Cell]) -> None:
    """Raises :class:`NotAllowed` for what the program works out itself, such as the number that a town has given."""
    for name, value in values.items():
        if value is not None and record_type.by_name[name].reckoned:
            raise NotAllowed(
                f"“{record_type.by_name[name].label}”由程序填写，不能直接填写。",
                "请用生成它的那一步，如签发。",
            )


def tidy(value: Cell) -> Cell:
    """A value as it is saved: text without what nobody sees, nothing where nothing is left."""
    if isinstance(value, str):
        return printable(value) or None
    return value
