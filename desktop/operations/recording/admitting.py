"""What may be written of a record, by whom, and what may be taken back: raises what says why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from desktop.errors import StateProblem, UsageProblem
from desktop.operations.form_data import whose
from desktop.operations.session import NotAllowed, Session
from desktop.records.declaration import RecordType
from desktop.records.identity import is_id, unit_id
from desktop.records.typed import lengths
from desktop.records.typed.lengths import too_long
from desktop.records.versions.canonical import Cell
from desktop.records.versions.deciding import UNIT
from desktop.store.ledger import CannotUndo
from desktop.store.queries import depending, reading, steps
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.store.writing import changing, undoing


class Locked(StateProblem):
    """The record is finished and is changed by its own operations only."""

    exit_code = 22
    next_step = "已经签发的文书不能改：请作废后重新起草。"


class RestedOn(StateProblem):
    """Letters rest on the power that is to be deleted: it is ended by its last day."""

    exit_code = 22
    next_step = "要收回授权，请填“最后一天”。"


class BearsOthers(StateProblem):
    """A unit that others stand on: deleted, it would leave them without a place in the tree."""

    exit_code = 22
    next_step = "不再用的单位请填“停用日期”；换了上级的，请用“调整隶属关系”。"


class NamesUnit(StateProblem):
    """Level and code of a registered unit: its id follows from them, and by them its computers ask for it again."""

    exit_code = 22
    next_step = "写错了的：请这个单位重新申请入网，批准时改填对的编码和层级，以前登记的内容还是它的。"


class Gone(StateProblem):
    """The record is deleted: writing under a deletion that is known would be a conflict with oneself (rule 9)."""

    exit_code = 22
    next_step = "请先在“已删除”里恢复，再修改。"


class UnknownField(UsageProblem):
    """A field that the type does not have."""

    next_step = "请核对字段的名称。"


_SOME_UNIT: Final = "别的单位"
NAMING: Final = ("level", "code")
"""From which the id of a unit follows."""
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
        "抄错的，请写明原因更正，或者在案件里作废；导错了整张表的，在“最近的操作”里一起作废。",
    ),
    ("case_document", "own_document_number"): ("已经签发的文书不能撤消。", "要改就作废，再重新起草签发。"),
    ("case_document", "own_void_reason"): ("文书作废不能撤消。", "请重新起草签发，用新的文号。"),
    ("case", "case_number"): ("立案编号不能撤消。", "案号留在登记簿里，案件按步骤办理。"),
}
"""What is not taken back once it stands, by its field: numbers are never used twice, and papers have left the house."""
_RESTED: Final = ("镇街已经按这项授权签发了文书，授权不能撤消。", RestedOn.next_step)
_PRINTED: Final = ("打印过的记录不能撤消。", "再打印的会写着“副本”；第一次没有印好的，可以重新打印原件。")


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


def check_parent(session: Session, record_type: RecordType, values: Mapping[str, Cell]) -> None:
    """Raises :class:`Gone` for what is to belong to a deleted record."""
    if record_type.parent is None or not isinstance(parent := values.get(record_type.parent), str):
        return
    link = str(record_type.by_name[record_type.parent].link)
    if is_id(parent) and undoing.is_deleted(session.database, session.types, link, parent):
        raise Gone(f"它属于的{session.types[link].label}已经删除。")


def check_place(session: Session, record_type: RecordType, record: str) -> None:
    """Raises :class:`NotAllowed` for a record that others have: a change of it would be refused wherever it came."""
    held = reading.record(session.database, session.types, record_type.name, record)
    named = whose(session.database, session.types, held) if held is not None else ""
    if named:
        raise NotAllowed(f"{is_anothers(record_type, named)}。", "要改，请联系它。")


def units_of_others(session: Session, record_type: RecordType, shown: Mapping[str, str]) -> dict[str, str]:
    """The same of very many records, each with the unit that it shows: those that others have, with whose they are."""
    found = changing.of_others(session.database, session.types, record_type.name, shown)
    named = reading.titles(session.database, session.types[UNIT], sorted({shown[r] for r in found}))
    return {record: named.get(shown[record], _SOME_UNIT) for record in found}


def is_anothers(record_type: RecordType, named: str) -> str:
    """How it is said that a record is not changed here."""
    return f"这条{record_type.label}归“{named}”管，本单位改了各处都不收"


def check_units(session: Session, units: Collection[str]) -> None:
    """Raises :class:`NotAllowed` for new records of a unit that is neither the own one nor below it."""
    for unit in units:
        if not changing.may_write_under(session.database, session.types, unit):
            named = reading.titles(session.database, session.types[UNIT], [unit]).get(unit, _SOME_UNIT)
            raise NotAllowed(
                f"“{named}”不归本单位管，替它登记的各处都不收。", "请由它自己登记，或者由它的上级登记。"
            )


def check_fixed(session: Session, type_name: str, record: str, values: Mapping[str, Cell]) -> None:
    """Raises :class:`RestedOn` for a power that letters rest on and that is to be another's (:data:`FIXED`)."""
    if FIXED.keys().isdisjoint(values) or not (count := resting(session.database, type_name, record)):
        return
    held = reading.record(session.database, session.types, type_name, record)
    for name, why in FIXED.items():
        if held is not None and name in values and values[name] != held.values.get(name):
            raise RestedOn(f"这个单位按授权签发了{count}份文书，{why}")


