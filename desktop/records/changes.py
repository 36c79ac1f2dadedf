"""What a district says about divisions and code lists, laid over what comes with the program: pure, and on a day.

The last of the changes in force wins, and one that makes no sense here is passed over: it was written on another
edition, or about a list that is not changed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from desktop.records.codes import CodeItem, CodeList
from desktop.records.divisions import Division, DivisionLevel, Divisions

DIVISION_CODE: Final = re.compile(r"[0-9]{6}|[0-9]{9}(?:[0-9A-Z]{3})?")
"""Districts, towns and villages; the last three signs of a village may be letters for the time being."""
_LEVELS: Final = {6: DivisionLevel.DISTRICT, 9: DivisionLevel.TOWN, 12: DivisionLevel.VILLAGE}
_OTHER: Final = "other"
"""What is none of the others stands last, also behind what was added."""


@dataclass(frozen=True, slots=True)
class DivisionChange:
    """A place as it is from ``started`` on, to the end of ``ended``; then it is ``successor``, if that is filled."""

    code: str
    name: str
    started: datetime.date | None = None
    ended: datetime.date | None = None
    successor: str = ""


@dataclass(frozen=True, slots=True)
class CodeChange:
    """An entry of a list as it is from ``started`` on, to the end of ``ended``.

    ``item`` are the words of an entry that is there already; a new one gets the code ``own``.
    """

    list_id: str
    own: str
    item: str = ""
    label: str = ""
    aliases: tuple[str, ...] = ()
    started: datetime.date | None = None
    ended: datetime.date | None = None
    note: str = ""


def changed_divisions(
    divisions: Divisions, changes: Iterable[DivisionChange], today: datetime.date
) -> Divisions:
    """The divisions with the changes in force, in the order in which they came about, the strongest last."""
    rows = {row.code: row for row in divisions}
    # From the top down: a new town stands before its villages.
    for change in sorted((c for c in changes if _in_force(c.started, today)), key=lambda c: len(c.code)):
        row = rows.get(change.code) or _new(change.code, rows)
        if row is None or not change.name:
            continue
        former = tuple(
            dict.fromkeys(name for name in (*row.former, row.name) if name not in ("", change.name))
        )
        ended = change.ended is not None and change.ended < today
        rows[change.code] = replace(
            row, name=change.name, former=former, ended=ended, successor=change.successor if ended else ""
        )
    for row in list(rows.values()):
        if row.ended and row.successor:
            follows = _may_follow(rows.get(row.successor), row) and not _leads_back(row, rows)
            rows[row.code] = row if follows else replace(row, successor="")
    _end_below(rows)
    return Divisions(rows.values(), divisions.version)


def _new(code: str, rows: Mapping[str, Division]) -> Division | None:
    """A place that is not in the list yet; nothing where its code leads to none that it could lie in."""
    if DIVISION_CODE.fullmatch(code) is None:
        return None
    parent = code[:-3] if len(code) > 6 else code[:4]
    return Division(code, "", _LEVELS[len(code)], parent) if parent in rows else None


def _may_follow(successor: Division | None, row: Division) -> bool:
    return successor is not None and successor.level is row.level and successor.code != row.code


def _leads_back(row: Division, rows: Mapping[str, Division]) -> bool:
    """Whether what a place went into has ended as well and, in the end, gone into this place."""
    seen, code = {row.code}, row.successor
    while code not in seen and code in rows and rows[code].ended and rows[code].successor:
        seen.add(code)
        code = rows[code].successor
    return code == row.code


def _end_below(rows: dict[str, Division]) -> None:
    """With a town its villages end: they become those of the same name in the town that it went into."""
    living = {(r.parent, r.name): r.code for r in rows.values() if not r.ended}
    for row in sorted(rows.values(), key=lambda r: len(r.code)):
        above = rows.get(row.parent)
        if not row.ended and above is not None and above.ended:
            successor = living.get((above.successor, row.name), "")
            rows[row.code] = replace(row, ended=True, successor=successor)


def changed_codes(
    lists: Mapping[str, CodeList],
    changes: Iterable[CodeChange],
    changeable: frozenset[str],
    today: datetime.date,
) -> Mapping[str, CodeList]:
    """The code lists with the changes in force, in the order in which they came about, the strongest last."""
    found = dict(lists)
    for change in changes:
        if change.list_id in changeable and change.list_id in found and _in_force(change.started, today):
            found[change.list_id] = _changed_list(found[change.list_id], change, today)
    return found


def _changed_list(codes: CodeList, change: CodeChange, today: datetime.date) -> CodeList:
    code = codes.find(change.item) if change.item else change.own
    item = codes.by_code.get(code or "")
    if code is None or (item is None and not change.label):
        return codes
    label = change.label or (item.label if item is not None else "")
    before = (*item.aliases, item.label) if item is not None else ()
    aliases = tuple(name for name in dict.fromkeys((*before, *change.aliases)) if name != label)
    note = change.note or (item.note if item is not None else "")
    now = CodeItem(code, label, aliases, change.ended is not None and change.ended < today, note=note)
    if item is not None:
        return replace(codes, items=tuple(now if i.code == code else i for i in codes.items))
    last = len(codes.items) - (codes.items[-1].code == _OTHER if codes.items else 0)
    return replace(codes, items=(*codes.items[:last], now, *codes.items[last:]))


def _in_force(started: datetime.date | None, today: datetime.date) -> bool:
    return started is None or started <= today
