"""What was done in a period, counted by kind: visits, new unions, meetings, courses, contracts, cases, letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from desktop.plan.founding import NEW_KINDS
from desktop.plan.indicators import plan_days
from desktop.plan.measures import among, between, empty, no, yes
from desktop.plan.tree import Unit, UnitTree
from desktop.records.types import Catalogue
from desktop.store.queries import aggregates
from desktop.store.queries.aggregates import Condition, Tally
from desktop.store.tables.database import Database


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of doing: its records by the fact that says when, what else must hold, and how it is counted."""

    type: str
    label: str
    counter: str
    where: tuple[Condition, ...] = ()
    day: str = "day"
    undated: bool = True
    """Whether a record without a day was done all the same, only nobody knows when."""


@dataclass(frozen=True, slots=True)
class Done:
    """How often something was done in the period, and how many records say no day and are in no period."""

    kind: Kind
    count: int
    undated: int


KINDS: Sequence[Kind] = (
    Kind("visit", "走访企业", "次"),
    Kind("union", "新建基层工会", "家", (among("founding", *NEW_KINDS), yes("grassroots"))),
    Kind("member", "新入会会员", "人", (no("arrived"), yes("first_record"))),
    Kind("congress", "职代会", "次"),
    Kind("meeting", "会议", "次"),
    Kind("course", "培训班", "期"),
    Kind("collective_contract", "签订集体合同", "份", day="signed", undated=False),
    Kind("mailbox_letter", "答复信箱来信", "封", day="answered", undated=False),
    Kind("volunteer_activity", "志愿服务活动", "场"),
    Kind("pairing_activity", "结对活动", "次"),
    Kind("case", "登记监督案件", "件"),
    Kind("case_document", "签发一函两书", "份", undated=False),
)


def done(
    database: Database, types: Catalogue, own: Unit, unit: str, first: date, last: date
) -> tuple[Done, ...]:
    """What a unit and those below it did between two days, both included."""
    units = UnitTree.load(database, types, own).subtree(unit)
    dated = {k: Tally(k.type, (*k.where, between(k.day, first, last)), dated=k.day) for k in KINDS}
    undated = {k: Tally(k.type, (*k.where, empty(k.day)), dated=k.day) for k in KINDS if k.undated}
    counts = aggregates.count_by_unit(database, [*dated.values(), *undated.values()], plan_days(last))

    def sum_of(tally: Tally | None) -> int:
        return sum(counts[tally].get(each, 0) for each in units) if tally is not None else 0

    return tuple(Done(k, sum_of(dated[k]), sum_of(undated.get(k))) for k in KINDS)
