"""Reads a supervision case with its steps and letters, records steps, and lists what is overdue."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.documents.letters.printed import SnapshotDamaged, digest_of, from_snapshot, is_letter_of
from desktop.errors import StateProblem, UsageProblem
from desktop.operations.recording import records
from desktop.operations.session import Session
from desktop.operations.supervision.holidays import working_days
from desktop.operations.supervision.powers import Powers
from desktop.records.cells import Values, text
from desktop.records.checks import Finding
from desktop.records.supervision import (
    REGISTER_LEVELS,
    CaseFile,
    CaseState,
    Clock,
    Event,
    EventKind,
    Issuer,
    Letter,
    Reason,
    as_issued,
    case_file,
    contradictions,
    event_of,
    is_past,
    letter_of,
    running,
    state_of,
)
from desktop.records.supervision.powers import EMPOWERED_LEVELS, OWN
from desktop.records.supervision.reasons import forbidden
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell, canonical
from desktop.records.versions.resolution import Life
from desktop.store.ledger import ChangeSet, NotFound
from desktop.store.log.heads import changed_below
from desktop.store.queries import aggregates, reading
from desktop.store.queries.history import versions_of
from desktop.store.queries.reading import Query, Record
from desktop.store.tables.database import Database

CASE, EVENT, LETTER, INSPECTOR = "case", "case_event", "case_document", "inspector"
ISSUE_SLOTS = ("issue", f"{OWN}issue")
"""Where the number of a letter stands: what the district wrote, and what a town or park did."""
_PAST_SLOT = "past"
_SEALED_SLOTS = frozenset({*ISSUE_SLOTS, "snapshot", f"{OWN}snapshot", _PAST_SLOT})
"""What of a letter can have one version only."""


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
    """Something for the work list: a period that has run out, or one that waits for a table of holidays.

    The same of several ``letters`` of a case is one of them, with the earliest of their periods.
    """

    case: str
    employer: str
    summary: str
    clock: Clock
    overdue: bool
    letters: int = 1


def has_inspectors(session: Session) -> bool:
    """Whether anybody is registered who may investigate."""
    return reading.count(session.database, session.types, Query(INSPECTOR)) > 0


def issuer_of(session: Session) -> Issuer:
    """The body that issues from this workspace: its level, the full name that letters bear, and its unit."""
    organ = session.ledger.meta("letters.organ") or session.unit.name
    return Issuer(session.unit.level, organ, session.unit.id)


def held(session: Session, type_name: str, record: str) -> Record:
    """A record that has to be here; a letter has its issue under the district's names. Raises ``NotFound``."""
    return _held(session.database, session.types, type_name, record)


def _held(database: Database, types: Catalogue, type_name: str, record: str) -> Record:
    found = reading.record(database, types, type_name, record)
    if found is None:
        other = next((t for name, t in types.items() if reading.record(database, types, name, record)), None)
        if other is not None:
            words = f"这个编号是一条{other.label}，这里要{types[type_name].label}的编号。"
            raise NotFound(words, "请核对编号，或者换一种文书。")
        raise NotFound(f"没有找到这条{types[type_name].label}。")
    return replace(found, values=as_issued(found.values)) if type_name == LETTER else found


def load_case(session: Session, case: str) -> CaseFile:
    """A case with its steps and letters as the order of law looks at it. Raises ``NotFound``."""
    database, types = session.database, session.types
    found = _held(database, types, CASE, case)
    values = found.values
    query = Query(EVENT, children_of=case, order=reading.NEWEST_ORDER)
    events = [event_of(r.id, r.values, r.stamp) for r in reading.records(database, types, query)]
    known = [event for event in events if event is not None]
    powers, today = Powers(database, types), session.environment.today()
    return case_file(
        values,
        known,
        _letters(database, types, found, powers),
        _inspectors(database, types, values, known),
        today,
        working_days(database),
        powers.over(found.unit, today) if session.unit.level in EMPOWERED_LEVELS else (),
    )


