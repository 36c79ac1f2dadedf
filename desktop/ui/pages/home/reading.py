"""What the home page reads: what is to be done, how far the targets are, and whether anything was registered yet."""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from desktop.operations import supervision
from desktop.operations.session import Here
from desktop.operations.stations import forks, redating, traffic, unsettled
from desktop.operations.stations.forks import Doubled, OpenFork
from desktop.operations.stations.traffic import Standing
from desktop.plan import indicators as plan
from desktop.plan import worklist
from desktop.plan.results import Figure, Indicator, Status
from desktop.plan.tree import Unit
from desktop.plan.worklist import WorkItem
from desktop.records.checks import Checker, Context
from desktop.records.declaration import RecordType, Severity
from desktop.records.types import Catalogue
from desktop.store.queries import aggregates, reading
from desktop.store.queries.aggregates import Selection
from desktop.store.queries.reading import NEWEST_ORDER, Query
from desktop.store.tables.database import Database
from desktop.ui.workbench import Workbench

MOST_CHECKED = 1_000
"""So many of the newest records of a type are looked through for what is incomplete."""
_FIRST_TYPES = ("enterprise", "union", "member", "case")


@dataclass(frozen=True)
class Part:
    """Records of one type to be listed: a name, and how their row numbers are found."""

    label: str
    type: str
    find: Callable[[Database], array[int]]
    unorganised: bool = False
    """Whether these are the enterprises that should have a union, which have a paper of their own."""


@dataclass(frozen=True)
class Start:
    """How far a new workspace is: records of the first types, and enrolment; and forks that nobody has decided."""

    counts: dict[str, int]
    standing: Standing
    below: int
    merged: bool
    forks: tuple[OpenFork, ...] = ()
    doubled: tuple[Doubled, ...] = ()
    back: int = 0
    """How many own items a level above does not take, that wait to be put right."""
    latest: datetime.date | None = None
    """The day of what was saved here last; after today where the date was wrong."""

    @property
    def fresh(self) -> bool:
        """Whether nothing was registered and nothing came in."""
        return not any(self.counts.values()) and not self.merged


def own_unit(workbench: Workbench) -> Unit:
    """The workspace's unit as the plan's floor knows units."""
    unit = workbench.facts.unit
    return Unit(unit.id, unit.name, unit.level)


def load_start(database: Database, here: Here) -> Start:
    """How far a new workspace is."""
    counts = {n: reading.count(database, here.types, Query(n)) for n in _FIRST_TYPES if n in here.types}
    known = traffic.peers(database)
    merged = any(p.received is not None for p in known)
    below = sum(not p.link.upward for p in known)
    forked, doubled = tuple(forks.open_forks(database, here)), tuple(forks.doubled(database, here))
    back, latest = len(unsettled.came_back(database, here)), redating.latest_day(database)
    return Start(counts, traffic.standing(database, here.unit), below, merged, forked, doubled, back, latest)


def load_work(workbench: Workbench) -> Callable[[Database], list[WorkItem]]:
    """What is to be done, for the reader's thread."""
    own, types, day = own_unit(workbench), workbench.types, workbench.today()
    return lambda database: worklist.worklist(database, types, own, day)


def load_plan(workbench: Workbench) -> Callable[[Database], list[Indicator]]:
    """The indicators, for the reader's thread; those that say something come first, in the plan's order."""
    own, types, day = own_unit(workbench), workbench.types, workbench.today()

    def job(database: Database) -> list[Indicator]:
        found = plan.indicators(database, types, own, day, supervision.working_days(database))
        return sorted(found, key=lambda i: i.figure.status is Status.NO_DATA)

    return job


def incomplete(database: Database, workbench: Workbench, record_type: RecordType) -> array[int]:
    """The newest of the own records of a type in which something needed is missing or wrong, as lists mark them."""
    own, today = workbench.facts.unit.id, workbench.today()
    query = Query(record_type.name, unit=own, order=NEWEST_ORDER, descending=True)
    rows = reading.row_numbers(database, workbench.types, query)[:MOST_CHECKED]
    checker, context = Checker(record_type), Context(today)
    held = reading.page(database, record_type, rows) if rows else {}
    return array(
        "q",
        [n for n in rows if n in held and held[n].unit == own
         and any(f.severity is Severity.ERROR for f in checker(held[n].values, context))],
    )  # fmt: skip


def parts_of_item(workbench: Workbench, item: WorkItem) -> list[Part]:
    """The lists that a matter opens into."""
    types = workbench.types
    if (selection := item.records) is not None:
        return [_selected(types[selection.type].label, selection)]
    return [Part(types[q.type].label, q.type, partial(_rows_of, types=types, query=q)) for q in item.queries]


def _rows_of(database: Database, *, types: Catalogue, query: Query) -> array[int]:
    return reading.row_numbers(database, types, query)


def parts_of_figure(figure: Figure, *, own: bool = False) -> list[Part]:
    """The records behind a figure: those that are missing come first.

    ``own`` says that it is the own unit's figure of the enterprises that should have a union.
    """
    found = (
        ("还没有做到的", figure.missing),
        ("已经算进去的", figure.hits),
        ("应当算的全部", figure.whole),
        ("扣减的", figure.deducted),
    )
    parts = [_selected(label, selection) for label, selection in found if selection is not None]
    if own and parts and figure.missing is not None:
        parts[0] = replace(parts[0], unorganised=True)
    return parts


def incomplete_part(workbench: Workbench, record_type: RecordType) -> Part:
    """What is incomplete of a type; found anew each time, so that what was mended leaves the list."""
    find = partial(incomplete, workbench=workbench, record_type=record_type)
    return Part(record_type.label, record_type.name, find)


def _selected(label: str, selection: Selection) -> Part:
    return Part(label, selection.type, lambda database: aggregates.row_numbers(database, selection))
