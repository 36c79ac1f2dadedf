"""Which officer on the roster a pasted name means.

Matching never decides between two people: whoever cannot be told apart by unit, phone or document is left to a
choice, and whoever is not on the roster takes part as a walk-in.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from desktop.operations import queries
from desktop.operations.queries import Codes
from desktop.records.masking import mask_phone
from desktop.records.typed.people_words import Person
from desktop.records.typed.person_names import fold_name
from desktop.records.typed.texts import folded
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell, Values
from desktop.store.queries import reading
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database
from desktop.store.tables.pinyin import pinyin

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
    strangers: dict[str, list[Person]] = {}
    for known in (_listed(row) for row in listed if not row.get("officer")):
        strangers.setdefault(fold_name(known.name), []).append(known)
    found = []
    for person in persons:
        match = roster.find(person)
        namesakes = strangers.setdefault(fold_name(person.name), [])
        if match.officer is not None and match.officer.id in taken:
            match = Match(person, Standing.LISTED, match.officer, match.candidates, "已经在名单里")
        elif match.standing is not Standing.CHOOSE and any(_repeats(person, known) for known in namesakes):
            words = "名单里已有同名的人，不是同一人的可以勾选"
            match = Match(person, Standing.LISTED, match.officer, match.candidates, words)
        if match.officer is not None:
            taken.add(match.officer.id)
        else:
            namesakes.append(person)
        found.append(match)
    return found


def _listed(row: Values) -> Person:
    name, unit, phone, code = (str(row.get(n) or "") for n in ("name", "unit_name", "phone", "person_code"))
    return Person(name, unit, phone=phone, code=code)


def _repeats(person: Person, known: Person) -> bool:
    """Whether two of one name may be one person: namesakes of one unit are told apart by phone or document.

    One that is the same says more than another that differs: people change their telephone.
    """
    if person.unit and known.unit and not same_unit(person.unit, [known.unit]):
        return False
    said = [(person.phone, known.phone), (person.code[-4:].upper(), known.code[-4:].upper())]
    same = [one == other for one, other in said if one and other]
    return any(same) or not same


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