def _inspectors(
    database: Database, types: Catalogue, case: Values, events: Iterable[Event]
) -> dict[str, Values]:
    slots = ("inspector_1", "inspector_2")
    wanted = {text(values, slot) for values in (case, *(e.values for e in events)) for slot in slots}
    found = {key: reading.record(database, types, INSPECTOR, key) for key in sorted(wanted - {""})}
    return {key: inspector.values for key, inspector in found.items() if inspector is not None}


def _letters(database: Database, types: Catalogue, case: Record, powers: Powers) -> list[Letter]:
    """The letters of a case, those included that were deleted although they bear a number."""
    found = []
    for record, values in _papers(database, types, case.id):
        deleted = record.life is Life.DELETED
        letter = letter_of(
            record.id,
            values,
            record.stamp,
            altered=_altered(database, types, record, powers),
            disputed=not _SEALED_SLOTS.isdisjoint(record.disputed),
            deleted=deleted,
        )
        if letter is not None and (letter.number or not deleted):
            found.append(powers.judged(letter))
    return found


def _papers(database: Database, types: Catalogue, case: str) -> Iterator[tuple[Record, Values]]:
    """What stands in a case and what was issued in it and is in another since; each as it was issued, if it was."""
    here, made = set(), aggregates.issued_as(database)
    for deleted in (False, True):
        query = Query(LETTER, children_of=case, deleted=deleted, order=reading.NEWEST_ORDER)
        for record in reading.records(database, types, query):
            here.add(record.id)
            yield record, {**record.values, **made.get(record.id, {})}
    for document, said in made.items():
        if said.get("case") == case and document not in here:
            away = reading.record(database, types, LETTER, document)
            if away is not None:
                yield away, {**away.values, **said}


def _altered(database: Database, types: Catalogue, record: Record, powers: Powers) -> bool:
    """Whether the issue of a letter was changed or taken back after it was made: its history has two of them.

    The kept text is another slot, so it is held against the digest in the issue, and what the record is against it.
    A letter of a paper register is corrected by those who number; whoever else changed it since they last wrote of it
    has altered it.
    """
    if is_past(record.values):
        return changed_below(database, LETTER, record.id, _PAST_SLOT, powers.without_register)
    issues = issues_of(database, types, record.id)
    values = as_issued(record.values)
    kept, digest = text(values, "snapshot"), text(values, "snapshot_digest")
    changed = bool(issues) and bool(kept) and (digest_of(kept) != digest or not _is_of(kept, values))
    return changed or len(issues) > 1 or (bool(issues) and not text(values, "document_number"))


def _is_of(kept: str, values: Values) -> bool:
    try:
        return is_letter_of(from_snapshot(kept), values)
    except SnapshotDamaged:
        # Its digest was reckoned over what no program has issued.
        return False


def issues_of(database: Database, types: Catalogue, document: str) -> dict[str, str]:
    """The numbers that a letter bears or bore, by each different issue in its history."""
    return {
        canonical(entry.value): str(entry.value[name])
        for slot, name in zip(ISSUE_SLOTS, ("document_number", f"{OWN}document_number"), strict=True)
        for entry in versions_of(database, types, LETTER, document, slot)
        if isinstance(entry.value, dict) and entry.value.get(name)
    }


def case_state(session: Session, case: str) -> CaseState:
    """Where a case stands today, what may come next and until when, and what contradicts the order of law."""
    return state_of(load_case(session, case), issuer_of(session))


def state_in(session: Session, file: CaseFile) -> CaseState:
    """The same of a case that was read already."""
    return state_of(file, issuer_of(session))


def record_event(session: Session, case: str, kind: str, date: datetime.date, /, **fields: Cell) -> Recorded:
    """Records a step. ``handler`` is the operator by default, other fields are those of ``case_event``.

    What happened is recorded even where it was not as the law wants it (an investigation by one inspector, say):
    it then carries no letter. Refused is what cannot have happened. Raises :class:`IllegalStep` for a step that
    contradicts those before it or lies ahead, :class:`UnknownStep`, ``NotFound``, ``NotAllowed``.
    """
    (values,) = _steps(session, case, kind, date, [fields])
    saved = records.save(session, EVENT, values, name="登记办案步骤")
    return Recorded(saved.record, saved.changes, saved.findings, case_state(session, case))


