"""Training courses: pasted names are matched to the roster of officers, and a sheet of trainees is saved at once.

Matching never decides between two people: whoever cannot be told apart by unit, phone or document is left to a
choice, and whoever is not on the roster takes part as a walk-in. Nothing here writes but :func:`save_sheet`.
"""

from __future__ import annotations

import datetime
import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from desktop.operations import queries
from desktop.operations.queries import Codes
from desktop.operations.recording import admitting, records
from desktop.operations.session import Session
from desktop.plan.indicators import plan_days
from desktop.plan.measures import between, empty, yes
from desktop.plan.training import new_appointments
from desktop.records.codes import CodeList
from desktop.records.declaration import RecordType
from desktop.records.masking import mask_phone
from desktop.records.reckoning.periods import InitialTraining, initial_training
from desktop.records.typed.people_words import Person
from desktop.records.typed.person_names import fold_name
from desktop.records.typed.texts import folded, printable
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell, Values
from desktop.store.ledger import ChangeSet, Deletion, NewRecord, SlotEdit
from desktop.store.queries import aggregates, reading
from desktop.store.queries.aggregates import Selection, Tally
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import pinyin

APPOINTMENT = "appointment"
MOST_ALIKE = 6
"""So many candidates are offered for one name at most."""
_ALIKE = 85
_PLACES = re.compile(r"^(?:浙江省?)?(?:杭州市?)?(?:[^省市区县]{2,3}(?:区|县|市))?")
_BODIES = re.compile(
    r"工会委员会|工会联合会|联合工会|总工会|工会|有限责任公司|股份有限公司|有限公司|公司|村民委员会|村委会"
)


@dataclass(frozen=True, slots=True)
class Officer:
    """A person on the roster as matching needs to know them; ``units`` are the union's name and the workplace."""

    id: str
    name: str
    units: tuple[str, ...] = ()
    post: str = ""
    phone: str = ""
    tail: str = ""
    category: str = ""
    appointed: str = ""
    left: bool = False

    @property
    def detail(self) -> str:
        """What tells namesakes apart, the phone masked."""
        state = "已离开" if self.left else ""
        return " · ".join(filter(None, (*self.units[:1], self.post, mask_phone(self.phone), state)))


class Standing(enum.StrEnum):
    """How a pasted name stands to the roster and to the list that it is to join."""

    MATCHED = "matched"
    CHOOSE = "choose"
    WALK_IN = "walk_in"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Match:
    """One pasted person: who it is where that is certain, else who it could be, and why in words."""

    person: Person
    standing: Standing
    officer: Officer | None = None
    candidates: tuple[Officer, ...] = ()
    words: str = ""


class Roster:
    """The officers by name, phone and sound."""

    def __init__(self, officers: Iterable[Officer] = ()) -> None:
        self.by_id = {officer.id: officer for officer in officers}
        self._names: dict[str, list[Officer]] = {}
        self._phones: dict[str, list[Officer]] = {}
        self._sounds: dict[tuple[str, str], list[Officer]] = {}
        for officer in self.by_id.values():
            name = fold_name(officer.name)
            self._names.setdefault(name, []).append(officer)
            self._sounds.setdefault((name[:1], pinyin(name)), []).append(officer)
            if officer.phone:
                self._phones.setdefault(officer.phone, []).append(officer)

    def find(self, person: Person) -> Match:
        """Who a person is: by name alone where it is the only one and nothing speaks against it, else by more."""
        same = self._names.get(fold_name(person.name), [])
        if not same:
            return self._alike(person)
        for told, words in (
            ([o for o in same if person.phone and o.phone == person.phone], "姓名、电话一致"),
            ([o for o in same if person.code and o.tail == person.code[-4:].upper()], "姓名、证件一致"),
            ([o for o in same if not o.left and same_unit(person.unit, o.units)], "姓名、单位一致"),
        ):
            if len(told) == 1:
                return Match(person, Standing.MATCHED, told[0], tuple(same), words)
        if len(same) > 1:
            words = f"名册里有{len(same)}位{person.name}，请选择"
            return Match(person, Standing.CHOOSE, None, tuple(same[:MOST_ALIKE]), words)
        return _only(person, same[0])

    def _alike(self, person: Person) -> Match:
        name = fold_name(person.name)
        if by_phone := self._phones.get(person.phone, []) if person.phone else []:
            words = f"电话与名册里的{by_phone[0].name}相同，姓名不同"
            return Match(person, Standing.CHOOSE, None, tuple(by_phone[:MOST_ALIKE]), words)
        sounding = self._sounds.get((name[:1], pinyin(name)), [])
        likely = [o for o in sounding if not person.unit or same_unit(person.unit, o.units)]
        if likely:
            words = f"名册里没有{person.name}，有读音相同的{likely[0].name}"
            return Match(person, Standing.CHOOSE, None, tuple(likely[:MOST_ALIKE]), words)
        return Match(person, Standing.WALK_IN, words="名册里没有，按现场报到登记")


