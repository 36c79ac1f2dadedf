"""Reads a supervision case with its steps and letters, records steps, and lists what is overdue."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop import reference
from desktop.errors import StateProblem, UsageProblem
from desktop.operations import records
from desktop.operations.session import Session
from desktop.records.canonical import Cell, canonical
from desktop.records.checks import Finding, Values
from desktop.records.supervision import (
    CaseFile,
    CaseState,
    Clock,
    Event,
    EventKind,
    Issuer,
    Letter,
    Reason,
    case_file,
    contradictions,
    event_of,
    letter_of,
    running,
    state_of,
)
from desktop.records.supervision.facts import text
from desktop.store import reading
from desktop.store.ledger import ChangeSet, NotFound
from desktop.store.reading import Query, Record

CASE, EVENT, LETTER, INSPECTOR = "case", "case_event", "case_document", "inspector"
ISSUE_SLOT = "issue"


_NEWEST = 1 << 63
"""The stamp of a step that is not recorded yet: the last of its day."""


class IllegalStep(StateProblem):
    """The order of law forbids it; ``reasons`` say why, each with its article."""

    exit_code = 22
    help_anchor = "supervision"

    def __init__(self, sentence: str, reasons: Sequence[Reason] = ()) -> None:
        words = "；".join(map(str, reasons))
        steps = "".join(dict.fromkeys(reason.next_step for reason in reasons if reason.next_step))
        super().__init__(
            f"{sentence}：{words}。" if words else f"{sentence}。", steps or "请先办理前面的步骤。"
        )
        self.reasons = tuple(reasons)


class UnknownStep(UsageProblem):
    """A step that is not among the steps of a case."""

    next_step = "请从“办案步骤”里选择。"


@dataclass(frozen=True)
class Recorded:
    """A step that was recorded, what changed, what the checks found, and where the case stands now."""

    event: str
    changes: ChangeSet
    findings: tuple[Finding, ...]
    state: CaseState


@dataclass(frozen=True)
class WorkItem:
    """Something for the work list: a period that has run out, or one that waits for a table of holidays."""

    case: str
    employer: str
    summary: str
    clock: Clock
    overdue: bool


def issuer_of(session: Session) -> Issuer:
    """The body that issues from this workspace: its level and the full name that letters bear."""
    return Issuer(session.unit.level, session.ledger.meta("letters.organ") or session.unit.name)


def held(session: Session, type_name: str, record: str) -> Record:
    """A record that has to be here. Raises ``NotFound``."""
    found = records.load(session, type_name, record)
    if found is None:
        raise NotFound(f"没有找到这条{session.types[type_name].label}。")
    return found


def load_case(session: Session, case: str, today: datetime.date | None = None) -> CaseFile:
    """A case with its steps and letters as the order of law looks at it. Raises ``NotFound``."""
    values = held(session, CASE, case).values
    letters = _letters(session, case)
    events = [event_of(r.id, r.values, r.stamp) for r in records.children(session, EVENT, case)]
    return _file(session, values, [e for e in events if e is not None], letters, today)


def _file(
    session: Session,
    case: Values,
    events: Sequence[Event],
    letters: Sequence[Letter],
    today: datetime.date | None = None,
) -> CaseFile:
    return case_file(
        case,
        events,
        letters,
        _inspectors(session, case, events),
        today or session.environment.today(),
        reference.working_day_table(),
    )


def _inspectors(session: Session, case: Values, events: Iterable[Event]) -> dict[str, Values]:
    wanted = {
        text(values, slot)
        for values in (case, *(e.values for e in events))
        for slot in ("inspector_1", "inspector_2")
    }
    found = {key: records.load(session, INSPECTOR, key) for key in sorted(wanted - {""})}
    return {key: inspector.values for key, inspector in found.items() if inspector is not None}


def _letters(session: Session, case: str) -> list[Letter]:
    living = records.children(session, LETTER, case)
    query = Query(LETTER, children_of=case, deleted=True, order=reading.NEWEST_ORDER)
    deleted = reading.records(session.database, session.types, query)
    found = [_letter(session, record) for record in living]
    found += [_letter(session, record, deleted=True) for record in deleted]
    return [letter for letter in found if letter is not None and (letter.number or not letter.deleted)]


def _letter(session: Session, record: Record, *, deleted: bool = False) -> Letter | None:
    return letter_of(
        record.id,
        record.values,
        record.stamp,
        altered=_altered(session, record),
        disputed=ISSUE_SLOT in record.disputed,
        deleted=deleted,
    )


def _altered(session: Session, record: Record) -> bool:
    """Whether the issue of a letter was changed or taken back after it was made: its history has two of them."""
    issues = issues_of(session, record.id)
    return len(issues) > 1 or (bool(issues) and not text(record.values, "document_number"))


def issues_of(session: Session, document: str) -> dict[str, str]:
    """The numbers that a letter bears or bore, by each different issue in its history."""
    return {
        canonical(entry.value): str(entry.value["document_number"])
        for entry in records.history(session, LETTER, document)
        if entry.slot == ISSUE_SLOT and isinstance(entry.value, dict) and entry.value.get("document_number")
    }


def case_state(session: Session, case: str) -> CaseState:
    """Where a case stands today, what may come next and until when, and what contradicts the order of law."""
    return state_of(load_case(session, case), issuer_of(session))


def record_event(session: Session, case: str, kind: str, date: datetime.date, /, **fields: Cell) -> Recorded:
    """Records a step. ``handler`` is the operator by default, other fields are those of ``case_event``.

    What happened is recorded even where it was not as the law wants it (an investigation by one inspector, say):
    it then carries no letter. Refused is what cannot have happened. Raises :class:`IllegalStep` for a step that
    contradicts those before it or lies ahead, :class:`UnknownStep`, ``NotFound``, ``NotAllowed``.
    """
    if kind not in {each.value for each in EventKind}:
        raise UnknownStep(f"没有“{kind}”这个办案步骤。")
    today = session.environment.today()
    if date > today:
        raise IllegalStep(f"{date.isoformat()}还没有到，做完这一步再登记")
    values: dict[str, Cell] = {
        "handler": session.operator.name, **fields, "case": case, "kind": str(kind), "event_date": date.isoformat(),
    }  # fmt: skip
    file = load_case(session, case)
    event = Event("", EventKind(kind), date, _NEWEST, values)
    faults = _new_faults(file, event)
    if faults:
        raise IllegalStep("这一步和已经登记的步骤矛盾，没有保存", faults)
    saved = records.save(session, EVENT, values, name="登记办案步骤")
    return Recorded(saved.record, saved.changes, saved.findings, case_state(session, case))


def _new_faults(file: CaseFile, event: Event) -> list[Reason]:
    """The contradictions that a further step would bring."""
    before = {reason.text for reason in contradictions(file)}
    after = case_file(file.case, [*file.events, event], file.letters, file.inspectors, file.today, file.table)
    return [reason for reason in contradictions(after) if reason.text not in before]


def overdue(session: Session) -> list[WorkItem]:
    """What has run out in any case, longest ago first, then what cannot be computed for want of a table."""
    events: dict[str, list[Event]] = {}
    for record in _all(session, EVENT):
        event = event_of(record.id, record.values, record.stamp)
        if event is not None:
            events.setdefault(text(record.values, "case"), []).append(event)
    letters: dict[str, list[Letter]] = {}
    for record in _all(session, LETTER):
        letter = letter_of(record.id, record.values, record.stamp)
        if letter is not None:
            letters.setdefault(text(record.values, "case"), []).append(letter)
    found = []
    for case in _all(session, CASE):
        file = _bare_file(session, case.values, events.get(case.id, []), letters.get(case.id, []))
        for clock in running(file):
            late = clock.overdue(file.today)
            if late or clock.missing_year is not None:
                words = (text(case.values, "employer_name"), text(case.values, "summary"))
                found.append(WorkItem(case.id, *words, clock, late))
    return sorted(found, key=lambda item: (item.clock.due or datetime.date.max, item.case))


def _all(session: Session, type_name: str) -> list[Record]:
    return reading.records(session.database, session.types, Query(type_name, order=reading.NEWEST_ORDER))


def _bare_file(session: Session, case: Values, events: list[Event], letters: list[Letter]) -> CaseFile:
    """A case as its periods need it: without inspectors and histories, which a list does not look at."""
    none: Mapping[str, Values] = {}
    return case_file(case, events, letters, none, session.environment.today(), reference.working_day_table())