def record_about(
    session: Session, case: str, kind: str, date: datetime.date, letters: Sequence[str], /, **fields: Cell
) -> Recorded:
    """Records the same step about several letters, as that all notices were served: all or none, and one to undo.

    ``event`` is the first of them. Raises as :func:`record_event`, and :class:`UnknownStep` without letters.
    """
    if not letters:
        raise UnknownStep("没有选中要登记的文书。")
    rows = _steps(
        session, case, kind, date, [{**fields, "document": letter} for letter in dict.fromkeys(letters)]
    )
    events, changes = records.save_many(session, EVENT, rows, name=f"登记办案步骤{len(rows)}份")
    return Recorded(events[0], changes, (), case_state(session, case))


def _steps(
    session: Session, case: str, kind: str, date: datetime.date, told: Sequence[Mapping[str, Cell]]
) -> list[dict[str, Cell]]:
    """The values of further steps, none of which contradicts what is recorded."""
    if kind not in {each.value for each in EventKind}:
        raise UnknownStep(f"没有“{kind}”这个办案步骤。")
    today = session.environment.today()
    if date > today:
        raise IllegalStep(f"{date.isoformat()}还没有到，做完这一步再登记")
    if kind == EventKind.PROCURATORATE and session.unit.level not in REGISTER_LEVELS:
        raise IllegalStep(
            "本单位不能登记这一步", [forbidden("线索由县级以上工会移送检察机关", "", "请报区总工会移送。")]
        )
    fixed: dict[str, Cell] = {"case": case, "kind": str(kind), "event_date": date.isoformat()}
    rows: list[dict[str, Cell]] = [{"handler": session.operator.name, **fields, **fixed} for fields in told]
    faults = _new_faults(
        load_case(session, case), [Event("", EventKind(kind), date, _NEWEST, values) for values in rows]
    )
    if faults:
        raise IllegalStep("这一步和已经登记的步骤矛盾，没有保存", faults)
    return rows


def _new_faults(file: CaseFile, events: Sequence[Event]) -> list[Reason]:
    """The contradictions that further steps would bring."""
    before = {reason.text for reason in contradictions(file)}
    after = file.with_events(events)
    return [reason for reason in contradictions(after) if reason.text not in before]


def overdue(database: Database, types: Catalogue, today: datetime.date) -> list[WorkItem]:
    """What has run out in any case, longest ago first, then what cannot be computed for want of a table."""
    events: dict[str, list[Event]] = {}
    for record in _all(database, types, EVENT):
        event = event_of(record.id, record.values, record.stamp)
        if event is not None:
            events.setdefault(text(record.values, "case"), []).append(event)
    letters: dict[str, list[Letter]] = {}
    made = aggregates.issued_as(database)
    for record in _all(database, types, LETTER):
        values = {**record.values, **made.get(record.id, {})}
        letter = letter_of(record.id, values, record.stamp)
        if letter is not None:
            letters.setdefault(text(values, "case"), []).append(letter)
    found = []
    table = working_days(database)
    powers = Powers(database, types)
    for case in _all(database, types, CASE):
        # Periods look neither at inspectors nor at histories, so a list of all cases costs four queries.
        steps = events.get(case.id, [])
        papers = [powers.judged(letter) for letter in letters.get(case.id, [])]
        file = case_file(case.values, steps, papers, {}, today, table)
        alike: dict[tuple[str, bool, int | None], list[Clock]] = {}
        for clock in running(file.until(today)):
            late = clock.overdue(today)
            if late or clock.missing_year is not None:
                alike.setdefault((clock.awaits, late, clock.missing_year), []).append(clock)
        words = (text(case.values, "employer_name"), text(case.values, "summary"))
        for (_, late, _), clocks in alike.items():
            first = min(clocks, key=lambda clock: clock.due or datetime.date.max)
            found.append(WorkItem(case.id, *words, first, late, len(clocks)))
    return sorted(found, key=lambda item: (item.clock.due or datetime.date.max, item.case))


def _all(database: Database, types: Catalogue, type_name: str) -> list[Record]:
    return reading.records(database, types, Query(type_name, order=reading.NEWEST_ORDER))