def _only(person: Person, officer: Officer) -> Match:
    if officer.left:
        words = f"名册里的{officer.name}已离开干部队伍，请确认"
    elif person.phone and officer.phone and person.phone != officer.phone:
        words = f"名册里的{officer.name}电话不同，请确认是不是同一人"
    elif person.unit and officer.units and not same_unit(person.unit, officer.units):
        words = f"名册里的{officer.name}在{officer.units[0]}，请确认是不是同一人"
    else:
        return Match(person, Standing.MATCHED, officer, (officer,), "姓名一致，名册里只有一位")
    return Match(person, Standing.CHOOSE, None, (officer,), words)


def same_unit(said: str, units: Iterable[str]) -> bool:
    """Whether a unit as people write it means one of these: without places and legal forms, one within the other."""
    wanted = _kernel(said)
    if len(wanted) < 2:
        return False
    kernels = [kernel for kernel in map(_kernel, units) if len(kernel) >= 2]
    return any(
        wanted in kernel or kernel in wanted or fuzz.ratio(wanted, kernel) >= _ALIKE for kernel in kernels
    )


def _kernel(unit: str) -> str:
    plain = folded(unit)
    short = _BODIES.sub("", _PLACES.sub("", plain, count=1))
    return short if len(short) >= 2 else _BODIES.sub("", plain) or plain


def match_all(persons: Sequence[Person], roster: Roster, listed: Sequence[Values] = ()) -> list[Match]:
    """Every pasted person with their standing; ``listed`` are the trainees that the course has already."""
    taken = {str(row["officer"]) for row in listed if row.get("officer")}
    strangers = [
        (fold_name(str(row.get("name") or "")), str(row.get("unit_name") or ""))
        for row in listed
        if not row.get("officer")
    ]
    found = []
    for person in persons:
        match = roster.find(person)
        name = fold_name(person.name)
        if match.officer is not None and match.officer.id in taken:
            match = Match(person, Standing.LISTED, match.officer, match.candidates, "已经在名单里")
        elif match.standing is not Standing.CHOOSE and _repeats(name, person.unit, strangers):
            words = "名单里已有同名的人，不是同一人的可以勾选"
            match = Match(person, Standing.LISTED, match.officer, match.candidates, words)
        if match.officer is not None:
            taken.add(match.officer.id)
        else:
            strangers.append((name, person.unit))
        found.append(match)
    return found


def _repeats(name: str, unit: str, listed: Iterable[tuple[str, str]]) -> bool:
    return any(
        name == known and (not unit or not known_unit or same_unit(unit, [known_unit]))
        for known, known_unit in listed
    )


def trainee(person: Person, officer: Officer | None) -> dict[str, Cell]:
    """The cells of a trainee: what the roster says of an officer, else what was pasted."""
    told: dict[str, Cell] = {"remark": person.remark} if person.remark else {}
    if officer is None:
        return told | {
            "name": person.name, "unit_name": person.unit or None, "post_title": person.post or None,
            "phone": person.phone or None, "person_code": person.code or None,
        }  # fmt: skip
    return told | {
        "officer": officer.id, "name": officer.name, "unit_name": next(iter(officer.units), "") or person.unit or None,
        "post_title": officer.post or person.post or None, "category": officer.category or None,
        "appointed_date": officer.appointed or None, "phone": officer.phone or person.phone or None,
        "person_code": officer.tail or person.code or None,
    }  # fmt: skip


def roster(database: Database, types: Catalogue, codes: Codes) -> Roster:
    """The roster of all officers that are held here."""
    held = reading.records(database, types, Query("officer"))
    unions = queries.link_titles(database, types, codes, types["officer"], [o.values for o in held])
    appointed: dict[str, str] = {}
    for appointment in reading.records(database, types, Query("appointment")):
        if not appointment.values.get("ended"):
            officer, started = (
                str(appointment.values["officer"]),
                str(appointment.values.get("started") or ""),
            )
            appointed[officer] = max(appointed.get(officer, ""), started)
    return Roster(_officer(o.id, o.values, unions, appointed.get(o.id, "")) for o in held)


