"""Turns matched rows of one type into births and edits, and says of each row what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from desktop.operations.imports import afresh
from desktop.operations.imports.checked import checks_of, filled_in
from desktop.operations.imports.matching import Entry, Matcher
from desktop.operations.imports.model import Candidate, FieldChange, Note, Options, Outcome, Weight
from desktop.operations.imports.own_place import PLACE_FIELDS, OwnPlace
from desktop.operations.imports.together import REMARK, is_count, without_rough
from desktop.operations.imports.units import town_units
from desktop.operations.recording import admitting
from desktop.operations.session import Session
from desktop.records.checks import RememberingChecks
from desktop.records.declaration import Kind, RecordType, Slot
from desktop.records.typed.dates import stamp_words
from desktop.records.typed.texts import folded
from desktop.records.versions.canonical import Cell
from desktop.records.versions.resolution import Life
from desktop.store.ledger import Deletion, NewRecord, SlotEdit
from desktop.store.queries import lookup
from desktop.store.queries.lookup import Held

_DEFAULTS: dict[str, tuple[str, ...]] = {"enterprise": ("status",), "union": ("status",)}
"""Defaults that hold for a record of a register too; others are only right when a person sees them."""
_EVERY_TIME = ("national_entry", "sector")
"""Slots that an import may fill although no column says so."""
_DEPENDENTS = {"town": ("village",), "union_state": ("union_state_date", "no_union_reason")}
"""What says nothing any more once the field before it says something else."""
_ASKING = ("needs_with", "needs_when")
"""Rules that ask for a field because of what another one says."""
_HEADCOUNT = "headcount"
_AT_ONCE = 500
"""Records that are planned and checked before the next ones: so few stay in the processor's cache."""


@dataclass
class Plan:
    """What one write would do, and what is still missing in the records that it touches, by field label."""

    births: list[NewRecord] = field(default_factory=list)
    edits: list[SlotEdit] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    without_town: list[int] = field(default_factory=list)
    own_place: list[int] = field(default_factory=list)

    def miss(self, label: str, count: int = 1) -> None:
        """Counts records in which a field is missing."""
        if count:
            self.missing[label] = self.missing.get(label, 0) + count

    def add(self, other: Plan) -> None:
        """Takes another type's part in."""
        self.births += other.births
        self.edits += other.edits
        self.deletions += other.deletions
        for label, count in other.missing.items():
            self.miss(label, count)
        self.without_town += other.without_town
        self.own_place += other.own_place


