"""Training courses: their half days, who came, and until when somebody newly appointed is to be trained."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.plan.indicators import plan_days
from desktop.plan.measures import between, empty, yes
from desktop.plan.training import new_appointments
from desktop.records.codes import CodeList
from desktop.records.reckoning.periods import InitialTraining, initial_training
from desktop.records.types import Catalogue
from desktop.records.versions.canonical import Cell, Values
from desktop.store.queries import aggregates, reading
from desktop.store.queries.aggregates import Selection, Tally
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database

APPOINTMENT = "appointment"


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
