"""A row of the federation's form of unions fills three records: the enterprise, its union, and the coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.operations.imports.mapping import EMPLOYER, JOINT, Layout
from desktop.operations.imports.matching import Entry
from desktop.operations.imports.model import Candidate, Note, Options, Outcome, Part, RowResult, Weight
from desktop.operations.imports.own_place import PLACE_FIELDS
from desktop.operations.imports.planning import Plan, Planner
from desktop.operations.session import Session
from desktop.records.typed.texts import folded
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import NewRecord
from desktop.store.queries import lookup

_ORDER = (Outcome.NEW, Outcome.CHANGED, Outcome.REJECTED, Outcome.SAME, Outcome.DELETED)
_COUNTS = ("staff_count", "member_count")
_INDEPENDENT = "independent"
SOURCE = "工会组织信息采集表"


@dataclass(slots=True)
class _Row:
    """A row with its two parts, copied because each learns from the other, and what they were matched with."""

    result: RowResult
    union_part: Part
    employer_part: Part
    employer: Entry | None = None
    union: Entry | None = None
    own_members: bool = False


class JointPlanner:
    """Plans the three types of one table of unions."""

    def __init__(
        self, session: Session, options: Options, batch: str, valid_codes: set[str], layout: Layout
    ) -> None:
        self._session = session
        self._options = options
        kinds = (session.types[EMPLOYER], session.types[JOINT])
        self._employers, self._unions = (
            Planner(session, t, options, batch, valid_codes, layout.columns_of(t.name), repeats=True)
            for t in kinds
        )
        self._uncovered: dict[tuple[str, str], str] = {}

    def plan(self, rows: Sequence[RowResult]) -> Plan:
        """Births and edits of all three; sets the outcome of each row, whose parts are union and enterprise."""
        pairs = [_Row(row, _copy(row.parts[0]), _copy(row.parts[1])) for row in rows]
        for pair in pairs:
            _prepare(pair)
        with_employer = [p for p in pairs if _has_employer(p)]
        matched = self._employers.match([Candidate(p.result, p.employer_part) for p in with_employer])
        for pair, entry in zip(with_employer, matched, strict=True):
            pair.employer = entry
        for pair in with_employer:
            if not _names_union(pair.union_part):
                pair.result.refuse("这一行没有工会名称；还没有工会的企业，请把这个表再按“企业”导入一次")
        sound = [p for p in pairs if p.result.outcome is not Outcome.REJECTED]
        unions = [Candidate(p.result, p.union_part) for p in sound]
        for pair, entry in zip(
            sound, self._unions.match(unions, also=("enterprise", "headcount")), strict=True
        ):
            pair.union = entry
            if entry is not None:
                pair.result.record = entry.id
        self._add_up(sound)
        # A row whose union was refused must not leave its enterprise behind alone: it comes back whole.
        self._forget_orphans(pairs)
        plan = self._employers.finish()
        _place_beside(sound)
        plan.add(self._unions.finish())
        coverages = self._coverages(sound)
        plan.births += list(coverages.values())
        for pair in sound:
            self._judge(pair, coverages)
        return plan

    def _add_up(self, rows: Sequence[_Row]) -> None:
        """A joint union's counts are the sums over its rows, unless each row repeats the same whole."""
        by_union: dict[str, list[_Row]] = {}
        for row in rows:
            if row.union is not None:
                by_union.setdefault(row.union.id, []).append(row)
        for group in by_union.values():
            union = group[0].union
            if union is None:
                continue
            employers = {r.employer.id for r in group if r.employer is not None}
            if len(employers) == 1 and union.strong.get("kind") in (None, _INDEPENDENT):
                union.weak["enterprise"] = next(iter(employers))
            if len(employers) < 2:
                continue
            for name in _COUNTS:
                said = [v for r in group if isinstance(v := r.union_part.values.get(name), int)]
                if len(set(said)) > 1:
                    union.strong[name] = sum(said)
                    for row in group:
                        row.own_members = row.own_members or name == "member_count"

    def _forget_orphans(self, rows: Sequence[_Row]) -> None:
        kept = {r.employer.id for r in rows if r.employer is not None and r.union is not None}
        for record in [i for i in self._employers.entries if i not in kept]:
            del self._employers.entries[record]

    def _coverages(self, rows: Sequence[_Row]) -> dict[tuple[str, str], NewRecord]:
        """One coverage for each pair of union and enterprise that is not held and not ended."""
        pairs: dict[tuple[str, str], _Row] = {}
        for row in rows:
            if row.union is not None and row.employer is not None:
                pairs.setdefault((row.union.id, row.employer.id), row)
        held = self._held_pairs({union for union, _ in pairs})
        born: dict[tuple[str, str], NewRecord] = {}
        for (union, employer), row in pairs.items():
            entry = row.union
            if (union, employer) in held or entry is None or _deleted(entry) or _deleted(row.employer):
                continue
            if entry.held is not None and entry.held.values.get("enterprise") == employer:
                continue
            if words := self._unions.anothers(entry):
                self._uncovered[union, employer] = f"{words}，没有登记它覆盖这家企业；要登记，请联系它"
                continue
            unit = entry.held.unit if entry.held is not None else self._unions.unit_of(entry)
            born[union, employer] = NewRecord(
                "coverage", self._session.ledger.new_id(), unit, _coverage(union, employer, row)
            )
        return born

    def _held_pairs(self, unions: set[str]) -> set[tuple[str, str]]:
        found = lookup.by_value(
            self._session.database, self._session.types["coverage"], "union", unions, ("enterprise", "ended")
        )
        return {
            (str(union), str(employer))
            for union, _, life, (employer, ended) in found
            if life is not Life.DELETED and ended is None
        }

    def _judge(self, row: _Row, coverages: dict[tuple[str, str], NewRecord]) -> None:
        if row.union is None:
            row.result.outcome = Outcome.REJECTED
            return
        outcomes = {self._unions.outcome_of(row.union.id)}
        if row.employer is not None:
            outcomes.add(self._employers.outcome_of(row.employer.id))
            if (row.union.id, row.employer.id) in coverages:
                outcomes.add(Outcome.NEW)
        words = [] if row.employer is None else [self._uncovered.get((row.union.id, row.employer.id), "")]
        for planner, entry in ((self._unions, row.union), (self._employers, row.employer)):
            words.append(planner.refused.get(entry.id, "") if entry is not None else "")
        told = [text for text in words if text]
        if told:
            outcomes.add(Outcome.REJECTED)
        row.result.outcome = next(o for o in _ORDER if o in outcomes)
        for text in told:
            # What else the row says may go in all the same.
            refused = row.result.outcome is Outcome.REJECTED
            row.result.tell(Note(text, Weight.PROBLEM if refused else Weight.WARNING))