def _officer(record: str, values: Values, unions: Mapping[str, str], appointed: str) -> Officer:
    def text(name: str) -> str:
        return str(values.get(name) or "")

    linked = (unions.get(text(name), "") for name in ("union", "enterprise"))
    units = tuple(dict.fromkeys(filter(None, (*linked, text("workplace")))))
    tail = text("id_number")[-4:].upper()
    return Officer(
        record, text("name"), units, text("post_title"), text("phone"), tail, text("category"), appointed,
        bool(values.get("service_ended")),
    )  # fmt: skip


# -- the sheet of a course ---------------------------------------------------------------------------------------------


def half_days(course: Values, codes: CodeList, rows: Iterable[Values] = ()) -> list[str]:
    """The codes of a course's half days: two for each day from start to end, and what is ticked beyond."""
    offered = [item.code for item in codes.offered]
    try:
        first = datetime.date.fromisoformat(str(course.get("started_date")))
        last = datetime.date.fromisoformat(str(course.get("ended_date") or first))
    except ValueError:
        first = last = datetime.date.min
    days = max((last - first).days, 0) + 1
    ticked = {code for row in rows for code in str(row.get("half_days") or "").split()}
    known = {item.code for item in codes.items}
    return [code for n, code in enumerate(offered) if n < days * 2 or code in ticked] + sorted(ticked - known)


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many were expected, came, did not come, passed, and are not on the roster."""

    expected: int
    listed: int
    present: int
    absent: int
    passed: int
    walk_ins: int


def turnout(rows: Sequence[Values], expected: Cell) -> Turnout:
    """The counts of a course's trainees; who has at least one half day came."""
    present = sum(bool(row.get("half_days")) for row in rows)
    return Turnout(
        expected if isinstance(expected, int) and expected else len(rows),
        len(rows),
        present,
        len(rows) - present,
        sum(row.get("result") == "passed" for row in rows),
        sum(not row.get("officer") for row in rows),
    )


def due(
    database: Database, types: Catalogue, type_name: str, record_id: str, today: datetime.date
) -> list[InitialTraining]:
    """The clocks that run for an appointment, or for those of an officer: due within a year, and not completed yet.

    What counts as new and as completed is what indicator T25 says; the soonest comes first.
    """
    held = reading.record(database, types, type_name, record_id)
    if held is None:
        return []
    posts = [held]
    if type_name != APPOINTMENT:
        posts = reading.records(database, types, Query(APPOINTMENT, children_of=record_id))
    days = plan_days(today)
    found = []
    for post in posts:
        try:
            started = datetime.date.fromisoformat(str(post.values.get("started")))
        except ValueError:
            continue
        that_day = between("started", started, started)
        waiting = Tally(APPOINTMENT, (*new_appointments(days), yes("holding"), empty("trained"), that_day))
        if post.id in aggregates.record_ids(database, Selection(waiting, (post.unit,), days)):
            found.append(initial_training(started, (), today))
    return sorted(found, key=lambda clock: clock.due)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet that is to be saved: a new record, or fields of the record that it shows."""

    type: str
    values: Values
    record: str | None = None


@dataclass(frozen=True)
class SheetSaved:
    """The records in the order of the lines, and what changed."""

    records: tuple[str, ...]
    changes: ChangeSet


def save_sheet(
    session: Session, name: str, lines: Sequence[Line], removed: Sequence[Deletion] = ()
) -> SheetSaved:
    """Saves new rows, changed rows and removed rows of one page as one operation, which one undo takes back.

    A new row belongs to its parent's unit. Raises ``NotAllowed``, ``UnknownField``, ``NotFound`` and ``WrongClock``.
    """
    births: list[NewRecord] = []
    edits: list[SlotEdit] = []
    ids = []
    for line in lines:
        record_type = session.types[line.type]
        values = {key: _tidy(value) for key, value in line.values.items()}
        admitting.check_rights(session, record_type, values)
        ids.append(line.record or records.new_record_id(session, record_type, values))
        if line.record is None:
            births.append(NewRecord(line.type, ids[-1], _unit_of(session, record_type, values), values))
        else:
            edits += records.slot_edits(session, record_type, line.record, values)
    for deletion in removed:
        admitting.check_rights(session, session.types[deletion.type], {})
    changes = session.ledger.write(
        name, session.operator.name, births=births, edits=edits, deletions=list(removed)
    )
    return SheetSaved(tuple(ids), changes)


def _unit_of(session: Session, record_type: RecordType, values: Values) -> str:
    if record_type.parent is not None:
        parent, link = values.get(record_type.parent), record_type.by_name[record_type.parent].link
        if isinstance(parent, str) and link is not None:
            return session.ledger.unit_of(link, parent)
    return session.unit.id


def _tidy(value: Cell) -> Cell:
    return (printable(value) or None) if isinstance(value, str) else value
