"""Keeps the number that a year ended with as a reported figure, so that nothing entered later moves the growth from it.

The plan asks by how much the members in new trades grow each year (T17); the year before is counted back by the days
of joining and leaving as long as nobody has kept its end.
"""

from __future__ import annotations

import datetime
from typing import Final

from desktop.errors import StateProblem
from desktop.operations.plan import plan
from desktop.operations.recording import records
from desktop.operations.recording.records import Saved
from desktop.operations.session import Session
from desktop.plan.reported import STOCK
from desktop.plan.results import Figure, Indicator, number

GROWTH: Final = "T17"
"""The measure that is a growth over a year."""
FIGURE: Final = "reported_figure"
_SOURCE: Final = "按会员名册定格"
"""What stands as the source of a figure that was kept."""


class NotKept(StateProblem):
    """The end of a year cannot be kept."""

    exit_code = 22
    next_step = "请在“上报数字”里查看，往年的数也可以直接填在那里（指标选T17，哪个数选“某日总数”）。"


def year_end(year: int) -> datetime.date:
    """The last day of a year."""
    return datetime.date(year, 12, 31)


def kept(figure: Figure, year: int) -> bool:
    """Whether the unit of a figure of T17 has a stock as of the last day of a year, of those that the figure used."""
    return any(
        r.figure == STOCK and r.last == year_end(year) and r.unit == figure.unit for r in figure.reports
    )


def year_to_keep(indicator: Indicator) -> int | None:
    """The year before the day of T17, if its end is known and was not kept."""
    year, whole = indicator.as_of.year - 1, indicator.figure.denominator
    if indicator.id != GROWTH or whole is None or whole.total <= 0 or kept(indicator.figure, year):
        return None
    return year


def keep(session: Session, year: int) -> Saved:
    """Writes down how many members in new trades the own unit and those below had at the end of a year.

    Raises :class:`NotKept` while the year goes on, where nobody is counted, and where the number is there already.
    """
    day, today = year_end(year), session.environment.today()
    if day >= today:
        raise NotKept(f"{year}年还没有过完，过了12月31日才能定格。")
    (found,) = plan.indicators(session, day, only=[GROWTH])
    figure = found.figure
    if kept(figure, year):
        raise NotKept(f"{year}年末的新就业形态会员数已经登记过了。")
    # A growth and what it began with make up what it ended with.
    stock = figure.numerator.total + (figure.denominator.total if figure.denominator is not None else 0)
    if stock <= 0:
        raise NotKept(f"{year}年末没有填了重点群体的会员，没有可以定格的数。")
    values = {
        "indicator": GROWTH, "figure": STOCK, "as_of_date": day.isoformat(), "value": number(stock),
        "source": _SOURCE, "reported_date": today.isoformat(),
    }  # fmt: skip
    return records.save(session, FIGURE, values, unit=session.unit.id)
