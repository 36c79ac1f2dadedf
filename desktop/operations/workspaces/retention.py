"""Personal values whose time is over by rule (个人信息保护法 第十九条、第四十七条): listed; a person erases them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from desktop.errors import UsageProblem
from desktop.operations.session import Here
from desktop.records.declaration import Kind, RecordType, Slot
from desktop.records.types import Catalogue, catalogue
from desktop.resources import resource
from desktop.store.queries import retention as stored
from desktop.store.queries.units import subtree
from desktop.store.tables.database import Database

BASIS = "period"
"""The basis of an erasure of what is due: the time is over."""


class RulesFaulty(UsageProblem):
    """The rules cannot be used as they stand."""

    next_step = "请对照 resources/personal/README.md 修改保存期限文件，或者换回原来的。"
    help_anchor = "erase"


@dataclass(frozen=True, slots=True)
class Rule:
    """Of which records which personal slots are kept for how many months after which date."""

    id: str
    type: str
    label: str
    slots: tuple[str, ...]
    after: tuple[str, ...]
    through: str
    where: Mapping[str, tuple[str, ...]]
    months: int

    def personal(self, record_type: RecordType) -> list[Slot]:
        """The slots that are to be erased."""
        return [
            s for s in record_type.slots.values() if s.personal and (not self.slots or s.name in self.slots)
        ]

    @property
    def period(self) -> str:
        """The time that something is kept, in words."""
        years, months = divmod(self.months, 12)
        return f"{f'{years}年' if years else ''}{f'{months}个月' if months else ''}" or "不再保存"


@dataclass(frozen=True, slots=True)
class Rules:
    """The file: ``notice`` says that it is an example."""

    id: str
    version: str
    official: bool
    notice: str
    source: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """What is due by one rule: ids with the day from which on the time ran, those of longest ago first."""

    rule: Rule
    records: tuple[tuple[str, str], ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The records."""
        return tuple(record for record, _ in self.records)


@cache
def rules() -> Rules:
    """The rules that are in force. Raises :class:`RulesFaulty`."""
    return read_rules(resource("personal", "retention.json").read_bytes(), catalogue())


def read_rules(data: bytes, types: Catalogue) -> Rules:
    """The rules in these bytes, each checked against the declarations. Raises :class:`RulesFaulty`."""
    try:
        found = msgspec.json.decode(data, type=Rules)
    except msgspec.MsgspecError as error:
        raise RulesFaulty(f"保存期限文件读不出来：{error}。") from error
    for rule in found.rules:
        if words := _fault(rule, types):
            raise RulesFaulty(f"保存期限“{rule.id}”不对：{words}。")
    return found


def due(database: Database, here: Here, today: datetime.date, found: Rules | None = None) -> list[Due]:
    """What is due in this unit and those below, rule by rule; rules by which nothing is due are left out."""
    units = subtree(database, here.unit.id)
    result = []
    for rule in (found or rules()).rules:
        record_type = here.types[rule.type]
        records = stored.due(
            database,
            record_type,
            after=rule.after,
            before=months_before(today, rule.months).isoformat(),
            through=rule.through,
            where=rule.where,
            slots=rule.personal(record_type),
            units=units,
        )
        if records:
            result.append(Due(rule, tuple(records)))
    return result


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months earlier, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - datetime.timedelta(days=1)).day
    return datetime.date(year, month + 1, min(day.day, last))


def _fault(rule: Rule, types: Catalogue) -> str:
    """What is wrong with a rule, in words."""
    record_type = types.get(rule.type)
    if record_type is None:
        return f"没有记录类型“{rule.type}”"
    link = record_type.by_name.get(rule.through)
    if rule.through and (link is None or link.link not in types):
        return f"“{rule.through}”不是指向别的记录的栏目"
    dated = types[str(link.link)] if rule.through and link is not None else record_type
    for name in rule.after or ("",):
        if name not in dated.by_name or dated.by_name[name].kind is not Kind.DATE:
            return f"“{name}”不是日期栏目"
    unknown = [name for name in rule.where if name not in record_type.by_name]
    unknown += [
        name for name in rule.slots if name not in record_type.slots or not record_type.slots[name].personal
    ]
    if unknown or not rule.personal(record_type):
        return f"没有这样的个人信息或栏目：{'、'.join(unknown)}"
    return "" if 0 <= rule.months <= 1200 and all(rule.where.values()) else "月数或条件不对"
