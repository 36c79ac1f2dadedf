"""What the action plan asks and how far the unit is: indicators, the records behind a number, and what is to be done.

Every function takes a connection to read from where a window asks from its reader's thread.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from desktop import reference
from desktop.errors import UsageProblem
from desktop.operations.session import Session
from desktop.operations.supervision.holidays import working_days
from desktop.plan import indicators as plan
from desktop.plan import next_visits as visits
from desktop.plan import worklist as work
from desktop.plan.readings import Options
from desktop.plan.results import Indicator
from desktop.plan.tree import Unit
from desktop.plan.worklist import Source, WorkItem
from desktop.records.divisions import Division, Divisions
from desktop.records.next_visits import VisitReasons
from desktop.records.plan_targets import Choice
from desktop.records.types import Catalogue
from desktop.store.queries import aggregates, reading
from desktop.store.tables.database import Database


def indicators(
    session: Session,
    as_of: datetime.date | None = None,
    unit: str | None = None,
    options: Options | None = None,
    *,
    only: Sequence[str] = (),
    database: Database | None = None,
) -> list[Indicator]:
    """The plan's indicators as of a day (today) for a unit (one's own) and each unit directly below it.

    ``unit`` is an id, code or name. ``options`` are option codes by ``choice`` or ``T03.choice``, see
    :func:`choices`; ``only`` names targets or measures. Raises ``NotFound`` and ``UnknownReading``.
    """
    own, day = _own(session), as_of or session.environment.today()
    asked = None if unit is None else session.find_unit(unit)
    reader, chosen = database or session.database, dict(options or {})
    key = ("indicators", own, day, asked, tuple(sorted(chosen.items())), tuple(only))
    return _remembered(
        reader,
        key,
        lambda: plan.indicators(
            reader, session.types, own, day, working_days(reader), unit=asked, options=chosen, only=only
        ),
    )


def choices() -> Mapping[str, tuple[Choice, ...]]:
    """The readings (口径) that can be chosen, by target id; every default is an example, not official."""
    return plan.choices()


def worklist(
    session: Session,
    as_of: datetime.date | None = None,
    *,
    sources: Iterable[Source] = (),
    database: Database | None = None,
) -> list[WorkItem]:
    """What is to be done here, the overdue first. ``sources`` add what other parts of the program know of."""
    own, day = _own(session), as_of or session.environment.today()
    reader = database or session.database
    found = _remembered(
        reader, ("worklist", own, day), lambda: work.worklist(reader, session.types, own, day)
    )
    return work.ordered([*found, *(item for source in sources for item in source(day))])


class PlaceUnclear(UsageProblem):
    """A place to visit that no division or several ones are called."""

    next_step = "请写全名，如“余杭区径山镇”，或者写区划代码。"


@dataclass(frozen=True, slots=True)
class ToVisit:
    """An enterprise to be visited next, in words: ``place`` is its village or town, ``code`` that division's code."""

    record: str
    name: str
    address: str
    place: str
    code: str
    points: int
    reasons: tuple[str, ...]
    visited: str
    alike: int


def visit_reasons() -> VisitReasons:
    """The reasons for a visit with their points, which are an example as long as nobody official has set them."""
    return reference.visit_reasons()


def next_visits(
    session: Session, as_of: datetime.date | None = None, *, place: str = "", limit: int = 10
) -> list[ToVisit]:
    """The enterprises to visit next here and below, those that most speaks for first.

    ``place`` is the name or code of a division. Raises :class:`PlaceUnclear`.
    """
    code, divisions = "", session.reference.divisions
    if place:
        found = divisions.meant(place)
        if len(found) != 1:
            raise PlaceUnclear(_unclear(divisions, place, found or divisions.search(place)))
        code = found[0].code
    day = as_of or session.environment.today()
    return visits_of(session.database, session.types, _own(session), divisions, day, place=code, limit=limit)


def _unclear(divisions: Divisions, place: str, alike: Sequence[Division]) -> str:
    """That a place is not known, or which ones may be meant."""
    if not alike:
        return f"“{place}”不是已知的地方。"
    named = "、".join(f"{divisions.full_name(d.code)}（{d.code}）" for d in alike[:_MOST_ALIKE])
    return f"“{place}”可能是{named}{'等' if len(alike) > _MOST_ALIKE else ''}。"


def visits_of(
    database: Database,
    types: Catalogue,
    own: Unit,
    divisions: Divisions,
    day: datetime.date,
    *,
    place: str = "",
    limit: int = 10,
) -> list[ToVisit]:
    """The same for a window's reader; ``place`` is a code."""
    with aggregates.snapshot(database):
        found = visits.next_visits(
            database, types, own, day, reference.visit_reasons(), place=place, limit=limit
        )
        held = reading.page(database, types["enterprise"], [visit.row for visit in found])
    shown = []
    for visit in found:
        cells = held[visit.row].values
        code = visit.place
        division = divisions.get(code)
        shown.append(
            ToVisit(
                visit.record,
                str(cells.get("name") or "没有名称的单位"),
                str(cells.get("address") or cells.get("registered_address") or ""),
                division.name if division is not None else code,
                code,
                visit.points,
                visit.reasons,
                visit.visited,
                visit.alike,
            )
        )
    return shown


_MEMORY: WeakKeyDictionary[Database, tuple[object, dict[object, Any]]] = WeakKeyDictionary()
"""What was computed on a connection since somebody last wrote: opening the home page again costs nothing."""
_REMEMBERED = 16
_MOST_ALIKE = 5

Result = TypeVar("Result")


def _remembered(database: Database, key: object, compute: Callable[[], list[Result]]) -> list[Result]:
    version = aggregates.version(database)
    if version is None:
        return compute()
    known_version, known = _MEMORY.get(database, (None, {}))
    if known_version != version or len(known) >= _REMEMBERED:
        known = {}
    if key not in known:
        known[key] = compute()
        _MEMORY[database] = (version, known)
    found: list[Result] = known[key]
    return list(found)


def _own(session: Session) -> Unit:
    return Unit(session.unit.id, session.unit.name, session.unit.level)
