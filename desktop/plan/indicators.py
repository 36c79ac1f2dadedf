"""Takes the plan's measures for a unit and for each unit directly below it, all with one count of the records."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cache

from desktop import reference
from desktop.plan import (
    bargaining,
    coverage,
    democracy,
    founding,
    means,
    membership,
    new_trades,
    replies,
    reported,
    training,
)
from desktop.plan.chosen import chosen, with_chosen
from desktop.plan.measures import Circumstances, Indication, Reports, Verdicts
from desktop.plan.readings import Options, readings, refuse_unknown
from desktop.plan.reported import Accepted
from desktop.plan.results import Figure, Indicator, Status, basis_words, number
from desktop.plan.rollup import RollUp, Task
from desktop.plan.tree import Unit, UnitTree
from desktop.records.declaration import Level
from desktop.records.plan_targets import PER_YEAR, Choice, Measure, MeasureKind, PlanTarget
from desktop.records.reckoning.working_days import WorkingDayTable
from desktop.records.types import Catalogue
from desktop.store.queries import aggregates
from desktop.store.queries.aggregates import Days
from desktop.store.tables.database import Database

INDICATIONS: tuple[Indication, ...] = tuple(
    sorted(
        (
            *founding.INDICATIONS,
            *coverage.INDICATIONS,
            *membership.INDICATIONS,
            *new_trades.INDICATIONS,
            *democracy.INDICATIONS,
            *training.INDICATIONS,
            *means.INDICATIONS,
            *replies.INDICATIONS,
            *bargaining.INDICATIONS,
        ),
        key=lambda i: i.id.partition(".")[0],
    )
)
"""Every indicator that is computed, in the plan's order."""


@cache
def declared() -> Mapping[str, tuple[PlanTarget, Measure]]:
    """The targets and measures of the resources by measure id."""
    return {m.id: (target, m) for target in reference.plan_targets() for m in target.measures}


@cache
def _yearly() -> frozenset[str]:
    """The measures whose records are counted by the year."""
    return frozenset(key for key, (_, measure) in declared().items() if measure.per == PER_YEAR)


def choices() -> Mapping[str, tuple[Choice, ...]]:
    """The readings that can be chosen, by target id."""
    found: dict[str, tuple[Choice, ...]] = {}
    for indication in INDICATIONS:
        target, _ = declared()[indication.id]
        known = found.get(target.id, target.choices)
        # Several measures of one target may leave the same reading open.
        found[target.id] = (*known, *(c for c in indication.choices if c not in known))
    return found


def plan_days(as_of: datetime.date) -> Days:
    """The first and last day of all targets, looked at as of a day."""
    targets = reference.plan_targets()
    return Days(
        as_of,
        min(t.start for t in targets if t.start is not None),
        max(t.due for t in targets if t.due is not None),
    )


def indicators(
    database: Database,
    types: Catalogue,
    own: Unit,
    as_of: datetime.date,
    holidays: WorkingDayTable,
    *,
    unit: str | None = None,
    options: Options | None = None,
    only: Sequence[str] = (),
) -> list[Indicator]:
    """The plan's indicators for a unit (the workspace's own by default) and each unit directly below it.

    ``only`` names targets or measures, none means all; ``holidays`` says which days are worked. ``options`` go before
    the readings that the own unit or one above it has chosen. Raises ``UnknownReading``.
    """
    refuse_unknown(options or {}, choices())
    tree = UnitTree.load(database, types, own)
    asked = tree.unit(unit or own.id)
    days = plan_days(as_of)
    wanted = [i for i in INDICATIONS if not only or i.id in only or i.id.partition(".")[0] in only]
    with aggregates.snapshot(database):
        options = with_chosen(options or {}, chosen(database, types, own.id, choices()))
        given = reported.reports(database, types, tree, as_of)
        goals = reported.targets(database, types, days, _yearly())
        judged = {i.id: i.judge(database, days, holidays) for i in wanted if i.judge is not None}
        tasks = [
            _task(i, tree, asked, days, options, given.get(i.id, {}), judged.get(i.id, {})) for i in wanted
        ]
        counts = aggregates.count_by_unit(database, [t for task in tasks for t in task.tallies()], days)
    return [_indicator(task, RollUp(task, tree, counts, goals), asked, own.level) for task in tasks]


