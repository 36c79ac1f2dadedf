"""The commands of the action plan: how far the unit is from its targets, and which enterprise to visit next."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import click

from desktop.cli.frame import Command
from desktop.cli.opening import opens, writes
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import Day, Number, Pair, json_option
from desktop.errors import UsageProblem
from desktop.operations.plan import plan as operations
from desktop.operations.plan import plan_readings, year_ends
from desktop.operations.session import Session
from desktop.plan.results import Figure, Indicator, plain

_TOWN = 9
"""Digits of a town's code, with which those of its villages begin."""


class NoIndicator(UsageProblem):
    """A name that no indicator has."""

    next_step = "请先不带 --only 列出全部指标。"


@click.command(cls=Command)
@writes
@click.option("--as-of", "as_of", metavar="日期", type=Day(), help="截至哪一天，默认今天。")
@click.option("--unit", metavar="单位", help="哪个单位（编码或名称），默认本单位。")
@click.option("--only", metavar="编号", multiple=True, help="只算这一项，如 T03；可以写几个。")
@click.option("--reading", "readings", metavar="名称=选项", type=Pair(), multiple=True,
              help="选定口径，如 choice=option，或 T03.choice=option；可选的见 --json。")  # fmt: skip
@click.option("--choose", "chosen", metavar="名称=选项", type=Pair(), multiple=True,
              help="定下口径，如 T03.coverage=include：本单位和下级以后都按它算。市、区总工会用。")  # fmt: skip
@click.option("--keep-year-end", "year", metavar="年份", type=Number(2023),
              help="定格这一年年末的新就业形态会员数，记入上报数字；以后补录不再改变它。")  # fmt: skip
@json_option
def plan(
    session: Session,
    as_of: datetime.date | None,
    unit: str | None,
    only: tuple[str, ...],
    readings: tuple[tuple[str, str], ...],
    chosen: tuple[tuple[str, str], ...],
    year: int | None,
    as_json: bool,
) -> None:
    """行动计划的各项指标：现在多少、目标多少、还差多少，本单位和下面各单位。"""
    changed = []
    for name, option in chosen:
        target, _, choice = name.partition(".")
        plan_readings.choose(session, target, choice, option)
        changed.append(target)
    if year is not None:
        year_ends.keep(session, year)
        changed.append(year_ends.GROWTH)
    # Whoever has settled how one is reckoned is shown that one.
    only = only or tuple(changed)
    found = operations.indicators(session, as_of, unit, dict(readings), only=only)
    for name in only:
        if all(name not in (i.id, i.target_id) for i in found):
            raise NoIndicator(f"没有指标“{name}”。")
    if as_json:
        json_line({"indicators": [plain(i) for i in found], "readings": _choices()})
        return
    for indicator in found:
        _say(indicator)


def _say(indicator: Indicator) -> None:
    say(f"{indicator.id}  {indicator.sentence}。")
    for figure in indicator.below:
        say(f"    {figure.name}：{_words(figure)}")
    for note in indicator.notes:
        say(f"    {note}")
    say(f"    {indicator.basis}")


def _words(figure: Figure) -> str:
    if figure.denominator is None:
        return f"{figure.numerator.shown}{figure.counter}"
    return f"{figure.percent}（{figure.numerator.shown}/{figure.denominator.shown}），{figure.gap_words}"


def _choices() -> dict[str, list[dict[str, Any]]]:
    """The readings that can be chosen, by target."""
    return {
        target: [
            {
                "name": choice.id,
                "label": choice.label,
                "default": choice.default,
                "options": {option.code: option.label for option in choice.options},
            }
            for choice in choices
        ]
        for target, choices in operations.choices().items()
    }


@click.command(cls=Command)
@opens
@click.option("--place", "place", metavar="地点", default="", help="只看这个镇街或村社：名称或区划代码。")
@click.option("--limit", "limit", metavar="数", type=Number(1), default=10, help="列几家，默认10家。")
@click.option("--as-of", "as_of", metavar="日期", type=Day(), help="截至哪一天，默认今天。")
@json_option
def next_visits(session: Session, place: str, limit: int, as_of: datetime.date | None, as_json: bool) -> None:
    """下一步走访哪几家：为什么去，上次是什么时候，同一村里还有几家。"""
    found, rules = (
        operations.next_visits(session, as_of, place=place, limit=limit),
        operations.visit_reasons(),
    )
    if as_json:
        reasons = {r.id: {"points": r.points, "label": r.label} for r in rules.reasons}
        json_line({
            "visits": [dataclasses.asdict(v) for v in found],
            "reasons": reasons, "source": rules.source, "official": rules.official,
        })  # fmt: skip
        return
    for number, visit in enumerate(found, start=1):
        say(
            f"{number}. {visit.name}（{'，'.join(filter(None, (visit.place, visit.address))) or '没有地址'}）"
        )
        say(f"    {visit.points}分：{'；'.join(visit.reasons)}")
        if visit.alike:
            near = "同一村社里" if len(visit.code) > _TOWN else "同一镇街、没有写村社的"
            say(f"    {near}还有{visit.alike}家要走访")
    remark("按各条理由的分值之和排列，分值为示例，非官方。" if found else "没有要走访的企业。")
