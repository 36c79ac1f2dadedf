"""What is to be done next, for the home page: each item with its number, a sentence and the records behind it.

To add one from records, declare a :class:`_Matter`. Other floors hand theirs in as :class:`WorkItem` values.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from desktop.plan.democracy import PUBLIC
from desktop.plan.founding import LARGE, NEW_KINDS, SMALL
from desktop.plan.head_count import STAFF, HeadCount, head_count
from desktop.plan.indicators import plan_days
from desktop.plan.measures import among, at_least, at_most, between, empty, filled, no, yes
from desktop.plan.training import new_appointments
from desktop.plan.tree import Unit, UnitTree
from desktop.records.declaration import Level
from desktop.records.reckoning.periods import ALERT_DAYS
from desktop.records.types import Catalogue
from desktop.store.peers import traffic
from desktop.store.queries import aggregates
from desktop.store.queries.aggregates import Condition, Days, Selection, Tally
from desktop.store.queries.disputed import deleted_in_dispute
from desktop.store.queries.reading import Query
from desktop.store.tables.database import Database

UNVISITED_DAYS = 90
"""An enterprise that should have a union and was not visited for so long is to be visited."""
ELECTION_DAYS = 60
"""So many days before its term ends a union is asked to prepare its election."""
RENEWAL_DAYS = 90
"""So many days before a contract ends its renewal may be asked for (浙江省集体合同条例第三十条)."""
FILING_DAYS = 10
"""A signed contract is filed within so many days (条例第三十四条)."""
PUBLISHING_DAYS = 7
"""Five working days (条例第三十五条), which are a week where no holiday lies in it."""
REPLY_DAYS = 30
"""A proposal about open affairs is answered within so many days (浙江省企业民主管理条例第二十三条)."""
CLEANING_DAYS = 14
"""A batch of cleaning is named so many days before it is due."""
LAST_QUARTER = 10
"""The month from which what belongs to the year is asked for."""


_ROOTS = (Level.DISTRICT, Level.INDUSTRY, Level.CITY)
"""Levels that need nobody above them to send to."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """Something to be done: ``kind`` is its permanent name, ``sentence`` says what, how many and what next.

    It leads to ``records`` or to one of the lists ``queries``; neither where it leads to a page, named by ``kind``.
    ``urgent`` is what is overdue already.
    """

    kind: str
    count: int
    sentence: str
    records: Selection | None = None
    queries: tuple[Query, ...] = ()
    urgent: bool = False


Source = Callable[[datetime.date], Iterable[WorkItem]]
"""What another part of the program adds, as of a day."""


@dataclass(frozen=True, slots=True)
class _Matter:
    kind: str
    sentence: str
    tally: Callable[[Days], Tally]
    urgent: bool = False
    first_month: int = 1


def _shifted(days: Days, number: int) -> datetime.date:
    return days.as_of + datetime.timedelta(days=number)


_ACTIVE = among("status", "active")


def _election_overdue(days: Days) -> Tally:
    return Tally("union", (yes("standing"), at_most("election_due", _shifted(days, -1))))


def _election_soon(days: Days) -> Tally:
    return Tally(
        "union", (yes("standing"), between("election_due", days.as_of, _shifted(days, ELECTION_DAYS)))
    )


def _congress_missing(days: Days, *employers: Condition) -> Tally:
    held = at_least("congress_day", days.as_of.replace(month=1, day=1))
    return Tally("enterprise", (_ACTIVE, *employers), but=(held,))


def _public_without_congress(days: Days) -> Tally:
    return _congress_missing(days, among("class", *PUBLIC))


def _private_without_congress(days: Days) -> Tally:
    large = (among("class", "non_public"), among("organised", "own"), at_least(STAFF, LARGE))
    return _congress_missing(days, *large)


def _training_overdue(days: Days) -> Tally:
    return Tally("appointment", (*_holders(days), yes("overdue")))


def _training_soon(days: Days) -> Tally:
    within = between("due", days.as_of, _shifted(days, ALERT_DAYS))
    return Tally("appointment", (*_holders(days), empty("trained"), within))


def _holders(days: Days) -> tuple[Condition, ...]:
    return (*new_appointments(days), yes("holding"))


def _unvisited(days: Days) -> Tally:
    wanting = (_ACTIVE, among("class", "non_public"), no("removed"), at_least(STAFF, SMALL))
    return Tally(
        "enterprise",
        (*wanting, among("organised", "")),
        but=(at_least("visited", _shifted(days, -UNVISITED_DAYS)),),
    )


def _promised(days: Days) -> Tally:
    return Tally("visit", (at_most("promised", days.as_of), no("followed")))


def _orphaned(days: Days) -> Tally:
    gone = among("status", "deregistered", "moved_out", "not_found")
    return Tally("enterprise", (gone, yes("own_union")))


def _left_alone(days: Days) -> Tally:
    """A union is no child of its employer, so nobody is asked when one deletes the employer while another founds it."""
    return Tally("union", (yes("standing"), yes("employer_deleted")))


def _contradicted(days: Days) -> Tally:
    return Tally("enterprise", (_ACTIVE, among("typed_state", "Y"), yes("union_ended")))


def _unstated(days: Days) -> Tally:
    return Tally("enterprise", (_ACTIVE, yes("own_union"), among("typed_state", "N", "C")))


def _unmeasured(days: Days) -> Tally:
    return Tally("enterprise", (_ACTIVE, among("class", "non_public", "enterprise"), empty(STAFF)))


def _unapproved(days: Days) -> Tally:
    return Tally("union", (yes("standing"), empty("day"), among("founding", *NEW_KINDS)))


def _contracts_ending(days: Days) -> Tally:
    ending = between("ends", days.as_of, _shifted(days, RENEWAL_DAYS))
    return Tally("collective_contract", (filled("signed"), ending, no("renewed")))


def _contracts_unfiled(days: Days) -> Tally:
    long_ago = at_most("signed", _shifted(days, -FILING_DAYS - 1))
    return Tally("collective_contract", (long_ago, empty("filed"), yes("running")))


def _contracts_unpublished(days: Days) -> Tally:
    in_force = at_most("effective", _shifted(days, -PUBLISHING_DAYS - 1))
    return Tally("collective_contract", (filled("signed"), in_force, empty("published"), yes("running")))


def _decisions_overdue(days: Days) -> Tally:
    return Tally("resolution_item", (at_most("due", _shifted(days, -1)), empty("done")))


def _letters_unanswered(days: Days) -> Tally:
    return Tally("mailbox_letter", (at_most("received", _shifted(days, -REPLY_DAYS - 1)), empty("answered")))


def _notices_due(days: Days) -> Tally:
    return Tally("accountability_notice", (at_most("due", days.as_of),))


def _cleaning_overdue(days: Days) -> Tally:
    return Tally("cleaning_batch", (at_most("due", _shifted(days, -1)), empty("finished")))


def _cleaning_soon(days: Days) -> Tally:
    within = between("due", days.as_of, _shifted(days, CLEANING_DAYS))
    return Tally("cleaning_batch", (within, empty("finished")))


def _this_year(days: Days) -> Condition:
    return between("year", days.as_of.year, days.as_of.year)


def _assessments_open(days: Days) -> Tally:
    return Tally("assessment", (_this_year(days), empty("decided")))


def _assessments_missing(days: Days) -> Tally:
    unions = (yes("standing"), yes("grassroots"), yes("assessments_run"))
    return Tally("union", unions, but=(at_least("assessed", days.as_of.year),))


def _plans_behind(days: Days) -> Tally:
    return Tally("training_plan", (_this_year(days), yes("behind")))


MATTERS = (
    _Matter("election_overdue", "{count}家工会任期已经届满，请组织换届", _election_overdue, urgent=True),
    _Matter("training_overdue", "{count}个新任职超过一年还没有完成初任培训", _training_overdue, urgent=True),
    _Matter("visit_promised", "{count}次走访约定的跟进日期已到，还没有跟进", _promised, urgent=True),
    _Matter(
        "contract_unfiled",
        f"{{count}}份集体合同签字超过{FILING_DAYS}天还没有报送人社",
        _contracts_unfiled,
        urgent=True,
    ),
    _Matter(
        "letter_unanswered",
        f"{{count}}封信箱来信超过{REPLY_DAYS}天没有答复",
        _letters_unanswered,
        urgent=True,
    ),
    _Matter("notice_due", "{count}份通报、约谈的整改期限或跟进日期已到，请跟进", _notices_due, urgent=True),
    _Matter("decision_overdue", "{count}项会议议定事项过了期限还没有完成", _decisions_overdue, urgent=True),
    _Matter("cleaning_overdue", "{count}个实名制清洗批次过了期限还没有完成", _cleaning_overdue, urgent=True),
    _Matter(
        "contract_unpublished", "{count}份集体合同已生效满一周，还没有登记向职工公布", _contracts_unpublished
    ),
    _Matter("contract_ending", f"{{count}}份集体合同{RENEWAL_DAYS}天内期满，请准备续签", _contracts_ending),
    _Matter("cleaning_soon", f"{{count}}个实名制清洗批次{CLEANING_DAYS}天内到期", _cleaning_soon),
    _Matter("training_soon", f"{{count}}个新任职的初任培训{ALERT_DAYS}天内到期", _training_soon),
    _Matter("election_soon", f"{{count}}家工会{ELECTION_DAYS}天内任期届满，请准备换届", _election_soon),
    _Matter(
        "congress_public",
        "{count}家国有企业、集体企业和事业单位今年还没有有效的职代会记录",
        _public_without_congress,
    ),
    _Matter(
        "congress_private",
        "{count}家百人以上已建会的非公企业今年还没有有效的职代会记录",
        _private_without_congress,
    ),
    _Matter(
        "assessment_missing",
        "{count}家工会今年还没有开始评价",
        _assessments_missing,
        first_month=LAST_QUARTER,
    ),
    _Matter(
        "assessment_open", "{count}份今年的工会评价还没有评定", _assessments_open, first_month=LAST_QUARTER
    ),
    _Matter("plan_behind", "{count}项今年的培训计划还没有完成", _plans_behind, first_month=LAST_QUARTER),
    _Matter("unvisited", f"{{count}}家25人以上未建会的非公企业{UNVISITED_DAYS}天没有走访", _unvisited),
    _Matter("union_of_gone", "{count}家已注销、迁出或查无的企业，工会记录还在，请核对", _orphaned),
    _Matter("employer_deleted", "{count}家工会的所在单位已经删除，请恢复那家单位，或者另选", _left_alone),
    _Matter("state_contradicted", "{count}家企业登记为已建会，但工会已经不存在，请核对", _contradicted),
    _Matter("state_outdated", "{count}家企业已有工会，建会状态还没有改为“建立”", _unstated),
    _Matter("staff_missing", "{count}家企业没有填{staff}，不能计入指标", _unmeasured),
    _Matter("approval_missing", "{count}家工会没有填成立批复日期，不能计入新增工会", _unapproved),
)
"""What follows from records, as of a day."""


def worklist(database: Database, types: Catalogue, own: Unit, as_of: datetime.date) -> list[WorkItem]:
    """What is to be done at a unit and those below it, the overdue first; what counts nothing is left out."""
    days = plan_days(as_of)
    units = UnitTree.load(database, types, own).subtree(own.id)
    with aggregates.snapshot(database):
        return ordered(
            [
                *_from_records(database, units, days, head_count(database, types, own.id)),
                *_from_conflicts(database, types, own),
                *_from_exchange(database, own),
            ]
        )


def ordered(items: Iterable[WorkItem]) -> list[WorkItem]:
    """Items with something to do, the overdue first."""
    return sorted((i for i in items if i.count), key=lambda i: not i.urgent)


def _from_records(database: Database, units: tuple[str, ...], days: Days, staff: HeadCount) -> list[WorkItem]:
    asked = {m: m.tally(days) for m in MATTERS if m.first_month <= days.as_of.month}
    tallies = {m: replace(tally, where=staff.of(tally.where)) for m, tally in asked.items()}
    counts = aggregates.count_by_unit(database, tallies.values(), days)
    items = []
    for matter, tally in tallies.items():
        count = sum(counts[tally].get(unit, 0) for unit in units)
        records = Selection(tally, units, days)
        sentence = matter.sentence.format(count=count, staff=staff.label)
        items.append(WorkItem(matter.kind, count, sentence, records, urgent=matter.urgent))
    return items


def _from_conflicts(database: Database, types: Catalogue, own: Unit) -> list[WorkItem]:
    """What a level above decides, because it or others wrote one of the values, is nothing to be done here."""
    covered = aggregates.stations_covered(database, own.id, traffic.setting(database, "station") or "")
    found = aggregates.open_conflicts(database, covered, deleted_in_dispute(database, types))
    disputed = {n: both for n, both in found.items() if n in types}
    due = sum(here for here, _ in disputed.values())
    beyond = sum(above for _, above in disputed.values())
    decide = f"{due}处内容几个人填得不一样，请决定用哪一个{f'；另有{beyond}处等上级来定' if beyond else ''}"
    queries = tuple(Query(name, disputed=True) for name in disputed)
    sentence = decide if due else f"{beyond}处内容填得不一样，等上级来定"
    return [WorkItem("conflicts", due or beyond, sentence, queries=queries, urgent=bool(due))]


def _from_exchange(database: Database, own: Unit) -> list[WorkItem]:
    """What has not been sent and what has not been answered; these lead to the page of exchange."""
    outbox, due = aggregates.unsent(database), aggregates.receipts_due(database)
    names = "、".join(due[:3]) + ("等" if len(due) > 3 else "")
    waiting, unanswered = outbox.waiting, outbox.unanswered
    items = [
        WorkItem(
            "receipts_due", len(due), f"{len(due)}个下级的数据包已经合并，还没有给回执：{names}", urgent=True
        ),
        WorkItem("unanswered", unanswered, f"{unanswered}项内容已经导出，还没有收到上级的回执"),
    ]
    if outbox.linked:
        items.append(WorkItem("unsent", waiting, f"{waiting}项内容还没有导出给上级"))
    elif own.level not in _ROOTS:
        items.append(
            WorkItem("not_enrolled", waiting, f"本单位还没有入网，{waiting}项内容只在本机，请先办理入网")
        )
    return items