def _place_beside(rows: Sequence[_Row]) -> None:
    """The union of one employer lies where that was assumed to lie."""
    for row in rows:
        employer, union = row.employer, row.union
        if employer is None or employer.held is not None or union is None or EMPLOYER not in union.weak:
            continue
        if not set(PLACE_FIELDS) & (union.strong.keys() | union.weak.keys()):
            union.weak |= {n: employer.strong[n] for n in PLACE_FIELDS if n in employer.strong}


def _prepare(row: _Row) -> None:
    """What each part knows from the other."""
    employer, union = row.employer_part, row.union_part
    if employer.values.get("name") and not _names_union(union):
        # A row that names no union is a row of an enterprise that has none.
        return
    employer.values["union_state"] = "Y"
    if (established := union.values.get("established_date")) is not None:
        employer.weak["union_state_date"] = established
    staff: Cell = union.values.get("staff_count")
    if staff is not None and "surveyed_staff" not in employer.values:
        employer.weak |= {"surveyed_staff": staff, "surveyed_source": SOURCE}
    for name in ("address", "town", "village"):
        value = employer.values.get(name, employer.weak.get(name))
        if value is not None and name not in union.values:
            union.weak[name] = value
    if "town" in union.values and not {"town", "village"} & (employer.values.keys() | employer.weak.keys()):
        # A column for towns is about the whole row, unlike the address of a union.
        employer.weak |= {n: union.values[n] for n in ("town", "village") if n in union.values}
    union.place_reason = union.place_reason or employer.place_reason


def _names_union(part: Part) -> bool:
    return bool(part.values.get("name") or part.values.get("uscc"))


def _has_employer(row: _Row) -> bool:
    """Whether the row names an enterprise; a federation's row repeats its own name there."""
    employer, union = row.employer_part.values, row.union_part.values
    name = employer.get("name")
    if not name and not employer.get("uscc"):
        return False
    return bool(employer.get("uscc")) or folded(str(name)) != folded(str(union.get("name") or ""))


def _copy(part: Part) -> Part:
    return Part(dict(part.values), dict(part.weak), part.words, part.place_reason)


def _deleted(entry: Entry | None) -> bool:
    """Whether the record was deleted, and not only undone: then it comes in as a new one."""
    return (
        entry is not None
        and entry.held is not None
        and entry.held.life is Life.DELETED
        and entry.undone is None
    )


def _coverage(union: str, employer: str, row: _Row) -> dict[str, Cell]:
    values = row.union_part.values
    kind = values.get("kind")
    return {
        "union": union,
        "enterprise": employer,
        "method": "single" if kind == _INDEPENDENT else "joint" if kind is not None else None,
        "started": values.get("established_date"),
        "member_count": values.get("member_count") if row.own_members else None,
    }