def _task(
    indication: Indication,
    tree: UnitTree,
    asked: Unit,
    days: Days,
    options: Options,
    given: reported.Reports,
    verdicts: Verdicts,
) -> Task:
    target, measure = declared()[indication.id]
    taken = readings(target.id, (*target.choices, *indication.choices), options)
    at = Circumstances(days, {r.id: r.code for r in taken}, verdicts)
    whole = rows = Accepted()
    if indication.reports is Reports.PERIOD:
        start = datetime.date.fromisoformat(at.chosen["start"])
        whole = rows = reported.accept(given, tree, [asked.id], days, start)
        if whole.by_unit.get(asked.id):
            below = [u.id for u in tree.directly_below(asked.id)]
            rows = reported.accept(given, tree, below, days, start)
    if indication.reports is Reports.YEAR_END:
        given = reported.of_year(given, days.as_of)
    return Task(indication, target, measure, at, taken, indication.measure(at), given, whole, rows)


def _indicator(task: Task, rollup: RollUp, asked: Unit, level: Level | None) -> Indicator:
    figure, below = rollup.figure(asked, task.whole), rollup.below(asked)
    return Indicator(
        id=task.measure.id,
        target_id=task.target.id,
        label=task.measure.label,
        chapter=task.target.chapter,
        wording=task.target.wording,
        numerator_words=task.measure.numerator,
        denominator_words=task.measure.denominator,
        as_of=task.at.as_of,
        due=task.target.due,
        readings=task.readings,
        basis=basis_words(task.at.as_of, task.indication.rules, task.readings),
        figure=figure,
        below=below,
        notes=tuple(_notes(task, figure, below, level)),
    )


def _notes(task: Task, figure: Figure, below: tuple[Figure, ...], level: Level | None) -> list[str]:
    """What else must be known about a figure, as sentences without a full stop."""
    notes = [n.sentence for n in figure.notes]
    if figure.status is Status.NO_DATA:
        notes.insert(0, task.indication.none)
    elif figure.status is Status.NO_TARGET and task.measure.kind is MeasureKind.COUNT:
        who = "请在“计划目标”里填写" if level in (Level.DISTRICT, Level.CITY) else "请等待区总工会填写并下发"
        why = "方案没有把目标分解到区县和镇街" if task.measure.at_least else "方案没有给出数量"
        notes.insert(0, f"{why}，还差多少要有目标才能算：{who}")
    notes += [_report_words(task, r) for r in figure.reports]
    ignored = sum(len(some) for unit, some in task.given.items() if unit in figure.hits.units) - len(
        figure.reports
    )
    if ignored > 0:
        notes.append(
            f"另有{ignored}个上报数没有用上（已有记录、已被更新或更全的上报数代替，或者不在统计期内）"
        )
    if figure.denominator is not None and 0 < figure.denominator.total < figure.numerator.total:
        notes.append("分子大于分母，请核对记录和上报数")
    of_own = task.indication.reports is Reports.YEAR_END and any(
        r.unit == figure.unit for r in figure.reports
    )
    if below and (of_own or task.rows is not task.whole):
        notes.append("合计用了本单位的上报数，与下面各单位之和不等")
    return notes


def _report_words(task: Task, report: reported.Report) -> str:
    kind = {reported.DENOMINATOR: "分母", reported.STOCK: "会员数"}.get(report.figure, "分子")
    name = "" if task.measure.kind is MeasureKind.COUNT else kind
    when = f"{report.first}至{report.last}" if report.first else f"截至{report.last}"
    return f"其中{name}上报数{number(report.value)}（{when}{'，' + report.source if report.source else ''}）"
