"""What a user does with one record: save, delete, bring back, undo, look at, check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.operations import audit, queries
from desktop.operations.recording import admitting, duplicates, surroundings
from desktop.operations.session import Session
from desktop.operations.stations import policy
from desktop.records.checks import Context, Finding, run_checks
from desktop.records.declaration import RecordType, Role
from desktop.records.identity import derived_id
from desktop.records.typed import uscc
from desktop.records.typed.dates import stamp_words
from desktop.records.typed.lengths import check_lengths
from desktop.records.typed.texts import printable
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import SAME
from desktop.records.versions.resolution import Life
from desktop.store.ledger import ChangeSet, Deletion, EditedSince, NewRecord, SlotEdit
from desktop.store.queries import lookup, reading
from desktop.store.queries.attached import PART
from desktop.store.queries.history import HistoryEntry, versions_of
from desktop.store.queries.reading import Query, Record
from desktop.store.tables.database import Database
from desktop.store.writing import undoing


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
    :class:`Gone`, :class:`NotAllowed`, :class:`UnknownField`, ``TooLong``, ``NotFound``, ``WrongClock``.
    """
    record_type = session.types[type_name]
    values = {k: tidy(v) for k, v in values.items()}
    admitting.check_rights(session, record_type, values)
    admitting.check_typed(record_type, values)
    admitting.check_parent(session, record_type, values)
    named = record is not None
    if record is None:
        record = new_record_id(session, record_type, values)
        known = reading.record(session.database, session.types, type_name, record)
        if known is None:
            check_lengths(record_type, values)
            birth = NewRecord(type_name, record, unit or _unit_for(session, record_type, values), values)
            admitting.check_units(session, [birth.unit])
            changes = session.ledger.write(
                name or f"新增{record_type.label}", session.operator.name, births=[birth]
            )
            return Saved(record, changes, tuple(check(session, type_name, record)))
    admitting.check_place(session, record_type, record)
    admitting.check_unlocked(session, record_type, record, values)
    edits = slot_edits(session, record_type, record, values)
    admitting.check_lengths(session, record_type, record, values)
    admitting.check_fixed(session, type_name, record, values)
    admitting.check_named(session, record_type, record, values)
    back = []
    if undoing.is_deleted(session.database, session.types, type_name, record):
        if named:
            raise admitting.Gone(f"这条{record_type.label}已经删除。")
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
    """Saves new records in one operation; the ids in the order of the rows. No checks: the caller shows them.

    Raises :class:`NotAllowed`, :class:`UnknownField`, ``TooLong`` and ``WrongClock``.
    """
    record_type = session.types[type_name]
    tidied = [{k: tidy(v) for k, v in row.items()} for row in rows]
    # Rights depend on which fields are filled, not on how often.
    filled = {k: None for values in tidied for k in values} | {
        k: v for values in tidied for k, v in values.items() if v is not None
    }
    admitting.check_rights(session, record_type, filled)
    admitting.check_typed(record_type, filled)
    births = []
    for values in tidied:
        check_lengths(record_type, values)
        record = new_record_id(session, record_type, values)
        births.append(NewRecord(type_name, record, unit or _unit_for(session, record_type, values), values))
    admitting.check_units(session, {b.unit for b in births})
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

    Raises :class:`Locked` for an issued letter and for the case of one, :class:`RestedOn` for a power that letters
    were issued under, and :class:`BearsOthers` for a unit that others stand on.
    """
    record_type = session.types[type_name]
    admitting.check_rights(session, record_type, {})
    admitting.check_place(session, record_type, record)
    admitting.check_unlocked(session, record_type, record)
    admitting.check_nothing_locked_in(session, record_type, record)
    admitting.check_bears_nobody(session, type_name, record)
    if count := admitting.resting(session.database, type_name, record):
        raise admitting.RestedOn(f"这个单位按授权签发了{count}份文书，授权不能删除。")
    with session.database.transaction():
        audit.note(session, audit.Act.DELETED, f"{type_name} {record}")
        return session.ledger.write(
            f"删除{record_type.label}", session.operator.name, deletions=[Deletion(type_name, record)]
        )


def restore(session: Session, type_name: str, record: str) -> ChangeSet:
    """Brings a deleted record back, and what belongs to it and was deleted in the same step."""
    record_type = session.types[type_name]
    admitting.check_rights(session, record_type, {})
    admitting.check_place(session, record_type, record)
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
        admitting.check_undoable(session, stamp)
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
    what = record_type.slot_label(error.slot)
    (newest, *_) = versions_of(session.database, session.types, error.type, error.record, error.slot)
    who = f"{newest.operator}在{stamp_words(newest.stamp)}"
    words = f"{error.sentence.rstrip('。')}：“{title}”的“{what}”由{who}改过。"
    return EditedSince(words, error.type, error.record, error.slot)


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
    return versions_of(session.database, session.types, type_name, record)


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


def tidy(value: Cell) -> Cell:
    """A value as it is saved: text without what nobody sees, nothing where nothing is left."""
    if isinstance(value, str):
        return printable(value) or None
    return value
