"""Voids issued letters with a reason: one, or many that were entered by mistake."""

from __future__ import annotations

from collections.abc import Collection

from desktop.operations import audit
from desktop.operations.recording import records
from desktop.operations.session import NotAllowed, Session
from desktop.operations.supervision.cases import LETTER, IllegalStep, held, issues_of, load_case
from desktop.operations.supervision.numbers import issued_by, issuing_lock, note_void
from desktop.operations.supervision.powers import may_number
from desktop.records.cells import Values, text
from desktop.records.declaration import Role
from desktop.records.supervision import REGISTER_LEVELS, LetterKind
from desktop.records.supervision.powers import EMPOWERED_LEVELS, is_own, issued_fields
from desktop.records.versions.canonical import Cell
from desktop.store.ledger import ChangeSet


def void(session: Session, document: str, reason: str) -> ChangeSet:
    """Voids an issued letter with a reason; its number stays in the register and is never given again.

    A letter whose issue was taken back in another way is voided too: that settles the case. A town or park voids what
    it issued, whatever became of its power; the district voids that too, where it stands in the way of a case.

    Raises :class:`IllegalStep` for a draft, without a reason, twice, and while a suggestion letter rests on it, and
    ``NotAllowed`` for another's letter.
    """
    return void_many(session, [document], reason)


def void_many(session: Session, documents: Collection[str], reason: str) -> ChangeSet:
    """Voids several letters for one reason in one step, as those of a register that was imported wrongly.

    Raises what :func:`void` raises, before any of them is voided; a suggestion letter goes with what it rests on.
    """
    session.require(Role.DESK)
    numbers = {d: _voidable(session, d, reason, documents) for d in dict.fromkeys(documents)}
    with issuing_lock:
        fields = issued_fields(session.unit.level)
        cells: dict[str, Cell] = {
            fields["voided_date"]: session.environment.today().isoformat(),
            fields["void_reason"]: reason.strip(),
        }
        edits = [e for d in numbers for e in records.slot_edits(session, session.types[LETTER], d, cells)]
        name = next(iter(numbers.values())) if len(numbers) == 1 else f"{len(numbers)}份文书"
        with session.database.transaction():
            changes = session.ledger.write(f"作废{name}", session.operator.name, edits=edits)
            for document, number in numbers.items():
                audit.note(session, audit.Act.VOIDED, f"{document} {number}")
        for document, number in numbers.items():
            note_void(session, number, document)
        return changes


def _voidable(session: Session, document: str, reason: str, also: Collection[str]) -> str:
    """The number of a letter that can be voided now, together with ``also``; raises as :func:`void` says."""
    record = held(session, LETTER, document)
    cancelled = next(iter(issues_of(session.database, session.types, document).values()), "")
    number = text(record.values, "document_number") or cancelled
    if not number:
        raise IllegalStep("这份文书还没有签发，不用作废，直接修改或者删除草稿")
    if not voids(session, record.values):
        raise NotAllowed("这份文书由签发的单位作废，镇街、园区签发的也可以由区总工会作废。")
    if text(record.values, "voided_date"):
        raise IllegalStep(f"{number}已经作废")
    if not reason.strip():
        raise IllegalStep("作废要写明原因")
    for letter in load_case(session, text(record.values, "case")).standing(LetterKind.SUGGESTION):
        if letter.opinion == document and letter.id not in also:
            raise IllegalStep(f"{letter.name()}以这份意见书为依据，要先作废建议书")
    return number


def voids(session: Session, values: Values) -> bool:
    """Whether this desk may void what stands in a letter: what its unit issued, at the district a town's letter too."""
    if not may_number(session):
        return False
    if session.unit.level in EMPOWERED_LEVELS:
        return is_own(values) and issued_by(session, values)
    return session.unit.level in REGISTER_LEVELS
