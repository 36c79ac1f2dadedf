"""Rules on numbers, days and what needs what, used by every record type."""

from __future__ import annotations

import decimal
from typing import Any

from desktop.records.cells import is_empty
from desktop.records.checks.base import Asked, Failure, rule
from desktop.records.typed.typed_numbers import stored_decimal


def _numbers(asked: Asked) -> list[Any] | None:
    """The fields as numbers; nothing if one is empty or, having come from elsewhere, is no number."""
    found = asked.filled()
    numbers = [] if found is None else [_number(v) for v in found]
    return numbers if numbers and None not in numbers else None


def _number(value: Any) -> int | decimal.Decimal | None:
    """A stored number: a whole one, or a decimal's text."""
    return value if isinstance(value, int) else stored_decimal(value)


@rule
def at_most(asked: Asked) -> Failure | None:
    """The first number is at most the second."""
    found = _numbers(asked)
    if found is None or found[0] <= found[1]:
        return None
    return {"a": found[0], "b": found[1]}


@rule
def usually_at_most(asked: Asked) -> Failure | None:
    """As ``at_most``, of numbers that come from different hands and may be right all the same."""
    return at_most(asked)


@rule
def share_of(asked: Asked) -> Failure | None:
    """The first number is so many percent (third) of the second, give or take one."""
    found = _numbers(asked)
    if found is None:
        return None
    part, whole, ratio = (decimal.Decimal(n) for n in found)
    expected = whole * ratio / 100
    if abs(part - expected) <= 1:
        return None
    words = f"{expected:.2f}".rstrip("0").rstrip(".")
    return {"a": found[0], "whole": found[1], "ratio": found[2], "expected": words}


@rule
def parts_add_up(asked: Asked) -> Failure | None:
    """All numbers but the last add up to the last; while a part is missing they only must not exceed it."""
    *parts, total = asked.cells()
    known = [p for p in parts if p is not None]
    if total is None or not known:
        return None
    whole = len(known) == len(parts)
    if sum(known) == total or (not whole and sum(known) < total):
        return None
    return {"sum": sum(known), "total": total}


@rule
def sum_at_most(asked: Asked) -> Failure | None:
    """The numbers that are there but the last are together at most the last."""
    *parts, total = asked.cells()
    total_of_parts = sum(p for p in parts if p is not None)
    if total is None or total_of_parts <= total:
        return None
    return {"sum": total_of_parts, "total": total}


def _linked(asked: Asked) -> Any:
    record = asked.context.linked(asked.arguments["link"])
    value = None if record is None else record.get(asked.arguments["field"])
    return None if is_empty(value) else value


@rule
def at_most_linked(asked: Asked) -> Failure | None:
    """The number is at most that of the linked record (arguments ``link`` and ``field``)."""
    found, limit = _numbers(asked), _number(_linked(asked))
    if found is None or limit is None or found[0] <= limit:
        return None
    return {"a": found[0], "b": limit}


@rule
def never_above_linked(asked: Asked) -> Failure | None:
    """As ``at_most_linked``, of a limit that nothing can lie above."""
    return at_most_linked(asked)


@rule
def sum_at_most_linked(asked: Asked) -> Failure | None:
    """The numbers that are there are together at most that of the linked record."""
    total_of_parts, limit = sum(v for v in asked.cells() if v is not None), _linked(asked)
    if limit is None or total_of_parts <= limit:
        return None
    return {"sum": total_of_parts, "total": limit}


@rule
def same_as_linked(asked: Asked) -> Failure | None:
    """The value equals that of the linked record."""
    found, other = asked.filled(), _linked(asked)
    if found is None or other is None or found[0] == other:
        return None
    return {"a": found[0], "b": other}


@rule
def not_after(asked: Asked) -> Failure | None:
    """The first day is not after the second."""
    early, late = asked.day(0), asked.day(1)
    if early is None or late is None or early <= late:
        return None
    return {"a": early, "b": late}


@rule
def not_in_future(asked: Asked) -> Failure | None:
    """The day has come."""
    day = asked.day(0)
    return None if day is None or day <= asked.context.today else {"a": day}


@rule
def not_passed(asked: Asked) -> Failure | None:
    """The day has not passed; the last day itself is still in time."""
    day = asked.day(0)
    return None if day is None or day >= asked.context.today else {"a": day}


@rule
def days_before(asked: Asked) -> Failure | None:
    """The first day lies at least ``days`` days before the second."""
    early, late = asked.day(0), asked.day(1)
    least = asked.arguments["days"]
    if early is None or late is None or (late - early).days >= least:
        return None
    return {"days": max((late - early).days, 0), "least": least}


@rule
def within_days(asked: Asked) -> Failure | None:
    """The second day is at most ``days`` days after the first; with ``values`` only where the third field holds one."""
    first, second = asked.day(0), asked.day(1)
    if first is None or second is None:
        return None
    if "values" in asked.arguments and asked.values.get(asked.fields[2]) not in asked.arguments["values"]:
        return None
    passed, most = (second - first).days, asked.arguments["days"]
    return {"days": passed, "most": most} if passed > most else None


@rule
def within_weekdays(asked: Asked) -> Failure | None:
    """The second day is at most ``days`` days from Monday to Friday after the first, which is not counted.

    Which of them are holidays is not known to a rule; whoever is warned is told so.
    """
    first, second = asked.day(0), asked.day(1)
    if first is None or second is None:
        return None
    weeks, rest = divmod((second - first).days, 7)
    passed = weeks * 5 + sum((first.weekday() + n) % 7 < 5 for n in range(1, rest + 1))
    most = asked.arguments["days"]
    return {"days": passed, "most": most} if passed > most else None


