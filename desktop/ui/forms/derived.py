"""What follows from a value that was filled in and need not be typed again: from an ID number, a record, a count."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from desktop.operations import form_data, queries
from desktop.operations.imports.own_place import PLACE_FIELDS
from desktop.operations.imports.together import SESSION, TERM, session_of
from desktop.operations.queries import Codes
from desktop.records import employers, memberships
from desktop.records.cells import Values, is_empty
from desktop.records.declaration import RecordType
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell
from desktop.store.tables.database import Database

SESSIONS = "half_days"
"""The field that says on which half days of a course somebody was there."""
EMPLOYER = "enterprise"
"""The name of the link to the employer."""
_FROM_LINK: Mapping[str, Mapping[str, str]] = {
    "officer": {
        "name": "name",
        "sex": "sex",
        "birth_date": "birth_date",
        "phone": "phone",
        "post_title": "post_title",
        "unit_name": "workplace",
        "chair_name": "name",
        "chair_sex": "sex",
        "chair_birth_date": "birth_date",
        "chair_phone": "phone",
    },
    "member": {"name": "name", "sex": "sex", "birth_date": "birth_date", "phone": "phone"},
    "enterprise": {
        "workplace": "name",
        "employer_name": "name",
        "address": "address",
        "town": "town",
        "village": "village",
    },
}
"""By the type that a link leads to: own field, and the field of the chosen record that it repeats."""
_DAY_OF_COUNT: Mapping[str, str] = {
    "surveyed_staff": "surveyed_date",
    "staff_count": "headcount_date",
    "member_count": "headcount_date",
}
"""Counts that the union makes itself; what an authority counted is of the day that the authority says."""


def from_link(
    record_type: RecordType, field: str, chosen: Values, present: Values, assumed: Collection[str] = ()
) -> dict[str, Cell]:
    """The empty fields that a chosen record fills; a place only together with the address it belongs to.

    What stands in the ``assumed`` fields was only assumed, and gives way to a place that is known.
    """
    present = {**present, **dict.fromkeys(assumed)}
    link = record_type.by_name[field].link or ""
    found: dict[str, Cell] = _employer_of_union(record_type, chosen, present) if link == "union" else {}
    # A name beside a link is that of what the link leads to: ``payer`` and ``payer_name``.
    for own, other in {f"{field}_name": "name", **_FROM_LINK.get(link, {})}.items():
        target = record_type.by_name.get(own)
        if target is not None and is_empty(present.get(own)) and not is_empty(chosen.get(other)):
            found[own] = chosen[other]
    if any(not is_empty(present.get(name)) for name in ("address", *PLACE_FIELDS)):
        for name in ("address", *PLACE_FIELDS):
            found.pop(name, None)
    if any(name in found for name in PLACE_FIELDS):
        found = {**dict.fromkeys(assumed), **found}
    return found


def _employer_of_union(record_type: RecordType, chosen: Values, present: Values) -> dict[str, Cell]:
    """Who belongs to the union of one employer works there; a joint union's members do so anywhere."""
    works = {"workplace", EMPLOYER} <= record_type.by_name.keys()
    if not works or chosen.get("kind") != "independent" or is_empty(chosen.get(EMPLOYER)):
        return {}
    known = any(not is_empty(present.get(name)) for name in ("workplace", EMPLOYER))
    return {} if known else {EMPLOYER: chosen[EMPLOYER]}


@dataclass(frozen=True, slots=True)
class FromLinks:
    """What the records that links lead to say: their values by field, the cells they fill, and the words for links."""

    linked: Mapping[str, Values]
    cells: Mapping[str, Cell]
    titles: Mapping[str, str]


def from_links(
    database: Database,
    types: Catalogue,
    codes: Codes,
    record_type: RecordType,
    names: Iterable[str],
    present: Values,
    assumed: Collection[str] = (),
) -> FromLinks:
    """What :func:`from_link` says of the links in these fields, and of those that are filled by it in their turn."""
    linked: dict[str, Values] = {}
    cells: dict[str, Cell] = {}
    waiting = list(names)
    while waiting:
        name, now = waiting.pop(0), {**present, **cells}
        found = form_data.linked_values(database, types, record_type, {name: now.get(name)})
        linked |= found
        told = from_link(record_type, name, found[name], now, assumed) if name in found else {}
        cells |= told
        waiting += [n for n, cell in told.items() if record_type.by_name[n].link and cell]
    return FromLinks(linked, cells, queries.link_titles(database, types, codes, record_type, [cells]))


