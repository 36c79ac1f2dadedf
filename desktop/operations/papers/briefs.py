"""The work brief of a unit for a period: goals, what was done, what is overdue and where to go next."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby

from desktop.documents.brief import Brief
from desktop.documents.page import ChartBar
from desktop.errors import UsageProblem
from desktop.operations.plan import plan
from desktop.operations.reference_here import reference_here
from desktop.operations.session import Session
from desktop.operations.supervision import overdue, working_days
from desktop.plan import activity, worklist
from desktop.plan.activity import Done
from desktop.plan.indicators import indicators as plan_indicators
from desktop.plan.results import Figure, Indicator, Status, target_words
from desktop.plan.tree import Unit, UnitTree
from desktop.records.typed.dates import day_words, month_day_words
from desktop.records.types import Catalogue
from desktop.store.queries import reading
from desktop.store.tables.database import Database

MOST_GOALS, MOST_LATE, MOST_VISITS = 14, 6, 5
"""So much stands on two pages."""
_JUDGED = (Status.MET, Status.NOT_MET)
_QUARTERS = "一二三四"
_NAMED = 3


class PeriodBackwards(UsageProblem):
    """A period that ends before it begins, or begins in the future."""

    next_step = "请核对开始和结束的日期。"


class NotBelow(UsageProblem):
    """A brief of a unit that does not report here."""

    next_step = "请选择本单位或者下级，或者请那个单位自己打印。"


def quarter_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and last day of the quarter in which a day lies."""
    month = (day.month - 1) // 3 * 3 + 1
    following = day.replace(year=day.year + month // 10, month=(month + 3 - 1) % 12 + 1, day=1)
    return day.replace(month=month, day=1), following - datetime.timedelta(days=1)


def period_words(first: datetime.date, last: datetime.date) -> str:
    """A period in words: a year, a quarter or one so far, else its two days."""
    begin, end = quarter_of(first)
    if (first.month, first.day, last) == (1, 1, first.replace(month=12, day=31)):
        return f"{first.year}年"
    if first == begin and last <= end:
        so_far = "" if last == end else f"，至{month_day_words(last)}"
        return f"{first.year}年第{_QUARTERS[first.month // 3]}季度{so_far}"
    return f"{day_words(first)}至{day_words(last)}"


def brief(
    session: Session,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    unit: str | None = None,
) -> Brief:
    """The brief of a unit (one's own, or one by id, code or name) with all below it; raises as :func:`brief_of`."""
    asked = None if unit is None else session.find_unit(unit)
    own = Unit(session.unit.id, session.unit.name, session.unit.level)
    return brief_of(session.database, session.types, own, session.environment.today(), first, last, asked)


def brief_of(
    database: Database,
    types: Catalogue,
    own: Unit,
    today: datetime.date,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    unit: str | None = None,
) -> Brief:
    """The same for a window's reader, ``unit`` being an id: as of the last day, which is today or earlier.

    Without ``first`` it is about the quarter of ``last``. Raises :class:`PeriodBackwards`, :class:`NotBelow` and
    ``NotFound``.
    """
    first = first or quarter_of(last or today)[0]
    last = min(last or today, today)
    if first > last:
        raise PeriodBackwards("这段时间还没有开始，或者开始晚于结束，排不出简报。")
    at = own if unit is None else _unit(database, types, own, unit)
    found = plan_indicators(database, types, own, last, working_days(database), unit=at.id)
    counted = activity.done(database, types, own, at.id, first, last)
    places = reference_here(database, types, own.id, today).divisions
    visits = plan.visits_of(database, types, at, places, last, limit=MOST_VISITS)
    late = list(_late(database, types, at, at.id == own.id, last))
    return Brief(
        unit=at.name or own.name,
        period=period_words(first, last),
        day=today,
        goals=tuple(_goal(i) for i in _shown(found)),
        goal_remarks=tuple(_goal_remarks(found)),
        done=tuple(_doings(counted)),
        done_remarks=tuple(_doing_remarks(counted, first, last)),
        late=tuple(late[:MOST_LATE]),
        late_remark=_late_remark(len(late), last),
        visits=tuple((v.name, v.address or v.place, "；".join(v.reasons[:2]), v.visited or "没有去过") for v in visits),
        visit_remark="次序按各条理由的分值之和排列，分值为示例，非官方。" if visits else "没有要走访的单位。",
        sources=f"来源：{own.name}台账里登记的记录和上报数，{day_words(today)}由小三级排印，供内部参考，不是正式公文。",
    )  # fmt: skip


def _unit(database: Database, types: Catalogue, own: Unit, key: str) -> Unit:
    tree = UnitTree.load(database, types, own)
    found = tree.unit(key)
    if key not in tree.subtree(own.id):
        # Only a small part of what it has is here; under its name that would pass for the whole.
        raise NotBelow(f"“{found.name}”不是本单位的下级，这里没有它的全部记录，排不出它的简报。")
    return found


# Goals -------------------------------------------------------------------------------------------------------------


def _main(found: Sequence[Indicator]) -> list[Indicator]:
    """One indicator for each target that can be judged: of several measures the one farthest from its goal."""
    judged = [i for i in found if i.figure.status in _JUDGED]
    return [min(same, key=_reached) for _, same in groupby(judged, key=lambda i: i.target_id)]


def _shown(found: Sequence[Indicator]) -> list[Indicator]:
    """Those that have room, in the plan's order: where they are too many, those farthest from their goals."""
    main = _main(found)
    farthest = {i.id for i in sorted(main, key=_reached)[:MOST_GOALS]}
    return [i for i in main if i.id in farthest]


def _reached(indicator: Indicator) -> tuple[bool, float]:
    figure = indicator.figure
    wanted = figure.wanted or 0
    return figure.status is Status.MET, float(figure.numerator.total / wanted) if wanted else 1.0


def _goal(indicator: Indicator) -> ChartBar:
    figure = indicator.figure
    share = None if figure.ratio is None else float(figure.ratio)
    return ChartBar(
        f"{indicator.target_id} {indicator.label}",
        _goal_words(figure),
        share,
        _mark(figure),
        figure.status is Status.MET,
    )


def _mark(figure: Figure) -> float | None:
    """Where the goal stands on the bar; a count's bar is as long as its goal."""
    if figure.target is None or figure.denominator is None:
        return None if figure.target is None else 1.0
    return float(figure.target.value)


def _goal_words(figure: Figure) -> str:
    goal = target_words(figure.target, figure.counter) if figure.target is not None else ""
    amount = figure.numerator.shown
    if figure.denominator is not None:
        amount += f"/{figure.denominator.shown}"
    reported = "（含上报数）" if _reported(figure) else ""
    return f"{figure.percent}，{amount}{figure.counter}{reported}，目标{goal}，{figure.gap_words}"


def _reported(figure: Figure) -> bool:
    return bool(figure.numerator.reported or (figure.denominator is not None and figure.denominator.reported))


def _goal_remarks(found: Sequence[Indicator]) -> Iterator[str]:
    judged, shown = [i for i in found if i.figure.status in _JUDGED], _shown(found)
    if judged:
        met = sum(i.figure.status is Status.MET for i in judged)
        rest = f"，列出离目标最远的{len(shown)}项（有分项的只列一项）" if len(shown) < len(judged) else ""
        yield (
            f"有目标、有数据的{len(judged)}项，{met}项达标{rest}。百分数后面是分子/分母；黑竖线是目标，"
            "数量指标的条按完成目标的比例画；深色是已达标。"
        )
    aimless = [i for i in found if i.figure.status is Status.NO_TARGET and i.figure.numerator.total]
    known = {i.target_id for i in (*judged, *aimless)}
    silent = dict.fromkeys(i.target_id for i in found if i.target_id not in known)
    yield "".join(
        (
            f"没有定目标的：{'、'.join(i.sentence for i in aimless)}。" if aimless else "",
            _silent_words(list(silent)),
            f"统计截至{found[0].as_of.isoformat()}，含下级；口径为示例，非官方，全文见工作台的指标。",
        )
    )


def _silent_words(targets: Sequence[str]) -> str:
    if len(targets) > MOST_GOALS:
        return f"还有{len(targets)}个目标没有数据。"
    return f"还没有数据的：{'、'.join(targets)}。" if targets else ""


# What was done -----------------------------------------------------------------------------------------------------


def _doings(counted: Sequence[Done]) -> Iterator[ChartBar]:
    most = max((d.count for d in counted), default=0)
    for d in counted:
        if d.count:
            yield ChartBar(d.kind.label, f"{d.count}{d.kind.counter}", d.count / most, reached=True)


def _doing_remarks(counted: Sequence[Done], first: datetime.date, last: datetime.date) -> Iterator[str]:
    nothing = [d.kind.label for d in counted if not d.count]
    if len(nothing) == len(counted):
        yield f"{day_words(first)}至{day_words(last)}没有登记工作。"
    else:
        yield (
            f"{day_words(first)}至{day_words(last)}登记的，按发生日期算，含下级；条长按最多的一类画。"
            + (f"没有登记的：{'、'.join(nothing)}。" if nothing else "")
        )
    undated = [f"{d.kind.label}{d.undated}条" for d in counted if d.undated]
    if undated:
        yield f"没有填日期、不知道属于哪一期，没有计入的：{'，'.join(undated)}。"


# What is overdue ---------------------------------------------------------------------------------------------------


def _late(database: Database, types: Catalogue, at: Unit, own: bool, day: datetime.date) -> Iterator[str]:
    """Sentences of what is overdue; what waits at this desk only, such as receipts, is its own unit's."""
    for item in worklist.worklist(database, types, at, day):
        if item.urgent and (own or item.records is not None):
            yield item.sentence
    below = None if own else set(UnitTree.load(database, types, at).subtree(at.id))
    clocks = [
        item
        for item in overdue(database, types, day)
        if item.overdue and (below is None or _held_by(database, types, item.case) in below)
    ]
    if clocks:
        oldest = clocks[0].clock.due
        since = f"，最早的{day_words(oldest)}到期" if oldest is not None else ""
        names = "、".join(dict.fromkeys(c.employer or "没有写单位的" for c in clocks[:_NAMED]))
        count = sum(item.letters for item in clocks)
        yield f"监督案件有{count}个期限已过{since}（{names}{'等' if len(clocks) > _NAMED else ''}）"


def _late_remark(count: int, day: datetime.date) -> str:
    if not count:
        return f"{day_words(day)}没有逾期的事（按登记的内容算，含下级）。"
    more = f"还有{count - MOST_LATE}件，见工作台。" if count > MOST_LATE else ""
    return f"{more}按{day_words(day)}的情况算，含下级。"


def _held_by(database: Database, types: Catalogue, case: str) -> str:
    found = reading.record(database, types, "case", case)
    return found.unit if found is not None else ""