class Planner:
    """Plans one type, whose fields come from ``columns``.

    ``repeats`` says that many rows may be about one record, as those of a joint union are.
    """

    def __init__(
        self,
        session: Session,
        record_type: RecordType,
        options: Options,
        batch: str,
        valid_codes: set[str],
        columns: Mapping[str, int],
        *,
        repeats: bool = False,
    ) -> None:
        self._session = session
        self._type = record_type
        self._options = options
        self._batch = batch
        self._valid_codes = valid_codes
        self._columns = columns
        self._repeats = repeats
        self._today = session.environment.today()
        self._day = self._today.isoformat()
        self._headcounts = _headcounts(record_type)
        self._needed = {f.name: f.label for f in record_type.fields if f.needed}
        self._filled: Set[str] = frozenset()
        self._placed = "town" in record_type.by_name
        self._own_place = OwnPlace(session, record_type)
        self._units = town_units(session) if options.by_town else {}
        self._defaults = {n: record_type.by_name[n].default for n in _DEFAULTS.get(record_type.name, ())}
        if "source_batch" in record_type.by_name:
            self._defaults["source_batch"] = batch
        self._national = self._said_by_system()
        self._usual = {**self._national, **self._defaults}
        self._outcomes: dict[str, Outcome] = {}
        self._of_others: Mapping[str, str] = {}
        self.refused: dict[str, str] = {}
        self._slots: list[Slot] = []
        self.entries: dict[str, Entry] = {}

    def match(self, candidates: Sequence[Candidate], also: Iterable[str] = ()) -> list[Entry | None]:
        """Joins rows about one record and sets each row's outcome as far as it does not depend on values.

        ``also`` names slots that get values only later.
        """
        named = set[str]().union(*(c.part.values for c in candidates), *(c.part.weak for c in candidates))
        counted = REMARK in self._type.by_name and any(is_count(self._type.by_name[n]) for n in named)
        slots = {self._type.slot_of[n] for n in named} | {*_EVERY_TIME, *also}
        slots |= {self._type.slot_of[REMARK]} if counted else set()
        self._slots = [slot for name, slot in self._type.slots.items() if name in slots]
        fields = [f.name for f in self._type.fields if self._type.slot_of[f.name] in slots]
        beside = [n for n in (self._type.key, "town", *self._type.title) if n in self._type.by_name]
        fields += [str(n) for n in beside]
        matcher = Matcher(self._session, self._type, fields, self._valid_codes)
        self.entries = matcher.entries
        matched = []
        for candidate, entry in zip(candidates, matcher.match(candidates), strict=True):
            matched.append(entry)
            if entry is None:
                continue
            row = candidate.row
            if entry.first is not row:
                if not self._repeats:
                    row.outcome = Outcome.DUPLICATE
                    row.tell(Note(f"与第{entry.first.number}行是同一条，已合并"))
                self._join(entry, candidate)
            row.record = row.record or entry.id
        afresh.find_undone(self._session.database, self._type, self.entries.values())
        return matched

    def finish(self) -> Plan:
        """Births and edits of all entries; sets the outcomes of the rows that began them."""
        plan = Plan()
        self._filled = filled_in(self.entries.values())
        self._headcounts = [h for h in self._headcounts if not h[0].isdisjoint(self._filled)]
        deleted = [e.id for e in self.entries.values() if e.held is not None and e.held.life is Life.DELETED]
        shown = {e.held.id: e.held.unit for e in self.entries.values() if e.held is not None}
        self._of_others = admitting.units_of_others(self._session, self._type, shown) if shown else {}
        moments = lookup.deleted_at(self._session.database, self._type.name, deleted)
        checks = checks_of(self._type, self._filled, self._valid_codes, self._today)
        lacking = dict.fromkeys(self._needed.values(), 0)
        waiting = list(self.entries.values())
        for start in range(0, len(waiting), _AT_ONCE):
            planned = []
            for entry in waiting[start : start + _AT_ONCE]:
                outcome = self._outcome(entry, plan, moments)
                self._outcomes[entry.id] = outcome
                if not self._repeats and entry.first.outcome is not Outcome.REJECTED:
                    entry.first.outcome = outcome
                    if words := self.refused.get(entry.id):
                        entry.first.refuse(words)
                if outcome not in (Outcome.DELETED, Outcome.REJECTED):
                    planned.append(entry)
            self._check(planned, checks, plan, lacking)
        for label, count in lacking.items():
            plan.miss(label, count)
        return plan

    def outcome_of(self, record: str) -> Outcome:
        """What became of an entry."""
        return self._outcomes[record]

    def anothers(self, entry: Entry) -> str:
        """Whose an entry is, in words, where it is a record that is held and not changed here."""
        named = self._of_others.get(entry.held.id) if entry.held is not None else None
        return "" if named is None else admitting.is_anothers(self._type, named)

    # -- joining ---------------------------------------------------------------------------------------------------

    def _join(self, entry: Entry, candidate: Candidate) -> None:
        if not entry.joined:
            entry.strong, entry.weak, entry.joined = dict(entry.strong), dict(entry.weak), True
        for name, value in candidate.part.values.items():
            before = entry.strong.get(name)
            if before is not None and before != value and not self._repeats:
                label = self._type.by_name[name].label
                text = f"“{label}”与第{entry.first.number}行不同，按本行"
                candidate.row.tell(self._doubt(text, name))
            entry.strong[name] = value
        for name, value in candidate.part.weak.items():
            entry.weak.setdefault(name, value)
        entry.place_reason = entry.place_reason or candidate.part.place_reason

    # -- values ----------------------------------------------------------------------------------------------------

    def _said_by_system(self) -> dict[str, Cell]:
        """What an export of the national system says of every record in it."""
        national = self._options.national
        if national is None or "national_entry_date" not in self._type.by_name:
            return {}
        batch = national.batch or self._batch
        return {"national_entry_date": national.date.isoformat(), "national_entry_batch": batch}

    def _by_default(self, entry: Entry) -> Mapping[str, Cell]:
        """What a new record says by default. A cell that could not be read is not to say the usual in the end."""
        said = entry.first.said
        unread = [note.field for note in said if note.field in self._defaults] if said else ()
        if not unread:
            return self._usual
        return {name: value for name, value in self._usual.items() if name not in unread}

    def _outcome(self, entry: Entry, plan: Plan, moments: Mapping[str, int]) -> Outcome:
        held = entry.held
        # What was deleted and stays so is told as such, whosever it is.
        changes = held is not None and (
            held.life is not Life.DELETED or self._options.revive or entry.undone is not None
        )
        if held is not None and changes and held.id in self._of_others:
            return self._left_alone(entry, held)
        if entry.held is None or entry.undone is not None:
            values = {**self._by_default(entry), **entry.weak, **entry.strong}
            if self._own_place.place and (place := self._assumed_place(entry, values)):
                values |= place
                plan.own_place.append(entry.first.number)
                entry.first.tell(Note(self._own_place.words, field="town"))
            self._date_headcounts(values, entry.strong)
            entry.strong = values
            if entry.undone is None:
                plan.births.append(NewRecord(self._type.name, entry.id, self.unit_of(entry), entry.strong))
                return Outcome.NEW
            entry.first.tell(Note("以前登记过又撤消了，照新增的导入"))
            plan.deletions.append(afresh.revival(self._type, entry.id))
            plan.edits += afresh.overwriting(self._type, entry.id, entry.undone, values)
            entry.held = None
            return Outcome.NEW
        if entry.held.life is Life.DELETED:
            stamp = moments.get(entry.id, 0)
            when = stamp_words(stamp)[:10] if stamp else "以前"
            if not self._options.revive:
                entry.first.tell(Note(f"这条记录{when}在这里删除过，没有导入", Weight.WARNING))
                return Outcome.DELETED
            plan.deletions.append(Deletion(self._type.name, entry.id, revive=True, together=True))
            entry.first.tell(Note(f"这条记录{when}删除过，现在恢复，当时随它一起删除的也恢复"))
        entry.weak = {**self._national, **entry.weak}
        edits = self._edits(entry)
        plan.edits += edits
        return Outcome.CHANGED if edits or entry.held.life is Life.DELETED else Outcome.SAME

    def _left_alone(self, entry: Entry, held: Held) -> Outcome:
        """A record of another unit stays as it is, as in a form; a row that says nothing else of it is none to mend."""
        if held.life is not Life.DELETED:
            entry.weak = dict(self._national)
            told = entry.first.changes
            edits = self._edits(entry)
            entry.first.changes = told
            if not edits:
                return Outcome.SAME
        self.refused[entry.id] = f"{self.anothers(entry)}，没有改动；要改，请联系它"
        return Outcome.REJECTED

    def _assumed_place(self, entry: Entry, values: Mapping[str, Cell]) -> Mapping[str, Cell]:
        """The own place for a new record of the own unit, unless the row said a place that could not be read."""
        if entry.unit not in ("", self._session.unit.id) or entry.place_reason:
            return {}
        if any(note.weight is Weight.PROBLEM and note.field in PLACE_FIELDS for note in entry.first.said):
            return {}
        return self._own_place.of(values)

    def _edits(self, entry: Entry) -> list[SlotEdit]:
        held = entry.held
        if held is None:
            return []
        edits = []
        written: set[str] = set()
        for slot in self._slots:
            before = {f.name: held.values.get(f.name) for f in slot.fields}
            strong = {n: v for n in before if (v := entry.strong.get(n)) is not None}
            if self._options.fill_only:
                strong = {n: v for n, v in strong.items() if before[n] is None}
            changed = {n: v for n, v in strong.items() if not _alike(v, before[n])}
            after = before | changed | self._weak_changes(entry, before, strong, changed=bool(changed))
            if REMARK in before and REMARK not in strong:
                after[REMARK] = self._settled(entry, after[REMARK])
            if changed:
                self._date_headcounts(after, strong)
            if after == before:
                continue
            if slot.name in held.disputed:
                text = f"“{slot.label}”有待处理的分歧，没有改动，请先在“分歧”页决定"
                entry.first.tell(Note(text, Weight.WARNING, field=slot.fields[0].name))
                continue
            value = after if slot.grouped else after[slot.name]
            edits.append(SlotEdit(self._type.name, entry.id, slot.name, value))
            changed_names = [n for n in before if after[n] != before[n]]
            self._doubt_name(entry, before, after)
            entry.first.changes = [
                *entry.first.changes,
                *(FieldChange(self._type.name, n, before[n], after[n]) for n in changed_names),
            ]
            written.update(changed_names)
        if entry.first.said:
            idle = {
                at for n, at in self._columns.items() if entry.strong.get(n) is not None and n not in written
            }
            entry.first.idle |= idle
        return edits

    def _settled(self, entry: Entry, remark: Cell) -> Cell:
        """The remarks once the number is known for which they held the words."""
        held = entry.held.values if entry.held is not None and self._options.fill_only else {}
        known = [n for n in entry.strong if held.get(n) is None]
        return without_rough(self._type, remark, known) or None if isinstance(remark, str) else remark

    def _doubt_name(self, entry: Entry, before: Mapping[str, Cell], after: Mapping[str, Cell]) -> None:
        """A code with quite another name than before is a new name, or the code of another firm."""
        name = self._type.title[0]
        if self._type.key is None or name not in before:
            return
        old, new = folded(str(before[name] or "")), folded(str(after[name] or ""))
        if old and new and old not in new and new not in old:
            text = f"这个代码在本机登记的名称是“{before[name]}”，请核对是更名，还是代码填错了"
            entry.first.tell(self._doubt(text, name))

    @staticmethod
    def _weak_changes(
        entry: Entry, before: Mapping[str, Cell], strong: Mapping[str, Cell], *, changed: bool
    ) -> dict[str, Cell]:
        """What follows fills the empty; in a group that changes it follows the new values, and drops what is stale."""
        weak: dict[str, Cell] = {
            n: v for n in before if n not in strong and (v := entry.weak.get(n)) is not None
        }
        if not (changed and len(before) > 1):
            return {n: v for n, v in weak.items() if before[n] is None}
        for name, dependents in _DEPENDENTS.items():
            if name in before and {**before, **weak, **strong}[name] != before[name]:
                for dependent in dependents:
                    if dependent in before and dependent not in strong:
                        weak.setdefault(dependent, None)
        return weak

    def _date_headcounts(self, values: dict[str, Cell], strong: Mapping[str, Cell]) -> None:
        """A count that is set says where it comes from and of which day it is, unless the table says so itself."""
        for numbers, source, date in self._headcounts:
            if not numbers.isdisjoint(strong):
                if source and source not in strong:
                    values[source] = self._batch
                if date and date not in strong:
                    values[date] = self._day

    def unit_of(self, entry: Entry) -> str:
        """The unit that a new record belongs to."""
        if entry.unit:
            return entry.unit
        town = entry.strong.get("town")
        return self._units.get(str(town), self._session.unit.id) if town else self._session.unit.id

    # -- checks ----------------------------------------------------------------------------------------------------

    def _check(
        self, entries: Sequence[Entry], checks: RememberingChecks, plan: Plan, lacking: dict[str, int]
    ) -> None:
        """Says what is doubtful in each record, and counts what is missing, what is needed anyway in ``lacking``."""
        records = [{**e.held.values, **e.strong} if e.held is not None else e.strong for e in entries]
        for place, findings in sorted(checks(records).items()):
            for found in findings:
                if found.rule in _ASKING and found.fields[0] not in self._filled:
                    # The whole file lacks it, so it is said once and not at each row.
                    plan.miss(self._type.by_name[found.fields[0]].label)
                else:
                    entries[place].first.tell(self._doubt(found.message, found.fields[0]))
        for name, label in self._needed.items():
            # Of what is held only those fields are known that were looked at.
            without = [e for e, values in zip(entries, records, strict=True) if values.get(name) is None]
            lacking[label] += sum(e.held is None or name in e.held.values for e in without)
        if self._placed:
            for entry, values in zip(entries, records, strict=True):
                if values.get("town") is None and entry.weak.get("town") is None:
                    plan.without_town.append(entry.first.number)
                    text = entry.place_reason or "没有镇街，也没有地址"
                    entry.first.tell(self._doubt(text, "town"))

    def _doubt(self, text: str, field_name: str) -> Note:
        """A warning at the cell that it is about, if the table has a column for it."""
        return Note(text, Weight.WARNING, self._columns.get(field_name, -1), field_name)


def _alike(one: Cell, other: Cell) -> bool:
    """Whether two cells say the same: width, case and blanks of a text are no change."""
    if one == other:
        return True
    return isinstance(one, str) and isinstance(other, str) and folded(one) == folded(other)


def _headcounts(record_type: RecordType) -> list[tuple[frozenset[str], str, str]]:
    """The numbers of each group of counts, with the fields for their source and day."""
    found = []
    for slot in record_type.slots.values():
        if slot.grouped and slot.name.startswith(_HEADCOUNT):
            numbers = frozenset(f.name for f in slot.fields if f.kind is Kind.INTEGER)
            source = next((f.name for f in slot.fields if f.name.endswith("_source")), "")
            date = next((f.name for f in slot.fields if f.name.endswith("_date")), "")
            found.append((numbers, source, date))
    return found
