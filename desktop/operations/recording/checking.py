"""The logic check (逻辑检查): every record against its declaration's rules, errors and warnings in one list."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from desktop.operations import form_data, queries
from desktop.operations.queries import Codes
from desktop.operations.recording.surroundings import Surroundings
from desktop.operations.session import Session
from desktop.records.checks import Checker, Finding
from desktop.records.declaration import RecordType, Severity
from desktop.records.types import Catalogue
from desktop.store.log import heads
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found on one record."""

    type: str
    record: str
    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How many records were looked at, and those on which something was found."""

    total: int
    found: tuple[Checked, ...]

    def count(self, severity: Severity) -> int:
        """How many findings are as severe as this."""
        return sum(f.severity is severity for checked in self.found for f in checked.findings)


@dataclass(frozen=True, slots=True)
class Place:
    """One record on which a rule found something: where the cursor goes, and what is said there."""

    type: str
    record: str
    title: str
    field: str
    message: str


@dataclass(slots=True)
class Problem:
    """What one rule found, on all records of one type."""

    type: str
    severity: Severity
    rule: str
    places: list[Place] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What it is: the sentence itself where it is the same everywhere, else that of the first record."""
        if self.rule == _NEEDED:
            return "有必填的内容没有填"
        first = self.places[0].message
        return first if all(place.message == first for place in self.places) else f"{first} 等"


Progress = Callable[[int, int], None]
"""Called with done and total; may raise to cancel."""

_PAGE = 1_000
_AFTER_MOVE = "after_move"
_NEEDED = "needed"
"""The rule of fields that must be filled."""


def check_all(
    database: Database,
    types: Catalogue,
    codes: Codes,
    today: datetime.date,
    wanted: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Looks through every record, type by type; nothing is found when all is right (逻辑正确)."""
    looked_at = [types[name] for name in (wanted or types) if not types[name].by_program]
    total = sum(reading.count(database, types, Query(t.name)) for t in looked_at)
    done = 0
    found: list[Checked] = []
    for record_type in looked_at:
        checker = Checker(record_type)
        gone = form_data.erased_fields(database, record_type)
        late = heads.under_former_units(database, record_type.name)
        numbers = reading.row_numbers(database, types, Query(record_type.name))
        for start in range(0, len(numbers), _PAGE):
            page = reading.page(database, record_type, numbers[start : start + _PAGE])
            told: dict[str, Sequence[Finding]] = {}
            around = Surroundings(database, types, record_type, list(page.values()), today, gone)
            for held in page.values():
                findings = checker(held.values, around.context(held))
                if held.id in late:
                    findings = [*findings, _after_move(record_type, late[held.id])]
                if findings:
                    told[held.id] = findings
            named = {held.id: held.values for held in page.values() if held.id in told}
            titles = queries.titles_of(database, types, codes, record_type, named)
            found += [Checked(record_type.name, k, titles[k], tuple(told[k])) for k in named]
            done += len(page)
            if progress is not None:
                progress(done, total)
    return Report(total, tuple(found))


def _after_move(record_type: RecordType, slots: Collection[str]) -> Finding:
    """Rule 16: what the former unit has written after a move counts, and somebody should look at it."""
    changed = [slot for name, slot in record_type.slots.items() if name in slots]
    labels = "、".join(slot.label for slot in changed) or "内容"
    return Finding(
        Severity.WARNING,
        f"调整单位以后，原来的单位又改过{labels}，请核对是不是现在的情况",
        tuple(f.name for slot in changed for f in slot.fields),
        _AFTER_MOVE,
    )


def logic_check(session: Session) -> Report:
    """The check of a session's whole ledger."""
    return check_all(session.database, session.types, session.codes, session.environment.today())


def problems(found: Iterable[Checked], types: Catalogue) -> list[Problem]:
    """The findings by type and rule, errors before warnings, the most frequent first.

    What a record lacks is one line that leads to the first empty field: a half-empty one would fill the page.
    """
    by_rule: dict[tuple[str, Severity, str, tuple[str, ...]], Problem] = {}
    for checked in found:
        missing = [f for f in checked.findings if f.rule == _NEEDED]
        others = [f for f in checked.findings if f.rule != _NEEDED]
        if missing:
            others.insert(0, _as_one(missing, types[checked.type]))
        for finding in others:
            fields = () if finding.rule == _NEEDED else finding.fields
            key = (checked.type, finding.severity, finding.rule, fields)
            problem = by_rule.setdefault(key, Problem(checked.type, finding.severity, finding.rule))
            cursor = finding.fields[0] if finding.fields else ""
            problem.places.append(Place(checked.type, checked.record, checked.title, cursor, finding.message))
    return sorted(by_rule.values(), key=lambda p: (p.severity is not Severity.ERROR, -len(p.places)))


def _as_one(missing: Sequence[Finding], record_type: RecordType) -> Finding:
    fields = tuple(name for finding in missing for name in finding.fields)
    labels = "、".join(record_type.by_name[name].label for name in fields)
    return Finding(missing[0].severity, f"缺必填{len(fields)}项：{labels}", fields, _NEEDED)
