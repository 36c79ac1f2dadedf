"""Which enterprises to visit next: each with its reasons in words, in an order that follows from their points alone."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.plan.democracy import PUBLIC
from desktop.plan.founding import ENTERPRISES, LARGE, MIDDLE, SMALL
from desktop.plan.head_count import STAFF, head_count
from desktop.plan.indicators import plan_days
from desktop.plan.measures import among, at_least, at_most, between, empty, filled, no, yes
from desktop.plan.tree import Unit, UnitTree
from desktop.records.next_visits import VisitReason, VisitReasons
from desktop.records.types import Catalogue
from desktop.store.queries import aggregates
from desktop.store.queries.aggregates import Condition, Days, Ranked, Reason
from desktop.store.tables.database import Database

_FACTS = (
    STAFF, "promised", "election_due", "contract_ended", "visited", "reported_members", "listed_members", "place",
)  # fmt: skip
_LIVING = (among("status", "active"), no("removed"))
_WITHOUT = (among("class", *ENTERPRISES), among("organised", ""))
"""Enterprises that a joint union covers are no reason of their own size: they have one."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class NextVisit:
    """One enterprise to be visited: why, the reasons that weigh most first, and when somebody was there last.

    ``place`` is the division where it is: as it is written, else that of the unit that has it in its charge.
    ``alike`` is how many others of the same village, or town where no village is known, are worth a visit too.
    """

    record: str
    row: int
    points: int
    reasons: tuple[str, ...]
    visited: str
    alike: int
    place: str = ""


Where = Callable[[Days, int], tuple[tuple[Condition, ...], ...]]
"""The conditions of a reason as of a day, with the days after which a visit is long ago: one of them is enough."""


def _congress(days: Days, _long: int) -> tuple[tuple[Condition, ...], ...]:
    missing = Condition(
        "congress_day", aggregates.Question.AT_LEAST, (f"{days.as_of.year}-01-01",), fails=True
    )
    large = (among("class", "non_public"), among("organised", "own"), at_least(STAFF, LARGE), missing)
    return (among("class", *PUBLIC), missing), large


def _sized(least: int, most: int) -> Where:
    return lambda _days, _long: ((*_WITHOUT, between(STAFF, least, most)),)


def _before(fact: str) -> Where:
    """A day is over."""
    return lambda days, _long: ((at_most(fact, days.as_of - datetime.timedelta(days=1)),),)


_MANY = 10**9
_WHERE: Mapping[str, Where] = {
    "promised": lambda days, _long: ((at_most("promised", days.as_of),),),
    "large": _sized(LARGE, _MANY),
    "case": lambda _days, _long: ((yes("in_case"),),),
    "park": lambda _days, _long: ((*_WITHOUT, yes("in_park"), between(STAFF, MIDDLE, LARGE - 1)),),
    "medium": lambda _days, _long: (
        (*_WITHOUT, no("in_park"), between(STAFF, SMALL, LARGE - 1)),
        (*_WITHOUT, yes("in_park"), between(STAFF, SMALL, MIDDLE - 1)),
    ),
    "election": _before("election_due"),
    "new_trade": lambda _days, _long: ((filled("new_trade"), among("organised", "")),),
    "congress": _congress,
    "contract": _before("contract_ended"),
    "real_name": lambda _days, _long: ((yes("unlisted_members"),),),
    "never": lambda _days, _long: ((empty("visited"),),),
    "long_ago": lambda days, long: (
        (at_most("visited", days.as_of - datetime.timedelta(days=long + 1)),),
    ),
    "small": _sized(0, SMALL - 1),
}  # fmt: skip


def next_visits(
    database: Database,
    types: Catalogue,
    own: Unit,
    as_of: datetime.date,
    given: VisitReasons,
    *,
    place: str = "",
    limit: int = 10,
) -> list[NextVisit]:
    """The enterprises of a unit and those below it that most speaks for, within a division where one is named."""
    days = plan_days(as_of)
    units = UnitTree.load(database, types, own).subtree(own.id)
    base = (*_LIVING, between("place", place, place + _LAST)) if place else _LIVING
    # What has two ways to be true is asked twice; no enterprise is both.
    ways = [(r, where) for r in given.reasons for where in _WHERE[r.id](days, given.unvisited_days)]
    staff = head_count(database, types, own.id)
    found = aggregates.ranked(
        database, "enterprise", base, [Reason(staff.of(where), r.points) for r, where in ways], units, days,
        shown=(staff.fact, *_FACTS[1:]), oldest="visited", near="place", limit=limit,
    )  # fmt: skip
    return [_visit(one, [ways[n][0] for n in one.reasons], as_of) for one in found]


def _visit(one: Ranked, reasons: Iterable[VisitReason], as_of: datetime.date) -> NextVisit:
    facts: dict[str, Any] = dict(zip(_FACTS, one.facts, strict=True))
    visited = str(facts["visited"] or "")
    days = (as_of - datetime.date.fromisoformat(visited)).days if visited else 0
    ordered = sorted(reasons, key=lambda r: -r.points)
    words = tuple(r.words.format(**facts, days=days) for r in ordered)
    return NextVisit(one.id, one.row, one.points, words, visited, one.alike, str(facts["place"] or ""))
