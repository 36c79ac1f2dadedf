"""Rules on collective bargaining: who sits at the table and how long a contract runs (浙江省集体合同条例)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from desktop.records.cells import Values
from desktop.records.checks.base import Asked, Failure, rule

_SIDES = {"staff": "职工方", "enterprise": "企业方"}
_LEAST, _LEAST_ABOVE_SCALE = 3, 5
_MOST_FOR_WAGES = 9


@rule
def bargaining_seats(asked: Asked) -> Failure | None:
    """The representatives (kind of contract, above scale) are as many as the rules want, if they are listed.

    At least three a side and five above scale, the enterprise's not more than the staff's, one chief each, at most
    a third from outside (条例第十条); for wages at most nine (杭州市企业工资集体协商条例第十六条).
    """
    kind, above_scale = asked.cells()
    seats = {
        side: [c for c in asked.context.children(asked.arguments["type"]) if c.get("side") == side]
        for side in _SIDES
    }
    if not any(seats.values()):
        return None
    least = _LEAST_ABOVE_SCALE if above_scale else _LEAST
    for side, people in seats.items():
        problem = _problem(people, least, kind == "wages")
        if problem:
            return {"problem": f"{_SIDES[side]}{problem}"}
    if len(seats["enterprise"]) > len(seats["staff"]):
        return {"problem": f"企业方代表{len(seats['enterprise'])}人，多于职工方的{len(seats['staff'])}人"}
    return None


def _problem(people: Sequence[Values], least: int, wages: bool) -> str:
    """What is wrong with one side, as the end of a sentence."""
    chiefs = sum(bool(p.get("is_chief")) for p in people)
    external = sum(bool(p.get("is_external")) for p in people)
    if len(people) < least:
        return f"代表{len(people)}人，应当不少于{least}人"
    if wages and len(people) > _MOST_FOR_WAGES:
        return f"代表{len(people)}人，工资协商每方不超过{_MOST_FOR_WAGES}人"
    if chiefs != 1:
        return f"首席代表{chiefs}人，应当是1人"
    if external * 3 > len(people):
        return f"外聘代表{external}人，超过本方{len(people)}人的三分之一"
    return ""


@rule
def contract_term(asked: Asked) -> Failure | None:
    """A contract (first and last day) runs for one to three years (条例第三十条); a day more or less is let pass."""
    start, end = asked.day(0), asked.day(1)
    if start is None or end is None or end < start:
        return None
    days = (end - start + datetime.timedelta(days=1)).days
    if 364 <= days <= 3 * 365 + 2:
        return None
    return {"months": round(days / 30.44)}
