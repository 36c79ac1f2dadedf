"""Which records a list or a workbook has: search, conditions on fields, unit, order; the same for every command."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from desktop.cli.cells import CellReader
from desktop.cli.frame import like
from desktop.cli.names import field_named, field_names
from desktop.errors import UsageProblem
from desktop.operations import queries
from desktop.operations.session import Session
from desktop.records.declaration import Field, RecordType
from desktop.store.queries.reading import NEWEST_ORDER, TITLE_ORDER, Compare, Filter, Query

ORDERS = {"title": TITLE_ORDER, "newest": NEWEST_ORDER}
_FILTER = re.compile(r"([^<>=]+?)\s*(>=|<=|=)(.*)", re.DOTALL)


class BadFilter(UsageProblem):
    """A condition or an order that cannot be understood."""

    next_step = "写法如 --filter 镇街=径山镇、--filter 单位名称=杭州*、--filter visit_date>=2026-01-01。"


@dataclass(frozen=True)
class Asked:
    """What the options of :func:`query_options` said."""

    text: str = ""
    filters: tuple[str, ...] = ()
    unit: str | None = None
    deleted: bool = False
    disputed: bool = False
    sort: str = "title"
    descending: bool = False

    def query(self, session: Session, record_type: RecordType) -> Query:
        """The query over a type; raises :class:`BadFilter` and ``NotFound`` for an unknown unit."""
        parent = None
        conditions = []
        for text in self.filters:
            condition = _condition(session, record_type, text)
            if condition.field == record_type.parent and condition.compare is Compare.EQUALS:
                parent = str(condition.value)
            else:
                conditions.append(condition)
        query = Query(
            record_type.name,
            text=self.text,
            filters=tuple(conditions),
            order=ORDERS.get(self.sort) or field_of(record_type, self.sort).name,
            descending=self.descending,
            unit=None if self.unit is None else session.find_unit(self.unit),
            children_of=parent,
            deleted=self.deleted,
            disputed=self.disputed,
        )
        return queries.ranked(query, session.types, session.codes)


def query_options(function: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that choose records; the command gets them as one argument ``asked``."""

    @click.option("--search", "text", metavar="文字", default="", help="查找文字，也可以写名称的拼音首字母。")
    @click.option("--filter", "filters", metavar="字段=值", multiple=True,
                  help="条件，可写几个；字段写英文名或中文名称。"
                       "字段=前缀*、字段=*（已填）、字段=（没填）、字段>=值、字段<=值。")  # fmt: skip
    @click.option("--unit", metavar="单位", help="只看这个单位和它下面的（编码或名称）。")
    @click.option("--deleted", is_flag=True, help="看已删除的。")
    @click.option("--disputed", is_flag=True, help="只看有分歧的。")
    @click.option(
        "--sort",
        metavar="字段",
        default="title",
        help="按字段排序，或者 title（名称，默认）、newest（录入先后）。",
    )
    @click.option("--descending", is_flag=True, help="倒序。")
    @functools.wraps(function)
    def command(*arguments: Any, **given: Any) -> None:
        asked = Asked(**{name: given.pop(name) for name in Asked.__dataclass_fields__})
        function(*arguments, asked=asked, **given)

    return command


def field_of(record_type: RecordType, name: str) -> Field:
    """The field of a name or a label; raises :class:`BadFilter`."""
    found = field_named(record_type, name)
    if found is None:
        hint = like(name, field_names(record_type))
        raise BadFilter(
            f"“{record_type.label}”没有字段“{name}”{hint}。", "可用 xiaosanji schema 查看字段名称。"
        )
    return found


def _condition(session: Session, record_type: RecordType, text: str) -> Filter:
    match = _FILTER.fullmatch(text.strip())
    if match is None:
        raise BadFilter(f"看不懂条件“{text}”。")
    field, sign, said = field_of(record_type, match[1]), match[2], match[3].strip()
    if sign == "=" and said in ("", "*"):
        return Filter(field.name, Compare.FILLED if said else Compare.EMPTY)
    if sign == "=" and said.startswith("*"):
        raise BadFilter(f"条件“{text}”不对：*只能写在最后。", "要找中间或后面的文字，请用 --search。")
    if sign == "=" and said.endswith("*"):
        return Filter(field.name, Compare.STARTS, said[:-1])
    compare: dict[str, Any] = {"=": Compare.EQUALS, ">=": Compare.AT_LEAST, "<=": Compare.AT_MOST}
    parsed = CellReader.of(session).read(field, said)
    if parsed.problem is not None or parsed.value is None:
        raise BadFilter(f"条件“{text}”不对：{parsed.problem or '没有值'}。", "请改正以后再试。")
    return Filter(field.name, compare[sign], parsed.value)