@rule
def month_in_past(asked: Asked) -> Failure | None:
    """The month (year, number) has begun."""
    found = _numbers(asked)
    today = asked.context.today
    if found is None or (found[0], found[1]) <= (today.year, today.month):
        return None
    return {"year": found[0], "month": found[1]}


@rule
def recorded_late(asked: Asked) -> Failure | None:
    """A record made more than ``days`` days after the event (event, record) says why (third field)."""
    event, recorded = asked.day(0), asked.day(1)
    if event is None or recorded is None or not is_empty(asked.values.get(asked.fields[2])):
        return None
    late = (recorded - event).days
    return {"days": late} if late > asked.arguments["days"] else None


@rule
def time_order(asked: Asked) -> Failure | None:
    """What begins and ends on one day (day, time, last day, time) does not end before it begins."""
    first, begin, last, end = asked.cells()
    if begin is None or end is None or (last is not None and last != first) or begin <= end:
        return None
    return {"a": begin, "b": end}


def _lacks(field: str, value: Any, asked: Asked) -> bool:
    """Whether something is to be filled in; what was erased for good is not asked for again."""
    empty = value is None and field not in asked.context.erased
    return empty or (bool(asked.arguments.get("yes")) and not value)


@rule
def needs_when(asked: Asked) -> Failure | None:
    """The first field is filled (with ``yes``: says yes) when the second holds one of ``values``.

    Not so when a further field says yes.
    """
    value, condition, *excuses = asked.cells()
    due = condition in asked.arguments["values"] and not any(excuses)
    return {} if due and _lacks(asked.fields[0], value, asked) else None


@rule
def empty_when(asked: Asked) -> Failure | None:
    """The first field is empty when the second holds one of ``values``."""
    value, condition = asked.cells()
    return {} if value is not None and condition in asked.arguments["values"] else None


@rule
def goes_with(asked: Asked) -> Failure | None:
    """The first field, where it is filled, holds one of the ``values`` that go with the second one's, where any do."""
    value, condition = asked.cells()
    allowed = asked.arguments["values"].get(condition)
    return {} if value is not None and allowed is not None and value not in allowed else None


@rule
def none_of(asked: Asked) -> Failure | None:
    """The field holds none of ``values``."""
    return {} if asked.cells()[0] in asked.arguments["values"] else None


@rule
def needs_with(asked: Asked) -> Failure | None:
    """All fields but the last are filled (with ``yes``: say yes) when the last is."""
    *values, condition = asked.cells()
    lacking = (_lacks(f, v, asked) for f, v in zip(asked.fields, values, strict=False))
    return {} if condition is not None and any(lacking) else None


@rule
def denied(asked: Asked) -> Failure | None:
    """The first field does not say no while the second is filled."""
    said, named = asked.cells()
    return {} if said == 0 and named is not None else None


@rule
def one_of(asked: Asked) -> Failure | None:
    """At least one of the fields is filled."""
    return {} if all(v is None for v in asked.cells()) else None


@rule
def different(asked: Asked) -> Failure | None:
    """The two fields do not hold the same."""
    found = asked.filled()
    return {} if found is not None and found[0] == found[1] else None


@rule
def differs_without_reason(asked: Asked) -> Failure | None:
    """The last of the numbers behind the second field that is filled is the second, or the first says why not."""
    reason, computed, *scores = asked.cells()
    given, expected = [n for n in map(_number, scores) if n is not None], _number(computed)
    if reason is not None or expected is None or not given or given[-1] == expected:
        return None
    return {"a": given[-1], "b": expected}


@rule
def digits(asked: Asked) -> Failure | None:
    """The text is ``length`` digits."""
    found = asked.filled()
    if found is None:
        return None
    text = str(found[0])
    return None if text.isascii() and text.isdigit() and len(text) == asked.arguments["length"] else {}


@rule
def must_not_mention(asked: Asked) -> Failure | None:
    """The text has none of ``words`` when the second field holds one of ``values``."""
    found = asked.filled()
    if found is None or found[1] not in asked.arguments["values"]:
        return None
    said = [word for word in asked.arguments["words"] if word in found[0]]
    return {"words": "、".join(said)} if said else None


@rule
def children_match(asked: Asked) -> Failure | None:
    """The number equals that of the children of ``type``, if there are any.

    With ``field`` only those count where it holds one of ``values``; ``unless`` maps fields to values that leave a
    child out, and with ``blank`` only those count where that field is empty.
    """
    found = asked.filled()
    children = asked.context.children(asked.arguments["type"])
    if found is None or not children:
        return None
    field, unless = asked.arguments.get("field"), asked.arguments.get("unless", {})
    blank = asked.arguments.get("blank", "")
    count = sum(
        (field is None or child.get(field) in asked.arguments["values"])
        and not any(child.get(name) in left_out for name, left_out in unless.items())
        and is_empty(child.get(blank))
        for child in children
    )
    return None if count == found[0] else {"count": count, "a": found[0]}


@rule
def children_add_up(asked: Asked) -> Failure | None:
    """The number is the sum of ``field`` over the children of ``type``, if there are any that have it."""
    found = _numbers(asked)
    parts = [
        _number(child.get(asked.arguments["field"]))
        for child in asked.context.children(asked.arguments["type"])
    ]
    known = [p for p in parts if p is not None]
    if found is None or not known or sum(known) == found[0]:
        return None
    return {"sum": sum(known), "a": found[0]}