def from_count(record_type: RecordType, field: str, present: Values, today: datetime.date) -> dict[str, Cell]:
    """The day of a count that was just typed, where it is still empty: what is counted here is typed in at once."""
    day = _DAY_OF_COUNT.get(field, "")
    if day not in record_type.by_name or is_empty(present.get(field)) or not is_empty(present.get(day)):
        return {}
    return {day: today.isoformat()}


def sessions(
    record_type: RecordType, linked: Mapping[str, Values], stored: Values, codes: Codes
) -> list[str]:
    """The half days of a trainee's course and those held already; none where the course is not known."""
    from desktop.operations.recording import training  # loads what only this form needs

    course = linked.get("course")
    if SESSIONS not in record_type.by_name or course is None:
        return []
    return training.half_days(course, codes[record_type.by_name[SESSIONS].codes or ""], [stored])


def from_nature(
    record_type: RecordType, field: str, present: Values, filled: Mapping[str, Cell]
) -> dict[str, Cell]:
    """The nature and class of an employer that follow from its code or nature; ``filled`` is what was filled before.

    What somebody has chosen himself stands, and what was only filled in follows a change.
    """
    if field not in ("uscc", "ownership") or not {"ownership", "sector"} <= record_type.by_name.keys():
        return {}
    mine = {name: cell for name, cell in present.items() if name == field or cell != filled.get(name)}
    told = employers.implied({**mine, field: present.get(field)})
    return {n: c for n, c in told.items() if n != field and is_empty(mine.get(n)) and present.get(n) != c}


def from_category(
    record_type: RecordType, field: str, present: Values, filled: Mapping[str, Cell]
) -> dict[str, Cell]:
    """Whether a course counts as initial training, as its category says; what somebody has chosen himself stands."""
    target = "counts_for_initial"
    if field != "category" or target not in record_type.by_name:
        return {}
    counted, usual = present.get(target), record_type.by_name[target].default
    wanted: Cell = 1 if present.get("category") == "initial" else usual
    mine = counted not in (usual, filled.get(target, usual))
    return {} if mine or counted == wanted else {target: wanted}


def from_title(
    record_type: RecordType, field: str, present: Values, filled: Mapping[str, Cell]
) -> dict[str, Cell]:
    """Which session a title such as 三届二次职代会 is that of; what somebody has typed himself stands."""
    if field != "name" or not {TERM, SESSION} <= record_type.by_name.keys():
        return {}
    free = all(is_empty(c := present.get(n)) or c == filled.get(n) for n in (TERM, SESSION))
    numbers = session_of(str(present.get(field) or "")) if free else None
    told = dict(zip((TERM, SESSION), numbers, strict=True)) if numbers is not None else {}
    return {n: number for n, number in told.items() if present.get(n) != number}


def from_admission(
    record_type: RecordType, field: str, present: Values, filled: Mapping[str, Cell], new: bool
) -> dict[str, Cell]:
    """How and since when somebody is a member, as far as what was just said tells it; a day that was filled goes again.

    What somebody has chosen stands; way and change of a new record are nobody's choice as long as they are the usual.
    """
    names = (memberships.CHANGE, memberships.DAY, memberships.FIRST, memberships.WAY)
    if field not in names or not record_type.by_name.keys() >= set(names):
        return {}
    usual = {n: record_type.by_name[n].default for n in names if new}
    mine = {n: c for n in names if (c := present.get(n)) not in (filled.get(n), usual.get(n)) or n == field}
    change = present.get(memberships.CHANGE)
    if field == memberships.WAY and memberships.CHANGE not in mine:
        change = next((c for c, way in memberships.WAY_OF_CHANGE.items() if way == present[field]), change)
    told: dict[str, Cell] = {n: None for n in (memberships.DAY, memberships.FIRST) if n in filled}
    told |= {memberships.CHANGE: change, **memberships.implied({**mine, memberships.CHANGE: change})}
    return {n: cell for n, cell in told.items() if is_empty(mine.get(n)) and present.get(n) != cell}
