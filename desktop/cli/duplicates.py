"""The command that lists what may be registered twice, merges two records, and takes a merge back."""

from __future__ import annotations

from typing import Any

import click

from desktop.cli.frame import Command
from desktop.cli.output import json_line, remark, say
from desktop.cli.parameters import TypeName, json_option, writes
from desktop.errors import UsageProblem
from desktop.operations import duplicates as operations
from desktop.operations.duplicates import Comparison, Merged, Pair
from desktop.operations.session import Session
from desktop.records.canonical import Cell
from desktop.records.declaration import UNIT_SLOT, RecordType


class WhichSide(UsageProblem):
    """A content is named that the two records do not differ in, or a record that is neither of them."""

    next_step = "先写 duplicates --merge 加 --preview 看哪几项不一样，再写：--take 字段名 编号。"


@click.command(cls=Command)
@writes
@click.option("--type", "record_type", metavar="TYPE", type=TypeName(), help="只看这一类记录。")
@click.option("--merge", "pair", metavar="TYPE ID ID", nargs=3, help="这两条是同一家、同一个人：合并。")
@click.option("--take", "takes", metavar="FIELD ID", nargs=2, multiple=True,
              help="合并时这一项用哪一条的；可写几个。不写的列入分歧，以后再定。")  # fmt: skip
@click.option("--preview", is_flag=True, help="只看两条有什么不一样，什么都不写。")
@click.option("--apart", metavar="TYPE ID ID", nargs=3, help="这两条不是同一家、同一个人：不再列出。")
@click.option("--undo", "edge", metavar="ID", help="撤销合并，写列出的合并编号。")
@json_option
def duplicates(
    session: Session,
    record_type: RecordType | None,
    pair: tuple[str, str, str] | None,
    takes: tuple[tuple[str, str], ...],
    preview: bool,
    apart: tuple[str, str, str] | None,
    edge: str | None,
    as_json: bool,
) -> None:
    """可能重复的记录：代码相同、名称和地址相近的单位，证件号码相同、姓名和电话相同的人；合并和撤销合并。

    合并以后两条合起来当一条看，名下的记录、指标和导出都只算一条；两个编号都还能查到。
    """
    if pair is not None:
        _merge(session, pair, takes, preview=preview, as_json=as_json)
        return
    if apart is not None:
        operations.keep_apart(session, *apart)
        remark("已记下，不再列出。")
    if edge is not None:
        changes = operations.unmerge(session, edge)
        remark(f"已撤销合并。操作{changes.stamp}")
    type_name = None if record_type is None else record_type.name
    found = operations.proposals(session.database, session.types, session.codes, session.unit.id, type_name)
    joined = [
        m
        for m in operations.merged(session.database, session.types, session.codes)
        if type_name in (None, m.type)
    ]
    if as_json:
        json_line({"proposals": [_pair(p) for p in found], "merged": [_merged(m) for m in joined]})
        return
    for p in found:
        say(f"{session.types[p.type].label}  {operations.WHY[p.why]}")
        say(f"  {p.one}  {p.titles[0]}")
        say(f"  {p.other}  {p.titles[1]}")
    say(f"可能重复{len(found)}对。" if found else "没有可能重复的记录。")
    for m in joined:
        say(f"已合并  {session.types[m.type].label}  {m.title}  合并编号{m.edge}")


def _merge(
    session: Session,
    pair: tuple[str, str, str],
    takes: tuple[tuple[str, str], ...],
    *,
    preview: bool,
    as_json: bool,
) -> None:
    type_name, one, other = pair
    if type_name not in session.types:
        raise operations.NotTwo(f"没有“{type_name}”这类记录。")
    looked = operations.compare(session.database, session.types, session.codes, type_name, one, other)
    chosen = dict(_taken(looked, *take) for take in takes)
    differ = [row for row in looked.rows if row.differ]
    stamp = 0 if preview else operations.merge(session, type_name, one, other, chosen).stamp
    open_ = [row.slot.name for row in differ if row.slot.name not in chosen]
    if as_json:
        json_line({"type": type_name, "ids": [one, other], "differ": [r.slot.name for r in differ], "open": open_,
                   "operation": stamp})  # fmt: skip
        return
    labels = "、".join(row.slot.label for row in differ if row.slot.name in open_)
    say(f"{'要合并的' if preview else '已合并'}：{looked.titles[0]}，{looked.titles[1]}。")
    if open_:
        say(f"两边不一样、还没有定的：{labels}。" + ("" if preview else "已列入分歧。"))


def _taken(looked: Comparison, name: str, record: str) -> tuple[str, Any]:
    sides = [r.id for r in looked.records]
    if record not in sides:
        raise WhichSide(f"编号{record}不是这两条里的。")
    side = sides.index(record)
    if name == UNIT_SLOT:
        unit: Cell = looked.records[side].unit
        return name, unit
    for row in looked.rows:
        if name in (row.slot.name, row.slot.label) or any(name in (f.name, f.label) for f in row.slot.fields):
            return row.slot.name, operations.value_of(row.slot, row.values[side])
    raise WhichSide(f"这两条没有“{name}”。")


def _pair(found: Pair) -> dict[str, Any]:
    return {
        "type": found.type,
        "ids": [found.one, found.other],
        "titles": list(found.titles),
        "why": found.why,
    }


def _merged(found: Merged) -> dict[str, Any]:
    return {"id": found.edge, "type": found.type, "ids": [found.one, found.other], "title": found.title}