def check_named(session: Session, record_type: RecordType, record: str, values: Mapping[str, Cell]) -> None:
    """Raises :class:`NamesUnit` for another code or level of a unit that bears the id of those that it has.

    Its computer would be told the new ones, ask with them when it is enrolled once more, and be another unit then. One
    that was registered by hand has an id of its own, and nobody is enrolled for it.
    """
    if record_type.name != UNIT or values.keys().isdisjoint(NAMING):
        return
    held = reading.record(session.database, session.types, UNIT, record)
    said = {name: held.values.get(name) for name in NAMING} if held is not None else {}
    other = any(values.get(name, cell) != cell for name, cell in said.items())
    if other and record == unit_id(*(str(said[name]) for name in NAMING)):
        raise NamesUnit("单位入网以后，编码和层级不能改。")


def check_lengths(session: Session, record_type: RecordType, record: str, values: Mapping[str, Cell]) -> None:
    """Raises ``TooLong`` for a text that nobody may type and that does not stand in the record already."""
    if any(too_long(record_type.by_name[name], cell) for name, cell in values.items()):
        held = reading.record(session.database, session.types, record_type.name, record)
        lengths.check_lengths(record_type, values, held.values if held is not None else None)


def check_unlocked(
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


def check_nothing_locked_in(session: Session, record_type: RecordType, record: str) -> None:
    """Raises :class:`Locked`: what is issued is not deleted with the record that it belongs to either."""
    for child in session.types.values():
        if child.locked_by and child.parent and child.by_name[child.parent].link == record_type.name:
            count = sum(
                child.is_locked(held.values)
                for held in reading.records(
                    session.database, session.types, Query(child.name, children_of=record)
                )
            )
            if count:
                raise Locked(f"这条{record_type.label}里有{count}份{child.label}已经签发，不能删除。")


def check_undoable(session: Session, stamp: int) -> None:
    """Raises ``CannotUndo`` for an operation that wrote what lasts, printed a paper, or gave a power that is in use."""
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
        born = reading.record(session.database, session.types, kind, record)
        entered = session.types[kind].excused_by
        if born is not None and entered is not None and born.values.get(entered) is not None:
            raise CannotUndo(*_LASTING[kind, entered])
        if kind == "case_event" and born is not None and born.values.get("kind") == "printed":
            raise CannotUndo(*_PRINTED)


def check_bears_nobody(session: Session, type_name: str, record: str) -> None:
    """Raises :class:`BearsOthers` for the own unit, for one that is enrolled, and for one with units below it."""
    if type_name != UNIT:
        return
    if record == session.unit.id:
        raise BearsOthers("这是本单位，不能删除。")
    if depending.bears_others(session.database, record):
        raise BearsOthers(
            "这个单位有电脑办过入网，或者下面还有单位，删了就收不了它们的数据包，所以不能删除。"
        )


def resting(database: Database, type_name: str, record: str) -> int:
    """How many issued letters rest on a power, so that it is neither deleted nor given to another; 0 for all else."""
    return depending.count_letters(database, {record}) if type_name == _POWER else 0
